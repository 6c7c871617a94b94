//! An archive on a key-value store, in two layouts.
//!
//! *Words*: a key for each word, the hash above the number of the article, and no value. The store keeps them all in one order,
//! so a hash is found by one search. *Blocks*: the words of each part of a commit are sorted and cut into blocks of 128, and
//! a block is a value. The store then holds what a lookup file holds, and nothing that is stored is changed;
//! a hash is searched in each part. Records have their article's number as key; under *blocks* eight are one value.

use std::ops::Range;
use std::path::Path;

use crate::load::{Load, parts};
use crate::sealed::{Reader, Writer};
use crate::{Entrant, Outcome};

/// As in the archive: words of a block, and articles of one.
const WORDS_A_BLOCK: usize = 128;
const ARTICLES_A_BLOCK: u32 = 8;
/// As in the archive: bits of the number of an article in its part, below the 32 of a hash. Above them is the part.
const ARTICLE_BITS: u32 = 17;
const PART_SHIFT: u32 = 32 + ARTICLE_BITS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Words,
    Blocks,
}

/// Takes a key and its value.
pub type Put<'p> = &'p mut dyn FnMut(u64, &[u8]) -> Outcome<()>;
/// Puts keys in ascending order.
pub type Fill<'f> = &'f mut dyn FnMut(Put) -> Outcome<()>;

/// What a store has to do.
pub trait Store: Sized {
    fn open(folder: &Path, layout: Layout) -> Outcome<Self>;

    /// One durable commit. `appends`: the keys for lookups come after all that are there, as those of records always do.
    fn commit(&mut self, is_bulk: bool, appends: bool, lookup: Fill, records: Fill) -> Outcome<()>;

    /// Calls `asks` with one state of the store.
    fn view(&self, asks: &mut dyn FnMut(&dyn View) -> Outcome<()>) -> Outcome<()>;

    /// Waits until nothing is done in the background.
    fn settle(&mut self) -> Outcome<()> {
        Ok(())
    }
}

/// One state of a store.
pub trait View {
    fn record(&self, key: u64) -> Outcome<Vec<u8>>;

    /// The keys of the lookup table in a range.
    fn keys(&self, range: Range<u64>, each: &mut dyn FnMut(u64)) -> Outcome<()>;

    /// The entries of the lookup table in a range, last one first, until `each` wants no other.
    fn backwards(&self, range: Range<u64>, each: &mut dyn FnMut(u64, &[u8]) -> bool)
    -> Outcome<()>;
}

pub struct OnStore<S> {
    store: S,
    load: Load,
    layout: Layout,
    /// First articles of the parts.
    parts: Vec<u32>,
}

impl<S: Store> OnStore<S> {
    pub fn open(folder: &Path, load: Load, layout: Layout) -> Outcome<Self> {
        let starts = load.commits().flat_map(parts).map(|part| part.start);
        Ok(Self { store: S::open(folder, layout)?, load, layout, parts: starts.collect() })
    }
}

impl<S: Store> Entrant for OnStore<S> {
    fn add(&mut self, articles: Range<u32>, is_bulk: bool) -> Outcome<()> {
        let Self { load, .. } = *self;
        if self.layout == Layout::Words {
            let words = articles.clone().flat_map(|article| {
                load.hashes(article).map(move |hash| u64::from(hash) << 32 | u64::from(article))
            });
            let mut words: Vec<u64> = words.collect();
            words.sort_unstable();
            words.dedup();
            let mut lookup = |put: Put| words.iter().try_for_each(|&word| put(word, &[]));
            let mut records =
                |put: Put| articles.clone().try_for_each(|n| put(u64::from(n), &load.record(n)));
            return self.store.commit(is_bulk, is_bulk, &mut lookup, &mut records);
        }
        let starts = &self.parts;
        let mut lookup = |put: Put| {
            parts(articles.clone()).try_for_each(|part| {
                let place = starts.partition_point(|&start| start < part.start);
                let words = sorted_words(&load, part);
                let blocks = words.chunks(WORDS_A_BLOCK);
                blocks.into_iter().try_for_each(|block| {
                    let mut value = Writer::default();
                    value.ascending(block.iter().copied());
                    put((place as u64) << PART_SHIFT | block[0], &value.bytes)
                })
            })
        };
        let mut records = |put: Put| {
            articles.clone().step_by(ARTICLES_A_BLOCK as usize).try_for_each(|from| {
                let some = from..articles.end.min(from + ARTICLES_A_BLOCK);
                let some: Vec<_> = some.map(|article| load.record(article)).collect();
                put(u64::from(from), &record_block(&some))
            })
        };
        self.store.commit(is_bulk, true, &mut lookup, &mut records)
    }

    fn ask(&self, hashes: &[u32], article: u32) -> Outcome<(Vec<u32>, Vec<u8>)> {
        let (mut found, mut record) = (Vec::new(), Vec::new());
        self.store.view(&mut |view| {
            for &hash in hashes {
                if self.layout == Layout::Words {
                    let from = u64::from(hash) << 32;
                    view.keys(from..from + (1 << 32), &mut |word| found.push(word as u32))?;
                    continue;
                }
                for (place, &start) in self.parts.iter().enumerate() {
                    let part = (place as u64) << PART_SHIFT;
                    let from = u64::from(hash) << ARTICLE_BITS;
                    let to = from + (1 << ARTICLE_BITS);
                    view.backwards(part..part | to, &mut |key, block| {
                        let words = Reader::new(block).ascending().unwrap_or_default();
                        let own = words.iter().filter(|word| (from..to).contains(word));
                        found.extend(
                            own.map(|word| start + (word & ((1 << ARTICLE_BITS) - 1)) as u32),
                        );
                        key > part | from
                    })?;
                }
            }
            if self.layout == Layout::Words {
                record = view.record(u64::from(article))?;
                return Ok(());
            }
            // A commit that is no multiple of eight begins a block of its own.
            let commit = self.load.commits().find(|commit| commit.contains(&article));
            let start = commit.ok_or("no such article")?.start;
            let place = (article - start) % ARTICLES_A_BLOCK;
            record = of_record_block(&view.record(u64::from(article - place))?, place)?;
            Ok(())
        })?;
        Ok((found, record))
    }

    fn settle(&mut self) -> Outcome<()> {
        self.store.settle()
    }
}

/// The words of a part, in order: the hash above the number of the article in the part.
pub fn sorted_words(load: &Load, part: Range<u32>) -> Vec<u64> {
    let start = part.start;
    let words = part.flat_map(|article| {
        let number = u64::from(article - start);
        load.hashes(article).map(move |hash| u64::from(hash) << ARTICLE_BITS | number)
    });
    let mut words: Vec<u64> = words.collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// A few records as one value.
pub fn record_block(records: &[Vec<u8>]) -> Vec<u8> {
    let mut block = Writer::default();
    records.iter().for_each(|record| block.count(record.len()));
    block.count(0);
    records.iter().for_each(|record| block.bytes.extend_from_slice(record));
    block.bytes
}

/// The record at a place of a block.
pub fn of_record_block(block: &[u8], place: u32) -> Outcome<Vec<u8>> {
    let mut reader = Reader::new(block);
    let mut lengths = Vec::new();
    loop {
        match reader.number()? as usize {
            0 => break,
            length => lengths.push(length),
        }
    }
    let begin: usize = lengths.iter().take(place as usize).sum();
    let length = *lengths.get(place as usize).ok_or("no such record")?;
    Ok(reader.rest().get(begin..begin + length).ok_or("a block is cut short")?.to_vec())
}
