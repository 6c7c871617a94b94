//! The table `articles`, and a corpus without texts made of it.

use std::path::Path;

use super::row::{Row, Told, each};
use crate::article::{Article, Corpus, DocId, Notes, Published};
use crate::error::{Position, Result};
use crate::passage::Shares;

const COLUMNS: [&str; 18] = [
    "id",
    "outlet",
    "url",
    "published",
    "title",
    "lang",
    "tokens",
    "family_id",
    "story_id",
    "kept_id",
    "copied",
    "boilerplate",
    "source",
    "notes",
    "story_similarity",
    "chars",
    "shingles",
    "kept_shared",
];

/// The rows, ascending by id: a row's place is its [`DocId`].
pub(super) struct Articles {
    pub(super) all: Vec<ArticleRow>,
}

/// A row.
pub(super) struct ArticleRow {
    pub(super) id: String,
    pub(super) outlet: String,
    url: String,
    published: Option<Published>,
    title: String,
    pub(super) lang: String,
    source: String,
    pub(super) tokens: u32,
    pub(super) chars: u32,
    pub(super) family_id: String,
    /// The article kept in its place, or nothing.
    pub(super) kept_id: String,
    pub(super) story_id: String,
    pub(super) similarity: Option<f64>,
    /// Distinct shingles, and those shared with the article kept in its place.
    pub(super) shingles: Option<u32>,
    pub(super) kept_shared: Option<u32>,
    pub(super) shares: Shares,
}

impl Articles {
    /// The place of the article with this id.
    pub(super) fn find(&self, id: &str) -> Told<DocId> {
        let place = self.all.binary_search_by(|row| row.id.as_str().cmp(id));
        place.map(|place| DocId(place as u32)).map_err(|_| format!("no article has the id {id:?}"))
    }
}

pub(super) fn read(out: &Path) -> Result<Articles> {
    let mut all: Vec<ArticleRow> = Vec::new();
    each(out, "articles", &COLUMNS, &mut |row| {
        let read = article(&row)?;
        if all.last().is_some_and(|last| last.id >= read.id) {
            return Err(format!("the id {:?} is not in its place", read.id));
        }
        all.push(read);
        Ok(())
    })?;
    Ok(Articles { all })
}

fn article(row: &Row) -> Told<ArticleRow> {
    let text = |name| row.text(name).to_owned();
    let published = match row.text("published") {
        "" => None,
        at => Some(Published {
            at: at.parse().map_err(|_| format!("{at:?} is no time for `published`"))?,
            day_only: row.text("notes").split(' ').any(|note| note == Notes::NO_TIME.to_string()),
        }),
    };
    Ok(ArticleRow {
        id: text("id"),
        outlet: text("outlet"),
        url: text("url"),
        published,
        title: text("title"),
        lang: text("lang"),
        source: text("source"),
        tokens: row.number("tokens")?,
        chars: row.number("chars")?,
        family_id: text("family_id"),
        kept_id: text("kept_id"),
        story_id: text("story_id"),
        similarity: row.number_or_none("story_similarity")?,
        shingles: row.number_or_none("shingles")?,
        kept_shared: row.number_or_none("kept_shared")?,
        shares: Shares {
            copied: row.number_or_none("copied")?.unwrap_or_default(),
            boilerplate: row.number_or_none("boilerplate")?.unwrap_or_default(),
        },
    })
}

/// The articles as the table has them.
pub(super) fn without_texts(rows: &Articles) -> Corpus {
    let article = |row: &ArticleRow| Article {
        id: row.id.as_str().into(),
        outlet: row.outlet.as_str().into(),
        url: row.url.as_str().into(),
        published: row.published,
        title: row.title.as_str().into(),
        text: "".into(),
        lang: row.lang.as_str().into(),
        // The place is told as the table tells it.
        source: Position::whole(row.source.as_str()),
        notes: Notes::default(),
        mending: None,
    };
    Corpus::new(rows.all.iter().map(article).collect())
}
