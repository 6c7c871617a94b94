//! A pair of articles to its alignments: the stretches that one has of the other, edits and all.
//!
//! Chains are extended through edits at both ends, neighbours joined, and what is left accepted where the
//! words in common tell enough: a few rare ones prove as much as many common ones.

use std::collections::BTreeMap;

use super::chain::Chains;
use super::extend::{Direction, Match, Pair};
use super::rearranged;
use super::surprisal::BIT;
use crate::article::{DocId, TokenSpan};
use crate::error::Result;
use crate::observer::Observer;

/// The longest run of words without a partner that is an edit of a copied text. A longer one is the article's own:
/// it parts the passage in two. PlagDet on the planted pairs of `reuse` is 0.982, 0.9845 and 0.986 at 9, 14 and 19 words,
/// and 0.985 where none part; groups of `reuse` with exactly their places are 0.972, 0.974 and 0.975.
pub(super) const LONGEST_EDIT: i64 = 19;

/// Words that may lie between two alignments that are evidence of one act of copying, where both are well founded
/// on their own, and where one is not.
const JOIN_GAP: i64 = 40;
const NEAR_GAP: i64 = 24;

/// Words by which two alignments that are one may overlap.
pub(super) const JOIN_OVERLAP: i64 = 20;

/// Alignments that one is joined with at most; more only occur in text that repeats itself.
const JOIN_LOOK_AHEAD: usize = 64;

/// Accepted alignments looked at to see whether a chain lies inside one of them.
const INSIDE_LOOK_BACK: usize = 16;

/// Share of the longer side's words that must match, in hundredths.
const MIN_IDENTITY: u32 = 40;

/// Matching words without which there is no alignment, even of long stretches.
const MIN_MATCHED: u32 = 7;

/// Cost of a word without a partner.
const UNMATCHED: u32 = 5 * BIT;

/// Words past a sentence's end, or before its beginning, that chance may add. With two, PlagDet on planted
/// passages of real text falls by 0.002.
const MAX_STRAY: u32 = 1;

/// Within one article a repeat of whole lines needs so many words, and hardly an edit.
const MIN_REPEAT_TOKENS: u32 = 6;
const MIN_REPEAT_IDENTITY: u32 = 80;

/// Words on either side of a match at which a quick look is taken before anything dearer.
const GLANCE: u32 = 12;

/// How far off the diagonal the quick look sees.
const GLANCE_DRIFT: i64 = 2;

/// What the matches of a hopeful pair must tell on their own.
const MIN_SEED_BITS: u32 = 20 * BIT;

/// What the quick look may miss.
const GLANCE_SLACK: u32 = 2 * BIT;

/// Words that matching and extending may pass for each word of the two articles. Only text that
/// repeats itself without end comes near it; what is left of such a pair is not looked at.
const EFFORT_A_WORD: u64 = 32;

/// Two stretches of text, in two articles or in one, that are copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alignment {
    /// The article that comes first in the corpus.
    pub(super) doc_a: DocId,
    /// The other, or the same.
    pub(super) doc_b: DocId,
    /// Where in `doc_a`.
    pub(super) a: TokenSpan,
    /// Where in `doc_b`.
    pub(super) b: TokenSpan,
    /// How many words match; 0 where that was not counted.
    pub(super) matched: u32,
    /// Whether its ends are those of sentences that are alike, not of words that match.
    pub(super) reworded: bool,
}

/// What it takes to be accepted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thresholds {
    /// Words of the longer side.
    pub(super) tokens: u32,
    /// What the matching words must tell, less the cost of the others.
    pub(super) bits: u32,
}

impl Thresholds {
    /// Those for a pair: more tokens where each is less than a word.
    fn of_pair(self, pair: &Pair<'_>) -> Self {
        let times = pair.tokens_a_word();
        Self { tokens: times * self.tokens, bits: times * self.bits }
    }
}

/// An alignment on trial, in positions over the whole corpus.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    pub(super) a: (u32, u32),
    pub(super) b: (u32, u32),
    pub(super) matched: u32,
    pub(super) bits: u32,
}

impl Trial {
    /// Words of its longer side.
    pub(super) fn len(&self) -> u32 {
        (self.a.1 - self.a.0).max(self.b.1 - self.b.0)
    }

    /// Whether enough of its words match, in hundredths.
    fn reaches(&self, identity: u32) -> bool {
        100 * self.matched >= identity * self.len()
    }

