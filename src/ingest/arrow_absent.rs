//! What stands for Arrow in a build without it: it says so, and what to do.

use std::ops::Range;

use super::batches::{Batch, Batches};
use super::fields::FieldTable;
use super::record::Captured;
use super::source::Opened;
use crate::error::Cause;

/// There is none.
pub(super) enum Stream {}

impl Stream {
    /// # Errors
    /// In words, always.
    pub(super) fn new(_: &mut Opened<'_>, _: &FieldTable) -> Result<Self, Cause> {
        Err("an Arrow file, and this newsfold was built without Arrow: build it with --features arrow, \
             or write the file as Parquet, with `pyarrow.parquet.write_table`"
            .into())
    }
}

impl Batches for Stream {
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

/// A batch without rows.
#[derive(Default)]
pub(super) struct NoRows(Vec<(u64, Cause)>);

impl Batch for NoRows {
    fn rows(&self) -> Range<u64> {
        0..0
    }

    fn complaints(&mut self) -> &mut Vec<(u64, Cause)> {
        &mut self.0
    }

    fn capture(&self, _: u64) -> Result<Captured<'_>, Cause> {
        Ok(Captured::default())
    }
}
