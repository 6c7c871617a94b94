//! A stream of bytes to blocks of whole records, in bounded memory.
//!
//! A block is read while the one before it is parsed; a record that lies across two blocks is kept
//! for the second. A record longer than [`MAX_RECORD_BYTES`] is dropped as it comes, and the rest
//! of the stream goes on. Memory: two blocks, and at most two records of the greatest length.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use super::limits::Limits;
use crate::error::{Cause, Place};

/// A fuzzing build has sizes a thousandth as large, so that inputs of a few kilobytes go past them.
pub(super) const SCALED_DOWN: usize = if cfg!(fuzzing) { 1 << 10 } else { 1 };

/// How much is read at a time: enough records that both of two threads have work while the next
/// block is decompressed, and little beside the text of the articles.
const BLOCK_BYTES: usize = (4 << 20) / SCALED_DOWN;

/// The longest record that is read; a longer one is rejected.
pub const MAX_RECORD_BYTES: usize = (64 << 20) / SCALED_DOWN;

/// How a format cuts a stream into records. It is shown every byte once and in order, in pieces of
/// any size, and keeps between them what it has to know.
pub(super) trait Split: Send {
    /// What comes next; `bytes` are those behind the last step, and not empty.
    fn next(&mut self, bytes: &[u8]) -> Step;

    /// The place of the record that is open, or comes next.
    fn place(&self) -> Place;

    /// What is wrong with a stream that ends here, if anything.
    fn end(&self) -> Option<String>;

    /// The name under which the stream holds the record that has just ended, where it has one that
    /// says who published it.
    fn under(&self) -> Option<Arc<str>> {
        None
    }
}

/// One step through a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many bytes belong to no record.
    Between(usize),
    /// All bytes belong to the record that is open, and it goes on behind them.
    Within,
    /// The record that is open ends before this byte; its place.
    End(usize, Place),
}

/// Where one record stands: in its block, and in its file.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Its bytes in the block.
    pub(super) bytes: Range<usize>,
    /// Its place in the file.
    pub(super) place: Place,
    /// See [`Split::under`].
    pub(super) under: Option<Arc<str>>,
}

/// Some whole records.
#[derive(Debug, Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    records: Vec<Record>,
    /// What was wrong with records that are not among these.
    pub(super) complaints: Vec<(Place, Cause)>,
}

impl Block {
    /// How many records there are.
    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    /// The bytes of a record.
    pub(super) fn bytes(&self, record: &Record) -> &[u8] {
        &self.bytes[record.bytes.clone()]
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(2 * BLOCK_BYTES);
        self.records.clear();
        self.complaints.clear();
    }
}

/// A stream on its way to blocks.
pub(super) struct Blocks<'a, R> {
    reader: &'a mut R,
    split: Box<dyn Split + 'a>,
    limits: Limits,
    /// The beginning of the record that was open when the last block ended.
    open: Vec<u8>,
    /// Whether a record that is too long is open: it is not kept.
    dropping: bool,
    ended: bool,
}

/// A stream that says in words why it cannot be read on.
pub(super) trait Source: Read + Send {
    /// What an error of reading means for the file.
    fn explain(&mut self, error: io::Error) -> Cause;

    /// Whether it was cut off on purpose, so that an open record at its end is no fault.
    fn is_cut(&self) -> bool;

    /// How many bytes of the file have been read.
    fn file_bytes(&self) -> u64;
}

impl<'a, R: Source> Blocks<'a, R> {
    /// The records of `reader`, as `split` tells them apart; none that is longer than `limits` say.
    pub(super) fn new(reader: &'a mut R, split: Box<dyn Split + 'a>, limits: Limits) -> Self {
        Self { reader, split, limits, open: Vec::new(), dropping: false, ended: false }
    }

    /// How many bytes of the file have been read.
    pub(super) fn file_bytes(&self) -> u64 {
        self.reader.file_bytes()
    }

    /// Reads the next block, if there is one.
    pub(super) fn fill(&mut self, block: &mut Block) -> bool {
        block.clear();
        if self.ended {
            return false;
        }
        block.bytes.append(&mut self.open);
        self.open.shrink_to(BLOCK_BYTES);
        let mut place = block.bytes.len();
        let failure = match self.read(&mut block.bytes) {
            Ok(read) => {
                self.ended = read == 0;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(self.reader.explain(error))
            }
        };

        let mut start = 0;
        while place < block.bytes.len() {
            match self.split.next(&block.bytes[place..]) {
                Step::Between(bytes) => {
                    place += bytes;
                    start = place;
                }
                Step::Within => place = block.bytes.len(),
                Step::End(bytes, at) => {
                    place += bytes;
                    if self.dropping {
                        self.dropping = false;
                    } else if place - start > self.limits.record_bytes {
                        block.complaints.push((at, self.limits.too_long()));
                    } else {
                        let under = self.split.under();
                        block.records.push(Record { bytes: start..place, place: at, under });
                    }
                    start = place;
                }
            }
        }
        if self.ended {
            self.end(block, start, failure);
        } else if self.dropping || block.bytes.len() - start > self.limits.record_bytes {
            if !self.dropping {
                block.complaints.push((self.split.place(), self.limits.too_long()));
            }
            self.dropping = true;
        } else {
            self.open.extend_from_slice(&block.bytes[start..]);
        }
        true
    }

    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        bytes.reserve(BLOCK_BYTES);
        self.reader.by_ref().take(BLOCK_BYTES as u64).read_to_end(bytes)
    }

    /// The stream is at its end: a record that is open ends with it, unless something is wrong.
    fn end(&mut self, block: &mut Block, start: usize, failure: Option<Cause>) {
        let place = self.split.place();
        let cut = self.reader.is_cut();
        let unended = |split: &dyn Split| split.end().filter(|_| !cut && !self.dropping);
        if let Some(complaint) = failure.or_else(|| unended(&*self.split).map(Cause::from)) {
            block.complaints.push((place, complaint));
        } else if start < block.bytes.len() && !self.dropping && !cut {
            let bytes = start..block.bytes.len();
            block.records.push(Record { bytes, place, under: self.split.under() });
        }
    }
}

/// The records of `bytes`, shown to `split` in pieces of so many bytes; an open one at the end is
/// among them.
#[cfg(test)]
pub(super) fn cut(split: &mut dyn Split, bytes: &[u8], piece: usize) -> Vec<String> {
    let (mut records, mut start, mut place) = (Vec::new(), 0, 0);
    while place < bytes.len() {
        let end = bytes.len().min(place + piece);
        match split.next(&bytes[place..end]) {
            Step::Between(skipped) => {
                place += skipped;
                start = place;
            }
            Step::Within => place = end,
            Step::End(used, _) => {
                place += used;
                records.push(String::from_utf8_lossy(&bytes[start..place]).into_owned());
                start = place;
            }
        }
    }
    if start < bytes.len() {
        records.push(String::from_utf8_lossy(&bytes[start..]).into_owned());
    }
    records
}
