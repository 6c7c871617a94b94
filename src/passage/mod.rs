//! Tokens to passages: stretches of text that occur more than once, with their kinds.
//!
//! [`passages`] finds every stretch of about [`PassageConfig::min_tokens`] words that two articles
//! share, edited or not, wherever it stands and in however many articles; repeats within one article;
//! lines that one outlet prints again and again; and credit lines. Each occurrence is a span that
//! begins with the first byte of a word and ends with the last byte of one.
//!
//! The way there: the words of all articles as one array of hashes; how surprising each word is; a
//! few rare word 4-grams and 3-grams of each article as seeds, by robust winnowing (Schleimer, Wilkerson and Aiken,
//! 2003); the seeds that recur, where text that says one thing over and over counts once; links between their places, linear
//! in number; matches chained and extended through edits as in sequence alignment; with [`PassageConfig::reworded`],
//! sentences that say the same in other words; alignments, parted where an article's own words lie between, grouped to
//! passages. No step costs more than `n log n` in the words of the corpus. Memory: half a gigabyte on top of the articles
//! for 36 million words (234 MB of news).
//!
//! The same corpus gives the same passages for any number of threads.

mod align;
mod alone;
mod chain;
mod chained;
mod combine;
mod credit;
mod document;
mod extend;
mod group;
mod identity;
mod index;
mod kind;
mod label;
mod lines;
mod link;
mod locate;
mod misread;
mod nested;
mod origin;
mod outlets;
mod periods;
mod phrase;
mod put_together;
mod quoted;
mod rearranged;
mod related;
mod reworded;
mod rows;
mod seeds;
mod sentences;
mod shares;
mod stems;
mod stock;
mod stored;
mod tokens;
mod vocabulary;
mod voice;

use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::align::{Alignment, Thresholds};
pub use self::credit::Credits;
pub(crate) use self::index::MOST_OF_SHORT;
use self::index::Repeats;
pub use self::nested::outermost;
pub use self::origin::{Origin, Reason, Source, credits, names_in, origins};
use self::put_together::put_together;
pub use self::rows::{
    Copied, Linked, Matching, SeedRows, Tie, TieRows, agency_of, copied_of, learnt,
    reuse_of_copied, seeds_of, ties_of,
};
pub use self::shares::{Shares, shares};
use self::stems::Stems;
pub(crate) use self::stored::{ArticleSeeds, seeds, shared};
use self::tokens::Tokens;
pub(crate) use self::tokens::begins_sentence;
use crate::article::{ByteSpan, CharSpan, Corpus, DocId};
use crate::error::{Error, Result};
use crate::observer::{Observer, Stage, Unit};
use crate::statistics::Statistics;
use crate::statistics::surprisal::{self, BIT, Surprisal};

/// What a passage's recurrence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// In two outlets or more.
    Syndicated,
    /// In many articles of one outlet: menus, sign-up lines, footers.
    Boilerplate,
    /// More than once within one article, and nowhere else.
    Repeated,
    /// The same words inside quotation marks, with different text around them.
    Quotation,
    /// The line that names the agency or the source.
    Credit,
    /// In a few articles of one outlet, as a part of the story told: background paragraphs, updates.
    Recycled,
    /// In two outlets or more, and too little to tell a copy: names with their titles, stock phrases.
    Phrase,
    /// In two outlets or more, and by neither: a speech, a statement, a law that several print.
    Document,
}

impl Kind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::Syndicated,
        Self::Quotation,
        Self::Repeated,
        Self::Recycled,
        Self::Phrase,
        Self::Boilerplate,
        Self::Credit,
        Self::Document,
    ];

    /// The name that tables use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syndicated => "syndicated",
            Self::Boilerplate => "boilerplate",
            Self::Repeated => "repeated",
            Self::Quotation => "quotation",
            Self::Credit => "credit",
            Self::Recycled => "recycled",
            Self::Phrase => "phrase",
            Self::Document => "document",
        }
    }

    /// What a reader of the page is told that it means.
    pub const fn means(self) -> &'static str {
        match self {
            Self::Syndicated => "stands in two outlets or more",
            Self::Boilerplate => "what one outlet prints around its articles",
            Self::Repeated => "more than once in one article",
            Self::Quotation => "the same words in quotation marks",
            Self::Credit => "names the agency or the source",
            Self::Recycled => "used again by the outlet that wrote it",
            Self::Phrase => "a name or stock phrase: too little to tell a copy",
            Self::Document => "a speech, statement or law that several print",
        }
    }
}

