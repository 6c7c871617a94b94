//! Who took each syndicated passage from whom: decided once, for the network, the view of an outlet
//! and the page.
//!
//! A passage comes from its likely source ([`Origin`]): the agency that a credit names, whether or
//! not any article of it is among those read, else the outlet that had it first. Every other outlet
//! that has it took it from there.
//!
//! Where no source is likely, time decides. An outlet follows the one that had the passage first if
//! its own earliest article came later. That can be told where both have a date and the dates differ;
//! where one of them names only a day, the days must differ. What cannot be told counts for nobody.
//! Articles without an outlet take no part. Cost: n log n in the occurrences of syndicated passages.

use crate::article::{Corpus, DocId};
use crate::passage::{Credits, Kind, Origin, Passage, Reason, Source};

/// Who took what from whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directions {
    /// Every outlet and every agency that a credit names, sorted.
    pub names: Vec<String>,
    /// In the order of the passages; none for those that are not syndicated.
    pub of: Vec<Option<Direction>>,
}

/// The way of one passage.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    /// The place among [`Directions::names`] of the outlet or agency it comes from.
    pub from: u32,
    /// The outlets that have it and are that source, sorted: an agency's own among them.
    pub sources: Vec<u32>,
    /// The outlets that took it, sorted.
    pub followers: Vec<Follower>,
}

/// An outlet that took a passage.
#[derive(Clone, Debug, PartialEq)]
pub struct Follower {
    /// Its place among [`Directions::names`].
    pub outlet: u32,
    /// Its articles with the passage, by publication.
    pub articles: Vec<DocId>,
    /// How long after the source it had the passage, where that can be told.
    pub lag_hours: Option<f64>,
}

impl Directions {
    /// Of passages whose origins are in the same order.
    pub fn of(corpus: &Corpus, passages: &[Passage], origins: &[Origin]) -> Self {
        Self::among(corpus, &[], passages, origins)
    }

    /// The same where there are articles of these outlets, too, which are not here.
    pub fn among(
        corpus: &Corpus,
        elsewhere: &[String],
        passages: &[Passage],
        origins: &[Origin],
    ) -> Self {
        let mut outlets: Vec<&str> = corpus.articles().iter().map(|a| a.outlet.as_str()).collect();
        outlets.extend(elsewhere.iter().map(String::as_str));
        outlets.sort_unstable();
        outlets.dedup();
        let houses = Houses::of(&outlets);
        let mut names = outlets.clone();
        let syndicated = |passage: &Passage| passage.kind == Kind::Syndicated;
        let credited = passages.iter().zip(origins).filter(|(passage, _)| syndicated(passage));
        let credited = credited.filter_map(|(_, origin)| origin.source.as_ref());
        let agencies = credited.filter(|source| source.reason == Reason::Credit);
        names.extend(agencies.map(|agency| agency.name.as_str()).filter(|name| !houses.has(name)));
        names.sort_unstable();
        names.dedup();
        let place = |name: &str| names.partition_point(|&other| other < name) as u32;
        let outlet_of: Vec<u32> = corpus.articles().iter().map(|a| place(&a.outlet)).collect();
        let search = Search { corpus, houses: &houses, names: &names, outlet_of: &outlet_of };
        let of = passages.iter().zip(origins).map(|(passage, origin)| {
            syndicated(passage).then(|| search.direction(passage, origin.source.as_ref()))
        });
        let of = of.collect();
        Self { names: names.into_iter().map(str::to_owned).collect(), of }
    }

    /// The place of an outlet or agency.
    pub fn place(&self, name: &str) -> Option<u32> {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).ok().map(|at| at as u32)
    }
}

struct Search<'a> {
    corpus: &'a Corpus,
    houses: &'a Houses<'a>,
    names: &'a [&'a str],
    /// Each article's outlet, by its place among the names.
    outlet_of: &'a [u32],
}

impl Search<'_> {
    fn direction(&self, passage: &Passage, source: Option<&Source>) -> Direction {
        let outlet = |doc: DocId| self.outlet_of[doc.index()];
        let known = source.and_then(|source| self.houses.outlet(source, self.names));
        let from = known.unwrap_or(outlet(passage.first().doc));
        let is_source = |place: u32| {
            let name = self.names[place as usize];
            place == from || source.is_some_and(|source| self.houses.is_called(name, source))
        };
        let mut docs = passage.docs();
        docs.sort_by(|&a, &b| {
            outlet(a).cmp(&outlet(b)).then_with(|| self.corpus.by_publication(a, b))
        });
        let of_source = docs.iter().copied().filter(|&doc| is_source(outlet(doc)));
        let first = of_source.min_by(|&a, &b| self.corpus.by_publication(a, b));
        let is_named = |place: u32| !self.names[place as usize].is_empty();
        let (mut sources, mut followers) = (Vec::new(), Vec::new());
        for articles in docs.chunk_by(|&a, &b| outlet(a) == outlet(b)) {
            let to = outlet(articles[0]);
            if is_source(to) {
                sources.push(to);
                continue;
            }
            if !is_named(to) || !is_named(from) {
                continue;
            }
            let lag_hours = first.and_then(|first| lag_hours(self.corpus, first, articles[0]));
            if known.is_some() || lag_hours.is_some() {
                followers.push(Follower { outlet: to, articles: articles.to_vec(), lag_hours });
            }
        }
        Direction { from, sources, followers }
    }
}

