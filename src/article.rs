//! What every stage speaks about: an article, its place in the run, and stretches of its text.
//!
//! The types keep apart what must not be mixed: a [`DocId`] is no array index of anything but the
//! [`Corpus`], a [`ByteSpan`] no [`CharSpan`], and a [`TokenSpan`] counts neither. Cost: an article
//! is about 150 bytes beside its words, which it shares one allocation for with those read along
//! with it.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use crate::error::{Position, Result};
pub use crate::shared_str::SharedStr;
use crate::spill::{Growing, Spill, Stored};

/// An article's place in its [`Corpus`]: 0 for the smallest id. Holds for one run only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct DocId(pub u32);

impl DocId {
    /// The place as an index into anything that holds one entry an article, in corpus order.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open stretch of an article's text, in UTF-8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ByteSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A half-open stretch of an article's text, in Unicode characters (scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct CharSpan {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// A half-open stretch of an article, in positions of its token sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenSpan {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
}

impl TokenSpan {
    /// How many tokens it holds.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// How many tokens it shares with `other`.
    pub fn overlap(self, other: TokenSpan) -> u32 {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }
}

impl ByteSpan {
    /// The text it covers.
    ///
    /// # Panics
    /// If the span does not lie in `text` on character boundaries, as a span of another text would.
    pub fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// When an article was published, as far as its source told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Published {
    /// The moment; midnight UTC where only the day is known.
    pub at: Timestamp,
    /// Whether only the day is known.
    pub day_only: bool,
}

impl Published {
    /// Hours from `earlier` to this, where it can be told that this came later: the times differ and,
    /// where one of them names only a day, the days do.
    pub fn hours_after(self, earlier: Self) -> Option<f64> {
        let (first, later) = (earlier.at.as_second(), self.at.as_second());
        let days = later.div_euclid(86_400) - first.div_euclid(86_400);
        let told = if earlier.day_only || self.day_only { days > 0 } else { later > first };
        told.then_some((later - first) as f64 / 3_600.0)
    }
}

impl fmt::Display for Published {
    /// RFC 3339 in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// What a reader should know of how an article was read, beside what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes(u16);

impl Notes {
    /// The input has a title and an address for it, and no text.
    pub const NO_TEXT: Self = Self(1);
    /// The input names the day of publication only.
    pub const NO_TIME: Self = Self(1 << 1);
    /// The input has a date that cannot be read for certain, so there is none.
    pub const UNREADABLE_DATE: Self = Self(1 << 2);
    /// The input has a date that no calendar has, or of a time before newspapers, so there is none.
    pub const IMPOSSIBLE_DATE: Self = Self(1 << 3);
    /// The date lies in 2100 or later.
    pub const FUTURE_DATE: Self = Self(1 << 4);
    /// Bytes of Windows-1252 stood in a file of UTF-8.
    pub const WINDOWS_1252: Self = Self(1 << 5);
    /// Entities of HTML stood in the text or the title.
    pub const ENTITIES: Self = Self(1 << 6);
    /// The text or the title had been encoded as UTF-8 twice.
    pub const ENCODED_TWICE: Self = Self(1 << 7);
    /// The file is in an older encoding, which statistics told.
    pub const GUESSED_ENCODING: Self = Self(1 << 8);
    /// The record was no sound JSON: NaN, half of a surrogate pair, a control character. What could not
    /// be meant is null or U+FFFD.
    pub const AMENDED_JSON: Self = Self(1 << 9);
    /// Tags of HTML stood in the text or the title.
    pub const MARKUP: Self = Self(1 << 10);
    /// The text was scrambled by ROT47, as some paywalls leave it.
    pub const ROT47: Self = Self(1 << 11);
    /// The text is a menu, a list of countries, a form or a request for consent, and no article.
    pub const NO_BODY: Self = Self(1 << 12);
    /// The source has no date but for the day in the web address.
    pub const DATE_FROM_URL: Self = Self(1 << 13);
    /// The order of day and month was settled by the other dates of the file.
    pub const DAY_ORDER: Self = Self(1 << 14);

    const NAMES: [(Self, &str); 15] = [
        (Self::NO_TEXT, "no-text"),
        (Self::NO_TIME, "no-time"),
        (Self::UNREADABLE_DATE, "unreadable-date"),
        (Self::IMPOSSIBLE_DATE, "impossible-date"),
        (Self::FUTURE_DATE, "future-date"),
        (Self::WINDOWS_1252, "windows-1252"),
        (Self::ENTITIES, "entities"),
        (Self::ENCODED_TWICE, "encoded-twice"),
        (Self::GUESSED_ENCODING, "guessed-encoding"),
        (Self::AMENDED_JSON, "amended-json"),
        (Self::MARKUP, "markup"),
        (Self::ROT47, "rot47"),
        (Self::NO_BODY, "no-body"),
        (Self::DATE_FROM_URL, "date-from-url"),
        (Self::DAY_ORDER, "day-order"),
    ];

