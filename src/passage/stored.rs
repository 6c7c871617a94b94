//! The seeds of articles one by one, for whoever stores them to find articles by that share passages.

use super::index::distinct_seeds;
use super::seeds::{winnow, winnow_short};
use super::tokens::Tokens;
use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::observer::Silent;
use crate::statistics::Surprisal;

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
