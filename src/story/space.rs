//! Everything that says how alike two articles of a corpus are: built once, asked by the clustering
//! and by whoever wants to know why.

use crate::article::Corpus;
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::story::StoryConfig;
use crate::story::density::correction;
use crate::story::installment::Installments;
use crate::story::language::LanguageData;
use crate::story::neighbours::Neighbours;
use crate::story::similarities::Similarities;
use crate::story::vectors::Vectors;

/// The vectors of a corpus and the neighbourhood of each article.
pub(super) struct Space {
    pub(super) language: LanguageData,
    pub(super) vectors: Vectors,
    pub(super) installments: Installments,
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
        similarities.change(|a, b, closeness| {
            closeness * correction(densities[a as usize], densities[b as usize])
        });
        Ok(Self { language, vectors, installments, similarities, densities })
    }
}
