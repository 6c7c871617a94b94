//! Options and names that would do nothing: refused with what to do instead. And what a new run leaves of an old one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

#[test]
fn an_option_of_another_command_is_refused_in_one_line() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let mut command = newsfold();
    command.args(["dups", &corpus(), "--min-passage", "10", "-o"]).arg(&out);
    let (code, told, error) = said(&mut command);
    assert_eq!((code, told.as_str()), (2, ""), "{error}");
    let line = "error: newsfold dups has no use for --min-passage; it is for run, passages, explain, compare, \
                index init, bench";
    assert_eq!(error.lines().next(), Some(line), "{error}");
    assert!(error.contains("Usage: newsfold dups"), "{error}");
    assert!(!out.exists());
}

#[test]
fn an_option_of_another_method_is_refused_and_one_of_the_file_is_left_out_and_told() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let dups = |more: &[&str]| {
        let mut command = newsfold();
        command.current_dir(folder.path());
        said(command.args(["dups", &corpus(), "-o", "out"]).args(more))
    };
    let refused = |option: &str, asked: &str, needed: &str| {
        format!(
            "error: newsfold dups has no use for --{option} with --method {asked}; it is for --method \
             {needed}"
        )
    };
    fs::write(at("exact.toml"), "method = \"exact\"\n").unwrap();
    for (options, expected) in [
        (&["--max-distance", "5"][..], refused("max-distance", "minhash", "simhash")),
        (&["--method", "exact", "--num-perm", "64"], refused("num-perm", "exact", "minhash")),
        (&["--method", "simhash", "--recall", "0.9"], refused("recall", "simhash", "minhash")),
        (&["--method", "simhash", "--seed", "1"], refused("seed", "simhash", "minhash")),
        (&["--config", "exact.toml", "--recall", "0.9"], refused("recall", "exact", "minhash")),
    ] {
        let (code, told, error) = dups(options);
        assert_eq!((code, told.as_str()), (2, ""), "{options:?}: {error}");
        assert_eq!(error.lines().next(), Some(expected.as_str()), "{options:?}");
    }
    assert!(!at("out").exists());

    // What `config --print` says is read back, whatever goes with what in it.
    let mut print = newsfold();
    print.args(["config", "--print", "--method", "exact", "--num-perm", "64"]);
    let (code, printed, error) = said(&mut print);
    assert_eq!((code, error.as_str()), (0, ""));
    fs::write(at("all.toml"), printed).unwrap();
    let (code, _, error) = dups(&["--config", "all.toml"]);
    let told = "newsfold: num-perm = 64: left out, since method exact has no use for it\n";
    assert_eq!((code, error.as_str()), (0, told));
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(at("out/run.json")).unwrap()).unwrap();
    assert_eq!(run["parameters"]["num-perm"], 128, "what does nothing is not told as if it did");
    let (code, _, error) = dups(&["--config", "all.toml", "--method", "minhash"]);
    assert_eq!((code, error.as_str()), (0, ""));
}

#[test]
fn variables_and_the_file_are_for_all_commands() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(
        at("all.toml"),
        "min-passage = 12\nwindow = 48\nthreshold = 0.8\nscrub = \"both\"\n\
         write-kept = \"kept.jsonl\"\nagainst = \"older\"\n",
    )
    .unwrap();
    fs::copy(corpus(), at("a.jsonl")).unwrap();
    let mut command = newsfold();
    command.current_dir(folder.path()).env("NEWSFOLD_REWORDED", "1");
    command.args(["passages", "a.jsonl", "--config", "all.toml", "-q", "-o", "out"]);
    let (code, _, error) = said(&mut command);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(!at("kept.jsonl").exists());
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(at("out/run.json")).unwrap()).unwrap();
    let parameters = &run["parameters"];
    assert_eq!((&parameters["min-passage"], &parameters["reworded"]), (&12.into(), &true.into()));
    assert_eq!(parameters["threshold"], 0.7, "what does nothing is not told as if it did");

    fs::write(
        at("all.toml"),
        "scrub = \"both\"\nwrite-kept = \"kept.jsonl\"\nformat = \"csv,tei\"\n",
    )
    .unwrap();
    let mut command = newsfold();
    command.current_dir(folder.path());
    let (code, _, error) =
        said(command.args(["dups", "a.jsonl", "--config", "all.toml", "-o", "out"]));
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("scrub = \"both\": left out"), "{error}");
    assert!(at("kept.jsonl").exists());
}

