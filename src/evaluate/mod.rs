//! Scores of a finished run against labels: groups, pairs, passages.
//!
//! [`evaluate`] reads the labels and the tables of a run and scores them; the functions it calls
//! ([`score_clusters`], [`score_pairs`], [`score_passages`]) work on plain data. Only what is
//! labelled is scored, and what is labelled but absent from the run is counted, not scored. Where
//! there was nothing to find and nothing was found, a score is 1. Cost: n log n in the labels, one
//! pass over the run's tables.

mod clusters;
mod detections;
mod display;
mod gold;
mod pairs;
mod passages;

use std::path::Path;

use ahash::{AHashMap, AHashSet};
use serde::Serialize;

pub use clusters::{ClusterScores, VMeasure, score_clusters};
pub use detections::Coverage;
pub use gold::{Gold, LabelledPair, LabelledPassage, read_gold, read_pair_list};
pub use pairs::{Grade, GradeRecall, JudgedPair, PairScores, score_pairs};
pub use passages::{ArticlePair, PassageScores, SharedSpan, score_passages};

use crate::error::{Error, InputErrorKind, Position, Result};
use crate::output::check_lengths;
use crate::tables::schema::{Article, Pair};
use crate::tables::{self, Asked};
use detections::{Alignments, Occurrences, Pairs, coverage, tell_once};

/// What labels of the form `id,cluster` name, and so which grouping of the run they score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Labels {
    /// Articles that report one event.
    Stories,
    /// Articles that are near-duplicates.
    Families,
}

/// How right, how complete, and both in one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PrecisionRecall {
    /// The share of what was found that is right.
    pub precision: f64,
    /// The share of what is right that was found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

impl PrecisionRecall {
    /// With the F1 that follows.
    pub fn new(precision: f64, recall: f64) -> Self {
        Self { precision, recall, f1: harmonic_mean(precision, recall) }
    }

    /// From how many of the `found` are `right`, of those `labelled`. Nothing found where nothing is
    /// labelled is perfect; where only one of them is nothing, both scores are 0.
    pub fn of_counts(right: u64, found: u64, labelled: u64) -> Self {
        match (found, labelled) {
            (0, 0) => Self::new(1.0, 1.0),
            (0, _) | (_, 0) => Self::new(0.0, 0.0),
            _ => Self::new(right as f64 / found as f64, right as f64 / labelled as f64),
        }
    }
}

fn harmonic_mean(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}

/// The scores of a run. [`Display`](std::fmt::Display) gives them as lines to read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Scores {
    /// Stories or families against `id,cluster`.
    Clusters {
        /// Which.
        labels: Labels,
        /// Labelled articles.
        labelled: u64,
        /// Those of them that the run does not have.
        absent: u64,
        /// How well the others are grouped.
        #[serde(flatten)]
        scores: ClusterScores,
    },
    /// Near-duplicate pairs against `id_a,id_b,label`.
    Pairs {
        /// Labelled pairs.
        labelled: u64,
        /// Those of them of which the run has one article or none.
        absent: u64,
        /// How well the others are told.
        #[serde(flatten)]
        scores: PairScores,
    },
    /// Passages against passages.
    Passages {
        /// Labelled passages.
        labelled: u64,
        /// Those of them of which the run has one article or none.
        absent: u64,
        /// Those of them in pairs of articles that the list does not have.
        unlisted: u64,
        /// Pairs of articles scored.
        article_pairs: u64,
        /// How well the others are found.
        overall: PassageScores,
        /// The same for each kind of label, by name; empty where labels name no kinds.
        kinds: Vec<KindScores>,
        /// Without a list of pairs: agreement in each labelled article, whatever it is paired with.
        coverage: Option<Coverage>,
    },
}

/// PAN's scores for the labels of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindScores {
    /// The kind's name.
    pub kind: String,
    /// Its scores.
    #[serde(flatten)]
    pub scores: PassageScores,
}

