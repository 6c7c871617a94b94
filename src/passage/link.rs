//! Links between seeds to alignments of articles, in time linear in the links.
//!
//! A seed in n places would make n² pairs. Each place is linked with all earlier ones up to
//! [`ALL_UP_TO`], and past that with the first two and its predecessor only: the copies of one text
//! are still held together, and there is no limit on how many articles a seed may occur in. (Leaving
//! out the frequent seeds instead loses just the passages that went to hundreds of outlets.) Which articles stand
//! between decides who is linked, not what a linked pair has in common: the pair's own places of those seeds are
//! looked up as soon as it is hopeful.

use std::collections::BTreeMap;

use ahash::AHashMap;
use rayon::prelude::*;

use super::align::{Aligner, Alignments, Thresholds, effort, is_hopeful};
use super::articles_a_chunk;
use super::extend::{Match, Pair};
use super::index::{Repeats, cut};
use super::seeds::{SHORT_GRAM, winnow, winnow_short};
use super::surprisal::Surprisal;
use super::tokens::Tokens;
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;

/// Earlier places of a seed up to which a place is linked with all of them.
const ALL_UP_TO: usize = 6;

/// Articles a thread takes at once at the most.
const CHUNK_ARTICLES: usize = 64;

/// Places of a frequent seed in the earlier article of a pair that are looked up: more only occur in text that
/// repeats itself.
const MOST_IN_ARTICLE: usize = 4;

/// Hits between two looks at whether the run should stop.
const CHECK_HITS: usize = 4096;

/// A seed that an article shares with an earlier one, or has twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    /// The article of the earlier place.
    doc: DocId,
    /// Distance of the two places.
    diagonal: u32,
    /// Position of the later place.
    at: u32,
}

/// All alignments of all pairs, in order of their later article. `repeats` are seeds of every sort.
pub(super) fn align_linked(
    tokens: &Tokens,
    surprisal: &Surprisal,
    repeats: &[Repeats],
    thresholds: Thresholds,
    observer: &dyn Observer,
) -> Result<Alignments> {
    let docs: Vec<DocId> = (0..tokens.articles() as u32).map(DocId).collect();
    let chunks: Vec<Alignments> = docs
        .par_chunks(articles_a_chunk(docs.len(), CHUNK_ARTICLES))
        .map(|docs| {
            let mut linker = Linker::new(tokens, surprisal, repeats, thresholds, observer);
            for &doc in docs {
                observer.check()?;
                linker.article(doc)?;
            }
            observer.advance(docs.len() as u64);
            Ok(linker.alignments)
        })
        .collect::<Result<_>>()?;
    let mut all = Alignments::default();
    for chunk in chunks {
        all.whole.extend(chunk.whole);
        all.parted.extend(chunk.parted);
    }
    Ok(all)
}

/// The articles that have an alignment with `one`, ascending. Cost: a lookup for each word of the others, and the
/// alignments of those that have one of its seeds.
pub(super) fn aligned_with(
    tokens: &Tokens,
    surprisal: &Surprisal,
    one: DocId,
    thresholds: Thresholds,
    observer: &dyn Observer,
) -> Result<Vec<DocId>> {
    let places = places_of_seeds(tokens, surprisal, one);
    let others: Vec<DocId> =
        (0..tokens.articles() as u32).map(DocId).filter(|&other| other != one).collect();
    let aligned: Vec<Vec<DocId>> = others
        .par_chunks(articles_a_chunk(others.len(), CHUNK_ARTICLES))
        .map(|others| {
            let mut linker = Linker::new(tokens, surprisal, &[], thresholds, observer);
            let mut aligned = Vec::new();
            for &other in others {
                observer.check()?;
                let (earlier, later) = (other.min(one), other.max(one));
                let hits = hits_of_seeds(tokens, &places, earlier, other);
                if hits.is_empty() {
                    continue;
                }
                linker.pair(earlier, later, &hits)?;
                if !std::mem::take(&mut linker.alignments).whole.is_empty() {
                    aligned.push(other);
                }
            }
            Ok(aligned)
        })
        .collect::<Result<_>>()?;
    Ok(aligned.concat())
}

/// Where an article has the seeds of another, whose `places` are known; the earlier of the two is named.
fn hits_of_seeds(
    tokens: &Tokens,
    places: &AHashMap<[u32; SHORT_GRAM], Vec<u32>>,
    earlier: DocId,
    other: DocId,
) -> Vec<Hit> {
    let range = tokens.range(other);
    let words = &tokens.words()[range.start as usize..range.end as usize];
    let mut hits = Vec::new();
    for (position, gram) in (range.start..).zip(words.windows(SHORT_GRAM)) {
        let Some(places) = places.get(gram).filter(|_| !tokens.is_said_before(position)) else {
            continue;
        };
        hits.extend(places.iter().map(|&place| Hit {
            doc: earlier,
            diagonal: place.abs_diff(position),
            at: place.max(position),
        }));
    }
    hits.sort_unstable();
    hits
}

