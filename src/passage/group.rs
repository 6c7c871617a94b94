//! Alignments to groups: all places of one passage together.
//!
//! The two ends of every alignment are spans; spans of one article that nearly coincide are one
//! place, and places that an alignment joins are one group (union-find). A group whose places all
//! lie in those of a larger one says nothing new and is absorbed. `O(n log n)` in the spans.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::align::Alignment;
use super::chained::Joined;
use crate::article::{DocId, TokenSpan};
use crate::union_find::UnionFind;

/// Jaccard of their words from which two spans of an article are one place.
const SAME_PLACE: f64 = 0.6;

/// The same where reworded stretches were found, too, whose ends are not those of any copy: PlagDet of
/// occurrences on PAN 2013 with reworded text is 0.870 at 0.6 and 0.886 at this. Without them it stays lower: a line twice
/// in a row is two places of itself.
const SAME_BESIDE_REWORDED: f64 = 0.8;

/// The same where one of them is of reworded sentences. What is like what is like a text need not be like
/// it, and ends of sentences are no evidence against ends of words: at 0.8 PlagDet of occurrences on PAN 2013's
/// verbatim cases is 0.968 without a list of pairs.
const SAME_REWORDED: f64 = 0.95;

/// Places of an article that a span is held against, latest first.
const LOOK_BACK: usize = 64;

/// Share of a place that must lie in another for it to be inside.
const INSIDE: f64 = 0.7;

/// Share of a group's places that must be inside those of another for it to be absorbed.
const ABSORBED: f64 = 0.9;

/// A stretch of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The article.
    pub(super) doc: DocId,
    /// Where in it.
    pub(super) span: TokenSpan,
}

/// The places of one passage, in order; no two overlap.
pub(super) type Group = Vec<Place>;

/// Groups, and which of them something belongs to; [`NOWHERE`] for what belongs to none.
#[derive(Debug, PartialEq)]
pub(super) struct Grouped {
    /// The groups.
    pub(super) groups: Vec<Group>,
    /// For each alignment, or for each group as it was before, its group.
    pub(super) of: Vec<u32>,
}

