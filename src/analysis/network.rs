//! Outlets by the syndicated passages they share: who followed whom, and how much is whose own.
//!
//! [`Directions`] says of each passage where it comes from and who took it. Of an outlet's articles,
//! - *copied* are those of which at least [`COPIED_SHARE`] of the text stands in passages that
//!   the outlet took;
//! - *original* are those in which no syndicated passage stands, except where others are known to
//!   have taken it from the outlet;
//! - the rest reuse a part, or it cannot be told who was first.
//!
//! Cost: n log n in the occurrences of syndicated passages. A passage in 300 outlets makes 299
//! edges, from its source to each other, not 300².

use std::collections::BTreeMap;

use super::directions::{Direction, Directions};
use super::edges::covered;
use crate::article::{ByteSpan, Corpus, DocId};
use crate::passage::{Origin, Passage};

/// From which share of its text on an article counts as copied: the larger part of it.
const COPIED_SHARE: f64 = 0.5;

/// The outlets of a run and who follows whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Every outlet, by name.
    pub outlets: Vec<OutletRow>,
    /// Who followed whom, by the names of the two.
    pub edges: Vec<Edge>,
}

/// An outlet, and how much of what it published is its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutletRow {
    /// Its name; empty for the articles of which none is known.
    pub outlet: String,
    /// Its articles.
    pub articles: u32,
    /// Those it mostly took from others.
    pub copied_articles: u32,
    /// Those that share nothing another outlet may have published first.
    pub original_articles: u32,
    /// How long after the first publisher it had the passages it took.
    pub median_lag_hours: Option<f64>,
}

/// One outlet following another.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The place among [`Network::outlets`] of the outlet that published first.
    pub from: u32,
    /// The place of the one that followed.
    pub to: u32,
    /// The passages that went this way.
    pub passages: u32,
    /// The follower's articles that hold them.
    pub articles: u32,
    /// The follower's median delay over the passages whose times are known on both sides; none where the source has no
    /// article among those read.
    pub median_lag_hours: Option<f64>,
}

impl Network {
    /// Computes it from the syndicated passages among `passages`, whose origins are in the same order.
    pub fn of(corpus: &Corpus, passages: &[Passage], origins: &[Origin]) -> Self {
        let directions = Directions::of(corpus, passages, origins);
        let place = |doc: DocId| directions.place(&corpus.get(doc).outlet).unwrap_or(0);
        let mut gathered = Gathered {
            corpus,
            outlet_of: corpus.docs().map(place).collect(),
            following: BTreeMap::new(),
            stretches: Vec::new(),
        };
        for (passage, direction) in passages.iter().zip(&directions.of) {
            if let Some(direction) = direction {
                gathered.add(passage, direction);
            }
        }
        let mut outlets = gathered.count(&directions.names);
        let mut lags_of: Vec<Vec<f64>> = vec![Vec::new(); outlets.len()];
        let mut edges = Vec::with_capacity(gathered.following.len());
        for ((from, to), mut followed) in gathered.following {
            lags_of[to as usize].extend(&followed.lags);
            followed.docs.sort_unstable();
            followed.docs.dedup();
            edges.push(Edge {
                from,
                to,
                passages: followed.passages,
                articles: followed.docs.len() as u32,
                median_lag_hours: median(&mut followed.lags),
            });
        }
        for (outlet, lags) in outlets.iter_mut().zip(&mut lags_of) {
            outlet.median_lag_hours = median(lags);
        }
        Self { outlets, edges }
    }
}

/// What the passages say, one after the other.
struct Gathered<'a> {
    corpus: &'a Corpus,
    /// Each article's outlet, by its place among the sorted names.
    outlet_of: Vec<u32>,
    /// By the source and the follower.
    following: BTreeMap<(u32, u32), Followed>,
    /// Where a syndicated passage stands, and whose it is.
    stretches: Vec<(DocId, ByteSpan, Whose)>,
}

