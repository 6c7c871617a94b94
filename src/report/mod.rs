//! A finished run as a folder: the tables, the network of outlets, the lists and the page.
//!
//! Everything a run found is gathered in [`Results`]; [`write()`] turns it into a folder, whole or
//! not at all. A command that computes only some parts leaves the others `None`, and only the
//! tables that stand on the parts that are there get written. Every file but `run.json` depends on
//! the results alone: the same bytes for any number of threads.
//!
//! Cost: linear in the rows written, with a few thousand rows of each table in memory at a time.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;

use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};
use crate::output::{self, Claim, PAGE, RUN};
use crate::page;
use crate::results::{Counts, Results, ScrubCounts};
use crate::tables::{self, Format};

mod gexf;
mod lists;
mod passim;
mod summary;
mod tei;

pub use summary::summary;

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
const SCRUBBED: &str = "scrubbed.csv";
const NETWORK: &str = "network.gexf";
const PASSIM: &str = "passages.passim.jsonl";
const TEI: &str = "passages.tei.xml";
const REJECTS: &str = "rejects.jsonl";

/// Claims `out` for the results of a run: nobody else writes there until the claim is dropped. To be
/// made before the work begins, since it tells whether the results will find their place.
///
/// # Errors
/// [`Error::Output`](crate::error::Error::Output) where `out` is a file, or holds files with names of ours that no run of ours
/// wrote (they may be the input), or cannot be created or written in, or another run writes there.
pub fn claim(out: &Path) -> Result<Claim> {
    Claim::new(out, our_files())
}

/// Writes everything into the folder that was claimed: the tables in each of `formats`, the lists, the
/// network, the page with `page_bytes` of data at the most, and `run.json`. Files of an earlier run are
/// replaced, those it left in other formats removed, and files of anyone else's left alone.
///
/// # Errors
/// [`Error::Output`](crate::error::Error::Output) where a file cannot be written, and [`Error::Interrupted`](crate::error::Error::Interrupted); either way the folder
/// holds what it held before.
pub fn write(
    results: &Results,
    formats: &[Format],
    page_bytes: usize,
    claim: Claim,
    observer: &dyn Observer,
) -> Result<Written> {
    let begun = Instant::now();
    let counts = Counts::of(results);
    let tables = tables::of(results);
    let mut formats = formats.to_vec();
    formats.sort_unstable();
    formats.dedup();

    type Job<'j> = Box<dyn Fn(&mut output::Sink) -> io::Result<()> + Sync + 'j>;
    let mut jobs: Vec<(String, Job)> = Vec::new();
    jobs.push((
        PAGE.into(),
        Box::new(|file| page::write(results, &counts, page_bytes, file, observer)),
    ));
    for table in &tables {
        for &format in formats.iter().filter(|format| !Format::OF_PASSAGES.contains(format)) {
            let name = format!("{}.{}", table.name, format.name());
            jobs.push((name, Box::new(move |file| table.write(format, file, observer))));
        }
    }
    // Its cells are as those of the tables.
    let csv = match formats.contains(&Format::CsvRaw) {
        true => Format::CsvRaw,
        false => Format::Csv,
    };
    if let Some(families) = &results.families {
        jobs.push((KEEP.into(), Box::new(|file| lists::kept(&results.corpus, families, file))));
        jobs.push((
            REMOVE.into(),
            Box::new(move |file| tables::removed(results, families).write(csv, file, observer)),
        ));
    }
    if let Some(cuts) = &results.cuts {
        let table = tables::scrubbed(results, cuts);
        jobs.push((SCRUBBED.into(), Box::new(move |file| table.write(csv, file, observer))));
    }
    if let Some(network) = &results.network {
        jobs.push((NETWORK.into(), Box::new(|file| gexf::write(network, file))));
    }
    if results.passages.is_some() && formats.contains(&Format::Passim) {
        jobs.push((PASSIM.into(), Box::new(|file| passim::write(results, file))));
    }
    if results.passages.is_some() && formats.contains(&Format::Tei) {
        jobs.push((TEI.into(), Box::new(|file| tei::write(results, file))));
    }
    jobs.push((REJECTS.into(), Box::new(|file| lists::rejects(&results.rejects, file))));

    observer.begin(Stage::Report, Some(jobs.len() as u64), Unit::Steps);
    // One at a time: the page takes as long as all tables together.
    jobs.par_iter().with_max_len(1).try_for_each(|(name, job)| {
        observer.check()?;
        let written = claim.write(name, job);
        // A writer that stops because the run was cancelled has nothing else to say.
        observer.check()?;
        observer.advance(1);
        written
    })?;
    drop(jobs);
    let files = claim.files();
    claim.write(RUN, &|file| {
        let scrubbed = results.cuts.as_ref().map(ScrubCounts::from);
        let seconds = begun.elapsed().as_secs_f64();
        lists::run(&results.run, &counts, scrubbed, &files, seconds, file)
    })?;
    observer.check()?;
    let files = claim.files().into_keys().collect();
    let out = claim.commit()?;
    observer.end(Stage::Report);
    Ok(Written { page: out.join(PAGE), out, files, counts })
}

