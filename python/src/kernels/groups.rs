//! Compared pairs to families and tables.

use std::collections::BTreeMap;

use newsfold::article::ArticleKey;
use newsfold::config::PipelineConfig;
use newsfold::observer::Silent;
use newsfold::pipeline::in_pool;
use newsfold::verify::{VerifiedPair, listed};
use newsfold::{Article, Corpus, DocId, Results, family};
use pyo3::prelude::*;

use super::articles::{ArticlesOf, TextsOf};
use super::columns::{Columns, Numbers, Rows, taken};
use super::tables::{Stands, Tables, results};
use super::verify::ComparedOf;
use super::{configuration, fault};
use crate::errors::exception;

/// A task of a cluster has one core.
pub(super) const THREADS: usize = 1;
/// Components are put into tables together until they have so many articles.
const ARTICLES_AT_A_TIME: usize = 4096;
/// Or so many bytes of text.
const BYTES_AT_A_TIME: usize = 64 << 20;

/// The tables of near-duplicates.
const TABLES: [&str; 3] = ["articles", "pairs", "families"];

/// Articles that came together, and what is known of them.
#[derive(Default)]
pub(super) struct Gathered {
    docs: Vec<i64>,
    articles: Vec<Article>,
    keys: Vec<ArticleKey>,
    tokens: Vec<u32>,
    chars: Vec<u32>,
    bytes: usize,
}

/// The same in order of their numbers, as a corpus of their own.
pub(super) struct InOrder {
    /// The numbers of the articles among all.
    pub(super) docs: Vec<i64>,
    /// In which nothing was looked for yet.
    pub(super) results: Results,
    /// Of each the place at which it was gathered.
    pub(super) order: Vec<usize>,
}

impl Gathered {
    pub(super) fn push(
        &mut self,
        row: usize,
        of: &ArticleRows<'_>,
        article: Article,
    ) -> PyResult<()> {
        let nth = u32::try_from(of.nth.at(row)).map_err(fault)?;
        self.docs.push(of.doc.at(row));
        self.keys.push(ArticleKey(of.key.at(row).cast_unsigned()).repeated(nth));
        self.tokens.push(of.tokens.at(row) as u32);
        self.chars.push(of.chars.at(row) as u32);
        self.bytes += article.text.len();
        self.articles.push(article);
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.articles.len() >= ARTICLES_AT_A_TIME || self.bytes >= BYTES_AT_A_TIME
    }

    /// What was gathered: components came one after the other, and a corpus is in order of all its articles.
    pub(super) fn in_order(mut self) -> InOrder {
        let mut order: Vec<usize> = (0..self.docs.len()).collect();
        order.sort_unstable_by_key(|&place| self.docs[place]);
        let docs = order.iter().map(|&place| self.docs[place]).collect();
        let keys = order.iter().map(|&place| self.keys[place]).collect();
        let take =
            |place: &usize| std::mem::replace(&mut self.articles[*place], Article::new("", ""));
        let articles = order.iter().map(take).collect();
        let count = |of: &[u32]| -> Vec<u32> { order.iter().map(|&place| of[place]).collect() };
        let (tokens, chars) = (count(&self.tokens), count(&self.chars));
        InOrder { docs, results: results(Corpus::keyed(articles, keys), tokens, chars), order }
    }
}

impl InOrder {
    /// Where the article of this number is among these.
    pub(super) fn place(&self, doc: i64) -> DocId {
        DocId(self.docs.partition_point(|&other| other < doc) as u32)
    }
}

/// The articles of whole components, and the pairs among them.
#[derive(Default)]
struct Components {
    gathered: Gathered,
    digests: Vec<Option<i64>>,
    /// By the numbers of all articles.
    pairs: Vec<VerifiedPair>,
}

