//! Why two articles are, or are not, reports of one event.

use serde::Serialize;

use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::statistics::{Statistics, Term, readings};
use crate::story::evidence::Evidence;
use crate::story::linkage::merges_around;
use crate::story::neighbours::{days_between, within_window};
use crate::story::path::{Apart, Path, links, mean_similarity, merge_steps};
use crate::story::similarities::Edge;
use crate::story::space::Space;
use crate::story::{Grouped, Stories, StoryConfig, describe_each, group, texts};

/// How alike two articles are, number by number: `similarity` is `cosine · time_factor · names ·
/// numbers`, or 0 where that is too little, where the heaviest terms of the two have so little in
/// common that they are never compared, or where they lie further apart than the window. Of two installments of one series it is below 0: it counts against one story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoryEvidence {
    /// The article that stands for the first one's family, or the first one itself.
    pub a: DocId,
    /// The same for the second one.
    pub b: DocId,
    /// The cosine of their term vectors; 1 for an article and its copy.
    pub cosine: f64,
    /// The terms that both have, those first that add most to the cosine.
    pub shared: Vec<SharedTerm>,
    /// Days between their publications, where both are dated.
    pub days_apart: Option<f64>,
    /// What the time between them leaves of the cosine.
    pub time_factor: f64,
    /// Whether they lie within the window; true where one is undated.
    pub within_window: bool,
    /// What their names leave of it.
    pub names: f64,
    /// What their numbers leave of it, where both are mostly figures.
    pub numbers: f64,
    /// The same four as evidence that adds up.
    pub weights: Weights,
    /// Whether they are two installments of one series.
    pub installments: bool,
    /// What the clustering goes by.
    pub similarity: f64,
    /// The mean similarity that a story takes.
    pub threshold: f64,
    /// How they came into one story, where they are in one and are not copies.
    pub path: Option<Path>,
    /// What keeps them apart, where they are in two.
    pub apart: Option<Apart>,
}

/// Evidence in doublings: logarithms to the base of two, so that factors add up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Weights {
    /// The cosine over the threshold: below 0 where words alone are too few.
    pub words: f64,
    /// The time between the two; never over 0.
    pub time: f64,
    /// Names that differ; never over 0.
    pub names: f64,
    /// Numbers that differ; never over 0.
    pub numbers: f64,
    /// All of them: 0 where the similarity is at the threshold, over 0 where it is over it.
    pub sum: f64,
}

impl Weights {
    /// Words say no less than this share of the threshold does.
    const LEAST: f64 = 0.001;

    fn of(said: &Evidence, threshold: f64) -> Self {
        let words = libm::log2((said.words / threshold.max(Self::LEAST)).max(Self::LEAST));
        let [time, names, numbers] = [said.time, said.names, said.numbers].map(libm::log2);
        Self { words, time, names, numbers, sum: words + time + names + numbers }
    }

    /// What speaks against, with its name, where without it the sum would change its side.
    pub fn deciding(&self) -> Vec<&'static str> {
        let against = [("time", self.time), ("names", self.names), ("numbers", self.numbers)];
        let turns = |weight: f64| self.sum < 0.0 && self.sum - weight >= 0.0;
        against.into_iter().filter(|&(_, weight)| turns(weight)).map(|(name, _)| name).collect()
    }
}

/// A term that two articles share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SharedTerm {
    /// How it reads.
    pub text: String,
    /// Its weight in the first article's vector.
    pub weight_a: f64,
    /// Its weight in the second one's.
    pub weight_b: f64,
}

