//! `bench`: what every stage takes, on given input or made-up corpora, and whether that has changed.
//!
//! Each round is the whole of a command, its tables and its page among it, in a folder that is gone
//! afterwards. The median of the rounds is told, and the fastest: on a machine that others use too, the
//! fastest is what comes nearest to the program's own cost. Of a made-up corpus the truth is known, so
//! that beside its time stands what was found of it.

mod chart;
mod compared;
mod kept;
mod machine;
mod measured;
mod turns;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{ValueEnum, ValueHint};
use newsfold::config::PipelineConfig;
use newsfold::error::{Cause, Error, InputErrorKind, OutputStep, Position, Result};
use newsfold::evaluate::{Labels, Scores, evaluate};
use newsfold::pipeline::{self, Parts};
use newsfold::synth::{GoldFiles, SynthConfig, synth};
use serde::{Deserialize, Serialize};

use self::compared::Comparison;
use self::kept::{Call, Program};
use self::machine::Machine;
use self::measured::{Case, Found, Measured, Rounds};
use self::turns::Turns;
use super::options::{Telling, Tuning};
use super::progress::Progress;
use super::{Exit, Failure, stop, terminal, whole_file};

/// How often a command is run where nothing is compared.
const ROUNDS: u32 = 3;
/// How often it is run where its times are held against others: what parts a change of 5 % from noise.
const ROUNDS_TO_COMPARE: u32 = 20;
/// More turns of two programs are not waited for, whatever the noise.
const MOST_TURNS: u32 = 200;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders or globs [default: a made-up corpus]
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// How many articles the made-up corpus has; several numbers make several corpora
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "10000",
          conflicts_with = "inputs", value_parser = clap::value_parser!(u64).range(1..))]
    articles: Vec<u64>,
    /// Measure with each of these numbers of threads, in place of --threads
    #[arg(long, value_name = "N,N", value_delimiter = ',', conflicts_with = "threads",
          value_parser = clap::value_parser!(u32).range(1..))]
    by_threads: Vec<u32>,
    /// The command whose stages are timed
    #[arg(long, value_enum, default_value_t = Timed::Run)]
    command: Timed,
    /// How many times it is run [default: 3, or 20 with --save or --compare; two programs run up to 200 times, until the
    /// noise is small]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// Keep what was measured in this file, with machine, version and every round; the program is kept, too, in the
    /// user's folder of caches
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    save: Option<PathBuf>,
    /// Say whether this program is slower or faster than the one of this file, beyond the noise: where that is still
    /// kept, both are run by turns
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    compare: Option<PathBuf>,
    /// Draw seconds against articles into this file, as SVG; --articles with several numbers gives lines
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    svg: Option<PathBuf>,
    /// Print JSON, with every round
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

/// A command that can be timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Timed {
    Run,
    Dups,
    Stories,
    Passages,
}

