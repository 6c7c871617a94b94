//! Prefixes of articles in one order of all shingles, which an exact join stands on (Chaudhuri et al.
//! 2006; Bayardo, Ma, Srikant 2007).
//!
//! Put all shingles in one order. Two sets of Jaccard t or more share a shingle among the first
//! n − ⌈t·n⌉ + 1 of each, whatever the order: what they have in common is ⌈t·n⌉ at the least, and no
//! room is left for all of it behind. A good order has the rare first, so that few unlike articles
//! meet. This one goes by how frequent a shingle is in a sample, then by its hash, and a prefix is all
//! of an article's shingles up to a cut, which is found without sorting anything.
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
/// Bytes of text for a counter, two counters for each sampled shingle of English. Shingles that share
/// one count as one: 3 % of the rare seem frequent, which only makes some prefixes a little worse.
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

/// Makes prefixes; each thread has one.
pub(super) struct Prefixer<'a> {
    order: &'a Order,
    set: ShingleSet,
    prefix: Vec<u64>,
}

impl<'a> Prefixer<'a> {
    pub(super) fn new(order: &'a Order) -> Self {
        Self { order, set: ShingleSet::new(), prefix: Vec::new() }
    }

    /// Finds the prefix of an article of these shingles, and appends its postings.
    pub(super) fn push(
        &mut self,
        doc: DocId,
        shingles: &[u64],
        packing: Packing,
        postings: &mut Vec<u64>,
    ) -> Prefix {
        self.set.fill(shingles);
        let distinct = self.set.distinct();
        let length = prefix_length(distinct.len(), self.order.threshold);
        let cut = self.order.prefix(distinct, length, &mut self.prefix);
        // A prefix has small hashes, whose upper bits are alike; keys are told apart by those.
        let keys = self.prefix.iter().map(|shingle| shingle.rotate_left(u64::BITS / 2));
        postings.extend(keys.map(|key| packing.pack(key, doc)));
        let size = distinct.len() as u32;
        Prefix { size, rest: size - self.prefix.len() as u32, cut }
    }
}

/// How many of `size` shingles are a prefix at the least.
fn prefix_length(size: usize, threshold: f64) -> usize {
    let must_share = (threshold * size as f64 * ROUNDING).ceil() as usize;
    size - must_share.min(size) + usize::from(size > 0)
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
        ngram: usize,
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
            || Shingler::new(ngram),
            |shingler, articles| {
                observer.check()?;
                for article in articles {
                    shingler.shingles(&article.text).iter().for_each(|&s| order.count(s));
                }
                Ok(())
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

    /// Writes a prefix of `length` of the distinct shingles, or more, and returns its cut.
    fn prefix(&self, distinct: &[u64], length: usize, prefix: &mut Vec<u64>) -> u64 {
        let share = |of: usize| length as f64 / of.max(1) as f64;
        let is_before = |cut: u64| move |shingle: u64| shingle >> CLASS_BITS <= cut;
        // Most often the rare among the small hashes will do, and few need be asked whether they are.
        let cut = self.cuts(share(distinct.len())).next().unwrap_or(ALL_RARE);
        prefix.clear();
        prefix.extend_from_slice(distinct);
        sift(prefix, is_before(cut));
        sift(prefix, |shingle| self.is_rare(shingle));
        if prefix.len() >= length {
            return cut;
        }
        prefix.clear();
        prefix.extend_from_slice(distinct);
        sift(prefix, |shingle| self.is_rare(shingle));
        if prefix.len() >= length {
            let before = |cut: u64| prefix.iter().filter(|&&s| is_before(cut)(s)).count();
            let mut cuts = self.cuts(share(prefix.len()));
            let cut = cuts.find(|&cut| before(cut) >= length).unwrap_or(ALL_RARE);
            sift(prefix, is_before(cut));
            return cut;
        }
        let mut placed: Vec<(u64, u64)> =
            distinct.iter().map(|&shingle| (self.place(shingle), shingle)).collect();
        let (_, &mut (cut, _), _) = placed.select_nth_unstable(length - 1);
        prefix.clear();
        prefix.extend(placed.iter().filter(|(place, _)| *place <= cut).map(|(_, shingle)| shingle));
        cut
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
        assert_eq!(prefix_length(10, 0.8), 3);
        assert_eq!(prefix_length(1, 0.8), 1);
        assert_eq!(prefix_length(10, 1.0), 1);
        assert_eq!(prefix_length(0, 0.8), 0);
    }

    #[test]
    fn what_many_articles_have_comes_last() {
        let footer: String = (0..30).map(|i| format!("footer{i} ")).collect();
        let own = |doc: usize| -> String { (0..40).map(|i| format!("w{doc}x{i} ")).collect() };
        let texts: Vec<String> = (0..80).map(|doc| own(doc) + &footer).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let order = Order::sample(&corpus_of(&texts), 5, 0.7, &Silent).unwrap();
        let mut shingler = Shingler::new(5);
        let in_footer = shingler.set(&footer);
        let mut prefixer = Prefixer::new(&order);
        let mut postings = Vec::new();
        for text in &texts {
            // 40 of 66 shingles are its own; the prefix needs 66 − 47 + 1.
            let prefix =
                prefixer.push(DocId(0), shingler.shingles(text), Packing::new(1), &mut postings);
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
            let length = prefix_length(distinct.len(), threshold);
            let mut prefix = Vec::new();
            let cut = order.prefix(&distinct, length, &mut prefix);
            prop_assert!(prefix.len() >= length);
            let mut expected = distinct;
            expected.retain(|&shingle| order.place(shingle) <= cut);
            prefix.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(prefix, expected);
        }
    }
}
