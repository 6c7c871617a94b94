//! JSON in bulk, as Elasticsearch and OpenSearch take documents: a line that says what to do, and a line
//! that is the document.

use std::borrow::Cow;

use memchr::memchr;

use super::blocks::{Split, Step};
use super::fields::FieldTable;
use super::json;
use super::record::{Captured, Value};
use crate::error::{Cause, Place};

/// Two lines a record, as Elasticsearch takes documents in bulk: what to do, and the object. A document to
/// be deleted has no second line.
#[derive(Debug, Default)]
pub(super) struct Bulk {
    /// The line breaks seen.
    lines: u64,
    /// Whether the first line of a record is behind.
    is_second: bool,
    /// The beginning of the first line.
    beginning: Vec<u8>,
}

impl Split for Bulk {
    fn next(&mut self, bytes: &[u8]) -> Step {
        /// What tells a document to be deleted stands within so many bytes.
        const BEGINNING: usize = 16;
        let end = memchr(b'\n', bytes);
        if !self.is_second {
            let line = &bytes[..end.unwrap_or(bytes.len())];
            let room = BEGINNING.saturating_sub(self.beginning.len());
            self.beginning
                .extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()).take(room));
        }
        let Some(end) = end else { return Step::Within };
        self.lines += 1;
        if self.is_second {
            self.is_second = false;
            return Step::End(end + 1, Place::Line(self.lines));
        }
        let beginning = std::mem::take(&mut self.beginning);
        if beginning.is_empty() || beginning.starts_with(b"{\"delete\"") {
            return Step::Between(end + 1);
        }
        self.is_second = true;
        match self.next(&bytes[end + 1..]) {
            _ if end + 1 == bytes.len() => Step::Within,
            Step::End(used, place) => Step::End(end + 1 + used, place),
            step => step,
        }
    }

    fn place(&self) -> Place {
        Place::Line(self.lines + 1)
    }

    fn end(&self) -> Option<String> {
        None
    }
}

/// The values of a record of [`Bulk`]: those of the object, and the id that the line before it says.
///
/// # Errors
/// As [`json::capture`].
pub(super) fn capture_bulk<'a>(record: &'a str, table: &FieldTable) -> Result<Captured<'a>, Cause> {
    let (action, object) =
        record.split_once('\n').ok_or("the object of this line of a bulk file is missing")?;
    let mut captured = json::capture(object.trim_end(), table)?;
    let action: serde_json::Value = serde_json::from_str(action).unwrap_or_default();
    let said = action.as_object().and_then(|action| action.values().next()?.get("_id").cloned());
    if let (Some(name), Some(id)) = (table.column("id"), said) {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        captured.push_first(name, Value::Text(Cow::Owned(id)));
    }
    Ok(captured)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::blocks::cut;

    #[test]
    fn a_bulk_file_is_cut_into_twos() {
        let stream = "{\"index\":{\"_id\":\"a\"}}\n{\"text\":\"x\"}\n{ \"delete\":{\"_id\":\"b\"}}\n\
                      {\"create\":{\"_id\":3}}\n{\"text\":\"y\"}\n";
        for piece in 1..stream.len() {
            let found = cut(&mut Bulk::default(), stream.as_bytes(), piece);
            assert_eq!(found.len(), 2, "in pieces of {piece}: {found:?}");
            let table = FieldTable::new(&[]);
            let captured = capture_bulk(&found[1], &table).unwrap();
            assert!(format!("{captured:?}").contains("\"3\""));
        }
    }
}
