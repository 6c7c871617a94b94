//! What a run costs as the corpus grows: time and memory over made-up corpora of growing sizes, and the
//! exponent with which they grow.
//!
//! `cargo bench --bench end_to_end -- [COMMAND] [MOST ARTICLES]`, `dups` and 100,000 unless told; ten
//! million articles take 35 GB of disk. What is measured is the program itself, as a user starts it:
//! processor seconds of the whole process, of three runs the median.

#![allow(clippy::print_stdout, reason = "what was measured is said on standard output")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

const PROGRAM: &str = env!("CARGO_BIN_EXE_newsfold");
/// Each size is about three times the one before.
const SIZES: [u64; 7] = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000];
/// Smaller corpora are gone through before the program has well begun: they say nothing of growth.
const COUNTS_FROM: u64 = 30_000;
/// How often a size is measured.
const RUNS: usize = 3;

/// One size, measured.
struct Measured {
    articles: u64,
    bytes: u64,
    processor: f64,
    wall: f64,
    peak: u64,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let most = words.iter().find_map(|word| word.parse().ok()).unwrap_or(100_000);
    let named = words.iter().find(|word| word.parse::<u64>().is_err());
    let command = named.map_or("dups", String::as_str);
    let folder = tempfile::tempdir().expect("a folder for the corpus");
    println!(
        "{:>10} {:>8} {:>8} {:>8} {:>8} {:>9}",
        "articles", "MB", "CPU s", "wall s", "MB", "bytes"
    );
    println!("{:>10} {:>8} {:>8} {:>8} {:>8} {:>9}", "", "input", "", "", "peak", "an article");
    let mut all = Vec::new();
    for articles in SIZES.into_iter().take_while(|&articles| articles <= most) {
        let measured = measure(command, articles, folder.path());
        println!(
            "{:>10} {:>8.0} {:>8.2} {:>8.2} {:>8.0} {:>9}",
            articles,
            measured.bytes as f64 / 1e6,
            measured.processor,
            measured.wall,
            measured.peak as f64 / 1e6,
            measured.peak.saturating_sub(measured.bytes) / articles,
        );
        all.push(measured);
    }
    all.retain(|measured| measured.articles >= COUNTS_FROM);
    if all.len() > 1 {
        println!("processor time grows as n^{:.3}", exponent(&all, |measured| measured.processor));
        println!("memory grows as n^{:.3}", exponent(&all, |measured| measured.peak as f64));
    }
}

fn measure(command: &str, articles: u64, folder: &Path) -> Measured {
    let corpus = folder.join("corpus.jsonl");
    let made = Command::new(PROGRAM)
        .args(["synth", "--articles", &articles.to_string(), "--seed", "1", "-q", "-o"])
        .arg(&corpus)
        .stdout(Stdio::null())
        .status();
    assert!(made.expect("the program runs").success());
    let mut runs: Vec<Measured> = (0..RUNS)
        .map(|_| {
            let before = processor_seconds();
            let begun = Instant::now();
            let out = folder.join("out");
            let run = Command::new(PROGRAM)
                .args([command, "-q", "--no-progress", "--format", "csv", "-o"])
                .args([&out, &corpus])
                .status();
            assert!(run.expect("the program runs").success());
            let run = fs::read(out.join("run.json")).expect("the results were written");
            let run: serde_json::Value = serde_json::from_slice(&run).expect("it is JSON");
            fs::remove_dir_all(&out).expect("the folder is there");
            Measured {
                articles,
                bytes: fs::metadata(&corpus).expect("the corpus is there").len(),
                processor: processor_seconds() - before,
                wall: begun.elapsed().as_secs_f64(),
                peak: run["peak_memory_bytes"].as_u64().expect("the system tells"),
            }
        })
        .collect();
    runs.sort_by(|a, b| a.processor.total_cmp(&b.processor));
    runs.swap_remove(RUNS / 2)
}

fn children() -> nix::sys::resource::Usage {
    getrusage(UsageWho::RUSAGE_CHILDREN).expect("every system counts this")
}

/// User and system seconds of all runs so far.
fn processor_seconds() -> f64 {
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(children().user_time()) + seconds(children().system_time())
}

/// The exponent of the power of the number of articles that fits best: the slope of the logarithms.
fn exponent(all: &[Measured], value: impl Fn(&Measured) -> f64) -> f64 {
    let points: Vec<(f64, f64)> = all
        .iter()
        .map(|measured| ((measured.articles as f64).ln(), value(measured).ln()))
        .collect();
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let together: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    together / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}
