//! One article that is asked about: its copies and its passages, by lookups.
//!
//! Candidates come from what is stored; what is told of them is told by the stages themselves, on a corpus of the article and
//! its candidates. Of copies that is what a run over everything tells. Of passages a run may tell more: see
//! [`Query::passages`].

use std::cell::RefCell;

use ahash::AHashMap;
use rayon::prelude::*;

use super::lookup::standing;
use super::query::{most_alike_first, seen_passages};
use super::searcher::Searcher;
use super::{SeenCopy, SeenPassage};
use crate::article::{Article, Corpus, DocId};
use crate::candidates::{Asked, Candidates, Facts, Stored};
use crate::error::Result;
use crate::observer::Silent;
use crate::passage;
use crate::sketch::{ArticleSketch, RowSketcher};
use crate::verify::{self, VerifiedPair};

/// Stands between the id of an article and its number where articles are compared; alone, it is the id of the one
/// that is asked about. No reader gives an id with this character.
const MARK: char = '\u{1}';
/// Up to this many articles that have a seed, all are held against the one that is asked about. A run links the
/// places of a seed past six by the first two and the nearest before; up to here everybody is told who had a text.
const ALL_UP_TO: usize = 64;
/// Of more articles, so many of the first,
const FIRST: usize = 2;
/// and so many of the nearest, before and after.
const NEAREST: usize = 4;
/// Articles that go through the passage stage with the one that is asked about: those that share most seeds with it. Of
/// 36,823 news articles thousands share one with any, a common phrase, and most of them no passage.
const MOST_SHARING: usize = 100;

/// One article that is asked about, and what was read for it.
pub(super) struct Query<'s> {
    searcher: &'s Searcher,
    asked: Article,
    sketcher: RefCell<RowSketcher>,
    read: RefCell<AHashMap<DocId, Read>>,
}

/// An article that was read. What of it is furniture costs as much as reading it, and most candidates for passages
/// come to nothing before that is asked.
struct Read {
    article: Article,
    is_marked: bool,
}

impl Stored for Query<'_> {
    fn with_band(&self, band: u64) -> Result<Vec<DocId>> {
        self.searcher.docs(|lookup| lookup.with_band(band))
    }

    fn with_sampled(&self, key: u32) -> Result<Vec<(DocId, bool)>> {
        let mut found = Vec::new();
        let all = self.searcher.len();
        self.searcher.look_up(
            |lookup| lookup.with_sampled(key),
            |first, (number, in_head)| {
                found.push((DocId((first + number).min(all - 1) as u32), in_head));
            },
        )?;
        Ok(found)
    }

    fn with_digest(&self, digest: u64) -> Result<Vec<DocId>> {
        self.searcher.docs(|lookup| lookup.with_digest(digest))
    }

    fn head(&self, doc: DocId) -> Result<Vec<u32>> {
        self.searcher.head(doc)
    }

    fn facts(&self, doc: DocId) -> &Facts {
        self.searcher.facts(doc)
    }

    fn sketch(&self, doc: DocId) -> Result<ArticleSketch> {
        let article = self.article(doc)?;
        Ok(self.sketcher.borrow_mut().sketch(&article))
    }
}

impl<'s> Query<'s> {
    pub(super) fn new(searcher: &'s Searcher, article: &Article) -> Self {
        let mut asked = Article { id: MARK.to_string().into(), ..article.clone() };
        searcher.maker.mark(&mut asked);
        let sketcher = RefCell::new(searcher.maker.sketcher());
        Self { searcher, asked, sketcher, read: RefCell::default() }
    }

    /// An article with its furniture marked.
    fn article(&self, doc: DocId) -> Result<Article> {
        Ok(self.marked(&[doc])?.pop().unwrap_or_else(|| self.asked.clone()))
    }

    /// Articles with their furniture marked, in their order.
    fn marked(&self, docs: &[DocId]) -> Result<Vec<Article>> {
        self.read(docs)?;
        let mut read = self.read.borrow_mut();
        let is_unmarked = |doc: &DocId| read.get(doc).is_some_and(|read| !read.is_marked);
        let mut unmarked = sorted(docs.iter().copied().filter(is_unmarked));
        unmarked.dedup();
        let articles = unmarked.iter().filter_map(|doc| Some(read.get(doc)?.article.clone()));
        let mut articles: Vec<Article> = articles.collect();
        articles.par_iter_mut().for_each(|article| self.searcher.maker.mark(article));
        let marked = articles.into_iter().map(|article| Read { article, is_marked: true });
        read.extend(unmarked.into_iter().zip(marked));
        Ok(docs.iter().filter_map(|doc| Some(read.get(doc)?.article.clone())).collect())
    }

