//! Whole lines that recur word for word: too short, or too common in their words, to be found by
//! seeds, and still plain to every reader (`Advertisement`, `Previous`, `Read more`).
//!
//! Only within one outlet: three articles of different papers that all say `Read more` share nothing.
//! One sort over the lines of the corpus.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::group::{Group, Place};
use super::outlets::{OutletId, Outlets};
use super::tokens::Tokens;
use crate::article::DocId;

/// A shorter line counts only in the articles that have it twice.
const SHORT_TOKENS: u32 = 3;

/// Articles of an outlet that make a line theirs without any of them having it twice.
const MIN_ARTICLES: usize = 3;

/// Groups of equal lines, one for each line and outlet.
pub(super) fn repeated_lines(tokens: &Tokens, outlets: &Outlets) -> Vec<Group> {
    let mut lines: Vec<(u64, OutletId, Place)> = (0..tokens.articles() as u32)
        .into_par_iter()
        .map(DocId)
        .flat_map_iter(|doc| {
            tokens.lines(doc).map(move |span| {
                let hash = hash_line(tokens.span(doc, span));
                (hash, outlets.of(doc), Place { doc, span })
            })
        })
        .collect();
    lines.par_sort_unstable();
    lines
        .chunk_by(|one, other| (one.0, one.1) == (other.0, other.1))
        .filter_map(|same| {
            let mut group: Group = Vec::new();
            let mut articles = 0;
            let mut twice = false;
            let short = same[0].2.span.len() < SHORT_TOKENS;
            for of_article in same.chunk_by(|one, other| one.2.doc == other.2.doc) {
                if of_article.len() > 1 || !short {
                    group.extend(of_article.iter().map(|line| line.2));
                }
                articles += 1;
                twice |= of_article.len() > 1;
            }
            let many = are_many(articles) && !short;
            (twice || many).then_some(group)
        })
        .collect()
}

/// Whether an article's line joins it to others of its outlet that have the line: with it, whether one article is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shared {
    /// The line.
    pub(super) hash: u64,
    /// Whether the article has it twice, which makes it its outlet's.
    pub(super) twice: bool,
}

/// The lines of an article that [`repeated_lines`] may take, each once.
pub(super) fn shared_lines(tokens: &Tokens, doc: DocId) -> Vec<Shared> {
    let hashed = |span| (hash_line(tokens.span(doc, span)), span.len() < SHORT_TOKENS);
    let mut lines: Vec<(u64, bool)> = tokens.lines(doc).map(hashed).collect();
    lines.sort_unstable();
    let same = lines.chunk_by(|one, other| one.0 == other.0);
    let shared = same.map(|same| (same[0].1, Shared { hash: same[0].0, twice: same.len() > 1 }));
    shared.filter(|(short, line)| line.twice || !short).map(|(_, line)| line).collect()
}

/// Whether so many articles of an outlet make a line theirs.
pub(super) fn are_many(articles: usize) -> bool {
    articles >= MIN_ARTICLES
}

/// A hash of words.
pub(super) fn hash_line(words: &[u32]) -> u64 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    xxh3_64(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::TokenSpan;
    use crate::observer::Silent;
    use crate::passage::testing::corpus_of;

    fn groups(articles: &[(&str, &str, &str)]) -> Vec<Vec<(u32, u32, u32)>> {
        let corpus = corpus_of(articles);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let mut groups: Vec<Vec<(u32, u32, u32)>> =
            repeated_lines(&tokens, &Outlets::of_corpus(&corpus))
                .iter()
                .map(|group| {
                    group
                        .iter()
                        .map(|&Place { doc, span: TokenSpan { start, end } }| (doc.0, start, end))
                        .collect()
                })
                .collect();
        groups.sort();
        groups
    }

    #[test]
    fn a_short_line_counts_where_an_article_has_it_twice() {
        let found = groups(&[
            ("a", "x", "Next\nNext\nA story here."),
            ("b", "x", "Next\nAnother one"),
            ("c", "y", "Next\nNext"),
        ]);
        assert_eq!(found, [vec![(0, 0, 1), (0, 1, 2)], vec![(2, 0, 1), (2, 1, 2)]]);
    }

    #[test]
    fn a_longer_line_counts_in_three_articles_of_one_outlet() {
        let line = "Read the letters\n";
        let article = |id, outlet| (id, outlet, line);
        assert_eq!(groups(&[article("a", "x"), article("b", "x"), article("c", "y")]).len(), 0);
        let found = groups(&[article("a", "x"), article("b", "x"), article("c", "x")]);
        assert_eq!(found, [[(0, 0, 3), (1, 0, 3), (2, 0, 3)]]);
    }

    #[test]
    fn articles_of_unknown_outlet_share_no_furniture() {
        let article = |id| (id, "", "Read the letters\n");
        assert_eq!(groups(&[article("a"), article("b"), article("c")]).len(), 0);
    }
}
