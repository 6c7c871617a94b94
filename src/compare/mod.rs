//! Two articles side by side: what each has of the other, word by word.
//!
//! The passages are those that a run on the same corpus finds, so that what is shown here is what its
//! tables say. Words are compared as everywhere: case and the shape of quotation marks do not count.
//! Beside what finding the passages costs, this is `n log n` in the words of the two articles.

mod page;
mod terminal;
mod words;

use serde::Serialize;

pub use self::page::page;
pub use self::terminal::{Look, heading, in_words};
use self::words::{Words, align};
use crate::article::{ByteSpan, CharSpan, Corpus, DocId};
use crate::error::Result;
use crate::explain::{Named, are_two};
use crate::observer::Observer;
use crate::passage::{self, Kind, Occurrence, Passage, PassageConfig};
use crate::remake::Finished;
use crate::statistics::Statistics;
use crate::text::{Token, tokenise};

/// Two articles and the passages that both have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The first article.
    pub a: Side,
    /// The second.
    pub b: Side,
    /// In order of their places in A, then in B.
    pub passages: Vec<SharedPassage>,
}

/// An article, and how much of it the other has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// Which article it is.
    #[serde(flatten)]
    pub article: Named,
    /// Its words.
    pub words: usize,
    /// Those that stand in a passage which the other has too, of whatever kind.
    pub shared_words: usize,
    /// Those of them that the other has word for word.
    pub same_words: usize,
    /// The share of `shared_words` in all, 0 to 1.
    pub shared: f64,
    /// The share of `same_words` in all, 0 to 1.
    pub same: f64,
}

/// A passage as the two have it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SharedPassage {
    /// Its id in a run on the same input.
    pub passage_id: String,
    /// What its recurrence means in the whole corpus.
    pub kind: Kind,
    /// Where A has it.
    pub a: Stretch,
    /// Where B has it.
    pub b: Stretch,
    /// Words that both have, in the same order.
    pub same_words: usize,
    /// Words of the longer side that have no partner on the other.
    pub edits: usize,
    /// The words, a sentence or two a row.
    pub rows: Vec<Vec<Piece>>,
}

/// A stretch of an article's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// The first character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// The first byte.
    pub byte_start: u32,
    /// One past the last byte.
    pub byte_end: u32,
    /// How many words it has.
    pub words: usize,
}

/// Words that both have, or that one has in place of the other's. The pieces of a side make up its
/// text: what stands between two words belongs to the first up to its last space, then to the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Whether the words are the same.
    pub same: bool,
    /// A's words.
    pub a: String,
    /// B's words.
    pub b: String,
}

/// Sets two articles of the corpus side by side.
///
/// # Errors
/// [`Error::Config`](crate::Error::Config) where both are one article, and those of the passage stage.
pub fn compare(
    corpus: &Corpus,
    statistics: &Statistics,
    config: &PassageConfig,
    a: DocId,
    b: DocId,
    observer: &dyn Observer,
) -> Result<Comparison> {
    are_two(corpus, a, b)?;
    let passages = passage::passages(corpus, statistics, config, observer)?;
    Ok(side_by_side(corpus, &passages, a, b))
}

/// Sets two articles of a finished run side by side, by the passages that it found. Cost: one pass over its
/// tables, and one over the input files that hold the two.
///
/// # Errors
/// [`Error::Config`](crate::Error::Config) where both are one article, [`Error::Input`](crate::Error::Input) where a
/// table cannot be read or the input has changed, and [`Error::Interrupted`](crate::Error::Interrupted).
pub fn compare_found(
    run: &Finished,
    a: DocId,
    b: DocId,
    observer: &dyn Observer,
) -> Result<Comparison> {
    are_two(run.articles(), a, b)?;
    let (corpus, passages) = run.texts(a, b, observer)?;
    Ok(side_by_side(&corpus, &passages, DocId(0), DocId(1)))
}

