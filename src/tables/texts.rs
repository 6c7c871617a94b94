//! The articles themselves, in newsfold's own form: what `newsfold read` writes.

use std::io::{self, Write};

use super::Type::{Integer, Text};
use super::{Cell, Column, Format, Table};
use crate::article::{Article, Corpus};
use crate::error::Place;
use crate::observer::Observer;

/// Writes the articles of a corpus with their texts: the fields under the names that [`crate::ingest`] knows,
/// and where each was read, `source`, `row` and `notes`. The texts are as the stages see them: mended where
/// they came damaged.
///
/// # Errors
/// As writing has it; of kind `Unsupported` for [`Format::Passim`], `Interrupted` where the observer stops it.
pub fn write_texts(
    corpus: &Corpus,
    format: Format,
    out: &mut (dyn Write + Send),
    observer: &dyn Observer,
) -> io::Result<()> {
    texts(corpus).write(format, out, observer)?;
    // A table that was stopped ends early.
    if observer.cancelled() { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
}

fn texts(corpus: &Corpus) -> Table<'_> {
    const COLUMNS: &[Column] = &[
        Column::new("id", Text),
        Column::optional("outlet", Text),
        Column::optional("url", Text),
        Column::optional("published", Text),
        Column::optional("title", Text),
        Column::new("text", Text),
        Column::optional("lang", Text),
        Column::new("source", Text),
        Column::optional("row", Integer),
        Column::optional("notes", Text),
    ];
    Table::new("texts", COLUMNS, move || corpus.articles().iter().map(row))
}

fn row(article: &Article) -> Vec<Cell<'_>> {
    let row = match article.source.place {
        Place::Whole => Cell::Unknown,
        Place::Line(number) | Place::Record(number) => Cell::Integer(number as i64),
    };
    // A day stays a day: with a time it would be read back as midnight.
    let published = article.published.map(|published| match published.day_only {
        true => Cell::Text(published.at.strftime("%Y-%m-%d").to_string().into()),
        false => Cell::published(Some(published)),
    });
    vec![
        Cell::id(&article.id),
        Cell::text(article.outlet.as_str()),
        Cell::text(article.url.as_str()),
        published.into(),
        Cell::text(article.title.as_str()),
        Cell::Text(article.text.as_str().into()),
        Cell::text(article.lang.as_str()),
        Cell::Text(article.source.file.as_ref().into()),
        row,
        Cell::text(article.notes.to_string()),
    ]
}
