//! Passages that are all that two articles share. Who takes text from another takes more than a few words of it: of
//! 194 passages of news that share their articles with other copies readers called 9 no copy, of 236 that do not 96.
//!
//! What two reporters of one event write alike is the event: who, where, how many, what was said. So a short
//! passage that stands alone between two articles on one event may be no copy. It is none where it is mostly names,
//! differs in much, or has hardly a word outside quotation marks. In articles that have nothing else in common the same
//! words can only have been copied. How rare a word is must be known for that, so little text tells nothing here, and
//! nor do scripts without spaces, where nothing was measured. One sort over the pairs of articles; for each
//! short passage that stands alone, the words of the shorter of two articles are looked up in the other.

use rayon::prelude::*;

use super::Kind;
use super::group::{Group, Place};
use super::kind::Sighting;
use super::outlets::Outlets;
use super::phrase::{shared_words, told};
use super::quoted::common;
use super::surprisal::BIT;
use super::vocabulary::{Vocabularies, sorted};
use crate::article::{Corpus, DocId};

/// Of a passage in more articles so many are held against those of others: 66 pairs.
const PAIRED_ARTICLES: usize = 12;

/// From so many words on a passage is a copy whatever else its articles share. This and what follows was chosen on passages
/// that were syndicated: 430 of 36,823 news articles, read one by one, 105 of them no copies, and 1,358 planted ones of
/// `reuse`. All rules together take 65 of the 105, 25 of the 325 copies and 25 planted ones. Of 128 passages read
/// afterwards they take 23 of 38 and 4 of 90. What single rules take was counted on a sketch of them.
const MOST_WORDS: u32 = 100;

/// Fewer words than this that tell less than [`SHORT_TOLD`] are no copy, whatever their articles are about: that takes 12
/// mistakes, one copy and 4 planted ones.
const SHORT_WORDS: u32 = 15;
const SHORT_TOLD: u32 = 120 * BIT;

/// Two articles are about one event where they share this part of the rare words of the one that has fewer, outside of the
/// passage. Of planted passages, whose articles are about other matters, one in eight has as much; of copies that stand
/// alone in news all but one in twenty.
const RELATED: f64 = 0.15;

/// Fewer shared words outside quotation marks than this are no telling. With [`NAMES`] that takes 38 mistakes, 13 copies
/// and 12 planted ones.
const OWN_WORDS: u32 = 15;

/// So many times the capitals of its article make a passage names, titles, headlines. Told so and not as a share,
/// German nouns are none.
const NAMES: f64 = 2.2;

/// Up to so many words in more articles than outlets are printed again and again, beside what one author writes or on
/// one matter. No two of the articles appeared within [`AGAIN_SECONDS`]. Of the passages read 13 are, none of them
/// copied, and of planted ones 5.
const AGAIN_WORDS: u32 = 60;
const AGAIN_SECONDS: i64 = 3 * 86_400;

/// The same facts told by each: fewer words than this, of which less than [`TOLD_ALIKE`] of all that either has are
/// shared, and these tell less than [`FACTS_TOLD`]. That takes 27 mistakes, 15 copies and 2 planted ones.
const FACTS_WORDS: u32 = 60;
const TOLD_ALIKE: f64 = 0.7;
const FACTS_TOLD: u32 = 150 * BIT;

/// Which groups are copies that share no two articles with another one.
pub(super) fn alone(groups: &[Group], is_copy: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut alone: Vec<bool> = (0..groups.len()).map(is_copy).collect();
    let mut pairs: Vec<(DocId, DocId, usize)> = Vec::new();
    for (g, group) in groups.iter().enumerate().filter(|(g, _)| alone[*g]) {
        let mut docs: Vec<DocId> = group.iter().map(|place| place.doc).collect();
        docs.dedup();
        docs.truncate(PAIRED_ARTICLES);
        for (i, &one) in docs.iter().enumerate() {
            pairs.extend(docs[i + 1..].iter().map(|&other| (one, other, g)));
        }
    }
    pairs.par_sort_unstable();
    for same in pairs.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        if same.len() > 1 {
            same.iter().for_each(|&(_, _, g)| alone[g] = false);
        }
    }
    alone
}

