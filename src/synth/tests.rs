//! What is made up, as a reader of the files finds it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::*;
use crate::observer::Silent;
use crate::text::tokenise;

/// Everything that is written: articles, stories, families, pairs, passages.
fn written(config: &SynthConfig) -> ([Vec<u8>; 5], Counts) {
    let [mut articles, mut stories, mut families, mut pairs, mut passages] =
        [const { Vec::new() }; 5];
    let mut gold = GoldWriters {
        stories: &mut stories,
        families: &mut families,
        pairs: &mut pairs,
        passages: &mut passages,
    };
    let counts = synth(config, &mut articles, Some(&mut gold), &Silent).unwrap();
    ([articles, stories, families, pairs, passages], counts)
}

#[derive(Deserialize)]
struct Read {
    id: String,
    outlet: String,
    published: String,
    text: String,
}

fn articles(bytes: &[u8]) -> Vec<Read> {
    let lines = std::str::from_utf8(bytes).unwrap().lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Shingles as sets of their words' hashes: another way than the one the labels are made with.
fn shingles(text: &str) -> BTreeSet<Vec<u64>> {
    let mut tokens = Vec::new();
    tokenise(text, &mut tokens);
    let hashes: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
    hashes.windows(5).map(<[u64]>::to_vec).collect()
}

fn jaccard(a: &BTreeSet<Vec<u64>>, b: &BTreeSet<Vec<u64>>) -> f64 {
    a.intersection(b).count() as f64 / a.union(b).count() as f64
}

fn rows(csv: &[u8]) -> Vec<Vec<String>> {
    let lines = std::str::from_utf8(csv).unwrap().lines().skip(1);
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn the_bytes_never_change() {
    let (files, _) = written(&SynthConfig { articles: 300, seed: 42, ..SynthConfig::default() });
    let hashes = files.map(|file| xxh3_64(&file));
    assert_eq!(
        hashes,
        [
            525421055110746996,
            10927076613790649753,
            2515953629888485818,
            1796465691901680964,
            7059389560364574576
        ]
    );
}

#[test]
fn fewer_articles_are_the_beginning_of_more() {
    let config = SynthConfig { articles: 1000, footer_words: 12, ..SynthConfig::default() };
    let (many, _) = written(&config);
    let (few, counts) = written(&SynthConfig { articles: 100, ..config });
    for (few, many) in few.iter().zip(&many) {
        assert!(!few.is_empty() && many.starts_with(few));
    }
    assert_eq!(counts.articles, 100);
    assert_eq!(counts.bytes, few[0].len() as u64);
}

#[test]
fn another_seed_is_other_news() {
    let config = SynthConfig { articles: 20, ..SynthConfig::default() };
    assert_ne!(written(&config).0[0], written(&SynthConfig { seed: 1, ..config }).0[0]);
}

#[test]
fn ids_are_unique_and_dates_come_at_their_rate() {
    let config = SynthConfig { articles: 300, articles_per_day: 96, ..SynthConfig::default() };
    let articles = articles(&written(&config).0[0]);
    let ids: BTreeSet<&str> = articles.iter().map(|article| article.id.as_str()).collect();
    assert_eq!((articles.len(), ids.len()), (300, 300));
    // 96 a day is one every quarter of an hour.
    assert_eq!(articles[1].published, "2024-01-01T00:15:00Z");
    assert_eq!(articles[200].published, "2024-01-03T02:00:00Z");
}

#[test]
fn planted_jaccards_are_exact_and_families_follow_from_them() {
    let config = SynthConfig { articles: 1500, seed: 3, footer_words: 8, ..SynthConfig::default() };
    let (files, counts) = written(&config);
    let shingles: BTreeMap<String, BTreeSet<Vec<u64>>> =
        articles(&files[0]).into_iter().map(|a| (a.id, shingles(&a.text))).collect();
    let family: BTreeMap<String, String> =
        rows(&files[2]).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_eq!(family.len(), 1500);
    let (mut copies, mut near_duplicates) = (0, 0);
    for row in rows(&files[3]) {
        let (a, b, label) = (&row[0], &row[1], row[2].parse::<f64>().unwrap());
        let exact = jaccard(&shingles[a], &shingles[b]);
        if row[2] == "0" && exact < 0.1 {
            assert_ne!(family[a], family[b]);
            continue;
        }
        copies += 1;
        assert_eq!(label, exact, "{a} {b}");
        let shared = shingles[a].intersection(&shingles[b]).count() as f64;
        let shorter = shingles[a].len().min(shingles[b].len()) as f64;
        let near = exact >= 0.7 || shared / shorter >= 0.9;
        assert_eq!(family[a] == family[b], near, "{a} {b}");
        near_duplicates += u64::from(near);
    }
    assert_eq!((copies, near_duplicates), (counts.copies, counts.near_duplicates));
    // A fifth of 1500, standard deviation 15.
    assert!((240..360).contains(&copies), "{copies}");
}

#[test]
fn articles_that_are_no_copies_are_different_texts() {
    let config =
        SynthConfig { articles: 150, seed: 5, copies: 0.0, outlets: 10, ..SynthConfig::default() };
    let (files, _) = written(&config);
    let all: Vec<BTreeSet<Vec<u64>>> =
        articles(&files[0]).iter().map(|a| shingles(&a.text)).collect();
    let stories: Vec<String> = rows(&files[1]).into_iter().map(|row| row[1].clone()).collect();
    let mut told_twice = 0;
    for (i, a) in all.iter().enumerate() {
        for (j, b) in all.iter().enumerate().skip(i + 1) {
            let jaccard = jaccard(a, b);
            assert!(jaccard < 0.2, "{i} and {j}: {jaccard}");
            told_twice += u64::from(stories[i] == stories[j]);
        }
    }
    assert!(told_twice > 100, "{told_twice}");
}

#[test]
fn reports_of_an_event_come_from_different_outlets() {
    let config = SynthConfig { articles: 400, copies: 0.0, ..SynthConfig::default() };
    let (files, counts) = written(&config);
    let mut outlets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (row, article) in rows(&files[1]).into_iter().zip(articles(&files[0])) {
        assert_eq!(row[0], article.id);
        outlets.entry(row[1].clone()).or_default().push(article.outlet);
    }
    assert_eq!(outlets.len() as u64, counts.stories);
    for (story, outlets) in outlets {
        let different: BTreeSet<&String> = outlets.iter().collect();
        assert_eq!(different.len(), outlets.len(), "{story}");
    }
}

#[derive(Deserialize)]
struct ReadPassage {
    src_id: String,
    src_start: usize,
    src_len: usize,
    dst_id: String,
    dst_start: usize,
    dst_len: usize,
    kind: String,
}

#[test]
fn labelled_passages_are_the_same_text_in_both_places() {
    let config = SynthConfig { articles: 2000, seed: 9, footer_words: 8, ..SynthConfig::default() };
    let (files, counts) = written(&config);
    let texts: BTreeMap<String, Vec<char>> =
        articles(&files[0]).into_iter().map(|a| (a.id, a.text.chars().collect())).collect();
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for line in std::str::from_utf8(&files[4]).unwrap().lines() {
        let label: ReadPassage = serde_json::from_str(line).unwrap();
        let src = &texts[&label.src_id][label.src_start..label.src_start + label.src_len];
        let dst = &texts[&label.dst_id][label.dst_start..label.dst_start + label.dst_len];
        if label.kind != "light" && label.kind != "heavy" {
            assert_eq!(src, dst, "{line}");
        }
        let elsewhere = label.src_id != label.dst_id || label.src_start != label.dst_start;
        assert!(elsewhere && src.len() > 20, "{line}");
        *kinds.entry(label.kind).or_default() += 1;
    }
    assert_eq!(kinds.values().sum::<u64>(), counts.passages);
    let names: Vec<&str> = kinds.keys().map(String::as_str).collect();
    assert_eq!(names, ["cut", "footer", "framed", "heavy", "light", "repeat", "verbatim", "wire"]);
}

#[test]
fn a_footer_has_the_words_asked_for() {
    for wanted in [1, 7, 40] {
        let config = SynthConfig {
            articles: 3,
            copies: 0.0,
            footer_words: wanted,
            ..SynthConfig::default()
        };
        for article in articles(&written(&config).0[0]) {
            let footer = article.text.rsplit("\n\n").next().unwrap();
            assert_eq!(copies::words(footer), wanted as usize);
        }
    }
}

#[test]
fn nothing_but_identical_copies() {
    let config = SynthConfig {
        articles: 500,
        copies: 1.0,
        verbatim: 1.0,
        cut: 0.0,
        framed: 0.0,
        outlets: 1,
        ..SynthConfig::default()
    };
    let texts: BTreeSet<String> =
        articles(&written(&config).0[0]).into_iter().map(|article| article.text).collect();
    assert_eq!(texts.len(), 1);
}

#[test]
fn a_configuration_that_cannot_be_is_refused() {
    let faults = [
        SynthConfig { copies: 1.5, ..SynthConfig::default() },
        SynthConfig { verbatim: 0.9, ..SynthConfig::default() },
        SynthConfig { outlets: 0, ..SynthConfig::default() },
        SynthConfig { articles_per_day: 0, ..SynthConfig::default() },
        SynthConfig { words: 0, ..SynthConfig::default() },
        SynthConfig { edits_per_mille: (9, 3), ..SynthConfig::default() },
    ];
    for config in faults {
        let error = synth(&config, &mut Vec::new(), None, &Silent).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{config:?}");
    }
}

#[test]
fn a_full_disk_is_reported_with_the_file_it_hit() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let config = SynthConfig::default();
    let error = synth(&config, &mut Full, None, &Silent).unwrap_err();
    assert!(error.to_string().starts_with("articles: "), "{error}");
}

#[test]
fn labels_lie_beside_the_articles() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("news.v2.jsonl.zst");
    let mut files = GoldFiles::create_beside(&path).unwrap();
    let config = SynthConfig { articles: 50, ..SynthConfig::default() };
    synth(&config, &mut Vec::new(), Some(&mut files.writers()), &Silent).unwrap();
    files.finish().unwrap();
    let stories = std::fs::read(folder.path().join("news.v2.stories.gold.csv")).unwrap();
    assert_eq!(rows(&stories).len(), 50);
    for path in GoldFiles::paths(&path) {
        crate::evaluate::read_gold(&path).unwrap();
    }
}

