//! A JSON object to its values in one look at each byte: the quick way through the records that
//! news comes in.
//!
//! It reads what it is sure of and returns `None` for everything else, which the full reader of
//! [`super::json`] then reads or explains; on what it reads the two agree (tested). Strings are
//! found sixteen bytes at a time and stay as they are written until somebody wants them. Reading
//! whole articles this way takes a third of the full reader's time, which was the greater part of
//! reading.

use std::borrow::Cow;

use memchr::memchr;

use super::fields::{ELEMENTS, Node};
use super::record::{Captured, LIST, OBJECT, Value};

/// Objects nested deeper are left to the full reader.
pub(super) const DEEPEST: u32 = 32;

/// [`capture_to`] as deep as records of articles are.
#[cfg(test)]
fn capture<'a>(record: &'a str, root: &Node) -> Option<Captured<'a>> {
    capture_to(record, root, DEEPEST)
}

/// The values of `record` that may matter, by their place below `root`, where it is an object without
/// anything unusual, and what stands in it is nested up to `depth` deep.
pub(super) fn capture_to<'a>(record: &'a str, root: &Node, depth: u32) -> Option<Captured<'a>> {
    let mut scan = Scan { record, bytes: record.as_bytes(), at: 0, captured: Captured::default() };
    scan.space();
    scan.object(Some(root), depth)?;
    scan.space();
    (scan.at == record.len()).then_some(scan.captured)
}

/// Appends what a string stands for that is written as `raw`, between its quotes. Escapes that
/// [`capture_to`] lets through are read; any other would become U+FFFD.
pub(super) fn unescape(raw: &str, to: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        to.push_str(&rest[..at]);
        let (character, length) =
            escape(&rest.as_bytes()[at..]).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
        to.push(character);
        rest = &rest[at + length..];
    }
    to.push_str(rest);
}

/// Whether a string that is written as `raw` holds anything but white space.
pub(super) fn is_blank(raw: &str) -> bool {
    let mut rest = raw.trim_start();
    while !rest.is_empty() {
        let Some((character, length)) = escape(rest.as_bytes()) else { return false };
        if !character.is_whitespace() {
            return false;
        }
        rest = rest[length..].trim_start();
    }
    true
}

/// The character or the escape that a string which is written as `raw` begins with: what it stands for, and
/// how many bytes it takes. Escapes are known to be sound.
pub(super) fn first_character(raw: &str) -> Option<(char, usize)> {
    escape(raw.as_bytes()).or_else(|| raw.chars().next().map(|first| (first, first.len_utf8())))
}

/// The character of the escape that `bytes` begin with, and how many bytes it takes.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let character = match bytes {
        [b'\\', b'n', ..] => '\n',
        [b'\\', b'"', ..] => '"',
        [b'\\', b'\\', ..] => '\\',
        [b'\\', b'/', ..] => '/',
        [b'\\', b't', ..] => '\t',
        [b'\\', b'r', ..] => '\r',
        [b'\\', b'b', ..] => '\u{8}',
        [b'\\', b'f', ..] => '\u{c}',
        [b'\\', b'u', ..] => return unicode_escape(bytes),
        _ => return None,
    };
    Some((character, 2))
}

/// `\u` with four digits, or two of them for a character past the first plane.
fn unicode_escape(bytes: &[u8]) -> Option<(char, usize)> {
    /// How many bytes one takes.
    const LENGTH: usize = 6;
    let unit = |bytes: &[u8]| -> Option<u32> {
        let digits = bytes.get(..LENGTH)?.strip_prefix(br"\u")?;
        digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)?))
    };
    let first = unit(bytes)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, LENGTH));
    }
    let second = unit(&bytes[LENGTH..])?;
    let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character, 2 * LENGTH))
}

/// How far a record is read.
struct Scan<'a> {
    record: &'a str,
    bytes: &'a [u8],
    at: usize,
    captured: Captured<'a>,
}

