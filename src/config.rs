//! What a run is asked to do: defaults ← a TOML file ← flags, validated once.
//!
//! [`Settings`] is one layer, with everything optional; layers are laid over each other with
//! [`Settings::over`], and [`Settings::resolve`] turns the result into a [`PipelineConfig`] whose
//! values every stage may trust.

mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::candidates::{MAX_DISTANCE, NearDuplicateConfig, Scope};
use crate::error::{Cause, Error, Result};
use crate::family::Removal;
use crate::furniture::Templates;
use crate::ingest::{FieldMapping, IngestOptions, Memory, Outlets};
use crate::passage::{Credits, PassageConfig, Sensitivity};
use crate::scrub::Scrub;
use crate::sketch::ShingledFields;
use crate::spill;
use crate::statistics::StatisticsConfig;
use crate::story::{Corrections, Preset, StoryConfig};
use crate::tables::Format;
use crate::text::TOKEN_VERSION;

use values::{invalid, limits, removal, scope, share, share_or_none, size, within};

pub use values::Size;

/// Where results go when nothing else is said.
pub const DEFAULT_OUTPUT: &str = "newsfold-out";
/// More places than this in a signature no longer change what is found, and cost their time.
const MAX_PERMUTATIONS: usize = 4096;
/// Longer shingles than this find only what equal texts share.
const MAX_NGRAM: usize = 64;

/// One layer of settings; the names are those of the flags.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The folder for the results.
    pub output: Option<PathBuf>,
    /// Formats of the tables.
    pub format: Option<OneOrMany>,
    /// Leaves cells of CSV files unguarded that a spreadsheet would run.
    pub csv_raw: Option<bool>,
    /// The most data that the page holds, as `25M`.
    pub report_max: Option<String>,
    /// How much memory a run may take, as `512M`.
    pub memory: Option<String>,
    /// Worker threads; 0 for one a core.
    pub threads: Option<usize>,
    /// What is random is drawn from this.
    pub seed: Option<u64>,
    /// Tokens a shingle.
    pub ngram: Option<usize>,
    /// `text`, `title` or both: the fields that the shingles are made of.
    pub fields: Option<OneOrMany>,
    /// Places in a MinHash signature.
    pub num_perm: Option<usize>,
    /// Least Jaccard of near-duplicates.
    pub threshold: Option<f64>,
    /// Wanted recall at the threshold.
    pub recall: Option<f64>,
    /// `minhash`, `simhash` or `exact`.
    pub method: Option<String>,
    /// Greatest Hamming distance for `simhash`.
    pub max_distance: Option<u32>,
    /// Least containment of a part; 0 leaves parts out.
    pub containment: Option<f64>,
    /// The file for the records that stay.
    pub write_kept: Option<PathBuf>,
    /// What stages found is kept beside the results until these are written, and taken from there.
    pub resume: Option<bool>,
    /// `boilerplate`, `syndicated` or `both`: what is cut out of the texts of that file.
    pub scrub: Option<String>,
    /// Files, folders and patterns of older articles that those of the input are held against.
    pub against: Option<OneOrMany>,
    /// Hours between two articles that are compared at the most.
    pub within: Option<u32>,
    /// Only articles of one outlet are compared.
    pub same_outlet: Option<bool>,
    /// Only articles of two outlets are compared.
    pub across_outlets: Option<bool>,
    /// Hours between two articles of a story.
    pub window: Option<u32>,
    /// `strict`, `balanced` or `wide`.
    pub story_preset: Option<String>,
    /// Similarity at which stories are cut, in place of the preset's.
    pub story_threshold: Option<f64>,
    /// A file of pairs of ids that belong to one story.
    pub must_link: Option<PathBuf>,
    /// A file of pairs of ids that do not.
    pub cannot_link: Option<PathBuf>,
    /// A file of statistics, or of how common words are.
    pub background: Option<PathBuf>,
    /// Least tokens of a passage that two articles share.
    pub min_passage: Option<u32>,
    /// `low`, `normal` or `high`.
    pub sensitivity: Option<String>,
    /// A file of agencies and phrases that tell credit lines, besides those that come along.
    pub credits: Option<PathBuf>,
    /// A file of templates that are nobody's own words.
    pub ignore: Option<PathBuf>,
    /// Looks for reworded text too.
    pub reworded: Option<bool>,
    /// Takes words that are a letter off for one, as on scanned pages.
    pub ocr: Option<bool>,
    /// Which member of a family is kept, as `--keep` names it.
    pub keep: Option<String>,
    /// Greatest share of a removed article that its kept one lacks.
    pub max_loss: Option<f64>,
    /// Nothing of a removed article is lost.
    pub lossless: Option<bool>,
    /// `keep` or `remove`.
    pub templates: Option<String>,
    /// Input fields mapped by hand, as NAME=PATH.
    pub field: Option<OneOrMany>,
    /// A file of names and hosts that are one outlet.
    pub outlets: Option<PathBuf>,
    /// The most bytes of a record, as `64M`.
    pub max_record: Option<String>,
    /// The deepest nesting of a record of JSON and of a page.
    pub max_depth: Option<usize>,
    /// How many times its size a packed file may grow to.
    pub max_ratio: Option<u64>,
    /// A rejected record ends the run.
    pub strict: Option<bool>,
    /// Counts what was found against the truth, on a sample.
    pub check_recall: Option<bool>,
}

