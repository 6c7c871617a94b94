//! What an archive holds, in numbers: told without a run.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::write::unused;
use super::{Archive, Redirect, Redirects};
use crate::error::Result;

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// How many states there were, this one among them.
    pub generation: u64,
    /// The version of the format.
    pub format: u64,
    /// Articles.
    pub articles: usize,
    /// Different outlets.
    pub outlets: usize,
    /// The earliest publication, in UTC.
    pub first_published: Option<String>,
    /// The latest one.
    pub last_published: Option<String>,
    /// How many articles its statistics were counted from.
    pub statistics_articles: u64,
    /// The numbers of families and stories, by the names that `run.json` has for them. How many passages there are, only a
    /// run tells; archives of older versions have it from their last change.
    pub counts: Value,
    /// Files that hold articles.
    pub segments: usize,
    /// Bytes of all files of this state.
    pub bytes: u64,
    /// Bytes of the texts of its articles.
    pub text_bytes: u64,
    /// Bytes of files of earlier states, which `compact` removes.
    pub unused_bytes: u64,
    /// Ids of groups that went into others, with the one each leads to.
    pub redirects: Vec<Redirect>,
}

impl Archive {
    /// What the archive holds. Cost: it reads every file once.
    ///
    /// # Errors
    /// [`Error::Archive`](crate::error::Error::Archive) for a damaged file.
    pub fn stats(&self) -> Result<Stats> {
        let articles = self.articles()?;
        let outcome = self.outcome()?;
        let outlets: BTreeSet<&str> =
            articles.iter().map(|article| article.outlet.as_str()).collect();
        let dates = articles.iter().filter_map(|article| article.published);
        let manifest = &self.manifest;
        Ok(Stats {
            generation: manifest.generation,
            format: manifest.format,
            articles: articles.len(),
            outlets: outlets.iter().filter(|outlet| !outlet.is_empty()).count(),
            first_published: dates.clone().min().map(|at| at.to_string()),
            last_published: dates.max().map(|at| at.to_string()),
            statistics_articles: self.statistics().articles,
            segments: manifest.segments.len(),
            bytes: manifest.files.values().map(|facts| facts.bytes).sum(),
            text_bytes: articles.iter().map(|article| article.text.len() as u64).sum(),
            unused_bytes: unused(&self.folder, manifest).iter().map(|(_, bytes)| bytes).sum(),
            redirects: self.redirects(&outcome)?,
            counts: outcome.counts,
        })
    }

    pub(super) fn redirects(&self, outcome: &super::Outcome) -> Result<Vec<Redirect>> {
        let mut redirects = Redirects::default();
        self.changes()?.iter().for_each(|changes| redirects.follow(changes));
        Ok(redirects.all(outcome))
    }
}
