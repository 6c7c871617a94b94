//! Encodings in seven bits that look like ASCII and are not: UTF-7, HZ and ISO-2022-KR. They are told, and not
//! read: mail programs of the nineties wrote them, and no decoder is kept. Cost: one pass over the text.

/// The encoding of a text that looks like ASCII and is not, where no decoder is at hand.
pub(super) fn seven_bits(text: &str) -> Option<&'static str> {
    if !text.is_ascii() {
        None
    } else if text.contains("\x1b$)C") {
        Some("ISO-2022-KR")
    } else if is_hz(text) {
        Some("HZ")
    } else {
        is_utf7(text).then_some("UTF-7")
    }
}

/// Whether a text has Chinese letters between `~{` and `~}`, two signs each, and nothing else between them.
fn is_hz(text: &str) -> bool {
    let runs = || text.split("~{").skip(1).map(|run| run.split_once("~}").map(|(run, _)| run));
    let is_sound =
        |run: &str| run.len().is_multiple_of(2) && run.bytes().all(|b| b.is_ascii_graphic());
    let sound = runs().flatten().filter(|run| is_sound(run)).count();
    // The last may be cut by the end of the head.
    sound >= 2 && sound + 1 >= runs().count()
}

/// Whether a text is UTF-7, as `for+AOo-t` for `forêt`: a plus sign stands before nothing but letters of such a kind.
fn is_utf7(text: &str) -> bool {
    /// Words behind plus signs are letters of some language by chance: of Chinese at times, of European
    /// ones hardly ever, which count for two.
    const LEAST: usize = 4;
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let (mut rest, mut count) = (text, 0);
    while let Some((_, run)) = rest.split_once('+') {
        let length = run.bytes().take_while(is_letter).count();
        rest = &run[length..];
        // The end of the head may cut the last one.
        if length > 0 && !rest.is_empty() {
            match shifted(&run.as_bytes()[..length]) {
                None => return false,
                // A backslash is written so, and tells nothing.
                Some(text) if text.is_ascii() => {}
                Some(text) if text.chars().all(|c| c < '\u{2070}') => count += 2,
                Some(text) => count += usize::from(text.chars().count() > 1),
            }
        }
    }
    count >= LEAST
}

/// What letters of Base64 say where they are units of UTF-16 and no bits beyond, and what prose has.
fn shifted(letters: &[u8]) -> Option<String> {
    let (mut bits, mut held) = (0_u32, 0);
    let mut units = Vec::new();
    for letter in letters {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push(((bits >> held) & 0xffff) as u16);
            bits &= (1 << held) - 1;
        }
    }
    let is_written =
        |c: char| c.is_alphabetic() || matches!(c, '\u{a0}'..='\u{206f}' | ' '..='~' | '\u{feff}');
    let text = String::from_utf16(&units).ok()?;
    (held < 6 && bits == 0 && text.chars().all(is_written)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_ascii_and_is_not_is_told() {
        for (text, name) in [
            ("La for+AOo-t, l+IBk-ecole.", Some("UTF-7")),
            ("+/v8-La for+AOo-t, c:+AFw-a, l+IBk-ecole.", Some("UTF-7")),
            ("La for\u{ea}t, l+IBk-ecole, a +AOo-t", None),
            ("+BCM +BBoEOARUBDIEVg +BDIEVgQ0BDoEQAQ4BDsEOA +BD0EPgQyBDgEOQ.", Some("UTF-7")),
            (
                "+UxdOrGWwaGVmKGXlkBqPZg-, +XgKVf1coi7CABU8aTgo-, +UxdOrGWwaGVmKGXlkBqPZg-, +XgKVf1coi7CABU8aTgo-.",
                Some("UTF-7"),
            ),
            ("C++, 1+1, a+b, +44 20 7946 0958, c+d", None),
            ("https://a.example/?q=one+two+three+four", None),
            ("Follow +Rio and +Tokio, +Rio and +Rio.", None),
            ("~{VPND~} a ~{VP~} ~{ND~} ~{VPND~}", Some("HZ")),
            ("a ~{ b ~} c", None),
            ("\x1b$)C\x0e0!\x0f", Some("ISO-2022-KR")),
            ("The ferry ran aground.", None),
        ] {
            assert_eq!(seven_bits(text), name, "{text}");
        }
    }
}
