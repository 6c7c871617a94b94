//! Which items are clustered together and which apart, whatever their similarities.
//!
//! Groups of items that will be one cluster count as one where some are kept apart, as in Davidson &
//! Ravi 2005. Cost: next to linear in the pairs; a question, the depth of a union-find.

use ahash::{AHashMap, AHashSet};

use crate::union_find::UnionFind;

/// Pairs of items that belong to one cluster, and pairs that do not, whatever the similarities;
/// ascending, and without contradiction.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Constraints {
    pub(super) together: Vec<(u32, u32)>,
    pub(super) apart: Vec<(u32, u32)>,
}

/// Which items of a component are, or will be, in one cluster, and which of those groups are kept
/// apart.
pub(super) struct Groups {
    /// Only items that are not the lowest of their group.
    parent: AHashMap<u32, u32>,
    /// By the groups' lowest items, both ways.
    apart: AHashMap<u32, AHashSet<u32>>,
}

impl Groups {
    pub(super) fn new(constraints: &Constraints) -> Self {
        let mut groups = Self { parent: AHashMap::new(), apart: AHashMap::new() };
        for &(a, b) in &constraints.together {
            groups.join(a, b);
        }
        for &(a, b) in &constraints.apart {
            let (a, b) = (groups.find(a), groups.find(b));
            groups.apart.entry(a).or_default().insert(b);
            groups.apart.entry(b).or_default().insert(a);
        }
        groups
    }

    fn find(&mut self, mut item: u32) -> u32 {
        while let Some(&parent) = self.parent.get(&item) {
            if let Some(&above) = self.parent.get(&parent) {
                self.parent.insert(item, above);
            }
            item = parent;
        }
        item
    }

    pub(super) fn may_join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        !self.apart.get(&a).is_some_and(|apart| apart.contains(&b))
    }

    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        let (into, from) = (a.min(b), a.max(b));
        self.parent.insert(from, into);
        let Some(others) = self.apart.remove(&from) else { return };
        for other in &others {
            if let Some(back) = self.apart.get_mut(other) {
                back.remove(&from);
                back.insert(into);
            }
        }
        self.apart.entry(into).or_default().extend(others);
    }
}

/// Clusters that share an item of a pair, made one.
pub(super) fn joined(
    items: usize,
    clusters: &[Vec<u32>],
    together: &[(u32, u32)],
) -> Vec<Vec<u32>> {
    let mut sets = UnionFind::new(items);
    for cluster in clusters {
        for &item in cluster {
            sets.union(cluster[0], item);
        }
    }
    for &(a, b) in together {
        sets.union(a, b);
    }
    let pairs = together.iter().flat_map(|&(a, b)| [a, b]);
    let mut members: Vec<(u32, u32)> = clusters
        .iter()
        .flatten()
        .copied()
        .chain(pairs)
        .map(|item| (sets.find(item), item))
        .collect();
    members.sort_unstable();
    members.dedup();
    let clusters = members.chunk_by(|x, y| x.0 == y.0);
    clusters.map(|cluster| cluster.iter().map(|&(_, item)| item).collect()).collect()
}
