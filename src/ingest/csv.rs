//! CSV and TSV: rows with quoted fields, in which line breaks may stand.
//!
//! One definition of a row for cutting a stream and for reading fields: a field is quoted if its
//! first byte is a quotation mark; the next one that is not doubled ends the quotation; what
//! follows up to the delimiter belongs to the field. So do spreadsheets and Python read.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};

use super::blocks::{Split, Step};
use super::fields::{FieldTable, NameId};
use super::outlet::is_web_address;
use super::record::{Captured, Value};
use crate::error::Place;

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

/// What a table looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two fields.
    pub(super) delimiter: u8,
    /// The columns' names.
    pub(super) header: Vec<String>,
    /// Whether the first row says them, so that it is no record.
    pub(super) header_is_a_row: bool,
}

/// Cuts a stream into rows.
#[derive(Debug)]
pub(super) struct Rows {
    delimiter: u8,
    /// The line on which the row that is open began.
    line: u64,
    /// The line breaks seen in it.
    breaks: u64,
    skip_row: bool,
    state: State,
}

/// Where in a row a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before a row.
    RowStart,
    /// Before a field.
    FieldStart,
    /// In a field, outside quotation marks.
    Plain,
    /// In a field, inside quotation marks.
    Quoted,
    /// Behind a quotation mark inside quotation marks: another doubles it, all else ends them.
    QuoteSeen,
}

impl Rows {
    /// The rows of a table, without its header.
    pub(super) fn new(dialect: &Dialect) -> Self {
        Self {
            delimiter: dialect.delimiter,
            line: 1,
            breaks: 0,
            skip_row: dialect.header_is_a_row,
            state: State::RowStart,
        }
    }

    fn close(&mut self, bytes: usize) -> Step {
        let place = Place::Line(self.line);
        self.line += self.breaks + 1;
        self.breaks = 0;
        self.state = State::RowStart;
        if std::mem::take(&mut self.skip_row) {
            Step::Between(bytes)
        } else {
            Step::End(bytes, place)
        }
    }
}

impl Split for Rows {
    fn next(&mut self, bytes: &[u8]) -> Step {
        let mut place = 0;
        if self.state == State::RowStart {
            match bytes {
                [b'\n', ..] => {
                    self.line += 1;
                    return Step::Between(1);
                }
                [b'\r', b'\n', ..] => {
                    self.line += 1;
                    return Step::Between(2);
                }
                _ => self.state = State::FieldStart,
            }
        }
        while place < bytes.len() {
            match self.state {
                State::RowStart | State::FieldStart => {
                    if bytes[place] == b'"' {
                        self.state = State::Quoted;
                        place += 1;
                    } else {
                        self.state = State::Plain;
                    }
                }
                State::Plain => match memchr2(self.delimiter, b'\n', &bytes[place..]) {
                    None => return Step::Within,
                    Some(at) => {
                        place += at + 1;
                        if bytes[place - 1] == b'\n' {
                            return self.close(place);
                        }
                        self.state = State::FieldStart;
                    }
                },
                State::Quoted => {
                    let end = memchr(b'"', &bytes[place..]);
                    let quoted = &bytes[place..end.map_or(bytes.len(), |at| place + at)];
                    self.breaks += memchr_iter(b'\n', quoted).count() as u64;
                    match end {
                        None => return Step::Within,
                        Some(at) => place += at + 1,
                    }
                    self.state = State::QuoteSeen;
                }
                State::QuoteSeen => {
                    if bytes[place] == b'"' {
                        self.state = State::Quoted;
                        place += 1;
                    } else {
                        self.state = State::Plain;
                    }
                }
            }
        }
        Step::Within
    }

    fn place(&self) -> Place {
        Place::Line(self.line)
    }

    fn end(&self) -> Option<String> {
        (self.state == State::Quoted)
            .then(|| "a quotation mark opens a field of this row and none closes it".into())
    }
}

/// The fields of one row.
pub(super) fn fields(row: &str, delimiter: u8) -> Vec<Cow<'_, str>> {
    let row = row.strip_suffix('\n').unwrap_or(row);
    let row = row.strip_suffix('\r').unwrap_or(row);
    let mut fields = Vec::new();
    let mut rest = row;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted, delimiter),
            None => {
                let end = memchr(delimiter, rest.as_bytes());
                (Cow::Borrowed(&rest[..end.unwrap_or(rest.len())]), end.map(|at| &rest[at + 1..]))
            }
        };
        fields.push(field);
        match after {
            Some(after) => rest = after,
            None => return fields,
        }
    }
}

