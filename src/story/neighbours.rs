//! Which articles can report the same event at all, and the exact cosine of each such pair.
//!
//! A candidate pair shares enough of the forty heaviest terms of both articles; two dated articles
//! must lie within the window. Cost: an article looks only at the stretch of each posting list that
//! lies in its window and at the undated articles, and at neither where it is too long to tell
//! anything; so the cost an article is bounded, and for dated articles it does not depend on the
//! archive's age. An exact cosine costs a pass over one vector.

use std::ops::Range;

use rayon::prelude::*;

use crate::article::{Corpus, DocId, Published};
use crate::error::Result;
use crate::observer::Observer;
use crate::story::density::{Surroundings, density};
use crate::story::time::{days_apart, time_factor};
use crate::story::vectors::{TermPlace, Vectors};

/// Of each article so many of its heaviest terms find its candidates.
const CANDIDATE_TERMS: usize = 40;
/// Terms in a larger share of the articles find no candidates …
const MAX_CANDIDATE_SHARE: f64 = 0.05;
/// … unless so few articles have them that they cost nothing.
const MIN_CANDIDATE_CAP: u32 = 64;
/// Nor does a term that more articles have within the window, or undated: what keeps the cost of an
/// article from growing with the archive. Of 36,823 articles 5 % are fewer.
const MAX_STRETCH: usize = 2_000;
/// What those terms alone must add to the cosine of a candidate pair. At 0.02, of 25 million pairs
/// of news articles that share one of them 2.6 million do, and B³ F1 is 88.0 and not 87.4: a topic
/// is better measured by neighbours that share more than a word.
const MIN_PARTIAL: f32 = 0.025;
/// Of more candidates than this, those that the terms say most for are compared: eight times as many
/// as the neighbours that measure a topic.
const MAX_CANDIDATES: usize = 400;
/// A dated pair less alike than this, after the time factor, does not count as alike.
const MIN_DATED: f64 = 0.08;
/// An undated pair less alike than this is not worth the memory.
const MIN_UNDATED: f64 = 0.02;

/// Two articles that may report one event, seen from one of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbour {
    pub(super) doc: DocId,
    /// Cosine times time factor.
    pub(super) closeness: f64,
}

/// What lies around each article.
pub(super) struct Neighbours {
    /// Each article's neighbours with a greater [`DocId`], ascending.
    pub(super) after: Vec<Vec<Neighbour>>,
    /// How crowded each article's topic is.
    pub(super) densities: Vec<f64>,
}

impl Neighbours {
    /// Finds them, articles in parallel.
    pub(super) fn find(
        corpus: &Corpus,
        vectors: &Vectors,
        window_hours: u32,
        observer: &dyn Observer,
    ) -> Result<Self> {
        // In order of time: articles that follow one another have the same candidates, whose
        // vectors then are in the cache.
        let mut by_date: Vec<DocId> = corpus.docs().collect();
        by_date.sort_by(|&a, &b| corpus.by_publication(a, b));
        let search = Search {
            corpus,
            vectors,
            window_hours,
            postings: Postings::build(corpus, vectors, &by_date),
            times: Times::of(corpus, vectors, &by_date),
        };
        observer.check()?;
        let found: Vec<(Vec<Neighbour>, f64)> = by_date
            .par_iter()
            .map_init(
                || Scratch::new(corpus.len(), vectors.terms()),
                |scratch, &doc| {
                    observer.check()?;
                    observer.advance(1);
                    Ok(search.around(doc, scratch))
                },
            )
            .collect::<Result<_>>()?;
        let mut after = vec![Vec::new(); corpus.len()];
        let mut densities = vec![0.0; corpus.len()];
        for (doc, (neighbours, density)) in by_date.into_iter().zip(found) {
            after[doc.index()] = neighbours;
            densities[doc.index()] = density;
        }
        Ok(Self { after, densities })
    }

    /// How close two articles are: 0 where they are no neighbours, 1 for an article and itself.
    pub(super) fn closeness(&self, a: DocId, b: DocId) -> f64 {
        if a == b {
            return 1.0;
        }
        let after = &self.after[a.min(b).index()];
        let place = after.binary_search_by_key(&a.max(b), |neighbour| neighbour.doc);
        place.map_or(0.0, |place| after[place].closeness)
    }
}

