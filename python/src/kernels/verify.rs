//! Candidates to compared pairs.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{Int32Builder, Int64Builder, StringBuilder};
use newsfold::Article;
use newsfold::verify::{Evidence, Overlap, RowVerifier, VerifiedPair};
use pyo3::prelude::*;

use super::articles::TextsOf;
use super::columns::{Columns, Rows, taken};
use super::{configuration, fault};

/// Holds articles against each other, from rows in order of the first of two: a row of its own with no second,
/// then one for each article it is held against.
#[pyclass(module = "newsfold._native")]
pub(crate) struct PairVerifier {
    rows: RowVerifier,
    held: Option<i64>,
}

#[pymethods]
impl PairVerifier {
    #[new]
    fn new(py: Python<'_>, settings: &str) -> PyResult<Self> {
        let near = configuration(py, settings)?.near_duplicates;
        Ok(Self { rows: RowVerifier::new(&near), held: None })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut compared = Compared::default();
            for batch in &batches {
                let columns = Columns(batch);
                let (a, b) = (columns.numbers("a")?, columns.numbers("b")?);
                let texts = TextsOf::new(&columns)?;
                for row in 0..batch.num_rows() {
                    let mut article = Article::new("", "");
                    texts.give(row, &mut article)?;
                    let first = a.at(row);
                    let Some(second) = b.get(row) else {
                        self.rows.hold(&article);
                        self.held = Some(first);
                        continue;
                    };
                    if self.held != Some(first) {
                        return Err(fault(format!(
                            "the text of article {first} did not come first"
                        )));
                    }
                    if let Some((overlap, evidence)) = self.rows.accepted(&article) {
                        compared.push(first, second, overlap, evidence);
                    }
                }
            }
            compared.finish()
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Compared::default().finish()
    }
}

/// Compared pairs in the making.
#[derive(Default)]
struct Compared {
    a: Int64Builder,
    b: Int64Builder,
    of_a: Int32Builder,
    of_b: Int32Builder,
    shared: Int32Builder,
    evidence: StringBuilder,
}

impl Compared {
    fn push(&mut self, a: i64, b: i64, overlap: Overlap, evidence: Evidence) {
        self.a.append_value(a);
        self.b.append_value(b);
        self.of_a.append_value(overlap.a as i32);
        self.of_b.append_value(overlap.b as i32);
        self.shared.append_value(overlap.shared as i32);
        self.evidence.append_value(evidence.name());
    }

    fn finish(mut self) -> PyResult<Rows> {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("a", Arc::new(self.a.finish())),
            ("b", Arc::new(self.b.finish())),
            ("of_a", Arc::new(self.of_a.finish())),
            ("of_b", Arc::new(self.of_b.finish())),
            ("shared", Arc::new(self.shared.finish())),
            ("evidence", Arc::new(self.evidence.finish())),
        ];
        Rows::of(columns)
    }
}

/// Compared pairs from the columns of a batch.
pub(super) struct ComparedOf<'b> {
    a: super::columns::Numbers<'b>,
    b: super::columns::Numbers<'b>,
    of_a: super::columns::Numbers<'b>,
    of_b: super::columns::Numbers<'b>,
    shared: super::columns::Numbers<'b>,
    evidence: super::columns::Bytes<'b>,
}

impl<'b> ComparedOf<'b> {
    pub(super) fn new(columns: &Columns<'b>) -> PyResult<Self> {
        Ok(Self {
            a: columns.numbers("a")?,
            b: columns.numbers("b")?,
            of_a: columns.numbers("of_a")?,
            of_b: columns.numbers("of_b")?,
            shared: columns.numbers("shared")?,
            evidence: columns.bytes("evidence")?,
        })
    }

    /// The pair in this row.
    pub(super) fn get(&self, row: usize) -> PyResult<VerifiedPair> {
        let name = self.evidence.text(row)?;
        let evidence = Evidence::ALL.into_iter().find(|evidence| evidence.name() == name);
        let count = |column: &super::columns::Numbers<'_>| column.at(row) as u32;
        Ok(VerifiedPair {
            a: self.a.doc(row)?,
            b: self.b.doc(row)?,
            overlap: Overlap {
                a: count(&self.of_a),
                b: count(&self.of_b),
                shared: count(&self.shared),
            },
            evidence: evidence.ok_or_else(|| fault(format!("no evidence is called {name:?}")))?,
        })
    }
}
