//! Tokens to shingles, shingles to sketches: MinHash signatures, SimHash fingerprints, and samples that
//! tell containment.
//!
//! One pass over the texts, no allocation an article. A sketch only proposes: what is reported is
//! decided by [`crate::verify`]. Signatures follow Broder's min-wise independent permutations (1997),
//! fingerprints Charikar's random projections (2002). Of a signature only the bands are kept, eight
//! bytes each.

mod banding;
mod minhash;
mod postings;
mod sample;
mod shingle;
mod simhash;

use rayon::prelude::*;

pub use banding::{Banding, band_hashes};
pub use minhash::MinHasher;
pub(crate) use postings::{PARTS, Packing, Piece, Postings};
use sample::{SamplePiece, Sampler};
pub use sample::{MAX_RATIO, Samples};
pub(crate) use shingle::mix;
pub use shingle::{Shingler, shingle_hashes};
pub use simhash::simhash;

use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};

/// How many articles a thread takes at a time: so many that the bounds of a piece of postings weigh
/// little beside them, so few that all cores are busy to the end.
const ARTICLES_A_PIECE: usize = 256;

/// What is kept of an article to find candidates with.
#[derive(Clone, Copy, Debug)]
pub enum SketchKind<'a> {
    /// The bands of a MinHash signature.
    MinHash(&'a MinHasher, Banding),
    /// A 64-bit SimHash fingerprint.
    SimHash,
    /// Nothing: the exact join looks at the shingles themselves.
    None,
}

/// The sketches of a corpus, in order of `DocId`.
#[derive(Clone, Debug)]
pub struct Sketches {
    /// A digest of each article's token sequence: equal where the texts are word for word the same.
    pub digests: Vec<u64>,
    /// How many tokens each article has.
    pub tokens: Vec<u32>,
    /// The bands of the signatures, or nothing.
    pub(crate) bands: Postings,
    /// Fingerprints, or empty.
    pub fingerprints: Vec<u64>,
    /// Samples of the shingles, or empty.
    pub samples: Samples,
}

impl Sketches {
    /// Sketches every article of the corpus with shingles of `ngram` tokens, and samples them where
    /// parts are looked for.
    pub fn new(
        corpus: &Corpus,
        ngram: usize,
        kind: SketchKind<'_>,
        sampled: bool,
        observer: &dyn Observer,
    ) -> Result<Self> {
        observer.begin(Stage::Sketch, Some(corpus.len() as u64), Unit::Articles);
        let packing = Packing::new(corpus.len());
        let pieces: Vec<Sketched> = corpus
            .articles()
            .par_chunks(ARTICLES_A_PIECE)
            .enumerate()
            .map_init(
                || Sketcher::new(ngram, kind, sampled, packing),
                |sketcher, (piece, articles)| {
                    observer.check()?;
                    let first = piece * ARTICLES_A_PIECE;
                    let docs = (first as u32..).map(DocId);
                    let texts = articles.iter().map(|article| article.text.as_str());
                    let sketched = sketcher.sketch(docs.zip(texts));
                    observer.advance(articles.len() as u64);
                    Ok(sketched)
                },
            )
            .collect::<Result<_>>()?;
        let (mut digests, mut tokens) = (Vec::new(), Vec::new());
        let (mut bands, mut fingerprints) = (Vec::with_capacity(pieces.len()), Vec::new());
        let mut samples = Vec::with_capacity(pieces.len());
        digests.reserve_exact(corpus.len());
        tokens.reserve_exact(corpus.len());
        for mut piece in pieces {
            digests.append(&mut piece.digests);
            tokens.append(&mut piece.tokens);
            bands.push(piece.bands);
            fingerprints.append(&mut piece.fingerprints);
            samples.extend(piece.samples);
        }
        observer.end(Stage::Sketch);
        Ok(Self { digests, tokens, bands: Postings::new(packing, bands), fingerprints, samples: Samples::new(samples) })
    }
}

/// What a thread keeps from one article to the next.
struct Sketcher<'a> {
    kind: SketchKind<'a>,
    sampler: Option<Sampler>,
    packing: Packing,
    shingler: Shingler,
    signature: Vec<u32>,
    bands: Vec<u64>,
}

/// The sketches of a few articles.
struct Sketched {
    digests: Vec<u64>,
    tokens: Vec<u32>,
    bands: Piece,
    fingerprints: Vec<u64>,
    samples: Option<SamplePiece>,
}

impl<'a> Sketcher<'a> {
    fn new(ngram: usize, kind: SketchKind<'a>, sampled: bool, packing: Packing) -> Self {
        let shingler = Shingler::new(ngram);
        let sampler = sampled.then(Sampler::default);
        Self { kind, sampler, packing, shingler, signature: Vec::new(), bands: Vec::new() }
    }

    fn sketch<'t>(&mut self, articles: impl Iterator<Item = (DocId, &'t str)>) -> Sketched {
        let (mut digests, mut tokens, mut fingerprints) = (Vec::new(), Vec::new(), Vec::new());
        self.bands.clear();
        for (doc, text) in articles {
            let shingles = self.shingler.shingles(text);
            digests.push(digest(shingles));
            match self.kind {
                SketchKind::MinHash(hasher, banding) if !shingles.is_empty() => {
                    self.signature.clear();
                    hasher.sign(shingles, &mut self.signature);
                    let hashes = band_hashes(&self.signature, banding);
                    self.bands.extend(hashes.map(|hash| self.packing.pack(hash, doc)));
                }
                SketchKind::SimHash => fingerprints.push(simhash(shingles)),
                SketchKind::MinHash(..) | SketchKind::None => {}
            }
            if let Some(sampler) = &mut self.sampler {
                sampler.push(shingles);
            }
            tokens.push(self.shingler.tokens() as u32);
        }
        let samples = self.sampler.as_mut().map(Sampler::finish);
        Sketched { digests, tokens, bands: Piece::new(&self.bands), fingerprints, samples }
    }
}

/// A digest of a shingle sequence, and so of the token sequence under it: each shingle times an odd
/// number of its place, added up.
fn digest(shingles: &[u64]) -> u64 {
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
        let sketches = Sketches::new(&corpus, 5, SketchKind::None, false, &Silent).unwrap();
        assert_eq!(sketches.digests[0], sketches.digests[1]);
        assert_ne!(sketches.digests[0], sketches.digests[2]);
        assert_eq!(sketches.tokens, [6, 6, 6, 0]);
    }
}
