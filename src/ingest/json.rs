//! JSON: lines, arrays and objects one after another. One pass over a record, which keeps the names
//! that may matter and skips the rest unread.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use memchr::{memchr, memchr2};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::blocks::{Split, Step};
use super::fields::{BODY_SECTIONS, ELEMENTS, FieldTable, Node};
use super::json_amended::amended;
use super::json_scan;
use super::record::{Captured, LIST, OBJECT, Value};
use crate::article::Notes;
use crate::error::{Cause, Place};

/// A record a line.
#[derive(Debug)]
pub(super) struct Lines {
    line: u64,
    line_end: u8,
}

impl Lines {
    /// From the first line on; `line_end` is a line feed, or a carriage return where there is none.
    pub(super) fn new(line_end: u8) -> Self {
        Self { line: 1, line_end }
    }
}

impl Split for Lines {
    fn next(&mut self, bytes: &[u8]) -> Step {
        match memchr(self.line_end, bytes) {
            None => Step::Within,
            Some(end) => {
                self.line += 1;
                Step::End(end + 1, Place::Line(self.line - 1))
            }
        }
    }

    fn place(&self) -> Place {
        Place::Line(self.line)
    }

    fn end(&self) -> Option<String> {
        None
    }
}

/// The elements of arrays, or values one after another.
#[derive(Debug)]
pub(super) struct Values {
    record: u64,
    /// Whether an array is open whose elements these are.
    array: Option<bool>,
    state: State,
}

/// Where in a value a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Before one.
    Between,
    /// In an object or a list so many brackets deep.
    Nested(u32),
    /// In a string so many brackets deep.
    InString(u32),
    /// Behind a backslash in such a string.
    Escaped(u32),
    /// In a number, a word, or what is no value at all.
    Bare,
}

impl State {
    /// Goes on from `place` to the end of the value; where that is, if it is here.
    pub(super) fn close(&mut self, bytes: &[u8], mut place: usize) -> Option<usize> {
        while place < bytes.len() {
            match *self {
                Self::InString(depth) => {
                    place += memchr2(b'"', b'\\', &bytes[place..])? + 1;
                    match bytes[place - 1] {
                        b'\\' => *self = Self::Escaped(depth),
                        _ if depth == 0 => return Some(place),
                        _ => *self = Self::Nested(depth),
                    }
                }
                Self::Escaped(depth) => {
                    *self = Self::InString(depth);
                    place += 1;
                }
                Self::Nested(depth) => {
                    place += 1;
                    match bytes[place - 1] {
                        b'"' => *self = Self::InString(depth),
                        b'{' | b'[' => *self = Self::Nested(depth + 1),
                        b'}' | b']' if depth == 1 => return Some(place),
                        b'}' | b']' => *self = Self::Nested(depth - 1),
                        _ => {}
                    }
                }
                Self::Bare | Self::Between => {
                    let ends = |byte: &u8| byte.is_ascii_whitespace() || b",]".contains(byte);
                    return Some(place + bytes[place..].iter().position(ends)?);
                }
            }
        }
        None
    }
}

impl Values {
    /// The elements of one array, or of several that follow one another.
    pub(super) fn of_arrays() -> Self {
        Self { record: 1, array: Some(false), state: State::Between }
    }

    /// Values that follow one another.
    pub(super) fn in_a_row() -> Self {
        Self { record: 1, array: None, state: State::Between }
    }

    /// What stands between values, if it does; else how many bytes open the next one.
    fn open(&mut self, bytes: &[u8]) -> Result<usize, Step> {
        let is_space = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b',';
        let spaces = bytes.iter().take_while(is_space).count();
        if spaces > 0 {
            return Err(Step::Between(spaces));
        }
        match (bytes[0], self.array) {
            (b'[', Some(false)) => {
                self.array = Some(true);
                return Err(Step::Between(1));
            }
            // newspaper4k closes its array behind every article and opens it only once.
            (b']', Some(_)) => {
                self.array = Some(false);
                return Err(Step::Between(1));
            }
            (b'{' | b'[', _) => self.state = State::Nested(1),
            (b'"', _) => self.state = State::InString(0),
            _ => self.state = State::Bare,
        }
        Ok(1)
    }

