//! A finished run as a folder: the tables, the network of outlets, the lists and the page.
//!
//! Everything a run found is gathered in [`Results`]; [`write()`] turns it into a folder, whole or
//! not at all. A command that computes only some parts leaves the others `None`, and only the
//! tables that stand on the parts that are there get written. Every file but `run.json` depends on
//! the results alone: the same bytes for any number of threads.
//!
//! Cost: linear in the rows written, with a few thousand rows of each table in memory at a time.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;

use crate::analysis::Network;
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};
use crate::page;
use crate::results::{Counts, Results};
use crate::tables::{self, Format};

mod gexf;
mod lists;
mod passim;
mod staging;
mod summary;

pub use staging::check;
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
    let network = results
        .passages
        .zip(results.origins)
        .map(|(passages, origins)| Network::of(results.corpus, passages, origins));
    let tables = tables::of(results, network.as_ref());
    let mut formats = formats.to_vec();
    formats.sort_unstable();
    formats.dedup();

    type Job<'j> = Box<dyn Fn(&mut BufWriter<std::fs::File>) -> io::Result<()> + Sync + 'j>;
    let mut jobs: Vec<(String, Job)> = Vec::new();
    jobs.push((
        PAGE.into(),
        Box::new(|file| {
            page::write(results, &counts, network.as_ref(), page_bytes, file, observer)
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

/// Every name that a run of any command, in any format, writes under its folder.
fn our_files() -> Vec<String> {
    let mut names: Vec<String> = tables::NAMES
        .iter()
        .flat_map(|table| Format::TABLES.map(|format| format!("{table}.{}", format.name())))
        .collect();
    names.extend([KEEP, REMOVE, NETWORK, PASSIM, REJECTS, RUN, PAGE].map(String::from));
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
}
