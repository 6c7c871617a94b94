//! The texts of the articles, from the inputs of the run, where those are still what they were.

use std::fs;

use serde_json::Value;

use super::Run;
use super::articles::Articles;
use super::passages::Passages;
use crate::article::Corpus;
use crate::config::{OneOrMany, Settings};
use crate::error::{Error, Result};
use crate::ingest::{self, InputFile};
use crate::observer::Observer;

/// Reads the articles again, and turns the places of passages to those of the texts; or says why
/// not.
pub(super) fn read_again(
    run: &Run,
    rows: &Articles,
    passages: Option<&mut Passages>,
    observer: &dyn Observer,
) -> Result<Result<Corpus, String>> {
    let files: Vec<&InputFile> = run.inputs.iter().filter(|file| !file.is_member).collect();
    if let Err(reason) = files.iter().try_for_each(|file| is_there(file)) {
        return Ok(Err(reason));
    }
    let listed = |name: &str| -> Option<Vec<String>> {
        let all = run.parameters.get(name)?.as_array()?;
        all.iter().map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let settings = Settings {
        field: listed("field").map(OneOrMany::Many),
        outlets: run.parameters.get("outlets").and_then(Value::as_str).map(Into::into),
        ..Settings::default()
    };
    let paths = files.iter().map(|file| file.path.clone()).collect();
    let read = settings
        .resolve(paths)
        .and_then(|config| ingest::ingest(&config.inputs, &config.ingest, observer));
    let read = match read {
        Ok(read) => read,
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(same(run, rows, read).and_then(|corpus| match passages {
        Some(passages) => placed(corpus, passages),
        None => Ok(corpus),
    }))
}

fn is_there(file: &InputFile) -> Result<(), String> {
    if file.path == "-" {
        return Err("they came by standard input, which cannot be read again".to_owned());
    }
    if file.xxh3.is_none() {
        return Err(format!("{} was not read to its end", file.path));
    }
    match fs::metadata(&file.path) {
        Err(error) => Err(format!("{}: {error}", file.path)),
        Ok(found) if found.len() != file.bytes => Err(format!("{} has changed", file.path)),
        Ok(_) => Ok(()),
    }
}

/// The corpus that was read, where it is that of the run.
fn same(run: &Run, rows: &Articles, read: ingest::Ingested) -> Result<Corpus, String> {
    for file in run.inputs.iter().filter(|file| file.xxh3.is_some()) {
        if !read.files.iter().any(|now| (&now.path, &now.xxh3) == (&file.path, &file.xxh3)) {
            return Err(format!("{} has changed", file.path));
        }
    }
    let mut corpus = read.corpus;
    let same = corpus.len() == rows.all.len()
        && corpus.articles().iter().zip(&rows.all).all(|(article, row)| {
            article.id.as_str() == row.id.0
                && article.outlet.as_str() == row.outlet.as_deref().unwrap_or_default()
        });
    if !same {
        return Err("the same files are read as other articles now".to_owned());
    }
    for (article, row) in corpus.articles_mut().iter_mut().zip(&rows.all) {
        // Some languages are told, not read.
        article.lang = row.lang.as_deref().unwrap_or_default().into();
    }
    Ok(corpus)
}

/// The corpus, where every passage lies in its texts.
fn placed(corpus: Corpus, found: &mut Passages) -> Result<Corpus, String> {
    let mut placed = found.passages.clone();
    for at in placed.iter_mut().flat_map(|passage| &mut passage.occurrences) {
        let article = corpus.get(at.doc);
        if let Some(mending) = &article.mending {
            (at.bytes, at.chars) = (mending.bytes_mended(at.bytes), mending.chars_mended(at.chars));
        }
        if article.text.get(at.bytes.start as usize..at.bytes.end as usize).is_none() {
            return Err(format!(
                "{:?} has no place for a passage of the tables",
                article.id.as_str()
            ));
        }
    }
    found.passages = placed;
    Ok(corpus)
}
