//! What can be wrong with an archive, and with any value that newsfold stores as bytes.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

use super::Cause;

/// An archive that cannot be opened or read, and the file at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveError {
    /// The file, or the folder where it is of no one file.
    pub path: PathBuf,
    /// What kind of trouble it is.
    pub kind: ArchiveErrorKind,
    /// What is wrong, and what to do.
    pub reason: Cause,
}

/// What kind of trouble there is with an archive. That another process writes there is an
/// [`OutputError`](super::OutputError).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArchiveErrorKind {
    /// No archive is there.
    Missing,
    /// The system refuses to give the bytes.
    Unreadable,
    /// A newer program wrote it.
    NewerFormat,
    /// It was made with other parameters than this program has.
    OtherParameters,
    /// Its bytes are not those that were written.
    Damaged,
}

impl ArchiveError {
    /// What is wrong with the file at a path.
    pub fn new(path: impl Into<PathBuf>, kind: ArchiveErrorKind, reason: impl Into<Cause>) -> Self {
        Self { path: path.into(), kind, reason: reason.into() }
    }

    /// With the kind that the error behind the reason has; without one it is damage.
    pub fn of(path: impl Into<PathBuf>, reason: impl Into<Cause>) -> Self {
        let reason = reason.into();
        let kind = match reason.downcast_ref::<StoredError>() {
            Some(StoredError::NewerFormat { .. }) => ArchiveErrorKind::NewerFormat,
            Some(_) => ArchiveErrorKind::Damaged,
            None if reason.downcast_ref::<io::Error>().is_some() => ArchiveErrorKind::Unreadable,
            None => ArchiveErrorKind::Damaged,
        };
        Self::new(path, kind, reason)
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl StdError for ArchiveError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.reason.source()
    }
}

/// Bytes that are not the stored value they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// They are of something else.
    #[error("this is no {expected}")]
    OtherKind {
        /// What was expected.
        expected: &'static str,
    },
    /// A newer program wrote them.
    #[error(
        "this {name} is of format {format}, and this newsfold knows formats up to {known}; take a \
         newer newsfold"
    )]
    NewerFormat {
        /// What they are.
        name: &'static str,
        /// The number of their format.
        format: u64,
        /// The newest that this program knows.
        known: u64,
    },
    /// Some are missing, or there are more than there were.
    #[error("this {name} is cut short{}", if *is_maybe_longer { ", or longer than it was" } else { "" })]
    CutShort {
        /// What they are.
        name: &'static str,
        /// Whether there may be more as well.
        is_maybe_longer: bool,
    },
    /// They are not those that were written.
    #[error("this {name} is damaged: its bytes are not those that were written")]
    Damaged {
        /// What they are.
        name: &'static str,
    },
    /// A block of them is not the one that was written.
    #[error("damaged: its bytes are not those that were written")]
    DamagedBlock,
    /// A file is not the one that the manifest names.
    #[error("damaged: its bytes are not those that the manifest names")]
    NotTheManifests,
    /// They hold something else than their first bytes say.
    #[error("its content is not what its first bytes say")]
    OtherContent,
}

impl From<StoredError> for Cause {
    fn from(error: StoredError) -> Self {
        Self::of(error)
    }
}
