//! Learns the furniture of each house from its articles.
//!
//! Two readings. The first counts a sample of the runs of words of each house, and so finds the few
//! articles and places that are worth a closer look. The second takes those, house by house, and asks of each run
//! of words how many articles that are otherwise unlike each other have it ([`super::witness`]). Many such articles make it
//! furniture wherever it stands; a few make it furniture at an end of the text.
//!
//! Short lines and whole bodies are counted in the first reading alone.

use ahash::AHashMap;
use rayon::prelude::*;

use super::GRAM;
use super::matcher::short_lines;
use super::shared::{Seen, Shared};
use super::templates::{Feature, Templates, body_feature, house_hash, line_feature};
use super::witness;
use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::{mix, shingle_hashes, sort_by_hash};
use crate::text::{Token, Tokeniser};

/// A house of fewer articles cannot show what it prints around them.
pub(super) const LEAST_ARTICLES: u32 = 3;
/// One run of words of so many is counted in the first reading. Of a menu of a hundred words it finds
/// six runs.
pub(super) const SAMPLED: u64 = 16;
/// So many articles of a house make a short line its furniture. The number is that of the passage
/// stage; it was not measured for lines.
const LINE_ARTICLES: usize = 10;
/// A body that stands under so many different headlines, none of which it speaks of, is none.
const BODY_HEADLINES: usize = 3;
/// At most this share of a headline's words may stand in a body that is none.
const HEADLINE_SHARE: f64 = 0.34;

/// A short line of a house, an article that has it, and that article's day; 0 where it is not known.
type Line = (u64, DocId, i32);

/// A whole body, a headline it stands under, and the article.
type Body = (Feature, u64, DocId);

/// What the first reading finds in a chunk of articles.
#[derive(Default)]
struct Chunk {
    grams: Vec<Seen>,
    lines: Vec<Line>,
    bodies: Vec<Body>,
}