/// A field whose opening quotation mark has been read, and what stands behind the delimiter.
fn quoted_field(text: &str, delimiter: u8) -> (Cow<'_, str>, Option<&str>) {
    let mut field = Cow::Borrowed("");
    let mut rest = text;
    loop {
        let Some(mark) = memchr(b'"', rest.as_bytes()) else {
            join(&mut field, rest);
            return (field, None);
        };
        let after = &rest[mark + 1..];
        if let Some(beyond) = after.strip_prefix('"') {
            join(&mut field, &rest[..=mark]);
            rest = beyond;
            continue;
        }
        join(&mut field, &rest[..mark]);
        let end = memchr(delimiter, after.as_bytes());
        join(&mut field, &after[..end.unwrap_or(after.len())]);
        return (field, end.map(|at| &after[at + 1..]));
    }
}

/// Appends without a copy as long as there is one piece only.
fn join<'a>(field: &mut Cow<'a, str>, piece: &'a str) {
    if field.is_empty() {
        *field = Cow::Borrowed(piece);
    } else if !piece.is_empty() {
        field.to_mut().push_str(piece);
    }
}

/// The columns of a table that matter.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    delimiter: u8,
    count: usize,
    kept: Vec<(usize, NameId)>,
}

impl Columns {
    /// Those that [`FieldTable::columns`] names.
    ///
    /// # Errors
    /// As it says.
    pub(super) fn new(dialect: &Dialect, table: &FieldTable) -> Result<Self, String> {
        let kept = table.columns(&dialect.header)?;
        Ok(Self { delimiter: dialect.delimiter, count: dialect.header.len(), kept })
    }

    /// The values of a row that may matter.
    ///
    /// # Errors
    /// In words, where the row has more or fewer fields than the table has columns.
    pub(super) fn capture<'a>(&self, row: &'a str) -> Result<Captured<'a>, String> {
        let mut fields = fields(row, self.delimiter);
        if fields.len() != self.count {
            let (fields, columns) = (fields.len(), self.count);
            let much = if fields > columns { "too many" } else { "too few" };
            return Err(format!("{much} fields: {fields}, in a table of {columns} columns"));
        }
        let mut captured = Captured::default();
        for (column, name) in &self.kept {
            captured.push(*name, Value::Text(std::mem::take(&mut fields[*column])));
        }
        Ok(captured)
    }
}

/// The delimiters that are tried, the likeliest first.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];
/// A cell of a header is a name: longer ones, or such of more words, are prose.
const NAME_BYTES: usize = 64;
const NAME_WORDS: usize = 4;

/// The dialect in which `head` reads as a table; `all` tells that the stream ends with it.
///
/// A first row of names, one of them known, with at least as many rows of its length behind it as
/// of others; or, with none known, nothing but rows of its length. So a headline with a comma in
/// it is no table.
pub(super) fn dialect(head: &[u8], all: bool, table: &FieldTable) -> Option<Dialect> {
    let head = match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    let mut best: Option<(usize, usize, Dialect)> = None;
    for delimiter in DELIMITERS {
        let rows = rows(head, all, delimiter);
        let Some((first, rest)) = rows.split_first() else { continue };
        let columns = first.len();
        if columns < 2 {
            continue;
        }
        if delimiter == b'\t' && columns == TRAFILATURA.len() && is_web_address(&first[0]) {
            let header = TRAFILATURA.map(str::to_owned).to_vec();
            return Some(Dialect { delimiter, header, header_is_a_row: false });
        }
        let is_name = |cell: &Cow<'_, str>| {
            cell.len() <= NAME_BYTES
                && cell.split_whitespace().count() <= NAME_WORDS
                && !cell.trim_end().ends_with('.')
        };
        let known = first.iter().filter(|cell| table.column(cell).is_some()).count();
        let alike = rest.iter().filter(|row| row.len() == columns).count();
        let is_table = if known > 0 {
            2 * alike >= rest.len()
        } else {
            rest.len() >= 2 && alike == rest.len()
        };
        if first.iter().all(is_name)
            && is_table
            && best.as_ref().is_none_or(|(k, c, _)| (*k, *c) < (known, columns))
        {
            let header = first.iter().map(|cell| cell.trim().to_owned()).collect();
            best = Some((known, columns, Dialect { delimiter, header, header_is_a_row: true }));
        }
    }
    best.map(|(_, _, dialect)| dialect)
}

