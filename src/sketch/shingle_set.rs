//! The distinct shingles of one article, with a table to look them up in.
//!
//! Linear probing (Knuth, vol. 3, 6.4, algorithm L) over places in the list of shingles; the hash is
//! the shingle itself, whose bits are well mixed already. Two copies of one text go through the same
//! shingles in the same order, so that counting what they share is mostly a walk down both lists,
//! and the table is asked only where they part. Nothing is allocated from one article to the next.

/// Slots a shingle, rounded up to a power of two: one insertion in sixteen finds its slot taken, and
/// the table of a typical article (8 KiB) stays in the first-level cache.
const SLOTS_A_SHINGLE: usize = 8;
/// Shingles compared at a stroke while both lists run alike.
const STRIDE: usize = 8;

/// The distinct shingles of an article; filled again for the next one.
#[derive(Clone, Debug)]
pub struct ShingleSet {
    /// The shingles, and what is left of longer sets.
    shingles: Vec<u64>,
    /// How many there are.
    size: usize,
    /// While places fit 16 bits: half the cache.
    short: Table<u16>,
    long: Table<u32>,
    is_long: bool,
}

impl Default for ShingleSet {
    fn default() -> Self {
        let mut short = Table::default();
        short.fill(&[], &mut []);
        Self { shingles: Vec::new(), size: 0, short, long: Table::default(), is_long: false }
    }
}

impl ShingleSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes this the set of `shingles`, in which some may stand more than once.
    pub fn fill(&mut self, shingles: &[u64]) {
        if self.shingles.len() < shingles.len() {
            self.shingles.resize(shingles.len(), 0);
        }
        self.is_long = shingles.len() > usize::from(u16::NONE);
        self.size = if self.is_long {
            self.long.fill(shingles, &mut self.shingles)
        } else {
            self.short.fill(shingles, &mut self.shingles)
        };
    }

    /// Each shingle once, in the order in which they first stand in the text.
    pub fn distinct(&self) -> &[u64] {
        &self.shingles[..self.size]
    }

    /// The place of a shingle in [`Self::distinct`].
    pub fn place(&self, shingle: u64) -> Option<usize> {
        if self.is_long {
            self.long.find(self.distinct(), shingle).ok()
        } else {
            self.short.find(self.distinct(), shingle).ok()
        }
    }

    /// How many of the distinct shingles `other` this set has, or `None` as soon as that must be
    /// fewer than `least`.
    pub fn shared(&self, other: &[u64], least: u32) -> Option<u32> {
        let may_miss = other.len().checked_sub(least as usize)?;
        if self.is_long {
            self.long.shared(self.distinct(), other, may_miss)
        } else {
            self.short.shared(self.distinct(), other, may_miss)
        }
    }
}

/// A place in a list of shingles, as a slot holds it.
trait Place: Copy + PartialEq {
    /// What an empty slot holds; no place is this great.
    const NONE: Self;
    fn new(place: usize) -> Self;
    fn index(self) -> usize;
}

impl Place for u16 {
    const NONE: Self = Self::MAX;

