//! A folder of results that holds the old run or the new one, whole, whatever happens.
//!
//! [`Claim::new`] makes a hidden folder beside the place of the results, with a lock that says who
//! writes there: a second run is refused, and what a killed run left is cleared away. Files are
//! written into the hidden folder and on the disk before [`Claim::commit`] puts them in their place,
//! in one step where the system has one (`commit.rs`). `run.json` names every file with its length
//! and hash; whoever reads a folder checks them (`manifest.rs`), and refuses files of two runs.
//!
//! Cost: the bytes written, a hash of them, and a wait for the disk with each file.

mod commit;
mod disk;
mod lock;
mod manifest;

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Deserialize;

use self::commit::{NEW, Step};
use self::disk::{Disk, Hashed};
use self::lock::{Denied, Held};
use self::manifest::hexadecimal;
pub use self::manifest::{Facts, Files};
pub(crate) use self::manifest::{check_bytes, check_lengths};
use crate::error::{Error, Result};

/// The file that says how a run was made, and the manifest of its folder.
pub(crate) const RUN: &str = "run.json";
/// The page: made again from the tables at any time, so that nothing breaks where it is missing.
pub(crate) const PAGE: &str = "report.html";
/// What `run.json` calls the tool that wrote it: the mark of a folder whose files may be replaced.
pub(crate) const MARK: &str = "newsfold";

/// What a file's content is written to.
pub(crate) type Sink<'c> = BufWriter<Hashed<'c>>;

/// A folder of results that this process alone may write, until this is dropped.
#[derive(Debug)]
pub struct Claim {
    /// Where the results will stand: absolute, links followed.
    out: PathBuf,
    /// The names of files that whoever made the claim owns there.
    ours: Vec<String>,
    disk: Disk,
    held: Held,
    written: Mutex<Files>,
}

impl Claim {
    /// Claims the folder `out` for files with the names in `ours`. Creates the parents of `out` where
    /// they are missing; `out` itself is made when the results are.
    ///
    /// # Errors
    /// [`Error::Output`] where `out` is a file, or holds files with names of ours that no run of ours
    /// wrote (they may be the input), or cannot be created or written in, or another process writes
    /// there.
    pub(crate) fn new(out: &Path, ours: Vec<String>) -> Result<Self> {
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
        let held = hold(&out).map_err(|denied| match denied {
            Denied::Failed(error) => fail(&error),
            Denied::Held(holder) => Error::Output {
                path: out.clone(),
                reason: format!(
                    "another newsfold writes here ({holder}); wait until it is done, or choose \
                     another output folder"
                ),
            },
        })?;
        let written = Mutex::default();
        let claim = Self { out, ours, disk: Disk::default(), held, written };
        commit::clear(&claim.held.folder, &claim.out, &claim.ours);
        refuse_foreign(&claim.out, &claim.ours)?;
        let new = claim.held.folder.join(NEW);
        claim.disk.create_folder(&new).map_err(|e| Error::output(&claim.out, &e))?;
        Ok(claim)
    }

    /// Writes one file; an error names the place where it was going to stand.
    pub(crate) fn write(
        &self,
        name: &str,
        content: &dyn Fn(&mut Sink) -> io::Result<()>,
    ) -> Result<()> {
        let path = self.held.folder.join(NEW).join(name);
        let written = Hashed::create(&self.disk, &path).and_then(|file| {
            let mut file = BufWriter::with_capacity(1 << 18, file);
            content(&mut file)?;
            file.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
        });
        let facts = written.map_err(|error| Error::output(&self.out.join(name), &error))?;
        self.written().insert(name.to_owned(), facts);
        Ok(())
    }

    /// What was written so far.
    pub(crate) fn files(&self) -> Files {
        self.written().clone()
    }

    fn written(&self) -> std::sync::MutexGuard<'_, Files> {
        self.written.lock().expect("no holder of the lock panics")
    }

    /// Puts the files that were written in their place, and removes whatever else of ours an earlier
    /// run left there. Returns the place.
    ///
    /// # Errors
    /// [`Error::Output`]; the place then holds what it held before.
    pub(crate) fn commit(self) -> Result<PathBuf> {
        self.take_step(&self.ours)
    }

    /// [`Self::commit`], but the other files of the earlier run stay.
    ///
    /// # Errors
    /// [`Error::Output`]; the place then holds what it held before.
    pub(crate) fn commit_beside_others(self) -> Result<PathBuf> {
        let written: Vec<String> = self.written().keys().cloned().collect();
        self.take_step(&written)
    }

    fn take_step(&self, replaced: &[String]) -> Result<PathBuf> {
        let files: Vec<String> = self.written().keys().cloned().collect();
        let step = Step {
            disk: &self.disk,
            out: &self.out,
            hidden: &self.held.folder,
            files: &files,
            replaced,
            ours: &self.ours,
        };
        step.take().map_err(|(path, error)| Error::output(&path, &error))?;
        Ok(self.out.clone())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        commit::clear(&self.held.folder, &self.out, &self.ours);
        self.held.release();
    }
}

/// A folder with files that have our names but no `run.json` of ours is not ours to overwrite: with
/// `-o .` beside an `articles.csv` it holds the input.
fn refuse_foreign(out: &Path, ours: &[String]) -> Result<()> {
    #[derive(Deserialize)]
    struct Run {
        tool: String,
    }
    let marked = fs::read(out.join(RUN))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Run>(&bytes).ok())
        .is_some_and(|run| run.tool == MARK);
    for name in ours {
        let place = out.join(name);
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

/// Makes and locks the hidden folder beside `out`; inside it where `out` exists and its parent is of
/// another file system or closed to us, as with a mounted volume.
fn hold(out: &Path) -> Result<Held, Denied> {
    let inside = || lock::hold(&out.join(lock::hidden_name(MARK.as_ref())));
    let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else { return inside() };
    let beside = parent.join(lock::hidden_name(name));
    if !out.exists() {
        return lock::hold(&beside);
    }
    if !same_file_system(out, parent) {
        return inside();
    }
    // The tables must be writable where they are going, not only beside.
    drop(tempfile::tempfile_in(out)?);
    match lock::hold(&beside) {
        Err(Denied::Failed(_)) => inside(),
        held => held,
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
mod tests;
