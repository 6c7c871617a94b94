//! The records of an input that are wanted, as they stand there: lines of JSON and rows of a table byte
//! for byte, rows of Parquet with every column and its type.
//!
//! The input is read a second time. Memory: a block of a stream, or a column of a row group. Cost: the
//! reading, and the writing.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use flate2::write::GzEncoder;
use parquet::basic::Compression as PageCompression;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{
    BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type,
    Int64Type, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::TypePtr;
use tempfile::NamedTempFile;

use super::blocks::{Block, Blocks, Split, Step};
use super::csv::Rows;
use super::detect::{Layout, detect};
use super::fields::FieldTable;
use super::inputs::{Input, Origin};
use super::json::Lines;
use super::source::{Compression, Opened, compression};
use super::{IngestOptions, inputs};
use crate::error::{Error, Position, Result};
use crate::observer::Observer;

/// How strongly zstd packs: its own default.
const ZSTD_LEVEL: i32 = 3;

/// Writes the records of `inputs` that are `wanted`, by their position, to the file `to`, in the form of
/// the input: JSON Lines, CSV or TSV, or Parquet. A file whose name ends in `.gz` or `.zst` is
/// compressed so. It is written beside its place, and moved there when it is whole.
///
/// # Errors
/// [`Error::Input`] where an input cannot be read twice, is of another form than these or than the
/// others, or was changed meanwhile so that it cannot be read; [`Error::Output`] where the file
/// cannot be written; [`Error::Interrupted`].
pub fn write_selected(
    inputs: &[String],
    options: &IngestOptions,
    wanted: &dyn Fn(&Position) -> bool,
    to: &Path,
    observer: &dyn Observer,
) -> Result<()> {
    let table = FieldTable::new(&options.fields).with_outlets(&options.outlets);
    let beside = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let file = NamedTempFile::new_in(beside.unwrap_or(Path::new(".")))
        .map_err(|error| Error::output(to, &error))?;
    let mut writing = Writing { to, packing: Packing::of(to), form: None, file: Some(file) };
    for input in inputs::find(inputs, observer)?.inputs {
        let Origin::File { path, .. } = &input.origin else {
            return Err(refused(&input, "it cannot be read a second time; name a file"));
        };
        let mut selecting =
            Selecting { input: &input, path, table: &table, wanted, observer, row: 0 };
        selecting.copy(&mut writing)?;
    }
    writing.finish()
}

fn refused(input: &Input, reason: &str) -> Error {
    let position = Position::whole(Arc::clone(&input.name));
    Error::Input { position, reason: format!("--write-kept: {reason}") }
}

/// How the file that is written is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    fn of(path: &Path) -> Self {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// What the first input decided.
enum Form {
    Lines(Box<dyn Write + Send>),
    Table { header: Vec<u8>, rows: Box<dyn Write + Send> },
    Parquet(Box<SerializedFileWriter<File>>),
}

struct Writing<'a> {
    to: &'a Path,
    packing: Packing,
    form: Option<Form>,
    file: Option<NamedTempFile>,
}

impl Writing<'_> {
    fn failed(&self, error: &io::Error) -> Error {
        Error::output(self.to, error)
    }

    fn handle(&self) -> Result<File> {
        let file = self.file.as_ref().map(|file| file.as_file().try_clone());
        file.unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()))
            .map_err(|error| self.failed(&error))
    }

    fn stream(&self) -> Result<Box<dyn Write + Send>> {
        let file = BufWriter::with_capacity(1 << 18, self.handle()?);
        Ok(match self.packing {
            Packing::None => Box::new(file),
            Packing::Gzip => Box::new(GzEncoder::new(file, flate2::Compression::default())),
            Packing::Zstd => {
                let encoder = zstd::Encoder::new(file, ZSTD_LEVEL);
                Box::new(encoder.map_err(|error| self.failed(&error))?.auto_finish())
            }
        })
    }

    /// Ends the file and moves it to its place.
    fn finish(mut self) -> Result<()> {
        let ended = match self.form.take() {
            None => Ok(()),
            Some(Form::Lines(mut stream) | Form::Table { rows: mut stream, .. }) => stream.flush(),
            Some(Form::Parquet(writer)) => writer.close().map(drop).map_err(io::Error::other),
        };
        ended.map_err(|error| self.failed(&error))?;
        let Some(file) = self.file.take() else { return Ok(()) };
        file.persist(self.to).map(drop).map_err(|failed| Error::output(self.to, &failed.error))
    }
}

