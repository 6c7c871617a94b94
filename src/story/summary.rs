//! What a story is about: the sum of its texts' vectors, and what can be read off it.
//!
//! Every pair's cosine is in that sum, so the mean similarity of a story's texts, what each term
//! adds to it and which text is the most central cost one pass over the story, not one over its
//! pairs.

use crate::article::{Corpus, DocId};
use crate::statistics::{Kind, Term, readings};
use crate::story::postings::heaviest;
use crate::story::space::Space;
use crate::story::vectors::TermPlace;

/// How many terms a story names.
const NAMED_TERMS: usize = 8;
/// Of so many heaviest terms the names are chosen, one that only repeats another's words left out.
const NAMEABLE_TERMS: usize = 3 * NAMED_TERMS;

/// The sum of some texts' vectors, terms ascending.
pub(super) struct Topic {
    pub(super) texts: Vec<DocId>,
    sum: Vec<Summand>,
}

/// What the texts of a topic have of one term.
#[derive(Clone, Copy)]
struct Summand {
    place: TermPlace,
    weight: f64,
    /// The sum of the weights' squares: what the term adds to a text's cosine with itself.
    squares: f64,
}

impl Topic {
    /// Sums up the texts, which are in order.
    pub(super) fn of(texts: Vec<DocId>, space: &Space<'_>) -> Self {
        let mut sum: Vec<Summand> = Vec::new();
        for &doc in &texts {
            let (places, weights) = space.vectors.of(doc);
            let weights = weights.iter().map(|&weight| f64::from(weight));
            sum.extend(places.iter().zip(weights).map(|(&place, weight)| Summand {
                place,
                weight,
                squares: weight * weight,
            }));
        }
        if texts.len() > 1 {
            // Stable, so that each term's weights are added in order of articles.
            sum.sort_by_key(|summand| summand.place);
            sum.dedup_by(|next, first| {
                let same = next.place == first.place;
                if same {
                    first.weight += next.weight;
                    first.squares += next.squares;
                }
                same
            });
        }
        Self { texts, sum }
    }

    /// How many pairs of texts there are.
    fn pairs(&self) -> f64 {
        let texts = self.texts.len() as f64;
        texts * (texts - 1.0) / 2.0
    }

    /// The mean cosine of two of its texts; 1 where there is one.
    pub(super) fn cohesion(&self) -> f64 {
        if self.texts.len() < 2 {
            return 1.0;
        }
        self.sum.iter().map(|s| (s.weight * s.weight - s.squares) / 2.0).sum::<f64>() / self.pairs()
    }

    /// The topic as a vector of length one, of which the heaviest terms are kept, terms ascending.
    pub(super) fn direction(&self, most: usize) -> Vec<(TermPlace, f32)> {
        let length = self.sum.iter().map(|s| s.weight * s.weight).sum::<f64>().sqrt();
        let (places, weights): (Vec<TermPlace>, Vec<f32>) =
            self.sum.iter().map(|s| (s.place, (s.weight / length) as f32)).unzip();
        let mut direction = heaviest((&places, &weights), most, |_| true);
        // All stories' directions lie in memory together.
        direction.shrink_to_fit();
        direction
    }

    /// The text most alike to all of them; the earliest published of those equally alike.
    pub(super) fn lead(&self, corpus: &Corpus, space: &Space<'_>) -> DocId {
        let mut scored = self.texts.iter().map(|&doc| (self.likeness(doc, space), doc));
        let first = scored.next().unwrap_or((0.0, DocId(0)));
        let better = |best: (f64, DocId), next: (f64, DocId)| {
            let order = next.0.total_cmp(&best.0).then(corpus.by_publication(best.1, next.1));
            if order.is_gt() { next } else { best }
        };
        scored.fold(first, better).1
    }

    /// The mean cosine of each text to the others, in their order; none where there is one.
    pub(super) fn similarities(&self, space: &Space<'_>) -> Vec<f64> {
        let Some(others) = self.texts.len().checked_sub(1).filter(|&others| others > 0) else {
            return Vec::new();
        };
        self.texts.iter().map(|&doc| self.likeness(doc, space) / others as f64).collect()
    }

    /// The text least alike to the others, the first of equals, with its mean cosine to them, given
    /// [`Self::similarities`]; none where there is one.
    pub(super) fn weakest(&self, similarities: &[f64]) -> Option<(DocId, f64)> {
        let scored = similarities.iter().zip(&self.texts);
        let (&similarity, &doc) = scored.min_by(|x, y| x.0.total_cmp(y.0).then(x.1.cmp(y.1)))?;
        Some((doc, similarity))
    }

    /// The sum of a text's cosines with the others.
    fn likeness(&self, doc: DocId, space: &Space<'_>) -> f64 {
        let (places, weights) = space.vectors.of(doc);
        let mut at = 0;
        let mut alike = 0.0;
        for (&place, &weight) in places.iter().zip(weights) {
            while self.sum[at].place < place {
                at += 1;
            }
            let weight = f64::from(weight);
            alike += weight * (self.sum[at].weight - weight);
        }
        alike
    }

    /// The terms that hold the texts together, heaviest first; a single text's heaviest terms.
    pub(super) fn terms(&self, lead: DocId, corpus: &Corpus, space: &Space<'_>) -> Vec<String> {
        let wanted: Vec<(Term, f64)> = if self.texts.len() > 1 {
            let term = |s: &Summand| (space.vectors.term(s.place), s.weight * s.weight - s.squares);
            self.sum.iter().map(term).filter(|&(_, binds)| binds > 0.0).collect()
        } else {
            let weights = space.vectors.weigh(corpus.get(lead));
            weights.into_iter().map(|(term, weight)| (term, f64::from(weight))).collect()
        };
        let wanted = heaviest_terms(wanted);
        let mut read: Vec<(Term, String)> = Vec::new();
        let others = self.texts.iter().copied().filter(|&doc| doc != lead);
        for doc in std::iter::once(lead).chain(others) {
            let missing: Vec<Term> = wanted
                .iter()
                .copied()
                .filter(|term| !read.iter().any(|(known, _)| known == term))
                .collect();
            if missing.is_empty() {
                break;
            }
            read.extend(readings(corpus.get(doc), &space.frequencies.stop_words, &missing));
        }
        let reading = |term: &Term| read.iter().find(|(known, _)| known == term);
        let ranked = wanted.iter().filter_map(reading).map(|(_, text)| text.as_str());
        without_repetition(ranked, NAMED_TERMS)
    }
}

/// The heaviest terms but for numbers, which tell a reader little without their words.
fn heaviest_terms(mut terms: Vec<(Term, f64)>) -> Vec<Term> {
    terms.retain(|(term, _)| term.kind() != Kind::Number);
    terms.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    terms.truncate(NAMEABLE_TERMS);
    terms.into_iter().map(|(term, _)| term).collect()
}

/// The first terms that each name a word which none before them named.
fn without_repetition<'t>(ranked: impl Iterator<Item = &'t str>, most: usize) -> Vec<String> {
    let mut named: Vec<&str> = Vec::new();
    let mut chosen = Vec::new();
    for term in ranked {
        if chosen.len() < most && term.split(' ').any(|word| !named.contains(&word)) {
            named.extend(term.split(' '));
            chosen.push(term.to_owned());
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_that_only_repeats_words_is_left_out() {
        let ranked = ["ferry", "ostend ferry", "ostend", "harbour"];
        assert_eq!(without_repetition(ranked.into_iter(), 8), ["ferry", "ostend ferry", "harbour"]);
        assert_eq!(without_repetition(ranked.into_iter(), 1), ["ferry"]);
    }
}
