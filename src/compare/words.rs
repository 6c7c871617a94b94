//! Two stretches of text aligned word by word.
//!
//! By the histogram algorithm (a patience diff that goes by the rarest words), which falls back on
//! Myers' with its heuristics, so that no pair of texts takes quadratic time.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

use super::Piece;
use crate::text::Token;

/// A row is cut where a sentence ends once it has so many words: two or three lines of half a page.
const ROW_WORDS: usize = 12;

/// Words of a text that follow one another.
#[derive(Clone, Copy)]
pub(super) struct Words<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
}

impl<'t> Words<'t> {
    /// The words of `range` with what stands around them; nothing after the very last.
    fn text(&self, range: Range<usize>) -> &'t str {
        if range.is_empty() {
            return "";
        }
        let end = match range.end == self.tokens.len() {
            true => self.tokens[range.end - 1].end as usize,
            false => self.begin(range.end),
        };
        &self.text[self.begin(range.start)..end]
    }

    /// Where what belongs to a word begins: after the last space before it, so that a mark that opens
    /// goes with what it opens.
    fn begin(&self, word: usize) -> usize {
        let start = self.tokens[word].start as usize;
        let Some(before) = word.checked_sub(1) else { return start };
        let end = self.tokens[before].end as usize;
        let gap = &self.text[end..start];
        match gap.char_indices().rfind(|(_, c)| c.is_whitespace()) {
            Some((at, space)) => end + at + space.len_utf8(),
            None => start,
        }
    }

    /// Whether a sentence or a line ends after a word, as far as punctuation tells.
    fn ends_sentence(&self, word: usize) -> bool {
        let Some(next) = self.tokens.get(word + 1) else { return true };
        let gap = &self.text[self.tokens[word].end as usize..next.start as usize];
        gap.contains('\n')
            || gap.contains(['。', '！', '？'])
            || gap.contains(['.', '!', '?', '…']) && gap.contains(char::is_whitespace)
    }
}

/// What an alignment says.
pub(super) struct Aligned {
    /// All words of both sides, in rows.
    pub(super) rows: Vec<Vec<Piece>>,
    /// The places of words that are the same, in order.
    pub(super) same: Vec<(usize, usize)>,
}

/// Aligns the words of the two.
pub(super) fn align(a: Words<'_>, b: Words<'_>) -> Aligned {
    let mut input: InternedInput<u64> = InternedInput::default();
    input.update_before(a.tokens.iter().map(|token| token.hash));
    input.update_after(b.tokens.iter().map(|token| token.hash));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);

    let mut rows = Rows { a, b, rows: Vec::new(), row: Vec::new(), words: 0 };
    let mut same = Vec::new();
    let (mut at_a, mut at_b) = (0, 0);
    let ends = (a.tokens.len() as u32..a.tokens.len() as u32, 0..0);
    let hunks = diff.hunks().map(|hunk| (hunk.before, hunk.after)).chain([ends]);
    for (before, after) in hunks {
        let equal = before.start as usize - at_a;
        same.extend((0..equal).map(|word| (at_a + word, at_b + word)));
        rows.same(at_a..at_a + equal, at_b);
        rows.differ(before.start as usize..before.end as usize, at_b + equal, after.len());
        (at_a, at_b) = (before.end as usize, at_b + equal + after.len());
    }
    Aligned { rows: rows.finish(), same }
}

/// Rows in the making.
struct Rows<'t> {
    a: Words<'t>,
    b: Words<'t>,
    rows: Vec<Vec<Piece>>,
    row: Vec<Piece>,
    /// Words of A in the row.
    words: usize,
}

