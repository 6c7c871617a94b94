//! Arrow: streams and files of its IPC format, Feather among them, a batch of rows at a time.
//!
//! A stream is read as it comes, a file by the index at its end, as Parquet is: not every writer puts a stream
//! between the two. Only the columns that may hold a field are decoded, and texts are read where they
//! lie. What a message asks for is believed as far as the file's size goes, as with everything packed. A
//! batch that is damaged is one reject that names it; the next is read.
//!
//! Cost: what decompressing takes. Memory: two batches, as large as their writer made them.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::{Block, Message, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, DataType, Fields, Schema, SchemaRef};

pub use super::arrow_values::ArrowColumns;
use super::arrow_values::Column;
use super::batches::{self, Batches};
use super::blocks::Source;
use super::fields::{FieldTable, NameId};
use super::limits::Limits;
use super::parquet::guarded;
use super::record::{Captured, Value};
use super::rows;
use super::source::{Compression, Opened};
use crate::error::Cause;
use crate::text::one_line;

/// How a file begins; a stream begins with its first message.
const FILE_MARK: &[u8; 6] = b"ARROW1";
/// What a file ends with: the length of its index, and the mark.
const END_BYTES: usize = 10;
/// What stands before the length of a message, since version 0.15.
const CONTINUED: [u8; 4] = [0xff; 4];
/// What stands before a buffer that is not compressed though the others are.
const NOT_COMPRESSED: i64 = -1;
/// How many rows are made into articles at a time: a batch may have millions.
const ROWS: usize = 4096;

/// A stream on its way to batches of rows.
pub(super) struct Stream<'s, 'o> {
    opened: &'s mut Opened<'o>,
    /// The file, and where the messages are that are left; nothing of a stream.
    file: Option<Indexed>,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    /// The columns that are decoded.
    projection: Vec<usize>,
    columns: Vec<Wanted>,
    /// What is left of the batch that was decoded last.
    rest: Option<RecordBatch>,
    /// How many rows were given.
    before: u64,
    /// How many batches were begun.
    batches: u64,
    /// How many bytes were decompressed.
    decoded: u64,
    has_ended: bool,
    limits: Limits,
}

/// A file with an index.
struct Indexed {
    file: File,
    /// How many bytes the file has.
    bytes: u64,
    /// Where messages begin, and how long their heads and bodies are: dictionaries first.
    left: VecDeque<(u64, u64, u64)>,
    /// How much is behind.
    passed: u64,
}

/// A column that may hold a field.
struct Wanted {
    name: NameId,
    /// Its place among those decoded, and in the structures there.
    path: Vec<usize>,
}

/// Some rows, by column.
#[derive(Default)]
pub(super) struct Batch {
    columns: Vec<(NameId, Column)>,
    rows: Range<u64>,
    complaints: Vec<(u64, Cause)>,
    limits: Limits,
}

/// A message as it stands in the stream.
struct Piece {
    head: Vec<u8>,
    body: Buffer,
}

impl<'s, 'o> Stream<'s, 'o> {
    /// Reads what the columns are.
    ///
    /// # Errors
    /// In words, where it is no sound stream or has no column for a text.
    pub(super) fn new(opened: &'s mut Opened<'o>, table: &FieldTable) -> Result<Self, Cause> {
        let unreadable = |reason: Cause| {
            reason.with_words(|words| format!("an Arrow file that cannot be read: {words}"))
        };
        opened.read_on();
        let is_file = opened.head().starts_with(FILE_MARK);
        let (file, schema) = match is_file {
            true => guarded(|| indexed(opened)).and_then(|read| read).map(|(f, s)| (Some(f), s)),
            false => guarded(|| schema_of_stream(opened)).and_then(|read| read).map(|s| (None, s)),
        }
        .map_err(unreadable)?;
        let mut leaves = Vec::new();
        add_leaves(schema.fields(), "", &mut Vec::new(), &mut leaves);
        let names: Vec<String> = leaves.iter().map(|(name, _)| name.clone()).collect();
        let chosen = table.columns(&names)?;
        let mut projection: Vec<usize> = chosen.iter().map(|(at, _)| leaves[*at].1[0]).collect();
        projection.sort_unstable();
        projection.dedup();
        let wanted = |(at, name): (usize, NameId)| {
            let mut path = leaves[at].1.clone();
            path[0] = projection.partition_point(|place| *place < path[0]);
            Wanted { name, path }
        };
        let columns = chosen.into_iter().map(wanted).collect();
        Ok(Self {
            opened,
            file,
            schema: Arc::new(schema),
            dictionaries: HashMap::new(),
            projection,
            columns,
            rest: None,
            before: 0,
            batches: 0,
            decoded: 0,
            has_ended: false,
            limits: table.limits(),
        })
    }

