//! SQLite: the rows of a table of articles, in the order in which the file has them.
//!
//! The file is only read: nothing is written beside it, no lock is kept past the reading. What a program
//! is writing to just now, or has not brought into the file yet, is refused and never read by half. Of
//! several tables the one with a text is read; where several have one, `--field text=TABLE.COLUMN` says
//! which. Only the columns that may hold a field are asked for.
//!
//! Cost: a pass over the table. Memory: some thousand rows. A view is a program of whoever made the file:
//! the work for one of its rows is bounded, and so is what all of them come to.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rayon::prelude::*;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row};
use tempfile::NamedTempFile;

use super::blocks::Source;
use super::draft::Strings;
use super::field::Field;
use super::fields::{FieldTable, NameId};
use super::file::{RECORDS_A_TASK, Reader, Reading};
use super::limits::Limits;
use super::record::{Captured, Maker, Value};
use super::records::{File, Parsed, Parsing};
use super::source::Opened;
use crate::error::{Cause, Position, Reject, Result};
use crate::text::one_line;

/// How many rows are made into articles at a time, fewer where they are long.
const ROWS: usize = 4096;
/// A batch ends with the row that makes it so long.
const BATCH_BYTES: usize = 16 << 20;
/// How long a program that is writing is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// So many steps of SQLite's machine pass between two looks at how long a row takes …
const STEPS: i32 = 1 << 20;
/// … and so many looks a row may take: sorting fifty million rows takes fewer.
const LOOKS: u32 = 1 << 10;
/// How many tables a message names.
const SAID: usize = 10;
/// Where the header says whether changes go into a log beside the file, and what it says then.
const LOGGED: (usize, u8) = (18, 2);

/// A database, and the table in it that is read.
pub(super) struct Database {
    connection: Connection,
    question: String,
    columns: Vec<(String, NameId)>,
    /// How often the machine was looked at since the last row.
    looks: Arc<AtomicU32>,
    bytes: u64,
    limits: Limits,
    /// The copy of a file that was packed.
    _copy: Option<NamedTempFile>,
}

/// The name of the table that is read, and its columns that may hold a field.
type Chosen<'t> = (&'t str, Vec<(&'t str, NameId)>);

/// A table or a view.
struct Table {
    name: String,
    /// Whether its rows are made when they are asked for.
    is_made: bool,
    columns: Vec<String>,
}

/// Some rows and the number of the first one.
struct Batch {
    first: u64,
    rows: Vec<std::result::Result<Captured<'static>, Cause>>,
}

impl Database {
    /// Opens a database and finds its table of articles.
    ///
    /// # Errors
    /// In words, where it cannot be read, or holds no such table or several.
    pub(super) fn new(
        opened: &mut Opened<'_>,
        table: &FieldTable,
    ) -> std::result::Result<Self, Cause> {
        let is_logged = opened.head().get(LOGGED.0) == Some(&LOGGED.1);
        let (path, copy) = opened.named().map_err(|error| opened.explain(error))?;
        let bytes = path.metadata().map_err(Cause::of)?.len();
        if is_logged && copy.is_none() {
            nothing_beside(&path)?;
        }
        // Of a log SQLite makes an index beside the file, unless it is told that nobody writes.
        let mut connection = match is_logged || copy.is_some() {
            true => Connection::open_with_flags(
                unchanging(&path),
                OpenFlags::SQLITE_OPEN_READ_ONLY
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX
                    | OpenFlags::SQLITE_OPEN_URI,
            ),
            false => Connection::open_with_flags(
                &path,
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            ),
        }
        .map_err(in_words)?;
        let looks = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&looks);
        let is_too_long = move || counted.fetch_add(1, Ordering::Relaxed) >= LOOKS;
        connection
            .busy_timeout(PATIENCE)
            .and_then(|()| connection.progress_handler(STEPS, Some(is_too_long)))
            .and_then(|()| connection.pragma_update(None, "trusted_schema", false))
            .and_then(|()| connection.pragma_update(None, "cell_size_check", true))
            .map_err(in_words)?;
        let tables = tables(&connection).map_err(in_words)?;
        let (name, chosen) = choose(&tables, table)?;
        let columns: Vec<String> = chosen.iter().map(|(column, _)| quoted(column)).collect();
        Ok(Self {
            question: format!("SELECT {} FROM {}", columns.join(", "), quoted(name)),
            columns: chosen.into_iter().map(|(column, name)| (column.to_owned(), name)).collect(),
            connection,
            looks,
            bytes,
            limits: table.limits(),
            _copy: copy,
        })
    }

    /// Hands on the rows, a batch at a time, until they end or `take` wants no more; what ends them too
    /// early, with the number of the row that is missing.
    fn batches(&self, mut take: impl FnMut(Batch) -> Result<bool>) -> Result<Option<(u64, Cause)>> {
        let mut statement = match self.connection.prepare(&self.question) {
            Ok(statement) => statement,
            Err(error) => return Ok(Some((1, in_words(error)))),
        };
        let mut rows = match statement.query([]) {
            Ok(rows) => rows,
            Err(error) => return Ok(Some((1, in_words(error)))),
        };
        let (mut batch, mut held, mut all) = (Batch { first: 1, rows: Vec::new() }, 0, 0_u64);
        loop {
            self.looks.store(0, Ordering::Relaxed);
            let number = batch.first + batch.rows.len() as u64;
            let ended = match rows.next() {
                Ok(Some(row)) => {
                    let (captured, bytes) = self.captured(row);
                    batch.rows.push(captured);
                    held += bytes;
                    all += bytes as u64;
                    let is_bomb = self.limits.is_bomb(all, self.bytes);
                    is_bomb.then(|| Some((number + 1, self.limits.bomb_in_words())))
                }
                Ok(None) => Some(None),
                Err(error) => {
                    let reason = in_words(error)
                        .with_words(|words| format!("{words}: rows from {number} on are not read"));
                    Some(Some((number, reason)))
                }
            };
            if ended.is_some() || batch.rows.len() >= ROWS || held >= BATCH_BYTES {
                let next = Batch { first: number + 1, rows: Vec::new() };
                let goes_on = take(std::mem::replace(&mut batch, next))?;
                held = 0;
                if let Some(reason) = ended {
                    return Ok(reason);
                }
                if !goes_on {
                    return Ok(None);
                }
            }
        }
    }

    /// The values of a row, and about how long they are.
    fn captured(&self, row: &Row<'_>) -> (std::result::Result<Captured<'static>, Cause>, usize) {
        let (mut captured, mut bytes) = (Captured::default(), 0);
        for (place, (column, name)) in self.columns.iter().enumerate() {
            let value = match row.get_ref(place) {
                Ok(value) => value,
                Err(error) => return (Err(in_words(error)), bytes),
            };
            bytes += size_of_val(&value);
            let value = match value {
                ValueRef::Null => Value::Nothing,
                ValueRef::Integer(number) => Value::Integer(number.into()),
                ValueRef::Real(number) => Value::Float(number),
                ValueRef::Text(text) | ValueRef::Blob(text)
                    if text.len() > self.limits.record_bytes =>
                {
                    return (Err(self.limits.too_long()), bytes + text.len());
                }
                ValueRef::Text(text) | ValueRef::Blob(text) => {
                    bytes += text.len();
                    match std::str::from_utf8(text) {
                        Ok(text) => Value::Text(Cow::Owned(text.to_owned())),
                        Err(_) => {
                            let reason = format!(
                                "its column {column} holds bytes that are no text in UTF-8: it may be compressed"
                            );
                            return (Err(reason.into()), bytes);
                        }
                    }
                }
            };
            captured.push(*name, value);
        }
        (Ok(captured), bytes)
    }
}

