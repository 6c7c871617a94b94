//! Bands of MinHash signatures (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, ch. 3).
//!
//! Two articles of Jaccard s share a band of r rows with probability sʳ, and at least one of b
//! bands with 1 − (1 − sʳ)ᵇ. (band hash, article) entries are partitioned by hash and sorted: no
//! hash map, memory b × 16 bytes an article, time n log n.

use rayon::prelude::*;
use serde::Serialize;

use super::{merge, pack};
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::mix;

/// Entries are sorted in this many independent parts, by the low bits of their hash.
const PARTITIONS: usize = 64;
/// Up to this many articles in a bucket, all pairs are proposed.
const FULL_BUCKET: usize = 256;
/// In a larger bucket, a later article is proposed with this many of the first and of the nearest
/// before it, so that a bucket of n costs n and not n².
const REPRESENTATIVES: usize = 16;

/// How a signature is cut: `bands` stretches of `rows` places each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Banding {
    /// Stretches.
    pub bands: usize,
    /// Places a stretch.
    pub rows: usize,
}

impl Banding {
    /// The banding with the most rows, and so the fewest candidates, that proposes a pair of
    /// Jaccard `threshold` with probability `recall` or more; one row where none does.
    ///
    /// ```
    /// use newsfold::candidates::Banding;
    /// let banding = Banding::derive(0.7, 0.995, 128);
    /// assert_eq!((banding.bands, banding.rows), (32, 4));
    /// assert!(banding.expected_recall(0.7) > 0.9998);
    /// ```
    pub fn derive(threshold: f64, recall: f64, permutations: usize) -> Self {
        (1..=permutations)
            .rev()
            .map(|rows| Self { bands: permutations / rows, rows })
            .find(|banding| banding.expected_recall(threshold) >= recall)
            .unwrap_or(Self { bands: permutations, rows: 1 })
    }

    /// The probability that a pair of this Jaccard shares a band.
    pub fn expected_recall(self, jaccard: f64) -> f64 {
        1.0 - libm::pow(1.0 - libm::pow(jaccard, self.rows as f64), self.bands as f64)
    }
}

/// The hash of each band of a signature: articles that agree in one are candidates.
pub fn band_hashes(signature: &[u32], banding: Banding) -> impl Iterator<Item = u64> {
    signature.chunks_exact(banding.rows).take(banding.bands).enumerate().map(|(band, rows)| {
        rows.iter().fold(mix(band as u64 + 1), |hash, &row| mix(hash ^ u64::from(row)))
    })
}

/// The pairs of `docs` that share a band.
pub(super) fn pairs(
    signatures: &[u32],
    permutations: usize,
    docs: &[DocId],
    banding: Banding,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let parts: Vec<Vec<Vec<(u64, DocId)>>> = docs
        .par_chunks(4096)
        .map(|docs| {
            let mut parts = vec![Vec::new(); PARTITIONS];
            for &doc in docs {
                let begin = doc.index() * permutations;
                for hash in band_hashes(&signatures[begin..begin + permutations], banding) {
                    parts[hash as usize % PARTITIONS].push((hash, doc));
                }
            }
            parts
        })
        .collect();
    let found: Vec<Vec<u64>> = (0..PARTITIONS)
        .into_par_iter()
        .map(|part| {
            observer.check()?;
            let mut entries: Vec<(u64, DocId)> =
                parts.iter().flat_map(|chunk| chunk[part].iter().copied()).collect();
            entries.sort_unstable();
            let mut found = Vec::new();
            for bucket in entries.chunk_by(|a, b| a.0 == b.0) {
                propose(bucket, &mut found);
            }
            found.sort_unstable();
            found.dedup();
            Ok(found)
        })
        .collect::<Result<_>>()?;
    Ok(merge(found))
}

fn propose(bucket: &[(u64, DocId)], found: &mut Vec<u64>) {
    for (rank, &(_, doc)) in bucket.iter().enumerate() {
        let earlier = &bucket[..rank];
        if rank < FULL_BUCKET {
            found.extend(earlier.iter().map(|&(_, other)| pack(other, doc)));
        } else {
            let first = &earlier[..REPRESENTATIVES];
            let nearest = &earlier[rank - REPRESENTATIVES..];
            found.extend(first.iter().chain(nearest).map(|&(_, other)| pack(other, doc)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_recall_is_that_of_the_formula() {
        // 1 − (1 − 0.8⁵)²⁰ = 1 − 0.67232²⁰ = 0.999644 (Mining of Massive Datasets, figure 3.8).
        let banding = Banding { bands: 20, rows: 5 };
        assert!((banding.expected_recall(0.8) - 0.999_644).abs() < 1e-6);
    }

    #[test]
    fn a_recall_that_no_banding_reaches_gets_one_row() {
        assert_eq!(Banding::derive(0.01, 0.999, 16), Banding { bands: 16, rows: 1 });
    }

    #[test]
    fn a_giant_bucket_costs_its_length() {
        let bucket: Vec<(u64, DocId)> = (0..10_000).map(|doc| (7, DocId(doc))).collect();
        let mut found = Vec::new();
        propose(&bucket, &mut found);
        assert_eq!(
            found.len(),
            FULL_BUCKET * (FULL_BUCKET - 1) / 2 + (10_000 - FULL_BUCKET) * 2 * REPRESENTATIVES
        );
    }
}