/// Whether two articles are near enough in time to report one event; always where one is undated.
pub(super) fn within_window(days: Option<f64>, window_hours: u32) -> bool {
    days.is_none_or(|days| days * 24.0 <= f64::from(window_hours))
}

/// The closeness of two articles within the window, given cosine times time factor: 0 where that is
/// too little to count.
pub(super) fn counting(close: f64, days: Option<f64>) -> f64 {
    let least = if days.is_some() { MIN_DATED } else { MIN_UNDATED };
    if close >= least { close } else { 0.0 }
}

/// The days between two articles, where both are dated.
pub(super) fn days_between(corpus: &Corpus, a: DocId, b: DocId) -> Option<f64> {
    Some(days_apart(corpus.get(a).published?, corpus.get(b).published?))
}

/// Memory that a thread uses again for each article.
struct Scratch {
    /// What candidate terms have added to each article's cosine so far; zero between articles.
    partial: Vec<f32>,
    candidates: Vec<DocId>,
    /// The article at hand's weight of each term; zero elsewhere.
    weights: Vec<f32>,
    filter: Filter,
    cosines: Vec<f64>,
}

impl Scratch {
    fn new(articles: usize, terms: usize) -> Self {
        Self {
            partial: vec![0.0; articles],
            candidates: Vec::new(),
            weights: vec![0.0; terms],
            filter: Filter::default(),
            cosines: Vec::new(),
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

    fn may_have(&self, place: TermPlace) -> bool {
        self.0[Self::word(place)] & Self::bit(place) != 0
    }
}

/// What the search for one article's neighbours reads.
struct Search<'c> {
    corpus: &'c Corpus,
    vectors: &'c Vectors,
    window_hours: u32,
    postings: Postings,
    times: Times,
}

impl Search<'_> {
    /// An article's neighbours with a greater place, and the density around it.
    fn around(&self, doc: DocId, scratch: &mut Scratch) -> (Vec<Neighbour>, f64) {
        self.find_candidates(doc, scratch);
        let Scratch { candidates, weights, filter, cosines, .. } = scratch;
        let (places, own_weights) = self.vectors.of(doc);
        for (&place, &weight) in places.iter().zip(own_weights) {
            weights[place as usize] = weight;
            filter.add(place);
        }
        cosines.clear();
        let mut after = Vec::new();
        let at = self.corpus.get(doc).published;
        let compared = self.times.compared(at, self.window_hours);
        let mut around = Surroundings::new(places.len(), compared);
        for &other in &*candidates {
            let days = days_between(self.corpus, doc, other);
            if other == doc || !within_window(days, self.window_hours) {
                continue;
            }
            let (places, other_weights) = self.vectors.of(other);
            let cosine: f64 = places
                .iter()
                .zip(other_weights)
                .filter(|&(&place, _)| filter.may_have(place))
                .map(|(&place, &weight)| f64::from(weights[place as usize]) * f64::from(weight))
                .sum();
            cosines.push(cosine);
            let close = cosine * time_factor(days);
            around.see(close);
            let close = counting(close, days);
            if other > doc && close > 0.0 {
                after.push(Neighbour { doc: other, closeness: close });
            }
        }
        for &place in places {
            weights[place as usize] = 0.0;
            filter.clear(place);
        }
        (after, density(cosines, self.vectors.texts(), &around))
    }

    /// Leaves in the scratch the articles that may be neighbours, ascending.
    fn find_candidates(&self, doc: DocId, scratch: &mut Scratch) {
        let Scratch { partial, candidates, .. } = scratch;
        candidates.clear();
        let at = self.corpus.get(doc).published;
        for &(place, own_weight) in self.postings.terms_of(doc) {
            for &(other, weight) in
                self.postings.near(place, at, self.window_hours).into_iter().flatten()
            {
                let sum = &mut partial[other.index()];
                if *sum == 0.0 {
                    candidates.push(other);
                }
                *sum += own_weight * weight;
            }
        }
        candidates.retain(|other| {
            let sum = &mut partial[other.index()];
            let may = *sum >= MIN_PARTIAL;
            if !may {
                *sum = 0.0;
            }
            may
        });
        if candidates.len() > MAX_CANDIDATES {
            candidates.select_nth_unstable_by(MAX_CANDIDATES, |a, b| {
                partial[b.index()].total_cmp(&partial[a.index()]).then(a.cmp(b))
            });
            candidates[MAX_CANDIDATES..].iter().for_each(|other| partial[other.index()] = 0.0);
            candidates.truncate(MAX_CANDIDATES);
        }
        candidates.iter().for_each(|other| partial[other.index()] = 0.0);
        candidates.sort_unstable();
    }
}

