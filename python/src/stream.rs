//! The Arrow C interface between two libraries of one process: the only place that needs `unsafe`.

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// What a capsule is called that holds a stream, by the interface.
const NAME: &CStr = c"arrow_array_stream";
/// The method that gives such a capsule.
pub(crate) const METHOD: &str = "__arrow_c_stream__";

/// The batches of anything that has the method.
pub(crate) fn taken(table: &Bound<'_, PyAny>) -> PyResult<RecordBatchStreamReader> {
    let capsule = table.call_method0(METHOD)?;
    let capsule = capsule.cast::<PyCapsule>()?;
    let stream = capsule.pointer_checked(Some(NAME))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name points to a stream for as long as it lives, says the interface; what
    // is there is moved out and marked as released, so that nobody releases it twice.
    #[allow(unsafe_code, reason = "the interface is of pointers")]
    let reader = unsafe { RecordBatchStreamReader::from_raw(stream.as_ptr()) };
    reader.map_err(|error| PyValueError::new_err(error.to_string()))
}

/// A capsule of these batches, which are shared and not copied. What schema is `requested` is a wish, which
/// the interface lets a producer leave unanswered.
pub(crate) fn given<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
    batches: &[RecordBatch],
    requested: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    drop(requested);
    let batches: Vec<Result<RecordBatch, ArrowError>> = batches.iter().cloned().map(Ok).collect();
    let reader = RecordBatchIterator::new(batches, Arc::clone(schema));
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), NAME)
}
