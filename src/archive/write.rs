//! What changes an archive: each change is a new state, which the manifest leads to in one step.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ahash::AHashSet;
use jiff::Timestamp;
use serde::Serialize;

use super::lookup::Maker;
use super::manifest::{FORMAT, MANIFEST, Manifest, Segment};
use super::outcome::{Identity, Outcome};
use super::stored::Readings;
use super::{Archive, Changes, segment};
use crate::article::{Article, Corpus};
use crate::error::{Error, OutputStep, Result};
use crate::ingest::Ingested;
use crate::observer::Observer;
use crate::output::{Folder, Reading};
use crate::pipeline::Parts;
use crate::statistics::{Statistics, StatisticsConfig, Wanted};
use crate::text::tell_languages;

/// The generation of an archive without articles.
pub(super) const FIRST_GENERATION: u64 = 1;

/// What the names of our files begin with, before the number of the state that they came with.
const NAMES: [&str; 10] = [
    "segment",
    "lookup",
    "statistics",
    "outcome",
    "inputs",
    "changes",
    "ignore",
    "credits",
    "must-link",
    "cannot-link",
];

/// Which articles are to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwanted {
    /// The one with this id.
    Id(String),
    /// Those of this outlet.
    Outlet(String),
    /// Those published before this moment; undated ones stay.
    Before(Timestamp),
}

/// What [`Archive::compact`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Segments before.
    pub segments_before: usize,
    /// Segments now.
    pub segments: usize,
    /// Files of earlier states that were removed.
    pub removed_files: usize,
    /// Their bytes.
    pub freed_bytes: u64,
    /// Files of earlier states that stay, since someone reads in the archive.
    pub kept_for_readers: usize,
}

/// The next state: what differs from the present one.
struct Next {
    /// The segments that stay.
    kept: Vec<Segment>,
    /// Articles for new ones.
    fresh: Vec<Article>,
    /// What is known of inputs beside what is stored.
    reading: Option<Readings>,
    /// Statistics in place of the present ones.
    statistics: Option<Arc<Statistics>>,
    outcome: Outcome,
    changes: Changes,
}

impl Archive {
    /// Adds articles that were read, wholly or not at all, and tells what that changed. An article that
    /// is there already, with the same id and content, is skipped. Cost: the families and stories of all articles anew; what
    /// queries look up in is written a few times as more batches come.
    ///
    /// # Errors
    /// [`Error::Output`] where another process writes, or a file cannot be written; those of the stages. The archive
    /// is then as it was.
    pub fn add(&mut self, read: Ingested, observer: &dyn Observer) -> Result<Changes> {
        let lock = self.lock()?;
        let mut articles = self.articles()?;
        let before = self.outcome()?;
        let mut known: AHashSet<Identity> =
            before.articles.iter().map(|article| article.identity.clone()).collect();
        let corpus = &read.corpus;
        let as_given = |doc| {
            let id = corpus.given_id(doc);
            let is_new = known.insert(Identity::of(id, corpus.get(doc)));
            is_new.then(|| Article { id: id.clone(), ..corpus.get(doc).clone() })
        };
        let fresh: Vec<Article> = corpus.docs().filter_map(as_given).collect();
        let told = Changes {
            skipped: corpus.len() - fresh.len(),
            rejected: read.rejects.len(),
            generation: self.generation(),
            ..Changes::default()
        };
        if fresh.is_empty() {
            return Ok(told);
        }
        articles.extend(fresh.iter().cloned());
        let reading = Readings { files: read.files, rejects: read.rejects };
        let mut readings = self.readings()?;
        readings.join(reading.clone());
        let outcome = self.outcome_of(articles, readings, self.statistics(), observer)?;
        let changes = Changes {
            skipped: told.skipped,
            rejected: told.rejected,
            ..Changes::between(&before, &outcome)
        };
        let kept = self.manifest.segments.clone();
        let reading = Some(reading);
        self.commit(&lock, Next { kept, fresh, reading, statistics: None, outcome, changes })
    }

