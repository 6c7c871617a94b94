//! Candidate pairs to verified pairs: exact Jaccard and containment both ways, never a sketch's guess.

use serde::Serialize;

use crate::article::DocId;

/// Two articles whose shingle sets were compared exactly. `a < b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerifiedPair {
    /// The article with the smaller id.
    pub a: DocId,
    /// The article with the greater id.
    pub b: DocId,
    /// How alike they are.
    pub overlap: Overlap,
}

/// How far two sets of shingles agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// Distinct shingles of the first article.
    pub a: u32,
    /// Distinct shingles of the second.
    pub b: u32,
    /// Distinct shingles that both have.
    pub shared: u32,
}

impl Overlap {
    /// |A ∩ B| / |A ∪ B|; 0 where both are empty.
    pub fn jaccard(self) -> f64 {
        ratio(self.shared, self.a + self.b - self.shared)
    }

    /// The share of the first article's shingles that the second has.
    pub fn containment_a(self) -> f64 {
        ratio(self.shared, self.a)
    }

    /// The share of the second article's shingles that the first has.
    pub fn containment_b(self) -> f64 {
        ratio(self.shared, self.b)
    }

    /// The same, seen from the other article.
    pub fn swapped(self) -> Self {
        Self { a: self.b, b: self.a, shared: self.shared }
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}
