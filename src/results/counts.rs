//! What a run found, in numbers: the same ones in `run.json`, in the summary and on the page.

use serde::Serialize;

use super::Results;
use crate::passage::Kind;

/// The numbers of a run. A part that its command did not compute has none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counts {
    /// Records read: accepted and rejected.
    pub records: usize,
    /// Articles accepted.
    pub articles: usize,
    /// Records rejected.
    pub rejects: usize,
    /// Different outlets.
    pub outlets: usize,
    /// Articles without a date.
    pub undated: usize,
    /// Verified pairs.
    pub pairs: Option<usize>,
    /// Families of near-duplicates.
    pub families: Option<usize>,
    /// Articles that a kept one stands for.
    pub copies: Option<usize>,
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

/// Passages by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PassageCounts {
    /// In two outlets or more.
    pub syndicated: usize,
    /// In many articles of one outlet.
    pub boilerplate: usize,
    /// More than once within one article.
    pub repeated: usize,
    /// The same words in quotation marks.
    pub quotation: usize,
    /// Lines that name the agency or the source.
    pub credit: usize,
    /// In a few articles of one outlet.
    pub recycled: usize,
    /// In two outlets or more, and too little to tell a copy.
    pub phrase: usize,
    /// Speeches, statements and laws that several print.
    pub document: usize,
}

impl PassageCounts {
    /// Each kind with its number, in the order of the interface.
    pub fn each(&self) -> [(Kind, usize); 8] {
        [
            (Kind::Syndicated, self.syndicated),
            (Kind::Boilerplate, self.boilerplate),
            (Kind::Repeated, self.repeated),
            (Kind::Quotation, self.quotation),
            (Kind::Credit, self.credit),
            (Kind::Recycled, self.recycled),
            (Kind::Phrase, self.phrase),
            (Kind::Document, self.document),
        ]
    }
}

impl Counts {
    /// Counts what is there.
    pub fn of(results: &Results) -> Self {
        let articles = results.corpus.len();
        let families = results.families.map(|families| families.all());
        let stories = results.stories;
        let told =
            stories.map(|s| s.stories.iter().filter(|story| story.members.len() > 1).count());
        let by_kind = results.passages.map(|passages| {
            let mut counts = PassageCounts::default();
            for passage in passages {
                *match passage.kind {
                    Kind::Syndicated => &mut counts.syndicated,
                    Kind::Boilerplate => &mut counts.boilerplate,
                    Kind::Repeated => &mut counts.repeated,
                    Kind::Quotation => &mut counts.quotation,
                    Kind::Credit => &mut counts.credit,
                    Kind::Recycled => &mut counts.recycled,
                    Kind::Phrase => &mut counts.phrase,
                    Kind::Document => &mut counts.document,
                } += 1;
            }
            counts
        });
        Self {
            records: articles + results.rejects.len(),
            articles,
            rejects: results.rejects.len(),
            outlets: results.outlets_among(results.corpus.docs()),
            undated: results.corpus.articles().iter().filter(|a| a.published.is_none()).count(),
            pairs: results.pairs.map(<[_]>::len),
            families: families.map(<[_]>::len),
            copies: families.map(|all| all.iter().map(|family| family.members.len() - 1).sum()),
            stories: told,
            single_stories: stories.zip(told).map(|(s, told)| s.stories.len() - told),
            storylines: stories.map(|s| s.storylines.len()),
            passages: results.passages.map(<[_]>::len),
            occurrences: results
                .passages
                .map(|passages| passages.iter().map(|p| p.occurrences.len()).sum()),
            passages_by_kind: by_kind,
        }
    }
}
