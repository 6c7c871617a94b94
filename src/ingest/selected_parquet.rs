//! The rows of Parquet files that are wanted, with every column and its type: a row group into one, a column at a time.
//! A second thread unpacks a column while this one packs it again. Memory: some pages of a column, and what the
//! writer holds of one.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use parquet::basic::Compression as PageCompression;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type, Int96Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::TypePtr;

use super::field::Field;
use super::fields::FieldTable;
use super::parquet::{guarded, leaf_name};
use super::selected::{Form, Selected, Selecting, Writing, refused};
use crate::error::{Cause, Position, Result};

/// What changes the values of a row, of which it is told the number.
type Change<'c, V> = dyn Fn(usize, &mut [V]) -> parquet::errors::Result<()> + Sync + 'c;

/// The file that is written.
pub(super) struct Groups(Box<SerializedFileWriter<File>>);

impl Groups {
    pub(super) fn close(self) -> io::Result<()> {
        self.0.close().map(drop).map_err(io::Error::other)
    }
}

impl Selecting<'_, '_> {
    /// Copies the wanted rows of a Parquet file, a row group into one, a column at a time.
    pub(super) fn copy_groups(&self, file: File, writing: &mut Writing<'_>) -> Result<()> {
        let unreadable = |error: ParquetError| refused(self.input, Cause::of(error));
        let reader = SerializedFileReader::new(file).map_err(unreadable)?;
        let metadata = reader.metadata().file_metadata();
        let schema: TypePtr = metadata.schema_descr().root_schema_ptr();
        if writing.form.is_none() {
            let first = reader.metadata().row_groups().first();
            let packed = first.and_then(|group| group.columns().first());
            let properties = WriterProperties::builder()
                .set_compression(
                    packed.map_or(PageCompression::UNCOMPRESSED, |column| column.compression()),
                )
                .set_key_value_metadata(metadata.key_value_metadata().cloned())
                .build();
            let file = writing.handle()?;
            let writer = SerializedFileWriter::new(file, Arc::clone(&schema), Arc::new(properties));
            let writer = writer.map_err(|error| writing.failed(io::Error::other(error)))?;
            writing.form = Some(Form::Parquet(Groups(Box::new(writer))));
        }
        let Some(Form::Parquet(Groups(writer))) = &mut writing.form else {
            return Err(self.unlike_the_first());
        };
        if writer.schema_descr().root_schema() != schema.as_ref() {
            return Err(self.unlike_the_first());
        }
        let mut before = 0;
        for group in 0..reader.num_row_groups() {
            self.observer.check()?;
            let copied = self.copy_group(&reader, group, before, writer);
            before += copied.map_err(unreadable)?;
        }
        Ok(())
    }

    /// Copies the wanted rows of a row group, before which so many rows stand; how many it has.
    fn copy_group(
        &self,
        reader: &SerializedFileReader<File>,
        group: usize,
        before: u64,
        writer: &mut SerializedFileWriter<File>,
    ) -> parquet::errors::Result<u64> {
        let rows = reader.metadata().row_group(group).num_rows() as u64;
        let first = before + 1;
        let selected: Vec<Selected<'_>> = (first..first + rows)
            .map(|row| (self.select)(&Position::record(Arc::clone(&self.input.name), row)))
            .collect();
        if !selected.iter().any(|selected| selected.is_written()) {
            return Ok(rows);
        }
        let group = reader.get_row_group(group)?;
        let mut to = writer.next_row_group()?;
        let text = texts(reader, self.table);
        for place in 0..group.num_columns() {
            let from = group.get_column_reader(place)?;
            let Some(mut column) = to.next_column()? else { break };
            match from {
                ColumnReader::ByteArrayColumnReader(from) if Some(place) == text => {
                    copy_values::<ByteArrayType>(from, &mut column, &selected, &|row, values| {
                        cut_values(selected[row], values).map_err(|reason| {
                            ParquetError::General(format!("row {}: {reason}", first + row as u64))
                        })
                    })?;
                }
                from => copy_column(from, &mut column, &selected)?,
            }
            column.close()?;
        }
        to.close().map(|_| rows)
    }
}

/// The column of a Parquet file that the texts are in.
fn texts(reader: &SerializedFileReader<File>, table: &FieldTable) -> Option<usize> {
    let leaves = reader.metadata().file_metadata().schema_descr().columns();
    let header: Vec<String> = leaves.iter().map(|leaf| leaf_name(leaf)).collect();
    table.column_of(Field::Text, &table.columns(&header).ok()?)
}

/// Leaves out of the values of a row, a text or its paragraphs, what goes.
fn cut_values(selected: Selected<'_>, values: &mut [ByteArray]) -> std::result::Result<(), Cause> {
    let Some(cutting) = selected.cutting() else { return Ok(()) };
    let texts = values.iter().map(|value| std::str::from_utf8(value.data()));
    let texts = texts.collect::<std::result::Result<Vec<&str>, _>>();
    let left = cutting.paragraphs(&texts.map_err(|_| "its text is not UTF-8".to_owned())?)?;
    for (value, left) in values.iter_mut().zip(left) {
        *value = left.into_bytes().into();
    }
    Ok(())
}