impl Timed {
    fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Dups => "dups",
            Self::Stories => "stories",
            Self::Passages => "passages",
        }
    }

    fn parts(self) -> Parts {
        match self {
            Self::Run => Parts::ALL,
            Self::Dups => Parts::FAMILIES,
            Self::Stories => Parts::STORIES,
            Self::Passages => Parts::PASSAGES,
        }
    }
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Told<'t> {
    #[serde(flatten)]
    measured: &'t Measured,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<&'t Comparison>,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        if self.inputs.iter().any(|input| input == "-") {
            return Err(Failure::Newsfold(Error::config(
                "INPUT",
                "standard input can be read once only; name a file",
            )));
        }
        // What cannot be compared is told before anything is measured.
        let old = self.compare.as_deref().map(saved).transpose()?;
        let refused = |reason| Error::config("--compare", reason);
        let this = Program::own(Call::now(self.tuning.settings(None)?));
        let kept = old.as_ref().and_then(|old| Program::kept(old.program.as_deref()?));
        let programs = kept.as_ref().zip(this.as_ref());
        if let Some(old) = &old {
            let rounds = self.rounds() as usize;
            compared::check(old, self.command, rounds, programs.is_some()).map_err(refused)?;
        }
        let progress = Progress::new(&self.telling);
        for (option, path) in [("save", &self.save), ("svg", &self.svg)] {
            if let Some(path) = path {
                newsfold::ingest::refuse_input(option, path, &[&self.inputs], &progress)?;
            }
        }
        for left_out in self.tuning.of_other_methods(self.command.name())? {
            progress.warn(&left_out);
        }
        let folder = tempfile::Builder::new().prefix("newsfold-bench-").tempdir();
        let folder = folder
            .map_err(|error| Error::output(std::env::temp_dir(), OutputStep::Create, error))?;
        let begun = folder.path().to_owned();
        stop::before_ending(move || drop(std::fs::remove_dir_all(begun)));
        let (old, mut measured) = match programs {
            Some(programs) => {
                let [old, new] = self.measure_by_turns(programs, folder.path(), &progress)?;
                (Some(old), new)
            }
            None => (old, self.measure(folder.path(), &progress)?),
        };
        let compared =
            old.as_ref().map(|old| compared::compare(old, &measured, programs.is_some()));
        let compared = compared.transpose().map_err(refused)?;
        if let Some(path) = &self.save {
            match this.as_ref().map(Program::keep) {
                Some(Ok(key)) => measured.program = Some(key),
                Some(Err(error)) => progress.warn(&format!(
                    "the program is not kept ({}): --compare will know its rounds alone",
                    Cause::of(error)
                )),
                None => {}
            }
            whole_file::write(path, |out| {
                serde_json::to_writer_pretty(&mut *out, &measured)
                    .map_err(io::Error::from)
                    .and_then(|()| out.write_all(b"\n"))
                    .map_err(|error| whole_file::failed(path, error))
            })?;
        }
        if let Some(path) = &self.svg {
            whole_file::write(path, |out| {
                out.write_all(chart::svg(&measured).as_bytes())
                    .map_err(|error| whole_file::failed(path, error))
            })?;
        }
        if self.json {
            terminal::print_json(&Told { measured: &measured, compared: compared.as_ref() })?;
        } else {
            terminal::print(&measured.to_string())?;
            if let Some(compared) = compared {
                terminal::print(&compared.to_string())?;
            }
        }
        Ok(Exit::Done)
    }

    fn rounds(&self) -> u32 {
        let compares = self.save.is_some() || self.compare.is_some();
        self.rounds.unwrap_or(if compares { ROUNDS_TO_COMPARE } else { ROUNDS })
    }

    /// Runs the kept program and this one by turns.
    fn measure_by_turns(
        &self,
        (old, new): (&Program, &Program),
        folder: &Path,
        progress: &Progress,
    ) -> Result<[Measured; 2]> {
        let config = self.tuning.resolve(self.command.name(), self.inputs.clone(), None)?;
        let listed =
            |numbers: &mut dyn Iterator<Item = String>| numbers.collect::<Vec<_>>().join(",");
        let threads = listed(&mut self.threads(&config).iter().map(ToString::to_string));
        let mut asked = ["--command", self.command.name(), "--by-threads", &threads]
            .map(str::to_owned)
            .to_vec();
        if self.inputs.is_empty() {
            let articles = listed(&mut self.articles.iter().map(ToString::to_string));
            asked.extend(["--articles".to_owned(), articles]);
        } else {
            asked.push("--".to_owned());
            asked.extend(self.inputs.iter().cloned());
        }
        let most = self.rounds.unwrap_or(MOST_TURNS);
        let bar = progress.count("turns", most.into());
        let is_enough = |turns: u32, old: &Measured, new: &Measured| {
            bar.inc(1);
            let is_clear = compared::is_clear(old, new);
            let is_clear = is_clear.map_err(|reason| Error::config("--compare", reason))?;
            Ok(turns >= most || self.rounds.is_none() && turns >= ROUNDS_TO_COMPARE && is_clear)
        };
        Turns { old, new, asked, folder }.measure(is_enough)
    }

    /// The numbers of threads to measure with.
    fn threads(&self, config: &PipelineConfig) -> Vec<usize> {
        match self.by_threads.is_empty() {
            true => vec![pipeline::threads(config.threads)],
            false => {
                self.by_threads.iter().map(|&asked| pipeline::threads(asked as usize)).collect()
            }
        }
    }

    fn measure(&self, folder: &Path, progress: &Progress) -> Result<Measured> {
        let mut cases = Vec::new();
        let sizes: Vec<Option<u64>> = match self.inputs.is_empty() {
            true => self.articles.iter().copied().map(Some).collect(),
            false => vec![None],
        };
        for size in sizes {
            let made_up = folder.join("articles.jsonl");
            let inputs = match size {
                Some(articles) => {
                    make_up(articles, &made_up, progress)?;
                    vec![made_up.to_string_lossy().into_owned()]
                }
                None => self.inputs.clone(),
            };
            let mut config = self.tuning.resolve(self.command.name(), inputs, None)?;
            config.output = folder.join("out");
            for threads in self.threads(&config) {
                config.threads = threads;
                let truth = size.map(|_| made_up.as_path());
                cases.push(self.case(&config, truth, progress)?);
            }
        }
        Ok(Measured {
            newsfold_bench: measured::FORM,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command,
            machine: Machine::this(),
            cases,
            program: None,
        })
    }

    /// Times one input with one number of threads.
    fn case(
        &self,
        config: &PipelineConfig,
        truth: Option<&Path>,
        progress: &Progress,
    ) -> Result<Case> {
        let mut rounds = Rounds::default();
        machine::forget_peak_memory();
        for _ in 0..self.rounds() {
            let (begun, worked) = (Instant::now(), pipeline::processor_seconds());
            let outcome = pipeline::run(config, self.command.parts(), progress)?;
            let ran = begun.elapsed().as_secs_f64();
            pipeline::write(&outcome, config, progress)?;
            let total = begun.elapsed().as_secs_f64();
            let processor = worked.zip(pipeline::processor_seconds()).map(|(was, is)| is - was);
            rounds.add(&outcome, total, total - ran, processor);
        }
        let peak = pipeline::peak_memory();
        let found = truth.map(|articles| found(&config.output, articles, self.command));
        Ok(rounds.case(config.threads, peak, found.transpose()?.unwrap_or_default()))
    }
}

