//! Families to stories, the articles of any outlet that report one event; stories to storylines.
//!
//! Articles become weighted term vectors. The cosine of two speaks for one event; the time between
//! them, other names and other numbers speak against it, and two installments of one series are
//! told apart whatever they share. That evidence hangs on the two articles and on [`Statistics`]
//! alone, whatever else lies in the pile. Average linkage over it gives the stories, where two groups
//! do not each have words of their own. An article is compared with the earlier ones of its window,
//! so that for dated articles the cost of each does not depend on the archive's age; undated
//! articles are compared with all. [`explain`] tells what speaks for and against, in the same
//! numbers.

use rayon::prelude::*;

use serde::{Deserialize, Serialize};

use crate::article::{Corpus, DocId, derived_id};
use crate::error::Result;
use crate::family::Families;
use crate::observer::{Observer, Stage, Unit};
use crate::statistics::Statistics;

mod constraints;
mod contrast;
mod corrections;
mod evidence;
mod explain;
mod first;
mod groups;
mod headline;
mod installment;
mod linkage;
mod neighbours;
mod path;
mod postings;
mod preset;
mod rarities;
mod rows;
mod similarities;
mod space;
mod storyline;
mod summary;
mod time;
mod vectors;

#[cfg(test)]
mod tests;

pub use corrections::Corrections;
pub use explain::{SharedTerm, StoryEvidence, Weights, explain};
pub use first::{Certainty, First};
pub use path::{Apart, Link, MergeStep, Path, Side};
pub use preset::Preset;
pub use rows::{
    Alike, Direction, SharedRows, Stored, neighbours_of, reach_back, stories_of, storylines_of,
    terms_of,
};

use constraints::Constraints;
use headline::headline;
use similarities::Similarities;
use space::Space;
use summary::Topic;
use vectors::TermPlace;

/// What makes a story.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryConfig {
    /// How many hours two articles may lie apart that are linked directly.
    pub window_hours: u32,
    /// The mean similarity at which groups of articles still become one story; see [`Preset`].
    pub threshold: f64,
    /// Pairs that belong to one story, and pairs that do not, whatever the similarities.
    pub corrections: Corrections,
}

impl Default for StoryConfig {
    fn default() -> Self {
        Self {
            window_hours: 60 * 24,
            threshold: Preset::Balanced.threshold(),
            corrections: Corrections::default(),
        }
    }
}

/// The articles, of any outlet, that report one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// Derived from the first article, so that a story that gains a later one keeps its id.
    pub id: String,
    /// All articles, copies among them, in order of [`DocId`].
    pub members: Vec<DocId>,
    /// The most central article.
    pub lead: DocId,
    /// The lead's title without furniture, or the first words of its text where it has none.
    pub headline: String,
    /// Independent texts: a family counts once.
    pub texts: u32,
    /// Mean cosine of its texts, 1 where there is one.
    pub cohesion: f64,
    /// The text least alike to the others, where there is more than one, with its mean cosine to
    /// them.
    pub weakest: Option<(DocId, f64)>,
    /// The mean cosine of each member's text to the others, in the order of the members; a copy has that
    /// of the article kept in its place. Empty where there is one text.
    pub similarities: Vec<f64>,
    /// Who was first, where any article has a date.
    pub first: Option<First>,
    /// The terms that hold it together, heaviest first; none where nobody asked for them.
    pub terms: Vec<String>,
    /// The place of its storyline among [`Stories::storylines`], where it has one.
    pub storyline: Option<u32>,
}

/// Two or more stories of one continuing topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Storyline {
    /// Derived from its first story.
    pub id: String,
    /// The headline of the story with the most articles, the first of those.
    pub headline: String,
    /// Places among [`Stories::stories`], in time order.
    pub stories: Vec<u32>,
}

