//! The tokeniser: words with their spans, hashed by normal form.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfkc};
use xxhash_rust::xxh3::xxh3_64;

use crate::article::ByteSpan;

/// A word of a text: the hash of its normal form, and where it stands.
///
/// The hash is XXH3 of the normal form's UTF-8, so it holds between runs, machines and versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// XXH3-64 of the normal form.
    pub hash: u64,
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// Where it stands in the text.
    pub fn span(self) -> ByteSpan {
        ByteSpan { start: self.start, end: self.end }
    }
}

/// Appends the tokens of `text` to `tokens`.
///
/// A token is a run of letters and digits with the marks that belong to them. An apostrophe inside
/// a word and characters of no width neither end a word nor count; an upper-case letter after a
/// lower-case one begins a new word (text glued together by an extractor: `WithinNATO`); in scripts
/// written without spaces every character is a token. Texts past 4 GiB are cut there: offsets have
/// 32 bits.
///
/// ```
/// let mut tokens = Vec::new();
/// newsfold::text::tokenise("Don’t panic", &mut tokens);
/// assert_eq!(tokens.len(), 2);
/// assert_eq!((tokens[0].start, tokens[0].end), (0, 7));
/// let mut straight = Vec::new();
/// newsfold::text::tokenise("don't", &mut straight);
/// assert_eq!(straight[0].hash, tokens[0].hash);
/// ```
pub fn tokenise(text: &str, tokens: &mut Vec<Token>) {
    let text = &text[..text.floor_char_boundary(u32::MAX as usize)];
    let bytes = text.as_bytes();
    let mut normal = String::new();
    let mut at = 0;
    while at < bytes.len() {
        match CLASS[bytes[at] as usize] {
            Class::Separator | Class::Apostrophe => at += 1,
            Class::Lower | Class::Upper | Class::Digit => {
                let end = ascii_word_end(bytes, at);
                let plain = bytes
                    .get(end)
                    .is_none_or(|&b| !matches!(CLASS[b as usize], Class::Apostrophe | Class::Wide));
                if plain {
                    tokens.push(Token {
                        hash: ascii_hash(&bytes[at..end]),
                        start: at as u32,
                        end: end as u32,
                    });
                    at = end;
                } else {
                    at = push_word(text, at, &mut normal, tokens);
                }
            }
            Class::Wide => at = push_word(text, at, &mut normal, tokens),
        }
    }
}

/// The normal form of one token's text: what its hash was taken of.
pub fn normalise(word: &str) -> String {
    let mut normal = String::with_capacity(word.len());
    for c in word.chars() {
        if !matches!(Kind::of(c), Kind::Apostrophe | Kind::NoWidth) {
            normal.push(c);
        }
    }
    fold(&mut normal);
    normal
}

/// Composes compatibility forms and folds case, in place.
fn fold(word: &mut String) {
    if word.is_ascii() {
        word.make_ascii_lowercase();
    } else if is_nfkc(word) {
        *word = word.to_lowercase();
    } else {
        *word = word.nfkc().collect::<String>().to_lowercase();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Separator,
    Lower,
    Upper,
    Digit,
    Apostrophe,
    /// Part of a character beyond ASCII.
    Wide,
}

const CLASS: [Class; 256] = {
    let mut table = [Class::Separator; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'\'' => Class::Apostrophe,
            0x80..=0xff => Class::Wide,
            _ => Class::Separator,
        };
        b += 1;
    }
    table
};

/// One past the run of ASCII letters and digits that begins at `start`, cut before an upper-case
/// letter that follows a lower-case one.
fn ascii_word_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    let mut after_lower = CLASS[bytes[start] as usize] == Class::Lower;
    while let Some(&b) = bytes.get(end) {
        match CLASS[b as usize] {
            Class::Lower => after_lower = true,
            Class::Digit => after_lower = false,
            Class::Upper if !after_lower => {}
            _ => break,
        }
        end += 1;
    }
    end
}

/// The hash of an ASCII word, lower-cased on the way.
fn ascii_hash(word: &[u8]) -> u64 {
    /// Longer words are rare enough to allocate for.
    const ON_STACK: usize = 32;
    /// Set in every lower-case letter and every digit.
    const LOWER_CASE_BIT: u8 = 0x20;
    if word.len() <= ON_STACK {
        let mut lower = [0; ON_STACK];
        for (to, from) in lower.iter_mut().zip(word) {
            *to = from | LOWER_CASE_BIT;
        }
        xxh3_64(&lower[..word.len()])
    } else {
        xxh3_64(&word.to_ascii_lowercase())
    }
}

/// What a character does to the word around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter {
        upper: bool,
        lower: bool,
    },
    /// A letter of a script without spaces: a token of its own.
    Alone,
    Mark,
    Apostrophe,
    NoWidth,
    Separator,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '\'' | '‘' | '’' | 'ʼ' | '＇' => Self::Apostrophe,
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => Self::NoWidth,
            _ if is_combining_mark(c) => Self::Mark,
            _ if c.is_alphanumeric() && is_written_without_spaces(c) => Self::Alone,
            _ if c.is_alphanumeric() => {
                Self::Letter { upper: c.is_uppercase(), lower: c.is_lowercase() }
            }
            _ => Self::Separator,
        }
    }
}

