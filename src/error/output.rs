//! What can go wrong where something is written.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

use super::Cause;

/// Something that cannot be written, and what was being done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputError {
    /// The file or folder.
    pub path: PathBuf,
    /// What was being done.
    pub doing: OutputStep,
    /// Why it failed, and what to do.
    pub reason: Cause,
}

/// A step on the way to a file in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutputStep {
    /// Looking at the place: a file is where a folder should be, or something that no run of ours wrote.
    Check,
    /// Keeping others out: another process writes there, or the system gives no lock.
    Lock,
    /// Making the file or the folder.
    Create,
    /// OutputStep its bytes.
    Write,
    /// Waiting until the disk has them.
    Sync,
    /// Giving the file its name.
    Rename,
}

impl OutputError {
    /// What failed, and why.
    pub fn new(path: impl Into<PathBuf>, doing: OutputStep, reason: impl Into<Cause>) -> Self {
        Self { path: path.into(), doing, reason: reason.into() }
    }

    /// The kind of the system's error, where that is behind it: whether the disk is full, say.
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        self.reason.downcast_ref::<io::Error>().map(io::Error::kind)
    }

    /// Whether another process writes there just now.
    pub fn is_held(&self) -> bool {
        self.doing == OutputStep::Lock && self.reason.source().is_none()
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl StdError for OutputError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.reason.source()
    }
}
