//! What stands in each table: the columns of the interface, in its order.

use super::Type::{Boolean, Integer, Real, Text};
use super::{Cell, Column, Table};
use crate::analysis::{Network, article_edges};
use crate::article::DocId;
use crate::family::{Families, Member};
use crate::passage::{Occurrence, Passage, Stretch};
use crate::results::Results;
use crate::story::Stories;

/// The names of all tables.
pub(crate) const NAMES: [&str; 11] = [
    "articles",
    "pairs",
    "families",
    "stories",
    "storylines",
    "passages",
    "occurrences",
    "alignments",
    "outlets",
    "network",
    "edges",
];

/// What stands between the terms of a story.
pub(crate) const BETWEEN_TERMS: &str = "; ";

/// The tables of what was computed.
pub(crate) fn of<'a>(results: &'a Results<'a>, network: Option<&'a Network>) -> Vec<Table<'a>> {
    let mut tables = vec![articles(results)];
    tables.extend(results.pairs.map(|_| pairs(results)));
    tables.extend(results.families.map(|all| families(results, all)));
    if let Some(all) = results.stories {
        tables.extend([stories(results, all), storylines(results, all)]);
    }
    if let Some(all) = results.passages {
        tables.extend([passages(results, all), occurrences(results, all)]);
        tables.push(alignments(results, all));
    }
    if let Some(network) = network {
        tables.extend([outlets(network), followers(network), edges(results)]);
    }
    tables
}

fn articles<'a>(results: &'a Results<'a>) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("id", Text),
        Column::optional("outlet", Text),
        Column::optional("url", Text),
        Column::optional("published", Text),
        Column::optional("title", Text),
        Column::optional("lang", Text),
        Column::new("tokens", Integer),
        Column::optional("family_id", Text),
        Column::optional("kept", Boolean),
        Column::optional("kept_id", Text),
        Column::optional("kept_jaccard", Real),
        Column::optional("kept_containment", Real),
        Column::optional("story_id", Text),
        Column::optional("storyline_id", Text),
        Column::optional("copied", Real),
        Column::optional("boilerplate", Real),
        Column::new("source", Text),
        Column::optional("notes", Text),
        Column::optional("story_similarity", Real),
        Column::new("chars", Integer),
        Column::optional("shingles", Integer),
        Column::optional("kept_shared", Integer),
    ];
    Table::new("articles", COLUMNS, move || {
        results.corpus.docs().map(move |doc| {
            let article = results.corpus.get(doc);
            let family = results.families.and_then(|families| families.of(doc));
            let member = family.map(|family| {
                let place = family.members.partition_point(|member| member.doc < doc);
                family.members[place].with_kept
            });
            let copy = family.zip(member).filter(|(family, _)| family.kept != doc);
            let copy = copy.map(|(family, overlap)| (results.corpus.get(family.kept), overlap));
            let story =
                results.stories.map(|all| (all, &all.stories[all.of[doc.index()] as usize]));
            let similarity = story.and_then(|(_, story)| {
                let place = story.members.partition_point(|&member| member < doc);
                story.similarities.get(place)
            });
            let storyline =
                story.and_then(|(all, story)| Some(&all.storylines[story.storyline? as usize]));
            let shares = results.shares.map(|shares| shares[doc.index()]);
            vec![
                Cell::id(&article.id),
                Cell::text(article.outlet.as_str()),
                Cell::text(article.url.as_str()),
                Cell::published(article.published),
                Cell::text(article.title.as_str()),
                Cell::text(article.lang.as_str()),
                Cell::Integer(results.tokens[doc.index()].into()),
                family.map(|family| Cell::id(&family.id)).into(),
                results.families.map(|_| Cell::Boolean(copy.is_none())).into(),
                copy.map(|(kept, _)| Cell::id(&kept.id)).into(),
                copy.map(|(_, overlap)| Cell::real(overlap.jaccard())).into(),
                copy.map(|(_, overlap)| Cell::real(overlap.containment_a())).into(),
                story.map(|(_, story)| Cell::id(&story.id)).into(),
                storyline.map(|storyline| Cell::id(&storyline.id)).into(),
                shares.map(|shares| Cell::real(shares.copied)).into(),
                shares.map(|shares| Cell::real(shares.boilerplate)).into(),
                Cell::Text(article.source.to_string().into()),
                Cell::text(article.notes.to_string()),
                similarity.map(|&similarity| Cell::real(similarity)).into(),
                Cell::count(results.chars(doc)),
                member.map(|overlap| Cell::Integer(overlap.a.into())).into(),
                copy.map(|(_, overlap)| Cell::Integer(overlap.shared.into())).into(),
            ]
        })
    })
}

