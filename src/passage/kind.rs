//! What a passage's recurrence means: [`Kind`] by rules over its occurrences.

use super::Kind;
use super::document::Form;
use super::group::Place;
use super::label::Label;
use super::outlets::Outlets;
use super::quoted::Bare;

/// So many articles of one outlet with the same words make them furniture, wherever they stand.
const FURNITURE_ARTICLES: usize = 10;

/// Share of those articles that must be the outlet's: one house's footer also stands in the few
/// articles that others took over whole, or that are filed under another name.
const ONE_HOUSE: f64 = 0.9;

/// So many times in each article, on average, is furniture too: gallery captions, labels.
const FURNITURE_REPEATS: usize = 3;

/// So many times in each article, on average, one right behind the other, is a text that repeats itself.
const REPEATS_IN_A_ROW: usize = 3;

/// In fewer articles furniture is what stands at an end of the text, or in short lines of its own.
const FURNITURE_LINE_TOKENS: u32 = 25;

/// The most that a caption or an author's box has.
pub(super) const BESIDE_TOKENS: u32 = 60;

/// More than this share of an article is no furniture of it.
const FURNITURE_SHARE: f64 = 0.25;

/// An occurrence as the rules see it.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    /// Where.
    pub(super) place: Place,
    /// Words of its article.
    pub(super) article_tokens: u32,
    /// Those of them that begin with a capital.
    pub(super) article_capitals: u32,
    /// Whether next to nothing of the article's own stands behind it.
    pub(super) is_last: bool,
    /// Whether it is made of whole lines.
    pub(super) whole_lines: bool,
    /// Whether it is a caption, or a line in capitals.
    pub(super) label: Option<Label>,
    /// The words outside quotation marks; `None` where all are.
    pub(super) bare: Option<Bare>,
    /// What its words look like.
    pub(super) form: Form,
}

/// The kind of a passage that is no credit. `sightings` are in order and more than one; whether they
/// quote is asked where it matters.
pub(super) fn kind_of(
    sightings: &[Sighting],
    outlets: &Outlets,
    is_quotation: impl FnOnce() -> bool,
) -> Kind {
    let most = |holds: &dyn Fn(&Sighting) -> bool| {
        2 * sightings.iter().filter(|sighting| holds(sighting)).count() > sightings.len()
    };
    let articles = sightings.chunk_by(|one, other| one.place.doc == other.place.doc).count();
    let in_a_row = sightings.windows(2).filter(|two| {
        let (one, other) = (two[0].place, two[1].place);
        one.doc == other.doc && one.span.end == other.span.start
    });
    if articles == 1 || in_a_row.count() + articles >= REPEATS_IN_A_ROW * articles {
        return Kind::Repeated;
    }
    let (outlets, in_largest) = outlets.spread(sightings.iter().map(|sighting| sighting.place.doc));
    let everywhere =
        articles >= FURNITURE_ARTICLES && in_largest as f64 >= ONE_HOUSE * articles as f64;
    let is_caption = |sighting: &Sighting| sighting.label == Some(Label::Caption);
    let of_articles = sightings.chunk_by(|one, other| one.place.doc == other.place.doc);
    let captions = of_articles.filter(|of| of.iter().any(is_caption)).count();
    if everywhere || most(&|sighting| sighting.label.is_some() || is_closing(sighting)) {
        Kind::Boilerplate
    } else if is_quotation() {
        Kind::Quotation
    // What one of two outlets shows as a caption is none of the other's own.
    } else if 2 * captions >= articles {
        Kind::Boilerplate
    } else if outlets > 1 {
        Kind::Syndicated
    } else if most(&is_furniture) || sightings.len() >= FURNITURE_REPEATS * articles {
        Kind::Boilerplate
    } else {
        Kind::Recycled
    }
}

/// Whether it is a few dozen words in whole lines with nothing but furniture behind it: the author's box that follows the
/// author into every outlet.
fn is_closing(sighting: &Sighting) -> bool {
    let Sighting { place: Place { span, .. }, article_tokens, whole_lines, is_last, .. } =
        *sighting;
    let small = f64::from(span.len()) <= FURNITURE_SHARE * f64::from(article_tokens);
    span.len() <= BESIDE_TOKENS && whole_lines && is_last && small
}

