//! Files to articles: whatever news tools write, told by its content, read side by side.
//!
//! [`ingest`] promises that every record read is either an article or a [`Reject`] that says where
//! it stands and what is wrong with it, that a file named twice is read once, and that neither the
//! order of the arguments nor the number of threads changes anything. A damaged record, a file that
//! holds no articles or one that ends early never ends a run, unless it was asked to be strict.
//!
//! Cost: one pass over the bytes. A block of a few MiB is parsed by all threads while the next one
//! is read and decompressed; small files are read side by side. Memory: the articles as far as
//! the budget goes ([`Memory`]), plus two blocks (see [`MAX_RECORD_BYTES`]) a stream.
//!
//! A format is a file here that cuts a stream into records and reads one record; `detect.rs` tells
//! which it is.

mod archive;
#[cfg(feature = "arrow")]
mod arrow;
#[cfg(not(feature = "arrow"))]
#[path = "arrow_absent.rs"]
mod arrow;
#[cfg(feature = "arrow")]
mod arrow_values;
mod attended;
mod author;
mod batches;
mod blocks;
mod body;
mod csv;
mod date;
mod detect;
mod dialect;
mod documents;
mod draft;
mod encoding;
mod field;
mod fields;
mod file;
#[cfg(test)]
#[cfg(feature = "formats")]
mod formats_tests;
mod guard;
mod inputs;
mod json;
mod json_amended;
mod json_bulk;
mod json_scan;
mod json_wrapped;
mod lang;
mod limits;
mod markup;
mod mend;
mod names;
#[cfg(feature = "object-store")]
mod objects;
#[cfg(not(feature = "object-store"))]
#[path = "objects_absent.rs"]
mod objects;
mod outlet;
mod pages;
#[cfg(feature = "formats")]
mod parquet;
#[cfg(not(feature = "formats"))]
#[path = "parquet_absent.rs"]
mod parquet;
mod record;
mod records;
mod rows;
mod scrubbed;
mod selected;
#[cfg(feature = "formats")]
mod selected_parquet;
#[cfg(not(feature = "formats"))]
#[path = "selected_parquet_absent.rs"]
mod selected_parquet;
mod seven_bits;
mod sought;
mod source;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(not(feature = "sqlite"))]
#[path = "sqlite_absent.rs"]
mod sqlite;
#[cfg(test)]
mod tests;
mod text;
mod warc;

use std::io::{self, Read};
use std::path::PathBuf;

use rayon::prelude::*;

#[cfg(feature = "arrow")]
pub use self::arrow::ArrowColumns;
use self::attended::Attended;
pub use self::blocks::MAX_RECORD_BYTES;
#[cfg(test)]
pub(crate) use self::csv::COLUMNS_OF_TEXTS;
pub use self::detect::Format;
pub use self::field::{Field, FieldMapping};
use self::fields::FieldTable;
pub use self::fields::{Confidence, FieldSource};
pub use self::file::InputFile;
use self::file::{Reader, Reading};
pub use self::inputs::refuse_input;
use self::inputs::{Found, Input, Origin, STANDARD_INPUT};
pub use self::limits::Limits;
pub use self::outlet::Outlets;
pub use self::parquet::is_guarded;
pub use self::rows::{RowValue, Rows, Shape, ingest_rows};
pub use self::selected::{Select, Selected, check_selectable, write_selected};
pub use self::source::Compression;
use crate::article::{Article, Corpus, Notes};
use crate::error::{Error, InputError, InputErrorKind, Position, Reject, Result};
use crate::observer::{Observer, Silent, Stage, Unit};
pub use crate::spill::Memory;
use crate::spill::{Growing, Spill};

/// Files up to this size are read whole by one thread each, as many at a time as there are
/// threads; larger ones one after another, each by all threads.
const SMALL_FILE_BYTES: u64 = 1 << 20;
/// How many small files are read before the observer is asked again.
const SMALL_FILES: usize = 256;
/// How much of each file [`plan`] reads, decompressed.
const PLAN_BYTES: u64 = 256 << 10;
/// How many articles [`plan`] shows.
const PLAN_SAMPLES: usize = 3;