/// A list, or a single text with commas in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// `"csv,parquet"`
    One(String),
    /// `["csv", "parquet"]`
    Many(Vec<String>),
}

impl OneOrMany {
    /// The texts, one by one.
    fn into_items(self) -> Vec<String> {
        match self {
            Self::One(text) => text.split(',').map(|item| item.trim().to_owned()).collect(),
            Self::Many(items) => items,
        }
    }

    fn parse<T: FromStr<Err = Error>>(&self) -> Result<Vec<T>> {
        match self {
            Self::One(text) => text.split(',').map(|item| item.trim().parse()).collect(),
            Self::Many(items) => items.iter().map(|item| item.parse()).collect(),
        }
    }
}

/// What a run does, every value in its range.
#[derive(Clone, Debug)]
pub struct PipelineConfig {
    /// Files, folders, globs, or `-`.
    pub inputs: Vec<String>,
    /// The folder for the results.
    pub output: PathBuf,
    /// Formats of the tables.
    pub formats: Vec<Format>,
    /// The most data that the page holds; what the command is used to where `None`.
    pub report_max: Option<Size>,
    /// Worker threads; 0 for one a core.
    pub threads: usize,
    /// How the input is read.
    pub ingest: IngestOptions,
    /// The file that names and hosts of outlets were read from.
    pub outlets: Option<PathBuf>,
    /// What near-duplicates are.
    pub near_duplicates: NearDuplicateConfig,
    /// Whether what was found is counted against the truth, on a sample.
    pub check_recall: bool,
    /// What is counted of all articles, before any two are compared.
    pub statistics: StatisticsConfig,
    /// The file of templates to leave out.
    pub ignore: Option<PathBuf>,
    /// Which members of a family are kept.
    pub removal: Removal,
    /// The file for the records that stay.
    pub write_kept: Option<PathBuf>,
    /// Whether stages keep what they found beside `output` until the results are written, and take what an
    /// earlier run of the same program, settings and articles kept there. What settings hold without a file that is named
    /// here, as corrections made by a caller, does not tell runs apart.
    pub resume: bool,
    /// What is cut out of their texts.
    pub scrub: Option<Scrub>,
    /// What a story is.
    pub story: StoryConfig,
    /// The files that its corrections were read from.
    pub must_link: Option<PathBuf>,
    /// The same for pairs that are kept apart.
    pub cannot_link: Option<PathBuf>,
    /// The file of statistics, or of how common words are.
    pub background: Option<PathBuf>,
    /// The file that tells more credit lines.
    pub credits: Option<PathBuf>,
    /// What a passage is.
    pub passage: PassageConfig,
}

/// What is wrong with a value, where the parser names the type that it would become.
fn in_plain_types(message: &str) -> String {
    let Some((told, wanted)) = message.rsplit_once("expected ") else { return message.to_owned() };
    match wanted {
        "f64" => format!("{told}expected a number"),
        "u64" | "u32" | "u16" | "u8" | "usize" => {
            format!("{told}expected a whole number that is not negative")
        }
        _ => message.to_owned(),
    }
}

