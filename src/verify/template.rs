//! One template or one text: whether what differs between two near-duplicates is names, numbers and
//! dates in the same places, as in two companies' results, or the words of an edited copy.
//!
//! Decided from the two articles alone. Both texts are read side by side; where they part, the words
//! up to where they run alike again are held against each other. A difference is a slot where names or
//! numbers stand on both sides, and an edit otherwise. Two articles fill one template where two
//! different slots are found, or one and the titles differ in it, too, and edits are few beside
//! them. Titles alone tell it where each names what neither text does, as briefs do that leave the
//! company to the headline. What says that it is a later version of the other is no template.
//!
//! Capitals tell names, so that a script without them has slots for numbers only. Cost: what is alike
//! is compared as bytes, and most pairs are decided at the second difference.

use crate::article::Article;
use crate::text::{Token, normalise, tokenise, version, version_mark};

/// The most words on one side of a difference; past these, the texts have parted.
const MOST_WORDS: usize = 12;
/// The texts run alike again where this many words do.
const ALIKE_AGAIN: usize = 2;
/// The most words on either side of a slot where one side has more than the other: a menu is no name.
const MOST_SLOT_WORDS: usize = 4;
/// Edits that a template may have beside its slots …
const FREE_EDITS: usize = 1;
/// … and one more for so many slots.
const SLOTS_AN_EDIT: usize = 3;
/// So many different slots make a template.
const LEAST_SLOTS: usize = 2;
/// The fewest words of a title's own that name another subject …
const OWN_WORDS: usize = 2;
/// … and of these at most one in so many stands in the texts.
const OWN_IN_TEXT: usize = 4;
/// A word is looked for so far back from where two texts differ, in bytes: scripts without spaces
/// have none.
const MOST_BACK: usize = 64;

/// Numbers written as words.
const NUMBERS: [&str; 20] = [
    "billion", "eight", "eighteen", "eleven", "fifteen", "fifty", "five", "forty", "four",
    "hundred", "million", "nine", "one", "seven", "six", "ten", "thirty", "three", "twelve", "two",
];
/// Words that have a capital only because they begin a sentence.
const BEGINNINGS: [&str; 40] = [
    "a", "about", "after", "all", "also", "although", "an", "and", "as", "at", "before", "both",
    "but", "by", "for", "from", "he", "her", "his", "if", "in", "it", "its", "more", "most", "no",
    "of", "on", "or", "she", "since", "that", "the", "their", "they", "this", "to", "we", "when",
    "with",
];

/// Whether two near-duplicates are one template with other contents.
pub(crate) fn is_template(a: &Article, b: &Article) -> bool {
    let Some(texts) = Differences::between(&a.text, &b.text, FREE_EDITS) else { return false };
    let title_tells = |slot: &Slot| {
        let titles = Differences::between(&a.title, &b.title, FREE_EDITS);
        let of_titles = titles.as_ref().map_or(&[][..], |titles| &titles.slots);
        of_titles.iter().any(|of_title| of_title.is_number || of_title == slot)
    };
    let filled = match &texts.slots[..] {
        [] => false,
        [slot] => title_tells(slot),
        many => many.len() >= LEAST_SLOTS,
    };
    (filled || name_other_subjects(a, b)) && !is_later_version(a, b)
}

/// Whether one article says that it is a later version of the other.
fn is_later_version(a: &Article, b: &Article) -> bool {
    let bare = |article: &Article| -> Vec<u64> {
        let title = article.title.as_str();
        hashes(version_mark(title).map_or(title, |(_, bare)| bare))
    };
    let version = |article: &Article| version(&article.title, &article.text);
    if version(a) == version(b) {
        return false;
    }
    let (of_a, of_b) = (bare(a), bare(b));
    let shared = of_a.iter().filter(|word| of_b.contains(word)).count();
    2 * shared >= of_a.len().min(of_b.len())
}