/// A stretch of text that occurs more than once, or a credit line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Derived from the places of its occurrences.
    pub id: String,
    /// What its recurrence means.
    pub kind: Kind,
    /// Length of the first occurrence in tokens.
    pub tokens: u32,
    /// How many articles have it.
    pub articles: u32,
    /// How many outlets have it; articles of unknown outlet do not count.
    pub outlets: u32,
    /// In order of [`DocId`], then of place.
    pub occurrences: Vec<Occurrence>,
    /// The place among `occurrences` of the one published first (undated last, ties by content).
    pub first: u32,
    /// The agencies, or the source, that a credit names, in its order; empty for a credit that names neither,
    /// and for what is no credit.
    pub names: Vec<String>,
}

impl Passage {
    /// How many words of an occurrence differ from those of the first: of the longer of the two, those
    /// that have no partner in the other.
    pub fn edits(&self, occurrence: &Occurrence) -> u32 {
        let same = (occurrence.identity * f64::from(self.tokens)).round() as u32;
        self.tokens.max(occurrence.tokens) - same
    }

    /// The articles that it stands in, each once, in order.
    pub fn docs(&self) -> Vec<DocId> {
        let mut docs: Vec<DocId> = self.occurrences.iter().map(|at| at.doc).collect();
        docs.dedup();
        docs
    }

    /// The occurrence published first.
    pub fn first(&self) -> &Occurrence {
        &self.occurrences[self.first as usize]
    }
}

/// What a corpus has more than once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reuse {
    /// The passages, in order of their places.
    pub passages: Vec<Passage>,
    /// What was held against what, word by word, by articles and places: the evidence of the passages
    /// but for credits and repeated lines. A passage in n articles has about n of them, not n².
    pub alignments: Vec<Aligned>,
}

/// Two stretches of text that are copies, each as far as the other has it. What of a passage two
/// articles share may be more or less than what all do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aligned {
    /// The place of its passage among all.
    pub passage: u32,
    /// The stretch of the article that comes first by [`DocId`], or of an article with itself.
    pub a: Stretch,
    /// That of the other.
    pub b: Stretch,
    /// How many words match; 0 where only sentences that say the same were found.
    pub matched: u32,
    /// Whether it has sentences that say the same in other words.
    pub reworded: bool,
}

/// A part of an article's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stretch {
    /// The article.
    pub doc: DocId,
    /// Where in its text, in bytes.
    pub bytes: ByteSpan,
    /// Where in its text, in characters.
    pub chars: CharSpan,
    /// How many tokens it has.
    pub tokens: u32,
}

/// One place where a passage stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The article.
    pub doc: DocId,
    /// Where in its text, in bytes.
    pub bytes: ByteSpan,
    /// Where in its text, in characters.
    pub chars: CharSpan,
    /// How many tokens it has.
    pub tokens: u32,
    /// The share of the passage's tokens (those of its first occurrence) that are present here, 0 to 1.
    pub identity: f64,
}

/// How little must be shared to count, chosen on the planted passages of `reuse`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sensitivity {
    /// Precision first: hardly a passage that a reader would not call copied.
    Low,
    /// Best of both on labelled passages.
    #[default]
    Normal,
    /// Recall first: short and heavily edited passages too.
    High,
}

