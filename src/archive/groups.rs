//! The stories and outlets of an archive, told from what its last change found, without a run.
//!
//! Who was first is told by times of publication alone, and for whole copies alone. Passages, and credits
//! of agencies, are for [`Archive::results`](super::Archive::results). Cost: the first question to a state reads the
//! outcome and keeps it, some hundred bytes an article. A story is looked up, and its members are read from the
//! segments; a question by day or outlet goes through all articles.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;
use serde::Serialize;

use super::outcome::{Outcome, Placed};
use super::{Changes, Searcher};
use crate::article::Article;
use crate::error::Result;

/// So many groups that changed are told at once, and those of one change more: some megabytes.
const MOST_GROUPS: usize = 20_000;

/// A story, without its articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoryListed {
    /// Its id.
    pub id: String,
    /// Its headline.
    pub headline: String,
    /// How many articles it has.
    pub articles: usize,
    /// How many outlets they are of.
    pub outlets: usize,
    /// When its first dated article was published: a moment in UTC, or a day where no more is known.
    pub first: Option<String>,
    /// The same of the last one.
    pub last: Option<String>,
    /// Its storyline.
    pub storyline_id: Option<String>,
}

/// A story with its articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoryTold {
    /// The story.
    pub story: StoryListed,
    /// Its articles, in order of publication.
    pub members: Vec<MemberTold>,
}

/// An article of a story, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberTold {
    /// Its id among all articles.
    pub id: String,
    /// Its outlet; empty where it has none.
    pub outlet: String,
    /// Its title.
    pub title: String,
    /// Its address; empty where it has none.
    pub url: String,
    /// When it was published; see [`StoryListed::first`].
    pub published: Option<String>,
}

impl MemberTold {
    fn of(id: &str, article: &Article) -> Self {
        Self {
            id: id.to_owned(),
            outlet: article.outlet.to_string(),
            title: article.title.to_string(),
            url: article.url.to_string(),
            published: article.published.map(|at| at.known()),
        }
    }
}

/// Which stories are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoriesAsked {
    /// Those with an article published on this day (`YYYY-MM-DD`, UTC).
    pub day: Option<String>,
    /// Those with an article of this outlet.
    pub outlet: Option<String>,
    /// The fewest articles.
    pub least: usize,
    /// How many to leave out at the front.
    pub skip: usize,
    /// How many to tell at the most.
    pub most: usize,
}

impl Default for StoriesAsked {
    /// Fifty stories of two articles or more.
    fn default() -> Self {
        Self { day: None, outlet: None, least: 2, skip: 0, most: 50 }
    }
}

/// Some stories, the last to grow first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StoriesTold {
    /// How many there are in all.
    pub of: usize,
    /// Those asked for.
    pub stories: Vec<StoryListed>,
}

/// An outlet, and what it shares with others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutletTold {
    /// Its name.
    pub outlet: String,
    /// Its articles.
    pub articles: usize,
    /// When the first dated one was published; see [`StoryListed::first`].
    pub first: Option<String>,
    /// The same of the last one.
    pub last: Option<String>,
    /// The stories that it shares with other outlets.
    pub stories: usize,
    /// Of these, the ones where the first article is its own.
    pub first_in: usize,
    /// Outlets that printed copies of its articles later, those with most copies first.
    pub copied_by: Vec<Copies>,
    /// Outlets that had printed its articles before, those with most copies first.
    pub copies_of: Vec<Copies>,
}

/// Another outlet, and the copies that are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copies {
    /// Its name.
    pub outlet: String,
    /// How many articles are copies.
    pub articles: usize,
}

/// What is looked up in an outcome.
#[derive(Debug)]
pub(super) struct Groups {
    /// By story, in the order of the outcome.
    stories: Vec<StoryListed>,
    /// The places of its articles, by story.
    members: Vec<Vec<u32>>,
    places: AHashMap<String, u32>,
    /// All stories, the last to grow first.
    latest: Vec<u32>,
}

