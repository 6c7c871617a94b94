//! Dates as sources write them, in thirty languages. What cannot be read for certain is no date: nothing
//! is guessed.
//!
//! `05/01/2024` may be a day in May or in January, so it is none by itself ([`either`]); the other dates
//! of a file may settle it. With dots the day comes first wherever such dates are written. A time without
//! a zone is taken as UTC. Defaults of programs (`0001-01-01`, the first second of 1970, `9999-12-31`) are
//! none.

mod names;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::article::Published;

/// Numbers below this are no Unix time in seconds (March 1973): they are rather a day written as
/// `20240501`, or nothing that tells a date.
const FIRST_UNIX_SECOND: f64 = 1e8;
/// Numbers from here to a thousand times it are Unix times in milliseconds (from March 1973, too), and so on
/// for micro- and nanoseconds.
const FIRST_UNIX_MILLISECOND: f64 = 1e11;
/// Days since the end of 1899, as spreadsheets count them, that fall between 1982 and 2064. Only with a part of
/// a day behind them is such a number told from any other.
const SPREADSHEET_DAYS: std::ops::Range<f64> = 30_000.0..60_000.0;
/// Day 25,569 of a spreadsheet is the first of 1970.
const SPREADSHEET_EPOCH: f64 = 25_569.0;

/// In which order a date has its day and its month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As in most of the world.
    DayFirst,
    /// As in the United States.
    MonthFirst,
}

/// The moment a text names, or `None`.
pub(super) fn parse(text: &str) -> Option<Published> {
    parse_as(text, None)
}

/// Whether a date may depend on the order of day and month: it begins with a number and a slash or a dash.
fn may_depend(text: &str) -> bool {
    let text = text.trim_start().as_bytes();
    [1, 2].iter().any(|at| matches!(text.get(*at), Some(b'/' | b'-')))
}

/// Both moments that a text may name, by the order of day and month, where it depends on that.
pub(super) fn either(text: &str) -> Option<[Published; 2]> {
    if !may_depend(text) {
        return None;
    }
    match [Order::DayFirst, Order::MonthFirst].map(|order| parse_as(text, Some(order))) {
        [Some(first), Some(second)] if first != second => Some([first, second]),
        _ => None,
    }
}

/// The order that a text is written in, where it tells: one of its numbers is past twelve.
pub(super) fn order(text: &str) -> Option<Order> {
    if !may_depend(text) {
        return None;
    }
    match [Order::DayFirst, Order::MonthFirst].map(|order| parse_as(text, Some(order))) {
        [Some(_), None] => Some(Order::DayFirst),
        [None, Some(_)] => Some(Order::MonthFirst),
        _ => None,
    }
}

fn parse_as(text: &str, order: Option<Order>) -> Option<Published> {
    let text = text.trim();
    let text =
        text.strip_prefix("/Date(").and_then(|inner| inner.strip_suffix(")/")).unwrap_or(text);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(text).filter(|published| !is_default(*published));
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+".contains(&byte));
    let found = if is_number {
        from_text_of_number(text).or_else(|| words(text, order))
    } else {
        iso(text).or_else(|| mail(text)).or_else(|| words(text, order))
    };
    found.filter(|published| !is_default(*published))
}

