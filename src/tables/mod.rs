//! Tables: every column declared once, rows made anew for each file, and one file an output format.
//!
//! A table does not hold its rows; it makes them one at a time for each file that is written.
//! All formats hold equal values: real numbers are rounded to six decimals before any of them sees
//! them, and what is not known is an empty field, `null`, or a missing optional value. An article's id
//! is an integer in JSON Lines and Parquet where every id of the input was a number, else text.

use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::observer::Observer;

#[cfg_attr(not(feature = "arrow"), path = "arrow_absent.rs")]
mod arrow;
mod csv;
mod document;
mod jsonl;
#[cfg(feature = "formats")]
mod parquet;
#[cfg(not(feature = "formats"))]
#[path = "parquet_absent.rs"]
mod parquet;
mod read;
pub(crate) mod schema;
mod texts;
mod value;
mod view;

use self::read::Take;
use self::schema::Row;
use self::value::{Column, Type};
pub use document::document;
pub(crate) use read::{Asked, has_table, read};
pub(crate) use schema::{of, removed, scrubbed};
pub use texts::write_texts;
pub(crate) use value::{Cell, rounded};
pub use view::{Holds, Seen, View, ViewColumn, views};

/// How many rows are written between two looks at whether the run was cancelled.
const ROWS_BETWEEN_CHECKS: usize = 4096;

/// A format that tables are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Comma-separated values with a header (RFC 4180, line feeds), guarded against spreadsheets.
    Csv,
    /// The same without the guard.
    CsvRaw,
    /// JSON Lines: one object a row.
    Jsonl,
    /// Apache Parquet, Snappy.
    Parquet,
    /// Arrow's IPC file format, in a build with the feature `arrow`.
    Arrow,
    /// No format of tables: the passages as the tool passim writes them.
    Passim,
    /// No format of tables: the passages in their articles, as TEI P5.
    Tei,
}

impl Format {
    /// Every format of tables, those that this build lacks among them.
    pub const TABLES: [Self; 4] = [Self::Csv, Self::Jsonl, Self::Parquet, Self::Arrow];
    /// Every format that passages alone are written in.
    pub const OF_PASSAGES: [Self; 2] = [Self::Passim, Self::Tei];

    /// Its name, which is also the ending of a table's files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvRaw => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Passim => "passim",
            Self::Tei => "tei",
        }
    }

    /// Why this build neither writes nor reads it, where that is so.
    pub fn why_absent(self) -> Option<&'static str> {
        arrow::ABSENT.filter(|_| self == Self::Arrow)
    }

    /// How tables are written and read in it; nothing where it has none.
    fn codec(self) -> Option<&'static dyn Codec> {
        match self {
            Self::Csv => Some(&csv::Csv { is_raw: false }),
            Self::CsvRaw => Some(&csv::Csv { is_raw: true }),
            Self::Jsonl => Some(&jsonl::Jsonl),
            Self::Parquet => Some(&parquet::Parquet),
            Self::Arrow => Some(&arrow::Arrow),
            Self::Passim | Self::Tei => None,
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let mut all = Self::TABLES.into_iter().chain(Self::OF_PASSAGES);
        let names = all.clone().map(Self::name).collect::<Vec<_>>().join(", ");
        let fault = |reason| Error::config("--format", reason);
        let format = all
            .find(|format| format.name() == name)
            .ok_or_else(|| fault(format!("{name:?} is none of {names}")))?;
        match format.why_absent() {
            Some(reason) => Err(fault(format!("{name}: {reason}"))),
            None => Ok(format),
        }
    }
}

/// The names of all tables, in order.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    schema::ALL.iter().map(|table| table.name)
}

type Cells<'a> = Vec<Cell<'a>>;

/// A table.
pub(crate) struct Table<'a> {
    /// Its name, and that of its files.
    pub(crate) name: &'static str,
    columns: Vec<Column>,
    rows: Box<dyn Fn() -> Box<dyn Iterator<Item = Cells<'a>> + 'a> + Sync + 'a>,
}

