//! Pages beside a run: its own made again from its tables, the same bytes or an answer that says why
//! not; that of `explain`; and the browser.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

/// Runs a command on an input; its results.
fn run(command: &str, input: &str, more: &[&str], out: &Path) {
    let (code, _, error) = said(newsfold().args([command, input]).args(more).arg("-o").arg(out));
    assert!(code == 0 || code == 3, "{error}");
}

/// The page as it was, and made again after it was deleted.
fn both(out: &Path, more: &[&str]) -> (String, String) {
    let page = out.join("report.html");
    let first = fs::read_to_string(&page).unwrap();
    fs::remove_file(&page).unwrap();
    let (code, told, error) = said(newsfold().arg("report").arg(out).args(more));
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(told, format!("The report: {}\n", page.display()));
    (first, fs::read_to_string(&page).unwrap())
}

/// One line on what is wrong, with exit code 2; the page stays as it was.
fn refused(out: &Path) -> String {
    let page = out.join("report.html");
    let before = fs::read(&page).ok();
    let (code, told, error) = said(newsfold().arg("report").arg(out));
    assert_eq!((code, told.as_str()), (2, ""), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert_eq!(fs::read(&page).ok(), before);
    error
}

#[test]
fn the_page_is_the_same_from_every_format_of_tables() {
    let folder = TempDir::new().unwrap();
    for format in ["csv", "jsonl", "parquet"] {
        let out = folder.path().join(format);
        run("run", &corpus(), &["--format", format], &out);
        let (first, again) = both(&out, &[]);
        assert!(first == again, "{format}");
    }
}

#[test]
fn the_page_is_the_same_for_every_command_and_cap() {
    let folder = TempDir::new().unwrap();
    for command in ["dups", "stories", "passages"] {
        let out = folder.path().join(command);
        run(command, &corpus(), &["--format", "csv"], &out);
        let (first, again) = both(&out, &[]);
        assert!(first == again, "{command}");
    }
    for cap in ["30K", "20K", "1K"] {
        let out = folder.path().join(cap);
        run("run", &corpus(), &["--report-max", cap], &out);
        let (first, again) = both(&out, &["--report-max", cap]);
        assert!(first == again, "{cap}");
        assert!(first.contains("larger than"), "{cap}");
    }
}

/// Three articles of two outlets: their text came damaged and is mended, and one record is rejected.
const DAMAGED: &str = r#"{"id":"b","outlet":"Post","published":"2024-05-01","title":"Fish &amp; chips","text":"&quot;Fish &amp; chips&quot; at the cafÃ© on the quay cost twice as much as they did a year ago, the harbour council&#39;s survey of 40 kiosks found."}
{"id":"a","outlet":"Wire","published":"2024-05-01T08:00:00Z","title":"Dear fish","text":"Prices rose. &quot;Fish &amp; chips&quot; at the cafÃ© on the quay cost twice as much as they did a year ago, the harbour council&#39;s survey of 40 kiosks found. &mdash; More soon."}
{"id":"c","title":"No text"}
{"id":"d","outlet":"Wire","text":"Nothing else was reported on that day, and nobody minded."}
"#;

#[test]
fn texts_that_were_mended_are_marked_where_they_were() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("damaged.jsonl");
    fs::write(&input, DAMAGED).unwrap();
    let out = folder.path().join("out");
    run("run", input.to_str().unwrap(), &[], &out);
    assert!(fs::read_to_string(out.join("articles.csv")).unwrap().contains("entities"));
    assert!(fs::read_to_string(out.join("occurrences.csv")).unwrap().lines().count() > 2);
    let (first, again) = both(&out, &[]);
    assert!(first == again);
}

#[test]
fn a_page_without_the_input_says_what_is_left_out_of_it() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("articles.jsonl");
    fs::copy(corpus(), &input).unwrap();
    let out = folder.path().join("out");
    run("run", input.to_str().unwrap(), &[], &out);
    let page = out.join("report.html");
    let full = fs::read_to_string(&page).unwrap();

    let mut changed = fs::read_to_string(&input).unwrap();
    let size = changed.len();
    changed = changed.replacen("the", "teh", 1);
    assert_eq!(changed.len(), size);
    fs::write(&input, changed).unwrap();
    let (code, _, error) = said(newsfold().arg("report").arg(&out));
    assert!(code == 0 && error.contains("articles.jsonl has changed"), "{error}");

    fs::remove_file(&input).unwrap();
    let (code, _, error) = said(newsfold().arg("report").arg(&out));
    assert_eq!(code, 0);
    assert!(error.contains("without the texts of the articles") && error.lines().count() == 1);
    let again = fs::read_to_string(&page).unwrap();
    assert!(again.contains("made again from the tables of a run, without the texts"), "{error}");
    assert!(!again.contains("larger than"));
    assert!(again.len() < full.len());
    // The counts and stories stand in the page as they did.
    let cards = |page: &str| page.split_once("class=\"cards\"").unwrap().1[..600].to_owned();
    assert_eq!(cards(&full), cards(&again));
}

