//! What of given articles was seen before: their copies, their story, the passages they share.
//!
//! Copies and passages are found by lookups, see [`super::searcher`]. For the story, and under parameters that
//! nothing is stored for, the articles go through the stages together with those of the archive, under its
//! statistics; what is told is what one run over all of them finds, without what they have of each
//! other: the cost of a run over the archive. Nothing is written.

use serde::Serialize;

use super::outcome::{Identity, Outcome};
use super::{Archive, Sought};
use crate::article::{Article, Corpus, DocId};
use crate::error::Result;
use crate::observer::Observer;
use crate::passage::{Kind, Passage};
use crate::pipeline::Parts;
use crate::results::Results;
use crate::verify::{Evidence, Overlap, VerifiedPair};

/// Begins the ids of the articles that are asked about, which may be those of articles in the archive. No
/// reader gives an id with this character.
const ASKED: char = '\u{1}';

/// What was seen of an article before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// The article that was asked about, by the id that its input gave it.
    pub id: String,
    /// Where it was read.
    pub source: String,
    /// Articles of the archive that it is a copy of, a part of or the whole of, the most alike first.
    pub copies: Vec<SeenCopy>,
    /// The story of the archive that it belongs to, where any article of it does.
    pub story: Option<SeenStory>,
    /// Passages that it shares with articles of the archive, in order of their places.
    pub passages: Vec<SeenPassage>,
}

/// An article of the archive that is a copy of the one asked about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeenCopy {
    /// Its id.
    pub id: String,
    /// Its outlet.
    pub outlet: String,
    /// When it was published, in UTC.
    pub published: Option<String>,
    /// The exact Jaccard similarity of the two, 0 to 1.
    pub jaccard: f64,
    /// The share of the shingles of the article asked about that are in it.
    pub containment: f64,
    /// The share of its own shingles that are in the article asked about.
    pub contained: f64,
    /// What kind of likeness it is.
    pub evidence: Evidence,
}

impl SeenCopy {
    /// A copy that the archive calls `id`; the overlap is that of the article asked about with it.
    pub(super) fn of(article: &Article, id: String, overlap: Overlap, evidence: Evidence) -> Self {
        Self {
            id,
            outlet: article.outlet.to_string(),
            published: article.published.map(|at| at.to_string()),
            jaccard: overlap.jaccard(),
            containment: overlap.containment_a(),
            contained: overlap.containment_b(),
            evidence,
        }
    }
}

/// Puts copies in order; ties stay in order of publication.
pub(super) fn most_alike_first(copies: &mut [SeenCopy]) {
    copies.sort_by(|x, y| y.jaccard.total_cmp(&x.jaccard));
}

/// The story of the archive that an article belongs to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeenStory {
    /// Its id.
    pub id: String,
    /// Its headline.
    pub headline: String,
    /// How many articles of the archive it has.
    pub articles: usize,
    /// The mean similarity of the article to the others of the story, 0 to 1; unknown where it is a copy of all
    /// of them.
    pub similarity: Option<f64>,
}

/// A place of a passage in an article of the archive, and where the article asked about has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeenPassage {
    /// What the recurrence means.
    pub kind: Kind,
    /// Where it begins in the article asked about, in characters.
    pub start: u32,
    /// One past its last character.
    pub end: u32,
    /// How many words it has there.
    pub words: u32,
    /// The article of the archive.
    pub article: String,
    /// Where it begins in that article, in characters.
    pub article_start: u32,
    /// One past its last character there.
    pub article_end: u32,
}

impl Archive {
    /// What of these articles was seen before, in their order: by lookups where those tell all that is sought, else
    /// by a run. See [`Searcher`](super::Searcher) for many queries.
    ///
    /// # Errors
    /// Those of the stages, and [`Error::Archive`](crate::error::Error::Archive) for a damaged file.
    pub fn query(
        &self,
        asked: Vec<Article>,
        sought: Sought,
        observer: &dyn Observer,
    ) -> Result<Vec<Seen>> {
        if !self.can_look_up(sought) {
            let parts = if sought.passages { Parts::ALL } else { Parts::GROUPS };
            let mut seen = self.asked_in_a_run(asked, parts, observer)?;
            seen.iter_mut().for_each(|seen| seen.leave(sought));
            return Ok(seen);
        }
        self.searcher()?.query_all(&asked, sought, observer)
    }

    /// Copies, story and passages of these articles as one run over them and all others finds them, in their order.
    /// Two of them that are alike are not told of each other; they do count as members of a story.
    ///
    /// # Errors
    /// Those of the stages, and [`Error::Archive`](crate::error::Error::Archive) for a damaged file.
    pub fn query_whole(&self, asked: Vec<Article>, observer: &dyn Observer) -> Result<Vec<Seen>> {
        self.asked_in_a_run(asked, Parts::ALL, observer)
    }

