//! One file, from its bytes to its articles.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::blocks::{Block, Blocks, MAX_RECORD_BYTES, Source, Split, too_long};
use super::csv::{Columns, Dialect, Rows};
use super::detect::{Format, Layout, detect};
use super::fields::{FieldSource, FieldTable};
use super::json::{self, Lines, Values};
use super::record::{Captured, Maker, NoArticle, Strings, derived_id};
use super::source::{Compression, Opened};
use super::text;
use crate::article::{Article, SharedStr};
use crate::error::{Place, Position, Reject, Result};
use crate::observer::Observer;
use crate::spill::{Growing, Lane, Spill};

/// How many records a thread takes at a time, and how many articles share one allocation.
const RECORDS_A_TASK: usize = 64;

/// A file that was read, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
}

/// What a file gave.
pub(super) struct Reading {
    /// The account of it; `None` where it could not be opened.
    pub(super) file: Option<InputFile>,
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
        Self { file: None, articles: Growing::new(spill), rejects }
    }
}

impl Reader<'_> {
    /// Reads what was opened.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`], and what [`Spill::keep`] says; what is wrong with a file
    /// is a reject.
    pub(super) fn read(self, name: &Arc<str>, mut opened: Opened<'_>) -> Result<Reading> {
        let mut reading =
            Reading { file: None, articles: Growing::new(self.spill), rejects: Vec::new() };
        let (mut maker, mut told) = (Maker::new(self.table), 0);
        let whole = |reason| Reject { position: Position::whole(Arc::clone(name)), reason };
        let layout = if opened.head().is_empty() && opened.is_all_head() {
            Err("the file is empty".to_owned())
        } else {
            detect(opened.head(), opened.is_all_head(), self.table)
        };
        let format = layout.as_ref().ok().map(Layout::format);
        match layout {
            Err(reason) => reading.rejects.push(whole(reason)),
            Ok(Layout::Text) => match whole_text(&mut opened) {
                Ok(text) => {
                    let text = self.spill.keep_text(&text, Lane::Texts)?;
                    reading.articles.extend([text_article(name, text.into())])?;
                }
                Err(reason) => reading.rejects.push(whole(reason)),
            },
            Ok(layout) => match Records::new(layout, self.table) {
                Err(reason) => reading.rejects.push(whole(reason)),
                Ok(records) => {
                    self.records(name, &mut opened, &records, &mut reading, &mut maker, &mut told)?
                }
            },
        }
        self.observer.advance(opened.file_bytes() - told);
        let accepted = reading.articles.len() as u64;
        reading.file = Some(InputFile {
            path: name.to_string(),
            bytes: opened.file_bytes(),
            xxh3: opened.xxh3(),
            format,
            compression: opened.compression,
            records: accepted + reading.rejects.len() as u64,
            accepted,
            unreadable_dates: maker.unreadable_dates,
            fields: self.table.sources(&maker.tally),
        });
        Ok(reading)
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
            self.observer.advance(blocks.file_bytes() - *told);
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
            if self.strict && !reading.rejects.is_empty() {
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
            layout => Self::Json { layout, table },
        })
    }

    fn split(&self) -> Box<dyn Split> {
        match self {
            Self::Table { layout, .. } => Box::new(Rows::new(layout)),
            Self::Json { layout: Layout::JsonArray, .. } => Box::new(Values::of_arrays()),
            Self::Json { layout: Layout::Json, .. } => Box::new(Values::in_a_row()),
            Self::Json { .. } => Box::new(Lines::new()),
        }
    }

    fn table(&self) -> &'t FieldTable {
        match self {
            Self::Json { table, .. } | Self::Table { table, .. } => table,
        }
    }

    fn parse(
        &self,
        name: &Arc<str>,
        block: &Block,
        records: &[(Range<usize>, Place)],
        strings: &mut Strings,
        spill: &Spill,
    ) -> Result<Parsed<'t>> {
        let mut maker = Maker::new(self.table());
        let (mut drafts, mut rejects) = (Vec::with_capacity(records.len()), Vec::new());
        for (range, place) in records {
            let bytes = block.bytes(range);
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let position = Position { file: Arc::clone(name), place: *place };
            let made = self.capture(bytes).and_then(|(record, captured)| {
                maker.article(&captured, position.clone(), strings).map_err(|no| why(no, record))
            });
            match made {
                Ok(draft) => drafts.push(draft),
                Err(reason) => rejects.push(Reject { position, reason }),
            }
        }
        Ok(Parsed { articles: strings.share(drafts, spill)?, rejects, maker })
    }

    /// A record as text, and its values that may matter.
    fn capture<'b>(&self, bytes: &'b [u8]) -> Result<(&'b str, Captured<'b>), String> {
        let record = simdutf8::basic::from_utf8(bytes).map_err(|_| not_utf8(bytes))?;
        let captured = match self {
            Self::Json { table, .. } => json::capture(record.trim_end(), table.root())?,
            Self::Table { columns, .. } => columns.capture(record)?,
        };
        Ok((record, captured))
    }
}

/// Where a record stops being UTF-8.
fn not_utf8(bytes: &[u8]) -> String {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    format!("not UTF-8 from byte {valid} of the record on")
}

fn why(no: NoArticle<'_>, record: &str) -> String {
    match no {
        NoArticle::Nameless => no_text(&json::names(record)),
        NoArticle::Empty(name) => format!("its {name} is empty"),
        NoArticle::OfKind(name, kind) => format!("its {name} is {kind}, not a text"),
    }
}

/// That none of a record's names is one of a text, with the names and what to do.
pub(super) fn no_text(names: &[String]) -> String {
    /// As many as a line can say.
    const SAID: usize = 20;
    let said = names.iter().take(SAID).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if names.len() > SAID { " …" } else { "" };
    format!(
        "no text under any known name, among {said}{more}: name the one that holds it with --field \
         text=NAME"
    )
}

/// A whole file as text.
fn whole_text(opened: &mut Opened<'_>) -> Result<String, String> {
    let mut bytes = Vec::new();
    let reading = opened.by_ref().take(MAX_RECORD_BYTES as u64 + 1).read_to_end(&mut bytes);
    reading.map_err(|error| opened.explain(&error))?;
    if bytes.len() > MAX_RECORD_BYTES {
        return Err(too_long());
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))?;
    if text.trim().is_empty() {
        return Err("the text is empty".into());
    }
    Ok(text)
}

/// The article that a whole file is.
fn text_article(name: &Arc<str>, text: SharedStr) -> Article {
    let source = Position::whole(Arc::clone(name));
    Article {
        id: derived_id(&source).into(),
        outlet: SharedStr::default(),
        url: SharedStr::default(),
        published: None,
        title: text::title(&text).into(),
        lang: SharedStr::default(),
        text,
        source,
    }
}