/// When the texts were published, in seconds, ascending; the undated ones are counted only.
struct Times {
    dated: Vec<i64>,
    undated: usize,
}

impl Times {
    /// `by_date` lists the articles, the undated ones last. A copy's vector is empty: it is none.
    fn of(corpus: &Corpus, vectors: &Vectors, by_date: &[DocId]) -> Self {
        let texts = by_date.iter().filter(|&&doc| !vectors.of(doc).0.is_empty());
        let (mut dated, mut undated) = (Vec::new(), 0);
        for &doc in texts {
            match corpus.get(doc).published {
                Some(published) => dated.push(published.at.as_second()),
                None => undated += 1,
            }
        }
        Self { dated, undated }
    }

    /// With how many texts one is compared that was published then.
    fn compared(&self, at: Option<Published>, window_hours: u32) -> usize {
        let Some(at) = at.map(|published| published.at.as_second()) else {
            return self.dated.len() + self.undated;
        };
        let reach = i64::from(window_hours) * 3600;
        let first = self.dated.partition_point(|&s| s < at - reach);
        let last = self.dated.partition_point(|&s| s <= at + reach);
        last - first + self.undated
    }
}

/// For each term, the articles that it finds: the dated ones by date, then the undated ones.
struct Postings {
    /// Each article's candidate terms with their weights.
    term_starts: Vec<usize>,
    terms: Vec<(TermPlace, f32)>,
    /// The articles of each term with its weight there.
    doc_starts: Vec<usize>,
    docs: Vec<(DocId, f32)>,
    /// The date of each article in `docs`, in seconds.
    seconds: Vec<i64>,
}

/// Later than any date.
const UNDATED: i64 = i64::MAX;

impl Postings {
    fn build(corpus: &Corpus, vectors: &Vectors, by_date: &[DocId]) -> Self {
        let share = (f64::from(vectors.texts()) * MAX_CANDIDATE_SHARE) as u32;
        let most = share.max(MIN_CANDIDATE_CAP);
        let chosen: Vec<Vec<(TermPlace, f32)>> = (0..corpus.len() as u32)
            .into_par_iter()
            .map(|doc| {
                let rare = |place| vectors.document_frequency(place) <= most;
                heaviest(vectors.of(DocId(doc)), CANDIDATE_TERMS, rare)
            })
            .collect();
        let mut term_starts = vec![0];
        let mut doc_starts = vec![0; vectors.terms() + 1];
        for terms in &chosen {
            term_starts.push(term_starts[term_starts.len() - 1] + terms.len());
            for &(place, _) in terms {
                doc_starts[place as usize + 1] += 1;
            }
        }
        for term in 1..doc_starts.len() {
            doc_starts[term] += doc_starts[term - 1];
        }
        let mut next = doc_starts.clone();
        let mut docs = vec![(DocId(0), 0.0); term_starts[corpus.len()]];
        let mut seconds = vec![UNDATED; docs.len()];
        for &doc in by_date {
            for &(place, weight) in &chosen[doc.index()] {
                let at = &mut next[place as usize];
                docs[*at] = (doc, weight);
                seconds[*at] = corpus.get(doc).published.map_or(UNDATED, |p| p.at.as_second());
                *at += 1;
            }
        }
        let terms = chosen.into_iter().flatten().collect();
        Self { term_starts, terms, doc_starts, docs, seconds }
    }

    fn terms_of(&self, doc: DocId) -> &[(TermPlace, f32)] {
        &self.terms[self.term_starts[doc.index()]..self.term_starts[doc.index() + 1]]
    }

