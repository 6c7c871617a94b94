//! A record without some stretches of its text: every other byte is as it was.
//!
//! The text is found where the reader found it, and must be the one that was read; tags of HTML in a
//! stretch stay, so that the markup of a text stays whole. Linear in the record.

use std::borrow::Cow;
use std::ops::Range;

use super::csv::{as_field, field_at, fields};
use super::fields::FieldTable;
use super::json_amended::amended;
use super::json_scan::{first_character, unescape};
use super::mend::{self, mend};
use super::record::BETWEEN_PARAGRAPHS;
use super::{body, json, markup};
use crate::article::{Article, ByteSpan};
use crate::error::Cause;
use crate::text::{guarded, unguarded};

/// What is cut out of a record: stretches of the article's text, in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cutting<'a> {
    pub(super) article: &'a Article,
    pub(super) spans: &'a [ByteSpan],
}

/// How a table writes the field that holds the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextColumn {
    pub(super) column: usize,
    pub(super) delimiter: u8,
    pub(super) escapes: bool,
    /// Whether its cells are guarded against spreadsheets.
    pub(super) is_guarded: bool,
}

impl Cutting<'_> {
    /// A JSON object without them.
    ///
    /// # Errors
    /// In words, where the text is not found in it, or is another one.
    pub(super) fn json(self, record: &[u8], table: &FieldTable) -> Result<String, Cause> {
        let record = text_of(record)?;
        match json::text_as_written(&record, table) {
            Some(pieces) => self.pieces(&record, &pieces),
            None => {
                let record = amended(&record).ok_or_else(lost)?;
                let pieces = json::text_as_written(&record, table).ok_or_else(lost)?;
                self.pieces(&record, &pieces)
            }
        }
    }

    /// A record in which the text is written as these stretches of it.
    fn pieces(self, record: &str, pieces: &[&str]) -> Result<String, Cause> {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for (place, piece) in pieces.iter().enumerate() {
            text.push_str(if place > 0 { BETWEEN_PARAGRAPHS } else { "" });
            starts.push(text.len());
            unescape(piece, &mut text);
        }
        let goes = self.as_read(&text)?;
        let mut cut = String::with_capacity(record.len());
        let mut done = 0;
        for (piece, start) in pieces.iter().zip(starts) {
            let at = piece.as_ptr().addr() - record.as_ptr().addr();
            cut.push_str(record.get(done..at).ok_or_else(lost)?);
            let mut place = start;
            let mut rest = *piece;
            let mut goes = goes.iter().skip_while(|goes| goes.end <= start).peekable();
            while let Some((character, bytes)) = first_character(rest) {
                while goes.peek().is_some_and(|goes| goes.end <= place) {
                    goes.next();
                }
                if goes.peek().is_none_or(|goes| place < goes.start) {
                    cut.push_str(&rest[..bytes]);
                }
                place += character.len_utf8();
                rest = &rest[bytes..];
            }
            done = at + piece.len();
        }
        cut.push_str(&record[done..]);
        Ok(cut)
    }

    /// A row of a table without them.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub(super) fn row(self, row: &[u8], of: TextColumn) -> Result<String, Cause> {
        let row = text_of(row)?;
        let TextColumn { column, delimiter, escapes, is_guarded } = of;
        let at = field_at(&row, delimiter, escapes, column).ok_or_else(lost)?;
        let fields = fields(&row, delimiter, escapes);
        let cell = fields.get(column).ok_or_else(lost)?;
        let text = match is_guarded {
            true => guarded(&self.value(unguarded(cell))?).into_owned(),
            false => self.value(cell)?,
        };
        let field = as_field(&text, &row[at.clone()], delimiter, escapes);
        Ok([&row[..at.start], &field, &row[at.end..]].concat())
    }

    /// The text without them.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub(super) fn value(self, text: &str) -> Result<String, Cause> {
        Ok(without(text, 0, &self.as_read(text)?))
    }

    /// The paragraphs of a text without them.
    ///
    /// # Errors
    /// As [`Self::json`].
    #[cfg(any(test, feature = "formats"))]
    pub(super) fn paragraphs(self, paragraphs: &[&str]) -> Result<Vec<String>, Cause> {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for paragraph in paragraphs {
            text.push_str(if text.is_empty() { "" } else { BETWEEN_PARAGRAPHS });
            starts.push(text.len());
            text.push_str(paragraph);
        }
        let goes = self.as_read(&text)?;
        let all = paragraphs.iter().zip(starts);
        Ok(all.map(|(paragraph, start)| without(paragraph, start, &goes)).collect())
    }

    /// Where they stand in the text as read, which this must be; tags are left out.
    fn as_read(self, text: &str) -> Result<Vec<Range<usize>>, Cause> {
        let clear = body::unscrambled(text).map_or(Cow::Borrowed(text), Cow::Owned);
        let meant = mend(&clear).map_or(Cow::Borrowed(&*clear), |mended| mended.text.into());
        if *meant != *self.article.text {
            return Err("its text is not the one that was read: was the file changed?".into());
        }
        let has_tags = markup::is_markup(&clear);
        let mut stretches = Vec::new();
        for span in self.spans {
            let ByteSpan { start, end } = self.article.bytes_as_read(*span);
            let (mut start, end) = (start as usize, end as usize);
            let mut at = start;
            while let Some(open) = clear[at..end].find('<').filter(|_| has_tags) {
                at += open;
                match markup::tag(&clear[at..]) {
                    Some((_, bytes)) => {
                        stretches.push(start..at);
                        at = end.min(at + bytes);
                        start = at;
                    }
                    None => at += 1,
                }
            }
            stretches.push(start..end);
        }
        Ok(stretches)
    }
}

