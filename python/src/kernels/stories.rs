//! Texts to neighbours, and what is linked to stories.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BinaryBuilder, BooleanBuilder, Float32Builder, Int64Builder};
use newsfold::DocId;
use newsfold::config::PipelineConfig;
use newsfold::family::Families;
use newsfold::pipeline::in_pool;
use newsfold::statistics::Statistics;
use newsfold::story::{
    self, Alike, Direction, SharedRows, Stored, Stories, neighbours_of, stories_of, terms_of,
};
use pyo3::prelude::*;

use super::articles::{ArticlesOf, TextsOf};
use super::columns::{Bytes, Columns, Rows, taken};
use super::groups::{ArticleRows, Gathered, THREADS};
use super::tables::{Stands, Tables};
use super::{configuration, statistics_of};
use crate::errors::exception;

/// The tables of stories: of an article its story.
const TABLES: [&str; 2] = ["articles", "stories"];

/// How many seconds before an article those begin that it is compared with.
#[pyfunction]
pub(super) fn reach_back(py: Python<'_>, settings: &str) -> PyResult<i64> {
    Ok(story::reach_back(&configuration(py, settings)?.story))
}

/// The terms of articles, a row each.
#[pyclass(module = "newsfold._native")]
pub(crate) struct StoryTerms {
    statistics: Statistics,
}

#[pymethods]
impl StoryTerms {
    #[new]
    fn new(py: Python<'_>, statistics: &[u8]) -> PyResult<Self> {
        Ok(Self { statistics: statistics_of(py, statistics)? })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let (mut term, mut doc) = (Int64Builder::new(), Int64Builder::new());
            for batch in &batches {
                let columns = Columns(batch);
                let docs = columns.numbers("doc")?;
                let (articles, texts) = (ArticlesOf::new(&columns)?, TextsOf::new(&columns)?);
                for row in 0..batch.num_rows() {
                    let mut article = articles.bare(row)?;
                    texts.give(row, &mut article)?;
                    for bits in terms_of(&article, &self.statistics) {
                        term.append_value(bits.cast_signed());
                        doc.append_value(docs.at(row));
                    }
                }
            }
            Rows::of(vec![("term", Arc::new(term.finish())), ("doc", Arc::new(doc.finish()))])
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Rows::none()
    }
}

/// Articles and those of their terms that another one has, from rows in order of term.
#[pyclass(module = "newsfold._native")]
#[derive(Default)]
pub(crate) struct SharedTerms {
    rows: SharedRows,
}

#[pymethods]
impl SharedTerms {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let (mut doc, mut term) = (Int64Builder::new(), Int64Builder::new());
            for batch in &batches {
                let columns = Columns(batch);
                let (terms, docs) = (columns.numbers("term")?, columns.numbers("doc")?);
                for row in 0..batch.num_rows() {
                    let bits = terms.at(row);
                    self.rows.push(bits.cast_unsigned(), docs.doc(row)?, |found| {
                        doc.append_value(i64::from(found.0));
                        term.append_value(bits);
                    });
                }
            }
            Rows::of(vec![("doc", Arc::new(doc.finish())), ("term", Arc::new(term.finish()))])
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Rows::none()
    }
}

/// The terms of each article in one row, from rows in order of article.
#[pyclass(module = "newsfold._native")]
#[derive(Default)]
pub(crate) struct StoredTerms {
    doc: Option<i64>,
    terms: Vec<u8>,
}

#[pymethods]
impl StoredTerms {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut out = (Int64Builder::new(), BinaryBuilder::new());
            for batch in &batches {
                let columns = Columns(batch);
                let (docs, terms) = (columns.numbers("doc")?, columns.numbers("term")?);
                for row in 0..batch.num_rows() {
                    let doc = docs.get(row);
                    if self.doc != doc {
                        self.flush(&mut out);
                        self.doc = doc;
                    }
                    self.terms.extend_from_slice(&terms.at(row).to_le_bytes());
                }
            }
            Self::rows(out)
        })
    }

    /// The last article.
    fn finish(&mut self) -> PyResult<Rows> {
        let mut out = (Int64Builder::new(), BinaryBuilder::new());
        self.flush(&mut out);
        Self::rows(out)
    }
}

impl StoredTerms {
    fn flush(&mut self, (doc, terms): &mut (Int64Builder, BinaryBuilder)) {
        if let Some(last) = self.doc.take() {
            doc.append_value(last);
            terms.append_value(&self.terms);
            self.terms.clear();
        }
    }

