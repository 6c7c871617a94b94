//! Samples of an article's shingles by their hashes (Broder's mod-m sketches 1997; FracMinHash, Irber
//! et al. 2022): what lies under a limit is taken, so that the sample of a part is found again in the
//! sample of whatever holds it. That tells containment where a MinHash signature tells Jaccard only.
//!
//! One shingle in [`ONE_IN`] is taken; of an article of more than 1,600, two hundred on average, as
//! many as a part a [`MAX_RATIO`]th as long needs to have ten among them. Cost: a comparison a
//! shingle, and four bytes for each one taken.

use crate::article::DocId;

/// A whole may be this many times as long as a part, and the part's sample is still dense enough in
/// its own.
pub const MAX_RATIO: u64 = 20;
/// One shingle in this many is sampled. A part of 40 words has 36: none of them is taken in one case
/// of a hundred, with a limit of 16 in ten.
const ONE_IN: u64 = 8;
/// How many shingles of a part are expected under the limit of an article [`MAX_RATIO`] times as long.
const EXPECTED: u64 = 10;
/// How many hashes, the least of an article's sample, it is looked for by as a part. Two of five are
/// missing from an article that holds 85 % of it in one case of five hundred.
const HEAD: usize = 5;

/// The samples of some articles, one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// The lower halves of the hashes; an article's least ones first.
    keys: Vec<u32>,
    /// Where each article's sample ends.
    ends: Vec<usize>,
    /// How many shingles each article has, repeats included.
    shingles: Vec<u32>,
    /// The sampled hashes of the article at hand.
    taken: Vec<u64>,
}

/// The greatest hash that an article of this many shingles takes into its sample.
fn limit(shingles: usize) -> u64 {
    u64::MAX / ONE_IN.max(shingles as u64 / (EXPECTED * MAX_RATIO))
}

impl Samples {
    /// Adds the sample of an article's shingles.
    pub fn push(&mut self, shingles: &[u64]) {
        let limit = limit(shingles.len());
        if self.taken.len() <= shingles.len() {
            self.taken.resize(shingles.len() + 1, 0);
        }
        let mut count = 0;
        // Every shingle is written, and the next one over it unless it was taken: no branch to guess.
        for &shingle in shingles {
            self.taken[count] = shingle;
            count += usize::from(shingle <= limit);
        }
        self.keep(count, limit);
        self.shingles.push(shingles.len() as u32);
    }

    /// Keeps the first `count` hashes taken, the least of them first.
    fn keep(&mut self, count: usize, limit: u64) {
        let taken = &mut self.taken[..count];
        let begin = self.keys.len();
        self.keys.resize(begin + count, 0);
        let keys = &mut self.keys[begin..];
        // Twice as many as are wanted lie under this bound, on average; where it is missed, some of
        // the others take the last places of the head, and serve as well but for the longest wholes.
        let bound = (limit / count.max(1) as u64).saturating_mul(2 * HEAD as u64);
        let (mut low, mut high) = (0, count);
        for at in 0..count {
            let hash = taken[at];
            let is_low = hash <= bound;
            taken[low] = hash;
            keys[high - 1] = hash as u32;
            low += usize::from(is_low);
            high -= usize::from(!is_low);
        }
        taken[..low].sort_unstable();
        let mut end = begin + count;
        // A shingle that stands twice in the text is one hash of the head.
        let distinct = distinct(&mut taken[..low]);
        if distinct < low {
            keys.copy_within(low.., distinct);
            end -= low - distinct;
        }
        for (key, &hash) in keys.iter_mut().zip(&taken[..distinct]) {
            *key = hash as u32;
        }
        self.keys.truncate(end);
        self.ends.push(end);
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All keys of an article's sample.
    pub fn of(&self, doc: DocId) -> &[u32] {
        let begin = doc.index().checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.keys[begin..self.ends[doc.index()]]
    }

    /// The keys that an article is looked for by as a part, and the others of its sample.
    pub fn head_and_rest(&self, doc: DocId) -> (&[u32], &[u32]) {
        let all = self.of(doc);
        all.split_at(all.len().min(HEAD))
    }

    /// How many shingles an article has, repeats included.
    pub fn shingles(&self, doc: DocId) -> u32 {
        self.shingles[doc.index()]
    }

    /// The share of the part's sample that lies under the limit of an article that may hold it.
    pub fn comparable(&self, part: DocId, whole: DocId) -> f64 {
        let limit = |doc| limit(self.shingles(doc) as usize) as f64;
        (limit(whole) / limit(part)).min(1.0)
    }

    /// Adds those of `later` articles behind these.
    pub fn append(&mut self, later: &Self) {
        let begin = self.keys.len();
        self.keys.extend_from_slice(&later.keys);
        self.ends.extend(later.ends.iter().map(|end| begin + end));
        self.shingles.extend_from_slice(&later.shingles);
    }
}

/// Moves the distinct ones of ascending hashes to the front, and returns how many they are.
fn distinct(hashes: &mut [u64]) -> usize {
    let mut last = 0;
    for at in 1..hashes.len() {
        if hashes[at] != hashes[last] {
            last += 1;
            hashes[last] = hashes[at];
        }
    }
    hashes.len().min(last + 1)
}

