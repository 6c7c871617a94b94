//! Which table a text is: its delimiter, its line ends, its header, and what stands before that.
//!
//! A table has a row of names, one of them known, with at least as many rows of its length behind it
//! as of others. So a headline with a comma in it is no table. A table without a header has rows of one
//! length, and a column that holds nothing but dates, or nothing but web addresses. Cost: one cut of
//! the first bytes for each delimiter that is tried.

use std::borrow::Cow;

use memchr::memchr;

use super::blocks::{Split, Step};
use super::csv::{Dialect, Rows, fields};
use super::date;
use super::fields::FieldTable;
use super::outlet::is_web_address;

/// The columns of trafilatura's CSV, which has tabs and no header.
const TRAFILATURA: [&str; 11] = [
    "url",
    "id",
    "fingerprint",
    "hostname",
    "title",
    "image",
    "date",
    "text",
    "comments",
    "license",
    "pagetype",
];
/// The delimiters that are tried, the likeliest first; the last two are those of Hive and of ASCII.
pub(super) const DELIMITERS: [u8; 8] = [b',', b'\t', b';', b'|', b'^', b'~', 0x01, 0x1f];
/// A cell of a header is a name: longer ones, or such of more words, are prose.
const NAME_BYTES: usize = 64;
const NAME_WORDS: usize = 4;
/// How many rows may stand before the header: what was searched for, and when.
const PREAMBLE_ROWS: usize = 20;
/// A header that is not the first row has so many known names, so that no line of prose is one.
const NAMES_BEHIND_A_PREAMBLE: usize = 2;
/// A table without a header has so many columns, so that no prose is one.
const HEADLESS_COLUMNS: usize = 3;
/// How many rows are looked at to tell whether a table has no header.
const HEADLESS_ROWS: usize = 100;

/// A dialect, and how well it fits: known names, then rows of its length out of a thousand, then columns.
type Fit = ((usize, usize, usize), Dialect);

