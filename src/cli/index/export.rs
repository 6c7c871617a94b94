//! `index export`: the tables and the page of one run over all articles.

use std::path::PathBuf;

use clap::ValueHint;
use newsfold::config::{OneOrMany, Settings};
use newsfold::tables::Format;
use newsfold::{pipeline, report};
use serde_json::json;

use super::Given;
use crate::cli::{Exit, Failure, stop, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder for the results
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::DirPath)]
    output: PathBuf,
    /// Formats of the tables: csv, jsonl, parquet, arrow, passim, tei [default: csv,parquet]
    #[arg(long, value_name = "LIST")]
    format: Option<String>,
    /// Leave cells of CSV files as they are that a spreadsheet would run
    #[arg(long)]
    csv_raw: bool,
    /// The most data that report.html holds; texts are left out of it first [default: 25M]
    #[arg(long, value_name = "SIZE")]
    report_max: Option<String>,
    /// Say in `articles` which story an earlier one went into (`merged_into`): it depends on the batches
    #[arg(long)]
    merged: bool,
    #[command(flatten)]
    pub(super) archive: Given,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let settings = Settings {
            output: Some(self.output.clone()),
            format: self.format.clone().map(OneOrMany::One),
            csv_raw: self.csv_raw.then_some(true),
            report_max: self.report_max.clone(),
            threads: self.archive.threads,
            ..Settings::default()
        };
        let config = settings.resolve(Vec::new())?;
        let claim = report::claim(&config.output)?;
        let begun = claim.begun();
        stop::before_ending(move || begun.give_up());
        let (finished, rejects) = self.archive.open(|archive, progress| {
            let mut results = archive.results(progress)?;
            if self.merged {
                results.merged_into = archive.merged_into(&results)?;
            }
            let raw = config.formats.contains(&Format::CsvRaw);
            results.run.parameters.insert("csv-raw".to_owned(), json!(raw));
            results.run.command =
                std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
            let finished = pipeline::write_into(claim, &results, &config, progress)?;
            Ok((finished, results.rejects.len()))
        })?;
        if self.archive.json {
            terminal::print_json(&json!({
                "out": finished.written.out,
                "page": finished.written.page,
                "files": finished.written.files,
                "counts": finished.written.counts,
                "rejects": rejects,
            }))?;
        } else if !self.archive.telling.quiet {
            terminal::print(&finished.summary)?;
        }
        Ok(Exit::Done)
    }
}
