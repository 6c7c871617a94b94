//! JSON in which the records are the elements of a list inside an object: what a search service
//! answers (`{"articles": {"results": [ … ]}}`), or `{publisher: [ … ]}` as fundus writes it.
//!
//! An object that is an element of a list is a record; what stands around the lists belongs to
//! none. A key above the list names the publisher, unless it is one of the words that services use
//! for a list. Cost: one pass, and the keys that are open.

use std::sync::Arc;

use super::blocks::{Split, Step};
use super::field::Field;
use super::fields::FieldTable;
use super::json::{self, State};
use crate::error::Place;

/// Keys above lists that say what kind of list it is, and not who published what is in it.
const OF_LISTS: [&str; 16] = [
    "articles",
    "content",
    "data",
    "docs",
    "documents",
    "entries",
    "hits",
    "items",
    "news",
    "posts",
    "records",
    "rows",
    "response",
    "result",
    "results",
    "stories",
];
/// Longer keys than this are no publisher's name, and are not kept whole.
const KEY_BYTES: usize = 256;
/// Lists in lists deeper than this hold no articles; what stands there is passed over.
const DEEPEST: usize = 64;

/// Which lists in an object hold articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Lists {
    /// All of them: each is named after who published what is in it.
    #[default]
    All,
    /// Those that a service names so; what it says beside them is none.
    OfServices,
}

/// The elements of the lists in objects that follow one another.
#[derive(Debug, Default)]
pub(super) struct Wrapped {
    lists: Lists,
    records: u64,
    /// The objects and lists that are open around the records, outermost first.
    open: Vec<Frame>,
    /// The objects and lists that are open beyond [`DEEPEST`].
    too_deep: u64,
    /// The string that is open, or was read last.
    string: Vec<u8>,
    in_string: bool,
    escaped: bool,
    /// Where in a record the stream is, if in one.
    record: Option<State>,
    under: Option<Arc<str>>,
}

/// An object or a list around records.
#[derive(Debug)]
struct Frame {
    is_list: bool,
    /// Whether its key is one of [`OF_LISTS`].
    is_of_service: bool,
    /// The publisher that it or one around it is named after.
    under: Option<Arc<str>>,
}

impl Wrapped {
    /// The elements of these lists.
    pub(super) fn new(lists: Lists) -> Self {
        Self { lists, ..Self::default() }
    }

    /// Whether an object here is a record: an element of a list, and of the right one.
    fn is_in_list(&self) -> bool {
        self.open
            .last()
            .is_some_and(|frame| frame.is_list && (self.lists == Lists::All || frame.is_of_service))
    }

    fn open(&mut self, is_list: bool) {
        if self.open.len() == DEEPEST {
            self.too_deep += 1;
            return;
        }
        let is_known = |key: &String| OF_LISTS.contains(&key.trim().to_ascii_lowercase().as_str());
        let key = json_string(&self.string);
        let is_of_service = key.as_ref().is_some_and(is_known);
        let key = key.filter(|key| !is_known(key) && !key.trim().is_empty());
        let above = || self.open.last().and_then(|frame| frame.under.clone());
        let under = key.map(|key| key.trim().into()).or_else(above);
        self.string.clear();
        self.open.push(Frame { is_list, is_of_service, under });
    }

    fn close(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else {
            self.open.pop();
        }
        self.string.clear();
    }

    /// One byte inside a string that belongs to no record.
    fn string_byte(&mut self, byte: u8) {
        match byte {
            b'"' if !self.escaped => self.in_string = false,
            _ => {
                self.escaped = byte == b'\\' && !self.escaped;
                if self.string.len() < KEY_BYTES {
                    self.string.push(byte);
                }
            }
        }
    }
}

/// What a string stands for that is written so; `None` where it is cut off or no JSON.
fn json_string(raw: &[u8]) -> Option<String> {
    serde_json::from_slice(&[b"\"", raw, b"\""].concat()).ok()
}

impl Split for Wrapped {
    fn next(&mut self, bytes: &[u8]) -> Step {
        let mut place = 0;
        while self.record.is_none() && place < bytes.len() {
            let byte = bytes[place];
            let in_list = self.is_in_list();
            if self.in_string {
                self.string_byte(byte);
            } else {
                match byte {
                    b'{' if in_list && self.too_deep == 0 => {
                        if place > 0 {
                            return Step::Between(place);
                        }
                        self.record = Some(State::Nested(1));
                    }
                    b'{' | b'[' => self.open(byte == b'['),
                    b'}' | b']' => self.close(),
                    b'"' => {
                        self.in_string = true;
                        self.string.clear();
                    }
                    b',' => self.string.clear(),
                    _ => {}
                }
            }
            place += 1;
        }
        let Some(state) = &mut self.record else { return Step::Between(place) };
        match state.close(bytes, place) {
            None => Step::Within,
            Some(end) => {
                self.record = None;
                self.records += 1;
                self.under = self.open.last().and_then(|frame| frame.under.clone());
                Step::End(end, Place::Record(self.records))
            }
        }
    }

    fn place(&self) -> Place {
        Place::Record(self.records + 1)
    }

