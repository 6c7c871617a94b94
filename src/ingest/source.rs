//! A file's bytes: opened, hashed as they pass, decompressed, and without a byte order mark.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use super::blocks::{SCALED_DOWN, Source};
use super::detect;
use super::encoding::{self, Told, Transcoder};
use super::limits::Limits;
use crate::error::Cause;

/// How much is read from the disk at a time.
const BUFFER_BYTES: usize = 256 << 10;
/// How much of a stream is looked at to tell its format.
pub(super) const HEAD_BYTES: usize = 64 << 10;
/// How many bytes tell how a file is compressed.
const MAGIC_BYTES: usize = 10;
/// The most memory that an xz stream may ask for: its strongest preset takes 65 MiB.
const XZ_KIBIBYTES: u32 = 256 << 10;
/// So many rejects are kept whatever the file: 150 MB of memory …
const FEW_REJECTS: u64 = (1 << 20) / SCALED_DOWN as u64;
/// … and beyond that, one for so many bytes of the file as it lies there. No record of a news tool is as
/// short, nor packed as small; 4 MB of gzip can hold half a billion empty ones.
const BYTES_A_REJECT: u64 = 8;

/// Whether so many rejects out of a file of so many bytes were made to fill the memory.
pub(super) fn is_litter(rejects: u64, bytes: u64) -> bool {
    rejects > FEW_REJECTS && rejects > bytes / BYTES_A_REJECT
}

/// That the records of a file were taken for litter.
pub(super) fn litter_in_words(rejects: u64) -> String {
    format!(
        "{rejects} records were rejected, more than one for every {BYTES_A_REJECT} bytes of the file: \
         what stands before is read, the rest is not"
    )
}

/// A file as it lies there, from which everything that is packed in it comes: how much it grows is
/// told by what was read of it.
pub(super) struct Metered<'m, R> {
    inner: R,
    bytes: &'m AtomicU64,
}

impl<'m, R> Metered<'m, R> {
    /// Adds to `bytes` what is read of `inner`.
    pub(super) fn new(inner: R, bytes: &'m AtomicU64) -> Self {
        Self { inner, bytes }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// How a file is compressed, as its first bytes tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard, one frame or several.
    Zstd,
    /// bzip2, one stream or several.
    Bzip2,
    /// xz, one stream or several.
    Xz,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        })
    }
}

