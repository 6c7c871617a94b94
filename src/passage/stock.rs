//! Stock text: what outlets print at different times, months and years apart. News is taken within days.
//!
//! How a poll was made, who an author is, what a law says: it stands in many articles, and hardly two of different outlets
//! appeared together. Of 919 passages of news that were called syndicated, 83 have three articles or more, and 28 are told by
//! this. Two readers saw 21 of the 28 and call 15 no copies. The other six are background that an outlet prints again, and
//! text of a report. Cost: one sort of the articles by time.

use super::Kind;
use super::kind::Sighting;
use super::outlets::{OutletId, Outlets};
use crate::article::{Corpus, DocId};

/// Longer ones are copied whenever they are printed: a column runs for weeks.
const MOST_WORDS: u32 = 100;

/// Of fewer dates nothing can be told.
const FEWEST_DATES: usize = 3;

/// Articles that appeared so close to one another may be of one piece of news. Few passages of news lie between a third and
/// a half, so the exact bounds matter little.
const TOGETHER_SECONDS: i64 = 2 * 86_400;
const TOGETHER: f64 = 0.5;

/// What a passage that several outlets have is instead, where it is stock text: by its places, in order.
pub(super) fn stock_text(
    corpus: &Corpus,
    outlets: &Outlets,
    sightings: &[Sighting],
) -> Option<Kind> {
    let long = sightings.iter().filter(|sighting| sighting.place.span.len() >= MOST_WORDS);
    if 2 * long.count() > sightings.len() {
        return None;
    }
    let mut docs: Vec<DocId> = sightings.iter().map(|sighting| sighting.place.doc).collect();
    docs.dedup();
    let known = |&doc: &DocId| {
        corpus.get(doc).published.map(|published| (published.at.as_second(), outlets.of(doc)))
    };
    let mut dated: Vec<(i64, OutletId)> = docs.iter().filter_map(known).collect();
    if dated.len() < FEWEST_DATES || 2 * dated.len() < docs.len() {
        return None;
    }
    dated.sort_unstable();
    if together(&dated) as f64 >= TOGETHER * dated.len() as f64 {
        return None;
    }
    let lines = sightings.iter().filter(|sighting| sighting.whole_lines).count();
    Some(if 2 * lines >= sightings.len() { Kind::Boilerplate } else { Kind::Phrase })
}

/// How many of these articles, in order of time, appeared together with one of another outlet.
fn together(dated: &[(i64, OutletId)]) -> usize {
    // Once forwards and once backwards: when the last one of an outlet other than this one's appeared.
    let mut gaps = vec![i64::MAX; dated.len()];
    let mut narrow = |order: &mut dyn Iterator<Item = usize>| {
        let (mut same, mut other): (Option<(i64, OutletId)>, Option<i64>) = (None, None);
        for at in order {
            let (time, outlet) = dated[at];
            if let Some((last, before)) = same
                && before != outlet
            {
                other = Some(last);
            }
            same = Some((time, outlet));
            if let Some(other) = other {
                gaps[at] = gaps[at].min(time.abs_diff(other).try_into().unwrap_or(i64::MAX));
            }
        }
    };
    narrow(&mut (0..dated.len()));
    narrow(&mut (0..dated.len()).rev());
    gaps.into_iter().filter(|&gap| gap <= TOGETHER_SECONDS).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::{Article, Published};
    use crate::passage::testing::sighting;
    use crate::testing::{article, by_id};

    /// What a line of so many words is, which these outlets print on these days of a month.
    fn printed(words: usize, printed: &[(&str, u8)]) -> Option<Kind> {
        let line = "and has a margin of error of plus or minus three points ".repeat(words / 11);
        let articles: Vec<Article> = printed
            .iter()
            .enumerate()
            .map(|(i, &(outlet, day))| {
                let at = format!("2024-05-{day:02}T00:00:00Z").parse().unwrap();
                let published = (day > 0).then_some(Published { at, day_only: true });
                Article { outlet: outlet.into(), published, ..article(&i.to_string(), &line) }
            })
            .collect();
        let corpus = by_id(articles);
        let sightings: Vec<Sighting> = corpus.docs().map(|doc| sighting(&corpus, doc, 0)).collect();
        stock_text(&corpus, &Outlets::of_corpus(&corpus), &sightings)
    }

    #[test]
    fn what_is_printed_at_different_times_is_no_copy() {
        let apart = [("x", 1), ("y", 9), ("z", 20)];
        assert_eq!(printed(22, &apart), Some(Kind::Boilerplate));
        assert_eq!(printed(110, &apart), None, "a column runs for weeks");
        assert_eq!(printed(22, &apart[..2]), None, "too few to tell");
        assert_eq!(printed(22, &[("x", 1), ("y", 2), ("z", 20)]), None, "two of three together");
        let of_two_houses = [("x", 1), ("x", 2), ("x", 3), ("y", 20)];
        assert_eq!(printed(22, &of_two_houses), Some(Kind::Boilerplate));
    }

    proptest! {
        #[test]
        fn articles_that_appeared_together_are_those_that_each_pair_tells(
            mut dated in prop::collection::vec((0_i64..12, 0_u32..3), 0..20),
        ) {
            dated.sort_unstable();
            let outlet = |n: u32| Outlets::of_corpus(&by_id(
                ["x", "y", "z"].iter().map(|o| Article { outlet: (*o).into(), ..article(o, "") }).collect(),
            )).of(DocId(n));
            let dated: Vec<(i64, OutletId)> =
                dated.into_iter().map(|(day, n)| (day * 86_400, outlet(n))).collect();
            let mut sorted = dated.clone();
            sorted.sort_unstable();
            let near = |&&(time, of): &&(i64, OutletId)| sorted.iter().any(|&(other, its)| {
                its != of && (time - other).abs() <= TOGETHER_SECONDS
            });
            prop_assert_eq!(together(&sorted), sorted.iter().filter(near).count());
        }
    }
}