/// Which outlets are agencies' own: `Associated Press` is where `AP` stands in a credit.
pub(super) struct Houses<'a> {
    /// What agency each outlet is called by, in order of outlets.
    called: Vec<Called<'a>>,
}

struct Called<'a> {
    outlet: &'a str,
    agency: String,
    /// How many words its name has beside.
    others: usize,
}

impl<'a> Houses<'a> {
    /// Of outlets' names, which are sorted.
    pub(super) fn of(outlets: &[&'a str]) -> Self {
        let credits = Credits::built_in();
        let called = outlets.iter().map(|&outlet| {
            let called = credits.agency_called(outlet);
            let (agency, others) = called.unwrap_or_else(|| (outlet.to_owned(), 0));
            Called { outlet, agency, others }
        });
        Self { called: called.collect() }
    }

    /// Whether any outlet is this agency.
    fn has(&self, agency: &str) -> bool {
        let is_it =
            |called: &Called<'_>| called.agency == agency || abbreviates(agency, called.outlet);
        self.called.iter().any(is_it)
    }

    /// Whether the outlet of this name is the source.
    pub(super) fn is_called(&self, outlet: &str, source: &Source) -> bool {
        outlet == source.name
            || source.reason == Reason::Credit && self.is_agency(outlet, &source.name)
    }

    /// Whether the outlet of this name is the agency that a credit names.
    pub(super) fn is_agency(&self, outlet: &str, agency: &str) -> bool {
        let place = self.called.binary_search_by_key(&outlet, |called| called.outlet);
        let is_known = place.is_ok_and(|place| self.called[place].agency == agency);
        outlet == agency || is_known || abbreviates(agency, outlet)
    }

    /// The place of the source among the sorted names of outlets and agencies. Of several outlets that are called so it
    /// is the one with the fewest words beside: `Associated Press` before `AP Fact Check`. Those that it only abbreviates
    /// come last.
    fn outlet(&self, source: &Source, names: &[&str]) -> Option<u32> {
        let called = self.called.iter().filter(|called| self.is_called(called.outlet, source));
        let name = called.min_by_key(|called| {
            let is_other = |name: &str| name != source.name;
            (is_other(called.outlet), is_other(&called.agency), called.others)
        });
        let name = name.map_or(source.name.as_str(), |called| called.outlet);
        names.binary_search(&name).ok().map(|place| place as u32)
    }
}

/// Of fewer letters there are too many outlets that begin so.
const LEAST_LETTERS: usize = 3;

/// Whether a credit is the first letters of an outlet's words: `TNA` of `Talverne News Agency`.
fn abbreviates(credit: &str, outlet: &str) -> bool {
    let initials = outlet.split_whitespace().filter_map(|word| word.chars().next());
    credit.chars().count() >= LEAST_LETTERS
        && credit.chars().all(char::is_uppercase)
        && credit.chars().eq(initials)
}

/// How long after `first` the article `later` was published, where that can be told.
fn lag_hours(corpus: &Corpus, first: DocId, later: DocId) -> Option<f64> {
    corpus.get(later).published?.hours_after(corpus.get(first).published?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Published;
    use crate::results::sample::Sample;

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
    fn an_agencys_own_outlet_is_the_agency() {
        let houses = Houses::of(&["Associated Press", "Talverne News Agency", "Toll News"]);
        let credited = |name: &str| Source { name: name.into(), reason: Reason::Credit };
        assert!(houses.is_called("Associated Press", &credited("AP")));
        assert!(houses.is_called("Talverne News Agency", &credited("TNA")) && houses.has("TNA"));
        assert!(!houses.is_called("Toll News", &credited("TN")), "two letters are too few");
        assert!(!houses.is_called("Talverne News Agency", &credited("TNS")));
        let names = ["AP Fact Check", "Associated Press", "Toll News"];
        let source = Houses::of(&names).outlet(&credited("AP"), &names).unwrap();
        assert_eq!(names[source as usize], "Associated Press");
        let names = ["AFP Factuel", "Arkansas Free Press"];
        let source = Houses::of(&names).outlet(&credited("AFP"), &names).unwrap();
        assert_eq!(names[source as usize], "AFP Factuel");
        let earliest = Source { name: "TNA".into(), reason: Reason::Earliest };
        assert!(!houses.is_called("Talverne News Agency", &earliest));
    }

    #[test]
    fn a_credited_agency_leads_whether_or_not_it_is_among_the_outlets() {
        let sample = Sample::new().results;
        let passages = sample.passages.as_ref().unwrap();
        let mut origins = sample.origins.clone().unwrap();
        let at = passages.iter().position(|passage| passage.kind == Kind::Syndicated).unwrap();
        origins[at].source = Some(Source { name: "AP".into(), reason: Reason::Credit });
        let directions = Directions::of(&sample.corpus, passages, &origins);
        let direction = directions.of[at].as_ref().unwrap();
        assert_eq!(directions.names[direction.from as usize], "AP");
        assert!(direction.sources.is_empty(), "nothing of the agency is among the articles");
        let outlet = |doc: DocId| sample.corpus.get(doc).outlet.as_str();
        let mut holders: Vec<&str> = passages[at].docs().into_iter().map(outlet).collect();
        holders.sort_unstable();
        holders.dedup();
        let took: Vec<&str> = direction
            .followers
            .iter()
            .map(|f| directions.names[f.outlet as usize].as_str())
            .collect();
        assert_eq!(took, holders);
        assert!(direction.followers.iter().all(|follower| follower.lag_hours.is_none()));
    }
}
