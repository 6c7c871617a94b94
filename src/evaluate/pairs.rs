//! Reported pairs of near-duplicates held against labelled pairs.
//!
//! Only labelled pairs are scored: a pair that nobody judged is neither right nor wrong. Where the
//! labels are Jaccard similarities, recall is told by band, since a miss at 0.55 and one at 0.95
//! are not the same fault. Cost: linear in the labels.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::PrecisionRecall;

/// The lower bounds of the Jaccard bands, each reaching to the next, the last to 1 inclusive.
const BANDS: [f64; 6] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9];

/// Words that say "no near-duplicate", beside zero and nothing at all.
const NEGATIVE: [&str; 4] = ["non", "none", "no", "false"];

/// What a label says of a pair.
#[derive(Clone, Debug, PartialEq)]
pub enum Grade {
    /// A number: 0 for no, 1 for yes, or how alike the two are.
    Number(f64),
    /// A word, such as `light` or `non`.
    Word(String),
}

impl Grade {
    /// Reads a label as the gold file has it. Nothing at all is a 0.
    pub fn parse(label: &str) -> Self {
        let label = label.trim();
        match label.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            _ if label.is_empty() => Self::Number(0.0),
            _ => Self::Word(label.to_lowercase()),
        }
    }

    /// Whether it calls the pair near-duplicates, in any degree.
    pub fn is_positive(&self) -> bool {
        match self {
            Self::Number(number) => *number != 0.0,
            Self::Word(word) => !NEGATIVE.contains(&word.as_str()),
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// A labelled pair and what the run says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedPair {
    /// The label.
    pub grade: Grade,
    /// Whether the run's `pairs` table has it.
    pub reported: bool,
    /// Whether the run put both articles in one family.
    pub one_family: bool,
}

/// How well pairs agree with the labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairScores {
    /// The pairs that the run reports.
    pub pairs: PrecisionRecall,
    /// The pairs that a family holds: a family's members need not all be reported pair by pair.
    pub families: PrecisionRecall,
    /// Labelled pairs that were scored.
    pub scored: u64,
    /// Those of them that the labels call near-duplicates.
    pub positive: u64,
    /// The share found, by Jaccard band or by the label's word. Empty where labels are 1 and 0 only.
    pub grades: Vec<GradeRecall>,
}

/// What was found of the labelled pairs of one grade.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradeRecall {
    /// The band, such as `0.7-0.8` (lower bound included), or the label.
    pub grade: String,
    /// Labelled pairs of this grade that were scored.
    pub scored: u64,
    /// How many of them are reported as pairs.
    pub reported: u64,
    /// How many of them are in one family.
    pub one_family: u64,
}

/// Scores judged pairs.
pub fn score_pairs(judged: &[JudgedPair]) -> PairScores {
    let count = |which: &dyn Fn(&JudgedPair) -> bool| -> u64 {
        judged.iter().filter(|pair| which(pair)).count() as u64
    };
    let positive = count(&|pair| pair.grade.is_positive());
    let reported = count(&|pair| pair.reported);
    let one_family = count(&|pair| pair.one_family);
    let right = count(&|pair| pair.reported && pair.grade.is_positive());
    let right_family = count(&|pair| pair.one_family && pair.grade.is_positive());
    PairScores {
        pairs: PrecisionRecall::of_counts(right, reported, positive),
        families: PrecisionRecall::of_counts(right_family, one_family, positive),
        scored: judged.len() as u64,
        positive,
        grades: by_grade(judged),
    }
}

/// Bands where the labels are similarities, words where they are words, nothing where they are 1/0.
fn by_grade(judged: &[JudgedPair]) -> Vec<GradeRecall> {
    let graded =
        |pair: &JudgedPair| !matches!(pair.grade, Grade::Number(n) if n == 0.0 || n == 1.0);
    if !judged.iter().any(graded) {
        return Vec::new();
    }
    let similarities = judged
        .iter()
        .all(|pair| matches!(pair.grade, Grade::Number(number) if (0.0..=1.0).contains(&number)));
    let mut grades: BTreeMap<String, GradeRecall> = BTreeMap::new();
    for pair in judged {
        let name = match pair.grade {
            Grade::Number(similarity) if similarities => band(similarity),
            _ => pair.grade.to_string(),
        };
        let grade = grades.entry(name.clone()).or_insert(GradeRecall {
            grade: name,
            scored: 0,
            reported: 0,
            one_family: 0,
        });
        grade.scored += 1;
        grade.reported += u64::from(pair.reported);
        grade.one_family += u64::from(pair.one_family);
    }
    grades.into_values().collect()
}

