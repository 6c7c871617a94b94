//! Stories of one continuing topic, linked without becoming one story.
//!
//! Two stories are as alike as the directions of their summed vectors; time does not count, nor
//! does the topic's density, which tells events apart and not topics. Storylines are the
//! average-linkage clusters of that. Cost: a story looks back at no more than a fixed number of
//! earlier stories for each of its heaviest terms and is compared with no more than a fixed number
//! of them, by vectors of a fixed length; so the cost a story does not depend on the archive's age,
//! and a topic that goes on is found through its latest story.

use rayon::prelude::*;

use crate::error::Result;
use crate::observer::Observer;
use crate::spill::Spill;
use crate::story::constraints::Constraints;
use crate::story::linkage::{Rule, average_linkage};
use crate::story::postings::heaviest;
use crate::story::similarities::{Alike, Similarities};
use crate::story::vectors::{GrowingVectors, SparseVectors, TermPlace};

/// Of each story so many of its heaviest terms find earlier stories.
const CANDIDATE_TERMS: usize = 40;
/// How many earlier stories each of them finds, the latest first.
const LOOK_BACK: usize = 100;
/// What those terms alone must add to the cosine of two stories that are compared.
const MIN_PARTIAL: f32 = 0.04;
/// Of more than this, those that the terms say most for are compared, the latest of equals.
const MAX_CANDIDATES: usize = 60;
/// So many of a story's heaviest terms are its direction: about as many as an article has, however
/// many articles the story has.
pub(super) const DIRECTION_TERMS: usize = 200;
/// The mean cosine at which storylines still merge. On a set of topics with two look-alike events
/// each, 0.2 links fewer of them, 0.12 mixes topics; on the news the largest storylines at this
/// value are 40 to 70 stories of one affair (a summit in the making, a tariff dispute).
const THRESHOLD: f64 = 0.17;

/// The storylines of two stories or more, as places among `directions`, each in order of
/// time. `order` lists the stories by time.
pub(super) fn storylines(
    mut directions: Vec<Vec<(TermPlace, f32)>>,
    order: &[u32],
    spill: &Spill,
    observer: &dyn Observer,
) -> Result<Vec<Vec<u32>>> {
    let mut in_time = GrowingVectors::new(spill);
    for &story in order {
        in_time.push(&std::mem::take(&mut directions[story as usize]))?;
    }
    drop(directions);
    let directions = in_time.finish()?;
    observer.check()?;
    let recent = Recent::build(order.len(), &directions);
    let alike: Vec<Box<[Alike]>> = (0..order.len())
        .into_par_iter()
        .map_init(
            || vec![0.0; order.len()],
            |partial, rank| {
                observer.check()?;
                let alike = |&earlier: &u32| Alike {
                    other: earlier,
                    similarity: directions.dot(earlier as usize, rank) as f32,
                };
                Ok(recent.candidates(rank, partial).iter().map(alike).collect())
            },
        )
        .collect::<Result<_>>()?;
    let unbound = Constraints::default();
    let rule = Rule { threshold: THRESHOLD, constraints: &unbound, agreement: &|_, _| 1.0 };
    let clusters = average_linkage(&Similarities::new(alike), &rule, observer)?;
    let story = |rank: u32| order[rank as usize];
    Ok(clusters.into_iter().map(|ranks| ranks.into_iter().map(story).collect()).collect())
}

/// For each term, the stories that have it among their heaviest, by time. Stories go by their rank
/// in time here.
struct Recent {
    /// Ascending by term, then by rank.
    postings: Vec<(TermPlace, u32, f32)>,
    /// Where each story stands in them.
    starts: Vec<usize>,
    places: Vec<u32>,
}

impl Recent {
    fn build(stories: usize, directions: &SparseVectors) -> Self {
        let chosen: Vec<Vec<(TermPlace, u32, f32)>> = (0..stories)
            .into_par_iter()
            .map(|rank| {
                let terms = heaviest(directions.of(rank), CANDIDATE_TERMS, |_| true);
                terms.into_iter().map(|(place, weight)| (place, rank as u32, weight)).collect()
            })
            .collect();
        let mut starts = vec![0];
        starts.extend(chosen.iter().scan(0, |end, terms| {
            *end += terms.len();
            Some(*end)
        }));
        let mut postings = chosen.concat();
        postings.par_sort_unstable_by_key(|&(place, rank, _)| (place, rank));
        let mut next = starts.clone();
        let mut places = vec![0; postings.len()];
        for (at, &(_, rank, _)) in postings.iter().enumerate() {
            places[next[rank as usize]] = at as u32;
            next[rank as usize] += 1;
        }
        Self { postings, starts, places }
    }

    /// The earlier stories that a story is compared with, ascending. `partial` is all zero before
    /// and after.
    fn candidates(&self, rank: usize, partial: &mut [f32]) -> Vec<u32> {
        let mut found = Vec::new();
        for &at in &self.places[self.starts[rank]..self.starts[rank + 1]] {
            let at = at as usize;
            let (term, _, own_weight) = self.postings[at];
            let earlier = self.postings[..at].iter().rev().take(LOOK_BACK);
            for &(_, other, weight) in earlier.take_while(|(place, _, _)| *place == term) {
                let sum = &mut partial[other as usize];
                if *sum == 0.0 {
                    found.push(other);
                }
                *sum += own_weight * weight;
            }
        }
        let sums = found.iter().map(|&other| (std::mem::take(&mut partial[other as usize]), other));
        let mut alike: Vec<(f32, u32)> = sums.filter(|&(sum, _)| sum >= MIN_PARTIAL).collect();
        if alike.len() > MAX_CANDIDATES {
            alike.select_nth_unstable_by(MAX_CANDIDATES, |x, y| {
                y.0.total_cmp(&x.0).then(y.1.cmp(&x.1))
            });
            alike.truncate(MAX_CANDIDATES);
        }
        let mut found: Vec<u32> = alike.into_iter().map(|(_, other)| other).collect();
        found.sort_unstable();
        found
    }
}
