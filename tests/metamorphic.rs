//! What must not change when nothing of substance does: real articles under other names and in
//! another order. The articles are those of `../shared/data`; without them nothing is looked at.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use newsfold::config::Settings;
use newsfold::ingest::{IngestOptions, ingest};
use newsfold::observer::Silent;
use newsfold::{Analysis, Article, DocId, Results};

/// So many articles of each set.
const ARTICLES: usize = 3_000;

/// The first articles of a set, told apart by their place in it; none where there is no set.
fn articles(set: &str) -> Vec<Article> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(set)
        .join("articles.jsonl.zst");
    if !path.exists() {
        return Vec::new();
    }
    let inputs = [path.to_str().unwrap().to_owned()];
    let read = ingest(&inputs, &IngestOptions::default(), &Silent).unwrap();
    let mut articles = read.corpus.articles().to_vec();
    articles.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    articles.truncate(ARTICLES);
    articles
}

/// The place of an article in the set, which its id ends with.
fn place(results: &Results, doc: DocId) -> usize {
    let id = results.corpus.get(doc).id.to_string();
    id.rsplit('-').next().unwrap().parse().unwrap()
}

fn places(results: &Results, docs: impl IntoIterator<Item = DocId>) -> BTreeSet<usize> {
    docs.into_iter().map(|doc| place(results, doc)).collect()
}

/// Where a passage stands: the article's place, and bytes of its text.
type Span = (usize, u32, u32);

/// Everything that was decided, without the names of groups, by the places of articles.
#[derive(Debug, PartialEq)]
struct Decided {
    pairs: BTreeSet<(usize, usize, String)>,
    families: BTreeSet<(usize, BTreeSet<usize>)>,
    stories: BTreeSet<(String, BTreeSet<usize>)>,
    passages: BTreeSet<(String, BTreeSet<Span>)>,
}

/// Looks through articles named `{name}-{place}`, in the given order of places.
fn decided(articles: &[Article], name: &str, order: &[usize]) -> Decided {
    let renamed = order.iter().map(|&place| {
        let mut article = articles[place].clone();
        article.id = format!("{name}-{place}").as_str().into();
        article
    });
    let settings = Settings { threads: Some(2), ..Settings::default() };
    let results = Analysis::all().with_settings(settings).run(renamed).unwrap();
    let pairs = results.pairs.iter().flatten();
    let families = results.families.as_ref().unwrap().all();
    let stories = &results.stories.as_ref().unwrap().stories;
    let passages = results.passages.iter().flatten();
    Decided {
        pairs: pairs
            .map(|pair| {
                let (a, b) = (place(&results, pair.a), place(&results, pair.b));
                let jaccard = format!("{:.6} {:?}", pair.overlap.jaccard(), pair.evidence);
                (a.min(b), a.max(b), jaccard)
            })
            .collect(),
        families: families
            .iter()
            .map(|family| {
                (
                    place(&results, family.kept),
                    places(&results, family.members.iter().map(|member| member.doc)),
                )
            })
            .collect(),
        stories: stories
            .iter()
            .map(|story| (story.id.clone(), places(&results, story.members.iter().copied())))
            .collect(),
        passages: passages
            .map(|passage| {
                let there = passage.occurrences.iter();
                let there = there.map(|at| (place(&results, at.doc), at.bytes.start, at.bytes.end));
                (format!("{:?}", passage.kind), there.collect())
            })
            .collect(),
    }
}

/// Neither ids nor the order of input decide, on real articles: dated news, dated briefs from one
/// template, undated articles that are near-duplicates of each other.
#[test]
fn names_and_order_decide_nothing() {
    for set in ["news", "reuters", "neardup"] {
        let articles = articles(set);
        let straight: Vec<usize> = (0..articles.len()).collect();
        // Multiplying by a number prime to the length shuffles; names sort the other way round.
        let step = 1_009;
        let shuffled: Vec<usize> =
            straight.iter().map(|place| place * step % articles.len().max(1)).collect();
        assert_eq!(shuffled.iter().collect::<BTreeSet<_>>().len(), articles.len());
        let as_given = decided(&articles, "a", &straight);
        let other = decided(&articles, "z", &shuffled);
        assert!(articles.is_empty() || as_given.stories.len() > 100);
        assert!(as_given == other, "{set}: {}", differences(&as_given, &other));
    }
}

/// How many decisions of each kind only one of two runs has.
fn differences(a: &Decided, b: &Decided) -> String {
    fn count<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> usize {
        a.symmetric_difference(b).count()
    }
    format!(
        "pairs {}, families {}, stories {}, passages {}",
        count(&a.pairs, &b.pairs),
        count(&a.families, &b.families),
        count(&a.stories, &b.stories),
        count(&a.passages, &b.passages),
    )
}
