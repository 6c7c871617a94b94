//! Who writes what, one article after another, and who copies whom.

use std::collections::VecDeque;

use super::copies::{edit, first_words, overlap, shingles, words};
use super::dice::Dice;
use super::live::LiveBlog;
use super::outlets::{Outlet, Outlets};
use super::prose::{Lexicon, Prose, Subject};
use super::{Place, SynthConfig, WINDOW};
use crate::verify::Overlap;

/// A copy is in its original's family from this Jaccard on …
const FAMILY_JACCARD: f64 = 0.7;
/// … or where the shorter of the two has this share of its shingles in the longer.
const FAMILY_CONTAINMENT: f64 = 0.9;
/// An edited copy with fewer changed words of a thousand is labelled `light`, else `heavy`.
const HEAVY_PER_MILLE: usize = 100;

/// An article with the truth about it.
pub(super) struct Made {
    pub(super) id: String,
    pub(super) outlet: usize,
    pub(super) title: String,
    pub(super) text: String,
    /// The number of the first article about the event.
    pub(super) story: u64,
    /// The number of the original, or the article's own.
    pub(super) family: u64,
    pub(super) copy: bool,
    /// An earlier article and the Jaccard with it, 0 where neither is a copy of the other.
    pub(super) pairs: Vec<(String, f64)>,
    /// Where a text stood first, where it stands here, and of what kind it is.
    pub(super) passages: Vec<(Place, Place, &'static str)>,
}

/// An event that more outlets will report.
struct Event {
    story: u64,
    subject: Subject,
    /// Those who have reported it.
    outlets: Vec<usize>,
    /// The last report.
    last: String,
    /// How many reports are still to come.
    left: usize,
}

/// A passage from an agency that more outlets will print.
struct Wire {
    text: String,
    words: usize,
    /// Where it stood first, once it did.
    first: Option<Place>,
    outlets: Vec<usize>,
    left: usize,
}

/// A text that may be copied.
struct Original {
    number: u64,
    id: String,
    outlet: usize,
    title: String,
    story: u64,
    text: String,
    /// How much of the text, in bytes, is not footer.
    body: usize,
}

/// Makes articles, and remembers what it must to make the next.
pub(super) struct Newsroom<'a> {
    pub(super) config: &'a SynthConfig,
    pub(super) dice: Dice,
    pub(super) lexicon: Lexicon,
    pub(super) outlets: Outlets,
    /// Under every article.
    footer: String,
    first_footer: Option<Place>,
    events: Vec<Event>,
    wires: Vec<Wire>,
    pub(super) live_blogs: Vec<LiveBlog>,
    originals: VecDeque<Original>,
    /// The number of the original that was copied last.
    copied: u64,
    window: u64,
    pub(super) number: u64,
}

impl<'a> Newsroom<'a> {
    pub(super) fn new(config: &'a SynthConfig) -> Self {
        /// Events and copies lie this close at least, so that a corpus of a few has some.
        const LEAST_WINDOW: u64 = 16;
        let mut names = Dice::new(config.seed, 1);
        let lexicon = Lexicon::new(&mut names);
        let outlets = Outlets::new(config.outlets as usize, &lexicon, &mut names);
        let mut footer = String::new();
        if config.footer_words > 0 {
            let about = lexicon.subject(&mut names);
            let length = config.footer_words as usize;
            Prose::new(&lexicon, &about, &mut names, &mut footer).paragraph(length);
            footer.truncate(first_words(&footer, length).len());
        }
        Self {
            config,
            dice: Dice::new(config.seed, 0),
            lexicon,
            outlets,
            footer,
            first_footer: None,
            events: Vec::new(),
            wires: Vec::new(),
            live_blogs: Vec::new(),
            originals: VecDeque::new(),
            copied: 0,
            window: u64::from(config.articles_per_day).clamp(LEAST_WINDOW, WINDOW),
            number: 0,
        }
    }

    pub(super) fn outlet(&self, outlet: usize) -> &Outlet {
        &self.outlets.all[outlet]
    }

    /// The next article.
    pub(super) fn next(&mut self) -> Made {
        // Where no live blogs are asked for, nothing is thrown for them, and other news stay what they were.
        let is_live = self.config.live > 0.0 && self.dice.chance(self.config.live);
        let made = if is_live {
            self.live_version()
        } else if !self.originals.is_empty() && self.dice.chance(self.config.copies) {
            self.copy()
        } else {
            self.report()
        };
        self.number += 1;
        made
    }

    /// An article of which no label is known yet.
    pub(super) fn blank(&self, outlet: usize, story: u64, title: String, text: String) -> Made {
        Made {
            id: format!("a{:09}", self.number),
            outlet,
            title,
            text,
            story,
            family: self.number,
            copy: false,
            pairs: Vec::new(),
            passages: Vec::new(),
        }
    }

