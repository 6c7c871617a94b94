//! What of the texts that stay is said elsewhere too, a sentence at a time: what `--scrub` cuts out of
//! them.
//!
//! A sentence goes whole or stays whole. It goes where every word of it lies in boilerplate or in
//! syndicated passages, and where of its pairs of neighbouring words no greater share than `max_loss`
//! is its own. For a syndicated passage that share is counted against what is left of it in the
//! articles before. So each stays in the first article that has it, and nothing is cut of which no
//! other copy is written. Boilerplate goes everywhere; its words must stand in two articles.
//!
//! Cost: one look at the words of the articles that have such passages, in order of publication, and
//! 16 bytes for each pair of words in them.

mod sentences;

use std::str::FromStr;

use ahash::{AHashMap, AHashSet};

use crate::article::{ByteSpan, CharSpan, Corpus, DocId};
use crate::error::{Error, Result};
use crate::family::Families;
use crate::observer::Observer;
use crate::passage::{Kind, Passage};
use crate::sketch::mix;
use crate::text::{Token, tokenise};
use sentences::{Sentence, sentences};

/// How many articles are looked at between two looks at whether the run should stop.
const ARTICLES_BETWEEN_CHECKS: usize = 256;

/// Which repeated stretches are cut out of the texts that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scrub {
    /// Syndicated passages, but for the first article that has each.
    pub syndicated: bool,
    /// What an outlet prints around its articles.
    pub boilerplate: bool,
}

impl Scrub {
    /// Its name, as the option has it.
    pub const fn name(self) -> &'static str {
        match (self.syndicated, self.boilerplate) {
            (true, true) => "both",
            (true, false) => "syndicated",
            _ => "boilerplate",
        }
    }
}

impl FromStr for Scrub {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "syndicated" => Ok(Self { syndicated: true, boilerplate: false }),
            "boilerplate" => Ok(Self { syndicated: false, boilerplate: true }),
            "both" => Ok(Self { syndicated: true, boilerplate: true }),
            _ => Err(Error::config(
                "--scrub",
                format!("{name:?} is none of boilerplate, syndicated and both"),
            )),
        }
    }
}

/// A stretch that is cut out: sentences with the white space on one side of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The article.
    pub doc: DocId,
    /// Where in its text, in bytes.
    pub bytes: ByteSpan,
    /// Where in its text, in characters.
    pub chars: CharSpan,
    /// How many tokens go.
    pub tokens: u32,
    /// Those of them in syndicated passages; the others are boilerplate.
    pub syndicated: u32,
    /// The place of the passage that has the most of them; `None` where that is furniture, which is
    /// looked for before passages are.
    pub passage: Option<u32>,
}

/// What is cut out of the articles that stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    all: Vec<Cut>,
    /// How many articles lose something.
    pub articles: usize,
    /// Those of them that are left without a word.
    pub emptied: usize,
    /// How many tokens go.
    pub tokens: u64,
    /// Those of them in syndicated passages.
    pub syndicated: u64,
}

impl Cuts {
    /// Every cut, in order of [`DocId`], then of place.
    pub fn all(&self) -> &[Cut] {
        &self.all
    }

    /// Those of each article that loses something.
    pub fn by_article(&self) -> impl Iterator<Item = &[Cut]> {
        self.all.chunk_by(|one, other| one.doc == other.doc)
    }
}

/// The cuts in the articles of a corpus that stay; `max_loss` is that of
/// [`Removal`](crate::family::Removal). Articles that the others are held against are not cut, and
/// what stands in one of them is cut from the others.
///
/// # Errors
/// [`Error::Interrupted`] where the observer says so.
pub fn cuts(
    corpus: &Corpus,
    families: &Families,
    passages: &[Passage],
    scrub: Scrub,
    max_loss: f64,
    observer: &dyn Observer,
) -> Result<Cuts> {
    let wanted = |kind| match kind {
        Kind::Syndicated => scrub.syndicated,
        Kind::Boilerplate => scrub.boilerplate,
        _ => false,
    };
    let mut stretches: Vec<(DocId, ByteSpan, Source)> = Vec::new();
    for (place, passage) in passages.iter().enumerate().filter(|(_, p)| wanted(p.kind)) {
        let source = match passage.kind {
            Kind::Syndicated => Source::Syndicated(place as u32),
            _ => Source::Boilerplate(place as u32),
        };
        stretches.extend(passage.occurrences.iter().map(|at| (at.doc, at.bytes, source)));
    }
    if scrub.boilerplate {
        for doc in corpus.docs() {
            let furniture = corpus.get(doc).furniture.as_deref().unwrap_or_default();
            stretches.extend(furniture.iter().map(|&span| (doc, span, Source::Furniture)));
        }
    }
    stretches.sort_unstable();
    let articles: Vec<&[(DocId, ByteSpan, Source)]> =
        stretches.chunk_by(|(one, ..), (other, ..)| one == other).collect();
    let mut scrubber = Scrubber::new(corpus, max_loss);
    for (done, stretches) in articles.iter().enumerate() {
        if done % ARTICLES_BETWEEN_CHECKS == 0 {
            observer.check()?;
        }
        scrubber.count(stretches);
    }
    let mut cuts = Cuts::default();
    for (done, stretches) in articles.iter().enumerate() {
        if done % ARTICLES_BETWEEN_CHECKS == 0 {
            observer.check()?;
        }
        let doc = stretches[0].0;
        if families.removed(doc).is_none() {
            scrubber.cut(doc, stretches, &mut cuts);
        }
    }
    Ok(cuts)
}