/// Whether a date is one that programs put where there is none.
fn is_default(published: Published) -> bool {
    let year = published.at.to_zoned(TimeZone::UTC).year();
    year <= 1 || year == 9999 || published.at == Timestamp::UNIX_EPOCH && !published.day_only
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

/// The moment a number names: Unix seconds to nanoseconds, or a day as `20240501`.
pub(super) fn from_number(number: f64) -> Option<Published> {
    if !(0.0..FIRST_UNIX_MILLISECOND * 1e9).contains(&number) {
        return None;
    }
    let mut milliseconds = number;
    if number < FIRST_UNIX_SECOND {
        // A whole number below it has no more digits than a day.
        return (number.fract() == 0.0).then(|| digits(&number.to_string()))?;
    } else if number < FIRST_UNIX_MILLISECOND {
        milliseconds *= 1000.0;
    }
    while milliseconds >= FIRST_UNIX_MILLISECOND * 1000.0 {
        milliseconds /= 1000.0;
    }
    Some(moment(Timestamp::from_millisecond(milliseconds as i64).ok()?))
}

/// A number with a point or an exponent: a Unix time, or the days of a spreadsheet.
fn from_text_of_number(text: &str) -> Option<Published> {
    let number: f64 = text.parse().ok()?;
    if SPREADSHEET_DAYS.contains(&number) && text.contains('.') && !text.contains(['e', 'E']) {
        // A thousandth of a day is a minute and a half: the minute is what it was made of.
        let minutes = ((number - SPREADSHEET_EPOCH) * 1440.0).round();
        return Some(moment(Timestamp::from_second(minutes as i64 * 60).ok()?));
    }
    (number >= FIRST_UNIX_SECOND).then(|| from_number(number))?
}

/// A text of digits alone: a day, a day and a time, or a Unix time.
fn digits(text: &str) -> Option<Published> {
    match text.len() {
        8 => day(Date::strptime("%Y%m%d", text).ok()?),
        14 => utc(DateTime::strptime("%Y%m%d%H%M%S", text).ok()?),
        9..=13 | 16 | 19 => from_number(text.parse().ok()?),
        _ => None,
    }
}

/// RFC 3339 and its relatives: with a space, without a zone, without dashes, without a time; the day by its
/// number in the year; midnight as the end of a day.
fn iso(text: &str) -> Option<Published> {
    // A zone behind an offset says it again.
    let text = match text.strip_suffix(']').and_then(|inner| inner.rsplit_once('[')) {
        Some((moment, _)) if zoned_by_offset(moment) => moment,
        _ => text,
    };
    if let Some((date, midnight)) =
        text.split_once(['T', ' ']).filter(|(_, time)| time.starts_with("24:00"))
    {
        let zero = format!("{date}T00:00{}", &midnight[5..]);
        let before = iso(&zero)?;
        return Some(Published { at: before.at + SignedDuration::from_hours(24), ..before });
    }
    if let Some((year, number)) =
        text.split_once('-').filter(|(year, n)| year.len() == 4 && n.len() == 3)
    {
        let first = Date::new(year.parse().ok()?, 1, 1).ok()?;
        let number: i16 = number.parse().ok()?;
        return day(first.with().day_of_year(number).build().ok()?);
    }
    let plain = text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")).map(str::trim_end);
    let pieces = temporal::Pieces::parse(plain.unwrap_or(text)).ok()?;
    let Some(time) = pieces.time() else { return day(pieces.date()) };
    let civil = pieces.date().to_datetime(time);
    match pieces.to_numeric_offset() {
        Some(offset) => Some(moment(offset.to_timestamp(civil).ok()?)),
        None if pieces.time_zone_annotation().is_some() => {
            Some(moment(text.parse::<Zoned>().ok()?.timestamp()))
        }
        None => utc(civil),
    }
}

fn zoned_by_offset(moment: &str) -> bool {
    let time = moment.rsplit_once(['T', ' ']).map_or("", |(_, time)| time);
    time.ends_with('Z') || time.contains(['+', '-'])
}

/// RFC 2822, as feeds have it.
fn mail(text: &str) -> Option<Published> {
    Some(moment(rfc2822::parse(text).ok()?.timestamp()))
}

/// What the words of a date have told so far.
#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    afternoon: Option<bool>,
    weekday: Option<Weekday>,
    /// Minutes from UTC.
    zone: Option<i32>,
}

/// Dates in words, or with slashes, dots and dashes, and what goes with them: `May 1, 2024`, `Wednesday, 1 May
/// 2024 10:15 PM EDT`, `mercredi 10 janvier 2024 à 8h30`, `2024年1月10日 08:30`. Every word must be understood,
/// and an English weekday must be that of the date.
fn words(text: &str, order: Option<Order>) -> Option<Published> {
    /// No date has more words than the longest of the forms above.
    const MOST_BYTES: usize = 100;
    if text.len() > MOST_BYTES {
        return None;
    }
    let text = plain(text);
    let mut parts = Parts::default();
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | '،' | '、');
    for word in text.split(separators).filter(|word| !word.is_empty()) {
        parts.take(word, order)?;
    }
    let date = Date::new(parts.year?, parts.month?, parts.day?).ok()?;
    if parts.weekday.is_some_and(|name| name != date.weekday()) {
        return None;
    }
    let Some(time) = parts.time else { return day(date) };
    let civil = date.to_datetime(twelve_hours(time, parts.afternoon)?);
    match parts.zone {
        None => utc(civil),
        Some(minutes) => {
            let offset = Offset::from_seconds(minutes * 60).ok()?;
            Some(moment(offset.to_timestamp(civil).ok()?))
        }
    }
}

