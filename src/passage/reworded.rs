//! Reworded reuse: sentences of two articles that say the same in other words and another order.
//!
//! After the system that won PAN 2014's text alignment (Sanchez-Perez, Sidorov and Gelbukh, "A Winning
//! Approach to Text Alignment for Text Reuse Detection"): pairs of sentences that are alike by tf-isf
//! cosine and by Dice; those close together in both articles are one fragment, if its two sides are
//! alike as wholes, and are parted at smaller gaps otherwise; a second look with a wide gap finds
//! summaries, which are much shorter than what they sum up. Where fragments overlap, the best stays.
//! For a pair of articles: its sentences times those that share a rare stem.

use rayon::prelude::*;

use super::align::Alignment;
use super::sentences::{self, Sentence};
use super::stems::Stems;
use super::tokens::Tokens;
use crate::article::{DocId, TokenSpan};
use crate::error::Result;
use crate::observer::Observer;

/// Cosine and Dice over which two sentences are alike: those of the 2014 system. At a cosine of 0.35
/// PlagDet on PAN 2013 is 0.886, at 0.30 it is 0.887.
const MIN_COSINE: f64 = 0.30;
const MIN_DICE: f64 = 0.33;

/// A sum of products over the rarer stems under this share of [`MIN_COSINE`] is not looked at further.
const GLANCE: f64 = 1.0 / 3.0;

/// Sentences that may lie between two that are alike, in a fragment and in a summary. With 6 for the
/// first PlagDet is 0.890, with 4 it is 0.893.
const MAX_GAP: u32 = 4;
const MAX_SUMMARY_GAP: u32 = 24;

/// Cosine of the two sides of a fragment.
const MIN_FRAGMENT_COSINE: f64 = 0.34;

/// A summary is so many times shorter. With two and a laxer cosine PlagDet falls by 0.007.
const SUMMARY_RATIO: u32 = 3;

/// Words of either side.
const MIN_WORDS: u32 = 20;

/// Cosine times the root of the shorter side's words: the less text, the more alike it must be. Texts of
/// one topic have sentences that come under it; it takes PlagDet from 0.887 to 0.893, and detections in
/// the 1,000 clean pairs from 11 to 6.
const MIN_EVIDENCE: f64 = 2.5;

/// Pairs of articles a thread takes at once.
const CHUNK_PAIRS: usize = 64;

/// Two sentences that are alike, by their numbers in their articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seed {
    a: u32,
    b: u32,
}

/// Neighbouring sentences in both articles: from, to (one past the last).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fragment {
    a: (usize, usize),
    b: (usize, usize),
    cosine: f64,
}

/// The reworded stretches that pairs of articles share.
pub(super) fn align_reworded(
    tokens: &Tokens,
    stems: &Stems,
    pairs: &[(DocId, DocId)],
    observer: &dyn Observer,
) -> Result<Vec<Alignment>> {
    let parts: Vec<Vec<Alignment>> = pairs
        .par_chunks(CHUNK_PAIRS)
        .map(|pairs| {
            observer.check()?;
            Ok(pairs.iter().flat_map(|&pair| align_pair(tokens, stems, pair)).collect())
        })
        .collect::<Result<_>>()?;
    Ok(parts.concat())
}

fn align_pair(tokens: &Tokens, stems: &Stems, pair: (DocId, DocId)) -> Vec<Alignment> {
    let (doc_a, doc_b) = pair;
    let (a, b) = sentences::of_pair(tokens, stems, pair);
    let local = |doc: DocId, side: &[Sentence], (from, to): (usize, usize)| {
        let base = tokens.range(doc).start;
        TokenSpan { start: side[from].start - base, end: side[to - 1].end - base }
    };
    fragments_of(&a, &b)
        .into_iter()
        .map(|fragment| Alignment {
            doc_a,
            doc_b,
            a: local(doc_a, &a, fragment.a),
            b: local(doc_b, &b, fragment.b),
            matched: 0,
            reworded: true,
        })
        .collect()
}

/// The fragments of two articles, best first; no two overlap in `b`.
fn fragments_of(a: &[Sentence], b: &[Sentence]) -> Vec<Fragment> {
    let seeds = seeds(a, b);
    if seeds.is_empty() {
        return Vec::new();
    }
    let sizes = |fragment: &Fragment| (words(a, fragment.a), words(b, fragment.b));
    let evidence = |fragment: &Fragment| {
        let (in_a, in_b) = sizes(fragment);
        fragment.cosine * libm::sqrt(f64::from(in_a.min(in_b)))
    };
    let is_enough = |fragment: &Fragment| {
        let (in_a, in_b) = sizes(fragment);
        in_a.min(in_b) >= MIN_WORDS && evidence(fragment) >= MIN_EVIDENCE
    };
    let mut found = Vec::new();
    grow(seeds.clone(), MAX_GAP, a, b, &mut found);
    found.retain(is_enough);
    let mut summaries = Vec::new();
    grow(seeds, MAX_SUMMARY_GAP, a, b, &mut summaries);
    summaries.retain(|summary| {
        let (in_a, in_b) = sizes(summary);
        is_enough(summary) && in_a.max(in_b) > SUMMARY_RATIO * in_a.min(in_b)
    });
    let lies_in =
        |inner: (usize, usize), outer: (usize, usize)| outer.0 <= inner.0 && inner.1 <= outer.1;
    found.retain(|part| {
        !summaries.iter().any(|whole| lies_in(part.a, whole.a) && lies_in(part.b, whole.b))
    });
    found.extend(summaries);
    found.sort_by(|one, other| {
        evidence(other).total_cmp(&evidence(one)).then((one.a, one.b).cmp(&(other.a, other.b)))
    });
    let mut kept: Vec<Fragment> = Vec::new();
    for fragment in found {
        let overlaps = |other: &Fragment| other.b.0 < fragment.b.1 && fragment.b.0 < other.b.1;
        if !kept.iter().any(overlaps) {
            kept.push(fragment);
        }
    }
    kept
}

