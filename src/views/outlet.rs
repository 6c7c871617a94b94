//! Who copied us, and whom did we copy?

use std::cmp::Reverse;

use super::{
    IN_STORY, OUTLETS, Table, Value, View, article, comparison, hours, lines, numbers, outlet,
    published, words,
};
use crate::analysis::{Directions, Edge, Follower};
use crate::article::DocId;
use crate::error::{Error, Result};
use crate::passage::{Passage, Reason};
use crate::results::Results;
use crate::story::Certainty;
use crate::text::{grouped, many, nearest};

/// What others took from an outlet, what it took from others, and what it was the first to report.
///
/// # Errors
/// [`Error::Config`] where no article is of such an outlet, or the run looked for no passages.
pub fn of_outlet(results: &Results, name: &str) -> Result<View> {
    let refuse = |reason: String| Error::config("--outlet", reason);
    let network = results.network.as_ref().ok_or_else(|| {
        refuse("this run looked for no passages; `run` and `passages` do".to_owned())
    })?;
    let place = network.outlets.binary_search_by(|row| row.outlet.as_str().cmp(name));
    let place = place.map_err(|_| refuse(nobody(results, name)))? as u32;
    let row = &network.outlets[place as usize];
    let counts = [
        ("articles", row.articles),
        ("original_articles", row.original_articles),
        ("copied_articles", row.copied_articles),
        ("mixed_articles", row.articles - row.original_articles - row.copied_articles),
    ];
    let counts = counts.map(|(name, count)| (name, count as usize));
    let [(_, articles), (_, original), (_, copied), (_, mixed)] = counts;
    let facts = vec![format!(
        "{}: {} its own, {} mostly copied, {} in part.",
        many(articles, "article", "articles"),
        grouped(original),
        grouped(copied),
        grouped(mixed),
    )];
    let edges = |is_its: &dyn Fn(&Edge) -> bool, other: &dyn Fn(&Edge) -> u32| {
        let mut edges: Vec<&Edge> = network.edges.iter().filter(|edge| is_its(edge)).collect();
        edges.sort_by_key(|edge| (Reverse(edge.passages), other(edge)));
        let row = |edge: &Edge| {
            vec![
                outlet(&network.outlets[other(edge) as usize].outlet),
                Value::Count(edge.passages as usize),
                Value::Count(edge.articles as usize),
                edge.median_lag_hours.map_or(Value::Unknown, Value::Hours),
            ]
        };
        edges.into_iter().map(row).collect::<Vec<_>>()
    };
    let columns = [
        words("outlet"),
        numbers("passages", "Passages that one had and the other followed with"),
        numbers("articles", "Articles of the follower that have them"),
        hours(
            "median lag",
            "How long after the source it had them: half of these times are shorter",
        ),
    ];
    Ok(View {
        name: format!("outlet-{}", file_name(name)),
        title: format!("Who copied {name}?"),
        facts,
        counts: counts.to_vec(),
        tables: vec![
            Table::new(
                &format!("Taken from {name}"),
                &format!(
                    "Syndicated passages of the outlet below whose likely source is {name}, its articles \
                     with them, and its median lag (– where no times tell)."
                ),
                &columns,
                edges(&|edge| edge.from == place, &|edge| edge.to),
            ),
            Table::new(
                &format!("Taken by {name}"),
                &format!(
                    "Syndicated passages of {name} whose likely source is the outlet below, its articles \
                     with them, and its median lag (– where no times tell)."
                ),
                &columns,
                edges(&|edge| edge.to == place, &|edge| edge.from),
            ),
            Table::new(
                "The passages taken most",
                "Syndicated passages whose likely source it is, those that most outlets took on top, each \
                 with the earliest article of another outlet and its lag. – stands where no times tell, or \
                 where no article of its own has the passage. Told by: a credit line names it, or it was \
                 the earliest, or its text is the longest, which leaves open who took it from whom.",
                &[
                    lines("article"),
                    numbers("words", "Words of the passage where it was published first"),
                    numbers("followers", "Outlets that took it"),
                    words("first follower"),
                    hours("lag", "How much later the first follower has it"),
                    words("told by"),
                    words("side by side"),
                ],
                taken(results, name),
            ),
            Table::new(
                "First to report",
                "Stories of two outlets or more in which every other outlet has a later time.",
                &[
                    lines("story"),
                    numbers("articles", IN_STORY),
                    numbers("outlets", OUTLETS),
                    words("published"),
                ],
                first_in(results, name),
            ),
        ],
    })
}

