//! Two articles at a time, for callers who bring rows.
//!
//! Cost: a pass over the text of each, and one over the shingles of the second.

use super::{Evidence, Overlap, accepts, evidence, overlap_of, places};
use crate::article::Article;
use crate::candidates::NearDuplicateConfig;
use crate::sketch::{ShingleSet, Shingler};

/// Holds articles against one that is kept at hand.
#[derive(Clone, Debug)]
pub struct RowVerifier {
    config: NearDuplicateConfig,
    shingler: Shingler,
    held: ShingleSet,
    other: ShingleSet,
}

impl RowVerifier {
    /// Compares by these settings.
    pub fn new(config: &NearDuplicateConfig) -> Self {
        Self {
            config: config.clone(),
            shingler: config.shingler(),
            held: ShingleSet::new(),
            other: ShingleSet::new(),
        }
    }

    /// Takes the article that others will be held against.
    pub fn hold(&mut self, article: &Article) {
        self.held.fill(self.shingler.article(article));
    }

    /// How the article at hand, as `a`, and another, as `b`, are alike; nothing where they are neither
    /// near-duplicates nor part and whole. Templates are told by [`listed`](super::listed).
    pub fn accepted(&mut self, other: &Article) -> Option<(Overlap, Evidence)> {
        self.other.fill(self.shingler.article(other));
        let overlap = overlap_of(&self.held, &self.other);
        accepts(overlap, &self.config).then(|| {
            let places = || places(overlap, &self.held, &self.other);
            (overlap, evidence(overlap, &self.config, places))
        })
    }
}
