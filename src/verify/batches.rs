//! Compares candidates in an order in which each article is read once and is still in the cache when
//! its partners come.
//!
//! Candidates are gathered into connected components, which are small: the versions of one text. A
//! batch is a few of them. Its articles are shingled one after the other; each is compared with those
//! before it while its own table is there, and leaves its shingles, without table, to those after it.
//! A component too large for a batch is compared by all threads together, a window of its articles at
//! a time; partners of theirs that stand before the window are read again.
//!
//! Memory: the shingles of a batch a thread, or of one window.

use std::ops::Range;

use rayon::prelude::*;

use super::plan::{Plan, is_giant};
use super::{Overlap, VerifiedPair, evidence, least_shared, ordered};
use crate::article::{Article, Corpus, DocId};
use crate::candidates::NearDuplicateConfig;
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::{ShingleSet, Shingler};

/// Bytes of text a window at the most, one article apart. Shingles take about as much again.
const WINDOW_BYTES: usize = 1 << 28;
/// Articles of a window that a thread reads at a time.
const ARTICLES_A_PIECE: usize = 64;
/// An article this many times as long as its partner is not looked up in the partner's table, but
/// the partner in its own, made again for all such partners: a page that quotes a thousand briefs
/// must not be gone through a thousand times.
const MUCH_LONGER: usize = 2;

/// Compares every candidate exactly and returns those that are accepted, ascending.
pub(super) fn compare(
    corpus: &Corpus,
    pairs: &[(DocId, DocId)],
    config: &NearDuplicateConfig,
    observer: &dyn Observer,
) -> Result<Vec<VerifiedPair>> {
    compare_in_windows(corpus, pairs, config, WINDOW_BYTES, observer)
}

fn compare_in_windows(
    corpus: &Corpus,
    pairs: &[(DocId, DocId)],
    config: &NearDuplicateConfig,
    window_bytes: usize,
    observer: &dyn Observer,
) -> Result<Vec<VerifiedPair>> {
    let plan = Plan::new(corpus, pairs);
    let (giants, batches): (Vec<_>, Vec<_>) = plan.batches.iter().cloned().partition(is_giant);
    let comparer = || Comparer::new(corpus, &plan, config);
    let mut verified = batches
        .into_par_iter()
        .map_init(comparer, |comparer, batch| {
            observer.check()?;
            observer.advance(plan.pairs_of(&batch).len() as u64);
            Ok(comparer.batch(batch))
        })
        .collect::<Result<Vec<_>>>()?;
    for window in giants.into_iter().flat_map(|giant| plan.windows(corpus, giant, window_bytes)) {
        verified.extend(compare_window(&plan, window, comparer, observer)?);
    }
    let mut verified = verified.concat();
    verified.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
    Ok(verified)
}

/// Compares the articles of a window with each other and with those before it.
fn compare_window<'a>(
    plan: &Plan,
    window: Range<u32>,
    comparer: impl Fn() -> Comparer<'a> + Sync + Send,
    observer: &dyn Observer,
) -> Result<Vec<Vec<VerifiedPair>>> {
    let places: Vec<u32> = window.clone().collect();
    let kept: Vec<Kept> = places
        .par_chunks(ARTICLES_A_PIECE)
        .map_init(&comparer, |comparer, places| {
            observer.check()?;
            Ok(comparer.keep(places))
        })
        .collect::<Result<_>>()?;
    let kept = |place: u32| {
        let place = place.checked_sub(window.start)? as usize;
        Some(kept[place / ARTICLES_A_PIECE].get(place % ARTICLES_A_PIECE))
    };
    // Whose table is asked, and for whose shingles.
    let mut asked: Vec<(u32, u32)> = plan
        .pairs_of(&window)
        .par_iter()
        .map(|&(later, earlier)| match (kept(later), kept(earlier)) {
            (Some(own), Some(other)) if !is_much_longer(other, own) => (later, earlier),
            _ => (earlier, later),
        })
        .collect();
    asked.par_sort_unstable();
    let asked: Vec<&[(u32, u32)]> = asked.chunk_by(|a, b| a.0 == b.0).collect();
    asked
        .into_par_iter()
        .map_init(&comparer, |comparer, pairs| {
            observer.check()?;
            observer.advance(pairs.len() as u64);
            let place = pairs[0].0;
            match kept(place) {
                Some(shingles) => comparer.set.fill(shingles),
                None => comparer.read(place),
            }
            let others = pairs.iter().filter_map(|&(_, other)| Some((other, kept(other)?)));
            Ok(others
                .filter_map(|(other, shingles)| comparer.accepted(place, other, shingles))
                .collect())
        })
        .collect()
}

