//! Two articles: why they are or are not together, and what they share.

use newsfold::compare::{self as side_by_side, Look};
use newsfold::config::PipelineConfig;
use newsfold::explain as why;
use newsfold::observer::Observer;
use newsfold::pipeline::in_pool;
use newsfold::statistics::{Statistics, Wanted};
use newsfold::text::tell_languages;
use newsfold::{Corpus, DocId, Result};
use pyo3::prelude::*;
use serde::Serialize;

use crate::data::Data;
use crate::run::{configuration, settings_of};

/// How wide an answer in words is.
const COLUMNS: usize = 100;

/// An answer in three forms.
#[derive(Default)]
struct Told {
    json: String,
    text: String,
    page: Vec<u8>,
}

/// An answer about two articles: JSON, text and page.
type Answer = (String, String, String);

impl From<Told> for Answer {
    fn from(told: Told) -> Self {
        (told.json, told.text, String::from_utf8_lossy(&told.page).into_owned())
    }
}

/// The JSON of an answer, which is made of structs and lists only.
fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}

/// Reads what is given, finds the two articles in it, and asks about them; `function` is what was called.
fn about_two(
    py: Python<'_>,
    function: &str,
    data: Data<'_>,
    [a, b]: [&str; 2],
    settings: &str,
    ask: impl Fn(&mut Corpus, &PipelineConfig, [DocId; 2], &dyn Observer) -> Result<Told> + Sync + Send,
) -> PyResult<Answer> {
    let config = configuration(py, settings_of(py, function, settings)?, &data)?;
    let told = data.read(py, None, |watch, reader| {
        in_pool(config.threads, || {
            let mut corpus = reader.articles(&config, watch)?.corpus;
            let two = [why::find(&corpus, a)?, why::find(&corpus, b)?];
            ask(&mut corpus, &config, two, watch)
        })
    })?;
    Ok(told.into())
}

/// Why the articles `a` and `b` are, or are not, together.
#[pyfunction]
pub(crate) fn explain(
    py: Python<'_>,
    kind: &str,
    given: &Bound<'_, PyAny>,
    index: Option<&Bound<'_, PyAny>>,
    a: &str,
    b: &str,
    settings: &str,
) -> PyResult<Answer> {
    let data = Data::of(kind, given, index)?;
    about_two(py, "explain", data, [a, b], settings, |corpus, config, [a, b], watch| {
        config.story.corrections.check(corpus)?;
        tell_languages(corpus);
        let statistics = Statistics::of(corpus, &config.statistics, Wanted::ALL, watch)?;
        let answer = why::explain(corpus, &statistics, config, a, b, watch)?;
        let mut told = Told { json: json(&answer), text: answer.to_string(), ..Told::default() };
        // A vector takes all that is written.
        let _ = why::page(&answer, &mut told.page);
        Ok(told)
    })
}

/// What the articles `a` and `b` share, side by side.
#[pyfunction]
pub(crate) fn compare(
    py: Python<'_>,
    kind: &str,
    given: &Bound<'_, PyAny>,
    index: Option<&Bound<'_, PyAny>>,
    a: &str,
    b: &str,
    settings: &str,
) -> PyResult<Answer> {
    let data = Data::of(kind, given, index)?;
    about_two(py, "compare", data, [a, b], settings, |corpus, config, [a, b], watch| {
        let wanted = Wanted { frequencies: false, surprisal: true };
        let statistics = Statistics::of(corpus, &config.statistics, wanted, watch)?;
        let answer = side_by_side::compare(corpus, &statistics, &config.passage, a, b, watch)?;
        let look = Look { columns: COLUMNS, colour: false };
        let text = side_by_side::in_words(&answer, look);
        let mut told = Told { json: json(&answer), text, ..Told::default() };
        let _ = side_by_side::page(&answer, &mut told.page);
        Ok(told)
    })
}
