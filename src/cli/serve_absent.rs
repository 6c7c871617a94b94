//! What stands for `serve` in a build without it: it says so, and how to get it.

use newsfold::error::Error;

use super::{Exit, Failure};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the archive, and options
    #[arg(value_name = "DIR", trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

impl Args {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        Err(Failure::Newsfold(Error::config(
            format!("serve {}", self.words.join(" ")).trim_end().to_owned(),
            "this newsfold was built without its server; build it with --features serve",
        )))
    }
}
