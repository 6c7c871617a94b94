//! The archive on disk: the same answer as one run over everything, whatever the batches, and whatever
//! happens to whoever writes it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use newsfold::archive::{Archive, Seen, Sought, Unwanted};
use newsfold::article::Article;
use newsfold::config::Settings;
use newsfold::error::Error;
use newsfold::ingest::{IngestOptions, ingest};
use newsfold::observer::Silent;
use serde_json::Value;
use tempfile::TempDir;

mod former_formats;
mod program;

use program::{corpus, newsfold, said};

/// Runs the program, which has nothing to complain of, and returns what it prints.
fn done(arguments: &[&str]) -> String {
    let (code, told, error) = said(newsfold().args(arguments));
    assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
    told
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The tables and lists of a run: all but the page and `run.json`, which know of inputs and time.
fn tables(out: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(out).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .filter(|(name, _)| !["run.json", "report.html"].contains(&name.as_str()))
        .map(|(name, path)| (name, fs::read_to_string(path).unwrap()))
        .collect()
}

/// The example corpus in order of publication, in this many files of about the same size.
fn parts(folder: &Path, count: usize) -> Vec<PathBuf> {
    let lines = fs::read_to_string(corpus()).unwrap();
    let mut lines: Vec<&str> = lines.lines().collect();
    let published = |line: &&str| {
        let article: Value = serde_json::from_str(line).unwrap();
        article["published"].as_str().unwrap_or("9").to_owned()
    };
    lines.sort_by_cached_key(published);
    let part = |n: usize| {
        let lines = &lines[n * lines.len() / count..(n + 1) * lines.len() / count];
        let path = folder.join(format!("day-{n:02}.jsonl"));
        fs::write(&path, lines.join("\n") + "\n").unwrap();
        path
    };
    (0..count).map(part).collect()
}

/// The example corpus in thirty files, its statistics, and one run over all of them.
struct Example {
    folder: TempDir,
    parts: Vec<PathBuf>,
    tables: BTreeMap<String, String>,
}

impl Example {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let parts = parts(folder.path(), 30);
        let (statistics, out) = (folder.path().join("statistics"), folder.path().join("whole"));
        done(&["background", &corpus(), "-q", "-o", text(&statistics)]);
        let mut run = vec!["run", "-q", "--format", "csv", "--background", text(&statistics)];
        run.extend(["-o", text(&out)]);
        run.extend(parts.iter().map(|part| text(part)));
        done(&run);
        let tables = tables(&out);
        assert_eq!(tables.len(), 16);
        Self { folder, parts, tables }
    }

    /// Adds these batches to a new archive, and compares what it exports with the run.
    fn agrees(&self, batches: &[Vec<&PathBuf>]) {
        let dir = self.folder.path().join("archive");
        let background = Some(self.folder.path().join("statistics"));
        let settings = Settings { background, ..Settings::default() };
        let mut archive = Archive::init(&dir, settings, None).unwrap();
        let mut added = 0;
        for batch in batches {
            let inputs: Vec<String> = batch.iter().map(|part| text(part).to_owned()).collect();
            let read = ingest(&inputs, &IngestOptions::default(), &Silent).unwrap();
            added += archive.add(read, &Silent).unwrap().added.len();
        }
        assert_eq!(added, 104);
        let out = self.folder.path().join("exported");
        done(&["index", "export", text(&dir), "-q", "--format", "csv", "-o", text(&out)]);
        let exported = tables(&out);
        for (name, table) in &self.tables {
            assert!(exported.get(name) == Some(table), "{name} differs");
        }
        assert_eq!(exported.len(), self.tables.len());
    }
}

#[test]
fn an_id_may_begin_with_a_dash() {
    let folder = TempDir::new().unwrap();
    let (archive, articles) = (folder.path().join("news"), folder.path().join("a.jsonl"));
    fs::write(
        &articles,
        "{\"id\":-2,\"text\":\"A text.\"}\n{\"id\":3,\"text\":\"Another one.\"}\n",
    )
    .unwrap();
    done(&["index", "init", text(&archive)]);
    done(&["index", "add", text(&archive), text(&articles)]);
    let told = done(&["index", "remove", text(&archive), "--id", "-2"]);
    assert!(told.contains("1 removed"), "{told}");
    let told = done(&["explain", text(&articles), "-2", "3"]);
    assert!(told.contains("-2"), "{told}");
}