    /// The gaps to a later one, in `a` and in `b`; negative where they overlap.
    fn gaps(&self, later: &Self) -> (i64, i64) {
        let gap = |end: u32, start: u32| i64::from(start) - i64::from(end);
        (gap(self.a.1, later.a.0), gap(self.b.1, later.b.0))
    }

    /// As an alignment of the pair.
    fn alignment(&self, pair: &Pair<'_>) -> Alignment {
        Alignment {
            doc_a: pair.doc_a,
            doc_b: pair.doc_b,
            a: pair.local(pair.doc_a, self.a).0,
            b: pair.local(pair.doc_b, self.b).0,
            matched: self.matched,
            reworded: false,
        }
    }

    /// As a part of a larger alignment; `None` where it is too little to be told by itself.
    fn part(mut self, pair: &Pair<'_>) -> Option<Alignment> {
        cut_strays(pair, &mut self);
        let tells = self.bits > UNMATCHED * (self.len() - self.matched);
        (self.matched >= MIN_MATCHED && tells).then(|| self.alignment(pair))
    }

    /// Both in one. Where they overlap, words matched by both are one match.
    fn joined(&self, other: &Self) -> Self {
        let around = |one: (u32, u32), other: (u32, u32)| (one.0.min(other.0), one.1.max(other.1));
        let mut joined = Self {
            a: around(self.a, other.a),
            b: around(self.b, other.b),
            matched: self.matched + other.matched,
            bits: self.bits + other.bits,
        };
        joined.matched = joined.matched.min(joined.len());
        joined
    }
}

/// The alignments of many pairs.
#[derive(Default)]
pub(super) struct Alignments {
    /// What one article has of another, its own words between included.
    pub(super) whole: Vec<Alignment>,
    /// For those with words of an article's own between: the stretches before and after these.
    pub(super) parted: Vec<(Alignment, Vec<Alignment>)>,
}

/// Aligns pairs; keeps its buffers between them.
#[derive(Default)]
pub(super) struct Aligner {
    chains: Chains,
    trials: Vec<Trial>,
    parts: Vec<Trial>,
}

/// How many words matching and extending may pass in this pair.
pub(super) fn effort(pair: &Pair<'_>) -> u64 {
    EFFORT_A_WORD * (pair.a.len() as u64 + pair.b.len() as u64)
}

/// Whether a pair with few matches can come to anything, by a quick look around them.
pub(super) fn is_hopeful(pair: &Pair<'_>, matches: &[Match], thresholds: Thresholds) -> bool {
    if pair.within() || matches.len() > 2 {
        return true;
    }
    let alone: Vec<u32> = matches.iter().map(|&m| pair.match_bits(m)).collect();
    alone.iter().sum::<u32>() >= MIN_SEED_BITS
        && matches
            .iter()
            .zip(&alone)
            .any(|(&m, &bits)| bits + bits_around(pair, m) >= thresholds.bits + GLANCE_SLACK)
}

/// What the words around a match tell that occur near the same place on the other side.
fn bits_around(pair: &Pair<'_>, m: Match) -> u32 {
    let mut bits = 0;
    let mut look = |a: i64, b: u32| {
        let word = pair.word(b);
        let near = (a - GLANCE_DRIFT..=a + GLANCE_DRIFT).any(|a| {
            a >= i64::from(pair.a.start) && a < i64::from(pair.a.end) && pair.word(a as u32) == word
        });
        if near {
            bits += pair.surprisal.alone(word);
        }
    };
    for step in 0..GLANCE.min(pair.b.end - m.b_end()) {
        look(i64::from(m.a_end() + step), m.b_end() + step);
    }
    for step in 1..=GLANCE.min(m.b - pair.b.start) {
        look(i64::from(m.a) - i64::from(step), m.b - step);
    }
    bits
}

