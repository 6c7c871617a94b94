//! Text of anyone, made fit for a line of a terminal or a page.

use std::fmt::Write as _;

/// `text` on one line, without the characters that steer a terminal or turn the writing direction.
pub fn one_line(text: &str) -> String {
    let seen = |word: &str| word.chars().filter(|&c| !steers(c)).collect::<String>();
    let words = text.split_whitespace().map(seen);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a character steers a terminal, turns the writing direction, or is not seen. Joiners are
/// none of these: scripts and emoji need them.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// JSON in which what steers a terminal is an escape: it can only stand within strings.
pub fn escaped_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if steers(c) && !matches!(c, '\n' | '\t') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The start of `text`, at most `chars` characters, ending with a word where there are any.
pub(crate) fn first_words(text: &str, chars: usize) -> &str {
    let text = text.trim();
    let Some((cut, _)) = text.char_indices().nth(chars) else { return text };
    let head = &text[..cut];
    head.rfind(char::is_whitespace).map_or(head, |space| head[..space].trim_end())
}

/// The number with its thousands set apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and what it counts.
pub(crate) fn many(number: usize, one: &str, more: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_end_with_a_word_where_there_is_one() {
        assert_eq!(first_words(" one two three", 9), "one two");
        assert_eq!(first_words("onetwothree", 4), "onet");
    }
}
