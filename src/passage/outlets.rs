//! Which articles have one outlet.

use ahash::AHashMap;

use crate::article::{Corpus, DocId};

/// An outlet of the corpus. An article without one has an outlet of its own: two anonymous texts that
/// share words are reuse, not one house's furniture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct OutletId(u32);

/// The outlet of every article.
pub(super) struct Outlets {
    of: Vec<OutletId>,
}

impl Outlets {
    pub(super) fn of_corpus(corpus: &Corpus) -> Self {
        // An outlet's number is that of its first article.
        let mut first: AHashMap<String, OutletId> = AHashMap::new();
        let of = corpus
            .docs()
            .map(|doc| match house(&corpus.get(doc).outlet) {
                house if house.is_empty() => OutletId(doc.0),
                house => *first.entry(house).or_insert(OutletId(doc.0)),
            })
            .collect();
        Self { of }
    }

    pub(super) fn of(&self, doc: DocId) -> OutletId {
        self.of[doc.index()]
    }

    /// How many outlets the articles have, and how many articles the one with most of them; `docs`
    /// are in order and may repeat.
    pub(super) fn spread(&self, docs: impl Iterator<Item = DocId>) -> (usize, usize) {
        let mut docs: Vec<DocId> = docs.collect();
        docs.dedup();
        let mut outlets: Vec<OutletId> = docs.into_iter().map(|doc| self.of(doc)).collect();
        outlets.sort_unstable();
        let counts = outlets.chunk_by(|one, other| one == other).map(<[OutletId]>::len);
        (counts.clone().count(), counts.max().unwrap_or(0))
    }
}

/// Words that tell an outlet's editions apart, not its house.
const EDITIONS: [&str; 3] = ["digital", "online", "web"];

/// The house that an outlet's name begins with, where archives name its parts: `The Post - Opinion`, `The Post (Web)`,
/// `Post Online News`.
pub(super) fn house(outlet: &str) -> String {
    let end = [" - ", " – ", " ("].iter().filter_map(|part| outlet.find(part)).min();
    let is_edition = |word: &&str| EDITIONS.iter().any(|name| word.eq_ignore_ascii_case(name));
    let words = outlet[..end.unwrap_or(outlet.len())].split_whitespace();
    let house: Vec<&str> = words.filter(|word| !is_edition(word)).collect();
    if house.is_empty() { outlet.to_owned() } else { house.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::testing::corpus_of;

    #[test]
    fn articles_without_an_outlet_have_one_each() {
        let corpus = corpus_of(&[("a", "x", ""), ("b", "", ""), ("c", "x", ""), ("d", "", "")]);
        let outlets = Outlets::of_corpus(&corpus);
        assert_eq!(outlets.of(DocId(0)), outlets.of(DocId(2)));
        assert_eq!(outlets.spread(corpus.docs()), (3, 2));
    }

    #[test]
    fn the_parts_of_a_house_are_one() {
        assert_eq!(house("The Post - Opinion"), "The Post");
        assert_eq!(house("The Post (Online)"), "The Post");
        assert_eq!(house("Post Online News"), "Post News");
        assert_eq!(house("Online"), "Online");
        assert_eq!(house("The Post-Dispatch"), "The Post-Dispatch");
        assert_eq!(house(""), "");
    }
}
