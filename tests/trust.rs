//! What the program promises when it is killed, starved, or given hostile input. SECURITY.md names the
//! test of each promise.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

/// Every file of a folder but `run.json`, which knows of time.
fn state(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let entries = entries.map(|entry| entry.unwrap());
    let files = entries
        .map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap_or_default()));
    files.filter(|(name, _)| name != "run.json").collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

/// Starts the program and sends it a signal after `wait`; returns its exit code, if it had one, and
/// how long it took to end from then on.
fn stopped(arguments: &[&str], signal: &str, wait: Duration) -> (Option<i32>, Duration) {
    let mut child = Process::new(assert_cmd::cargo::cargo_bin!("newsfold"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(wait);
    let sent = Instant::now();
    let id = child.id().to_string();
    // It may have come to its end meanwhile.
    let _ = Process::new("kill").args([signal, &id]).stderr(Stdio::null()).status();
    let code = child.wait().unwrap().code();
    (code, sent.elapsed())
}

/// A made-up corpus of that many articles.
fn made_up(folder: &Path, articles: u32) -> String {
    let path = folder.join(format!("made-up-{articles}.jsonl")).to_str().unwrap().to_owned();
    let count = articles.to_string();
    assert_eq!(said(newsfold().args(["synth", "--articles", &count, "-q", "-o", &path])).0, 0);
    path
}

/// A place that commands write to, its content before, and what it may hold after each command.
struct Bench {
    folder: TempDir,
    input: String,
}

/// The commands that write, and where: a folder or files.
const WRITERS: [&str; 5] = ["run", "dups", "report", "synth", "compare"];

impl Bench {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let input = made_up(folder.path(), 300);
        fs::create_dir(folder.path().join("work")).unwrap();
        Self { folder, input }
    }

    /// Where commands write, and nothing else is.
    fn work(&self) -> std::path::PathBuf {
        self.folder.path().join("work")
    }

    /// What a command is called with to write what is new, or what was there before.
    fn arguments(&self, command: &str, is_new: bool) -> Vec<String> {
        let place = |name: &str| self.work().join(name).to_str().unwrap().to_owned();
        let old = corpus();
        let input: &str = if is_new { &self.input } else { &old };
        match command {
            "run" | "dups" => {
                let format = if is_new { "csv,jsonl" } else { "csv" };
                let out = place("out");
                [command, input, "-q", "--format", format, "-o", &out].map(str::to_owned).into()
            }
            "report" => {
                let most = if is_new { "3K" } else { "25M" };
                [command, &place("out"), "-q", "--report-max", most].map(str::to_owned).into()
            }
            "synth" => {
                let seed = if is_new { "1" } else { "2" };
                [command, "--articles", "300", "-q", "--seed", seed, "-o", &place("news.jsonl")]
                    .map(str::to_owned)
                    .into()
            }
            _ => {
                let files = ["a.txt", "b.txt"].map(|name| {
                    let path = self.folder.path().join(name);
                    let what = if is_new { "new" } else { "old" };
                    let line =
                        |n| format!("The {what} ferry{n} ran aground off haven{n} at dawn{n}. ");
                    fs::write(&path, (0..20).map(line).collect::<String>()).unwrap();
                    path.to_str().unwrap().to_owned()
                });
                let [a, b] = files;
                [command, "-q", "--html", &place("page.html"), &a, &b].map(str::to_owned).into()
            }
        }
    }

    /// Makes the place as it is before the command, and returns what it holds.
    fn before(&self, command: &str) -> BTreeMap<String, Vec<u8>> {
        if command == "report" {
            assert!(said(newsfold().args(self.arguments("run", false))).0 != 2);
        }
        let (code, _, error) = said(newsfold().args(self.arguments(command, false)));
        assert!(matches!(code, 0 | 3), "{command}: {error}");
        self.found()
    }

    /// All that stands in the place, by path.
    fn found(&self) -> BTreeMap<String, Vec<u8>> {
        let mut all = state(&self.work());
        let out = self.work().join("out");
        if out.exists() {
            all.extend(state(&out).into_iter().map(|(name, bytes)| (format!("out/{name}"), bytes)));
        }
        all
    }

    /// Kills every command `times` times at moments spread over its life.
    fn kill(&self, signal: &str, times: u32) {
        for command in WRITERS {
            let old = self.before(command);
            let new_arguments = self.arguments(command, true);
            let begun = Instant::now();
            assert!(matches!(said(newsfold().args(&new_arguments)).0, 0 | 3), "{command}");
            let took = begun.elapsed();
            let new = self.found();
            assert!(old != new, "{command} writes the same twice");
            for step in 0..times {
                assert!(self.before(command) == old, "{command}: what was left is not cleared");
                let arguments = self.arguments(command, true);
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let wait = took.mul_f64(1.1 * f64::from(step) / f64::from(times));
                stopped(&arguments, signal, wait);
                let mut found = self.found();
                if signal == "-KILL" {
                    found.retain(|name, _| !name.starts_with('.'));
                }
                let names: Vec<&String> = found.keys().collect();
                let is_killed = signal == "-KILL";
                let is_whole = |whole| is_left_of(whole, &found, is_killed && command == "synth");
                assert!(is_whole(&old) || is_whole(&new), "{command} {signal} {step}: {names:?}");
            }
            assert!(self.before(command) == old, "{command}: what was left is not cleared");
        }
    }
}

/// Whether a place holds a state. The files of `synth` go one by one into a folder that is not its own, first the old ones
/// out and then the new ones in. So some may be missing where it was `cut_off`; they are never of both states.
fn is_left_of(
    whole: &BTreeMap<String, Vec<u8>>,
    found: &BTreeMap<String, Vec<u8>>,
    cut_off: bool,
) -> bool {
    let is_there = |name: &String| found.contains_key(name);
    found.iter().all(|(name, bytes)| whole.get(name) == Some(bytes))
        && whole.keys().all(|name| is_there(name) || cut_off && name.starts_with("news."))
}

#[test]
fn what_is_killed_anywhere_leaves_the_old_state_or_the_new_one() {
    Bench::new().kill("-KILL", 6);
}

#[test]
fn what_is_asked_to_end_anywhere_leaves_the_old_state_or_the_new_one() {
    Bench::new().kill("-TERM", 3);
}

/// The same a thousand times over all commands, and two hundred times: it took 265 s.
#[test]
#[ignore = "minutes"]
fn a_thousand_kills_and_two_hundred_terminations() {
    Bench::new().kill("-KILL", 170);
    Bench::new().kill("-TERM", 34);
}

/// Every call that puts something on the disk fails, or is the last thing the process does.
#[test]
#[ignore = "needs strace; minutes"]
fn any_call_of_the_system_that_fails_or_kills_leaves_the_old_state_or_the_new_one() {
    const CALLS: &str = "rename,renameat,renameat2,linkat,fsync,fdatasync,mkdir,unlink,rmdir";
    let bench = Bench::new();
    let mut tried = 0;
    for command in WRITERS {
        let old = bench.before(command);
        assert!(matches!(said(newsfold().args(bench.arguments(command, true))).0, 0 | 3));
        let new = bench.found();
        for call in CALLS.split(',').chain(["write"]) {
            for fault in ["signal=SIGKILL", "error=EIO", "error=ENOSPC"] {
                for number in 1.. {
                    bench.before(command);
                    let log = bench.folder.path().join("strace.log");
                    let output = Process::new("strace")
                        .args(["-f", "-qq", "-e", &format!("trace={call}"), "-e"])
                        .arg(format!("inject={call}:{fault}:when={number}"))
                        .arg("-o")
                        .arg(&log)
                        .arg(assert_cmd::cargo::cargo_bin!("newsfold"))
                        .args(bench.arguments(command, true))
                        .output()
                        .unwrap();
                    let mut found = bench.found();
                    found.retain(|name, _| !name.starts_with('.'));
                    let told = String::from_utf8_lossy(&output.stderr);
                    let what = format!("{command} {call} {fault} {number}: {told}");
                    let cut_off = command == "synth" && fault == "signal=SIGKILL";
                    let is_whole = |whole| is_left_of(whole, &found, cut_off);
                    assert!(is_whole(&old) || is_whole(&new), "{what} {:?}", found.keys());
                    assert!(!told.contains("panicked"), "{what}");
                    let log = fs::read_to_string(log).unwrap();
                    // Each thread's call of that number fails: it may be that of the message, or what is said
                    // on standard output after the files are there.
                    let failed = |call: &str| {
                        log.lines().any(|line| line.contains(call) && line.contains("INJECTED"))
                    };
                    if output.status.code().is_some_and(|code| code == 2) {
                        assert!(found == old || failed(" write(1, "), "{what}");
                        assert!(told.starts_with("newsfold: ") || failed(" write(2, "), "{what}");
                    }
                    tried += 1;
                    if !log.contains("INJECTED") && !log.contains("SIGKILL") || number > 60 {
                        break;
                    }
                }
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn a_signal_ends_a_run_within_a_second_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let input = made_up(folder.path(), 3000);
    let out = folder.path().join("out");
    let before = names(folder.path());
    let arguments = ["run", &input, "-o", out.to_str().unwrap()];
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        for wait in [60, 300, 700] {
            let (ended, took) = stopped(&arguments, signal, Duration::from_millis(wait));
            // A fast machine may be done before.
            if ended != Some(0) {
                assert_eq!(ended, Some(code), "{signal} after {wait} ms");
                assert_eq!(names(folder.path()), before, "{signal} after {wait} ms");
            }
            // A second, and what a machine that others use too adds to it.
            assert!(took < Duration::from_secs(3), "{signal} after {wait} ms: {took:?}");
            let _ = fs::remove_dir_all(&out);
        }
    }
}

#[test]
fn a_command_that_looks_at_no_observer_ends_at_a_signal_too() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.csv");
    assert!(Process::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Nobody writes to the pipe: the program waits for its labels for ever.
    let out = folder.path().to_str().unwrap();
    let arguments = ["eval", out, "--gold", pipe.to_str().unwrap()];
    let (code, took) = stopped(&arguments, "-TERM", Duration::from_millis(300));
    assert_eq!(code, Some(143));
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn files_of_two_runs_in_one_folder_are_refused() {
    let folder = TempDir::new().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let input = made_up(folder.path(), 200);
    assert_eq!(said(newsfold().args(["run", &corpus(), "-q", "-o"]).arg(&a)).0, 0);
    assert_eq!(said(newsfold().args(["run", &input, "-q", "-o"]).arg(&b)).0, 0);
    fs::copy(b.join("articles.csv"), a.join("articles.csv")).unwrap();
    let gold = folder.path().join("made-up-200.stories.gold.csv");
    for command in
        [newsfold().arg("report").arg(&a), newsfold().arg("eval").arg(&a).arg("--gold").arg(&gold)]
    {
        let (code, _, error) = said(command);
        assert_eq!(code, 2);
        assert!(error.contains("articles.csv: not the file that run.json names"), "{error}");
    }
    // The page made again is part of the run, and the manifest knows it.
    assert_eq!(said(newsfold().args(["report", "-q"]).arg(&b)).0, 0);
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(b.join("run.json")).unwrap()).unwrap();
    for (name, facts) in run["files"].as_object().unwrap() {
        let length = fs::metadata(b.join(name)).unwrap().len();
        assert_eq!(facts["bytes"].as_u64(), Some(length), "{name}");
    }
}

#[test]
fn more_threads_than_can_work_are_not_started() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let (code, _, error) = said(newsfold().args(["dups", &corpus(), "-j", "2000", "-o"]).arg(&out));
    assert_eq!(code, 0);
    assert!(error.contains("--threads 2000: "), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_the_system_refuses_is_told_in_a_line() {
    let folder = TempDir::new().unwrap();
    let input = made_up(folder.path(), 4000);
    let program = assert_cmd::cargo::cargo_bin!("newsfold").to_str().unwrap();
    let out = folder.path().join("out");
    let mut refused = 0;
    for kibibytes in [60_000, 120_000, 200_000, 400_000] {
        let limited = format!(
            "ulimit -v {kibibytes}; exec {program} run {input} -j2 -q -o {}",
            out.display()
        );
        let output = Process::new("sh").args(["-c", &limited]).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 2)), "{kibibytes}: {output:?}");
        assert!(!error.contains("panicked") && error.lines().count() <= 1, "{error}");
        refused += u32::from(output.status.code() == Some(2));
        let hidden = names(folder.path()).into_iter().filter(|name| name.starts_with('.'));
        assert_eq!(hidden.count(), 0, "{kibibytes}");
    }
    assert!(refused > 0, "no limit was too low");
}

/// Nothing but lines and tabs of all that steers.
fn is_harmless(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, '\n' | '\t')
            || !(c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    })
}

