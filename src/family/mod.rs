//! Verified pairs to families of near-duplicates, each with the one article that is kept.

use crate::article::DocId;
use crate::verify::Overlap;

/// A group of near-duplicate articles.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Derived from the members' ids: the same group has the same id in the next run.
    pub id: String,
    /// The original: the member that stands for the others.
    pub kept: DocId,
    /// All members, the kept one among them, in order of [`DocId`].
    pub members: Vec<Member>,
    /// The weakest link: the lowest Jaccard without which the family would fall apart.
    pub min_jaccard: f64,
}

/// A member of a family, held against the kept article.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The article.
    pub doc: DocId,
    /// Its exact overlap (as `a`) with the kept article (as `b`).
    pub with_kept: Overlap,
}

/// The families of a run, each of two articles or more, in order of their first member.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Families {
    families: Vec<Family>,
    /// For each article, its family's place, or `u32::MAX`.
    of: Vec<u32>,
}

impl Families {
    /// Indexes the families of a corpus of `articles` articles.
    pub fn new(mut families: Vec<Family>, articles: usize) -> Self {
        families.sort_by_key(|family| family.members[0].doc);
        let mut of = vec![u32::MAX; articles];
        for (place, family) in families.iter().enumerate() {
            for member in &family.members {
                of[member.doc.index()] = place as u32;
            }
        }
        Self { families, of }
    }

    /// All of them.
    pub fn all(&self) -> &[Family] {
        &self.families
    }

    /// The family that the article belongs to.
    pub fn of(&self, doc: DocId) -> Option<&Family> {
        self.families.get(self.of[doc.index()] as usize)
    }

    /// The article that stands for `doc`: its family's kept one, else itself.
    pub fn representative(&self, doc: DocId) -> DocId {
        self.of(doc).map_or(doc, |family| family.kept)
    }
}