fn words(side: &[Sentence], (from, to): (usize, usize)) -> u32 {
    side[to - 1].end - side[from].start
}

/// The pairs of sentences that are alike. Only those are compared that share a stem which few
/// sentences of `b` have.
fn seeds(a: &[Sentence], b: &[Sentence]) -> Vec<Seed> {
    let mut postings: Vec<(u32, u32, f64)> = Vec::new();
    for (j, sentence) in b.iter().enumerate() {
        postings.extend(sentence.terms.iter().map(|term| (term.stem, j as u32, term.weight)));
    }
    postings.sort_unstable_by_key(|posting| (posting.0, posting.1));
    let few = 4 + b.len() / 8;
    let mut dots = vec![0.0; b.len()];
    let mut touched: Vec<u32> = Vec::new();
    let mut found = Vec::new();
    for (i, sentence) in a.iter().enumerate() {
        for term in &sentence.terms {
            let from = postings.partition_point(|posting| posting.0 < term.stem);
            let of_term = postings[from..].iter().take_while(|posting| posting.0 == term.stem);
            for &(_, j, weight) in of_term.take(few) {
                touched.push(j);
                dots[j as usize] += term.weight * weight;
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for j in touched.drain(..) {
            let dot = std::mem::take(&mut dots[j as usize]);
            let other = &b[j as usize];
            if dot < GLANCE * MIN_COSINE * sentence.norm * other.norm {
                continue;
            }
            let (cosine, dice) = sentence.likeness(other);
            if cosine > MIN_COSINE && dice > MIN_DICE {
                found.push(Seed { a: i as u32, b: j });
            }
        }
    }
    found
}

/// Appends the fragments that seeds make with gaps of `gap`, or smaller ones where their sides are
/// not alike.
fn grow(seeds: Vec<Seed>, gap: u32, a: &[Sentence], b: &[Sentence], found: &mut Vec<Fragment>) {
    let mut clusters = Vec::new();
    part(seeds, gap, &mut clusters);
    for seeds in clusters {
        let extent = |side: fn(&Seed) -> u32| {
            let least = seeds.iter().map(side).min().unwrap_or(0);
            (least as usize, seeds.iter().map(side).max().unwrap_or(0) as usize + 1)
        };
        let (in_a, in_b) = (extent(|seed| seed.a), extent(|seed| seed.b));
        let sum_a = Sentence::sum(&a[in_a.0..in_a.1]);
        let (cosine, _) = sum_a.likeness(&Sentence::sum(&b[in_b.0..in_b.1]));
        if cosine > MIN_FRAGMENT_COSINE {
            found.push(Fragment { a: in_a, b: in_b, cosine });
        } else if gap > 0 {
            grow(seeds, gap - 1, a, b, found);
        }
    }
}

/// Parts seeds where more than `gap` sentences lie between neighbours, in one article and in the
/// other by turns, until nothing parts.
fn part(mut seeds: Vec<Seed>, gap: u32, clusters: &mut Vec<Vec<Seed>>) {
    for side in [|seed: &Seed| seed.a, |seed: &Seed| seed.b] {
        seeds.sort_unstable_by_key(|seed| (side(seed), *seed));
        let together = |one: &Seed, other: &Seed| side(other) - side(one) <= gap + 1;
        if seeds.chunk_by(together).nth(1).is_some() {
            for cluster in seeds.chunk_by(together) {
                part(cluster.to_vec(), gap, clusters);
            }
            return;
        }
    }
    clusters.push(seeds);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;

    #[test]
    fn seeds_part_at_gaps_of_either_article() {
        let seed = |a, b| Seed { a, b };
        let mut clusters = Vec::new();
        // The third is far off in a, the fourth in b only.
        part(vec![seed(0, 0), seed(5, 2), seed(11, 3), seed(2, 8)], 4, &mut clusters);
        assert_eq!(clusters, [vec![seed(0, 0), seed(5, 2)], vec![seed(2, 8)], vec![seed(11, 3)]]);
        clusters.clear();
        part(vec![seed(0, 0), seed(5, 2), seed(11, 3), seed(2, 8)], 5, &mut clusters);
        assert_eq!(clusters.len(), 1);
    }

    #[test]
    fn a_shuffled_passage_is_found_among_other_sentences() {
        let plain = |side: &str, n: usize| -> String {
            (0..8).map(|i| format!("{side}{n}{i}x ")).collect::<String>() + ". "
        };
        let passage = "Harbour masters counted seven grey vessels before the morning storm. \
                       Engineers repaired the broken old lighthouse lantern within three hours. ";
        let reworded = "Seven grey vessels were counted by harbour masters before that storm. \
                        Within three hours the lighthouse lantern was repaired by engineers. ";
        let around = |side: &str, middle: &str| -> String {
            let some = |from: usize| (from..from + 3).map(|n| plain(side, n)).collect::<String>();
            some(1) + middle + &some(4)
        };
        let (a, b) = (around("A", passage), around("B", reworded));
        let corpus = corpus(&[("a", &a), ("b", &b)]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let stems = Stems::read(&corpus, &tokens, &Silent).unwrap();
        let found = align_pair(&tokens, &stems, (DocId(0), DocId(1)));
        // Three sentences of eight words stand before.
        let spans: Vec<_> = found.iter().map(|found| (found.a, found.b)).collect();
        let span = |start, end| TokenSpan { start, end };
        assert_eq!(spans, [(span(24, 44), span(24, 45))]);
    }
}
