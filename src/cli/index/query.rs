//! `index query`: which of these articles were seen before.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use newsfold::archive::{Archive, Seen, Sought};
use newsfold::article::Published;
use newsfold::error::Error;
use newsfold::ingest;
use newsfold::pipeline::in_pool;
use newsfold::text::guarded;

use crate::cli::options::{Telling, Tuning, inputs_or_usage};
use crate::cli::progress::Progress;
use crate::cli::run::tell_rejects;
use crate::cli::{Exit, Failure, terminal};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Articles that are copies, parts or wholes of it
    Copies,
    /// The story that it belongs to; this takes a run over all articles
    Stories,
    /// Passages that it shares with others
    Passages,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// One object an article
    #[default]
    Jsonl,
    /// One row for each copy, story and passage
    Csv,
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the archive
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
    /// Files, folders, globs, or - for standard input
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// Who published the articles that do not say so themselves
    #[arg(long, value_name = "OUTLET")]
    outlet: Option<String>,
    /// When the articles were published that do not say so themselves: 2024-05-31, or with a time and a zone
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// What is looked for [default: copies,passages]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    what: Vec<What>,
    /// How the answer is written [default: jsonl]
    #[arg(long, value_enum)]
    format: Option<Form>,
    #[command(flatten)]
    tuning: Tuning,
    #[command(flatten)]
    pub(super) telling: Telling,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let inputs = inputs_or_usage(&self.inputs, "index query")?;
        let date = self.date.as_deref().map(day).transpose()?;
        let settings = self.tuning.settings(None)?;
        let sought = self.sought();
        let progress = Progress::new(&self.telling);
        let threads = settings.threads.unwrap_or(0);
        let (seen, rejects) = in_pool(threads, || {
            let archive = Archive::open(&self.dir)?.with_threads(threads);
            archive.check_asked(&settings)?;
            let config = settings.resolve(inputs)?;
            let read = ingest::ingest(&config.inputs, &config.ingest, &progress)?;
            let asked = read.corpus.as_given().into_iter();
            let asked = asked.map(|article| article.or_published(self.outlet.as_deref(), date));
            Ok((archive.query(asked.collect(), sought, &progress)?, read.rejects))
        })?;
        tell_rejects(&rejects, &self.telling, &progress);
        match self.format.unwrap_or_default() {
            Form::Jsonl => terminal::print_json_lines(&seen)?,
            Form::Csv => terminal::print_for_programs(&rows(&seen)?)?,
        }
        Ok(if rejects.is_empty() { Exit::Done } else { Exit::Rejects })
    }

    fn sought(&self) -> Sought {
        let has = |what| self.what.contains(&what);
        match self.what[..] {
            [] => Sought::USUAL,
            _ => Sought {
                copies: has(What::Copies),
                stories: has(What::Stories),
                passages: has(What::Passages),
            },
        }
    }
}

fn day(text: &str) -> Result<Published, Error> {
    text.parse().map_err(|_| {
        Error::config(
            "--date",
            format!("{text:?} is no date; write it as 2024-05-31 or 2024-05-31T09:00:00Z"),
        )
    })
}

/// One row for each thing that was seen, with a header.
fn rows(seen: &[Seen]) -> Result<Vec<u8>, Failure> {
    let mut rows = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::Stdout(std::io::Error::other(error));
    let header = [
        "id",
        "found",
        "with",
        "jaccard",
        "containment",
        "contained",
        "evidence",
        "similarity",
        "kind",
        "start",
        "end",
        "words",
        "with_start",
        "with_end",
    ];
    rows.write_record(header).map_err(failed)?;
    for Seen { id, copies, story, passages, .. } in seen {
        for copy in copies {
            let shares = [copy.jaccard, copy.containment, copy.contained].map(real);
            let [jaccard, containment, contained] = &shares;
            let evidence = copy.evidence.name();
            let told = ["copy", &copy.id, jaccard, containment, contained, evidence];
            write(&mut rows, id, &told).map_err(failed)?;
        }
        if let Some(story) = story {
            let similarity = story.similarity.map(real).unwrap_or_default();
            let told = ["story", &story.id, "", "", "", "", &similarity];
            write(&mut rows, id, &told).map_err(failed)?;
        }
        for passage in passages {
            let numbers = [
                passage.start,
                passage.end,
                passage.words,
                passage.article_start,
                passage.article_end,
            ];
            let numbers = numbers.map(|number| number.to_string());
            let mut told = vec!["passage", &passage.article, "", "", "", "", ""];
            told.push(passage.kind.name());
            told.extend(numbers.iter().map(String::as_str));
            write(&mut rows, id, &told).map_err(failed)?;
        }
    }
    rows.into_inner().map_err(|error| Failure::Stdout(std::io::Error::other(error.to_string())))
}

/// Writes a row that ends with as many empty cells as are missing.
fn write(rows: &mut csv::Writer<Vec<u8>>, id: &str, told: &[&str]) -> Result<(), csv::Error> {
    const CELLS: usize = 13;
    let empty = std::iter::repeat_n("", CELLS - told.len());
    let cells = [id].into_iter().chain(told.iter().copied()).chain(empty);
    rows.write_record(cells.map(|cell| guarded(cell).into_owned()))
}

/// A share with six decimals at the most, as the tables have it.
fn real(share: f64) -> String {
    ((share * 1e6).round() / 1e6).to_string()
}
