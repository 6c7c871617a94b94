//! The seeds that occur twice or more, and where: the rest, four fifths on news, is never stored.
//!
//! Seeds are gone through twice. First it is marked which hashes have been seen, and which again: six bits a word of
//! the corpus ([`Twice`]). Then those that were seen again are dealt to [`PARTITIONS`] by the upper bits of their
//! hash, eight bytes each. A partition is sorted and grouped, which drops what slipped through. The hash is cut to 40
//! bits on the way; whoever follows a link compares the words themselves.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::articles_a_chunk;
use super::seeds::{GRAM, SHORT_GRAM, gram_hash, winnow, winnow_short};
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

/// Slots of [`Twice`] for each word, two fifths of which have a seed: one in eight singles slips through, to be
/// dropped when sorted.
const SLOTS_A_WORD: u64 = 3;

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
        Self::find_grams::<GRAM>(tokens, spill, observer, usize::MAX, |words, found| {
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
        Self::find_grams::<SHORT_GRAM>(tokens, spill, observer, MOST_OF_SHORT, |words, found| {
            winnow_short(words, surprisal, found);
        })
    }

    /// The same for grams of one length: which of an article's are seeds is found once, and kept in a bit a word.
    fn find_grams<const LENGTH: usize>(
        tokens: &Tokens,
        spill: &Spill,
        observer: &dyn Observer,
        most: usize,
        winnow: impl Fn(&[u32], &mut dyn FnMut(usize, u64)) + Sync,
    ) -> Result<Self> {
        let seeds = Marks::new(tokens.words().len());
        let words = |range: &Range<u32>| &tokens.words()[range.start as usize..range.end as usize];
        let first = |range: Range<u32>, found: &mut dyn FnMut(usize, u64)| {
            winnow(words(&range), &mut |place, hash| {
                seeds.set(range.start + place as u32);
                found(place, hash);
            });
        };
        let again = |range: Range<u32>, found: &mut dyn FnMut(usize, u64)| {
            let words = words(&range);
            seeds.each_of(&range, |position| {
                let place = (position - range.start) as usize;
                found(place, gram_hash(&words[place..place + LENGTH]));
            });
        };
        Self::find_twice(tokens, spill, observer, most, [&first, &again])
    }

    /// The same for seeds of another sort: `seeds` calls back with the place and the hash of each
    /// seed of an article, whose positions it is given. Those in more than `most` places are dropped.
    pub(super) fn find_by(
        tokens: &Tokens,
        spill: &Spill,
        observer: &dyn Observer,
        most: usize,
        seeds: &SeedsOf<'_>,
    ) -> Result<Self> {
        Self::find_twice(tokens, spill, observer, most, [seeds; 2])
    }

    /// The same where the seeds are told in one way first and in another afterwards.
    fn find_twice(
        tokens: &Tokens,
        spill: &Spill,
        observer: &dyn Observer,
        most: usize,
        [first, again]: [&SeedsOf<'_>; 2],
    ) -> Result<Self> {
        let docs: Vec<DocId> = (0..tokens.articles() as u32).map(DocId).collect();
        let recurring = Twice::new(tokens.words().len());
        docs.par_chunks(articles_a_chunk(docs.len(), CHUNK_ARTICLES)).try_for_each(
            |docs| -> Result<()> {
                observer.check()?;
                each_followed(tokens, first, docs, |hash, _| recurring.see(hash));
                observer.advance(docs.len() as u64);
                Ok(())
            },
        )?;
        let dealt: Vec<Vec<Vec<u64>>> = docs
            .par_chunks(articles_a_chunk(docs.len(), CHUNK_ARTICLES))
            .map(|docs| {
                observer.check()?;
                let mut partitions = vec![Vec::new(); PARTITIONS];
                each_followed(tokens, again, docs, |hash, position| {
                    if recurring.may_have(hash) {
                        let partition = (hash >> (64 - PARTITION_BITS)) as usize;
                        let rest = hash >> (32 - PARTITION_BITS) << 32;
                        partitions[partition].push(rest | u64::from(position));
                    }
                });
                Ok(partitions)
            })
            .collect::<Result<_>>()?;
        drop(recurring);
        let grouped: Vec<Grouped> = (0..PARTITIONS)
            .into_par_iter()
            .map(|partition| {
                observer.check()?;
                let lists: Vec<&[u64]> =
                    dealt.iter().map(|chunk| chunk[partition].as_slice()).collect();
                let mut seeds = lists.concat();
                seeds.sort_unstable();
                Ok(group(&seeds, most))
            })
            .collect::<Result<_>>()?;
        drop(dealt);
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

/// Calls back with the place and the hash of each seed of an article, whose positions it is given.
pub(super) type SeedsOf<'s> = dyn Fn(Range<u32>, &mut dyn FnMut(usize, u64)) + Sync + 's;

/// Calls `found` with the hash and the position of each seed of some articles that is followed.
fn each_followed(
    tokens: &Tokens,
    seeds: &SeedsOf<'_>,
    docs: &[DocId],
    mut found: impl FnMut(u64, u32),
) {
    for &doc in docs {
        let range = tokens.range(doc);
        seeds(range.clone(), &mut |place, hash| {
            let position = range.start + place as u32;
            // A run's first saying has its seeds; those of each further one would be links without number.
            if !tokens.is_said_before(position) {
                found(hash, position);
            }
        });
    }
}

/// Which hashes may have been seen twice or more: two bits a slot, one for seen and one for seen again. Any thread may
/// mark any of them, and in whatever order they do, the same are marked in the end.
struct Twice {
    slots: u64,
    bits: Vec<AtomicU64>,
}

impl Twice {
    const SLOTS_A_UNIT: u64 = 32;

    fn new(words: usize) -> Self {
        let slots = (words as u64 * SLOTS_A_WORD).clamp(1, u64::from(u32::MAX));
        let units = slots.div_ceil(Self::SLOTS_A_UNIT);
        Self { slots, bits: (0..units).map(|_| AtomicU64::new(0)).collect() }
    }

    /// The unit that a hash has its slot in, and the bit there for seen; that for seen again is the next. By the
    /// upper bits, so that hashes which agree in those agree here.
    fn slot(&self, hash: u64) -> (&AtomicU64, u64) {
        let slot = ((hash >> 32) * self.slots) >> 32;
        let unit = &self.bits[(slot / Self::SLOTS_A_UNIT) as usize];
        (unit, 1 << (2 * (slot % Self::SLOTS_A_UNIT)))
    }

    fn see(&self, hash: u64) {
        let (unit, seen) = self.slot(hash);
        let before = unit.fetch_or(seen, Ordering::Relaxed);
        let again = seen << 1;
        if before & seen != 0 && before & again == 0 {
            unit.fetch_or(again, Ordering::Relaxed);
        }
    }

    fn may_have(&self, hash: u64) -> bool {
        let (unit, seen) = self.slot(hash);
        unit.load(Ordering::Relaxed) & seen << 1 != 0
    }
}

/// A bit for each position, which any thread may set.
struct Marks(Vec<AtomicU64>);

impl Marks {
    fn new(positions: usize) -> Self {
        Self((0..=positions / 64).map(|_| AtomicU64::new(0)).collect())
    }

    fn set(&self, position: u32) {
        self.0[position as usize / 64].fetch_or(1 << (position % 64), Ordering::Relaxed);
    }

    /// Calls `found` with each position of a range that is set, ascending.
    fn each_of(&self, range: &Range<u32>, mut found: impl FnMut(u32)) {
        for unit in range.start / 64..range.end.div_ceil(64) {
            let mut bits = self.0[unit as usize].load(Ordering::Relaxed);
            while bits != 0 {
                let position = 64 * unit + bits.trailing_zeros();
                bits &= bits - 1;
                if range.contains(&position) {
                    found(position);
                }
            }
        }
    }
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
        let seeds = [seed(3, 10), seed(7, 1), seed(7, 12), seed(7, 15), seed(9, 2)];
        let Grouped { places, links } = group(&seeds, usize::MAX);
        assert_eq!(places, [1, 12, 15]);
        let repeats = Repeats { places: places.into(), links: links.into() };
        let earlier: Vec<(u32, &[u32])> =
            repeats.links.iter().map(|&link| (link.position, repeats.earlier(link))).collect();
        assert_eq!(earlier, [(12, [1].as_slice()), (15, &[1, 12])]);
        assert!(group(&seeds, 2).places.is_empty());
    }

    #[test]
    fn what_was_seen_twice_is_never_denied_and_most_of_the_rest_is() {
        let seeds = |from: u64| (from..from + 400).map(super::super::seeds::mix);
        let twice = Twice::new(1_000);
        seeds(0).chain(seeds(200)).for_each(|hash| twice.see(hash));
        let denied = |from: u64, to: u64| {
            (from..to).filter(|&n| !twice.may_have(super::super::seeds::mix(n))).count()
        };
        assert_eq!(denied(200, 400), 0);
        // 600 hashes in 3,000 slots: one in five slots is taken.
        assert!(denied(0, 200) > 140 && denied(400, 600) > 140);
        assert!(!Twice::new(0).may_have(7));
    }

    #[test]
    fn marks_are_told_in_order_and_within_their_range() {
        let marks = Marks::new(200);
        [0, 63, 64, 130, 200].into_iter().for_each(|position| marks.set(position));
        let of = |range: Range<u32>| {
            let mut found = Vec::new();
            marks.each_of(&range, |position| found.push(position));
            found
        };
        assert_eq!(of(0..201), [0, 63, 64, 130, 200]);
        assert_eq!(of(63..130), [63, 64]);
        assert!(of(65..65).is_empty());
    }
}
