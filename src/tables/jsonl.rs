//! JSON Lines: each row an object with every column, `null` for what is not known.

use std::io::{self, Write};

use super::{Cell, Cells, Column, Writer};

pub(super) struct Jsonl;

impl Writer for Jsonl {
    fn write(
        &self,
        columns: &[Column],
        rows: &mut dyn Iterator<Item = Cells<'_>>,
        file: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        for row in rows {
            for (place, (column, cell)) in columns.iter().zip(row).enumerate() {
                let before = if place == 0 { '{' } else { ',' };
                write!(file, "{before}\"{}\":", column.name)?;
                match cell {
                    Cell::Unknown => file.write_all(b"null")?,
                    Cell::Id(text) | Cell::Text(text) => serde_json::to_writer(&mut *file, &text)?,
                    Cell::Integer(number) => write!(file, "{number}")?,
                    Cell::Real(number) => write!(file, "{number}")?,
                    Cell::Boolean(truth) => write!(file, "{truth}")?,
                }
            }
            file.write_all(b"}\n")?;
        }
        Ok(())
    }
}