/// Whether each title has words of its own, hardly any of which stand in the texts.
fn name_other_subjects(a: &Article, b: &Article) -> bool {
    if a.title == b.title || a.title.is_empty() || b.title.is_empty() {
        return false;
    }
    let (of_a, of_b) = (hashes(&a.title), hashes(&b.title));
    let own = |words: &[u64], others: &[u64]| -> Vec<u64> {
        let mut own: Vec<u64> =
            words.iter().copied().filter(|word| !others.contains(word)).collect();
        own.sort_unstable();
        own.dedup();
        own
    };
    let (own_a, own_b) = (own(&of_a, &of_b), own(&of_b, &of_a));
    if own_a.len().min(own_b.len()) < OWN_WORDS {
        return false;
    }
    let mut texts = hashes(&a.text);
    texts.extend(hashes(&b.text));
    let told_elsewhere = |own: &[u64]| {
        let in_text = own.iter().filter(|word| texts.contains(word)).count();
        own.len() - in_text >= OWN_WORDS && in_text * OWN_IN_TEXT <= own.len()
    };
    told_elsewhere(&own_a) && told_elsewhere(&own_b)
}

fn hashes(text: &str) -> Vec<u64> {
    let mut tokens: Vec<Token> = Vec::new();
    tokenise(text, &mut tokens);
    tokens.into_iter().map(|token| token.hash).collect()
}

/// A place where two texts have different names or numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    is_number: bool,
    a: String,
    b: String,
}

/// What differs between two texts.
#[derive(Clone, Debug, Default)]
struct Differences {
    /// The first different ones.
    slots: Vec<Slot>,
    /// All of them, repeats included.
    filled: usize,
    edits: usize,
}

impl Differences {
    /// Reads two texts side by side; `None` where they part, and as soon as there are more edits than
    /// these and what the slots allow.
    fn between(a: &str, b: &str, free_edits: usize) -> Option<Self> {
        let mut found = Self::default();
        let (mut rest_a, mut rest_b) = (a, b);
        let (mut words_a, mut words_b) = (Vec::new(), Vec::new());
        loop {
            let alike = common_words(rest_a, rest_b);
            let before = rest_a[..alike].trim_end().chars().next_back();
            let begins = before.is_none_or(|c| matches!(c, '.' | '!' | '?' | '"' | '”' | ':'));
            (rest_a, rest_b) = (&rest_a[alike..], &rest_b[alike..]);
            next_words(rest_a, &mut words_a);
            next_words(rest_b, &mut words_b);
            if words_a.is_empty() && words_b.is_empty() {
                return Some(found);
            }
            let (x, y) = alike_again(&words_a, &words_b)?;
            found.add(&words_a[..x], &words_b[..y], begins);
            if found.edits > free_edits.saturating_add(found.filled / SLOTS_AN_EDIT) {
                return None;
            }
            let from = |rest: &str, words: &[Word<'_>], at: usize| {
                words.get(at).map_or(rest.len(), |word| word.start)
            };
            rest_a = &rest_a[from(rest_a, &words_a, x)..];
            rest_b = &rest_b[from(rest_b, &words_b, y)..];
        }
    }

    /// Counts a difference.
    fn add(&mut self, a: &[Word<'_>], b: &[Word<'_>], begins: bool) {
        if a.len() == b.len() {
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                if !a.is_like(*b) {
                    self.add_one(&[*a], &[*b], begins && place == 0);
                }
            }
        } else {
            self.add_one(a, b, begins);
        }
    }

    fn add_one(&mut self, a: &[Word<'_>], b: &[Word<'_>], begins: bool) {
        let numbers = |words: &[Word<'_>]| words.iter().any(|word| word.is_number());
        let telling = |words: &[Word<'_>]| {
            let tells = |(place, word): (usize, &Word<'_>)| {
                word.is_number() || word.is_name(begins && place == 0)
            };
            2 * words.iter().enumerate().filter(|&word| tells(word)).count() >= words.len()
        };
        let too_long = a.len() != b.len() && a.len().max(b.len()) > MOST_SLOT_WORDS;
        if too_long || !telling(a) || !telling(b) {
            self.edits += 1;
        } else if !a.is_empty() && !b.is_empty() {
            self.filled += 1;
            let text = |words: &[Word<'_>]| -> String {
                words.iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
            };
            let is_number = numbers(a) && numbers(b);
            let slot = Slot { is_number, a: text(a), b: text(b) };
            if self.slots.len() < LEAST_SLOTS && !self.slots.contains(&slot) {
                self.slots.push(slot);
            }
        }
    }
}

