//! Finds the copies, the stories and the shared passages in a pile of news articles.
//!
//! The short way takes articles from memory:
//!
//! ```
//! use newsfold::{Analysis, Article};
//!
//! let text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved.";
//! let wire = Article::new("wire", text).with_published("2024-05-01T09:00:00Z".parse()?);
//! let post = Article::new("post", text).with_published("2024-05-01T11:30:00Z".parse()?);
//! let other = Article::new("other", "Nobody was hurt when a barn burned down near Orrin Falls.");
//! let results = Analysis::copies().run([post, other, wire])?;
//! let families = results.families.unwrap_or_default();
//! assert_eq!(results.corpus.get(families.all()[0].kept).id.as_str(), "wire");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A tour
//!
//! A run goes one way. [`ingest`] reads articles, [`text`] makes tokens of them, and [`furniture`] marks
//! what outlets print around them. [`statistics`] counts what is known of the whole, once; the stages
//! are handed that value. [`sketch`] makes sketches, [`candidates`] proposes pairs, [`verify`] compares
//! them exactly, and [`family`] gathers near-duplicates. [`story`] gathers the families that report one
//! event, [`passage`] finds the stretches of text that occur more than once, [`scrub`] cuts them out of
//! texts, and [`report`] writes it all down. [`pipeline`] wires them, and each can be called alone.
//!
//! # Words
//!
//! | word | meaning |
//! | --- | --- |
//! | article | one published text, with id, outlet, date, title |
//! | shingle | k consecutive tokens of the normalised text, five unless told |
//! | sketch | an article's MinHash signature; its SimHash fingerprint |
//! | candidate, verified | a pair that a sketch proposes; one whose exact Jaccard is computed |
//! | family | a group of near-duplicates: one member is kept, the others are its copies |
//! | story | the articles, of any outlet, that report one event |
//! | storyline | stories of one continuing topic, in time order |
//! | passage, occurrence | a stretch of text that occurs more than once; a place where it does |
//!
//! The library returns results and errors; it never prints, exits or panics on input. An
//! [`observer::Observer`] is told how far a run is, and may stop it. Results depend on the input, the
//! configuration and the seed alone: not on threads, nor on the order in which files are named.

pub mod analysis;
pub mod archive;
pub mod article;
pub mod candidates;
mod checkpoint;
pub mod compare;
pub mod config;
pub mod error;
pub mod evaluate;
pub mod explain;
pub mod family;
pub mod furniture;
pub mod ingest;
mod library;
pub mod observer;
pub mod output;
pub mod page;
pub mod passage;
pub mod pipeline;
pub mod recall;
pub mod remake;
pub mod report;
pub mod results;
pub mod scrub;
mod sealed;
pub mod sketch;
mod spill;
pub mod statistics;
pub mod story;
pub mod synth;
pub mod tables;
#[cfg(test)]
mod testing;
pub mod text;
mod union_find;
pub mod verify;
pub mod views;

pub use archive::Archive;
pub use article::{Article, Corpus, DocId, Published};
pub use error::{Error, Result};
pub use library::Analysis;
pub use results::Results;

/// The examples of the documentation are compiled with those of this crate.
#[cfg(doctest)]
mod examples {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/api.md")]
    struct Ways;
}
