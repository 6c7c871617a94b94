//! The tokeniser: words with their spans, hashed by normal form.
//!
//! Words of ASCII letters and digits, which news is mostly made of, are found 64 bytes at a time from
//! the classes of their bytes and hashed from sixteen bytes of the text; everything else goes through
//! the full rules, word by word, with the same outcome (tested). Cost: about 0.8 ns a byte of English.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::classify::{self, BLOCK, Classes, Instructions};
use super::markup::between_tags;
use super::rules::next_word;
use crate::article::ByteSpan;

/// A word of a text: the hash of its normal form, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// [`token_hash`] of the normal form; it holds between runs and machines.
    pub hash: u64,
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// Where it stands in the text.
    pub fn span(self) -> ByteSpan {
        ByteSpan { start: self.start, end: self.end }
    }
}

/// Appends the tokens of `text` to `tokens`.
///
/// A token is a run of letters and digits with the marks that belong to them. An apostrophe inside
/// a word and characters of no width neither end a word nor count; an upper-case letter after a
/// lower-case one begins a new word (text glued together by an extractor: `WithinNATO`); in scripts
/// written without spaces every character but a digit is a token. Tags left in the text are no words. Texts past 4 GiB are cut there: offsets have
/// 32 bits.
///
/// ```
/// let mut tokens = Vec::new();
/// newsfold::text::tokenise("Don’t panic", &mut tokens);
/// assert_eq!(tokens.len(), 2);
/// assert_eq!((tokens[0].start, tokens[0].end), (0, 7));
/// let mut straight = Vec::new();
/// newsfold::text::tokenise("don't", &mut straight);
/// assert_eq!(straight[0].hash, tokens[0].hash);
/// ```
pub fn tokenise(text: &str, tokens: &mut Vec<Token>) {
    Tokeniser::default().tokens(text, tokens);
}

/// Odd constants with their bits well mixed: from the golden ratio, and of a xorshift finaliser.
const KEY_1: u64 = 0x9e37_79b9_7f4a_7c15;
const KEY_2: u64 = 0xd6e8_feb8_6659_fd93;
/// A longer normal form is hashed by XXH3.
const SHORT: usize = 16;

/// The hash of a token's normal form: its first sixteen bytes, each half under a key, multiplied to
/// 128 bits and folded; XXH3-64 of a longer one. Part of every stored sketch: it never changes.
pub fn token_hash(normal: &str) -> u64 {
    if normal.len() > SHORT {
        return xxh3_64(normal.as_bytes());
    }
    let mut bytes = [0; SHORT];
    bytes[..normal.len()].copy_from_slice(normal.as_bytes());
    short_hash(u128::from_le_bytes(bytes), normal.len())
}

/// The hash of a normal form of `length` bytes, at most sixteen, the first in the lowest byte and
/// zeros above the last.
#[inline(always)]
fn short_hash(bytes: u128, length: usize) -> u64 {
    let low = bytes as u64 ^ KEY_1;
    let high = (bytes >> 64) as u64 ^ KEY_2 ^ length as u64;
    let product = u128::from(low) * u128::from(high);
    product as u64 ^ (product >> 64) as u64
}

/// Text to tokens, with the buffers kept from one text to the next.
#[derive(Clone, Debug, Default)]
pub struct Tokeniser {
    /// Where the runs of ASCII letters and digits begin and end; an apostrophe within one is part of
    /// it, and an upper-case letter after a lower-case one begins another.
    starts: Vec<u32>,
    ends: Vec<u32>,
    /// The runs with an apostrophe inside, ascending.
    joined: Vec<u32>,
    /// Bytes beyond ASCII, a bit each.
    wide: Vec<u64>,
}

impl Tokeniser {
    /// Appends the tokens of `text` to `tokens`, as [`tokenise`] does.
    pub fn tokens(&mut self, text: &str, tokens: &mut Vec<Token>) {
        self.each(text, tokens, |hash, start, end| Token { hash, start, end });
    }

    /// Appends the hashes of the tokens of `text` alone.
    pub fn hashes(&mut self, text: &str, hashes: &mut Vec<u64>) {
        self.each(text, hashes, |hash, _, _| hash);
    }

