//! A caller's rows to articles and their sketches.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Int32Builder, Int64Builder, StringBuilder,
};
use newsfold::Article;
use newsfold::article::{ArticleKey, Notes, order_bytes};
use newsfold::config::PipelineConfig;
use newsfold::furniture::Matcher;
use newsfold::ingest::{Rows as Records, Shape, ingest_rows};
use newsfold::observer::Silent;
use newsfold::pipeline::in_pool;
use newsfold::sketch::RowSketcher;
use newsfold::text::tell_language;
use pyo3::prelude::*;

use super::articles::ArticleColumns;
use super::columns::{Rows, of_numbers, taken};
use super::{configuration, statistics_of};
use crate::arrow_rows::{ArrowRows, Index};
use crate::errors::exception;

/// What messages call the place of a row.
const PLACE: &str = "rows";
/// A task of a cluster has one core.
const THREADS: usize = 1;
/// What a record without an id is called until it gets one of its content.
const NAMELESS: &str = "\u{0}";

/// Reads rows as the engine reads records, marks what is furniture by fixed statistics, and sketches.
#[pyclass(module = "newsfold._native")]
pub(crate) struct ArticleReader {
    config: PipelineConfig,
    shape: Shape,
    matcher: Matcher,
    sketcher: RowSketcher,
    stories: bool,
    next: i64,
}

#[pymethods]
impl ArticleReader {
    /// `records`: whether each row has names of its own, as in JSON Lines. `stories`: whether languages are told,
    /// which stories ask for. `first` is the number of the first row, from which they are counted.
    #[new]
    fn new(
        py: Python<'_>,
        settings: &str,
        statistics: &[u8],
        records: bool,
        stories: bool,
        first: i64,
    ) -> PyResult<Self> {
        let config = configuration(py, settings)?;
        let statistics = statistics_of(py, statistics)?;
        let near = &config.near_duplicates;
        let parts = near.containment > 0.0;
        let sketcher = RowSketcher::new(near.shingler(), near.hasher(), near.banding(), parts);
        Ok(Self {
            shape: if records { Shape::Records } else { Shape::Table },
            matcher: Matcher::new(&statistics.furniture),
            sketcher,
            stories,
            next: first,
            config,
        })
    }

    /// The articles of some rows with their sketches, and behind them the records that are none.
    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        let read = py.detach(|| {
            let rows = |batch| Box::new(ArrowRows::new(batch, 0, Index::Same(NAMELESS)));
            let mut rows: Vec<Box<dyn Records>> =
                batches.iter().rev().map(|batch| rows(batch) as Box<dyn Records>).collect();
            let (shape, options) = (self.shape, &self.config.ingest);
            in_pool(THREADS, || {
                if rows.is_empty() {
                    return Ok(newsfold::ingest::Ingested::default());
                }
                ingest_rows(PLACE, shape, || Ok(rows.pop()), options, &Silent)
            })
        });
        let read = read.map_err(|error| exception(py, &error))?;
        py.detach(|| {
            let ids_are_text = !read.files.iter().all(|file| file.ids_may_be_numbers);
            let mut out = Out::default();
            for doc in read.corpus.docs() {
                let mut article = read.corpus.get(doc).clone();
                decided_alone(&mut article);
                if self.stories {
                    tell_language(&mut article);
                }
                let key = ArticleKey::of(&article);
                let given = read.corpus.given_id(doc);
                let (id, is_text) = match given.as_str() {
                    NAMELESS => (key.to_string().into(), true),
                    _ => (given.clone(), ids_are_text),
                };
                article.id = id;
                let spans = self.matcher.spans(&article);
                article.furniture = (!spans.is_empty()).then(|| Arc::from(spans));
                let sketch = self.sketcher.sketch(&article);
                out.row.append_value(self.next);
                self.next += 1;
                out.order.append_value(order_bytes(&article, key));
                out.key.append_value(key.0.cast_signed());
                out.digest.append_option(sketch.digest.map(u64::cast_signed));
                out.tokens.append_value(sketch.tokens as i32);
                out.shingles.append_value(sketch.shingles as i32);
                let bands: Vec<u8> =
                    sketch.bands.iter().flat_map(|band| band.to_le_bytes()).collect();
                out.bands.append_value(bands);
                out.head.append_value(of_numbers(sketch.head));
                out.rest.append_value(of_numbers(sketch.rest));
                out.chars.append_value(article.text.chars().count() as i32);
                out.ids_are_text.append_value(is_text);
                out.reject.append_null();
                out.articles.push(&article.id, &article);
            }
            let nothing = Article::new("", "");
            for reject in &read.rejects {
                out.row.append_value(self.next);
                self.next += 1;
                out.order.append_null();
                out.key.append_null();
                out.digest.append_null();
                out.tokens.append_null();
                out.shingles.append_null();
                out.bands.append_null();
                out.head.append_null();
                out.rest.append_null();
                out.chars.append_null();
                out.ids_are_text.append_null();
                out.reject.append_value(reject.reason.as_str());
                out.articles.push("", &nothing);
            }
            Rows::of(out.finish())
        })
    }

    /// Nothing is left over.
    #[staticmethod]
    fn finish() -> PyResult<Rows> {
        Rows::of(Out::default().finish())
    }
}

/// Takes back a date of which the other dates of the batch told the order of day and month: with other batches
/// it would be another.
fn decided_alone(article: &mut Article) {
    if article.notes.contains(Notes::DAY_ORDER) {
        let settled = Notes::DAY_ORDER.bits() | Notes::NO_TIME.bits();
        article.notes = Notes::of_bits(article.notes.bits() & !settled);
        article.notes.insert(Notes::UNREADABLE_DATE);
        article.published = None;
    }
}

/// The columns in the making.
#[derive(Default)]
struct Out {
    row: Int64Builder,
    order: BinaryBuilder,
    key: Int64Builder,
    digest: Int64Builder,
    tokens: Int32Builder,
    shingles: Int32Builder,
    bands: BinaryBuilder,
    head: BinaryBuilder,
    rest: BinaryBuilder,
    chars: Int32Builder,
    ids_are_text: BooleanBuilder,
    reject: StringBuilder,
    articles: ArticleColumns,
}

impl Out {
    fn finish(mut self) -> Vec<(&'static str, ArrayRef)> {
        let mut columns: Vec<(&'static str, ArrayRef)> = vec![
            ("row", Arc::new(self.row.finish())),
            ("order", Arc::new(self.order.finish())),
            ("key", Arc::new(self.key.finish())),
            ("digest", Arc::new(self.digest.finish())),
            ("tokens", Arc::new(self.tokens.finish())),
            ("shingles", Arc::new(self.shingles.finish())),
            ("bands", Arc::new(self.bands.finish())),
            ("head", Arc::new(self.head.finish())),
            ("rest", Arc::new(self.rest.finish())),
            ("chars", Arc::new(self.chars.finish())),
            ("ids_are_text", Arc::new(self.ids_are_text.finish())),
            ("reject", Arc::new(self.reject.finish())),
        ];
        columns.extend(self.articles.finish());
        columns
    }
}
