//! What a command or an option that there is none of may have been meant for.
//!
//! clap guesses by the share of letters that stand at about the same place. In a word as short as `rnu` that finds nothing, so
//! there the least number of slips decides.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use newsfold::text::nearest;

use super::log::{self, Entry};
use super::options::LogFormat;
use super::{command, terminal};

/// The error with the likeliest meaning of the word that it is about, where clap has no guess.
pub(super) fn with_a_guess(mut error: Error, words: &[OsString]) -> Error {
    let (about, guess) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            (ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand)
        }
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        _ => return error,
    };
    let word = match error.get(about) {
        Some(ContextValue::String(word)) if error.get(guess).is_none() => word.clone(),
        _ => return error,
    };
    let command = command::command();
    let called = called(&command, words);
    let value = match guess {
        ContextKind::SuggestedSubcommand => {
            let names = called.get_subcommands().map(Command::get_name);
            nearest(&word, names).map(|name| ContextValue::Strings(vec![name.to_owned()]))
        }
        _ => {
            let shown = called.get_arguments().filter(|arg| !arg.is_hide_set());
            let given = word.strip_prefix("--").unwrap_or_default();
            nearest(given, shown.filter_map(|arg| arg.get_long()))
                .map(|long| ContextValue::String(format!("--{long}")))
        }
    };
    if let Some(value) = value {
        error.insert(guess, value);
    }
    error
}

/// Tells a person all of what is wrong with the command line, and a program what it is, in one line, with what was meant.
pub(super) fn tell(error: &Error) {
    let words = error.render().to_string();
    if log::format() == LogFormat::Text {
        return terminal::tell(words.trim_end());
    }
    // Names of what is missing stand in lines of their own; an empty one ends them.
    let lines = words.lines().map(str::trim).take_while(|line| !line.is_empty());
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix("error: ").unwrap_or(line)).collect();
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "a command is missing".to_owned(),
        _ => lines.join(" "),
    };
    let told = Entry::error("usage", message).with("operation", "parse");
    let meant =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant = meant.into_iter().find_map(|kind| error.get(kind)).map(ContextValue::to_string);
    let usage = error.get(ContextKind::Usage).map(ContextValue::to_string);
    let usage = usage.as_ref().map(|usage| usage.trim_start_matches("Usage: "));
    let facts = [("meant", meant.as_deref()), ("usage", usage)];
    let facts = facts.into_iter().filter_map(|(name, fact)| Some((name, fact?)));
    facts.fold(told, |told, (name, fact)| told.with(name, fact)).tell();
}

/// What to say of each variable with this prefix that no option has.
pub(super) fn variables(prefix: &str) -> Vec<Entry> {
    let mut command = command::command();
    command.build();
    let own = command.get_arguments();
    let all = command::all(&command, "");
    let arguments = own.chain(all.iter().flat_map(|(_, sub)| sub.get_arguments()));
    let known: BTreeSet<&str> =
        arguments.filter_map(|arg| arg.get_env()).filter_map(|name| name.to_str()).collect();
    let mut set: Vec<String> = std::env::vars_os()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with(prefix) && !known.contains(name.as_str()))
        .collect();
    set.sort_unstable();
    set.into_iter().map(|name| unknown(&name, &known, prefix)).collect()
}

fn unknown(name: &str, known: &BTreeSet<&str>, prefix: &str) -> Entry {
    let bare = |name: &'_ str| name.strip_prefix(prefix).unwrap_or(name).to_owned();
    let bares: Vec<String> = known.iter().map(|name| bare(name)).collect();
    let meant = nearest(&bare(name), bares.iter().map(String::as_str));
    let guess = meant.map(|meant| format!("; there is {prefix}{meant}")).unwrap_or_default();
    let words = format!("the variable {name} does nothing, since no option is called so{guess}");
    Entry::warning("idle_variable", words).with("variable", name)
}

/// The command that these words call, as far as they are names of commands.
fn called<'c>(mut command: &'c Command, words: &[OsString]) -> &'c Command {
    for word in words.iter().skip(1) {
        match word.to_str().and_then(|name| command.find_subcommand(name)) {
            Some(sub) => command = sub,
            None => break,
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &[&str]) -> String {
        let words: Vec<OsString> = ["newsfold"].iter().chain(words).map(OsString::from).collect();
        let error = command::command().try_get_matches_from(&words).unwrap_err();
        with_a_guess(error, &words).to_string()
    }

    #[test]
    fn short_words_with_a_slip_are_guessed_too() {
        for (words, meant) in [
            (&["rnu", "a"][..], "'run'"),
            (&["rum"], "'run'"),
            (&["evla", "out"], "'eval'"),
            (&["index", "ad", "dir"], "'add'"),
            (&["passges", "a"], "'passages'"),
            (&["run", "a", "--orc"], "'--ocr'"),
            (&["run", "a", "--treshold", "1"], "'--threshold'"),
        ] {
            assert!(told(words).contains(meant), "{}", told(words));
        }
    }

    #[test]
    fn another_word_is_not_guessed() {
        for words in [&["frobnicate"][..], &["run", "a", "--zz"]] {
            assert!(!told(words).contains("tip: a similar"), "{}", told(words));
        }
    }
}
