//! A folder of results that appears whole or not at all.
//!
//! Files are written into a hidden folder beside the wanted one, on the same file system, and moved
//! when all are done: the folder itself where nothing is there yet, else file by file. Whatever
//! ends the run before that, only the hidden folder has to go, and dropping a [`Staging`] removes it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tempfile::TempDir;

use super::{RUN, our_files};
use crate::error::{Error, Result};

/// What `run.json` calls the tool that wrote it: the mark of a folder whose files may be replaced.
pub(super) const MARK: &str = "newsfold";

/// Says before a run whether its results will find their place.
///
/// # Errors
/// [`Error::Output`] where `out` is a file, or holds files with names of ours that no run of ours
/// wrote (they may be the input), or it cannot be created or written in.
pub fn check(out: &Path) -> Result<()> {
    Staging::new(out).map(drop)
}

/// A folder in the making.
pub(super) struct Staging {
    /// Where the results will stand: absolute, links followed.
    out: PathBuf,
    folder: TempDir,
}

impl Staging {
    /// Creates the hidden folder, and the parents of `out` where they are missing.
    pub(super) fn new(out: &Path) -> Result<Self> {
        let fail = |error: &io::Error| Error::output(out, error);
        let refuse = |reason: &str| Error::Output { path: out.to_owned(), reason: reason.into() };
        let out = match fs::metadata(out) {
            Ok(found) if !found.is_dir() => {
                return Err(refuse("this is a file; name a folder, or move the file away"));
            }
            Ok(_) => out.canonicalize().map_err(|e| fail(&e))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name =
                    out.file_name().ok_or_else(|| refuse("name a folder that can be made"))?;
                let parent = match out.parent() {
                    Some(parent) if !parent.as_os_str().is_empty() => parent,
                    _ => Path::new("."),
                };
                fs::create_dir_all(parent).map_err(|e| fail(&e))?;
                parent.canonicalize().map_err(|e| fail(&e))?.join(name)
            }
            Err(error) => return Err(fail(&error)),
        };
        refuse_foreign(&out)?;
        Ok(Self { folder: hidden_folder(&out).map_err(|e| fail(&e))?, out })
    }

    /// Writes one file; an error names the place where it was going to stand.
    pub(super) fn write(
        &self,
        name: &str,
        content: &dyn Fn(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<()> {
        let written = File::create(self.folder.path().join(name)).and_then(|file| {
            let mut file = BufWriter::with_capacity(1 << 18, file);
            content(&mut file)?;
            file.flush()
        });
        written.map_err(|error| Error::output(&self.out.join(name), &error))
    }

    /// Moves `files` to their place and removes whatever else of `ours` an earlier run left there.
    /// Returns the place.
    pub(super) fn commit(self, files: &[String], ours: &[String]) -> Result<PathBuf> {
        let Self { out, folder } = self;
        // An empty folder is replaced whole; one that cannot be (a mount point, or the hidden
        // folder stands inside it) is filled instead.
        let vacant = match fs::remove_dir(&out) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        if vacant && fs::rename(folder.path(), &out).is_ok() {
            // Nothing is left to remove.
            let _moved = folder.keep();
            return Ok(out);
        }
        fs::create_dir_all(&out).map_err(|error| Error::output(&out, &error))?;
        // `run.json` goes last: until then the folder says that it is the earlier run's.
        let (last, first): (Vec<&String>, Vec<&String>) = files.iter().partition(|f| *f == RUN);
        for name in first.into_iter().chain(last) {
            let place = out.join(name);
            fs::rename(folder.path().join(name), &place)
                .map_err(|error| Error::output(&place, &error))?;
        }
        for name in ours.iter().filter(|name| !files.contains(name)) {
            let place = out.join(name);
            match fs::remove_file(&place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::output(&place, &error));
                }
                _ => {}
            }
        }
        Ok(out)
    }
}

/// A folder with files that have our names but no `run.json` of ours is not ours to overwrite: with
/// `-o .` beside an `articles.csv` it holds the input.
fn refuse_foreign(out: &Path) -> Result<()> {
    #[derive(Deserialize)]
    struct Run {
        tool: String,
    }
    let marked = fs::read(out.join(RUN))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Run>(&bytes).ok())
        .is_some_and(|run| run.tool == MARK);
    for name in our_files() {
        let place = out.join(&name);
        let Ok(found) = fs::symlink_metadata(&place) else { continue };
        let reason = match (found.is_dir(), marked) {
            (true, _) => "a folder stands where a file of results belongs",
            (false, false) => "this file is not of an earlier run and would be replaced",
            (false, true) => continue,
        };
        return Err(Error::Output {
            path: place,
            reason: format!("{reason}; choose another output folder, or move it away"),
        });
    }
    Ok(())
}