/// How input is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestOptions {
    /// Where fields stand that no known name leads to; first come, first taken.
    pub fields: Vec<FieldMapping>,
    /// Which names and hosts are one outlet, beside what is built in.
    pub outlets: Outlets,
    /// Older articles that those of the input are held against: files, folders and patterns as of the
    /// input. Their articles are noted so ([`Notes::REFERENCE`]).
    pub against: Vec<String>,
    /// What a record and a packed file may cost.
    pub limits: Limits,
    /// Whether the first reject ends the run.
    pub strict: bool,
    /// How much memory the articles and what is made of them may take; without a bound for `None`.
    pub memory: Option<Memory>,
}

/// What the input holds.
#[derive(Clone, Debug, Default)]
pub struct Ingested {
    /// The articles.
    pub corpus: Corpus,
    /// What is no article, sorted by position.
    pub rejects: Vec<Reject>,
    /// The files that were opened, sorted by path.
    pub files: Vec<InputFile>,
    /// How many records were read: as many as there are articles and rejects.
    pub records: u64,
    /// What was left out because newsfold wrote it: results of runs, and archives; a sentence a folder, sorted.
    pub skipped: Vec<String>,
}

/// What [`ingest`] would read, as the beginnings of the files tell.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The files, sorted by path; counts are of their beginnings.
    pub files: Vec<InputFile>,
    /// The first articles.
    pub samples: Vec<Article>,
    /// What would be rejected, as far as was read.
    pub rejects: Vec<Reject>,
    /// What looks wrong with the articles of a file, in words.
    pub doubts: Vec<String>,
}

/// Reads files, folders, patterns and, for `-`, standard input; with the feature `object-store` also the
/// objects that URLs name, which waits for them and so belongs in no asynchronous task.
///
/// # Errors
/// [`Error::Input`] where a path or an object does not exist, a pattern matches nothing or a folder holds no
/// files; where not one article was found; where `strict` is set, for the first reject.
/// [`Error::Config`] where no record has a name that [`IngestOptions::fields`] gives; it says which there are.
/// [`Error::Interrupted`] where the observer says so.
pub fn ingest(
    inputs: &[String],
    options: &IngestOptions,
    observer: &dyn Observer,
) -> Result<Ingested> {
    ingest_of(inputs, options, None, observer)
}

/// Reads the same, but of lines, rows and elements of a list only those that stand at a `wanted` position, as
/// [`Position`] writes it; all of them for `None`. A date whose day and month only the rest of the file tells apart
/// is then not known.
pub(crate) fn ingest_of(
    inputs: &[String],
    options: &IngestOptions,
    wanted: Option<&[&str]>,
    observer: &dyn Observer,
) -> Result<Ingested> {
    let Found { inputs, mut skipped } = inputs::find(inputs, observer)?;
    let mut against = Found::default();
    if !options.against.is_empty() {
        against = inputs::find(&options.against, observer)?;
    }
    let is_input = |old: &&Input| inputs.iter().any(|new| new.is(old));
    if let Some(both) = against.inputs.iter().find(is_input) {
        let reason = "it is both an input and what the input is held against".to_owned();
        return Err(Error::input(Position::whole(&*both.name), InputErrorKind::Unsuited, reason));
    }
    skipped.append(&mut against.skipped);
    let total = inputs.iter().chain(&against.inputs).map(|input| match &input.origin {
        Origin::File { bytes, .. } => Some(*bytes),
        Origin::Object(object) => Some(object.bytes()),
        Origin::Standard | Origin::Pipe(_) => None,
        Origin::Unreadable(_) => Some(0),
    });
    let read = articles(options, total.sum(), wanted, observer, |reader, readings| {
        read_all(&inputs, reader, &mut |reading| {
            readings.add(reading)?;
            readings.refuse_if(options.strict)
        })?;
        read_all(&against.inputs, reader, &mut |mut reading| {
            reading.mark_as_reference();
            readings.add(reading)?;
            readings.refuse_if(options.strict)
        })
    })?;
    Ok(Ingested { skipped, ..read })
}

/// Reads one stream, called `name` in messages, as [`ingest`] reads a file.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_reader(
    name: &str,
    stream: impl Read + Send,
    options: &IngestOptions,
    observer: &dyn Observer,
) -> Result<Ingested> {
    articles(options, None, None, observer, |reader, readings| {
        readings.add(reader.open(&name.into(), Box::new(stream), None)?)?;
        readings.refuse_if(options.strict)
    })
}