fn is_much_longer(shingles: &[u64], than: &[u64]) -> bool {
    shingles.len() > than.len() * MUCH_LONGER
}

/// The distinct shingles of some articles, one behind the other.
#[derive(Default)]
struct Kept {
    shingles: Vec<u64>,
    ends: Vec<usize>,
}

impl Kept {
    fn clear(&mut self) {
        self.shingles.clear();
        self.ends.clear();
    }

    fn push(&mut self, distinct: &[u64]) {
        self.shingles.extend_from_slice(distinct);
        self.ends.push(self.shingles.len());
    }

    fn get(&self, i: usize) -> &[u64] {
        &self.shingles[i.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[i]]
    }
}

/// What a thread compares with; kept from one batch to the next.
struct Comparer<'a> {
    corpus: &'a Corpus,
    plan: &'a Plan,
    config: &'a NearDuplicateConfig,
    shingler: Shingler,
    /// The shingles of one article, with a table.
    set: ShingleSet,
    /// Those of the batch's articles, without.
    kept: Kept,
}

impl<'a> Comparer<'a> {
    fn new(corpus: &'a Corpus, plan: &'a Plan, config: &'a NearDuplicateConfig) -> Self {
        let shingler = config.shingler();
        Self { corpus, plan, config, shingler, set: ShingleSet::new(), kept: Kept::default() }
    }

