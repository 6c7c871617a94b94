//! Which member of a family stays, and why.
//!
//! A policy ranks the members by a few criteria, one after the other; what they leave open goes by
//! the order of the corpus. The reason told is the first criterion in which the member that stays
//! differs from the next one.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::article::{Article, Corpus, DocId};
use crate::error::{Error, Result};
use crate::text::version;

/// How many bytes of a text's beginning and end are searched for the name of another outlet.
const CREDIT_BYTES: usize = 300;
/// A shorter name of an outlet would be found in texts that do not credit it.
const LEAST_NAME: usize = 3;

/// Which member of a family is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The first published, then the longest.
    #[default]
    First,
    /// The last published, then the longest.
    Last,
    /// The longest, then the first published.
    Longest,
    /// The one that holds most of the others' text, then the longest.
    Complete,
    /// The latest correction or update by its own mark, then the last published.
    Corrected,
    /// The one whose outlet most others credit, then the first published.
    Original,
    /// One of the outlet named earliest, then the first published.
    Outlets(Vec<String>),
}

/// Why a member is kept and not another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptReason {
    /// It was published first.
    First,
    /// It was published last.
    Last,
    /// Its text is the longest.
    Longest,
    /// It holds most of the others' text.
    Complete,
    /// It says that it is a correction, or the latest update.
    Corrected,
    /// Most others credit its outlet.
    Credited,
    /// Its outlet was named earliest.
    Outlet,
    /// It is of the reference that the others are held against.
    Reference,
    /// Nothing asked for tells the two apart: order of the corpus.
    Order,
}

impl KeptReason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::First,
        Self::Last,
        Self::Longest,
        Self::Complete,
        Self::Corrected,
        Self::Credited,
        Self::Outlet,
        Self::Reference,
        Self::Order,
    ];

    /// The name that tables use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
            Self::Longest => "longest",
            Self::Complete => "complete",
            Self::Corrected => "corrected",
            Self::Credited => "credited",
            Self::Outlet => "outlet",
            Self::Reference => "reference",
            Self::Order => "order",
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Last => f.write_str("last"),
            Self::Longest => f.write_str("longest"),
            Self::Complete => f.write_str("complete"),
            Self::Corrected => f.write_str("corrected"),
            Self::Original => f.write_str("original"),
            Self::Outlets(names) => write!(f, "outlet:{}", names.join(",")),
        }
    }
}

impl FromStr for Keep {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match (text, text.strip_prefix("outlet:")) {
            ("first", _) => Self::First,
            ("last" | "newest", _) => Self::Last,
            ("longest", _) => Self::Longest,
            ("complete", _) => Self::Complete,
            ("corrected", _) => Self::Corrected,
            ("original", _) => Self::Original,
            (_, Some(names)) if names.split(',').all(|name| !name.trim().is_empty()) => {
                Self::Outlets(names.split(',').map(|name| name.trim().to_owned()).collect())
            }
            _ => {
                return Err(Error::config(
                    "--keep",
                    format!(
                        "{text:?} is none of first, last, newest, longest, complete, corrected, original, outlet:NAME,NAME"
                    ),
                ));
            }
        })
    }
}

impl Serialize for Keep {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The members of a family, best first, and why the first is the first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranking {
    /// Places among the members.
    pub(super) order: Vec<u32>,
    pub(super) reason: KeptReason,
}

impl Keep {
    /// Ranks the members `docs`, which ascend. `held` is how much of the others' text each holds.
    pub(super) fn rank(&self, corpus: &Corpus, docs: &[DocId], held: &[f64]) -> Ranking {
        let reference = |doc: &DocId| if corpus.get(*doc).is_reference() { 0.0 } else { 1.0 };
        let mut criteria = vec![(KeptReason::Reference, docs.iter().map(reference).collect())];
        criteria.extend(self.criteria(corpus, docs, held));
        let mut order: Vec<u32> = (0..docs.len() as u32).collect();
        let decided = |a: u32, b: u32| {
            let differs = criteria
                .iter()
                .map(|(reason, keys)| (*reason, keys[a as usize].total_cmp(&keys[b as usize])))
                .find(|(_, order)| order.is_ne());
            differs.unwrap_or((KeptReason::Order, a.cmp(&b)))
        };
        order.sort_by(|&a, &b| decided(a, b).1);
        let reason = match order[..] {
            [first, second, ..] => decided(first, second).0,
            _ => KeptReason::Order,
        };
        Ranking { order, reason }
    }

