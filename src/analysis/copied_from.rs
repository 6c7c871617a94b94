//! From whom an article has most of what it copied.
//!
//! By the way of each syndicated passage in it, as the network goes by ([`Directions`]). Cost: `n log n` in the
//! occurrences.

use std::cmp::Reverse;

use super::Directions;
use super::agencies::covered;
use crate::article::{Corpus, DocId};
use crate::passage::Passage;

/// The outlet or agency that most of each article's copied text comes from, as its place among the names of
/// `directions`, in order of the corpus. Nothing where it copied nothing, or from nobody known. Of equals the first by name.
pub fn copied_from(
    corpus: &Corpus,
    passages: &[Passage],
    directions: &Directions,
) -> Vec<Option<u32>> {
    let mut found: Vec<(DocId, u32, (u32, u32))> = Vec::new();
    for (passage, direction) in passages.iter().zip(&directions.of) {
        let Some(direction) = direction else { continue };
        let takers = direction.followers.iter().flat_map(|follower| &follower.articles);
        let mut takers: Vec<DocId> = takers.copied().collect();
        takers.sort_unstable();
        let taken = passage.occurrences.iter().filter(|at| takers.binary_search(&at.doc).is_ok());
        found.extend(taken.map(|at| (at.doc, direction.from, (at.chars.start, at.chars.end))));
    }
    found.sort_unstable();
    let mut of = vec![None; corpus.len()];
    for of_article in found.chunk_by(|a, b| a.0 == b.0) {
        let of_source = of_article.chunk_by(|a, b| a.1 == b.1);
        let most = of_source.max_by_key(|spans| {
            (covered(spans.iter().map(|&(.., span)| span)), Reverse(spans[0].1))
        });
        of[of_article[0].0.index()] = most.map(|spans| spans[0].1);
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, ByteSpan, CharSpan};
    use crate::passage::{Kind, Occurrence, Origin, Reason, Source};

    fn passage(kind: Kind, of: &[(u32, u32, u32)]) -> Passage {
        let at = |&(doc, start, end): &(u32, u32, u32)| Occurrence {
            doc: DocId(doc),
            bytes: ByteSpan { start, end },
            chars: CharSpan { start, end },
            tokens: 10,
            identity: 1.0,
        };
        let occurrences = of.iter().map(at).collect();
        let (id, names) = (String::new(), Vec::new());
        Passage { id, kind, tokens: 10, articles: 2, outlets: 2, occurrences, first: 0, names }
    }

    fn from(name: &str) -> Origin {
        let source = Source { name: name.to_owned(), reason: Reason::Earliest };
        Origin { source: Some(source), ..Origin::default() }
    }

    #[test]
    fn most_of_it_decides_and_overlaps_count_once() {
        let articles = ["Post", "Mail", "Wire"];
        let articles = articles.map(|outlet| Article::new(outlet, outlet).with_outlet(outlet));
        let corpus = Corpus::new(articles.to_vec());
        let place =
            |outlet: &str| corpus.docs().find(|&doc| corpus.get(doc).outlet == outlet).unwrap().0;
        let (post, mail, wire) = (place("Post"), place("Mail"), place("Wire"));
        let passages = [
            passage(Kind::Syndicated, &[(post, 0, 50), (mail, 0, 50)]),
            passage(Kind::Syndicated, &[(post, 20, 60), (mail, 20, 60)]),
            passage(Kind::Syndicated, &[(wire, 0, 70), (mail, 100, 170)]),
            passage(Kind::Quotation, &[(post, 200, 900), (mail, 200, 900)]),
        ];
        let origins = [from("Post"), from("Post"), from("Wire"), from("Post")];
        let from = |passages: &[Passage], doc: u32| {
            let directions = Directions::of(&corpus, passages, &origins[..passages.len()]);
            let place = copied_from(&corpus, passages, &directions)[doc as usize];
            place.map(|place| directions.names[place as usize].clone())
        };
        assert_eq!(from(&passages, mail).as_deref(), Some("Wire"));
        assert_eq!((from(&passages, post), from(&passages, wire)), (None, None));
        assert_eq!(from(&passages[..2], mail).as_deref(), Some("Post"));
    }
}
