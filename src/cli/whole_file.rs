//! A file that is written whole or not at all: aside first, then moved to its place.

use std::io::{self, BufWriter};
use std::path::Path;

use newsfold::error::Error;
use tempfile::NamedTempFile;

/// Lets `content` write the file at `path`, and returns what it returns. Where that fails, nothing
/// stands there that did not before.
pub(crate) fn write<T>(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<NamedTempFile>) -> Result<T, Error>,
) -> Result<T, Error> {
    let failed = |error: io::Error| failed(path, &error);
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".newsfold-");
    // As open as the umask lets any file be.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut out = BufWriter::new(builder.tempfile_in(folder).map_err(failed)?);
    let told = content(&mut out)?;
    let staged = out.into_inner().map_err(|error| failed(error.into_error()))?;
    staged.persist(path).map_err(|error| failed(error.error))?;
    Ok(told)
}

/// What to say of a file that cannot be written.
pub(crate) fn failed(path: &Path, error: &io::Error) -> Error {
    Error::output(path, error)
}