/// One input on its way.
struct Selecting<'a> {
    input: &'a Input,
    path: &'a Path,
    table: &'a FieldTable,
    wanted: &'a dyn Fn(&Position) -> bool,
    observer: &'a dyn Observer,
    /// Rows of a Parquet file that are behind.
    row: u64,
}

impl Selecting<'_> {
    fn copy(&mut self, writing: &mut Writing<'_>) -> Result<()> {
        let unreadable = |error: &dyn std::fmt::Display| refused(self.input, &error.to_string());
        let file = File::open(self.path).map_err(|error| unreadable(&error))?;
        let read = AtomicU64::new(0);
        let opened = Opened::new(Box::new(file), Some(self.path.to_owned()), None, &read);
        let mut opened = opened.map_err(|error| unreadable(&error))?;
        if compression(opened.head()) != Compression::None {
            return Err(refused(self.input, "it is packed twice; unpack it once"));
        }
        let layout = detect(&self.input.name, opened.head(), opened.is_all_head(), self.table);
        match layout.map_err(|reason| refused(self.input, &reason))? {
            Layout::JsonLines(line_end) => {
                if writing.form.is_none() {
                    writing.form = Some(Form::Lines(writing.stream()?));
                }
                let Some(Form::Lines(stream)) = &mut writing.form else {
                    return Err(self.unlike_the_first());
                };
                let copied = self.copy_records(&mut opened, Box::new(Lines::new(line_end)), stream);
                copied?.map_err(|error| writing.failed(&error))
            }
            Layout::Table(dialect) => {
                let header = header(opened.head(), &dialect);
                if writing.form.is_none() {
                    let mut rows = writing.stream()?;
                    rows.write_all(&header).map_err(|error| writing.failed(&error))?;
                    writing.form = Some(Form::Table { header: header.clone(), rows });
                }
                let stream = match &mut writing.form {
                    Some(Form::Table { header: first, rows }) if *first == header => rows,
                    _ => return Err(self.unlike_the_first()),
                };
                let rows = Box::new(Rows::new(&dialect));
                let copied = self.copy_records(&mut opened, rows, stream);
                copied?.map_err(|error| writing.failed(&error))
            }
            Layout::Parquet => {
                let file = opened.seekable().map_err(|error| unreadable(&error))?;
                let reader = SerializedFileReader::new(file).map_err(|error| unreadable(&error))?;
                self.copy_groups(&reader, writing)
            }
            _ => Err(refused(self.input, "it is neither JSON Lines nor CSV nor Parquet")),
        }
    }

    fn unlike_the_first(&self) -> Error {
        refused(self.input, "it has another form or other columns than the first input")
    }

    fn is_wanted(&self, position: &Position) -> bool {
        (self.wanted)(position)
    }

    /// Copies the records of a stream; the inner result is that of writing.
    fn copy_records(
        &self,
        opened: &mut Opened<'_>,
        split: Box<dyn Split>,
        to: &mut dyn Write,
    ) -> Result<io::Result<()>> {
        let mut blocks = Blocks::new(opened, split);
        let mut block = Block::default();
        while blocks.fill(&mut block) {
            self.observer.check()?;
            for record in block.records() {
                let bytes = block.bytes(record);
                let position = Position { file: Arc::clone(&self.input.name), place: record.place };
                if bytes.trim_ascii().is_empty() || !self.is_wanted(&position) {
                    continue;
                }
                let ends = bytes.ends_with(b"\n");
                let written =
                    to.write_all(bytes).and_then(|()| to.write_all(if ends { b"" } else { b"\n" }));
                if written.is_err() {
                    return Ok(written);
                }
            }
        }
        Ok(Ok(()))
    }

    /// Copies the wanted rows of a Parquet file, a row group into one, a column at a time.
    fn copy_groups(
        &mut self,
        reader: &SerializedFileReader<File>,
        writing: &mut Writing<'_>,
    ) -> Result<()> {
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
            let writer = writer.map_err(|error| writing.failed(&io::Error::other(error)))?;
            writing.form = Some(Form::Parquet(Box::new(writer)));
        }
        let Some(Form::Parquet(writer)) = &mut writing.form else {
            return Err(self.unlike_the_first());
        };
        if writer.schema_descr().root_schema() != schema.as_ref() {
            return Err(self.unlike_the_first());
        }
        for group in 0..reader.num_row_groups() {
            self.observer.check()?;
            let copied = self.copy_group(reader, group, writer);
            copied.map_err(|error| refused(self.input, &error.to_string()))?;
        }
        Ok(())
    }

    fn copy_group(
        &mut self,
        reader: &SerializedFileReader<File>,
        group: usize,
        writer: &mut SerializedFileWriter<File>,
    ) -> parquet::errors::Result<()> {
        let rows = reader.metadata().row_group(group).num_rows() as u64;
        let wanted: Vec<bool> = (self.row + 1..=self.row + rows)
            .map(|row| self.is_wanted(&Position::record(Arc::clone(&self.input.name), row)))
            .collect();
        self.row += rows;
        if !wanted.contains(&true) {
            return Ok(());
        }
        let group = reader.get_row_group(group)?;
        let mut to = writer.next_row_group()?;
        for column in 0..group.num_columns() {
            let from = group.get_column_reader(column)?;
            let Some(mut column) = to.next_column()? else { break };
            copy_column(from, &mut column, &wanted)?;
            column.close()?;
        }
        to.close().map(drop)
    }
}

