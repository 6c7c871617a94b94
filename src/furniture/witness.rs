//! Which runs of words several unlike articles of one house share.
//!
//! Versions of one report share words too, and so do updates, live blogs and framed copies. What parts them from
//! furniture is the rest of the text: articles that print one menu have bodies that are unlike each other. So an article
//! counts as a witness by its own words alone, those that no two others of the house have in the same run, and of
//! articles with like bodies only one counts.
//!
//! Runs are looked at in order of their hashes, which jumps from article to article. What is asked of a place then is
//! kept small enough for the cache: one bit a word, and two numbers an article.

use std::ops::Range;

use ahash::AHashSet;
use rayon::prelude::*;

use super::GRAM;
use super::count::{SAMPLED, of_house};
use super::features::Counters;
use super::matcher::runs;
use super::templates::Feature;
use crate::article::{Article, Corpus, DocId};
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::{mix, shingle_hashes, sort_by_hash};
use crate::text::Tokeniser;

/// So many unlike articles of one house with the same words make them furniture, wherever they stand.
pub(super) const ANYWHERE: usize = 10;
/// So many are enough at an end of the text, on two days or more; one more where days are not known.
const AT_AN_END: usize = 3;
/// Runs of words are compared so far on both sides of a sampled one that recurs: between two sampled ones
/// of a stretch stand sixteen others on average, and more than this once in fifty times.
const AROUND: usize = 64;
/// Words that may stand between a run and the end of its text: a date, a page number.
const END_SLACK: usize = 2;
/// An article with fewer words of its own has no body to be told by.
const LEAST_OWN: usize = 12;
/// Words of a sketch of an article's own words.
const SKETCH: usize = 16;
/// Bodies whose sketches share so many of their words are versions of one text. Unlike
/// reports share function words, edited copies most words. Chosen by reasoning, not yet by measuring.
const LIKE: usize = 7;

/// A run of words, an article that has it, and its place there.
type Seen = (Feature, u32, u32);

/// An article of a house, read closely.
struct Read {
    grams: Vec<Feature>,
    words: Vec<u64>,
    /// The places of runs that stand near a sampled one which recurs, apart from each other.
    near: Vec<Range<usize>>,
    /// The day of publication, where it is known.
    day: Option<i64>,
}

/// The runs of words that three articles have, as one bit for each place of each article.
struct Shared {
    bits: Vec<u64>,
    /// Where the bits of each article begin, in words of 64.
    starts: Vec<usize>,
}

/// What an article is worth as a witness: the smallest hashes of its own words, `None` where it has too few.
type Body = Option<Vec<u64>>;

/// Which runs of an article lie in a shared stretch at an end of its text.
#[derive(Clone, Copy, Debug)]
struct Ends {
    /// Those before this place, which begin the text …
    head: u32,
    /// … and those from this one on, which end it.
    tail: u32,
}

/// The runs of words that are furniture of the house whose articles these are.
pub(super) fn furniture(
    corpus: &Corpus,
    house: u64,
    docs: &[DocId],
    sampled: &AHashSet<u64>,
    observer: &dyn Observer,
) -> Result<Vec<Feature>> {
    let is_sampled =
        |gram: u64| gram.is_multiple_of(SAMPLED) && sampled.contains(&of_house(gram, house));
    let read: Vec<Read> = docs
        .par_iter()
        .with_min_len(16)
        .map_init(Tokeniser::default, |tokeniser, &doc| {
            observer.check()?;
            Ok(Read::new(corpus.get(doc), tokeniser, is_sampled))
        })
        .collect::<Result<_>>()?;
    let mut seen = recurring(&read);
    sort_by_hash(&mut seen, |seen| seen.0);
    observer.check()?;
    let articles = |same: &[Seen]| same.chunk_by(|x, y| x.1 == y.1).count();
    let of_three = |same: &&[Seen]| same.len() >= AT_AN_END && articles(same) >= AT_AN_END;
    let of_three: Vec<&[Seen]> = seen.chunk_by(|x, y| x.0 == y.0).filter(of_three).collect();
    let shared = Shared::of(&read, of_three.iter().copied().flatten());
    let (bodies, ends): (Vec<Body>, Vec<Ends>) =
        read.par_iter().enumerate().map(|(doc, read)| read.body_and_ends(&shared, doc)).unzip();
    // The runs of one stretch stand in the same articles, and have one answer.
    let asked = of_three.par_iter().map(|&same| (articles_and_ends(same, &ends), same));
    let mut asked: Vec<(u64, &[Seen])> = asked.collect();
    asked.par_sort_unstable_by_key(|asked| asked.0);
    let of_one_answer: Vec<&[(u64, &[Seen])]> = asked.chunk_by(|x, y| x.0 == y.0).collect();
    let found =
        of_one_answer.into_par_iter().filter(|same| is_furniture(same[0].1, &read, &bodies, &ends));
    Ok(found.flat_map_iter(|same| same.iter().map(|(_, same)| same[0].0)).collect())
}