    /// Adds a note, or several.
    pub fn insert(&mut self, notes: Self) {
        self.0 |= notes.0;
    }

    /// Takes notes away.
    pub(crate) fn remove(&mut self, notes: Self) {
        self.0 &= !notes.0;
    }

    /// Whether all of these notes are among them.
    pub fn contains(self, notes: Self) -> bool {
        self.0 & notes.0 == notes.0
    }
}

impl fmt::Display for Notes {
    /// Their names with a space between two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Self::NAMES.iter().filter(|(note, _)| self.contains(*note));
        for (place, (_, name)) in names.enumerate() {
            write!(f, "{}{name}", if place > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

/// A place in a text, in bytes and in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct At {
    byte: u32,
    char: u32,
}

impl At {
    /// The place behind `text`, which begins here.
    fn behind(self, text: &str) -> Self {
        let chars = text.chars().count() as u32;
        Self { byte: self.byte + text.len() as u32, char: self.char + chars }
    }
}

/// Where the places of a mended text stood in the text as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mending {
    /// Places of the mended text and the same ones as read, on both sides of whatever was replaced.
    places: Vec<(At, At)>,
}

impl Mending {
    /// Goes on behind `kept`, where `read` stood and `said` stands now.
    pub(crate) fn replace(&mut self, kept: &str, read: &str, said: &str) {
        let (mended, as_read) = self.places.last().copied().unwrap_or_default();
        let (mended, as_read) = (mended.behind(kept), as_read.behind(kept));
        self.places.push((mended, as_read));
        self.places.push((mended.behind(said), as_read.behind(read)));
    }

    /// A stretch of the mended text in the text as read.
    pub fn bytes_as_read(&self, span: ByteSpan) -> ByteSpan {
        let at = |byte| self.as_read(byte, |at| at.byte);
        ByteSpan { start: at(span.start), end: at(span.end) }
    }

    /// A stretch of the mended text in the text as read.
    pub fn chars_as_read(&self, span: CharSpan) -> CharSpan {
        let at = |char| self.as_read(char, |at| at.char);
        CharSpan { start: at(span.start), end: at(span.end) }
    }

    /// A stretch of the text as read in the mended text, where [`Self::bytes_as_read`] gives it.
    pub fn bytes_mended(&self, span: ByteSpan) -> ByteSpan {
        let at = |byte| self.mended(byte, |at| at.byte);
        ByteSpan { start: at(span.start), end: at(span.end) }
    }

    /// A stretch of the text as read in the mended text, where [`Self::chars_as_read`] gives it.
    pub fn chars_mended(&self, span: CharSpan) -> CharSpan {
        let at = |char| self.mended(char, |at| at.char);
        CharSpan { start: at(span.start), end: at(span.end) }
    }

    fn mended(&self, place: u32, unit: impl Fn(At) -> u32) -> u32 {
        let before = self.places.partition_point(|(_, as_read)| unit(*as_read) <= place);
        let last =
            before.checked_sub(1).map_or((At::default(), At::default()), |last| self.places[last]);
        unit(last.0) + (place - unit(last.1))
    }

    fn as_read(&self, place: u32, unit: impl Fn(At) -> u32) -> u32 {
        let before = self.places.partition_point(|(mended, _)| unit(*mended) <= place);
        let last =
            before.checked_sub(1).map_or((At::default(), At::default()), |last| self.places[last]);
        unit(last.1) + (place - unit(last.0))
    }
}

/// One published text, as read. Empty strings stand for what the source did not tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Article {
    /// Unique in the run.
    pub id: SharedStr,
    /// The given name, else the registrable domain of the URL.
    pub outlet: SharedStr,
    /// Where it was published.
    pub url: SharedStr,
    /// When it was published.
    pub published: Option<Published>,
    /// The headline.
    pub title: SharedStr,
    /// The text as read, or mended where it came damaged: stages count in this one, and the tables
    /// in the one as read.
    pub text: SharedStr,
    /// ISO 639-1 where there is such a code, else ISO 639-3; empty where the source did not tell and
    /// nothing has asked for it yet.
    pub lang: SharedStr,
    /// Where the article stands in the input.
    pub source: Position,
    /// What is to be known of how it was read.
    pub notes: Notes,
    /// Where the places of its text stood, where it was mended.
    pub mending: Option<Arc<Mending>>,
}

impl Article {
    /// A stretch of the text in the text as read.
    pub fn bytes_as_read(&self, span: ByteSpan) -> ByteSpan {
        self.mending.as_ref().map_or(span, |mending| mending.bytes_as_read(span))
    }

    /// A stretch of the text in the text as read.
    pub fn chars_as_read(&self, span: CharSpan) -> CharSpan {
        self.mending.as_ref().map_or(span, |mending| mending.chars_as_read(span))
    }
}

/// The articles of a run, sorted by id, so that a [`DocId`] does not depend on the order of input.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    articles: Stored<Article>,
    /// The articles in the order in which they were read, where they are not all in memory.
    as_read: Option<Vec<DocId>>,
    spill: Spill,
}

