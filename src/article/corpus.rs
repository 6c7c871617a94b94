//! All articles of a run, in an order that depends on what they say and not on what they are called.
//!
//! Articles lie in order of publication, the undated ones last, and ties go by a hash of the content. Articles
//! that others are held against lie before all of these, in the same order.
//! So a decision that goes to the smaller [`DocId`] goes to the earlier article. It does not change
//! where articles are renamed, come in another order, or lie among others. Cost: one hash of every text and
//! two sorts of small keys; 12 bytes an article beside the articles.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::{Article, DocId, Published, SharedStr};
use crate::error::Result;
use crate::spill::{Growing, Spill, Stored};

/// An article's stable name: a hash of what was published, by whom and when, whatever its id is.
/// Records that say the same are counted, so that no two articles of a corpus share a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleKey(pub u64);

impl ArticleKey {
    /// The key of an article's content, whatever else there is.
    pub fn of(article: &Article) -> Self {
        let mut hasher = Xxh3::new();
        for field in [&article.outlet, &article.title, &article.url, &article.text] {
            hasher.update(field.as_bytes());
            hasher.update(END);
        }
        if let Some(Published { at, .. }) = article.published {
            hasher.update(&at.as_second().to_le_bytes());
        }
        Self(hasher.digest())
    }

    /// The key of the `nth` record that says the same, counted from 0.
    pub fn repeated(self, nth: u32) -> Self {
        if nth == 0 {
            return self;
        }
        let mut hasher = Xxh3::new();
        hasher.update(&self.0.to_le_bytes());
        hasher.update(&nth.to_le_bytes());
        Self(hasher.digest())
    }
}

impl fmt::Display for ArticleKey {
    /// 16 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// No UTF-8 text holds this byte, so that ["ab", "c"] and ["a", "bc"] differ.
const END: &[u8] = &[0xff];

/// The articles of a run, in order of publication, ties by content.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    articles: Stored<Article>,
    /// What each article is known by from one run to the next.
    keys: Vec<ArticleKey>,
    /// The articles in order of their ids, which are all different.
    by_id: Vec<DocId>,
    /// The ids that the input gave to articles which have another one here.
    given: BTreeMap<DocId, SharedStr>,
    /// The articles in the order in which they were read, where they are not all in memory.
    as_read: Option<Vec<DocId>>,
    spill: Spill,
}

impl Corpus {
    /// Puts the articles in order of publication and content. Where two or more agree on an id, each
    /// gets its source appended (`42@b.jsonl:7`), and where they agree on the source too, a number.
    pub fn new(articles: Vec<Article>) -> Self {
        Self::sorted(articles.into(), Spill::default())
    }

    /// The same from articles in the order in which they were read, some of them in a file.
    pub(crate) fn read(articles: Growing<Article>, spill: Spill) -> Result<Self> {
        Ok(Self::sorted(articles.finish()?, spill))
    }

    /// Articles that an earlier run put in order, as its tables have them.
    pub(crate) fn in_order(articles: Vec<Article>) -> Self {
        let keys = keys(&articles);
        Self::keyed(articles, keys)
    }

    /// Some articles of a larger corpus, in its order, and what each is known by in it.
    pub fn keyed(articles: Vec<Article>, keys: Vec<ArticleKey>) -> Self {
        let mut articles: Stored<Article> = articles.into();
        let (by_id, given) = tell_apart(&mut articles);
        Self { articles, keys, by_id, given, as_read: None, spill: Spill::default() }
    }

    fn sorted(mut articles: Stored<Article>, spill: Spill) -> Self {
        let mut keys = keys(&articles);
        let places = sort(&mut articles, &mut keys);
        for same in keys.chunk_by_mut(|x, y| x == y).filter(|same| same.len() > 1) {
            // The first keeps its key, and with it the groups that it is the first of keep their ids.
            same.iter_mut().zip(0..).skip(1).for_each(|(key, nth)| *key = key.repeated(nth));
        }
        let (by_id, given) = tell_apart(&mut articles);
        let as_read = (spill.has_spilled() && !places.is_sorted()).then_some(places);
        Self { articles, keys, by_id, given, as_read, spill }
    }

    /// Where things go that do not fit in memory.
    pub(crate) fn spill(&self) -> &Spill {
        &self.spill
    }

