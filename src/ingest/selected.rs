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

use super::blocks::{Block, Blocks, Split, Step};
use super::csv::{Columns, Rows};
use super::detect::{Layout, detect};
use super::fields::FieldTable;
use super::inputs::{Input, Origin};
use super::json::Lines;
use super::scrubbed::{Cutting, TextColumn};
#[cfg(feature = "formats")]
use super::selected_parquet::Groups;
use super::source::{Compression, Metered, Opened, compression};
use super::{IngestOptions, inputs, refuse_input};
use crate::article::{Article, ByteSpan};
use crate::error::{Cause, Error, InputErrorKind, OutputStep, Position, Result};
use crate::observer::Observer;
use crate::output::FileClaim;

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
    pub(super) fn cutting(self) -> Option<Cutting<'a>> {
        match self {
            Self::Without(article, spans) => Some(Cutting { article, spans }),
            _ => None,
        }
    }

    pub(super) fn is_written(self) -> bool {
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
    let file = FileClaim::new(to)?;
    let mut writing = Writing { to, packing: Packing::of(to), form: None, file: Some(file) };
    for input in inputs::find(inputs, observer)?.inputs {
        let selecting = Selecting { input: &input, table: &table, select, observer };
        selecting.copy(&mut writing)?;
    }
    writing.finish()
}

/// Whether [`write_selected`] can write from these inputs to this file: asked before the work whose result it needs.
///
/// # Errors
/// Those of [`write_selected`] that show before a record is read, and [`Error::Config`] as [`refuse_input`] says.
pub fn check_selectable(
    inputs: &[String],
    options: &IngestOptions,
    to: &Path,
    observer: &dyn Observer,
) -> Result<()> {
    refuse_input("write-kept", to, &[inputs, &options.against], observer)?;
    drop(FileClaim::new(to)?);
    let table = FieldTable::of(options);
    let select = |_: &Position| Selected::Not;
    for input in inputs::find(inputs, observer)?.inputs {
        let read = AtomicU64::new(0);
        Selecting { input: &input, table: &table, select: &select, observer }.open(&read)?;
    }
    Ok(())
}

pub(super) fn refused(input: &Input, reason: impl Into<Cause>) -> Error {
    let position = Position::whole(Arc::clone(&input.name));
    Error::input(
        position,
        InputErrorKind::Unsuited,
        reason.into().with_words(|words| format!("--write-kept: {words}")),
    )
}

/// What cuts a record, as it is written in its file.
type CutRecord<'c> = dyn Fn(&[u8], Cutting<'_>) -> std::result::Result<String, Cause> + 'c;

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
pub(super) enum Form {
    Lines(Box<dyn Write + Send>),
    Table {
        header: Vec<u8>,
        rows: Box<dyn Write + Send>,
    },
    #[cfg(feature = "formats")]
    Parquet(Groups),
}

pub(super) struct Writing<'a> {
    to: &'a Path,
    packing: Packing,
    pub(super) form: Option<Form>,
    file: Option<FileClaim>,
}

impl Writing<'_> {
    pub(super) fn failed(&self, error: io::Error) -> Error {
        Error::output(self.to, OutputStep::Write, error)
    }

    pub(super) fn handle(&self) -> Result<File> {
        let file = self.file.as_ref().map(|claim| claim.file().try_clone());
        file.unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()))
            .map_err(|error| self.failed(error))
    }

    fn stream(&self) -> Result<Box<dyn Write + Send>> {
        let file = BufWriter::with_capacity(1 << 18, self.handle()?);
        Ok(match self.packing {
            Packing::None => Box::new(file),
            Packing::Gzip => Box::new(GzEncoder::new(file, flate2::Compression::default())),
            Packing::Zstd => {
                let encoder = zstd::Encoder::new(file, ZSTD_LEVEL);
                Box::new(encoder.map_err(|error| self.failed(error))?.auto_finish())
            }
        })
    }

    /// Ends the file and moves it to its place.
    fn finish(mut self) -> Result<()> {
        let ended = match self.form.take() {
            None => Ok(()),
            Some(Form::Lines(mut stream) | Form::Table { rows: mut stream, .. }) => stream.flush(),
            #[cfg(feature = "formats")]
            Some(Form::Parquet(groups)) => groups.close(),
        };
        ended.map_err(|error| self.failed(error))?;
        self.file.take().map_or(Ok(()), FileClaim::commit)
    }
}