impl<'a> Scan<'a> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.bytes.get(self.at) == Some(&byte)).then(|| self.at += 1)
    }

    /// An object whose values below `node` are kept.
    fn object(&mut self, node: Option<&Node>, depth: u32) -> Option<()> {
        self.take(b'{')?;
        self.space();
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            let (key, escaped) = self.string()?;
            self.space();
            self.take(b':')?;
            self.space();
            let below = node.and_then(|node| match escaped {
                false => node.get(key),
                true => {
                    let mut meant = String::new();
                    unescape(key, &mut meant);
                    node.get(&meant)
                }
            });
            self.value(below, depth)?;
            self.space();
            if self.take(b'}').is_some() {
                return Some(());
            }
            self.take(b',')?;
            self.space();
        }
    }

    /// A list of whose elements the values below `node` are kept.
    fn list(&mut self, node: Option<&Node>, depth: u32) -> Option<()> {
        self.take(b'[')?;
        self.space();
        if self.take(b']').is_some() {
            return Some(());
        }
        loop {
            self.value(node, depth)?;
            self.space();
            if self.take(b']').is_some() {
                return Some(());
            }
            self.take(b',')?;
            self.space();
        }
    }

    fn value(&mut self, node: Option<&Node>, depth: u32) -> Option<()> {
        let name = node.and_then(|node| node.name);
        let value = match self.bytes.get(self.at)? {
            b'"' => match self.string()? {
                (text, false) => Value::Text(Cow::Borrowed(text)),
                (raw, true) => Value::Escaped(raw),
            },
            // What an object or a list is comes before what stands in it, so that this counts.
            b'{' => {
                if let Some(name) = name {
                    self.captured.push(name, OBJECT);
                }
                return self.object(node, depth.checked_sub(1)?);
            }
            b'[' => {
                if let Some(name) = name {
                    self.captured.push(name, LIST);
                }
                return self.list(node.and_then(|node| node.get(ELEMENTS)), depth.checked_sub(1)?);
            }
            b'n' => self.word("null", Value::Nothing)?,
            b't' => self.word("true", Value::Other("true or false"))?,
            b'f' => self.word("false", Value::Other("true or false"))?,
            _ => self.number()?,
        };
        if let Some(name) = name {
            self.captured.push(name, value);
        }
        Some(())
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        self.record[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    /// A number that can be told to the last digit.
    fn number(&mut self) -> Option<Value<'a>> {
        /// So many digits fit into 128 bits whatever they are: ids of 64 bits keep every digit.
        const DIGITS: usize = 38;
        let rest = &self.record[self.at..];
        let written = &rest[..number_bytes(rest.as_bytes())?];
        self.at += written.len();
        if written.len() <= DIGITS && written.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Value::Integer(written.parse().ok()?));
        }
        match written.parse::<i64>() {
            Ok(number) if number != 0 => Some(Value::Integer(number.into())),
            _ => written.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float),
        }
    }

    /// A string as it is written, and whether there are escapes in it.
    fn string(&mut self) -> Option<(&'a str, bool)> {
        self.take(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += special(&self.bytes[self.at..])?;
            match self.bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return Some((&self.record[start..self.at - 1], escaped));
                }
                b'\\' => {
                    escaped = true;
                    self.at += escape(&self.bytes[self.at..])?.1;
                }
                _ => return None,
            }
        }
    }
}

