//! Which settings a command has a use for, and which a method of finding candidates has. The help, the command line, the
//! file of `--config` and the functions of the Python package all go by what is said here.

use clap::{Arg, Command};
use newsfold::candidates::{Method, NearDuplicateConfig};
use newsfold::config::Settings;

use super::command::{all, find};

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

/// Options that a single method of finding candidates has a use for.
const OF_METHOD: [(&str, Method); 4] = [
    ("seed", Method::MinHash),
    ("num-perm", Method::MinHash),
    ("recall", Method::MinHash),
    ("max-distance", Method::SimHash),
];
/// The option that says how candidates are found.
const METHOD: &str = "method";
/// The command that shows the bands of two articles whatever the method is, and so needs what is for this one.
const SHOWS_BANDS: (&str, Method) = ("explain", Method::MinHash);
/// The option that is of use whatever the method is where a sample is drawn.
const DRAWN_FROM: &str = "seed";

/// What else decides whether a setting is of use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// How candidates are found.
    pub(crate) method: Method,
    /// Whether what was found is counted on a sample.
    pub(crate) checks_recall: bool,
}

impl Way {
    /// What these settings say of it. A method that there is none of is told by whoever resolves them.
    pub(crate) fn of(settings: &Settings) -> Self {
        let named = settings.method.as_deref().and_then(|name| name.parse().ok());
        Self {
            method: named.unwrap_or(NearDuplicateConfig::default().method),
            checks_recall: settings.check_recall.unwrap_or_default(),
        }
    }
}

/// A setting that does nothing where it was given, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Idle {
    /// These commands have a use for it.
    Commands(Vec<String>),
    /// Another method than the one asked for has a use for it.
    Method {
        /// The one asked for.
        asked: Method,
        /// The one that has a use for it.
        needed: Method,
    },
}

/// Whether the command that is called by `path` has a use for an option that it takes.
pub(crate) fn uses(path: &str, arg: &Arg) -> bool {
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

/// The method that an option is for, where that is another than the one asked for.
fn other_method(path: &str, long: &str, way: Way) -> Option<Method> {
    let (_, needed) = OF_METHOD.into_iter().find(|&(option, _)| option == long)?;
    let is_drawn_from = long == DRAWN_FROM && way.checks_recall;
    let is_shown = (path, needed) == SHOWS_BANDS;
    (needed != way.method && !is_drawn_from && !is_shown).then_some(needed)
}

/// Whether this is an option of methods at all.
pub(crate) fn is_of_method(long: &str) -> bool {
    OF_METHOD.iter().any(|&(option, _)| option == long)
}

/// What the option `long` is for, where the command called by `path` does nothing with it. `whole` is the whole command
/// line. Without a `way`, which is not known, no method is held against it.
pub(crate) fn idle(whole: &Command, path: &str, long: &str, way: Option<Way>) -> Option<Idle> {
    let called = find(whole, path)?;
    let takes = |called: &Command, is: &dyn Fn(&Arg) -> bool| called.get_arguments().any(is);
    let is_it = |arg: &Arg| arg.get_long() == Some(long);
    if !takes(called, &|arg| is_it(arg) && !refuses(path, arg)) {
        let others = all(whole, "").into_iter().filter(|(path, _)| path != PRINTS);
        let others = others.filter(|(path, sub)| takes(sub, &|arg| is_it(arg) && uses(path, arg)));
        return Some(Idle::Commands(others.map(|(path, _)| path).collect()));
    }
    let finds = |arg: &Arg| arg.get_long() == Some(METHOD) && uses(path, arg);
    let way = way.filter(|_| path != PRINTS && takes(called, &finds))?;
    let needed = other_method(path, long, way)?;
    Some(Idle::Method { asked: way.method, needed })
}

/// The long options that the command called by `path` takes and has no use for.
pub(crate) fn unused(whole: &Command, path: &str) -> Vec<String> {
    let Some(sub) = find(whole, path) else { return Vec::new() };
    let unused = sub.get_arguments().filter(|arg| !uses(path, arg));
    unused.filter_map(|arg| arg.get_long().map(str::to_owned)).collect()
}

/// The long options that this way of finding candidates has no use for.
pub(crate) fn of_other_methods(path: &str, way: Way) -> Vec<&'static str> {
    let options = OF_METHOD.iter().map(|&(option, _)| option);
    options.filter(|option| other_method(path, option, way).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::command::command;
    use super::*;

    #[test]
    fn what_the_tables_name_is_there_to_be_refused() {
        let whole = command();
        for Unused { command: name, groups, options } in UNUSED {
            let sub = find(&whole, name).expect(name);
            for group in groups {
                let of = |arg: &&Arg| arg.get_help_heading() == Some(group);
                assert!(sub.get_arguments().any(|arg| of(&arg)), "{name}: {group}");
            }
            for option in options {
                let is = |arg: &Arg| arg.get_long() == Some(option);
                assert!(sub.get_arguments().any(is), "{name}: {option}");
            }
        }
        let run = find(&whole, "run").unwrap();
        for option in OF_METHOD.iter().map(|(option, _)| *option).chain([METHOD, DRAWN_FROM]) {
            assert!(run.get_arguments().any(|arg| arg.get_long() == Some(option)), "{option}");
        }
    }

    #[test]
    fn an_option_is_idle_where_the_command_or_the_method_has_no_use_for_it() {
        let mut whole = command();
        whole.build();
        let told = |path: &str, long: &str, method| {
            idle(&whole, path, long, Some(Way { method, checks_recall: false }))
        };
        let is_for = |needed, asked| Some(Idle::Method { asked, needed });
        let [minhash, simhash, exact] = Method::ALL;
        for path in ["run", "dups", "stories", "explain", "index init"] {
            assert_eq!(told(path, "max-distance", minhash), is_for(simhash, minhash), "{path}");
            assert_eq!(told(path, "max-distance", simhash), None, "{path}");
        }
        for long in ["num-perm", "recall", "seed"] {
            assert_eq!(told("dups", long, minhash), None, "{long}");
            for other in [simhash, exact] {
                assert_eq!(told("dups", long, other), is_for(minhash, other), "{long}");
            }
            // It tells in how many bands two articles agree, whatever found them.
            assert_eq!(told("explain", long, exact), None, "{long}");
            // These keep what is asked for, or hold it against what an archive was made with.
            for path in ["config", "index add"] {
                assert_eq!(told(path, long, exact), None, "{path} {long}");
            }
        }
        let samples = Way { method: exact, checks_recall: true };
        assert_eq!(idle(&whole, "dups", "seed", Some(samples)), None);
        assert_eq!(idle(&whole, "dups", "max-distance", None), None, "the method is not known");
        // An option of the same name that has nothing to do with methods.
        assert_eq!(told("synth", "seed", exact), None);
        // One that the command does not even take.
        let Some(Idle::Commands(commands)) = told("explain", "output", minhash) else {
            panic!("explain writes no folder");
        };
        assert!(commands.contains(&"run".to_owned()), "{commands:?}");
    }
}
