//! A page that is a table of articles, as pandas and databases write it: a row is a record.

use dom_query::Document;

use super::{Entry, captured};
use crate::error::Cause;
use crate::ingest::field::Field;
use crate::ingest::fields::FieldTable;

/// Whether a page holds a table whose first row has the names of an article's fields.
pub(in crate::ingest) fn holds_table(page: &str, table: &FieldTable) -> bool {
    // Names stand in the first row: what else a page holds is not parsed for it.
    let Some(start) = memchr::memmem::find(page.as_bytes(), b"<table") else { return false };
    let Some(end) = memchr::memmem::find(&page.as_bytes()[start..], b"</tr>") else { return false };
    let row = format!("{}</tr></table>", &page[start..start + end]);
    let document = Document::from(row.as_str());
    is_header(&cells(&document.select("tr").first()), table)
}

fn is_header(cells: &[String], table: &FieldTable) -> bool {
    let has = |field| cells.iter().any(|cell| table.may_hold(field, cell));
    has(Field::Text) && cells.iter().filter(|cell| table.column(cell).is_some()).count() >= 2
}

fn cells(row: &dom_query::Selection<'_>) -> Vec<String> {
    // pandas writes a line break as a backslash and an n.
    let text = |cell: dom_query::Selection<'_>| cell.text().trim().replace("\\n", "\n");
    row.select("th, td").iter().map(text).collect()
}

/// The rows of a page's tables that have names.
///
/// # Errors
/// In words, where there is none.
pub(super) fn read(page: &str, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let document = Document::from(page);
    let mut entries = Vec::new();
    for found in document.select("table").iter() {
        let rows = found.select("tr");
        let mut rows = rows.iter();
        let Some(header) = rows.next().map(|row| cells(&row)).filter(|row| is_header(row, table))
        else {
            continue;
        };
        table.sought().names(header.iter().cloned());
        for row in rows {
            let row = cells(&row);
            entries.push(match row.len() == header.len() {
                true => Ok(captured(table, header.iter().zip(row))),
                false => {
                    Err(format!("{} cells, in a table of {} columns", row.len(), header.len())
                        .into())
                }
            });
        }
    }
    if entries.is_empty() { Err("a table without a row".into()) } else { Ok(entries) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_record() {
        let page = "<html><body><table><thead><tr><th>id</th><th>title</th><th>text</th></tr></thead><tbody>\
            <tr><td>1</td><td>T</td><td>A &amp; b</td></tr><tr><td>2</td></tr></tbody></table></body></html>";
        let table = FieldTable::new(&[]);
        assert!(holds_table(page, &table));
        let read = read(page, &table).unwrap();
        assert!(format!("{:?}", read[0]).contains("A & b") && read[1].is_err());
        assert!(!holds_table("<table><tr><td>Menu</td></tr></table>", &table));
    }
}
