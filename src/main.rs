//! The program: parse, dispatch, exit code.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !newsfold::ingest::is_guarded() {
            tell(panic);
        }
    }));
    cli::Cli::parse().run().into()
}
