//! What is known about languages before any article is read.

use std::sync::Arc;

use crate::story::background::{Background, BackgroundTable};
use crate::story::stop_words::StopWords;

/// Stop words and the background table.
pub(super) struct LanguageData {
    pub(super) stop_words: StopWords,
    background: Arc<BackgroundTable>,
}

impl LanguageData {
    /// Reads the data that come with the program.
    #[cfg(test)]
    pub(super) fn load() -> Self {
        Self::with(None)
    }

    /// Reads the data that come with the program, with another background table in place of its own.
    pub(super) fn with(background: Option<Arc<BackgroundTable>>) -> Self {
        let background = background.unwrap_or_else(|| Arc::new(BackgroundTable::shipped()));
        Self { stop_words: StopWords::load(), background }
    }

    /// How common words are beyond the archive, where the table has the language; a text of which
    /// nobody could tell the language is taken for English.
    pub(super) fn background_of(&self, language: &str) -> Option<&Background> {
        self.background.of(language)
    }
}
