//! What every stage speaks about: an article, its place in the run, and stretches of its text.
//!
//! The types keep apart what must not be mixed: a [`DocId`] is no array index of anything but the
//! [`Corpus`], a [`ByteSpan`] no [`CharSpan`], and a [`TokenSpan`] counts neither. Cost: an article
//! is about 150 bytes beside its words, which it shares one allocation for with those read along
//! with it.

mod corpus;
mod house;
mod mending;
mod record;
mod shared_str;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use corpus::{ArticleKey, Corpus, derived_id, order_bytes};
pub use house::house;
pub use mending::Mending;
pub use record::Article;
pub use shared_str::SharedStr;

/// An article's place in its [`Corpus`], which is in order of publication. Holds for one run only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocId(pub u32);

impl DocId {
    /// The place as an index into anything that holds one entry an article, in corpus order.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open stretch of an article's text, in UTF-8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ByteSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A half-open stretch of an article's text, in Unicode characters (scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CharSpan {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// A half-open stretch of an article, in positions of its token sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenSpan {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
}

impl TokenSpan {
    /// How many tokens it holds.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// How many tokens it shares with `other`.
    pub fn overlap(self, other: TokenSpan) -> u32 {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }
}

impl ByteSpan {
    /// The text it covers.
    ///
    /// # Panics
    /// If the span does not lie in `text` on character boundaries, as a span of another text would.
    pub fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// When an article was published, as far as its source told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Published {
    /// The moment; midnight UTC where only the day is known.
    pub at: Timestamp,
    /// Whether only the day is known.
    pub day_only: bool,
}

impl Published {
    /// Hours from `earlier` to this, where it can be told that this came later: the times differ and,
    /// where one of them names only a day, the days do.
    pub fn hours_after(self, earlier: Self) -> Option<f64> {
        let (first, later) = (earlier.at.as_second(), self.at.as_second());
        let days = later.div_euclid(86_400) - first.div_euclid(86_400);
        let told = if earlier.day_only || self.day_only { days > 0 } else { later > first };
        told.then_some((later - first) as f64 / 3_600.0)
    }

    /// As much as is known: the moment as [`Display`](fmt::Display) has it, or the day alone.
    pub fn known(self) -> String {
        match self.day_only {
            true => self.at.strftime("%Y-%m-%d").to_string(),
            false => self.to_string(),
        }
    }
}

impl From<Timestamp> for Published {
    /// A moment that is known to the second.
    fn from(at: Timestamp) -> Self {
        Self { at, day_only: false }
    }
}

impl From<Date> for Published {
    /// A day, whatever the hour; it is counted from midnight UTC.
    fn from(day: Date) -> Self {
        // UTC has no gaps, so only the ends of jiff's calendar have no such moment.
        let nearest = if day.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        Self { at: midnight(day).unwrap_or(nearest), day_only: true }
    }
}

/// The length of `2024-05-01`.
const DAY_LENGTH: usize = 10;

fn midnight(day: Date) -> Result<Timestamp, jiff::Error> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0))
}

impl FromStr for Published {
    type Err = jiff::Error;

    /// Reads RFC 3339 with a zone (`2024-05-01T09:00:00Z`), or a day (`2024-05-01`). An hour without a zone is no moment.
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        match text.len() {
            // A longer one that jiff takes for a date has a time, which would be lost.
            DAY_LENGTH => midnight(text.parse()?).map(|at| Self { at, day_only: true }),
            _ => text.parse::<Timestamp>().map(Self::from),
        }
    }
}

impl fmt::Display for Published {
    /// RFC 3339 in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// What a reader should know of how an article was read, beside what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes(u16);

impl Notes {
    /// The input has a title and an address for it, and no text.
    pub const NO_TEXT: Self = Self(1);
    /// The input names the day of publication only.
    pub const NO_TIME: Self = Self(1 << 1);
    /// The input has a date that cannot be read for certain, so there is none.
    pub const UNREADABLE_DATE: Self = Self(1 << 2);
    /// The input has a date that no calendar has, or of a time before newspapers, so there is none.
    pub const IMPOSSIBLE_DATE: Self = Self(1 << 3);
    /// The date lies in 2100 or later.
    pub const FUTURE_DATE: Self = Self(1 << 4);
    /// Bytes of Windows-1252 stood in a file of UTF-8.
    pub const WINDOWS_1252: Self = Self(1 << 5);
    /// Entities of HTML stood in the text or the title.
    pub const ENTITIES: Self = Self(1 << 6);
    /// The text or the title had been encoded as UTF-8 twice.
    pub const ENCODED_TWICE: Self = Self(1 << 7);
    /// The file is in an older encoding, which statistics told.
    pub const GUESSED_ENCODING: Self = Self(1 << 8);
    /// The record was no sound JSON: NaN, half of a surrogate pair, a control character. What could not
    /// be meant is null or U+FFFD.
    pub const AMENDED_JSON: Self = Self(1 << 9);
    /// Tags of HTML stood in the text or the title.
    pub const MARKUP: Self = Self(1 << 10);
    /// The text was scrambled by ROT47, as some paywalls leave it.
    pub const ROT47: Self = Self(1 << 11);
    /// The text is a menu, a list of countries, a form or a request for consent, and no article.
    pub const NO_BODY: Self = Self(1 << 12);
    /// The source has no date but for the day in the web address.
    pub const DATE_FROM_URL: Self = Self(1 << 13);
    /// The order of day and month was settled by the other dates of the file.
    pub const DAY_ORDER: Self = Self(1 << 14);
    /// The article is of the older ones that the others are held against, and no input of its own.
    pub const REFERENCE: Self = Self(1 << 15);

    const NAMES: [(Self, &str); 16] = [
        (Self::NO_TEXT, "no-text"),
        (Self::NO_TIME, "no-time"),
        (Self::UNREADABLE_DATE, "unreadable-date"),
        (Self::IMPOSSIBLE_DATE, "impossible-date"),
        (Self::FUTURE_DATE, "future-date"),
        (Self::WINDOWS_1252, "windows-1252"),
        (Self::ENTITIES, "entities"),
        (Self::ENCODED_TWICE, "encoded-twice"),
        (Self::GUESSED_ENCODING, "guessed-encoding"),
        (Self::AMENDED_JSON, "amended-json"),
        (Self::MARKUP, "markup"),
        (Self::ROT47, "rot47"),
        (Self::NO_BODY, "no-body"),
        (Self::DATE_FROM_URL, "date-from-url"),
        (Self::DAY_ORDER, "day-order"),
        (Self::REFERENCE, "reference"),
    ];

    /// Its bits, one a note.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// The notes with these bits.
    pub fn of_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// Adds a note, or several.
    pub fn insert(&mut self, notes: Self) {
        self.0 |= notes.0;
    }

    /// Takes notes away.
    pub(crate) fn remove(&mut self, notes: Self) {
        self.0 &= !notes.0;
    }

    /// Whether all of these notes are among them.
    pub fn contains(self, notes: Self) -> bool {
        self.0 & notes.0 == notes.0
    }
}

impl fmt::Display for Notes {
    /// Their names with a space between two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Self::NAMES.iter().filter(|(note, _)| self.contains(*note));
        for (place, (_, name)) in names.enumerate() {
            write!(f, "{}{name}", if place > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}
