//! The table `articles`, and a corpus without texts made of it.

use std::collections::BTreeMap;
use std::path::Path;

use ahash::AHashMap;

use super::{Told, each};
use crate::article::{Article, Corpus, DocId, Notes, Published};
use crate::error::{Position, Result};
use crate::passage::Shares;
use crate::tables::schema;

/// The rows: a row's place is its [`DocId`].
pub(super) struct Articles {
    pub(super) all: Vec<schema::Article<'static>>,
    places: AHashMap<String, DocId>,
}

impl Articles {
    /// The place of the article with this id.
    pub(super) fn find(&self, id: &str) -> Told<DocId> {
        self.places.get(id).copied().ok_or_else(|| format!("no article has the id {id:?}").into())
    }

    /// What the table tells of an article's shares.
    pub(super) fn shares(&self) -> Vec<Shares> {
        let shares = |row: &schema::Article| Shares {
            copied: row.copied.unwrap_or_default(),
            boilerplate: row.boilerplate.unwrap_or_default(),
        };
        self.all.iter().map(shares).collect()
    }

    /// Whom each article credits.
    pub(super) fn credits(&self) -> Vec<String> {
        self.all.iter().map(|row| row.credit.as_deref().unwrap_or_default().to_owned()).collect()
    }

    /// The stories that earlier ones went into, by the first article of each.
    pub(super) fn merged_into(&self) -> BTreeMap<DocId, String> {
        let merged = |(place, row): (u32, &schema::Article)| {
            Some((DocId(place), row.merged_into.clone()?.into_owned()))
        };
        (0..).zip(&self.all).filter_map(merged).collect()
    }
}

pub(super) fn read(out: &Path) -> Result<Articles> {
    let mut articles = Articles { all: Vec::new(), places: AHashMap::new() };
    each(out, &mut |row: schema::Article| {
        let place = DocId(articles.all.len() as u32);
        if articles.places.insert(row.id.0.clone().into_owned(), place).is_some() {
            return Err(format!("the id {:?} is there twice", row.id.0).into());
        }
        articles.all.push(row);
        Ok(())
    })?;
    Ok(articles)
}

/// The articles as the table has them.
pub(super) fn without_texts(rows: &Articles) -> Corpus {
    let is_noted = |row: &schema::Article, note: Notes| {
        let notes = row.notes.iter().flat_map(|notes| notes.split(' '));
        notes.into_iter().any(|told| told == note.to_string())
    };
    let notes = |row: &schema::Article| match is_noted(row, Notes::REFERENCE) {
        true => Notes::REFERENCE,
        false => Notes::default(),
    };
    let article = |row: &schema::Article| Article {
        id: row.id.0.as_ref().into(),
        outlet: row.outlet.as_deref().unwrap_or_default().into(),
        url: row.url.as_deref().unwrap_or_default().into(),
        published: row
            .published
            .map(|at| Published { day_only: is_noted(row, Notes::NO_TIME), ..at }),
        title: row.title.as_deref().unwrap_or_default().into(),
        text: "".into(),
        lang: row.lang.as_deref().unwrap_or_default().into(),
        author: row.author.as_deref().unwrap_or_default().into(),
        // The place is told as the table tells it.
        source: Position::whole(row.source.as_ref()),
        notes: notes(row),
        mending: None,
        furniture: None,
    };
    Corpus::in_order(rows.all.iter().map(article).collect())
}
