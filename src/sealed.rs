//! Values that are stored as bytes which say what they are, and whether they are whole.
//!
//! A sealed value is a header of 28 bytes and a body. The header has eight bytes that name the kind
//! of value, the number of its format (4 bytes), the length of the body (8), and XXH3 of everything
//! before it and of the body (8); numbers are little-endian. Numbers in a body are LEB128, seven bits
//! a byte, and texts have their length before them. The same value has the same bytes on any machine.
//! Cost: one pass over the body for the hash.

use std::io;

use xxhash_rust::xxh3::Xxh3;

use crate::error::StoredError;

/// Bytes before the body.
pub(crate) const HEADER: usize = 28;
/// Those of the header that the hash is of.
const HASHED: usize = 20;

/// Takes bytes part by part.
pub(crate) type Take<'t> = &'t mut dyn FnMut(&[u8]) -> io::Result<()>;

/// What is sealed: the first bytes of the file, and the format that this program writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// The first bytes.
    pub(crate) magic: [u8; 8],
    /// The newest format that this program knows.
    pub(crate) format: u32,
    /// What it is, for messages.
    pub(crate) name: &'static str,
}

impl Kind {
    /// Whether a file begins as one of this kind does.
    pub(crate) fn is_begun_by(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(&self.magic)
    }

    /// The bytes of a value with this body.
    pub(crate) fn seal(&self, body: &[u8]) -> Vec<u8> {
        let mut sealed = self.beginning(body.len() as u64);
        sealed.reserve_exact(HEADER - HASHED + body.len());
        let hash = hash(&sealed, body);
        sealed.extend_from_slice(&hash.to_le_bytes());
        sealed.extend_from_slice(body);
        sealed
    }

    /// The same for a body of `length` bytes that is not in memory: `body` gives it part by part, twice, and `out` takes
    /// what is sealed.
    pub(crate) fn seal_parts(
        &self,
        length: u64,
        mut body: impl FnMut(Take<'_>) -> io::Result<()>,
        out: Take<'_>,
    ) -> io::Result<()> {
        let mut header = self.beginning(length);
        let mut hasher = Xxh3::new();
        hasher.update(&header);
        body(&mut |part| {
            hasher.update(part);
            Ok(())
        })?;
        header.extend_from_slice(&hasher.digest().to_le_bytes());
        out(&header)?;
        body(out)
    }

    /// The part of the header that the hash is of.
    fn beginning(&self, length: u64) -> Vec<u8> {
        let mut beginning = self.magic.to_vec();
        beginning.extend_from_slice(&self.format.to_le_bytes());
        beginning.extend_from_slice(&length.to_le_bytes());
        beginning
    }

    /// The number of the format and the length of the body, by the header alone; or why the value cannot be
    /// taken.
    pub(crate) fn header(&self, bytes: &[u8]) -> Result<(u32, u64), StoredError> {
        let name = self.name;
        if !self.is_begun_by(bytes) {
            return Err(StoredError::OtherKind { expected: name });
        }
        let header = bytes.get(..HEADER);
        let header = header.ok_or(StoredError::CutShort { name, is_maybe_longer: false })?;
        let format = number_of(&header[8..12]);
        if format > u64::from(self.format) {
            let known = u64::from(self.format);
            return Err(StoredError::NewerFormat { name, format, known });
        }
        Ok((format as u32, number_of(&header[12..20])))
    }

    /// The body of a sealed value, or why it cannot be taken.
    pub(crate) fn open<'b>(&self, bytes: &'b [u8]) -> Result<&'b [u8], StoredError> {
        let name = self.name;
        let (_, length) = self.header(bytes)?;
        let (header, body) = bytes.split_at(HEADER);
        if length != body.len() as u64 {
            return Err(StoredError::CutShort { name, is_maybe_longer: true });
        }
        if number_of(&header[20..28]) != hash(&header[..HASHED], body) {
            return Err(StoredError::Damaged { name });
        }
        Ok(body)
    }
}

fn hash(header: &[u8], body: &[u8]) -> u64 {
    let mut hasher = Xxh3::new();
    hasher.update(header);
    hasher.update(body);
    hasher.digest()
}

