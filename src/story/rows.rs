//! What [`stories`](super::stories) does, for callers who bring rows: a part of the articles at a time, where
//! the rest of the pile is known by what others told of it.
//!
//! Four things ask more than a pair and the statistics, and each is told here. Which of an article's terms a second
//! one has ([`SharedRows`]) asks the whole pile. Which articles an article is compared with asks for all of its window
//! ([`neighbours_of`]). What is one story asks for what is linked to it ([`stories_of`]). What is one storyline asks for
//! the directions of all stories ([`storylines_of`]). Corrections are not there.

use crate::article::{Article, Corpus, DocId};
use crate::error::Result;
use crate::family::Families;
use crate::observer::Silent;
use crate::spill::Spill;
use crate::statistics::{Lexicon, Statistics, Term, frequencies};
use crate::story::constraints::Constraints;
use crate::story::installment::Installments;
use crate::story::linkage::{self, links};
use crate::story::neighbours;
use crate::story::postings;
use crate::story::similarities::{Alike as Held, Similarities};
use crate::story::space::Space;
use crate::story::storyline;
use crate::story::vectors::{Numbering, Vectors};
use crate::story::{Story, StoryConfig, describe_each};

/// An article's terms, each once, ascending.
pub fn terms_of(article: &Article, statistics: &Statistics) -> Vec<u64> {
    let found = frequencies(article, &statistics.frequencies.stop_words);
    found.iter().map(|frequency| frequency.term.bits()).collect()
}

/// The terms that two articles have, from rows in order of term. It holds one article.
#[derive(Clone, Debug, Default)]
pub struct SharedRows {
    term: Option<u64>,
    /// The first article of the term, until a second one comes.
    first: Option<DocId>,
}

impl SharedRows {
    /// Takes the next row, and gives `found` those articles of which it is known now that another has the term.
    pub fn push(&mut self, term: u64, doc: DocId, mut found: impl FnMut(DocId)) {
        if self.term.replace(term) != Some(term) {
            self.first = Some(doc);
            return;
        }
        if let Some(first) = self.first.take() {
            found(first);
        }
        found(doc);
    }
}

/// The terms that are stored of some articles: those that another article of the whole pile has.
#[derive(Clone, Debug, Default)]
pub struct Stored(Vec<Term>);

impl Stored {
    /// Adds terms of an article that [`SharedRows`] found.
    pub fn extend(&mut self, terms: impl IntoIterator<Item = u64>) {
        self.0.extend(terms.into_iter().map(Term::of_bits));
    }

    fn lexicon(mut self) -> Lexicon {
        self.0.sort_unstable();
        self.0.dedup();
        Lexicon::of_terms(self.0)
    }
}

/// Two articles that were compared, the earlier one first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// The earlier article.
    pub a: DocId,
    /// The later article.
    pub b: DocId,
    /// How alike they are; below 0 for two installments of a series.
    pub similarity: f32,
    /// Whether a story may come to hold both for this pair alone.
    pub links: bool,
}

/// How many seconds before an article those begin that it is compared with, where both have a date. One without a
/// date is compared with all that come before it.
pub fn reach_back(config: &StoryConfig) -> i64 {
    postings::reach(config.window_hours)
}

/// The pairs of each text from `first` on with earlier ones. `corpus` has every text that one of them reaches, and
/// no copies.
///
/// # Errors
/// None: nobody asks it to stop.
pub fn neighbours_of(
    corpus: &Corpus,
    stored: Stored,
    first: DocId,
    statistics: &Statistics,
    config: &StoryConfig,
) -> Result<Vec<Alike>> {
    let families = Families::new(Vec::new(), corpus.len());
    let frequencies = &statistics.frequencies;
    let vectors = Vectors::over(corpus, &families, frequencies, Some(stored.lexicon()), &Silent)?;
    let installments = Installments::find(corpus, &families, &frequencies.stop_words, &Silent)?;
    let hours = config.window_hours;
    let found = neighbours::similarities(corpus, &vectors, &installments, hours, first, &Silent)?;
    let pairs = corpus.docs().flat_map(|b| {
        found.of(b.0).iter().map(move |&Held { other, similarity }| Alike {
            a: DocId(other),
            b,
            similarity,
            links: links(similarity, config.threshold),
        })
    });
    Ok(pairs.collect())
}

