//! `index refresh`: statistics counted anew from what the archive holds.

use super::Given;
use crate::cli::{Exit, Failure, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Go by the new statistics from now on; without this, only what would change is told
    #[arg(long)]
    apply: bool,
    #[command(flatten)]
    pub(super) archive: Given,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let changes =
            self.archive.open(|archive, progress| archive.refresh(self.apply, progress))?;
        self.archive.tell(&changes)?;
        if !self.apply && !self.archive.json && !self.archive.telling.quiet {
            terminal::print("Nothing was changed yet; --apply does it\n")?;
        }
        Ok(Exit::Done)
    }
}
