//! The stages, in order. Read this first: it is the table of contents.

use std::sync::Mutex;
use std::time::Instant;

use ahash::AHashSet;
use rayon::prelude::*;

use crate::article::Corpus;
use crate::candidates::{self, Method, NearDuplicateConfig};
use crate::config::PipelineConfig;
use crate::error::{Error, Position, Reject, Result};
use crate::family::{self, Families};
use crate::ingest::{self, InputFile};
use crate::observer::{Observer, Stage, Unit};
use crate::page::{COPIES_PAGE_BYTES, PAGE_BYTES};
use crate::passage::{self, Aligned, Origin, Passage, Shares};
use crate::recall::{self, Recall};
use crate::report::{self, Written};
use crate::results::{FoundPair, Results, RunFacts, Timing};
use crate::story::{self, Stories};
use crate::text::{Tokeniser, tell_languages};
use crate::verify::{self, VerifiedPair};

/// Which results a command asks for, besides the articles themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Families of near-duplicates.
    pub families: bool,
    /// Stories and storylines; they stand on families.
    pub stories: bool,
    /// Passages.
    pub passages: bool,
}

impl Parts {
    /// Everything.
    pub const ALL: Self = Self { families: true, stories: true, passages: true };
    /// Families only.
    pub const FAMILIES: Self = Self { families: true, stories: false, passages: false };
    /// Stories, and the families under them.
    pub const STORIES: Self = Self { families: true, stories: true, passages: false };
    /// Passages only.
    pub const PASSAGES: Self = Self { families: false, stories: false, passages: true };
}

/// What a run found.
#[derive(Debug)]
pub struct Outcome {
    /// The accepted articles.
    pub corpus: Corpus,
    /// Tokens of each article.
    pub tokens: Vec<u32>,
    /// The records that were not accepted.
    pub rejects: Vec<Reject>,
    /// The files read.
    pub files: Vec<InputFile>,
    /// What the reader of the results should know, in order.
    pub warnings: Vec<String>,
    /// The verified pairs.
    pub pairs: Option<Vec<VerifiedPair>>,
    /// How many of the true pairs these are, where it was asked for.
    pub recall: Option<Recall>,
    /// The families.
    pub families: Option<Families>,
    /// The stories and storylines.
    pub stories: Option<Stories>,
    /// The passages.
    pub passages: Option<Vec<Passage>>,
    /// What the passages are made of.
    pub alignments: Option<Vec<Aligned>>,
    /// How much of each article stands elsewhere.
    pub shares: Option<Vec<Shares>>,
    /// Where the passages come from.
    pub origins: Option<Vec<Origin>>,
    /// What each stage took.
    pub timings: Vec<Timing>,
}

/// Reads the input and goes through the stages that `parts` asks for.
pub fn run(config: &PipelineConfig, parts: Parts, observer: &dyn Observer) -> Result<Outcome> {
    in_pool(config.threads, || {
        let watch = Stopwatch::new(observer);
        let observer: &dyn Observer = &watch;

        let read = ingest::ingest(&config.inputs, &config.ingest, observer)?;
        let mut corpus = read.corpus;
        let mut warnings = warnings(config, &read.files);
        if parts.stories {
            config.story.corrections.check(&corpus)?;
            warnings.extend(config.story.corrections.unknown(&corpus));
            tell_languages(&mut corpus);
        }

        let near = parts
            .families
            .then(|| near_duplicates(&corpus, &config.near_duplicates, observer))
            .transpose()?;
        let (mut pairs, tokens) = near.map(|near| (near.pairs, near.tokens)).unzip();
        let near = &config.near_duplicates;
        let families = pairs
            .as_mut()
            .map(|pairs| family::families(&corpus, pairs, &config.removal, near, observer))
            .transpose()?;
        let unlisted = |a, b| families.as_ref().is_some_and(|all| all.are_of_a_large_one(a, b));
        let recall = pairs
            .as_ref()
            .filter(|_| config.check_recall)
            .map(|pairs| recall::check(&corpus, pairs, near, &unlisted, observer))
            .transpose()?;
        let stories = families
            .as_ref()
            .filter(|_| parts.stories)
            .map(|families| story::stories(&corpus, families, &config.story, observer))
            .transpose()?;
        let reuse = parts
            .passages
            .then(|| passage::reuse(&corpus, &config.passage, observer))
            .transpose()?;
        let (passages, alignments) = reuse.map(|reuse| (reuse.passages, reuse.alignments)).unzip();
        let shares = passages.as_ref().map(|passages| passage::shares(&corpus, passages));
        let origins = passages.as_ref().map(|passages| passage::origins(&corpus, passages));

        let bytes = read.files.iter().filter(|file| !file.is_member).map(|file| file.bytes);
        let timings = watch.timings(bytes.sum());
        Ok(Outcome {
            tokens: tokens.unwrap_or_else(|| count_tokens(&corpus)),
            corpus,
            rejects: read.rejects,
            files: read.files,
            warnings,
            pairs,
            recall,
            families,
            stories,
            passages,
            alignments,
            shares,
            origins,
            timings,
        })
    })
}

