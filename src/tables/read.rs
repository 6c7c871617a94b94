//! The tables of a finished run, read back, from the first of the formats that is there.
//!
//! What is read is what the run wrote: the file's bytes are compared with the manifest first.
//!
//! Cost: two passes over the table, one row in memory; in parquet, only the columns asked for.

use std::path::Path;

use super::Format;
use super::schema::Row;
use super::value::Column;
use crate::error::{Cause, Error, InputErrorKind, Position, Result};
use crate::output::{check_bytes, csv_is_raw};

/// Tells which fields of a column are wanted.
type Wanted<'a> = &'a dyn Fn(&str) -> bool;

/// What is asked for of a table.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// The columns, or all where none is named: the others then hold what stands for nothing.
    pub(crate) columns: &'a [&'a str],
    /// One of these columns, and which of its fields belong to a row that is asked for. No value is made of the other
    /// rows.
    pub(crate) only: Option<(&'a str, Wanted<'a>)>,
}

impl<'a> Asked<'a> {
    /// These columns of every row.
    pub(crate) fn columns(columns: &'a [&'a str]) -> Self {
        Self { columns, only: None }
    }

    /// All of the rows whose field in this column is `wanted`.
    pub(crate) fn rows(column: &'a str, wanted: Wanted<'a>) -> Self {
        Self { columns: &[], only: Some((column, wanted)) }
    }
}

/// Reads a table of the run in `out`, row by row, and of it what is `asked` for. A reason that `take` returns becomes an
/// error at the row's place.
///
/// # Errors
/// [`Error::Input`] where the table or a column is missing, a value is not of its column's type, or the
/// file is not what its name says, or not the one that the run's manifest names.
pub(crate) fn read<R: Row<'static>>(
    out: &Path,
    asked: Asked<'_>,
    take: &mut dyn FnMut(R) -> Result<(), Cause>,
) -> Result<()> {
    let Asked { columns, only } = asked;
    let is_asked_for = |column: &&Column| columns.is_empty() || columns.contains(&column.name);
    let asked: Vec<&str> =
        R::COLUMNS.iter().filter(is_asked_for).map(|column| column.name).collect();
    let only = match only {
        None => None,
        Some((of, wanted)) => {
            let place = asked.iter().position(|name| *name == of);
            Some((place.ok_or_else(|| no_column(out, of))?, wanted))
        }
    };
    read_table(out, R::TABLE, &asked, &mut |fields| {
        if only.is_some_and(|(place, wanted)| !wanted(&fields[place])) {
            return Ok(());
        }
        let mut asked_for = R::COLUMNS.iter().map(|column| is_asked_for(&column));
        let mut fields = fields.iter_mut();
        let mut next = || asked_for.next()?.then(|| fields.next().map(std::mem::take)).flatten();
        take(R::read(&mut next)?)
    })
}

/// What takes the fields of a row as text; what is not known is the empty text.
pub(super) type Take<'t> = &'t mut dyn FnMut(&mut [String]) -> Result<(), Cause>;

fn read_table(out: &Path, table: &str, columns: &[&str], row: Take<'_>) -> Result<()> {
    let there = Format::TABLES.into_iter().find_map(|format| {
        let path = out.join(format!("{table}.{}", format.name()));
        path.is_file().then_some((format, path))
    });
    let Some((format, path)) = there else {
        let names = Format::TABLES.map(Format::name).join(", ");
        let reason = format!("no table `{table}` here ({names}): is it a run's folder?");
        return Err(Error::input(Position::of_path(out), InputErrorKind::Missing, reason));
    };
    check_bytes(out, &format!("{table}.{}", format.name()))?;
    let format = match format {
        Format::Csv if csv_is_raw(out)? => Format::CsvRaw,
        format => format,
    };
    format.codec().map_or(Ok(()), |codec| codec.read(&path, columns, row))
}

/// Whether the run in `out` wrote this table.
pub(crate) fn has_table(out: &Path, table: &str) -> bool {
    Format::TABLES.iter().any(|format| out.join(format!("{table}.{}", format.name())).is_file())
}

/// What is wrong with a table, or with a row of it.
pub(super) fn input_error(position: Position, reason: impl Into<Cause>) -> Error {
    Error::input(position, InputErrorKind::Damaged, reason)
}

pub(super) fn at_line(path: &Path, line: u64, reason: impl Into<Cause>) -> Error {
    input_error(Position::line(path.to_string_lossy(), line), reason)
}

pub(super) fn no_column(path: &Path, name: &str) -> Error {
    input_error(Position::of_path(path), format!("no column `{name}`"))
}

#[cfg(test)]
#[cfg(feature = "formats")]
mod tests {
    use std::fs::{self, File};
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use tempfile::TempDir;

    use super::*;

    fn rows(out: &Path) -> Result<Vec<Vec<String>>> {
        let mut rows = Vec::new();
        read_table(out, "t", &["start", "id"], &mut |row| {
            rows.push(row.to_vec());
            if row[1] == "bad" { Err("a bad row".into()) } else { Ok(()) }
        })?;
        Ok(rows)
    }

    fn write_parquet(path: &Path) {
        let schema = parse_message_type(
            "message t { required binary id (UTF8); required int32 other; optional int32 start; }",
        )
        .unwrap();
        let properties = Arc::new(WriterProperties::builder().build());
        let file = File::create(path).unwrap();
        let mut writer = SerializedFileWriter::new(file, Arc::new(schema), properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let ids = [ByteArray::from("a\"b"), ByteArray::from("c")];
        column.typed::<ByteArrayType>().write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&[1, 2], None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&[7], Some(&[1, 0]), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
    }

    #[test]
    fn a_table_is_the_same_in_every_format() {
        let out = TempDir::new().unwrap();
        let write = |name: &str, content: &str| fs::write(out.path().join(name), content).unwrap();
        let expected = vec![vec!["7".to_owned(), "a\"b".into()], vec![String::new(), "c".into()]];
        write_parquet(&out.path().join("t.parquet"));
        assert_eq!(rows(out.path()).unwrap(), expected);
        write(
            "t.jsonl",
            "{\"id\":\"a\\\"b\",\"start\":7}\n{\"id\":\"c\",\"other\":1,\"start\":null}\n",
        );
        assert_eq!(rows(out.path()).unwrap(), expected);
        write("t.csv", "id,other,start\n\"a\"\"b\",1,7\nc,2,\n");
        assert_eq!(rows(out.path()).unwrap(), expected);
    }

    #[test]
    fn what_is_missing_or_bad_is_named() {
        let out = TempDir::new().unwrap();
        let fault = || rows(out.path()).unwrap_err().to_string();
        assert!(fault().contains("no table `t` here"), "{}", fault());
        fs::write(out.path().join("t.jsonl"), "{\"id\":\"bad\",\"start\":1}\n").unwrap();
        assert!(fault().ends_with("t.jsonl:1: a bad row"), "{}", fault());
        fs::write(out.path().join("t.jsonl"), "{\"id\":\"a\"}\n").unwrap();
        assert!(fault().ends_with("t.jsonl:1: no field `start`"), "{}", fault());
        fs::write(out.path().join("t.csv"), "id\na\n").unwrap();
        assert!(fault().ends_with("t.csv: no column `start`"), "{}", fault());
        fs::write(out.path().join("t.csv"), "id,start\na,1\nbad,2\n").unwrap();
        assert!(fault().ends_with("t.csv:3: a bad row"), "{}", fault());
    }
}
