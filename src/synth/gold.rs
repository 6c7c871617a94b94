//! The truth about what was made up, in the forms that `eval` reads.
//!
//! | file | columns | says |
//! | --- | --- | --- |
//! | `….stories.gold.csv` | `id,cluster` | which articles report one event, copies among them |
//! | `….families.gold.csv` | `id,cluster` | which are near-duplicates, by exact Jaccard or containment |
//! | `….pairs.gold.csv` | `id_a,id_b,label` | an original, its copy and their exact Jaccard; two versions of a live blog and theirs; or two reports of one event in different words, and 0 |
//! | `….passages.gold.jsonl` | `src_id, src_start, src_len, dst_id, dst_start, dst_len, kind` | where a text stands, first and again |
//!
//! A passage that many articles have is labelled from the first of them to each other.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::newsroom::Made;
use crate::error::{Error, OutputStep, Result};

/// The names of the files of labels, after the stem of the articles' file.
const NAMES: [&str; 4] =
    ["stories.gold.csv", "families.gold.csv", "pairs.gold.csv", "passages.gold.jsonl"];

/// Where labels go.
pub struct GoldWriters<'a> {
    /// `id,cluster`.
    pub stories: &'a mut dyn Write,
    /// `id,cluster`.
    pub families: &'a mut dyn Write,
    /// `id_a,id_b,label`.
    pub pairs: &'a mut dyn Write,
    /// JSON Lines.
    pub passages: &'a mut dyn Write,
}

#[derive(Serialize)]
struct PassageLine<'a> {
    src_id: &'a str,
    src_start: u64,
    src_len: u64,
    dst_id: &'a str,
    dst_start: u64,
    dst_len: u64,
    kind: &'a str,
}

impl GoldWriters<'_> {
    /// Writes the headers.
    pub(super) fn begin(&mut self) -> Result<()> {
        named(NAMES[0], writeln!(self.stories, "id,cluster"))?;
        named(NAMES[1], writeln!(self.families, "id,cluster"))?;
        named(NAMES[2], writeln!(self.pairs, "id_a,id_b,label"))
    }

    /// Writes what is true about an article.
    pub(super) fn write(&mut self, made: &Made) -> Result<()> {
        named(NAMES[0], writeln!(self.stories, "{},s{:09}", made.id, made.story))?;
        named(NAMES[1], writeln!(self.families, "{},f{:09}", made.id, made.family))?;
        for (other, jaccard) in &made.pairs {
            named(NAMES[2], writeln!(self.pairs, "{other},{},{jaccard}", made.id))?;
        }
        for (src, dst, kind) in &made.passages {
            let line = PassageLine {
                src_id: &src.id,
                src_start: src.start,
                src_len: src.length,
                dst_id: &dst.id,
                dst_start: dst.start,
                dst_len: dst.length,
                kind,
            };
            let written = serde_json::to_writer(&mut *self.passages, &line).map_err(Into::into);
            named(NAMES[3], written.and_then(|()| self.passages.write_all(b"\n")))?;
        }
        Ok(())
    }
}

fn named(name: &str, written: std::io::Result<()>) -> Result<()> {
    written.map_err(|error| Error::output(name, OutputStep::Write, error))
}

/// The files of labels beside a file of articles: `news.jsonl` has `news.stories.gold.csv` and so on.
pub struct GoldFiles {
    files: [(PathBuf, BufWriter<File>); 4],
}

impl GoldFiles {
    /// The four paths: stories, families, pairs, passages.
    pub fn paths(articles: &Path) -> [PathBuf; 4] {
        let name = articles.file_name().unwrap_or_default().to_string_lossy();
        let stem = [".zst", ".gz", ".jsonl", ".json", ".ndjson"]
            .iter()
            .fold(&*name, |name, ending| name.strip_suffix(ending).unwrap_or(name));
        NAMES.map(|gold| articles.with_file_name(format!("{stem}.{gold}")))
    }

    /// Creates them, or empties them.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn create_beside(articles: &Path) -> Result<Self> {
        let create = |path: &PathBuf| {
            let file = File::create(path);
            let file = file.map_err(|error| Error::output(path, OutputStep::Create, error))?;
            Ok::<_, Error>((path.clone(), BufWriter::new(file)))
        };
        let [stories, families, pairs, passages] = Self::paths(articles);
        Ok(Self {
            files: [create(&stories)?, create(&families)?, create(&pairs)?, create(&passages)?],
        })
    }

    /// For [`synth`](super::synth) to write to.
    pub fn writers(&mut self) -> GoldWriters<'_> {
        let [(_, stories), (_, families), (_, pairs), (_, passages)] = &mut self.files;
        GoldWriters { stories, families, pairs, passages }
    }

    /// Sees to it that all is written.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn finish(self) -> Result<()> {
        for (path, mut file) in self.files {
            let flushed = file.flush();
            flushed.map_err(|error| Error::output(path, OutputStep::Write, error))?;
        }
        Ok(())
    }
}
