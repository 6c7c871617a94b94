//! The house keeps its shape: a stage knows the stages before it, never those after it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which a run goes through them. Each may name those before it.
const ORDER: [&str; 34] = [
    "error",
    "sealed",
    "spill",
    "article",
    "observer",
    "output",
    "checkpoint",
    "union_find",
    "text",
    "ingest",
    "sketch",
    "furniture",
    "statistics",
    "candidates",
    "verify",
    "recall",
    "family",
    "story",
    "passage",
    "scrub",
    "analysis",
    "results",
    "tables",
    "page",
    "views",
    "report",
    "config",
    "pipeline",
    "library",
    "archive",
    "remake",
    "explain",
    "compare",
    "cli",
];
/// Beside the line: what each of them may name, and nobody names them but the program.
const BESIDE: [(&str, &[&str]); 2] = [
    ("evaluate", &["error", "article", "output", "passage", "tables"]),
    ("synth", &["error", "article", "observer", "text", "sketch", "verify"]),
];
/// A file much longer than this is two files.
const LINES: usize = 600;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The top-level module a file belongs to.
fn module(file: &Path) -> String {
    let inside = file.strip_prefix(root()).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The modules that a file's code names by `crate::`, its tests left out.
fn named(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let mut names = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for after in line.split("crate::").skip(1) {
            let name: String =
                after.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn a_stage_knows_the_stages_before_it_and_none_after() {
    let place = |name: &str| ORDER.iter().position(|module| *module == name);
    // Tests may look wherever they need to.
    let is_test = |file: &PathBuf| file.ends_with("tests.rs") || file.ends_with("sample.rs");
    for file in sources(&root()).into_iter().filter(|file| !is_test(file)) {
        let own = module(&file);
        let text = fs::read_to_string(&file).unwrap();
        for name in named(&text).into_iter().filter(|name| *name != own) {
            let beside = BESIDE.iter().find(|(module, _)| *module == own);
            let allowed = match (beside, place(&own), place(&name)) {
                // Built for tests only, which the compiler sees to.
                _ if name == "testing" => true,
                (Some((_, may)), ..) => may.contains(&name.as_str()),
                (None, Some(own), Some(other)) => other < own,
                _ => ["lib", "main", "testing"].contains(&own.as_str()),
            };
            assert!(allowed, "{} names crate::{name}", file.display());
        }
    }
}

#[test]
fn every_module_has_its_place() {
    for file in sources(&root()) {
        let own = module(&file);
        let known = ORDER.contains(&own.as_str())
            || BESIDE.iter().any(|(module, _)| *module == own)
            || ["lib", "main", "testing"].contains(&own.as_str());
        assert!(known, "{} is in no place of the order", file.display());
    }
}

#[test]
fn a_file_is_short_enough_to_read() {
    for file in sources(&root()) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LINES, "{} has {lines} lines", file.display());
    }
}

#[test]
fn main_only_turns_a_result_into_an_exit_code() {
    let lines = fs::read_to_string(root().join("main.rs")).unwrap().lines().count();
    assert!(lines < 60, "main.rs has {lines} lines");
}

#[test]
fn one_place_writes_to_the_terminal() {
    for file in sources(&root().join("cli")) {
        // Articles go to standard output as to any file.
        if ["terminal.rs", "synth.rs", "read.rs"].iter().any(|name| file.ends_with(name)) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let writes = line.contains("stdout()") || line.contains("stderr()");
            let asks = line.contains(".is_terminal()") || line.contains(".use_stderr()");
            assert!(!writes || asks, "{}:{} writes by itself", file.display(), number + 1);
        }
    }
}