fn pairs<'a>(results: &'a Results<'a>) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("id_a", Text),
        Column::new("id_b", Text),
        Column::new("jaccard", Real),
        Column::new("containment_a", Real),
        Column::new("containment_b", Real),
        Column::new("method", Text),
        Column::new("evidence", Text),
        Column::new("shingles_a", Integer),
        Column::new("shingles_b", Integer),
        Column::new("shared", Integer),
    ];
    Table::new("pairs", COLUMNS, move || {
        results.pairs.unwrap_or_default().iter().map(move |found| {
            let overlap = found.pair.overlap;
            vec![
                id(results, found.pair.a),
                id(results, found.pair.b),
                Cell::real(overlap.jaccard()),
                Cell::real(overlap.containment_a()),
                Cell::real(overlap.containment_b()),
                Cell::id(found.method),
                Cell::id(found.pair.evidence.name()),
                Cell::Integer(overlap.a.into()),
                Cell::Integer(overlap.b.into()),
                Cell::Integer(overlap.shared.into()),
            ]
        })
    })
}

fn families<'a>(results: &'a Results<'a>, families: &'a Families) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("family_id", Text),
        Column::new("kept_id", Text),
        Column::new("articles", Integer),
        Column::new("outlets", Integer),
        Column::optional("first_published", Text),
        Column::optional("last_published", Text),
        Column::new("min_jaccard", Real),
    ];
    Table::new("families", COLUMNS, move || {
        families.all().iter().map(move |family| {
            let docs = family.members.iter().map(|member| member.doc);
            let (first, last) = results.published_range(docs.clone()).unzip();
            vec![
                Cell::id(&family.id),
                id(results, family.kept),
                Cell::count(family.members.len()),
                Cell::count(results.outlets_among(docs)),
                Cell::published(first),
                Cell::published(last),
                Cell::real(family.min_jaccard),
            ]
        })
    })
}

fn stories<'a>(results: &'a Results<'a>, stories: &'a Stories) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("story_id", Text),
        Column::optional("storyline_id", Text),
        Column::optional("headline", Text),
        Column::new("lead_id", Text),
        Column::new("articles", Integer),
        Column::new("outlets", Integer),
        Column::new("texts", Integer),
        Column::optional("first_published", Text),
        Column::optional("last_published", Text),
        Column::optional("first_outlet", Text),
        Column::new("cohesion", Real),
        Column::optional("terms", Text),
        Column::optional("first_id", Text),
        Column::optional("first_certainty", Text),
        Column::optional("weakest_id", Text),
        Column::optional("weakest_similarity", Real),
    ];
    Table::new("stories", COLUMNS, move || {
        stories.stories.iter().map(move |story| {
            let docs = story.members.iter().copied();
            let (earliest, last) = results.published_range(docs.clone()).unzip();
            let first = story.first;
            let storyline = story.storyline.map(|place| &stories.storylines[place as usize]);
            vec![
                Cell::id(&story.id),
                storyline.map(|storyline| Cell::id(&storyline.id)).into(),
                Cell::text(&story.headline),
                id(results, story.lead),
                Cell::count(story.members.len()),
                Cell::count(results.outlets_among(docs)),
                Cell::Integer(story.texts.into()),
                Cell::published(earliest),
                Cell::published(last),
                first.map(|first| Cell::text(results.corpus.get(first.doc).outlet.as_str())).into(),
                Cell::real(story.cohesion),
                Cell::text(story.terms.join(BETWEEN_TERMS)),
                first.map(|first| id(results, first.doc)).into(),
                first.map(|first| Cell::id(first.certainty.name())).into(),
                story.weakest.map(|(doc, _)| id(results, doc)).into(),
                story.weakest.map(|(_, similarity)| Cell::real(similarity)).into(),
            ]
        })
    })
}

