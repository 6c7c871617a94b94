//! What a finished run found of two articles, told from its tables: nothing is computed again.
//!
//! The tables say what was decided, and the numbers it was decided by. How a story came together step by step
//! is not in them; [`explain`](super::explain()) on the input tells that, at the price of a run.

use std::fmt;

use serde::Serialize;

use super::{Named, are_two, count, quoted};
use crate::article::DocId;
use crate::error::Result;
use crate::passage::{Kind, Reason};
use crate::remake::{Between, Finished};
use crate::story::Certainty;
use crate::tables::schema;
use crate::text::{many, one_line};
use crate::verify::Evidence;

/// What a finished run found of two articles.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The first article.
    pub a: ArticleFound,
    /// The second.
    pub b: ArticleFound,
    /// Whether copies were looked for.
    pub copies_looked_for: bool,
    /// How alike the two are, where they are near-duplicates.
    pub near_duplicates: Option<PairFound>,
    /// Whether they are in one family: they may be without being alike, through others.
    pub same_family: bool,
    /// Whether they are in one story; `None` where stories were not looked for.
    pub same_story: Option<bool>,
    /// Whether they are in one storyline.
    pub same_storyline: bool,
    /// The stories of the two, or the one they are both in.
    pub stories: Vec<StoryFound>,
    /// The passages that both have, the longest first; `None` where passages were not looked for.
    pub passages: Option<Vec<PassageFound>>,
}

/// An article, and what was decided of it.
#[derive(Clone, Debug, Serialize)]
pub struct ArticleFound {
    /// Which article it is.
    #[serde(flatten)]
    pub article: Named,
    /// Its words.
    pub words: u32,
    /// Its family of near-duplicates, where it has one.
    pub family_id: Option<String>,
    /// The article that is kept in its place, where it is removed.
    pub kept_id: Option<String>,
    /// The share of its runs of words that the kept one lacks, 0 to 1.
    pub lost: Option<f64>,
    /// Its story.
    pub story_id: Option<String>,
    /// Its mean similarity to the others of its story, 0 to 1.
    pub story_similarity: Option<f64>,
    /// Its storyline.
    pub storyline_id: Option<String>,
    /// The share of its words in syndicated passages, 0 to 1.
    pub copied: Option<f64>,
}

/// How alike two near-duplicates are.
#[derive(Clone, Debug, Serialize)]
pub struct PairFound {
    /// Exact, 0 to 1.
    pub jaccard: f64,
    /// The share of A's runs of words that B has, 0 to 1.
    pub containment_a: f64,
    /// The share of B's that A has, 0 to 1.
    pub containment_b: f64,
    /// In which way they are alike.
    pub evidence: Evidence,
    /// The least Jaccard that the run asked for, where it went by one.
    pub threshold: Option<f64>,
}

/// A story.
#[derive(Clone, Debug, Serialize)]
pub struct StoryFound {
    /// Its id.
    pub id: String,
    /// Its headline.
    pub headline: String,
    /// Its articles.
    pub articles: usize,
    /// Their outlets.
    pub outlets: usize,
    /// Its independent texts: copies do not count.
    pub texts: u32,
    /// How alike its texts are, 0 to 1.
    pub cohesion: f64,
    /// The first article, where any has a date.
    pub first_id: Option<String>,
    /// How sure that is.
    pub first_certainty: Option<Certainty>,
    /// The terms that hold it together.
    pub terms: Vec<String>,
}

/// A passage that both have.
#[derive(Clone, Debug, Serialize)]
pub struct PassageFound {
    /// Its id.
    pub id: String,
    /// What its recurrence means.
    pub kind: Kind,
    /// Its words.
    pub words: u32,
    /// In how many articles it stands.
    pub articles: u32,
    /// In how many outlets.
    pub outlets: u32,
    /// Who is likely to have had it first.
    pub likely_source: Option<String>,
    /// Why.
    pub source_reason: Option<Reason>,
    /// Its text where it was published first.
    pub text: String,
}

/// Tells two articles of a finished run.
///
/// # Errors
/// [`Error::Config`](crate::Error::Config) where both are one article, and [`Error::Input`](crate::Error::Input) where a
/// table cannot be read.
pub fn found(run: &Finished, a: DocId, b: DocId) -> Result<Found> {
    are_two(run.articles(), a, b)?;
    let Between { articles: [row_a, row_b], pair, has_pairs, stories, passages } =
        run.between(a, b)?;
    let same = |of: fn(&schema::Article<'static>) -> Option<String>| {
        of(&row_a).is_some() && of(&row_a) == of(&row_b)
    };
    let pair = pair.map(|row| {
        let is_turned = row.id_a != row_a.id;
        let (containment_a, containment_b) = match is_turned {
            true => (row.containment_b, row.containment_a),
            false => (row.containment_a, row.containment_b),
        };
        let (jaccard, evidence, threshold) = (row.jaccard, row.evidence, run.threshold());
        PairFound { jaccard, containment_a, containment_b, evidence, threshold }
    });
    Ok(Found {
        copies_looked_for: has_pairs,
        near_duplicates: pair,
        same_family: same(|row| row.family_id.as_deref().map(str::to_owned)),
        same_story: row_a.story_id.as_ref().map(|id| Some(id) == row_b.story_id.as_ref()),
        same_storyline: same(|row| row.storyline_id.as_deref().map(str::to_owned)),
        stories: stories.into_iter().map(StoryFound::of).collect(),
        passages: passages.map(|all| all.into_iter().map(PassageFound::of).collect()),
        a: ArticleFound::of(run, a, row_a),
        b: ArticleFound::of(run, b, row_b),
    })
}

