//! The options that every pipeline command has.

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum, ValueHint};
use newsfold::config::{DEFAULT_OUTPUT, OneOrMany, PipelineConfig, Settings};
use newsfold::error::{Cause, Error, Result};

use super::of_use::{self, Way};

/// Which method finds candidates.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Method {
    /// Bands of MinHash signatures
    Minhash,
    /// SimHash fingerprints within a Hamming distance: for whole-page copies
    Simhash,
    /// A join over all shingles: nothing is missed, more memory
    Exact,
}

/// What happens to articles of one template.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Templates {
    /// They are listed as pairs, and all stay
    Keep,
    /// They are copies of each other
    Remove,
}

/// What is cut out of the texts of `--write-kept`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Scrub {
    /// What an outlet prints around its articles
    Boilerplate,
    /// Text that several outlets print, but for the first article that has it
    Syndicated,
    /// Both
    Both,
}

/// What a story is: precision or recall first.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StoryPreset {
    /// Precision first: an event may be told as two stories
    Strict,
    /// Best of both on labelled news
    Balanced,
    /// Recall first: a story may hold a second event of its topic
    Wide,
}

/// How little must be shared to count as a passage.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Sensitivity {
    /// Precision first: 15 words or more, and rarer ones
    Low,
    /// Best of both on labelled passages: 10 words or more
    Normal,
    /// Recall first: 8 words or more, and more common ones
    High,
}

