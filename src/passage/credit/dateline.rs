//! Datelines: `HAVENMOUTH (TNA) —` where a text begins.
//!
//! A city in capitals, a name in brackets, a dash: the form alone tells an agency's name, listed or
//! not, so long as all three are there.

use super::rules::{Credits, words};
use crate::article::ByteSpan;

/// Bytes of a text in which its dateline stands: menus may come before it.
const HEAD: usize = 400;
/// Letters of an agency that no list has: `AP`, `ANSA`, `ADNKR`.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=6;
/// The most characters of the city, with its country or day.
const CITY: usize = 40;

/// A dateline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dateline<'t> {
    /// From the city to the agency's last letter.
    pub(super) bytes: ByteSpan,
    /// The name in brackets.
    pub(super) agency: &'t str,
}

/// The first line among those that a text begins with that is a dateline.
pub(super) fn dateline<'t>(text: &'t str, rules: &Credits) -> Option<Dateline<'t>> {
    let head = &text[..text.floor_char_boundary(HEAD)];
    let mut start = 0;
    for line in head.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if let Some((agency, end)) = in_line(&line[indent..], rules) {
            let start = start + indent;
            let bytes = ByteSpan { start: start as u32, end: (start + end) as u32 };
            return Some(Dateline { bytes, agency });
        }
        start += line.len();
    }
    None
}

/// The agency of a line that begins with a dateline, and where its name ends.
fn in_line<'t>(line: &'t str, rules: &Credits) -> Option<(&'t str, usize)> {
    let (city, rest) = line.split_once('(')?;
    let (agency, after) = rest.split_once(')')?;
    let capitals = city.chars().filter(|c| c.is_uppercase()).count();
    let is_city = capitals >= 2
        && city.chars().nth(CITY).is_none()
        && city.chars().all(|c| c.is_uppercase() || " .,'’-/".contains(c));
    let is_dash = after.trim_start_matches([' ', '\u{a0}']).starts_with(['—', '–', '-', '―']);
    let abbreviated =
        LETTERS.contains(&agency.len()) && agency.bytes().all(|byte| byte.is_ascii_uppercase());
    let listed = || {
        let words = words(agency);
        rules.agency_at(&words).is_some_and(|(len, _)| len == words.len())
    };
    (is_city && is_dash && (abbreviated || listed()))
        .then(|| (agency, city.len() + 1 + agency.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(&str, &str)> {
        let dateline = dateline(text, &Credits::built_in())?;
        Some((dateline.bytes.of(text), dateline.agency))
    }

    #[test]
    fn a_city_in_capitals_a_name_in_brackets_and_a_dash() {
        assert_eq!(found("PELL SOUND (TNA) — A storm"), Some(("PELL SOUND (TNA", "TNA")));
        assert_eq!(found("MÜNCHEN (dpa) - Ein"), Some(("MÜNCHEN (dpa", "dpa")));
        assert_eq!(
            found("Home | News\n\n  ST. IVES (Reuters) -- A"),
            Some(("ST. IVES (Reuters", "Reuters"))
        );
    }

    #[test]
    fn where_one_of_the_three_is_missing_it_is_none() {
        assert_eq!(found("Pell Sound (TNA) — A storm"), None);
        assert_eq!(found("PELL SOUND (TNA) A storm"), None);
        assert_eq!(found("PELL SOUND (the island) — A storm"), None);
        assert_eq!(found("NATO (NORTHATLANTIC) — A pact"), None);
        assert_eq!(found(&format!("{}\nPELL SOUND (TNA) — A", "word ".repeat(90))), None);
    }
}
