//! What [`find`](super::find) does, for callers who bring rows: articles numbered in the order of their corpus,
//! batch by batch, in order of what they meet by.
//!
//! Memory: one bucket or list at a time, four to twelve bytes an article of it.

use super::containment::{FULL_LIST, PartRule, SampleBits};
use super::{MIN_PART, NearDuplicateConfig, banding};
use crate::article::DocId;
use crate::sketch::comparable;

/// Bits of a sample's key by which lists of one length are told apart, as in a run on one machine.
const KEY_BITS: u32 = 31;

/// Articles that share a band, from rows in order of band, then article.
#[derive(Clone, Debug, Default)]
pub struct BandRows {
    band: Option<u64>,
    bucket: Vec<DocId>,
}

impl BandRows {
    /// Takes the next row, and gives `found` the earlier articles of its bucket that it is proposed with.
    pub fn push(&mut self, band: u64, doc: DocId, mut found: impl FnMut(DocId, DocId)) {
        if self.band.replace(band) != Some(band) {
            self.bucket.clear();
        }
        for earlier in banding::partners(self.bucket.len()) {
            let others = self.bucket[earlier].iter().filter(|&&other| other != doc);
            others.for_each(|&other| found(other.min(doc), other.max(doc)));
        }
        self.bucket.push(doc);
    }
}

/// An article under a key of its sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The article.
    pub doc: DocId,
    /// How many shingles it has, repeats included.
    pub shingles: u32,
    /// Whether the key is in the head of its sample.
    pub in_head: bool,
}

/// What a list of articles with one key tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// `part` has the key in its head, and `whole` is long enough to hold it.
    Hit {
        /// The longer article.
        whole: DocId,
        /// The shorter one.
        part: DocId,
    },
    /// `part` has the key in its head, and so many articles have it that it says nothing of any two.
    Long {
        /// The article that is looked for.
        part: DocId,
        /// The key.
        key: u32,
        /// How many have it.
        articles: u32,
        /// Lists of one length go in order of this.
        order: u32,
    },
}

/// Articles that have a key of their samples in common, from rows in order of key.
#[derive(Clone, Debug)]
pub struct SampleRows {
    rule: PartRule,
    chosen: bool,
    key: Option<u32>,
    docs: Vec<(u32, DocId)>,
    parts: Vec<(u32, DocId)>,
}

impl SampleRows {
    /// For all keys of all articles.
    pub fn new(config: &NearDuplicateConfig) -> Self {
        let rule = PartRule::new(config);
        Self { rule, chosen: false, key: None, docs: Vec::new(), parts: Vec::new() }
    }

    /// For long lists alone: `in_head` says that an article has no shorter list to be found by, and some
    /// of the list are found for it.
    pub fn of_long_lists(config: &NearDuplicateConfig) -> Self {
        Self { chosen: true, ..Self::new(config) }
    }

    /// Takes the next row; `found` is given what the list before it tells, where that has ended.
    pub fn push(&mut self, key: u32, row: Listed, found: impl FnMut(Found)) {
        if self.key != Some(key) {
            self.finish(found);
            self.key = Some(key);
        }
        let entry = (row.shingles, row.doc);
        self.docs.push(entry);
        if row.in_head && row.shingles >= MIN_PART {
            self.parts.push(entry);
        }
    }

    /// Gives what the last list tells.
    pub fn finish(&mut self, mut found: impl FnMut(Found)) {
        let Some(key) = self.key.take() else { return };
        let (rule, docs) = (self.rule, &mut self.docs);
        if self.chosen {
            docs.sort_unstable();
            self.parts.sort_unstable();
            self.parts.dedup();
        }
        for &(length, part) in &self.parts {
            let hit = |whole| found(Found::Hit { whole, part });
            if self.chosen {
                rule.some_wholes_of(docs, (length, part), hit);
            } else if docs.len() <= FULL_LIST {
                rule.wholes_of(docs, (length, part), hit);
            } else {
                let (articles, order) = (docs.len() as u32, key & ((1 << KEY_BITS) - 1));
                found(Found::Long { part, key, articles, order });
            }
        }
        self.docs.clear();
        self.parts.clear();
    }
}

/// The sample of an article.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// How many shingles it has, repeats included.
    pub shingles: u32,
    /// The keys by which it is looked for as a part.
    pub head: &'a [u32],
    /// The others.
    pub rest: &'a [u32],
}

/// Whether articles that share keys are likely to be part and whole.
#[derive(Clone, Debug)]
pub struct PartRows {
    rule: PartRule,
    bits: SampleBits,
}

impl PartRows {
    /// For parts of the containment that is asked for.
    pub fn new(config: &NearDuplicateConfig) -> Self {
        Self { rule: PartRule::new(config), bits: SampleBits::default() }
    }

    /// Whether an article whose head has so many keys must be looked for in a long list, since so many of
    /// them are on long lists.
    pub fn is_short_of_lists(head: usize, on_long_lists: usize) -> bool {
        head.saturating_sub(on_long_lists) < PartRule::wanted(head)
    }