#[derive(Default)]
struct Followed {
    passages: u32,
    /// One for each passage of which it is known.
    lags: Vec<f64>,
    /// The follower's articles.
    docs: Vec<DocId>,
}

/// Whose a passage is, seen from the outlet of one of its occurrences.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Own,
    Unknown,
    Taken,
}

impl Gathered<'_> {
    fn add(&mut self, passage: &Passage, direction: &Direction) {
        for follower in &direction.followers {
            let followed = self.following.entry((direction.from, follower.outlet)).or_default();
            followed.passages += 1;
            followed.lags.extend(follower.lag_hours);
            followed.docs.extend(&follower.articles);
        }
        let took = |at: u32| direction.followers.binary_search_by_key(&at, |f| f.outlet).is_ok();
        for occurrence in &passage.occurrences {
            let at = self.outlet_of[occurrence.doc.index()];
            let whose = if took(at) {
                Whose::Taken
            } else if direction.sources.binary_search(&at).is_ok()
                && !direction.followers.is_empty()
            {
                Whose::Own
            } else {
                Whose::Unknown
            };
            self.stretches.push((occurrence.doc, occurrence.bytes, whose));
        }
    }

    /// Counts the outlets' articles by whose they are.
    fn count(&mut self, names: &[String]) -> Vec<OutletRow> {
        let mut outlets: Vec<OutletRow> = names
            .iter()
            .map(|name| OutletRow { outlet: name.clone(), ..OutletRow::default() })
            .collect();
        for &outlet in &self.outlet_of {
            outlets[outlet as usize].articles += 1;
            outlets[outlet as usize].original_articles += 1;
        }
        self.stretches.sort_unstable();
        for stretches in self.stretches.chunk_by(|a, b| a.0 == b.0) {
            let doc = stretches[0].0;
            let row = &mut outlets[self.outlet_of[doc.index()] as usize];
            if stretches.iter().any(|&(.., origin)| origin != Whose::Own) {
                row.original_articles -= 1;
            }
            let taken = covered(
                stretches.iter().filter(|&&(.., o)| o == Whose::Taken).map(|&(_, span, _)| span),
            );
            let whole = self.corpus.get(doc).text.trim().len() as f64;
            if taken > 0 && f64::from(taken) >= COPIED_SHARE * whole {
                row.copied_articles += 1;
            }
        }
        outlets
    }
}

/// The middle value; the mean of the two where there are two.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some((lower + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Results;
    use crate::results::sample::Sample;

    fn network(results: &Results) -> Network {
        let (passages, origins) = (results.passages.as_ref().unwrap(), results.origins.as_ref());
        Network::of(&results.corpus, passages, origins.unwrap())
    }

    #[test]
    fn the_first_publisher_leads_to_each_follower() {
        let network = network(&Sample::new().results);
        let name = |place: u32| network.outlets[place as usize].outlet.as_str();
        let edges: Vec<_> = network
            .edges
            .iter()
            .map(|e| (name(e.from), name(e.to), e.passages, e.articles, e.median_lag_hours))
            .collect();
        assert_eq!(
            edges,
            [
                ("City Wire", "Harbour Post", 1, 1, Some(2.0)),
                ("City Wire", "Valley Times", 1, 1, Some(6.5))
            ]
        );
    }

    #[test]
    fn an_outlets_articles_are_copied_original_or_in_between() {
        let network = network(&Sample::new().results);
        let rows: Vec<_> = network
            .outlets
            .iter()
            .map(|o| (o.articles, o.copied_articles, o.original_articles, o.median_lag_hours))
            .collect();
        // The hostile outlet's one article shares nothing. City Wire was first. Harbour Post took
        // one of its two; Valley Times reuses a line, which is less than half.
        assert_eq!(
            rows,
            [(1, 0, 1, None), (2, 0, 2, None), (2, 1, 1, Some(2.0)), (1, 0, 0, Some(6.5))]
        );
    }

    #[test]
    fn the_median_of_two_is_their_mean() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 10.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
    }
}
