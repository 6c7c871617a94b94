//! Sketches to candidate pairs: which articles are worth comparing exactly.
//!
//! Three ways, one answer after verification: bands of MinHash signatures (recall as derived),
//! blocks of SimHash fingerprints (recall of the sketch), and a prefix-filter join over the
//! shingles themselves (recall 1 by construction). None costs more than n log n on natural text.
//!
//! Articles that are word for word the same are one article here: the first of them stands for
//! all, and [`crate::verify`] reports the others with it. A million identical texts cost a sort.

mod asked;
mod banding;
mod containment;
mod hamming;
mod prefix;
mod rows;
mod scope;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub(crate) use asked::{Asked, Facts, Standing, Stored};
pub use banding::FULL_BUCKET;
pub use containment::MIN_PART;
pub(crate) use containment::told_apart;
pub use hamming::MAX_DISTANCE;
pub use rows::{BandRows, Found, Listed, PartRows, Sample, SampleRows};
pub use scope::{OutletScope, Scope};

use crate::article::{Corpus, DocId};
use crate::error::{Error, Result};
use crate::observer::{Observer, Stage, Unit};
use crate::sketch::{Banding, MinHasher, ShingledFields, Shingler, SketchKind, Sketches, digest};

/// How candidates are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Bands of MinHash signatures.
    MinHash,
    /// SimHash fingerprints within a Hamming distance.
    SimHash,
    /// A prefix-filter join over all shingles.
    Exact,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::MinHash, Self::SimHash, Self::Exact];

    /// The name that options and tables use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MinHash => "minhash",
            Self::SimHash => "simhash",
            Self::Exact => "exact",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name).ok_or_else(|| {
            Error::config("--method", format!("{name:?} is none of minhash, simhash, exact"))
        })
    }
}

/// What near-duplicates are, and how they are looked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NearDuplicateConfig {
    /// Tokens a shingle.
    pub ngram: usize,
    /// What the shingles are made of.
    pub fields: ShingledFields,
    /// Places in a MinHash signature.
    pub num_perm: usize,
    /// The least Jaccard at which two articles are near-duplicates.
    pub threshold: f64,
    /// The share of the pairs exactly at the threshold that the bands must propose.
    pub recall: f64,
    /// How candidates are found.
    pub method: Method,
    /// The greatest Hamming distance between two SimHash fingerprints that makes a candidate.
    pub max_distance: u32,
    /// The least share of the shorter article's shingles that makes it a part of the longer one; 0
    /// leaves parts out.
    pub containment: f64,
    /// What the permutations are drawn from.
    pub seed: u64,
    /// Which pairs are asked for.
    pub scope: Scope,
}

impl Default for NearDuplicateConfig {
    fn default() -> Self {
        Self {
            ngram: 5,
            fields: ShingledFields::default(),
            num_perm: 128,
            threshold: 0.7,
            recall: 0.995,
            method: Method::MinHash,
            max_distance: 3,
            containment: 0.85,
            seed: 0,
            scope: Scope::default(),
        }
    }
}

impl NearDuplicateConfig {
    /// What makes the shingles of articles.
    pub fn shingler(&self) -> Shingler {
        Shingler::new(self.ngram).with_fields(self.fields)
    }

    /// The bands and rows that this threshold and recall ask for.
    pub fn banding(&self) -> Banding {
        Banding::derive(self.threshold, self.recall, self.num_perm)
    }

    /// The share of the pairs exactly at the threshold that this method is expected to find, in families
    /// of up to [`FULL_BUCKET`] articles.
    pub fn expected_recall(&self) -> f64 {
        match self.method {
            Method::MinHash => self.banding().expected_recall(self.threshold),
            Method::SimHash => simhash_recall(self.threshold, self.max_distance),
            Method::Exact => 1.0,
        }
    }

    /// The hasher of this number of permutations and seed.
    pub fn hasher(&self) -> MinHasher {
        MinHasher::new(self.num_perm, self.seed)
    }
}

/// How likely two texts of one length and this Jaccard have fingerprints within a distance: each of the
/// 64 bits differs with the angle between their shingle counts over π (Charikar 2002).
fn simhash_recall(jaccard: f64, distance: u32) -> f64 {
    const BITS: u32 = u64::BITS;
    let cosine = 2.0 * jaccard / (1.0 + jaccard);
    let differs = libm::acos(cosine.min(1.0)) / std::f64::consts::PI;
    let (mut ways, mut within) = (1.0, 0.0);
    for bits in 0..=distance.min(BITS) {
        let (bits_differ, rest) = (f64::from(bits), f64::from(BITS - bits));
        within += ways * libm::pow(differs, bits_differ) * libm::pow(1.0 - differs, rest);
        ways *= rest / (bits_differ + 1.0);
    }
    within
}

/// What [`find`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Pairs to compare, smaller first, ascending, each once; of identical articles only the first.
    pub pairs: Vec<(DocId, DocId)>,
    /// Groups of two or more articles that are word for word the same, ascending.
    pub identical: Vec<Vec<DocId>>,
}