/// All stories of a run: every article is in exactly one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stories {
    /// In order of their first member.
    pub stories: Vec<Story>,
    /// In order of their first story.
    pub storylines: Vec<Storyline>,
    /// For each article, its story's place.
    pub of: Vec<u32>,
}

/// Groups the articles of a corpus into stories, and the stories into storylines. Copies go where
/// their family's kept article goes. Without `terms` no story has [`Story::terms`], for which most texts are
/// read again.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input) where the corrections contradict each other, or keep
/// copies apart; and where the observer asks to stop.
pub fn stories(
    corpus: &Corpus,
    families: &Families,
    statistics: &Statistics,
    config: &StoryConfig,
    terms: bool,
    observer: &dyn Observer,
) -> Result<Stories> {
    let Grouped { mut space, clusters, .. } =
        group(corpus, families, statistics, config, observer)?;
    // Some hundred pairs an article, and what follows goes by vectors alone.
    space.similarities = Similarities::default();
    let described = describe_each(corpus, families, &clusters, &space, terms, observer)?;
    // Storylines go by the directions of stories alone, which take as much as the vectors.
    drop(space);
    described.tied_together(corpus, observer)
}

/// The clustering, and what it went by.
struct Grouped<'s> {
    space: Space<'s>,
    constraints: Constraints,
    clusters: Vec<Vec<u32>>,
}

fn group<'s>(
    corpus: &'s Corpus,
    families: &Families,
    statistics: &'s Statistics,
    config: &StoryConfig,
    observer: &dyn Observer,
) -> Result<Grouped<'s>> {
    let constraints = config.corrections.bind(corpus, families)?;
    // Every article is read, compared, and told of.
    observer.begin(Stage::Story, Some(3 * corpus.len() as u64), Unit::Steps);
    let space = Space::build(corpus, families, &statistics.frequencies, config, observer)?;
    let agreement = |a: &[u32], b: &[u32]| space.agreement(a, b);
    let rule = space.rule(config, &constraints, &agreement);
    let clusters = linkage::average_linkage(&space.similarities, &rule, observer)?;
    Ok(Grouped { space, constraints, clusters })
}

/// Stories of which no storyline is known yet.
struct Described {
    stories: Vec<Story>,
    /// For each article, its story's place.
    of: Vec<u32>,
    /// Of each story.
    directions: Vec<Vec<(TermPlace, f32)>>,
}

impl Described {
    fn tied_together(mut self, corpus: &Corpus, observer: &dyn Observer) -> Result<Stories> {
        let storylines = tie_together(corpus, &mut self.stories, self.directions, observer)?;
        observer.end(Stage::Story);
        Ok(Stories { stories: self.stories, storylines, of: self.of })
    }
}

fn describe_each(
    corpus: &Corpus,
    families: &Families,
    clusters: &[Vec<u32>],
    space: &Space<'_>,
    terms: bool,
    observer: &dyn Observer,
) -> Result<Described> {
    let (members, of) = membership(corpus, families, clusters);
    let (stories, directions) = members
        .into_par_iter()
        .map(|members| {
            observer.check()?;
            observer.advance(members.len() as u64);
            let topic = Topic::of(texts(families, &members), space);
            let direction = topic.direction(storyline::DIRECTION_TERMS);
            let mut story = describe(corpus, families, members, &topic, space);
            if terms {
                story.terms = topic.terms(story.lead, corpus, space);
            }
            Ok((story, direction))
        })
        .collect::<Result<(Vec<_>, Vec<_>)>>()?;
    Ok(Described { stories, of, directions })
}

/// The members that stand for themselves or for a family.
fn texts(families: &Families, members: &[DocId]) -> Vec<DocId> {
    members.iter().copied().filter(|&doc| families.representative(doc) == doc).collect()
}

