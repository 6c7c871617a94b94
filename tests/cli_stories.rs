//! What a user of stories meets: `explain`, corrections, the window, presets and the background table.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

#[test]
fn explain_answers_in_words_and_in_json() {
    let ask = |json: &[&str]| {
        said(newsfold().arg("explain").args(json).args([&corpus(), "tna-09", "post-04"]))
    };
    let (code, words, error) = ask(&[]);
    assert_eq!(code, 0, "{error}");
    for question in ["Near-duplicates?", "One story?", "Shared passages?"] {
        assert!(words.contains(question), "{words}");
    }
    let (_, json, _) = ask(&["--json"]);
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answer["a"]["id"], "tna-09");
    let (code, _, error) = said(newsfold().args(["explain", &corpus(), "tna-09", "nobody-77"]));
    assert_eq!(code, 2);
    assert!(error.contains("nobody-77"), "{error}");
}

#[test]
fn explain_takes_two_files_alone() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (a, b) = (
        file("a.txt", "Ferry aground\n\nThe ferry Hesper ran aground off Havenmouth at dawn."),
        file("b.txt", "Barn burns down\n\nNobody was hurt when a barn burned down on Sunday."),
    );
    let (code, words, error) = said(newsfold().arg("explain").arg(a).arg(b));
    assert_eq!(code, 0, "{error}");
    assert!(words.contains("Ferry aground") && words.contains("Barn burns down"), "{words}");
}

/// Two reports of one market, a day apart, and two of a ferry, an hour apart.
#[test]
fn a_second_article_that_was_forgotten_is_asked_for() {
    for command in ["explain", "compare"] {
        let (code, _, error) = said(newsfold().args([command, &corpus(), "tna-01"]));
        assert_eq!(code, 2);
        assert!(error.contains("asks about two articles"), "{error}");
    }
}

#[test]
fn explain_tells_installments_by_name() {
    const NEWS: &str = r#"
{"id":"monday","outlet":"wire","published":"2024-05-06T16:00:00Z","title":"Velden sugar futures close 14 points higher at 812","text":"Velden sugar futures closed 14 points higher at 812 on Monday in trade of 2140 lots, brokers on the Velden exchange said."}
{"id":"tuesday","outlet":"wire","published":"2024-05-07T16:00:00Z","title":"Velden sugar futures close 9 points higher at 821","text":"Velden sugar futures closed 9 points higher at 821 on Tuesday in trade of 1987 lots, brokers on the Velden exchange said."}
{"id":"aground","outlet":"x","published":"2024-05-01T09:00:00Z","title":"Ferry aground off Quillan","text":"The ferry Marisol ran aground off Port Quillan with 214 people on board. Lifeboats took all passengers to the harbour, where doctors and blankets waited. The owners blamed a broken rudder and a spring tide; divers will look at the hull on Friday."}
{"id":"safe","outlet":"y","published":"2024-05-01T10:00:00Z","title":"Passengers of the Marisol are safe","text":"Everybody aboard the Marisol is safe after a night on a sandbank outside Quillan. Schoolchildren on a trip sang until the rescue came, a teacher told us, and the cook handed out soup. An inquiry has been promised by the ministry of transport."}
"#;
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("news.jsonl");
    fs::write(&input, NEWS).unwrap();
    let explain = |a: &str, b: &str| {
        let (code, words, error) = said(newsfold().arg("explain").arg(&input).args([a, b]));
        assert_eq!((code, error.as_str()), (0, ""));
        words
    };
    let market = explain("monday", "tuesday");
    assert!(market.contains("One story?  no, but two stories of one storyline."), "{market}");
    assert!(market.contains("They are two installments of one series"), "{market}");
    assert!(market.contains("Their similarity is -0."), "{market}");
    let ferry = explain("aground", "safe");
    assert!(ferry.contains("One story?  yes."), "{ferry}");
    let merge = "The group of A (1 text) and that of B (1 text) became one: ";
    assert!(ferry.contains(merge), "{ferry}");
}

#[test]
fn a_background_table_is_made_of_an_archive_and_taken_by_a_run() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (code, _, error) =
        said(newsfold().args(["synth", "--articles", "400", "-q", "-o"]).arg(path("a.jsonl")));
    assert_eq!((code, error.as_str()), (0, ""));
    let background = |file: &str| {
        let mut command = newsfold();
        let (code, told, error) =
            said(command.arg("background").arg(path("a.jsonl")).arg("-o").arg(path(file)));
        assert_eq!((code, error.as_str()), (0, ""));
        told
    };
    let told = background("table.tsv");
    assert!(told.starts_with("en: ") && told.contains(" of 400 articles"), "{told}");
    assert!(fs::read_to_string(path("table.tsv")).unwrap().contains("en\t400\n"));
    let told = background("statistics");
    assert!(told.starts_with("Statistics of 400 articles; "), "{told}");
    let run = |table: &str| {
        let mut command = newsfold();
        command.args(["stories", "-q", "--format", "csv"]).arg(path("a.jsonl"));
        said(command.arg("-o").arg(path("out")).arg("--background").arg(path(table)))
    };
    assert_eq!(run("table.tsv").0, 0);
    assert_eq!(run("statistics").0, 0);
    assert!(fs::read_to_string(path("out/run.json")).unwrap().contains("\"background\""));
    let (code, _, error) = run("a.jsonl");
    assert_eq!(code, 2);
    assert!(error.contains("a.jsonl:1: "), "{error}");
}

