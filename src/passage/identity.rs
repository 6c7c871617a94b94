//! How much of a passage an occurrence has: the longest common subsequence of their words.
//!
//! Bit-parallel (Hyyrö, 2004): 64 words of the passage at a time, after what is equal at both ends
//! has been taken off. Passages past [`PIECE`] words are compared piece by piece, so the cost stays
//! linear; across a cut no words are matched, which can only make the answer lower.

use ahash::AHashMap;

/// Words of a passage that are compared at once.
const PIECE: usize = 1024;

/// The share of `passage`'s words that `occurrence` has, in the same order: 0 to 1.
pub(super) fn identity(passage: &[u32], occurrence: &[u32]) -> f64 {
    if passage == occurrence {
        return 1.0;
    }
    in_common(passage, occurrence) as f64 / passage.len() as f64
}

/// Whether the shorter of two stretches has so much of its words in the other. What both begin or end with mostly tells.
pub(super) fn is_like(one: &[u32], other: &[u32], share: f64) -> bool {
    let least = share * one.len().min(other.len()) as f64;
    let front = common(one.iter().zip(other));
    let back = common(one.iter().rev().zip(other.iter().rev()));
    front.max(back) as f64 >= least || in_common(one, other) as f64 >= least
}

/// Words that two stretches have in the same order.
fn in_common(passage: &[u32], occurrence: &[u32]) -> usize {
    let front = common(passage.iter().zip(occurrence));
    let (p, o) = (&passage[front..], &occurrence[front..]);
    let back = common(p.iter().rev().zip(o.iter().rev()));
    let (p, o) = (&p[..p.len() - back], &o[..o.len() - back]);
    let pieces = p.len().max(o.len()).div_ceil(PIECE).max(1);
    let cut = |len: usize, piece: usize| len * piece / pieces;
    let middle: usize = (0..pieces)
        .map(|i| {
            longest_common_subsequence(
                &p[cut(p.len(), i)..cut(p.len(), i + 1)],
                &o[cut(o.len(), i)..cut(o.len(), i + 1)],
            )
        })
        .sum();
    front + middle + back
}

fn common<'a>(pairs: impl Iterator<Item = (&'a u32, &'a u32)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
}

fn longest_common_subsequence(one: &[u32], other: &[u32]) -> usize {
    let blocks = one.len().div_ceil(64);
    let mut masks: AHashMap<u32, Vec<u64>> = AHashMap::new();
    for (i, &word) in one.iter().enumerate() {
        masks.entry(word).or_insert_with(|| vec![0; blocks])[i / 64] |= 1 << (i % 64);
    }
    // A bit is cleared where the subsequence grows.
    let mut row = vec![u64::MAX; blocks];
    for mask in other.iter().filter_map(|word| masks.get(word)) {
        let mut carry = false;
        for (v, &m) in row.iter_mut().zip(mask) {
            let u = *v & m;
            let (sum, over) = v.overflowing_add(u);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            carry = over || again;
            *v = sum | (*v - u);
        }
    }
    (0..one.len()).filter(|i| row[i / 64] >> (i % 64) & 1 == 0).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook table.
    fn table(one: &[u32], other: &[u32]) -> usize {
        let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
        for (i, x) in one.iter().enumerate() {
            for (j, y) in other.iter().enumerate() {
                rows[i + 1][j + 1] =
                    if x == y { rows[i][j] + 1 } else { rows[i][j + 1].max(rows[i + 1][j]) };
            }
        }
        rows[one.len()][other.len()]
    }

    #[test]
    fn a_replaced_word_and_a_lost_one_are_missing() {
        assert_eq!(identity(&[1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]), 1.0);
        assert_eq!(identity(&[1, 2, 3, 4, 5], &[1, 9, 3, 5]), 0.6);
        assert_eq!(identity(&[1, 2, 3, 4, 5], &[0, 1, 2, 3, 4, 5, 6]), 1.0);
        assert_eq!(identity(&[1, 2], &[2, 1]), 0.5);
        assert_eq!(identity(&[1, 2], &[3, 4]), 0.0);
    }

    #[test]
    fn a_long_passage_is_compared_piece_by_piece() {
        let passage: Vec<u32> = (0..3 * PIECE as u32).collect();
        let every_tenth_changed: Vec<u32> =
            passage.iter().map(|&w| if w % 10 == 0 { u32::MAX } else { w }).collect();
        let share = identity(&passage, &every_tenth_changed);
        assert!((share - 0.9).abs() < 0.001, "{share}");
    }

    proptest! {
        #[test]
        fn the_bits_agree_with_the_table(
            one in prop::collection::vec(0_u32..6, 0..150),
            other in prop::collection::vec(0_u32..6, 0..150),
        ) {
            prop_assert_eq!(longest_common_subsequence(&one, &other), table(&one, &other));
        }
    }
}
