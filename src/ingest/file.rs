//! One file, from its bytes to its articles.

use std::borrow::Cow;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::blocks::{Block, Blocks, MAX_RECORD_BYTES, Record, Source, Split, too_long};
use super::csv::{Columns, Dialect, Rows};
use super::detect::{Format, Layout, detect};
use super::fields::{BODY_SECTIONS, FieldSource, FieldTable, NameId};
use super::json::{self, Lines, Values};
use super::json_wrapped::Wrapped;
use super::mend;
use super::pages;
use super::parquet::{Batch, Groups};
use super::record::{Captured, Draft, Maker, NoArticle, Strings, Value};
use super::source::{self, Compression, Metered, Opened};
use super::text;
use super::warc::{self, Responses};
use crate::article::{Article, Notes};
use crate::error::{Position, Reject, Result};
use crate::observer::Observer;
use crate::spill::{Growing, Lane, Spill};

/// How many records a thread takes at a time, and how many articles share one allocation.
const RECORDS_A_TASK: usize = 64;

/// How many times over a file may be packed or compressed.
pub(super) const DEEPEST: u8 = 4;

/// A file that was read, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// As the user named or would find it; `-` for standard input.
    pub path: String,
    /// How many bytes of it were read.
    pub bytes: u64,
    /// XXH3 of these bytes, in hexadecimal; `None` where it was not read to its end.
    pub xxh3: Option<String>,
    /// How it holds its records; `None` where it holds none that we read.
    pub format: Option<Format>,
    /// How it is compressed.
    pub compression: Compression,
    /// Whether it is packed in another of the files.
    pub is_member: bool,
    /// How many records were read.
    pub records: u64,
    /// How many of them are articles.
    pub accepted: u64,
    /// How many of these have a date that could not be read, and so none.
    pub unreadable_dates: u64,
    /// Which field was taken from where.
    pub fields: Vec<FieldSource>,
}

/// How a file is read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'r> {
    /// The names of fields.
    pub(super) table: &'r FieldTable,
    /// Who follows.
    pub(super) observer: &'r dyn Observer,
    /// Whether to stop at the first block with a reject.
    pub(super) strict: bool,
    /// How much of each file is read, decompressed; all of it where `None`.
    pub(super) limit: Option<u64>,
    /// Where articles are kept.
    pub(super) spill: &'r Spill,
    /// Whether blocks are read and parsed side by side.
    pub(super) parallel: bool,
    /// In how many others a file is packed.
    pub(super) depth: u8,
    /// How many bytes were read of the outermost of these; `None` where none is open yet.
    pub(super) outermost: Option<&'r AtomicU64>,
}

/// What a file gave.
pub(super) struct Reading {
    /// The account of it, behind those of what is packed in it; none where it could not be opened.
    pub(super) files: Vec<InputFile>,
    /// Its articles, in order.
    pub(super) articles: Growing<Article>,
    /// What was rejected, in order.
    pub(super) rejects: Vec<Reject>,
}

impl Reading {
    /// A file of which nothing was read.
    pub(super) fn unopened(name: &Arc<str>, reason: String, spill: &Spill) -> Self {
        let position = Position::whole(Arc::clone(name));
        let rejects = vec![Reject { position, reason }];
        Self { rejects, ..Self::new(spill) }
    }

    /// Says that the file had more bytes when it was found, if it had: its end may lie between two
    /// records and be wrong in no other way.
    pub(super) fn tell_cut_short(&mut self, name: &Arc<str>, found: u64) {
        let is_shorter = |file: &&mut InputFile| file.xxh3.is_some() && file.bytes < found;
        if let Some(file) = self.files.last_mut().filter(is_shorter) {
            file.records += 1;
            let reason = format!(
                "cut short from {found} to {} bytes while it was read: the rest is missing",
                file.bytes
            );
            self.rejects.push(Reject { position: Position::whole(Arc::clone(name)), reason });
        }
    }

    fn new(spill: &Spill) -> Self {
        Self { files: Vec::new(), articles: Growing::new(spill), rejects: Vec::new() }
    }

    /// Adds what a packed file gave.
    pub(super) fn append(&mut self, member: Self) -> Result<()> {
        self.files.extend(member.files);
        self.articles.append(member.articles)?;
        self.rejects.extend(member.rejects);
        Ok(())
    }
}

