//! Places that only a chain of others holds together, set apart.
//!
//! Where a footer runs into a sentence of an article, the two are one stretch, and others have a part of it each. So the
//! footer and the sentence would be one passage, though nobody takes one for the other. Of the places that alignments
//! join, those stay together that have enough of the words of the one published first. The others are looked at by
//! themselves, in the sets that alignments among them make. Cost: the words of all places, at most [`ROUNDS`] times.

use rayon::prelude::*;

use super::group::Place;
use super::identity::is_like;
use super::tokens::Tokens;
use crate::article::Corpus;
use crate::union_find::UnionFind;

/// Share of the words of the first place, or of the other where that is shorter, that both have at least to stay
/// together. With it no occurrence in 36,823 news articles is without a word of its passage, where 100 of 179,274 were, and
/// of planted passages as many are found whole.
const SHARE: f64 = 0.5;

/// So often what did not stay is looked at again, so that the cost is bounded; what is left then is one set.
const ROUNDS: usize = 16;

/// A place that alignments join with others, by its number.
pub(super) struct Joined {
    pub(super) place: Place,
    /// Whether it is of reworded sentences, whose words need not be the same.
    pub(super) reworded: bool,
}

/// What places are told apart by.
pub(super) struct Texts<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) tokens: &'a Tokens,
}

impl Texts<'_> {
    /// The set of each place after those that chains alone hold together are set apart; `set_of` tells it before, and
    /// `edges` which places are aligned with one another. What is set apart has a greater number than what it was
    /// set apart from.
    pub(super) fn set_apart(
        &self,
        joined: &[Joined],
        mut set_of: Vec<u32>,
        edges: &[[u32; 2]],
    ) -> Vec<u32> {
        let mut by_set: Vec<u32> = (0..joined.len() as u32).collect();
        by_set.par_sort_unstable_by_key(|&at| (set_of[at as usize], at));
        let sets: Vec<&[u32]> =
            by_set.chunk_by(|&a, &b| set_of[a as usize] == set_of[b as usize]).collect();
        // Two alone are aligned with one another.
        let is_chain = |set: &&[u32]| set.len() > 2 && !self.left_of(joined, set).1.is_empty();
        let chains: Vec<&[u32]> = sets.into_par_iter().filter(is_chain).collect();
        let mut chain_of = vec![usize::MAX; joined.len()];
        for (chain, set) in chains.iter().enumerate() {
            set.iter().for_each(|&at| chain_of[at as usize] = chain);
        }
        let mut edges_of: Vec<Vec<[u32; 2]>> = vec![Vec::new(); chains.len()];
        for &edge in edges {
            if let Some(of_chain) = edges_of.get_mut(chain_of[edge[0] as usize]) {
                of_chain.push(edge);
            }
        }
        let parts: Vec<Vec<Vec<u32>>> = chains
            .into_par_iter()
            .zip(edges_of)
            .map(|(set, edges)| self.parts(joined, set, &edges))
            .collect();
        let apart = parts.iter().flat_map(|parts| &parts[1..]);
        for (number, part) in (joined.len() as u32..).zip(apart) {
            part.iter().for_each(|&at| set_of[at as usize] = number);
        }
        set_of
    }

    /// The parts of a set, the one with the place published first before the others.
    fn parts(&self, joined: &[Joined], set: &[u32], edges: &[[u32; 2]]) -> Vec<Vec<u32>> {
        let mut parts = Vec::new();
        let mut left = vec![set.to_vec()];
        for _ in 0..ROUNDS {
            // No edge joins places of two sets, so all that did not stay is looked at together: the edges once a round.
            let mut rest = Vec::new();
            for set in &left {
                let (stays, apart) = self.left_of(joined, set);
                parts.push(stays);
                rest.extend(apart);
            }
            if rest.is_empty() {
                return parts;
            }
            rest.sort_unstable();
            left = sets_of(&rest, edges);
        }
        parts.extend(left);
        parts
    }

    /// Those that stay with the place published first, and those that do not, both ascending.
    fn left_of(&self, joined: &[Joined], set: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let place = |at: u32| joined[at as usize].place;
        let first = set.iter().copied().min_by(|&a, &b| {
            let published = self.corpus.by_publication(place(a).doc, place(b).doc);
            published.then_with(|| place(a).cmp(&place(b)))
        });
        let words = |at: u32| self.tokens.span(place(at).doc, place(at).span);
        let first_words = first.map(words).unwrap_or_default();
        let stays =
            |&at: &u32| joined[at as usize].reworded || is_like(first_words, words(at), SHARE);
        set.iter().copied().partition(stays)
    }
}

/// The sets that edges make of some places, which are ascending.
fn sets_of(places: &[u32], edges: &[[u32; 2]]) -> Vec<Vec<u32>> {
    let mut sets = UnionFind::new(places.len());
    for edge in edges {
        if let [Ok(a), Ok(b)] = edge.map(|end| places.binary_search(&end)) {
            sets.union(a as u32, b as u32);
        }
    }
    let mut by_set: Vec<(u32, u32)> =
        (0..).zip(places).map(|(number, &place)| (sets.find(number), place)).collect();
    by_set.sort_unstable();
    let sets = by_set.chunk_by(|one, other| one.0 == other.0);
    sets.map(|set| set.iter().map(|&(_, place)| place).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_make_sets_of_those_places_alone_that_are_asked_for() {
        let edges = [[1, 4], [4, 6], [6, 9], [3, 9]];
        assert_eq!(sets_of(&[1, 3, 4, 9], &edges), [vec![1, 4], vec![3, 9]]);
        assert_eq!(sets_of(&[], &edges), Vec::<Vec<u32>>::new());
    }
}
