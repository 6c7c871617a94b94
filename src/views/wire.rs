//! How much of this is the wire?

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::forms::percent;
use super::{IN_STORY, Table, Value, View, lines, numbers, outlet, words};
use crate::article::DocId;
use crate::results::Results;
use crate::text::{grouped, many};

/// Agencies by outlet, by month and by story. The numbers are those of the table `agencies`.
pub fn wire(results: &Results) -> View {
    let credited = results.credited();
    let months = results.agencies();
    let docs: BTreeSet<DocId> = credited.iter().map(|one| one.doc).collect();
    let printed_words: u64 = results.tokens.iter().map(|&tokens| u64::from(tokens)).sum();
    let taken = results.credited_words();
    let articles = results.corpus.len();
    let facts = vec![
        format!(
            "{} of {} ({}) name an agency or source, or share text with an article that does. \
             An agency's own articles are not counted.",
            grouped(docs.len()),
            many(articles, "article", "articles"),
            percent(docs.len() as f64 / articles.max(1) as f64),
        ),
        format!(
            "{} of {} words ({}) stand in passages that several outlets printed and that are credited to an agency or source. \
             That is the least: agency text that no other outlet here printed is not counted.",
            grouped(taken as usize),
            grouped(printed_words as usize),
            percent(taken as f64 / printed_words.max(1) as f64),
        ),
    ];

    // Articles and words, by outlet.
    let mut printed: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    for doc in results.corpus.docs() {
        let (articles, words) = printed.entry(results.corpus.get(doc).outlet.as_str()).or_default();
        *articles += 1;
        *words += u64::from(results.tokens[doc.index()]);
    }
    let mut by_outlet: BTreeMap<(&str, &str), (usize, u64)> = BTreeMap::new();
    let mut by_month: BTreeMap<(&str, &str), (usize, u64)> = BTreeMap::new();
    for row in &months {
        for (sums, key) in [
            (&mut by_outlet, (row.agency, row.outlet)),
            (&mut by_month, (row.month.as_str(), row.agency)),
        ] {
            let (articles, words) = sums.entry(key).or_default();
            *articles += row.articles as usize;
            *words += u64::from(row.words);
        }
    }
    let mut outlets: Vec<_> = by_outlet.into_iter().collect();
    outlets.sort_by_key(|&(key, (articles, words))| (Reverse(words), Reverse(articles), key));
    let names = results.outlet_names();
    let outlets = outlets.into_iter().map(|((agency, name), (articles, words))| {
        let (all_articles, all_words) = printed[name];
        let share = |part: f64, whole: f64| Value::Share(part / whole.max(1.0));
        let place = names.partition_point(|&known| known < name);
        vec![
            Value::Text(agency.to_owned()),
            outlet(name),
            Value::CountOf(articles, listed(agency, place)),
            share(articles as f64, all_articles as f64),
            Value::Count(words as usize),
            share(words as f64, all_words as f64),
        ]
    });
    let by_month = by_month.into_iter().map(|((month, agency), (articles, words))| {
        let month = if month.is_empty() { Value::Unknown } else { Value::Text(month.to_owned()) };
        vec![
            month,
            Value::Text(agency.to_owned()),
            Value::Count(articles),
            Value::Count(words as usize),
        ]
    });
    View {
        name: "wire".into(),
        title: "How much of this is the wire?".into(),
        facts,
        counts: vec![
            ("articles", articles),
            ("credited_articles", docs.len()),
            ("words", printed_words as usize),
            ("credited_words", taken as usize),
        ],
        tables: vec![
            Table::new(
                "Agency by outlet",
                "Articles that name the agency or share text with one that does, and their share of all articles of \
                 the outlet. Their words in such shared passages, most first, and their share of all words that the \
                 outlet printed.",
                &[
                    words("agency"),
                    words("outlet"),
                    numbers("articles", NAMING),
                    numbers("of its articles", "Their share of all articles of the outlet"),
                    numbers("words", WORDS),
                    numbers("share", "Their share of all words that the outlet printed"),
                ],
                outlets.collect(),
            ),
            Table::new(
                "By month",
                "The same by the month of publication, in UTC.",
                &[
                    words("month"),
                    words("agency"),
                    numbers("articles", NAMING),
                    numbers("words", WORDS),
                ],
                by_month.collect(),
            ),
            Table::new(
                "By story",
                "Stories of two articles or more, those with the most agency articles first.",
                &[
                    lines("story"),
                    numbers(
                        "agency articles",
                        "Its articles that name an agency or share text with one that does",
                    ),
                    numbers("articles", IN_STORY),
                    lines("agencies"),
                ],
                stories(results, &credited),
            ),
        ],
    }
}

/// What is counted of an agency.
const NAMING: &str = "Articles that name the agency or share text with one that does";
const WORDS: &str = "Their words in syndicated passages that are credited to the agency";

/// The view that lists the articles of an outlet, by its place, that count for an agency.
fn listed(agency: &str, outlet: usize) -> String {
    format!("articles=&outlet={outlet}&agency={}", super::encoded(agency))
}

fn stories(results: &Results, credited: &[crate::analysis::Credited<'_>]) -> Vec<Vec<Value>> {
    let Some(stories) = &results.stories else { return Vec::new() };
    let mut found: BTreeMap<u32, (BTreeSet<DocId>, BTreeSet<&str>)> = BTreeMap::new();
    for one in credited {
        let (docs, agencies) = found.entry(stories.of[one.doc.index()]).or_default();
        docs.insert(one.doc);
        agencies.insert(one.agency);
    }
    let mut rows: Vec<_> = found
        .into_iter()
        .filter(|(place, _)| stories.stories[*place as usize].members.len() > 1)
        .collect();
    rows.sort_by_key(|(place, (docs, _))| (Reverse(docs.len()), *place));
    rows.into_iter()
        .map(|(place, (docs, agencies))| {
            let story = &stories.stories[place as usize];
            let agencies: Vec<&str> = agencies.into_iter().collect();
            vec![
                Value::Link(story.headline.clone(), format!("story={}", super::encoded(&story.id))),
                Value::Count(docs.len()),
                Value::Count(story.members.len()),
                Value::Text(agencies.join(", ")),
            ]
        })
        .collect()
}