impl<'r> Reader<'r> {
    /// Opens and reads a stream; `path` is where the same bytes can be opened again.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn open(
        self,
        name: &Arc<str>,
        stream: Box<dyn Read + Send + '_>,
        path: Option<PathBuf>,
    ) -> Result<Reading> {
        let read = AtomicU64::new(0);
        let (stream, outermost): (Box<dyn Read + Send + '_>, _) = match self.outermost {
            Some(outermost) => (stream, outermost),
            None => (Box::new(Metered::new(stream, &read)), &read),
        };
        let reader = Reader { outermost: Some(outermost), ..self };
        match Opened::new(stream, path, self.limit, outermost) {
            Ok(opened) => reader.read(name, opened),
            Err(error) => Ok(Reading::unopened(name, error.to_string(), self.spill)),
        }
    }

    /// The reader of what is packed in what this one reads.
    pub(super) fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// Tells the observer that so many more bytes of the input are read. What is packed in a file is
    /// no input of its own.
    pub(super) fn tell(self, bytes: u64) {
        if self.depth == 0 {
            self.observer.advance(bytes);
        }
    }

    /// Whether to read on behind these rejects of a file; where not, they say why.
    fn goes_on(self, name: &Arc<str>, reading: &mut Reading) -> bool {
        let rejects = reading.rejects.len() as u64;
        let bytes = self.outermost.map_or(0, |bytes| bytes.load(Ordering::Relaxed));
        let is_litter = source::is_litter(rejects, bytes);
        if is_litter {
            let position = Position::whole(Arc::clone(name));
            reading.rejects.push(Reject { position, reason: source::litter_in_words(rejects) });
        }
        !(is_litter || self.strict && rejects > 0)
    }

    /// Reads what was opened.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`], and what [`Spill::keep`] says; what is wrong with a file
    /// is a reject.
    fn read(self, name: &Arc<str>, mut opened: Opened<'_>) -> Result<Reading> {
        let mut reading = Reading::new(self.spill);
        let mut maker = Maker::new(self.table);
        let whole = |reason| Reject { position: Position::whole(Arc::clone(name)), reason };
        let layout = if opened.head().is_empty() && opened.is_all_head() {
            Err("the file is empty".to_owned())
        } else if source::compression(opened.head()) != Compression::None {
            return self.read_packed(name, opened);
        } else {
            detect(opened.head(), opened.is_all_head(), self.table)
        };
        let format = layout.as_ref().ok().map(Layout::format);
        let mut told = 0;
        match layout {
            Err(reason) => reading.rejects.push(whole(reason)),
            Ok(Layout::Tar | Layout::Zip) if self.depth >= DEEPEST => {
                reading.rejects.push(whole(too_deep()));
            }
            Ok(Layout::Text) => match whole_text(&mut opened) {
                Ok((mut text, mut notes)) => {
                    let mended = mend::mend(&text);
                    let mending = mended.map(|mended| {
                        text = mended.text;
                        notes.insert(mended.notes);
                        Arc::new(mended.places)
                    });
                    let text = self.spill.keep_text(&text, Lane::Texts)?;
                    let article = text::article(name, text.into());
                    reading.articles.extend([Article { notes, mending, ..article }])?;
                }
                Err(reason) => reading.rejects.push(whole(reason)),
            },
            Ok(Layout::Html) => {
                let position = Position::whole(Arc::clone(name));
                let mut strings = Strings::default();
                let made = whole_bytes(&mut opened)
                    .and_then(|page| pages::capture(&page, None, None, self.table))
                    .and_then(|captured| {
                        maker
                            .article(&captured, position, &mut strings)
                            .map_err(|no| no.in_words(Vec::new))
                    });
                match made {
                    Ok(draft) => {
                        reading.articles.extend(strings.share(vec![draft], self.spill)?)?;
                    }
                    Err(reason) => reading.rejects.push(whole(reason)),
                }
            }
            Ok(Layout::Parquet) => {
                let groups = opened
                    .seekable()
                    .map_err(|error| opened.explain(&error))
                    .and_then(|file| Groups::new(file, self.table));
                match groups {
                    Ok(groups) => {
                        told = self.groups(name, groups, &mut reading, &mut maker)?;
                    }
                    Err(reason) => reading.rejects.push(whole(reason)),
                }
            }
            Ok(Layout::Tar) => self.tar(name, &mut opened, &mut reading, &mut told)?,
            Ok(Layout::Zip) => match opened.seekable() {
                Ok(file) => self.zip(name, file, &mut reading)?,
                Err(error) => reading.rejects.push(whole(opened.explain(&error))),
            },
            Ok(layout) => match Records::new(layout, self.table) {
                Err(reason) => reading.rejects.push(whole(reason)),
                Ok(records) => {
                    self.records(name, &mut opened, &records, &mut reading, &mut maker, &mut told)?
                }
            },
        }
        let bytes = opened.file_bytes().max(told);
        self.tell(bytes - told);
        let (mut records, mut accepted) = (
            (reading.articles.len() + reading.rejects.len()) as u64,
            reading.articles.len() as u64,
        );
        for member in &reading.files {
            records -= member.records;
            accepted -= member.accepted;
        }
        reading.files.push(InputFile {
            path: name.to_string(),
            bytes,
            xxh3: opened.xxh3(),
            format,
            compression: opened.compression,
            is_member: self.depth > 0,
            records,
            accepted,
            unreadable_dates: maker.unreadable_dates,
            fields: self.table.sources(&maker.tally),
        });
        Ok(reading)
    }

    /// Reads what is compressed once more than once.
    fn read_packed(self, name: &Arc<str>, mut opened: Opened<'_>) -> Result<Reading> {
        if self.depth >= DEEPEST {
            return Ok(Reading::unopened(name, too_deep(), self.spill));
        }
        let mut reading = self.deeper().open(name, Box::new(&mut opened), None)?;
        self.tell(opened.file_bytes());
        // The account is of the file as it lies there.
        for file in reading.files.iter_mut().filter(|file| *file.path == **name) {
            file.bytes = opened.file_bytes();
            file.xxh3 = opened.xxh3();
            file.compression = opened.compression;
            file.is_member = self.depth > 0;
        }
        Ok(reading)
    }

    /// Reads the rows of a Parquet file, a batch being parsed while the next is decoded; how many
    /// bytes the observer knows of.
    fn groups(
        self,
        name: &Arc<str>,
        mut groups: Groups,
        reading: &mut Reading,
        maker: &mut Maker<'r>,
    ) -> Result<u64> {
        let (mut batch, mut next) = (Batch::default(), Batch::default());
        let mut told = 0;
        let mut more = groups.fill(&mut batch);
        while more {
            self.observer.check()?;
            self.tell(groups.behind() - told);
            told = groups.behind();
            let rejects = reading.rejects.len();
            let parse = |rows: &[u64], strings: &mut Strings| {
                let mut parsing = Parsing::new(self.table, rows.len());
                for row in rows {
                    let position = Position::record(Arc::clone(name), *row);
                    parsing.add(position, batch.capture(*row), strings, |no| no.in_words(Vec::new));
                }
                parsing.finish(strings, self.spill)
            };
            let rows: Vec<u64> = batch.rows.clone().collect();
            if self.parallel {
                let tasks = rows.par_chunks(RECORDS_A_TASK);
                let (parsed, filled): (Result<Vec<Parsed<'_>>>, bool) = rayon::join(
                    || {
                        tasks
                            .map_init(Strings::default, |strings, rows| parse(rows, strings))
                            .collect()
                    },
                    || groups.fill(&mut next),
                );
                for parsed in parsed? {
                    parsed.add_to(reading, maker)?;
                }
                more = filled;
            } else {
                parse(&rows, &mut Strings::default())?.add_to(reading, maker)?;
                // Where only the beginning is wanted, one batch is that.
                more = self.limit.is_none() && groups.fill(&mut next);
            }
            for (row, reason) in batch.complaints.drain(..) {
                let position = Position::record(Arc::clone(name), row);
                reading.rejects.push(Reject { position, reason });
            }
            reading.rejects[rejects..].sort();
            if !self.goes_on(name, reading) {
                break;
            }
            std::mem::swap(&mut batch, &mut next);
        }
        let rest = if self.limit.is_none() { groups.bytes() } else { told };
        self.tell(rest - told);
        Ok(rest)
    }

    /// Reads the records of a stream, a block being parsed while the next is read. `told` is how
    /// many bytes the observer knows of.
    fn records(
        self,
        name: &Arc<str>,
        opened: &mut Opened<'_>,
        records: &Records<'_>,
        reading: &mut Reading,
        maker: &mut Maker<'_>,
        told: &mut u64,
    ) -> Result<()> {
        let mut blocks = Blocks::new(opened, records.split());
        let (mut block, mut next) = (Block::default(), Block::default());
        let mut more = blocks.fill(&mut block);
        while more {
            self.observer.check()?;
            self.tell(blocks.file_bytes() - *told);
            *told = blocks.file_bytes();
            let rejects = reading.rejects.len();
            if self.parallel {
                let tasks = block.records().par_chunks(RECORDS_A_TASK);
                let parse = || {
                    let parse = |strings: &mut Strings, task: &[_]| {
                        records.parse(name, &block, task, strings, self.spill)
                    };
                    tasks.map_init(Strings::default, parse).collect()
                };
                let (parsed, filled): (Result<Vec<Parsed<'_>>>, bool) =
                    rayon::join(parse, || blocks.fill(&mut next));
                for parsed in parsed? {
                    parsed.add_to(reading, maker)?;
                }
                more = filled;
            } else {
                let strings = &mut Strings::default();
                let parsed = records.parse(name, &block, block.records(), strings, self.spill)?;
                parsed.add_to(reading, maker)?;
                more = blocks.fill(&mut next);
            }
            for (place, reason) in block.complaints.drain(..) {
                let position = Position { file: Arc::clone(name), place };
                reading.rejects.push(Reject { position, reason });
            }
            reading.rejects[rejects..].sort();
            if !self.goes_on(name, reading) {
                break;
            }
            std::mem::swap(&mut block, &mut next);
        }
        Ok(())
    }
}