#[test]
fn a_variable_that_does_not_go_with_an_option_gives_way() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    for (variable, value, options) in [
        ("NEWSFOLD_QUIET", "1", &["--verbose"][..]),
        ("NEWSFOLD_ACROSS_OUTLETS", "1", &["--same-outlet", "-q"]),
    ] {
        let mut command = newsfold();
        command.env(variable, value).args(["dups", &corpus(), "-o"]).arg(&out);
        let (code, _, error) = said(command.args(options));
        assert_eq!(code, 0, "{variable}: {error}");
        // Two options are still refused.
        let (code, _, error) = said(command.args(["--quiet", "--verbose"]));
        assert!(code == 2 && error.contains("cannot be used"), "{error}");
    }
    // One that is empty is as good as not set.
    let mut command = newsfold();
    command.env("NEWSFOLD_THRESHOLD", "").env("NEWSFOLD_NONE", "");
    let (code, _, error) = said(command.args(["dups", &corpus(), "-q", "-o"]).arg(&out));
    assert_eq!((code, error.as_str()), (0, ""));
    let mut command = newsfold();
    let (code, told, error) = said(command.env("NEWSFOLD_FORMAT", "csv").arg("report").arg(&out));
    assert!(code == 0 && told.starts_with("The report: "), "{error}");
}

#[test]
fn a_variable_that_no_option_has_is_told() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let mut command = newsfold();
    command.env("NEWSFOLD_TRESHOLD", "0.5").env("NEWSFOLD_SPACESHIP", "1");
    let (code, _, error) = said(command.args(["dups", &corpus(), "-q", "-o"]).arg(&out));
    let nothing = "does nothing, since no option is called so";
    let (ship, slip) = ("NEWSFOLD_SPACESHIP", "NEWSFOLD_TRESHOLD");
    let expected = format!(
        "newsfold: the variable {ship} {nothing}\n\
         newsfold: the variable {slip} {nothing}; there is NEWSFOLD_THRESHOLD\n"
    );
    assert_eq!((code, error), (0, expected));
}

#[test]
fn a_value_of_another_type_is_told_in_plain_words() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.toml");
    for (line, wanted) in [
        ("threshold = \"high\"", "a number"),
        ("num-perm = 1.5", "a whole number that is not negative"),
        ("seed = -1", "a whole number that is not negative"),
        ("ocr = 1", "a boolean"),
    ] {
        fs::write(&file, line).unwrap();
        let (code, _, error) = said(newsfold().args(["run", &corpus(), "--config"]).arg(&file));
        assert_eq!(code, 2);
        assert!(error.trim_end().ends_with(&format!("expected {wanted}")), "{error}");
    }
}

#[test]
fn a_finished_run_is_asked_whatever_variables_are_set() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let (code, _, error) = said(newsfold().args(["run", &corpus(), "-q", "-o"]).arg(&out));
    assert_eq!(code, 0, "{error}");
    for asks in ["explain", "compare"] {
        let mut command = newsfold();
        command.env("NEWSFOLD_THRESHOLD", "0.5").arg(asks).arg(&out).args(["tna-01", "times-01"]);
        let (code, told, error) = said(&mut command);
        assert!(code == 0 && !told.is_empty(), "{error}");
        let (code, _, error) = said(command.args(["--field", "text=a"]));
        assert!(code == 2 && error.starts_with("newsfold: --field: "), "{error}");
    }
}

/// The same two records in every form that is made without a library, and what each calls them.
fn forms(folder: &Path) {
    let long = "The ferry ran aground off Havenmouth on Friday and nobody was hurt. ".repeat(5);
    let write = |name: &str, content: String| fs::write(folder.join(name), content).unwrap();
    let json = |id: &str| format!("{{\"id\":\"{id}\",\"headline\":\"T\",\"text\":\"{long}\"}}");
    write("a.jsonl", format!("{}\n{}\n", json("1"), json("2")));
    write("a.json", format!("[{},{}]", json("1"), json("2")));
    write("wrapped.json", format!("{{\"articles\":[{},{}]}}", json("1"), json("2")));
    write("a.csv", format!("id,headline,text\n1,T,{long}\n2,T,{long}\n"));
    write("a.tsv", format!("id\theadline\ttext\n1\tT\t{long}\n2\tT\t{long}\n"));
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&fs::read(folder.join("a.jsonl")).unwrap()).unwrap();
    fs::write(folder.join("a.jsonl.gz"), packed.finish().unwrap()).unwrap();
}

