//! RTF: its text, a line for each paragraph.
//!
//! Groups that hold no text of the document are passed over; bytes are those of the code page that the
//! document names, characters beyond it come as `\u` with a replacement that is left out. The format is
//! that of Microsoft's specification 1.9.1.

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::error::Cause;

/// How a document begins.
pub(in crate::ingest) const RTF: &[u8] = b"{\\rtf";
/// Groups that hold no text.
const WITHOUT_TEXT: [&str; 16] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "footer",
    "headerl",
    "headerr",
    "footerl",
    "footerr",
    "fldinst",
    "listtable",
    "generator",
    "themedata",
];
/// Groups in groups deeper than this are no document of a program.
const DEEPEST: usize = 1000;

/// What holds within a group.
#[derive(Clone, Copy)]
struct Group {
    /// Whether its text is none of the document.
    is_skipped: bool,
    /// How many characters replace a `\u`.
    replacement: usize,
}

/// The text of a document.
///
/// # Errors
/// In words, where groups are too deep.
pub(super) fn text(bytes: &[u8]) -> Result<String, Cause> {
    let mut text = String::new();
    let mut raw: Vec<u8> = Vec::new();
    let mut code_page = WINDOWS_1252;
    let mut groups = vec![Group { is_skipped: false, replacement: 1 }];
    let mut left_out = 0;
    let mut high = None;
    let mut at = 0;
    while at < bytes.len() {
        let group = groups.last().copied().unwrap_or(Group { is_skipped: false, replacement: 1 });
        let byte = bytes[at];
        at += 1;
        let mut put = None;
        match byte {
            b'{' => {
                if groups.len() > DEEPEST {
                    return Err(
                        format!("an RTF document with groups more than {DEEPEST} deep").into()
                    );
                }
                groups.push(group);
            }
            b'}' => {
                if groups.len() > 1 {
                    groups.pop();
                }
                left_out = 0;
            }
            b'\r' | b'\n' => {}
            b'\\' => {
                let (word, number, used) = control(&bytes[at..]);
                at += used;
                let last = groups.len() - 1;
                match word {
                    "'" => {
                        let digits =
                            bytes.get(at..at + 2).and_then(|hex| std::str::from_utf8(hex).ok());
                        put = digits.and_then(|hex| u8::from_str_radix(hex, 16).ok());
                        at = (at + 2).min(bytes.len());
                    }
                    "*" => groups[last].is_skipped = true,
                    "uc" => {
                        groups[last].replacement = usize::try_from(number.unwrap_or(1)).unwrap_or(1)
                    }
                    "ansicpg" => {
                        let label = format!("windows-{}", number.unwrap_or(1252));
                        code_page = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
                    }
                    "u" => {
                        if !group.is_skipped {
                            flush(&mut raw, code_page, &mut text);
                            // Numbers past 32,767 are written as negative ones.
                            let unit = number.unwrap_or(0) as u16;
                            high = put_unit(high, unit, &mut text);
                        }
                        left_out = group.replacement;
                        continue;
                    }
                    "par" | "line" | "sect" | "page" | "row" if !group.is_skipped => {
                        flush(&mut raw, code_page, &mut text);
                        text.push('\n');
                    }
                    "tab" | "cell" if !group.is_skipped => {
                        flush(&mut raw, code_page, &mut text);
                        text.push('\t');
                    }
                    "{" | "}" | "\\" => put = word.bytes().next(),
                    "~" => put = Some(b' '),
                    "_" => put = Some(b'-'),
                    "emdash" | "endash" | "lquote" | "rquote" | "ldblquote" | "rdblquote"
                    | "bullet"
                        if !group.is_skipped =>
                    {
                        flush(&mut raw, code_page, &mut text);
                        text.push(match word {
                            "emdash" => '—',
                            "endash" => '–',
                            "lquote" => '‘',
                            "rquote" => '’',
                            "ldblquote" => '“',
                            "rdblquote" => '”',
                            _ => '•',
                        });
                    }
                    _ if WITHOUT_TEXT.contains(&word) => groups[last].is_skipped = true,
                    _ => {}
                }
            }
            _ => put = Some(byte),
        }
        if let Some(byte) = put {
            if left_out > 0 {
                left_out -= 1;
            } else if !group.is_skipped {
                raw.push(byte);
            }
        }
    }
    flush(&mut raw, code_page, &mut text);
    Ok(text)
}

/// The control word or symbol that `bytes` begin with, its number, and how many bytes it takes.
fn control(bytes: &[u8]) -> (&str, Option<i32>, usize) {
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters == 0 {
        let symbol = bytes.get(..1).and_then(|byte| std::str::from_utf8(byte).ok());
        // A line break behind a backslash ends a paragraph.
        return match symbol {
            Some("\n" | "\r") => ("par", None, 1),
            symbol => (symbol.unwrap_or_default(), None, bytes.len().min(1)),
        };
    }
    let word = std::str::from_utf8(&bytes[..letters]).unwrap_or_default();
    let is_negative = bytes.get(letters) == Some(&b'-');
    let start = letters + usize::from(is_negative);
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = if digits > 0 { start + digits } else { letters };
    let number =
        std::str::from_utf8(&bytes[letters..end]).ok().and_then(|digits| digits.parse().ok());
    let space = usize::from(bytes.get(end) == Some(&b' '));
    (word, number, end + space)
}

fn flush(raw: &mut Vec<u8>, code_page: &'static Encoding, text: &mut String) {
    text.push_str(&code_page.decode_without_bom_handling(raw).0);
    raw.clear();
}

/// Appends a unit of UTF-16; a first half of a pair is returned and waits for the second.
fn put_unit(high: Option<u16>, unit: u16, text: &mut String) -> Option<u16> {
    match (high, unit) {
        (_, 0xd800..=0xdbff) => return Some(unit),
        (Some(high), 0xdc00..=0xdfff) => {
            text.extend(char::decode_utf16([high, unit]).filter_map(Result::ok));
        }
        _ => text.extend(char::from_u32(unit.into())),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_comes_without_what_stands_around_it() {
        let document = br"{\rtf1\ansi\ansicpg1250\uc1{\fonttbl{\f0 Times;}}{\*\generator X;}
\pard\b Ferry\b0  aground\par It was \'b3atwo; \u321?\u8220?x\rdblquote{\uc0\u-10179 \u-8704 }.\par
{\field{\*\fldinst HYPERLINK x}{\fldrslt link}} a\\b \{c\}}";
        assert_eq!(
            text(document).unwrap(),
            "Ferry aground\nIt was łatwo; Ł“x”\u{1f600}.\nlink a\\b {c}"
        );
    }

    #[test]
    fn damaged_documents_end_where_they_end() {
        for document in [
            &b"{\\rtf1 a"[..],
            b"}}}}a",
            b"\\",
            b"{\\rtf1 \\'",
            b"{\\rtf1 \\u-",
            b"\\u99999999999 ",
        ] {
            assert!(text(document).is_ok());
        }
        assert!(text(&b"{".repeat(2000)).is_err());
    }
}
