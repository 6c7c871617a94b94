//! `run.json` as the manifest of its folder: which files belong to the run, how long each is, and
//! the hash of its bytes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

use super::{PAGE, RUN};
use crate::error::{Cause, Error, InputErrorKind, Position, Result};

/// What the manifest says of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its length.
    pub bytes: u64,
    /// XXH3 of its bytes, 128 bits in hexadecimal.
    pub xxh3: String,
}

impl Facts {
    /// Those of a file with this content.
    pub(crate) fn of(content: &[u8]) -> Self {
        Self { bytes: content.len() as u64, xxh3: hexadecimal(xxh3_128(content)) }
    }
}

/// The files of a run by name, `run.json` itself left out.
pub type Files = BTreeMap<String, Facts>;

/// What is needed of `run.json`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Run {
    tool: String,
    files: Files,
    parameters: Parameters,
}

/// What is needed of its parameters.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Parameters {
    csv_raw: bool,
}

/// The run in `out`; nothing where there is none.
fn run(out: &Path) -> Result<Run> {
    let path = out.join(RUN);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Run::default()),
        read => read.map_err(|error| unreadable(&path, error))?,
    };
    let run: Run = serde_json::from_slice(&bytes).map_err(|error| {
        let reason = Cause::told(format!("no run can be read from it: {error}; {AGAIN}"), error);
        Error::input(Position::of_path(&path), InputErrorKind::Damaged, reason)
    })?;
    Ok(if run.tool == super::MARK { run } else { Run::default() })
}

/// The files that the run in `out` wrote; none where there is no run, or one that names none.
fn files(out: &Path) -> Result<Files> {
    Ok(run(out)?.files)
}

/// Whether the run in `out` left the cells of its CSV files unguarded.
///
/// # Errors
/// [`Error::Input`] where its `run.json` cannot be read.
pub(crate) fn csv_is_raw(out: &Path) -> Result<bool> {
    Ok(run(out)?.parameters.csv_raw)
}

/// Checks that every file of the run in `out` but the page is there and as long as its manifest says.
/// A folder without a manifest has nothing to compare.
///
/// Cost: a look at each file, none is opened.
///
/// # Errors
/// [`Error::Input`] names the first file that is of another run, or missing.
pub(crate) fn check_lengths(out: &Path) -> Result<()> {
    for (name, facts) in files(out)?.iter().filter(|(name, _)| *name != PAGE) {
        let path = out.join(name);
        match fs::metadata(&path) {
            Ok(found) if found.len() == facts.bytes => {}
            Ok(_) => return Err(mixture(&path)),
            Err(error) => return Err(unreadable(&path, error)),
        }
    }
    Ok(())
}

/// Checks that the file `name` in `out` holds the bytes that the manifest there says it does.
///
/// Cost: one pass over the file.
///
/// # Errors
/// [`Error::Input`] where it does not, or cannot be read.
pub(crate) fn check_bytes(out: &Path, name: &str) -> Result<()> {
    let files = files(out)?;
    let Some(facts) = files.get(name) else {
        // A run that names its files did not write this one.
        return if files.is_empty() { Ok(()) } else { Err(mixture(&out.join(name))) };
    };
    let path = out.join(name);
    let found = facts_of(&path).map_err(|error| unreadable(&path, error))?;
    if found == *facts { Ok(()) } else { Err(mixture(&path)) }
}

/// What a manifest would say of the file at `path`.
pub(super) fn facts_of(path: &Path) -> io::Result<Facts> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes) = (Xxh3Default::new(), 0);
    let mut block = vec![0; 1 << 18];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(Facts { bytes, xxh3: hexadecimal(hash.digest128()) }),
            Ok(read) => {
                hash.update(&block[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A hash as manifests have it.
pub(super) fn hexadecimal(hash: u128) -> String {
    format!("{hash:032x}")
}

/// What to do where a run cannot be read back.
pub(crate) const AGAIN: &str = "run newsfold on the input again";

fn mixture(path: &Path) -> Error {
    let reason =
        format!("not the file that run.json names: it was changed, or is of another run; {AGAIN}");
    Error::input(Position::of_path(path), InputErrorKind::Damaged, reason)
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    let reason = Cause::of(error).with_words(|words| format!("{words}; {AGAIN}"));
    Error::input(Position::of_path(path), InputErrorKind::Unreadable, reason)
}
