//! Sentences about an event, from a small grammar: readable, grammatical, about nothing.
//!
//! Two texts of one event have its names, numbers and favourite nouns in common and no sentence.
//! Measured among 900 texts with the default settings: the mean Jaccard of two reports of one event
//! that have any 5-word shingle in common is 0.003, of any two of different events 0.0002; the
//! greatest, where both carry one agency's passage, 0.10.

use super::dice::{Dice, Zipf};
use super::names::{Namer, Person, Prominent};
use super::words::{self, TOPICS};

/// Words drawn by Zipf's law.
struct List {
    words: Vec<&'static str>,
    ranks: Zipf,
}

impl List {
    fn new(words: &'static str) -> Self {
        let words: Vec<&str> = words.split_whitespace().collect();
        Self { ranks: Zipf::new(words.len()), words }
    }

    fn draw(&self, dice: &mut Dice) -> &'static str {
        self.words[self.ranks.draw(dice)]
    }
}

/// All words, and those in the news again and again.
pub(super) struct Lexicon {
    topics: Vec<(List, List)>,
    nouns: List,
    verbs: List,
    adjectives: List,
    adverbs: List,
    speakers: List,
    said: List,
    prepositions: List,
    joining: List,
    opening: List,
    determiners: List,
    days: List,
    namer: Namer,
    prominent: Prominent,
}

impl Lexicon {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let namer = Namer::new();
        Self {
            topics: TOPICS.iter().map(|t| (List::new(t.nouns), List::new(t.verbs))).collect(),
            nouns: List::new(words::NOUNS),
            verbs: List::new(words::VERBS),
            adjectives: List::new(words::ADJECTIVES),
            adverbs: List::new(words::ADVERBS),
            speakers: List::new(words::SPEAKERS),
            said: List::new(words::SAID),
            prepositions: List::new(words::PREPOSITIONS),
            joining: List::new(words::JOINING),
            opening: List::new(words::OPENING),
            determiners: List::new(words::DETERMINERS),
            days: List::new(words::DAYS),
            prominent: Prominent::new(&namer, dice),
            namer,
        }
    }

    pub(super) fn namer(&self) -> &Namer {
        &self.namer
    }

    /// A word to put in another's place.
    pub(super) fn replacement(&self, dice: &mut Dice) -> &'static str {
        let list = match dice.below(4) {
            0 => &self.nouns,
            1 => &self.verbs,
            2 => &self.adjectives,
            _ => &self.topics[dice.below(self.topics.len())].0,
        };
        dice.pick(&list.words)
    }

    /// What a text can be about: who, where, and which words it keeps coming back to.
    pub(super) fn subject(&self, dice: &mut Dice) -> Subject {
        /// The share of an event's people and towns that other events have too.
        const PROMINENT: f64 = 0.35;
        let topic = dice.below(self.topics.len());
        let people = (0..dice.between(2, 4))
            .map(|_| {
                if dice.chance(PROMINENT) {
                    self.prominent.person(dice).clone()
                } else {
                    self.namer.person(dice)
                }
            })
            .collect();
        let towns: Vec<String> = (0..dice.between(1, 3))
            .map(|_| {
                if dice.chance(PROMINENT) {
                    self.prominent.town(dice).to_owned()
                } else {
                    self.namer.town(dice)
                }
            })
            .collect();
        let organisations =
            (0..dice.between(1, 2)).map(|_| self.namer.organisation(&towns[0], dice)).collect();
        let nouns = (0..8)
            .map(|place| {
                let list = if place < 5 { &self.topics[topic].0 } else { &self.nouns };
                dice.pick(&list.words)
            })
            .collect();
        let numbers = (0..3).map(|_| number(dice)).collect();
        Subject { topic, people, towns, organisations, nouns, numbers }
    }

    /// Another event with the same topic, first person and first town: alike, and not the same.
    pub(super) fn look_alike(&self, subject: &Subject, dice: &mut Dice) -> Subject {
        let mut other = self.subject(dice);
        other.topic = subject.topic;
        other.people[0] = subject.people[0].clone();
        other.towns[0].clone_from(&subject.towns[0]);
        other
    }
}

const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];

fn begins_with_vowel(word: &str) -> bool {
    // A university, a union, a used car.
    word.starts_with(VOWELS) && !word.starts_with("uni")
}

