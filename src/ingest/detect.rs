//! What a stream holds, told from its first bytes and never from its name.

use std::fmt;

use memchr::memchr;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::archive::is_tar;
use super::csv::Dialect;
use super::dialect;
use super::documents;
use super::encoding;
use super::fields::FieldTable;
use super::guard;
use super::json;
use super::json_wrapped::{Lists, lists};
use super::pages::is_page;
use super::seven_bits;
use super::warc::is_warc;
use crate::error::Cause;

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
    /// Lines of JSON in twos, as Elasticsearch takes them: what to do, and the object.
    JsonBulk,
    /// A JSON document that holds its records in another way: by row, by column, deeper.
    JsonTree,
    /// Rows of fields between commas, semicolons or other characters.
    Csv,
    /// Rows of fields between tabs.
    Tsv,
    /// Columns in row groups.
    Parquet,
    /// Columns in batches, as a file or a stream of Arrow; Feather is such a file.
    Arrow,
    /// Tables of a SQLite database, one of which is read.
    Sqlite,
    /// A web page, the whole file.
    Html,
    /// Answers that a crawler was given.
    Warc,
    /// Files in a tar.
    Tar,
    /// Files in a ZIP archive.
    Zip,
    /// A feed.
    Feed,
    /// NewsML, NITF, or rows in XML.
    Xml,
    /// A message, or a page saved with its parts.
    Mail,
    /// Messages in a mailbox.
    Mbox,
    /// Text with formatting, as word processors exchange it.
    Rtf,
    /// References of a library.
    Ris,
    /// Articles of a news database in a text.
    Export,
    /// A document of a word processor.
    Word,
    /// Rows of a spreadsheet.
    Spreadsheet,
    /// A web page that is a table of articles.
    HtmlTable,
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
            Self::JsonBulk => "JSON in bulk",
            Self::JsonTree => "JSON document",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow",
            Self::Sqlite => "SQLite database",
            Self::Html => "HTML page",
            Self::Warc => "WARC",
            Self::Tar => "tar",
            Self::Zip => "ZIP archive",
            Self::Feed => "feed",
            Self::Xml => "XML",
            Self::Mail => "message",
            Self::Mbox => "mailbox",
            Self::Rtf => "RTF",
            Self::Ris => "RIS references",
            Self::Export => "export of a news database",
            Self::Word => "Word document",
            Self::Spreadsheet => "spreadsheet",
            Self::HtmlTable => "HTML table",
            Self::Text => "plain text",
        })
    }
}

/// A format, and what its reader has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// A JSON object a line, which ends with this byte.
    JsonLines(u8),
    /// An array of JSON objects.
    JsonArray,
    /// JSON objects in a row.
    Json,
    /// Lists in JSON objects.
    JsonWrapped(Lists),
    /// JSON objects in twos.
    JsonBulk,
    /// What is read whole.
    Document(Format),
    /// Rows of fields.
    Table(Dialect),
    /// Columns in row groups.
    Parquet,
    /// Columns in batches.
    Arrow,
    /// Tables of a database.
    Sqlite,
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
            Self::JsonLines(_) => Format::JsonLines,
            Self::JsonArray => Format::JsonArray,
            Self::Json => Format::Json,
            Self::JsonWrapped(_) => Format::JsonWrapped,
            Self::JsonBulk => Format::JsonBulk,
            Self::Document(format) => *format,
            Self::Table(dialect) if dialect.delimiter == b'\t' => Format::Tsv,
            Self::Table(_) => Format::Csv,
            Self::Parquet => Format::Parquet,
            Self::Arrow => Format::Arrow,
            Self::Sqlite => Format::Sqlite,
            Self::Html => Format::Html,
            Self::Warc => Format::Warc,
            Self::Tar => Format::Tar,
            Self::Zip => Format::Zip,
            Self::Text => Format::Text,
        }
    }
}

