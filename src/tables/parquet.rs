//! Apache Parquet by its low-level column writers: UTF-8 text, 64-bit integers, doubles, booleans;
//! Snappy; a row group at a time in memory.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::Field as Read;
use parquet::schema::types::Type as Field;

use super::read::{Take, input_error, no_column};
use super::{Cell, Cells, Codec, Column, Type};
use crate::error::{Cause, Position, Result};

/// A row group ends after so many rows …
const GROUP_ROWS: usize = 1 << 16;
/// … or so many bytes of text, whichever comes first: what bounds the memory.
const GROUP_BYTES: usize = 64 << 20;

pub(super) struct Parquet;

impl Codec for Parquet {
    fn write(
        &self,
        columns: &[Column],
        rows: &mut dyn Iterator<Item = Cells<'_>>,
        file: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        write(columns, rows, file).map_err(|error| match error {
            ParquetError::External(cause) => match cause.downcast::<io::Error>() {
                Ok(error) => *error,
                Err(cause) => io::Error::other(cause),
            },
            error => io::Error::other(error),
        })
    }

    fn read(&self, path: &Path, columns: &[&str], row: Take<'_>) -> Result<()> {
        let whole = || Position::of_path(path);
        let fault = |error: ParquetError| input_error(whole(), Cause::of(error));
        let file = File::open(path).map_err(|error| input_error(whole(), error))?;
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
            Field::group_type_builder(schema.name()).with_fields(chosen).build().map_err(fault)?;
        let mut fields = vec![String::new(); columns.len()];
        for (read, number) in reader.get_row_iter(Some(projection)).map_err(fault)?.zip(1..) {
            let read = read.map_err(fault)?;
            for (name, value) in read.get_column_iter() {
                if let Some(place) = columns.iter().position(|column| column == name) {
                    fields[place] = match value {
                        Read::Str(text) => text.clone(),
                        Read::Null => String::new(),
                        other => other.to_string(),
                    };
                }
            }
            let taken = row(&mut fields);
            let position = || Position::record(path.to_string_lossy(), number);
            taken.map_err(|reason| input_error(position(), reason))?;
        }
        Ok(())
    }
}

fn write(
    columns: &[Column],
    rows: &mut dyn Iterator<Item = Cells<'_>>,
    file: &mut (dyn Write + Send),
) -> Result<(), ParquetError> {
    let fields = columns.iter().map(|column| field(column).map(Arc::new));
    let schema = Field::group_type_builder("schema")
        .with_fields(fields.collect::<Result<_, _>>()?)
        .build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("newsfold ", env!("CARGO_PKG_VERSION")).into())
        .build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let mut chunks: Vec<Chunk> = columns.iter().map(Chunk::new).collect();
        let mut bytes = 0;
        for row in rows.by_ref().take(GROUP_ROWS) {
            for (chunk, cell) in chunks.iter_mut().zip(row) {
                bytes += chunk.push(cell)?;
            }
            if bytes >= GROUP_BYTES {
                break;
            }
        }
        let mut group = writer.next_row_group()?;
        for chunk in chunks {
            chunk.write(&mut group)?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

fn field(column: &Column) -> Result<Field, ParquetError> {
    let (physical, logical) = match column.holds {
        Type::Id | Type::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Type::Integer => (Physical::INT64, None),
        Type::Real => (Physical::DOUBLE, None),
        Type::Boolean => (Physical::BOOLEAN, None),
    };
    let repetition = if column.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    Field::primitive_type_builder(column.name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition)
        .build()
}

/// A column's share of a row group.
struct Chunk {
    values: Values,
    /// 1 where the row has a value, 0 where it has none; only kept for an optional column.
    present: Option<Vec<i16>>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Real(Vec<f64>),
    Boolean(Vec<bool>),
}

impl Chunk {
    fn new(column: &Column) -> Self {
        let values = match column.holds {
            Type::Id | Type::Text => Values::Text(Vec::new()),
            Type::Integer => Values::Integer(Vec::new()),
            Type::Real => Values::Real(Vec::new()),
            Type::Boolean => Values::Boolean(Vec::new()),
        };
        Self { values, present: column.optional.then(Vec::new) }
    }

    /// Takes a cell and returns about how much memory it holds.
    fn push(&mut self, cell: Cell<'_>) -> Result<usize, ParquetError> {
        let unknown = cell == Cell::Unknown;
        let mut bytes = size_of::<i64>();
        match (&mut self.values, cell) {
            (_, Cell::Unknown) if self.present.is_some() => {}
            (Values::Text(values), Cell::Text(text)) => {
                bytes += text.len() + size_of::<ByteArray>();
                values.push(ByteArray::from(text.into_owned().into_bytes()));
            }
            (Values::Integer(values), Cell::Integer(number)) => values.push(number),
            (Values::Real(values), Cell::Real(number)) => values.push(number.0),
            (Values::Boolean(values), Cell::Boolean(truth)) => values.push(truth),
            (_, cell) => return Err(ParquetError::General(format!("{cell:?} in a wrong column"))),
        }
        if let Some(present) = &mut self.present {
            present.push(i16::from(!unknown));
        }
        Ok(bytes)
    }

    fn write<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        let Some(mut column) = group.next_column()? else {
            return Err(ParquetError::General("more columns than the schema has".into()));
        };
        let present = self.present.as_deref();
        match &self.values {
            Values::Text(v) => column.typed::<ByteArrayType>().write_batch(v, present, None),
            Values::Integer(v) => column.typed::<Int64Type>().write_batch(v, present, None),
            Values::Real(v) => column.typed::<DoubleType>().write_batch(v, present, None),
            Values::Boolean(v) => column.typed::<BoolType>().write_batch(v, present, None),
        }?;
        column.close()
    }
}
