//! The results of a finished run, read back from its folder.
//!
//! The tables hold all of them but the texts of the articles. These are read again from the inputs that
//! `run.json` names, where those are still the same, to the hash. The page made of what is read back is
//! then the same too, byte for byte, as long as no more than the run's cap is asked for. Where the
//! inputs have changed, only passages have their text, and [`StandIn`] says why. Offsets are then those
//! of the texts as read, which differ from those of texts that came damaged and were mended.
//!
//! Cost: one pass over each table, held in memory as in the run, and one over the inputs.

mod articles;
mod between;
mod groups;
mod passages;
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

pub(crate) use between::Between;
pub use between::Finished;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::candidates::Method;
use crate::error::{Cause, Error, InputErrorKind, Position, Reject, Result};
use crate::ingest::InputFile;
use crate::observer::{Observer, Stage, Unit};
use crate::output::{AGAIN, PAGE, RUN, check_bytes, check_lengths};
use crate::page;
use crate::report;
use crate::results::{Counts, Results, RunFacts, StandIn};
use crate::tables::schema::Row;
use crate::tables::{self, Asked, has_table};

const REJECTS: &str = "rejects.jsonl";

/// What is needed of `run.json`.
#[derive(Deserialize)]
struct Run {
    version: String,
    parameters: BTreeMap<String, Value>,
    seed: u64,
    inputs: Vec<InputFile>,
    warnings: Vec<String>,
}

/// Reads the tables in `out`, in whichever format they are there, and the inputs they came from.
///
/// # Errors
/// [`Error::Input`] where there is no run, or one of another version, or a table is missing or
/// broken; [`Error::Interrupted`].
pub fn read(out: &Path, observer: &dyn Observer) -> Result<Results> {
    let run = read_run(out)?;
    // The page is what this is for: it may be missing.
    check_lengths(out)?;
    let rows = articles::read(out)?;
    let mut passages = match has_table(out, "passages") {
        true => Some(passages::read(out, &rows)?),
        false => None,
    };
    observer.check()?;
    let given = texts::read_again(&run, &rows, passages.as_mut(), observer)?;
    let (corpus, reason) = match given {
        Ok(corpus) => (corpus, None),
        Err(reason) => (articles::without_texts(&rows), Some(reason)),
    };
    let quoted = passages.as_mut().map(|found| std::mem::take(&mut found.texts));
    let stand_in = reason.map(|reason| StandIn::of_passages(reason, quoted.unwrap_or_default()));
    let families = match has_table(out, "families") {
        true => Some(groups::families(out, &rows)?),
        false => None,
    };
    let (pairs, method) = match families {
        Some(_) => {
            let (pairs, method) = groups::pairs(out, &rows)?;
            (Some(pairs), method)
        }
        None => (None, None),
    };
    let stories = match has_table(out, "stories") {
        true => Some(groups::stories(out, &rows)?),
        false => None,
    };
    let network = match passages {
        Some(_) => Some(passages::network(out)?),
        None => None,
    };
    observer.check()?;
    let (passages, origins) = passages.map(|found| (found.passages, found.origins)).unzip();
    Ok(Results {
        tokens: rows.all.iter().map(|row| row.tokens).collect(),
        chars: rows.all.iter().map(|row| row.chars).collect(),
        corpus,
        method: method.unwrap_or(Method::MinHash),
        pairs,
        families,
        stories,
        shares: passages.as_ref().map(|_| rows.shares()),
        credits: passages.as_ref().map(|_| rows.credits()),
        passages,
        alignments: None,
        origins,
        network,
        merged_into: rows.merged_into(),
        cuts: None,
        rejects: read_rejects(out)?,
        run: RunFacts {
            version: run.version,
            parameters: run.parameters,
            seed: run.seed,
            inputs: run.inputs,
            warnings: run.warnings,
            ..RunFacts::default()
        },
        stand_in,
    })
}

/// Writes the page of results in place of the one in `out`, and its hash into `run.json`. It has `most`
/// bytes of data or, where that is not said, as many as the run's command takes. Returns where it is.
///
/// # Errors
/// [`Error::Output`], and [`Error::Interrupted`]; the folder is then as it was.
pub fn write_page(
    results: &Results,
    out: &Path,
    most: Option<usize>,
    observer: &dyn Observer,
) -> Result<PathBuf> {
    let claim = report::claim(out)?;
    let most = most.unwrap_or_else(|| page::usual_bytes(results));
    observer.begin(Stage::Report, None, Unit::Steps);
    let counts = Counts::of(results);
    let written = claim.write(PAGE, &|file| page::write(results, &counts, most, file, observer));
    // A writer that stops because it was cancelled has nothing else to say.
    observer.check()?;
    written?;
    let path = out.join(RUN);
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
    let broken = |error: serde_json::Error| again(&path, error);
    let mut run: Value = serde_json::from_str(&text).map_err(broken)?;
    if let Some(files) = run.get_mut("files").and_then(Value::as_object_mut) {
        for (name, facts) in claim.files() {
            files.insert(name, json!(facts));
        }
    }
    claim.write(RUN, &|file| {
        serde_json::to_writer_pretty(&mut *file, &run)?;
        file.write_all(b"\n")
    })?;
    let out = claim.commit_beside_others()?;
    observer.end(Stage::Report);
    Ok(out.join(PAGE))
}

