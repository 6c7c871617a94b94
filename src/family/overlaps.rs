//! The overlap of any two articles: known from verification, or else counted now.

use crate::article::{Corpus, DocId};
use crate::candidates::NearDuplicateConfig;
use crate::sketch::{ShingleSet, Shingler};
use crate::verify::{Overlap, VerifiedPair, compare};

/// Answers for a thread. The last article that others were held against is kept at hand.
pub(super) struct Overlaps<'a> {
    corpus: &'a Corpus,
    config: &'a NearDuplicateConfig,
    /// Ascending.
    known: &'a [VerifiedPair],
    shingler: Shingler,
    /// The shingles of the article in `held`.
    set: ShingleSet,
    held: Option<DocId>,
    other: ShingleSet,
}

impl<'a> Overlaps<'a> {
    pub(super) fn new(
        corpus: &'a Corpus,
        known: &'a [VerifiedPair],
        config: &'a NearDuplicateConfig,
    ) -> Self {
        Self {
            corpus,
            config,
            known,
            shingler: config.shingler(),
            set: ShingleSet::new(),
            held: None,
            other: ShingleSet::new(),
        }
    }

    /// The overlap of `doc`, as `a`, with another article, as `b`.
    pub(super) fn get(&mut self, doc: DocId, with: DocId) -> Overlap {
        let pair = (doc.min(with), doc.max(with));
        let overlap = match self.known.binary_search_by_key(&pair, |known| (known.a, known.b)) {
            Ok(place) => self.known[place].overlap,
            Err(_) => self.pair(doc, with).overlap,
        };
        if pair.0 == doc { overlap } else { overlap.swapped() }
    }

    /// The two compared now.
    pub(super) fn pair(&mut self, doc: DocId, with: DocId) -> VerifiedPair {
        if self.held != Some(with) {
            self.set.fill(self.shingler.article(self.corpus.get(with)));
            self.held = Some(with);
        }
        self.other.fill(self.shingler.article(self.corpus.get(doc)));
        compare(self.corpus, self.config, (doc, &self.other), (with, &self.set))
    }
}
