//! Strings that share one text: a few dozen articles are read into one, and each of their fields is a
//! stretch of it.
//!
//! Sixteen bytes a string and no allocation of its own; the text lives as long as any stretch of it,
//! on the heap or in the file that [`crate::spill`] keeps.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::spill::Text;

/// A stretch of a text that others share. Reads, compares and sorts as the `str` it is.
///
/// ```
/// use newsfold::article::SharedStr;
/// let whole = SharedStr::from("Ferry runs aground");
/// assert_eq!(&whole[..5], "Ferry");
/// ```
#[derive(Clone, Default)]
pub struct SharedStr {
    /// `None` for the empty string, which many fields are.
    text: Option<Arc<Text>>,
    start: u32,
    end: u32,
}

impl SharedStr {
    /// The stretch of `text` at these bytes.
    ///
    /// # Panics
    /// If the stretch does not lie in `text` on character boundaries, or reaches past 4 GiB.
    pub(crate) fn stretch(text: &Arc<Text>, bytes: Range<usize>) -> Self {
        assert!(text.is_char_boundary(bytes.start) && text.is_char_boundary(bytes.end));
        let offset = |byte: usize| u32::try_from(byte).expect("a shared text has under 4 GiB");
        let (start, end) = (offset(bytes.start), offset(bytes.end));
        let text = (start < end).then(|| Arc::clone(text));
        Self { text, start, end }
    }

    /// The string itself.
    #[inline]
    pub fn as_str(&self) -> &str {
        self.text.as_ref().map_or("", |text| &text[self.start as usize..self.end as usize])
    }
}

impl Deref for SharedStr {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for SharedStr {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for SharedStr {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

/// # Panics
/// If the text has 4 GiB or more.
impl From<Text> for SharedStr {
    fn from(text: Text) -> Self {
        let bytes = 0..text.len();
        Self::stretch(&Arc::new(text), bytes)
    }
}

/// # Panics
/// If the string has 4 GiB or more.
impl From<String> for SharedStr {
    fn from(text: String) -> Self {
        Text::from(text).into()
    }
}

/// # Panics
/// If the string has 4 GiB or more.
impl From<&str> for SharedStr {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl PartialEq for SharedStr {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for SharedStr {}

impl PartialEq<str> for SharedStr {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for SharedStr {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for SharedStr {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SharedStr {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for SharedStr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for SharedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for SharedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl Serialize for SharedStr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spill::{Lane, Memory, Spill};

    proptest! {
        #[test]
        fn a_stretch_reads_the_same_on_the_heap_and_in_the_file(
            words in prop::collection::vec("\\PC{0,9}", 1..20)
        ) {
            let whole = words.concat();
            // No map under Miri; the heap stands for both.
            let memory = Memory { bytes: 0, beside: std::env::temp_dir().join("out") };
            let spill = Spill::new((!cfg!(miri)).then_some(memory));
            let on_heap = Arc::new(Text::from(whole.clone()));
            let in_file = Arc::new(spill.keep_text(&whole, Lane::Names).unwrap());
            let mut start = 0;
            for word in &words {
                let end = start + word.len();
                let a = SharedStr::stretch(&on_heap, start..end);
                let b = SharedStr::stretch(&in_file, start..end);
                prop_assert_eq!((a.as_str(), b.as_str()), (word.as_str(), word.as_str()));
                prop_assert_eq!(a.cmp(&b), Ordering::Equal);
                start = end;
            }
        }
    }

    #[test]
    fn stretches_of_one_text_are_strings_of_their_own() {
        let text = Arc::new(Text::from("zürich ferry".to_owned()));
        let (a, b) = (SharedStr::stretch(&text, 0..7), SharedStr::stretch(&text, 8..13));
        assert_eq!((a.as_str(), b.as_str()), ("zürich", "ferry"));
        assert!(b < a);
        assert_eq!(b, SharedStr::from("ferry"));
        assert_eq!(SharedStr::stretch(&text, 3..3), SharedStr::default());
        drop(text);
        assert_eq!(a.to_string(), "zürich");
    }

    #[test]
    #[should_panic]
    fn a_stretch_ends_with_a_character() {
        SharedStr::stretch(&Arc::new("ü".to_owned().into()), 0..1);
    }
}
