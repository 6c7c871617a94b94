//! What is joined to passages and their tables.

use newsfold::DocId;
use newsfold::analysis::article_edges;
use newsfold::config::PipelineConfig;
use newsfold::passage::{self, Copied, Reuse, reuse_of_copied};
use newsfold::pipeline::in_pool;
use newsfold::results::StandIn;
use newsfold::statistics::Statistics;
use pyo3::prelude::*;

use super::articles::TextsOf;
use super::columns::{Columns, Rows, taken};
use super::copies::copied_in;
use super::groups::{ArticleRows, Gathered, THREADS};
use super::tables::{Stands, Tables};
use super::{configuration, statistics_of};
use crate::errors::exception;

/// The tables of passages: of an article what it copied.
const TABLES: [&str; 5] = ["articles", "passages", "occurrences", "alignments", "edges"];

/// Passages, from rows in order of component: its articles, which have a `doc`, and what pairs of them have in common,
/// which have none.
#[pyclass(module = "newsfold._native")]
pub(crate) struct PassageTeller {
    config: PipelineConfig,
    agencies: Vec<String>,
    /// Those of all articles.
    outlets: Vec<String>,
    statistics: Statistics,
    component: Option<i64>,
    gathered: Gathered,
    /// By the numbers of all articles.
    copied: Vec<Copied>,
    tables: Tables,
}

#[pymethods]
impl PassageTeller {
    #[new]
    fn new(
        py: Python<'_>,
        settings: &str,
        agencies: Vec<String>,
        outlets: Vec<String>,
        statistics: &[u8],
    ) -> PyResult<Self> {
        Ok(Self {
            config: configuration(py, settings)?,
            agencies,
            outlets,
            statistics: statistics_of(py, statistics)?,
            component: None,
            gathered: Gathered::default(),
            copied: Vec::new(),
            tables: Tables::new(&TABLES),
        })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut numbers = Vec::new();
            for batch in &batches {
                let columns = Columns(batch);
                let component = columns.numbers("component")?;
                let (rows, texts) = (ArticleRows::new(&columns)?, TextsOf::new(&columns)?);
                let (a, b) = (columns.numbers("a")?, columns.numbers("b")?);
                let copied = columns.bytes("copied")?;
                for row in 0..batch.num_rows() {
                    let next = component.get(row);
                    if self.component != next && self.gathered.is_full() {
                        self.flush()?;
                    }
                    self.component = next;
                    if rows.doc.get(row).is_none() {
                        copied.keys(row, &mut numbers);
                        self.copied.extend(copied_in(a.doc(row)?, b.doc(row)?, &numbers));
                        continue;
                    }
                    let mut article = rows.articles.bare(row)?;
                    texts.give(row, &mut article)?;
                    self.gathered.push(row, &rows, article)?;
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

impl PassageTeller {
    fn flush(&mut self) -> PyResult<()> {
        let mut known = std::mem::take(&mut self.gathered).in_order();
        let place = |doc: DocId| known.place(i64::from(doc.0));
        let copied = std::mem::take(&mut self.copied);
        let copied =
            copied.into_iter().map(|one| Copied { a: place(one.a), b: place(one.b), ..one });
        let copied: Vec<Copied> = copied.collect();
        let corpus = &known.results.corpus;
        let told = in_pool(THREADS, || {
            let config = &self.config.passage;
            let agencies = &self.agencies;
            let reuse = reuse_of_copied(corpus, copied, agencies, &self.statistics, config)?;
            let shares = passage::shares(corpus, &reuse.passages);
            let credits = passage::credits(corpus, &reuse.passages, &config.credits);
            let origins = passage::origins(corpus, &reuse.passages, &credits);
            Ok((reuse, shares, (origins, credits)))
        });
        let (reuse, shares, (origins, credits)) =
            told.map_err(|error| Python::attach(|py| exception(py, &error)))?;
        let Reuse { passages, alignments } = reuse;
        let number = |doc: DocId| known.docs[doc.index()];
        // A passage belongs to the first article that has it, an alignment to the first of its two.
        let firsts = || passages.iter().map(|passage| number(passage.occurrences[0].doc));
        let of_occurrences = passages.iter().zip(firsts());
        let of_occurrences = of_occurrences
            .flat_map(|(passage, first)| std::iter::repeat_n(first, passage.occurrences.len()));
        let edges = article_edges(corpus, &passages, &origins);
        let stands: [Vec<Stands>; 5] = [
            known.docs.iter().map(|&doc| (doc, None)).collect(),
            counted(firsts()),
            counted(of_occurrences),
            counted(alignments.iter().map(|aligned| number(aligned.a.doc))),
            edges.iter().map(|edge| (number(edge.from), Some(number(edge.to)))).collect(),
        ];
        let text = |passage: &passage::Passage| {
            let first = passage.first();
            first.bytes.of(&corpus.get(first.doc).text).to_owned()
        };
        let texts = passages.iter().map(text).collect();
        let outlets = self.outlets.clone();
        known.results.stand_in = Some(StandIn { passages: texts, outlets, ..StandIn::default() });
        known.results.passages = Some(passages);
        known.results.alignments = Some(alignments);
        known.results.shares = Some(shares);
        known.results.origins = Some(origins);
        known.results.credits = Some(credits);
        // The tables of copies have these.
        known.results.families = None;
        for (name, stands) in TABLES.into_iter().zip(stands) {
            self.tables.push(&known.results, name, stands, &[]);
        }
        Ok(())
    }
}

/// Each article of a list, in which those that are the same lie together, with how many of it come before.
fn counted(docs: impl Iterator<Item = i64>) -> Vec<Stands> {
    let mut before = (None, 0);
    docs.map(|doc| {
        before = if before.0 == Some(doc) { (Some(doc), before.1 + 1) } else { (Some(doc), 0) };
        (doc, Some(before.1))
    })
    .collect()
}
