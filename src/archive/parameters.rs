//! What an archive is asked: fixed when it is made, and refused where something else is asked later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::manifest::Manifest;
use crate::config::{PipelineConfig, Settings};
use crate::error::{ArchiveError, ArchiveErrorKind, Error, Result};

/// Parameters that say how input is read or results are written, and so may differ from one batch to the next;
/// and one that is computed from others, with a last digit that may be another on another machine.
const NOT_KEPT: [&str; 9] = [
    "against",
    "csv-raw",
    "field",
    "outlets",
    "max-record",
    "max-depth",
    "max-ratio",
    "strict",
    "expected-recall",
];
/// Parameters that are names of files, whose content the archive keeps.
const FILES: [&str; 5] = ["background", "ignore", "credits", "must-link", "cannot-link"];

/// Parameters that are settings by the same name. An archive goes on with those it was made with, where a newer
/// program has other defaults.
const SETTINGS: [&str; 18] = [
    "ngram",
    "fields",
    "num-perm",
    "threshold",
    "recall",
    "method",
    "max-distance",
    "containment",
    "keep",
    "max-loss",
    "templates",
    "window",
    "story-threshold",
    "min-passage",
    "sensitivity",
    "reworded",
    "ocr",
    "seed",
];

/// Parameters that archives of older programs do not name, and what they were made with.
const UNNAMED: [(&str, &str); 1] = [("fields", "text")];

/// The settings that decide the results of an archive, and the files that some of them name.
pub(super) fn fixed(settings: Settings) -> (Settings, Vec<(&'static str, PathBuf)>) {
    let Settings { ignore, credits, must_link, cannot_link, .. } = settings.clone();
    let named = [
        ("ignore", ignore),
        ("credits", credits),
        ("must-link", must_link),
        ("cannot-link", cannot_link),
    ];
    let named = named.into_iter().filter_map(|(name, path)| Some((name, path?))).collect();
    let fixed = Settings {
        output: None,
        format: None,
        csv_raw: None,
        report_max: None,
        memory: None,
        threads: None,
        must_link: None,
        cannot_link: None,
        background: None,
        credits: None,
        ignore: None,
        field: None,
        outlets: None,
        max_record: None,
        max_depth: None,
        max_ratio: None,
        strict: None,
        check_recall: None,
        write_kept: None,
        resume: None,
        scrub: None,
        against: None,
        ..settings
    };
    (fixed, named)
}

/// Everything that decides the results, without what may differ from batch to batch.
pub(super) fn parameters(config: &PipelineConfig) -> BTreeMap<String, Value> {
    let mut parameters = config.parameters();
    parameters
        .retain(|name, _| !NOT_KEPT.contains(&name.as_str()) && !FILES.contains(&name.as_str()));
    parameters
}

/// The settings of an archive with its own files in them.
pub(super) fn settings(folder: &Path, manifest: &Manifest) -> Settings {
    let named = |name: &str| manifest.named.get(name).map(|file| folder.join(file));
    let made_with = SETTINGS.iter().filter_map(|&name| {
        let value = manifest.parameters.get(name)?;
        Some((name.to_owned(), value.clone()))
    });
    // What this program does not understand is not set, and so refused by `check_own`.
    let made_with: Settings =
        serde_json::from_value(Value::Object(made_with.collect())).unwrap_or_default();
    Settings {
        ignore: named("ignore"),
        credits: named("credits"),
        must_link: named("must-link"),
        cannot_link: named("cannot-link"),
        ..manifest.settings.clone().over(made_with)
    }
}

/// Refuses an archive that was made with parameters which this program understands otherwise.
pub(super) fn check_own(folder: &Path, manifest: &Manifest, config: &PipelineConfig) -> Result<()> {
    let now = parameters(config);
    let Some((name, was, is)) = difference(&manifest.parameters, &now) else { return Ok(()) };
    let reason = format!(
        "this archive was made with {name} {was} by newsfold {}, and this newsfold has {is}; make \
         the archive anew",
        manifest.version
    );
    Err(ArchiveError::new(folder, ArchiveErrorKind::OtherParameters, reason).into())
}

/// Refuses settings that ask an archive for something else than it was made for.
pub(super) fn check_asked(folder: &Path, manifest: &Manifest, asked: &Settings) -> Result<()> {
    let refused = |name: &str, reason: String| Err(Error::config(format!("--{name}"), reason));
    let Settings { background, ignore, credits, must_link, cannot_link, .. } = asked;
    for (name, file) in FILES.iter().zip([background, ignore, credits, must_link, cannot_link]) {
        if let Some(file) = file {
            let file = file.display();
            let reason = format!(
                "{file} is asked for, and the archive has what `newsfold index init` gave it; \
                 leave the option out, or make another archive"
            );
            return refused(name, reason);
        }
    }
    let (asked, _) = fixed(asked.clone());
    let mut own = settings(folder, manifest);
    // What is asked for in other words decides alone.
    own.story_threshold = own.story_threshold.filter(|_| asked.story_preset.is_none());
    own.max_loss = own.max_loss.filter(|_| asked.lossless.is_none());
    let asked = parameters(&asked.over(own).resolve(Vec::new())?);
    match difference(&manifest.parameters, &asked) {
        None => Ok(()),
        Some((name, was, is)) => refused(
            &name,
            format!(
                "the archive was made with {was}, and {is} is asked for; leave the option out, or \
                 make another archive"
            ),
        ),
    }
}

/// The first parameter that differs, with both values.
fn difference(
    was: &BTreeMap<String, Value>,
    is: &BTreeMap<String, Value>,
) -> Option<(String, Value, Value)> {
    let names = was.keys().chain(is.keys());
    let value = |of: &BTreeMap<String, Value>, name: &String| match of.get(name) {
        Some(value) => value.clone(),
        None => {
            let unnamed = UNNAMED.iter().find(|(unnamed, _)| unnamed == name);
            unnamed.map_or(Value::Null, |(_, value)| Value::from(*value))
        }
    };
    let differing = names.filter(|name| value(was, name) != value(is, name));
    // An option goes before what follows from it.
    let derived = ["bands", "rows"];
    let all: Vec<&String> = differing.collect();
    let first = all.iter().find(|name| !derived.contains(&name.as_str())).or(all.first())?;
    Some(((*first).clone(), value(was, first), value(is, first)))
}
