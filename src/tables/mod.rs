//! Tables: named, typed columns and a stream of rows, and one file an output format.
//!
//! A table does not hold its rows; it makes them anew for each file that is written, one at a time.
//! All formats hold equal values: real numbers are rounded to [`DECIMALS`] decimals before any of
//! them sees them, and what is not known is an empty field, `null`, or a missing optional value.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::article::Published;
use crate::error::{Error, Result};
use crate::observer::Observer;

mod csv;
mod jsonl;
mod parquet;
mod read;
mod rows;

pub(crate) use read::{has_table, read_table};
pub(crate) use rows::{BETWEEN_TERMS, NAMES, of, removed};

/// How many decimals a real number keeps: past them lie the shares of articles of a million tokens.
const DECIMALS: i32 = 6;

/// How many rows are written between two looks at whether the run was cancelled.
const ROWS_BETWEEN_CHECKS: usize = 4096;

/// A format that tables are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Comma-separated values with a header (RFC 4180, line feeds).
    Csv,
    /// JSON Lines: one object a row.
    Jsonl,
    /// Apache Parquet, Snappy.
    Parquet,
    /// No format of tables: the passages as the tool passim writes them.
    Passim,
}

impl Format {
    /// Every format of tables.
    pub const TABLES: [Self; 3] = [Self::Csv, Self::Jsonl, Self::Parquet];

    /// Its name, which is also the ending of a table's files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Passim => "passim",
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let all = Self::TABLES.into_iter().chain([Self::Passim]);
        all.into_iter().find(|format| format.name() == name).ok_or_else(|| Error::Config {
            option: "--format".into(),
            reason: format!("{name:?} is none of csv, jsonl, parquet and passim"),
        })
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Integer,
    Real,
    Boolean,
}

/// A column: its name, what it holds, and whether that may be unknown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    name: &'static str,
    holds: Type,
    optional: bool,
}

impl Column {
    const fn new(name: &'static str, holds: Type) -> Self {
        Self { name, holds, optional: false }
    }

    const fn optional(name: &'static str, holds: Type) -> Self {
        Self { name, holds, optional: true }
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Unknown,
    Text(Cow<'a, str>),
    Integer(i64),
    Real(Real),
    Boolean(bool),
}

/// A finite number of [`DECIMALS`] decimals at most, written without an exponent and always with a
/// point, so that no reader takes a column of them for integers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Real(f64);

impl fmt::Display for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 { write!(f, "{:.1}", self.0) } else { write!(f, "{}", self.0) }
    }
}

/// The number as every file has it.
pub(crate) fn rounded(value: f64) -> f64 {
    let scale = 10_f64.powi(DECIMALS);
    // Adding zero turns a negative zero into a plain one.
    (value * scale).round() / scale + 0.0
}

impl<'a> Cell<'a> {
    /// Text, unknown where it is empty.
    fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Unknown } else { Self::Text(text) }
    }

    /// Text that is there even where it is empty: an id.
    fn id(id: &'a str) -> Self {
        Self::Text(id.into())
    }

    fn count(count: usize) -> Self {
        Self::Integer(count as i64)
    }

    fn real(value: f64) -> Self {
        if value.is_finite() { Self::Real(Real(rounded(value))) } else { Self::Unknown }
    }

    fn published(published: Option<Published>) -> Self {
        published.map_or(Self::Unknown, |at| Self::Text(at.to_string().into()))
    }
}

impl<'a> From<Option<Cell<'a>>> for Cell<'a> {
    fn from(cell: Option<Cell<'a>>) -> Self {
        cell.unwrap_or(Cell::Unknown)
    }
}

type Row<'a> = Vec<Cell<'a>>;
type Rows<'a> = Box<dyn Iterator<Item = Row<'a>> + 'a>;

/// A table.
pub(crate) struct Table<'a> {
    /// Its name, and that of its files.
    pub(crate) name: &'static str,
    columns: &'static [Column],
    rows: Box<dyn Fn() -> Rows<'a> + Sync + 'a>,
}

