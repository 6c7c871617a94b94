//! What a query looks up in a segment: of each article what depends on it and on what the archive keeps alone.
//!
//! Tables of words (see [`super::words`]) lead from the digest, the id, the bands, the sampled hashes and the seeds
//! of an article to its number in the segment. Two more have what is known of each article by number. All are made
//! by the engine's own kernels. Cost: articles are sketched and their seeds found once, when they are added; the facts
//! and the directories are in memory while the segment is open.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::blocks::{self, Table, TableWriter, Tables};
use super::words;
use crate::article::{Article, ArticleKey, Corpus, Published};
use crate::candidates::{Facts, NearDuplicateConfig, Standing, told_apart};
use crate::config::PipelineConfig;
use crate::error::{Cause, Result};
use crate::furniture::Matcher;
use crate::passage::{self, ArticleSeeds};
use crate::sealed::{Kind, Reader, Writer};
use crate::sketch::{ArticleSketch, RowSketcher};
use crate::statistics::Statistics;

pub(super) const KIND: Kind = Kind { magic: *b"NFLOOKUP", format: 1, name: "lookup file" };

/// Bits of the number of an article in its segment.
const ARTICLE_BITS: u32 = 17;
/// Articles of a segment at the most.
pub(super) const MOST_ARTICLES: usize = 1 << ARTICLE_BITS;
/// Bits of a hash in a word. Among the bands of a million articles, 32 million, one in a hundred is taken for one of an
/// article's own: a pair more to compare in three queries.
const HASH_BITS: u32 = 32;
/// Articles a thread takes at once.
const ARTICLES_A_CHUNK: usize = 256;
/// Facts of a block, and heads.
pub(super) const FACTS_A_BLOCK: usize = 1024;
pub(super) const HEADS_A_BLOCK: usize = 64;

/// The tables of a lookup file, in their order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Facts,
    Heads,
    Digests,
    Ids,
    Bands,
    Samples,
    Seeds,
    ShortSeeds,
}

/// The tables of words, in their order.
pub(super) const WORDS: [Place; 6] =
    [Place::Digests, Place::Ids, Place::Bands, Place::Samples, Place::Seeds, Place::ShortSeeds];

/// Makes lookup files, and prepares articles that are asked about in the same way.
#[derive(Debug)]
pub(super) struct Maker {
    near: NearDuplicateConfig,
    matcher: Matcher,
    statistics: Arc<Statistics>,
}

/// What is looked up of one article.
struct Looked {
    facts: Facts,
    id: u64,
    sketch: ArticleSketch,
    seeds: ArticleSeeds,
}

impl Maker {
    /// For an archive of these parameters and statistics.
    pub(super) fn new(config: &PipelineConfig, statistics: &Arc<Statistics>) -> Self {
        let mut furniture = statistics.furniture.clone();
        furniture.join(&config.statistics.ignore);
        Self {
            near: config.near_duplicates.clone(),
            matcher: Matcher::new(&furniture),
            statistics: Arc::clone(statistics),
        }
    }

    /// Marks what of an article is furniture, as a run does.
    pub(super) fn mark(&self, article: &mut Article) {
        let spans = self.matcher.spans(article);
        article.furniture = (!spans.is_empty()).then(|| Arc::from(spans));
    }

    pub(super) fn sketcher(&self) -> RowSketcher {
        let near = &self.near;
        RowSketcher::new(near.shingler(), near.hasher(), near.banding(), true)
    }

    /// What passages go by.
    pub(super) fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// The seeds of articles as they were read, in the order of the corpus.
    pub(super) fn seeds(&self, corpus: &Corpus) -> Result<Vec<ArticleSeeds>> {
        passage::seeds(corpus, &self.statistics.surprisal)
    }

