//! The short way in: articles from memory, results to walk over.
//!
//! [`Analysis`] takes any articles, goes through the stages that were asked for, and gives
//! [`Results`]. It prints nothing, installs nothing, and starts no thread that outlives the call.

use std::sync::Arc;

use crate::article::Article;
use crate::config::{PipelineConfig, Settings};
use crate::error::Result;
use crate::observer::{Observer, Silent};
use crate::pipeline::{Parts, run_articles};
use crate::results::Results;
use crate::statistics::Statistics;

/// What is to be found in articles, and how.
///
/// ```
/// use newsfold::{Analysis, Article};
///
/// let text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved.";
/// let articles = [("wire", text), ("post", text), ("other", "A barn burned near Orrin Falls.")];
/// let articles = articles.map(|(id, text)| Article::new(id, text));
/// let results = Analysis::copies().run(articles)?;
/// for pair in results.pairs.iter().flatten() {
///     let ids = [pair.a, pair.b].map(|doc| results.corpus.get(doc).id.to_string());
///     println!("{ids:?} {:.2}", pair.overlap.jaccard());
/// }
/// # assert_eq!(results.pairs.as_ref().map(Vec::len), Some(1));
/// # Ok::<(), newsfold::error::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Analysis {
    parts: Parts,
    settings: Settings,
    statistics: Option<Arc<Statistics>>,
}

impl Analysis {
    /// Near-duplicates and their families.
    pub fn copies() -> Self {
        Self::of(Parts::FAMILIES)
    }

    /// Stories and storylines, and the families under them.
    pub fn stories() -> Self {
        Self::of(Parts::STORIES)
    }

    /// Passages that occur more than once.
    pub fn passages() -> Self {
        Self::of(Parts::PASSAGES)
    }

    /// Copies, stories and passages.
    pub fn all() -> Self {
        Self::of(Parts::ALL)
    }

    fn of(parts: Parts) -> Self {
        Self { parts, settings: Settings::default(), statistics: None }
    }

