//! Copied and reworded stretches of one pair of articles, each told once.
//!
//! A copy ends to the word, a reworded fragment to the sentence. Where copied words are most of a
//! fragment the copy says it all; where they are scattered in it they are parts of it. Quadratic in the
//! stretches of a pair, of which there are few.

use std::cmp::Reverse;

use super::align::Alignment;
use crate::article::TokenSpan;

/// Share of matching words from which a copy is verbatim.
const VERBATIM: f64 = 0.95;

/// Share of a fragment's shorter side that verbatim copies take, or of either side that any copies do,
/// from which they stand for it. Without the first PlagDet on PAN 2013's verbatim cases is 0.951, with
/// it 0.987; with 0.7 for the second it is 0.893 on those with random edits, with 0.85 it is 0.904.
const MOSTLY_VERBATIM: f64 = 0.4;
const MOSTLY_COPIED: f64 = 0.85;

/// Share of a copy on both sides that makes it part of a fragment.
const PART: f64 = 0.5;

/// Words that may lie between a fragment and a copy that goes on from it.
const PART_GAP: i64 = 10;

/// Words between copies that a fragment holds together.
const COPY_GAP: i64 = 40;

/// Share of either side that must lie in a longer stretch for a stretch to be told already.
const TOLD: f64 = 0.8;

/// The stretches of all pairs: `copied` and `reworded` as one.
pub(super) fn combine(copied: Vec<Alignment>, reworded: Vec<Alignment>) -> Vec<Alignment> {
    let mut all: Vec<(Alignment, bool)> = Vec::with_capacity(copied.len() + reworded.len());
    all.extend(copied.into_iter().map(|copy| (copy, false)));
    all.extend(reworded.into_iter().map(|fragment| (fragment, true)));
    // Stable: each sort in the order that it was found in.
    all.sort_by_key(|(stretch, _)| (stretch.doc_a, stretch.doc_b));
    let pair = |stretch: &Alignment| (stretch.doc_a, stretch.doc_b);
    let mut combined = Vec::with_capacity(all.len());
    for of_pair in all.chunk_by(|one, other| pair(&one.0) == pair(&other.0)) {
        let only = |reworded: bool| {
            let of_sort = of_pair.iter().filter(move |stretch| stretch.1 == reworded);
            of_sort.map(|stretch| stretch.0).collect::<Vec<_>>()
        };
        let copies = only(false);
        if of_pair[0].0.doc_a == of_pair[0].0.doc_b {
            combined.extend(copies);
        } else {
            combined.extend(tell_once(combine_pair(copies, only(true))));
        }
    }
    combined
}

fn combine_pair(mut copies: Vec<Alignment>, fragments: Vec<Alignment>) -> Vec<Alignment> {
    let mut combined = Vec::new();
    for mut fragment in fragments {
        let (mut touching, mut apart): (Vec<Alignment>, Vec<Alignment>) =
            copies.into_iter().partition(|copy| are_near(copy, &fragment, -1));
        if is_told(&fragment, &touching) {
            if !touching.is_empty() {
                let mut joined = touching.remove(0);
                for copy in touching {
                    if are_near(&joined, &copy, COPY_GAP) {
                        joined.extend(&copy);
                    } else {
                        apart.push(copy);
                    }
                }
                apart.push(joined);
            }
        } else {
            touching.append(&mut apart);
            for copy in touching {
                let is_part =
                    share(copy.a, fragment.a) >= PART && share(copy.b, fragment.b) >= PART;
                if is_part || are_near(&copy, &fragment, PART_GAP) {
                    fragment.extend(&copy);
                } else {
                    apart.push(copy);
                }
            }
            combined.push(fragment);
        }
        copies = apart;
    }
    combined.extend(copies);
    combined
}

impl Alignment {
    /// Goes on to the ends of another.
    fn extend(&mut self, other: &Self) {
        let around = |one: TokenSpan, other: TokenSpan| TokenSpan {
            start: one.start.min(other.start),
            end: one.end.max(other.end),
        };
        self.a = around(self.a, other.a);
        self.b = around(self.b, other.b);
        self.matched += other.matched;
    }
}

