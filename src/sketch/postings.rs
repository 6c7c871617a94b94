//! Postings: which articles have which key, in parts that can be looked at one by one.
//!
//! A posting is one word: the upper bits of a 64-bit key, the article in the lower ones. Articles are
//! numbered in as few bits as the corpus needs, so that 40,000 of them leave 48 bits of key and ten
//! million 40: two keys that differ only below that look like one, which proposes a pair too many now
//! and then and never loses one. Threads write pieces, each already parted by the uppermost bits of
//! the key; a part is gathered from all pieces, and what only one article has is dropped before
//! anything is sorted. No hash map, eight bytes a posting, time n log n in the postings that are left.

use crate::article::DocId;
use crate::error::Result;
use crate::spill::{Spill, Stored};

/// Bits of the key that tell the part: so many parts that one of a million articles' bands fits a
/// core's cache, and so few that a piece's boundaries weigh little beside its postings.
const PART_BITS: u32 = 8;
/// How many parts there are.
pub(crate) const PARTS: usize = 1 << PART_BITS;
const PART_SHIFT: u32 = u64::BITS - PART_BITS;
/// Words a bucket when a part is sorted.
const WORDS_A_BUCKET: usize = 4;

/// How keys and articles share a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packing {
    doc_mask: u64,
}

impl Packing {
    /// The bits of a posting that are left for its key.
    pub(crate) fn key_mask(self) -> u64 {
        !self.doc_mask
    }

    /// For articles numbered below `articles`.
    pub(crate) fn new(articles: usize) -> Self {
        let bits = u64::BITS - (articles as u64).leading_zeros();
        Self { doc_mask: (1 << bits) - 1 }
    }

    /// The posting of an article under a key.
    #[inline]
    pub(crate) fn pack(self, key: u64, doc: DocId) -> u64 {
        key & !self.doc_mask | u64::from(doc.0)
    }

    /// The article of a posting.
    #[inline]
    pub(crate) fn doc(self, posting: u64) -> DocId {
        DocId((posting & self.doc_mask) as u32)
    }

    /// What is left of a posting's key.
    #[inline]
    pub(crate) fn key(self, posting: u64) -> u64 {
        posting & !self.doc_mask
    }
}

/// The postings that one thread wrote, parted.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    postings: Stored<u64>,
    /// Where each part ends.
    ends: Box<[u32]>,
}

impl Piece {
    /// Parts postings. `unparted` may be used again.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(crate) fn new(unparted: &[u64], spill: &Spill) -> Result<Self> {
        let (postings, ends) = spread(unparted, PARTS, |posting| (posting >> PART_SHIFT) as usize);
        Ok(Self { postings: spill.keep(postings)?, ends: ends.into() })
    }

    /// The postings of one part.
    pub(crate) fn part(&self, part: usize) -> &[u64] {
        let begin = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.postings[begin as usize..self.ends[part] as usize]
    }
}

/// All postings of a corpus.
#[derive(Clone, Debug)]
pub(crate) struct Postings {
    /// How they are packed.
    pub(crate) packing: Packing,
    pieces: Vec<Piece>,
}

impl Postings {
    /// What threads wrote for a corpus of so many articles.
    pub(crate) fn new(packing: Packing, pieces: Vec<Piece>) -> Self {
        Self { packing, pieces }
    }

    /// The postings of a part, from all pieces.
    pub(crate) fn part(&self, part: usize) -> Vec<u64> {
        let pieces = self.pieces.iter().map(|piece| piece.part(part));
        let mut postings = Vec::with_capacity(pieces.clone().map(<[u64]>::len).sum());
        pieces.for_each(|piece| postings.extend_from_slice(piece));
        postings
    }

    /// The lists of a part that two or more of the `wanted` articles are on, one behind the other:
    /// by key, then by article, an article on one list perhaps more than once.
    pub(crate) fn repeated(&self, part: usize, wanted: impl Fn(DocId) -> bool) -> Vec<u64> {
        let mut postings = self.part(part);
        sift(&mut postings, |posting| wanted(self.packing.doc(posting)));
        let mut seen = Twice::new(postings.len());
        postings.iter().for_each(|&posting| seen.add(self.packing.key(posting)));
        sift(&mut postings, |posting| seen.has(self.packing.key(posting)));
        sort_part(&mut postings);
        postings
    }
}

