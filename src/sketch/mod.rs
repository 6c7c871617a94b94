//! Tokens to shingles, shingles to sketches: MinHash signatures and SimHash fingerprints.
//!
//! One pass over the texts, no allocation an article. A sketch only proposes: what is reported is
//! decided by [`crate::verify`]. Signatures follow Broder's min-wise independent permutations (1997),
//! fingerprints Charikar's random projections (2002). Of a signature only the bands are kept, eight
//! bytes each.

mod banding;
mod minhash;
mod postings;
mod shingle;
mod simhash;

use rayon::prelude::*;

pub use banding::{Banding, band_hashes};
pub use minhash::MinHasher;
pub(crate) use postings::{PARTS, Packing, Piece, Postings};
pub(crate) use shingle::mix;
pub use shingle::{Shingler, shingle_hashes};
pub use simhash::simhash;

use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};
use crate::spill::Spill;

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
}

impl Sketches {
    /// Sketches every article of the corpus with shingles of `ngram` tokens.
    pub fn new(
        corpus: &Corpus,
        ngram: usize,
        kind: SketchKind<'_>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        observer.begin(Stage::Sketch, Some(corpus.len() as u64), Unit::Articles);
        let packing = Packing::new(corpus.len());
        let articles_a_piece = ARTICLES_A_PIECE.max(corpus.len().div_ceil(MOST_PIECES));
        let docs_of = |piece: usize| {
            let first = piece * articles_a_piece;
            let docs = first..corpus.len().min(first + articles_a_piece);
            docs.map(|place| corpus.as_read(place))
        };
        let pieces: Vec<Sketched> = (0..corpus.len().div_ceil(articles_a_piece))
            .into_par_iter()
            .map_init(
                || Sketcher::new(ngram, kind, packing),
                |sketcher, piece| {
                    observer.check()?;
                    let texts = docs_of(piece).map(|doc| (doc, corpus.get(doc).text.as_str()));
                    let sketched = sketcher.sketch(texts, corpus.spill())?;
                    observer.advance(docs_of(piece).len() as u64);
                    Ok(sketched)
                },
            )
            .collect::<Result<_>>()?;
        let (mut digests, mut tokens) = (vec![0; corpus.len()], vec![0; corpus.len()]);
        let mut fingerprints = match kind {
            SketchKind::SimHash => vec![0; corpus.len()],
            SketchKind::MinHash(..) | SketchKind::None => Vec::new(),
        };
        let mut bands = Vec::with_capacity(pieces.len());
        for (piece, sketched) in pieces.into_iter().enumerate() {
            for (place, doc) in docs_of(piece).enumerate() {
                digests[doc.index()] = sketched.digests[place];
                tokens[doc.index()] = sketched.tokens[place];
                if let Some(&fingerprint) = sketched.fingerprints.get(place) {
                    fingerprints[doc.index()] = fingerprint;
                }
            }
            bands.push(sketched.bands);
        }
        observer.end(Stage::Sketch);
        Ok(Self { digests, tokens, bands: Postings::new(packing, bands), fingerprints })
    }
}

/// What a thread keeps from one article to the next.
struct Sketcher<'a> {
    kind: SketchKind<'a>,
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
}

impl<'a> Sketcher<'a> {
    fn new(ngram: usize, kind: SketchKind<'a>, packing: Packing) -> Self {
        let shingler = Shingler::new(ngram);
        Self { kind, packing, shingler, signature: Vec::new(), bands: Vec::new() }
    }

    fn sketch<'t>(
        &mut self,
        articles: impl Iterator<Item = (DocId, &'t str)>,
        spill: &Spill,
    ) -> Result<Sketched> {
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
            tokens.push(self.shingler.tokens() as u32);
        }
        Ok(Sketched { digests, tokens, bands: Piece::new(&self.bands, spill)?, fingerprints })
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
        let sketches = Sketches::new(&corpus, 5, SketchKind::None, &Silent).unwrap();
        assert_eq!(sketches.digests[0], sketches.digests[1]);
        assert_ne!(sketches.digests[0], sketches.digests[2]);
        assert_eq!(sketches.tokens, [6, 6, 6, 0]);
    }
}
