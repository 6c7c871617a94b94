//! Office files: the rows of a spreadsheet (XLSX), the words of a document (DOCX).
//!
//! Spreadsheets are left to their crate. A document is its paragraphs, a line each.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use calamine::{Data, Reader as _, Xlsx, XlsxError, open_workbook_from_rs};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Entry, captured};
use crate::ingest::detect::Format;
use crate::ingest::fields::FieldTable;
use crate::ingest::limits::Limits;

/// Where a document has its words.
const DOCX_WORDS: &str = "word/document.xml";
const ODF_WORDS: &str = "content.xml";
/// Where a spreadsheet has the list of its sheets.
const XLSX_SHEETS: &str = "xl/workbook.xml";
/// A header stands among so many first rows of a sheet.
const PREAMBLE_ROWS: usize = 20;
/// Tables of articles have no more columns; a sheet may have sixteen thousand.
const MOST_COLUMNS: usize = 1000;

/// What a ZIP archive with these members is, where it is no mere archive.
///
/// # Errors
/// In words, where it is something that is not read.
pub(in crate::ingest) fn of_archive(names: &[String]) -> Result<Option<Format>, String> {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let begins = |wanted: &str| names.iter().any(|name| name.starts_with(wanted));
    if has(XLSX_SHEETS) {
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
    if has("mimetype") && has(ODF_WORDS) || has("xl/workbook.bin") {
        return Err("an OpenDocument or XLSB file, which is not read: save it as XLSX, CSV or DOCX, as with \
                    `soffice --convert-to`"
            .into());
    }
    Ok(None)
}

/// The records of a spreadsheet: the rows behind the header of each sheet.
///
/// # Errors
/// In words, where it cannot be read, or no sheet has a column for a text.
pub(super) fn rows<R: Read + Seek>(file: R, table: &FieldTable) -> Result<Vec<Entry>, String> {
    let unreadable = |error: XlsxError| {
        format!("a spreadsheet that cannot be read ({error}): save it as XLSX or CSV")
    };
    let mut book: Xlsx<R> = open_workbook_from_rs(file).map_err(unreadable)?;
    let mut entries = Vec::new();
    let mut without = None;
    for name in book.sheet_names() {
        let rows = sheet(&mut book, &name).map_err(unreadable)?;
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
            let value = |column: usize| row.get(column).cloned().unwrap_or_default();
            let cells = columns.iter().map(|(column, _)| (&header[*column], value(*column)));
            entries.push(Ok(captured(table, cells)));
        }
    }
    match (entries.is_empty(), without) {
        (true, Some(reason)) => Err(reason),
        (true, None) => Err("a spreadsheet without a row".into()),
        _ => Ok(entries),
    }
}

/// The cells of a sheet by row, as far as they stand in it. A sheet is not laid out as a rectangle: two cells in
/// opposite corners would fill the memory.
fn sheet<R: Read + Seek>(book: &mut Xlsx<R>, name: &str) -> Result<Vec<Vec<String>>, XlsxError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Some(found) = cells.next_cell()? {
        let (row, column) = found.get_position();
        let column = column as usize;
        if column >= MOST_COLUMNS {
            continue;
        }
        let row = rows.entry(row).or_default();
        row.resize(row.len().max(column + 1), String::new());
        row[column] = cell(&Data::from(found.get_value().clone()));
    }
    Ok(rows.into_values().collect())
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
pub(super) fn words<R: Read + Seek>(file: R, limits: Limits) -> Result<String, String> {
    let unreadable = |reason: String| format!("a Word document that cannot be read: {reason}");
    let mut archive = zip::ZipArchive::new(file).map_err(|error| unreadable(error.to_string()))?;
    let member = archive.by_name(DOCX_WORDS).map_err(|error| unreadable(error.to_string()))?;
    let mut xml = String::new();
    member
        .take(limits.record_bytes as u64 + 1)
        .read_to_string(&mut xml)
        .map_err(|error| unreadable(error.to_string()))?;
    if xml.len() > limits.record_bytes {
        return Err(limits.too_long());
    }
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
        let text = words(archive.finish().unwrap(), Limits::default()).unwrap();
        assert_eq!(text, "Ferry & harbour\n\nIt ran\n aground.\n");
        assert!(words(Cursor::new(b"PK\x03\x04 no".to_vec()), Limits::default()).is_err());
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
