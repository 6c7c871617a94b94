//! The sentences of two articles as vectors, weighted by how few of those sentences have a term.
//!
//! tf-isf: a stem's occurrences in the sentence times the logarithm of one over the share of the two
//! articles' sentences that have it. Sums run in order of stems, so a cosine is the same on every
//! machine. `O(n log n)` in the words of the pair.

use super::stems::Stems;
use super::tokens::Tokens;
use crate::article::DocId;

/// A sentence of no more words belongs to the next one.
const SHORT_WORDS: u32 = 3;

/// A stem of a sentence, and its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) stem: u32,
    pub(super) weight: f64,
}

/// A sentence, or several together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sentence {
    /// Position of its first word.
    pub(super) start: u32,
    /// One past that of its last.
    pub(super) end: u32,
    /// In order of stems.
    pub(super) terms: Vec<Term>,
    /// The vector's length, in the geometer's sense.
    pub(super) norm: f64,
}

impl Sentence {
    fn new(start: u32, end: u32, terms: Vec<Term>) -> Self {
        let norm = libm::sqrt(terms.iter().map(|term| term.weight * term.weight).sum());
        Self { start, end, terms, norm }
    }

    /// The sum of neighbours, which are in order.
    pub(super) fn sum(sentences: &[Self]) -> Self {
        let mut terms: Vec<Term> =
            sentences.iter().flat_map(|sentence| sentence.terms.iter().copied()).collect();
        // Stable: weights of one stem are added in order of the sentences.
        terms.sort_by_key(|term| term.stem);
        let terms = terms
            .chunk_by(|one, other| one.stem == other.stem)
            .map(|same| Term {
                stem: same[0].stem,
                weight: same.iter().map(|term| term.weight).sum(),
            })
            .collect();
        let start = sentences.first().map_or(0, |first| first.start);
        Self::new(start, sentences.last().map_or(start, |last| last.end), terms)
    }

    /// Cosine and Dice (of the stems, weights left aside), each 0 to 1.
    pub(super) fn likeness(&self, other: &Self) -> (f64, f64) {
        let (mut i, mut j, mut dot, mut common) = (0, 0, 0.0, 0_u32);
        while i < self.terms.len() && j < other.terms.len() {
            let (one, two) = (self.terms[i], other.terms[j]);
            if one.stem == two.stem {
                dot += one.weight * two.weight;
                common += 1;
            }
            i += usize::from(one.stem <= two.stem);
            j += usize::from(two.stem <= one.stem);
        }
        let cosine = if dot > 0.0 { dot / (self.norm * other.norm) } else { 0.0 };
        let terms = self.terms.len() + other.terms.len();
        (cosine, 2.0 * f64::from(common) / terms.max(1) as f64)
    }
}

/// The sentences of two articles.
pub(super) fn of_pair(
    tokens: &Tokens,
    stems: &Stems,
    (a, b): (DocId, DocId),
) -> (Vec<Sentence>, Vec<Sentence>) {
    let bag = |(start, end): (u32, u32)| {
        let mut words: Vec<u32> = (start..end).map(|position| stems.at(position)).collect();
        words.sort_unstable();
        let terms: Vec<(u32, u32)> = words
            .chunk_by(|one, other| one == other)
            .map(|same| (same[0], same.len() as u32))
            .collect();
        (start, end, terms)
    };
    let (in_a, in_b) = (bounds(tokens, a), bounds(tokens, b));
    let split = in_a.len();
    let bags: Vec<_> = in_a.into_iter().chain(in_b).map(bag).collect();
    let mut all: Vec<u32> =
        bags.iter().flat_map(|(.., terms)| terms.iter().map(|term| term.0)).collect();
    all.sort_unstable();
    let frequencies: Vec<(u32, usize)> =
        all.chunk_by(|one, other| one == other).map(|same| (same[0], same.len())).collect();
    let count = bags.len() as f64;
    let weigh = |(stem, occurrences): (u32, u32)| {
        let at = frequencies.partition_point(|&(other, _)| other < stem);
        let isf = libm::log(count / frequencies[at].1 as f64);
        Term { stem, weight: f64::from(occurrences) * isf }
    };
    let mut sentences: Vec<Sentence> = bags
        .into_iter()
        .map(|(start, end, terms)| {
            Sentence::new(start, end, terms.into_iter().map(weigh).collect())
        })
        .collect();
    let of_b = sentences.split_off(split);
    (sentences, of_b)
}

/// Where an article's sentences begin and end.
fn bounds(tokens: &Tokens, doc: DocId) -> Vec<(u32, u32)> {
    let range = tokens.range(doc);
    let mut bounds: Vec<(u32, u32)> = Vec::new();
    let mut start = range.start;
    for end in range.start + 1..=range.end {
        if end == range.end || end - start > SHORT_WORDS && tokens.begins_sentence(end) {
            bounds.push((start, end));
            start = end;
        }
    }
    if let [.., before, last] = bounds.as_mut_slice()
        && last.1 - last.0 <= SHORT_WORDS
    {
        before.1 = last.1;
        bounds.pop();
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;

    fn pair(a: &str, b: &str) -> (Vec<Sentence>, Vec<Sentence>) {
        let corpus = corpus(&[("a", a), ("b", b)]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let stems = Stems::read(&corpus, &tokens, &Silent).unwrap();
        of_pair(&tokens, &stems, (DocId(0), DocId(1)))
    }

    fn places(sentences: &[Sentence]) -> Vec<(u32, u32)> {
        sentences.iter().map(|sentence| (sentence.start, sentence.end)).collect()
    }

    #[test]
    fn short_sentences_go_with_their_neighbours() {
        let (a, b) = pair("Stop. One two three four. Five six seven eight. End here.", "");
        assert_eq!(places(&a), [(0, 5), (5, 11)]);
        assert_eq!(b, []);
        assert_eq!(places(&pair("Stop.", "Go on.").1), [(1, 3)]);
    }

    #[test]
    fn likeness_worked_by_hand() {
        let (a, b) = pair("North south east west.", "North south up down. Red blue pink grey.");
        // Of three sentences two have north and south: isf ln 3/2; the others one: ln 3.
        let (two, one) = (1.5_f64.ln(), 3.0_f64.ln());
        let norm_squared = 2.0 * two * two + 2.0 * one * one;
        let (cosine, dice) = a[0].likeness(&b[0]);
        assert!((cosine - 2.0 * two * two / norm_squared).abs() < 1e-12, "{cosine}");
        assert_eq!(dice, 0.5);
        assert_eq!(a[0].likeness(&b[1]), (0.0, 0.0));
    }

    #[test]
    fn a_sum_spans_its_sentences_and_adds_their_weights() {
        let (_, b) = pair("Other words stand here.", "Red blue pink grey. Red green black white.");
        let sum = Sentence::sum(&b);
        assert_eq!((sum.start, sum.end, sum.terms.len()), (4, 12, 7));
        let red = 2.0 * 1.5_f64.ln();
        assert!(sum.terms.iter().any(|term| (term.weight - red).abs() < 1e-12));
        assert_eq!(Sentence::sum(&b[..1]), b[0]);
    }
}
