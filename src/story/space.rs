//! Everything that says how alike two articles of a corpus are: built once, asked by the clustering
//! and by whoever wants to know why.

use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::story::StoryConfig;
use crate::story::coincidence::Coincidence;
use crate::story::constraints::Constraints;
use crate::story::contrast;
use crate::story::density::correction;
use crate::story::installment::Installments;
use crate::story::language::LanguageData;
use crate::story::linkage::{Agreement, Rule};
use crate::story::neighbours::Neighbours;
use crate::story::similarities::Similarities;
use crate::story::vectors::Vectors;

/// The vectors of a corpus and the neighbourhood of each article.
pub(super) struct Space {
    pub(super) language: LanguageData,
    pub(super) vectors: Vectors,
    pub(super) installments: Installments,
    pub(super) coincidence: Coincidence,
    /// Of every pair of neighbours, held at the one with the lower [`DocId`].
    ///
    /// [`DocId`]: crate::article::DocId
    pub(super) similarities: Similarities,
    /// How crowded each article's topic is.
    pub(super) densities: Vec<f64>,
}

impl Space {
    /// Reads, weighs and compares the articles that stand for themselves or for a family.
    pub(super) fn build(
        corpus: &Corpus,
        families: &Families,
        config: &StoryConfig,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let language = LanguageData::with(config.background.clone());
        let vectors = Vectors::build(corpus, families, &language, observer)?;
        let installments = Installments::find(corpus, families, &language.stop_words, observer)?;
        let Neighbours { closeness: mut similarities, densities } =
            Neighbours::find(corpus, &vectors, &installments, config.window_hours, observer)?;
        let coincidence = Coincidence::of_corpus(corpus, families);
        similarities.change(|a, b, closeness| {
            closeness
                * correction(densities[a as usize], densities[b as usize])
                * coincidence.of_pair(corpus, DocId(a), DocId(b))
        });
        Ok(Self { language, vectors, installments, coincidence, similarities, densities })
    }

    /// What groups of texts say as a whole, as a factor for their mean similarity.
    pub(super) fn agreement(&self, a: &[u32], b: &[u32]) -> f64 {
        self.coincidence.of_groups(a, b) * contrast::agreement(&self.vectors, a, b)
    }

    /// What makes two groups one story, given [`Self::agreement`].
    pub(super) fn rule<'v>(
        &self,
        config: &StoryConfig,
        constraints: &'v Constraints,
        agreement: &'v Agreement<'v>,
    ) -> Rule<'v> {
        let threshold = config.threshold;
        Rule { threshold, least: threshold / Coincidence::MOST_OF_GROUPS, constraints, agreement }
    }
}
