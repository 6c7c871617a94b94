//! The tables of a finished run, read back: csv, else jsonl, else parquet, whichever is there.
//!
//! Cost: one pass over the table, one row in memory; in parquet, only the columns asked for.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::Format;
use super::schema::Row;
use super::value::Column;
use crate::error::{Error, Position, Result};

/// Reads a table of the run in `out`, row by row, and of it only these `columns`, or all where none is
/// named: the others then hold what stands for nothing. A reason that `take` returns becomes an error
/// at the row's place.
///
/// # Errors
/// [`Error::Input`] where the table or a column is missing, a value is not of its column's type, or the
/// file is not what its name says.
pub(crate) fn read<R: Row<'static>>(
    out: &Path,
    columns: &[&str],
    take: &mut dyn FnMut(R) -> Result<(), String>,
) -> Result<()> {
    let is_asked_for = |column: &&Column| columns.is_empty() || columns.contains(&column.name);
    let asked: Vec<&str> =
        R::COLUMNS.iter().filter(is_asked_for).map(|column| column.name).collect();
    read_table(out, R::TABLE, &asked, &mut |fields| {
        let mut asked_for = R::COLUMNS.iter().map(|column| is_asked_for(&column));
        let mut fields = fields.iter_mut();
        let mut next = || asked_for.next()?.then(|| fields.next().map(std::mem::take)).flatten();
        take(R::read(&mut next)?)
    })
}

/// What takes the fields of a row as text; what is not known is the empty text.
type Take<'t> = &'t mut dyn FnMut(&mut [String]) -> Result<(), String>;

fn read_table(out: &Path, table: &str, columns: &[&str], row: Take<'_>) -> Result<()> {
    let path = |extension: &str| out.join(format!("{table}.{extension}"));
    let (csv, jsonl, parquet) = (path("csv"), path("jsonl"), path("parquet"));
    if csv.is_file() {
        read_csv(&csv, columns, row)
    } else if jsonl.is_file() {
        read_jsonl(&jsonl, columns, row)
    } else if parquet.is_file() {
        read_parquet(&parquet, columns, row)
    } else {
        Err(Error::Input {
            position: whole(out),
            reason: format!(
                "no table `{table}` here (csv, jsonl or parquet): is it a run's folder?"
            ),
        })
    }
}

/// Whether the run in `out` wrote this table.
pub(crate) fn has_table(out: &Path, table: &str) -> bool {
    Format::TABLES.iter().any(|format| out.join(format!("{table}.{}", format.name())).is_file())
}

fn read_csv(path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
    let fault = |error: csv::Error| match error.position() {
        Some(position) => at_line(path, position.line(), &error),
        None => input_error(path, &error),
    };
    let mut reader = csv::Reader::from_path(path).map_err(fault)?;
    let header = reader.headers().map_err(fault)?;
    let places = columns
        .iter()
        .map(|name| header.iter().position(|column| column == *name).ok_or(*name))
        .collect::<Result<Vec<usize>, _>>()
        .map_err(|name| no_column(path, name))?;
    let mut record = csv::StringRecord::new();
    let mut fields = vec![String::new(); columns.len()];
    while reader.read_record(&mut record).map_err(fault)? {
        for (field, &place) in fields.iter_mut().zip(&places) {
            field.clear();
            field.push_str(&record[place]);
        }
        let line = record.position().map_or(0, csv::Position::line);
        row(&mut fields).map_err(|reason| at_line(path, line, reason))?;
    }
    Ok(())
}

fn read_jsonl(path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
    let file = File::open(path).map_err(|error| input_error(path, error))?;
    let mut fields = vec![String::new(); columns.len()];
    for (line, number) in BufReader::new(file).lines().zip(1..) {
        let line = line.map_err(|error| at_line(path, number, error))?;
        let mut object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&line).map_err(|error| at_line(path, number, error))?;
        for (field, name) in fields.iter_mut().zip(columns) {
            *field = match object.remove(*name) {
                Some(serde_json::Value::String(text)) => text,
                Some(serde_json::Value::Null) => String::new(),
                Some(value) => value.to_string(),
                None => return Err(at_line(path, number, format!("no field `{name}`"))),
            };
        }
        row(&mut fields).map_err(|reason| at_line(path, number, reason))?;
    }
    Ok(())
}

fn read_parquet(path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
    let fault = |error: parquet::errors::ParquetError| input_error(path, error);
    let file = File::open(path).map_err(|error| input_error(path, error))?;
    let reader = SerializedFileReader::new(file).map_err(fault)?;
    let schema = reader.metadata().file_metadata().schema();
    let chosen = columns
        .iter()
        .map(|name| {
            let field = schema.get_fields().iter().find(|field| field.name() == *name);
            field.cloned().ok_or_else(|| no_column(path, name))
        })
        .collect::<Result<Vec<_>>>()?;
    let projection =
        Type::group_type_builder(schema.name()).with_fields(chosen).build().map_err(fault)?;
    let mut fields = vec![String::new(); columns.len()];
    for (read, number) in reader.get_row_iter(Some(projection)).map_err(fault)?.zip(1..) {
        let read = read.map_err(fault)?;
        for (name, value) in read.get_column_iter() {
            if let Some(place) = columns.iter().position(|column| column == name) {
                fields[place] = match value {
                    Field::Str(text) => text.clone(),
                    Field::Null => String::new(),
                    other => other.to_string(),
                };
            }
        }
        row(&mut fields).map_err(|reason| Error::Input {
            position: Position::record(path.to_string_lossy(), number),
            reason,
        })?;
    }
    Ok(())
}

fn whole(path: &Path) -> Position {
    Position::whole(path.to_string_lossy())
}

fn input_error(path: &Path, reason: impl Display) -> Error {
    Error::Input { position: whole(path), reason: reason.to_string() }
}

fn at_line(path: &Path, line: u64, reason: impl Display) -> Error {
    let position = Position::line(PathBuf::from(path).to_string_lossy(), line);
    Error::Input { position, reason: reason.to_string() }
}

fn no_column(path: &Path, name: &str) -> Error {
    input_error(path, format!("no column `{name}`"))
}

#[cfg(test)]
mod tests {
    use std::fs;
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
