//! Dates as sources write them. What cannot be read for certain is no date: nothing is guessed.
//!
//! `05/01/2024` may be a day in May or in January, so it is none. A time without a zone is taken
//! as UTC.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::article::Published;

/// Numbers below this are no Unix time in seconds (March 1973): they are rather a day written as
/// `20240501`, or nothing that tells a date.
const FIRST_UNIX_SECOND: f64 = 1e8;
/// Numbers from here to a thousand times it are Unix times in milliseconds (from March 1973, too).
const FIRST_UNIX_MILLISECOND: f64 = 1e11;

/// The moment a text names, or `None`.
pub(super) fn parse(text: &str) -> Option<Published> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(text);
    }
    iso(text).or_else(|| mail(text)).or_else(|| words(text))
}

/// Whether a text is a date as ISO 8601 writes it, if perhaps one that no calendar has.
pub(super) fn is_written(text: &str) -> bool {
    let bytes = text.trim().as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// The moment a number names: Unix seconds or milliseconds, or a day as `20240501`.
pub(super) fn from_number(number: f64) -> Option<Published> {
    if !(0.0..FIRST_UNIX_MILLISECOND * 1000.0).contains(&number) {
        return None;
    }
    let milliseconds = if number >= FIRST_UNIX_MILLISECOND {
        number
    } else if number >= FIRST_UNIX_SECOND {
        number * 1000.0
    } else {
        // A whole number below it has no more digits than a day.
        return (number.fract() == 0.0).then(|| digits(&number.to_string()))?;
    };
    Some(moment(Timestamp::from_millisecond(milliseconds as i64).ok()?))
}

/// A text of digits alone: a day, a day and a time, or a Unix time.
fn digits(text: &str) -> Option<Published> {
    match text.len() {
        8 => Some(day(Date::strptime("%Y%m%d", text).ok()?)),
        14 => utc(DateTime::strptime("%Y%m%d%H%M%S", text).ok()?),
        9..=13 => from_number(text.parse().ok()?),
        _ => None,
    }
}

/// RFC 3339 and its relatives: with a space, without a zone, without dashes, without a time.
fn iso(text: &str) -> Option<Published> {
    let plain = text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")).map(str::trim_end);
    let pieces = temporal::Pieces::parse(plain.unwrap_or(text)).ok()?;
    let Some(time) = pieces.time() else { return Some(day(pieces.date())) };
    let civil = pieces.date().to_datetime(time);
    match pieces.to_numeric_offset() {
        Some(offset) => Some(moment(offset.to_timestamp(civil).ok()?)),
        None if pieces.time_zone_annotation().is_some() => {
            Some(moment(text.parse::<Zoned>().ok()?.timestamp()))
        }
        None => utc(civil),
    }
}

/// RFC 2822, as feeds have it.
fn mail(text: &str) -> Option<Published> {
    Some(moment(rfc2822::parse(text).ok()?.timestamp()))
}

/// Dates in words or with slashes, year first or written with four digits, and what goes with them:
/// `May 1, 2024`, `Wednesday, 1 May 2024 10:15 PM EDT`, `2024/05/01 10:15`. Every word must be
/// understood, and a weekday must be that of the date.
fn words(text: &str) -> Option<Published> {
    let (mut year, mut month, mut date_day, mut time, mut zone) = (None, None, None, None, None);
    let (mut afternoon, mut named_weekday) = (None, None);
    let separators = |c: char| c.is_whitespace() || c == ',';
    for word in text.split(separators).filter(|word| !word.is_empty()) {
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        if let (true, 4, None) = (is_number, word.len(), year) {
            year = Some(word.parse::<i16>().ok()?);
        } else if let (true, 1..=2, None) = (is_number, word.len(), date_day) {
            date_day = Some(word.parse::<i8>().ok()?);
        } else if let (true, None) = (word.contains('/'), month) {
            let date = Date::strptime("%Y/%m/%d", word).ok()?;
            (year, month, date_day) = (Some(date.year()), Some(date.month()), Some(date.day()));
        } else if let (true, None) = (word.contains(':'), time) {
            let format = if word.matches(':').count() == 2 { "%H:%M:%S%.f" } else { "%H:%M" };
            time = Some(Time::strptime(format, word).ok()?);
        } else if let (Some(number), None) = (month_number(word), month) {
            month = Some(number);
        } else if let (Some(after), Some(_), None) = (meridiem(word), time, afternoon) {
            afternoon = Some(after);
        } else if let (Some(name), None) = (weekday(word), named_weekday) {
            named_weekday = Some(name);
        } else if time.is_some() && zone.is_none() {
            zone = Some(word);
        } else if word != "at" {
            return None;
        }
    }
    let date = Date::new(year?, month?, date_day?).ok()?;
    if named_weekday.is_some_and(|name| name != date.weekday()) {
        return None;
    }
    let Some(time) = time else { return Some(day(date)) };
    let civil = date.to_datetime(twelve_hours(time, afternoon)?);
    match zone {
        None => utc(civil),
        // The names of zones that mail may have, and offsets, are read as in mail.
        Some(zone) => mail(&format!("{} {zone}", civil.strftime("%d %b %Y %H:%M:%S"))),
    }
}

fn month_number(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let is_it = |name: &&str| name.starts_with(&word) && (word.len() >= 3);
    MONTHS.iter().position(is_it).map(|place| place as i8 + 1)
}

fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let (_, day) = DAYS.iter().find(|(name, _)| word.len() >= 3 && name.starts_with(&word))?;
    Some(*day)
}

