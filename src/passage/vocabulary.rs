//! The words of an article in order of their hashes. Whether a word stands in it outside of a passage is looked up, so
//! that the article is not read again for each of its passages.
//!
//! An article is sorted when it is first asked for. Cost: 4 bytes a word of such articles while kinds are told, one
//! sort of each, and the logarithm of its length for a question.

use std::sync::OnceLock;

use super::group::Place;
use super::surprisal::{BIT, Surprisal};
use super::tokens::Tokens;

/// A word that tells so much is rare: one of a thousand words or less.
const RARE: u32 = 10 * BIT;

/// The vocabularies of all articles, each made once.
pub(super) struct Vocabularies<'t> {
    pub(super) tokens: &'t Tokens,
    pub(super) surprisal: &'t Surprisal,
    of: Vec<OnceLock<Vocabulary>>,
}

/// The words of one article.
struct Vocabulary {
    /// Ascending, repeats included.
    words: Box<[u32]>,
    /// How many different ones are rare.
    rare: usize,
}

/// What stands in an article outside of one place.
pub(super) struct Outside<'v> {
    vocabulary: &'v Vocabulary,
    surprisal: &'v Surprisal,
    /// The words of the place, ascending.
    inside: Vec<u32>,
}

impl<'t> Vocabularies<'t> {
    pub(super) fn new(tokens: &'t Tokens, surprisal: &'t Surprisal) -> Self {
        let of = (0..tokens.articles()).map(|_| OnceLock::new()).collect();
        Self { tokens, surprisal, of }
    }

    pub(super) fn outside(&self, place: Place) -> Outside<'_> {
        let vocabulary = self.of[place.doc.index()].get_or_init(|| {
            let range = self.tokens.range(place.doc);
            let words = sorted(&self.tokens.words()[range.start as usize..range.end as usize]);
            let rare = different(&words).filter(|&word| is_rare(self.surprisal, word)).count();
            Vocabulary { words: words.into(), rare }
        });
        let inside = sorted(self.tokens.span(place.doc, place.span));
        Outside { vocabulary, surprisal: self.surprisal, inside }
    }
}

impl Outside<'_> {
    /// Whether the article has the word outside of the place, too.
    pub(super) fn has(&self, word: u32) -> bool {
        count(&self.vocabulary.words, word) > count(&self.inside, word)
    }

    /// How many different rare words there are.
    pub(super) fn rare(&self) -> usize {
        let here_alone = |&word: &u32| is_rare(self.surprisal, word) && !self.has(word);
        self.vocabulary.rare - different(&self.inside).filter(here_alone).count()
    }

    /// How many different rare words another article has, too, outside of its place.
    pub(super) fn shared_rare(&self, other: &Self) -> usize {
        let (short, long) = match self.vocabulary.words.len() <= other.vocabulary.words.len() {
            true => (self, other),
            false => (other, self),
        };
        let in_both =
            |&word: &u32| is_rare(self.surprisal, word) && short.has(word) && long.has(word);
        different(&short.vocabulary.words).filter(in_both).count()
    }
}

fn is_rare(surprisal: &Surprisal, word: u32) -> bool {
    surprisal.alone(word) >= RARE
}

/// How often a word stands in an ascending list.
fn count(words: &[u32], word: u32) -> usize {
    let first = words.partition_point(|&other| other < word);
    words[first..].partition_point(|&other| other == word)
}

/// The different ones of an ascending list.
fn different(words: &[u32]) -> impl Iterator<Item = u32> + '_ {
    words.chunk_by(|one, other| one == other).map(|same| same[0])
}

/// The words in order of their hashes.
pub(super) fn sorted(words: &[u32]) -> Vec<u32> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::article::{DocId, TokenSpan};
    use crate::observer::Silent;
    use crate::passage::testing::corpus;

    proptest! {
        // Each case counts a surprisal model, which takes 25 ms.
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// What is looked up is what reading both articles gives.
        #[test]
        fn outside_is_what_stands_before_and_behind(
            a in prop::collection::vec(0_u32..30, 1..60),
            b in prop::collection::vec(0_u32..30, 1..60),
            starts in (0_usize..60, 0_usize..60),
        ) {
            let text = |words: &[u32]| -> String {
                words.iter().map(|word| format!("neno{word} ")).collect()
            };
            let corpus = corpus(&[("a", &text(&a)), ("b", &text(&b))]);
            let tokens = Tokens::read(&corpus, &Silent).unwrap();
            let surprisal = Surprisal::count(&corpus);
            let vocabularies = Vocabularies::new(&tokens, &surprisal);
            let place = |doc, words: &[u32], start: usize| {
                let start = start.min(words.len() - 1) as u32;
                let span = TokenSpan { start, end: (start + 8).min(words.len() as u32) };
                Place { doc: DocId(doc), span }
            };
            let places = [place(0, &a, starts.0), place(1, &b, starts.1)];
            let read = places.map(|place| -> BTreeSet<u32> {
                let range = tokens.range(place.doc);
                let article = &tokens.words()[range.start as usize..range.end as usize];
                let (before, rest) = article.split_at(place.span.start as usize);
                before.iter().chain(&rest[place.span.len() as usize..]).copied().collect()
            });
            let [x, y] = places.map(|place| vocabularies.outside(place));
            for &word in tokens.words() {
                prop_assert_eq!(x.has(word), read[0].contains(&word));
                prop_assert_eq!(y.has(word), read[1].contains(&word));
            }
            let rare = |words: &BTreeSet<u32>| {
                words.iter().filter(|&&word| is_rare(&surprisal, word)).count()
            };
            prop_assert_eq!((x.rare(), y.rare()), (rare(&read[0]), rare(&read[1])));
            let both: BTreeSet<u32> = read[0].intersection(&read[1]).copied().collect();
            prop_assert_eq!((x.shared_rare(&y), y.shared_rare(&x)), (rare(&both), rare(&both)));
        }
    }
}
