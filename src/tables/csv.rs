//! Comma-separated values: a header, quotes only where they are needed, `\n` after each row.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and runs it. Texts of
//! strangers that begin so get an apostrophe in front, unless `--csv-raw` asks for the bare text;
//! whoever reads the table back takes it away again. Numbers are left alone.

use std::io::{self, Write};
use std::path::Path;

use super::read::{Take, at_line, input_error, no_column};
use super::{Cell, Cells, Codec, Column};
use crate::error::{Position, Result};
use crate::text::{guarded, unguarded};

pub(super) struct Csv {
    /// Texts stand as they are, whatever they begin with.
    pub(super) is_raw: bool,
}

impl Codec for Csv {
    fn write(
        &self,
        columns: &[Column],
        rows: &mut dyn Iterator<Item = Cells<'_>>,
        file: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        let written = write(self.is_raw, columns, rows, file);
        // The crate's own way from its errors to those of the system hides which of these it was.
        written.map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        })
    }

    fn read(&self, path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
        let fault = |error: csv::Error| match error.position().map(csv::Position::line) {
            Some(line) => at_line(path, line, error),
            None => input_error(Position::of_path(path), error),
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
                let cell = &record[place];
                field.push_str(if self.is_raw { cell } else { unguarded(cell) });
            }
            let line = record.position().map_or(0, csv::Position::line);
            row(&mut fields).map_err(|reason| at_line(path, line, reason))?;
        }
        Ok(())
    }
}

fn write(
    is_raw: bool,
    columns: &[Column],
    rows: &mut dyn Iterator<Item = Cells<'_>>,
    file: &mut (dyn Write + Send),
) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(file);
    csv.write_record(columns.iter().map(|column| column.name))?;
    for row in rows {
        for cell in row {
            match cell {
                Cell::Unknown => csv.write_field(""),
                Cell::Id(text) | Cell::Text(text) if is_raw => csv.write_field(text.as_bytes()),
                Cell::Id(text) | Cell::Text(text) => csv.write_field(guarded(&text).as_bytes()),
                Cell::Integer(number) => csv.write_field(number.to_string()),
                Cell::Real(number) => csv.write_field(number.to_string()),
                Cell::Boolean(truth) => csv.write_field(if truth { "true" } else { "false" }),
            }?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    Ok(csv.flush()?)
}