/// The direction of a story: its heaviest terms with their weights.
pub type Direction = Vec<(u64, f32)>;

/// The stories of articles that nothing links to others, each article's story, and the directions by which
/// storylines are told. `alike` has the pairs among them; no story has a storyline yet.
///
/// # Errors
/// None: nobody asks it to stop.
pub fn stories_of(
    corpus: &Corpus,
    families: &Families,
    stored: Stored,
    alike: &[Alike],
    statistics: &Statistics,
    config: &StoryConfig,
) -> Result<(Vec<Story>, Vec<u32>, Vec<Direction>)> {
    let frequencies = &statistics.frequencies;
    let vectors = Vectors::over(corpus, families, frequencies, Some(stored.lexicon()), &Silent)?;
    let space = Space {
        corpus,
        frequencies,
        vectors,
        installments: Installments::none(corpus.len()),
        similarities: held(corpus.len(), alike),
    };
    let constraints = Constraints::default();
    let agreement = |a: &[u32], b: &[u32]| space.agreement(a, b);
    let rule = space.rule(config, &constraints, &agreement);
    let clusters = linkage::average_linkage(&space.similarities, &rule, &Silent)?;
    let described = describe_each(corpus, families, &clusters, &space, true, &Silent)?;
    let with_terms = |direction: Vec<(u32, f32)>| -> Direction {
        let term = |(place, weight)| (space.vectors.term(place).bits(), weight);
        direction.into_iter().map(term).collect()
    };
    let directions = described.directions.into_iter().map(with_terms).collect();
    Ok((described.stories, described.of, directions))
}

/// The pairs as linkage reads them: at the later article, ascending by the earlier.
fn held(articles: usize, alike: &[Alike]) -> Similarities {
    let mut of = vec![Vec::new(); articles];
    for pair in alike {
        of[pair.b.index()].push(Held { other: pair.a.0, similarity: pair.similarity });
    }
    let in_order = |mut held: Vec<Held>| {
        held.sort_unstable_by_key(|alike| alike.other);
        held.into_boxed_slice()
    };
    Similarities::new(of.into_iter().map(in_order).collect())
}

