//! What is known of the furniture of each house: a value that is stored with the statistics.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::GRAM;
use crate::article::house;
use crate::error::{Cause, Error, InputErrorKind, Position, Result, StoredError};
use crate::sealed::{Reader, Writer};
use crate::sketch::{mix, shingle_hashes};
use crate::text::Tokeniser;

/// Tells lines and bodies from runs of words that hash alike.
const LINE: u64 = 0x4c49_4e45_4c49_4e45;
const BODY: u64 = 0x424f_4459_424f_4459;

/// The hash of a run of words, a short line or a whole body that is furniture.
pub(super) type Feature = u64;

/// The furniture of houses. Equal corpora give equal templates, and templates of two corpora join.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Templates {
    /// By the hash of a house's name; ascending.
    pub(super) houses: BTreeMap<u64, Vec<Feature>>,
    /// Furniture in whatever outlet it stands: bodies that are none, and what a user named; ascending.
    pub(super) everywhere: Vec<Feature>,
}

impl Templates {
    /// How many houses have furniture.
    pub fn houses(&self) -> usize {
        self.houses.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.houses.is_empty() && self.everywhere.is_empty()
    }

    /// Adds what `other` knows.
    pub fn join(&mut self, other: &Self) {
        for (&house, features) in &other.houses {
            add(self.houses.entry(house).or_default(), features.iter().copied());
        }
        add(&mut self.everywhere, other.everywhere.iter().copied());
    }

    /// Adds a user's templates: each paragraph of `text`, with empty lines between two. A paragraph of fewer
    /// than [`GRAM`] words is furniture where it is a line of its own, a longer one wherever eight of its
    /// words stand in a row.
    pub fn ignore(&mut self, text: &str) {
        let mut tokeniser = Tokeniser::default();
        let mut found = Vec::new();
        for paragraph in paragraphs(text) {
            let mut words = Vec::new();
            tokeniser.hashes(&paragraph, &mut words);
            found.extend(features_of(&words));
        }
        add(&mut self.everywhere, found);
    }

    /// The templates of a user's file, see [`Self::ignore`].
    ///
    /// # Errors
    /// [`Error::Input`] where it cannot be read, is no UTF-8 or has no words.
    pub fn of_file(path: &Path) -> Result<Self> {
        let failed = |kind, reason: Cause| Error::input(Position::of_path(path), kind, reason);
        let text = fs::read_to_string(path)
            .map_err(|error| failed(InputErrorKind::Unreadable, error.into()))?;
        let mut templates = Self::default();
        templates.ignore(&text);
        if templates.is_empty() {
            let reason = "no template stands here: a file of them has words".into();
            return Err(failed(InputErrorKind::Empty, reason));
        }
        Ok(templates)
    }

    /// Writes them as numbers.
    pub(crate) fn store(&self, body: &mut Writer) {
        body.count(self.houses.len());
        for (&house, features) in &self.houses {
            body.number(house);
            body.ascending(features.iter().copied());
        }
        body.ascending(self.everywhere.iter().copied());
    }

    /// Reads what [`Self::store`] wrote.
    pub(crate) fn restore(body: &mut Reader<'_>) -> Result<Self, StoredError> {
        let mut templates = Self::default();
        for _ in 0..body.count()? {
            templates.houses.insert(body.number()?, body.ascending()?);
        }
        templates.everywhere = body.ascending()?;
        Ok(templates)
    }

    pub(super) fn set(&mut self, house: u64, features: impl IntoIterator<Item = Feature>) {
        add(self.houses.entry(house).or_default(), features);
    }

    pub(super) fn set_everywhere(&mut self, features: impl IntoIterator<Item = Feature>) {
        add(&mut self.everywhere, features);
    }
}

/// Stretches of text between empty lines.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.split(|line| line.is_empty()).map(|lines| lines.join(" ")).collect()
}

/// The features of a template of these words.
fn features_of(words: &[u64]) -> Vec<Feature> {
    if words.is_empty() {
        return Vec::new();
    }
    if words.len() < GRAM {
        return vec![line_feature(words)];
    }
    let mut grams = Vec::new();
    shingle_hashes(words, GRAM, &mut grams);
    grams
}

fn add(to: &mut Vec<Feature>, features: impl IntoIterator<Item = Feature>) {
    to.extend(features);
    to.sort_unstable();
    to.dedup();
}

/// The hash of the house of an outlet; `None` where there is no outlet.
pub(super) fn house_hash(outlet: &str) -> Option<u64> {
    let house = house(outlet);
    (!house.is_empty()).then(|| xxh3_64(house.as_bytes()))
}

/// The feature of a line of fewer than [`GRAM`] words.
pub(super) fn line_feature(words: &[u64]) -> Feature {
    words.iter().fold(LINE, |hash, word| mix(hash ^ word))
}

/// The feature of a whole body.
pub(super) fn body_feature(words: &[u64]) -> Feature {
    words.iter().fold(BODY, |hash, word| mix(hash ^ word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_has_one_hash_whatever_the_edition() {
        assert_eq!(house_hash("The Post - Opinion"), house_hash("The Post"));
        assert_ne!(house_hash("The Post"), house_hash("The Mail"));
        assert_eq!(house_hash(""), None);
    }

    #[test]
    fn templates_join_in_any_order() {
        let mut one = Templates::default();
        one.set(7, [3, 1]);
        let mut other = Templates::default();
        other.set(7, [2, 3]);
        other.set_everywhere([9]);
        let mut both = one.clone();
        both.join(&other);
        other.join(&one);
        assert_eq!(both, other);
        assert_eq!(both.houses[&7], [1, 2, 3]);
    }
}