fn is_furniture(sighting: &Sighting) -> bool {
    let Sighting { place: Place { span, .. }, article_tokens, whole_lines, .. } = *sighting;
    let at_an_end = span.start == 0 || span.end == article_tokens;
    let small = f64::from(span.len()) <= FURNITURE_SHARE * f64::from(article_tokens);
    let short = span.len() <= FURNITURE_LINE_TOKENS;
    whole_lines && (short || small && at_an_end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{DocId, TokenSpan};
    use crate::passage::testing::corpus_of;

    /// Three articles of one outlet, then two of others.
    fn outlets() -> Outlets {
        Outlets::of_corpus(&corpus_of(&[
            ("a", "x", ""),
            ("b", "x", ""),
            ("c", "x", ""),
            ("d", "y", ""),
            ("e", "", ""),
        ]))
    }

    /// The kind of what nobody quotes.
    fn kind_of(sightings: &[Sighting], outlets: &Outlets) -> Kind {
        super::kind_of(sightings, outlets, || false)
    }

    fn seen(doc: u32, start: u32, end: u32) -> Sighting {
        Sighting {
            place: Place { doc: DocId(doc), span: TokenSpan { start, end } },
            article_tokens: 500,
            article_capitals: 0,
            is_last: end == 500,
            whole_lines: true,
            label: None,
            bare: None,
            form: Form::default(),
        }
    }

    #[test]
    fn within_one_article_it_is_repeated() {
        assert_eq!(kind_of(&[seen(0, 0, 9), seen(0, 20, 29)], &outlets()), Kind::Repeated);
    }

    #[test]
    fn in_two_outlets_it_is_syndicated_and_no_outlet_is_another() {
        assert_eq!(kind_of(&[seen(0, 40, 80), seen(3, 40, 80)], &outlets()), Kind::Syndicated);
        assert_eq!(kind_of(&[seen(3, 40, 80), seen(4, 40, 80)], &outlets()), Kind::Syndicated);
    }

    #[test]
    fn furniture_stands_at_an_end_or_is_a_short_line() {
        let footers = [seen(0, 440, 500), seen(1, 440, 500)];
        assert_eq!(kind_of(&footers, &outlets()), Kind::Boilerplate);
        let lines = [seen(0, 100, 104), seen(1, 200, 204), seen(2, 300, 304)];
        assert_eq!(kind_of(&lines, &outlets()), Kind::Boilerplate);
    }

    #[test]
    fn captions_and_authors_boxes_are_furniture_in_every_outlet() {
        let boxes = [seen(0, 460, 500), seen(3, 470, 500)];
        assert_eq!(kind_of(&boxes, &outlets()), Kind::Boilerplate);
        let long = [seen(0, 400, 500), seen(3, 400, 500)];
        assert_eq!(kind_of(&long, &outlets()), Kind::Syndicated);
        let captions =
            [0, 3].map(|doc| Sighting { label: Some(Label::Caption), ..seen(doc, 40, 60) });
        assert_eq!(kind_of(&captions, &outlets()), Kind::Boilerplate);
        // What one of two shows as a caption, the other, which has it twice, took from the same house.
        let label = Sighting { label: Some(Label::Caption), ..seen(0, 40, 60) };
        let one = [label, seen(3, 40, 60), seen(3, 90, 110)];
        assert_eq!(kind_of(&one, &outlets()), Kind::Boilerplate);
        let within = [seen(0, 460, 500), seen(3, 40, 80)];
        assert_eq!(kind_of(&within, &outlets()), Kind::Syndicated);
    }

    #[test]
    fn background_that_one_outlet_uses_again_is_no_furniture() {
        let paragraph = [seen(0, 100, 160), seen(1, 200, 260)];
        assert_eq!(kind_of(&paragraph, &outlets()), Kind::Recycled);
        let update = [seen(0, 0, 480), seen(1, 0, 480)];
        assert_eq!(kind_of(&update, &outlets()), Kind::Recycled);
    }

    #[test]
    fn in_ten_articles_it_is_furniture_wherever_it_stands() {
        let everywhere: Vec<Sighting> = (0..10).map(|doc| seen(doc, 100, 160)).collect();
        let names: Vec<String> = (0..10).map(|i| format!("a{i}")).collect();
        let articles: Vec<(&str, &str, &str)> =
            names.iter().map(|id| (id.as_str(), "x", "")).collect();
        let outlets = Outlets::of_corpus(&corpus_of(&articles));
        assert_eq!(kind_of(&everywhere, &outlets), Kind::Boilerplate);
    }

    #[test]
    fn what_is_quoted_in_two_articles_is_a_quotation() {
        let sightings = [seen(0, 40, 60), seen(3, 40, 60)];
        assert_eq!(super::kind_of(&sightings, &outlets(), || true), Kind::Quotation);
        // The same quotation twice in one article is its pull quote.
        let sightings = [seen(0, 40, 60), seen(0, 80, 100)];
        assert_eq!(super::kind_of(&sightings, &outlets(), || true), Kind::Repeated);
    }

    #[test]
    fn a_footer_that_strays_into_another_outlet_stays_furniture() {
        let articles: Vec<(String, &str)> =
            (0..22).map(|i| (format!("a{i:02}"), if i < 2 { "y" } else { "x" })).collect();
        let articles: Vec<(&str, &str, &str)> =
            articles.iter().map(|(id, outlet)| (id.as_str(), *outlet, "")).collect();
        let outlets = Outlets::of_corpus(&corpus_of(&articles));
        let footers: Vec<Sighting> = (0..22).map(|doc| seen(doc, 240, 300)).collect();
        assert_eq!(kind_of(&footers, &outlets), Kind::Boilerplate);
        assert_eq!(kind_of(&footers[..9], &outlets), Kind::Syndicated);
    }

    #[test]
    fn what_articles_say_over_and_over_is_furniture() {
        let captions: Vec<Sighting> = [0, 1]
            .iter()
            .flat_map(|&doc| (0..3).map(move |i| seen(doc, i * 50, i * 50 + 30)))
            .collect();
        assert_eq!(kind_of(&captions, &outlets()), Kind::Boilerplate);
    }
}
