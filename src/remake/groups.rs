//! The tables of families, pairs and stories.

use std::path::Path;

use ahash::AHashMap;

use super::articles::Articles;
use super::{Told, apart, each};
use crate::article::DocId;
use crate::candidates::Method;
use crate::error::Result;
use crate::family::{Families, Family, Member};
use crate::story::{First, Stories, Story, Storyline};
use crate::tables::schema;
use crate::verify::{Overlap, VerifiedPair};

/// The members of each group, given the group that each article names.
fn members<'r>(named: impl Iterator<Item = Option<&'r str>>) -> AHashMap<&'r str, Vec<DocId>> {
    let mut members: AHashMap<&str, Vec<DocId>> = AHashMap::new();
    for (id, doc) in named.zip(0..) {
        if let Some(id) = id {
            members.entry(id).or_default().push(DocId(doc));
        }
    }
    members
}

pub(super) fn families(out: &Path, articles: &Articles) -> Result<Families> {
    let mut members = members(articles.all.iter().map(|row| row.family_id.as_deref()));
    let mut families = Vec::new();
    each(out, &mut |row: schema::Family| {
        let (id, kept) = (row.family_id.into_owned(), articles.find(&row.kept_id.0)?);
        let docs = members.remove(id.as_str()).filter(|docs| docs.contains(&kept));
        let docs = docs.ok_or_else(|| format!("no articles of the family {id:?}"))?;
        let shingles = |doc: DocId| {
            let row = &articles.all[doc.index()];
            row.shingles.ok_or_else(|| format!("no `shingles` of the article {:?}", row.id.0))
        };
        let member = |doc: DocId| -> Told<Member> {
            let row = &articles.all[doc.index()];
            let kept = row.kept_id.as_ref().map_or(Ok(doc), |kept| articles.find(&kept.0))?;
            let (a, b) = (shingles(doc)?, shingles(kept)?);
            let shared = if doc == kept { Some(a) } else { row.kept_shared };
            let shared = shared.filter(|&shared| shared <= a.min(b));
            let shared = shared.ok_or_else(|| format!("no `kept_shared` of a member of {id:?}"))?;
            Ok(Member { doc, kept, with_kept: Overlap { a, b, shared } })
        };
        let members = docs.into_iter().map(member).collect::<Told<_>>()?;
        families.push(Family {
            id,
            kept,
            reason: row.kept_reason,
            drift: row.drift,
            members,
            min_jaccard: row.min_jaccard,
        });
        Ok(())
    })?;
    if members.is_empty() {
        return Ok(Families::new(families, articles.all.len()));
    }
    Err(apart(out, "an article is of a family that `families` does not have"))
}

/// The pairs, and how they were found.
pub(super) fn pairs(
    out: &Path,
    articles: &Articles,
) -> Result<(Vec<VerifiedPair>, Option<Method>)> {
    let (mut pairs, mut method) = (Vec::new(), None);
    each(out, &mut |row: schema::Pair| {
        let (a, b, shared) = (row.shingles_a, row.shingles_b, row.shared);
        if shared > u32::min(a, b) {
            return Err(format!("{shared} shared shingles of {a} and {b}").into());
        }
        method = Some(row.method);
        pairs.push(VerifiedPair {
            a: articles.find(&row.id_a.0)?,
            b: articles.find(&row.id_b.0)?,
            overlap: Overlap { a, b, shared },
            evidence: row.evidence,
        });
        Ok(())
    })?;
    Ok((pairs, method))
}

pub(super) fn stories(out: &Path, articles: &Articles) -> Result<Stories> {
    let mut storylines: Vec<Storyline> = Vec::new();
    let mut line_of: AHashMap<String, u32> = AHashMap::new();
    each(out, &mut |row: schema::Storyline| {
        let id = row.storyline_id.into_owned();
        line_of.insert(id.clone(), storylines.len() as u32);
        let headline = row.headline.unwrap_or_default().into_owned();
        storylines.push(Storyline { id, headline, stories: vec![] });
        Ok(())
    })?;
    let mut members = members(articles.all.iter().map(|row| row.story_id.as_deref()));
    let mut stories: Vec<Story> = Vec::new();
    let mut of = vec![u32::MAX; articles.all.len()];
    each(out, &mut |row: schema::Story| {
        let id = row.story_id.into_owned();
        let members = members.remove(id.as_str());
        let members = members.ok_or_else(|| format!("no articles of the story {id:?}"))?;
        let place = stories.len() as u32;
        members.iter().for_each(|doc| of[doc.index()] = place);
        let storyline = row.storyline_id.map(|line| {
            let at = line_of.get(line.as_ref()).copied();
            at.ok_or_else(|| format!("no storyline has the id {line:?}"))
        });
        let storyline = storyline.transpose()?;
        if let Some(line) = storyline {
            storylines[line as usize].stories.push(place);
        }
        let article = |id: Option<schema::Id<'_>>| id.map(|id| articles.find(&id.0)).transpose();
        let first = match (article(row.first_id)?, row.first_certainty) {
            (None, _) => None,
            (Some(doc), Some(certainty)) => Some(First { doc, certainty }),
            (Some(_), None) => return Err("no `first_certainty`".into()),
        };
        let similarities = members.iter().map(|doc| articles.all[doc.index()].story_similarity);
        stories.push(Story {
            id,
            lead: articles.find(&row.lead_id.0)?,
            headline: row.headline.unwrap_or_default().into_owned(),
            texts: row.texts,
            cohesion: row.cohesion,
            weakest: article(row.weakest_id)?.zip(row.weakest_similarity),
            similarities: similarities.flatten().collect(),
            first,
            terms: row.terms.0,
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