impl Aligner {
    /// Appends the alignments of a pair to `accepted`. `matches` are sorted by place in the later
    /// article; `effort` is how many words may be passed. Fails where the observer asks to stop.
    pub(super) fn align(
        &mut self,
        pair: &Pair<'_>,
        matches: &[Match],
        (thresholds, mut effort): (Thresholds, u64),
        observer: &dyn Observer,
        accepted: &mut Alignments,
    ) -> Result<()> {
        let thresholds = thresholds.of_pair(pair);
        self.trials.clear();
        let trials = &mut self.trials;
        let mut inside: BTreeMap<u32, (u32, u32, u32)> = BTreeMap::new();
        self.chains.each(pair, matches, observer, |chain| {
            let (first, last) = (chain[0], chain[chain.len() - 1]);
            let is_inside = inside.range(..=first.b).rev().take(INSIDE_LOOK_BACK).any(
                |(_, &(b_end, a, a_end))| {
                    last.b_end() <= b_end && a <= first.a && last.a_end() <= a_end
                },
            );
            if is_inside || effort == 0 {
                return;
            }
            let (trial, passed) = extend(pair, chain);
            effort = effort.saturating_sub(passed);
            inside.insert(trial.b.0, (trial.b.1, trial.a.0, trial.a.1));
            trials.push(trial);
        })?;
        self.trials.sort_unstable_by_key(|trial| (trial.b, trial.a));
        let mut whole_of = Vec::new();
        if !pair.within() {
            join_neighbours(&mut self.trials, |_, _| LONGEST_EDIT);
            self.parts.clone_from(&self.trials);
            let founded = |trial: &Trial| trial.bits >= thresholds.bits / 10 * 7;
            whole_of = join_neighbours(&mut self.trials, |one, other| {
                if founded(one) && founded(other) { JOIN_GAP } else { NEAR_GAP }
            });
        }
        let mut parts_of: Vec<(u32, usize)> = whole_of.into_iter().zip(0..).collect();
        parts_of.sort_unstable();
        let mut found: Vec<(Trial, Vec<usize>)> = Vec::new();
        for (place, trial) in self.trials.iter_mut().enumerate() {
            cut_strays(pair, trial);
            let a_whole = pair.local(pair.doc_a, trial.a).1;
            let b_whole = pair.local(pair.doc_b, trial.b).1;
            let reuse = trial.len() >= thresholds.tokens
                && trial.matched >= MIN_MATCHED.min(thresholds.tokens)
                && trial.reaches(MIN_IDENTITY)
                && trial.bits >= thresholds.bits + UNMATCHED * (trial.len() - trial.matched);
            let accept = if pair.within() {
                trial.matched >= MIN_REPEAT_TOKENS
                    && trial.reaches(MIN_REPEAT_IDENTITY)
                    && (reuse || a_whole || b_whole)
            } else {
                reuse
            };
            if accept {
                let from = parts_of.partition_point(|&(of, _)| (of as usize) < place);
                let parts = parts_of[from..].iter().take_while(|(of, _)| *of as usize == place);
                found.push((*trial, parts.map(|&(_, part)| part).collect()));
            }
        }
        found.sort_unstable_by_key(|(trial, _)| (trial.b, trial.a));
        self.tell(pair, &found, accepted);
        Ok(())
    }

    /// Appends what was found, each with its parts: as one, and parted, what stands side by side.
    fn tell(&self, pair: &Pair<'_>, found: &[(Trial, Vec<usize>)], accepted: &mut Alignments) {
        let trials: Vec<Trial> = found.iter().map(|(trial, _)| *trial).collect();
        let one_with: Vec<u32> = match pair.within() {
            true => (0..trials.len() as u32).collect(),
            false => rearranged::joined(&trials, pair.tokens_a_word()),
        };
        let mut together: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (member, &first) in one_with.iter().enumerate() {
            together.entry(first).or_default().push(member);
        }
        for members in together.into_values() {
            let stretches = members.iter().map(|&member| trials[member]);
            let Some(whole) = stretches.reduce(|one, other| one.joined(&other)) else { continue };
            let whole = whole.alignment(pair);
            accepted.whole.push(whole);
            if members.len() == 1 && found[members[0]].1.len() < 2 {
                continue;
            }
            let mut parts = Vec::new();
            for member in members {
                let before = parts.len();
                let (trial, of) = &found[member];
                if of.len() > 1 {
                    parts.extend(of.iter().filter_map(|&part| self.parts[part].part(pair)));
                }
                if parts.len() == before {
                    parts.push(trial.alignment(pair));
                }
            }
            accepted.parted.push((whole, parts));
        }
    }
}

/// Extends a chain through edits at both ends; also tells how many words that passed.
fn extend(pair: &Pair<'_>, chain: &[Match]) -> (Trial, u64) {
    let (first, last) = (chain[0], chain[chain.len() - 1]);
    let mut trial = Trial {
        a: (first.a, last.a_end()),
        b: (first.b, last.b_end()),
        matched: chain.iter().map(|m| m.len).sum(),
        bits: chain.iter().map(|&m| pair.match_bits(m)).sum(),
    };
    for neighbours in chain.windows(2) {
        let (before, after) = (neighbours[0], neighbours[1]);
        let (matched, bits) = pair.between(before.a_end()..after.a, before.b_end()..after.b);
        trial.matched += matched;
        trial.bits += bits;
    }
    // Within one article the two copies must not run into one another.
    let a_limit = if pair.within() { trial.b.0 } else { pair.a.end };
    let right =
        pair.through_edits(Direction::Forward, (trial.a.1, trial.b.1), (a_limit, pair.b.end));
    trial.a.1 += right.a;
    trial.b.1 += right.b;
    let b_limit = if pair.within() { trial.a.1 } else { pair.b.start };
    let left =
        pair.through_edits(Direction::Backward, (trial.a.0, trial.b.0), (pair.a.start, b_limit));
    trial.a.0 -= left.a;
    trial.b.0 -= left.b;
    trial.matched += left.matched + right.matched;
    trial.bits += left.bits + right.bits;
    (trial, u64::from(trial.len() + left.rows + right.rows))
}

