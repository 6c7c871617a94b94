//! Texts that came through the wrong hands: bytes of Windows-1252 in UTF-8, entities of HTML left
//! in, UTF-8 that was read as Windows-1252 and written as UTF-8 again.
//!
//! What is certain is mended and noted; the text as read can be found again by its places. What
//! might be meant as it stands is left alone. Cost: a search for one byte in a text without damage.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::{encoding, markup};
use crate::article::{Mending, Notes};

/// The longest entity that is looked for, from `&` to `;`.
const ENTITY_BYTES: usize = 12;
/// So many characters must come out of a text for it to have been encoded twice: one may be meant.
const LEAST_TWICE: usize = 2;
/// More bytes in a row that are no UTF-8 are of another script, not single letters of Western Europe.
const LONGEST_RUN: usize = 4;

/// A record that is no UTF-8, as text, with what is to be known of it: single bytes of Windows-1252 among
/// UTF-8, or all of it in an older encoding; `None` where it is damaged otherwise.
pub(super) fn older(bytes: &[u8]) -> Option<(String, Notes)> {
    /// Statistics over fewer letters than this tell little.
    const LEAST_LETTERS: usize = 16;
    let sound = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    let letters = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    if sound || letters < LEAST_LETTERS {
        return windows_1252(bytes).map(|text| (text, Notes::WINDOWS_1252));
    }
    let encoding = encoding::guess(bytes, true);
    encoding::is_written_in(bytes, encoding).then(|| {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        (text.into_owned(), Notes::GUESSED_ENCODING)
    })
}

/// A record in which bytes of Windows-1252 stand among UTF-8, as text; `None` where they do not look
/// like that.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let mut run = 0;
    for chunk in bytes.utf8_chunks() {
        if !chunk.valid().is_empty() {
            run = 0;
        }
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            run += 1;
            // These five stand for nothing.
            let stands_for_something = !matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
            if run > LONGEST_RUN || !stands_for_something {
                return None;
            }
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(&[*byte]).0);
        }
    }
    Some(text)
}

/// A text that was mended.
pub(super) struct Mended {
    /// As it should have come.
    pub(super) text: String,
    /// Where its places stood.
    pub(super) places: Mending,
    /// What was mended.
    pub(super) notes: Notes,
}