impl Read {
    fn new(article: &Article, tokeniser: &mut Tokeniser, is_sampled: impl Fn(u64) -> bool) -> Self {
        let (mut words, mut grams) = (Vec::new(), Vec::new());
        tokeniser.hashes(&article.text, &mut words);
        if words.len() >= GRAM {
            grams.reserve_exact(words.len() + 1 - GRAM);
            shingle_hashes(&words, GRAM, &mut grams);
        }
        let mut near: Vec<Range<usize>> = Vec::new();
        for (place, _) in grams.iter().enumerate().filter(|(_, gram)| is_sampled(**gram)) {
            let next = near.last().map_or(0, |last| last.end);
            near.push(next.max(place.saturating_sub(AROUND))..grams.len().min(place + AROUND));
        }
        let day = article.published.map(|at| at.at.as_second().div_euclid(86_400));
        Self { grams, words, near, day }
    }

    /// What the words that are not shared make of it, and where shared stretches meet the ends of the text.
    fn body_and_ends(&self, shared: &Shared, doc: usize) -> (Body, Ends) {
        let covered = shared.words(doc, self.words.len());
        let own = self.words.iter().zip(&covered).filter(|(_, covered)| !**covered);
        let body: Vec<u64> = own.map(|(&word, _)| mix(word)).collect();
        let mut ends = Ends { head: 0, tail: u32::MAX };
        for (start, end) in runs(&covered) {
            if start <= END_SLACK {
                ends.head = (end + 1 - GRAM) as u32;
            }
            if end + END_SLACK >= self.words.len() {
                ends.tail = start as u32;
            }
        }
        ((body.len() >= LEAST_OWN).then(|| smallest(body)), ends)
    }
}

impl Shared {
    fn of<'s>(read: &[Read], seen: impl Iterator<Item = &'s Seen>) -> Self {
        let mut starts = Vec::with_capacity(read.len() + 1);
        let mut start = 0;
        for read in read {
            starts.push(start);
            start += read.grams.len().div_ceil(64);
        }
        starts.push(start);
        let mut bits = vec![0; start];
        for &(_, doc, place) in seen {
            bits[starts[doc as usize] + place as usize / 64] |= 1 << (place % 64);
        }
        Self { bits, starts }
    }

    /// For each of the words of an article, whether it lies in such a run.
    fn words(&self, doc: usize, words: usize) -> Vec<bool> {
        let mut covered = vec![false; words];
        for (place, bits) in
            (0..).step_by(64).zip(&self.bits[self.starts[doc]..self.starts[doc + 1]])
        {
            let mut bits = *bits;
            while bits != 0 {
                let run = place + bits.trailing_zeros() as usize;
                covered[run..run + GRAM].fill(true);
                bits &= bits - 1;
            }
        }
        covered
    }
}

impl Ends {
    fn have(self, place: u32) -> bool {
        place < self.head || place >= self.tail
    }
}

/// The runs near sampled ones that stand in three articles, and some that stand in fewer.
fn recurring(read: &[Read]) -> Vec<Seen> {
    let places = |read: &Read| read.near.iter().map(Range::len).sum::<usize>();
    let mut counters = Counters::new(read.iter().map(places).sum());
    for read in read {
        let grams = read.near.iter().flat_map(|near| &read.grams[near.clone()]);
        grams.for_each(|&gram| counters.add(gram));
    }
    let mut seen = Vec::new();
    for (read, doc) in read.iter().zip(0..) {
        for place in read.near.iter().cloned().flatten() {
            let gram = read.grams[place];
            if counters.may_have(gram, AT_AN_END as u8) {
                seen.push((gram, doc, place as u32));
            }
        }
    }
    seen
}

/// A hash of what [`is_furniture`] asks of the places of a run.
fn articles_and_ends(same: &[Seen], ends: &[Ends]) -> u64 {
    same.chunk_by(|x, y| x.1 == y.1).fold(0, |hash, of_article| {
        let (_, doc, place) = of_article[0];
        mix(hash ^ (u64::from(doc) << 1 | u64::from(ends[doc as usize].have(place))))
    })
}

