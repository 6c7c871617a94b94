//! What a passage's recurrence means: [`Kind`] by rules over its occurrences.

use super::Kind;
use super::group::Place;
use super::outlets::Outlets;
use crate::text::Token;

/// Share of a passage's letters and digits that must stand inside quotation marks, in half of its places. Of 36
/// passages of news that are quotations for a reader this and the signatures of posts tell 22, and one of 38
/// that were copied is taken for one; at 0.85 none of either. Of 1,500 planted passages 45 are taken for
/// quotations, 29 at 0.85; of 100 planted quotations none is missed.
const QUOTED: f64 = 0.7;

/// So many articles of one outlet with the same words make them furniture, wherever they stand.
const FURNITURE_ARTICLES: usize = 10;

/// Share of those articles that must be the outlet's: one house's footer also stands in the few
/// articles that others took over whole, or that are filed under another name.
const ONE_HOUSE: f64 = 0.9;

/// So many times in each article, on average, is furniture too: gallery captions, labels.
const FURNITURE_REPEATS: usize = 3;

/// In fewer articles furniture is what stands at an end of the text, or in short lines of its own.
const FURNITURE_LINE_TOKENS: u32 = 25;

/// More than this share of an article is no furniture of it.
const FURNITURE_SHARE: f64 = 0.25;

/// How far back a quotation is looked for that has begun before the passage, in bytes.
const QUOTE_LOOK_BACK: usize = 2000;

/// The most that stands between a post and its author's handle.
const POST_NAME_BYTES: usize = 80;

/// An occurrence as the rules see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    /// Where.
    pub(super) place: Place,
    /// Words of its article.
    pub(super) article_tokens: u32,
    /// Whether it is made of whole lines.
    pub(super) whole_lines: bool,
    /// Whether it stands inside quotation marks.
    pub(super) quoted: bool,
}

/// The kind of a passage that is no credit. `sightings` are in order and more than one.
pub(super) fn kind_of(sightings: &[Sighting], outlets: &Outlets) -> Kind {
    let most = |holds: &dyn Fn(&Sighting) -> bool| {
        2 * sightings.iter().filter(|sighting| holds(sighting)).count() > sightings.len()
    };
    let quoted = sightings.iter().filter(|sighting| sighting.quoted).count();
    let articles = sightings.chunk_by(|one, other| one.place.doc == other.place.doc).count();
    if articles == 1 {
        return Kind::Repeated;
    }
    let (outlets, in_largest) = outlets.spread(sightings.iter().map(|sighting| sighting.place.doc));
    if articles >= FURNITURE_ARTICLES && in_largest as f64 >= ONE_HOUSE * articles as f64 {
        Kind::Boilerplate
    // A speech that one outlet prints whole, and another quotes, is no copy of either.
    } else if 2 * quoted >= sightings.len() {
        Kind::Quotation
    } else if outlets > 1 {
        Kind::Syndicated
    } else if most(&is_furniture) || sightings.len() >= FURNITURE_REPEATS * articles {
        Kind::Boilerplate
    } else {
        Kind::Recycled
    }
}

fn is_furniture(sighting: &Sighting) -> bool {
    let Sighting { place: Place { span, .. }, article_tokens, whole_lines, .. } = *sighting;
    let at_an_end = span.start == 0 || span.end == article_tokens;
    let small = f64::from(span.len()) <= FURNITURE_SHARE * f64::from(article_tokens);
    let short = span.len() <= FURNITURE_LINE_TOKENS;
    whole_lines && (short || small && at_an_end)
}

/// Whether most of the letters between `start` and `end` stand inside quotation marks, or in a post that
/// is shown with its signature.
pub(super) fn is_quoted(text: &str, start: Token, end: Token) -> bool {
    let (start, end) = (start.start as usize, end.end as usize);
    if is_post(&text[start..end]) {
        return true;
    }
    let from = paragraph_start(text, start);
    let (mut inside, mut all) = (0_u32, 0_u32);
    let mut quoted = false;
    let mut before = '\n';
    for (i, c) in text[from..end].char_indices() {
        match c {
            '“' | '«' | '„' => quoted = true,
            '”' | '»' => quoted = false,
            '"' => quoted = !quoted,
            // A line that ends a sentence ends the paragraph: what follows opens its own marks.
            '\n' if matches!(before, '.' | '!' | '?' | '"' | '”' | '»' | ':' | '\n') => {
                quoted = false
            }
            _ => {}
        }
        if !matches!(c, ' ' | '\r') {
            before = c;
        }
        if from + i >= start && c.is_alphanumeric() {
            all += 1;
            inside += u32::from(quoted);
        }
    }
    f64::from(inside) >= QUOTED * f64::from(all.max(1))
}

