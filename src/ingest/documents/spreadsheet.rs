//! The rows of a spreadsheet (XLSX), which is left to its crate.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use calamine::{Data, Reader as _, Xlsx, XlsxError, open_workbook_from_rs};

use super::{Entry, captured};
use crate::error::Cause;
use crate::ingest::fields::FieldTable;

/// A header stands among so many first rows of a sheet.
const PREAMBLE_ROWS: usize = 20;
/// Tables of articles have no more columns; a sheet may have sixteen thousand.
const MOST_COLUMNS: usize = 1000;

/// The records of a spreadsheet: the rows behind the header of each sheet.
///
/// # Errors
/// In words, where it cannot be read, or no sheet has a column for a text.
pub(super) fn rows<R: Read + Seek>(file: R, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let unreadable = |error: XlsxError| {
        let words = format!("a spreadsheet that cannot be read ({error}): save it as XLSX or CSV");
        Cause::told(words, error)
    };
    let mut book: Xlsx<R> = open_workbook_from_rs(file).map_err(unreadable)?;
    let mut entries = Vec::new();
    let mut without: Option<String> = None;
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
        (true, Some(reason)) => Err(reason.into()),
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_is_no_spreadsheet_is_told_in_words() {
        let told = rows(Cursor::new(b"PK\x03\x04 no".to_vec()), &FieldTable::new(&[]));
        assert!(told.is_err_and(|reason| reason.contains("save it as XLSX or CSV")));
    }
}
