//! For whoever stores articles and asks which of them share passages with one: the seeds of articles one by one, and
//! which articles of a few have anything to align with it.

use super::PassageConfig;
use super::align::Thresholds;
use super::index::distinct_seeds;
use super::link;
use super::seeds::{winnow, winnow_short};
use super::tokens::Tokens;
use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::Silent;
use crate::statistics::{Statistics, Surprisal};

/// The seeds of an article, of the two sorts that [`super::reuse`] goes by: each once, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ArticleSeeds {
    /// Those of four words.
    pub(crate) long: Vec<u64>,
    /// Those of three.
    pub(crate) short: Vec<u64>,
}

/// The seeds of each article of a corpus.
///
/// # Errors
/// As [`super::reuse`], where there are too many words.
pub(crate) fn seeds(corpus: &Corpus, surprisal: &Surprisal) -> Result<Vec<ArticleSeeds>> {
    let tokens = Tokens::read(corpus, &Silent)?;
    let of = |doc: DocId| ArticleSeeds {
        long: distinct_seeds(&tokens, doc, |words, found| winnow(words, surprisal, found)),
        short: distinct_seeds(&tokens, doc, |words, found| winnow_short(words, surprisal, found)),
    };
    Ok(corpus.docs().map(of).collect())
}

/// The articles of a corpus that may be in a passage with `one`, ascending: those that have half of what a passage needs in
/// common with it. An article that has less may still have the passage by way of a third one; of 275 places of ten words and
/// more that 200 news articles share with 8,000 others nine were left out so, and 124 where all was asked for. What
/// the others have of each other is not looked at.
///
/// # Errors
/// As [`super::reuse`], where there are too many words.
pub(crate) fn partners(
    corpus: &Corpus,
    one: DocId,
    statistics: &Statistics,
    config: &PassageConfig,
) -> Result<Vec<DocId>> {
    let tokens = Tokens::read(corpus, &Silent)?;
    let Thresholds { tokens: least, bits } = config.thresholds(statistics);
    let thresholds = Thresholds { tokens: least / 2, bits: bits / 2 };
    link::aligned_with(&tokens, &statistics.surprisal, one, thresholds, &Silent)
}
