//! How many of the true pairs a run found, on a sample of the articles.
//!
//! For each article of the sample the truth is counted without any sketch or filter: every shingle of
//! every article is looked up among those of the sample, which gives all intersections and so all
//! Jaccards exactly. Cost: one more pass over the texts, memory for the sample's shingles.

use std::ops::Range;

use ahash::AHashMap;
use rayon::prelude::*;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::article::{Corpus, DocId};
use crate::candidates::NearDuplicateConfig;
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};
use crate::verify::{Overlap, VerifiedPair};

/// How many articles are looked at: of news, where one in ten has a copy, a few hundred pairs.
const SAMPLE: usize = 2_000;
/// How many articles a thread takes at a time.
const ARTICLES_A_PIECE: usize = 256;

/// What [`check`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Recall {
    /// Articles in the sample.
    pub articles: usize,
    /// Pairs that reach the threshold and have an article of the sample in them.
    pub pairs: usize,
    /// How many of these were found.
    pub found: usize,
}

impl Recall {
    /// The share that was found; 1 where there was nothing to find.
    pub fn share(self) -> f64 {
        if self.pairs == 0 { 1.0 } else { self.found as f64 / self.pairs as f64 }
    }
}

/// Looks for the pairs of a sample of the articles by another way, and says how many of them are among
/// `found`, which ascend. Pairs that are `unlisted`, because their family is too large to list all of
/// its pairs, count only where they were found. The sample depends on the ids and the seed alone.
pub fn check(
    corpus: &Corpus,
    found: &[VerifiedPair],
    config: &NearDuplicateConfig,
    unlisted: &(dyn Fn(DocId, DocId) -> bool + Sync),
    observer: &dyn Observer,
) -> Result<Recall> {
    observer.begin(Stage::Recall, Some(corpus.len() as u64), Unit::Articles);
    let sample = Sample::new(corpus, config);
    let is_found = |a: DocId, b: DocId| found.binary_search_by_key(&(a, b), |p| (p.a, p.b)).is_ok();
    let counts = |a: DocId, b: DocId| {
        config.scope.admits(corpus.get(a), corpus.get(b)) && (!unlisted(a, b) || is_found(a, b))
    };
    let pieces: Vec<Vec<(DocId, DocId)>> = corpus
        .articles()
        .par_chunks(ARTICLES_A_PIECE)
        .enumerate()
        .map(|(piece, articles)| {
            observer.check()?;
            let mut shingler = config.shingler();
            let mut shared = vec![0; sample.docs.len()];
            let (mut near, mut pairs) = (Vec::new(), Vec::new());
            let first = piece * ARTICLES_A_PIECE;
            for (doc, article) in (first as u32..).map(DocId).zip(articles) {
                let set = shingler.article_set(article);
                sample.pairs(doc, &set, &mut shared, config.threshold, &mut near);
                // Not left until the end: a family too large to list all its pairs has millions of them.
                pairs.extend(near.drain(..).filter(|&(a, b)| counts(a, b)));
            }
            observer.advance(articles.len() as u64);
            Ok(pairs)
        })
        .collect::<Result<_>>()?;
    let mut pairs = pieces.concat();
    pairs.sort_unstable();
    pairs.dedup();
    let recall = Recall {
        articles: sample.docs.len(),
        pairs: pairs.len(),
        found: pairs.iter().filter(|&&(a, b)| is_found(a, b)).count(),
    };
    observer.end(Stage::Recall);
    Ok(recall)
}

/// Some articles, and who of them has which shingle.
struct Sample {
    docs: Vec<DocId>,
    /// How many shingles each has.
    sizes: Vec<u32>,
    /// The places in `docs` of those that have a shingle, by shingle.
    places: Vec<u32>,
    /// Where a shingle's places stand.
    lists: AHashMap<u64, Range<u32>>,
}

impl Sample {
    fn new(corpus: &Corpus, config: &NearDuplicateConfig) -> Self {
        let draw = |doc: DocId| xxh3_64_with_seed(corpus.get(doc).id.as_bytes(), config.seed);
        let mut docs: Vec<DocId> = corpus.docs().collect();
        docs.sort_unstable_by_key(|&doc| (draw(doc), doc));
        docs.truncate(SAMPLE);
        let mut shingler = config.shingler();
        let mut postings = Vec::new();
        let mut sizes = Vec::with_capacity(docs.len());
        for (place, &doc) in (0..).zip(&docs) {
            let set = shingler.article_set(corpus.get(doc));
            sizes.push(set.len() as u32);
            postings.extend(set.iter().map(|&shingle| (shingle, place)));
        }
        postings.sort_unstable();
        let mut lists = AHashMap::new();
        let mut end = 0;
        for list in postings.chunk_by(|a, b| a.0 == b.0) {
            let begin = end;
            end += list.len() as u32;
            lists.insert(list[0].0, begin..end);
        }
        let places = postings.into_iter().map(|(_, place)| place).collect();
        Self { docs, sizes, places, lists }
    }

    /// Appends the pairs of an article with those of the sample. `shared` holds zeros, before and
    /// after.
    fn pairs(
        &self,
        doc: DocId,
        set: &[u64],
        shared: &mut [u32],
        threshold: f64,
        pairs: &mut Vec<(DocId, DocId)>,
    ) {
        let mut touched = Vec::new();
        for list in set.iter().filter_map(|shingle| self.lists.get(shingle)) {
            for &place in &self.places[list.start as usize..list.end as usize] {
                if shared[place as usize] == 0 {
                    touched.push(place);
                }
                shared[place as usize] += 1;
            }
        }
        for place in touched {
            let shared = std::mem::take(&mut shared[place as usize]);
            let (other, size) = (self.docs[place as usize], self.sizes[place as usize]);
            let overlap = Overlap { a: set.len() as u32, b: size, shared };
            if other != doc && overlap.jaccard() >= threshold {
                pairs.push((doc.min(other), doc.max(other)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidates;
    use crate::observer::Silent;
    use crate::testing::corpus_of;
    use crate::verify::verify;

    #[test]
    fn what_was_found_is_counted_against_what_there_is() {
        let text =
            |from: usize| -> String { (from..from + 200).map(|i| format!("w{i} ")).collect() };
        // Ten words further on is a near-duplicate, 300 further is not.
        let texts: Vec<String> = [0, 10, 300, 310, 900].map(text).into();
        let corpus = corpus_of(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let config = NearDuplicateConfig::default();
        let sketches = candidates::sketch(&corpus, &config, &Silent).unwrap();
        let candidates = candidates::find(&corpus, &sketches, &config, &Silent).unwrap();
        let found = verify(&corpus, &candidates, &config, &Silent).unwrap();
        let all = check(&corpus, &found, &config, &|_, _| false, &Silent).unwrap();
        assert_eq!(all, Recall { articles: 5, pairs: 2, found: 2 });
        let half = check(&corpus, &found[1..], &config, &|_, _| false, &Silent).unwrap();
        assert_eq!(half.share(), 0.5);
        let rest = check(&corpus, &found[1..], &config, &|a, _| a == DocId(0), &Silent).unwrap();
        assert_eq!(rest, Recall { articles: 5, pairs: 1, found: 1 });
    }
}