#[test]
fn one_batch_and_three_are_one_run() {
    let example = Example::new();
    example.agrees(&[example.parts.iter().collect()]);
    fs::remove_dir_all(example.folder.path().join("archive")).unwrap();
    example.agrees(&example.parts.chunks(10).map(|some| some.iter().collect()).collect::<Vec<_>>());
    // What was exported is a run to every reader of one.
    let out = example.folder.path().join("exported");
    done(&["report", text(&out), "-q"]);
    let gold = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/stories.gold.csv");
    assert!(done(&["eval", text(&out), "--gold", gold]).contains("B3"));
}

#[test]
fn thirty_batches_are_one_run() {
    let example = Example::new();
    example.agrees(&example.parts.iter().map(|part| vec![part]).collect::<Vec<_>>());
}

#[test]
fn batches_in_another_order_are_one_run() {
    let example = Example::new();
    let mut batches: Vec<Vec<&PathBuf>> =
        example.parts.chunks(5).map(|some| some.iter().collect()).collect();
    batches.swap(0, 4);
    batches.swap(1, 5);
    batches.reverse();
    example.agrees(&batches);
}

/// How many files of an archive there are to look up in.
fn lookups(dir: &Path) -> usize {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_str().unwrap().starts_with("lookup-")).count()
}

/// Lookup files are joined as batches come, and parted and joined where articles go.
#[test]
fn answers_are_the_same_whatever_the_batches() {
    let folder = TempDir::new().unwrap();
    let parts = parts(folder.path(), 30);
    let read = |parts: &[PathBuf]| {
        let inputs: Vec<String> = parts.iter().map(|part| text(part).to_owned()).collect();
        ingest(&inputs, &IngestOptions::default(), &Silent).unwrap()
    };
    let asked = read(&parts).corpus.articles().to_vec();
    let answers = |batches: usize| {
        let dir = folder.path().join(format!("archive-{batches}"));
        let mut archive = Archive::init(&dir, Settings::default(), None).unwrap();
        for batch in 0..batches {
            let some = batch * parts.len() / batches..(batch + 1) * parts.len() / batches;
            archive.add(read(&parts[some]), &Silent).unwrap();
        }
        let files = lookups(&dir);
        let all = archive.query(asked.clone(), Sought::USUAL, &Silent).unwrap();
        let outlet = asked[5].outlet.to_string();
        let gone = archive.remove(&[Unwanted::Outlet(outlet)], &Silent).unwrap();
        assert!(gone.removed.len() > 1);
        let rest = archive.query(asked.clone(), Sought::USUAL, &Silent).unwrap();
        assert!(Archive::check(&dir, false, &Silent).unwrap().is_sound());
        (files, all, rest)
    };
    let (files, all, rest) = answers(1);
    assert_eq!(files, 1);
    assert!(all != rest && all.iter().all(|seen| !seen.copies.is_empty()));
    for batches in [7, 30] {
        let (files, own_all, own_rest) = answers(batches);
        // No more than 104 can be halved.
        assert!(files <= 7, "{files} of {batches}");
        assert!(own_all == all && own_rest == rest, "{batches}");
    }
}

/// A few articles, cheap to add again and again.
fn few(folder: &Path, name: &str, first: usize) -> PathBuf {
    let article = |n: usize| {
        let words: String = (0..40).map(|word| format!("word{}of{n} ", word % 30)).collect();
        format!(
            "{{\"id\":\"{name}-{n}\",\"outlet\":\"o{}\",\"published\":\"2024-05-0{}\",\"lang\":\"en\",\"text\":\"{words}\"}}\n",
            n % 3,
            n % 9 + 1
        )
    };
    let path = folder.join(format!("{name}.jsonl"));
    fs::write(&path, (first..first + 6).map(article).collect::<String>()).unwrap();
    path
}

