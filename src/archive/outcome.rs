//! What the last change of an archive found: the group of each article, and the groups.
//!
//! It is made of [`Results`] and kept beside the segments, so that nothing is run for `stats`, and what an
//! `add` changed is what differs between two of these. Cost: some hundred bytes an article.

use ahash::AHashMap;
use serde::{Deserialize, Serialize};

use crate::article::{Article, ArticleKey, DocId, Published};
use crate::results::{Counts, Results};

/// What an archive knows an article by, whatever others have its id: the id that the input gave it, and a
/// hash of its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Identity(pub(super) String, pub(super) u64);

impl Identity {
    pub(super) fn of(given_id: &str, article: &Article) -> Self {
        Self(given_id.to_owned(), ArticleKey::of(article).0)
    }
}

/// An article, and the groups it is in: places among those of the outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Placed {
    pub(super) identity: Identity,
    /// Its id among all.
    pub(super) id: String,
    pub(super) family: Option<u32>,
    pub(super) story: Option<u32>,
    /// Its outlet. Older versions stored neither this nor when it was published.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) outlet: String,
    /// A moment in UTC, or a day where no more is known, so that texts compare as times do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) published: Option<String>,
}

/// A family, a story or a storyline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
    /// The headline; of a family, the id of the article that is kept.
    pub(super) name: String,
    /// Of a story, the place of its storyline.
    pub(super) storyline: Option<u32>,
}

/// What a run found, without texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// In order of publication.
    pub(super) articles: Vec<Placed>,
    pub(super) families: Vec<Group>,
    pub(super) stories: Vec<Group>,
    pub(super) storylines: Vec<Group>,
    /// The numbers of these groups, as a `run.json` has them; those of passages are `null`.
    pub(super) counts: serde_json::Value,
}

/// Which groups are spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    /// Near-duplicates.
    Family,
    /// Reports of one event.
    Story,
    /// Stories of one topic.
    Storyline,
}

impl GroupKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Family, Self::Story, Self::Storyline];

    /// Its name, as a message has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Story => "story",
            Self::Storyline => "storyline",
        }
    }

    /// The same for several.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Family => "families",
            Self::Story => "stories",
            Self::Storyline => "storylines",
        }
    }
}

impl Outcome {
    /// What a run found.
    pub(super) fn of(results: &Results) -> Self {
        let corpus = &results.corpus;
        let families = results.families.as_ref();
        let stories = results.stories.as_ref();
        let family_groups = families.iter().flat_map(|families| families.all());
        let places: AHashMap<&str, u32> = family_groups
            .clone()
            .zip(0..)
            .map(|(family, place)| (family.id.as_str(), place))
            .collect();
        let placed = |doc: DocId| Placed {
            identity: Identity::of(corpus.given_id(doc), corpus.get(doc)),
            id: corpus.get(doc).id.to_string(),
            family: families.and_then(|all| places.get(all.of(doc)?.id.as_str()).copied()),
            story: stories.map(|all| all.of[doc.index()]),
            outlet: corpus.get(doc).outlet.to_string(),
            published: corpus.get(doc).published.map(Published::known),
        };
        let group = |id: &str, name: &str, storyline| Group {
            id: id.to_owned(),
            name: name.to_owned(),
            storyline,
        };
        let all_stories = stories.iter().flat_map(|all| &all.stories);
        let storylines = stories.iter().flat_map(|all| &all.storylines);
        Self {
            articles: corpus.docs().map(placed).collect(),
            families: family_groups
                .map(|family| group(&family.id, &corpus.get(family.kept).id, None))
                .collect(),
            stories: all_stories
                .map(|story| group(&story.id, &story.headline, story.storyline))
                .collect(),
            storylines: storylines.map(|line| group(&line.id, &line.headline, None)).collect(),
            // Numbers and names alone: there is nothing in it that cannot be written.
            counts: serde_json::to_value(Counts::of(results)).unwrap_or_default(),
        }
    }

    /// The groups of a kind.
    pub(super) fn groups(&self, kind: GroupKind) -> &[Group] {
        match kind {
            GroupKind::Family => &self.families,
            GroupKind::Story => &self.stories,
            GroupKind::Storyline => &self.storylines,
        }
    }

    /// The place of an article's group of a kind.
    pub(super) fn place(&self, article: &Placed, kind: GroupKind) -> Option<u32> {
        match kind {
            GroupKind::Family => article.family,
            GroupKind::Story => article.story,
            GroupKind::Storyline => self.stories.get(article.story? as usize)?.storyline,
        }
    }
}
