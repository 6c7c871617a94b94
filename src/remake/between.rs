//! What the tables of a finished run hold of two articles, without reading the rest of it again.
//!
//! Cost: each table is read once, two tables at a time. All rows of `articles` are held, and of the others those of the
//! two. Where the two texts are asked for, the files that hold them are read once.

use std::path::{Path, PathBuf};

use ahash::AHashMap;

use super::articles::{self, Articles};
use super::{Run, each_of, read_run, texts, unsuited};
use crate::article::{ByteSpan, CharSpan, Corpus, DocId};
use crate::error::Result;
use crate::observer::Observer;
use crate::output::{check_lengths, holds_results};
use crate::passage::{Occurrence, Passage};
use crate::tables::{Asked, has_table, schema};

/// A finished run, opened to be asked about its articles.
pub struct Finished {
    out: PathBuf,
    run: Run,
    rows: Articles,
    corpus: Corpus,
}

/// The rows of two articles.
type Two = [schema::Article<'static>; 2];

/// What the tables tell of two articles.
pub(crate) struct Between {
    /// Their rows.
    pub(crate) articles: Two,
    /// The row of the two in `pairs`, as it stands there; `None` where they are no pair, or copies
    /// were not looked for.
    pub(crate) pair: Option<schema::Pair<'static>>,
    /// Whether copies were looked for.
    pub(crate) has_pairs: bool,
    /// The story of each, the same one once.
    pub(crate) stories: Vec<schema::Story<'static>>,
    /// The passages that both have, the longest first; `None` where passages were not looked for.
    pub(crate) passages: Option<Vec<schema::Passage<'static>>>,
}

impl Finished {
    /// Whether a folder holds a finished run.
    pub fn is_one(out: &Path) -> bool {
        holds_results(out)
    }

    /// Opens the folder of a run.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) where there is no run, or one of another version, or its articles cannot be
    /// read.
    pub fn open(out: &Path) -> Result<Self> {
        let run = read_run(out)?;
        check_lengths(out)?;
        let rows = articles::read(out)?;
        let corpus = articles::without_texts(&rows);
        Ok(Self { out: out.to_owned(), run, rows, corpus })
    }

    /// The files that it read, as it named them.
    pub fn inputs(&self) -> Vec<String> {
        self.run.inputs.iter().map(|file| file.path.clone()).collect()
    }

    /// Its articles, without their texts.
    pub fn articles(&self) -> &Corpus {
        &self.corpus
    }

    /// The least Jaccard of near-duplicates that the run was asked for, where it went by one.
    pub(crate) fn threshold(&self) -> Option<f64> {
        self.run.parameters.get("threshold")?.as_f64()
    }

    /// What the tables tell of two articles.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) where a table cannot be read.
    pub(crate) fn between(&self, a: DocId, b: DocId) -> Result<Between> {
        let articles = [a, b].map(|doc| self.rows.all[doc.index()].clone());
        let (others, passages) = rayon::join(
            || -> Result<_> { Ok((self.pair(&articles)?, self.stories(&articles)?)) },
            || self.passages(&articles),
        );
        let (pair, stories) = others?;
        Ok(Between {
            pair,
            has_pairs: has_table(&self.out, "pairs"),
            stories,
            passages: passages?,
            articles,
        })
    }

    /// The row of the two in `pairs`.
    fn pair(&self, [a, b]: &Two) -> Result<Option<schema::Pair<'static>>> {
        let mut pair = None;
        if has_table(&self.out, "pairs") {
            let ids = [&a.id.0, &b.id.0];
            let wanted = |id: &str| ids.iter().any(|of| of.as_ref() == id);
            each_of(&self.out, Asked::rows("id_a", &wanted), &mut |row: schema::Pair| {
                if ids.contains(&&row.id_a.0) && ids.contains(&&row.id_b.0) {
                    pair = Some(row);
                }
                Ok(())
            })?;
        }
        Ok(pair)
    }

    /// The stories of the two.
    fn stories(&self, two: &Two) -> Result<Vec<schema::Story<'static>>> {
        let mut stories = Vec::new();
        if two.iter().any(|article| article.story_id.is_some()) {
            let wanted = |id: &str| two.iter().any(|of| of.story_id.as_deref() == Some(id));
            each_of(&self.out, Asked::rows("story_id", &wanted), &mut |row| {
                stories.push(row);
                Ok(())
            })?;
        }
        Ok(stories)
    }

    /// The passages that the two share, the longest first.
    fn passages(&self, two: &Two) -> Result<Option<Vec<schema::Passage<'static>>>> {
        if !has_table(&self.out, "passages") {
            return Ok(None);
        }
        let shared = self.occurrences([&two[0].id, &two[1].id])?;
        let mut passages: Vec<schema::Passage<'static>> = Vec::new();
        let wanted = |id: &str| shared.contains_key(id);
        each_of(&self.out, Asked::rows("passage_id", &wanted), &mut |row| {
            passages.push(row);
            Ok(())
        })?;
        passages.sort_by(|x, y| (y.tokens, &x.passage_id).cmp(&(x.tokens, &y.passage_id)));
        Ok(Some(passages))
    }

    /// The two articles with their texts, read again, and the passages that both have, with their places in
    /// these two alone.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) where a table cannot be read, or the input has changed; [`Error::Interrupted`](crate::Error::Interrupted).
    pub(crate) fn texts(
        &self,
        a: DocId,
        b: DocId,
        observer: &dyn Observer,
    ) -> Result<(Corpus, Vec<Passage>)> {
        if !has_table(&self.out, "passages") {
            let reason = "passages were not looked for in this run; give the input in place of it";
            return Err(unsuited(&self.out, reason));
        }
        let rows = [a, b].map(|doc| &self.rows.all[doc.index()]);
        let known = [a, b].map(|doc| self.corpus.get(doc));
        let corpus = texts::of_two(&self.run, rows, known, observer)?;
        let corpus = corpus.map_err(|reason| {
            unsuited(&self.out, format!("the two articles cannot be read again: {reason}"))
        })?;
        let occurrences = self.occurrences(rows.map(|row| &row.id))?;
        let mut passages = Vec::new();
        let columns = ["passage_id", "kind", "tokens", "articles", "outlets"];
        let wanted = |id: &str| occurrences.contains_key(id);
        let asked = Asked { columns: &columns, ..Asked::rows("passage_id", &wanted) };
        each_of(&self.out, asked, &mut |row: schema::Passage| {
            let found = occurrences.get(row.passage_id.as_ref()).into_iter().flatten();
            let of_passage = row.tokens;
            let place = |(doc, row): &(DocId, schema::Occurrence<'_>)| {
                let mut at = Occurrence {
                    doc: *doc,
                    bytes: ByteSpan { start: row.byte_start, end: row.byte_end },
                    chars: CharSpan { start: row.start, end: row.end },
                    tokens: of_passage,
                    identity: row.identity,
                };
                let article = corpus.get(*doc);
                if let Some(mending) = &article.mending {
                    at.bytes = mending.bytes_mended(at.bytes);
                    at.chars = mending.chars_mended(at.chars);
                }
                let within = article.text.get(at.bytes.start as usize..at.bytes.end as usize);
                within.map(|_| at).ok_or_else(|| "it is in no text".to_owned())
            };
            let mut occurrences: Vec<Occurrence> =
                found.map(place).collect::<std::result::Result<_, _>>()?;
            occurrences.sort_by_key(|at| (at.doc, at.bytes.start));
            passages.push(Passage {
                id: row.passage_id.into_owned(),
                kind: row.kind,
                tokens: row.tokens,
                articles: row.articles,
                outlets: row.outlets,
                occurrences,
                first: 0,
                names: Vec::new(),
            });
            Ok(())
        })?;
        Ok((corpus, passages))
    }

    /// The places of the passages that both articles have, by the passage's id; the first article is 0, the
    /// other 1.
    fn occurrences(
        &self,
        ids: [&schema::Id<'_>; 2],
    ) -> Result<AHashMap<String, Vec<(DocId, schema::Occurrence<'static>)>>> {
        let mut found: AHashMap<String, Vec<_>> = AHashMap::new();
        let which = |id: &str| ids.iter().position(|of| of.0 == id);
        let wanted = |id: &str| which(id).is_some();
        each_of(&self.out, Asked::rows("id", &wanted), &mut |row: schema::Occurrence| {
            if let Some(which) = which(&row.id.0) {
                let places = found.entry(row.passage_id.clone().into_owned()).or_default();
                places.push((DocId(which as u32), row));
            }
            Ok(())
        })?;
        found.retain(|_, places| {
            [0, 1].into_iter().all(|which| places.iter().any(|(of, _)| of.0 == which))
        });
        Ok(found)
    }
}
