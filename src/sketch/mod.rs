//! Tokens to shingles, shingles to sketches: MinHash signatures and SimHash fingerprints.
//!
//! One pass over the texts, one allocation a thread. A sketch only proposes: what is reported is
//! decided by [`crate::verify`]. Signatures follow Broder's min-wise independent permutations (1997),
//! fingerprints Charikar's random projections (2002).

mod minhash;
mod shingle;
mod simhash;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

pub use minhash::MinHasher;
pub(crate) use shingle::mix;
pub use shingle::{Shingler, shingle_hashes};
pub use simhash::simhash;

use crate::article::Corpus;
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};

/// How many articles a thread takes at a time: long enough to hide the hand-over, short enough to
/// keep all cores busy to the end.
const ARTICLES_A_PIECE: usize = 256;

/// What is kept of an article to find candidates with.
#[derive(Clone, Copy, Debug)]
pub enum SketchKind<'a> {
    /// A MinHash signature.
    MinHash(&'a MinHasher),
    /// A 64-bit SimHash fingerprint.
    SimHash,
    /// Nothing: the exact join looks at the shingles themselves.
    None,
}

/// The sketches of a corpus, in order of `DocId`.
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    /// A digest of each article's token sequence: equal where the texts are word for word the same.
    pub digests: Vec<u64>,
    /// How many shingles each article has, repeats included.
    pub shingles: Vec<u32>,
    /// Signatures, one behind the other, or empty.
    pub signatures: Vec<u32>,
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
        let pieces: Vec<Self> = corpus
            .articles()
            .par_chunks(ARTICLES_A_PIECE)
            .map(|articles| {
                observer.check()?;
                let mut piece = Self::default();
                let mut shingler = Shingler::new(ngram);
                for article in articles {
                    piece.push(&mut shingler, &article.text, kind);
                }
                observer.advance(articles.len() as u64);
                Ok(piece)
            })
            .collect::<Result<_>>()?;
        let mut all = Self::default();
        for mut piece in pieces {
            all.digests.append(&mut piece.digests);
            all.shingles.append(&mut piece.shingles);
            all.signatures.append(&mut piece.signatures);
            all.fingerprints.append(&mut piece.fingerprints);
        }
        observer.end(Stage::Sketch);
        Ok(all)
    }

    fn push(&mut self, shingler: &mut Shingler, text: &str, kind: SketchKind<'_>) {
        let shingles = shingler.shingles(text);
        self.shingles.push(shingles.len() as u32);
        match kind {
            SketchKind::MinHash(hasher) => hasher.sign(shingles, &mut self.signatures),
            SketchKind::SimHash => self.fingerprints.push(simhash(shingles)),
            SketchKind::None => {}
        }
        self.digests.push(digest(shingles));
    }
}

/// A digest of a shingle sequence, and so of the token sequence under it.
fn digest(shingles: &[u64]) -> u64 {
    let mut digest = xxh3_64(&(shingles.len() as u64).to_le_bytes());
    for shingle in shingles {
        digest = mix(digest ^ shingle);
    }
    digest
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
        assert_eq!(sketches.shingles, [2, 2, 2, 0]);
    }
}
