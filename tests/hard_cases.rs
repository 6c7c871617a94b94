//! Corpora made on purpose: what is proposed and found stays in proportion to the articles.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use newsfold::article::Corpus;
use newsfold::candidates::{self, Candidates, Method, NearDuplicateConfig};
use newsfold::ingest::{IngestOptions, ingest_reader};
use newsfold::observer::Silent;
use newsfold::verify::{VerifiedPair, verify};

/// So many words that an article is as long as a short report.
const WORDS: usize = 120;

/// The corpus of the texts that `text` makes of 0, 1, 2 …
fn corpus(articles: usize, text: impl Fn(usize) -> String) -> Corpus {
    let mut lines = String::new();
    for place in 0..articles {
        writeln!(lines, "{{\"id\":\"{place:07}\",\"text\":\"{}\"}}", text(place)).unwrap();
    }
    let read = ingest_reader("made up", lines.as_bytes(), &IngestOptions::default(), &Silent);
    read.unwrap().corpus
}

/// Words that no other stem has.
fn words(stem: &str, count: usize) -> String {
    (0..count).map(|word| format!("{stem}w{word} ")).collect()
}

fn found(corpus: &Corpus, method: Method) -> (Candidates, Vec<VerifiedPair>) {
    let config = NearDuplicateConfig { method, ..Default::default() };
    let sketches = candidates::sketch(corpus, &config, &Silent).unwrap();
    let candidates = candidates::find(corpus, &sketches, &config, &Silent).unwrap();
    let pairs = verify(corpus, &candidates, &config, &Silent).unwrap();
    (candidates, pairs)
}

#[test]
fn identical_articles_are_one_article_to_every_method() {
    let corpus = corpus(5_000, |_| words("same", WORDS));
    for method in [Method::MinHash, Method::SimHash, Method::Exact] {
        let (candidates, pairs) = found(&corpus, method);
        assert_eq!(candidates.pairs.len(), 0, "{method}");
        assert_eq!(candidates.identical.len(), 1, "{method}");
        // Past 1,024 of them, each is listed with the first.
        assert_eq!(pairs.len(), corpus.len() - 1, "{method}");
    }
}

#[test]
fn a_shared_footer_proposes_next_to_nothing() {
    let footer = words("footer", 60);
    let corpus = corpus(5_000, |place| words(&format!("a{place}"), 3 * WORDS) + &footer);
    for method in [Method::MinHash, Method::Exact] {
        let (candidates, pairs) = found(&corpus, method);
        assert!(candidates.pairs.len() < 40 * corpus.len(), "{method}: {}", candidates.pairs.len());
        assert_eq!(pairs, [], "{method}");
    }
}

#[test]
fn one_giant_bucket_costs_its_length() {
    // One word of each differs: every two are alike, and share most of their bands.
    let corpus = corpus(3_000, |place| words("same", WORDS) + &format!("n{place}"));
    let (candidates, pairs) = found(&corpus, Method::MinHash);
    // 32 bands, in each of which the first 256 are compared with all and every later one with 32;
    // most of them are the same ones in each band.
    assert!(candidates.pairs.len() < 256 * corpus.len(), "{}", candidates.pairs.len());
    let linked = |place: u32| pairs.iter().any(|pair| pair.a.0 == place || pair.b.0 == place);
    assert!((0..corpus.len() as u32).all(linked));
}
