//! The step at which the new files take the place of the old ones.
//!
//! Where nothing is at the place yet, the finished folder is renamed to it. Where a folder is, the
//! two change places in one step, after the files of anybody else in it got a second name in the new
//! one. Both are one call of the system: whatever happens, the place holds the old files or the new.
//!
//! Some folders cannot change places: a mount point, one with folders of somebody else in it, the
//! one this process works in, any on a system without that call. They are filled file by file,
//! `run.json` first: until the last file is there the manifest does not fit, and a reader refuses the
//! folder. A step that fails is undone; one that was cut off is undone by the next run.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::RUN;
use super::disk::Disk;
use crate::error::{OutputError, OutputStep};

/// More files of somebody else than this are not worth a second name each.
const MOST_FOREIGN: usize = 256;

/// The folder with the new files.
pub(super) const NEW: &str = "new";
/// Where old files lie while they are moved aside one by one.
const ASIDE: &str = "aside";
/// What that folder is called when all of them lie there.
const OLD: &str = "old";
/// And when all new ones are in their place.
const DONE: &str = "done";
/// The names of the new files, a line each, for whoever has to undo this.
const NAMES: &str = "names";

/// What is to happen.
pub(super) struct Step<'s> {
    pub(super) disk: &'s Disk,
    /// Where the results will stand.
    pub(super) out: &'s Path,
    /// The hidden folder, with the new files in [`NEW`].
    pub(super) hidden: &'s Path,
    /// The files that were written.
    pub(super) files: &'s [String],
    /// The names that they replace: what else of them is there goes.
    pub(super) replaced: &'s [String],
    /// All names that a run may use, these among them.
    pub(super) ours: &'s [String],
    /// Whether the folder is somebody else's, in which only these files are ours.
    pub(super) is_shared: bool,
}

impl Step<'_> {
    /// Does it.
    pub(super) fn take(&self) -> Result<(), OutputError> {
        let at_out = |doing| move |error: io::Error| OutputError::new(self.out, doing, error);
        self.disk.sync_folder(&self.staged()).map_err(at_out(OutputStep::Sync))?;
        if !self.is_shared
            && !self.out.exists()
            && self.disk.rename(&self.staged(), self.out).is_ok()
        {
            self.sync_parent();
            return Ok(());
        }
        if !self.is_shared && self.out.exists() && self.exchange() {
            self.sync_parent();
            return Ok(());
        }
        let was_there = self.out.exists();
        fs::create_dir_all(self.out).map_err(at_out(OutputStep::Create))?;
        let done = self.one_by_one();
        if done.is_err() && !was_there {
            let _ = fs::remove_dir(self.out);
        }
        done
    }

    fn staged(&self) -> PathBuf {
        self.hidden.join(NEW)
    }

    /// After the step: whether its names are on the disk yet decides nothing any more.
    fn sync_parent(&self) {
        if let Some(parent) = self.out.parent() {
            let _ = self.disk.sync_folder(parent);
        }
    }

    /// Lets the folders change places, and returns whether they did.
    fn exchange(&self) -> bool {
        let Ok(true) = self.may_exchange() else { return false };
        let Some(foreign) = self.foreign() else { return false };
        for name in &foreign {
            if self.disk.link(&self.out.join(name), &self.staged().join(name)).is_err() {
                return false;
            }
        }
        if self.disk.exchange(&self.staged(), self.out).is_err() {
            return false;
        }
        // What came into the old folder while this was going on.
        sweep(&self.staged(), self.out, self.ours);
        true
    }

    /// Whether nobody could tell the new folder from the old one but by its files.
    fn may_exchange(&self) -> io::Result<bool> {
        let works_in_it = std::env::current_dir()?.starts_with(self.out);
        let (out, new) = (fs::metadata(self.out)?, fs::metadata(self.staged())?);
        if works_in_it || !has_same_owner(&out, &new) {
            return Ok(false);
        }
        fs::set_permissions(self.staged(), out.permissions())?;
        Ok(true)
    }

    /// What of the old folder stays; `None` where it cannot have a second name.
    fn foreign(&self) -> Option<Vec<OsString>> {
        let mut foreign = Vec::new();
        for entry in fs::read_dir(self.out).ok()? {
            let entry = entry.ok()?;
            if is_in(self.replaced, &entry.file_name()) {
                continue;
            }
            if entry.file_type().ok()?.is_dir() || foreign.len() == MOST_FOREIGN {
                return None;
            }
            foreign.push(entry.file_name());
        }
        Some(foreign)
    }

    /// Moves the old files aside and the new ones in, and all of them back where that fails.
    fn one_by_one(&self) -> Result<(), OutputError> {
        let moved = self.move_aside().and_then(|()| self.move_in());
        if moved.is_err() {
            undo(self.hidden, self.out);
        }
        moved
    }

    fn move_aside(&self) -> Result<(), OutputError> {
        let failed = |path: &Path, doing, error: io::Error| OutputError::new(path, doing, error);
        let names = self.hidden.join(NAMES);
        let file = self.disk.create(&names);
        let mut file = file.map_err(|error| failed(&names, OutputStep::Create, error))?;
        let written = file.write_all(self.files.join("\n").as_bytes());
        written.map_err(|error| failed(&names, OutputStep::Write, error))?;
        self.disk.sync(&file).map_err(|error| failed(&names, OutputStep::Sync, error))?;
        let aside = self.hidden.join(ASIDE);
        let made = self.disk.create_folder(&aside);
        made.map_err(|error| failed(&aside, OutputStep::Create, error))?;
        // The old manifest goes first, and comes back last.
        let mut replaced: Vec<&str> = self.replaced.iter().map(String::as_str).collect();
        replaced.sort_unstable_by_key(|name| (*name != RUN, *name));
        replaced.dedup();
        for name in replaced {
            let place = self.out.join(name);
            match self.disk.rename(&place, &aside.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(&place, OutputStep::Rename, error));
                }
                _ => {}
            }
        }
        let renamed = self.disk.rename(&aside, &self.hidden.join(OLD));
        renamed.map_err(|error| failed(&aside, OutputStep::Rename, error))
    }

    fn move_in(&self) -> Result<(), OutputError> {
        let (run, rest): (Vec<&String>, Vec<&String>) = self.files.iter().partition(|f| *f == RUN);
        for name in run.into_iter().chain(rest) {
            let place = self.out.join(name);
            let staged = self.hidden.join(NEW).join(name);
            let renamed = self.disk.rename(&staged, &place);
            renamed.map_err(|error| OutputError::new(place, OutputStep::Rename, error))?;
        }
        let synced = self.disk.sync_folder(self.out);
        synced.map_err(|error| OutputError::new(self.out, OutputStep::Sync, error))?;
        // From here on the folder holds the new run, whatever becomes of what lies aside.
        let (old, done) = (self.hidden.join(OLD), self.hidden.join(DONE));
        let renamed = self.disk.rename(&old, &done);
        renamed.map_err(|error| OutputError::new(old, OutputStep::Rename, error))
    }
}

