//! What a column holds, how it is written as a cell, and how it is read back from text.

use std::borrow::Cow;
use std::fmt;

use crate::article::Published;
use crate::candidates::Method;
use crate::family::KeptReason;
use crate::passage::{Kind, Reason};
use crate::story::Certainty;
use crate::verify::Evidence;

/// How many decimals a real number keeps: past them lie the shares of articles of a million tokens.
const DECIMALS: i32 = 6;

/// What stands between the terms of a story.
const BETWEEN_TERMS: &str = "; ";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// An article's id: text, or an integer where every id of the input was a number.
    Id,
    Text,
    Integer,
    Real,
    Boolean,
}

impl Type {
    /// Its name in the documentation.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Boolean => "boolean",
        }
    }
}

/// A column: its name, what it holds, whether that may be unknown, and what it means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) holds: Type,
    pub(crate) optional: bool,
    /// What it means, line by line.
    pub(crate) about: &'static [&'static str],
    /// The words it may hold, where they are a few.
    pub(crate) words: &'static [&'static str],
}

impl Column {
    pub(crate) const fn of<'a, V: Value<'a>>(
        name: &'static str,
        about: &'static [&'static str],
    ) -> Self {
        Self { name, holds: V::HOLDS, optional: V::OPTIONAL, about, words: V::WORDS }
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Unknown,
    Id(Cow<'a, str>),
    Text(Cow<'a, str>),
    Integer(i64),
    Real(Real),
    Boolean(bool),
}

/// A finite number of [`DECIMALS`] decimals at most, written without an exponent and always with a
/// point, so that no reader takes a column of them for integers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Real(pub(super) f64);

impl Real {
    /// The number.
    pub(crate) fn value(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 { write!(f, "{:.1}", self.0) } else { write!(f, "{}", self.0) }
    }
}

/// The number as every file has it.
pub(crate) fn rounded(value: f64) -> f64 {
    let scale = 10_f64.powi(DECIMALS);
    // Adding zero turns a negative zero into a plain one.
    (value * scale).round() / scale + 0.0
}

/// A type of which a column's values are.
pub(crate) trait Value<'a>: Sized {
    /// What the column holds.
    const HOLDS: Type;
    /// Whether a value may be unknown.
    const OPTIONAL: bool = false;
    /// The words it may be, where they are a few.
    const WORDS: &'static [&'static str] = &[];

    /// The value as it is written.
    fn cell(self) -> Cell<'a>;

    /// The value that this text tells, or what is wrong with it. What is unknown is the empty text.
    fn read(text: String) -> Result<Self, String>;

    /// What stands for a column that was not asked for.
    fn missing() -> Self;
}

/// Text that is there even where it is empty.
pub(crate) type Text<'a> = Cow<'a, str>;

/// Text, unknown where it is empty.
pub(crate) fn known<'a>(text: impl Into<Text<'a>>) -> Option<Text<'a>> {
    Some(text.into()).filter(|text| !text.is_empty())
}

impl<'a> Value<'a> for Text<'a> {
    const HOLDS: Type = Type::Text;

    fn cell(self) -> Cell<'a> {
        Cell::Text(self)
    }

    fn read(text: String) -> Result<Self, String> {
        Ok(text.into())
    }

    fn missing() -> Self {
        Self::default()
    }
}

/// An article's id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Id<'a>(pub(crate) Text<'a>);

impl<'a> Value<'a> for Id<'a> {
    const HOLDS: Type = Type::Id;

    fn cell(self) -> Cell<'a> {
        Cell::Id(self.0)
    }

    fn read(text: String) -> Result<Self, String> {
        Ok(Self(text.into()))
    }

    fn missing() -> Self {
        Self::default()
    }
}

impl<'a, V: Value<'a>> Value<'a> for Option<V> {
    const HOLDS: Type = V::HOLDS;
    const OPTIONAL: bool = true;
    const WORDS: &'static [&'static str] = V::WORDS;

    fn cell(self) -> Cell<'a> {
        self.map_or(Cell::Unknown, V::cell)
    }

    fn read(text: String) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { V::read(text).map(Some) }
    }

    fn missing() -> Self {
        None
    }
}

