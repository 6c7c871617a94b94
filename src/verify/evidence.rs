//! What kind of likeness a pair's is: told from how many shingles the two share and, where one is a
//! part of the other, from where its shingles stand in the longer text.

use serde::{Deserialize, Serialize};

use super::Overlap;
use crate::candidates::NearDuplicateConfig;

/// From this containment on, the shorter of two near-duplicates is called a part of the longer one …
const CONTAINED: f64 = 0.95;
/// … where the longer has so many times as many shingles of its own. Where both have as many, words were changed, and
/// nothing was cut: of made-up texts of 300 words with one to three changed, one pair in six was called so.
const CUT: u32 = 2;
/// One in this many of the part's shingles may stand apart at either end of where it lies in the
/// whole: a phrase of it that the whole has once more.
const STRAY: usize = 20;
/// A part lies in one stretch where that is at most this many times as long as its shingles are many.
const STRETCHED: f64 = 1.25;
/// A whole begins with the part where at most this many words go before: a headline, a byline.
const OPENING: usize = 16;

/// The kind of likeness between two verified articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The same shingles, all of them.
    Identical,
    /// The longer one begins with the shorter: a copy cut off, or a story written further.
    Truncation,
    /// The shorter stands in one stretch of the longer one, with other text before it.
    Framed,
    /// The shorter is made of pieces of the longer one.
    Brief,
    /// Alike in most of their shingles.
    NearDuplicate,
    /// One template with other names, numbers, dates or titles in it.
    Template,
}

impl Evidence {
    /// Every kind, the closest likeness first.
    pub const ALL: [Self; 6] = [
        Self::Identical,
        Self::NearDuplicate,
        Self::Truncation,
        Self::Framed,
        Self::Brief,
        Self::Template,
    ];

    /// The name that tables use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Truncation => "truncation",
            Self::Framed => "framed",
            Self::Brief => "brief",
            Self::NearDuplicate => "near-duplicate",
            Self::Template => "template",
        }
    }
}

/// The kind of likeness of a pair that was accepted. Where that depends on how they lie, `places`
/// gives where the shared shingles stand among the distinct ones of the longer article, ascending.
pub fn evidence(
    overlap: Overlap,
    config: &NearDuplicateConfig,
    places: impl FnOnce() -> Vec<usize>,
) -> Evidence {
    if overlap.shared == overlap.longer() {
        Evidence::Identical
    } else if config.is_near_duplicate(overlap) && !(overlap.is_part(CONTAINED) && is_cut(overlap))
    {
        Evidence::NearDuplicate
    } else {
        lie(&places(), overlap.shorter() as usize)
    }
}

/// Whether the longer article has clearly more of its own than the shorter one.
fn is_cut(overlap: Overlap) -> bool {
    overlap.longer() - overlap.shared >= CUT * (overlap.shorter() - overlap.shared)
}

/// How the shingles of a part of so many lie in the whole.
fn lie(places: &[usize], part: usize) -> Evidence {
    let strays = places.len() / STRAY;
    let (Some(first), Some(last)) = (places.get(strays), places.iter().nth_back(strays)) else {
        return Evidence::Brief;
    };
    let expected = part - 2 * (part / STRAY);
    if (last - first) as f64 > STRETCHED * expected as f64 {
        Evidence::Brief
    } else if *first <= strays + OPENING {
        Evidence::Truncation
    } else {
        Evidence::Framed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(a: u32, b: u32, shared: u32) -> Evidence {
        let places = || (0..shared as usize).collect();
        evidence(Overlap { a, b, shared }, &NearDuplicateConfig::default(), places)
    }

    #[test]
    fn a_cut_leaves_the_longer_one_more_of_its_own() {
        assert_eq!(told(300, 300, 300), Evidence::Identical);
        assert_eq!(told(300, 300, 290), Evidence::NearDuplicate);
        assert_eq!(told(300, 304, 290), Evidence::NearDuplicate);
        assert_eq!(told(280, 300, 280), Evidence::Truncation);
        assert_eq!(told(300, 280, 276), Evidence::Truncation);
        assert_eq!(told(299, 300, 299), Evidence::Truncation);
    }
}