    /// The bytes of the lookup file of a segment of these articles.
    pub(super) fn lookup(&self, articles: &[Article]) -> Result<Vec<u8>> {
        let looked: Vec<Vec<Looked>> = articles
            .par_chunks(ARTICLES_A_CHUNK)
            .map(|articles| self.looked(articles))
            .collect::<Result<_>>()?;
        Ok(to_bytes(&looked.into_iter().flatten().collect::<Vec<_>>()))
    }

    fn looked(&self, articles: &[Article]) -> Result<Vec<Looked>> {
        let seeds = self.seeds(&Corpus::in_order(articles.to_vec()))?;
        let mut sketcher = self.sketcher();
        let looked = |(article, seeds): (&Article, ArticleSeeds)| {
            let mut article = article.clone();
            self.mark(&mut article);
            let sketch = sketcher.sketch(&article);
            let facts = facts(&article, &sketch);
            Ok(Looked { facts, id: id_hash(&article.id), sketch, seeds })
        };
        articles.iter().zip(seeds).map(looked).collect()
    }
}

/// What is known of an article by its sketch.
fn facts(article: &Article, sketch: &ArticleSketch) -> Facts {
    let sampled = (sketch.head_of_part().len() + sketch.rest.len()) as u32;
    let standing = standing(article);
    Facts { digest: sketch.digest_of_tokens(), shingles: sketch.shingles, sampled, standing }
}

/// Where an article stands among all.
pub(super) fn standing(article: &Article) -> Standing {
    (article.published.is_none(), article.published, ArticleKey::of(article))
}

/// What an id is looked up by.
pub(super) fn id_hash(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}

/// What of a hash a word has.
fn cut(hash: u64) -> u64 {
    hash >> (u64::BITS - HASH_BITS)
}

fn word(key: u64, number: usize) -> u64 {
    key << ARTICLE_BITS | number as u64
}

/// A sampled hash has a bit more below it: whether it is in the head.
fn sample_key(key: u32, in_head: bool) -> u64 {
    u64::from(told_apart(key)) << 1 | u64::from(in_head)
}

fn to_bytes(looked: &[Looked]) -> Vec<u8> {
    let hashed = |of: &(dyn Fn(&Looked) -> &[u64] + Sync)| {
        let keys = looked.iter().enumerate().flat_map(|(number, looked)| {
            of(looked).iter().map(move |&hash| word(cut(hash), number))
        });
        let mut words: Vec<u64> = keys.collect();
        words.par_sort_unstable();
        words::table(&words)
    };
    let samples = looked.iter().enumerate().flat_map(|(number, Looked { sketch, .. })| {
        let head = sketch.head_of_part().iter().map(|&key| sample_key(key, true));
        let rest = sketch.rest.iter().map(|&key| sample_key(key, false));
        head.chain(rest).map(move |key| word(key, number))
    });
    let mut samples: Vec<u64> = samples.collect();
    samples.par_sort_unstable();
    let (mut facts, mut heads) = (Numbered::of(FACTS_A_BLOCK), Numbered::of(HEADS_A_BLOCK));
    for looked in looked {
        facts.push(|block| write_facts(block, &looked.facts));
        heads.push(|block| write_head(block, looked.sketch.head_of_part()));
    }
    let tables = [
        facts.end(),
        heads.end(),
        // Whoever has no word is on no list.
        hashed(&|looked| looked.sketch.digest.as_slice()),
        hashed(&|looked| std::slice::from_ref(&looked.id)),
        hashed(&|looked| &looked.sketch.bands),
        words::table(&samples),
        hashed(&|looked| &looked.seeds.long),
        hashed(&|looked| &looked.seeds.short),
    ];
    blocks::seal(KIND, &tables)
}

/// A table in the making of what is known of each article by number.
#[derive(Debug)]
pub(super) struct Numbered {
    pub(super) table: TableWriter,
    block: Writer,
    count: usize,
    a_block: usize,
}

impl Numbered {
    /// With so many articles a block.
    pub(super) fn of(a_block: usize) -> Self {
        Self { table: TableWriter::default(), block: Writer::default(), count: 0, a_block }
    }