fn side_by_side(corpus: &Corpus, passages: &[Passage], a: DocId, b: DocId) -> Comparison {
    let (mut side_a, mut side_b) = (Covered::of(corpus, a), Covered::of(corpus, b));
    let shared = shared(passages, a, b)
        .into_iter()
        .map(|(passage, at_a, at_b)| word_by_word(passage, at_a, at_b, &mut side_a, &mut side_b))
        .collect();
    Comparison { a: side_a.side(corpus, a), b: side_b.side(corpus, b), passages: shared }
}

/// The places of each passage that both have, the outermost only. The first place in `a` is held
/// against the first in `b`, and so on; those that one has more often, against the other's last.
fn shared(passages: &[Passage], a: DocId, b: DocId) -> Vec<(&Passage, Occurrence, Occurrence)> {
    let mut shared = Vec::new();
    for passage in passages {
        let within = |doc: DocId| -> Vec<Occurrence> {
            let from = passage.occurrences.partition_point(|at| at.doc < doc);
            passage.occurrences[from..].iter().take_while(|at| at.doc == doc).copied().collect()
        };
        let (in_a, in_b) = (within(a), within(b));
        if let (Some(last_a), Some(last_b)) = (in_a.last(), in_b.last()) {
            for place in 0..in_a.len().max(in_b.len()) {
                let at_a = in_a.get(place).unwrap_or(last_a);
                let at_b = in_b.get(place).unwrap_or(last_b);
                shared.push((passage, *at_a, *at_b));
            }
        }
    }
    let chars = |(_, a, b): &(&Passage, Occurrence, Occurrence)| (a.chars, b.chars);
    let kept: Vec<(CharSpan, CharSpan)> =
        passage::outermost(shared.iter().map(chars).collect::<Vec<_>>());
    shared.retain(|one| kept.binary_search(&chars(one)).is_ok());
    shared.sort_by(|one, other| chars(one).cmp(&chars(other)).then(one.0.id.cmp(&other.0.id)));
    shared.dedup_by_key(|one| chars(one));
    shared
}

fn word_by_word(
    passage: &Passage,
    at_a: Occurrence,
    at_b: Occurrence,
    a: &mut Covered<'_>,
    b: &mut Covered<'_>,
) -> SharedPassage {
    let (places_a, places_b) = (a.places(at_a.bytes), b.places(at_b.bytes));
    let stretch = |at: &Occurrence, words: usize| Stretch {
        start: at.chars.start,
        end: at.chars.end,
        byte_start: at.bytes.start,
        byte_end: at.bytes.end,
        words,
    };
    let words_a = Words { text: a.text, tokens: &a.tokens[places_a.clone()] };
    let words_b = Words { text: b.text, tokens: &b.tokens[places_b.clone()] };
    let aligned = align(words_a, words_b);
    let same_words = aligned.same.len();
    for &(in_a, in_b) in &aligned.same {
        a.same[places_a.start + in_a] = true;
        b.same[places_b.start + in_b] = true;
    }
    a.shared[places_a.clone()].fill(true);
    b.shared[places_b.clone()].fill(true);
    SharedPassage {
        passage_id: passage.id.clone(),
        kind: passage.kind,
        a: stretch(&at_a, places_a.len()),
        b: stretch(&at_b, places_b.len()),
        same_words,
        edits: places_a.len().max(places_b.len()) - same_words,
        rows: aligned.rows,
    }
}

/// An article's words, and which of them the other has.
struct Covered<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    shared: Vec<bool>,
    same: Vec<bool>,
}

impl<'t> Covered<'t> {
    fn of(corpus: &'t Corpus, doc: DocId) -> Self {
        let text = corpus.get(doc).text.as_str();
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        let none = vec![false; tokens.len()];
        Self { text, tokens, shared: none.clone(), same: none }
    }

    /// The places of the words that stand in a stretch.
    fn places(&self, bytes: ByteSpan) -> std::ops::Range<usize> {
        let start = self.tokens.partition_point(|token| token.start < bytes.start);
        let end = self.tokens.partition_point(|token| token.end <= bytes.end);
        start..end.max(start)
    }

