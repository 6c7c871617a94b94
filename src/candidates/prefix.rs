//! The exact join: articles that share shingles of their prefixes (Bayardo, Ma, Srikant 2007), counted
//! against what is left of them (the positional filter of Xiao et al. 2008).
//!
//! Two articles of Jaccard t or more share a shingle of their prefixes (see [`crate::sketch`]), so
//! recall is 1 by construction. How many they share, up to the earlier of the two cuts, and how many
//! the article so cut has left, is the most that they can have in common: of nine pairs of news articles
//! that meet, one is proposed.
//!
//! Cost: the postings of the prefixes, of which those on one article alone are dropped at once; a
//! sort of the others; and an addition for each two articles of like length that stand on one list.
//! Memory: twelve bytes for each posting that is left. Lists are short, since prefixes have rare
//! shingles, and one that stands in fifty articles is past most cuts. Where an article has not rare
//! ones enough, its prefix has frequent ones too; on their long lists only those are counted that have
//! them in the head of the prefix, which are articles with fewer rare shingles than (1 − t) / (1 + t)
//! of all they have. Two of those of one length that have the frequent ones in common are as alike as
//! t: a million articles with one footer meet each with each where they are near-duplicates each of
//! each, and otherwise do not. Quadratic work without as many pairs takes a great many articles that
//! are composed, in ever new ways, of nothing but frequent shingles.

use rayon::prelude::*;

use super::{merge, pack};
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::{PARTS, Packing, Piece, Postings, Prefix, PrefixPacking, Sketches, sort_part};
use crate::spill::Spill;

/// Guards a bound against a product that rounding left a hair above the whole number it is.
const ROUNDING: f64 = 1.0 - 1e-9;
/// Marks the first member of a list.
const FIRST: u32 = 1 << 31;
/// On a list of more articles than this, only those are counted that have the shingle in the head of
/// their prefix: without them nobody meets for the first time. Of 40,000 news articles no list is
/// longer, so that nothing goes uncounted; tests make many long.
const LONG: usize = if cfg!(test) { 8 } else { 64 };
/// Where an article stands on a long list, beside the place among those that are counted: it may share
/// the shingle with any of the others.
const UNCOUNTED: usize = 0;

/// The pairs of the `wanted` articles, which are `docs`, that may reach `threshold`; every pair that
/// does is among them.
pub(super) fn pairs(
    sketches: &Sketches,
    docs: &[DocId],
    wanted: impl Fn(DocId) -> bool + Sync,
    threshold: f64,
    spill: &Spill,
    observer: &dyn Observer,
) -> Result<Vec<(DocId, DocId)>> {
    let ranking = Ranking::new(sketches, docs, threshold);
    let (members, pieces) = (0..PARTS)
        .into_par_iter()
        .map(|part| {
            observer.check()?;
            ranking.lists(&sketches.postings, part, &wanted, spill)
        })
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    let join = Join { ranking, members, stands: Postings::new(Packing::new(0), pieces), threshold };
    let found = (0..PARTS)
        .into_par_iter()
        .map_init(
            || Counter::new(docs.len()),
            |counter, part| {
                observer.check()?;
                Ok(join.pairs(part, counter))
            },
        )
        .collect::<Result<_>>()?;
    Ok(merge(found))
}

/// The articles by size: an article's rank is its place among them.
struct Ranking {
    articles: Vec<(DocId, Prefix)>,
    /// The rank of each article.
    ranks: Vec<u32>,
    /// For each rank, the least of which the size is so much of its own that their Jaccard can be
    /// the threshold.
    nearest: Vec<u32>,
    standing: Standing,
}

impl Ranking {
    fn new(sketches: &Sketches, docs: &[DocId], threshold: f64) -> Self {
        let mut articles: Vec<(DocId, Prefix)> =
            docs.iter().map(|&doc| (doc, sketches.prefixes[doc.index()])).collect();
        articles.par_sort_unstable_by_key(|(doc, prefix)| (prefix.size, *doc));
        let mut ranks = vec![0; sketches.prefixes.len()];
        let mut nearest = Vec::with_capacity(articles.len());
        let mut least = 0_u32;
        for (rank, (doc, prefix)) in (0..).zip(&articles) {
            ranks[doc.index()] = rank;
            let size = threshold * f64::from(prefix.size) * ROUNDING;
            while f64::from(articles[least as usize].1.size) < size {
                least += 1;
            }
            nearest.push(least);
        }
        let standing = Standing::new(articles.len());
        Self { articles, ranks, nearest, standing }
    }