    /// All places, in the order in which whoever goes through all texts had best look at them.
    pub(crate) fn as_read(&self, place: usize) -> DocId {
        self.as_read.as_ref().map_or(DocId(place as u32), |docs| docs[place])
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The article at `doc`.
    pub fn get(&self, doc: DocId) -> &Article {
        &self.articles[doc.index()]
    }

    /// What the article at `doc` is known by from one run to the next.
    pub fn key(&self, doc: DocId) -> ArticleKey {
        self.keys[doc.index()]
    }

    /// The articles by the ids that the input gave them, in the order of the input.
    pub fn as_given(&self) -> Vec<Article> {
        let given = |doc| Article { id: self.given_id(doc).clone(), ..self.get(doc).clone() };
        let mut articles: Vec<Article> = self.docs().map(given).collect();
        articles.sort_by(|x, y| x.source.cmp(&y.source));
        articles
    }

    /// The id that the input gave the article at `doc`, whoever else has it.
    pub fn given_id(&self, doc: DocId) -> &SharedStr {
        self.given.get(&doc).unwrap_or(&self.get(doc).id)
    }

    /// All articles in order of [`DocId`].
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// All articles, for a stage that completes them; ids stay as they are.
    pub(crate) fn articles_mut(&mut self) -> &mut [Article] {
        &mut self.articles
    }

    /// All places in order.
    pub fn docs(&self) -> impl ExactSizeIterator<Item = DocId> + Clone + use<> {
        (0..self.articles.len() as u32).map(DocId)
    }

    /// The place of the article with this id: a binary search.
    pub fn find(&self, id: &str) -> Option<DocId> {
        let place = self.by_id.binary_search_by(|&doc| self.get(doc).id.as_str().cmp(id)).ok()?;
        Some(self.by_id[place])
    }

    /// Orders two articles by publication, undated ones last, ties by content.
    pub fn by_publication(&self, a: DocId, b: DocId) -> Ordering {
        let key = |doc: DocId| {
            let published = self.get(doc).published;
            (published.is_none(), published, doc)
        };
        key(a).cmp(&key(b))
    }

    /// The id of a group of this kind (`family`, `story`) whose earliest article is `first`: it holds
    /// while the group only grows.
    pub fn group_id(&self, kind: &str, first: DocId) -> String {
        derived_id([kind, &self.key(first).to_string()])
    }
}

/// A name for a group that is made of its members' names, in whatever order they come: 16
/// hexadecimal digits of XXH3, the same in every run and on every machine.
pub fn derived_id<'a>(members: impl IntoIterator<Item = &'a str>) -> String {
    let mut members: Vec<&str> = members.into_iter().collect();
    members.sort_unstable();
    let mut hasher = Xxh3::new();
    for member in members {
        hasher.update(member.as_bytes());
        hasher.update(END);
    }
    format!("{:016x}", hasher.digest())
}

/// Bytes that sort as articles of these keys do in a corpus, but for those that agree in all but their
/// source.
pub fn order_bytes(article: &Article, key: ArticleKey) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(27 + article.id.len());
    bytes.push(u8::from(!article.is_reference()));
    bytes.push(u8::from(article.published.is_none()));
    let at = article.published.map_or(0, |published| published.at.as_nanosecond());
    // With the sign turned, negative numbers sort before the others.
    bytes.extend_from_slice(&(at as u128 ^ 1 << 127).to_be_bytes());
    bytes.push(u8::from(article.published.is_some_and(|published| published.day_only)));
    bytes.extend_from_slice(&key.0.to_be_bytes());
    bytes.extend_from_slice(article.id.as_bytes());
    bytes
}

fn keys(articles: &[Article]) -> Vec<ArticleKey> {
    articles.par_iter().with_min_len(64).map(ArticleKey::of).collect()
}

/// Puts the articles and their keys in order, and returns where each went. What is sorted is the
/// articles' times and keys with their places, so that no comparison moves an article; then the
/// articles move where they stand.
fn sort(articles: &mut [Article], keys: &mut [ArticleKey]) -> Vec<DocId> {
    type Entry = ((bool, bool, Option<Published>), ArticleKey, u32);
    // Older articles that others are held against go first: of a group of copies one of them is then
    // the one that all others are compared with.
    let time = |article: &Article| {
        (!article.is_reference(), article.published.is_none(), article.published)
    };
    let mut order: Vec<Entry> = articles
        .iter()
        .zip(keys.iter())
        .zip(0..)
        .map(|((article, &key), place)| (time(article), key, place))
        .collect();
    order.par_sort_unstable_by(|a, b| {
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| {
            // The same content at the same time: only its name is left to tell it by.
            let (x, y) = (&articles[a.2 as usize], &articles[b.2 as usize]);
            x.id.cmp(&y.id).then_with(|| x.source.cmp(&y.source)).then(a.2.cmp(&b.2))
        })
    });
    let mut places = vec![DocId(0); order.len()];
    for (&(_, key, from), to) in order.iter().zip(0..) {
        places[from as usize] = DocId(to);
        keys[to as usize] = key;
    }
    let mut unmoved: Vec<u32> = order.into_iter().map(|(.., place)| place).collect();
    for first in 0..unmoved.len() {
        // Around the circle that begins here, each place takes the article that belongs there.
        let mut to = first;
        loop {
            let from = std::mem::replace(&mut unmoved[to], to as u32) as usize;
            if from == first || from == to {
                break;
            }
            articles.swap(to, from);
            to = from;
        }
    }
    places
}