/// How events are written to standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// What the stages are told.
#[derive(Clone, Debug, Args)]
pub(crate) struct Tuning {
    /// Worker threads [default: one a core]
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<usize>,
    /// About how much memory to take, as 512M; what is more goes to a temporary file beside the
    /// results [default: half of what is available]
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// Seed of whatever is random [default: 0]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Settings in TOML, with the names of these options; options given here go before it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Words a shingle [default: 5]
    #[arg(long, value_name = "K", help_heading = "Near-duplicates")]
    ngram: Option<usize>,
    /// The fields that are compared: text, title, or title,text. No shingle crosses from one into the
    /// other, and each counts once, so that a field weighs as much as it is long [default: text]
    #[arg(long, value_name = "LIST", help_heading = "Near-duplicates")]
    fields: Option<String>,
    /// Permutations of a MinHash signature [default: 128]
    #[arg(long, value_name = "N", help_heading = "Near-duplicates")]
    num_perm: Option<usize>,
    /// Least Jaccard of two near-duplicates [default: 0.7]
    #[arg(long, value_name = "J", help_heading = "Near-duplicates")]
    threshold: Option<f64>,
    /// Share of the pairs at the threshold that minhash must find; bands and rows follow from it
    /// [default: 0.995]
    #[arg(long, value_name = "R", help_heading = "Near-duplicates")]
    recall: Option<f64>,
    /// How candidates are found; all are verified exactly [default: minhash]
    #[arg(long, value_enum, help_heading = "Near-duplicates")]
    method: Option<Method>,
    /// Greatest Hamming distance of two fingerprints, for simhash [default: 3]
    #[arg(long, value_name = "BITS", help_heading = "Near-duplicates")]
    max_distance: Option<u32>,
    /// Least share of a shorter article's shingles in a longer one that makes it a part of that: a cut
    /// copy, a brief, a framed copy; 0 leaves parts out [default: 0.85]
    #[arg(long, value_name = "C", help_heading = "Near-duplicates")]
    containment: Option<f64>,
    /// Which article of a family is kept: first, last (or newest), longest, complete, corrected,
    /// original (the one whose outlet the others credit), or outlet:A,B in order of preference
    /// [default: first]
    #[arg(long, value_name = "RULE", help_heading = "Near-duplicates")]
    keep: Option<String>,
    /// Greatest share of an article's shingles that may be missing from the kept one it is removed for
    /// [default: 0.2]
    #[arg(long, value_name = "SHARE", help_heading = "Near-duplicates")]
    max_loss: Option<f64>,
    /// Remove an article only for one that has every shingle of it, as --max-loss 0
    #[arg(long, help_heading = "Near-duplicates")]
    lossless: bool,
    /// Keep or remove articles that fill one template with other names, numbers or dates
    /// [default: keep]
    #[arg(long, value_enum, help_heading = "Near-duplicates")]
    templates: Option<Templates>,
    /// Compare only articles published at most so many hours apart; undated ones with none
    #[arg(long, value_name = "HOURS", help_heading = "Near-duplicates")]
    within: Option<u32>,
    /// Compare only articles of one outlet
    #[arg(long, conflicts_with = "across_outlets", help_heading = "Near-duplicates")]
    same_outlet: bool,
    /// Compare only articles of two different outlets
    #[arg(long, help_heading = "Near-duplicates")]
    across_outlets: bool,
    /// Count the pairs found against the true ones, on a sample of the articles
    #[arg(long, help_heading = "Near-duplicates")]
    check_recall: bool,
    /// How many hours apart two articles may be that are linked directly; through articles between
    /// them a story may last longer [default: 1440]
    #[arg(long, value_name = "HOURS", help_heading = "Stories")]
    window: Option<u32>,
    /// Whether precision or recall goes first [default: balanced]
    #[arg(long, value_enum, help_heading = "Stories")]
    story_preset: Option<StoryPreset>,
    /// Mean similarity at which groups of articles become one story, in place of the preset's: lower
    /// joins more [strict: 0.1, balanced: 0.078, wide: 0.0765]
    #[arg(long, value_name = "T", help_heading = "Stories")]
    story_threshold: Option<f64>,
    /// Pairs of ids that belong to one story, a pair a line: their stories become one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Stories")]
    must_link: Option<PathBuf>,
    /// Pairs of ids that do not belong to one story, a pair a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Stories")]
    cannot_link: Option<PathBuf>,
    /// Statistics that `newsfold background` wrote: nothing is counted from the input, so that what is
    /// told of two articles is the same whatever lies beside them. A table of words fixes those alone
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Statistics")]
    background: Option<PathBuf>,
    /// A file of templates that are nobody's own words: paragraphs with empty lines between them
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    ignore: Option<PathBuf>,
    /// Whether precision or recall goes first [default: normal]
    #[arg(long, value_enum, help_heading = "Passages")]
    sensitivity: Option<Sensitivity>,
    /// Least words of a passage that two articles share, in place of the sensitivity's [low: 15, normal:
    /// 10, high: 8]
    #[arg(long, value_name = "TOKENS", help_heading = "Passages")]
    min_passage: Option<u32>,
    /// Agencies and phrases that tell credit lines, besides those that come with the program
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Passages")]
    credits: Option<PathBuf>,
    /// Find reworded text too: sentences that say the same in other words and another order
    #[arg(long, help_heading = "Passages")]
    reworded: bool,
    /// Take words that are a letter off for one, and join words cut at the ends of lines: for text read
    /// from scanned pages
    #[arg(long, help_heading = "Passages")]
    ocr: bool,
    /// Take an input field from this key or column: NAME=PATH, where NAME is one of id, outlet,
    /// url, published, title, text, lang, author (may be given more than once)
    #[arg(long, value_name = "NAME=PATH", help_heading = "Input")]
    field: Vec<String>,
    /// Names and hosts that are one outlet: a name or host and its outlet a line, with a comma between
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    outlets: Option<PathBuf>,
    /// The most that a record may have, or a file that is one; what is longer is rejected [default: 64M]
    #[arg(long, value_name = "SIZE", help_heading = "Input")]
    max_record: Option<String>,
    /// How deep a record of JSON may be nested, and the elements of a page; what is deeper is rejected
    /// [default: 1000]
    #[arg(long, value_name = "N", help_heading = "Input")]
    max_depth: Option<usize>,
    /// How many times its size a packed file may grow to, beyond 128 MiB; the rest of it is rejected
    /// [default: 400]
    #[arg(long, value_name = "N", help_heading = "Input")]
    max_ratio: Option<u64>,
    /// Let the first rejected record end the run
    #[arg(long, help_heading = "Input")]
    strict: bool,
}

