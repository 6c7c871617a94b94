//! The log for programs: one JSON object a line on standard error, whatever happens.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

/// The lines of the log, each a whole object with what all of them have.
fn log(told: &str) -> Vec<Value> {
    told.lines()
        .map(|line| {
            let object: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?}"));
            for name in ["time", "level", "event", "message"] {
                assert!(object[name].is_string(), "{name} of {line}");
            }
            object
        })
        .collect()
}

fn of<'v>(log: &'v [Value], event: &str) -> Vec<&'v Value> {
    log.iter().filter(|object| object["event"] == event).collect()
}

#[test]
fn what_a_run_does_and_rejects_has_fields() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.jsonl");
    let good = fs::read_to_string(corpus()).unwrap();
    fs::write(&input, format!("{good}{{\"id\": \"bad\", \"text\": 7, \"body\": []}}\n{{\n"))
        .unwrap();
    let mut command = newsfold();
    command.args(["run", "--log-format", "json", "-o"]).arg(folder.path().join("out")).arg(&input);
    let (code, _, told) = said(&mut command);
    assert_eq!(code, 3, "{told}");
    let log = log(&told);
    let rejected = of(&log, "record_rejected");
    assert_eq!(rejected.len(), 2, "{told}");
    let lines = good.lines().count();
    for (at, object) in rejected.iter().enumerate() {
        assert_eq!(object["file"], *input.to_string_lossy());
        assert_eq!(object["line"], lines + 1 + at);
        assert!(object["message"].as_str().unwrap().ends_with(object["reason"].as_str().unwrap()));
    }
    let stages: Vec<&str> =
        of(&log, "stage_done").iter().map(|object| object["stage"].as_str().unwrap()).collect();
    assert_eq!((stages[0], stages[stages.len() - 1]), ("ingest", "report"));
    let written = of(&log, "results_written");
    assert_eq!(written.len(), 1, "{told}");
    assert_eq!(written[0]["counts"]["articles"], lines);
    assert_eq!(written[0]["counts"]["rejects"], 2);
}

#[test]
fn what_ends_a_command_is_one_object_too() {
    let folder = TempDir::new().unwrap();
    let none = folder.path().join("none.jsonl");
    let none = none.to_str().unwrap();
    let json = ["--log-format", "json"];
    for (words, event, facts) in [
        (
            &["run", none][..],
            "failed",
            &[("operation", "read"), ("kind", "missing"), ("file", none)][..],
        ),
        (
            &["run", none, "-o", "-"],
            "failed",
            &[("operation", "configure"), ("option", "--output")],
        ),
        (&["index", "stats", none], "failed", &[("operation", "archive"), ("file", none)]),
        (&["run", none, "--treshold", "1"], "usage", &[("operation", "parse")]),
        (&["run", none, "--threshold"], "usage", &[("operation", "parse")]),
        (&["synth"], "usage", &[("operation", "parse")]),
        (&["run", "--orc=\n\nUsage: rm"], "usage", &[("operation", "parse")]),
        (&["run"], "usage", &[("operation", "parse")]),
    ] {
        let (code, told, error) = said(newsfold().args(words).args(json));
        assert_eq!((code, told.as_str()), (2, ""), "{words:?}: {error}");
        let log = log(&error);
        assert_eq!(log.len(), 1, "{words:?}: {error}");
        assert_eq!(log[0]["event"], event, "{error}");
        for (name, fact) in facts {
            assert_eq!(log[0][*name], *fact, "{name} in {error}");
        }
    }
    let (_, _, error) =
        said(newsfold().args(["run", none, "--treshold", "1", "--log-format=json"]));
    let mistyped = &log(&error)[0];
    assert_eq!(mistyped["meant"], "--threshold", "{error}");
    assert!(mistyped["usage"].as_str().unwrap().starts_with("newsfold run"), "{error}");
}

#[test]
fn the_variable_asks_for_it_as_the_option_does() {
    let (_, _, error) = said(newsfold().env("NEWSFOLD_LOG_FORMAT", "json").args(["run", "--orc"]));
    assert_eq!(log(&error)[0]["event"], "usage");
    // A command without the option, none at all, and what is no option.
    for (words, event) in [
        (&["eval", "none", "--gold", "none"][..], "failed"),
        (&["index"], "usage"),
        (&["run", "--orc", "--", "--log-format", "text"], "usage"),
    ] {
        let (_, _, error) = said(newsfold().env("NEWSFOLD_LOG_FORMAT", "json").args(words));
        assert_eq!(log(&error)[0]["event"], event, "{words:?}: {error}");
    }
    let (_, _, error) = said(newsfold().args(["run", "--orc", "--", "--log-format", "json"]));
    assert!(error.starts_with("error: "), "{error}");
    let mut command = newsfold();
    command.env("NEWSFOLD_LOG_FORMAT", "json").env("NEWSFOLD_TRESHOLD", "1");
    let (_, _, error) = said(command.args(["index", "stats", "none"]));
    let log = log(&error);
    assert_eq!(of(&log, "idle_variable")[0]["variable"], "NEWSFOLD_TRESHOLD");
    assert_eq!(of(&log, "failed").len(), 1, "{error}");
}

/// The names that stand between this mark and a quote, in the files of a folder.
fn named(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            named(&path, names);
            continue;
        }
        let code = fs::read_to_string(&path).unwrap();
        for level in ["error", "warning", "info"] {
            for of in ["Entry", "Self"] {
                let mark = format!("{of}::{level}(\"");
                names.extend(code.split(&mark).skip(1).map(before_the_quote));
            }
        }
    }
}

fn before_the_quote(code: &str) -> String {
    code.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn the_page_about_the_log_has_every_event_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut told = BTreeSet::new();
    named(&root.join("src/cli"), &mut told);
    let page = fs::read_to_string(root.join("docs/log.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let rows: BTreeSet<String> = rows.map(|(name, _)| name.to_owned()).collect();
    assert_eq!(rows, told);
}
