//! What of a passage stands inside quotation marks, and whether that is all that its articles share.
//!
//! Two outlets that quote one speech have its words in common and did not copy each other; where they share
//! the telling around the words, too, one of them did. What counts is therefore what stands *outside*
//! the marks in both. Linear in the words of each place.

use super::group::Place;
use super::kind::Sighting;
use super::surprisal::{BIT, Surprisal};
use super::tokens::{Tokens, word};
use super::vocabulary::sorted;
use crate::text::Token;

/// What is shared outside the marks and tells less, ten words or so, is no telling of its own: `the mayor, Ana
/// Ruiz, told reporters on Friday`. Of 94 passages of news that are quotations for a reader this tells 79, of 86
/// copied ones it takes 5 for quotations; at 80 bits 73 and 3, at 120 bits 83 and 7. Of 1,500 planted
/// passages, of which some hold little but quotations, it takes 46 for some; at 80 bits 40, at 120 bits 52.
const MIN_TOLD: u32 = 100 * BIT;

/// A quotation comes with who said it, where and to whom, which two reporters both write: so few words outside the marks
/// are no telling of their own, whatever they tell. Of 200 passages of news that were taken for syndicated and then read, 13
/// quotations are told by it, and 2 copied ones are taken for some …
const ATTRIBUTION_WORDS: u32 = 15;

/// … where at most this share of each place stands outside the marks.
const ATTRIBUTION_SHARE: f64 = 0.6;

/// How far back a quotation is looked for that has begun before the passage, in bytes.
const LOOK_BACK: usize = 2000;

/// The most that stands between a post and its author's handle.
const POST_NAME_BYTES: usize = 80;

/// The words of a place that stand outside quotation marks.
#[derive(Clone, Debug)]
pub(super) struct Bare {
    /// Those of paragraphs that no colon opens.
    told: Vec<u32>,
    /// Those of paragraphs after a line that ends with one: `the group wrote in a letter:`.
    set_off: Vec<u32>,
}

impl Bare {
    /// How many of its words follow a colon that sets them off.
    pub(super) fn set_off(&self) -> u32 {
        self.set_off.len() as u32
    }

    /// All of them, in order of their hashes.
    pub(super) fn words(&self) -> Vec<u32> {
        sorted(&[self.told.as_slice(), &self.set_off].concat())
    }
}

/// Whether every place quotes, if only by a colon, or half of the articles share little but what they quote with the one that
/// quotes least: a speech that one outlet prints whole and another quotes is no copy of either. A colon is not enough
/// for that: of 31 passages of news that one outlet sets off and another prints as its own 20 are the other's own, of
/// 7 that all quote or set off none.
pub(super) fn is_quotation(tokens: &Tokens, surprisal: &Surprisal, sightings: &[Sighting]) -> bool {
    if sightings.iter().all(|sighting| sighting.bare.is_none()) {
        return false;
    }
    let quotes = |Sighting { place, bare, .. }: &Sighting| {
        bare.as_ref().is_some_and(|Bare { told, .. }| {
            let bits: u32 = told.iter().map(|&word| surprisal.alone(word)).sum();
            bits < MIN_TOLD && 2 * told.len() <= place.span.len() as usize
        })
    };
    if sightings.iter().all(quotes) {
        return true;
    }
    let bare: Vec<Vec<u32>> = sightings
        .iter()
        .map(|Sighting { place, bare, .. }| {
            let whole = || sorted(tokens.span(place.doc, place.span));
            bare.as_ref().map_or_else(whole, Bare::words)
        })
        .collect();
    let Some(least) = bare.iter().rev().max_by_key(|words| words.len()) else { return false };
    let is_attributed = |words: &[u32], place: Place| {
        words.len() as f64 <= ATTRIBUTION_SHARE * f64::from(place.span.len())
    };
    let all_attributed =
        sightings.iter().zip(&bare).all(|(s, words)| is_attributed(words, s.place));
    let quotes_least = |(Sighting { place, .. }, words): &(&Sighting, &Vec<u32>)| {
        let (count, told) = common(surprisal, words, least);
        told < MIN_TOLD && 2 * count <= place.span.len()
            || all_attributed && count <= ATTRIBUTION_WORDS
    };
    let places: Vec<(&Sighting, &Vec<u32>)> = sightings.iter().zip(&bare).collect();
    // An article that has it twice, once as its pull quote, is one.
    let articles = places.chunk_by(|one, other| one.0.place.doc == other.0.place.doc);
    let quoting = articles.clone().filter(|places| places.iter().any(quotes_least)).count();
    2 * quoting >= articles.count()
}

