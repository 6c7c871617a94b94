//! How telling the terms of most articles are, found once for each term.
//!
//! A term's rarity is a look-up in a table and another among what was counted, a logarithm and a power, and a
//! common term is met a thousand times. Cost: 8 bytes a term of the lexicon.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::article::Corpus;
use crate::statistics::{Lexicon, TermPlace};

/// The damped rarities of terms in one language, each found once and not for every article that has the term.
pub(super) struct Rarities {
    language: String,
    /// By place in the lexicon, as bits; 0 where it is not known yet. Whoever finds one finds the same.
    found: Vec<AtomicU64>,
}

impl Rarities {
    /// For the language that most articles have.
    pub(super) fn of_most(corpus: &Corpus, lexicon: Option<&Lexicon>) -> Self {
        let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
        for article in corpus.articles() {
            *languages.entry(&article.lang).or_default() += 1;
        }
        let most = languages.into_iter().max_by_key(|&(_, articles)| articles);
        let language = most.map_or_else(String::new, |(language, _)| language.to_owned());
        let terms = lexicon.map_or(0, Lexicon::len);
        Self { language, found: (0..terms).map(|_| AtomicU64::new(0)).collect() }
    }

    /// What was found for the term at this place, else what `find` finds.
    pub(super) fn get(&self, place: TermPlace, language: &str, find: impl FnOnce() -> f64) -> f64 {
        if language != self.language {
            return find();
        }
        let known = &self.found[place as usize];
        match known.load(Ordering::Relaxed) {
            0 => {
                let found = find();
                known.store(found.to_bits(), Ordering::Relaxed);
                found
            }
            bits => f64::from_bits(bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::testing::article;

    #[test]
    fn what_is_found_once_holds_in_the_language_of_most_and_in_no_other() {
        let of = |id: &str, lang: &str| Article { lang: lang.into(), ..article(id, "meli") };
        let corpus = Corpus::new(vec![of("a", "sw"), of("b", "fi"), of("c", "sw")]);
        let rarities = Rarities { language: "sw".into(), found: vec![AtomicU64::new(0)] };
        assert_eq!(Rarities::of_most(&corpus, None).language, rarities.language);
        assert_eq!(rarities.get(0, "fi", || 0.5), 0.5);
        assert_eq!(rarities.get(0, "sw", || 0.25), 0.25);
        assert_eq!(rarities.get(0, "sw", || 0.75), 0.25);
        assert_eq!(rarities.get(0, "fi", || 0.75), 0.75);
    }
}
