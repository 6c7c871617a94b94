//! Parts and what may hold them, by the samples of their shingles.
//!
//! An article is looked for as a part by the head of its sample, its least hashes; whatever holds it
//! has them in its own sample, since that is at least as dense (see [`Samples`]). A set of bits leaves
//! only hashes that some article is looked for by; those that two have are sorted, and an article that
//! shares half of a head is held against it by their whole samples before the pair is proposed.
//!
//! A part is no longer than the whole, and no near-duplicate that is found as such; it is found in it wherever it stands, for wholes of up to
//! [`MAX_RATIO`](crate::sketch::MAX_RATIO) times its length. Cost: a look-up a sampled hash, and a sort
//! of those that are shared. A hash that very many articles have, a footer's, says nothing of any two
//! of them: it is left out of the count, and articles that have no others are proposed with a
//! number of longer ones that grows with the logarithm of the list.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::{NearDuplicateConfig, merge, pack};
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::{PARTS, Piece, Samples};
use crate::spill::Spill;

/// The least shingles of a part. Measured on wire notices of two lines: to 20 shingles, four in five
/// of them are other notices' too, with another company's name; from 24 on, every pair that was
/// seen was one text.
pub const MIN_PART: u32 = 24;
/// How much longer, as a share, an article may look as a candidate than it is: repeated shingles count
/// as often as they stand in the text.
const SLACK: f64 = 0.05;
/// On a list of this many articles that have a hash, each is held against all others.
pub(super) const FULL_LIST: usize = 64;
/// On a longer one, against the next longer one, and then a stride, a stride of strides … further.
const STRIDE: usize = 4;
/// Bits of the set of hashes that articles are looked for by, for each of them: with two to a hash,
/// one in a hundred of the others is taken for one of them.
const BITS_A_HASH: usize = 16;
/// Bits for each hash of one article's sample: one in 64 of another's is taken for one of them.
const SAMPLE_BITS_A_HASH: usize = 64;
/// No more than this many words of them, which stay in the second cache.
const MAX_SAMPLE_WORDS: usize = 1 << 14;
/// Sampled containment may fall short of what is wanted by this many standard deviations.
const DEVIATIONS: f64 = 3.0;
/// How many articles a thread takes at a time.
const ARTICLES_A_PIECE: usize = 1024;

/// The pairs of `docs` of which the shorter may be contained in the longer to `containment` or more,
/// ascending, each once.
pub(super) fn pairs(
    samples: &Samples,
    docs: &[DocId],
    config: &NearDuplicateConfig,
    spill: &Spill,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let packing = HitPacking::new(samples.shingles().len());
    let search = Search { samples, rule: PartRule::new(config), packing, spill };
    let postings = search.shared_postings(docs)?;
    observer.check()?;
    let found: Vec<(Piece, Vec<LongList>)> = (0..PARTS)
        .into_par_iter()
        .map(|part| search.hits(&gathered(&postings, part)))
        .collect::<Result<_>>()?;
    drop(postings);
    observer.check()?;
    let (mut hits, long): (Vec<Piece>, Vec<Vec<LongList>>) = found.into_iter().unzip();
    let (many, more) = search.hits_of_long_lists(&long.concat())?;
    hits.push(more);
    let found: Vec<Vec<u64>> = (0..PARTS)
        .into_par_iter()
        .map_init(SampleBits::default, |bits, part| {
            search.likely_pairs(&gathered(&hits, part), &many, bits)
        })
        .collect();
    Ok(merge(found))
}

/// What stands in one part of all pieces, ascending.
fn gathered(pieces: &[Piece], part: usize) -> Vec<u64> {
    let mut all = Vec::with_capacity(pieces.iter().map(|piece| piece.part(part).len()).sum());
    pieces.iter().for_each(|piece| all.extend_from_slice(piece.part(part)));
    all.sort_unstable();
    all
}

/// Where the hash begins in a [`Posting`], which has room for 31 bits of it.
const KEY_SHIFT: u32 = 33;

