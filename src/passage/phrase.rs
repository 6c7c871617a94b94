//! Names, titles and stock phrases: few words that articles on one topic have in common, though none
//! was copied.
//!
//! Where two articles are about the same, their rare words are the same, and that they once stand in one
//! order says little: `the party's deputy leader, Ana Ruiz` is nobody's. A word that both articles
//! have elsewhere, too, is therefore not counted, and what the others tell must be enough on its own.
//! And who copies so little copies a line, or a sentence of an article that has just appeared: what begins or ends
//! elsewhere is what people write anyway. A few lookups in two articles for each word of a short passage.

use super::group::Place;
use super::identity::identity;
use super::kind::Sighting;
use super::surprisal::BIT;
use super::tokens::Tokens;
use super::vocabulary::{Vocabularies, sorted};
use crate::article::Corpus;

/// A passage whose places share so many words is no phrase for being short. Of 100 passages of news that were taken for
/// syndicated and then read one by one, 67 had fewer, and one of them was copied.
const FEWEST_WORDS: u32 = 25;

/// Up to so many words that tell less than [`LINE_TOLD`] are one all the same: two reporters of one fact, the long
/// title of a law. With this, and shared words in place of all, 16 passages of 200 that were read are no longer called
/// syndicated for 7 that were copied; of 1,471 planted ones 9 are not.
const MOST_WORDS: u32 = 60;

/// What the words of a line tell that was copied, and its two articles do not have elsewhere. Of 1,500 planted
/// passages, which are lines, 10 tell less; at 100 bits 27. On 36,823 news articles 6,989 passages are phrases and
/// 1,681 syndicated.
const LINE_TOLD: u32 = 80 * BIT;

/// The same, of sentences in articles that appeared within [`CLOSE_SECONDS`]. Of 66 passages of news that are no
/// copies for a reader 13 tell as much, whenever they appeared.
const SENTENCE_TOLD: u32 = 100 * BIT;

/// Of 5 copied passages of news under 25 words whose days are known 4 appeared within two days, of 46 names and
/// phrases 3.
const CLOSE_SECONDS: i64 = 2 * 86_400;

/// A passage of fewer words than [`RETOLD_WORDS`] of which most places have less than [`RETOLD_SHARE`], in order and in any
/// order, is the same facts, told by each. Of 300 passages of news that were taken for syndicated and then read, 8 mistakes have
/// less in order, and 2 copied ones.
const RETOLD_WORDS: u32 = 40;
const RETOLD_SHARE: f64 = 0.62;

/// The same for longer ones: 5 of 926 passages of news, which are lists and how a poll was made. Of the three that two readers
/// saw one is copied.
const LONG_RETOLD_SHARE: f64 = 0.5;

/// Share of words with a capital from which a passage is a list of names, or a title. Of scripts without capitals no passage
/// is.
const NAMES: f64 = 0.6;

/// So many words more or fewer than a line or a sentence are still one.
const SLACK_WORDS: u32 = 2;

/// Whether a passage says too little to be a copy: by its places, in order.
pub(super) fn is_phrase(
    corpus: &Corpus,
    vocabularies: &Vocabularies<'_>,
    places: &[Place],
    sightings: &[Sighting],
) -> bool {
    let tokens = vocabularies.tokens;
    let a = places[0];
    let Some(&b) = places.iter().find(|place| place.doc != a.doc) else { return false };
    let shared = shared_words(tokens, a, b);
    let retold = if a.span.len() < RETOLD_WORDS { RETOLD_SHARE } else { LONG_RETOLD_SHARE };
    if is_retold(tokens, places, retold) {
        return true;
    }
    if shared >= FEWEST_WORDS {
        return shared < MOST_WORDS && told(vocabularies, a, b) < LINE_TOLD;
    }
    let first = sightings.first().map(|sighting| sighting.form).unwrap_or_default();
    if first.is_link || f64::from(first.capitals) >= NAMES * f64::from(a.span.len()) {
        return true;
    }
    let least = if places.iter().any(|at| tokens.is_about_lines(at.doc, at.span, SLACK_WORDS)) {
        LINE_TOLD
    } else if may_be_close(corpus, places)
        && places.iter().any(|at| tokens.is_about_sentences(at.doc, at.span, SLACK_WORDS))
    {
        SENTENCE_TOLD
    } else {
        return true;
    };
    told(vocabularies, a, b) < least
}

/// Whether two articles of a passage may have appeared within [`CLOSE_SECONDS`], as far as is known.
fn may_be_close(corpus: &Corpus, places: &[Place]) -> bool {
    let articles = places.chunk_by(|one, other| one.doc == other.doc);
    let times = articles.map(|places| corpus.get(places[0].doc).published);
    let Some(mut times) = times.collect::<Option<Vec<_>>>() else { return true };
    times.sort_unstable();
    times.windows(2).any(|two| two[1].at.as_second() - two[0].at.as_second() <= CLOSE_SECONDS)
}

/// Whether half of the other places or more have less than this share of the first one's words.
fn is_retold(tokens: &Tokens, places: &[Place], least: f64) -> bool {
    let (first, others) = (places[0], &places[1..]);
    let words = tokens.span(first.doc, first.span);
    let is_less = |share: f64| share < least;
    let retold = others.iter().filter(|&&other| {
        is_less(f64::from(shared_words(tokens, first, other)) / words.len() as f64)
            && is_less(identity(words, tokens.span(other.doc, other.span)))
    });
    2 * retold.count() >= others.len()
}

