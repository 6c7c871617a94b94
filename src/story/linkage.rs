//! Average-linkage clustering of a sparse similarity: pairs that are not given are 0.
//!
//! The two clusters whose members are most alike on average merge, again and again, until no
//! average reaches the threshold. A cluster never spans two connected components of the pairs that
//! reach the threshold by themselves, so each component is clustered alone, in parallel. Exact ties
//! go to the lowest items. Cost: for a component of m items and e pairs O((m·d + e) log e), d being
//! the neighbours of a cluster; e and m are small but for the rare giant. Before each merge the
//! two clusters are asked once whether they agree, and so are neighbours that did not, as they grow.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use ahash::AHashMap;
use rayon::prelude::*;

use crate::error::Result;
use crate::observer::Observer;
use crate::union_find::UnionFind;

/// Two items and how alike they are; `a < b`, each pair once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) similarity: f64,
}

/// What is left of the average of two clusters, given their items, as they are about to merge: what
/// only clusters as a whole can tell. Where it leaves less than the threshold they do not, until
/// one of them has grown.
pub(super) type Agreement<'v> = dyn Fn(&[u32], &[u32]) -> f64 + Sync + 'v;

/// The clusters of two items or more, each ascending, in order of their first items.
pub(super) fn average_linkage(
    items: usize,
    edges: &[Edge],
    threshold: f64,
    agreement: &Agreement<'_>,
    observer: &dyn Observer,
) -> Result<Vec<Vec<u32>>> {
    let mut sets = UnionFind::new(items);
    for edge in edges.iter().filter(|edge| edge.similarity >= threshold) {
        sets.union(edge.a, edge.b);
    }
    let mut inside: Vec<(u32, Edge)> = Vec::new();
    for &edge in edges {
        let root = sets.find(edge.a);
        if root == sets.find(edge.b) {
            inside.push((root, edge));
        }
    }
    inside.sort_unstable_by_key(|&(root, edge)| (root, edge.a, edge.b));
    let components: Vec<&[(u32, Edge)]> = inside.chunk_by(|x, y| x.0 == y.0).collect();
    let clusters: Vec<Vec<Vec<u32>>> = components
        .into_par_iter()
        .map(|component| {
            observer.check()?;
            Ok(Agglomeration::new(component, threshold, agreement).run())
        })
        .collect::<Result<_>>()?;
    let mut clusters: Vec<Vec<u32>> = clusters.into_iter().flatten().collect();
    clusters.sort_unstable();
    Ok(clusters)
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
    agreement: &'v Agreement<'v>,
    clusters: AHashMap<u32, Cluster>,
    proposals: BinaryHeap<Proposal>,
    threshold: f64,
}

impl<'v> Agglomeration<'v> {
    fn new(component: &[(u32, Edge)], threshold: f64, agreement: &'v Agreement<'v>) -> Self {
        let mut clusters: AHashMap<u32, Cluster> = AHashMap::new();
        let mut proposals = Vec::new();
        for &(_, Edge { a, b, similarity }) in component {
            for (item, other) in [(a, b), (b, a)] {
                let cluster = clusters
                    .entry(item)
                    .or_insert_with(|| Cluster { members: vec![item], sums: AHashMap::new() });
                cluster.sums.insert(other, similarity);
            }
            if similarity >= threshold {
                proposals.push(Proposal { average: similarity, a, b, sizes: (1, 1) });
            }
        }
        Self { agreement, clusters, proposals: proposals.into(), threshold }
    }

    fn run(mut self) -> Vec<Vec<u32>> {
        while let Some(proposal) = self.proposals.pop() {
            if self.size(proposal.a) == proposal.sizes.0
                && self.size(proposal.b) == proposal.sizes.1
                && proposal.average * self.agreement(proposal.a, proposal.b) >= self.threshold
            {
                self.merge(proposal.a, proposal.b);
            }
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
        (self.agreement)(members(a).unwrap_or_default(), members(b).unwrap_or_default())
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
            if average >= self.threshold {
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

    fn edge(a: u32, b: u32, similarity: f64) -> Edge {
        Edge { a, b, similarity }
    }

    fn cluster(items: usize, edges: &[Edge], threshold: f64) -> Vec<Vec<u32>> {
        average_linkage(items, edges, threshold, &|_, _| 1.0, &Silent).unwrap()
    }

    #[test]
    fn clusters_that_disagree_stay_apart_until_one_has_grown() {
        let edges = [edge(0, 1, 0.9), edge(0, 2, 0.6), edge(1, 2, 0.6)];
        let disagree = |a: &[u32], b: &[u32]| if a.len() + b.len() == 3 { 0.5 } else { 1.0 };
        let of = |edges: &[Edge], items| {
            average_linkage(items, edges, 0.31, &disagree, &Silent).unwrap()
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

    proptest! {
        /// Similarities are 64ths, so that sums are exact and ties are many.
        #[test]
        fn it_is_what_the_definition_says(
            similarities in prop::collection::vec(0_u32..64, 45),
            threshold in 1_u32..64,
        ) {
            let pairs = (0..10_u32).flat_map(|a| (a + 1..10).map(move |b| (a, b)));
            let edges: Vec<Edge> = pairs
                .zip(similarities)
                .filter(|&(_, similarity)| similarity > 20)
                .map(|((a, b), similarity)| edge(a, b, f64::from(similarity) / 64.0))
                .collect();
            let threshold = f64::from(threshold) / 64.0;
            prop_assert_eq!(cluster(10, &edges, threshold), by_definition(10, &edges, threshold));
        }
    }
}