fn storylines<'a>(results: &'a Results<'a>, stories: &'a Stories) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("storyline_id", Text),
        Column::optional("headline", Text),
        Column::new("stories", Integer),
        Column::new("articles", Integer),
        Column::optional("first_published", Text),
        Column::optional("last_published", Text),
    ];
    Table::new("storylines", COLUMNS, move || {
        stories.storylines.iter().map(move |storyline| {
            let told = storyline.stories.iter().map(|&place| &stories.stories[place as usize]);
            let docs = told.clone().flat_map(|story| story.members.iter().copied());
            let (first, last) = results.published_range(docs.clone()).unzip();
            vec![
                Cell::id(&storyline.id),
                Cell::text(&storyline.headline),
                Cell::count(storyline.stories.len()),
                Cell::count(docs.count()),
                Cell::published(first),
                Cell::published(last),
            ]
        })
    })
}

fn passages<'a>(results: &'a Results<'a>, passages: &'a [Passage]) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("passage_id", Text),
        Column::new("kind", Text),
        Column::new("text", Text),
        Column::new("tokens", Integer),
        Column::new("articles", Integer),
        Column::new("outlets", Integer),
        Column::new("occurrences", Integer),
        Column::new("first_id", Text),
        Column::optional("first_published", Text),
        Column::optional("first_outlet", Text),
        Column::optional("credit", Text),
        Column::optional("parent_id", Text),
        Column::optional("likely_source", Text),
        Column::optional("source_reason", Text),
    ];
    Table::new("passages", COLUMNS, move || {
        passages.iter().enumerate().map(move |(place, passage)| {
            let first = passage.first().doc;
            let origin = results.origins.map(|origins| &origins[place]);
            let parent = origin.and_then(|origin| origin.parent);
            let source = origin.and_then(|origin| origin.source.as_ref());
            vec![
                Cell::id(&passage.id),
                Cell::id(passage.kind.name()),
                Cell::id(results.passage_text(place)),
                Cell::Integer(passage.tokens.into()),
                Cell::Integer(passage.articles.into()),
                Cell::Integer(passage.outlets.into()),
                Cell::count(passage.occurrences.len()),
                id(results, first),
                Cell::published(results.corpus.get(first).published),
                Cell::text(results.corpus.get(first).outlet.as_str()),
                origin.map(|origin| Cell::text(origin.credit.as_str())).into(),
                parent.map(|parent| Cell::id(&passages[parent as usize].id)).into(),
                source.map(|source| Cell::text(source.name.as_str())).into(),
                source.map(|source| Cell::id(source.reason.name())).into(),
            ]
        })
    })
}

fn occurrences<'a>(results: &'a Results<'a>, passages: &'a [Passage]) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("passage_id", Text),
        Column::new("id", Text),
        Column::new("start", Integer),
        Column::new("end", Integer),
        Column::new("byte_start", Integer),
        Column::new("byte_end", Integer),
        Column::new("identity", Real),
        Column::new("edits", Integer),
    ];
    let row = move |passage: &'a Passage, at: &Occurrence| {
        let article = results.corpus.get(at.doc);
        let (chars, bytes) = (article.chars_as_read(at.chars), article.bytes_as_read(at.bytes));
        vec![
            Cell::id(&passage.id),
            id(results, at.doc),
            Cell::Integer(chars.start.into()),
            Cell::Integer(chars.end.into()),
            Cell::Integer(bytes.start.into()),
            Cell::Integer(bytes.end.into()),
            Cell::real(at.identity),
            Cell::Integer(passage.edits(at).into()),
        ]
    };
    Table::new("occurrences", COLUMNS, move || {
        passages.iter().flat_map(move |p| p.occurrences.iter().map(move |at| row(p, at)))
    })
}

