//! `compare`: the passages that two articles share, side by side.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::ValueHint;
use newsfold::compare::{Look, compare, compare_found, heading, in_words, page};
use newsfold::statistics::{Statistics, Wanted};
use terminal_size::{Width, terminal_size};

use super::pair::Pair;
use super::{Exit, Failure, opening, terminal, whole_file};

/// Columns where nobody tells how many there are.
const COLUMNS: usize = 80;

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "newsfold compare [OPTIONS] [INPUT]... A B\n       newsfold compare [OPTIONS] OUT A B"
)]
pub(crate) struct Args {
    /// Print the comparison as JSON
    #[arg(long)]
    json: bool,
    /// Write the comparison as a page of one file, and print only how much the two share
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
        let found =
            self.pair.of_finished(given, self.html.as_deref(), |run, [a, b], progress| {
                compare_found(run, a, b, progress)
            })?;
        let asked = || {
            self.pair.ask("compare", |corpus, config, [a, b], progress| {
                let statistics = Statistics::of(
                    corpus,
                    &config.statistics,
                    Wanted { frequencies: false, surprisal: true },
                    progress,
                )?;
                compare(corpus, &statistics, &config.passage, a, b, progress)
            })
        };
        let (comparison, rejects) = found.map_or_else(asked, |found| Ok((found, Vec::new())))?;
        if let Some(path) = &self.html {
            whole_file::write(path, |out| {
                page(&comparison, out).map_err(|error| whole_file::failed(path, error))
            })?;
        }
        if self.json {
            terminal::print_json(&comparison)?;
        } else if let Some(path) = &self.html {
            terminal::print(&format!("{}The page: {}\n", heading(&comparison), path.display()))?;
        } else {
            terminal::print_coloured(&in_words(&comparison, look()))?;
        }
        if let Some(path) = self.html.as_deref().filter(|_| self.open) {
            opening::show(path, &self.pair.telling);
        }
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}

/// How standard output is: coloured only where it is a terminal that shows colours, and nobody asked
/// for none (<https://no-color.org>).
fn look() -> Look {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let terminal = io::stdout().is_terminal();
    let columns = terminal_size().filter(|_| terminal).map(|(Width(columns), _)| columns.into());
    Look { columns: columns.unwrap_or(COLUMNS), colour: terminal && !dumb && !set("NO_COLOR") }
}
