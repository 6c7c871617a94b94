//! Names nobody has: people, towns, organisations, newspapers.

use super::dice::{Dice, Zipf};
use super::words;

/// A person: the whole name, and what a text calls them from the second time on.
#[derive(Clone)]
pub(super) struct Person {
    /// Given name and family name.
    pub(super) full: String,
    /// The family name.
    pub(super) family: String,
}

/// Those who are in the news again and again.
pub(super) struct Prominent {
    people: Vec<Person>,
    towns: Vec<String>,
    people_ranks: Zipf,
    town_ranks: Zipf,
}

/// Makes names.
pub(super) struct Namer {
    onsets: Vec<&'static str>,
    nuclei: Vec<&'static str>,
    codas: Vec<&'static str>,
    town_ends: Vec<&'static str>,
    bodies: Vec<&'static str>,
}

impl Namer {
    pub(super) fn new() -> Self {
        let list = |words: &'static str| words.split_whitespace().collect();
        Self {
            onsets: list(words::ONSETS),
            nuclei: list(words::NUCLEI),
            codas: list(words::CODAS),
            town_ends: list(words::TOWN_ENDS),
            bodies: list(words::BODIES),
        }
    }

    /// A capitalised word of so many syllables.
    pub(super) fn word(&self, syllables: usize, dice: &mut Dice) -> String {
        let mut name = String::new();
        for _ in 0..syllables {
            name.push_str(dice.pick(&self.onsets));
            name.push_str(dice.pick(&self.nuclei));
            name.push_str(dice.pick(&self.codas).trim_matches('-'));
        }
        name[..1].make_ascii_uppercase();
        name
    }

    pub(super) fn person(&self, dice: &mut Dice) -> Person {
        let given = self.word(2, dice);
        let syllables = dice.between(2, 3);
        let family = self.word(syllables, dice);
        Person { full: format!("{given} {family}"), family }
    }

    pub(super) fn town(&self, dice: &mut Dice) -> String {
        let mut name = self.word(2, dice);
        name.push_str(dice.pick(&self.town_ends).trim_matches('-'));
        name
    }

    pub(super) fn organisation(&self, town: &str, dice: &mut Dice) -> String {
        let body = dice.pick(&self.bodies);
        if dice.chance(0.5) {
            format!("{town} {body}")
        } else {
            format!("{} {body}", self.word(2, dice))
        }
    }
}

impl Prominent {
    pub(super) fn new(namer: &Namer, dice: &mut Dice) -> Self {
        /// A person who is in the news again is one of so many.
        const PEOPLE: usize = 2_000;
        const TOWNS: usize = 1_000;
        Self {
            people: (0..PEOPLE).map(|_| namer.person(dice)).collect(),
            towns: (0..TOWNS).map(|_| namer.town(dice)).collect(),
            people_ranks: Zipf::new(PEOPLE),
            town_ranks: Zipf::new(TOWNS),
        }
    }

    pub(super) fn person(&self, dice: &mut Dice) -> &Person {
        &self.people[self.people_ranks.draw(dice)]
    }

    pub(super) fn town(&self, dice: &mut Dice) -> &str {
        &self.towns[self.town_ranks.draw(dice)]
    }
}
