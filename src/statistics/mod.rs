//! What is known before any two articles are compared: one value, built once from the articles at
//! hand or read from a file, and handed to the stages.
//!
//! With the same [`Statistics`] what is told of two articles hangs on those two alone, whatever else
//! lies in the pile. Cost: a pass over the articles; see [`Frequencies`].

use std::sync::Arc;

use crate::article::Corpus;
use crate::error::Result;
use crate::observer::Observer;

mod frequencies;
mod lexicon;
mod stop_words;
mod terms;
mod title;

pub(crate) use frequencies::lexicon;
pub use frequencies::{BackgroundCounts, BackgroundTable, Frequencies, write_background};
pub(crate) use lexicon::{Lexicon, TermPlace};
pub(crate) use stop_words::StopWords;
pub(crate) use terms::{Frequency, Kind, Term, frequencies, numbers, readings};
pub(crate) use title::without_furniture;

/// What the stages know of the world beside the articles they look at.
pub struct Statistics {
    /// How common terms are, and which words are names.
    pub frequencies: Frequencies,
}

impl Statistics {
    /// Those of a corpus whose languages are told; of a table alone where there is one.
    ///
    /// # Errors
    /// Where the observer asks to stop.
    pub fn of(
        corpus: &Corpus,
        table: Option<&Arc<BackgroundTable>>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let frequencies = match table {
            Some(table) => Frequencies::fixed(table.clone()),
            None => Frequencies::count(corpus, observer)?,
        };
        Ok(Self { frequencies })
    }
}
