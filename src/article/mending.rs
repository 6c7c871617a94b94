//! Where the places of a text that came damaged, and was mended, stood in the text as read.

use super::{ByteSpan, CharSpan};

/// A place in a text, in bytes and in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct At {
    byte: u32,
    char: u32,
}

impl At {
    /// The place behind `text`, which begins here.
    fn behind(self, text: &str) -> Self {
        let chars = text.chars().count() as u32;
        Self { byte: self.byte + text.len() as u32, char: self.char + chars }
    }
}

/// Where the places of a mended text stood in the text as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mending {
    /// Places of the mended text and the same ones as read, on both sides of whatever was replaced.
    places: Vec<(At, At)>,
}

impl Mending {
    /// Its places as numbers: byte and character of the mended text, then of the text as read.
    pub fn numbers(&self) -> impl ExactSizeIterator<Item = [u32; 4]> + '_ {
        self.places.iter().map(|(to, from)| [to.byte, to.char, from.byte, from.char])
    }

    /// What [`Self::numbers`] told.
    pub fn of_numbers(numbers: impl IntoIterator<Item = [u32; 4]>) -> Self {
        let place = |[to, to_char, from, from_char]: [u32; 4]| {
            (At { byte: to, char: to_char }, At { byte: from, char: from_char })
        };
        Self { places: numbers.into_iter().map(place).collect() }
    }

    /// Goes on behind `kept`, where `read` stood and `said` stands now.
    pub(crate) fn replace(&mut self, kept: &str, read: &str, said: &str) {
        let (mended, as_read) = self.places.last().copied().unwrap_or_default();
        let (mended, as_read) = (mended.behind(kept), as_read.behind(kept));
        self.places.push((mended, as_read));
        self.places.push((mended.behind(said), as_read.behind(read)));
    }

    /// A stretch of the mended text in the text as read.
    pub fn bytes_as_read(&self, span: ByteSpan) -> ByteSpan {
        let at = |byte| self.as_read(byte, |at| at.byte);
        ByteSpan { start: at(span.start), end: at(span.end) }
    }

    /// A stretch of the mended text in the text as read.
    pub fn chars_as_read(&self, span: CharSpan) -> CharSpan {
        let at = |char| self.as_read(char, |at| at.char);
        CharSpan { start: at(span.start), end: at(span.end) }
    }

    /// A stretch of the text as read in the mended text, where [`Self::bytes_as_read`] gives it.
    pub fn bytes_mended(&self, span: ByteSpan) -> ByteSpan {
        let at = |byte| self.mended(byte, |at| at.byte);
        ByteSpan { start: at(span.start), end: at(span.end) }
    }

    /// A stretch of the text as read in the mended text, where [`Self::chars_as_read`] gives it.
    pub fn chars_mended(&self, span: CharSpan) -> CharSpan {
        let at = |char| self.mended(char, |at| at.char);
        CharSpan { start: at(span.start), end: at(span.end) }
    }

    fn mended(&self, place: u32, unit: impl Fn(At) -> u32) -> u32 {
        let before = self.places.partition_point(|(_, as_read)| unit(*as_read) <= place);
        let last =
            before.checked_sub(1).map_or((At::default(), At::default()), |last| self.places[last]);
        unit(last.0) + (place - unit(last.1))
    }

    fn as_read(&self, place: u32, unit: impl Fn(At) -> u32) -> u32 {
        let before = self.places.partition_point(|(mended, _)| unit(*mended) <= place);
        let last =
            before.checked_sub(1).map_or((At::default(), At::default()), |last| self.places[last]);
        unit(last.1) + (place - unit(last.0))
    }
}