/// Has `read` read `bytes` bytes, where their number is known, and makes one corpus of it; see [`ingest_of`] on `wanted`.
fn articles(
    options: &IngestOptions,
    bytes: Option<u64>,
    wanted: Option<&[&str]>,
    observer: &dyn Observer,
    read: impl FnOnce(Reader<'_>, &mut Readings) -> Result<()>,
) -> Result<Ingested> {
    observer.begin(Stage::Ingest, bytes, Unit::Bytes);
    let table = FieldTable::of(options);
    let spill = Spill::new(options.memory.clone());
    let reader = Reader {
        table: &table,
        observer,
        strict: options.strict,
        limit: None,
        wanted,
        spill: &spill,
        parallel: true,
        depth: 0,
        outermost: None,
    };
    let mut readings = Readings::new(&spill);
    read(reader, &mut readings)?;
    table.sought().check()?;
    let ingested = readings.finish()?;
    observer.end(Stage::Ingest);
    Ok(ingested)
}

/// Says what [`ingest`] would read, from the beginnings of the files. Standard input is consumed.
///
/// # Errors
/// As [`ingest`], but for what shows only further on.
pub fn plan(inputs: &[String], options: &IngestOptions) -> Result<Plan> {
    let mut inputs = inputs::find(inputs, &Silent)?.inputs;
    if !options.against.is_empty() {
        inputs.extend(inputs::find(&options.against, &Silent)?.inputs);
    }
    let table = FieldTable::of(options);
    let reader = Reader {
        table: &table,
        observer: &Silent,
        strict: false,
        limit: Some(PLAN_BYTES),
        wanted: None,
        spill: &Spill::default(),
        parallel: false,
        depth: 0,
        outermost: None,
    };
    let mut plan = Plan::default();
    read_all(&inputs, reader, &mut |mut reading| {
        plan.files.append(&mut reading.files);
        plan.rejects.append(&mut reading.rejects);
        let wanted = PLAN_SAMPLES - plan.samples.len();
        let articles = reading.articles.finish()?;
        plan.doubts.extend(doubts(&articles));
        plan.samples.extend(articles.iter().take(wanted).cloned());
        Ok(())
    })?;
    plan.doubts.extend(table.sought().missing().map(|reason| format!("--field: {reason}")));
    plan.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(plan)
}

/// What looks wrong with the first articles of an input: a summary taken for a text, one text everywhere, tags.
fn doubts(articles: &[Article]) -> Vec<String> {
    /// Fewer characters are a line or two: the summary of a feed, a teaser.
    const SHORT_CHARACTERS: usize = 250;
    let Some(first) = articles.first() else { return Vec::new() };
    let with_text: Vec<&Article> =
        articles.iter().filter(|article| !article.text.is_empty()).collect();
    let all = with_text.len();
    let mut doubts = Vec::new();
    let mut doubt = |count: usize, what: &str| {
        if count >= 2 && 2 * count >= all {
            doubts.push(format!("{}: {count} of {all} texts {what}", first.source.file));
        }
    };
    let count = |is: &dyn Fn(&Article) -> bool| with_text.iter().filter(|a| is(a)).count();
    doubt(
        count(&|article| article.text.chars().take(SHORT_CHARACTERS).count() < SHORT_CHARACTERS),
        "are short: name the field with the full text with --field text=NAME, if there is one",
    );
    doubt(
        count(&|article| article.notes.contains(Notes::MARKUP)),
        "held tags of HTML, which are left out",
    );
    doubt(count(&|article| article.notes.contains(Notes::NO_BODY)), "are menus, lists or forms");
    let mut texts: Vec<&str> = with_text.iter().map(|article| article.text.as_str()).collect();
    texts.sort_unstable();
    let most = texts.chunk_by(|a, b| a == b).map(<[&str]>::len).max().unwrap_or(0);
    doubt(most, "are one and the same: is it the field that holds the text?");
    doubts
}

/// Reads every input and passes on what it gave, in order.
fn read_all(
    inputs: &[Input],
    reader: Reader<'_>,
    take: &mut dyn FnMut(Reading) -> Result<()>,
) -> Result<()> {
    let by_size = |a: &Input, b: &Input| is_small(a, reader) && is_small(b, reader);
    for run in inputs.chunk_by(by_size) {
        if !is_small(&run[0], reader) {
            for input in run {
                take(read_input(input, reader)?)?;
            }
            continue;
        }
        for some in run.chunks(SMALL_FILES) {
            reader.observer.check()?;
            let alone = Reader { parallel: false, ..reader };
            let readings: Vec<Result<Reading>> =
                some.par_iter().map(|input| read_input(input, alone)).collect();
            for reading in readings {
                take(reading?)?;
            }
        }
    }
    Ok(())
}

fn is_small(input: &Input, reader: Reader<'_>) -> bool {
    let is_small = |bytes| bytes <= SMALL_FILE_BYTES || reader.limit.is_some();
    match &input.origin {
        Origin::File { bytes, .. } => is_small(*bytes),
        Origin::Object(object) => is_small(object.bytes()),
        Origin::Standard | Origin::Pipe(_) => false,
        Origin::Unreadable(_) => true,
    }
}

fn read_input(input: &Input, reader: Reader<'_>) -> Result<Reading> {
    let unopened = |reason| Reading::unopened(&input.name, reason, reader.spill);
    match &input.origin {
        Origin::Unreadable(reason) => Ok(unopened(reason.clone())),
        Origin::Standard => {
            let stream = Attended::new(io::stdin(), reader.observer);
            let reading = reader.open(&input.name, Box::new(stream), None)?;
            reader.observer.check()?;
            Ok(reading)
        }
        Origin::Pipe(path) => {
            let stream = Attended::new(OpenedLater(Err(path.clone())), reader.observer);
            let reading = reader.open(&input.name, Box::new(stream), None)?;
            reader.observer.check()?;
            Ok(reading)
        }
        Origin::Object(object) => {
            let stream = Attended::new(object.open(), reader.observer);
            let mut reading = reader.open(&input.name, Box::new(stream), None)?;
            reader.observer.check()?;
            reading.tell_cut_short(&input.name, object.bytes());
            Ok(reading)
        }
        Origin::File { path, bytes } => match std::fs::File::open(path) {
            Ok(file) => {
                let mut reading = reader.open(&input.name, Box::new(file), Some(path.clone()))?;
                reading.tell_cut_short(&input.name, *bytes);
                Ok(reading)
            }
            Err(error) => Ok(unopened(inputs::in_words(error))),
        },
    }
}

/// A pipe that is opened when it is first read: that waits until someone writes to it.
struct OpenedLater(std::result::Result<std::fs::File, PathBuf>);

impl Read for OpenedLater {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Err(path) = &self.0 {
            self.0 = Ok(std::fs::File::open(path)?);
        }
        match &mut self.0 {
            Ok(file) => file.read(buffer),
            Err(_) => Ok(0),
        }
    }
}

