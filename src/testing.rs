//! Small corpora for unit tests.

use crate::article::{Article, Corpus};
use crate::error::Position;
use crate::observer::Silent;
use crate::statistics::{Statistics, StatisticsConfig, Wanted};

/// An article with this id and text, and nothing else known.
pub(crate) fn article(id: &str, text: &str) -> Article {
    Article {
        lang: "en".into(),
        source: Position::whole(format!("{id}.txt")),
        ..Article::new(id, text)
    }
}

/// A corpus of these texts, in this order.
pub(crate) fn corpus_of(texts: &[&str]) -> Corpus {
    Corpus::in_order(
        texts.iter().enumerate().map(|(i, text)| article(&format!("{i:03}"), text)).collect(),
    )
}

/// A corpus of these articles in order of their ids, whatever their dates: what a test names first has
/// the smallest place.
pub(crate) fn by_id(mut articles: Vec<Article>) -> Corpus {
    articles.sort_by(|x, y| x.id.cmp(&y.id));
    Corpus::in_order(articles)
}

/// The statistics of a corpus without furniture.
pub(crate) fn statistics(corpus: &Corpus) -> Statistics {
    let config = StatisticsConfig::default();
    Statistics::of_own_words(corpus, &config, Wanted::ALL, &Silent).expect("nobody stops it")
}
