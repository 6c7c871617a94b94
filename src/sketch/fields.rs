//! Which fields of an article its shingles are made of.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::article::Article;
use crate::error::{Error, Result};

/// The fields that near-duplicates are compared by: the text, the title, or both.
///
/// No shingle crosses from one into the other, and each counts once, wherever it stands: a title of ten
/// words has six shingles of five, a text of four hundred 396. So a field weighs as much as it is
/// long, and a headline that one article has as its title and another in its text is the same
/// shingles in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShingledFields {
    title: bool,
    text: bool,
}

impl Default for ShingledFields {
    /// The text alone.
    fn default() -> Self {
        Self { title: false, text: true }
    }
}

impl ShingledFields {
    /// The fields of these names, in any order.
    ///
    /// # Errors
    /// [`Error::Config`] for another name, and where there is none.
    pub fn of_names(names: &[String]) -> Result<Self> {
        let mut fields = Self { title: false, text: false };
        for name in names {
            match name.as_str() {
                "title" => fields.title = true,
                "text" => fields.text = true,
                _ => return Err(invalid(format!("{name:?} is none of title, text"))),
            }
        }
        match fields.title || fields.text {
            true => Ok(fields),
            false => Err(invalid("name title, text, or both".to_owned())),
        }
    }

    /// Whether the title is one of them.
    pub fn has_title(self) -> bool {
        self.title
    }

    /// Whether the text is one of them.
    pub fn has_text(self) -> bool {
        self.text
    }

    /// Them, of an article, with all that its outlet prints around its text.
    pub fn of(self, article: &Article) -> impl Iterator<Item = &str> {
        let title = self.title.then_some(article.title.as_str());
        title.into_iter().chain(self.text.then_some(article.text.as_str()))
    }
}

fn invalid(reason: String) -> Error {
    Error::config("--fields", reason)
}

impl fmt::Display for ShingledFields {
    /// As the option has it: `text`, `title` or `title,text`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.title, self.text) {
            (true, true) => "title,text",
            (true, false) => "title",
            _ => "text",
        })
    }
}

impl Serialize for ShingledFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
