//! What the stages of a run found, kept beside its folder until it is written, so that a run that was killed goes on where
//! it was.
//!
//! [`Checkpoints`] is a hidden folder `.OUT.resume` with a file for each stage that is through. A file is taken only by a run of
//! the same program, settings and articles; what is of another run, or is not whole, is made anew. So a run that goes on
//! gives the bytes of one that was never stopped. Cost: the results of a stage as JSON, packed, on the disk before the next stage
//! begins; nothing where it is not asked for.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::Xxh3;

use crate::error::{Error, OutputStep, Result};
use crate::output::Folder;
use crate::sealed::Kind;

/// What a file of this kind begins with.
const KIND: Kind = Kind { magic: *b"NFSTAGE\0", format: 1, name: "checkpoint" };
/// Bytes of the number that says of which run a file is.
const RUN: usize = 8;
/// How strongly zstd packs: as fast as it can.
const COMPRESSION: i32 = 1;

/// What a run is known by: whatever its results depend on.
#[derive(Default)]
pub(crate) struct RunKey(Xxh3);

/// The results of stages, or nothing where none are kept.
#[derive(Debug, Default)]
pub(crate) struct Checkpoints(Option<Kept>);

#[derive(Debug)]
struct Kept {
    folder: Folder,
    path: PathBuf,
    run: u64,
}

impl RunKey {
    /// Adds something that the results depend on.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Adds the content of a file that settings name.
    ///
    /// # Errors
    /// [`Error::Config`] where it can be read no more.
    pub(crate) fn add_file(&mut self, path: &Path) -> Result<()> {
        let content = fs::read(path);
        let content = content.map_err(|error| Error::config(path.display().to_string(), error))?;
        self.add(&content);
        Ok(())
    }

    /// Adds the program itself: another one may find something else.
    pub(crate) fn add_program(&mut self) {
        self.add(env!("CARGO_PKG_VERSION").as_bytes());
        let facts = std::env::current_exe().and_then(fs::metadata);
        let built = facts.as_ref().ok().and_then(|facts| facts.modified().ok());
        self.add(format!("{:?} {built:?}", facts.map_or(0, |facts| facts.len())).as_bytes());
    }
}

impl Checkpoints {
    /// Those beside the folder `out`, which may be there from an earlier run.
    ///
    /// # Errors
    /// [`Error::Output`] where nothing can be kept there, and where another run keeps its own.
    pub(crate) fn beside(out: &Path, run: &RunKey) -> Result<Self> {
        let path = place(out);
        let made = fs::create_dir_all(&path);
        made.map_err(|error| Error::output(&path, OutputStep::Create, error))?;
        let folder = Folder::hold(&path)?;
        Ok(Self(Some(Kept { folder, path, run: run.0.digest() })))
    }

    /// What a stage found earlier, or what `find` finds now, which is then kept.
    ///
    /// # Errors
    /// Those of `find`, and [`Error::Output`] where it cannot be kept.
    pub(crate) fn stage<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        find: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let Some(kept) = &self.0 else { return find() };
        if let Some(found) = kept.read(name) {
            return Ok(found);
        }
        let found = find()?;
        kept.write(name, &found)?;
        Ok(found)
    }
}

/// Removes what is kept beside the folder `out`: its run is through.
pub(crate) fn clear(out: &Path) {
    // What cannot be removed is of no use to any other run, and does no harm.
    let _ = fs::remove_dir_all(place(out));
}

/// The folder for what is kept beside `out`.
fn place(out: &Path) -> PathBuf {
    let mut hidden = OsString::from(".");
    hidden.push(out.file_name().unwrap_or_default());
    hidden.push(".resume");
    out.with_file_name(hidden)
}

impl Kept {
    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let sealed = fs::read(self.path.join(name)).ok()?;
        let (run, packed) = KIND.open(&sealed).ok()?.split_at_checked(RUN)?;
        if run != self.run.to_le_bytes() {
            return None;
        }
        let json = BufReader::new(zstd::Decoder::with_buffer(packed).ok()?);
        serde_json::from_reader(json).ok()
    }

    fn write<T: Serialize>(&self, name: &str, found: &T) -> Result<()> {
        let packed = pack(self.run, found);
        let failed = |error| Error::output(self.path.join(name), OutputStep::Write, error);
        let packed = packed.map_err(|error: io::Error| failed(error))?;
        self.folder.replace(name, &KIND.seal(&packed))
    }
}

fn pack<T: Serialize>(run: u64, found: &T) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(run.to_le_bytes().to_vec(), COMPRESSION)?;
    serde_json::to_writer(&mut encoder, found)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(settings: &str) -> RunKey {
        let mut key = RunKey::default();
        key.add(settings.as_bytes());
        key
    }

    fn none() -> Result<Vec<f64>> {
        panic!("it was found earlier")
    }

    #[test]
    fn what_was_found_is_found_once_by_a_run_and_by_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let found = vec![0.1 + 0.2, 1e300, -0.0];
        let of = |settings: &str| Checkpoints::beside(&out, &key(settings)).unwrap();
        assert_eq!(of("a").stage("story", || Ok(found.clone())).unwrap(), found);
        assert_eq!(of("a").stage("story", none).unwrap(), found);
        assert_eq!(of("a").stage("passage", || Ok(vec![1.0])).unwrap(), [1.0]);
        assert_eq!(of("b").stage("story", || Ok(vec![2.0])).unwrap(), [2.0]);
        clear(&out);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_not_whole_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let of = || Checkpoints::beside(&out, &key("a")).unwrap();
        of().stage("story", || Ok(vec![1.0])).unwrap();
        let file = place(&out).join("story");
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&file, &damaged).unwrap();
            assert_eq!(of().stage("story", || Ok(vec![2.0])).unwrap(), [2.0], "byte {at}");
            fs::write(&file, &whole[..at]).unwrap();
            assert_eq!(of().stage("story", || Ok(vec![3.0])).unwrap(), [3.0], "cut at {at}");
        }
    }

    #[test]
    fn two_runs_do_not_keep_their_stages_in_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let one = Checkpoints::beside(&out, &key("a")).unwrap();
        assert!(matches!(Checkpoints::beside(&out, &key("a")), Err(Error::Output(_))));
        drop(one);
        assert!(Checkpoints::beside(&out, &key("a")).is_ok());
    }
}
