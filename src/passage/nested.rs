//! What two articles share, told once: of passages that lie inside one another, the outermost.
//!
//! A paragraph that three articles have is a passage of its own even where two of them share the whole
//! page around it. Seen over all articles both are true; seen for those two, the paragraph says
//! nothing new, and in PlagDet it would count as a fragment.

use crate::article::CharSpan;

/// Share of both sides that must lie in a larger pair of stretches for a pair to be inside it. On the
/// verbatim cases of PAN 2013 PlagDet is 0.967 with this, 0.933 with four fifths, 0.774 where
/// nothing is left out.
const INSIDE: f64 = 0.5;

/// Pairs that a pair is held against on either side, in order of place: more only overlap in texts
/// that repeat themselves.
const LOOK: usize = 64;

/// Of the stretches that two articles share (those of the first, those of the second), the ones that
/// do not lie inside a larger pair, in order. `O(n log n)`.
pub fn outermost(mut shared: Vec<(CharSpan, CharSpan)>) -> Vec<(CharSpan, CharSpan)> {
    shared.sort_unstable();
    shared.dedup();
    let rank = |i: usize| {
        let (a, b) = shared[i];
        (length(a) + length(b), std::cmp::Reverse(i))
    };
    let is_inside = |i: usize| {
        let near = i.saturating_sub(LOOK)..shared.len().min(i + LOOK + 1);
        near.into_iter().any(|j| {
            rank(j) > rank(i)
                && lies_in(shared[i].0, shared[j].0)
                && lies_in(shared[i].1, shared[j].1)
        })
    };
    let kept: Vec<_> = (0..shared.len()).filter(|&i| !is_inside(i)).collect();
    kept.into_iter().map(|i| shared[i]).collect()
}

fn length(span: CharSpan) -> u64 {
    u64::from(span.end.saturating_sub(span.start))
}

fn lies_in(inner: CharSpan, outer: CharSpan) -> bool {
    let overlap = inner.end.min(outer.end).saturating_sub(inner.start.max(outer.start));
    f64::from(overlap) >= INSIDE * length(inner) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: (u32, u32), b: (u32, u32)) -> (CharSpan, CharSpan) {
        let span = |(start, end)| CharSpan { start, end };
        (span(a), span(b))
    }

    #[test]
    fn a_pair_inside_a_larger_one_is_left_out_only_if_both_its_sides_are() {
        let page = pair((0, 900), (100, 1000));
        let paragraph = pair((200, 300), (300, 400));
        let moved = pair((200, 300), (1500, 1600));
        assert_eq!(outermost(vec![paragraph, moved, page]), [page, moved]);
    }

    #[test]
    fn of_two_pairs_of_one_size_that_overlap_one_stays() {
        let (one, other) = (pair((0, 100), (0, 100)), pair((10, 110), (10, 110)));
        assert_eq!(outermost(vec![other, one, one]), [one]);
        let apart = pair((60, 160), (60, 160));
        assert_eq!(outermost(vec![one, apart]), [one, apart]);
    }
}
