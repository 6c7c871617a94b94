//! Where a passage comes from: the credit in its articles, the passage that it is a part of, and its
//! likely source, with a reason and never a verdict.
//!
//! `n log n` in the occurrences.

use std::cmp::Reverse;

use ahash::AHashSet;
use serde::Serialize;

use super::{Credits, Kind, Passage};

use crate::article::{ByteSpan, Corpus, DocId};

/// Share of a passage's occurrences that must lie in another's for it to be a part of that.
const PART: f64 = 0.5;

/// Occurrences around one that are looked at: more only lie around it in texts that repeat themselves.
const LOOK: usize = 64;

/// What stands between the names of a credit line that has several.
const BETWEEN_NAMES: &str = "; ";

/// Where a passage comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The agency or source that its articles name first, in credit lines or as their author: the one that most of
    /// them do, of equals the one in the article published first. Empty where none does, and for what an outlet
    /// or an article only repeats. Of a credit line itself all that it names, `AP; Reuters`.
    pub credit: String,
    /// The place of the passage inside whose occurrences half of its own or more lie; the shortest.
    pub parent: Option<u32>,
    /// Who is likely to have had it first, of those known here; only for what several outlets have.
    pub source: Option<Source>,
}

/// A likely source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name in the credit; else the outlet, or the article's id where its outlet is not known.
    pub name: String,
    /// Why.
    pub reason: Reason,
}

/// Why somebody is likely to be the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// A credit line names it, or it is the author.
    Credit,
    /// It is known to have published it before all other outlets.
    Earliest,
    /// Who was first cannot be told; it has the longest form.
    Longest,
}

impl Reason {
    /// Every reason, the best first.
    pub const ALL: [Self; 3] = [Self::Credit, Self::Earliest, Self::Longest];

    /// The word that tables use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credit => "credit",
            Self::Earliest => "earliest",
            Self::Longest => "longest",
        }
    }
}

impl Origin {
    /// Each name in [`Self::credit`].
    pub fn credits(&self) -> impl Iterator<Item = &str> {
        names_in(&self.credit)
    }
}

/// Each name in a credit.
pub fn names_in(credit: &str) -> impl Iterator<Item = &str> {
    credit.split(BETWEEN_NAMES).filter(|name| !name.is_empty())
}

/// Whom each article names as the source of its text, in corpus order: in its credit lines, in their order, then as its
/// author where that is an agency. Written as in [`Origin::credit`].
pub fn credits(corpus: &Corpus, passages: &[Passage], rules: &Credits) -> Vec<String> {
    let mut named: Vec<Vec<(u32, usize, &str)>> = vec![Vec::new(); corpus.len()];
    for passage in passages.iter().filter(|passage| !passage.names.is_empty()) {
        for at in &passage.occurrences {
            let names = passage.names.iter().enumerate();
            named[at.doc.index()]
                .extend(names.map(|(place, name)| (at.bytes.start, place, name.as_str())));
        }
    }
    let joined = |(mut named, author): (Vec<(u32, usize, &str)>, &str)| {
        named.sort_unstable();
        let mut seen: AHashSet<&str> = AHashSet::new();
        let in_text = named.into_iter().map(|(.., name)| name);
        let names = in_text.chain(rules.agencies_of_author(author));
        names.filter(|name| seen.insert(name)).collect::<Vec<&str>>().join(BETWEEN_NAMES)
    };
    let authors = corpus.articles().iter().map(|article| article.author.as_str());
    named.into_iter().zip(authors).map(joined).collect()
}

/// The origins of all passages, in their order. `credits` are those of the articles, as [`credits()`] has them.
pub fn origins(corpus: &Corpus, passages: &[Passage], credits: &[String]) -> Vec<Origin> {
    let parents = parents(passages);
    passages
        .iter()
        .zip(parents)
        .map(|(passage, parent)| {
            let credit = match passage.kind {
                Kind::Credit => passage.names.join(BETWEEN_NAMES),
                Kind::Boilerplate | Kind::Repeated => String::new(),
                _ => credit(corpus, passage, credits),
            };
            let spread = matches!(passage.kind, Kind::Syndicated | Kind::Quotation);
            let source = spread.then(|| source(corpus, passage, &credit)).flatten();
            Origin { credit, parent, source }
        })
        .collect()
}

fn credit(corpus: &Corpus, passage: &Passage, credits: &[String]) -> String {
    let mut docs: Vec<DocId> = passage.occurrences.iter().map(|at| at.doc).collect();
    docs.dedup();
    docs.sort_by(|&a, &b| corpus.by_publication(a, b));
    let mut named: Vec<(&str, usize)> = docs
        .iter()
        .enumerate()
        .filter_map(|(order, doc)| Some((names_in(&credits[doc.index()]).next()?, order)))
        .collect();
    named.sort_unstable();
    let most = named.chunk_by(|one, other| one.0 == other.0).min_by_key(|same| {
        // The first of them stands for the earliest article.
        (Reverse(same.len()), same[0].1)
    });
    most.map(|same| same[0].0.to_owned()).unwrap_or_default()
}