    fn close(&mut self, bytes: usize) -> Step {
        self.state = State::Between;
        self.record += 1;
        Step::End(bytes, Place::Record(self.record - 1))
    }
}

impl Split for Values {
    fn next(&mut self, bytes: &[u8]) -> Step {
        let mut place = 0;
        if self.state == State::Between {
            match self.open(bytes) {
                Ok(opening) => place = opening,
                Err(step) => return step,
            }
        }
        match self.state.close(bytes, place) {
            Some(end) => self.close(end),
            None => Step::Within,
        }
    }

    fn place(&self) -> Place {
        Place::Record(self.record)
    }

    fn end(&self) -> Option<String> {
        match (self.state, self.array) {
            (State::Between, Some(true)) => {
                Some("the array is not closed: the file may be cut short".into())
            }
            (State::Between, _) | (State::Bare, Some(false) | None) => None,
            _ => Some("the file ends within this record".into()),
        }
    }
}

/// The values of a record that may matter, by their names in the table.
///
/// # Errors
/// In words, where the record is not one JSON object, or is nested deeper than the table allows.
pub(super) fn capture<'a>(record: &'a str, table: &FieldTable) -> Result<Captured<'a>, Cause> {
    let (root, limits) = (table.root(), table.limits());
    let depth = u32::try_from(limits.depth - 1).unwrap_or(json_scan::DEEPEST);
    if let Some(captured) = json_scan::capture_to(record, root, depth.min(json_scan::DEEPEST)) {
        return Ok(captured);
    }
    if nesting(record) > limits.depth {
        return Err(limits.too_deep("objects and lists"));
    }
    capture_fully(record, root).or_else(|reason| {
        let amended = amended(record).ok_or_else(|| reason.clone())?;
        let mut captured = capture_fully(&amended, root).map_err(|_| reason)?.into_owned();
        captured.notes.insert(Notes::AMENDED_JSON);
        Ok(captured)
    })
}

/// How deep the objects and lists of a record stand in one another.
fn nesting(record: &str) -> usize {
    let (mut deepest, mut depth, mut in_string) = (0_usize, 0_usize, false);
    let mut bytes = record.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if in_string => drop(bytes.next()),
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The same by the full reader, which reads everything and says what is wrong.
pub(super) fn capture_fully<'a>(record: &'a str, root: &Node) -> Result<Captured<'a>, Cause> {
    if let Some(kind) = no_object(record) {
        return Err(format!("{kind}, not a JSON object").into());
    }
    let mut captured = Captured::default();
    read(record, Object { node: root, captured: &mut captured })?;
    Ok(captured)
}

/// The names that a record has at its top, in its order; of one that is cut off or damaged, those
/// before that.
pub(super) fn names(record: &str) -> Vec<String> {
    let mut names = Vec::new();
    // What is wrong with it is told where it is read.
    let _ = read(record, Names(&mut names));
    names
}

