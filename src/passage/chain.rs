//! Matches of one pair of articles to chains of matches that follow one another in both.
//!
//! Colinear chaining with a bounded look back, as in minimap2 (Li, 2018): each match follows the
//! best of the last [`LOOK_BACK`] that end within [`MAX_GAP`] words before it. `O(n · LOOK_BACK)`
//! after sorting.

use super::align::LONGEST_EDIT;
use super::extend::{Match, Pair};
use crate::error::Result;
use crate::observer::Observer;

/// Words that may lie between two matches of a chain: fewer than make them the article's own.
const MAX_GAP: i64 = LONGEST_EDIT;

/// Matches between two looks at whether the run should stop.
const CHECK_MATCHES: usize = 4096;

/// Matches that a match looks back at.
const LOOK_BACK: usize = 64;

/// Costs in hundredths of a word: of each word by which the two sides' gaps differ, of each word of
/// the longer gap, and of leaving the diagonal at all.
const DRIFT: i64 = 15;
const DISTANCE: i64 = 5;
const SHIFT: i64 = 30;

/// Not a place in a list of matches.
const NONE: u32 = u32::MAX;

/// Buffers that one thread uses again for every pair.
#[derive(Default)]
pub(super) struct Chains {
    score: Vec<i64>,
    before: Vec<u32>,
    order: Vec<u32>,
    used: Vec<bool>,
    chain: Vec<Match>,
}

impl Chains {
    /// Calls `found` with each chain of `matches`, best first; every match is in one chain.
    /// Neighbours of a chain are cut so that they overlap in neither article. `matches` are sorted
    /// by place in the later article.
    pub(super) fn each(
        &mut self,
        pair: &Pair<'_>,
        matches: &[Match],
        observer: &dyn Observer,
        mut found: impl FnMut(&[Match]),
    ) -> Result<()> {
        if let [only] = matches {
            found(&[*only]);
            return Ok(());
        }
        self.link(pair, matches, observer)?;
        let score = &self.score;
        self.order.clear();
        self.order.extend(0..matches.len() as u32);
        self.order.sort_unstable_by_key(|&i| (std::cmp::Reverse(score[i as usize]), i));
        self.used.clear();
        self.used.resize(matches.len(), false);
        for (i, &last) in self.order.iter().enumerate() {
            if i % CHECK_MATCHES == 0 {
                observer.check()?;
            }
            self.chain.clear();
            let mut at = last;
            while at != NONE && !self.used[at as usize] {
                self.used[at as usize] = true;
                self.chain.push(matches[at as usize]);
                at = self.before[at as usize];
            }
            if !self.chain.is_empty() {
                self.chain.reverse();
                cut_overlaps(&mut self.chain);
                found(&self.chain);
            }
        }
        Ok(())
    }

    /// For each match the score of the best chain that ends in it, and the match before it there.
    fn link(&mut self, pair: &Pair<'_>, matches: &[Match], observer: &dyn Observer) -> Result<()> {
        self.score.clear();
        self.before.clear();
        for (i, &m) in matches.iter().enumerate() {
            if i % CHECK_MATCHES == 0 {
                observer.check()?;
            }
            let weight = i64::from(pair.match_weight(m));
            let (mut best, mut before) = (weight, NONE);
            for j in (i.saturating_sub(LOOK_BACK)..i).rev() {
                let earlier = matches[j];
                let b_gap = i64::from(m.b) - i64::from(earlier.b_end());
                let a_gap = i64::from(m.a) - i64::from(earlier.a_end());
                let may_overlap = i64::from(m.len.min(earlier.len)) / 2;
                if a_gap.max(b_gap) > MAX_GAP || a_gap.min(b_gap) < -may_overlap {
                    continue;
                }
                let overlap = (-a_gap).max(-b_gap).max(0);
                let drift = (a_gap - b_gap).abs();
                let cost = 100 * overlap
                    + DRIFT * drift
                    + DISTANCE * a_gap.max(b_gap).max(0)
                    + if drift > 0 { SHIFT } else { 0 };
                let score = self.score[j] + weight - cost;
                if score > best {
                    (best, before) = (score, j as u32);
                }
            }
            self.score.push(best);
            self.before.push(before);
        }
        Ok(())
    }
}

/// Cuts the front of each match that overlaps the one before it in either article, and drops what
/// is left with no words.
fn cut_overlaps(chain: &mut Vec<Match>) {
    let mut end: Option<Match> = None;
    chain.retain_mut(|m| {
        if let Some(end) = end {
            let overlap = end.a_end().saturating_sub(m.a).max(end.b_end().saturating_sub(m.b));
            if overlap >= m.len {
                return false;
            }
            *m = Match { a: m.a + overlap, b: m.b + overlap, len: m.len - overlap };
        }
        end = Some(*m);
        true
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::DocId;
    use crate::observer::Silent;
    use crate::passage::surprisal::Surprisal;
    use crate::passage::testing::corpus;
    use crate::passage::tokens::Tokens;

    fn chains(matches: &[Match]) -> Vec<Vec<Match>> {
        let text: String = (0..200).map(|i| format!("w{i} ")).collect();
        let corpus = corpus(&[("a", &text), ("b", &text)]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let surprisal = Surprisal::count(&corpus);
        let pair = Pair::new(&tokens, &surprisal, DocId(0), DocId(1));
        let mut found = Vec::new();
        Chains::default()
            .each(&pair, matches, &Silent, |chain| found.push(chain.to_vec()))
            .unwrap();
        found
    }

    fn m(a: u32, b: u32, len: u32) -> Match {
        Match { a, b, len }
    }

    #[test]
    fn matches_in_one_order_make_a_chain_and_others_stay_alone() {
        let (one, two) = (m(10, 210, 8), m(20, 221, 8));
        let (far, back) = (m(80, 290, 12), m(2, 240, 6));
        assert_eq!(chains(&[one, two, back, far]), [vec![one, two], vec![far], vec![back]],);
    }

    #[test]
    fn an_overlap_of_neighbours_is_counted_once() {
        assert_eq!(chains(&[m(10, 210, 8), m(17, 218, 8)]), [[m(10, 210, 8), m(18, 219, 7)]]);
    }
}
