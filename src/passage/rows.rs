//! What [`reuse`](super::reuse) does, for callers who bring rows: a part of the articles at a time, where the rest of
//! the pile is known by what others told of it.
//!
//! Four things ask more than a pair and the statistics, and each is told here. Which places of a seed are linked asks
//! for all of its places in order ([`SeedRows`]). Which agencies count as such asks for the datelines of all
//! ([`learnt`]). What an outlet repeats, and which articles have one credit or say one thing over and over, asks for
//! who else does ([`TieRows`]). What is one passage, and of which kind, asks for all articles that are joined by any of
//! these ([`reuse_of_copied`]). Reworded and misread text is not there: the first asks for related articles, the
//! second for the words of all.
//!
//! Cost: of a seed eight bytes a place while it is at hand; an article is tokenised once for each of these steps, and
//! once for each pair that seeds link it in.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::align::Alignment;
use super::credit;
use super::index::{MOST_OF_SHORT, cut};
use super::lines::{are_many, hash_line, shared_lines};
use super::link::{LinkedPair, align_pairs, is_apart, linked};
use super::put_together::put_together;
use super::seeds::{winnow, winnow_short};
use super::tokens::Tokens;
use super::{PassageConfig, Reuse};
use crate::article::{Article, Corpus, DocId, TokenSpan, house};
use crate::error::{Error, Result};
use crate::observer::Silent;
use crate::statistics::{Statistics, Surprisal};

/// What the keys of ties are of: that of a line has the hash of its outlet in the place of these.
const CREDIT: u64 = 1;
const SAYING: u64 = 2;

/// The seeds of some articles: `found` is called with the article, the seed and its position in the article. A seed's
/// last bit tells its sort.
///
/// # Errors
/// As [`reuse`](super::reuse), where there are too many words.
pub fn seeds_of(
    corpus: &Corpus,
    surprisal: &Surprisal,
    mut found: impl FnMut(DocId, u64, u32),
) -> Result<()> {
    let tokens = Tokens::read(corpus, &Silent)?;
    for doc in corpus.docs() {
        let range = tokens.range(doc);
        let words = &tokens.words()[range.start as usize..range.end as usize];
        for sort in [Sort::Long, Sort::Short] {
            let seed = |place: usize, hash: u64| {
                if !tokens.is_said_before(range.start + place as u32) {
                    found(doc, sort.of(hash), place as u32);
                }
            };
            match sort {
                Sort::Long => winnow(words, surprisal, seed),
                Sort::Short => winnow_short(words, surprisal, seed),
            }
        }
    }
    Ok(())
}

/// The sorts of seeds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Long,
    Short,
}

impl Sort {
    /// The seed of this sort with this hash.
    fn of(self, hash: u64) -> u64 {
        cut(hash) << 1 | u64::from(self == Self::Short)
    }

    /// The most places of a seed that is followed.
    fn most(seed: u64) -> usize {
        if seed & 1 == 0 { usize::MAX } else { MOST_OF_SHORT }
    }
}

/// Two places of a seed that are linked: of an article with an earlier one, or with itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Linked {
    /// The article of the earlier place.
    pub a: DocId,
    /// That of the later one, or the same.
    pub b: DocId,
    /// Where the seed begins in the first, in words.
    pub at_a: u32,
    /// Where it begins in the second.
    pub at_b: u32,
}

/// Links between places of one seed, from rows in order of seed, article and position. It holds the places of a seed.
#[derive(Clone, Debug, Default)]
pub struct SeedRows {
    seed: Option<u64>,
    places: Vec<(DocId, u32)>,
}

impl SeedRows {
    /// Takes the next row, and gives `found` the links of the seed before it, where that is done.
    pub fn push(&mut self, seed: u64, doc: DocId, position: u32, found: impl FnMut(Linked)) {
        if self.seed != Some(seed) {
            self.finish(found);
            self.seed = Some(seed);
        }
        self.places.push((doc, position));
    }

