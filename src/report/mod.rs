//! Results to files: tables, the network of outlets, the summary and the page.
//!
//! Everything a run found is gathered in [`Results`]; [`write()`] turns it into a folder, whole or
//! not at all. A command that computes only some parts leaves the others `None`, and only the
//! tables that stand on the parts that are there get written. Every file but `run.json` depends on
//! the results alone: the same bytes for any number of threads.
//!
//! Cost: linear in the rows written, with a few thousand rows of each table in memory at a time.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

use ahash::AHashSet;
use rayon::prelude::*;
use serde_json::Value;

use crate::article::{Corpus, DocId, Published};
use crate::error::{Error, Reject, Result};
use crate::family::Families;
use crate::ingest::InputFile;
use crate::observer::{Observer, Stage, Unit};
use crate::passage::{Aligned, Origin, Passage, Shares};
use crate::recall::Recall;
use crate::story::Stories;
use crate::verify::VerifiedPair;

mod counts;
mod edges;
mod gexf;
mod html;
mod lists;
pub(crate) mod markup;
mod network;
pub(crate) mod page;
mod passim;
mod read;
#[cfg(test)]
mod sample;
mod staging;
mod summary;
mod tables;

pub use counts::{Counts, PassageCounts};
pub use html::{COPIES_PAGE_BYTES, PAGE_BYTES};
pub use network::{Edge, Network, OutletRow};
pub(crate) use read::{has_table, read_table};
pub use staging::check;
pub use summary::summary;
pub(crate) use tables::BETWEEN_TERMS;

/// What a run found, in the parts its command computed.
#[derive(Clone, Copy)]
pub struct Results<'a> {
    /// The accepted articles.
    pub corpus: &'a Corpus,
    /// Tokens of each article, in corpus order.
    pub tokens: &'a [u32],
    /// The verified pairs, in order.
    pub pairs: Option<&'a [FoundPair]>,
    /// The families of near-duplicates.
    pub families: Option<&'a Families>,
    /// The stories and storylines.
    pub stories: Option<&'a Stories>,
    /// The passages, in order.
    pub passages: Option<&'a [Passage]>,
    /// What the passages are made of, by articles and places; there wherever passages are.
    pub alignments: Option<&'a [Aligned]>,
    /// How much of each article stands elsewhere, in corpus order; there wherever passages are.
    pub shares: Option<&'a [Shares]>,
    /// Where the passages come from, in their order; there wherever passages are.
    pub origins: Option<&'a [Origin]>,
    /// The records that were not accepted, in order of their places.
    pub rejects: &'a [Reject],
    /// How the run was made.
    pub run: &'a RunFacts,
    /// What is known of the texts where the articles have none: the page is made again, and the
    /// input is gone.
    pub stand_in: Option<&'a StandIn>,
}

/// What the tables of a run tell of texts that are not there any more.
#[derive(Clone, Debug, Default)]
pub struct StandIn {
    /// Why they are not there, for the person who reads the page.
    pub reason: String,
    /// Unicode characters of each article's text, in corpus order.
    pub chars: Vec<u32>,
    /// The text of each passage where it was published first, in order.
    pub passages: Vec<String>,
}

/// A verified pair, and how it was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundPair {
    /// The pair.
    pub pair: VerifiedPair,
    /// The method that proposed it: `minhash`, `simhash`, `exact` …
    pub method: &'static str,
}

/// How a run was made. Only `run.json` tells all of it; what depends on the machine or the number
/// of threads stands nowhere else.
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    /// The version of this program.
    pub version: String,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// Everything that decides the results, by option name; not the number of threads.
    pub parameters: BTreeMap<String, Value>,
    /// The seed of whatever is random.
    pub seed: u64,
    /// How many threads worked.
    pub threads: usize,
    /// The files read, in order of path.
    pub inputs: Vec<InputFile>,
    /// What to tell the person who reads the results, in order.
    pub warnings: Vec<String>,
    /// How many of the true pairs were found, where it was asked for.
    pub recall: Option<Recall>,
    /// What each stage took, in order; writing the results is added by [`write()`].
    pub timings: Vec<Timing>,
    /// The memory it was to take, in bytes, where there was a bound.
    pub memory_budget: Option<u64>,
    /// The most memory the process held, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
}

