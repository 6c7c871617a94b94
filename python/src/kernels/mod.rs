//! The engine's row kernels on Arrow batches: for engines that bring rows to where there is a core, as Spark does.
//!
//! Each takes batches by the Arrow C interface and gives batches. What has to see rows in an order says so, and
//! keeps what it needs from one batch to the next. No formula stands here: a kernel reads columns, calls the
//! engine, and writes columns. Python's lock is not held meanwhile.

mod articles;
mod candidates;
mod columns;
mod copies;
mod groups;
mod read;
mod reuse;
mod seeds;
mod stories;
mod storylines;
mod tables;
mod ties;
mod verify;

use newsfold::Error;
use newsfold::config::PipelineConfig;
use newsfold::statistics::{Statistics, Wanted};
use newsfold::text::tell_languages;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::exception;

/// What messages call statistics that came as bytes.
const STATISTICS: &str = "statistics";

/// Adds the kernels to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(statistics, module)?)?;
    module.add_function(wrap_pyfunction!(check, module)?)?;
    module.add_function(wrap_pyfunction!(candidates::band_rows, module)?)?;
    module.add_function(wrap_pyfunction!(candidates::sample_rows, module)?)?;
    module.add_function(wrap_pyfunction!(candidates::short_of_lists, module)?)?;
    module.add_function(wrap_pyfunction!(tables::table_columns, module)?)?;
    module.add_class::<columns::Rows>()?;
    module.add_class::<read::ArticleReader>()?;
    module.add_class::<candidates::BandBuckets>()?;
    module.add_class::<candidates::SampleLists>()?;
    module.add_class::<candidates::LikelyParts>()?;
    module.add_class::<verify::PairVerifier>()?;
    module.add_function(wrap_pyfunction!(stories::reach_back, module)?)?;
    module.add_class::<groups::Grouper>()?;
    module.add_class::<stories::StoryTerms>()?;
    module.add_class::<stories::SharedTerms>()?;
    module.add_class::<stories::StoredTerms>()?;
    module.add_class::<stories::Neighbours>()?;
    module.add_class::<stories::StoryTeller>()?;
    module.add_function(wrap_pyfunction!(ties::learnt_agencies, module)?)?;
    module.add_class::<seeds::PassageSeeds>()?;
    module.add_class::<seeds::SeedLinks>()?;
    module.add_class::<seeds::PairLinks>()?;
    module.add_class::<copies::PairCopies>()?;
    module.add_class::<ties::Datelines>()?;
    module.add_class::<ties::PassageTies>()?;
    module.add_class::<ties::TiedArticles>()?;
    module.add_class::<reuse::PassageTeller>()?;
    module.add_class::<storylines::Storylines>()?;
    module.add_class::<storylines::StorylineTables>()?;
    module.add_class::<groups::Singles>()
}

/// The configuration of a JSON object of keywords.
fn configuration(py: Python<'_>, settings: &str) -> PyResult<PipelineConfig> {
    let settings = crate::run::settings(py, settings)?;
    settings.resolve(Vec::new()).map_err(|error| exception(py, &error))
}

/// The statistics in these bytes.
fn statistics_of(py: Python<'_>, bytes: &[u8]) -> PyResult<Statistics> {
    Statistics::from_bytes(bytes, STATISTICS).map_err(|error| exception(py, &error))
}

/// What a reader of rows must know beforehand, as bytes: the statistics that the settings name, else those of
/// the data. Of these the furniture, with the templates that the settings name; for stories how common terms
/// are, and for passages how much words tell.
#[pyfunction]
fn statistics<'py>(
    py: Python<'py>,
    kind: &str,
    given: &Bound<'py, PyAny>,
    settings: &str,
    stories: bool,
    passages: bool,
) -> PyResult<Bound<'py, PyBytes>> {
    let data = crate::data::Data::of(kind, given, None)?;
    let settings = crate::run::settings(py, settings)?;
    let config = crate::run::configuration(py, settings, &data)?;
    let known = match &config.statistics.fixed {
        Some(fixed) => {
            // What is shared cannot be taken apart, and is written down in the end anyway.
            let mut known = statistics_of(py, &fixed.to_bytes())?;
            known.furniture.join(&config.statistics.ignore);
            known
        }
        None => data.read(py, None, |watch, reader| {
            newsfold::pipeline::in_pool(config.threads, || {
                let mut corpus = reader.articles(&config, watch)?.corpus;
                if stories {
                    tell_languages(&mut corpus);
                }
                let wanted = Wanted { frequencies: stories, surprisal: passages };
                Statistics::count(&mut corpus, &config.statistics, wanted, watch)
            })
        })?,
    };
    let mut statistics = Statistics { furniture: known.furniture, ..Statistics::shipped() };
    if stories {
        statistics.frequencies = known.frequencies;
    }
    if passages {
        (statistics.articles, statistics.surprisal) = (known.articles, known.surprisal);
    }
    Ok(PyBytes::new(py, &statistics.to_bytes()))
}

/// Whether parts are looked for; an error where the settings ask for what rows cannot give.
#[pyfunction]
fn check(py: Python<'_>, settings: &str) -> PyResult<bool> {
    let near = configuration(py, settings)?.near_duplicates;
    if near.method != newsfold::candidates::Method::MinHash {
        let reason = format!("{} is not there on a cluster; minhash is", near.method);
        return Err(exception(py, &Error::config("method", reason)));
    }
    Ok(near.containment > 0.0)
}

/// An exception in these words.
fn fault(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}
