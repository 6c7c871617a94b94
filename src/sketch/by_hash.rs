//! Sorting what carries a hash.
//!
//! Hashes are spread evenly, so their highest byte deals them into parts of one size, and each part is sorted
//! alone, in the cache of one core. Cost: one copy and two passes beside the sorts, which are eight levels less deep.

use rayon::prelude::*;

/// Fewer are sorted at once.
const FEW: usize = 1 << 12;

/// Sorts values whose order begins with this hash.
pub(crate) fn sort_by_hash<T: Copy + Ord + Send>(all: &mut Vec<T>, hash: impl Fn(&T) -> u64) {
    if all.len() < FEW {
        all.sort_unstable();
        return;
    }
    let part = |value: &T| (hash(value) >> (u64::BITS - u8::BITS)) as usize;
    let mut ends = [0; 1 << u8::BITS];
    for value in &*all {
        ends[part(value)] += 1;
    }
    let sizes = ends;
    let mut next = 0;
    for end in &mut ends {
        (*end, next) = (next, next + *end);
    }
    let mut dealt = all.clone();
    for value in &*all {
        let at = &mut ends[part(value)];
        dealt[*at] = *value;
        *at += 1;
    }
    *all = dealt;
    let mut rest = all.as_mut_slice();
    let mut parts = Vec::with_capacity(sizes.len());
    for size in sizes {
        let (part, behind) = rest.split_at_mut(size);
        parts.push(part);
        rest = behind;
    }
    parts.into_par_iter().for_each(<[T]>::sort_unstable);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::mix;

    #[test]
    fn values_are_in_order_of_hash_and_then_of_the_rest() {
        for values in [0, 1, 100, FEW as u64 - 1, FEW as u64, 3 * FEW as u64] {
            let mut all: Vec<(u64, u32)> =
                (0..values).map(|value| (mix(value % 1_500), value as u32 ^ 0b1010)).collect();
            let mut expected = all.clone();
            expected.sort();
            sort_by_hash(&mut all, |value| value.0);
            assert!(all == expected, "{values} values");
        }
    }
}
