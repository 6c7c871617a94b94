//! The stage as a whole, on made-up news.

use proptest::prelude::*;

use super::*;
use crate::article::{Article, Published};
use crate::error::Error;
use crate::family::{Family, KeptReason, Member};
use crate::observer::Silent;
use crate::statistics::{StatisticsConfig, Wanted};
use crate::story::evidence::Evidence;
use crate::verify::Overlap;

const GROUNDING: &str = "The ferry Marisol ran aground on a sandbank off Port Quillan before dawn \
    on Tuesday with 214 people on board. Lifeboats took all passengers to the harbour of Quillan, \
    the coast guard said; two were treated for bruises. Captain Odette Varga blamed a failed rudder.";
const GROUNDING_RETOLD: &str = "All 214 passengers of the Marisol are safe after the ferry struck a \
    sandbank near Port Quillan early on Tuesday. A rudder failed, captain Odette Varga told the \
    coast guard, whose lifeboats brought everyone to Quillan harbour.";
/// The same kind of accident, another ship, another place.
const LOOK_ALIKE: &str = "Strong winds drove the ferry Bellamy onto rocks outside Tarnmouth on \
    Saturday evening. Helicopters lifted 38 passengers off the deck, the coast guard said, and a \
    tug is to pull the ship free at high tide. Mate Jonas Ferreira praised the calm of the crew.";
const LOOK_ALIKE_RETOLD: &str = "A tug will try to free the Bellamy, the ferry that winds threw on \
    the rocks outside Tarnmouth on Saturday, at high tide. Helicopters had lifted 38 passengers \
    from her deck. Mate Jonas Ferreira said the crew stayed calm throughout.";
const UNRELATED: &str = "Parliament in Velden voted to double the tax on sugar from January. \
    Grocers warn of higher prices, while doctors call the law overdue. The minister of health, Ilse \
    Brandt, had fought for it for six years.";

fn article(id: &str, day: Option<i64>, title: &str, text: &str) -> Article {
    let published = day.map(|day| Published {
        at: jiff::Timestamp::from_second(1_700_000_000 + day * 86_400).unwrap(),
        day_only: false,
    });
    Article {
        outlet: "example.org".into(),
        published,
        title: title.into(),
        ..crate::testing::article(id, text)
    }
}

fn no_families(corpus: &Corpus) -> Families {
    Families::new(Vec::new(), corpus.len())
}

/// The stage with the statistics of the articles at hand.
fn stories(
    corpus: &Corpus,
    families: &Families,
    config: &StoryConfig,
    observer: &dyn Observer,
) -> Result<Stories> {
    let statistics = crate::testing::statistics(corpus);
    super::stories(corpus, families, &statistics, config, true, observer)
}

fn explain(
    corpus: &Corpus,
    families: &Families,
    config: &StoryConfig,
    a: DocId,
    b: DocId,
    observer: &dyn Observer,
) -> Result<(Stories, StoryEvidence)> {
    let statistics = crate::testing::statistics(corpus);
    super::explain(corpus, families, &statistics, config, a, b, observer)
}

fn found(corpus: &Corpus) -> Stories {
    stories(corpus, &no_families(corpus), &StoryConfig::default(), &Silent).unwrap()
}

fn ferries() -> Corpus {
    crate::testing::by_id(vec![
        article("a", Some(0), "Ferry aground off Port Quillan", GROUNDING),
        article("b", Some(0), "Ferry passengers safe after grounding", GROUNDING_RETOLD),
        article("c", Some(4), "Ferry on the rocks at Tarnmouth", LOOK_ALIKE),
        article("d", Some(5), "Tug to free stranded ferry", LOOK_ALIKE_RETOLD),
        article("e", Some(1), "Sugar tax doubled", UNRELATED),
    ])
}

