//! Everything that says how alike two articles of a corpus are: built once, asked by the clustering
//! and by whoever wants to know why.

use crate::article::Corpus;
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::story::StoryConfig;
use crate::story::density::correction;
use crate::story::language::LanguageData;
use crate::story::linkage::Edge;
use crate::story::neighbours::Neighbours;
use crate::story::vectors::Vectors;

/// The vectors of a corpus and the neighbourhood of each article.
pub(super) struct Space {
    pub(super) language: LanguageData,
    pub(super) vectors: Vectors,
    pub(super) neighbours: Neighbours,
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
        let neighbours = Neighbours::find(corpus, &vectors, config.window_hours, observer)?;
        Ok(Self { language, vectors, neighbours })
    }

    /// The similarity of every pair that has any, in order.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let densities = &self.neighbours.densities;
        let mut edges = Vec::new();
        for (a, after) in self.neighbours.after.iter().enumerate() {
            edges.extend(after.iter().map(|neighbour| Edge {
                a: a as u32,
                b: neighbour.doc.0,
                similarity: neighbour.closeness
                    * correction(densities[a], densities[neighbour.doc.index()]),
            }));
        }
        edges
    }
}
