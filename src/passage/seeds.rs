//! Seeds: the few grams of a text by which copies of it are found.
//!
//! Robust winnowing (Schleimer, Wilkerson and Aiken, 2003): of every [`WINDOW`] consecutive grams the
//! rarest is taken, by the surprisal of its words rather than by chance. Any verbatim run of
//! `GRAM + WINDOW − 1` = 7 words therefore has a seed in common wherever it stands. One pass, about two
//! fifths of the grams taken.
//!
//! Where every fourth word was changed no 4-gram is left; rare 3-grams are seeds of a second sort.

use super::surprisal::Surprisal;

/// Words of a gram.
pub(super) const GRAM: usize = 4;

/// Words of a gram of the second sort.
pub(super) const SHORT_GRAM: usize = 3;

/// Grams of which one is taken.
const WINDOW: usize = 4;

/// A gram under 16 bits (in eighths) is too common to be worth following.
const MIN_EIGHTHS: u32 = 16 * 8;

/// The same for a short one. Of planted passages of 15 to 24 words in which up to 30 % were edited, 4-grams alone
/// find 87 % (and 83 % of their characters), with short ones of 28 bits and more 94 % (89 %), of 24 bits 96 %
/// (90 %); PlagDet on all of `reuse` goes from 0.9857 to 0.9877. On 36,823 news articles they add 4 %
/// of syndicated passages.
const MIN_SHORT_EIGHTHS: u32 = 24 * 8;

/// Spreads the bits of `x` over all of the result; a bijection.
pub(super) fn mix(mut x: u64) -> u64 {
    const ODD: u64 = 0xd6e8_feb8_6659_fd93;
    x ^= x >> 32;
    x = x.wrapping_mul(ODD);
    x ^= x >> 32;
    x = x.wrapping_mul(ODD);
    x ^ (x >> 32)
}

/// A gram as the winnowing sees it.
#[derive(Clone, Copy, Default)]
struct Gram {
    /// Smaller is rarer; ties are broken by the hash.
    order: u64,
    hash: u64,
    eighths: u32,
}

/// Calls `found` with the place and the hash of every seed of `words`, in order of place.
pub(super) fn winnow(words: &[u32], surprisal: &Surprisal, found: impl FnMut(usize, u64)) {
    winnow_grams::<GRAM>(words, surprisal, MIN_EIGHTHS, found);
}

/// The same for seeds of the second sort.
pub(super) fn winnow_short(words: &[u32], surprisal: &Surprisal, found: impl FnMut(usize, u64)) {
    winnow_grams::<SHORT_GRAM>(words, surprisal, MIN_SHORT_EIGHTHS, found);
}

