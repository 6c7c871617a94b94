//! Parts and what may hold them, by the samples of their shingles.
//!
//! An article is looked for as a part by the head of its sample, its least hashes; whatever holds it
//! has them in its own sample, since that is at least as dense (see [`Samples`]). Two bit arrays leave
//! only hashes that some article is looked for by and another one has; those are sorted, and an article
//! that shares half of a head is compared with it by their whole samples before the pair is proposed.
//!
//! A part is shorter than the whole, and found in it wherever it stands, for wholes of up to
//! [`MAX_RATIO`](crate::sketch::MAX_RATIO) times its length. Cost: a look-up a sampled hash, and a sort
//! of those that are shared. A hash that very many articles have, a footer's, says nothing of any two
//! of them: it is left out of the count, and articles that have no others are proposed with a
//! number of longer ones that grows with the logarithm of the list.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::pack;
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::Samples;

/// The least shingles of a part. Measured on wire notices of two lines: to 20 shingles, four in five
/// of them are other notices' too, with another company's name; from 24 on, every pair that was
/// seen was one text.
pub const MIN_PART: u32 = 24;
/// A part has at most this share of the whole's shingles; above, the two are copies of one length.
pub const PART: f64 = 0.9;
/// The same for candidates, where repeated shingles count as often as they stand in the text.
const PART_SKETCHED: f64 = 0.95;
/// In a list of this many articles that have a hash, each is held against all others.
const FULL_LIST: usize = 64;
/// In a longer one, against the next longer one, and then a stride, a stride of strides … further.
const STRIDE: usize = 4;
/// Bits of the arrays for each hash that an article is looked for by: one in sixteen of the others is
/// taken for one of them.
const BITS_A_HASH: usize = 16;
/// Bits for each hash of one article's sample: one in 256 of another's is taken for one of them.
const SAMPLE_BITS_A_HASH: usize = 256;
/// No more than this many words of them, which stay in the second cache.
const MAX_SAMPLE_WORDS: usize = 1 << 14;
/// Sampled containment may fall short of what is wanted by this many standard deviations.
const DEVIATIONS: f64 = 3.0;
/// How many articles a thread takes at a time.
const ARTICLES_A_PIECE: usize = 1024;

/// A hash that an article has, packed to sort by hash, then article: 31 bits of the hash, 32 of the
/// article, and whether the article is looked for by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u64);

impl Entry {
    fn new(key: u32, doc: DocId, in_head: bool) -> Self {
        Self(u64::from(key & (u32::MAX >> 1)) << 33 | u64::from(doc.0) << 1 | u64::from(in_head))
    }

    fn hash(self) -> u64 {
        self.0 >> 33
    }

    fn doc(self) -> DocId {
        DocId((self.0 >> 1) as u32)
    }

    fn in_head(self) -> bool {
        self.0 & 1 == 1
    }
}

/// The pairs of `docs` of which the shorter may be contained in the longer to `containment` or more,
/// ascending, each once.
pub(super) fn pairs(
    samples: &Samples,
    docs: &[DocId],
    containment: f64,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let search = Search { samples, containment };
    let mut entries = search.shared_entries(docs);
    observer.check()?;
    entries.par_sort_unstable();
    entries.dedup();
    let listed = search.listed(&mut entries);
    observer.check()?;
    let mut found: Vec<u64> = listed
        .par_chunk_by(|x, y| x.part == y.part)
        .map_init(Scratch::default, |scratch, lists| search.wholes(lists, &entries, scratch))
        .flatten_iter()
        .collect();
    found.par_sort_unstable();
    Ok(found.into_iter().map(|pair| (DocId((pair >> 32) as u32), DocId(pair as u32))).collect())
}

/// An article looked for as a part, and a list of the articles that have a hash of its head.
#[derive(Clone, Copy, Debug)]
struct Listed {
    part: DocId,
    /// How many articles have the hash.
    articles: u32,
    /// Where the list begins among the entries.
    begin: usize,
}

impl Listed {
    fn of(self, entries: &[Entry]) -> &[Entry] {
        &entries[self.begin..self.begin + self.articles as usize]
    }