/// What is known of the articles when near-duplicates are found.
#[derive(Clone, Debug)]
pub struct NearDuplicates {
    /// Every pair, ascending.
    pub pairs: Vec<VerifiedPair>,
    /// How many tokens each article has.
    pub tokens: Vec<u32>,
}

/// Sketches, proposes and verifies: every pair of near-duplicates.
pub fn near_duplicates(
    corpus: &Corpus,
    config: &NearDuplicateConfig,
    observer: &dyn Observer,
) -> Result<NearDuplicates> {
    let mut sketches = candidates::sketch(corpus, config, observer)?;
    let candidates = candidates::find(corpus, &sketches, config, observer)?;
    // Only the counts outlive the candidates: the sketches are the greater part of what a large
    // corpus takes beside its texts.
    let tokens = std::mem::take(&mut sketches.tokens);
    drop(sketches);
    let pairs = verify::verify(corpus, &candidates, config, observer)?;
    Ok(NearDuplicates { pairs, tokens })
}

/// What is left of a run, and what to say of it.
#[derive(Debug)]
pub struct Finished {
    /// The files.
    pub written: Written,
    /// What was found, in lines for a terminal.
    pub summary: String,
}

/// Writes what a run found as tables and page: the whole folder, or nothing.
pub fn write(
    outcome: &Outcome,
    config: &PipelineConfig,
    command: Vec<String>,
    observer: &dyn Observer,
) -> Result<Finished> {
    let method = config.near_duplicates.method.name();
    let found = |pair: &VerifiedPair| FoundPair { pair: *pair, method };
    let pairs: Option<Vec<FoundPair>> =
        outcome.pairs.as_ref().map(|pairs| pairs.iter().map(found).collect());
    let run = RunFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command,
        parameters: config.parameters(),
        seed: config.near_duplicates.seed,
        threads: threads(config.threads),
        inputs: outcome.files.clone(),
        warnings: outcome.warnings.clone(),
        timings: outcome.timings.clone(),
        recall: outcome.recall,
        memory_budget: config.ingest.memory.as_ref().map(|memory| memory.bytes),
        peak_memory: peak_memory(),
    };
    let results = Results {
        corpus: &outcome.corpus,
        tokens: &outcome.tokens,
        pairs: pairs.as_deref(),
        families: outcome.families.as_ref(),
        stories: outcome.stories.as_ref(),
        passages: outcome.passages.as_deref(),
        alignments: outcome.alignments.as_deref(),
        shares: outcome.shares.as_deref(),
        origins: outcome.origins.as_deref(),
        rejects: &outcome.rejects,
        run: &run,
        stand_in: None,
    };
    write_kept(outcome, config, observer)?;
    in_pool(config.threads, || {
        let only_copies = results.stories.is_none() && results.passages.is_none();
        let most = if only_copies { COPIES_PAGE_BYTES } else { PAGE_BYTES };
        let page = config.report_max.map_or(most, |size| size.0 as usize);
        let written = report::write(&results, &config.formats, page, &config.output, observer)?;
        let summary = report::summary(&results, &written);
        Ok(Finished { written, summary })
    })
}

