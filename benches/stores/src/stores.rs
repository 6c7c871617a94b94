//! redb, heed (LMDB) and fjall, each used as its documentation says for keys that come in ascending order.

use std::fs;
use std::ops::{Bound, Range};
use std::path::Path;
use std::time::Duration;

use fjall::config::{CompressionPolicy, FilterPolicy, FilterPolicyEntry};
use fjall::{
    CompressionType, Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions, PersistMode,
};
use heed::byteorder::BigEndian;
use heed::types::{Bytes, U64};
use heed::{CommitOrAbort, Env, EnvOpenOptions, PutFlags};
use redb::{ReadableDatabase, ReadableTable, TableDefinition};

use crate::Outcome;
use crate::kv::{Fill, Layout, Store, View};

/// Of redb and fjall, which keep pages in a cache of their own: redb's usual size. LMDB and segments have that of the system.
const CACHE_BYTES: usize = 1 << 30;
/// Room that LMDB takes in addresses, not on the disk.
const MAP_BYTES: usize = 64 << 30;

const RECORDS: TableDefinition<u64, &[u8]> = TableDefinition::new("records");
/// Keys of a fixed length without a value take eight bytes of a page.
const WORDS: TableDefinition<u64, ()> = TableDefinition::new("words");
const BLOCKS: TableDefinition<u64, &[u8]> = TableDefinition::new("blocks");

pub struct Redb {
    database: redb::Database,
    layout: Layout,
}

impl Store for Redb {
    fn open(folder: &Path, layout: Layout) -> Outcome<Self> {
        fs::create_dir_all(folder)?;
        let mut builder = redb::Database::builder();
        let database = builder.set_cache_size(CACHE_BYTES).create(folder.join("redb"))?;
        Ok(Self { database, layout })
    }

    fn commit(&mut self, _: bool, appends: bool, lookup: Fill, records: Fill) -> Outcome<()> {
        let transaction = self.database.begin_write()?;
        match (self.layout, appends) {
            (Layout::Words, true) => {
                let mut table = transaction.open_table(WORDS)?;
                let mut end = table.upper_bound_mut(Bound::<u64>::Unbounded)?;
                lookup(&mut |key, _| Ok(end.insert_before(key, ())?))?;
                end.close()?;
            }
            (Layout::Words, false) => {
                let mut table = transaction.open_table(WORDS)?;
                lookup(&mut |key, _| {
                    table.insert(key, ())?;
                    Ok(())
                })?;
            }
            (Layout::Blocks, _) => {
                let mut table = transaction.open_table(BLOCKS)?;
                let mut end = table.upper_bound_mut(Bound::<u64>::Unbounded)?;
                lookup(&mut |key, value| Ok(end.insert_before(key, value)?))?;
                end.close()?;
            }
        }
        let mut table = transaction.open_table(RECORDS)?;
        let mut end = table.upper_bound_mut(Bound::<u64>::Unbounded)?;
        records(&mut |key, value| Ok(end.insert_before(key, value)?))?;
        end.close()?;
        drop(table);
        Ok(transaction.commit()?)
    }

    fn view(&self, asks: &mut dyn FnMut(&dyn View) -> Outcome<()>) -> Outcome<()> {
        let transaction = self.database.begin_read()?;
        let records = transaction.open_table(RECORDS)?;
        let (words, blocks) = match self.layout {
            Layout::Words => (Some(transaction.open_table(WORDS)?), None),
            Layout::Blocks => (None, Some(transaction.open_table(BLOCKS)?)),
        };
        asks(&RedbView { records, words, blocks })
    }
}

struct RedbView {
    records: redb::ReadOnlyTable<u64, &'static [u8]>,
    words: Option<redb::ReadOnlyTable<u64, ()>>,
    blocks: Option<redb::ReadOnlyTable<u64, &'static [u8]>>,
}

impl View for RedbView {
    fn record(&self, key: u64) -> Outcome<Vec<u8>> {
        let record = ReadableTable::get(&self.records, key)?;
        Ok(record.ok_or("no such record")?.value().to_vec())
    }

    fn keys(&self, range: Range<u64>, each: &mut dyn FnMut(u64)) -> Outcome<()> {
        let table = self.words.as_ref().ok_or("another layout")?;
        for entry in ReadableTable::range(table, range)? {
            each(entry?.0.value());
        }
        Ok(())
    }

    fn backwards(
        &self,
        range: Range<u64>,
        each: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Outcome<()> {
        let table = self.blocks.as_ref().ok_or("another layout")?;
        for entry in ReadableTable::range(table, range)?.rev() {
            let (key, value) = entry?;
            if !each(key.value(), value.value()) {
                break;
            }
        }
        Ok(())
    }
}

type Lmdb = heed::Database<'static, U64<BigEndian>, Bytes>;

pub struct Heed {
    /// Lasts as long as the process, since tables borrow it.
    env: &'static Env,
    lookup: Lmdb,
    records: Lmdb,
}

impl Store for Heed {
    fn open(folder: &Path, _: Layout) -> Outcome<Self> {
        fs::create_dir_all(folder)?;
        // SAFETY: the files are in a folder of this run, and no other process changes them.
        let env = unsafe { EnvOpenOptions::new().map_size(MAP_BYTES).max_dbs(2).open(folder)? };
        let env: &'static Env = Box::leak(Box::new(env));
        let created = env.create_databases_and_commit(env.write_txn()?, |maker, transaction| {
            let lookup: Lmdb = maker.create_database(transaction, Some("lookup"))?;
            let records: Lmdb = maker.create_database(transaction, Some("records"))?;
            Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit((lookup, records)))
        })?;
        let (lookup, records) = created.unwrap_commit();
        Ok(Self { env, lookup, records })
    }

