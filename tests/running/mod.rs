//! Runs the library from input to written tables, as the program does.

use std::path::{Path, PathBuf};

use newsfold::config::{OneOrMany, PipelineConfig, Settings};
use newsfold::evaluate::{Labels, Scores, evaluate};
use newsfold::observer::Silent;
use newsfold::pipeline::{self, Parts};
use newsfold::results::Results;
use tempfile::TempDir;

/// A run with its results on disk.
pub(crate) struct Run {
    pub(crate) outcome: Results,
    pub(crate) out: PathBuf,
    _folder: TempDir,
}

/// Everything the defaults do, on these inputs, written as CSV.
pub(crate) fn run(inputs: &[&Path], parts: Parts, settings: Settings) -> Run {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let inputs = inputs.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let format = Some(OneOrMany::One("csv".into()));
    let settings = Settings { output: Some(out.clone()), format, ..settings };
    let config: PipelineConfig = settings.resolve(inputs).unwrap();
    let outcome = pipeline::run(&config, parts, &Silent).unwrap();
    pipeline::write(&outcome, &config, &Silent).unwrap();
    Run { outcome, out, _folder: folder }
}

impl Run {
    /// B³ F1 of stories or families against `id,cluster` labels.
    pub(crate) fn b_cubed(&self, gold: &Path, labels: Labels) -> f64 {
        match evaluate(&self.out, gold, Some(labels), None).unwrap() {
            Scores::Clusters { scores, .. } => scores.b_cubed.f1,
            other => panic!("not labels of groups: {other:?}"),
        }
    }

    /// PlagDet against passage labels, within the listed pairs of articles where there is a list.
    pub(crate) fn plagdet(&self, gold: &Path, pairs: Option<&Path>) -> f64 {
        match evaluate(&self.out, gold, None, pairs).unwrap() {
            Scores::Passages { overall, .. } => overall.plagdet,
            other => panic!("not labels of passages: {other:?}"),
        }
    }
}