#[test]
fn nothing_from_the_input_steers_the_terminal() {
    const ESCAPE: &str = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}";
    let folder = TempDir::new().unwrap();
    let name = |ending: &str| folder.path().join(format!("{ESCAPE}{ending}"));
    let text = format!(
        "The ferry{ESCAPE} ran aground off Havenmouth on Tuesday night, and all of \
                        the ninety on board were taken off by the lifeboat before it sank."
    );
    let article = |id: &str| {
        serde_json::json!({ "id": format!("{id}{ESCAPE}"), "outlet": ESCAPE, "title": text,
                            "text": text, ESCAPE: "x", "published": ESCAPE })
    };
    fs::write(name("a.jsonl"), format!("{}\n{}\nnot json {ESCAPE}\n", article("1"), article("2")))
        .unwrap();
    fs::write(name("b.csv"), format!("id,text,{ESCAPE}\n3,{text},x\n4,,\n")).unwrap();
    fs::write(name("c.bin"), [0, 159, 146, 150]).unwrap();
    let (input, out) = (name("a.jsonl"), folder.path().join(format!("{ESCAPE}out")));
    let none = name("none.jsonl");
    let first = format!("1{ESCAPE}");
    let second = format!("2{ESCAPE}");
    let commands: Vec<Vec<&std::ffi::OsStr>> = vec![
        vec!["run".as_ref(), folder.path().as_ref(), "-v".as_ref(), "-o".as_ref(), out.as_ref()],
        vec![
            "run".as_ref(),
            folder.path().as_ref(),
            "--json".as_ref(),
            "-o".as_ref(),
            out.as_ref(),
        ],
        vec!["run".as_ref(), folder.path().as_ref(), "--dry-run".as_ref()],
        vec![
            "run".as_ref(),
            input.as_ref(),
            "--log-format".as_ref(),
            "json".as_ref(),
            "-o".as_ref(),
            out.as_ref(),
        ],
        vec!["compare".as_ref(), input.as_ref(), first.as_ref(), second.as_ref()],
        vec![
            "compare".as_ref(),
            "--json".as_ref(),
            input.as_ref(),
            first.as_ref(),
            second.as_ref(),
        ],
        vec!["explain".as_ref(), input.as_ref(), first.as_ref(), second.as_ref()],
        vec![
            "explain".as_ref(),
            "--json".as_ref(),
            input.as_ref(),
            first.as_ref(),
            second.as_ref(),
        ],
        vec!["explain".as_ref(), input.as_ref(), first.as_ref(), ESCAPE.as_ref()],
        vec!["report".as_ref(), out.as_ref()],
        vec!["eval".as_ref(), out.as_ref(), "--gold".as_ref(), input.as_ref()],
        vec!["run".as_ref(), none.as_ref()],
        vec![ESCAPE.as_ref()],
        vec!["run".as_ref(), "--threshold".as_ref(), ESCAPE.as_ref()],
    ];
    for arguments in commands {
        let (_, told, error) = said(newsfold().args(&arguments));
        assert!(is_harmless(&told), "{arguments:?} prints {told:?}");
        assert!(is_harmless(&error), "{arguments:?} tells {error:?}");
    }
}