impl ArticleFound {
    fn of(run: &Finished, doc: DocId, row: schema::Article<'_>) -> Self {
        Self {
            article: Named::of(run.articles().get(doc)),
            words: row.tokens,
            family_id: row.family_id.map(Into::into),
            kept_id: row.kept_id.map(|id| id.0.into()),
            lost: row.lost,
            story_id: row.story_id.map(Into::into),
            story_similarity: row.story_similarity,
            storyline_id: row.storyline_id.map(Into::into),
            copied: row.copied,
        }
    }
}

impl StoryFound {
    fn of(row: schema::Story<'_>) -> Self {
        Self {
            id: row.story_id.into(),
            headline: row.headline.map(Into::into).unwrap_or_default(),
            articles: row.articles,
            outlets: row.outlets,
            texts: row.texts,
            cohesion: row.cohesion,
            first_id: row.first_id.map(|id| id.0.into()),
            first_certainty: row.first_certainty,
            terms: row.terms.0,
        }
    }
}

impl PassageFound {
    fn of(row: schema::Passage<'_>) -> Self {
        Self {
            id: row.passage_id.into(),
            kind: row.kind,
            words: row.tokens,
            articles: row.articles,
            outlets: row.outlets,
            likely_source: row.likely_source.map(Into::into),
            source_reason: row.source_reason,
            text: row.text.into(),
        }
    }
}

impl fmt::Display for Found {
    /// In words first, numbers after.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "A  {}", self.a.article)?;
        writeln!(f, "B  {}\n", self.b.article)?;
        self.copies(f)?;
        writeln!(f)?;
        self.one_story(f)?;
        writeln!(f)?;
        self.shared(f)
    }
}

impl Found {
    /// Whether they are copies, in the words of a first line and the lines under it.
    fn copies(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.copies_looked_for {
            return writeln!(f, "Near-duplicates?  This run did not look for them.");
        }
        let Some(pair) = &self.near_duplicates else {
            return match self.same_family {
                true => writeln!(
                    f,
                    "Near-duplicates?  not with each other, but both are of one family, through others."
                ),
                false => writeln!(f, "Near-duplicates?  no."),
            }
            .and_then(|()| self.removed(f));
        };
        let kind = match pair.evidence {
            Evidence::Identical => ", the same words throughout",
            Evidence::Truncation => ", one begins with the other",
            Evidence::Framed => ", one stands within the other",
            Evidence::Brief => ", one is made of pieces of the other",
            Evidence::Template => ", but one template with other names or numbers",
            _ => "",
        };
        writeln!(f, "Near-duplicates?  yes{kind}.")?;
        writeln!(
            f,
            "  Jaccard {:.4}{}. {:.1} % of A's runs of words are in B, {:.1} % of B's are in A.",
            pair.jaccard,
            pair.threshold.map_or_else(String::new, |least| format!(" (asked: {least})")),
            100.0 * pair.containment_a,
            100.0 * pair.containment_b
        )?;
        self.removed(f)
    }

    fn removed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, article) in [("A", &self.a), ("B", &self.b)] {
            let Some(kept) = &article.kept_id else { continue };
            let kept = match () {
                () if *kept == self.a.article.id => "A is kept in its place".to_owned(),
                () if *kept == self.b.article.id => "B is kept in its place".to_owned(),
                () => format!("{} is kept in its place", one_line(kept)),
            };
            let lost = 100.0 * article.lost.unwrap_or_default();
            writeln!(f, "  {name} may be removed: {kept}, which lacks {lost:.1} % of it.")?;
        }
        Ok(())
    }

    fn one_story(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.same_story, self.same_storyline) {
            (None, _) => return writeln!(f, "One story?  This run did not look for stories."),
            (Some(true), _) => "yes",
            (Some(false), true) => "no, but two stories of one storyline",
            (Some(false), false) => "no",
        };
        writeln!(f, "One story?  {verdict}.")?;
        for story in &self.stories {
            writeln!(
                f,
                "  {}: {}, {}, {}, {:.3} alike on average",
                quoted(&story.headline),
                many(story.articles, "article", "articles"),
                many(story.outlets, "outlet", "outlets"),
                many(story.texts as usize, "independent text", "independent texts"),
                story.cohesion
            )?;
            if !story.terms.is_empty() && story.articles > 1 {
                writeln!(f, "    held together by: {}", one_line(&story.terms.join(", ")))?;
            }
        }
        for (name, article) in [("A", &self.a), ("B", &self.b)] {
            if let Some(similarity) = article.story_similarity {
                writeln!(f, "  {name} is {similarity:.3} like the others of its story.")?;
            }
        }
        Ok(())
    }

    fn shared(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(passages) = &self.passages else {
            return writeln!(f, "Shared passages?  This run did not look for them.");
        };
        writeln!(f, "Shared passages?  {}.", count(passages.len()))?;
        for passage in passages {
            let source = passage
                .likely_source
                .as_deref()
                .map(|source| format!(", likely from {}", one_line(source)));
            writeln!(
                f,
                "  {}, {} words, in {}{}: {}",
                passage.kind.name(),
                passage.words,
                many(passage.articles as usize, "article", "articles"),
                source.unwrap_or_default(),
                quoted(&passage.text)
            )?;
        }
        Ok(())
    }
}
