//! `run`, `dups`, `stories`, `passages`: the pipeline, or the part of it that was asked for.

use clap::ValueHint;
use jiff::{SignedDuration, Timestamp};
use newsfold::article::{Article, Corpus};
use newsfold::error::{Error, Reject};
use newsfold::pipeline::{self, Parts};
use newsfold::report;
use newsfold::results::ScrubCounts;
use newsfold::tables::Format;
use serde_json::json;

use super::log::{self, Entry};
use super::options::{Destination, Telling, Tuning, inputs_or_usage};
use super::progress::Progress;
use super::{Exit, Failure, opening, plan, stop, terminal};

/// Rejects told on standard error without being asked; all of them are in `rejects.jsonl`.
const REJECTS_TOLD: usize = 5;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders, globs, or - for standard input
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    #[command(flatten)]
    destination: Destination,
    #[command(flatten)]
    tuning: Tuning,
    /// Read the beginning of each input, print what was detected and what would be done
    #[arg(long)]
    dry_run: bool,
    /// Exit with 1 where there are near-duplicates
    #[arg(long)]
    fail_on_duplicates: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Open the page in the browser when it is written
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    /// Does it; `given` are the options that stand on the command line.
    pub(crate) fn run(&self, parts: Parts, given: &[String]) -> Result<Exit, Failure> {
        let inputs = inputs_or_usage(&self.inputs, name(parts))?;
        let mut config = self.tuning.resolve(name(parts), inputs, Some(&self.destination))?;
        let is_of_passages = |format: &Format| Format::OF_PASSAGES.contains(format);
        if !parts.passages
            && !given.iter().any(|long| long == "format")
            && !config.formats.iter().all(is_of_passages)
        {
            // A variable or the file of --config has them for other commands.
            config.formats.retain(|format| !is_of_passages(format));
        }
        let of_passages = config.formats.iter().find(|format| is_of_passages(format));
        if let Some(format) = of_passages.filter(|_| !parts.passages) {
            return Err(Failure::Newsfold(Error::config(
                "--format",
                format!(
                    "{} is a format of passages, which passages and run look for",
                    format.name()
                ),
            )));
        }
        if self.dry_run {
            return plan::print(&config, self.json);
        }
        if config.output.as_os_str() == "-" {
            return Err(Failure::Newsfold(Error::config(
                "--output",
                "results are a folder of files, which cannot go to standard output; name a \
                         folder (./- for one of that name)",
            )));
        }
        let claim = report::claim(&config.output)?;
        let begun = claim.begun();
        stop::before_ending(move || begun.give_up());
        let progress = Progress::new(&self.telling);
        let threads = pipeline::threads(config.threads);
        if threads < config.threads {
            let asked = config.threads;
            progress.warn(&format!("--threads {asked}: {threads} work; more would only wait"));
        }
        let asked = self.tuning.settings(Some(&self.destination))?.scrub;
        if let Some(scrub) = asked.filter(|_| config.scrub.is_none() && config.write_kept.is_some())
        {
            progress.warn(&format!(
                "scrub = {scrub:?}: left out, since {} looks for no passages",
                name(parts)
            ));
        }
        for left_out in self.tuning.of_other_methods(name(parts))? {
            progress.warn(&left_out);
        }
        let mut results = pipeline::run(&config, parts, &progress)?;
        tell_rejects(&results.rejects, &self.telling, &progress);
        for warning in &results.run.warnings {
            progress.warn(warning);
        }
        tell_dates_to_come(&results.corpus, &progress);
        results.run.command = super::WORDS.get().cloned().unwrap_or_default();
        let finished = pipeline::write_into(claim, &results, &config, &progress)?;
        if self.json {
            terminal::print_json(&json!({
                "out": finished.written.out,
                "page": finished.written.page,
                "files": finished.written.files,
                "counts": finished.written.counts,
                "scrubbed": results.cuts.as_ref().map(ScrubCounts::from),
                "rejects": results.rejects.len(),
                "warnings": results.run.warnings,
            }))?;
        } else if !self.telling.quiet {
            terminal::print(&finished.summary)?;
        }
        if self.open {
            opening::show(&finished.written.page, &self.telling);
        }
        let seconds: f64 = results.run.timings.iter().map(|timing| timing.seconds).sum();
        progress.log(|| {
            let counts = serde_json::to_value(&finished.written.counts).unwrap_or_default();
            Entry::info("results_written", "results written")
                .with("out", finished.written.out.to_string_lossy())
                .with("counts", counts)
                .with("seconds", log::in_milliseconds(seconds))
        });
        let has_duplicates = results.families.is_some_and(|families| !families.all().is_empty());
        Ok(if self.fail_on_duplicates && has_duplicates {
            Exit::Duplicates
        } else if !results.rejects.is_empty() {
            Exit::Rejects
        } else {
            Exit::Done
        })
    }
}

/// Tells how many articles are dated later than a day from now. No table does: it would be another one
/// tomorrow.
fn tell_dates_to_come(corpus: &Corpus, progress: &Progress) {
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(24);
    let is_to_come = |article: &&Article| article.published.is_some_and(|day| day.at > tomorrow);
    let mut to_come = corpus.articles().iter().filter(is_to_come);
    let Some(first) = to_come.next() else { return };
    let more = to_come.count();
    let words = match more {
        0 => format!("{}: its date is yet to come", first.source),
        _ => format!("{} and {more} more articles: their dates are yet to come", first.source),
    };
    let told = Entry::warning("dates_to_come", words).at(&first.source);
    progress.tell(told.with("articles", more + 1));
}

fn name(parts: Parts) -> &'static str {
    match parts {
        Parts::FAMILIES => "dups",
        Parts::STORIES => "stories",
        Parts::PASSAGES => "passages",
        _ => "run",
    }
}

/// Tells the first rejects, or all of them where the user asked for more.
pub(super) fn tell_rejects(rejects: &[Reject], telling: &Telling, progress: &Progress) {
    let told = if telling.verbose { rejects.len() } else { rejects.len().min(REJECTS_TOLD) };
    for reject in &rejects[..told] {
        progress.tell(reject.into());
    }
    if told < rejects.len() {
        let more = rejects.len() - told;
        let words = format!("… and {more} more rejected records");
        progress.tell(Entry::warning("records_rejected", words).with("records", more));
    }
}