/// A word between spaces, without the signs around it.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    text: &'a str,
    /// Where it begins in what was read, its signs included.
    start: usize,
}

impl Word<'_> {
    fn is_like(self, other: Self) -> bool {
        let (a, b) = (self.text, other.text);
        let is_ascii = || a.is_ascii() && b.is_ascii();
        a.eq_ignore_ascii_case(b) || !is_ascii() && normalise(a) == normalise(b)
    }

    /// Whether it is written as a number or a code is: `14`, `1.4`, `Q1`, `CL700`; a word with a number
    /// behind it is none.
    fn is_number(&self) -> bool {
        let code = self.text.trim_start_matches(char::is_uppercase);
        code.starts_with(char::is_numeric) || is_one_of(self.text, &NUMBERS)
    }

    /// Whether it is written as a name is; `begins` where it begins a sentence.
    fn is_name(&self, begins: bool) -> bool {
        self.text.starts_with(char::is_uppercase) && !(begins && is_one_of(self.text, &BEGINNINGS))
    }
}

/// Whether a word, whatever its case, is on an ascending list.
fn is_one_of(word: &str, list: &[&str]) -> bool {
    word.len() <= 8 && list.binary_search(&word.to_ascii_lowercase().as_str()).is_ok()
}

/// The next words of a text: as many as a difference may have, and those that end it.
fn next_words<'t>(text: &'t str, words: &mut Vec<Word<'t>>) {
    words.clear();
    for written in text.split_whitespace() {
        let start = written.as_ptr().addr() - text.as_ptr().addr();
        let text = written.trim_matches(|c: char| !c.is_alphanumeric());
        if !text.is_empty() {
            words.push(Word { text, start });
            if words.len() == MOST_WORDS + ALIKE_AGAIN {
                break;
            }
        }
    }
}

