//! An archive on disk: the articles of every batch, and the result of one run over all of them.
//!
//! An archive holds what [`pipeline::run`] would find in all its articles at once under
//! the statistics that [`Archive::init`] fixed, whatever the batches they came in. The stages are the engine's own. [`Archive::add`] tells what a batch changed;
//! [`Archive::query`] tells what of given articles was seen before, and changes nothing.
//!
//! Files never change: segments of articles, statistics, the outcome of the last run, what each change
//! did. `MANIFEST` names those that count, with the hash of each, and is replaced in one step, so that a
//! batch is wholly in or wholly out. One process writes; any number read, each the state that it opened. Files of
//! earlier states are removed by [`Archive::compact`], and lookup files that were joined by the next change; neither takes a file from
//! who reads. `docs/FORMAT.md` describes the bytes.
//!
//! Cost: [`Archive::results`] is a run with all articles in memory. `add`, `remove` and `refresh` are the part of it that
//! groups articles ([`Parts::GROUPS`]): half of a run, which grows with the archive. [`Archive::stats`] reads
//! what is stored. A query for copies and passages is lookups; a [`Searcher`] stays open for many.

mod asked;
mod blocks;
mod changes;
mod check;
mod groups;
mod joined;
mod lookup;
mod manifest;
mod outcome;
mod parameters;
mod query;
mod searcher;
mod segment;
mod stats;
mod stored;
#[cfg(test)]
mod tests;
mod tiers;
mod words;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashMap;
use rayon::prelude::*;

use changes::Redirects;
pub use changes::{Change, Changed, Changes, Redirect};
pub use check::{Checked, Fault};
pub use groups::{
    Copies, MemberTold, OutletTold, StoriesAsked, StoriesTold, StoryListed, StoryTold,
};
use manifest::{MANIFEST, Manifest, fault};
pub use outcome::GroupKind;
use outcome::Outcome;
pub use query::{Seen, SeenCopy, SeenPassage, SeenStory};
pub use searcher::{Searcher, Sought};
pub use stats::Stats;
use stored::Readings;
pub use write::{Compacted, Unwanted};

use crate::article::{Article, Corpus, DocId};
use crate::config::{PipelineConfig, Settings};
use crate::error::{Cause, Error, InputErrorKind, OutputStep, Position, Result, StoredError};
use crate::ingest::Ingested;
use crate::observer::Observer;
use crate::output::{Facts, Folder, Reading};
use crate::pipeline::{self, Parts};
use crate::results::Results;
use crate::statistics::{Frequencies, Statistics};
use crate::story::story_id;

/// One state of an archive, as it was when it was opened or last written by this value.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    manifest: Manifest,
    /// Its parameters, and its statistics.
    config: PipelineConfig,
    /// Keeps the files of this state where another process compacts.
    reading: Option<Reading>,
    /// Calls of the disk until one fails, where a test asks for it.
    #[cfg(test)]
    fail_after: usize,
}

impl Archive {
    /// Makes an archive without articles in a folder that is empty or not there. Its parameters are those of
    /// `settings`, and its statistics `counted`; else those that the settings name as background; else
    /// [`Statistics::shipped`]. They hold for as long as there is the archive.
    ///
    /// # Errors
    /// [`Error::Output`] where the folder is not empty or cannot be written, and [`Error::Config`] and
    /// [`Error::Input`] for settings.
    pub fn init(folder: &Path, settings: Settings, counted: Option<Statistics>) -> Result<Self> {
        let config = settings.clone().resolve(Vec::new())?;
        let statistics = match (counted, &config.statistics.fixed, &config.statistics.table) {
            (Some(counted), ..) => Arc::new(counted),
            (None, Some(fixed), _) => Arc::clone(fixed),
            (None, None, Some(table)) => Arc::new(Statistics {
                frequencies: Frequencies::fixed(Arc::clone(table)),
                ..Statistics::shipped()
            }),
            (None, None, None) => Arc::new(Statistics::shipped()),
        };
        write::refuse_foreign(folder)?;
        let made = fs::create_dir_all(folder);
        made.map_err(|error| Error::output(folder, OutputStep::Create, error))?;
        let lock = Folder::hold(folder)?;
        write::refuse_foreign(folder)?;
        let (fixed, named) = parameters::fixed(settings);
        let mut manifest = Manifest::new(parameters::parameters(&config), fixed);
        write::clean(&lock, folder, &manifest);
        manifest.generation = write::FIRST_GENERATION;
        manifest.statistics = "statistics-1".to_owned();
        manifest.note("statistics-1", lock.write("statistics-1", &statistics.to_bytes())?);
        for (name, path) in named {
            let content = fs::read(&path).map_err(|error| unreadable(&path, error))?;
            let file = format!("{name}-1");
            manifest.note(&file, lock.write(&file, &content)?);
            manifest.named.insert(name.to_owned(), file);
        }
        lock.replace(MANIFEST, &manifest.to_bytes())?;
        drop(lock);
        Self::open(folder)
    }

    /// Opens the state that the archive is in now.
    ///
    /// # Errors
    /// [`Error::Archive`] where there is no archive, it is of a newer format or other parameters than this program
    /// has, or a file of it is damaged.
    pub fn open(folder: &Path) -> Result<Self> {
        // Before anything is made here: whether it is an archive.
        Manifest::read(folder)?;
        let reading = Reading::begin(folder);
        let manifest = Manifest::read(folder)?;
        let config = parameters::settings(folder, &manifest).resolve(Vec::new())?;
        parameters::check_own(folder, &manifest, &config)?;
        let mut archive = Self {
            folder: folder.to_owned(),
            manifest,
            config,
            reading,
            #[cfg(test)]
            fail_after: 0,
        };
        for file in archive.manifest.named.values() {
            archive.content(file)?;
        }
        // All of an archive is in memory at once.
        archive.config.ingest.memory = None;
        archive.config.statistics.fixed = Some(Arc::new(archive.read_statistics()?));
        Ok(archive)
    }