/// The text of an article of fundus from its pieces: the summary, then each section's headline and
/// paragraphs, with an empty line between any two.
pub(super) fn body_text(record: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Article {
        body: Body,
    }
    #[derive(serde::Deserialize)]
    struct Body {
        #[serde(default)]
        summary: Vec<String>,
        sections: Vec<Section>,
    }
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Section {
        headline: Vec<String>,
        paragraphs: Vec<String>,
    }
    let Article { body } = serde_json::from_str(record).ok()?;
    let mut pieces = body.summary;
    for section in body.sections {
        pieces.extend(section.headline);
        pieces.extend(section.paragraphs);
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    Some(pieces.join("\n\n"))
}

/// The strings that make up the text of a record, as they are written in it, in its order: one, or the
/// paragraphs that [`super::record::BETWEEN_PARAGRAPHS`] stands between. `None` where it has none, or is not
/// sound.
pub(super) fn text_as_written<'a>(record: &'a str, table: &FieldTable) -> Option<Vec<&'a str>> {
    let depth = u32::try_from(table.limits().depth).unwrap_or(json_scan::DEEPEST);
    let captured = json_scan::capture_to(record, table.root(), depth)?;
    let in_pieces = || {
        table.column(BODY_SECTIONS).filter(|name| captured.other(*name))?;
        Some(json_scan::capture_to(record, &BODY, depth)?.strings())
    };
    captured.text_as_written(table).or_else(in_pieces)
}

/// Where fundus has the pieces of a text.
static BODY: LazyLock<Node> = LazyLock::new(|| {
    Node::of_paths(&[
        &["body", "summary", ELEMENTS],
        &["body", "sections", ELEMENTS, "headline", ELEMENTS],
        &["body", "sections", ELEMENTS, "paragraphs", ELEMENTS],
    ])
});

fn read<'a>(record: &'a str, seed: impl DeserializeSeed<'a, Value = ()>) -> Result<(), Cause> {
    let mut deserializer = serde_json::Deserializer::from_str(record);
    seed.deserialize(&mut deserializer).and_then(|()| deserializer.end()).map_err(in_words)
}

/// What a value is that begins as no object does, where that can be told.
fn no_object(record: &str) -> Option<&'static str> {
    match record.trim_start().as_bytes().first()? {
        b'[' => Some("a list"),
        b'"' => Some("a string"),
        b'-' | b'0'..=b'9' => Some("a number"),
        _ => ["null", "true", "false"].into_iter().find(|word| record.trim() == *word),
    }
}

fn in_words(error: serde_json::Error) -> Cause {
    let full = error.to_string();
    let (line, column) = (error.line(), error.column());
    let what = full.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&full);
    let words = match line {
        0 | 1 => format!("not JSON: {what} at column {column}"),
        _ => format!("not JSON: {what} at column {column} of the record's line {line}"),
    };
    Cause::told(words, error)
}

/// An object whose values below `node` are kept.
struct Object<'n, 'c, 'a> {
    node: &'n Node,
    captured: &'c mut Captured<'a>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(node) = map.next_key_seed(Key(self.node))? {
            match node {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(node) => map.next_value_seed(Kept { node, captured: &mut *self.captured })?,
            }
        }
        Ok(())
    }
}

/// A key: what stands below it.
struct Key<'n>(&'n Node);

impl<'de, 'n> DeserializeSeed<'de> for Key<'n> {
    type Value = Option<&'n Node>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for Key<'n> {
    type Value = Option<&'n Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.get(key))
    }
}

/// A value that is kept, or searched for names below.
struct Kept<'n, 'c, 'a> {
    node: &'n Node,
    captured: &'c mut Captured<'a>,
}

