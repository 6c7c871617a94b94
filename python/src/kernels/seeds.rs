//! Articles to the pairs that seeds of passages link.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BinaryBuilder, Int32Builder, Int64Builder};
use newsfold::article::ArticleKey;
use newsfold::passage::{Linked, SeedRows, seeds_of};
use newsfold::pipeline::in_pool;
use newsfold::statistics::Statistics;
use newsfold::{Article, Corpus, DocId};
use pyo3::prelude::*;

use super::articles::{ArticlesOf, TextsOf};
use super::columns::{Columns, Rows, of_numbers, taken};
use super::groups::THREADS;
use super::statistics_of;
use crate::errors::exception;

/// The articles of a batch as a corpus of their own, in the order of their rows, with their numbers among all.
pub(super) fn articles_of(columns: &Columns<'_>) -> PyResult<(Corpus, Vec<i64>)> {
    let docs = columns.numbers("doc")?;
    let (articles, texts) = (ArticlesOf::new(columns)?, TextsOf::new(columns)?);
    let rows = 0..columns.0.num_rows();
    let numbers = rows.clone().map(|row| docs.at(row)).collect();
    let keys = rows.clone().map(|row| ArticleKey(docs.at(row).cast_unsigned())).collect();
    let read = rows.map(|row| {
        let mut article = articles.bare(row)?;
        texts.give(row, &mut article)?;
        Ok(article)
    });
    let read: PyResult<Vec<Article>> = read.collect();
    Ok((Corpus::keyed(read?, keys), numbers))
}

/// The seeds of articles, a row each.
#[pyclass(module = "newsfold._native")]
pub(crate) struct PassageSeeds {
    statistics: Statistics,
}

#[pymethods]
impl PassageSeeds {
    #[new]
    fn new(py: Python<'_>, statistics: &[u8]) -> PyResult<Self> {
        Ok(Self { statistics: statistics_of(py, statistics)? })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let (mut seed, mut doc) = (Int64Builder::new(), Int64Builder::new());
            let mut position = Int32Builder::new();
            for batch in &batches {
                let (corpus, docs) = articles_of(&Columns(batch))?;
                let add = |of: DocId, found: u64, at: u32| {
                    seed.append_value(found.cast_signed());
                    doc.append_value(docs[of.index()]);
                    position.append_value(at.cast_signed());
                };
                let surprisal = &self.statistics.surprisal;
                in_pool(THREADS, || seeds_of(&corpus, surprisal, add))
                    .map_err(|error| Python::attach(|py| exception(py, &error)))?;
            }
            Rows::of(vec![
                ("seed", Arc::new(seed.finish())),
                ("doc", Arc::new(doc.finish())),
                ("position", Arc::new(position.finish())),
            ])
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Rows::none()
    }
}

/// Links between the places of a seed, from rows in order of seed, article and position.
#[pyclass(module = "newsfold._native")]
#[derive(Default)]
pub(crate) struct SeedLinks {
    rows: SeedRows,
}

#[pymethods]
impl SeedLinks {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut links = Links::default();
            for batch in &batches {
                let columns = Columns(batch);
                let (seeds, docs) = (columns.numbers("seed")?, columns.numbers("doc")?);
                let positions = columns.numbers("position")?;
                for row in 0..batch.num_rows() {
                    let (seed, at) = (seeds.at(row).cast_unsigned(), positions.at(row) as u32);
                    self.rows.push(seed, docs.doc(row)?, at, |link| links.push(link));
                }
            }
            links.finish()
        })
    }

    /// The links of the last seed.
    fn finish(&mut self) -> PyResult<Rows> {
        let mut links = Links::default();
        self.rows.finish(|link| links.push(link));
        links.finish()
    }
}

/// Links in the making.
#[derive(Default)]
struct Links {
    a: Int64Builder,
    b: Int64Builder,
    at_a: Int32Builder,
    at_b: Int32Builder,
}

impl Links {
    fn push(&mut self, link: Linked) {
        self.a.append_value(i64::from(link.a.0));
        self.b.append_value(i64::from(link.b.0));
        self.at_a.append_value(link.at_a.cast_signed());
        self.at_b.append_value(link.at_b.cast_signed());
    }

    fn finish(mut self) -> PyResult<Rows> {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("a", Arc::new(self.a.finish())),
            ("b", Arc::new(self.b.finish())),
            ("at_a", Arc::new(self.at_a.finish())),
            ("at_b", Arc::new(self.at_b.finish())),
        ];
        Rows::of(columns)
    }
}

/// The links of each pair in one row, from rows in order of pair.
#[pyclass(module = "newsfold._native")]
#[derive(Default)]
pub(crate) struct PairLinks {
    pair: Option<(i64, i64)>,
    /// Two numbers a link.
    places: Vec<u32>,
}

#[pymethods]
impl PairLinks {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut pairs = Pairs::default();
            for batch in &batches {
                let columns = Columns(batch);
                let (a, b) = (columns.numbers("a")?, columns.numbers("b")?);
                let (at_a, at_b) = (columns.numbers("at_a")?, columns.numbers("at_b")?);
                for row in 0..batch.num_rows() {
                    let next = (a.at(row), b.at(row));
                    if self.pair != Some(next) {
                        self.flush(&mut pairs);
                        self.pair = Some(next);
                    }
                    self.places.extend([at_a.at(row) as u32, at_b.at(row) as u32]);
                }
            }
            pairs.finish("links")
        })
    }

    /// The last pair.
    fn finish(&mut self) -> PyResult<Rows> {
        let mut pairs = Pairs::default();
        self.flush(&mut pairs);
        pairs.finish("links")
    }
}

impl PairLinks {
    fn flush(&mut self, pairs: &mut Pairs) {
        let places = std::mem::take(&mut self.places);
        if let Some((a, b)) = self.pair.take() {
            pairs.push(a, b, of_numbers(places));
        }
    }
}

/// Pairs with what is known of them in bytes, in the making.
#[derive(Default)]
pub(super) struct Pairs {
    a: Int64Builder,
    b: Int64Builder,
    told: BinaryBuilder,
}

impl Pairs {
    pub(super) fn push(&mut self, a: i64, b: i64, told: Vec<u8>) {
        self.a.append_value(a);
        self.b.append_value(b);
        self.told.append_value(told);
    }

    /// The rows; what is told has this name.
    pub(super) fn finish(mut self, name: &str) -> PyResult<Rows> {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("a", Arc::new(self.a.finish())),
            ("b", Arc::new(self.b.finish())),
            (name, Arc::new(self.told.finish())),
        ];
        Rows::of(columns)
    }
}
