//! When the articles were published, and which of them each term finds: what a search for candidates
//! reads.
//!
//! Articles go by their ranks in time here, so that a window is a range of numbers, in each posting
//! list as in the memory that a search adds up in. Cost: 16 bytes for each of forty terms of an
//! article; a stretch of a posting list is found by bisection.

use std::ops::Range;

use rayon::prelude::*;

use crate::article::{Corpus, DocId, Published};
use crate::story::vectors::{TermPlace, Vectors};

/// Of each article so many of its heaviest terms find its candidates.
const CANDIDATE_TERMS: usize = 40;
/// Terms in a larger share of all articles, as far as the statistics know, find no candidates.
const MAX_CANDIDATE_SHARE: f64 = 0.05;
/// Nor does a term that more articles have within the window, or undated: what keeps the cost of an
/// article from growing with the archive. Of 36,823 articles 5 % are fewer.
const MAX_STRETCH: usize = 2_000;
/// An article looks at no more of them in all, the terms that find the fewest first: what keeps the
/// cost of an article the same however full its window is. Without, those of 45,000 made-up texts
/// look at 9,100 on average. B³ F1 of news is 88.84 at 3,000, 88.88 at this and 88.90 at 8,000; that
/// of the made-up texts, whose topics share few words, is 95.0, 95.4 and 95.8.
const MAX_SCANNED: usize = 4_000;

/// The texts in order of time: the dated ones by date, then the undated ones. A copy is none, and
/// what has no terms at all finds nothing.
pub(super) struct Calendar {
    docs: Vec<DocId>,
    published: Vec<Option<Published>>,
    /// Of the dated ones.
    seconds: Vec<i64>,
    reach: i64,
}

/// How many seconds before an article those begin that it is compared with: a day more than the window, for where
/// only the day is known.
pub(super) fn reach(window_hours: u32) -> i64 {
    i64::from(window_hours) * 3600 + SECONDS_A_DAY
}

/// The ranks that an article is compared with.
pub(super) struct Around {
    /// A day more than the window on both sides, for where only the day is known.
    dated: Range<u32>,
    undated: Range<u32>,
}

impl Calendar {
    pub(super) fn of(corpus: &Corpus, vectors: &Vectors<'_>, window_hours: u32) -> Self {
        let mut docs: Vec<DocId> =
            corpus.docs().filter(|&doc| !vectors.of(doc).0.is_empty()).collect();
        docs.par_sort_unstable_by(|&a, &b| corpus.by_publication(a, b));
        let published: Vec<Option<Published>> =
            docs.iter().map(|&doc| corpus.get(doc).published).collect();
        let seconds = published.iter().flatten().map(|published| published.at.as_second());
        let seconds = seconds.collect();
        Self { docs, published, seconds, reach: reach(window_hours) }
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.docs.len()
    }

    #[inline]
    pub(super) fn doc(&self, rank: u32) -> DocId {
        self.docs[rank as usize]
    }

    #[inline]
    pub(super) fn published(&self, rank: u32) -> Option<Published> {
        self.published[rank as usize]
    }

    /// The earlier ones that an article is compared with.
    pub(super) fn around(&self, rank: u32) -> Around {
        let dated = self.seconds.len() as u32;
        let Some(&at) = self.seconds.get(rank as usize) else {
            return Around { dated: 0..dated, undated: dated..rank };
        };
        let first = at - self.reach;
        let first = self.seconds.partition_point(|&second| second < first) as u32;
        Around { dated: first..rank, undated: dated..dated }
    }
}

const SECONDS_A_DAY: i64 = 86_400;

/// Some of the articles that a term finds, by rank, with its weight in each.
type Stretch<'p> = &'p [(u32, f32)];

/// For each term, the articles that it finds, ascending by rank.
pub(super) struct Postings {
    /// Each article's candidate terms with their weights.
    term_starts: Vec<usize>,
    terms: Vec<(TermPlace, f32)>,
    /// The articles of each term with its weight there.
    rank_starts: Vec<usize>,
    ranks: Vec<(u32, f32)>,
}

