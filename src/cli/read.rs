//! `read`: the articles of any input, in newsfold's own form.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ValueHint;
use newsfold::config::{OneOrMany, Settings};
use newsfold::error::Error;
use newsfold::ingest;
use newsfold::pipeline::in_pool;
use newsfold::tables::{Format, write_texts};
use newsfold::text::escaped_json;
use serde_json::json;

use super::options::{Telling, inputs_or_usage};
use super::progress::Progress;
use super::run::tell_rejects;
use super::{Exit, Failure, terminal, whole_file};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders, globs, or - for standard input
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// File for the articles: its ending, .jsonl, .parquet, .csv or .arrow (in a build with it), says in which
    /// format; - for standard output, as JSON Lines
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// Take an input field from this key or column: NAME=PATH, where NAME is one of id, outlet,
    /// url, published, title, text, lang, author (may be given more than once)
    #[arg(long, value_name = "NAME=PATH")]
    field: Vec<String>,
    /// Names and hosts that are one outlet: a name or host and its outlet a line, with a comma between
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    outlets: Option<PathBuf>,
    /// Let the first rejected record end the command
    #[arg(long)]
    strict: bool,
    /// Worker threads [default: one a core]
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<usize>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// About how much memory to take, as 512M [default: half of what is available]
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let inputs = inputs_or_usage(&self.inputs, "read")?;
        let to_stdout = self.output.as_os_str() == "-";
        if to_stdout {
            terminal::no_summary(self.json)?;
        }
        let format = if to_stdout { Format::Jsonl } else { format_of(&self.output)? };
        let settings = Settings {
            threads: self.threads,
            memory: self.memory.clone(),
            field: (!self.field.is_empty()).then(|| OneOrMany::Many(self.field.clone())),
            outlets: self.outlets.clone(),
            strict: self.strict.then_some(true),
            ..Settings::default()
        };
        let config = settings.resolve(inputs)?;
        let progress = Progress::new(&self.telling);
        ingest::refuse_input("output", &self.output, &[&config.inputs], &progress)?;
        let read =
            in_pool(config.threads, || ingest::ingest(&config.inputs, &config.ingest, &progress))?;
        tell_rejects(&read.rejects, &self.telling, &progress);
        for left_out in &read.skipped {
            progress.warn(left_out);
        }
        if to_stdout {
            // A terminal is given all at once, with an escape for what steers it.
            let mut shown = Vec::new();
            let mut piped = BufWriter::new(io::stdout());
            let is_terminal = io::stdout().is_terminal();
            let out: &mut (dyn Write + Send) = if is_terminal { &mut shown } else { &mut piped };
            write_texts(&read.corpus, format, out, &progress)?;
            piped.flush()?;
            terminal::print(&escaped_json(&String::from_utf8_lossy(&shown)))?;
        } else {
            whole_file::write(&self.output, |out| {
                write_texts(&read.corpus, format, out, &progress).map_err(|error| {
                    match error.kind() {
                        io::ErrorKind::Interrupted => Error::Interrupted,
                        _ => whole_file::failed(&self.output, error),
                    }
                })
            })?;
            let (articles, rejected) = (read.corpus.len(), read.rejects.len());
            if self.json {
                terminal::print_json(&json!({ "articles": articles, "rejected": rejected }))?;
            } else if !self.telling.quiet {
                terminal::print(&format!(
                    "{articles} articles, {rejected} records rejected: {}\n",
                    self.output.display()
                ))?;
            }
        }
        Ok(if read.rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}

/// The format that a file's ending names.
fn format_of(file: &Path) -> Result<Format, Error> {
    let fault = |reason: String| Error::config("--output", reason);
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "jsonl" | "ndjson" => Ok(Format::Jsonl),
        "parquet" => Ok(Format::Parquet),
        "csv" => Ok(Format::Csv),
        "arrow" | "feather" => match Format::Arrow.why_absent() {
            None => Ok(Format::Arrow),
            Some(reason) => Err(fault(reason.to_owned())),
        },
        _ => Err(fault(format!(
            "{:?} has none of the endings .jsonl, .parquet, .csv and .arrow, which say in which \
             format to write",
            file.display().to_string()
        ))),
    }
}