    /// Removes articles, and tells what that changed. Their text is gone from the disk once the archive is
    /// compacted. Cost: as [`Self::add`], over the articles that stay.
    ///
    /// # Errors
    /// As [`Self::add`]; [`Error::UnknownArticle`] where no article has an id.
    pub fn remove(&mut self, unwanted: &[Unwanted], observer: &dyn Observer) -> Result<Changes> {
        let lock = self.lock()?;
        let before = self.outcome()?;
        let mut ids: AHashSet<&Identity> = AHashSet::new();
        for unwanted in unwanted {
            let Unwanted::Id(id) = unwanted else { continue };
            let found = before.articles.iter().find(|article| article.id == *id);
            let unknown = || Error::UnknownArticle { id: id.as_str().into(), hint: "".into() };
            ids.insert(&found.ok_or_else(unknown)?.identity);
        }
        let is_unwanted = |article: &Article| {
            unwanted.iter().any(|unwanted| match unwanted {
                Unwanted::Id(_) => false,
                Unwanted::Outlet(outlet) => article.outlet.as_str() == outlet,
                Unwanted::Before(day) => article.published.is_some_and(|at| at.at < *day),
            }) || !ids.is_empty() && ids.contains(&Identity::of(&article.id, article))
        };
        let (mut kept, mut fresh, mut articles) = (Vec::new(), Vec::new(), Vec::new());
        for segment in &self.manifest.segments {
            let mut stay = self.restored(&segment.file, segment::of_bytes)?;
            let all = stay.len();
            stay.retain(|article| !is_unwanted(article));
            articles.extend(stay.iter().cloned());
            match stay.len() == all {
                true => kept.push(segment.clone()),
                false => fresh.extend(stay),
            }
        }
        if articles.len() == self.len() {
            return Ok(Changes { generation: self.generation(), ..Changes::default() });
        }
        let outcome = self.outcome_of(articles, self.readings()?, self.statistics(), observer)?;
        let changes = Changes::between(&before, &outcome);
        self.commit(&lock, Next { kept, fresh, reading: None, statistics: None, outcome, changes })
    }

