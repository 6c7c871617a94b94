//! How the families hang together: what the page needs to show them at another threshold.
//!
//! A family is what its pairs join, so of all pairs those of a maximum spanning forest say what any
//! threshold would leave joined: single linkage (Gower, Ross 1969). It has fewer pairs than there
//! are articles. Cost: sorting the pairs.

use crate::article::DocId;
use crate::union_find::UnionFind;
use crate::verify::VerifiedPair;

/// Bars of the histogram, each a hundredth of similarity wide.
pub(super) const BARS: usize = 100;

/// The pairs in numbers.
#[derive(Debug, PartialEq)]
pub(super) struct Linkage {
    /// Pairs by Jaccard: those from n hundredths to below the next; the last bar holds 1.0 too.
    pub(super) histogram: Vec<u32>,
    /// The pairs that join, with their Jaccard, the most alike first. Those below the run's threshold,
    /// which are parts of one another, join no family.
    pub(super) merges: Vec<(DocId, DocId, f64)>,
}

impl Linkage {
    pub(super) fn of(pairs: &[VerifiedPair], articles: usize) -> Self {
        let mut histogram = vec![0; BARS];
        let mut edges: Vec<(DocId, DocId, f64)> = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let jaccard = pair.overlap.jaccard();
            histogram[((jaccard * BARS as f64) as usize).min(BARS - 1)] += 1;
            edges.push((pair.a, pair.b, jaccard));
        }
        edges.sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
        let mut sets = UnionFind::new(articles);
        edges.retain(|(a, b, _)| sets.union(a.0, b.0));
        Self { histogram, merges: edges }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Evidence, Overlap};

    fn pair(a: u32, b: u32, shared: u32, evidence: Evidence) -> VerifiedPair {
        // Of 10 and 10 shingles: 8 shared are 8/12, 9 are 9/11.
        let overlap = Overlap { a: 10, b: 10, shared };
        VerifiedPair { a: DocId(a), b: DocId(b), overlap, evidence }
    }

    #[test]
    fn the_pairs_that_join_are_the_most_alike() {
        let near = Evidence::NearDuplicate;
        let pairs = [
            pair(0, 1, 8, near),
            pair(0, 2, 9, near),
            pair(1, 2, 10, Evidence::Identical),
            pair(3, 4, 1, Evidence::Brief),
        ];
        let linkage = Linkage::of(&pairs, 5);
        let merge = |a, b, alike| (DocId(a), DocId(b), alike);
        assert_eq!(
            linkage.merges,
            [merge(1, 2, 1.0), merge(0, 2, 9.0 / 11.0), merge(3, 4, 1.0 / 19.0)],
            "a pair that closes a circle joins nothing"
        );
        let bars: Vec<(usize, u32)> =
            linkage.histogram.into_iter().enumerate().filter(|&(_, pairs)| pairs > 0).collect();
        assert_eq!(bars, [(5, 1), (66, 1), (81, 1), (99, 1)]);
    }
}
