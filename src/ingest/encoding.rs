//! Encodings: what a stream of text is written in, and its way to UTF-8.
//!
//! A byte order mark is believed; without one, UTF-16 and UTF-32 are told by where their zeros
//! stand. What an XML document or a page declares is believed where its bytes do not speak against it:
//! programs convert files and leave the declaration as it was. A text that is no UTF-8 is one of the
//! older encodings, told by statistics over its first bytes (chardetng, the detector of Firefox). Formats
//! that name an encoding for each of their parts, as mail and web pages do, are left as they are.
//! Cost: one pass over the first bytes; decoding what is no UTF-8 takes a copy.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    CoderResult, Decoder, Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use memchr::memmem;

use crate::error::Cause;

/// How many raw bytes are decoded at a time.
const PIECE_BYTES: usize = 32 << 10;
/// Of the code units of a UTF-16 text that has no mark, so large a share has a zero byte: the spaces,
/// digits and punctuation of any language, and every letter of a Western one. A twentieth.
const LEAST_ZEROS: usize = 20;
/// Zeros that stand where no encoding puts them are damage. More than one in so many bytes is a
/// binary file.
const DAMAGE: usize = 1000;

/// Encodings of Latin letters.
const LATIN: [&str; 8] = [
    "ISO-8859-2",
    "ISO-8859-4",
    "UTF-8",
    "windows-1250",
    "windows-1252",
    "windows-1254",
    "windows-1257",
    "windows-1258",
];

/// What a stream is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// An encoding that the web knows.
    Web(&'static Encoding),
    /// Four bytes a character; the lowest first, or last.
    Utf32 { low_first: bool },
}

/// What was found out about a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// What it is written in.
    pub(super) charset: Charset,
    /// Whether statistics say so, and neither a mark nor the stream itself.
    pub(super) is_guess: bool,
    /// How many bytes its mark takes.
    pub(super) mark: usize,
}

impl Charset {
    /// The name by which people know it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Web(encoding) => encoding.name(),
            Self::Utf32 { low_first: true } => "UTF-32LE",
            Self::Utf32 { low_first: false } => "UTF-32BE",
        }
    }
}

/// What a stream that begins so is written in; `None` for UTF-8, for bytes that are no text, and for
/// formats that say it part by part. `all` tells that the stream ends there.
pub(super) fn tell(head: &[u8], all: bool) -> Option<Told> {
    let marked = |charset, mark| Some(Told { charset, is_guess: false, mark });
    match head {
        [0xff, 0xfe, 0, 0, ..] => return marked(Charset::Utf32 { low_first: true }, 4),
        [0, 0, 0xfe, 0xff, ..] => return marked(Charset::Utf32 { low_first: false }, 4),
        [0xff, 0xfe, ..] => return marked(Charset::Web(UTF_16LE), 2),
        [0xfe, 0xff, ..] => return marked(Charset::Web(UTF_16BE), 2),
        _ => {}
    }
    if let Some(charset) = by_zeros(head) {
        return marked(charset, 0);
    }
    if switches_to_japanese(head) {
        return marked(Charset::Web(ISO_2022_JP), 0);
    }
    match declared(head) {
        Some(encoding) if fits(head, encoding) => {
            return if encoding == UTF_8 { None } else { marked(Charset::Web(encoding), 0) };
        }
        _ if !is_older(head) => return None,
        _ => {}
    }
    let encoding = guess(head, all);
    is_written_in(head, encoding).then_some(Told {
        charset: Charset::Web(encoding),
        is_guess: true,
        mark: 0,
    })
}

/// Whether bytes are sound in an encoding, and none stands for a character that nobody writes.
pub(super) fn is_written_in(bytes: &[u8], encoding: &'static Encoding) -> bool {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    // The end of the head may cut a character of several bytes in two.
    let is_cut = damaged && text.matches(char::REPLACEMENT_CHARACTER).count() == 1;
    (!damaged || is_cut && !text.is_empty()) && !text.contains(|c| matches!(c, '\u{80}'..='\u{9f}'))
}

/// Whether bytes may be what they are said to be written in.
pub(super) fn fits(bytes: &[u8], encoding: &'static Encoding) -> bool {
    match encoding == UTF_8 {
        true => !is_older(bytes),
        // What is sound UTF-8 beyond ASCII is nothing else.
        false => {
            !is_utf8_beyond_ascii(bytes)
                && is_written_in(bytes, encoding)
                && !(encoding == WINDOWS_1252 && is_in_other_letters(bytes))
        }
    }
}