/// The members of each story in order of the first, and each article's story, given the clusters of
/// two texts or more.
fn membership(
    corpus: &Corpus,
    families: &Families,
    clusters: &[Vec<u32>],
) -> (Vec<Vec<DocId>>, Vec<u32>) {
    // Each text's cluster is named by its first text, a text alone by itself.
    let mut first_text: Vec<DocId> = corpus.docs().collect();
    for cluster in clusters {
        for &text in cluster {
            first_text[text as usize] = DocId(cluster[0]);
        }
    }
    const NONE: u32 = u32::MAX;
    let mut place_of_first_text = vec![NONE; corpus.len()];
    let mut members: Vec<Vec<DocId>> = Vec::new();
    let mut of = Vec::with_capacity(corpus.len());
    for doc in corpus.docs() {
        let first = first_text[families.representative(doc).index()];
        let place = &mut place_of_first_text[first.index()];
        if *place == NONE {
            *place = members.len() as u32;
            members.push(Vec::new());
        }
        members[*place as usize].push(doc);
        of.push(*place);
    }
    (members, of)
}

/// All of a story but its terms.
fn describe(
    corpus: &Corpus,
    families: &Families,
    members: Vec<DocId>,
    topic: &Topic,
    space: &Space<'_>,
) -> Story {
    let lead = topic.lead(corpus, space);
    let similarities = topic.similarities(space);
    let similarity = |&doc: &DocId| {
        let kept = families.representative(doc);
        similarities[topic.texts.partition_point(|&text| text < kept)]
    };
    Story {
        id: story_id(corpus, first_published(corpus, &members)),
        lead,
        headline: headline(corpus, lead),
        texts: topic.texts.len() as u32,
        cohesion: topic.cohesion(),
        weakest: topic.weakest(&similarities),
        similarities: match similarities.is_empty() {
            true => Vec::new(),
            false => members.iter().map(similarity).collect(),
        },
        first: first::first(corpus, &members),
        terms: Vec::new(),
        storyline: None,
        members,
    }
}

/// The id of a story whose first article this is.
pub(crate) fn story_id(corpus: &Corpus, first: DocId) -> String {
    corpus.group_id("story", first)
}

/// The member of a story that was published first; the undated come last.
fn first_published(corpus: &Corpus, members: &[DocId]) -> DocId {
    let first = members.iter().copied().min_by(|&a, &b| corpus.by_publication(a, b));
    first.unwrap_or(DocId(0))
}

/// Finds the storylines and notes in each story which is its own.
fn tie_together(
    corpus: &Corpus,
    stories: &mut [Story],
    directions: Vec<Vec<(TermPlace, f32)>>,
    observer: &dyn Observer,
) -> Result<Vec<Storyline>> {
    let first: Vec<DocId> =
        stories.iter().map(|story| first_published(corpus, &story.members)).collect();
    let first_of = |story: u32| first[story as usize];
    let mut by_time: Vec<u32> = (0..stories.len() as u32).collect();
    by_time.sort_unstable_by(|&a, &b| corpus.by_publication(first_of(a), first_of(b)));
    let mut storylines = storyline::storylines(directions, &by_time, corpus.spill(), observer)?;
    storylines.sort_unstable_by_key(|stories| stories[0]);
    for (place, storyline) in storylines.iter().enumerate() {
        for &story in storyline {
            stories[story as usize].storyline = Some(place as u32);
        }
    }
    Ok(storylines.into_iter().map(|places| Storyline::of(stories, places)).collect())
}

impl Storyline {
    /// The storyline of the stories at these places, which are in time order.
    pub fn of(stories: &[Story], places: Vec<u32>) -> Self {
        let story = |&place: &u32| &stories[place as usize];
        // The last of equals is what `max_by_key` finds, so it looks from the end.
        let largest = places.iter().rev().map(story).max_by_key(|story| story.members.len());
        Self {
            id: derived_id(places.first().map(|place| story(place).id.as_str())),
            headline: largest.map(|story| story.headline.clone()).unwrap_or_default(),
            stories: places,
        }
    }
}
