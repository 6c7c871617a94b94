//! RIS: references as libraries and databases export them, with the text in the abstract or the notes.

use super::{Entry, captured};
use crate::error::Cause;
use crate::ingest::author::first_names_first;
use crate::ingest::fields::FieldTable;

/// Tags, and the field that each may hold; the first that is there counts.
const TAGS: [(&str, &str); 18] = [
    ("ID", "id"),
    ("AN", "id"),
    ("TI", "title"),
    ("T1", "title"),
    ("T2", "outlet"),
    ("JO", "outlet"),
    ("JF", "outlet"),
    ("JA", "outlet"),
    ("PB", "outlet"),
    ("DA", "published"),
    ("Y1", "published"),
    ("PY", "published"),
    ("UR", "url"),
    ("L2", "url"),
    ("LA", "lang"),
    ("AB", "text"),
    ("N2", "text"),
    ("N1", "text"),
];

/// Tags of an author: a line for each, as in `Ruiz, Ana`.
const AUTHORS: [&str; 2] = ["AU", "A1"];

/// A line's tag and its value.
fn tagged(line: &str) -> Option<(&str, &str)> {
    let (tag, value) = line.split_at_checked(2)?;
    let is_tag = tag.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let value = value.trim_start_matches(' ').strip_prefix('-')?;
    is_tag.then_some((tag, value.trim()))
}

/// Whether a text that begins so is a list of references.
pub(in crate::ingest) fn is_ris(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    lines.next().and_then(tagged).is_some_and(|(tag, _)| tag == "TY")
        && lines.next().and_then(tagged).is_some()
}

/// The records of a list of references.
///
/// # Errors
/// Where it has none.
pub(super) fn read(text: &str, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut values: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        match tagged(line) {
            Some(("ER", _)) => entries.push(record(std::mem::take(&mut values), table)),
            Some((tag, value)) => values.push((tag, value.to_owned())),
            None => {
                if let Some((_, value)) = values.last_mut() {
                    value.push('\n');
                    value.push_str(line);
                }
            }
        }
    }
    if !values.is_empty() {
        entries.push(record(values, table));
    }
    if entries.is_empty() { Err("a list of references without one".into()) } else { Ok(entries) }
}

fn record(values: Vec<(&str, String)>, table: &FieldTable) -> Entry {
    let of = |(wanted, field): (&'static str, &'static str)| {
        let value = values.iter().find(|(tag, _)| *tag == wanted);
        value.map(|(_, value)| (field, value.trim_end_matches('/').trim().to_owned()))
    };
    let authors: Vec<&str> = values
        .iter()
        .filter(|(tag, _)| AUTHORS.contains(tag))
        .map(|(_, value)| value.trim())
        .collect();
    let author = ("author", first_names_first(&authors.join(";")));
    Ok(captured(table, TAGS.into_iter().filter_map(of).chain([author])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reference_is_a_record() {
        let list = "TY  - NEWS\nTI  - Ferry aground\nJO  - Post\nDA  - 2024/01/10/\nAU  - Ruiz, Ana\nAU  - Berg, Jo\nAB  - It ran\naground.\nER  - \n\n\
            TY  - NEWS\nT1  - Other\nER  - \n";
        assert!(is_ris(list) && !is_ris("TY is a tag\nand more"));
        let read = read(list, &FieldTable::new(&[])).unwrap();
        assert_eq!(read.len(), 2);
        let said = format!("{:?}", read[0]);
        for part in
            ["Ferry aground", "Post", "\"2024/01/10\"", "It ran\\naground.", "Ana Ruiz, Jo Berg"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
