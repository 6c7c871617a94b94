//! JSON in which the records are the elements of a list inside an object: what a search service
//! answers (`{"articles": {"results": [ … ]}}`), or `{publisher: [ … ]}` as fundus writes it.
//!
//! An object that is an element of a list is a record; what stands around the lists belongs to
//! none. A key above the list names the publisher, unless it is one of the words that services use
//! for a list. Cost: one pass, and the keys that are open.

use std::sync::Arc;

use super::blocks::{Split, Step};
use super::fields::{Field, FieldTable};
use super::json::{self, State};
use crate::error::Place;

/// Keys above lists that say what kind of list it is, and not who published what is in it.
const OF_LISTS: [&str; 14] = [
    "articles",
    "data",
    "docs",
    "documents",
    "entries",
    "hits",
    "items",
    "news",
    "posts",
    "records",
    "response",
    "result",
    "results",
    "stories",
];
/// Longer keys than this are no publisher's name, and are not kept whole.
const KEY_BYTES: usize = 256;
/// Lists in lists deeper than this hold no articles; what stands there is passed over.
const DEEPEST: usize = 64;

/// The elements of the lists in objects that follow one another.
#[derive(Debug, Default)]
pub(super) struct Wrapped {
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
    /// The publisher that it or one around it is named after.
    under: Option<Arc<str>>,
}

impl Wrapped {
    fn open(&mut self, is_list: bool) {
        if self.open.len() == DEEPEST {
            self.too_deep += 1;
            return;
        }
        let key = json_string(&self.string).filter(|key| {
            let said = key.trim().to_ascii_lowercase();
            !said.is_empty() && !OF_LISTS.contains(&said.as_str())
        });
        let above = || self.open.last().and_then(|frame| frame.under.clone());
        let under = key.map(|key| key.trim().into()).or_else(above);
        self.string.clear();
        self.open.push(Frame { is_list, under });
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
            let in_list = self.open.last().is_some_and(|frame| frame.is_list);
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

/// Whether the first object of `body` is no article itself, but holds a list of what may be some.
pub(super) fn is_wrapped(body: &str, table: &FieldTable) -> bool {
    let is_text = |name: &String| table.may_hold(Field::Text, name);
    let is_title = |name: &String| table.may_hold(Field::Title, name);
    let outer = json::names(body);
    if outer.iter().any(|name| is_text(name) || is_title(name)) {
        return false;
    }
    let mut split = Wrapped::default();
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
    // The first element, as far as it goes.
    let inner = json::names(&body[place.min(body.len())..]);
    inner.iter().any(is_text)
        || inner.iter().any(is_title) && inner.iter().any(|name| table.may_hold(Field::Url, name))
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
        ] {
            assert_eq!(is_wrapped(body, &table), wrapped, "{body}");
        }
    }
}
