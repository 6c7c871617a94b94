//! Two articles named on the command line, after the input that holds them.

use std::path::Path;

use clap::ValueHint;
use newsfold::article::{Corpus, DocId};
use newsfold::config::PipelineConfig;
use newsfold::error::{Error, Reject};
use newsfold::explain::find;
use newsfold::ingest;
use newsfold::pipeline::in_pool;

use super::options::{Telling, Tuning, inputs_or_usage};
use super::progress::Progress;
use super::run::tell_rejects;

#[derive(Debug, clap::Args)]
pub(crate) struct Pair {
    /// The input, then two articles: each by its id or by where it was read, or the end of either.
    /// Without input, two files that hold an article each, or ids of articles in standard input
    #[arg(value_name = "INPUT... A B", num_args = 2.., required = true,
          value_hint = ValueHint::AnyPath)]
    words: Vec<String>,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Pair {
    /// Reads the input, and asks about the two. Also returns the records that were rejected.
    pub(super) fn ask<T: Send>(
        &self,
        command: &str,
        question: impl FnOnce(&mut Corpus, &PipelineConfig, [DocId; 2], &Progress) -> Result<T, Error>
        + Send,
    ) -> Result<(T, Vec<Reject>), Error> {
        let (inputs, names) = self.words.split_at(self.words.len() - 2);
        let two_files = inputs.is_empty() && names.iter().all(|name| Path::new(name).is_file());
        let inputs = inputs_or_usage(if two_files { names } else { inputs }, command)?;
        let config = self.tuning.resolve(inputs, None)?;
        let progress = Progress::new(&self.telling);
        let (answer, rejects) = in_pool(config.threads, || {
            let mut read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
            let pair = [find(&read.corpus, &names[0])?, find(&read.corpus, &names[1])?];
            Ok((question(&mut read.corpus, &config, pair, &progress)?, read.rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        Ok((answer, rejects))
    }
}
