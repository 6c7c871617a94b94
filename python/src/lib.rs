//! newsfold from Python: the engine, its tables in Arrow, its sketches, and its command line.
//!
//! What a caller sees is written in Python (`newsfold/`); this crate only carries data over and back. The
//! engine works on a thread of its own without Python's lock, while the caller's thread feeds it and looks
//! for signals (`work.rs`). Rows, columns and settings are the engine's own; none is listed here.

mod archive;
mod arrow_rows;
#[path = "../../src/cli/mod.rs"]
mod cli;
mod data;
mod errors;
mod kernels;
mod lsh;
mod minhash;
mod pair;
mod python_rows;
mod run;
mod stream;
mod table;
mod work;

use std::ffi::OsString;

use pyo3::prelude::*;

/// Does what a command line asks for, and returns the exit code; the first word is the program's name.
#[pyfunction]
fn main(py: Python<'_>, words: Vec<OsString>) -> u8 {
    py.detach(|| cli::run(words).code())
}

/// The names of all settings, as keywords.
#[pyfunction]
fn setting_names() -> PyResult<Vec<String>> {
    run::setting_names()
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    work::keep_guarded_panics_quiet();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    module.add_function(wrap_pyfunction!(setting_names, module)?)?;
    module.add_function(wrap_pyfunction!(run::run, module)?)?;
    module.add_function(wrap_pyfunction!(pair::explain, module)?)?;
    module.add_function(wrap_pyfunction!(pair::compare, module)?)?;
    module.add_function(wrap_pyfunction!(lsh::optimal_params, module)?)?;
    module.add_function(wrap_pyfunction!(minhash::simhash, module)?)?;
    module.add_function(wrap_pyfunction!(archive::check_archive, module)?)?;
    kernels::add_to(module)?;
    module.add_class::<archive::Archive>()?;
    module.add_class::<run::Results>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<minhash::MinHash>()?;
    module.add_class::<lsh::Index>()
}
