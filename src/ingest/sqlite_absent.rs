//! What stands for `sqlite.rs` in a build without it: it says so, and what to do.

use super::fields::FieldTable;
use super::file::{Reader, Reading};
use super::record::Maker;
use super::records::File;
use super::source::Opened;
use crate::error::{Cause, Result};

/// There is none.
pub(super) enum Database {}

impl Database {
    /// # Errors
    /// In words, always.
    pub(super) fn new(_: &mut Opened<'_>, _: &FieldTable) -> std::result::Result<Self, Cause> {
        Err("a SQLite database, and this newsfold was built without SQLite: build it with --features \
             sqlite, or export the table with `sqlite3 -csv -header FILE 'select * from TABLE'`"
            .into())
    }
}

impl<'r> Reader<'r> {
    /// # Errors
    /// Never: there is no database.
    pub(super) fn database(
        self,
        _: &File<'_>,
        database: &Database,
        _: &mut Reading,
        _: &mut Maker<'r>,
    ) -> Result<()> {
        match *database {}
    }
}
