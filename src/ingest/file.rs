//! One file, from its bytes to its articles.

use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::archive;
use super::arrow;
use super::blocks::{Block, Blocks, Source};
use super::date::Order;
use super::detect::{Format, Layout, detect};
use super::documents::{self, Entry};
use super::draft::Strings;
use super::fields::{FieldSource, FieldTable};
use super::limits::Limits;
use super::mend;
use super::pages;
use super::parquet::Groups;
use super::record::{Maker, in_order};
use super::records::{File, Parsed, Parsing, Records, partitions, split_owned};
use super::source::{self, Compression, Metered, Opened};
use super::sqlite::Database;
use super::text;
use crate::article::{Article, Notes, Published};
use crate::error::{Cause, Position, Reject, Result};
use crate::observer::Observer;
use crate::spill::{Growing, Lane, Spill};

/// How many records a thread takes at a time, and how many articles share one allocation.
pub(super) const RECORDS_A_TASK: usize = 64;

/// How many times over a file may be packed or compressed.
pub(super) const DEEPEST: u8 = 4;

/// A file that was read, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The name of its encoding, where that is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Whether it is packed in another of the files.
    pub is_member: bool,
    /// Whether its articles are those that the others are held against.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_reference: bool,
    /// How many records were read.
    pub records: u64,
    /// How many of them are articles.
    pub accepted: u64,
    /// How many of these have a date that could not be read, and so none.
    pub unreadable_dates: u64,
    /// Whether it gives every id as a whole number, or is CSV, which does not tell them from text.
    pub ids_may_be_numbers: bool,
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
    /// The positions of the records that are made into articles, where they are records of a larger file; all where
    /// `None`.
    pub(super) wanted: Option<&'r [&'r str]>,
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
    /// The places of articles whose dates only the order of day and month in the file can tell.
    pub(super) either: Vec<(usize, [Published; 2])>,
}

impl Reading {
    /// Gives such articles the dates of this order; how many.
    pub(super) fn settle(&mut self, order: Option<Order>) -> u64 {
        let mut settled = 0;
        for (place, either) in std::mem::take(&mut self.either) {
            if let (Some(article), Some(order)) = (self.articles.get_mut(place), order) {
                let published = in_order(either, order);
                article.published = Some(published);
                article.notes.remove(Notes::UNREADABLE_DATE);
                article.notes.insert(Notes::DAY_ORDER);
                if published.day_only {
                    article.notes.insert(Notes::NO_TIME);
                }
                settled += 1;
            }
        }
        settled
    }

    /// Says that what was read is what other articles are held against.
    pub(super) fn mark_as_reference(&mut self) {
        self.files.iter_mut().for_each(|file| file.is_reference = true);
        for place in 0..self.articles.len() {
            if let Some(article) = self.articles.get_mut(place) {
                article.notes.insert(Notes::REFERENCE);
            }
        }
    }

