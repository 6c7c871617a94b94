//! Bodies made of blocks, each of which is read and checked alone.
//!
//! A body has several tables. A table is a directory and its blocks; the directory has for each block what comes first in
//! it, its length and a hash. So one block is read without the rest of the file, and a byte of it that is not
//! the one that was written is told. Cost of a block: one read, and one pass over its bytes.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Cause, StoredError};
use crate::output::Scratch;
use crate::sealed::{HEADER, Kind, Reader, Take, Writer};

/// Bytes of a number of fixed length.
const NUMBER: usize = 8;
/// Bytes of blocks in memory while a value is written whose blocks lie in a file, and of a part that is copied.
pub(super) const HELD: usize = 64 << 10;

/// A table in the making.
#[derive(Debug, Default)]
pub(super) struct TableWriter {
    count: usize,
    last: u64,
    directory: Writer,
    /// Bytes of all blocks.
    length: u64,
    /// The blocks, or the last of them where the others are in a file.
    blocks: Vec<u8>,
}

impl TableWriter {
    /// Adds a block; `first` is not less than that of the block before.
    pub(super) fn push(&mut self, first: u64, block: &[u8]) {
        self.count += 1;
        self.directory.number(first - self.last);
        self.directory.count(block.len());
        self.directory.number(u64::from(hash(block)));
        self.last = first;
        self.length += block.len() as u64;
        self.blocks.extend_from_slice(block);
    }

    /// What stands before its blocks.
    fn directory(&self) -> Vec<u8> {
        let mut directory = Writer::default();
        directory.count(self.count);
        directory.bytes.extend_from_slice(&self.directory.bytes);
        directory.bytes
    }
}

/// The sealed value whose body is these tables.
pub(super) fn seal(kind: Kind, tables: &[TableWriter]) -> Vec<u8> {
    let directories: Vec<Vec<u8>> = tables.iter().map(TableWriter::directory).collect();
    let mut body = head(tables, &directories);
    for (directory, table) in directories.iter().zip(tables) {
        body.extend_from_slice(directory);
        body.extend_from_slice(&table.blocks);
    }
    kind.seal(&body)
}

/// What a body begins with: where each table is.
fn head(tables: &[TableWriter], directories: &[Vec<u8>]) -> Vec<u8> {
    let mut numbers = vec![tables.len() as u64];
    let mut begin = ((2 + 3 * tables.len()) * NUMBER) as u64;
    for (directory, table) in directories.iter().zip(tables) {
        let length = directory.len() as u64;
        numbers.extend([begin, length, xxh3_64(directory)]);
        begin += length + table.length;
    }
    let mut head: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    head.extend_from_slice(&xxh3_64(&head).to_le_bytes());
    head
}

/// Tables in the making whose blocks lie in a file: memory has their directories alone.
#[derive(Debug)]
pub(super) struct Spilled<'d> {
    scratch: Scratch<'d>,
    tables: Vec<TableWriter>,
}

impl<'d> Spilled<'d> {
    pub(super) fn new(scratch: Scratch<'d>) -> Self {
        Self { scratch, tables: Vec::new() }
    }

    /// Takes the blocks of the table that is being written out of memory where they are many.
    pub(super) fn relieve(&mut self, table: &mut TableWriter) -> io::Result<()> {
        if table.blocks.len() >= HELD {
            self.take(table)?;
        }
        Ok(())
    }

    /// Ends a table; those that come before it ended before.
    pub(super) fn end(&mut self, mut table: TableWriter) -> io::Result<()> {
        self.take(&mut table)?;
        self.tables.push(table);
        Ok(())
    }

    fn take(&mut self, table: &mut TableWriter) -> io::Result<()> {
        self.scratch.write_all(&table.blocks)?;
        table.blocks.clear();
        Ok(())
    }