fn meridiem(word: &str) -> Option<bool> {
    match word.replace('.', "").to_ascii_lowercase().as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

/// A time with `AM` or `PM` beside it, on the day's twenty-four hours.
fn twelve_hours(time: Time, afternoon: Option<bool>) -> Option<Time> {
    let hour = match (afternoon, time.hour()) {
        (None, hour) => hour,
        (Some(_), 0 | 13..) => return None,
        (Some(after), hour) => hour % 12 + if after { 12 } else { 0 },
    };
    time.with().hour(hour).build().ok()
}

fn day(date: Date) -> Published {
    let at = date.at(0, 0, 0, 0).to_zoned(TimeZone::UTC);
    Published { at: at.map(|zoned| zoned.timestamp()).unwrap_or_default(), day_only: true }
}

fn utc(civil: DateTime) -> Option<Published> {
    Some(moment(civil.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

fn moment(at: Timestamp) -> Published {
    Published { at, day_only: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match parse(text) {
            None => "none".into(),
            Some(Published { at, day_only: true }) => at.strftime("%Y-%m-%d").to_string(),
            Some(Published { at, day_only: false }) => at.to_string(),
        }
    }

    #[test]
    fn every_spelling_is_the_moment_it_names() {
        let spellings = [
            ("2024-05-01T10:15:00Z", "2024-05-01T10:15:00Z"),
            ("2024-05-01T10:15:00+02:00", "2024-05-01T08:15:00Z"),
            ("2024-05-01T10:15:00+0200", "2024-05-01T08:15:00Z"),
            ("2024-05-01 10:15:00+00:00", "2024-05-01T10:15:00Z"),
            ("2024-05-01 10:15:00 +0200", "none"),
            ("2024-05-01 10:15:00 UTC", "2024-05-01T10:15:00Z"),
            ("2024-05-01T10:15:00.250Z", "2024-05-01T10:15:00.25Z"),
            ("2024-05-01T10:15:00", "2024-05-01T10:15:00Z"),
            (" 2024-05-01 10:15 ", "2024-05-01T10:15:00Z"),
            ("2024-05-01", "2024-05-01"),
            ("20240501T101500Z", "2024-05-01T10:15:00Z"),
            ("20240501101500", "2024-05-01T10:15:00Z"),
            ("20240501", "2024-05-01"),
            ("Wed, 01 May 2024 10:15:00 GMT", "2024-05-01T10:15:00Z"),
            ("Wed, 1 May 2024 10:15:00 -0400", "2024-05-01T14:15:00Z"),
            ("May 1, 2024", "2024-05-01"),
            ("Sept. 1, 2024", "2024-09-01"),
            ("1 May 2024", "2024-05-01"),
            ("Wednesday, May 1, 2024", "2024-05-01"),
            ("May 1, 2024 Wednesday", "2024-05-01"),
            ("May 1, 2024 at 10:15 p.m.", "2024-05-01T22:15:00Z"),
            ("May 1, 2024 12:15 AM EDT", "2024-05-01T04:15:00Z"),
            ("2024/05/01", "2024-05-01"),
            ("2024/05/01 10:15:00", "2024-05-01T10:15:00Z"),
            ("1714558500", "2024-05-01T10:15:00Z"),
            ("1714558500000", "2024-05-01T10:15:00Z"),
        ];
        for (text, moment) in spellings {
            assert_eq!(read(text), moment, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_certain_is_no_date() {
        for text in [
            "",
            "None",
            "yesterday",
            "05/01/2024",
            "1.5.2024",
            "2024-02-30",
            "2024-13-01",
            "May 2024",
            "May 32, 2024",
            "0000-00-00",
            "12345",
            "2024",
            "1 May 2024 25:00",
            "13:00 PM May 1, 2024",
            "Sale ends May 1, 2024",
            "99999999999999999999",
            "1 2 May 2024",
            "Wed, 02 May 2024 10:15:00 GMT",
        ] {
            assert_eq!(read(text), "none", "{text:?}");
        }
    }

    #[test]
    fn numbers_are_unix_times_or_days_without_dashes() {
        let read = |number: f64| from_number(number).map(|published| published.to_string());
        assert_eq!(read(1_714_558_500.0).as_deref(), Some("2024-05-01T10:15:00Z"));
        assert_eq!(read(1_714_558_500_123.0).as_deref(), Some("2024-05-01T10:15:00Z"));
        assert_eq!(read(20_240_501.0).as_deref(), Some("2024-05-01T00:00:00Z"));
        assert_eq!(read(-5.0), None);
        assert_eq!(read(2024.0), None);
        // Its twelve characters were read as a number, and that as characters, without an end.
        assert_eq!(read(1.714_552_052_4), None);
        assert_eq!(read(f64::NAN), None);
        assert_eq!(read(f64::INFINITY), None);
    }
}
