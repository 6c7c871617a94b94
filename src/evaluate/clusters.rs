//! A grouping of articles held against labelled groups: B³, pairs, adjusted Rand index, V-measure.
//!
//! The four disagree on purpose. B³ (Bagga & Baldwin 1998) weighs every article alike; the pairwise
//! scores weigh a cluster by its square, so the large ones decide; the adjusted Rand index (Hubert &
//! Arabie 1985) takes off what chance would give; V-measure (Rosenberg & Hirschberg 2007) asks in
//! bits. Cost: n log n time and 8 bytes an article beside the input.

use std::hash::Hash;

use ahash::AHashMap;
use serde::Serialize;

use super::PrecisionRecall;

/// How well a grouping agrees with the labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClusterScores {
    /// The mean over articles of the share of its cluster that belongs there, and of the share of
    /// its labelled group that is there.
    pub b_cubed: PrecisionRecall,
    /// Pairs of articles that are together in the run, against those together in the labels.
    pub pairwise: PrecisionRecall,
    /// 1 for agreement, 0 on average for chance, negative for worse than chance.
    pub adjusted_rand_index: f64,
    /// Homogeneity, completeness and their harmonic mean.
    pub v_measure: VMeasure,
    /// Articles that were scored.
    pub articles: u64,
    /// Groups that the labels put them in.
    pub labelled_clusters: u64,
    /// Groups that the run put them in.
    pub run_clusters: u64,
}

/// Agreement in terms of entropy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct VMeasure {
    /// 1 where every cluster of the run holds articles of one label only.
    pub homogeneity: f64,
    /// 1 where every label's articles are in one cluster only.
    pub completeness: f64,
    /// The harmonic mean of the two.
    pub v: f64,
}

/// Scores articles given as (labelled group, group in the run).
///
/// The names of the groups do not matter, not even to the last bit: groups are numbered by first
/// appearance. No articles at all agree perfectly.
pub fn score_clusters<L: Eq + Hash, R: Eq + Hash>(articles: &[(L, R)]) -> ClusterScores {
    let (labelled, labelled_of) = sizes(articles.iter().map(|(label, _)| label));
    let (run, run_of) = sizes(articles.iter().map(|(_, cluster)| cluster));
    let mut cells: Vec<(u32, u32)> = labelled_of.into_iter().zip(run_of).collect();
    cells.sort_unstable();

    let count = articles.len() as f64;
    let (mut precision, mut recall) = (0.0, 0.0);
    let (mut label_given_cluster, mut cluster_given_label) = (0.0, 0.0);
    let mut agreeing_pairs = 0;
    for cell in cells.chunk_by(PartialEq::eq) {
        let shared = cell.len() as f64;
        let of_label = labelled[cell[0].0 as usize] as f64;
        let of_cluster = run[cell[0].1 as usize] as f64;
        precision += shared * shared / of_cluster;
        recall += shared * shared / of_label;
        label_given_cluster -= shared / count * (shared / of_cluster).ln();
        cluster_given_label -= shared / count * (shared / of_label).ln();
        agreeing_pairs += pairs_among(cell.len() as u64);
    }
    let labelled_pairs: u64 = labelled.iter().copied().map(pairs_among).sum();
    let run_pairs: u64 = run.iter().copied().map(pairs_among).sum();
    let homogeneity = explained(label_given_cluster, entropy(&labelled, count));
    let completeness = explained(cluster_given_label, entropy(&run, count));
    let mean = |sum: f64| if articles.is_empty() { 1.0 } else { sum / count };
    ClusterScores {
        b_cubed: PrecisionRecall::new(mean(precision), mean(recall)),
        pairwise: PrecisionRecall::of_counts(agreeing_pairs, run_pairs, labelled_pairs),
        adjusted_rand_index: adjusted_rand_index(
            agreeing_pairs as f64,
            run_pairs as f64,
            labelled_pairs as f64,
            pairs_among(articles.len() as u64) as f64,
        ),
        v_measure: VMeasure {
            homogeneity,
            completeness,
            v: super::harmonic_mean(homogeneity, completeness),
        },
        articles: articles.len() as u64,
        labelled_clusters: labelled.len() as u64,
        run_clusters: run.len() as u64,
    }
}