/// What a text should have been; `None` where nothing is wrong with it.
pub(super) fn mend(text: &str) -> Option<Mended> {
    // What may be wrong begins with one of these bytes, and most texts have none.
    memchr3(b'&', 0xc3, b'<', text.as_bytes())?;
    let (twice, is_markup) = (was_encoded_twice(text), markup::is_markup(text));
    if !twice && !is_markup && memchr(b'&', text.as_bytes()).is_none() {
        return None;
    }
    let mut mended =
        Mended { text: String::new(), places: Mending::default(), notes: Notes::default() };
    let (mut done, mut at) = (0, 0);
    while let Some(next) = next_suspect(text, at, twice, is_markup) {
        let rest = &text[next..];
        let found = match rest.as_bytes()[0] {
            b'&' => entity(rest).map(|(said, length)| (said, length, Notes::ENTITIES)),
            b'<' => markup::tag(rest).map(|(said, length)| {
                // One break is enough where several paragraphs end, and none where the text begins.
                let is_broken = done == next
                    && (mended.text.is_empty() || mended.text.ends_with('\n'))
                    || text[done..next].ends_with('\n');
                (Cow::Borrowed(if is_broken { "" } else { said }), length, Notes::MARKUP)
            }),
            _ => encoded_twice(rest)
                .map(|(said, length)| (Cow::Owned(said.to_string()), length, Notes::ENCODED_TWICE)),
        };
        let Some((said, length, note)) = found else {
            at = next + rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        mended.text.push_str(&text[done..next]);
        mended.places.replace(&text[done..next], &rest[..length], &said);
        mended.text.push_str(&said);
        mended.notes.insert(note);
        (done, at) = (next + length, next + length);
    }
    mended.text.push_str(&text[done..]);
    (mended.notes != Notes::default()).then_some(mended)
}

/// Where the next `&`, the next tag, or the next character that two encodings may have made, stands from `at`
/// on.
fn next_suspect(text: &str, at: usize, twice: bool, is_markup: bool) -> Option<usize> {
    let rest = &text[at..];
    let is_suspect = |c: char| c == '&' || is_markup && c == '<' || twice && is_lead(c);
    let found = match (twice, is_markup) {
        (false, false) => memchr(b'&', rest.as_bytes()),
        (false, true) => memchr2(b'&', b'<', rest.as_bytes()),
        // One pass, so that what is rare is not searched for again and again.
        (true, _) => rest.find(is_suspect),
    };
    found.map(|found| at + found)
}

/// The character or characters of the entity that `text` begins with, and its bytes.
fn entity(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let head = &text.as_bytes()[..text.len().min(ENTITY_BYTES)];
    let end = memchr(b';', head)? + 1;
    let said = html_escape::decode_html_entities(&text[..end]);
    (said != text[..end]).then_some((said, end))
}

/// Whether a character is what Windows-1252 reads in the first byte of a character of two or three:
/// of Latin letters, of punctuation, of Cyrillic.
fn is_lead(c: char) -> bool {
    matches!(c, 'Â' | 'Ã' | 'â' | 'Ð' | 'Ñ')
}

/// The character that two encodings have made what `text` begins with, and its bytes.
fn encoded_twice(text: &str) -> Option<(char, usize)> {
    let mut bytes = [0_u8; 3];
    let mut used = 0;
    let mut characters = text.chars();
    let lead = characters.next().filter(|c| is_lead(*c))?;
    let length = if lead == 'â' { 3 } else { 2 };
    bytes[0] = byte_of(lead)?;
    used += lead.len_utf8();
    for byte in &mut bytes[1..length] {
        let next = characters.next()?;
        *byte = byte_of(next).filter(|byte| (0x80..0xc0).contains(byte))?;
        used += next.len_utf8();
    }
    let said = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    Some((said, used))
}

/// The byte that Windows-1252 has for a character past ASCII. Five bytes stand for nothing there;
/// who reads them takes them as they are.
fn byte_of(c: char) -> Option<u8> {
    if matches!(c, '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}' | '\u{a0}'..='\u{ff}') {
        return u8::try_from(u32::from(c)).ok();
    }
    let place = HIGH.iter().position(|high| *high == c)?;
    u8::try_from(0x80 + place).ok()
}

/// What Windows-1252 has between 0x80 and 0x9f.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Whether most of what is not ASCII in a text makes sense only as encoded twice.
fn was_encoded_twice(text: &str) -> bool {
    // Every lead is written with one of these bytes.
    if memchr(0xc3, text.as_bytes()).is_none() {
        return false;
    }
    let (mut made, mut used) = (0, 0);
    for at in memchr_iter(0xc3, text.as_bytes()) {
        if let Some((_, bytes)) = encoded_twice(&text[at..]) {
            made += 1;
            used += bytes;
        }
    }
    made >= LEAST_TWICE && 2 * used > text.bytes().filter(|byte| !byte.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::{ByteSpan, CharSpan};

    fn mended(text: &str) -> Option<(String, String)> {
        mend(text).map(|mended| (mended.text, mended.notes.to_string()))
    }

    /// A text as it comes when it is encoded twice.
    fn twice(text: &str) -> String {
        text.bytes().map(|byte| if byte < 0x80 { char::from(byte) } else { high(byte) }).collect()
    }

    fn high(byte: u8) -> char {
        HIGH.get(usize::from(byte) - 0x80).copied().unwrap_or(char::from(byte))
    }

    #[test]
    fn entities_become_what_they_stand_for() {
        assert_eq!(
            mended("Tom &amp; Jerry&#8217;s caf&eacute;"),
            Some(("Tom & Jerry’s café".into(), "entities".into()))
        );
        for whole in ["AT&T; no", "a & b", "R&D", "&unknownthing;", "&;", "5 &"] {
            assert_eq!(mended(whole), None, "{whole}");
        }
    }

    #[test]
    fn tags_go_and_paragraphs_stay() {
        assert_eq!(
            mended("<p>Ferry &amp; <b>harbour</b></p><p>It ran<br/>aground.</p>"),
            Some(("Ferry & harbour\nIt ran\naground.\n".into(), "entities markup".into()))
        );
        let read = "<p>One <a href=\"x\">two</a></p> three";
        let mended = mend(read).unwrap();
        let at = mended.text.find("three").unwrap() as u32;
        let bytes = mended.places.bytes_as_read(ByteSpan { start: at, end: at + 5 });
        assert_eq!(bytes.of(read), "three");
    }

    #[test]
    fn what_was_encoded_twice_is_decoded_once() {
        let text = "The café’s “daily” — naïve Übermut";
        assert_eq!(mended(&twice(text)), Some((text.into(), "encoded-twice".into())));
        assert_eq!(mended(&twice("Порт закрыт")).unwrap().0, "Порт закрыт");
        for meant in
            ["“CAFÉ”", "Ã", "SÃO PAULO e MAÇÃ", "Ñandú, Âge, âme", "“À”, “É…”, “Ã—”, é è à"]
        {
            assert_eq!(mended(meant), None, "{meant}");
        }
    }

    #[test]
    fn single_letters_of_windows_1252_are_read_and_other_scripts_are_not() {
        assert_eq!(windows_1252(b"caf\xe9 \x93x\x94 \xc3\xa9").as_deref(), Some("café “x” é"));
        assert_eq!(windows_1252(b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0"), None);
        assert_eq!(windows_1252(b"a\x81b"), None);
    }

    #[test]
    fn places_lead_back_to_the_text_as_read() {
        let read = "é Tom &amp; Jerry&rsquo;s";
        let mended = mend(read).unwrap();
        assert_eq!(mended.text, "é Tom & Jerry’s");
        let at = mended.text.find("& J").unwrap() as u32;
        let bytes =
            mended.places.bytes_as_read(ByteSpan { start: at, end: mended.text.len() as u32 });
        assert_eq!(bytes.of(read), "&amp; Jerry&rsquo;s");
        let chars = mended.places.chars_as_read(CharSpan { start: 6, end: 7 });
        assert_eq!((chars.start, chars.end), (6, 11));
    }

    proptest! {
        #[test]
        fn a_place_outside_of_what_was_mended_shows_the_same_words(
            words in prop::collection::vec("[a-zé]{1,5}", 1..12), joined in "&amp;|&#39;| |&"
        ) {
            let read = words.join(&joined);
            if let Some(mended) = mend(&read) {
                let mut from = 0;
                for word in &words {
                    let start = from + mended.text[from..].find(word.as_str()).unwrap();
                    let end = start + word.len();
                    let span = ByteSpan { start: start as u32, end: end as u32 };
                    prop_assert_eq!(mended.places.bytes_as_read(span).of(&read), word);
                    from = end;
                }
            }
        }
    }
}
