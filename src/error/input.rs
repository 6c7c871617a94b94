//! What can be wrong with input: articles, tables of a run, files that settings name.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use super::{Cause, Position, Reject, StoredError};

/// Input that cannot be read, or not be worked on, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputError {
    /// The file, and the line or record in it.
    pub position: Position,
    /// What kind of trouble it is.
    pub kind: InputErrorKind,
    /// What is wrong, and what to do.
    pub reason: Cause,
}

/// What kind of trouble there is with input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputErrorKind {
    /// Nothing is there: no file, no object, nothing that a pattern matches.
    Missing,
    /// The system, a server or a decoder refuses to give the bytes.
    Unreadable,
    /// A line, a record or a value is not what it should be.
    Malformed,
    /// It can be read, and holds nothing to work on.
    Empty,
    /// It is not what newsfold wrote there: cut short, changed, or of another run.
    Damaged,
    /// Another version of newsfold wrote it.
    OtherVersion,
    /// It can be read, but does not serve what is asked.
    Unsuited,
}

impl InputError {
    /// Where an error stands behind the reason, it may decide the kind. The system's errors say
    /// [`Missing`](InputErrorKind::Missing) or [`Unreadable`](InputErrorKind::Unreadable). Those of stored values say
    /// [`Damaged`](InputErrorKind::Damaged) or [`OtherVersion`](InputErrorKind::OtherVersion). Else it is `kind`.
    pub fn new(position: Position, kind: InputErrorKind, reason: impl Into<Cause>) -> Self {
        let reason = reason.into();
        Self { position, kind: reason.kind().unwrap_or(kind), reason }
    }

    /// This, in other words made of those it has.
    #[must_use]
    pub fn with_words(self, words: impl FnOnce(&str) -> String) -> Self {
        Self { reason: self.reason.with_words(words), ..self }
    }
}

impl Cause {
    fn kind(&self) -> Option<InputErrorKind> {
        if let Some(error) = self.downcast_ref::<io::Error>() {
            return match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                    Some(InputErrorKind::Missing)
                }
                // Bytes that are no text were read.
                io::ErrorKind::InvalidData => None,
                _ => Some(InputErrorKind::Unreadable),
            };
        }
        self.downcast_ref::<StoredError>().map(|error| match error {
            StoredError::NewerFormat { .. } => InputErrorKind::OtherVersion,
            StoredError::OtherKind { .. } => InputErrorKind::Malformed,
            _ => InputErrorKind::Damaged,
        })
    }
}

impl From<Reject> for InputError {
    fn from(Reject { position, reason }: Reject) -> Self {
        Self::new(position, InputErrorKind::Malformed, reason)
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.reason)
    }
}

impl StdError for InputError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.reason.source()
    }
}

/// A file of labels that cannot be read, or not be scored against, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoldError {
    /// The file, and the line in it.
    pub position: Position,
    /// What is wrong.
    pub reason: Cause,
}

impl GoldError {
    /// What is wrong, and where.
    pub fn new(position: Position, reason: impl Into<Cause>) -> Self {
        Self { position, reason: reason.into() }
    }
}

impl fmt::Display for GoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.reason)
    }
}

impl StdError for GoldError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.reason.source()
    }
}