    /// The ranks on each list of a part of the postings, ascending, one list behind the other; and
    /// where each rank stands, save as the first of a list.
    fn lists(
        &self,
        postings: &Postings,
        part: usize,
        wanted: impl Fn(DocId) -> bool,
        spill: &Spill,
    ) -> Result<(Vec<u32>, Piece)> {
        let packing = PrefixPacking::new(self.ranks.len());
        let (mut members, mut stands) = (Vec::new(), Vec::new());
        let mut list = Vec::new();
        let repeated = postings.repeated(part, |entry| wanted(packing.doc(u64::from(entry.0))));
        for same in repeated.chunk_by(|a, b| packing.key(*a) == packing.key(*b)) {
            // A rank, and whether the shingle is in the head.
            let entry = |&posting: &u64| {
                self.ranks[packing.doc(posting).index()] << 1 | u32::from(packing.in_head(posting))
            };
            list.clear();
            list.extend(same.iter().map(entry));
            list.sort_unstable();
            // Where one size is too far from the next, no pair reaches across.
            let near = list.chunk_by(|&a, &b| a >> 1 >= self.nearest[(b >> 1) as usize]);
            for near in near.filter(|near| near.len() > 1) {
                let in_head = |entry: u32| entry & 1 == 1;
                let all = near.len() <= LONG || near.iter().all(|&entry| in_head(entry));
                let begin = members.len();
                for &entry in near {
                    let rank = entry >> 1;
                    if members.len() > begin {
                        stands.push(self.standing.pack(rank, part, members.len()));
                    }
                    if !all {
                        stands.push(self.standing.pack(rank, part, UNCOUNTED));
                    }
                    if all || in_head(entry) {
                        members.push(if members.len() == begin { rank | FIRST } else { rank });
                    }
                }
            }
        }
        Ok((members, Piece::new(&stands, spill)?))
    }
}

/// Who stands on a list with whom.
struct Join {
    ranking: Ranking,
    /// The members of the lists of each part of the postings.
    members: Vec<Vec<u32>>,
    /// Where each rank stands, in parts by rank.
    stands: Postings,
    threshold: f64,
}

impl Join {
    /// The pairs, packed, of one part of the ranks with those before them.
    fn pairs(&self, part: usize, counter: &mut Counter) -> Vec<u64> {
        let standing = self.ranking.standing;
        let mut found = Vec::new();
        let mut stands = self.stands.part(part);
        sort_part(&mut stands);
        for stands in stands.chunk_by(|a, b| standing.rank(*a) == standing.rank(*b)) {
            let rank = standing.rank(stands[0]);
            let uncounted = self.count(rank, stands, counter);
            let (own, prefix) = &self.ranking.articles[rank as usize];
            for other in counter.met.drain(..) {
                let shared = std::mem::take(&mut counter.shared[other as usize]);
                let shared = shared.saturating_add(uncounted);
                let (doc, others) = &self.ranking.articles[other as usize];
                // Two shingles of one article may look like one.
                if other != rank && may_reach(prefix, others, shared, self.threshold) {
                    found.push(pack(*own, *doc));
                }
            }
        }
        found
    }

    /// Counts those that stand before an article wherever it stands, as far as they are near; returns
    /// on how many lists there may be others.
    fn count(&self, rank: u32, stands: &[u64], counter: &mut Counter) -> u16 {
        let nearest = self.ranking.nearest[rank as usize];
        let places = stands.iter().map(|&stand| self.ranking.standing.place(stand));
        let places = places.filter(|&(_, place)| place != UNCOUNTED);
        // All at once: the lists lie far apart, and these loads wait for memory side by side.
        counter.next.clear();
        counter.next.extend(places.clone().map(|(part, place)| self.members[part][place - 1]));
        for ((part, mut place), next) in places.zip(0..) {
            let mut member = counter.next[next];
            while member & !FIRST >= nearest {
                counter.meet(member & !FIRST);
                if member & FIRST != 0 {
                    break;
                }
                place -= 1;
                member = self.members[part][place - 1];
            }
        }
        u16::try_from(stands.len() - counter.next.len()).unwrap_or(u16::MAX)
    }
}

/// How many shingles of its prefix each article shares with the one at hand.
struct Counter {
    /// By rank.
    shared: Vec<u16>,
    /// Those that share any.
    met: Vec<u32>,
    /// The first to be met on each list.
    next: Vec<u32>,
}

impl Counter {
    fn new(articles: usize) -> Self {
        Self { shared: vec![0; articles], met: Vec::new(), next: Vec::new() }
    }

    fn meet(&mut self, other: u32) {
        let shared = &mut self.shared[other as usize];
        if *shared == 0 {
            self.met.push(other);
        }
        *shared = shared.saturating_add(1);
    }
}