/// Why a stretch may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Syndicated(u32),
    Boilerplate(u32),
    Furniture,
}

impl Source {
    fn passage(self) -> Option<u32> {
        match self {
            Self::Syndicated(place) | Self::Boilerplate(place) => Some(place),
            Self::Furniture => None,
        }
    }

    fn is_syndicated(self) -> bool {
        matches!(self, Self::Syndicated(_))
    }
}

/// Two neighbouring words of a passage, or one that is a sentence of its own.
type Pair = (u32, u64);

/// A stretch in an article's tokens.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    source: Source,
    start: usize,
    end: usize,
}

/// What is known of the articles so far.
struct Scrubber<'a> {
    corpus: &'a Corpus,
    max_loss: f64,
    /// The pairs of boilerplate, each with the first article that has it; `None` once a second has.
    boilerplate: AHashMap<Pair, Option<DocId>>,
    /// The pairs of syndicated passages that are left in the articles before.
    left: AHashSet<Pair>,
    tokens: Vec<Token>,
}

impl<'a> Scrubber<'a> {
    fn new(corpus: &'a Corpus, max_loss: f64) -> Self {
        Self {
            corpus,
            max_loss,
            boilerplate: AHashMap::new(),
            left: AHashSet::new(),
            tokens: Vec::new(),
        }
    }

    /// Reads an article's tokens, its sentences, and where among the tokens the stretches are.
    fn read(
        &mut self,
        doc: DocId,
        stretches: &[(DocId, ByteSpan, Source)],
    ) -> (Vec<Sentence>, Vec<Stretch>) {
        let corpus = self.corpus;
        let text = &corpus.get(doc).text;
        self.tokens.clear();
        tokenise(text, &mut self.tokens);
        let tokens = &self.tokens;
        let within = |&(_, span, source): &(DocId, ByteSpan, Source)| Stretch {
            source,
            start: tokens.partition_point(|token| token.start < span.start),
            end: tokens.partition_point(|token| token.end <= span.end),
        };
        let stretches = stretches.iter().map(within).filter(|stretch| stretch.start < stretch.end);
        (sentences(text, tokens), stretches.collect())
    }

    /// Counts which words of boilerplate stand in two articles.
    fn count(&mut self, stretches: &[(DocId, ByteSpan, Source)]) {
        let is_boilerplate = |source| matches!(source, Source::Boilerplate(_));
        if !stretches.iter().any(|&(.., source)| is_boilerplate(source)) {
            return;
        }
        let doc = stretches[0].0;
        let (sentences, stretches) = self.read(doc, stretches);
        for stretch in stretches.iter().filter(|stretch| is_boilerplate(stretch.source)) {
            let Some(passage) = stretch.source.passage() else { continue };
            for pair in pairs_within(&self.tokens, &sentences, stretch, |_| true) {
                let first = self.boilerplate.entry((passage, pair)).or_insert(Some(doc));
                if *first != Some(doc) {
                    *first = None;
                }
            }
        }
    }

    fn is_known(&self, source: Source, pair: u64) -> bool {
        match source {
            Source::Furniture => true,
            Source::Boilerplate(passage) => self.boilerplate.get(&(passage, pair)) == Some(&None),
            Source::Syndicated(passage) => self.left.contains(&(passage, pair)),
        }
    }

