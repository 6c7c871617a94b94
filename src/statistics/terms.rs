//! What an article is about: its words, numbers and word pairs, counted by where they stand.
//!
//! A headline's word counts four times, one among the first hundred and fifty of the body once, one
//! among the next three hundred and fifty half; what follows is background and does not count. Cost: one pass over
//! the first few kilobytes.
//!
//! A word of the body also tells by its case whether it is a name: a capital inside a sentence speaks
//! for it, a small letter against it. What begins a sentence or a line says nothing, nor does a text
//! in capitals, nor a language that writes every noun with one.

use ahash::AHashSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::article::Article;
use crate::statistics::stop_words::StopWords;
use crate::statistics::title::without_furniture;
use crate::text::{Token, normalise, token_hash, tokenise};

/// Where a term stands, what it counts there: a headline names the event.
const TITLE: f32 = 4.0;
const LEAD: f32 = 1.0;
const BODY: f32 = 0.5;
/// Tokens of the body that count as its lead.
const LEAD_TOKENS: usize = 150;
/// Tokens of the body that count at all.
const BODY_TOKENS: usize = 500;
/// How much of a body is tokenised first: 500 tokens of news fit nearly always.
const BODY_BYTES: usize = 6 * 1024;
/// Languages that write all nouns with a capital.
const NOUNS_IN_CAPITALS: [&str; 2] = ["de", "lb"];
/// What one occurrence says of a word that has a capital, and of one that has none: a word is a name
/// where more than 60 % of its occurrences have a capital.
const CAPITAL: i16 = 2;
const SMALL: i16 = -3;

/// What kind of thing a term is; kinds weigh differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word; in scripts without spaces, two neighbouring characters.
    Word,
    /// Digits, with the points and colons inside them.
    Number,
    /// Two neighbouring words.
    Bigram,
}

/// A term's identity: XXH3 of its normal form, its kind in the two lowest bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Term(u64);

impl Term {
    /// No term's identity.
    pub(crate) const NONE: Self = Self(0);
    const KIND_BITS: u64 = 0b11;

    fn new(hash: u64, kind: Kind) -> Self {
        Self(hash & !Self::KIND_BITS | kind as u64)
    }

    /// The word or number with this normal form.
    pub(crate) fn single(normal: &str) -> Self {
        let number = normal.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b':'));
        Self::new(token_hash(normal), if number { Kind::Number } else { Kind::Word })
    }

    /// Its kind.
    pub(crate) fn kind(self) -> Kind {
        match self.0 & Self::KIND_BITS {
            0 => Kind::Word,
            1 => Kind::Number,
            _ => Kind::Bigram,
        }
    }

    /// The term with these bits.
    pub(crate) fn of_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Its bits: spread evenly over the high ones.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

/// A term of an article and how often it occurs there, weighted by place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frequency {
    pub(crate) term: Term,
    pub(crate) count: f32,
    /// Over 0 where its case says that it is a name, below 0 where it says the opposite.
    pub(crate) case: i16,
}

/// The article's terms, each once, in order of [`Term`].
pub(crate) fn frequencies(article: &Article, stop_words: &StopWords) -> Vec<Frequency> {
    // A word and the pair that it ends, and headlines.
    let mut found = Vec::with_capacity(2 * BODY_TOKENS);
    let (mut capitals, mut words) = (0_u32, 0_u32);
    visit(article, stop_words, |term, count, words_read| {
        let case = words_read.case;
        capitals += u32::from(case > 0);
        words += u32::from(case != 0);
        found.push(Frequency { term, count, case });
    });
    if 2 * capitals > words || NOUNS_IN_CAPITALS.contains(&article.lang.as_str()) {
        found.iter_mut().for_each(|frequency| frequency.case = 0);
    }
    found.sort_unstable_by_key(|frequency| frequency.term);
    // Counts are multiples of a half, so their sums are exact in any order.
    found.dedup_by(|next, first| {
        let same = next.term == first.term;
        if same {
            first.count += next.count;
            first.case = first.case.saturating_add(next.case);
        }
        same
    });
    found
}