/// Makes the ids differ. Returns the articles in order of them, and the ids that were changed.
fn tell_apart(articles: &mut [Article]) -> (Vec<DocId>, BTreeMap<DocId, SharedStr>) {
    let mut given = BTreeMap::new();
    let mut by_id = in_order_of_ids(articles);
    for rename in [with_source, with_number] {
        let same_id = |x: &DocId, y: &DocId| articles[x.index()].id == articles[y.index()].id;
        let repeated = by_id.chunk_by(same_id).filter(|same| same.len() > 1);
        let renamed: Vec<(DocId, String)> = repeated
            .flat_map(|same| same.iter().zip(1..))
            .map(|(&doc, nth)| (doc, rename(&articles[doc.index()], nth)))
            .collect();
        if renamed.is_empty() {
            break;
        }
        for (doc, name) in renamed {
            let id = std::mem::replace(&mut articles[doc.index()].id, name.into());
            given.entry(doc).or_insert(id);
        }
        by_id = in_order_of_ids(articles);
    }
    (by_id, given)
}

fn with_source(article: &Article, _: u32) -> String {
    format!("{}@{}", article.id, article.source)
}

fn with_number(article: &Article, nth: u32) -> String {
    format!("{}#{nth}", article.id)
}

fn in_order_of_ids(articles: &[Article]) -> Vec<DocId> {
    let mut by_id: Vec<DocId> = (0..articles.len() as u32).map(DocId).collect();
    by_id.par_sort_unstable_by(|a, b| {
        articles[a.index()].id.cmp(&articles[b.index()].id).then(a.cmp(b))
    });
    by_id
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Position;

    fn article(id: &str, line: u64) -> Article {
        Article { source: Position::line("a.jsonl", line), ..crate::testing::article(id, "") }
    }

    fn at(id: &str, time: Option<&str>, text: &str) -> Article {
        Article {
            published: time.map(|time| time.parse().unwrap()),
            ..crate::testing::article(id, text)
        }
    }

    #[test]
    fn articles_that_agree_on_an_id_are_told_apart_by_their_source() {
        let corpus = Corpus::new(vec![article("x", 2), article("y", 3), article("x", 1)]);
        let mut ids: Vec<&str> = corpus.articles().iter().map(|a| a.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["x@a.jsonl:1", "x@a.jsonl:2", "y"]);
        assert!(ids.iter().all(|id| corpus.get(corpus.find(id).unwrap()).id == **id));
        assert_eq!(corpus.find("x"), None);
    }

    #[test]
    fn records_of_one_id_and_source_are_counted() {
        let corpus = Corpus::new(vec![article("x", 1), article("x", 1)]);
        let ids: Vec<&str> = corpus.articles().iter().map(|a| a.id.as_str()).collect();
        assert_eq!(ids, ["x@a.jsonl:1#1", "x@a.jsonl:1#2"]);
        assert!(corpus.docs().all(|doc| corpus.given_id(doc).as_str() == "x"));
    }

    #[test]
    fn articles_lie_in_order_of_time_and_undated_ones_last() {
        let corpus = Corpus::new(vec![
            at("a", None, "one"),
            at("b", Some("2024-05-02"), "two"),
            at("c", Some("2024-05-01T23:00:00Z"), "three"),
        ]);
        let ids: Vec<&str> = corpus.articles().iter().map(|a| a.id.as_str()).collect();
        assert_eq!(ids, ["c", "b", "a"]);
        assert_eq!(corpus.find("b"), Some(DocId(1)));
    }

    proptest! {
        #[test]
        fn no_name_and_no_order_moves_an_article(
            texts in prop::collection::vec(("[a-c]{0,3}", 0_u8..3), 0..12),
            names in Just((0..12).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let day = |n: u8| (n > 0).then(|| format!("2024-05-0{n}"));
            let articles = |name: &dyn Fn(usize) -> String| -> Vec<Article> {
                let of = |(i, (text, n)): (usize, &(String, u8))| at(&name(i), day(*n).as_deref(), text);
                texts.iter().enumerate().map(of).collect()
            };
            let straight = Corpus::new(articles(&|i| format!("{i:03}")));
            let all = straight.articles().iter();
            prop_assert!(all.map(|article| order_bytes(article, ArticleKey::of(article))).is_sorted());
            let mut mixed = articles(&|i| format!("{:03}", names[i]));
            mixed.sort_by(|x, y| x.id.cmp(&y.id));
            let mixed = Corpus::new(mixed);
            let told = |corpus: &Corpus| -> Vec<_> {
                corpus.docs().map(|doc| (corpus.key(doc), corpus.get(doc).text.to_string())).collect()
            };
            prop_assert_eq!(told(&straight), told(&mixed));
            let mut keys: Vec<ArticleKey> = straight.docs().map(|doc| straight.key(doc)).collect();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), straight.len());
        }
    }
}