fn winnow_grams<const LENGTH: usize>(
    words: &[u32],
    surprisal: &Surprisal,
    least: u32,
    mut found: impl FnMut(usize, u64),
) {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let base_to_length = BASE.wrapping_pow(LENGTH as u32);
    if words.len() < LENGTH {
        return;
    }
    let mut rolling = 0_u64;
    // What each word of the gram tells, in turn: each is looked up once.
    let mut told = [0; LENGTH];
    for (told, &word) in told.iter_mut().zip(words) {
        rolling = rolling.wrapping_mul(BASE).wrapping_add(u64::from(word));
        *told = surprisal.eighths(word);
    }
    let mut eighths: u32 = told.iter().sum();
    let grams = words.len() - LENGTH + 1;
    let mut recent = [Gram::default(); WINDOW];
    let mut rarest: Option<usize> = None;
    for i in 0..grams {
        if i > 0 {
            let (gone, come) = (words[i - 1], words[i + LENGTH - 1]);
            rolling = rolling
                .wrapping_mul(BASE)
                .wrapping_add(u64::from(come))
                .wrapping_sub(base_to_length.wrapping_mul(u64::from(gone)));
            let told = &mut told[(i - 1) % LENGTH];
            let before = std::mem::replace(told, surprisal.eighths(come));
            eighths = eighths + *told - before;
        }
        let hash = mix(rolling);
        // Half bits, so that near-ties fall to the hash and not to a slip of the estimate.
        let order = u64::from(u16::MAX - (eighths / 4) as u16) << 48 | hash >> 16;
        recent[i % WINDOW] = Gram { order, hash, eighths };
        if i + 1 < WINDOW.min(grams) {
            continue;
        }
        let first = (i + 1).saturating_sub(WINDOW);
        let next = match rarest {
            Some(place) if place >= first => {
                if order > recent[place % WINDOW].order {
                    continue;
                }
                i
            }
            _ => {
                let mut next = first;
                for place in first..=i {
                    if recent[place % WINDOW].order <= recent[next % WINDOW].order {
                        next = place;
                    }
                }
                next
            }
        };
        rarest = Some(next);
        let gram = recent[next % WINDOW];
        if gram.eighths >= least {
            found(next, gram.hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::passage::testing::corpus;

    /// Surprisals under which every word unseen tells six bits and more.
    fn surprisal() -> Surprisal {
        let text: String = (0..80).map(|i| format!("background{i} ")).collect();
        let corpus = corpus(&[("a", &text)]);
        Surprisal::count(&corpus)
    }

    fn seeds(words: &[u32], surprisal: &Surprisal) -> Vec<(usize, u64)> {
        let mut seeds = Vec::new();
        winnow(words, surprisal, |place, hash| seeds.push((place, hash)));
        seeds
    }

    #[test]
    fn a_text_of_four_words_has_one_seed_and_a_shorter_one_none() {
        let surprisal = surprisal();
        assert_eq!(seeds(&[1 << 20, 2 << 20, 3 << 20], &surprisal), []);
        assert_eq!(seeds(&[1 << 20, 2 << 20, 3 << 20, 4 << 20], &surprisal).len(), 1);
    }

    #[test]
    fn short_seeds_are_rare_ones_and_have_three_words() {
        let surprisal = surprisal();
        let found = |words: &[u32]| {
            let mut seeds = Vec::new();
            winnow_short(words, &surprisal, |place, _| seeds.push(place));
            seeds
        };
        // A word unseen tells 12 bits here (one of 4096 contexts), one of the background's 11.
        let rare = [1 << 20, 2 << 20, 3 << 20];
        assert_eq!(found(&rare), [0]);
        assert!(found(&rare[..2]).is_empty());
    }

    proptest! {
        #[test]
        fn seven_words_in_common_have_a_seed_in_common(
            before in prop::collection::vec(any::<u32>(), 0..20),
            shared in prop::collection::vec(any::<u32>(), GRAM + WINDOW - 1..12),
            after in prop::collection::vec(any::<u32>(), 0..20),
        ) {
            let surprisal = surprisal();
            let whole: Vec<u32> = [before.as_slice(), &shared, &after].concat();
            let mut in_whole = seeds(&whole, &surprisal);
            let places = in_whole.iter().map(|seed| seed.0);
            prop_assert!(places.clone().zip(places.skip(1)).all(|(a, b)| a < b && b - a <= WINDOW));
            in_whole.retain(|&(place, _)| {
                place >= before.len() && place + GRAM <= before.len() + shared.len()
            });
            let in_shared = seeds(&shared, &surprisal);
            prop_assert!(in_shared.iter().any(|a| in_whole.iter().any(|b| a.1 == b.1)));
        }

        #[test]
        fn the_rolling_hash_is_the_grams_own(words in prop::collection::vec(any::<u32>(), 8..30)) {
            let surprisal = surprisal();
            for (place, hash) in seeds(&words, &surprisal) {
                let alone = seeds(&words[place..place + GRAM], &surprisal);
                prop_assert_eq!(alone, vec![(0, hash)]);
            }
        }
    }
}
