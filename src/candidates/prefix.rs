//! The exact join by prefix filtering (Chaudhuri et al. 2006; Bayardo, Ma, Srikant 2007).
//!
//! Order all shingles, rarest first. Two sets of Jaccard t or more must share a shingle among the
//! first n − ⌈t·n⌉ + 1 of each; a shingle that one article alone has joins nothing and needs no
//! posting. Recall is 1 by construction. Memory: the shingle sets of the corpus (8 bytes a
//! distinct shingle) and the postings of the prefixes.

use rayon::prelude::*;

use super::{merge, pack};
use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::Shingler;

/// Shingles are counted in this many independent parts, by the top bits of their hash.
const PARTITIONS: u64 = 64;
const PARTITION_SHIFT: u32 = 64 - PARTITIONS.trailing_zeros();
/// Guards ⌈t·n⌉ against a product that rounding left a hair above the whole number it is.
const ROUNDING: f64 = 1e-9;

/// An article's place in a posting list.
#[derive(Clone, Copy)]
struct Posting {
    shingle: u64,
    doc: DocId,
    /// Distinct shingles of the article.
    size: u32,
}

/// The pairs of `docs` that may reach `threshold`; every pair that does is among them.
pub(super) fn pairs(
    corpus: &Corpus,
    ngram: usize,
    docs: &[DocId],
    threshold: f64,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let sets: Vec<Box<[u64]>> = docs
        .par_iter()
        .with_min_len(64)
        .map_init(|| Shingler::new(ngram), |shingler, &doc| shingler.set(&corpus.get(doc).text))
        .collect();
    observer.check()?;
    let shared = shared_shingles(&sets);
    observer.check()?;
    let mut postings: Vec<Posting> = docs
        .par_iter()
        .zip(&sets)
        .with_min_len(64)
        .flat_map_iter(|(&doc, set)| {
            let size = set.len() as u32;
            prefix(set, threshold, &shared).into_iter().map(move |shingle| Posting {
                shingle,
                doc,
                size,
            })
        })
        .collect();
    postings.par_sort_unstable_by_key(|posting| (posting.shingle, posting.size, posting.doc));
    observer.check()?;
    let lists: Vec<&[Posting]> = postings.chunk_by(|a, b| a.shingle == b.shingle).collect();
    let found = lists
        .par_chunks(lists.len().div_ceil(PARTITIONS as usize).max(1))
        .map(|lists| {
            observer.check()?;
            let mut found = Vec::new();
            for list in lists {
                join(list, threshold, &mut found);
            }
            found.sort_unstable();
            found.dedup();
            Ok(found)
        })
        .collect::<Result<_>>()?;
    Ok(merge(found))
}

/// For each partition, the shingles that two articles or more have, ascending, with how many have it.
fn shared_shingles(sets: &[Box<[u64]>]) -> Vec<Vec<(u64, u32)>> {
    (0..PARTITIONS)
        .into_par_iter()
        .map(|part| {
            let mut all: Vec<u64> =
                sets.iter().flat_map(|set| partition(set, part).iter().copied()).collect();
            all.sort_unstable();
            all.chunk_by(|a, b| a == b)
                .filter(|same| same.len() > 1)
                .map(|same| (same[0], same.len() as u32))
                .collect()
        })
        .collect()
}

/// The stretch of an ascending set that lies in one partition.
fn partition(set: &[u64], part: u64) -> &[u64] {
    let begin = set.partition_point(|shingle| shingle >> PARTITION_SHIFT < part);
    let end = set.partition_point(|shingle| shingle >> PARTITION_SHIFT <= part);
    &set[begin..end]
}

/// The shingles of a set's prefix that another article has too.
fn prefix(set: &[u64], threshold: f64, shared: &[Vec<(u64, u32)>]) -> Vec<u64> {
    let must_share = (threshold * set.len() as f64 - ROUNDING).ceil() as usize;
    let length = (set.len() - must_share.min(set.len()) + 1).min(set.len());
    let mut common: Vec<(u32, u64)> = set
        .iter()
        .filter_map(|&shingle| {
            let counted = &shared[(shingle >> PARTITION_SHIFT) as usize];
            let place = counted.binary_search_by_key(&shingle, |&(shingle, _)| shingle).ok()?;
            Some((counted[place].1, shingle))
        })
        .collect();
    common.sort_unstable();
    // The shingles that this article alone has are the rarest, and take the prefix's first places.
    let alone = set.len() - common.len();
    common.into_iter().take(length.saturating_sub(alone)).map(|(_, shingle)| shingle).collect()
}

/// Proposes the pairs of a posting list whose sizes allow the threshold; the list ascends by size.
fn join(list: &[Posting], threshold: f64, found: &mut Vec<u64>) {
    for (rank, small) in list.iter().enumerate() {
        for large in &list[rank + 1..] {
            if f64::from(small.size) < threshold * f64::from(large.size) - ROUNDING {
                break;
            }
            found.push(pack(small.doc, large.doc));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;
    use crate::testing::corpus_of;
    use crate::verify::overlap;

    proptest! {
        #[test]
        fn nothing_that_reaches_the_threshold_is_missed(
            texts in proptest::collection::vec("[ab]( [a-d]){5,25}", 2..12),
            threshold in 0.2_f64..0.95,
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let corpus = corpus_of(&texts);
            let docs: Vec<DocId> = corpus.docs().collect();
            let found = pairs(&corpus, 2, &docs, threshold, &Silent).unwrap();
            let mut shingler = Shingler::new(2);
            for &a in &docs {
                for &b in &docs[a.index() + 1..] {
                    let (x, y) = (shingler.set(texts[a.index()]), shingler.set(texts[b.index()]));
                    if overlap(&x, &y).jaccard() >= threshold {
                        prop_assert!(found.contains(&(a, b)));
                    }
                }
            }
        }
    }
}
