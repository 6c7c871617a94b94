//! Why two articles are, or are not, reports of one event.

use serde::Serialize;

use crate::article::{Corpus, DocId};
use crate::error::Result;
use crate::family::Families;
use crate::observer::Silent;
use crate::story::StoryConfig;
use crate::story::density::correction;
use crate::story::neighbours::{days_between, within_window};
use crate::story::space::Space;
use crate::story::terms::{Term, readings};
use crate::story::time::time_factor;

/// How alike two articles are, number by number: `similarity` is `cosine · time_factor ·
/// correction`, or 0 where cosine and time alone leave too little, where the heaviest terms of the
/// two have so little in common that they are never compared, or where they lie further apart than
/// the window.
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
    /// How crowded the first one's topic is, as the correction takes it: capped, and never 0.
    pub density_a: f64,
    /// How crowded the second one's topic is.
    pub density_b: f64,
    /// The factor that follows from both densities.
    pub correction: f64,
    /// What the clustering goes by.
    pub similarity: f64,
    /// The mean similarity that a story takes.
    pub threshold: f64,
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
/// one of them depends on the whole corpus, and it takes as long.
///
/// [`stories`]: crate::story::stories
///
/// # Errors
/// None at present; the corpus is read by the same code that a run can interrupt.
pub fn explain(
    corpus: &Corpus,
    families: &Families,
    config: &StoryConfig,
    a: DocId,
    b: DocId,
) -> Result<StoryEvidence> {
    let space = Space::build(corpus, families, config, &Silent)?;
    let (a, b) = (families.representative(a), families.representative(b));
    let cosine = if a == b { 1.0 } else { space.vectors.cosine(a, b) };
    let days = days_between(corpus, a, b);
    let [density_a, density_b] = [a, b].map(|doc| space.neighbours.densities[doc.index()]);
    let correction = correction(density_a, density_b);
    Ok(StoryEvidence {
        a,
        b,
        cosine,
        shared: shared_terms(corpus, &space, a, b),
        days_apart: days,
        time_factor: time_factor(days),
        within_window: within_window(days, config.window_hours),
        density_a,
        density_b,
        correction,
        similarity: space.neighbours.closeness(a, b) * correction,
        threshold: config.threshold,
    })
}

fn shared_terms(corpus: &Corpus, space: &Space, a: DocId, b: DocId) -> Vec<SharedTerm> {
    let shared: Vec<(Term, f32, f32)> = space
        .vectors
        .shared(a, b)
        .map(|(place, weight_a, weight_b)| (space.vectors.term(place), weight_a, weight_b))
        .collect();
    let wanted: Vec<Term> = shared.iter().map(|&(term, _, _)| term).collect();
    let mut read = readings(corpus.get(a), &space.language.stop_words, &wanted);
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
