//! Finds the copies, the stories and the shared passages in a pile of news articles.
//!
//! # A tour
//!
//! A run goes one way: [`ingest`] reads articles, [`text`] makes tokens of them, [`sketch`] makes
//! sketches of those, [`candidates`] proposes pairs, [`verify`] compares them exactly, [`family`]
//! gathers near-duplicates, [`story`] gathers the families that report one event, [`passage`] finds
//! the stretches of text that occur more than once, and [`report`] writes it all down. [`pipeline`]
//! wires them, and each can be called alone:
//!
//! ```
//! use newsfold::candidates::NearDuplicateConfig;
//! use newsfold::family::{Removal, families};
//! use newsfold::ingest::ingest_reader;
//! use newsfold::observer::Silent;
//! use newsfold::pipeline::near_duplicates;
//!
//! let lines = r#"
//! {"id": "wire", "published": "2024-05-01T09:00:00Z", "text": "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were taken off by lifeboat."}
//! {"id": "post", "published": "2024-05-01T11:30:00Z", "text": "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were taken off by lifeboat!"}
//! {"id": "other", "text": "Nobody was hurt when a barn burned down near Orrin Falls on Sunday."}
//! "#;
//! let read = ingest_reader("example", lines.as_bytes(), &Default::default(), &Silent)?;
//! let config = NearDuplicateConfig::default();
//! let mut pairs = near_duplicates(&read.corpus, &config, &Silent)?.pairs;
//! assert_eq!(pairs[0].overlap.jaccard(), 1.0);
//! let families = families(&read.corpus, &mut pairs, &Removal::default(), &config, &Silent)?;
//! assert_eq!(read.corpus.get(families.all()[0].kept).id, "wire");
//! # Ok::<(), newsfold::error::Error>(())
//! ```
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
pub mod article;
pub mod candidates;
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

pub use article::{Article, Corpus, DocId, Published};
pub use error::{Error, Result};
pub use library::Analysis;
pub use results::Results;
