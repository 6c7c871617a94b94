//! The sketch of one article, as [`super::Sketches`] has it of many: for whoever stores it.

use super::sample::Sampler;
use super::{Banding, MinHasher, Shingler, band_hashes, digest};
use crate::article::Article;
use crate::error::Result;
use crate::spill::Spill;

/// What is kept of an article to find its copies with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ArticleSketch {
    /// Of its token sequence.
    pub(crate) digest: u64,
    /// How many shingles it has, repeats included.
    pub(crate) shingles: u32,
    /// The hashes of the bands of its signature.
    pub(crate) bands: Vec<u64>,
    /// The keys of its sample that it is looked for by as a part.
    pub(crate) head: Vec<u32>,
    /// The other keys of its sample.
    pub(crate) rest: Vec<u32>,
}

/// Sketches articles one by one, with buffers that are used again.
#[derive(Clone, Debug)]
pub(crate) struct ArticleSketcher {
    hasher: MinHasher,
    banding: Banding,
    shingler: Shingler,
    sampler: Sampler,
    signature: Vec<u32>,
}

impl ArticleSketcher {
    pub(crate) fn new(ngram: usize, hasher: MinHasher, banding: Banding) -> Self {
        let shingler = Shingler::new(ngram);
        Self { hasher, banding, shingler, sampler: Sampler::default(), signature: Vec::new() }
    }

    /// The sketch of an article whose furniture is marked.
    ///
    /// # Errors
    /// None in truth: what is kept in memory cannot fail.
    pub(crate) fn sketch(&mut self, article: &Article) -> Result<ArticleSketch> {
        let shingles = self.shingler.article(article);
        let mut bands = Vec::new();
        if !shingles.is_empty() {
            self.signature.clear();
            self.hasher.sign(shingles, &mut self.signature);
            bands.extend(band_hashes(&self.signature, self.banding));
        }
        let (digest, count) = (digest(shingles), shingles.len() as u32);
        self.sampler.push(shingles);
        let sample = self.sampler.finish(&Spill::default())?;
        let (head, rest) = sample.get(0);
        Ok(ArticleSketch { digest, shingles: count, bands, head: head.into(), rest: rest.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::DocId;
    use crate::observer::Silent;
    use crate::sketch::{SketchKind, Sketches};
    use crate::testing::corpus_of;

    #[test]
    fn one_article_is_sketched_as_among_many() {
        let text: String = (0..300).map(|i| format!("word{i} ")).collect();
        let corpus = corpus_of(&["", "A text of some few words.", &text]);
        let (hasher, banding) = (MinHasher::new(128, 0), Banding::derive(0.7, 0.995, 128));
        let kind = SketchKind::MinHash(&hasher, banding);
        let sketches = Sketches::new(&corpus, 5, kind, true, &Silent).unwrap();
        let mut sketcher = ArticleSketcher::new(5, hasher.clone(), banding);
        for doc in corpus.docs() {
            let sketch = sketcher.sketch(corpus.get(doc)).unwrap();
            assert_eq!(sketch.digest, sketches.digests[doc.index()]);
            assert_eq!(sketch.shingles, sketches.samples.shingles()[doc.index()]);
            assert_eq!(sketch.head, sketches.samples.head(doc));
            assert_eq!(sketch.rest, sketches.samples.rest(doc));
        }
        let last = sketcher.sketch(corpus.get(DocId(2))).unwrap();
        assert_eq!(last.bands.len(), banding.bands);
    }
}
