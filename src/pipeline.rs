//! The stages, in order. Read this first: it is the table of contents.

mod memory;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use ahash::{AHashMap, AHashSet};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analysis::Network;
use crate::article::{Article, ByteSpan, Corpus};
use crate::candidates::{self, Method, NearDuplicateConfig};
use crate::checkpoint::{self, Checkpoints, RunKey};
use crate::config::PipelineConfig;
use crate::error::{Cause, Error, Position, Result};
use crate::family::{self, Keep};
use crate::ingest::{self, Ingested, Selected};
use crate::observer::{Observer, Stage, Unit};
use crate::output::Claim;
use crate::page;
use crate::passage;
use crate::recall;
use crate::report::{self, Written};
use crate::results::{Results, RunFacts, Timing};
use crate::scrub;
use crate::sketch::furniture_tokens;
use crate::statistics::{Statistics, Wanted};
use crate::story;
use crate::text::{Tokeniser, tell_languages};
use crate::verify::{self, VerifiedPair};

/// Which results a command asks for, besides the articles themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Families of near-duplicates.
    pub families: bool,
    /// Stories and storylines; they stand on families.
    pub stories: bool,
    /// The terms that hold each story together, where stories are asked for: another reading of most texts.
    pub terms: bool,
    /// Passages.
    pub passages: bool,
}

impl Parts {
    /// Everything.
    pub const ALL: Self = Self { families: true, stories: true, terms: true, passages: true };
    /// Families only.
    pub const FAMILIES: Self = Self { families: true, ..Self::NONE };
    /// Stories, and the families under them.
    pub const STORIES: Self = Self { passages: false, ..Self::ALL };
    /// Passages only.
    pub const PASSAGES: Self = Self { passages: true, ..Self::NONE };
    /// Which articles belong together: families, stories and storylines, without what their tables say besides.
    pub const GROUPS: Self = Self { families: true, stories: true, ..Self::NONE };
    /// Nothing but the articles.
    const NONE: Self = Self { families: false, stories: false, terms: false, passages: false };
}

/// Reads the input and goes through the stages that `parts` asks for.
pub fn run(config: &PipelineConfig, parts: Parts, observer: &dyn Observer) -> Result<Results> {
    run_read(config, parts, observer, |watch| ingest::ingest(&config.inputs, &config.ingest, watch))
}

/// Goes through the stages that `parts` asks for with what `read` reads; it is told whom to tell how far
/// it is.
///
/// # Errors
/// Those of `read` and of the stages.
pub fn run_read(
    config: &PipelineConfig,
    parts: Parts,
    observer: &dyn Observer,
    read: impl FnOnce(&dyn Observer) -> Result<Ingested> + Send,
) -> Result<Results> {
    check(config, parts, observer)?;
    in_pool(config.threads, || {
        let watch = Stopwatch::new(observer);
        let read = read(&watch)?;
        stages(read, config, parts, &watch)
    })
}

/// Goes through the stages that `parts` asks for with what was read earlier.
///
/// # Errors
/// Those of the stages.
pub fn run_ingested(
    read: Ingested,
    config: &PipelineConfig,
    parts: Parts,
    observer: &dyn Observer,
) -> Result<Results> {
    check(config, parts, observer)?;
    in_pool(config.threads, || stages(read, config, parts, &Stopwatch::new(observer)))
}

/// Goes through the stages that `parts` asks for with articles that the caller has; see
/// [`Analysis`](crate::Analysis) for a shorter way.
///
/// # Errors
/// Those of the stages.
pub fn run_articles(
    articles: Vec<Article>,
    config: &PipelineConfig,
    parts: Parts,
    observer: &dyn Observer,
) -> Result<Results> {
    let read = Ingested { corpus: Corpus::new(articles), ..Ingested::default() };
    run_ingested(read, config, parts, observer)
}

/// Whether everything that is asked for can be told by these parts.
fn check(config: &PipelineConfig, parts: Parts, observer: &dyn Observer) -> Result<()> {
    let refused = |option: &str, reason: &str| Err(Error::config(option, reason));
    if config.write_kept.is_some() && !parts.families {
        let reason = "this command looks for no near-duplicates; dups, stories and run do";
        return refused("--write-kept", reason);
    }
    if config.scrub.is_some() && !parts.passages {
        return refused("--scrub", "this command looks for no passages; run does");
    }
    // What cannot be written is refused before the work, not after it.
    if let Some(to) = &config.write_kept {
        ingest::check_selectable(&config.inputs, &config.ingest, to, observer)?;
    }
    Ok(())
}

