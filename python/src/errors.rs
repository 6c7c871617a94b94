//! The engine's errors as exceptions, which are declared in `newsfold/_errors.py`.

use newsfold::Error;
use newsfold::error::Place;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Where the exceptions are declared.
const MODULE: &str = "newsfold._errors";

/// The exception for an error.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let message = error.to_string();
    let facts = PyDict::new(py);
    let class = match error {
        Error::Interrupted => return PyKeyboardInterrupt::new_err(()),
        Error::Config(config) => {
            let reason = &config.reason;
            let setting = config.option.trim_start_matches('-').replace('-', "_");
            let told = format!("{setting}: {reason}");
            let setting = facts.set_item("setting", setting);
            return setting.map_or_else(|fault| fault, |()| of(py, "ConfigError", told, &facts));
        }
        Error::Input(_) | Error::Gold(_) | Error::Archive(_) => {
            let place = match error {
                Error::Input(input) => input.position.place,
                Error::Gold(gold) => gold.position.place,
                _ => Place::Whole,
            };
            let record = match place {
                Place::Whole => None,
                Place::Line(number) | Place::Record(number) => Some(number - 1),
            };
            if let Err(fault) = facts.set_item("record", record) {
                return fault;
            }
            "InputError"
        }
        Error::Output(_) => "OutputError",
        Error::UnknownArticle { .. } => "UnknownArticle",
        _ => "NewsfoldError",
    };
    of(py, class, message, &facts)
}

/// An exception of this class with this message, and with these attributes.
fn of(py: Python<'_>, class: &str, message: String, facts: &Bound<'_, PyDict>) -> PyErr {
    let made = || py.import(MODULE)?.getattr(class)?.call((message,), Some(facts));
    made().map_or_else(|fault| fault, PyErr::from_value)
}