fn copy_column(
    from: ColumnReader,
    to: &mut SerializedColumnWriter<'_>,
    wanted: &[Selected<'_>],
) -> parquet::errors::Result<()> {
    fn as_it_is<V>(_: usize, _: &mut [V]) -> parquet::errors::Result<()> {
        Ok(())
    }
    match from {
        ColumnReader::BoolColumnReader(from) => {
            copy_values::<BoolType>(from, to, wanted, &as_it_is)
        }
        ColumnReader::Int32ColumnReader(from) => {
            copy_values::<Int32Type>(from, to, wanted, &as_it_is)
        }
        ColumnReader::Int64ColumnReader(from) => {
            copy_values::<Int64Type>(from, to, wanted, &as_it_is)
        }
        ColumnReader::Int96ColumnReader(from) => {
            copy_values::<Int96Type>(from, to, wanted, &as_it_is)
        }
        ColumnReader::FloatColumnReader(from) => {
            copy_values::<FloatType>(from, to, wanted, &as_it_is)
        }
        ColumnReader::DoubleColumnReader(from) => {
            copy_values::<DoubleType>(from, to, wanted, &as_it_is)
        }
        ColumnReader::ByteArrayColumnReader(from) => {
            copy_values::<ByteArrayType>(from, to, wanted, &as_it_is)
        }
        ColumnReader::FixedLenByteArrayColumnReader(from) => {
            copy_values::<FixedLenByteArrayType>(from, to, wanted, &as_it_is)
        }
    }
}

/// So many rows are read while those before them are written: as many as the writer takes at a time.
const ROWS_A_BATCH: usize = 1_024;
/// So many batches wait for the writer.
const BATCHES_WAITING: usize = 4;

/// Values of rows, with their levels (Melnik et al. 2010); these are empty where all are the greatest.
struct Batch<V> {
    values: Vec<V>,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

/// Copies the values of the wanted rows. `change` is shown the number and the values of each of them.
fn copy_values<T: DataType>(
    from: ColumnReaderImpl<T>,
    to: &mut SerializedColumnWriter<'_>,
    wanted: &[Selected<'_>],
    change: &Change<'_, T::T>,
) -> parquet::errors::Result<()> {
    let descriptor = to.typed::<T>().get_descriptor().clone();
    let most = (descriptor.max_def_level(), descriptor.max_rep_level());
    std::thread::scope(|scope| {
        let (give, take) = sync_channel(BATCHES_WAITING);
        let reading = scope.spawn(move || {
            let read = guarded(|| read_batches(from, most, wanted, change, &give));
            read.unwrap_or_else(|reason| Err(ParquetError::General(reason.to_string())))
        });
        for Batch { values, defined, repeated } in take {
            to.typed::<T>().write_batch(
                &values,
                (most.0 > 0).then_some(defined.as_slice()),
                (most.1 > 0).then_some(repeated.as_slice()),
            )?;
        }
        reading.join().unwrap_or_else(|_| Err(ParquetError::General("no reader".into())))
    })
}

/// Reads a column of `wanted.len()` rows, and gives what is wanted of it; `most` are its greatest levels.
fn read_batches<T: DataType>(
    mut from: ColumnReaderImpl<T>,
    most: (i16, i16),
    wanted: &[Selected<'_>],
    change: &Change<'_, T::T>,
    give: &SyncSender<Batch<T::T>>,
) -> parquet::errors::Result<()> {
    let mut first = 0;
    while first < wanted.len() {
        let mut all = Batch::new();
        let (rows, ..) = from.read_records(
            ROWS_A_BATCH.min(wanted.len() - first),
            (most.0 > 0).then_some(&mut all.defined),
            (most.1 > 0).then_some(&mut all.repeated),
            &mut all.values,
        )?;
        if rows == 0 {
            return Err(ParquetError::EOF("a column has fewer rows than its group".into()));
        }
        let some = all.of_wanted(&wanted[first..first + rows], most.0, &|row, values| {
            change(first + row, values)
        })?;
        // Whoever takes them says itself why it went.
        if give.send(some).is_err() {
            break;
        }
        first += rows;
    }
    Ok(())
}

impl<V> Batch<V> {
    fn new() -> Self {
        Self { values: Vec::new(), defined: Vec::new(), repeated: Vec::new() }
    }

    /// What belongs to wanted rows. A row begins where the repetition level is 0, and has a value for each greatest
    /// definition level.
    fn of_wanted(
        self,
        wanted: &[Selected<'_>],
        most_defined: i16,
        change: &Change<'_, V>,
    ) -> parquet::errors::Result<Self> {
        let Self { values, defined, repeated } = self;
        let levels = if most_defined > 0 { defined.len() } else { values.len() };
        let mut some = Self::new();
        let mut values = values.into_iter();
        let (mut row, mut begin) = (0, 0);
        for level in 0..levels {
            if level > 0 && repeated.get(level).is_none_or(|&repeated| repeated == 0) {
                if begin < some.values.len() {
                    change(row, &mut some.values[begin..])?;
                }
                begin = some.values.len();
                row += 1;
            }
            let is_wanted = wanted.get(row).is_some_and(|selected| selected.is_written());
            let has_value = defined.get(level).is_none_or(|&defined| defined == most_defined);
            let value = if has_value { values.next() } else { None };
            if is_wanted {
                some.values.extend(value);
                some.defined.extend(defined.get(level).copied());
                some.repeated.extend(repeated.get(level).copied());
            }
        }
        if begin < some.values.len() {
            change(row, &mut some.values[begin..])?;
        }
        Ok(some)
    }
}
