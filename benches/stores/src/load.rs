//! The load, made from a seed: the same for every entrant, and shaped like what an archive of news is given.
//!
//! Nothing is kept: a hash or a record follows from the number of its article. Cost: some nanoseconds a word, and as many
//! a 32 bytes of a record.

use std::ops::Range;

/// Bytes of a record, on average: the segment of 36,823 news articles has 0.413 of 222 MB (`benches/archive/README.md`).
const RECORD_BYTES: u64 = 2490;
/// One article in so many is a copy of an earlier one and shares every second word with it. A fifth is what the
/// archive's own figures about copies were measured with (`ARCHITECTURE.md`).
const COPY_EVERY: u64 = 5;
/// Articles of a segment: 512 MiB of text, at 6,029 bytes an article.
pub const PART_ARTICLES: u32 = 89_000;

/// How much of it there is.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Articles that are there from the beginning.
    pub bulk: u32,
    /// Articles of a day, and how many days follow.
    pub day: u32,
    pub days: u32,
    /// Hashes an article is looked up by.
    pub words: u32,
}

impl Load {
    /// All articles there are in the end.
    pub fn articles(&self) -> u32 {
        self.bulk + self.day * self.days
    }

    /// The articles of each commit: the bulk, then the days.
    pub fn commits(&self) -> impl Iterator<Item = Range<u32>> {
        let load = *self;
        let day = move |day| load.bulk + load.day * day..load.bulk + load.day * (day + 1);
        std::iter::once(0..load.bulk).chain((0..load.days).map(day))
    }

    /// The hash of an article at a place, the upper 32 bits that an archive keeps.
    pub fn hash(&self, article: u32, place: u32) -> u32 {
        let draw = mix(u64::from(article) ^ 0x5eed_0001 << 32);
        let is_shared = article > 0 && draw.is_multiple_of(COPY_EVERY) && place.is_multiple_of(2);
        let owner = if is_shared { (draw >> 20) as u32 % article } else { article };
        (mix(u64::from(owner) << 32 | u64::from(place)) >> 32) as u32
    }

    /// All hashes of an article.
    pub fn hashes(&self, article: u32) -> impl Iterator<Item = u32> {
        let load = *self;
        (0..load.words).map(move |place| load.hash(article, place))
    }

    /// The record of an article: bytes that cannot be compressed, as those of packed text cannot.
    pub fn record(&self, article: u32) -> Vec<u8> {
        let seed = mix(u64::from(article) ^ 0x5eed_0002 << 32);
        let length = RECORD_BYTES / 2 + seed % RECORD_BYTES;
        let numbers = (0..length.div_ceil(8)).map(|place| mix(seed.wrapping_add(place)));
        let mut bytes: Vec<u8> = numbers.flat_map(u64::to_le_bytes).collect();
        bytes.truncate(length as usize);
        bytes
    }

    /// The article that a question is about.
    pub fn asked(&self, question: u32) -> u32 {
        (mix(u64::from(question) ^ 0x5eed_0003 << 32) % u64::from(self.articles())) as u32
    }
}

/// Parts of a commit, none larger than a segment may be.
pub fn parts(articles: Range<u32>) -> impl Iterator<Item = Range<u32>> {
    let end = articles.end;
    articles.step_by(PART_ARTICLES as usize).map(move |from| from..end.min(from + PART_ARTICLES))
}

/// SplitMix64 (Steele, Lea, Flood 2014).
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
