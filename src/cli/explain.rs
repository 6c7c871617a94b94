//! `explain`: why two articles are, or are not, together.

use std::io::{self, Write};

use newsfold::explain::explain;
use newsfold::text::tell_languages;

use super::pair::Pair;
use super::{Exit, Failure};

#[derive(Debug, clap::Args)]
#[command(override_usage = "newsfold explain [OPTIONS] [INPUT]... A B")]
pub(crate) struct Args {
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) pair: Pair,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let (explanation, rejects) =
            self.pair.ask("explain", |corpus, config, [a, b], progress| {
                config.story.corrections.check(corpus)?;
                for unknown in config.story.corrections.unknown(corpus) {
                    progress.warn(&unknown);
                }
                tell_languages(corpus);
                explain(corpus, config, a, b, progress)
            })?;
        let answer = if self.json {
            serde_json::to_string_pretty(&explanation).map_err(io::Error::other)? + "\n"
        } else {
            explanation.to_string()
        };
        io::stdout().write_all(answer.as_bytes())?;
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}