    /// Gives what [`seal`] makes of these tables to `out`.
    pub(super) fn seal(self, kind: Kind, out: Take<'_>) -> io::Result<()> {
        let Self { mut scratch, tables } = self;
        let directories: Vec<Vec<u8>> = tables.iter().map(TableWriter::directory).collect();
        let head = head(&tables, &directories);
        let tables: Vec<(&Vec<u8>, u64)> =
            directories.iter().zip(tables.iter().map(|table| table.length)).collect();
        let lengths = tables.iter().map(|(directory, blocks)| directory.len() as u64 + blocks);
        let length = head.len() as u64 + lengths.sum::<u64>();
        let mut part = vec![0; HELD];
        let body = |take: Take<'_>| {
            scratch.rewind()?;
            take(&head)?;
            for &(directory, mut left) in &tables {
                take(directory)?;
                while left > 0 {
                    let part = &mut part[..left.min(HELD as u64) as usize];
                    scratch.read_exact(part)?;
                    take(part)?;
                    left -= part.len() as u64;
                }
            }
            Ok(())
        };
        kind.seal_parts(length, body, out)
    }
}

/// Where bytes are: in a file, or in memory where no file has them.
#[derive(Debug)]
enum Bytes {
    File(File),
    Memory(Vec<u8>),
}

impl Bytes {
    fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, Cause> {
        match self {
            Self::File(file) => {
                let mut bytes = vec![0; length];
                read_at(file, &mut bytes, at).map_err(Cause::of)?;
                Ok(bytes)
            }
            Self::Memory(all) => {
                let bytes = usize::try_from(at).ok().and_then(|at| all.get(at..)?.get(..length));
                bytes.map(<[u8]>::to_vec).ok_or_else(|| "it is cut short".into())
            }
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        at += read as u64;
    }
    Ok(())
}

/// The tables of a sealed value, which is not read as a whole.
#[derive(Debug)]
pub(super) struct Tables {
    bytes: Arc<Bytes>,
    /// Where each begins, the length of its directory and the hash of that.
    tables: Vec<[u64; 3]>,
    /// Bytes of the whole.
    length: u64,
}

impl Tables {
    /// Of a file, which stays open. Only its beginning is read.
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Self, Cause> {
        let file = File::open(path).map_err(Cause::of)?;
        let length = file.metadata().map_err(Cause::of)?.len();
        Self::of(Bytes::File(file), length, kind)
    }

    /// Of bytes in memory.
    pub(super) fn of_bytes(bytes: Vec<u8>, kind: Kind) -> Result<Self, Cause> {
        let length = bytes.len() as u64;
        Self::of(Bytes::Memory(bytes), length, kind)
    }

    fn of(bytes: Bytes, length: u64, kind: Kind) -> Result<Self, Cause> {
        let whole = || StoredError::CutShort { name: kind.name, is_maybe_longer: true };
        let head = bytes.read(0, HEADER + NUMBER).map_err(|_| whole())?;
        let (_, body) = kind.header(&head)?;
        if body + HEADER as u64 != length {
            return Err(whole().into());
        }
        let count = number(&head[HEADER..]);
        // A count that is damaged would ask for more than there is.
        let numbers = usize::try_from(count).ok().and_then(|count| count.checked_mul(3));
        let hashed = numbers.and_then(|numbers| numbers.checked_add(1)?.checked_mul(NUMBER));
        let hashed = hashed.filter(|&hashed| (hashed as u64) < body).ok_or_else(whole)?;
        let head = bytes.read(HEADER as u64, hashed + NUMBER)?;
        let (own, seal) = head.split_at(hashed);
        if xxh3_64(own) != number(seal) {
            return Err(damaged());
        }
        let numbers: Vec<u64> = own[NUMBER..].chunks_exact(NUMBER).map(number).collect();
        let tables = numbers.as_chunks::<3>().0.to_vec();
        Ok(Self { bytes: Arc::new(bytes), tables, length })
    }

