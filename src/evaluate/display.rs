//! Scores as lines to read.

use std::fmt;

use super::{KindScores, Labels, PassageScores, PrecisionRecall, Scores};

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clusters { labels, labelled, absent, scores } => {
                let what = match labels {
                    Labels::Stories => "stories",
                    Labels::Families => "families",
                };
                head(f, what, "articles", scores.articles, *labelled)?;
                left_out(f, *absent, "absent from the run")?;
                writeln!(
                    f,
                    "{} clusters in the labels, {} in the run",
                    scores.labelled_clusters, scores.run_clusters
                )?;
                titles(f, ["precision", "recall", "F1"])?;
                row(f, "B3", scores.b_cubed)?;
                row(f, "pairwise", scores.pairwise)?;
                titles(f, ["homogen.", "complete.", "V"])?;
                let v = scores.v_measure;
                line(f, "V-measure", &[v.homogeneity, v.completeness, v.v])?;
                line(f, "adjusted Rand", &[scores.adjusted_rand_index])
            }
            Self::Pairs { labelled, absent, scores } => {
                head(f, "pairs", "pairs", scores.scored, *labelled)?;
                left_out(f, *absent, "with an article absent from the run")?;
                writeln!(f, "{} of the scored pairs are near-duplicates", scores.positive)?;
                titles(f, ["precision", "recall", "F1"])?;
                row(f, "reported pairs", scores.pairs)?;
                row(f, "same family", scores.families)?;
                if !scores.grades.is_empty() {
                    writeln!(
                        f,
                        "{:<16}{:>10}{:>10}{:>13}",
                        "label", "pairs", "reported", "same family"
                    )?;
                }
                for grade in &scores.grades {
                    writeln!(
                        f,
                        "{:<16}{:>10}{:>10.4}{:>13.4}",
                        grade.grade,
                        grade.scored,
                        grade.reported as f64 / grade.scored as f64,
                        grade.one_family as f64 / grade.scored as f64
                    )?;
                }
                Ok(())
            }
            Self::Passages {
                labelled,
                absent,
                unlisted,
                article_pairs,
                overall,
                kinds,
                coverage,
            } => {
                head(f, "passages", "passages", overall.cases, *labelled)?;
                left_out(f, *absent, "with an article absent from the run")?;
                left_out(f, *unlisted, "in pairs of articles that are not listed")?;
                writeln!(f, "{article_pairs} pairs of articles")?;
                writeln!(
                    f,
                    "{:<16}{:>10}{:>10}{:>10}{:>10}{:>9}{:>9}{:>11}",
                    "",
                    "PlagDet",
                    "precision",
                    "recall",
                    "granul.",
                    "labelled",
                    "found",
                    "detections"
                )?;
                passages(f, "all", overall)?;
                for KindScores { kind, scores } in kinds {
                    passages(f, kind, scores)?;
                }
                if let Some(coverage) = coverage {
                    titles(f, ["precision", "recall"])?;
                    line(f, "characters", &[coverage.precision, coverage.recall])?;
                }
                Ok(())
            }
        }
    }
}

fn head(f: &mut fmt::Formatter<'_>, what: &str, of: &str, scored: u64, all: u64) -> fmt::Result {
    writeln!(f, "{what}: {scored} of {all} labelled {of} scored")
}

fn left_out(f: &mut fmt::Formatter<'_>, count: u64, why: &str) -> fmt::Result {
    if count > 0 { writeln!(f, "{count} not scored: {why}") } else { Ok(()) }
}

fn titles<const N: usize>(f: &mut fmt::Formatter<'_>, titles: [&str; N]) -> fmt::Result {
    write!(f, "{:<16}", "")?;
    for title in titles {
        write!(f, "{title:>10}")?;
    }
    writeln!(f)
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, scores: PrecisionRecall) -> fmt::Result {
    line(f, name, &[scores.precision, scores.recall, scores.f1])
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, scores: &[f64]) -> fmt::Result {
    write!(f, "{name:<16}")?;
    for score in scores {
        write!(f, "{score:>10.4}")?;
    }
    writeln!(f)
}

fn passages(f: &mut fmt::Formatter<'_>, name: &str, scores: &PassageScores) -> fmt::Result {
    writeln!(
        f,
        "{name:<16}{:>10.4}{:>10.4}{:>10.4}{:>10.4}{:>9}{:>9}{:>11}",
        scores.plagdet,
        scores.characters.precision,
        scores.characters.recall,
        scores.granularity,
        scores.cases,
        scores.found,
        scores.detections
    )
}