/// How the records of one file are told apart and read.
enum Records<'t> {
    Json { layout: Layout, table: &'t FieldTable },
    Table { layout: Dialect, columns: Columns, table: &'t FieldTable },
    Pages { table: &'t FieldTable },
}

/// What some records gave.
struct Parsed<'t> {
    articles: Vec<Article>,
    rejects: Vec<Reject>,
    maker: Maker<'t>,
}

impl Parsed<'_> {
    fn add_to(self, reading: &mut Reading, maker: &mut Maker<'_>) -> Result<()> {
        reading.articles.extend(self.articles)?;
        reading.rejects.extend(self.rejects);
        maker.merge(&self.maker);
        Ok(())
    }
}

impl<'t> Records<'t> {
    fn new(layout: Layout, table: &'t FieldTable) -> Result<Self, String> {
        Ok(match layout {
            Layout::Table(dialect) => {
                Self::Table { columns: Columns::new(&dialect, table)?, layout: dialect, table }
            }
            Layout::Warc => Self::Pages { table },
            layout => Self::Json { layout, table },
        })
    }

    fn split(&self) -> Box<dyn Split> {
        match self {
            Self::Table { layout, .. } => Box::new(Rows::new(layout)),
            Self::Pages { .. } => Box::new(Responses::default()),
            Self::Json { layout: Layout::JsonArray, .. } => Box::new(Values::of_arrays()),
            Self::Json { layout: Layout::Json, .. } => Box::new(Values::in_a_row()),
            Self::Json { layout: Layout::JsonWrapped, .. } => Box::new(Wrapped::default()),
            Self::Json { .. } => Box::new(Lines::new()),
        }
    }

