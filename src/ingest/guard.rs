//! What is told and not read: formats known by their first bytes, by their name or by the look of their
//! lines, each with the program that converts it.
//!
//! A file becomes one article of plain text only where nothing says that it is something else. What is
//! refused here cost nobody an article; one article made of a whole table would go unseen.

use std::path::Path;

use super::fields::FieldTable;
use super::source::is_compression_suffix;
use crate::error::Cause;

/// What can be given instead of what cannot be read.
pub(super) const FORMATS: &str =
    "give JSON Lines, JSON, CSV, Parquet, a feed, HTML, WARC or plain text";

/// Formats by their first bytes: what it is called, and what to do.
const MAGIC: [(&[u8], &str, &str); 28] = [
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "a file of Office before 2007 (DOC, XLS, MSG)",
        "convert it with `soffice --convert-to docx`, or to xlsx",
    ),
    (b"%PDF-", "a PDF document", "convert it with `pdftotext -layout`"),
    (b"%!PS", "a PostScript document", "convert it with `ps2ascii`"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive", "unpack it with `7z x`"),
    (b"Rar!", "a RAR archive", "unpack it with `unrar x`"),
    (b"\x04\x22\x4D\x18", "LZ4 data", "decompress it with `lz4 -d`"),
    (b"\xFF\x06\x00\x00sNaPpY", "Snappy data", "decompress it with `snzip -d`"),
    (b"LZIP", "lzip data", "decompress it with `lzip -d`"),
    (b"\x1F\x9D", "data of compress", "decompress it with `uncompress`"),
    (b"MSCF", "a cabinet archive", "unpack it with `cabextract`"),
    (b"Obj\x01", "an Avro file", "convert it with `avro-tools tojson`"),
    (b"ORC", "an ORC file", "convert it with `orc-contents`, or with DuckDB or pandas to Parquet"),
    (b"\x89HDF\r\n", "an HDF5 file", "write it from pandas with `to_parquet`"),
    (b"\x93NUMPY", "a NumPy array", "write it from pandas with `to_parquet`"),
    (b"RDX", "data of R", "write it from R with `arrow::write_parquet`"),
    (b"RDA", "data of R", "write it from R with `arrow::write_parquet`"),
    (b"X\n\x00\x00", "data of R", "write it from R with `arrow::write_parquet`"),
    (b"$FL2", "a file of SPSS", "write it from R or pandas to Parquet or CSV"),
    (b"<stata_dta>", "a file of Stata", "write it from Stata with `export delimited`"),
    (b"\x80\x02", "a pickle of Python", "write it from pandas with `to_parquet`"),
    (b"\x80\x03", "a pickle of Python", "write it from pandas with `to_parquet`"),
    (b"\x80\x04", "a pickle of Python", "write it from pandas with `to_parquet`"),
    (b"\x80\x05", "a pickle of Python", "write it from pandas with `to_parquet`"),
    (b"\x89PNG", "an image", "read its text with `tesseract`"),
    (b"\xFF\xD8\xFF", "an image", "read its text with `tesseract`"),
    (b"GIF8", "an image", "read its text with `tesseract`"),
    (b"ID3", "a sound", "transcribe it first"),
    (b"\x7FELF", "a program", "it holds no articles"),
];
/// Where DuckDB has its mark.
const DUCKDB: (usize, &[u8]) = (8, b"DUCK");

/// What a stream that begins so is, and what to do, where that is known and not read.
pub(super) fn magic(head: &[u8]) -> Option<String> {
    let said = |name: &str, advice: &str| format!("{name}, which is not read: {advice}");
    if head.get(DUCKDB.0..).is_some_and(|rest| rest.starts_with(DUCKDB.1)) {
        let advice = "export it with `duckdb FILE \"copy TABLE to 'articles.parquet'\"`";
        return Some(said("a DuckDB database", advice));
    }
    MAGIC
        .iter()
        .find(|(magic, ..)| head.starts_with(magic))
        .map(|(_, name, advice)| said(name, advice))
}

/// Endings of names that say that a file is no plain text, and what they say it is.
const ENDINGS: [(&[&str], &str); 14] = [
    (
        &["csv", "tsv", "tab", "psv"],
        "a table, but no header with known names or no delimiter is found",
    ),
    (&["json", "jsonl", "ndjson", "geojson"], "JSON, but does not begin as JSON does"),
    (
        &["parquet", "feather", "arrow", "ipc", "avro", "orc"],
        "a columnar file, but does not begin as one",
    ),
    (&["xlsx", "xls", "xlsm", "ods"], "a spreadsheet, but does not begin as one"),
    (&["docx", "doc", "odt", "rtf", "pdf"], "a document, but does not begin as one"),
    (&["html", "htm", "xhtml", "mhtml", "mht"], "a web page, but does not begin as one"),
    (&["xml", "rss", "atom", "nitf", "newsml"], "XML, but does not begin as XML does"),
    (&["warc", "wacz", "arc"], "a web archive, but does not begin as one"),
    (
        &["zip", "tar", "gz", "bz2", "xz", "zst", "7z", "rar", "lz4"],
        "an archive, but does not begin as one",
    ),
    (&["eml", "mbox", "msg"], "mail, but does not begin as mail does"),
    (&["yaml", "yml", "toml", "ini"], "YAML or settings"),
    (&["ris", "bib", "enw", "nbib"], "references"),
    (&["sql", "db", "sqlite", "duckdb", "dump"], "a database or its dump"),
    (&["pkl", "pickle", "rds", "rdata", "npy", "sav", "dta", "h5"], "data of a program"),
];