impl Settings {
    /// Reads a layer from a TOML file.
    pub fn from_file(path: &Path) -> Result<Self> {
        let invalid = |reason: Cause| Error::config(path.display().to_string(), reason);
        let text = std::fs::read_to_string(path).map_err(|error| invalid(error.into()))?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            invalid(Cause::told(format!("line {line}: {}", in_plain_types(error.message())), error))
        })
    }

    /// These settings, and those of the `lower` layer where these say nothing.
    pub fn over(self, lower: Self) -> Self {
        Self {
            output: self.output.or(lower.output),
            format: self.format.or(lower.format),
            csv_raw: self.csv_raw.or(lower.csv_raw),
            report_max: self.report_max.or(lower.report_max),
            memory: self.memory.or(lower.memory),
            threads: self.threads.or(lower.threads),
            seed: self.seed.or(lower.seed),
            ngram: self.ngram.or(lower.ngram),
            fields: self.fields.or(lower.fields),
            num_perm: self.num_perm.or(lower.num_perm),
            threshold: self.threshold.or(lower.threshold),
            recall: self.recall.or(lower.recall),
            method: self.method.or(lower.method),
            max_distance: self.max_distance.or(lower.max_distance),
            containment: self.containment.or(lower.containment),
            write_kept: self.write_kept.or(lower.write_kept),
            resume: self.resume.or(lower.resume),
            scrub: self.scrub.or(lower.scrub),
            against: self.against.or(lower.against),
            within: self.within.or(lower.within),
            same_outlet: self.same_outlet.or(lower.same_outlet),
            across_outlets: self.across_outlets.or(lower.across_outlets),
            window: self.window.or(lower.window),
            story_preset: self.story_preset.or(lower.story_preset),
            story_threshold: self.story_threshold.or(lower.story_threshold),
            must_link: self.must_link.or(lower.must_link),
            cannot_link: self.cannot_link.or(lower.cannot_link),
            background: self.background.or(lower.background),
            min_passage: self.min_passage.or(lower.min_passage),
            sensitivity: self.sensitivity.or(lower.sensitivity),
            credits: self.credits.or(lower.credits),
            ignore: self.ignore.or(lower.ignore),
            reworded: self.reworded.or(lower.reworded),
            ocr: self.ocr.or(lower.ocr),
            keep: self.keep.or(lower.keep),
            max_loss: self.max_loss.or(lower.max_loss),
            lossless: self.lossless.or(lower.lossless),
            templates: self.templates.or(lower.templates),
            field: self.field.or(lower.field),
            outlets: self.outlets.or(lower.outlets),
            max_record: self.max_record.or(lower.max_record),
            max_depth: self.max_depth.or(lower.max_depth),
            max_ratio: self.max_ratio.or(lower.max_ratio),
            strict: self.strict.or(lower.strict),
            check_recall: self.check_recall.or(lower.check_recall),
        }
    }

    /// Checks every value, and fills in the defaults.
    pub fn resolve(self, inputs: Vec<String>) -> Result<PipelineConfig> {
        let near = NearDuplicateConfig::default();
        let story = StoryConfig::default();
        let sensitivity =
            self.sensitivity.map_or(Ok(Sensitivity::default()), |name| name.parse())?;
        let credits = match &self.credits {
            Some(path) => Credits::built_in().with_file(path)?,
            None => Credits::built_in(),
        };
        let mut formats: Vec<Format> = match &self.format {
            Some(named) => named.parse()?,
            None => vec![Format::Csv, Format::Parquet],
        };
        if self.csv_raw.unwrap_or(false) {
            let csv = formats.iter_mut().filter(|format| **format == Format::Csv);
            csv.for_each(|format| *format = Format::CsvRaw);
        }
        let fields: Vec<FieldMapping> = match &self.field {
            Some(named) => named.parse()?,
            None => Vec::new(),
        };
        let scrub = self.scrub.map(|name| name.parse()).transpose()?;
        if scrub.is_some() && self.write_kept.is_none() {
            let reason = "nothing is written to cut it out of; name a file with --write-kept";
            return Err(invalid("scrub", reason.to_owned()));
        }
        let against = self.against.map(OneOrMany::into_items).unwrap_or_default();
        let scope = Scope {
            against: !against.is_empty(),
            ..scope(self.within, self.same_outlet, self.across_outlets)?
        };
        let method = self.method.map_or(Ok(near.method), |name| name.parse())?;
        let removal = removal(self.keep, self.max_loss, self.lossless, self.templates)?;
        let ignore = match &self.ignore {
            None => Templates::default(),
            Some(path) => Templates::of_file(path)?,
        };
        let mut statistics = StatisticsConfig { ignore, ..StatisticsConfig::default() };
        if let Some(path) = &self.background {
            statistics = statistics.with_background(path)?;
        }
        let preset = self.story_preset.map_or(Ok(Preset::default()), |name| name.parse())?;
        let output = self.output.unwrap_or_else(|| DEFAULT_OUTPUT.into());
        let memory = self.memory.as_deref().map(|text| size("memory", text)).transpose()?;
        let bytes = memory.map(|size| size.0).or_else(|| Some(spill::available()? / 2));
        let memory = bytes.map(|bytes| Memory { bytes, beside: output.clone() });
        Ok(PipelineConfig {
            inputs,
            output,
            formats,
            report_max: self
                .report_max
                .as_deref()
                .map(|text| size("report-max", text))
                .transpose()?,
            threads: self.threads.unwrap_or(0),
            ingest: IngestOptions {
                fields,
                outlets: self
                    .outlets
                    .as_deref()
                    .map(Outlets::read)
                    .transpose()?
                    .unwrap_or_default(),
                against,
                limits: limits(self.max_record, self.max_depth, self.max_ratio)?,
                strict: self.strict.unwrap_or(false),
                memory,
            },
            outlets: self.outlets,
            near_duplicates: NearDuplicateConfig {
                ngram: within("ngram", self.ngram, near.ngram, 1..=MAX_NGRAM)?,
                fields: match self.fields {
                    Some(names) => ShingledFields::of_names(&names.into_items())?,
                    None => near.fields,
                },
                num_perm: within("num-perm", self.num_perm, near.num_perm, 1..=MAX_PERMUTATIONS)?,
                threshold: share("threshold", self.threshold, near.threshold)?,
                recall: share("recall", self.recall, near.recall)?,
                method,
                max_distance: within(
                    "max-distance",
                    self.max_distance,
                    near.max_distance,
                    0..=MAX_DISTANCE,
                )?,
                containment: share_or_none("containment", self.containment, near.containment)?,
                seed: self.seed.unwrap_or(near.seed),
                scope,
            },
            check_recall: self.check_recall.unwrap_or(false),
            removal,
            write_kept: self.write_kept,
            resume: self.resume.unwrap_or(false),
            scrub,
            story: StoryConfig {
                window_hours: within("window", self.window, story.window_hours, 1..=u32::MAX)?,
                threshold: share("story-threshold", self.story_threshold, preset.threshold())?,
                corrections: Corrections::read(
                    self.must_link.as_deref(),
                    self.cannot_link.as_deref(),
                )?,
            },
            must_link: self.must_link,
            cannot_link: self.cannot_link,
            background: self.background,
            credits: self.credits,
            statistics,
            ignore: self.ignore,
            passage: PassageConfig {
                min_tokens: within(
                    "min-passage",
                    self.min_passage,
                    sensitivity.min_tokens(),
                    1..=u32::MAX,
                )?,
                sensitivity,
                credits: Arc::new(credits),
                reworded: self.reworded.unwrap_or_default(),
                ocr: self.ocr.unwrap_or_default(),
            },
        })
    }
}

