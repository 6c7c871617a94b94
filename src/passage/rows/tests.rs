//! Rows tell what all articles together tell, whatever is read with what.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::article::Article;
use crate::ingest::{IngestOptions, ingest};
use crate::observer::Silent;
use crate::passage::tests::prose;
use crate::passage::{Kind, Passage, reuse};
use crate::testing::article;
use crate::union_find::UnionFind;

/// The articles at these places, as a corpus of their own.
fn some(corpus: &Corpus, docs: &[DocId]) -> Corpus {
    let articles = docs.iter().map(|&doc| corpus.get(doc).clone()).collect();
    Corpus::keyed(articles, docs.iter().map(|&doc| corpus.key(doc)).collect())
}

/// The passages of a corpus from rows: articles are read `at_once` for what they tell by themselves, and so many
/// components together.
fn by_rows(
    corpus: &Corpus,
    statistics: &Statistics,
    config: &PassageConfig,
    at_once: usize,
) -> (Reuse, usize) {
    let docs: Vec<DocId> = corpus.docs().collect();
    let mut seeds = Vec::new();
    for docs in docs.chunks(at_once) {
        let part = some(corpus, docs);
        let add = |doc: DocId, seed, at| seeds.push((seed, docs[doc.index()], at));
        seeds_of(&part, &statistics.surprisal, add).unwrap();
    }
    seeds.sort_unstable();
    let (mut rows, mut links) = (SeedRows::default(), Vec::new());
    for (seed, doc, at) in seeds {
        rows.push(seed, doc, at, |link| links.push(link));
    }
    rows.finish(|link| links.push(link));
    links.sort_unstable();

    let mut copied = Vec::new();
    for of_a in links.chunk_by(|one, other| one.a == other.a) {
        for few in of_a.chunk_by(|one, other| one.b.0 / 4 == other.b.0 / 4) {
            let docs: BTreeSet<DocId> = few.iter().flat_map(|link| [link.a, link.b]).collect();
            let docs: Vec<DocId> = docs.into_iter().collect();
            let place = |doc| DocId(docs.binary_search(&doc).unwrap() as u32);
            let few: Vec<Linked> = few
                .iter()
                .map(|link| Linked { a: place(link.a), b: place(link.b), ..*link })
                .collect();
            let found = copied_of(&some(corpus, &docs), &few, statistics, config).unwrap();
            let of_all =
                |one: Copied| Copied { a: docs[one.a.index()], b: docs[one.b.index()], ..one };
            copied.extend(found.into_iter().map(of_all));
        }
    }

    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for article in corpus.articles() {
        if let Some(agency) = agency_of(article, config) {
            *seen.entry(agency.to_owned()).or_default() += 1;
        }
    }
    let agencies = learnt(seen);
    let mut ties = Vec::new();
    for docs in docs.chunks(at_once) {
        let found = ties_of(&some(corpus, docs), &agencies, config).unwrap();
        ties.extend(found.into_iter().map(|tie| Tie { doc: docs[tie.doc.index()], ..tie }));
    }
    ties.sort_unstable();
    let mut sets = UnionFind::new(corpus.len());
    let mut rows = TieRows::default();
    for tie in ties {
        rows.push(tie, |a, b| {
            sets.union(a.0, b.0);
        });
    }
    copied.iter().for_each(|copied| {
        sets.union(copied.a.0, copied.b.0);
    });
    let mut components: BTreeMap<u32, Vec<DocId>> = BTreeMap::new();
    docs.iter().for_each(|&doc| components.entry(sets.find(doc.0)).or_default().push(doc));
    let number = components.len();

    let mut passages: Vec<Passage> = Vec::new();
    let mut alignments = Vec::new();
    let components: Vec<Vec<DocId>> = components.into_values().collect();
    for components in components.chunks(at_once) {
        let mut docs = components.concat();
        docs.sort_unstable();
        let place = |doc: DocId| docs.binary_search(&doc).ok().map(|place| DocId(place as u32));
        let inside = copied
            .iter()
            .filter_map(|one| Some(Copied { a: place(one.a)?, b: place(one.b)?, ..one.clone() }));
        let inside = inside.collect();
        let part = some(corpus, &docs);
        let reuse = reuse_of_copied(&part, inside, &agencies, statistics, config).unwrap();
        let of_all = |doc: DocId| docs[doc.index()];
        for mut aligned in reuse.alignments {
            aligned.a.doc = of_all(aligned.a.doc);
            aligned.b.doc = of_all(aligned.b.doc);
            aligned.passage += passages.len() as u32;
            alignments.push(aligned);
        }
        for mut passage in reuse.passages {
            passage.occurrences.iter_mut().for_each(|at| at.doc = of_all(at.doc));
            passages.push(passage);
        }
    }
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_by_key(|&place| {
        let first = &passages[place].occurrences[0];
        (first.doc, first.bytes, passages[place].id.clone())
    });
    let mut place_of = vec![0; order.len()];
    (0..).zip(&order).for_each(|(place, &before)| place_of[before] = place);
    alignments.iter_mut().for_each(|aligned| aligned.passage = place_of[aligned.passage as usize]);
    alignments.sort_unstable_by_key(|aligned| (aligned.a, aligned.b, aligned.passage));
    let passages = order.iter().map(|&place| passages[place].clone()).collect();
    (Reuse { passages, alignments }, number)
}