impl Groups {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let mut members = vec![Vec::new(); outcome.stories.len()];
        for (article, place) in outcome.articles.iter().zip(0_u32..) {
            if let Some(story) = article.story {
                members[story as usize].push(place);
            }
        }
        let listed = |(group, members): (&super::outcome::Group, &Vec<u32>)| {
            let all = || of_places(outcome, members);
            let outlets: BTreeSet<&str> = all().map(|article| article.outlet.as_str()).collect();
            let (first, last) = range(all());
            let storyline = group.storyline.map(|place| &outcome.storylines[place as usize]);
            StoryListed {
                id: group.id.clone(),
                headline: group.name.clone(),
                articles: members.len(),
                outlets: outlets.iter().filter(|outlet| !outlet.is_empty()).count(),
                first,
                last,
                storyline_id: storyline.map(|line| line.id.clone()),
            }
        };
        let stories: Vec<StoryListed> = outcome.stories.iter().zip(&members).map(listed).collect();
        let places = stories.iter().map(|story| story.id.clone()).zip(0..).collect();
        let mut latest: Vec<u32> = (0..).take(stories.len()).collect();
        latest.sort_by_key(|&place| {
            let story = &stories[place as usize];
            (Reverse(&story.last), Reverse(story.articles), &story.id)
        });
        Self { stories, members, places, latest }
    }

    fn asked(&self, outcome: &Outcome, asked: &StoriesAsked) -> StoriesTold {
        let is_asked = |&&place: &&u32| {
            let members = &self.members[place as usize];
            let has = |test: &dyn Fn(&Placed) -> bool| of_places(outcome, members).any(test);
            members.len() >= asked.least
                && asked.outlet.as_ref().is_none_or(|name| has(&|of| of.outlet == *name))
                && asked.day.as_ref().is_none_or(|day| {
                    has(&|of| of.published.as_ref().is_some_and(|at| at.starts_with(day.as_str())))
                })
        };
        let all: Vec<&u32> = self.latest.iter().filter(is_asked).collect();
        let told = all.iter().skip(asked.skip).take(asked.most);
        let stories = told.map(|&&place| self.stories[place as usize].clone()).collect();
        StoriesTold { of: all.len(), stories }
    }

    fn outlet(&self, outcome: &Outcome, name: &str) -> Option<OutletTold> {
        let own = outcome.articles.iter().filter(|article| article.outlet == name);
        let articles = own.clone().count();
        if articles == 0 || name.is_empty() {
            return None;
        }
        let mut told = OutletTold { outlet: name.to_owned(), articles, ..OutletTold::default() };
        (told.first, told.last) = range(own);
        for members in &self.members {
            let all = || of_places(outcome, members);
            let is_shared = all().any(|of| !of.outlet.is_empty() && of.outlet != name);
            if !is_shared || all().all(|of| of.outlet != name) {
                continue;
            }
            told.stories += 1;
            let others = all().filter(|of| of.outlet != name);
            let mut own = first_ones(all().filter(|of| of.outlet == name)).into_iter().flatten();
            let is_first = own.any(|own| others.clone().all(|other| is_before(own, other)));
            told.first_in += usize::from(is_first);
        }
        let (mut copied_by, mut copies_of) = (BTreeMap::new(), BTreeMap::new());
        for family in families(outcome) {
            let firsts = first_ones(family.iter().copied());
            for copy in &family {
                let before = firsts.into_iter().flatten().find(|first| is_before(first, copy));
                let Some(first) = before else { continue };
                let (tally, other) = match (first.outlet == name, copy.outlet == name) {
                    (true, false) => (&mut copied_by, &copy.outlet),
                    (false, true) => (&mut copies_of, &first.outlet),
                    _ => continue,
                };
                if !other.is_empty() {
                    *tally.entry(other.clone()).or_insert(0) += 1;
                }
            }
        }
        told.copied_by = most_first(copied_by);
        told.copies_of = most_first(copies_of);
        Some(told)
    }
}