    /// Counts the statistics anew from the articles of the archive, and tells what that changes. Only where
    /// `apply` is set the archive goes by them from then on. Cost: as [`Self::add`], and the statistics.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn refresh(&mut self, apply: bool, observer: &dyn Observer) -> Result<Changes> {
        let lock = self.lock()?;
        let articles = self.articles()?;
        let before = self.outcome()?;
        let mut corpus = Corpus::new(articles.clone());
        tell_languages(&mut corpus);
        let ignore = self.config.statistics.ignore.clone();
        let config = StatisticsConfig { ignore, ..StatisticsConfig::default() };
        let statistics = Arc::new(Statistics::count(&mut corpus, &config, Wanted::ALL, observer)?);
        drop(corpus);
        let outcome =
            self.outcome_of(articles, self.readings()?, Arc::clone(&statistics), observer)?;
        let changes = Changes::between(&before, &outcome);
        if !apply {
            return Ok(Changes { generation: self.generation(), ..changes });
        }
        let kept = self.manifest.segments.clone();
        let statistics = Some(statistics);
        let next = Next { kept, fresh: Vec::new(), reading: None, statistics, outcome, changes };
        self.commit(&lock, next)
    }

    /// Puts the articles into as few segments as they need, and removes the files of earlier states, where
    /// nobody reads in the archive now. Cost: one pass over the articles, and their sketches and seeds.
    ///
    /// # Errors
    /// [`Error::Output`], [`Error::Archive`] for a damaged file; the archive is then as it was.
    pub fn compact(&mut self) -> Result<Compacted> {
        let lock = self.lock()?;
        let segments_before = self.manifest.segments.len();
        let articles = self.articles()?;
        let parts = segment::parted(&articles);
        let is_complete = self.manifest.segments.iter().all(|segment| segment.lookup.is_some());
        if parts.len() < segments_before || self.manifest.readings.len() > 1 || !is_complete {
            let mut manifest = self.next_manifest();
            let name = |what: &str| format!("{what}-{}", manifest.generation);
            let (inputs, readings) = (name("inputs"), self.readings()?);
            manifest.note(&inputs, lock.write(&inputs, &readings.to_bytes())?);
            manifest.readings = vec![inputs];
            manifest.segments.clear();
            let maker = Maker::new(&self.config, &self.statistics());
            write_segments(&lock, &mut manifest, &parts)?;
            self.write_lookups(&lock, &mut manifest, &maker, &parts)?;
            self.enter(&lock, manifest)?;
        }
        let mut told = Compacted {
            segments_before,
            segments: self.manifest.segments.len(),
            ..Compacted::default()
        };
        self.reading = None;
        let alone = lock.without_readers();
        for (name, bytes) in unused(&self.folder, &self.manifest) {
            match alone {
                Some(_) => {
                    lock.remove(&name);
                    told.removed_files += 1;
                    told.freed_bytes += bytes;
                }
                None => told.kept_for_readers += 1,
            }
        }
        drop(alone);
        self.reading = Reading::begin(&self.folder);
        Ok(told)
    }

    /// Makes again what follows from the articles and cannot be read: lookup files, and by going through the stages
    /// the outcome of the last run.
    pub(super) fn make_again(&mut self, damaged: &[String], observer: &dyn Observer) -> Result<()> {
        let lock = self.lock()?;
        let mut manifest = self.next_manifest();
        let is_damaged = |name: &String| damaged.contains(name);
        if manifest.outcome.as_ref().is_some_and(is_damaged) {
            let (articles, readings) = (self.articles()?, self.readings()?);
            let outcome = self.outcome_of(articles, readings, self.statistics(), observer)?;
            let file = format!("outcome-{}", manifest.generation);
            manifest.note(&file, lock.write(&file, &outcome.to_bytes())?);
            manifest.outcome = Some(file);
        }
        for segment in &mut manifest.segments {
            segment.lookup = segment.lookup.take().filter(|name| !is_damaged(name));
        }
        let maker = Maker::new(&self.config, &self.statistics());
        self.write_lookups(&lock, &mut manifest, &maker, &[])?;
        self.enter(&lock, manifest)?;
        self.remove_old_lookups(&lock);
        Ok(())
    }

    /// Makes this process the writer, and goes to the state that the archive is in now.
    fn lock(&mut self) -> Result<Folder> {
        let lock = Folder::hold(&self.folder)?;
        let manifest = Manifest::read(&self.folder)?;
        if manifest != self.manifest {
            let threads = self.config.threads;
            *self = Self::open(&self.folder)?.with_threads(threads);
        }
        clean(&lock, &self.folder, &self.manifest);
        #[cfg(test)]
        lock.fail_after(self.fail_after);
        Ok(lock)
    }

    /// The groups of these articles: all that an outcome keeps, so that passages are not looked for.
    fn outcome_of(
        &self,
        articles: Vec<Article>,
        readings: Readings,
        statistics: Arc<Statistics>,
        observer: &dyn Observer,
    ) -> Result<Outcome> {
        if articles.is_empty() {
            return Ok(Outcome::default());
        }
        let results = self.run(articles, readings, statistics, Parts::GROUPS, observer)?;
        Ok(Outcome::of(&results))
    }

    fn next_manifest(&self) -> Manifest {
        let mut manifest = self.manifest.clone();
        manifest.generation += 1;
        manifest.format = FORMAT;
        manifest.version = env!("CARGO_PKG_VERSION").to_owned();
        manifest
    }

    /// Writes the files of the next state, and then the manifest that leads to them.
    fn commit(&mut self, lock: &Folder, next: Next) -> Result<Changes> {
        let mut manifest = self.next_manifest();
        let changes = Changes { generation: manifest.generation, ..next.changes };
        let name = |what: &str| format!("{what}-{}", changes.generation);
        let statistics = next.statistics.clone().unwrap_or_else(|| self.statistics());
        let maker = Maker::new(&self.config, &statistics);
        manifest.segments = next.kept;
        if next.statistics.is_some() {
            manifest.segments.iter_mut().for_each(|segment| segment.lookup = None);
        }
        let fresh = segment::parted(&next.fresh);
        write_segments(lock, &mut manifest, &fresh)?;
        self.write_lookups(lock, &mut manifest, &maker, &fresh)?;
        if let Some(reading) = next.reading {
            let file = name("inputs");
            manifest.note(&file, lock.write(&file, &reading.to_bytes())?);
            manifest.readings.push(file);
        }
        if let Some(statistics) = &next.statistics {
            manifest.statistics = name("statistics");
            let facts = lock.write(&manifest.statistics, &statistics.to_bytes())?;
            manifest.note(&name("statistics"), facts);
        }
        let file = name("outcome");
        manifest.note(&file, lock.write(&file, &next.outcome.to_bytes())?);
        manifest.outcome = Some(file);
        let file = name("changes");
        manifest.note(&file, lock.write(&file, &changes.to_bytes())?);
        manifest.changes.push(file);
        self.enter(lock, manifest)?;
        self.remove_old_lookups(lock);
        if let Some(statistics) = next.statistics {
            self.config.statistics.fixed = Some(statistics);
        }
        Ok(changes)
    }

    /// Lets the manifest take the place of the present one.
    fn enter(&mut self, lock: &Folder, mut manifest: Manifest) -> Result<()> {
        manifest.forget_unused();
        lock.replace(MANIFEST, &manifest.to_bytes())?;
        self.manifest = manifest;
        Ok(())
    }
}