/// The furniture of the houses of a corpus.
///
/// # Errors
/// Where the observer asks to stop.
pub fn count(corpus: &Corpus, observer: &dyn Observer) -> Result<Templates> {
    let mut templates = Templates::default();
    let houses = houses(corpus);
    let chunks: Vec<Chunk> = corpus
        .articles()
        .par_chunks(CHUNK)
        .enumerate()
        .map_init(Reader::default, |reader, (chunk, articles)| {
            observer.check()?;
            let first = chunk * CHUNK;
            let docs = (first..first + articles.len()).map(|place| DocId(place as u32));
            Ok(reader.read(corpus, docs, &houses))
        })
        .collect::<Result<_>>()?;
    let (mut grams, mut lines, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    for chunk in chunks {
        grams.extend(chunk.grams);
        lines.extend(chunk.lines);
        bodies.extend(chunk.bodies);
    }
    templates.set_everywhere(bodies_that_are_none(corpus, bodies));
    observer.check()?;
    for (house, line) in common_lines(corpus, lines, &houses) {
        templates.set(house, [line]);
    }
    observer.check()?;
    let shared = Shared::of(grams, &houses);
    let found: Vec<(u64, Vec<Feature>)> = shared
        .docs
        .par_iter()
        .map(|(house, docs)| {
            Ok((*house, witness::furniture(corpus, *house, docs, &shared.grams, observer)?))
        })
        .collect::<Result<_>>()?;
    for (house, found) in found.into_iter().filter(|(_, found)| !found.is_empty()) {
        templates.set(house, found);
    }
    Ok(templates)
}

/// Articles a thread reads at a time.
const CHUNK: usize = 256;

/// The house of each article that has enough articles to be asked.
fn houses(corpus: &Corpus) -> Vec<Option<u64>> {
    let of: Vec<Option<u64>> =
        corpus.articles().iter().map(|article| house_hash(&article.outlet)).collect();
    let mut articles: AHashMap<u64, u32> = AHashMap::new();
    of.iter().flatten().for_each(|&house| *articles.entry(house).or_default() += 1);
    let enough = |house: &u64| articles[house] >= LEAST_ARTICLES;
    of.into_iter().map(|house| house.filter(enough)).collect()
}

/// Reads articles, with the buffers kept from one to the next.
#[derive(Default)]
struct Reader {
    tokeniser: Tokeniser,
    tokens: Vec<Token>,
    hashes: Vec<u64>,
    title: Vec<u64>,
    grams: Vec<u64>,
}

impl Reader {
    fn read(
        &mut self,
        corpus: &Corpus,
        docs: impl Iterator<Item = DocId>,
        houses: &[Option<u64>],
    ) -> Chunk {
        let mut chunk = Chunk::default();
        for doc in docs {
            let article = corpus.get(doc);
            let house = houses[doc.index()];
            if house.is_none() && article.title.is_empty() {
                continue;
            }
            self.tokens.clear();
            self.tokeniser.tokens(&article.text, &mut self.tokens);
            self.hashes.clear();
            self.hashes.extend(self.tokens.iter().map(|token| token.hash));
            if self.hashes.is_empty() {
                continue;
            }
            self.title.clear();
            self.tokeniser.hashes(&article.title, &mut self.title);
            if !self.title.is_empty() {
                let title = self.title.iter().fold(0, |hash, word| mix(hash ^ word));
                chunk.bodies.push((body_feature(&self.hashes), title, doc));
            }
            let Some(house) = house else { continue };
            self.grams.clear();
            if self.hashes.len() >= GRAM {
                shingle_hashes(&self.hashes, GRAM, &mut self.grams);
            }
            let sampled = self.grams.iter().filter(|&gram| gram % SAMPLED == 0);
            chunk
                .grams
                .extend((0..).zip(sampled).map(|(rank, &gram)| (of_house(gram, house), doc, rank)));
            let day = article.published.map_or(0, |at| at.at.as_second().div_euclid(86_400) as i32);
            for line in short_lines(&article.text, &self.tokens) {
                chunk.lines.push((of_house(line_feature(&self.hashes[line]), house), doc, day));
            }
        }
        chunk
    }
}

/// A run of words, or a line, as that of a house.
pub(super) fn of_house(feature: Feature, house: u64) -> u64 {
    mix(feature ^ house)
}

/// Whether an article's text speaks of what its headline says.
fn is_told_of(corpus: &Corpus, doc: DocId) -> bool {
    let (mut title, mut body) = (Vec::new(), Vec::new());
    let mut tokeniser = Tokeniser::default();
    tokeniser.hashes(&corpus.get(doc).title, &mut title);
    tokeniser.hashes(&corpus.get(doc).text, &mut body);
    let told = title.iter().filter(|word| body.contains(word)).count();
    told as f64 > HEADLINE_SHARE * title.len() as f64
}

/// Bodies under many headlines that they do not speak of.
fn bodies_that_are_none(corpus: &Corpus, mut bodies: Vec<Body>) -> Vec<Feature> {
    bodies.par_sort_unstable();
    let is_none = |same: &&[Body]| {
        let of_headlines = same.chunk_by(|x, y| x.1 == y.1);
        same.len() >= BODY_HEADLINES
            && of_headlines.filter(|same| !is_told_of(corpus, same[0].2)).count() >= BODY_HEADLINES
    };
    bodies.chunk_by(|x, y| x.0 == y.0).filter(is_none).map(|same| same[0].0).collect()
}

/// Short lines that many articles of a house have, on more than one day where days are known.
fn common_lines(
    corpus: &Corpus,
    mut lines: Vec<Line>,
    houses: &[Option<u64>],
) -> Vec<(u64, Feature)> {
    sort_by_hash(&mut lines, |line| line.0);
    let common = lines.chunk_by(|x, y| x.0 == y.0).filter(|same| {
        let docs = same.chunk_by(|x, y| x.1 == y.1).count();
        let one_day = same.iter().all(|line| line.2 != 0 && line.2 == same[0].2);
        docs >= LINE_ARTICLES && !one_day
    });
    common.filter_map(|same| line_again(corpus, same[0], houses)).collect()
}

/// The house and the feature of a line, read again in an article that has it.
fn line_again(
    corpus: &Corpus,
    (key, doc, _): Line,
    houses: &[Option<u64>],
) -> Option<(u64, Feature)> {
    let house = houses[doc.index()]?;
    let text = &corpus.get(doc).text;
    let mut tokens = Vec::new();
    Tokeniser::default().tokens(text, &mut tokens);
    let hashes: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
    let mut features = short_lines(text, &tokens).map(|line| line_feature(&hashes[line]));
    features.find(|&feature| of_house(feature, house) == key).map(|feature| (house, feature))
}