/// What of a sampled hash tells one from another: what a [`Posting`] has room for.
pub(crate) fn told_apart(key: u32) -> u32 {
    key << (KEY_SHIFT - u32::BITS) >> (KEY_SHIFT - u32::BITS)
}

/// A hash that an article has, packed to sort by hash, then article: 31 bits of the hash, 32 of the
/// article, and whether the article is looked for by it.
#[derive(Clone, Copy)]
struct Posting(u64);

impl Posting {
    fn new(key: u32, doc: DocId, in_head: bool) -> Self {
        Self(u64::from(key) << KEY_SHIFT | u64::from(doc.0) << 1 | u64::from(in_head))
    }

    fn hash(self) -> u64 {
        self.0 >> KEY_SHIFT
    }

    fn doc(self) -> DocId {
        DocId((self.0 >> 1) as u32)
    }

    fn in_head(self) -> bool {
        self.0 & 1 == 1
    }
}

/// How an article and a shorter one that may be its part share a word: the longer one uppermost, so that
/// [`Piece`]s part them by it.
#[derive(Clone, Copy)]
struct HitPacking {
    shift: u32,
}

impl HitPacking {
    fn new(articles: usize) -> Self {
        Self { shift: (articles as u64).leading_zeros() }
    }

    fn pack(self, whole: DocId, part: DocId) -> u64 {
        u64::from(whole.0) << self.shift | u64::from(part.0)
    }

    fn whole(self, hit: u64) -> DocId {
        DocId((hit >> self.shift) as u32)
    }

    fn part(self, hit: u64) -> DocId {
        DocId((hit & ((1 << self.shift) - 1)) as u32)
    }
}

/// A hash that more than [`FULL_LIST`] articles have.
#[derive(Clone, Debug)]
struct LongList {
    /// Those that are looked for by it.
    parts: Vec<DocId>,
    /// All of them and their lengths, shortest first.
    docs: Vec<(u32, DocId)>,
}

/// The share of the whole's length from which on a part is a near-duplicate of it, and found as that.
/// A part of r times the whole's length shares c·r of it, which is a Jaccard of c·r / (1 + r − c·r).
fn share_of_copies(threshold: f64, containment: f64) -> f64 {
    threshold / (containment - threshold * (1.0 - containment)).max(f64::MIN_POSITIVE)
}

/// When one article may be a part of another, by their lengths and by what their samples share.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartRule {
    containment: f64,
    /// A part has at most this share of the whole's length.
    share: f64,
}

impl PartRule {
    pub(super) fn new(config: &NearDuplicateConfig) -> Self {
        let containment = config.containment;
        let share = (share_of_copies(config.threshold, containment) + SLACK).min(1.0);
        Self { containment, share }
    }

    /// The least length of an article that may hold one of this length as a part.
    pub(super) fn least_whole(self, part: u32) -> u32 {
        (f64::from(part) / self.share).ceil() as u32
    }

    /// How many hashes of a part's head its whole must have.
    pub(super) fn wanted(head: usize) -> usize {
        (head / 2).max(1)
    }

    /// Whether an article may be contained in another where so many hashes of its sample are shared;
    /// `comparable` is the share of the sample that the other's would have.
    pub(super) fn is_likely(self, sample: usize, comparable: f64, shared: usize) -> bool {
        let expected = sample as f64 * comparable * self.containment;
        let variance = expected * (1.0 - comparable * self.containment);
        shared as f64 >= (expected - DEVIATIONS * variance.sqrt()).floor()
    }

    /// Gives those of a list of at most [`FULL_LIST`] articles, by length, that may hold the part.
    pub(super) fn wholes_of(
        self,
        docs: &[(u32, DocId)],
        (length, part): (u32, DocId),
        found: impl FnMut(DocId),
    ) {
        let least = self.least_whole(length);
        let is_whole = |&&(length, whole): &&(u32, DocId)| length >= least && whole != part;
        docs.iter().filter(is_whole).map(|&(_, whole)| whole).for_each(found);
    }