/// The bytes as the file has them, counted and hashed as they pass.
struct Hashed<R> {
    inner: R,
    hash: Xxh3Default,
    bytes: u64,
    ended: bool,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        self.ended |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

type Raw<'a> = BufReader<Hashed<Box<dyn Read + Send + 'a>>>;

enum Decoder<'a> {
    Plain(Raw<'a>),
    Gzip(Box<MultiGzDecoder<Raw<'a>>>),
    Zstd(zstd::Decoder<'static, Raw<'a>>),
    Bzip2(Box<MultiBzDecoder<Raw<'a>>>),
    Xz(Box<XzReader<Raw<'a>>>),
}

/// A stream of decompressed bytes that knows the file it comes from.
pub(super) struct Opened<'a> {
    /// How the file is compressed.
    pub(super) compression: Compression,
    /// What the stream is written in, where that is not UTF-8.
    pub(super) encoding: Option<Told>,
    head: Cursor<Vec<u8>>,
    /// Whether the head is all there is.
    is_all_head: bool,
    transcoder: Option<Transcoder>,
    decoder: Decoder<'a>,
    /// Where the same bytes can be opened again, if they are a file's.
    path: Option<PathBuf>,
    /// How many bytes came out.
    decompressed: u64,
    /// How many bytes were read of the file that this is packed in, or is.
    outermost: &'a AtomicU64,
    /// How much may come out.
    limits: Limits,
    /// Whether more came out than is believed.
    is_bomb: bool,
    /// How many more bytes may be read, where only the beginning is wanted.
    left: Option<u64>,
    /// An error met while the head was read; it comes when the head is through.
    failure: Option<io::Error>,
}

impl<'a> Opened<'a> {
    /// Reads the head of a stream, of which no more than `limit` decompressed bytes are wanted;
    /// `path` is where the same bytes can be opened again, `outermost` how many bytes were read of the
    /// file that it is packed in, or is.
    pub(super) fn new(
        reader: Box<dyn Read + Send + 'a>,
        path: Option<PathBuf>,
        limit: Option<u64>,
        outermost: &'a AtomicU64,
        limits: Limits,
    ) -> io::Result<Self> {
        let mut reader = reader;
        let mut magic = Vec::new();
        (&mut reader).take(MAGIC_BYTES as u64).read_to_end(&mut magic)?;
        let compression = compression(&magic);
        let inner: Box<dyn Read + Send + 'a> = Box::new(Cursor::new(magic).chain(reader));
        let hashed = Hashed { inner, hash: Xxh3Default::new(), bytes: 0, ended: false };
        let raw = BufReader::with_capacity(BUFFER_BYTES, hashed);
        let decoder = match compression {
            Compression::None => Decoder::Plain(raw),
            Compression::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(raw))),
            Compression::Zstd => Decoder::Zstd(zstd::Decoder::with_buffer(raw)?),
            Compression::Bzip2 => Decoder::Bzip2(Box::new(MultiBzDecoder::new(raw))),
            Compression::Xz => {
                Decoder::Xz(Box::new(XzReader::new_mem_limit(raw, true, XZ_KIBIBYTES)))
            }
        };
        let mut opened = Self {
            compression,
            encoding: None,
            head: Cursor::new(Vec::new()),
            is_all_head: false,
            transcoder: None,
            decoder,
            path,
            decompressed: 0,
            outermost,
            limits,
            is_bomb: false,
            left: limit,
            failure: None,
        };
        let mut head = Vec::new();
        let reading = (&mut opened).take(HEAD_BYTES as u64).read_to_end(&mut head);
        opened.failure = reading.err();
        opened.is_all_head = opened.failure.is_none() && head.len() < HEAD_BYTES;
        if head.starts_with(b"\xEF\xBB\xBF") {
            head.drain(..3);
        } else if !detect::names_its_encodings(&head) {
            opened.encoding = encoding::tell(&head, opened.is_all_head);
        }
        if let Some(told) = opened.encoding {
            let mut transcoder = Transcoder::new(told.charset);
            head = transcoder.decode(&head[told.mark..], opened.is_all_head).into_bytes();
            opened.transcoder = Some(transcoder);
        }
        opened.head = Cursor::new(head);
        Ok(opened)
    }

    /// The first bytes of the stream, all of it where it is short.
    pub(super) fn head(&self) -> &[u8] {
        self.head.get_ref()
    }

    /// Whether [`Self::head`] is all there is, and nothing went wrong in reading it.
    pub(super) fn is_all_head(&self) -> bool {
        self.is_all_head
    }

    /// XXH3 of the file's bytes, in hexadecimal; `None` where it was not read to its end.
    pub(super) fn xxh3(&mut self) -> Option<String> {
        let raw = match &mut self.decoder {
            Decoder::Plain(raw) => raw,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.get_mut(),
            Decoder::Bzip2(decoder) => decoder.get_mut(),
            Decoder::Xz(decoder) => decoder.inner_mut(),
        };
        let hashed = raw.get_mut();
        // A decoder may stop at the last byte without having seen that it is the last.
        let ended = hashed.ended || matches!(hashed.read(&mut [0]), Ok(0));
        ended.then(|| format!("{:016x}", hashed.hash.digest()))
    }

    /// What comes out, as a file that can be read from any place: the file itself where it is not
    /// compressed, else a copy without a name.
    pub(super) fn seekable(&mut self) -> io::Result<File> {
        if let (Compression::None, Some(path)) = (self.compression, &self.path) {
            let file = File::open(path)?;
            self.outermost.fetch_max(file.metadata()?.len(), Ordering::Relaxed);
            return Ok(file);
        }
        let mut copy = tempfile::tempfile()?;
        self.left = None;
        io::copy(self, &mut copy)?;
        copy.rewind()?;
        Ok(copy)
    }

    /// What comes out, as a file with a name: the file itself where it is not compressed, else a copy
    /// that goes with what is returned beside it.
    #[cfg(feature = "sqlite")]
    pub(super) fn named(&mut self) -> io::Result<(PathBuf, Option<tempfile::NamedTempFile>)> {
        if let (Compression::None, Some(path)) = (self.compression, &self.path) {
            self.outermost.fetch_max(path.metadata()?.len(), Ordering::Relaxed);
            return Ok((path.clone(), None));
        }
        let mut copy = tempfile::NamedTempFile::new()?;
        self.left = None;
        io::copy(self, &mut copy)?;
        Ok((copy.path().to_owned(), Some(copy)))
    }

    /// Takes back that only the beginning is wanted: what comes in large pieces is read by the piece.
    #[cfg(feature = "arrow")]
    pub(super) fn read_on(&mut self) {
        self.left = None;
    }

    /// Compressed twice over, a bomb grows by less each time.
    fn has_grown_too_much(&self) -> bool {
        self.limits.is_bomb(self.decompressed, self.outermost.load(Ordering::Relaxed))
    }

    fn raw(&self) -> &Raw<'a> {
        match &self.decoder {
            Decoder::Plain(raw) => raw,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Zstd(decoder) => decoder.get_ref(),
            Decoder::Bzip2(decoder) => decoder.get_ref(),
            Decoder::Xz(decoder) => decoder.inner(),
        }
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.head.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let Some(mut transcoder) = self.transcoder.take().filter(|_| !self.is_all_head) else {
            return self.read_raw(buffer);
        };
        let read = transcoder.read(buffer, |piece| self.read_raw(piece));
        self.transcoder = Some(transcoder);
        read
    }
}