fn of_places<'o>(
    outcome: &'o Outcome,
    places: &'o [u32],
) -> impl Iterator<Item = &'o Placed> + Clone {
    places.iter().map(|&place| &outcome.articles[place as usize])
}

/// The first and the last publication.
fn range<'o>(
    articles: impl Iterator<Item = &'o Placed> + Clone,
) -> (Option<String>, Option<String>) {
    let dated = articles.filter_map(|article| article.published.as_ref());
    (dated.clone().min().cloned(), dated.max().cloned())
}

/// The first of these that has a day, and the first that has an hour: the one tells nothing of others of its day. They
/// are in order of publication.
fn first_ones<'o>(articles: impl Iterator<Item = &'o Placed> + Clone) -> [Option<&'o Placed>; 2] {
    let first = |length| {
        let mut of = articles.clone();
        of.find(|of| of.published.as_ref().is_some_and(|at| at.len() >= length))
    };
    [first("2024-05-01".len()), first("2024-05-01T08:00:00Z".len())]
}

/// Whether one was published before the other for certain. A day says nothing of an hour on that day.
fn is_before(one: &Placed, other: &Placed) -> bool {
    let Some((one, other)) = one.published.as_deref().zip(other.published.as_deref()) else {
        return false;
    };
    let known = one.len().min(other.len());
    one.get(..known) < other.get(..known)
}

/// The articles of each family, in order of publication.
fn families(outcome: &Outcome) -> Vec<Vec<&Placed>> {
    let mut families = vec![Vec::new(); outcome.families.len()];
    for article in &outcome.articles {
        if let Some(family) = article.family {
            families[family as usize].push(article);
        }
    }
    families
}

fn most_first(tally: BTreeMap<String, usize>) -> Vec<Copies> {
    let mut all: Vec<Copies> =
        tally.into_iter().map(|(outlet, articles)| Copies { outlet, articles }).collect();
    all.sort_by_key(|copies| Reverse(copies.articles));
    all
}

impl Searcher {
    /// Stories as the last change left them, the last to grow first. Those of an archive that an older version wrote
    /// have no outlets and days until its next change.
    ///
    /// # Errors
    /// [`Error::Archive`](crate::error::Error::Archive) for a damaged file.
    pub fn stories(&self, asked: &StoriesAsked) -> Result<StoriesTold> {
        let (outcome, groups) = self.groups()?;
        Ok(groups.asked(outcome, asked))
    }

    /// The story with this id, and its articles.
    ///
    /// # Errors
    /// As [`Self::stories`].
    pub fn story(&self, id: &str) -> Result<Option<StoryTold>> {
        let (outcome, groups) = self.groups()?;
        let Some(&place) = groups.places.get(id) else { return Ok(None) };
        let mut members = Vec::new();
        for placed in of_places(outcome, &groups.members[place as usize]) {
            if let Some(article) = self.find(&placed.id)? {
                members.push(MemberTold::of(&placed.id, &article));
            }
        }
        Ok(Some(StoryTold { story: groups.stories[place as usize].clone(), members }))
    }

    /// The story that has the articles of a former one, whose id was this. Cost: the first question to a state reads what each
    /// change did.
    ///
    /// # Errors
    /// As [`Self::stories`].
    pub fn story_now(&self, former: &str) -> Result<Option<String>> {
        Ok(self.moved()?.get(former).cloned())
    }

    /// An outlet, and who had its texts before or after it; `None` where no article is of it.
    ///
    /// # Errors
    /// As [`Self::stories`].
    pub fn outlet(&self, name: &str) -> Result<Option<OutletTold>> {
        let (outcome, groups) = self.groups()?;
        Ok(groups.outlet(outcome, name))
    }

