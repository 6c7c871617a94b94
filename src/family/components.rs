//! Connected components of the verified pairs, and the bridges within them.
//!
//! Bridges by Tarjan's search (1974), without recursion: a chain of a million updates is as deep as it
//! is long.

use super::Link;
use crate::article::DocId;
use crate::union_find::UnionFind;

/// A component: its articles, ascending, and its pairs with both ends as places among them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Component {
    pub(super) docs: Vec<DocId>,
    /// Ascending.
    pub(super) links: Vec<Link<u32>>,
}

/// The components of two articles or more of a graph given as ascending links, by first article.
pub(super) fn components(links: &[Link], articles: usize) -> Vec<Component> {
    let mut sets = UnionFind::new(articles);
    for Link { a, b, .. } in links {
        sets.union(a.0, b.0);
    }
    let mut place_of_root = vec![u32::MAX; articles];
    let mut place_in_component = vec![0; articles];
    let mut components: Vec<Component> = Vec::new();
    let mut linked = vec![false; articles];
    for Link { a, b, .. } in links {
        linked[a.index()] = true;
        linked[b.index()] = true;
    }
    for doc in (0..articles as u32).filter(|&doc| linked[doc as usize]) {
        let place = &mut place_of_root[sets.find(doc) as usize];
        if *place == u32::MAX {
            *place = components.len() as u32;
            components.push(Component { docs: Vec::new(), links: Vec::new() });
        }
        let component = &mut components[*place as usize];
        place_in_component[doc as usize] = component.docs.len() as u32;
        component.docs.push(DocId(doc));
    }
    for &Link { a, b, overlap } in links {
        let component = &mut components[place_of_root[sets.find(a.0) as usize] as usize];
        let (a, b) = (place_in_component[a.index()], place_in_component[b.index()]);
        component.links.push(Link { a, b, overlap });
    }
    components
}

/// A step of the walk through a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    /// The article's place.
    pub(super) place: u32,
    /// The place it was reached from; none for the root.
    pub(super) from: Option<u32>,
    /// Whether the pair between them is a bridge: all that holds the two sides together.
    pub(super) across_bridge: bool,
}

/// Walks a component of `n` articles depth first from `root`; parents come before children.
pub(super) fn walk(n: usize, links: &[Link<u32>], root: u32) -> Vec<Visit> {
    let neighbours = adjacency(n, links);
    const UNSEEN: u32 = u32::MAX;
    let mut entered = vec![UNSEEN; n];
    let mut lowest = vec![UNSEEN; n];
    let mut parent = vec![UNSEEN; n];
    let mut order = vec![root];
    let mut stack = vec![(root, 0)];
    entered[root as usize] = 0;
    lowest[root as usize] = 0;
    while let Some((at, next)) = stack.last_mut() {
        let from = *at;
        if let Some(&to) = neighbours[from as usize].get(*next) {
            *next += 1;
            if entered[to as usize] == UNSEEN {
                entered[to as usize] = order.len() as u32;
                lowest[to as usize] = order.len() as u32;
                parent[to as usize] = from;
                order.push(to);
                stack.push((to, 0));
            } else if to != parent[from as usize] {
                lowest[from as usize] = lowest[from as usize].min(entered[to as usize]);
            }
        } else {
            stack.pop();
            let up = parent[from as usize];
            if up != UNSEEN {
                lowest[up as usize] = lowest[up as usize].min(lowest[from as usize]);
            }
        }
    }
    let visit = |place: u32| {
        let from = Some(parent[place as usize]).filter(|&up| up != UNSEEN);
        let is_bridge = |up: u32| lowest[place as usize] > entered[up as usize];
        Visit { place, from, across_bridge: from.is_some_and(is_bridge) }
    };
    order.into_iter().map(visit).collect()
}

fn adjacency(n: usize, links: &[Link<u32>]) -> Vec<Vec<u32>> {
    let mut neighbours = vec![Vec::new(); n];
    for &Link { a, b, .. } in links {
        neighbours[a as usize].push(b);
        neighbours[b as usize].push(a);
    }
    neighbours
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Overlap;

    const ALIKE: Overlap = Overlap { a: 9, b: 9, shared: 8 };

    fn links(pairs: &[(u32, u32)]) -> Vec<Link<u32>> {
        pairs.iter().map(|&(a, b)| Link { a, b, overlap: ALIKE }).collect()
    }

    #[test]
    fn two_triangles_hang_together_by_one_bridge() {
        let links = links(&[(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5)]);
        let bridges: Vec<u32> = walk(6, &links, 0)
            .into_iter()
            .filter(|visit| visit.across_bridge)
            .map(|visit| visit.place)
            .collect();
        assert_eq!(bridges, [3]);
    }

    #[test]
    fn a_chain_of_a_million_is_walked() {
        let pairs: Vec<(u32, u32)> = (1..1_000_000).map(|i| (i - 1, i)).collect();
        let visits = walk(1_000_000, &links(&pairs), 0);
        assert_eq!(visits.len(), 1_000_000);
        assert!(visits[1..].iter().all(|visit| visit.across_bridge));
    }

    #[test]
    fn components_leave_out_articles_without_a_pair() {
        let link = |(a, b)| Link { a: DocId(a), b: DocId(b), overlap: ALIKE };
        let links = [(1, 4), (2, 3), (3, 5)].map(link);
        let found = components(&links, 7);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].docs, [DocId(1), DocId(4)]);
        assert_eq!(found[1].docs, [DocId(2), DocId(3), DocId(5)]);
        assert_eq!(found[1].links, super::tests::links(&[(0, 1), (1, 2)]));
    }
}