/// How many words of one place stand in the other, each as often as it does in both.
pub(super) fn shared_words(tokens: &Tokens, a: Place, b: Place) -> u32 {
    let [a, b] = [a, b].map(|place| sorted(tokens.span(place.doc, place.span)));
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let (one, other) = (a[i], b[j]);
        shared += u32::from(one == other);
        i += usize::from(one <= other);
        j += usize::from(other <= one);
    }
    shared
}

/// What the words of both places tell together that do not stand elsewhere in both articles.
pub(super) fn told(vocabularies: &Vocabularies<'_>, a: Place, b: Place) -> u32 {
    let tokens = vocabularies.tokens;
    let mut shared = sorted(tokens.span(a.doc, a.span));
    let other = sorted(tokens.span(b.doc, b.span));
    shared.retain(|word| other.binary_search(word).is_ok());
    shared.dedup();
    let (outside_a, outside_b) = (vocabularies.outside(a), vocabularies.outside(b));
    shared.retain(|&word| !(outside_a.has(word) && outside_b.has(word)));
    shared.iter().map(|&word| vocabularies.surprisal.alone(word)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, DocId, Published, TokenSpan};
    use crate::observer::Silent;
    use crate::passage::surprisal::Surprisal;
    use crate::passage::testing::corpus;
    use crate::testing::article;

    /// Ten made-up words, which tell twelve bits each: 120.
    const SHARED: &str = "arun belo cedi dofa ensu folk gura hine ioma jute";

    fn place(doc: u32, start: u32) -> Place {
        Place { doc: DocId(doc), span: TokenSpan { start, end: start + 10 } }
    }

    /// Whether the shared words are a phrase with these words before them in the two articles, and after them.
    fn is_phrase_in(before: [&str; 2], after: &str, days: [&str; 2]) -> bool {
        let text = |before: &str| format!("{before}{SHARED}{after}");
        let published = |day: &str| {
            let at = format!("{day}T00:00:00Z").parse().ok()?;
            Some(Published { at, day_only: true })
        };
        let articles = [("a", 0), ("b", 1)].map(|(id, i)| Article {
            published: published(days[i]),
            ..article(id, &text(before[i]))
        });
        let corpus = crate::testing::by_id(articles.into());
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let surprisal = Surprisal::count(&corpus);
        let words = |text: &str| text.split_whitespace().count() as u32;
        let places = [place(0, words(before[0])), place(1, words(before[1]))];
        is_phrase(&corpus, &Vocabularies::new(&tokens, &surprisal), &places, &[])
    }

    #[test]
    fn words_that_both_articles_have_elsewhere_tell_nothing() {
        let is_phrase_after = |before| is_phrase_in(before, "\n\nend", ["", ""]);
        assert!(!is_phrase_after(["one two\n\n", "three four\n\n"]));
        // What one of them has elsewhere the other may have from it.
        assert!(!is_phrase_after(["arun belo cedi dofa\n\n", "three four\n\n"]));
        assert!(is_phrase_after(["arun belo cedi dofa\n\n", "dofa arun cedi belo\n\n"]));
    }

    #[test]
    fn who_copies_so_little_copies_a_line_or_a_sentence_that_is_new() {
        let days = ["2024-05-01", "2024-05-02"];
        let far = ["2024-05-01", "2024-06-02"];
        let line = ["one two\n\n", "three four, "];
        assert!(!is_phrase_in(line, "\n\nEnd", far));
        let sentence = ["It was so. ", "three four, "];
        assert!(!is_phrase_in(sentence, ". Then all was good", days));
        assert!(is_phrase_in(sentence, ". Then all was good", far));
        assert!(!is_phrase_in(sentence, ". Then all was good", ["", ""]));
        let middle = ["it was long before ", "after the words "];
        assert!(is_phrase_in(middle, " in the end of days", days));
    }

    #[test]
    fn what_each_tells_in_its_own_words_is_a_phrase() {
        let is_phrase = |other: &str| {
            let one = format!("{SHARED} kena lopi muro nask oben");
            let corpus = corpus(&[("a", &one), ("b", other)]);
            let tokens = Tokens::read(&corpus, &Silent).unwrap();
            let surprisal = Surprisal::count(&corpus);
            let place = |doc| Place { doc: DocId(doc), span: TokenSpan { start: 0, end: 15 } };
            is_phrase(&corpus, &Vocabularies::new(&tokens, &surprisal), &[place(0), place(1)], &[])
        };
        assert!(!is_phrase(&format!("{SHARED} pato quil rami sebo tiku")));
        let fewer = SHARED.trim_end_matches(" jute");
        assert!(is_phrase(&format!("{fewer} olin pato quil rami sebo tiku")));
        // Reworded text has the words in another order.
        assert!(!is_phrase(&format!("oben nask muro lopi kena {SHARED}")));
    }

    #[test]
    fn a_long_passage_is_no_phrase_and_nor_is_one_of_a_single_article() {
        let long = Place { doc: DocId(0), span: TokenSpan { start: 0, end: MOST_WORDS } };
        let text = "the ".repeat(80);
        let corpus = corpus(&[("a", &text), ("b", &text)]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let surprisal = Surprisal::count(&corpus);
        let is_phrase = |places: &[Place]| {
            is_phrase(&corpus, &Vocabularies::new(&tokens, &surprisal), places, &[])
        };
        assert!(!is_phrase(&[long, Place { doc: DocId(1), ..long }]));
        assert!(!is_phrase(&[place(0, 0), place(0, 20)]));
        assert!(is_phrase(&[place(0, 0), place(1, 0)]));
    }
}
