//! Everything that says how alike two articles of a corpus are: built once, asked by the clustering
//! and by whoever wants to know why.

use crate::article::Corpus;
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::story::StoryConfig;
use crate::statistics::Frequencies;
use crate::story::constraints::Constraints;
use crate::story::contrast;
use crate::story::installment::Installments;
use crate::story::linkage::{Agreement, Rule};
use crate::story::neighbours;
use crate::story::similarities::Similarities;
use crate::story::vectors::Vectors;

/// The vectors of a corpus and what every two neighbours say.
pub(super) struct Space<'f> {
    pub(super) frequencies: &'f Frequencies,
    pub(super) vectors: Vectors<'f>,
    pub(super) installments: Installments,
    /// Of every pair of neighbours, held at the later one.
    pub(super) similarities: Similarities,
    dates: Vec<Option<f64>>,
}

impl<'f> Space<'f> {
    /// Reads, weighs and compares the articles that stand for themselves or for a family.
    pub(super) fn build(
        corpus: &Corpus,
        families: &Families,
        frequencies: &'f Frequencies,
        config: &StoryConfig,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let vectors = Vectors::build(corpus, families, frequencies, observer)?;
        let installments =
            Installments::find(corpus, families, &frequencies.stop_words, observer)?;
        let similarities =
            neighbours::similarities(corpus, &vectors, &installments, config.window_hours, observer)?;
        let dates = corpus.docs().map(|doc| corpus.get(doc).published.map(|at| at.at.as_second() as f64 / 86_400.0)).collect();
        Ok(Self { frequencies, vectors, installments, similarities, dates })
    }

    /// What groups of texts say as a whole, as a factor for their mean similarity.
    pub(super) fn agreement(&self, a: &[u32], b: &[u32]) -> f64 {
        contrast::agreement(&self.vectors, a, b) * self.dates_agree(a, b) * if a.len() + b.len() == 2 { crate::story::knobs::K.PAIR } else { 1.0 }
    }

    fn dates_agree(&self, a: &[u32], b: &[u32]) -> f64 {
        use crate::story::time::time_factor;
        let K = &*crate::story::knobs::K;
        let dated = |g: &[u32]| -> Vec<f64> { g.iter().filter_map(|&t| self.dates[t as usize]).collect() };
        let (da, db) = (dated(a), dated(b));
        let pairs = da.len() * db.len();
        let undated = a.len() * b.len() - pairs;
        if K.BRIDGE == 0.0 || pairs == 0 || undated == 0 { return 1.0; }
        let mut sum = 0.0;
        for &x in da.iter().take(50) { for &y in db.iter().take(50) { sum += time_factor(Some((x - y).abs())); } }
        let mean = sum / (da.len().min(50) * db.len().min(50)) as f64;
        let q = undated as f64 / (a.len() * b.len()) as f64;
        1.0 - q + q * (mean / time_factor(None)).min(1.0)
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