impl<'a> Table<'a> {
    fn new<I>(
        name: &'static str,
        columns: &'static [Column],
        rows: impl Fn() -> I + Sync + 'a,
    ) -> Self
    where
        I: Iterator<Item = Row<'a>> + 'a,
    {
        Self { name, columns, rows: Box::new(move || Box::new(rows())) }
    }

    /// Writes the table to `file`.
    pub(crate) fn write(
        &self,
        format: Format,
        file: &mut (dyn Write + Send),
        observer: &dyn Observer,
    ) -> io::Result<()> {
        let mut rows = (self.rows)().enumerate().map_while(|(place, row)| {
            debug_assert_eq!(row.len(), self.columns.len(), "{}", self.name);
            let go_on = place % ROWS_BETWEEN_CHECKS != 0 || !observer.cancelled();
            go_on.then_some(row)
        });
        let writer: &dyn Writer = match format {
            Format::Csv => &csv::Csv,
            Format::Jsonl => &jsonl::Jsonl,
            Format::Parquet => &parquet::Parquet,
            Format::Passim => return Err(io::ErrorKind::Unsupported.into()),
        };
        writer.write(self.columns, &mut rows, file)
    }
}

/// An output format.
trait Writer {
    /// Writes all of `rows` to `file`.
    fn write(
        &self,
        columns: &[Column],
        rows: &mut dyn Iterator<Item = Row<'_>>,
        file: &mut (dyn Write + Send),
    ) -> io::Result<()>;
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    use serde_json::Value;

    use super::*;
    use crate::analysis::Network;
    use crate::observer::Silent;
    use crate::results::sample::{HOSTILE, Sample};

    fn bytes(table: &Table, format: Format) -> Vec<u8> {
        let mut file = Vec::new();
        table.write(format, &mut file, &Silent).unwrap();
        file
    }

    /// Rows as every format tells them: text, with nothing for what is unknown.
    type Told = Vec<Vec<Option<String>>>;

