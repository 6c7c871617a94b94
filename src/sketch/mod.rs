//! Tokens to shingles, shingles to sketches: MinHash signatures, SimHash fingerprints, prefixes, and
//! samples that tell containment.
//!
//! One pass over the texts, no allocation an article. A sketch only proposes: what is reported is
//! decided by [`crate::verify`]. Signatures follow Broder's min-wise independent permutations (1997),
//! fingerprints Charikar's random projections (2002). Of a signature only the bands are kept, eight
//! bytes each; of a prefix as much for each shingle.

mod banding;
mod by_hash;
mod fields;
mod minhash;
mod postings;
mod prefix;
mod row;
mod sample;
mod shingle;
mod shingle_set;
mod simhash;

use rayon::prelude::*;

pub use banding::{Banding, band_hashes};
pub(crate) use by_hash::sort_by_hash;
pub use fields::ShingledFields;
pub use minhash::MinHasher;
pub(crate) use postings::{PARTS, Packing, Piece, Postings, sift, sort_part};
pub(crate) use prefix::{Prefix, PrefixPacking};
pub use row::{ArticleSketch, RowSketcher, band_key_mask, furniture_tokens};
pub(crate) use sample::{HEAD, comparable};
pub use sample::{MAX_RATIO, Samples};
use sample::{SamplePiece, Sampler};
pub(crate) use shingle::mix;
pub use shingle::{Shingler, shingle_hashes};
pub use shingle_set::ShingleSet;
pub use simhash::simhash;

use crate::article::{Article, Corpus, DocId};
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};
use crate::spill::Spill;
use prefix::{Order, Prefixer};

/// The fewest articles that a thread takes at a time: so many that the bounds of a piece of postings
/// weigh little beside them, so few that all cores are busy to the end.
const ARTICLES_A_PIECE: usize = 256;
/// The most pieces that a corpus is cut into: a part of a piece is then a run of some pages where
/// there are so many postings that they are read from a file.
const MOST_PIECES: usize = 1024;

/// What is kept of an article to find candidates with.
#[derive(Clone, Copy, Debug)]
pub enum SketchKind<'a> {
    /// The bands of a MinHash signature.
    MinHash(&'a MinHasher, Banding),
    /// A 64-bit SimHash fingerprint.
    SimHash,
    /// The shingles by which articles of this Jaccard are found for certain.
    Prefix(f64),
}

/// The sketches of a corpus, in order of `DocId`.
#[derive(Clone, Debug)]
pub struct Sketches {
    /// A digest of each article's token sequence: equal where the texts are word for word the same.
    pub digests: Vec<u64>,
    /// How many tokens each article has.
    pub tokens: Vec<u32>,
    /// The bands of the signatures, or the shingles of the prefixes, or nothing.
    pub(crate) postings: Postings,
    /// Fingerprints, or empty.
    pub fingerprints: Vec<u64>,
    /// What else is known of the prefixes, or empty.
    pub(crate) prefixes: Vec<Prefix>,
    /// Samples of the shingles, or empty.
    pub samples: Samples,
}

impl Sketches {
    /// Sketches every article of the corpus by the shingles that `shingler` makes, and samples them
    /// where parts are looked for.
    pub fn new(
        corpus: &Corpus,
        shingler: &Shingler,
        kind: SketchKind<'_>,
        sampled: bool,
        observer: &dyn Observer,
    ) -> Result<Self> {
        observer.begin(Stage::Sketch, Some(corpus.len() as u64), Unit::Articles);
        let order = match kind {
            SketchKind::Prefix(threshold) => {
                Some(Order::sample(corpus, shingler, threshold, observer)?)
            }
            SketchKind::MinHash(..) | SketchKind::SimHash => None,
        };
        let prefixed = PrefixPacking::new(corpus.len());
        let packing = if order.is_some() { prefixed.packing() } else { Packing::new(corpus.len()) };
        let prefixer = order.as_ref().map(|order| Prefixer::new(order, prefixed));
        let articles_a_piece = ARTICLES_A_PIECE.max(corpus.len().div_ceil(MOST_PIECES));
        let docs_of = |piece: usize| {
            let first = piece * articles_a_piece;
            let docs = first..corpus.len().min(first + articles_a_piece);
            docs.map(|place| corpus.as_read(place))
        };
        let pieces: Vec<Sketched> = (0..corpus.len().div_ceil(articles_a_piece))
            .into_par_iter()
            .map_init(
                || Sketcher::new(shingler, kind, sampled, packing, prefixer.clone()),
                |sketcher, piece| {
                    observer.check()?;
                    let articles = docs_of(piece).map(|doc| (doc, corpus.get(doc)));
                    let sketched = sketcher.sketch(articles, corpus.spill())?;
                    observer.advance(docs_of(piece).len() as u64);
                    Ok(sketched)
                },
            )
            .collect::<Result<_>>()?;
        let (mut digests, mut tokens) = (vec![0; corpus.len()], vec![0; corpus.len()]);
        let (mut fingerprints, mut prefixes) = (Vec::new(), Vec::new());
        match kind {
            SketchKind::SimHash => fingerprints = vec![0; corpus.len()],
            SketchKind::Prefix(_) => prefixes = vec![Prefix::default(); corpus.len()],
            SketchKind::MinHash(..) => {}
        }
        let mut postings = Vec::with_capacity(pieces.len());
        let mut samples = Samples::new(if sampled { corpus.len() } else { 0 });
        for (piece, sketched) in pieces.into_iter().enumerate() {
            for (place, doc) in docs_of(piece).enumerate() {
                digests[doc.index()] = sketched.digests[place];
                tokens[doc.index()] = sketched.tokens[place];
                if let Some(&fingerprint) = sketched.fingerprints.get(place) {
                    fingerprints[doc.index()] = fingerprint;
                }
                if let Some(&prefix) = sketched.prefixes.get(place) {
                    prefixes[doc.index()] = prefix;
                }
            }
            postings.push(sketched.postings);
            if let Some(sampled) = sketched.samples {
                samples.push(sampled, docs_of(piece));
            }
        }
        observer.end(Stage::Sketch);
        let postings = Postings::new(packing, postings);
        Ok(Self { digests, tokens, postings, fingerprints, prefixes, samples })
    }
}

