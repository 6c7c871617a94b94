//! Which pairs are asked for at all: of one outlet, of two, not far apart in time, or of a new and an old article.

use serde::Serialize;

use crate::article::Article;

const SECONDS_AN_HOUR: i64 = 3_600;

/// Which articles are held against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// At most so many hours apart; articles without a date are then held against none.
    pub within_hours: Option<u32>,
    /// Of which outlets.
    pub outlets: OutletScope,
    /// Whether new articles are held against older ones alone, those of the reference
    /// ([`Article::is_reference`]), and not against each other.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub against: bool,
}

/// Of which outlets two articles are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutletScope {
    /// Of any.
    #[default]
    Any,
    /// Both of one.
    Same,
    /// Of two different ones.
    Across,
}

impl Scope {
    /// Whether these two are held against each other.
    pub fn admits(&self, a: &Article, b: &Article) -> bool {
        let outlets = match self.outlets {
            OutletScope::Any => true,
            OutletScope::Same => a.outlet == b.outlet,
            OutletScope::Across => a.outlet != b.outlet,
        };
        let against = !self.against || a.is_reference() != b.is_reference();
        against && outlets && self.within_hours.is_none_or(|hours| are_within(hours, a, b))
    }
}

fn are_within(hours: u32, a: &Article, b: &Article) -> bool {
    let (Some(a), Some(b)) = (a.published, b.published) else { return false };
    let apart = (a.at.as_second() - b.at.as_second()).abs();
    apart <= i64::from(hours) * SECONDS_AN_HOUR
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Published;
    use crate::testing::article;

    #[test]
    fn pairs_are_admitted_by_outlet_and_time() {
        let of = |outlet: &str, at: Option<&str>| Article {
            outlet: outlet.into(),
            published: at.map(|at| Published { at: at.parse().unwrap(), day_only: false }),
            ..article("a", "")
        };
        let first = of("A", Some("2024-05-01T10:00:00Z"));
        let later = of("A", Some("2024-05-02T10:00:00Z"));
        let other = of("B", None);
        let outlets = |outlets| Scope { outlets, ..Scope::default() };
        assert!(Scope::default().admits(&first, &other));
        assert!(outlets(OutletScope::Same).admits(&first, &later));
        assert!(!outlets(OutletScope::Same).admits(&first, &other));
        assert!(outlets(OutletScope::Across).admits(&first, &other));
        assert!(!outlets(OutletScope::Across).admits(&first, &later));
        let against = Scope { against: true, ..Scope::default() };
        let old = first.clone().as_reference();
        assert!(against.admits(&old, &later) && against.admits(&later, &old));
        assert!(!against.admits(&first, &later) && !against.admits(&old, &old));
        let within = |hours| Scope { within_hours: Some(hours), ..Scope::default() };
        assert!(within(24).admits(&first, &later) && within(24).admits(&later, &first));
        assert!(!within(23).admits(&first, &later));
        assert!(!within(99).admits(&first, &other));
    }
}
