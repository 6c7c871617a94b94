//! A comparison for a terminal: two columns, or one above the other where there is no room for two.
//!
//! Words that differ stand between marks, `[-old-]` on one side and `{+new+}` on the other, as other
//! tools write them; colour comes on top of the marks where it is asked for, never alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Comparison, Piece, SharedPassage, Side};
use crate::text::{many, one_line};

/// How the terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its width.
    pub columns: usize,
    /// Whether it shows colours, and may.
    pub colour: bool,
}

/// Two columns are no use under this width.
const TWO_COLUMNS: usize = 60;
/// Wider lines than this are hard to read: the rest of a wide terminal stays empty.
const MOST_COLUMNS: usize = 160;
/// However narrow it says that it is.
const LEAST_COLUMNS: usize = 20;
const BETWEEN: &str = " │ ";

/// What is around the words that differ, of A and of B: marks, and colour on top.
const MARKS: [Marks; 2] = [
    Marks { open: "[-", close: "-]", colour: "\u{1b}[31m" },
    Marks { open: "{+", close: "+}", colour: "\u{1b}[32m" },
];
const NO_COLOUR: &str = "\u{1b}[0m";

struct Marks {
    open: &'static str,
    close: &'static str,
    colour: &'static str,
}

/// The comparison as lines for a terminal.
pub fn in_words(comparison: &Comparison, look: Look) -> String {
    let columns = look.columns.clamp(LEAST_COLUMNS, MOST_COLUMNS);
    let mut text = heading(comparison);
    for (place, passage) in comparison.passages.iter().enumerate() {
        let _ = write!(text, "\n{}. {}\n", place + 1, facts(passage));
        for row in &passage.rows {
            if columns < TWO_COLUMNS {
                one_above_the_other(&mut text, row, columns, look.colour);
            } else {
                side_by_side(&mut text, row, columns, look.colour);
            }
        }
    }
    text
}

/// Which articles these are, and how much each has of the other.
pub fn heading(comparison: &Comparison) -> String {
    let Comparison { a, b, passages } = comparison;
    let (ids, places) = (passages.iter().map(|passage| &passage.passage_id), passages.len());
    let shared = match ids.collect::<BTreeSet<_>>().len() {
        0 => "They share no passage.".to_owned(),
        some if some == places => format!("They share {}.", many(some, "passage", "passages")),
        some => {
            format!("They share {}, in {places} places.", many(some, "passage", "passages"))
        }
    };
    format!(
        "A  {}\nB  {}\n\n{}\n{}\n{shared}\n",
        a.article,
        b.article,
        share("A", a, "B"),
        share("B", b, "A")
    )
}

/// How much of a side the other has.
pub(super) fn share(name: &str, side: &Side, other: &str) -> String {
    format!(
        "{:.1} % of {name}'s {} words stand in passages that {other} has too, {:.1} % word for word.",
        100.0 * side.shared,
        side.words,
        100.0 * side.same
    )
}

/// A passage in a line.
pub(super) fn facts(passage: &SharedPassage) -> String {
    let SharedPassage { kind, a, b, edits, .. } = passage;
    let differ = match edits {
        0 => "word for word".to_owned(),
        1 => "1 differs".to_owned(),
        many => format!("{many} differ"),
    };
    format!(
        "{}: {} words of A ({}–{}), {} of B ({}–{}), {differ}",
        kind.name(),
        a.words,
        a.start,
        a.end,
        b.words,
        b.start,
        b.end
    )
}

fn side_by_side(text: &mut String, row: &[Piece], columns: usize, colour: bool) {
    let room = (columns - BETWEEN.width()) / 2;
    let [a, b] = [0, 1].map(|side| wrapped(words(row, side), &MARKS[side], room));
    for line in 0..a.len().max(b.len()) {
        let of = |lines: &[Vec<Word>], side: usize, colour: bool| {
            lines.get(line).map_or_else(String::new, |line| told(line, &MARKS[side], colour))
        };
        let gap = room - of(&a, 0, false).width().min(room);
        let (left, right) = (of(&a, 0, colour), of(&b, 1, colour));
        let line = format!("{left}{:gap$}{BETWEEN}{right}", "");
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn one_above_the_other(text: &mut String, row: &[Piece], columns: usize, colour: bool) {
    for (side, name) in ["A", "B"].iter().enumerate() {
        let lines = wrapped(words(row, side), &MARKS[side], columns - 3);
        for (place, line) in lines.iter().enumerate() {
            let name = if place == 0 { name } else { " " };
            let _ = writeln!(text, "{name}  {}", told(line, &MARKS[side], colour));
        }
    }
}

/// A word as it stands in a line.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    differs: bool,
    /// No space before it.
    glued: bool,
}

/// The words of one side of a row, without characters that steer the terminal.
fn words(row: &[Piece], side: usize) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut glued = false;
    for piece in row {
        let text = [&piece.a, &piece.b][side];
        for word in text.split_whitespace() {
            let word = one_line(word);
            if !word.is_empty() {
                words.push(Word { text: word, differs: !piece.same, glued });
                glued = false;
            }
        }
        if !text.is_empty() {
            glued = !text.ends_with(char::is_whitespace);
        }
    }
    words
}