/// How many words each side may skip until both run alike: fewest in all first.
fn alike_again(a: &[Word<'_>], b: &[Word<'_>]) -> Option<(usize, usize)> {
    let alike = |x: usize, y: usize| {
        let (a, b) = (&a[x..], &b[y..]);
        let next = ALIKE_AGAIN.min(a.len()).min(b.len());
        // Near their ends, the texts run alike only if both end together.
        let whole = next == ALIKE_AGAIN || a.len() == b.len();
        whole && a[..next].iter().zip(b).all(|(a, b)| a.is_like(*b))
    };
    let most = |words: &[Word<'_>]| words.len().min(MOST_WORDS);
    (1..=most(a) + most(b)).find_map(|skipped| {
        // A word for a word goes before words for none.
        let apart = (skipped % 2..=skipped).step_by(2);
        let splits = apart.flat_map(|apart| {
            let (fewer, more) = ((skipped - apart) / 2, (skipped + apart) / 2);
            [(fewer, more), (more, fewer)].into_iter().take(1 + usize::from(apart > 0))
        });
        let in_reach = |&(x, y): &(usize, usize)| x <= most(a) && y <= most(b);
        splits.filter(in_reach).find(|&(x, y)| alike(x, y))
    })
}

/// How many bytes two texts share from their beginning, up to the end of a word.
fn common_words(a: &str, b: &str) -> usize {
    let (a_bytes, b_bytes) = (a.as_bytes(), b.as_bytes());
    let blocks = a_bytes.chunks_exact(64).zip(b_bytes.chunks_exact(64));
    let mut alike = 64 * blocks.take_while(|(a, b)| a == b).count();
    let rest = a_bytes[alike..].iter().zip(&b_bytes[alike..]);
    alike += rest.take_while(|(a, b)| a == b).count();
    if alike == a.len() && alike == b.len() {
        return alike;
    }
    let back = a_bytes[..alike].iter().rev().take(MOST_BACK);
    let in_word = back.take_while(|byte| !byte.is_ascii_whitespace()).count();
    a.floor_char_boundary(alike - in_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::article;

    fn is_one_template(a: (&str, &str), b: (&str, &str)) -> bool {
        let of = |id: &str, (title, text): (&str, &str)| Article {
            title: title.into(),
            ..article(id, text)
        };
        let (a, b) = (of("a", a), of("b", b));
        assert_eq!(is_template(&a, &b), is_template(&b, &a));
        is_template(&a, &b)
    }

    #[test]
    fn lists_ascend() {
        assert!(NUMBERS.is_sorted() && BEGINNINGS.is_sorted());
    }

    #[test]
    fn other_numbers_or_names_in_one_sentence_are_a_template() {
        let text = |company: &str, figure: &str| {
            format!("{company} said net profit was {figure} dlrs in the quarter. It makes pumps.")
        };
        let (a, b) = (text("Holvane Corp", "40 mln"), text("Tarn Lines Inc", "71 mln"));
        assert!(is_one_template(("", &a), ("", &b)));
        let (a, b) = (text("Holvane", "40"), text("Holvane", "71"));
        assert!(is_one_template(("Holvane Q1 results", &a), ("Holvane Q2 results", &b)));
        // One number: a correction, or a slip.
        assert!(!is_one_template(("Holvane results", &a), ("Holvane results", &b)));
    }

    #[test]
    fn a_menu_for_a_dateline_is_no_slot() {
        let body = "An earthquake shook the valley on Monday and hurt 23 people, rescuers said.";
        let a = format!("Home Region Weather Births Classified Subscribe Contact {body}");
        let b = format!("KESSORY (TNA) - {body}");
        let titles = ("Earthquake shakes Kessory: 23 hurt", "Magnitude 5.4 earthquake injures 23");
        assert!(!is_one_template((titles.0, &a), (titles.1, &b)));
    }

    #[test]
    fn an_edited_copy_is_no_template() {
        let a = "The ferry ran aground off Havenmouth on Monday with 14 people, police said.";
        let b = "The boat ran aground near Havenmouth on Tuesday with 15 people, officers said.";
        assert!(!is_one_template(("", a), ("", b)));
        assert!(!is_one_template(("", a), ("", a)));
    }

    #[test]
    fn a_later_version_is_no_template() {
        let a = "Holvane Corp said profit was 40 dlrs on sales of 311 dlrs in the quarter.";
        let b = "Holvane Corp said profit was 41 dlrs on sales of 312 dlrs in the quarter.";
        assert!(is_one_template(("Holvane results", a), ("Holvane results", b)));
        assert!(!is_one_template(("Holvane results", a), ("CORRECTED-Holvane results", b)));
    }

    #[test]
    fn briefs_that_leave_the_company_to_the_headline_are_told_by_it() {
        let text = "Qtly div 22 cts vs 22 cts prior. Pay April 15. Record March 31.";
        assert!(is_one_template(
            ("HOLVANE CORP <HLV> SETS QUARTERLY", text),
            ("TARN LINES INC <TRN> DECLARES PAYOUT", text)
        ));
        let text = "Holvane Corp set a dividend of 22 cts on Monday, as it said it would.";
        assert!(!is_one_template(("HOLVANE SETS DIVIDEND", text), ("DIVIDEND FOR HOLVANE", text)));
    }
}