/// Lets a text pass that nothing says to be something else.
///
/// # Errors
/// In words, what it seems to be, and what to do.
pub(super) fn refuse(name: &str, text: &str) -> Result<(), Cause> {
    if let Some(kind) = by_name(name) {
        return Err(format!(
            "by its name it is {kind}: rename it to .txt if it is one plain text, or {FORMATS}"
        )
        .into());
    }
    match by_lines(text) {
        Some(kind) => {
            Err(format!("it looks like {kind}, and not like one plain text: {FORMATS}").into())
        }
        None => Ok(()),
    }
}

/// Lets a text pass whose first line is no header of a table.
///
/// # Errors
/// In words, where it names columns, whatever stands between them.
pub(super) fn refuse_header(text: &str, table: &FieldTable) -> Result<(), Cause> {
    /// So many known names, and as many as others, are in no headline.
    const LEAST_NAMES: usize = 3;
    let Some((first, _)) = text.trim_start().split_once(['\n', '\r']) else { return Ok(()) };
    let apart = |c: char| !c.is_alphanumeric() && c != '_';
    let names: Vec<&str> = first.split(apart).filter(|name| !name.is_empty()).collect();
    let known = names.iter().filter(|name| table.column(name).is_some()).count();
    if known < LEAST_NAMES || 2 * known < names.len() {
        return Ok(());
    }
    Err(format!(
        "its first line names the columns of a table, but which character parts them is not told: \
         write it with commas or tabs between, or {FORMATS}"
    )
    .into())
}

/// What the ending of a name says.
fn by_name(name: &str) -> Option<&'static str> {
    let mut path = Path::new(name);
    let ending = |path: &Path| Some(path.extension()?.to_str()?.to_ascii_lowercase());
    // A file that was decompressed on the way still has the name of its compressed form.
    if ending(path).is_some_and(|ending| is_compression_suffix(&ending)) {
        path = Path::new(path.file_stem()?);
    }
    let ending = ending(path)?;
    let (_, kind) = ENDINGS.iter().find(|(endings, _)| endings.contains(&ending.as_str()))?;
    Some(kind)
}

/// How many lines are looked at.
const LINES: usize = 200;
/// Lines that begin one kind of file each.
const BEGINNINGS: [(&str, &str); 14] = [
    ("<!", "a page or XML, but the first element is not found"),
    ("[{'", "a list of Python: write it with json.dump"),
    ("{'", "a dictionary of Python: write it with json.dump"),
    ("%YAML", "YAML"),
    ("---\n", "YAML"),
    ("@article{", "BibTeX"),
    ("@misc{", "BibTeX"),
    ("\\documentclass", "LaTeX"),
    ("-- MySQL dump", "a dump of MySQL"),
    ("--\n-- PostgreSQL", "a dump of PostgreSQL"),
    ("CREATE TABLE", "a dump of a database"),
    ("INSERT INTO", "a dump of a database"),
    ("PMID- ", "references of MEDLINE"),
    ("%0 ", "references of EndNote"),
];
/// Delimiters that no prose has so often.
const DELIMITERS: [char; 8] = ['\t', '|', ';', '^', '~', '\u{1}', '\u{1f}', '¦'];

/// What the lines of a text look like, where that is not prose.
fn by_lines(text: &str) -> Option<&'static str> {
    let start = text.trim_start();
    if is_broken_json(start) {
        return Some("JSON with what JSON does not allow, as other line ends");
    }
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Some(kind);
    }
    let lines: Vec<&str> = text
        .split(['\n', '\r'])
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .take(LINES)
        .collect();
    if is_yaml(&lines) {
        return Some("YAML");
    }
    // Two delimiters or more in every line, and as many in each but a few.
    let is_table = |delimiter: &char| {
        let mut counts: Vec<usize> =
            lines.iter().map(|line| line.matches(*delimiter).count()).collect();
        counts.sort_unstable();
        let middle = counts.get(counts.len() / 2).copied().unwrap_or(0);
        let alike = counts.iter().filter(|count| **count == middle).count();
        lines.len() >= 2 && middle >= 2 && 10 * alike >= 8 * lines.len()
    };
    let is_table =
        DELIMITERS.iter().any(is_table) || has_quoted_cells(&lines) || is_stamped(&lines);
    is_table.then_some("a table whose header or delimiter is not known")
}

/// Whether a text begins as JSON does but for what stands between its signs.
fn is_broken_json(text: &str) -> bool {
    let opens = |text: &str| text.starts_with(['[', '{']);
    let mut inner = text;
    while opens(inner) {
        inner = inner[1..].trim_start();
    }
    opens(text)
        && inner.starts_with('"')
        && inner[1..]
            .split_once('"')
            .is_some_and(|(_, behind)| behind.trim_start().starts_with(':'))
}

