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

    /// Whether of an article's whole text no greater share than this is missing from another's of the same
    /// outlet. What an outlet prints around its articles is no shingle, and what the versions of one article (of a
    /// live blog) have in common may be taken for that; it is not lost for it. Two outlets have each
    /// their own around one text.
    pub(super) fn holds_whole(&self, doc: DocId, with: DocId, most: f64) -> bool {
        let (gone, kept) = (self.corpus.get(doc), self.corpus.get(with));
        if gone.furniture.is_none() || gone.outlet != kept.outlet {
            return true;
        }
        let mut shingler = Shingler::new(self.config.ngram);
        let (gone, kept) = (shingler.set(&gone.text), shingler.set(&kept.text));
        let lost = gone.iter().filter(|one| kept.binary_search(one).is_err()).count();
        lost as f64 <= most * gone.len() as f64
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