/// What [`run`] does once the articles are there.
fn stages(
    read: Ingested,
    config: &PipelineConfig,
    parts: Parts,
    watch: &Stopwatch<'_>,
) -> Result<Results> {
    let observer: &dyn Observer = watch;
    let mut warnings = warnings(config, &read);
    let mut corpus = read.corpus;
    if let Some(words) = memory::over_budget(&corpus, parts, config.ingest.memory.as_ref()) {
        observer.note(&words);
    }
    let against = config.near_duplicates.scope.against;
    if against && !corpus.articles().iter().any(Article::is_reference) {
        return Err(Error::config(
            "--against",
            "no article here is an older one that others are held against",
        ));
    }
    if parts.stories {
        config.story.corrections.check(&corpus)?;
        warnings.extend(config.story.corrections.unknown(&corpus));
        tell_languages(&mut corpus);
    }

    let wanted = Wanted { frequencies: parts.stories, surprisal: parts.passages };
    let statistics = Statistics::of(&mut corpus, &config.statistics, wanted, observer)?;

    let kept = checkpoints(&corpus, config, parts)?;

    let near = parts
        .families
        .then(|| {
            kept.stage("pairs", || near_duplicates(&corpus, &config.near_duplicates, observer))
        })
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
        .map(|families| {
            kept.stage("stories", || {
                let config = &config.story;
                story::stories(&corpus, families, &statistics, config, parts.terms, observer)
            })
        })
        .transpose()?;
    let reuse = parts
        .passages
        .then(|| {
            kept.stage("passages", || {
                passage::reuse(&corpus, &statistics, &config.passage, observer)
            })
        })
        .transpose()?;
    let (passages, alignments) = reuse.map(|reuse| (reuse.passages, reuse.alignments)).unzip();
    let shares = passages.as_ref().map(|passages| passage::shares(&corpus, passages));
    let credits = passages
        .as_ref()
        .map(|passages| passage::credits(&corpus, passages, &config.passage.credits));
    let origins = passages.as_ref().zip(credits.as_ref());
    let origins = origins.map(|(passages, credits)| passage::origins(&corpus, passages, credits));

    let found = families.as_ref().zip(passages.as_deref());
    let cuts = found
        .zip(config.scrub)
        .map(|((families, passages), scrub)| {
            let max_loss = config.removal.max_loss;
            scrub::cuts(&corpus, families, passages, scrub, max_loss, observer)
        })
        .transpose()?;

    let network = passages
        .as_ref()
        .zip(origins.as_ref())
        .map(|(passages, origins)| Network::of(&corpus, passages, origins));

    let bytes = read.files.iter().filter(|file| !file.is_member).map(|file| file.bytes);
    let run = RunFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: Vec::new(),
        parameters: config.parameters(),
        seed: config.near_duplicates.seed,
        threads: threads(config.threads),
        timings: watch.timings(bytes.sum()),
        inputs: read.files,
        warnings,
        recall,
        memory_budget: config.ingest.memory.as_ref().map(|memory| memory.bytes),
        peak_memory: peak_memory(),
    };
    Ok(Results {
        tokens: tokens.unwrap_or_else(|| count_tokens(&corpus)),
        chars: count_chars(&corpus),
        corpus,
        method: config.near_duplicates.method,
        pairs,
        families,
        stories,
        passages,
        alignments,
        shares,
        origins,
        credits,
        network,
        merged_into: BTreeMap::new(),
        cuts,
        rejects: read.rejects,
        run,
        stand_in: None,
    })
}

/// Where the stages keep what they found, if that is asked for.
fn checkpoints(corpus: &Corpus, config: &PipelineConfig, parts: Parts) -> Result<Checkpoints> {
    if !config.resume {
        return Ok(Checkpoints::default());
    }
    let mut run = RunKey::default();
    run.add_program();
    run.add(format!("{parts:?}").as_bytes());
    run.add(serde_json::to_string(&config.parameters()).unwrap_or_default().as_bytes());
    let files = [
        &config.outlets,
        &config.ignore,
        &config.must_link,
        &config.cannot_link,
        &config.background,
        &config.credits,
    ];
    files.into_iter().flatten().try_for_each(|file| run.add_file(file))?;
    for (doc, article) in corpus.docs().zip(corpus.articles()) {
        run.add(&corpus.key(doc).0.to_le_bytes());
        run.add(article.id.as_bytes());
        run.add(&[u8::from(article.is_reference())]);
    }
    Checkpoints::beside(&config.output, &run)
}

/// What is known of the articles when near-duplicates are found.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    let mut tokens = std::mem::take(&mut sketches.tokens);
    add_furniture(corpus, &mut tokens);
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
///
/// # Errors
/// Those of [`report::claim`] and of [`report::write()`].
pub fn write(
    results: &Results,
    config: &PipelineConfig,
    observer: &dyn Observer,
) -> Result<Finished> {
    write_into(report::claim(&config.output)?, results, config, observer)
}