/// Whether a text has the signature that embedded posts end with: `— Ana Ruiz (@anaruiz)`.
fn is_post(text: &str) -> bool {
    text.match_indices(" (@").any(|(handle, _)| {
        let name = text[..handle].rfind('—').map(|dash| &text[dash..handle]);
        name.is_some_and(|name| name.len() <= POST_NAME_BYTES && !name.contains('\n'))
    })
}

/// The beginning of the paragraph that `at` stands in, or of the last bytes that are looked at.
fn paragraph_start(text: &str, at: usize) -> usize {
    let from = text.ceil_char_boundary(at.saturating_sub(QUOTE_LOOK_BACK));
    let before = &text[from..at];
    before.rfind("\n\n").map_or(from, |blank| from + blank + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{DocId, TokenSpan};
    use crate::passage::testing::corpus_of;
    use crate::text::tokenise;

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

    fn seen(doc: u32, start: u32, end: u32) -> Sighting {
        Sighting {
            place: Place { doc: DocId(doc), span: TokenSpan { start, end } },
            article_tokens: 500,
            whole_lines: true,
            quoted: false,
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
    fn what_half_of_the_articles_quote_is_a_quotation() {
        let quoted = |doc| Sighting { quoted: true, ..seen(doc, 40, 60) };
        assert_eq!(kind_of(&[quoted(0), quoted(3)], &outlets()), Kind::Quotation);
        assert_eq!(kind_of(&[quoted(0), seen(3, 40, 60)], &outlets()), Kind::Quotation);
        let third = [quoted(0), seen(3, 40, 60), seen(4, 40, 60)];
        assert_eq!(kind_of(&third, &outlets()), Kind::Syndicated);
    }

    #[test]
    fn a_post_with_its_signature_is_quoted() {
        let text = "Big news for the ferries! — Ana Ruiz (@anaruiz) May 4, 2020";
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        assert!(is_quoted(text, tokens[0], tokens[tokens.len() - 1]));
        assert!(!is_quoted(text, tokens[0], tokens[4]));
        assert!(!is_post("Write to us (@dailyferry) — or call") && !is_post("— a\nb (@c)"));
    }

    #[test]
    fn a_footer_that_strays_into_another_outlet_stays_furniture() {
        let articles: Vec<(String, &str)> =
            (0..22).map(|i| (format!("a{i:02}"), if i < 2 { "y" } else { "x" })).collect();
        let articles: Vec<(&str, &str, &str)> =
            articles.iter().map(|(id, outlet)| (id.as_str(), *outlet, "")).collect();
        let outlets = Outlets::of_corpus(&corpus_of(&articles));
        let footers: Vec<Sighting> = (0..22).map(|doc| seen(doc, 440, 500)).collect();
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

    fn quoted(text: &str, first: usize, last: usize) -> bool {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        is_quoted(text, tokens[first], tokens[last])
    }

    #[test]
    fn quotation_marks_of_every_shape_count() {
        assert!(quoted("He said: “we will not go back”, again.", 2, 6));
        assert!(!quoted("He said: “we will not go back”, again and again.", 7, 9));
        assert!(quoted("He said \"we will not go back\" again.", 2, 6));
        assert!(quoted("Er sagte: „Wir gehen nicht.“", 2, 4));
        assert!(quoted("“First part of a speech.\n\n“Second part of it, still open", 5, 10));
    }

    #[test]
    fn a_mark_left_open_does_not_quote_the_next_paragraph() {
        assert!(!quoted("A 5\" pipe burst.\nThe water ran out", 4, 7));
        assert!(quoted("He said \"the words go\non over the line\" today.", 2, 8));
    }
}
