//! The seeds that occur twice or more, and where: the rest, four fifths on news, is never stored.
//!
//! Seeds are dealt to [`PARTITIONS`] by the upper bits of their hash, eight bytes each. A partition
//! small enough for the cache drops those whose hash occurs once by two bit arrays (seen, seen
//! again), sorts what is left and groups it. The hash is cut to 40 bits on the way; whoever follows a
//! link compares the words themselves.

use std::ops::Range;

use rayon::prelude::*;

use super::articles_a_chunk;
use super::seeds::{winnow, winnow_short};
use super::surprisal::Surprisal;
use super::tokens::Tokens;
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;
use crate::spill::{Spill, Stored};

const PARTITION_BITS: u32 = 8;
const PARTITIONS: usize = 1 << PARTITION_BITS;

/// Articles whose seeds one thread deals out at once at the most: each thread has a list a partition.
const CHUNK_ARTICLES: usize = 512;

/// Bits of a bit array for each seed: one in eight singles slips through, to be dropped when sorted.
const BITS_A_SEED: usize = 8;

/// Places past which a short seed is no longer followed: three words in so many are a name or a phrase,
/// and of a passage in many articles some have a longer seed. PlagDet on `reuse` is 0.9868 at six, 0.9872
/// at this, with short seeds of 28 bits.
pub(crate) const MOST_OF_SHORT: usize = 3;

/// All places of all seeds that recur.
pub(super) struct Repeats {
    /// Positions, grouped by seed, ascending in each group.
    places: Stored<u32>,
    /// Every place but the first of its group, in order of position.
    links: Stored<Link>,
}

/// A place of a seed that has occurred before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// Position of the seed's first word.
    pub(super) position: u32,
    /// Where the seed's group begins in [`Repeats::earlier`]'s store.
    group: u32,
    /// How many places of the group come before this one.
    rank: u32,
}

impl Link {
    /// Which seed it is, by a number of its own.
    pub(super) fn seed(self) -> u32 {
        self.group
    }
}

impl Repeats {
    /// Finds the seeds of all articles that occur twice or more.
    pub(super) fn find(
        tokens: &Tokens,
        surprisal: &Surprisal,
        spill: &Spill,
        observer: &dyn Observer,
    ) -> Result<Self> {
        Self::find_by(tokens, spill, observer, usize::MAX, |range, found| {
            let words = &tokens.words()[range.start as usize..range.end as usize];
            winnow(words, surprisal, found);
        })
    }

    /// The same for short seeds, of those that do not occur often.
    pub(super) fn find_short(
        tokens: &Tokens,
        surprisal: &Surprisal,
        spill: &Spill,
        observer: &dyn Observer,
    ) -> Result<Self> {
        Self::find_by(tokens, spill, observer, MOST_OF_SHORT, |range, found| {
            let words = &tokens.words()[range.start as usize..range.end as usize];
            winnow_short(words, surprisal, found);
        })
    }

    /// The same for seeds of another sort: `seeds` calls back with the place and the hash of each
    /// seed of an article, whose positions it is given. Those in more than `most` places are dropped.
    pub(super) fn find_by(
        tokens: &Tokens,
        spill: &Spill,
        observer: &dyn Observer,
        most: usize,
        seeds: impl Fn(Range<u32>, &mut dyn FnMut(usize, u64)) + Sync,
    ) -> Result<Self> {
        let docs: Vec<DocId> = (0..tokens.articles() as u32).map(DocId).collect();
        let dealt: Vec<Vec<Vec<u64>>> = docs
            .par_chunks(articles_a_chunk(docs.len(), CHUNK_ARTICLES))
            .map(|docs| {
                observer.check()?;
                let partitions = deal(tokens, &seeds, docs);
                observer.advance(docs.len() as u64);
                Ok(partitions)
            })
            .collect::<Result<_>>()?;
        let mut partitions: Vec<Vec<Vec<u64>>> = vec![Vec::new(); PARTITIONS];
        for lists in dealt {
            for (partition, list) in partitions.iter_mut().zip(lists) {
                partition.push(list);
            }
        }
        // Each partition goes as soon as it is grouped.
        let grouped: Vec<Grouped> = partitions
            .into_par_iter()
            .map(|lists| {
                observer.check()?;
                Ok(group(&recurring(lists.iter().map(Vec::as_slice)), most))
            })
            .collect::<Result<_>>()?;
        let mut places = Vec::with_capacity(grouped.iter().map(|part| part.places.len()).sum());
        let mut links = Vec::with_capacity(grouped.iter().map(|part| part.links.len()).sum());
        for part in grouped {
            let base = places.len() as u32;
            places.extend(part.places);
            let moved = |link: Link| Link { group: base + link.group, ..link };
            links.extend(part.links.into_iter().map(moved));
        }
        links.par_sort_unstable();
        Ok(Self { places: spill.keep(places)?, links: spill.keep(links)? })
    }