    /// Articles whose furniture need not be marked, in their order.
    fn as_read(&self, docs: &[DocId]) -> Result<Vec<Article>> {
        self.read(docs)?;
        let read = self.read.borrow();
        Ok(docs.iter().filter_map(|doc| Some(read.get(doc)?.article.clone())).collect())
    }

    /// Reads those of these articles that were not read yet.
    fn read(&self, docs: &[DocId]) -> Result<()> {
        let missing = docs.iter().copied().filter(|doc| !self.read.borrow().contains_key(doc));
        let mut missing = sorted(missing);
        missing.dedup();
        let articles = self.searcher.articles(&missing)?.into_iter();
        let articles = articles.map(|article| Read { article, is_marked: false });
        self.read.borrow_mut().extend(missing.into_iter().zip(articles));
        Ok(())
    }

    /// The articles that have the digest, first in the order of a corpus first.
    fn identical(&self, digest: u64) -> Result<Vec<DocId>> {
        let mut found = self.with_digest(digest)?;
        found.retain(|&doc| self.facts(doc).digest == digest);
        found.sort_unstable_by_key(|&doc| (self.facts(doc).standing, doc));
        Ok(found)
    }

    pub(super) fn copies(&self) -> Result<Vec<SeenCopy>> {
        let near = &self.searcher.config.near_duplicates;
        let sketch = self.sketcher.borrow_mut().sketch(&self.asked);
        if sketch.bands.is_empty() {
            return Ok(Vec::new());
        }
        let identical = self.identical(sketch.digest_of_tokens())?;
        let standing = standing(&self.asked);
        let candidates = Asked::new(self, &sketch, standing, &identical, near).candidates()?;
        let alike =
            self.compared(&[], &candidates.iter().map(|&doc| vec![doc]).collect::<Vec<_>>())?;
        let mut groups = Vec::new();
        for (doc, ..) in &alike {
            groups.push(self.identical(self.facts(*doc).digest)?);
        }
        let alike = match identical.is_empty() && groups.iter().all(|group| group.len() == 1) {
            true => alike,
            false => self.compared(&identical, &groups)?,
        };
        let seen = alike.into_iter().map(|(doc, overlap, evidence)| {
            let article = self.article(doc)?;
            Ok(SeenCopy::of(&article, self.searcher.id(&article)?, overlap, evidence))
        });
        let mut seen: Vec<SeenCopy> = seen.collect::<Result<_>>()?;
        most_alike_first(&mut seen);
        Ok(seen)
    }

    /// Compares the article that is asked about, and those that are word for word the same, with groups of
    /// articles that are so among each other. Returns those that are its copies, in order of publication.
    fn compared(
        &self,
        identical: &[DocId],
        groups: &[Vec<DocId>],
    ) -> Result<Vec<(DocId, verify::Overlap, verify::Evidence)>> {
        let docs: Vec<DocId> = identical.iter().chain(groups.iter().flatten()).copied().collect();
        let corpus = self.corpus(&docs, self.marked(&docs)?);
        let places: AHashMap<DocId, DocId> = corpus
            .docs()
            .filter_map(|place| Some((number(&corpus.get(place).id)?, place)))
            .collect();
        let place = |doc: &DocId| places.get(doc).copied();
        let own = corpus.find(&MARK.to_string()).into_iter();
        let own: Vec<DocId> = sorted(own.chain(identical.iter().filter_map(place)));
        let groups: Vec<Vec<DocId>> =
            groups.iter().map(|group| sorted(group.iter().filter_map(place))).collect();
        let Some(&first) = own.first() else { return Ok(Vec::new()) };
        let pair = |group: &Vec<DocId>| {
            Some((*group.first()?).min(first)).zip(group.first().map(|&other| other.max(first)))
        };
        let pairs = sorted(groups.iter().filter_map(pair));
        let mut several = groups;
        several.push(own);
        several.retain(|group| group.len() > 1);
        several.sort_unstable();
        let candidates = Candidates { pairs, identical: several };
        let near = &self.searcher.config.near_duplicates;
        let pairs = verify::verify(&corpus, &candidates, near, &Silent)?;
        let asked = corpus.find(&MARK.to_string());
        let other = |pair: &VerifiedPair| match (Some(pair.a) == asked, Some(pair.b) == asked) {
            (true, _) => Some((pair.b, pair.overlap)),
            (_, true) => Some((pair.a, pair.overlap.swapped())),
            _ => None,
        };
        let found = pairs.iter().filter_map(|pair| {
            let (place, overlap) = other(pair)?;
            Some((number(&corpus.get(place).id)?, overlap, pair.evidence))
        });
        Ok(found.collect())
    }

