//! Pages and answers beside a run: its own page made again from its tables, the same bytes or an answer that says why
//! not; what it tells of two articles; the page of `explain`; and the browser.

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
    assert_eq!(error.matches("run newsfold on the input again").count(), 1, "{error}");
    // Without the manifest the tables speak for themselves.
    let run = fs::read_to_string(out.join("run.json")).unwrap();
    let mut run: serde_json::Value = serde_json::from_str(&run).unwrap();
    run["files"] = serde_json::json!({});
    fs::write(out.join("run.json"), run.to_string()).unwrap();
    let error = breaking("articles.csv", ",chars,", ",letters,");
    assert!(error.contains("articles.csv: no column `chars`; run newsfold"), "{error}");
    let error = breaking("pairs.csv", "near-duplicate", "as good as new");
    assert!(error.contains("pairs.csv:") && error.contains("is none of identical"), "{error}");
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

/// What a finished run says of two articles is what its input says of them.
#[test]
fn a_finished_run_answers_for_two_of_its_articles() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    run("run", &corpus(), &["-q"], &out);
    let of = |command: &str, source: &str, (a, b): (&str, &str), more: &[&str]| {
        let (code, told, error) = said(newsfold().args([command, source, a, b]).args(more));
        assert_eq!((code, error.as_str()), (0, ""), "{command} {source} {a} {b}");
        told
    };
    let out_name = out.to_str().unwrap();
    let asked = [("tna-09", "post-04"), ("post-04", "tna-09")];
    let pairs = pairs_of_passages(&out);
    let mut shared = 0;
    for (a, b) in pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).chain(asked) {
        let compared = of("compare", out_name, (a, b), &["--json"]);
        assert_eq!(compared, of("compare", &corpus(), (a, b), &["--json"]));
        let found = of("explain", out_name, (a, b), &["--json"]);
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        let input: serde_json::Value =
            serde_json::from_str(&of("explain", &corpus(), (a, b), &["--json"])).unwrap();
        for same in ["/same_story", "/same_storyline", "/a/id", "/b/source"] {
            assert_eq!(found.pointer(same), input.pointer(same), "{same} of {a} {b}");
        }
        let known = &found["near_duplicates"];
        assert_eq!(!known.is_null(), input["near_duplicates"]["verdict"] == true);
        for share in ["jaccard", "containment_a", "containment_b"] {
            let near = |value: &serde_json::Value| value.as_f64().unwrap();
            let (told, input) = (&known[share], &input["near_duplicates"][share]);
            assert!(known.is_null() || (near(told) - near(input)).abs() < 1e-6, "{share}");
        }
        let ids = |all: &serde_json::Value| -> Vec<String> {
            let all = all["passages"].as_array().unwrap();
            all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids(&found), ids(&input), "{a} {b}");
        shared += ids(&found).len();
    }
    assert!(shared > 20, "{shared}");

    let words = of("explain", out_name, asked[0], &[]);
    for question in ["Near-duplicates?", "One story?", "Shared passages?"] {
        assert!(words.contains(question), "{words}");
    }
    let page = folder.path().join("why.html");
    for _ in 0..2 {
        of("explain", out_name, asked[0], &["--html", page.to_str().unwrap()]);
    }
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("script-src 'none'") && !page.contains("<script"));
    for question in ["Near-duplicates?", "One story?", "Shared passages?"] {
        let line = words.lines().find(|line| line.starts_with(question)).unwrap();
        assert!(page.contains(&line.split_whitespace().collect::<Vec<_>>().join(" ")), "{line}");
    }
    let (code, _, error) = said(newsfold().args(["explain", out_name, "tna-09", "nobody-77"]));
    assert!(code == 2 && error.contains("nobody-77"), "{error}");
    let (code, _, error) = said(newsfold().args(["explain", out_name, "tna-09", "tna-09"]));
    assert!(code == 2 && error.contains("both are the article"), "{error}");
    let threshold = ["explain", out_name, "tna-09", "post-04", "--threshold", "0.5"];
    let (code, _, error) = said(newsfold().args(threshold));
    assert!(code == 2 && error.contains("keeps its settings"), "{error}");
}

