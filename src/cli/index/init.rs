//! `index init`: an archive without articles, with what it keeps for as long as there is it.

use std::path::PathBuf;

use clap::ValueHint;
use newsfold::archive::Archive;
use newsfold::error::Error;
use newsfold::ingest;
use newsfold::pipeline::in_pool;
use newsfold::statistics::{Statistics, Wanted};
use newsfold::text::tell_languages;
use serde_json::json;

use crate::cli::options::{Telling, Tuning};
use crate::cli::progress::Progress;
use crate::cli::run::tell_rejects;
use crate::cli::{Exit, Failure, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder for the archive: empty, or not there yet
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
    /// Articles to count statistics from, the more the better; they are not added [default: the tables that
    /// come with the program]
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let settings = self.tuning.settings(None)?;
        if !self.inputs.is_empty() && settings.background.is_some() {
            return Err(Failure::Newsfold(Error::config(
                "--background",
                "statistics come from this file or from INPUT; leave one out",
            )));
        }
        let config = settings.clone().resolve(self.inputs.clone())?;
        let progress = Progress::new(&self.telling);
        let (archive, rejects) = in_pool(config.threads, || {
            let (mut counted, mut rejects) = (None, Vec::new());
            if !self.inputs.is_empty() {
                let mut read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
                tell_languages(&mut read.corpus);
                let statistics = &config.statistics;
                counted =
                    Some(Statistics::count(&mut read.corpus, statistics, Wanted::ALL, &progress)?);
                rejects = read.rejects;
            }
            Ok((Archive::init(&self.dir, settings, counted)?, rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        let counted = archive.statistics().articles;
        if self.json {
            terminal::print_json(
                &json!({ "archive": self.dir, "statistics_of_articles": counted }),
            )?;
        } else if !self.telling.quiet {
            let statistics = match counted {
                0 => "the statistics that come with the program".to_owned(),
                articles => format!("statistics of {articles} articles"),
            };
            terminal::print(&format!("An archive with {statistics}: {}\n", self.dir.display()))?;
        }
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}