/// What a passage that stands alone is, if it is no copy; by its places, in order.
pub(super) fn kind_alone(vocabularies: &Vocabularies<'_>, sightings: &[Sighting]) -> Option<Kind> {
    let &Vocabularies { tokens, surprisal, .. } = vocabularies;
    let first = sightings.first()?;
    let a = first.place;
    let second = sightings.iter().find(|other| other.place.doc != a.doc)?;
    let b = second.place;
    let words = a.span.len();
    if words >= MOST_WORDS || !surprisal.knows_rare_words() || tokens.is_unspaced(a.doc) {
        return None;
    }
    if words < SHORT_WORDS && told(vocabularies, a, b) < SHORT_TOLD {
        return Some(Kind::Phrase);
    }
    if !are_related(vocabularies, a, b) {
        return None;
    }
    let own = |sighting: &Sighting| {
        let whole = || sorted(tokens.span(sighting.place.doc, sighting.place.span));
        sighting.bare.as_ref().map_or_else(whole, |bare| bare.words())
    };
    let (outside, _) = common(surprisal, &own(first), &own(second));
    if outside < OWN_WORDS {
        let is_quoted = 2 * outside < words && sightings.iter().any(|one| one.bare.is_some());
        return Some(if is_quoted { Kind::Quotation } else { Kind::Phrase });
    }
    let is_names = sightings.iter().any(|sighting| {
        let Sighting { place, form, article_tokens, article_capitals, .. } = sighting;
        let share = |part: u32, of: u32| f64::from(part) / f64::from(of.max(1));
        share(form.capitals, place.span.len()) > NAMES * share(*article_capitals, *article_tokens)
    });
    let shared = shared_words(tokens, a, b);
    let of_both = words + b.span.len() - shared;
    let is_facts = || {
        words < FACTS_WORDS
            && f64::from(shared) < TOLD_ALIKE * f64::from(of_both)
            && told(vocabularies, a, b) < FACTS_TOLD
    };
    (is_names || is_facts()).then_some(Kind::Phrase)
}

/// Whether an outlet prints a short passage that another one has, too, again and again.
pub(super) fn is_printed_again(
    corpus: &Corpus,
    outlets: &Outlets,
    vocabularies: &Vocabularies<'_>,
    sightings: &[Sighting],
) -> bool {
    let mut docs: Vec<DocId> = sightings.iter().map(|sighting| sighting.place.doc).collect();
    docs.dedup();
    let is_short = sightings.iter().all(|sighting| sighting.place.span.len() <= AGAIN_WORDS);
    if !is_short || docs.len() <= outlets.spread(docs.iter().copied()).0 {
        return false;
    }
    let times = docs.iter().map(|&doc| corpus.get(doc).published);
    let Some(mut times) = times.collect::<Option<Vec<_>>>() else { return false };
    times.sort_unstable();
    let is_apart =
        times.windows(2).all(|two| two[1].at.as_second() - two[0].at.as_second() > AGAIN_SECONDS);
    let [first, .., last] = sightings else { return false };
    is_apart
        && vocabularies.surprisal.knows_rare_words()
        && !vocabularies.tokens.is_unspaced(first.place.doc)
        && are_related(vocabularies, first.place, last.place)
}