/// Every name that a run of any command, in any format, writes under its folder.
fn our_files() -> Vec<String> {
    let mut names: Vec<String> = tables::names()
        .flat_map(|table| Format::TABLES.map(|format| format!("{table}.{}", format.name())))
        .collect();
    names.extend(
        [KEEP, REMOVE, SCRUBBED, NETWORK, PASSIM, TEI, REJECTS, RUN, PAGE].map(String::from),
    );
    names
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use serde_json::Value;

    use super::*;
    use crate::error::Error;
    use crate::observer::Silent;
    use crate::page::PAGE_BYTES;
    use crate::results::sample::{HOSTILE, Sample};

    /// The formats of tables that this build has.
    fn formats() -> Vec<Format> {
        Format::TABLES.into_iter().filter(|format| format.why_absent().is_none()).collect()
    }

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
        let dups = Results {
            stories: None,
            passages: None,
            shares: None,
            origins: None,
            network: None,
            ..Sample::new().results
        };
        let written = write(
            &dups,
            &[Format::Csv],
            PAGE_BYTES,
            claim(&temp.path().join("dups")).unwrap(),
            &Silent,
        )
        .unwrap();
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
            &Sample::new().results,
            &formats(),
            PAGE_BYTES,
            claim(&temp.path().join("run")).unwrap(),
            &Silent,
        )
        .unwrap();
        assert_eq!(run.files.len(), tables::names().count() * formats().len() + 6);
    }

    #[test]
    fn lists_say_what_to_keep_and_what_to_remove() {
        let temp = tempfile::tempdir().unwrap();
        let out = write(
            &Sample::new().results,
            &[],
            PAGE_BYTES,
            claim(&temp.path().join("o")).unwrap(),
            &Silent,
        )
        .unwrap()
        .out;
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        assert_eq!(read("keep.txt"), "../../x<b>\na\nc\ne\nf\n");
        // 15 shared shingles of 16 in all; the copy has 15, all of them in the original.
        assert_eq!(read("remove.csv"), "id,kept_id,jaccard,containment,lost\nb,a,0.9375,1.0,0.0\n");
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
        write(&sample.results, &formats(), PAGE_BYTES, claim(&out).unwrap(), &Silent).unwrap();
        let before = all_but_run(&out);
        sample.results.run.threads = 1;
        sample.results.run.command.push("-j1".into());
        sample.results.run.timings.clear();
        sample.results.run.peak_memory = None;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| {
            write(&sample.results, &formats(), PAGE_BYTES, claim(&out).unwrap(), &Silent)
        })
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
            &sample.results,
            &formats(),
            PAGE_BYTES,
            claim(&temp.path().join("o")).unwrap(),
            &Cancelled,
        );
        assert!(matches!(result, Err(Error::Interrupted)));
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
    }
}