#[test]
fn two_reports_of_one_event_are_a_story_and_look_alike_events_are_two() {
    let found = found(&ferries());
    assert_eq!(found.of, [0, 0, 1, 1, 2]);
    assert_eq!(found.stories[0].members, [DocId(0), DocId(1)]);
    assert_eq!(found.stories[0].texts, 2);
    assert_eq!(found.stories[2].cohesion, 1.0);
}

#[test]
fn the_same_holds_where_nothing_is_dated() {
    let mut articles = ferries().articles().to_vec();
    articles.iter_mut().for_each(|article| article.published = None);
    assert_eq!(found(&crate::testing::by_id(articles)).of, [0, 0, 1, 1, 2]);
}

#[test]
fn a_story_tells_what_holds_it_together() {
    let corpus = ferries();
    let story = &found(&corpus).stories[0];
    for term in ["marisol", "quillan", "sandbank"] {
        assert!(story.terms.iter().any(|named| named.split(' ').any(|w| w == term)), "{term}");
    }
    assert_eq!(story.headline, corpus.get(story.lead).title.as_str());
    let evidence = explained(&corpus, "a", "b");
    // Of two texts the mean cosine is the cosine.
    assert!((story.cohesion - evidence.cosine).abs() < 1e-9);
}

/// Five daily reports from one template.
fn market_reports(dated: bool) -> Corpus {
    let report = |day: u32| {
        let text = format!(
            "The Harbour index closed at {} points. Shares of Orrin Steel traded at {} crowns, \
             Talverne Bank at {} and Norr Shipping at {}. Turnover was {} million crowns.",
            4_200 + 17 * day,
            55 + 3 * day,
            31 + 2 * day,
            70 - 5 * day,
            310 + 29 * day
        );
        let at = dated.then_some(i64::from(day));
        article(&day.to_string(), at, "Harbour index at the close of trading", &text)
    };
    crate::testing::by_id((0..5).map(report).collect())
}

#[test]
fn daily_reports_from_one_template_are_a_story_each() {
    for dated in [true, false] {
        let corpus = market_reports(dated);
        assert_eq!(found(&corpus).of, [0, 1, 2, 3, 4], "dated: {dated}");
        let evidence = explained(&corpus, "0", "1");
        assert!(evidence.installments && evidence.similarity < 0.0);
    }
    let mut elsewhere = market_reports(true).articles().to_vec();
    for (article, outlet) in elsewhere.iter_mut().zip(["wire", "post", "herald", "echo", "sun"]) {
        article.outlet = outlet.into();
        article.published = None;
    }
    // Of different outlets they are no series, and their numbers speak against one story.
    assert_eq!(found(&crate::testing::by_id(elsewhere)).of, [0, 1, 2, 3, 4]);
}

fn explained(corpus: &Corpus, a: &str, b: &str) -> StoryEvidence {
    let (a, b) = (corpus.find(a).unwrap(), corpus.find(b).unwrap());
    explain(corpus, &no_families(corpus), &StoryConfig::default(), a, b, &Silent).unwrap().1
}

#[test]
fn an_explanation_has_the_numbers_of_the_clustering() {
    let corpus = ferries();
    let together = explained(&corpus, "a", "b");
    assert_eq!(together.days_apart, Some(0.0));
    let product = together.cosine * together.time_factor * together.names * together.numbers;
    assert!((together.similarity - product).abs() < 1e-7);
    assert!(together.similarity >= together.threshold);
    let weights = together.weights;
    assert!((weights.sum - (product / together.threshold).log2()).abs() < 1e-9);
    assert!(weights.sum >= 0.0 && weights.deciding().is_empty());
    let from_terms: f64 = together.shared.iter().map(|t| t.weight_a * t.weight_b).sum();
    assert!((from_terms - together.cosine).abs() < 1e-9);
    assert!(together.shared.iter().any(|term| term.text == "marisol"));
    let apart = explained(&corpus, "d", "a");
    assert_eq!(apart.days_apart, Some(5.0));
    assert!(apart.similarity < apart.threshold);
    let statistics = crate::testing::statistics(&corpus);
    let (families, config) = (no_families(&corpus), StoryConfig::default());
    let space =
        Space::build(&corpus, &families, &statistics.frequencies, &config, &Silent).unwrap();
    let edge = space.similarities.edges().find(|edge| (edge.a, edge.b) == (0, 1)).unwrap();
    assert_eq!(edge.similarity, together.similarity);
}

