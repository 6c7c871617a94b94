//! A folder of results that holds the old run or the new one, whole, whatever happens.
//!
//! [`Claim`] makes a hidden folder beside the place of the results, with a lock that says who
//! writes there: a second run is refused, and what a killed run left is cleared away. Files are
//! written into the hidden folder and on the disk before [`Claim::commit`] puts them in their place,
//! in one step where the system has one (`commit.rs`). `run.json` names every file with its length
//! and hash; whoever reads a folder checks them (`manifest.rs`), and refuses files of two runs.
//!
//! Cost: the bytes written, a hash of them, and a wait for the disk with each file.

mod answers;
mod commit;
mod disk;
mod file;
mod folder;
mod lock;
mod manifest;

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::Deserialize;

pub(crate) use self::answers::answer_mark;
use self::answers::answers;
use self::commit::{NEW, Step};
pub(crate) use self::disk::Scratch;
use self::disk::{Disk, Hashed};
pub use self::file::FileClaim;
pub(crate) use self::folder::{Folder, Reading};
use self::lock::{Denied, Held};
use self::manifest::hexadecimal;
pub(crate) use self::manifest::{AGAIN, check_bytes, check_lengths, csv_is_raw};
pub use self::manifest::{Facts, Files};
use crate::error::{Error, OutputStep, Result};

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
    place: Arc<Place>,
    disk: Disk,
    written: Mutex<Files>,
}

#[derive(Debug)]
struct Place {
    /// Where the results will stand: absolute, links followed.
    out: PathBuf,
    /// The names of files that whoever made the claim owns there.
    ours: Vec<String>,
    /// Whether the folder has other files than those: it cannot be exchanged.
    is_shared: bool,
    held: Held,
    /// Held while files are moved to their place, or removed for good.
    moving: Mutex<()>,
}

/// What a claim has begun, for whoever has to end the process before its time.
#[derive(Debug)]
pub struct Begun(Arc<Place>);

impl Begun {
    /// Removes it, and gives the claim up: from now on nothing comes to its place. Waits where files
    /// are being moved there just now.
    pub fn give_up(self) {
        let Ok(moving) = self.0.moving.lock() else { return };
        self.0.clear();
        // Nobody may move anything any more: this is never unlocked.
        std::mem::forget(moving);
    }
}

impl Place {
    fn clear(&self) {
        commit::clear(&self.held.folder, &self.out, &self.ours);
        self.held.release();
    }
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
        let fail = |doing| move |error: io::Error| Error::output(out, doing, error);
        let refuse = |reason: &str| Error::output(out, OutputStep::Check, reason);
        let out = match fs::metadata(out) {
            Ok(found) if !found.is_dir() => {
                return Err(refuse("this is a file; name a folder, or move the file away"));
            }
            Ok(_) => out.canonicalize().map_err(fail(OutputStep::Check))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name =
                    out.file_name().ok_or_else(|| refuse("name a folder that can be made"))?;
                let parent = match out.parent() {
                    Some(parent) if !parent.as_os_str().is_empty() => parent,
                    _ => Path::new("."),
                };
                fs::create_dir_all(parent).map_err(fail(OutputStep::Create))?;
                parent.canonicalize().map_err(fail(OutputStep::Check))?.join(name)
            }
            Err(error) => return Err(fail(OutputStep::Check)(error)),
        };
        let held = hold(&out).map_err(|denied| match denied {
            Denied::Failed(error) => fail(OutputStep::Lock)(error),
            Denied::Held(holder) => Error::output(
                &out,
                OutputStep::Lock,
                format!(
                    "another newsfold writes here ({holder}); wait until it is done, or choose \
                     another output folder"
                ),
            ),
        })?;
        let claim =
            Self::of(Place { out, ours, is_shared: false, held, moving: Mutex::default() })?;
        refuse_foreign(&claim.place.out, &claim.place.ours)?;
        Ok(claim)
    }

    /// Claims the place of a file, and of others in the same folder that belong to it.
    ///
    /// # Errors
    /// [`Error::Output`] where they cannot be written, or another process writes there.
    pub fn of_files(path: &Path, others: &[PathBuf]) -> Result<Self> {
        let fail = |doing| move |error: io::Error| Error::output(path, doing, error);
        let name = path
            .file_name()
            .ok_or_else(|| Error::output(path, OutputStep::Check, "name a file"))?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let out = folder.canonicalize().map_err(fail(OutputStep::Check))?;
        let held =
            lock::hold(&out.join(lock::hidden_name(name))).map_err(|denied| match denied {
                Denied::Failed(error) => fail(OutputStep::Lock)(error),
                Denied::Held(holder) => Error::output(
                    path,
                    OutputStep::Lock,
                    format!("another newsfold writes here ({holder}); wait until it is done"),
                ),
            })?;
        let names = [path].into_iter().chain(others.iter().map(PathBuf::as_path));
        let names = names.filter_map(|path| path.file_name());
        let ours = names.map(|name| name.to_string_lossy().into_owned()).collect();
        Self::of(Place { out, ours, is_shared: true, held, moving: Mutex::default() })
    }

    /// Clears away what a killed run left, and makes room for this one.
    fn of(place: Place) -> Result<Self> {
        let claim =
            Self { place: Arc::new(place), disk: Disk::default(), written: Mutex::default() };
        let Place { out, ours, held, .. } = &*claim.place;
        commit::clear(&held.folder, out, ours);
        let new = held.folder.join(NEW);
        let made = claim.disk.create_folder(&new);
        made.map_err(|error| Error::output(out, OutputStep::Create, error))?;
        Ok(claim)
    }

    /// What is to be removed where the process has to end at once.
    pub fn begun(&self) -> Begun {
        Begun(Arc::clone(&self.place))
    }

    /// Where the file that will stand at `path` stands until then.
    pub fn aside(&self, path: &Path) -> PathBuf {
        self.place.held.folder.join(NEW).join(path.file_name().unwrap_or_default())
    }

    /// Writes one file; an error names the place where it was going to stand.
    pub(crate) fn write(
        &self,
        name: &str,
        content: &dyn Fn(&mut Sink) -> io::Result<()>,
    ) -> Result<()> {
        let path = self.aside(Path::new(name));
        let fail =
            |doing| move |error: io::Error| Error::output(self.place.out.join(name), doing, error);
        let file = Hashed::create(&self.disk, &path).map_err(fail(OutputStep::Create))?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        content(&mut file).map_err(fail(OutputStep::Write))?;
        let written = file.into_inner().map_err(io::IntoInnerError::into_error);
        let facts =
            written.map_err(fail(OutputStep::Write))?.finish().map_err(fail(OutputStep::Sync))?;
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

    /// Puts the files in their place, and removes whatever else of ours an earlier run left there, answers made of
    /// its results among it. Returns the folder.
    ///
    /// # Errors
    /// [`Error::Output`]; the folder then holds what it held before.
    pub fn commit(self) -> Result<PathBuf> {
        let Place { out, ours, is_shared, .. } = &*self.place;
        let mut ours = ours.clone();
        if !is_shared {
            ours.extend(answers(out));
        }
        self.take_step(&ours, &ours)
    }

    /// [`Self::commit`], but the other files of the earlier run stay.
    ///
    /// # Errors
    /// [`Error::Output`]; the folder then holds what it held before.
    pub(crate) fn commit_beside_others(self) -> Result<PathBuf> {
        let written: Vec<String> = self.written().keys().cloned().collect();
        self.take_step(&written, &self.place.ours)
    }

    fn take_step(&self, replaced: &[String], ours: &[String]) -> Result<PathBuf> {
        let Place { out, is_shared, held, moving, .. } = &*self.place;
        let files: Vec<String> = match is_shared {
            true => ours.to_vec(),
            false => self.written().keys().cloned().collect(),
        };
        let step = Step {
            disk: &self.disk,
            out,
            hidden: &held.folder,
            files: &files,
            replaced,
            ours,
            is_shared: *is_shared,
        };
        let moving = moving.lock().expect("no holder of the lock panics");
        let taken = step.take();
        drop(moving);
        taken?;
        Ok(out.clone())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let moving = self.place.moving.lock();
        self.place.clear();
        drop(moving);
    }
}

