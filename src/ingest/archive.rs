//! Tar and ZIP: what is packed in them is read as if it lay in a folder of the archive's name.
//!
//! A tar is read as it comes, a ZIP from its directory. Small members are read side by side, larger
//! ones one after another; a member that is packed or compressed itself is opened in turn, as deep as
//! [`super::file::DEEPEST`]. Links, folders and hidden names are left out, as in folders. Memory: the
//! small members of a batch. The layout of a tar is that of POSIX.1-2017 (pax), with the long names
//! of GNU; ZIP is left to its crate.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;

use rayon::prelude::*;

use super::blocks::Source;
use super::detect::Format;
use super::documents;
use super::file::{Reader, Reading};
use super::limits::Limits;
use super::source::Opened;
use crate::error::{Cause, Position, Reject, Result};

/// Members up to this size are read whole by one thread each.
const SMALL_BYTES: u64 = 1 << 20;
/// How much of them is kept until they are read …
const BATCH_BYTES: usize = 16 << 20;
/// … and how many.
const BATCH_MEMBERS: usize = 256;
/// A tar is made of blocks of so many bytes.
const BLOCK: usize = 512;
/// No file is larger; what is filled up to whole blocks still has a size.
const LARGEST: u64 = i64::MAX as u64;
/// A name, or what pax says of a member, is not longer.
const HEADER_BYTES: u64 = 1 << 20;

/// Where the mark of a tar stands in its first block, and the mark.
const TAR_MARK: (usize, &[u8]) = (257, b"ustar");

/// Whether a stream that begins so is a tar.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(TAR_MARK.0..).is_some_and(|rest| rest.starts_with(TAR_MARK.1))
}

/// Small members that wait to be read.
struct Batch<'r> {
    reader: Reader<'r>,
    members: Vec<(Arc<str>, Vec<u8>)>,
    bytes: usize,
}