#[test]
fn an_explanation_tells_the_way_into_one_story_or_what_bars_it() {
    let corpus = ferries();
    let together = explained(&corpus, "b", "a");
    let path = together.path.unwrap();
    let step = MergeStep {
        agreement: groups::trust(1),
        of: Side::Both,
        mean_similarity: together.similarity,
        texts: 1,
        joined_texts: 1,
        joined: "a".into(),
    };
    assert_eq!(path.merges, [step]);
    let link = Link { from: "b".into(), to: "a".into(), similarity: together.similarity };
    assert_eq!(path.links, [link]);
    assert_eq!(together.apart, None);
    let apart = explained(&corpus, "a", "d");
    assert_eq!(apart.path, None);
    let between = apart.apart.unwrap();
    assert_eq!((between.texts_a, between.texts_b), (2, 2));
    assert!(between.mean_similarity < apart.threshold);
}

/// The default, with corrections as two files have them.
fn corrected(must: &str, cannot: &str) -> StoryConfig {
    let files = [must, cannot].map(|text| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    });
    let corrections = Corrections::read(Some(files[0].path()), Some(files[1].path())).unwrap();
    StoryConfig { corrections, ..StoryConfig::default() }
}

#[test]
fn corrections_are_obeyed_and_explained() {
    let corpus = ferries();
    let families = no_families(&corpus);
    // e is far from everything, and ties the two ferries' stories.
    let config = corrected("b e\ne d", "");
    let tied = stories(&corpus, &families, &config, &Silent).unwrap();
    assert_eq!(tied.of, [0, 0, 0, 0, 0]);
    let explained = |config: &StoryConfig, a: &str, b: &str| {
        let [a, b] = [a, b].map(|id| corpus.find(id).unwrap());
        explain(&corpus, &families, config, a, b, &Silent).unwrap().1
    };
    let path = explained(&config, "a", "c").path.unwrap();
    assert_eq!(path.tied_by.len(), 2);
    assert!(path.tied_by[0].ends_with(":1") && path.links.is_empty());
    // Each of the two merged with its own before.
    let told: Vec<(Side, &str)> = path.merges.iter().map(|m| (m.of, m.joined.as_str())).collect();
    assert_eq!(told, [(Side::A, "b"), (Side::B, "d")]);
    let config = corrected("", "a b");
    assert_eq!(stories(&corpus, &families, &config, &Silent).unwrap().of, [0, 1, 2, 2, 3]);
    let apart = explained(&config, "a", "b").apart.unwrap();
    assert!(apart.kept_apart_by.unwrap().ends_with(":1"));
    assert!(apart.mean_similarity >= config.threshold);
}

#[test]
fn a_story_that_gains_a_later_article_keeps_its_id() {
    let before = found(&ferries());
    let mut articles = ferries().articles().to_vec();
    articles.push(article("0", Some(1), "All safe after Marisol grounding", GROUNDING_RETOLD));
    let after = found(&Corpus::new(articles));
    let marisol = after.stories.iter().find(|story| story.members.len() == 3).unwrap();
    assert_eq!(marisol.id, before.stories[0].id);
}

#[test]
fn a_contradiction_among_corrections_ends_the_stage() {
    let corpus = ferries();
    let config = corrected("a c\nc b", "b a");
    let error = stories(&corpus, &no_families(&corpus), &config, &Silent).unwrap_err().to_string();
    assert!(error.contains(":1: \"b\" and \"a\" cannot be kept apart"), "{error}");
}

