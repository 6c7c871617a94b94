//! Whether the input has the names that `--field` gives, and which names it has.
//!
//! A name that no record has is a slip, and the names that there are show it. They are looked for while records are read:
//! in the heads of tables, and in the first of some dozens of other records. Cost: a look at a flag for each
//! record as soon as every name was seen; nothing where none is given. What is said is the same for any number of threads.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::field::FieldMapping;
use super::fields::NameId;
use crate::error::Error;

/// As many names as a line can say.
const SAID: usize = 20;
/// As many as are kept of an input whose records all have others.
const KEPT: usize = 1000;

/// The names that were given, and what was seen so far.
#[derive(Debug, Default)]
pub(super) struct Sought {
    given: Vec<Given>,
    /// Whether any record was looked at.
    looked: AtomicBool,
    /// Names that records have, the first in their order.
    there: Mutex<BTreeSet<String>>,
}

#[derive(Debug)]
struct Given {
    mapping: FieldMapping,
    /// How the input may have it.
    names: Vec<NameId>,
    seen: AtomicBool,
}

impl Sought {
    /// Looks for one more, under any of these names.
    pub(super) fn add(&mut self, mapping: &FieldMapping, names: Vec<NameId>) {
        self.given.push(Given { mapping: mapping.clone(), names, seen: AtomicBool::new(false) });
    }

    /// Takes note of a record or a head: whether it has a name.
    pub(super) fn look(&self, has: impl Fn(NameId) -> bool) {
        if self.given.is_empty() {
            return;
        }
        self.looked.store(true, Ordering::Relaxed);
        for given in self.given.iter().filter(|given| !given.seen.load(Ordering::Relaxed)) {
            if given.names.iter().any(|name| has(*name)) {
                given.seen.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Whether somebody may have to be told which names there are.
    pub(super) fn wants_names(&self) -> bool {
        self.given.iter().any(|given| !given.seen.load(Ordering::Relaxed))
    }

    /// Takes note of names that are there.
    pub(super) fn names(&self, names: impl IntoIterator<Item = String>) {
        if self.given.is_empty() {
            return;
        }
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            there.insert(name);
            if there.len() > KEPT {
                there.pop_last();
            }
        }
    }

    /// The first that was given and that no record has, in words, where records were looked at.
    pub(super) fn missing(&self) -> Option<String> {
        let is_missing = |given: &&Given| !given.seen.load(Ordering::Relaxed);
        let Given { mapping, .. } = self.given.iter().find(is_missing)?;
        if !self.looked.load(Ordering::Relaxed) {
            return None;
        }
        let there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        Some(match there.is_empty() {
            true => format!("no record has {}; the input names no columns", mapping.path),
            false => format!("no record has {}; there are {}", mapping.path, said(there.iter())),
        })
    }

    /// An error for what [`missing`](Self::missing) says.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.missing().map_or(Ok(()), |reason| Err(Error::config("--field", reason)))
    }
}

/// Names, as many as a line can say.
fn said<'n>(names: impl ExactSizeIterator<Item = &'n String>) -> String {
    let more = if names.len() > SAID { " …" } else { "" };
    names.take(SAID).map(String::as_str).collect::<Vec<_>>().join(", ") + more
}

/// That none of a record's names is one of a text, with the names and what to do.
pub(super) fn no_text(names: &[String]) -> String {
    format!(
        "no text under any known name, among {}: name the one that holds it with --field text=NAME",
        said(names.iter())
    )
}
