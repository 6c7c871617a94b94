//! Text as HTML and XML write it, within elements and attributes.

/// `text` with the characters that markup is made of written as references, and those that no markup
/// may hold as U+FFFD; on one line.
pub(crate) fn escape(text: &str) -> String {
    escaped(text, |_| " ")
}

/// The same with its lines and tabs: a character out for each that went in, once it is read again.
pub(crate) fn escape_lines(text: &str) -> String {
    escaped(text, |c| match c {
        '\t' => "\t",
        '\n' => "\n",
        // Readers take a plain one for the end of a line.
        _ => "&#13;",
    })
}

fn escaped(text: &str, space: impl Fn(char) -> &'static str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push_str(space(c)),
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

    #[test]
    fn lines_stay_where_they_are_asked_for() {
        assert_eq!(escape_lines("a\r\n\tb\u{1}"), "a&#13;\n\tb\u{fffd}");
    }
}