/// The whole rows of `head` that are not empty.
fn rows(head: &str, all: bool, delimiter: u8) -> Vec<Vec<Cow<'_, str>>> {
    let bare = Dialect { delimiter, header: Vec::new(), header_is_a_row: false };
    let mut split = Rows::new(&bare);
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
                rows.push(fields(&head[start..place], delimiter));
                start = place;
            }
        }
    }
    if start < head.len() && (all || rows.is_empty()) {
        rows.push(fields(&head[start..], delimiter));
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::blocks::cut;

    fn rows_of(table: &str, delimiter: u8, piece: usize) -> Vec<Vec<String>> {
        let bare = Dialect { delimiter, header: Vec::new(), header_is_a_row: false };
        let rows = cut(&mut Rows::new(&bare), table.as_bytes(), piece);
        let owned =
            |row: &String| fields(row, delimiter).into_iter().map(Cow::into_owned).collect();
        rows.iter().map(owned).collect()
    }

    #[test]
    fn quotation_marks_hold_delimiters_and_line_ends() {
        let table = "a,\"b,1\nb2\",c\r\n\n\"say \"\"yes\"\"\",5\" pipe,\r\n\"x\"y,,";
        for piece in 1..table.len() {
            let rows = rows_of(table, b',', piece);
            let expected: [&[&str]; 3] =
                [&["a", "b,1\nb2", "c"], &["say \"yes\"", "5\" pipe", ""], &["xy", "", ""]];
            assert_eq!(rows, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn a_row_stands_on_the_line_where_it_begins() {
        let bare = Dialect { delimiter: b',', header: Vec::new(), header_is_a_row: false };
        let mut rows = Rows::new(&bare);
        let table = b"\n\"1\n\n\",2\n3,4\n";
        let (mut place, mut lines) = (0, Vec::new());
        while place < table.len() {
            match rows.next(&table[place..]) {
                Step::End(bytes, line) => {
                    place += bytes;
                    lines.push(line);
                }
                Step::Between(bytes) => place += bytes,
                Step::Within => break,
            }
        }
        assert_eq!(lines, [Place::Line(2), Place::Line(5)]);
    }

    proptest! {
        #[test]
        fn what_a_csv_writer_writes_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a\",;\t\n\r é]{0,6}", 2..4), 1..6),
            delimiter in prop::sample::select(DELIMITERS.to_vec()),
            piece in 1..9_usize,
        ) {
            let mut writer =
                ::csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let table = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(rows_of(&table, delimiter, piece), rows);
        }
    }

    fn detected(head: &str) -> Option<(u8, Vec<String>)> {
        let dialect = dialect(head.as_bytes(), true, &FieldTable::new(&[]))?;
        Some((dialect.delimiter, dialect.header))
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_a_table_of_known_names() {
        for (head, delimiter, columns) in [
            ("id,title,text\n1,a;b;c,\"d\te\"\n", b',', 3),
            ("title;text\n\"a,b\";c\n", b';', 2),
            ("title\ttext\turl\na, b, c\td\te\n", b'\t', 3),
            ("a,b\n1,2\n3,4\n", b',', 2),
        ] {
            let (found, header) = detected(head).expect(head);
            assert_eq!((found, header.len()), (delimiter, columns), "{head}");
        }
    }

    #[test]
    fn prose_with_commas_is_no_table() {
        for text in [
            "Storms, floods and a date\n\nRain fell, and more fell, on Monday.\n\nIt stopped.\n",
            "First, the harbour\n\nIt was closed.\n",
            "Monday, harbour\n",
        ] {
            assert_eq!(detected(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_of_trafilatura_has_no_header() {
        let row = "https://example.org/1\tx\tf\texample.org\tTitle\tnull\t2024-05-01\tText.\tnull\tnull\tnull\n";
        let dialect = dialect(row.as_bytes(), true, &FieldTable::new(&[])).unwrap();
        assert!(!dialect.header_is_a_row);
        assert_eq!(dialect.header[7], "text");
    }

    #[test]
    fn one_file_has_a_field_from_one_column() {
        let table = FieldTable::new(&[]);
        let head = "title,headline,text,date,source\n";
        let columns =
            Columns::new(&dialect(head.as_bytes(), true, &table).unwrap(), &table).unwrap();
        let kept: Vec<usize> = columns.kept.iter().map(|(column, _)| *column).collect();
        assert_eq!(kept, [0, 2, 3, 4]);
    }
}
