//! `completions`: a completion script for a shell.

use std::io::{self, Write};

use clap::CommandFactory;

use super::{Cli, Exit, Failure};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "newsfold", &mut script);
        io::stdout().write_all(&script)?;
        Ok(Exit::Done)
    }
}
