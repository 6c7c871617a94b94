//! `index add`: a batch of articles, and what it changed.

use std::path::PathBuf;

use clap::ValueHint;
use newsfold::archive::Archive;
use newsfold::ingest;
use newsfold::pipeline::in_pool;

use super::tell_changes;
use crate::cli::options::{Telling, Tuning, inputs_or_usage};
use crate::cli::progress::Progress;
use crate::cli::run::tell_rejects;
use crate::cli::{Exit, Failure};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the archive
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
    /// Files, folders, globs, or - for standard input
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    #[command(flatten)]
    tuning: Tuning,
    /// Print what changed as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let inputs = inputs_or_usage(&self.inputs, "index add")?;
        let settings = self.tuning.settings(None)?;
        let progress = Progress::new(&self.telling);
        let threads = settings.threads.unwrap_or(0);
        let (changes, rejects) = in_pool(threads, || {
            let mut archive = Archive::open(&self.dir)?.with_threads(threads);
            archive.check_asked(&settings)?;
            let config = settings.resolve(inputs)?;
            let read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
            let rejects = read.rejects.clone();
            Ok((archive.add(read, &progress)?, rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        tell_changes(&changes, self.json, &self.telling)?;
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}