    /// Adds what `write` writes of the next article.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Writer)) {
        write(&mut self.block);
        self.count += 1;
        if self.count.is_multiple_of(self.a_block) {
            self.end_block();
        }
    }

    pub(super) fn end(mut self) -> TableWriter {
        if !self.count.is_multiple_of(self.a_block) {
            self.end_block();
        }
        self.table
    }

    fn end_block(&mut self) {
        let first = (self.count - 1) / self.a_block * self.a_block;
        self.table.push(first as u64, &self.block.bytes);
        self.block.bytes.clear();
    }
}

pub(super) fn write_facts(block: &mut Writer, facts: &Facts) {
    let Facts { digest, shingles, sampled, standing: (_, published, key) } = facts;
    block.bytes.extend_from_slice(&digest.to_le_bytes());
    block.bytes.extend_from_slice(&key.0.to_le_bytes());
    block.number(u64::from(*shingles));
    block.number(u64::from(*sampled));
    match published {
        None => block.number(0),
        Some(Published { at, day_only }) => {
            block.number(if *day_only { 2 } else { 1 });
            block.signed(at.as_second());
            block.signed(i64::from(at.subsec_nanosecond()));
        }
    }
}

pub(super) fn write_head(block: &mut Writer, head: &[u32]) {
    block.count(head.len());
    head.iter().for_each(|&key| block.number(u64::from(key)));
}

fn read_head(reader: &mut Reader<'_>) -> std::result::Result<Vec<u32>, Cause> {
    (0..reader.count()?).map(|_| Ok(reader.narrow()?)).collect()
}

/// A lookup file that is open.
#[derive(Debug)]
pub(super) struct Lookup {
    tables: Tables,
    heads: Table,
    digests: Table,
    ids: Table,
    bands: Table,
    samples: Table,
    seeds: OnceLock<std::result::Result<[Table; 2], Cause>>,
}

impl Lookup {
    /// Opens the one at `path`, and reads the facts of its articles.
    pub(super) fn open(path: &Path) -> std::result::Result<(Self, Vec<Facts>), Cause> {
        Self::of(Tables::open(path, KIND)?)
    }

    /// The same from memory.
    pub(super) fn of_bytes(bytes: Vec<u8>) -> std::result::Result<(Self, Vec<Facts>), Cause> {
        Self::of(Tables::of_bytes(bytes, KIND)?)
    }

    fn of(tables: Tables) -> std::result::Result<(Self, Vec<Facts>), Cause> {
        let facts = facts_of(&tables.table(Place::Facts as usize)?)?;
        let table = |place: Place| tables.table(place as usize);
        let lookup = Self {
            heads: table(Place::Heads)?,
            digests: table(Place::Digests)?,
            ids: table(Place::Ids)?,
            bands: table(Place::Bands)?,
            samples: table(Place::Samples)?,
            seeds: OnceLock::new(),
            tables,
        };
        Ok((lookup, facts))
    }