/// Whether two articles that share so many shingles of their prefixes may share enough in all.
fn may_reach(a: &Prefix, b: &Prefix, shared: u16, threshold: f64) -> bool {
    // Up to the earlier of the two cuts, all that they share has been counted.
    let rest = match a.cut.cmp(&b.cut) {
        std::cmp::Ordering::Less => a.rest,
        std::cmp::Ordering::Equal => a.rest.min(b.rest),
        std::cmp::Ordering::Greater => b.rest,
    };
    let least = threshold / (1.0 + threshold) * (f64::from(a.size) + f64::from(b.size)) * ROUNDING;
    shared == u16::MAX || f64::from(shared) + f64::from(rest) >= least
}

/// How a rank and its place on a list of a part share a word: the rank uppermost, so that words are
/// parted by it.
#[derive(Clone, Copy)]
struct Standing {
    rank_shift: u32,
    part_shift: u32,
}

impl Standing {
    fn new(ranks: usize) -> Self {
        let part_bits = PARTS.trailing_zeros();
        // The bits that words are parted by are bits of the rank alone.
        let rank_shift = (ranks as u64).leading_zeros().min(u64::BITS - part_bits);
        Self { rank_shift, part_shift: rank_shift - part_bits }
    }

    fn pack(self, rank: u32, part: usize, place: usize) -> u64 {
        u64::from(rank) << self.rank_shift | (part as u64) << self.part_shift | place as u64
    }

    fn rank(self, word: u64) -> u32 {
        (word >> self.rank_shift) as u32
    }

    fn place(self, word: u64) -> (usize, usize) {
        let part = (word >> self.part_shift) as usize % PARTS;
        (part, (word & ((1 << self.part_shift) - 1)) as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;
    use crate::sketch::{Shingler, SketchKind};
    use crate::testing::corpus_of;
    use crate::verify::overlap;

    type Pairs = BTreeSet<(DocId, DocId)>;

    /// The pairs that the join proposes, and those that reach the threshold.
    fn proposed_and_true(texts: &[String], ngram: usize, threshold: f64) -> (Pairs, Pairs) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let corpus = corpus_of(&texts);
        let docs: Vec<DocId> = corpus.docs().collect();
        let kind = SketchKind::Prefix(threshold);
        let mut shingler = Shingler::new(ngram);
        let sketches = Sketches::new(&corpus, &shingler, kind, false, &Silent).unwrap();
        let found =
            pairs(&sketches, &docs, |_| true, threshold, &Spill::default(), &Silent).unwrap();
        let sets: Vec<Box<[u64]>> = texts.iter().map(|text| shingler.set(text)).collect();
        let reaching = docs.iter().flat_map(|&a| {
            let sets = &sets;
            let later = docs[a.index() + 1..].iter().map(move |&b| (a, b));
            later.filter(move |(a, b)| {
                overlap(&sets[a.index()], &sets[b.index()]).jaccard() >= threshold
            })
        });
        (found.into_iter().collect(), reaching.collect())
    }

    #[test]
    fn articles_that_share_a_footer_only_do_not_meet() {
        let words =
            |name: &str, n: usize| -> String { (0..n).map(|i| format!("{name}{i} ")).collect() };
        // Of 14 words to a footer of 60, the prefix of 22 shingles has eight of the footer's, but its
        // head of 13 none: 56 of 84 are shared, which is 0.67.
        for own in [60, 14] {
            let text = |doc: usize| words(&format!("a{doc}x"), own) + &words("footer", 60);
            let texts: Vec<String> = (0..200).map(text).collect();
            let (proposed, _) = proposed_and_true(&texts, 5, 0.7);
            assert_eq!(proposed.len(), 0);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_reaches_the_threshold_is_missed(
            texts in proptest::collection::vec("[ab]( [a-d]){5,25}", 2..12),
            threshold in 0.2_f64..=1.0,
        ) {
            let (proposed, reaching) = proposed_and_true(&texts, 2, threshold);
            prop_assert!(proposed.is_superset(&reaching));
        }

        /// Texts of a few sentences out of a dozen, as often as not without one of their own, so that
        /// most shingles are frequent, cuts lie anywhere in the order, and lists are long.
        #[test]
        fn nothing_is_missed_where_sentences_are_used_again_and_again(
            chosen in proptest::collection::vec(
                (proptest::collection::vec(0_usize..12, 1..7), any::<bool>()), 20..200,
            ),
            threshold in 0.2_f64..=1.0,
        ) {
            let sentence = |of: usize| (0..of % 5 + 4).map(move |i| format!("s{of}w{} ", i % 7));
            let text = |(place, (sentences, own)): (usize, &(Vec<usize>, bool))| -> String {
                let own = own.then_some(100 + place);
                sentences.iter().copied().chain(own).flat_map(sentence).collect()
            };
            let texts: Vec<String> = chosen.iter().enumerate().map(text).collect();
            let (proposed, reaching) = proposed_and_true(&texts, 3, threshold);
            prop_assert!(proposed.is_superset(&reaching));
        }
    }
}
