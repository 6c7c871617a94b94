//! Articles that are added over HTTP, by whoever has the token.
//!
//! They are read as a file of JSON Lines is, and added as `index add` adds one: all of them or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use newsfold::archive::{Archive, Changes};
use newsfold::article::{Article, Corpus};
use newsfold::error::{Error, InputErrorKind, OutputStep, Place, Position, Reject};
use newsfold::ingest::{Format, IngestOptions, Ingested, ingest};
use newsfold::pipeline::in_pool;
use serde::Serialize;
use tempfile::TempDir;
use tokio::sync::Semaphore;

use super::routes::{Served, told};
use super::{STOPS_WITHIN, until_stopped_and};
use crate::cli::progress::Progress;

/// The largest batch, in bytes: a day of a thousand articles has three million.
pub(super) const MOST_BYTES: usize = 64 << 20;
/// The shortest token, so that nobody guesses it.
const SHORTEST_TOKEN: usize = 16;
/// What stands before the token; case says nothing in it.
const SCHEME: &[u8] = b"Bearer ";
/// What is told where nobody may write.
const READS_ONLY: &str = "this server only reads; see --allow-write";
/// What is told where a batch has not stopped, and the server ends.
const CUT_OFF: &str = "this server is about to end; the archive has all of this batch, or nothing";
/// So many lines without an article are told; the count tells of the others.
const MOST_REJECTS: usize = 100;

/// Who may write, and where to.
#[derive(Debug)]
pub(super) struct Writes {
    folder: PathBuf,
    token: Vec<u8>,
    /// One batch at a time; the others wait, and are not read before.
    line: Arc<Semaphore>,
}

impl Writes {
    /// Lets those write into `folder` who have the token that stands in a file.
    ///
    /// # Errors
    /// [`Error::Config`] where it cannot be read, or is short.
    pub(super) fn new(folder: &Path, token: &Path) -> Result<Self, Error> {
        let refused = |reason: String| Error::config("--token-file", reason);
        let read = fs::read_to_string(token);
        let read = read.map_err(|error| refused(format!("{}: {error}", token.display())))?;
        let told = read.trim();
        if told.len() < SHORTEST_TOKEN {
            let reason = format!(
                "{} has {} bytes; a token of {SHORTEST_TOKEN} or more is not guessed",
                token.display(),
                told.len()
            );
            return Err(refused(reason));
        }
        if !told.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason = format!("{} has bytes that no request can bring", token.display());
            return Err(refused(reason));
        }
        let (folder, token) = (folder.to_owned(), told.as_bytes().to_vec());
        Ok(Self { folder, token, line: Arc::new(Semaphore::new(1)) })
    }

    /// Whether a request brings the token. How long that takes does not tell how much of it is right.
    fn lets(&self, request: &Request) -> bool {
        let brought = request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
        let brought = brought.and_then(|value| value.split_at_checked(SCHEME.len()));
        let brought = brought.filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME));
        let brought = brought.map_or(&[][..], |(_, token)| token);
        let differing = brought.iter().zip(&self.token).fold(0, |all, (a, b)| all | (a ^ b));
        brought.len() == self.token.len() && differing == 0
    }

    /// Adds a batch.
    fn add(&self, batch: &[u8]) -> Result<Added, Error> {
        let mut archive = Archive::open(&self.folder)?;
        in_pool(0, || {
            let observer = Progress::unseen();
            let read = read(batch, archive.generation() + 1, &archive.config().ingest, &observer)?;
            let rejects = read.rejects.iter().take(MOST_REJECTS).map(Rejected::of).collect();
            Ok(Added { changes: archive.add(read, &observer)?, rejects })
        })
    }
}