/// The same with digits of ASCII, names of months in one word, and without what stands in brackets.
fn plain(text: &str) -> String {
    let text = match text.split_once('(') {
        Some((before, rest)) if rest.trim_end().ends_with(')') => before,
        _ => text,
    };
    let digit = |c: char| match u32::from(c) {
        // Arabic-Indic, Persian, Devanagari, Bengali, Thai, and full width.
        code @ (0x660..=0x669
        | 0x6f0..=0x6f9
        | 0x966..=0x96f
        | 0x9e6..=0x9ef
        | 0xe50..=0xe59
        | 0xff10..=0xff19) => {
            let zero = match code {
                0x660..=0x669 => 0x660,
                0x6f0..=0x6f9 => 0x6f0,
                0x966..=0x96f => 0x966,
                0x9e6..=0x9ef => 0x9e6,
                0xe50..=0xe59 => 0xe50,
                _ => 0xff10,
            };
            char::from_digit(code - zero, 10).unwrap_or(c)
        }
        _ => c,
    };
    let text: String = text.chars().map(digit).collect();
    if text.is_ascii() { text } else { names::join_words(&text) }
}

impl Parts {
    /// Takes a word; `None` where it is not understood.
    fn take(&mut self, word: &str, order: Option<Order>) -> Option<()> {
        let bare = word.trim_end_matches('.');
        let is_number = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && bare.len() == 4 && self.year.is_none() {
            self.year = Some(bare.parse().ok()?);
        } else if is_number && bare.len() <= 2 && self.day.is_none() {
            self.day = Some(bare.parse().ok()?);
        } else if let Some(number) = ordinal(word).filter(|_| self.day.is_none()) {
            self.day = Some(number);
        } else if let Some(date) = east_asian(word).filter(|_| self.month.is_none()) {
            self.set(date.0, date.1, date.2)?;
        } else if let Some((number, unit)) = korean(word) {
            let part = match unit {
                '년' => return self.year.replace(number).is_none().then_some(()),
                '월' => &mut self.month,
                _ => &mut self.day,
            };
            return part.replace(i8::try_from(number).ok()?).is_none().then_some(());
        } else if let Some(time) = clock(word).filter(|_| self.time.is_none()) {
            let (time, afternoon) = time;
            self.time = Some(time);
            self.afternoon = afternoon.or(self.afternoon);
        } else if self.month.is_none()
            && word.contains(['/', '-', '.'])
            && numeric(word, order).is_some()
        {
            let (date, rest) = numeric(word, order)?;
            self.set(date.0, date.1, date.2)?;
            if let Some(time) = rest {
                self.time = Some(clock(time)?.0);
            }
        } else if let Some(number) = names::month(word).filter(|_| self.month.is_none()) {
            self.month = Some(number);
        } else if let (Some(after), Some(_), None) = (meridiem(word), self.time, self.afternoon) {
            self.afternoon = Some(after);
        } else if let Some(name) = names::weekday(word).filter(|_| self.weekday.is_none()) {
            self.weekday = Some(name);
        } else if let Some(zone) =
            names::zone(word).filter(|_| self.time.is_some() && self.zone.is_none())
        {
            self.zone = Some(zone);
        } else if !names::is_passed_over(word) && !names::is_passed_over(bare) {
            return None;
        }
        Some(())
    }

    fn set(&mut self, year: i16, month: i8, day: i8) -> Option<()> {
        let is_new = self.year.is_none() && self.month.is_none() && self.day.is_none();
        (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        is_new.then_some(())
    }
}

/// `1st`, `10th`, `1er`, `10º`.
fn ordinal(word: &str) -> Option<i8> {
    let end = word.find(|c: char| !c.is_ascii_digit())?;
    let suffix = word[end..].to_lowercase();
    let is_suffix =
        ["st", "nd", "rd", "th", "er", "º", "ª", "o", "e", "ος", "-го"].contains(&suffix.as_str());
    (is_suffix && (1..=2).contains(&end)).then(|| word[..end].parse().ok())?
}

/// `2024年1月10日`.
fn east_asian(word: &str) -> Option<(i16, i8, i8)> {
    let (year, rest) = word.split_once(['年', '년'])?;
    let (month, rest) = rest.split_once(['月', '월'])?;
    let day = rest.strip_suffix(['日', '일', '号', '號'])?;
    Some((year.trim().parse().ok()?, month.trim().parse().ok()?, day.trim().parse().ok()?))
}

/// A number of Korean years, months or days, where these stand apart.
fn korean(word: &str) -> Option<(i16, char)> {
    let unit = word.chars().last().filter(|unit| "년월일".contains(*unit))?;
    Some((word.strip_suffix(unit)?.parse().ok()?, unit))
}

/// `08:30`, `8:30:15.25`, `8:30PM`, `8h30`, `8h`.
fn clock(word: &str) -> Option<(Time, Option<bool>)> {
    let lower = word.to_ascii_lowercase();
    let (digits, afternoon) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(false)),
        (_, Some(digits)) => (digits, Some(true)),
        _ => (lower.as_str(), None),
    };
    let colons = match digits.split_once('h') {
        Some((hour, "")) => format!("{hour}:00"),
        Some((hour, minute)) => format!("{hour}:{minute}"),
        None => digits.to_owned(),
    };
    let format = match colons.matches(':').count() {
        1 => "%H:%M",
        2 => "%H:%M:%S%.f",
        _ => return None,
    };
    Some((Time::strptime(format, &colons).ok()?, afternoon))
}