    /// Lays settings over the defaults; their names are those of the configuration file.
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings: settings.over(self.settings), ..self }
    }

    /// Goes by these statistics, and counts none. Then what is told of two articles is the same whatever lies
    /// beside them, and in the next run.
    pub fn with_statistics(self, statistics: impl Into<Arc<Statistics>>) -> Self {
        Self { statistics: Some(statistics.into()), ..self }
    }

    /// Looks through articles. Ids that two of them share are told apart by a number.
    ///
    /// # Errors
    /// [`Error::Config`](crate::error::Error::Config) for a setting out of its range, and those of the
    /// stages.
    pub fn run(&self, articles: impl IntoIterator<Item = Article>) -> Result<Results> {
        self.run_observed(articles, &Silent)
    }

    /// The same, with an observer that is told how far it is, and may stop it.
    ///
    /// # Errors
    /// As [`Self::run`], and [`Error::Interrupted`](crate::error::Error::Interrupted).
    pub fn run_observed(
        &self,
        articles: impl IntoIterator<Item = Article>,
        observer: &dyn Observer,
    ) -> Result<Results> {
        let mut config: PipelineConfig = self.settings.clone().resolve(Vec::new())?;
        if let Some(statistics) = &self.statistics {
            config.statistics.fixed = Some(Arc::clone(statistics));
        }
        run_articles(articles.into_iter().collect(), &config, self.parts, observer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::DocId;
    use crate::ingest::{IngestOptions, ingest};
    use crate::observer::Silent;
    use crate::statistics::{StatisticsConfig, Wanted};
    use crate::text::tell_languages;

    const TEXT: &str =
        "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were saved.";

    #[test]
    fn names_and_order_do_not_decide_what_is_found() {
        let articles = |names: [&str; 3]| {
            let texts = [TEXT, TEXT, "A barn burned down near Orrin Falls on Sunday."];
            let outlets = ["Post", "Mail", "Post"];
            let of = |i: usize| Article::new(names[i], texts[i]).with_outlet(outlets[i]);
            (0..3).map(of).collect::<Vec<_>>()
        };
        let told = |articles: Vec<Article>| {
            let results = Analysis::all().run(articles).unwrap();
            let pairs: Vec<_> = results.pairs.iter().flatten().map(|p| (p.a, p.b)).collect();
            let families = results.families.unwrap();
            let stories = results.stories.unwrap();
            (pairs, families.all()[0].id.clone(), stories.of)
        };
        let straight = told(articles(["a", "b", "c"]));
        let mut mixed = articles(["z", "y", "x"]);
        mixed.reverse();
        assert_eq!(straight, told(mixed));
        assert_eq!(straight.0.len(), 1);
    }

    #[test]
    fn articles_of_one_id_are_told_apart() {
        let results = Analysis::copies().run([Article::new("a", TEXT), Article::new("a", TEXT)]);
        let results = results.unwrap();
        let id = |doc| results.corpus.get(DocId(doc)).id.to_string();
        assert_ne!(id(0), id(1));
    }

    /// What is told of the first articles: pairs, stories and passages, by the ids of articles.
    fn told_of_first(results: &Results, is_first: &dyn Fn(&str) -> bool) -> [Vec<String>; 3] {
        let id = |doc: DocId| results.corpus.get(doc).id.as_str();
        let pairs = results.pairs.iter().flatten();
        let pairs = pairs.filter(|pair| is_first(id(pair.a)) && is_first(id(pair.b)));
        let pairs =
            pairs.map(|p| format!("{} {} {:?} {:?}", id(p.a), id(p.b), p.overlap, p.evidence));
        let groups = |docs: &[DocId]| -> Option<String> {
            let ids: Vec<&str> =
                docs.iter().map(|&doc| id(doc)).filter(|id| is_first(id)).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        };
        let stories = results.stories.iter().flat_map(|all| &all.stories);
        let stories = stories.filter_map(|story| groups(&story.members));
        let passages = results.passages.iter().flatten();
        let passages =
            passages.filter(|passage| passage.occurrences.iter().any(|at| is_first(id(at.doc))));
        let passages = passages.map(|passage| {
            let at = passage.occurrences.iter().map(|at| format!("{} {:?}", id(at.doc), at.bytes));
            format!("{:?} {}", passage.kind, at.collect::<Vec<_>>().join(" "))
        });
        [pairs.collect(), stories.collect(), passages.collect()]
    }

    #[test]
    fn with_fixed_statistics_unrelated_articles_change_nothing() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl").to_owned();
        let read = ingest(&[path], &IngestOptions::default(), &Silent).unwrap().corpus;
        let first = read.articles().to_vec();
        let mut counted = read.clone();
        tell_languages(&mut counted);
        let config = StatisticsConfig::default();
        let counted = Statistics::count(&mut counted, &config, Wanted::ALL, &Silent).unwrap();
        let analysis = Analysis::all().with_statistics(counted);
        let unrelated = (0..30).map(|n| {
            let words: Vec<String> = (0..120).map(|word| format!("beside{n}word{word}")).collect();
            let days = n % 9 + 1;
            Article::new(format!("beside-{n}"), words.join(" "))
                .with_outlet(format!("Beside {}", n % 4))
                .with_published(format!("2024-01-0{days}T10:00:00Z").parse().unwrap())
                .with_lang("en")
        });
        let is_first = |id: &str| !id.starts_with("beside");
        let alone = analysis.run(first.clone()).unwrap();
        let beside = analysis.run(first.into_iter().chain(unrelated)).unwrap();
        let told = told_of_first(&alone, &is_first);
        assert!(told.iter().all(|told| told.len() > 5));
        assert_eq!(told, told_of_first(&beside, &is_first));
    }

    #[test]
    fn a_setting_out_of_its_range_is_an_error() {
        let settings = Settings { threshold: Some(2.0), ..Settings::default() };
        let result = Analysis::copies().with_settings(settings).run([]);
        assert!(result.is_err());
    }
}