/// What a stage took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// The stage.
    pub stage: Stage,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Bytes of input it went through.
    pub bytes: u64,
}

/// A format that tables are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Comma-separated values with a header (RFC 4180, line feeds).
    Csv,
    /// JSON Lines: one object a row.
    Jsonl,
    /// Apache Parquet, Snappy.
    Parquet,
    /// No format of tables: the passages as the tool passim writes them.
    Passim,
}

impl Format {
    /// Every format of tables.
    pub const TABLES: [Self; 3] = [Self::Csv, Self::Jsonl, Self::Parquet];

    /// Its name, which is also the ending of a table's files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Passim => "passim",
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let all = Self::TABLES.into_iter().chain([Self::Passim]);
        all.into_iter().find(|format| format.name() == name).ok_or_else(|| Error::Config {
            option: "--format".into(),
            reason: format!("{name:?} is none of csv, jsonl, parquet and passim"),
        })
    }
}

/// What [`write()`] left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The folder.
    pub out: PathBuf,
    /// The names of the files in it that this run wrote, sorted.
    pub files: Vec<String>,
    /// The page that shows the results.
    pub page: PathBuf,
    /// What was counted.
    pub counts: Counts,
}

const KEEP: &str = "keep.txt";
const REMOVE: &str = "remove.csv";
const NETWORK: &str = "network.gexf";
const PASSIM: &str = "passages.passim.jsonl";
const REJECTS: &str = "rejects.jsonl";
const RUN: &str = "run.json";
const PAGE: &str = "report.html";

/// Writes everything under `out`: the tables in each of `formats`, the lists, the network, the page
/// with `page_bytes` of data at the most, and `run.json`. Files of an earlier run are replaced, those it left in other formats removed,
/// and files of anyone else's left alone.
///
/// # Errors
/// [`Error::Output`] where `out` cannot be used (see [`check`]) or a file cannot be written, and
/// [`Error::Interrupted`]; either way nothing half-written stands under `out`.
pub fn write(
    results: &Results,
    formats: &[Format],
    page_bytes: usize,
    out: &Path,
    observer: &dyn Observer,
) -> Result<Written> {
    let begun = Instant::now();
    let staging = staging::Staging::new(out)?;
    let counts = Counts::of(results);
    let network = results.passages.map(|passages| Network::of(results, passages));
    let tables = tables::of(results, network.as_ref());
    let mut formats = formats.to_vec();
    formats.sort_unstable();
    formats.dedup();

    type Job<'j> = Box<dyn Fn(&mut BufWriter<std::fs::File>) -> io::Result<()> + Sync + 'j>;
    let mut jobs: Vec<(String, Job)> = Vec::new();
    jobs.push((
        PAGE.into(),
        Box::new(|file| {
            html::write(results, &counts, network.as_ref(), page_bytes, file, observer)
        }),
    ));
    for table in &tables {
        for &format in formats.iter().filter(|&&format| format != Format::Passim) {
            let name = format!("{}.{}", table.name, format.name());
            jobs.push((name, Box::new(move |file| table.write(format, file, observer))));
        }
    }
    if let Some(families) = results.families {
        jobs.push((KEEP.into(), Box::new(|file| lists::kept(results.corpus, families, file))));
        jobs.push((
            REMOVE.into(),
            Box::new(|file| tables::removed(results, families).write(Format::Csv, file, observer)),
        ));
    }
    if let Some(network) = &network {
        jobs.push((NETWORK.into(), Box::new(|file| gexf::write(network, file))));
    }
    if results.passages.is_some() && formats.contains(&Format::Passim) {
        jobs.push((PASSIM.into(), Box::new(|file| passim::write(results, file))));
    }
    jobs.push((REJECTS.into(), Box::new(|file| lists::rejects(results.rejects, file))));

    observer.begin(Stage::Report, Some(jobs.len() as u64), Unit::Steps);
    // One at a time: the page takes as long as all tables together.
    jobs.par_iter().with_max_len(1).try_for_each(|(name, job)| {
        observer.check()?;
        let written = staging.write(name, job);
        // A writer that stops because the run was cancelled has nothing else to say.
        observer.check()?;
        observer.advance(1);
        written
    })?;
    let mut files: Vec<String> = jobs.iter().map(|(name, _)| name.clone()).collect();
    drop(jobs);
    staging.write(RUN, &|file: &mut BufWriter<std::fs::File>| {
        lists::run(results.run, &counts, begun.elapsed().as_secs_f64(), file)
    })?;
    files.push(RUN.into());
    files.sort_unstable();
    observer.check()?;
    let out = staging.commit(&files, &our_files())?;
    observer.end(Stage::Report);
    Ok(Written { page: out.join(PAGE), out, files, counts })
}

