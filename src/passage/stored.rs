//! For whoever stores articles and asks which of them share passages with one: the seeds of articles one by one, and
//! what a few articles share with it. Those that have nothing to align with it go no further, and the words of all
//! are read once.

use rayon::prelude::*;

use super::align::Thresholds;
use super::index::distinct_seeds;
use super::link;
use super::seeds::{winnow, winnow_short};
use super::tokens::Tokens;
use super::{Passage, PassageConfig, reuse_of};
use crate::article::{Article, Corpus, DocId};
use crate::error::Result;
use crate::observer::Silent;
use crate::statistics::{Statistics, Surprisal};

/// A partner has this part of what a passage needs (2: half of the words and of what they tell). It may have the
/// passage by way of a third article. 200 news articles were asked about among 8,000 others. Of places of ten words and more nine were lost so, and 108 where all was asked for.
const SHARE: u32 = 2;

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

/// The passages of `one` and its partners in a corpus, and these as a corpus of their own; nothing where there is
/// no partner. `mark` marks the furniture of an article, which only partners need.
///
/// # Errors
/// As [`super::reuse`], where there are too many words.
pub(crate) fn shared(
    corpus: &Corpus,
    one: DocId,
    statistics: &Statistics,
    config: &PassageConfig,
    mark: impl Fn(&mut Article) + Sync,
) -> Result<Option<(Corpus, Vec<Passage>)>> {
    let tokens = Tokens::read(corpus, &Silent)?;
    let mut docs = partners(&tokens, one, statistics, config)?;
    if docs.is_empty() {
        return Ok(None);
    }
    docs.insert(docs.partition_point(|&doc| doc < one), one);
    let marked = |&doc: &DocId| {
        let mut article = corpus.get(doc).clone();
        mark(&mut article);
        article
    };
    let keys = docs.iter().map(|&doc| corpus.key(doc)).collect();
    let few = Corpus::keyed(docs.par_iter().map(marked).collect(), keys);
    let reuse = reuse_of(&few, &tokens.some(&docs), statistics, config, &Silent)?;
    Ok(Some((few, reuse.passages)))
}

/// The articles of a corpus that may be in a passage with `one`, ascending: those that have enough in
/// common with it for that, see [`SHARE`]. What the others have of each other is not looked at.
fn partners(
    tokens: &Tokens,
    one: DocId,
    statistics: &Statistics,
    config: &PassageConfig,
) -> Result<Vec<DocId>> {
    let Thresholds { tokens: least, bits } = config.thresholds(statistics);
    let thresholds = Thresholds { tokens: least / SHARE, bits: bits / SHARE };
    link::aligned_with(tokens, &statistics.surprisal, one, thresholds, &Silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::reuse;
    use crate::passage::testing::corpus;

    #[test]
    fn a_partner_has_half_of_a_passage_and_no_name_alone() {
        let told: Vec<String> = (0..12).map(|word| format!("word{word}")).collect();
        let own = |name: &str| (0..40).map(|word| format!("{name}{word} ")).collect::<String>();
        let with = |name: &str, words: usize| own(name) + &told[..words].join(" ");
        let texts = [
            ("asked", with("asked", 12)),
            ("half", with("half", 6)),
            ("name", with("name", 3)),
            ("other", own("other")),
            ("whole", with("whole", 12)),
        ];
        let texts: Vec<(&str, &str)> =
            texts.iter().map(|(id, text)| (*id, text.as_str())).collect();
        let corpus = corpus(&texts);
        let statistics = crate::testing::statistics(&corpus);
        let asked = corpus.find("asked").unwrap();
        let config = PassageConfig::default();
        let found = shared(&corpus, asked, &statistics, &config, |_| {}).unwrap();
        let (few, passages) = found.unwrap();
        let ids: Vec<&str> = few.articles().iter().map(|article| article.id.as_str()).collect();
        let mut expected = ["asked", "half", "whole"];
        expected.sort_by_key(|id| corpus.find(id));
        assert_eq!(ids, expected);
        let whole = reuse(&few, &statistics, &config, &Silent).unwrap();
        assert_eq!(passages, whole.passages);
        assert!(!passages.is_empty());
    }
}