#[test]
fn what_is_no_run_or_not_of_this_version_or_broken_is_told_with_its_place() {
    let folder = TempDir::new().unwrap();
    let nothing = folder.path().join("nothing");
    assert!(refused(&nothing).contains("no folder is here"));
    fs::create_dir(&nothing).unwrap();
    assert!(refused(&nothing).contains("nothing: no run.json here"));

    let out = folder.path().join("out");
    run("run", &corpus(), &["--format", "csv"], &out);
    let breaking = |name: &str, from: &str, to: &str| {
        let place = out.join(name);
        let whole = fs::read_to_string(&place).unwrap();
        assert!(whole.contains(from), "{name}");
        fs::write(&place, whole.replacen(from, to, 1)).unwrap();
        let error = refused(&out);
        fs::write(&place, whole).unwrap();
        error
    };
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let error = breaking("run.json", &version, "\"version\": \"0.0.1\"");
    assert!(error.contains("run.json: written by newsfold 0.0.1") && error.contains("again"));
    let error = breaking("run.json", "{", "[");
    assert!(error.contains("run.json: ") && error.contains("run newsfold on the input again"));
    let error = breaking("articles.csv", ",chars,", ",letters,");
    assert!(error.contains("articles.csv: not the file that run.json names"), "{error}");
    // Without the manifest the tables speak for themselves.
    let run = fs::read_to_string(out.join("run.json")).unwrap();
    let mut run: serde_json::Value = serde_json::from_str(&run).unwrap();
    run["files"] = serde_json::json!({});
    fs::write(out.join("run.json"), run.to_string()).unwrap();
    let error = breaking("articles.csv", ",chars,", ",letters,");
    assert!(error.contains("articles.csv: no column `chars`; run newsfold"), "{error}");
    let error = breaking("pairs.csv", "near-duplicate", "as good as new");
    assert!(error.contains("pairs.csv:") && error.contains("no `evidence`"), "{error}");
    let stories = fs::read_to_string(out.join("stories.csv")).unwrap();
    let id = stories.lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    let error = breaking("stories.csv", &id, "nobody");
    assert!(error.contains("stories.csv:2: no articles of the story"), "{error}");
    let error = breaking("occurrences.csv", "\n", "\n\u{fffd}");
    assert!(error.contains("occurrences.csv:2: no passage"), "{error}");
    fs::remove_file(out.join("articles.csv")).unwrap();
    assert!(refused(&out).contains("no table `articles` here"));
}

/// The ids of two articles of the example corpus.
fn pair() -> [String; 2] {
    let text = fs::read_to_string(corpus()).unwrap();
    let id = |line: &str| -> String {
        let article: serde_json::Value = serde_json::from_str(line).unwrap();
        article["id"].as_str().unwrap().to_owned()
    };
    let mut ids = text.lines().map(id);
    [ids.next().unwrap(), ids.next().unwrap()]
}

#[test]
fn explain_writes_its_answer_as_a_page_too() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("why.html");
    let (code, told, error) =
        said(newsfold().args(["explain", &corpus()]).args(pair()).arg("--html").arg(&page));
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(told.ends_with(&format!("\nThe page: {}\n", page.display())), "{told}");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("script-src 'none'") && !page.contains("<script"));
    // The same words as on the terminal.
    for question in ["Near-duplicates?", "One story?", "Shared passages?"] {
        let line = told.lines().find(|line| line.starts_with(question)).unwrap();
        assert!(page.contains(&line.split_whitespace().collect::<Vec<_>>().join(" ")), "{line}");
    }
}

// Elsewhere the system's own launcher is found without a path.
#[cfg(target_os = "linux")]
#[test]
fn a_page_that_no_browser_opens_is_there_all_the_same() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("why.html");
    // No program is found anywhere, so none is started.
    let (code, _, error) = said(
        newsfold()
            .args(["compare", &corpus()])
            .args(pair())
            .args(["--open", "--html"])
            .arg(&page)
            .env("PATH", folder.path()),
    );
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("no browser could be opened"), "{error}");
    assert!(error.contains("why.html") && error.lines().count() == 1, "{error}");
    assert!(page.is_file());
    let (code, _, error) = said(newsfold().args(["compare", "--open", &corpus()]).args(pair()));
    assert!(code == 2 && error.contains("--html"), "{error}");
}