    fn article(&self, place: u32) -> &'a Article {
        self.corpus.get(self.plan.docs[place as usize])
    }

    fn read(&mut self, place: u32) {
        self.set.fill(self.shingler.article(self.article(place)));
    }

    /// The shingles of these articles.
    fn keep(&mut self, places: &[u32]) -> Kept {
        let mut kept = Kept::default();
        for &place in places {
            self.read(place);
            kept.push(self.set.distinct());
        }
        kept
    }

    /// Compares the candidates of a batch.
    fn batch(&mut self, batch: Range<u32>) -> Vec<VerifiedPair> {
        let mut pairs = self.plan.pairs_of(&batch);
        let mut verified = Vec::new();
        // (place, partner) of those whose own table is to be asked.
        let mut again: Vec<(u32, u32)> = Vec::new();
        // All at once: the articles lie far apart, and these loads wait for memory side by side.
        let articles: Vec<&Article> = batch.clone().map(|place| self.article(place)).collect();
        self.kept.clear();
        for (place, article) in batch.clone().zip(articles) {
            self.set.fill(self.shingler.article(article));
            let own = pairs.partition_point(|&(later, _)| later == place);
            for &(_, partner) in &pairs[..own] {
                let shingles = self.kept.get((partner - batch.start) as usize);
                if is_much_longer(shingles, self.set.distinct()) {
                    again.push((partner, place));
                } else {
                    verified.extend(self.accepted(place, partner, shingles));
                }
            }
            pairs = &pairs[own..];
            self.kept.push(self.set.distinct());
        }
        again.sort_unstable();
        for partners in again.chunk_by(|a, b| a.0 == b.0) {
            let place = partners[0].0;
            self.set.fill(self.kept.get((place - batch.start) as usize));
            for &(_, partner) in partners {
                let shingles = self.kept.get((partner - batch.start) as usize);
                verified.extend(self.accepted(place, partner, shingles));
            }
        }
        verified
    }

    /// The pair of the article whose table this is and another, of these shingles, if it is accepted.
    fn accepted(&self, place: u32, other: u32, shingles: &[u64]) -> Option<VerifiedPair> {
        let (in_a, in_b) = (self.set.distinct().len() as u32, shingles.len() as u32);
        let least = least_shared(in_a, in_b, self.config)?;
        let shared = self.set.shared(shingles, least)?;
        let [a, b] = [place, other].map(|place| self.plan.docs[place as usize]);
        let overlap = Overlap { a: in_a, b: in_b, shared };
        let evidence = evidence(overlap, self.config, || self.places(shingles));
        Some(ordered(VerifiedPair { a, b, overlap, evidence }))
    }

    /// Where what both articles have stands in the longer one, ascending; `shingles` are those of the
    /// article whose table this is not.
    fn places(&self, shingles: &[u64]) -> Vec<usize> {
        let place = |shingle: &u64| self.set.place(*shingle);
        if shingles.len() > self.set.distinct().len() {
            (0..shingles.len()).filter(|&at| place(&shingles[at]).is_some()).collect()
        } else {
            let mut places: Vec<usize> = shingles.iter().filter_map(place).collect();
            places.sort_unstable();
            places
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;
    use crate::testing::corpus_of;
    use crate::verify::accepts;

    /// What comparing gives, and what comparing every candidate by itself gives.
    fn compared_and_expected(
        texts: &[String],
        pairs: &[(DocId, DocId)],
        threshold: f64,
        window_bytes: usize,
    ) -> (Vec<VerifiedPair>, Vec<VerifiedPair>) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let corpus = corpus_of(&texts);
        let config = NearDuplicateConfig { ngram: 2, threshold, ..Default::default() };
        let mut shingler = Shingler::new(2);
        let mut set = |doc: DocId| {
            let mut set = ShingleSet::new();
            set.fill(shingler.article(corpus.get(doc)));
            set
        };
        let expected = pairs.iter().map(|&(a, b)| {
            let (of_a, of_b) = (set(a), set(b));
            let shared = of_a.shared(of_b.distinct(), 0).unwrap();
            let overlap = Overlap {
                a: of_a.distinct().len() as u32,
                b: of_b.distinct().len() as u32,
                shared,
            };
            let (part, whole) = if overlap.a <= overlap.b { (of_a, of_b) } else { (of_b, of_a) };
            let places = || {
                let in_part = |&at: &usize| part.place(whole.distinct()[at]).is_some();
                (0..whole.distinct().len()).filter(in_part).collect()
            };
            let evidence = evidence(overlap, &config, places);
            VerifiedPair { a, b, overlap, evidence }
        });
        let expected = expected.filter(|pair| accepts(pair.overlap, &config)).collect();
        let compared = compare_in_windows(&corpus, pairs, &config, window_bytes, &Silent).unwrap();
        (compared, expected)
    }

    #[test]
    fn a_component_too_large_for_a_batch_is_compared_whole() {
        // Nine shingles each; with the nth after it an article shares 9 − n of 9 + n.
        let text = |from: usize| (from..from + 10).map(|i| format!("w{i} ")).collect();
        let texts: Vec<String> = (0..700).map(text).collect();
        let near = |a: u32| (a + 1..700.min(a + 12)).map(move |b| (DocId(a), DocId(b)));
        let pairs: Vec<(DocId, DocId)> = (0..700).flat_map(near).collect();
        for window_bytes in [1, 5_000, WINDOW_BYTES] {
            let (compared, expected) = compared_and_expected(&texts, &pairs, 0.3, window_bytes);
            // The fourth is 5 / 13 alike, the fifth 4 / 14.
            assert_eq!(expected.len(), 4 * 696 + 3 + 2 + 1);
            assert_eq!(compared, expected);
        }
    }

    proptest! {
        #[test]
        fn order_and_whose_table_is_asked_change_nothing(
            texts in proptest::collection::vec("[a-d]( [a-d]){0,30}", 2..20),
            chosen in proptest::collection::btree_set((0_u32..20, 0_u32..20), 0..60),
            threshold in 0.05_f64..=1.0,
        ) {
            let pair = |(a, b): (u32, u32)| (DocId(a.min(b)), DocId(a.max(b)));
            let mut pairs: Vec<(DocId, DocId)> = chosen.into_iter().map(pair).collect();
            pairs.retain(|(a, b)| a < b && b.index() < texts.len());
            pairs.sort_unstable();
            pairs.dedup();
            let (compared, expected) = compared_and_expected(&texts, &pairs, threshold, 1);
            prop_assert_eq!(compared, expected);
        }
    }
}
