//! Samples of an article's shingles by their hashes (Broder's mod-m sketches 1997; FracMinHash, Irber
//! et al. 2022): what lies under a limit is taken, so that the sample of a part is found again in the
//! sample of whatever holds it. That tells containment where a MinHash signature tells Jaccard only.
//!
//! One shingle in [`ONE_IN`] is taken; of an article of more than 1,600, two hundred on average, as
//! many as a part a [`MAX_RATIO`]th as long needs to have ten among them. Cost: a comparison a
//! shingle, and four bytes for each one taken.

use crate::article::DocId;
use crate::error::Result;
use crate::spill::{Spill, Stored};

/// A whole may be this many times as long as a part, and its sample is still dense enough for the part
/// to be found in.
pub const MAX_RATIO: u64 = 20;
/// One shingle in this many is sampled. A part of 40 words has 36: none of them is taken in one case
/// of a hundred; with one in sixteen it would be in ten.
const ONE_IN: u64 = 8;
/// How many shingles of a part are expected under the limit of an article [`MAX_RATIO`] times as long.
const EXPECTED: u64 = 10;
/// By how many hashes of its sample an article is looked for as a part. Fewer than two of five stand in
/// an article that holds 85 % of it in one case of four hundred.
pub(crate) const HEAD: usize = 5;
/// How many hashes are expected under the bound below which the head is taken first: a few more, so
/// that they lie under the limit of the longest wholes too.
const EXPECTED_LOW: u64 = 7;
/// Hashes that are compared in one instruction: so many words are written at a time.
const LANES: usize = 8;

/// Samples articles one by one, into buffers that are used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Sampler {
    heads: Lists,
    rests: Lists,
    shingles: Vec<u32>,
    /// Of the article at hand, the keys under the bound, and the others.
    low: Vec<u32>,
    high: Vec<u32>,
}

/// The samples of the articles of a corpus.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    pieces: Vec<SamplePiece>,
    /// Which piece each article's sample is in, and its place there.
    places: Vec<(u32, u32)>,
    /// How many shingles each article has, repeats included.
    shingles: Vec<u32>,
}

/// The samples of some articles. The heads are kept apart, to be gone through alone.
#[derive(Clone, Debug)]
pub(super) struct SamplePiece {
    heads: KeptLists,
    rests: KeptLists,
    /// How many shingles each article has.
    shingles: Vec<u32>,
}

/// Lists of keys, the lower halves of hashes, one behind the other.
#[derive(Clone, Debug, Default)]
struct Lists {
    keys: Vec<u32>,
    /// Where each ends.
    ends: Vec<u32>,
}

/// The same, when no more are added.
#[derive(Clone, Debug)]
struct KeptLists {
    keys: Stored<u32>,
    ends: Stored<u32>,
}

impl Lists {
    /// Ends a list with the keys put in since the last one ended.
    fn end(&mut self) {
        self.ends.push(self.keys.len() as u32);
    }

    /// A copy in no more memory than it needs; empties these.
    fn keep(&mut self, spill: &Spill) -> Result<KeptLists> {
        let kept = KeptLists {
            keys: spill.keep(self.keys.clone())?,
            ends: spill.keep(self.ends.clone())?,
        };
        self.keys.clear();
        self.ends.clear();
        Ok(kept)
    }
}

impl KeptLists {
    fn get(&self, place: usize) -> &[u32] {
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.keys[begin as usize..self.ends[place] as usize]
    }
}

/// The greatest hash that an article of this many shingles takes into its sample.
fn limit(shingles: usize) -> u64 {
    u64::MAX / ONE_IN.max(shingles as u64 / (EXPECTED * MAX_RATIO))
}

impl Sampler {
    /// Adds the sample of an article's shingles.
    pub(super) fn push(&mut self, shingles: &[u64]) {
        let limit = limit(shingles.len());
        let bound = (u64::MAX / shingles.len().max(1) as u64).saturating_mul(EXPECTED_LOW);
        let room = shingles.len() + LANES;
        if self.low.len() < room {
            self.low.resize(room, 0);
            self.high.resize(room, 0);
        }
        let cut = Cut { limit, bound: bound.min(limit) };
        let (low, high) = divide(shingles, cut, &mut self.low, &mut self.high);
        let (low, high) = (&self.low[..low], &self.high[..high]);
        let (head, more_low) = low.split_at(low.len().min(HEAD));
        let (more_head, rest) = high.split_at(high.len().min(HEAD - head.len()));
        self.heads.keys.extend(head.iter().chain(more_head));
        self.heads.end();
        self.rests.keys.extend_from_slice(more_low);
        self.rests.keys.extend_from_slice(rest);
        self.rests.end();
        self.shingles.push(shingles.len() as u32);
    }

