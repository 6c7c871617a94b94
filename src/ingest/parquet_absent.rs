//! What stands for `parquet.rs` in a build without the feature `formats`: it says so.

use std::fs::File;

use super::arrow::NoRows;
use super::batches::Batches;
use super::detect::Format;
use super::documents;
use super::fields::FieldTable;
use crate::error::Cause;

/// A file that no build of this kind opens.
pub(super) enum Groups {}

impl Groups {
    /// # Errors
    /// Always, in words.
    pub(super) fn new(_: File, _: &FieldTable) -> Result<Self, Cause> {
        Err(documents::absent(Format::Parquet))
    }
}

impl Batches for Groups {
    type Batch = NoRows;

    fn bytes(&self) -> u64 {
        match *self {}
    }

    fn behind(&self) -> u64 {
        match *self {}
    }

    fn fill(&mut self, _: &mut NoRows) -> bool {
        match *self {}
    }
}

/// Whether this thread decodes a file that may be damaged, so that a panic is caught and told as a reject: never,
/// where no decoder is built in that may panic.
pub fn is_guarded() -> bool {
    false
}
