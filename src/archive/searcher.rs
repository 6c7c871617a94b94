//! An archive that stays open, so that a query costs lookups and not a run.
//!
//! A searcher has one state of the archive, whole, whatever is written meanwhile: its files are open. What it
//! tells of copies is what [`Archive::query_whole`] tells, row for row; an article that is asked about is not held
//! against others that are. Cost: opening reads the facts of all articles, some forty bytes each, and the
//! directories of the lookup files; a query some lookups in each of these, and the texts of its candidates. Questions about
//! stories and outlets keep the outcome of the last run in memory, some hundred bytes an article. The next state
//! shares what did not change with the one before: it costs the files that are new. Read anew each time, the statistics
//! alone left holes in the heap, and a server grew from 45 MB to 147 MB over twelve batches of 40 articles.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ahash::AHashMap;
use rayon::prelude::*;

use super::asked::Query;
use super::blocks::{Table, Tables};
use super::groups::Groups;
use super::lookup::{Lookup, Maker, id_hash};
use super::manifest::{Manifest, Segment, articles_of, fault};
use super::outcome::{GroupKind, Identity, Outcome};
use super::{Archive, Changes, Redirects, Seen, content, parameters, segment};
use crate::article::{Article, DocId};
use crate::candidates::{Facts, Method};
use crate::config::{PipelineConfig, Settings};
use crate::error::{Cause, Result};
use crate::observer::Observer;
use crate::output::{Facts as FileFacts, Reading};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought {
    /// Copies, parts and wholes.
    pub copies: bool,
    /// The story that an article belongs to: a run over all articles.
    pub stories: bool,
    /// Passages.
    pub passages: bool,
}

impl Sought {
    /// What lookups tell.
    pub const USUAL: Self = Self { copies: true, stories: false, passages: true };
    /// Copies alone.
    pub const COPIES: Self = Self { copies: true, stories: false, passages: false };
    /// All three.
    pub const ALL: Self = Self { copies: true, stories: true, passages: true };
}

/// One state of an archive, open for queries. See the module.
#[derive(Debug)]
pub struct Searcher {
    folder: PathBuf,
    manifest: Manifest,
    pub(super) config: Arc<PipelineConfig>,
    pub(super) maker: Arc<Maker>,
    pub(super) segments: Vec<Placed<OpenedSegment>>,
    pub(super) lookups: Vec<Placed<OpenedLookup>>,
    len: usize,
    /// The outcome of the last run: read where it is asked for.
    outcome_file: Option<File>,
    outcome: OnceLock<std::result::Result<Outcome, Cause>>,
    /// Which ids its articles have: made where an id is not enough.
    ids: OnceLock<AHashMap<Identity, String>>,
    groups: OnceLock<Groups>,
    /// Where the ids of former stories lead.
    moved: OnceLock<std::result::Result<AHashMap<String, String>, Cause>>,
}

/// A file among the others of its kind.
#[derive(Debug)]
pub(super) struct Placed<T> {
    /// The number of its first article among all.
    first: usize,
    pub(super) opened: Arc<T>,
}

/// A segment that is open.
#[derive(Debug)]
pub(super) struct OpenedSegment {
    path: PathBuf,
    articles: Table,
}

/// A lookup file that is open.
#[derive(Debug)]
pub(super) struct OpenedLookup {
    path: PathBuf,
    lookup: Lookup,
    facts: Vec<Facts>,
}

impl Archive {
    /// Opens the archive for many queries. What an older version left without lookup files is made ready in
    /// memory, which costs as much as adding it.
    ///
    /// # Errors
    /// [`Error::Archive`](crate::error::Error::Archive) for a damaged file.
    pub fn searcher(&self) -> Result<Searcher> {
        let maker = Maker::new(&self.config, &self.statistics());
        let (config, manifest) = (Arc::new(self.config.clone()), self.manifest.clone());
        Searcher::of(&self.folder, manifest, config, Arc::new(maker), None)
    }

    pub(super) fn can_look_up(&self, sought: Sought) -> bool {
        can_look_up(&self.config, sought)
    }
}

/// Whether lookups tell all that is sought under these parameters.
fn can_look_up(config: &PipelineConfig, sought: Sought) -> bool {
    let copies = !sought.copies || config.near_duplicates.method == Method::MinHash;
    // What a word may be is counted from all articles; sentences that are alike share no seed.
    let is_of_all = config.passage.reworded || config.passage.ocr;
    copies && !sought.stories && !(sought.passages && is_of_all)
}

