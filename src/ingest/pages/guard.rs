//! What a page may cost before it is parsed, and its encoding.
//!
//! A parser builds what HTML says, however large that gets: elements in one another without end,
//! formatting that each block opens again, an element with a hundred thousand attributes that are
//! each compared with all others. Two walks through the tags find such pages first. Cost: linear.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};

use crate::error::Cause;
use crate::ingest::encoding;
use crate::ingest::limits::Limits;

/// Formatting that is not closed is opened again in every block: a page of 48 KB had 4.5 million
/// elements, which took 574 MB. More than this are no page either.
const MOST_REOPENED: usize = 1_000_000;
/// Attributes of an element beyond this many are cut off. A parser compares each with all others:
/// 100,000 of them took minutes.
const MOST_ATTRIBUTES: usize = 500;
/// Where in a page its encoding must be named: HTML says within the first kilobyte, pages do within
/// four.
const CHARSET_BYTES: usize = 4096;

/// Of fewer letters that are no UTF-8 statistics tell nothing: they are Windows-1252, as browsers have it.
const FEWEST_LETTERS: usize = 4;

/// A page that is safe to parse: parsers and walks go as deep as its elements do.
///
/// # Errors
/// In words, where it would become too large, or is deeper than it may be.
pub(super) fn checked(html: &str, limits: Limits) -> Result<Cow<'_, str>, Cause> {
    if depth(html) > limits.depth {
        return Err(limits.too_deep("elements"));
    }
    if reopened(html) > MOST_REOPENED {
        return Err(
            "formatting that is not closed makes it a page of more than a million elements".into(),
        );
    }
    Ok(with_few_attributes(html))
}

/// A page's text in the encoding that the server or the page names; UTF-8 where it is that. Where neither
/// names one, or its bytes speak against it, statistics tell, and UTF-8 is what else it is.
pub(super) fn decode<'p>(page: &'p [u8], charset: Option<&str>) -> Cow<'p, str> {
    if encoding::switches_to_japanese(page) {
        return ISO_2022_JP.decode(page).0;
    }
    if let Ok(text) = std::str::from_utf8(page) {
        return Cow::Borrowed(text.trim_start_matches('\u{feff}'));
    }
    let named = |label: &str| Encoding::for_label(label.as_bytes());
    let head = &page[..page.len().min(CHARSET_BYTES)];
    let named = charset.and_then(named).or_else(|| named(&charset_in(head)?));
    let named = named.unwrap_or(UTF_8);
    if encoding::fits(page, named) {
        return named.decode(page).0;
    }
    let foreign = page.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty());
    let guess = match foreign.take(FEWEST_LETTERS).count() {
        FEWEST_LETTERS => encoding::guess(page, true),
        _ => WINDOWS_1252,
    };
    let is_sound = encoding::is_written_in(page, guess);
    if is_sound { guess.decode(page).0 } else { named.decode(page).0 }
}

/// The encoding that a page names in its first bytes.
fn charset_in(head: &[u8]) -> Option<String> {
    let lower = head.to_ascii_lowercase();
    let at = memchr::memmem::find(&lower, b"charset=")? + b"charset=".len();
    let rest = lower[at..].iter().skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '));
    let label = rest.take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte));
    Some(label.map(|byte| char::from(*byte)).collect())
}