/// Thai, Lao, Myanmar, Khmer, kana and Han: no spaces between words.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9d
        | 0x20000..=0x3ffff)
}

/// Reads the word that begins at byte `start` by the full rules, appends it, and returns where to
/// go on. Where no word begins there, steps over one character.
fn push_word(text: &str, start: usize, normal: &mut String, tokens: &mut Vec<Token>) -> usize {
    normal.clear();
    let mut end = start;
    let mut after_lower = false;
    let mut rest = text[start..].char_indices().peekable();
    while let Some(&(offset, c)) = rest.peek() {
        let next = start + offset + c.len_utf8();
        match Kind::of(c) {
            Kind::Letter { upper, lower } => {
                if upper && after_lower {
                    break;
                }
                after_lower = lower;
                normal.push(c);
                end = next;
            }
            Kind::Alone => {
                if normal.is_empty() {
                    normal.push(c);
                    end = next;
                    rest.next();
                    while let Some((offset, mark)) =
                        rest.next_if(|&(_, mark)| Kind::of(mark) == Kind::Mark)
                    {
                        normal.push(mark);
                        end = start + offset + mark.len_utf8();
                    }
                }
                break;
            }
            Kind::Mark if !normal.is_empty() => {
                normal.push(c);
                end = next;
            }
            Kind::Apostrophe if !normal.is_empty() => {
                let mut ahead = rest.clone();
                ahead.next();
                if !ahead.peek().is_some_and(|&(_, c)| matches!(Kind::of(c), Kind::Letter { .. })) {
                    break;
                }
            }
            Kind::NoWidth if !normal.is_empty() => {}
            _ if normal.is_empty() => return next,
            _ => break,
        }
        rest.next();
    }
    fold(normal);
    tokens.push(Token { hash: xxh3_64(normal.as_bytes()), start: start as u32, end: end as u32 });
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        tokens.iter().map(|token| token.span().of(text)).collect()
    }

    fn hashes(text: &str) -> Vec<u64> {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        tokens.iter().map(|token| token.hash).collect()
    }

    #[test]
    fn words_keep_their_spans_in_the_original() {
        assert_eq!(words("Don’t “panic”, U.S. 3.5%!"), ["Don’t", "panic", "U", "S", "3", "5"]);
        assert_eq!(words("Müller’s café 東京 ฟ้า"), ["Müller’s", "café", "東", "京", "ฟ้", "า"]);
        assert_eq!(words("  \u{feff}\u{200b} — "), [""; 0]);
    }

    #[test]
    fn words_glued_by_an_extractor_come_apart() {
        assert_eq!(words("WithinNATO"), ["Within", "NATO"]);
        assert_eq!(words("KyïvÉtat"), ["Kyïv", "État"]);
        assert_eq!(words("COVID19Update"), ["COVID19Update"]);
    }

    #[test]
    fn one_word_has_one_hash_however_it_is_spelt() {
        let same = [
            ("don't", "DON’T"),
            ("caf\u{e9}", "CAFE\u{301}"),
            ("cooperate", "co\u{ad}operate"),
            ("abc", "ａｂｃ"),
            ("dont", "don't"),
        ];
        for (a, b) in same {
            assert_eq!(hashes(a), hashes(b), "{a} and {b}");
        }
    }

    #[test]
    fn an_apostrophe_at_a_words_edge_is_no_part_of_it() {
        assert_eq!(words("'tis the players' cup'"), ["tis", "the", "players", "cup"]);
        assert_eq!(words("’tis the players’ cup’"), ["tis", "the", "players", "cup"]);
    }

    #[test]
    fn hashes_never_change() {
        assert_eq!(hashes("The NATO"), [xxh3_64(b"the"), xxh3_64(b"nato")]);
        assert_eq!(hashes("the"), [0xcb12_8363_1cf3_3d7d]);
    }

    proptest! {
        #[test]
        fn spans_ascend_and_lie_on_character_boundaries(text in "\\PC{0,200}") {
            let mut tokens = Vec::new();
            tokenise(&text, &mut tokens);
            let mut last = 0;
            for token in tokens {
                prop_assert!(token.start >= last && token.end > token.start);
                prop_assert!(text.is_char_boundary(token.start as usize));
                prop_assert!(text.is_char_boundary(token.end as usize));
                prop_assert_eq!(xxh3_64(normalise(token.span().of(&text)).as_bytes()), token.hash);
                last = token.end;
            }
        }

        /// The quick path for ASCII is the full rules, only quicker.
        #[test]
        fn the_ascii_path_agrees_with_the_full_rules(text in "[a-cA-C0-2'. ]{0,60}") {
            let mut quick = Vec::new();
            tokenise(&text, &mut quick);
            let mut full = Vec::new();
            let mut at = 0;
            while at < text.len() {
                at = push_word(&text, at, &mut String::new(), &mut full);
            }
            prop_assert_eq!(quick, full);
        }
    }
}
