//! Two articles named on the command line, after the input that holds them.

use std::path::Path;

use clap::ValueHint;
use newsfold::article::{Corpus, DocId};
use newsfold::config::PipelineConfig;
use newsfold::error::{Error, Reject};
use newsfold::explain::find;
use newsfold::ingest;
use newsfold::pipeline::in_pool;
use newsfold::remake::Finished;

use super::options::{Telling, Tuning, inputs_or_usage};
use super::progress::Progress;
use super::run::tell_rejects;

/// The options that say how a question to a finished run is answered.
const OF_FINISHED: [&str; 9] =
    ["threads", "memory", "json", "html", "open", "log-format", "quiet", "verbose", "no-progress"];

#[derive(Debug, clap::Args)]
pub(crate) struct Pair {
    /// The input, or the folder of a finished run, then two articles: each by its id or by where it was
    /// read, or the end of either. Without input, two files that hold an article each, or ids of
    /// articles in standard input
    #[arg(value_name = "INPUT... A B", num_args = 2.., required = true, allow_negative_numbers = true,
          value_hint = ValueHint::AnyPath)]
    words: Vec<String>,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Pair {
    /// Asks about the two in a finished run, where the input is the folder of one. `None` where it is none. What the run
    /// read is not written over by a `page`.
    ///
    /// # Errors
    /// Where the run cannot be read or has no such articles, and where options that were `given` on the command line ask
    /// for what it did not do. Variables and the file of `--config` are for other commands, too.
    pub(super) fn of_finished<T: Send>(
        &self,
        given: &[String],
        page: Option<&Path>,
        question: impl FnOnce(&Finished, [DocId; 2], &Progress) -> Result<T, Error> + Send,
    ) -> Result<Option<T>, Error> {
        let [out, a, b] = &self.words[..] else { return Ok(None) };
        if !Finished::is_one(Path::new(out)) {
            return Ok(None);
        }
        if let Some(long) = given.iter().find(|long| !OF_FINISHED.contains(&long.as_str())) {
            let reason = format!(
                "{out} is a finished run, which keeps its settings; to try others, name its input in \
                 place of it"
            );
            return Err(Error::config(format!("--{long}"), reason));
        }
        let progress = Progress::new(&self.telling);
        let threads = self.tuning.settings(None)?.threads.unwrap_or_default();
        in_pool(threads, || {
            let run = Finished::open(Path::new(out))?;
            if let Some(page) = page {
                ingest::refuse_input("html", page, &[&run.inputs()], &progress)?;
            }
            let pair = [find(run.articles(), a)?, find(run.articles(), b)?];
            question(&run, pair, &progress).map(Some)
        })
    }

    /// Refuses to write the page over the input, or over one of two files.
    ///
    /// # Errors
    /// Where it would be.
    pub(super) fn refuse_page(&self, page: &Path) -> Result<(), Error> {
        let progress = Progress::new(&self.telling);
        let (inputs, names) = self.words.split_at(self.words.len() - 2);
        let files: Vec<String> =
            names.iter().filter(|name| Path::new(name).is_file()).cloned().collect();
        ingest::refuse_input("html", page, &[inputs, &files], &progress)
    }

    /// Reads the input, and asks about the two. Also returns the records that were rejected.
    pub(super) fn ask<T: Send>(
        &self,
        command: &str,
        question: impl FnOnce(&mut Corpus, &PipelineConfig, [DocId; 2], &Progress) -> Result<T, Error>
        + Send,
    ) -> Result<(T, Vec<Reject>), Error> {
        let (inputs, names) = self.words.split_at(self.words.len() - 2);
        let two_files = inputs.is_empty() && names.iter().all(|name| Path::new(name).is_file());
        let inputs = inputs_or_usage(if two_files { names } else { inputs }, command);
        // The first of them is the input then.
        let inputs = inputs.map_err(|usage| match Path::new(&names[0]).exists() {
            true => Error::config(
                "A B",
                format!(
                    "{command} asks about two articles: name two files, or the input and two ids; there is no file \
                     {:?}",
                    names[1]
                ),
            ),
            false => usage,
        })?;
        let config = self.tuning.resolve(command, inputs, None)?;
        let progress = Progress::new(&self.telling);
        for left_out in self.tuning.of_other_methods(command)? {
            progress.warn(&left_out);
        }
        let (answer, rejects) = in_pool(config.threads, || {
            let mut read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
            let pair = [find(&read.corpus, &names[0])?, find(&read.corpus, &names[1])?];
            Ok((question(&mut read.corpus, &config, pair, &progress)?, read.rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        Ok((answer, rejects))
    }
}