impl Corpus {
    /// Sorts the articles by id. Where two or more agree on an id, each gets its source appended
    /// (`42@b.jsonl:7`), so that ids are unique and no input order decides who keeps the bare one.
    pub fn new(articles: Vec<Article>) -> Self {
        Self::sorted(articles.into(), Spill::default())
    }

    /// The same from articles in the order in which they were read, some of them in a file.
    pub(crate) fn read(articles: Growing<Article>, spill: Spill) -> Result<Self> {
        Ok(Self::sorted(articles.finish()?, spill))
    }

    fn sorted(mut articles: Stored<Article>, spill: Spill) -> Self {
        let mut places = sort_by_id(&mut articles);
        let mut repeated: Vec<bool> = vec![false; articles.len()];
        for i in 1..articles.len() {
            if articles[i].id == articles[i - 1].id {
                repeated[i] = true;
                repeated[i - 1] = true;
            }
        }
        if repeated.contains(&true) {
            for (article, _) in articles.iter_mut().zip(repeated).filter(|(_, again)| *again) {
                article.id = format!("{}@{}", article.id, article.source).into();
            }
            let again = sort_by_id(&mut articles);
            places.iter_mut().for_each(|place| *place = again[place.index()]);
        }
        let as_read = (spill.has_spilled() && !places.is_sorted()).then_some(places);
        Self { articles, as_read, spill }
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
        let place = self.articles.binary_search_by(|article| article.id.as_str().cmp(id)).ok()?;
        Some(DocId(place as u32))
    }

    /// Orders two articles by publication, undated ones last, ties by id.
    pub fn by_publication(&self, a: DocId, b: DocId) -> std::cmp::Ordering {
        let key = |doc: DocId| {
            let published = self.get(doc).published;
            (published.is_none(), published, doc)
        };
        key(a).cmp(&key(b))
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
        // No UTF-8 text holds this byte, so that ["ab", "c"] and ["a", "bc"] differ.
        hasher.update(&[0xff]);
    }
    format!("{:016x}", hasher.digest())
}

/// Puts the articles in order of id, then of source, and returns where each went. What is sorted is
/// the ids' first bytes with the articles' places, so that few comparisons look at an id and none
/// moves an article; then the articles move where they stand.
fn sort_by_id(articles: &mut [Article]) -> Vec<DocId> {
    let first_bytes = |id: &str| {
        let mut first = [0; 8];
        let length = id.len().min(first.len());
        first[..length].copy_from_slice(&id.as_bytes()[..length]);
        u64::from_be_bytes(first)
    };
    let mut order: Vec<(u64, u32)> = articles
        .iter()
        .zip(0..)
        .map(|(article, place)| (first_bytes(article.id.as_str()), place))
        .collect();
    order.par_sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| {
            let (x, y) = (&articles[a.1 as usize], &articles[b.1 as usize]);
            x.id.cmp(&y.id).then_with(|| x.source.cmp(&y.source)).then(a.1.cmp(&b.1))
        })
    });
    let mut places = vec![DocId(0); order.len()];
    for (&(_, from), to) in order.iter().zip(0..) {
        places[from as usize] = DocId(to);
    }
    let mut unmoved: Vec<u32> = order.into_iter().map(|(_, place)| place).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: &str, line: u64) -> Article {
        Article { source: Position::line("a.jsonl", line), ..crate::testing::article(id, "") }
    }

    #[test]
    fn articles_that_agree_on_an_id_are_told_apart_by_their_source() {
        let corpus = Corpus::new(vec![article("x", 2), article("y", 3), article("x", 1)]);
        let ids: Vec<&str> = corpus.articles().iter().map(|a| a.id.as_str()).collect();
        assert_eq!(ids, ["x@a.jsonl:1", "x@a.jsonl:2", "y"]);
        assert_eq!(corpus.find("y"), Some(DocId(2)));
        assert_eq!(corpus.find("x"), None);
    }

    #[test]
    fn articles_move_to_their_places_and_tell_where() {
        let ids = ["e", "a", "d", "b", "f", "c", "g"];
        let mut articles: Vec<Article> = ids.iter().map(|id| article(id, 1)).collect();
        let places = sort_by_id(&mut articles);
        assert!(articles.is_sorted_by(|a, b| a.id < b.id));
        assert_eq!(places, [4, 0, 3, 1, 5, 2, 6].map(DocId));
        for (id, place) in ids.iter().zip(places) {
            assert_eq!(articles[place.index()].id, *id);
        }
    }

    #[test]
    fn an_undated_article_is_never_the_first_published() {
        let mut dated = article("b", 1);
        dated.published =
            Some(Published { at: "2024-05-01T10:00:00Z".parse().unwrap(), day_only: false });
        let corpus = Corpus::new(vec![article("a", 2), dated]);
        assert_eq!(corpus.by_publication(DocId(1), DocId(0)), std::cmp::Ordering::Less);
    }
}