/// What a thread keeps from one article to the next.
struct Sketcher<'a> {
    kind: SketchKind<'a>,
    sampler: Option<Sampler>,
    packing: Packing,
    shingler: Shingler,
    prefixer: Option<Prefixer<'a>>,
    signature: Vec<u32>,
    postings: Vec<u64>,
}

/// The sketches of a few articles.
struct Sketched {
    digests: Vec<u64>,
    tokens: Vec<u32>,
    postings: Piece,
    fingerprints: Vec<u64>,
    prefixes: Vec<Prefix>,
    samples: Option<SamplePiece>,
}

impl<'a> Sketcher<'a> {
    fn new(
        shingler: &Shingler,
        kind: SketchKind<'a>,
        sampled: bool,
        packing: Packing,
        prefixer: Option<Prefixer<'a>>,
    ) -> Self {
        Self {
            kind,
            sampler: sampled.then(Sampler::default),
            packing,
            shingler: shingler.clone(),
            prefixer,
            signature: Vec::new(),
            postings: Vec::new(),
        }
    }

    fn sketch<'t>(
        &mut self,
        articles: impl Iterator<Item = (DocId, &'t Article)>,
        spill: &Spill,
    ) -> Result<Sketched> {
        let (mut digests, mut tokens) = (Vec::new(), Vec::new());
        let (mut fingerprints, mut prefixes) = (Vec::new(), Vec::new());
        self.postings.clear();
        for (doc, article) in articles {
            let shingles = self.shingler.article(article);
            digests.push(digest(shingles));
            match self.kind {
                SketchKind::MinHash(hasher, banding) if !shingles.is_empty() => {
                    self.signature.clear();
                    hasher.sign(shingles, &mut self.signature);
                    let hashes = band_hashes(&self.signature, banding);
                    self.postings.extend(hashes.map(|hash| self.packing.pack(hash, doc)));
                }
                SketchKind::MinHash(..) | SketchKind::Prefix(_) => {}
                SketchKind::SimHash => fingerprints.push(simhash(shingles)),
            }
            if let Some(prefixer) = &mut self.prefixer {
                prefixes.push(prefixer.push(doc, shingles, &mut self.postings));
            }
            if let Some(sampler) = &mut self.sampler {
                sampler.push(shingles);
            }
            tokens.push(self.shingler.tokens() as u32);
        }
        let postings = Piece::new(&self.postings, spill)?;
        let samples = self.sampler.as_mut().map(|sampler| sampler.finish(spill)).transpose()?;
        Ok(Sketched { digests, tokens, postings, fingerprints, prefixes, samples })
    }
}

/// A digest of a shingle sequence, and so of the token sequence under it: each shingle times an odd
/// number of its place, added up.
pub(crate) fn digest(shingles: &[u64]) -> u64 {
    let weighed =
        (1_u64..).step_by(2).zip(shingles).map(|(odd, shingle)| shingle.wrapping_mul(odd));
    mix(weighed.fold(shingles.len() as u64, u64::wrapping_add))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::testing::corpus_of;

    #[test]
    fn texts_that_are_word_for_word_the_same_have_one_digest() {
        let corpus = corpus_of(&[
            "The ferry ran aground off Havenmouth.",
            "the FERRY ran aground, off Havenmouth",
            "The ferry ran aground off Norrland.",
            "",
        ]);
        let shingler = Shingler::new(5);
        let sketches =
            Sketches::new(&corpus, &shingler, SketchKind::SimHash, false, &Silent).unwrap();
        assert_eq!(sketches.digests[0], sketches.digests[1]);
        assert_ne!(sketches.digests[0], sketches.digests[2]);
        assert_eq!(sketches.tokens, [6, 6, 6, 0]);
    }
}
