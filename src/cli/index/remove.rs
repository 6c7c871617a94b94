//! `index remove`: articles that are to be gone.

use jiff::civil::Date;
use newsfold::archive::Unwanted;
use newsfold::article::Published;
use newsfold::error::Error;

use super::Given;
use crate::cli::{Exit, Failure};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    pub(super) archive: Given,
}

/// Which articles: those that any of these names.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Which {
    /// The article with this id (may be given more than once)
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    id: Vec<String>,
    /// The articles of this outlet (may be given more than once)
    #[arg(long, value_name = "OUTLET")]
    outlet: Vec<String>,
    /// The articles published before this day (YYYY-MM-DD, UTC); those without a date stay
    #[arg(long, value_name = "DATE")]
    before: Option<String>,
}

impl Which {
    fn unwanted(&self) -> Result<Vec<Unwanted>, Error> {
        let ids = self.id.iter().cloned().map(Unwanted::Id);
        let outlets = self.outlet.iter().cloned().map(Unwanted::Outlet);
        let before = self.before.as_deref().map(day).transpose()?;
        Ok(ids.chain(outlets).chain(before).collect())
    }
}

fn day(text: &str) -> Result<Unwanted, Error> {
    let day: Date = text.parse().map_err(|_| {
        Error::config("--before", format!("{text:?} is no day; write it as in 2024-05-31"))
    })?;
    Ok(Unwanted::Before(Published::from(day).at))
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let unwanted = self.which.unwanted()?;
        let changes = self.archive.open(|archive, progress| {
            let changes = archive.remove(&unwanted, progress)?;
            if changes.removed.is_empty() {
                progress.warn("no article is one of these, and none was removed");
            }
            Ok(changes)
        })?;
        self.archive.tell(&changes)?;
        Ok(Exit::Done)
    }
}
