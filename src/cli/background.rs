//! `background`: how common words are in an archive, for other runs to know.

use std::path::PathBuf;

use clap::ValueHint;
use newsfold::ingest;
use newsfold::pipeline::in_pool;
use newsfold::statistics::write_background;
use newsfold::text::tell_languages;

use super::options::{Telling, Tuning, inputs_or_usage};
use super::progress::Progress;
use super::run::tell_rejects;
use super::{Exit, Failure, terminal, whole_file};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders, globs, or - for standard input: any archive, the larger the better
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// File for the table, which --background takes
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let inputs = inputs_or_usage(&self.inputs, "background")?;
        let config = self.tuning.resolve(inputs, None)?;
        let progress = Progress::new(&self.telling);
        let (counts, rejects) = in_pool(config.threads, || {
            let mut read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
            tell_languages(&mut read.corpus);
            let counts = whole_file::write(&self.output, |out| {
                write_background(&read.corpus, out, &progress)
            })?;
            Ok((counts, read.rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        if !self.telling.quiet {
            for (language, articles, words) in &counts.languages {
                terminal::print(&format!(
                    "{language}: {words} words and numbers of {articles} articles\n"
                ))?;
            }
            if counts.left_out > 0 {
                let left_out = counts.left_out;
                terminal::print(&format!(
                    "{left_out} articles left out: too few of their languages\n"
                ))?;
            }
        }
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}
