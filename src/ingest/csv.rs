//! CSV and TSV: rows with quoted fields, in which line breaks may stand.
//!
//! One definition of a row for cutting a stream and for reading fields: a field is quoted if its
//! first byte is a quotation mark; the next one that is not doubled ends the quotation; what
//! follows up to the delimiter belongs to the field. So do spreadsheets and Python read.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::blocks::{Split, Step};
use super::field::Field;
use super::fields::{FieldTable, NameId};
use super::record::{Captured, Value};
use crate::error::{Cause, Place};
use crate::text::unguarded;

/// What a table looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two fields.
    pub(super) delimiter: u8,
    /// What ends a row: a line feed, or a carriage return where there is no line feed.
    pub(super) line_end: u8,
    /// Whether a backslash takes the character behind it into the field, as databases write it.
    pub(super) escapes: bool,
    /// How many rows stand before the records: the header, and what a tool says before it.
    pub(super) rows_before: usize,
    /// The columns' names; their numbers, from 1, where the table has no header.
    pub(super) header: Vec<String>,
    /// Whether the table has no header, so that its columns are known by number.
    pub(super) is_headless: bool,
}

/// Cuts a stream into rows.
#[derive(Debug)]
pub(super) struct Rows {
    delimiter: u8,
    line_end: u8,
    escapes: bool,
    /// The line on which the row that is open began.
    line: u64,
    /// The line breaks seen in it.
    breaks: u64,
    rows_before: usize,
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
    /// Behind a backslash that takes the next character, inside quotation marks or outside.
    Escaped(bool),
}

impl Rows {
    /// The rows of a table, without its header.
    pub(super) fn new(dialect: &Dialect) -> Self {
        Self {
            delimiter: dialect.delimiter,
            line_end: dialect.line_end,
            escapes: dialect.escapes,
            line: 1,
            breaks: 0,
            rows_before: dialect.rows_before,
            state: State::RowStart,
        }
    }