impl Searcher {
    /// The state of a manifest. Files that `before` has open are not opened again.
    fn of(
        folder: &Path,
        manifest: Manifest,
        config: Arc<PipelineConfig>,
        maker: Arc<Maker>,
        before: Option<&Self>,
    ) -> Result<Self> {
        let (mut known_segments, mut known_lookups) = (AHashMap::new(), AHashMap::new());
        if let Some(Self { manifest: old, segments, lookups, .. }) = before {
            let is_same = |name: &&str| is_same(name, old, &manifest);
            let names = old.segments.iter().map(|segment| segment.file.as_str());
            known_segments.extend(names.zip(segments).filter(|(name, _)| is_same(name)));
            let names = old.runs().zip(lookups);
            let names = names.filter_map(|(run, opened)| Some((run[0].lookup.as_deref()?, opened)));
            known_lookups.extend(names.filter(|(name, _)| is_same(name)));
        }
        let (mut segments, mut lookups) = (Vec::with_capacity(manifest.segments.len()), Vec::new());
        let mut len = 0;
        for run in manifest.runs() {
            let known = run[0].lookup.as_deref().and_then(|name| known_lookups.get(name));
            let opened = match known {
                Some(placed) => Arc::clone(&placed.opened),
                None => Arc::new(OpenedLookup::new(folder, &manifest, run, &maker)?),
            };
            lookups.push(Placed { first: len, opened });
            for segment in run {
                let opened = match known_segments.get(segment.file.as_str()) {
                    Some(placed) => Arc::clone(&placed.opened),
                    None => Arc::new(OpenedSegment::new(folder, &manifest, segment)?),
                };
                segments.push(Placed { first: len, opened });
                len += segment.articles;
            }
        }
        let outcome_file = manifest.outcome.as_ref().map(|name| folder.join(name));
        let outcome_file = outcome_file
            .map(|path| File::open(&path).map_err(|error| fault(&path, error)))
            .transpose()?;
        let folder = folder.to_owned();
        let (outcome, ids, groups) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Ok(Self {
            folder,
            manifest,
            config,
            maker,
            segments,
            lookups,
            len,
            outcome_file,
            outcome,
            ids,
            groups,
            moved: OnceLock::new(),
        })
    }

    /// The state that it has; see [`Archive::generation`].
    pub fn generation(&self) -> u64 {
        self.manifest.generation
    }

    /// How many articles it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A searcher of the state that the archive is in now; `None` where that is this one.
    ///
    /// # Errors
    /// As [`Archive::open`] and [`Archive::searcher`].
    pub fn refreshed(&self) -> Result<Option<Self>> {
        let folder = &self.folder;
        if Manifest::read(folder)?.generation == self.generation() {
            return Ok(None);
        }
        // Files of the manifest that is read now stay while they are opened.
        let _reading = Reading::begin(folder);
        let now = Manifest::read(folder)?;
        let before = &self.manifest;
        let goes_by_the_same = now.format == before.format
            && (&now.parameters, &now.settings) == (&before.parameters, &before.settings)
            && (&now.named, &now.statistics) == (&before.named, &before.statistics)
            && [&now.statistics]
                .into_iter()
                .chain(now.named.values())
                .all(|name| is_same(name, before, &now));
        if !goes_by_the_same {
            return Archive::open(folder)?.searcher().map(Some);
        }
        let (config, maker) = (Arc::clone(&self.config), Arc::clone(&self.maker));
        Self::of(folder, now, config, maker, Some(self)).map(Some)
    }

    /// Whether lookups tell all that is sought, under the parameters of this archive; else
    /// [`Archive::query`] goes through the stages.
    pub fn can_look_up(&self, sought: Sought) -> bool {
        can_look_up(&self.config, sought)
    }

    /// What of an article was seen before: its copies, and its passages where they are sought. Its story is not
    /// told.
    ///
    /// # Errors
    /// [`Error::Archive`](crate::error::Error::Archive) for a damaged file.
    pub fn query(&self, article: &Article, sought: Sought) -> Result<Seen> {
        let seen = || {
            let query = Query::new(self, article);
            Ok(Seen {
                id: article.id.to_string(),
                source: article.source.to_string(),
                copies: if sought.copies { query.copies()? } else { Vec::new() },
                story: None,
                passages: if sought.passages { query.passages()? } else { Vec::new() },
            })
        };
        // In the pool once: from outside of it, each of some fifty steps would be handed over and waited for.
        rayon::scope(|_| seen())
    }

    /// The same for many articles, in their order.
    ///
    /// # Errors
    /// As [`Self::query`], and where the observer asks to stop.
    pub fn query_all(
        &self,
        articles: &[Article],
        sought: Sought,
        observer: &dyn Observer,
    ) -> Result<Vec<Seen>> {
        let query = |article: &Article| {
            observer.check()?;
            self.query(article, sought)
        };
        articles.par_iter().map(query).collect()
    }

