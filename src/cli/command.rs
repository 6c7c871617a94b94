//! The command line as clap sees it: what is declared beside each command, and what all options have
//! in common: an environment variable, and a place in the help of the commands that use them.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory};
use newsfold::config::Settings;

use super::Cli;
use super::of_use::{self, Idle, Way};

/// Stands before the name of an option in its environment variable.
pub(super) const PREFIX: &str = "NEWSFOLD_";
/// The command whose own `--command` says which other one it runs.
const TIMES: &str = "bench";
const AFTER_HELP: &str = "Every option is an environment variable too: NEWSFOLD_MEMORY=1G is \
                          --memory 1G. Options go before variables, and these before --config.";

/// The whole command line.
pub(crate) fn command() -> Command {
    without(None)
}

/// The whole command line, which does not look at this variable.
fn without(variable: Option<&str>) -> Command {
    completed(Cli::command().after_help(AFTER_HELP), "", variable)
}

/// What the words say, and below them the variables. One that does not go with what stands on the command line is
/// passed over: options go before variables.
pub(crate) fn matches(words: &[OsString]) -> Result<ArgMatches, clap::Error> {
    let all = command().try_get_matches_from(words);
    let is_apart = |error: &clap::Error| {
        [ErrorKind::ArgumentConflict, ErrorKind::MissingRequiredArgument].contains(&error.kind())
    };
    if !all.as_ref().is_err_and(is_apart) {
        return all;
    }
    let mut set: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with(PREFIX))
        .collect();
    set.sort_unstable();
    let fits = |name: &String| without(Some(name)).try_get_matches_from(words).ok();
    set.iter().find_map(fits).map_or(all, Ok)
}

/// The command with what all options have in common, and the commands below it; `path` is how it is called.
fn completed(mut command: Command, path: &str, without: Option<&str>) -> Command {
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        let path = format!("{path} {name}").trim_start().to_owned();
        command = command.mut_subcommand(&name, |sub| {
            completed(sub.mut_args(|arg| common(arg, &path, without)), &path, without)
        });
    }
    command
}

/// The long options that stand on the command line itself.
///
/// # Errors
/// The first of them that would do nothing there, with what it is for.
pub(crate) fn given(matches: &ArgMatches) -> Result<Vec<String>, clap::Error> {
    let mut command = command();
    command.build();
    let (mut path, mut matches) = (String::new(), matches);
    while let Some((name, below)) = matches.subcommand() {
        path = format!("{path} {name}").trim_start().to_owned();
        matches = below;
    }
    let is_given =
        |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let Some(called) = find(&command, &path) else { return Ok(Vec::new()) };
    let given: Vec<&str> =
        called.get_arguments().filter(is_given).filter_map(Arg::get_long).collect();
    // What is timed decides what is of use.
    let timed = (path == TIMES).then(|| matches.get_raw("command")?.next()).flatten();
    let timed = timed.map(|name| name.to_string_lossy().into_owned());
    let by = timed.as_deref().unwrap_or(&path);
    let way = given.iter().any(|long| of_use::is_of_method(long)).then(|| way(matches)).flatten();
    // What only `bench` itself takes is of use to it.
    let takes = |command: &Command, long: &str| {
        command.get_arguments().any(|arg| arg.get_long() == Some(long))
    };
    let is_of_it = |long: &&str| find(&command, by).is_some_and(|timed| takes(timed, long));
    let mut longs = given.iter().copied().filter(is_of_it);
    let idle = longs.find_map(|long| Some((long, of_use::idle(&command, by, long, way)?)));
    let Some((refused, is_for)) = idle else {
        return Ok(given.into_iter().map(str::to_owned).collect());
    };
    let by =
        timed.as_ref().map_or_else(|| path.clone(), |timed| format!("{path} --command {timed}"));
    let reason = match is_for {
        Idle::Commands(others) => {
            format!("newsfold {by} has no use for --{refused}; it is for {}", others.join(", "))
        }
        Idle::Method { asked, needed } => format!(
            "newsfold {by} has no use for --{refused} with --method {asked}; it is for --method {needed}"
        ),
    };
    Err(called.clone().error(ErrorKind::UnknownArgument, reason))
}

