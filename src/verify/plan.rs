//! The order in which candidates are compared: each article near all its partners.

use std::ops::Range;

use rayon::prelude::*;

use crate::article::{Corpus, DocId};
use crate::union_find::UnionFind;

/// Articles a batch at the most: few enough that all cores are busy to the end. From 64 to 1,024 a
/// core takes the same time for them all.
const MAX_ARTICLES: usize = 256;
/// Bytes of text a batch at the most, so that its shingles stay near the core.
const MAX_BYTES: usize = 1 << 20;

/// The candidates, component by component.
pub(super) struct Plan {
    /// The articles that some candidate names, one component behind the other.
    pub(super) docs: Vec<DocId>,
    /// The candidates as places among them, the later place first, ascending.
    pub(super) pairs: Vec<(u32, u32)>,
    /// Runs of places that are whole components: several small ones, or a single one of any size.
    pub(super) batches: Vec<Range<u32>>,
}

impl Plan {
    pub(super) fn new(corpus: &Corpus, pairs: &[(DocId, DocId)]) -> Self {
        let mut components = UnionFind::new(corpus.len());
        let mut named = vec![false; corpus.len()];
        for &(a, b) in pairs {
            components.union(a.0, b.0);
            named[a.index()] = true;
            named[b.index()] = true;
        }
        let mut docs: Vec<(u32, DocId)> = corpus
            .docs()
            .filter(|doc| named[doc.index()])
            .map(|doc| (components.find(doc.0), doc))
            .collect();
        docs.par_sort_unstable();
        let mut places = vec![0; corpus.len()];
        for (place, (_, doc)) in (0_u32..).zip(&docs) {
            places[doc.index()] = place;
        }
        let mut pairs: Vec<(u32, u32)> = pairs
            .iter()
            .map(|(a, b)| (places[a.index()], places[b.index()]))
            .map(|(a, b)| (a.max(b), a.min(b)))
            .collect();
        pairs.par_sort_unstable();
        let batches = batches(corpus, &docs);
        Self { docs: docs.into_iter().map(|(_, doc)| doc).collect(), pairs, batches }
    }

    /// Cuts a batch into windows of so many bytes of text, one article apart.
    pub(super) fn windows(
        &self,
        corpus: &Corpus,
        batch: Range<u32>,
        bytes: usize,
    ) -> Vec<Range<u32>> {
        let mut windows = Vec::new();
        let (mut begin, mut taken) = (batch.start, 0);
        for place in batch.clone() {
            if taken >= bytes {
                windows.push(begin..place);
                (begin, taken) = (place, 0);
            }
            taken += corpus.get(self.docs[place as usize]).text.len();
        }
        windows.push(begin..batch.end);
        windows
    }

    /// The candidates whose later article is among these places.
    pub(super) fn pairs_of(&self, places: &Range<u32>) -> &[(u32, u32)] {
        let before = |place| self.pairs.partition_point(|&(later, _)| later < place);
        &self.pairs[before(places.start)..before(places.end)]
    }
}

/// Gathers components, each the articles of one root, into batches.
fn batches(corpus: &Corpus, docs: &[(u32, DocId)]) -> Vec<Range<u32>> {
    let mut batches = Vec::new();
    let (mut begin, mut end, mut bytes) = (0, 0, 0);
    for component in docs.chunk_by(|a, b| a.0 == b.0) {
        let more: usize = component.iter().map(|&(_, doc)| corpus.get(doc).text.len()).sum();
        if end - begin + component.len() > MAX_ARTICLES || bytes + more > MAX_BYTES {
            if begin < end {
                batches.push(begin as u32..end as u32);
            }
            (begin, bytes) = (end, 0);
        }
        end += component.len();
        bytes += more;
    }
    if begin < end {
        batches.push(begin as u32..end as u32);
    }
    batches
}

/// Whether places, a batch of a plan, are more than one thread should take on.
pub(super) fn is_giant(batch: &Range<u32>) -> bool {
    batch.len() > MAX_ARTICLES
}