    /// Reads all of it, for a check.
    pub(super) fn check(&self) -> std::result::Result<(), Cause> {
        let seeds = self.seeds()?;
        let own = [&self.digests, &self.ids, &self.bands, &self.samples];
        for table in own.into_iter().chain(seeds) {
            words::between(table, 0, u64::MAX)?;
        }
        (0..self.heads.len()).try_for_each(|place| self.heads.block(place).map(drop))
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> u64 {
        self.tables.length()
    }

    /// The numbers of the articles that may have this digest.
    pub(super) fn with_digest(&self, digest: u64) -> std::result::Result<Vec<usize>, Cause> {
        with_hash(&self.digests, digest)
    }

    /// The numbers of the articles that may have an id with this hash.
    pub(super) fn with_id(&self, id: u64) -> std::result::Result<Vec<usize>, Cause> {
        with_hash(&self.ids, id)
    }

    /// The numbers of the articles that have this band.
    pub(super) fn with_band(&self, band: u64) -> std::result::Result<Vec<usize>, Cause> {
        with_hash(&self.bands, band)
    }

    /// The numbers of the articles that have this seed, of the long ones or the short ones.
    pub(super) fn with_seed(
        &self,
        seed: u64,
        is_short: bool,
    ) -> std::result::Result<Vec<usize>, Cause> {
        with_hash(&self.seeds()?[usize::from(is_short)], seed)
    }

    /// The numbers of the articles that have this hash in their sample, and whether in its head.
    pub(super) fn with_sampled(&self, key: u32) -> std::result::Result<Vec<(usize, bool)>, Cause> {
        let (from, to) = (sample_key(key, false), sample_key(key, true) + 1);
        let words = words::between(&self.samples, word(from, 0), word(to, 0))?;
        Ok(words.into_iter().map(|word| (number(word), word >> ARTICLE_BITS & 1 == 1)).collect())
    }

    /// The head of an article's sample.
    pub(super) fn head(&self, number: usize) -> std::result::Result<Vec<u32>, Cause> {
        let block = self.heads.block(number / HEADS_A_BLOCK)?;
        let mut reader = Reader::new(&block);
        for _ in 0..number % HEADS_A_BLOCK {
            for _ in 0..reader.count()? {
                reader.number()?;
            }
        }
        read_head(&mut reader)
    }

    /// The heads of the articles that are in the same block as this one, with their numbers.
    pub(super) fn heads_beside(
        &self,
        number: usize,
    ) -> std::result::Result<Vec<(usize, Vec<u32>)>, Cause> {
        let place = number / HEADS_A_BLOCK;
        let block = self.heads.block(place)?;
        let mut reader = Reader::new(&block);
        let mut heads = Vec::with_capacity(HEADS_A_BLOCK);
        while !reader.rest().is_empty() {
            heads.push((place * HEADS_A_BLOCK + heads.len(), read_head(&mut reader)?));
        }
        Ok(heads)
    }

    /// The directory of a table.
    pub(super) fn table(&self, place: Place) -> std::result::Result<Table, Cause> {
        self.tables.table(place as usize)
    }

    fn seeds(&self) -> std::result::Result<&[Table; 2], Cause> {
        let read = || Ok([self.table(Place::Seeds)?, self.table(Place::ShortSeeds)?]);
        self.seeds.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

/// The number of the article that a word is of.
pub(super) fn number(word: u64) -> usize {
    (word & (MOST_ARTICLES as u64 - 1)) as usize
}

fn with_hash(table: &Table, hash: u64) -> std::result::Result<Vec<usize>, Cause> {
    let key = cut(hash);
    let words = words::between(table, word(key, 0), word(key + 1, 0))?;
    Ok(words.into_iter().map(number).collect())
}

fn facts_of(table: &Table) -> std::result::Result<Vec<Facts>, Cause> {
    let blocks = (0..table.len()).into_par_iter().map(|place| {
        let block = table.block(place)?;
        let mut reader = Reader::new(&block);
        let mut facts = Vec::with_capacity(FACTS_A_BLOCK);
        while !reader.rest().is_empty() {
            let (digest, key) = (reader.fixed()?, reader.fixed()?);
            let (shingles, sampled) = (reader.narrow()?, reader.narrow()?);
            let published = match reader.number()? {
                0 => None,
                precision => {
                    let second = reader.signed()?;
                    let nanosecond = reader.signed()?;
                    let nanosecond = i32::try_from(nanosecond).map_err(Cause::of)?;
                    let at = jiff::Timestamp::new(second, nanosecond);
                    let at = at.map_err(Cause::of)?;
                    Some(Published { at, day_only: precision == 2 })
                }
            };
            let standing = (published.is_none(), published, ArticleKey(key));
            facts.push(Facts { digest, shingles, sampled, standing });
        }
        Ok(facts)
    });
    Ok(blocks.collect::<std::result::Result<Vec<_>, Cause>>()?.concat())
}
