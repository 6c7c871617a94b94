//! Office files: which one a ZIP archive is, and the words of a document (DOCX), a line for each paragraph.

use std::io::{Read, Seek};

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::error::Cause;
use crate::ingest::detect::Format;
use crate::ingest::limits::Limits;

/// Where a document has its words.
const DOCX_WORDS: &str = "word/document.xml";
const ODF_WORDS: &str = "content.xml";
/// Where a spreadsheet has the list of its sheets.
const XLSX_SHEETS: &str = "xl/workbook.xml";

/// What a ZIP archive with these members is, where it is no mere archive.
///
/// # Errors
/// In words, where it is something that is not read.
pub(in crate::ingest) fn of_archive(names: &[String]) -> Result<Option<Format>, Cause> {
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

/// The words of a DOCX document, a line for each paragraph.
///
/// # Errors
/// In words, where it cannot be read.
pub(super) fn words<R: Read + Seek>(file: R, limits: Limits) -> Result<String, Cause> {
    let unreadable = |reason: Cause| {
        reason.with_words(|words| format!("a Word document that cannot be read: {words}"))
    };
    let mut archive = zip::ZipArchive::new(file).map_err(|error| unreadable(Cause::of(error)))?;
    let member = archive.by_name(DOCX_WORDS).map_err(|error| unreadable(Cause::of(error)))?;
    let mut xml = String::new();
    member
        .take(limits.record_bytes as u64 + 1)
        .read_to_string(&mut xml)
        .map_err(|error| unreadable(Cause::of(error)))?;
    if xml.len() > limits.record_bytes {
        return Err(limits.too_long());
    }
    let mut reader = Reader::from_str(&xml);
    let (mut text, mut in_words) = (String::new(), false);
    loop {
        match reader.read_event().map_err(|error| unreadable(Cause::of(error)))? {
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