/// Two to four digits, small ones more often.
fn number(dice: &mut Dice) -> u32 {
    let most = dice.pick(&[99, 99, 999, 9_999]);
    dice.between(11, most) as u32
}

/// What a text is about.
pub(super) struct Subject {
    topic: usize,
    people: Vec<Person>,
    towns: Vec<String>,
    organisations: Vec<String>,
    nouns: Vec<&'static str>,
    numbers: Vec<u32>,
}

/// Writes sentences about a subject at the end of a text.
pub(super) struct Prose<'a> {
    lexicon: &'a Lexicon,
    subject: &'a Subject,
    dice: &'a mut Dice,
    text: &'a mut String,
    /// Words written.
    words: usize,
    /// Whether the next word begins a sentence, or follows an opening quotation mark.
    glued: bool,
}

impl<'a> Prose<'a> {
    pub(super) fn new(
        lexicon: &'a Lexicon,
        subject: &'a Subject,
        dice: &'a mut Dice,
        text: &'a mut String,
    ) -> Self {
        Self { lexicon, subject, dice, text, words: 0, glued: true }
    }

    /// Writes paragraphs of at least `words` words; the last sentence may go over.
    pub(super) fn paragraphs(&mut self, words: usize) {
        while self.words < words {
            if !self.text.is_empty() {
                self.text.push_str("\n\n");
            }
            for place in 0..self.dice.between(1, 4) {
                if place > 0 {
                    self.text.push(' ');
                }
                self.sentence();
            }
        }
    }

    /// Writes one paragraph of at least `words` words; the last sentence may go over.
    pub(super) fn paragraph(&mut self, words: usize) {
        self.sentence();
        while self.words < words {
            self.text.push(' ');
            self.sentence();
        }
    }

    /// Writes one sentence.
    pub(super) fn sentence(&mut self) {
        let start = self.text.len();
        self.glued = true;
        match self.dice.below(16) {
            0..=5 => {
                self.clause();
                if self.dice.chance(0.5) {
                    let joining = self.lexicon.joining.draw(self.dice);
                    self.word(joining);
                    self.clause();
                }
            }
            6..=8 => {
                self.speaker();
                self.said();
                if self.dice.chance(0.7) {
                    self.word("that");
                }
                self.clause();
            }
            9..=10 => {
                self.text.push('“');
                let quoted = self.text.len();
                self.clause();
                self.text[quoted..quoted + 1].make_ascii_uppercase();
                self.text.push_str(",”");
                self.glued = false;
                self.speaker();
                self.said();
            }
            11..=12 => {
                self.word("In");
                self.town();
                self.text.push(',');
                self.clause();
            }
            13 => {
                self.word("According");
                self.word("to");
                self.organisation();
                self.text.push(',');
                self.clause();
            }
            14 => {
                self.counted();
                let verb = self.verb();
                self.word(verb);
                self.thing();
                self.prepositional();
            }
            _ => {
                let opening = self.lexicon.opening.draw(self.dice);
                self.word(opening);
                self.text.push(',');
                self.clause();
            }
        }
        self.text.push('.');
        if self.text.as_bytes()[start].is_ascii() {
            self.text[start..start + 1].make_ascii_uppercase();
        }
    }

    /// Writes a headline: a short clause, with a name in it.
    pub(super) fn headline(&mut self) {
        let start = self.text.len();
        if self.dice.chance(0.5) {
            self.organisation()
        } else {
            self.person()
        }
        let verb = self.verb();
        self.word(verb);
        self.noun();
        let preposition = self.lexicon.prepositions.draw(self.dice);
        self.word(preposition);
        if self.dice.chance(0.5) {
            self.town()
        } else {
            self.noun()
        }
        if self.dice.chance(0.5) {
            self.word("as");
            self.noun();
            let verb = self.verb();
            self.word(verb);
            self.noun();
        }
        self.text[start..start + 1].make_ascii_uppercase();
    }

    fn word(&mut self, word: &str) {
        if !self.glued {
            self.text.push(' ');
        }
        self.glued = false;
        self.text.push_str(word);
        self.words += 1;
    }

    fn clause(&mut self) {
        self.actor();
        if self.dice.chance(0.2) {
            let adverb = self.lexicon.adverbs.draw(self.dice);
            self.word(adverb);
        }
        let verb = self.verb();
        self.word(verb);
        self.thing();
        for _ in 0..self.dice.below(3) {
            self.prepositional();
        }
        if self.dice.chance(0.12) {
            self.word("on");
            let day = self.lexicon.days.draw(self.dice);
            self.word(day);
        }
    }

