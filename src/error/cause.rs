//! Why something failed: words for a person, and the error that they were made of.

use std::cmp::Ordering;
use std::error::Error as StdError;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::io;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Why something failed, in words that stand alone, and the error behind it where there is one. The numbers of the
/// system, as `(os error 2)`, are left out of the words; the error behind them has them.
///
/// It reads as a text. Two are equal where their words are.
///
/// ```
/// use newsfold::error::Cause;
///
/// let parsed = "ten".parse::<u32>().map_err(Cause::of);
/// let cause = parsed.unwrap_err().with_words(|words| format!("no number: {words}"));
/// assert!(cause.starts_with("no number: "));
/// assert!(cause.source().is_some_and(|error| error.is::<std::num::ParseIntError>()));
/// assert!(Cause::from("too many columns").source().is_none());
/// ```
#[derive(Clone)]
pub struct Cause {
    words: Box<str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Cause {
    /// An error, in its own words. What the system does not find is told in the words that all commands have for it.
    pub fn of(error: impl StdError + Send + Sync + 'static) -> Self {
        let words = match is_not_there(&error) {
            true => NOT_THERE.into(),
            false => plain(error.to_string().into()),
        };
        Self { words, source: Some(Arc::new(error)) }
    }

    /// An error, in better words than its own.
    pub fn told(words: impl Into<Box<str>>, error: impl StdError + Send + Sync + 'static) -> Self {
        Self { words: plain(words.into()), source: Some(Arc::new(error)) }
    }

    /// Other words for the same cause, made of those it has.
    #[must_use]
    pub fn with_words(self, words: impl FnOnce(&str) -> String) -> Self {
        Self { words: plain(words(&self.words).into()), source: self.source }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.words
    }

    /// The error behind the words.
    pub fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|error| error as &(dyn StdError + 'static))
    }

    /// The error behind the words, where it is of this type.
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        self.source()?.downcast_ref()
    }
}

/// That nothing has this name.
pub(crate) const NOT_THERE: &str = "there is no such file or folder";

/// Whether this is the system's word that nothing has a name.
fn is_not_there(error: &(dyn StdError + 'static)) -> bool {
    let of_system = error.downcast_ref::<io::Error>();
    let of_system = of_system.filter(|error| error.raw_os_error().is_some());
    of_system.is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// The words without the numbers that Rust puts behind those of the system.
fn plain(words: Box<str>) -> Box<str> {
    const NUMBER: &str = " (os error ";
    if !words.contains(NUMBER) {
        return words;
    }
    let mut parts = words.split(NUMBER);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after = part.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit());
        match after.strip_prefix(')') {
            Some(rest) if after.len() < part.len() => plain += rest,
            _ => plain += &[NUMBER, part].concat(),
        }
    }
    plain.into()
}

impl From<String> for Cause {
    fn from(words: String) -> Self {
        Self { words: plain(words.into()), source: None }
    }
}

impl From<&str> for Cause {
    fn from(words: &str) -> Self {
        Self { words: plain(words.into()), source: None }
    }
}

impl Deref for Cause {
    type Target = str;

    fn deref(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => f.debug_tuple("Cause").field(&self.words).field(source).finish(),
            None => self.words.fmt(f),
        }
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.words)
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

impl Eq for Cause {}

impl PartialEq<str> for Cause {
    fn eq(&self, other: &str) -> bool {
        &*self.words == other
    }
}

impl PartialEq<&str> for Cause {
    fn eq(&self, other: &&str) -> bool {
        &*self.words == *other
    }
}

impl PartialOrd for Cause {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cause {
    fn cmp(&self, other: &Self) -> Ordering {
        self.words.cmp(&other.words)
    }
}

impl Hash for Cause {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.words.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_system_come_without_their_number() {
        let refused = || io::Error::from_raw_os_error(13);
        assert!(refused().to_string().contains("(os error 13)"));
        let words = "Permission denied";
        assert_eq!(Cause::of(refused()), *words);
        assert_eq!(
            Cause::from(format!("a: {}; b: {}", refused(), refused())),
            *format!("a: {words}; b: {words}")
        );
        let told = Cause::told(refused().to_string() + "; look again", refused());
        assert_eq!(told, *"Permission denied; look again");
        assert_eq!(told.downcast_ref::<io::Error>().unwrap().raw_os_error(), Some(13));
        let other = Cause::from("it").with_words(|it| format!("{it}: {}", refused()));
        assert_eq!(other, *format!("it: {words}"));
    }

    #[test]
    fn what_is_not_there_is_told_in_the_words_of_all_commands() {
        let missing = Cause::of(io::Error::from_raw_os_error(2));
        assert_eq!(missing, *NOT_THERE);
        assert_eq!(missing.downcast_ref::<io::Error>().unwrap().raw_os_error(), Some(2));
        let own = Cause::of(io::Error::new(io::ErrorKind::NotFound, "no such object"));
        assert_eq!(own, *"no such object");
    }

    #[test]
    fn other_words_stay_as_they_are() {
        for words in ["", "(os error", "a (os error 2", "a (os error x)", "a (os error )"] {
            assert_eq!(Cause::from(words), *words);
        }
    }
}