    fn close(&mut self, bytes: usize) -> Step {
        let place = Place::Line(self.line);
        self.line += self.breaks + 1;
        self.breaks = 0;
        self.state = State::RowStart;
        if self.rows_before > 0 {
            self.rows_before -= 1;
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
                [first, ..] if *first == self.line_end => {
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
        // A byte that stands for nothing where the table has no escapes.
        let escape = if self.escapes { b'\\' } else { self.line_end };
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
                State::Plain => {
                    let next = memchr3(self.delimiter, self.line_end, escape, &bytes[place..]);
                    let Some(at) = next else { return Step::Within };
                    place += at + 1;
                    if bytes[place - 1] == self.line_end {
                        return self.close(place);
                    }
                    self.state = match bytes[place - 1] == self.delimiter {
                        true => State::FieldStart,
                        false => State::Escaped(false),
                    };
                }
                State::Quoted => {
                    let quote = if self.escapes { b'\\' } else { b'"' };
                    let end = memchr2(b'"', quote, &bytes[place..]);
                    let quoted = &bytes[place..end.map_or(bytes.len(), |at| place + at)];
                    self.breaks += memchr_iter(self.line_end, quoted).count() as u64;
                    match end {
                        None => return Step::Within,
                        Some(at) => place += at + 1,
                    }
                    self.state = match bytes[place - 1] {
                        b'"' => State::QuoteSeen,
                        _ => State::Escaped(true),
                    };
                }
                State::QuoteSeen => {
                    if bytes[place] == b'"' {
                        self.state = State::Quoted;
                        place += 1;
                    } else {
                        self.state = State::Plain;
                    }
                }
                State::Escaped(quoted) => {
                    self.breaks += u64::from(bytes[place] == self.line_end);
                    self.state = if quoted { State::Quoted } else { State::Plain };
                    place += 1;
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
pub(super) fn fields(row: &str, delimiter: u8, escapes: bool) -> Vec<Cow<'_, str>> {
    let row = row.strip_suffix('\n').unwrap_or(row);
    let row = row.strip_suffix('\r').unwrap_or(row);
    if escapes && row.contains('\\') {
        return escaped_fields(row, delimiter).into_iter().map(Cow::Owned).collect();
    }
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

/// Where in a row its field of this place stands, quotation marks and all.
pub(super) fn field_at(
    row: &str,
    delimiter: u8,
    escapes: bool,
    field: usize,
) -> Option<Range<usize>> {
    let row = row.strip_suffix('\n').unwrap_or(row);
    let bytes = row.strip_suffix('\r').unwrap_or(row).as_bytes();
    let (mut fields, mut start, mut at, mut quoted) = (0, 0, 0, false);
    loop {
        let ends = at >= bytes.len() || !quoted && bytes[at] == delimiter;
        if ends && fields == field {
            return Some(start..at.min(bytes.len()));
        }
        if at >= bytes.len() {
            return None;
        }
        match bytes[at] {
            _ if ends => {
                fields += 1;
                start = at + 1;
            }
            b'\\' if escapes => at += 1,
            b'"' if at == start => quoted = true,
            b'"' if quoted && bytes.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => quoted = false,
            _ => {}
        }
        at += 1;
    }
}

/// A value as a field that takes the place of one that is written as `instead`.
pub(super) fn as_field(value: &str, instead: &str, delimiter: u8, escapes: bool) -> String {
    let is_quoted = instead.starts_with('"');
    let taken = char::from(delimiter);
    let breaks = |c: char| c == taken || matches!(c, '\n' | '\r');
    let mut field = String::with_capacity(value.len() + 2);
    if escapes && !is_quoted {
        for (place, c) in value.char_indices() {
            match c {
                '\n' => field.push_str("\\n"),
                '\r' => field.push_str("\\r"),
                '\t' => field.push_str("\\t"),
                _ => {
                    let is_taken = c == '\\' || c == taken || place == 0 && c == '"';
                    field.extend(is_taken.then_some('\\').into_iter().chain([c]));
                }
            }
        }
    } else if is_quoted || value.starts_with('"') || value.contains(breaks) {
        field.push('"');
        for c in value.chars() {
            let before = if escapes { '\\' } else { '"' };
            let is_taken = c == '"' || escapes && c == '\\';
            field.extend(is_taken.then_some(before).into_iter().chain([c]));
        }
        field.push('"');
    } else {
        field.push_str(value);
    }
    field
}

/// The fields of a row in which a backslash takes the next character, or names a control character.
fn escaped_fields(row: &str, delimiter: u8) -> Vec<String> {
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut quoted, mut begins) = (false, true);
    let mut characters = row.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n') => field.push('\n'),
                Some('t') => field.push('\t'),
                Some('r') => field.push('\r'),
                // How PostgreSQL and MySQL write a value that is missing.
                Some('N') if field.is_empty() => {}
                taken => field.extend(taken),
            },
            '"' if begins => quoted = true,
            '"' if quoted && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' if quoted => quoted = false,
            _ if !quoted && c == char::from(delimiter) => {
                fields.push(std::mem::take(&mut field));
                begins = true;
                continue;
            }
            _ => field.push(c),
        }
        begins = false;
    }
    fields.push(field);
    fields
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

/// The columns of a table of articles as `newsfold read` writes it.
pub(crate) const COLUMNS_OF_TEXTS: [&str; 11] = [
    "id",
    "outlet",
    "url",
    "published",
    "title",
    "text",
    "lang",
    "source",
    "row",
    "notes",
    "author",
];
/// So many of them had tables of before.
const FORMER_COLUMNS_OF_TEXTS: usize = 10;

/// The columns of a table that matter.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    delimiter: u8,
    escapes: bool,
    count: usize,
    kept: Vec<(usize, NameId)>,
    /// Whether the cells are guarded against spreadsheets, as this program writes them.
    is_guarded: bool,
}

impl Columns {
    /// Those that [`FieldTable::columns`] names.
    ///
    /// # Errors
    /// As it says; that the table has no header, where it has none and no column is named by number.
    pub(super) fn new(dialect: &Dialect, table: &FieldTable) -> Result<Self, Cause> {
        let count = dialect.header.len();
        let kept = table.columns(&dialect.header).map_err(|reason| match dialect.is_headless {
            false => reason,
            true => format!(
                "a table of {count} columns without a header: name the columns by number, as with \
                 --field text={count} --field title=1"
            )
            .into(),
        })?;
        let former = &COLUMNS_OF_TEXTS[..FORMER_COLUMNS_OF_TEXTS];
        let is_guarded = dialect.header == COLUMNS_OF_TEXTS || dialect.header == former;
        let (delimiter, escapes) = (dialect.delimiter, dialect.escapes);
        Ok(Self { delimiter, escapes, count, kept, is_guarded })
    }