/// Undoes a step that went file by file and did not come to its end: new files go, old ones come
/// back.
fn undo(hidden: &Path, out: &Path) {
    let mut failed = false;
    let old = hidden.join(OLD);
    if old.exists() {
        let names = fs::read_to_string(hidden.join(NAMES)).unwrap_or_default();
        for name in names.lines() {
            failed |= is_failure(fs::remove_file(out.join(name)));
        }
    }
    for folder in [hidden.join(ASIDE), old] {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let mut names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort_by_key(|name| name == RUN);
        for name in names {
            failed |= is_failure(fs::rename(folder.join(&name), out.join(&name)));
        }
        failed |= is_failure(fs::remove_dir(&folder));
    }
    // What cannot come back stays for the next run to try.
    if !failed {
        let _ = fs::remove_file(hidden.join(NAMES));
    }
}

fn is_failure(done: io::Result<()>) -> bool {
    done.is_err_and(|error| error.kind() != io::ErrorKind::NotFound)
}

/// Empties the hidden folder of whatever a run left there, finished or not; only the lock stays.
pub(super) fn clear(hidden: &Path, out: &Path, ours: &[String]) {
    undo(hidden, out);
    // What fails stays for the next run to try.
    let _ = fs::remove_dir_all(hidden.join(DONE));
    let _ = fs::remove_file(hidden.join(NAMES));
    sweep(&hidden.join(NEW), out, ours);
}

/// Empties a folder and removes it: files of ours go, and so do second names of what stands in `out`.
/// What is of somebody else and stands nowhere else is moved there.
fn sweep(folder: &Path, out: &Path, ours: &[String]) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, place) = (entry.path(), out.join(entry.file_name()));
        let stays = !is_in(ours, &entry.file_name()) && out.exists() && is_newer(&path, &place);
        // What fails leaves the folder for the next run.
        let _ = if stays { fs::rename(&path, &place) } else { fs::remove_file(&path) };
    }
    let _ = fs::remove_dir(folder);
}

/// Whether `path` is another file than the one at `place`, and a later one or the only one.
fn is_newer(path: &Path, place: &Path) -> bool {
    let (Ok(here), Ok(there)) = (fs::symlink_metadata(path), fs::symlink_metadata(place)) else {
        return true;
    };
    !is_same(&here, &there) && here.modified().ok() > there.modified().ok()
}

fn is_in(names: &[String], name: &std::ffi::OsStr) -> bool {
    names.iter().any(|own| name == own.as_str())
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn has_same_owner(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.uid(), a.gid()) == (b.uid(), b.gid())
}

#[cfg(not(unix))]
fn has_same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}