/// Reads what `--save` kept.
fn saved(path: &Path) -> Result<Measured> {
    let fault = |reason: Cause| {
        Error::input(Position::whole(path.to_string_lossy()), InputErrorKind::Malformed, reason)
    };
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.into()))?;
    let measured: Measured = serde_json::from_str(&text)
        .map_err(|error| fault(format!("not what `bench --save` writes: {error}").into()))?;
    match measured.newsfold_bench {
        measured::FORM => Ok(measured),
        other => {
            let form = measured::FORM;
            let reason =
                format!("of form {other}, and this version reads form {form}: measure again");
            Err(fault(reason.into()))
        }
    }
}

fn make_up(articles: u64, path: &Path, progress: &Progress) -> Result<()> {
    let failed = |doing| move |error: io::Error| Error::output(path, doing, error);
    let mut file = BufWriter::new(File::create(path).map_err(failed(OutputStep::Create))?);
    let mut gold = GoldFiles::create_beside(path)?;
    let config = SynthConfig { articles, ..SynthConfig::default() };
    synth(&config, &mut file, Some(&mut gold.writers()), progress)?;
    gold.finish()?;
    file.flush().map_err(failed(OutputStep::Write))
}

/// How much of what was planted in `articles` the run in `out` found.
fn found(out: &Path, articles: &Path, command: Timed) -> Result<Vec<Found>> {
    let [stories, families, _, passages] = GoldFiles::paths(articles);
    let parts = command.parts();
    let asked = [
        (parts.families, families, Some(Labels::Families)),
        (parts.stories, stories, Some(Labels::Stories)),
        (parts.passages, passages, None),
    ];
    let mut all = Vec::new();
    for (_, gold, labels) in asked.into_iter().filter(|(is_asked_for, ..)| *is_asked_for) {
        let scores = match evaluate(out, &gold, labels, None) {
            Ok(scores) => scores,
            // So few articles that nothing of this kind was planted.
            Err(Error::Gold(_)) => continue,
            Err(error) => return Err(error),
        };
        let (what, scores) = match scores {
            Scores::Pairs { scores, .. } => ("pairs", scores.pairs),
            Scores::Clusters { scores, .. } if labels == Some(Labels::Families) => {
                ("families", scores.pairwise)
            }
            Scores::Clusters { scores, .. } => ("stories", scores.b_cubed),
            Scores::Passages { overall, .. } => ("passages", overall.characters),
        };
        all.push(Found {
            what: what.to_owned(),
            recall: scores.recall,
            precision: scores.precision,
        });
    }
    Ok(all)
}
