//! What joins articles besides what they copied.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringBuilder};
use newsfold::Article;
use newsfold::config::PipelineConfig;
use newsfold::passage::{Tie, TieRows, agency_of, learnt, ties_of};
use newsfold::pipeline::in_pool;
use pyo3::prelude::*;

use super::articles::TextsOf;
use super::columns::{Columns, Rows, taken};
use super::configuration;
use super::groups::THREADS;
use super::seeds::articles_of;
use crate::errors::exception;

/// The agencies that datelines name, a row an article.
#[pyclass(module = "newsfold._native")]
pub(crate) struct Datelines {
    config: PipelineConfig,
}

#[pymethods]
impl Datelines {
    #[new]
    fn new(py: Python<'_>, settings: &str) -> PyResult<Self> {
        Ok(Self { config: configuration(py, settings)? })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut agency = StringBuilder::new();
            for batch in &batches {
                let texts = TextsOf::new(&Columns(batch))?;
                for row in 0..batch.num_rows() {
                    let article: Article = texts.read(row)?;
                    if let Some(name) = agency_of(&article, &self.config.passage) {
                        agency.append_value(name);
                    }
                }
            }
            Rows::of(vec![("agency", Arc::new(agency.finish()))])
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Rows::none()
    }
}

/// The agencies that count as such in credits, too, of how many articles name each in a dateline.
#[pyfunction]
pub(super) fn learnt_agencies(seen: std::collections::BTreeMap<String, usize>) -> Vec<String> {
    learnt(seen)
}

/// The ties of articles, a row each.
#[pyclass(module = "newsfold._native")]
pub(crate) struct PassageTies {
    config: PipelineConfig,
    agencies: Vec<String>,
}

#[pymethods]
impl PassageTies {
    #[new]
    fn new(py: Python<'_>, settings: &str, agencies: Vec<String>) -> PyResult<Self> {
        Ok(Self { config: configuration(py, settings)?, agencies })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let (mut key, mut doc) = (Int64Builder::new(), Int64Builder::new());
            let mut strong = BooleanBuilder::new();
            for batch in &batches {
                let (corpus, docs) = articles_of(&Columns(batch))?;
                let config = &self.config.passage;
                let ties = in_pool(THREADS, || ties_of(&corpus, &self.agencies, config));
                let ties = ties.map_err(|error| Python::attach(|py| exception(py, &error)))?;
                for tie in ties {
                    key.append_value(tie.key.cast_signed());
                    doc.append_value(docs[tie.doc.index()]);
                    strong.append_value(tie.strong);
                }
            }
            Rows::of(vec![
                ("key", Arc::new(key.finish())),
                ("doc", Arc::new(doc.finish())),
                ("strong", Arc::new(strong.finish())),
            ])
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Rows::none()
    }
}

/// Articles that ties join, from rows in order of key and article.
#[pyclass(module = "newsfold._native")]
#[derive(Default)]
pub(crate) struct TiedArticles {
    rows: TieRows,
}

#[pymethods]
impl TiedArticles {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let (mut a, mut b) = (Int64Builder::new(), Int64Builder::new());
            for batch in &batches {
                let columns = Columns(batch);
                let (keys, docs) = (columns.numbers("key")?, columns.numbers("doc")?);
                let strong = columns.truths("strong")?;
                for row in 0..batch.num_rows() {
                    let tie = Tie {
                        key: keys.at(row).cast_unsigned(),
                        doc: docs.doc(row)?,
                        strong: strong.value(row),
                    };
                    self.rows.push(tie, |one, other| {
                        a.append_value(i64::from(one.0));
                        b.append_value(i64::from(other.0));
                    });
                }
            }
            Rows::of(vec![("a", Arc::new(a.finish())), ("b", Arc::new(b.finish()))])
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Rows::none()
    }
}
