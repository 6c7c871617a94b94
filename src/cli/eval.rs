//! `eval`: a run's results against labels.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use newsfold::evaluate::{self, evaluate};

use super::{Exit, Failure, terminal};

/// What `id,cluster` labels are of.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Labels {
    /// Articles that report one event
    Stories,
    /// Near-duplicates
    Families,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder that a run wrote
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    /// Labels: CSV with id,cluster or id_a,id_b,label, or passages as JSON Lines
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    gold: PathBuf,
    /// What labels of the form id,cluster are of [default: stories]
    #[arg(long, value_enum)]
    labels: Option<Labels>,
    /// Score passages only within these pairs of articles: CSV with src_id,dst_id or id_a,id_b
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pairs: Option<PathBuf>,
    /// Print the scores as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let labels = self.labels.map(|labels| match labels {
            Labels::Stories => evaluate::Labels::Stories,
            Labels::Families => evaluate::Labels::Families,
        });
        let scores = evaluate(&self.out, &self.gold, labels, self.pairs.as_deref())?;
        match self.json {
            true => terminal::print_json(&scores)?,
            false => terminal::print(&scores.to_string())?,
        }
        Ok(Exit::Done)
    }
}