    /// The links of the last seed.
    pub fn finish(&mut self, mut found: impl FnMut(Linked)) {
        let places = std::mem::take(&mut self.places);
        let Some(seed) = self.seed.take() else { return };
        if places.len() > Sort::most(seed) {
            return;
        }
        for (rank, &(b, at_b)) in places.iter().enumerate() {
            linked(&places[..rank], |(a, at_a): (DocId, u32)| {
                if is_apart(a == b, at_b.abs_diff(at_a)) {
                    found(Linked { a, b, at_a, at_b });
                }
            });
        }
    }
}

/// A stretch of each of two articles, and what of them matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matching {
    /// In the earlier article.
    pub a: TokenSpan,
    /// In the later one.
    pub b: TokenSpan,
    /// How many words match.
    pub matched: u32,
}

/// Stretches of two articles, or of one and itself, that are copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The earlier article.
    pub a: DocId,
    /// The later one, or the same.
    pub b: DocId,
    /// The stretches.
    pub whole: Matching,
    /// Their parts, where an article's own words lie between.
    pub parts: Vec<Matching>,
}

impl Matching {
    fn of(alignment: &Alignment) -> Self {
        let Alignment { a, b, matched, .. } = *alignment;
        Self { a, b, matched }
    }

    fn between(self, doc_a: DocId, doc_b: DocId) -> Alignment {
        let Self { a, b, matched } = self;
        Alignment { doc_a, doc_b, a, b, matched, reworded: false }
    }
}

/// What pairs of articles have in common, pair by pair. `links` are all links between two articles, and those of a
/// pair lie together.
///
/// # Errors
/// As [`reuse`](super::reuse), where there are too many words; and where the configuration asks for what rows cannot
/// give.
pub fn copied_of(
    corpus: &Corpus,
    links: &[Linked],
    statistics: &Statistics,
    config: &PassageConfig,
) -> Result<Vec<Copied>> {
    check(config)?;
    let tokens = Tokens::read(corpus, &Silent)?;
    let pairs: Vec<LinkedPair> = links
        .chunk_by(|one, other| (one.a, one.b) == (other.a, other.b))
        .map(|of| LinkedPair {
            a: of[0].a,
            b: of[0].b,
            places: of.iter().map(|link| (link.at_a, link.at_b)).collect(),
        })
        .collect();
    let (surprisal, thresholds) = (&statistics.surprisal, config.thresholds(statistics));
    let aligned = align_pairs(&tokens, surprisal, &pairs, thresholds, &Silent)?;
    let mut copied = Vec::new();
    for (pair, aligned) in pairs.iter().zip(aligned) {
        let mut parted = aligned.parted.into_iter().peekable();
        for whole in &aligned.whole {
            // Those with parts come in the order of all.
            let parts = parted.next_if(|(of, _)| of == whole).map(|(_, parts)| parts);
            copied.push(Copied {
                a: pair.a,
                b: pair.b,
                whole: Matching::of(whole),
                parts: parts.unwrap_or_default().iter().map(Matching::of).collect(),
            });
        }
    }
    Ok(copied)
}

/// The agency that the dateline of an article names, whether the rules know it or not.
pub fn agency_of<'a>(article: &'a Article, config: &PassageConfig) -> Option<&'a str> {
    credit::agency_of(&article.text, &config.credits)
}

/// The agencies that count as such in credits, too, of how many articles name each in a dateline.
pub fn learnt(seen: BTreeMap<String, usize>) -> Vec<String> {
    credit::learnt(seen)
}

/// Something that joins an article to others that have it, and to no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tie {
    /// What it is.
    pub key: u64,
    /// An article that has it.
    pub doc: DocId,
    /// Whether one more article is enough for it to count.
    pub strong: bool,
}