impl Postings {
    pub(super) fn build(vectors: &Vectors<'_>, calendar: &Calendar) -> Self {
        let rare: Vec<bool> = (0..vectors.terms() as u32)
            .into_par_iter()
            .map(|place| vectors.share(place) <= MAX_CANDIDATE_SHARE)
            .collect();
        let chosen: Vec<Box<[(TermPlace, f32)]>> = calendar
            .docs
            .par_iter()
            .map(|&doc| {
                let rare = |place: TermPlace| rare[place as usize];
                heaviest(vectors.of(doc), CANDIDATE_TERMS, rare).into()
            })
            .collect();
        let mut term_starts = vec![0];
        let mut rank_starts = vec![0; vectors.terms() + 1];
        for terms in &chosen {
            term_starts.push(term_starts[term_starts.len() - 1] + terms.len());
            for &(place, _) in terms {
                rank_starts[place as usize + 1] += 1;
            }
        }
        for term in 1..rank_starts.len() {
            rank_starts[term] += rank_starts[term - 1];
        }
        let mut next = rank_starts.clone();
        let mut ranks = vec![(0, 0.0); term_starts[chosen.len()]];
        for (rank, terms) in (0..).zip(&chosen) {
            for &(place, weight) in terms {
                let at = &mut next[place as usize];
                ranks[*at] = (rank, weight);
                *at += 1;
            }
        }
        let terms = chosen.into_iter().flatten().collect();
        Self { term_starts, terms, rank_starts, ranks }
    }

    fn terms_of(&self, rank: u32) -> &[(TermPlace, f32)] {
        &self.terms[self.term_starts[rank as usize]..self.term_starts[rank as usize + 1]]
    }