/// How each of the article's `wanted` terms reads, with the term, in order of first occurrence.
pub(crate) fn readings(
    article: &Article,
    stop_words: &StopWords,
    wanted: &[Term],
) -> Vec<(Term, String)> {
    let mut found: Vec<(Term, String)> = Vec::new();
    // Most terms are not wanted, which their highest bits tell.
    let highest = |term: Term| (term.bits() >> (u64::BITS - u8::BITS)) as usize;
    let mut may_be_wanted = [false; 1 << u8::BITS];
    wanted.iter().for_each(|&term| may_be_wanted[highest(term)] = true);
    visit(article, stop_words, |term, _, words| {
        if may_be_wanted[highest(term)]
            && wanted.contains(&term)
            && !found.iter().any(|(known, _)| *known == term)
        {
            found.push((term, words.read()));
        }
    });
    found
}

/// Calls `found` with every occurrence of a word or number, and with what tells how it reads.
pub(crate) fn readings_of(
    article: &Article,
    stop_words: &StopWords,
    mut found: impl FnMut(Term, &dyn Fn() -> String),
) {
    visit(article, stop_words, |term, _, words| {
        if term.kind() != Kind::Bigram {
            found(term, &|| words.read());
        }
    });
}

/// The numbers of an article, each once, in order of [`Term`].
pub(crate) fn numbers(article: &Article, stop_words: &StopWords) -> Vec<Term> {
    let mut found = Vec::new();
    visit(article, stop_words, |term, _, _| {
        if term.kind() == Kind::Number {
            found.push(term);
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}

/// The stretches of text that a term was made of.
#[derive(Clone, Copy)]
struct Words<'t> {
    first: &'t str,
    second: &'t str,
    between: &'static str,
    /// What this occurrence says of the word being a name.
    case: i16,
}

impl<'t> Words<'t> {
    fn one(text: &'t str) -> Self {
        Self { first: text, second: "", between: "", case: 0 }
    }

    fn read(self) -> String {
        format!("{}{}{}", normalise(self.first), self.between, normalise(self.second))
    }
}

/// Calls `found` with every occurrence of a term, what it counts there, and how it reads.
fn visit(article: &Article, stop_words: &StopWords, mut found: impl FnMut(Term, f32, Words<'_>)) {
    let stopped = stop_words.of(&article.lang);
    let elides = matches!(article.lang.as_str(), "fr" | "it" | "ca");
    let title = article.title.trim();
    let own = article.own_text();
    let body = own.trim_start();
    // A plain text's headline is its first line, too: it counts once.
    let body = body.strip_prefix(title).unwrap_or(body);
    let title = without_furniture(title, &article.outlet);
    let mut tokens = Vec::with_capacity(2 * BODY_TOKENS);
    tokenise(title, &mut tokens);
    let reader = Reader { text: title, stopped, elides, is_body: false };
    reader.visit(&tokens, &mut |term, _, words| found(term, TITLE, words));
    let body = tokenise_start(body, &mut tokens);
    let reader = Reader { text: body, stopped, elides, is_body: true };
    reader.visit(&tokens, &mut |term, place, words| {
        found(term, if place < LEAD_TOKENS { LEAD } else { BODY }, words);
    });
}

/// Replaces `tokens` by the first [`BODY_TOKENS`] of `text`, without reading all of a long one,
/// and returns the part of the text that was read.
fn tokenise_start<'a>(text: &'a str, tokens: &mut Vec<Token>) -> &'a str {
    let mut bytes = BODY_BYTES;
    loop {
        let start = &text[..text.floor_char_boundary(bytes)];
        tokens.clear();
        tokenise(start, tokens);
        // The last token of a part may be cut short, so it takes one more to be sure.
        if tokens.len() > BODY_TOKENS || start.len() == text.len() {
            tokens.truncate(BODY_TOKENS);
            return start;
        }
        bytes *= 4;
    }
}

/// Reads terms off a text's tokens.
struct Reader<'a, 's> {
    text: &'a str,
    stopped: Option<&'s AHashSet<u64>>,
    /// Whether the language glues articles to nouns with an apostrophe (`l'état`).
    elides: bool,
    /// Whether it is the body, whose case tells names.
    is_body: bool,
}

/// What a token is, before it becomes part of a term.
enum Part<'a> {
    Word { hash: u64, text: &'a str },
    Character { text: &'a str },
    Number,
    Nothing,
}

impl<'a> Reader<'a, '_> {
    fn visit(&self, tokens: &[Token], found: &mut impl FnMut(Term, usize, Words<'a>)) {
        let mut last_word: Option<(u64, &'a str)> = None;
        let mut last_character: Option<(Token, &'a str)> = None;
        let mut at = 0;
        while at < tokens.len() {
            let token = tokens[at];
            let (mut word, mut character) = (None, None);
            let mut next = at + 1;
            match self.part(token) {
                Part::Word { hash, text } => {
                    let case = self.case(tokens, at, text);
                    found(Term::new(hash, Kind::Word), at, Words { case, ..Words::one(text) });
                    if let Some((last_hash, last_text)) = last_word {
                        let words = Words { first: last_text, second: text, between: " ", case: 0 };
                        found(Term::new(pair(last_hash, hash), Kind::Bigram), at, words);
                    }
                    word = Some((hash, text));
                }
                Part::Character { text } => {
                    if let Some((last, last_text)) = last_character
                        && last.end == token.start
                    {
                        let words = Words { first: last_text, second: text, between: "", case: 0 };
                        found(Term::new(pair(last.hash, token.hash), Kind::Word), at, words);
                    }
                    character = Some((token, text));
                }
                Part::Number => {
                    while next < tokens.len()
                        && self.continues_number(tokens[next - 1], tokens[next])
                    {
                        next += 1;
                    }
                    let text = &self.text[token.start as usize..tokens[next - 1].end as usize];
                    let hash = if next == at + 1 { token.hash } else { number_hash(text) };
                    found(Term::new(hash, Kind::Number), at, Words::one(text));
                }
                Part::Nothing => {}
            }
            (last_word, last_character) = (word, character);
            at = next;
        }
    }

    /// What the case of a word says of its being a name: nothing where it begins a sentence.
    fn case(&self, tokens: &[Token], at: usize, word: &str) -> i16 {
        if !self.is_body {
            return 0;
        }
        let first = word.chars().next().unwrap_or_default();
        if first.is_lowercase() {
            return SMALL;
        }
        let Some(before) = at.checked_sub(1).map(|before| tokens[before].end as usize) else {
            return 0;
        };
        let gap = &self.text[before..tokens[at].start as usize];
        let begins =
            gap.contains(['.', '!', '?', ':', ';', '"', '»', '”', '“', '\n', '•', '|', '—']);
        if begins || !first.is_uppercase() { 0 } else { CAPITAL }
    }

    fn part(&self, token: Token) -> Part<'a> {
        let text = token.span().of(self.text);
        if self.is_stopped(token.hash) {
            return Part::Nothing;
        }
        if text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return match text.len() {
                _ if text.bytes().all(|b| b.is_ascii_digit()) => Part::Number,
                1 => Part::Nothing,
                _ => Part::Word { hash: token.hash, text },
            };
        }
        if text.chars().all(char::is_numeric) {
            return Part::Number;
        }
        let first = text.chars().next().unwrap_or_default();
        let without_case = !first.is_lowercase() && !first.is_uppercase();
        if without_case && text.chars().skip(1).all(|c| !c.is_alphanumeric()) {
            return Part::Character { text };
        }
        let text = self.without_apostrophe(text);
        let normal = normalise(text);
        let hash = token_hash(&normal);
        if self.is_stopped(hash) || normal.chars().nth(1).is_none() {
            return Part::Nothing;
        }
        Part::Word { hash, text }
    }

    fn is_stopped(&self, hash: u64) -> bool {
        self.stopped.is_some_and(|words| words.contains(&hash))
    }

    /// The word without `’s`, and where the language elides, without the article before it.
    fn without_apostrophe(&self, word: &'a str) -> &'a str {
        let is_apostrophe = |c: char| matches!(c, '\'' | '‘' | '’' | 'ʼ' | '＇');
        let Some((at, mark)) = word.char_indices().rfind(|&(_, c)| is_apostrophe(c)) else {
            return word;
        };
        let after = &word[at + mark.len_utf8()..];
        if after.eq_ignore_ascii_case("s") {
            &word[..at]
        } else if self.elides {
            after
        } else {
            word
        }
    }

    /// Whether `next` belongs to the number that `last` is the end of: `3.5`, `1,000`, `10:30`.
    fn continues_number(&self, last: Token, next: Token) -> bool {
        let between = &self.text[last.end as usize..next.start as usize];
        matches!(between, "." | "," | ":")
            && next.span().of(self.text).bytes().all(|b| b.is_ascii_digit())
    }
}

/// The hash of two neighbours in order.
fn pair(first: u64, second: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&first.to_le_bytes());
    bytes[8..].copy_from_slice(&second.to_le_bytes());
    xxh3_64(&bytes)
}

/// The hash of a number of several tokens, without the commas of its thousands.
fn number_hash(text: &str) -> u64 {
    token_hash(&text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(lang: &str, title: &str, text: &str) -> Article {
        Article { title: title.into(), lang: lang.into(), ..crate::testing::article("a", text) }
    }

    /// The article's terms as they read, with their counts, in order of reading.
    fn counted(article: &Article) -> Vec<(String, f32)> {
        let stop_words = StopWords::load();
        let found = frequencies(article, &stop_words);
        let wanted: Vec<Term> = found.iter().map(|f| f.term).collect();
        let count = |term| found.iter().find(|f| f.term == term).map_or(0.0, |f| f.count);
        readings(article, &stop_words, &wanted)
            .into_iter()
            .map(|(term, text)| (text, count(term)))
            .collect()
    }

    fn read(article: &Article) -> Vec<String> {
        counted(article).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn a_headline_counts_four_times_and_the_lead_once() {
        let counted = counted(&article("en", "Ferry sinks", "A ferry sank."));
        let expected = [("ferry", 5.0), ("sinks", 4.0), ("ferry sinks", 4.0)];
        assert_eq!(counted[..3], expected.map(|(text, count)| (text.to_owned(), count)));
        assert_eq!(counted[3..], [("sank".to_owned(), 1.0), ("ferry sank".to_owned(), 1.0)]);
    }

    #[test]
    fn the_body_counts_half_after_its_lead_and_not_at_all_after_500_tokens() {
        let filler = |count: usize| "the ".repeat(count);
        let text = format!("{}keel {}hull {}mast", filler(149), filler(350 - 1), filler(1));
        let expected = [("keel".to_owned(), 1.0), ("hull".to_owned(), 0.5)];
        assert_eq!(counted(&article("en", "", &text)), expected);
    }

    #[test]
    fn a_headline_that_opens_the_text_counts_once() {
        let apart = article("en", "Ferry sinks", "Nobody drowned.");
        let twice = article("en", "Ferry sinks", "\nFerry sinks\n\nNobody drowned.");
        assert_eq!(counted(&apart), counted(&twice));
    }

    #[test]
    fn stop_words_and_numbers_break_pairs() {
        let terms = read(&article("en", "", "Harbour master of Ostend, 40 ferries"));
        assert_eq!(terms, ["harbour", "master", "harbour master", "ostend", "40", "ferries"]);
    }

    #[test]
    fn a_possessive_is_its_word_and_a_single_letter_nothing() {
        assert_eq!(
            read(&article("en", "", "Ostend’s ferry; ostend's x")),
            ["ostend", "ferry", "ostend ferry", "ferry ostend"]
        );
        assert_eq!(read(&article("en", "", "It's theirs")), [""; 0]);
    }

    #[test]
    fn where_a_language_elides_the_noun_is_the_term() {
        assert_eq!(
            read(&article("fr", "", "L’état d'urgence")),
            ["état", "urgence", "état urgence"]
        );
        assert_eq!(read(&article("en", "", "O'Brien")), ["obrien"]);
    }

    #[test]
    fn points_commas_and_colons_stay_inside_numbers_and_thousands_are_plain() {
        let terms = read(&article("en", "", "3.5 at 10:30, 1,200 and 1200."));
        assert_eq!(terms, ["3.5", "10:30", "1,200"]);
        let kinds: Vec<Kind> = frequencies(&article("en", "", "3.5 keel"), &StopWords::load())
            .iter()
            .map(|f| f.term.kind())
            .collect();
        assert!(kinds.contains(&Kind::Number) && kinds.contains(&Kind::Word));
    }

    #[test]
    fn without_spaces_two_characters_are_a_word() {
        let terms = read(&article("ja", "", "東京都 大阪"));
        assert_eq!(terms, ["東京", "京都", "大阪"]);
    }

    #[test]
    fn a_long_text_is_read_as_far_as_it_counts() {
        let word = "ferryboat".repeat(10);
        let text = format!("{word} ").repeat(499) + "keel mast";
        let read = read(&article("en", "", &text));
        assert!(read.contains(&"keel".to_owned()) && !read.contains(&"mast".to_owned()));
    }
}
