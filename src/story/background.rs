//! How common English words are in the news at large, so that few articles suffice to tell which
//! of their words matter.

use ahash::AHashMap;

use crate::story::terms::Term;

/// Document frequencies of English words in 33,648 news articles to 2020: the number of articles,
/// then lines of a frequency, a tab, and the words that have it (normal forms, without stop words).
const TABLE: &str = include_str!("english_df.tsv");

/// The table.
pub(super) struct Background {
    articles: u32,
    frequencies: AHashMap<Term, u32>,
}

impl Background {
    /// Reads the table that comes with the program: some ten thousand words, a few milliseconds.
    pub(super) fn english() -> Self {
        Self::parse(TABLE)
    }

    fn parse(table: &str) -> Self {
        let mut lines = table.lines();
        let articles = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0);
        let mut frequencies = AHashMap::new();
        for (frequency, words) in lines.filter_map(|line| line.split_once('\t')) {
            let frequency: u32 = frequency.parse().unwrap_or(0);
            frequencies.extend(words.split(' ').map(|word| (Term::single(word), frequency)));
        }
        Self { articles, frequencies }
    }

    /// How many articles were counted.
    pub(super) fn articles(&self) -> u32 {
        self.articles
    }

    /// In how many of them a word or number occurs; 0 where it was too rare to be kept.
    pub(super) fn frequency(&self, term: Term) -> u32 {
        self.frequencies.get(&term).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_comes_with_the_program_is_whole() {
        let english = Background::english();
        assert_eq!(english.articles(), 33_648);
        assert!(english.frequencies.len() > 20_000);
        assert!(english.frequencies.values().all(|&d| d > 0 && d <= 33_648));
        let of = |word: &str| english.frequency(Term::single(word));
        assert!(of("president") > of("earthquake") && of("earthquake") > 0);
        assert_eq!(of("zzyzzx"), 0);
    }

    #[test]
    fn words_on_one_line_share_its_frequency() {
        let table = Background::parse("100\n7\tferry harbour\n2\tkeel\n");
        let of = |word: &str| table.frequency(Term::single(word));
        assert_eq!((table.articles(), of("ferry"), of("harbour"), of("keel")), (100, 7, 7, 2));
    }
}