#[test]
fn a_version_of_a_live_blog_says_what_it_has_of_the_one_before() {
    let config = SynthConfig { articles: 400, live: 0.5, seed: 3, ..SynthConfig::default() };
    let ([lines, stories, families, pairs, passages], _) = written(&config);
    let articles: BTreeMap<String, Read> =
        articles(&lines).into_iter().map(|article| (article.id.clone(), article)).collect();
    let cluster = |csv: &[u8]| -> BTreeMap<String, String> {
        rows(csv).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
    };
    let (stories, families) = (cluster(&stories), cluster(&families));
    let jaccards: BTreeMap<(String, String), f64> = rows(&pairs)
        .into_iter()
        .map(|row| ((row[0].clone(), row[1].clone()), row[2].parse().unwrap()))
        .collect();
    let (mut versions, mut lost) = (0, 0);
    for line in std::str::from_utf8(&passages).unwrap().lines() {
        let passage: serde_json::Value = serde_json::from_str(line).unwrap();
        if passage["kind"] != "live" {
            continue;
        }
        let place = |which: &str| {
            let id = passage[format!("{which}_id")].as_str().unwrap().to_owned();
            let number = |what: &str| passage[format!("{which}_{what}")].as_u64().unwrap() as usize;
            let (start, length) = (number("start"), number("len"));
            let text: String = articles[&id].text.chars().skip(start).take(length).collect();
            (id, text)
        };
        let ((before, there), (after, here)) = (place("src"), place("dst"));
        assert_eq!(there, here);
        let (old, new) = (&articles[&before], &articles[&after]);
        assert!(new.text.ends_with(&here) && new.text.len() > here.len());
        assert!(old.text.starts_with(&there) && old.published < new.published);
        assert_eq!((&old.outlet, &stories[&before]), (&new.outlet, &stories[&after]));
        let (of_old, of_new) = (shingles(&old.text), shingles(&new.text));
        let truth = jaccards[&(before.clone(), after.clone())];
        assert!((jaccard(&of_old, &of_new) - truth).abs() < 1e-9);
        assert!(truth < 0.7 || families[&before] == families[&after]);
        versions += 1;
        lost += usize::from(there.len() < old.text.len());
    }
    assert!(versions > 100 && lost > 20, "{versions} {lost}");
    // Without live blogs, other news are what they were.
    let none = written(&SynthConfig { live: 0.0, ..config });
    assert!(!String::from_utf8(none.0[4].clone()).unwrap().contains("\"live\""));
}