/// Writes the records that stay, in the form of the input, where that was asked for.
fn write_kept(outcome: &Outcome, config: &PipelineConfig, observer: &dyn Observer) -> Result<()> {
    let (Some(to), Some(families)) = (&config.write_kept, &outcome.families) else { return Ok(()) };
    let removed = outcome.corpus.docs().filter(|&doc| families.removed(doc).is_some());
    let removed = removed.map(|doc| &outcome.corpus.get(doc).source);
    let rejected = outcome.rejects.iter().map(|reject| &reject.position);
    let gone: AHashSet<&Position> = removed.chain(rejected).collect();
    let stays = |position: &Position| !gone.contains(position);
    ingest::write_selected(&config.inputs, &config.ingest, &stays, to, observer)
}

/// Runs `work` on a pool of `threads` threads, one a core for 0.
pub fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        Error::Config { option: "--threads".to_owned(), reason: error.to_string() }
    })?;
    pool.install(work)
}

/// How many threads work where so many were asked for: one a core for 0.
pub fn threads(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => asked,
    }
}

/// What was asked for and cannot be had, and what was read but not understood.
fn warnings(config: &PipelineConfig, files: &[InputFile]) -> Vec<String> {
    let mut warnings = Vec::new();
    for file in files.iter().filter(|file| file.unreadable_dates > 0) {
        warnings.push(format!(
            "{}: {} dates could not be read; those articles count as undated",
            file.path, file.unreadable_dates
        ));
    }
    for mapping in &config.ingest.fields {
        let used = files.iter().flat_map(|file| &file.fields);
        if !used.into_iter().any(|used| used.field == mapping.field && used.name == mapping.path) {
            warnings.push(format!("--field {mapping}: no article has it there"));
        }
    }
    let near = &config.near_duplicates;
    let expected = near.expected_recall();
    if near.method == Method::SimHash && expected < near.recall {
        warnings.push(format!(
            "--method simhash: recall {expected:.4} expected at Jaccard {}; it finds whole-page copies, and misses most edited ones",
            near.threshold
        ));
    }
    if near.method == Method::MinHash && expected < near.recall {
        warnings.push(format!(
            "--recall {}: {} permutations give {expected:.3} at the threshold of {}; take more",
            near.recall, near.num_perm, near.threshold
        ));
    }
    warnings
}

fn count_tokens(corpus: &Corpus) -> Vec<u32> {
    corpus
        .articles()
        .par_iter()
        .with_min_len(64)
        .map_init(
            || (Tokeniser::default(), Vec::new()),
            |(tokeniser, hashes), article| {
                hashes.clear();
                tokeniser.hashes(&article.text, hashes);
                hashes.len() as u32
            },
        )
        .collect()
}

/// The most memory this process has held so far, in bytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Hands everything on to another observer, and takes the time between a stage's begin and end.
struct Stopwatch<'a> {
    inner: &'a dyn Observer,
    begun: Mutex<Vec<(Stage, Instant)>>,
    taken: Mutex<Vec<(Stage, f64)>>,
}

impl<'a> Stopwatch<'a> {
    fn new(inner: &'a dyn Observer) -> Self {
        Self { inner, begun: Mutex::default(), taken: Mutex::default() }
    }

    /// What each stage took; `bytes` is how much input each of them went through.
    fn timings(&self, bytes: u64) -> Vec<Timing> {
        let taken = self.taken.lock().expect("no holder of the lock panics");
        taken.iter().map(|&(stage, seconds)| Timing { stage, seconds, bytes }).collect()
    }
}

impl Observer for Stopwatch<'_> {
    fn begin(&self, stage: Stage, total: Option<u64>, unit: Unit) {
        self.begun.lock().expect("no holder of the lock panics").push((stage, Instant::now()));
        self.inner.begin(stage, total, unit);
    }

    fn advance(&self, amount: u64) {
        self.inner.advance(amount);
    }

    fn end(&self, stage: Stage) {
        let mut begun = self.begun.lock().expect("no holder of the lock panics");
        if let Some(place) = begun.iter().rposition(|(running, _)| *running == stage) {
            let seconds = begun.remove(place).1.elapsed().as_secs_f64();
            self.taken.lock().expect("no holder of the lock panics").push((stage, seconds));
        }
        self.inner.end(stage);
    }

    fn cancelled(&self) -> bool {
        self.inner.cancelled()
    }
}
