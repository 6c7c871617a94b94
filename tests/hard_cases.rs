//! Corpora made on purpose: what is proposed and found stays in proportion to the articles, and events
//! that are told in the same words stay apart.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use newsfold::article::Corpus;
use newsfold::candidates::{self, Candidates, Method, NearDuplicateConfig};
use newsfold::ingest::{IngestOptions, ingest_reader};
use newsfold::observer::Silent;
use newsfold::verify::{VerifiedPair, verify};
use newsfold::{Analysis, Article};

/// So many words that an article is as long as a short report.
const WORDS: usize = 120;

/// The corpus of the texts that `text` makes of 0, 1, 2 …
fn corpus(articles: usize, text: impl Fn(usize) -> String) -> Corpus {
    let mut lines = String::new();
    for place in 0..articles {
        // A second apart, so that they lie in this order.
        let (day, hour, minute, second) =
            (place / 86_400 + 1, place / 3_600 % 24, place / 60 % 60, place % 60);
        let published = format!("2024-01-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        let text = text(place);
        writeln!(lines, r#"{{"id":"{place:07}","published":"{published}","text":"{text}"}}"#)
            .unwrap();
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
    // 32 bands, in each of which the first 64 are compared with all and every later one with eight.
    assert!(candidates.pairs.len() < 32 * 8 * corpus.len(), "{}", candidates.pairs.len());
    let linked = |place: u32| pairs.iter().any(|pair| pair.a.0 == place || pair.b.0 == place);
    assert!((0..corpus.len() as u32).all(linked));
}

/// Words as a text has them: some of them often, in an order that repeats nowhere.
fn prose(seed: usize, words: usize) -> String {
    let mut state = seed as u64;
    let mut word = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("w{} ", (state >> 33) % 5_000)
    };
    (0..words).map(|_| word()).collect()
}

/// Cut copies, briefs and copies framed by 300 words of other text, of 60 to 240 words, in wholes of up
/// to twenty times their length: all are found, as what they are.
#[test]
fn parts_are_found_at_any_ratio_up_to_twenty() {
    let mut texts = Vec::new();
    let mut expected = Vec::new();
    for (number, (words, ratio)) in
        [60, 120, 240].into_iter().flat_map(|words| [2, 5, 10, 20].map(|r| (words, r))).enumerate()
    {
        let whole = prose(1_000 + number, words * ratio);
        let split: Vec<&str> = whole.split(' ').collect();
        let cut = split[..words].join(" ");
        let middle = split[split.len() / 2..][..words.min(split.len() / 2 - 1)].join(" ");
        let framed = format!("{}{cut} {}", prose(5_000 + number, 150), prose(9_000 + number, 150));
        let place = texts.len();
        texts.extend([whole, cut, middle, framed]);
        expected.extend([
            (place, place + 1, "truncation"),
            (place, place + 2, "framed"),
            (place + 1, place + 3, "framed"),
        ]);
    }
    let corpus = corpus(texts.len(), |place| texts[place].trim().to_owned());
    let (_, pairs) = found(&corpus, Method::MinHash);
    for (a, b, evidence) in expected {
        let pair = pairs.iter().find(|pair| (pair.a.index(), pair.b.index()) == (a, b));
        assert_eq!(pair.map(|pair| pair.evidence.name()), Some(evidence), "{a} and {b}");
    }
}

/// The eight matches of a league day: teams, ground, score, crowd, the player and what he did.
const MATCHES: [[&str; 8]; 8] = [
    [
        "Alder Rovers",
        "Brackton United",
        "Moor Lane",
        "3-1",
        "9055",
        "Petz",
        "goalkeeper",
        "penalty",
    ],
    [
        "Castle Athletic",
        "Denholm Town",
        "The Quay",
        "0-0",
        "9786",
        "Ortega",
        "midfielder",
        "red card",
    ],
    [
        "Eastmere City",
        "Farrow Wanderers",
        "Riverside",
        "2-2",
        "7517",
        "Doran",
        "captain",
        "own goal",
    ],
    ["Garland Park", "Hythe Albion", "Kiln Road", "1-4", "8248", "Coker", "winger", "free kick"],
    ["Ixworth Harriers", "Jarrow Vale", "Mill Field", "2-1", "7310", "Lind", "striker", "header"],
    ["Kelsey Borough", "Lydney Villa", "Abbey Ground", "0-3", "6045", "Okafor", "defender", "shot"],
    ["Marlow Swifts", "Norwood", "Station Road", "1-1", "8831", "Aalto", "left-back", "handball"],
    [
        "Otley Rangers",
        "Penrith Forest",
        "Spa Bottom",
        "4-2",
        "6402",
        "Greco",
        "substitute",
        "corner",
    ],
];

/// A report of a match as one outlet words all of them: headline and text.
fn match_report(outlet: usize, game: &[&str; 8]) -> [String; 2] {
    let [home, away, ground, score, crowd, player, position, decided] = game;
    match outlet {
        0 => [
            format!("{home} {score} {away}: match report"),
            format!(
                "{home} and {away} met at {ground} on Saturday in the league and the final score was \
                 {score}. {player}, the {position}, was the man of the match, and a {decided} in the \
                 second half decided the afternoon. The manager of {home} said that his players had \
                 worked hard and that every point counts in the table. {away} travel again next \
                 weekend, when they hope to take three points, and their supporters sang until the \
                 final whistle in front of {crowd} spectators."
            ),
        ],
        1 => [
            format!("League: {home} and {away} settle it ({score})"),
            format!(
                "It finished {score} between {home} and {away} this afternoon in the league. The crowd \
                 of {crowd} saw a {decided} after the break, and the {position} {player} stood out. Both \
                 managers spoke of a hard game and said that the table does not lie. {home} had more \
                 shots on goal in the first half, but {away} were stronger after half-time."
            ),
        ],
        _ => [
            format!("{player} shines as {home} play {away}"),
            format!(
                "The {position} {player} was praised by both benches after the league match between \
                 {home} and {away}, which ended {score}. The {decided} in the 71st minute was the \
                 talking point, and the referee was booed off the pitch. Supporters, {crowd} of them, \
                 braved the rain."
            ),
        ],
    }
}

/// How many stories a league day makes, told by these outlets.
fn stories_of_a_league_day(outlets: &[usize]) -> usize {
    let reports = MATCHES.iter().enumerate().flat_map(|(place, game)| {
        outlets.iter().map(move |&outlet| {
            let [title, text] = match_report(outlet, game);
            let at = format!("2024-03-02T17:{place:02}:{outlet:02}Z").parse().unwrap();
            Article::new(format!("{outlet}-{place}"), text)
                .with_title(title)
                .with_outlet(format!("outlet {outlet}"))
                .with_published(at)
                .with_lang("en")
        })
    });
    Analysis::stories().run(reports).unwrap().stories.unwrap().stories.len()
}

#[test]
fn the_matches_of_a_league_day_are_a_story_each() {
    for outlets in [&[0][..], &[1], &[2], &[0, 1, 2]] {
        assert_eq!(stories_of_a_league_day(outlets), 8, "told by {outlets:?}");
    }
}
