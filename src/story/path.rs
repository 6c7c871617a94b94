//! By what two articles came into one story, or what kept them apart.
//!
//! The clustering of their component is gone through again, merge by merge. Cost: that clustering,
//! and a sort of the story's links.

use std::collections::VecDeque;

use ahash::AHashMap;
use serde::Serialize;

use crate::article::{Corpus, DocId};
use crate::story::linkage::Merge;
use crate::story::similarities::{Edge, Similarities};
use crate::union_find::UnionFind;

/// How two articles of one story came together. Articles go by their ids here.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Path {
    /// The merges that made the groups of both, in order, up to the one that made them one group.
    /// Only lines of corrections put them together where that one is missing.
    pub merges: Vec<MergeStep>,
    /// The direct links, each at or over the threshold, that lead from the first to the second: of
    /// all such ways, one whose weakest link is the strongest. Empty where there is none.
    pub links: Vec<Link>,
    /// Lines of `--must-link` that tie articles of this story.
    pub tied_by: Vec<String>,
}

/// A merge of a group that holds one of the two articles with another group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MergeStep {
    /// Whose group it is.
    pub of: Side,
    /// The mean similarity of the texts of the one to those of the other.
    pub mean_similarity: f64,
    /// What both groups say as a whole, as a factor for it: less than 1 where both are small, and where
    /// each has words of its own.
    pub agreement: f64,
    /// How many texts the group had.
    pub texts: usize,
    /// How many the other one had.
    pub joined_texts: usize,
    /// The second article where the two groups became one; else the article of the other group that
    /// is most alike to one of this.
    pub joined: String,
}

/// One of the two articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
    /// Both: the merge that made their groups one.
    Both,
}

/// Two articles that are directly alike.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// One.
    pub from: String,
    /// The other.
    pub to: String,
    /// How alike.
    pub similarity: f64,
}

/// Why two articles are in two stories.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Apart {
    /// The mean similarity of the texts of one story to those of the other.
    pub mean_similarity: f64,
    /// What both stories say as a whole, as a factor for that: less than 1 where both are small, and
    /// where each has words of its own.
    pub agreement: f64,
    /// How many texts the first one's story has.
    pub texts_a: usize,
    /// How many the second one's has.
    pub texts_b: usize,
    /// The line of `--cannot-link` that keeps an article of the one from one of the other.
    pub kept_apart_by: Option<String>,
}

/// The mean similarity between two groups of texts.
pub(super) fn mean_similarity(similarities: &Similarities, a: &[DocId], b: &[DocId]) -> f64 {
    let pairs = a.iter().flat_map(|&x| b.iter().map(move |&y| (x.0, y.0)));
    // Not `sum`, which makes −0 of nothing.
    let sum = pairs.fold(0.0, |sum, (x, y)| sum + similarities.between(x, y));
    sum / (a.len() * b.len()).max(1) as f64
}

/// The steps of `merges` by which the texts `a` and `b` came into one group.
pub(super) fn merge_steps(
    corpus: &Corpus,
    merges: &[Merge],
    edges: &[Edge],
    [a, b]: [DocId; 2],
) -> Vec<MergeStep> {
    let mut groups: AHashMap<u32, Vec<u32>> = AHashMap::new();
    let mut steps = Vec::new();
    for merge in merges {
        let mut take = |name| groups.remove(&name).unwrap_or_else(|| vec![name]);
        let (mut into, from) = (take(merge.into), take(merge.from));
        let holds = |doc: DocId| [into.contains(&doc.0), from.contains(&doc.0)];
        let side = match (holds(a), holds(b)) {
            ([false, false], [false, false]) => None,
            ([false, false], at) => Some((Side::B, at[0])),
            (at, [false, false]) => Some((Side::A, at[0])),
            (at, _) => Some((Side::Both, at[0])),
        };
        if let Some((of, is_first)) = side {
            let (own, other) = if is_first { (&into, &from) } else { (&from, &into) };
            let joined = if of == Side::Both { b.0 } else { closest(edges, own, other) };
            steps.push(MergeStep {
                of,
                mean_similarity: merge.average,
                agreement: merge.agreement,
                texts: own.len(),
                joined_texts: other.len(),
                joined: corpus.get(DocId(joined)).id.to_string(),
            });
            if of == Side::Both {
                break;
            }
        }
        into.extend(from);
        groups.insert(merge.into, into);
    }
    steps
}

/// The member of `other` with the strongest link to one of `own`; the lowest of equals.
fn closest(edges: &[Edge], own: &[u32], other: &[u32]) -> u32 {
    let mut best = (0.0, other.iter().copied().min().unwrap_or(0));
    for edge in edges {
        for (from, to) in [(edge.a, edge.b), (edge.b, edge.a)] {
            let stronger = edge.similarity > best.0 || edge.similarity == best.0 && to < best.1;
            if stronger && own.contains(&from) && other.contains(&to) {
                best = (edge.similarity, to);
            }
        }
    }
    best.1
}

/// The way from `a` to `b` over links of at least `threshold` whose weakest link is the strongest:
/// that along a maximum spanning tree (Kruskal 1956).
pub(super) fn links(
    corpus: &Corpus,
    edges: &[Edge],
    threshold: f64,
    a: DocId,
    b: DocId,
) -> Vec<Link> {
    let mut strongest: Vec<&Edge> =
        edges.iter().filter(|edge| edge.similarity >= threshold).collect();
    strongest.sort_unstable_by(|x, y| {
        y.similarity.total_cmp(&x.similarity).then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut sets = UnionFind::new(corpus.len());
    let mut tree: AHashMap<u32, Vec<(u32, f64)>> = AHashMap::new();
    for edge in strongest {
        if sets.union(edge.a, edge.b) {
            tree.entry(edge.a).or_default().push((edge.b, edge.similarity));
            tree.entry(edge.b).or_default().push((edge.a, edge.similarity));
        }
        if sets.find(a.0) == sets.find(b.0) {
            break;
        }
    }
    let mut came_from: AHashMap<u32, (u32, f64)> = AHashMap::new();
    let mut queue = VecDeque::from([a.0]);
    while let Some(text) = queue.pop_front() {
        for &(next, similarity) in tree.get(&text).into_iter().flatten() {
            if next != a.0 && !came_from.contains_key(&next) {
                came_from.insert(next, (text, similarity));
                queue.push_back(next);
            }
        }
    }
    let id = |text: u32| corpus.get(DocId(text)).id.to_string();
    let mut links = Vec::new();
    let mut to = b.0;
    while let Some(&(from, similarity)) = came_from.get(&to) {
        links.push(Link { from: id(from), to: id(to), similarity });
        to = from;
    }
    links.reverse();
    links
}
