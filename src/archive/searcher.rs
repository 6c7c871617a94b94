//! An archive that stays open, so that a query costs lookups and not a run.
//!
//! A searcher has one state of the archive, whole, whatever is written meanwhile: its files are open. What it
//! tells of copies is what [`Archive::query_whole`] tells, row for row; an article that is asked about is not held
//! against others that are. Cost: opening reads the facts of all articles, some forty bytes each, and the
//! directories of the lookup files; a query some lookups in each segment, and the texts of its candidates.

use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::OnceLock;

use ahash::AHashMap;

use super::blocks::{Table, Tables};
use super::lookup::{Lookup, Maker, facts, id_hash};
use super::manifest::{Manifest, fault};
use super::outcome::{Identity, Outcome};
use super::{Archive, Seen, SeenCopy, segment};
use crate::article::{Article, Corpus, DocId};
use crate::candidates::{Asked, Candidates, Facts, Method, Stored};
use crate::config::PipelineConfig;
use crate::error::Result;
use crate::observer::Silent;
use crate::output::Facts as FileFacts;
use crate::sketch::{ArticleSketch, ArticleSketcher};
use crate::verify::{self, VerifiedPair};

/// Stands between the id of an article and its number where articles are compared; alone, it is the id of the one
/// that is asked about. No reader gives an id with this character.
const MARK: char = '\u{1}';

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
    config: PipelineConfig,
    maker: Maker,
    segments: Vec<Opened>,
    /// Of all articles, segment by segment.
    facts: Vec<Facts>,
    /// The outcome of the last run, and which ids its articles have: read where an id is not enough.
    outcome: Option<File>,
    ids: OnceLock<std::result::Result<AHashMap<Identity, String>, String>>,
}

/// A segment whose files are open.
#[derive(Debug)]
struct Opened {
    /// The number of its first article among all.
    first: usize,
    path: PathBuf,
    articles: Table,
    lookup_path: PathBuf,
    lookup: Lookup,
}

impl Archive {
    /// Opens the archive for many queries. What an older version left without lookup files is made ready in
    /// memory, which costs as much as adding it.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) for a damaged file.
    pub fn searcher(&self) -> Result<Searcher> {
        let maker = Maker::new(&self.config, &self.statistics());
        let (mut segments, mut all) = (Vec::new(), Vec::new());
        for segment in &self.manifest.segments {
            let path = self.folder.join(&segment.file);
            let told = |reason: String| fault(&path, &reason);
            let opened = Tables::open(&path, segment::KIND);
            let (articles, lookup_path, lookup) = match (&segment.lookup, opened) {
                (Some(lookup), Ok(tables)) => {
                    let lookup_path = self.folder.join(lookup);
                    self.check_length(&segment.file, tables.length())?;
                    let opened = Lookup::open(&lookup_path);
                    let opened = opened.map_err(|reason| fault(&lookup_path, &reason))?;
                    self.check_length(lookup, opened.0.length())?;
                    (tables.table(0).map_err(told)?, lookup_path, opened)
                }
                _ => {
                    let articles = self.restored(&segment.file, segment::of_bytes)?;
                    let bytes = segment::to_bytes(&articles);
                    let tables = Tables::of_bytes(bytes, segment::KIND).map_err(told)?;
                    let lookup = Lookup::of_bytes(maker.lookup(&articles)?).map_err(told)?;
                    (tables.table(0).map_err(told)?, path.clone(), lookup)
                }
            };
            let (lookup, facts) = lookup;
            if facts.len() != segment.articles {
                return Err(fault(&lookup_path, "it is of another number of articles"));
            }
            segments.push(Opened { first: all.len(), path, articles, lookup_path, lookup });
            all.extend(facts);
        }
        let outcome = self.manifest.outcome.as_ref().map(|name| self.folder.join(name));
        let outcome = outcome
            .map(|path| File::open(&path).map_err(|error| fault(&path, &error.to_string())))
            .transpose()?;
        Ok(Searcher {
            folder: self.folder.clone(),
            manifest: self.manifest.clone(),
            config: self.config.clone(),
            maker,
            segments,
            facts: all,
            outcome,
            ids: OnceLock::new(),
        })
    }

