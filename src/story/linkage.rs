//! Average-linkage clustering of a sparse similarity: pairs that are not given are 0.
//!
//! The two clusters whose members are most alike on average merge, again and again, until no
//! average reaches the threshold. A cluster never spans two connected components of the pairs that
//! reach it by themselves, or the least that may still do, so each component is clustered alone, in parallel. Exact ties
//! go to the lowest items. Cost: for a component of m items and e pairs O((m·d + e) log e), d being
//! the neighbours of a cluster; e and m are small but for the rare giant. Before each merge the
//! two clusters are asked once whether they agree, and so are neighbours that did not, as they grow.
//!
//! [`Constraints`] hold whatever the similarities. Items that belong together do not change an
//! average: their clusters grow as they would alone, and are one in the end, so that tying two
//! articles ties their stories and tears neither out of its own. Clusters that will be one count as
//! one where items are kept apart (as in Davidson & Ravi 2005), so no merge can break a constraint.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use ahash::AHashMap;
use rayon::prelude::*;

use crate::error::Result;
use crate::observer::Observer;
use crate::story::constraints::{Constraints, Groups, joined};
use crate::story::similarities::{Alike, Similarities};
use crate::union_find::UnionFind;

/// Two clusters that became one, each named by its lowest item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Merge {
    /// The lower one, whose name both have from then on.
    pub(super) into: u32,
    pub(super) from: u32,
    /// The mean similarity of their items.
    pub(super) average: f64,
    /// What they said as a whole.
    pub(super) agreement: f64,
}

/// The factor for the average of two clusters, given their items, as they are about to merge: what
/// only clusters as a whole can tell. Where less than the threshold comes of it they do not, until
/// one of them has grown.
pub(super) type Agreement<'v> = dyn Fn(&[u32], &[u32]) -> f64 + Sync + 'v;

/// What makes two clusters one.
#[derive(Clone, Copy)]
pub(super) struct Rule<'v> {
    /// The least mean similarity of their items, agreement taken into account.
    pub(super) threshold: f64,
    pub(super) constraints: &'v Constraints,
    pub(super) agreement: &'v Agreement<'v>,
}

/// Whether two items are so alike that whatever holds one of them may come to hold the other.
pub(super) fn links(similarity: f32, threshold: f64) -> bool {
    f64::from(similarity) >= threshold
}

/// The clusters of two items or more, each ascending, in order of their first items.
pub(super) fn average_linkage(
    similarities: &Similarities,
    rule: &Rule<'_>,
    observer: &dyn Observer,
) -> Result<Vec<Vec<u32>>> {
    let components = Components::of(similarities, rule);
    let clusters: Vec<Vec<Vec<u32>>> = components
        .all()
        .into_par_iter()
        .map(|component| {
            observer.check()?;
            Ok(components.cluster(component, |_| ()))
        })
        .collect::<Result<_>>()?;
    let mut clusters: Vec<Vec<u32>> = clusters.into_iter().flatten().collect();
    let together = &rule.constraints.together;
    if !together.is_empty() {
        clusters = joined(similarities.items(), &clusters, together);
    }
    clusters.sort_unstable();
    Ok(clusters)
}

/// The merges around an item, in order: those of its component. Ties of [`Constraints`] come after
/// them, and are not among them.
pub(super) fn merges_around(item: u32, similarities: &Similarities, rule: &Rule<'_>) -> Vec<Merge> {
    let components = Components::of(similarities, rule);
    let root = components.roots[item as usize];
    let all = components.all();
    let component = all.into_iter().find(|component| component[0].0 == root);
    let mut merges = Vec::new();
    if let Some(component) = component {
        components.cluster(component, |merge| merges.push(merge));
    }
    merges
}

/// What can be clustered apart from one another.
struct Components<'s> {
    similarities: &'s Similarities,
    rule: &'s Rule<'s>,
    /// The lowest item of each item's component.
    roots: Vec<u32>,
    /// Each item behind its component's lowest, ascending.
    members: Vec<(u32, u32)>,
    /// Of the components that have any pair to be kept apart.
    constraints: AHashMap<u32, Constraints>,
}

