//! Arrow's IPC file format, of which Feather is a name: UTF-8 text, 64-bit integers, doubles, booleans;
//! not compressed, so that every reader takes it and may map it; a batch at a time in memory.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::read::{Take, input_error, no_column};
use super::value::Real;
use super::{Cell, Cells, Codec, Column, Type};
use crate::error::{Cause, Position, Result};

/// Why there is none: it is there.
pub(super) const ABSENT: Option<&str> = None;

/// A batch ends after so many rows …
const BATCH_ROWS: usize = 1 << 16;
/// … or so many bytes of text, whichever comes first: what bounds the memory.
const BATCH_BYTES: usize = 64 << 20;

pub(super) struct Arrow;

impl Codec for Arrow {
    fn write(
        &self,
        columns: &[Column],
        rows: &mut dyn Iterator<Item = Cells<'_>>,
        file: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        write(columns, rows, file).map_err(|error| match error {
            ArrowError::IoError(_, error) => error,
            error => io::Error::other(error),
        })
    }

    fn read(&self, path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
        let whole = || Position::of_path(path);
        let fault = |error: ArrowError| input_error(whole(), Cause::of(error));
        let file = File::open(path).map_err(|error| input_error(whole(), error))?;
        let reader = FileReader::try_new(BufReader::new(file), None).map_err(fault)?;
        let schema = reader.schema();
        let place = |name: &&str| schema.index_of(name).map_err(|_| no_column(path, name));
        let places = columns.iter().map(place).collect::<Result<Vec<usize>>>()?;
        let mut fields = vec![String::new(); columns.len()];
        let mut number = 0;
        for batch in reader {
            let batch = batch.map_err(fault)?;
            for at in 0..batch.num_rows() {
                number += 1;
                for (field, &place) in fields.iter_mut().zip(&places) {
                    *field = told(batch.column(place), at);
                }
                let taken = row(&mut fields);
                let position = || Position::record(path.to_string_lossy(), number);
                taken.map_err(|reason| input_error(position(), reason))?;
            }
        }
        Ok(())
    }
}

/// A value as text; what is unknown, or of a type that no table has, is the empty text.
fn told(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => Real(column.as_primitive::<Float64Type>().value(row)).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        _ => String::new(),
    }
}

fn write(
    columns: &[Column],
    rows: &mut dyn Iterator<Item = Cells<'_>>,
    file: &mut (dyn Write + Send),
) -> Result<(), ArrowError> {
    let field = |column: &Column| Field::new(column.name, holds(column.holds), column.optional);
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()));
    let mut writer = FileWriter::try_new(file, &schema)?;
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let mut builders: Vec<Values> = columns.iter().map(|column| column.holds.into()).collect();
        let mut bytes = 0;
        for row in rows.by_ref().take(BATCH_ROWS) {
            for (values, cell) in builders.iter_mut().zip(row) {
                bytes += values.push(cell)?;
            }
            if bytes >= BATCH_BYTES {
                break;
            }
        }
        let arrays = builders.into_iter().map(Values::finish).collect();
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), arrays)?)?;
    }
    writer.finish()
}

fn holds(column: Type) -> DataType {
    match column {
        Type::Id | Type::Text => DataType::Utf8,
        Type::Integer => DataType::Int64,
        Type::Real => DataType::Float64,
        Type::Boolean => DataType::Boolean,
    }
}

/// A column's share of a batch.
enum Values {
    Text(StringBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Boolean(BooleanBuilder),
}

impl From<Type> for Values {
    fn from(holds: Type) -> Self {
        match holds {
            Type::Id | Type::Text => Self::Text(StringBuilder::new()),
            Type::Integer => Self::Integer(Int64Builder::new()),
            Type::Real => Self::Real(Float64Builder::new()),
            Type::Boolean => Self::Boolean(BooleanBuilder::new()),
        }
    }
}

impl Values {
    /// Takes a cell and returns about how much memory it holds.
    fn push(&mut self, cell: Cell<'_>) -> Result<usize, ArrowError> {
        let mut bytes = size_of::<i64>();
        match (self, cell) {
            (Self::Text(values), Cell::Text(text)) => {
                bytes += text.len();
                values.append_value(text);
            }
            (Self::Integer(values), Cell::Integer(number)) => values.append_value(number),
            (Self::Real(values), Cell::Real(number)) => values.append_value(number.0),
            (Self::Boolean(values), Cell::Boolean(truth)) => values.append_value(truth),
            // A column that is not optional refuses it when the batch is made.
            (Self::Text(values), Cell::Unknown) => values.append_null(),
            (Self::Integer(values), Cell::Unknown) => values.append_null(),
            (Self::Real(values), Cell::Unknown) => values.append_null(),
            (Self::Boolean(values), Cell::Unknown) => values.append_null(),
            (_, cell) => {
                let reason = format!("{cell:?} in a wrong column");
                return Err(ArrowError::InvalidArgumentError(reason));
            }
        }
        Ok(bytes)
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut values) => Arc::new(values.finish()),
            Self::Integer(mut values) => Arc::new(values.finish()),
            Self::Real(mut values) => Arc::new(values.finish()),
            Self::Boolean(mut values) => Arc::new(values.finish()),
        }
    }
}