    /// How many threads work: one a core for 0.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.config.threads = threads;
        self
    }

    /// Refuses settings that ask for something else than the archive was made for.
    ///
    /// # Errors
    /// [`Error::Config`] names the first that differs, and both values.
    pub fn check_asked(&self, settings: &Settings) -> Result<()> {
        parameters::check_asked(&self.folder, &self.manifest, settings)
    }

    /// How many states there were, this one among them.
    pub fn generation(&self) -> u64 {
        self.manifest.generation
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.manifest.articles()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the archive goes by.
    pub fn config(&self) -> &PipelineConfig {
        &self.config
    }

    /// The statistics that it goes by.
    pub fn statistics(&self) -> Arc<Statistics> {
        // Opening it put them there.
        self.config.statistics.fixed.clone().unwrap_or_else(|| Arc::new(Statistics::shipped()))
    }

    /// Goes through the stages with all articles: what one run over everything finds under these statistics.
    ///
    /// # Errors
    /// Those of the stages, and [`Error::Archive`] for a damaged file.
    pub fn results(&self, observer: &dyn Observer) -> Result<Results> {
        let (articles, readings) = (self.articles()?, self.readings()?);
        self.run(articles, readings, self.statistics(), Parts::ALL, observer)
    }

    /// The stories that earlier ones went into, by the first article of each: what [`Results::merged_into`] takes.
    /// It hangs on the batches in which the articles came, and so no result has it unless it is asked for.
    ///
    /// # Errors
    /// [`Error::Archive`] for a damaged file.
    pub fn merged_into(&self, results: &Results) -> Result<BTreeMap<DocId, String>> {
        let stories = self.redirects(&self.outcome()?)?.into_iter();
        let stories = stories.filter(|one| one.kind == GroupKind::Story);
        let mut to: AHashMap<String, String> = stories.map(|one| (one.redirect, one.to)).collect();
        if to.is_empty() {
            return Ok(BTreeMap::new());
        }
        let corpus = &results.corpus;
        let merged = |doc| Some((doc, to.remove(&story_id(corpus, doc))?));
        Ok(corpus.docs().filter_map(merged).collect())
    }

    fn run(
        &self,
        articles: Vec<Article>,
        Readings { files, rejects }: Readings,
        statistics: Arc<Statistics>,
        parts: Parts,
        observer: &dyn Observer,
    ) -> Result<Results> {
        let records = (articles.len() + rejects.len()) as u64;
        let corpus = Corpus::new(articles);
        let read = Ingested { corpus, rejects, files, records, skipped: Vec::new() };
        let mut config = self.config.clone();
        config.statistics.fixed = Some(statistics);
        pipeline::run_ingested(read, &config, parts, observer)
    }

    /// The bytes of a file, which are those that were written.
    fn content(&self, name: &str) -> Result<Vec<u8>> {
        content(&self.folder, &self.manifest, name)
            .map_err(|reason| fault(&self.folder.join(name), reason))
    }

    /// What a file holds.
    fn restored<T>(&self, name: &str, of: impl Fn(&[u8]) -> Result<T, Cause>) -> Result<T> {
        of(&self.content(name)?).map_err(|reason| fault(&self.folder.join(name), reason))
    }

    fn read_statistics(&self) -> Result<Statistics> {
        let name = &self.manifest.statistics;
        let path = self.folder.join(name);
        Statistics::from_bytes(&self.content(name)?, &path.to_string_lossy())
    }

    /// The articles as they were read, batch by batch.
    fn articles(&self) -> Result<Vec<Article>> {
        let read = |segment: &manifest::Segment| self.restored(&segment.file, segment::of_bytes);
        let segments: Vec<Vec<Article>> =
            self.manifest.segments.par_iter().map(read).collect::<Result<_>>()?;
        Ok(segments.concat())
    }

    fn readings(&self) -> Result<Readings> {
        let mut all = Readings::default();
        for name in &self.manifest.readings {
            all.join(self.restored(name, Readings::of_bytes)?);
        }
        Ok(all)
    }

    fn outcome(&self) -> Result<Outcome> {
        let name = self.manifest.outcome.as_deref();
        name.map_or(Ok(Outcome::default()), |name| self.restored(name, Outcome::of_bytes))
    }

    /// What each change did, from the first on.
    ///
    /// # Errors
    /// [`Error::Archive`] for a damaged file.
    pub fn changes(&self) -> Result<Vec<Changes>> {
        let read = |name: &String| self.restored(name, Changes::of_bytes);
        self.manifest.changes.iter().map(read).collect()
    }
}

/// The bytes of a file, or how they differ from those that the manifest names.
fn content(folder: &Path, manifest: &Manifest, name: &str) -> Result<Vec<u8>, Cause> {
    let bytes = fs::read(folder.join(name))?;
    match manifest.files.get(name) {
        Some(facts) if *facts == Facts::of(&bytes) => Ok(bytes),
        _ => Err(StoredError::NotTheManifests.into()),
    }
}

/// A file that settings name cannot be read.
fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::input(Position::of_path(path), InputErrorKind::Unreadable, error)
}