/// Whether statistics tell of bytes that they are in other letters than Latin ones. That a text is in ISO-8859-1,
/// which is Windows-1252 on the web, is said by programs that have not looked at it, too.
fn is_in_other_letters(bytes: &[u8]) -> bool {
    let guess = guess(bytes, true);
    !LATIN.contains(&guess.name()) && is_written_in(bytes, guess)
}

fn is_utf8_beyond_ascii(bytes: &[u8]) -> bool {
    // The end of the head may cut a character in two.
    let is_sound =
        std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_sound && !bytes.is_ascii()
}

/// Whether bytes turn to Japanese letters as ISO-2022-JP does, which is ASCII else.
pub(super) fn switches_to_japanese(head: &[u8]) -> bool {
    head.is_ascii() && [b"\x1b$B", b"\x1b$@"].iter().any(|turn| memmem::find(head, *turn).is_some())
}

/// Bytes that are UTF-8, but for damage here and there.
///
/// # Errors
/// In words, where they are of another encoding, which nothing tells.
pub(super) fn utf8(bytes: Vec<u8>) -> Result<String, Cause> {
    String::from_utf8(bytes).or_else(|error| {
        let text = String::from_utf8_lossy(error.as_bytes());
        is_read(error.as_bytes(), &text).map(|()| text.into_owned())
    })
}

/// Lets pass what bytes that are no UTF-8 were decoded to, if few of its characters were lost.
///
/// # Errors
/// In words, where more were.
pub(super) fn is_read(bytes: &[u8], text: &str) -> Result<(), Cause> {
    let lost = text.matches(char::REPLACEMENT_CHARACTER).count();
    if is_older(bytes) && lost * DAMAGE > text.len() {
        return Err("no UTF-8, and its encoding cannot be told: write it as UTF-8".into());
    }
    Ok(())
}

/// The encoding that statistics tell of bytes that are no UTF-8.
pub(super) fn guess(bytes: &[u8], all: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, all);
    detector.guess(None, Utf8Detection::Deny)
}

/// The share of zeros, and where they stand, that only UTF-16 and UTF-32 have.
fn by_zeros(head: &[u8]) -> Option<Charset> {
    let head = &head[..head.len() / 4 * 4];
    let zeros = |place: usize| {
        head.iter().enumerate().filter(|(at, byte)| at % 4 == place && **byte == 0).count()
    };
    let zeros = [zeros(0), zeros(1), zeros(2), zeros(3)];
    let groups = head.len() / 4;
    if groups == 0 {
        return None;
    }
    // An emoji may have a zero on the other side.
    let few = |count: usize| count * LEAST_ZEROS <= groups;
    if zeros[3] == groups && few(zeros[0]) && 2 * zeros[2] > groups {
        return Some(Charset::Utf32 { low_first: true });
    }
    if zeros[0] == groups && few(zeros[3]) && 2 * zeros[1] > groups {
        return Some(Charset::Utf32 { low_first: false });
    }
    let (low, high) = (zeros[0] + zeros[2], zeros[1] + zeros[3]);
    // Few characters have a zero on the other side: half of some emoji.
    let outweighs =
        |one: usize, other: usize| one * LEAST_ZEROS >= 2 * groups && other * LEAST_ZEROS <= one;
    let encoding = match (low, high) {
        _ if outweighs(high, low) => UTF_16LE,
        _ if outweighs(low, high) => UTF_16BE,
        _ => return None,
    };
    // The last character may be cut in two.
    let (text, _) = encoding.decode_without_bom_handling(&head[..head.len().min(4096)]);
    let odd = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    (odd * DAMAGE <= text.chars().count()).then_some(Charset::Web(encoding))
}

/// The encoding that an XML document declares.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.trim_ascii_start();
    if !head.starts_with(b"<?xml") {
        return None;
    }
    let end = memchr::memmem::find(head, b"?>")?;
    let declaration = std::str::from_utf8(&head[..end]).ok()?;
    let name = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?;
    let name = name.trim_start().trim_start_matches(['"', '\'']);
    let name = name.split(['"', '\'']).next()?;
    let encoding = Encoding::for_label(name.as_bytes())?;
    // A document that says UTF-16 in single bytes is none.
    (encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
}

