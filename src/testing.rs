//! Small corpora for unit tests.

use crate::article::{Article, Corpus, Notes, SharedStr};
use crate::error::Position;

/// An article with this id and text, and nothing else known.
pub(crate) fn article(id: &str, text: &str) -> Article {
    Article {
        id: id.into(),
        outlet: SharedStr::default(),
        url: SharedStr::default(),
        published: None,
        title: SharedStr::default(),
        text: text.into(),
        lang: "en".into(),
        source: Position::whole(format!("{id}.txt")),
        notes: Notes::default(),
        mending: None,
    }
}

/// A corpus of these texts, in this order.
pub(crate) fn corpus_of(texts: &[&str]) -> Corpus {
    Corpus::new(
        texts.iter().enumerate().map(|(i, text)| article(&format!("{i:03}"), text)).collect(),
    )
}
