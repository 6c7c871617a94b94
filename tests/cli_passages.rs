//! What a user of passages meets: `compare`, credits of one's own, sensitivity, exchange formats.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

/// A folder with a file of this name and text.
fn with_file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn compare_sets_two_articles_side_by_side() {
    let compare = |more: &[&str]| {
        said(newsfold().arg("compare").args(more).args([&corpus(), "tna-01", "times-01"]))
    };
    let (code, told, error) = compare(&[]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(told.contains("of A's") && told.contains("word for word") && told.contains(" │ "));
    // Piped: no colours, 80 columns.
    assert!(!told.contains('\u{1b}'), "{told}");
    assert!(told.lines().skip(9).all(|line| line.chars().count() <= 80), "{told}");
    for threads in ["1", "2"] {
        assert_eq!(compare(&["-j", threads]).1, told);
    }
    let (_, json, _) = compare(&["--json"]);
    let answer: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answer["a"]["id"], "tna-01");
    assert!(answer["b"]["shared"].as_f64().unwrap() > 0.0, "{json}");
    let first = &answer["passages"][0];
    assert!(first["rows"][0][0]["a"].as_str().unwrap().len() > 1, "{json}");
}

#[test]
fn compare_takes_two_files_and_writes_a_page_that_runs_nothing() {
    let shared = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board \
                  were taken off by lifeboat before noon.";
    let (folder, a) = with_file("a.txt", &format!("<script>alert(1)</script>\n\n{shared}"));
    let (b, page) = (folder.path().join("b.txt"), folder.path().join("page.html"));
    fs::write(&b, format!("Another paper\n\n{}", shared.replace("ninety", "100"))).unwrap();
    let (code, told, error) =
        said(newsfold().arg("compare").arg(&a).arg(&b).arg("--html").arg(&page));
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(told.contains("They share 1 passage.") && told.contains("page.html"), "{told}");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<del>ninety</del>") && page.contains("<ins>100</ins>"), "{page}");
    assert!(!page.contains("<script") && page.contains("script-src 'none'"));
}

#[test]
fn compare_says_what_it_cannot_do() {
    let (code, _, error) = said(newsfold().args(["compare", &corpus(), "tna-01", "tna-01"]));
    assert_eq!(code, 2);
    assert!(error.contains("both are the article \"tna-01\""), "{error}");
    let (code, _, error) = said(newsfold().args(["compare", &corpus(), "nowhere.txt"]));
    assert!(code == 2 && error.contains("there is no file \"nowhere.txt\""), "{error}");
    let (code, _, error) = said(newsfold().args(["compare", &corpus(), "tna-01", "nobody-77"]));
    assert_eq!(code, 2);
    assert!(error.contains("nobody-77"), "{error}");
    let nowhere = "no-such-folder/page.html";
    let (code, out, error) =
        said(newsfold().args(["compare", &corpus(), "tna-01", "times-01", "--html", nowhere]));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(error.contains(nowhere), "{error}");
}

