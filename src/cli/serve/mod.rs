//! `serve`: an archive that answers over HTTP.
//!
//! The archive stays open, so that a question costs lookups; what others write is seen within seconds. It listens on
//! this machine alone unless told otherwise. It changes nothing, unless it was started to take articles from whoever has
//! the token.

mod routes;
mod stories;
mod writes;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueHint;
use newsfold::archive::Archive;
use newsfold::error::Error;
use newsfold::remake::Finished;
use tokio::net::TcpListener;

use self::routes::Served;
use self::writes::Writes;
use super::log::Entry;
use super::options::Telling;
use super::progress::Progress;
use super::{Exit, Failure, stop, terminal};

/// How often it is looked whether somebody has written.
const LOOK_FOR_CHANGES: Duration = Duration::from_secs(2);
/// How often it is looked whether the process is to end.
const LOOK_FOR_END: Duration = Duration::from_millis(50);
/// How long a batch that is being added has to stop at the signal, before its sender is told that the server ends.
const STOPS_WITHIN: Duration = Duration::from_millis(150);
/// How long questions that are being answered may hold up the end.
const ANSWER_WITHIN: Duration = Duration::from_millis(250);
/// How long work that nobody waits for may do so. Both together are less than a stage has until the process is ended.
const END_WITHIN: Duration = Duration::from_millis(50);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the archive
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
    /// Address to listen at; where it is not one of this machine alone, anybody can read the archive [default:
    /// 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    address: Option<IpAddr>,
    /// Port to listen at; 0 is any that is free [default: 8337]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Folder of a finished run, as `index export` writes it: its page is shown at /report
    #[arg(long, value_name = "OUT", value_hint = ValueHint::DirPath)]
    report: Option<PathBuf>,
    /// Let articles be added over HTTP, by whoever has the token
    #[arg(long, requires = "token_file")]
    allow_write: bool,
    /// File that holds the token, 16 bytes or more
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "allow_write")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
}

/// The page of a run, in its folder.
const PAGE: &str = "report.html";
/// The port, where none is named.
const PORT: u16 = 8337;

impl Args {
    fn cannot_listen(&self, error: std::io::Error) -> Failure {
        let is_address = error.kind() == std::io::ErrorKind::AddrNotAvailable;
        let option = if is_address && self.address.is_some() { "--address" } else { "--port" };
        Failure::Newsfold(Error::config(option, error))
    }

    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let report = self.report.as_ref().map(|out| out.join(PAGE));
        if let (Some(out), Some(page)) = (&self.report, &report)
            && !(Finished::is_one(out) && page.is_file())
        {
            let reason = format!("{} has no {PAGE} of a finished run", out.display());
            return Err(Error::config("--report", reason).into());
        }
        let token = self.token_file.as_ref().filter(|_| self.allow_write);
        let writes = token.map(|token| Writes::new(&self.dir, token)).transpose()?;
        let searcher = Archive::open(&self.dir)?.searcher()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| self.cannot_listen(error))?;
        let address = self.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let ended = runtime.block_on(async {
            let listener = TcpListener::bind((address, self.port.unwrap_or(PORT))).await;
            let listener = listener.map_err(|error| self.cannot_listen(error))?;
            let at = listener.local_addr().map_err(|error| self.cannot_listen(error))?;
            let articles = searcher.len();
            let served =
                Arc::new(Served::new(searcher, at).with_report(report).with_writes(writes));
            terminal::print(&format!("{articles} articles at http://{at}/\n"))?;
            let progress = Progress::new(&self.telling);
            progress.log(|| {
                let told = Entry::info("serving", format!("{articles} articles at http://{at}/"));
                told.with("articles", articles).with("address", at.to_string())
            });
            let server = axum::serve(listener, routes::router(Arc::clone(&served)));
            tokio::select! {
                ended = server.with_graceful_shutdown(until_stopped()) => ended.map_err(|error| self.cannot_listen(error))?,
                () = follow(&served, self.telling.quiet) => {}
                () = until_stopped_and(ANSWER_WITHIN) => {}
            }
            Ok::<(), Failure>(())
        });
        runtime.shutdown_timeout(END_WITHIN);
        if stop::asked().is_some() {
            Progress::new(&self.telling).log(|| Entry::info("stopped", "no longer served"));
        }
        ended?;
        Ok(stop::asked().map_or(Exit::Done, Exit::Interrupted))
    }
}

/// Takes the state that the archive is in, again and again. One that cannot be opened is told, and the last one
/// serves on.
async fn follow(served: &Arc<Served>, quiet: bool) {
    let mut told = None;
    loop {
        tokio::time::sleep(LOOK_FOR_CHANGES).await;
        let own = Arc::clone(served);
        let refreshed = tokio::task::spawn_blocking(move || own.refresh()).await;
        let trouble = match refreshed {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if trouble != told
            && let Some(trouble) = trouble.as_deref().filter(|_| !quiet)
        {
            let words = format!("{trouble}; the state of before is served");
            Entry::warning("state_refused", words).with("reason", trouble).tell();
        }
        told = trouble;
    }
}

async fn until_stopped_and(then: Duration) {
    until_stopped().await;
    tokio::time::sleep(then).await;
}

async fn until_stopped() {
    while stop::asked().is_none() {
        tokio::time::sleep(LOOK_FOR_END).await;
    }
}
