//! Shingles: the hash of each run of k consecutive tokens.

use crate::text::{Token, tokenise};

/// Odd constants of the finaliser, from the golden ratio and from Moremur's family of mixers.
const MULTIPLIER_1: u64 = 0xd6e8_feb8_6659_fd93;
const MULTIPLIER_2: u64 = 0x9e37_79b9_7f4a_7c15;
/// How far a token's hash is turned for each place it stands before the shingle's last token;
/// coprime to 64, so that no two places of a shingle of up to 64 tokens turn alike.
const TURN: u32 = 13;

/// Appends the hash of every run of `k` consecutive tokens to `shingles`, repeats included.
///
/// A text of fewer than `k` tokens is one shingle of all it has, so that short texts can be told
/// apart; an empty text has none. The hash is made from the tokens' hashes, turned by their place
/// and added, which costs less than hashing the window's bytes again; it depends on nothing but
/// the tokens' normal forms.
pub fn shingle_hashes(tokens: &[Token], k: usize, shingles: &mut Vec<u64>) {
    if tokens.is_empty() {
        return;
    }
    let windows = tokens.windows(k.min(tokens.len()));
    shingles.extend(windows.map(|window| {
        let sum =
            window.iter().fold(0_u64, |sum, token| sum.rotate_left(TURN).wrapping_add(token.hash));
        mix(sum)
    }));
}

/// Spreads every bit of `hash` over the whole word.
#[inline]
pub(crate) fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(MULTIPLIER_1);
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(MULTIPLIER_2);
    hash ^ (hash >> 32)
}

/// Text to shingles, with the buffers kept from one text to the next.
#[derive(Clone, Debug)]
pub struct Shingler {
    k: usize,
    tokens: Vec<Token>,
    shingles: Vec<u64>,
}

impl Shingler {
    /// Shingles of `k` tokens.
    pub fn new(k: usize) -> Self {
        Self { k, tokens: Vec::new(), shingles: Vec::new() }
    }

    /// The shingles of `text` in order, repeats included.
    pub fn shingles(&mut self, text: &str) -> &[u64] {
        self.tokens.clear();
        self.shingles.clear();
        tokenise(text, &mut self.tokens);
        shingle_hashes(&self.tokens, self.k, &mut self.shingles);
        &self.shingles
    }

    /// The distinct shingles of `text`, ascending.
    pub fn set(&mut self, text: &str) -> Box<[u64]> {
        self.shingles(text);
        self.shingles.sort_unstable();
        self.shingles.dedup();
        self.shingles.as_slice().into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_has_one_shingle_for_each_run_of_k_tokens() {
        let mut shingler = Shingler::new(3);
        assert_eq!(shingler.shingles("a b c d e").len(), 3);
        assert_eq!(shingler.shingles("a b").len(), 1);
        assert_eq!(shingler.shingles("").len(), 0);
        assert_eq!(shingler.set("a b c a b c").len(), 3);
    }

    #[test]
    fn order_counts() {
        let mut shingler = Shingler::new(5);
        let forth = shingler.set("one two three four five");
        let back = shingler.set("five four three two one");
        assert_ne!(forth, back);
    }

    proptest! {
        #[test]
        fn a_longer_text_has_the_shingles_of_its_parts(a in "[a-d ]{0,40}", b in "[a-d ]{0,40}") {
            let mut shingler = Shingler::new(3);
            let whole = shingler.set(&format!("{a} {b}"));
            let mut tokens = Vec::new();
            tokenise(&a, &mut tokens);
            if tokens.len() >= 3 {
                for shingle in shingler.set(&a) {
                    prop_assert!(whole.binary_search(&shingle).is_ok());
                }
            }
        }
    }
}
