//! The one place through which anything reaches standard output and standard error.
//!
//! File names, keys, headers and members of archives come from strangers, and messages repeat them.
//! What steers a terminal, or turns the direction of writing, is left out here, whatever it came with;
//! JSON keeps it, as an escape.

use std::io::{self, IsTerminal, Write};

use newsfold::error::Error;
use newsfold::text::{escaped_json, steers};

/// The colours of `compare`, the only sequences of ours.
const COLOURS: [&str; 3] = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[0m"];

/// Prints lines that were asked for.
pub(crate) fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(plain(text).as_bytes())
}

/// [`print`], where the text may have colours of `compare` in it.
pub(crate) fn print_coloured(text: &str) -> io::Result<()> {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\u{1b}') {
        safe += &plain(&rest[..place]);
        let after = &rest[place..];
        let colour = COLOURS.into_iter().find(|colour| after.starts_with(colour));
        safe += colour.unwrap_or_default();
        rest = &after[colour.map_or(1, str::len)..];
    }
    safe += &plain(rest);
    io::stdout().write_all(safe.as_bytes())
}

/// Prints JSON: nothing is left out of it, since an escape steers nothing.
pub(crate) fn print_json(value: &impl serde::Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
    io::stdout().write_all((escaped_json(&text) + "\n").as_bytes())
}

/// Refuses to print a summary as JSON where the articles go to standard output.
///
/// # Errors
/// Where it is asked for.
pub(crate) fn no_summary(json: bool) -> Result<(), Error> {
    match json {
        true => {
            Err(Error::config("--json", "standard output has the articles; write them to a file"))
        }
        false => Ok(()),
    }
}

/// Prints JSON, a value a line.
pub(crate) fn print_json_lines(values: &[impl serde::Serialize]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for value in values {
        let text = serde_json::to_string(value).map_err(io::Error::other)?;
        out.write_all((escaped_json(&text) + "\n").as_bytes())?;
    }
    Ok(())
}

/// Prints what another program reads: a script, a table. A terminal is no such program.
pub(crate) fn print_for_programs(bytes: &[u8]) -> io::Result<()> {
    match io::stdout().is_terminal() {
        true => print(&String::from_utf8_lossy(bytes)),
        false => io::stdout().write_all(bytes),
    }
}

/// Writes a line, or lines, to standard error.
pub(crate) fn tell(message: &str) {
    // Where standard error is closed there is no one to tell.
    let _ = io::stderr().write_all((plain(message) + "\n").as_bytes());
}

/// Writes an object of the log to standard error.
pub(crate) fn tell_json(value: &impl serde::Serialize) {
    let line = serde_json::to_string(value).unwrap_or_default();
    let _ = io::stderr().write_all((escaped_json(&line) + "\n").as_bytes());
}

/// The text without what steers a terminal; lines and tabs stay.
fn plain(text: &str) -> String {
    text.chars().filter(|&c| matches!(c, '\n' | '\t') || !steers(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}]0;title\u{7}\u{9b}31m\u{202e}b\u{7f}\r\nc\td\u{200d}e";

    #[test]
    fn nothing_that_steers_a_terminal_is_left_but_lines_and_tabs() {
        assert_eq!(plain(HOSTILE), "a]0;title31mb\nc\td\u{200d}e");
    }

    #[test]
    fn json_says_the_same_without_a_byte_that_steers() {
        let json = serde_json::to_string(HOSTILE).unwrap();
        let safe = escaped_json(&json);
        assert!(safe.chars().all(|c| !steers(c)), "{safe:?}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), HOSTILE);
    }
}