/// What the files have given so far.
struct Readings {
    spill: Spill,
    articles: Growing<Article>,
    rejects: Vec<Reject>,
    files: Vec<InputFile>,
}

impl Readings {
    fn new(spill: &Spill) -> Self {
        let articles = Growing::new(spill);
        Self { spill: spill.clone(), articles, rejects: Vec::new(), files: Vec::new() }
    }

    fn add(&mut self, reading: Reading) -> Result<()> {
        self.articles.append(reading.articles)?;
        self.rejects.extend(reading.rejects);
        self.files.extend(reading.files);
        Ok(())
    }

    /// An error for the first reject, if there is one and the run is strict.
    fn refuse_if(&self, strict: bool) -> Result<()> {
        match self.rejects.first() {
            Some(reject) if strict => Err(InputError::from(reject.clone()).into()),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Ingested> {
        self.rejects.sort();
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        let records = (self.articles.len() + self.rejects.len()) as u64;
        if self.articles.is_empty() {
            return Err(self.nothing());
        }
        Ok(Ingested {
            corpus: Corpus::read(self.articles, self.spill)?,
            rejects: self.rejects,
            files: self.files,
            records,
            skipped: Vec::new(),
        })
    }

    /// That there is no article, with the first reason.
    fn nothing(self) -> Error {
        let Some(Reject { position, reason }) = self.rejects.first().cloned() else {
            let file = self.files.first().map_or(STANDARD_INPUT, |file| file.path.as_str());
            return Error::input(Position::whole(file), InputErrorKind::Empty, "no articles here");
        };
        let more = self.rejects.len() - 1;
        let reason = reason.with_words(|words| match more {
            0 => format!("{words}; no article was read"),
            _ => format!("{words}; no article was read, and {more} more records were rejected"),
        });
        Error::input(position, InputErrorKind::Empty, reason)
    }
}