/// `report` writes `run.json` again: the folder is a finished run all the same, and no input.
#[test]
fn a_run_whose_page_was_written_again_is_still_one() {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("news.jsonl"), folder.path().join("out"));
    fs::copy(corpus(), &input).unwrap();
    run("dups", input.to_str().unwrap(), &["-q", "--format", "jsonl"], &out);
    let ask = || said(newsfold().arg("explain").arg(&out).args(["tna-09", "post-04"]));
    let before = ask();
    assert_eq!((before.0, before.2.as_str()), (0, ""));
    for _ in 0..2 {
        assert_eq!(said(newsfold().arg("report").arg(&out)).0, 0);
        assert_eq!(ask(), before);
    }
    let (code, _, error) = said(newsfold().arg("read").arg(folder.path()).args(["-o", "-"]));
    assert!(code == 0 && error.contains("out"), "{error}");
    let again = folder.path().join("again");
    run("dups", folder.path().to_str().unwrap(), &["-q", "--format", "jsonl"], &again);
    let articles =
        |out: &Path| fs::read_to_string(out.join("articles.jsonl")).unwrap().lines().count();
    assert_eq!(articles(&again), articles(&out));
}

/// `compare` reads no record but the two: what the others decide, an id that is there twice and the order of day and
/// month, is as it was in the run.
#[test]
fn two_articles_read_alone_are_those_of_the_run() {
    let folder = TempDir::new().unwrap();
    let shared = "The ferry that ran aground off the northern cape on Tuesday night was pulled free at dawn, the coast \
                  guard said, and all 214 passengers reached the harbour without harm.";
    let rows = [
        ("x", "01/02/2024", format!("Witnesses spoke of waves as high as houses. {shared}")),
        ("x", "03/02/2024", format!("{shared} An inquiry begins on Monday in the old town hall.")),
        (
            "y",
            "25/12/2023",
            "Nothing of this is said here, only that it snowed at last.".to_owned(),
        ),
    ];
    let table: String =
        rows.iter().map(|(id, date, text)| format!("{id},{date},\"{text}\"\n")).collect();
    let list: Vec<serde_json::Value> = rows
        .iter()
        .map(|(id, date, text)| serde_json::json!({"id": id, "date": date, "text": text}))
        .collect();
    let lines: String = list.iter().map(|one| format!("{one}\n")).collect();
    let inputs = [
        ("table.csv", format!("id,date,text\n{table}")),
        ("list.json", serde_json::to_string(&list).unwrap()),
        ("lines.jsonl", lines),
    ];
    for (name, bytes) in inputs {
        let (input, out) = (folder.path().join(name), folder.path().join(format!("{name}.out")));
        fs::write(&input, bytes).unwrap();
        run("passages", input.to_str().unwrap(), &["-q", "--format", "jsonl"], &out);
        let table = fs::read_to_string(out.join("articles.jsonl")).unwrap();
        let ids: Vec<String> = table
            .lines()
            .map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap())
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .filter(|id| id.starts_with('x'))
            .collect();
        assert!(ids.len() == 2 && table.contains("2024-02-01"), "{table}");
        let ask =
            |source: &Path| said(newsfold().args(["compare", "--json"]).arg(source).args(&ids));
        let compared = ask(&out);
        assert!(compared.0 == 0 && compared.1.contains("2024-02-03"), "{compared:?}");
        assert_eq!(compared, ask(&input), "{name}");
    }
}

/// Some pairs of articles that share a passage.
fn pairs_of_passages(out: &Path) -> Vec<(String, String)> {
    let mut table = csv::Reader::from_path(out.join("occurrences.csv")).unwrap();
    let rows: Vec<(String, String)> =
        table.records().map(|row| row.unwrap()).map(|row| (row[0].into(), row[1].into())).collect();
    let of_one = rows.windows(2).filter(|two| two[0].0 == two[1].0 && two[0].1 != two[1].1);
    of_one.map(|two| (two[0].1.clone(), two[1].1.clone())).step_by(5).take(12).collect()
}