#[test]
fn a_story_tells_its_first_and_its_weakest_article() {
    let found = found(&ferries());
    let story = &found.stories[0];
    // Both have the same time, and one outlet.
    assert_eq!(story.first, Some(First { doc: DocId(0), certainty: Certainty::Certain }));
    // Of two texts each is as weak as the other.
    let (weakest, similarity) = story.weakest.unwrap();
    assert_eq!(weakest, DocId(0));
    assert!((similarity - story.cohesion).abs() < 1e-9);
    assert_eq!(found.stories[2].weakest, None);
}

#[test]
fn an_article_and_itself_are_as_alike_as_can_be() {
    let evidence = explained(&ferries(), "a", "a");
    assert_eq!((evidence.cosine, evidence.time_factor, evidence.within_window), (1.0, 1.0, true));
}

#[test]
fn copies_join_their_originals_story_and_count_as_one_text() {
    let mut articles: Vec<Article> = ferries().articles().to_vec();
    articles.push(article("f", Some(1), "Ferry aground off Port Quillan", GROUNDING));
    let corpus = crate::testing::by_id(articles);
    let whole = Overlap { a: 50, b: 50, shared: 50 };
    let family = Family {
        id: "copies".into(),
        kept: DocId(0),
        members: [0, 5]
            .map(|doc| Member { doc: DocId(doc), kept: DocId(0), with_kept: whole })
            .to_vec(),
        min_jaccard: 1.0,
        reason: KeptReason::First,
        drift: 0.0,
    };
    let families = Families::new(vec![family], corpus.len());
    let config = StoryConfig::default();
    let found = stories(&corpus, &families, &config, &Silent).unwrap();
    assert_eq!(found.of, [0, 0, 1, 1, 2, 0]);
    assert_eq!(found.stories[0].members, [DocId(0), DocId(1), DocId(5)]);
    assert_eq!(found.stories[0].texts, 2);
    let (_, evidence) = explain(&corpus, &families, &config, DocId(5), DocId(1), &Silent).unwrap();
    assert_eq!((evidence.a, evidence.b), (DocId(0), DocId(1)));
}

#[test]
fn stories_of_one_topic_are_a_storyline_in_order_of_time() {
    let corpus = crate::testing::by_id(vec![
        article(
            "a",
            Some(90),
            "Marisol inquiry blames rudder",
            "An inquiry into the grounding of the \
            ferry Marisol off Port Quillan blames a rudder that had not been serviced. Captain Odette \
            Varga is cleared, the inquiry says; the owner of the Marisol must pay.",
        ),
        article("b", Some(0), "Ferry aground off Port Quillan", GROUNDING),
        article("c", Some(1), "Sugar tax doubled", UNRELATED),
    ]);
    let found = found(&corpus);
    assert_eq!(found.of, [0, 1, 2]);
    assert_eq!(found.storylines.len(), 1);
    assert_eq!(found.storylines[0].stories, [1, 0]);
    // Where terms are left out, nothing else is.
    let (families, statistics) = (no_families(&corpus), crate::testing::statistics(&corpus));
    let config = StoryConfig::default();
    let bare = super::stories(&corpus, &families, &statistics, &config, false, &Silent).unwrap();
    let mut named = found.clone();
    assert!(named.stories.iter().all(|story| !story.terms.is_empty()));
    named.stories.iter_mut().for_each(|story| story.terms.clear());
    assert_eq!(bare, named);
    assert_eq!(found.storylines[0].headline, "Ferry aground off Port Quillan");
    assert_eq!(found.stories[0].storyline, Some(0));
    assert_eq!(found.stories[2].storyline, None);
}

#[test]
fn a_text_without_a_title_goes_by_its_first_words() {
    let corpus = crate::testing::by_id(vec![
        article("a", None, "", "\n  The ferry ran aground.\nNobody was hurt."),
        article("b", None, " ", &"seaworthy ".repeat(40)),
        article("c", None, "", ""),
    ]);
    let headlines: Vec<String> = corpus.docs().map(|doc| headline(&corpus, doc)).collect();
    assert_eq!(headlines[0], "The ferry ran aground.");
    assert_eq!(headlines[1], format!("{} …", ["seaworthy"; 10].join(" ")));
    assert_eq!(headlines[2], "");
}

