//! What stands for `parquet.rs` in a build without the feature `formats`: it says so.

use std::convert::Infallible;
use std::fs::File;
use std::ops::Range;

use super::detect::Format;
use super::documents;
use super::fields::FieldTable;
use super::record::Captured;

/// A file that no build of this kind opens.
pub(super) struct Groups(Infallible);

/// Rows, of which there are none.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) rows: Range<u64>,
    pub(super) complaints: Vec<(u64, String)>,
}

impl Groups {
    /// # Errors
    /// Always, in words.
    pub(super) fn new(_: File, _: &FieldTable) -> Result<Self, String> {
        Err(documents::absent(Format::Parquet))
    }

    pub(super) fn bytes(&self) -> u64 {
        match self.0 {}
    }

    pub(super) fn behind(&self) -> u64 {
        match self.0 {}
    }

    pub(super) fn fill(&mut self, _: &mut Batch) -> bool {
        match self.0 {}
    }
}

impl Batch {
    /// # Errors
    /// Always, in words.
    pub(super) fn capture(&self, _: u64) -> Result<Captured<'_>, String> {
        Err(documents::absent(Format::Parquet))
    }
}

/// Whether this thread decodes a file that may be damaged, so that a panic is caught and told as a reject: never,
/// where no decoder is built in that may panic.
pub fn is_guarded() -> bool {
    false
}