    /// Cuts an article, and remembers what is left of its passages.
    fn cut(&mut self, doc: DocId, stretches: &[(DocId, ByteSpan, Source)], cuts: &mut Cuts) {
        let (sentences, stretches) = self.read(doc, stretches);
        let mut of_sentence: Vec<Vec<Stretch>> = vec![Vec::new(); sentences.len()];
        for stretch in &stretches {
            let first = sentences.partition_point(|sentence| sentence.tokens.end <= stretch.start);
            let reached = sentences[first..].iter().zip(&mut of_sentence[first..]);
            reached
                .take_while(|(sentence, _)| sentence.tokens.start < stretch.end)
                .for_each(|(_, of)| of.push(*stretch));
        }
        let corpus = self.corpus;
        let article = corpus.get(doc);
        let goes: Vec<bool> = sentences
            .iter()
            .zip(&of_sentence)
            .map(|(sentence, of)| !article.is_reference() && self.goes(sentence, of))
            .collect();
        let stays = |sentence: usize| !goes[sentence];
        for stretch in stretches.iter().filter(|stretch| stretch.source.is_syndicated()) {
            let Some(passage) = stretch.source.passage() else { continue };
            let left = pairs_within(&self.tokens, &sentences, stretch, stays);
            self.left.extend(left.map(|pair| (passage, pair)));
        }
        if !goes.contains(&true) {
            return;
        }
        cuts.articles += 1;
        cuts.emptied += usize::from(!goes.contains(&false));
        let mut at = 0;
        while at < sentences.len() {
            let run = goes[at..].iter().take_while(|&&go| go == goes[at]).count();
            if goes[at] {
                let tokens = sentences[at].tokens.start..sentences[at + run - 1].tokens.end;
                let bytes = sentences::cut(&article.text, &sentences, at..at + run);
                let (syndicated, passage) = told(tokens.clone(), &stretches);
                let before = article.text[..bytes.start as usize].chars().count() as u32;
                let chars = bytes.of(&article.text).chars().count() as u32;
                let tokens = tokens.len() as u32;
                cuts.all.push(Cut {
                    doc,
                    bytes,
                    chars: CharSpan { start: before, end: before + chars },
                    tokens,
                    syndicated,
                    passage,
                });
                cuts.tokens += u64::from(tokens);
                cuts.syndicated += u64::from(syndicated);
            }
            at += run;
        }
    }

    /// Whether a sentence goes that these stretches reach into.
    fn goes(&self, sentence: &Sentence, stretches: &[Stretch]) -> bool {
        let mut covered = sentence.tokens.start;
        // They are in order of where they begin.
        for stretch in stretches.iter().filter(|stretch| stretch.start <= sentence.tokens.end) {
            if stretch.start <= covered {
                covered = covered.max(stretch.end);
            }
        }
        if sentence.tokens.is_empty() || covered < sentence.tokens.end {
            return false;
        }
        let words = &self.tokens[sentence.tokens.clone()];
        let is_known = |place: usize, pair: u64, length: usize| {
            let place = sentence.tokens.start + place;
            let of = stretches.iter().filter(|of| of.start <= place && place + length <= of.end);
            of.into_iter().any(|of| self.is_known(of.source, pair))
        };
        let (all, own) = match words {
            [word] => (1, usize::from(!is_known(0, alone(*word), 1))),
            words => {
                let pairs = words.windows(2).enumerate();
                let own = pairs.filter(|(place, two)| !is_known(*place, pair(two[0], two[1]), 2));
                (words.len() - 1, own.count())
            }
        };
        own as f64 <= self.max_loss * all as f64
    }
}

fn pair(one: Token, other: Token) -> u64 {
    mix(one.hash.rotate_left(1).wrapping_add(other.hash))
}

fn alone(word: Token) -> u64 {
    mix(word.hash)
}

/// The pairs of words of a stretch within the sentences that stay, and the words that are sentences of
/// their own.
fn pairs_within<'a>(
    tokens: &'a [Token],
    sentences: &'a [Sentence],
    stretch: &Stretch,
    stays: impl Fn(usize) -> bool + 'a,
) -> impl Iterator<Item = u64> + 'a {
    let Stretch { start, end, .. } = *stretch;
    let first = sentences.partition_point(|sentence| sentence.tokens.end <= start);
    let reached = sentences.iter().enumerate().skip(first);
    let reached = reached.take_while(move |(_, sentence)| sentence.tokens.start < end);
    reached.filter(move |(place, _)| stays(*place)).flat_map(move |(_, sentence)| {
        let inside = sentence.tokens.start.max(start)..sentence.tokens.end.min(end);
        let one = (sentence.tokens.len() == 1).then(|| alone(tokens[inside.start]));
        tokens[inside].windows(2).map(|two| pair(two[0], two[1])).chain(one)
    })
}

/// How many of the tokens are syndicated and no boilerplate, and the passage that has the most of them.
fn told(tokens: std::ops::Range<usize>, stretches: &[Stretch]) -> (u32, Option<u32>) {
    let of = |stretch: &Stretch| stretch.start.max(tokens.start)..stretch.end.min(tokens.end);
    let mut is_syndicated = vec![false; tokens.len()];
    for syndicated in [true, false] {
        let some = stretches.iter().filter(|s| s.source.is_syndicated() == syndicated);
        for place in some.flat_map(of) {
            is_syndicated[place - tokens.start] = syndicated;
        }
    }
    let count = is_syndicated.iter().filter(|is| **is).count() as u32;
    let mut most: (usize, Option<u32>) = (0, None);
    for stretch in stretches {
        let shared = of(stretch).len();
        if shared > most.0 {
            most = (shared, stretch.source.passage());
        }
    }
    (count, most.1)
}

#[cfg(test)]
mod tests;
