//! HTML left in a text: its tags go, and the ends of paragraphs become line breaks.
//!
//! Only names of elements of HTML are tags, so that `a < b` and `<quote>` stay. Cost: a search for `<` in a
//! text without any.

use memchr::{memchr, memmem};

/// Elements whose tags end a paragraph or begin one.
const BLOCKS: [&str; 30] = [
    "p",
    "br",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "tbody",
    "thead",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "section",
    "article",
    "header",
    "footer",
    "figure",
    "figcaption",
    "hr",
    "pre",
    "main",
    "aside",
    "dl",
    "dt",
    "dd",
];
/// Other elements that stand in texts.
const INLINE: [&str; 27] = [
    "a", "b", "i", "em", "strong", "span", "u", "s", "small", "sup", "sub", "img", "picture",
    "source", "video", "audio", "iframe", "td", "th", "cite", "q", "code", "font", "center",
    "time", "mark", "noscript",
];
/// Elements whose content is no text.
const WITHOUT_TEXT: [&str; 2] = ["script", "style"];
/// A tag is not longer; a picture given inline has its own bytes in one.
const TAG_BYTES: usize = 8 << 10;

/// Whether a text holds tags for certain: one that ends an element, or one that ends a line.
pub(super) fn is_markup(text: &str) -> bool {
    memchr(b'<', text.as_bytes()).is_some()
        && memmem::find_iter(text.as_bytes(), b"<").any(|at| {
            let rest = &text[at..];
            let certain =
                rest.starts_with("</") || ["<p", "<br", "<div"].iter().any(|t| rest.starts_with(t));
            certain && tag(rest).is_some()
        })
}

/// What stands for the tag that `text` begins with, and how many bytes it takes; for a script or a comment,
/// all of it.
pub(super) fn tag(text: &str) -> Option<(&'static str, usize)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map(|end| ("", end + 7));
    }
    let inner = text.strip_prefix('<')?;
    let named = inner.strip_prefix('/').unwrap_or(inner);
    let length = named.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = named[..length].to_ascii_lowercase();
    let behind = named.as_bytes().get(length)?;
    if !matches!(behind, b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r') {
        return None;
    }
    let head = &text.as_bytes()[..text.len().min(TAG_BYTES)];
    let end = memchr(b'>', head)? + 1;
    if WITHOUT_TEXT.contains(&name.as_str()) {
        let close = format!("</{name}>");
        let whole = text.find(&close).map_or(end, |at| at + close.len());
        return Some(("", whole));
    }
    let name = name.as_str();
    if BLOCKS.contains(&name) {
        Some(("\n", end))
    } else {
        INLINE.contains(&name).then_some(("", end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_html_are_tags_and_nothing_else() {
        for (text, said) in [
            ("<p>x", Some(("\n", 3))),
            ("</P >x", Some(("\n", 5))),
            ("<a href=\"x>\">y", Some(("", 11))),
            ("<br/>", Some(("\n", 5))),
            ("<!-- x --> y", Some(("", 10))),
            ("<script>a<b</script>z", Some(("", 20))),
            ("<quote>", None),
            ("< b", None),
            ("<b", None),
            ("<paragraph>", None),
        ] {
            assert_eq!(tag(text), said, "{text}");
        }
        assert!(is_markup("a <b>c</b>") && is_markup("a<br>b"));
        assert!(
            !is_markup("a <b c") && !is_markup("if a < b and c > d") && !is_markup("<name> said")
        );
    }
}