    fn table(&self) -> &'t FieldTable {
        match self {
            Self::Json { table, .. } | Self::Table { table, .. } | Self::Pages { table } => table,
        }
    }

    fn parse(
        &self,
        name: &Arc<str>,
        block: &Block,
        records: &[Record],
        strings: &mut Strings,
        spill: &Spill,
    ) -> Result<Parsed<'t>> {
        let mut parsing = Parsing::new(self.table(), records.len());
        for record in records {
            let bytes = block.bytes(record);
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let position = Position { file: Arc::clone(name), place: record.place };
            let captured = self.capture(bytes).map(|mut captured| {
                if let Some(under) = &record.under {
                    captured.push(NameId::KEY_ABOVE, Value::Text(Cow::Borrowed(under)));
                }
                captured
            });
            parsing.add(position, captured, strings, |no| no.in_words(|| self.names(bytes)));
        }
        parsing.finish(strings, spill)
    }

    /// The values of a record that may matter.
    fn capture<'b>(&self, bytes: &'b [u8]) -> Result<Captured<'b>, String> {
        if let Self::Pages { table } = self {
            let response = warc::response(bytes)?;
            return pages::capture(&response.body, response.charset, Some(response.url), table);
        }
        if let Ok(record) = simdutf8::basic::from_utf8(bytes) {
            return self.capture_text(record);
        }
        let record = mend::windows_1252(bytes).ok_or_else(|| not_utf8(bytes))?;
        let mut captured = self.capture_text(&record)?.into_owned();
        captured.notes.insert(Notes::WINDOWS_1252);
        Ok(captured)
    }

    fn capture_text<'b>(&self, record: &'b str) -> Result<Captured<'b>, String> {
        match self {
            Self::Json { table, .. } => {
                let record = record.trim_end();
                let mut captured = json::capture(record, table.root())?;
                if let Some(name) = table.column(BODY_SECTIONS).filter(|name| captured.other(*name))
                    && let Some(text) = json::body_text(record)
                {
                    captured.push(name, Value::Text(Cow::Owned(text)));
                }
                Ok(captured)
            }
            Self::Table { columns, .. } => columns.capture(record),
            Self::Pages { .. } => Ok(Captured::default()),
        }
    }

    /// The names that a record has, for a message.
    fn names(&self, bytes: &[u8]) -> Vec<String> {
        match self {
            Self::Json { .. } => json::names(&String::from_utf8_lossy(bytes)),
            Self::Table { layout, .. } => layout.header.clone(),
            Self::Pages { .. } => Vec::new(),
        }
    }
}

