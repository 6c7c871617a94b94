//! Where in the input something stands.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::Cause;

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

    /// The file or folder at a path, as a whole.
    pub fn of_path(path: &Path) -> Self {
        Self::whole(&*path.to_string_lossy())
    }

    /// A line of the file, counted from 1.
    pub fn line(file: impl Into<Arc<str>>, line: u64) -> Self {
        Self { file: file.into(), place: Place::Line(line) }
    }

    /// Where in the file `file` something stands that was written as a position; `None` where it is in another.
    pub(crate) fn place_in(file: &str, written: &str) -> Option<Place> {
        let place = written.strip_prefix(file)?;
        let number = |number: &str| number.parse().ok();
        match place.as_bytes().first() {
            None => Some(Place::Whole),
            Some(b':') => number(&place[1..]).map(Place::Line),
            Some(b'#') => number(&place[1..]).map(Place::Record),
            Some(_) => None,
        }
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
    /// What is wrong with it, in words for the person who has to mend it, and the error behind them.
    pub reason: Cause,
}
