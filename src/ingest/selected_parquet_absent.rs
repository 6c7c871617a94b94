//! What stands for `selected_parquet.rs` in a build without the feature `formats`: it says so.

use std::fs::File;

use super::detect::Format;
use super::documents;
use super::selected::{Selecting, Writing, refused};
use crate::error::Result;

impl Selecting<'_, '_> {
    /// # Errors
    /// Always.
    pub(super) fn copy_groups(&self, _: File, _: &mut Writing<'_>) -> Result<()> {
        Err(refused(self.input, documents::absent(Format::Parquet)))
    }
}
