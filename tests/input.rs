//! What people hold, as the program meets it: odd files, silent streams, damaged texts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const GOOD: &str = r#"{"id":"a","text":"The ferry ran aground off Havenmouth on Tuesday night."}"#;

fn newsfold() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("newsfold"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn corpus() -> String {
    format!("{}/corpus/articles.jsonl", env!("CARGO_MANIFEST_DIR"))
}

/// What the program says of this, with its exit code: (code, stdout, stderr).
fn said(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn dups(input: &Path, out: &Path) -> Output {
    newsfold().args(["dups", "--format", "csv"]).arg(input).arg("-o").arg(out).output().unwrap()
}

#[test]
fn a_dry_run_says_which_field_every_dialect_has_where() {
    let dialects = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dialects");
    let run = newsfold().args(["run", "--dry-run"]).arg(&dialects).output().unwrap();
    let plan = text(&run.stdout);
    assert_eq!(run.status.code(), Some(0), "{plan}");
    for line in [
        "Input (17 files; the beginning of each was read)",
        "fundus.json: JSON object of lists",
        "    outlet     from the key above the list",
        "trafilatura.tsv: TSV",
        "    published  from dateTimePub",
        "a list without texts: its articles are their titles",
    ] {
        assert!(plan.contains(line), "{line}\n{plan}");
    }
    assert_eq!(plan.matches("\n  title ").count(), 3, "three samples: {plan}");
}

#[cfg(unix)]
#[test]
fn pipes_loops_and_links_to_nowhere_are_told_and_do_not_stop_a_run() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("a.jsonl"), GOOD).unwrap();
    assert!(Command::new("mkfifo").arg(input.join("pipe")).status().unwrap().success());
    std::os::unix::fs::symlink(&input, input.join("loop")).unwrap();
    std::os::unix::fs::symlink("self", input.join("self")).unwrap();
    let run = dups(&input, &folder.path().join("out"));
    let error = text(&run.stderr);
    assert_eq!(run.status.code(), Some(3), "{error}");
    assert!(error.contains("in/pipe: rejected: not a regular file"), "{error}");
    assert!(error.contains("in/self: rejected: "), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("out/keep.txt")).unwrap(), "a\n");
}

#[cfg(unix)]
#[test]
fn a_run_on_a_silent_standard_input_can_be_stopped() {
    let folder = TempDir::new().unwrap();
    let mut run = newsfold()
        .args(["dups", "-", "-o"])
        .arg(folder.path().join("out"))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The input stays open and says nothing.
    let input = run.stdin.take();
    let begun = Instant::now();
    let code = loop {
        // Until the program has said how it wants to be stopped, a signal ends it in its own way.
        std::thread::sleep(Duration::from_millis(300));
        let id = run.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().is_ok());
        std::thread::sleep(Duration::from_millis(300));
        if let Some(status) = run.try_wait().unwrap() {
            break status.code();
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it goes on");
    };
    drop(input);
    assert!(code == Some(130) || code.is_none(), "{code:?}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_table_of_outlets_makes_one_of_several_names() {
    let folder = TempDir::new().unwrap();
    let (input, table) = (folder.path().join("a.jsonl"), folder.path().join("outlets.csv"));
    let line = |id: &str, outlet: &str, url: &str| {
        format!(
            "{{\"id\":\"{id}\",\"outlet\":\"{outlet}\",\"url\":\"{url}\",\"text\":\"A ferry ran aground {id}.\"}}\n"
        )
    };
    let lines = [
        line("a", "Harbour Post", "https://post.example/1"),
        line("b", "", "https://live.post.example/2"),
        line("c", "", "https://www.bbc.com/3"),
    ];
    fs::write(&input, lines.concat()).unwrap();
    fs::write(&table, "Harbour Post,The Post\npost.example,The Post\n").unwrap();
    let out = folder.path().join("out");
    let run = newsfold()
        .args(["dups", "--format", "csv", "-q", "--outlets"])
        .arg(&table)
        .arg(&input)
        .arg("-o")
        .arg(&out)
        .status()
        .unwrap();
    assert_eq!(run.code(), Some(0));
    let mut reader = csv::Reader::from_path(out.join("articles.csv")).unwrap();
    let mut outlets: Vec<String> = reader.records().map(|row| row.unwrap()[1].to_owned()).collect();
    outlets.sort_unstable();
    assert_eq!(outlets, ["The Post", "The Post", "bbc.co.uk"]);

    fs::write(&table, "Harbour Post\n").unwrap();
    let run = newsfold()
        .args(["dups", "--outlets"])
        .arg(&table)
        .arg(&input)
        .arg("-o")
        .arg(folder.path().join("other"))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("outlets.csv:1: not of the form"), "{}", text(&run.stderr));
}