/// What stands before the first record of a table.
fn header(head: &[u8], dialect: &super::csv::Dialect) -> Vec<u8> {
    if dialect.is_headless {
        return Vec::new();
    }
    let mut rows = Rows::new(dialect);
    let mut end = 0;
    while end < head.len() {
        match rows.next(&head[end..]) {
            Step::Between(bytes) => {
                // Line breaks before the header go.
                let row = &head[end..end + bytes];
                if !row.trim_ascii().is_empty() {
                    return row.to_vec();
                }
                end += bytes;
            }
            Step::Within | Step::End(..) => break,
        }
    }
    Vec::new()
}

fn copy_column(
    from: ColumnReader,
    to: &mut SerializedColumnWriter<'_>,
    wanted: &[bool],
) -> parquet::errors::Result<()> {
    match from {
        ColumnReader::BoolColumnReader(from) => copy_values::<BoolType>(from, to, wanted),
        ColumnReader::Int32ColumnReader(from) => copy_values::<Int32Type>(from, to, wanted),
        ColumnReader::Int64ColumnReader(from) => copy_values::<Int64Type>(from, to, wanted),
        ColumnReader::Int96ColumnReader(from) => copy_values::<Int96Type>(from, to, wanted),
        ColumnReader::FloatColumnReader(from) => copy_values::<FloatType>(from, to, wanted),
        ColumnReader::DoubleColumnReader(from) => copy_values::<DoubleType>(from, to, wanted),
        ColumnReader::ByteArrayColumnReader(from) => copy_values::<ByteArrayType>(from, to, wanted),
        ColumnReader::FixedLenByteArrayColumnReader(from) => {
            copy_values::<FixedLenByteArrayType>(from, to, wanted)
        }
    }
}

/// Copies the values of the wanted rows; a row begins where the repetition level is 0, and has a value
/// for each greatest definition level (Melnik et al. 2010).
fn copy_values<T: DataType>(
    mut from: ColumnReaderImpl<T>,
    to: &mut SerializedColumnWriter<'_>,
    wanted: &[bool],
) -> parquet::errors::Result<()> {
    let descriptor = to.typed::<T>().get_descriptor().clone();
    let (most_defined, most_repeated) = (descriptor.max_def_level(), descriptor.max_rep_level());
    let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let rows = wanted.len();
    from.read_records(
        rows,
        (most_defined > 0).then_some(&mut defined),
        (most_repeated > 0).then_some(&mut repeated),
        &mut values,
    )?;
    let levels = if most_defined > 0 { defined.len() } else { values.len() };
    let (mut some_defined, mut some_repeated, mut some) = (Vec::new(), Vec::new(), Vec::new());
    let mut values = values.into_iter();
    let mut row = 0;
    for level in 0..levels {
        if level > 0 && repeated.get(level).is_none_or(|&repeated| repeated == 0) {
            row += 1;
        }
        let is_wanted = wanted.get(row).copied().unwrap_or(false);
        let has_value = defined.get(level).is_none_or(|&defined| defined == most_defined);
        let value = if has_value { values.next() } else { None };
        if is_wanted {
            some.extend(value);
            some_defined.extend(defined.get(level).copied());
            some_repeated.extend(repeated.get(level).copied());
        }
    }
    to.typed::<T>().write_batch(
        &some,
        (most_defined > 0).then_some(some_defined.as_slice()),
        (most_repeated > 0).then_some(some_repeated.as_slice()),
    )?;
    Ok(())
}
