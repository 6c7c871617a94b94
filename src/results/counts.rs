//! What a run found, in numbers: the same ones in `run.json`, in the summary and on the page.

use serde::{Serialize, Serializer};

use super::Results;
use crate::passage::{Kind, Passage};
use crate::scrub::Cuts;

/// The numbers of a run. A part that its command did not compute has none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counts {
    /// Records read: accepted and rejected.
    pub records: usize,
    /// Articles accepted.
    pub articles: usize,
    /// Those of them that the others are held against.
    #[serde(skip_serializing_if = "is_none")]
    pub reference: usize,
    /// Records rejected.
    pub rejects: usize,
    /// Different outlets.
    pub outlets: usize,
    /// Articles without a date.
    pub undated: usize,
    /// Verified pairs.
    pub pairs: Option<usize>,
    /// Pairs within families of more than 256 articles that are not listed: not all were compared.
    pub pairs_not_listed: Option<u64>,
    /// Families of near-duplicates.
    pub families: Option<usize>,
    /// Articles that a kept one stands for.
    pub copies: Option<usize>,
    /// Articles that stay, those left out that the others are held against.
    pub kept: Option<usize>,
    /// Stories of two articles or more.
    pub stories: Option<usize>,
    /// Articles that no other tells the story of.
    pub single_stories: Option<usize>,
    /// Storylines.
    pub storylines: Option<usize>,
    /// Passages of any kind.
    pub passages: Option<usize>,
    /// Places where a passage stands.
    pub occurrences: Option<usize>,
    /// Passages by kind.
    pub passages_by_kind: Option<PassageCounts>,
}

/// What was cut out of the texts that were written, in numbers. They are none of [`Counts`]: the tables of a run, of
/// which its page is made again, do not have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ScrubCounts {
    /// Articles that lost something.
    pub articles: usize,
    /// Those of them that are left without a word.
    pub emptied: usize,
    /// Words that went.
    pub words: usize,
    /// Those of them in syndicated passages; the others were boilerplate.
    pub syndicated: usize,
}

impl From<&Cuts> for ScrubCounts {
    fn from(cuts: &Cuts) -> Self {
        Self {
            articles: cuts.articles,
            emptied: cuts.emptied,
            words: cuts.tokens as usize,
            syndicated: cuts.syndicated as usize,
        }
    }
}

/// Passages by kind, in the order of [`Kind::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassageCounts([usize; Kind::ALL.len()]);

impl PassageCounts {
    fn of(passages: &[Passage]) -> Self {
        Self(Kind::ALL.map(|kind| passages.iter().filter(|passage| passage.kind == kind).count()))
    }

    /// Each kind with its number.
    pub fn each(&self) -> impl Iterator<Item = (Kind, usize)> {
        Kind::ALL.into_iter().zip(self.0)
    }

    /// How many passages are of this kind.
    pub fn number(&self, kind: Kind) -> usize {
        self.each().find(|(other, _)| *other == kind).map_or(0, |(_, number)| number)
    }
}

impl Serialize for PassageCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.each().map(|(kind, number)| (kind.name(), number)))
    }
}

fn is_none(number: &usize) -> bool {
    *number == 0
}

impl Counts {
    /// Counts what is there.
    pub fn of(results: &Results) -> Self {
        let articles = results.corpus.len();
        let reference = results.corpus.articles().iter().filter(|a| a.is_reference()).count();
        let families = results.families.as_ref().map(|families| families.all());
        let stories = results.stories.as_ref();
        let told =
            stories.map(|s| s.stories.iter().filter(|story| story.members.len() > 1).count());
        let passages = results.passages.as_deref();
        let listed = results.pairs.as_deref().unwrap_or_default();
        let copies: Option<usize> =
            families.map(|all| all.iter().map(|family| family.removed().count()).sum());
        Self {
            records: articles + results.rejects.len(),
            articles,
            reference,
            rejects: results.rejects.len(),
            outlets: results.outlets_among(results.corpus.docs()),
            undated: results.corpus.articles().iter().filter(|a| a.published.is_none()).count(),
            pairs: results.pairs.as_ref().map(Vec::len),
            pairs_not_listed: results
                .families
                .as_ref()
                .map(|families| families.unlisted(listed.iter().map(|pair| (pair.a, pair.b)))),
            families: families.map(<[_]>::len),
            copies,
            kept: copies.map(|copies| articles - reference - copies),
            stories: told,
            single_stories: stories.zip(told).map(|(s, told)| s.stories.len() - told),
            storylines: stories.map(|s| s.storylines.len()),
            passages: passages.map(<[_]>::len),
            occurrences: passages
                .map(|passages| passages.iter().map(|p| p.occurrences.len()).sum()),
            passages_by_kind: passages.map(PassageCounts::of),
        }
    }
}