impl Opened<'_> {
    /// Reads what comes out of the decompression, as it is.
    fn read_raw(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = match self.left {
            Some(left) => buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX)),
            None => buffer.len(),
        };
        let buffer = &mut buffer[..wanted];
        let read = match &mut self.decoder {
            Decoder::Plain(raw) => raw.read(buffer)?,
            Decoder::Gzip(decoder) => decoder.read(buffer)?,
            Decoder::Zstd(decoder) => decoder.read(buffer)?,
            Decoder::Bzip2(decoder) => decoder.read(buffer)?,
            Decoder::Xz(decoder) => decoder.read(buffer)?,
        };
        self.decompressed += read as u64;
        if self.compression != Compression::None && self.has_grown_too_much() {
            self.is_bomb = true;
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.left = self.left.map(|left| left - read as u64);
        Ok(read)
    }
}

impl Source for Opened<'_> {
    fn explain(&mut self, error: io::Error) -> Cause {
        let byte = self.file_bytes();
        if self.is_bomb {
            return self.limits.bomb_in_words();
        }
        let words = match (self.compression, error.kind()) {
            (Compression::None, io::ErrorKind::UnexpectedEof) => format!(
                "it ends early, at byte {byte}: what stands before is read, the rest is missing"
            ),
            (Compression::None, _) => format!("cannot be read on from byte {byte}: {error}"),
            (kind, io::ErrorKind::UnexpectedEof) => format!(
                "the file ends early, at byte {byte}, within its {kind} data: what stands before \
                 is read, the rest is missing"
            ),
            (kind, _) => format!(
                "the {kind} data is damaged at or before byte {byte} of the file ({error}): what \
                 stands before is read, the rest cannot be"
            ),
        };
        Cause::told(words, error)
    }

    fn is_cut(&self) -> bool {
        self.left == Some(0)
    }

    fn file_bytes(&self) -> u64 {
        self.raw().get_ref().bytes
    }
}

/// Whether a name that ends so is that of a compressed file.
pub(super) fn is_compression_suffix(ending: &str) -> bool {
    ["gz", "zst", "bz2", "xz"].contains(&ending)
}

/// How a stream is compressed that begins so.
pub(super) fn compression(magic: &[u8]) -> Compression {
    match magic {
        [0x1F, 0x8B, ..] => Compression::Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Compression::Zstd,
        // A skippable frame, as some writers of several frames put first.
        [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Compression::Zstd,
        // Behind the level stands the first block, or the end of a stream without any.
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y', ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => {
            Compression::Bzip2
        }
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        _ => Compression::None,
    }
}