impl<'s> Components<'s> {
    fn of(similarities: &'s Similarities, rule: &'s Rule<'s>) -> Self {
        let Rule { threshold, constraints, .. } = *rule;
        let items = similarities.items() as u32;
        let mut sets = UnionFind::new(items as usize);
        for item in 0..items {
            for &Alike { other, similarity } in similarities.of(item) {
                if links(similarity, threshold) {
                    sets.union(item, other);
                }
            }
        }
        // Clusters that will be one count as one where some are kept apart, and only there.
        let mut inner: AHashMap<u32, Constraints> = AHashMap::new();
        if !constraints.apart.is_empty() {
            for &(a, b) in &constraints.together {
                sets.union(a, b);
            }
            for &(a, b) in &constraints.apart {
                let root = sets.find(a);
                if root == sets.find(b) {
                    inner.entry(root).or_default().apart.push((a, b));
                }
            }
            for &(a, b) in &constraints.together {
                if let Some(inner) = inner.get_mut(&sets.find(a)) {
                    inner.together.push((a, b));
                }
            }
        }
        let roots: Vec<u32> = (0..items).map(|item| sets.find(item)).collect();
        let mut members: Vec<(u32, u32)> = roots.iter().copied().zip(0..).collect();
        members.par_sort_unstable();
        Self { similarities, rule, roots, members, constraints: inner }
    }

    /// Those of two items or more.
    fn all(&self) -> Vec<&[(u32, u32)]> {
        self.members.chunk_by(|x, y| x.0 == y.0).filter(|all| all.len() > 1).collect()
    }

    fn cluster(&self, component: &[(u32, u32)], merged: impl FnMut(Merge)) -> Vec<Vec<u32>> {
        let root = component[0].0;
        let groups = self.constraints.get(&root).map(Groups::new);
        let items = component.iter().map(|&(_, item)| item);
        let pairs = items.flat_map(|item| {
            let held = self.similarities.of(item).iter();
            held.filter(|alike| self.roots[alike.other as usize] == root)
                .map(move |alike| (item, alike.other, f64::from(alike.similarity)))
        });
        Agglomeration::new(pairs, self.rule, groups).run(merged)
    }
}

/// A merge that may be the next.
#[derive(PartialEq)]
struct Proposal {
    average: f64,
    a: u32,
    b: u32,
    /// The sizes for which the average was taken: a cluster only grows.
    sizes: (usize, usize),
}

impl Eq for Proposal {}

impl Ord for Proposal {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |p: &Self| Reverse((p.a, p.b, p.sizes));
        self.average.total_cmp(&other.average).then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Proposal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A cluster in the making, named by its lowest item.
struct Cluster {
    members: Vec<u32>,
    /// Sums of similarities to the members of other clusters.
    sums: AHashMap<u32, f64>,
}

/// The clustering of one component.
struct Agglomeration<'v> {
    rule: &'v Rule<'v>,
    clusters: AHashMap<u32, Cluster>,
    proposals: BinaryHeap<Proposal>,
    groups: Option<Groups>,
}

impl<'v> Agglomeration<'v> {
    fn new(
        pairs: impl Iterator<Item = (u32, u32, f64)>,
        rule: &'v Rule<'v>,
        groups: Option<Groups>,
    ) -> Self {
        let mut clusters: AHashMap<u32, Cluster> = AHashMap::new();
        let mut proposals = Vec::new();
        for (a, b, similarity) in pairs {
            for (item, other) in [(a, b), (b, a)] {
                let cluster = clusters
                    .entry(item)
                    .or_insert_with(|| Cluster { members: vec![item], sums: AHashMap::new() });
                cluster.sums.insert(other, similarity);
            }
            if similarity >= rule.threshold {
                let (a, b) = (a.min(b), a.max(b));
                proposals.push(Proposal { average: similarity, a, b, sizes: (1, 1) });
            }
        }
        Self { rule, clusters, proposals: proposals.into(), groups }
    }

