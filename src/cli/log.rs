//! The log on standard error: words for a person, or with `--log-format json` an object a line.
//!
//! Such an object has the time, the level, the event and the words. The event is a name that stays the same, to filter by.
//! The facts that the words are made of are fields of their own.

use std::ffi::OsString;
use std::sync::OnceLock;

use clap::ArgMatches;
use jiff::Timestamp;
use newsfold::error::{
    ArchiveErrorKind, ConfigError, Error, InputErrorKind, OutputStep, Place, Position, Reject,
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::command;
use super::options::LogFormat;
use super::terminal;

const OPTION: &str = "--log-format";

/// How this process tells what happens.
static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// How this process tells what happens; for people until [`go_by`] or [`go_by_words`] is called.
pub(super) fn format() -> LogFormat {
    FORMAT.get().copied().unwrap_or_default()
}

/// Takes the format that the command was asked for.
pub(super) fn go_by(mut matches: &ArgMatches) {
    while let Some((_, below)) = matches.subcommand() {
        matches = below;
    }
    match matches.try_get_one::<LogFormat>("log_format") {
        Ok(Some(format)) => take(*format),
        // A command without the option has the variable.
        _ => go_by_words(&[]),
    }
}

fn take(format: LogFormat) {
    FORMAT.get_or_init(|| format);
}

/// Takes the format of a command line that cannot be understood, from its words or the variable.
pub(super) fn go_by_words(words: &[OsString]) {
    let words = words.iter().map(|word| word.to_str().unwrap_or_default());
    let words: Vec<&str> = words.take_while(|word| *word != "--").collect();
    let joined = words.iter().find_map(|word| word.strip_prefix(OPTION)?.strip_prefix('='));
    let parted = words.windows(2).find(|pair| pair[0] == OPTION).map(|pair| pair[1]);
    let variable = || std::env::var(command::variable(&OPTION[2..])).ok();
    let asked = joined.or(parted).map(str::to_owned).or_else(variable);
    if asked.is_some_and(|format| format == "json") {
        take(LogFormat::Json);
    }
}

/// A time that is not told more exactly than it is known.
pub(super) fn in_milliseconds(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

/// One thing that happened.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    level: &'static str,
    event: &'static str,
    message: String,
    #[serde(flatten)]
    facts: Map<String, Value>,
}

impl Entry {
    pub(super) fn error(event: &'static str, message: impl Into<String>) -> Self {
        Self { level: "error", event, message: message.into(), facts: Map::new() }
    }

    pub(super) fn warning(event: &'static str, message: impl Into<String>) -> Self {
        Self { level: "warning", ..Self::error(event, message) }
    }

    pub(super) fn info(event: &'static str, message: impl Into<String>) -> Self {
        Self { level: "info", ..Self::error(event, message) }
    }

    /// With one fact more.
    #[must_use]
    pub(super) fn with(mut self, name: &str, fact: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), fact.into());
        self
    }

    /// With the file, and the line or the record in it.
    pub(super) fn at(self, position: &Position) -> Self {
        let entry = self.with("file", &*position.file);
        match position.place {
            Place::Whole => entry,
            Place::Line(line) => entry.with("line", line),
            Place::Record(record) => entry.with("record", record),
        }
    }

    /// Writes it to standard error.
    pub(super) fn tell(self) {
        match format() {
            LogFormat::Text => terminal::tell(&format!("newsfold: {}", self.message)),
            LogFormat::Json => terminal::tell_json(&self.line()),
        }
    }

    fn line(self) -> Line {
        Line { time: format!("{:.3}", Timestamp::now()), entry: self }
    }
}

/// An entry as the log has it.
#[derive(Debug, Serialize)]
struct Line {
    time: String,
    #[serde(flatten)]
    entry: Entry,
}

impl From<&Reject> for Entry {
    fn from(Reject { position, reason }: &Reject) -> Self {
        Self::warning("record_rejected", format!("{position}: rejected: {reason}"))
            .at(position)
            .with("reason", reason.as_str())
    }
}