    fn rows((mut doc, mut terms): (Int64Builder, BinaryBuilder)) -> PyResult<Rows> {
        Rows::of(vec![("doc", Arc::new(doc.finish())), ("stored", Arc::new(terms.finish()))])
    }
}

/// Terms as [`StoredTerms`] wrote them.
fn stored_in<'b>(column: &Bytes<'b>, row: usize) -> impl Iterator<Item = u64> + use<'b> {
    let (words, _) = column.get(row).unwrap_or_default().as_chunks::<8>();
    words.iter().map(|word| u64::from_le_bytes(*word))
}

/// Texts and their neighbours, from rows in order of slice: its own texts, and those before them that they reach.
#[pyclass(module = "newsfold._native")]
pub(crate) struct Neighbours {
    config: PipelineConfig,
    statistics: Statistics,
    slice: Option<i64>,
    /// The first text of the slice's own.
    own: i64,
    gathered: Gathered,
    stored: Stored,
}

#[pymethods]
impl Neighbours {
    #[new]
    fn new(py: Python<'_>, settings: &str, statistics: &[u8]) -> PyResult<Self> {
        Ok(Self {
            config: configuration(py, settings)?,
            statistics: statistics_of(py, statistics)?,
            slice: None,
            own: 0,
            gathered: Gathered::default(),
            stored: Stored::default(),
        })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut found = Found::default();
            for batch in &batches {
                let columns = Columns(batch);
                let (slices, own) = (columns.numbers("slice")?, columns.numbers("own")?);
                let (rows, texts) = (ArticleRows::new(&columns)?, TextsOf::new(&columns)?);
                let stored = columns.bytes("stored")?;
                for row in 0..batch.num_rows() {
                    if self.slice != slices.get(row) {
                        self.flush(&mut found)?;
                        (self.slice, self.own) = (slices.get(row), own.at(row));
                    }
                    let mut article = rows.articles.bare(row)?;
                    texts.give(row, &mut article)?;
                    self.gathered.push(row, &rows, article)?;
                    self.stored.extend(stored_in(&stored, row));
                }
            }
            found.finish()
        })
    }

    /// The last slice.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Rows> {
        py.detach(|| {
            let mut found = Found::default();
            self.flush(&mut found)?;
            found.finish()
        })
    }
}

impl Neighbours {
    fn flush(&mut self, found: &mut Found) -> PyResult<()> {
        let slice = std::mem::take(&mut self.gathered).in_order();
        let stored = std::mem::take(&mut self.stored);
        let (first, corpus) = (slice.place(self.own), &slice.results.corpus);
        let pairs = in_pool(THREADS, || {
            neighbours_of(corpus, stored, first, &self.statistics, &self.config.story)
        });
        let pairs = pairs.map_err(|error| Python::attach(|py| exception(py, &error)))?;
        let number = |doc: DocId| slice.docs[doc.index()];
        pairs.iter().for_each(|pair| found.push(number(pair.a), number(pair.b), pair));
        Ok(())
    }
}

/// Pairs of neighbours in the making.
#[derive(Default)]
struct Found {
    a: Int64Builder,
    b: Int64Builder,
    similarity: Float32Builder,
    links: BooleanBuilder,
}

impl Found {
    fn push(&mut self, a: i64, b: i64, pair: &Alike) {
        self.a.append_value(a);
        self.b.append_value(b);
        self.similarity.append_value(pair.similarity);
        self.links.append_value(pair.links);
    }

    fn finish(mut self) -> PyResult<Rows> {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("a", Arc::new(self.a.finish())),
            ("b", Arc::new(self.b.finish())),
            ("similarity", Arc::new(self.similarity.finish())),
            ("links", Arc::new(self.links.finish())),
        ];
        Rows::of(columns)
    }
}

/// Stories, from rows in order of component: its articles, which have a `doc` and tell who stands for them, and
/// the pairs among its texts, which have none. A story's row has its direction beside it.
#[pyclass(module = "newsfold._native")]
pub(crate) struct StoryTeller {
    config: PipelineConfig,
    statistics: Statistics,
    component: Option<i64>,
    linked: Linked,
    tables: Tables,
}

/// The articles of whole components.
#[derive(Default)]
struct Linked {
    gathered: Gathered,
    /// By the numbers of all articles.
    stands: Vec<i64>,
    stored: Stored,
    pairs: Vec<Alike>,
}