/// Scores the run in `out` against the labels in `gold`.
///
/// `what` says which grouping `id,cluster` labels: stories, if not said. `pairs` is a list of pairs
/// of articles (`src_id,dst_id` or `id_a,id_b`) outside which passages are not scored.
///
/// # Errors
/// [`Error::Gold`] for labels that cannot be read or of which the run has none, [`Error::Input`] for
/// tables that cannot, [`Error::Config`] for `what` or `pairs` with labels they say nothing about.
pub fn evaluate(
    out: &Path,
    gold: &Path,
    what: Option<Labels>,
    pairs: Option<&Path>,
) -> Result<Scores> {
    let labels = read_gold(gold)?;
    check_lengths(out)?;
    if what.is_some() && !matches!(labels, Gold::Clusters(_)) {
        return Err(misplaced("labels", "the labels are of no stories or families"));
    }
    if pairs.is_some() && !matches!(labels, Gold::Passages(_)) {
        return Err(misplaced("pairs", "only passages are scored within a list of pairs"));
    }
    let scores = match labels {
        Gold::Clusters(articles) => clusters(out, articles, what.unwrap_or(Labels::Stories))?,
        Gold::Pairs(labelled) => labelled_pairs(out, labelled)?,
        Gold::Passages(passages) => labelled_passages(out, &passages, pairs)?,
    };
    if scores.labelled() == scores.absent() {
        return Err(Error::gold(
            Position::whole(gold.to_string_lossy()),
            format!(
                "the run in {} has none of the articles labelled here; ids must agree to the letter",
                out.display()
            ),
        ));
    }
    Ok(scores)
}

impl Scores {
    fn labelled(&self) -> u64 {
        match self {
            Self::Clusters { labelled, .. }
            | Self::Pairs { labelled, .. }
            | Self::Passages { labelled, .. } => *labelled,
        }
    }

    fn absent(&self) -> u64 {
        match self {
            Self::Clusters { absent, .. }
            | Self::Pairs { absent, .. }
            | Self::Passages { absent, .. } => *absent,
        }
    }
}

fn misplaced(option: &str, reason: &str) -> Error {
    Error::config(option, reason)
}

/// An article's cluster in the run.
#[derive(PartialEq, Eq, Hash)]
enum RunCluster {
    Named(String),
    /// In no family: alone.
    Alone(usize),
}

fn clusters(out: &Path, mut labelled: Vec<(String, String)>, labels: Labels) -> Result<Scores> {
    labelled.sort_unstable();
    let places: AHashMap<&str, usize> =
        labelled.iter().enumerate().map(|(place, (id, _))| (id.as_str(), place)).collect();
    let column = match labels {
        Labels::Stories => "story_id",
        Labels::Families => "family_id",
    };
    let mut found: Vec<Option<RunCluster>> = labelled.iter().map(|_| None).collect();
    let mut any_named = false;
    tables::read(out, Asked::columns(&["id", column]), &mut |row: Article| {
        let cluster = match labels {
            Labels::Stories => row.story_id,
            Labels::Families => row.family_id,
        };
        any_named |= cluster.is_some();
        if let Some(&place) = places.get(row.id.0.as_ref()) {
            found[place] = Some(match cluster {
                None => RunCluster::Alone(place),
                Some(name) => RunCluster::Named(name.into_owned()),
            });
        }
        Ok(())
    })?;
    // Every article has a story, alone or not; a run without families may just have found none.
    if labels == Labels::Stories && !any_named {
        return Err(Error::input(
            Position::whole(out.to_string_lossy()),
            InputErrorKind::Unsuited,
            "the run has no stories; its families can be scored",
        ));
    }
    let count = labelled.len() as u64;
    let scored: Vec<(String, RunCluster)> = labelled
        .into_iter()
        .zip(found)
        .filter_map(|((_, label), cluster)| Some((label, cluster?)))
        .collect();
    Ok(Scores::Clusters {
        labels,
        labelled: count,
        absent: count - scored.len() as u64,
        scores: score_clusters(&scored),
    })
}