    fn end(&self) -> Option<String> {
        (self.record.is_some() || !self.open.is_empty())
            .then(|| "the lists are not closed: the file may be cut short".into())
    }

    fn under(&self) -> Option<Arc<str>> {
        self.under.clone()
    }
}

/// Which lists of the first object of `body` hold articles, where it is none itself.
pub(super) fn lists(body: &str, table: &FieldTable) -> Option<Lists> {
    let outer = json::names(body);
    let is_outer = |field| outer.iter().any(|name| table.may_hold(field, name));
    if is_outer(Field::Text) {
        return None;
    }
    // A feed has a title of its own: then only lists that services name so are looked into.
    let kinds: &[Lists] = match is_outer(Field::Title) {
        true => &[Lists::OfServices],
        false => &[Lists::OfServices, Lists::All],
    };
    kinds.iter().copied().find(|kind| holds_articles(body, *kind, table, is_outer(Field::Title)))
}

/// Whether the first element of such a list, as far as it goes, has the names of an article.
fn holds_articles(body: &str, kind: Lists, table: &FieldTable, has_title: bool) -> bool {
    let mut split = Wrapped::new(kind);
    let mut place = 0;
    while place < body.len() && split.record.is_none() {
        match split.next(&body.as_bytes()[place..]) {
            Step::Between(bytes) => {
                place += bytes;
                if split.open.is_empty() {
                    return false;
                }
            }
            Step::Within | Step::End(..) => break,
        }
    }
    let inner = json::names(&body[place.min(body.len())..]);
    let holds = |field| inner.iter().any(|name| table.leads_to(field, name));
    holds(Field::Text) || !has_title && holds(Field::Title) && holds(Field::Url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(stream: &str, piece: usize) -> Vec<(String, Option<String>)> {
        let (mut split, bytes) = (Wrapped::default(), stream.as_bytes());
        let (mut found, mut start, mut place) = (Vec::new(), 0, 0);
        while place < bytes.len() {
            let end = bytes.len().min(place + piece);
            match split.next(&bytes[place..end]) {
                Step::Between(skipped) => {
                    place += skipped;
                    start = place;
                }
                Step::Within => place = end,
                Step::End(used, _) => {
                    place += used;
                    let under = split.under().map(|under| under.to_string());
                    found.push((stream[start..place].to_owned(), under));
                    start = place;
                }
            }
        }
        assert_eq!(split.end(), None);
        found
    }

    #[test]
    fn the_publisher_is_the_key_above_the_list() {
        let stream = r#"{"Harbour \"Post\"": [{"a": "]}"}, 7, {"b": [{}]}], "empty": [],
            "Pell": [{"c": 1}]}"#;
        let expected = [
            (r#"{"a": "]}"}"#, "Harbour \"Post\""),
            (r#"{"b": [{}]}"#, "Harbour \"Post\""),
            (r#"{"c": 1}"#, "Pell"),
        ];
        for piece in 1..stream.len() {
            let found = elements(stream, piece);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(record, under)| (record.as_str(), under.as_deref().unwrap_or_default()))
                .collect();
            assert_eq!(found, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn the_words_of_a_service_are_no_publisher() {
        let stream =
            r#"{"status":"ok","articles":{"page":1,"results":[{"a":1}]}}{"posts":[{"b":2}]}"#;
        let found = elements(stream, stream.len());
        assert_eq!(found, [(r#"{"a":1}"#.to_owned(), None), (r#"{"b":2}"#.to_owned(), None)]);
    }

    #[test]
    fn lists_beside_those_of_a_service_hold_no_articles() {
        let stream = br#"{"schema":{"fields":[{"name":"id"}]},"data":[{"text":"X"}]}"#;
        let found = crate::ingest::blocks::cut(&mut Wrapped::new(Lists::OfServices), stream, 7);
        assert_eq!(found[0], r#"{"text":"X"}"#);
    }

    #[test]
    fn what_is_cut_short_says_so() {
        let mut split = Wrapped::default();
        assert_eq!(split.next(br#"{"a":["#), Step::Between(6));
        assert!(split.end().is_some());
    }

    #[test]
    fn an_article_with_a_list_in_it_is_no_list_of_articles() {
        let table = FieldTable::new(&[]);
        for (body, wrapped) in [
            (r#"{"Post":[{"title":"T","plaintext":"X"#, true),
            (r#"{"articles":[{"url":"u","title":"T"}]}"#, true),
            (r#"{"articles":{"page":1,"results":[{"body":"X"}]}}"#, true),
            (r#"{"Post":[],"Mail":[{"plaintext":"X"}]}"#, true),
            (r#"{"images":[{"url":"u","title":"T"}],"title":"T","text":"X"}"#, false),
            (r#"{"images":[{"url":"u"}],"html":"X"}"#, false),
            (r#"{"a":[]}"#, false),
            (r#"{"title":"Feed","items":[{"title":"T","content_text":"X"}]}"#, true),
            (r#"{"hits":{"total":{"value":1},"hits":[{"_id":"1","_source":{"text":"X"}}]}}"#, true),
            (r#"{"title":"T","related":[{"title":"U","text":"X"}]}"#, false),
        ] {
            assert_eq!(lists(body, &table).is_some(), wrapped, "{body}");
        }
    }
}