/// Whether bytes are text of an older encoding: what is no UTF-8 in them outweighs what is.
fn is_older(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(_) => return false,
        // A character that the end of the head cuts off is sound.
        Err(error) if error.error_len().is_none() => return false,
        Err(_) => head,
    };
    let (mut sound, mut broken) = (0, 0);
    for chunk in whole.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    let is_control = |byte: &&u8| **byte < b' ' && !byte.is_ascii_whitespace() && **byte != 0x1e;
    let controls = whole.iter().filter(is_control).count();
    broken > sound && controls * DAMAGE <= whole.len()
}

/// Whether the zeros of a text are damage to it: they are few, or stand in JSON, which is read record by record.
pub(super) fn is_damaged_text(head: &[u8]) -> bool {
    let is_control = |byte: &&u8| **byte < b' ' && !byte.is_ascii_whitespace() && **byte != 0x1e;
    let controls = head.iter().filter(is_control).count();
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let is_json = matches!(head.trim_ascii_start(), [b'{' | b'[', ..]);
    is_text && (controls * DAMAGE <= head.len() || is_json)
}

/// Bytes on their way to UTF-8.
pub(super) struct Transcoder {
    decoder: Kind,
    /// Raw bytes that are not decoded yet: part of a character.
    raw: Vec<u8>,
    /// UTF-8 that was not taken yet.
    text: Vec<u8>,
    taken: usize,
    ended: bool,
}

enum Kind {
    Web(Box<Decoder>),
    Utf32 { low_first: bool },
}

impl Transcoder {
    /// One that has decoded nothing yet. The mark is taken away before it.
    pub(super) fn new(charset: Charset) -> Self {
        let decoder = match charset {
            Charset::Web(encoding) => {
                Kind::Web(Box::new(encoding.new_decoder_without_bom_handling()))
            }
            Charset::Utf32 { low_first } => Kind::Utf32 { low_first },
        };
        Self { decoder, raw: Vec::new(), text: Vec::new(), taken: 0, ended: false }
    }

