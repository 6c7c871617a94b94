//! Groups of articles: pairs, families, stories, storylines.

use crate::article::{DocId, Published};
use crate::candidates::Method;
use crate::family::{Families, Family as Copies, KeptReason};
use crate::results::Results;
use crate::story::{self, Certainty, Stories};
use crate::tables::value::{Id, Terms, Text, known};
use crate::verify::{Evidence, VerifiedPair};

/// A group's record, what it is a group of, and the articles in it.
struct Of<'a, T> {
    results: &'a Results,
    all: &'a T,
}

fn id(results: &Results, doc: DocId) -> Id<'_> {
    Id(results.corpus.get(doc).id.as_str().into())
}

table! {
    /// Two articles that are near-duplicates, compared exactly.
    "pairs", Pair of at: (&'a Results, &'a VerifiedPair) {
        /// The first article.
        id_a: Id<'a> = id(at.0, at.1.a);
        /// The second article.
        id_b: Id<'a> = id(at.0, at.1.b);
        /// The exact Jaccard similarity of their shingles, 0 to 1.
        jaccard: f64 = at.1.overlap.jaccard();
        /// The share of the first one's shingles that are in the second, 0 to 1.
        containment_a: f64 = at.1.overlap.containment_a();
        /// The share of the second one's shingles that are in the first, 0 to 1.
        containment_b: f64 = at.1.overlap.containment_b();
        /// How the pair was found.
        method: Method = at.0.method;
        /// In which way they are alike.
        evidence: Evidence = at.1.evidence;
        /// Distinct shingles of the first.
        shingles_a: u32 = at.1.overlap.a;
        /// Distinct shingles of the second.
        shingles_b: u32 = at.1.overlap.b;
        /// Shingles that both have.
        shared: u32 = at.1.overlap.shared;
    }
}

impl<'a> Pair<'a> {
    pub(super) fn all(
        results: &'a Results,
        pairs: &'a [VerifiedPair],
    ) -> impl Iterator<Item = Self> {
        pairs.iter().map(move |pair| Self::of((results, pair)))
    }
}

impl Of<'_, Copies> {
    fn docs(&self) -> impl Iterator<Item = DocId> {
        self.all.members.iter().map(|member| member.doc)
    }
}

table! {
    /// A family of near-duplicates: one article is kept, the others are its copies.
    "families", Family of at: &Of<'a, Copies> {
        /// Its id.
        family_id: Text<'a> = at.all.id.as_str().into();
        /// The article that is kept.
        kept_id: Id<'a> = id(at.results, at.all.kept);
        /// Its articles, the kept one among them.
        articles: usize = at.all.members.len();
        /// Their outlets.
        outlets: usize = at.results.outlets_among(at.docs());
        /// When the first of them was published.
        first_published: Option<Published> = at.results.published_range(at.docs()).map(|range| range.0);
        /// When the last of them was published.
        last_published: Option<Published> = at.results.published_range(at.docs()).map(|range| range.1);
        /// The least Jaccard similarity of the kept article and a copy, 0 to 1.
        min_jaccard: f64 = at.all.min_jaccard;
        /// How unlike the kept article its least like member is, which may be tied to it by others alone: 1
        /// less their Jaccard similarity.
        drift: f64 = at.all.drift;
        /// Why that article is kept.
        kept_reason: KeptReason = at.all.reason;
    }
}

impl<'a> Family<'a> {
    pub(super) fn all(results: &'a Results, families: &'a Families) -> impl Iterator<Item = Self> {
        families.all().iter().map(move |family| Self::of(&Of { results, all: family }))
    }
}

/// A story, among all stories.
struct Told<'a> {
    results: &'a Results,
    all: &'a Stories,
    story: &'a story::Story,
}

impl Told<'_> {
    fn range(&self) -> Option<(Published, Published)> {
        self.results.published_range(self.story.members.iter().copied())
    }
}

table! {
    /// A story: the articles, of any outlet, that report one event.
    "stories", Story of at: &Told<'a> {
        /// Its id.
        story_id: Text<'a> = at.story.id.as_str().into();
        /// Its storyline. Unknown where it is in none.
        storyline_id: Option<Text<'a>> =
            at.story.storyline.map(|place| at.all.storylines[place as usize].id.as_str().into());
        /// The title of its most central article, or the first words of its text.
        headline: Option<Text<'a>> = known(at.story.headline.as_str());
        /// Its most central article.
        lead_id: Id<'a> = id(at.results, at.story.lead);
        /// Its articles.
        articles: usize = at.story.members.len();
        /// Their outlets.
        outlets: usize = at.results.outlets_among(at.story.members.iter().copied());
        /// Its independent texts: a family of near-duplicates counts once.
        texts: u32 = at.story.texts;
        /// When the first article was published.
        first_published: Option<Published> = at.range().map(|range| range.0);
        /// When the last article was published.
        last_published: Option<Published> = at.range().map(|range| range.1);
        /// The outlet that was first. Unknown where no article has a date.
        first_outlet: Option<Text<'a>> = at
            .story
            .first
            .and_then(|first| known(at.results.corpus.get(first.doc).outlet.as_str()));
        /// How alike its texts are: their mean cosine, 0 to 1.
        cohesion: f64 = at.story.cohesion;
        /// The terms that hold it together, heaviest first, with `; ` between two.
        terms: Terms = Terms(at.story.terms.clone());
        /// The article that was first.
        first_id: Option<Id<'a>> = at.story.first.map(|first| id(at.results, first.doc));
        /// How sure it is that no other outlet was earlier.
        first_certainty: Option<Certainty> = at.story.first.map(|first| first.certainty);
        /// The article whose text is least like the others.
        weakest_id: Option<Id<'a>> = at.story.weakest.map(|(doc, _)| id(at.results, doc));
        /// Its mean cosine to them, 0 to 1.
        weakest_similarity: Option<f64> = at.story.weakest.map(|(_, similarity)| similarity);
    }
}

impl<'a> Story<'a> {
    pub(super) fn all(results: &'a Results, all: &'a Stories) -> impl Iterator<Item = Self> {
        all.stories.iter().map(move |story| Self::of(&Told { results, all, story }))
    }
}

/// A storyline, among all stories.
struct Continued<'a> {
    results: &'a Results,
    all: &'a Stories,
    line: &'a story::Storyline,
}

impl Continued<'_> {
    fn docs(&self) -> impl Iterator<Item = DocId> {
        let stories = self.line.stories.iter().map(|&place| &self.all.stories[place as usize]);
        stories.flat_map(|story| story.members.iter().copied())
    }

    fn range(&self) -> Option<(Published, Published)> {
        self.results.published_range(self.docs())
    }
}

table! {
    /// A storyline: stories of one continuing topic.
    "storylines", Storyline of at: &Continued<'a> {
        /// Its id.
        storyline_id: Text<'a> = at.line.id.as_str().into();
        /// The headline of its largest story.
        headline: Option<Text<'a>> = known(at.line.headline.as_str());
        /// Its stories.
        stories: usize = at.line.stories.len();
        /// Their articles.
        articles: usize = at.docs().count();
        /// When the first article was published.
        first_published: Option<Published> = at.range().map(|range| range.0);
        /// When the last article was published.
        last_published: Option<Published> = at.range().map(|range| range.1);
    }
}

impl<'a> Storyline<'a> {
    pub(super) fn all(results: &'a Results, all: &'a Stories) -> impl Iterator<Item = Self> {
        all.storylines.iter().map(move |line| Self::of(&Continued { results, all, line }))
    }
}
