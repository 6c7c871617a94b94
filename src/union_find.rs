//! Sets of numbers that only ever grow together: union-find with path halving (Tarjan, van Leeuwen
//! 1984), in next to linear time.

/// Sets of the numbers below n; each is known by its least member.
#[derive(Clone, Debug)]
pub(crate) struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    /// Every number below `n` on its own.
    pub(crate) fn new(n: usize) -> Self {
        Self { parent: (0..n as u32).collect() }
    }

    /// The least member of the set that holds `x`.
    pub(crate) fn find(&mut self, mut x: u32) -> u32 {
        while self.parent[x as usize] != x {
            let grandparent = self.parent[self.parent[x as usize] as usize];
            self.parent[x as usize] = grandparent;
            x = grandparent;
        }
        x
    }

    /// Joins the sets of `a` and `b`; false where they were one already.
    pub(crate) fn union(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
        a != b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_known_by_its_least_member() {
        let mut sets = UnionFind::new(5);
        assert!(sets.union(4, 2));
        assert!(sets.union(2, 3));
        assert!(!sets.union(3, 4));
        let roots: Vec<u32> = (0..5).map(|x| sets.find(x)).collect();
        assert_eq!(roots, [0, 1, 2, 2, 2]);
    }
}