/// Reads a batch as the file that it is put into, which nobody else may look at and which is gone after that.
fn read(
    batch: &[u8],
    state: u64,
    options: &IngestOptions,
    observer: &Progress,
) -> Result<Ingested, Error> {
    // Every batch has a name of its own, so that an article without an id keeps the one that it gets.
    let name = format!("posted-{state}");
    let failed = |error| Error::output(&name, OutputStep::Write, error);
    let folder = private_folder().map_err(failed)?;
    let file = folder.path().join(format!("{name}.jsonl"));
    fs::write(&file, batch).map_err(failed)?;
    let refused = |kind, reason| Error::input(Position::whole(&*name), kind, reason);
    match ingest(&[file.to_string_lossy().into_owned()], options, observer) {
        Ok(read) if read.files.iter().all(|file| file.format == Some(Format::JsonLines)) => {
            Ok(as_posted(read, &name))
        }
        Ok(_) => Err(refused(InputErrorKind::Malformed, "this is no JSON Lines".into())),
        // Where the file lies says nothing to whoever sent the batch.
        Err(Error::Input(error)) => Err(refused(error.kind, error.reason)),
        Err(other) => Err(other),
    }
}

/// A folder for one file, which only this user may look into.
fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// The same, without the file that they lay in for the moment.
fn as_posted(read: Ingested, name: &str) -> Ingested {
    let at = |position: &Position| Position { file: name.into(), ..position.clone() };
    let posted = |article: Article| {
        let source = at(&article.source);
        article.with_source(source)
    };
    let articles = read.corpus.as_given().into_iter().map(posted).collect();
    let rejects = read.rejects.into_iter();
    let rejects = rejects.map(|reject| Reject { position: at(&reject.position), ..reject });
    let mut files = read.files;
    files.iter_mut().for_each(|file| file.path = name.to_owned());
    Ingested { corpus: Corpus::new(articles), rejects: rejects.collect(), files, ..read }
}

/// What a batch changed.
#[derive(Serialize)]
struct Added {
    #[serde(flatten)]
    changes: Changes,
    rejects: Vec<Rejected>,
}

/// A line that holds no article.
#[derive(Serialize)]
struct Rejected {
    line: Option<u64>,
    reason: String,
}

impl Rejected {
    fn of(Reject { position, reason }: &Reject) -> Self {
        let line = match position.place {
            Place::Line(line) | Place::Record(line) => Some(line),
            Place::Whole => None,
        };
        Self { line, reason: reason.to_string() }
    }
}

/// Lets nobody by who may not write: before the batch is read.
pub(super) async fn guard(
    State(served): State<Arc<Served>>,
    request: Request,
    next: Next,
) -> Response {
    match &served.writes {
        Some(writes) if writes.lets(&request) => next.run(request).await,
        Some(_) => {
            let asked = [(header::WWW_AUTHENTICATE, "Bearer")];
            (asked, told(StatusCode::UNAUTHORIZED, "this takes the token of the server"))
                .into_response()
        }
        None => told(StatusCode::FORBIDDEN, READS_ONLY),
    }
}

/// Adds a batch, and tells what it changed. Whoever sent it is answered though the server ends.
pub(super) async fn add(State(served): State<Arc<Served>>, request: Request) -> Response {
    tokio::select! {
        response = add_batch(served, request) => response,
        () = until_stopped_and(STOPS_WITHIN) => told(StatusCode::SERVICE_UNAVAILABLE, CUT_OFF),
    }
}

async fn add_batch(served: Arc<Served>, request: Request) -> Response {
    let Some(writes) = &served.writes else {
        return told(StatusCode::FORBIDDEN, READS_ONLY);
    };
    let Ok(place) = Arc::clone(&writes.line).acquire_owned().await else {
        return told(StatusCode::SERVICE_UNAVAILABLE, "this server is about to end");
    };
    let batch = match Bytes::from_request(request, &()).await {
        Ok(batch) => batch,
        Err(rejection) => return told(rejection.status(), &rejection.body_text()),
    };
    let own = Arc::clone(&served);
    let added = tokio::task::spawn_blocking(move || {
        // Held until the batch is in, whether or not somebody waits for it still.
        let _place = place;
        let writes = own.writes.as_ref()?;
        let added = writes.add(&batch);
        // Whoever asks next sees it; should that fail, the server looks again in a moment.
        let _ = own.refresh();
        Some(added)
    });
    match added.await {
        Ok(Some(Ok(added))) => Json(added).into_response(),
        Ok(Some(Err(error))) => told(status(&error), &error.to_string()),
        Ok(None) | Err(_) => {
            told(StatusCode::INTERNAL_SERVER_ERROR, "this batch could not be added")
        }
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Output(error) if error.is_held() => StatusCode::CONFLICT,
        Error::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
