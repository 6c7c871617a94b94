//! How much of what outlets print comes from an agency: by its name in credit lines, and by the syndicated
//! passages that such a credit belongs to.
//!
//! An article counts for an agency that a credit line names, that is its author, or that a syndicated passage is credited
//! to. A line that names two counts for both. An agency's own outlet takes nothing from itself, and is left out. Words count only in such passages: text of an agency that no other outlet here
//! printed cannot be told from the outlet's own. Cost: `n log n` in the occurrences.

use std::collections::BTreeMap;

use super::directions::Houses;
use crate::article::{Corpus, DocId};
use crate::passage::{Kind, Origin, Passage, names_in};

/// An article, and what it has of an agency's.
#[derive(Clone, Debug, PartialEq)]
pub struct Credited<'a> {
    /// The agency or source that is named.
    pub agency: &'a str,
    /// The article.
    pub doc: DocId,
    /// Its words in syndicated passages credited to the agency.
    pub words: u32,
}

/// What the articles have of each agency's, by agency and article. `credits` are those of the articles, and `tokens` and
/// `chars` tell how long each is.
pub fn credited<'a>(
    corpus: &Corpus,
    (passages, origins): (&[Passage], &'a [Origin]),
    credits: &'a [String],
    (tokens, chars): (&[u32], &[u32]),
) -> Vec<Credited<'a>> {
    let houses = Houses::of(&outlets(corpus));
    let mut found = spans(corpus, (passages, origins), &houses);
    for (doc, credit) in corpus.docs().zip(credits) {
        let outlet = &corpus.get(doc).outlet;
        let others = names_in(credit).filter(|agency| !houses.is_agency(outlet, agency));
        found.extend(others.map(|agency| (agency, doc, (0, 0))));
    }
    found.sort_unstable();
    found
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|spans| {
            let (agency, doc, _) = spans[0];
            let covered = covered(spans.iter().map(|&(.., span)| span));
            Credited { agency, doc, words: words(covered, doc, tokens, chars) }
        })
        .collect()
}

/// The words of all articles in syndicated passages credited to an agency. A word counts once, whatever number of them
/// are named.
pub fn credited_words(
    corpus: &Corpus,
    of: (&[Passage], &[Origin]),
    (tokens, chars): (&[u32], &[u32]),
) -> u64 {
    let found = spans(corpus, of, &Houses::of(&outlets(corpus)));
    let mut spans: Vec<(DocId, (u32, u32))> =
        found.into_iter().map(|(_, doc, span)| (doc, span)).collect();
    spans.sort_unstable();
    let articles = spans.chunk_by(|a, b| a.0 == b.0);
    articles
        .map(|spans| {
            let covered = covered(spans.iter().map(|&(_, span)| span));
            u64::from(words(covered, spans[0].0, tokens, chars))
        })
        .sum()
}

fn outlets(corpus: &Corpus) -> Vec<&str> {
    let mut outlets: Vec<&str> = corpus.articles().iter().map(|a| a.outlet.as_str()).collect();
    outlets.sort_unstable();
    outlets.dedup();
    outlets
}

/// Where articles have syndicated passages that are credited to an agency which is not their own outlet.
fn spans<'a>(
    corpus: &Corpus,
    (passages, origins): (&[Passage], &'a [Origin]),
    houses: &Houses<'_>,
) -> Vec<(&'a str, DocId, (u32, u32))> {
    let mut found = Vec::new();
    for (passage, origin) in passages.iter().zip(origins) {
        if passage.kind != Kind::Syndicated {
            continue;
        }
        for at in &passage.occurrences {
            let outlet = &corpus.get(at.doc).outlet;
            let others = origin.credits().filter(|agency| !houses.is_agency(outlet, agency));
            found.extend(others.map(|agency| (agency, at.doc, (at.chars.start, at.chars.end))));
        }
    }
    found
}

/// So many words stand in so many of an article's characters.
fn words(covered: u64, doc: DocId, tokens: &[u32], chars: &[u32]) -> u32 {
    let whole = u64::from(chars[doc.index()].max(1));
    ((covered * u64::from(tokens[doc.index()]) + whole / 2) / whole) as u32
}

/// How much these spans cover together, in order of their starts.
pub(super) fn covered(spans: impl Iterator<Item = (u32, u32)>) -> u64 {
    let (mut end, mut covered) = (0, 0);
    for (start, stop) in spans {
        covered += u64::from(stop.saturating_sub(start.max(end)));
        end = end.max(stop);
    }
    covered
}

