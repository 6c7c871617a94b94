//! The articles as the page's script finds them: a column an array, in corpus order.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::data::{cut, each, short};
use crate::article::Article;
use crate::results::Results;
use crate::tables::Cell;
use crate::tables::schema::{self, Row};

/// The columns of all articles; an outlet is its place among `outlet_names`.
pub(super) struct Articles<'a> {
    pub(super) results: &'a Results,
    pub(super) columns: &'a Columns<'a>,
}

impl Serialize for Articles<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let results = self.results;
        let articles = results.corpus.articles();
        let names = results.outlet_names();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("outlet_names", &each(|| names.iter().map(|name| cut(name))))?;
        let outlet = |a: &Article| names.partition_point(|&name| name < a.outlet.as_str());
        map.serialize_entry("outlet", &each(|| articles.iter().map(outlet)))?;
        map.serialize_entry("id", &each(|| articles.iter().map(|a| &a.id)))?;
        map.serialize_entry("title", &each(|| articles.iter().map(|a| cut(&a.title))))?;
        map.serialize_entry("url", &each(|| articles.iter().map(|a| web_address(&a.url))))?;
        if articles.iter().any(|a| !a.author.is_empty()) {
            map.serialize_entry("author", &each(|| articles.iter().map(|a| cut(&a.author))))?;
        }
        let seconds = |a: &Article| a.published.map(|published| published.at.as_second());
        map.serialize_entry("published", &each(|| articles.iter().map(seconds)))?;
        let day_only = |a: &Article| u8::from(a.published.is_some_and(|p| p.day_only));
        map.serialize_entry("day_only", &each(|| articles.iter().map(day_only)))?;
        for (name, values) in &self.columns.0 {
            map.serialize_entry(name, values)?;
        }
        map.end()
    }
}

/// Columns of the table `articles` that the page has as they are there. Whatever is named here the script
/// finds by the same name among the articles' columns, unless nothing at all is known of it.
const ARTICLE_COLUMNS: [&str; 6] = ["lang", "tokens", "chars", "copied", "boilerplate", "source"];

/// These columns, each with the values of all articles.
pub(super) struct Columns<'a>(Vec<(&'static str, Vec<Shown<'a>>)>);

impl<'a> Columns<'a> {
    pub(super) fn of(results: &'a Results) -> Self {
        let places: Vec<usize> = schema::Article::COLUMNS
            .iter()
            .enumerate()
            .filter(|(_, column)| ARTICLE_COLUMNS.contains(&column.name))
            .map(|(place, _)| place)
            .collect();
        let mut columns: Vec<Vec<Shown>> = places.iter().map(|_| Vec::new()).collect();
        for row in schema::Article::all(results) {
            let mut cells = row.cells();
            for (column, &place) in columns.iter_mut().zip(&places) {
                column.push(Shown(std::mem::replace(&mut cells[place], Cell::Unknown)));
            }
        }
        let named = places.iter().map(|&place| schema::Article::COLUMNS[place].name).zip(columns);
        let is_known =
            |(_, values): &(&str, Vec<Shown>)| values.iter().any(|v| v.0 != Cell::Unknown);
        Self(named.filter(is_known).collect())
    }
}

/// A value of a table as the page has it.
struct Shown<'a>(Cell<'a>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Cell::Unknown => serializer.serialize_none(),
            Cell::Id(text) | Cell::Text(text) => serializer.serialize_str(text),
            Cell::Integer(number) => serializer.serialize_i64(*number),
            Cell::Real(number) => serializer.serialize_f64(short(number.value())),
            Cell::Boolean(truth) => serializer.serialize_bool(*truth),
        }
    }
}

/// The address where it is one that may stand in a link, else nothing.
pub(crate) fn web_address(url: &str) -> &str {
    /// Longer ones are not taken by servers either.
    const LONGEST: usize = 2_000;
    let web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    if web && url.len() <= LONGEST { url } else { "" }
}