impl<'a> Table<'a> {
    /// A table whose rows `rows` makes anew each time.
    fn new<R, I>(ids_are_numbers: bool, rows: impl Fn() -> I + Sync + 'a) -> Self
    where
        R: Row<'a> + 'a,
        I: Iterator<Item = R> + 'a,
    {
        Self::with_columns(R::TABLE, R::COLUMNS, ids_are_numbers, move || rows().map(R::cells))
    }

    fn with_columns<I>(
        name: &'static str,
        columns: &[Column],
        ids_are_numbers: bool,
        rows: impl Fn() -> I + Sync + 'a,
    ) -> Self
    where
        I: Iterator<Item = Cells<'a>> + 'a,
    {
        let ids = if ids_are_numbers { Type::Integer } else { Type::Text };
        let settled = |column: &Column| match column.holds {
            Type::Id => Column { holds: ids, ..*column },
            _ => *column,
        };
        let columns = columns.iter().map(settled).collect();
        Self { name, columns, rows: Box::new(move || Box::new(rows())) }
    }

    /// Writes the table to `file`.
    pub(crate) fn write(
        &self,
        format: Format,
        file: &mut (dyn Write + Send),
        observer: &dyn Observer,
    ) -> io::Result<()> {
        let mut rows = (self.rows)().enumerate().map_while(|(place, mut row)| {
            debug_assert_eq!(row.len(), self.columns.len(), "{}", self.name);
            for (cell, column) in row.iter_mut().zip(&self.columns) {
                settle(cell, column.holds);
            }
            let go_on = place % ROWS_BETWEEN_CHECKS != 0 || !observer.cancelled();
            go_on.then_some(row)
        });
        let codec = format.codec().ok_or(io::ErrorKind::Unsupported)?;
        codec.write(&self.columns, &mut rows, file)
    }
}

/// Turns an id into what its column holds.
fn settle(cell: &mut Cell<'_>, holds: Type) {
    if let Cell::Id(id) = cell {
        let number = if holds == Type::Integer { id.parse().ok() } else { None };
        *cell = number.map_or_else(|| Cell::Text(std::mem::take(id)), Cell::Integer);
    }
}

/// A format of tables.
trait Codec {
    /// Writes all of `rows` to `file`.
    fn write(
        &self,
        columns: &[Column],
        rows: &mut dyn Iterator<Item = Cells<'_>>,
        file: &mut (dyn Write + Send),
    ) -> io::Result<()>;

    /// Gives `columns` of every row of the file at `path` to `row`.
    fn read(&self, path: &Path, columns: &[&str], row: Take<'_>) -> Result<()>;
}

#[cfg(test)]
#[cfg(feature = "formats")]
mod tests {
    use std::fs::File;

    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    use serde_json::Value;

    use super::value::{Id, Real, Text, Value as _, known};
    use super::*;
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

    /// How Parquet holds the first column.
    fn parquet_type(table: &Table) -> String {
        let reader = parquet_reader(table);
        let schema = reader.metadata().file_metadata().schema_descr();
        schema.column(0).physical_type().to_string()
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

    #[cfg(feature = "arrow")]
    fn told_by_arrow(table: &Table) -> Told {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes(table, Format::Arrow)).unwrap();
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let mut rows = Vec::new();
        let codec = Format::Arrow.codec().unwrap();
        let told = |field: &String| (!field.is_empty()).then(|| field.clone());
        let mut take = |row: &mut [String]| {
            rows.push(row.iter().map(told).collect());
            Ok(())
        };
        codec.read(file.path(), &names, &mut take).unwrap();
        rows
    }

    #[test]
    fn all_formats_hold_equal_values_whatever_the_text() {
        let sample = Sample::new();
        let tables = of(&sample.results);
        assert!(tables.iter().map(|table| table.name).eq(names()));
        for table in &tables {
            let told = told_by_csv(table);
            assert!(!told.is_empty(), "{}", table.name);
            assert_eq!(told, told_by_jsonl(table), "{}", table.name);
            assert_eq!(told, told_by_parquet(table), "{}", table.name);
            #[cfg(feature = "arrow")]
            assert_eq!(told, told_by_arrow(table), "{}", table.name);
        }
        let hostile = &told_by_csv(&tables[0])[0];
        assert_eq!(hostile[4].as_deref(), Some(HOSTILE));
        assert_eq!(hostile[3], None);
    }