type YearMonthDay = (i16, i8, i8);

/// Three numbers, or two and the name of a month, between slashes, dots or dashes: `2024/05/01`,
/// `13.01.2024`, `10-Jan-2024`; and the time behind a colon or a dash, as `20240110-08:30`.
fn numeric(word: &str, order: Option<Order>) -> Option<(YearMonthDay, Option<&str>)> {
    if let Some((date, time)) = word.split_once('-').filter(|(date, _)| date.len() == 8) {
        let date = Date::strptime("%Y%m%d", date).ok()?;
        clock(time)?;
        return Some(((date.year(), date.month(), date.day()), Some(time)));
    }
    let separator = word.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let word = word.trim_end_matches('.');
    let mut pieces = word.split(separator);
    let (a, b, c) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if pieces.next().is_some() {
        return None;
    }
    let number = |piece: &str| -> Option<i8> {
        let is_short = (1..=2).contains(&piece.len());
        (is_short && piece.bytes().all(|byte| byte.is_ascii_digit())).then(|| piece.parse().ok())?
    };
    let year = |piece: &str| -> Option<i16> {
        (piece.len() == 4 && piece.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| piece.parse().ok())?
    };
    if let Some(year) = year(a) {
        let month = number(b).or_else(|| names::month(b))?;
        return Some(((year, month, number(c)?), None));
    }
    let year = year(c)?;
    if let Some(month) = names::month(b).filter(|_| number(b).is_none()) {
        return Some(((year, month, number(a)?), None));
    }
    let (a, b) = (number(a)?, number(b)?);
    let order = match (separator, order) {
        ('.', _) => Order::DayFirst,
        (_, Some(order)) => order,
        _ if a > 12 || a == b => Order::DayFirst,
        _ if b > 12 => Order::MonthFirst,
        _ => return None,
    };
    let (day, month) = match order {
        Order::DayFirst => (a, b),
        Order::MonthFirst => (b, a),
    };
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(((year, month, day), None))
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

/// A day; none where it has no moment, as the last of the calendar.
fn day(date: Date) -> Option<Published> {
    let at = date.at(0, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
    Some(Published { at: at.timestamp(), day_only: true })
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
            ("2024-05-01 10:15:00 +0200", "2024-05-01T08:15:00Z"),
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
            "9999-12-31",
            "99991231",
            "31.12.9999",
            "Dec 31, 9999",
            "9999-12-31T23:59:59Z",
            "1 2 May 2024",
            "Wed, 02 May 2024 10:15:00 GMT",
        ] {
            assert_eq!(read(text), "none", "{text:?}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_told_or_asked_for() {
        let day = |text, order| parse_as(text, Some(order)).map(|published| published.to_string());
        assert_eq!(day("10/01/2024", Order::DayFirst).unwrap(), "2024-01-10T00:00:00Z");
        assert_eq!(day("10/01/2024", Order::MonthFirst).unwrap(), "2024-10-01T00:00:00Z");
        assert_eq!(order("13/01/2024"), Some(Order::DayFirst));
        assert_eq!(order("01/13/2024 08:30"), Some(Order::MonthFirst));
        assert_eq!((order("10/01/2024"), either("10/01/2024").is_some()), (None, true));
        assert_eq!((order("2024-01-10"), either("2024-01-10")), (None, None));
        assert_eq!(either("05/05/2024"), None);
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
