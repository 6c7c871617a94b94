//! `MANIFEST`: which files an archive is made of, and what each holds, to the hash.
//!
//! The first line is a JSON object, the second the XXH3 of the first. It is replaced by a rename, so whoever
//! opens it has one state of the archive, whole.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::config::Settings;
use crate::error::{ArchiveError, ArchiveErrorKind, Cause, Error, Result, StoredError};
pub(super) use crate::output::ARCHIVE_MANIFEST as MANIFEST;
use crate::output::{ARCHIVE_MARK, Facts, Files};

/// The newest format that this program knows.
pub(super) const FORMAT: u64 = 4;

/// A segment, and how many articles it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    pub(super) file: String,
    pub(super) articles: usize,
    /// What queries look up in, which segments that follow each other may share; there is none where the first format
    /// wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lookup: Option<String>,
}

/// How many articles these hold together.
pub(super) fn articles_of(segments: &[Segment]) -> usize {
    segments.iter().map(|segment| segment.articles).sum()
}

/// One state of an archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) tool: String,
    pub(super) format: u64,
    /// The version of the program that wrote it.
    pub(super) version: String,
    /// How many states there were, this one among them.
    pub(super) generation: u64,
    /// Everything that decides the results, by option name.
    pub(super) parameters: BTreeMap<String, Value>,
    /// The settings they follow from.
    pub(super) settings: Settings,
    /// The file of statistics.
    pub(super) statistics: String,
    /// Files that settings name, by the name of the setting.
    pub(super) named: BTreeMap<String, String>,
    /// The articles.
    pub(super) segments: Vec<Segment>,
    /// What is known of the inputs.
    pub(super) readings: Vec<String>,
    /// What the last run found; none before there is an article.
    pub(super) outcome: Option<String>,
    /// What each change did, in order.
    pub(super) changes: Vec<String>,
    /// Every file above, with its length and hash.
    pub(super) files: Files,
}

impl Manifest {
    /// That of an archive without articles and without files.
    pub(super) fn new(parameters: BTreeMap<String, Value>, settings: Settings) -> Self {
        Self {
            tool: ARCHIVE_MARK.to_owned(),
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            generation: 0,
            parameters,
            settings,
            statistics: String::new(),
            named: BTreeMap::new(),
            segments: Vec::new(),
            readings: Vec::new(),
            outcome: None,
            changes: Vec::new(),
            files: Files::new(),
        }
    }

    /// How many articles there are.
    pub(super) fn articles(&self) -> usize {
        articles_of(&self.segments)
    }

    /// The segments by the file that queries look up in, in order. Those that follow each other and share a file are one run; one
    /// without a file is a run of its own.
    pub(super) fn runs(&self) -> impl Iterator<Item = &[Segment]> {
        self.segments.chunk_by(|a, b| a.lookup.is_some() && a.lookup == b.lookup)
    }

    /// Notes a file; one that is not used any more is left out by [`Self::forget_unused`].
    pub(super) fn note(&mut self, name: &str, facts: Facts) {
        self.files.insert(name.to_owned(), facts);
    }

    /// Leaves out the facts of files that nothing here names.
    pub(super) fn forget_unused(&mut self) {
        let used: Vec<String> = self.used().map(str::to_owned).collect();
        self.files.retain(|name, _| used.contains(name));
    }

    /// The names of all files.
    pub(super) fn used(&self) -> impl Iterator<Item = &str> {
        let segments = self.segments.iter().map(|segment| &segment.file);
        let lookups = self.segments.iter().flat_map(|segment| &segment.lookup);
        let lists =
            segments.chain(lookups).chain(&self.readings).chain(&self.changes).chain(&self.outcome);
        lists.chain([&self.statistics]).chain(self.named.values()).map(String::as_str)
    }

    /// The content of the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers alone: there is nothing in it that cannot be written.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        let seal = seal(&bytes);
        bytes.extend_from_slice(seal.as_bytes());
        bytes
    }

    /// Reads the manifest of the archive in `folder`.
    ///
    /// # Errors
    /// [`Error::Archive`] where there is no archive, one of a newer format, or the manifest is damaged.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                let words =
                    "no archive is here; make one with `newsfold index init`, or name its folder";
                let reason = Cause::told(words, error);
                ArchiveError::new(folder, ArchiveErrorKind::Missing, reason).into()
            }
            _ => fault(&path, error),
        })?;
        Self::of_bytes(&bytes).map_err(|reason| fault(&path, reason))
    }

    fn of_bytes(bytes: &[u8]) -> Result<Self, Cause> {
        /// What is looked at before the rest, which another format may have otherwise.
        #[derive(Deserialize)]
        struct Head {
            tool: String,
            format: u64,
        }
        let damaged = || {
            let words = "the manifest is damaged: its bytes are not those that were written";
            Cause::told(words, StoredError::Damaged { name: "manifest" })
        };
        let end = bytes.iter().position(|&byte| byte == b'\n').ok_or_else(damaged)? + 1;
        let (line, rest) = bytes.split_at(end);
        if rest != seal(line).as_bytes() {
            return Err(damaged());
        }
        let Head { tool, format } = serde_json::from_slice(line)?;
        if tool != ARCHIVE_MARK {
            return Err(format!("this is of {tool}, and no archive of newsfold").into());
        }
        if format > FORMAT {
            return Err(StoredError::NewerFormat { name: "archive", format, known: FORMAT }.into());
        }
        Ok(serde_json::from_slice(line)?)
    }
}

/// What stands below the line.
fn seal(line: &[u8]) -> String {
    format!("xxh3 {:032x}\n", xxh3_128(line))
}

/// What is wrong with a file of an archive.
pub(super) fn fault(path: &Path, reason: impl Into<Cause>) -> Error {
    ArchiveError::of(path, reason).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_byte_is_told_and_a_newer_format_named() {
        let mut manifest = Manifest::new(BTreeMap::new(), Settings::default());
        let bytes = manifest.to_bytes();
        assert_eq!(Manifest::of_bytes(&bytes).unwrap(), manifest);
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1;
            assert!(Manifest::of_bytes(&flipped).is_err(), "{place}");
        }
        manifest.format = 9;
        let told = Manifest::of_bytes(&manifest.to_bytes()).unwrap_err();
        assert!(told.contains("format 9") && told.contains("up to 4"), "{told}");
    }
}
