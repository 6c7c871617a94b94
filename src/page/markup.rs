//! Text as HTML and XML write it, within elements and attributes.

/// `text` with the characters that markup is made of written as references, and those that no markup
/// may hold as U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_holds_whatever_an_outlet_is_called() {
        let escaped = escape("A & \"B\" <c>\0\n'");
        assert_eq!(escaped, "A &amp; &quot;B&quot; &lt;c&gt;\u{fffd} &#39;");
    }
}