    fn run(mut self, mut merged: impl FnMut(Merge)) -> Vec<Vec<u32>> {
        while let Some(Proposal { average, a, b, sizes }) = self.proposals.pop() {
            // What grew since has been proposed anew.
            if (self.size(a), self.size(b)) != sizes {
                continue;
            }
            if self.groups.as_mut().is_some_and(|groups| !groups.may_join(a, b)) {
                continue;
            }
            let agreement = self.agreement(a, b);
            if average * agreement < self.rule.threshold {
                continue;
            }
            if let Some(groups) = &mut self.groups {
                groups.join(a, b);
            }
            self.merge(a, b);
            merged(Merge { into: a, from: b, average, agreement });
        }
        let merged = self.clusters.into_values().filter(|cluster| cluster.members.len() > 1);
        let mut clusters: Vec<Vec<u32>> = merged.map(|cluster| cluster.members).collect();
        for members in &mut clusters {
            members.sort_unstable();
        }
        clusters
    }

    /// 0 for a cluster that went into another.
    fn size(&self, cluster: u32) -> usize {
        self.clusters.get(&cluster).map_or(0, |cluster| cluster.members.len())
    }

    fn agreement(&self, a: u32, b: u32) -> f64 {
        let members = |cluster: u32| self.clusters.get(&cluster).map(|c| c.members.as_slice());
        (self.rule.agreement)(members(a).unwrap_or_default(), members(b).unwrap_or_default())
    }

