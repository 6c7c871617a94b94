//! Families to stories, the articles of any outlet that report one event; stories to storylines.

use crate::article::DocId;

/// The articles, of any outlet, that report one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// Derived from the members' ids.
    pub id: String,
    /// All articles, copies among them, in order of [`DocId`].
    pub members: Vec<DocId>,
    /// The most central article.
    pub lead: DocId,
    /// Independent texts: a family counts once.
    pub texts: u32,
    /// Mean similarity of its texts, 1 where there is one.
    pub cohesion: f64,
    /// The terms that hold it together, heaviest first.
    pub terms: Vec<String>,
    /// The place of its storyline among [`Stories::storylines`], where it has one.
    pub storyline: Option<u32>,
}

/// Two or more stories of one continuing topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Storyline {
    /// Derived from the stories' ids.
    pub id: String,
    /// Places among [`Stories::stories`], in time order.
    pub stories: Vec<u32>,
}

/// All stories of a run: every article is in exactly one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stories {
    /// In order of their first member.
    pub stories: Vec<Story>,
    /// In order of their first story.
    pub storylines: Vec<Storyline>,
    /// For each article, its story's place.
    pub of: Vec<u32>,
}
