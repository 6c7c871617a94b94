//! The program as a user meets it: exit codes, messages, and what is left on disk.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write;
use std::path::Path;

use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

/// Runs on one file with this content; returns what was said, and whether results were left.
fn run_on(name: &str, content: &[u8]) -> (i32, String, bool) {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join(name), folder.path().join("out"));
    fs::write(&input, content).unwrap();
    let (code, _, error) = said(newsfold().arg("run").arg(&input).arg("-o").arg(&out));
    let left: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|left| left != name)
        .collect();
    assert!(left.is_empty() || left == ["out"], "half-written: {left:?}");
    (code, error, out.join("run.json").exists())
}

// The decoder's panic was caught and told as a reject, but its trace had been printed before.
#[test]
fn a_damaged_file_that_its_decoder_gives_up_on_is_told_in_a_line() {
    let damaged = include_bytes!("fuzzed/articles/parquet-without-its-dictionary");
    let (code, error, left) = run_on("damaged.parquet", damaged);
    assert!(code == 2 && !left, "{code} {error}");
    assert!(error.contains("damaged") && error.lines().count() == 1, "{error}");
}

const GOOD: &str = r#"{"id":"a","text":"The ferry ran aground off Havenmouth on Tuesday night."}"#;

#[test]
fn a_run_on_the_example_corpus_writes_every_table_and_says_what_it_found() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let (code, summary, error) =
        said(newsfold().args(["run", &corpus(), "--format", "csv,jsonl,parquet", "-o"]).arg(&out));
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(summary.contains("104 articles") || summary.contains("104"), "{summary}");
    let tables = [
        "articles",
        "pairs",
        "families",
        "stories",
        "storylines",
        "passages",
        "occurrences",
        "outlets",
        "network",
        "alignments",
        "edges",
        "agencies",
    ];
    for table in tables {
        for format in ["csv", "jsonl", "parquet"] {
            assert!(out.join(format!("{table}.{format}")).exists(), "{table}.{format}");
        }
    }
    for file in
        ["keep.txt", "remove.csv", "rejects.jsonl", "run.json", "report.html", "network.gexf"]
    {
        assert!(out.join(file).exists(), "{file}");
    }
}

#[test]
fn with_nothing_to_read_there_is_usage_and_exit_2() {
    let (code, out, error) = said(newsfold().args(["run", "-o", "unused"]));
    assert_eq!(code, 2);
    assert!(error.contains("Usage:") && out.is_empty(), "{error}");
}

#[test]
fn standard_input_is_read() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let code = newsfold().args(["dups", "-q", "-o"]).arg(&out).write_stdin(GOOD).output().unwrap();
    assert_eq!(code.status.code(), Some(0));
    assert!(fs::read_to_string(out.join("keep.txt")).unwrap().starts_with('a'));
}

#[test]
fn a_bad_record_is_told_kept_and_shown_in_the_exit_code() {
    let (code, error, written) =
        run_on("a.jsonl", format!("{GOOD}\n{{\"text\": \n{GOOD}").as_bytes());
    assert_eq!(code, 3);
    assert!(error.contains("a.jsonl:2"), "{error}");
    assert!(written);
}

#[test]
fn strict_ends_at_the_first_bad_record_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("a.jsonl"), folder.path().join("out"));
    fs::write(&input, format!("{GOOD}\nnot json\n")).unwrap();
    let (code, _, error) =
        said(newsfold().args(["run", "--strict"]).arg(&input).arg("-o").arg(&out));
    assert_eq!(code, 2);
    assert!(error.contains("a.jsonl:2"), "{error}");
    assert!(!out.exists());
}

#[test]
fn invalid_utf8_is_a_reject_with_its_place() {
    let mut content = GOOD.as_bytes().to_vec();
    content.extend(b"\n{\"text\": \"caf\x81 is closed\"}\n");
    let (code, error, written) = run_on("a.jsonl", &content);
    assert_eq!(code, 3);
    assert!(error.contains("a.jsonl:2") && error.contains("UTF-8"), "{error}");
    assert!(written);
}

#[test]
fn a_truncated_file_keeps_what_came_before_and_says_that_it_ends_early() {
    let lines: String =
        (0..2000).map(|i| GOOD.replace("\"a\"", &format!("\"{i}\"")) + "\n").collect();
    let mut compressed = zstd::encode_all(lines.as_bytes(), 1).unwrap();
    compressed.truncate(compressed.len() / 2);
    let (code, error, _) = run_on("a.jsonl.zst", &compressed);
    assert!(code == 3 || code == 2, "{code}");
    assert!(error.contains("a.jsonl.zst"), "{error}");
}