/// The smallest different ones of these hashes.
fn smallest(mut hashes: Vec<u64>) -> Vec<u64> {
    // So many of them hold enough different ones, unless some words are there very often.
    const MOST: usize = 8 * SKETCH;
    let sorted = |hashes: &mut [u64]| {
        hashes.sort_unstable();
        let mut different = hashes.to_vec();
        different.dedup();
        different.truncate(SKETCH);
        different
    };
    if hashes.len() > MOST {
        let (few, ..) = hashes.select_nth_unstable(MOST);
        let few = sorted(few);
        if few.len() == SKETCH {
            return few;
        }
    }
    sorted(&mut hashes)
}

/// Whether a run of words that these places have is furniture.
fn is_furniture(same: &[Seen], read: &[Read], bodies: &[Body], ends: &[Ends]) -> bool {
    let mut unlike: Vec<&[u64]> = Vec::new();
    let mut days: Vec<Option<i64>> = Vec::new();
    let (mut without_body, mut within) = (0, 0);
    for of_article in same.chunk_by(|x, y| x.1 == y.1) {
        let (_, doc, place) = of_article[0];
        let Some(body) = &bodies[doc as usize] else {
            without_body += 1;
            continue;
        };
        if unlike.iter().all(|other| !is_like(other, body)) {
            unlike.push(body);
            days.push(read[doc as usize].day);
            within += usize::from(!ends[doc as usize].have(place));
            if unlike.len() >= ANYWHERE {
                return true;
            }
        }
    }
    days.sort_unstable();
    days.dedup();
    let dated = days.iter().flatten().count() >= 2;
    // Where articles have nothing but these words, they are an article that others quote.
    let framed = 3 * without_body > unlike.len();
    unlike.len() >= AT_AN_END + usize::from(!dated)
        && (dated || days == [None])
        && within == 0
        && !framed
}

/// Whether two sketches of own words are those of versions of one text.
fn is_like(one: &[u64], other: &[u64]) -> bool {
    let (mut i, mut j, mut both, mut all) = (0, 0, 0, 0);
    while all < SKETCH && i < one.len() && j < other.len() {
        both += usize::from(one[i] == other[j]);
        let (x, y) = (one[i], other[j]);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
        all += 1;
    }
    both >= LIKE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_hashes_are_those_of_a_whole_sort() {
        let many: Vec<u64> = (0..500).map(|word| mix(word % 300)).collect();
        let often: Vec<u64> = (0..500).map(|word| if word < 400 { 1 } else { mix(word) }).collect();
        for hashes in [many, often, vec![7, 7, 3]] {
            let mut all = hashes.clone();
            all.sort_unstable();
            all.dedup();
            all.truncate(SKETCH);
            assert_eq!(smallest(hashes), all);
        }
    }

    /// An article of so many runs, whose words are all different.
    fn read(grams: usize) -> Read {
        let words = (0..(grams + GRAM - 1) as u64).map(mix).collect();
        Read { grams: vec![0; grams], words, near: Vec::new(), day: None }
    }

    #[test]
    fn the_words_of_shared_runs_are_shared() {
        let read = [read(3), read(0), read(130), read(64)];
        let seen = [(0, 0, 1), (0, 2, 0), (0, 2, 63), (0, 2, 64), (0, 2, 129), (0, 3, 63)];
        let shared = Shared::of(&read, seen.iter());
        for (doc, read) in read.iter().enumerate() {
            let mut covered = vec![false; read.words.len()];
            for &(_, _, place) in seen.iter().filter(|seen| seen.1 as usize == doc) {
                covered[place as usize..place as usize + GRAM].fill(true);
            }
            assert_eq!(shared.words(doc, read.words.len()), covered);
        }
    }

    #[test]
    fn runs_of_a_shared_stretch_at_an_end_are_at_an_end() {
        let read = [read(60)];
        let at_an_end = |places: &[u32]| -> Vec<u32> {
            let seen: Vec<Seen> = places.iter().map(|&place| (0, 0, place)).collect();
            let (_, ends) = read[0].body_and_ends(&Shared::of(&read, seen.iter()), 0);
            places.iter().copied().filter(|&place| ends.have(place)).collect()
        };
        assert_eq!(at_an_end(&[2, 3, 9, 30, 57, 59]), [2, 3, 9, 57, 59]);
        assert!(at_an_end(&[3, 30, 56]).is_empty());
        let all: Vec<u32> = (0..60).collect();
        assert_eq!(at_an_end(&all), all);
    }
}