/// Writes the page alone, with `most` bytes of data at the most.
pub(crate) fn page_of(
    results: &Results,
    network: Option<&Network>,
    most: usize,
    file: &mut dyn Write,
    observer: &dyn Observer,
) -> io::Result<()> {
    html::write(results, &Counts::of(results), network, most, file, observer)
}

/// Every name that a run of any command, in any format, writes under its folder.
fn our_files() -> Vec<String> {
    let mut names: Vec<String> = tables::NAMES
        .iter()
        .flat_map(|table| Format::TABLES.map(|format| format!("{table}.{}", format.name())))
        .collect();
    names.extend([KEEP, REMOVE, NETWORK, PASSIM, REJECTS, RUN, PAGE].map(String::from));
    names
}

/// What tables, page and summary say alike of articles, stories and passages.
impl<'a> Results<'a> {
    /// The first and the last publication among `docs`, of those that have a date.
    fn published_range(&self, docs: impl Iterator<Item = DocId>) -> Option<(Published, Published)> {
        let dated = docs.filter_map(|doc| self.corpus.get(doc).published);
        dated.fold(None, |range, at| match range {
            None => Some((at, at)),
            Some((first, last)) => Some((at.min(first), at.max(last))),
        })
    }

    /// How many different outlets published `docs`; articles without one do not count.
    fn outlets_among(&self, docs: impl Iterator<Item = DocId>) -> usize {
        let outlets: AHashSet<&str> =
            docs.map(|doc| self.corpus.get(doc).outlet.as_str()).collect();
        outlets.iter().filter(|outlet| !outlet.is_empty()).count()
    }

    /// The text of the passage at this place where it was published first.
    fn passage_text(&self, place: usize) -> &'a str {
        if let Some(stand_in) = self.stand_in {
            return &stand_in.passages[place];
        }
        let passages = self.passages.unwrap_or_default();
        let first = passages[place].first();
        first.bytes.of(&self.corpus.get(first.doc).text)
    }

    /// Unicode characters of an article's text.
    fn chars(&self, doc: DocId) -> usize {
        match self.stand_in {
            Some(stand_in) => stand_in.chars[doc.index()] as usize,
            None => self.corpus.get(doc).text.chars().count(),
        }
    }

    /// The articles that a passage stands in, each once, in order.
    fn passage_docs(passage: &Passage) -> Vec<DocId> {
        let mut docs: Vec<DocId> = passage.occurrences.iter().map(|o| o.doc).collect();
        docs.dedup();
        docs
    }
}

