//! Candidate pairs to verified pairs: exact Jaccard and containment both ways, never a sketch's guess.
//! A pair is accepted as near-duplicates, by Jaccard, or as a part and what holds it, by containment.
//!
//! Only the articles of a candidate are shingled again, each of them once (see `batches`). Cost: one
//! pass over their text, and for each candidate one pass over the shingles of one side, given up as
//! soon as acceptance is out of reach. Memory: a batch of articles a thread, and the pairs.

mod batches;
mod evidence;
mod plan;
mod rows;
mod template;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use evidence::{Evidence, evidence};
pub use rows::RowVerifier;

use crate::article::{Corpus, DocId};
use crate::candidates::{Candidates, MIN_PART, NearDuplicateConfig, Scope};
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};
use crate::sketch::ShingleSet;

/// All pairs are listed between two groups of identical articles while there are no more than
/// this many of them (1,024 articles a group); past it, each article is listed with the first of
/// its own group only, so that a million identical articles give a million pairs.
const MAX_LISTED: usize = 1 << 20;

/// Two articles whose shingle sets were compared exactly. `a < b`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifiedPair {
    /// The article that comes first in the corpus.
    pub a: DocId,
    /// The other one.
    pub b: DocId,
    /// How alike they are.
    pub overlap: Overlap,
    /// What kind of likeness it is.
    pub evidence: Evidence,
}

/// How far two sets of shingles agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// Distinct shingles of the first article.
    pub a: u32,
    /// Distinct shingles of the second.
    pub b: u32,
    /// Distinct shingles that both have.
    pub shared: u32,
}

impl NearDuplicateConfig {
    /// Whether two articles that agree so far are near-duplicates.
    pub fn is_near_duplicate(&self, overlap: Overlap) -> bool {
        overlap.jaccard() >= self.threshold
    }

    /// Whether the shorter of two articles that agree so far is a part of the longer one.
    pub fn is_part(&self, overlap: Overlap) -> bool {
        self.containment > 0.0 && overlap.is_part(self.containment)
    }
}

impl Overlap {
    /// |A ∩ B| / |A ∪ B|; 0 where both are empty.
    pub fn jaccard(self) -> f64 {
        ratio(self.shared, self.a + self.b - self.shared)
    }

    /// The share of the first article's shingles that the second has.
    pub fn containment_a(self) -> f64 {
        ratio(self.shared, self.a)
    }

    /// The share of the second article's shingles that the first has.
    pub fn containment_b(self) -> f64 {
        ratio(self.shared, self.b)
    }

    /// The share of the first article's shingles that the second does not have: what is lost where
    /// the first goes.
    pub fn lost(self) -> f64 {
        ratio(self.a - self.shared, self.a)
    }

    /// Distinct shingles of the longer article.
    pub fn longer(self) -> u32 {
        self.a.max(self.b)
    }

    /// Distinct shingles of the shorter article.
    pub fn shorter(self) -> u32 {
        self.a.min(self.b)
    }

    /// Whether the shorter article is a part of the longer one: not too short to tell, and contained
    /// in it to `containment` or more.
    pub fn is_part(self, containment: f64) -> bool {
        let short = self.shorter();
        short >= MIN_PART && ratio(self.shared, short) >= containment
    }