/// Holds two articles of a corpus against each other, with the numbers that [`stories`] has: every
/// one of them depends on the whole corpus, and it takes as long. The stories come along.
///
/// [`stories`]: crate::story::stories
///
/// # Errors
/// Those of [`stories`].
pub fn explain(
    corpus: &Corpus,
    families: &Families,
    statistics: &Statistics,
    config: &StoryConfig,
    a: DocId,
    b: DocId,
    observer: &dyn Observer,
) -> Result<(Stories, StoryEvidence)> {
    let grouped = group(corpus, families, statistics, config, observer)?;
    let space = &grouped.space;
    let described = describe_each(corpus, families, &grouped.clusters, space, true, observer)?;
    let stories = described.tied_together(corpus, observer)?;
    let (a, b) = (families.representative(a), families.representative(b));
    let days = days_between(corpus, a, b);
    let [profile_a, profile_b] = [a, b].map(|doc| space.vectors.profile(doc));
    let said = match a == b {
        true => Evidence { words: 1.0, time: 1.0, names: 1.0, numbers: 1.0 },
        false => Evidence::of(space.vectors.dots(a, b), profile_a, profile_b, days),
    };
    let together = stories.of[a.index()] == stories.of[b.index()];
    let evidence = StoryEvidence {
        a,
        b,
        cosine: said.words,
        shared: shared_terms(corpus, space, a, b),
        days_apart: days,
        time_factor: said.time,
        within_window: within_window(days, config.window_hours),
        names: said.names,
        numbers: said.numbers,
        weights: Weights::of(&said, config.threshold),
        installments: a != b && space.installments.are_two(a, b, days),
        similarity: if a == b { 1.0 } else { space.similarities.between(a.0, b.0) },
        threshold: config.threshold,
        path: (together && a != b).then(|| path(corpus, config, &grouped, &stories, a, b)),
        apart: (!together).then(|| apart(corpus, families, config, &grouped, &stories, [a, b])),
    };
    Ok((stories, evidence))
}

fn path(
    corpus: &Corpus,
    config: &StoryConfig,
    grouped: &Grouped<'_>,
    stories: &Stories,
    a: DocId,
    b: DocId,
) -> Path {
    let Grouped { space, constraints, .. } = grouped;
    let of = |text: u32| stories.of[text as usize];
    let story = of(a.0);
    let inside: Vec<Edge> = space
        .similarities
        .edges()
        .filter(|edge| of(edge.a) == story && of(edge.b) == story)
        .collect();
    let agreement = |a: &[u32], b: &[u32]| space.agreement(a, b);
    let rule = space.rule(config, constraints, &agreement);
    let merges = |text: DocId| {
        let around = merges_around(text.0, &space.similarities, &rule);
        around.into_iter().filter(|merge| of(merge.into) == story)
    };
    // What only a correction ties may lie in two components.
    let mut all: Vec<_> = merges(a).collect();
    if !all.iter().any(|merge| merge.into == b.0 || merge.from == b.0) {
        all.extend(merges(b));
    }
    let members = &stories.stories[story as usize].members;
    let tied_by = config.corrections.within(corpus, members);
    Path {
        merges: merge_steps(corpus, &all, &inside, [a, b]),
        links: links(corpus, &inside, config.threshold, a, b),
        tied_by: tied_by.into_iter().map(ToString::to_string).collect(),
    }
}

fn apart(
    corpus: &Corpus,
    families: &Families,
    config: &StoryConfig,
    grouped: &Grouped<'_>,
    stories: &Stories,
    pair: [DocId; 2],
) -> Apart {
    let members = pair.map(|doc| &stories.stories[stories.of[doc.index()] as usize].members);
    let [texts_a, texts_b] = members.map(|members| texts(families, members));
    let line = config.corrections.apart(corpus, members[0], members[1]);
    Apart {
        mean_similarity: mean_similarity(&grouped.space.similarities, &texts_a, &texts_b),
        agreement: {
            let [a, b] = [&texts_a, &texts_b].map(|texts| texts.iter().map(|doc| doc.0).collect());
            let (a, b): (Vec<u32>, Vec<u32>) = (a, b);
            grouped.space.agreement(&a, &b)
        },
        texts_a: texts_a.len(),
        texts_b: texts_b.len(),
        kept_apart_by: line.map(ToString::to_string),
    }
}

fn shared_terms(corpus: &Corpus, space: &Space<'_>, a: DocId, b: DocId) -> Vec<SharedTerm> {
    let shared: Vec<(Term, f32, f32)> = space
        .vectors
        .shared(a, b)
        .map(|(place, weight_a, weight_b)| (space.vectors.term(place), weight_a, weight_b))
        .collect();
    let wanted: Vec<Term> = shared.iter().map(|&(term, _, _)| term).collect();
    let mut read = readings(corpus.get(a), &space.frequencies.stop_words, &wanted);
    read.sort_unstable_by_key(|&(term, _)| term);
    let mut terms: Vec<SharedTerm> = shared
        .into_iter()
        .zip(read)
        .map(|((_, weight_a, weight_b), (_, text))| SharedTerm {
            text,
            weight_a: f64::from(weight_a),
            weight_b: f64::from(weight_b),
        })
        .collect();
    terms.sort_by(|x, y| {
        let adds = |term: &SharedTerm| term.weight_a * term.weight_b;
        adds(y).total_cmp(&adds(x)).then_with(|| x.text.cmp(&y.text))
    });
    terms
}
