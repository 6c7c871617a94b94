//! What other tools write is read as the same articles in our own form are.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use newsfold::ingest::{IngestOptions, ingest};
use newsfold::observer::Silent;
use tempfile::TempDir;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Every column of `articles.csv` but the last ones, which say where an article was read.
fn articles(input: &Path, out: &Path) -> Vec<Vec<String>> {
    let run = Command::new(assert_cmd::cargo::cargo_bin!("newsfold"))
        .args(["run", "--format", "csv", "-q"])
        .arg(input)
        .arg("-o")
        .arg(out)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let mut reader = csv::Reader::from_path(out.join("articles.csv")).unwrap();
    let source = reader.headers().unwrap().iter().position(|name| name == "source").unwrap();
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().take(source).map(str::to_owned).collect::<Vec<String>>());
    rows.collect()
}

#[test]
fn a_folder_of_every_dialect_gives_what_the_same_articles_in_our_own_form_give() {
    let folder = TempDir::new().unwrap();
    let theirs = articles(&fixtures().join("dialects"), &folder.path().join("theirs"));
    let own = articles(&fixtures().join("own.jsonl"), &folder.path().join("own"));
    assert_eq!(theirs.len(), 100);
    for (theirs, own) in theirs.iter().zip(&own) {
        assert_eq!(theirs, own);
    }
    assert_eq!(theirs.len(), own.len());
    for table in ["stories.csv", "families.csv", "pairs.csv", "passages.csv", "occurrences.csv"] {
        let read = |run: &str| fs::read_to_string(folder.path().join(run).join(table)).unwrap();
        assert_eq!(read("theirs"), read("own"), "{table}");
    }
    let stories = fs::read_to_string(folder.path().join("own/stories.csv")).unwrap();
    assert!(stories.lines().count() > 10, "{stories}");
}

#[test]
fn each_dialect_is_read_from_where_its_tool_puts_things() {
    let read = ingest(
        &[fixtures().join("dialects").display().to_string()],
        &IngestOptions::default(),
        &Silent,
    )
    .unwrap();
    let mut from: BTreeMap<String, String> = BTreeMap::new();
    for file in &read.files {
        let name = file.path.rsplit('/').next().unwrap().to_owned();
        let fields: Vec<String> = file
            .fields
            .iter()
            .map(|source| format!("{}={}", source.field.name(), source.name))
            .collect();
        from.insert(name, fields.join(" "));
    }
    let expected = [
        ("cc-news.jsonl", "outlet=domain url=url published=date title=title text=text"),
        (
            "event-registry.json",
            "id=uri outlet=source.title url=url published=dateTimePub title=title text=body lang=lang",
        ),
        ("fineweb.jsonl", "id=id outlet=the url's domain url=url text=text lang=language"),
        (
            "fundus.json",
            "outlet=the key above the list published=publishing_date title=title text=plaintext \
             text=body.sections author=authors",
        ),
        ("gdelt.json", "outlet=domain url=url published=seendate title=title lang=language"),
        (
            "lexisnexistools.csv",
            "id=id outlet=Newspaper published=date title=headline text=Article author=author",
        ),
        (
            "media-cloud.csv",
            "id=id outlet=media_name url=url published=publish_date title=title lang=language",
        ),
        (
            "news-please-1.json",
            "outlet=source_domain url=url published=date_publish title=title text=maintext \
             lang=language author=authors",
        ),
        (
            "newspaper4k.json",
            "outlet=meta_site_name url=url published=publish_date title=title text=text \
             lang=meta_lang author=authors",
        ),
        ("passim.jsonl", "id=id outlet=series text=text"),
        (
            "trafilatura.jsonl",
            "outlet=source-hostname url=source published=date title=title text=text lang=language \
             author=author",
        ),
        ("trafilatura.tsv", "outlet=hostname url=url published=date title=title text=text"),
        (
            "webz.json",
            "id=uuid outlet=thread.site_full url=url published=published title=title text=text \
             lang=language author=author",
        ),
    ];
    for (file, fields) in expected {
        assert_eq!(from[file], fields, "{file}");
    }
}