/// No group.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Groups the ends of the alignments. Every group has two places or more. `set_apart` gets the joined places, the set of each,
/// and which are aligned with one another. It returns the sets after chains are taken apart, the later ones with greater numbers.
pub(super) fn group(
    alignments: &[Alignment],
    set_apart: impl FnOnce(&[Joined], Vec<u32>, &[[u32; 2]]) -> Vec<u32>,
) -> Grouped {
    let same_copied = match alignments.iter().any(|alignment| alignment.reworded) {
        true => SAME_BESIDE_REWORDED,
        false => SAME_PLACE,
    };
    let mut ends: Vec<(Place, bool, u32)> = Vec::with_capacity(2 * alignments.len());
    for (i, alignment) in alignments.iter().enumerate() {
        let i = i as u32;
        let reworded = alignment.reworded;
        ends.push((alignment.place_a(), reworded, 2 * i));
        ends.push((alignment.place_b(), reworded, 2 * i + 1));
    }
    ends.par_sort_unstable();
    let mut node_of = vec![0_u32; ends.len()];
    let mut nodes: Vec<Node> = Vec::new();
    let mut first_of_doc = 0;
    for &(place, reworded, end) in &ends {
        if nodes.last().is_some_and(|node| node.seed.doc != place.doc) {
            first_of_doc = nodes.len();
        }
        let near = nodes[first_of_doc..]
            .iter()
            .enumerate()
            .rev()
            .take(LOOK_BACK)
            .filter_map(|(i, node)| {
                let jaccard = jaccard(node.seed.span, place.span);
                let least = if reworded || node.reworded { SAME_REWORDED } else { same_copied };
                (jaccard >= least).then_some((jaccard, first_of_doc + i))
            })
            .max_by(|x, y| x.0.total_cmp(&y.0));
        let node = near.map_or(nodes.len(), |(_, node)| node);
        if node == nodes.len() {
            nodes.push(Node { seed: place, reworded, starts: Vec::new(), ends: Vec::new() });
        }
        nodes[node].starts.push(place.span.start);
        nodes[node].ends.push(place.span.end);
        node_of[end as usize] = node as u32;
    }
    drop(ends);
    let joined: Vec<Joined> = nodes.into_iter().map(Node::joined).collect();
    let (edges, _) = node_of.as_chunks::<2>();
    let mut sets = UnionFind::new(joined.len());
    for &[a, b] in edges {
        sets.union(a, b);
    }
    let set_of = (0..joined.len() as u32).map(|node| sets.find(node)).collect();
    let set_of = set_apart(&joined, set_of, edges);
    let set = |node: u32| set_of[node as usize];
    let mut members: Vec<(u32, Place)> =
        set_of.iter().zip(&joined).map(|(&set, joined)| (set, joined.place)).collect();
    for (&[a, b], alignment) in edges.iter().zip(alignments) {
        // What was set apart stands in the place as well that it was set apart from.
        match set(a).cmp(&set(b)) {
            Ordering::Equal => {}
            Ordering::Less => members.push((set(b), alignment.place_a())),
            Ordering::Greater => members.push((set(a), alignment.place_b())),
        }
    }
    members.par_sort_unstable();
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of: Vec<(u32, u32)> = Vec::new();
    for members in members.chunk_by(|one, other| one.0 == other.0) {
        let group = without_overlaps(members.iter().map(|member| member.1));
        if group.len() > 1 {
            group_of.push((members[0].0, groups.len() as u32));
            groups.push(group);
        }
    }
    let group_of = |set: u32| {
        let found = group_of.binary_search_by_key(&set, |&(set, _)| set);
        found.map_or(NOWHERE, |at| group_of[at].1)
    };
    let of = edges.iter().map(|&[a, b]| group_of(set(a).max(set(b)))).collect();
    Grouped { groups, of }
}

impl Alignment {
    fn place_a(&self) -> Place {
        Place { doc: self.doc_a, span: self.a }
    }

    fn place_b(&self) -> Place {
        Place { doc: self.doc_b, span: self.b }
    }
}