    /// Whether the cells are guarded against spreadsheets.
    pub(super) fn are_guarded(&self) -> bool {
        self.is_guarded
    }

    /// The column that the text is in.
    pub(super) fn text(&self, table: &FieldTable) -> Option<usize> {
        table.column_of(Field::Text, &self.kept)
    }

    /// The values of a row that may matter.
    ///
    /// # Errors
    /// In words, where the row has more or fewer fields than the table has columns.
    pub(super) fn capture<'a>(&self, row: &'a str) -> Result<Captured<'a>, Cause> {
        let mut fields = fields(row, self.delimiter, self.escapes);
        if fields.len() != self.count {
            let (fields, columns) = (fields.len(), self.count);
            let much = if fields > columns { "too many" } else { "too few" };
            return Err(format!("{much} fields: {fields}, in a table of {columns} columns").into());
        }
        let mut captured = Captured::default();
        for (column, name) in &self.kept {
            let mut cell = std::mem::take(&mut fields[*column]);
            if self.is_guarded && unguarded(&cell).len() < cell.len() {
                cell = Cow::Owned(unguarded(&cell).to_owned());
            }
            captured.push(*name, Value::Text(cell));
        }
        Ok(captured)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::blocks::cut;

    fn rows_of(table: &str, delimiter: u8, piece: usize) -> Vec<Vec<String>> {
        let bare = Dialect { delimiter, line_end: b'\n', ..Dialect::default() };
        let rows = cut(&mut Rows::new(&bare), table.as_bytes(), piece);
        let owned =
            |row: &String| fields(row, delimiter, false).into_iter().map(Cow::into_owned).collect();
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
        let bare = Dialect { delimiter: b',', line_end: b'\n', ..Dialect::default() };
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
            delimiter in prop::sample::select(crate::ingest::dialect::DELIMITERS.to_vec()),
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

        #[test]
        fn a_field_is_found_and_takes_another_value(
            row in prop::collection::vec("[a\",;\t\n\r\\\\ é]{0,6}", 2..4),
            value in "[a\",;\t\n\r\\\\ é]{0,6}",
            place in 0..4_usize,
            delimiter in prop::sample::select(crate::ingest::dialect::DELIMITERS.to_vec()),
            quoted: bool,
            escapes: bool,
        ) {
            let place = place % row.len();
            let instead = if quoted { "\"" } else { "" };
            let written = row.iter().map(|field| as_field(field, instead, delimiter, escapes));
            let between = char::from(delimiter).to_string();
            let line = written.collect::<Vec<_>>().join(&between) + "\r\n";
            prop_assert_eq!(&fields(&line, delimiter, escapes), &row);
            let at = field_at(&line, delimiter, escapes, place).unwrap();
            let other = as_field(&value, &line[at.clone()], delimiter, escapes);
            let line = format!("{}{other}{}", &line[..at.start], &line[at.end..]);
            let mut expected = row;
            expected[place] = value;
            prop_assert_eq!(&fields(&line, delimiter, escapes), &expected);
            prop_assert_eq!(field_at(&line, delimiter, escapes, expected.len()), None);
        }
    }

    #[test]
    fn one_file_has_a_field_from_one_column() {
        let table = FieldTable::new(&[]);
        let head = "title,headline,text,date,source\n";
        let columns = Columns::new(
            &crate::ingest::dialect::dialect(head.as_bytes(), true, &table).unwrap(),
            &table,
        )
        .unwrap();
        let kept: Vec<usize> = columns.kept.iter().map(|(column, _)| *column).collect();
        assert_eq!(kept, [0, 2, 3, 4]);
    }
}
