//! Hashes to be looked up, where nearly all that are asked for are not among them; and hashes counted,
//! where nearly all are there once.
//!
//! Both answer most questions from a table of bits or bytes small enough for the cache. Hashes are taken to
//! be even in their low bits. Cost of a question: one look there, and one in a map where it may be so.

use ahash::AHashSet;

use super::templates::Feature;

/// Bits a feature: of hashes that are not among them one in sixteen passes.
const BITS_A_FEATURE: usize = 16;
/// Counters a hash: of hashes that are there once, one in seven meets two others or more in a counter.
const COUNTERS_A_HASH: usize = 2;

/// Features of templates.
#[derive(Clone, Debug)]
pub(super) struct Features {
    all: AHashSet<Feature>,
    /// For each feature the bit that its low bits name.
    bits: Vec<u64>,
}

impl Features {
    pub(super) fn of(all: &[Feature]) -> Self {
        let words = (all.len() * BITS_A_FEATURE).div_ceil(64).next_power_of_two();
        let mut features = Self { all: all.iter().copied().collect(), bits: vec![0; words] };
        for &feature in all {
            let word = features.word(feature);
            features.bits[word] |= 1 << (feature % 64);
        }
        features
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    #[inline]
    pub(super) fn contains(&self, feature: Feature) -> bool {
        self.bits[self.word(feature)] >> (feature % 64) & 1 == 1 && self.all.contains(&feature)
    }

    #[inline]
    fn word(&self, feature: Feature) -> usize {
        (feature >> 6) as usize & (self.bits.len() - 1)
    }
}

/// Tells hashes that are there a few times from most of those that are there less often.
pub(super) struct Counters(Vec<u8>);

impl Counters {
    /// For so many hashes, repeats included.
    pub(super) fn new(hashes: usize) -> Self {
        Self(vec![0; (hashes * COUNTERS_A_HASH).next_power_of_two()])
    }

    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        let place = self.place(hash);
        self.0[place] = self.0[place].saturating_add(1);
    }

    /// Whether a hash may have been added so often; it was not where this is false.
    #[inline]
    pub(super) fn may_have(&self, hash: u64, times: u8) -> bool {
        self.0[self.place(hash)] >= times
    }

    #[inline]
    fn place(&self, hash: u64) -> usize {
        // The lowest bits of a sampled hash are all zero.
        (hash >> 8) as usize & (self.0.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::mix;

    #[test]
    fn features_hold_what_they_were_made_of_and_nothing_else() {
        let all: Vec<u64> = (0..1_000).map(mix).collect();
        let features = Features::of(&all);
        assert!(all.iter().all(|&feature| features.contains(feature)));
        assert!((1_000..9_000).map(mix).all(|other| !features.contains(other)));
        assert!(!Features::of(&[]).contains(0) && Features::of(&[]).is_empty());
    }

    #[test]
    fn counters_never_say_less() {
        let mut counters = Counters::new(3_000);
        (0..1_000).map(mix).for_each(|hash| counters.add(hash));
        (0..100).map(mix).for_each(|hash| (0..300).for_each(|_| counters.add(hash)));
        assert!((0..100).map(mix).all(|hash| counters.may_have(hash, u8::MAX)));
        let more = (100..1_000).map(mix).filter(|&hash| counters.may_have(hash, 3)).count();
        assert!(more < 150, "{more}");
    }
}