/// Where the results go.
#[derive(Clone, Debug, Args)]
pub(crate) struct Destination {
    /// Folder for the results
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath,
          help = format!("Folder for the results [default: {DEFAULT_OUTPUT}]"))]
    output: Option<PathBuf>,
    /// Formats of the tables: csv, jsonl, parquet, arrow (in a build with it); passim adds passages.passim.jsonl, as the tool passim
    /// writes its clusters, and tei passages.tei.xml, articles in TEI P5 with their passages marked
    /// [default: csv,parquet]
    #[arg(long, value_name = "LIST")]
    format: Option<String>,
    /// Leave cells of CSV files as they are that a spreadsheet would run: those that begin with =, +, - or
    /// @ have an apostrophe in front otherwise
    #[arg(long)]
    csv_raw: bool,
    /// Write the records that stay to this file, in the form of the input: JSON Lines, CSV or Parquet;
    /// compressed where its name ends in .gz or .zst
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    write_kept: Option<PathBuf>,
    /// Keep what each stage found beside the results until these are written, and go on from there where an earlier
    /// run with this option was stopped
    #[arg(long)]
    resume: bool,
    /// Cut repeated sentences out of the texts of --write-kept; scrubbed.csv says which
    #[arg(long, value_enum)]
    scrub: Option<Scrub>,
    /// Hold the articles of the input against these older ones alone, not against each other: a file, a
    /// folder, a glob; may be given again. The older ones are always kept
    #[arg(long, value_name = "REFERENCE", value_hint = ValueHint::AnyPath)]
    against: Vec<String>,
    /// The most data that report.html holds; texts are left out of it first [default: 25M, and 500K
    /// for dups]
    #[arg(long, value_name = "SIZE")]
    report_max: Option<String>,
}

/// How much is told while working.
#[derive(Clone, Debug, Args)]
pub(crate) struct Telling {
    /// How events are written to standard error
    #[arg(long, value_enum, default_value_t, help_heading = "Messages")]
    pub(crate) log_format: LogFormat,
    /// Nothing but errors
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Messages")]
    pub(crate) quiet: bool,
    /// What each stage took, and every reject
    #[arg(short, long, help_heading = "Messages")]
    pub(crate) verbose: bool,
    /// No progress bars
    #[arg(long, action = ArgAction::SetTrue, help_heading = "Messages")]
    pub(crate) no_progress: bool,
}

impl Tuning {
    /// The configuration that these options, and the file they name, ask for, without what `command` has no use
    /// for.
    pub(crate) fn resolve(
        &self,
        command: &str,
        inputs: Vec<String>,
        destination: Option<&Destination>,
    ) -> Result<PipelineConfig> {
        of_use(command, self.settings(destination)?)?.resolve(inputs)
    }

    /// What is said of settings of variables and of the file that the method which finds candidates has no use for. On
    /// the command line itself they are refused.
    pub(crate) fn of_other_methods(&self, command: &str) -> Result<Vec<String>> {
        let settings = self.settings(None)?;
        let way = Way::of(&settings);
        let unused = of_use::unused(&super::command::command(), command);
        let failed = |error| Error::config(command, Cause::of(error));
        let named = serde_json::to_value(settings).map_err(failed)?;
        let options = of_use::of_other_methods(command, way).into_iter();
        let options = options.filter(|option| unused.iter().all(|unused| unused != option));
        let set = options.filter_map(|option| Some((option, named.get(option)?)));
        let set = set.filter(|(_, value)| !value.is_null());
        let method = way.method;
        Ok(set
            .map(|(option, value)| {
                format!("{option} = {value}: left out, since method {method} has no use for it")
            })
            .collect())
    }

