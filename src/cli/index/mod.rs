//! `index`: an archive on disk, one file a subcommand.

mod add;
mod check;
mod compact;
mod export;
mod init;
mod query;
mod refresh;
mod remove;
mod stats;

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};
use newsfold::archive::{Archive, Change, Changes, GroupKind};
use newsfold::error::Error;
use newsfold::pipeline::in_pool;

use super::options::Telling;
use super::progress::Progress;
use super::{Exit, Failure, terminal};

#[derive(Debug, clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an archive, with the parameters and statistics that it keeps
    Init(init::Args),
    /// Add articles, and tell what they changed
    Add(add::Args),
    /// Tell what of given articles was seen before: copies, story, passages
    Query(query::Args),
    /// What an archive holds
    Stats(stats::Args),
    /// Compare every file with what was written
    Check(check::Args),
    /// Put articles into few files, and remove files of earlier states
    Compact(compact::Args),
    /// Write the tables and the page of one run over all articles
    Export(export::Args),
    /// Remove articles
    Remove(remove::Args),
    /// Count the statistics anew, and tell what that changes
    Refresh(refresh::Args),
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        match &self.command {
            Command::Init(args) => args.run(),
            Command::Add(args) => args.run(),
            Command::Query(args) => args.run(),
            Command::Stats(args) => args.run(),
            Command::Check(args) => args.run(),
            Command::Compact(args) => args.run(),
            Command::Export(args) => args.run(),
            Command::Remove(args) => args.run(),
            Command::Refresh(args) => args.run(),
        }
    }
}

/// What the commands have in common that read no input.
#[derive(Debug, clap::Args)]
struct Given {
    /// Folder of the archive
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
    /// Worker threads [default: one a core]
    #[arg(short = 'j', long, value_name = "N")]
    threads: Option<usize>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    telling: Telling,
}

impl Given {
    /// Opens the archive, and does something with it.
    fn open<T: Send>(
        &self,
        work: impl FnOnce(&mut Archive, &Progress) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let progress = Progress::new(&self.telling);
        let threads = self.threads.unwrap_or(0);
        in_pool(threads, || {
            let mut archive = Archive::open(&self.dir)?.with_threads(threads);
            work(&mut archive, &progress)
        })
    }

    /// Prints what a change of the archive did.
    fn tell(&self, changes: &Changes) -> Result<(), Failure> {
        tell_changes(changes, self.json, &self.telling)
    }
}

/// Prints what a change of an archive did.
fn tell_changes(changes: &Changes, json: bool, telling: &Telling) -> Result<(), Failure> {
    if json {
        terminal::print_json(changes)?;
    } else if !telling.quiet {
        terminal::print(&in_words(changes))?;
    }
    Ok(())
}

/// What a change of an archive did, in lines.
fn in_words(changes: &Changes) -> String {
    let numbers = [
        (changes.added.len(), "added"),
        (changes.removed.len(), "removed"),
        (changes.skipped, "there already"),
    ];
    let told = numbers.iter().filter(|(number, what)| *number > 0 || *what == "added");
    let told: Vec<String> = told.map(|(number, what)| format!("{number} {what}")).collect();
    let mut words = format!("Articles: {}\n", told.join(", "));
    for kind in GroupKind::ALL {
        let counts = Change::ALL.map(|change| (changes.count(kind, change), change.name()));
        let told = counts.iter().filter(|(number, _)| *number > 0);
        let told: Vec<String> = told.map(|(number, what)| format!("{number} {what}")).collect();
        if !told.is_empty() {
            words += &format!("{}: {}\n", capital(kind.plural()), told.join(", "));
        }
    }
    words
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}
