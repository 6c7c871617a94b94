//! Which sampled runs of words may be furniture: asked of the samples alone, before any article is
//! read closely ([`super::witness`]), which costs many times as much.
//!
//! A run that three articles of a house have is a menu, or a copied text. Most copies are told from
//! menus by two questions. Furniture of few articles stands at an end of their texts. And the articles
//! are three texts, of which no two have nearly all their samples in common. Cost: two sorts of the
//! sampled runs.

use ahash::AHashSet;
use rayon::prelude::*;

use super::count::LEAST_ARTICLES;
use super::features::Counters;
use super::witness::ANYWHERE;
use crate::article::DocId;
use crate::sketch::sort_by_hash;

/// A sampled run of words of a house, an article that has it, and its rank among the article's samples.
pub(super) type Seen = (u64, DocId, u32);

/// Articles are copies of one text where nine tenths of the samples of the shorter stand in the other …
const NEARLY_ALL: f64 = 0.9;
/// … and it has so many samples. A brief of forty words in a menu of a hundred has ten, and nine of them
/// may be the menu's.
const FEWEST_SAMPLES: u32 = 16;

/// Sampled runs of words that may be furniture, and the articles that have them by house.
pub(super) struct Shared {
    pub(super) grams: AHashSet<u64>,
    pub(super) docs: Vec<(u64, Vec<DocId>)>,
}

impl Shared {
    /// Of all that was seen, and each article's house.
    pub(super) fn of(mut seen: Vec<Seen>, houses: &[Option<u64>]) -> Self {
        let totals = totals(&seen, houses.len());
        let mut counters = Counters::new(seen.len());
        seen.iter().for_each(|&(gram, ..)| counters.add(gram));
        seen.retain(|&(gram, ..)| counters.may_have(gram, LEAST_ARTICLES as u8));
        sort_by_hash(&mut seen, |seen| seen.0);
        let samples = Samples::of(&seen, totals);
        let kept: Vec<&[Seen]> =
            groups(&seen).filter(|same| samples.may_be_furniture(same)).collect();
        let docs = kept.iter().copied().flatten();
        let mut docs: Vec<(u64, DocId)> =
            docs.filter_map(|&(_, doc, _)| Some((houses[doc.index()]?, doc))).collect();
        docs.par_sort_unstable();
        docs.dedup();
        let of_house = docs.chunk_by(|x, y| x.0 == y.0);
        Self {
            grams: kept.iter().map(|same| same[0].0).collect(),
            docs: of_house.map(|of| (of[0].0, of.iter().map(|&(_, doc)| doc).collect())).collect(),
        }
    }
}

/// How many samples each article has.
fn totals(seen: &[Seen], articles: usize) -> Vec<u32> {
    let mut totals = vec![0; articles];
    for &(_, doc, rank) in seen {
        let total = &mut totals[doc.index()];
        *total = (rank + 1).max(*total);
    }
    totals
}

/// The runs that enough articles have.
fn groups(seen: &[Seen]) -> impl Iterator<Item = &[Seen]> {
    let enough = |same: &&[Seen]| by_article(same).count() >= LEAST_ARTICLES as usize;
    seen.chunk_by(|x, y| x.0 == y.0).filter(enough)
}

fn by_article(same: &[Seen]) -> impl Iterator<Item = &[Seen]> {
    same.chunk_by(|x, y| x.1 == y.1)
}

/// What the samples say of each article.
struct Samples {
    /// How many samples each has.
    totals: Vec<u32>,
    /// Those that enough articles have, by article: a run and its rank.
    common: Vec<(DocId, u64, u32)>,
    /// Where each article's begin among them, and where the last one's end.
    starts: Vec<usize>,
    /// From the first sample on so many are common, and from this one on all.
    ends: Vec<(u32, u32)>,
}

impl Samples {
    /// Of samples in order of their hashes, and how many each article has.
    fn of(seen: &[Seen], totals: Vec<u32>) -> Self {
        let articles = totals.len();
        let mut common: Vec<(DocId, u64, u32)> =
            groups(seen).flatten().map(|&(gram, doc, rank)| (doc, gram, rank)).collect();
        common.par_sort_unstable();
        let start = |doc: usize| common.partition_point(|&(of, ..)| of.index() < doc);
        let starts: Vec<usize> = (0..=articles).into_par_iter().map(start).collect();
        let ends = totals.iter().zip(starts.windows(2));
        let ends = ends.map(|(&total, at)| ends_of(total, &common[at[0]..at[1]])).collect();
        Self { totals, common, starts, ends }
    }