fn source(corpus: &Corpus, passage: &Passage, credit: &str) -> Option<Source> {
    if !credit.is_empty() {
        return Some(Source { name: credit.to_owned(), reason: Reason::Credit });
    }
    let first = passage.first().doc;
    let outlet = |doc: DocId| corpus.get(doc).outlet.as_str();
    let known_later = |doc: DocId| {
        let (first, later) = (corpus.get(first).published, corpus.get(doc).published);
        first.zip(later).is_some_and(|(first, later)| later.hours_after(first).is_some())
    };
    let others =
        passage.occurrences.iter().map(|at| at.doc).filter(|&doc| {
            doc != first && (outlet(doc).is_empty() || outlet(doc) != outlet(first))
        });
    let named = |doc: DocId, reason| {
        let name =
            if outlet(doc).is_empty() { &corpus.get(doc).id } else { &corpus.get(doc).outlet };
        Some(Source { name: name.to_string(), reason })
    };
    if others.clone().all(known_later) {
        return named(first, Reason::Earliest);
    }
    let mut lengths: Vec<(u32, DocId)> =
        passage.occurrences.iter().map(|at| (at.tokens, at.doc)).collect();
    lengths.sort_unstable_by_key(|&(tokens, doc)| (Reverse(tokens), doc));
    match lengths[..] {
        [(longest, doc), (next, _), ..] if longest > next => named(doc, Reason::Longest),
        _ => None,
    }
}

