//! `index compact`: few segments, and no files of earlier states.

use super::Given;
use crate::cli::{Exit, Failure, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) archive: Given,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let told = self.archive.open(|archive, _| archive.compact())?;
        if self.archive.json {
            terminal::print_json(&told)?;
        } else if !self.archive.telling.quiet {
            let mut words = format!(
                "{} segments, {} before; {} files of earlier states removed, {} bytes\n",
                told.segments, told.segments_before, told.removed_files, told.freed_bytes
            );
            if told.kept_for_readers > 0 {
                let files = told.kept_for_readers;
                words +=
                    &format!("{files} such files stay, since someone reads in the archive now\n");
            }
            terminal::print(&words)?;
        }
        Ok(Exit::Done)
    }
}