    /// What the first changes did that came after a state, `most` of them or fewer: no more are told once they have
    /// twenty thousand groups. See [`Archive::generation`](super::Archive::generation).
    ///
    /// # Errors
    /// As [`Self::stories`].
    pub fn changes_after(&self, generation: u64, most: usize) -> Result<Vec<Changes>> {
        // The name of a file of changes ends in the state that they led to.
        let is_after = |name: &&String| {
            let led_to = name.rsplit_once('-').and_then(|(_, number)| number.parse::<u64>().ok());
            led_to.is_some_and(|led_to| led_to > generation)
        };
        let (mut changes, mut groups) = (Vec::new(), 0);
        for name in self.change_files().iter().filter(is_after).take(most) {
            let change = self.read_changes(name)?;
            groups += change.groups.len();
            changes.push(change);
            if groups >= MOST_GROUPS {
                break;
            }
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::outcome::{Group, Identity};
    use super::*;

    /// Articles of one story and one family, each by its outlet and when it was published.
    fn together(articles: &[(&str, &str)]) -> Outcome {
        let group = |id: &str| Group { id: id.to_owned(), name: String::new(), storyline: None };
        let placed = |(n, (outlet, published)): (u64, &(&str, &str))| Placed {
            identity: Identity(n.to_string(), n),
            id: n.to_string(),
            family: Some(0),
            story: Some(0),
            outlet: (*outlet).to_owned(),
            published: (!published.is_empty()).then(|| (*published).to_owned()),
        };
        Outcome {
            articles: (0..).zip(articles).map(placed).collect(),
            families: vec![group("f")],
            stories: vec![group("s")],
            ..Outcome::default()
        }
    }

    fn told(outcome: &Outcome, outlet: &str) -> OutletTold {
        Groups::of(outcome).outlet(outcome, outlet).unwrap()
    }

    #[test]
    fn who_was_first_is_told_where_the_times_tell_it() {
        let copies = |outlet: &str, articles| vec![Copies { outlet: outlet.to_owned(), articles }];
        let outcome = together(&[
            ("C", "2024-05-01"),
            ("A", "2024-05-01T08:00:00Z"),
            ("A", "2024-05-01T09:00:00Z"),
            ("B", "2024-05-01T10:00:00Z"),
            ("B", "2024-05-02"),
            ("", "2024-05-03"),
            ("D", ""),
        ]);
        // C has the day alone: it tells nothing of the others of its day, nor they of it.
        let a = told(&outcome, "A");
        assert_eq!((a.copied_by, a.copies_of), (copies("B", 1), vec![]));
        assert_eq!((a.stories, a.first_in), (1, 0));
        let both = [copies("A", 1), copies("C", 1)].concat();
        assert_eq!(told(&outcome, "B").copies_of, both);
        assert_eq!(told(&outcome, "C").copied_by, copies("B", 1));
        assert_eq!(
            (told(&outcome, "C").copies_of, told(&outcome, "D").copies_of),
            (vec![], vec![])
        );
        assert_eq!(a.first.as_deref(), Some("2024-05-01T08:00:00Z"));
        // A's own day without an hour does not hide that it was first by the hour.
        let outcome = together(&[
            ("A", "2024-05-01"),
            ("A", "2024-05-01T08:00:00Z"),
            ("B", "2024-05-01T10:00:00Z"),
        ]);
        assert_eq!((told(&outcome, "A").first_in, told(&outcome, "B").first_in), (1, 0));
        let outcome = together(&[("A", "2024-05-01"), ("B", "2024-05-02T00:00:00Z")]);
        assert_eq!((told(&outcome, "A").first_in, told(&outcome, "B").first_in), (1, 0));
        assert_eq!(Groups::of(&outcome).outlet(&outcome, "nobody"), None);
        assert_eq!(Groups::of(&outcome).outlet(&outcome, ""), None);
    }

    #[test]
    fn an_outcome_of_an_older_version_is_told_without_outlets_and_days() {
        let outcome = together(&[("", ""), ("", "")]);
        let told = Groups::of(&outcome).asked(&outcome, &StoriesAsked::default());
        assert_eq!((told.of, told.stories[0].articles, told.stories[0].outlets), (1, 2, 0));
        assert_eq!(told.stories[0].last, None);
    }
}
