//! What can go wrong, by operation, and where: every error about input names file, line and record.
//!
//! [`Error`] is what calls return. Each of its variants holds an error of one operation: a setting
//! ([`ConfigError`]), reading ([`InputError`]), writing ([`OutputError`]), the archive
//! ([`ArchiveError`]), labels ([`GoldError`]). Those have a kind to match on, the place, and a [`Cause`].
//!
//! One convention holds for all of them. `to_string()` says everything there is to tell a user, the
//! cause's words among it. `source()` is the cause itself, for code: the [`std::io::Error`], the
//! parser's error. So print an error, or walk its sources; whoever does both says the cause twice.
//!
//! How to tell a full disk from a bad record:
//!
//! ```
//! use std::io;
//! use newsfold::error::{Error, InputErrorKind, OutputError, OutputStep};
//! use newsfold::ingest::{IngestOptions, ingest_reader};
//! use newsfold::observer::Silent;
//!
//! fn advice(error: &Error) -> String {
//!     match error {
//!         Error::Output(output) if output.io_kind() == Some(io::ErrorKind::StorageFull) => {
//!             format!("make room for {}", output.path.display())
//!         }
//!         Error::Input(input) if input.kind == InputErrorKind::Malformed => {
//!             format!("mend {}", input.position)
//!         }
//!         other => other.to_string(),
//!     }
//! }
//!
//! let records = "{\"id\": \"a\", \"text\": \"The ferry ran aground.\"}\n{\"id\": \"b\", \"text\"\n";
//! let options = IngestOptions { strict: true, ..IngestOptions::default() };
//! let bad = ingest_reader("wire.jsonl", records.as_bytes(), &options, &Silent).unwrap_err();
//! assert_eq!(advice(&bad), "mend wire.jsonl:2");
//!
//! let full = io::Error::from(io::ErrorKind::StorageFull);
//! let full = Error::from(OutputError::new("out/articles.csv", OutputStep::Write, full));
//! assert_eq!(advice(&full), "make room for out/articles.csv");
//! ```

mod archive;
mod cause;
mod input;
mod output;
mod position;

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

pub use self::archive::{ArchiveError, ArchiveErrorKind, StoredError};
pub use self::cause::Cause;
pub(crate) use self::cause::NOT_THERE;
pub use self::input::{GoldError, InputError, InputErrorKind};
pub use self::output::{OutputError, OutputStep};
pub use self::position::{Place, Position, Reject};

/// Everything that ends a run before its results, by operation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An option, or a line of the configuration file, that cannot be meant.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// Input that holds nothing to work on, or cannot be read.
    #[error(transparent)]
    Input(Box<InputError>),
    /// Something that cannot be written.
    #[error(transparent)]
    Output(Box<OutputError>),
    /// An archive that cannot be opened or read.
    #[error(transparent)]
    Archive(Box<ArchiveError>),
    /// A file of labels that cannot be read.
    #[error(transparent)]
    Gold(Box<GoldError>),
    /// No article has the id that was asked for.
    #[error("no article has the id {id:?}{hint}")]
    UnknownArticle {
        /// The id asked for.
        id: Box<str>,
        /// What else might be meant, or nothing.
        hint: Box<str>,
    },
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// A setting that cannot be meant, and why.
    pub fn config(option: impl Into<String>, reason: impl Into<Cause>) -> Self {
        ConfigError::new(option, reason).into()
    }

    /// Input that cannot be read or worked on; see [`InputError::new`].
    pub fn input(position: Position, kind: InputErrorKind, reason: impl Into<Cause>) -> Self {
        InputError::new(position, kind, reason).into()
    }

    /// What failed while something was written, and why.
    pub fn output(path: impl Into<PathBuf>, doing: OutputStep, reason: impl Into<Cause>) -> Self {
        OutputError::new(path, doing, reason).into()
    }

    /// What is wrong with labels, and where.
    pub fn gold(position: Position, reason: impl Into<Cause>) -> Self {
        GoldError::new(position, reason).into()
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}

impl From<InputError> for Error {
    fn from(error: InputError) -> Self {
        Self::Input(Box::new(error))
    }
}

impl From<OutputError> for Error {
    fn from(error: OutputError) -> Self {
        Self::Output(Box::new(error))
    }
}

impl From<ArchiveError> for Error {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(Box::new(error))
    }
}

impl From<GoldError> for Error {
    fn from(error: GoldError) -> Self {
        Self::Gold(Box::new(error))
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::of(error)
    }
}

impl From<serde_json::Error> for Cause {
    fn from(error: serde_json::Error) -> Self {
        Self::of(error)
    }
}

impl From<csv::Error> for Cause {
    /// What the system says, where that is behind it.
    fn from(error: csv::Error) -> Self {
        if !error.is_io_error() {
            return Self::of(error);
        }
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::of(error),
            other => Self::from(format!("{other:?}")),
        }
    }
}

/// A setting that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The option's or key's name.
    pub option: String,
    /// Why, and what would do.
    pub reason: Cause,
}

impl ConfigError {
    /// A setting, and why it cannot be meant.
    pub fn new(option: impl Into<String>, reason: impl Into<Cause>) -> Self {
        Self { option: option.into(), reason: reason.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.option, self.reason)
    }
}

impl StdError for ConfigError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.reason.source()
    }
}

/// The result of a stage.
pub type Result<T, E = Error> = std::result::Result<T, E>;
