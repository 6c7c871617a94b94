//! Prefixes of articles in one order of all shingles, which an exact join stands on (Chaudhuri et al.
//! 2006; Bayardo, Ma, Srikant 2007).
//!
//! Put all shingles in one order. Two sets of Jaccard t or more share a shingle among the first
//! n − ⌈t·n⌉ + 1 of each, whatever the order: what they have in common is ⌈t·n⌉ at the least, and no
//! room is left for all of it behind. A good order has the rare first, so that few unlike articles
//! meet. This one goes by how frequent a shingle is in a sample, then by its hash, and a prefix is all
//! of an article's shingles up to a cut, which is found without sorting anything.
//!
//! Of two articles, the smaller has a shared one among the first n − ⌈2t / (1 + t) · n⌉ + 1 already
//! (Xiao et al. 2008): the head of its prefix. Heads keep frequent shingles from bringing together
//! what is not alike; where there are rare ones enough, the whole prefix counts as the head.
//!
//! Cost: one article in eight is read once more, and two bytes a shingle of theirs.

use std::iter;
use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use super::{Packing, ShingleSet, Shingler, sift};
use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::Observer;

/// One article in this many is sampled.
const SAMPLE: usize = 8;
/// How many of them a thread takes at a time.
const ARTICLES_A_PIECE: usize = 32;
/// A shingle that stands this often in the sample is frequent: some 24 times in the corpus.
const FREQUENT: u8 = 3;
/// Bytes of text for a counter, and so two counters or more for each sampled shingle of English.
/// Shingles that share one count as one: of the rare, one in seventy seems frequent, which only makes
/// some prefixes a little worse.
const BYTES_A_COUNTER: usize = 3;
/// Counters stop here; a hundred threads may still pass it at once without one of them wrapping.
const ENOUGH: u8 = 128;
/// Bits of a place in the order that tell how frequent the shingle is.
const CLASS_BITS: u32 = 3;
const CLASS_SHIFT: u32 = u64::BITS - CLASS_BITS;
/// The cut after all that are rare.
const ALL_RARE: u64 = (1 << CLASS_SHIFT) - 1;
/// The first cut is made for an article of four hundred shingles: by chance, a share of its hashes
/// that is this much greater than needed is enough in nine cases of ten.
const CHANCE: f64 = 0.03;
/// How much later the next cut is where one leaves too few.
const LATER: f64 = 1.2;
/// Guards ⌈t·n⌉ against a product that rounding left a hair above the whole number it is.
const ROUNDING: f64 = 1.0 - 1e-9;

/// What is known of an article beside the postings of its prefix.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prefix {
    /// Distinct shingles of the article.
    pub(crate) size: u32,
    /// How many of them are not in the prefix.
    pub(crate) rest: u32,
    /// The prefix is every shingle of the article up to this place in the order.
    pub(crate) cut: u64,
}

/// How an article and whether a shingle is in the head of its prefix share a posting with the key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrefixPacking(Packing);

impl PrefixPacking {
    /// For articles numbered below `articles`, two billion at the most.
    pub(crate) fn new(articles: usize) -> Self {
        Self(Packing::new(2 * articles))
    }

    /// How such postings are packed, seen from outside.
    pub(super) fn packing(self) -> Packing {
        self.0
    }

    fn pack(self, key: u64, doc: DocId, in_head: bool) -> u64 {
        self.0.pack(key, DocId(2 * doc.0 + u32::from(in_head)))
    }

    /// The article of a posting.
    pub(crate) fn doc(self, posting: u64) -> DocId {
        DocId(self.0.doc(posting).0 / 2)
    }

    /// Whether the shingle is in the head of the article's prefix.
    pub(crate) fn in_head(self, posting: u64) -> bool {
        posting & 1 == 1
    }

    /// What is left of a posting's key.
    pub(crate) fn key(self, posting: u64) -> u64 {
        self.0.key(posting)
    }
}

/// Makes prefixes; each thread has one.
#[derive(Clone)]
pub(super) struct Prefixer<'a> {
    order: &'a Order,
    packing: PrefixPacking,
    set: ShingleSet,
    prefix: Vec<u64>,
}

impl<'a> Prefixer<'a> {
    pub(super) fn new(order: &'a Order, packing: PrefixPacking) -> Self {
        Self { order, packing, set: ShingleSet::new(), prefix: Vec::new() }
    }