/// Records on their way to articles, by one thread.
struct Parsing<'t> {
    maker: Maker<'t>,
    drafts: Vec<Draft>,
    rejects: Vec<Reject>,
}

impl<'t> Parsing<'t> {
    fn new(table: &'t FieldTable, records: usize) -> Self {
        let (drafts, rejects) = (Vec::with_capacity(records), Vec::new());
        Self { maker: Maker::new(table), drafts, rejects }
    }

    /// Makes an article or a reject of a record; `why` says in words what makes it none.
    fn add(
        &mut self,
        position: Position,
        captured: Result<Captured<'_>, String>,
        strings: &mut Strings,
        why: impl FnOnce(NoArticle<'t>) -> String,
    ) {
        let made = captured.and_then(|captured| {
            self.maker.article(&captured, position.clone(), strings).map_err(why)
        });
        match made {
            Ok(draft) => self.drafts.push(draft),
            Err(reason) => self.rejects.push(Reject { position, reason }),
        }
    }

    fn finish(self, strings: &mut Strings, spill: &Spill) -> Result<Parsed<'t>> {
        let articles = strings.share(self.drafts, spill)?;
        Ok(Parsed { articles, rejects: self.rejects, maker: self.maker })
    }
}

/// Where a record stops being UTF-8.
fn not_utf8(bytes: &[u8]) -> String {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    format!("not UTF-8 from byte {valid} of the record on")
}

fn too_deep() -> String {
    format!("packed or compressed more than {DEEPEST} times over, which is not undone")
}

/// A whole file as text.
fn whole_text(opened: &mut Opened<'_>) -> Result<(String, Notes), String> {
    let mut notes = Notes::default();
    let text = String::from_utf8(whole_bytes(opened)?).or_else(|error| {
        notes.insert(Notes::WINDOWS_1252);
        let from = error.utf8_error().valid_up_to();
        let mended = mend::windows_1252(error.as_bytes());
        mended.ok_or_else(|| format!("not UTF-8 from byte {from} on"))
    })?;
    if text.trim().is_empty() {
        return Err("the text is empty".into());
    }
    Ok((text, notes))
}

/// A whole file.
fn whole_bytes(opened: &mut Opened<'_>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let reading = opened.by_ref().take(MAX_RECORD_BYTES as u64 + 1).read_to_end(&mut bytes);
    reading.map_err(|error| opened.explain(&error))?;
    if bytes.len() > MAX_RECORD_BYTES {
        return Err(too_long());
    }
    Ok(bytes)
}