    fn check_length(&self, name: &str, length: u64) -> Result<()> {
        match self.manifest.files.get(name) {
            Some(facts) if facts.bytes == length => Ok(()),
            _ => Err(fault(&self.folder.join(name), "damaged: it is not as long as it was")),
        }
    }

    /// Whether lookups tell all that is sought, under the parameters of this archive.
    pub(super) fn can_look_up(&self, sought: Sought) -> bool {
        let copies = !sought.copies || self.config.near_duplicates.method == Method::MinHash;
        copies && !sought.stories && !(sought.passages && self.config.passage.reworded)
    }
}

impl Searcher {
    /// The state that it has; see [`Archive::generation`].
    pub fn generation(&self) -> u64 {
        self.manifest.generation
    }

    /// How many articles it has.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// A searcher of the state that the archive is in now; `None` where that is this one.
    ///
    /// # Errors
    /// As [`Archive::open`] and [`Archive::searcher`].
    pub fn refreshed(&self) -> Result<Option<Self>> {
        if Manifest::read(&self.folder)?.generation == self.generation() {
            return Ok(None);
        }
        Archive::open(&self.folder)?.searcher().map(Some)
    }

    /// What of an article was seen before: its copies, and its passages where they are sought. Its story is not
    /// told.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) for a damaged file.
    pub fn query(&self, article: &Article, sought: Sought) -> Result<Seen> {
        let query = Query::new(self, article);
        Ok(Seen {
            id: article.id.to_string(),
            source: article.source.to_string(),
            copies: if sought.copies { query.copies()? } else { Vec::new() },
            story: None,
            passages: Vec::new(),
        })
    }

    fn segment(&self, doc: DocId) -> &Opened {
        let after = self.segments.partition_point(|segment| segment.first <= doc.index());
        &self.segments[after - 1]
    }

    /// The article as it was read.
    fn article(&self, doc: DocId) -> Result<Article> {
        let Opened { first, path, articles, .. } = self.segment(doc);
        segment::nth(articles, doc.index() - first).map_err(|reason| fault(path, &reason))
    }

    /// What all segments have under one key.
    fn look_up<T>(
        &self,
        of: impl Fn(&Lookup) -> std::result::Result<Vec<T>, String>,
        mut each: impl FnMut(usize, T),
    ) -> Result<()> {
        for Opened { first, lookup_path, lookup, .. } in &self.segments {
            let found = of(lookup).map_err(|reason| fault(lookup_path, &reason))?;
            found.into_iter().for_each(|found| each(*first, found));
        }
        Ok(())
    }

    fn docs(
        &self,
        of: impl Fn(&Lookup) -> std::result::Result<Vec<usize>, String>,
    ) -> Result<Vec<DocId>> {
        let mut docs = Vec::new();
        // A number that is damaged is told by its block's hash; this is for one that was written wrongly.
        let all = self.len();
        self.look_up(of, |first, number| docs.push(DocId((first + number).min(all - 1) as u32)))?;
        Ok(docs)
    }

    /// The id of an article among all: the one that its input gave it, where no other has that.
    fn id(&self, article: &Article) -> Result<String> {
        let hash = id_hash(&article.id);
        let alike = self.docs(|lookup| lookup.with_id(hash))?;
        // One that got its source appended may have become what another one was from the first.
        if alike.len() < 2 && !article.id.contains('@') {
            return Ok(article.id.to_string());
        }
        let ids = self.ids.get_or_init(|| self.read_ids());
        let ids = ids.as_ref().map_err(|reason| fault(&self.folder, reason))?;
        let own = ids.get(&Identity::of(&article.id, article));
        Ok(own.cloned().unwrap_or_else(|| article.id.to_string()))
    }