    fn commit(&mut self, _: bool, appends: bool, lookup: Fill, records: Fill) -> Outcome<()> {
        let mut transaction = self.env.write_txn()?;
        let flags = if appends { PutFlags::APPEND } else { PutFlags::empty() };
        lookup(&mut |key, value| {
            Ok(self.lookup.put_with_flags(&mut transaction, flags, &key, value)?)
        })?;
        records(&mut |key, value| {
            Ok(self.records.put_with_flags(&mut transaction, PutFlags::APPEND, &key, value)?)
        })?;
        Ok(transaction.commit()?)
    }

    fn view(&self, asks: &mut dyn FnMut(&dyn View) -> Outcome<()>) -> Outcome<()> {
        let transaction = self.env.read_txn()?;
        asks(&HeedView { transaction, lookup: self.lookup, records: self.records })
    }
}

struct HeedView<'e> {
    transaction: heed::RoTxn<'e, heed::WithTls>,
    lookup: Lmdb,
    records: Lmdb,
}

impl View for HeedView<'_> {
    fn record(&self, key: u64) -> Outcome<Vec<u8>> {
        let record = self.records.get(&self.transaction, &key)?;
        Ok(record.ok_or("no such record")?.to_vec())
    }

    fn keys(&self, range: Range<u64>, each: &mut dyn FnMut(u64)) -> Outcome<()> {
        for entry in self.lookup.range(&self.transaction, &range)? {
            each(entry?.0);
        }
        Ok(())
    }

    fn backwards(
        &self,
        range: Range<u64>,
        each: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Outcome<()> {
        for entry in self.lookup.rev_range(&self.transaction, &range)? {
            let (key, value) = entry?;
            if !each(key, value) {
                break;
            }
        }
        Ok(())
    }
}

pub struct Fjall {
    database: Database,
    lookup: Keyspace,
    records: Keyspace,
}

impl Store for Fjall {
    fn open(folder: &Path, _: Layout) -> Outcome<Self> {
        let database = Database::builder(folder).cache_size(CACHE_BYTES as u64).open()?;
        // Lookups are of ranges, where a filter is of no use.
        let no_filter = FilterPolicy::all(FilterPolicyEntry::None);
        let options = || KeyspaceCreateOptions::default().filter_policy(no_filter.clone());
        let lookup = database.keyspace("lookup", options)?;
        // Packed bytes beside the tree, so that no compaction moves them.
        let options = || {
            KeyspaceCreateOptions::default()
                .data_block_compression_policy(CompressionPolicy::all(CompressionType::None))
                .expect_point_read_hits(true)
                .with_kv_separation(Some(
                    KvSeparationOptions::default().compression(CompressionType::None),
                ))
        };
        let records = database.keyspace("records", options)?;
        Ok(Self { database, lookup, records })
    }

    fn commit(&mut self, is_bulk: bool, _: bool, lookup: Fill, records: Fill) -> Outcome<()> {
        if is_bulk {
            let ingest = |keyspace: &Keyspace, fill: Fill| -> Outcome<()> {
                let mut ingestion = keyspace.start_ingestion()?;
                fill(&mut |key, value| Ok(ingestion.write(key.to_be_bytes(), value)?))?;
                Ok(ingestion.finish()?)
            };
            ingest(&self.lookup, lookup)?;
            ingest(&self.records, records)?;
            return Ok(self.database.persist(PersistMode::SyncAll)?);
        }
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncAll));
        let mut insert = |keyspace: &Keyspace, fill: Fill| {
            fill(&mut |key, value| {
                batch.insert(keyspace, key.to_be_bytes(), value);
                Ok(())
            })
        };
        insert(&self.lookup, lookup)?;
        insert(&self.records, records)?;
        Ok(batch.commit()?)
    }

    fn view(&self, asks: &mut dyn FnMut(&dyn View) -> Outcome<()>) -> Outcome<()> {
        asks(self)
    }

    fn settle(&mut self) -> Outcome<()> {
        while self.database.outstanding_flushes() > 0 || self.database.active_compactions() > 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl View for Fjall {
    fn record(&self, key: u64) -> Outcome<Vec<u8>> {
        let record = self.records.get(key.to_be_bytes())?;
        Ok(record.ok_or("no such record")?.to_vec())
    }

    fn keys(&self, range: Range<u64>, each: &mut dyn FnMut(u64)) -> Outcome<()> {
        for entry in self.lookup.range(range.start.to_be_bytes()..range.end.to_be_bytes()) {
            each(u64::from_be_bytes(entry.key()?.as_ref().try_into()?));
        }
        Ok(())
    }

    fn backwards(
        &self,
        range: Range<u64>,
        each: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Outcome<()> {
        for entry in self.lookup.range(range.start.to_be_bytes()..range.end.to_be_bytes()).rev() {
            let (key, value) = entry.into_inner()?;
            if !each(u64::from_be_bytes(key.as_ref().try_into()?), &value) {
                break;
            }
        }
        Ok(())
    }
}