    /// What decides, in turn, with a key for each member: the least is the best.
    fn criteria(
        &self,
        corpus: &Corpus,
        docs: &[DocId],
        held: &[f64],
    ) -> Vec<(KeptReason, Vec<f64>)> {
        let each = |key: &dyn Fn(&Article) -> f64| -> Vec<f64> {
            docs.iter().map(|&doc| key(corpus.get(doc))).collect()
        };
        // Whole seconds below 2^53 are exact; a day without a time goes after the times of its
        // beginning.
        let time = |article: &Article| {
            let published = article.published?;
            let after = if published.day_only { 0.5 } else { 0.0 };
            Some(published.at.as_millisecond() as f64 / 1000.0 + after / 1000.0)
        };
        let first = || (KeptReason::First, each(&|a| time(a).unwrap_or(f64::INFINITY)));
        let last = || (KeptReason::Last, each(&|a| time(a).map_or(f64::INFINITY, |time| -time)));
        let longest = || (KeptReason::Longest, each(&|a| -(a.text.len() as f64)));
        match self {
            Self::First => vec![first(), longest()],
            Self::Last => vec![last(), longest()],
            Self::Longest => vec![longest(), first()],
            Self::Complete => {
                let held = held.iter().map(|held| -held).collect();
                vec![(KeptReason::Complete, held), longest(), first()]
            }
            Self::Corrected => {
                let version = each(&|a| -f64::from(version(&a.title, &a.text)));
                vec![(KeptReason::Corrected, version), last(), longest()]
            }
            Self::Original => {
                let credits = credits(corpus, docs);
                vec![(KeptReason::Credited, credits), first(), longest()]
            }
            Self::Outlets(names) => {
                let named = each(&|article| {
                    let place = names.iter().position(|name| *name == *article.outlet);
                    place.unwrap_or(names.len()) as f64
                });
                vec![(KeptReason::Outlet, named), first(), longest()]
            }
        }
    }
}

/// For each member, minus how many members of other outlets name its outlet where credits stand.
fn credits(corpus: &Corpus, docs: &[DocId]) -> Vec<f64> {
    let ends: Vec<String> = docs
        .iter()
        .map(|&doc| {
            let text = corpus.get(doc).text.as_str();
            let head = &text[..text.floor_char_boundary(CREDIT_BYTES)];
            let tail = &text[text.ceil_char_boundary(text.len().saturating_sub(CREDIT_BYTES))..];
            format!("{head}\n{tail}").to_lowercase()
        })
        .collect();
    let named = |outlet: &str, place: usize| {
        let other = corpus.get(docs[place]).outlet.as_str() != outlet;
        other && ends[place].contains(&outlet.to_lowercase())
    };
    let mut outlets: Vec<&str> = docs.iter().map(|&doc| corpus.get(doc).outlet.as_str()).collect();
    outlets.sort_unstable();
    outlets.dedup();
    let count = |outlet: &&str| {
        let told = outlet.len() >= LEAST_NAME;
        if told { (0..docs.len()).filter(|&place| named(outlet, place)).count() } else { 0 }
    };
    let counts: Vec<usize> = outlets.iter().map(count).collect();
    docs.iter()
        .map(|&doc| {
            let place = outlets.binary_search(&corpus.get(doc).outlet.as_str());
            place.map_or(0.0, |place| -(counts[place] as f64))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::article;

    #[test]
    fn keep_reads_what_it_prints() {
        let outlets = Keep::Outlets(vec!["A".into(), "B C".into()]);
        let all = [Keep::First, Keep::Last, Keep::Longest, Keep::Complete, Keep::Corrected];
        for keep in all.into_iter().chain([Keep::Original, outlets]) {
            assert_eq!(keep.to_string().parse::<Keep>().unwrap(), keep);
        }
        assert_eq!("newest".parse::<Keep>().unwrap(), Keep::Last);
        assert!("outlet:".parse::<Keep>().is_err());
        assert!("best".parse::<Keep>().is_err());
    }

    #[test]
    fn the_outlet_that_others_credit_is_the_original() {
        let of = |id: &str, outlet: &str, text: &str| Article {
            outlet: outlet.into(),
            ..article(id, text)
        };
        let corpus = Corpus::new(vec![
            of("a", "Merrow Gazette", "VESK (Norrland Wire) - A freighter ran aground."),
            of("b", "Norrland Wire", "VESK - A freighter ran aground."),
        ]);
        let docs: Vec<DocId> = corpus.docs().collect();
        let ranking = Keep::Original.rank(&corpus, &docs, &[0.0, 0.0]);
        assert_eq!(corpus.get(docs[ranking.order[0] as usize]).id, "b");
        assert_eq!(ranking.reason, KeptReason::Credited);
    }
}
