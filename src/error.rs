//! What can go wrong, by stage, and where: every error about input names file, line and record.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A place in the input: a file, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The path as the user gave or would find it; `-` for standard input.
    pub file: Arc<str>,
    /// Where in the file.
    pub place: Place,
}

/// Where in a file a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The file as a whole is the record.
    Whole,
    /// A line, counted from 1.
    Line(u64),
    /// An element of an array or a row of a table without lines, counted from 1.
    Record(u64),
}

impl Position {
    /// The file as a whole.
    pub fn whole(file: impl Into<Arc<str>>) -> Self {
        Self { file: file.into(), place: Place::Whole }
    }

    /// A line of the file, counted from 1.
    pub fn line(file: impl Into<Arc<str>>, line: u64) -> Self {
        Self { file: file.into(), place: Place::Line(line) }
    }

    /// A record of the file, counted from 1.
    pub fn record(file: impl Into<Arc<str>>, record: u64) -> Self {
        Self { file: file.into(), place: Place::Record(record) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Whole => f.write_str(&self.file),
            Place::Line(line) => write!(f, "{}:{line}", self.file),
            Place::Record(record) => write!(f, "{}#{record}", self.file),
        }
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A record that was read but not accepted as an article.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// Where it stands.
    pub position: Position,
    /// What is wrong with it, in words for the person who has to mend it.
    pub reason: String,
}

/// Everything that ends a run before its results.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An option, or a line of the configuration file, that cannot be meant.
    #[error("{option}: {reason}")]
    Config {
        /// The option's or key's name.
        option: String,
        /// Why, and what would do.
        reason: String,
    },
    /// Input that holds nothing to work on, or cannot be opened.
    #[error("{position}: {reason}")]
    Input {
        /// Where.
        position: Position,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The results cannot be written.
    #[error("{}: {reason}", path.display())]
    Output {
        /// The file or folder.
        path: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// A file of labels that cannot be read.
    #[error("{position}: {reason}")]
    Gold {
        /// Where.
        position: Position,
        /// What is wrong.
        reason: String,
    },
    /// No article has the id that was asked for.
    #[error("no article has the id {id:?}{hint}")]
    UnknownArticle {
        /// The id asked for.
        id: String,
        /// What else might be meant, or nothing.
        hint: String,
    },
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// An output error from the operating system's word.
    pub fn output(path: &Path, error: &io::Error) -> Self {
        Self::Output { path: path.to_owned(), reason: error.to_string() }
    }
}

/// The result of a stage.
pub type Result<T, E = Error> = std::result::Result<T, E>;