    /// Who does something.
    fn actor(&mut self) {
        match self.dice.below(10) {
            0..=2 => self.person(),
            3 => self.organisation(),
            4 => {
                let speakers = self.lexicon.speakers.draw(self.dice);
                self.plural(speakers);
                self.word("in");
                self.town();
            }
            5 => self.counted(),
            _ => self.described(),
        }
    }

    /// What something is done to.
    fn thing(&mut self) {
        match self.dice.below(12) {
            0 => self.person(),
            1 => self.organisation(),
            2 => self.counted(),
            3..=5 => {
                self.described();
                self.word("of");
                self.described();
            }
            _ => self.described(),
        }
    }

    fn speaker(&mut self) {
        match self.dice.below(5) {
            0..=2 => self.person(),
            3 => {
                let speaker = self.lexicon.speakers.draw(self.dice);
                self.word(if begins_with_vowel(speaker) { "an" } else { "a" });
                self.word(speaker);
                self.word("for");
                self.organisation();
            }
            _ => {
                let speaker = self.lexicon.speakers.draw(self.dice);
                self.word("one");
                self.word(speaker);
            }
        }
    }

    fn said(&mut self) {
        let said = self.lexicon.said.draw(self.dice);
        self.word(said);
    }

    fn prepositional(&mut self) {
        let preposition = self.lexicon.prepositions.draw(self.dice);
        self.word(preposition);
        match self.dice.below(12) {
            0..=1 => self.town(),
            2 => self.organisation(),
            _ => self.described(),
        }
    }

    /// A noun with its determiner, and often an adjective.
    fn described(&mut self) {
        let determiner = self.lexicon.determiners.draw(self.dice);
        let adjective = self.dice.chance(0.4).then(|| self.lexicon.adjectives.draw(self.dice));
        let noun = self.draw_noun();
        if determiner == "a" && begins_with_vowel(adjective.unwrap_or(noun)) {
            self.word("an");
        } else {
            self.word(determiner);
        }
        if let Some(adjective) = adjective {
            self.word(adjective);
        }
        self.word(noun);
    }

    /// A number of things.
    fn counted(&mut self) {
        /// A text about an event mostly has the event's own figures.
        const OF_THE_EVENT: f64 = 0.75;
        let count = if self.dice.chance(OF_THE_EVENT) {
            self.dice.pick(&self.subject.numbers)
        } else {
            number(self.dice)
        };
        self.word(&count.to_string());
        let noun = self.draw_noun();
        self.plural(noun);
    }

    fn noun(&mut self) {
        let noun = self.draw_noun();
        self.word(noun);
    }

    /// The event's own nouns most, then its topic's, then any.
    fn draw_noun(&mut self) -> &'static str {
        match self.dice.below(10) {
            0..=3 => self.dice.pick(&self.subject.nouns),
            4..=6 => self.lexicon.topics[self.subject.topic].0.draw(self.dice),
            _ => self.lexicon.nouns.draw(self.dice),
        }
    }

    fn verb(&mut self) -> &'static str {
        if self.dice.chance(0.4) {
            self.lexicon.topics[self.subject.topic].1.draw(self.dice)
        } else {
            self.lexicon.verbs.draw(self.dice)
        }
    }

    fn plural(&mut self, noun: &'static str) {
        self.word(noun);
        if noun.strip_suffix('y').is_some_and(|stem| !stem.ends_with(VOWELS)) {
            self.text.pop();
            self.text.push_str("ies");
        } else if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) {
            self.text.push_str("es");
        } else {
            self.text.push('s');
        }
    }

    fn person(&mut self) {
        let subject = self.subject;
        let person = &subject.people[self.dice.below(subject.people.len())];
        if self.dice.chance(0.4) {
            self.word(&person.full);
        } else {
            self.word(&person.family);
        }
    }

    fn town(&mut self) {
        let subject = self.subject;
        let town = &subject.towns[self.dice.below(subject.towns.len())];
        self.word(town);
    }

    fn organisation(&mut self) {
        let subject = self.subject;
        let organisation = &subject.organisations[self.dice.below(subject.organisations.len())];
        self.word("the");
        self.word(organisation);
    }
}
