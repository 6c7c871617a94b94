//! The tables of families, pairs and stories.

use std::path::Path;

use ahash::AHashMap;

use super::articles::Articles;
use super::row::{Told, apart, each};
use crate::article::DocId;
use crate::candidates::Method;
use crate::error::Result;
use crate::family::{Families, Family, KeptReason, Member};
use crate::results::FoundPair;
use crate::story::{Certainty, First, Stories, Story, Storyline};
use crate::tables::BETWEEN_TERMS;
use crate::verify::{Evidence, Overlap, VerifiedPair};

/// The members of each group, given the group that each article names.
fn members<'r>(named: impl Iterator<Item = &'r str>) -> AHashMap<&'r str, Vec<DocId>> {
    let mut members: AHashMap<&str, Vec<DocId>> = AHashMap::new();
    for (id, doc) in named.zip(0..) {
        if !id.is_empty() {
            members.entry(id).or_default().push(DocId(doc));
        }
    }
    members
}

const FAMILY_COLUMNS: [&str; 5] = ["family_id", "kept_id", "min_jaccard", "drift", "kept_reason"];

pub(super) fn families(out: &Path, articles: &Articles) -> Result<Families> {
    let mut members = members(articles.all.iter().map(|row| row.family_id.as_str()));
    let mut families = Vec::new();
    each(out, "families", &FAMILY_COLUMNS, &mut |row| {
        let (id, kept) = (row.text("family_id"), articles.find(row.text("kept_id"))?);
        let docs = members.remove(id).filter(|docs| docs.contains(&kept));
        let docs = docs.ok_or_else(|| format!("no articles of the family {id:?}"))?;
        let shingles = |doc: DocId| {
            let row = &articles.all[doc.index()];
            row.shingles.ok_or_else(|| format!("no `shingles` of the article {:?}", row.id))
        };
        let member = |doc: DocId| -> Told<Member> {
            let row = &articles.all[doc.index()];
            let kept = if row.kept_id.is_empty() { doc } else { articles.find(&row.kept_id)? };
            let (a, b) = (shingles(doc)?, shingles(kept)?);
            let shared = if doc == kept { Some(a) } else { row.kept_shared };
            let shared = shared.filter(|&shared| shared <= a.min(b));
            let shared = shared.ok_or_else(|| format!("no `kept_shared` of a member of {id:?}"))?;
            Ok(Member { doc, kept, with_kept: Overlap { a, b, shared } })
        };
        families.push(Family {
            id: id.to_owned(),
            kept,
            reason: row.one_of("kept_reason", KeptReason::ALL, KeptReason::name)?,
            drift: row.number("drift")?,
            members: docs.into_iter().map(member).collect::<Told<_>>()?,
            min_jaccard: row.number("min_jaccard")?,
        });
        Ok(())
    })?;
    if members.is_empty() {
        return Ok(Families::new(families, articles.all.len()));
    }
    Err(apart(out, "an article is of a family that `families` does not have"))
}

pub(super) fn pairs(out: &Path, articles: &Articles) -> Result<Vec<FoundPair>> {
    let columns = ["id_a", "id_b", "method", "evidence", "shingles_a", "shingles_b", "shared"];
    let mut pairs = Vec::new();
    each(out, "pairs", &columns, &mut |row| {
        let (a, b) = (row.number("shingles_a")?, row.number("shingles_b")?);
        let shared = row.number("shared")?;
        if shared > u32::min(a, b) {
            return Err(format!("{shared} shared shingles of {a} and {b}"));
        }
        let method: Method =
            row.text("method").parse().map_err(|error: crate::error::Error| error.to_string())?;
        pairs.push(FoundPair {
            pair: VerifiedPair {
                a: articles.find(row.text("id_a"))?,
                b: articles.find(row.text("id_b"))?,
                overlap: Overlap { a, b, shared },
                evidence: row.one_of("evidence", Evidence::ALL, Evidence::name)?,
            },
            method: method.name(),
        });
        Ok(())
    })?;
    Ok(pairs)
}

const STORY_COLUMNS: [&str; 11] = [
    "story_id",
    "storyline_id",
    "headline",
    "lead_id",
    "texts",
    "cohesion",
    "terms",
    "first_id",
    "first_certainty",
    "weakest_id",
    "weakest_similarity",
];

pub(super) fn stories(out: &Path, articles: &Articles) -> Result<Stories> {
    let mut storylines: Vec<Storyline> = Vec::new();
    let mut line_of: AHashMap<String, u32> = AHashMap::new();
    each(out, "storylines", &["storyline_id", "headline"], &mut |row| {
        let (id, headline) = (row.text("storyline_id"), row.text("headline"));
        line_of.insert(id.to_owned(), storylines.len() as u32);
        let line = Storyline { id: id.to_owned(), headline: headline.to_owned(), stories: vec![] };
        storylines.push(line);
        Ok(())
    })?;
    let mut members = members(articles.all.iter().map(|row| row.story_id.as_str()));
    let mut stories: Vec<Story> = Vec::new();
    let mut of = vec![u32::MAX; articles.all.len()];
    each(out, "stories", &STORY_COLUMNS, &mut |row| {
        let id = row.text("story_id");
        let members = members.remove(id);
        let members = members.ok_or_else(|| format!("no articles of the story {id:?}"))?;
        let place = stories.len() as u32;
        members.iter().for_each(|doc| of[doc.index()] = place);
        let storyline = match row.text("storyline_id") {
            "" => None,
            line => {
                let at = line_of.get(line).copied();
                Some(at.ok_or_else(|| format!("no storyline has the id {line:?}"))?)
            }
        };
        if let Some(line) = storyline {
            storylines[line as usize].stories.push(place);
        }
        let article = |name| match row.text(name) {
            "" => Ok(None),
            id => articles.find(id).map(Some),
        };
        let first = match article("first_id")? {
            None => None,
            Some(doc) => {
                let certainty = row.one_of("first_certainty", Certainty::ALL, Certainty::name)?;
                Some(First { doc, certainty })
            }
        };
        let similarities = members.iter().map(|doc| articles.all[doc.index()].similarity);
        stories.push(Story {
            id: id.to_owned(),
            lead: articles.find(row.text("lead_id"))?,
            headline: row.text("headline").to_owned(),
            texts: row.number("texts")?,
            cohesion: row.number("cohesion")?,
            weakest: article("weakest_id")?.zip(row.number_or_none("weakest_similarity")?),
            similarities: similarities.flatten().collect(),
            first,
            terms: row
                .text("terms")
                .split(BETWEEN_TERMS)
                .filter(|term| !term.is_empty())
                .map(str::to_owned)
                .collect(),
            storyline,
            members,
        });
        Ok(())
    })?;
    if of.contains(&u32::MAX) {
        return Err(apart(out, "an article is of a story that `stories` does not have"));
    }
    Ok(Stories { stories, storylines, of })
}
