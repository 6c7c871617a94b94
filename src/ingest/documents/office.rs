//! Office files: the rows of a spreadsheet (XLSX, XLS, ODS), the words of a document (DOCX, ODT).
//!
//! Spreadsheets are left to their crate. A document is its paragraphs, a line each.

use std::io::{Read, Seek};

use calamine::{Data, Reader as _, open_workbook_auto_from_rs};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Entry, captured};
use crate::ingest::blocks::MAX_RECORD_BYTES;
use crate::ingest::detect::Format;
use crate::ingest::fields::FieldTable;

/// How files of Office before 2007 begin.
pub(in crate::ingest) const OLD_OFFICE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Where a document has its words.
const DOCX_WORDS: &str = "word/document.xml";
const ODF_WORDS: &str = "content.xml";
/// A header stands among so many first rows of a sheet.
const PREAMBLE_ROWS: usize = 20;

/// What a ZIP archive with these members is, where it is no mere archive.
///
/// # Errors
/// In words, where it is something that is not read.
pub(in crate::ingest) fn of_archive(names: &[String]) -> Result<Option<Format>, String> {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let begins = |wanted: &str| names.iter().any(|name| name.starts_with(wanted));
    if has("xl/workbook.xml") || has("xl/workbook.bin") {
        return Ok(Some(Format::Spreadsheet));
    }
    if has(DOCX_WORDS) {
        return Ok(Some(Format::Word));
    }
    if has("[Content_Types].xml") && begins("ppt/") {
        return Err("a presentation (PPTX), which is not read: save its text as plain text".into());
    }
    if has("mimetype") && has("META-INF/container.xml") {
        return Err(
            "an e-book (EPUB), which is not read: convert it with `pandoc -t plain` or Calibre"
                .into(),
        );
    }
    if has("mimetype") && has(ODF_WORDS) {
        // Its mimetype says which, but the first member need not be read for it: sheets have no paragraphs
        // outside of tables, and the reader of spreadsheets says where it is none.
        return Ok(Some(Format::Spreadsheet));
    }
    Ok(None)
}

/// The records of a spreadsheet: the rows behind the header of each sheet.
///
/// # Errors
/// In words, where it cannot be read, or no sheet has a column for a text.
pub(super) fn rows<R: Read + Seek + Clone>(
    file: R,
    table: &FieldTable,
) -> Result<Vec<Entry>, String> {
    let mut book = open_workbook_auto_from_rs(file)
        .map_err(|error| format!("a spreadsheet that cannot be read: {error}"))?;
    let mut entries = Vec::new();
    let mut without = None;
    for (name, sheet) in book.worksheets() {
        let rows: Vec<Vec<String>> =
            sheet.rows().map(|row| row.iter().map(cell).collect()).collect();
        let known =
            |row: &Vec<String>| row.iter().filter(|cell| table.column(cell).is_some()).count();
        let some = &rows[..rows.len().min(PREAMBLE_ROWS)];
        // Of rows with as many known names the first: `max_by_key` takes the last.
        let header = some.iter().enumerate().rev().max_by_key(|(_, row)| known(row));
        let Some((place, header)) = header else { continue };
        let columns = match table.columns(header) {
            Ok(columns) => columns,
            Err(reason) => {
                without.get_or_insert(format!("sheet {name:?}: {reason}"));
                continue;
            }
        };
        for row in rows[place + 1..].iter().filter(|row| row.iter().any(|cell| !cell.is_empty())) {
            let cells = columns.iter().map(|(column, _)| (&header[*column], row[*column].clone()));
            entries.push(Ok(captured(table, cells)));
        }
    }
    match (entries.is_empty(), without) {
        (true, Some(reason)) => Err(reason),
        (true, None) => Err("a spreadsheet without a row".into()),
        _ => Ok(entries),
    }
}

fn cell(cell: &Data) -> String {
    match cell {
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
            }
        }
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

/// The words of a DOCX document, a line for each paragraph.
///
/// # Errors
/// In words, where it cannot be read.
pub(super) fn words<R: Read + Seek>(file: R) -> Result<String, String> {
    let unreadable = |reason: String| format!("a Word document that cannot be read: {reason}");
    let mut archive = zip::ZipArchive::new(file).map_err(|error| unreadable(error.to_string()))?;
    let member = archive.by_name(DOCX_WORDS).map_err(|error| unreadable(error.to_string()))?;
    let mut xml = String::new();
    member
        .take(MAX_RECORD_BYTES as u64)
        .read_to_string(&mut xml)
        .map_err(|error| unreadable(error.to_string()))?;
    let mut reader = Reader::from_str(&xml);
    let (mut text, mut in_words) = (String::new(), false);
    loop {
        match reader.read_event().map_err(|error| unreadable(error.to_string()))? {
            Event::Start(start) => in_words = start.local_name().as_ref() == "t",
            Event::Empty(empty) => match empty.local_name().as_ref() {
                "br" | "cr" => text.push('\n'),
                "tab" => text.push('\t'),
                "p" => text.push('\n'),
                _ => {}
            },
            Event::End(end) => {
                in_words = false;
                if end.local_name().as_ref() == "p" {
                    text.push('\n');
                }
            }
            Event::Text(words) if in_words => text.push_str(&words.xml10_content()),
            Event::GeneralRef(reference) if in_words => {
                let written = format!("&{};", reference.xml10_content());
                text.push_str(&html_escape::decode_html_entities(&written));
            }
            Event::Eof => return Ok(text),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    #[test]
    fn a_document_is_its_paragraphs() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(DOCX_WORDS, zip::write::SimpleFileOptions::default()).unwrap();
        archive
            .write_all(
                b"<w:document><w:body><w:p><w:r><w:t>Ferry &amp; harbour</w:t></w:r></w:p><w:p/>\
                <w:p><w:r><w:t>It ran</w:t><w:br/><w:t xml:space='preserve'> aground.</w:t></w:r></w:p>\
                </w:body></w:document>",
            )
            .unwrap();
        let text = words(archive.finish().unwrap()).unwrap();
        assert_eq!(text, "Ferry & harbour\n\nIt ran\n aground.\n");
        assert!(words(Cursor::new(b"PK\x03\x04 no".to_vec())).is_err());
        assert!(rows(Cursor::new(b"PK\x03\x04 no".to_vec()), &FieldTable::new(&[])).is_err());
    }

    #[test]
    fn an_archive_is_told_by_its_members() {
        let told = |names: &[&str]| {
            of_archive(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            told(&["[Content_Types].xml", "xl/workbook.xml"]),
            Ok(Some(Format::Spreadsheet))
        );
        assert_eq!(told(&["[Content_Types].xml", "word/document.xml"]), Ok(Some(Format::Word)));
        assert_eq!(told(&["a.jsonl"]), Ok(None));
        assert!(told(&["mimetype", "META-INF/container.xml"]).is_err());
    }
}