#[test]
fn cells_that_a_spreadsheet_runs_are_guarded_and_read_back() {
    let folder = TempDir::new().unwrap();
    let (input, gold) = (folder.path().join("in.jsonl"), folder.path().join("gold.csv"));
    let (out, raw) = (folder.path().join("out"), folder.path().join("raw"));
    let article = |id: &str| {
        serde_json::json!({ "id": id, "title": "=HYPERLINK(\"x\")",
            "text": "The ferry ran aground off Havenmouth on Tuesday night, and all were saved." })
    };
    fs::write(&input, format!("{}\n{}\n", article("=1+1"), article("@b"))).unwrap();
    fs::write(&gold, "id,cluster\n=1+1,x\n@b,x\n").unwrap();
    let run = |to: &Path, more: &[&str]| {
        let mut command = newsfold();
        command.arg("run").arg(&input).args(["--format", "csv", "-q"]).args(more).arg("-o").arg(to);
        assert_eq!(said(&mut command).0, 0);
        fs::read_to_string(to.join("articles.csv")).unwrap()
    };
    let guarded = run(&out, &[]);
    assert!(guarded.contains("\n'=1+1,") && guarded.contains("'=HYPERLINK"), "{guarded}");
    let bare = run(&raw, &["--csv-raw"]);
    assert!(bare.contains("\n=1+1,") && !bare.contains("'="), "{bare}");
    for folder in [&out, &raw] {
        let (code, told, error) =
            said(newsfold().arg("eval").arg(folder).arg("--gold").arg(&gold).arg("--json"));
        assert_eq!(code, 0, "{error}");
        let scores: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(scores["absent"], 0, "{told}");
        assert_eq!(said(newsfold().arg("report").arg("-q").arg(folder)).0, 0);
    }
}

