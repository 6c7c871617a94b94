//! What is known about languages before any article is read.

use crate::story::background::Background;
use crate::story::stop_words::{DEFAULT_LANGUAGE, StopWords};

/// Stop words and the background table.
pub(super) struct LanguageData {
    pub(super) stop_words: StopWords,
    english: Background,
}

impl LanguageData {
    /// Reads the data that come with the program.
    pub(super) fn load() -> Self {
        Self { stop_words: StopWords::load(), english: Background::english() }
    }

    /// How common words are beyond the archive; known for English only, and a text of which nobody
    /// could tell the language is taken for that.
    pub(super) fn background_of(&self, language: &str) -> Option<&Background> {
        (language.is_empty() || language == DEFAULT_LANGUAGE).then_some(&self.english)
    }
}