    /// Finds the prefix of an article of these shingles, and appends its postings.
    pub(super) fn push(&mut self, doc: DocId, shingles: &[u64], postings: &mut Vec<u64>) -> Prefix {
        self.set.fill(shingles);
        let distinct = self.set.distinct();
        let (cut, head) = self.order.prefix(distinct, &mut self.prefix);
        let (packing, prefix) = (self.packing, &self.prefix);
        // A prefix has small hashes, whose upper bits are alike; keys are told apart by those.
        let key = |shingle: &u64| shingle.rotate_left(u64::BITS / 2);
        postings.extend(prefix[..head].iter().map(|shingle| packing.pack(key(shingle), doc, true)));
        postings
            .extend(prefix[head..].iter().map(|shingle| packing.pack(key(shingle), doc, false)));
        let size = distinct.len() as u32;
        Prefix { size, rest: size - prefix.len() as u32, cut }
    }
}

/// How many of `size` shingles must stand at the front of the order for one of any `share` of all of
/// them to be there.
fn front(size: usize, share: f64) -> usize {
    let least = (share * size as f64 * ROUNDING).ceil() as usize;
    size - least.min(size) + usize::from(size > 0)
}

/// The share of the smaller of two articles that the greater has where their Jaccard is `threshold`.
fn shared_of_smaller(threshold: f64) -> f64 {
    2.0 * threshold / (1.0 + threshold)
}

/// Where each shingle stands in the order. It depends on the shingle and the sample alone, so that
/// what shares a counter by chance does no harm: any order serves that all articles keep to.
pub(super) struct Order {
    counts: Vec<AtomicU8>,
    /// A bit for each counter that has come to [`FREQUENT`]: the question that is asked of most
    /// shingles, from an eighth of the memory.
    frequent: Vec<u64>,
    /// The Jaccard that prefixes are for.
    threshold: f64,
}

impl Order {
    /// Counts the shingles of every eighth article.
    pub(super) fn sample(
        corpus: &Corpus,
        shingler: &Shingler,
        threshold: f64,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let sample = || corpus.articles().par_iter().step_by(SAMPLE);
        let bytes: usize = sample().map(|article| article.text.len()).sum();
        let counters = (bytes / BYTES_A_COUNTER).next_power_of_two().max(64);
        let mut order = Self {
            counts: (0..counters).into_par_iter().map(|_| AtomicU8::new(0)).collect(),
            frequent: Vec::new(),
            threshold,
        };
        sample().chunks(ARTICLES_A_PIECE).try_for_each_init(
            || shingler.clone(),
            |shingler, articles| {
                observer.check()?;
                for article in articles {
                    shingler.article(article).iter().for_each(|&s| order.count(s));
                }
                Ok::<_, crate::error::Error>(())
            },
        )?;
        order.frequent = order.bits();
        Ok(order)
    }

    fn bits(&self) -> Vec<u64> {
        let bits = |counts: &[AtomicU8]| {
            let frequent = counts.iter().map(|count| count.load(Ordering::Relaxed) >= FREQUENT);
            frequent.rev().fold(0, |bits, frequent| bits << 1 | u64::from(frequent))
        };
        self.counts.par_chunks(64).map(bits).collect()
    }

    fn counter(&self, shingle: u64) -> usize {
        shingle as usize & (self.counts.len() - 1)
    }

