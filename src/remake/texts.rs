//! The texts of the articles, from the inputs of the run, where those are still what they were.

use std::fs;

use serde_json::Value;

use super::Run;
use super::articles::Articles;
use super::passages::Passages;
use crate::article::{Article, Corpus};
use crate::config::{OneOrMany, Settings};
use crate::error::{Cause, Error, Result};
use crate::ingest::{self, Ingested, InputFile};
use crate::observer::Observer;
use crate::tables::schema;

/// Reads the articles again, and turns the places of passages to those of the texts; or says why
/// not.
pub(super) fn read_again(
    run: &Run,
    rows: &Articles,
    passages: Option<&mut Passages>,
    observer: &dyn Observer,
) -> Result<Result<Corpus, String>> {
    let files: Vec<&InputFile> = run.inputs.iter().filter(|file| !file.is_member).collect();
    let read = match read_files(run, &files, None, observer)? {
        Ok(read) => read,
        Err(reason) => return Ok(Err(reason)),
    };
    Ok(same(run, rows, read).and_then(|corpus| match passages {
        Some(passages) => placed(corpus, passages),
        None => Ok(corpus),
    }))
}

/// Reads two articles again, of the input no more than the files they are in, and of those no other record; or says
/// why not. What the other records decide stands in `known`, the same two without their texts.
pub(super) fn of_two(
    run: &Run,
    rows: [&schema::Article<'_>; 2],
    known: [&Article; 2],
    observer: &dyn Observer,
) -> Result<Result<Corpus, String>> {
    let file_of = |row: &schema::Article<'_>| {
        let holds = |file: &&InputFile| !file.is_member && row.source.starts_with(&*file.path);
        run.inputs.iter().filter(holds).max_by_key(|file| file.path.len())
    };
    let [Some(of_a), Some(of_b)] = rows.map(file_of) else {
        return Ok(Err("run.json names no file that they are in".to_owned()));
    };
    let files: &[&InputFile] = if of_a.path == of_b.path { &[of_a] } else { &[of_a, of_b] };
    let wanted = rows.map(|row| &*row.source);
    let read = match read_files(run, files, Some(&wanted), observer)? {
        Ok(read) => read,
        Err(reason) => return Ok(Err(reason)),
    };
    if let Err(reason) = files.iter().try_for_each(|file| has_not_changed(file, &read)) {
        return Ok(Err(reason));
    }
    let found = [0, 1].map(|which| {
        let is_it = |article: &&Article| article.source.to_string() == rows[which].source;
        let read = read.corpus.articles().iter().find(is_it)?.clone();
        let Article { id, published, .. } = known[which].clone();
        Some(Article { id, published, ..read })
    });
    Ok(match found {
        [Some(a), Some(b)] => Ok(Corpus::in_order(vec![a, b])),
        _ => Err("the same files are read as other articles now".to_owned()),
    })
}

/// Reads files of the run's input as the run read them, or the `wanted` records of them; or says why not.
fn read_files(
    run: &Run,
    files: &[&InputFile],
    wanted: Option<&[&str]>,
    observer: &dyn Observer,
) -> Result<Result<Ingested, String>> {
    if let Err(reason) = files.iter().try_for_each(|file| is_there(file)) {
        return Ok(Err(reason));
    }
    let listed = |name: &str| -> Option<Vec<String>> {
        let all = run.parameters.get(name)?.as_array()?;
        all.iter().map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let (old, new): (Vec<&InputFile>, Vec<&InputFile>) =
        files.iter().copied().partition(|file| file.is_reference);
    let paths = |files: Vec<&InputFile>| files.into_iter().map(|file| file.path.clone()).collect();
    let settings = Settings {
        field: listed("field").map(OneOrMany::Many),
        outlets: run.parameters.get("outlets").and_then(Value::as_str).map(Into::into),
        against: (!old.is_empty()).then(|| OneOrMany::Many(paths(old))),
        ..Settings::default()
    };
    let read = settings
        .resolve(paths(new))
        .and_then(|config| ingest::ingest_of(&config.inputs, &config.ingest, wanted, observer));
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(error) => Ok(Err(error.to_string())),
    }
}

fn is_there(file: &InputFile) -> Result<(), String> {
    if file.path == "-" {
        return Err("they came by standard input, which cannot be read again".to_owned());
    }
    if file.xxh3.is_none() {
        return Err(format!("{} was not read to its end", file.path));
    }
    match fs::metadata(&file.path) {
        Err(error) => Err(format!("{}: {}", file.path, Cause::of(error))),
        Ok(found) if found.len() != file.bytes => Err(format!("{} has changed", file.path)),
        Ok(_) => Ok(()),
    }
}

fn has_not_changed(file: &InputFile, read: &Ingested) -> Result<(), String> {
    let is_it = |now: &InputFile| (&now.path, &now.xxh3) == (&file.path, &file.xxh3);
    match read.files.iter().any(is_it) {
        true => Ok(()),
        false => Err(format!("{} has changed", file.path)),
    }
}

/// The corpus that was read, where it is that of the run.
fn same(run: &Run, rows: &Articles, read: Ingested) -> Result<Corpus, String> {
    let hashed = |file: &&InputFile| file.xxh3.is_some();
    run.inputs.iter().filter(hashed).try_for_each(|file| has_not_changed(file, &read))?;
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
