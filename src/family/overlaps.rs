//! The overlap of any two articles: known from verification, or else counted now.

use crate::article::{Corpus, DocId};
use crate::sketch::{ShingleSet, Shingler};
use crate::verify::{Overlap, VerifiedPair};

/// Answers for a thread. The last article that others were held against is kept at hand.
pub(super) struct Overlaps<'a> {
    corpus: &'a Corpus,
    /// Ascending.
    known: &'a [VerifiedPair],
    shingler: Shingler,
    /// The shingles of the article in `held`.
    set: ShingleSet,
    held: Option<DocId>,
    other: ShingleSet,
}

impl<'a> Overlaps<'a> {
    pub(super) fn new(corpus: &'a Corpus, known: &'a [VerifiedPair], ngram: usize) -> Self {
        Self {
            corpus,
            known,
            shingler: Shingler::new(ngram),
            set: ShingleSet::new(),
            held: None,
            other: ShingleSet::new(),
        }
    }

    /// The overlap of `doc`, as `a`, with another article, as `b`.
    pub(super) fn get(&mut self, doc: DocId, with: DocId) -> Overlap {
        let pair = (doc.min(with), doc.max(with));
        if let Ok(place) = self.known.binary_search_by_key(&pair, |known| (known.a, known.b)) {
            let overlap = self.known[place].overlap;
            return if pair.0 == doc { overlap } else { overlap.swapped() };
        }
        if self.held != Some(with) {
            self.set.fill(self.shingler.article(self.corpus.get(with)));
            self.held = Some(with);
        }
        self.other.fill(self.shingler.article(self.corpus.get(doc)));
        let other = self.other.distinct();
        Overlap {
            a: other.len() as u32,
            b: self.set.distinct().len() as u32,
            shared: self.set.shared(other, 0).unwrap_or(0),
        }
    }
}