/// How many of the bytes are the number that they begin with, by the grammar of JSON.
fn number_bytes(bytes: &[u8]) -> Option<usize> {
    let digits = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let some_digits = |at: usize| Some(digits(at)).filter(|&count| count > 0);
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    at += if bytes.get(at) == Some(&b'0') { 1 } else { some_digits(at)? };
    if bytes.get(at) == Some(&b'.') {
        at += 1 + some_digits(at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at += some_digits(at)?;
    }
    Some(at)
}

/// Where the first quote, backslash or control character stands.
#[inline]
fn special(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    #[cfg(target_arch = "x86_64")]
    for chunk in bytes.as_chunks().0 {
        // SAFETY: SSE2 is part of every processor of this kind.
        #[expect(unsafe_code)]
        let found = unsafe { special_of_sixteen(chunk) };
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += chunk.len();
    }
    let found = bytes[at..].iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
    Some(at + found)
}

/// A bit for each byte that is a quote, a backslash or a control character.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
fn special_of_sixteen(chunk: &[u8; 16]) -> u32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8,
    };
    let whole = u128::from_le_bytes(*chunk);
    let bytes = _mm_set_epi64x((whole >> 64) as i64, whole as i64);
    let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
    let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
    let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control)) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::ingest::fields::FieldTable;
    use crate::ingest::json;

    fn unescaped(raw: &str) -> String {
        let mut text = String::new();
        unescape(raw, &mut text);
        text
    }

    #[test]
    fn escapes_are_read_as_json_has_them() {
        assert_eq!(unescaped(r#"a\"\\\/\b\f\n\r\tz"#), "a\"\\/\u{8}\u{c}\n\r\tz");
        assert_eq!(unescaped(r"\u00e9\ud83d\ude00!"), "é😀!");
        assert_eq!(unescaped(r"\ud83d"), "\u{fffd}ud83d");
    }

    #[test]
    fn a_key_may_be_escaped_and_a_number_may_be_any() {
        let table = FieldTable::new(&[]);
        for record in [r#"{"te\u0078t":"a"}"#, r#"{"text":"a","x":[-0.5e-3,-7,1.25,0,-0,1E5]}"#] {
            let quick = capture(record, table.root()).map(plain);
            assert_eq!(quick, Some(json::capture_fully(record, table.root()).unwrap()));
        }
        let numbers = r#"{"id":-3,"date":1.5}"#;
        let quick = capture(numbers, table.root());
        assert_eq!(quick, Some(json::capture_fully(numbers, table.root()).unwrap()));
    }

    #[test]
    fn blank_is_what_trims_to_nothing() {
        for raw in ["", " ", r"\n \t", r"\u00a0\u2003"] {
            assert!(is_blank(raw), "{raw}");
        }
        for raw in ["a", r" \n.", r"\u200b", r"\\"] {
            assert!(!is_blank(raw), "{raw}");
        }
    }

    #[test]
    fn what_is_unusual_is_left_to_the_full_reader() {
        let table = FieldTable::new(&[]);
        for record in [
            "[1]",
            "{",
            "{\"text\":\"a\"} x",
            "{\"text\":\"a\",}",
            "{\"text\":\"a\nb\"}",
            "{\"text\":\"\\ud83d\"}",
            "{\"id\":01}",
            "{\"id\":1.}",
            "{\"id\":1e999}",
            "{\"id\":-}",
            "{\"a\":nul}",
        ] {
            assert!(capture(record, table.root()).is_none(), "{record}");
        }
    }

    /// What a list of captured values says, whichever reader took it.
    fn plain<'a>(captured: Captured<'a>) -> Captured<'a> {
        captured.map(|value| match value {
            Value::Escaped(raw) => Value::Text(Cow::Owned(unescaped(raw))),
            value => value,
        })
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<u64>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            "\\PC{0,40}|[a\"\\\\\n\t]{0,40}".prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::vec(
                    ("[a-z]{1,3}|title|text|thread|site_full|source", inner),
                    0..5
                )
                .prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_it_reads_is_what_the_full_reader_reads(
            title in any_json(), text in any_json(), thread in any_json(), pretty: bool
        ) {
            let table = FieldTable::new(&[]);
            let value = json!({ "title": title, "text": text, "thread": thread, "x": [thread] });
            let record = match pretty {
                true => serde_json::to_string_pretty(&value).unwrap(),
                false => value.to_string(),
            };
            let full = json::capture_fully(&record, table.root()).unwrap();
            if let Some(quick) = capture(&record, table.root()) {
                prop_assert_eq!(plain(quick), full);
            }
        }

        #[test]
        fn it_reads_nothing_that_the_full_reader_refuses(record in "[{}\\[\\]\",:\\\\a1n0.e+-]{0,24}") {
            let table = FieldTable::new(&[]);
            let record = format!("{{\"text\":{record}}}");
            if capture(&record, table.root()).is_some() {
                prop_assert!(json::capture_fully(&record, table.root()).is_ok(), "{}", record);
            }
        }

        #[test]
        fn special_bytes_are_found_wherever_they_stand(before in "[a-z]{0,70}", byte in "[\"\\\\\n]") {
            let text = format!("{before}{byte}{before}\"");
            prop_assert_eq!(special(text.as_bytes()), Some(before.len()));
        }
    }
}
