//! The small files beside the tables: what to keep, what was rejected, how the run was made.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::article::{Corpus, DocId};
use crate::error::{Place, Reject};
use crate::family::Families;
use crate::ingest::InputFile;
use crate::observer::Stage;
use crate::output::{Files, MARK};
use crate::recall::Recall;
use crate::results::{Counts, RunFacts, ScrubCounts, Timing};
use crate::text::{escaped_json, steers};

/// `keep.txt`: one id a line, in the form of [`id_line`]. What the input was held against is not among them.
pub(super) fn kept(corpus: &Corpus, families: &Families, file: &mut dyn Write) -> io::Result<()> {
    let stays = |doc: &DocId| families.removed(*doc).is_none() && !corpus.get(*doc).is_reference();
    for doc in corpus.docs().filter(stays) {
        writeln!(file, "{}", id_line(&corpus.get(doc).id))?;
    }
    Ok(())
}

/// An id as a line of its own. One that would not read back as it is, since a line breaks or a
/// character steers in it, or since it begins with a quotation mark, is a string of JSON.
fn id_line(id: &str) -> Cow<'_, str> {
    let is_plain = !id.is_empty()
        && !id.starts_with('"')
        && id.trim() == id
        && !id.contains(|c: char| steers(c) || matches!(c, '\u{2028}' | '\u{2029}'));
    if is_plain { id.into() } else { escaped_json(&Value::from(id).to_string()).into() }
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

/// `run.json`: how the run was made, and what `files` it wrote; writing the results took `own` seconds so far.
pub(super) fn run(
    run: &RunFacts,
    counts: &Counts,
    scrubbed: Option<ScrubCounts>,
    files: &Files,
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
        #[serde(skip_serializing_if = "Option::is_none")]
        scrubbed: Option<ScrubCounts>,
        warnings: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        recall: Option<Recall>,
        stages: Vec<StageRow>,
        memory_budget_bytes: Option<u64>,
        peak_memory_bytes: Option<u64>,
        files: &'a Files,
    }
    let writing = Timing { stage: Stage::Report, seconds: own, bytes: 0 };
    let stages = run.timings.iter().chain([&writing]).map(|timing| StageRow {
        stage: timing.stage.name(),
        seconds: (timing.seconds * 1e3).round() / 1e3,
        megabytes_per_second: (timing.bytes > 0 && timing.seconds > 0.0)
            .then(|| (timing.bytes as f64 / timing.seconds / 1e4).round() / 1e2),
    });
    let row = Row {
        tool: MARK,
        version: &run.version,
        command: &run.command,
        parameters: &run.parameters,
        seed: run.seed,
        threads: run.threads,
        inputs: &run.inputs,
        counts,
        scrubbed,
        warnings: &run.warnings,
        recall: run.recall,
        stages: stages.collect(),
        memory_budget_bytes: run.memory_budget,
        peak_memory_bytes: run.peak_memory,
        files,
    };
    serde_json::to_writer_pretty(&mut *file, &row)?;
    file.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_line_and_reads_back() {
        for id in ["a", "a b", "../x<b>", "=1", "ü"] {
            assert_eq!(id_line(id), id);
        }
        for id in ["", "a\nb", "\r", " a", "\"a\"", "\u{1b}[2J", "\u{9b}2J", "\u{2028}"] {
            let line = id_line(id);
            assert!(!line.contains(steers), "{line:?}");
            assert_eq!(serde_json::from_str::<String>(&line).unwrap(), id);
        }
    }
}
