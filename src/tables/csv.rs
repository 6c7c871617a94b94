//! Comma-separated values: a header, quotes only where they are needed, `\n` after each row.

use std::io::{self, Write};

use super::{Cell, Cells, Column, Writer};

pub(super) struct Csv;

impl Writer for Csv {
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
}