/// A pair labelled 0 is no near-duplicate and stands apart from the lowest band.
fn band(similarity: f64) -> String {
    if similarity == 0.0 {
        return "0".into();
    }
    let place = BANDS.partition_point(|&bound| bound <= similarity) - 1;
    let upper = BANDS.get(place + 1).unwrap_or(&1.0);
    format!("{:.1}-{upper:.1}", BANDS[place])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(label: &str, reported: bool, one_family: bool) -> JudgedPair {
        JudgedPair { grade: Grade::parse(label), reported, one_family }
    }

    #[test]
    fn labels_that_say_no() {
        for label in ["0", "0.0", "", " ", "non", "None", "false", "no"] {
            assert!(!Grade::parse(label).is_positive(), "{label:?}");
        }
        for label in ["1", "0.42", "2", "-1", "cut", "light", "heavy", "true", "NaN"] {
            assert!(Grade::parse(label).is_positive(), "{label:?}");
        }
    }

    #[test]
    fn six_pairs_worked_by_hand() {
        let scores = score_pairs(&[
            judged("1", true, true),
            judged("1", true, true),
            judged("1", false, true),
            judged("1", false, false),
            judged("0", true, true),
            judged("0", false, false),
        ]);
        // 3 reported, 2 of them right, of 4: P 2/3, R 2/4, F1 = 2·(2/3)(1/2)/(7/6) = 4/7.
        assert_eq!(scores.pairs.precision, 2.0 / 3.0);
        assert_eq!(scores.pairs.recall, 0.5);
        assert!((scores.pairs.f1 - 4.0 / 7.0).abs() < 1e-12);
        // 4 in one family, 3 of them right, of 4.
        assert_eq!(scores.families, PrecisionRecall::new(0.75, 0.75));
        assert_eq!((scores.scored, scores.positive), (6, 4));
        assert!(scores.grades.is_empty());
    }

    #[test]
    fn recall_by_band_and_by_word() {
        let found = |label: &str, reported| judged(label, reported, true);
        let scores = score_pairs(&[
            found("0.7", true),
            found("0.79", false),
            found("0.8", true),
            found("1", true),
            found("0.9", true),
            found("0.31", false),
            found("0", false),
        ]);
        let bands: Vec<(&str, u64, u64)> =
            scores.grades.iter().map(|g| (g.grade.as_str(), g.scored, g.reported)).collect();
        assert_eq!(
            bands,
            [
                ("0", 1, 0),
                ("0.0-0.5", 1, 0),
                ("0.7-0.8", 2, 1),
                ("0.8-0.9", 1, 1),
                ("0.9-1.0", 2, 2)
            ]
        );
        let scores = score_pairs(&[found("non", false), found("cut", true), found("Cut", false)]);
        let words: Vec<(&str, u64, u64)> =
            scores.grades.iter().map(|g| (g.grade.as_str(), g.scored, g.reported)).collect();
        assert_eq!(words, [("cut", 2, 1), ("non", 1, 0)]);
    }

    #[test]
    fn nothing_labelled_and_nothing_reported() {
        assert_eq!(score_pairs(&[]).pairs, PrecisionRecall::new(1.0, 1.0));
        assert_eq!(score_pairs(&[judged("0", false, false)]).pairs.f1, 1.0);
        assert_eq!(score_pairs(&[judged("1", false, false)]).pairs, PrecisionRecall::new(0.0, 0.0));
        assert_eq!(score_pairs(&[judged("0", true, true)]).pairs, PrecisionRecall::new(0.0, 0.0));
    }

    proptest! {
        #[test]
        fn every_pair_is_in_one_grade_and_scores_stay_in_range(
            pairs in prop::collection::vec((0.0..=1.0f64, any::<bool>(), any::<bool>()), 0..50),
        ) {
            let judged: Vec<JudgedPair> = pairs
                .iter()
                .map(|&(grade, reported, one_family)| JudgedPair {
                    grade: Grade::Number(grade), reported, one_family,
                })
                .collect();
            let scores = score_pairs(&judged);
            for score in [scores.pairs.precision, scores.pairs.recall, scores.pairs.f1] {
                prop_assert!((0.0..=1.0).contains(&score));
            }
            if !scores.grades.is_empty() {
                prop_assert_eq!(scores.grades.iter().map(|g| g.scored).sum::<u64>(), scores.scored);
            }
        }

        #[test]
        fn reporting_just_the_positives_scores_one(labels in prop::collection::vec(0..3u8, 0..30)) {
            let judged: Vec<JudgedPair> =
                labels.iter().map(|l| judged(&l.to_string(), *l > 0, *l > 0)).collect();
            prop_assert_eq!(score_pairs(&judged).pairs.f1, 1.0);
            prop_assert_eq!(score_pairs(&judged).families.f1, 1.0);
        }
    }
}