/// Makes the hidden folder beside `out`; inside it where `out` exists and its parent is of another
/// file system or closed to us, as with a mounted volume.
fn hidden_folder(out: &Path) -> io::Result<TempDir> {
    let make = |name: &str, parent: &Path| {
        let prefix = format!(".{name}.partial-");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix);
        // It becomes the folder of results: as open as the umask lets any folder be.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        builder.tempdir_in(parent)
    };
    let inside = || make(MARK, out);
    let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else { return inside() };
    match out.exists() {
        // The tables must be writable where they are going, not only beside.
        true if !same_file_system(out, parent) => inside(),
        true => {
            drop(inside()?);
            make(&name.to_string_lossy(), parent).or_else(|_| inside())
        }
        false => make(&name.to_string_lossy(), parent),
    }
}

#[cfg(unix)]
fn same_file_system(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path| fs::metadata(path).map(|found| found.dev()).ok();
    device(a) == device(b)
}

#[cfg(not(unix))]
fn same_file_system(_: &Path, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(out: &Path, files: &[&str], ours: &[&str]) -> Result<PathBuf> {
        let staging = Staging::new(out)?;
        for name in files {
            staging.write(name, &|file| file.write_all(b"{\"tool\":\"newsfold\"}"))?;
        }
        let owned = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
        staging.commit(&owned(files), &owned(ours))
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_that_was_not_there_appears_whole_and_nothing_is_left_beside_it() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("deep/er/out");
        stage(&out, &["a.csv", RUN], &[]).unwrap();
        assert_eq!(names(&out), ["a.csv", RUN]);
        assert_eq!(names(out.parent().unwrap()), ["out"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_as_open_as_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let plain = temp.path().join("plain");
        fs::create_dir(&plain).unwrap();
        let out = stage(&temp.path().join("out"), &["a.csv"], &[]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&out), mode(&plain));
    }

    #[test]
    fn a_later_run_replaces_ours_removes_the_stale_and_leaves_what_is_foreign() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        stage(&out, &["articles.csv", "pairs.csv", RUN], &[]).unwrap();
        fs::write(out.join("notes.md"), "mine").unwrap();
        let ours = ["articles.csv", "pairs.csv", "articles.parquet", RUN];
        stage(&out, &["articles.parquet", RUN], &ours).unwrap();
        assert_eq!(names(&out), ["articles.parquet", "notes.md", RUN]);
        assert_eq!(fs::read_to_string(out.join("notes.md")).unwrap(), "mine");
        assert_eq!(names(temp.path()), ["out"]);
    }

    #[test]
    fn dropped_before_the_end_it_leaves_the_earlier_run_as_it_was() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        stage(&out, &["articles.csv", RUN], &[]).unwrap();
        let staging = Staging::new(&out).unwrap();
        staging.write("articles.csv", &|file| file.write_all(b"half")).unwrap();
        drop(staging);
        assert_eq!(names(temp.path()), ["out"]);
        assert_eq!(names(&out), ["articles.csv", RUN]);
        assert_ne!(fs::read(out.join("articles.csv")).unwrap(), b"half");
    }

    #[test]
    fn a_file_in_the_way_is_named_with_what_to_do() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        fs::write(&out, "precious").unwrap();
        let error = check(&out).unwrap_err().to_string();
        assert!(error.starts_with(&out.display().to_string()), "{error}");
        assert!(error.ends_with("name a folder, or move the file away"), "{error}");
        assert!(check(&out.join("below")).is_err());
        assert_eq!(fs::read_to_string(&out).unwrap(), "precious");
    }

    #[test]
    fn the_input_is_not_overwritten_when_the_output_folder_holds_it() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("articles.csv"), "id,text\n").unwrap();
        let error = check(temp.path()).unwrap_err().to_string();
        assert!(error.contains("articles.csv"), "{error}");
        assert_eq!(names(temp.path()), ["articles.csv"]);
    }

    #[test]
    fn a_check_leaves_nothing_but_the_parent() {
        let temp = tempfile::tempdir().unwrap();
        check(&temp.path().join("a/out")).unwrap();
        assert_eq!(names(temp.path()), ["a"]);
        assert!(names(&temp.path().join("a")).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_is_followed() {
        let temp = tempfile::tempdir().unwrap();
        let (real, link) = (temp.path().join("real"), temp.path().join("link"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        stage(&link, &["a.csv", RUN], &[]).unwrap();
        assert_eq!(names(&real), ["a.csv", RUN]);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
