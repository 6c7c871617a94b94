//! Articles that share a band of their signatures.
//!
//! Cost: a sort of the bands that two articles have, and a pair for each two of them.

use std::ops::Range;

use rayon::prelude::*;

use super::{merge, pack};
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::{PARTS, Packing, Postings};

/// Up to this many articles in a bucket, all pairs are proposed; a family of no more is listed pair by
/// pair.
pub const FULL_BUCKET: usize = 256;
/// In a larger bucket, a later article is proposed with this many of the first and of the nearest
/// before it, so that a bucket of n costs n and not n². Few are enough: articles that are alike meet in
/// most of their bands, and short texts with one long footer meet by its bands alone.
const REPRESENTATIVES: usize = 4;

/// The pairs of articles that share a band, of those that are `wanted`.
pub(super) fn pairs(
    bands: &Postings,
    wanted: impl Fn(DocId) -> bool + Sync,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let packing = bands.packing;
    let found: Vec<Vec<u64>> = (0..PARTS)
        .into_par_iter()
        .map(|part| {
            observer.check()?;
            let mut found = Vec::new();
            let repeated = bands.repeated(part, &wanted);
            for bucket in repeated.chunk_by(|a, b| packing.key(*a) == packing.key(*b)) {
                propose(bucket, packing, &mut found);
            }
            Ok(found)
        })
        .collect::<Result<_>>()?;
    Ok(merge(found))
}

/// Whether two articles of a bucket are proposed, by their ranks in it.
pub(super) fn meet(earlier: usize, later: usize) -> bool {
    partners(later).iter().any(|ranks| ranks.contains(&earlier))
}

fn propose(bucket: &[u64], packing: Packing, found: &mut Vec<u64>) {
    for (rank, &posting) in bucket.iter().enumerate() {
        let doc = packing.doc(posting);
        let mut with = |others: &[u64]| {
            let others = others.iter().map(|&other| packing.doc(other));
            // Two bands of one article may look like one.
            found.extend(others.filter(|&other| other != doc).map(|other| pack(other, doc)));
        };
        partners(rank).into_iter().for_each(|earlier| with(&bucket[earlier]));
    }
}

/// Where those stand in a bucket with whom the article after so many others is proposed.
pub(super) fn partners(rank: usize) -> [Range<usize>; 2] {
    if rank < FULL_BUCKET {
        [0..rank, 0..0]
    } else {
        [0..REPRESENTATIVES, rank - REPRESENTATIVES..rank]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_giant_bucket_costs_its_length() {
        let packing = Packing::new(10_000);
        let bucket: Vec<u64> = (0..10_000).map(|doc| packing.pack(7 << 60, DocId(doc))).collect();
        let mut found = Vec::new();
        propose(&bucket, packing, &mut found);
        assert_eq!(
            found.len(),
            FULL_BUCKET * (FULL_BUCKET - 1) / 2 + (10_000 - FULL_BUCKET) * 2 * REPRESENTATIVES
        );
        let met = |later: usize| (0..later).filter(move |&earlier| meet(earlier, later)).count();
        assert_eq!(found.len(), (0..10_000).map(met).sum::<usize>());
    }
}