#[pymethods]
impl StoryTeller {
    #[new]
    fn new(py: Python<'_>, settings: &str, statistics: &[u8]) -> PyResult<Self> {
        Ok(Self {
            config: configuration(py, settings)?,
            statistics: statistics_of(py, statistics)?,
            component: None,
            linked: Linked::default(),
            tables: Tables::with_beside(&TABLES),
        })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            for batch in &batches {
                let columns = Columns(batch);
                let component = columns.numbers("component")?;
                let (rows, texts) = (ArticleRows::new(&columns)?, TextsOf::new(&columns)?);
                let (stands, stored) = (columns.numbers("stands")?, columns.bytes("stored")?);
                let (a, b) = (columns.numbers("a")?, columns.numbers("b")?);
                let similarity = columns.reals("similarity")?;
                for row in 0..batch.num_rows() {
                    let next = component.get(row);
                    if self.component != next && self.linked.gathered.is_full() {
                        self.flush()?;
                    }
                    self.component = next;
                    let linked = &mut self.linked;
                    if rows.doc.get(row).is_none() {
                        let similarity = similarity.value(row);
                        let (a, b) = (a.doc(row)?, b.doc(row)?);
                        // Whether it links is told by the component.
                        linked.pairs.push(Alike { a, b, similarity, links: true });
                        continue;
                    }
                    let mut article = rows.articles.bare(row)?;
                    texts.give(row, &mut article)?;
                    linked.gathered.push(row, &rows, article)?;
                    linked.stands.push(stands.at(row));
                    linked.stored.extend(stored_in(&stored, row));
                }
            }
            self.tables.finish()
        })
    }

    /// What is left.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Rows> {
        py.detach(|| {
            self.flush()?;
            self.tables.finish()
        })
    }
}

impl StoryTeller {
    fn flush(&mut self) -> PyResult<()> {
        let Linked { gathered, stands, stored, pairs } = std::mem::take(&mut self.linked);
        let mut known = gathered.in_order();
        let stands: Vec<DocId> =
            known.order.iter().map(|&place| known.place(stands[place])).collect();
        let families = Families::of_representatives(&stands);
        let place = |doc: DocId| known.place(i64::from(doc.0));
        let pairs: Vec<Alike> = pairs
            .iter()
            .map(|pair| Alike { a: place(pair.a), b: place(pair.b), ..*pair })
            .collect();
        let corpus = &known.results.corpus;
        let told = in_pool(THREADS, || {
            stories_of(corpus, &families, stored, &pairs, &self.statistics, &self.config.story)
        });
        let (stories, of, directions) =
            told.map_err(|error| Python::attach(|py| exception(py, &error)))?;
        // The first article of a story is its number.
        let first = |story: usize| known.docs[stories[story].members[0].index()];
        let of_articles: Vec<Stands> = known
            .docs
            .iter()
            .zip(&of)
            .map(|(&doc, &story)| (doc, Some(first(story as usize))))
            .collect();
        let of_stories: Vec<Stands> =
            (0..stories.len()).map(|story| (first(story), None)).collect();
        let directions: Vec<Vec<u8>> = directions.iter().map(in_bytes).collect();
        known.results.stories = Some(Stories { stories, storylines: Vec::new(), of });
        // The tables of copies have these.
        known.results.families = None;
        self.tables.push(&known.results, "articles", of_articles, &[]);
        self.tables.push(&known.results, "stories", of_stories, &directions);
        Ok(())
    }
}

/// A term takes eight bytes, its weight four.
const TERM_BYTES: usize = 12;

fn in_bytes(direction: &Direction) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(direction.len() * TERM_BYTES);
    for (term, weight) in direction {
        bytes.extend_from_slice(&term.to_le_bytes());
        bytes.extend_from_slice(&weight.to_le_bytes());
    }
    bytes
}

/// The direction in these bytes.
pub(super) fn direction_in(bytes: &[u8]) -> Direction {
    let (terms, _) = bytes.as_chunks::<TERM_BYTES>();
    let term = |&[a, b, c, d, e, f, g, h, i, j, k, l]: &[u8; TERM_BYTES]| {
        (u64::from_le_bytes([a, b, c, d, e, f, g, h]), f32::from_le_bytes([i, j, k, l]))
    };
    terms.iter().map(term).collect()
}
