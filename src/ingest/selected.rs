//! The records of an input that are wanted, as they stand there: lines of JSON and rows of a table byte
//! for byte, rows of Parquet with every column and its type. Stretches of their texts may be left out.
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
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type, Int96Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::TypePtr;
use tempfile::NamedTempFile;

use super::blocks::{Block, Blocks, Split, Step};
use super::csv::{Columns, Rows};
use super::detect::{Layout, detect};
use super::fields::{Field, FieldTable};
use super::inputs::{Input, Origin};
use super::json::Lines;
use super::parquet::leaf_name;
use super::scrubbed::{Cutting, TextColumn};
use super::source::{Compression, Metered, Opened, compression};
use super::{IngestOptions, inputs};
use crate::article::{Article, ByteSpan};
use crate::error::{Error, Position, Result};
use crate::observer::Observer;

/// How strongly zstd packs: its own default.
const ZSTD_LEVEL: i32 = 3;

/// What becomes of a record.
#[derive(Clone, Copy, Debug)]
pub enum Selected<'a> {
    /// It is left out.
    Not,
    /// It is written as it stands there.
    Whole,
    /// It is written without these stretches of the text of the article that it was read as; they are
    /// in order.
    Without(&'a Article, &'a [ByteSpan]),
}

impl<'a> Selected<'a> {
    fn cutting(self) -> Option<Cutting<'a>> {
        match self {
            Self::Without(article, spans) => Some(Cutting { article, spans }),
            _ => None,
        }
    }

    fn is_written(self) -> bool {
        !matches!(self, Self::Not)
    }
}

/// Which records are written, by their position.
pub type Select<'s> = dyn Fn(&Position) -> Selected<'s> + 's;

/// Writes the records of `inputs` that `select` takes, by their position, to the file `to`, in the form of
/// the input: JSON Lines, CSV or TSV, or Parquet. A file whose name ends in `.gz` or `.zst` is
/// compressed so. It is written beside its place, and moved there when it is whole.
///
/// # Errors
/// [`Error::Input`] where an input cannot be read twice, is of another form than these or than the
/// others, or was changed meanwhile so that it cannot be read or a text is another one; [`Error::Output`] where the file
/// cannot be written; [`Error::Interrupted`].
pub fn write_selected<'s>(
    inputs: &[String],
    options: &IngestOptions,
    select: &Select<'s>,
    to: &Path,
    observer: &dyn Observer,
) -> Result<()> {
    let table = FieldTable::of(options);
    let beside = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let file = NamedTempFile::new_in(beside.unwrap_or(Path::new(".")))
        .map_err(|error| Error::output(to, &error))?;
    let mut writing = Writing { to, packing: Packing::of(to), form: None, file: Some(file) };
    for input in inputs::find(inputs, observer)?.inputs {
        let Origin::File { path, .. } = &input.origin else {
            return Err(refused(&input, "it cannot be read a second time; name a file"));
        };
        let mut selecting =
            Selecting { input: &input, path, table: &table, select, observer, row: 0 };
        selecting.copy(&mut writing)?;
    }
    writing.finish()
}

fn refused(input: &Input, reason: &str) -> Error {
    let position = Position::whole(Arc::clone(&input.name));
    Error::Input { position, reason: format!("--write-kept: {reason}") }
}

/// What cuts a record, as it is written in its file.
type CutRecord<'c> = dyn Fn(&[u8], Cutting<'_>) -> std::result::Result<String, String> + 'c;
/// What changes the values of a row, of which it is told the number.
type Change<'c, V> = dyn Fn(usize, &mut [V]) -> parquet::errors::Result<()> + 'c;

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
struct Selecting<'a, 's> {
    input: &'a Input,
    path: &'a Path,
    table: &'a FieldTable,
    select: &'a Select<'s>,
    observer: &'a dyn Observer,
    /// Rows of a Parquet file that are behind.
    row: u64,
}

impl Selecting<'_, '_> {
    fn copy(&mut self, writing: &mut Writing<'_>) -> Result<()> {
        let unreadable = |error: &dyn std::fmt::Display| refused(self.input, &error.to_string());
        let file = File::open(self.path).map_err(|error| unreadable(&error))?;
        let read = AtomicU64::new(0);
        let opened = Opened::new(
            Box::new(Metered::new(file, &read)),
            Some(self.path.to_owned()),
            None,
            &read,
            self.table.limits(),
        );
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
                let cut = |record: &[u8], cutting: Cutting<'_>| cutting.json(record, self.table);
                let lines = Box::new(Lines::new(line_end));
                let copied = self.copy_records(&mut opened, lines, &cut, stream);
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
                let columns = Columns::new(&dialect, self.table);
                let columns = columns.map_err(|reason| refused(self.input, &reason))?;
                let of = columns.text(self.table).map(|column| TextColumn {
                    column,
                    delimiter: dialect.delimiter,
                    escapes: dialect.escapes,
                });
                let cut = |row: &[u8], cutting: Cutting<'_>| match of {
                    Some(of) => cutting.row(row, of),
                    None => Err("it has no column of texts".to_owned()),
                };
                let rows = Box::new(Rows::new(&dialect));
                let copied = self.copy_records(&mut opened, rows, &cut, stream);
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