/// Sketches the corpus as this way of finding candidates needs it.
pub fn sketch(
    corpus: &Corpus,
    config: &NearDuplicateConfig,
    observer: &dyn Observer,
) -> Result<Sketches> {
    let hasher = config.hasher();
    let kind = match config.method {
        Method::MinHash => SketchKind::MinHash(&hasher, config.banding()),
        Method::SimHash => SketchKind::SimHash,
        Method::Exact => SketchKind::Prefix(config.threshold),
    };
    let shingler = config.shingler();
    Sketches::new(corpus, &shingler, kind, config.containment > 0.0, observer)
}

/// Proposes pairs that may reach the threshold. `sketches` are those that [`sketch`] made of the
/// corpus with the same configuration.
pub fn find(
    corpus: &Corpus,
    sketches: &Sketches,
    config: &NearDuplicateConfig,
    observer: &dyn Observer,
) -> Result<Candidates> {
    observer.begin(Stage::Candidates, None, Unit::Steps);
    let (distinct, identical) = group_identical(sketches);
    let mut is_distinct = vec![false; corpus.len()];
    distinct.iter().for_each(|doc| is_distinct[doc.index()] = true);
    let wanted = |doc: DocId| is_distinct[doc.index()];
    let mut pairs = match config.method {
        Method::MinHash => banding::pairs(&sketches.postings, wanted, observer)?,
        Method::SimHash => {
            hamming::pairs(&sketches.fingerprints, &distinct, config.max_distance, observer)?
        }
        Method::Exact => {
            prefix::pairs(sketches, &distinct, wanted, config.threshold, corpus.spill(), observer)?
        }
    };
    if config.containment > 0.0 {
        let samples = &sketches.samples;
        let parts = containment::pairs(samples, &distinct, config, corpus.spill(), observer)?;
        pairs = union(&pairs, &parts);
    }
    observer.end(Stage::Candidates);
    Ok(Candidates { pairs, identical })
}

/// The first article of each digest, and the groups of two or more. Empty articles are left out:
/// nothing is a copy of nothing.
fn group_identical(sketches: &Sketches) -> (Vec<DocId>, Vec<Vec<DocId>>) {
    let empty = digest(&[]);
    let mut by_digest: Vec<(u64, DocId)> = (0..)
        .map(DocId)
        .zip(&sketches.digests)
        .map(|(doc, &digest)| (digest, doc))
        .filter(|&(digest, _)| digest != empty)
        .collect();
    by_digest.sort_unstable();
    let mut distinct = Vec::new();
    let mut identical = Vec::new();
    for group in by_digest.chunk_by(|a, b| a.0 == b.0) {
        distinct.push(group[0].1);
        if group.len() > 1 {
            identical.push(group.iter().map(|&(_, doc)| doc).collect::<Vec<_>>());
        }
    }
    distinct.sort_unstable();
    identical.sort_unstable();
    (distinct, identical)
}

/// Two articles packed into one word, which sorts as the pair does.
fn pack(a: DocId, b: DocId) -> u64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    u64::from(low.0) << 32 | u64::from(high.0)
}

/// The pairs of two ascending lists, ascending, each once.
fn union(a: &[(DocId, DocId)], b: &[(DocId, DocId)]) -> Vec<(DocId, DocId)> {
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    while let (Some(&x), Some(&y)) = (a.peek(), b.peek()) {
        all.push(x.min(y));
        a.next_if(|_| x <= y);
        b.next_if(|_| y <= x);
    }
    all.extend(a.chain(b));
    all
}

/// Sorts and dedupes packed pairs found in several places.
fn merge(found: Vec<Vec<u64>>) -> Vec<(DocId, DocId)> {
    use rayon::prelude::*;
    let mut packed = found.concat();
    packed.par_sort_unstable();
    packed.dedup();
    packed.into_iter().map(|pair| (DocId((pair >> 32) as u32), DocId(pair as u32))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::testing::corpus_of;

    #[test]
    fn simhash_finds_few_pairs_at_the_usual_threshold() {
        assert_eq!(simhash_recall(1.0, 3), 1.0);
        // 64 bits that differ with 0.192 each: 12 on average.
        let recall = simhash_recall(0.7, 3);
        assert!((0.000_1..0.002).contains(&recall), "{recall}");
        assert!((simhash_recall(0.7, 64) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn every_method_proposes_an_edited_copy_and_groups_identical_ones() {
        let original: String = (0..200).map(|i| format!("word{i} ")).collect();
        let edited = original.replace("word199", "changed");
        let other: String = (0..200).map(|i| format!("other{i} ")).collect();
        let corpus = corpus_of(&[&original, &edited, &other, &original, "", ""]);
        for method in [Method::MinHash, Method::SimHash, Method::Exact] {
            let config =
                NearDuplicateConfig { method, max_distance: MAX_DISTANCE, ..Default::default() };
            let found =
                find(&corpus, &sketch(&corpus, &config, &Silent).unwrap(), &config, &Silent)
                    .unwrap();
            assert_eq!(found.pairs, [(DocId(0), DocId(1))], "{method}");
            assert_eq!(found.identical, [[DocId(0), DocId(3)]], "{method}");
        }
    }
}