    /// What an article's terms find, with its weight of each: those that find the fewest first, as
    /// far as [`MAX_SCANNED`] reaches.
    pub(super) fn telling(&self, rank: u32, around: &Around) -> Vec<(f32, [Stretch<'_>; 2])> {
        let terms = self.terms_of(rank).iter();
        let mut found: Vec<_> =
            terms.map(|&(place, weight)| (weight, self.near(place, around))).collect();
        let length = |stretches: &[Stretch<'_>; 2]| stretches[0].len() + stretches[1].len();
        // Stable, so that of equals the first of the lexicon comes first.
        found.sort_by_key(|(_, stretches)| length(stretches));
        let mut scanned = 0;
        found.retain(|(_, stretches)| {
            scanned += length(stretches);
            scanned <= MAX_SCANNED
        });
        found
    }

    /// The articles of a term that may lie within the window, and the undated ones.
    fn near(&self, place: TermPlace, around: &Around) -> [Stretch<'_>; 2] {
        let range = self.rank_starts[place as usize]..self.rank_starts[place as usize + 1];
        let ranks = &self.ranks[range];
        let telling = |Range { start, end }: &Range<u32>| {
            // Most lists hold nothing undated, and their last entry says so.
            if ranks.last().is_none_or(|(rank, _)| rank < start) {
                return &[][..];
            }
            let first = ranks.partition_point(|(rank, _)| rank < start);
            let stretch = &ranks[first..];
            let stretch = &stretch[..stretch.partition_point(|(rank, _)| rank < end)];
            if stretch.len() > MAX_STRETCH { &[] } else { stretch }
        };
        [telling(&around.dated), telling(&around.undated)]
    }
}

/// A vector's heaviest terms among those that `may` count, ascending by place.
pub(super) fn heaviest(
    (places, weights): (&[TermPlace], &[f32]),
    most: usize,
    may: impl Fn(TermPlace) -> bool,
) -> Vec<(TermPlace, f32)> {
    let all = places.iter().copied().zip(weights.iter().copied());
    let mut terms: Vec<(TermPlace, f32)> = all.filter(|&(place, _)| may(place)).collect();
    if terms.len() > most {
        terms.select_nth_unstable_by(most, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        terms.truncate(most);
        terms.sort_unstable_by_key(|&(place, _)| place);
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(seconds: &[i64], undated: usize, window_hours: u32) -> Calendar {
        let published = |&second: &i64| {
            let at = jiff::Timestamp::from_second(second).unwrap();
            Some(Published { at, day_only: true })
        };
        let all = seconds.len() + undated;
        Calendar {
            docs: (0..all as u32).map(DocId).collect(),
            published: seconds.iter().map(published).chain(vec![None; undated]).collect(),
            seconds: seconds.to_vec(),
            reach: reach(window_hours),
        }
    }

    /// Postings of one term, that so many articles have.
    fn postings(articles: u32) -> Postings {
        let ranks = (0..articles).map(|rank| (rank, 0.5)).collect();
        let rank_starts = vec![0, articles as usize];
        Postings { term_starts: vec![0], terms: Vec::new(), rank_starts, ranks }
    }

    fn days(days: i64) -> Vec<i64> {
        (0..days).map(|day| day * SECONDS_A_DAY).collect()
    }

    #[test]
    fn an_article_looks_back_at_its_window_and_an_undated_one_at_all_before() {
        let (calendar, postings) = (calendar(&days(30), 2, 48), postings(32));
        // Two days, and one more for where only the day is known.
        let ranks = |stretch: &[(u32, f32)]| stretch.iter().map(|&(rank, _)| rank).collect();
        let [near, undated]: [Vec<u32>; 2] = postings.near(0, &calendar.around(10)).map(ranks);
        assert_eq!((near, undated), (vec![7, 8, 9], vec![]));
        assert_eq!(postings.near(0, &calendar.around(31)).map(<[_]>::len), [30, 1]);
    }

    #[test]
    fn what_too_many_articles_have_finds_none_of_them() {
        let most = MAX_STRETCH as u32;
        let (calendar, postings) = (calendar(&[], MAX_STRETCH + 2, 24), postings(most + 2));
        assert_eq!(postings.near(0, &calendar.around(most)).map(<[_]>::len), [0, MAX_STRETCH]);
        assert_eq!(postings.near(0, &calendar.around(most + 1)).map(<[_]>::len), [0, 0]);
    }

    #[test]
    fn the_terms_that_find_the_fewest_are_looked_at_first_and_no_more_than_so_many() {
        // Three terms: of 1,900, 1,500 and 1,800 articles; with the last of them it were 5,200.
        let ranks = [1_900, 1_500, 1_800].map(|of: u32| (0..of).map(|rank| (rank, 0.5)));
        let postings = Postings {
            term_starts: vec![0, 3],
            terms: vec![(0, 0.3), (1, 0.2), (2, 0.1)],
            rank_starts: vec![0, 1_900, 3_400, 5_200],
            ranks: ranks.into_iter().flatten().collect(),
        };
        let calendar = calendar(&days(2_000), 0, 0);
        let all = Around { dated: 0..2_000, undated: 2_000..2_000 };
        let found: Vec<f32> = postings.telling(0, &all).into_iter().map(|(own, _)| own).collect();
        assert_eq!(found, [0.2, 0.1]);
        let near = calendar.around(9);
        assert_eq!(postings.telling(0, &near).len(), 3);
    }

    #[test]
    fn the_heaviest_terms_are_chosen_the_first_of_equals_first() {
        let vector = (&[1, 4, 6, 9][..], &[0.5, 0.7, 0.5, 0.9][..]);
        assert_eq!(heaviest(vector, 3, |_| true), [(1, 0.5), (4, 0.7), (9, 0.9)]);
        assert_eq!(heaviest(vector, 1, |place| place != 9), [(4, 0.7)]);
    }
}
