//! Words in ascending order, in blocks that are looked up by the upper bits of a word.
//!
//! A word is the upper bits of a hash with the number of an article below them. The distance of a word from the one before is
//! Rice coded (1979). The hashes are well mixed, so the distances are geometric, and no other code is shorter by
//! more than a few hundredths of a bit. Cost of a lookup: a binary search in the directory, and a block.

use super::blocks::{Table, TableWriter};
use crate::error::Cause;

/// Words of a block. A lookup reads one, half a kilobyte; the directory takes a thirtieth of the blocks.
const WORDS_A_BLOCK: usize = 128;
/// Before the bits of a block: how many words, and how many bits of each distance are written as they are.
const HEAD: usize = 2;

/// The table of these words, which are ascending; one may stand there more than once.
pub(super) fn table(words: &[u64]) -> TableWriter {
    let mut writer = WordsWriter::default();
    words.iter().for_each(|&word| writer.push(word));
    writer.end()
}

/// A table of words in the making.
#[derive(Debug, Default)]
pub(super) struct WordsWriter {
    pub(super) table: TableWriter,
    /// Those of the block that is not full yet.
    held: Vec<u64>,
}

impl WordsWriter {
    /// Adds a word, which is not less than the one before.
    pub(super) fn push(&mut self, word: u64) {
        self.held.push(word);
        if self.held.len() == WORDS_A_BLOCK {
            self.end_block();
        }
    }

    pub(super) fn end(mut self) -> TableWriter {
        self.end_block();
        self.table
    }

    fn end_block(&mut self) {
        if let Some(&first) = self.held.first() {
            self.table.push(first, &encoded(&self.held));
            self.held.clear();
        }
    }
}

/// The words of a table one after another; memory has one block of them.
#[derive(Debug)]
pub(super) struct Words<'t> {
    table: &'t Table,
    /// The next block.
    place: usize,
    block: Vec<u64>,
    at: usize,
    last: u64,
}

impl<'t> Words<'t> {
    pub(super) fn of(table: &'t Table) -> Self {
        Self { table, place: 0, block: Vec::with_capacity(WORDS_A_BLOCK), at: 0, last: 0 }
    }

    /// The next one; none after the last.
    pub(super) fn next(&mut self) -> Result<Option<u64>, Cause> {
        if self.at == self.block.len() {
            let Some(first) = self.table.first(self.place) else { return Ok(None) };
            self.block.clear();
            decode(first, &self.table.block(self.place)?, |word| {
                self.block.push(word);
                true
            })?;
            (self.place, self.at) = (self.place + 1, 0);
        }
        let word = self.block.get(self.at).copied();
        // Whoever takes distances goes by the order, and no hash tells that a file was written wrongly.
        if word.is_some_and(|word| word < self.last) {
            return Err(not_this());
        }
        self.last = word.unwrap_or(self.last);
        self.at += 1;
        Ok(word)
    }
}

/// The words of a table from `from` to `to`, the latter left out.
pub(super) fn between(table: &Table, from: u64, to: u64) -> Result<Vec<u64>, Cause> {
    let mut found = Vec::new();
    for place in table.before(from)..table.len() {
        let Some(first) = table.first(place).filter(|&first| first < to) else { break };
        decode(first, &table.block(place)?, |word| {
            if word >= from && word < to {
                found.push(word);
            }
            word < to
        })?;
    }
    Ok(found)
}

fn encoded(words: &[u64]) -> Vec<u8> {
    let span = words[words.len() - 1] - words[0];
    let low = (span / words.len() as u64).max(1).ilog2();
    let mut bits = BitWriter { bytes: vec![words.len() as u8, low as u8], held: 0, count: 0 };
    for pair in words.windows(2) {
        let distance = pair[1] - pair[0];
        for _ in 0..distance >> low {
            bits.push(1, 1);
        }
        bits.push(0, 1);
        bits.push(distance & ((1 << low) - 1), low);
    }
    bits.finish()
}

fn not_this() -> Cause {
    "a block of it holds something else".into()
}

