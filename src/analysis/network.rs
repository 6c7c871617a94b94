//! Who had a text first and who took it: outlets by the syndicated passages they share.
//!
//! A passage comes from its likely source ([`Origin`](crate::passage::Origin)): the agency that a credit names, whether or not
//! any article of it is among those read, else the outlet that had it first. Every other outlet that has it took it from there.
//! Where no source is likely, an outlet follows the one of the first occurrence by time if its own earliest article came later, and
//! that can be told: both have a date, the dates differ, and where one of them names only a day, the days differ.
//! What cannot be told counts for nobody. Articles without an outlet take no part.
//!
//! Of an outlet's articles,
//! - *copied* are those of which at least [`COPIED_SHARE`] of the text stands in passages that
//!   another outlet is known to have published first;
//! - *original* are those in which no syndicated passage stands, except where the outlet is known
//!   to have published it first;
//! - the rest reuse a part, or it cannot be told who was first.
//!
//! Cost: n log n in the occurrences of syndicated passages. A passage in 300 outlets makes 299
//! edges, from its source to each other, not 300².

use std::collections::BTreeMap;

use super::edges::covered;
use crate::article::{ByteSpan, Corpus, DocId};
use crate::passage::{Credits, Kind, Origin, Passage, Reason, Source};

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
        let syndicated =
            || passages.iter().zip(origins).filter(|(passage, _)| passage.kind == Kind::Syndicated);
        let mut names: Vec<&str> = corpus.articles().iter().map(|a| a.outlet.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let houses = Houses::of(&names);
        let sources = syndicated().filter_map(|(_, origin)| origin.source.as_ref());
        let agencies = sources.filter(|source| source.reason == Reason::Credit);
        names.extend(agencies.map(|agency| agency.name.as_str()).filter(|name| !houses.has(name)));
        names.sort_unstable();
        names.dedup();
        let place = |name: &str| names.partition_point(|&other| other < name) as u32;
        let mut gathered = Gathered {
            corpus,
            houses: &houses,
            names: &names,
            outlet_of: corpus.articles().iter().map(|a| place(&a.outlet)).collect(),
            following: BTreeMap::new(),
            stretches: Vec::new(),
        };
        for (passage, origin) in syndicated() {
            gathered.add(passage, origin.source.as_ref());
        }
        let mut outlets = gathered.count(&names);
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
    houses: &'a Houses<'a>,
    /// Every outlet and agency, sorted.
    names: &'a [&'a str],
    /// Each article's outlet, by its place among the sorted names.
    outlet_of: Vec<u32>,
    /// By the first outlet and the follower.
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
    fn add(&mut self, passage: &Passage, source: Option<&Source>) {
        let outlet = |doc: DocId| self.outlet_of[doc.index()];
        let known = source.and_then(|source| self.houses.outlet(source, self.names));
        let from = known.unwrap_or(outlet(passage.first().doc));
        let is_source = |place: u32| {
            place == from
                || source
                    .is_some_and(|source| self.houses.is_called(self.names[place as usize], source))
        };
        let mut docs = passage.docs();
        docs.sort_by(|&a, &b| {
            outlet(a).cmp(&outlet(b)).then_with(|| self.corpus.by_publication(a, b))
        });
        let mut followers: Vec<u32> = Vec::new();
        let of_source = docs.iter().copied().filter(|&doc| is_source(outlet(doc)));
        let first = of_source.min_by(|&a, &b| self.corpus.by_publication(a, b));
        for articles in docs.chunk_by(|&a, &b| outlet(a) == outlet(b)) {
            let to = outlet(articles[0]);
            let is_known = |place: u32| !self.names[place as usize].is_empty();
            if is_source(to) || !is_known(to) || !is_known(from) {
                continue;
            }
            let lag = first.and_then(|first| lag_hours(self.corpus, first, articles[0]));
            if known.is_some() || lag.is_some() {
                let followed = self.following.entry((from, to)).or_default();
                followed.passages += 1;
                followed.lags.extend(lag);
                followed.docs.extend(articles);
                followers.push(to);
            }
        }
        for occurrence in &passage.occurrences {
            let at = outlet(occurrence.doc);
            let whose = if followers.binary_search(&at).is_ok() {
                Whose::Taken
            } else if is_source(at) && !followers.is_empty() {
                Whose::Own
            } else {
                Whose::Unknown
            };
            self.stretches.push((occurrence.doc, occurrence.bytes, whose));
        }
    }

    /// Counts the outlets' articles by whose they are.
    fn count(&mut self, names: &[&str]) -> Vec<OutletRow> {
        let mut outlets: Vec<OutletRow> = names
            .iter()
            .map(|&name| OutletRow { outlet: name.into(), ..OutletRow::default() })
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

/// An outlet that is known to have had a passage after the first one.
#[derive(Clone, Debug, PartialEq)]
pub struct Follower {
    /// Its articles with the passage, by publication.
    pub articles: Vec<DocId>,
    /// How long after the first publisher it had the passage.
    pub lag_hours: f64,
}

/// The outlets that followed the first publisher of a syndicated passage, by name. None where the first
/// publisher is not known.
pub fn followers(corpus: &Corpus, passage: &Passage) -> Vec<Follower> {
    let outlet = |doc: DocId| corpus.get(doc).outlet.as_str();
    let first = passage.first().doc;
    if passage.kind != Kind::Syndicated || outlet(first).is_empty() {
        return Vec::new();
    }
    let mut docs = passage.docs();
    docs.retain(|&doc| !outlet(doc).is_empty() && outlet(doc) != outlet(first));
    docs.sort_by(|&a, &b| outlet(a).cmp(outlet(b)).then_with(|| corpus.by_publication(a, b)));
    let same_outlet = docs.chunk_by(|&a, &b| outlet(a) == outlet(b));
    let follower = |articles: &[DocId]| {
        let lag_hours = lag_hours(corpus, first, articles[0])?;
        Some(Follower { articles: articles.to_vec(), lag_hours })
    };
    same_outlet.filter_map(follower).collect()
}

/// Which outlets are agencies' own: `Associated Press` is where `AP` stands in a credit.
pub(super) struct Houses<'a> {
    /// What agencies each outlet is called by, in order of outlets.
    called: Vec<(&'a str, String)>,
}

impl<'a> Houses<'a> {
    /// Of outlets' names, which are sorted.
    pub(super) fn of(outlets: &[&'a str]) -> Self {
        let credits = Credits::built_in();
        let called = outlets.iter().map(|&outlet| {
            let agency = credits.agency_called(outlet);
            (outlet, agency.unwrap_or_else(|| outlet.to_owned()))
        });
        Self { called: called.collect() }
    }

    /// Whether any outlet is this agency.
    fn has(&self, agency: &str) -> bool {
        self.called.iter().any(|(_, called)| called == agency)
    }

    /// Whether the outlet of this name is the source.
    pub(super) fn is_called(&self, outlet: &str, source: &Source) -> bool {
        let place = self.called.binary_search_by_key(&outlet, |&(name, _)| name);
        outlet == source.name
            || source.reason == Reason::Credit
                && place.is_ok_and(|place| self.called[place].1 == source.name)
    }

    /// The place of the source among the sorted names of outlets and agencies: the first outlet that is called so.
    fn outlet(&self, source: &Source, names: &[&str]) -> Option<u32> {
        let is_source = |&(outlet, _): &&(&str, String)| self.is_called(outlet, source);
        let name =
            self.called.iter().find(is_source).map_or(source.name.as_str(), |(name, _)| name);
        names.binary_search(&name).ok().map(|place| place as u32)
    }
}

/// How long after `first` the article `later` was published, where that can be told.
fn lag_hours(corpus: &Corpus, first: DocId, later: DocId) -> Option<f64> {
    corpus.get(later).published?.hours_after(corpus.get(first).published?)
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
    use crate::article::Published;
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
    fn nobody_leads_where_it_cannot_be_told_who_was_first() {
        let day = |at: &str, day_only| Some(Published { at: at.parse().unwrap(), day_only });
        let lag = |first, later| {
            let sample = Sample::new();
            let mut articles = sample.results.corpus.articles()[1..3].to_vec();
            articles[0].published = first;
            articles[1].published = later;
            lag_hours(&crate::testing::by_id(articles), DocId(0), DocId(1))
        };
        let midnight = day("2024-05-01T00:00:00Z", true);
        assert_eq!(lag(midnight, day("2024-05-01T09:00:00Z", false)), None);
        assert_eq!(lag(midnight, day("2024-05-02T00:00:00Z", true)), Some(24.0));
        assert_eq!(lag(midnight, midnight), None);
        assert_eq!(lag(midnight, None), None);
        let nine = day("2024-05-01T09:00:00Z", false);
        assert_eq!(lag(nine, nine), None);
        assert_eq!(lag(nine, day("2024-05-01T09:30:00Z", false)), Some(0.5));
    }

    #[test]
    fn the_median_of_two_is_their_mean() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 10.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
    }
}