    /// What these options say, and below them the file they name.
    pub(crate) fn settings(&self, destination: Option<&Destination>) -> Result<Settings> {
        let many = |items: &[String]| (!items.is_empty()).then(|| OneOrMany::Many(items.to_vec()));
        let method = self.method.as_ref().and_then(name);
        let flags = Settings {
            output: destination.and_then(|to| to.output.clone()),
            format: destination.and_then(|to| to.format.clone()).map(OneOrMany::One),
            csv_raw: destination.is_some_and(|to| to.csv_raw).then_some(true),
            report_max: destination.and_then(|to| to.report_max.clone()),
            memory: self.memory.clone(),
            threads: self.threads,
            seed: self.seed,
            ngram: self.ngram,
            fields: self.fields.clone().map(OneOrMany::One),
            num_perm: self.num_perm,
            threshold: self.threshold,
            recall: self.recall,
            method,
            max_distance: self.max_distance,
            containment: self.containment,
            write_kept: destination.and_then(|to| to.write_kept.clone()),
            resume: destination.is_some_and(|to| to.resume).then_some(true),
            scrub: destination.and_then(|to| to.scrub.as_ref().and_then(name)),
            against: destination.and_then(|to| many(&to.against)),
            within: self.within,
            same_outlet: self.same_outlet.then_some(true),
            across_outlets: self.across_outlets.then_some(true),
            window: self.window,
            story_preset: self.story_preset.as_ref().and_then(name),
            story_threshold: self.story_threshold,
            must_link: self.must_link.clone(),
            cannot_link: self.cannot_link.clone(),
            background: self.background.clone(),
            ignore: self.ignore.clone(),
            min_passage: self.min_passage,
            sensitivity: self.sensitivity.as_ref().and_then(name),
            credits: self.credits.clone(),
            reworded: self.reworded.then_some(true),
            ocr: self.ocr.then_some(true),
            keep: self.keep.clone(),
            max_loss: self.max_loss,
            lossless: self.lossless.then_some(true),
            templates: self.templates.as_ref().and_then(name),
            field: many(&self.field),
            outlets: self.outlets.clone(),
            max_record: self.max_record.clone(),
            max_depth: self.max_depth,
            max_ratio: self.max_ratio,
            strict: self.strict.then_some(true),
            check_recall: self.check_recall.then_some(true),
        };
        let file = self.config.as_deref().map(Settings::from_file).transpose()?;
        Ok(flags.over(file.unwrap_or_default()))
    }
}

/// The settings that this command, and the method that finds candidates, have a use for. Others come from variables and
/// from the file of `--config`, which are for all of them.
pub(crate) fn of_use(command: &str, settings: Settings) -> Result<Settings> {
    let failed = |error| Error::config(command, Cause::of(error));
    let way = Way::of(&settings);
    // JSON has no word for NaN and infinity, and would leave the setting out.
    let numbers = [
        ("threshold", settings.threshold),
        ("recall", settings.recall),
        ("containment", settings.containment),
        ("story-threshold", settings.story_threshold),
        ("max-loss", settings.max_loss),
    ];
    for (name, number) in numbers {
        if let Some(number) = number.filter(|number| !number.is_finite()) {
            return Err(Error::config(format!("--{name}"), format!("{number} is no number")));
        }
    }
    let mut named = serde_json::to_value(settings).map_err(failed)?;
    if let Some(named) = named.as_object_mut() {
        let unused = of_use::unused(&super::command::command(), command);
        let of_others = of_use::of_other_methods(command, way).into_iter().map(str::to_owned);
        unused.into_iter().chain(of_others).for_each(|name| drop(named.remove(&name)));
    }
    serde_json::from_value(named).map_err(failed)
}

/// What a choice is called, as the configuration has it.
fn name(choice: &impl ValueEnum) -> Option<String> {
    Some(choice.to_possible_value()?.get_name().to_owned())
}

/// The inputs named, or standard input where something comes in there; where there is neither, the
/// usage of `command`, as an error.
pub(crate) fn inputs_or_usage(named: &[String], command: &str) -> Result<Vec<String>, Error> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    // What is looked at here stays in the buffer that standard input is later read through.
    let mut stdin = io::stdin().lock();
    if !stdin.is_terminal() && stdin.fill_buf().is_ok_and(|waiting| !waiting.is_empty()) {
        return Ok(vec!["-".to_owned()]);
    }
    let mut cli = super::command::command();
    cli.build();
    let usage =
        super::command::find(&cli, command).map(|sub| sub.clone().render_usage().to_string());
    Err(Error::config(
        "INPUT",
        format!(
            "name a file, a folder, a glob, or - for standard input\n\n{}\n\nFor more: newsfold {command} --help",
            usage.unwrap_or_default()
        ),
    ))
}
