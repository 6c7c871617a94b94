//! The fields of an article, and where a user says that an input has them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::names;
use crate::error::Error;

/// A field of an article that an input may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// What the input calls the article.
    Id,
    /// Who published it.
    Outlet,
    /// Its web address.
    Url,
    /// When it was published.
    Published,
    /// Its headline.
    Title,
    /// Its text.
    Text,
    /// Its language.
    Lang,
    /// Who wrote it.
    Author,
}

impl Field {
    /// Every field, in the order of the tables.
    pub const ALL: [Self; 8] = [
        Self::Id,
        Self::Outlet,
        Self::Url,
        Self::Published,
        Self::Title,
        Self::Text,
        Self::Lang,
        Self::Author,
    ];

    /// The field's name, as `--field` and the tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Outlet => "outlet",
            Self::Url => "url",
            Self::Published => "published",
            Self::Title => "title",
            Self::Text => "text",
            Self::Lang => "lang",
            Self::Author => "author",
        }
    }

    /// The names it goes by, in order of preference; see [`names`].
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Id => names::ID,
            Self::Outlet => names::OUTLET,
            Self::Url => names::URL,
            Self::Published => names::PUBLISHED,
            Self::Title => names::TITLE,
            Self::Text => names::TEXT,
            Self::Lang => names::LANG,
            Self::Author => names::AUTHOR,
        }
    }
}

/// `--field NAME=PATH`: a field, and where the input has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldMapping {
    /// The field.
    pub field: Field,
    /// The column or its number from 1, or the key. A dot leads into a nested object, `[]` into the
    /// elements of a list: `response.results[].fields.body`.
    pub path: String,
}

impl FromStr for FieldMapping {
    type Err = Error;

    fn from_str(mapping: &str) -> Result<Self, Error> {
        let error = |reason: String| Error::config("--field", reason);
        let names = || Field::ALL.map(Field::name).join(", ");
        let (name, path) = mapping.split_once('=').ok_or_else(|| {
            error(format!("{mapping:?} is not of the form NAME=PATH, with NAME one of {}", names()))
        })?;
        let field =
            Field::ALL.into_iter().find(|field| field.name() == name.trim()).ok_or_else(|| {
                error(format!("{name:?} is not a field of an article; they are {}", names()))
            })?;
        if path.trim().is_empty() {
            return Err(error(format!("{mapping:?} says no column or key after the =")));
        }
        Ok(Self { field, path: path.trim().into() })
    }
}

impl fmt::Display for FieldMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.field.name(), self.path)
    }
}