impl PipelineConfig {
    /// Everything that decides the results, by option name.
    pub fn parameters(&self) -> BTreeMap<String, Value> {
        let near = &self.near_duplicates;
        let banding = near.banding();
        let against = &self.ingest.against;
        let fields: Vec<String> = self.ingest.fields.iter().map(ToString::to_string).collect();
        [
            ("csv-raw", json!(self.formats.contains(&Format::CsvRaw))),
            ("ngram", json!(near.ngram)),
            ("fields", json!(near.fields)),
            ("num-perm", json!(near.num_perm)),
            ("threshold", json!(near.threshold)),
            ("recall", json!(near.recall)),
            ("bands", json!(banding.bands)),
            ("rows", json!(banding.rows)),
            ("expected-recall", json!(near.expected_recall())),
            ("method", json!(near.method)),
            ("max-distance", json!(near.max_distance)),
            ("containment", json!(near.containment)),
            ("keep", json!(self.removal.keep)),
            ("max-loss", json!(self.removal.max_loss)),
            ("templates", json!(if self.removal.templates { "remove" } else { "keep" })),
            ("scope", json!(near.scope)),
            ("scrub", json!(self.scrub.map(Scrub::name))),
            ("window", json!(self.story.window_hours)),
            ("story-threshold", json!(self.story.threshold)),
            ("must-link", json!(self.must_link)),
            ("cannot-link", json!(self.cannot_link)),
            ("background", json!(self.background)),
            ("min-passage", json!(self.passage.min_tokens)),
            ("sensitivity", json!(self.passage.sensitivity.name())),
            ("credits", json!(self.credits)),
            ("ignore", json!(self.ignore)),
            ("reworded", json!(self.passage.reworded)),
            ("ocr", json!(self.passage.ocr.then_some(true))),
            ("field", json!(fields)),
            ("against", json!((!against.is_empty()).then_some(against))),
            ("outlets", json!(self.outlets)),
            ("max-record", json!(self.ingest.limits.record_bytes)),
            ("max-depth", json!(self.ingest.limits.depth)),
            ("max-ratio", json!(self.ingest.limits.ratio)),
            ("strict", json!(self.ingest.strict)),
            ("seed", json!(near.seed)),
            ("token-version", json!(TOKEN_VERSION)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidates::Method;

    fn toml(text: &str) -> Result<Settings> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Settings::from_file(file.path())
    }

    #[test]
    fn flags_lie_over_the_file_and_the_file_over_the_defaults() {
        let file = toml("threshold = 0.5\nmethod = \"exact\"\nformat = [\"jsonl\"]").unwrap();
        let flags = Settings { threshold: Some(0.8), ..Settings::default() };
        let config = flags.over(file).resolve(vec!["a".into()]).unwrap();
        assert_eq!(config.near_duplicates.threshold, 0.8);
        assert_eq!(config.near_duplicates.method, Method::Exact);
        assert_eq!(config.near_duplicates.ngram, 5);
        assert_eq!(config.formats, [Format::Jsonl]);
    }

    #[test]
    fn a_threshold_goes_before_the_preset_that_names_one() {
        let threshold =
            |settings: &str| toml(settings).unwrap().resolve(Vec::new()).unwrap().story.threshold;
        let thresholds = ["strict", "balanced", "wide"]
            .map(|preset| threshold(&format!("story-preset = {preset:?}")));
        assert!(thresholds.is_sorted_by(|a, b| a > b), "{thresholds:?}");
        assert_eq!(threshold(""), thresholds[1]);
        assert_eq!(threshold("story-preset = \"wide\"\nstory-threshold = 0.4"), 0.4);
    }

    #[test]
    fn a_value_out_of_range_names_its_option() {
        let wrong = [
            Settings { threshold: Some(0.0), ..Settings::default() },
            Settings { ngram: Some(0), ..Settings::default() },
            Settings { fields: Some(OneOrMany::One("body".into())), ..Settings::default() },
            Settings { memory: Some("much".into()), ..Settings::default() },
            Settings { max_record: Some("2G".into()), ..Settings::default() },
            Settings { max_depth: Some(0), ..Settings::default() },
            Settings { max_ratio: Some(0), ..Settings::default() },
            Settings { method: Some("guess".into()), ..Settings::default() },
            Settings { max_distance: Some(64), ..Settings::default() },
            Settings { story_preset: Some("loose".into()), ..Settings::default() },
            Settings { sensitivity: Some("most".into()), ..Settings::default() },
        ];
        for (settings, option) in wrong.into_iter().zip([
            "threshold",
            "ngram",
            "fields",
            "memory",
            "max-record",
            "max-depth",
            "max-ratio",
            "method",
            "max-dist",
            "story-preset",
            "sensitivity",
        ]) {
            let message = settings.resolve(Vec::new()).unwrap_err().to_string();
            assert!(message.starts_with(&format!("--{option}")), "{message}");
        }
    }

    #[test]
    fn a_file_that_is_wrong_is_told_with_its_line() {
        let unknown = toml("ngram = 5\ntreshold = 0.5\n").unwrap_err().to_string();
        assert!(unknown.contains("line 2") && unknown.contains("treshold"), "{unknown}");
        assert!(toml("ngram = \"five\"").is_err());
    }
}
