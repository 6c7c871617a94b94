//! Linked pairs to what they have in common.

use newsfold::article::{ArticleKey, TokenSpan};
use newsfold::config::PipelineConfig;
use newsfold::passage::{Copied, Linked, Matching, copied_of};
use newsfold::pipeline::in_pool;
use newsfold::statistics::Statistics;
use newsfold::{Article, Corpus, DocId};
use pyo3::prelude::*;

use super::articles::TextsOf;
use super::columns::{Columns, Rows, of_numbers, taken};
use super::groups::THREADS;
use super::seeds::Pairs;
use super::{configuration, fault, statistics_of};
use crate::errors::exception;

/// Articles that are held against one at a time at the most. Their words take some megabytes.
const ARTICLES_AT_A_TIME: usize = 256;

/// Numbers that tell two stretches and what matches, see [`in_numbers`].
const NUMBERS: usize = 5;

/// What linked pairs have in common, from rows in order of the first of two: a row of its own with its text, no
/// second and no links, then one with the text of each article it is linked with. Itself needs no text again.
#[pyclass(module = "newsfold._native")]
pub(crate) struct PairCopies {
    config: PipelineConfig,
    statistics: Statistics,
    held: Option<(i64, Article)>,
    others: Vec<(i64, Article)>,
    /// For each pair the place of the second among those at hand, 0 for the first itself, and where a seed stands in
    /// each.
    links: Vec<Linked>,
}

#[pymethods]
impl PairCopies {
    #[new]
    fn new(py: Python<'_>, settings: &str, statistics: &[u8]) -> PyResult<Self> {
        Ok(Self {
            config: configuration(py, settings)?,
            statistics: statistics_of(py, statistics)?,
            held: None,
            others: Vec::new(),
            links: Vec::new(),
        })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut pairs = Pairs::default();
            let mut places = Vec::new();
            for batch in &batches {
                let columns = Columns(batch);
                let (a, b) = (columns.numbers("a")?, columns.numbers("b")?);
                let (texts, links) = (TextsOf::new(&columns)?, columns.bytes("links")?);
                for row in 0..batch.num_rows() {
                    let first = a.at(row);
                    let Some(second) = b.get(row) else {
                        self.flush(&mut pairs)?;
                        self.held = Some((first, texts.read(row)?));
                        continue;
                    };
                    if self.held.as_ref().map(|held| held.0) != Some(first) {
                        let reason = format!("the text of article {first} did not come first");
                        return Err(fault(reason));
                    }
                    let mut place = DocId(0);
                    if second != first {
                        if self.others.len() >= ARTICLES_AT_A_TIME {
                            self.flush(&mut pairs)?;
                        }
                        self.others.push((second, texts.read(row)?));
                        place = DocId(self.others.len() as u32);
                    }
                    links.keys(row, &mut places);
                    let (two, _) = places.as_chunks::<2>();
                    self.links.extend(two.iter().map(|&[at_a, at_b]| Linked {
                        a: DocId(0),
                        b: place,
                        at_a,
                        at_b,
                    }));
                }
            }
            pairs.finish("copied")
        })
    }

    /// What is left.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Rows> {
        py.detach(|| {
            let mut pairs = Pairs::default();
            self.flush(&mut pairs)?;
            pairs.finish("copied")
        })
    }
}

impl PairCopies {
    /// Holds what is there against the article at hand, which stays.
    fn flush(&mut self, pairs: &mut Pairs) -> PyResult<()> {
        let (links, others) = (std::mem::take(&mut self.links), std::mem::take(&mut self.others));
        let Some((first, held)) = self.held.as_ref().filter(|_| !links.is_empty()) else {
            return Ok(());
        };
        let mut docs = vec![*first];
        let mut articles = vec![held.clone()];
        for (doc, article) in others {
            docs.push(doc);
            articles.push(article);
        }
        let keys = docs.iter().map(|doc| ArticleKey(doc.cast_unsigned())).collect();
        let corpus = Corpus::keyed(articles, keys);
        let copied =
            in_pool(THREADS, || copied_of(&corpus, &links, &self.statistics, &self.config.passage));
        let copied = copied.map_err(|error| Python::attach(|py| exception(py, &error)))?;
        let number = |doc: DocId| docs[doc.index()];
        for of_pair in copied.chunk_by(|one, other| one.b == other.b) {
            let told = of_numbers(of_pair.iter().flat_map(in_numbers));
            pairs.push(number(of_pair[0].a), number(of_pair[0].b), told);
        }
        Ok(())
    }
}

/// Stretches with their parts as numbers: how many parts, then five for the whole and for each part.
fn in_numbers(copied: &Copied) -> Vec<u32> {
    let mut numbers = vec![copied.parts.len() as u32];
    for Matching { a, b, matched } in std::iter::once(&copied.whole).chain(&copied.parts) {
        numbers.extend([a.start, a.end, b.start, b.end, *matched]);
    }
    numbers
}

/// What a pair has in common, of the numbers that [`in_numbers`] tells one after the other.
pub(super) fn copied_in(a: DocId, b: DocId, mut numbers: &[u32]) -> Vec<Copied> {
    let mut copied = Vec::new();
    while let Some((&parts, rest)) = numbers.split_first() {
        let (of, rest) = rest.split_at(rest.len().min(NUMBERS * (1 + parts as usize)));
        let (of, _) = of.as_chunks::<NUMBERS>();
        let matching = |&[start_a, end_a, start_b, end_b, matched]: &[u32; NUMBERS]| Matching {
            a: TokenSpan { start: start_a, end: end_a },
            b: TokenSpan { start: start_b, end: end_b },
            matched,
        };
        let mut told = of.iter().map(matching);
        if let Some(whole) = told.next() {
            copied.push(Copied { a, b, whole, parts: told.collect() });
        }
        numbers = rest;
    }
    copied
}