    fn is_full(self) -> bool {
        self.articles as usize <= FULL_LIST
    }
}

/// What is kept from one part to the next so as not to be allocated again.
#[derive(Default)]
struct Scratch {
    /// The longer articles that share a hash of the head, once for each hash.
    hits: Vec<DocId>,
    /// Those that share enough of them.
    sharing: Vec<DocId>,
    /// The part's whole sample.
    bits: SampleBits,
}

struct Search<'a> {
    samples: &'a Samples,
    containment: f64,
}

impl Search<'_> {
    fn length(&self, doc: DocId) -> u32 {
        self.samples.shingles(doc)
    }

    /// The hashes by which an article is looked for as a part; none where it is too short.
    fn head(&self, doc: DocId) -> &[u32] {
        if self.length(doc) < MIN_PART { &[] } else { self.samples.head_and_rest(doc).0 }
    }

    /// Whether the one article is so much longer that it may hold the other as a part.
    fn is_longer(&self, whole: DocId, part: DocId) -> bool {
        f64::from(self.length(part)) <= PART_SKETCHED * f64::from(self.length(whole))
    }

    /// Every hash that one article is looked for by and another one has, with both.
    fn shared_entries(&self, docs: &[DocId]) -> Vec<Entry> {
        let heads: usize = docs.iter().map(|&doc| self.head(doc).len()).sum();
        let (wanted, shared) = (Bits::new(heads), Bits::new(heads));
        let pieces = || docs.par_chunks(ARTICLES_A_PIECE);
        pieces().flatten_iter().for_each(|&doc| {
            for &key in self.head(doc) {
                if wanted.set(key) {
                    shared.set(key);
                }
            }
        });
        let in_wholes = pieces().flat_map_iter(|docs| {
            let mut entries = Vec::new();
            for &doc in docs {
                for &key in self.samples.head_and_rest(doc).1 {
                    if wanted.has(key) {
                        shared.set(key);
                        entries.push(Entry::new(key, doc, false));
                    }
                }
            }
            entries
        });
        let mut entries: Vec<Entry> = in_wholes.collect();
        entries.par_extend(pieces().flat_map_iter(|docs| {
            let mut entries = Vec::new();
            for &doc in docs {
                let keys = self.head(doc).iter().filter(|&&key| shared.has(key));
                entries.extend(keys.map(|&key| Entry::new(key, doc, true)));
            }
            entries
        }));
        entries
    }

    /// The lists in which each part is looked for, by part, shortest first. Long lists are sorted by
    /// the articles' lengths.
    fn listed(&self, entries: &mut [Entry]) -> Vec<Listed> {
        let mut listed = Vec::new();
        let mut begin = 0;
        for list in entries.chunk_by_mut(|x, y| x.hash() == y.hash()) {
            let longest = list.iter().map(|entry| entry.doc()).max_by_key(|&doc| self.length(doc));
            let articles = list.len() as u32;
            let parts = list.iter().filter(|entry| entry.in_head()).map(|entry| entry.doc());
            for part in parts.filter(|&part| longest.is_some_and(|doc| self.is_longer(doc, part))) {
                listed.push(Listed { part, articles, begin });
            }
            if list.len() > FULL_LIST {
                list.sort_unstable_by_key(|entry| (self.length(entry.doc()), *entry));
            }
            begin += list.len();
        }
        listed.par_sort_unstable_by_key(|list| (list.part, list.articles, list.begin));
        listed
    }

    /// The articles that may hold a part, each packed with it.
    fn wholes(&self, lists: &[Listed], entries: &[Entry], scratch: &mut Scratch) -> Vec<u64> {
        let part = lists[0].part;
        self.sharing_head(part, lists, entries, scratch);
        if scratch.sharing.is_empty() {
            return Vec::new();
        }
        let sampled = scratch.bits.fill(self.samples.of(part));
        let wholes = scratch.sharing.iter();
        let likely = wholes.filter(|&&whole| self.is_likely(part, sampled, whole, &scratch.bits));
        likely.map(|&whole| pack(part, whole)).collect()
    }

    /// Gathers the longer articles that share half of the part's head.
    fn sharing_head(
        &self,
        part: DocId,
        lists: &[Listed],
        entries: &[Entry],
        scratch: &mut Scratch,
    ) {
        let Scratch { hits, sharing, .. } = scratch;
        let (full, long) = lists.split_at(lists.partition_point(|list| list.is_full()));
        hits.clear();
        for list in full {
            let docs = list.of(entries).iter().map(|entry| entry.doc());
            hits.extend(docs.filter(|&doc| self.is_longer(doc, part)));
        }
        hits.sort_unstable();
        // The hashes that very many articles have are taken for shared.
        let head = self.head(part).len();
        let wanted = (head / 2).max(1);
        let least = wanted.saturating_sub(long.len()).max(1);
        let runs = hits.chunk_by(|x, y| x == y).filter(|run| run.len() >= least);
        sharing.clear();
        sharing.extend(runs.map(|run| run[0]));
        if let Some(shortest) = long.first().filter(|_| head - long.len() < wanted) {
            let docs = shortest.of(entries);
            let mut next = docs.partition_point(|entry| !self.is_longer(entry.doc(), part));
            let mut stride = 1;
            while next < docs.len() {
                sharing.push(docs[next].doc());
                next += stride;
                stride *= STRIDE;
            }
            sharing.sort_unstable();
            sharing.dedup();
        }
    }

    /// Whether the whole samples allow that the part is contained. `bits` has the part's, `sampled` is
    /// how many they are.
    fn is_likely(&self, part: DocId, sampled: usize, whole: DocId, bits: &SampleBits) -> bool {
        let comparable = self.samples.comparable(part, whole);
        let expected = sampled as f64 * comparable * self.containment;
        let variance = expected * (1.0 - comparable * self.containment);
        let shared = bits.count(self.samples.of(whole));
        shared as f64 >= (expected - DEVIATIONS * variance.sqrt()).floor()
    }
}