    fn each<T>(&mut self, text: &str, to: &mut Vec<T>, make: impl Fn(u64, u32, u32) -> T) {
        let text = &text[..text.floor_char_boundary(u32::MAX as usize)];
        match between_tags(text) {
            None => self.each_word(text, to, make),
            Some(stretches) => {
                for stretch in stretches {
                    let first = stretch.start as u32;
                    let make = |hash, start, end| make(hash, first + start, first + end);
                    self.each_word(&text[stretch], to, make);
                }
            }
        }
    }

    /// The words of a text without tags.
    fn each_word<T>(&mut self, text: &str, to: &mut Vec<T>, make: impl Fn(u64, u32, u32) -> T) {
        match Instructions::detect() {
            // SAFETY: the processor was just asked, and has what the function is compiled for.
            #[cfg(target_arch = "x86_64")]
            #[expect(unsafe_code)]
            Instructions::Avx512 => unsafe { self.each_avx512(text, to, make) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            #[expect(unsafe_code)]
            Instructions::Avx2 => unsafe { self.each_avx2(text, to, make) },
            Instructions::Plain => {
                self.each_by(text, to, make, classify::plain, classify::places_plain);
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
    fn each_avx512<T>(&mut self, text: &str, to: &mut Vec<T>, make: impl Fn(u64, u32, u32) -> T) {
        self.each_by(
            text,
            to,
            make,
            |block| classify::avx512(block),
            |mask, first, to| classify::places_avx512(mask, first, to),
        );
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn each_avx2<T>(&mut self, text: &str, to: &mut Vec<T>, make: impl Fn(u64, u32, u32) -> T) {
        self.each_by(text, to, make, |block| classify::avx2(block), classify::places_plain);
    }

    /// The one body behind every version.
    #[inline(always)]
    fn each_by<T>(
        &mut self,
        text: &str,
        to: &mut Vec<T>,
        make: impl Fn(u64, u32, u32) -> T,
        classify: impl Fn(&[u8; BLOCK]) -> Classes,
        places: impl Fn(u64, u32, &mut [u32; BLOCK]),
    ) {
        let any_wide = self.find_runs(text.as_bytes(), classify, places);
        if any_wide {
            self.each_of_any_script(text, to, &make);
        } else {
            self.push_runs(text.as_bytes(), 0..self.starts.len(), to, &make);
        }
    }

    /// Finds the runs of ASCII letters and digits, and says whether there is anything beyond ASCII.
    #[inline(always)]
    fn find_runs(
        &mut self,
        bytes: &[u8],
        classify: impl Fn(&[u8; BLOCK]) -> Classes,
        places: impl Fn(u64, u32, &mut [u32; BLOCK]),
    ) -> bool {
        let (blocks, rest) = bytes.as_chunks();
        let mut last = [0; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        // A block of nothing ends the last run, if the text does not.
        let blocks = blocks.iter().chain([&last, &[0; BLOCK]]);

        self.joined.clear();
        self.wide.clear();
        let (mut starts, mut ends) = (0, 0);
        let mut any_wide = 0;
        let mut before = Edge::default();
        let mut blocks = blocks.map(classify);
        let mut next = blocks.next();
        let mut first = 0;
        while let Some(classes) = next {
            next = blocks.next();
            let ahead = next.unwrap_or_default();
            self.wide.push(classes.wide);
            any_wide |= classes.wide;
            let (begin, end, apostrophes) = before.runs(&classes, &ahead);
            let mut joins = apostrophes;
            while joins != 0 {
                let up_to = joins ^ (joins - 1);
                self.joined.push((starts as u32 + (begin & up_to).count_ones()) - 1);
                joins &= joins - 1;
            }
            places(begin, first, room(&mut self.starts, starts));
            places(end, first, room(&mut self.ends, ends));
            starts += begin.count_ones() as usize;
            ends += end.count_ones() as usize;
            first += BLOCK as u32;
        }
        self.starts.truncate(starts);
        self.ends.truncate(ends);
        any_wide != 0
    }

    /// Appends the runs of `range`, each of which is a word.
    #[inline(always)]
    fn push_runs<T>(
        &self,
        bytes: &[u8],
        range: Range<usize>,
        to: &mut Vec<T>,
        make: &impl Fn(u64, u32, u32) -> T,
    ) {
        let first = to.len();
        let runs = self.starts[range.clone()].iter().zip(&self.ends[range.clone()]);
        to.extend(
            runs.map(|(&start, &end)| {
                make(run_hash(bytes, start as usize, end as usize), start, end)
            }),
        );
        let joined = self.joined.partition_point(|&run| (run as usize) < range.start);
        for &run in self.joined[joined..].iter().take_while(|&&run| (run as usize) < range.end) {
            let (start, end) = (self.starts[run as usize], self.ends[run as usize]);
            let hash = joined_hash(&bytes[start as usize..end as usize]);
            to[first + run as usize - range.start] = make(hash, start, end);
        }
    }

    /// Runs that stand alone are words; those beside a character beyond ASCII may be parts of one.
    #[inline(always)]
    fn each_of_any_script<T>(
        &self,
        text: &str,
        to: &mut Vec<T>,
        make: &impl Fn(u64, u32, u32) -> T,
    ) {
        let bytes = text.as_bytes();
        let mut normal = String::new();
        // Up to where the text is read, and the next run that is not.
        let (mut at, mut run) = (0, 0);
        loop {
            run += self.starts[run..].iter().take_while(|&&start| (start as usize) < at).count();
            let wide = self.wide_from(at);
            let alone = |end: u32| wide.is_none_or(|wide| (end as usize) + 1 < wide);
            let clear = run + self.ends[run..].iter().take_while(|&&end| alone(end)).count();
            self.push_runs(bytes, run..clear, to, make);
            run = clear;
            let Some(wide) = wide else { break };
            let touching = self.starts.get(run).filter(|&&start| (start as usize) < wide);
            if let Some(&start) = touching
                && let Some(end) = self.end_of_joined(bytes, run)
            {
                let hash = joined_hash(&bytes[start as usize..end]);
                to.push(make(hash, start, end as u32));
                at = end;
            } else if touching.is_none() && is_punctuation(&bytes[wide..]) {
                at = wide + 3;
            } else {
                let from = touching.map_or(wide, |&start| start as usize);
                let (word, next) = next_word(text, from, &mut normal);
                if let Some(word) = word {
                    to.push(make(token_hash(&normal), word.start as u32, word.end as u32));
                }
                at = next;
            }
        }
    }

    /// Where the word ends that begins with a run and the runs that curly apostrophes join to it;
    /// `None` where it may go on beyond ASCII.
    fn end_of_joined(&self, bytes: &[u8], mut run: usize) -> Option<usize> {
        let mut end = self.ends[run] as usize;
        while matches!(bytes[end..], [0xe2, 0x80, 0x98 | 0x99, ..])
            && self.starts.get(run + 1) == Some(&(end as u32 + 3))
            && !(bytes[end - 1].is_ascii_lowercase() && bytes[end + 3].is_ascii_uppercase())
        {
            run += 1;
            end = self.ends[run] as usize;
        }
        match bytes[end..] {
            // Quotation marks and dashes end a word, but for an apostrophe before more of it.
            [0xe2, 0x80, 0x98 | 0x99, after, ..] if !after.is_ascii() => None,
            [0xe2, 0x80, 0x8e..=0xbf, ..] => Some(end),
            [b'\'', after, ..] if !after.is_ascii() => None,
            [after, ..] if !after.is_ascii() => None,
            _ => Some(end),
        }
    }

    /// The first byte beyond ASCII at or after `at`.
    fn wide_from(&self, at: usize) -> Option<usize> {
        let mut block = at / BLOCK;
        let mut mask = *self.wide.get(block)? & !0 << (at % BLOCK);
        while mask == 0 {
            block += 1;
            mask = *self.wide.get(block)?;
        }
        Some(block * BLOCK + mask.trailing_zeros() as usize)
    }
}

/// What the last byte of a block was, for the next one.
#[derive(Clone, Copy, Debug, Default)]
struct Edge {
    in_run: u64,
    lower: u64,
}

impl Edge {
    /// Where runs begin, where they have ended, and which apostrophes are inside one; `ahead` is
    /// the block after this one.
    #[inline(always)]
    fn runs(&mut self, block: &Classes, ahead: &Classes) -> (u64, u64, u64) {
        const LAST: u32 = u64::BITS - 1;
        let letters = |block: &Classes| block.lower | block.upper | block.digit;
        let after_lower = block.lower << 1 | self.lower;
        let mut run = letters(block);
        let mut joins = 0;
        if block.apostrophe != 0 {
            let before_run = run >> 1 | letters(ahead) << LAST;
            let before_upper = block.upper >> 1 | ahead.upper << LAST;
            let after_run = run << 1 | self.in_run;
            joins = block.apostrophe & after_run & before_run & !(after_lower & before_upper);
            run |= joins;
        }
        let after_run = run << 1 | self.in_run;
        let glued = block.upper & after_lower;
        *self = Self { in_run: run >> LAST, lower: block.lower >> LAST };
        (run & !after_run | glued, !run & after_run | glued, joins)
    }
}

/// Room for the places of a block's bits, from `at` on.
#[inline(always)]
fn room(places: &mut Vec<u32>, at: usize) -> &mut [u32; BLOCK] {
    if places.len() < at + BLOCK {
        places.resize(2 * at + BLOCK, 0);
    }
    places[at..].first_chunk_mut().expect("it was just made")
}

/// The hash of the run of ASCII letters and digits at `start..end`, lower-cased on the way.
#[inline(always)]
fn run_hash(bytes: &[u8], start: usize, end: usize) -> u64 {
    /// Set in every lower-case letter and every digit.
    const LOWER_CASE: u128 = u128::from_ne_bytes([0x20; SHORT]);
    let length = end - start;
    match bytes.get(start..start + SHORT) {
        Some(sixteen) if length <= SHORT => {
            let sixteen: [u8; SHORT] = sixteen.try_into().expect("the length is that of the slice");
            let lower = u128::from_le_bytes(sixteen) | LOWER_CASE;
            short_hash(lower & FIRST_BYTES[length], length)
        }
        _ => lower_case_hash(&bytes[start..end]),
    }
}

/// Masks of the first so many bytes of sixteen.
const FIRST_BYTES: [u128; SHORT + 1] = {
    let mut masks = [u128::MAX; SHORT + 1];
    let mut length = 0;
    while length < SHORT {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

/// The same for long runs and those at the end of a text.
#[cold]
fn lower_case_hash(run: &[u8]) -> u64 {
    let lower: String = run.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    token_hash(&lower)
}

/// The hash of runs that are joined by apostrophes, which do not count.
fn joined_hash(runs: &[u8]) -> u64 {
    let mut normal = [0; SHORT];
    let mut length = 0;
    for &byte in runs.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        match normal.get_mut(length) {
            Some(place) => *place = byte.to_ascii_lowercase(),
            None => {
                let letters = runs.iter().copied().filter(u8::is_ascii_alphanumeric);
                return lower_case_hash(&letters.collect::<Vec<u8>>());
            }
        }
        length += 1;
    }
    short_hash(u128::from_le_bytes(normal), length)
}

/// Whether a character begins `bytes` that is neither letter nor mark, in three bytes: dashes, curly
/// quotes and the like, U+200E to U+203F without those that have no width.
fn is_punctuation(bytes: &[u8]) -> bool {
    matches!(bytes, [0xe2, 0x80, 0x8e..=0xbf, ..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::normalise;

    fn words(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        tokens.iter().map(|token| token.span().of(text)).collect()
    }

    fn hashes(text: &str) -> Vec<u64> {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        tokens.iter().map(|token| token.hash).collect()
    }

    #[test]
    fn words_keep_their_spans_in_the_original() {
        assert_eq!(words("Don’t “panic”, U.S. 3.5%!"), ["Don’t", "panic", "U", "S", "3", "5"]);
        assert_eq!(words("Müller’s café 東京 ฟ้า"), ["Müller’s", "café", "東", "京", "ฟ้", "า"]);
        assert_eq!(words("  \u{feff}\u{200b} — "), [""; 0]);
    }

    #[test]
    fn words_glued_by_an_extractor_come_apart() {
        assert_eq!(words("WithinNATO"), ["Within", "NATO"]);
        assert_eq!(words("KyïvÉtat"), ["Kyïv", "État"]);
        assert_eq!(words("COVID19Update"), ["COVID19Update"]);
    }

    #[test]
    fn one_word_has_one_hash_however_it_is_spelt() {
        let same = [
            ("don't", "DON’T"),
            ("caf\u{e9}", "CAFE\u{301}"),
            ("cooperate", "co\u{ad}operate"),
            ("abc", "ａｂｃ"),
            ("dont", "don't"),
        ];
        for (a, b) in same {
            assert_eq!(hashes(a), hashes(b), "{a} and {b}");
        }
    }

    #[test]
    fn an_apostrophe_at_a_words_edge_is_no_part_of_it() {
        assert_eq!(words("'tis the players' cup'"), ["tis", "the", "players", "cup"]);
        assert_eq!(words("’tis the players’ cup’"), ["tis", "the", "players", "cup"]);
    }

    /// Values worked out apart from this program, from the words of [`token_hash`].
    #[test]
    fn hashes_never_change() {
        assert_eq!(hashes("the"), [0x3e73_f749_af0b_8c26]);
        assert_eq!(hashes("Norrland’s"), [0xd938_763a_6fe8_d175]);
        assert_eq!(hashes("Straßenbahnhaltestelle"), [0x128b_b66a_3cb4_6a69]);
    }

    proptest! {
        #[test]
        fn spans_ascend_and_lie_on_character_boundaries(text in "\\PC{0,200}") {
            let mut tokens = Vec::new();
            tokenise(&text, &mut tokens);
            let mut last = 0;
            for token in tokens {
                prop_assert!(token.start >= last && token.end > token.start);
                prop_assert!(text.is_char_boundary(token.start as usize));
                prop_assert!(text.is_char_boundary(token.end as usize));
                prop_assert_eq!(token_hash(&normalise(token.span().of(&text))), token.hash);
                last = token.end;
            }
        }

        /// The quick ways are the full rules, only quicker; on every machine.
        #[test]
        fn the_quick_ways_agree_with_the_full_rules(
            text in "([a-cA-C0-2'’. ]|[a-c]{1,20}|\\PC|[“”—é東]){0,120}"
        ) {
            let mut full = Vec::new();
            let (mut at, mut normal) = (0, String::new());
            while at < text.len() {
                let (word, next) = next_word(&text, at, &mut normal);
                full.extend(word.map(|word| Token {
                    hash: token_hash(&normal),
                    start: word.start as u32,
                    end: word.end as u32,
                }));
                at = next;
            }
            let mut quick = Vec::new();
            tokenise(&text, &mut quick);
            prop_assert_eq!(&quick, &full);
            let mut plain = Vec::new();
            let token = |hash, start, end| Token { hash, start, end };
            Tokeniser::default().each_by(
                &text,
                &mut plain,
                token,
                classify::plain,
                classify::places_plain,
            );
            prop_assert_eq!(&plain, &full);
            let mut hashes = Vec::new();
            Tokeniser::default().hashes(&text, &mut hashes);
            prop_assert_eq!(hashes, full.iter().map(|token| token.hash).collect::<Vec<u64>>());
        }

        #[test]
        fn a_run_ends_where_a_block_does(before in 0_usize..200, word in "[a-zA-Z']{1,70}") {
            let text = format!("{}{word}", " ".repeat(before));
            let mut shifted = Vec::new();
            tokenise(&text, &mut shifted);
            let mut plain = Vec::new();
            tokenise(&word, &mut plain);
            let hashes = |tokens: &[Token]| tokens.iter().map(|t| t.hash).collect::<Vec<u64>>();
            prop_assert_eq!(hashes(&shifted), hashes(&plain));
        }
    }
}
