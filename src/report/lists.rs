//! The small files beside the tables: what to keep, what was rejected, how the run was made.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::staging;
use crate::article::Corpus;
use crate::error::{Place, Reject};
use crate::family::Families;
use crate::ingest::InputFile;
use crate::observer::Stage;
use crate::recall::Recall;
use crate::results::{Counts, RunFacts, Timing};

/// `keep.txt`: one id a line; a line break inside an id becomes a space.
pub(super) fn kept(corpus: &Corpus, families: &Families, file: &mut dyn Write) -> io::Result<()> {
    for doc in corpus.docs().filter(|&doc| families.removed(doc).is_none()) {
        writeln!(file, "{}", corpus.get(doc).id.replace(['\n', '\r'], " "))?;
    }
    Ok(())
}

/// `rejects.jsonl`: where each record stands, and why it was not accepted.
pub(super) fn rejects(rejects: &[Reject], file: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Row<'a> {
        source: &'a str,
        line: Option<u64>,
        /// Where records have no lines: the element of an array.
        #[serde(skip_serializing_if = "Option::is_none")]
        record: Option<u64>,
        reason: &'a str,
    }
    for reject in rejects {
        let (line, record) = match reject.position.place {
            Place::Whole => (None, None),
            Place::Line(number) => (Some(number), None),
            Place::Record(number) => (None, Some(number)),
        };
        let row = Row { source: &reject.position.file, line, record, reason: &reject.reason };
        serde_json::to_writer(&mut *file, &row)?;
        file.write_all(b"\n")?;
    }
    Ok(())
}

/// `run.json`: how the run was made; writing the results took `own` seconds so far.
pub(super) fn run(
    run: &RunFacts,
    counts: &Counts,
    own: f64,
    file: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct StageRow {
        stage: &'static str,
        seconds: f64,
        megabytes_per_second: Option<f64>,
    }
    #[derive(Serialize)]
    struct Row<'a> {
        tool: &'static str,
        version: &'a str,
        command: &'a [String],
        parameters: &'a BTreeMap<String, Value>,
        seed: u64,
        threads: usize,
        inputs: &'a [InputFile],
        counts: &'a Counts,
        warnings: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        recall: Option<Recall>,
        stages: Vec<StageRow>,
        memory_budget_bytes: Option<u64>,
        peak_memory_bytes: Option<u64>,
    }
    let writing = Timing { stage: Stage::Report, seconds: own, bytes: 0 };
    let stages = run.timings.iter().chain([&writing]).map(|timing| StageRow {
        stage: timing.stage.name(),
        seconds: (timing.seconds * 1e3).round() / 1e3,
        megabytes_per_second: (timing.bytes > 0 && timing.seconds > 0.0)
            .then(|| (timing.bytes as f64 / timing.seconds / 1e4).round() / 1e2),
    });
    let row = Row {
        tool: staging::MARK,
        version: &run.version,
        command: &run.command,
        parameters: &run.parameters,
        seed: run.seed,
        threads: run.threads,
        inputs: &run.inputs,
        counts,
        warnings: &run.warnings,
        recall: run.recall,
        stages: stages.collect(),
        memory_budget_bytes: run.memory_budget,
        peak_memory_bytes: run.peak_memory,
    };
    serde_json::to_writer_pretty(&mut *file, &row)?;
    file.write_all(b"\n")
}