/// Each passage's parent: the shortest that holds [`PART`] of its occurrences.
fn parents(passages: &[Passage]) -> Vec<Option<u32>> {
    let mut all: Vec<(DocId, u32, Reverse<u32>, u32)> = passages
        .iter()
        .zip(0..)
        .flat_map(|(passage, place)| {
            let places = passage.occurrences.iter();
            places.map(move |at| (at.doc, at.bytes.start, Reverse(at.bytes.end), place))
        })
        .collect();
    all.sort_unstable();
    let larger = |one: u32, other: u32| {
        let rank = |place: u32| (passages[place as usize].tokens, Reverse(place));
        rank(other) > rank(one)
    };
    let mut inside: Vec<(u32, u32)> = Vec::new();
    let mut open: Vec<(ByteSpan, u32)> = Vec::new();
    for in_doc in all.chunk_by(|one, other| one.0 == other.0) {
        open.clear();
        for &(_, start, Reverse(end), place) in in_doc {
            open.retain(|(span, _)| span.end > start);
            let holding = open.iter().filter(|(span, other)| {
                let longer = span.end - span.start > end - start;
                end <= span.end && longer && larger(place, *other)
            });
            inside.extend(holding.map(|&(_, other)| (place, other)));
            if open.len() == LOOK {
                open.remove(0);
            }
            open.push((ByteSpan { start, end }, place));
        }
    }
    inside.sort_unstable();
    let mut parents = vec![None; passages.len()];
    for places in inside.chunk_by(|one, other| one == other) {
        let (place, other) = places[0];
        let occurrences = passages[place as usize].occurrences.len();
        if places.len() as f64 >= PART * occurrences as f64 {
            let parent = &mut parents[place as usize];
            let shorter = |best: u32| if larger(other, best) { other } else { best };
            *parent = Some(parent.map_or(other, shorter));
        }
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, CharSpan, Published};
    use crate::passage::Occurrence;
    use crate::testing::article;

    /// Articles `a`, `b`, `c` of outlets x, y and z, published in that order, an hour apart.
    fn corpus() -> Corpus {
        let of = |(place, id, outlet): (u32, &str, &str)| Article {
            outlet: outlet.into(),
            published: Some(Published {
                at: format!("2024-05-01T0{place}:00:00Z").parse().unwrap(),
                day_only: false,
            }),
            ..article(id, "")
        };
        crate::testing::by_id([(1, "a", "x"), (2, "b", "y"), (3, "c", "z")].map(of).to_vec())
    }

    fn origins(corpus: &Corpus, passages: &[Passage]) -> Vec<Origin> {
        super::origins(corpus, passages, &credits(corpus, passages, &Credits::built_in()))
    }

    /// A passage at (article, first byte, one past the last); a token has ten bytes.
    fn passage(kind: Kind, places: &[(u32, u32, u32)], names: &str) -> Passage {
        let occurrence = |&(doc, start, end): &(u32, u32, u32)| Occurrence {
            doc: DocId(doc),
            bytes: ByteSpan { start, end },
            chars: CharSpan { start, end },
            tokens: (end - start) / 10,
            identity: 1.0,
        };
        let occurrences: Vec<Occurrence> = places.iter().map(occurrence).collect();
        Passage {
            id: String::new(),
            kind,
            tokens: occurrences[0].tokens,
            articles: places.len() as u32,
            outlets: places.len() as u32,
            occurrences,
            first: 0,
            names: names.split_terminator(BETWEEN_NAMES).map(str::to_owned).collect(),
        }
    }

    #[test]
    fn a_credit_in_one_of_its_articles_names_the_source() {
        let wire = passage(Kind::Syndicated, &[(0, 0, 100), (1, 0, 100), (2, 0, 100)], "");
        let credits = [(1, 200, 210), (2, 300, 310)];
        let credit = passage(Kind::Credit, &credits, "TNA");
        let other = passage(Kind::Credit, &[(0, 200, 240)], "Il Porto");
        let footer = passage(Kind::Boilerplate, &[(1, 400, 500), (2, 400, 500)], "");
        let origins = origins(&corpus(), &[wire, credit, other, footer]);
        // Two name TNA, and one, though earlier, the other.
        assert_eq!(origins[0].credit, "TNA");
        let source = Source { name: "TNA".into(), reason: Reason::Credit };
        assert_eq!(origins[0].source, Some(source));
        assert_eq!((origins[1].credit.as_str(), &origins[1].source), ("TNA", &None));
        assert_eq!(origins[3], Origin::default());
    }

    #[test]
    fn an_author_that_is_an_agency_is_a_credit_after_those_in_the_text() {
        let mut articles = corpus().articles().to_vec();
        for (article, author) in articles.iter_mut().zip(["Ana Ruiz, AP", "Reuters Staff", ""]) {
            article.author = author.into();
        }
        let corpus = crate::testing::by_id(articles);
        let wire = || passage(Kind::Syndicated, &[(0, 0, 100), (2, 0, 100)], "");
        assert_eq!(origins(&corpus, &[wire()])[0].credit, "AP");
        let line = passage(Kind::Credit, &[(0, 200, 210)], "dpa; AP");
        let all = credits(&corpus, &[wire(), line], &Credits::built_in());
        assert_eq!(all, ["dpa; AP", "Reuters", ""]);
    }

    #[test]
    fn else_it_is_the_earliest_or_who_has_most_of_it() {
        let wire = || passage(Kind::Syndicated, &[(0, 0, 100), (1, 0, 120)], "");
        let told = |corpus: &Corpus| {
            let source = origins(corpus, &[wire()])[0].source.clone()?;
            Some((source.name, source.reason))
        };
        assert_eq!(told(&corpus()), Some(("x".into(), Reason::Earliest)));
        let mut articles = corpus().articles().to_vec();
        articles[1].published = None;
        assert_eq!(
            told(&crate::testing::by_id(articles.clone())),
            Some(("y".into(), Reason::Longest))
        );
        articles[1].outlet = Default::default();
        assert_eq!(
            told(&crate::testing::by_id(articles.clone())),
            Some(("b".into(), Reason::Longest))
        );
        let same = passage(Kind::Syndicated, &[(0, 0, 100), (1, 0, 100)], "");
        assert_eq!(origins(&crate::testing::by_id(articles), &[same])[0].source, None);
    }

    #[test]
    fn a_part_knows_the_shortest_passage_around_it() {
        let page = passage(Kind::Syndicated, &[(0, 0, 900), (1, 0, 900)], "");
        let half = passage(Kind::Syndicated, &[(0, 100, 500), (1, 100, 500), (2, 0, 400)], "");
        let line = passage(Kind::Quotation, &[(0, 200, 300), (1, 200, 300), (2, 100, 200)], "");
        let elsewhere = passage(Kind::Syndicated, &[(0, 850, 950), (1, 850, 950)], "");
        let seldom = passage(Kind::Syndicated, &[(0, 600, 700), (1, 950, 990), (2, 500, 600)], "");
        let passages = [page, half, line, elsewhere, seldom];
        assert_eq!(parents(&passages), [None, Some(0), Some(1), None, None]);
    }

    #[test]
    fn edits_are_the_words_without_a_partner() {
        let mut passage = passage(Kind::Syndicated, &[(0, 0, 190), (1, 0, 180)], "");
        passage.occurrences[1].identity = 17.0 / 19.0;
        assert_eq!(passage.edits(&passage.occurrences[0]), 0);
        // 17 of the first's 19 words are left, and one is new.
        assert_eq!(passage.edits(&passage.occurrences[1]), 2);
    }
}
