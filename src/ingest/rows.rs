//! Records that a caller has in memory, read as those of a file: by the same names, with the same
//! mending, and with a reject for each that is no article.
//!
//! Cost: as a file of them, without its bytes being cut and parsed. Memory: one batch beside the
//! articles; a value may be borrowed from what the caller holds.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::draft::Strings;
use super::field::Field;
use super::fields::NameId;
use super::file::{InputFile, RECORDS_A_TASK, Reader, Reading};
use super::record::{Captured, Maker, NoArticle, Value};
use super::records::{File, Parsed, Parsing};
use super::{IngestOptions, Ingested, articles};
use crate::article::Notes;
use crate::error::{Cause, Position, Reject, Result};
use crate::observer::Observer;

/// What a record in memory holds under a name.
#[derive(Clone, Debug, PartialEq)]
pub enum RowValue<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// What no field can take, in words: a list, an object, true or false.
    Other(&'static str),
    /// Nothing.
    Nothing,
}

/// Some records in memory, one after the other.
pub trait Rows: Send + Sync {
    /// The names of their values. A dot leads into what stands in an object.
    fn names(&self) -> &[String];
    /// How many records there are.
    fn count(&self) -> usize;
    /// What a record holds under the name at this place.
    fn value(&self, row: usize, name: usize) -> RowValue<'_>;
    /// What an article is called whose record gives it no id.
    fn index(&self, row: usize) -> RowValue<'_>;
}

/// Whether records are rows of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// They are: a field is taken from one column, as in a Parquet file.
    Table,
    /// Each has names of its own, as in JSON Lines.
    Records,
}

/// Reads the records that `next` gives until it has no more; `name` is what messages call their place.
///
/// # Errors
/// As [`ingest`](super::ingest()), and what `next` says.
pub fn ingest_rows(
    name: &str,
    shape: Shape,
    mut next: impl FnMut() -> Result<Option<Box<dyn Rows>>>,
    options: &IngestOptions,
    observer: &dyn Observer,
) -> Result<Ingested> {
    articles(options, None, None, observer, |reader, readings| {
        readings.add(rows(reader, &name.into(), shape, &mut next)?)?;
        readings.refuse_if(options.strict)
    })
}

fn rows(
    reader: Reader<'_>,
    name: &Arc<str>,
    shape: Shape,
    next: &mut dyn FnMut() -> Result<Option<Box<dyn Rows>>>,
) -> Result<Reading> {
    let file = File { name, notes: Notes::default(), partitions: Vec::new(), wanted: None };
    let mut reading = Reading::new(reader.spill);
    let mut maker = Maker::new(reader.table);
    let bytes = AtomicU64::new(0);
    let mut before = 0;
    let mut of_table: Option<Vec<(usize, NameId)>> = None;
    while let Some(batch) = next()? {
        reader.observer.check()?;
        let named = batch.names().iter().enumerate();
        let columns = match (shape, &of_table) {
            (Shape::Table, Some(columns)) => columns.clone(),
            (Shape::Table, None) => match reader.table.columns(batch.names()) {
                Ok(columns) => of_table.insert(columns).clone(),
                Err(reason) => {
                    let position = Position::whole(Arc::clone(name));
                    reading.rejects.push(Reject { position, reason });
                    break;
                }
            },
            (Shape::Records, _) => {
                reader.table.sought().names(batch.names().iter().cloned());
                let columns: Vec<(usize, NameId)> =
                    named.filter_map(|(at, name)| Some((at, reader.table.column(name)?))).collect();
                reader.table.sought().look(|name| columns.iter().any(|(_, its)| *its == name));
                columns
            }
        };
        let places: Vec<usize> = (0..batch.count()).collect();
        let parsed: Result<Vec<Parsed<'_>>> = places
            .par_chunks(RECORDS_A_TASK)
            .map_init(Strings::default, |strings, places| {
                let mut parsing = Parsing::new(reader.table, &file, places.len());
                for &row in places {
                    let number = before + row as u64 + 1;
                    let captured = capture(&*batch, row, &columns, reader, &bytes);
                    let why = |no: NoArticle<'_>| no.in_words(|| names_of(&*batch, row));
                    let position = Position::record(Arc::clone(name), number);
                    parsing.add(position, captured, strings, why);
                }
                parsing.finish(strings, reader.spill)
            })
            .collect();
        for parsed in parsed? {
            parsed.add_to(&mut reading, &mut maker)?;
        }
        before += batch.count() as u64;
        if reader.strict && !reading.rejects.is_empty() {
            break;
        }
    }
    maker.unreadable_dates -= reading.settle(maker.order());
    reading.files.push(InputFile {
        path: name.to_string(),
        bytes: bytes.into_inner(),
        records: before,
        accepted: reading.articles.len() as u64,
        unreadable_dates: maker.unreadable_dates,
        ids_may_be_numbers: maker.ids_of_text == 0,
        fields: reader.table.sources(&maker.tally),
        ..InputFile::default()
    });
    Ok(reading)
}

