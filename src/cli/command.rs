//! The command line as clap sees it: what is declared beside each command, and what all options have
//! in common: an environment variable, and a place in the help of the commands that use them.

use std::ffi::OsString;

use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory};

use super::Cli;

/// Stands before the name of an option in its environment variable.
const PREFIX: &str = "NEWSFOLD_";
/// The command whose own `--command` says which other one it runs.
const TIMES: &str = "bench";
/// The command that takes every setting, to print it.
const PRINTS: &str = "config";

/// What a command takes, as all that read articles do, but has no use for.
struct Unused {
    /// How the command is called.
    command: &'static str,
    /// Groups of options.
    groups: &'static [&'static str],
    /// Options besides.
    options: &'static [&'static str],
}

/// What commands have no use for. It is left out of their help, and refused on the command line. Variables and the file of
/// `--config` are for all commands: there it is passed over.
const UNUSED: [Unused; 9] = [
    Unused { command: "dups", groups: &["Stories", "Passages"], options: &["scrub"] },
    Unused { command: "stories", groups: &["Passages"], options: &["scrub"] },
    Unused {
        command: "passages",
        groups: &["Near-duplicates", "Stories"],
        options: &["seed", "write-kept", "scrub", "against", "fail-on-duplicates"],
    },
    Unused { command: "explain", groups: &[], options: &["check-recall"] },
    Unused { command: "compare", groups: &["Near-duplicates", "Stories"], options: &["seed"] },
    Unused { command: "background", groups: ALL_STAGES, options: &["seed"] },
    Unused { command: "index init", groups: &[], options: &["check-recall"] },
    Unused { command: "index add", groups: ALL_STAGES, options: OF_ARCHIVE },
    Unused { command: "index query", groups: ALL_STAGES, options: OF_ARCHIVE },
];
/// Every group of options that is about what is found.
const ALL_STAGES: &[&str] = &["Near-duplicates", "Statistics", "Stories", "Passages"];
/// Other options that an archive keeps.
const OF_ARCHIVE: &[&str] = &["seed", "ignore"];
/// The commands for which an archive holds such options against those that it was made with, and refuses others with
/// both values; and the option that it does not keep.
const HELD_AGAINST: ([&str; 2], &str) = (["index add", "index query"], "check-recall");

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

/// Whether the command that is called by `path` has a use for an option that it takes.
fn uses(path: &str, arg: &Arg) -> bool {
    !UNUSED.iter().filter(|unused| unused.command == path).any(|unused| {
        arg.get_help_heading().is_some_and(|group| unused.groups.contains(&group))
            || arg.get_long().is_some_and(|long| unused.options.contains(&long))
    })
}

/// Whether an option that does nothing is refused here. Else an archive tells what it was made with.
fn refuses(path: &str, arg: &Arg) -> bool {
    let (commands, not_kept) = HELD_AGAINST;
    let is_held_against = commands.contains(&path) && arg.get_long() != Some(not_kept);
    !uses(path, arg) && !is_held_against
}

/// The long options that the command called by `path` takes and has no use for.
pub(crate) fn unused(path: &str) -> Vec<String> {
    let mut command = command();
    let Some(sub) = find(&mut command, path) else { return Vec::new() };
    let unused = sub.get_arguments().filter(|arg| !uses(path, arg));
    unused.filter_map(|arg| arg.get_long().map(str::to_owned)).collect()
}

/// The long options that stand on the command line itself.
///
/// # Errors
/// The first of them that would do nothing there, with the commands that it is for.
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
    let Some(called) = find(&mut command, &path).cloned() else { return Ok(Vec::new()) };
    let given: Vec<&Arg> =
        called.get_arguments().filter(|arg| arg.get_long().is_some()).filter(is_given).collect();
    // What is timed decides what is of use.
    let timed = (path == TIMES).then(|| matches.get_raw("command")?.next()).flatten();
    let timed = timed.map(|name| name.to_string_lossy().into_owned());
    let by = timed.as_deref().unwrap_or(&path);
    let longs = given.iter().filter_map(|arg| arg.get_long());
    let Some(refused) = given.iter().find(|arg| refuses(by, arg)).and_then(|arg| arg.get_long())
    else {
        return Ok(longs.map(str::to_owned).collect());
    };
    let is_it = |path: &str, arg: &Arg| arg.get_long() == Some(refused) && uses(path, arg);
    let all = all(&command, "").into_iter().filter(|(path, _)| path != PRINTS);
    let others: Vec<String> = all
        .filter(|(path, sub)| sub.get_arguments().any(|arg| is_it(path, arg)))
        .map(|(path, _)| path)
        .collect();
    let by =
        timed.as_ref().map_or_else(|| path.clone(), |timed| format!("{path} --command {timed}"));
    let reason =
        format!("newsfold {by} has no use for --{refused}; it is for {}", others.join(", "));
    Err(called.clone().error(ErrorKind::UnknownArgument, reason))
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
pub(crate) fn find<'c>(command: &'c mut Command, path: &str) -> Option<&'c mut Command> {
    path.split(' ').try_fold(command, |command, name| command.find_subcommand_mut(name))
}

/// What all options have in common.
fn common(arg: Arg, path: &str, without: Option<&str>) -> Arg {
    let is_used = uses(path, &arg);
    let Some(long) = arg.get_long().filter(|long| !["help", "version"].contains(long)) else {
        return arg;
    };
    let variable = variable(long);
    // A variable of a flag has a value, as 1 or no.
    let arg = match arg.get_action() {
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg,
    };
    match without == Some(variable.as_str()) {
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
    fn what_the_table_names_is_there_to_be_refused() {
        let mut command = command();
        for Unused { command: name, groups, options } in UNUSED {
            let sub = find(&mut command, name).expect(name);
            for group in groups {
                let of = |arg: &&Arg| arg.get_help_heading() == Some(group);
                assert!(sub.get_arguments().any(|arg| of(&arg)), "{name}: {group}");
            }
            for option in options {
                let is = |arg: &Arg| arg.get_long() == Some(option);
                assert!(sub.get_arguments().any(is), "{name}: {option}");
            }
        }
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
        ] {
            assert!(told(refused).is_err(), "{refused}");
        }
        for taken in [
            "run a --min-passage 10 --window 5 --scrub both --write-kept b",
            "dups a --threshold 0.5 --background b -j 2",
            "bench a --min-passage 10",
            "bench a --command passages --min-passage 10",
            "config --print --min-passage 10",
            "index init dir --min-passage 10",
            "index add dir a --min-passage 10",
        ] {
            assert_eq!(told(taken), Ok(()), "{taken}");
        }
    }
}
