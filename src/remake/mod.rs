//! The page of a finished run made again from its tables: after a change of `--report-max`, or where
//! somebody deleted it.
//!
//! The tables hold all that the page shows but the texts of the articles. These are read again from
//! the inputs that `run.json` names, where those are still the same, to the hash; the page is then the
//! same too, byte for byte, as long as no more than the run's cap is asked for. Where they are not,
//! the page has the text of passages alone and says why. Offsets are then those of the texts as read,
//! which differ from those of texts that came damaged and were mended.
//!
//! Cost: one pass over each table, held in memory as in the run, and one over the inputs.

mod articles;
mod groups;
mod passages;
mod row;
mod texts;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::analysis::Network;
use crate::article::Corpus;
use crate::error::{Error, Position, Reject, Result};
use crate::family::Families;
use crate::ingest::InputFile;
use crate::observer::{Observer, Stage, Unit};
use crate::output::{PAGE, RUN, check_bytes, check_lengths};
use crate::page::{self, COPIES_PAGE_BYTES, PAGE_BYTES};
use crate::passage::{Origin, Passage, Shares};
use crate::report;
use crate::results::{Counts, FoundPair, Results, RunFacts, StandIn};
use crate::story::Stories;
use crate::tables::has_table;

const REJECTS: &str = "rejects.jsonl";
/// What to do about tables that cannot be read.
const RUN_AGAIN: &str = "run newsfold on the input again";

/// What the tables of a run hold.
#[derive(Debug)]
pub struct Remade {
    corpus: Corpus,
    tokens: Vec<u32>,
    pairs: Option<Vec<FoundPair>>,
    families: Option<Families>,
    stories: Option<Stories>,
    passages: Option<Vec<Passage>>,
    shares: Option<Vec<Shares>>,
    origins: Option<Vec<Origin>>,
    network: Option<Network>,
    rejects: Vec<Reject>,
    run: RunFacts,
    /// All that `run.json` says.
    whole_run: Value,
    stand_in: Option<StandIn>,
}

/// What is needed of `run.json`.
#[derive(Deserialize)]
struct Run {
    version: String,
    parameters: BTreeMap<String, Value>,
    seed: u64,
    inputs: Vec<InputFile>,
    warnings: Vec<String>,
}