/// What an archive's list of its files is called.
pub(crate) const ARCHIVE_MANIFEST: &str = "MANIFEST";
/// The mark of an archive of ours.
pub(crate) const ARCHIVE_MARK: &str = "newsfold archive";

/// What of ours a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ours {
    /// The results of a run.
    Results,
    /// An archive of articles.
    Archive,
}

/// What of ours a folder holds, if anything. It is no input: its tables tell of articles and are none.
pub(crate) fn ours(folder: &Path) -> Option<Ours> {
    if holds_results(folder) {
        return Some(Ours::Results);
    }
    holds_archive(folder).then_some(Ours::Archive)
}

/// Whether a folder holds an archive: told from the first line of its manifest.
fn holds_archive(folder: &Path) -> bool {
    is_by(&folder.join(ARCHIVE_MANIFEST), ARCHIVE_MARK)
}

/// Whether a folder holds the results of a run: told from who wrote its `run.json`.
pub(crate) fn holds_results(folder: &Path) -> bool {
    is_by(&folder.join(RUN), MARK)
}

/// Whether the JSON that a file begins with says that this tool wrote it. We say it first, so that a file that was cut
/// short is known, too.
fn is_by(path: &Path, mark: &str) -> bool {
    #[derive(Deserialize)]
    struct Head {
        tool: String,
    }
    // Whoever opens a pipe waits for a writer.
    let file = path.is_file().then(|| fs::File::open(path).ok()).flatten();
    let Some(mut file) = file.map(BufReader::new) else { return false };
    let begin =
        file.fill_buf().unwrap_or_default().iter().filter(|byte| !byte.is_ascii_whitespace());
    let ours = format!("{{\"tool\":\"{mark}\"");
    if begin.take(ours.len()).eq(ours.as_bytes()) {
        return true;
    }
    let mut values = serde_json::Deserializer::from_reader(file).into_iter::<Head>();
    values.next().is_some_and(|head| head.is_ok_and(|head| head.tool == mark))
}

/// A folder with files that have our names but no `run.json` of ours is not ours to overwrite: with
/// `-o .` beside an `articles.csv` it holds the input.
fn refuse_foreign(out: &Path, ours: &[String]) -> Result<()> {
    let marked = holds_results(out);
    for name in ours {
        let place = out.join(name);
        let Ok(found) = fs::symlink_metadata(&place) else { continue };
        let reason = match (found.is_dir(), marked) {
            (true, _) => "a folder stands where a file of results belongs",
            (false, false) => "this file is not of an earlier run and would be replaced",
            (false, true) => continue,
        };
        let reason = format!("{reason}; choose another output folder, or move it away");
        return Err(Error::output(place, OutputStep::Check, reason));
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
