//! Sketches to candidates: bands and keys as rows, and what rows in their order propose.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BooleanBuilder, Int32Builder, Int64Builder};
use newsfold::DocId;
use newsfold::candidates::{BandRows, Found, Listed, PartRows, Sample, SampleRows};
use newsfold::sketch::band_key_mask;
use pyo3::prelude::*;

use super::columns::{Columns, Rows, taken};
use super::configuration;

/// The bands of articles, a row each, as they meet in a corpus of so many.
#[pyfunction]
pub(super) fn band_rows(
    py: Python<'_>,
    given: &Bound<'_, PyAny>,
    articles: usize,
) -> PyResult<Rows> {
    let batches = taken(given)?;
    py.detach(|| {
        let mask = band_key_mask(articles);
        let (mut band, mut doc) = (Int64Builder::new(), Int64Builder::new());
        for batch in &batches {
            let columns = Columns(batch);
            let (docs, bands) = (columns.numbers("doc")?, columns.bytes("bands")?);
            for row in 0..batch.num_rows() {
                let (words, _) = bands.get(row).unwrap_or_default().as_chunks::<8>();
                for word in words {
                    band.append_value((u64::from_le_bytes(*word) & mask).cast_signed());
                    doc.append_value(docs.at(row));
                }
            }
        }
        Rows::of(vec![("band", Arc::new(band.finish())), ("doc", Arc::new(doc.finish()))])
    })
}

/// The keys of the samples of articles, a row each.
#[pyfunction]
pub(super) fn sample_rows(py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
    let batches = taken(given)?;
    py.detach(|| {
        let (mut key, mut doc) = (Int32Builder::new(), Int64Builder::new());
        let (mut shingles, mut in_head) = (Int32Builder::new(), BooleanBuilder::new());
        let mut keys = Vec::new();
        for batch in &batches {
            let columns = Columns(batch);
            let (docs, lengths) = (columns.numbers("doc")?, columns.numbers("shingles")?);
            for (column, is_head) in [("head", true), ("rest", false)] {
                let column = columns.bytes(column)?;
                for row in 0..batch.num_rows() {
                    column.keys(row, &mut keys);
                    for &one in &keys {
                        key.append_value(one.cast_signed());
                        doc.append_value(docs.at(row));
                        shingles.append_value(lengths.at(row) as i32);
                        in_head.append_value(is_head);
                    }
                }
            }
        }
        Rows::of(vec![
            ("key", Arc::new(key.finish())),
            ("doc", Arc::new(doc.finish())),
            ("shingles", Arc::new(shingles.finish())),
            ("in_head", Arc::new(in_head.finish())),
        ])
    })
}

/// Those rows of articles, with their heads and on how many long lists they are, that have to be looked for in
/// one.
#[pyfunction]
pub(super) fn short_of_lists(py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
    let batches = taken(given)?;
    py.detach(|| {
        let (mut part, mut key) = (Int64Builder::new(), Int32Builder::new());
        for batch in &batches {
            let columns = Columns(batch);
            let (parts, keys) = (columns.numbers("part")?, columns.numbers("key")?);
            let (heads, on_long) = (columns.bytes("head")?, columns.numbers("on_long")?);
            let mut head = Vec::new();
            for row in 0..batch.num_rows() {
                heads.keys(row, &mut head);
                if PartRows::is_short_of_lists(head.len(), on_long.at(row) as usize) {
                    part.append_value(parts.at(row));
                    key.append_value(keys.at(row) as i32);
                }
            }
        }
        Rows::of(vec![("part", Arc::new(part.finish())), ("key", Arc::new(key.finish()))])
    })
}

/// Pairs in the making.
#[derive(Default)]
struct Pairs {
    a: Int64Builder,
    b: Int64Builder,
}

impl Pairs {
    fn push(&mut self, a: DocId, b: DocId) {
        self.a.append_value(i64::from(a.0));
        self.b.append_value(i64::from(b.0));
    }

    fn finish(mut self) -> PyResult<Rows> {
        Rows::of(vec![("a", Arc::new(self.a.finish())), ("b", Arc::new(self.b.finish()))])
    }
}

/// Articles that share a band, from rows in order of band, then article.
#[pyclass(module = "newsfold._native")]
#[derive(Default)]
pub(crate) struct BandBuckets {
    rows: BandRows,
}

#[pymethods]
impl BandBuckets {
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
                let (bands, docs) = (columns.numbers("band")?, columns.numbers("doc")?);
                for row in 0..batch.num_rows() {
                    let band = bands.at(row).cast_unsigned();
                    self.rows.push(band, docs.doc(row)?, |a, b| pairs.push(a, b));
                }
            }
            pairs.finish()
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Pairs::default().finish()
    }
}