#[test]
fn a_finished_run_says_what_it_did_not_look_for_and_what_has_changed() {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("news.jsonl"), folder.path().join("out"));
    fs::copy(corpus(), &input).unwrap();
    let ask = |command: &str| said(newsfold().arg(command).arg(&out).args(["tna-09", "post-04"]));
    run("dups", input.to_str().unwrap(), &["-q"], &out);
    let (code, words, error) = ask("explain");
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(words.contains("This run did not look for stories."), "{words}");
    let (code, _, error) = ask("compare");
    assert!(code == 2 && error.contains("passages were not looked for"), "{error}");

    run("passages", input.to_str().unwrap(), &["-q"], &out);
    assert_eq!(ask("compare").0, 0);
    let text = fs::read_to_string(&input).unwrap();
    fs::write(&input, text.replacen("the", "teh", 1)).unwrap();
    let (code, _, error) = ask("compare");
    assert!(code == 2 && error.contains("news.jsonl has changed"), "{error}");
    let (code, words, _) = ask("explain");
    assert!(code == 0 && words.contains("This run did not look for them."), "{words}");
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

/// The answer of `report OUT` to a question, as JSON.
fn answer(out: &Path, question: &[&str]) -> serde_json::Value {
    let (code, told, error) =
        said(newsfold().arg("report").arg(out).args(question).args(["--format", "json"]));
    assert_eq!((code, error.as_str()), (0, ""), "{told}");
    serde_json::from_str(&told).unwrap()
}

/// The rows of a table in JSON Lines.
fn rows(out: &Path, table: &str) -> Vec<serde_json::Value> {
    let lines = fs::read_to_string(out.join(format!("{table}.jsonl"))).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_wire_and_an_outlet_are_told_with_the_numbers_of_the_tables() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    run("run", &corpus(), &["--format", "jsonl"], &out);
    let sum = |rows: &[serde_json::Value], column: &str| -> u64 {
        rows.iter().map(|row| row[column].as_u64().unwrap()).sum()
    };

    let wire = answer(&out, &["--wire"]);
    let agencies = rows(&out, "agencies");
    assert!(!agencies.is_empty());
    for table in [0, 1] {
        let told = wire["tables"][table]["rows"].as_array().unwrap();
        for column in ["articles", "words"] {
            assert_eq!(sum(told, column), sum(&agencies, column), "{column}");
        }
    }

    // Two names of one agency are counted in two rows, and the words once in all.
    let told = wire["facts"][1].as_str().unwrap().split(" words (").next().unwrap();
    let total: u64 = told.split(" of ").next().unwrap().replace(',', "").parse().unwrap();
    let by_article = wire["tables"][0]["rows"].as_array().unwrap();
    assert!(total > 0 && total < sum(by_article, "words"), "{told}");

    let network = rows(&out, "network");
    let most = network.iter().max_by_key(|edge| edge["passages"].as_u64()).unwrap();
    let name = most["from_outlet"].as_str().unwrap();
    let outlet = answer(&out, &["--outlet", name]);
    for (table, side, other) in [(0, "from_outlet", "to_outlet"), (1, "to_outlet", "from_outlet")] {
        let edges = network.iter().filter(|edge| edge[side] == name);
        let mut expected: Vec<_> = edges
            .map(|edge| {
                (edge[other].to_string(), edge["passages"].as_u64(), edge["articles"].as_u64())
            })
            .collect();
        let told = outlet["tables"][table]["rows"].as_array().unwrap().iter();
        let mut told: Vec<_> = told
            .map(|row| {
                (row["outlet"].to_string(), row["passages"].as_u64(), row["articles"].as_u64())
            })
            .collect();
        expected.sort();
        told.sort();
        assert_eq!(told, expected);
    }
    let first = outlet["tables"][3]["rows"].as_array().unwrap().len();
    let is_first = |story: &&serde_json::Value| {
        story["first_certainty"] == "certain"
            && story["first_outlet"] == name
            && story["outlets"].as_u64() > Some(1)
    };
    assert_eq!(first, rows(&out, "stories").iter().filter(is_first).count());

    let (code, told, error) = said(newsfold().arg("report").arg(&out).args(["--outlet", "Nobody"]));
    assert_eq!((code, told.as_str()), (2, ""));
    assert!(error.contains("no article is of an outlet \"Nobody\""), "{error}");
    let (code, told, _) = said(newsfold().arg("report").arg(&out).args(["--outlet", name]));
    assert_eq!(code, 0);
    let page = told.trim().strip_prefix("The report: ").unwrap();
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("First to report") && page.contains("<a href=\"report.html\">"));
}

