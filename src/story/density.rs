//! How crowded an article's topic is, and the correction that keeps "same topic, different event"
//! apart.
//!
//! In a crowded topic (a war, an election) articles of different events are as alike as articles
//! of one event elsewhere. The mean cosine of an article's 10th to 50th best neighbours measures
//! that: far enough down to be past its own event, near enough to be its topic. A corpus of fewer
//! articles has no such neighbours; there the cosine with the median article stands in, by as much
//! as is missing. Cost: a selection.

/// The neighbours that measure the topic, by rank from 1.
const FIRST_RANK: usize = 10;
const LAST_RANK: usize = 50;
/// A topic more crowded than this makes no difference.
const CAP: f64 = 0.14;
/// Keeps an article without any topic from being corrected without bound.
const OFFSET: f64 = 0.04;
/// The same two for the median of a small corpus: five articles on one war, no two on one event,
/// must stay apart, and of samples of three to ten events with two to four articles each B³ F1 is
/// 95 to 98.
const SMALL_CAP: f64 = 0.19;
const SMALL_OFFSET: f64 = 0.08;
/// The density in a corpus of too few articles to have a median that means anything.
const UNKNOWN: f64 = 0.16;
const FEWEST_OTHERS: usize = 3;
/// The density at which nothing is corrected.
const NEUTRAL: f64 = 0.2;
const EXPONENT: f64 = 0.75;

/// The density around an article of a corpus of `texts`, given its cosines with some of the others,
/// which are reordered; those not given are 0.
pub(super) fn density(cosines: &mut [f64], texts: u32) -> f64 {
    let others = texts.saturating_sub(1) as usize;
    let last = others.min(LAST_RANK);
    if cosines.len() > last {
        cosines.select_nth_unstable_by(last, |a, b| b.total_cmp(a));
    }
    let best = cosines.len().min(last);
    let best = &mut cosines[..best];
    best.sort_unstable_by(|a, b| b.total_cmp(a));
    let ranks = (last + 1).saturating_sub(FIRST_RANK);
    let known = ranks as f64 / (LAST_RANK + 1 - FIRST_RANK) as f64;
    let mut density = 0.0;
    if ranks > 0 {
        let mean = best.iter().skip(FIRST_RANK - 1).sum::<f64>() / ranks as f64;
        density += known * (mean.min(CAP) + OFFSET);
    }
    if ranks < LAST_RANK + 1 - FIRST_RANK {
        density += (1.0 - known) * small_density(best, others);
    }
    density
}

/// The density in a corpus of few others, given the cosines with them, the best first.
fn small_density(best: &[f64], others: usize) -> f64 {
    if others < FEWEST_OTHERS {
        return UNKNOWN;
    }
    let cosine = |rank: usize| best.get(rank).copied().unwrap_or(0.0);
    let median = (cosine((others - 1) / 2) + cosine(others / 2)) / 2.0;
    median.min(SMALL_CAP) + SMALL_OFFSET
}

/// The factor for a pair's closeness, given the density around each.
pub(super) fn correction(a: f64, b: f64) -> f64 {
    libm::pow(NEUTRAL / (a * b).sqrt(), EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_to_fiftieth_neighbours_measure_the_topic() {
        // Nine of its own event, then 41 whose mean is 0.06, then some that are further.
        let mut cosines = vec![0.5; 9];
        cosines.extend([0.08; 20]);
        cosines.push(0.06);
        cosines.extend([0.04; 20]);
        cosines.extend([0.03; 30]);
        cosines.reverse();
        assert!((density(&mut cosines, 1000) - (0.06 + OFFSET)).abs() < 1e-12);
    }

    #[test]
    fn neighbours_that_are_missing_are_not_alike_at_all() {
        let mut cosines = vec![0.1; 19];
        // Ten of 41 ranks have 0.1.
        assert!((density(&mut cosines, 1000) - (1.0 / 41.0 + OFFSET)).abs() < 1e-12);
        assert_eq!(density(&mut [], 1000), OFFSET);
        assert_eq!(density(&mut [0.9; 60], 1000), CAP + OFFSET);
    }

    #[test]
    fn in_a_small_corpus_the_median_stands_in() {
        // Five articles: no tenth neighbour, and a median between 0.1 and 0.2.
        let mut cosines = vec![0.05, 0.2, 0.1, 0.3];
        assert!((density(&mut cosines, 5) - (0.15 + SMALL_OFFSET)).abs() < 1e-12);
        assert!((density(&mut [0.3], 5) - SMALL_OFFSET).abs() < 1e-12);
        assert_eq!(density(&mut [0.3], 2), UNKNOWN);
        assert_eq!(density(&mut [], 1), UNKNOWN);
    }

    #[test]
    fn from_small_to_large_there_is_no_jump() {
        // 31 articles: 21 of the 41 ranks exist.
        let mut cosines = vec![0.06; 30];
        let large = 0.06 + OFFSET;
        let small = 0.06 + SMALL_OFFSET;
        let expected = (21.0 * large + 20.0 * small) / 41.0;
        assert!((density(&mut cosines, 31) - expected).abs() < 1e-12);
        assert!((density(&mut [0.06; 50], 51) - large).abs() < 1e-12);
    }

    #[test]
    fn the_more_crowded_the_less_counts_a_pair() {
        assert_eq!(correction(0.2, 0.2), 1.0);
        // (0.2 / √(0.05·0.2))^0.75 = 2^0.75
        assert!((correction(0.05, 0.2) - 1.681_793).abs() < 1e-6);
        assert!(correction(0.16, 0.16) < correction(0.16, 0.04));
    }
}