/// What counts as a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassageConfig {
    /// The least length, in tokens, of a passage that two articles share. Repeats of whole lines
    /// within an article or an outlet may be shorter. Under seven tokens nothing more is found. In scripts
    /// without spaces, where a token is a character, it takes twice as many.
    pub min_tokens: u32,
    /// How much the words of a passage must tell.
    pub sensitivity: Sensitivity,
    /// What tells credit lines.
    pub credits: Arc<Credits>,
    /// Whether sentences that say the same in other words, or in another order, are looked for too.
    pub reworded: bool,
    /// Whether words may be misread, as on scanned pages: such that are a letter off count as one.
    pub ocr: bool,
}

impl PassageConfig {
    /// What two stretches must have in common.
    fn thresholds(&self, statistics: &Statistics) -> Thresholds {
        let bits = self.sensitivity.min_bits() * BIT
            + BITS_A_DOUBLING * surprisal::log2(statistics.articles);
        Thresholds { tokens: self.min_tokens, bits }
    }
}

impl Default for PassageConfig {
    fn default() -> Self {
        let sensitivity = Sensitivity::default();
        Self {
            min_tokens: sensitivity.min_tokens(),
            sensitivity,
            credits: Arc::new(Credits::built_in()),
            reworded: false,
            ocr: false,
        }
    }
}

impl FromStr for Sensitivity {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "low" => Ok(Self::Low),
            "normal" => Ok(Self::Normal),
            "high" => Ok(Self::High),
            _ => Err(Error::config(
                "--sensitivity",
                format!("{name:?} is none of low, normal and high"),
            )),
        }
    }
}

impl Sensitivity {
    /// Its name, as the option has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// The least length of a passage, where nothing else is asked for.
    pub fn min_tokens(self) -> u32 {
        match self {
            Self::Low => 15,
            Self::Normal => 10,
            Self::High => 8,
        }
    }

    /// What the words of a passage must tell, in bits.
    fn min_bits(self) -> u32 {
        match self {
            Self::Low => LOW_BITS,
            Self::Normal => MIN_BITS,
            Self::High => HIGH_BITS,
        }
    }
}

/// What the words of a passage must tell in a corpus of one article, in bits. On planted passages
/// (1,573 in 2,400 texts) PlagDet is 0.9843, 0.9850, 0.9854, 0.9848 and 0.9843 at 22, 28, 34, 40 and 48;
/// among 1,825 in 6,423 texts precision by characters rises from 0.986 to 0.991 between 22 and 34 and
/// recall stays within 0.001. On 36,823 news articles 34 leaves 12,686 of 18,513 passages that two outlets
/// share outside quotation marks. (All that before there were short seeds and phrases.)
const MIN_BITS: u32 = 34;

/// The same for the other sensitivities. On the same planted passages, with their least lengths of 15
/// and 8 words, precision is 0.9913 and 0.9832 and recall 0.9726 and 0.9853, against 0.9901 and 0.9853
/// with 34 bits and 10 words.
const LOW_BITS: u32 = 56;
const HIGH_BITS: u32 = 22;

/// Chunks that articles are cut into where there are few. Sixteen share out a hundred articles evenly among
/// four threads or fewer.
const FEWEST_CHUNKS: usize = 16;

/// Bits more for each doubling of what the statistics were counted of: twice the articles make four times the pairs in which
/// chance can bring the same words together.
const BITS_A_DOUBLING: u32 = 2;

/// The passages of a corpus with the alignments that they are made of.
///
/// Fails where the observer asks to stop, or where the corpus has 2³² tokens or more.
pub fn reuse(
    corpus: &Corpus,
    statistics: &Statistics,
    config: &PassageConfig,
    observer: &dyn Observer,
) -> Result<Reuse> {
    // Passes over the articles: tokens, seeds of two sorts, alignment; for reworded text, stems and
    // their seeds; for misread words, one more.
    let passes = 4 + 2 * u64::from(config.reworded) + u64::from(config.ocr);
    observer.begin(Stage::Passage, Some(passes * corpus.len() as u64), Unit::Steps);
    let mut tokens = Tokens::read(corpus, observer)?;
    if config.ocr {
        tokens.mend(corpus, observer)?;
    }
    let reuse = reuse_of(corpus, &tokens, statistics, config, observer)?;
    observer.end(Stage::Passage);
    Ok(reuse)
}