/// The first words of an article's seeds of both sorts, and where they stand.
fn places_of_seeds(
    tokens: &Tokens,
    surprisal: &Surprisal,
    doc: DocId,
) -> AHashMap<[u32; SHORT_GRAM], Vec<u32>> {
    let range = tokens.range(doc);
    let words = &tokens.words()[range.start as usize..range.end as usize];
    let mut places: AHashMap<[u32; SHORT_GRAM], Vec<u32>> = AHashMap::new();
    let mut found = |place: usize, _: u64| {
        let position = range.start + place as u32;
        let Some(&gram) = words[place..].first_chunk() else { return };
        let places = places.entry(gram).or_default();
        if places.len() < MOST_IN_ARTICLE
            && !places.contains(&position)
            && !tokens.is_said_before(position)
        {
            places.push(position);
        }
    };
    winnow(words, surprisal, &mut found);
    winnow_short(words, surprisal, &mut found);
    places
}

/// Calls `found` with those of a seed's earlier places that a place is linked with, and tells whether these are all.
pub(super) fn linked<P: Copy>(earlier: &[P], mut found: impl FnMut(P)) -> bool {
    if let [first, second, .., last] = *earlier
        && earlier.len() > ALL_UP_TO
    {
        [first, second, last].into_iter().for_each(found);
        return false;
    }
    earlier.iter().copied().for_each(&mut found);
    true
}

/// Whether two places of a seed, so far apart, are none of an article with itself.
pub(super) fn is_apart(within: bool, distance: u32) -> bool {
    !within || distance >= SHORT_GRAM as u32
}

/// A pair of articles that seeds link, the earlier one first.
pub(super) struct LinkedPair {
    pub(super) a: DocId,
    pub(super) b: DocId,
    /// Positions of a seed that links them, in each.
    pub(super) places: Vec<(u32, u32)>,
}

/// The alignments of pairs that are linked, as [`align_linked`] finds them, pair by pair. Which of an article's seeds
/// stand in more places than are linked is not known here, so all of them are looked up in a hopeful pair: those that
/// are linked throughout are in its links already.
pub(super) fn align_pairs(
    tokens: &Tokens,
    surprisal: &Surprisal,
    pairs: &[LinkedPair],
    thresholds: Thresholds,
    observer: &dyn Observer,
) -> Result<Vec<Alignments>> {
    let mut seeds_of: BTreeMap<DocId, AHashMap<u64, Vec<u32>>> = BTreeMap::new();
    for &LinkedPair { a, .. } in pairs {
        seeds_of.entry(a).or_insert_with(|| {
            let mut places: AHashMap<u64, Vec<u32>> = AHashMap::new();
            each_seed(tokens, surprisal, a, |seed, at| places.entry(seed).or_default().push(at));
            places
        });
    }
    let words = tokens.words();
    let mut linker = Linker::new(tokens, surprisal, &[], thresholds, observer);
    let mut told = Vec::with_capacity(pairs.len());
    for &LinkedPair { a, b, ref places } in pairs {
        observer.check()?;
        let (base_a, base_b) = (tokens.range(a).start, tokens.range(b).start);
        let hit = |&(at_a, at_b): &(u32, u32)| {
            let (place, at) = (base_a + at_a, base_b + at_b);
            let is_same = words[place as usize] == words[at as usize];
            is_same.then(|| Hit { doc: a, diagonal: at - place, at })
        };
        let mut hits: Vec<Hit> = places.iter().filter_map(hit).collect();
        hits.sort_unstable();
        linker.frequent.clear();
        if a != b {
            let of_a = &seeds_of[&a];
            each_seed(tokens, surprisal, b, |seed, at| {
                linker.frequent.extend(of_a.get(&seed).map(|places| (at, places.as_slice())));
            });
        }
        linker.pair(a, b, &hits)?;
        told.push(std::mem::take(&mut linker.alignments));
    }
    Ok(told)
}

/// Calls `found` with each longer seed of an article and its position.
fn each_seed(tokens: &Tokens, surprisal: &Surprisal, doc: DocId, mut found: impl FnMut(u64, u32)) {
    let range = tokens.range(doc);
    let words = &tokens.words()[range.start as usize..range.end as usize];
    winnow(words, surprisal, |place, hash| {
        let position = range.start + place as u32;
        if !tokens.is_said_before(position) {
            found(cut(hash), position);
        }
    });
}

struct Linker<'a> {
    tokens: &'a Tokens,
    surprisal: &'a Surprisal,
    repeats: &'a [Repeats],
    thresholds: Thresholds,
    observer: &'a dyn Observer,
    hits: Vec<Hit>,
    /// The article's seeds in more places than are linked, with all earlier ones.
    frequent: Vec<(u32, &'a [u32])>,
    matches: Vec<Match>,
    aligner: Aligner,
    alignments: Alignments,
}

