//! Tags left in a text by whoever took it from a page: which stretches of it are words.
//!
//! Only the tags of HTML count, and only in a text that closes one of them: a ticker in angle brackets
//! is a word. What a script, a style or a comment holds is none. Cost: a search for `</` in every text.

use std::ops::Range;

use memchr::{memchr, memmem};

/// The elements that articles are written with, ascending.
const ELEMENTS: [&str; 62] = [
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "label",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "noscript",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "u",
];
/// The rest of them.
const MORE_ELEMENTS: [&str; 9] =
    ["table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video"];
/// The longest name.
const LONGEST: usize = 10;
/// A tag longer than this is none: an angle bracket that stands for itself.
const MOST_BYTES: usize = 4096;

/// Whether tags were left in the text.
pub fn has_markup(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Most texts have no such bracket at all.
    let Some(first) = memchr(b'<', bytes) else { return false };
    let bytes = &bytes[first..];
    memmem::find_iter(bytes, b"</").any(|at| element(&bytes[at + 2..]).is_some())
}

/// The stretches of a text between its tags, ascending; `None` where it has none.
pub(super) fn between_tags(text: &str) -> Option<Vec<Range<usize>>> {
    if !has_markup(text) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut stretches = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while let Some(offset) = memchr(b'<', &bytes[at..]) {
        let open = at + offset;
        match end_of_tag(bytes, open) {
            Some(end) => {
                if begin < open {
                    stretches.push(begin..open);
                }
                (begin, at) = (end, end);
            }
            None => at = open + 1,
        }
    }
    if begin < bytes.len() {
        stretches.push(begin..bytes.len());
    }
    Some(stretches)
}

/// Where the tag ends that begins with the bracket at `open`, with the element where that holds no
/// words; `None` where no tag does.
fn end_of_tag(bytes: &[u8], open: usize) -> Option<usize> {
    let inside = &bytes[open + 1..];
    if inside.starts_with(b"!--") {
        return Some(memmem::find(inside, b"-->").map_or(bytes.len(), |end| open + 1 + end + 3));
    }
    let closes = inside.first() == Some(&b'/');
    let name = element(if closes { &inside[1..] } else { inside })?;
    let end = open + 2 + memchr(b'>', &inside[..inside.len().min(MOST_BYTES)])?;
    let held = match name {
        "script" => &b"</script"[..],
        "style" => b"</style",
        _ => return Some(end),
    };
    if closes || bytes[end - 2] == b'/' {
        return Some(end);
    }
    // The closing tag is read as one of its own.
    Some(memmem::find(&bytes[end..], held).map_or(end, |length| end + length))
}

/// The element whose name stands here, whatever its case.
fn element(bytes: &[u8]) -> Option<&'static str> {
    let length = bytes.iter().take(LONGEST + 1).take_while(|b| b.is_ascii_alphanumeric()).count();
    let after = bytes.get(length)?;
    if !(matches!(after, b'>' | b'/') || after.is_ascii_whitespace()) {
        return None;
    }
    let name = std::str::from_utf8(&bytes[..length]).ok()?.to_ascii_lowercase();
    let find = |names: &'static [&'static str]| {
        names.binary_search(&name.as_str()).ok().map(|place| names[place])
    };
    find(&ELEMENTS).or_else(|| find(&MORE_ELEMENTS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;

    fn words(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        tokens.iter().map(|token| token.span().of(text)).collect()
    }

    #[test]
    fn names_ascend() {
        assert!(ELEMENTS.is_sorted() && MORE_ELEMENTS.is_sorted());
    }

    #[test]
    fn tags_are_no_words_and_spans_stay() {
        let text = "<div class=\"a b\"><p>The ferry<br/>ran</p>\n<script>let x = 1;</script><P>aground</P>";
        assert_eq!(words(text), ["The", "ferry", "ran", "aground"]);
        assert_eq!(words("one <!-- two --> <b>three</b>"), ["one", "three"]);
    }

    #[test]
    fn what_only_looks_like_tags_is_read() {
        let ticker = "Shares of Tarn <A> and <TRN.O> rose, 3 < 4 and 5 > 2.";
        assert!(!has_markup(ticker));
        assert_eq!(words(ticker).len(), 13);
        let mixed = "<p>Shares of <TRN.O> rose, 3 < 4</p>";
        assert_eq!(words(mixed), ["Shares", "of", "TRN", "O", "rose", "3", "4"]);
        assert_eq!(words("<p>cut off <a href="), ["p", "cut", "off", "a", "href"]);
        assert_eq!(words("<p>cut</p> off <a href="), ["cut", "off", "a", "href"]);
    }
}