    /// The links whose position lies in the article.
    pub(super) fn links(&self, tokens: &Tokens, doc: DocId) -> &[Link] {
        let range = tokens.range(doc);
        let first = self.links.partition_point(|link| link.position < range.start);
        let end = self.links.partition_point(|link| link.position < range.end);
        &self.links[first..end]
    }

    /// The places of the link's seed before this one, ascending.
    pub(super) fn earlier(&self, link: Link) -> &[u32] {
        &self.places[link.group as usize..(link.group + link.rank) as usize]
    }
}

/// The bits of a seed's hash that are kept.
pub(super) fn cut(hash: u64) -> u64 {
    hash >> (32 - PARTITION_BITS)
}

/// The seeds of some articles by partition, each packed as (32 bits of its hash, position).
fn deal(
    tokens: &Tokens,
    seeds: impl Fn(Range<u32>, &mut dyn FnMut(usize, u64)),
    docs: &[DocId],
) -> Vec<Vec<u64>> {
    let mut partitions = vec![Vec::new(); PARTITIONS];
    for &doc in docs {
        let range = tokens.range(doc);
        seeds(range.clone(), &mut |place, hash| {
            // A run's first saying has its seeds; those of each further one would be links without number.
            if tokens.is_said_before(range.start + place as u32) {
                return;
            }
            let seed = cut(hash);
            let partition = (seed >> 32) as usize;
            partitions[partition].push(seed << 32 | u64::from(range.start + place as u32));
        });
    }
    partitions
}

/// The seeds of one article that are followed, each once, ascending.
pub(super) fn distinct_seeds(
    tokens: &Tokens,
    doc: DocId,
    seeds: impl Fn(&[u32], &mut dyn FnMut(usize, u64)),
) -> Vec<u64> {
    let range = tokens.range(doc);
    let mut found = Vec::new();
    let words = &tokens.words()[range.start as usize..range.end as usize];
    seeds(words, &mut |place, hash| {
        if !tokens.is_said_before(range.start + place as u32) {
            found.push(hash);
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}

/// The seeds whose hash may occur twice or more, sorted.
fn recurring<'a>(lists: impl Iterator<Item = &'a [u64]> + Clone) -> Vec<u64> {
    let seeds: usize = lists.clone().map(<[u64]>::len).sum();
    let bits = (seeds * BITS_A_SEED).next_power_of_two().clamp(64, 1 << 32);
    let slot = |seed: u64| ((seed >> 32) as usize & (bits - 1)) / 64;
    let bit = |seed: u64| 1_u64 << ((seed >> 32) % 64);
    let mut seen = vec![0_u64; bits / 64];
    let mut again = vec![0_u64; bits / 64];
    for &seed in lists.clone().flatten() {
        again[slot(seed)] |= seen[slot(seed)] & bit(seed);
        seen[slot(seed)] |= bit(seed);
    }
    let mut kept: Vec<u64> =
        lists.flatten().copied().filter(|&seed| again[slot(seed)] & bit(seed) != 0).collect();
    kept.sort_unstable();
    kept
}

/// What recurs of a partition.
#[derive(Default)]
struct Grouped {
    places: Vec<u32>,
    links: Vec<Link>,
}

/// Groups sorted seeds by hash, and drops those that are alone or in more than `most` places.
fn group(seeds: &[u64], most: usize) -> Grouped {
    let mut grouped = Grouped::default();
    for same in
        seeds.chunk_by(|a, b| a >> 32 == b >> 32).filter(|same| (2..=most).contains(&same.len()))
    {
        let group = grouped.places.len() as u32;
        for (rank, &seed) in same.iter().enumerate() {
            let position = seed as u32;
            grouped.places.push(position);
            if rank > 0 {
                grouped.links.push(Link { position, group, rank: rank as u32 });
            }
        }
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashes_that_recur_are_kept_in_order_of_place() {
        let seed = |hash: u64, position: u64| hash << 32 | position;
        let chunks = [vec![seed(7, 1), seed(9, 2)], vec![seed(3, 10), seed(7, 12), seed(7, 15)]];
        let kept = recurring(chunks.iter().map(Vec::as_slice));
        assert!(kept.is_sorted());
        let Grouped { places, links } = group(&kept, usize::MAX);
        let repeats = Repeats { places: places.into(), links: links.into() };
        assert_eq!(repeats.places[..], [1, 12, 15]);
        let earlier: Vec<(u32, &[u32])> =
            repeats.links.iter().map(|&link| (link.position, repeats.earlier(link))).collect();
        assert_eq!(earlier, [(12, [1].as_slice()), (15, &[1, 12])]);
        assert!(group(&kept, 2).places.is_empty());
    }
}
