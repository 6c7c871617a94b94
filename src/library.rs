//! The short way in: articles from memory, results to walk over.
//!
//! [`Analysis`] takes any articles, goes through the stages that were asked for, and gives
//! [`Results`]. It prints nothing, installs nothing, and starts no thread that outlives the call.

use crate::article::Article;
use crate::config::{PipelineConfig, Settings};
use crate::error::Result;
use crate::observer::{Observer, Silent};
use crate::pipeline::{Parts, run_articles};
use crate::results::Results;

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
        Self { parts, settings: Settings::default() }
    }

    /// Lays settings over the defaults; their names are those of the configuration file.
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings: settings.over(self.settings), ..self }
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
        let config: PipelineConfig = self.settings.clone().resolve(Vec::new())?;
        run_articles(articles.into_iter().collect(), &config, self.parts, observer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::DocId;

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

    #[test]
    fn a_setting_out_of_its_range_is_an_error() {
        let settings = Settings { threshold: Some(2.0), ..Settings::default() };
        let result = Analysis::copies().with_settings(settings).run([]);
        assert!(result.is_err());
    }
}
