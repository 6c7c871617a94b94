//! What is known before any two articles are compared: one value, counted once from the articles at
//! hand or read from a file, and handed to the stages.
//!
//! With the same [`Statistics`] a decision about two articles depends on those two alone, and one about
//! a group on its members, whatever else lies in the pile. Cost: a pass over the texts for furniture, a second where there is some, and one over a
//! sample for surprisal.

pub(crate) mod surprisal;

pub use surprisal::Surprisal;
pub(crate) use surprisal::word_of;

use crate::article::Corpus;
use crate::error::Result;
use crate::furniture::{self, Templates};
use crate::observer::{Observer, Stage, Unit};

/// What the stages know of the world beside the articles they look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// How many articles were counted: chance brings the same words together more often among many.
    pub articles: u64,
    /// What each house prints around its articles.
    pub furniture: Templates,
    /// How much each word tells.
    pub surprisal: Surprisal,
}

/// What the statistics of a run are made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatisticsConfig {
    /// What a user says is nobody's own words, besides what is found.
    pub ignore: Templates,
}

impl Default for Statistics {
    /// Of one article, and nothing counted.
    fn default() -> Self {
        Self { articles: 1, furniture: Templates::default(), surprisal: Surprisal::empty() }
    }
}

impl Statistics {
    /// Counts a corpus: first its furniture, which is marked in the articles, then their own words.
    ///
    /// # Errors
    /// Where the observer asks to stop.
    pub fn count(
        corpus: &mut Corpus,
        config: &StatisticsConfig,
        observer: &dyn Observer,
    ) -> Result<Self> {
        observer.begin(Stage::Statistics, None, Unit::Steps);
        let mut furniture = furniture::count(corpus, observer)?;
        furniture.join(&config.ignore);
        furniture::mark(corpus, &furniture, observer)?;
        let statistics = Self { furniture, ..Self::of_own_words(corpus) };
        observer.end(Stage::Statistics);
        Ok(statistics)
    }

    /// Counts the words of a corpus that are not marked as furniture.
    pub fn of_own_words(corpus: &Corpus) -> Self {
        Self {
            articles: corpus.len() as u64,
            furniture: Templates::default(),
            surprisal: Surprisal::count(corpus),
        }
    }
}