/// How many words two sorted lists have in common, and what they tell.
pub(super) fn common(surprisal: &Surprisal, a: &[u32], b: &[u32]) -> (u32, u32) {
    let (mut i, mut j, mut count, mut told) = (0, 0, 0, 0);
    while i < a.len() && j < b.len() {
        let (one, other) = (a[i], b[j]);
        if one == other {
            count += 1;
            told += surprisal.alone(one);
        }
        i += usize::from(one <= other);
        j += usize::from(other <= one);
    }
    (count, told)
}

/// The words of a place that stand outside quotation marks, none of them for a post that is shown with its signature;
/// `None` where no word is quoted or set off.
pub(super) fn bare_words(text: &str, place: &[Token]) -> Option<Bare> {
    let (start, end) = (place.first()?.start as usize, place.last()?.end as usize);
    if is_post(text, start, end) {
        return Some(Bare { told: Vec::new(), set_off: Vec::new() });
    }
    let from = paragraph_start(text, start);
    let mut bare = Bare { told: Vec::new(), set_off: Vec::new() };
    let mut rest = place.iter();
    let mut next = rest.next();
    let mut quoted = false;
    let mut after_colon = text[..from].trim_end().ends_with(':');
    let mut before = '\n';
    for (i, c) in text[from..end].char_indices() {
        let (here, after) = (from + i, from + i + c.len_utf8());
        if is_mark(c) || c == '\'' && text[..here].ends_with('\'') {
            // Two apostrophes are one mark.
            let begin = if c == '\'' { here - 1 } else { here };
            let opened = opens(&text[..begin], &text[after..]);
            quoted = opened.unwrap_or(match c {
                '"' | '″' | '＂' | '\'' => !quoted,
                _ => matches!(c, '“' | '„' | '«' | '「' | '『' | '〝'),
            });
        // A line that ends a sentence ends the paragraph: what follows opens its own marks.
        } else if c == '\n' && (matches!(before, '.' | '!' | '?' | ':' | '\n') || is_mark(before)) {
            quoted = false;
        }
        if c == '\n' && before != '\n' {
            after_colon = before == ':';
        }
        if !matches!(c, ' ' | '\r') {
            before = c;
        }
        if let Some(&token) = next.filter(|token| token.start as usize == from + i) {
            if !quoted {
                let words = if after_colon { &mut bare.set_off } else { &mut bare.told };
                words.push(word(token));
            }
            next = rest.next();
        }
    }
    (bare.told.len() < place.len()).then_some(bare)
}

fn is_mark(c: char) -> bool {
    const MARKS: [char; 14] =
        ['"', '“', '”', '„', '‟', '«', '»', '″', '＂', '「', '」', '『', '』', '〝'];
    MARKS.contains(&c)
}

