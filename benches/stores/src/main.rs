//! One entrant, one stage: what it costs to keep an archive's load there.
//!
//! `stores write|compact|ask ENTRANT FOLDER ARTICLES DAY DAYS WORDS QUESTIONS` prints a name and a figure a line.
//! `measure.py` calls it and makes the table.

mod error;
mod kv;
mod load;
#[expect(dead_code, reason = "the archive uses more of it")]
#[path = "../../../src/sealed.rs"]
mod sealed;
mod segments;
mod stores;

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use kv::{Layout, OnStore};
use load::{Load, mix};
use segments::Segments;
use stores::{Fjall, Heed, Redb};

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Of the clock of `/proc`, on Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// What keeps the load.
pub trait Entrant {
    /// One durable commit.
    fn add(&mut self, articles: Range<u32>, is_bulk: bool) -> Outcome<()>;

    /// The articles that have any of these hashes, and the record of one.
    fn ask(&self, hashes: &[u32], article: u32) -> Outcome<(Vec<u32>, Vec<u8>)>;

    /// Waits until nothing is done in the background.
    fn settle(&mut self) -> Outcome<()> {
        Ok(())
    }
}

fn main() -> Outcome<()> {
    let given: Vec<String> = env::args().skip(1).collect();
    let [stage, entrant, folder, numbers @ ..] = &given[..] else {
        return Err(
            "stores write|compact|ask ENTRANT FOLDER ARTICLES DAY DAYS WORDS QUESTIONS".into()
        );
    };
    let numbers: Vec<u32> = numbers.iter().map(|n| n.parse()).collect::<Result<_, _>>()?;
    let [bulk, day, days, words, questions] = numbers[..] else {
        return Err("five numbers: ARTICLES DAY DAYS WORDS QUESTIONS".into());
    };
    let load = Load { bulk, day, days, words };
    let folder = Path::new(folder);
    match stage.as_str() {
        "write" => write(opened(entrant, folder, load)?, load)?,
        "compact" => {
            let mut segments = Segments::open(folder, load)?;
            let clock = Clock::start()?;
            segments.compact()?;
            clock.tell("compact")?;
        }
        "ask" => {
            let begun = Instant::now();
            let entrant = opened(entrant, folder, load)?;
            tell("open ms", begun.elapsed().as_secs_f64() * 1e3);
            ask(&*entrant, load, questions)?;
        }
        _ => return Err("a stage is write, compact or ask".into()),
    }
    tell("MB on disk", bytes_below(folder)? as f64 / 1e6);
    tell("peak MB", peak_kilobytes()? / 1e3);
    Ok(())
}

fn opened(entrant: &str, folder: &Path, load: Load) -> Outcome<Box<dyn Entrant>> {
    use Layout::{Blocks, Words};
    Ok(match entrant {
        "redb" => Box::new(OnStore::<Redb>::open(folder, load, Words)?),
        "redb-blocks" => Box::new(OnStore::<Redb>::open(folder, load, Blocks)?),
        "heed" => Box::new(OnStore::<Heed>::open(folder, load, Words)?),
        "heed-blocks" => Box::new(OnStore::<Heed>::open(folder, load, Blocks)?),
        "fjall" => Box::new(OnStore::<Fjall>::open(folder, load, Words)?),
        "fjall-blocks" => Box::new(OnStore::<Fjall>::open(folder, load, Blocks)?),
        "segments" => Box::new(Segments::open(folder, load)?),
        _ => {
            return Err(
                "an entrant is redb, heed, fjall, each also with -blocks, or segments".into()
            );
        }
    })
}

fn write(mut entrant: Box<dyn Entrant>, load: Load) -> Outcome<()> {
    let mut clock = Clock::start()?;
    let mut days = Vec::new();
    for (place, articles) in load.commits().enumerate() {
        let begun = Instant::now();
        entrant.add(articles, place == 0)?;
        if place == 0 {
            entrant.settle()?;
            clock.tell("bulk")?;
            clock = Clock::start()?;
        } else {
            days.push(begun.elapsed());
        }
    }
    entrant.settle()?;
    drop(entrant);
    clock.tell("days")?;
    days.sort_unstable();
    tell("day s, longest", days.last().copied().unwrap_or_default().as_secs_f64());
    Ok(())
}

/// The same questions twice, and what the second time takes.
fn ask(entrant: &dyn Entrant, load: Load, questions: u32) -> Outcome<()> {
    let mut sum = 0_u64;
    let mut found = 0;
    for question in 0..questions {
        let article = load.asked(question);
        let hashes: Vec<u32> = load.hashes(article).collect();
        let (articles, record) = entrant.ask(&hashes, article)?;
        let own = articles.iter().filter(|&&other| other == article).count();
        if own < hashes.len() || record != load.record(article) {
            return Err(format!("article {article} was not found as it was written").into());
        }
        found += articles.len();
        sum = articles.iter().fold(sum, |sum, &other| sum.wrapping_add(mix(u64::from(other))));
    }
    let clock = Clock::start()?;
    let mut taken = Vec::new();
    for question in 0..questions {
        let article = load.asked(question);
        let hashes: Vec<u32> = load.hashes(article).collect();
        let begun = Instant::now();
        entrant.ask(&hashes, article)?;
        taken.push(begun.elapsed());
    }
    clock.tell("questions")?;
    taken.sort_unstable();
    let share = |of: usize| taken[(taken.len() * of / 100).min(taken.len() - 1)];
    tell("p50 µs", micros(share(50)));
    tell("p99 µs", micros(share(99)));
    tell("articles found", found as f64);
    // The same for every entrant, or one of them is wrong.
    println!("check\t{sum:016x}");
    Ok(())
}

fn micros(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1e6
}

fn tell(name: &str, figure: f64) {
    println!("{name}\t{figure}");
}

/// Seconds of the clock and of processors.
struct Clock {
    begun: Instant,
    processor: f64,
}

impl Clock {
    fn start() -> Outcome<Self> {
        Ok(Self { begun: Instant::now(), processor: processor_seconds()? })
    }

    fn tell(&self, stage: &str) -> Outcome<()> {
        tell(&format!("{stage} s"), self.begun.elapsed().as_secs_f64());
        tell(&format!("{stage} processor s"), processor_seconds()? - self.processor);
        Ok(())
    }
}

/// Of all threads, user and system.
fn processor_seconds() -> Outcome<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.map(str::parse::<f64>).sum::<Result<_, _>>()?;
    Ok(ticks / TICKS_A_SECOND)
}

/// The most memory that was resident, mapped files included.
fn peak_kilobytes() -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Blocks that files take, so that holes do not count.
fn bytes_below(folder: &Path) -> Outcome<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let facts = entry.metadata()?;
        bytes += if facts.is_dir() { bytes_below(&entry.path())? } else { facts.blocks() * 512 };
    }
    Ok(bytes)
}