/// Formats that are known by their first bytes and read.
const MARKS: [(&[u8], Layout); 7] = [
    (b"PAR1", Layout::Parquet),
    (b"ARROW1", Layout::Arrow),
    (b"\xFF\xFF\xFF\xFF", Layout::Arrow),
    (b"SQLite format 3\0", Layout::Sqlite),
    (b"PK\x03\x04", Layout::Zip),
    (b"PK\x05\x06", Layout::Zip),
    (documents::RTF, Layout::Document(Format::Rtf)),
];

/// Whether a stream that begins so is of a format that says itself, or in each of its parts, in which
/// encoding it is, or that is no text.
pub(super) fn names_its_encodings(head: &[u8]) -> bool {
    MARKS.iter().any(|(magic, _)| head.starts_with(magic))
        || guard::magic(head).is_some()
        || is_tar(head)
        || is_warc(head)
        || documents::is_mail(head)
        || documents::is_mbox(head)
        || is_page(head.trim_ascii_start())
}

/// The layout of a stream called `name` that begins with `head`; `all` tells that it also ends there.
///
/// # Errors
/// In words, what it is instead, where it cannot hold articles that we read.
pub(super) fn detect(
    name: &str,
    head: &[u8],
    all: bool,
    table: &FieldTable,
) -> Result<Layout, Cause> {
    if let Some((_, layout)) = MARKS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Ok(layout.clone());
    }
    if let Some(reason) = guard::magic(head) {
        return Err(reason.into());
    }
    if is_tar(head) {
        return Ok(Layout::Tar);
    }
    if is_warc(head) {
        return Ok(Layout::Warc);
    }
    if documents::is_mbox(head) {
        return Ok(Layout::Document(Format::Mbox));
    }
    if documents::is_mail(head) {
        return Ok(Layout::Document(Format::Mail));
    }
    if let Some(byte) = memchr(0, head)
        && !encoding::is_damaged_text(head)
    {
        return Err(format!("a binary file (byte {byte} is zero): {}", guard::FORMATS).into());
    }
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(head.len());
    let body = &head[start..];
    if let Some(encoding) = seven_bits::seven_bits(valid(head)) {
        return Err(format!("text in {encoding}, which is not read: write it as UTF-8").into());
    }
    if is_page(body) && documents::is_in_page(body, table) {
        return Ok(Layout::Document(Format::Export));
    }
    let holds_table = || documents::holds_table(&String::from_utf8_lossy(body), table);
    // A feed may have the name of a page.
    let format = if is_page(body) { None } else { xml(body) };
    if let Some(format) = format {
        return Ok(Layout::Document(format));
    }
    if is_page(body) || is_fragment(name, body) {
        return Ok(match holds_table() {
            true => Layout::Document(Format::HtmlTable),
            false => Layout::Html,
        });
    }
    if body.starts_with(b"<table") && holds_table() {
        return Ok(Layout::Document(Format::HtmlTable));
    }
    if let Some(layout) = json_layout(body, all, table) {
        return Ok(layout);
    }
    let text = valid(head);
    if documents::is_ris(text) {
        return Ok(Layout::Document(Format::Ris));
    }
    // A table may hold an export in one of its cells; what has no header is less certain to be a table.
    let dialect = dialect::dialect(head, all, table);
    let is_headless = dialect.as_ref().is_none_or(|dialect| dialect.is_headless);
    if is_headless && documents::is_export(text) {
        return Ok(Layout::Document(Format::Export));
    }
    if let Some(dialect) = dialect {
        return Ok(Layout::Table(dialect));
    }
    guard::refuse_header(text, table)?;
    guard::refuse(name, text)?;
    Ok(Layout::Text)
}

