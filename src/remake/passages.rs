//! The tables of passages and of outlets.

use std::path::Path;

use ahash::AHashMap;

use super::articles::Articles;
use super::{apart, each};
use crate::analysis::{Edge, Network, OutletRow};
use crate::article::{ByteSpan, CharSpan};
use crate::error::Result;
use crate::passage::{Occurrence, Origin, Passage, Source};
use crate::tables::schema;

/// What the tables tell of passages.
pub(super) struct Passages {
    pub(super) passages: Vec<Passage>,
    pub(super) origins: Vec<Origin>,
    /// The text of each where it was published first.
    pub(super) texts: Vec<String>,
}

pub(super) fn read(out: &Path, articles: &Articles) -> Result<Passages> {
    let mut found = Passages { passages: Vec::new(), origins: Vec::new(), texts: Vec::new() };
    let mut places: AHashMap<String, usize> = AHashMap::new();
    let (mut firsts, mut parents) = (Vec::new(), Vec::new());
    each(out, &mut |row: schema::Passage| {
        let id = row.passage_id.into_owned();
        places.insert(id.clone(), found.passages.len());
        firsts.push(articles.find(&row.first_id.0)?);
        parents.push(row.parent_id);
        found.texts.push(row.text.into_owned());
        let source = match (row.likely_source, row.source_reason) {
            (None, _) => None,
            (Some(name), Some(reason)) => Some(Source { name: name.into_owned(), reason }),
            (Some(_), None) => return Err("no `source_reason`".into()),
        };
        let credit = row.credit.unwrap_or_default().into_owned();
        found.origins.push(Origin { credit, parent: None, source });
        found.passages.push(Passage {
            id,
            kind: row.kind,
            tokens: row.tokens,
            articles: row.articles,
            outlets: row.outlets,
            occurrences: Vec::new(),
            first: 0,
            names: Vec::new(),
        });
        Ok(())
    })?;
    for (origin, parent) in found.origins.iter_mut().zip(&parents) {
        let place = parent.as_ref().and_then(|parent| places.get(parent.as_ref()));
        origin.parent = place.map(|&place| place as u32);
    }
    each(out, &mut |row: schema::Occurrence| {
        let place = places.get(row.passage_id.as_ref()).copied();
        let place = place.ok_or_else(|| format!("no passage {:?}", row.passage_id))?;
        let passage = &mut found.passages[place];
        let doc = articles.find(&row.id.0)?;
        if doc == firsts[place] && passage.occurrences.iter().all(|known| known.doc != doc) {
            passage.first = passage.occurrences.len() as u32;
        }
        passage.occurrences.push(Occurrence {
            doc,
            bytes: ByteSpan { start: row.byte_start, end: row.byte_end },
            chars: CharSpan { start: row.start, end: row.end },
            tokens: passage.tokens,
            identity: row.identity,
        });
        Ok(())
    })?;
    match found.passages.iter().find(|passage| passage.occurrences.is_empty()) {
        Some(passage) => {
            let reason = format!("the passage {:?} has no place in `occurrences`", passage.id);
            Err(apart(out, &reason))
        }
        None => Ok(found),
    }
}

pub(super) fn network(out: &Path) -> Result<Network> {
    let mut network = Network::default();
    each(out, &mut |row: schema::Outlet| {
        network.outlets.push(OutletRow {
            outlet: row.outlet.unwrap_or_default().into_owned(),
            articles: row.articles,
            copied_articles: row.copied_articles,
            original_articles: row.original_articles,
            median_lag_hours: row.median_lag_hours,
        });
        Ok(())
    })?;
    let Network { outlets, edges } = &mut network;
    let place = |name: &str| {
        let place = outlets.binary_search_by(|outlet| outlet.outlet.as_str().cmp(name));
        place.map(|place| place as u32).map_err(|_| format!("no outlet is called {name:?}"))
    };
    each(out, &mut |row: schema::Link| {
        edges.push(Edge {
            from: place(&row.from_outlet)?,
            to: place(&row.to_outlet)?,
            passages: row.passages,
            articles: row.articles,
            median_lag_hours: row.median_lag_hours,
        });
        Ok(())
    })?;
    Ok(network)
}