/// A corpus of two stories with two articles each, in a folder with these corrections.
fn corrected(must: &str, cannot: &str) -> (i32, String, Vec<String>) {
    const NEWS: &str = r#"
{"id":"a","outlet":"x","published":"2024-05-01","title":"WATCH: Ferry Marisol aground off Quillan | X","text":"The ferry Marisol ran aground off Port Quillan with 214 people on board. Lifeboats took all passengers of the Marisol to the harbour of Quillan."}
{"id":"b","outlet":"y","published":"2024-05-01T10:00:00Z","title":"Marisol passengers safe at Quillan","text":"All 214 passengers of the ferry Marisol are safe at Quillan harbour after lifeboats took them off the sandbank."}
{"id":"c","outlet":"x","published":"2024-05-01T11:00:00Z","title":"Velden doubles sugar tax","text":"Parliament in Velden voted to double the sugar tax. Grocers in Velden warn of higher prices for sugar."}
{"id":"d","outlet":"y","title":"Sugar tax to double in Velden","text":"The Velden parliament doubles its tax on sugar, and grocers warn that prices will rise."}
"#;
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, text) in [("news.jsonl", NEWS), ("must", must), ("cannot", cannot)] {
        fs::write(path(name), text).unwrap();
    }
    fs::write(path("set.toml"), format!("cannot-link = {:?}\n", path("cannot"))).unwrap();
    let (code, _, error) = said(
        newsfold()
            .args(["stories", "--format", "csv", "--must-link"])
            .arg(path("must"))
            .arg("--config")
            .arg(path("set.toml"))
            .arg(path("news.jsonl"))
            .arg("-o")
            .arg(path("out")),
    );
    let stories = fs::read_to_string(path("out/stories.csv")).unwrap_or_default();
    let error = error.replace(&format!("{}/", folder.path().display()), "");
    (code, error, stories.lines().map(str::to_owned).collect())
}

#[test]
fn corrections_tie_and_part_stories() {
    let (code, error, stories) = corrected("", "");
    assert_eq!((code, error.as_str(), stories.len()), (0, "", 3));
    assert!(stories[0].ends_with("terms,first_id,first_certainty,weakest_id,weakest_similarity"));
    // A date without a time is not first at midnight; nor is the page's furniture a headline.
    let ferry = stories.iter().find(|row| row.contains("Marisol")).unwrap();
    assert!(ferry.contains(",y,") && ferry.contains(",b,same-day,"), "{ferry}");
    assert!(!ferry.contains("WATCH") && !ferry.contains(" | X"), "{ferry}");
    assert!(stories.iter().any(|row| row.contains(",c,undated,")), "{stories:?}");
    let (code, _, stories) = corrected("a c\n", "");
    assert_eq!((code, stories.len()), (0, 2));
    let (code, _, stories) = corrected("", "id_a,id_b\nb,a\n");
    assert_eq!((code, stories.len()), (0, 4));
}

#[test]
fn corrections_that_cannot_be_had_are_told_with_file_and_line() {
    let (code, error, stories) = corrected("a b\nb c\n", "# apart\nc a\n");
    assert_eq!((code, stories.len()), (2, 0));
    assert!(error.contains("cannot:2: \"c\" and \"a\" cannot be kept apart"), "{error}");
    assert!(error.contains("must:1") && error.contains("must:2"), "{error}");
    let (code, error, stories) = corrected("a zebra\n", "");
    assert_eq!((code, stories.len()), (0, 3));
    assert!(error.contains("must:1: no article has the id \"zebra\""), "{error}");
    let (code, error, _) = corrected("a\n", "");
    assert_eq!(code, 2);
    assert!(error.contains("must:1: two ids are expected"), "{error}");
}

#[test]
fn the_window_and_the_preset_decide_what_is_linked() {
    let day = |id: &str, day: &str| {
        format!(
            r#"{{"id":"{id}","published":"{day}T12:00:00Z","title":"Ferry Marisol aground off Quillan","text":"The ferry Marisol ran aground {id} off Port Quillan; lifeboats {id} took all to Quillan harbour {id} by noon."}}"#
        )
    };
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("a.jsonl"), folder.path().join("out"));
    fs::write(&input, format!("{}\n{}\n", day("one", "2024-05-01"), day("two", "2024-05-03")))
        .unwrap();
    let stories = |options: &[&str]| {
        let mut command = newsfold();
        command.args(["stories", "--format", "csv", "-o"]).arg(&out).arg(&input).args(options);
        let (code, _, error) = said(&mut command);
        assert_eq!((code, error.as_str()), (0, ""));
        fs::read_to_string(out.join("stories.csv")).unwrap().lines().count() - 1
    };
    assert_eq!(stories(&["--window", "48"]), 1);
    assert_eq!(stories(&["--window", "47"]), 2);
    assert_eq!(stories(&["--story-preset", "strict"]), 1);
    assert_eq!(stories(&["--story-preset", "wide"]), 1);
}
