//! A file's bytes: opened, hashed as they pass, decompressed, and without a byte order mark.

use std::fmt;
use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use serde::Serialize;
use xxhash_rust::xxh3::Xxh3Default;

use super::blocks::Source;

/// How much is read from the disk at a time.
const BUFFER_BYTES: usize = 256 << 10;
/// How much of a stream is looked at to tell its format.
pub(super) const HEAD_BYTES: usize = 64 << 10;

/// How a file is compressed, as its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard, one frame or several.
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
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
}

/// A stream of decompressed bytes that knows the file it comes from.
pub(super) struct Opened<'a> {
    /// How the file is compressed.
    pub(super) compression: Compression,
    head: Cursor<Vec<u8>>,
    decoder: Decoder<'a>,
    /// How many more bytes may be read, where only the beginning is wanted.
    left: Option<u64>,
    /// An error met while the head was read; it comes when the head is through.
    failure: Option<io::Error>,
}

impl<'a> Opened<'a> {
    /// Reads the head of a stream, of which no more than `limit` decompressed bytes are wanted.
    pub(super) fn new(reader: Box<dyn Read + Send + 'a>, limit: Option<u64>) -> io::Result<Self> {
        let mut reader = reader;
        let mut magic = Vec::new();
        (&mut reader).take(4).read_to_end(&mut magic)?;
        let compression = compression(&magic);
        let inner: Box<dyn Read + Send + 'a> = Box::new(Cursor::new(magic).chain(reader));
        let hashed = Hashed { inner, hash: Xxh3Default::new(), bytes: 0, ended: false };
        let raw = BufReader::with_capacity(BUFFER_BYTES, hashed);
        let decoder = match compression {
            Compression::None => Decoder::Plain(raw),
            Compression::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(raw))),
            Compression::Zstd => Decoder::Zstd(zstd::Decoder::with_buffer(raw)?),
        };
        let mut opened = Self {
            compression,
            head: Cursor::new(Vec::new()),
            decoder,
            left: limit,
            failure: None,
        };
        let mut head = Vec::new();
        let reading = (&mut opened).take(HEAD_BYTES as u64).read_to_end(&mut head);
        opened.failure = reading.err();
        if head.starts_with(b"\xEF\xBB\xBF") {
            head.drain(..3);
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
        self.failure.is_none() && self.head().len() + 3 < HEAD_BYTES
    }

    /// XXH3 of the file's bytes, in hexadecimal; `None` where it was not read to its end.
    pub(super) fn xxh3(&mut self) -> Option<String> {
        let raw = match &mut self.decoder {
            Decoder::Plain(raw) => raw,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.get_mut(),
        };
        let hashed = raw.get_mut();
        // A decoder may stop at the last byte without having seen that it is the last.
        let ended = hashed.ended || matches!(hashed.read(&mut [0]), Ok(0));
        ended.then(|| format!("{:016x}", hashed.hash.digest()))
    }

    fn raw(&self) -> &Raw<'a> {
        match &self.decoder {
            Decoder::Plain(raw) => raw,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Zstd(decoder) => decoder.get_ref(),
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
        let wanted = match self.left {
            Some(left) => buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX)),
            None => buffer.len(),
        };
        let buffer = &mut buffer[..wanted];
        let read = match &mut self.decoder {
            Decoder::Plain(raw) => raw.read(buffer)?,
            Decoder::Gzip(decoder) => decoder.read(buffer)?,
            Decoder::Zstd(decoder) => decoder.read(buffer)?,
        };
        self.left = self.left.map(|left| left - read as u64);
        Ok(read)
    }
}

impl Source for Opened<'_> {
    fn explain(&mut self, error: &io::Error) -> String {
        let byte = self.file_bytes();
        match (self.compression, error.kind()) {
            (Compression::None, _) => format!("cannot be read on from byte {byte}: {error}"),
            (kind, io::ErrorKind::UnexpectedEof) => format!(
                "the file ends early, at byte {byte}, within its {kind} data: what stands before \
                 is read, the rest is missing"
            ),
            (kind, _) => format!(
                "the {kind} data is damaged at or before byte {byte} of the file ({error}): what \
                 stands before is read, the rest cannot be"
            ),
        }
    }

    fn is_cut(&self) -> bool {
        self.left == Some(0)
    }

    fn file_bytes(&self) -> u64 {
        self.raw().get_ref().bytes
    }
}

fn compression(magic: &[u8]) -> Compression {
    match magic {
        [0x1F, 0x8B, ..] => Compression::Gzip,
        [0x28, 0xB5, 0x2F, 0xFD] => Compression::Zstd,
        // A skippable frame, as some writers of several frames put first.
        [0x50..=0x5F, 0x2A, 0x4D, 0x18] => Compression::Zstd,
        _ => Compression::None,
    }
}
