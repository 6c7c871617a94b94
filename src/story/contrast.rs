//! What tells two groups of articles apart that are alike on average: two fights of one champion
//! share the sport, the belts and the champion, and differ in the opponent, whom all of one group
//! name and hardly any of the other.
//!
//! One article may leave out what another has; most of a group do not, so this is asked of groups
//! only, as they are about to become one story. Cost: a sort of the words of a bounded number of
//! articles from each group.

use crate::article::DocId;
use crate::story::vectors::{Class, TermPlace, Vectors};

/// Groups of fewer texts are not told apart: what one of two has is chance.
const FEWEST_TEXTS: usize = 3;
/// In smaller groups than this what half of them have may be chance, too: only names and numbers
/// count there.
const LARGE: usize = 5;
/// Of a larger group as many texts speak for all.
const MOST_TEXTS: usize = 50;
/// A word is a group's own where this share of its texts have it …
const OWN_SHARE: f32 = 0.5;
/// … and of the other group's texts no more than this: a text in five may speak of another event, too.
/// Mean B³ F1 over seven labelled sets: 90.5 at 0.1, 90.9 at this and at a quarter; of large events
/// without headlines 94.5 and twice 96.6.
const OTHER_SHARE: f32 = 0.2;
/// How fast the similarity falls with the weight of own words. The mean over the seven sets is 0.1
/// less at 10 and 0.3 less at 25.
const STRENGTH: f64 = 16.0;

/// The factor for the mean similarity of two groups of texts: 1 where one of them is small or has
/// no words of its own, and less the more weight such words have in both.
pub(super) fn agreement(vectors: &Vectors<'_>, a: &[u32], b: &[u32]) -> f64 {
    let smaller = a.len().min(b.len());
    if smaller < FEWEST_TEXTS {
        return 1.0;
    }
    let small = smaller < LARGE;
    let counts = |class: Class| match class {
        Class::Bigram => false,
        Class::Ordinary => !small,
        Class::Name | Class::Number => true,
    };
    let (a, b) = (words(vectors, a, counts), words(vectors, b, counts));
    let own = own_weight(&a, &b).min(own_weight(&b, &a));
    libm::exp(-STRENGTH * own)
}

/// A word of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Word {
    place: TermPlace,
    /// The share of the texts that have it.
    share: f32,
    /// Its mean weight.
    weight: f32,
}

/// The words and numbers of a group, ascending by place.
fn words(vectors: &Vectors<'_>, group: &[u32], counts: impl Fn(Class) -> bool) -> Vec<Word> {
    let group = &group[..group.len().min(MOST_TEXTS)];
    let mut found: Vec<(TermPlace, f32)> = Vec::new();
    for &text in group {
        let (places, weights) = vectors.of(DocId(text));
        let all = places.iter().copied().zip(weights.iter().copied());
        found.extend(all.filter(|&(place, _)| counts(vectors.class(place))));
    }
    // Stable, so that the weights of a word are added up in the order of the group.
    found.sort_by_key(|&(place, _)| place);
    let texts = group.len() as f32;
    let word = |run: &[(TermPlace, f32)]| Word {
        place: run[0].0,
        share: run.len() as f32 / texts,
        weight: run.iter().map(|&(_, weight)| weight).sum::<f32>() / texts,
    };
    found.chunk_by(|x, y| x.0 == y.0).map(word).collect()
}

/// The squared weights of what one group has and the other lacks: a share of its length.
fn own_weight(group: &[Word], other: &[Word]) -> f64 {
    let mut in_other = 0;
    let mut own = 0.0;
    for word in group {
        while in_other < other.len() && other[in_other].place < word.place {
            in_other += 1;
        }
        let there = other.get(in_other).filter(|there| there.place == word.place);
        let share_there = there.map_or(0.0, |there| there.share);
        if word.share >= OWN_SHARE && share_there <= OTHER_SHARE {
            own += f64::from(word.weight) * f64::from(word.weight);
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::vectors::tests::with_vectors;

    #[test]
    fn groups_with_a_word_each_agree_less_and_small_ones_are_not_asked() {
        let texts = [["meli bandari"; 5], ["meli pwani"; 5]].concat();
        with_vectors(&texts, |vectors| {
            let groups: [Vec<u32>; 2] = [(0..5).collect(), (5..10).collect()];
            // Of 310 articles 10 have `meli`, 5 the other word and the pair, which weighs half.
            let [common, own] = [10.5_f64, 5.5].map(|with| (311.0 / with).ln().powf(0.75));
            let share = own * own / (common * common + own * own * (1.0 + 0.25));
            let agreed = |a: &[u32], b: &[u32]| agreement(vectors, a, b);
            let expected = (-STRENGTH * share).exp();
            assert!((agreed(&groups[0], &groups[1]) - expected).abs() < 1e-6);
            assert_eq!(agreed(&groups[0], &groups[1][3..]), 1.0);
            assert_eq!(agreed(&groups[0], &groups[0]), 1.0);
        });
    }

    fn word(place: TermPlace, share: f32, weight: f32) -> Word {
        Word { place, share, weight }
    }

    #[test]
    fn what_most_of_a_group_have_and_the_other_lacks_is_its_own() {
        let fight = [word(1, 1.0, 0.4), word(3, 0.5, 0.2), word(4, 0.4, 0.9), word(8, 0.9, 0.1)];
        let other = [word(1, 0.8, 0.3), word(2, 1.0, 0.3), word(8, 0.2, 0.1)];
        // 3 and 8 are its own: 0.2² + 0.1²; 4 is in too few of its texts.
        assert!((own_weight(&fight, &other) - 0.05).abs() < 1e-7);
        // 2 alone; 8 is in too few of its texts.
        assert!((own_weight(&other, &fight) - 0.09).abs() < 1e-7);
        assert_eq!(own_weight(&fight, &fight), 0.0);
    }
}
