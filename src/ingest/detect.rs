//! What a stream holds, told from its first bytes and never from its name.

use std::fmt;

use memchr::memchr;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::archive::is_tar;
use super::csv::{self, Dialect};
use super::fields::FieldTable;
use super::json_wrapped::is_wrapped;
use super::pages::is_page;
use super::warc::is_warc;

/// How a file holds its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A JSON object a line.
    JsonLines,
    /// An array of JSON objects.
    JsonArray,
    /// One JSON object, or several in a row, over as many lines as they like.
    Json,
    /// Lists of JSON objects inside an object.
    JsonWrapped,
    /// Rows of fields between commas or semicolons.
    Csv,
    /// Rows of fields between tabs.
    Tsv,
    /// Columns in row groups.
    Parquet,
    /// A web page, the whole file.
    Html,
    /// Answers that a crawler was given.
    Warc,
    /// Files in a tar.
    Tar,
    /// Files in a ZIP archive.
    Zip,
    /// A text, the whole file.
    Text,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JsonLines => "JSON Lines",
            Self::JsonArray => "JSON array",
            Self::Json => "JSON",
            Self::JsonWrapped => "JSON object of lists",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Html => "HTML page",
            Self::Warc => "WARC",
            Self::Tar => "tar",
            Self::Zip => "ZIP archive",
            Self::Text => "plain text",
        })
    }
}

/// A format, and what its reader has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// A JSON object a line.
    JsonLines,
    /// An array of JSON objects.
    JsonArray,
    /// JSON objects in a row.
    Json,
    /// Lists in JSON objects.
    JsonWrapped,
    /// Rows of fields.
    Table(Dialect),
    /// Columns in row groups.
    Parquet,
    /// A web page.
    Html,
    /// Answers that a crawler was given.
    Warc,
    /// Files in a tar.
    Tar,
    /// Files in a ZIP archive.
    Zip,
    /// A text.
    Text,
}

impl Layout {
    /// The format's name.
    pub(super) fn format(&self) -> Format {
        match self {
            Self::JsonLines => Format::JsonLines,
            Self::JsonArray => Format::JsonArray,
            Self::Json => Format::Json,
            Self::JsonWrapped => Format::JsonWrapped,
            Self::Table(dialect) if dialect.delimiter == b'\t' => Format::Tsv,
            Self::Table(_) => Format::Csv,
            Self::Parquet => Format::Parquet,
            Self::Html => Format::Html,
            Self::Warc => Format::Warc,
            Self::Tar => Format::Tar,
            Self::Zip => Format::Zip,
            Self::Text => Format::Text,
        }
    }
}

/// Formats that are known by their first bytes and not read.
const NOT_READ: [(&[u8], &str); 7] = [
    (b"%PDF-", "a PDF document"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x04\x22\x4D\x18", "LZ4 data"),
    (b"ARROW1", "an Arrow file"),
    (b"\xFF\xFE", "UTF-16 text"),
    (b"\xFE\xFF", "UTF-16 text"),
];

/// Formats that are known by their first bytes and read.
const MARKS: [(&[u8], Layout); 3] =
    [(b"PAR1", Layout::Parquet), (b"PK\x03\x04", Layout::Zip), (b"PK\x05\x06", Layout::Zip)];

/// The layout of a stream that begins with `head`; `all` tells that it also ends there.
///
/// # Errors
/// In words, what it is instead, where it cannot hold articles that we read.
pub(super) fn detect(head: &[u8], all: bool, table: &FieldTable) -> Result<Layout, String> {
    if let Some((_, name)) = NOT_READ.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(format!("{name}, which is not read: {FORMATS}"));
    }
    if let Some((_, layout)) = MARKS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Ok(layout.clone());
    }
    if is_tar(head) {
        return Ok(Layout::Tar);
    }
    if is_warc(head) {
        return Ok(Layout::Warc);
    }
    if let Some(byte) = memchr(0, head) {
        return Err(format!("a binary file (byte {byte} is zero): {FORMATS}"));
    }
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(head.len());
    let body = &head[start..];
    if is_page(body) {
        return Ok(Layout::Html);
    }
    if body.starts_with(b"<?xml") {
        return Err(format!("an XML document, which is not read: {FORMATS}"));
    }
    if let Some(layout) = json(body, table) {
        return Ok(layout);
    }
    Ok(csv::dialect(head, all, table).map_or(Layout::Text, Layout::Table))
}

/// What can be given instead of what cannot be read.
const FORMATS: &str = "give JSON Lines, JSON, CSV, TSV, Parquet, HTML, WARC or plain text in UTF-8";

fn json(body: &[u8], table: &FieldTable) -> Option<Layout> {
    if body.first() == Some(&b'[') && opens_array(body) {
        return Some(Layout::JsonArray);
    }
    let lines: Vec<&[u8]> = body
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .take(LINES)
        .collect();
    if opens_object(body) {
        if is_wrapped(valid(body), table) {
            return Some(Layout::JsonWrapped);
        }
        return Some(if in_a_row(&lines) { Layout::Json } else { Layout::JsonLines });
    }
    // The first line may be the one that is damaged.
    let objects = lines.iter().filter(|line| opens_object(line) && line.ends_with(b"}")).count();
    (objects > 0 && 2 * objects >= lines.len()).then_some(Layout::JsonLines)
}

/// A head as far as it is UTF-8.
fn valid(head: &[u8]) -> &str {
    match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// How many lines are looked at.
const LINES: usize = 16;

fn opens_object(body: &[u8]) -> bool {
    body.first() == Some(&b'{')
        && matches!(body[1..].trim_ascii_start().first(), None | Some(b'"' | b'}'))
}

/// An array whose first element is an object, or none, or one that prose would not put there.
fn opens_array(body: &[u8]) -> bool {
    matches!(body[1..].trim_ascii_start().first(), Some(b'{' | b'[' | b'"' | b']'))
}

/// Whether objects go over line ends, or stand on one line together: the first line is one no
/// object, but is as far as it goes, and the next is not an object by itself.
fn in_a_row(lines: &[&[u8]]) -> bool {
    let whole = |line: &[u8]| serde_json::from_slice::<IgnoredAny>(line);
    match (lines.first().map(|line| whole(line)), lines.get(1)) {
        (Some(Err(error)), Some(next)) if error.is_eof() => {
            // A line break inside a string is never part of JSON: such a line is a damaged record.
            !error.to_string().contains("string") && whole(next).is_err()
        }
        (Some(Err(_)), _) => two_on_a_line(lines[0]),
        _ => false,
    }
}

fn two_on_a_line(line: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(line).into_iter::<IgnoredAny>();
    let first = values.next();
    let between = values.byte_offset();
    matches!(first, Some(Ok(_))) && opens_object(line[between..].trim_ascii_start())
}
