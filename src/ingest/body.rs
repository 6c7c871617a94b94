//! Bodies that are none: scrambled ones, and what a site prints in place of an article.
//!
//! Some paywalls leave a text in ROT47, a paragraph between `kAm` and `k^Am` (which are `<p>` and `</p>`).
//! Each character is one character, so that places stay as they are. A menu, a list of countries, a form, a
//! request for consent or for a subscription is no article: it is noted, and whoever compares texts can
//! leave it out. That one body stands under many headlines cannot be told here, of one article.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::{memchr3_iter, memmem};

/// How a paragraph begins and ends in ROT47.
const OPENING: &str = "kAm";
const CLOSING: &str = "k^Am";

static CLOSINGS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(CLOSING));

/// A text with its scrambled paragraphs in clear; `None` where it has none.
pub(super) fn unscrambled(text: &str) -> Option<String> {
    // The closing mark first: its second character stands in hardly any text.
    CLOSINGS.find(text.as_bytes())?;
    let mut clear = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(start) = rest.find(OPENING) {
        let Some(end) = rest[start..].find(CLOSING) else { break };
        let end = start + end + CLOSING.len();
        clear.push_str(&rest[..start]);
        clear.extend(rest[start..end].chars().map(turned));
        rest = &rest[end..];
        changed = true;
    }
    clear.push_str(rest);
    changed.then_some(clear)
}

/// A printable character of ASCII, 47 places on.
fn turned(c: char) -> char {
    match u8::try_from(c) {
        Ok(byte @ 33..=126) => char::from(33 + (byte - 33 + 47) % 94),
        _ => c,
    }
}

/// Fewer words are a brief, whatever they look like.
const LEAST_WORDS: usize = 20;
/// Of the words of a menu or a list at least so many out of ten begin with a capital and go on without: of running text in German,
/// where nouns do, about four.
const CAPITALS_OUT_OF_TEN: usize = 6;
/// A menu has at most one end of a sentence for so many words.
const WORDS_A_SENTENCE: usize = 25;
/// Scores and tables of results have capitals and no sentences, too, but numbers: more than one word in so many.
const WORDS_A_NUMBER: usize = 8;
/// A text that asks for something is not longer than this; an article about the matter is.
const MOST_ASKING_WORDS: usize = 150;
/// A list that goes on begins as one: no more words than these are looked at.
const MOST_LISTED_WORDS: usize = 2 * MOST_ASKING_WORDS;
/// So many of the phrases stand in it.
const LEAST_PHRASES: usize = 2;

/// What sites say in place of an article, in lower case.
const PHRASES: [&str; 40] = [
    "we use cookies",
    "uses cookies",
    "use of cookies",
    "accept all cookies",
    "accept cookies",
    "cookie policy",
    "cookie settings",
    "privacy policy",
    "manage preferences",
    "sign up for our newsletter",
    "sign up to our newsletter",
    "subscribe now",
    "subscribe to continue",
    "subscribe to read",
    "already a subscriber",
    "already a member",
    "log in",
    "sign in",
    "create an account",
    "create a free account",
    "enable javascript",
    "javascript is disabled",
    "disable your ad blocker",
    "ad blocker",
    "access denied",
    "are you a robot",
    "verify you are human",
    "page not found",
    "terms of use",
    "terms of service",
    "save my details",
    "all rights reserved",
    "zip code",
    "wir verwenden cookies",
    "alle akzeptieren",
    "nous utilisons des cookies",
    "accepter et continuer",
    "utilizamos cookies",
    "utilizziamo i cookie",
    "we value your privacy",
];

static ANY_PHRASE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let phrases = AhoCorasick::builder().ascii_case_insensitive(true).build(PHRASES);
    phrases.expect("forty short phrases make an automaton")
});

/// Whether a text is no article: a menu or a list, a form, or a request.
pub(super) fn is_none(text: &str) -> bool {
    if has_sentences(text) && has_more_words_than(MOST_ASKING_WORDS, text) {
        return false;
    }
    let mut words = text.split_ascii_whitespace();
    let mut signs = Signs::default();
    words.by_ref().take(MOST_LISTED_WORDS).for_each(|word| signs.add(word));
    if signs.words >= LEAST_WORDS && signs.are_of_a_list() {
        return true;
    }
    let more = (MOST_ASKING_WORDS + 1).saturating_sub(signs.words);
    let count = signs.words + words.take(more).count();
    (LEAST_WORDS..=MOST_ASKING_WORDS).contains(&count) && asks(text, count)
}

/// Whether the words of a list hold too many ends of sentences for one: told from the signs alone, since most
/// texts are articles, and this is asked of every text.
fn has_sentences(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |at: &usize| bytes.get(at + 1).is_some_and(u8::is_ascii_whitespace);
    let enough = MOST_LISTED_WORDS / WORDS_A_SENTENCE;
    let at = memchr3_iter(b'.', b',', b':', bytes).filter(ends).nth(enough);
    at.is_some_and(|at| count_spaces(&bytes[..at]) < MOST_LISTED_WORDS)
}

/// Whether a text is known to have more words than these, from the spaces behind them.
fn has_more_words_than(words: usize, text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut found = 0;
    let mut begin = 1;
    while begin < bytes.len() && found <= words {
        let end = bytes.len().min(begin + STRETCH);
        let pairs = bytes[begin - 1..end - 1].iter().zip(&bytes[begin..end]);
        let ends = pairs.map(|(&before, &byte)| u8::from((byte == b' ') & !is_space(before)));
        found += usize::from(ends.sum::<u8>());
        begin = end;
    }
    found > words
}