/// [`write()`] into a folder that was claimed before the work began, so that no other run took it
/// meanwhile.
///
/// # Errors
/// Those of [`report::write()`].
pub fn write_into(
    claim: Claim,
    results: &Results,
    config: &PipelineConfig,
    observer: &dyn Observer,
) -> Result<Finished> {
    write_kept(results, config, observer)?;
    let finished = in_pool(config.threads, || {
        let usual = || page::usual_bytes(results);
        let page = config.report_max.map_or_else(usual, |size| size.0 as usize);
        let written = report::write(results, &config.formats, page, claim, observer)?;
        let summary = report::summary(results, &written);
        Ok(Finished { written, summary })
    })?;
    checkpoint::clear(&config.output);
    Ok(finished)
}

/// Writes the records that stay, in the form of the input, where that was asked for; without what is cut
/// out of their texts.
fn write_kept(results: &Results, config: &PipelineConfig, observer: &dyn Observer) -> Result<()> {
    let (Some(to), Some(families)) = (&config.write_kept, &results.families) else { return Ok(()) };
    let removed = results.corpus.docs().filter(|&doc| families.removed(doc).is_some());
    let removed = removed.map(|doc| &results.corpus.get(doc).source);
    let rejected = results.rejects.iter().map(|reject| &reject.position);
    let gone: AHashSet<&Position> = removed.chain(rejected).collect();
    let cuts = results.cuts.iter().flat_map(|cuts| cuts.by_article());
    let cuts: AHashMap<&Position, (&Article, Vec<ByteSpan>)> = cuts
        .map(|cuts| {
            let article = results.corpus.get(cuts[0].doc);
            (&article.source, (article, cuts.iter().map(|cut| cut.bytes).collect()))
        })
        .collect();
    let select = |position: &Position| match cuts.get(position) {
        Some((article, spans)) => Selected::Without(article, spans),
        None if gone.contains(position) => Selected::Not,
        None => Selected::Whole,
    };
    ingest::write_selected(&config.inputs, &config.ingest, &select, to, observer)
}

/// Runs `work` on a pool of `threads` threads, one a core for 0.
pub fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let threads = self::threads(threads);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Error::config("--threads", Cause::of(error)))?;
    pool.install(work)
}

/// How many threads a core may have. More do nothing but wait for each other: 2,000 on two cores took
/// 63 processor seconds for 104 articles.
const THREADS_A_CORE: usize = 4;

/// How many threads work where so many were asked for: one a core for 0, and no more than four a core
/// (or eight, where there is one).
pub fn threads(asked: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match asked {
        0 => cores,
        asked => asked.min(THREADS_A_CORE * cores.max(2)),
    }
}

/// What was asked for and cannot be had, and what was read but not understood.
fn warnings(config: &PipelineConfig, read: &Ingested) -> Vec<String> {
    let mut warnings = Vec::new();
    let files = &read.files;
    for file in files.iter().filter(|file| file.unreadable_dates > 0) {
        warnings.push(format!(
            "{}: {} dates could not be read; those articles count as undated",
            file.path, file.unreadable_dates
        ));
    }
    for mapping in &config.ingest.fields {
        let used = files.iter().flat_map(|file| &file.fields);
        // The list that a path leads into may be that of the records.
        let is_it = |name: &str| {
            mapping.path == name
                || mapping.path.strip_suffix(name).is_some_and(|before| before.ends_with("[]."))
        };
        if !used.into_iter().any(|used| used.field == mapping.field && is_it(&used.name)) {
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
    if let Keep::Outlets(names) = &config.removal.keep {
        let articles = read.corpus.articles();
        for name in names.iter().filter(|name| articles.iter().all(|a| a.outlet != name.as_str())) {
            warnings.push(format!("--keep outlet: no article is of an outlet called {name:?}"));
        }
    }
    warnings.extend(read.skipped.iter().cloned());
    warnings
}

/// Adds the words of furniture, which no sketch has.
fn add_furniture(corpus: &Corpus, tokens: &mut [u32]) {
    let mut tokeniser = Tokeniser::default();
    let mut hashes = Vec::new();
    for (article, tokens) in corpus.articles().iter().zip(tokens) {
        *tokens += furniture_tokens(article, &mut tokeniser, &mut hashes);
    }
}

/// Once for all tables and the page: for each it is a pass over all texts.
fn count_chars(corpus: &Corpus) -> Vec<u32> {
    let articles = corpus.articles().par_iter().with_min_len(64);
    articles.map(|article| article.text.chars().count() as u32).collect()
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

/// How long processors have worked for this process so far, in all its threads together, where the
/// system tells.
#[cfg(unix)]
pub fn processor_seconds() -> Option<f64> {
    let told = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(told.tv_sec as f64 + told.tv_nsec as f64 / 1e9)
}

/// How long processors have worked for this process so far, in all its threads together, where the
/// system tells.
#[cfg(not(unix))]
pub fn processor_seconds() -> Option<f64> {
    None
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

    fn note(&self, words: &str) {
        self.inner.note(words);
    }

    fn cancelled(&self) -> bool {
        self.inner.cancelled()
    }
}