#[test]
fn a_table_without_a_text_column_names_its_columns_and_the_way_out() {
    let (code, error, written) =
        run_on("a.csv", b"id,headline,words\n1,Ferry aground,many words\n");
    assert_eq!(code, 2);
    assert!(error.contains("words") && error.contains("--field text="), "{error}");
    assert!(!written);
}

#[test]
fn a_field_mapped_by_hand_is_taken() {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("a.csv"), folder.path().join("out"));
    fs::write(&input, "id,words\n1,The ferry ran aground off Havenmouth\n").unwrap();
    let (code, _, error) =
        said(newsfold().args(["dups", "--field", "text=words"]).arg(&input).arg("-o").arg(&out));
    assert_eq!(code, 0, "{error}");
}

#[test]
fn an_empty_folder_and_a_path_that_is_not_there_are_told_at_once() {
    let folder = TempDir::new().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("nowhere.jsonl")] {
        let (code, _, error) = said(newsfold().arg("run").arg(&path).args(["-o", "unused"]));
        assert_eq!(code, 2);
        assert!(error.contains(path.to_str().unwrap()), "{error}");
        assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    }
    assert!(!Path::new("unused").exists());
}

#[test]
fn an_output_that_is_a_file_is_told_before_anything_is_read() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    fs::write(&out, "mine").unwrap();
    let (code, _, error) = said(newsfold().args(["run", &corpus(), "-o"]).arg(&out));
    assert_eq!(code, 2);
    assert!(error.contains("out") && error.trim_end().lines().count() == 1, "{error}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");
}

#[test]
fn a_line_of_a_hundred_megabytes_is_a_reject() {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("a.jsonl"), folder.path().join("out"));
    let mut file = std::io::BufWriter::new(fs::File::create(&input).unwrap());
    writeln!(file, "{GOOD}").unwrap();
    write!(file, "{{\"text\":\"").unwrap();
    for _ in 0..100 {
        file.write_all(&vec![b'x'; 1 << 20]).unwrap();
    }
    writeln!(file, "\"}}\n{{\"id\":\"b\",\"text\":\"A barn burned down.\"}}").unwrap();
    drop(file);
    let (code, _, error) = said(newsfold().arg("dups").arg(&input).arg("-o").arg(&out));
    assert_eq!(code, 3);
    assert!(error.contains("a.jsonl:2"), "{error}");
    assert_eq!(fs::read_to_string(out.join("keep.txt")).unwrap(), "a\nb\n");
}

#[test]
fn duplicates_can_fail_a_run() {
    let folder = TempDir::new().unwrap();
    let run = |input: &str| {
        let out = folder.path().join("out");
        said(newsfold().args(["dups", "--fail-on-duplicates", "-q", input, "-o"]).arg(out)).0
    };
    assert_eq!(run(&corpus()), 1);
    let single = folder.path().join("one.jsonl");
    fs::write(&single, GOOD).unwrap();
    assert_eq!(run(single.to_str().unwrap()), 0);
}

#[test]
fn a_wrong_option_names_itself() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let (code, _, error) =
        said(newsfold().args(["run", &corpus(), "--threshold", "7", "-o"]).arg(&out));
    assert_eq!(code, 2);
    assert!(error.contains("--threshold"), "{error}");
    let config = folder.path().join("newsfold.toml");
    fs::write(&config, "threshold = 0.5\nwindwo = 3\n").unwrap();
    let (code, _, error) =
        said(newsfold().args(["run", &corpus(), "--config"]).arg(&config).arg("-o").arg(&out));
    assert_eq!(code, 2);
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn a_dry_run_tells_what_it_found_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let (code, plan, _) = said(newsfold().args(["run", &corpus(), "--dry-run", "-o"]).arg(&out));
    assert_eq!(code, 0);
    assert!(plan.contains("JSON Lines") && plan.contains("threshold"), "{plan}");
    assert!(!out.exists());
}