fn read_run(out: &Path) -> Result<Run> {
    /// Who wrote the file: looked at before the rest, which another version may have otherwise.
    #[derive(Deserialize)]
    struct Writer {
        tool: String,
        version: String,
    }
    let path = out.join(RUN);
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            let words =
                "no run.json here: name the folder that `newsfold run` wrote its results to";
            unreadable(out, Cause::told(words, error))
        }
        _ => unreadable(&path, error),
    })?;
    let broken = |error: serde_json::Error| again(&path, error);
    let Writer { tool, version } = serde_json::from_str(&text).map_err(broken)?;
    let own = env!("CARGO_PKG_VERSION");
    if tool != "newsfold" || version != own {
        let reason = format!("written by {tool} {version}, and this is newsfold {own}; {AGAIN}");
        return Err(Error::input(Position::of_path(&path), InputErrorKind::OtherVersion, reason));
    }
    serde_json::from_str(&text).map_err(broken)
}

fn read_rejects(out: &Path) -> Result<Vec<Reject>> {
    #[derive(Deserialize)]
    struct Row {
        source: String,
        line: Option<u64>,
        #[serde(default)]
        record: Option<u64>,
        reason: String,
    }
    let path = out.join(REJECTS);
    check_bytes(out, REJECTS)?;
    let file = fs::File::open(&path).map_err(|error| again(&path, error))?;
    let mut rejects = Vec::new();
    for (line, number) in BufReader::new(file).lines().zip(1..) {
        let broken = |reason: Cause| {
            let position = Position::line(path.to_string_lossy(), number);
            let reason = reason.with_words(|words| format!("{words}; {AGAIN}"));
            Error::input(position, InputErrorKind::Damaged, reason)
        };
        let line = line.map_err(|error| broken(error.into()))?;
        let row: Row = serde_json::from_str(&line).map_err(|error| broken(error.into()))?;
        let position = match (row.line, row.record) {
            (Some(line), _) => Position::line(row.source, line),
            (None, Some(record)) => Position::record(row.source, record),
            (None, None) => Position::whole(row.source),
        };
        rejects.push(Reject { position, reason: row.reason.into() });
    }
    Ok(rejects)
}

fn unreadable(path: &Path, reason: impl Into<Cause>) -> Error {
    Error::input(Position::of_path(path), InputErrorKind::Unreadable, reason)
}

/// That the run in a folder does not hold what is asked of it.
fn unsuited(out: &Path, reason: impl Into<Cause>) -> Error {
    Error::input(Position::of_path(out), InputErrorKind::Unsuited, reason)
}

/// That a file of the run is not what it was, with what to do.
fn again(path: &Path, reason: impl Into<Cause>) -> Error {
    let reason = reason.into().with_words(|words| format!("{words}; {AGAIN}"));
    Error::input(Position::of_path(path), InputErrorKind::Damaged, reason)
}

/// A part of a row, or what is wrong with it.
type Told<T> = Result<T, Cause>;

/// Reads a table, each row by `take`; what that refuses is an error with its place, and what to do.
fn each<R: Row<'static>>(out: &Path, take: &mut dyn FnMut(R) -> Told<()>) -> Result<()> {
    each_of(out, Asked::default(), take)
}

/// [`each`], for the rows and columns asked for.
fn each_of<R: Row<'static>>(
    out: &Path,
    asked: Asked<'_>,
    take: &mut dyn FnMut(R) -> Told<()>,
) -> Result<()> {
    tables::read(out, asked, take).map_err(|error| match error {
        // A file that is not the run's says so itself.
        Error::Input(error) if !error.reason.ends_with(AGAIN) => {
            error.with_words(|words| format!("{words}; {AGAIN}")).into()
        }
        other => other,
    })
}

/// That tables do not fit together.
fn apart(out: &Path, reason: &str) -> Error {
    again(out, format!("the tables here are not of one run: {reason}"))
}
