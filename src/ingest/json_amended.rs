//! JSON as Python, JavaScript and faulty disks write it, made into JSON that any reader takes.
//!
//! `NaN` and the infinities become `null`, half of a surrogate pair and raw control characters in strings
//! become what JSON can hold, a comma before a closing bracket goes. Nothing else is touched, so that a
//! record that is damaged otherwise stays damaged. Cost: one pass, over records that no strict reader
//! takes.

use std::fmt::Write as _;

/// The words that are no JSON and stand for a number that is none.
const NO_NUMBERS: [&str; 4] = ["-Infinity", "Infinity", "NaN", "-NaN"];

/// The record as JSON has it; `None` where there is nothing to amend.
pub(super) fn amended(record: &str) -> Option<String> {
    let mut amended = String::with_capacity(record.len());
    let mut rest = record;
    let mut changed = false;
    while let Some(c) = rest.chars().next() {
        if c == '"' {
            let (used, was_changed) = string(rest, &mut amended);
            changed |= was_changed;
            rest = &rest[used..];
            continue;
        }
        if let Some(word) = NO_NUMBERS.iter().find(|word| rest.starts_with(**word)) {
            amended.push_str("null");
            changed = true;
            rest = &rest[word.len()..];
            continue;
        }
        let after = &rest[c.len_utf8()..];
        if c == ',' && after.trim_start().starts_with(['}', ']']) {
            changed = true;
        } else if let Some(length) = beyond_numbers(&amended, rest) {
            amended.push_str("null");
            changed = true;
            rest = &rest[length..];
            continue;
        } else {
            amended.push(c);
        }
        rest = after;
    }
    changed.then_some(amended)
}

/// How long a number is that `rest` begins with and no double can hold, as `1e999`.
fn beyond_numbers(before: &str, rest: &str) -> Option<usize> {
    let begins = matches!(rest.as_bytes().first(), Some(b'-' | b'0'..=b'9'))
        && before.trim_end().ends_with([':', ',', '[']);
    if !begins {
        return None;
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let number: f64 = rest[..length].parse().ok()?;
    number.is_infinite().then_some(length)
}

/// Appends the string that `rest` begins with; how many bytes it takes, and whether it was changed.
fn string(rest: &str, to: &mut String) -> (usize, bool) {
    let mut changed = false;
    let mut at = 1;
    to.push('"');
    while let Some(c) = rest[at..].chars().next() {
        let next = at + c.len_utf8();
        match c {
            '"' => {
                to.push('"');
                return (next, changed);
            }
            '\\' => {
                let (length, is_half) = escape(&rest[at..]);
                match is_half {
                    true => to.push_str("\\ufffd"),
                    false => to.push_str(&rest[at..at + length]),
                }
                changed |= is_half;
                at += length;
                continue;
            }
            '\0'..='\u{1f}' => {
                // Writing to a string does not fail.
                let _ = write!(to, "\\u{:04x}", u32::from(c));
                changed = true;
            }
            _ => to.push(c),
        }
        at = next;
    }
    (rest.len(), changed)
}

/// How long the escape is that `rest` begins with, and whether it is half of a surrogate pair.
fn escape(rest: &str) -> (usize, bool) {
    let unit = |text: &str| -> Option<u32> {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    match unit(rest) {
        Some(0xd800..=0xdbff) => match unit(&rest[6..]) {
            Some(0xdc00..=0xdfff) => (12, false),
            _ => (6, true),
        },
        Some(0xdc00..=0xdfff) => (6, true),
        Some(_) => (6, false),
        None => (1 + rest.chars().nth(1).map_or(0, char::len_utf8), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_does_not_have_becomes_what_it_has() {
        for (record, expected) in [
            (r#"{"a":NaN,"b":[-Infinity, Infinity]}"#, r#"{"a":null,"b":[null, null]}"#),
            (r#"{"a":1e999,"b":"1e999"}"#, r#"{"a":null,"b":"1e999"}"#),
            (r#"{"a":"x\ud83dy\ude00"}"#, r#"{"a":"x\ufffdy\ufffd"}"#),
            ("{\"a\":\"x\0y\nz\"}", r#"{"a":"x\u0000y\u000az"}"#),
            (r#"{"a":[1,],}"#, r#"{"a":[1]}"#),
        ] {
            assert_eq!(amended(record).as_deref(), Some(expected), "{record}");
            assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok());
        }
    }

    #[test]
    fn sound_json_and_what_cannot_be_amended_is_left_alone() {
        for record in [
            r#"{"a":"NaN \ud83d\ude00 \"x\" \\","b":-1.5e3}"#,
            r#"{"a" 1}"#,
            r#"{"a":"#,
            r#"{"a":"open"#,
        ] {
            assert_eq!(amended(record), None, "{record}");
        }
    }
}