/// The values of a record that may matter, among them an id.
fn capture<'b>(
    batch: &'b dyn Rows,
    row: usize,
    columns: &[(usize, NameId)],
    reader: Reader<'_>,
    bytes: &AtomicU64,
) -> std::result::Result<Captured<'b>, Cause> {
    let mut captured = Captured::default();
    for &(column, name) in columns {
        let value = value(batch.value(row, column));
        if let Value::Text(text) = &value {
            let limits = reader.table.limits();
            if text.len() > limits.record_bytes {
                return Err(limits.too_long());
            }
            bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        }
        if value != Value::Nothing {
            captured.push(name, value);
        }
    }
    if captured.find(reader.table, Field::Id).is_none()
        && let Some(id) = reader.table.column(Field::Id.name())
    {
        captured.push(id, value(batch.index(row)));
    }
    Ok(captured)
}

pub(super) fn value(value: RowValue<'_>) -> Value<'_> {
    match value {
        RowValue::Text(text) => Value::Text(text),
        RowValue::Integer(number) => Value::Integer(number.into()),
        RowValue::Float(number) if number.is_nan() => Value::Nothing,
        RowValue::Float(number) => Value::Float(number),
        RowValue::Other(kind) => Value::Other(kind),
        RowValue::Nothing => Value::Nothing,
    }
}

/// The names under which a record holds something, for a message.
fn names_of(batch: &dyn Rows, row: usize) -> Vec<String> {
    let holds = |(place, _): &(usize, &String)| batch.value(row, *place) != RowValue::Nothing;
    batch.names().iter().enumerate().filter(holds).map(|(_, name)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::ingest::ingest_reader;
    use crate::observer::Silent;

    /// Rows of texts; an empty one is nothing.
    struct Texts(Vec<String>, Vec<Vec<&'static str>>);

    impl Rows for Texts {
        fn names(&self) -> &[String] {
            &self.0
        }

        fn count(&self) -> usize {
            self.1.len()
        }

        fn value(&self, row: usize, name: usize) -> RowValue<'_> {
            match self.1[row][name] {
                "" => RowValue::Nothing,
                text => RowValue::Text(text.into()),
            }
        }

        fn index(&self, row: usize) -> RowValue<'_> {
            RowValue::Integer(10 + row as i64)
        }
    }

    fn read(names: &[&str], rows: &[&[&'static str]], strict: bool) -> Result<Ingested> {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        let rows = rows.iter().map(|row| row.to_vec()).collect();
        let mut batch: Option<Box<dyn Rows>> = Some(Box::new(Texts(names, rows)));
        let options = IngestOptions { strict, ..IngestOptions::default() };
        ingest_rows("memory", Shape::Records, || Ok(batch.take()), &options, &Silent)
    }

    #[test]
    fn a_record_in_memory_is_read_as_one_of_a_file() {
        let row: &[&'static str] = &[
            "7",
            "Ferry &amp; tug",
            "<p>Aground &amp; afloat</p>",
            "01/02/2024",
            "None",
            "a.example",
        ];
        let names = ["id", "title", "maintext", "date_publish", "language", "thread.site_full"];
        let ours = read(&names, &[row], false).unwrap();
        let json = serde_json::json!({
            "id": row[0], "title": row[1], "maintext": row[2], "date_publish": row[3],
            "language": row[4], "thread": { "site_full": row[5] },
        });
        let line = format!("{json}\n");
        let theirs =
            ingest_reader("memory", line.as_bytes(), &IngestOptions::default(), &Silent).unwrap();
        let without_place = |read: &Ingested| {
            let article = read.corpus.articles()[0].clone();
            article.with_source(Position::whole("memory"))
        };
        assert_eq!(without_place(&ours), without_place(&theirs));
        assert_eq!(ours.files[0].fields, theirs.files[0].fields);
    }

    #[test]
    fn a_record_without_an_id_is_called_after_its_index() {
        let read = read(&["url", "text"], &[&["https://a.example/1", "a text"]], false).unwrap();
        assert_eq!(read.corpus.articles()[0].id, "10");
        assert!(read.files[0].ids_may_be_numbers);
    }

    #[test]
    fn a_record_without_a_text_is_a_reject_that_says_what_it_has() {
        let rows: [&[&'static str]; 2] = [&["a", "a text"], &["b", ""]];
        let lenient = read(&["id", "text"], &rows, false).unwrap();
        assert_eq!((lenient.corpus.len(), lenient.records), (1, 2));
        assert_eq!(lenient.rejects[0].position, Position::record("memory", 2));
        assert!(lenient.rejects[0].reason.contains("id"), "{}", lenient.rejects[0].reason);
        let strict = read(&["id", "text"], &rows, true).unwrap_err();
        assert!(
            matches!(strict, Error::Input(input) if input.position == Position::record("memory", 2))
        );
    }
}