    #[test]
    fn a_full_disk_is_told_as_one_by_every_format() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let sample = Sample::new();
        let tables = of(&sample.results);
        for format in Format::TABLES.into_iter().filter(|format| format.codec().is_some()) {
            let error = tables[0].write(format, &mut Full, &Silent).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{}: {error}", format.name());
        }
    }

    #[test]
    fn an_article_row_says_all_of_its_place() {
        let sample = Sample::new();
        let rows = told_by_csv(&of(&sample.results)[0]);
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
                "15",
                "1",
                "0.0",
                "City Wire",
                "",
                "",
                ""
            ]
        );
        // The original is kept, and nothing is kept in its place; 12/34 has six decimals.
        let kept: Vec<_> = row("a").skip(7).take(4).collect();
        assert_eq!(kept, [Some("f1"), Some("true"), None, None]);
        assert_eq!(row("c").nth(14), Some(Some("0.352941")));
    }

    #[test]
    fn a_row_group_ends_and_the_next_begins() {
        let columns = [Column::of::<u32>("n", &[]), Column::of::<Option<Text>>("odd", &[])];
        let rows = 70_000;
        let table = Table::with_columns("numbers", &columns, false, || {
            let odd = |n| known(if n % 2 == 1 { "odd" } else { "" });
            (0..rows).map(move |n| vec![Cell::Integer(n), odd(n).cell()])
        });
        let reader = parquet_reader(&table);
        let groups = reader.metadata().row_groups();
        assert_eq!(groups.iter().map(|g| g.num_rows()).collect::<Vec<_>>(), [65_536, 4_464]);
        assert_eq!(told_by_parquet(&table), told_by_csv(&table));
        #[cfg(feature = "arrow")]
        assert_eq!(told_by_arrow(&table), told_by_csv(&table));
    }

    #[test]
    fn ids_are_numbers_where_the_input_has_no_others() {
        let columns = [Column::of::<Id>("id", &[])];
        let written = |numbers, format| {
            let rows = || ["7", "12"].map(|id| vec![Id(id.into()).cell()]).into_iter();
            let table = Table::with_columns("ids", &columns, numbers, rows);
            (bytes(&table, format), told_by_parquet(&table), parquet_type(&table))
        };
        let told = vec![vec![Some("7".to_owned())], vec![Some("12".to_owned())]];
        let (jsonl, parquet, holds) = written(true, Format::Jsonl);
        assert_eq!(jsonl, b"{\"id\":7}\n{\"id\":12}\n");
        assert_eq!((parquet, holds), (told.clone(), "INT64".to_owned()));
        let (jsonl, parquet, holds) = written(false, Format::Jsonl);
        assert_eq!(jsonl, b"{\"id\":\"7\"}\n{\"id\":\"12\"}\n");
        assert_eq!((parquet, holds), (told, "BYTE_ARRAY".to_owned()));
        assert_eq!(written(true, Format::Csv).0, b"id\n7\n12\n");
    }

    #[test]
    fn an_empty_table_still_has_its_columns() {
        let columns = [Column::of::<Text>("id", &[])];
        let table = Table::with_columns("none", &columns, false, std::iter::empty);
        assert_eq!(bytes(&table, Format::Csv), b"id\n");
        assert_eq!(bytes(&table, Format::Jsonl), b"");
        assert!(told_by_parquet(&table).is_empty());
    }

    #[test]
    fn a_format_is_known_by_its_name() {
        assert_eq!("passim".parse::<Format>().unwrap(), Format::Passim);
        assert_eq!("tei".parse::<Format>().unwrap(), Format::Tei);
        assert_eq!("jsonl".parse::<Format>().unwrap(), Format::Jsonl);
        match Format::Arrow.why_absent() {
            None => assert_eq!("arrow".parse::<Format>().unwrap(), Format::Arrow),
            Some(_) => {
                let refused = "arrow".parse::<Format>().unwrap_err().to_string();
                assert!(refused.contains("--features arrow"), "{refused}");
            }
        }
        assert!("xlsx".parse::<Format>().unwrap_err().to_string().starts_with("--format: "));
    }
}
