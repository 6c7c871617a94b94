//! `index stats`: what an archive holds.

use newsfold::archive::Stats;

use super::Given;
use crate::cli::{Exit, Failure, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) archive: Given,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let stats = self.archive.open(|archive, _| archive.stats())?;
        match self.archive.json {
            true => terminal::print_json(&stats)?,
            false => terminal::print(&in_words(&stats))?,
        }
        Ok(Exit::Done)
    }
}

fn in_words(stats: &Stats) -> String {
    let count =
        |name: &str| stats.counts.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let published = match (&stats.first_published, &stats.last_published) {
        (Some(first), Some(last)) => format!(", published {first} to {last}"),
        _ => String::new(),
    };
    let mut words =
        format!("{} articles of {} outlets{published}\n", stats.articles, stats.outlets);
    words += &format!(
        "{} families with {} copies, {} stories of two articles or more, {} storylines\n",
        count("families"),
        count("copies"),
        count("stories"),
        count("storylines"),
    );
    words += &format!(
        "Statistics of {} articles; {} ids lead to other groups\n",
        stats.statistics_articles,
        stats.redirects.len()
    );
    words += &format!(
        "State {}: {} bytes in {} segments and other files, {} bytes of text; {} bytes of earlier states\n",
        stats.generation, stats.bytes, stats.segments, stats.text_bytes, stats.unused_bytes
    );
    words
}