/// One input on its way.
pub(super) struct Selecting<'a, 's> {
    pub(super) input: &'a Input,
    pub(super) table: &'a FieldTable,
    pub(super) select: &'a Select<'s>,
    pub(super) observer: &'a dyn Observer,
}

impl Selecting<'_, '_> {
    /// Opens the input, and tells its form: one of those that can be written.
    fn open<'r>(&self, read: &'r AtomicU64) -> Result<(Opened<'r>, Layout)> {
        let Origin::File { path, .. } = &self.input.origin else {
            return Err(refused(self.input, "it cannot be read a second time; name a file"));
        };
        let unreadable = |error: io::Error| refused(self.input, error);
        let file = Box::new(Metered::new(File::open(path).map_err(unreadable)?, read));
        let opened = Opened::new(file, Some(path.clone()), None, read, self.table.limits());
        let opened = opened.map_err(unreadable)?;
        if compression(opened.head()) != Compression::None {
            return Err(refused(self.input, "it is packed twice; unpack it once"));
        }
        let layout = detect(&self.input.name, opened.head(), opened.is_all_head(), self.table);
        let layout = layout.map_err(|reason| refused(self.input, reason))?;
        match layout {
            Layout::JsonLines(_) | Layout::Table(_) | Layout::Parquet => Ok((opened, layout)),
            _ => Err(refused(self.input, "it is neither JSON Lines nor CSV nor Parquet")),
        }
    }

    fn copy(&self, writing: &mut Writing<'_>) -> Result<()> {
        let read = AtomicU64::new(0);
        let (mut opened, layout) = self.open(&read)?;
        match layout {
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
                copied?.map_err(|error| writing.failed(error))
            }
            Layout::Table(dialect) => {
                let header = header(opened.head(), &dialect);
                if writing.form.is_none() {
                    let mut rows = writing.stream()?;
                    rows.write_all(&header).map_err(|error| writing.failed(error))?;
                    writing.form = Some(Form::Table { header: header.clone(), rows });
                }
                let stream = match &mut writing.form {
                    Some(Form::Table { header: first, rows }) if *first == header => rows,
                    _ => return Err(self.unlike_the_first()),
                };
                let columns = Columns::new(&dialect, self.table);
                let columns = columns.map_err(|reason| refused(self.input, reason))?;
                let of = columns.text(self.table).map(|column| TextColumn {
                    column,
                    delimiter: dialect.delimiter,
                    escapes: dialect.escapes,
                    is_guarded: columns.are_guarded(),
                });
                let cut = |row: &[u8], cutting: Cutting<'_>| match of {
                    Some(of) => cutting.row(row, of),
                    None => Err("it has no column of texts".into()),
                };
                let rows = Box::new(Rows::new(&dialect));
                let copied = self.copy_records(&mut opened, rows, &cut, stream);
                copied?.map_err(|error| writing.failed(error))
            }
            Layout::Parquet => {
                let file = opened.seekable().map_err(|error| refused(self.input, error))?;
                self.copy_groups(file, writing)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn unlike_the_first(&self) -> Error {
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
                    Some(cutting) => Some(cut(bytes, cutting).map_err(|reason| {
                        Error::input(
                            position,
                            InputErrorKind::Unsuited,
                            reason.with_words(|words| format!("--scrub: {words}")),
                        )
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
                    let reason = reason.with_words(|words| format!("--write-kept: {words}"));
                    return Err(Error::input(position, InputErrorKind::Unsuited, reason));
                }
            }
        }
        Ok(Ok(()))
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
