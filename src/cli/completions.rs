//! `completions`: a completion script for a shell.

use super::{Exit, Failure, command, terminal};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command::command(), "newsfold", &mut script);
        terminal::print_for_programs(&script)?;
        Ok(Exit::Done)
    }
}
