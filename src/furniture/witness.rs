//! Which runs of words several unlike articles of one house share.
//!
//! Versions of one report share words too, and so do updates, live blogs and framed copies. What parts them from
//! furniture is the rest of the text: articles that print one menu have bodies that are unlike each other. So an article
//! counts as a witness by its own words alone, those that no two others of the house have in the same run, and of
//! articles with like bodies only one counts.

use ahash::AHashSet;
use rayon::prelude::*;

use super::GRAM;
use super::count::{SAMPLED, of_house};
use super::matcher::runs;
use super::templates::Feature;
use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::{mix, shingle_hashes};
use crate::text::Tokeniser;

/// So many unlike articles of one house with the same words make them furniture, wherever they stand.
const ANYWHERE: usize = 10;
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

/// An article of a house, read closely.
struct Read {
    grams: Vec<Feature>,
    words: Vec<u64>,
    /// The day of publication, where it is known.
    day: Option<i64>,
}

/// What an article is worth as a witness.
struct Witness {
    /// The smallest hashes of its own words; `None` where it has too few.
    body: Option<Vec<u64>>,
    /// For each run of words, whether it lies in a shared stretch at an end of the text.
    at_an_end: Vec<bool>,
}

/// The runs of words that are furniture of the house whose articles these are.
pub(super) fn furniture(
    corpus: &Corpus,
    house: u64,
    docs: &[DocId],
    sampled: &AHashSet<u64>,
    observer: &dyn Observer,
) -> Result<Vec<Feature>> {
    let read: Vec<Read> = docs
        .par_iter()
        .with_min_len(16)
        .map_init(Tokeniser::default, |tokeniser, &doc| {
            observer.check()?;
            let article = corpus.get(doc);
            let mut read = Read { grams: Vec::new(), words: Vec::new(), day: None };
            tokeniser.hashes(&article.text, &mut read.words);
            if read.words.len() >= GRAM {
                shingle_hashes(&read.words, GRAM, &mut read.grams);
            }
            read.day = article.published.map(|at| at.at.as_second().div_euclid(86_400));
            Ok(read)
        })
        .collect::<Result<_>>()?;
    // (run of words, article, place)
    let mut seen: Vec<(Feature, u32, u32)> = Vec::new();
    for (read, doc) in read.iter().zip(0..) {
        let recurs =
            |gram: &u64| gram.is_multiple_of(SAMPLED) && sampled.contains(&of_house(*gram, house));
        let mut next = 0;
        for (place, _) in read.grams.iter().enumerate().filter(|(_, gram)| recurs(gram)) {
            let around =
                next.max(place.saturating_sub(AROUND))..read.grams.len().min(place + AROUND);
            next = around.end.max(next);
            seen.extend(around.map(|place| (read.grams[place], doc, place as u32)));
        }
    }
    seen.par_sort_unstable();
    observer.check()?;
    let articles = |same: &[(Feature, u32, u32)]| same.chunk_by(|x, y| x.1 == y.1).count();
    let mut shared: Vec<Vec<bool>> =
        read.iter().map(|read| vec![false; read.words.len()]).collect();
    let of_three = |same: &&[(Feature, u32, u32)]| same.len() >= 3 && articles(same) >= 3;
    for &(_, doc, place) in seen.chunk_by(|x, y| x.0 == y.0).filter(of_three).flatten() {
        shared[doc as usize][place as usize..place as usize + GRAM].fill(true);
    }
    let witnesses: Vec<Witness> =
        read.par_iter().zip(&shared).map(|(read, shared)| Witness::new(read, shared)).collect();
    let asked = seen.chunk_by(|x, y| x.0 == y.0).filter(of_three);
    let found = asked.filter(|same| is_furniture(same, &read, &witnesses)).map(|same| same[0].0);
    Ok(found.collect())
}

impl Witness {
    fn new(read: &Read, shared: &[bool]) -> Self {
        let own = read.words.iter().zip(shared).filter(|(_, shared)| !**shared);
        let mut body: Vec<u64> = own.map(|(&word, _)| mix(word)).collect();
        let enough = body.len() >= LEAST_OWN;
        body.sort_unstable();
        body.dedup();
        body.truncate(SKETCH);
        let mut at_an_end = vec![false; read.grams.len()];
        for (start, end) in runs(shared) {
            if start <= END_SLACK || end + END_SLACK >= read.words.len() {
                at_an_end[start..end + 1 - GRAM].fill(true);
            }
        }
        Self { body: enough.then_some(body), at_an_end }
    }
}

/// Whether a run of words that these places have is furniture.
fn is_furniture(same: &[(Feature, u32, u32)], read: &[Read], witnesses: &[Witness]) -> bool {
    let mut unlike: Vec<&[u64]> = Vec::new();
    let mut days: Vec<Option<i64>> = Vec::new();
    let (mut without_body, mut within) = (0, 0);
    for of_article in same.chunk_by(|x, y| x.1 == y.1) {
        let (_, doc, place) = of_article[0];
        let witness = &witnesses[doc as usize];
        let Some(body) = &witness.body else {
            without_body += 1;
            continue;
        };
        if unlike.iter().all(|other| !is_like(other, body)) {
            unlike.push(body);
            days.push(read[doc as usize].day);
            within += usize::from(!witness.at_an_end[place as usize]);
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
