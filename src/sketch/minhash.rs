//! MinHash signatures by k permutations (Broder 1997), multiply-shift on 32-bit lanes.
//!
//! Two articles agree in a share of their signature's places that estimates their Jaccard. Cost:
//! shingles × permutations multiplications, vectorised: the accumulators of a block of
//! permutations stay in registers while the shingles stream by.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Permutations handled at a time: four 512-bit registers of each kind. Half as many cost a tenth
/// more time, a quarter twice as much; twice as many cost the same.
const LANES: usize = 64;

/// Which permutations a signature is made with. Signatures of unlike hashers mean nothing together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinHasher {
    /// Odd multipliers, padded to whole blocks.
    multipliers: Vec<[u32; LANES]>,
    /// Masks that decide which values come first.
    masks: Vec<[u32; LANES]>,
    permutations: usize,
}

impl MinHasher {
    /// `permutations` of them, drawn from `seed`.
    pub fn new(permutations: usize, seed: u64) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let blocks = permutations.div_ceil(LANES);
        let (mut multipliers, mut masks) = (vec![[0; LANES]; blocks], vec![[0; LANES]; blocks]);
        // One permutation after the other: fewer of them are the first of more.
        for (multiplier, mask) in multipliers.iter_mut().flatten().zip(masks.iter_mut().flatten()) {
            *multiplier = rng.random::<u32>() | 1;
            *mask = rng.random();
        }
        Self { multipliers, masks, permutations }
    }

    /// Appends the signature of `shingles`: for each permutation the least value that any shingle
    /// takes, `u32::MAX` where there is no shingle.
    pub fn sign(&self, shingles: &[u64], signatures: &mut Vec<u32>) {
        let begin = signatures.len();
        for (multipliers, masks) in self.multipliers.iter().zip(&self.masks) {
            signatures.extend(least(shingles, multipliers, masks));
        }
        signatures.truncate(begin + self.permutations);
    }
}

/// The least of `shingle · multiplier ⊕ mask` over the shingles, lane by lane.
fn least(shingles: &[u64], multipliers: &[u32; LANES], masks: &[u32; LANES]) -> [u32; LANES] {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor was just asked, and has what the function is compiled for.
            #[expect(unsafe_code)]
            return unsafe { least_avx512(shingles, multipliers, masks) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: as above.
            #[expect(unsafe_code)]
            return unsafe { least_avx2(shingles, multipliers, masks) };
        }
    }
    least_scalar(shingles, multipliers, masks)
}

/// The one body behind every version; integer arithmetic, so that all give the same answer.
#[inline(always)]
fn least_scalar(
    shingles: &[u64],
    multipliers: &[u32; LANES],
    masks: &[u32; LANES],
) -> [u32; LANES] {
    let mut least = [u32::MAX; LANES];
    for shingle in shingles {
        let value = (shingle >> 32) as u32;
        for lane in 0..LANES {
            let permuted = multipliers[lane].wrapping_mul(value) ^ masks[lane];
            least[lane] = least[lane].min(permuted);
        }
    }
    least
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn least_avx512(
    shingles: &[u64],
    multipliers: &[u32; LANES],
    masks: &[u32; LANES],
) -> [u32; LANES] {
    least_scalar(shingles, multipliers, masks)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn least_avx2(shingles: &[u64], multipliers: &[u32; LANES], masks: &[u32; LANES]) -> [u32; LANES] {
    least_scalar(shingles, multipliers, masks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::shingle::mix;

    fn signature(hasher: &MinHasher, shingles: &[u64]) -> Vec<u32> {
        let mut signature = Vec::new();
        hasher.sign(shingles, &mut signature);
        signature
    }

    #[test]
    fn agreement_estimates_jaccard() {
        let hasher = MinHasher::new(1024, 1);
        // 600 shingles each, 400 of them shared: Jaccard 400 / 800.
        let a: Vec<u64> = (0..600).map(mix).collect();
        let b: Vec<u64> = (200..800).map(mix).collect();
        let (a, b) = (signature(&hasher, &a), signature(&hasher, &b));
        let agree = a.iter().zip(&b).filter(|(a, b)| a == b).count() as f64 / 1024.0;
        // Five standard deviations of a share of 1,024 draws at one half.
        assert!((agree - 0.5).abs() < 5.0 * 0.5 / 32.0, "{agree}");
    }

    #[test]
    fn every_version_gives_the_same_signature() {
        let hasher = MinHasher::new(LANES, 7);
        let shingles: Vec<u64> = (0..777).map(mix).collect();
        let (multipliers, masks) = (&hasher.multipliers[0], &hasher.masks[0]);
        let expected = least_scalar(&shingles, multipliers, masks);
        assert_eq!(least(&shingles, multipliers, masks), expected);
        // The quickest version hides the one below it.
        #[cfg(target_arch = "x86_64")]
        #[expect(unsafe_code)]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor was just asked.
            assert_eq!(unsafe { least_avx2(&shingles, multipliers, masks) }, expected);
        }
    }

    #[test]
    fn signatures_never_change_and_shorter_ones_begin_longer_ones() {
        let shingles: Vec<u64> = (0..100).map(mix).collect();
        let long = signature(&MinHasher::new(200, 5), &shingles);
        assert_eq!(long[..3], [31_564_227, 6_362_516, 3_464_676]);
        assert_eq!(long[..70], signature(&MinHasher::new(70, 5), &shingles));
    }

    #[test]
    fn order_and_repeats_of_shingles_do_not_count() {
        let hasher = MinHasher::new(50, 3);
        let signed = signature(&hasher, &[mix(1), mix(2), mix(3)]);
        assert_eq!(signed.len(), 50);
        assert_eq!(signed, signature(&hasher, &[mix(3), mix(1), mix(2), mix(1)]));
    }
}