    /// Gives some of a longer list, shortest first, that may hold the part: the next ones in length, and
    /// more that are longer and longer.
    pub(super) fn some_wholes_of(
        self,
        docs: &[(u32, DocId)],
        (length, part): (u32, DocId),
        found: impl FnMut(DocId),
    ) {
        let least = self.least_whole(length);
        let first = docs.partition_point(|&(length, _)| length < least);
        let wholes = further_and_further(first, docs.len()).map(|place| docs[place].1);
        wholes.filter(|&whole| whole != part).for_each(found);
    }
}

/// Places in a list from the first one on, each further from the last.
pub(super) fn further_and_further(first: usize, length: usize) -> impl Iterator<Item = usize> {
    let places = std::iter::successors(Some((first, 1)), |&(place, stride)| {
        Some((place + stride, stride * STRIDE))
    });
    places.map(|(place, _)| place).take_while(move |&place| place < length)
}

struct Search<'a> {
    samples: &'a Samples,
    rule: PartRule,
    packing: HitPacking,
    spill: &'a Spill,
}

impl Search<'_> {
    fn length(&self, doc: DocId) -> u32 {
        self.samples.shingles()[doc.index()]
    }

    /// The hashes by which an article is looked for as a part; none where it is too short.
    fn head(&self, doc: DocId) -> &[u32] {
        if self.length(doc) < MIN_PART { &[] } else { self.samples.head(doc) }
    }

    /// How many hashes of a part's head its whole must have.
    fn wanted(&self, part: DocId) -> usize {
        PartRule::wanted(self.head(part).len())
    }

    /// The hashes that some article is looked for by and another one has, but for a few that only look
    /// like it, with both.
    fn shared_postings(&self, docs: &[DocId]) -> Result<Vec<Piece>> {
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
        let in_rest = pieces().map_init(Vec::new, |unparted, docs| {
            unparted.clear();
            for &doc in docs {
                for &key in self.samples.rest(doc) {
                    if wanted.has(key) {
                        shared.set(key);
                        unparted.push(Posting::new(key, doc, false).0);
                    }
                }
            }
            Piece::new(unparted, self.spill)
        });
        let mut all: Vec<Piece> = in_rest.collect::<Result<_>>()?;
        let in_heads = pieces().map_init(Vec::new, |unparted, docs| {
            unparted.clear();
            for &doc in docs {
                let head = self.head(doc).iter().filter(|&&key| shared.has(key));
                unparted.extend(head.map(|&key| Posting::new(key, doc, true).0));
            }
            Piece::new(unparted, self.spill)
        });
        all.append(&mut in_heads.collect::<Result<_>>()?);
        Ok(all)
    }

    /// Every article and every shorter one of whose head it has a hash, once for each hash; and the
    /// long lists.
    fn hits(&self, postings: &[u64]) -> Result<(Piece, Vec<LongList>)> {
        let (mut hits, mut long) = (Vec::new(), Vec::new());
        // The articles of a list and their lengths.
        let mut docs: Vec<(u32, DocId)> = Vec::new();
        for list in postings.chunk_by(|&x, &y| Posting(x).hash() == Posting(y).hash()) {
            let with_length = |doc: DocId| (self.length(doc), doc);
            docs.clear();
            docs.extend(list.iter().map(|&posting| with_length(Posting(posting).doc())));
            let heads = list.iter().zip(&docs).filter(|(posting, _)| Posting(**posting).in_head());
            let parts = heads.map(|(_, &part)| part);
            if docs.len() > FULL_LIST {
                let parts = parts.map(|(_, part)| part).collect();
                docs.sort_unstable();
                long.push(LongList { parts, docs: std::mem::take(&mut docs) });
                continue;
            }
            let longest = docs.iter().map(|&(length, _)| length).max().unwrap_or(0);
            for (length, part) in parts {
                if longest >= self.rule.least_whole(length) {
                    let hit = |whole| hits.push(self.packing.pack(whole, part));
                    self.rule.wholes_of(&docs, (length, part), hit);
                }
            }
        }
        Ok((Piece::new(&hits, self.spill)?, long))
    }

    /// For each article, how many hashes of its head very many articles have; and, for those that have
    /// too few others to be found by, some longer articles of the shortest of these lists: the next
    /// ones in length, and more that are longer and longer.
    fn hits_of_long_lists(&self, long: &[LongList]) -> Result<(Vec<u8>, Piece)> {
        let mut many = vec![0_u8; self.samples.shingles().len()];
        let mut by_part: Vec<(DocId, usize, usize)> = Vec::new();
        for (place, list) in long.iter().enumerate() {
            for &part in &list.parts {
                many[part.index()] += 1;
                by_part.push((part, list.docs.len(), place));
            }
        }
        by_part.sort_unstable();
        let mut hits = Vec::new();
        for lists in by_part.chunk_by(|x, y| x.0 == y.0) {
            let (part, _, shortest) = lists[0];
            if self.head(part).len() - lists.len() < self.wanted(part) {
                let hit = |whole| hits.push(self.packing.pack(whole, part));
                self.rule.some_wholes_of(&long[shortest].docs, (self.length(part), part), hit);
            }
        }
        Ok((many, Piece::new(&hits, self.spill)?))
    }

    /// The pairs of the ascending `hits` in which the longer article has half of the shorter one's head,
    /// and enough of its sample.
    fn likely_pairs(&self, hits: &[u64], many: &[u8], bits: &mut SampleBits) -> Vec<u64> {
        let mut found = Vec::new();
        let mut filled = None;
        for run in hits.chunk_by(|x, y| x == y) {
            let (whole, part) = (self.packing.whole(run[0]), self.packing.part(run[0]));
            // A hash that very many articles have is taken for shared with any of them.
            let shared = run.len() + usize::from(many[part.index()]);
            if shared < self.wanted(part) {
                continue;
            }
            if filled.replace(whole) != Some(whole) {
                bits.fill(self.samples.head(whole), self.samples.rest(whole));
            }
            if self.is_likely(part, whole, shared + bits.count(self.samples.rest(part))) {
                found.push(pack(part, whole));
            }
        }
        found
    }

    /// Whether the part may be contained where so many hashes of its sample are shared.
    fn is_likely(&self, part: DocId, whole: DocId, shared: usize) -> bool {
        let sample = self.head(part).len() + self.samples.rest(part).len();
        self.rule.is_likely(sample, self.samples.comparable(part, whole), shared)
    }
}