/// How this command line has candidates found. `None` where that hangs on a file that can be read once only.
fn way(matches: &ArgMatches) -> Option<Way> {
    let raw = |id: &str| matches.try_get_raw(id).ok().flatten()?.next();
    let mut settings = Settings {
        method: raw("method").map(|name| name.to_string_lossy().into_owned()),
        check_recall: matches.try_get_one("check_recall").ok().flatten().filter(|is| **is).copied(),
        ..Settings::default()
    };
    if let Some(file) = raw("config").map(Path::new) {
        if !file.is_file() {
            return None;
        }
        // What is wrong with it is told by whoever goes by it.
        settings = settings.over(Settings::from_file(file).unwrap_or_default());
    }
    Some(Way::of(&settings))
}

/// All commands below this one, each with the path that it is called by; a group goes before its commands.
pub(crate) fn all<'c>(command: &'c Command, path: &str) -> Vec<(String, &'c Command)> {
    let mut found = Vec::new();
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name()).trim_start().to_owned();
        found.push((path.clone(), sub));
        found.extend(all(sub, &path));
    }
    found
}

/// The command that is called by this path, as `index add`.
pub(crate) fn find<'c>(command: &'c Command, path: &str) -> Option<&'c Command> {
    path.split(' ').try_fold(command, |command, name| command.find_subcommand(name))
}

/// What all options have in common.
fn common(arg: Arg, path: &str, without: Option<&str>) -> Arg {
    let is_used = of_use::uses(path, &arg);
    let Some(long) = arg.get_long().filter(|long| !["help", "version"].contains(long)) else {
        return arg;
    };
    let variable = variable(long);
    // A variable of a flag has a value, as 1 or no.
    let arg = match arg.get_action() {
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg,
    };
    // One that is empty is as good as not set.
    let is_empty = std::env::var_os(&variable).is_some_and(|value| value.is_empty());
    match is_empty || without == Some(variable.as_str()) {
        true => arg.hide(!is_used),
        false => arg.env(variable).hide_env(true).hide(!is_used),
    }
}

/// The environment variable of an option.
pub(crate) fn variable(long: &str) -> String {
    PREFIX.to_owned() + &long.replace('-', "_").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_every_command_has_its_variable() {
        let command = command();
        command.clone().debug_assert();
        for (path, sub) in all(&command, "") {
            for arg in sub.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let long = arg.get_long().unwrap();
                let found = arg.get_env().map(|name| name.to_string_lossy().into_owned());
                assert_eq!(found, Some(variable(long)), "{path} --{long}");
            }
        }
    }

    #[test]
    fn the_help_of_a_command_has_only_what_it_uses() {
        let mut command = command();
        command.build();
        let help = command.find_subcommand_mut("dups").unwrap().render_help().to_string();
        assert!(help.contains("--threshold") && !help.contains("--window"), "{help}");
        let help = command.find_subcommand_mut("stories").unwrap().render_help().to_string();
        assert!(help.contains("--window") && !help.contains("--min-passage"), "{help}");
    }

    #[test]
    fn an_option_of_another_command_is_refused_with_those_it_is_for() {
        let told = |words: &str| {
            let words = ["newsfold"].into_iter().chain(words.split(' '));
            let matches = command().try_get_matches_from(words).unwrap();
            given(&matches).map(drop).map_err(|error| error.to_string())
        };
        let refused = told("dups a --min-passage 10").unwrap_err();
        let expected = "newsfold dups has no use for --min-passage; it is for run, passages, explain, \
                        compare, index init, bench\n";
        assert!(refused.contains(expected), "{refused}");
        assert!(refused.contains("Usage: newsfold dups"), "{refused}");
        for refused in [
            "dups a --scrub both --write-kept b",
            "stories a --reworded",
            "passages a --seed 1",
            "passages a --fail-on-duplicates",
            "explain a b c --check-recall",
            "compare a b c --threshold 0.5",
            "background a -o b --window 5",
            "index add dir a --check-recall",
            "bench a --command dups --min-passage 10",
            "run a --method exact --seed 1",
            "bench a --command dups --max-distance 5",
            "index init dir --max-distance 5",
        ] {
            assert!(told(refused).is_err(), "{refused}");
        }
        for taken in [
            "run a --min-passage 10 --window 5 --scrub both --write-kept b",
            "dups a --threshold 0.5 --background b -j 2",
            "bench a --min-passage 10",
            "bench a --command passages --min-passage 10",
            "bench a --rounds 1 --save b",
            "config --print --min-passage 10",
            "index init dir --min-passage 10",
            "index add dir a --min-passage 10",
            "dups a --method simhash --max-distance 5",
            "dups a --method exact --check-recall --seed 1",
            "config --print --max-distance 5",
            "synth --articles 10 --seed 1 -o a",
        ] {
            assert_eq!(told(taken), Ok(()), "{taken}");
        }
    }
}