    fn side(&self, corpus: &Corpus, doc: DocId) -> Side {
        let words = self.tokens.len();
        let count = |marks: &[bool]| marks.iter().filter(|&&mark| mark).count();
        let (shared_words, same_words) = (count(&self.shared), count(&self.same));
        let share = |part: usize| part as f64 / words.max(1) as f64;
        Side {
            article: Named::of(corpus.get(doc)),
            words,
            shared_words,
            same_words,
            shared: share(shared_words),
            same: share(same_words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::testing::article;

    fn compared(a: &str, b: &str) -> Comparison {
        let corpus = crate::testing::by_id(vec![article("a", a), article("b", b)]);
        let config = PassageConfig::default();
        compare(&corpus, &crate::testing::statistics(&corpus), &config, DocId(0), DocId(1), &Silent)
            .unwrap()
    }

    pub(super) fn edited() -> Comparison {
        compared(
            "Über Nacht: The harbour master closed the northern basin on Friday after divers found a \
             mine near the old lighthouse pier.",
            "The harbour master shut the northern basin on Friday after divers found a mine near the \
             lighthouse pier. Nobody else was told of it before the evening papers had gone to press.",
        )
    }

    #[test]
    fn each_side_tells_how_much_of_it_the_other_has() {
        let Comparison { a, b, passages } = edited();
        // 19 words after two of A's own; 18 before fourteen of B's own. One is replaced, one lost.
        assert_eq!((a.words, a.shared_words, a.same_words), (21, 19, 17));
        assert_eq!((b.words, b.shared_words, b.same_words), (32, 18, 17));
        assert_eq!((a.shared, b.shared), (19.0 / 21.0, 18.0 / 32.0));
        assert_eq!((a.same, b.same), (17.0 / 21.0, 17.0 / 32.0));
        let [passage] = &passages[..] else { panic!("{passages:?}") };
        assert_eq!((passage.same_words, passage.edits), (17, 2));
        // “Ü” has one character of two bytes.
        assert_eq!((passage.a.start, passage.a.byte_start), (12, 13));
        assert_eq!((passage.b.start, passage.b.end, passage.b.words), (0, 103, 18));
    }

    #[test]
    fn the_pieces_of_a_side_are_its_text() {
        let Comparison { passages, .. } = edited();
        let pieces: Vec<&Piece> = passages[0].rows.iter().flatten().collect();
        let differ: Vec<(&str, &str)> = pieces
            .iter()
            .filter(|piece| !piece.same)
            .map(|piece| (piece.a.as_str(), piece.b.as_str()))
            .collect();
        assert_eq!(differ, [("closed ", "shut "), ("old ", "")]);
        let text: String = pieces.iter().map(|piece| piece.b.as_str()).collect();
        assert!(text.starts_with("The harbour master shut the") && text.ends_with("pier"));
    }

    #[test]
    fn articles_that_share_nothing_share_no_words() {
        let Comparison { a, b, passages } =
            compared("Nobody was hurt when a barn burned down.", "The ferry ran aground at dawn.");
        assert_eq!((a.shared, b.same, passages.len()), (0.0, 0.0, 0));
        assert_eq!(compared("…", "").a.shared, 0.0);
    }

    #[test]
    fn an_article_is_not_compared_with_itself() {
        let corpus = crate::testing::by_id(vec![article("a", "One."), article("b", "Two.")]);
        let config = PassageConfig::default();
        let error = compare(
            &corpus,
            &crate::testing::statistics(&Corpus::default()),
            &config,
            DocId(1),
            DocId(1),
            &Silent,
        )
        .unwrap_err();
        assert!(error.to_string().contains("\"b\""), "{error}");
    }

    #[test]
    fn what_one_has_twice_is_held_against_the_others_last() {
        let line =
            "The harbour master closed the northern basin on Friday after divers found mines.";
        let other: String = (0..60).map(|word| format!("own{word} ")).collect();
        let Comparison { a, b, passages } = compared(&format!("{line}\n\n{other}\n\n{line}"), line);
        assert_eq!((a.shared_words, b.shared_words, passages.len()), (26, 13, 2));
        assert_eq!(passages[0].b, passages[1].b);
    }
}