#[test]
fn nothing_in_nothing_out() {
    assert_eq!(found(&Corpus::default()), Stories::default());
    let empty =
        found(&crate::testing::by_id(vec![article("a", None, "", ""), article("b", None, "", "")]));
    assert_eq!(empty.of, [0, 1]);
    assert_eq!(empty.storylines, []);
}

#[test]
fn a_run_that_is_told_to_stop_stops() {
    struct Impatient;
    impl Observer for Impatient {
        fn cancelled(&self) -> bool {
            true
        }
    }
    let corpus = ferries();
    let config = StoryConfig::default();
    let result = stories(&corpus, &no_families(&corpus), &config, &Impatient);
    assert!(matches!(result, Err(Error::Interrupted)));
}

/// The words of an article, each of one of three topics.
type Words = Vec<(usize, usize)>;

/// Articles made of the words of a few topics, so that they are alike in every degree.
fn some_news() -> impl Strategy<Value = Vec<Article>> {
    let words = prop::collection::vec((0_usize..3, 0_usize..12), 5..30);
    let day = prop::option::weighted(0.8, 0_i64..40);
    prop::collection::vec((words, day), 1..30).prop_map(|articles| {
        let made_up = |(n, (words, day)): (usize, &(Words, Option<i64>))| {
            let read = |(topic, word): &(usize, usize)| format!("topic{topic}word{word} ");
            article(&format!("{n:03}"), *day, "", &words.iter().map(read).collect::<String>())
        };
        articles.iter().enumerate().map(made_up).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn neither_the_order_of_input_nor_the_threads_matter(articles in some_news(), seed in 0_usize..97) {
        // With corrections, too: ids that are not there are passed over.
        let config = corrected("001 017\n002 005", "000 001\n003 004");
        let found = |corpus: &Corpus| {
            stories(corpus, &no_families(corpus), &config, &Silent).unwrap()
        };
        let straight = found(&Corpus::new(articles.clone()));
        let mut mixed = articles;
        let turn = seed % mixed.len();
        mixed.rotate_left(turn);
        mixed.reverse();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1 + seed % 4).build().unwrap();
        prop_assert_eq!(straight, pool.install(|| found(&Corpus::new(mixed))));
    }

    /// Through the window, families and other pairs: whatever is asked for and can be had.
    #[test]
    fn corrections_hold_whatever_the_news(
        articles in some_news(),
        must in prop::collection::vec((0_u32..30, 0_u32..30), 0..4),
        cannot in prop::collection::vec((0_u32..30, 0_u32..30), 0..4),
    ) {
        let corpus = crate::testing::by_id(articles);
        let lines = |pairs: &[(u32, u32)]| -> String {
            pairs.iter().map(|(a, b)| format!("{a:03} {b:03}\n")).collect()
        };
        let config = corrected(&lines(&must), &lines(&cannot));
        // A contradiction is an error, and tested as such.
        if let Ok(found) = stories(&corpus, &no_families(&corpus), &config, &Silent) {
            let story = |n: u32| found.of.get(n as usize);
            for (a, b) in must {
                prop_assert!(story(a).is_none() || story(b).is_none() || story(a) == story(b));
            }
            for (a, b) in cannot {
                prop_assert!(story(a).is_none() || story(a) != story(b));
            }
        }
    }

    /// With fixed statistics, what lies beside two articles changes nothing between them.
    #[test]
    fn unrelated_articles_change_nothing(articles in some_news()) {
        let table = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(table.path(), "en\t1000\n300\ttopic0word0 topic1word0\n").unwrap();
        let table = crate::statistics::BackgroundTable::read(table.path()).unwrap();
        let config = StatisticsConfig { table: Some(table.into()), ..Default::default() };
        let statistics =
            Statistics::of_own_words(&Corpus::default(), &config, Wanted::ALL, &Silent).unwrap();
        let groups = |articles: Vec<Article>| {
            let corpus = Corpus::new(articles);
            let config = StoryConfig::default();
            let families = no_families(&corpus);
            let found =
                super::stories(&corpus, &families, &statistics, &config, true, &Silent).unwrap();
            let ids = |story: &Story| -> Vec<String> {
                story.members.iter().map(|&doc| corpus.get(doc).id.to_string()).collect()
            };
            let mut groups: Vec<Vec<String>> = found.stories.iter().map(ids).collect();
            groups.retain(|ids| !ids.iter().any(|id| id.starts_with("beside")));
            groups
        };
        let alone = groups(articles.clone());
        let beside = (0..20).map(|n| {
            let text: String = (0..12).map(|word| format!("beside{n}word{word} ")).collect();
            article(&format!("beside{n}"), Some(n), "", &text)
        });
        prop_assert_eq!(alone, groups(articles.into_iter().chain(beside).collect()));
    }

    #[test]
    fn every_article_is_in_one_story(articles in some_news()) {
        let corpus = crate::testing::by_id(articles);
        let found = found(&corpus);
        let mut members: Vec<DocId> = Vec::new();
        for (place, story) in found.stories.iter().enumerate() {
            prop_assert!(story.members.iter().all(|doc| found.of[doc.index()] == place as u32));
            prop_assert!(story.members.contains(&story.lead));
            members.extend(&story.members);
        }
        members.sort_unstable();
        prop_assert_eq!(members, corpus.docs().collect::<Vec<_>>());
    }

    /// Whatever the window: no two dated articles further apart are linked directly, and so no
    /// story of two is longer than it.
    #[test]
    fn the_window_is_a_hard_limit(articles in some_news(), window_hours in 0_u32..400) {
        let corpus = crate::testing::by_id(articles);
        let config = StoryConfig { window_hours, ..StoryConfig::default() };
        let families = no_families(&corpus);
        let statistics = crate::testing::statistics(&corpus);
        let frequencies = &statistics.frequencies;
        let space = Space::build(&corpus, &families, frequencies, &config, &Silent).unwrap();
        let apart = |a: u32, b: u32| {
            neighbours::days_between(&corpus, DocId(a), DocId(b)).map_or(0.0, |days| days * 24.0)
        };
        for edge in space.similarities.edges() {
            prop_assert!(apart(edge.a, edge.b) <= f64::from(window_hours));
        }
        for story in stories(&corpus, &families, &config, &Silent).unwrap().stories {
            if let [a, b] = story.members[..] {
                prop_assert!(apart(a.0, b.0) <= f64::from(window_hours));
            }
        }
    }

    /// Candidates are found through postings; the definition looks at every pair.
    #[test]
    fn no_close_pair_is_overlooked(articles in some_news()) {
        let corpus = crate::testing::by_id(articles);
        let families = no_families(&corpus);
        let config = StoryConfig::default();
        let statistics = crate::testing::statistics(&corpus);
        let frequencies = &statistics.frequencies;
        let space = Space::build(&corpus, &families, frequencies, &config, &Silent).unwrap();
        for a in corpus.docs() {
            for b in corpus.docs().filter(|&b| b > a) {
                let days = neighbours::days_between(&corpus, a, b);
                let [of_a, of_b] = [a, b].map(|doc| space.vectors.profile(doc));
                let said = Evidence::of(space.vectors.dots(a, b), of_a, of_b, days);
                // A vector here has fewer terms than find candidates.
                let within = neighbours::within_window(days, config.window_hours);
                let expected = if within { said.counting() } else { 0.0 };
                let found = space.similarities.between(a.0, b.0);
                prop_assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
            }
        }
    }
}
