//! Tokens to passages: stretches of text that occur more than once, with their kinds.

use serde::Serialize;

use crate::article::{ByteSpan, CharSpan, DocId};

/// What a passage's recurrence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// In two outlets or more.
    Syndicated,
    /// In many articles of one outlet: menus, sign-up lines, footers.
    Boilerplate,
    /// More than once within one article, and nowhere else.
    Repeated,
    /// The same words inside quotation marks, with different text around them.
    Quotation,
    /// The line that names the agency or the source.
    Credit,
}

/// A stretch of text that occurs more than once, or a credit line.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Derived from the places of its occurrences.
    pub id: String,
    /// What its recurrence means.
    pub kind: Kind,
    /// Length of the first occurrence in tokens.
    pub tokens: u32,
    /// In order of [`DocId`], then of place.
    pub occurrences: Vec<Occurrence>,
    /// The place among `occurrences` of the one published first (undated last, ties by id).
    pub first: u32,
}

/// One place where a passage stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Occurrence {
    /// The article.
    pub doc: DocId,
    /// Where in its text, in bytes.
    pub bytes: ByteSpan,
    /// Where in its text, in characters.
    pub chars: CharSpan,
    /// How many tokens it has.
    pub tokens: u32,
    /// The share of the passage's tokens (those of its first occurrence) that are present here, 0 to 1.
    pub identity: f64,
}
