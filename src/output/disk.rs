//! The calls that change a disk, behind one type: each says what it was doing, and a test can make
//! any of them fail.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use xxhash_rust::xxh3::Xxh3Default;

/// The calls that change a disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// Calls until one fails; none does where this is 0.
    #[cfg(test)]
    pub(super) fails_after: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Disk {
    /// The place where a test makes a call fail; nothing otherwise.
    fn reach(&self) -> io::Result<()> {
        #[cfg(test)]
        {
            use std::sync::atomic::Ordering::SeqCst;
            let left = self.fails_after.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
            if left == Ok(1) {
                return Err(io::Error::other("made to fail"));
            }
        }
        Ok(())
    }

    pub(super) fn create(&self, path: &Path) -> io::Result<File> {
        self.reach()?;
        File::create(path)
    }

    pub(super) fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.reach()?;
        fs::create_dir(path)
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.reach()?;
        fs::rename(from, to)
    }

    /// Gives a file, or a link, a second name.
    pub(super) fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.reach()?;
        fs::hard_link(from, to)
    }

    /// Returns when the file's bytes, or the folder's names, would outlive a loss of power.
    pub(super) fn sync(&self, file: &File) -> io::Result<()> {
        self.reach()?;
        file.sync_all()
    }

    /// [`Self::sync`] of a folder. Where a system cannot open folders, names need no such care.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        match cfg!(unix) {
            true => self.sync(&File::open(path)?),
            false => Ok(()),
        }
    }

    /// Lets two folders change places in one step.
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    pub(super) fn exchange(&self, a: &Path, b: &Path) -> io::Result<()> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        self.reach()?;
        Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
    }

    /// No other system has that step.
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    pub(super) fn exchange(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A file without a name, which is gone with whoever made it, however that ends.
#[derive(Debug)]
pub(crate) struct Scratch<'d> {
    disk: &'d Disk,
    file: File,
}

impl<'d> Scratch<'d> {
    pub(super) fn create(disk: &'d Disk, folder: &Path) -> io::Result<Self> {
        disk.reach()?;
        Ok(Self { disk, file: tempfile::tempfile_in(folder)? })
    }
}

impl Write for Scratch<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.reach()?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for Scratch<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.file.read(bytes)
    }
}

impl Seek for Scratch<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// A file that knows the length and the hash of what was written to it.
pub(crate) struct Hashed<'d> {
    disk: &'d Disk,
    file: File,
    hash: Xxh3Default,
    bytes: u64,
}

impl<'d> Hashed<'d> {
    pub(super) fn create(disk: &'d Disk, path: &Path) -> io::Result<Self> {
        Ok(Self { file: disk.create(path)?, disk, hash: Xxh3Default::new(), bytes: 0 })
    }

    /// Returns what was written, once the disk has it.
    pub(super) fn finish(self) -> io::Result<super::Facts> {
        self.disk.sync(&self.file)?;
        Ok(super::Facts { bytes: self.bytes, xxh3: super::hexadecimal(self.hash.digest128()) })
    }
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.reach()?;
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