    /// The articles of a term that may lie within the window, and the undated ones. A day more than
    /// the window on both sides, for where only the day is known.
    fn near(
        &self,
        place: TermPlace,
        at: Option<Published>,
        window_hours: u32,
    ) -> [&[(DocId, f32)]; 2] {
        let range = self.doc_starts[place as usize]..self.doc_starts[place as usize + 1];
        let (docs, seconds) = (&self.docs[range.clone()], &self.seconds[range]);
        let telling = |stretch: Range<usize>| {
            if stretch.len() > MAX_STRETCH { Default::default() } else { &docs[stretch] }
        };
        let Some(at) = at.map(|published| published.at.as_second()) else {
            return [telling(0..docs.len()), &[]];
        };
        let reach = (i64::from(window_hours) + 24) * 3600;
        let first = seconds.partition_point(|&s| s < at - reach);
        let last = seconds.partition_point(|&s| s <= at + reach);
        let undated = seconds.partition_point(|&s| s < UNDATED);
        [telling(first..last), telling(undated..docs.len())]
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
    terms.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    terms.truncate(most);
    terms.sort_unstable_by_key(|&(place, _)| place);
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_little_or_outside_the_window_does_not_count() {
        assert_eq!(counting(0.3, Some(0.0)), 0.3);
        assert_eq!(counting(0.079, Some(0.0)), 0.0);
        assert_eq!(counting(0.079, None), 0.079);
        assert_eq!(counting(0.019, None), 0.0);
        assert!(within_window(Some(14.0), 336) && within_window(None, 336));
        assert!(!within_window(Some(14.1), 336));
    }

    #[test]
    fn the_filter_never_denies_what_was_added() {
        let mut filter = Filter::default();
        let places = [0, 63, 64, 40_000, u32::MAX];
        for place in places {
            filter.add(place);
        }
        assert!(places.iter().all(|&place| filter.may_have(place)));
        assert!(!filter.may_have(1));
        for place in places {
            filter.clear(place);
        }
        assert!(!places.iter().any(|&place| filter.may_have(place)));
    }

    #[test]
    fn an_article_is_compared_with_those_of_its_window_and_the_undated() {
        let times = Times { dated: vec![0, 3_600, 7_200, 90_000], undated: 2 };
        let at = |second| {
            let at = jiff::Timestamp::from_second(second).unwrap();
            Some(Published { at, day_only: false })
        };
        // One hour both ways: 0, 3,600 and 7,200, itself among them, and the two undated ones.
        assert_eq!(times.compared(at(3_600), 1), 5);
        assert_eq!(times.compared(at(90_000), 1), 3);
        assert_eq!(times.compared(None, 1), 6);
    }

    /// Postings of one term, a dated article a day and then undated ones.
    fn postings(dated: u32, undated: u32) -> Postings {
        let docs = (0..dated + undated).map(|doc| (DocId(doc), 0.5)).collect();
        let day = |day: u32| i64::from(day) * 86_400;
        let seconds = (0..dated).map(day).chain((0..undated).map(|_| UNDATED)).collect();
        let doc_starts = vec![0, (dated + undated) as usize];
        Postings { term_starts: vec![0], terms: Vec::new(), doc_starts, docs, seconds }
    }

    #[test]
    fn a_dated_article_looks_at_its_window_and_at_the_undated() {
        let at = jiff::Timestamp::from_second(86_400 * 10).unwrap();
        let at = Some(Published { at, day_only: true });
        let postings = postings(30, 2);
        // Two days, and one more for where only the day is known, on both sides.
        let docs = |stretch: &[(DocId, f32)]| stretch.iter().map(|(doc, _)| doc.0).collect();
        let [near, undated]: [Vec<u32>; 2] = postings.near(0, at, 48).map(docs);
        assert_eq!(near, [7, 8, 9, 10, 11, 12, 13]);
        assert_eq!(undated, [30, 31]);
        assert_eq!(postings.near(0, None, 48).map(<[_]>::len), [32, 0]);
    }

    #[test]
    fn what_too_many_articles_have_finds_none_of_them() {
        let at = jiff::Timestamp::from_second(0).unwrap();
        let at = Some(Published { at, day_only: true });
        let postings = postings(10, MAX_STRETCH as u32 + 1);
        assert_eq!(postings.near(0, at, 24).map(<[_]>::len), [3, 0]);
        assert_eq!(postings.near(0, None, 24).map(<[_]>::len), [0, 0]);
    }

    #[test]
    fn the_heaviest_terms_are_chosen_the_first_of_equals_first() {
        let vector = (&[1, 4, 6, 9][..], &[0.5, 0.7, 0.5, 0.9][..]);
        assert_eq!(heaviest(vector, 3, |_| true), [(1, 0.5), (4, 0.7), (9, 0.9)]);
        assert_eq!(heaviest(vector, 1, |place| place != 9), [(4, 0.7)]);
    }
}