    fn told_by_csv(table: &Table) -> Told {
        let file = bytes(table, Format::Csv);
        let mut reader = ::csv::Reader::from_reader(&file[..]);
        let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), names);
        let told = |field: &str| (!field.is_empty()).then(|| field.to_string());
        reader.records().map(|row| row.unwrap().iter().map(told).collect()).collect()
    }

    fn told_by_jsonl(table: &Table) -> Told {
        let file = String::from_utf8(bytes(table, Format::Jsonl)).unwrap();
        let row = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            assert_eq!(row.as_object().unwrap().len(), table.columns.len());
            let told = |column: &Column| match &row[column.name] {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                Value::Number(n) if column.holds == Type::Real => {
                    Some(Real(n.as_f64().unwrap()).to_string())
                }
                value => Some(value.to_string()),
            };
            table.columns.iter().map(told).collect()
        };
        file.lines().map(row).collect()
    }

    fn parquet_reader(table: &Table) -> SerializedFileReader<File> {
        let mut file = tempfile::tempfile().unwrap();
        table.write(Format::Parquet, &mut file, &Silent).unwrap();
        SerializedFileReader::new(file).unwrap()
    }

    fn told_by_parquet(table: &Table) -> Told {
        let reader = parquet_reader(table);
        let told = |(_, field): (&String, &Field)| match field {
            Field::Null => None,
            Field::Str(text) => Some(text.clone()),
            Field::Long(number) => Some(number.to_string()),
            Field::Double(number) => Some(Real(*number).to_string()),
            Field::Bool(truth) => Some(truth.to_string()),
            other => panic!("{other}"),
        };
        let rows = reader.get_row_iter(None).unwrap();
        rows.map(|row| row.unwrap().get_column_iter().map(told).collect()).collect()
    }

    #[test]
    fn all_formats_hold_equal_values_whatever_the_text() {
        let sample = Sample::new();
        let results = sample.results();
        let network =
            Network::of(results.corpus, results.passages.unwrap(), results.origins.unwrap());
        let tables = of(&results, Some(&network));
        assert_eq!(tables.iter().map(|t| t.name).collect::<Vec<_>>(), NAMES);
        for table in &tables {
            let told = told_by_csv(table);
            assert!(!told.is_empty(), "{}", table.name);
            assert_eq!(told, told_by_jsonl(table), "{}", table.name);
            assert_eq!(told, told_by_parquet(table), "{}", table.name);
        }
        let hostile = &told_by_csv(&tables[0])[0];
        assert_eq!(hostile[4].as_deref(), Some(HOSTILE));
        assert_eq!(hostile[3], None);
    }

    #[test]
    fn an_article_row_says_all_of_its_place() {
        let sample = Sample::new();
        let results = sample.results();
        let rows = told_by_csv(&of(&results, None)[0]);
        let row = |id| rows[sample.doc(id).index()].iter().map(|cell| cell.as_deref());
        let known: Vec<&str> = row("b").map(Option::unwrap_or_default).collect();
        assert_eq!(
            known,
            [
                "b",
                "Harbour Post",
                "https://harbour-post.example/b",
                "2024-05-01T10:00:00Z",
                "Bridge to close",
                "en",
                "18",
                "f1",
                "false",
                "a",
                "0.9375",
                "1.0",
                "s1",
                "l1",
                "0.0",
                "0.0",
                "made-up.jsonl:1",
                "",
                "0.5",
                "109",
                "15",
                "15"
            ]
        );
        // The original is kept, and nothing is kept in its place; 12/34 has six decimals.
        let kept: Vec<_> = row("a").skip(7).take(4).collect();
        assert_eq!(kept, [Some("f1"), Some("true"), None, None]);
        assert_eq!(row("c").nth(14), Some(Some("0.352941")));
    }

    #[test]
    fn a_row_group_ends_and_the_next_begins() {
        const COLUMNS: &[Column] =
            &[Column::new("n", Type::Integer), Column::optional("odd", Type::Text)];
        let rows = 70_000;
        let table = Table::new("numbers", COLUMNS, || {
            (0..rows)
                .map(|n| vec![Cell::Integer(n), Cell::text(if n % 2 == 1 { "odd" } else { "" })])
        });
        let reader = parquet_reader(&table);
        let groups = reader.metadata().row_groups();
        assert_eq!(groups.iter().map(|g| g.num_rows()).collect::<Vec<_>>(), [65_536, 4_464]);
        assert_eq!(told_by_parquet(&table), told_by_csv(&table));
    }

    #[test]
    fn an_empty_table_still_has_its_columns() {
        const COLUMNS: &[Column] = &[Column::new("id", Type::Text)];
        let table = Table::new("none", COLUMNS, std::iter::empty);
        assert_eq!(bytes(&table, Format::Csv), b"id\n");
        assert_eq!(bytes(&table, Format::Jsonl), b"");
        assert!(told_by_parquet(&table).is_empty());
    }

    #[test]
    fn a_real_number_is_short_and_never_an_integer_or_an_exponent() {
        let told = |value| match Cell::real(value) {
            Cell::Real(number) => number.to_string(),
            cell => format!("{cell:?}"),
        };
        assert_eq!(told(1.0), "1.0");
        assert_eq!(told(1.0 / 3.0), "0.333333");
        assert_eq!(told(1e-6), "0.000001");
        assert_eq!(told(-1e-9), "0.0");
        assert_eq!(told(123_456_789.25), "123456789.25");
        assert_eq!(told(f64::NAN), "Unknown");
    }

    #[test]
    fn a_format_is_known_by_its_name() {
        assert_eq!("passim".parse::<Format>().unwrap(), Format::Passim);
        assert_eq!("jsonl".parse::<Format>().unwrap(), Format::Jsonl);
        assert!("xlsx".parse::<Format>().unwrap_err().to_string().starts_with("--format: "));
    }
}
