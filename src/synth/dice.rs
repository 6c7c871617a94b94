//! Random draws that are the same on every machine and with every version of every dependency.
//!
//! ChaCha8 is a published cipher, so its stream cannot change; the draws made from it are written
//! here, in integers.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream numbered `stream` of a seed. Streams of one seed have nothing in common.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(b"newsfold");
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number under `limit`. Off from uniform by less than `limit` in 2³².
    pub(super) fn below(&mut self, limit: usize) -> usize {
        ((u64::from(self.0.next_u32()) * limit as u64) >> 32) as usize
    }

    /// From `least` to `most`, both included.
    pub(super) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True in `share` of the draws. Below a 2³²th it is never.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        /// 2³²: multiplying by it is exact, so no machine rounds another way.
        const RANGE: f64 = 4_294_967_296.0;
        u64::from(self.0.next_u32()) < (share * RANGE) as u64
    }

    /// One of the items, all alike.
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// Ranks drawn by Zipf's law as Mandelbrot amended it: the r-th (from 0) with weight 1 / (r + 3).
pub(super) struct Zipf {
    /// Which rank each equal slice of the draws gives.
    slices: Vec<u16>,
}

impl Zipf {
    /// For `ranks` of them, at most 65,536.
    pub(super) fn new(ranks: usize) -> Self {
        /// Mandelbrot's shift: keeps the first few words from being most of the text.
        const SHIFT: u64 = 3;
        /// Slices a rank, on average; the rarest rank still has about one.
        const SLICES: usize = 16;
        let weight = |rank: usize| (1 << 32) / (rank as u64 + SHIFT);
        let total: u64 = (0..ranks).map(weight).sum();
        let count = (ranks * SLICES) as u64;
        let mut slices = Vec::with_capacity(count as usize);
        let mut sum = 0;
        for rank in 0..ranks {
            sum += weight(rank);
            while (slices.len() as u64) * total < sum * count && slices.len() < count as usize {
                slices.push(rank as u16);
            }
        }
        Self { slices }
    }

    /// A rank.
    pub(super) fn draw(&self, dice: &mut Dice) -> usize {
        usize::from(dice.pick(&self.slices))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_never_change() {
        let mut dice = Dice::new(7, 1);
        let draws: Vec<usize> = (0..6).map(|_| dice.below(1000)).collect();
        assert_eq!(draws, [289, 189, 313, 746, 505, 325]);
    }

    #[test]
    fn chances_are_kept() {
        let mut dice = Dice::new(1, 0);
        assert!((0..1000).all(|_| !dice.chance(0.0)));
        assert!((0..1000).all(|_| dice.chance(1.0)));
        let hits = (0..10_000).filter(|_| dice.chance(0.3)).count();
        // 3,000 expected, standard deviation 46.
        assert!((2_800..3_200).contains(&hits), "{hits}");
    }

    #[test]
    fn the_frequencies_of_ranks_follow_the_law() {
        let zipf = Zipf::new(100);
        let mut dice = Dice::new(1, 0);
        let mut counts = [0; 100];
        for _ in 0..100_000 {
            counts[zipf.draw(&mut dice)] += 1;
        }
        // Weights 1/3, 1/4 … 1/102 sum to H(102) − 1.5 = 3.712: rank 0 has .0898, rank 97 .0027.
        assert!((8_500..9_500).contains(&counts[0]), "{}", counts[0]);
        assert!((100..500).contains(&counts[97]), "{}", counts[97]);
    }
}
