//! What is new since a day?

use std::cmp::Reverse;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{
    IN_STORY, OUTLETS, Table, Value, View, article, comparison, lines, numbers, outlet, published,
    reported, words,
};
use crate::article::DocId;
use crate::results::Results;
use crate::text::many;

/// The stories, copies and syndicated passages of what was published on `day` (UTC) or later.
pub fn since(results: &Results, day: Date) -> View {
    let corpus = &results.corpus;
    let is_new = |doc: DocId| {
        let published = corpus.get(doc).published;
        published.is_some_and(|published| published.at.to_zoned(TimeZone::UTC).date() >= day)
    };
    let new = corpus.docs().filter(|&doc| is_new(doc)).count();
    let mut stories: Vec<_> = results
        .stories
        .iter()
        .flat_map(|all| &all.stories)
        .filter(|story| story.members.len() > 1)
        .filter(|story| story.first.is_some_and(|first| is_new(first.doc)))
        .collect();
    stories.sort_by_key(|story| (Reverse(story.members.len()), &story.id));
    let told = stories.iter().map(|story| {
        let first = story.first.map(|first| first.doc);
        vec![
            Value::Link(story.headline.clone(), format!("story={}", super::encoded(&story.id))),
            Value::Count(story.members.len()),
            Value::Count(results.outlets_among(story.members.iter().copied())),
            first.map_or(Value::Unknown, |doc| reported(results, doc)),
            first.map_or(Value::Unknown, |doc| published(results, doc)),
        ]
    });
    let told: Vec<_> = told.collect();
    let copies: Vec<_> = results
        .families
        .iter()
        .flat_map(|families| families.all())
        .flat_map(|family| {
            let copies =
                family.members.iter().filter(|copy| copy.doc != family.kept && is_new(copy.doc));
            copies.map(|copy| {
                vec![
                    article(results, copy.doc),
                    reported(results, copy.doc),
                    outlet(&corpus.get(family.kept).outlet),
                    Value::Share(copy.with_kept.jaccard()),
                    comparison(results, family.kept, copy.doc),
                ]
            })
        })
        .collect();
    let mut grown: Vec<_> = results
        .stories
        .iter()
        .flat_map(|all| &all.stories)
        .filter(|story| {
            story.members.len() > 1 && !story.first.is_some_and(|first| is_new(first.doc))
        })
        .map(|story| {
            let new = story.members.iter().copied().filter(|&doc| is_new(doc));
            (new.collect::<Vec<DocId>>(), story)
        })
        .filter(|(new, _)| !new.is_empty())
        .collect();
    grown.sort_by_key(|(new, story)| (Reverse(new.len()), Reverse(story.members.len()), &story.id));
    let grown = grown.into_iter().map(|(new, story)| {
        vec![
            Value::Link(story.headline.clone(), format!("story={}", super::encoded(&story.id))),
            Value::Count(new.len()),
            Value::Count(story.members.len()),
            Value::Count(results.outlets_among(story.members.iter().copied())),
            // Members lie in order of publication.
            new.last().map_or(Value::Unknown, |&doc| reported(results, doc)),
        ]
    });
    let grown: Vec<_> = grown.collect();
    let facts = vec![
        format!(
            "{}, {} and {} since {day}.",
            many(new, "article", "articles"),
            many(
                told.len(),
                "new story of two articles or more",
                "new stories of two articles or more"
            ),
            many(copies.len(), "copy", "copies"),
        ) + &match grown.len() {
            0 => String::new(),
            older => format!(" {} grew.", many(older, "older story", "older stories")),
        },
    ];
    let counts = vec![
        ("articles", new),
        ("new_stories", told.len()),
        ("copies", copies.len()),
        ("grown_stories", grown.len()),
    ];
    View {
        name: format!("since-{day}"),
        title: format!("New since {day}"),
        facts,
        counts,
        tables: vec![
            Table::new(
                "Stories",
                "Stories whose first article is of that day or later, the largest first.",
                &[
                    lines("story"),
                    numbers("articles", IN_STORY),
                    numbers("outlets", OUTLETS),
                    words("first outlet"),
                    words("first published"),
                ],
                told,
            ),
            Table::new(
                "Copies",
                "Articles of that day or later in whose place another is kept.",
                &[
                    lines("article"),
                    words("outlet"),
                    words("kept outlet"),
                    numbers("alike", "The Jaccard similarity of it and the kept article"),
                    words("side by side"),
                ],
                copies,
            ),
            Table::new(
                "Stories that grew",
                "Older stories with articles of that day or later, those with the most of them first.",
                &[
                    lines("story"),
                    numbers("new articles", "Its articles of that day or later"),
                    numbers("articles", IN_STORY),
                    numbers("outlets", OUTLETS),
                    words("last outlet"),
                ],
                grown,
            ),
        ],
    }
}
