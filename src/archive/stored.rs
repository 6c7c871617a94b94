//! What is kept beside the articles, as sealed and compressed JSON: outcomes, and what is known of inputs.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use crate::error::{Cause, Place, Position, Reject};
use crate::ingest::InputFile;
use crate::sealed::Kind;

const OUTCOME: Kind = Kind { magic: *b"NFOUTCOM", format: 1, name: "outcome" };
const READING: Kind = Kind { magic: *b"NFREADNG", format: 1, name: "file of inputs" };
/// As for segments.
const COMPRESSION: i32 = 3;

/// The files that articles came from, and the records that are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Readings {
    /// In order of path.
    pub(super) files: Vec<InputFile>,
    /// In order of their places.
    pub(super) rejects: Vec<Reject>,
}

/// A reject as it is stored.
#[derive(Serialize, Deserialize)]
struct Rejected {
    file: String,
    line: Option<u64>,
    record: Option<u64>,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct Reading {
    files: Vec<InputFile>,
    rejects: Vec<Rejected>,
}

impl Readings {
    /// Adds others; what is there already is there once.
    pub(super) fn join(&mut self, other: Self) {
        self.files.extend(other.files);
        self.files.sort_by(|a, b| (&a.path, &a.xxh3).cmp(&(&b.path, &b.xxh3)));
        self.files.dedup();
        self.rejects.extend(other.rejects);
        self.rejects.sort();
        self.rejects.dedup();
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let rejected = |reject: &Reject| {
            let Reject { position: Position { file, place }, reason } = reject;
            let (line, record) = match *place {
                Place::Whole => (None, None),
                Place::Line(line) => (Some(line), None),
                Place::Record(record) => (None, Some(record)),
            };
            Rejected { file: file.to_string(), line, record, reason: reason.to_string() }
        };
        let rejects = self.rejects.iter().map(rejected).collect();
        store(READING, &Reading { files: self.files.clone(), rejects })
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self, Cause> {
        let Reading { files, rejects } = restore(READING, bytes)?;
        let reject = |Rejected { file, line, record, reason }| Reject {
            position: match (line, record) {
                (Some(line), _) => Position::line(file, line),
                (None, Some(record)) => Position::record(file, record),
                (None, None) => Position::whole(file),
            },
            reason: reason.into(),
        };
        Ok(Self { files, rejects: rejects.into_iter().map(reject).collect() })
    }
}

impl Outcome {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        store(OUTCOME, self)
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self, Cause> {
        let outcome: Self = restore(OUTCOME, bytes)?;
        let is_there = |place: Option<u32>, groups: &[_]| {
            place.is_none_or(|place| (place as usize) < groups.len())
        };
        let articles = outcome.articles.iter().all(|article| {
            is_there(article.family, &outcome.families) && is_there(article.story, &outcome.stories)
        });
        let mut stories = outcome.stories.iter();
        match articles && stories.all(|story| is_there(story.storyline, &outcome.storylines)) {
            true => Ok(outcome),
            false => Err("it names groups that it does not have".into()),
        }
    }
}

fn store(kind: Kind, value: &impl Serialize) -> Vec<u8> {
    // Texts and numbers alone, to memory: there is nothing that could fail.
    let json = serde_json::to_vec(value).unwrap_or_default();
    kind.seal(&zstd::encode_all(&json[..], COMPRESSION).unwrap_or_default())
}

fn restore<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T, Cause> {
    let json = zstd::decode_all(kind.open(bytes)?).map_err(Cause::of)?;
    serde_json::from_slice(&json).map_err(Cause::of)
}