#[test]
fn credits_of_ones_own_are_credits_too() {
    let text = "The ferry sank.\n\nMade by Kessory Desk\n\nMore is to follow. (Nordfunk)";
    let (folder, article) = with_file("a.txt", text);
    let (rules, out) = (folder.path().join("mine.toml"), folder.path().join("out"));
    fs::write(
        &rules,
        "[agencies]\n\"Nordfunk\" = []\n\n[[openings]]\nsource = true\nwords = 6\nphrases = [\"made by\"]\n",
    )
    .unwrap();
    let passages = |options: &[&str]| {
        let mut command = newsfold();
        command.args(["passages", "-q", "--format", "csv", "-o"]).arg(&out).arg(&article);
        let (code, _, error) = said(command.args(options));
        (code, error, fs::read_to_string(out.join("passages.csv")).unwrap_or_default())
    };
    assert_eq!(passages(&[]).2.lines().count(), 1);
    let (code, error, table) = passages(&["--credits", rules.to_str().unwrap()]);
    assert_eq!((code, error.as_str()), (0, ""));
    let header = "first_published,first_outlet,credit,parent_id,likely_source,source_reason";
    assert!(table.lines().next().unwrap().ends_with(header), "{table}");
    assert!(table.contains("Made by Kessory Desk,4,") && table.contains(",Kessory Desk,"));
    assert!(table.contains(",Nordfunk,1,") && table.lines().count() == 3, "{table}");
    fs::write(&rules, "[agencies]\n\"Nordfunk\" = [\n\"!\"]\n").unwrap();
    let (code, error, _) = passages(&["--credits", rules.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(error.contains("mine.toml:3: \"!\" has no word"), "{error}");
}

#[test]
fn an_author_that_is_an_agency_is_who_the_text_is_from() {
    let shared = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were taken \
                  off by lifeboat before noon, the harbour master said on Monday. The owner will tow it on Friday.";
    let own = ["A reader called us.", "The Post was there.", "Nobody else was."];
    let line = |(n, (outlet, author)): (usize, (&str, &str))| {
        let text = format!("{} {shared}", own[n]);
        let day = format!("2024-05-0{}", n + 1);
        json!({"id": outlet, "outlet": outlet, "published": day, "text": text, "author": author})
            .to_string()
            + "\n"
    };
    let outlets = [("Post", ""), ("Bell", "Ana Ruiz, Reuters"), ("Sun", "Jo Berg")];
    let lines: String = outlets.into_iter().enumerate().map(line).collect();
    let (folder, input) = with_file("in.jsonl", &lines);
    let out = folder.path().join("out");
    let run =
        ["run", input.to_str().unwrap(), "-q", "--format", "jsonl", "-o", out.to_str().unwrap()];
    assert_eq!(said(newsfold().args(run)).0, 0);
    let table = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(out.join(format!("{name}.jsonl"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let passages = table("passages");
    let wire = passages.iter().find(|passage| passage["kind"] == "syndicated").unwrap();
    // Post had it first by its date; who is named goes before that.
    assert_eq!(
        (&wire["credit"], &wire["likely_source"], &wire["source_reason"]),
        (&json!("Reuters"), &json!("Reuters"), &json!("credit"))
    );
    for article in table("articles") {
        let expected = match article["id"].as_str().unwrap() {
            "Bell" => [json!("Ana Ruiz, Reuters"), json!("Reuters")],
            "Sun" => [json!("Jo Berg"), Value::Null],
            _ => [Value::Null, Value::Null],
        };
        assert_eq!([&article["author"], &article["credit"]], [&expected[0], &expected[1]]);
    }
    let agencies = table("agencies");
    let named: Vec<&str> = agencies.iter().map(|row| row["outlet"].as_str().unwrap()).collect();
    assert_eq!(named, ["Bell", "Post", "Sun"], "each has the passage");
    // What is made again from the tables says the same.
    let wire = |from: &str| {
        let wire = ["report", from, "--wire", "--format", "json"];
        said(newsfold().args(wire))
    };
    let (code, told, _) = wire(out.to_str().unwrap());
    assert!(code == 0 && told.contains("3 of 3 articles"), "{told}");
    fs::remove_file(input).unwrap();
    assert_eq!(wire(out.to_str().unwrap()).1, told);
}

#[test]
fn passages_are_written_as_passim_and_rnewsflow_have_them() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let run = |format: &str| {
        let mut command = newsfold();
        command.args(["passages", "-q", &corpus(), "--format", format, "-o"]).arg(&out);
        said(&mut command)
    };
    assert_eq!(run("csv,passim").0, 0);
    let records = fs::read_to_string(out.join("passages.passim.jsonl")).unwrap();
    let records: Vec<Value> =
        records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cluster = records[0]["cluster"].clone();
    let size = records.iter().filter(|record| record["cluster"] == cluster).count();
    assert_eq!(records[0]["size"], size);
    let edges = fs::read_to_string(out.join("edges.csv")).unwrap();
    assert!(edges.starts_with("from,to,weight,hourdiff\n") && edges.lines().count() > 10);
    // A later run without it leaves none.
    assert_eq!(run("csv").0, 0);
    assert!(!out.join("passages.passim.jsonl").exists());
    let (code, _, error) = said(newsfold().args(["dups", &corpus(), "--format", "passim"]));
    assert_eq!(code, 2);
    assert!(error.contains("--format: passim is a format of passages"), "{error}");
}

#[test]
fn sensitivity_decides_how_little_is_a_passage() {
    let shared = "Kessory weavers dye their northern wool with lichen";
    let (folder, a) = with_file("a.txt", &format!("One paper says. {shared}. So it ends."));
    let b = folder.path().join("b.txt");
    fs::write(&b, format!("{shared}, we hear from elsewhere today.")).unwrap();
    let passages = |sensitivity: &str| {
        let out = folder.path().join("out");
        let mut command = newsfold();
        command.args(["passages", "-q", "--format", "csv", "--sensitivity", sensitivity, "-o"]);
        assert_eq!(said(command.arg(&out).arg(&a).arg(&b)).0, 0);
        fs::read_to_string(out.join("passages.csv")).unwrap().lines().count() - 1
    };
    assert_eq!(["low", "normal", "high"].map(passages), [0, 0, 1]);
}