/// How many articles each group has, and each article's group, groups numbered by first appearance.
fn sizes<'a, T: Eq + Hash + 'a>(groups: impl Iterator<Item = &'a T>) -> (Vec<u64>, Vec<u32>) {
    let mut numbers: AHashMap<&T, u32> = AHashMap::new();
    let mut sizes = Vec::new();
    let of = groups
        .map(|group| {
            let number = *numbers.entry(group).or_insert_with(|| {
                sizes.push(0);
                (sizes.len() - 1) as u32
            });
            sizes[number as usize] += 1;
            number
        })
        .collect();
    (sizes, of)
}

fn pairs_among(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}

/// In nats.
fn entropy(sizes: &[u64], count: f64) -> f64 {
    -sizes.iter().map(|&size| size as f64 / count * (size as f64 / count).ln()).sum::<f64>()
}

/// The share of an entropy that is gone once the other side is known; all of it where there was none.
fn explained(remaining: f64, entropy: f64) -> f64 {
    if entropy <= 0.0 { 1.0 } else { (1.0 - remaining / entropy).clamp(0.0, 1.0) }
}

/// 1 where both sides are all singletons, or both one cluster: there chance cannot do otherwise.
fn adjusted_rand_index(agreeing: f64, run: f64, labelled: f64, all: f64) -> f64 {
    let by_chance = if all > 0.0 { run * labelled / all } else { 0.0 };
    let at_most = (run + labelled) / 2.0;
    if at_most == by_chance { 1.0 } else { (agreeing - by_chance) / (at_most - by_chance) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }

    /// Labels {a b c}{d e}, run {a b}{c d e}: cells of 2, 1 and 2.
    #[test]
    fn five_articles_worked_by_hand() {
        let scores = score_clusters(&[("x", 1), ("x", 1), ("x", 2), ("y", 2), ("y", 2)]);
        // a, b: 2/2 each; c: 1/3; d, e: 2/3 each. (2 + 1/3 + 4/3) / 5 = 11/15.
        near(scores.b_cubed.precision, 11.0 / 15.0);
        // a, b: 2/3 each; c: 1/3; d, e: 2/2 each. (4/3 + 1/3 + 2) / 5 = 11/15.
        near(scores.b_cubed.recall, 11.0 / 15.0);
        near(scores.b_cubed.f1, 11.0 / 15.0);
        // Together in both: ab, de = 2. In the run: 1 + 3 = 4. In the labels: 3 + 1 = 4.
        near(scores.pairwise.precision, 0.5);
        near(scores.pairwise.recall, 0.5);
        // 10 pairs in all, 4·4/10 = 1.6 by chance: (2 − 1.6) / (4 − 1.6) = 1/6.
        near(scores.adjusted_rand_index, 1.0 / 6.0);
        // H(label) = −.6 ln .6 − .4 ln .4 = .673012. H(label | cluster) = −.2 ln 1/3 − .4 ln 2/3
        // = .219722 + .162186 = .381909. 1 − .381909/.673012 = .432538; the other way is the same.
        near(scores.v_measure.homogeneity, 0.432538);
        near(scores.v_measure.completeness, 0.432538);
        near(scores.v_measure.v, 0.432538);
        assert_eq!((scores.articles, scores.labelled_clusters, scores.run_clusters), (5, 2, 2));
    }

    /// Labels {a b c d}, run {a b}{c}{d}: nothing wrong is together, much is apart.
    #[test]
    fn a_cluster_that_fell_apart_worked_by_hand() {
        let scores = score_clusters(&[(0, 0), (0, 0), (0, 1), (0, 2)]);
        near(scores.b_cubed.precision, 1.0);
        // a, b: 2/4; c, d: 1/4. 1.5 / 4 = .375, and 2·.375 / 1.375 = 6/11.
        near(scores.b_cubed.recall, 0.375);
        near(scores.b_cubed.f1, 6.0 / 11.0);
        // One pair of six, and it is right.
        near(scores.pairwise.precision, 1.0);
        near(scores.pairwise.recall, 1.0 / 6.0);
        // By chance 1·6/6 = 1, which is all that agrees.
        near(scores.adjusted_rand_index, 0.0);
        // There is no entropy in the labels to explain, and knowing the label tells nothing.
        near(scores.v_measure.homogeneity, 1.0);
        near(scores.v_measure.completeness, 0.0);
        near(scores.v_measure.v, 0.0);
    }

    #[test]
    fn singletons_against_one_cluster_and_back() {
        let apart = score_clusters(&[(0, 0), (0, 1), (0, 2), (0, 3)]);
        assert_eq!(apart.b_cubed, PrecisionRecall { precision: 1.0, recall: 0.25, f1: 0.4 });
        assert_eq!(apart.pairwise, PrecisionRecall { precision: 0.0, recall: 0.0, f1: 0.0 });
        assert_eq!(apart.adjusted_rand_index, 0.0);
        let together = score_clusters(&[(0, 0), (1, 0), (2, 0), (3, 0)]);
        assert_eq!(together.b_cubed, PrecisionRecall { precision: 0.25, recall: 1.0, f1: 0.4 });
        assert_eq!(together.adjusted_rand_index, 0.0);
        assert_eq!(together.v_measure, VMeasure { homogeneity: 0.0, completeness: 1.0, v: 0.0 });
    }

    #[test]
    fn worse_than_chance_is_below_zero() {
        // Labels {a b}{c d}, run {a c}{b d}: by chance 2·2/6 = 2/3; (0 − 2/3) / (2 − 2/3) = −1/2.
        let scores = score_clusters(&[(0, 0), (0, 1), (1, 0), (1, 1)]);
        near(scores.adjusted_rand_index, -0.5);
    }

    #[test]
    fn where_there_is_nothing_to_decide_agreement_is_perfect() {
        for articles in [vec![], vec![(0, 0)], vec![(0, 0), (1, 1)], vec![(0, 0), (0, 0)]] {
            let scores = score_clusters(&articles);
            assert_eq!(scores.b_cubed.f1, 1.0, "{articles:?}");
            assert_eq!(scores.pairwise.f1, 1.0, "{articles:?}");
            assert_eq!(scores.adjusted_rand_index, 1.0, "{articles:?}");
            assert_eq!(scores.v_measure.v, 1.0, "{articles:?}");
        }
    }

    proptest! {
        #[test]
        fn scores_stay_in_their_range(articles in prop::collection::vec((0..6u8, 0..6u8), 0..60)) {
            let scores = score_clusters(&articles);
            for score in [
                scores.b_cubed.precision, scores.b_cubed.recall, scores.b_cubed.f1,
                scores.pairwise.precision, scores.pairwise.recall, scores.pairwise.f1,
                scores.v_measure.homogeneity, scores.v_measure.completeness, scores.v_measure.v,
            ] {
                prop_assert!((0.0..=1.0).contains(&score), "{scores:?}");
            }
            prop_assert!((-0.5..=1.0).contains(&scores.adjusted_rand_index), "{scores:?}");
        }

        #[test]
        fn the_labels_themselves_score_one(labels in prop::collection::vec(0..9u8, 0..60)) {
            let articles: Vec<_> = labels.iter().map(|&label| (label, u32::from(label) + 7)).collect();
            let scores = score_clusters(&articles);
            prop_assert_eq!(scores.b_cubed.f1, 1.0);
            prop_assert_eq!(scores.pairwise.f1, 1.0);
            prop_assert_eq!(scores.adjusted_rand_index, 1.0);
            prop_assert_eq!(scores.v_measure.v, 1.0);
        }

        #[test]
        fn the_names_of_clusters_do_not_matter(
            articles in prop::collection::vec((0..6u8, 0..6u8), 0..60),
            names in Just((0..6u8).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let renamed: Vec<_> = articles
                .iter()
                .map(|&(label, run)| (names[label as usize], format!("c{}", 9 - run)))
                .collect();
            prop_assert_eq!(score_clusters(&articles), score_clusters(&renamed));
        }

        #[test]
        fn changing_sides_swaps_precision_and_recall(
            articles in prop::collection::vec((0..6u8, 0..6u8), 0..60),
        ) {
            let swapped: Vec<_> = articles.iter().map(|&(label, run)| (run, label)).collect();
            let (one, other) = (score_clusters(&articles), score_clusters(&swapped));
            prop_assert!((one.b_cubed.precision - other.b_cubed.recall).abs() < 1e-12);
            prop_assert_eq!(one.pairwise.precision, other.pairwise.recall);
            prop_assert!((one.adjusted_rand_index - other.adjusted_rand_index).abs() < 1e-12);
            prop_assert!((one.v_measure.v - other.v_measure.v).abs() < 1e-12);
        }
    }
}