/// The words in lines of at most `room` columns. A word that is wider than a line is cut.
fn wrapped(words: Vec<Word>, marks: &Marks, room: usize) -> Vec<Vec<Word>> {
    let widest = room - marks.open.width() - marks.close.width();
    let mut lines: Vec<Vec<Word>> = Vec::new();
    let mut line: Vec<Word> = Vec::new();
    for word in words.into_iter().flat_map(|word| cut(word, widest)) {
        line.push(word);
        if line.len() > 1 && told(&line, marks, false).width() > room {
            let next = line.pop();
            lines.push(std::mem::replace(&mut line, next.into_iter().collect()));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The word in parts of at most `widest` columns.
fn cut(word: Word, widest: usize) -> Vec<Word> {
    if word.text.width() <= widest {
        return vec![word];
    }
    let mut parts = vec![Word { text: String::new(), ..word.clone() }];
    let mut width = 0;
    for c in word.text.chars() {
        let wide = c.width().unwrap_or(0);
        if width + wide > widest {
            parts.push(Word { text: String::new(), glued: true, ..word.clone() });
            width = 0;
        }
        width += wide;
        if let Some(part) = parts.last_mut() {
            part.text.push(c);
        }
    }
    parts
}

/// A line as it is written.
fn told(line: &[Word], marks: &Marks, colour: bool) -> String {
    let mut told = String::new();
    let mut differs = false;
    for (place, word) in line.iter().enumerate() {
        if differs && !word.differs {
            close(&mut told, marks, colour);
        }
        if place > 0 && !word.glued {
            told.push(' ');
        }
        if word.differs && !differs {
            told += if colour { marks.colour } else { "" };
            told += marks.open;
        }
        told += &word.text;
        differs = word.differs;
    }
    if differs {
        close(&mut told, marks, colour);
    }
    told
}

fn close(told: &mut String, marks: &Marks, colour: bool) {
    told.push_str(marks.close);
    told.push_str(if colour { NO_COLOUR } else { "" });
}

#[cfg(test)]
mod tests {
    use super::super::tests::edited;
    use super::*;

    #[test]
    fn places_are_told_apart_from_passages() {
        let mut comparison = edited();
        let told = |comparison: &Comparison| heading(comparison).lines().last().unwrap().to_owned();
        assert_eq!(told(&comparison), "They share 1 passage.");
        comparison.passages.push(comparison.passages[0].clone());
        assert_eq!(told(&comparison), "They share 1 passage, in 2 places.");
        comparison.passages.clear();
        assert_eq!(told(&comparison), "They share no passage.");
    }

    #[test]
    fn two_columns_that_fit_with_marks_around_what_differs() {
        let told = in_words(&edited(), Look { columns: 80, colour: false });
        let expected = "\
A  a
B  b

90.5 % of A's 21 words stand in passages that B has too, 81.0 % word for word.
56.2 % of B's 32 words stand in passages that A has too, 53.1 % word for word.
They share 1 passage.

1. syndicated: 19 words of A (12–121), 18 of B (0–103), 2 differ
The harbour master [-closed-] the      │ The harbour master {+shut+} the
northern basin on Friday after divers  │ northern basin on Friday after divers
found a mine near the [-old-]          │ found a mine near the lighthouse pier
lighthouse pier                        │
";
        assert_eq!(told, expected);
        assert!(told.lines().all(|line| line.width() <= 80));
    }

    #[test]
    fn one_above_the_other_where_it_is_narrow() {
        let told = in_words(&edited(), Look { columns: 40, colour: false });
        let rows: Vec<&str> = told.lines().skip_while(|line| !line.starts_with("1.")).collect();
        assert_eq!(rows[1], "A  The harbour master [-closed-] the");
        assert!(rows.contains(&"B  The harbour master {+shut+} the"), "{rows:?}");
        assert!(rows[1..].iter().all(|row| row.width() <= 40));
    }

    #[test]
    fn colour_comes_on_top_of_the_marks() {
        let told = in_words(&edited(), Look { columns: 80, colour: true });
        assert!(told.contains("\u{1b}[31m[-closed-]\u{1b}[0m"), "{told}");
        assert!(told.contains("\u{1b}[32m{+shut+}\u{1b}[0m"), "{told}");
    }

    #[test]
    fn no_text_steers_the_terminal_and_none_is_too_wide() {
        let piece = |text: &str| Piece { same: false, a: text.into(), b: String::new() };
        let hostile = words(&[piece("a\u{1b}[31m\u{202e}b\r\n \u{0} c")], 0);
        assert_eq!(told(&hostile, &MARKS[0], false), "[-a[31mb c-]");
        let long = format!("{} 日本語のニュースは長い", "x".repeat(50));
        let lines = wrapped(words(&[piece(&long)], 0), &MARKS[0], 20);
        assert!(lines.len() > 4);
        assert!(lines.iter().all(|line| told(line, &MARKS[0], false).width() <= 20));
    }

    #[test]
    fn what_stands_together_is_not_torn() {
        let piece = |same, text: &str| Piece { same, a: text.into(), b: text.into() };
        let row = [piece(true, "a well-"), piece(false, "known "), piece(true, "“name”")];
        assert_eq!(told(&words(&row, 0), &MARKS[0], false), "a well-[-known-] “name”");
    }
}