#[test]
fn an_id_with_a_line_break_is_one_line_of_every_list() {
    let folder = TempDir::new().unwrap();
    let (input, out) = (folder.path().join("in.jsonl"), folder.path().join("out"));
    let article = serde_json::json!({ "id": "a\nb", "text": "The ferry ran aground on Tuesday." });
    fs::write(&input, article.to_string()).unwrap();
    assert_eq!(said(newsfold().arg("dups").arg(&input).arg("-q").arg("-o").arg(&out)).0, 0);
    assert_eq!(fs::read_to_string(out.join("keep.txt")).unwrap(), "\"a\\nb\"\n");
}

#[test]
fn results_cannot_go_to_standard_output() {
    let (code, _, error) = said(newsfold().args(["dups", &corpus(), "-o", "-"]));
    assert!(code == 2 && error.contains("--output: results are a folder"), "{error}");
}

#[test]
fn every_option_is_a_variable_and_options_go_before() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let mut command = newsfold();
    command.env("NEWSFOLD_FORMAT", "jsonl").env("NEWSFOLD_OUTPUT", &out).env("NEWSFOLD_QUIET", "1");
    let (code, told, _) = said(command.args(["dups", &corpus()]));
    assert_eq!((code, told.as_str()), (0, ""));
    assert!(out.join("articles.jsonl").exists() && !out.join("articles.csv").exists());
    assert_eq!(said(command.args(["--format", "csv"])).0, 0);
    assert!(out.join("articles.csv").exists() && !out.join("articles.jsonl").exists());
}