fn assert_the_same(corpus: &Corpus, statistics: &Statistics, at_once: &[usize]) -> Reuse {
    let config = PassageConfig::default();
    let whole = reuse(corpus, statistics, &config, &Silent).unwrap();
    for &at_once in at_once {
        let (told, components) = by_rows(corpus, statistics, &config, at_once);
        assert!(components > 5, "{components}");
        assert_eq!(told.passages, whole.passages, "{at_once} at once");
        assert_eq!(told.alignments, whole.alignments, "{at_once} at once");
    }
    whole
}

#[test]
fn the_example_has_the_passages_of_all_articles_together() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl").to_owned();
    let corpus = ingest(&[path], &IngestOptions::default(), &Silent).unwrap().corpus;
    let whole = assert_the_same(&corpus, &crate::testing::statistics(&corpus), &[1, 17]);
    assert!(whole.passages.len() > 50 && whole.alignments.len() > 50);
}

/// A wire text in 30 articles, edited in some, and a speech that several quote. What an outlet prints at its ends and in
/// short lines. What an article says twice, or over and over. An agency that only datelines show to be one. And
/// articles that have nothing in common with others.
fn pile() -> Corpus {
    let wire = prose(1, 120);
    let edited: String = wire
        .split(' ')
        .enumerate()
        .map(|(i, word)| if i % 23 == 0 { "edited " } else { word }.to_owned() + " ")
        .collect();
    let (speech, footer, box_of) = (prose(2, 30), prose(3, 30), prose(4, 16));
    let mut articles: Vec<Article> = Vec::new();
    let mut add = |outlet: String, text: String| {
        let id = format!("{:03}", articles.len());
        articles.push(Article { outlet: outlet.as_str().into(), ..article(&id, &text) });
    };
    for n in 0..30_u64 {
        let text = if n % 4 == 3 { &edited } else { &wire };
        let tail = if n % 5 == 0 { format!("\n{footer}") } else { String::new() };
        add(
            format!("Outlet {}", n % 9),
            format!("{}\n{text}\n{}{tail}", prose(100 + n, 40), prose(200 + n, 40)),
        );
    }
    for n in 0..12_u64 {
        let own = prose(300 + n, 150);
        add("The Ferry".into(), format!("Read the letters\n{own}\n{footer}\nNext\nNext"));
    }
    for n in 0..4_u64 {
        let (before, after) = (prose(400 + n, 50), prose(500 + n, 50));
        add(format!("Paper {n}"), format!("{before} She said: “{}” {after}", speech.trim()));
        add(
            String::new(),
            format!("{before} was {n}. {box_of}\n{after}\n{box_of}\n{}", prose(900 + n, 50)),
        );
    }
    for n in 0..2_u64 {
        add(format!("Wire {n}"), format!("HAVENMOUTH (TNA) — {}", prose(600 + n, 80)));
        add(
            format!("Shop {n}"),
            format!("{}\n{}", prose(700 + n, 60), "Buy one ferry and get two. ".repeat(20)),
        );
    }
    for n in 0..8_u64 {
        let credit = if n < 3 { "\n(TNA)" } else { "" };
        add(format!("Alone {n}"), prose(800 + n, 120) + credit);
    }
    crate::testing::by_id(articles)
}

