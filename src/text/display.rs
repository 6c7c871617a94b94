//! Text of anyone, made fit for a line of a terminal or a page.

/// `text` on one line, without the characters that steer a terminal or turn the writing direction.
pub fn one_line(text: &str) -> String {
    let seen = |c: &char| {
        // Joiners stay: scripts and emoji need them.
        !c.is_control()
            && !matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let words = text.split_whitespace().map(|word| word.chars().filter(seen).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