    /// Bytes of all tables.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads the directory of a table.
    pub(super) fn table(&self, place: usize) -> Result<Table, Cause> {
        let missing = || "it has fewer tables than it should".to_owned();
        let &[begin, length, hashed] = self.tables.get(place).ok_or_else(missing)?;
        let length = usize::try_from(length).map_err(Cause::of)?;
        let begin = begin + HEADER as u64;
        let directory = self.bytes.read(begin, length)?;
        if xxh3_64(&directory) != hashed {
            return Err(damaged());
        }
        let mut reader = Reader::new(&directory);
        let count = reader.count()?;
        let mut blocks = Vec::with_capacity(count);
        let (mut first, mut at) = (0_u64, begin + length as u64);
        for _ in 0..count {
            first = first.wrapping_add(reader.number()?);
            let length: u32 = reader.narrow()?;
            blocks.push(Block { first, at, length, hash: reader.narrow()? });
            at += u64::from(length);
        }
        reader.end()?;
        Ok(Table { bytes: Arc::clone(&self.bytes), blocks })
    }
}

#[derive(Clone, Copy, Debug)]
struct Block {
    first: u64,
    at: u64,
    length: u32,
    hash: u32,
}

/// A table whose directory was read.
#[derive(Debug)]
pub(super) struct Table {
    bytes: Arc<Bytes>,
    blocks: Vec<Block>,
}

impl Table {
    /// How many blocks it has.
    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The number of the last block that begins before `first`; of the first one where there is none.
    pub(super) fn before(&self, first: u64) -> usize {
        self.blocks.partition_point(|block| block.first < first).saturating_sub(1)
    }

    /// What comes first in a block.
    pub(super) fn first(&self, place: usize) -> Option<u64> {
        self.blocks.get(place).map(|block| block.first)
    }

    /// The bytes of a block.
    pub(super) fn block(&self, place: usize) -> Result<Vec<u8>, Cause> {
        let &Block { at, length, hash: written, .. } = self
            .blocks
            .get(place)
            .ok_or_else(|| "it has fewer blocks than it should".to_owned())?;
        let block = self.bytes.read(at, length as usize)?;
        if hash(&block) == written { Ok(block) } else { Err(damaged()) }
    }
}

fn damaged() -> Cause {
    StoredError::DamagedBlock.into()
}

fn hash(block: &[u8]) -> u32 {
    xxh3_64(block) as u32
}

fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().take(NUMBER);
    bytes.rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind { magic: *b"NFBLOCKS", format: 1, name: "test value" };

    fn sealed() -> Vec<u8> {
        let mut first = TableWriter::default();
        first.push(3, b"ferry");
        first.push(900, b"barn");
        seal(KIND, &[first, TableWriter::default()])
    }

    fn read(bytes: Vec<u8>) -> Result<(Vec<u8>, Vec<u8>, usize), Cause> {
        let tables = Tables::of_bytes(bytes, KIND)?;
        let (first, second) = (tables.table(0)?, tables.table(1)?);
        assert!(first.block(2).is_err());
        Ok((first.block(0)?, first.block(first.before(901))?, second.len()))
    }

    #[test]
    fn blocks_are_read_one_by_one_and_flipped_bytes_of_them_told() {
        let sealed = sealed();
        let whole = (b"ferry".to_vec(), b"barn".to_vec(), 0);
        assert_eq!(read(sealed.clone()), Ok(whole.clone()));
        KIND.open(&sealed).unwrap();
        let mut told = 0;
        for place in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[place] ^= 0x10;
            match read(flipped) {
                Ok(found) => assert_eq!(found, whole, "{place}"),
                Err(_) => told += 1,
            }
        }
        // All but the seal of the whole, eight bytes, and the number of the format where it is an older one.
        assert!(told >= sealed.len() - 12, "{told} of {}", sealed.len());
        for length in 0..sealed.len() {
            assert!(read(sealed[..length].to_vec()).is_err(), "{length}");
        }
    }
}
