//! Words that say nothing about an event, by language.

use ahash::AHashSet;

use crate::text::{normalise, token_hash};

/// One line a language: its code, a tab, its words. Function words, and for English the verbs and
/// units of time that every report has.
const LISTS: &str = include_str!("stop_words.tsv");

/// The language a text is taken for where nobody could tell: also that of the background table.
pub(crate) const DEFAULT_LANGUAGE: &str = "en";

/// The lists, each as the hashes of its words' normal forms.
pub(crate) struct StopWords {
    lists: Vec<(&'static str, AHashSet<u64>)>,
}

impl StopWords {
    /// Reads the lists that come with the program: a few thousand words.
    pub(crate) fn load() -> Self {
        let lists = LISTS
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(language, words)| {
                let hashes = words.split(' ').map(|word| token_hash(&normalise(word)));
                (language, hashes.collect())
            })
            .collect();
        Self { lists }
    }

    /// The list of a language; none for a language without one. Of an unknown language (an empty
    /// code), the default's.
    pub(crate) fn of(&self, language: &str) -> Option<&AHashSet<u64>> {
        let language = if language.is_empty() { DEFAULT_LANGUAGE } else { language };
        self.lists.iter().find(|(code, _)| *code == language).map(|(_, words)| words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_stopped(language: &str, word: &str) -> bool {
        let hash = token_hash(&normalise(word));
        StopWords::load().of(language).is_some_and(|words| words.contains(&hash))
    }

    #[test]
    fn each_language_has_its_own_words() {
        assert!(is_stopped("en", "The") && is_stopped("en", "don’t"));
        assert!(is_stopped("de", "Über") && !is_stopped("en", "über"));
        assert!(is_stopped("ru", "что") && is_stopped("el", "και"));
        assert!(!is_stopped("en", "die") && is_stopped("de", "die"));
    }

    #[test]
    fn an_unknown_language_counts_as_english_and_one_without_a_list_has_none() {
        assert!(is_stopped("", "the"));
        assert!(StopWords::load().of("sw").is_none());
    }
}
