//! Where sentences begin and end in a text, in tokens and in bytes, and what goes with them.
//!
//! A sentence ends at its stop, as far as punctuation tells, or with its line, unless the next line
//! goes on in lower case. Between two of them stands white space; what is not white space there
//! belongs to the one that it touches. Linear in the text.

use std::ops::Range;

use crate::article::ByteSpan;
use crate::passage::begins_sentence;
use crate::text::Token;

/// Stops that need no space behind them: of Chinese and Japanese, of Hindi, of Arabic.
const STOPS: [char; 6] = ['。', '！', '？', '।', '؟', '۔'];

/// A sentence of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its words, by place.
    pub(super) tokens: Range<usize>,
    /// All that belongs to it, without white space around.
    pub(super) bytes: Range<usize>,
}

/// The sentences of a text that has these tokens.
pub(super) fn sentences(text: &str, tokens: &[Token]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let (mut first, mut start) = (0, text.len() - text.trim_start().len());
    for next in 1..tokens.len() {
        if let Some(space) = bound(text, tokens[next - 1], tokens[next]) {
            sentences.push(Sentence { tokens: first..next, bytes: start..space.start });
            (first, start) = (next, space.end);
        }
    }
    if !tokens.is_empty() {
        let end = text.trim_end().len();
        sentences.push(Sentence { tokens: first..tokens.len(), bytes: start..end });
    }
    sentences
}

/// The white space between two sentences, where two words are the last and the first of them.
fn bound(text: &str, before: Token, after: Token) -> Option<Range<usize>> {
    let begin = before.end as usize;
    let gap = &text[begin..after.start as usize];
    let goes_on = after.span().of(text).starts_with(char::is_lowercase);
    let ends = begins_sentence(text, before, after)
        || line_breaks(gap) > 0 && !goes_on
        || gap.contains(STOPS);
    if !ends {
        return None;
    }
    let mut longest = gap.len()..gap.len();
    let mut most = None;
    let mut at = 0;
    while let Some(space) = gap[at..].find(char::is_whitespace) {
        let start = at + space;
        let rest = &gap[start..];
        at = start + (rest.len() - rest.trim_start().len());
        let breaks = line_breaks(&gap[start..at]);
        if most.is_none_or(|most| breaks > most) {
            (longest, most) = (start..at, Some(breaks));
        }
    }
    Some(begin + longest.start..begin + longest.end)
}

fn line_breaks(space: &str) -> usize {
    let feeds = space.matches('\n').count();
    if feeds > 0 { feeds } else { space.matches('\r').count() }
}

/// What is cut where some neighbouring sentences go. Of the white space on both sides one stays: that
/// with more line breaks, so that paragraphs stay paragraphs. Where nothing stays on one side, neither
/// does white space.
pub(super) fn cut(text: &str, sentences: &[Sentence], goes: Range<usize>) -> ByteSpan {
    let own = sentences[goes.start].bytes.start..sentences[goes.end - 1].bytes.end;
    let before = goes.start.checked_sub(1).map(|last| sentences[last].bytes.end..own.start);
    let after = sentences.get(goes.end).map(|next| own.end..next.bytes.start);
    let (start, end) = match (before, after) {
        (None, None) => (0, text.len()),
        (None, Some(after)) => (0, after.end),
        (Some(before), None) => (before.start, text.len()),
        (Some(before), Some(after)) => {
            if line_breaks(&text[after.clone()]) > line_breaks(&text[before.clone()]) {
                (before.start, own.end)
            } else {
                (own.start, after.end)
            }
        }
    };
    ByteSpan { start: start as u32, end: end as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;

    fn read(text: &str) -> (Vec<Sentence>, Vec<&str>) {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        let sentences = sentences(text, &tokens);
        let said = sentences.iter().map(|sentence| &text[sentence.bytes.clone()]).collect();
        (sentences, said)
    }

    #[test]
    fn a_sentence_ends_at_its_stop_or_with_its_line() {
        let text = " “Go!” said Mr. Exeter. He went\nhome.\n\n* * *\nSign up\nRead more ";
        let expected = ["“Go!” said Mr. Exeter.", "He went\nhome.", "* * *\nSign up", "Read more"];
        assert_eq!(read(text).1, expected);
        assert_eq!(read("船舶擱淺。無人受傷。").1, ["船舶擱淺。", "無人受傷。"]);
        assert!(read(" … ").1.is_empty());
    }

    #[test]
    fn the_longer_break_stays() {
        let text = "One one. Two two.\n\nThree three. Four four.\n";
        let (sentences, said) = read(text);
        assert_eq!(said.len(), 4);
        let without = |goes: Range<usize>| {
            let cut = cut(text, &sentences, goes);
            format!("{}{}", &text[..cut.start as usize], &text[cut.end as usize..])
        };
        assert_eq!(without(0..1), "Two two.\n\nThree three. Four four.\n");
        assert_eq!(without(1..2), "One one.\n\nThree three. Four four.\n");
        assert_eq!(without(2..3), "One one. Two two.\n\nFour four.\n");
        assert_eq!(without(1..3), "One one. Four four.\n");
        assert_eq!(without(2..4), "One one. Two two.");
        assert_eq!(without(0..4), "");
    }
}