#[test]
fn a_name_that_no_record_has_is_an_error_with_those_there_are() {
    let folder = TempDir::new().unwrap();
    forms(folder.path());
    let read = folder.path().join("read.parquet");
    let to = |form: &str| folder.path().join(form);
    assert_eq!(said(newsfold().arg("read").arg(to("a.jsonl")).arg("-o").arg(&read)).0, 0);
    for form in
        ["a.jsonl", "a.json", "wrapped.json", "a.csv", "a.tsv", "a.jsonl.gz", "read.parquet"]
    {
        let mut command = newsfold();
        command.arg("dups").arg(to(form)).args(["--field", "text=nosuch", "-o"]).arg(to("out"));
        let (code, told, error) = said(&mut command);
        assert_eq!((code, told.as_str()), (2, ""), "{form}: {error}");
        let there = match form {
            "read.parquet" => {
                "author, id, lang, notes, outlet, published, row, source, text, title, url"
            }
            _ => "headline, id, text",
        };
        let line = format!("newsfold: --field: no record has nosuch; there are {there}\n");
        assert_eq!(error, line, "{form}");
        assert!(!to("out").exists());
    }
}

#[test]
fn every_command_that_reads_articles_refuses_such_a_name() {
    let folder = TempDir::new().unwrap();
    forms(folder.path());
    let input = folder.path().join("a.jsonl");
    let input = input.to_str().unwrap();
    let (to, archive) = (folder.path().join("to.jsonl"), folder.path().join("archive"));
    let (to, archive) = (to.to_str().unwrap(), archive.to_str().unwrap());
    assert_eq!(said(newsfold().args(["index", "init", archive])).0, 0);
    for command in [
        &["read", input, "-o", to][..],
        &["background", input, "-o", to],
        &["stories", input, "-o", to],
        &["passages", input, "-o", to],
        &["run", input, "-o", to],
        &["explain", input, "1", "2"],
        &["compare", input, "1", "2"],
        &["index", "add", archive, input],
        &["index", "query", archive, input],
        &["bench", input, "--rounds", "1"],
    ] {
        let (code, _, error) = said(newsfold().args(command).args(["--field", "url=nosuch"]));
        assert_eq!(code, 2, "{command:?}: {error}");
        assert!(error.contains("no record has nosuch; there are headline, id, text"), "{error}");
    }
}

#[test]
fn a_name_that_some_record_has_is_taken_even_where_nothing_stands_there() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("a.jsonl");
    let long = "The ferry ran aground off Havenmouth on Friday and nobody was hurt. ".repeat(5);
    let records = [
        format!("{{\"id\":\"1\",\"text\":\"{long}\"}}"),
        format!("{{\"id\":\"2\",\"text\":\"{long}\",\"where\":null,\"in\":{{\"the\":\"x\"}}}}"),
    ];
    fs::write(&input, records.join("\n")).unwrap();
    for field in ["url=where", "title=in.the"] {
        let mut command = newsfold();
        command.arg("dups").arg(&input).args(["-q", "--field", field, "-o"]);
        let (code, _, error) = said(command.arg(folder.path().join("out")));
        assert_eq!(code, 0, "{field}: {error}");
    }
    // The beginnings of files may not tell: a plan says it without an error.
    let mut command = newsfold();
    command.arg("dups").arg(&input).args(["--dry-run", "--field", "url=nosuch"]);
    let (code, told, error) = said(&mut command);
    assert_eq!(code, 0, "{error}");
    assert!(told.contains("--field: no record has nosuch; there are id, "), "{told}");
}

#[test]
fn what_the_system_says_is_told_in_words_alone() {
    let folder = TempDir::new().unwrap();
    let nowhere = folder.path().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    for command in [
        &["run", &corpus(), "--config", nowhere][..],
        &["run", &corpus(), "--credits", nowhere],
        &["run", &corpus(), "--must-link", nowhere],
        &["run", &corpus(), "--background", nowhere],
        &["run", &corpus(), "--ignore", nowhere],
        &["run", &corpus(), "--outlets", nowhere],
        &["index", "stats", nowhere],
        &["eval", nowhere, "--gold", nowhere],
        &["report", folder.path().to_str().unwrap()],
        &["bench", "--compare", nowhere],
    ] {
        let (code, _, error) = said(newsfold().args(command).current_dir(folder.path()));
        assert_eq!(code, 2, "{command:?}: {error}");
        assert!(!error.contains("os error"), "{error}");
    }
}

#[test]
fn a_short_word_with_a_slip_is_guessed() {
    let (code, _, error) = said(newsfold().args(["rnu", &corpus()]));
    assert_eq!(code, 2);
    assert!(error.contains("a similar subcommand exists: 'run'"), "{error}");
}