impl Components {
    /// Adds the tables of what was gathered, and begins anew.
    fn add_to(&mut self, tables: &mut Tables, config: &PipelineConfig) -> newsfold::Result<()> {
        let all = std::mem::take(self);
        let mut known = all.gathered.in_order();
        let mut by_digest: BTreeMap<i64, Vec<DocId>> = BTreeMap::new();
        for (&place, doc) in known.order.iter().zip(known.results.corpus.docs()) {
            if let Some(digest) = all.digests[place] {
                by_digest.entry(digest).or_default().push(doc);
            }
        }
        let mut identical: Vec<Vec<DocId>> =
            by_digest.into_values().filter(|same| same.len() > 1).collect();
        identical.sort_unstable();
        let place = |doc: DocId| known.place(i64::from(doc.0));
        let mut pairs: Vec<VerifiedPair> = all
            .pairs
            .iter()
            .map(|pair| VerifiedPair { a: place(pair.a), b: place(pair.b), ..*pair })
            .collect();
        pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
        let near = &config.near_duplicates;
        let (pairs, families) = in_pool(THREADS, || {
            let corpus = &known.results.corpus;
            let mut pairs = listed(corpus, pairs, &identical, near);
            let families = family::families(corpus, &mut pairs, &config.removal, near, &Silent)?;
            Ok((pairs, families))
        })?;
        let number = |doc: DocId| known.docs[doc.index()];
        let stands: [Vec<Stands>; 3] = [
            // Beside each article the one that stands for it, which stories go by.
            known
                .results
                .corpus
                .docs()
                .map(|doc| (number(doc), Some(number(families.representative(doc)))))
                .collect(),
            pairs.iter().map(|pair| (number(pair.a), Some(number(pair.b)))).collect(),
            families.all().iter().map(|family| (number(family.members[0].doc), None)).collect(),
        ];
        (known.results.pairs, known.results.families) = (Some(pairs), Some(families));
        for (name, stands) in TABLES.into_iter().zip(stands) {
            tables.push(&known.results, name, stands, &[]);
        }
        Ok(())
    }
}

/// The columns of a batch that tell of articles.
pub(super) struct ArticleRows<'b> {
    pub(super) doc: Numbers<'b>,
    nth: Numbers<'b>,
    key: Numbers<'b>,
    tokens: Numbers<'b>,
    chars: Numbers<'b>,
    pub(super) articles: ArticlesOf<'b>,
}

impl<'b> ArticleRows<'b> {
    pub(super) fn new(columns: &Columns<'b>) -> PyResult<Self> {
        Ok(Self {
            doc: columns.numbers("doc")?,
            nth: columns.numbers("nth")?,
            key: columns.numbers("key")?,
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
    components: Components,
    tables: Tables,
}

#[pymethods]
impl Grouper {
    #[new]
    fn new(py: Python<'_>, settings: &str) -> PyResult<Self> {
        let config = configuration(py, settings)?;
        let (components, tables) = (Components::default(), Tables::new(&TABLES));
        Ok(Self { config, component: None, components, tables })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            for batch in &batches {
                let columns = Columns(batch);
                let component = columns.numbers("component")?;
                let rows = ArticleRows::new(&columns)?;
                let digests = columns.numbers("digest")?;
                let (texts, pairs) = (TextsOf::new(&columns)?, ComparedOf::new(&columns)?);
                for row in 0..batch.num_rows() {
                    let next = component.get(row);
                    if self.component != next && self.components.gathered.is_full() {
                        self.flush()?;
                    }
                    self.component = next;
                    if rows.doc.get(row).is_none() {
                        self.components.pairs.push(pairs.get(row)?);
                        continue;
                    }
                    let mut article = rows.articles.bare(row)?;
                    texts.give(row, &mut article)?;
                    self.components.digests.push(digests.get(row));
                    self.components.gathered.push(row, &rows, article)?;
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
        let added = self.components.add_to(&mut self.tables, &self.config);
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
        Ok(Self { config: configuration(py, settings)?, tables: Tables::new(&TABLES) })
    }

    fn push(&mut self, py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Rows> {
        let batches = taken(given)?;
        py.detach(|| {
            let mut alone = Components::default();
            for batch in &batches {
                let rows = ArticleRows::new(&Columns(batch))?;
                for row in 0..batch.num_rows() {
                    // Without a pair there is nobody it could be the same as.
                    alone.digests.push(None);
                    alone.gathered.push(row, &rows, rows.articles.bare(row)?)?;
                }
            }
            let added = alone.add_to(&mut self.tables, &self.config);
            added.map_err(|error| Python::attach(|py| exception(py, &error)))?;
            self.tables.finish()
        })
    }

    /// Nothing is left over.
    fn finish(&mut self) -> PyResult<Rows> {
        self.tables.finish()
    }
}