/// What lists tell, in the making.
#[derive(Default)]
struct Lists {
    part: Int64Builder,
    whole: Int64Builder,
    key: Int32Builder,
    articles: Int64Builder,
    order: Int64Builder,
}

impl Lists {
    fn push(&mut self, found: Found) {
        match found {
            Found::Hit { whole, part } => {
                self.part.append_value(i64::from(part.0));
                self.whole.append_value(i64::from(whole.0));
                self.key.append_null();
                self.articles.append_null();
                self.order.append_null();
            }
            Found::Long { part, key, articles, order } => {
                self.part.append_value(i64::from(part.0));
                self.whole.append_null();
                self.key.append_value(key.cast_signed());
                self.articles.append_value(i64::from(articles));
                self.order.append_value(i64::from(order));
            }
        }
    }

    fn finish(mut self) -> PyResult<Rows> {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("part", Arc::new(self.part.finish())),
            ("whole", Arc::new(self.whole.finish())),
            ("key", Arc::new(self.key.finish())),
            ("articles", Arc::new(self.articles.finish())),
            ("order", Arc::new(self.order.finish())),
        ];
        Rows::of(columns)
    }
}

/// Articles that have a key of their samples in common, from rows in order of key.
#[pyclass(module = "newsfold._native")]
pub(crate) struct SampleLists {
    rows: SampleRows,
}

#[pymethods]
impl SampleLists {
    /// `long`: whether the rows are those of long lists, of which some are found for those in whose head the
    /// key is.
    #[new]
    fn new(py: Python<'_>, settings: &str, long: bool) -> PyResult<Self> {
        let near = configuration(py, settings)?.near_duplicates;
        let rows = if long { SampleRows::of_long_lists(&near) } else { SampleRows::new(&near) };
        Ok(Self { rows })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut lists = Lists::default();
            for batch in &batches {
                let columns = Columns(batch);
                let (keys, docs) = (columns.numbers("key")?, columns.numbers("doc")?);
                let (lengths, heads) = (columns.numbers("shingles")?, columns.truths("in_head")?);
                for row in 0..batch.num_rows() {
                    let listed = Listed {
                        doc: docs.doc(row)?,
                        shingles: lengths.at(row) as u32,
                        in_head: heads.value(row),
                    };
                    let key = (keys.at(row) as i32).cast_unsigned();
                    self.rows.push(key, listed, |found| lists.push(found));
                }
            }
            lists.finish()
        })
    }

    /// What the last list tells.
    fn finish(&mut self) -> PyResult<Rows> {
        let mut lists = Lists::default();
        self.rows.finish(|found| lists.push(found));
        lists.finish()
    }
}

/// Those of the parts and wholes that share keys which are likely to be that.
#[pyclass(module = "newsfold._native")]
pub(crate) struct LikelyParts {
    rows: PartRows,
}

#[pymethods]
impl LikelyParts {
    #[new]
    fn new(py: Python<'_>, settings: &str) -> PyResult<Self> {
        Ok(Self { rows: PartRows::new(&configuration(py, settings)?.near_duplicates) })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut pairs = Pairs::default();
            let [mut head, mut rest, mut whole_head, mut whole_rest] = [const { Vec::new() }; 4];
            for batch in &batches {
                let columns = Columns(batch);
                let (parts, wholes) = (columns.numbers("part")?, columns.numbers("whole")?);
                let (found, on_long) = (columns.numbers("found")?, columns.numbers("on_long")?);
                let lengths = [columns.numbers("shingles")?, columns.numbers("whole_shingles")?];
                let heads = [columns.bytes("head")?, columns.bytes("whole_head")?];
                let rests = [columns.bytes("rest")?, columns.bytes("whole_rest")?];
                for row in 0..batch.num_rows() {
                    heads[0].keys(row, &mut head);
                    rests[0].keys(row, &mut rest);
                    heads[1].keys(row, &mut whole_head);
                    rests[1].keys(row, &mut whole_rest);
                    let shingles = |of: usize| lengths[of].at(row) as u32;
                    let part = Sample { shingles: shingles(0), head: &head, rest: &rest };
                    let whole =
                        Sample { shingles: shingles(1), head: &whole_head, rest: &whole_rest };
                    let (found, on_long) = (found.at(row) as usize, on_long.at(row) as usize);
                    if self.rows.is_likely(part, whole, found, on_long) {
                        let (a, b) = (parts.doc(row)?, wholes.doc(row)?);
                        pairs.push(a.min(b), a.max(b));
                    }
                }
            }
            pairs.finish()
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Pairs::default().finish()
    }
}
