//! The command line as clap sees it: what is declared beside each command, and what all options have
//! in common: an environment variable, and a place in the help of the commands that use them.

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command, CommandFactory};

use super::Cli;

/// Stands before the name of an option in its environment variable.
const PREFIX: &str = "NEWSFOLD_";

/// Groups of options that a command takes, as all that read articles do, but has no use for. They are
/// left out of its help.
const UNUSED: [(&str, &[&str]); 7] = [
    ("dups", &["Stories", "Passages"]),
    ("stories", &["Passages"]),
    ("passages", &["Near-duplicates", "Stories"]),
    ("compare", &["Near-duplicates", "Stories"]),
    ("background", &["Near-duplicates", "Statistics", "Stories", "Passages"]),
    ("index add", &["Near-duplicates", "Statistics", "Stories", "Passages"]),
    ("index query", &["Near-duplicates", "Statistics", "Stories", "Passages"]),
];

const AFTER_HELP: &str = "Every option is an environment variable too: NEWSFOLD_MEMORY=1G is \
                          --memory 1G. Options go before variables, and these before --config.";

/// The whole command line.
pub(crate) fn command() -> Command {
    completed(Cli::command().after_help(AFTER_HELP), "")
}

/// The command with what all options have in common, and the commands below it; `path` is how it is called.
fn completed(mut command: Command, path: &str) -> Command {
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        let path = format!("{path} {name}").trim_start().to_owned();
        let unused = UNUSED.iter().find(|(command, _)| *command == path);
        let unused = unused.map_or(&[][..], |(_, groups)| groups);
        command = command
            .mut_subcommand(&name, |sub| completed(sub.mut_args(|arg| common(arg, unused)), &path));
    }
    command
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
fn common(arg: Arg, unused: &[&str]) -> Arg {
    let is_unused = arg.get_help_heading().is_some_and(|group| unused.contains(&group));
    let Some(long) = arg.get_long().filter(|long| !["help", "version"].contains(long)) else {
        return arg;
    };
    let variable = variable(long);
    // A variable of a flag has a value, as 1 or no.
    let arg = match arg.get_action() {
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg,
    };
    arg.env(variable).hide_env(true).hide(is_unused)
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
        for (name, _) in UNUSED {
            assert!(find(&mut command, name).is_some(), "{name}");
        }
    }
}