/// Whether a mark opens a quotation, by what stands before and after it; `None` where that does not tell. The
/// mark alone does not: `“` closes in German, `”` opens in Swedish, and `»` does either.
fn opens(before: &str, after: &str) -> Option<bool> {
    let begins = |c: char| c.is_whitespace() || matches!(c, '(' | '[' | '—' | '–');
    let ends = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')');
    let (before, after) = (before.chars().next_back(), after.chars().next());
    match (before.is_none_or(begins), after.is_none_or(ends)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Whether what stands between `start` and `end` is a post: with the signature that embedded posts end with,
/// `— Ana Ruiz (@anaruiz)`, inside it or soon after it, or right behind its author's handle.
fn is_post(text: &str, start: usize, end: usize) -> bool {
    let until = text.floor_char_boundary((end + 2 * POST_NAME_BYTES).min(text.len()));
    let until = text[end..until].find('\n').map_or(until, |line| end + line);
    let signed = text[start..until].match_indices(" (@").any(|(handle, _)| {
        let before = &text[start..start + handle];
        let name = before.rfind('—').map(|dash| &before[dash..]);
        name.is_some_and(|name| name.len() <= POST_NAME_BYTES && !name.contains('\n'))
    });
    let named = text[..start].trim_end().strip_suffix(')').is_some_and(|before| {
        before.rfind("(@").is_some_and(|handle| {
            before[handle + 2..].chars().all(|c| c.is_alphanumeric() || c == '_')
        })
    });
    signed || named
}

/// The beginning of the paragraph that `at` stands in, or of the last bytes that are looked at.
fn paragraph_start(text: &str, at: usize) -> usize {
    let from = text.ceil_char_boundary(at.saturating_sub(LOOK_BACK));
    let before = &text[from..at];
    before.rfind("\n\n").map_or(from, |blank| from + blank + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{DocId, TokenSpan};
    use crate::observer::Silent;
    use crate::passage::document::Form;
    use crate::passage::testing::corpus;
    use crate::text::tokenise;

    /// How many words of a place are quoted, by its first and its last token.
    fn quoted(text: &str, first: usize, last: usize) -> usize {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        let place = &tokens[first..=last];
        bare_words(text, place).map_or(0, |bare| place.len() - bare.words().len())
    }

    #[test]
    fn quotation_marks_of_every_shape_count() {
        assert_eq!(quoted("He said: “we will not go back”, again.", 2, 6), 5);
        assert_eq!(quoted("He said: “we will not go back”, again and again.", 6, 9), 1);
        assert_eq!(quoted("He said: “we will not go back”, again and again.", 7, 9), 0);
        assert_eq!(quoted("He said \"we will not go back\" again.", 2, 7), 5);
        assert_eq!(quoted("Er sagte: „Wir gehen nicht“, und ging.", 0, 6), 3);
        assert_eq!(quoted("Er sagte: »Wir gehen nicht«, und ging.", 0, 6), 3);
        assert_eq!(quoted("Il dit : « nous restons », et resta.", 0, 5), 2);
        assert_eq!(quoted("Han sade: ”vi går inte”, och gick.", 0, 6), 3);
        assert_eq!(quoted("He said \'\'we will not go back\'\' again.", 2, 7), 5);
        assert_eq!(quoted("He said ″we will not go back″ again.", 2, 7), 5);
        assert_eq!(quoted("他说「我们不会回去」，", 0, 7), 6);
        assert_eq!(quoted("It\'s the dogs\' and the cats\' day", 0, 6), 0);
        assert_eq!(quoted("“First part of a speech.\n\n“Second part of it, still open", 5, 10), 6);
    }

    #[test]
    fn a_mark_left_open_does_not_quote_the_next_paragraph() {
        assert_eq!(quoted("A 5\" pipe burst.\nThe water \"ran\" out", 4, 7), 1);
        assert_eq!(quoted("He said \"the words go\non over the line\" today.", 2, 8), 7);
    }

    #[test]
    fn a_post_with_its_signature_is_quoted() {
        let text = "Big news for the ferries! — Ana Ruiz (@anaruiz) May 4, 2020";
        assert_eq!(quoted(text, 0, 10), 11);
        assert_eq!(quoted("Big news for the ferries!", 0, 4), 0);
        let is_post = |text: &str, start, end| super::is_post(text, start, end);
        for other in ["Write to us (@dailyferry) — or call", "— a\nb (@c)"] {
            assert!(!is_post(other, 0, other.len()));
        }
        // The signature stands after it, or the handle before it.
        assert!(is_post(text, 0, 13) && is_post("Ana Ruiz (@anaruiz)\nBig news", 20, 28));
        assert!(!is_post("Big news\n— Ana Ruiz (@anaruiz)", 0, 8));
        assert!(!is_post("Ana Ruiz (see @anaruiz) has news", 25, 32));
    }

    #[test]
    fn a_straight_mark_opens_before_a_word_and_closes_after_one() {
        // One mark is missing: what follows is still told apart.
        let text = "A 5\" pipe burst. He said \"we will not go back\" again and \"so on\"";
        assert_eq!(quoted(text, 4, 14), 7);
    }

    /// Whether the wholes of these texts are a quotation.
    fn are_quotation(texts: &[&str]) -> bool {
        let named: Vec<(String, &str)> =
            texts.iter().enumerate().map(|(i, text)| (format!("a{i}"), *text)).collect();
        let named: Vec<(&str, &str)> =
            named.iter().map(|(id, text)| (id.as_str(), *text)).collect();
        let corpus = corpus(&named);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let surprisal = Surprisal::count(&corpus);
        let sightings: Vec<Sighting> = (0..texts.len() as u32)
            .map(|doc| {
                let range = tokens.range(DocId(doc));
                let span = TokenSpan { start: 0, end: range.end - range.start };
                let mut read = Vec::new();
                tokenise(texts[doc as usize], &mut read);
                Sighting {
                    place: Place { doc: DocId(doc), span },
                    article_tokens: span.len(),
                    article_capitals: 0,
                    is_last: true,
                    whole_lines: true,
                    label: None,
                    bare: bare_words(texts[doc as usize], &read),
                    form: Form::default(),
                }
            })
            .collect();
        is_quotation(&tokens, &surprisal, &sightings)
    }

    const SPEECH: &str = "“Arun belo cedi dofa ensu folk gura hine ioma jute”";

    #[test]
    fn who_shares_only_the_words_of_a_speech_quotes() {
        let (one, other) = (format!("{SPEECH}, she said"), format!("told crowds {SPEECH}"));
        assert!(are_quotation(&[&one, &other]));
        // One prints the speech without marks.
        let bare = SPEECH.trim_matches(['“', '”']);
        assert!(are_quotation(&[&one, bare]));
        assert!(!are_quotation(&[&one, bare, bare]));
        assert!(!are_quotation(&[bare, bare]));
    }

    #[test]
    fn a_letter_that_one_sets_off_and_another_puts_in_marks_is_quoted_by_both() {
        let bare = SPEECH.trim_matches(['“', '”']);
        let set_off = |lead: &str| format!("{lead}\n\n{bare}.");
        let letter = set_off("The group wrote in a letter:");
        assert!(are_quotation(&[&letter, &set_off("As they put it:")]));
        // Without the colon, or where the next paragraph is meant, it is the outlet's own.
        assert!(!are_quotation(&[&letter, &set_off("The group wrote a letter.")]));
        assert!(!are_quotation(&[&letter, &set_off("They wrote:\n\nMany words.")]));
        assert!(!are_quotation(&[&letter, &set_off("They wrote:\nmany words")]));
    }

    #[test]
    fn who_shares_the_telling_around_it_copies() {
        let told = format!(
            "Kora lume mona nalu seto brin dova felu {SPEECH} opal pero quil rast bivo cora duni emer"
        );
        assert!(!are_quotation(&[&told, &told]));
        let retold = format!(
            "Sana tiro umal vexo gado fini lopa mure {SPEECH} wani xola yeto zuma hemi bano cile dovu"
        );
        assert!(are_quotation(&[&told, &retold]));
        // Who said it, and to whom, both write.
        let attributed = format!("Kora lume mona nalu seto {SPEECH} opal pero quil rast bivo");
        assert!(are_quotation(&[&attributed, &attributed]));
    }
}
