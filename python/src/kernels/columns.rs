//! Columns of batches, in and out.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use newsfold::DocId;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::fault;
use crate::stream;

/// Batches on their way out.
#[pyclass(frozen, module = "newsfold._native")]
pub(crate) struct Rows {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Rows {
    /// The batches by the Arrow C interface, without a copy.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream::given(py, &self.schema, &self.batches, requested_schema)
    }
}

impl Rows {
    /// One batch of these columns, all of which may hold nothing.
    pub(super) fn of(columns: Vec<(&str, ArrayRef)>) -> PyResult<Self> {
        let field =
            |(name, array): &(&str, ArrayRef)| Field::new(*name, array.data_type().clone(), true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        Self::of_batches(schema.clone(), vec![RecordBatch::try_new(schema, arrays).map_err(fault)?])
    }

    /// No batch at all.
    pub(super) fn none() -> PyResult<Self> {
        Self::of_batches(Arc::new(Schema::empty()), Vec::new())
    }

    /// These batches.
    pub(super) fn of_batches(schema: SchemaRef, batches: Vec<RecordBatch>) -> PyResult<Self> {
        Ok(Self { schema, batches })
    }
}

/// The batches that a caller gave.
pub(super) fn taken(given: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    stream::taken(given)?.collect::<Result<_, _>>().map_err(fault)
}

/// The columns of a batch by their names.
pub(super) struct Columns<'b>(pub(super) &'b RecordBatch);

impl<'b> Columns<'b> {
    fn column(&self, name: &str) -> PyResult<&'b ArrayRef> {
        self.0.column_by_name(name).ok_or_else(|| fault(format!("there is no column {name}")))
    }

    /// Whole numbers of 64 bits, or of 32.
    pub(super) fn numbers(&self, name: &str) -> PyResult<Numbers<'b>> {
        let column = self.column(name)?;
        let wide = column.as_primitive_opt::<Int64Type>().map(Numbers::Wide);
        let narrow = || column.as_primitive_opt::<Int32Type>().map(Numbers::Narrow);
        wide.or_else(narrow).ok_or_else(|| wrong(name, column))
    }

    /// Bytes, or the bytes of texts.
    pub(super) fn bytes(&self, name: &str) -> PyResult<Bytes<'b>> {
        let column = self.column(name)?;
        if let Some(column) = column.as_binary_opt::<i32>() {
            return Ok(Bytes::Binary(column));
        }
        if let Some(column) = column.as_binary_opt::<i64>() {
            return Ok(Bytes::LargeBinary(column));
        }
        if let Some(column) = column.as_string_opt::<i32>() {
            return Ok(Bytes::Text(column));
        }
        let large = column.as_string_opt::<i64>().map(Bytes::LargeText);
        large.ok_or_else(|| wrong(name, column))
    }

    /// Real numbers of 32 bits.
    pub(super) fn reals(&self, name: &str) -> PyResult<&'b arrow_array::Float32Array> {
        let column = self.column(name)?;
        column.as_primitive_opt::<Float32Type>().ok_or_else(|| wrong(name, column))
    }

    /// True or false.
    pub(super) fn truths(&self, name: &str) -> PyResult<&'b arrow_array::BooleanArray> {
        let column = self.column(name)?;
        column.as_boolean_opt().ok_or_else(|| wrong(name, column))
    }
}

fn wrong(name: &str, column: &ArrayRef) -> PyErr {
    fault(format!("the column {name} is of the type {}", column.data_type()))
}

/// A column of whole numbers.
pub(super) enum Numbers<'b> {
    Wide(&'b arrow_array::Int64Array),
    Narrow(&'b arrow_array::Int32Array),
}

impl Numbers<'_> {
    /// The number in this row, where there is one.
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::Wide(column) => column.is_valid(row).then(|| column.value(row)),
            Self::Narrow(column) => column.is_valid(row).then(|| i64::from(column.value(row))),
        }
    }

    /// The number in this row; 0 for none.
    pub(super) fn at(&self, row: usize) -> i64 {
        self.get(row).unwrap_or_default()
    }

    /// The article of this number.
    pub(super) fn doc(&self, row: usize) -> PyResult<DocId> {
        let number = self.get(row).and_then(|number| u32::try_from(number).ok());
        number.map(DocId).ok_or_else(|| fault("an article has no number, or one past 32 bits"))
    }
}

/// A column of bytes.
pub(super) enum Bytes<'b> {
    Binary(&'b arrow_array::BinaryArray),
    LargeBinary(&'b arrow_array::LargeBinaryArray),
    Text(&'b arrow_array::StringArray),
    LargeText(&'b arrow_array::LargeStringArray),
}

impl<'b> Bytes<'b> {
    /// The bytes in this row, where there are any.
    pub(super) fn get(&self, row: usize) -> Option<&'b [u8]> {
        match self {
            Self::Binary(column) => column.is_valid(row).then(|| column.value(row)),
            Self::LargeBinary(column) => column.is_valid(row).then(|| column.value(row)),
            Self::Text(column) => column.is_valid(row).then(|| column.value(row).as_bytes()),
            Self::LargeText(column) => column.is_valid(row).then(|| column.value(row).as_bytes()),
        }
    }

    /// The text in this row; an empty one for none.
    pub(super) fn text(&self, row: usize) -> PyResult<&'b str> {
        std::str::from_utf8(self.get(row).unwrap_or_default()).map_err(fault)
    }

    /// Numbers of 32 bits, as [`of_numbers`] writes them.
    pub(super) fn keys(&self, row: usize, keys: &mut Vec<u32>) {
        keys.clear();
        let (words, _) = self.get(row).unwrap_or_default().as_chunks::<4>();
        keys.extend(words.iter().map(|word| u32::from_le_bytes(*word)));
    }
}

/// Numbers of 32 bits as bytes, little end first.
pub(super) fn of_numbers(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}
