//! The articles, and those of them that may be removed.

use crate::analysis::{Directions, copied_from};
use crate::article::{Article as Read, Corpus, DocId, Published};
use crate::error::Place;
use crate::family::{Families, Family, Member};
use crate::results::Results;
use crate::story::{Story, Storyline};
use crate::tables::value::{Id, Text, known};
use crate::verify::Overlap;

/// What is known of an article.
struct At<'a> {
    results: &'a Results,
    doc: DocId,
    article: &'a Read,
    family: Option<&'a Family>,
    /// What it shares with the article that its family keeps.
    with_kept: Option<Overlap>,
    /// The article kept in its place, and what the two share; nothing where it is kept itself.
    copy_of: Option<(&'a Read, Overlap)>,
    story: Option<&'a Story>,
    storyline: Option<&'a Storyline>,
    /// From whom most of what it copied comes.
    copied_from: Option<String>,
}

impl<'a> At<'a> {
    fn new(results: &'a Results, doc: DocId, copied_from: Option<String>) -> Self {
        let family = results.families.as_ref().and_then(|families| families.of(doc));
        let member = results.families.as_ref().and_then(|families| families.member(doc));
        let with_kept = member.map(|member| member.with_kept);
        let copy = member.filter(|member| member.is_removed());
        let copy_of = copy.map(|copy| (results.corpus.get(copy.kept), copy.with_kept));
        let stories = results.stories.as_ref();
        let story = stories.map(|all| &all.stories[all.of[doc.index()] as usize]);
        let storyline = stories
            .zip(story)
            .and_then(|(all, story)| Some(&all.storylines[story.storyline? as usize]));
        let article = results.corpus.get(doc);
        Self { results, doc, article, family, with_kept, copy_of, story, storyline, copied_from }
    }

    fn similarity(&self) -> Option<f64> {
        let story = self.story?;
        let place = story.members.partition_point(|&member| member < self.doc);
        story.similarities.get(place).copied()
    }

    fn credit(&self) -> Option<&'a str> {
        self.results.credits.as_ref().map(|credits| credits[self.doc.index()].as_str())
    }

    fn share(&self, of: impl Fn(&crate::passage::Shares) -> f64) -> Option<f64> {
        self.results.shares.as_ref().map(|shares| of(&shares[self.doc.index()]))
    }
}

/// The line or record of its file that an article was read from.
fn row(article: &Read) -> Option<u64> {
    match article.source.place {
        Place::Whole => None,
        Place::Line(number) | Place::Record(number) => Some(number),
    }
}

/// A day stays a day: with a time it would be read back as midnight.
fn as_told(published: Published) -> Text<'static> {
    match published.day_only {
        true => published.at.strftime("%Y-%m-%d").to_string().into(),
        false => published.to_string().into(),
    }
}

table! {
    /// An article with its text, in newsfold's own form.
    "texts", Whole of at: &'a Read {
        /// Its id.
        id: Id<'a> = Id(at.id.as_str().into());
        /// Who published it.
        outlet: Option<Text<'a>> = known(at.outlet.as_str());
        /// Its address.
        url: Option<Text<'a>> = known(at.url.as_str());
        /// When it was published: a moment in UTC, or a day.
        published: Option<Text<'a>> = at.published.map(as_told);
        /// Its title.
        title: Option<Text<'a>> = known(at.title.as_str());
        /// Its text as the stages see it: mended where it came damaged.
        text: Text<'a> = at.text.as_str().into();
        /// Its language.
        lang: Option<Text<'a>> = known(at.lang.as_str());
        /// The file it was read from.
        source: Text<'a> = at.source.file.as_ref().into();
        /// The line or record of that file, counted from 1.
        row: Option<u64> = row(at);
        /// What is to be known of how it was read, with a space between two notes.
        notes: Option<Text<'a>> = known(at.notes.to_string());
        /// Who wrote it, with a comma between two.
        author: Option<Text<'a>> = known(at.author.as_str());
    }
}

impl<'a> Whole<'a> {
    /// Every article of a corpus.
    pub(crate) fn all(corpus: &'a Corpus) -> impl Iterator<Item = Self> {
        corpus.articles().iter().map(Self::of)
    }
}