    /// A file of which nothing was read.
    pub(super) fn unopened(name: &Arc<str>, reason: Cause, spill: &Spill) -> Self {
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
            let position = Position::whole(Arc::clone(name));
            self.rejects.push(Reject { position, reason: reason.into() });
        }
    }

    /// Nothing yet.
    pub(super) fn new(spill: &Spill) -> Self {
        let (files, rejects, either) = (Vec::new(), Vec::new(), Vec::new());
        Self { files, articles: Growing::new(spill), rejects, either }
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
    /// The notes that every article of a file gets that was opened so.
    fn notes(opened: &Opened<'_>) -> Notes {
        let is_guess = opened.encoding.is_some_and(|told| told.is_guess);
        if is_guess { Notes::GUESSED_ENCODING } else { Notes::default() }
    }

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
        match Opened::new(stream, path, self.limit, outermost, self.table.limits()) {
            Ok(opened) => reader.read(name, opened),
            Err(error) => Ok(Reading::unopened(name, error.into(), self.spill)),
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
    pub(super) fn goes_on(self, name: &Arc<str>, reading: &mut Reading) -> bool {
        let rejects = reading.rejects.len() as u64;
        let bytes = self.outermost.map_or(0, |bytes| bytes.load(Ordering::Relaxed));
        let is_litter = source::is_litter(rejects, bytes);
        if is_litter {
            let position = Position::whole(Arc::clone(name));
            reading
                .rejects
                .push(Reject { position, reason: source::litter_in_words(rejects).into() });
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
        let whole = |reason: Cause| Reject { position: Position::whole(Arc::clone(name)), reason };
        let layout = if opened.head().is_empty() && opened.is_all_head() {
            Err("the file is empty".into())
        } else if source::compression(opened.head()) != Compression::None {
            return self.read_packed(name, opened);
        } else {
            detect(name, opened.head(), opened.is_all_head(), self.table)
        };
        maker.notes = Self::notes(&opened);
        let file = File {
            name,
            notes: maker.notes,
            partitions: partitions(name, self.table),
            wanted: self.wanted.map(|wanted| {
                wanted.iter().filter_map(|written| Position::place_in(name, written)).collect()
            }),
        };
        let mut format = layout.as_ref().ok().map(Layout::format);
        let mut told = 0;
        match layout {
            Err(reason) => reading.rejects.push(whole(reason)),
            Ok(Layout::Tar | Layout::Zip) if self.depth >= DEEPEST => {
                reading.rejects.push(whole(too_deep().into()));
            }
            Ok(Layout::Text) => match whole_text(&mut opened, self.table.limits()) {
                Ok((mut text, mut notes)) => {
                    let mended = mend::mend(&text);
                    let mending = mended.map(|mended| {
                        text = mended.text;
                        notes.insert(mended.notes);
                        Arc::new(mended.places)
                    });
                    let text = self.spill.keep_text(&text, Lane::Texts)?;
                    notes.insert(maker.notes);
                    let article = text::article(name, text.into());
                    reading.articles.extend([Article { notes, mending, ..article }])?;
                }
                Err(reason) => reading.rejects.push(whole(reason)),
            },
            Ok(Layout::Html) => {
                let position = Position::whole(Arc::clone(name));
                let mut strings = Strings::default();
                let made = whole_bytes(&mut opened, self.table.limits())
                    .and_then(|page| pages::capture(&page, None, None, self.table))
                    .and_then(|captured| {
                        maker
                            .article(&captured, position, &mut strings)
                            .map_err(|no| no.in_words(Vec::new).into())
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
                    .map_err(|error| opened.explain(error))
                    .and_then(|file| Groups::new(file, self.table));
                match groups {
                    Ok(groups) => {
                        told = self.batches(&file, groups, &mut reading, &mut maker)?;
                    }
                    Err(reason) => reading.rejects.push(whole(reason)),
                }
            }
            Ok(Layout::Arrow) => match arrow::Stream::new(&mut opened, self.table) {
                Ok(stream) => told = self.batches(&file, stream, &mut reading, &mut maker)?,
                Err(reason) => reading.rejects.push(whole(reason)),
            },
            Ok(Layout::Sqlite) => match Database::new(&mut opened, self.table) {
                Ok(database) => self.database(&file, &database, &mut reading, &mut maker)?,
                Err(reason) => reading.rejects.push(whole(reason)),
            },
            Ok(Layout::Tar) => self.tar(name, &mut opened, &mut reading, &mut told)?,
            Ok(Layout::Document(kind)) => match whole_bytes(&mut opened, self.table.limits())
                .and_then(|bytes| documents::read(kind, bytes, self.table))
            {
                Ok(entries) => self.document(&file, entries, &mut reading, &mut maker)?,
                Err(reason) => reading.rejects.push(whole(reason)),
            },
            Ok(Layout::Zip) => match opened.seekable() {
                Ok(archive) => match archive::document(&archive, self.table.limits()) {
                    Ok(None) => self.zip(name, archive, &mut reading)?,
                    Ok(Some(kind)) => {
                        format = Some(kind);
                        match whole_file(archive, self.table.limits())
                            .and_then(|b| documents::read(kind, b, self.table))
                        {
                            Ok(entries) => {
                                self.document(&file, entries, &mut reading, &mut maker)?;
                            }
                            Err(reason) => reading.rejects.push(whole(reason)),
                        }
                    }
                    Err(reason) => reading.rejects.push(whole(reason)),
                },
                Err(error) => reading.rejects.push(whole(opened.explain(error))),
            },
            Ok(layout) => match Records::new(layout, self.table) {
                Err(reason) => reading.rejects.push(whole(reason)),
                Ok(records) => {
                    self.records(&file, &mut opened, &records, &mut reading, &mut maker, &mut told)?
                }
            },
        }
        maker.unreadable_dates -= reading.settle(maker.order());
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
            encoding: opened.encoding.map(|told| told.charset.name().to_owned()),
            is_member: self.depth > 0,
            is_reference: false,
            records,
            accepted,
            unreadable_dates: maker.unreadable_dates,
            ids_may_be_numbers: maker.ids_of_text == 0 || format == Some(Format::Csv),
            fields: self.table.sources(&maker.tally),
        });
        Ok(reading)
    }

    /// Makes articles of the records of a document.
    fn document(
        self,
        file: &File<'_>,
        entries: Vec<Entry>,
        reading: &mut Reading,
        maker: &mut Maker<'_>,
    ) -> Result<()> {
        let is_alone = entries.len() == 1;
        let mut strings = Strings::default();
        for (some, entries) in (0_u64..).zip(split_owned(entries, RECORDS_A_TASK)) {
            self.observer.check()?;
            let mut parsing = Parsing::new(self.table, file, entries.len());
            let names = entries.iter().flatten().map(|captured| captured.names(self.table));
            self.table.sought().names(names.flatten());
            for (number, entry) in (some * RECORDS_A_TASK as u64 + 1..).zip(entries) {
                let position = match is_alone {
                    true => Position::whole(Arc::clone(file.name)),
                    false => Position::record(Arc::clone(file.name), number),
                };
                parsing.add(position, entry, &mut strings, |no| no.in_words(Vec::new));
            }
            parsing.finish(&mut strings, self.spill)?.add_to(reading, maker)?;
            if !self.goes_on(file.name, reading) {
                break;
            }
        }
        Ok(())
    }

    /// Reads what is compressed once more than once.
    fn read_packed(self, name: &Arc<str>, mut opened: Opened<'_>) -> Result<Reading> {
        if self.depth >= DEEPEST {
            return Ok(Reading::unopened(name, too_deep().into(), self.spill));
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

    /// Reads the records of a stream, a block being parsed while the next is read. `told` is how
    /// many bytes the observer knows of.
    fn records(
        self,
        file: &File<'_>,
        opened: &mut Opened<'_>,
        records: &Records<'_>,
        reading: &mut Reading,
        maker: &mut Maker<'_>,
        told: &mut u64,
    ) -> Result<()> {
        let name = file.name;
        let mut blocks = Blocks::new(opened, records.split(), self.table.limits());
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
                        records.parse(file, &block, task, strings, self.spill)
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
                let parsed = records.parse(file, &block, block.records(), strings, self.spill)?;
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

fn too_deep() -> String {
    format!("packed or compressed more than {DEEPEST} times over, which is not undone")
}

/// A whole file as text.
fn whole_text(opened: &mut Opened<'_>, limits: Limits) -> Result<(String, Notes), Cause> {
    let mut notes = Notes::default();
    let text = String::from_utf8(whole_bytes(opened, limits)?).or_else(|error| {
        let from = error.utf8_error().valid_up_to();
        let (text, note) = mend::older(error.as_bytes())
            .ok_or_else(|| format!("not UTF-8 from byte {from} on"))?;
        notes.insert(note);
        Ok::<String, Cause>(text)
    })?;
    if text.trim().is_empty() {
        return Err("the text is empty".into());
    }
    Ok((text, notes))
}

/// A whole file that can be read from any place.
fn whole_file(mut file: std::fs::File, limits: Limits) -> Result<Vec<u8>, Cause> {
    let mut bytes = Vec::new();
    file.rewind()
        .and_then(|()| file.take(limits.record_bytes as u64 + 1).read_to_end(&mut bytes))
        .map_err(Cause::of)?;
    if bytes.len() > limits.record_bytes { Err(limits.too_long()) } else { Ok(bytes) }
}

/// A whole file.
fn whole_bytes(opened: &mut Opened<'_>, limits: Limits) -> Result<Vec<u8>, Cause> {
    let mut bytes = Vec::new();
    let reading = opened.by_ref().take(limits.record_bytes as u64 + 1).read_to_end(&mut bytes);
    reading.map_err(|error| opened.explain(error))?;
    if bytes.len() > limits.record_bytes {
        return Err(limits.too_long());
    }
    Ok(bytes)
}
