//! The command line: one file a subcommand; nothing past this folder knows clap.

mod background;
mod bench;
pub(crate) mod command;
mod compare;
mod completions;
mod config;
mod eval;
mod explain;
mod index;
mod log;
mod man;
mod memory;
mod mistyped;
pub(crate) mod of_use;
mod opening;
mod options;
mod pair;
mod plan;
mod progress;
mod read;
mod report;
mod run;
#[cfg_attr(not(feature = "serve"), path = "serve_absent.rs")]
mod serve;
mod stop;
mod synth;
mod terminal;
mod whole_file;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::{FromArgMatches, Parser, Subcommand};
use newsfold::error::{Cause, Error};
use newsfold::pipeline::Parts;

use self::log::Entry;

/// The exit code of a process that Ctrl-C ended.
const SIGINT_CODE: u8 = 130;

/// The command line, for those who say what was asked for.
static WORDS: OnceLock<Vec<String>> = OnceLock::new();

/// Finds the copies, the stories and the shared passages in a pile of news articles.
#[derive(Debug, Parser)]
#[command(name = "newsfold", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Near-duplicates, stories, passages and the report, in one run
    Run(run::Args),
    /// Near-duplicate families only
    Dups(run::Args),
    /// Stories, and the families under them
    Stories(run::Args),
    /// Repeated and syndicated passages only
    Passages(run::Args),
    /// Why two articles are, or are not, together
    Explain(explain::Args),
    /// The passages that two articles share, side by side
    Compare(compare::Args),
    /// Write the statistics of an archive, for --background to go by
    Background(background::Args),
    /// An archive on disk: yesterday's articles, and what today's change
    Index(index::Args),
    /// Answer questions to an archive over HTTP: a page to search with, and JSON
    Serve(serve::Args),
    /// Write the articles of any input in newsfold's own form
    Read(read::Args),
    /// Write the page of a finished run again, from its tables
    Report(report::Args),
    /// Score a run's results against labels
    Eval(eval::Args),
    /// Write a labelled, made-up corpus of any size
    Synth(synth::Args),
    /// Time every stage, on given input or a made-up corpus
    Bench(bench::Args),
    /// Print the settings, as a file for --config
    Config(config::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page
    Man,
}

/// How a command ended, as the process tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// Done, and there are duplicates, which `--fail-on-duplicates` asks to be told.
    Duplicates,
    /// Nothing was done.
    Failed,
    /// Done, but some records were rejected.
    Rejects,
    /// Stopped by a signal, with the code that shells have for it.
    Interrupted(u8),
}

impl Exit {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Duplicates => 1,
            Self::Failed => 2,
            Self::Rejects => 3,
            Self::Interrupted(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// What a command can fail with.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library's word.
    Newsfold(Error),
    /// Standard output cannot be written to.
    Stdout(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Newsfold(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stdout(error)
    }
}

/// Does what a command line asks for; its first word is the program's name. One that cannot be
/// understood is told on standard error.
pub(crate) fn run(words: Vec<OsString>) -> Exit {
    stop::watch();
    WORDS.get_or_init(|| words.iter().map(|word| word.to_string_lossy().into_owned()).collect());
    let understood = command::matches(&words).and_then(|matches| {
        let given = command::given(&matches)?;
        log::go_by(&matches);
        Ok((Cli::from_arg_matches(&matches)?, given))
    });
    match understood {
        Ok((cli, given)) => cli.run(&given),
        // Help and the version were asked for, and hold no words of anybody else.
        Err(asked) if !asked.use_stderr() => match asked.print() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => complain(on_stdout(error)),
            _ => Exit::Done,
        },
        Err(error) => {
            log::go_by_words(&words);
            mistyped::tell(&mistyped::with_a_guess(error, &words));
            Exit::Failed
        }
    }
}

impl Cli {
    /// Runs the command, and tells what went wrong on standard error; `given` are the options that stand on the
    /// command line.
    pub(crate) fn run(self, given: &[String]) -> Exit {
        mistyped::variables(command::PREFIX).into_iter().for_each(Entry::tell);
        let ended = match self.command {
            Command::Run(args) => args.run(Parts::ALL, given),
            Command::Dups(args) => args.run(Parts::FAMILIES, given),
            Command::Stories(args) => args.run(Parts::STORIES, given),
            Command::Passages(args) => args.run(Parts::PASSAGES, given),
            Command::Explain(args) => args.run(given),
            Command::Compare(args) => args.run(given),
            Command::Background(args) => args.run(),
            Command::Index(args) => args.run(),
            Command::Serve(args) => args.run(),
            Command::Read(args) => args.run(),
            Command::Report(args) => args.run(),
            Command::Eval(args) => args.run(),
            Command::Synth(args) => args.run(),
            Command::Bench(args) => args.run(),
            Command::Config(args) => args.run(),
            Command::Completions(args) => args.run(),
            Command::Man => man::run(),
        };
        match ended {
            Ok(exit) => exit,
            // What a stage says that was stopped is no news.
            Err(_) if stop::asked().is_some() => interrupted(),
            // Whoever read our output has seen enough.
            Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(Failure::Stdout(error)) => complain(on_stdout(error)),
            Err(Failure::Newsfold(Error::Interrupted)) => interrupted(),
            Err(Failure::Newsfold(error)) => complain(Entry::from(&error)),
        }
    }
}

fn interrupted() -> Exit {
    complain(interruption());
    Exit::Interrupted(stop::asked().unwrap_or(SIGINT_CODE))
}

/// What is said when a signal ended the work.
fn interruption() -> Entry {
    Entry::error("interrupted", "interrupted; nothing was written")
}

fn on_stdout(error: io::Error) -> Entry {
    let reason = Cause::of(error);
    let entry = Entry::error("failed", format!("standard output: {reason}"));
    entry.with("operation", "write").with("reason", reason.as_str())
}

fn complain(entry: Entry) -> Exit {
    entry.tell();
    Exit::Failed
}