#[test]
fn a_new_run_removes_the_answers_of_the_old_one_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let done = |command: &[&str]| {
        let (code, _, error) = said(newsfold().args(command).args(["-q"]));
        assert_eq!(code, 0, "{command:?}: {error}");
    };
    let to = out.to_str().unwrap();
    let again = || done(&["run", &corpus(), "-o", to, "--format", "csv"]);
    again();
    done(&["report", to, "--wire"]);
    done(&["report", to, "--since", "2024-01-01"]);
    let answers = || {
        let names = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".html"));
        names.sort();
        names
    };
    fs::copy(out.join("wire.html"), out.join("of-may.html")).unwrap();
    fs::write(out.join("outlet-mine.html"), "<p>somebody else's").unwrap();
    let all =
        ["of-may.html", "outlet-mine.html", "report.html", "since-2024-01-01.html", "wire.html"];
    assert_eq!(answers(), all);
    // The page made again is of the same run.
    done(&["report", to]);
    assert_eq!(answers(), all);
    let (code, _, _) = said(newsfold().args(["run", "nowhere.jsonl", "-o", to]));
    assert!(code == 2 && answers() == all, "a run that fails leaves what was there");
    again();
    assert_eq!(answers(), ["of-may.html", "outlet-mine.html", "report.html"]);
    // Also where the files are put in one by one.
    fs::create_dir(out.join("folder")).unwrap();
    done(&["report", to, "--wire"]);
    again();
    assert_eq!(answers(), ["of-may.html", "outlet-mine.html", "report.html"]);
    assert!(out.join("folder").is_dir());
}

#[test]
fn what_is_no_number_is_refused_wherever_it_stands() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let dups = || {
        let mut command = newsfold();
        command.args(["dups", &corpus(), "-q", "-o"]).arg(&out);
        command
    };
    let refused = |mut command: assert_cmd::Command, option: &str| {
        let (code, _, error) = said(&mut command);
        assert!(code == 2 && error.contains(option), "{option}: {error}");
    };
    for number in ["nan", "inf", "-inf"] {
        for option in ["threshold", "recall", "containment", "max-loss"] {
            let mut command = dups();
            command.arg(format!("--{option}={number}"));
            refused(command, option);
        }
        let mut command = dups();
        command.env("NEWSFOLD_THRESHOLD", number);
        refused(command, "threshold");
        let file = folder.path().join("set.toml");
        fs::write(&file, format!("threshold = {number}\n")).unwrap();
        let mut command = dups();
        command.arg("--config").arg(&file);
        refused(command, "threshold");
    }
    let mut command = dups();
    command.args(["--max-loss", "1.5"]);
    refused(command, "1.5 is not between 0 and 1");
    assert!(!out.exists());
}

#[test]
fn every_command_that_writes_tells_so_as_json() {
    let folder = TempDir::new().unwrap();
    let told = |arguments: &[&str]| {
        let (code, told, error) =
            said(newsfold().current_dir(folder.path()).args(arguments).arg("--json"));
        assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
        serde_json::from_str::<serde_json::Value>(&told).unwrap()
    };
    let corpus = corpus();
    assert_eq!(told(&["read", &corpus, "-o", "read.jsonl"])["articles"], 104);
    let made = told(&["synth", "--articles", "400", "--seed", "1", "-o", "made.jsonl"]);
    assert_eq!(made["articles"], 400);
    let counted = told(&["background", &corpus, "-o", "counted.stats"]);
    assert!(counted["outlets_with_furniture"].as_u64().unwrap() > 0, "{counted}");
    let words = told(&["background", "made.jsonl", "-o", "counted.tsv"]);
    assert!(words["languages"][0]["articles"].as_u64().unwrap() > 300, "{words}");
    assert_eq!(told(&["index", "init", "archive"])["statistics_of_articles"], 0);
    told(&["dups", &corpus, "-o", "out"]);
    let page = told(&["report", "out"])["page"].clone();
    assert!(page.as_str().unwrap().ends_with("report.html"), "{page}");
    // Two things in one stream are neither of them.
    for command in [&["read", &corpus, "-o", "-"][..], &["synth", "--articles", "9", "-o", "-"]] {
        let (code, told, error) = said(newsfold().args(command).arg("--json"));
        assert_eq!((code, told.as_str()), (2, ""), "{command:?}");
        assert!(error.contains("standard output has the articles"), "{error}");
    }
}