    /// Decodes raw bytes; `last` tells that none follow.
    pub(super) fn decode(&mut self, bytes: &[u8], last: bool) -> String {
        let mut text = String::new();
        match &mut self.decoder {
            Kind::Web(decoder) => {
                let mut rest = bytes;
                loop {
                    let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(PIECE_BYTES);
                    text.reserve(room.max(16));
                    let (result, read, _) = decoder.decode_to_string(rest, &mut text, last);
                    rest = &rest[read..];
                    if matches!(result, CoderResult::InputEmpty) {
                        break;
                    }
                }
            }
            Kind::Utf32 { low_first } => {
                self.raw.extend_from_slice(bytes);
                let whole = self.raw.len() / 4 * 4;
                for unit in self.raw[..whole].as_chunks().0 {
                    let number = match low_first {
                        true => u32::from_le_bytes(*unit),
                        false => u32::from_be_bytes(*unit),
                    };
                    text.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                self.raw.drain(..whole);
                if last && !self.raw.is_empty() {
                    self.raw.clear();
                    text.push(char::REPLACEMENT_CHARACTER);
                }
            }
        }
        text
    }

    /// Reads UTF-8 whose raw bytes come from `raw`.
    pub(super) fn read(
        &mut self,
        buffer: &mut [u8],
        mut raw: impl FnMut(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.ended {
            let mut piece = vec![0; PIECE_BYTES];
            let read = raw(&mut piece)?;
            self.ended = read == 0;
            self.text = self.decode(&piece[..read], self.ended).into_bytes();
            self.taken = 0;
        }
        let read = (&self.text[self.taken..]).read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id,text\n1,Łódź — Київ, \u{1f600} and more of it\n2,Szczęście\n";

    fn utf16(text: &str, low_first: bool) -> Vec<u8> {
        let bytes = |unit: u16| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn decoded(bytes: &[u8], charset: Charset, piece: usize) -> String {
        let mut transcoder = Transcoder::new(charset);
        let mut text = String::new();
        for piece in bytes.chunks(piece) {
            text += &transcoder.decode(piece, false);
        }
        text + &transcoder.decode(&[], true)
    }

    #[test]
    fn utf_16_and_utf_32_are_told_with_and_without_a_mark() {
        for (bytes, name) in [
            (utf16(TEXT, true), "UTF-16LE"),
            (utf16(TEXT, false), "UTF-16BE"),
            (TEXT.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(), "UTF-32LE"),
            (TEXT.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(), "UTF-32BE"),
        ] {
            let told = tell(&bytes, true).expect(name);
            assert_eq!((told.charset.name(), told.is_guess), (name, false));
            for piece in [1, 3, 7, bytes.len()] {
                assert_eq!(decoded(&bytes, told.charset, piece), TEXT, "{name}");
            }
        }
        let marked = [&[0xff, 0xfe][..], &utf16("a,b\n", true)].concat();
        assert_eq!(tell(&marked, true).unwrap().mark, 2);
    }

    #[test]
    fn older_encodings_are_told_by_statistics() {
        for (encoding, text) in [
            (
                encoding_rs::WINDOWS_1252,
                "Die Müllabfuhr streikt in sieben Städten; „das reicht nicht“",
            ),
            (
                encoding_rs::WINDOWS_1250,
                "Śnieżyca sparaliżowała północ kraju, zamknięto trzy drogi",
            ),
            (
                encoding_rs::WINDOWS_1251,
                "В Киеве открыли новый мост через Днепр, сказал мэр города",
            ),
            (encoding_rs::SHIFT_JIS, "東京で新しい橋が開通した。市長は記者会見で述べた。"),
            (encoding_rs::GBK, "北京新桥昨日通车，市长在记者会上表示，工程历时三年。"),
        ] {
            let (bytes, ..) = encoding.encode(text);
            let told = tell(&bytes, true).unwrap_or_else(|| panic!("{}", encoding.name()));
            assert!(told.is_guess);
            assert_eq!(decoded(&bytes, told.charset, 5), text, "{}", encoding.name());
        }
    }

    #[test]
    fn utf_8_and_binary_files_are_left_alone() {
        for bytes in ["Łódź".as_bytes(), b"plain", b"caf\xc3", b"", b"\x00\x01\x02\x03\xff\xfe\x00"]
        {
            assert_eq!(tell(bytes, true), None, "{bytes:?}");
        }
        // One damaged byte among sound characters.
        assert_eq!(tell("Łódź \u{e9}t\u{e9}".as_bytes(), true), None);
        assert_eq!(tell(b"\xc5\x81\xc3\xb3d\xc5\xba caf\xe9", true), None);
    }

    #[test]
    fn japanese_in_seven_bits_is_told() {
        let (bytes, ..) = ISO_2022_JP.encode("東京で新しい橋が開通した。");
        assert_eq!(
            decoded(&bytes, tell(&bytes, true).unwrap().charset, 3),
            "東京で新しい橋が開通した。"
        );
    }

    #[test]
    fn what_is_declared_is_not_believed_against_the_bytes() {
        let told = |declared: &str, encoding: &'static Encoding, text: &str| {
            let text = format!("<?xml version=\"1.0\" encoding=\"{declared}\"?><a>{text}</a>");
            let bytes = match encoding == UTF_8 {
                true => text.as_bytes().to_vec(),
                false => encoding.encode(&text).0.into_owned(),
            };
            tell(&bytes, true).map(|told| told.charset.name())
        };
        let russian = "В Киеве открыли новый мост через Днепр, сказал мэр города";
        let cyrillic = encoding_rs::WINDOWS_1251;
        assert_eq!(told("utf-8", cyrillic, russian), Some("windows-1251"));
        assert_eq!(told("windows-1251", cyrillic, russian), Some("windows-1251"));
        assert_eq!(told("ISO-8859-1", UTF_8, russian), None);
        assert_eq!(told("ISO-8859-1", cyrillic, russian), Some("windows-1251"));
        let german = "Die Müllabfuhr streikt in sieben Städten; „das reicht nicht“";
        assert_eq!(told("ISO-8859-1", WINDOWS_1252, german), Some("windows-1252"));
        assert_eq!(told("utf-8", UTF_8, russian), None);
        assert!(utf8(cyrillic.encode(russian).0.into_owned()).is_err());
        let damaged = [b"a \xff ferry".as_slice(), &[b'.'; DAMAGE]].concat();
        assert!(utf8(damaged).unwrap().starts_with("a \u{fffd} ferry"));
    }

    #[test]
    fn an_xml_document_is_what_it_declares() {
        let head = b"<?xml version=\"1.0\" encoding='ISO-8859-2'?><a/>";
        assert_eq!(tell(head, true).unwrap().charset.name(), "ISO-8859-2");
        // UTF-8 with a damaged letter among sound ones.
        let damaged = b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>\xc3\xa9 \xc3\xa9 \xe9</a>";
        assert_eq!(tell(damaged, true), None);
    }
}
