//! `config`: the settings of a run as a file for `--config`, with what each of them means.

use clap::Arg;
use newsfold::error::{Cause, Error};

use super::options::{Destination, Tuning};
use super::{Exit, Failure, command, terminal};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print every setting: those that options, variables and --config set, and the others as comments
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    destination: Destination,
    #[command(flatten)]
    tuning: Tuning,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        if !self.print {
            return Err(Failure::Newsfold(Error::config(
                "config",
                "say --print to see the settings",
            )));
        }
        let settings = self.tuning.settings(Some(&self.destination))?;
        // What cannot be meant is told here, not by the run that reads the file.
        settings.clone().resolve(Vec::new())?;
        let table = toml::Table::try_from(&settings)
            .map_err(|error| Error::config("config", Cause::of(error)))?;
        terminal::print(&printed(&table))?;
        Ok(Exit::Done)
    }
}

/// The settings in the order of the help, each below what it means.
fn printed(table: &toml::Table) -> String {
    let command = command::command();
    let config = command.find_subcommand("config").expect("this command is one");
    let mut text = format!(
        "# Settings of newsfold {}, for --config. What stands behind # is not set: the default holds.\n",
        env!("CARGO_PKG_VERSION")
    );
    let mut group = None;
    for arg in config.get_arguments() {
        let Some(name) = arg.get_long().filter(|name| !["print", "config", "help"].contains(name))
        else {
            continue;
        };
        if arg.get_help_heading() != group {
            group = arg.get_help_heading();
            text += &format!("\n## {}\n", group.unwrap_or("Others"));
        }
        let help = arg.get_help().map(|help| help.to_string().replace('\n', "\n# "));
        let help = help.unwrap_or_default();
        text += &format!("\n# {help}\n# {}\n", variable(arg));
        text += &match table.get(name) {
            Some(value) => format!("{name} = {value}\n"),
            None => format!("# {name} = …\n"),
        };
    }
    text
}

fn variable(arg: &Arg) -> String {
    let value = match arg.get_value_names() {
        Some([name, ..]) if arg.get_action().takes_values() => name.as_str(),
        _ => "true",
    };
    format!("{}={value}", command::variable(arg.get_long().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use newsfold::config::Settings;

    use super::*;

    #[test]
    fn what_is_printed_is_read_back_as_it_was() {
        let given = "threshold = 0.8\nkeep = \"outlet:A,B\"\nfield = [\"text=body\"]\n";
        let settings: Settings = toml::from_str(given).unwrap();
        let text = printed(&toml::Table::try_from(&settings).unwrap());
        assert_eq!(toml::from_str::<Settings>(&text).unwrap(), settings);
        assert!(text.contains("# Least Jaccard of two near-duplicates"), "{text}");
        // A switch is set by a word, and every group has a name.
        assert!(text.contains("# NEWSFOLD_OCR=true\n") && !text.contains("## \n"), "{text}");
        // Nothing that can be set is missing.
        for name in ["memory", "window", "min-passage", "strict", "csv-raw"] {
            assert!(text.contains(&format!("# {name} = …")), "{name}");
        }
    }
}
