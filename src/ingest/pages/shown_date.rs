//! The day that a page shows its readers, where it tells programs none.
//!
//! It stands in a line of its own between the headline and the text. Only days that can be read in one
//! way count: `2024-05-01`, `2024年5月1日`, `1.5.2024`; not `1/5/2024`; `1.5.24` where the page's
//! language puts the day first. Cost: linear in the page.

use super::title::LONGEST_TITLE;
use super::tree::Page;

/// Longer texts are no lines of dates and names.
const LINE_CHARACTERS: usize = 80;
/// A heading below the first rank that begins the page's title is its headline if it has as much: `Sport` is not.
const HEADLINE_BYTES: usize = 20;
/// A text of so many characters is the article's.
const TEXT_CHARACTERS: usize = 200;

/// The first day in the lines under the headline, as `2024-05-01`; `day_first` where the page is in a
/// language that begins a date of three short numbers with the day. Where no heading is of the first rank,
/// the headline is the one that the page's `title` begins with.
pub(super) fn shown_date(page: &Page, title: Option<&str>, day_first: bool) -> Option<String> {
    let title = letters(title.unwrap_or_default());
    let begins_title = |place: &usize| {
        let is_heading = matches!(page.name(*place), "h2" | "h3" | "h4");
        is_heading && {
            let heading = letters(&page.beginning(*place, LONGEST_TITLE));
            heading.len() >= HEADLINE_BYTES && title.starts_with(&heading)
        }
    };
    let headline = (0..page.len())
        .find(|place| page.name(*place) == "h1")
        .or_else(|| (0..page.len()).find(begins_title))?;
    let texts = (headline..page.len()).filter_map(|place| page.own_text(place)).map(str::trim);
    texts
        .take_while(|text| text.chars().count() < TEXT_CHARACTERS)
        .filter(|text| text.chars().count() < LINE_CHARACTERS)
        .find_map(|line| day_in(line, day_first))
}

/// What a text has that is no sign and no space.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The first day in a line.
fn day_in(line: &str, day_first: bool) -> Option<String> {
    let groups: Vec<(usize, usize)> = groups(line);
    groups.windows(3).find_map(|three| {
        let [first, second, third] = three else { return None };
        let between = |a: &(usize, usize), b: &(usize, usize)| line[a.1..b.0].trim();
        let (one, two) = (between(first, second), between(second, third));
        let number = |group: &(usize, usize)| line[group.0..group.1].parse::<u32>().ok();
        let length = |group: &(usize, usize)| group.1 - group.0;
        let (year, month, day) = match (length(first), length(second), length(third)) {
            (4, 1..=2, 1..=2)
                if matches!((one, two), ("-", "-") | ("/", "/") | (".", ".") | ("年", "月")) =>
            {
                (number(first)?, number(second)?, number(third)?)
            }
            (1..=2, 1..=2, 4) if (one, two) == (".", ".") => {
                (number(third)?, number(second)?, number(first)?)
            }
            // `20.15.24` may be a time: a day has both of its numbers in full.
            (2, 2, 2) if day_first && (one, two) == (".", ".") => {
                (number(third)? + 2000, number(second)?, number(first)?)
            }
            _ => return None,
        };
        let is_day =
            (1990..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        is_day.then(|| format!("{year}-{month:02}-{day:02}"))
    })
}

/// Where the runs of digits in a line begin and end.
fn groups(line: &str) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (place, byte) in line.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        let _ = byte;
        match groups.last_mut() {
            Some((_, end)) if *end == place => *end += 1,
            _ => groups.push((place, place + 1)),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_can_be_read_in_one_way_is_found() {
        for (line, day) in [
            ("2024-05-01 20:52:15", Some("2024-05-01")),
            ("Posted on 2024/5/1", Some("2024-05-01")),
            ("2024年5月1日23:52 | 来源", Some("2024-05-01")),
            ("Mittwoch, 01.05.2024, 19:25", Some("2024-05-01")),
            ("Stand: 1. 5. 2024", Some("2024-05-01")),
            ("05/01/2024", None),
            ("2024-13-01", None),
            ("call 2024-555-01", None),
            ("10.0.2024", None),
            ("Do 25.04.24 | 14:07 Uhr", None),
        ] {
            assert_eq!(day_in(line, false).as_deref(), day, "{line}");
        }
    }

    #[test]
    fn a_short_year_counts_where_the_day_comes_first() {
        assert_eq!(day_in("Do 25.04.24 | 14:07 Uhr", true).as_deref(), Some("2024-04-25"));
        assert_eq!(day_in("Version 2.4.24", true), None);
        assert_eq!(day_in("um 20.15.24 Uhr", true), None);
    }

    #[test]
    fn it_stands_between_the_headline_and_the_text() {
        let long = "The ferry ran aground off the old port. ".repeat(6);
        let of = |html: &str| {
            shown_date(&Page::parse(html), Some("The ferry Hesper runs aground | A"), false)
        };
        let date = "<p>1.5.2024</p>";
        assert!(of(&format!("<h1>Ferry</h1>{date}<p>{long}</p>")).is_some());
        assert!(
            of(&format!("<h3>The ferry Hesper: runs aground</h3>{date}<p>{long}</p>")).is_some()
        );
        assert_eq!(of(&format!("<h3>The ferry</h3>{date}<p>{long}</p>")), None);
        assert_eq!(of(&format!("{date}<h1>Ferry</h1><p>{long}</p>")), None);
        assert_eq!(of(&format!("<h1>Ferry</h1><p>{long}</p>{date}")), None);
    }
}
