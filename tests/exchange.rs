//! What goes to other programs and comes from them: TEI and Arrow.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

#[test]
fn passages_are_written_as_tei_with_a_link_for_each() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let run = ["passages", "-q", &corpus(), "--format", "jsonl,tei", "-o"];
    assert_eq!(said(newsfold().args(run).arg(&out)).0, 0);
    let xml = fs::read_to_string(out.join("passages.tei.xml")).unwrap();
    let mut reader = Reader::from_str(&xml);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut links, mut segments) = (0, 0, 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                depth += 1;
                let tag: &str = tag.as_ref();
                segments += usize::from(tag.starts_with("seg ") && !tag.contains("prev="));
            }
            Event::Empty(tag) => {
                let tag: &str = tag.as_ref();
                links += usize::from(tag.starts_with("link "));
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    let passages = fs::read_to_string(out.join("passages.jsonl")).unwrap();
    let places: Vec<u64> = passages
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["occurrences"].as_u64().unwrap())
        .filter(|&places| places > 1)
        .collect();
    assert!(links > 10, "{links}");
    assert_eq!((links, segments as u64), (places.len(), places.iter().sum()));
}

#[test]
fn a_format_of_passages_wants_passages() {
    for format in ["tei", "passim"] {
        let (code, _, error) = said(newsfold().args(["dups", &corpus(), "--format", format]));
        assert_eq!(code, 2);
        assert!(error.contains(&format!("{format} is a format of passages")), "{error}");
    }
}

#[cfg(not(feature = "arrow"))]
#[test]
fn a_program_without_arrow_says_so_and_how_to_get_it() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let file = folder.path().join("news.arrow");
    fs::write(&file, b"ARROW1\0\0\xff\xff\xff\xff").unwrap();
    let written = said(newsfold().args(["run", &corpus(), "--format", "arrow", "-o"]).arg(&out));
    let made = said(newsfold().args(["read", &corpus(), "-o"]).arg(&file));
    let read = said(newsfold().arg("run").arg(&file).arg("-o").arg(&out));
    for (code, _, error) in [written, made, read] {
        assert_ne!(code, 0);
        assert!(error.contains("--features arrow"), "{error}");
    }
    assert!(!out.join("articles.arrow").exists());
}

#[cfg(feature = "arrow")]
#[test]
fn articles_and_tables_go_to_arrow_and_come_back() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let read = |from: &str, to: &str| {
        let from = if from.is_empty() { corpus().into() } else { path(from) };
        let (code, _, error) =
            said(newsfold().args(["read", "-q"]).arg(from).arg("-o").arg(path(to)));
        assert_eq!((code, &*error), (0, ""));
    };
    read("", "a.arrow");
    // What names the file differs; the articles do not.
    let articles = |name: &str| {
        let text = fs::read_to_string(path(name)).unwrap();
        let without = |line: &str| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["source"].take();
            row["row"].take();
            row.to_string()
        };
        text.lines().map(without).collect::<Vec<String>>()
    };
    read("a.arrow", "a.jsonl");
    read("", "b.jsonl");
    assert_eq!(articles("a.jsonl"), articles("b.jsonl"));

    // A finished run is read from its Arrow tables as from others.
    let out = path("out");
    let run = ["run", "-q", &corpus(), "--format", "arrow", "-o"];
    assert_eq!(said(newsfold().args(run).arg(&out)).0, 0);
    assert!(out.join("stories.arrow").exists() && !out.join("stories.csv").exists());
    let gold = corpus().replace("articles.jsonl", "stories.gold.csv");
    let (code, scores, error) =
        said(newsfold().arg("eval").arg(&out).args(["--gold", &gold, "--json"]));
    assert_eq!(code, 0, "{error}");
    let scores: Value = serde_json::from_str(&scores).unwrap();
    assert!(scores["b_cubed"]["f1"].as_f64().unwrap() > 0.9, "{scores}");
}
