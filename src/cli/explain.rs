//! `explain`: why two articles are, or are not, together.

use std::io::{self, Write};
use std::path::Path;

use clap::ValueHint;
use newsfold::explain::{explain, find};
use newsfold::ingest;
use newsfold::pipeline::in_pool;
use newsfold::text::tell_languages;

use super::options::{Telling, Tuning, inputs_or_usage};
use super::progress::Progress;
use super::run::tell_rejects;
use super::{Exit, Failure};

#[derive(Debug, clap::Args)]
#[command(override_usage = "newsfold explain [OPTIONS] [INPUT]... A B")]
pub(crate) struct Args {
    /// The input, then two articles: each by its id or by where it was read, or the end of either.
    /// Without input, two files that hold an article each, or ids of articles in standard input
    #[arg(value_name = "INPUT... A B", num_args = 2.., required = true,
          value_hint = ValueHint::AnyPath)]
    words: Vec<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let (inputs, names) = self.words.split_at(self.words.len() - 2);
        let two_files = inputs.is_empty() && names.iter().all(|name| Path::new(name).is_file());
        let inputs = inputs_or_usage(if two_files { names } else { inputs }, "explain")?;
        let config = self.tuning.resolve(inputs, None)?;
        let progress = Progress::new(&self.telling);
        let (explanation, rejects) = in_pool(config.threads, || {
            let mut read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
            config.story.corrections.check(&read.corpus)?;
            for unknown in config.story.corrections.unknown(&read.corpus) {
                progress.warn(&unknown);
            }
            tell_languages(&mut read.corpus);
            let (a, b) = (find(&read.corpus, &names[0])?, find(&read.corpus, &names[1])?);
            Ok((explain(&read.corpus, &config, a, b, &progress)?, read.rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        let answer = if self.json {
            serde_json::to_string_pretty(&explanation).map_err(io::Error::other)? + "\n"
        } else {
            explanation.to_string()
        };
        io::stdout().write_all(answer.as_bytes())?;
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}
