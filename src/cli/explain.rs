//! `explain`: why two articles are, or are not, together.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueHint;
use newsfold::explain::{explain, found, page, page_of_found};
use newsfold::statistics::{Statistics, Wanted};
use newsfold::text::tell_languages;
use serde::Serialize;

use super::pair::Pair;
use super::{Exit, Failure, opening, terminal, whole_file};

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "newsfold explain [OPTIONS] [INPUT]... A B\n       newsfold explain [OPTIONS] OUT A B"
)]
pub(crate) struct Args {
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    /// Write the answer as a page of one file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    html: Option<PathBuf>,
    /// Open that page in the browser
    #[arg(long, requires = "html")]
    open: bool,
    #[command(flatten)]
    pub(super) pair: Pair,
}

impl Args {
    pub(crate) fn run(&self, given: &[String]) -> Result<Exit, Failure> {
        if let Some(page) = &self.html {
            self.pair.refuse_page(page)?;
        }
        if let Some(found) =
            self.pair.of_finished(given, self.html.as_deref(), |run, [a, b], _| found(run, a, b))?
        {
            self.tell(&found, |out| page_of_found(&found, out))?;
            return Ok(Exit::Done);
        }
        let (explanation, rejects) =
            self.pair.ask("explain", |corpus, config, [a, b], progress| {
                config.story.corrections.check(corpus)?;
                for unknown in config.story.corrections.unknown(corpus) {
                    progress.warn(&unknown);
                }
                tell_languages(corpus);
                let statistics = Statistics::of(corpus, &config.statistics, Wanted::ALL, progress)?;
                explain(corpus, &statistics, config, a, b, progress)
            })?;
        self.tell(&explanation, |out| page(&explanation, out))?;
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }

    /// Prints an answer, and writes its page where that was asked for.
    fn tell(
        &self,
        answer: &(impl Display + Serialize),
        page: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        if let Some(path) = &self.html {
            whole_file::write(path, |out| {
                page(out).map_err(|error| whole_file::failed(path, error))
            })?;
        }
        if self.json {
            terminal::print_json(answer)?;
        } else {
            let mut answer = answer.to_string();
            if let Some(path) = &self.html {
                answer += &format!("\nThe page: {}\n", path.display());
            }
            terminal::print(&answer)?;
        }
        if let Some(path) = self.html.as_deref().filter(|_| self.open) {
            opening::show(path, &self.pair.telling);
        }
        Ok(())
    }
}
