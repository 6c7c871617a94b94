//! The program: parse, dispatch, exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !newsfold::ingest::is_guarded() {
            tell(panic);
        }
    }));
    cli::run(std::env::args_os().collect()).into()
}
