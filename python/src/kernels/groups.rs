//! Compared pairs to families and tables.

use std::collections::BTreeMap;

use newsfold::article::ArticleKey;
use newsfold::config::PipelineConfig;
use newsfold::observer::Silent;
use newsfold::pipeline::in_pool;
use newsfold::verify::{VerifiedPair, listed};
use newsfold::{Article, Corpus, DocId, family};
use pyo3::prelude::*;

use super::articles::{ArticlesOf, TextsOf};
use super::columns::{Columns, Numbers, Rows, taken};
use super::tables::{Tables, results};
use super::verify::ComparedOf;
use super::{configuration, fault};
use crate::errors::exception;

/// A task of a cluster has one core.
const THREADS: usize = 1;
/// Components are put into tables together until they have so many articles.
const ARTICLES_AT_A_TIME: usize = 4096;
/// Or so many bytes of text.
const BYTES_AT_A_TIME: usize = 64 << 20;

/// The articles of whole components, in order of their numbers, and what is known of them.
#[derive(Default)]
struct Gathered {
    docs: Vec<i64>,
    articles: Vec<Article>,
    keys: Vec<ArticleKey>,
    digests: Vec<Option<i64>>,
    tokens: Vec<u32>,
    chars: Vec<u32>,
    bytes: usize,
    /// By the numbers of all articles.
    pairs: Vec<VerifiedPair>,
}

impl Gathered {
    fn push(&mut self, row: usize, of: &ArticleRows<'_>, article: Article) -> PyResult<()> {
        let nth = u32::try_from(of.nth.at(row)).map_err(fault)?;
        self.docs.push(of.doc.at(row));
        self.keys.push(ArticleKey(of.key.at(row).cast_unsigned()).repeated(nth));
        self.digests.push(of.digest.get(row));
        self.tokens.push(of.tokens.at(row) as u32);
        self.chars.push(of.chars.at(row) as u32);
        self.bytes += article.text.len();
        self.articles.push(article);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.articles.len() >= ARTICLES_AT_A_TIME || self.bytes >= BYTES_AT_A_TIME
    }

    /// Adds the tables of what was gathered, and begins anew.
    fn add_to(&mut self, tables: &mut Tables, config: &PipelineConfig) -> newsfold::Result<()> {
        let mut all = std::mem::take(self);
        // Components came one after the other; a corpus is in order of all its articles.
        let mut order: Vec<usize> = (0..all.docs.len()).collect();
        order.sort_unstable_by_key(|&place| all.docs[place]);
        let docs: Vec<i64> = order.iter().map(|&place| all.docs[place]).collect();
        let keys = order.iter().map(|&place| all.keys[place]).collect();
        let take =
            |place: &usize| std::mem::replace(&mut all.articles[*place], Article::new("", ""));
        let articles = order.iter().map(take).collect();
        let count = |of: &[u32]| -> Vec<u32> { order.iter().map(|&place| of[place]).collect() };
        let mut found =
            results(Corpus::keyed(articles, keys), count(&all.tokens), count(&all.chars));
        let mut by_digest: BTreeMap<i64, Vec<DocId>> = BTreeMap::new();
        for (&place, doc) in order.iter().zip(found.corpus.docs()) {
            if let Some(digest) = all.digests[place] {
                by_digest.entry(digest).or_default().push(doc);
            }
        }
        let mut identical: Vec<Vec<DocId>> =
            by_digest.into_values().filter(|same| same.len() > 1).collect();
        identical.sort_unstable();
        let place =
            |doc: DocId| DocId(docs.partition_point(|&other| other < i64::from(doc.0)) as u32);
        let mut pairs: Vec<VerifiedPair> = all
            .pairs
            .iter()
            .map(|pair| VerifiedPair { a: place(pair.a), b: place(pair.b), ..*pair })
            .collect();
        pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
        let near = &config.near_duplicates;
        in_pool(THREADS, || {
            let corpus = &found.corpus;
            let mut pairs = listed(corpus, pairs, &identical, near);
            let families = family::families(corpus, &mut pairs, &config.removal, near, &Silent)?;
            (found.pairs, found.families) = (Some(pairs), Some(families));
            tables.push(&found, &docs);
            Ok(())
        })
    }
}

/// The columns of a batch that tell of articles.
struct ArticleRows<'b> {
    doc: Numbers<'b>,
    nth: Numbers<'b>,
    key: Numbers<'b>,
    digest: Numbers<'b>,
    tokens: Numbers<'b>,
    chars: Numbers<'b>,
    articles: ArticlesOf<'b>,
}

impl<'b> ArticleRows<'b> {
    fn new(columns: &Columns<'b>) -> PyResult<Self> {
        Ok(Self {
            doc: columns.numbers("doc")?,
            nth: columns.numbers("nth")?,
            key: columns.numbers("key")?,
            digest: columns.numbers("digest")?,
            tokens: columns.numbers("tokens")?,
            chars: columns.numbers("chars")?,
            articles: ArticlesOf::new(columns)?,
        })
    }
}

/// Families and tables, from rows in order of their component: its articles, which have a `doc`, and its
/// compared pairs, which have none.
#[pyclass(module = "newsfold._native")]
pub(crate) struct Grouper {
    config: PipelineConfig,
    component: Option<i64>,
    gathered: Gathered,
    tables: Tables,
}

#[pymethods]
impl Grouper {
    #[new]
    fn new(py: Python<'_>, settings: &str) -> PyResult<Self> {
        let config = configuration(py, settings)?;
        let (gathered, tables) = (Gathered::default(), Tables::new());
        Ok(Self { config, component: None, gathered, tables })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            for batch in &batches {
                let columns = Columns(batch);
                let component = columns.numbers("component")?;
                let rows = ArticleRows::new(&columns)?;
                let (texts, pairs) = (TextsOf::new(&columns)?, ComparedOf::new(&columns)?);
                for row in 0..batch.num_rows() {
                    let next = component.get(row);
                    if self.component != next && self.gathered.is_full() {
                        self.flush()?;
                    }
                    self.component = next;
                    if rows.doc.get(row).is_none() {
                        self.gathered.pairs.push(pairs.get(row)?);
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

impl Grouper {
    fn flush(&mut self) -> PyResult<()> {
        let added = self.gathered.add_to(&mut self.tables, &self.config);
        added.map_err(|error| Python::attach(|py| exception(py, &error)))
    }
}

/// The rows of the table of articles for those that have no pair. Their texts need not come.
#[pyclass(module = "newsfold._native")]
pub(crate) struct Singles {
    config: PipelineConfig,
    tables: Tables,
}

#[pymethods]
impl Singles {
    #[new]
    fn new(py: Python<'_>, settings: &str) -> PyResult<Self> {
        Ok(Self { config: configuration(py, settings)?, tables: Tables::new() })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut gathered = Gathered::default();
            for batch in &batches {
                let rows = ArticleRows::new(&Columns(batch))?;
                for row in 0..batch.num_rows() {
                    gathered.push(row, &rows, rows.articles.bare(row)?)?;
                }
            }
            // Without a pair there is nobody it could be the same as.
            gathered.digests.fill(None);
            let added = gathered.add_to(&mut self.tables, &self.config);
            added.map_err(|error| Python::attach(|py| exception(py, &error)))?;
            self.tables.finish()
        })
    }

    /// Nothing is left over.
    fn finish(&mut self) -> PyResult<Rows> {
        self.tables.finish()
    }
}