    /// Refuses settings that ask for something else than the archive was made for; see
    /// [`Archive::check_asked`].
    ///
    /// # Errors
    /// [`Error::Config`](crate::error::Error::Config) names the first that differs, and both values.
    pub fn check_asked(&self, settings: &Settings) -> Result<()> {
        parameters::check_asked(&self.folder, &self.manifest, settings)
    }

    /// The article with this id among all, as it was read.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub fn find(&self, id: &str) -> Result<Option<Article>> {
        // One that shares its id with others has its source appended.
        let given = id.match_indices('@').map(|(at, _)| &id[..at]).chain([id]);
        for given in given {
            let hash = id_hash(given);
            for doc in self.docs(|lookup| lookup.with_id(hash))? {
                let article = self.article(doc)?;
                if article.id.as_str() == given && self.id(&article)? == id {
                    return Ok(Some(article));
                }
            }
        }
        Ok(None)
    }

    /// The article as it was read.
    fn article(&self, doc: DocId) -> Result<Article> {
        let (OpenedSegment { path, articles }, number) = placed(&self.segments, doc);
        segment::nth(articles, number).map_err(|reason| fault(path, reason))
    }

    /// What is known of an article without reading it.
    pub(super) fn facts(&self, doc: DocId) -> &Facts {
        let (OpenedLookup { facts, .. }, number) = placed(&self.lookups, doc);
        &facts[number]
    }

    /// The head of an article's sample.
    pub(super) fn head(&self, doc: DocId) -> Result<Vec<u32>> {
        let (OpenedLookup { path, lookup, .. }, number) = placed(&self.lookups, doc);
        lookup.head(number).map_err(|reason| fault(path, reason))
    }

    /// These articles, which are ascending, as they were read. Each block is read once.
    pub(super) fn articles(&self, docs: &[DocId]) -> Result<Vec<Article>> {
        let block = |doc: DocId| {
            let (OpenedSegment { articles, .. }, number) = placed(&self.segments, doc);
            (doc.index() - number, segment::block_of(articles, number))
        };
        let blocks: Vec<&[DocId]> = docs.chunk_by(|a, b| block(*a) == block(*b)).collect();
        let read = |docs: &&[DocId]| {
            let (OpenedSegment { path, articles }, _) = placed(&self.segments, docs[0]);
            let numbers: Vec<usize> =
                docs.iter().map(|&doc| placed(&self.segments, doc).1).collect();
            segment::some_of_block(articles, &numbers).map_err(|reason| fault(path, reason))
        };
        let read: Vec<Vec<Article>> = blocks.par_iter().map(read).collect::<Result<_>>()?;
        Ok(read.concat())
    }

    /// What all lookup files have under one key.
    pub(super) fn look_up<T>(
        &self,
        of: impl Fn(&Lookup) -> std::result::Result<Vec<T>, Cause>,
        mut each: impl FnMut(usize, T),
    ) -> Result<()> {
        for Placed { first, opened } in &self.lookups {
            let OpenedLookup { path, lookup, .. } = &**opened;
            let found = of(lookup).map_err(|reason| fault(path, reason))?;
            found.into_iter().for_each(|found| each(*first, found));
        }
        Ok(())
    }

    pub(super) fn docs(
        &self,
        of: impl Fn(&Lookup) -> std::result::Result<Vec<usize>, Cause>,
    ) -> Result<Vec<DocId>> {
        let mut docs = Vec::new();
        // A number that is damaged is told by its block's hash; this is for one that was written wrongly.
        let all = self.len();
        self.look_up(of, |first, number| docs.push(DocId((first + number).min(all - 1) as u32)))?;
        Ok(docs)
    }

    /// The id of an article among all: the one that its input gave it, where no other has that.
    pub(super) fn id(&self, article: &Article) -> Result<String> {
        let hash = id_hash(&article.id);
        let alike = self.docs(|lookup| lookup.with_id(hash))?;
        // One that got its source appended may have become what another one was from the first.
        if alike.len() < 2 && !article.id.contains('@') {
            return Ok(article.id.to_string());
        }
        let outcome = self.outcome()?;
        let ids = self.ids.get_or_init(|| {
            let articles = outcome.articles.iter();
            articles.map(|article| (article.identity.clone(), article.id.clone())).collect()
        });
        let own = ids.get(&Identity::of(&article.id, article));
        Ok(own.cloned().unwrap_or_else(|| article.id.to_string()))
    }

    /// What the last run found.
    pub(super) fn outcome(&self) -> Result<&Outcome> {
        let outcome = self.outcome.get_or_init(|| self.read_outcome());
        outcome.as_ref().map_err(|reason| fault(&self.folder, reason.clone()))
    }

    /// The groups of that run, ready to be asked about.
    pub(super) fn groups(&self) -> Result<(&Outcome, &Groups)> {
        let outcome = self.outcome()?;
        Ok((outcome, self.groups.get_or_init(|| Groups::of(outcome))))
    }

    /// The stories that former ones went into, by the ids of these.
    pub(super) fn moved(&self) -> Result<&AHashMap<String, String>> {
        let outcome = self.outcome()?;
        let moved = self.moved.get_or_init(|| {
            let mut redirects = Redirects::default();
            for name in &self.manifest.changes {
                let bytes = content(&self.folder, &self.manifest, name)?;
                redirects.follow(&Changes::of_bytes(&bytes)?);
            }
            let all = redirects.all(outcome).into_iter();
            let stories = all.filter(|one| one.kind == GroupKind::Story);
            Ok(stories.map(|one| (one.redirect, one.to)).collect())
        });
        moved.as_ref().map_err(|reason| fault(&self.folder, reason.clone()))
    }

    /// Called once: a file is read from where the last reading ended.
    fn read_outcome(&self) -> std::result::Result<Outcome, Cause> {
        let Some((mut file, name)) = self.outcome_file.as_ref().zip(self.manifest.outcome.as_ref())
        else {
            return Ok(Outcome::default());
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(Cause::of)?;
        if self.manifest.files.get(name) != Some(&FileFacts::of(&bytes)) {
            return Err(format!("{name} is damaged").into());
        }
        Outcome::of_bytes(&bytes)
    }

    /// The files of what each change did, from the first on.
    pub(super) fn change_files(&self) -> &[String] {
        &self.manifest.changes
    }

    /// What stands in one of them.
    pub(super) fn read_changes(&self, name: &str) -> Result<Changes> {
        let read = content(&self.folder, &self.manifest, name);
        read.and_then(|bytes| Changes::of_bytes(&bytes))
            .map_err(|reason| fault(&self.folder.join(name), reason))
    }
}

