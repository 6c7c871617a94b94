//! The candidates of one article among those that someone has stored, by lookups.
//!
//! What is proposed is what [`super::find`] proposes for that article where it lies among the stored ones: the
//! same buckets with the same rules for large ones, the same lists of sampled hashes. Articles that are word for
//! word the same have one sketch, and the first of them stands for all. Cost: a lookup a band, one a sampled
//! hash, and a few for each article that shares some of them; linear in the lists that are looked up.

use std::collections::BTreeSet;

use ahash::AHashMap;

use super::NearDuplicateConfig;
use super::banding::{FULL_BUCKET, meet};
use super::containment::{
    FULL_LIST, MIN_PART, PartRule, SampleBits, further_and_further, told_apart,
};
use crate::article::{ArticleKey, DocId, Published};
use crate::error::Result;
use crate::sketch::{ArticleSketch, HEAD, comparable};

/// Where an article stands in the order of a corpus: by publication, undated ones last, ties by content.
pub(crate) type Standing = (bool, Option<Published>, ArticleKey);

/// One in so many hashes of a sample is taken for one of another's, at the most; see [`SampleBits`].
const MISTAKEN: usize = 8;
/// And so many more, where there are few.
const MISTAKEN_OF_FEW: usize = 3;

/// What is known of a stored article without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Of its token sequence.
    pub(crate) digest: u64,
    /// How many shingles it has, repeats included.
    pub(crate) shingles: u32,
    /// How many of them are in its sample.
    pub(crate) sampled: u32,
    pub(crate) standing: Standing,
}

/// Articles that are stored with what their sketches are looked up by. Those without a word are on no list.
pub(crate) trait Stored {
    /// The articles that have this band.
    fn with_band(&self, band: u64) -> Result<Vec<DocId>>;
    /// The articles that have this hash in their sample, as often as it stands there, and whether in its head. A
    /// part that is too short to be one has no head.
    fn with_sampled(&self, key: u32) -> Result<Vec<(DocId, bool)>>;
    /// The articles that may have this digest.
    fn with_digest(&self, digest: u64) -> Result<Vec<DocId>>;
    /// The head of an article's sample; none where it is too short for a part.
    fn head(&self, doc: DocId) -> Result<Vec<u32>>;
    /// What is known of it.
    fn facts(&self, doc: DocId) -> &Facts;
    /// Its sketch, from its text.
    fn sketch(&self, doc: DocId) -> Result<ArticleSketch>;
}

impl ArticleSketch {
    /// The head of its sample; none where it is too short for a part.
    pub(crate) fn head_of_part(&self) -> &[u32] {
        if self.shingles < MIN_PART { &[] } else { &self.head }
    }
}

/// One article that is asked about, among those that are stored.
pub(crate) struct Asked<'a, S> {
    stored: &'a S,
    sketch: &'a ArticleSketch,
    config: &'a NearDuplicateConfig,
    /// That of the first of the articles that are word for word the same.
    standing: Standing,
    lists: AHashMap<u32, List>,
}

/// The articles that have a hash in their samples.
#[derive(Clone, Debug, Default)]
struct List {
    /// Those that are stored, and whether the hash is in the head.
    entries: Vec<(DocId, bool)>,
    /// How often the article that is asked about has it.
    own: usize,
}

impl List {
    fn len(&self) -> usize {
        self.entries.len() + self.own
    }

    fn is_long(&self) -> bool {
        self.len() > FULL_LIST
    }
}

impl<'a, S: Stored> Asked<'a, S> {
    /// An article of this sketch that stands there. `identical` are the stored articles that are word for word the same.
    pub(crate) fn new(
        stored: &'a S,
        sketch: &'a ArticleSketch,
        standing: Standing,
        identical: &[DocId],
        config: &'a NearDuplicateConfig,
    ) -> Self {
        let others = identical.iter().map(|&doc| stored.facts(doc).standing);
        let standing = others.fold(standing, Standing::min);
        Self { stored, sketch, config, standing, lists: AHashMap::new() }
    }

    /// The stored articles to compare it with, of identical ones only the first, ascending.
    pub(crate) fn candidates(&mut self) -> Result<Vec<DocId>> {
        if self.sketch.bands.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.of_bands()?;
        if self.config.containment > 0.0 {
            self.of_samples(&mut found)?;
        }
        Ok(found.into_iter().collect())
    }

