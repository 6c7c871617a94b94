//! SimHash fingerprints within a Hamming distance, by the pigeonhole principle over permuted blocks
//! (Manku, Jain, Das Sarma 2007): cut into b blocks, two fingerprints that differ in at most d bits
//! agree in b − d of them. One table for each choice of b − d blocks; the larger the corpus, the more
//! blocks must agree, so that a bucket stays small.
//!
//! Cost: a sort a table, at most [`MOST_TABLES`] of them, and a comparison for each pair that agrees
//! in the blocks of one. SimHash alone is a weak sketch of news text: it finds whole-page copies, and
//! misses many edited ones.

use rayon::prelude::*;

use super::{merge, pack};
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;

/// Past this distance there is no choice of blocks that is both few tables and small buckets.
pub const MAX_DISTANCE: u32 = 7;
/// So many sorts at the most: seven bits of ten blocks.
const MOST_TABLES: usize = 120;
/// How many bits more than it takes to number the articles must agree: then a bucket of unlike
/// fingerprints holds one in sixteen buckets' worth of pairs.
const SPARE_BITS: u32 = 4;
/// Up to so many articles of one fingerprint, each is proposed with all others; past it, with so many
/// of the first and with the one before it, so that a million of them cost a million.
const ALIKE: usize = 64;

/// The pairs of `docs` whose fingerprints differ in at most `distance` bits.
pub(super) fn pairs(
    fingerprints: &[u64],
    docs: &[DocId],
    distance: u32,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let mut alike: Vec<(u64, DocId)> =
        docs.iter().map(|&doc| (fingerprints[doc.index()], doc)).collect();
    alike.par_sort_unstable();
    let groups: Vec<&[(u64, DocId)]> = alike.chunk_by(|a, b| a.0 == b.0).collect();
    let mut found = Vec::new();
    for group in &groups {
        for (rank, &(_, doc)) in group.iter().enumerate() {
            let first = &group[..rank.min(ALIKE)];
            let before = &group[rank.saturating_sub(1).max(first.len())..rank];
            found.extend(first.iter().chain(before).map(|&(_, other)| pack(other, doc)));
        }
    }
    let near: Vec<Vec<u64>> = tables(distance, groups.len())
        .into_par_iter()
        .map(|mask| {
            observer.check()?;
            let mut entries: Vec<(u64, u32)> =
                groups.iter().zip(0..).map(|(group, place)| (group[0].0 & mask, place)).collect();
            entries.sort_unstable();
            let mut found = Vec::new();
            for bucket in entries.chunk_by(|a, b| a.0 == b.0) {
                for (rank, &(_, a)) in bucket.iter().enumerate() {
                    for &(_, b) in &bucket[rank + 1..] {
                        let (a, b) = (groups[a as usize], groups[b as usize]);
                        if (a[0].0 ^ b[0].0).count_ones() <= distance {
                            for &(_, a) in a.iter().take(ALIKE) {
                                found.extend(b.iter().take(ALIKE).map(|&(_, b)| pack(a, b)));
                            }
                        }
                    }
                }
            }
            // What many tables find is one pair in the end: none keeps it twice.
            found.sort_unstable();
            found.dedup();
            Ok(found)
        })
        .collect::<Result<_>>()?;
    Ok(merge(near.into_iter().chain([found]).collect()))
}

/// The bits that must agree, table by table: of the fewest blocks with which enough of them do.
fn tables(distance: u32, prints: usize) -> Vec<u64> {
    let wanted = u64::BITS - (prints as u64).leading_zeros() + SPARE_BITS;
    let mut best = Vec::new();
    for blocks in distance + 1.. {
        let agree = blocks - distance;
        let masks = choices(blocks, agree, 0);
        if masks.len() > MOST_TABLES {
            break;
        }
        best = masks;
        if best.iter().all(|mask| mask.count_ones() >= wanted) {
            break;
        }
    }
    best
}

/// The masks of every choice of `agree` blocks among those from `first` on, of `blocks` in all.
fn choices(blocks: u32, agree: u32, first: u32) -> Vec<u64> {
    if agree == 0 {
        return vec![0];
    }
    (first..=blocks - agree)
        .flat_map(|block| {
            let (from, to) = (block * u64::BITS / blocks, (block + 1) * u64::BITS / blocks);
            let mask = u64::MAX >> (u64::BITS - (to - from)) << from;
            choices(blocks, agree - 1, block + 1).into_iter().map(move |rest| mask | rest)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;

    #[test]
    fn a_large_corpus_has_small_buckets() {
        for distance in 0..=MAX_DISTANCE {
            let few = tables(distance, 1_000);
            let many = tables(distance, 10_000_000);
            assert!(few.len() <= many.len() && many.len() <= MOST_TABLES, "{distance}");
            // Ten million in buckets of 19 bits are twenty a bucket.
            assert!(many.iter().all(|mask| mask.count_ones() >= 18), "{distance}");
        }
    }

    #[test]
    fn articles_of_one_fingerprint_cost_their_number() {
        let docs: Vec<DocId> = (0..10_000).map(DocId).collect();
        let found = pairs(&vec![7; docs.len()], &docs, 3, &Silent).unwrap();
        assert!(found.len() <= docs.len() * (ALIKE + 1), "{}", found.len());
        let linked = |doc: DocId| found.iter().any(|&(_, other)| other == doc);
        assert!(docs[1..].iter().all(|&doc| linked(doc)));
    }

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
