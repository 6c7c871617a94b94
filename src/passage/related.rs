//! Pairs of articles that may share reworded text, without comparing all with all.
//!
//! Words that stand close together in a text stay close together when it is worded anew, though not
//! in their order: pairs of neighbouring rare stems are seeds that survive where word 4-grams do not.
//! Two articles are related where enough different ones stand close together in both. A seed's
//! places past [`MAX_PLACES`] are not followed and an article keeps its [`MAX_RELATED`] best: linear in
//! the words.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::index::Repeats;
use super::seeds::mix;
use super::stems::Stems;
use super::surprisal::{BIT, Surprisal};
use super::tokens::Tokens;
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;
use crate::spill::Spill;

/// A word that tells less is passed over.
const MIN_WORD_BITS: u32 = 8 * BIT;

/// What the two words of a seed must tell.
const MIN_SEED_BITS: u32 = 20 * BIT;

/// Rare words before it that a rare word makes a seed with, no further off than [`REACH`] words.
const PARTNERS: usize = 3;
const REACH: u32 = 12;

/// Words, in either article, that seeds may lie apart to count together.
const WINDOW: u32 = 60;

/// Different seeds within a window that make two articles related. With [`WINDOW`], and with the pairs that
/// share copied words, 3,825 of the 5,185 listed pairs of PAN 2013 are looked at, and 65,582 of the 12.8
/// million pairs of its texts.
const MIN_SEEDS: usize = 5;

/// Hits that a window holds at most: a bound for text that repeats itself.
const MAX_HITS: usize = 96;

/// Earlier places of a seed that are followed.
const MAX_PLACES: usize = 30;

/// Earlier articles that an article is related to at most.
const MAX_RELATED: usize = 50;

/// Articles a thread takes at once.
const CHUNK_ARTICLES: usize = 64;

/// A seed that an article shares with an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    doc: DocId,
    /// Where it stands in the later article.
    at: u32,
    /// Where it stands in the earlier one.
    earlier: u32,
    seed: u32,
}

/// The related pairs, the article first in the corpus before the other.
pub(super) fn related(
    tokens: &Tokens,
    stems: &Stems,
    surprisal: &Surprisal,
    spill: &Spill,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let repeats = Repeats::find_by(tokens, spill, observer, usize::MAX, |range, found| {
        let mut rare: Vec<(u32, u32)> = Vec::new();
        for position in range.clone() {
            let bits = surprisal.alone(tokens.words()[position as usize]);
            if bits < MIN_WORD_BITS {
                continue;
            }
            let partners = rare.iter().rev().take(PARTNERS);
            for &(before, its) in partners.take_while(|(before, _)| position - before <= REACH) {
                if bits + its >= MIN_SEED_BITS {
                    let (one, other) = (stems.at(before), stems.at(position));
                    let both = u64::from(one.min(other)) << 32 | u64::from(one.max(other));
                    found((before - range.start) as usize, mix(both));
                }
            }
            rare.push((position, bits));
        }
    })?;
    let docs: Vec<DocId> = (0..tokens.articles() as u32).map(DocId).collect();
    let parts: Vec<Vec<(DocId, DocId)>> = docs
        .par_chunks(CHUNK_ARTICLES)
        .map(|docs| {
            observer.check()?;
            let mut hits = Vec::new();
            let mut pairs = Vec::new();
            for &doc in docs {
                find_hits(tokens, &repeats, doc, &mut hits);
                let mut found: Vec<(usize, DocId)> = hits
                    .chunk_by(|one, other| one.doc == other.doc)
                    .map(|hits| (most_together(hits), hits[0].doc))
                    .filter(|&(seeds, _)| seeds >= MIN_SEEDS)
                    .collect();
                found.sort_unstable_by_key(|&(seeds, other)| (Reverse(seeds), other));
                found.truncate(MAX_RELATED);
                pairs.extend(found.into_iter().map(|(_, other)| (other, doc)));
            }
            Ok(pairs)
        })
        .collect::<Result<_>>()?;
    Ok(parts.concat())
}

fn find_hits(tokens: &Tokens, repeats: &Repeats, doc: DocId, hits: &mut Vec<Hit>) {
    hits.clear();
    for &link in repeats.links(tokens, doc) {
        for &earlier in repeats.earlier(link).iter().take(MAX_PLACES) {
            let other = tokens.doc(earlier);
            if other != doc {
                hits.push(Hit { doc: other, at: link.position, earlier, seed: link.seed() });
            }
        }
    }
    hits.sort_unstable();
}

/// The most different seeds that stand within a window in both articles; `hits` are in order.
fn most_together(hits: &[Hit]) -> usize {
    let mut seeds = Vec::new();
    let mut most = 0;
    for (i, first) in hits.iter().enumerate() {
        let near = hits[i..].iter().take(MAX_HITS).take_while(|hit| hit.at - first.at <= WINDOW);
        seeds.clear();
        seeds.extend(
            near.filter(|hit| hit.earlier.abs_diff(first.earlier) <= WINDOW).map(|hit| hit.seed),
        );
        if seeds.len() > most {
            seeds.sort_unstable();
            seeds.dedup();
            most = most.max(seeds.len());
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;

    #[test]
    fn seeds_count_together_once_each_and_only_if_close_in_both() {
        let hit = |at, earlier, seed| Hit { doc: DocId(0), at, earlier, seed };
        let close = [hit(100, 10, 1), hit(110, 5, 2), hit(120, 12, 1), hit(160, 70, 3)];
        assert_eq!(most_together(&close), 3);
        assert_eq!(most_together(&[hit(100, 10, 1), hit(110, 71, 2)]), 1);
        assert_eq!(most_together(&[hit(100, 10, 1), hit(161, 10, 2)]), 1);
        assert_eq!(most_together(&[]), 0);
    }

    #[test]
    fn the_same_words_in_another_order_make_articles_related() {
        let words: Vec<String> = (0..12).map(|i| format!("distinct{i}")).collect();
        // Stems are six letters: the number comes first.
        let text = |order: &[usize]| {
            order.iter().map(|&i| format!("{i}{}", words[i])).collect::<Vec<_>>().join(" the ")
        };
        let straight = text(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        let shuffled = text(&[1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10]);
        let other: String = (0..12).map(|i| format!("{i}other the ")).collect();
        let corpus = corpus(&[("a", &straight), ("b", &shuffled), ("c", &other)]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let stems = Stems::read(&corpus, &tokens, &Silent).unwrap();
        let surprisal = Surprisal::count(&corpus);
        let pairs = related(&tokens, &stems, &surprisal, &Spill::default(), &Silent).unwrap();
        assert_eq!(pairs, [(DocId(0), DocId(1))]);
    }
}
