//! Detected passages held against planted ones: PAN's precision, recall, granularity and PlagDet.
//!
//! Potthast, Stein, Barrón-Cedeño & Rosso, "An Evaluation Framework for Plagiarism Detection"
//! (2010), in characters, averaged over cases and detections (macro), so that a short passage
//! weighs as much as a long one. A detection finds a case where both its sides overlap the case's.
//! Granularity is how many detections a found case has on average; PlagDet is F1 / log₂(1 + it).
//! Cost: for every pair of articles, its cases times its detections that touch one on either side.

use serde::Serialize;

use super::PrecisionRecall;
use crate::article::CharSpan;

/// Where one text stands in two articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedSpan {
    /// In the pair's first article.
    pub a: CharSpan,
    /// In its second.
    pub b: CharSpan,
}

/// Two articles with what the labels and the run say that they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArticlePair {
    /// The labelled passages, each with its kind as an index.
    pub cases: Vec<(SharedSpan, usize)>,
    /// What the run found.
    pub detections: Vec<SharedSpan>,
    /// Further detections, known to find no case.
    pub stray_detections: u64,
}

/// PAN's scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PassageScores {
    /// Characters of detections that are in cases they find; of cases that are found.
    #[serde(flatten)]
    pub characters: PrecisionRecall,
    /// Detections per found case, 1 at best; 1 where none is found.
    pub granularity: f64,
    /// F1 / log₂(1 + granularity).
    pub plagdet: f64,
    /// Labelled passages.
    pub cases: u64,
    /// How many of them a detection finds, however little of them.
    pub found: u64,
    /// Detections.
    pub detections: u64,
}

/// Scores all pairs of articles, and each kind of case by itself.
///
/// A kind's precision is over the detections that find a case of the kind (a detection that finds
/// nothing is of no kind), counting what they cover of any case.
pub fn score_passages(pairs: &[ArticlePair], kinds: usize) -> (PassageScores, Vec<PassageScores>) {
    let mut all = Sums::default();
    let mut by_kind = vec![Sums::default(); kinds];
    for pair in pairs {
        add_pair(pair, &mut all, &mut by_kind);
    }
    (all.scores(), by_kind.into_iter().map(Sums::scores).collect())
}

#[derive(Clone, Copy, Default)]
struct Sums {
    precision: f64,
    recall: f64,
    cases: u64,
    found: u64,
    /// Pairs of a case and a detection that finds it.
    findings: u64,
    detections: u64,
}

impl Sums {
    fn scores(self) -> PassageScores {
        let mean = |sum: f64, count: u64, others: u64| match (count, others) {
            (0, 0) => 1.0,
            (0, _) => 0.0,
            _ => sum / count as f64,
        };
        let characters = PrecisionRecall::new(
            mean(self.precision, self.detections, self.cases),
            mean(self.recall, self.cases, self.detections),
        );
        let granularity =
            if self.found == 0 { 1.0 } else { self.findings as f64 / self.found as f64 };
        PassageScores {
            characters,
            granularity,
            plagdet: characters.f1 / (1.0 + granularity).log2(),
            cases: self.cases,
            found: self.found,
            detections: self.detections,
        }
    }
}

fn add_pair(pair: &ArticlePair, all: &mut Sums, by_kind: &mut [Sums]) {
    all.detections += pair.stray_detections;
    for detection in &pair.detections {
        let found: Vec<&(SharedSpan, usize)> =
            pair.cases.iter().filter(|(case, _)| finds(*detection, *case)).collect();
        let precision = share_covered(*detection, found.iter().map(|(case, _)| *case));
        all.detections += 1;
        all.precision += precision;
        let mut kinds: Vec<usize> = found.iter().map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            by_kind[kind].detections += 1;
            by_kind[kind].precision += precision;
        }
    }
    for &(case, kind) in &pair.cases {
        let finders: Vec<SharedSpan> =
            pair.detections.iter().copied().filter(|&detection| finds(detection, case)).collect();
        let recall = share_covered(case, finders.iter().copied());
        for sums in [&mut *all, &mut by_kind[kind]] {
            sums.cases += 1;
            sums.recall += recall;
            sums.found += u64::from(!finders.is_empty());
            sums.findings += finders.len() as u64;
        }
    }
}

/// Whether both sides of a detection overlap those of a case.
fn finds(detection: SharedSpan, case: SharedSpan) -> bool {
    overlaps(detection.a, case.a) && overlaps(detection.b, case.b)
}

