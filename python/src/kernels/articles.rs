//! Articles as columns, and back.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Int32Builder, Int64Builder, StringBuilder,
};
use jiff::Timestamp;
use newsfold::article::{ByteSpan, Mending, Notes};
use newsfold::{Article, Published};
use pyo3::prelude::*;

use super::columns::{Bytes, Columns, Numbers, of_numbers};
use super::fault;

/// Columns of articles in the making. The source, which the way of reading alone explains, is left out.
#[derive(Default)]
pub(super) struct ArticleColumns {
    texts: [StringBuilder; 6],
    text: StringBuilder,
    second: Int64Builder,
    nanosecond: Int32Builder,
    day_only: BooleanBuilder,
    notes: Int32Builder,
    mending: BinaryBuilder,
    furniture: BinaryBuilder,
}

/// Their names, in order: what an article says beside its text.
const TEXTS: [&str; 6] = ["id", "outlet", "url", "title", "lang", "author"];

impl ArticleColumns {
    /// Adds an article under this id.
    pub(super) fn push(&mut self, id: &str, article: &Article) {
        let Article { outlet, url, title, lang, author, .. } = article;
        let texts = [id, outlet, url, title, lang, author];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_value(text);
        }
        self.text.append_value(&article.text);
        self.second.append_option(article.published.map(|published| published.at.as_second()));
        self.nanosecond.append_option(article.published.map(|told| told.at.subsec_nanosecond()));
        self.day_only.append_option(article.published.map(|published| published.day_only));
        self.notes.append_value(i32::from(article.notes.bits()));
        let mending = article.mending.as_deref();
        self.mending.append_option(mending.map(|told| of_numbers(told.numbers().flatten())));
        let spans = article.furniture.as_deref();
        let numbers = spans.map(|all| of_numbers(all.iter().flat_map(|at| [at.start, at.end])));
        self.furniture.append_option(numbers);
    }

    /// The columns; empties these.
    pub(super) fn finish(&mut self) -> Vec<(&'static str, ArrayRef)> {
        let mut columns: Vec<(&'static str, ArrayRef)> = Vec::new();
        for (name, column) in TEXTS.into_iter().zip(&mut self.texts) {
            columns.push((name, Arc::new(column.finish())));
        }
        columns.push(("text", Arc::new(self.text.finish())));
        columns.push(("second", Arc::new(self.second.finish())));
        columns.push(("nanosecond", Arc::new(self.nanosecond.finish())));
        columns.push(("day_only", Arc::new(self.day_only.finish())));
        columns.push(("notes", Arc::new(self.notes.finish())));
        columns.push(("mending", Arc::new(self.mending.finish())));
        columns.push(("furniture", Arc::new(self.furniture.finish())));
        columns
    }
}

/// Articles from the columns of a batch.
pub(super) struct ArticlesOf<'b> {
    texts: [Bytes<'b>; 6],
    second: Numbers<'b>,
    nanosecond: Numbers<'b>,
    day_only: &'b arrow_array::BooleanArray,
    notes: Numbers<'b>,
    mending: Bytes<'b>,
}

impl<'b> ArticlesOf<'b> {
    pub(super) fn new(columns: &Columns<'b>) -> PyResult<Self> {
        let [id, outlet, url, title, lang, author] = TEXTS;
        Ok(Self {
            texts: [
                columns.bytes(id)?,
                columns.bytes(outlet)?,
                columns.bytes(url)?,
                columns.bytes(title)?,
                columns.bytes(lang)?,
                columns.bytes(author)?,
            ],
            second: columns.numbers("second")?,
            nanosecond: columns.numbers("nanosecond")?,
            day_only: columns.truths("day_only")?,
            notes: columns.numbers("notes")?,
            mending: columns.bytes("mending")?,
        })
    }

    /// The article in this row, without its text.
    pub(super) fn bare(&self, row: usize) -> PyResult<Article> {
        let [id, outlet, url, title, lang, author] = &self.texts;
        let published = match self.second.get(row) {
            None => None,
            Some(second) => {
                let at = Timestamp::new(second, self.nanosecond.at(row) as i32).map_err(fault)?;
                Some(Published { at, day_only: self.day_only.value(row) })
            }
        };
        let mut article = Article::new(id.text(row)?, "")
            .with_outlet(outlet.text(row)?)
            .with_url(url.text(row)?)
            .with_title(title.text(row)?)
            .with_lang(lang.text(row)?)
            .with_author(author.text(row)?);
        article.published = published;
        article.notes = Notes::of_bits(self.notes.at(row) as u16);
        if self.mending.get(row).is_some() {
            let mut numbers = Vec::new();
            self.mending.keys(row, &mut numbers);
            let (places, _) = numbers.as_chunks::<4>();
            article.mending = Some(Arc::new(Mending::of_numbers(places.iter().copied())));
        }
        Ok(article)
    }
}

/// Texts and their furniture from the columns of a batch.
pub(super) struct TextsOf<'b> {
    text: Bytes<'b>,
    furniture: Bytes<'b>,
}

impl<'b> TextsOf<'b> {
    pub(super) fn new(columns: &Columns<'b>) -> PyResult<Self> {
        Ok(Self { text: columns.bytes("text")?, furniture: columns.bytes("furniture")? })
    }

    /// An article of which no more is known than the text of this row.
    pub(super) fn read(&self, row: usize) -> PyResult<Article> {
        let mut article = Article::new("", "");
        self.give(row, &mut article)?;
        Ok(article)
    }

    /// Gives an article the text of this row.
    pub(super) fn give(&self, row: usize, article: &mut Article) -> PyResult<()> {
        article.text = self.text.text(row)?.into();
        if self.furniture.get(row).is_some() {
            let mut numbers = Vec::new();
            self.furniture.keys(row, &mut numbers);
            let (spans, _) = numbers.as_chunks::<2>();
            let span = |&[start, end]: &[u32; 2]| ByteSpan { start, end };
            article.furniture = Some(spans.iter().map(span).collect());
        }
        Ok(())
    }
}
