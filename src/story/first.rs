//! Who published a story first, and how sure the times make that.
//!
//! Of an article that has a date and no time only the day is known: it may have been there at
//! midnight or an hour before the next, so it comes before nothing of its own day. Days are those of
//! UTC. Cost: one pass over the story.

use serde::{Deserialize, Serialize};

use crate::article::{Corpus, DocId, Published};

const SECONDS_A_DAY: i64 = 86_400;

/// The first article of a story, as far as its date tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// The article: of those that have a date, the one that was there the earliest at the latest.
    pub doc: DocId,
    /// What may still have been earlier.
    pub certainty: Certainty,
}

/// How sure it is that no other outlet was earlier. Another article of the same outlet does not
/// count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Every other outlet has a later time.
    Certain,
    /// Another outlet has the same time.
    Tied,
    /// Another outlet has the same day, and of one of the two no more is known.
    SameDay,
    /// An article of another outlet has no date.
    Undated,
}

impl Certainty {
    /// Every degree, the surest first.
    pub const ALL: [Self; 4] = [Self::Certain, Self::Tied, Self::SameDay, Self::Undated];

    /// The word in the tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Tied => "tied",
            Self::SameDay => "same-day",
            Self::Undated => "undated",
        }
    }
}

/// The seconds between which an article was published.
fn moments(published: Published) -> (i64, i64) {
    let at = published.at.as_second();
    if !published.day_only {
        return (at, at);
    }
    let midnight = at - at.rem_euclid(SECONDS_A_DAY);
    (midnight, midnight + SECONDS_A_DAY - 1)
}

/// The first of these articles; none where none has a date.
pub(super) fn first(corpus: &Corpus, docs: &[DocId]) -> Option<First> {
    let known = |doc: DocId| corpus.get(doc).published.map(moments);
    let dated = docs.iter().filter_map(|&doc| Some((known(doc)?, doc)));
    let (own, doc) = dated.min_by_key(|&((_, latest), doc)| (latest, doc))?;
    let outlet = &corpus.get(doc).outlet;
    let another =
        |other: DocId| other != doc && (outlet.is_empty() || corpus.get(other).outlet != *outlet);
    let others = docs.iter().copied().filter(|&other| another(other));
    let doubts = others.filter_map(|other| match known(other) {
        None => Some(Certainty::Undated),
        Some((earliest, latest)) if earliest <= own.1 => {
            let times = own.0 == own.1 && earliest == latest;
            Some(if times { Certainty::Tied } else { Certainty::SameDay })
        }
        Some(_) => None,
    });
    // What is known of the dated ones says more than that another has no date.
    let weight = |doubt: &Certainty| match doubt {
        Certainty::Certain => 0,
        Certainty::Undated => 1,
        Certainty::SameDay => 2,
        Certainty::Tied => 3,
    };
    Some(First { doc, certainty: doubts.max_by_key(weight).unwrap_or(Certainty::Certain) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::testing::article;

    /// Who is first of articles with these outlets and dates, `2024-05-01` or with a time.
    fn of(articles: &[(&str, &str)]) -> Option<(u32, Certainty)> {
        let published = |at: &str| match at.len() {
            0 => None,
            10 => {
                let at = format!("{at}T00:00:00Z").parse().unwrap();
                Some(Published { at, day_only: true })
            }
            _ => Some(Published { at: at.parse().unwrap(), day_only: false }),
        };
        let article = |(n, &(outlet, at)): (usize, &(&str, &str))| Article {
            outlet: outlet.into(),
            published: published(at),
            ..article(&n.to_string(), "")
        };
        let corpus = crate::testing::by_id(articles.iter().enumerate().map(article).collect());
        let docs: Vec<DocId> = corpus.docs().collect();
        first(&corpus, &docs).map(|first| (first.doc.0, first.certainty))
    }

    const DAY: &str = "2024-05-01";
    const NINE: &str = "2024-05-01T09:00:00Z";
    const TEN: &str = "2024-05-01T10:00:00Z";

    #[test]
    fn the_earliest_time_is_first_and_certain() {
        assert_eq!(of(&[("x", TEN), ("y", NINE)]), Some((1, Certainty::Certain)));
        assert_eq!(of(&[("x", TEN)]), Some((0, Certainty::Certain)));
        assert_eq!(of(&[("x", ""), ("y", "")]), None);
    }

    #[test]
    fn a_date_without_a_time_is_not_first_at_midnight() {
        assert_eq!(of(&[("x", DAY), ("y", TEN)]), Some((1, Certainty::SameDay)));
        assert_eq!(of(&[("x", "2024-05-02"), ("y", TEN)]), Some((1, Certainty::Certain)));
        assert_eq!(of(&[("x", "2024-04-30"), ("y", TEN)]), Some((0, Certainty::Certain)));
        assert_eq!(of(&[("x", DAY), ("y", DAY)]), Some((0, Certainty::SameDay)));
    }

    #[test]
    fn a_tie_is_told_whatever_else_is_in_doubt() {
        assert_eq!(of(&[("x", NINE), ("y", NINE)]), Some((0, Certainty::Tied)));
        assert_eq!(of(&[("x", NINE), ("z", ""), ("y", NINE)]), Some((0, Certainty::Tied)));
        assert_eq!(of(&[("x", NINE), ("z", DAY), ("y", NINE)]), Some((0, Certainty::Tied)));
    }

    #[test]
    fn what_has_no_date_may_have_been_first() {
        assert_eq!(of(&[("x", ""), ("y", TEN)]), Some((1, Certainty::Undated)));
        assert_eq!(of(&[("x", DAY), ("z", ""), ("y", TEN)]), Some((2, Certainty::SameDay)));
    }

    #[test]
    fn an_outlet_does_not_compete_with_itself() {
        assert_eq!(of(&[("x", NINE), ("x", NINE), ("x", "")]), Some((0, Certainty::Certain)));
        assert_eq!(of(&[("", NINE), ("", NINE)]), Some((0, Certainty::Tied)));
    }
}
