//! Which articles can report the same event at all, and the exact cosine of each such pair.
//!
//! A candidate pair shares enough of the forty heaviest terms of both articles; two dated articles
//! must lie within the window. Cost: an article looks only at the stretch of each posting list that
//! lies in its window and at the undated articles, at no more of them than a fixed number, and has
//! no more than a fixed number of exact cosines; so the cost an article is bounded, and does not
//! depend on the archive's age or size. An exact cosine costs a pass over one vector.

use rayon::prelude::*;

use crate::article::{Corpus, DocId, Published};
use crate::error::Result;
use crate::observer::Observer;
use crate::story::evidence::Evidence;
use crate::story::installment::Installments;
use crate::story::postings::{Around, Calendar, Postings};
use crate::story::similarities::{Alike, Similarities};
use crate::story::time::days_apart;
use crate::story::vectors::{Class, TermPlace, Vectors};

/// What those terms alone must add to the cosine of a candidate pair.
const MIN_PARTIAL: f32 = 0.02;
/// Of more earlier candidates than this, those that the terms say most for are compared.
const MAX_CANDIDATES: usize = 200;

/// How alike each article from `first` on is to the earlier ones near it, held at the later one.
pub(super) fn similarities(
    corpus: &Corpus,
    vectors: &Vectors<'_>,
    installments: &Installments,
    window_hours: u32,
    first: DocId,
    observer: &dyn Observer,
) -> Result<Similarities> {
    // In order of time: articles that follow one another have the same candidates, whose
    // vectors then are in the cache.
    let calendar = Calendar::of(corpus, vectors, window_hours);
    let postings = Postings::build(vectors, &calendar);
    let search = Search { vectors, installments, window_hours, calendar: &calendar, postings };
    observer.advance((corpus.len() - calendar.len()) as u64);
    observer.check()?;
    let found: Vec<Box<[Alike]>> = (0..calendar.len() as u32)
        .into_par_iter()
        .map_init(
            || Scratch::new(calendar.len(), vectors.terms()),
            |scratch, rank| {
                observer.check()?;
                observer.advance(1);
                if calendar.doc(rank) < first {
                    return Ok(Box::default());
                }
                Ok(search.around(rank, scratch))
            },
        )
        .collect::<Result<_>>()?;
    let mut similarities = vec![Box::default(); corpus.len()];
    for (rank, alike) in (0..).zip(found) {
        similarities[calendar.doc(rank).index()] = alike;
    }
    Ok(Similarities::new(similarities))
}

/// Whether two articles are near enough in time to report one event; always where one is undated.
pub(super) fn within_window(days: Option<f64>, window_hours: u32) -> bool {
    days.is_none_or(|days| days * 24.0 <= f64::from(window_hours))
}

/// The days between two articles, where both are dated.
pub(super) fn days_between(corpus: &Corpus, a: DocId, b: DocId) -> Option<f64> {
    between(corpus.get(a).published, corpus.get(b).published)
}

fn between(a: Option<Published>, b: Option<Published>) -> Option<f64> {
    Some(days_apart(a?, b?))
}

/// Memory that a thread uses again for each article. Articles go by their ranks in time.
struct Scratch {
    /// What candidate terms have added to each article's cosine so far; zero between articles.
    partial: Vec<f32>,
    candidates: Vec<u32>,
    /// The article at hand's weight of each term; zero elsewhere.
    weights: Vec<f32>,
    filter: Filter,
    /// Where a candidate's terms stand that the article at hand may have, too.
    shared: Vec<u32>,
    alike: Vec<Alike>,
}

impl Scratch {
    fn new(articles: usize, terms: usize) -> Self {
        Self {
            partial: vec![0.0; articles],
            candidates: Vec::new(),
            weights: vec![0.0; terms],
            filter: Filter::default(),
            shared: Vec::new(),
            alike: Vec::new(),
        }
    }
}

/// Which terms an article may have, by the lowest bits of their places: small enough to stay in
/// the nearest cache, it answers for most terms that there is nothing to add.
struct Filter([u64; Self::WORDS]);

impl Default for Filter {
    fn default() -> Self {
        Self([0; Self::WORDS])
    }
}

impl Filter {
    const WORDS: usize = 512;

    fn word(place: TermPlace) -> usize {
        (place / u64::BITS) as usize % Self::WORDS
    }

    fn bit(place: TermPlace) -> u64 {
        1 << (place % u64::BITS)
    }

    fn add(&mut self, place: TermPlace) {
        self.0[Self::word(place)] |= Self::bit(place);
    }

    fn clear(&mut self, place: TermPlace) {
        self.0[Self::word(place)] = 0;
    }