macro_rules! integer {
    ($($integer:ty),*) => {$(
        impl<'a> Value<'a> for $integer {
            const HOLDS: Type = Type::Integer;

            fn cell(self) -> Cell<'a> {
                Cell::Integer(self as i64)
            }

            fn read(text: String) -> Result<Self, String> {
                text.parse().map_err(|_| format!("{text:?} is no number"))
            }

            fn missing() -> Self {
                0
            }
        }
    )*};
}

integer!(u32, u64, usize);

impl<'a> Value<'a> for f64 {
    const HOLDS: Type = Type::Real;

    fn cell(self) -> Cell<'a> {
        if self.is_finite() { Cell::Real(Real(rounded(self))) } else { Cell::Unknown }
    }

    fn read(text: String) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is no number"))
    }

    fn missing() -> Self {
        0.0
    }
}

impl<'a> Value<'a> for bool {
    const HOLDS: Type = Type::Boolean;

    fn cell(self) -> Cell<'a> {
        Cell::Boolean(self)
    }

    fn read(text: String) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is neither true nor false"))
    }

    fn missing() -> Self {
        false
    }
}

/// A moment in RFC 3339, in UTC; whether only its day is known is told elsewhere.
impl<'a> Value<'a> for Published {
    const HOLDS: Type = Type::Text;

    fn cell(self) -> Cell<'a> {
        Cell::Text(self.to_string().into())
    }

    fn read(text: String) -> Result<Self, String> {
        let at = text.parse().map_err(|_| format!("{text:?} is no time"))?;
        Ok(Self { at, day_only: false })
    }

    fn missing() -> Self {
        Self { at: Default::default(), day_only: false }
    }
}

/// Terms in one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms(pub(crate) Vec<String>);

impl<'a> Value<'a> for Terms {
    const HOLDS: Type = Type::Text;
    const OPTIONAL: bool = true;

    fn cell(self) -> Cell<'a> {
        known(self.0.join(BETWEEN_TERMS)).cell()
    }

    fn read(text: String) -> Result<Self, String> {
        let terms = text.split(BETWEEN_TERMS).filter(|term| !term.is_empty());
        Ok(Self(terms.map(str::to_owned).collect()))
    }

    fn missing() -> Self {
        Self::default()
    }
}

/// What is one of a few words.
macro_rules! words {
    ($($Word:ty),*) => {$(
        impl<'a> Value<'a> for $Word {
            const HOLDS: Type = Type::Text;
            const WORDS: &'static [&'static str] = &{
                let mut words = [""; <$Word>::ALL.len()];
                let mut place = 0;
                while place < words.len() {
                    words[place] = <$Word>::ALL[place].name();
                    place += 1;
                }
                words
            };

            fn cell(self) -> Cell<'a> {
                Cell::Text(self.name().into())
            }

            fn read(text: String) -> Result<Self, String> {
                let found = Self::ALL.into_iter().find(|word| word.name() == text);
                found.ok_or_else(|| format!("{text:?} is none of {}", Self::WORDS.join(", ")))
            }

            fn missing() -> Self {
                Self::ALL[0]
            }
        }
    )*};
}

words!(Kind, Evidence, KeptReason, Method, Certainty, Reason);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_number_is_short_and_never_an_integer_or_an_exponent() {
        let told = |value: f64| match value.cell() {
            Cell::Real(number) => number.to_string(),
            cell => format!("{cell:?}"),
        };
        assert_eq!(told(1.0), "1.0");
        assert_eq!(told(1.0 / 3.0), "0.333333");
        assert_eq!(told(1e-6), "0.000001");
        assert_eq!(told(-1e-9), "0.0");
        assert_eq!(told(123_456_789.25), "123456789.25");
        assert_eq!(told(f64::NAN), "Unknown");
    }

    #[test]
    fn a_word_is_read_as_it_is_written() {
        assert_eq!(Kind::read("credit".into()), Ok(Kind::Credit));
        let refused = Reason::read("guess".into()).unwrap_err();
        assert_eq!(refused, "\"guess\" is none of credit, earliest, longest");
    }
}