    fn read_ids(&self) -> std::result::Result<AHashMap<Identity, String>, String> {
        let Some((mut file, name)) = self.outcome.as_ref().zip(self.manifest.outcome.as_ref())
        else {
            return Ok(AHashMap::new());
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if self.manifest.files.get(name) != Some(&FileFacts::of(&bytes)) {
            return Err(format!("{name} is damaged"));
        }
        let articles = Outcome::of_bytes(&bytes)?.articles;
        Ok(articles.into_iter().map(|article| (article.identity, article.id)).collect())
    }
}

/// One article that is asked about, and what was read for it.
struct Query<'s> {
    searcher: &'s Searcher,
    asked: Article,
    sketcher: RefCell<ArticleSketcher>,
    read: RefCell<AHashMap<DocId, Article>>,
}

impl Stored for Query<'_> {
    fn with_band(&self, band: u64) -> Result<Vec<DocId>> {
        self.searcher.docs(|lookup| lookup.with_band(band))
    }

    fn with_sampled(&self, key: u32) -> Result<Vec<(DocId, bool)>> {
        let mut found = Vec::new();
        let all = self.searcher.len();
        self.searcher.look_up(
            |lookup| lookup.with_sampled(key),
            |first, (number, in_head)| {
                found.push((DocId((first + number).min(all - 1) as u32), in_head));
            },
        )?;
        Ok(found)
    }

    fn with_digest(&self, digest: u64) -> Result<Vec<DocId>> {
        self.searcher.docs(|lookup| lookup.with_digest(digest))
    }

    fn head(&self, doc: DocId) -> Result<Vec<u32>> {
        let Opened { first, lookup_path, lookup, .. } = self.searcher.segment(doc);
        lookup.head(doc.index() - first).map_err(|reason| fault(lookup_path, &reason))
    }

    fn facts(&self, doc: DocId) -> &Facts {
        &self.searcher.facts[doc.index()]
    }

    fn sketch(&self, doc: DocId) -> Result<ArticleSketch> {
        let article = self.article(doc)?;
        self.sketcher.borrow_mut().sketch(&article)
    }
}

impl<'s> Query<'s> {
    fn new(searcher: &'s Searcher, article: &Article) -> Self {
        let mut asked = Article { id: MARK.to_string().into(), ..article.clone() };
        searcher.maker.mark(&mut asked);
        let sketcher = RefCell::new(searcher.maker.sketcher());
        Self { searcher, asked, sketcher, read: RefCell::default() }
    }

    /// An article with its furniture marked.
    fn article(&self, doc: DocId) -> Result<Article> {
        if let Some(article) = self.read.borrow().get(&doc) {
            return Ok(article.clone());
        }
        let mut article = self.searcher.article(doc)?;
        self.searcher.maker.mark(&mut article);
        self.read.borrow_mut().insert(doc, article.clone());
        Ok(article)
    }

    /// The articles that have the digest, first in the order of a corpus first.
    fn identical(&self, digest: u64) -> Result<Vec<DocId>> {
        let mut found = self.with_digest(digest)?;
        found.retain(|&doc| self.facts(doc).digest == digest);
        found.sort_unstable_by_key(|&doc| (self.facts(doc).standing, doc));
        Ok(found)
    }

