//! SimHash fingerprints within a Hamming distance, by the pigeonhole principle (Manku, Jain, Das
//! Sarma 2007): cut into d + 1 blocks, two fingerprints that differ in at most d bits agree in one.
//!
//! Cost: d + 1 sorts, and a comparison for each pair that agrees in a block. SimHash alone is a
//! weak sketch of news text: it finds whole-page copies, and misses many edited ones.

use rayon::prelude::*;

use super::{merge, pack};
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;

/// Past this distance the blocks are so short (eight bits) that everything is compared.
pub const MAX_DISTANCE: u32 = 7;

/// The pairs of `docs` whose fingerprints differ in at most `distance` bits.
pub(super) fn pairs(
    fingerprints: &[u64],
    docs: &[DocId],
    distance: u32,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let blocks = distance + 1;
    let found: Vec<Vec<u64>> = (0..blocks)
        .into_par_iter()
        .map(|block| {
            observer.check()?;
            let (from, to) = (block * 64 / blocks, (block + 1) * 64 / blocks);
            let key = |doc: DocId| fingerprints[doc.index()] << (64 - to) >> (64 - to + from);
            let mut entries: Vec<(u64, DocId)> = docs.iter().map(|&doc| (key(doc), doc)).collect();
            entries.sort_unstable();
            let mut found = Vec::new();
            for bucket in entries.chunk_by(|a, b| a.0 == b.0) {
                for (rank, &(_, a)) in bucket.iter().enumerate() {
                    for &(_, b) in &bucket[rank + 1..] {
                        let differ = fingerprints[a.index()] ^ fingerprints[b.index()];
                        if differ.count_ones() <= distance {
                            found.push(pack(a, b));
                        }
                    }
                }
            }
            Ok(found)
        })
        .collect::<Result<_>>()?;
    Ok(merge(found))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;

    proptest! {
        #[test]
        fn the_blocks_find_what_comparing_all_finds(
            base in any::<u64>(),
            flips in proptest::collection::vec(any::<u64>(), 2..30),
            distance in 0_u32..=MAX_DISTANCE,
        ) {
            // Three flipped bits or fewer each, so that distances are small.
            let prints: Vec<u64> = flips
                .iter()
                .map(|f| base ^ (1 << (f & 63)) ^ (1 << (f >> 8 & 63)) ^ (1 << (f >> 16 & 63)))
                .collect();
            let docs: Vec<DocId> = (0..prints.len() as u32).map(DocId).collect();
            let mut expected = Vec::new();
            for &a in &docs {
                for &b in &docs[a.index() + 1..] {
                    if (prints[a.index()] ^ prints[b.index()]).count_ones() <= distance {
                        expected.push((a, b));
                    }
                }
            }
            prop_assert_eq!(pairs(&prints, &docs, distance, &Silent).unwrap(), expected);
        }
    }
}