#[test]
fn eval_scores_a_run_and_prints_json_where_asked() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    assert_eq!(said(newsfold().args(["stories", "-q", &corpus(), "-o"]).arg(&out)).0, 0);
    let gold = corpus().replace("articles.jsonl", "stories.gold.csv");
    let (code, scores, error) =
        said(newsfold().arg("eval").arg(&out).args(["--gold", &gold, "--json"]));
    assert_eq!(code, 0, "{error}");
    let scores: serde_json::Value = serde_json::from_str(&scores).unwrap();
    assert!(scores["b_cubed"]["f1"].as_f64().unwrap() > 0.9, "{scores}");
}

#[test]
fn completions_and_the_manual_page_know_every_command() {
    let (_, script, _) = said(newsfold().args(["completions", "bash"]));
    let (_, page, _) = said(newsfold().arg("man"));
    for command in
        ["run", "dups", "stories", "passages", "explain", "compare", "eval", "synth", "bench"]
    {
        assert!(script.contains(command) && page.contains(&command.to_uppercase()), "{command}");
    }
}

#[test]
fn results_of_a_run_are_no_input_of_the_next() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.jsonl"), GOOD).unwrap();
    let out = folder.path().join("out");
    let left_out =
        format!("newsfold: {}: left out, since it holds the results of a run\n", out.display());
    for warning in ["", left_out.as_str()] {
        let (code, _, error) = said(newsfold().arg("dups").arg(folder.path()).arg("-o").arg(&out));
        assert_eq!((code, error.as_str()), (0, warning));
    }
    assert_eq!(fs::read_to_string(out.join("keep.txt")).unwrap(), "a\n");
}

#[test]
fn bench_times_every_stage_of_a_command() {
    let bench = |more: &[&str]| said(newsfold().args(["bench", "--rounds", "2"]).args(more));
    let (code, told, error) = bench(&["--articles", "300", "--json", "-q"]);
    assert_eq!(code, 0, "{error}");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let told = &told["cases"][0];
    let stages: Vec<&str> = told["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["stage"].as_str().unwrap())
        .collect();
    let expected = [
        "ingest",
        "statistics",
        "sketch",
        "candidates",
        "verify",
        "family",
        "story",
        "passage",
        "report",
    ];
    assert_eq!(stages, expected);
    assert_eq!(told["articles"], 300);
    let parts: f64 = told["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["seconds"][1].as_f64().unwrap())
        .sum();
    let total = told["total"]["seconds"][1].as_f64().unwrap();
    assert!(parts > 0.0 && parts <= total, "{parts} of {total}");

    let (code, told, error) = bench(&["--command", "dups", &corpus()]);
    assert_eq!(code, 0, "{error}");
    assert!(told.starts_with("104 articles") && !told.contains("passage"), "{told}");
    assert_eq!(bench(&["-"]).0, 2);
}

#[test]
fn synth_leaves_what_is_there_alone_when_it_fails() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("made.jsonl");
    fs::write(&file, "mine").unwrap();
    let synth = |more: &[&str]| {
        said(newsfold().args(["synth", "--articles", "20", "-o"]).arg(&file).args(more)).0
    };
    assert_eq!(synth(&["--copies", "2"]), 2);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(synth(&[]), 0);
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 20);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn what_was_asked_for_and_cannot_be_had_is_said() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let run =
        |more: &[&str]| said(newsfold().args(["dups", &corpus()]).args(more).arg("-o").arg(&out)).2;
    assert!(run(&["--field", "text=nope"]).contains("no record has nope; there are "));
    assert!(run(&["--num-perm", "1"]).contains("--recall"));
    let (code, _, error) =
        said(newsfold().args(["passages", &corpus(), "--fail-on-duplicates", "-o"]).arg(&out));
    assert_eq!(code, 2);
    assert!(error.contains("no use for --fail-on-duplicates; it is for run, dups"), "{error}");
}

#[test]
fn a_budget_changes_no_byte_but_those_of_run_json() {
    let folder = TempDir::new().unwrap();
    let results = |memory: &str| {
        let out = folder.path().join(memory);
        let (code, _, error) =
            said(newsfold().args(["run", &corpus(), "--memory", memory, "-o"]).arg(&out));
        assert_eq!(code, 0, "{error}");
        // What cannot be kept is told, in a line.
        let told = usize::from(memory != "1G");
        assert_eq!(
            (error.matches("of memory are needed").count(), error.lines().count()),
            (told, told)
        );
        let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
            .collect();
        files.sort();
        files
    };
    let run = |files: &[(String, Vec<u8>)]| {
        let run = files.iter().find(|(name, _)| name == "run.json").unwrap();
        serde_json::from_slice::<serde_json::Value>(&run.1).unwrap()
    };
    let whole = results("1G");
    assert_eq!(run(&whole)["memory_budget_bytes"], 1_u64 << 30);
    for budget in ["0", "100K"] {
        let spilled = results(budget);
        assert_eq!(spilled.len(), whole.len());
        for (a, b) in whole.iter().zip(&spilled).filter(|(a, _)| a.0 != "run.json") {
            assert!(a == b, "{} differs from {} with {budget}", b.0, a.0);
        }
    }
}