/// Spans of one article that are one place.
struct Node {
    /// The first of them.
    seed: Place,
    /// Whether that is of reworded sentences.
    reworded: bool,
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Node {
    /// Where most of the spans agree: their median start and end.
    fn joined(mut self) -> Joined {
        let median = |values: &mut Vec<u32>| {
            let middle = values.len() / 2;
            *values.select_nth_unstable(middle).1
        };
        let (start, end) = (median(&mut self.starts), median(&mut self.ends));
        let place = Place { doc: self.seed.doc, span: TokenSpan { start, end } };
        Joined { place, reworded: self.reworded }
    }
}

fn jaccard(one: TokenSpan, other: TokenSpan) -> f64 {
    let shared = one.overlap(other);
    f64::from(shared) / f64::from(one.len() + other.len() - shared)
}

/// Makes one place of places that overlap; `places` are in order.
fn without_overlaps(places: impl Iterator<Item = Place>) -> Group {
    let mut group: Group = Vec::new();
    for place in places {
        match group.last_mut() {
            Some(last) if last.doc == place.doc && place.span.start < last.span.end => {
                last.span.end = last.span.end.max(place.span.end);
            }
            _ => group.push(place),
        }
    }
    group
}

/// Drops each group whose places lie inside those of a larger one that stays, to which it then belongs. The first
/// `fixed` groups, the credits, always stay; what lies in several of them belongs [`NOWHERE`].
pub(super) fn absorb(groups: Vec<Group>, fixed: usize) -> Grouped {
    let size = |group: &Group| group.iter().map(|place| u64::from(place.span.len())).sum::<u64>();
    let mut order: Vec<u32> = (0..groups.len() as u32).collect();
    order.par_sort_by_key(|&g| {
        let group = &groups[g as usize];
        (g as usize >= fixed, std::cmp::Reverse(size(group)), group[0], g)
    });
    let mut rank = vec![0_u32; groups.len()];
    for (place, &g) in order.iter().enumerate() {
        rank[g as usize] = place as u32;
    }
    let mut all: Vec<(Place, u32)> = groups
        .iter()
        .enumerate()
        .flat_map(|(g, group)| group.iter().map(move |&place| (place, g as u32)))
        .collect();
    all.par_sort_unstable();
    let by_article: Vec<&[(Place, u32)]> =
        all.chunk_by(|(one, _), (other, _)| one.doc == other.doc).collect();
    // (group, a larger one around it), once for each place.
    let mut inside: Vec<(u32, u32)> =
        by_article.par_iter().flat_map_iter(|places| containments(places, &rank, fixed)).collect();
    inside.par_sort_unstable();
    // The same once for each group that has enough such places, and where each group's begin.
    let mut around: Vec<u32> = Vec::new();
    let mut begin = vec![0_usize; groups.len() + 1];
    for same in inside.chunk_by(|one, other| one == other) {
        let (g, other) = same[0];
        if same.len() as f64 >= ABSORBED * groups[g as usize].len() as f64 {
            around.push(other);
            begin[g as usize + 1] = around.len();
        }
    }
    for g in 0..groups.len() {
        begin[g + 1] = begin[g + 1].max(begin[g]);
    }
    // What each group belongs to: itself where it stays.
    let mut of: Vec<u32> = (0..groups.len() as u32).collect();
    for &g in &order {
        let stays = |other: u32| other == NOWHERE || of[other as usize] == other;
        let g = g as usize;
        let absorbing = around[begin[g]..begin[g + 1]].iter().copied().find(|&other| stays(other));
        if let Some(other) = absorbing.filter(|_| g >= fixed) {
            of[g] = other;
        }
    }
    let mut stayed = 0;
    let place = |g: usize| {
        let place = stayed;
        stayed += u32::from(of[g] == g as u32);
        place
    };
    let places: Vec<u32> = (0..groups.len()).map(place).collect();
    let groups = groups.into_iter().enumerate().filter(|(g, _)| of[*g] == *g as u32);
    Grouped {
        groups: groups.map(|(_, group)| group).collect(),
        of: of.iter().map(|&g| if g == NOWHERE { g } else { places[g as usize] }).collect(),
    }
}

/// Of one article's places, in order, the group of each with those of lesser rank that it lies in a place of, and with
/// [`NOWHERE`] where one of these is among the first `fixed`. At most [`LOOK_BACK`] places that begin before a place's end are looked at on either side.
fn containments(places: &[(Place, u32)], rank: &[u32], fixed: usize) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut around = Vec::new();
    let mut at = 0;
    for same in places.chunk_by(|(one, _), (other, _)| one == other) {
        let span = same[0].0.span;
        let least = INSIDE * f64::from(span.len());
        let before = places[..at].iter().rev().take(LOOK_BACK);
        let after = places[at..].iter().take(LOOK_BACK);
        let after = after.take_while(|(other, _)| other.span.start < span.end);
        around.clear();
        around.extend(
            before
                .chain(after)
                .filter(|(other, _)| f64::from(other.span.overlap(span)) >= least)
                .map(|(_, group)| *group),
        );
        around.sort_unstable();
        around.dedup();
        if around.first().is_some_and(|&other| (other as usize) < fixed) {
            around.push(NOWHERE);
        }
        for &(_, g) in same {
            let larger = around
                .iter()
                .filter(|&&other| other == NOWHERE || rank[other as usize] < rank[g as usize]);
            found.extend(larger.map(|&other| (g, other)));
        }
        at += same.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(doc: u32, start: u32, end: u32) -> Place {
        Place { doc: DocId(doc), span: TokenSpan { start, end } }
    }

    /// The groups where nothing is set apart.
    fn together(alignments: &[Alignment]) -> Grouped {
        group(alignments, |_, sets, _| sets)
    }

    fn alignment(a: Place, b: Place) -> Alignment {
        Alignment { doc_a: a.doc, doc_b: b.doc, a: a.span, b: b.span, matched: 0, reworded: false }
    }

    #[test]
    fn places_that_alignments_join_are_one_group() {
        let grouped = together(&[
            alignment(place(0, 10, 30), place(1, 5, 25)),
            alignment(place(3, 0, 12), place(4, 0, 12)),
            alignment(place(1, 6, 25), place(2, 0, 19)),
            alignment(place(5, 0, 12), place(5, 2, 13)),
        ]);
        assert_eq!(grouped.of, [0, 1, 0, NOWHERE]);
        assert_eq!(
            grouped.groups,
            [
                vec![place(0, 10, 30), place(1, 6, 25), place(2, 0, 19)],
                vec![place(3, 0, 12), place(4, 0, 12)],
            ]
        );
    }

    #[test]
    fn a_short_stretch_and_a_long_one_around_it_are_two_groups() {
        let groups = together(&[
            alignment(place(0, 0, 100), place(1, 0, 100)),
            alignment(place(0, 0, 20), place(2, 0, 20)),
        ]);
        assert_eq!(groups.groups.len(), 2);
    }

    #[test]
    fn what_is_set_apart_has_what_it_shares_with_the_others() {
        let alignments = [
            alignment(place(0, 0, 30), place(1, 0, 30)),
            alignment(place(1, 0, 28), place(2, 0, 28)),
        ];
        // Of the places of articles 0, 1 and 2 the last.
        let grouped = group(&alignments, |_, sets, edges| {
            assert_eq!((&sets[..], edges), (&[0, 0, 0][..], &[[0, 1], [1, 2]][..]));
            vec![0, 0, 3]
        });
        assert_eq!(grouped.of, [0, 1]);
        assert_eq!(
            grouped.groups,
            [vec![place(0, 0, 30), place(1, 0, 30)], vec![place(1, 0, 28), place(2, 0, 28)]]
        );
    }

    #[test]
    fn a_group_inside_a_larger_one_is_absorbed_but_not_one_that_goes_further() {
        let large = vec![place(0, 0, 100), place(1, 0, 100)];
        let inside = vec![place(0, 10, 20), place(1, 10, 20)];
        let further = vec![place(0, 30, 45), place(1, 30, 45), place(2, 0, 15)];
        let groups = vec![inside.clone(), large.clone(), further.clone()];
        let absorbed = Grouped { groups: vec![large.clone(), further], of: vec![0, 0, 1] };
        assert_eq!(absorb(groups, 0), absorbed);
        let both = vec![inside, large];
        assert_eq!(absorb(both.clone(), 1), Grouped { groups: both, of: vec![0, 1] });
    }

    #[test]
    fn what_lies_in_several_credits_is_no_passage() {
        // `AP writers Ana Ruiz and Bo Lind contributed`, and the same of others.
        let credits = [vec![place(0, 90, 100)], vec![place(1, 50, 60)]];
        let alike = vec![place(0, 91, 100), place(1, 51, 60)];
        let elsewhere = vec![place(0, 91, 100), place(2, 10, 20)];
        let groups = [&credits[..], &[alike, elsewhere.clone()]].concat();
        let absorbed = absorb(groups, 2);
        assert_eq!(absorbed.of, [0, 1, NOWHERE, 2]);
        assert_eq!(absorbed.groups, [&credits[..], &[elsewhere]].concat());
    }

    #[test]
    fn of_two_groups_with_the_same_places_one_stays() {
        let twice = vec![place(0, 0, 3), place(0, 5, 8)];
        let one = Grouped { groups: vec![twice.clone()], of: vec![0, 0] };
        assert_eq!(absorb(vec![twice.clone(), twice], 0), one);
    }
}
