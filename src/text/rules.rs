//! What a word is, whatever the script: the full rules, one character at a time.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::spelling::{fold, is_digit};

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
            // The tatweel only makes an Arabic word longer.
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{640}' => {
                Self::NoWidth
            }
            _ if is_digit(c) => Self::Letter { upper: false, lower: false },
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
pub(crate) fn is_written_without_spaces(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9d
        | 0x20000..=0x3ffff)
}

/// Reads the word that begins at byte `start`, its normal form into `normal`: where it stands, and
/// where to go on. Where no word begins there, steps over one character.
pub(super) fn next_word(
    text: &str,
    start: usize,
    normal: &mut String,
) -> (Option<Range<usize>>, usize) {
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
            _ if normal.is_empty() => return (None, next),
            _ => break,
        }
        rest.next();
    }
    fold(normal);
    (Some(start..end), end)
}