    /// The passages that it shares with others: what the stage finds in the article and its partners. Those are found among
    /// the articles that share seeds with it, most of which share a name or a common phrase and nothing to align.
    ///
    /// Every pair that a run holds against each other because of the article is among them, with two exceptions.
    /// Of a seed in more than [`ALL_UP_TO`] articles the first and the nearest stand for all. Of more than
    /// [`MOST_SHARING`] articles those that share least are left out.
    ///
    /// Not told is what a passage has by way of articles that share no passage with this one. Nor are short lines that
    /// an outlet prints in each of its articles, nor credit lines, which an article has by itself. Where any of that
    /// decides what a passage is, its kind may be another.
    pub(super) fn passages(&self) -> Result<Vec<SeenPassage>> {
        let Searcher { config, maker, .. } = self.searcher;
        let sharing = self.sharing()?;
        let corpus = self.corpus(&sharing, self.as_read(&sharing)?);
        let Some(own) = corpus.find(&MARK.to_string()) else { return Ok(Vec::new()) };
        let (statistics, mark) = (maker.statistics(), |article: &mut Article| maker.mark(article));
        let shared = passage::shared(&corpus, own, statistics, &config.passage, mark)?;
        let Some((corpus, passages)) = shared else { return Ok(Vec::new()) };
        let Some(own) = corpus.find(&MARK.to_string()) else { return Ok(Vec::new()) };
        // An article has many places where it is told again and again.
        let ids: RefCell<AHashMap<DocId, String>> = RefCell::default();
        let id = |place: DocId| {
            let Some(doc) = number(&corpus.get(place).id) else { return Ok(None) };
            if let Some(known) = ids.borrow().get(&doc) {
                return Ok(Some(known.clone()));
            }
            let Some(article) = self.as_read(&[doc])?.pop() else { return Ok(None) };
            let id = self.searcher.id(&article)?;
            ids.borrow_mut().insert(doc, id.clone());
            Ok(Some(id))
        };
        let mut seen = seen_passages(&corpus, &passages, own, id)?;
        seen.retain(|passage| passage.kind != passage::Kind::Credit);
        Ok(seen)
    }

    /// The articles that share seeds with it, ascending.
    fn sharing(&self) -> Result<Vec<DocId>> {
        let alone = Corpus::new(vec![self.asked.clone()]);
        let seeds = self.searcher.maker.seeds(&alone)?.pop().unwrap_or_default();
        let long = seeds.long.iter().map(|&seed| (seed, false));
        let short = seeds.short.iter().map(|&seed| (seed, true));
        let seeds: Vec<(u64, bool)> = long.chain(short).collect();
        let standing = standing(&self.asked);
        let searcher = self.searcher;
        let sharing = |&(seed, is_short): &(u64, bool)| {
            let mut docs = searcher.docs(|lookup| lookup.with_seed(seed, is_short))?;
            // With the one that is asked about they would be too many to be followed.
            if is_short && docs.len() >= passage::MOST_OF_SHORT {
                return Ok(Vec::new());
            }
            if docs.len() > ALL_UP_TO {
                docs.sort_unstable_by_key(|&doc| (searcher.facts(doc).standing, doc));
                let own = docs.partition_point(|&doc| searcher.facts(doc).standing < standing);
                let near = own.saturating_sub(NEAREST)..docs.len().min(own + NEAREST);
                docs = docs[..FIRST].iter().chain(&docs[near]).copied().collect();
            }
            Ok(docs)
        };
        let sharing: Vec<Vec<DocId>> =
            seeds.par_iter().with_min_len(16).map(sharing).collect::<Result<_>>()?;
        let sharing = sorted(sharing.into_iter().flatten());
        let mut counted: Vec<(usize, DocId)> =
            sharing.chunk_by(|a, b| a == b).map(|same| (same.len(), same[0])).collect();
        counted.sort_unstable_by_key(|&(seeds, doc)| (std::cmp::Reverse(seeds), doc));
        counted.truncate(MOST_SHARING);
        Ok(sorted(counted.into_iter().map(|(_, doc)| doc)))
    }

    /// The article that is asked about and others, which are these, in the order that they have among all.
    fn corpus(&self, docs: &[DocId], others: Vec<Article>) -> Corpus {
        let others = docs.iter().zip(others).map(|(doc, article)| {
            let id = format!("{}{MARK}{}", article.id, doc.0).into();
            Article { id, ..article }
        });
        Corpus::new([self.asked.clone()].into_iter().chain(others).collect())
    }
}

/// The number of a stored article by the id that [`Query::corpus`] gave it.
fn number(id: &str) -> Option<DocId> {
    id.rsplit_once(MARK)?.1.parse().ok().map(DocId)
}

fn sorted<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all
}