/// Calls `each` with the words of a block in order, until it tells that no other is wanted.
fn decode(first: u64, block: &[u8], mut each: impl FnMut(u64) -> bool) -> Result<(), Cause> {
    let &[count, low] = block.first_chunk::<HEAD>().ok_or_else(not_this)?;
    if low >= 64 || count == 0 {
        return Err(not_this());
    }
    let low = u32::from(low);
    let mut bits = BitReader { bytes: &block[HEAD..], held: 0, count: 0 };
    let mut word = first;
    let mut goes_on = each(word);
    for _ in 1..count {
        if !goes_on {
            break;
        }
        let high = bits.ones().ok_or_else(not_this)?;
        let rest = bits.take(low).ok_or_else(not_this)?;
        word = word.wrapping_add(high << low | rest);
        goes_on = each(word);
    }
    Ok(())
}

/// Bits, the lowest of a byte first.
struct BitWriter {
    bytes: Vec<u8>,
    held: u128,
    count: u32,
}

impl BitWriter {
    fn push(&mut self, bits: u64, count: u32) {
        self.held |= u128::from(bits) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.held as u8);
        }
        self.bytes
    }
}

struct BitReader<'b> {
    bytes: &'b [u8],
    held: u128,
    count: u32,
}

impl BitReader<'_> {
    /// Holds as many bits as there is room for.
    fn fill(&mut self) {
        if self.count > u64::BITS {
            return;
        }
        if let Some((eight, rest)) = self.bytes.split_first_chunk::<8>() {
            self.held |= u128::from(u64::from_le_bytes(*eight)) << self.count;
            self.count += u64::BITS;
            self.bytes = rest;
            return;
        }
        while let Some((&byte, rest)) = self.bytes.split_first().filter(|_| self.count <= 120) {
            self.held |= u128::from(byte) << self.count;
            self.count += 8;
            self.bytes = rest;
        }
    }

    /// How many ones come before the next zero, which is taken too.
    fn ones(&mut self) -> Option<u64> {
        let mut ones = 0;
        loop {
            self.fill();
            let run = self.held.trailing_ones().min(self.count);
            ones += u64::from(run);
            if run < self.count {
                self.drop(run + 1);
                return Some(ones);
            }
            if run == 0 {
                return None;
            }
            self.drop(run);
        }
    }

    /// A number of so many bits, fewer than 64.
    fn take(&mut self, count: u32) -> Option<u64> {
        self.fill();
        let number = (self.held & ((1_u128 << count) - 1)) as u64;
        (count <= self.count).then(|| {
            self.drop(count);
            number
        })
    }

    fn drop(&mut self, count: u32) {
        self.held = self.held.checked_shr(count).unwrap_or(0);
        self.count -= count;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::blocks::{Tables, seal};
    use super::*;
    use crate::sealed::Kind;

    const KIND: Kind = Kind { magic: *b"NFWORDS!", format: 1, name: "test value" };

    #[test]
    fn words_out_of_order_are_told() {
        // The second is the first with all bits of a distance added, which is one less.
        let mut bits = BitWriter { bytes: vec![2, 63], held: 0, count: 0 };
        bits.push(0b01, 2);
        bits.push(u64::MAX >> 1, 63);
        let mut table = TableWriter::default();
        table.push(5, &bits.finish());
        let tables = Tables::of_bytes(seal(KIND, &[table]), KIND).unwrap();
        let table = tables.table(0).unwrap();
        let mut words = Words::of(&table);
        assert_eq!(words.next(), Ok(Some(5)));
        assert!(words.next().is_err());
    }

    proptest! {
        #[test]
        fn words_are_found_between_any_two(
            mut words in prop::collection::vec(prop_oneof![any::<u64>(), 0_u64..200], 0..700),
            bounds in (any::<u64>(), 0_u64..250),
        ) {
            words.sort_unstable();
            let tables = Tables::of_bytes(seal(KIND, &[table(&words)]), KIND).unwrap();
            let stored = tables.table(0).unwrap();
            let middle = words.get(words.len() / 2).copied().unwrap_or(7);
            for (from, to) in [(0, u64::MAX), (bounds.1, bounds.0), (middle, middle + 1), (9, 10)] {
                let expected: Vec<u64> =
                    words.iter().copied().filter(|&word| word >= from && word < to).collect();
                prop_assert_eq!(between(&stored, from, to), Ok(expected));
            }
            let mut all = Words::of(&stored);
            for &word in &words {
                prop_assert_eq!(all.next(), Ok(Some(word)));
            }
            prop_assert_eq!((all.next(), all.next()), (Ok(None), Ok(None)));
        }

        #[test]
        fn no_bytes_make_a_reader_panic(first: u64, block in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode(first, &block, |_| true);
        }
    }
}
