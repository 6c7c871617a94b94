//! A run over a caller's articles, and what it found.

use std::sync::LazyLock;

use newsfold::Error;
use newsfold::config::{OneOrMany, PipelineConfig, Settings};
use newsfold::pipeline::{self, Parts};
use newsfold::results::Counts;
use newsfold::tables::views;
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use serde_json::{Map, Value};

use crate::cli::command::command;
use crate::cli::of_use::{self, Idle, Way};
use crate::data::Data;
use crate::errors::exception;
use crate::table::Table;
use crate::work::{Watch, at_work};

/// The table of the articles, and its column that says which of them stay.
const ARTICLES: &str = "articles";
const KEPT: &str = "kept";

/// The names of all settings, as keywords: those of the engine's own type.
///
/// # Errors
/// Where that type is no object, which would be a defect.
pub(crate) fn setting_names() -> PyResult<Vec<String>> {
    match serde_json::to_value(Settings::default()) {
        Ok(Value::Object(settings)) => {
            Ok(settings.keys().map(|name| name.replace('-', "_")).collect())
        }
        _ => Err(PyRuntimeError::new_err("a defect of newsfold: settings are no object")),
    }
}

/// The program's command line, which knows what each of its commands has a use for.
static PROGRAM: LazyLock<clap::Command> = LazyLock::new(command);

/// The functions that take settings, and the commands of the program that they are.
const FUNCTIONS: [(&str, &str); 9] = [
    ("run", "run"),
    ("dedup", "dups"),
    ("stories", "stories"),
    ("passages", "passages"),
    ("explain", "explain"),
    ("compare", "compare"),
    ("Archive.init", "index init"),
    ("Archive.add", "index add"),
    ("Archive.query", "index query"),
];

/// The settings of a JSON object of keywords.
pub(crate) fn settings(py: Python<'_>, keywords: &str) -> PyResult<Settings> {
    of_json(py, keywords).map(|(settings, _)| settings)
}

/// The settings of a JSON object of keywords that this function of Python was called with.
///
/// # Errors
/// Where one of them would do nothing there: with the functions, or the method, that have a use for it.
pub(crate) fn settings_of(py: Python<'_>, function: &str, keywords: &str) -> PyResult<Settings> {
    let (settings, names) = of_json(py, keywords)?;
    let Some((_, command)) = FUNCTIONS.iter().find(|(name, _)| *name == function) else {
        return Err(PyRuntimeError::new_err(format!(
            "a defect of newsfold: {function} is no command"
        )));
    };
    let way = Way::of(&settings);
    for name in names {
        let reason = match of_use::idle(&PROGRAM, command, &name, Some(way)) {
            None => continue,
            Some(Idle::Commands(commands)) => {
                let is_one = |command: &str| commands.iter().any(|other| other == command);
                let functions = FUNCTIONS.iter().filter(|(_, command)| is_one(command));
                let functions: Vec<&str> = functions.map(|(function, _)| *function).collect();
                format!("{function} has no use for it; it is for {}", functions.join(", "))
            }
            Some(Idle::Method { asked, needed }) => format!(
                "{function} has no use for it with method {asked}; it is for method {needed}"
            ),
        };
        return Err(exception(py, &Error::config(name, reason)));
    }
    Ok(settings)
}

/// The settings of a JSON object of keywords, and their names.
fn of_json(py: Python<'_>, keywords: &str) -> PyResult<(Settings, Vec<String>)> {
    let given: Map<String, Value> =
        serde_json::from_str(keywords).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let (mut settings, mut names) = (Settings::default(), Vec::new());
    for (keyword, value) in given {
        let name = keyword.replace('_', "-");
        let one = Map::from_iter([(name.clone(), value)]);
        let one = serde_json::from_value::<Settings>(Value::Object(one))
            .map_err(|error| exception(py, &Error::config(keyword, error)))?;
        settings = one.over(settings);
        names.push(name);
    }
    Ok((settings, names))
}

/// These settings as a configuration, for this data.
pub(crate) fn configuration(
    py: Python<'_>,
    settings: Settings,
    data: &Data<'_>,
) -> PyResult<PipelineConfig> {
    if data.is_in_memory() && settings.write_kept.is_some() {
        return Err(exception(
            py,
            &Error::config(
                "write_kept",
                "there is no file whose form it could have; take the rows of `keep`",
            ),
        ));
    }
    settings.resolve(data.files()).map_err(|error| exception(py, &error))
}