/// A text that stands from `start` on, without what goes.
fn without(text: &str, start: usize, goes: &[Range<usize>]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut done = 0;
    for goes in goes {
        let inside = |place: usize| place.saturating_sub(start).clamp(done, text.len());
        let (from, to) = (inside(goes.start), inside(goes.end));
        left.push_str(&text[done..from]);
        done = to;
    }
    left.push_str(&text[done..]);
    left
}

/// A record as the text that it was read as.
fn text_of(record: &[u8]) -> Result<Cow<'_, str>, Cause> {
    match std::str::from_utf8(record) {
        Ok(text) => Ok(text.into()),
        Err(_) => mend::older(record).map(|(text, _)| text.into()).ok_or_else(lost),
    }
}

fn lost() -> Cause {
    "its text is not found again: was the file changed?".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of which `goes` goes.
    fn article(text: &str, goes: &[&str]) -> (Article, Vec<ByteSpan>) {
        let span = |goes: &&str| {
            let start = text.find(*goes).unwrap() as u32;
            ByteSpan { start, end: start + goes.len() as u32 }
        };
        (Article::new("a", text), goes.iter().map(span).collect())
    }

    fn json(record: &str, text: &str, goes: &[&str]) -> Result<String, Cause> {
        let (article, spans) = article(text, goes);
        let cutting = Cutting { article: &article, spans: &spans };
        cutting.json(record.as_bytes(), &FieldTable::new(&[]))
    }

    #[test]
    fn a_record_keeps_every_other_byte() {
        let record = "{ \"id\":1.50, \"text\" : \"\\u00c9t\\u00e9 \\ud83d\\ude00 ici. Two\\n“two”. C\\/\", \"x\":[-1] }\n";
        assert_eq!(
            json(record, "Été 😀 ici. Two\n“two”. C/", &["Two\n“two”. "]).unwrap(),
            "{ \"id\":1.50, \"text\" : \"\\u00c9t\\u00e9 \\ud83d\\ude00 ici. C\\/\", \"x\":[-1] }\n"
        );
        assert_eq!(
            json(record, "Été 😀 ici. Two\n“two”. C/", &["Été 😀 ici. Two\n", " C/"]).unwrap(),
            "{ \"id\":1.50, \"text\" : \"“two”.\", \"x\":[-1] }\n"
        );
        assert!(json(record, "Another text", &["text"]).unwrap_err().contains("not the one"));
        assert!(json("{\"x\":1}", "A", &["A"]).unwrap_err().contains("not found"));
    }

    #[test]
    fn paragraphs_are_cut_where_each_stands() {
        let list = r#"{"text":["One. ","Two two.",null,"Three."],"title":"One. "}"#;
        let text = "One. \n\nTwo two.\n\nThree.";
        assert_eq!(
            json(list, text, &["two.\n\nTh"]).unwrap(),
            r#"{"text":["One. ","Two ",null,"ree."],"title":"One. "}"#
        );
        let fundus = r#"{"body":{"summary":["S."],"sections":[{"headline":["H"],"paragraphs":["P \"p\".","Q."]}]}}"#;
        let text = "S.\n\nH\n\nP \"p\".\n\nQ.";
        assert_eq!(
            json(fundus, text, &["H\n\nP \"p\"."]).unwrap(),
            fundus.replace("\"H\"", "\"\"").replace(r#"P \"p\"."#, "")
        );
    }

    #[test]
    fn a_row_keeps_its_quotation_marks() {
        let (article, spans) = article("A \"a\", b. Gone. C.", &["Gone. "]);
        let cutting = Cutting { article: &article, spans: &spans };
        let of = TextColumn { column: 1, delimiter: b',', escapes: false, is_guarded: false };
        let row = "1,\"A \"\"a\"\", b. Gone. C.\",x\r\n";
        let expected = "1,\"A \"\"a\"\", b. C.\",x\r\n";
        assert_eq!(cutting.row(row.as_bytes(), of).unwrap(), expected);
        assert_eq!(cutting.paragraphs(&["A \"a\", b. Gone. C."]).unwrap(), ["A \"a\", b. C."]);
        assert!(cutting.row(b"1,x", of).is_err());
    }

    #[test]
    fn tags_stay_and_entities_go_with_their_words() {
        let text = "<p>One &amp; <b>two.</b> Own.</p>\n<p>Last.</p>";
        let mended = mend(text).unwrap();
        let mut article = Article::new("a", mended.text.as_str());
        article.mending = Some(mended.places.into());
        let span = |goes: &str| {
            let start = article.text.find(goes).unwrap() as u32;
            ByteSpan { start, end: start + goes.len() as u32 }
        };
        let spans = [span("One & two. "), span("Last.")];
        let left = Cutting { article: &article, spans: &spans }.value(text).unwrap();
        assert_eq!(left, "<p><b></b>Own.</p>\n<p></p>");
    }
}