/// What an outlet printed of an agency's in a month.
#[derive(Clone, Debug, PartialEq)]
pub struct AgencyMonth<'a> {
    /// The agency or source.
    pub agency: &'a str,
    /// The outlet; empty where it is not known.
    pub outlet: &'a str,
    /// The month in UTC, as in `2024-05`; empty for articles without a date.
    pub month: String,
    /// The outlet's articles of that month that name the agency or have a passage credited to it.
    pub articles: u32,
    /// Their words in such passages.
    pub words: u32,
    /// The share of all the outlet's words of that month.
    pub share: f64,
}

/// The same by agency, outlet and month.
pub fn months<'a>(
    corpus: &'a Corpus,
    tokens: &[u32],
    credited: &[Credited<'a>],
) -> Vec<AgencyMonth<'a>> {
    let place = |doc: DocId| {
        let article = corpus.get(doc);
        let month = article.published.map(|published| published.at.strftime("%Y-%m").to_string());
        (article.outlet.as_str(), month.unwrap_or_default())
    };
    let mut printed: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for doc in corpus.docs() {
        *printed.entry(place(doc)).or_default() += u64::from(tokens[doc.index()]);
    }
    /// An agency, and an outlet and month that print it.
    type Taken<'a> = (&'a str, (&'a str, String));
    let mut taken: BTreeMap<Taken<'_>, (u32, u32)> = BTreeMap::new();
    for one in credited {
        let (articles, words) = taken.entry((one.agency, place(one.doc))).or_default();
        *articles += 1;
        *words += one.words;
    }
    taken
        .into_iter()
        .map(|((agency, place), (articles, words))| {
            let share = f64::from(words) / printed[&place].max(1) as f64;
            let (outlet, month) = place;
            AgencyMonth { agency, outlet, month, articles, words, share }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::sample::Sample;

    #[test]
    fn an_agency_has_the_words_of_the_passages_credited_to_it() {
        let Sample { results } = Sample::new();
        let passages = results.passages.as_ref().unwrap();
        let origins = vec![Origin { credit: "Nordfunk".into(), ..Origin::default() }];
        let lengths = (&results.tokens[..], &results.chars[..]);
        let found = credited(&results.corpus, (passages, &origins), &[], lengths);
        // 67 of the 109 characters of 17 words, and of 18.
        let told: Vec<_> = found.iter().map(|one| (one.doc, one.words)).collect();
        assert_eq!(told.len(), 3);
        assert_eq!(&told[..2], [(DocId(1), 10), (DocId(2), 11)]);
        let months = months(&results.corpus, &results.tokens, &found);
        let wire = &months[0];
        assert_eq!(
            (wire.agency, wire.outlet, wire.month.as_str()),
            ("Nordfunk", "City Wire", "2024-05")
        );
        assert_eq!((wire.articles, wire.words), (1, 10));
        // City Wire had 17 and 3 words in that month.
        assert_eq!(wire.share, 10.0 / f64::from(17 + results.tokens[4]));
    }

    #[test]
    fn an_agency_takes_nothing_from_itself_and_a_line_may_name_two() {
        let Sample { results } = Sample::new();
        let passages = results.passages.as_ref().unwrap();
        let outlets = |credit: &str| {
            let origins = [Origin { credit: credit.into(), ..Origin::default() }];
            let lengths = (&results.tokens[..], &[1; 6][..]);
            let found = credited(&results.corpus, (passages, &origins), &[], lengths);
            let outlet = |one: &Credited<'_>| results.corpus.get(one.doc).outlet.to_string();
            found.iter().map(|one| (one.agency.to_owned(), outlet(one))).collect::<Vec<_>>()
        };
        let all = outlets("Nordfunk");
        let (_, own) = all[0].clone();
        let others: Vec<_> = all.iter().filter(|(_, outlet)| *outlet != own).collect();
        assert!(!others.is_empty() && others.len() < all.len());
        assert_eq!(outlets(&own).len(), others.len());
        assert_eq!(outlets(&format!("{own}; Nordfunk")).len(), others.len() + all.len());
    }

    #[test]
    fn without_a_credit_nobody_is_named() {
        let Sample { results } = Sample::new();
        let passages = results.passages.as_ref().unwrap();
        let origins = [Origin::default()];
        let lengths = (&results.tokens[..], &[1; 6][..]);
        let found = credited(&results.corpus, (passages, &origins), &[], lengths);
        assert_eq!(found, []);
    }

    #[test]
    fn an_article_counts_by_its_own_credits_without_any_words() {
        let Sample { results } = Sample::new();
        let credits = ["", "Nordfunk; City Wire", "", "", "", ""].map(str::to_owned);
        let lengths = (&results.tokens[..], &[1; 6][..]);
        let found = credited(&results.corpus, (&[], &[]), &credits, lengths);
        let told: Vec<_> = found.iter().map(|one| (one.agency, one.doc, one.words)).collect();
        // The article with this place is City Wire's own.
        assert_eq!(told, [("Nordfunk", DocId(1), 0)]);
    }
}
