//! The terms that two articles or more have, and in how many they occur.
//!
//! Terms are counted in blocks of articles, as runs of sorted terms that merge like the digits of a
//! binary counter, so that what lies in memory is each different term once, with its count, and one
//! block's. Cost: n log n in the terms; 12 bytes a different term while it runs.

use rayon::prelude::*;

use crate::statistics::terms::{Frequency, Term};

/// A term's place among those of a [`Lexicon`], in order of [`Term`].
pub(crate) type TermPlace = u32;

/// Terms are counted in parts, by their highest bits: one a thread at a time.
const PART_BITS: u32 = 6;

/// Counts the articles of each term, block by block.
pub(crate) struct Counting {
    parts: Vec<Part>,
}

/// What was counted of the terms with the same highest bits: runs in order of terms, each at least
/// twice as long as the next.
#[derive(Default)]
struct Part {
    runs: Vec<Run>,
}

/// Terms, ascending, and in how many articles each was seen.
#[derive(Default)]
struct Run {
    terms: Vec<Term>,
    counts: Vec<Count>,
}

/// In how many articles a term was seen, and what its case there says of its being a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) articles: u32,
    pub(crate) case: i32,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            articles: self.articles + other.articles,
            case: self.case.saturating_add(other.case),
        }
    }
}

impl Run {
    fn push(&mut self, term: Term, count: Count) {
        self.terms.push(term);
        self.counts.push(count);
    }

    fn merged(self, other: Self) -> Self {
        let mut all = Self::default();
        all.terms.reserve(self.terms.len() + other.terms.len());
        all.counts.reserve(self.terms.len() + other.terms.len());
        let (mut x, mut y) = (0, 0);
        while x < self.terms.len() && y < other.terms.len() {
            let (term, other_term) = (self.terms[x], other.terms[y]);
            let (is_here, is_there) = (term <= other_term, other_term <= term);
            let here = if is_here { self.counts[x] } else { Count::default() };
            let there = if is_there { other.counts[y] } else { Count::default() };
            all.push(term.min(other_term), here.plus(there));
            x += usize::from(is_here);
            y += usize::from(is_there);
        }
        all.terms.extend_from_slice(&self.terms[x..]);
        all.counts.extend_from_slice(&self.counts[x..]);
        all.terms.extend_from_slice(&other.terms[y..]);
        all.counts.extend_from_slice(&other.counts[y..]);
        all
    }
}

impl Part {
    fn add(&mut self, mut terms: Vec<(Term, i16)>) {
        terms.sort_unstable_by_key(|&(term, _)| term);
        let mut run = Run::default();
        for alike in terms.chunk_by(|x, y| x.0 == y.0) {
            let case = alike.iter().map(|&(_, case)| i32::from(case)).sum();
            run.push(alike[0].0, Count { articles: alike.len() as u32, case });
        }
        drop(terms);
        while let Some(last) = self.runs.pop_if(|last| last.terms.len() < 2 * run.terms.len()) {
            run = last.merged(run);
        }
        self.runs.push(run);
    }

    fn finish(self) -> Run {
        let mut runs = self.runs.into_iter().rev();
        let first = runs.next().unwrap_or_default();
        let all = runs.fold(first, |all, run| run.merged(all));
        let mut shared = Run::default();
        for (&term, &count) in
            all.terms.iter().zip(&all.counts).filter(|(_, count)| count.articles > 1)
        {
            shared.push(term, count);
        }
        shared
    }
}

impl Counting {
    pub(crate) fn new() -> Self {
        Self { parts: (0..1 << PART_BITS).map(|_| Part::default()).collect() }
    }

    /// Counts the articles of a block, each with its terms in order.
    pub(crate) fn add(&mut self, block: &[Vec<Frequency>]) {
        self.parts.par_iter_mut().enumerate().for_each(|(bits, part)| {
            let of_part = |term: Term| (term.bits() >> (u64::BITS - PART_BITS)) as usize;
            let mut terms: Vec<(Term, i16)> = Vec::new();
            for article in block {
                let start = article.partition_point(|f| of_part(f.term) < bits);
                let rest = article[start..].iter().map(|f| (f.term, f.case));
                terms.extend(rest.take_while(|&(term, _)| of_part(term) == bits));
            }
            part.add(terms);
        });
    }