impl From<&Error> for Entry {
    fn from(error: &Error) -> Self {
        let entry = Self::error("failed", error.to_string());
        match error {
            Error::Config(error) => of_settings(error),
            Error::Input(error) => entry
                .with("operation", "read")
                .with("kind", of_input(error.kind))
                .at(&error.position)
                .with("reason", error.reason.as_str()),
            Error::Output(error) => entry
                .with("operation", "write")
                .with("step", of_output(error.doing))
                .with("file", error.path.to_string_lossy())
                .with("reason", error.reason.as_str()),
            Error::Archive(error) => entry
                .with("operation", "archive")
                .with("kind", of_archive(error.kind))
                .with("file", error.path.to_string_lossy())
                .with("reason", error.reason.as_str()),
            Error::Gold(error) => entry
                .with("operation", "labels")
                .at(&error.position)
                .with("reason", error.reason.as_str()),
            Error::UnknownArticle { id, .. } => entry.with("operation", "find").with("id", &**id),
            _ => entry,
        }
    }
}

fn of_settings(error: &ConfigError) -> Entry {
    let words = error.to_string();
    // What is missing on the command line is told with its usage, for which a program has a field.
    if let Some((message, usage)) = words.split_once("\n\nUsage: ")
        && format() == LogFormat::Json
    {
        let usage = usage.lines().next().unwrap_or_default();
        let entry = Entry::error("usage", message).with("operation", "parse");
        return entry.with("usage", usage);
    }
    // A file of settings is named in place of the option.
    let name = if error.option.starts_with("--") { "option" } else { "file" };
    Entry::error("failed", words)
        .with("operation", "configure")
        .with(name, error.option.as_str())
        .with("reason", error.reason.as_str())
}

fn of_input(kind: InputErrorKind) -> &'static str {
    match kind {
        InputErrorKind::Missing => "missing",
        InputErrorKind::Unreadable => "unreadable",
        InputErrorKind::Malformed => "malformed",
        InputErrorKind::Empty => "empty",
        InputErrorKind::Damaged => "damaged",
        InputErrorKind::OtherVersion => "other_version",
        InputErrorKind::Unsuited => "unsuited",
        _ => "other",
    }
}

fn of_output(step: OutputStep) -> &'static str {
    match step {
        OutputStep::Check => "check",
        OutputStep::Lock => "lock",
        OutputStep::Create => "create",
        OutputStep::Write => "write",
        OutputStep::Sync => "sync",
        OutputStep::Rename => "rename",
        _ => "other",
    }
}

fn of_archive(kind: ArchiveErrorKind) -> &'static str {
    match kind {
        ArchiveErrorKind::Missing => "missing",
        ArchiveErrorKind::Unreadable => "unreadable",
        ArchiveErrorKind::NewerFormat => "newer_format",
        ArchiveErrorKind::OtherParameters => "other_parameters",
        ArchiveErrorKind::Damaged => "damaged",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(of: impl Into<Entry>) -> Value {
        serde_json::to_value(of.into().line()).unwrap()
    }

    #[test]
    fn a_reject_has_its_file_its_line_and_its_reason_as_fields() {
        let reject = Reject { position: Position::line("a.jsonl", 3), reason: "no text".into() };
        let object = told(&reject);
        let of = |name: &str| object[name].clone();
        assert_eq!(of("message"), "a.jsonl:3: rejected: no text");
        assert_eq!([of("level"), of("event")], ["warning", "record_rejected"]);
        assert_eq!(
            [of("file"), of("line"), of("reason")],
            ["a.jsonl".into(), 3.into(), Value::from("no text")]
        );
        assert!(of("time").as_str().unwrap().parse::<Timestamp>().is_ok());
        let record = Reject { position: Position::record("a.json", 2), ..reject };
        let object = told(&record);
        assert_eq!((object["record"].clone(), object.get("line")), (2.into(), None));
    }

    #[test]
    fn an_error_says_of_which_operation_it_is() {
        let error = Error::config("--threads", "0 is no number of threads");
        let object = told(&error);
        assert_eq!(object["message"], "--threads: 0 is no number of threads");
        assert_eq!(object["option"], "--threads");
        let place = Position::whole("a.parquet");
        let error = Error::input(place, InputErrorKind::Missing, "nothing is here");
        let object = told(&error);
        let of = |name: &str| object[name].clone();
        assert_eq!([of("operation"), of("kind"), of("file")], ["read", "missing", "a.parquet"]);
    }
}