/// The storylines of two stories or more, as places among `directions`, which come in order of time. Of all
/// stories at once, 12 bytes for each term of each.
///
/// # Errors
/// None: nobody asks it to stop.
pub fn storylines_of(directions: Vec<Direction>, statistics: &Statistics) -> Result<Vec<Vec<u32>>> {
    let mut stored = Stored::default();
    stored.extend(directions.iter().flatten().map(|&(term, _)| term));
    let lexicon = stored.lexicon();
    let numbers = Numbering::of(&lexicon, &statistics.frequencies).numbers;
    let numbered = directions.into_iter().map(|direction| {
        let number = |(term, weight)| {
            let place = lexicon.place(Term::of_bits(term))?;
            Some((numbers[place as usize], weight))
        };
        direction.into_iter().filter_map(number).collect::<Vec<(u32, f32)>>()
    });
    let numbered: Vec<Vec<(u32, f32)>> = numbered.collect();
    let order: Vec<u32> = (0..numbered.len() as u32).collect();
    storyline::storylines(numbered, &order, &Spill::default(), &Silent)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::ingest::{IngestOptions, ingest};
    use crate::story::{Storyline, stories};
    use crate::text::tell_languages;
    use crate::union_find::UnionFind;

    /// The articles at these places, as a corpus of their own.
    fn some(corpus: &Corpus, docs: &[DocId]) -> Corpus {
        let articles = docs.iter().map(|&doc| corpus.get(doc).clone()).collect();
        Corpus::keyed(articles, docs.iter().map(|&doc| corpus.key(doc)).collect())
    }

    #[test]
    fn slices_and_components_tell_what_all_articles_together_tell() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl").to_owned();
        let mut corpus = ingest(&[path], &IngestOptions::default(), &Silent).unwrap().corpus;
        tell_languages(&mut corpus);
        let (statistics, config) = (Statistics::shipped(), StoryConfig::default());
        let none = Families::new(Vec::new(), corpus.len());
        let whole = stories(&corpus, &none, &statistics, &config, true, &Silent).unwrap();
        assert!(whole.stories.len() > 20 && whole.storylines.len() > 2);

        let mut rows = BTreeSet::new();
        for doc in corpus.docs() {
            rows.extend(terms_of(corpus.get(doc), &statistics).into_iter().map(|term| (term, doc)));
        }
        let (mut shared, mut found) = (SharedRows::default(), BTreeMap::<DocId, Vec<u64>>::new());
        for &(term, doc) in &rows {
            shared.push(term, doc, |doc| found.entry(doc).or_default().push(term));
        }
        let stored = |docs: &[DocId]| {
            let mut stored = Stored::default();
            docs.iter()
                .for_each(|doc| stored.extend(found.get(doc).into_iter().flatten().copied()));
            stored
        };

        // Each slice has what its first article reaches and no more.
        let docs: Vec<DocId> = corpus.docs().collect();
        let second = |doc: DocId| corpus.get(doc).published.map(|at| at.at.as_second());
        let mut alike = Vec::new();
        for own in docs.chunks(17) {
            // One without a date, which is the least of all, reaches everything.
            let from = own.iter().filter_map(|&doc| second(doc)).min();
            let from = from.filter(|_| own.iter().all(|&doc| second(doc).is_some()));
            let reached = |&doc: &DocId| match (from, second(doc)) {
                (Some(first), Some(at)) => at >= first - reach_back(&config),
                _ => true,
            };
            let end = own[own.len() - 1];
            let slice: Vec<DocId> = corpus.docs().take(end.index() + 1).filter(reached).collect();
            let first = DocId(slice.partition_point(|&doc| doc < own[0]) as u32);
            let part = some(&corpus, &slice);
            let pairs = neighbours_of(&part, stored(&slice), first, &statistics, &config).unwrap();
            let whole = |doc: DocId| slice[doc.index()];
            alike.extend(pairs.into_iter().map(|p| Alike { a: whole(p.a), b: whole(p.b), ..p }));
        }

        let mut sets = UnionFind::new(corpus.len());
        alike.iter().filter(|pair| pair.links).for_each(|pair| {
            sets.union(pair.a.0, pair.b.0);
        });
        let mut components = BTreeMap::<u32, Vec<DocId>>::new();
        corpus.docs().for_each(|doc| components.entry(sets.find(doc.0)).or_default().push(doc));
        assert!(components.len() > 5);
        let mut told: Vec<(Story, Direction)> = Vec::new();
        for docs in components.values() {
            let place = |doc: DocId| docs.binary_search(&doc).ok().map(|place| DocId(place as u32));
            let inside = alike
                .iter()
                .filter_map(|pair| Some(Alike { a: place(pair.a)?, b: place(pair.b)?, ..*pair }));
            let inside: Vec<Alike> = inside.collect();
            let none = Families::new(Vec::new(), docs.len());
            let part = some(&corpus, docs);
            let (stories, _, directions) =
                stories_of(&part, &none, stored(docs), &inside, &statistics, &config).unwrap();
            let of_all = |doc: DocId| docs[doc.index()];
            for (mut story, direction) in stories.into_iter().zip(directions) {
                story.members.iter_mut().for_each(|doc| *doc = of_all(*doc));
                story.lead = of_all(story.lead);
                story.weakest = story.weakest.map(|(doc, alike)| (of_all(doc), alike));
                if let Some(first) = &mut story.first {
                    first.doc = of_all(first.doc);
                }
                told.push((story, direction));
            }
        }
        told.sort_by_key(|(story, _)| story.members[0]);
        let (mut stories, directions): (Vec<Story>, Vec<Direction>) = told.into_iter().unzip();
        let places = storylines_of(directions, &statistics).unwrap();
        let storylines: Vec<Storyline> =
            places.into_iter().map(|places| Storyline::of(&stories, places)).collect();
        for (number, storyline) in (0..).zip(&storylines) {
            storyline.stories.iter().for_each(|&story| {
                stories[story as usize].storyline = Some(number);
            });
        }
        assert_eq!(storylines, whole.storylines);
        assert_eq!(stories, whole.stories);
    }

    #[test]
    fn who_stands_for_whom_is_all_that_stories_ask_of_families() {
        let families = Families::of_representatives(&[2, 1, 2, 3, 2].map(DocId));
        let stands: Vec<u32> = (0..5).map(|doc| families.representative(DocId(doc)).0).collect();
        assert_eq!(stands, [2, 1, 2, 3, 2]);
        assert_eq!(families.all().len(), 1);
    }
}