    /// A report of an event in the outlet's own words.
    fn report(&mut self) -> Made {
        let mut event = self.draw_event();
        let outlet = self.outlets.draw(&event.outlets, &mut self.dice);
        let mut title = String::new();
        Prose::new(&self.lexicon, &event.subject, &mut self.dice, &mut title).headline();
        let mut made = self.blank(outlet, event.story, title, String::new());
        if !event.outlets.is_empty() {
            made.pairs.push((event.last, 0.0));
        }
        self.write_body(&mut made, &event.subject);
        let body = made.text.len();
        self.add_footers(&mut made);
        self.originals.push_back(Original {
            number: self.number,
            id: made.id.clone(),
            outlet,
            title: made.title.clone(),
            story: made.story,
            text: made.text.clone(),
            body,
        });
        if self.originals.len() as u64 > self.window {
            self.originals.pop_front();
        }
        event.left -= 1;
        if event.left > 0 {
            event.outlets.push(outlet);
            event.last = made.id.clone();
            self.events.push(event);
        }
        made
    }

    /// An event that has been reported, or a new one.
    fn draw_event(&mut self) -> Event {
        /// How many reports an event gets: most few, some many. 4.35 on average …
        const REPORTS: [usize; 20] = [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 6, 9, 23];
        /// … so that this share of reports is of events known already.
        const KNOWN: f64 = 0.75;
        /// The share of new events that resemble one still in the news.
        const LOOK_ALIKE: f64 = 0.1;
        if self.dice.chance(KNOWN) {
            while !self.events.is_empty() {
                let drawn = self.dice.below(self.events.len());
                let event = self.events.swap_remove(drawn);
                if event.story + self.window > self.number {
                    return event;
                }
            }
        }
        let subject = if !self.events.is_empty() && self.dice.chance(LOOK_ALIKE) {
            let like = self.dice.below(self.events.len());
            self.lexicon.look_alike(&self.events[like].subject, &mut self.dice)
        } else {
            self.lexicon.subject(&mut self.dice)
        };
        Event {
            story: self.number,
            subject,
            outlets: Vec::new(),
            last: String::new(),
            left: self.dice.pick(&REPORTS),
        }
    }

    /// Paragraphs about the event, around an agency's, and with a sentence said twice, where the
    /// dice say so.
    fn write_body(&mut self, made: &mut Made, subject: &Subject) {
        /// A passage takes up to this part of an article, so that two that carry it stay different.
        const MOST_WIRE: usize = 4;
        let length = self.draw_length();
        let wire = if self.dice.chance(self.config.wire) {
            self.draw_wire(made.outlet, length / MOST_WIRE)
        } else {
            None
        };
        let before = if wire.is_some() { self.dice.between(0, length) } else { length };
        Prose::new(&self.lexicon, subject, &mut self.dice, &mut made.text).paragraphs(before);
        if let Some(mut wire) = wire {
            let here = append(&mut made.text, &wire.text, &made.id);
            match &wire.first {
                Some(first) => made.passages.push((first.clone(), here, "wire")),
                None => wire.first = Some(here),
            }
            wire.left -= 1;
            if wire.left > 0 {
                wire.outlets.push(made.outlet);
                self.wires.push(wire);
            }
            Prose::new(&self.lexicon, subject, &mut self.dice, &mut made.text)
                .paragraphs(length - before);
        }
        if self.dice.chance(self.config.repeats) {
            repeat_first_sentence(made);
        }
    }

    /// How many words an original has: the median times a walk of six steps by a quarter up or a
    /// fifth down, which is log-normal as far as six steps go, without a logarithm.
    fn draw_length(&mut self) -> usize {
        let mut length = self.config.words as usize * 1000;
        for _ in 0..6 {
            length = if self.dice.chance(0.5) { length * 5 / 4 } else { length * 4 / 5 };
        }
        (length / 1000).max(1)
    }

    /// A passage of at most `most` words that the outlet has not printed yet.
    fn draw_wire(&mut self, outlet: usize, most: usize) -> Option<Wire> {
        /// What a passage has in words, at least and at most.
        const WORDS: (usize, usize) = (20, 120);
        /// How many outlets print a passage.
        const PRINTED: [usize; 10] = [2, 2, 2, 3, 3, 4, 5, 8, 13, 30];
        /// How many passages wait to be printed again.
        const OPEN: usize = 64;
        if most < WORDS.0 {
            return None;
        }
        let waiting = self.wires.len();
        if waiting > 0 && (waiting >= OPEN || self.dice.chance(0.75)) {
            let drawn = self.dice.below(waiting);
            let wire = self.wires.swap_remove(drawn);
            if wire.words <= most && !wire.outlets.contains(&outlet) {
                return Some(wire);
            }
            self.wires.push(wire);
            return None;
        }
        let about = self.lexicon.subject(&mut self.dice);
        let wanted = self.dice.between(WORDS.0, WORDS.1.min(most));
        let mut text = String::new();
        let mut prose = Prose::new(&self.lexicon, &about, &mut self.dice, &mut text);
        prose.paragraph(wanted);
        let left = self.dice.pick(&PRINTED);
        Some(Wire { words: words(&text), text, first: None, outlets: Vec::new(), left })
    }