    fn copies(&self) -> Result<Vec<SeenCopy>> {
        let near = &self.searcher.config.near_duplicates;
        let sketch = self.sketcher.borrow_mut().sketch(&self.asked)?;
        if sketch.bands.is_empty() {
            return Ok(Vec::new());
        }
        let identical = self.identical(sketch.digest)?;
        let standing = facts(&self.asked, &sketch).standing;
        let candidates = Asked::new(self, &sketch, standing, &identical, near).candidates()?;
        let alike =
            self.compared(&[], &candidates.iter().map(|&doc| vec![doc]).collect::<Vec<_>>())?;
        let mut groups = Vec::new();
        for (doc, ..) in &alike {
            groups.push(self.identical(self.facts(*doc).digest)?);
        }
        let alike = match identical.is_empty() && groups.iter().all(|group| group.len() == 1) {
            true => alike,
            false => self.compared(&identical, &groups)?,
        };
        let seen = alike.into_iter().map(|(doc, overlap, evidence)| {
            let article = self.article(doc)?;
            Ok(SeenCopy {
                id: self.searcher.id(&article)?,
                outlet: article.outlet.to_string(),
                published: article.published.map(|at| at.to_string()),
                jaccard: overlap.jaccard(),
                containment: overlap.containment_a(),
                contained: overlap.containment_b(),
                evidence,
            })
        });
        let mut seen: Vec<SeenCopy> = seen.collect::<Result<_>>()?;
        // Ties stay in order of publication.
        seen.sort_by(|x, y| y.jaccard.total_cmp(&x.jaccard));
        Ok(seen)
    }

    /// Compares the article that is asked about, and those that are word for word the same, with groups of
    /// articles that are so among each other. Returns those that are its copies, in order of publication.
    fn compared(
        &self,
        identical: &[DocId],
        groups: &[Vec<DocId>],
    ) -> Result<Vec<(DocId, verify::Overlap, verify::Evidence)>> {
        let corpus = self.corpus(identical.iter().chain(groups.iter().flatten()).copied())?;
        let places: AHashMap<DocId, DocId> = corpus
            .docs()
            .filter_map(|place| Some((number(&corpus.get(place).id)?, place)))
            .collect();
        let place = |doc: &DocId| places.get(doc).copied();
        let own = corpus.find(&MARK.to_string()).into_iter();
        let own: Vec<DocId> = sorted(own.chain(identical.iter().filter_map(place)));
        let groups: Vec<Vec<DocId>> =
            groups.iter().map(|group| sorted(group.iter().filter_map(place))).collect();
        let Some(&first) = own.first() else { return Ok(Vec::new()) };
        let pair = |group: &Vec<DocId>| {
            Some((*group.first()?).min(first)).zip(group.first().map(|&other| other.max(first)))
        };
        let pairs = sorted(groups.iter().filter_map(pair));
        let mut several = groups;
        several.push(own);
        several.retain(|group| group.len() > 1);
        several.sort_unstable();
        let candidates = Candidates { pairs, identical: several };
        let near = &self.searcher.config.near_duplicates;
        let pairs = verify::verify(&corpus, &candidates, near, &Silent)?;
        let asked = corpus.find(&MARK.to_string());
        let other = |pair: &VerifiedPair| match (Some(pair.a) == asked, Some(pair.b) == asked) {
            (true, _) => Some((pair.b, pair.overlap)),
            (_, true) => Some((pair.a, pair.overlap.swapped())),
            _ => None,
        };
        let found = pairs.iter().filter_map(|pair| {
            let (place, overlap) = other(pair)?;
            Some((number(&corpus.get(place).id)?, overlap, pair.evidence))
        });
        Ok(found.collect())
    }

    /// The article that is asked about and others, in the order that they have among all.
    fn corpus(&self, docs: impl Iterator<Item = DocId>) -> Result<Corpus> {
        let mut articles = vec![self.asked.clone()];
        for doc in docs {
            let article = self.article(doc)?;
            let id = format!("{}{MARK}{}", article.id, doc.0).into();
            articles.push(Article { id, ..article });
        }
        Ok(Corpus::new(articles))
    }
}

/// The number of a stored article by the id that [`Query::corpus`] gave it.
fn number(id: &str) -> Option<DocId> {
    id.rsplit_once(MARK)?.1.parse().ok().map(DocId)
}

fn sorted<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all
}