fn labelled_pairs(out: &Path, labelled: Vec<LabelledPair>) -> Result<Scores> {
    let ids = labelled.iter().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]);
    let numbers = numbered(ids);
    let number = |id: &str| numbers.get(id).copied();
    let mut families: Vec<Option<String>> = vec![None; numbers.len()];
    tables::read(out, Asked::columns(&["id", "family_id"]), &mut |row: Article| {
        if let Some(article) = number(&row.id.0) {
            families[article as usize] = Some(row.family_id.unwrap_or_default().into_owned());
        }
        Ok(())
    })?;
    let mut reported: AHashSet<(u32, u32)> = AHashSet::new();
    tables::read(out, Asked::columns(&["id_a", "id_b"]), &mut |row: Pair| {
        if let (Some(a), Some(b)) = (number(&row.id_a.0), number(&row.id_b.0)) {
            reported.insert((a.min(b), a.max(b)));
        }
        Ok(())
    })?;
    let count = labelled.len() as u64;
    let judged: Vec<JudgedPair> = labelled
        .into_iter()
        .filter_map(|pair| {
            let (a, b) = (numbers[&pair.a], numbers[&pair.b]);
            let family_a = families[a as usize].as_deref()?;
            let family_b = families[b as usize].as_deref()?;
            Some(JudgedPair {
                grade: pair.grade,
                reported: reported.contains(&(a.min(b), a.max(b))),
                one_family: !family_a.is_empty() && family_a == family_b,
            })
        })
        .collect();
    Ok(Scores::Pairs {
        labelled: count,
        absent: count - judged.len() as u64,
        scores: score_pairs(&judged),
    })
}

fn labelled_passages(
    out: &Path,
    labelled: &[LabelledPassage],
    list: Option<&Path>,
) -> Result<Scores> {
    let listed = list.map(read_pair_list).transpose()?;
    let ids = labelled.iter().flat_map(|p| [p.src_id.as_str(), p.dst_id.as_str()]);
    let listed_ids = listed.iter().flatten().flat_map(|(a, b)| [a.as_str(), b.as_str()]);
    let mut numbers = numbered(ids.chain(listed_ids));
    let mut present = vec![false; numbers.len()];
    tables::read(out, Asked::columns(&["id"]), &mut |row: Article| {
        if let Some(&article) = numbers.get(row.id.0.as_ref()) {
            present[article as usize] = true;
        }
        Ok(())
    })?;
    numbers.retain(|_, article| present[*article as usize]);
    let number = |id: &str| numbers.get(id).copied();

    let mut kinds: Vec<&str> = labelled.iter().map(|passage| passage.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut pairs = Pairs::default();
    for (a, b) in listed.iter().flatten() {
        if let (Some(a), Some(b)) = (number(a), number(b)) {
            pairs.list(a, b);
        }
    }
    let mut labelled_spans = Vec::new();
    let (mut absent, mut unlisted) = (0, 0);
    for passage in labelled {
        let (Some(src), Some(dst)) = (number(&passage.src_id), number(&passage.dst_id)) else {
            absent += 1;
            continue;
        };
        let kind = kinds.partition_point(|kind| *kind < passage.kind.as_str());
        if !pairs.label((src, dst), passage, kind, listed.is_some()) {
            unlisted += 1;
        }
        labelled_spans.extend([(src, passage.src), (dst, passage.dst)]);
    }
    let occurrences = Occurrences::read(out, &numbers)?;
    let coverage = listed.is_none().then(|| coverage(labelled_spans, &occurrences));
    let mut pairs = pairs.detect(&occurrences, &Alignments::read(out, &numbers)?);
    tell_once(&mut pairs);
    let (overall, by_kind) = score_passages(&pairs, kinds.len());
    let kinds = kinds
        .into_iter()
        .zip(by_kind)
        .filter(|(kind, _)| !kind.is_empty())
        .map(|(kind, scores)| KindScores { kind: kind.to_owned(), scores })
        .collect();
    Ok(Scores::Passages {
        labelled: labelled.len() as u64,
        absent,
        unlisted,
        article_pairs: pairs.len() as u64,
        overall,
        kinds,
        coverage,
    })
}

/// Numbers ids in their own order, whatever order they come in.
fn numbered<'a>(ids: impl Iterator<Item = &'a str>) -> AHashMap<String, u32> {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().zip(0..).map(|(id, number)| (id.to_owned(), number)).collect()
}

#[cfg(test)]
mod tests;