    fn asked_in_a_run(
        &self,
        asked: Vec<Article>,
        parts: Parts,
        observer: &dyn Observer,
    ) -> Result<Vec<Seen>> {
        let mut articles = self.articles()?;
        let outcome = self.outcome()?;
        let named = asked.iter().zip(0..).map(|(article, place): (_, usize)| Article {
            id: format!("{ASKED}{place}").into(),
            ..article.clone()
        });
        articles.extend(named);
        let readings = super::Readings::default();
        let results = self.run(articles, readings, self.statistics(), parts, observer)?;
        let seen = |(article, place): (&Article, usize)| {
            let doc = results.corpus.find(&format!("{ASKED}{place}"))?;
            Some(Question { outcome: &outcome, results: &results, doc }.answer(article))
        };
        asked.iter().zip(0..).filter_map(seen).collect()
    }
}

impl Seen {
    /// Leaves what is sought.
    fn leave(&mut self, sought: Sought) {
        if !sought.copies {
            self.copies.clear();
        }
        if !sought.passages {
            self.passages.clear();
        }
        self.story = self.story.take().filter(|_| sought.stories);
    }
}

/// One article that is asked about.
struct Question<'q> {
    outcome: &'q Outcome,
    results: &'q Results,
    doc: DocId,
}

impl Question<'_> {
    fn answer(&self, article: &Article) -> Result<Seen> {
        Ok(Seen {
            id: article.id.to_string(),
            source: article.source.to_string(),
            copies: self.copies(),
            story: self.story(),
            passages: self.passages()?,
        })
    }

    fn is_of_archive(&self, doc: DocId) -> bool {
        !self.results.corpus.get(doc).id.starts_with(ASKED)
    }

    fn copies(&self) -> Vec<SeenCopy> {
        let pairs = self.results.pairs.iter().flatten();
        let other = |pair: &VerifiedPair| match (pair.a == self.doc, pair.b == self.doc) {
            (true, _) => Some((pair.b, pair.overlap)),
            (_, true) => Some((pair.a, pair.overlap.swapped())),
            _ => None,
        };
        let copies = pairs.filter_map(|pair| Some((other(pair)?, pair.evidence)));
        let mut copies: Vec<SeenCopy> = copies
            .filter(|((doc, _), _)| self.is_of_archive(*doc))
            .map(|((doc, overlap), evidence)| {
                let article = self.results.corpus.get(doc);
                SeenCopy::of(article, article.id.to_string(), overlap, evidence)
            })
            .collect();
        most_alike_first(&mut copies);
        copies
    }

    /// The story as the archive has it: that of the first article of the archive which is in one with it.
    fn story(&self) -> Option<SeenStory> {
        let stories = self.results.stories.as_ref()?;
        let story = &stories.stories[stories.of[self.doc.index()] as usize];
        let corpus = &self.results.corpus;
        let first = story.members.iter().copied().find(|&doc| self.is_of_archive(doc))?;
        let identity = Identity::of(corpus.given_id(first), corpus.get(first));
        let found = self.outcome.articles.iter().find(|article| article.identity == identity)?;
        let own = self.outcome.stories.get(found.story? as usize)?;
        let members = self.outcome.articles.iter().filter(|article| article.story == found.story);
        let place = story.members.iter().position(|&doc| doc == self.doc);
        Some(SeenStory {
            id: own.id.clone(),
            headline: own.name.clone(),
            articles: members.count(),
            similarity: place.and_then(|place| story.similarities.get(place).copied()),
        })
    }

    fn passages(&self) -> Result<Vec<SeenPassage>> {
        let corpus = &self.results.corpus;
        let passages = self.results.passages.as_deref().unwrap_or_default();
        seen_passages(corpus, passages, self.doc, |doc| {
            Ok(self.is_of_archive(doc).then(|| corpus.get(doc).id.to_string()))
        })
    }
}

/// The passages that an article shares with others, in order of their places. `id` tells the id of one of the
/// archive's.
pub(super) fn seen_passages(
    corpus: &Corpus,
    passages: &[Passage],
    asked: DocId,
    id: impl Fn(DocId) -> Result<Option<String>>,
) -> Result<Vec<SeenPassage>> {
    let mut found = Vec::new();
    for passage in passages {
        for here in passage.occurrences.iter().filter(|at| at.doc == asked) {
            for there in &passage.occurrences {
                let Some(article) = id(there.doc)? else { continue };
                let own = corpus.get(here.doc).chars_as_read(here.chars);
                let other = corpus.get(there.doc).chars_as_read(there.chars);
                found.push(SeenPassage {
                    kind: passage.kind,
                    start: own.start,
                    end: own.end,
                    words: here.tokens,
                    article,
                    article_start: other.start,
                    article_end: other.end,
                });
            }
        }
    }
    found.sort_by_key(|passage| (passage.start, passage.end));
    Ok(found)
}