impl Rows<'_> {
    /// Adds equal words: `a` of A, and as many of B from `b` on.
    fn same(&mut self, a: Range<usize>, b: usize) {
        let mut from = a.start;
        for word in a.clone() {
            self.words += 1;
            if self.words >= ROW_WORDS && self.a.ends_sentence(word) {
                self.push(true, from..word + 1, b + (from - a.start)..b + (word + 1 - a.start));
                self.cut();
                from = word + 1;
            }
        }
        self.push(true, from..a.end, b + (from - a.start)..b + a.len());
    }

    /// Adds words of A in place of `words` of B from `b` on.
    fn differ(&mut self, a: Range<usize>, b: usize, words: usize) {
        self.words += a.len();
        let ends = !a.is_empty() && self.a.ends_sentence(a.end - 1);
        self.push(false, a, b..b + words);
        if ends && self.words >= ROW_WORDS {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
        self.words = 0;
    }

    fn push(&mut self, same: bool, a: Range<usize>, b: Range<usize>) {
        if !a.is_empty() || !b.is_empty() {
            let (a, b) = (self.a.text(a).to_owned(), self.b.text(b).to_owned());
            self.row.push(Piece { same, a, b });
        }
    }

    fn finish(mut self) -> Vec<Vec<Piece>> {
        if !self.row.is_empty() {
            self.rows.push(self.row);
        }
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenise;

    fn aligned(a: &str, b: &str) -> Aligned {
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        tokenise(a, &mut of_a);
        tokenise(b, &mut of_b);
        align(Words { text: a, tokens: &of_a }, Words { text: b, tokens: &of_b })
    }

    fn told(aligned: &Aligned) -> Vec<(bool, &str, &str)> {
        let pieces = aligned.rows.iter().flatten();
        pieces.map(|piece| (piece.same, piece.a.as_str(), piece.b.as_str())).collect()
    }

    #[test]
    fn a_word_is_replaced_lost_or_added() {
        let replaced = aligned("one two three", "One, 2 three");
        assert_eq!(
            told(&replaced),
            [(true, "one ", "One, "), (false, "two ", "2 "), (true, "three", "three")]
        );
        assert_eq!(replaced.same, [(0, 0), (2, 2)]);
        assert_eq!(told(&aligned("one two", "two")), [(false, "one ", ""), (true, "two", "two")]);
        assert_eq!(told(&aligned("one", "one two")), [(true, "one", "one "), (false, "", "two")]);
        assert_eq!(told(&aligned("one", "two")), [(false, "one", "two")]);
        assert_eq!(told(&aligned("", "…")), []);
        // What opens goes with what it opens.
        assert_eq!(
            told(&aligned("said: “two three”", "said (2) three")),
            [(true, "said: ", "said "), (false, "“two ", "(2) "), (true, "three", "three")]
        );
    }

    #[test]
    fn a_row_ends_with_a_sentence_once_it_is_long_enough() {
        let text = "Short. This goes on for a good deal longer than the first one did. And so on.";
        let rows = aligned(text, text).rows;
        let firsts: Vec<&str> = rows.iter().map(|row| row[0].a.as_str()).collect();
        assert_eq!(
            firsts,
            ["Short. This goes on for a good deal longer than the first one did. ", "And so on"]
        );
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_equal_words_are_equal(
            a in prop::collection::vec(0_u8..6, 0..60),
            b in prop::collection::vec(0_u8..6, 0..60),
        ) {
            let text = |words: &[u8]| words.iter().map(|w| format!("w{w}. ")).collect::<String>();
            let (a, b) = (text(&a), text(&b));
            let aligned = aligned(&a, &b);
            let pieces = told(&aligned);
            // The full stop and the space after the last word belong to no word.
            let side = |side: String| side.trim_end_matches([' ', '.']).to_owned();
            prop_assert_eq!(side(pieces.iter().map(|p| p.1).collect()), side(a));
            prop_assert_eq!(side(pieces.iter().map(|p| p.2).collect()), side(b));
            for piece in pieces.iter().filter(|piece| piece.0) {
                prop_assert_eq!(side(piece.1.into()), side(piece.2.into()));
            }
            prop_assert!(aligned.same.is_sorted());
        }
    }
}
