//! Alignments to passages: with credits, repeated lines and runs they are grouped, told and put in order.
//!
//! Whoever has the alignments of some articles, and all that these share a group with, gets the passages that all
//! articles together have. One thing is asked of the others: which agencies their datelines name. `n log n` in the places.

use super::align::Alignment;
use super::chained::Texts;
use super::credit::{self, Credits};
use super::group::{self, NOWHERE};
use super::outlets::Outlets;
use super::surprisal::Surprisal;
use super::tokens::Tokens;
use super::{Passage, Reuse, lines, locate, periods};
use crate::article::Corpus;
use crate::error::Result;
use crate::observer::Observer;

/// An alignment, and its parts where an article's own words lie between.
pub(super) type Parted = (Alignment, Vec<Alignment>);

/// The passages of alignments, those with parts in order beside them. Agencies that credits name beyond the rules are
/// `learnt`; where that is not said, from these articles.
pub(super) fn put_together(
    corpus: &Corpus,
    tokens: &Tokens,
    surprisal: &Surprisal,
    (alignments, parted): (Vec<Alignment>, Vec<Parted>),
    (rules, learnt): (&Credits, Option<&[String]>),
    observer: &dyn Observer,
) -> Result<Reuse> {
    let outlets = Outlets::of_corpus(corpus);
    let (mut groups, names): (Vec<_>, Vec<_>) =
        credit::credits(corpus, tokens, rules, learnt).into_iter().unzip();
    let credited = groups.len();
    let (parts, part_of) = parts(&alignments, &parted);
    let texts = Texts { corpus, tokens };
    let aligned = group::group(&parts, |joined, sets, edges| texts.set_apart(joined, sets, edges));
    drop((parts, parted));
    groups.extend(aligned.groups);
    groups.extend(lines::repeated_lines(tokens, &outlets));
    groups.extend(periods::repeated_runs(tokens));
    observer.check()?;
    let absorbed = group::absorb(groups, credited);
    observer.check()?;
    let group = |of: u32| match of {
        NOWHERE => NOWHERE,
        of => absorbed.of[credited + of as usize],
    };
    let of: Vec<u32> = part_of.into_iter().map(|part| group(aligned.of[part as usize])).collect();
    let (mut passages, mut alignments) = locate::locate(
        corpus,
        (tokens, surprisal),
        &outlets,
        &absorbed.groups,
        credited,
        (&alignments, &of),
    );
    // Credits come first, and none of them is absorbed.
    for (passage, names) in passages.iter_mut().zip(names) {
        passage.names = names;
    }
    let mut passages: Vec<(Passage, usize)> = passages.into_iter().zip(0..).collect();
    passages.sort_by(|(one, _), (other, _)| {
        let key = |passage: &Passage| {
            let at = &passage.occurrences[0];
            (at.doc, at.bytes)
        };
        key(one).cmp(&key(other)).then_with(|| one.id.cmp(&other.id))
    });
    let mut place_of = vec![0; passages.len()];
    for (place, (_, before)) in passages.iter().enumerate() {
        place_of[*before] = place as u32;
    }
    for aligned in &mut alignments {
        aligned.passage = place_of[aligned.passage as usize];
    }
    alignments.sort_unstable_by_key(|aligned| (aligned.a, aligned.b, aligned.passage));
    let passages = passages.into_iter().map(|(passage, _)| passage).collect();
    Ok(Reuse { passages, alignments })
}

/// The stretches of which passages are made: each alignment, or where an article's own words part it its parts. Beside
/// them the longest part of each alignment.
fn parts(alignments: &[Alignment], parted: &[Parted]) -> (Vec<Alignment>, Vec<u32>) {
    let mut all = Vec::with_capacity(alignments.len() + parted.len());
    let mut longest = Vec::with_capacity(alignments.len());
    for alignment in alignments {
        let begin = all.len();
        match parted.binary_search_by(|(whole, _)| whole.cmp(alignment)) {
            Ok(place) if !parted[place].1.is_empty() => all.extend(&parted[place].1),
            _ => all.push(*alignment),
        }
        let most = (begin..all.len()).rev().max_by_key(|&part| all[part].matched);
        longest.push(most.unwrap_or(begin) as u32);
    }
    (all, longest)
}