#[test]
fn a_budget_that_is_no_size_is_told() {
    let (code, _, error) = said(newsfold().args(["dups", &corpus(), "--memory", "nonsense"]));
    assert_eq!(code, 2);
    assert!(error.contains("--memory") && error.contains("nonsense"), "{error}");
}

/// The file has no name from the beginning on, so that nobody has to remove it.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_killed_leaves_no_spilled_file() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("newsfold"))
        .args(["dups", "-", "--memory", "0", "-q", "-o"])
        .arg(folder.path().join("out"))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // Two blocks: the first is parsed while the second is read, and the stream does not end.
    let mut stdin = child.stdin.take().unwrap();
    let text = "The ferry ran aground off Havenmouth. ".repeat(1000);
    for id in 0..300 {
        writeln!(stdin, r#"{{"id":"{id}","text":"{text}"}}"#).unwrap();
    }
    let maps = format!("/proc/{}/maps", child.id());
    let begun = Instant::now();
    let in_folder = folder.path().to_str().unwrap();
    while !fs::read_to_string(&maps).unwrap().contains(in_folder) {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing was spilled");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What is left is the hidden folder of the results, which the next run clears away.
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, [".out.partial"]);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("newsfold"))
        .arg("man")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What is not built is said, and how it is built.
#[cfg(not(feature = "serve"))]
#[test]
fn a_program_without_a_server_says_so() {
    let (code, told, error) = said(newsfold().args(["serve", "archive", "--port", "1"]));
    assert_eq!((code, told.as_str()), (2, ""));
    assert!(error.contains("build it with --features serve"), "{error}");
}

#[test]
fn one_tree_of_json_that_is_too_deep_is_told_as_that() {
    let record = serde_json::json!({"id": "a", "text": "The ferry is afloat again. ".repeat(20)});
    for (deep, is_too_deep) in [(100, false), (200, true)] {
        let tree = format!("{}{record}{}", "[".repeat(deep), "]".repeat(deep));
        let (code, error, left) = run_on("deep.json", tree.as_bytes());
        assert!(code == 2 && !left, "{code} {error}");
        assert_eq!(error.contains("nested more than 127 deep"), is_too_deep, "{error}");
    }
}

#[test]
fn what_read_writes_as_a_table_is_read_back_as_it_was() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let texts =
        ["-2 degrees at noon, the office said.", "'=1 is what the cell held.", "Plain words."];
    let lines: String = (0..)
        .zip(texts)
        .map(|(n, text)| format!("{}\n", serde_json::json!({"id": format!("-{n}"), "text": text})))
        .collect();
    fs::write(at("in.jsonl"), lines).unwrap();
    let read = |from: &str, to: &str| {
        let (code, _, error) =
            said(newsfold().args(["read", "-q"]).arg(at(from)).arg("-o").arg(at(to)));
        assert_eq!(code, 0, "{error}");
        fs::read_to_string(at(to)).unwrap()
    };
    let table = read("in.jsonl", "one.csv");
    assert!(table.contains("'-2 degrees") && table.contains("''=1 is"), "{table}");
    let again = read("one.csv", "two.jsonl");
    for (n, text) in texts.iter().enumerate() {
        let told = |value: &str| serde_json::to_string(value).unwrap();
        let row = format!("\"id\":{}", told(&format!("-{n}")));
        assert!(again.contains(&row) && again.contains(&told(text)), "{again}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_called_run_json_stops_no_walk() {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir(&input).unwrap();
    fs::copy(corpus(), input.join("in.jsonl")).unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(input.join("run.json"))
            .status()
            .unwrap()
            .success()
    );
    let (code, _, error) = said(newsfold().arg("dups").arg(&input).arg("-o").arg(&out));
    assert!(out.join("run.json").exists(), "{code} {error}");
}
