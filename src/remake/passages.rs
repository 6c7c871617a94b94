//! The tables of passages and of outlets.

use std::path::Path;

use ahash::AHashMap;

use super::articles::Articles;
use super::row::{Row, Told, each};
use crate::analysis::{Edge, Network, OutletRow};
use crate::article::{ByteSpan, CharSpan};
use crate::error::Result;
use crate::passage::{Occurrence, Origin, Passage, Reason, Source};
use crate::results::PassageCounts;

const COLUMNS: [&str; 11] = [
    "passage_id",
    "kind",
    "text",
    "tokens",
    "articles",
    "outlets",
    "first_id",
    "credit",
    "parent_id",
    "likely_source",
    "source_reason",
];

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
    each(out, "passages", &COLUMNS, &mut |row| {
        let id = row.text("passage_id").to_owned();
        let kinds = PassageCounts::default().each().map(|(kind, _)| kind);
        places.insert(id.clone(), found.passages.len());
        firsts.push(articles.find(row.text("first_id"))?);
        parents.push(row.text("parent_id").to_owned());
        found.texts.push(row.text("text").to_owned());
        found.origins.push(origin(&row)?);
        found.passages.push(Passage {
            id,
            kind: row.one_of("kind", kinds, |kind| kind.name())?,
            tokens: row.number("tokens")?,
            articles: row.number("articles")?,
            outlets: row.number("outlets")?,
            occurrences: Vec::new(),
            first: 0,
            names: String::new(),
        });
        Ok(())
    })?;
    for (origin, parent) in found.origins.iter_mut().zip(&parents) {
        origin.parent = places.get(parent).map(|&place| place as u32);
    }
    let columns = ["passage_id", "id", "start", "end", "byte_start", "byte_end", "identity"];
    each(out, "occurrences", &columns, &mut |row| {
        let place = places.get(row.text("passage_id")).copied();
        let place = place.ok_or_else(|| format!("no passage {:?}", row.text("passage_id")))?;
        let passage = &mut found.passages[place];
        let doc = articles.find(row.text("id"))?;
        if doc == firsts[place] && passage.occurrences.iter().all(|known| known.doc != doc) {
            passage.first = passage.occurrences.len() as u32;
        }
        passage.occurrences.push(Occurrence {
            doc,
            bytes: ByteSpan { start: row.number("byte_start")?, end: row.number("byte_end")? },
            chars: CharSpan { start: row.number("start")?, end: row.number("end")? },
            tokens: passage.tokens,
            identity: row.number("identity")?,
        });
        Ok(())
    })?;
    match found.passages.iter().find(|passage| passage.occurrences.is_empty()) {
        Some(passage) => {
            let reason = format!("the passage {:?} has no place in `occurrences`", passage.id);
            Err(super::row::apart(out, &reason))
        }
        None => Ok(found),
    }
}

fn origin(row: &Row) -> Told<Origin> {
    let source = match row.text("likely_source") {
        "" => None,
        name => Some(Source {
            name: name.to_owned(),
            reason: row.one_of("source_reason", Reason::ALL, Reason::name)?,
        }),
    };
    Ok(Origin { credit: row.text("credit").to_owned(), parent: None, source })
}

pub(super) fn network(out: &Path) -> Result<Network> {
    let mut network = Network::default();
    let columns =
        ["outlet", "articles", "copied_articles", "original_articles", "median_lag_hours"];
    each(out, "outlets", &columns, &mut |row| {
        network.outlets.push(OutletRow {
            outlet: row.text("outlet").to_owned(),
            articles: row.number("articles")?,
            copied_articles: row.number("copied_articles")?,
            original_articles: row.number("original_articles")?,
            median_lag_hours: row.number_or_none("median_lag_hours")?,
        });
        Ok(())
    })?;
    let columns = ["from_outlet", "to_outlet", "passages", "articles", "median_lag_hours"];
    let Network { outlets, edges } = &mut network;
    let place = |name: &str| {
        let place = outlets.binary_search_by(|outlet| outlet.outlet.as_str().cmp(name));
        place.map(|place| place as u32).map_err(|_| format!("no outlet is called {name:?}"))
    };
    each(out, "network", &columns, &mut |row| {
        edges.push(Edge {
            from: place(row.text("from_outlet"))?,
            to: place(row.text("to_outlet"))?,
            passages: row.number("passages")?,
            articles: row.number("articles")?,
            median_lag_hours: row.number_or_none("median_lag_hours")?,
        });
        Ok(())
    })?;
    Ok(network)
}
