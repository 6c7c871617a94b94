//! `background`: the statistics of an archive, for other runs to go by.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueHint;
use newsfold::ingest;
use newsfold::pipeline::in_pool;
use newsfold::statistics::{BackgroundCounts, Statistics, Wanted, write_background};
use newsfold::text::tell_languages;
use serde_json::{Value, json};

use super::options::{Telling, Tuning, inputs_or_usage};
use super::progress::Progress;
use super::run::tell_rejects;
use super::{Exit, Failure, terminal, whole_file};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders, globs, or - for standard input: any archive, the larger the better
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// File for the statistics, which --background takes; one that ends in .tsv gets a table of words alone
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let inputs = inputs_or_usage(&self.inputs, "background")?;
        let config = self.tuning.resolve("background", inputs, None)?;
        let progress = Progress::new(&self.telling);
        ingest::refuse_input("output", &self.output, &[&config.inputs], &progress)?;
        let (told, rejects) = in_pool(config.threads, || {
            let mut read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
            tell_languages(&mut read.corpus);
            let told = match self.output.extension().is_some_and(|ending| ending == "tsv") {
                true => {
                    let counts = whole_file::write(&self.output, |out| {
                        write_background(&read.corpus, out, &progress)
                    })?;
                    Told::Words(counts)
                }
                false => {
                    let statistics = &config.statistics;
                    let counted =
                        Statistics::count(&mut read.corpus, statistics, Wanted::ALL, &progress)?;
                    whole_file::write(&self.output, |out| {
                        let written = counted.write(out).and_then(|()| out.flush());
                        written.map_err(|error| whole_file::failed(&self.output, error))
                    })?;
                    Told::Statistics {
                        articles: counted.articles,
                        outlets_with_furniture: counted.furniture.houses(),
                    }
                }
            };
            Ok((told, read.rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        if self.json {
            terminal::print_json(&told.as_json())?;
        } else if !self.telling.quiet {
            terminal::print(&told.in_words())?;
        }
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }
}

/// What was written.
enum Told {
    Statistics { articles: u64, outlets_with_furniture: usize },
    Words(BackgroundCounts),
}

impl Told {
    fn as_json(&self) -> Value {
        let counts = match self {
            Self::Statistics { articles, outlets_with_furniture } => {
                return json!({
                    "articles": articles,
                    "outlets_with_furniture": outlets_with_furniture,
                });
            }
            Self::Words(counts) => counts,
        };
        let language = |(language, articles, words): &(String, u32, usize)| json!({ "language": language, "articles": articles, "words": words });
        let languages: Vec<Value> = counts.languages.iter().map(language).collect();
        json!({ "languages": languages, "left_out": counts.left_out })
    }

    fn in_words(&self) -> String {
        let counts = match self {
            Self::Statistics { articles, outlets_with_furniture: outlets } => {
                return format!(
                    "Statistics of {articles} articles; {outlets} outlets print furniture\n"
                );
            }
            Self::Words(counts) => counts,
        };
        let mut told = String::new();
        for (language, articles, words) in &counts.languages {
            told += &format!("{language}: {words} words and numbers of {articles} articles\n");
        }
        if counts.left_out > 0 {
            let left_out = counts.left_out;
            told += &format!("{left_out} articles left out: too few of their languages\n");
        }
        told
    }
}