/// Sorts words of one part: by the bits that follow those of the part into buckets of a few, which
/// is where well-mixed keys are sorted already but for a few steps.
pub(crate) fn sort_part(words: &mut Vec<u64>) {
    let bits = (words.len() / WORDS_A_BUCKET).max(1).ilog2();
    if bits == 0 {
        return words.sort_unstable();
    }
    let bucket = |word: u64| (word << PART_BITS >> (u64::BITS - bits)) as usize;
    let (sorted, ends) = spread(words, 1 << bits, bucket);
    *words = sorted;
    let mut begin = 0;
    for end in ends {
        words[begin..end as usize].sort_unstable();
        begin = end as usize;
    }
}

/// The words bucket by bucket, in order within each, and where each bucket ends.
fn spread(words: &[u64], buckets: usize, bucket: impl Fn(u64) -> usize) -> (Vec<u64>, Vec<u32>) {
    let mut ends = vec![0; buckets];
    for &word in words {
        ends[bucket(word)] += 1;
    }
    let mut begin = 0;
    for end in &mut ends {
        // Each holds where its bucket begins until the words have moved it to its end.
        (begin, *end) = (begin + *end, begin);
    }
    let mut spread = vec![0; words.len()];
    for &word in words {
        let place = &mut ends[bucket(word)];
        spread[*place as usize] = word;
        *place += 1;
    }
    (spread, ends)
}

/// Keeps the words that are `wanted`, in order. No branch depends on the answer, which is as good as
/// random in all its uses: a wrongly predicted branch costs more than the rest together.
pub(crate) fn sift(words: &mut Vec<u64>, wanted: impl Fn(u64) -> bool) {
    let mut kept = 0;
    for next in 0..words.len() {
        let word = words[next];
        words[kept] = word;
        kept += usize::from(wanted(word));
    }
    words.truncate(kept);
}

/// Which keys came twice, or share their place with one that did: two bits a place.
struct Twice {
    once: Vec<u64>,
    twice: Vec<u64>,
    shift: u32,
}

impl Twice {
    /// For so many keys: eight places a key, so that one in eight of those that come once is kept.
    fn new(keys: usize) -> Self {
        let bits = (8 * keys).next_power_of_two().max(64).trailing_zeros();
        let words = 1 << (bits - u64::BITS.trailing_zeros());
        Self { once: vec![0; words], twice: vec![0; words], shift: u64::BITS - bits }
    }

    /// The word and the bit of a key, taken from below the bits that all keys of a part share.
    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let place = (key << PART_BITS) >> self.shift;
        ((place / u64::from(u64::BITS)) as usize, 1 << (place % u64::from(u64::BITS)))
    }

    #[inline]
    fn add(&mut self, key: u64) {
        let (word, bit) = self.place(key);
        self.twice[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    #[inline]
    fn has(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.twice[word] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::sketch::mix;

    proptest! {
        #[test]
        fn every_list_of_two_is_found_whole(
            keys in prop::collection::vec((0_u64..40, 0_u32..1000), 0..300), pieces in 1_usize..5
        ) {
            let packing = Packing::new(1000);
            let postings: Vec<u64> =
                keys.iter().map(|&(key, doc)| packing.pack(mix(key), DocId(doc))).collect();
            let all = Postings::new(
                packing,
                postings
                    .chunks(postings.len() / pieces + 1)
                    .map(|piece| Piece::new(piece, &Spill::default()).unwrap())
                    .collect(),
            );
            let mut expected: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
            for &(key, doc) in keys.iter().filter(|(_, doc)| doc % 3 > 0) {
                expected.entry(packing.key(mix(key))).or_default().push(doc);
            }
            expected.retain(|_, docs| docs.len() > 1);
            expected.values_mut().for_each(|docs| docs.sort_unstable());
            let mut found: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
            for part in 0..PARTS {
                for posting in all.repeated(part, |doc| doc.0 % 3 > 0) {
                    let doc = packing.doc(posting).0;
                    found.entry(packing.key(posting)).or_default().push(doc);
                }
            }
            found.retain(|_, docs| docs.len() > 1);
            prop_assert_eq!(found, expected);
        }
    }
}