/// The file that an article is in, and its number there.
fn placed<T>(files: &[Placed<T>], doc: DocId) -> (&T, usize) {
    let after = files.partition_point(|file| file.first <= doc.index());
    let Placed { first, opened } = &files[after - 1];
    (opened, doc.index() - first)
}

/// Whether two states have one file under this name.
fn is_same(name: &str, before: &Manifest, now: &Manifest) -> bool {
    let facts = before.files.get(name);
    facts.is_some() && facts == now.files.get(name)
}

impl OpenedSegment {
    /// Opens a segment. One of the first format is read into memory.
    fn new(folder: &Path, manifest: &Manifest, segment: &Segment) -> Result<Self> {
        let path = folder.join(&segment.file);
        let told = |reason: Cause| fault(&path, reason);
        let tables = match Tables::open(&path, segment::KIND) {
            Ok(tables) => {
                check_length(folder, manifest, &segment.file, tables.length())?;
                tables
            }
            Err(_) => {
                let articles = read_segment(folder, manifest, segment)?;
                Tables::of_bytes(segment::to_bytes(&articles), segment::KIND).map_err(told)?
            }
        };
        let articles = tables.table(0).map_err(told)?;
        Ok(Self { path, articles })
    }
}

impl OpenedLookup {
    /// Opens the lookup file of segments that share one. A segment that an older version left without gets one in memory.
    fn new(folder: &Path, manifest: &Manifest, run: &[Segment], maker: &Maker) -> Result<Self> {
        let path = folder.join(run[0].lookup.as_ref().unwrap_or(&run[0].file));
        let told = |reason: Cause| fault(&path, reason);
        let (lookup, facts) = match &run[0].lookup {
            Some(name) => {
                let (lookup, facts) = Lookup::open(&path).map_err(told)?;
                check_length(folder, manifest, name, lookup.length())?;
                (lookup, facts)
            }
            None => {
                let articles = read_segment(folder, manifest, &run[0])?;
                Lookup::of_bytes(maker.lookup(&articles)?).map_err(told)?
            }
        };
        if facts.len() != articles_of(run) {
            return Err(told("it is of another number of articles".into()));
        }
        Ok(Self { path, lookup, facts })
    }
}

pub(super) fn read_segment(
    folder: &Path,
    manifest: &Manifest,
    segment: &Segment,
) -> Result<Vec<Article>> {
    let read = content(folder, manifest, &segment.file).and_then(|bytes| segment::of_bytes(&bytes));
    read.map_err(|reason| fault(&folder.join(&segment.file), reason))
}

fn check_length(folder: &Path, manifest: &Manifest, name: &str, length: u64) -> Result<()> {
    match manifest.files.get(name) {
        Some(facts) if facts.bytes == length => Ok(()),
        _ => Err(fault(&folder.join(name), "damaged: it is not as long as it was")),
    }
}