/// About how deep elements stand in one another: what is opened and not closed, elements that
/// nothing closes left out.
fn depth(html: &str) -> usize {
    const VOID: [&str; 14] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    ];
    let (mut deepest, mut depth, mut drawings) = (0_usize, 0_usize, 0_usize);
    for tag in tags(html) {
        let is = |name: &str| tag.name.eq_ignore_ascii_case(name);
        let is_drawing = is("svg") || is("math");
        // A paragraph or an item of a list is closed by the next one.
        let stays_open = !["p", "li", "td", "tr", "option", "dd", "dt"].contains(&tag.name);
        if tag.closes {
            depth = depth.saturating_sub(1);
            drawings = drawings.saturating_sub(usize::from(is_drawing));
        } else if stays_open && !VOID.iter().any(|void| is(void)) {
            // In a drawing, and only there, a tag may close itself.
            if (drawings > 0 || is_drawing) && tag.closes_itself {
                continue;
            }
            drawings += usize::from(is_drawing);
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// At most how many elements a parser adds to a page, as HTML says: it opens formatting again, that
/// was not closed in the block where it began, in each one that follows.
fn reopened(html: &str) -> usize {
    // A link is closed by the next one.
    const FORMATTING: [&str; 12] =
        ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"];
    let (mut open, mut all, mut reopened) = ([0_usize; FORMATTING.len()], 0, 0_usize);
    for tag in tags(html) {
        let formatting = FORMATTING.iter().position(|known| tag.name.eq_ignore_ascii_case(known));
        match (formatting, tag.closes) {
            (Some(place), true) if open[place] > 0 => {
                open[place] -= 1;
                all -= 1;
            }
            (Some(place), false) => {
                open[place] += 1;
                all += 1;
            }
            (None, false) => reopened += all,
            _ => {}
        }
    }
    reopened
}

/// A tag of a page.
struct Tag<'h> {
    /// Where its attributes begin.
    start: usize,
    /// Where it ends.
    end: usize,
    /// Whether it closes an element.
    closes: bool,
    /// Whether it ends in `/>`.
    closes_itself: bool,
    name: &'h str,
}

/// The tags of a page, without those in comments, programs and style sheets: a program may hold more
/// of them than its page. In a drawing there are no programs in this sense.
fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let bytes = html.as_bytes();
    let (mut place, mut drawings) = (0, 0_usize);
    std::iter::from_fn(move || {
        loop {
            let start = place + memchr::memchr(b'<', bytes.get(place..)?)?;
            if bytes[start..].starts_with(b"<!--") {
                // `<!-->` is a whole comment.
                place = memchr::memmem::find(&bytes[start + 2..], b"-->")
                    .map_or(bytes.len(), |end| start + 2 + end + 3);
                continue;
            }
            let closes = bytes.get(start + 1) == Some(&b'/');
            let from = start + 1 + usize::from(closes);
            let length = bytes[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric());
            let length = length.count();
            if !bytes.get(from).is_some_and(u8::is_ascii_alphabetic) {
                place = start + 1;
                continue;
            }
            let name = &html[from..from + length];
            let start = from + length;
            let end = attributes(bytes, start).0;
            let closes_itself = end > start && bytes[end - 1] == b'/';
            place = end;
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("svg") || is("math") {
                match closes {
                    true => drawings = drawings.saturating_sub(1),
                    false => drawings += usize::from(!closes_itself),
                }
            }
            let is_raw = !closes && drawings == 0 && (is("script") || is("style"));
            if is_raw {
                place = end + raw_text(&bytes[end..], name);
            }
            return Some(Tag { start, end, closes, closes_itself, name });
        }
    })
}

/// How many bytes of a program or a style sheet come before the tag that closes it.
fn raw_text(bytes: &[u8], name: &str) -> usize {
    let closes = |place: &usize| {
        let behind = bytes.get(place + 2..place + 2 + name.len());
        behind.is_some_and(|behind| behind.eq_ignore_ascii_case(name.as_bytes()))
    };
    memchr::memmem::find_iter(bytes, b"</").find(closes).unwrap_or(bytes.len())
}

/// A page without the attributes that an element has beyond [`MOST_ATTRIBUTES`].
fn with_few_attributes(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    // Shorter tags have no room for so many.
    let long = tags(html).filter(|tag| tag.end - tag.start > 2 * MOST_ATTRIBUTES);
    let cuts: Vec<(usize, usize)> =
        long.filter_map(|tag| Some((attributes(bytes, tag.start).1?, tag.end))).collect();
    if cuts.is_empty() {
        return Cow::Borrowed(html);
    }
    let (mut short, mut from) = (String::with_capacity(html.len()), 0);
    for (start, end) in cuts {
        short.push_str(&html[from..start]);
        from = end;
    }
    short.push_str(&html[from..]);
    Cow::Owned(short)
}

