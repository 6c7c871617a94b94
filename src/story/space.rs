//! Everything that says how alike two articles of a corpus are: built once, asked by the clustering
//! and by whoever wants to know why.

use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::statistics::Frequencies;
use crate::story::StoryConfig;
use crate::story::constraints::Constraints;
use crate::story::groups;
use crate::story::installment::Installments;
use crate::story::linkage::{Agreement, Rule};
use crate::story::neighbours;
use crate::story::similarities::Similarities;
use crate::story::vectors::Vectors;

/// All articles of a corpus look for their neighbours, from this one on.
const FIRST: DocId = DocId(0);

/// The vectors of a corpus and what every two neighbours say.
pub(super) struct Space<'f> {
    pub(super) corpus: &'f Corpus,
    pub(super) frequencies: &'f Frequencies,
    pub(super) vectors: Vectors<'f>,
    pub(super) installments: Installments,
    /// Of every pair of neighbours, held at the later one.
    pub(super) similarities: Similarities,
}

impl<'f> Space<'f> {
    /// Reads, weighs and compares the articles that stand for themselves or for a family.
    pub(super) fn build(
        corpus: &'f Corpus,
        families: &Families,
        frequencies: &'f Frequencies,
        config: &StoryConfig,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let vectors = Vectors::build(corpus, families, frequencies, observer)?;
        let installments = Installments::find(corpus, families, &frequencies.stop_words, observer)?;
        let similarities = neighbours::similarities(
            corpus,
            &vectors,
            &installments,
            config.window_hours,
            FIRST,
            observer,
        )?;
        Ok(Self { corpus, frequencies, vectors, installments, similarities })
    }

    /// What groups of texts say as a whole, as a factor for their mean similarity.
    pub(super) fn agreement(&self, a: &[u32], b: &[u32]) -> f64 {
        groups::agreement(self.corpus, &self.vectors, a, b)
    }

    /// What makes two groups one story, given [`Self::agreement`].
    pub(super) fn rule<'v>(
        &self,
        config: &StoryConfig,
        constraints: &'v Constraints,
        agreement: &'v Agreement<'v>,
    ) -> Rule<'v> {
        Rule { threshold: config.threshold, constraints, agreement }
    }
}
