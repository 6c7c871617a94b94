//! How alike pairs of items are, sparse: pairs that are not held are 0. A pair may be less than
//! that, as installments of one series are, which count against one group.
//!
//! Each pair is held once, at one of its ends, in 8 bytes: an archive has some hundred pairs for
//! each article, so that they take as much memory as its vectors.

/// Two items and how alike they are; `a < b`, each pair once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) similarity: f64,
}

/// The other end of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Alike {
    pub(super) other: u32,
    pub(super) similarity: f32,
}

/// For each item the pairs that are held there.
#[derive(Default)]
pub(super) struct Similarities {
    of: Vec<Box<[Alike]>>,
}

impl Similarities {
    /// Of what is held at each item, ascending by the other end.
    pub(super) fn new(of: Vec<Box<[Alike]>>) -> Self {
        Self { of }
    }

    /// How many items there are.
    pub(super) fn items(&self) -> usize {
        self.of.len()
    }

    /// The pairs that are held at an item.
    pub(super) fn of(&self, item: u32) -> &[Alike] {
        &self.of[item as usize]
    }

    /// How alike two items are: 0 where the pair is not held.
    pub(super) fn between(&self, a: u32, b: u32) -> f64 {
        let at = |item: u32, other: u32| {
            let place = self.of(item).binary_search_by_key(&other, |alike| alike.other).ok()?;
            Some(f64::from(self.of(item)[place].similarity))
        };
        at(a, b).or_else(|| at(b, a)).unwrap_or(0.0)
    }

    /// All pairs, in order of the items that hold them.
    pub(super) fn edges(&self) -> impl Iterator<Item = Edge> + '_ {
        (0..self.items() as u32).flat_map(move |item| {
            self.of(item).iter().map(move |&Alike { other, similarity }| Edge {
                a: item.min(other),
                b: item.max(other),
                similarity: f64::from(similarity),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_found_from_both_ends_and_told_once() {
        let at = |other, similarity| Alike { other, similarity };
        let held = vec![vec![at(1, 0.5), at(2, 0.25)].into(), Box::default(), [at(1, 0.75)].into()];
        let similarities = Similarities::new(held);
        assert_eq!(
            [(0, 2), (2, 1), (1, 2)].map(|(a, b)| similarities.between(a, b)),
            [0.25, 0.75, 0.75]
        );
        let edge = |a, b, similarity| Edge { a, b, similarity };
        let all: Vec<Edge> = similarities.edges().collect();
        assert_eq!(all, [edge(0, 1, 0.5), edge(0, 2, 0.25), edge(1, 2, 0.75)]);
        assert_eq!(similarities.between(0, 0), 0.0);
    }
}
