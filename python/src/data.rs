//! What a caller gave, on its way to articles.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use arrow_array::ffi_stream::RecordBatchStreamReader;
use newsfold::config::PipelineConfig;
use newsfold::ingest::{self, Ingested, RowValue, Rows, Shape, ingest_rows};
use newsfold::observer::Observer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyIterator;

use crate::arrow_rows::{ArrowRows, Index};
use crate::python_rows::{PythonRows, owned, value};
use crate::stream;
use crate::work::{Watch, at_work};

/// What messages and tables call the place of what was in memory.
const MEMORY: &str = "memory";
/// Rows of a table that are read at a time: so many that all threads have work, so few that a signal is
/// obeyed soon.
const ROWS_AT_A_TIME: usize = 1 << 14;
/// Batches that wait to be read.
const WAITING: usize = 2;

type Batch = Box<dyn Rows>;

/// What a caller gave.
pub(crate) enum Data<'py> {
    /// Names of files, folders, patterns.
    Files(Vec<String>),
    /// Batches of rows.
    Table(RecordBatchStreamReader, Index),
    /// Records, one by one.
    Records(Bound<'py, PyIterator>, Index),
}

impl<'py> Data<'py> {
    /// What `given` is, by the kind that `newsfold/_data.py` told.
    pub(crate) fn of(
        kind: &str,
        given: &Bound<'py, PyAny>,
        index: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let index = match index {
            None => Index::Places,
            Some(labels) => Index::Labels(
                labels
                    .try_iter()?
                    .map(|label| value(&label?))
                    .collect::<PyResult<Arc<[RowValue<'static>]>>>()?,
            ),
        };
        match kind {
            "files" => Ok(Self::Files(given.extract()?)),
            "table" => Ok(Self::Table(stream::taken(given)?, index)),
            "records" => Ok(Self::Records(given.try_iter()?, index)),
            _ => Err(PyValueError::new_err(format!("no kind of data: {kind}"))),
        }
    }

    /// The names of files, where it is that.
    pub(crate) fn files(&self) -> Vec<String> {
        match self {
            Self::Files(names) => names.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether it is in memory.
    pub(crate) fn is_in_memory(&self) -> bool {
        !matches!(self, Self::Files(_))
    }

    /// Does `work` on another thread, which is handed a reader of the articles.
    ///
    /// # Errors
    /// As [`at_work`].
    pub(crate) fn read<T: Send>(
        self,
        py: Python<'py>,
        told: Option<&Bound<'py, PyAny>>,
        work: impl FnOnce(&Watch, Reader) -> newsfold::Result<T> + Send,
    ) -> PyResult<T> {
        let watch = &Watch::default();
        let (to, from) = sync_channel(WAITING);
        let working = |reader| move || work(watch, reader);
        match self {
            Self::Files(_) => at_work(py, watch, told, |_| Ok(()), working(Reader::Files)),
            Self::Table(batches, index) => {
                let feed = |py: Python<'_>| feed_table(py, batches, &index, to);
                at_work(py, watch, told, feed, working(Reader::Rows(Shape::Table, from)))
            }
            Self::Records(records, index) => {
                let feed = |py: Python<'_>| feed_records(py, &records, &index, to);
                at_work(py, watch, told, feed, working(Reader::Rows(Shape::Records, from)))
            }
        }
    }
}

/// Reads the articles.
pub(crate) enum Reader {
    /// From the files that the configuration names.
    Files,
    /// From records that come from the caller's thread.
    Rows(Shape, Receiver<Batch>),
}

impl Reader {
    /// The articles; none where the caller gave no record at all.
    ///
    /// # Errors
    /// As [`ingest::ingest`].
    pub(crate) fn articles(
        self,
        config: &PipelineConfig,
        observer: &dyn Observer,
    ) -> newsfold::Result<Ingested> {
        let (shape, batches) = match self {
            Self::Files => return ingest::ingest(&config.inputs, &config.ingest, observer),
            Self::Rows(shape, batches) => (shape, batches),
        };
        // The channel closes when the caller's thread has read all, or was stopped, which the observer knows.
        let mut first = batches.recv().ok();
        observer.check()?;
        if first.is_none() {
            return Ok(Ingested::default());
        }
        let next = || {
            let batch = first.take().or_else(|| batches.recv().ok());
            observer.check()?;
            Ok(batch)
        };
        ingest_rows(MEMORY, shape, next, &config.ingest, observer)
    }
}

/// Hands a batch over; whether anyone still wants more.
fn hand_over(py: Python<'_>, batch: Batch, to: &SyncSender<Batch>) -> bool {
    py.detach(|| to.send(batch).is_ok())
}

fn feed_table(
    py: Python<'_>,
    mut batches: RecordBatchStreamReader,
    index: &Index,
    to: SyncSender<Batch>,
) -> PyResult<()> {
    let mut before = 0;
    // Whoever makes the batches may need Python's lock for it.
    while let Some(batch) = py.detach(|| batches.next()) {
        let batch = batch.map_err(|error| PyValueError::new_err(error.to_string()))?;
        for start in (0..batch.num_rows()).step_by(ROWS_AT_A_TIME) {
            py.check_signals()?;
            let rows = batch.slice(start, ROWS_AT_A_TIME.min(batch.num_rows() - start));
            let rows = ArrowRows::new(&rows, before + start, index.clone());
            if !hand_over(py, Box::new(rows), &to) {
                return Ok(());
            }
        }
        before += batch.num_rows();
    }
    Ok(())
}

fn feed_records(
    py: Python<'_>,
    records: &Bound<'_, PyIterator>,
    index: &Index,
    to: SyncSender<Batch>,
) -> PyResult<()> {
    let mut batch = PythonRows::default();
    for (place, record) in records.clone().enumerate() {
        batch.push(&record?, owned(index.at(place)))?;
        if batch.is_full() {
            py.check_signals()?;
            if !hand_over(py, Box::new(std::mem::take(&mut batch)), &to) {
                return Ok(());
            }
        }
    }
    if !batch.is_empty() {
        hand_over(py, Box::new(batch), &to);
    }
    Ok(())
}
