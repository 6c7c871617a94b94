//! What two groups of texts say as a whole, as a factor for their mean similarity.
//!
//! Three things only groups can tell. Two texts alone need more in common than groups do, whose mean
//! is over many pairs. Undated texts join a group, but never bridge two that dates keep apart: what
//! the dates of two groups say is taken for their undated texts, too. And groups with words of their
//! own are two events; see [`contrast`]. Cost: bounded, whatever the groups' sizes.

use crate::article::{Corpus, DocId, Published};
use crate::story::contrast;
use crate::story::time::{days_apart, time_factor};
use crate::story::vectors::Vectors;

/// What is left of the similarity of two texts that would make a story of two. Five articles on one
/// topic, five events, have cosines of up to 0.146: printed on one day they are five stories in every
/// preset at this, and would be four at 0.75. Stories of two or three texts lose by it: 88.4 at 1, 87.1 at
/// 0.75 and 85.2 at 0.6, in the same prototype.
pub(super) const TWO_TEXTS: f64 = 0.64;
/// Of a larger group the dates of as many texts speak for all.
const MOST_TEXTS: usize = 50;

/// The factor, between 0 and 1.
pub(super) fn agreement(corpus: &Corpus, vectors: &Vectors<'_>, a: &[u32], b: &[u32]) -> f64 {
    if let ([_], [_]) = (a, b) {
        return TWO_TEXTS;
    }
    contrast::agreement(vectors, a, b) * dates(&published(corpus, a), &published(corpus, b))
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
