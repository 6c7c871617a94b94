//! What becomes of a text when another outlet prints it, and how much of it is left.

use xxhash_rust::xxh3::xxh3_64;

use super::dice::Dice;
use super::prose::Lexicon;
use crate::text::{Token, tokenise};
use crate::verify::Overlap;

/// Shingles are of so many tokens.
const SHINGLE_TOKENS: usize = 5;

/// The distinct shingles of a text, sorted.
pub(super) fn shingles(text: &str) -> Vec<u64> {
    let tokens = tokens_of(text);
    let mut bytes = [0; SHINGLE_TOKENS * 8];
    let mut shingles: Vec<u64> = tokens
        .windows(SHINGLE_TOKENS)
        .map(|window| {
            for (place, token) in bytes.chunks_exact_mut(8).zip(window) {
                place.copy_from_slice(&token.hash.to_le_bytes());
            }
            xxh3_64(&bytes)
        })
        .collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// How far two sets of shingles, each sorted, agree.
pub(super) fn overlap(a: &[u64], b: &[u64]) -> Overlap {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        shared += u32::from(a[i] == b[j]);
        let (left, right) = (a[i], b[j]);
        i += usize::from(left <= right);
        j += usize::from(right <= left);
    }
    Overlap { a: a.len() as u32, b: b.len() as u32, shared }
}

/// The text with `per_mille` of its words replaced, dropped or joined by another.
pub(super) fn edit(text: &str, per_mille: usize, lexicon: &Lexicon, dice: &mut Dice) -> String {
    let mut edited = String::with_capacity(text.len() + text.len() / 8);
    let mut copied = 0;
    for token in tokens_of(text) {
        let word = token.span().of(text);
        edited.push_str(&text[copied..token.start as usize]);
        copied = token.end as usize;
        if dice.below(1000) >= per_mille {
            edited.push_str(word);
            continue;
        }
        match dice.below(5) {
            0..=2 => {
                let start = edited.len();
                edited.push_str(lexicon.replacement(dice));
                if word.starts_with(char::is_uppercase) {
                    edited[start..start + 1].make_ascii_uppercase();
                }
            }
            3 => {
                if edited.ends_with(' ') {
                    edited.pop();
                }
            }
            _ => {
                edited.push_str(word);
                edited.push(' ');
                edited.push_str(lexicon.replacement(dice));
            }
        }
    }
    edited.push_str(&text[copied..]);
    edited
}

/// The first words of a text, without what follows them.
pub(super) fn first_words(text: &str, count: usize) -> &str {
    match tokens_of(text).get(..count) {
        Some([.., last]) => &text[..last.end as usize],
        Some([]) => "",
        None => text,
    }
}

/// How many words a text has.
pub(super) fn words(text: &str) -> usize {
    tokens_of(text).len()
}

fn tokens_of(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    tokenise(text, &mut tokens);
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_worked_by_hand() {
        // Ten words have six shingles; one changed word at the end spoils one.
        let text = "one two three four five six seven eight nine ten";
        let (a, b) = (shingles(text), shingles("one two three four five six seven eight nine x"));
        assert_eq!(overlap(&a, &b), Overlap { a: 6, b: 6, shared: 5 });
        assert_eq!(overlap(&a, &shingles("One, two")), Overlap { a: 6, b: 0, shared: 0 });
    }

    #[test]
    fn a_cut_ends_with_a_word() {
        assert_eq!(first_words("One, two. Three four!", 2), "One, two");
        assert_eq!(first_words("One!", 0), "");
        assert_eq!(first_words("One!", 2), "One!");
    }

    #[test]
    fn edits_come_at_their_rate() {
        let mut dice = Dice::new(3, 0);
        let lexicon = Lexicon::new(&mut dice);
        let text: String = (0..1000).map(|n| format!("w{n} ")).collect();
        assert_eq!(edit(&text, 0, &lexicon, &mut dice), text);
        let edited = edit(&text, 100, &lexicon, &mut dice);
        let kept =
            edited.split_whitespace().filter(|w| w.len() > 1 && w.as_bytes()[1].is_ascii_digit());
        // A tenth of 1000 edited, four fifths of those gone: 920 left, standard deviation 9.
        let kept = kept.count();
        assert!((880..960).contains(&kept), "{kept}");
    }
}
