//! `--open`: the page that was written, shown in the browser.

use std::path::Path;

use newsfold::error::Cause;

use super::options::Telling;
use super::progress::Progress;

/// Opens the page at `path` with whatever shows web pages here. Where that cannot be done, this says
/// so and where the page is: the page is there all the same.
pub(super) fn show(path: &Path, telling: &Telling) {
    // A path on its own may look like an option, or be taken for an address.
    let page = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if let Err(error) = open::that_detached(&page) {
        let error = Cause::of(error);
        let told = format!("no browser could be opened ({error}); the page is {}", page.display());
        Progress::new(telling).warn(&told);
    }
}
