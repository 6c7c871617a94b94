//! `index check`: whether every file is what was written.

use newsfold::archive::{Archive, Checked};
use newsfold::pipeline::in_pool;

use super::Given;
use crate::cli::progress::Progress;
use crate::cli::{Exit, Failure, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Make again what follows from the articles where it is damaged, and remove what a killed writer left.
    /// Nothing else is touched: what is lost is told
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    pub(super) archive: Given,
}

impl Args {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let Given { dir, threads, json, telling } = &self.archive;
        let progress = Progress::new(telling);
        let checked =
            in_pool(threads.unwrap_or(0), || Archive::check(dir, self.repair, &progress))?;
        match json {
            true => terminal::print_json(&checked)?,
            false => terminal::print(&in_words(&checked))?,
        }
        Ok(if checked.is_sound() { Exit::Done } else { Exit::Failed })
    }
}

fn in_words(checked: &Checked) -> String {
    let Checked { generation, files, articles, faults, left_over } = checked;
    let mut words = String::new();
    for fault in faults {
        let lost = match (&fault.lost, fault.repaired) {
            (_, true) => "made again".to_owned(),
            (Some(lost), false) => format!("lost with it: {lost}"),
            (None, false) => "nothing is lost; --repair makes it again".to_owned(),
        };
        words += &format!("{}: {}; {lost}\n", fault.file, fault.reason);
    }
    if !left_over.is_empty() {
        let files = left_over.len();
        words += &format!("{files} files of a writer that was killed; the next one removes them\n");
    }
    let sound = if checked.is_sound() { "all as written" } else { "not all as written" };
    words + &format!("State {generation}: {articles} articles, {files} files, {sound}\n")
}