/// Where the tag ends whose attributes begin at `start`, and where the first attribute stands that is
/// one too many. A quotation mark counts only where a value begins, as HTML says.
fn attributes(bytes: &[u8], start: usize) -> (usize, Option<usize>) {
    #[derive(PartialEq)]
    enum In {
        Between,
        Name,
        AfterName,
        BeforeValue,
        Value,
        Quoted(u8),
    }
    let (mut within, mut count, mut cut) = (In::Between, 0, None);
    for (place, byte) in bytes.iter().enumerate().skip(start) {
        let is_space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
        within = match (within, byte) {
            (In::Quoted(quote), byte) if *byte == quote => In::Between,
            (In::Quoted(quote), _) => In::Quoted(quote),
            (_, b'>') => return (place, cut),
            (In::BeforeValue, b'"' | b'\'') => In::Quoted(*byte),
            (In::BeforeValue, _) if is_space => In::BeforeValue,
            (In::BeforeValue | In::Value, _) if !is_space => In::Value,
            (In::Name | In::AfterName, b'=') => In::BeforeValue,
            (In::Name, _) if is_space => In::AfterName,
            (In::AfterName, _) if is_space => In::AfterName,
            (_, b'/') => In::Between,
            (In::Name, _) => In::Name,
            (_, _) if is_space => In::Between,
            _ => {
                count += 1;
                if count > MOST_ATTRIBUTES && cut.is_none() {
                    cut = Some(place);
                }
                In::Name
            }
        };
    }
    (bytes.len(), cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_the_one_that_is_named() {
        let page = b"<html><meta charset='windows-1251'><p>\xCF\xEE\xF0\xF2";
        assert!(decode(page, None).ends_with("Порт"));
        assert!(decode(b"<html><p>caf\xE9.", None).ends_with("café."));
        let russian = encoding_rs::WINDOWS_1251
            .encode("<p>В Киеве открыли новый мост через Днепр, сказал мэр города")
            .0
            .into_owned();
        assert!(decode(&russian, None).ends_with("мэр города"));
        assert!(decode(b"<html><meta charset=utf-8><p>caf\xE9.", None).ends_with("café."));
        assert!(decode(b"<html><p>\x1B$B4A\x1B(B", None).ends_with('漢'));
        assert!(decode(b"<html><p>\xB9\xFA", Some("gb2312")).ends_with('国'));
        assert!(decode("<meta charset=latin1>café".as_bytes(), None).ends_with("café"));
    }

    // 48 KB of it took 574 MB.
    #[test]
    fn formatting_that_every_block_opens_again_is_counted_before_it_is_parsed() {
        assert_eq!(reopened("<p><b><I>x</i></b><p>y"), 0);
        assert_eq!(reopened("<p><b><i>x</p><p>y</u></p></i><div>z"), 2 + 1);
        let bomb = format!("<p>{}</p>{}", "<b a=1>".repeat(900), "<p>x</p>".repeat(5000));
        assert_eq!(reopened(&bomb), 900 * 5000);
        assert!(
            checked(&bomb, Limits::default())
                .unwrap_err()
                .starts_with("formatting that is not closed")
        );
    }

    #[test]
    fn depth_counts_what_is_open() {
        assert_eq!(depth("<html><body><p>a<p>b<br><div><b>c</b></div></body></html>"), 4);
        assert_eq!(depth(&"<div>".repeat(5000)), 5000);
        assert_eq!(depth("1 < 2 <3"), 0);
        let unseen = "<div>".repeat(2000);
        for page in [
            format!("<script>'{unseen}'</SCRIPT><p>a"),
            format!("<!-- {unseen} --><p>a"),
            format!("<p title='{unseen}'>a"),
        ] {
            assert!(depth(&page) < 2, "{}", &page[..20]);
        }
    }

    // Such a page would be nested without end, and take the square of its length to parse.
    #[test]
    fn nothing_hides_depth() {
        let deep = "<div>".repeat(2000);
        for page in [
            format!("<!-->{deep}"),
            format!("<p title='<script>'>{deep}"),
            format!("<p =\"<script>\">{deep}"),
            format!("<p a=b=\"<!--\">{deep}"),
            format!("<svg><script>{deep}"),
            format!("<p title=<script>{deep}"),
        ] {
            assert!(depth(&page) >= 1000, "{}", &page[..20]);
        }
    }

    #[test]
    fn a_part_of_a_drawing_that_closes_itself_is_no_depth() {
        let drawing = format!("<svg>{}</svg><p>a", "<path d=\"M0 0\"/><g/>".repeat(2000));
        assert_eq!(depth(&drawing), 1);
        // Elsewhere the slash says nothing.
        assert_eq!(depth(&"<div/>".repeat(5000)), 5000);
    }

    #[test]
    fn attributes_beyond_the_most_are_cut_off() {
        for all in [
            "<p a=\"1 > 0\" b='x' c=d e>x</p>",
            "<p data-x='a b c'/>",
            &format!("<p a='{}'>x", "b=c ".repeat(2000)),
            "<p a='",
            "<p a=",
        ] {
            assert_eq!(with_few_attributes(all), all);
        }
        let many = |count: usize| {
            let all: String = (0..count).map(|number| format!(" a{number}='>'")).collect();
            format!("<div><p{all}>One</p><p b=c>Two</p></div>")
        };
        assert_eq!(with_few_attributes(&many(MOST_ATTRIBUTES)), many(MOST_ATTRIBUTES));
        let cut = with_few_attributes(&many(100_000)).replace(" >", ">");
        assert_eq!(cut, many(MOST_ATTRIBUTES));
    }
}
