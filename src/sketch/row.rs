//! The sketch of one article: what [`Sketches`](super::Sketches) hold of each, for callers who bring articles
//! in rows.
//!
//! Cost: one pass over the text; some four hundred bytes for a news article.

use super::postings::Packing;
use super::sample::Sampler;
use super::{Banding, MinHasher, Shingler, band_hashes, digest};
use crate::article::Article;
use crate::text::Tokeniser;

/// What candidates of an article are found by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleSketch {
    /// A digest of its token sequence: equal where the texts are word for word the same; none where it has no
    /// word of its own.
    pub digest: Option<u64>,
    /// How many tokens it has, those of furniture among them.
    pub tokens: u32,
    /// How many shingles it has, repeats included.
    pub shingles: u32,
    /// The key of each band of its signature; none where it has no shingle.
    pub bands: Vec<u64>,
    /// The keys of its sample by which it is looked for as a part; none where parts are not looked for.
    pub head: Vec<u32>,
    /// The other keys of its sample.
    pub rest: Vec<u32>,
}

impl ArticleSketch {
    /// The digest of its token sequence; where it has none, that of an empty one.
    pub(crate) fn digest_of_tokens(&self) -> u64 {
        self.digest.unwrap_or_else(|| digest(&[]))
    }
}

/// Sketches articles one by one, with the buffers kept from one to the next.
#[derive(Clone, Debug)]
pub struct RowSketcher {
    hasher: MinHasher,
    banding: Banding,
    sampler: Option<Sampler>,
    shingler: Shingler,
    signature: Vec<u32>,
    tokeniser: Tokeniser,
    hashes: Vec<u64>,
}

impl RowSketcher {
    /// Sketches by the shingles that `shingler` makes, sampled where parts are looked for.
    pub fn new(shingler: Shingler, hasher: MinHasher, banding: Banding, sampled: bool) -> Self {
        Self {
            hasher,
            banding,
            sampler: sampled.then(Sampler::default),
            shingler,
            signature: Vec::new(),
            tokeniser: Tokeniser::default(),
            hashes: Vec::new(),
        }
    }

    /// The sketch of an article whose furniture is marked.
    pub fn sketch(&mut self, article: &Article) -> ArticleSketch {
        let shingles = self.shingler.article(article);
        let mut sketch = ArticleSketch::default();
        if !shingles.is_empty() {
            sketch.digest = Some(digest(shingles));
            sketch.shingles = shingles.len() as u32;
            self.signature.clear();
            self.hasher.sign(shingles, &mut self.signature);
            sketch.bands = band_hashes(&self.signature, self.banding).collect();
        }
        if let Some(sampler) = &mut self.sampler {
            sampler.push(shingles);
            (sketch.head, sketch.rest) = sampler.take();
        }
        let furniture = furniture_tokens(article, &mut self.tokeniser, &mut self.hashes);
        sketch.tokens = self.shingler.tokens() as u32 + furniture;
        sketch
    }
}

/// The bits of a band's key by which articles meet in a corpus of so many.
pub fn band_key_mask(articles: usize) -> u64 {
    Packing::new(articles).key_mask()
}

/// How many words of furniture an article has, which no sketch counts.
pub fn furniture_tokens(
    article: &Article,
    tokeniser: &mut Tokeniser,
    hashes: &mut Vec<u64>,
) -> u32 {
    hashes.clear();
    for span in article.furniture.as_deref().unwrap_or_default() {
        tokeniser.hashes(span.of(&article.text), hashes);
    }
    hashes.len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidates::{NearDuplicateConfig, sketch};
    use crate::observer::Silent;
    use crate::testing::corpus_of;

    #[test]
    fn a_row_has_what_the_sketches_of_a_corpus_have() {
        let long: String = (0..300).map(|i| format!("word{i} ")).collect();
        let corpus = corpus_of(&[&long, "", "A barn burned down near Orrin Falls on Sunday."]);
        let config = NearDuplicateConfig::default();
        let all = sketch(&corpus, &config, &Silent).unwrap();
        let mut rows = RowSketcher::new(config.shingler(), config.hasher(), config.banding(), true);
        for doc in corpus.docs() {
            let row = rows.sketch(corpus.get(doc));
            assert_eq!(row.digest.unwrap_or(digest(&[])), all.digests[doc.index()]);
            assert_eq!(row.tokens, all.tokens[doc.index()]);
            assert_eq!(row.shingles, all.samples.shingles()[doc.index()]);
            assert_eq!(row.head, all.samples.head(doc));
            assert_eq!(row.rest, all.samples.rest(doc));
        }
    }
}