#[test]
fn printed_settings_are_a_file_for_config() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("newsfold.toml");
    let (code, told, error) =
        said(newsfold().args(["config", "--print", "--threshold", "0.8", "--strict"]));
    assert_eq!((code, error.as_str()), (0, ""));
    fs::write(&file, &told).unwrap();
    let (code, again, error) = said(newsfold().args(["config", "--print", "--config"]).arg(&file));
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(told, again);
    assert!(told.contains("\nthreshold = 0.8\n") && told.contains("\nstrict = true\n"), "{told}");
}

#[test]
fn a_summary_in_json_names_the_files_and_the_counts() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let (code, told, _) = said(newsfold().args(["dups", &corpus(), "--json", "-o"]).arg(&out));
    assert_eq!(code, 0);
    let summary: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(summary["files"].as_array().unwrap().contains(&"keep.txt".into()), "{told}");
    assert!(summary["counts"]["articles"].as_u64().unwrap() > 100, "{told}");
}

#[test]
fn a_killed_run_goes_on_where_it_was_and_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let input = made_up(folder.path(), 3_000);
    let at = |name: &str| folder.path().join(name);
    let arguments = |out: &str| -> Vec<String> {
        let out = at(out).to_str().unwrap().to_owned();
        ["run", &input, "-o", &out, "-q", "--resume"].map(str::to_owned).to_vec()
    };
    let mut child = Process::new(assert_cmd::cargo::cargo_bin!("newsfold"))
        .args(arguments("out"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let kept = at(".out.resume");
    let begun = Instant::now();
    while !kept.join("stories").exists() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(kept.join("pairs").exists() && kept.join("stories").exists());
    assert!(!at("out").exists(), "it was killed too late to tell anything");

    let stages = |out: &str| -> Vec<String> {
        let run = fs::read(at(out).join("run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_slice(&run).unwrap();
        let stages = run["stages"].as_array().unwrap().iter();
        stages.map(|stage| stage["stage"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(said(newsfold().args(arguments("out"))).0, 0);
    assert_eq!(said(newsfold().args(arguments("whole"))).0, 0);
    assert_eq!(state(&at("out")), state(&at("whole")));
    let found_again = stages("out");
    assert!(!found_again.iter().any(|stage| stage == "verify" || stage == "story"));
    assert!(stages("whole").iter().any(|stage| stage == "story"));
    assert!(!kept.exists() && !at(".whole.resume").exists());
}

#[test]
fn other_settings_do_not_take_what_a_killed_run_kept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join(".out.resume");
    fs::create_dir(&kept).unwrap();
    fs::write(kept.join("stories"), "of no run").unwrap();
    let out = folder.path().join("out");
    let run = |resume: bool| {
        let out = out.to_str().unwrap();
        let option = resume.then_some("--resume");
        said(newsfold().args(["run", &corpus(), "-o", out, "-q"]).args(option)).0
    };
    assert_eq!(run(true), 0);
    let with = state(&out);
    fs::create_dir(&kept).unwrap();
    assert_eq!(run(false), 0);
    assert_eq!(with, state(&out));
    assert!(!kept.exists());
}

#[test]
fn no_command_writes_over_its_input() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.jsonl");
    fs::copy(corpus(), &input).unwrap();
    let before = fs::read(&input).unwrap();
    let [here, whole] = [input.to_str().unwrap(), folder.path().to_str().unwrap()];
    let out = folder.path().join("out").to_str().unwrap().to_owned();
    let run = folder.path().join(".run").to_str().unwrap().to_owned();
    assert_eq!(said(newsfold().args(["passages", here, "-q", "-o", &run])).0, 0);
    let commands: [(&[&str], &str); 9] = [
        (&["dups", here, "-o", &out, "--write-kept", here], "--write-kept"),
        (&["dups", whole, "-o", &out, "--write-kept", here], "--write-kept"),
        (&["read", here, "-o", here], "--output"),
        (&["background", here, "-o", here], "--output"),
        (&["compare", here, "tna-01", "times-01", "--html", here], "--html"),
        (&["explain", here, "tna-01", "times-01", "--html", here], "--html"),
        (&["compare", &run, "tna-01", "times-01", "--html", here], "--html"),
        (&["explain", &run, "tna-01", "times-01", "--html", here], "--html"),
        (&["bench", here, "--save", here], "--save"),
    ];
    for (arguments, option) in commands {
        let (code, _, error) = said(newsfold().args(arguments));
        assert!(code == 2 && error.contains("is one of the inputs"), "{arguments:?}: {error}");
        assert!(error.contains(option), "{error}");
        assert_eq!(fs::read(&input).unwrap(), before, "{arguments:?}");
    }
    assert_eq!(names(folder.path()), [".run", "in.jsonl"]);
}

#[test]
fn a_damaged_run_json_is_told_by_all_who_read_the_folder() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    assert_eq!(said(newsfold().args(["dups", &corpus(), "-q", "-o"]).arg(&out)).0, 0);
    fs::write(out.join("run.json"), "[").unwrap();
    let gold = format!("{}/corpus/families.gold.csv", env!("CARGO_MANIFEST_DIR"));
    for arguments in [&["eval", "--gold", &gold, "--labels", "families"][..], &["report"]] {
        let (code, told, error) = said(newsfold().args(arguments).arg(&out));
        assert_eq!((code, told.as_str()), (2, ""), "{arguments:?}");
        assert!(error.contains("run.json"), "{error}");
    }
    // What is cut short is told as that, too, and its tables are no articles.
    fs::write(out.join("run.json"), "{\n  \"tool\": \"newsfold\",\n  \"ver").unwrap();
    for command in ["explain", "compare"] {
        let (code, _, error) =
            said(newsfold().arg(command).arg(&out).args(["tna-01", "herald-01"]));
        assert!(code == 2 && error.contains("run.json"), "{command}: {error}");
    }
}