    #[inline]
    fn may_have(&self, place: TermPlace) -> bool {
        self.0[Self::word(place)] & Self::bit(place) != 0
    }

    /// Replaces `chosen` by where the places stand that may be had. Without a branch for each,
    /// which the processor could not foretell.
    fn select(&self, places: &[TermPlace], chosen: &mut Vec<u32>) {
        if chosen.len() < places.len() {
            chosen.resize(places.len(), 0);
        }
        let mut found = 0;
        for (at, &place) in (0..).zip(places) {
            chosen[found] = at;
            found += usize::from(self.may_have(place));
        }
        chosen.truncate(found);
    }
}

/// What the search for one article's neighbours reads.
struct Search<'c> {
    vectors: &'c Vectors<'c>,
    installments: &'c Installments,
    window_hours: u32,
    calendar: &'c Calendar,
    postings: Postings,
}

impl Search<'_> {
    /// The earlier articles that are like one, ascending by [`DocId`].
    fn around(&self, rank: u32, scratch: &mut Scratch) -> Box<[Alike]> {
        let reach = self.calendar.around(rank);
        self.find_candidates(rank, &reach, scratch);
        let Scratch { candidates, weights, filter, shared, alike, .. } = scratch;
        let doc = self.calendar.doc(rank);
        let at = self.calendar.published(rank);
        let (places, own_weights) = self.vectors.of(doc);
        for (&place, &weight) in places.iter().zip(own_weights) {
            weights[place as usize] = weight;
            filter.add(place);
        }
        alike.clear();
        let profile = self.vectors.profile(doc);
        for &candidate in &*candidates {
            let days = between(at, self.calendar.published(candidate));
            if !within_window(days, self.window_hours) {
                continue;
            }
            let other = self.calendar.doc(candidate);
            let (other_places, other_weights) = self.vectors.of(other);
            filter.select(other_places, shared);
            let mut dots = [0.0; Class::ALL];
            let mut from = 0;
            for (dot, &end) in dots.iter_mut().zip(self.vectors.ends()) {
                let to =
                    from + shared[from..].partition_point(|&at| other_places[at as usize] < end);
                *dot = shared[from..to]
                    .iter()
                    .map(|&at| {
                        let own = weights[other_places[at as usize] as usize];
                        f64::from(own) * f64::from(other_weights[at as usize])
                    })
                    .sum();
                from = to;
            }
            let evidence = Evidence::of(dots, profile, self.vectors.profile(other), days);
            let similarity = evidence.counting();
            if similarity > 0.0 {
                let against = self.installments.are_two(doc, other, days);
                let similarity = if against { -similarity } else { similarity } as f32;
                alike.push(Alike { other: other.0, similarity });
            }
        }
        for &place in places {
            weights[place as usize] = 0.0;
            filter.clear(place);
        }
        alike.sort_unstable_by_key(|alike| alike.other);
        alike.as_slice().into()
    }

    /// Leaves in the scratch the articles that may be neighbours, ascending.
    fn find_candidates(&self, rank: u32, reach: &Around, scratch: &mut Scratch) {
        let Scratch { partial, candidates, .. } = scratch;
        candidates.clear();
        for (own_weight, stretches) in self.postings.telling(rank, reach) {
            for &(other, weight) in stretches.into_iter().flatten() {
                let sum = &mut partial[other as usize];
                if *sum == 0.0 {
                    candidates.push(other);
                }
                *sum += own_weight * weight;
            }
        }
        candidates.retain(|&other| {
            let sum = &mut partial[other as usize];
            let may = *sum >= MIN_PARTIAL;
            if !may {
                *sum = 0.0;
            }
            may
        });
        if candidates.len() > MAX_CANDIDATES {
            candidates.select_nth_unstable_by(MAX_CANDIDATES, |&a, &b| {
                partial[b as usize].total_cmp(&partial[a as usize]).then(a.cmp(&b))
            });
            candidates[MAX_CANDIDATES..].iter().for_each(|&other| partial[other as usize] = 0.0);
            candidates.truncate(MAX_CANDIDATES);
        }
        candidates.iter().for_each(|&other| partial[other as usize] = 0.0);
        candidates.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_never_denies_what_was_added() {
        let mut filter = Filter::default();
        let places = [0, 63, 64, 40_000, u32::MAX];
        for place in places {
            filter.add(place);
        }
        assert!(places.iter().all(|&place| filter.may_have(place)));
        assert!(!filter.may_have(1));
        let mut chosen = vec![7; 2];
        filter.select(&[1, 63, 2, 64, 65], &mut chosen);
        assert_eq!(chosen, [1, 3]);
        for place in places {
            filter.clear(place);
        }
        assert!(!places.iter().any(|&place| filter.may_have(place)));
    }
}
