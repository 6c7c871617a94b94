//! A folder of files that never change, and one that says which of them count.
//!
//! One process at a time writes there; the lock says who, and is gone with its process. New files are on the
//! disk, names and all, before the file that names them takes the place of the old one in one step. So
//! the folder holds the old state or the new one, whenever the writer ends. Readers take no part in
//! that: they go by the file that they opened, and [`Reading`] tells a writer that they are there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::disk::{Disk, Hashed, Scratch};
use super::lock::{self, Denied, Held};
use super::{Facts, MARK};
use crate::error::{Error, OutputError, OutputStep, Result};
use crate::sealed::Take;

/// The file that readers hold.
const READERS: &str = ".readers";

/// A folder that this process alone writes, until this is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    held: Held,
    disk: Disk,
}

impl Folder {
    /// Makes this process the one that writes in the folder at `path`, which is there.
    ///
    /// # Errors
    /// [`Error::Output`] where nothing can be written there, and where another process writes there, with its
    /// words.
    pub(crate) fn hold(path: &Path) -> Result<Self> {
        let held = lock::hold(&path.join(lock::hidden_name(MARK.as_ref())));
        let held = held.map_err(|denied| match denied {
            Denied::Failed(error) => Error::output(path, OutputStep::Lock, error),
            Denied::Held(holder) => Error::output(
                path,
                OutputStep::Lock,
                format!("another newsfold writes here ({holder}); wait until it is done"),
            ),
        })?;
        // What a killed writer had not put in its place yet.
        for entry in fs::read_dir(&held.folder).into_iter().flatten().flatten() {
            if !held.is_lock(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self { path: path.to_owned(), held, disk: Disk::default() })
    }

    /// Writes a new file, and returns when the disk has its bytes.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<Facts> {
        self.write_parts(name, |take| take(content))
    }

    /// The same where the content is not in memory: `parts` gives it part by part.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub(crate) fn write_parts(
        &self,
        name: &str,
        parts: impl FnOnce(Take<'_>) -> io::Result<()>,
    ) -> Result<Facts> {
        Ok(self.write_to(&self.path.join(name), parts)?)
    }

    fn write_to(
        &self,
        path: &Path,
        parts: impl FnOnce(Take<'_>) -> io::Result<()>,
    ) -> Result<Facts, OutputError> {
        let fail = |doing| move |error: io::Error| OutputError::new(path, doing, error);
        let mut file = Hashed::create(&self.disk, path).map_err(fail(OutputStep::Create))?;
        parts(&mut |part| file.write_all(part)).map_err(fail(OutputStep::Write))?;
        file.finish().map_err(fail(OutputStep::Sync))
    }

    /// A file for what the one with this name is made of, and no memory is to hold.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub(crate) fn scratch(&self, name: &str) -> Result<Scratch<'_>> {
        let made = Scratch::create(&self.disk, &self.held.folder);
        made.map_err(|error| Error::output(self.path.join(name), OutputStep::Create, error))
    }

    /// What is told where the scratch file of the one with this name cannot be written.
    pub(crate) fn unwritten(&self, name: &str, error: io::Error) -> Error {
        Error::output(self.path.join(name), OutputStep::Write, error)
    }

    /// Puts a file in the place of the one with its name, in one step, once all that was written before is
    /// on the disk.
    ///
    /// # Errors
    /// [`Error::Output`]. The old file stands there still; or the new one, where only its name is not known to be
    /// on the disk.
    pub(crate) fn replace(&self, name: &str, content: &[u8]) -> Result<()> {
        let place = self.path.join(name);
        let aside = self.held.folder.join(name);
        let fail = |doing| {
            let place = &place;
            move |error: io::Error| OutputError::new(place, doing, error)
        };
        let synced = self.disk.sync_folder(&self.path).map_err(fail(OutputStep::Sync));
        let replaced = synced.and_then(|()| {
            let written = self.write_to(&aside, |take| take(content));
            written.map_err(|error| OutputError { path: place.clone(), ..error })?;
            self.disk.rename(&aside, &place).map_err(fail(OutputStep::Rename))?;
            self.disk.sync_folder(&self.path).map_err(fail(OutputStep::Sync))
        });
        if replaced.is_err() {
            // It is of no use any more, and the lock's folder is to be empty.
            let _ = fs::remove_file(&aside);
        }
        Ok(replaced?)
    }

    /// Removes a file that no longer counts. One that cannot be removed is left to the next writer.
    pub(crate) fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Whether nobody reads here now. As long as the answer lives nobody begins to.
    pub(crate) fn without_readers(&self) -> Option<Reading> {
        let file = readers(&self.path, true)?;
        file.try_lock().ok().map(|()| Reading(file))
    }

    #[cfg(test)]
    pub(crate) fn fail_after(&self, calls: usize) {
        self.disk.fails_after.store(calls, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.held.release();
    }
}

/// Someone who reads in a folder, and what keeps old files there.
#[derive(Debug)]
#[allow(dead_code, reason = "it is held, not looked at")]
pub(crate) struct Reading(File);

impl Reading {
    /// Says that someone reads here; waits while old files are being removed. `None` where the system has no
    /// such word, or the folder cannot be written to and nobody wrote there since.
    pub(crate) fn begin(path: &Path) -> Option<Self> {
        let file = readers(path, true).or_else(|| readers(path, false))?;
        file.lock_shared().ok().map(|()| Self(file))
    }
}

fn readers(path: &Path, write: bool) -> Option<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(write).create(write).truncate(false);
    options.open(path.join(READERS)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_one_writes_at_a_time() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::hold(temp.path()).unwrap();
        let facts = folder.write("segment", b"ferry").unwrap();
        assert_eq!(facts.bytes, 5);
        folder.replace("MANIFEST", b"old").unwrap();
        let held = Folder::hold(temp.path()).unwrap_err();
        assert!(matches!(&held, Error::Output(error) if error.is_held()), "{held:?}");
        let told = held.to_string();
        assert!(told.contains(&format!("process {}", std::process::id())), "{told}");
        let mut steps = Vec::new();
        for calls in 1.. {
            folder.fail_after(calls);
            let Err(Error::Output(error)) = folder.replace("MANIFEST", b"new") else { break };
            // It names the place that was to be written, and keeps what the system said.
            assert_eq!(error.path, temp.path().join("MANIFEST"));
            assert_eq!(error.io_kind(), Some(io::ErrorKind::Other));
            steps.push(error.doing);
            let found = fs::read(temp.path().join("MANIFEST")).unwrap();
            assert!(found == b"old" || calls == 6, "{calls}");
        }
        use OutputStep::{Create, Rename, Sync, Write};
        assert_eq!(steps, [Sync, Create, Write, Sync, Rename, Sync]);
        assert_eq!(fs::read(temp.path().join("MANIFEST")).unwrap(), b"new");
        drop(folder);
        let names = fs::read_dir(temp.path()).unwrap().count();
        assert_eq!(names, 2);
        drop(Folder::hold(temp.path()).unwrap());
    }

    #[test]
    fn a_reader_keeps_old_files_and_several_may_read() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::hold(temp.path()).unwrap();
        let readers = [Reading::begin(temp.path()), Reading::begin(temp.path())];
        assert!(readers.iter().all(Option::is_some));
        assert!(folder.without_readers().is_none());
        drop(readers);
        assert!(folder.without_readers().is_some());
    }
}