    fn count(&self, shingle: u64) {
        let counter = &self.counts[self.counter(shingle)];
        if counter.load(Ordering::Relaxed) < ENOUGH {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn is_rare(&self, shingle: u64) -> bool {
        let counter = self.counter(shingle);
        self.frequent[counter / 64] >> (counter % 64) & 1 == 0
    }

    /// The shingle's place: first by how often it was counted, in powers of two, 0 for the rare.
    fn place(&self, shingle: u64) -> u64 {
        let count = self.counts[self.counter(shingle)].load(Ordering::Relaxed).min(ENOUGH);
        let class = if count < FREQUENT { 0 } else { count.ilog2() };
        u64::from(class) << CLASS_SHIFT | shingle >> CLASS_BITS
    }

    /// Writes the prefix of an article of these distinct shingles, its head first; returns its cut and
    /// the length of the head.
    fn prefix(&self, distinct: &[u64], prefix: &mut Vec<u64>) -> (u64, usize) {
        let length = front(distinct.len(), self.threshold);
        let share = |of: usize| length as f64 / of.max(1) as f64;
        let is_before = |cut: u64| move |shingle: u64| shingle >> CLASS_BITS <= cut;
        // Most often the rare among the small hashes will do, and few need be asked whether they are.
        let cut = self.cuts(share(distinct.len())).next().unwrap_or(ALL_RARE);
        prefix.clear();
        prefix.extend_from_slice(distinct);
        sift(prefix, is_before(cut));
        sift(prefix, |shingle| self.is_rare(shingle));
        if prefix.len() >= length {
            return (cut, prefix.len());
        }
        prefix.clear();
        prefix.extend_from_slice(distinct);
        sift(prefix, |shingle| self.is_rare(shingle));
        if prefix.len() >= length {
            let before = |cut: u64| prefix.iter().filter(|&&s| is_before(cut)(s)).count();
            let mut cuts = self.cuts(share(prefix.len()));
            let cut = cuts.find(|&cut| before(cut) >= length).unwrap_or(ALL_RARE);
            sift(prefix, is_before(cut));
            return (cut, prefix.len());
        }
        let mut placed: Vec<(u64, u64)> =
            distinct.iter().map(|&shingle| (self.place(shingle), shingle)).collect();
        placed.sort_unstable();
        let cut = placed[length - 1].0;
        let head_cut = placed[front(distinct.len(), shared_of_smaller(self.threshold)) - 1].0;
        let before = |cut: u64| placed.partition_point(|(place, _)| *place <= cut);
        prefix.clear();
        prefix.extend(placed[..before(cut)].iter().map(|(_, shingle)| shingle));
        (cut, before(head_cut))
    }

    /// The cuts among the rare that leave more than this share of the hashes before them. They are
    /// few in all, so that most articles have the same one.
    fn cuts(&self, share: f64) -> impl Iterator<Item = u64> {
        iter::successors(Some(1.0 - self.threshold + CHANCE), |cut| Some(cut * LATER))
            .skip_while(move |&cut| cut <= share)
            .take_while(|&cut| cut < 1.0)
            .map(|cut| (cut * 2.0_f64.powi(64)) as u64 >> CLASS_BITS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;
    use crate::sketch::mix;
    use crate::testing::corpus_of;

    #[test]
    fn a_prefix_leaves_too_little_behind_to_reach_the_threshold() {
        // ⌈0.8 · 10⌉ = 8 must be shared; 3 in the prefix leave 7.
        assert_eq!(front(10, 0.8), 3);
        assert_eq!(front(1, 0.8), 1);
        assert_eq!(front(10, 1.0), 1);
        assert_eq!(front(0, 0.8), 0);
        // Of two articles of 10, 9 must be shared: 8 of 12 would be 0.67.
        assert_eq!(front(10, shared_of_smaller(0.8)), 2);
    }

    #[test]
    fn what_many_articles_have_comes_last() {
        let footer: String = (0..30).map(|i| format!("footer{i} ")).collect();
        let own = |doc: usize| -> String { (0..40).map(|i| format!("w{doc}x{i} ")).collect() };
        let texts: Vec<String> = (0..80).map(|doc| own(doc) + &footer).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let order = Order::sample(&corpus_of(&texts), &Shingler::new(5), 0.7, &Silent).unwrap();
        let mut shingler = Shingler::new(5);
        let in_footer = shingler.set(&footer);
        let mut prefixer = Prefixer::new(&order, PrefixPacking::new(texts.len()));
        let mut postings = Vec::new();
        for text in &texts {
            // 40 of 66 shingles are its own; the prefix needs 66 − 47 + 1.
            let prefix = prefixer.push(DocId(0), shingler.shingles(text), &mut postings);
            assert_eq!(prefix.size, 66);
            assert!(prefix.rest <= 46);
            assert!(prefixer.prefix.iter().all(|s| in_footer.binary_search(s).is_err()));
        }
    }

    proptest! {
        #[test]
        fn a_prefix_is_every_shingle_up_to_its_cut(
            values in proptest::collection::btree_set(0_u64..3_000, 0..400),
            frequent in 0_u64..3_000,
            threshold in 0.05_f64..=1.0,
        ) {
            let order = Order {
                counts: (0..4096).map(|_| AtomicU8::new(0)).collect(),
                frequent: Vec::new(),
                threshold,
            };
            for value in 0..frequent {
                (0..value % 40).for_each(|_| order.count(mix(value)));
            }
            let order = Order { frequent: order.bits(), ..order };
            let distinct: Vec<u64> = values.into_iter().map(mix).collect();
            let mut prefix = Vec::new();
            let (cut, head) = order.prefix(&distinct, &mut prefix);
            prop_assert!(prefix.len() >= front(distinct.len(), threshold));
            prop_assert!(head >= front(distinct.len(), shared_of_smaller(threshold)));
            let last = prefix[..head].iter().map(|&shingle| order.place(shingle)).max();
            prop_assert!(prefix[head..].iter().all(|&shingle| Some(order.place(shingle)) > last));
            let mut expected = distinct;
            expected.retain(|&shingle| order.place(shingle) <= cut);
            prefix.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(prefix, expected);
        }
    }
}
