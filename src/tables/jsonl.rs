//! JSON Lines: each row an object with every column, `null` for what is not known.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use super::read::{Take, at_line, input_error};
use super::{Cell, Cells, Codec, Column};
use crate::error::{Position, Result};

pub(super) struct Jsonl;

impl Codec for Jsonl {
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

    fn read(&self, path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
        let file = File::open(path);
        let file = file.map_err(|error| input_error(Position::of_path(path), error))?;
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
}