/// The same of articles whose words are known.
fn reuse_of(
    corpus: &Corpus,
    tokens: &Tokens,
    statistics: &Statistics,
    config: &PassageConfig,
    observer: &dyn Observer,
) -> Result<Reuse> {
    let surprisal = &statistics.surprisal;
    let (alignments, parted) = {
        let repeats = [
            Repeats::find(tokens, surprisal, corpus.spill(), observer)?,
            Repeats::find_short(tokens, surprisal, corpus.spill(), observer)?,
        ];
        let thresholds = config.thresholds(statistics);
        let copied = link::align_linked(tokens, surprisal, &repeats, thresholds, observer)?;
        drop(repeats);
        let align::Alignments { whole, mut parted } = copied;
        parted.sort_unstable();
        let whole = if config.reworded {
            let reworded = reworded(corpus, tokens, surprisal, &whole, observer)?;
            combine::combine(whole, reworded)
        } else {
            whole
        };
        (whole, parted)
    };
    let rules = (&*config.credits, None);
    put_together(corpus, tokens, surprisal, (alignments, parted), rules, observer)
}

/// How many articles a thread takes at once: of few, such as an archive is asked about, so many that each of some cores
/// has work; else `most`.
fn articles_a_chunk(articles: usize, most: usize) -> usize {
    articles.div_ceil(FEWEST_CHUNKS).clamp(1, most)
}

/// The passages alone, see [`reuse`].
pub fn passages(
    corpus: &Corpus,
    statistics: &Statistics,
    config: &PassageConfig,
    observer: &dyn Observer,
) -> Result<Vec<Passage>> {
    Ok(reuse(corpus, statistics, config, observer)?.passages)
}

/// The reworded stretches of articles that are related, or share copied words already.
fn reworded(
    corpus: &Corpus,
    tokens: &Tokens,
    surprisal: &Surprisal,
    copied: &[Alignment],
    observer: &dyn Observer,
) -> Result<Vec<Alignment>> {
    let stems = Stems::read(corpus, tokens, observer)?;
    let mut pairs = related::related(tokens, &stems, surprisal, corpus.spill(), observer)?;
    let of_two = copied.iter().filter(|copy| copy.doc_a != copy.doc_b);
    pairs.extend(of_two.map(|copy| (copy.doc_a, copy.doc_b)));
    pairs.sort_unstable();
    pairs.dedup();
    reworded::align_reworded(tokens, &stems, &pairs, observer)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod testing {
    use super::document::{capitals, form};
    use super::group::Place;
    use super::kind::Sighting;
    use super::quoted::bare_words;
    use crate::article::{Article, Corpus, DocId, TokenSpan};
    use crate::testing::article;
    use crate::text::tokenise;

    /// All after the first words of an article, as a place of a passage that consists of whole lines.
    pub(super) fn sighting(corpus: &Corpus, doc: DocId, first: usize) -> Sighting {
        let text = &corpus.get(doc).text;
        let mut read = Vec::new();
        tokenise(text, &mut read);
        let words = &read[first..];
        let span = TokenSpan { start: first as u32, end: read.len() as u32 };
        Sighting {
            place: Place { doc, span },
            article_tokens: read.len() as u32,
            article_capitals: capitals(text, &read),
            is_last: true,
            whole_lines: true,
            label: None,
            bare: bare_words(text, words),
            form: form(text, words),
        }
    }

    /// Articles from (id, outlet, text).
    pub(super) fn corpus_of(articles: &[(&str, &str, &str)]) -> Corpus {
        let of_outlet = |&(id, outlet, text): &(&str, &str, &str)| Article {
            outlet: outlet.into(),
            ..article(id, text)
        };
        crate::testing::by_id(articles.iter().map(of_outlet).collect())
    }

    /// Articles of unknown outlet from (id, text).
    pub(super) fn corpus(articles: &[(&str, &str)]) -> Corpus {
        let articles: Vec<_> = articles.iter().map(|&(id, text)| (id, "", text)).collect();
        corpus_of(&articles)
    }
}