    /// Leaves of articles that are word for word the same the first, and of those that are the same as the one
    /// that is asked about none.
    fn leave_first<T: Copy + Ord>(&self, found: &mut Vec<(DocId, T)>) {
        let facts = |doc: DocId| self.stored.facts(doc);
        found.retain(|&(doc, _)| facts(doc).digest != self.sketch.digest_of_tokens());
        let key = |&(doc, more): &(DocId, T)| {
            let Facts { digest, standing, .. } = facts(doc);
            (*digest, *standing, doc, more)
        };
        found.sort_unstable_by_key(key);
        let mut last: Option<(u64, DocId)> = None;
        found.retain(|&(doc, _)| {
            let digest = facts(doc).digest;
            let stays = last.is_none_or(|last| last.0 != digest || last.1 == doc);
            if stays {
                last = Some((digest, doc));
            }
            stays
        });
    }

    fn of_bands(&self) -> Result<BTreeSet<DocId>> {
        let mut found = BTreeSet::new();
        for &band in &self.sketch.bands {
            let bucket = self.stored.with_band(band)?;
            let mut bucket: Vec<(DocId, ())> = bucket.into_iter().map(|doc| (doc, ())).collect();
            self.leave_first(&mut bucket);
            bucket.dedup();
            if bucket.len() < FULL_BUCKET {
                found.extend(bucket.into_iter().map(|(doc, ())| doc));
                continue;
            }
            let standing = |&(doc, ()): &(DocId, ())| self.stored.facts(doc).standing;
            bucket.sort_unstable_by_key(|entry| (standing(entry), entry.0));
            let own = bucket.partition_point(|entry| standing(entry) < self.standing);
            let (earlier, later) = bucket.split_at(own);
            let earlier = earlier.iter().enumerate().filter(|(rank, _)| meet(*rank, own));
            let later = later.iter().enumerate().filter(|(after, _)| meet(own, own + 1 + after));
            found.extend(earlier.chain(later).map(|(_, &(doc, ()))| doc));
        }
        Ok(found)
    }

    /// Looks a list up, once.
    fn look_up(&mut self, key: u32) -> Result<&List> {
        let key = told_apart(key);
        if !self.lists.contains_key(&key) {
            let mut entries = self.stored.with_sampled(key)?;
            self.leave_first(&mut entries);
            let count = |keys: &[u32]| keys.iter().filter(|&&own| told_apart(own) == key).count();
            let own = count(self.sketch.head_of_part()) + count(&self.sketch.rest);
            self.lists.insert(key, List { entries, own });
        }
        Ok(&self.lists[&key])
    }

