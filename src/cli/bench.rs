//! `bench`: what every stage takes, on given input or a made-up corpus.
//!
//! Each round is the whole of a command, its tables and its page among it, in a folder that is gone
//! afterwards. The median of the rounds is told, and the fastest: on a machine that others use too, the
//! fastest is what comes nearest to the program's own cost.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use clap::{ValueEnum, ValueHint};
use newsfold::config::PipelineConfig;
use newsfold::error::{Error, Result};
use newsfold::observer::Stage;
use newsfold::pipeline::{self, Parts};
use newsfold::synth::{SynthConfig, synth};
use serde::Serialize;

use super::options::{Telling, Tuning};
use super::progress::Progress;
use super::{Exit, Failure, stop, terminal};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders or globs [default: a made-up corpus]
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// How many articles the made-up corpus has
    #[arg(long, value_name = "N", default_value_t = 10_000, conflicts_with = "inputs")]
    articles: u64,
    /// The command whose stages are timed
    #[arg(long, value_enum, default_value_t = Timed::Run)]
    command: Timed,
    /// How many times it is run
    #[arg(long, value_name = "N", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Print JSON, with every round
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

/// A command that can be timed.
#[derive(Clone, Copy, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Timed {
    Run,
    Dups,
    Stories,
    Passages,
}

impl Timed {
    fn parts(self) -> Parts {
        match self {
            Self::Run => Parts::ALL,
            Self::Dups => Parts::FAMILIES,
            Self::Stories => Parts::STORIES,
            Self::Passages => Parts::PASSAGES,
        }
    }
}

/// What was measured.
#[derive(Serialize)]
struct Measured {
    version: &'static str,
    command: Timed,
    threads: usize,
    articles: usize,
    bytes: u64,
    stages: Vec<Row>,
    total: Row,
    /// Of the process, over all rounds.
    peak_memory_bytes: Option<u64>,
}

/// The seconds of one stage, or of all of a round.
#[derive(Serialize)]
struct Row {
    stage: &'static str,
    seconds: Vec<f64>,
    median_seconds: f64,
    fastest_seconds: f64,
}

impl Row {
    fn new(stage: &'static str, seconds: Vec<f64>) -> Self {
        let mut sorted = seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median_seconds = if sorted.len() % 2 == 1 {
            sorted[middle]
        } else {
            sorted[middle - 1].midpoint(sorted[middle])
        };
        Self { stage, seconds, median_seconds, fastest_seconds: sorted[0] }
    }
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        if self.inputs.iter().any(|input| input == "-") {
            return Err(Failure::Newsfold(Error::Config {
                option: "INPUT".to_owned(),
                reason: "standard input can be read once only; name a file".to_owned(),
            }));
        }
        let progress = Progress::new(&self.telling);
        let failed = |error: io::Error| Error::output(&std::env::temp_dir(), &error);
        let folder =
            tempfile::Builder::new().prefix("newsfold-bench-").tempdir().map_err(failed)?;
        let begun = folder.path().to_owned();
        stop::before_ending(move || drop(std::fs::remove_dir_all(begun)));
        let inputs = if self.inputs.is_empty() {
            let made_up = folder.path().join("articles.jsonl");
            make_up(self.articles, &made_up, &progress)?;
            vec![made_up.to_string_lossy().into_owned()]
        } else {
            self.inputs.clone()
        };
        let mut config = self.tuning.resolve(inputs, None)?;
        config.output = folder.path().join("out");
        let measured = self.measure(&config, &progress)?;
        match self.json {
            true => terminal::print_json(&measured)?,
            false => terminal::print(&measured.to_string())?,
        }
        Ok(Exit::Done)
    }

    fn measure(&self, config: &PipelineConfig, progress: &Progress) -> Result<Measured> {
        let mut stages: Vec<(Stage, Vec<f64>)> = Vec::new();
        let mut totals = Vec::new();
        let (mut articles, mut bytes) = (0, 0);
        for _ in 0..self.rounds {
            let begun = Instant::now();
            let outcome = pipeline::run(config, self.command.parts(), progress)?;
            let ran = begun.elapsed().as_secs_f64();
            pipeline::write(&outcome, config, progress)?;
            totals.push(begun.elapsed().as_secs_f64());
            let writing = (Stage::Report, totals.last().map_or(0.0, |total| total - ran));
            let timings = outcome.run.timings.iter().map(|timing| (timing.stage, timing.seconds));
            for (stage, seconds) in timings.chain([writing]) {
                match stages.iter_mut().find(|(known, _)| *known == stage) {
                    Some((_, all)) => all.push(seconds),
                    None => stages.push((stage, vec![seconds])),
                }
            }
            articles = outcome.corpus.len();
            bytes = outcome
                .run
                .inputs
                .iter()
                .filter(|file| !file.is_member)
                .map(|file| file.bytes)
                .sum();
        }
        Ok(Measured {
            version: env!("CARGO_PKG_VERSION"),
            command: self.command,
            threads: pipeline::threads(config.threads),
            articles,
            bytes,
            stages: stages.into_iter().map(|(stage, all)| Row::new(stage.name(), all)).collect(),
            total: Row::new("total", totals),
            peak_memory_bytes: pipeline::peak_memory(),
        })
    }
}

fn make_up(articles: u64, path: &Path, progress: &Progress) -> Result<()> {
    let failed = |error: io::Error| Error::output(path, &error);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    synth(&SynthConfig { articles, ..SynthConfig::default() }, &mut file, None, progress)?;
    file.flush().map_err(failed)
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let megabytes = self.bytes as f64 / 1e6;
        writeln!(
            f,
            "{} articles, {megabytes:.1} MB, {} threads, {} rounds",
            self.articles,
            self.threads,
            self.total.seconds.len()
        )?;
        writeln!(f, "stage        median s   fastest s       MB/s   articles/s")?;
        for row in self.stages.iter().chain([&self.total]) {
            let per_second = |amount: f64| {
                let mut told = String::new();
                match row.fastest_seconds > 0.0 {
                    true => write!(told, "{:.0}", amount / row.fastest_seconds)?,
                    false => told.push('-'),
                }
                Ok::<String, std::fmt::Error>(told)
            };
            writeln!(
                f,
                "{:<11}{:>10.3}{:>12.3}{:>11}{:>13}",
                row.stage,
                row.median_seconds,
                row.fastest_seconds,
                per_second(megabytes)?,
                per_second(self.articles as f64)?
            )?;
        }
        match self.peak_memory_bytes {
            Some(bytes) => writeln!(f, "peak memory {:.1} MB", bytes as f64 / 1e6),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_of_rounds_lies_between_two() {
        let row = Row::new("sketch", vec![4.0, 1.0, 2.0, 8.0]);
        assert_eq!((row.median_seconds, row.fastest_seconds), (3.0, 1.0));
        assert_eq!(Row::new("sketch", vec![3.0, 1.0, 9.0]).median_seconds, 3.0);
    }
}
