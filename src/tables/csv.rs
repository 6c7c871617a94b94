//! Comma-separated values: a header, quotes only where they are needed, `\n` after each row.

use std::io::{self, Write};
use std::path::Path;

use super::read::{Take, at_line, input_error, no_column};
use super::{Cell, Cells, Codec, Column};
use crate::error::Result;

pub(super) struct Csv;

impl Codec for Csv {
    fn write(
        &self,
        columns: &[Column],
        rows: &mut dyn Iterator<Item = Cells<'_>>,
        file: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(columns.iter().map(|column| column.name))?;
        for row in rows {
            for cell in row {
                match cell {
                    Cell::Unknown => csv.write_field(""),
                    Cell::Id(text) | Cell::Text(text) => csv.write_field(text.as_bytes()),
                    Cell::Integer(number) => csv.write_field(number.to_string()),
                    Cell::Real(number) => csv.write_field(number.to_string()),
                    Cell::Boolean(truth) => csv.write_field(if truth { "true" } else { "false" }),
                }?;
            }
            csv.write_record(None::<&[u8]>)?;
        }
        csv.flush()
    }

    fn read(&self, path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
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
}