    fn may_be_furniture(&self, same: &[Seen]) -> bool {
        let at_an_end = |&(_, doc, rank): &Seen| {
            let (before, from) = self.ends[doc.index()];
            rank < before || rank >= from
        };
        let ended = by_article(same).filter(|own| own.iter().any(at_an_end)).count();
        (ended >= LEAST_ARTICLES as usize || by_article(same).count() >= ANYWHERE)
            && self.are_of_three_texts(same)
    }

    fn are_of_three_texts(&self, same: &[Seen]) -> bool {
        let mut texts: Vec<DocId> = Vec::new();
        for own in by_article(same) {
            let doc = own[0].1;
            if texts.iter().all(|&other| !self.are_copies(doc, other)) {
                texts.push(doc);
                if texts.len() == LEAST_ARTICLES as usize {
                    return true;
                }
            }
        }
        false
    }

    fn are_copies(&self, a: DocId, b: DocId) -> bool {
        let fewer = self.totals[a.index()].min(self.totals[b.index()]);
        if fewer < FEWEST_SAMPLES {
            return false;
        }
        let [a, b] = [a, b].map(|doc| {
            let doc = doc.index();
            &self.common[self.starts[doc]..self.starts[doc + 1]]
        });
        let (mut i, mut j, mut both) = (0, 0, 0_u32);
        while i < a.len() && j < b.len() {
            let (x, y) = (a[i].1, b[j].1);
            both += u32::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        f64::from(both) >= NEARLY_ALL * f64::from(fewer)
    }
}

/// How many samples from the first on are common, and from which one on all are. The first and the last
/// one of all need not be: a few words may stand between furniture and the end of a text.
fn ends_of(total: u32, common: &[(DocId, u64, u32)]) -> (u32, u32) {
    if common.is_empty() {
        return (0, total);
    }
    let mut is_common = vec![false; total as usize];
    for &(.., rank) in common {
        is_common[rank as usize] = true;
    }
    (run(is_common.iter()), total - run(is_common.iter().rev()))
}

fn run<'s>(mut samples: impl Iterator<Item = &'s bool>) -> u32 {
    let first = samples.next().map_or(0, |_| 1);
    first + samples.take_while(|common| **common).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Articles of one house, each its samples in order.
    fn shared(articles: &[&[u64]]) -> Shared {
        let mut seen = Vec::new();
        for (doc, samples) in (0..).zip(articles) {
            seen.extend((0..).zip(*samples).map(|(rank, &gram)| (gram, DocId(doc), rank)));
        }
        Shared::of(seen, &vec![Some(7); articles.len()])
    }

    fn kept(articles: &[&[u64]]) -> Vec<u64> {
        let mut grams: Vec<u64> = shared(articles).grams.into_iter().collect();
        grams.sort_unstable();
        grams
    }

    #[test]
    fn what_ends_three_texts_is_kept_with_its_articles() {
        let all = shared(&[&[11, 12, 1, 2], &[21, 22, 1, 2], &[31, 32, 1, 2], &[41, 2, 42]]);
        assert_eq!(all.grams, [1, 2].into_iter().collect());
        assert_eq!(all.docs, [(7, (0..4).map(DocId).collect())]);
        assert!(kept(&[&[11, 12, 1], &[21, 22, 1]]).is_empty(), "two articles are too few");
        // A sample of the last words of all may be the article's own.
        assert_eq!(kept(&[&[11, 12, 1, 13], &[21, 22, 1, 23], &[31, 32, 1, 33]]), [1]);
    }

    #[test]
    fn what_stands_within_few_texts_is_not_and_within_many_is() {
        let text = |n: u64| vec![10 * n + 1, 10 * n + 2, 7, 10 * n + 3, 10 * n + 4];
        let texts: Vec<Vec<u64>> = (1..=10).map(text).collect();
        let texts: Vec<&[u64]> = texts.iter().map(Vec::as_slice).collect();
        assert!(kept(&texts[..9]).is_empty());
        assert_eq!(kept(&texts), [7]);
    }

    #[test]
    fn copies_of_one_text_are_one_text() {
        let text: Vec<u64> = (100..130).collect();
        let changed = |at: usize| {
            let mut text = text.clone();
            text[at] = at as u64;
            text
        };
        let copies = [changed(3), changed(9), changed(20), changed(25)];
        let copies: Vec<&[u64]> = copies.iter().map(Vec::as_slice).collect();
        assert!(kept(&copies).is_empty());
        // Short texts are left to a closer look.
        let short: Vec<&[u64]> = copies.iter().map(|copy| &copy[10..19]).collect();
        assert_eq!(kept(&short).len(), 9);
    }
}