    /// The sample of the one article that was added since something was last taken: its head, and the rest.
    pub(super) fn take(&mut self) -> (Vec<u32>, Vec<u32>) {
        self.shingles.clear();
        let take = |lists: &mut Lists| {
            lists.ends.clear();
            std::mem::take(&mut lists.keys)
        };
        (take(&mut self.heads), take(&mut self.rests))
    }

    /// What was sampled since this was last called.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(super) fn finish(&mut self, spill: &Spill) -> Result<SamplePiece> {
        Ok(SamplePiece {
            heads: self.heads.keep(spill)?,
            rests: self.rests.keep(spill)?,
            shingles: std::mem::take(&mut self.shingles),
        })
    }
}

impl Samples {
    /// Of a corpus of so many articles, none of them sampled yet.
    pub(super) fn new(articles: usize) -> Self {
        Self { pieces: Vec::new(), places: vec![(0, 0); articles], shingles: vec![0; articles] }
    }

    /// Adds the samples of these articles.
    pub(super) fn push(&mut self, mut piece: SamplePiece, docs: impl Iterator<Item = DocId>) {
        let number = self.pieces.len() as u32;
        let shingles = std::mem::take(&mut piece.shingles);
        for ((doc, place), shingles) in docs.zip(0..).zip(shingles) {
            self.places[doc.index()] = (number, place);
            self.shingles[doc.index()] = shingles;
        }
        self.pieces.push(piece);
    }

    /// How many shingles each article has, repeats included.
    pub(crate) fn shingles(&self) -> &[u32] {
        &self.shingles
    }

    /// The keys of its sample that an article is looked for by as a part.
    pub(crate) fn head(&self, doc: DocId) -> &[u32] {
        let (piece, place) = self.places[doc.index()];
        self.pieces[piece as usize].heads.get(place as usize)
    }

    /// The other keys of its sample.
    pub(crate) fn rest(&self, doc: DocId) -> &[u32] {
        let (piece, place) = self.places[doc.index()];
        self.pieces[piece as usize].rests.get(place as usize)
    }

    /// The share of the part's sample that lies under the limit of an article that may hold it.
    pub(crate) fn comparable(&self, part: DocId, whole: DocId) -> f64 {
        comparable(self.shingles[part.index()], self.shingles[whole.index()])
    }
}

/// The share of a part's sample that lies under the limit of an article that may hold it, by how many
/// shingles the two have.
pub(crate) fn comparable(part: u32, whole: u32) -> f64 {
    (limit(whole as usize) as f64 / limit(part as usize) as f64).min(1.0)
}

/// Which hashes are taken, and which of them are low.
#[derive(Clone, Copy)]
struct Cut {
    /// The greatest that is taken.
    limit: u64,
    /// The greatest that is low.
    bound: u64,
}

/// Divides the hashes that are taken, in their order, into the low ones and the others, and writes
/// their lower halves; returns how many there are of each.
fn divide(shingles: &[u64], cut: Cut, low: &mut [u32], high: &mut [u32]) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
            // SAFETY: the processor was just asked, and has what the function is compiled for.
            #[expect(unsafe_code)]
            return unsafe { divide_avx512(shingles, cut, low, high) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") {
            // SAFETY: as above.
            #[expect(unsafe_code)]
            return unsafe { divide_avx2(shingles, cut, low, high) };
        }
    }
    divide_plain(shingles, cut, low, high)
}

