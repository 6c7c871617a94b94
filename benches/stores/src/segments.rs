//! The archive's own way: segments that never change, and a manifest that is replaced by a rename.
//!
//! Blocks and words are written and read by the archive's own files, which are built in here. Files are synced
//! before the manifest that names them, and the folder before and after it, as `src/output/folder.rs` does.

use std::fs::{self, File};
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_128;

use crate::kv::{of_record_block, record_block, sorted_words};
use crate::load::{Load, PART_ARTICLES, parts};
use crate::sealed::Kind;
use crate::{Entrant, Outcome};

#[expect(dead_code, reason = "the archive uses more of it")]
#[path = "../../../src/archive/blocks.rs"]
mod blocks;
#[path = "../../../src/archive/words.rs"]
mod words;

use blocks::{Table, TableWriter, Tables};

const SEGMENT: Kind = Kind { magic: *b"NFSEGMNT", format: 3, name: "segment" };
const LOOKUP: Kind = Kind { magic: *b"NFLOOKUP", format: 1, name: "lookup file" };
/// As in the archive.
const ARTICLE_BITS: u32 = 17;
const ARTICLES_A_BLOCK: usize = 8;
const MANIFEST: &str = "MANIFEST";

/// A segment that is open.
struct Segment {
    articles: Range<u32>,
    records: Table,
    words: Table,
}

pub struct Segments {
    folder: PathBuf,
    load: Load,
    generation: u32,
    /// A line for each segment: its first article, how many, its files and their hashes.
    manifest: Vec<String>,
    segments: Vec<Segment>,
}

impl Segments {
    pub fn open(folder: &Path, load: Load) -> Outcome<Self> {
        fs::create_dir_all(folder)?;
        let manifest = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
        let mut lines = manifest.lines();
        let generation = lines.next().map_or(Ok(0), str::parse)?;
        let manifest: Vec<String> = lines.map(str::to_owned).collect();
        let segments = manifest.iter().map(|line| Segment::open(folder, line));
        let segments = segments.collect::<Outcome<_>>()?;
        Ok(Self { folder: folder.to_owned(), load, generation, manifest, segments })
    }

    /// The line of a segment whose files are on the disk.
    fn write(&self, part: &Range<u32>, records: TableWriter, words: &[u64]) -> Outcome<String> {
        let mut line = format!("{} {}", part.start, part.len());
        let sealed = [
            ("segment", blocks::seal(SEGMENT, vec![records])),
            ("lookup", blocks::seal(LOOKUP, vec![words::table(words)])),
        ];
        for (kind, bytes) in sealed {
            let name = format!("{kind}-{}-{}", self.generation + 1, part.start);
            write_synced(&self.folder.join(&name), &bytes)?;
            line += &format!(" {name} {:032x}", xxh3_128(&bytes));
        }
        Ok(line)
    }

    fn enter(&mut self, manifest: Vec<String>) -> Outcome<()> {
        let synced = || File::open(&self.folder)?.sync_all();
        synced()?;
        let content = format!("{}\n{}\n", self.generation + 1, manifest.join("\n"));
        let aside = self.folder.join(".MANIFEST");
        write_synced(&aside, content.as_bytes())?;
        fs::rename(&aside, self.folder.join(MANIFEST))?;
        synced()?;
        *self = Self::open(&self.folder, self.load)?;
        Ok(())
    }

    /// As few segments as the articles need, made of what is stored; the files before are removed. The archive unpacks the
    /// texts and makes the words again.
    pub fn compact(&mut self) -> Outcome<()> {
        let old = self.manifest.clone();
        let mut manifest = Vec::new();
        for part in parts(0..self.segments.last().map_or(0, |segment| segment.articles.end)) {
            let mut words = Vec::new();
            let mut records = TableWriter::default();
            let mut pending: Vec<Vec<u8>> = Vec::new();
            for segment in &self.segments {
                let (from, to) =
                    (segment.articles.start.max(part.start), segment.articles.end.min(part.end));
                if from >= to {
                    continue;
                }
                for word in words::between(&segment.words, 0, u64::MAX)? {
                    let article =
                        segment.articles.start + (word & ((1 << ARTICLE_BITS) - 1)) as u32;
                    if part.contains(&article) {
                        let hash = word >> ARTICLE_BITS << ARTICLE_BITS;
                        words.push(hash | u64::from(article - part.start));
                    }
                }
                for article in from..to {
                    pending.push(segment.record(article)?);
                }
            }
            words.sort_unstable();
            for (place, some) in pending.chunks(ARTICLES_A_BLOCK).enumerate() {
                records.push((place * ARTICLES_A_BLOCK) as u64, &record_block(some));
            }
            manifest.push(self.write(&part, records, &words)?);
        }
        self.enter(manifest)?;
        for line in old {
            for name in line.split(' ').skip(2).step_by(2) {
                fs::remove_file(self.folder.join(name))?;
            }
        }
        Ok(())
    }
}

impl Segment {
    fn open(folder: &Path, line: &str) -> Outcome<Self> {
        let [first, count, segment, _, lookup, _] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err("the manifest is damaged".into());
        };
        let first: u32 = first.parse()?;
        let table = |name: &str, kind| Tables::open(&folder.join(name), kind)?.table(0);
        let (records, words) = (table(segment, SEGMENT)?, table(lookup, LOOKUP)?);
        Ok(Self { articles: first..first + count.parse::<u32>()?, records, words })
    }

    fn record(&self, article: u32) -> Outcome<Vec<u8>> {
        let number = (article - self.articles.start) as usize;
        let block = self.records.block(self.records.before(number as u64 + 1))?;
        of_record_block(&block, (number % ARTICLES_A_BLOCK) as u32)
    }
}

impl Entrant for Segments {
    fn add(&mut self, articles: Range<u32>, _: bool) -> Outcome<()> {
        let mut manifest = self.manifest.clone();
        for part in parts(articles) {
            let mut records = TableWriter::default();
            let all: Vec<u32> = part.clone().collect();
            for some in all.chunks(ARTICLES_A_BLOCK) {
                let stored: Vec<_> =
                    some.iter().map(|&article| self.load.record(article)).collect();
                records.push(u64::from(some[0] - part.start), &record_block(&stored));
            }
            manifest.push(self.write(&part, records, &sorted_words(&self.load, part.clone()))?);
        }
        self.enter(manifest)
    }

    fn ask(&self, hashes: &[u32], article: u32) -> Outcome<(Vec<u32>, Vec<u8>)> {
        let mut found = Vec::new();
        for &hash in hashes {
            let from = u64::from(hash) << ARTICLE_BITS;
            for segment in &self.segments {
                let words = words::between(&segment.words, from, from + (1 << ARTICLE_BITS))?;
                let number = |word: u64| (word & ((1 << ARTICLE_BITS) - 1)) as u32;
                found.extend(words.into_iter().map(|word| segment.articles.start + number(word)));
            }
        }
        let own = self.segments.iter().find(|segment| segment.articles.contains(&article));
        Ok((found, own.ok_or("no such article")?.record(article)?))
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

const _: () = assert!(PART_ARTICLES <= 1 << ARTICLE_BITS);