/// Whether the articles of two places are about one event, by the rare words that they share elsewhere.
fn are_related(vocabularies: &Vocabularies<'_>, a: Place, b: Place) -> bool {
    let (a, b) = (vocabularies.outside(a), vocabularies.outside(b));
    let (shared, fewer) = (a.shared_rare(&b), a.rare().min(b.rare()));
    shared > 0 && shared as f64 >= RELATED * fewer as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, Published, TokenSpan};
    use crate::observer::Silent;
    use crate::passage::surprisal::Surprisal;
    use crate::passage::testing::{corpus, sighting};
    use crate::passage::tokens::Tokens;
    use crate::testing::{article, by_id};

    /// Made-up words, each another one.
    fn words(from: usize, count: usize) -> String {
        let word = |n: usize| {
            let letters = (0..4).map(|i| char::from(b'a' + (n / 26_usize.pow(i) % 26) as u8));
            letters.collect::<String>() + " "
        };
        (from..from + count).map(word).collect()
    }

    /// How two articles tell something, if it is no copy. Each has 40 rare words around it, of which the other has `related`; a third
    /// makes the corpus large.
    fn kind(tellings: [&str; 2], related: usize, filler: usize) -> Option<Kind> {
        let texts = tellings.map(|telling| (words(0, related), telling));
        let text = |i: usize| {
            let (shared, telling) = &texts[i];
            format!("{shared}{}\n\n{telling}\n\n", words(1_000 * (i + 1), 40 - related))
        };
        let corpus = corpus(&[("a", &text(0)), ("b", &text(1)), ("c", &words(10_000, filler))]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let surprisal = Surprisal::count(&corpus);
        let sightings = [0, 1].map(|doc| sighting(&corpus, DocId(doc), 40));
        kind_alone(&Vocabularies::new(&tokens, &surprisal), &sightings)
    }

    const ENOUGH: usize = 80_000;

    /// Whether three articles of these outlets print a line again; `days` are in one month.
    fn is_again(days: [u8; 3], outlets: [&str; 3]) -> bool {
        let line = words(5_000, 20);
        let text = |i: usize| format!("{}{}\n\n{line}", words(0, 10), words(1_000 * (i + 1), 30));
        let mut articles: Vec<Article> = ["a", "b", "c"]
            .into_iter()
            .zip(outlets)
            .zip(days)
            .enumerate()
            .map(|(i, ((id, outlet), day))| {
                let at = format!("2024-05-{day:02}T00:00:00Z").parse().unwrap();
                let published = Some(Published { at, day_only: true });
                Article { outlet: outlet.into(), published, ..article(id, &text(i)) }
            })
            .collect();
        articles.push(article("d", &words(10_000, ENOUGH)));
        let corpus = by_id(articles);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let surprisal = Surprisal::count(&corpus);
        let sightings = [0, 1, 2].map(|doc| sighting(&corpus, DocId(doc), 40));
        let vocabularies = Vocabularies::new(&tokens, &surprisal);
        is_printed_again(&corpus, &Outlets::of_corpus(&corpus), &vocabularies, &sightings)
    }

    fn group(docs: &[u32]) -> Group {
        let span = TokenSpan { start: 0, end: 9 };
        docs.iter().map(|&doc| Place { doc: DocId(doc), span }).collect()
    }

    #[test]
    fn copies_that_share_two_articles_do_not_stand_alone() {
        let groups = [&[0, 1][..], &[0, 0, 1, 2], &[0, 2], &[3, 4], &[0, 3], &[3, 4]].map(group);
        // The last is no copy, so the fourth stands alone; the fifth shares one article only.
        let alone = alone(&groups, |g| g != 5);
        assert_eq!(alone, [false, false, false, true, true, false]);
    }

    #[test]
    fn a_few_words_that_tell_little_are_a_phrase_whatever_their_articles_are_about() {
        let few = words(5_000, 7);
        let many = words(5_000, 12);
        assert_eq!(kind([&few, &few], 0, ENOUGH), Some(Kind::Phrase));
        assert_eq!(kind([&many, &many], 0, ENOUGH), None);
        assert_eq!(kind([&few, &few], 0, 100), None, "too little text to tell");
    }

    #[test]
    fn words_outside_marks_must_be_many_where_articles_are_about_one_event() {
        let quoted = format!("he told us “{}” that day", words(5_000, 20));
        assert_eq!(kind([&quoted, &quoted], 10, ENOUGH), Some(Kind::Quotation));
        assert_eq!(kind([&quoted, &quoted], 2, ENOUGH), None);
        let told = words(5_000, 25);
        assert_eq!(kind([&told, &told], 10, ENOUGH), None);
    }

    #[test]
    fn names_are_a_phrase_where_articles_are_about_one_event() {
        let named: String =
            words(5_000, 20).split(' ').map(|word| word.to_uppercase() + " ").collect();
        assert_eq!(kind([&named, &named], 10, ENOUGH), Some(Kind::Phrase));
        assert_eq!(kind([&named, &named], 0, ENOUGH), None);
    }

    #[test]
    fn facts_told_by_each_are_a_phrase_and_a_long_text_is_a_copy() {
        // Ten rare words and six that both articles have elsewhere, in different words.
        let facts = format!("{}{}", words(5_000, 10), words(0, 6));
        let told = [6_000, 7_000].map(|from| format!("{facts}{}", words(from, 10)));
        assert_eq!(kind([&told[0], &told[1]], 10, ENOUGH), Some(Kind::Phrase));
        assert_eq!(kind([&told[0], &told[0]], 10, ENOUGH), None);
        let long = words(5_000, 100).to_uppercase();
        assert_eq!(kind([&long, &long], 10, ENOUGH), None);
    }

    #[test]
    fn what_an_outlet_prints_again_days_apart_is_no_copy() {
        assert!(is_again([1, 8, 20], ["x", "y", "x"]));
        assert!(!is_again([1, 8, 10], ["x", "y", "x"]), "two days apart");
        assert!(!is_again([1, 8, 20], ["x", "y", "z"]), "each outlet once");
    }
}
