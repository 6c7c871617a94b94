//! The records of one file to articles: how each kind of file is cut, read, and made into drafts.

use std::borrow::Cow;
use std::sync::Arc;

use super::blocks::{Block, Record, Split};
use super::csv::{Columns, Dialect, Rows};
use super::detect::Layout;
use super::draft::{Draft, Strings};
use super::fields::{BODY_SECTIONS, FieldTable, NameId};
use super::file::Reading;
use super::json::{self, Lines, Values};
use super::json_bulk::{Bulk, capture_bulk};
use super::json_wrapped::Wrapped;
use super::record::{Captured, Maker, NoArticle, Value};
use super::warc::{self, Responses};
use super::{mend, pages};
use crate::article::{Article, Notes, Published};
use crate::error::{Cause, Place, Position, Reject, Result};
use crate::spill::Spill;

/// What is known of a file beside its records.
pub(super) struct File<'f> {
    /// As messages name it.
    pub(super) name: &'f Arc<str>,
    /// What is to be known of every article of it.
    pub(super) notes: Notes,
    /// What the names of its folders say, as `lang=en`.
    pub(super) partitions: Vec<(NameId, String)>,
    /// The places of the records that are read; all where `None`.
    pub(super) wanted: Option<Vec<Place>>,
}

impl File<'_> {
    /// Whether the record at a place is read.
    pub(super) fn wants(&self, place: Place) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.contains(&place))
    }
}

/// The values that the folders of a path name, as Hive and what came after it lay out tables.
pub(super) fn partitions(path: &str, table: &FieldTable) -> Vec<(NameId, String)> {
    let folders = path.split('/').rev().skip(1).filter_map(|folder| folder.split_once('='));
    folders.filter_map(|(key, value)| Some((table.column(key)?, value.to_owned()))).collect()
}

/// The items, so many at a time.
pub(super) fn split_owned<T>(items: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || {
        let some: Vec<T> = items.by_ref().take(size).collect();
        (!some.is_empty()).then_some(some)
    })
}

/// How the records of one file are told apart and read.
pub(super) enum Records<'t> {
    Json { layout: Layout, table: &'t FieldTable },
    Table { layout: Dialect, columns: Columns, table: &'t FieldTable },
    Pages { table: &'t FieldTable },
}

/// What some records gave.
pub(super) struct Parsed<'t> {
    articles: Vec<Article>,
    /// As in [`Reading`], counted from the first of these.
    either: Vec<(usize, [Published; 2])>,
    rejects: Vec<Reject>,
    maker: Maker<'t>,
}

impl Parsed<'_> {
    /// Adds it to what the file gave before.
    pub(super) fn add_to(self, reading: &mut Reading, maker: &mut Maker<'_>) -> Result<()> {
        let before = reading.articles.len();
        reading
            .either
            .extend(self.either.into_iter().map(|(place, dates)| (before + place, dates)));
        reading.articles.extend(self.articles)?;
        reading.rejects.extend(self.rejects);
        maker.merge(&self.maker);
        Ok(())
    }
}

impl<'t> Records<'t> {
    /// Those of a file of this layout.
    ///
    /// # Errors
    /// In words, where it has no column for a text.
    pub(super) fn new(layout: Layout, table: &'t FieldTable) -> Result<Self, Cause> {
        Ok(match layout {
            Layout::Table(dialect) => {
                Self::Table { columns: Columns::new(&dialect, table)?, layout: dialect, table }
            }
            Layout::Warc => Self::Pages { table },
            layout => Self::Json { layout, table },
        })
    }

    /// What cuts the file.
    pub(super) fn split(&self) -> Box<dyn Split> {
        match self {
            Self::Table { layout, .. } => Box::new(Rows::new(layout)),
            Self::Pages { .. } => Box::new(Responses::default()),
            Self::Json { layout: Layout::JsonArray, .. } => Box::new(Values::of_arrays()),
            Self::Json { layout: Layout::Json, .. } => Box::new(Values::in_a_row()),
            Self::Json { layout: Layout::JsonWrapped(lists), .. } => Box::new(Wrapped::new(*lists)),
            Self::Json { layout: Layout::JsonBulk, .. } => Box::new(Bulk::default()),
            Self::Json { layout: Layout::JsonLines(line_end), .. } => {
                Box::new(Lines::new(*line_end))
            }
            Self::Json { .. } => Box::new(Lines::new(b'\n')),
        }
    }

