//! One article, and how a caller makes one.

use std::borrow::Cow;
use std::sync::Arc;

use super::{ByteSpan, CharSpan, Mending, Notes, Published, SharedStr};
use crate::error::Position;

/// One published text, as read. Empty strings stand for what the source did not tell.
///
/// ```
/// use newsfold::Article;
/// let article = Article::new("wire-1", "The ferry Hesper ran aground off Havenmouth at dawn.")
///     .with_outlet("Coastal Wire")
///     .with_title("Ferry aground")
///     .with_published("2024-05-01T09:00:00Z".parse()?);
/// assert_eq!(article.outlet.as_str(), "Coastal Wire");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Article {
    /// Unique in the run.
    pub id: SharedStr,
    /// The given name, else the registrable domain of the URL.
    pub outlet: SharedStr,
    /// Where it was published.
    pub url: SharedStr,
    /// When it was published.
    pub published: Option<Published>,
    /// The headline.
    pub title: SharedStr,
    /// The text as read, or mended where it came damaged. Stages count in this text, and the tables
    /// in the text as read.
    pub text: SharedStr,
    /// ISO 639-1 where there is such a code, else ISO 639-3; empty where the source did not tell and
    /// nothing has asked for it yet.
    pub lang: SharedStr,
    /// Who wrote it, as the source tells it: persons, or an agency.
    pub author: SharedStr,
    /// Where the article stands in the input.
    pub source: Position,
    /// What a reader should know of how it was read.
    pub notes: Notes,
    /// Where the places of its text stood, where it was mended.
    pub mending: Option<Arc<Mending>>,
    /// The parts of the text that its outlet prints around its articles, in order, apart from each
    /// other; none before the furniture stage has looked.
    pub furniture: Option<Arc<[ByteSpan]>>,
}

impl Article {
    /// An article with this id and text, and nothing else known.
    pub fn new(id: impl Into<SharedStr>, text: impl Into<SharedStr>) -> Self {
        Self {
            id: id.into(),
            outlet: SharedStr::default(),
            url: SharedStr::default(),
            published: None,
            title: SharedStr::default(),
            text: text.into(),
            lang: SharedStr::default(),
            author: SharedStr::default(),
            source: Position::whole("memory"),
            notes: Notes::default(),
            mending: None,
            furniture: None,
        }
    }

    /// Says who published it.
    pub fn with_outlet(self, outlet: impl Into<SharedStr>) -> Self {
        Self { outlet: outlet.into(), ..self }
    }

    /// Says who published it and when, where it does not say so itself.
    pub fn or_published(mut self, outlet: Option<&str>, published: Option<Published>) -> Self {
        if let Some(outlet) = outlet.filter(|_| self.outlet.is_empty()) {
            self.outlet = outlet.into();
        }
        self.published = self.published.or(published);
        self
    }

    /// Says where it was published.
    pub fn with_url(self, url: impl Into<SharedStr>) -> Self {
        Self { url: url.into(), ..self }
    }

    /// Says when it was published.
    pub fn with_published(self, published: Published) -> Self {
        Self { published: Some(published), ..self }
    }

    /// Says its headline.
    pub fn with_title(self, title: impl Into<SharedStr>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Says its language, as ISO 639-1 or 639-3.
    pub fn with_lang(self, lang: impl Into<SharedStr>) -> Self {
        Self { lang: lang.into(), ..self }
    }

    /// Says who wrote it: persons, or an agency, with a comma between two.
    pub fn with_author(self, author: impl Into<SharedStr>) -> Self {
        Self { author: author.into(), ..self }
    }

    /// Says that it is one of the older articles that others are held against; see
    /// [`Scope`](crate::candidates::Scope).
    pub fn as_reference(mut self) -> Self {
        self.notes.insert(Notes::REFERENCE);
        self
    }

    /// Whether it is one of the older articles that others are held against.
    pub fn is_reference(&self) -> bool {
        self.notes.contains(Notes::REFERENCE)
    }

    /// Says where it stands in the input, for messages and the tables.
    pub fn with_source(self, source: Position) -> Self {
        Self { source, ..self }
    }

    /// The text without its furniture: one part where there is none.
    pub fn own_parts(&self) -> impl Iterator<Item = (u32, &str)> + '_ {
        let furniture = self.furniture.as_deref().unwrap_or_default();
        let whole = ByteSpan { start: 0, end: self.text.len() as u32 };
        let starts = [whole.start].into_iter().chain(furniture.iter().map(|span| span.end));
        let ends = furniture.iter().map(|span| span.start).chain([whole.end]);
        let parts = starts.zip(ends).map(|(start, end)| ByteSpan { start, end });
        parts.filter(|part| part.start < part.end).map(|part| (part.start, part.of(&self.text)))
    }

    /// The text without its furniture, as one text.
    pub fn own_text(&self) -> Cow<'_, str> {
        match self.furniture {
            None => Cow::Borrowed(self.text.as_str()),
            Some(_) => {
                Cow::Owned(self.own_parts().map(|(_, part)| part).collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// Whether more than half of a stretch of the text is furniture.
    pub fn is_furniture(&self, span: ByteSpan) -> bool {
        let furniture = self.furniture.as_deref().unwrap_or_default();
        let shared =
            |other: &ByteSpan| other.end.min(span.end).saturating_sub(other.start.max(span.start));
        2 * furniture.iter().map(shared).sum::<u32>() > span.end - span.start
    }

    /// A stretch of the text in the text as read.
    pub fn bytes_as_read(&self, span: ByteSpan) -> ByteSpan {
        self.mending.as_ref().map_or(span, |mending| mending.bytes_as_read(span))
    }

    /// A stretch of the text in the text as read.
    pub fn chars_as_read(&self, span: CharSpan) -> CharSpan {
        self.mending.as_ref().map_or(span, |mending| mending.chars_as_read(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_parts_are_what_furniture_leaves() {
        let with = |spans: &[(u32, u32)]| Article {
            furniture: Some(spans.iter().map(|&(start, end)| ByteSpan { start, end }).collect()),
            ..Article::new("a", "menu body foot")
        };
        let parts = |article: &Article| -> Vec<(u32, String)> {
            article.own_parts().map(|(at, part)| (at, part.to_owned())).collect()
        };
        assert_eq!(parts(&Article::new("a", "body")), [(0, "body".to_owned())]);
        assert_eq!(parts(&with(&[(0, 5), (9, 14)])), [(5, "body".to_owned())]);
        assert_eq!(parts(&with(&[(5, 9)])), [(0, "menu ".to_owned()), (9, " foot".to_owned())]);
        assert_eq!(parts(&with(&[(0, 14)])), []);
    }
}
