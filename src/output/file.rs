//! One file that holds the old content or the new, whole.
//!
//! It is written under a hidden name beside its place, `.NAME.partial`, locked, and renamed when the
//! disk has it. A hidden file whose lock can be taken was left by a killed run, and is written over.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::lock;
use crate::error::{Error, OutputStep, Result};

/// A file in the making that this process alone writes.
#[derive(Debug)]
pub struct FileClaim {
    /// Where the file will stand.
    place: PathBuf,
    file: File,
    /// Where it stands until then; `None` where it is no file of a disk but a device or a pipe.
    aside: Option<PathBuf>,
}

impl FileClaim {
    /// Claims the place `path`.
    ///
    /// # Errors
    /// [`Error::Output`] where nothing can be written there, or another process writes there.
    pub fn new(path: &Path) -> Result<Self> {
        let fail = |doing| move |error: io::Error| Error::output(path, doing, error);
        let refuse = |doing, reason: &str| Error::output(path, doing, reason);
        if path.as_os_str() == "-" {
            let reason =
                "standard output takes none of this; name a file (./- for one of that name)";
            return Err(refuse(OutputStep::Check, reason));
        }
        if let Ok(found) = fs::metadata(path) {
            if found.is_dir() {
                return Err(refuse(OutputStep::Check, "this is a folder; name a file"));
            }
            if !found.is_file() {
                let file = OpenOptions::new().write(true).open(path);
                let file = file.map_err(fail(OutputStep::Create))?;
                return Ok(Self { place: path.to_owned(), file, aside: None });
            }
        }
        // A link stays one: what it leads to is replaced.
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let no_name = || refuse(OutputStep::Check, "name a file that can be made");
        let name = place.file_name().ok_or_else(no_name)?;
        let aside = place.with_file_name(lock::hidden_name(name));
        for _ in 0..lock::ATTEMPTS {
            let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&aside);
            let file = opened.map_err(fail(OutputStep::Create))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let reason = "another newsfold writes this file; wait until it is done";
                    return Err(refuse(OutputStep::Lock, reason));
                }
                Err(TryLockError::Error(error)) => return Err(fail(OutputStep::Lock)(error)),
            }
            // Whoever had it before us may have given it its name.
            if lock::is_still_at(&file, &aside) {
                let claim = Self { place, file, aside: Some(aside) };
                claim.file.set_len(0).map_err(fail(OutputStep::Write))?;
                return Ok(claim);
            }
        }
        Err(refuse(OutputStep::Lock, "other processes write this file again and again"))
    }

    /// What the content is written to.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Where the content stands until it is whole; `None` for a device or a pipe.
    pub fn aside(&self) -> Option<&Path> {
        self.aside.as_deref()
    }

    /// Gives the file its place.
    ///
    /// # Errors
    /// [`Error::Output`]; what stood there stands there still.
    pub fn commit(mut self) -> Result<()> {
        let fail = |doing| {
            let place = &self.place;
            move |error: io::Error| Error::output(place, doing, error)
        };
        if let Some(aside) = &self.aside {
            self.file.sync_all().map_err(fail(OutputStep::Sync))?;
            fs::rename(aside, &self.place).map_err(fail(OutputStep::Rename))?;
            self.aside = None;
            if let Some(folder) = self.place.parent().filter(|_| cfg!(unix)) {
                // Decides nothing any more.
                let _ = File::open(folder).and_then(|folder| folder.sync_all());
            }
        }
        Ok(())
    }
}

impl Drop for FileClaim {
    fn drop(&mut self) {
        if let Some(aside) = &self.aside {
            let _ = fs::remove_file(aside);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn write(path: &Path, content: &str) -> Result<()> {
        let claim = FileClaim::new(path)?;
        claim.file().write_all(content.as_bytes()).unwrap();
        claim.commit()
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("page.html");
        write(&path, "old").unwrap();
        let half = FileClaim::new(&path).unwrap();
        half.file().write_all(b"ne").unwrap();
        assert!(FileClaim::new(&path).unwrap_err().to_string().contains("another newsfold"));
        drop(half);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        // What a killed run left is written over.
        fs::write(temp.path().join(".page.html.partial"), "longer than the new one").unwrap();
        write(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(entries(temp.path()), 1);
    }

    #[test]
    fn a_folder_and_a_place_that_is_not_there_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let refused = |path: &Path| FileClaim::new(path).unwrap_err().to_string();
        assert!(refused(temp.path()).contains("this is a folder"));
        assert!(refused(Path::new("-")).contains("standard output"));
        assert!(refused(&temp.path().join("none/page.html")).contains("page.html: "));
        assert_eq!(entries(temp.path()), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_told_and_stays_a_device() {
        let claim = FileClaim::new(Path::new("/dev/full")).unwrap();
        assert!(claim.file().write_all(b"x").is_err());
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