/// Eight hashes at a time; those that are taken move together within a register.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl")]
fn divide_avx512(shingles: &[u64], cut: Cut, low: &mut [u32], high: &mut [u32]) -> (usize, usize) {
    use std::arch::x86_64::*;
    let limits = _mm512_set1_epi64(cut.limit as i64);
    let bounds = _mm512_set1_epi64(cut.bound as i64);
    let (mut lows, mut highs) = (0, 0);
    let (blocks, rest) = shingles.as_chunks::<LANES>();
    for block in blocks {
        // SAFETY: the block is as long as what is read.
        #[expect(unsafe_code)]
        let hashes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let halves = _mm512_cvtepi64_epi32(hashes);
        let is_low = _mm512_cmple_epu64_mask(hashes, bounds);
        let is_high = _mm512_cmple_epu64_mask(hashes, limits) & !is_low;
        let to_low: &mut [u32] = &mut low[lows..lows + LANES];
        let to_high: &mut [u32] = &mut high[highs..highs + LANES];
        // SAFETY: the slices are as long as what is written.
        #[expect(unsafe_code)]
        unsafe {
            let compressed = _mm256_maskz_compress_epi32(is_low, halves);
            _mm256_storeu_si256(to_low.as_mut_ptr().cast(), compressed);
            let compressed = _mm256_maskz_compress_epi32(is_high, halves);
            _mm256_storeu_si256(to_high.as_mut_ptr().cast(), compressed);
        }
        lows += is_low.count_ones() as usize;
        highs += is_high.count_ones() as usize;
    }
    let (more_low, more_high) = divide_plain(rest, cut, &mut low[lows..], &mut high[highs..]);
    (lows + more_low, highs + more_high)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1")]
fn divide_avx2(shingles: &[u64], cut: Cut, low: &mut [u32], high: &mut [u32]) -> (usize, usize) {
    divide_plain(shingles, cut, low, high)
}

/// A word of comparisons at a time, and then its set bits. Each hash is written to both sides, and over
/// again on the one where it does not belong.
#[inline(always)]
fn divide_plain(shingles: &[u64], cut: Cut, low: &mut [u32], high: &mut [u32]) -> (usize, usize) {
    let (mut lows, mut highs) = (0, 0);
    let mut put = |block: &[u64]| {
        let mut taken = 0_u64;
        for (at, &shingle) in block.iter().enumerate() {
            taken |= u64::from(shingle <= cut.limit) << at;
        }
        while taken != 0 {
            let shingle = block[taken.trailing_zeros() as usize];
            low[lows] = shingle as u32;
            high[highs] = shingle as u32;
            lows += usize::from(shingle <= cut.bound);
            highs += usize::from(shingle > cut.bound);
            taken &= taken - 1;
        }
    };
    let (blocks, rest) = shingles.as_chunks::<{ u64::BITS as usize }>();
    blocks.iter().for_each(|block| put(block));
    put(rest);
    (lows, highs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sketch::mix;

    /// Writes the low and the high halves, and says how many there are.
    type Divide<'d> = &'d dyn Fn(&mut [u32], &mut [u32]) -> (usize, usize);

    fn sample(shingles: &[u64]) -> Vec<u32> {
        let mut sampler = Sampler::default();
        sampler.push(shingles);
        let piece = sampler.finish(&Spill::default()).unwrap();
        [piece.heads.get(0), piece.rests.get(0)].concat()
    }

    proptest! {
        /// What a part takes lies under its limit; what of that lies under the whole's limit too is in
        /// the whole's sample.
        #[test]
        fn a_parts_sample_is_found_in_the_wholes(
            whole in 30_u64..4_000, from in 0_u64..3_000, length in 24_u64..400
        ) {
            let all: Vec<u64> = (0..whole).map(mix).collect();
            let from = from.min(whole - 24) as usize;
            let part = &all[from..all.len().min(from + length as usize)];
            let whole = sample(&all);
            let both = part.iter().filter(|&&hash| hash <= limit(all.len()).min(limit(part.len())));
            for hash in both {
                prop_assert!(whole.contains(&(*hash as u32)));
            }
        }

        #[test]
        fn every_version_divides_alike(numbers in prop::collection::vec(any::<u64>(), 0..200)) {
            let shingles: Vec<u64> = numbers.into_iter().map(mix).collect();
            let cut = Cut { limit: u64::MAX / 2, bound: u64::MAX / 5 };
            let divided = |divide: Divide<'_>| {
                let room = shingles.len() + LANES;
                let (mut low, mut high) = (vec![0; room], vec![0; room]);
                let (lows, highs) = divide(&mut low, &mut high);
                low.truncate(lows);
                high.truncate(highs);
                (low, high)
            };
            let halves = |from: u64, to: u64| -> Vec<u32> {
                let within = shingles.iter().filter(|&&hash| hash <= to && (hash > from || from == 0));
                within.map(|&hash| hash as u32).collect()
            };
            let expected = (halves(0, cut.bound), halves(cut.bound, cut.limit));
            prop_assert_eq!(&divided(&|l, h| divide_plain(&shingles, cut, l, h)), &expected);
            prop_assert_eq!(&divided(&|l, h| divide(&shingles, cut, l, h)), &expected);
        }
    }
}