/// The ties of some articles, in order and each once: lines, with those of their outlet, credits, and what they say
/// over and over. `agencies` are those of [`learnt`].
///
/// # Errors
/// As [`reuse`](super::reuse), where there are too many words.
pub fn ties_of(corpus: &Corpus, agencies: &[String], config: &PassageConfig) -> Result<Vec<Tie>> {
    let tokens = Tokens::read(corpus, &Silent)?;
    let mut ties = Vec::new();
    for doc in corpus.docs() {
        let outlet = house(&corpus.get(doc).outlet);
        // Articles of unknown outlet share no lines.
        if !outlet.is_empty() {
            let outlet = xxh3_64(outlet.as_bytes());
            ties.extend(shared_lines(&tokens, doc).into_iter().map(|line| Tie {
                key: xxh3_64_with_seed(&line.hash.to_le_bytes(), outlet),
                doc,
                strong: line.twice,
            }));
        }
    }
    let strong = |words: &[u32], sort: u64, doc| {
        let key = xxh3_64_with_seed(&hash_line(words).to_le_bytes(), sort);
        Tie { key, doc, strong: true }
    };
    for (places, _) in credit::credits(corpus, &tokens, &config.credits, Some(agencies)) {
        let credits = places.iter();
        ties.extend(credits.map(|at| strong(tokens.span(at.doc, at.span), CREDIT, at.doc)));
    }
    for run in tokens.runs() {
        let saying = &tokens.words()[run.start as usize..(run.start + run.period) as usize];
        ties.push(strong(saying, SAYING, tokens.doc(run.start)));
    }
    // Of an article's the strong one of a key.
    ties.sort_unstable_by_key(|tie| (tie.key, tie.doc, !tie.strong));
    ties.dedup_by_key(|tie| (tie.key, tie.doc));
    Ok(ties)
}

/// Which articles ties join, from ties in order of key and article. It holds fewer articles than make a line their
/// outlet's.
#[derive(Clone, Debug, Default)]
pub struct TieRows {
    key: Option<u64>,
    docs: Vec<DocId>,
    /// How many articles have the key so far.
    articles: usize,
    strong: bool,
}

impl TieRows {
    /// Takes the next tie, and gives `found` pairs of articles that are known now to be joined.
    pub fn push(&mut self, tie: Tie, mut found: impl FnMut(DocId, DocId)) {
        if self.key.replace(tie.key) != Some(tie.key) {
            (self.docs, self.articles, self.strong) = (Vec::new(), 0, false);
        }
        self.docs.push(tie.doc);
        self.articles += 1;
        self.strong |= tie.strong;
        if self.strong || are_many(self.articles) {
            let first = self.docs[0];
            self.docs.drain(1..).for_each(|doc| found(first, doc));
        }
    }
}

/// The passages of articles that nothing joins to others: neither a tie nor what they copied. `copied` is all that
/// they have in common, `agencies` are those of [`learnt`].
///
/// # Errors
/// As [`copied_of`].
pub fn reuse_of_copied(
    corpus: &Corpus,
    mut copied: Vec<Copied>,
    agencies: &[String],
    statistics: &Statistics,
    config: &PassageConfig,
) -> Result<Reuse> {
    check(config)?;
    let tokens = Tokens::read(corpus, &Silent)?;
    // As pairs are aligned: by the later article, and then by the earlier one.
    copied.sort_by_key(|copied| (copied.b, copied.a));
    let (mut whole, mut parted) = (Vec::with_capacity(copied.len()), Vec::new());
    for Copied { a, b, whole: of, parts } in copied {
        let of = of.between(a, b);
        whole.push(of);
        if !parts.is_empty() {
            parted.push((of, parts.into_iter().map(|part| part.between(a, b)).collect()));
        }
    }
    parted.sort_unstable();
    let rules = (&*config.credits, Some(agencies));
    put_together(corpus, &tokens, &statistics.surprisal, (whole, parted), rules, &Silent)
}

/// Whether rows can give what is asked for.
fn check(config: &PassageConfig) -> Result<()> {
    let refused =
        |option: &str| Err(Error::config(option, "rows of a part of the articles do not tell"));
    match config {
        PassageConfig { reworded: true, .. } => refused("--reworded"),
        PassageConfig { ocr: true, .. } => refused("--ocr"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