/// Cuts off a word at either end that belongs to another sentence than the rest: next to a
/// copied sentence, `The` and `But` are there by chance.
fn cut_strays(pair: &Pair<'_>, trial: &mut Trial) {
    if trial.matched < 4 * MAX_STRAY {
        return;
    }
    let end = pair.stray_at_end(trial.a.1, trial.b.1, MAX_STRAY);
    let start = pair.stray_at_start(trial.a.0, trial.b.0, MAX_STRAY);
    let strays = (trial.b.0..trial.b.0 + start).chain(trial.b.1 - end..trial.b.1);
    trial.bits = trial.bits.saturating_sub(strays.map(|position| pair.bits(position)).sum());
    trial.matched -= start + end;
    trial.a = (trial.a.0 + start, trial.a.1 - end);
    trial.b = (trial.b.0 + start, trial.b.1 - end);
}

/// Joins alignments that follow one another on both sides within as many words as `most` allows two of them, and
/// tells for each which it is part of now. They are sorted by place in b.
fn join_neighbours(trials: &mut Vec<Trial>, most: impl Fn(&Trial, &Trial) -> i64) -> Vec<u32> {
    let mut into: Vec<u32> = (0..trials.len() as u32).collect();
    for i in 0..trials.len() {
        if into[i] != i as u32 {
            continue;
        }
        for j in (i + 1..trials.len()).take(JOIN_LOOK_AHEAD) {
            let (one, other) = (trials[i], trials[j]);
            let (a_gap, b_gap) = one.gaps(&other);
            if b_gap > JOIN_GAP {
                break;
            }
            let joined = one.joined(&other);
            if into[j] == j as u32
                && a_gap.max(b_gap) <= most(&one, &other)
                && a_gap.min(b_gap) > -JOIN_OVERLAP
                && other.a.0 >= one.a.0
                && joined.reaches(MIN_IDENTITY)
            {
                trials[i] = joined;
                into[j] = i as u32;
            }
        }
    }
    let stays: Vec<bool> = (0..).zip(&into).map(|(i, &of)| i == of).collect();
    let mut before = 0;
    let places: Vec<u32> = stays
        .iter()
        .map(|&stays| {
            let place = before;
            before += u32::from(stays);
            place
        })
        .collect();
    let mut each = stays.into_iter();
    trials.retain(|_| each.next().unwrap_or(false));
    into.into_iter().map(|of| places[of as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;
    use crate::passage::{PassageConfig, passages};
    use crate::testing::statistics;

    /// Two overlapping alignments, each matched throughout, counted more matches than words, and
    /// the unmatched words were fewer than none.
    #[test]
    fn joined_alignments_that_overlap_match_no_more_words_than_they_have() {
        let one = Trial { a: (0, 20), b: (100, 120), matched: 20, bits: 0 };
        let other = Trial { a: (12, 30), b: (112, 130), matched: 18, bits: 0 };
        let joined = one.joined(&other);
        assert_eq!((joined.a, joined.b, joined.matched), ((0, 30), (100, 130), 30));
    }

    /// Ten characters of a script without spaces are a few words, which two articles have by chance.
    #[test]
    fn it_takes_twice_as_many_characters_of_a_script_without_spaces() {
        let text = |numbers: std::ops::Range<u32>| -> String {
            numbers.filter_map(|n| char::from_u32(0x4e00 + n)).collect()
        };
        for (shared, expected) in [(16, 0), (24, 1)] {
            let a = text(0..100) + &text(500..500 + shared) + &text(100..200);
            let b = text(200..300) + &text(500..500 + shared) + &text(300..400);
            let corpus = corpus(&[("a", &a), ("b", &b)]);
            let config = PassageConfig::default();
            let found = passages(&corpus, &statistics(&corpus), &config, &Silent).unwrap();
            assert_eq!(found.len(), expected, "{shared}");
        }
    }
}
