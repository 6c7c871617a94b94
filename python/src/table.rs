//! The engine's tables as Arrow: columns and rows are those of `newsfold::tables`, whatever they are.
//!
//! Cost: each value is copied once. Text is held in batches, so that none reaches the 2 GiB that its
//! offsets can count.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use newsfold::tables::{Holds, Seen, View, ViewColumn};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};

use crate::stream;

/// A batch ends after so many rows …
const BATCH_ROWS: usize = 1 << 16;
/// … or so many bytes of text, whichever comes first.
const BATCH_BYTES: usize = 256 << 20;
/// Where a column says what it means.
const ABOUT: &str = "about";

/// A table, in Arrow.
#[pyclass(frozen, module = "newsfold._native")]
pub(crate) struct Table {
    name: &'static str,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Table {
    /// Its name, which is that of its files.
    #[getter]
    fn name(&self) -> &'static str {
        self.name
    }

    /// The columns' names, in order.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// What each column holds: text, integer, real or boolean.
    #[getter]
    fn kinds(&self) -> Vec<&'static str> {
        let kind = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8 => "text",
            DataType::Int64 => "integer",
            DataType::Float64 => "real",
            _ => "boolean",
        };
        self.schema.fields().iter().map(kind).collect()
    }

    /// What each column means.
    #[getter]
    fn about<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let about = PyDict::new(py);
        for field in self.schema.fields() {
            about.set_item(field.name(), field.metadata().get(ABOUT))?;
        }
        Ok(about)
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The values of a column, as Python's own.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let (place, _) = self.schema.column_with_name(name).ok_or_else(|| {
            PyValueError::new_err(format!("the table {} has no column {name:?}", self.name))
        })?;
        let list = PyList::empty(py);
        for batch in &self.batches {
            append(&list, batch.column(place))?;
        }
        Ok(list)
    }

    /// The table by the Arrow C interface, without a copy.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream::given(py, &self.schema, &self.batches, requested_schema)
    }
}

impl Table {
    /// The table that a view shows.
    ///
    /// # Errors
    /// In words, where a row does not fit the columns, which would be a defect.
    pub(crate) fn of(view: &View<'_>) -> Result<Self, ArrowError> {
        Self::of_rows(view, |_| true)
    }

    /// Those rows of it in which a column is true.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(crate) fn of_true(view: &View<'_>, column: &str) -> Result<Self, ArrowError> {
        let place = view.columns().iter().position(|other| other.name == column);
        Self::of_rows(view, |row| place.is_some_and(|place| row[place] == Seen::Boolean(true)))
    }

    fn of_rows(view: &View<'_>, wanted: impl Fn(&[Seen<'_>]) -> bool) -> Result<Self, ArrowError> {
        let columns = view.columns();
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()));
        let mut table = Self { name: view.name(), schema, batches: Vec::new() };
        let mut building: Vec<Building> = columns.iter().map(Building::new).collect();
        let (mut rows, mut bytes, mut fault) = (0, 0, None);
        view.each(|row| {
            if !wanted(row) {
                return;
            }
            for (column, seen) in building.iter_mut().zip(row) {
                bytes += column.push(*seen);
            }
            rows += 1;
            if rows == BATCH_ROWS || bytes >= BATCH_BYTES {
                (rows, bytes) = (0, 0);
                fault = table.finish(&mut building).err().or(fault.take());
            }
        });
        if rows > 0 {
            table.finish(&mut building)?;
        }
        fault.map_or(Ok(table), Err)
    }

    fn finish(&mut self, building: &mut [Building]) -> Result<(), ArrowError> {
        let arrays = building.iter_mut().map(Building::finish).collect();
        self.batches.push(RecordBatch::try_new(Arc::clone(&self.schema), arrays)?);
        Ok(())
    }
}

pub(crate) fn field(column: &ViewColumn) -> Field {
    let kind = match column.holds {
        Holds::Text => DataType::Utf8,
        Holds::Integer => DataType::Int64,
        Holds::Real => DataType::Float64,
        Holds::Boolean => DataType::Boolean,
    };
    let about = HashMap::from([(ABOUT.to_owned(), column.about.clone())]);
    Field::new(column.name, kind, column.optional).with_metadata(about)
}

/// A column on its way to an array.
pub(crate) enum Building {
    Text(StringBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Boolean(BooleanBuilder),
}

impl Building {
    pub(crate) fn new(column: &ViewColumn) -> Self {
        match column.holds {
            Holds::Text => Self::Text(StringBuilder::new()),
            Holds::Integer => Self::Integer(Int64Builder::new()),
            Holds::Real => Self::Real(Float64Builder::new()),
            Holds::Boolean => Self::Boolean(BooleanBuilder::new()),
        }
    }

    /// Takes a value; how many bytes of text it has. What does not fit the column is unknown there.
    pub(crate) fn push(&mut self, seen: Seen<'_>) -> usize {
        match (self, seen) {
            (Self::Text(column), Seen::Text(text)) => {
                column.append_value(text);
                return text.len();
            }
            (Self::Integer(column), Seen::Integer(number)) => column.append_value(number),
            (Self::Real(column), Seen::Real(number)) => column.append_value(number),
            (Self::Boolean(column), Seen::Boolean(truth)) => column.append_value(truth),
            (Self::Text(column), _) => column.append_null(),
            (Self::Integer(column), _) => column.append_null(),
            (Self::Real(column), _) => column.append_null(),
            (Self::Boolean(column), _) => column.append_null(),
        }
        0
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => ArrayBuilder::finish(column),
            Self::Integer(column) => ArrayBuilder::finish(column),
            Self::Real(column) => ArrayBuilder::finish(column),
            Self::Boolean(column) => ArrayBuilder::finish(column),
        }
    }
}

/// Appends an array's values.
fn append(list: &Bound<'_, PyList>, array: &ArrayRef) -> PyResult<()> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().try_for_each(|text| list.append(text)),
        DataType::Int64 => {
            array.as_primitive::<Int64Type>().iter().try_for_each(|number| list.append(number))
        }
        DataType::Float64 => {
            array.as_primitive::<Float64Type>().iter().try_for_each(|number| list.append(number))
        }
        _ => array.as_boolean().iter().try_for_each(|truth| list.append(truth)),
    }
}
