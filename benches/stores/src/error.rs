//! What the archive's files know of errors, as much as is needed here.

use std::fmt;

#[derive(Debug)]
pub struct Cause(String);

impl Cause {
    pub fn of(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

impl From<&str> for Cause {
    fn from(words: &str) -> Self {
        Self::of(words)
    }
}

impl From<String> for Cause {
    fn from(words: String) -> Self {
        Self(words)
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "told by their names alone")]
pub enum StoredError {
    OtherKind { expected: &'static str },
    NewerFormat { name: &'static str, format: u64, known: u64 },
    CutShort { name: &'static str, is_maybe_longer: bool },
    Damaged { name: &'static str },
    DamagedBlock,
    OtherContent,
}

impl fmt::Display for StoredError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{self:?}")
    }
}

impl std::error::Error for StoredError {}

impl From<StoredError> for Cause {
    fn from(error: StoredError) -> Self {
        Self::of(error)
    }
}
