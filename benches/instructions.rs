//! How many instructions each kernel takes for a byte of the example corpus: what a noisy machine
//! cannot hide.
//!
//! `cargo bench --bench instructions` counts with `valgrind --tool=callgrind`, which emulates a
//! processor with AVX2 whatever it runs on, and holds the counts against `instructions.tsv`: it fails
//! where one has grown by more than [`TOLERATED`] percent. `-- --write` takes the
//! counts as the new measure, for a change that is worth them. Compilers count too: the file says for
//! which one it stands, and with another one nothing is compared.

#![allow(clippy::print_stdout, reason = "what was measured is said on standard output")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::process::{Command, ExitCode, Stdio};

use newsfold::article::Corpus;
use newsfold::candidates::{self, NearDuplicateConfig};
use newsfold::family::{Removal, families};
use newsfold::ingest::{IngestOptions, ingest_reader};
use newsfold::observer::Silent;
use newsfold::sketch::{MinHasher, simhash};
use newsfold::text::{Tokeniser, tokenise};
use newsfold::verify::verify;

const MEASURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.tsv");
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl");
/// A kernel may take so many percent more than last time.
const TOLERATED: f64 = 3.0;
/// The kernels, in the order of a run.
const KERNELS: [&str; 8] =
    ["read", "tokenise", "hashes", "shingles", "minhash", "simhash", "candidates", "verify"];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(kernel) = words.iter().find(|word| KERNELS.contains(&word.as_str())) {
        run(kernel);
        return ExitCode::SUCCESS;
    }
    let counts: BTreeMap<&str, u64> = KERNELS.into_iter().map(|name| (name, count(name))).collect();
    let compiler = compiler();
    if words.iter().any(|word| word == "--write") {
        let mut lines = format!("# {compiler}\n");
        for name in KERNELS {
            let _ = writeln!(lines, "{name}\t{}", counts[name]);
        }
        fs::write(MEASURE, lines).expect("the measure can be written");
    }
    let measure = fs::read_to_string(MEASURE).expect("the measure is there");
    let comparable = measure.lines().next() == Some(&format!("# {compiler}"));
    if !comparable {
        println!(
            "the measure was taken with another compiler: {}",
            measure.lines().next().unwrap_or("")
        );
    }
    let before: BTreeMap<&str, u64> = measure
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(name, count)| Some((name, count.parse().ok()?)))
        .collect();
    let bytes = fs::metadata(CORPUS).expect("the example corpus is there").len() as f64;
    let mut grown = false;
    println!("{:12} {:>14} {:>8} {:>8}", "kernel", "instructions", "a byte", "change");
    for name in KERNELS {
        let (now, then) = (counts[name] as f64, before.get(name).map_or(f64::NAN, |&n| n as f64));
        let percent = (now / then - 1.0) * 100.0;
        println!("{name:12} {now:>14} {:>8.2} {percent:>+7.1}%", now / bytes);
        grown |= comparable && percent > TOLERATED;
    }
    if grown { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output().expect("a compiler is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The instructions inside [`measured`] when this program runs the kernel.
fn count(kernel: &str) -> u64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=*measured*")
        .arg(program)
        .arg(kernel)
        .stdout(Stdio::null())
        .output()
        .expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let collected = said.lines().find_map(|line| line.split("Collected :").nth(1));
    let count = collected.and_then(|count| count.trim().parse().ok());
    count.unwrap_or_else(|| panic!("valgrind counted nothing:\n{said}"))
}

/// What callgrind counts.
#[inline(never)]
fn measured<T>(kernel: impl FnOnce() -> T) -> T {
    kernel()
}

fn read(bytes: &[u8]) -> Corpus {
    let read = ingest_reader("corpus", bytes, &IngestOptions::default(), &Silent);
    read.expect("the example corpus is read").corpus
}

fn run(kernel: &str) {
    // Work that a pool did on threads of its own would not be inside [`measured`].
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().expect("there is no pool yet");
    let bytes = fs::read(CORPUS).expect("the example corpus is there");
    let corpus = read(&bytes);
    let texts: Vec<&str> = corpus.articles().iter().map(|article| article.text.as_str()).collect();
    let config = NearDuplicateConfig::default();
    let mut shingler = config.shingler();
    let shingles: Vec<Vec<u64>> =
        texts.iter().map(|text| shingler.shingles(text).to_vec()).collect();
    let mut tokeniser = Tokeniser::default();
    let (mut tokens, mut hashes) = (Vec::new(), Vec::new());
    match kernel {
        "read" => drop(black_box(measured(|| read(&bytes)))),
        "tokenise" => measured(|| texts.iter().for_each(|text| tokenise(text, &mut tokens))),
        "hashes" => measured(|| texts.iter().for_each(|text| tokeniser.hashes(text, &mut hashes))),
        "shingles" => measured(|| {
            texts.iter().for_each(|text| {
                black_box(shingler.shingles(text));
            });
        }),
        "minhash" => {
            let (hasher, mut signatures) = (MinHasher::new(config.num_perm, 0), Vec::new());
            measured(|| shingles.iter().for_each(|some| hasher.sign(some, &mut signatures)));
        }
        "simhash" => measured(|| {
            shingles.iter().for_each(|some| {
                black_box(simhash(some));
            })
        }),
        _ => {
            let sketches = candidates::sketch(&corpus, &config, &Silent).expect("nobody stops it");
            let found = || candidates::find(&corpus, &sketches, &config, &Silent);
            if kernel == "candidates" {
                drop(black_box(measured(found)));
            } else {
                let found = found().expect("nobody stops it");
                let verified = || verify(&corpus, &found, &config, &Silent);
                let pairs = measured(verified).expect("nobody stops it");
                let all =
                    families(&corpus, &mut pairs.clone(), &Removal::default(), &config, &Silent);
                assert!(!all.expect("nobody stops it").all().is_empty());
            }
        }
    }
}
