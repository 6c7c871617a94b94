//! Parquet: the columns that matter, a few rows of a row group at a time.
//!
//! Only the columns that may hold a field are read, page by page, so that memory holds a page of
//! each and one batch of rows. A row group that is damaged gives the rows before the damage and one
//! reject that names it; the next row group is read. Cost: what decoding the pages takes; a batch is
//! made into articles by all threads while the next is decoded.

use std::borrow::Cow;
use std::fs::File;
use std::ops::Range;
use std::panic::AssertUnwindSafe;

use jiff::Timestamp;
use jiff::civil::Date;
use parquet::basic::{Compression, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::Result as Decoded;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::batches::{self, Batches};
use super::fields::{FieldTable, NameId};
use super::limits::Limits;
use super::record::{BETWEEN_PARAGRAPHS, Captured, Value};
use crate::error::Cause;

/// A batch ends after so many rows …
const BATCH_ROWS: usize = 4096;
/// … or so many bytes of text, whichever comes first: as much as a block of a stream.
const BATCH_BYTES: usize = 4 << 20;
/// How many rows are decoded before the bytes are counted.
const STEP_ROWS: usize = 64;

/// A file on its way to batches of rows.
pub(super) struct Groups {
    file: SerializedFileReader<File>,
    bytes: u64,
    columns: Vec<Column>,
    limits: Limits,
    /// The row group that comes next, or is open.
    group: usize,
    /// How far the open row group is read.
    open: Option<Open>,
    /// How many rows stand before the open row group.
    before: u64,
    /// How many bytes of text were decoded.
    decoded: u64,
}

/// A column that may hold a field.
struct Column {
    place: usize,
    written: String,
    name: NameId,
    /// What its numbers count, where they are moments.
    clock: Option<Clock>,
    /// Whether a row has a list of values.
    is_list: bool,
    /// The level of definition at which a value is there.
    there: i16,
}

/// What a number counts.
#[derive(Clone, Copy)]
enum Clock {
    Days,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// A row group that is being read.
struct Open {
    readers: Vec<ColumnReader>,
    rows: u64,
    read: u64,
}

/// Some rows, by column.
#[derive(Default)]
pub(super) struct Batch {
    columns: Vec<(NameId, Vec<Cell>)>,
    rows: Range<u64>,
    complaints: Vec<(u64, Cause)>,
    limits: Limits,
}

/// One value.
enum Cell {
    Nothing,
    Text(ByteArray),
    Integer(i64),
    Float(f64),
    Moment(String),
    Other(&'static str),
}

impl Groups {
    /// Reads the end of the file, where its columns and row groups are told.
    ///
    /// # Errors
    /// In words, where it is no sound Parquet file or has no column for a text.
    pub(super) fn new(file: File, table: &FieldTable) -> Result<Self, Cause> {
        let bytes = file.metadata().map_or(0, |metadata| metadata.len());
        let unreadable = |reason: Cause| {
            reason.with_words(|words| format!("a Parquet file that cannot be read: {words}"))
        };
        let file = guarded(|| SerializedFileReader::new(file))
            .map_err(unreadable)?
            .map_err(|error| unreadable(Cause::of(error)))?;
        let leaves = file.metadata().file_metadata().schema_descr().columns();
        let header: Vec<String> = leaves.iter().map(|leaf| leaf_name(leaf)).collect();
        let columns = table
            .columns(&header)?
            .into_iter()
            .filter(|(place, _)| leaves[*place].max_rep_level() < 2)
            .map(|(place, name)| Column {
                place,
                written: header[place].clone(),
                name,
                clock: clock(&leaves[place]),
                is_list: leaves[place].max_rep_level() > 0,
                there: leaves[place].max_def_level(),
            })
            .collect::<Vec<Column>>();
        readable(&file, &columns)?;
        let limits = table.limits();
        Ok(Self { file, bytes, columns, limits, group: 0, open: None, before: 0, decoded: 0 })
    }

    /// The number of the next row.
    fn row(&self) -> u64 {
        self.before + self.open.as_ref().map_or(0, |open| open.read) + 1
    }

    fn group_rows(&self) -> u64 {
        u64::try_from(self.file.metadata().row_group(self.group).num_rows()).unwrap_or(0)
    }

    fn next_group(&mut self) {
        self.before += self.group_rows();
        self.group += 1;
        self.open = None;
    }

    /// Decodes rows of the open row group up to the size of a batch, and closes it at its end.
    fn step(&mut self, batch: &mut Batch) -> Result<(), (String, Cause)> {
        let nowhere = |error| (String::new(), damaged(error));
        if self.open.is_none() {
            let group = self.file.get_row_group(self.group).map_err(nowhere)?;
            let readers: Decoded<Vec<ColumnReader>> =
                self.columns.iter().map(|column| group.get_column_reader(column.place)).collect();
            let rows = self.group_rows();
            self.open = Some(Open { readers: readers.map_err(nowhere)?, rows, read: 0 });
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        let (mut rows, mut bytes) = (0, 0);
        while rows < BATCH_ROWS && bytes < BATCH_BYTES && open.read < open.rows {
            let wanted =
                STEP_ROWS.min(usize::try_from(open.rows - open.read).unwrap_or(usize::MAX));
            for ((column, reader), (_, cells)) in
                self.columns.iter().zip(&mut open.readers).zip(&mut batch.columns)
            {
                let at = || format!(", column {}", column.written);
                let decoded = match column.is_list {
                    true => decode_lists(reader, column.there, wanted, cells),
                    false => decode(reader, column.clock, wanted, cells),
                };
                bytes += decoded.map_err(|error| (at(), damaged(error)))?;
                if cells.len() != rows + wanted {
                    return Err((at(), "it has fewer rows than the file says".into()));
                }
            }
            rows += wanted;
            open.read += wanted as u64;
        }
        self.decoded += bytes as u64;
        if self.limits.is_bomb(self.decoded, self.bytes) {
            return Err((String::new(), self.limits.bomb_in_words()));
        }
        if open.read >= open.rows {
            self.next_group();
        }
        Ok(())
    }
}

impl Batches for Groups {
    type Batch = Batch;

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn behind(&self) -> u64 {
        let metadata = self.file.metadata();
        let rows = metadata.file_metadata().num_rows().max(1) as u64;
        let read = self.before + self.open.as_ref().map_or(0, |open| open.read);
        (u128::from(self.bytes) * u128::from(read.min(rows)) / u128::from(rows)) as u64
    }

    fn fill(&mut self, batch: &mut Batch) -> bool {
        batch.columns = self.columns.iter().map(|column| (column.name, Vec::new())).collect();
        batch.complaints.clear();
        batch.limits = self.limits;
        batch.rows = self.row()..self.row();
        while self.group < self.file.num_row_groups() {
            let start = self.row();
            batch.rows = start..start;
            let step = guarded(|| self.step(batch)).unwrap_or_else(|reason| {
                let damaged = reason.with_words(|words| format!("damaged ({words})"));
                Err((String::new(), damaged))
            });
            let mut end = start + batch.columns.first().map_or(0, |(_, cells)| cells.len() as u64);
            if let Err((column, reason)) = step {
                // What stands in every column before the damage is whole.
                let whole = batch.columns.iter().map(|(_, cells)| cells.len()).min().unwrap_or(0);
                batch.columns.iter_mut().for_each(|(_, cells)| cells.truncate(whole));
                end = start + whole as u64;
                let (group, groups) = (self.group + 1, self.file.num_row_groups());
                let last = self.before + self.group_rows();
                let reason = reason.with_words(|reason| {
                    format!(
                        "row group {group} of {groups}{column}: {reason}: its rows from {end} to \
                         {last} are not read"
                    )
                });
                batch.complaints.push((end, reason));
                self.next_group();
            }
            batch.rows = start..end;
            if end > start || !batch.complaints.is_empty() {
                return true;
            }
        }
        false
    }
}

impl batches::Batch for Batch {
    fn rows(&self) -> Range<u64> {
        self.rows.clone()
    }

    fn complaints(&mut self) -> &mut Vec<(u64, Cause)> {
        &mut self.complaints
    }

    fn capture(&self, row: u64) -> Result<Captured<'_>, Cause> {
        let place = usize::try_from(row - self.rows.start).unwrap_or(usize::MAX);
        let mut captured = Captured::default();
        for (name, cells) in &self.columns {
            let value = match &cells[place] {
                Cell::Nothing => Value::Nothing,
                Cell::Integer(number) => Value::Integer((*number).into()),
                Cell::Float(number) => Value::Float(*number),
                Cell::Moment(moment) => Value::Text(Cow::Borrowed(moment)),
                Cell::Other(kind) => Value::Other(kind),
                Cell::Text(bytes) if bytes.len() > self.limits.record_bytes => {
                    return Err(self.limits.too_long());
                }
                Cell::Text(bytes) => match simdutf8::basic::from_utf8(bytes.data()) {
                    Ok(text) => Value::Text(Cow::Borrowed(text)),
                    Err(_) => return Err("one of its values is not UTF-8".into()),
                },
            };
            captured.push(*name, value);
        }
        Ok(captured)
    }
}

/// The name of a column as the table knows it: `a.b` within a group, `a` for a list of values.
pub(super) fn leaf_name(leaf: &ColumnDescriptor) -> String {
    /// How writers call what stands between a list and its elements.
    const OF_LISTS: [&str; 6] = ["list", "element", "item", "bag", "array", "array_element"];
    let parts = leaf.path().parts();
    if leaf.max_rep_level() == 0 {
        return parts.join(".");
    }
    let said = |(place, part): (usize, &String)| {
        (place == 0 || !OF_LISTS.contains(&part.as_str())).then(|| part.clone())
    };
    parts.iter().enumerate().filter_map(said).collect::<Vec<_>>().join(".")
}

/// Appends the next lists of texts of a column, the elements of each as paragraphs; how many bytes they have.
fn decode_lists(
    reader: &mut ColumnReader,
    there: i16,
    rows: usize,
    cells: &mut Vec<Cell>,
) -> Decoded<usize> {
    let ColumnReader::ByteArrayColumnReader(reader) = reader else {
        cells.extend((0..rows).map(|_| Cell::Other("a list")));
        return Ok(0);
    };
    let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    reader.read_records(rows, Some(&mut defined), Some(&mut repeated), &mut values)?;
    let mut values = values.into_iter();
    let mut lists: Vec<Option<Vec<u8>>> = Vec::with_capacity(rows);
    for (defined, repeated) in defined.into_iter().zip(repeated) {
        if repeated == 0 {
            lists.push(None);
        }
        if let (true, Some(list)) = (defined == there, lists.last_mut())
            && let Some(value) = values.next()
        {
            let joined = list.get_or_insert_default();
            if !joined.is_empty() {
                joined.extend_from_slice(BETWEEN_PARAGRAPHS.as_bytes());
            }
            joined.extend_from_slice(value.data());
        }
    }
    let bytes = lists.iter().flatten().map(Vec::len).sum();
    let cell = |list: Option<Vec<u8>>| list.map_or(Cell::Nothing, |list| Cell::Text(list.into()));
    cells.extend(lists.into_iter().map(cell));
    Ok(bytes)
}

/// Appends the next values of a column; how many bytes of text they have.
fn decode(
    reader: &mut ColumnReader,
    clock: Option<Clock>,
    rows: usize,
    cells: &mut Vec<Cell>,
) -> Decoded<usize> {
    /// Reads by one kind of reader, and makes cells by a function of one value.
    macro_rules! read {
        ($reader:expr, $cell:expr) => {{
            let (mut levels, mut values) = (Vec::new(), Vec::new());
            let (_, values_read, rows_read) =
                $reader.read_records(rows, Some(&mut levels), None, &mut values)?;
            let all_there = values_read == rows_read;
            // A value is there where its level is the greatest that this column can have.
            let there = levels.iter().copied().max().unwrap_or(0);
            let mut values = values.into_iter().map($cell);
            if all_there {
                cells.extend(values);
            } else if values_read == 0 {
                cells.extend((0..rows_read).map(|_| Cell::Nothing));
            } else {
                cells.extend(levels.iter().map(|level| match *level == there {
                    true => values.next().unwrap_or(Cell::Nothing),
                    false => Cell::Nothing,
                }));
            }
        }};
    }
    let mut bytes = 0;
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => read!(reader, |value: ByteArray| {
            bytes += value.len();
            Cell::Text(value)
        }),
        ColumnReader::Int32ColumnReader(reader) => {
            read!(reader, |value: i32| number(value.into(), clock))
        }
        ColumnReader::Int64ColumnReader(reader) => read!(reader, |value| number(value, clock)),
        ColumnReader::Int96ColumnReader(reader) => {
            read!(reader, |value: parquet::data_type::Int96| {
                number(value.to_millis(), Some(Clock::Milliseconds))
            })
        }
        ColumnReader::FloatColumnReader(reader) => {
            read!(reader, |value: f32| Cell::Float(value.into()))
        }
        ColumnReader::DoubleColumnReader(reader) => read!(reader, Cell::Float),
        ColumnReader::BoolColumnReader(reader) => {
            read!(reader, |_| Cell::Other("true or false"))
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            read!(reader, |_| Cell::Other("bytes of a fixed number"))
        }
    }
    Ok(bytes)
}

/// A number, or the moment that it counts.
fn number(number: i64, clock: Option<Clock>) -> Cell {
    let moment = match clock {
        None => return Cell::Integer(number),
        Some(Clock::Days) => i32::try_from(number).ok().and_then(day),
        Some(Clock::Milliseconds) => time(Timestamp::from_millisecond(number)),
        Some(Clock::Microseconds) => time(Timestamp::from_microsecond(number)),
        Some(Clock::Nanoseconds) => time(Timestamp::from_nanosecond(number.into())),
    };
    // A moment outside all calendars stands as the number that it is.
    moment.map_or(Cell::Integer(number), Cell::Moment)
}

fn time(moment: Result<Timestamp, jiff::Error>) -> Option<String> {
    moment.ok().map(|moment| moment.to_string())
}

fn day(days: i32) -> Option<String> {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(|day| day.to_string())
}

fn damaged(error: parquet::errors::ParquetError) -> Cause {
    Cause::told(format!("damaged ({error})"), error)
}

/// What `decode` gives; in words, that it gave up. The crate asserts here and there what a damaged file does
/// not keep, and that must not end a run.
pub(super) fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, Cause> {
    GUARDED.set(true);
    // Whatever was being read is not read on.
    let decoded = std::panic::catch_unwind(AssertUnwindSafe(decode));
    GUARDED.set(false);
    decoded.map_err(|_| "its decoder gave up".into())
}

thread_local! {
    static GUARDED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether this thread decodes a file that may be damaged, so that a panic is caught and told as a reject: a panic
/// hook need not tell it, too.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Whether the pages of these columns are in the file, and there is a decoder for them.
///
/// # Errors
/// In words, where not.
fn readable(file: &SerializedFileReader<File>, columns: &[Column]) -> Result<(), Cause> {
    for group in file.metadata().row_groups() {
        for column in columns {
            let chunk = group.column(column.place);
            let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
            if start < 0 || chunk.data_page_offset() < 0 || chunk.compressed_size() < 0 {
                return Err(format!(
                    "a damaged Parquet file: the pages of column {} stand before its beginning",
                    column.written
                )
                .into());
            }
            if chunk.compression() == Compression::LZO {
                return Err(format!(
                    "column {} is compressed with LZO, which is not read: write the file with zstd, \
                     snappy, gzip, lz4, brotli or without compression",
                    column.written
                ).into());
            }
        }
    }
    Ok(())
}

/// What the numbers of a column count.
fn clock(column: &ColumnDescriptor) -> Option<Clock> {
    use parquet::basic::ConvertedType;
    match (column.logical_type_ref(), column.converted_type(), column.physical_type()) {
        (Some(LogicalType::Date), ..) | (_, ConvertedType::DATE, _) => Some(Clock::Days),
        (Some(LogicalType::Timestamp(time)), _, Physical::INT64) => Some(match time.unit {
            TimeUnit::MILLIS => Clock::Milliseconds,
            TimeUnit::MICROS => Clock::Microseconds,
            TimeUnit::NANOS => Clock::Nanoseconds,
        }),
        (_, ConvertedType::TIMESTAMP_MILLIS, _) => Some(Clock::Milliseconds),
        (_, ConvertedType::TIMESTAMP_MICROS, _) => Some(Clock::Microseconds),
        _ => None,
    }
}