#[test]
fn offsets_count_in_the_text_as_it_was_read() {
    let folder = TempDir::new().unwrap();
    let shared = "the ferry Marigold ran aground on the sandbank below the old lighthouse shortly after \
                  midnight on Tuesday and was pulled free by two tugs";
    let damaged = shared.replace("two tugs", "two tugs &amp; a crane");
    let texts = [
        format!("At Tom &amp; Jerry&rsquo;s, they say that {damaged} in the morning."),
        format!(
            "A completely different beginning: {shared} & a crane, as the harbour master told us."
        ),
    ];
    let lines: String = texts
        .iter()
        .enumerate()
        .map(|(n, text)| format!("{{\"id\":\"{n}\",\"outlet\":\"O{n}\",\"text\":\"{text}\"}}\n"))
        .collect();
    let (input, out) = (folder.path().join("a.jsonl"), folder.path().join("out"));
    fs::write(&input, lines).unwrap();
    let run = newsfold()
        .args(["passages", "--format", "csv", "-q"])
        .arg(&input)
        .arg("-o")
        .arg(&out)
        .status()
        .unwrap();
    assert_eq!(run.code(), Some(0));
    let mut reader = csv::Reader::from_path(out.join("occurrences.csv")).unwrap();
    let mut seen = 0;
    for row in reader.records().map(Result::unwrap) {
        let number = |column: usize| row[column].parse::<usize>().unwrap();
        let read = &texts[row[1].parse::<usize>().unwrap()];
        let by_bytes = &read[number(4)..number(5)];
        let by_chars: String = read.chars().skip(number(2)).take(number(3) - number(2)).collect();
        assert_eq!(by_bytes, by_chars);
        assert!(by_bytes.starts_with("the ferry Marigold"), "{by_bytes}");
        assert!(by_bytes.contains("crane"), "{by_bytes}");
        seen += 1;
    }
    assert_eq!(seen, 2);
}

/// A build with the feature asks the store instead; `tests/object_store.rs` holds that.
#[cfg(not(feature = "object-store"))]
#[test]
fn a_build_that_reads_no_object_stores_says_which_one_does() {
    let folder = TempDir::new().unwrap();
    for url in ["s3://archive/2024/", "https://news.example/a.jsonl"] {
        let out = folder.path().join("out");
        let run = newsfold().args(["dups", url, "-o"]).arg(&out).output().unwrap();
        let error = text(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{error}");
        assert!(error.contains(url) && error.contains("--features object-store"), "{error}");
        assert!(!out.exists());
    }
}

#[test]
fn read_writes_the_articles_in_a_form_that_reads_back() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.csv");
    fs::write(
        &input,
        "id,source,date,headline,content,lang\n7,Post,13.01.2024,Ferry,\"The ferry, it ran.\",en\n",
    )
    .unwrap();
    let read = |from: &Path, to: &Path| {
        let run = newsfold().arg("read").arg(from).arg("-o").arg(to).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        text(&run.stdout)
    };
    let lines = folder.path().join("a.jsonl");
    assert!(read(&input, &lines).starts_with("1 articles, 0 records rejected"));
    let first = fs::read_to_string(&lines).unwrap();
    for part in [r#""id":"7""#, r#""published":"2024-01-13""#, r#""text":"The ferry, it ran.""#] {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert!(first.contains(r#""row":2,"notes":"no-time""#), "{first}");
    let fields = |line: &str| line.split("\"source\"").next().unwrap().to_owned();
    for name in ["b.parquet", "b.csv"] {
        let other = folder.path().join(name);
        read(&lines, &other);
        assert_eq!(fields(&read(&other, Path::new("-"))), fields(&first), "{name}");
    }
    let run = newsfold().arg("read").arg(&input).args(["-o", "a.xyz"]).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains(".jsonl, .parquet, .csv and .arrow"));
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_read() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (to, line) = (pipe.clone(), GOOD.to_owned());
    let writer = std::thread::spawn(move || fs::write(to, line).unwrap());
    let run = newsfold().arg("read").arg(&pipe).args(["-o", "-"]).output().unwrap();
    writer.join().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stdout).contains(r#""id":"a""#));
}

