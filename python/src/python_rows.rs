//! Python's own values as records: dicts, tuples and plain texts.
//!
//! Cost: each value is copied once, a batch at a time.

use std::borrow::Cow;
use std::collections::HashMap;

use newsfold::ingest::{RowValue, Rows};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// A batch ends after so many records …
pub(crate) const BATCH_ROWS: usize = 1024;
/// … or so many bytes of text, whichever comes first: as in the engine's readers.
const BATCH_BYTES: usize = 4 << 20;
/// An object in an object, and so on: no tool nests deeper what it says of an article.
const DEEPEST: usize = 4;
/// What stands between the paragraphs of a text that comes as a list, as in the engine.
const BETWEEN_PARAGRAPHS: &str = "\n\n";
/// The names of a plain text and of a tuple.
const NAMES: [&str; 2] = ["id", "text"];

/// Some records.
#[derive(Default)]
pub(crate) struct PythonRows {
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// What the records hold, by name; shorter where the last ones have nothing under it.
    columns: Vec<Vec<RowValue<'static>>>,
    index: Vec<RowValue<'static>>,
    bytes: usize,
}

impl Rows for PythonRows {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn count(&self) -> usize {
        self.index.len()
    }

    fn value(&self, row: usize, name: usize) -> RowValue<'_> {
        self.columns[name].get(row).map_or(RowValue::Nothing, borrowed)
    }

    fn index(&self, row: usize) -> RowValue<'_> {
        borrowed(&self.index[row])
    }
}

/// The same value, borrowed.
pub(crate) fn borrowed<'v>(value: &'v RowValue<'static>) -> RowValue<'v> {
    match value {
        RowValue::Text(text) => RowValue::Text(Cow::Borrowed(text)),
        other => other.clone(),
    }
}

/// The same value, borrowed from nobody.
pub(crate) fn owned(value: RowValue<'_>) -> RowValue<'static> {
    match value {
        RowValue::Text(text) => RowValue::Text(Cow::Owned(text.into_owned())),
        RowValue::Integer(number) => RowValue::Integer(number),
        RowValue::Float(number) => RowValue::Float(number),
        RowValue::Other(kind) => RowValue::Other(kind),
        RowValue::Nothing => RowValue::Nothing,
    }
}

impl PythonRows {
    /// Whether a batch is full.
    pub(crate) fn is_full(&self) -> bool {
        self.index.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// Whether there is no record.
    pub(crate) fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Adds a record: a dict, a tuple of id and text, or a text.
    pub(crate) fn push(
        &mut self,
        record: &Bound<'_, PyAny>,
        index: RowValue<'static>,
    ) -> PyResult<()> {
        if let Ok(fields) = record.cast::<PyDict>() {
            self.object(fields, "", 0)?;
        } else if let Ok(pair) = record.cast::<PyTuple>() {
            let (id, text): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
                pair.extract().map_err(|_| wrong(record))?;
            self.put(NAMES[0], value(&id)?);
            self.put(NAMES[1], value(&text)?);
        } else if record.is_instance_of::<PyString>() || record.is_none() {
            self.put(NAMES[1], value(record)?);
        } else {
            // A row of pandas or Spark, a named tuple, a mapping of any other kind.
            let dict = record.py().get_type::<PyDict>();
            let fields = match record.hasattr("keys")? {
                true => dict.call1((record,))?,
                false => return Err(wrong(record)),
            };
            self.object(fields.cast::<PyDict>()?, "", 0)?;
        }
        self.index.push(index);
        Ok(())
    }

    fn object(&mut self, fields: &Bound<'_, PyDict>, before: &str, depth: usize) -> PyResult<()> {
        for (key, held) in fields.iter() {
            let key = key.str()?;
            let name = format!("{before}{}", key.to_cow()?);
            match held.cast::<PyDict>() {
                Ok(below) if depth < DEEPEST => {
                    self.object(below, &format!("{name}."), depth + 1)?;
                }
                _ => self.put(&name, value(&held)?),
            }
        }
        Ok(())
    }

    fn put(&mut self, name: &str, value: RowValue<'static>) {
        let place = match self.places.get(name) {
            Some(&place) => place,
            None => {
                let place = self.names.len();
                self.places.insert(name.to_owned(), place);
                self.names.push(name.to_owned());
                self.columns.push(Vec::new());
                place
            }
        };
        if let RowValue::Text(text) = &value {
            self.bytes += text.len();
        }
        let (row, column) = (self.index.len(), &mut self.columns[place]);
        column.resize(row, RowValue::Nothing);
        column.push(value);
    }
}

fn wrong(record: &Bound<'_, PyAny>) -> PyErr {
    let kind = record.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    pyo3::exceptions::PyTypeError::new_err(format!(
        "a record is a dict, a tuple (id, text) or a text, not {kind}"
    ))
}

/// A value as a field may take it.
pub(crate) fn value(held: &Bound<'_, PyAny>) -> PyResult<RowValue<'static>> {
    let text = |text: String| RowValue::Text(Cow::Owned(text));
    if let Ok(string) = held.cast::<PyString>() {
        // Half of a surrogate pair is no character; it becomes U+FFFD, as in a file.
        return Ok(text(string.to_string_lossy().into_owned()));
    }
    if held.is_none() {
        return Ok(RowValue::Nothing);
    }
    if held.is_instance_of::<PyBool>() {
        return Ok(RowValue::Other("true or false"));
    }
    if held.is_instance_of::<PyInt>() {
        return Ok(match held.extract::<i64>() {
            Ok(number) => RowValue::Integer(number),
            Err(_) => text(held.str()?.to_string_lossy().into_owned()),
        });
    }
    if let Ok(number) = held.cast::<PyFloat>() {
        let number: f64 = number.extract()?;
        return Ok(if number.is_nan() { RowValue::Nothing } else { RowValue::Float(number) });
    }
    if let Ok(bytes) = held.cast::<PyBytes>() {
        return Ok(match std::str::from_utf8(bytes.as_bytes()) {
            Ok(utf8) => text(utf8.to_owned()),
            Err(_) => RowValue::Other("bytes that are no UTF-8"),
        });
    }
    if held.is_instance_of::<PyList>() || held.is_instance_of::<PyTuple>() {
        return paragraphs(held);
    }
    if held.is_instance_of::<PyDict>() {
        return Ok(RowValue::Other("an object"));
    }
    // A date, a moment, and pandas' NaT, which says that it is nothing.
    if let Ok(moment) = held.call_method0("isoformat") {
        return Ok(text(moment.str()?.to_string_lossy().into_owned()));
    }
    // numpy's numbers.
    if let Ok(number) = held.extract::<i64>() {
        return Ok(RowValue::Integer(number));
    }
    Ok(text(held.str()?.to_string_lossy().into_owned()))
}

/// A list of texts as one.
fn paragraphs(list: &Bound<'_, PyAny>) -> PyResult<RowValue<'static>> {
    let mut joined: Option<String> = None;
    for item in list.try_iter()? {
        match value(&item?)? {
            RowValue::Text(text) => match &mut joined {
                None => joined = Some(text.into_owned()),
                Some(joined) => {
                    joined.push_str(BETWEEN_PARAGRAPHS);
                    joined.push_str(&text);
                }
            },
            RowValue::Nothing => {}
            _ => return Ok(RowValue::Other("a list")),
        }
    }
    Ok(joined.map_or(RowValue::Nothing, |text| RowValue::Text(Cow::Owned(text))))
}