    /// Goes on to the next message that holds rows; whether there is one.
    ///
    /// # Errors
    /// In words, what is wrong with it, and how many rows it should have had.
    fn advance(&mut self) -> Result<bool, (u64, Cause)> {
        while !self.has_ended {
            let read = match &mut self.file {
                Some(file) => file.piece(),
                None => piece(self.opened).inspect_err(|_| self.has_ended = true),
            };
            let Some(piece) = read.map_err(|reason| (0, reason))? else {
                self.has_ended = true;
                // What is left is no news, but a part of what is hashed.
                let _ = std::io::copy(self.opened, &mut std::io::sink());
                return Ok(false);
            };
            let decoded = guarded(|| self.decode(&piece));
            let decoded = decoded.unwrap_or_else(|reason| Err((0, reason)));
            if let Some(batch) = decoded? {
                self.rest = Some(batch);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn decode(&mut self, piece: &Piece) -> Result<Option<RecordBatch>, (u64, Cause)> {
        let message = root_as_message(&piece.head)
            .map_err(|error| (0, Cause::from(one_line(&error.to_string()))))?;
        let version = message.version();
        let is_rows = message.header_type() == MessageHeader::RecordBatch;
        self.batches += u64::from(is_rows);
        let rows = message.header_as_record_batch().map_or(0, |batch| batch.length());
        let rows = u64::try_from(rows).unwrap_or(0);
        self.decoded = self.decoded.saturating_add(decompressed(message, &piece.body));
        if self.limits.is_bomb(self.decoded, self.weight()) {
            self.has_ended = true;
            return Err((rows, self.limits.bomb_in_words()));
        }
        let damaged = |error: ArrowError| (rows, damaged(error));
        if let Some(dictionary) = message.header_as_dictionary_batch() {
            let (schema, known) = (&self.schema, &mut self.dictionaries);
            let read = arrow_ipc::reader::read_dictionary(
                &piece.body,
                dictionary,
                schema,
                known,
                &version,
            );
            read.map_err(damaged)?;
        }
        let Some(batch) = message.header_as_record_batch() else { return Ok(None) };
        arrow_ipc::reader::read_record_batch(
            &piece.body,
            batch,
            Arc::clone(&self.schema),
            &self.dictionaries,
            Some(&self.projection),
            &version,
        )
        .map(Some)
        .map_err(damaged)
    }

    /// How many bytes are known to be there.
    fn weight(&self) -> u64 {
        self.opened.file_bytes().max(self.file.as_ref().map_or(0, |file| file.bytes))
    }

    /// The next rows of what was decoded.
    fn take(&mut self, batch: &mut Batch) {
        let Some(all) = self.rest.take() else { return };
        let some = all.slice(0, all.num_rows().min(ROWS));
        if some.num_rows() < all.num_rows() {
            self.rest = Some(all.slice(ROWS, all.num_rows() - ROWS));
        }
        let column = |wanted: &Wanted| Some((wanted.name, Column::at(&some, &wanted.path)?));
        batch.columns = self.columns.iter().filter_map(column).collect();
        let start = self.before + 1;
        self.before += some.num_rows() as u64;
        batch.rows = start..self.before + 1;
    }
}

impl Batches for Stream<'_, '_> {
    type Batch = Batch;

    fn bytes(&self) -> u64 {
        self.opened.file_bytes()
    }

    fn behind(&self) -> u64 {
        self.opened.file_bytes().max(self.file.as_ref().map_or(0, |file| file.passed))
    }

    fn fill(&mut self, batch: &mut Batch) -> bool {
        batch.complaints.clear();
        batch.columns.clear();
        batch.rows = 0..0;
        batch.limits = self.limits;
        if self.rest.is_none() {
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return false,
                Err((rows, reason)) => {
                    let (row, number) = (self.before + 1, self.batches.max(1));
                    self.before = self.before.saturating_add(rows);
                    let has_ended = self.has_ended;
                    let reason = reason.with_words(|reason| match has_ended {
                        true => {
                            format!("batch {number}: {reason}: rows from {row} on are not read")
                        }
                        false => format!("batch {number}: {reason}: its {rows} rows are not read"),
                    });
                    batch.complaints.push((row, reason));
                    return true;
                }
            }
        }
        self.take(batch);
        true
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
        for (name, column) in &self.columns {
            let value = rows::value(column.value(place));
            if matches!(&value, Value::Text(text) if text.len() > self.limits.record_bytes) {
                return Err(self.limits.too_long());
            }
            captured.push(*name, value);
        }
        Ok(captured)
    }
}

impl Indexed {
    /// The next message; nothing behind the last.
    fn piece(&mut self) -> Result<Option<Piece>, Cause> {
        let Some((start, head, body)) = self.left.pop_front() else { return Ok(None) };
        let io = |error: std::io::Error| Cause::from(error);
        self.file.seek(SeekFrom::Start(start)).map_err(io)?;
        let mut read = Vec::new();
        let wanted = head.saturating_add(body);
        (&mut self.file).take(wanted).read_to_end(&mut read).map_err(io)?;
        if (read.len() as u64) < wanted {
            return Err(cut_short());
        }
        self.passed = self.passed.max(start.saturating_add(wanted).min(self.bytes));
        let body = Buffer::from_vec(read.split_off(head as usize));
        let prefix =
            if read.starts_with(&CONTINUED) { 2 * CONTINUED.len() } else { CONTINUED.len() };
        let head = read.get(prefix..).ok_or_else(cut_short)?.to_vec();
        Ok(Some(Piece { head, body }))
    }
}

/// Reads the index of a file, and in it what the columns are.
fn indexed(opened: &mut Opened<'_>) -> Result<(Indexed, Schema), Cause> {
    // A file in a file is copied to be read from its end, and then weighs what it weighs packed.
    let is_plain = opened.compression == Compression::None;
    let mut file = opened.seekable().map_err(|error| opened.explain(error))?;
    let io = |error: std::io::Error| Cause::from(error);
    let bytes = file.seek(SeekFrom::End(0)).map_err(io)?;
    let end = bytes.checked_sub(END_BYTES as u64).ok_or_else(cut_short)?;
    let mut last = [0; END_BYTES];
    file.seek(SeekFrom::Start(end)).map_err(io)?;
    file.read_exact(&mut last).map_err(io)?;
    let length = arrow_ipc::reader::read_footer_length(last).map_err(|_| cut_short())? as u64;
    let start = end.checked_sub(length).ok_or_else(cut_short)?;
    let mut index = Vec::new();
    file.seek(SeekFrom::Start(start)).map_err(io)?;
    (&mut file).take(length).read_to_end(&mut index).map_err(io)?;
    let footer =
        root_as_footer(&index).map_err(|error| Cause::from(one_line(&error.to_string())))?;
    let schema = footer.schema().ok_or("its index names no columns")?;
    let schema = arrow_ipc::convert::try_fb_to_schema(schema).map_err(Cause::of)?;
    let place = |block: &Block| {
        let number = |n: i64| u64::try_from(n).map_err(|_| "a length below zero".to_owned());
        Ok((
            number(block.offset())?,
            number(block.metaDataLength().into())?,
            number(block.bodyLength())?,
        ))
    };
    let dictionaries = footer.dictionaries().into_iter().flatten();
    let batches = footer.recordBatches().into_iter().flatten();
    let left = dictionaries.chain(batches).map(place).collect::<Result<VecDeque<_>, Cause>>()?;
    // One place named over and over would be read without end.
    let sizes = left.iter().map(|(_, head, body)| u64::saturating_add(*head, *body));
    if sizes.fold(0, u64::saturating_add) > bytes {
        return Err("its index names more than the file has".into());
    }
    let bytes = if is_plain { bytes } else { 0 };
    Ok((Indexed { file, bytes, left, passed: 0 }, schema))
}

/// Reads the first message of a stream: what the columns are.
fn schema_of_stream(opened: &mut Opened<'_>) -> Result<Schema, Cause> {
    let first = piece(opened)?.ok_or("it has no columns")?;
    let message =
        root_as_message(&first.head).map_err(|error| Cause::from(one_line(&error.to_string())))?;
    let schema = message.header_as_schema().ok_or("it does not begin with its columns")?;
    arrow_ipc::convert::try_fb_to_schema(schema).map_err(Cause::of)
}

/// The names of columns, and the places of each: `a.b` for `b` in a structure `a`.
fn add_leaves(
    fields: &Fields,
    before: &str,
    path: &mut Vec<usize>,
    leaves: &mut Vec<(String, Vec<usize>)>,
) {
    for (place, field) in fields.iter().enumerate() {
        let name = format!("{before}{}", field.name());
        path.push(place);
        match field.data_type() {
            DataType::Struct(below) => add_leaves(below, &format!("{name}."), path, leaves),
            _ => leaves.push((name, path.clone())),
        }
        path.pop();
    }
}

/// The next message; nothing at the end.
fn piece(opened: &mut Opened<'_>) -> Result<Option<Piece>, Cause> {
    let mut length = [0; 4];
    // A stream may end without saying so.
    let mut first = Vec::new();
    let read = opened.by_ref().take(length.len() as u64).read_to_end(&mut first);
    read.map_err(|error| opened.explain(error))?;
    match first.len() {
        0 => return Ok(None),
        4 => length.copy_from_slice(&first),
        _ => return Err(cut_short()),
    }
    if length == CONTINUED {
        length.copy_from_slice(&exactly(opened, CONTINUED.len() as u64)?);
    }
    let length = u32::from_le_bytes(length);
    if length == 0 {
        return Ok(None);
    }
    let head = exactly(opened, length.into())?;
    let body = root_as_message(&head)
        .map_err(|error| format!("damaged ({})", one_line(&error.to_string())))?
        .bodyLength();
    let body = u64::try_from(body).map_err(|_| "damaged (a length below zero)".to_owned())?;
    let body = Buffer::from_vec(exactly(opened, body)?);
    Ok(Some(Piece { head, body }))
}

/// So many bytes, taken as they come: a length that is a lie takes no memory.
fn exactly(opened: &mut Opened<'_>, bytes: u64) -> Result<Vec<u8>, Cause> {
    let mut read = Vec::new();
    let ended = opened.by_ref().take(bytes).read_to_end(&mut read);
    ended.map_err(|error| opened.explain(error))?;
    if (read.len() as u64) < bytes { Err(cut_short()) } else { Ok(read) }
}

fn cut_short() -> Cause {
    "it ends too early: the file may be cut short".into()
}

fn damaged(error: ArrowError) -> Cause {
    Cause::told(format!("damaged ({})", one_line(&error.to_string())), error)
}

/// How many bytes the buffers of a message say that they decompress to.
fn decompressed(message: Message<'_>, body: &Buffer) -> u64 {
    let of_dictionary = || message.header_as_dictionary_batch()?.data();
    let Some(batch) = message.header_as_record_batch().or_else(of_dictionary) else { return 0 };
    if batch.compression().is_none() {
        return 0;
    }
    let length = |buffer: &arrow_ipc::Buffer| {
        let start = usize::try_from(buffer.offset()).ok()?;
        let said = body.get(start..)?.first_chunk().map(|bytes| i64::from_le_bytes(*bytes))?;
        match said {
            NOT_COMPRESSED => u64::try_from(buffer.length()).ok(),
            said => u64::try_from(said).ok(),
        }
    };
    let lengths = batch.buffers().into_iter().flat_map(|buffers| buffers.iter());
    lengths.filter(|buffer| buffer.length() > 0).filter_map(length).fold(0, u64::saturating_add)
}

#[cfg(test)]
#[path = "arrow_tests.rs"]
mod tests;