// A run on the folder that held its own earlier output read it: 104, then 444, then 862 articles.
#[test]
fn a_run_does_not_read_an_archive() {
    let folder = TempDir::new().unwrap();
    let articles = folder.path().join("a.jsonl");
    fs::write(&articles, GOOD).unwrap();
    let archive = folder.path().join("news");
    let (code, _, error) = said(newsfold().args(["index", "init"]).arg(&archive));
    assert_eq!(code, 0, "{error}");
    let (code, _, error) = said(newsfold().args(["index", "add"]).args([&archive, &articles]));
    assert_eq!(code, 0, "{error}");
    let out = folder.path().join("out");
    let run = dups(folder.path(), &out);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("news: left out, since it is an archive"));
    assert_eq!(fs::read_to_string(out.join("keep.txt")).unwrap(), "a\n");
    let run = dups(&archive, &out);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("`newsfold index export`"), "{}", text(&run.stderr));
}

#[test]
fn a_dry_run_gives_data_too() {
    let (code, told, error) = said(newsfold().args(["run", &corpus(), "--dry-run", "--json"]));
    assert_eq!((code, error.as_str()), (0, ""));
    let plan: serde_json::Value = serde_json::from_str(&told).unwrap();
    let file = &plan["files"][0];
    assert_eq!((&file["format"], &file["compression"]), (&"JSON Lines".into(), &().into()));
    let fields = file["fields"].as_array().unwrap();
    let is_text = |field: &&serde_json::Value| field["field"] == "text";
    assert_eq!(fields.iter().find(is_text).unwrap()["confidence"], "sure");
    assert_eq!(plan["first_articles"][0]["outlet"], "Talverne News Agency");
    assert_eq!(plan["parameters"]["threshold"], 0.7);
    assert_eq!(plan["rejects"], serde_json::json!([]));
}

// Every file that may be named: none of them is standard output, and a file called "-" helps nobody.
#[test]
fn no_file_is_called_like_standard_output() {
    let folder = TempDir::new().unwrap();
    for words in [
        &["dups", "--write-kept", "-"][..],
        &["background", "-o", "-"],
        &["explain", "tna-01", "tna-02", "--html", "-"],
        &["compare", "tna-01", "tna-02", "--html", "-"],
    ] {
        let mut command = newsfold();
        command.current_dir(folder.path()).arg(words[0]).arg(corpus()).args(&words[1..]);
        let (code, _, error) = said(&mut command);
        assert_eq!(code, 2, "{words:?}: {error}");
        assert!(error.contains("standard output takes none of this"), "{words:?}: {error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{words:?}");
    }
}

#[test]
fn a_run_does_not_read_what_an_earlier_one_wrote() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.jsonl"), GOOD).unwrap();
    let out = folder.path().join("out");
    for again in [false, true] {
        let run = dups(folder.path(), &out);
        let error = text(&run.stderr);
        assert_eq!(run.status.code(), Some(0), "{error}");
        assert_eq!(
            error.contains("out: left out, since it holds the results of a run"),
            again,
            "{error}"
        );
        assert_eq!(fs::read_to_string(out.join("keep.txt")).unwrap(), "a\n");
    }
    let run = dups(&out, &folder.path().join("other"));
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("results of a run"), "{}", text(&run.stderr));
}

#[test]
fn a_limit_is_told_with_file_record_and_option() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.jsonl");
    let long = format!("{{\"text\":\"{}\"}}", "word ".repeat(400));
    let deep = r#"{"text":"Nobody was hurt.","x":{"y":[[1]]}}"#;
    fs::write(&input, format!("{GOOD}\n{long}\n{deep}\n")).unwrap();
    let run = |options: &[&str]| {
        let out = folder.path().join("out");
        let mut command = newsfold();
        command.args(["dups", "--format", "csv"]).arg(&input).args(options);
        command.arg("-o").arg(out).output().unwrap()
    };
    assert_eq!(run(&[]).status.code(), Some(0));
    for (options, record, limit) in
        [(["--max-record", "1K"], 2, "1 KiB"), (["--max-depth", "3"], 3, "3 deep")]
    {
        let run = run(&options);
        let told = text(&run.stderr);
        assert_eq!(run.status.code(), Some(3), "{told}");
        let place = format!("in.jsonl:{record}: rejected: ");
        assert!(
            told.contains(&place) && told.contains(limit) && told.contains(options[0]),
            "{told}"
        );
    }
    for wrong in [["--max-record", "2G"], ["--max-depth", "0"], ["--max-ratio", "0"]] {
        let run = run(&wrong);
        let told = text(&run.stderr);
        assert!(run.status.code() == Some(2) && told.contains(wrong[0]), "{told}");
    }
}