impl Batch<'_> {
    fn push(&mut self, name: Arc<str>, bytes: Vec<u8>, reading: &mut Reading) -> Result<()> {
        self.bytes += bytes.len();
        self.members.push((name, bytes));
        if self.bytes >= BATCH_BYTES || self.members.len() >= BATCH_MEMBERS {
            self.read(reading)?;
        }
        Ok(())
    }

    fn read(&mut self, reading: &mut Reading) -> Result<()> {
        self.reader.observer.check()?;
        let alone = Reader { parallel: false, ..self.reader };
        let read = |(name, bytes): (Arc<str>, Vec<u8>)| {
            alone.open(&name, Box::new(Cursor::new(bytes)), None)
        };
        let members = std::mem::take(&mut self.members);
        self.bytes = 0;
        let readings: Vec<Result<Reading>> = match self.reader.parallel {
            true => members.into_par_iter().map(read).collect(),
            false => members.into_iter().map(read).collect(),
        };
        for member in readings {
            reading.append(member?)?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Reads the members of a tar; `told` is how many bytes of it the observer knows of.
    pub(super) fn tar(
        self,
        name: &Arc<str>,
        opened: &mut Opened<'_>,
        reading: &mut Reading,
        told: &mut u64,
    ) -> Result<()> {
        let mut batch = Batch { reader: self.deeper(), members: Vec::new(), bytes: 0 };
        let mut tar = Tar { inner: opened, left: 0, padding: 0, is_cut_short: false };
        loop {
            self.tell(tar.inner.file_bytes() - *told);
            *told = tar.inner.file_bytes();
            let (path, bytes) = match tar.next() {
                Ok(Some(member)) => member,
                Ok(None) => break,
                Err(error) => {
                    // The rest of a tar of which only the beginning is wanted is not missing.
                    if !tar.inner.is_cut() {
                        let reason = tar.inner.explain(error);
                        let position = Position::whole(Arc::clone(name));
                        reading.rejects.push(Reject { position, reason });
                    }
                    break;
                }
            };
            let Some(member) = member_name(name, &path) else { continue };
            if bytes > SMALL_BYTES {
                batch.read(reading)?;
                reading.append(batch.reader.open(&member, Box::new(&mut tar), None)?)?;
            } else {
                let mut content = Vec::new();
                match tar.read_to_end(&mut content) {
                    Ok(_) => batch.push(member, content, reading)?,
                    Err(_) if tar.inner.is_cut() => break,
                    Err(error) => {
                        let reason = tar.inner.explain(error);
                        reading.rejects.push(Reject { position: Position::whole(member), reason });
                        break;
                    }
                }
            }
            if self.strict && !reading.rejects.is_empty() {
                return Ok(());
            }
        }
        batch.read(reading)
    }

    /// Reads the members of a ZIP archive.
    pub(super) fn zip(self, name: &Arc<str>, file: File, reading: &mut Reading) -> Result<()> {
        let reject = |name: &Arc<str>, reason: Cause| Reject {
            position: Position::whole(Arc::clone(name)),
            reason,
        };
        let mut archive = match zip::ZipArchive::new(file) {
            Ok(archive) => archive,
            Err(error) => {
                let words = format!("a ZIP archive that cannot be read: {error}");
                let reason = Cause::told(words, error);
                reading.rejects.push(reject(name, reason));
                return Ok(());
            }
        };
        let mut batch = Batch { reader: self.deeper(), members: Vec::new(), bytes: 0 };
        let is_web_archive = is_web_archive(&names(&archive));
        for place in 0..archive.len() {
            let path = match archive.name_for_index(place) {
                Some(Ok(path)) => path.into_owned(),
                // A name in no encoding: the member is read under its number.
                _ => format!("{}", place + 1),
            };
            let Some(member) = member_name(name, &path).filter(|_| !path.ends_with('/')) else {
                continue;
            };
            if is_web_archive && !path.starts_with(WEB_ARCHIVE.0) {
                continue;
            }
            match unpack(&mut archive, place, self.table.limits()) {
                Ok(Unpacked::Small(content)) => batch.push(member, content, reading)?,
                Ok(Unpacked::Large(file)) => {
                    batch.read(reading)?;
                    reading.append(batch.reader.open(&member, Box::new(file), None)?)?;
                }
                Ok(Unpacked::Bomb) => {
                    reading.rejects.push(reject(&member, self.table.limits().bomb_in_words()));
                    break;
                }
                Err(error) => {
                    let reason = Cause::told(format!("it cannot be unpacked: {error}"), error);
                    reading.rejects.push(reject(&member, reason));
                }
            }
            if self.strict && !reading.rejects.is_empty() {
                return Ok(());
            }
        }
        batch.read(reading)
    }
}

/// Where a WACZ has its pages, and the member that says what it is. What stands beside them is a list of
/// the same pages and an index.
const WEB_ARCHIVE: (&str, &str) = ("archive/", "datapackage.json");

fn is_web_archive(names: &[String]) -> bool {
    names.iter().any(|name| name == WEB_ARCHIVE.1)
        && names.iter().any(|name| name.starts_with(WEB_ARCHIVE.0))
}

/// The names of an archive's members, as far as they are in an encoding.
fn names(archive: &zip::ZipArchive<File>) -> Vec<String> {
    archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect()
}

/// What a ZIP archive is that is the file of an office program.
///
/// # Errors
/// In words, where it is one that is not read, or grows too much to be believed. What is wrong with an
/// archive is told where it is read.
pub(super) fn document(file: &File, limits: Limits) -> std::result::Result<Option<Format>, Cause> {
    let Ok(mut archive) = file.try_clone().and_then(|file| Ok(zip::ZipArchive::new(file)?)) else {
        return Ok(None);
    };
    let kind = documents::of_archive(&names(&archive))?;
    if kind.is_some() {
        let members = 0..archive.len();
        let sizes = members.filter_map(|place| Some(archive.by_index_raw(place).ok()?.size()));
        let packed = file.metadata().map_or(0, |metadata| metadata.len());
        if limits.is_bomb(sizes.sum(), packed) {
            return Err(limits.bomb_in_words());
        }
    }
    Ok(kind)
}

/// What a member of a ZIP archive is unpacked to.
enum Unpacked {
    Small(Vec<u8>),
    /// A file without a name.
    Large(File),
    /// Nothing: it grows too much to be believed.
    Bomb,
}

fn unpack(
    archive: &mut zip::ZipArchive<File>,
    place: usize,
    limits: Limits,
) -> io::Result<Unpacked> {
    let mut member = archive.by_index(place)?;
    let packed = member.compressed_size();
    let mut small = Vec::new();
    member.by_ref().take(SMALL_BYTES).read_to_end(&mut small)?;
    if (small.len() as u64) < SMALL_BYTES {
        return Ok(Unpacked::Small(small));
    }
    let mut file = tempfile::tempfile()?;
    let mut bytes = io::copy(&mut Cursor::new(small), &mut file)?;
    loop {
        let more = io::copy(&mut member.by_ref().take(SMALL_BYTES), &mut file)?;
        bytes += more;
        if limits.is_bomb(bytes, packed) {
            return Ok(Unpacked::Bomb);
        }
        if more == 0 {
            file.rewind()?;
            return Ok(Unpacked::Large(file));
        }
    }
}

/// What a member is called in messages, unless its name is a hidden one.
fn member_name(archive: &str, path: &str) -> Option<Arc<str>> {
    let parts = || path.split('/').filter(|part| !part.is_empty() && *part != ".");
    let is_hidden = |part: &str| part.starts_with('.') && part != ".." || part == "__MACOSX";
    if parts().any(is_hidden) || parts().next().is_none() {
        return None;
    }
    Some(format!("{archive}/{}", parts().collect::<Vec<_>>().join("/")).into())
}

/// A tar on its way to its members; as a reader, what is left of the member that came last.
struct Tar<'t, 'a> {
    inner: &'t mut Opened<'a>,
    left: u64,
    padding: u64,
    /// Whether it ended within a member, which has said so.
    is_cut_short: bool,
}

impl Read for Tar<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.inner.read(&mut buffer[..wanted])?;
        if read == 0 && wanted > 0 {
            self.is_cut_short = true;
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

impl Tar<'_, '_> {
    /// The path and the size of the next file, behind what is left of the last one.
    fn next(&mut self) -> io::Result<Option<(String, u64)>> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            if self.is_cut_short {
                return Ok(None);
            }
            let rest = self.left + self.padding;
            (self.left, self.padding) = (0, 0);
            if io::copy(&mut self.inner.by_ref().take(rest), &mut io::sink())? < rest {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let mut header = [0; BLOCK];
            // An archive should end with two empty blocks; many end with the file.
            if !read_block(self.inner, &mut header)? || header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            let size = number(&header[124..136]).ok_or_else(damaged)?;
            if checksum(&header) != number(&header[148..156]) {
                return Err(damaged());
            }
            let kind = header[156];
            let size = match kind {
                b'0' | 0 | b'7' => long_size.take().unwrap_or(size),
                _ => size,
            };
            if size > LARGEST {
                return Err(damaged());
            }
            self.left = size;
            self.padding = size.next_multiple_of(BLOCK as u64) - size;
            match kind {
                b'0' | 0 | b'7' => {
                    let path = long_name.take().unwrap_or_else(|| short_name(&header));
                    return Ok(Some((path, size)));
                }
                b'L' => {
                    let name = self.header_text(size)?;
                    long_name = Some(name.trim_end_matches('\0').to_owned());
                }
                b'x' => {
                    for (key, value) in records(&self.header_text(size)?) {
                        match key {
                            "path" => long_name = Some(value.to_owned()),
                            "size" => long_size = value.parse().ok(),
                            _ => {}
                        }
                    }
                }
                b'g' => {}
                // A link, a folder or a device, and what was said of it.
                _ => (long_name, long_size) = (None, None),
            }
        }
    }

    fn header_text(&mut self, size: u64) -> io::Result<String> {
        if size > HEADER_BYTES {
            return Err(damaged());
        }
        let mut bytes = vec![0; size as usize];
        self.read_exact(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the tar's headers are damaged")
}

/// Reads a whole block; whether there was one.
fn read_block(from: &mut impl Read, block: &mut [u8; BLOCK]) -> io::Result<bool> {
    let mut bytes = Vec::with_capacity(BLOCK);
    from.take(BLOCK as u64).read_to_end(&mut bytes)?;
    match bytes.len() {
        0 => Ok(false),
        BLOCK => {
            block.copy_from_slice(&bytes);
            Ok(true)
        }
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// A number in octal digits; or, past what these can say, in binary behind a set bit.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let mut bytes = field[1..].iter().copied();
        return bytes.try_fold(u64::from(field[0] & 0x7f), |number, byte| {
            number.checked_mul(256)?.checked_add(u64::from(byte))
        });
    }
    let digits = std::str::from_utf8(field).ok()?.trim_matches(|c| c == '\0' || c == ' ');
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

/// The sum of a header's bytes, with spaces where the sum itself stands.
fn checksum(header: &[u8; BLOCK]) -> Option<u64> {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    Some(sum(&header[..148]) + 8 * u64::from(b' ') + sum(&header[156..]))
}

fn short_name(header: &[u8; BLOCK]) -> String {
    let text = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    // The place of the prefix is used otherwise in the tars of GNU, which end their mark so.
    let prefix =
        if &header[257..263] == b"ustar\0" { text(&header[345..500]) } else { String::new() };
    let name = text(&header[..100]);
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

/// The keys and values of a pax header: `LENGTH KEY=VALUE\n` each.
fn records(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.split_once(' ')?.1.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        assert_eq!(number(b"00000001750\0"), Some(1000));
        assert_eq!(number(b"        17 \0"), Some(15));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(1 << 33));
        assert_eq!(number(b"9x\0"), None);
        assert_eq!(number(&[0xff; 12]), None);
    }

    #[test]
    fn a_member_is_named_behind_its_archive_and_hidden_ones_are_left_out() {
        assert_eq!(member_name("a.zip", "./b/c.txt").as_deref(), Some("a.zip/b/c.txt"));
        for hidden in [".git/x", "a/.b", "__MACOSX/a.txt", "", "./"] {
            assert_eq!(member_name("a.zip", hidden), None, "{hidden}");
        }
    }
}