    /// Whether the whole is likely to hold the part, given how many keys of the part's head it was found
    /// under and how many of them are on long lists.
    pub fn is_likely(
        &mut self,
        part: Sample<'_>,
        whole: Sample<'_>,
        found: usize,
        on_long_lists: usize,
    ) -> bool {
        let shared = found + on_long_lists;
        if shared < PartRule::wanted(part.head.len()) {
            return false;
        }
        self.bits.fill(whole.head, whole.rest);
        let sample = part.head.len() + part.rest.len();
        let shared = shared + self.bits.count(part.rest);
        self.rule.is_likely(sample, comparable(part.shingles, whole.shingles), shared)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::article::Corpus;
    use crate::candidates::{find, sketch};
    use crate::observer::Silent;
    use crate::sketch::{ArticleSketch, RowSketcher, band_key_mask};
    use crate::testing::corpus_of;

    type Pairs = BTreeSet<(DocId, DocId)>;

    /// The candidates of a corpus, found row by row.
    fn found_by_rows(corpus: &Corpus, config: &NearDuplicateConfig) -> Pairs {
        let mut sketcher =
            RowSketcher::new(config.shingler(), config.hasher(), config.banding(), true);
        let mut seen = BTreeSet::new();
        let sketches: BTreeMap<DocId, ArticleSketch> = corpus
            .docs()
            .map(|doc| (doc, sketcher.sketch(corpus.get(doc))))
            .filter(|(_, sketch)| sketch.digest.is_some_and(|digest| seen.insert(digest)))
            .collect();
        let mask = band_key_mask(corpus.len());
        let mut pairs = Pairs::new();
        let bands = sketches
            .iter()
            .flat_map(|(&doc, sketch)| sketch.bands.iter().map(move |band| (band & mask, doc)));
        let mut bands: Vec<(u64, DocId)> = bands.collect();
        bands.sort_unstable();
        let mut rows = BandRows::default();
        for (band, doc) in bands {
            rows.push(band, doc, |a, b| {
                pairs.insert((a, b));
            });
        }
        let mut listed: Vec<(u32, Listed)> = Vec::new();
        for (&doc, sketch) in &sketches {
            for (keys, in_head) in [(&sketch.head, true), (&sketch.rest, false)] {
                let row = Listed { doc, shingles: sketch.shingles, in_head };
                listed.extend(keys.iter().map(|&key| (key, row)));
            }
        }
        listed.sort_by_key(|&(key, row)| (key, row.doc));
        let (mut hits, mut long) = (BTreeMap::<_, usize>::new(), BTreeMap::<_, Vec<_>>::new());
        let mut rows = SampleRows::new(config);
        let mut take = |found| match found {
            Found::Hit { whole, part } => *hits.entry((part, whole)).or_default() += 1,
            Found::Long { part, key, articles, order } => {
                long.entry(part).or_default().push((articles, order, key));
            }
        };
        listed.iter().for_each(|&(key, row)| rows.push(key, row, &mut take));
        rows.finish(&mut take);
        assert!(!long.is_empty(), "the corpus has no long list");
        let chosen: BTreeSet<(u32, DocId)> = long
            .iter()
            .filter(|(part, lists)| {
                let head = sketches[part].head.len();
                PartRows::is_short_of_lists(head, lists.len())
            })
            .filter_map(|(&part, lists)| Some((lists.iter().min()?.2, part)))
            .collect();
        assert!(!chosen.is_empty(), "no article has long lists alone");
        let mut rows = SampleRows::of_long_lists(config);
        let mut take = |found| {
            if let Found::Hit { whole, part } = found {
                *hits.entry((part, whole)).or_default() += 1;
            }
        };
        for &(key, row) in &listed {
            let in_head = row.in_head && chosen.contains(&(key, row.doc));
            rows.push(key, Listed { in_head, ..row }, &mut take);
        }
        rows.finish(&mut take);
        let mut likely = PartRows::new(config);
        let sample = |doc: &DocId| {
            let ArticleSketch { shingles, head, rest, .. } = &sketches[doc];
            Sample { shingles: *shingles, head, rest }
        };
        for ((part, whole), found) in &hits {
            let on_long = long.get(part).map_or(0, Vec::len);
            if likely.is_likely(sample(part), sample(whole), *found, on_long) {
                pairs.insert((*part.min(whole), *part.max(whole)));
            }
        }
        pairs
    }

    #[test]
    fn rows_find_the_candidates_of_a_corpus() {
        let words =
            |name: &str, n: usize| -> String { (0..n).map(|i| format!("{name}{i} ")).collect() };
        let mut texts = Vec::new();
        for doc in 0..90 {
            // A long footer under two words; a text, its beginning, and a page that holds it.
            texts.push(words(&format!("a{doc}x"), 2) + &words("footer", 40));
            let text = words(&format!("b{doc}x"), 40 + doc);
            texts.push(text.clone() + &words("footer", doc % 3 * 20));
            texts.push(words(&format!("c{doc}x"), 300) + &text);
        }
        // A bucket past the size up to which all pairs are proposed.
        texts.extend((0..300).map(|doc| words("d", 80) + &words(&format!("e{doc}x"), 1)));
        texts.extend_from_within(..10);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let corpus = corpus_of(&texts);
        let config = NearDuplicateConfig::default();
        let sketches = sketch(&corpus, &config, &Silent).unwrap();
        let all = find(&corpus, &sketches, &config, &Silent).unwrap();
        let expected: Pairs = all.pairs.into_iter().collect();
        assert!(expected.len() > 32_000);
        assert_eq!(found_by_rows(&corpus, &config), expected);
    }
}