impl Remade {
    /// Reads the tables in `out`, in whichever format they are there, and the inputs they came from.
    ///
    /// # Errors
    /// [`Error::Input`] where there is no run, or one of another version, or a table is missing or
    /// broken; [`Error::Interrupted`].
    pub fn read(out: &Path, observer: &dyn Observer) -> Result<Self> {
        let (run, whole_run) = read_run(out)?;
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
        let stand_in = reason.map(|reason| StandIn {
            reason,
            chars: rows.all.iter().map(|row| row.chars).collect(),
            passages: quoted.unwrap_or_default(),
        });
        let families = match has_table(out, "families") {
            true => Some(groups::families(out, &rows)?),
            false => None,
        };
        let pairs = match families {
            Some(_) => Some(groups::pairs(out, &rows)?),
            None => None,
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
        let shares = passages.as_ref().map(|_| rows.all.iter().map(|row| row.shares).collect());
        Ok(Self {
            tokens: rows.all.iter().map(|row| row.tokens).collect(),
            corpus,
            pairs,
            families,
            stories,
            passages,
            shares,
            origins,
            network,
            rejects: read_rejects(out)?,
            whole_run,
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

    /// Why the page is without the texts of the articles, where it is.
    pub fn without_texts(&self) -> Option<&str> {
        self.stand_in.as_ref().map(|stand_in| stand_in.reason.as_str())
    }

    /// Writes the page in place of the one in `out`, and its hash into `run.json`. It has `most` bytes
    /// of data or, where that is not said, as many as the run's command takes. Returns where it is.
    ///
    /// # Errors
    /// [`Error::Output`], and [`Error::Interrupted`]; the folder is then as it was.
    pub fn write_page(
        &self,
        out: &Path,
        most: Option<usize>,
        observer: &dyn Observer,
    ) -> Result<PathBuf> {
        let claim = report::claim(out)?;
        let written = claim.write(PAGE, &|file| self.page(most, file, observer));
        // A writer that stops because it was cancelled has nothing else to say.
        observer.check()?;
        written?;
        let mut run = self.whole_run.clone();
        if let Some(files) = run.get_mut("files").and_then(Value::as_object_mut) {
            for (name, facts) in claim.files() {
                files.insert(name, json!(facts));
            }
        }
        claim.write(RUN, &|file| {
            serde_json::to_writer_pretty(&mut *file, &run)?;
            file.write_all(b"\n")
        })?;
        Ok(claim.commit_beside_others()?.join(PAGE))
    }

    /// Writes the page, with `most` bytes of data or, where that is not said, as many as the run's
    /// command takes.
    fn page(
        &self,
        most: Option<usize>,
        file: &mut dyn Write,
        observer: &dyn Observer,
    ) -> io::Result<()> {
        observer.begin(Stage::Report, None, Unit::Steps);
        let results = Results {
            corpus: &self.corpus,
            tokens: &self.tokens,
            pairs: self.pairs.as_deref(),
            families: self.families.as_ref(),
            stories: self.stories.as_ref(),
            passages: self.passages.as_deref(),
            // No page shows them.
            alignments: None,
            shares: self.shares.as_deref(),
            origins: self.origins.as_deref(),
            rejects: &self.rejects,
            run: &self.run,
            stand_in: self.stand_in.as_ref(),
        };
        let only_copies = self.stories.is_none() && self.passages.is_none();
        let most = most.unwrap_or(if only_copies { COPIES_PAGE_BYTES } else { PAGE_BYTES });
        page::write(&results, &Counts::of(&results), self.network.as_ref(), most, file, observer)?;
        observer.end(Stage::Report);
        Ok(())
    }
}

fn read_run(out: &Path) -> Result<(Run, Value)> {
    /// Who wrote the file: looked at before the rest, which another version may have otherwise.
    #[derive(Deserialize)]
    struct Writer {
        tool: String,
        version: String,
    }
    let path = out.join(RUN);
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            fault(out, "no run.json here: name the folder that `newsfold run` wrote its results to")
        }
        _ => fault(&path, error),
    })?;
    let broken = |error: serde_json::Error| fault(&path, format!("{error}; {RUN_AGAIN}"));
    let Writer { tool, version } = serde_json::from_str(&text).map_err(broken)?;
    let own = env!("CARGO_PKG_VERSION");
    if tool != "newsfold" || version != own {
        return Err(fault(
            &path,
            format!("written by {tool} {version}, and this is newsfold {own}; {RUN_AGAIN}"),
        ));
    }
    let run = serde_json::from_str(&text).map_err(broken)?;
    Ok((run, serde_json::from_str(&text).map_err(broken)?))
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
    let file =
        fs::File::open(&path).map_err(|error| fault(&path, format!("{error}; {RUN_AGAIN}")))?;
    let mut rejects = Vec::new();
    for (line, number) in BufReader::new(file).lines().zip(1..) {
        let broken = |reason: &dyn Display| Error::Input {
            position: Position::line(path.to_string_lossy(), number),
            reason: format!("{reason}; {RUN_AGAIN}"),
        };
        let line = line.map_err(|error| broken(&error))?;
        let row: Row = serde_json::from_str(&line).map_err(|error| broken(&error))?;
        let position = match (row.line, row.record) {
            (Some(line), _) => Position::line(row.source, line),
            (None, Some(record)) => Position::record(row.source, record),
            (None, None) => Position::whole(row.source),
        };
        rejects.push(Reject { position, reason: row.reason });
    }
    Ok(rejects)
}

fn fault(path: &Path, reason: impl Display) -> Error {
    Error::Input { position: Position::whole(path.to_string_lossy()), reason: reason.to_string() }
}