/// The dialect in which `head` reads as a table; `all` tells that the stream ends with it.
pub(super) fn dialect(head: &[u8], all: bool, table: &FieldTable) -> Option<Dialect> {
    let head = match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    let has_line_feeds = memchr(b'\n', head.as_bytes()).is_some();
    let line_end = if has_line_feeds { b'\n' } else { b'\r' };
    let told = told_delimiter(head);
    let delimiters = told.map_or(DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
    let mut best: Option<Fit> = None;
    let mut headless = None;
    for delimiter in delimiters {
        let bare = Dialect { delimiter, line_end, ..Dialect::default() };
        let plain = rows(head, all, &bare);
        let (rows, bare) = match head.contains('\\') {
            false => (plain, bare),
            true => {
                let escaped = Dialect { escapes: true, ..bare.clone() };
                let rows = rows(head, all, &escaped);
                // Backslashes are read as escapes only where rows come out more alike.
                match unlike(&rows) < unlike(&plain) {
                    true => (rows, escaped),
                    false => (plain, bare),
                }
            }
        };
        let skipped = usize::from(told.is_some());
        let Some(first) = rows.get(skipped) else { continue };
        let columns = first.len();
        if delimiter == b'\t' && columns == TRAFILATURA.len() && is_web_address(&first[0]) {
            let header = TRAFILATURA.map(str::to_owned).to_vec();
            return Some(Dialect { header, ..bare });
        }
        if let Some(fit) = with_header(&rows, skipped, &bare, table)
            && best.as_ref().is_none_or(|(known, _)| *known < fit.0)
        {
            best = Some(fit);
        }
        if headless.is_none() && told.is_none() && is_headless(&rows) {
            let header = (1..=columns).map(|column| column.to_string()).collect();
            headless = Some(Dialect { header, is_headless: true, ..bare });
        }
    }
    best.map(|(_, dialect)| dialect).or(headless)
}

/// The delimiter that a first line `sep=;` names, as Excel reads and writes it.
fn told_delimiter(head: &str) -> Option<u8> {
    let line = head.lines().next()?.trim_end_matches('\r').trim_matches('"');
    match line.strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?.as_bytes() {
        [delimiter] => Some(*delimiter),
        b"\\t" => Some(b'\t'),
        _ => None,
    }
}

/// How many rows have another number of fields than most.
fn unlike(rows: &[Vec<Cow<'_, str>>]) -> usize {
    let mut lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    let most = lengths.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or(0);
    rows.len() - most
}

/// The dialect whose header is the first row that can be one, from `skipped` rows on.
fn with_header(
    rows: &[Vec<Cow<'_, str>>],
    skipped: usize,
    bare: &Dialect,
    table: &FieldTable,
) -> Option<Fit> {
    let is_name = |cell: &Cow<'_, str>| {
        cell.len() <= NAME_BYTES
            && cell.split_whitespace().count() <= NAME_WORDS
            && !cell.trim_end().ends_with('.')
            && !is_web_address(cell)
    };
    for place in skipped..rows.len().min(skipped + PREAMBLE_ROWS) {
        let (first, rest) = (&rows[place], &rows[place + 1..]);
        let columns = first.len();
        if columns < 2 || !first.iter().all(is_name) {
            continue;
        }
        let known = first.iter().filter(|cell| table.column(cell).is_some()).count();
        let alike = rest.iter().filter(|row| row.len() == columns).count();
        let is_table = match known {
            0 => place == skipped && rest.len() >= 2 && alike == rest.len(),
            // Where only the header is there, the rows are yet to come.
            _ => 2 * alike >= rest.len(),
        };
        if is_table && (place == skipped || known >= NAMES_BEHIND_A_PREAMBLE && alike > 0) {
            let share = 1000 * alike / rest.len().max(1);
            let header = first.iter().map(|cell| cell.trim().to_owned()).collect();
            let dialect = Dialect { header, rows_before: place + 1, ..bare.clone() };
            return Some(((known, share, columns), dialect));
        }
    }
    None
}

/// Whether rows are those of a table that has no header: all of one length, and one of its columns
/// holds dates only, or web addresses only.
fn is_headless(rows: &[Vec<Cow<'_, str>>]) -> bool {
    let Some(columns) = rows.first().map(Vec::len).filter(|columns| *columns >= HEADLESS_COLUMNS)
    else {
        return false;
    };
    let some = &rows[..rows.len().min(HEADLESS_ROWS)];
    some.iter().all(|row| row.len() == columns)
        && (0..columns).any(|column| {
            let every = |is: &dyn Fn(&str) -> bool| some.iter().all(|row| is(&row[column]));
            every(&|cell| is_web_address(cell)) || every(&|cell| date::parse(cell).is_some())
        })
}

/// The whole rows of `head` that are not empty.
fn rows<'h>(head: &'h str, all: bool, dialect: &Dialect) -> Vec<Vec<Cow<'h, str>>> {
    let mut split = Rows::new(dialect);
    let of = |row: &'h str| fields(row, dialect.delimiter, dialect.escapes);
    let (mut rows, mut start, mut place) = (Vec::new(), 0, 0);
    while place < head.len() {
        match split.next(&head.as_bytes()[place..]) {
            Step::Between(bytes) => {
                place += bytes;
                start = place;
            }
            Step::Within => break,
            Step::End(bytes, _) => {
                place += bytes;
                rows.push(of(&head[start..place]));
                start = place;
            }
        }
    }
    if start < head.len() && (all || rows.is_empty()) {
        rows.push(of(&head[start..]));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(head: &str) -> Option<Dialect> {
        dialect(head.as_bytes(), true, &FieldTable::new(&[]))
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_a_table_of_known_names() {
        for (head, delimiter, columns) in [
            ("id,title,text\n1,a;b;c,\"d\te\"\n", b',', 3),
            ("title;text\n\"a,b\";c\n", b';', 2),
            ("title\ttext\turl\na, b, c\td\te\n", b'\t', 3),
            ("title|text|url\na, b, c|d;x|e\n", b'|', 3),
            ("title\u{1}text\u{1}url\na, b, c\u{1}d;x\u{1}e\n", 1, 3),
            ("a,b\n1,2\n3,4\n", b',', 2),
            ("id,text\r1,a b\r2,c d\r", b',', 2),
        ] {
            let found = detected(head).expect(head);
            assert_eq!((found.delimiter, found.header.len()), (delimiter, columns), "{head}");
        }
    }

    #[test]
    fn prose_with_commas_is_no_table() {
        for text in [
            "Storms, floods and a date\n\nRain fell, and more fell, on Monday.\n\nIt stopped.\n",
            "First, the harbour\n\nIt was closed.\n",
            "Monday, harbour\n",
            "The text, the title, and all\n\nWho wrote this?\n",
        ] {
            assert_eq!(detected(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_of_trafilatura_has_no_header() {
        let row = "https://example.org/1\tx\tf\texample.org\tTitle\tnull\t2024-05-01\tText.\tnull\tnull\tnull\n";
        let dialect = detected(row).unwrap();
        assert_eq!((dialect.rows_before, dialect.header[7].as_str()), (0, "text"));
    }

    #[test]
    fn what_stands_before_the_header_is_passed_over() {
        let head =
            "Export of \"x\", all dates\nGenerated 2024-02-01\n\nid,title,text\n1,a,b\n2,c,d\n";
        let found = detected(head).unwrap();
        assert_eq!((found.rows_before, found.header.len()), (3, 3));
        let found = detected("sep=;\nid;text\n1;a,b\n").unwrap();
        assert_eq!((found.rows_before, found.delimiter), (2, b';'));
    }

    #[test]
    fn a_table_without_a_header_is_known_by_its_dates_and_addresses() {
        let head =
            "7,https://a.example/1,Title,\"A text, long\"\n8,https://a.example/2,Other,More\n";
        let found = detected(head).unwrap();
        assert!(found.is_headless && found.header == ["1", "2", "3", "4"], "{found:?}");
        // Two lines of names nobody knows are a text yet.
        assert_eq!(detected("one, two, three\nfour, five, six\n"), None);
    }

    #[test]
    fn backslashes_are_escapes_where_rows_come_out_alike() {
        let found = detected("id,title,text\n1,a\\, b,c\n2,d,e\\, f\\, g\n").unwrap();
        assert!(found.escapes);
        let found = detected("id,title,text\n1,C:\\new,c\n2,d,e\n").unwrap();
        assert!(!found.escapes);
    }
}
