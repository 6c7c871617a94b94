//! Documents: files that are read whole and hold one article or several.
//!
//! Each reader takes the bytes of a file and returns its articles' values in the order in which they
//! stand there, under the names that [`FieldTable`] knows. Cost: the file in memory, no more than
//! [`Limits`](super::Limits) allow, and what its format is made into.

mod europresse;
mod exports;
mod json_tree;
mod mail;
#[cfg(feature = "formats")]
mod messages;
mod office;
mod page_table;
mod ris;
mod rtf;
#[cfg(feature = "formats")]
mod spreadsheet;
mod xml;

use std::borrow::Cow;
use std::io::Cursor;

pub(super) use self::exports::{is_export, is_in_page};
pub(super) use self::json_tree::is_tree;
pub(super) use self::mail::{is_mail, is_mbox};
pub(super) use self::office::of_archive;
pub(super) use self::page_table::holds_table;
pub(super) use self::ris::is_ris;
pub(super) use self::rtf::RTF;
use super::detect::Format;
use super::encoding::utf8;
use super::fields::FieldTable;
use super::pages;
use super::record::{Captured, Value};
use crate::error::Cause;

/// A record of a document, or what makes it none.
pub(super) type Entry = Result<Captured<'static>, Cause>;

/// The records of a document.
///
/// # Errors
/// In words, where it holds none that can be found.
pub(super) fn read(kind: Format, bytes: Vec<u8>, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    match kind {
        Format::JsonTree => json_tree::read(&utf8(bytes)?, table),
        Format::Feed | Format::Xml => xml::read(&utf8(bytes)?, table),
        #[cfg(feature = "formats")]
        Format::Mail => messages::read(&bytes, table),
        #[cfg(feature = "formats")]
        Format::Mbox => messages::read_box(&bytes, table),
        #[cfg(feature = "formats")]
        Format::Spreadsheet => spreadsheet::rows(Cursor::new(bytes), table),
        #[cfg(not(feature = "formats"))]
        Format::Mail | Format::Mbox | Format::Spreadsheet => Err(absent(kind)),
        Format::Rtf => exports::read(&rtf::text(&bytes)?, table),
        Format::Ris => ris::read(&utf8(bytes)?, table),
        Format::Export if pages::is_page(bytes.trim_ascii_start()) => {
            exports::read_page(&bytes, table)
        }
        Format::Export => exports::read(&utf8(bytes)?, table),
        Format::Word => exports::read(&office::words(Cursor::new(bytes), table.limits())?, table),
        Format::HtmlTable => page_table::read(&pages::decoded(&bytes)?, table),
        other => Err(format!("{other} is not read as a document").into()),
    }
}

/// That a format is known, and that this build does not read it.
#[cfg(not(feature = "formats"))]
pub(super) fn absent(format: Format) -> Cause {
    format!("{format}, which this build does not read: build newsfold with the feature `formats`")
        .into()
}

/// Values under their names, as far as the table knows these. A name that comes twice has its first value.
fn captured<N: AsRef<str>>(
    table: &FieldTable,
    values: impl IntoIterator<Item = (N, String)>,
) -> Captured<'static> {
    let mut captured = Captured::default();
    for (name, value) in values {
        if let Some(name) = table.column(name.as_ref())
            && !value.trim().is_empty()
        {
            captured.push_first(name, Value::Text(Cow::Owned(value)));
        }
    }
    captured
}
