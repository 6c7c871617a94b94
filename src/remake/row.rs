//! A row of a table, its fields by the names of their columns.

use std::path::Path;
use std::str::FromStr;

use super::{RUN_AGAIN, fault};
use crate::error::{Error, Result};
use crate::tables::read_table;

/// A row, or what is wrong with it.
pub(super) type Told<T> = Result<T, String>;

/// The fields of a row.
pub(super) struct Row<'r> {
    columns: &'r [&'static str],
    fields: &'r [String],
}

impl<'r> Row<'r> {
    /// The field, empty where nothing is known. A name that was not asked for is empty too.
    pub(super) fn text(&self, name: &str) -> &'r str {
        let place = self.columns.iter().position(|column| *column == name);
        place.map_or("", |place| self.fields[place].as_str())
    }

    /// The field as a number.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Told<T> {
        let text = self.text(name);
        text.parse().map_err(|_| format!("{text:?} is no number for `{name}`"))
    }

    /// The same, or nothing where the field is empty.
    pub(super) fn number_or_none<T: FromStr>(&self, name: &str) -> Told<Option<T>> {
        if self.text(name).is_empty() { Ok(None) } else { self.number(name).map(Some) }
    }

    /// The one of `all` that the field names.
    pub(super) fn one_of<T: Copy>(
        &self,
        name: &str,
        all: impl IntoIterator<Item = T>,
        called: impl Fn(T) -> &'static str,
    ) -> Told<T> {
        let text = self.text(name);
        let found = all.into_iter().find(|one| called(*one) == text);
        found.ok_or_else(|| format!("{text:?} is no `{name}`"))
    }
}

/// Reads a table, each row by `take`; what that refuses is an error with its place, and what to do.
pub(super) fn each(
    out: &Path,
    table: &str,
    columns: &[&'static str],
    take: &mut dyn FnMut(Row) -> Told<()>,
) -> Result<()> {
    let read = read_table(out, table, columns, &mut |fields| take(Row { columns, fields }));
    read.map_err(|error| match error {
        Error::Input { position, reason } => {
            Error::Input { position, reason: format!("{reason}; {RUN_AGAIN}") }
        }
        other => other,
    })
}

/// That tables do not fit together.
pub(super) fn apart(out: &Path, reason: &str) -> Error {
    fault(out, format!("the tables here are not of one run: {reason}; {RUN_AGAIN}"))
}
