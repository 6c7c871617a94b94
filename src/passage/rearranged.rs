//! Stretches of one pair that stand side by side in both articles, in whatever order: one act of copying.
//!
//! Who takes a text over may move its sentences about. Each run of words that kept its order is then an
//! alignment of its own, next to the others on both sides. They are told as one, and stay the parts of it, where
//! they leave no more between them than their own edits lead to expect. Quadratic in the alignments of a pair that
//! stand in one place of the later article; there are few.

use std::collections::BTreeMap;

use super::align::{JOIN_OVERLAP, Trial};
use crate::union_find::UnionFind;

/// Words that may lie between two stretches on either side: two sentences.
const NEAR: i64 = 40;

/// So much of what lies from the first stretch to the last must lie in stretches, times the share of their words that
/// match. What is left out of a text that was edited much is longer. PlagDet was counted on PAN 2013's cases with
/// random edits, its verbatim ones, and the pairs of `reuse`. It is 0.647, 0.988 and 0.9843 where none are joined,
/// 0.780, 0.994 and 0.9836 where density is not asked for, and 0.753, 0.994 and 0.9865 with this.
const DENSE: f64 = 0.9;

/// For each of some stretches, sorted by place in `b`, the first of those that it is one with. `tokens_a_word`: how
/// many tokens a word has.
pub(super) fn joined(trials: &[Trial], tokens_a_word: u32) -> Vec<u32> {
    let mut one_with: Vec<u32> = (0..trials.len() as u32).collect();
    part((0..trials.len()).collect(), NEAR * i64::from(tokens_a_word), trials, &mut one_with);
    one_with
}

/// Parts some stretches where more than `gap` words lie between; what then is not dense, at smaller gaps.
fn part(members: Vec<usize>, gap: i64, trials: &[Trial], one_with: &mut [u32]) {
    let mut sets = UnionFind::new(members.len());
    for (i, &one) in members.iter().enumerate() {
        for (j, &other) in members.iter().enumerate().skip(i + 1) {
            let (one, other) = (&trials[one], &trials[other]);
            if i64::from(other.b.0) > i64::from(one.b.1) + gap {
                break;
            }
            if are_near(one, other, gap) {
                sets.union(i as u32, j as u32);
            }
        }
    }
    let mut together: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (i, &member) in members.iter().enumerate() {
        together.entry(sets.find(i as u32)).or_default().push(member);
    }
    for set in together.into_values() {
        if set.len() > 1 && is_dense(set.iter().map(|&member| &trials[member])) {
            for &member in &set {
                one_with[member] = set[0] as u32;
            }
        } else if set.len() > 1 && gap > 0 {
            part(set, gap / 2, trials, one_with);
        }
    }
}

/// Whether stretches leave no more between them, on either side, than edits like their own do.
fn is_dense<'a>(trials: impl Iterator<Item = &'a Trial> + Clone) -> bool {
    let matched: u32 = trials.clone().map(|trial| trial.matched).sum();
    let words: u32 = trials.clone().map(Trial::len).sum();
    let identity = f64::from(matched) / f64::from(words.max(1));
    [|trial: &Trial| trial.a, |trial: &Trial| trial.b].into_iter().all(|side| {
        let mut spans: Vec<(u32, u32)> = trials.clone().map(side).collect();
        spans.sort_unstable();
        let (start, mut end) = (spans[0].0, spans[0].0);
        let mut covered = 0;
        for span in spans {
            covered += span.1.saturating_sub(span.0.max(end));
            end = end.max(span.1);
        }
        f64::from(covered) >= DENSE * identity * f64::from(end - start)
    })
}

/// Whether two stretches stand side by side in both articles. What stands twice in one article and once
/// in the other does not; nor what lies across the other on one side alone.
fn are_near(one: &Trial, other: &Trial, most: i64) -> bool {
    let gap = |one: (u32, u32), other: (u32, u32)| {
        i64::from(one.0.max(other.0)) - i64::from(one.1.min(other.1))
    };
    let (a, b) = (gap(one.a, other.a), gap(one.b, other.b));
    a.max(b) <= most && (a.min(b) > -JOIN_OVERLAP || a.max(b) < 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;
    use crate::passage::{PassageConfig, reuse};
    use crate::testing::statistics;

    fn trial(a: (u32, u32), b: (u32, u32)) -> Trial {
        Trial { a, b, matched: a.1 - a.0, bits: 0 }
    }

    #[test]
    fn stretches_that_changed_places_are_one() {
        let swapped = [trial((40, 70), (100, 130)), trial((5, 38), (132, 165))];
        assert_eq!(joined(&swapped, 1), [0, 0]);
        // A third, next to the second alone.
        let three = [swapped[0], swapped[1], trial((75, 90), (170, 185))];
        assert_eq!(joined(&three, 1), [0, 0, 0]);
        // The second, fourth, first and third of four sentences: no two stand side by side in both.
        let four = [(20, 40), (60, 80), (0, 20), (40, 60)];
        let four: Vec<Trial> =
            (0..).zip(four).map(|(n, a)| trial(a, (100 + 20 * n, 120 + 20 * n))).collect();
        assert_eq!(joined(&four, 1), [0, 0, 0, 0]);
    }

    #[test]
    fn stretches_far_apart_on_one_side_are_not() {
        let apart = [trial((40, 70), (100, 130)), trial((5, 38), (171, 204))];
        assert_eq!(joined(&apart, 1), [0, 1]);
    }

    #[test]
    fn words_of_its_own_part_a_verbatim_copy_and_are_edits_in_an_edited_one() {
        let mut two = [trial((50, 80), (100, 130)), trial((5, 38), (142, 175))];
        assert_eq!(joined(&two, 1), [0, 1]);
        for trial in &mut two {
            trial.matched /= 2;
        }
        assert_eq!(joined(&two, 1), [0, 0]);
    }

    #[test]
    fn what_stands_twice_in_one_article_is_not_one() {
        let twice = [trial((0, 50), (100, 150)), trial((0, 50), (155, 205))];
        assert_eq!(joined(&twice, 1), [0, 1]);
    }

    /// The alignment goes over both, the passages are still those that kept their order.
    #[test]
    fn sentences_that_changed_places_are_one_alignment_of_two_passages() {
        let words = |from: usize| (from..from + 20).map(|n| format!("w{n} ")).collect::<String>();
        let a = format!("{}{}{}{}", words(100), words(0), words(20), words(200));
        let b = format!("{}{}{}{}", words(300), words(20), words(0), words(400));
        let corpus = corpus(&[("a", &a), ("b", &b)]);
        let config = PassageConfig::default();
        let found = reuse(&corpus, &statistics(&corpus), &config, &Silent).unwrap();
        let [one] = found.alignments.as_slice() else { panic!("{:?}", found.alignments) };
        assert_eq!((one.a.tokens, one.b.tokens, one.matched), (40, 40, 40));
        assert_eq!(
            found.passages.iter().map(|passage| passage.tokens).collect::<Vec<_>>(),
            [20, 20]
        );
    }
}