/// Writes segments of these parts, which have no lookup files yet.
fn write_segments(lock: &Folder, manifest: &mut Manifest, parts: &[&[Article]]) -> Result<()> {
    for (part, articles) in parts.iter().enumerate() {
        let file = format!("segment-{}-{part}", manifest.generation);
        manifest.note(&file, lock.write(&file, &segment::to_bytes(articles))?);
        manifest.segments.push(Segment { file, articles: articles.len(), lookup: None });
    }
    Ok(())
}

/// The number of the state that a file of ours came with.
fn generation(name: &str) -> Option<u64> {
    let rest = NAMES.iter().find_map(|own| name.strip_prefix(own)?.strip_prefix('-'))?;
    rest.split('-').next()?.parse().ok()
}

/// Files of ours that the manifest does not name, with their bytes, in order.
pub(super) fn unused(folder: &Path, manifest: &Manifest) -> Vec<(String, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut unused: Vec<(String, u64)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            generation(&name).filter(|_| !manifest.files.contains_key(&name))?;
            Some((name, entry.metadata().ok()?.len()))
        })
        .collect();
    unused.sort();
    unused
}

/// Removes what a writer left that was killed before its manifest stood. No reader knows of it.
pub(super) fn clean(lock: &Folder, folder: &Path, manifest: &Manifest) {
    for (name, _) in unused(folder, manifest).iter().filter(|(name, _)| is_newer(name, manifest)) {
        lock.remove(name);
    }
}

/// Whether a file is of a state that never came to be.
pub(super) fn is_newer(name: &str, manifest: &Manifest) -> bool {
    generation(name).is_some_and(|generation| generation > manifest.generation)
}

/// Refuses to make an archive where something else is.
pub(super) fn refuse_foreign(folder: &Path) -> Result<()> {
    let refuse = |reason: &str| Err(Error::output(folder, OutputStep::Check, reason));
    let Ok(entries) = fs::read_dir(folder) else {
        return match folder.exists() {
            true => refuse("this is no folder that can be read; name another one"),
            false => Ok(()),
        };
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == MANIFEST {
            return refuse("an archive is here already; `newsfold index add` adds to it");
        }
        match generation(&name) {
            // What an `init` that was killed left.
            Some(FIRST_GENERATION) => {}
            Some(_) => {
                return refuse(
                    "files of an archive are here, and its MANIFEST is not: bring it back from a copy, or name \
                     another folder",
                );
            }
            None if name.starts_with('.') => {}
            None => {
                return refuse("this folder is not empty; name one that is, or that is not there");
            }
        }
    }
    Ok(())
}