#[test]
fn a_digest_has_what_is_new() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    run("run", &corpus(), &["--format", "jsonl"], &out);
    let stories = rows(&out, "stories");
    let mut days: Vec<&str> = stories
        .iter()
        .filter(|story| story["articles"].as_u64() > Some(1))
        .filter_map(|story| story["first_published"].as_str().map(|at| &at[..10]))
        .collect();
    days.sort_unstable();
    let day = days[days.len() / 2];
    let told = answer(&out, &["--since", day]);
    let new = days.iter().filter(|&&first| first >= day).count();
    assert_eq!(told["tables"][0]["rows"].as_array().unwrap().len(), new);
    // Those that are older and grew are told apart.
    let day = "2024-11-09";
    let told = answer(&out, &["--since", day]);
    let lengths = [0, 2].map(|table| told["tables"][table]["rows"].as_array().unwrap().len());
    let last = |story: &&serde_json::Value| {
        story["articles"].as_u64() > Some(1) && story["last_published"].as_str() >= Some(day)
    };
    assert_eq!(lengths.iter().sum::<usize>(), stories.iter().filter(last).count());
    assert!(lengths[1] > 0, "{lengths:?}");
    let (code, _, error) = said(newsfold().arg("report").arg(&out).args(["--since", "yesterday"]));
    assert_eq!(code, 2);
    assert!(error.contains("write it as in 2024-05-31"), "{error}");
}

/// The feed is read back by the reader of feeds.
#[test]
fn a_feed_has_the_stories_that_grew() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    run("run", &corpus(), &["--format", "jsonl"], &out);
    let stories = rows(&out, "stories");
    let large = stories.iter().filter(|story| story["articles"].as_u64() > Some(1));
    let lasts: Vec<(&str, &str)> = large
        .map(|story| {
            (story["last_published"].as_str().unwrap(), story["headline"].as_str().unwrap())
        })
        .collect();
    let mut days: Vec<&str> = lasts.iter().map(|(last, _)| &last[..10]).collect();
    days.sort_unstable();
    let day = days[days.len() / 2];
    let feed = folder.path().join("stories.atom");
    let (code, told, error) =
        said(newsfold().arg("report").arg(&out).args(["--since", day, "--format", "atom"]));
    assert_eq!((code, error.as_str()), (0, ""));
    fs::write(&feed, told).unwrap();
    let read = folder.path().join("read.jsonl");
    let (code, _, error) = said(newsfold().arg("read").arg(&feed).arg("-o").arg(&read));
    assert_eq!(code, 0, "{error}");
    let read = fs::read_to_string(read).unwrap();
    let mut titles: Vec<String> = read
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|article| article["title"].as_str().unwrap().to_owned())
        .collect();
    let grown = lasts.iter().filter(|(last, _)| &last[..10] >= day);
    let mut expected: Vec<&str> = grown.map(|(_, headline)| *headline).collect();
    titles.sort_unstable();
    expected.sort_unstable();
    assert!(!expected.is_empty());
    assert_eq!(titles, expected);

    let (code, _, error) =
        said(newsfold().arg("report").arg(&out).args(["--wire", "--format", "atom"]));
    assert!(code == 2 && error.contains("give --since DATE"), "{error}");
}

#[test]
fn ids_that_were_numbers_stay_numbers() {
    let folder = TempDir::new().unwrap();
    let text = "The ferry ran aground off the harbour at dawn, and all ninety on board were taken off by lifeboat";
    for (name, second, is_number) in [("numbers", "12", true), ("text", "\"12\"", false)] {
        let input = folder.path().join(format!("{name}.jsonl"));
        let lines = format!(
            "{{\"id\": 7, \"text\": \"{text}\"}}\n{{\"id\": {second}, \"text\": \"{text} too\"}}\n"
        );
        fs::write(&input, lines).unwrap();
        let out = folder.path().join(name);
        run("dups", input.to_str().unwrap(), &["--format", "jsonl"], &out);
        let articles = rows(&out, "articles");
        assert_eq!(articles.len(), 2);
        assert!(articles.iter().all(|row| row["id"].is_number() == is_number), "{articles:?}");
        assert!(rows(&out, "pairs").iter().all(|row| row["id_a"].is_number() == is_number));
        let mut places: Vec<_> = articles.iter().map(|row| row["row"].as_u64().unwrap()).collect();
        places.sort_unstable();
        assert_eq!(places, [1, 2]);
        let (first, again) = both(&out, &[]);
        assert!(first == again, "{name}");
    }
}