fn started(arguments: &[&str]) -> Child {
    Process::new(assert_cmd::cargo::cargo_bin!("newsfold"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills `add` and `compact` at moments spread over their lives. After each the archive is sound and holds
/// whole batches, and all that were reported.
fn kill(times: u32) {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("archive");
    done(&["index", "init", text(&dir), "-q"]);
    let begun = Instant::now();
    let first = few(temp.path(), "first", 0);
    done(&["index", "add", text(&dir), text(&first), "-q"]);
    let took = begun.elapsed();
    let mut reported = 6;
    for step in 0..times {
        let batch = few(temp.path(), &format!("batch{step}"), 6 * step as usize + 6);
        let is_add = step % 4 != 3;
        let mut child = match is_add {
            true => started(&["index", "add", text(&dir), text(&batch), "--json"]),
            false => started(&["index", "compact", text(&dir)]),
        };
        // The files are written at the end: most moments are there.
        let share = 0.3 + 0.9 * f64::from(step) / f64::from(times);
        std::thread::sleep(took.mul_f64(share));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let is_reported = is_add && String::from_utf8_lossy(&output.stdout).contains("\"added\"");
        let checked: Value =
            serde_json::from_str(&done(&["index", "check", text(&dir), "--json"])).unwrap();
        assert_eq!(checked["faults"], serde_json::json!([]), "{step}");
        let found = checked["articles"].as_u64().unwrap();
        let is_in = found == reported + 6;
        assert!(found == reported || is_add && is_in, "{step}: {found} of {reported}");
        assert!(is_in || !is_reported, "{step}: a reported batch is lost");
        reported = found;
    }
    done(&["index", "add", text(&dir), text(&few(temp.path(), "last", 9000)), "-q"]);
    let left = |name: &str| name.starts_with(".newsfold");
    let names = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!names.map(|name| name.into_string().unwrap()).any(|name| left(&name)));
}

#[test]
fn a_killed_writer_leaves_whole_batches() {
    kill(20);
}

/// Takes minutes: `cargo test --test archive -- --ignored`.
#[test]
#[ignore = "minutes: two hundred kills"]
fn a_writer_killed_two_hundred_times_leaves_whole_batches() {
    kill(200);
}

/// What lookups tell of one of the articles of [`few`]; an error where they meet a damaged byte.
fn answer(dir: &Path) -> Result<Vec<Seen>, Error> {
    let words: String = (0..40).map(|word| format!("word{}of2 ", word % 30)).collect();
    let archive = Archive::open(dir)?;
    archive.query(vec![Article::new("asked", words)], Sought::USUAL, &Silent)
}

#[test]
fn every_flipped_byte_is_told() {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("archive");
    done(&["index", "init", text(&dir), "-q"]);
    for n in 0..2 {
        let batch = few(temp.path(), &format!("b{n}"), n * 4);
        done(&["index", "add", text(&dir), text(&batch), "-q"]);
    }
    // One file of both segments; then one segment. Files of the state before are no part of this one.
    assert_eq!(lookups(&dir), 1);
    assert_eq!(flipped(&dir, "lookup-"), PLACES);
    done(&["index", "compact", text(&dir), "-q"]);
    let tried = flipped(&dir, "");
    assert!(tried >= 6 * PLACES, "{tried}");
}

/// Places that are tried of each file.
const PLACES: usize = 40;

/// Flips bits of the files whose names begin like this, each of which has to be told or harmless. Returns how many.
fn flipped(dir: &Path, kind: &str) -> usize {
    let mut tried = 0;
    let expected = answer(dir).unwrap();
    assert_eq!(expected[0].copies.len(), 1);
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let whole = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with('.') || !name.starts_with(kind) {
            continue;
        }
        for step in 0..PLACES {
            let place = step * whole.len() / PLACES;
            let mut flipped = whole.clone();
            flipped[place] ^= 1 << (step % 8);
            fs::write(&path, &flipped).unwrap();
            // Of these a query reads some blocks, and not the whole.
            let in_blocks = ["segment-", "lookup-"].iter().any(|kind| name.starts_with(kind));
            if let Some(Ok(answer)) = in_blocks.then(|| answer(dir)) {
                assert_eq!(answer, expected, "{}: byte {place}", path.display());
            }
            let checked = Archive::check(dir, false, &Silent);
            let is_told = checked.as_ref().map_or(true, |checked| !checked.is_sound());
            assert!(is_told, "{}: byte {place}", path.display());
            tried += 1;
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(Archive::check(dir, false, &Silent).unwrap().is_sound());
    tried
}

#[test]
fn a_second_writer_is_told_who_writes() {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("archive");
    done(&["index", "init", text(&dir), "-q"]);
    let lock = dir.join(".newsfold.partial");
    fs::create_dir(&lock).unwrap();
    let path = lock.join("lock");
    fs::write(&path, "process 4711 on elsewhere, since 2024-05-01 09:00:00 UTC\n").unwrap();
    let file = fs::File::open(&path).unwrap();
    file.lock().unwrap();
    let batch = few(temp.path(), "batch", 0);
    let (code, _, error) = said(newsfold().args(["index", "add", text(&dir), text(&batch)]));
    assert_eq!(code, 2);
    assert!(error.contains("process 4711 on elsewhere") && error.contains("wait"), "{error}");
    // Readers do not wait, and the lock of a process that is gone does not stay.
    done(&["index", "stats", text(&dir)]);
    drop(file);
    done(&["index", "add", text(&dir), text(&batch), "-q"]);
}

#[test]
fn a_full_disk_leaves_the_old_state() {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("archive");
    done(&["index", "init", text(&dir), "-q"]);
    let (first, second) = (few(temp.path(), "first", 0), few(temp.path(), "second", 6));
    done(&["index", "add", text(&dir), text(&first), "-q"]);
    let manifest = fs::read(dir.join("MANIFEST")).unwrap();
    let program = assert_cmd::cargo::cargo_bin!("newsfold");
    // No file may be longer than half a kilobyte, and whoever writes more is told so.
    let command = format!(
        "trap '' XFSZ; ulimit -f 1; exec {} index add {} {} -q",
        program.display(),
        dir.display(),
        second.display()
    );
    let output = Process::new("sh").args(["-c", &command]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("archive/"), "{output:?}");
    assert_eq!(fs::read(dir.join("MANIFEST")).unwrap(), manifest);
    done(&["index", "check", text(&dir)]);
    done(&["index", "add", text(&dir), text(&second), "-q"]);
    let stats: Value =
        serde_json::from_str(&done(&["index", "stats", text(&dir), "--json"])).unwrap();
    assert_eq!(stats["articles"], 12);
}

#[test]
fn what_a_user_meets() {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("archive");
    let parts = parts(temp.path(), 2);
    let told = done(&["index", "init", text(&dir), &corpus()]);
    assert!(told.starts_with("An archive with statistics of 104 articles: "), "{told}");
    let told = done(&["index", "add", text(&dir), text(&parts[0])]);
    assert!(told.starts_with("Articles: 52 added\nFamilies: "), "{told}");
    let told = done(&["index", "add", text(&dir), text(&parts[0])]);
    assert_eq!(told, "Articles: 0 added, 52 there already\n");
    let told = done(&["index", "query", text(&dir), text(&parts[0])]);
    let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 52);
    let copies = lines.iter().filter(|line| line["copies"][0]["jaccard"] == 1.0);
    assert_eq!(copies.count(), 52);
    let csv = done(&["index", "query", text(&dir), text(&parts[1]), "--format", "csv"]);
    assert!(csv.lines().skip(1).any(|line| line.contains(",passage,")), "{csv}");
    let own = temp.path().join("own.txt");
    fs::write(&own, lines[0]["id"].as_str().unwrap()).unwrap();
    let mut query = vec!["index", "query", text(&dir), text(&own)];
    query.extend(["--outlet", "Harbour Post", "--date", "2024-01-20"]);
    assert!(done(&query).contains("\"copies\":[]"));
    let stories = done(&["index", "query", text(&dir), text(&parts[0]), "--what", "stories"]);
    let stories: Vec<Value> =
        stories.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(stories.iter().all(|line| line["story"]["id"].is_string()));
    assert!(lines.iter().all(|line| line["story"].is_null()));
    let (code, _, error) =
        said(newsfold().args(["index", "add", text(&dir), text(&parts[1]), "--threshold", "0.9"]));
    assert!(code == 2 && error.contains("--threshold: ") && error.contains("0.7"), "{error}");
    let told = done(&["index", "refresh", text(&dir)]);
    assert!(told.contains("Nothing was changed yet"), "{told}");
    let told = done(&["index", "remove", text(&dir), "--before", "2024-01-20"]);
    assert!(told.starts_with("Articles: 0 added, "), "{told}");
    let told = done(&["index", "compact", text(&dir)]);
    assert!(told.starts_with("1 segments, 1 before; "), "{told}");
    let told = done(&["index", "check", text(&dir)]);
    assert!(told.ends_with("all as written\n"), "{told}");
    assert!(done(&["index", "stats", text(&dir)]).contains("Statistics of 104 articles"));
    let (code, _, error) = said(newsfold().args(["index", "stats", text(temp.path())]));
    assert!(code == 2 && error.contains("no archive is here"), "{error}");
}

/// Takes minutes: a run for each of some articles. `NEWSFOLD_ARTICLES` names a file of articles, of which the first are
/// archived and the next asked about.
#[test]
#[ignore = "minutes, and needs articles: NEWSFOLD_ARTICLES=file.jsonl cargo test --test archive -- --ignored --nocapture news"]
#[expect(clippy::print_stdout, reason = "how many are alike is what it is run for")]
fn lookups_are_a_run_on_a_piece_of_news() {
    /// Archived, asked about for copies all at once, and for passages each by a run of its own.
    const ARTICLES: [usize; 3] = [4000, 400, 12];
    let Ok(file) = std::env::var("NEWSFOLD_ARTICLES") else { return };
    let temp = TempDir::new().unwrap();
    let lines = fs::read_to_string(file).unwrap();
    let part = |name: &str, skipped: usize, count: usize| {
        let path = temp.path().join(name);
        let some: Vec<&str> = lines.lines().skip(skipped).take(count).collect();
        fs::write(&path, some.join("\n")).unwrap();
        ingest(&[text(&path).to_owned()], &IngestOptions::default(), &Silent).unwrap()
    };
    let mut archive =
        Archive::init(&temp.path().join("archive"), Settings::default(), None).unwrap();
    archive.add(part("archived.jsonl", 0, ARTICLES[0]), &Silent).unwrap();
    let asked = part("asked.jsonl", ARTICLES[0], ARTICLES[1]);
    let asked: Vec<Article> = asked.corpus.articles().to_vec();
    let whole = archive.query_whole(asked.clone(), &Silent).unwrap();
    let found = archive.query(asked.clone(), Sought::COPIES, &Silent).unwrap();
    let mut copies = 0;
    for (whole, found) in whole.iter().zip(&found) {
        assert_eq!(found.copies, whole.copies, "{}", whole.id);
        copies += whole.copies.len();
    }
    let (mut same, mut counts) = (0, BTreeMap::<String, [usize; 3]>::new());
    for article in asked.iter().step_by(ARTICLES[1] / ARTICLES[2]) {
        let whole = archive.query_whole(vec![article.clone()], &Silent).unwrap().remove(0);
        let found = archive.query(vec![article.clone()], Sought::USUAL, &Silent).unwrap().remove(0);
        assert_eq!(found.copies, whole.copies, "{}", whole.id);
        for told in whole.passages.iter().filter(|one| one.kind.name() != "credit") {
            let is_found = found.passages.contains(told);
            same += usize::from(is_found);
            counts.entry(told.kind.name().to_owned()).or_default()[usize::from(!is_found)] += 1;
        }
        for told in found.passages.iter().filter(|one| !whole.passages.contains(one)) {
            counts.entry(told.kind.name().to_owned()).or_default()[2] += 1;
        }
    }
    println!("{copies} copies alike; places alike, of a run alone, of lookups alone: {counts:?}");
    assert!(same > 0);
}

/// How long anything here may take: a test that hangs is told by its name.
#[test]
fn nobody_waits_for_readers() {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("archive");
    done(&["index", "init", text(&dir), "-q"]);
    let reader = Archive::open(&dir).unwrap();
    let batch = few(temp.path(), "batch", 0);
    let begun = Instant::now();
    done(&["index", "add", text(&dir), text(&batch), "-q"]);
    done(&["index", "compact", text(&dir), "-q"]);
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(reader.is_empty() && reader.stats().unwrap().articles == 0);
    assert_eq!(Archive::open(&dir).unwrap().len(), 6);
}

#[test]
fn an_export_says_which_story_an_earlier_one_went_into_where_that_is_asked() {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("archive");
    done(&["index", "init", text(&dir), "-q"]);
    let ferry =
        "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were saved.";
    // The last batch has the earliest article: the story begins with another one from then on.
    for (id, day) in [("wire", 2), ("post", 3), ("agency", 1)] {
        let batch = temp.path().join(format!("{id}.jsonl"));
        let line = format!(
            r#"{{"id":"{id}","outlet":"{id}","published":"2024-05-0{day}","text":"{ferry}"}}"#
        );
        fs::write(&batch, line).unwrap();
        done(&["index", "add", text(&dir), text(&batch), "-q"]);
    }
    let merged = |flags: &[&str]| {
        let out = temp.path().join("exported");
        let words = ["index", "export", text(&dir), "-q", "--format", "jsonl", "-o", text(&out)];
        done(&[&words[..], flags].concat());
        let rows = fs::read_to_string(out.join("articles.jsonl")).unwrap();
        let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
        let merged = rows.iter().filter(|row| !row["merged_into"].is_null());
        merged.map(|row| (row["id"].clone(), row["merged_into"] == row["story_id"])).collect()
    };
    let none: Vec<(Value, bool)> = merged(&[]);
    assert_eq!(none, []);
    assert_eq!(merged(&["--merged"]), [(serde_json::json!("wire"), true)]);
}

#[test]
fn files_of_an_archive_without_its_manifest_are_left_alone() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("news");
    done(&["index", "init", text(&dir)]);
    done(&["index", "add", text(&dir), &corpus()]);
    fs::remove_file(dir.join("MANIFEST")).unwrap();
    let files = || -> usize { fs::read_dir(&dir).unwrap().count() };
    let before = files();
    let (code, _, error) = said(newsfold().args(["index", "init", text(&dir)]));
    assert!(code == 2 && error.contains("MANIFEST"), "{error}");
    assert_eq!(files(), before);

    // What an `init` leaves that was killed before its last step is no archive yet.
    let begun = folder.path().join("begun");
    done(&["index", "init", text(&begun)]);
    fs::remove_file(begun.join("MANIFEST")).unwrap();
    done(&["index", "init", text(&begun)]);
}

#[test]
fn a_removal_that_finds_nothing_says_so_and_answers_are_guarded() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("news");
    let input = folder.path().join("in.jsonl");
    let article = "The ferry that ran aground off the northern cape was pulled free at dawn, the coast guard said.";
    let lines: String = ["=HYPERLINK(1)", "@2"]
        .map(|id| format!("{}\n", serde_json::json!({"id": id, "text": article})))
        .concat();
    fs::write(&input, lines).unwrap();
    done(&["index", "init", text(&dir)]);
    done(&["index", "add", text(&dir), text(&input)]);
    let found = done(&["index", "query", text(&dir), text(&input), "--format", "csv"]);
    assert!(found.contains("'=HYPERLINK(1)") && found.contains("'@2"), "{found}");
    assert!(!found.contains(",@2") && !found.contains("\n="), "{found}");
    let (code, _, error) =
        said(newsfold().args(["index", "remove", text(&dir), "--outlet", "nope"]));
    assert!(code == 0 && error.contains("none was removed"), "{error}");
}
