//! The program of a measurement, kept for `--compare`, with the settings that it had.
//!
//! A file of figures may come from anywhere, and nobody expects it to run anything. So it only names what is kept, and
//! that lies where this user alone keeps things: a program that somebody else sends is never run.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, ffi::OsString};

use newsfold::config::Settings;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::cli::{WORDS, command};

/// So many programs are kept, of some 30 MB each; the oldest go.
const MOST_KEPT: usize = 8;
/// The name of the program in its folder, and that of its [`Call`].
const PROGRAM: &str = "program";
const CALL: &str = "call.json";
/// The digits of a key.
const DIGITS: usize = 32;
/// Variables that change what a program costs: those of loaders and of allocators.
const PREFIXES: [&str; 5] = ["DYLD_", "GLIBC_", "LD_", "MALLOC_", "MIMALLOC_"];

/// How a program was called.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) settings: Settings,
    /// Those of [`PREFIXES`].
    variables: BTreeMap<String, String>,
}

impl Call {
    /// With these settings, here and now. Files that they name are those of this folder, wherever it is called again.
    pub(super) fn now(mut settings: Settings) -> Self {
        let files = [
            &mut settings.background,
            &mut settings.cannot_link,
            &mut settings.credits,
            &mut settings.ignore,
            &mut settings.must_link,
            &mut settings.outlets,
            &mut settings.write_kept,
        ];
        for file in files.into_iter().flatten() {
            *file = std::path::absolute(&*file).unwrap_or_else(|_| std::mem::take(file));
        }
        let of_cost = |(name, value): (OsString, OsString)| {
            Some((
                name.into_string().ok().filter(|name| is_of_cost(name))?,
                value.into_string().ok()?,
            ))
        };
        Self { settings, variables: env::vars_os().filter_map(of_cost).collect() }
    }

    /// The variables of a process that is called so: those of this one, but for what changes the cost, and for what
    /// the settings say.
    pub(super) fn variables(&self) -> impl Iterator<Item = (OsString, OsString)> {
        let is_ours = |name: &str| is_of_cost(name) || name.starts_with(command::PREFIX);
        let others = env::vars_os().filter(move |(name, _)| !name.to_str().is_some_and(is_ours));
        let own = self.variables.iter().map(|(name, value)| (name.into(), value.into()));
        others.chain(own)
    }
}

fn is_of_cost(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// A program, and how it was called.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) file: PathBuf,
    pub(super) call: Call,
}

impl Program {
    /// This one. `None` where it has no file of its own, as in Python.
    pub(super) fn own(call: Call) -> Option<Self> {
        let words = WORDS.get().map_or(&[][..], Vec::as_slice);
        let is_own = env::args_os().skip(1).eq(words.iter().skip(1).map(OsString::from));
        // What runs, though another build has taken its place.
        let running = Path::new("/proc/self/exe");
        let file = match running.exists() {
            true => running.to_owned(),
            false => env::current_exe().ok()?,
        };
        is_own.then_some(Self { file, call })
    }

    /// Keeps it, and returns its key.
    pub(super) fn keep(&self) -> io::Result<String> {
        let all = folder().ok_or_else(|| io::Error::other("there is no folder of the user"))?;
        private(&all)?;
        if !is_private(&all) {
            return Err(io::Error::other(format!("others may write to {}", all.display())));
        }
        let call = serde_json::to_vec(&self.call).map_err(io::Error::other)?;
        let part = tempfile::Builder::new().prefix(".").tempdir_in(&all)?;
        fs::copy(&self.file, part.path().join(PROGRAM))?;
        fs::write(part.path().join(CALL), &call)?;
        let mut hash = Xxh3::new();
        hash.update(&call);
        hash.update(&fs::read(part.path().join(PROGRAM))?);
        let key = format!("{:0DIGITS$x}", hash.digest128());
        let place = all.join(&key);
        // One of the same key has the same content: it is replaced by what is younger.
        let _ = fs::remove_dir_all(&place);
        match fs::rename(part.path(), &place) {
            Err(error) if !place.exists() => return Err(error),
            _ => {}
        }
        // Another process may drop them at the same time.
        let _ = drop_oldest(&all);
        Ok(key)
    }

    /// The one of this key, where it is kept here.
    pub(super) fn kept(key: &str) -> Option<Self> {
        if key.len() != DIGITS || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let all = folder()?;
        let place = all.join(key);
        let file = place.join(PROGRAM);
        if ![&all, &place, &file].into_iter().all(|path| is_private(path)) {
            return None;
        }
        let call = serde_json::from_slice(&fs::read(place.join(CALL)).ok()?).ok()?;
        file.is_file().then_some(Self { file, call })
    }
}

/// Where programs are kept: a folder of this user alone.
fn folder() -> Option<PathBuf> {
    let named = |name: &str| env::var_os(name).map(PathBuf::from);
    let caches = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else {
        named("XDG_CACHE_HOME").or_else(|| env::home_dir().map(|home| home.join(".cache")))
    };
    let caches = caches.filter(|caches| caches.is_absolute())?;
    Some(caches.join("newsfold").join("bench"))
}

fn private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether nobody but this user can have put it there, or have changed it.
#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|told| told.uid() == own && told.mode() & 0o022 == 0)
}

/// The folders of a user are their own where the system sees to it.
#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}

/// Removes the oldest programs past [`MOST_KEPT`].
fn drop_oldest(all: &Path) -> io::Result<()> {
    let mut kept: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(all)? {
        let entry = entry?;
        if entry.file_name().len() == DIGITS {
            kept.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    kept.sort();
    let many = kept.len().saturating_sub(MOST_KEPT);
    kept.into_iter().take(many).try_for_each(|(_, path)| fs::remove_dir_all(path))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_key_names_what_is_kept_and_leads_nowhere_else() {
        for key in ["", "..", "/bin", "0123456789abcdef0123456789abcde/", &"é".repeat(16)] {
            assert!(Program::kept(key).is_none(), "{key}");
        }
    }

    #[test]
    fn the_oldest_programs_go() {
        let all = TempDir::new().unwrap();
        let key = |place: usize| all.path().join(format!("{place:0DIGITS$x}"));
        for place in 0..=MOST_KEPT {
            fs::create_dir(key(place)).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        fs::write(all.path().join("other"), "").unwrap();
        drop_oldest(all.path()).unwrap();
        let left: Vec<bool> = (0..=MOST_KEPT).map(|place| key(place).exists()).collect();
        assert!(!left[0] && left[1..].iter().all(|is| *is), "{left:?}");
        assert!(all.path().join("other").exists());
    }
}
