//! What several print and nobody wrote for them: a speech, an interview word for word, a plan, a law.
//!
//! Who prints a document shows it as one: it opens its paragraphs with the speaker's name, counts its clauses, or sets it off after a
//! colon. An article that tells something in its outlet's words does none of this. Linear in the words of each place.

use super::kind::Sighting;
use crate::text::Token;

/// A document has so many words at least; a shorter piece of one is a quotation or a phrase.
const FEWEST_WORDS: u32 = 30;

/// Times that a speaker's name opens what is said, or that a clause is counted, in a document.
const TURNS: u32 = 2;
const CLAUSES: u32 = 3;

/// A quotation of so many words that one article at least prints without its marks is a document.
const PRINTED_WORDS: u32 = 80;

/// The most letters of a speaker's name.
const SPEAKER_BYTES: usize = 40;

/// What the words of a place look like, beyond what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// Words that begin with a capital.
    pub(super) capitals: u32,
    /// Whether it is an address of the web.
    pub(super) is_link: bool,
    /// Turns of speakers: `RUIZ:`.
    turns: u32,
    /// Clauses: `(a)`, `(12)`, `§`.
    clauses: u32,
}

/// Reads the form of a place, whose tokens are given, from its text.
pub(super) fn form(text: &str, place: &[Token]) -> Form {
    let (Some(first), Some(last)) = (place.first(), place.last()) else { return Form::default() };
    let from = text[..first.start as usize].trim_end_matches(|c: char| !c.is_whitespace()).len();
    let own = &text[from..last.end as usize];
    Form {
        capitals: capitals(text, place),
        is_link: own.starts_with("http") || own.starts_with("www."),
        turns: turns(own),
        clauses: clauses(own),
    }
}

/// How many words of a text begin with a capital.
pub(super) fn capitals(text: &str, words: &[Token]) -> u32 {
    words.iter().filter(|word| word.span().of(text).starts_with(char::is_uppercase)).count() as u32
}

/// How often a name in capitals with a colon opens what somebody says.
fn turns(text: &str) -> u32 {
    let speaker = |before: &str| {
        let name =
            before.rsplit(['\n', '.', '?', '!', '”', '"', ']']).next().unwrap_or_default().trim();
        let letters = || name.chars().filter(|c| c.is_alphabetic());
        name.len() <= SPEAKER_BYTES && letters().count() > 1 && letters().all(char::is_uppercase)
    };
    text.match_indices(": ").filter(|&(colon, _)| speaker(&text[..colon])).count() as u32
}

/// How many clauses are counted in brackets or by their sign. Numbers in brackets that do not go on from the one
/// before count something else: votes, ages, goals.
fn clauses(text: &str) -> u32 {
    let (mut last_number, mut last_letter) = (None, None);
    let in_brackets = text.match_indices('(').filter(|&(open, _)| {
        let inside = text[open + 1..].split(')').next().unwrap_or_default();
        let number = inside.parse::<u8>().ok().filter(|_| inside.len() <= 2);
        let letter = inside.bytes().next().filter(u8::is_ascii_lowercase);
        match (number, letter.filter(|_| inside.len() == 1)) {
            (Some(number), _) => goes_on(last_number.replace(number), number),
            (None, Some(letter)) => goes_on(last_letter.replace(letter), letter),
            (None, None) => false,
        }
    });
    (in_brackets.count() + text.matches('§').count()) as u32
}

/// Whether a clause follows the one before, of which one may be left out.
fn goes_on(last: Option<u8>, next: u8) -> bool {
    last.is_none_or(|last| next > last && next - last <= 2)
}

/// Whether all places have as many words as a document.
pub(super) fn is_long(sightings: &[Sighting]) -> bool {
    has_words(sightings, FEWEST_WORDS)
}

fn has_words(sightings: &[Sighting], fewest: u32) -> bool {
    sightings.iter().all(|sighting| sighting.place.span.len() >= fewest)
}

/// Whether the places, of two outlets or more, are of a document: most show it as one, or it is a long quotation that
/// one prints as it is.
pub(super) fn is_document(sightings: &[Sighting], is_quotation: bool) -> bool {
    let len = |sighting: &Sighting| sighting.place.span.len();
    let fewest = if is_quotation { PRINTED_WORDS } else { FEWEST_WORDS };
    if !has_words(sightings, fewest) {
        return false;
    }
    let shows = |sighting: &&Sighting| {
        let set_off = sighting.bare.as_ref().map_or(0, |bare| bare.set_off());
        sighting.form.turns >= TURNS
            || sighting.form.clauses >= CLAUSES
            || 2 * set_off >= len(sighting)
    };
    let shown = sightings.iter().filter(shows).count();
    2 * shown > sightings.len()
        || shown > 0 && is_quotation && sightings.iter().any(|sighting| sighting.bare.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;

    fn form_of(text: &str) -> Form {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        form(text, &tokens)
    }

    #[test]
    fn speakers_and_clauses_are_counted_as_they_are_written() {
        let talk = "RUIZ: Did the ferry sail? DE LIND: It did. [Laughs] Q: And sank? RUIZ: So they say: yes.";
        assert_eq!(form_of(talk).turns, 3);
        assert_eq!(form_of("The USA: a ferry. Next: more.").turns, 0);
        assert_eq!(
            form_of("(a) A ferry sails; (b) it does so daily; (12) it sinks. (See c)").clauses,
            3
        );
        assert_eq!(form_of("Ohio (18), Iowa (6), Utah (6) and Maine (4) sail").clauses, 1);
    }

    #[test]
    fn names_and_links_are_told_by_their_form() {
        let names = form_of("Ana Ruiz, Bo Lind and Cy Zed of the Ferry Party");
        assert_eq!(names.capitals, 8);
        assert!(form_of("https://www.ferry.example/watch?v").is_link && !names.is_link);
    }
}