impl<'r> Reader<'r> {
    /// Makes articles of the rows of a database.
    ///
    /// # Errors
    /// As [`Reader::batches`].
    pub(super) fn database(
        self,
        file: &File<'_>,
        database: &Database,
        reading: &mut Reading,
        maker: &mut Maker<'r>,
    ) -> Result<()> {
        let ended = database.batches(|batch| {
            self.observer.check()?;
            let mut tasks: Vec<(u64, Vec<_>)> = Vec::new();
            let mut rows = batch.rows.into_iter().peekable();
            let mut first = batch.first;
            while rows.peek().is_some() {
                let some: Vec<_> = rows.by_ref().take(RECORDS_A_TASK).collect();
                let count = some.len() as u64;
                tasks.push((first, some));
                first += count;
            }
            let parse = |strings: &mut Strings, (first, rows): (u64, Vec<_>)| {
                let mut parsing = Parsing::new(self.table, file, rows.len());
                for (number, captured) in (first..).zip(rows) {
                    let position = Position::record(Arc::clone(file.name), number);
                    parsing.add(position, captured, strings, |no| no.in_words(Vec::new));
                }
                parsing.finish(strings, self.spill)
            };
            let parsed: Result<Vec<Parsed<'_>>> = match self.parallel {
                true => tasks.into_par_iter().map_init(Strings::default, parse).collect(),
                false => {
                    let strings = &mut Strings::default();
                    tasks.into_iter().map(|task| parse(strings, task)).collect()
                }
            };
            for parsed in parsed? {
                parsed.add_to(reading, maker)?;
            }
            // Where only the beginning is wanted, one batch is that.
            Ok(self.goes_on(file.name, reading) && self.limit.is_none())
        })?;
        if let Some((row, reason)) = ended {
            let position = Position::record(Arc::clone(file.name), row);
            reading.rejects.push(Reject { position, reason });
        }
        Ok(())
    }
}

