//! Which article may have been copied into which: an edge list of articles, as the R package RNewsflow
//! works with (`from`, `to`, `weight`, `hourdiff`).
//!
//! Each syndicated passage ties one article, the earliest of its likely source or else the earliest of all, to every other that
//! has it, of another outlet: a passage in 300 articles makes 299 edges, not 300². Cost: n log n in the occurrences.

use super::directions::Houses;
use crate::article::{ByteSpan, Corpus, DocId};
use crate::passage::{Kind, Origin, Passage};

/// Two articles that share syndicated passages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArticleEdge {
    /// The one that had them first, as far as is known.
    pub from: DocId,
    /// The other.
    pub to: DocId,
    /// The share of the other's text that stands in them, 0 to 1.
    pub weight: f64,
    /// Hours from the first to the other, where both have a date; whole days where one is no more
    /// than a day.
    pub hourdiff: Option<f64>,
}

/// The edges, by the two articles.
pub fn article_edges(
    corpus: &Corpus,
    passages: &[Passage],
    origins: &[Origin],
) -> Vec<ArticleEdge> {
    let outlet = |doc: DocId| corpus.get(doc).outlet.as_str();
    let mut shared: Vec<(DocId, DocId, ByteSpan)> = Vec::new();
    let mut names: Vec<&str> = corpus.articles().iter().map(|a| a.outlet.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let houses = Houses::of(&names);
    let syndicated =
        passages.iter().zip(origins).filter(|(passage, _)| passage.kind == Kind::Syndicated);
    for (passage, origin) in syndicated {
        let docs = passage.occurrences.iter().map(|at| at.doc);
        let of_source = docs.filter(|&doc| {
            let source = origin.source.as_ref();
            source.is_some_and(|source| houses.is_called(outlet(doc), source))
        });
        let of_source = of_source.min_by(|&a, &b| corpus.by_publication(a, b));
        let from = of_source.unwrap_or(passage.first().doc);
        for at in &passage.occurrences {
            let one_house = !outlet(from).is_empty() && outlet(from) == outlet(at.doc);
            if at.doc != from && !one_house {
                shared.push((from, at.doc, at.bytes));
            }
        }
    }
    shared.sort_unstable();
    shared
        .chunk_by(|one, other| (one.0, one.1) == (other.0, other.1))
        .map(|spans| {
            let (from, to, _) = spans[0];
            let whole = corpus.get(to).text.trim().len().max(1) as f64;
            let part = f64::from(covered(spans.iter().map(|&(.., span)| span)));
            let dates = corpus.get(from).published.zip(corpus.get(to).published);
            let hourdiff =
                dates.map(|(from, to)| (to.at.as_second() - from.at.as_second()) as f64 / 3_600.0);
            ArticleEdge { from, to, weight: (part / whole).min(1.0), hourdiff }
        })
        .collect()
}

/// How many bytes the spans, sorted by their start, cover together.
pub(super) fn covered(spans: impl Iterator<Item = ByteSpan>) -> u32 {
    let mut end = 0;
    let mut bytes = 0;
    for span in spans {
        bytes += span.end.saturating_sub(span.start.max(end));
        end = end.max(span.end);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::sample::{SHARED, Sample};

    #[test]
    fn the_first_article_leads_to_each_other_with_their_hours() {
        let sample = Sample::new();
        let results = &sample.results;
        let (passages, origins) = (results.passages.as_ref().unwrap(), results.origins.as_ref());
        let edges = article_edges(&results.corpus, passages, origins.unwrap());
        let told: Vec<_> = edges.iter().map(|edge| (edge.from, edge.to, edge.hourdiff)).collect();
        let doc = |id| sample.doc(id);
        assert_eq!(told, [(doc("a"), doc("b"), Some(2.0)), (doc("a"), doc("c"), Some(6.5))]);
        let whole = results.corpus.get(doc("c")).text.len() as f64;
        assert_eq!(edges[1].weight, SHARED.len() as f64 / whole);
    }

    #[test]
    fn overlapping_spans_count_their_text_once() {
        let spans =
            [(0, 10), (2, 5), (8, 12), (20, 21)].map(|(start, end)| ByteSpan { start, end });
        assert_eq!(covered(spans.into_iter()), 13);
    }
}