/// Whether a file that is named as a page begins with an element that only stands within one.
fn is_fragment(name: &str, body: &[u8]) -> bool {
    let is_named =
        [".html", ".htm"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    let begins = body.first() == Some(&b'<') && body.get(1).is_some_and(u8::is_ascii_alphabetic);
    is_named && begins
}

/// Whether a document is XML, and which.
fn xml(body: &[u8]) -> Option<Format> {
    const FEEDS: [&[u8]; 3] = [b"<rss", b"<feed", b"<rdf:RDF"];
    const OTHERS: [&[u8]; 5] = [b"<nitf", b"<newsItem", b"<newsMessage", b"<NewsML", b"<urlset"];
    let begins = |marks: &[&[u8]]| marks.iter().any(|mark| body.starts_with(mark));
    if begins(&FEEDS) {
        return Some(Format::Feed);
    }
    if begins(&OTHERS) {
        return Some(Format::Xml);
    }
    let is_xml = body.starts_with(b"<?xml");
    is_xml.then(|| {
        let head = &body[..body.len().min(4096)];
        let is_feed = |mark: &&[u8]| memchr::memmem::find(head, mark).is_some();
        if FEEDS.iter().any(is_feed) { Format::Feed } else { Format::Xml }
    })
}

fn json_layout(body: &[u8], all: bool, table: &FieldTable) -> Option<Layout> {
    // Where records stand in a sequence of RFC 7464, this character begins each.
    let body = body.strip_prefix(&[0x1e]).unwrap_or(body).trim_ascii_start();
    if body.first() == Some(&b'[') && opens_array(body) {
        let is_row = body[1..].trim_ascii_start().first() == Some(&b'[');
        let is_tree = is_row || is_array_of_lists(valid(body), table);
        return Some(if is_tree { Layout::Document(Format::JsonTree) } else { Layout::JsonArray });
    }
    // A first record that is longer than the head has neither in it.
    let is_old_mac = memchr(b'\n', body).is_none() && memchr(b'\r', body).is_some();
    let line_end = if is_old_mac { b'\r' } else { b'\n' };
    let lines: Vec<&[u8]> = body
        .split(|byte| *byte == line_end)
        .map(|line| line.strip_prefix(&[0x1e]).unwrap_or(line).trim_ascii())
        .filter(|line| !line.is_empty())
        .take(LINES)
        .collect();
    if opens_object(body) {
        let text = valid(body);
        if let Some(lists) = lists(text, table) {
            return Some(Layout::JsonWrapped(lists));
        }
        if lines.len() > 1 && is_action(lines[0]) {
            return Some(Layout::JsonBulk);
        }
        let follows = lines.get(1).is_some_and(|line| opens_object(line));
        let is_alone = !follows && (!all || is_one_value(body));
        if is_alone && documents::is_tree(text, table) {
            return Some(Layout::Document(Format::JsonTree));
        }
        return Some(match in_a_row(&lines) {
            true => Layout::Json,
            false => Layout::JsonLines(line_end),
        });
    }
    // The first line may be the one that is damaged.
    let objects = lines.iter().filter(|line| opens_object(line) && line.ends_with(b"}")).count();
    (objects > 0 && 2 * objects >= lines.len()).then_some(Layout::JsonLines(line_end))
}

/// Whether the array's first element is no record, but an object that holds a list of them and nothing else,
/// as PostgreSQL's `json_agg` has it.
fn is_array_of_lists(body: &str, table: &FieldTable) -> bool {
    let element = body[1..].trim_start();
    json::names(element).len() == 1 && lists(element, table).is_some()
}

/// Whether a line says what to do with the object in the next one, as Elasticsearch's bulk form does.
fn is_action(line: &[u8]) -> bool {
    let Ok(serde_json::Value::Object(action)) = serde_json::from_slice(line) else { return false };
    const ACTIONS: [&str; 4] = ["index", "create", "update", "delete"];
    action.len() == 1
        && action.iter().all(|(key, value)| ACTIONS.contains(&key.as_str()) && value.is_object())
}

/// Whether one value is all there is.
fn is_one_value(body: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<IgnoredAny>();
    matches!(values.next(), Some(Ok(_))) && values.next().is_none()
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
    let element = body[1..].trim_ascii_start();
    // Python prints its dictionaries with single quotation marks.
    matches!(element.first(), Some(b'{' | b'[' | b'"' | b']')) && !element.starts_with(b"{'")
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