/// The start of `text`, at most `chars` characters, ending with a word where there are any.
fn first_words(text: &str, chars: usize) -> &str {
    let text = text.trim();
    let Some((cut, _)) = text.char_indices().nth(chars) else { return text };
    let head = &text[..cut];
    head.rfind(char::is_whitespace).map_or(head, |space| head[..space].trim_end())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::sample::{HOSTILE, SHARED, Sample};
    use super::*;
    use crate::observer::Silent;

    fn all_but_run(out: &Path) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(out).unwrap().map(|e| e.unwrap());
        entries
            .map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap()))
            .filter(|(name, _)| name != RUN)
            .collect()
    }

    #[test]
    fn a_command_writes_only_the_tables_of_what_it_computed() {
        let temp = tempfile::tempdir().unwrap();
        let sample = Sample::new();
        let dups = Results {
            stories: None,
            passages: None,
            shares: None,
            origins: None,
            ..sample.results()
        };
        let written =
            write(&dups, &[Format::Csv], PAGE_BYTES, &temp.path().join("dups"), &Silent).unwrap();
        assert_eq!(
            written.files,
            [
                "articles.csv",
                "families.csv",
                "keep.txt",
                "pairs.csv",
                "rejects.jsonl",
                "remove.csv",
                "report.html",
                "run.json"
            ]
        );
        let run = write(
            &sample.results(),
            &Format::TABLES,
            PAGE_BYTES,
            &temp.path().join("run"),
            &Silent,
        )
        .unwrap();
        assert_eq!(run.files.len(), tables::NAMES.len() * 3 + 6);
    }

    #[test]
    fn lists_say_what_to_keep_and_what_to_remove() {
        let temp = tempfile::tempdir().unwrap();
        let out = write(&Sample::new().results(), &[], PAGE_BYTES, &temp.path().join("o"), &Silent)
            .unwrap()
            .out;
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        assert_eq!(read("keep.txt"), "../../x<b>\na\nc\ne\nf\n");
        // 15 shared shingles of 16 in all; the copy has 15, all of them in the original.
        assert_eq!(read("remove.csv"), "id,kept_id,jaccard,containment\nb,a,0.9375,1.0\n");
        let reject: Value = serde_json::from_str(&read("rejects.jsonl")).unwrap();
        assert_eq!(reject["source"], "made-up.jsonl");
        assert_eq!(reject["line"], 7);
        assert_eq!(reject["reason"], format!("no text: {HOSTILE}"));
        let run: Value = serde_json::from_str(&read("run.json")).unwrap();
        assert_eq!(run["counts"]["records"], 7);
        assert_eq!(run["counts"]["copies"], 1);
        assert_eq!(run["counts"]["passages_by_kind"]["syndicated"], 1);
        assert_eq!(run["stages"][0]["megabytes_per_second"], 2.0);
        assert_eq!(run["stages"][1]["stage"], "report");
    }

    #[test]
    fn what_depends_on_the_machine_stands_in_run_json_alone() {
        let temp = tempfile::tempdir().unwrap();
        let mut sample = Sample::new();
        let out = temp.path().join("o");
        write(&sample.results(), &Format::TABLES, PAGE_BYTES, &out, &Silent).unwrap();
        let before = all_but_run(&out);
        sample.run.threads = 1;
        sample.run.command.push("-j1".into());
        sample.run.timings.clear();
        sample.run.peak_memory = None;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| write(&sample.results(), &Format::TABLES, PAGE_BYTES, &out, &Silent))
            .unwrap();
        assert!(before == all_but_run(&out));
        assert!(before.contains_key("report.html"));
    }

    #[test]
    fn a_cancelled_run_leaves_nothing() {
        struct Cancelled;
        impl Observer for Cancelled {
            fn cancelled(&self) -> bool {
                true
            }
        }
        let temp = tempfile::tempdir().unwrap();
        let sample = Sample::new();
        let result = write(
            &sample.results(),
            &Format::TABLES,
            PAGE_BYTES,
            &temp.path().join("o"),
            &Cancelled,
        );
        assert!(matches!(result, Err(Error::Interrupted)));
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    #[test]
    fn first_words_end_with_a_word_where_there_is_one() {
        assert_eq!(first_words(" one two three", 9), "one two");
        assert_eq!(first_words("onetwothree", 4), "onet");
    }

    #[test]
    fn a_passage_reads_as_where_it_stood_first() {
        let sample = Sample::new();
        let results = sample.results();
        assert_eq!(results.passage_text(0), SHARED);
    }

    #[test]
    fn a_format_is_known_by_its_name() {
        assert_eq!("passim".parse::<Format>().unwrap(), Format::Passim);
        assert_eq!("jsonl".parse::<Format>().unwrap(), Format::Jsonl);
        assert!("xlsx".parse::<Format>().unwrap_err().to_string().starts_with("--format: "));
    }
}
