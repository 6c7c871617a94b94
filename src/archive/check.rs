//! Whether every file of an archive is what was written, and what is lost where one is not.
//!
//! What follows from the articles can be made again, and files that no state names can go: nothing that was
//! acknowledged is lost with them. Articles, statistics and what each change did cannot be made again.

use std::path::Path;

use serde::Serialize;

use super::lookup::Lookup;
use super::manifest::{Manifest, Segment};
use super::outcome::Outcome;
use super::stored::Readings;
use super::write::{clean, unused};
use super::{Archive, Changes, content, segment};
use crate::error::{Cause, Result};
use crate::observer::Observer;
use crate::output::Folder;
use crate::statistics::Statistics;

/// A file that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its name.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
    /// What is lost with it; nothing where it can be made again.
    pub lost: Option<String>,
    /// Whether it was made again.
    pub repaired: bool,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The state that was checked.
    pub generation: u64,
    /// Files of that state.
    pub files: usize,
    /// Articles in it.
    pub articles: usize,
    /// What is not as it was written, in order of the files' names.
    pub faults: Vec<Fault>,
    /// Files that no state names: what a killed writer left. The next writer removes them.
    pub left_over: Vec<String>,
}

impl Checked {
    /// Whether all is as it was written, or was made so again.
    pub fn is_sound(&self) -> bool {
        self.faults.iter().all(|fault| fault.repaired)
    }
}

impl Archive {
    /// Reads every file of the archive and compares it with the manifest. With `repair`, makes lookup files and the
    /// outcome of the last run again where they are damaged, and removes what a killed writer left. Cost: one pass over all
    /// files; that of a run where the outcome has to be made again, and of sketches and seeds for a lookup file.
    ///
    /// # Errors
    /// [`Error::Archive`](crate::error::Error::Archive) where the manifest itself is damaged or missing: then nothing says which files count.
    pub fn check(folder: &Path, repair: bool, observer: &dyn Observer) -> Result<Checked> {
        let lock = repair.then(|| Folder::hold(folder)).transpose()?;
        let manifest = Manifest::read(folder)?;
        let mut checked = Checked {
            generation: manifest.generation,
            files: manifest.files.len(),
            articles: manifest.articles(),
            faults: faults(folder, &manifest),
            left_over: Vec::new(),
        };
        if let Some(lock) = lock {
            clean(&lock, folder, &manifest);
            drop(lock);
            let is_all_made_again = checked.faults.iter().all(|fault| fault.lost.is_none());
            if !checked.faults.is_empty() && is_all_made_again {
                let damaged: Vec<String> =
                    checked.faults.iter().map(|fault| fault.file.clone()).collect();
                Self::open(folder)?.make_again(&damaged, observer)?;
                checked.faults.iter_mut().for_each(|fault| fault.repaired = true);
                checked.generation += 1;
            }
        }
        let manifest = Manifest::read(folder)?;
        let newer = |name: &str| super::write::is_newer(name, &manifest);
        let left_over = unused(folder, &manifest).into_iter().map(|(name, _)| name);
        checked.left_over = left_over.filter(|name| newer(name)).collect();
        Ok(checked)
    }
}

fn faults(folder: &Path, manifest: &Manifest) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let used: std::collections::BTreeSet<&str> = manifest.used().collect();
    for name in used {
        let read = content(folder, manifest, name).and_then(|bytes| holds(manifest, name, &bytes));
        if let Err(reason) = read {
            let lost = lost_with(manifest, name);
            faults.push(Fault {
                file: name.to_owned(),
                reason: reason.to_string(),
                lost,
                repaired: false,
            });
        }
    }
    faults
}

/// Whether the bytes of a file hold what they should.
fn holds(manifest: &Manifest, name: &str, bytes: &[u8]) -> std::result::Result<(), Cause> {
    if let Some(segment) = manifest.segments.iter().find(|segment| segment.file == name) {
        let articles = segment::of_bytes(bytes)?.len();
        return match articles == segment.articles {
            true => Ok(()),
            false => {
                Err(format!("{articles} articles where there were {}", segment.articles).into())
            }
        };
    }
    if manifest.segments.iter().any(|segment| is_lookup(segment, name)) {
        let (lookup, facts) = Lookup::of_bytes(bytes.to_vec())?;
        lookup.check()?;
        let its = manifest.segments.iter().filter(|segment| is_lookup(segment, name));
        let (has, are): (usize, usize) = (facts.len(), its.map(|segment| segment.articles).sum());
        return match has == are {
            true => Ok(()),
            false => Err(format!("of {has} articles where there are {are}").into()),
        };
    }
    if manifest.outcome.as_deref() == Some(name) {
        let articles = Outcome::of_bytes(bytes)?.articles.len();
        return match articles == manifest.articles() {
            true => Ok(()),
            false => Err(format!("the outcome of {articles} articles").into()),
        };
    }
    if manifest.statistics == name {
        return Statistics::from_bytes(bytes, name).map(drop).map_err(Cause::of);
    }
    if manifest.readings.iter().any(|file| file == name) {
        return Readings::of_bytes(bytes).map(drop);
    }
    if manifest.changes.iter().any(|file| file == name) {
        return Changes::of_bytes(bytes).map(drop);
    }
    Ok(())
}

fn is_lookup(segment: &Segment, name: &str) -> bool {
    segment.lookup.as_deref() == Some(name)
}

/// What is lost with a file.
fn lost_with(manifest: &Manifest, name: &str) -> Option<String> {
    let is_lookup = manifest.segments.iter().any(|segment| is_lookup(segment, name));
    if is_lookup || manifest.outcome.as_deref() == Some(name) {
        return None;
    }
    if let Some(segment) = manifest.segments.iter().find(|segment| segment.file == name) {
        return Some(format!("{} articles", segment.articles));
    }
    let lost = match name {
        _ if manifest.statistics == name => "the statistics that everything was found under",
        _ if manifest.readings.iter().any(|file| file == name) => {
            "which files some articles came from, and the records that were rejected"
        }
        _ if manifest.changes.iter().any(|file| file == name) => "what one change did",
        _ => "a file that the settings of the archive name",
    };
    Some(lost.to_owned())
}