    fn new(place: usize) -> Self {
        place as Self
    }

    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Place for u32 {
    const NONE: Self = Self::MAX;

    fn new(place: usize) -> Self {
        place as Self
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// Slots, at each of which the place of a shingle stands or none.
#[derive(Clone, Debug, Default)]
struct Table<P> {
    slots: Vec<P>,
    /// What leaves of a shingle's 64 bits the number of its first slot.
    shift: u32,
}

impl<P: Place> Table<P> {
    /// Enters `shingles`, and writes those that did not stand there before to the front of
    /// `distinct`; returns how many they are.
    fn fill(&mut self, shingles: &[u64], distinct: &mut [u64]) -> usize {
        let slots = (shingles.len() * SLOTS_A_SHINGLE).next_power_of_two().max(2);
        self.slots.clear();
        self.slots.resize(slots, P::NONE);
        self.shift = 64 - slots.trailing_zeros();
        let mut size = 0;
        for &shingle in shingles {
            if let Err(slot) = self.find(distinct, shingle) {
                self.slots[slot] = P::new(size);
                distinct[size] = shingle;
                size += 1;
            }
        }
        size
    }

    /// The place of a shingle, or the slot that waits for it.
    #[inline(always)]
    fn find(&self, shingles: &[u64], shingle: u64) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = (shingle >> self.shift) as usize & mask;
        loop {
            let place = self.slots[slot];
            if place == P::NONE {
                return Err(slot);
            }
            if shingles[place.index()] == shingle {
                return Ok(place.index());
            }
            slot = (slot + 1) & mask;
        }
    }

    /// See [`ShingleSet::shared`].
    fn shared(&self, shingles: &[u64], other: &[u64], mut may_miss: usize) -> Option<u32> {
        let mut shared = 0;
        // Where in `shingles` the next of `other` stands, if the two texts go on alike.
        let mut expected = 0;
        let mut next = 0;
        while next < other.len() {
            while alike(&shingles[expected..], &other[next..]) {
                shared += STRIDE as u32;
                expected += STRIDE;
                next += STRIDE;
            }
            while let Some(&shingle) = other.get(next) {
                next += 1;
                if shingles.get(expected) == Some(&shingle) {
                    shared += 1;
                    expected += 1;
                } else if let Ok(place) = self.find(shingles, shingle) {
                    shared += 1;
                    expected = place + 1;
                    break;
                } else {
                    may_miss = may_miss.checked_sub(1)?;
                }
            }
        }
        Some(shared)
    }
}

/// Whether both lists begin with the same stride of shingles.
#[inline(always)]
fn alike(a: &[u64], b: &[u64]) -> bool {
    let (Some(a), Some(b)) = (a.first_chunk::<STRIDE>(), b.first_chunk::<STRIDE>()) else {
        return false;
    };
    // Without a branch a shingle, so that it is done in registers; `==` calls the C library.
    a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::sketch::mix;

    fn set_of(shingles: &[u64]) -> ShingleSet {
        let mut set = ShingleSet::new();
        set.fill(shingles);
        set
    }

    #[test]
    fn each_shingle_stays_once_where_it_first_stood() {
        assert_eq!(set_of(&[7, 3, 7, 9, 3, 1]).distinct(), [7, 3, 9, 1]);
        assert_eq!(set_of(&[]).distinct(), [0_u64; 0]);
        assert_eq!(set_of(&[7, 3, 7, 9]).place(9), Some(2));
        assert_eq!(set_of(&[7, 3, 7, 9]).place(8), None);
    }

    #[test]
    fn what_is_shared_is_counted_or_given_up() {
        let set = set_of(&[1, 2, 3, 4]);
        assert_eq!(set.shared(&[3, 4, 5, 6, 7, 8], 2), Some(2));
        assert_eq!(set.shared(&[3, 4, 5, 6, 7, 8], 3), None);
        assert_eq!(set.shared(&[], 0), Some(0));
        assert_eq!(set.shared(&[], 1), None);
        assert_eq!(set_of(&[]).shared(&[1, 2], 0), Some(0));
    }

    #[test]
    fn a_set_that_was_full_keeps_nothing_of_it() {
        let many: Vec<u64> = (0..100_000).map(mix).collect();
        let mut set = set_of(&many);
        assert_eq!(set.distinct().len(), 100_000);
        assert_eq!(set.shared(&many[50_000..], 0), Some(50_000));
        set.fill(&many[..10]);
        assert_eq!(set.shared(&many, 0), Some(10));
    }

    proptest! {
        /// Few values, so that many repeat; some mixed and some not, so that slots are contested.
        #[test]
        fn it_counts_what_a_set_counts(
            a in proptest::collection::vec(0_u64..80, 0..120),
            b in proptest::collection::vec(0_u64..80, 0..120),
            least in 0_u32..60,
            mixed in any::<bool>(),
        ) {
            let spread = |values: Vec<u64>| -> Vec<u64> {
                if mixed { values.into_iter().map(mix).collect() } else { values }
            };
            let (a, b) = (spread(a), spread(b));
            let sets: [BTreeSet<u64>; 2] = [a.iter().copied().collect(), b.iter().copied().collect()];
            let (a, b) = (set_of(&a), set_of(&b));
            prop_assert_eq!(a.distinct().len(), sets[0].len());
            let expected = sets[0].intersection(&sets[1]).count() as u32;
            let expected = (expected >= least).then_some(expected);
            prop_assert_eq!(a.shared(b.distinct(), least), expected);
            prop_assert_eq!(b.shared(a.distinct(), least), expected);
        }
    }
}
