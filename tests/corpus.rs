//! The example corpus against its labels. Floors stand a little under what was measured, so that a
//! loss shows and a change of no weight does not.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod running;

use std::fs;
use std::path::{Path, PathBuf};

use newsfold::config::Settings;
use newsfold::evaluate::Labels;
use newsfold::pipeline::Parts;
use running::run;

fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)
}

#[test]
fn families_stories_and_passages_are_those_of_the_labels() {
    let run = run(&[&corpus("articles.jsonl")], Parts::ALL, Settings::default());
    assert!(run.outcome.rejects.is_empty());
    let families = run.b_cubed(&corpus("families.gold.csv"), Labels::Families);
    assert_eq!(families, 1.0, "families");
    let stories = run.b_cubed(&corpus("stories.gold.csv"), Labels::Stories);
    assert!(stories >= 0.95, "stories: {stories}");
    let passages = run.plagdet(&corpus("passages.gold.jsonl"), None);
    assert!(passages >= 0.90, "passages: {passages}");
}

#[test]
fn every_file_but_the_account_of_the_run_is_the_same_for_any_number_of_threads() {
    let written = |threads: usize| {
        let settings = Settings { threads: Some(threads), ..Settings::default() };
        let run = run(&[&corpus("articles.jsonl")], Parts::ALL, settings);
        files(&run.out)
    };
    assert_eq!(written(1), written(3));
}

#[test]
fn the_order_of_the_inputs_changes_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let text = fs::read_to_string(corpus("articles.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (one, other) = (folder.path().join("one.jsonl"), folder.path().join("other.jsonl"));
    fs::write(&one, lines[..50].join("\n")).unwrap();
    fs::write(&other, lines[50..].join("\n")).unwrap();
    let written = |inputs: [&Path; 2]| files(&run(&inputs, Parts::ALL, Settings::default()).out);
    assert_eq!(written([&one, &other]), written([&other, &one]));
}

/// Every file of a run but `run.json`, which holds times.
fn files(out: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap() != "run.json")
        .map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() > 10, "a run writes tables, lists and a page");
    files
}