    fn table(&self) -> &'t FieldTable {
        match self {
            Self::Json { table, .. } | Self::Table { table, .. } | Self::Pages { table } => table,
        }
    }

    /// Reads some records of a block.
    ///
    /// # Errors
    /// As [`Spill::keep_text`].
    pub(super) fn parse(
        &self,
        file: &File<'_>,
        block: &Block,
        records: &[Record],
        strings: &mut Strings,
        spill: &Spill,
    ) -> Result<Parsed<'t>> {
        let mut parsing = Parsing::new(self.table(), file, records.len());
        let sought = self.table().sought();
        let mut is_first = true;
        for record in records {
            let bytes = self.bare(block.bytes(record));
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            if std::mem::take(&mut is_first) && sought.wants_names() {
                sought.names(self.names(bytes));
            }
            if !file.wants(record.place) {
                continue;
            }
            let position = Position { file: Arc::clone(file.name), place: record.place };
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

    /// A record without what files that were joined, and sequences of RFC 7464, put before it.
    fn bare<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        match self {
            Self::Pages { .. } => bytes,
            _ => bytes
                .strip_prefix(b"\xEF\xBB\xBF")
                .or_else(|| bytes.strip_prefix(&[0x1e]))
                .unwrap_or(bytes),
        }
    }

    /// The values of a record that may matter.
    fn capture<'b>(&self, bytes: &'b [u8]) -> Result<Captured<'b>, Cause> {
        if let Self::Pages { table } = self {
            let response = warc::response(bytes, table.limits())?;
            return pages::capture(&response.body, response.charset, Some(response.url), table);
        }
        if let Ok(record) = simdutf8::basic::from_utf8(bytes) {
            return self.capture_text(record);
        }
        let (record, note) = mend::older(bytes).ok_or_else(|| not_utf8(bytes))?;
        let mut captured = self.capture_text(&record)?.into_owned();
        captured.notes.insert(note);
        Ok(captured)
    }

    fn capture_text<'b>(&self, record: &'b str) -> Result<Captured<'b>, Cause> {
        match self {
            Self::Json { layout: Layout::JsonBulk, table } => capture_bulk(record, table),
            Self::Json { table, .. } => {
                let record = record.trim_end();
                let mut captured = json::capture(record, table)?;
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
pub(super) struct Parsing<'t, 'f> {
    file: &'f File<'f>,
    maker: Maker<'t>,
    drafts: Vec<Draft>,
    rejects: Vec<Reject>,
}

impl<'t, 'f> Parsing<'t, 'f> {
    /// None yet.
    pub(super) fn new(table: &'t FieldTable, file: &'f File<'f>, records: usize) -> Self {
        let (drafts, rejects) = (Vec::with_capacity(records), Vec::new());
        let mut maker = Maker::new(table);
        maker.notes = file.notes;
        Self { file, maker, drafts, rejects }
    }

    /// Makes an article or a reject of a record; `why` says in words what makes it none.
    pub(super) fn add(
        &mut self,
        position: Position,
        captured: Result<Captured<'_>, Cause>,
        strings: &mut Strings,
        why: impl FnOnce(NoArticle<'t>) -> String,
    ) {
        let mark = strings.mark();
        let made = captured.and_then(|mut captured| {
            for (name, value) in &self.file.partitions {
                captured.push_first(*name, Value::Text(Cow::Owned(value.clone())));
            }
            let draft = self.maker.article(&captured, position.clone(), strings).map_err(why)?;
            if !strings.can_be_shared() {
                strings.go_back(mark);
                return Err(
                    "with the records beside it, it is longer than 4 GiB: write fewer of such \
                            a length beside each other, or leave them out with --max-record"
                        .into(),
                );
            }
            Ok(draft)
        });
        match made {
            Ok(draft) => self.drafts.push(draft),
            Err(reason) => self.rejects.push(Reject { position, reason }),
        }
    }

    /// The articles.
    ///
    /// # Errors
    /// As [`Spill::keep_text`].
    pub(super) fn finish(self, strings: &mut Strings, spill: &Spill) -> Result<Parsed<'t>> {
        let drafts = self.drafts.iter().enumerate();
        let either = drafts.filter_map(|(place, draft)| Some((place, draft.either?))).collect();
        let articles = strings.share(self.drafts, spill)?;
        Ok(Parsed { articles, either, rejects: self.rejects, maker: self.maker })
    }
}

/// Where a record stops being UTF-8.
fn not_utf8(bytes: &[u8]) -> String {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    format!("not UTF-8 from byte {valid} of the record on")
}