    /// The same, seen from the other article.
    pub fn swapped(self) -> Self {
        Self { a: self.b, b: self.a, shared: self.shared }
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

/// The overlap of two ascending sets of distinct shingles.
pub fn overlap(a: &[u64], b: &[u64]) -> Overlap {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        shared += u32::from(a[i] == b[j]);
        let (x, y) = (a[i], b[j]);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    Overlap { a: a.len() as u32, b: b.len() as u32, shared }
}

/// Compares every candidate exactly and returns the pairs that reach the threshold, ascending.
pub fn verify(
    corpus: &Corpus,
    candidates: &Candidates,
    config: &NearDuplicateConfig,
    observer: &dyn Observer,
) -> Result<Vec<VerifiedPair>> {
    observer.begin(Stage::Verify, Some(candidates.pairs.len() as u64), Unit::Pairs);
    let verified = batches::compare(corpus, &candidates.pairs, config, observer)?;
    let verified = listed(corpus, verified, &candidates.identical, config);
    observer.end(Stage::Verify);
    Ok(verified)
}

/// The pairs that [`verify`] lists, given those that were compared and accepted: with those of identical
/// articles, without those that are not asked for, and with templates told.
pub fn listed(
    corpus: &Corpus,
    mut verified: Vec<VerifiedPair>,
    identical: &[Vec<DocId>],
    config: &NearDuplicateConfig,
) -> Vec<VerifiedPair> {
    if !identical.is_empty() {
        let sizes = sizes(identical, corpus, config);
        verified = with_identical(verified, identical, &sizes);
    }
    if config.scope != Scope::default() {
        verified.retain(|pair| config.scope.admits(corpus.get(pair.a), corpus.get(pair.b)));
    }
    verified.par_iter_mut().with_min_len(64).for_each(|pair| tell_template(corpus, config, pair));
    verified
}

/// Tells near-duplicates that are one template with other contents.
fn tell_template(corpus: &Corpus, config: &NearDuplicateConfig, pair: &mut VerifiedPair) {
    if config.is_near_duplicate(pair.overlap)
        && template::is_template(corpus.get(pair.a), corpus.get(pair.b))
    {
        pair.evidence = Evidence::Template;
    }
}

/// Compares two articles as [`verify`] does, given their shingles, whether or not they are alike.
pub(crate) fn compare(
    corpus: &Corpus,
    config: &NearDuplicateConfig,
    (a, of_a): (DocId, &ShingleSet),
    (b, of_b): (DocId, &ShingleSet),
) -> VerifiedPair {
    let overlap = overlap_of(of_a, of_b);
    let evidence = evidence(overlap, config, || places(overlap, of_a, of_b));
    let mut pair = ordered(VerifiedPair { a, b, overlap, evidence });
    tell_template(corpus, config, &mut pair);
    pair
}

/// The overlap of two sets of shingles.
fn overlap_of(a: &ShingleSet, b: &ShingleSet) -> Overlap {
    Overlap {
        a: a.distinct().len() as u32,
        b: b.distinct().len() as u32,
        shared: a.shared(b.distinct(), 0).unwrap_or(0),
    }
}

/// Where what two articles that overlap so share stands in the longer one, ascending.
fn places(overlap: Overlap, a: &ShingleSet, b: &ShingleSet) -> Vec<usize> {
    let (part, whole) = if overlap.a <= overlap.b { (a, b) } else { (b, a) };
    let shingles = whole.distinct();
    (0..shingles.len()).filter(|&at| part.place(shingles[at]).is_some()).collect()
}

/// Whether two articles that overlap so are reported.
fn accepts(overlap: Overlap, config: &NearDuplicateConfig) -> bool {
    config.is_near_duplicate(overlap) || config.is_part(overlap)
}

/// The fewest shingles that sets of `a` and `b` must share to be reported; `None` where even a
/// subset would not be. It asks [`accepts`] alone, and relies on its being true of every greater
/// number once it is true of one.
fn least_shared(a: u32, b: u32, config: &NearDuplicateConfig) -> Option<u32> {
    let accepted = |shared| accepts(Overlap { a, b, shared }, config);
    let (mut least, mut enough) = (0, a.min(b));
    if !accepted(enough) {
        return None;
    }
    while least < enough {
        let middle = least.midpoint(enough);
        if accepted(middle) {
            enough = middle;
        } else {
            least = middle + 1;
        }
    }
    Some(least)
}

/// How many distinct shingles the articles of each group have.
fn sizes(identical: &[Vec<DocId>], corpus: &Corpus, config: &NearDuplicateConfig) -> Vec<u32> {
    identical
        .par_iter()
        .with_min_len(64)
        .map_init(
            || (config.shingler(), ShingleSet::new()),
            |(shingler, set), group| {
                set.fill(shingler.article(corpus.get(group[0])));
                set.distinct().len() as u32
            },
        )
        .collect()
}

/// Adds to the pairs of first articles those of the articles that are word for word the same.
fn with_identical(
    verified: Vec<VerifiedPair>,
    identical: &[Vec<DocId>],
    sizes: &[u32],
) -> Vec<VerifiedPair> {
    let group_of = |doc: DocId| -> &[DocId] {
        identical
            .binary_search_by_key(&doc, |group| group[0])
            .map_or(&[], |place| identical[place].as_slice())
    };
    let mut all = Vec::with_capacity(verified.len());
    for pair in verified {
        let (first_a, first_b) = ([pair.a], [pair.b]);
        let mut like_a = group_of(pair.a);
        let mut like_b = group_of(pair.b);
        if like_a.is_empty() || like_a.len() * like_b.len().max(1) > MAX_LISTED {
            like_a = &first_a;
        }
        if like_b.is_empty() || like_a.len() * like_b.len() > MAX_LISTED {
            like_b = &first_b;
        }
        for &a in like_a {
            for &b in like_b {
                all.push(ordered(VerifiedPair { a, b, ..pair }));
            }
        }
    }
    for (group, &size) in identical.iter().zip(sizes) {
        let overlap = Overlap { a: size, b: size, shared: size };
        let evidence = Evidence::Identical;
        let listed = if group.len() * group.len() <= MAX_LISTED { group.len() } else { 1 };
        for (rank, &a) in group[..listed].iter().enumerate() {
            all.extend(group[rank + 1..].iter().map(|&b| VerifiedPair { a, b, overlap, evidence }));
        }
    }
    all.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
    all
}

fn ordered(pair: VerifiedPair) -> VerifiedPair {
    let VerifiedPair { a, b, overlap, evidence } = pair;
    if a < b { pair } else { VerifiedPair { a: b, b: a, overlap: overlap.swapped(), evidence } }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::candidates;
    use crate::observer::Silent;
    use crate::testing::corpus_of;

    #[test]
    fn jaccard_and_containments_worked_by_hand() {
        // {1,2,3,4} and {3,4,5,6,7,8}: 2 shared of 8.
        let overlap = overlap(&[1, 2, 3, 4], &[3, 4, 5, 6, 7, 8]);
        assert_eq!(overlap, Overlap { a: 4, b: 6, shared: 2 });
        assert_eq!(overlap.jaccard(), 0.25);
        assert_eq!(overlap.containment_a(), 0.5);
        assert_eq!(overlap.containment_b(), 2.0 / 6.0);
    }

    #[test]
    fn two_empty_sets_have_nothing_in_common() {
        assert_eq!(overlap(&[], &[]).jaccard(), 0.0);
    }

    #[test]
    fn identical_articles_are_listed_with_each_other_and_with_each_others_copies() {
        let original: String = (0..200).map(|i| format!("word{i} ")).collect();
        let edited = original.replace("word100", "changed");
        let corpus = corpus_of(&[&original, &edited, &original, &edited]);
        let config = NearDuplicateConfig::default();
        let sketches = candidates::sketch(&corpus, &config, &Silent).unwrap();
        let found = candidates::find(&corpus, &sketches, &config, &Silent).unwrap();
        let pairs = verify(&corpus, &found, &config, &Silent).unwrap();
        let listed: Vec<(u32, u32)> = pairs.iter().map(|pair| (pair.a.0, pair.b.0)).collect();
        assert_eq!(listed, [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
        // 196 shingles each, of which the changed word spoils 5: 191 / 201.
        assert_eq!(pairs[0].overlap, Overlap { a: 196, b: 196, shared: 191 });
        assert_eq!(pairs[1].overlap.jaccard(), 1.0);
    }

    proptest! {
        #[test]
        fn the_fewest_shared_is_where_acceptance_begins(
            a in 0_u32..200,
            b in 0_u32..200,
            threshold in 0.05_f64..=1.0,
            containment in 0.3_f64..1.0,
        ) {
            let config = NearDuplicateConfig { threshold, containment, ..Default::default() };
            let expected =
                (0..=a.min(b)).find(|&shared| accepts(Overlap { a, b, shared }, &config));
            prop_assert_eq!(least_shared(a, b, &config), expected);
        }
    }
}