/// Whether two spans have a character in common.
pub(super) fn overlaps(one: CharSpan, other: CharSpan) -> bool {
    one.start.max(other.start) < one.end.min(other.end)
}

/// The share of the characters of `whole`, on both sides together, that `parts` cover.
fn share_covered(whole: SharedSpan, parts: impl Iterator<Item = SharedSpan> + Clone) -> f64 {
    let covered = covered(whole.a, parts.clone().map(|part| part.a).collect())
        + covered(whole.b, parts.map(|part| part.b).collect());
    let length = u64::from(whole.a.end - whole.a.start) + u64::from(whole.b.end - whole.b.start);
    if length == 0 { 0.0 } else { covered as f64 / length as f64 }
}

/// How many characters of `whole` the parts cover, each counted once.
fn covered(whole: CharSpan, mut parts: Vec<CharSpan>) -> u64 {
    parts.sort_unstable();
    let mut total = 0;
    let mut from = whole.start;
    for part in parts {
        let start = part.start.max(from);
        let end = part.end.min(whole.end);
        if end > start {
            total += u64::from(end - start);
            from = end;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(start: u32, end: u32) -> CharSpan {
        CharSpan { start, end }
    }

    fn shared(a: (u32, u32), b: (u32, u32)) -> SharedSpan {
        SharedSpan { a: span(a.0, a.1), b: span(b.0, b.1) }
    }

    fn pair(cases: Vec<(SharedSpan, usize)>, detections: Vec<SharedSpan>) -> ArticlePair {
        ArticlePair { cases, detections, stray_detections: 0 }
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }

    #[test]
    fn one_pair_worked_by_hand() {
        let pairs = [pair(
            vec![(shared((0, 100), (200, 300)), 0), (shared((400, 450), (0, 50)), 1)],
            vec![
                // 50 of the first case on one side, 40 of it and 10 beside it on the other.
                shared((0, 50), (250, 310)),
                // 30 and 30 of the first case; 10 of its characters the detection above had.
                shared((40, 70), (260, 290)),
                // Beside everything on one side: finds nothing.
                shared((410, 430), (60, 80)),
            ],
        )];
        let (all, kinds) = score_passages(&pairs, 2);
        // Detection 1: (50 + 50)/110; 2: (30 + 30)/60 = 1; 3: 0. Mean (10/11 + 1)/3 = 7/11.
        near(all.characters.precision, 7.0 / 11.0);
        // Case 1: 0..70 = 70, 250..300 = 50: 120/200; case 2: 0. Mean .3.
        near(all.characters.recall, 0.3);
        // One case found, by two.
        near(all.granularity, 2.0);
        // F1 = 2·(7/11)(.3)/(7/11 + .3) = .381818/.936364 = .407767; log₂ 3 = 1.584963.
        near(all.plagdet, 0.407767 / 1.584963);
        assert_eq!((all.cases, all.found, all.detections), (2, 1, 3));
        // Of the first kind: detections 1 and 2, (10/11 + 1)/2; its only case .6.
        near(kinds[0].characters.precision, 21.0 / 22.0);
        near(kinds[0].characters.recall, 0.6);
        // Of the second kind nothing is found.
        assert_eq!(kinds[1].characters, PrecisionRecall::new(0.0, 0.0));
        assert_eq!((kinds[1].granularity, kinds[1].plagdet, kinds[1].cases), (1.0, 0.0, 1));
    }

    #[test]
    fn a_detection_over_two_cases_covers_both() {
        let pairs = [pair(
            vec![(shared((0, 10), (0, 10)), 0), (shared((10, 20), (10, 20)), 0)],
            vec![shared((0, 20), (0, 20))],
        )];
        let (all, _) = score_passages(&pairs, 1);
        assert_eq!((all.characters.f1, all.granularity, all.plagdet), (1.0, 1.0, 1.0));
    }

    #[test]
    fn no_detections_no_cases_and_neither() {
        let case = (shared((0, 10), (0, 10)), 0);
        let (missed, _) = score_passages(&[pair(vec![case], vec![])], 1);
        assert_eq!((missed.characters.f1, missed.granularity, missed.plagdet), (0.0, 1.0, 0.0));
        let (false_alarm, _) = score_passages(&[pair(vec![], vec![case.0])], 0);
        assert_eq!((false_alarm.characters.precision, false_alarm.plagdet), (0.0, 0.0));
        assert_eq!(score_passages(&[], 0).0.plagdet, 1.0);
    }

    #[test]
    fn stray_detections_count_against_precision() {
        let case = shared((0, 10), (0, 10));
        let mut one = pair(vec![(case, 0)], vec![case]);
        one.stray_detections = 3;
        let (all, kinds) = score_passages(&[one], 1);
        assert_eq!((all.characters.precision, all.detections), (0.25, 4));
        assert_eq!(kinds[0].characters.precision, 1.0);
    }

    /// The figures are those of an independent program for the same spans.
    #[test]
    fn random_data_agrees_with_another_implementation() {
        let pairs = random_pairs();
        let (all, kinds) = score_passages(&pairs, 1);
        near(all.plagdet, 0.255572015);
        near(all.characters.precision, 0.370088912);
        near(all.characters.recall, 0.427101168);
        near(all.granularity, 1.931506849);
        assert_eq!((all.cases, all.detections), (116, 158));
        near(kinds[0].plagdet, 0.335115434);
        near(kinds[0].characters.precision, 0.664477819);
        assert_eq!(kinds[0].detections, 88);
    }

    /// 40 pairs with up to 5 cases and up to 7 detections in 140 characters, from a linear
    /// congruential generator that any language has in a line.
    fn random_pairs() -> Vec<ArticlePair> {
        let mut state = 1;
        let mut below = |limit: u32| {
            state = (state * 1_103_515_245_u64 + 12_345) % (1 << 31);
            (state >> 8) as u32 % limit
        };
        let mut spans = |most: u32| {
            (0..below(most + 1))
                .map(|_| {
                    let (a, b) = (below(80), below(80));
                    let (a_end, b_end) = (a + 1 + below(60), b + 1 + below(60));
                    shared((a, a_end), (b, b_end))
                })
                .collect::<Vec<_>>()
        };
        (0..40)
            .map(|_| pair(spans(5).into_iter().map(|case| (case, 0)).collect(), spans(7)))
            .collect()
    }

    fn arbitrary_spans(most: usize) -> impl Strategy<Value = Vec<SharedSpan>> {
        let side = || (0..90u32, 1..30u32).prop_map(|(start, length)| (start, start + length));
        prop::collection::vec((side(), side()).prop_map(|(a, b)| shared(a, b)), 0..most)
    }

    proptest! {
        #[test]
        fn scores_stay_in_their_range(cases in arbitrary_spans(6), found in arbitrary_spans(8)) {
            let cases = cases.into_iter().map(|case| (case, 0)).collect();
            let (all, kinds) = score_passages(&[pair(cases, found)], 1);
            for scores in [all, kinds[0]] {
                prop_assert!((0.0..=1.0).contains(&scores.characters.precision));
                prop_assert!((0.0..=1.0).contains(&scores.characters.recall));
                prop_assert!((0.0..=1.0).contains(&scores.plagdet));
                prop_assert!(scores.granularity >= 1.0);
            }
        }

        #[test]
        fn the_cases_themselves_score_one_where_they_lie_apart(
            lengths in prop::collection::vec((1..20u32, 1..20u32), 0..8),
        ) {
            let (mut a, mut b) = (0, 0);
            let mut cases = Vec::new();
            for (over, along) in lengths {
                cases.push((shared((a, a + over), (b, b + along)), 0));
                (a, b) = (a + over, b + along);
            }
            let detections = cases.iter().map(|(case, _)| *case).collect();
            let (all, _) = score_passages(&[pair(cases, detections)], 1);
            prop_assert_eq!(all.plagdet, 1.0);
        }

        #[test]
        fn the_order_of_the_two_articles_does_not_matter(
            cases in arbitrary_spans(6), found in arbitrary_spans(8),
        ) {
            let mirror = |spans: &[SharedSpan]| -> Vec<SharedSpan> {
                spans.iter().map(|s| SharedSpan { a: s.b, b: s.a }).collect()
            };
            let kind = |cases: Vec<SharedSpan>| cases.into_iter().map(|case| (case, 0)).collect();
            let mirrored = pair(kind(mirror(&cases)), mirror(&found));
            prop_assert_eq!(
                score_passages(&[pair(kind(cases), found)], 1),
                score_passages(&[mirrored], 1)
            );
        }
    }
}