/// The sample of one article as bits, so many to a hash that two seldom meet.
#[derive(Default)]
struct SampleBits {
    words: Vec<u64>,
}

impl SampleBits {
    /// Holds these hashes and no others; returns how many they are, each counted once.
    fn fill(&mut self, keys: &[u32]) -> usize {
        let words = (keys.len() * SAMPLE_BITS_A_HASH / 64).next_power_of_two();
        self.words.clear();
        self.words.resize(words.min(MAX_SAMPLE_WORDS), 0);
        let mut distinct = 0;
        for &key in keys {
            let (word, bit) = self.place(key);
            distinct += usize::from(self.words[word] & bit == 0);
            self.words[word] |= bit;
        }
        distinct
    }

    /// How many of these hashes it holds.
    fn count(&self, keys: &[u32]) -> usize {
        let has = |&key: &u32| {
            let (word, bit) = self.place(key);
            usize::from(self.words[word] & bit != 0)
        };
        keys.iter().map(has).sum()
    }

    fn place(&self, key: u32) -> (usize, u64) {
        ((key >> 6) as usize & (self.words.len() - 1), 1 << (key & 63))
    }
}

/// A set of hashes, each one bit; some that were never put in are taken to be there.
struct Bits {
    words: Vec<AtomicU64>,
}

impl Bits {
    /// Room for this many hashes.
    fn new(hashes: usize) -> Self {
        let words = (hashes * BITS_A_HASH / 64).next_power_of_two();
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect() }
    }

    fn place(&self, key: u32) -> (&AtomicU64, u64) {
        (&self.words[(key >> 6) as usize & (self.words.len() - 1)], 1 << (key & 63))
    }

    /// Puts a hash in; true where it was there.
    fn set(&self, key: u32) -> bool {
        let (word, bit) = self.place(key);
        // A bit is only ever set, and no other memory hangs on it.
        word.fetch_or(bit, Ordering::Relaxed) & bit != 0
    }

    fn has(&self, key: u32) -> bool {
        let (word, bit) = self.place(key);
        word.load(Ordering::Relaxed) & bit != 0
    }
}