/// A little-endian number of up to eight bytes.
fn number_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// A body in the making.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    /// A number.
    pub(crate) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// How many values follow.
    pub(crate) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// A number that may be negative: 0, -1, 1, -2, … as 0, 1, 2, 3, …
    pub(crate) fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Numbers in ascending order, each as the distance from the one before.
    pub(crate) fn ascending(&mut self, numbers: impl ExactSizeIterator<Item = u64>) {
        self.count(numbers.len());
        let mut last = 0;
        for number in numbers {
            self.number(number.wrapping_sub(last));
            last = number;
        }
    }
}

/// What a body that was written otherwise is told as.
const NOT_THIS: StoredError = StoredError::OtherContent;

/// A body that is read from its beginning.
#[derive(Debug)]
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(crate) fn new(body: &'b [u8]) -> Self {
        Self { rest: body }
    }

    /// A number.
    pub(crate) fn number(&mut self) -> Result<u64, StoredError> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(NOT_THIS)?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(NOT_THIS)
    }

    /// A number of a narrower type.
    pub(crate) fn narrow<T: TryFrom<u64>>(&mut self) -> Result<T, StoredError> {
        T::try_from(self.number()?).map_err(|_| NOT_THIS)
    }

    /// How many values follow. Each takes a byte or more, so what is made room for is there.
    pub(crate) fn count(&mut self) -> Result<usize, StoredError> {
        let count: usize = self.narrow()?;
        if count <= self.rest.len() { Ok(count) } else { Err(NOT_THIS) }
    }

    /// A number that may be negative.
    pub(crate) fn signed(&mut self) -> Result<i64, StoredError> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A number of eight bytes.
    pub(crate) fn fixed(&mut self) -> Result<u64, StoredError> {
        let (bytes, rest) = self.rest.split_first_chunk::<8>().ok_or(NOT_THIS)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// A text.
    pub(crate) fn text(&mut self) -> Result<&'b str, StoredError> {
        let length = self.count()?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| NOT_THIS)
    }

    /// Numbers in ascending order; no two are the same.
    pub(crate) fn ascending(&mut self) -> Result<Vec<u64>, StoredError> {
        let count = self.count()?;
        let mut numbers: Vec<u64> = Vec::with_capacity(count);
        for place in 0..count {
            let step = self.number()?;
            let last = numbers.last().copied().unwrap_or(0);
            let next = last.checked_add(step).filter(|_| step > 0 || place == 0);
            numbers.push(next.ok_or(NOT_THIS)?);
        }
        Ok(numbers)
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    /// Says that nothing may follow.
    pub(crate) fn end(&self) -> Result<(), StoredError> {
        if self.rest.is_empty() { Ok(()) } else { Err(NOT_THIS) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIND: Kind = Kind { magic: *b"newsfold", format: 3, name: "test value" };

    #[test]
    fn every_flipped_byte_is_told() {
        let sealed = KIND.seal(b"ferry");
        assert_eq!(KIND.open(&sealed), Ok(&b"ferry"[..]));
        for place in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[place] ^= 0x10;
            assert!(KIND.open(&flipped).is_err(), "{place}");
        }
        for length in 0..sealed.len() {
            assert!(KIND.open(&sealed[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_newer_format_is_refused_with_both_named() {
        let newer = Kind { format: 4, ..KIND }.seal(b"");
        let told = KIND.open(&newer).unwrap_err().to_string();
        assert!(told.contains("format 4") && told.contains("up to 3"), "{told}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            numbers in prop::collection::vec(any::<u64>(), 0..20),
            signed in any::<i64>(),
            text in ".*",
        ) {
            let mut ascending = numbers.clone();
            ascending.sort_unstable();
            ascending.dedup();
            let mut writer = Writer::default();
            numbers.iter().for_each(|&number| writer.number(number));
            writer.signed(signed);
            writer.text(&text);
            writer.ascending(ascending.iter().copied());
            let mut reader = Reader::new(&writer.bytes);
            for &number in &numbers {
                prop_assert_eq!(reader.number(), Ok(number));
            }
            prop_assert_eq!(reader.signed(), Ok(signed));
            prop_assert_eq!(reader.text(), Ok(text.as_str()));
            prop_assert_eq!(reader.ascending(), Ok(ascending));
            prop_assert_eq!(reader.end(), Ok(()));
        }

        #[test]
        fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut reader = Reader::new(&bytes);
            while reader.ascending().is_ok() && reader.text().is_ok() && reader.end().is_err() {}
        }
    }
}