    /// An article made of an earlier one.
    fn copy(&mut self) -> Made {
        /// How often what was copied is copied again right away: families of 2, 3 and more.
        const AGAIN: f64 = 0.5;
        let again = self.dice.chance(AGAIN);
        let place = match self.originals.binary_search_by_key(&self.copied, |o| o.number) {
            Ok(place) if again => place,
            _ => self.dice.below(self.originals.len()),
        };
        // Out of the queue while it is copied, so that the rest of the newsroom is free to write.
        let original = std::mem::replace(&mut self.originals[place], Original::none());
        self.copied = original.number;
        let outlet = self.outlets.draw(&[original.outlet], &mut self.dice);
        let mut made = self.blank(outlet, original.story, original.title.clone(), String::new());
        made.copy = true;
        let kind = self.write_copy(&mut made, &original);
        let overlap = overlap(&shingles(&original.text), &shingles(&made.text));
        if is_family(overlap) {
            made.family = original.number;
        }
        made.pairs.push((original.id.clone(), overlap.jaccard()));
        if kind != "verbatim" && !self.footer.is_empty() {
            let length = chars(&self.footer);
            let at_end = |id: &str, text: &str| Place {
                id: id.to_owned(),
                start: chars(text) - length,
                length,
            };
            let places = (at_end(&original.id, &original.text), at_end(&made.id, &made.text));
            made.passages.push((places.0, places.1, "footer"));
        }
        self.originals[place] = original;
        made
    }

    /// Writes the copy's text, its footers too, and labels what it shares with the original. The
    /// kind of copy.
    fn write_copy(&mut self, made: &mut Made, original: &Original) -> &'static str {
        let body = &original.text[..original.body];
        let config = self.config;
        /// Draws below this make the choice between kinds of copies.
        const CHOICES: f64 = 1_000_000.0;
        let choice = self.dice.below(CHOICES as usize) as f64 / CHOICES;
        let (source, here, kind) = if choice < config.verbatim {
            let here = append(&mut made.text, &original.text, &made.id);
            (original.text.as_str(), here, "verbatim")
        } else if choice < config.verbatim + config.cut {
            let kept = words(body) * self.dice.between(300, 800) / 1000;
            let part = first_words(body, kept);
            let here = append(&mut made.text, part, &made.id);
            (part, here, "cut")
        } else if choice < config.verbatim + config.cut + config.framed {
            let about = self.lexicon.subject(&mut self.dice);
            let extra = words(body) * self.dice.between(50, 300) / 1000;
            Prose::new(&self.lexicon, &about, &mut self.dice, &mut made.text).paragraphs(extra);
            let here = append(&mut made.text, body, &made.id);
            Prose::new(&self.lexicon, &about, &mut self.dice, &mut made.text).paragraphs(extra);
            (body, here, "framed")
        } else {
            let (least, most) = config.edits_per_mille;
            // The square of an even draw: half of the rates are in the lowest quarter.
            let draw = self.dice.below(1001);
            let rate = least as usize + (most - least) as usize * draw * draw / 1_000_000;
            let edited = edit(body, rate, &self.lexicon, &mut self.dice);
            let here = append(&mut made.text, &edited, &made.id);
            (body, here, if rate < HEAVY_PER_MILLE { "light" } else { "heavy" })
        };
        let there = Place { id: original.id.clone(), start: 0, length: chars(source) };
        if here.length > 0 {
            made.passages.push((there, here, kind));
        }
        if kind != "verbatim" {
            self.add_footers(made);
        }
        kind
    }

    /// Adds the outlet's footer and everyone's, labelled from the first article that had them.
    fn add_footers(&mut self, made: &mut Made) {
        let outlet = &mut self.outlets.all[made.outlet];
        let own = (outlet.footer.as_str(), &mut outlet.first_footer);
        for (footer, first) in [own, (self.footer.as_str(), &mut self.first_footer)] {
            if footer.is_empty() {
                continue;
            }
            let here = append(&mut made.text, footer, &made.id);
            match first {
                Some(first) => made.passages.push((first.clone(), here, "footer")),
                None => *first = Some(here),
            }
        }
    }
}

impl Original {
    fn none() -> Self {
        Self {
            number: 0,
            id: String::new(),
            outlet: 0,
            title: String::new(),
            story: 0,
            text: String::new(),
            body: 0,
        }
    }
}

/// Adds a paragraph, or more, and tells where it stands.
pub(super) fn append(text: &mut String, paragraphs: &str, id: &str) -> Place {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    let start = chars(text);
    text.push_str(paragraphs);
    Place { id: id.to_owned(), start, length: chars(paragraphs) }
}

/// Says the first sentence again in a paragraph of its own.
fn repeat_first_sentence(made: &mut Made) {
    let Some(stop) = made.text.find('.') else { return };
    let sentence = made.text[..=stop].to_owned();
    let here = append(&mut made.text, &sentence, &made.id);
    let there = Place { start: 0, ..here.clone() };
    made.passages.push((there, here, "repeat"));
}

pub(super) fn is_family(overlap: Overlap) -> bool {
    overlap.jaccard() >= FAMILY_JACCARD
        || overlap.containment_a().max(overlap.containment_b()) >= FAMILY_CONTAINMENT
}

pub(super) fn chars(text: &str) -> u64 {
    text.chars().count() as u64
}
