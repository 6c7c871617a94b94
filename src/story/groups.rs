//! What two groups of texts say as a whole, as a factor for their mean similarity.
//!
//! Three things only groups can tell. The mean of few pairs is known less well than that of many, so
//! two texts alone need more in common than two groups do. Undated texts join a group, but never bridge two that dates keep apart: what
//! the dates of two groups say is taken for their undated texts, too. And groups with words of their
//! own are two events; see [`contrast`]. Cost: bounded, whatever the groups' sizes.

use crate::article::{Corpus, DocId, Published};
use crate::story::contrast;
use crate::story::time::{days_apart, time_factor};
use crate::story::vectors::Vectors;

/// What the mean of one pair loses. Five articles on one topic, five events, have cosines of up to
/// 0.146: printed on one day they are five stories in every preset at this.
const DOUBT: f64 = 0.48;
/// How fast that fades with the number of pairs. The mean B³ F1 over seven labelled sets, each dated,
/// undated, squeezed and halved where it can be, is 90.3 at this and 0.5 alike; it was 89.7 where
/// two texts alone lost 0.36, all others nothing, and the threshold was 0.096.
const FADING: f64 = 0.7;
/// Of a larger group the dates of as many texts speak for all.
const MOST_TEXTS: usize = 50;

/// The factor, between 0 and 1.
pub(super) fn agreement(corpus: &Corpus, vectors: &Vectors<'_>, a: &[u32], b: &[u32]) -> f64 {
    let trust = trust(a.len() * b.len());
    if let ([_], [_]) = (a, b) {
        return trust;
    }
    trust * contrast::agreement(vectors, a, b) * dates(&published(corpus, a), &published(corpus, b))
}

/// How far the mean of so many pairs is to be trusted.
pub(super) fn trust(pairs: usize) -> f64 {
    1.0 - DOUBT * libm::pow(pairs as f64, -FADING)
}

fn published(corpus: &Corpus, group: &[u32]) -> Vec<Option<Published>> {
    let group = group.iter().take(MOST_TEXTS);
    group.map(|&text| corpus.get(DocId(text)).published).collect()
}

/// What the dates leave of the pairs of which one is undated.
fn dates(a: &[Option<Published>], b: &[Option<Published>]) -> f64 {
    let (mut sum, mut dated) = (0.0, 0_usize);
    for a in a.iter().flatten() {
        for b in b.iter().flatten() {
            sum += time_factor(Some(days_apart(*a, *b)));
            dated += 1;
        }
    }
    let pairs = a.len() * b.len();
    if dated == 0 || dated == pairs {
        return 1.0;
    }
    let undated = 1.0 - dated as f64 / pairs as f64;
    let against = (sum / dated as f64 / time_factor(None)).min(1.0);
    1.0 - undated * (1.0 - against)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_more_pairs_is_trusted_more() {
        assert!((trust(1) - 0.52).abs() < 1e-12);
        // 0.48 / 2^0.7
        assert!((trust(2) - 0.704_525).abs() < 1e-6);
        assert!((1..100).all(|pairs| trust(pairs) < trust(pairs + 1)) && trust(10_000) > 0.999);
    }

    fn on(day: i64) -> Option<Published> {
        let at = jiff::Timestamp::from_second(day * 86_400).unwrap();
        Some(Published { at, day_only: false })
    }

    #[test]
    fn undated_texts_do_not_bridge_what_dates_keep_apart() {
        let far = time_factor(Some(1_000.0)) / time_factor(None);
        // Of two pairs one is undated.
        let factor = dates(&[on(0), None], &[on(1_000)]);
        assert!((factor - (1.0 - 0.5 * (1.0 - far))).abs() < 1e-12);
        assert_eq!(dates(&[on(0), None], &[on(0)]), 1.0, "of one day");
        assert_eq!(dates(&[on(0)], &[on(1_000)]), 1.0, "the time factor has said it");
        assert_eq!(dates(&[None], &[on(0)]), 1.0);
    }
}
