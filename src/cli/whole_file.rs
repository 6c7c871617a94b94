//! A file that is written whole or not at all: aside first, then moved to its place.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use newsfold::error::{Error, OutputStep};
use newsfold::output::FileClaim;

use super::stop;

/// Lets `content` write the file at `path`, and returns what it returns. Where that fails, nothing
/// stands there that did not before.
pub(crate) fn write<T>(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<&File>) -> Result<T, Error>,
) -> Result<T, Error> {
    let claim = FileClaim::new(path)?;
    let begun = claim.aside().map(Path::to_owned);
    stop::before_ending(move || drop(begun.map(std::fs::remove_file)));
    let mut out = BufWriter::new(claim.file());
    let told = content(&mut out)?;
    let flushed = out.into_inner().map(drop).map_err(io::IntoInnerError::into_error);
    flushed.map_err(|error| failed(path, error))?;
    claim.commit()?;
    Ok(told)
}

/// What to say of a file that cannot be written.
pub(crate) fn failed(path: &Path, error: io::Error) -> Error {
    Error::output(path, OutputStep::Write, error)
}