/// Whether most lines are cells in quotation marks with one character between two of them, as `"a":"b":"c"` or
/// `'a','b','c'`.
fn has_quoted_cells(lines: &[&str]) -> bool {
    let between = |line: &&str| {
        let characters: Vec<char> = line.chars().collect();
        let is_mark = |c: char| matches!(c, '"' | '\'');
        let cells = characters.windows(3).filter(|three| {
            is_mark(three[0])
                && three[2] == three[0]
                && !three[1].is_alphanumeric()
                && !is_mark(three[1])
                && three[1] != ' '
        });
        cells.count() >= 2
    };
    let tables = lines.iter().filter(|line| between(line)).count();
    lines.len() >= 2 && 10 * tables >= 6 * lines.len()
}

/// Whether half of the lines hold a web address and a day in digits, as records do and sentences do not.
fn is_stamped(lines: &[&str]) -> bool {
    let is_day = |ten: &[u8]| {
        ten.iter().enumerate().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    };
    let is_record = |line: &&&str| line.contains("://") && line.as_bytes().windows(10).any(is_day);
    let records = lines.iter().filter(is_record).count();
    records >= 2 && 2 * records >= lines.len()
}

/// Whether lines are keys and values, the same keys again and again.
fn is_yaml(lines: &[&str]) -> bool {
    const LEAST_KEYS: usize = 6;
    let key = |line: &&str| {
        let line = line.trim_start().trim_start_matches("- ");
        let (key, value) = line.split_once(':')?;
        // Who speaks in an interview begins with a capital.
        let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_key && (value.is_empty() || value.starts_with(' '))).then(|| key.to_owned())
    };
    let mut keys: Vec<String> = lines.iter().filter_map(key).collect();
    let is_listed = lines.first().is_some_and(|line| line.starts_with("- ") && key(line).is_some());
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    count >= LEAST_KEYS && (is_listed || 2 * keys.len() <= count) && 2 * count >= lines.len()
        || is_listed && count >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_and_not_read_is_told_with_what_to_do() {
        for (head, said) in [
            (&b"%PDF-1.7"[..], "pdftotext"),
            (b"\0\0\0\0\0\0\0\0DUCK", "duckdb"),
            (b"\x80\x04\x95", "to_parquet"),
        ] {
            assert!(magic(head).is_some_and(|reason| reason.contains(said)), "{said}");
        }
        assert_eq!(magic(b"The ferry"), None);
    }

    #[test]
    fn a_name_or_lines_of_another_kind_are_no_plain_text() {
        let prose = "The ferry ran aground.\n\nNobody was hurt; it was calm.\n";
        for name in ["a.csv", "a.JSON", "b/a.xlsx.gz", "a.yaml", "a.mhtml"] {
            assert!(refuse(name, prose).is_err(), "{name}");
        }
        for name in ["a.txt", "a", "a.txt.gz", "story.2024", "-", "a.md"] {
            assert_eq!(refuse(name, prose), Ok(()), "{name}");
        }
        for text in [
            "[{'id': 'a'}]",
            "- title: Ferry\n  text: It ran.\n- title: Other\n  text: More.\n",
            "a|b|c\nd|e|f\ng|h|i\n",
            "x\ty\tz\n1\t2\t3\n",
            "INSERT INTO a VALUES (1);",
            "\"a\":\"b\":\"c\"\n\"d\":\"e, f\":\"g\"\n",
            "'a','b','c'\n'd','e, f','g'\n",
            "a https://a.example/1 2024-05-01 \"It ran.\"\nb https://a.example/2 2024-05-02 Calm\n",
        ] {
            assert!(refuse("a.txt", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_of_known_names_is_a_header_whatever_parts_them() {
        let table = FieldTable::new(&[]);
        let refused = |line: &str| refuse_header(&format!("{line}\nThe ferry sank.\n"), &table);
        for header in [
            "id outlet url title text",
            "\"id\" \"title\" \"text\"",
            "id:title:text:lang",
            "id¦title¦text",
            "'id','title','text','rank','place'",
        ] {
            assert!(refused(header).is_err(), "{header}");
        }
        for headline in [
            "The text of the date",
            "A title, a text and a date for the ferry",
            "Text",
            "",
            "# Id: title",
        ] {
            assert_eq!(refused(headline), Ok(()), "{headline}");
        }
    }

    #[test]
    fn prose_passes() {
        for text in [
            "Score: 3\nThe match: how it went\n\nIt was calm.\n",
            "Q: Who?\nA: She said so.\nQ: Why?\nA: To win.\nIt went on and on.\nAnd on.\nAnd more.\n",
            "One; two; three.\n\nA sentence without any.\n",
            "'One', 'two' and 'three'.\n'Four', she said, 'five'.\n",
            "It ran aground.\n\nIt was calm.\n\nRead on 2024-05-01 at https://a.example/1\n",
        ] {
            assert_eq!(refuse("a.txt", text), Ok(()), "{text}");
        }
    }
}