table! {
    /// An article that was read.
    "articles", Article of at: &At<'a> {
        /// The input's own id. Where two agree, the place of each is added (`42@b.jsonl:7`); an article
        /// without one is called after its place.
        id: Id<'a> = Id(at.article.id.as_str().into());
        /// Who published it: the name given, else the registrable domain of its address.
        outlet: Option<Text<'a>> = known(at.article.outlet.as_str());
        /// Its address.
        url: Option<Text<'a>> = known(at.article.url.as_str());
        /// When it was published, in UTC. Midnight where only the day is known, which `notes` says.
        published: Option<Published> = at.article.published;
        /// Its title.
        title: Option<Text<'a>> = known(at.article.title.as_str());
        /// Its language: ISO 639-1, or ISO 639-3 where the first has none.
        lang: Option<Text<'a>> = known(at.article.lang.as_str());
        /// Tokens (words) of its text.
        tokens: u32 = at.results.tokens[at.doc.index()];
        /// Its family of near-duplicates. Unknown where it has no near-duplicate.
        family_id: Option<Text<'a>> = at.family.map(|family| family.id.as_str().into());
        /// Whether it stays when copies are removed.
        kept: Option<bool> = at.results.families.as_ref().map(|_| at.copy_of.is_none());
        /// The article kept in its place.
        kept_id: Option<Id<'a>> = at.copy_of.map(|(kept, _)| Id(kept.id.as_str().into()));
        /// The exact Jaccard similarity with that article, 0 to 1.
        kept_jaccard: Option<f64> = at.copy_of.map(|(_, overlap)| overlap.jaccard());
        /// The share of its own shingles that are in that article, 0 to 1.
        kept_containment: Option<f64> = at.copy_of.map(|(_, overlap)| overlap.containment_a());
        /// Its story.
        story_id: Option<Text<'a>> = at.story.map(|story| story.id.as_str().into());
        /// Its story's storyline. Unknown where the story is in none.
        storyline_id: Option<Text<'a>> = at.storyline.map(|line| line.id.as_str().into());
        /// The share of its tokens in syndicated passages, 0 to 1.
        copied: Option<f64> = at.share(|shares| shares.copied);
        /// The share of its tokens in boilerplate, 0 to 1.
        boilerplate: Option<f64> = at.share(|shares| shares.boilerplate);
        /// Where it stands in the input: `FILE`, `FILE:LINE` or `FILE#RECORD`.
        source: Text<'a> = at.article.source.to_string().into();
        /// What is to be known of how it was read, with a space between two notes.
        notes: Option<Text<'a>> = known(at.article.notes.to_string());
        /// The mean similarity of its text to the others of its story, 0 to 1. Unknown in a story of one
        /// text.
        story_similarity: Option<f64> = at.similarity();
        /// Unicode characters of its text.
        chars: u32 = at.results.chars[at.doc.index()];
        /// Its distinct shingles. Unknown where it has no near-duplicate.
        shingles: Option<u32> = at.with_kept.map(|overlap| overlap.a);
        /// Those that are also in the article kept in its place.
        kept_shared: Option<u32> = at.copy_of.map(|(_, overlap)| overlap.shared);
        /// The number of its line or record in its file, from 1. Unknown where it is the whole file.
        row: Option<u64> = row(at.article);
        /// The share of its shingles that the article kept in its place lacks, 0 to 1. Unknown where it is
        /// kept itself.
        lost: Option<f64> = at.copy_of.map(|(_, overlap)| overlap.lost());
        /// The outlet or agency that most of what it copied comes from, as in `network`. Unknown where it copied
        /// nothing, or from nobody known.
        copied_from: Option<Text<'a>> = at.copied_from.clone().map(Into::into);
        /// The story that this article's earlier story was merged into, where it was the first of that. Only
        /// `index export --merged` tells it.
        merged_into: Option<Text<'a>> =
            at.results.merged_into.get(&at.doc).map(|id| id.as_str().into());
        /// Who wrote it, as the input tells it: persons or an agency, with a comma between two.
        author: Option<Text<'a>> = known(at.article.author.as_str());
        /// The agencies and sources that it names: in its credit lines, and as its author. With a semicolon between
        /// two.
        credit: Option<Text<'a>> = at.credit().and_then(known);
    }
}

impl<'a> Article<'a> {
    pub(crate) fn all(results: &'a Results) -> impl Iterator<Item = Self> {
        let known = results.passages.as_ref().zip(results.origins.as_ref());
        let from = known.map(|(passages, origins)| {
            let directions =
                Directions::among(&results.corpus, results.outlets_elsewhere(), passages, origins);
            (copied_from(&results.corpus, passages, &directions), directions.names)
        });
        results.corpus.docs().map(move |doc| {
            let from = from.as_ref();
            let from = from.and_then(|(of, names)| Some(names[of[doc.index()]? as usize].clone()));
            Self::of(&At::new(results, doc, from))
        })
    }
}

/// A copy: the articles it stands between, and what they share.
struct Copy<'a> {
    article: &'a Read,
    kept: &'a Read,
    with_kept: Overlap,
}

table! {
    /// An article that may be removed, since another is kept in its place.
    "remove", Removed of copy: &Copy<'a> {
        /// The article.
        id: Id<'a> = Id(copy.article.id.as_str().into());
        /// The article kept in its place.
        kept_id: Id<'a> = Id(copy.kept.id.as_str().into());
        /// The exact Jaccard similarity of the two, 0 to 1.
        jaccard: f64 = copy.with_kept.jaccard();
        /// The share of the removed article's shingles that are in the kept one, 0 to 1.
        containment: f64 = copy.with_kept.containment_a();
        /// The share of them that are not.
        lost: f64 = copy.with_kept.lost();
    }
}

impl<'a> Removed<'a> {
    pub(super) fn all(results: &'a Results, families: &'a Families) -> impl Iterator<Item = Self> {
        results.corpus.docs().filter_map(|doc| {
            let Member { kept, with_kept, .. } = *families.removed(doc)?;
            let article = |doc| results.corpus.get(doc);
            Some(Self::of(&Copy { article: article(doc), kept: article(kept), with_kept }))
        })
    }
}