/// The sample of one article as bits, so many to a hash that two seldom meet.
#[derive(Clone, Debug, Default)]
pub(super) struct SampleBits {
    words: Vec<u64>,
}

impl SampleBits {
    /// Holds these hashes and no others.
    pub(super) fn fill(&mut self, head: &[u32], rest: &[u32]) {
        let words = ((head.len() + rest.len()) * SAMPLE_BITS_A_HASH / 64).next_power_of_two();
        self.words.clear();
        self.words.resize(words.min(MAX_SAMPLE_WORDS), 0);
        let last = self.words.len() - 1;
        let keys = head.iter().chain(rest);
        keys.for_each(|&key| self.words[(key >> 6) as usize & last] |= 1 << (key & 63));
    }

    /// How many of these hashes it holds.
    pub(super) fn count(&self, keys: &[u32]) -> usize {
        let words = self.words.as_slice();
        let last = words.len() - 1;
        let has = |&key: &u32| (words[(key >> 6) as usize & last] >> (key & 63) & 1) as usize;
        keys.iter().map(has).sum()
    }
}

/// A set of hashes, two bits of one word for each (Bloom 1970, in blocks of a word); some that were
/// never put in are taken to be there.
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
        let word = &self.words[(key >> 12) as usize & (self.words.len() - 1)];
        (word, 1 << (key & 63) | 1 << (key >> 6 & 63))
    }

    /// Puts a hash in; true where it was there.
    fn set(&self, key: u32) -> bool {
        let (word, bits) = self.place(key);
        // A bit is only ever set, and no other memory hangs on it.
        word.load(Ordering::Relaxed) & bits == bits
            || word.fetch_or(bits, Ordering::Relaxed) & bits == bits
    }

    fn has(&self, key: u32) -> bool {
        let (word, bits) = self.place(key);
        word.load(Ordering::Relaxed) & bits == bits
    }
}