fn taken(results: &Results, name: &str) -> Vec<Vec<Value>> {
    let corpus = &results.corpus;
    let (Some(passages), Some(origins)) = (&results.passages, &results.origins) else {
        return Vec::new();
    };
    let directions = Directions::of(corpus, passages, origins);
    let its = passages.iter().zip(origins).zip(&directions.of).filter_map(|(both, direction)| {
        let direction = direction.as_ref()?;
        (directions.names[direction.from as usize] == name).then_some((both, direction))
    });
    let mut found: Vec<_> = its
        .filter_map(|((passage, origin), direction)| {
            let first = direction.followers.iter().min_by(|a, b| {
                let lag = |follower: &Follower| follower.lag_hours.unwrap_or(f64::INFINITY);
                lag(a).total_cmp(&lag(b)).then(a.articles[0].cmp(&b.articles[0]))
            })?;
            let outlet = |doc: &DocId| corpus.get(*doc).outlet == name;
            let own = passage.docs().into_iter().filter(outlet);
            let own = own.min_by(|&a, &b| corpus.by_publication(a, b));
            // Where no source is likely, time told the direction.
            let reason = origin.source.as_ref().map_or(Reason::Earliest, |source| source.reason);
            Some((passage, direction.followers.len(), own, first, reason))
        })
        .collect();
    found.sort_by_key(|(passage, outlets, ..)| {
        (Reverse(*outlets), Reverse(passage.tokens), passage.id.as_str())
    });
    type Taken<'a> = (&'a Passage, usize, Option<DocId>, &'a Follower, Reason);
    let row = |(passage, outlets, own, first, reason): Taken<'_>| {
        let follower = first.articles[0];
        vec![
            article(results, own.unwrap_or(follower)),
            Value::Count(passage.tokens as usize),
            Value::Count(outlets),
            outlet(&corpus.get(follower).outlet),
            first.lag_hours.map_or(Value::Unknown, Value::Hours),
            Value::Text(reason.name().to_owned()),
            own.map_or(Value::Unknown, |own| comparison(results, own, follower)),
        ]
    };
    found.into_iter().map(row).collect()
}

fn first_in(results: &Results, name: &str) -> Vec<Vec<Value>> {
    let Some(stories) = &results.stories else { return Vec::new() };
    let mut found: Vec<_> = stories
        .stories
        .iter()
        .filter_map(|story| {
            let first = story.first.filter(|first| first.certainty == Certainty::Certain)?;
            let outlets = results.outlets_among(story.members.iter().copied());
            let is_its = results.corpus.get(first.doc).outlet.as_str() == name;
            (is_its && outlets > 1).then_some((story, outlets, first.doc))
        })
        .collect();
    found.sort_by_key(|(story, outlets, _)| {
        (Reverse(*outlets), Reverse(story.members.len()), &story.id)
    });
    found
        .into_iter()
        .map(|(story, outlets, first)| {
            vec![
                Value::Link(story.headline.clone(), format!("story={}", super::encoded(&story.id))),
                Value::Count(story.members.len()),
                Value::Count(outlets),
                published(results, first),
            ]
        })
        .collect()
}

/// That there is no such outlet, and which are called nearly so.
fn nobody(results: &Results, name: &str) -> String {
    /// So many are named.
    const NAMED: usize = 5;
    let wanted = name.to_lowercase();
    let network = results.network.iter().flat_map(|network| &network.outlets);
    let known: Vec<(String, &str)> =
        network.map(|row| (row.outlet.to_lowercase(), row.outlet.as_str())).collect();
    let holding = known.iter().filter(|(lower, _)| lower.contains(&wanted));
    let mut alike: Vec<&str> = holding.map(|&(_, name)| name).take(NAMED).collect();
    if alike.is_empty() {
        let meant = nearest(&wanted, known.iter().map(|(lower, _)| lower.as_str()));
        let of_name = known.iter().filter(|(lower, _)| Some(lower.as_str()) == meant);
        alike.extend(of_name.map(|&(_, name)| name));
    }
    let hint = if alike.is_empty() {
        "the table `outlets` has all names".to_owned()
    } else {
        format!("there is {}", alike.join(", "))
    };
    format!("no article is of an outlet {name:?}; {hint}")
}

/// The name as a part of a file's.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '.' || c == '-' { c } else { '-' };
    name.chars().take(80).map(plain).collect()
}