/// Bytes that are counted at a time: as many as one byte can count, so that a machine counts 16 or 32 of
/// them at once. Most texts are long, and known to be after a few stretches.
const STRETCH: usize = 255;

fn count_spaces(bytes: &[u8]) -> usize {
    let of = |stretch: &[u8]| stretch.iter().map(|&byte| u8::from(is_space(byte))).sum::<u8>();
    bytes.chunks(STRETCH).map(|stretch| usize::from(of(stretch))).sum()
}

/// [`u8::is_ascii_whitespace`], without a branch.
fn is_space(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\n') | (byte == b'\t') | (byte == b'\r') | (byte == 0x0C)
}

/// What the words of a text say of it.
#[derive(Default)]
struct Signs {
    words: usize,
    capitals: usize,
    sentences: usize,
    numbers: usize,
}

impl Signs {
    fn add(&mut self, word: &str) {
        let mut letters = word.chars().filter(|c| c.is_alphanumeric());
        let first = letters.next();
        // In a text that is all capitals they say nothing.
        let named = first.is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
        let end = word.trim_end_matches(['"', '\'', '”', '’', '»', ')']);
        self.words += 1;
        self.capitals += usize::from(named);
        self.numbers += usize::from(first.is_some_and(char::is_numeric));
        self.sentences += usize::from(end.ends_with(['.', '!', '?', '…', ':', ';', ',']));
    }

    /// Whether the words are names one after another, without sentences.
    fn are_of_a_list(&self) -> bool {
        self.sentences * WORDS_A_SENTENCE <= self.words
            && self.numbers * WORDS_A_NUMBER <= self.words
            && self.capitals * 10 >= self.words * CAPITALS_OUT_OF_TEN
    }
}

/// Whether a short text asks the reader for something more than it tells: of its sentences, most hold a phrase.
fn asks(text: &str, count: usize) -> bool {
    // No more than a phrase for so many words is an article that ends in one.
    const WORDS_A_PHRASE: usize = 15;
    let mut found = [false; PHRASES.len()];
    for at in ANY_PHRASE.find_overlapping_iter(text) {
        found[at.pattern().as_usize()] = true;
    }
    let phrases = found.iter().filter(|found| **found).count();
    phrases >= LEAST_PHRASES && phrases * WORDS_A_PHRASE >= count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrambled(text: &str) -> String {
        format!("<p>{text}</p>").chars().map(turned).collect()
    }

    #[test]
    fn a_scrambled_text_is_read_in_clear() {
        let first = "The ferry Hesper ran aground, and 90 were saved.";
        let text =
            format!("A line in clear.\n{}\n{}", scrambled(first), scrambled("More — of it."));
        assert!(text.contains("kAm%96 76CCJ"));
        let clear = unscrambled(&text).unwrap();
        assert_eq!(clear, format!("A line in clear.\n<p>{first}</p>\n<p>More — of it.</p>"));
        assert_eq!(clear.len(), text.len());
        for text in ["kAm alone", "nothing", "k^Am before kAm"] {
            assert_eq!(unscrambled(text), None);
        }
    }

    #[test]
    fn menus_lists_forms_and_requests_are_no_articles() {
        for text in [
            "Country Arlen Bravia Corland Dunmark Estavia Fargonia Galdor Hestia Ilvany Jorland Kestria Lorvania \
             Mardon State Province Zip Code Phone Save my details Subscribe now Already a member? Log in",
            "Home News Sport Weather Business Opinion Obituaries Classifieds Jobs Cars Homes Local Politics World \
             Entertainment Food Travel Contact Us About Us Advertise",
            "We use cookies to give you the best experience on our site. By going on you agree to our cookie policy \
             and privacy policy. Accept all cookies or manage preferences.",
        ] {
            assert!(is_none(text), "{text}");
        }
    }

    #[test]
    fn articles_are_articles() {
        for text in [
            "Die Müllabfuhr streikt. Die Gewerkschaft fordert zehn Prozent mehr Lohn, die Arbeitgeber bieten vier \
             Prozent für zwei Jahre. Die Städte warnen vor Engpässen, weil die Höfe voll sind.",
            "THE FERRY HESPER RAN AGROUND OFF HAVENMOUTH ON TUESDAY. ALL NINETY ON BOARD WERE TAKEN OFF BY LIFEBOAT, \
             POLICE SAID. NOBODY WAS HURT, AND THE SHOAL WAS MARKED.",
            "Arsenal 2 Chelsea 1 Leeds 0 Everton 3 Fulham 2 Wolves 2 Burnley 1 Luton 0 Brighton 4 Spurs 1 Villa 2 \
             Forest 2 Palace 0 United 1",
            "The minister said that the site had used cookies without consent. A court fined the company four million \
             pounds on Monday. Lawyers for the company said that its privacy policy had been clear, and that users \
             could log in without them; they will appeal against the fine, which is the largest yet of its kind.",
            "ΤΟ ΠΛΟΙΟ ΕΣΠΕΡΟΣ ΠΡΟΣΑΡΑΞΕ ΤΗΝ ΤΡΙΤΗ ΕΞΩ ΑΠΟ ΤΟ ΛΙΜΑΝΙ ΚΑΙ ΟΛΟΙ ΟΙ ΕΝΕΝΗΝΤΑ ΕΠΙΒΑΤΕΣ ΤΟΥ ΜΕΤΑΦΕΡΘΗΚΑΝ \
             ΣΤΗΝ ΑΚΤΗ ΜΕ ΒΑΡΚΕΣ ΧΩΡΙΣ ΝΑ ΤΡΑΥΜΑΤΙΣΤΕΙ ΚΑΝΕΙΣ",
            "Short.",
        ] {
            assert!(!is_none(text), "{text}");
        }
    }
}