impl<'a> Kept<'_, '_, 'a> {
    fn keep<E>(&mut self, value: Value<'a>) -> Result<(), E> {
        if let Some(name) = self.node.name {
            self.captured.push(name, value);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Kept<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Kept<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(mut self, text: &'de str) -> Result<(), E> {
        self.keep(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.keep(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(mut self, number: u64) -> Result<(), E> {
        self.keep(Value::Integer(number.into()))
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<(), E> {
        self.keep(Value::Integer(number.into()))
    }

    fn visit_f64<E>(mut self, number: f64) -> Result<(), E> {
        self.keep(Value::Float(number))
    }

    fn visit_bool<E>(mut self, _: bool) -> Result<(), E> {
        self.keep(Value::Other("true or false"))
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.keep(Value::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.keep(LIST)?;
        match self.node.get(ELEMENTS) {
            None => while list.next_element::<IgnoredAny>()?.is_some() {},
            Some(node) => {
                while list
                    .next_element_seed(Kept { node, captured: &mut *self.captured })?
                    .is_some()
                {}
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        self.keep(OBJECT)?;
        Object { node: self.node, captured: &mut *self.captured }.visit_map(map)
    }
}

/// An object's keys.
struct Names<'c>(&'c mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key()? {
            self.0.push(name);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::blocks::cut;
    use crate::ingest::fields::FieldTable;

    fn elements(bytes: &str, piece: usize) -> Vec<String> {
        cut(&mut Values::of_arrays(), bytes.as_bytes(), piece)
    }

    #[test]
    fn an_array_is_cut_into_its_elements_whatever_the_pieces() {
        let array = r#" [ {"a":"]}\\\"{["} , [1,[2]],"x\",y" ,  7,null
            ,{"b":{"c":[{}]}} ] "#;
        let expected =
            [r#"{"a":"]}\\\"{["}"#, "[1,[2]]", r#""x\",y""#, "7", "null", r#"{"b":{"c":[{}]}}"#];
        for piece in 1..array.len() {
            assert_eq!(elements(array, piece), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn arrays_may_follow_one_another() {
        assert_eq!(elements("[1,2]\n[]\n[3]", 2), ["1", "2", "3"]);
    }

    #[test]
    fn an_array_that_newspaper4k_closes_behind_every_element_is_read_whole() {
        for piece in 1..10 {
            assert_eq!(
                elements("[{\"a\":1},]{\"b\":[]},]{}]", piece),
                ["{\"a\":1}", "{\"b\":[]}", "{}"]
            );
        }
    }

    #[test]
    fn values_in_a_row_need_no_line_ends() {
        let values = "{\n  \"a\": 1\n}{\"b\":2}\n{}";
        let found = cut(&mut Values::in_a_row(), values.as_bytes(), 3);
        assert_eq!(found, ["{\n  \"a\": 1\n}", "{\"b\":2}", "{}"]);
    }

    #[test]
    fn an_end_within_a_value_or_an_array_is_a_complaint() {
        for (stream, complains) in
            [("[1]", false), ("[1", true), ("[1,", true), ("[{\"a\":", true), ("", false)]
        {
            let mut values = Values::of_arrays();
            cut(&mut values, stream.as_bytes(), 1);
            assert_eq!(values.end().is_some(), complains, "{stream}");
        }
    }

    proptest! {
        #[test]
        fn elements_are_those_that_serde_reads(
            texts in prop::collection::vec(".*", 0..8), pretty: bool, piece in 1..50_usize
        ) {
            let values: Vec<serde_json::Value> =
                texts.iter().map(|text| serde_json::json!({ "text": text, "n": [text] })).collect();
            let array = if pretty {
                serde_json::to_string_pretty(&values).unwrap()
            } else {
                serde_json::to_string(&values).unwrap()
            };
            let found = elements(&array, piece);
            let read: Vec<serde_json::Value> =
                found.iter().map(|element| serde_json::from_str(element).unwrap()).collect();
            prop_assert_eq!(read, values);
        }
    }

    #[test]
    fn a_record_that_is_no_object_says_what_it_is() {
        let table = FieldTable::new(&[]);
        let error = |record: &str| capture(record, &table).unwrap_err();
        assert_eq!(error("[1]"), "a list, not a JSON object");
        assert_eq!(error(" null"), "null, not a JSON object");
        assert_eq!(error("{\"a\" 1}"), "not JSON: expected `:` at column 6");
        assert_eq!(error("{}x"), "not JSON: trailing characters at column 3");
        assert!(error("{\n\"a\": 1,\n1}").ends_with("of the record's line 3"));
    }

    #[test]
    fn the_names_of_a_record_are_told_in_its_order() {
        assert_eq!(names(r#"{"z":1,"a":{"b":2}}"#), ["z", "a"]);
    }
}