    /// The terms that occurred twice or more.
    pub(crate) fn finish(self) -> Lexicon {
        let parts: Vec<Run> = self.parts.into_par_iter().map(Part::finish).collect();
        let (mut terms, mut counts) = (Vec::new(), Vec::new());
        for part in parts {
            terms.extend(part.terms);
            counts.extend(part.counts);
        }
        Lexicon::new(terms, counts)
    }
}

/// The terms that occur in two articles or more, and in how many.
pub(crate) struct Lexicon {
    terms: Vec<Term>,
    counts: Vec<Count>,
    /// Where the terms begin whose highest bits are these.
    buckets: Vec<u32>,
    bucket_shift: u32,
}

impl Lexicon {
    /// Of terms in order, each with the number of articles that have it.
    pub(super) fn new(terms: Vec<Term>, counts: Vec<Count>) -> Self {
        let bits = (terms.len().max(2) as u32 / 16).max(2).ilog2();
        let bucket_shift = u64::BITS - bits;
        let mut buckets = vec![0; (1 << bits) + 1];
        for term in &terms {
            buckets[(term.bits() >> bucket_shift) as usize + 1] += 1;
        }
        for bucket in 1..buckets.len() {
            buckets[bucket] += buckets[bucket - 1];
        }
        Self { terms, counts, buckets, bucket_shift }
    }

    /// Of terms that others counted, in order; how often is not known here.
    pub(crate) fn of_terms(terms: Vec<Term>) -> Self {
        let counts = vec![Count::default(); terms.len()];
        Self::new(terms, counts)
    }

    /// Where a term stands. Terms are spread evenly, so a bucket by the highest bits holds about
    /// sixteen.
    pub(crate) fn place(&self, term: Term) -> Option<TermPlace> {
        let bucket = (term.bits() >> self.bucket_shift) as usize;
        let start = self.buckets[bucket];
        let terms = &self.terms[start as usize..self.buckets[bucket + 1] as usize];
        terms.binary_search(&term).ok().map(|place| start + place as u32)
    }

    /// How many terms there are.
    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    /// The term at a place.
    pub(crate) fn term(&self, place: TermPlace) -> Term {
        self.terms[place as usize]
    }

    /// What was counted of the term at a place.
    #[inline]
    pub(crate) fn count(&self, place: TermPlace) -> Count {
        self.counts[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn article(words: &[u32]) -> Vec<Frequency> {
        let term = |word: &u32| Term::single(&format!("neno{word}"));
        let mut terms: Vec<Frequency> =
            words.iter().map(|word| Frequency { term: term(word), count: 1.0, case: 2 }).collect();
        terms.sort_unstable_by_key(|frequency| frequency.term);
        terms.dedup_by_key(|frequency| frequency.term);
        terms
    }

    proptest! {
        /// However the articles come in blocks.
        #[test]
        fn every_term_of_two_articles_is_counted(
            articles in prop::collection::vec(prop::collection::vec(0_u32..40, 0..20), 0..40),
            block in 1_usize..10,
        ) {
            let read: Vec<Vec<Frequency>> = articles.iter().map(|words| article(words)).collect();
            let mut counting = Counting::new();
            read.chunks(block).for_each(|block| counting.add(block));
            let lexicon = counting.finish();
            let mut stored = 0;
            for word in 0..40 {
                let articles = articles.iter().filter(|words| words.contains(&word)).count() as u32;
                let place = lexicon.place(Term::single(&format!("neno{word}")));
                let counted = place.map(|place| lexicon.count(place));
                let expected = Count { articles, case: 2 * articles as i32 };
                prop_assert_eq!(counted, Some(expected).filter(|_| articles > 1));
                stored += usize::from(place.is_some());
            }
            prop_assert_eq!(lexicon.len(), stored);
        }
    }
}