    /// Copies the records of a stream, and cuts by `cut` those that lose something; the inner result is that of
    /// writing.
    fn copy_records(
        &self,
        opened: &mut Opened<'_>,
        split: Box<dyn Split>,
        cut: &CutRecord<'_>,
        to: &mut dyn Write,
    ) -> Result<io::Result<()>> {
        let mut blocks = Blocks::new(opened, split, self.table.limits());
        let mut block = Block::default();
        while blocks.fill(&mut block) {
            self.observer.check()?;
            for record in block.records() {
                let bytes = block.bytes(record);
                let position = Position { file: Arc::clone(&self.input.name), place: record.place };
                let selected = (self.select)(&position);
                if bytes.trim_ascii().is_empty() || !selected.is_written() {
                    continue;
                }
                let left = match selected.cutting() {
                    None => None,
                    Some(cutting) => Some(cut(bytes, cutting).map_err(|reason| Error::Input {
                        position,
                        reason: format!("--scrub: {reason}"),
                    })?),
                };
                let bytes = left.as_deref().map_or(bytes, str::as_bytes);
                let ends = bytes.ends_with(b"\n");
                let written =
                    to.write_all(bytes).and_then(|()| to.write_all(if ends { b"" } else { b"\n" }));
                if written.is_err() {
                    return Ok(written);
                }
            }
            // What was wrong when the articles were read was rejected, and is not written.
            for (place, reason) in block.complaints.drain(..) {
                let position = Position { file: Arc::clone(&self.input.name), place };
                if (self.select)(&position).is_written() {
                    let reason = format!("--write-kept: {reason}");
                    return Err(Error::Input { position, reason });
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
        let first = self.row + 1;
        let selected: Vec<Selected<'_>> = (first..first + rows)
            .map(|row| (self.select)(&Position::record(Arc::clone(&self.input.name), row)))
            .collect();
        self.row += rows;
        if !selected.iter().any(|selected| selected.is_written()) {
            return Ok(());
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

/// The column of a Parquet file that the texts are in.
fn texts(reader: &SerializedFileReader<File>, table: &FieldTable) -> Option<usize> {
    let leaves = reader.metadata().file_metadata().schema_descr().columns();
    let header: Vec<String> = leaves.iter().map(|leaf| leaf_name(leaf)).collect();
    table.column_of(Field::Text, &table.columns(&header).ok()?)
}

/// Leaves out of the values of a row, a text or its paragraphs, what goes.
fn cut_values(selected: Selected<'_>, values: &mut [ByteArray]) -> std::result::Result<(), String> {
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

/// Copies the values of the wanted rows; a row begins where the repetition level is 0, and has a value
/// for each greatest definition level (Melnik et al. 2010).
///
/// `change` is shown the number and the values of each wanted row.
fn copy_values<T: DataType>(
    mut from: ColumnReaderImpl<T>,
    to: &mut SerializedColumnWriter<'_>,
    wanted: &[Selected<'_>],
    change: &Change<'_, T::T>,
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
    let (mut row, mut begin) = (0, 0);
    for level in 0..levels {
        if level > 0 && repeated.get(level).is_none_or(|&repeated| repeated == 0) {
            if begin < some.len() {
                change(row, &mut some[begin..])?;
            }
            begin = some.len();
            row += 1;
        }
        let is_wanted = wanted.get(row).is_some_and(|selected| selected.is_written());
        let has_value = defined.get(level).is_none_or(|&defined| defined == most_defined);
        let value = if has_value { values.next() } else { None };
        if is_wanted {
            some.extend(value);
            some_defined.extend(defined.get(level).copied());
            some_repeated.extend(repeated.get(level).copied());
        }
    }
    if begin < some.len() {
        change(row, &mut some[begin..])?;
    }
    to.typed::<T>().write_batch(
        &some,
        (most_defined > 0).then_some(some_defined.as_slice()),
        (most_repeated > 0).then_some(some_repeated.as_slice()),
    )?;
    Ok(())
}