/// Reads the data and goes through the stages of a command.
#[pyfunction]
#[pyo3(signature = (command, kind, given, index, settings, told))]
pub(crate) fn run(
    py: Python<'_>,
    command: &str,
    kind: &str,
    given: &Bound<'_, PyAny>,
    index: Option<&Bound<'_, PyAny>>,
    settings: &str,
    told: Option<&Bound<'_, PyAny>>,
) -> PyResult<Results> {
    let parts = match command {
        "dedup" => Parts::FAMILIES,
        "stories" => Parts::STORIES,
        "passages" => Parts::PASSAGES,
        _ => Parts::ALL,
    };
    let data = Data::of(kind, given, index)?;
    let in_memory = data.is_in_memory();
    let config = configuration(py, settings_of(py, command, settings)?, &data)?;
    let mut found = data.read(py, told, |watch: &Watch, reader| {
        pipeline::run_read(&config, parts, watch, |observer| reader.articles(&config, observer))
    })?;
    found.run.command = vec![format!("newsfold.{command}")];
    Ok(Results { found, config, in_memory })
}

/// What a run found.
#[pyclass(frozen, module = "newsfold._native")]
pub(crate) struct Results {
    found: newsfold::Results,
    config: PipelineConfig,
    in_memory: bool,
}

impl Results {
    /// What was found in articles that are on disk.
    pub(crate) fn of_files(
        mut found: newsfold::Results,
        config: PipelineConfig,
        command: &str,
    ) -> Self {
        found.run.command = vec![command.to_owned()];
        Self { found, config, in_memory: false }
    }
}

#[pymethods]
impl Results {
    /// The names of the tables of what was looked for, in order.
    #[getter]
    fn tables(&self) -> Vec<&'static str> {
        views(&self.found).iter().map(|view| view.name()).collect()
    }

    /// The table of this name.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        py.detach(|| {
            let views = views(&self.found);
            views.iter().find(|view| view.name() == name).map(Table::of)
        })
        .ok_or_else(|| PyKeyError::new_err(name.to_owned()))?
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }

    /// The rows of `articles` that stay.
    fn kept(&self, py: Python<'_>) -> PyResult<Table> {
        py.detach(|| {
            let views = views(&self.found);
            let articles = views.iter().find(|view| view.name() == ARTICLES);
            articles.map(|view| Table::of_true(view, KEPT))
        })
        .ok_or_else(|| PyKeyError::new_err(ARTICLES))?
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }

    /// The numbers of the run, as JSON.
    fn counts(&self) -> PyResult<String> {
        serde_json::to_string(&Counts::of(&self.found))
            .map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }

    /// The records that are no articles: where each stands, and why.
    #[getter]
    fn rejects(&self) -> Vec<(String, String)> {
        let rejects = self.found.rejects.iter();
        rejects.map(|reject| (reject.position.to_string(), reject.reason.to_string())).collect()
    }

    /// What the person who reads the results should know.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.found.run.warnings.clone()
    }

    /// Whether the articles came from memory.
    #[getter]
    fn in_memory(&self) -> bool {
        self.in_memory
    }

    /// Writes what the program would, and returns the folder.
    #[pyo3(signature = (out, format, report_max))]
    fn save(
        &self,
        py: Python<'_>,
        out: Option<std::path::PathBuf>,
        format: Option<Vec<String>>,
        report_max: Option<String>,
    ) -> PyResult<std::path::PathBuf> {
        let mut config = self.config.clone();
        if format.is_some() || report_max.is_some() {
            let asked =
                Settings { format: format.map(OneOrMany::Many), report_max, ..Settings::default() };
            let asked = asked.resolve(Vec::new()).map_err(|error| exception(py, &error))?;
            config.formats = asked.formats;
            config.report_max = asked.report_max.or(config.report_max);
        }
        config.output = out.unwrap_or(config.output);
        let watch = Watch::default();
        let write = || pipeline::write(&self.found, &config, &watch);
        at_work(py, &watch, None, |_| Ok(()), write).map(|finished| finished.written.out)
    }
}