/// Whether copies that touch a fragment say all that it says.
fn is_told(fragment: &Alignment, copies: &[Alignment]) -> bool {
    let is_verbatim = |copy: &&Alignment| {
        f64::from(copy.matched) >= VERBATIM * f64::from(copy.a.len().max(copy.b.len()))
    };
    let verbatim: u32 = copies
        .iter()
        .filter(is_verbatim)
        .map(|copy| copy.a.overlap(fragment.a).min(copy.b.overlap(fragment.b)))
        .sum();
    let shorter = f64::from(fragment.a.len().min(fragment.b.len()));
    f64::from(verbatim) >= MOSTLY_VERBATIM * shorter
        || covered(fragment.a, copies.iter().map(|copy| copy.a)) >= MOSTLY_COPIED
        || covered(fragment.b, copies.iter().map(|copy| copy.b)) >= MOSTLY_COPIED
}

/// Leaves the longest of stretches that lie in one another on either side.
fn tell_once(mut stretches: Vec<Alignment>) -> Vec<Alignment> {
    stretches.sort_by_key(|stretch| {
        let length = stretch.a.len() + stretch.b.len();
        (Reverse((length, stretch.matched)), stretch.a, stretch.b)
    });
    let mut kept: Vec<Alignment> = Vec::new();
    for stretch in stretches {
        let is_inside = |longer: &Alignment| {
            share(stretch.a, longer.a) >= TOLD || share(stretch.b, longer.b) >= TOLD
        };
        if !kept.iter().any(is_inside) {
            kept.push(stretch);
        }
    }
    kept
}

/// Whether at most `gap` words lie between two on both sides; at −1 they overlap.
fn are_near(one: &Alignment, other: &Alignment, gap: i64) -> bool {
    let between =
        |x: TokenSpan, y: TokenSpan| i64::from(x.start.max(y.start)) - i64::from(x.end.min(y.end));
    between(one.a, other.a) <= gap && between(one.b, other.b) <= gap
}

/// The share of `part` that lies in `whole`.
fn share(part: TokenSpan, whole: TokenSpan) -> f64 {
    f64::from(part.overlap(whole)) / f64::from(part.len())
}

/// The share of `whole` that lies in any of `parts`.
fn covered(whole: TokenSpan, parts: impl Iterator<Item = TokenSpan>) -> f64 {
    let mut parts: Vec<TokenSpan> = parts.collect();
    parts.sort_unstable();
    let (mut from, mut sum) = (whole.start, 0);
    for part in parts {
        let (start, end) = (part.start.max(from), part.end.min(whole.end));
        if end > start {
            sum += end - start;
            from = end;
        }
    }
    f64::from(sum) / f64::from(whole.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::DocId;

    fn stretch(a: (u32, u32), b: (u32, u32), matched: u32) -> Alignment {
        let span = |(start, end)| TokenSpan { start, end };
        Alignment {
            doc_a: DocId(0),
            doc_b: DocId(1),
            a: span(a),
            b: span(b),
            matched,
            reworded: false,
        }
    }

    #[test]
    fn scattered_copies_are_parts_of_the_fragment_around_them() {
        let copies = vec![stretch((12, 22), (3, 13), 8), stretch((48, 60), (45, 56), 9)];
        let fragment = Alignment { reworded: true, ..stretch((10, 55), (0, 50), 0) };
        let both = Alignment { reworded: true, ..stretch((10, 60), (0, 56), 17) };
        assert_eq!(combine(copies, vec![fragment]), [both]);
    }

    #[test]
    fn a_verbatim_copy_stands_for_the_fragment_around_it() {
        let copy = stretch((20, 45), (15, 40), 25);
        assert_eq!(combine(vec![copy], vec![stretch((0, 50), (0, 50), 0)]), [copy]);
    }

    #[test]
    fn a_fragment_holds_copies_together_that_cover_it() {
        let copies = vec![stretch((0, 30), (0, 30), 20), stretch((34, 60), (33, 59), 20)];
        let found = combine(copies, vec![stretch((0, 60), (0, 60), 0)]);
        assert_eq!(found, [stretch((0, 60), (0, 59), 40)]);
    }

    #[test]
    fn what_a_longer_stretch_tells_on_one_side_is_left_out() {
        let (long, short) = (stretch((0, 60), (0, 60), 60), stretch((80, 100), (10, 30), 20));
        let other = stretch((80, 100), (55, 75), 20);
        assert_eq!(combine(vec![short, long], Vec::new()), [long]);
        assert_eq!(combine(vec![other, long], Vec::new()), [long, other]);
        let within = Alignment { doc_b: DocId(0), ..short };
        assert_eq!(combine(vec![within, within], Vec::new()), [within, within]);
    }
}
