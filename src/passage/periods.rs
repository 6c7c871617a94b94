//! Text that says one thing over and over: rows of a table, a phrase set a thousand times, a page's line repeated.
//!
//! A run is a stretch in which every word equals the one a fixed number of words before it. Matched word by word,
//! two runs would have as many pairs of equal places as the product of their lengths. What a run says is therefore told once: its first saying has
//! seeds and tells something, the others do not, and the run is a passage of its own.
//! One pass over the words with a table of a few kilobytes; nothing is allocated an article without a run.

use std::ops::Range;

use ahash::AHashMap;

use super::group::{Group, Place};
use super::seeds::mix;
use super::tokens::Tokens;
use crate::article::TokenSpan;

/// The longest period that is looked for, in words.
const LONGEST_PERIOD: u32 = 1024;

/// Sayings that make a run: two are a line said twice, which is told as a repeat.
const FEWEST_SAYINGS: u32 = 3;

/// A shorter run is a refrain, and costs nothing to match.
const FEWEST_WORDS: u32 = 24;

/// Words that are looked up together.
const GRAM: usize = 4;

/// Places of the table, twice as many as it holds words of one period.
const SLOTS: usize = 2 * LONGEST_PERIOD as usize;

/// A stretch of one article in which each word equals the one `period` words before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Position of the first word.
    pub(super) start: u32,
    /// One past the last.
    pub(super) end: u32,
    /// Words of one saying.
    pub(super) period: u32,
}

/// The runs of an article, whose positions are given, in order.
pub(super) fn runs(words: &[u32], article: Range<u32>) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    if (article.len() as u32) < FEWEST_WORDS {
        return found;
    }
    // For each gram the place where it was seen last, and one more, so that 0 is nowhere.
    let mut last = [0_u32; SLOTS];
    let word = |position: u32| words[position as usize];
    let mut floor = article.start;
    let mut at = article.start;
    // The period that was tried last, and how far it holds: not to be tried again before.
    let mut tried = (0, article.start);
    while at + GRAM as u32 <= article.end {
        let gram = &words[at as usize..at as usize + GRAM];
        let hash = gram.iter().fold(0_u64, |hash, &word| {
            hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(word))
        });
        let slot = &mut last[(mix(hash) as usize) % SLOTS];
        let before = std::mem::replace(slot, at + 1);
        at += 1;
        let Some(before) = before.checked_sub(1).filter(|&before| before >= floor) else {
            continue;
        };
        let period = at - 1 - before;
        if period > LONGEST_PERIOD || tried.0 == period && at <= tried.1 {
            continue;
        }
        let mut end = before + period;
        while end < article.end && word(end) == word(end - period) {
            end += 1;
        }
        tried = (period, end);
        let mut start = before;
        while start > floor && word(start - 1) == word(start - 1 + period) {
            start -= 1;
        }
        if end - start >= (FEWEST_SAYINGS * period).max(FEWEST_WORDS) {
            found.push(Run { start, end, period });
            (floor, at) = (end, end);
        }
    }
    found
}

/// The sayings of all runs, those of equal words as one group.
pub(super) fn repeated_runs(tokens: &Tokens) -> Vec<Group> {
    let mut group_of: AHashMap<&[u32], usize> = AHashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for &Run { start, end, period } in tokens.runs() {
        let doc = tokens.doc(start);
        let base = tokens.range(doc).start;
        let saying = &tokens.words()[start as usize..(start + period) as usize];
        let group = *group_of.entry(saying).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].extend((0..(end - start) / period).map(|i| {
            let start = start - base + i * period;
            Place { doc, span: TokenSpan { start, end: start + period } }
        }));
    }
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn runs_of(words: &[u32]) -> Vec<Run> {
        runs(words, 0..words.len() as u32)
    }

    /// `count` words that occur nowhere else.
    fn own(from: u32, count: u32) -> Vec<u32> {
        (1_000_000 + from..1_000_000 + from + count).collect()
    }

    #[test]
    fn a_run_begins_and_ends_where_its_period_does() {
        let words = [own(0, 30), [7, 8, 9, 7, 8].repeat(20), vec![7], own(50, 30)].concat();
        assert_eq!(runs_of(&words), [Run { start: 30, end: 131, period: 5 }]);
        let of_one_word = [own(0, 9), vec![7; 40]].concat();
        assert_eq!(runs_of(&of_one_word), [Run { start: 9, end: 49, period: 1 }]);
        let twice = [own(0, 9), own(100, 60), own(100, 60)].concat();
        assert_eq!(runs_of(&twice), []);
        assert_eq!(runs_of(&vec![7; FEWEST_WORDS as usize - 1]), []);
    }

    #[test]
    fn two_runs_next_to_one_another_are_two() {
        let words = [[1, 2, 3, 4].repeat(10), [5, 6, 7].repeat(10)].concat();
        let found: Vec<(u32, u32)> =
            runs_of(&words).iter().map(|run| (run.start, run.end)).collect();
        assert_eq!(found, [(0, 40), (40, 70)]);
    }

    proptest! {
        #[test]
        fn what_is_said_three_times_and_more_is_found_wherever_it_stands(
            saying in prop::collection::vec(0_u32..50, 8..80),
            sayings in 3_usize..9,
            before in 0_u32..90,
        ) {
            let words = [own(0, before), saying.repeat(sayings), own(200, 20)].concat();
            let found = runs_of(&words);
            let said = (saying.len() * sayings) as u32;
            let covered: u32 = found.iter().map(|run| run.end - run.start).sum();
            prop_assert!(covered >= said - saying.len() as u32, "{found:?}");
            for Run { start, end, period } in found {
                for at in start + period..end {
                    prop_assert_eq!(words[at as usize], words[(at - period) as usize]);
                }
            }
        }
    }
}