    /// Adds the articles that it may be a part of, and those that may be parts of it.
    fn of_samples(&mut self, found: &mut BTreeSet<DocId>) -> Result<()> {
        let keys = self.sketch.head_of_part().iter().chain(&self.sketch.rest);
        let mut keys: Vec<u32> = keys.map(|&key| told_apart(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut shared: AHashMap<DocId, usize> = AHashMap::new();
        for &key in &keys {
            let List { entries, own, .. } = self.look_up(key)?;
            for &(doc, _) in entries {
                *shared.entry(doc).or_default() += own;
            }
        }
        let hits = self.hits_as_part();
        self.wholes(&hits, &shared, found)?;
        let mut hits: Vec<(DocId, usize)> =
            self.hits_as_whole(&keys, &shared)?.into_iter().collect();
        hits.sort_unstable();
        self.parts(&hits, &shared, found)
    }

    /// How many hashes of its head other articles have that may hold it, as far as few have them; and how many of
    /// them many have.
    fn hits_as_part(&self) -> (AHashMap<DocId, usize>, usize) {
        let rule = PartRule::new(self.config);
        let least = rule.least_whole(self.sketch.shingles);
        let head = self.sketch.head_of_part();
        let mut hits: AHashMap<DocId, usize> = AHashMap::new();
        let (mut many, mut shortest) = (0, None);
        for key in head.iter().map(|&key| told_apart(key)) {
            let Some(list) = self.lists.get(&key) else { continue };
            if list.is_long() {
                many += 1;
                shortest = Some((list.len(), key)).into_iter().chain(shortest).min();
                continue;
            }
            for &(whole, _) in &list.entries {
                if self.stored.facts(whole).shingles >= least {
                    *hits.entry(whole).or_default() += 1;
                }
            }
        }
        let shortest = shortest.filter(|_| head.len() - many < PartRule::wanted(head.len()));
        if let Some(list) = shortest.and_then(|(_, key)| self.lists.get(&key)) {
            let docs = self.by_length(list);
            let first = docs.partition_point(|(length, ..)| *length < least);
            for place in further_and_further(first, docs.len()) {
                if let Some(whole) = docs[place].2 {
                    *hits.entry(whole).or_default() += 1;
                }
            }
        }
        (hits, many)
    }

    /// Those on a list, shortest first; `None` for the article that is asked about.
    fn by_length(&self, list: &List) -> Vec<(u32, Standing, Option<DocId>)> {
        let of = |&(doc, _): &(DocId, bool)| {
            let facts = self.stored.facts(doc);
            (facts.shingles, facts.standing, Some(doc))
        };
        let own = (self.sketch.shingles, self.standing, None);
        let own = std::iter::repeat_n(own, list.own);
        let mut docs: Vec<(u32, Standing, Option<DocId>)> =
            list.entries.iter().map(of).chain(own).collect();
        docs.sort_unstable();
        docs
    }

    /// Adds the articles that it may be a part of.
    fn wholes(
        &self,
        (hits, many): &(AHashMap<DocId, usize>, usize),
        shared: &AHashMap<DocId, usize>,
        found: &mut BTreeSet<DocId>,
    ) -> Result<()> {
        let rule = PartRule::new(self.config);
        let wanted = PartRule::wanted(self.sketch.head_of_part().len());
        let mut hits: Vec<(DocId, usize)> = hits.iter().map(|(&doc, &hits)| (doc, hits)).collect();
        hits.sort_unstable();
        let sample = self.sketch.head_of_part().len() + self.sketch.rest.len();
        let mut bits = SampleBits::default();
        for (whole, hits) in hits {
            let hits = hits + many;
            let comparable = comparable(self.sketch.shingles, self.stored.facts(whole).shingles);
            let likely = |shared| rule.is_likely(sample, comparable, shared);
            let at_most = at_most(shared.get(&whole), sample) + many;
            if hits < wanted || found.contains(&whole) || !likely(at_most) {
                continue;
            }
            let other = self.stored.sketch(whole)?;
            bits.fill(&other.head, &other.rest);
            if likely(hits + bits.count(&self.sketch.rest)) {
                found.insert(whole);
            }
        }
        Ok(())
    }

    /// How many hashes of the heads of shorter articles it has, as far as few have them; or that it is one of those
    /// which are held against an article whose hashes many have.
    fn hits_as_whole(
        &mut self,
        keys: &[u32],
        shared: &AHashMap<DocId, usize>,
    ) -> Result<AHashMap<DocId, usize>> {
        let rule = PartRule::new(self.config);
        let own = self.sketch.shingles;
        let mut hits: AHashMap<DocId, usize> = AHashMap::new();
        for key in keys {
            let Some(list) = self.lists.get(key).cloned() else { continue };
            let parts = list.entries.iter().filter(|(_, in_head)| *in_head).map(|(part, _)| *part);
            let fits = |part: &DocId| own >= rule.least_whole(self.stored.facts(*part).shingles);
            let mut parts: Vec<DocId> = parts.filter(fits).collect();
            if !list.is_long() {
                parts.iter().for_each(|&part| *hits.entry(part).or_default() += list.own);
                continue;
            }
            // A list that a head has twice is gone along once.
            parts.dedup();
            let docs = self.by_length(&list);
            let places = docs.iter().zip(0..).filter(|((.., doc), _)| doc.is_none());
            let places: Vec<usize> = places.map(|(_, place)| place).collect();
            for part in parts {
                let least = rule.least_whole(self.stored.facts(part).shingles);
                let first = docs.partition_point(|(length, ..)| *length < least);
                let passed = further_and_further(first, docs.len());
                let met = passed.filter(|place| places.contains(place)).count();
                let is_hopeful = met > 0 && self.may_be_part(part, shared);
                if is_hopeful && self.is_held_by_list(part, *key)? {
                    *hits.entry(part).or_default() += met;
                }
            }
        }
        Ok(hits)
    }

    /// Whether enough of a part's sample may be shared.
    fn may_be_part(&self, part: DocId, shared: &AHashMap<DocId, usize>) -> bool {
        let Facts { shingles, sampled, .. } = *self.stored.facts(part);
        let comparable = comparable(shingles, self.sketch.shingles);
        // What many have of its head counts as shared.
        let at_most = at_most(shared.get(&part), sampled as usize) + HEAD;
        PartRule::new(self.config).is_likely(sampled as usize, comparable, at_most)
    }

    /// Whether too few have hashes of a part's head for it to be found by, and of the lists of the others this one
    /// is the shortest.
    fn is_held_by_list(&mut self, part: DocId, key: u32) -> Result<bool> {
        let head = self.stored.head(part)?;
        let (mut many, mut shortest) = (0, None);
        for &own in &head {
            let list = self.look_up(own)?;
            if list.is_long() {
                many += 1;
                shortest = Some((list.len(), told_apart(own))).into_iter().chain(shortest).min();
            }
        }
        let is_lost = head.len() - many < PartRule::wanted(head.len());
        Ok(is_lost && shortest.is_some_and(|(_, shortest)| shortest == key))
    }

    /// Adds the articles that may be parts of it.
    fn parts(
        &mut self,
        hits: &[(DocId, usize)],
        shared: &AHashMap<DocId, usize>,
        found: &mut BTreeSet<DocId>,
    ) -> Result<()> {
        let rule = PartRule::new(self.config);
        let mut bits = SampleBits::default();
        bits.fill(&self.sketch.head, &self.sketch.rest);
        for &(part, hits) in hits {
            if found.contains(&part) || !self.may_be_part(part, shared) {
                continue;
            }
            let head = self.stored.head(part)?;
            let mut many = 0;
            for &key in &head {
                many += usize::from(self.look_up(key)?.is_long());
            }
            if hits + many < PartRule::wanted(head.len()) {
                continue;
            }
            let other = self.stored.sketch(part)?;
            let comparable = comparable(other.shingles, self.sketch.shingles);
            let sample = other.head_of_part().len() + other.rest.len();
            if rule.is_likely(sample, comparable, hits + many + bits.count(&other.rest)) {
                found.insert(part);
            }
        }
        Ok(())
    }
}

/// The most hashes of a sample that may be taken for shared where so many are.
fn at_most(shared: Option<&usize>, sample: usize) -> usize {
    let shared = shared.copied().unwrap_or(0);
    shared + sample.saturating_sub(shared) / MISTAKEN + MISTAKEN_OF_FEW
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::{Article, Corpus};
    use crate::candidates::{find, sketch};
    use crate::observer::Silent;
    use crate::sketch::RowSketcher;

    /// Articles that are held in memory and gone through for every lookup.
    struct Shelf {
        sketches: Vec<ArticleSketch>,
        facts: Vec<Facts>,
    }

    impl Shelf {
        fn docs(&self, has: impl Fn(&ArticleSketch) -> bool) -> Vec<DocId> {
            let sketches = self.sketches.iter().zip(0..).filter(|(sketch, _)| has(sketch));
            sketches.map(|(_, doc)| DocId(doc)).collect()
        }
    }

    impl Stored for Shelf {
        fn with_band(&self, band: u64) -> Result<Vec<DocId>> {
            Ok(self.docs(|sketch| sketch.bands.contains(&band)))
        }

        fn with_sampled(&self, key: u32) -> Result<Vec<(DocId, bool)>> {
            let mut found = Vec::new();
            for (sketch, doc) in self.sketches.iter().zip(0..) {
                let mut all = |keys: &[u32], in_head| {
                    let same = keys.iter().filter(|&&own| told_apart(own) == told_apart(key));
                    found.extend(same.map(|_| (DocId(doc), in_head)));
                };
                all(sketch.head_of_part(), true);
                all(&sketch.rest, false);
            }
            Ok(found)
        }

        fn with_digest(&self, digest: u64) -> Result<Vec<DocId>> {
            Ok(self.docs(|sketch| sketch.digest_of_tokens() == digest))
        }

        fn head(&self, doc: DocId) -> Result<Vec<u32>> {
            Ok(self.sketches[doc.index()].head_of_part().to_vec())
        }

        fn facts(&self, doc: DocId) -> &Facts {
            &self.facts[doc.index()]
        }

        fn sketch(&self, doc: DocId) -> Result<ArticleSketch> {
            Ok(self.sketches[doc.index()].clone())
        }
    }

    /// The articles that one is compared with where it lies among the others: by [`find`], and by lookups.
    fn both(texts: &[String], asked: usize) -> [Vec<DocId>; 2] {
        let article =
            |(place, text): (usize, &String)| Article::new(format!("{place:04}"), text.as_str());
        let corpus = Corpus::new(texts.iter().enumerate().map(article).collect());
        let config = NearDuplicateConfig { ngram: 2, ..NearDuplicateConfig::default() };
        let found = find(&corpus, &sketch(&corpus, &config, &Silent).unwrap(), &config, &Silent);
        let found = found.unwrap();
        let asked = corpus.find(&format!("{asked:04}")).unwrap();
        let same = found.identical.iter().find(|group| group.contains(&asked));
        let first = same.map_or(asked, |group| group[0]);
        let pairs = found.pairs.iter().filter_map(|&(a, b)| match (a == first, b == first) {
            (true, _) => Some(b),
            (_, true) => Some(a),
            _ => None,
        });
        let expected: Vec<DocId> = pairs.collect();
        let mut sketcher =
            RowSketcher::new(config.shingler(), config.hasher(), config.banding(), true);
        let mut shelf = Shelf { sketches: Vec::new(), facts: Vec::new() };
        let mut own = None;
        for doc in corpus.docs() {
            let sketch = sketcher.sketch(corpus.get(doc));
            let standing = (true, None, ArticleKey::of(corpus.get(doc)));
            let sampled = (sketch.head_of_part().len() + sketch.rest.len()) as u32;
            let (digest, shingles) = (sketch.digest_of_tokens(), sketch.shingles);
            // The one that is asked about is not on the shelf; nobody has its digest.
            if doc == asked {
                own = Some((sketch, standing));
                shelf.sketches.push(ArticleSketch::default());
            } else {
                shelf.sketches.push(sketch);
            }
            shelf.facts.push(Facts { digest, shingles, sampled, standing });
        }
        let (sketch, standing) = own.unwrap();
        let identical = shelf.with_digest(sketch.digest_of_tokens()).unwrap();
        let mut looked_up = Asked::new(&shelf, &sketch, standing, &identical, &config);
        let mut found = looked_up.candidates().unwrap();
        found.sort_unstable();
        [expected, found]
    }

    #[test]
    fn large_buckets_are_met_by_the_same_articles() {
        let words: String = (0..60).map(|word| format!("word{word} ")).collect();
        let texts: Vec<String> = (0..400).map(|n| format!("{words} {n} own{n}")).collect();
        let mut met = 0;
        for asked in (0..400).step_by(23) {
            let [expected, found] = both(&texts, asked);
            assert_eq!(found, expected, "{asked}");
            met += usize::from(found.len() < 399);
        }
        assert!(met > 5, "{met}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Texts of some of a dozen sentences, so that parts, wholes, identical texts and long lists are frequent.
        #[test]
        fn lookups_find_what_a_run_finds(
            chosen in prop::collection::vec(prop::collection::vec(0_usize..12, 1..9), 30..260),
            asked in any::<prop::sample::Index>(),
        ) {
            let sentence = |of: usize| (0..of + 6).map(move |i| format!("s{of}w{i} "));
            let texts: Vec<String> = chosen
                .iter()
                .map(|sentences| sentences.iter().copied().flat_map(sentence).collect())
                .collect();
            for step in 0..8 {
                let asked = (asked.index(texts.len()) + step * 7) % texts.len();
                let [expected, found] = both(&texts, asked);
                prop_assert_eq!(found, expected, "{}", asked);
            }
        }
    }
}