impl<'a> Linker<'a> {
    fn new(
        tokens: &'a Tokens,
        surprisal: &'a Surprisal,
        repeats: &'a [Repeats],
        thresholds: Thresholds,
        observer: &'a dyn Observer,
    ) -> Self {
        Self {
            tokens,
            surprisal,
            repeats,
            thresholds,
            observer,
            hits: Vec::new(),
            frequent: Vec::new(),
            matches: Vec::new(),
            aligner: Aligner::default(),
            alignments: Alignments::default(),
        }
    }

    /// Aligns one article with itself and with the earlier ones that it is linked to.
    fn article(&mut self, doc: DocId) -> Result<()> {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        self.frequent.clear();
        let repeats: &'a [Repeats] = self.repeats;
        let links = repeats.iter().flat_map(|of_sort| {
            of_sort.links(self.tokens, doc).iter().map(move |&link| (link, of_sort.earlier(link)))
        });
        let words = self.tokens.words();
        for (link, earlier) in links {
            let mut add = |place: u32| {
                // Seeds are found by hashes that are cut short. And reading the earlier word here, where no read waits
                // for the one before, costs less than half of what it costs pair by pair, 7 % of all time on news.
                if words[place as usize] != words[link.position as usize] {
                    return;
                }
                let hit = Hit {
                    doc: self.tokens.doc(place),
                    diagonal: link.position - place,
                    at: link.position,
                };
                if is_apart(hit.doc == doc, hit.diagonal) {
                    hits.push(hit);
                }
            };
            if !linked(earlier, &mut add) {
                self.frequent.push((link.position, earlier));
            }
        }
        hits.sort_unstable();
        for of_pair in hits.chunk_by(|one, other| one.doc == other.doc) {
            self.pair(of_pair[0].doc, doc, of_pair)?;
        }
        self.hits = hits;
        Ok(())
    }

    /// Aligns a pair of articles from its hits, which are sorted by diagonal and place.
    fn pair(&mut self, doc_a: DocId, doc_b: DocId, hits: &[Hit]) -> Result<()> {
        let pair = Pair::new(self.tokens, self.surprisal, doc_a, doc_b);
        let mut effort = self.matches(&pair, hits)?;
        if self.matches.is_empty() || !is_hopeful(&pair, &self.matches, self.thresholds) {
            return Ok(());
        }
        let hidden = self.hidden(&pair);
        if !hidden.is_empty() {
            let mut all = [hits, &hidden].concat();
            all.sort_unstable();
            all.dedup();
            if all.len() > hits.len() {
                effort = self.matches(&pair, &all)?;
            }
        }
        self.matches.sort_unstable();
        let Self { thresholds, observer, .. } = *self;
        let limits = (thresholds, effort);
        self.aligner.align(&pair, &self.matches, limits, observer, &mut self.alignments)
    }

    /// Follows the hits of a pair, which are in order, to `self.matches`, and tells what is left of the words that may
    /// be passed.
    fn matches(&mut self, pair: &Pair<'_>, hits: &[Hit]) -> Result<u64> {
        let mut effort = effort(pair);
        self.matches.clear();
        let mut seen = 0;
        for diagonal in hits.chunk_by(|one, other| one.diagonal == other.diagonal) {
            let mut floor = pair.b.start;
            for hit in diagonal {
                seen += 1;
                if seen % CHECK_HITS == 0 {
                    self.observer.check()?;
                }
                if hit.at + (SHORT_GRAM as u32) <= floor {
                    continue;
                }
                let found = pair.exact(hit.at - hit.diagonal, hit.at, SHORT_GRAM as u32, floor);
                let Some(found) = found else { continue };
                // To go on would be to pass these words again for each hit that is left.
                let Some(left) = effort.checked_sub(u64::from(found.len)) else { return Ok(0) };
                effort = left;
                floor = found.b_end();
                self.matches.push(found);
            }
        }
        Ok(effort)
    }

    /// What a pair has in common of seeds that are in more places than are linked.
    fn hidden(&self, pair: &Pair<'_>) -> Vec<Hit> {
        let mut hidden = Vec::new();
        if pair.within() {
            return hidden;
        }
        let words = self.tokens.words();
        for &(at, earlier) in &self.frequent {
            let first = earlier.partition_point(|&place| place < pair.a.start);
            let in_article = earlier[first..].iter().take_while(|&&place| place < pair.a.end);
            let same = in_article.filter(|&&place| words[place as usize] == words[at as usize]);
            hidden.extend(same.take(MOST_IN_ARTICLE).map(|&place| Hit {
                doc: pair.doc_a,
                diagonal: at - place,
                at,
            }));
        }
        hidden
    }
}