fn alignments<'a>(results: &'a Results<'a>, all: &'a [Passage]) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("passage_id", Text),
        Column::new("id_a", Text),
        Column::new("start_a", Integer),
        Column::new("end_a", Integer),
        Column::new("byte_start_a", Integer),
        Column::new("byte_end_a", Integer),
        Column::new("tokens_a", Integer),
        Column::new("id_b", Text),
        Column::new("start_b", Integer),
        Column::new("end_b", Integer),
        Column::new("byte_start_b", Integer),
        Column::new("byte_end_b", Integer),
        Column::new("tokens_b", Integer),
        Column::new("matched", Integer),
        Column::new("reworded", Boolean),
    ];
    let side = move |stretch: &Stretch| {
        let article = results.corpus.get(stretch.doc);
        let chars = article.chars_as_read(stretch.chars);
        let bytes = article.bytes_as_read(stretch.bytes);
        [
            id(results, stretch.doc),
            Cell::Integer(chars.start.into()),
            Cell::Integer(chars.end.into()),
            Cell::Integer(bytes.start.into()),
            Cell::Integer(bytes.end.into()),
            Cell::Integer(stretch.tokens.into()),
        ]
    };
    Table::new("alignments", COLUMNS, move || {
        results.alignments.unwrap_or_default().iter().map(move |aligned| {
            let mut row = vec![Cell::id(&all[aligned.passage as usize].id)];
            row.extend(side(&aligned.a));
            row.extend(side(&aligned.b));
            row.extend([Cell::Integer(aligned.matched.into()), Cell::Boolean(aligned.reworded)]);
            row
        })
    })
}

fn outlets(network: &Network) -> Table<'_> {
    const COLUMNS: &[Column] = &[
        Column::optional("outlet", Text),
        Column::new("articles", Integer),
        Column::new("copied_articles", Integer),
        Column::new("original_articles", Integer),
        Column::optional("median_lag_hours", Real),
    ];
    Table::new("outlets", COLUMNS, move || {
        network.outlets.iter().map(|outlet| {
            vec![
                Cell::text(&outlet.outlet),
                Cell::Integer(outlet.articles.into()),
                Cell::Integer(outlet.copied_articles.into()),
                Cell::Integer(outlet.original_articles.into()),
                outlet.median_lag_hours.map(Cell::real).into(),
            ]
        })
    })
}

fn followers(network: &Network) -> Table<'_> {
    const COLUMNS: &[Column] = &[
        Column::new("from_outlet", Text),
        Column::new("to_outlet", Text),
        Column::new("passages", Integer),
        Column::new("articles", Integer),
        Column::optional("median_lag_hours", Real),
    ];
    Table::new("network", COLUMNS, move || {
        network.edges.iter().map(|edge| {
            vec![
                Cell::id(&network.outlets[edge.from as usize].outlet),
                Cell::id(&network.outlets[edge.to as usize].outlet),
                Cell::Integer(edge.passages.into()),
                Cell::Integer(edge.articles.into()),
                edge.median_lag_hours.map(Cell::real).into(),
            ]
        })
    })
}

fn edges<'a>(results: &'a Results<'a>) -> Table<'a> {
    // In the order of RNewsflow, which goes by it.
    const COLUMNS: &[Column] = &[
        Column::new("from", Text),
        Column::new("to", Text),
        Column::new("weight", Real),
        Column::optional("hourdiff", Real),
    ];
    Table::new("edges", COLUMNS, move || {
        let (passages, origins) = (results.passages, results.origins);
        let (passages, origins) = (passages.unwrap_or_default(), origins.unwrap_or_default());
        article_edges(results.corpus, passages, origins).into_iter().map(move |edge| {
            vec![
                id(results, edge.from),
                id(results, edge.to),
                Cell::real(edge.weight),
                edge.hourdiff.map(Cell::real).into(),
            ]
        })
    })
}

/// The articles that a kept one stands for: what may be removed.
pub(crate) fn removed<'a>(results: &'a Results<'a>, families: &'a Families) -> Table<'a> {
    const COLUMNS: &[Column] = &[
        Column::new("id", Text),
        Column::new("kept_id", Text),
        Column::new("jaccard", Real),
        Column::new("containment", Real),
    ];
    // In order of id, as `articles`.
    let copies = move || {
        results.corpus.docs().filter_map(|doc| {
            let family = families.of(doc).filter(|family| family.kept != doc)?;
            let place = family.members.partition_point(|member| member.doc < doc);
            Some((family.members[place], family.kept))
        })
    };
    let row = move |(copy, kept): (Member, DocId)| {
        vec![
            id(results, copy.doc),
            id(results, kept),
            Cell::real(copy.with_kept.jaccard()),
            Cell::real(copy.with_kept.containment_a()),
        ]
    };
    Table::new("remove", COLUMNS, move || copies().map(row))
}

fn id<'a>(results: &'a Results<'a>, doc: DocId) -> Cell<'a> {
    Cell::id(&results.corpus.get(doc).id)
}