#[test]
fn a_made_up_pile_has_the_passages_of_all_articles_together() {
    let corpus = pile();
    let whole = assert_the_same(&corpus, &crate::testing::statistics(&corpus), &[1, 3, 1000]);
    let kinds: BTreeSet<Kind> = whole.passages.iter().map(|passage| passage.kind).collect();
    for kind in [Kind::Syndicated, Kind::Boilerplate, Kind::Repeated, Kind::Credit] {
        assert!(kinds.contains(&kind), "{kind:?} of {kinds:?}");
    }
    assert!(whole.passages.iter().any(|passage| passage.articles >= 30));
    assert!(whole.passages.iter().any(|passage| passage.names == ["TNA"] && passage.articles == 3));
}

#[test]
fn a_seed_is_linked_with_all_before_it_or_with_three() {
    let mut rows = SeedRows::default();
    let mut links = Vec::new();
    let long = Sort::Long.of(7 << 40);
    for doc in 0..9 {
        rows.push(long, DocId(doc), 5, |link| links.push((link.a.0, link.b.0)));
    }
    let short = Sort::Short.of(7 << 40);
    for doc in 0..4 {
        rows.push(short, DocId(doc), 5, |link| links.push((link.a.0, link.b.0)));
    }
    rows.finish(|link| links.push((link.a.0, link.b.0)));
    // Those up to the seventh with all before; then the first, the second and the one before. Four short ones are
    // too many.
    assert_eq!(links.len(), 21 + 2 * 3);
    assert_eq!(links[21..], [(0, 7), (1, 7), (6, 7), (0, 8), (1, 8), (7, 8)]);
}

#[test]
fn a_line_ties_three_articles_of_an_outlet_or_two_of_which_one_has_it_twice() {
    let joined = |texts: &[(&str, &str)]| {
        let of = |(place, &(outlet, text)): (usize, &(&str, &str))| Article {
            outlet: outlet.into(),
            ..article(&format!("{place}"), text)
        };
        let corpus = crate::testing::by_id(texts.iter().enumerate().map(of).collect());
        let config = PassageConfig::default();
        let (mut rows, mut found) = (TieRows::default(), Vec::new());
        for tie in ties_of(&corpus, &[], &config).unwrap() {
            rows.push(tie, |a, b| found.push((a.0, b.0)));
        }
        found
    };
    let line = "Read the letters\n";
    assert_eq!(joined(&[("x", line), ("x", line), ("y", line)]), []);
    assert_eq!(joined(&[("x", line), ("x", line), ("x", line)]), [(0, 1), (0, 2)]);
    assert_eq!(joined(&[("x", line), ("x", "Read the letters\nRead the letters")]), [(0, 1)]);
    assert_eq!(joined(&[("x", "Next\n"), ("x", "Next\nNext"), ("x", "Next")]), []);
    assert_eq!(joined(&[("", line), ("", line), ("", line)]), []);
}

#[test]
fn what_rows_cannot_tell_is_refused() {
    let corpus = crate::testing::corpus_of(&["A ferry sails."]);
    let statistics = crate::testing::statistics(&corpus);
    for (config, option) in [
        (PassageConfig { reworded: true, ..PassageConfig::default() }, "--reworded"),
        (PassageConfig { ocr: true, ..PassageConfig::default() }, "--ocr"),
    ] {
        let error = reuse_of_copied(&corpus, Vec::new(), &[], &statistics, &config).unwrap_err();
        assert!(error.to_string().contains(option), "{error}");
    }
}
