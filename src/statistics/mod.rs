//! What is known before any two articles are compared: one value, counted once from the articles at
//! hand or read from a file, and handed to the stages.
//!
//! With the same [`Statistics`] a decision about two articles depends on those two alone, and one about
//! a group on its members, whatever else lies in the pile. Cost: a pass over the texts for furniture, a
//! second where there is some; one for stories ([`Frequencies`]), and one over a sample for passages
//! ([`Surprisal`]).

mod file;
mod frequencies;
mod lexicon;
mod stop_words;
pub(crate) mod surprisal;
mod terms;
mod title;

use std::fmt;
use std::sync::Arc;

pub(crate) use frequencies::lexicon;
pub use frequencies::{BackgroundCounts, BackgroundTable, Frequencies, write_background};
pub(crate) use lexicon::{Lexicon, TermPlace};
pub(crate) use stop_words::StopWords;
pub use surprisal::Surprisal;
pub(crate) use surprisal::word_of;
pub(crate) use terms::{Frequency, Kind, Term, frequencies, numbers, readings};
pub(crate) use title::without_furniture;

use crate::article::Corpus;
use crate::error::Result;
use crate::furniture::{self, Templates};
use crate::observer::{Observer, Stage, Unit};

/// What the stages know of the world beside the articles they look at.
pub struct Statistics {
    /// How many articles were counted: chance brings the same words together more often among many.
    pub articles: u64,
    /// What each house prints around its articles.
    pub furniture: Templates,
    /// How common terms are, and which words are names: what stories go by.
    pub frequencies: Frequencies,
    /// How much each word tells: what passages go by.
    pub surprisal: Surprisal,
}

/// What the statistics of a run are made of.
#[derive(Clone, Debug, Default)]
pub struct StatisticsConfig {
    /// What a user says is nobody's own words, besides what is found.
    pub ignore: Templates,
    /// How common words are, counted elsewhere: it decides alone.
    pub table: Option<Arc<BackgroundTable>>,
    /// Whole statistics, counted elsewhere: nothing is counted, only furniture is marked. They go before the
    /// table.
    pub fixed: Option<Arc<Statistics>>,
}

/// Which of the statistics will be asked; the others are those of an empty corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// For stories.
    pub frequencies: bool,
    /// For passages.
    pub surprisal: bool,
}

impl Wanted {
    /// Everything.
    pub const ALL: Self = Self { frequencies: true, surprisal: true };
}

impl fmt::Debug for Statistics {
    /// What may be read at a glance: the counts have millions of entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("Statistics");
        told.field("articles", &self.articles).field("houses", &self.furniture.houses());
        told.finish_non_exhaustive()
    }
}

impl Statistics {
    /// What is known without any archive: the tables that come with the program. No outlet's furniture is
    /// known, and every word tells a passage as much as any other.
    pub fn shipped() -> Self {
        Self {
            articles: 0,
            furniture: Templates::default(),
            frequencies: Frequencies::shipped(),
            surprisal: Surprisal::empty(),
        }
    }

    /// The statistics that a run goes by: those that are fixed, else those of the corpus, whose languages are
    /// told. Either way furniture is marked in the articles.
    ///
    /// # Errors
    /// Where the observer asks to stop.
    pub fn of(
        corpus: &mut Corpus,
        config: &StatisticsConfig,
        wanted: Wanted,
        observer: &dyn Observer,
    ) -> Result<Arc<Self>> {
        let Some(fixed) = &config.fixed else {
            return Self::count(corpus, config, wanted, observer).map(Arc::new);
        };
        observer.begin(Stage::Statistics, None, Unit::Steps);
        let mut furniture = fixed.furniture.clone();
        furniture.join(&config.ignore);
        furniture::mark(corpus, &furniture, observer)?;
        observer.end(Stage::Statistics);
        Ok(Arc::clone(fixed))
    }

    /// Counts a corpus whose languages are told: first its furniture, which is marked in the articles,
    /// then their own words.
    ///
    /// # Errors
    /// Where the observer asks to stop.
    pub fn count(
        corpus: &mut Corpus,
        config: &StatisticsConfig,
        wanted: Wanted,
        observer: &dyn Observer,
    ) -> Result<Self> {
        observer.begin(Stage::Statistics, None, Unit::Steps);
        let mut furniture = furniture::count(corpus, observer)?;
        furniture.join(&config.ignore);
        furniture::mark(corpus, &furniture, observer)?;
        let words = Self::of_own_words(corpus, config, wanted, observer)?;
        observer.end(Stage::Statistics);
        Ok(Self { furniture, ..words })
    }

    /// Counts the words of a corpus that are not marked as furniture.
    ///
    /// # Errors
    /// Where the observer asks to stop.
    pub fn of_own_words(
        corpus: &Corpus,
        config: &StatisticsConfig,
        wanted: Wanted,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let none = Corpus::default();
        let of = |wanted: bool| if wanted { corpus } else { &none };
        Ok(Self {
            articles: corpus.len() as u64,
            furniture: Templates::default(),
            frequencies: match &config.table {
                Some(table) => Frequencies::fixed(table.clone()),
                None => Frequencies::count(of(wanted.frequencies), observer)?,
            },
            surprisal: Surprisal::count(of(wanted.surprisal)),
        })
    }
}