/// The tables and views of a database, by name.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut schema = connection.prepare(
        "SELECT name, type = 'view' OR sql LIKE 'create virtual%' FROM sqlite_schema \
         WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )?;
    let named = schema.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let named = named.collect::<rusqlite::Result<Vec<(String, bool)>>>()?;
    // The hidden ones are questions that a virtual table takes.
    let mut columns =
        connection.prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden <> 1")?;
    let mut tables = Vec::new();
    for (name, is_made) in named {
        // A damaged name is no text, for which rusqlite has an error here and a panic elsewhere.
        let named = |row: &Row<'_>| row.get::<_, String>(0);
        let columns = columns.query_map([&name], named).and_then(Iterator::collect);
        match columns {
            Ok(columns) => tables.push(Table { name, is_made, columns }),
            // A view of a table that is gone, a table of a kind that is not built in.
            Err(_) if is_made => {}
            Err(error) => return Err(error),
        }
    }
    Ok(tables)
}

/// The table of articles, and its columns that matter.
fn choose<'t>(tables: &'t [Table], fields: &FieldTable) -> std::result::Result<Chosen<'t>, Cause> {
    struct Candidate<'t> {
        table: &'t Table,
        columns: Vec<(usize, NameId)>,
        has_text: bool,
        is_named: bool,
    }
    let candidate = |table: &'t Table| {
        let name = &table.name;
        let in_table = |column: &String| format!("{name}.{column}");
        let is_named = |column: &String| fields.column(&in_table(column)).is_some();
        let header: Vec<String> = table
            .columns
            .iter()
            .map(|column| if is_named(column) { in_table(column) } else { column.clone() })
            .collect();
        let columns = fields.columns(&header).ok()?;
        let text = fields.column_of(Field::Text, &columns);
        let is_named = text.is_some_and(|text| is_named(&table.columns[text]));
        Some(Candidate { table, columns, has_text: text.is_some(), is_named })
    };
    let mut candidates: Vec<Candidate<'_>> = tables.iter().filter_map(candidate).collect();
    let better: [fn(&Candidate<'_>) -> bool; 3] =
        [|one| one.is_named, |one| one.has_text, |one| !one.table.is_made];
    for is_better in better {
        if candidates.iter().any(is_better) {
            candidates.retain(is_better);
        }
    }
    let listed = |names: &[&str]| {
        let more = if names.len() > SAID { " …" } else { "" };
        format!("{}{more}", names[..names.len().min(SAID)].join(", "))
    };
    let one = match (candidates.pop(), candidates.is_empty()) {
        (Some(one), true) => one,
        (Some(one), false) => {
            let mut names: Vec<&str> =
                candidates.iter().map(|other| other.table.name.as_str()).collect();
            names.push(&one.table.name);
            return Err(format!(
                "a SQLite database with several tables of articles ({}): say which with \
                 --field text=TABLE.COLUMN",
                listed(&names)
            )
            .into());
        }
        (None, _) if tables.is_empty() => {
            return Err("a SQLite database without a table".into());
        }
        (None, _) => {
            let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            return Err(format!(
                "a SQLite database with no text under any known name in its tables ({}): name the \
                 column that holds it with --field text=TABLE.COLUMN",
                listed(&names)
            )
            .into());
        }
    };
    let column = |(place, name): (usize, NameId)| (one.table.columns[place].as_str(), name);
    Ok((&one.table.name, one.columns.into_iter().map(column).collect()))
}

/// # Errors
/// In words, where changes stand in a log beside the file and not in it.
fn nothing_beside(path: &Path) -> std::result::Result<(), Cause> {
    let mut log = OsString::from(path);
    log.push("-wal");
    let log = PathBuf::from(log);
    match log.metadata() {
        Ok(beside) if beside.len() > 0 => Err(format!(
            "a SQLite database whose last changes stand in {}: close the program that writes them, or \
             bring them in with `sqlite3 FILE 'pragma wal_checkpoint(truncate)'`",
            log.display()
        ).into()),
        _ => Ok(()),
    }
}

/// The address of a file that nobody writes to.
fn unchanging(path: &Path) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
    let written = path.as_os_str().as_encoded_bytes().iter().map(|byte| match is_plain(byte) {
        true => char::from(*byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    format!("file:{}?immutable=1", written.collect::<String>())
}

/// A name as SQL has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What went wrong, and what to do.
fn in_words(error: rusqlite::Error) -> Cause {
    let said = one_line(&error.to_string());
    let words = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "a SQLite database that a program is writing to: close that program, or read a copy made \
             with `sqlite3 FILE '.backup COPY'`"
                .to_owned()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => format!(
            "a SQLite database that a program left in the middle of a change ({said}): open it once \
             with `sqlite3 FILE .tables`"
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            format!("a SQLite database that is damaged ({said}): mend it with `sqlite3 FILE .recover`")
        }
        Some(ErrorCode::OperationInterrupted) => {
            "a SQLite database that takes too long over a row".to_owned()
        }
        _ => format!("a SQLite database that cannot be read ({said})"),
    };
    Cause::told(words, error)
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
