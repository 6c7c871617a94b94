//! A record's values to an article: which value each field takes, and what makes none.

use std::borrow::Cow;

use super::date;
use super::fields::{Accepts, Field, FieldTable, NameId, Tally};
use super::outlet::{is_web_address, registrable_domain};
use super::text::stem;
use crate::article::{Article, Published};
use crate::error::{Place, Position};
use crate::text::detect_language;

/// What a record holds under a name that may matter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i128),
    /// Another number.
    Float(f64),
    /// What no field can take, in words: a list, an object, true or false.
    Other(&'static str),
    /// Nothing, and it says so.
    Nothing,
}

/// The values of one record that may matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Captured<'a> {
    values: Vec<(NameId, Value<'a>)>,
}

/// Texts by which tools say that there is nothing; dates of news-please, whole rows of trafilatura.
const NOTHING: [&str; 4] = ["None", "null", "nan", "NaN"];

impl<'a> Captured<'a> {
    /// Keeps a value.
    pub(super) fn push(&mut self, name: NameId, value: Value<'a>) {
        let says_nothing = matches!(&value, Value::Text(text) if NOTHING.contains(&text.as_ref()));
        self.values.push((name, if says_nothing { Value::Nothing } else { value }));
    }

    fn has(&self, name: NameId) -> bool {
        self.values.iter().any(|(other, value)| *other == name && *value != Value::Nothing)
    }

    /// Where the first usable value of a field stands. Of a name given twice the last counts, as
    /// JSON readers have it.
    fn find(&self, table: &FieldTable, field: Field) -> Option<usize> {
        table.candidates(field).iter().find_map(|candidate| {
            let place = self.values.iter().rposition(|(name, _)| *name == candidate.name)?;
            let usable = match &self.values[place].1 {
                Value::Text(text) => {
                    !text.trim().is_empty()
                        && match candidate.accepts {
                            Accepts::Anything => true,
                            Accepts::WebAddress => is_web_address(text),
                            Accepts::NoWebAddress => !is_web_address(text),
                        }
                }
                Value::Integer(_) | Value::Float(_) => {
                    field != Field::Text && candidate.accepts != Accepts::WebAddress
                }
                Value::Other(_) | Value::Nothing => false,
            };
            let misleads = candidate.unless.iter().any(|name| self.has(*name));
            (usable && !misleads).then_some(place)
        })
    }

    fn take(&mut self, place: usize) -> Cow<'a, str> {
        match &mut self.values[place].1 {
            Value::Text(text) => std::mem::take(text),
            _ => Cow::Borrowed(""),
        }
    }
}

/// Why a record is no article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoArticle<'t> {
    /// None of its names is one of a text.
    Nameless,
    /// It has a text, but there is nothing in it.
    Empty(&'t str),
    /// It has something other than a text under such a name.
    OfKind(&'t str, &'static str),
}

/// What articles are made with, and counted in.
pub(super) struct Maker<'t> {
    /// The names.
    pub(super) table: &'t FieldTable,
    /// Which names were used.
    pub(super) tally: Tally,
    /// How many articles had a date that could not be read.
    pub(super) unreadable_dates: u64,
}

impl<'t> Maker<'t> {
    /// One that has counted nothing yet.
    pub(super) fn new(table: &'t FieldTable) -> Self {
        Self { table, tally: table.tally(), unreadable_dates: 0 }
    }

    /// Adds what another has counted.
    pub(super) fn merge(&mut self, other: &Maker<'_>) {
        self.tally.merge(&other.tally);
        self.unreadable_dates += other.unreadable_dates;
    }

    /// The article of a record.
    pub(super) fn article(
        &mut self,
        mut captured: Captured<'_>,
        source: Position,
    ) -> Result<Article, NoArticle<'t>> {
        let Some(text) = captured.find(self.table, Field::Text) else {
            return Err(self.without_text(&captured));
        };
        let url = self.short(&captured, Field::Url).unwrap_or_default();
        let outlet = self.short(&captured, Field::Outlet).or_else(|| {
            let domain = registrable_domain(&url)?;
            self.tally.count(Field::Outlet, NameId::DOMAIN_OF_URL);
            Some(domain)
        });
        let published = self.published(&captured);
        let title = self.short(&captured, Field::Title).unwrap_or_default();
        let lang = self.short(&captured, Field::Lang);
        let id = self
            .short(&captured, Field::Id)
            .or_else(|| (!url.is_empty()).then(|| url.clone()))
            .unwrap_or_else(|| derived_id(&source));
        self.tally.count(Field::Text, captured.values[text].0);
        let text = captured.take(text).into_owned();
        Ok(Article {
            id,
            outlet: outlet.unwrap_or_default(),
            url,
            published,
            title,
            lang: language(lang, &text),
            text,
            source,
        })
    }

    /// A field in a few words, without space around it.
    fn short(&mut self, captured: &Captured<'_>, field: Field) -> Option<String> {
        let place = captured.find(self.table, field)?;
        let (name, value) = &captured.values[place];
        self.tally.count(field, *name);
        Some(match value {
            Value::Text(text) => text.trim().to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Other(_) | Value::Nothing => return None,
        })
    }

    fn published(&mut self, captured: &Captured<'_>) -> Option<Published> {
        let place = captured.find(self.table, Field::Published)?;
        let (name, value) = &captured.values[place];
        self.tally.count(Field::Published, *name);
        let published = match value {
            Value::Text(text) => date::parse(text),
            Value::Integer(number) => date::from_number(*number as f64),
            Value::Float(number) => date::from_number(*number),
            Value::Other(_) | Value::Nothing => None,
        };
        self.unreadable_dates += u64::from(published.is_none());
        published
    }

    fn without_text(&self, captured: &Captured<'_>) -> NoArticle<'t> {
        let names = self.table.candidates(Field::Text).iter().map(|candidate| candidate.name);
        for name in names {
            let written = self.table.written(name);
            match captured.values.iter().rev().find(|(other, _)| *other == name) {
                None => {}
                Some((_, Value::Text(_) | Value::Nothing)) => {
                    return NoArticle::Empty(written);
                }
                Some((_, Value::Other(kind))) => return NoArticle::OfKind(written, kind),
                Some((_, _)) => return NoArticle::OfKind(written, "a number"),
            }
        }
        NoArticle::Nameless
    }
}

/// The id of a record that has none: the file's name and the place in it; the name without what
/// tells the file's kind where the file is the record.
pub(super) fn derived_id(source: &Position) -> String {
    let name = source.file.rsplit('/').next().unwrap_or(&source.file);
    match source.place {
        Place::Whole => stem(name).to_owned(),
        place => Position { file: name.into(), place }.to_string(),
    }
}

/// The language an input names, by its primary subtag; else the one that the text shows.
pub(super) fn language(given: Option<String>, text: &str) -> String {
    let given = given.unwrap_or_default();
    let primary = given.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if primary.len() == 2 && primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return primary;
    }
    detect_language(text).map_or(primary, str::to_owned)
}