    /// Merges `b` into `a`, the lower of the two.
    fn merge(&mut self, a: u32, b: u32) {
        let (Some(mut into), Some(from)) = (self.clusters.remove(&a), self.clusters.remove(&b))
        else {
            return;
        };
        into.sums.remove(&b);
        into.members.extend(from.members);
        for (other, sum) in from.sums {
            if other == a {
                continue;
            }
            *into.sums.entry(other).or_insert(0.0) += sum;
            if let Some(neighbour) = self.clusters.get_mut(&other) {
                neighbour.sums.remove(&b);
                *neighbour.sums.entry(a).or_insert(0.0) += sum;
            }
        }
        for (&other, &sum) in &into.sums {
            let sizes = (into.members.len(), self.size(other));
            let average = sum / (sizes.0 * sizes.1) as f64;
            if average >= self.rule.threshold {
                let proposal = if a < other {
                    Proposal { average, a, b: other, sizes }
                } else {
                    Proposal { average, a: other, b: a, sizes: (sizes.1, sizes.0) }
                };
                self.proposals.push(proposal);
            }
        }
        self.clusters.insert(a, into);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;
    use crate::story::similarities::Edge;

    /// The same pairs, held at their higher items.
    fn similarities(items: usize, edges: &[Edge]) -> Similarities {
        let mut held = vec![Vec::new(); items];
        for edge in edges {
            let similarity = edge.similarity as f32;
            held[edge.b as usize].push(Alike { other: edge.a, similarity });
        }
        Similarities::new(held.into_iter().map(Vec::into_boxed_slice).collect())
    }

    fn edge(a: u32, b: u32, similarity: f64) -> Edge {
        Edge { a, b, similarity }
    }

    fn cluster(items: usize, edges: &[Edge], threshold: f64) -> Vec<Vec<u32>> {
        obeying(items, edges, threshold, &Constraints::default())
    }

    fn obeying(items: usize, edges: &[Edge], threshold: f64, to: &Constraints) -> Vec<Vec<u32>> {
        let rule = Rule { threshold, constraints: to, agreement: &|_, _| 1.0 };
        average_linkage(&similarities(items, edges), &rule, &Silent).unwrap()
    }

    fn constraints(together: &[(u32, u32)], apart: &[(u32, u32)]) -> Constraints {
        Constraints { together: together.to_vec(), apart: apart.to_vec() }
    }

    #[test]
    fn clusters_that_disagree_stay_apart_until_one_has_grown() {
        let edges = [edge(0, 1, 0.9), edge(0, 2, 0.6), edge(1, 2, 0.6)];
        let disagree = |a: &[u32], b: &[u32]| if a.len() + b.len() == 3 { 0.5 } else { 1.0 };
        let of = |edges: &[Edge], items| {
            let constraints = Constraints::default();
            let constraints = &constraints;
            let rule = Rule { threshold: 0.31, constraints, agreement: &disagree };
            average_linkage(&similarities(items, edges), &rule, &Silent).unwrap()
        };
        // {0,1} and 2: 0.6 · 0.5 < 0.31.
        assert_eq!(of(&edges, 3), [[0, 1]]);
        // With 3 beside it, 2 is one of a pair, and four items agree.
        let edges = [&edges[..], &[edge(0, 3, 0.6), edge(1, 3, 0.6), edge(2, 3, 0.8)]].concat();
        assert_eq!(of(&edges, 4), [[0, 1, 2, 3]]);
    }

    #[test]
    fn averages_decide_and_not_single_links() {
        // 0 and 1 merge first; their average with 2 is (0.6 + 0)/2 = 0.3.
        let edges = [edge(0, 1, 0.9), edge(1, 2, 0.6)];
        assert_eq!(cluster(3, &edges, 0.31), [[0, 1]]);
        assert_eq!(cluster(3, &edges, 0.3), [[0, 1, 2]]);
    }

    #[test]
    fn pairs_below_the_threshold_count_in_averages() {
        // {0,1} and {2,3}: (0.5 + 0.1 + 0.1 + 0.1)/4 = 0.2.
        let edges = [
            edge(0, 1, 0.9),
            edge(0, 2, 0.5),
            edge(0, 3, 0.1),
            edge(1, 2, 0.1),
            edge(1, 3, 0.1),
            edge(2, 3, 0.8),
        ];
        assert_eq!(cluster(4, &edges, 0.21), [vec![0, 1], vec![2, 3]]);
        assert_eq!(cluster(4, &edges, 0.199), [[0, 1, 2, 3]]);
    }

    #[test]
    fn exact_ties_go_to_the_lowest_items() {
        // Each of the two links could merge first, and then bars the other.
        let edges = [edge(0, 1, 0.5), edge(1, 2, 0.5)];
        assert_eq!(cluster(3, &edges, 0.4), [[0, 1]]);
        let edges = [edge(0, 2, 0.5), edge(1, 2, 0.5)];
        assert_eq!(cluster(3, &edges, 0.4), [[0, 2]]);
    }

    #[test]
    fn components_do_not_touch_each_other() {
        let edges = [edge(0, 4, 0.5), edge(1, 3, 0.7), edge(2, 3, 0.01)];
        assert_eq!(cluster(5, &edges, 0.2), [[0, 4], [1, 3]]);
        assert_eq!(cluster(5, &[], 0.2), [[0_u32; 0]; 0]);
    }

    #[test]
    fn what_belongs_together_ties_whole_clusters() {
        let edges = [edge(0, 1, 0.9), edge(2, 3, 0.8)];
        let to = constraints(&[(1, 2), (4, 5)], &[]);
        assert_eq!(obeying(6, &edges, 0.5, &to), [vec![0, 1, 2, 3], vec![4, 5]]);
    }

    #[test]
    fn what_is_kept_apart_stays_so_through_every_merge() {
        // 0 and 2 would meet through 1, which the stronger link has.
        let edges = [edge(0, 1, 0.9), edge(1, 2, 0.8), edge(0, 2, 0.7)];
        assert_eq!(obeying(3, &edges, 0.5, &constraints(&[], &[(0, 2)])), [[0, 1]]);
        assert_eq!(obeying(3, &edges, 0.5, &constraints(&[], &[(0, 1)])), [[1, 2]]);
        assert_eq!(cluster(3, &edges, 0.5), [[0, 1, 2]]);
    }

    #[test]
    fn clusters_that_will_be_one_are_kept_apart_as_one() {
        // 0 goes with 3, from which 1 is kept apart: so 0 and 1 must not merge, alike as they are.
        let edges = [edge(0, 1, 0.9), edge(1, 2, 0.6)];
        let to = constraints(&[(0, 3)], &[(1, 3)]);
        assert_eq!(obeying(4, &edges, 0.5, &to), [[0, 3], [1, 2]]);
    }

    #[test]
    fn the_merges_around_an_item_are_told_in_order() {
        let edges = [edge(0, 1, 0.5), edge(1, 2, 0.875), edge(0, 2, 0.25), edge(3, 4, 0.75)];
        let held = similarities(6, &edges);
        let constraints = Constraints::default();
        let constraints = &constraints;
        let rule = Rule { threshold: 0.35, constraints, agreement: &|_, _| 1.0 };
        let around = |item| merges_around(item, &held, &rule);
        let merge = |into, from, average| Merge { into, from, average, agreement: 1.0 };
        assert_eq!(around(0), [merge(1, 2, 0.875), merge(0, 1, 0.375)]);
        assert_eq!(around(4), [merge(3, 4, 0.75)]);
        assert_eq!(around(5), []);
    }

    /// The definition: all pairs looked through at each step.
    fn by_definition(items: usize, edges: &[Edge], threshold: f64) -> Vec<Vec<u32>> {
        let mut clusters: Vec<Vec<u32>> = (0..items as u32).map(|item| vec![item]).collect();
        loop {
            let mut best: Option<(f64, usize, usize)> = None;
            for a in 0..clusters.len() {
                for b in a + 1..clusters.len() {
                    let between = |edge: &&Edge| {
                        let has = |c: usize, item| clusters[c].contains(&item);
                        has(a, edge.a) && has(b, edge.b) || has(b, edge.a) && has(a, edge.b)
                    };
                    let sum: f64 = edges.iter().filter(between).map(|edge| edge.similarity).sum();
                    let average = sum / (clusters[a].len() * clusters[b].len()) as f64;
                    if average >= threshold && best.is_none_or(|(most, _, _)| average > most) {
                        best = Some((average, a, b));
                    }
                }
            }
            let Some((_, a, b)) = best else { break };
            let from = clusters.remove(b);
            clusters[a].extend(from);
        }
        clusters.retain(|cluster| cluster.len() > 1);
        for cluster in &mut clusters {
            cluster.sort_unstable();
        }
        clusters
    }

    /// Links among ten items, in 64ths, a third of the pairs left out.
    fn links(similarities: Vec<u32>) -> Vec<Edge> {
        let pairs = (0..10_u32).flat_map(|a| (a + 1..10).map(move |b| (a, b)));
        pairs
            .zip(similarities)
            .filter(|&(_, similarity)| similarity > 20)
            .map(|((a, b), similarity)| edge(a, b, f64::from(similarity) / 64.0))
            .collect()
    }

    fn some_pairs() -> impl Strategy<Value = Vec<(u32, u32)>> {
        let pair = (0_u32..10, 0_u32..10).prop_filter("two items", |(a, b)| a != b);
        prop::collection::vec(pair.prop_map(|(a, b)| (a.min(b), a.max(b))), 0..6)
    }

    proptest! {
        #[test]
        fn constraints_are_obeyed_whatever_the_similarities(
            similarities in prop::collection::vec(0_u32..64, 45),
            together in some_pairs(),
            apart in some_pairs(),
        ) {
            let edges = links(similarities);
            let mut sets = UnionFind::new(10);
            for &(a, b) in &together {
                sets.union(a, b);
            }
            // Without contradiction, as is checked before.
            let apart: Vec<_> =
                apart.into_iter().filter(|&(a, b)| sets.find(a) != sets.find(b)).collect();
            let found = obeying(10, &edges, 0.4, &constraints(&together, &apart));
            let of = |item: u32| found.iter().position(|cluster| cluster.contains(&item));
            for (a, b) in together {
                prop_assert!(of(a).is_some() && of(a) == of(b));
            }
            for (a, b) in apart {
                prop_assert!(of(a).is_none() || of(a) != of(b));
            }
            let items: Vec<u32> = found.concat();
            prop_assert_eq!(items.iter().collect::<ahash::AHashSet<_>>().len(), items.len());
        }

        /// Similarities are 64ths, so that sums are exact and ties are many.
        #[test]
        fn it_is_what_the_definition_says(
            similarities in prop::collection::vec(0_u32..64, 45),
            threshold in 1_u32..64,
        ) {
            let edges = links(similarities);
            let threshold = f64::from(threshold) / 64.0;
            prop_assert_eq!(cluster(10, &edges, threshold), by_definition(10, &edges, threshold));
        }
    }
}
