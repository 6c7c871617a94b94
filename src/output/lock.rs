//! Who writes into a folder: a hidden folder beside it with a locked file, which says who that is.
//!
//! The system gives a lock up when its process ends, however it ends. A hidden folder whose lock can
//! be taken is therefore what a killed run left.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

const LOCK: &str = "lock";
/// How often the folder is made anew where its last owner removes it meanwhile.
pub(super) const ATTEMPTS: usize = 100;

/// A hidden folder that this process holds.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) folder: PathBuf,
    lock: File,
}

/// Why a hidden folder is not ours.
pub(super) enum Denied {
    /// Another process holds it: its own words.
    Held(String),
    Failed(io::Error),
}

impl From<io::Error> for Denied {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// What the hidden folder for `name` is called.
pub(super) fn hidden_name(name: &std::ffi::OsStr) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".partial");
    hidden
}

/// Makes the hidden folder, or takes over one whose owner is gone.
pub(super) fn hold(folder: &Path) -> Result<Held, Denied> {
    for _ in 0..ATTEMPTS {
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        }
        let path = folder.join(LOCK);
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut lock = match opened {
            Ok(lock) => lock,
            // Its owner removed it between the two steps.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Where it cannot be read the lock still stands.
                let _ = lock.read_to_string(&mut holder);
                return Err(Denied::Held(holder.trim().to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // A lock on a file that was removed meanwhile keeps nobody out.
        if is_still_at(&lock, &path) {
            lock.set_len(0)?;
            lock.rewind()?;
            lock.write_all(own_name().as_bytes())?;
            return Ok(Held { folder: folder.to_owned(), lock });
        }
    }
    Err(Denied::Failed(io::Error::other("another process makes and removes this folder")))
}

impl Held {
    /// Whether this is the file that is locked.
    pub(super) fn is_lock(&self, path: &Path) -> bool {
        path == self.folder.join(LOCK)
    }

    /// Removes the folder, which holds nothing but the lock.
    pub(super) fn release(&self) {
        // What cannot be removed is taken over by the next run.
        let _ = fs::remove_file(self.folder.join(LOCK));
        let _ = fs::remove_dir(&self.folder);
        let _ = self.lock.unlock();
    }
}

#[cfg(test)]
impl Held {
    /// Gives the lock up as a process does that ends.
    pub(super) fn forget(&self) {
        self.lock.unlock().unwrap();
    }
}

/// This process, for whoever finds the folder taken.
fn own_name() -> String {
    let since = Timestamp::now().strftime("%F %T UTC");
    format!("process {} on {}, since {since}\n", std::process::id(), host())
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    "this machine".to_owned()
}

#[cfg(unix)]
pub(super) fn is_still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |found: fs::Metadata| (found.dev(), found.ino());
    let (file, there) = (file.metadata().map(place), fs::symlink_metadata(path).map(place));
    matches!((file, there), (Ok(file), Ok(there)) if file == there)
}

#[cfg(not(unix))]
pub(super) fn is_still_at(_: &File, path: &Path) -> bool {
    path.exists()
}
