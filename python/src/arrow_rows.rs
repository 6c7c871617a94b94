//! Arrow's columns as records, read where they lie.

use std::borrow::Cow;

use arrow_array::RecordBatch;
use newsfold::ingest::{ArrowColumns, RowValue, Rows};

use crate::python_rows::borrowed;

/// What the records of a table are called that has no ids.
#[derive(Clone)]
pub(crate) enum Index {
    /// By their place, from 0.
    Places,
    /// By these labels.
    Labels(std::sync::Arc<[RowValue<'static>]>),
    /// All by one name.
    Same(&'static str),
}

impl Index {
    /// What the record at this place of the whole is called.
    pub(crate) fn at(&self, place: usize) -> RowValue<'_> {
        match self {
            Self::Places => RowValue::Integer(place as i64),
            Self::Same(name) => RowValue::Text(Cow::Borrowed(name)),
            Self::Labels(labels) => labels.get(place).map_or(RowValue::Nothing, borrowed),
        }
    }
}

/// Some rows of a table.
pub(crate) struct ArrowRows {
    columns: ArrowColumns,
    before: usize,
    index: Index,
}

impl ArrowRows {
    /// The rows of a batch before which so many others stand.
    pub(crate) fn new(batch: &RecordBatch, before: usize, index: Index) -> Self {
        Self { columns: ArrowColumns::new(batch), before, index }
    }
}

impl Rows for ArrowRows {
    fn names(&self) -> &[String] {
        self.columns.names()
    }

    fn count(&self) -> usize {
        self.columns.rows()
    }

    fn value(&self, row: usize, name: usize) -> RowValue<'_> {
        self.columns.value(row, name)
    }

    fn index(&self, row: usize) -> RowValue<'_> {
        self.index.at(self.before + row)
    }
}
