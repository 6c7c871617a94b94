//! Words of scanned pages as one word each, however they were misread: what `--ocr` adds.
//!
//! Everything in this stage compares words by their hashes, so a letter misread loses the word. Here each
//! word that may be misread gets the hash of the word it most likely is: one that is a letter off (one
//! exchanged, missing or added), and commoner in the input. Two readings of one word that are both rare
//! become one, too. A word cut at a line's end with a hyphen counts as the whole at its first half.
//!
//! Where a word is misread in two ways, it must stand somewhere right: its two readings are two letters off
//! each other.
//!
//! Only hashes change: places are those of the text as read. Which word is commoner is counted from the
//! input at hand, also where statistics are fixed. Short words (under [`SHORTEST`] letters) have too many
//! neighbours and are left alone.
//!
//! Neighbours are found by what is left of a word without one of its letters (the symmetric deletes of
//! Garbe's SymSpell, 2012). Cost: a sort of all such remainders of the distinct words; no pair is
//! compared that does not share one. Memory: twelve bytes a remainder, about eight a distinct word.

use std::cmp::Reverse;

use ahash::AHashMap;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::tokens::word;
use crate::article::{Article, Corpus};
use crate::error::Result;
use crate::observer::Observer;
use crate::statistics::word_of;
use crate::text::{Token, normalise, token_hash, tokenise};

/// Letters of the shortest word that is brought to another. `from` and `form` are one letter off only by
/// exchange of two; of words with three letters every other has a neighbour.
const SHORTEST: usize = 4;
/// Longer words are addresses and rubbish.
const LONGEST: usize = 32;
/// A word this rare may be misread, whatever it is like …
const RARE: u32 = 3;
/// … and a commoner one where its neighbour is so many times as common.
const TIMES: u32 = 10;
/// How many of the commonest words with one remainder are looked at for each word that has it.
const CANDIDATES: usize = 8;
/// A misread word may be a letter off one that is itself misread; no further.
const STEPS: usize = 2;
/// Articles a thread takes at once.
const CHUNK_ARTICLES: usize = 128;

/// A distinct word of the input.
#[derive(Clone, Debug)]
struct Word {
    hash: u32,
    count: u32,
    letters: Vec<char>,
}

/// What the words of a corpus become.
pub(super) struct Readings {
    of: AHashMap<u32, u32>,
}

impl Readings {
    /// Counts the words of all articles, and finds what each may be.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`].
    pub(super) fn of(corpus: &Corpus, observer: &dyn Observer) -> Result<Self> {
        let chunks: Vec<AHashMap<u32, Word>> = corpus
            .articles()
            .par_chunks(CHUNK_ARTICLES)
            .map(|articles| {
                observer.check()?;
                let mut words = AHashMap::new();
                articles.iter().for_each(|article| count(article, &mut words));
                Ok(words)
            })
            .collect::<Result<_>>()?;
        let mut words: AHashMap<u32, Word> = AHashMap::new();
        for (hash, word) in chunks.into_iter().flatten() {
            words
                .entry(hash)
                .and_modify(|known| {
                    known.count = known.count.saturating_add(word.count);
                    // Two words of one hash: the same is told whatever came first.
                    if word.letters < known.letters {
                        known.letters.clone_from(&word.letters);
                    }
                })
                .or_insert(word);
        }
        let mut words: Vec<Word> = words.into_values().collect();
        words.par_sort_unstable_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.letters.cmp(&other.letters))
        });
        observer.check()?;
        let likeliest = neighbours(&words);
        let mut of = AHashMap::new();
        for place in 0..words.len() {
            let mut at = place;
            for _ in 0..STEPS {
                match likeliest[at] {
                    Some(next) if is_misread(&words[at], &words[next]) => at = next,
                    _ => break,
                }
            }
            if at != place {
                of.insert(words[place].hash, words[at].hash);
            }
        }
        Ok(Self { of })
    }

    /// The words of an article, in place of their plain hashes.
    pub(super) fn words(&self, text: &str, tokens: &[Token], words: &mut Vec<u32>) {
        let whole = |place: usize| joined(text, tokens, place).map(|joined| hash_of(&joined));
        words.extend(tokens.iter().enumerate().map(|(place, &token)| {
            let hash = whole(place).unwrap_or_else(|| word(token));
            self.of.get(&hash).copied().unwrap_or(hash)
        }));
    }
}

/// Counts the words of an article; those that were cut at a line's end as wholes.
fn count(article: &Article, words: &mut AHashMap<u32, Word>) {
    let text = &article.text;
    let mut tokens = Vec::new();
    tokenise(text, &mut tokens);
    let mut add = |hash: u32, normal: &dyn Fn() -> String| {
        let entry = words.entry(hash);
        let word =
            entry.or_insert_with(|| Word { hash, count: 0, letters: normal().chars().collect() });
        word.count = word.count.saturating_add(1);
    };
    for (place, token) in tokens.iter().enumerate() {
        match joined(text, &tokens, place) {
            Some(joined) => add(hash_of(&joined), &|| joined.clone()),
            None => add(word(*token), &|| normalise(token.span().of(text))),
        }
    }
}

fn hash_of(normal: &str) -> u32 {
    word_of(token_hash(normal))
}

/// The whole of a word whose first half is the token at this place, where a hyphen at the end of a line
/// cuts it.
fn joined(text: &str, tokens: &[Token], place: usize) -> Option<String> {
    let (first, second) = (tokens[place], tokens.get(place + 1)?);
    let gap = text.get(first.end as usize..second.start as usize)?;
    let mut rest = gap.strip_prefix(['-', '‐', '¬', '\u{ad}'])?;
    rest = rest.trim_start_matches([' ', '\r']);
    rest = rest.strip_prefix('\n')?;
    if !rest.chars().all(|c| c == ' ' || c == '\t') {
        return None;
    }
    let second = second.span().of(text);
    let goes_on = second.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase());
    goes_on.then(|| normalise(first.span().of(text)) + &normalise(second))
}

/// Whether a word may be a misreading of its neighbour.
fn is_misread(word: &Word, neighbour: &Word) -> bool {
    word.count <= RARE || word.count.saturating_mul(TIMES) <= neighbour.count
}

/// Of each word the likeliest that is a letter off and goes before it. The commoner of two goes before the
/// other. Of two as common it is the one that has more words a letter off it: two misreadings of a word are
/// often two letters off each other.
fn neighbours(words: &[Word]) -> Vec<Option<usize>> {
    let pairs = pairs(words);
    let mut weights: Vec<u64> = words.iter().map(|word| u64::from(word.count)).collect();
    for &(one, other) in &pairs {
        weights[one as usize] += u64::from(words[other as usize].count);
        weights[other as usize] += u64::from(words[one as usize].count);
    }
    let rank = |place: usize| (words[place].count, weights[place], Reverse(place));
    let mut likeliest: Vec<Option<usize>> = vec![None; words.len()];
    for (one, other) in pairs {
        let (one, other) = (one as usize, other as usize);
        let (low, high) = if rank(one) < rank(other) { (one, other) } else { (other, one) };
        if likeliest[low].is_none_or(|known| rank(known) < rank(high)) {
            likeliest[low] = Some(high);
        }
    }
    likeliest
}

/// The pairs of words that are a letter off each other, each once. Words come by how common they are; of many with
/// one remainder, each is held against the commonest only.
fn pairs(words: &[Word]) -> Vec<(u32, u32)> {
    let mut remainders: Vec<(u64, u32)> = words
        .par_iter()
        .enumerate()
        .filter(|(_, word)| may_be_misread(&word.letters))
        .flat_map_iter(|(place, word)| {
            let hash = move |letters: String| (xxh3_64(letters.as_bytes()), place as u32);
            let without = (0..word.letters.len()).map(move |gone| {
                let kept = |(at, &c): (usize, &char)| (at != gone).then_some(c);
                hash(word.letters.iter().enumerate().filter_map(kept).collect())
            });
            without.chain([hash(word.letters.iter().collect())])
        })
        .collect();
    remainders.par_sort_unstable();
    remainders.dedup();
    let same: Vec<&[(u64, u32)]> = remainders.chunk_by(|one, other| one.0 == other.0).collect();
    let mut pairs: Vec<(u32, u32)> = same
        .into_par_iter()
        .flat_map_iter(|same| {
            same.iter().enumerate().flat_map(|(rank, &(_, place))| {
                let before = same[..rank.min(CANDIDATES)].iter().map(|&(_, other)| other);
                let off =
                    |other: &u32| is_a_letter_off(&words[*other as usize], &words[place as usize]);
                before.filter(off).map(move |other| (other, place)).collect::<Vec<_>>()
            })
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// Whether a word is long enough, and made of letters for the greater part: of numbers each is its own.
fn may_be_misread(letters: &[char]) -> bool {
    (SHORTEST..=LONGEST).contains(&letters.len())
        && 2 * letters.iter().filter(|c| c.is_alphabetic()).count() > letters.len()
}

/// Whether one letter exchanged, left out or added makes one of the other.
fn is_a_letter_off(one: &Word, other: &Word) -> bool {
    let (one, other) = (&one.letters, &other.letters);
    let front = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[front..], &other[front..]);
    let back = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    one.len() - back <= 1 && other.len() - back <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;
    use crate::passage::{PassageConfig, passages};

    fn words(texts: &[&str]) -> Vec<Vec<u32>> {
        let articles: Vec<(String, &str)> =
            texts.iter().enumerate().map(|(n, text)| (format!("{n}"), *text)).collect();
        let articles: Vec<(&str, &str)> =
            articles.iter().map(|(id, text)| (&**id, *text)).collect();
        let corpus = corpus(&articles);
        let readings = Readings::of(&corpus, &Silent).unwrap();
        let of = |text: &&str| {
            let (mut tokens, mut words) = (Vec::new(), Vec::new());
            tokenise(text, &mut tokens);
            readings.words(text, &tokens, &mut words);
            words
        };
        texts.iter().map(of).collect()
    }

    #[test]
    fn a_letter_exchanged_missing_or_added_is_the_same_word() {
        let read =
            words(&["harbour bridge closes", "harb0ur bridqe closcs", "harbou brridge closes"]);
        assert_eq!(read[0], read[1]);
        assert_eq!(read[0], read[2]);
    }

    #[test]
    fn a_word_goes_to_its_commonest_neighbour_and_common_ones_stay() {
        let many = "mouse house ".repeat(5);
        let read = words(&[&many, "nouse house house"]);
        // Five mice and seven houses are words of their own; a nouse is one of either.
        assert_ne!(read[0][0], read[0][1]);
        assert_eq!(read[1][0], read[0][1]);
    }

    #[test]
    fn short_words_and_numbers_stay_what_they_are() {
        let read = words(&["the 2019 he 12345", "tbe 2018 be 12346"]);
        assert!(read[0].iter().zip(&read[1]).all(|(one, other)| one != other));
    }

    #[test]
    fn a_word_cut_at_the_end_of_a_line_is_whole_at_its_first_half() {
        let read =
            words(&["the government said", "the govern-\nment said", "the gov-\n  emment said"]);
        assert_eq!(read[0][1], read[1][1]);
        assert_eq!((read[1].len(), read[1][3]), (4, read[0][2]));
        // A hyphen within a line, or before a name, cuts nothing.
        let read = words(&["anglo norman", "anglo-norman", "Anglo-\nNorman"]);
        assert!(read[0] == read[1] && read[0] == read[2]);
    }

    /// Every ninth letter of the text is another, from this one on: about 9 % of its characters.
    fn misread(text: &str, from: usize) -> String {
        let mut letters = 0;
        let read = |c: char| {
            letters += usize::from(c.is_ascii_lowercase());
            let is_wrong = c.is_ascii_lowercase() && letters % 9 == from;
            if is_wrong { if c == 'x' { 'z' } else { 'x' } } else { c }
        };
        text.chars().map(read).collect()
    }

    #[test]
    fn a_passage_that_is_misread_is_found_at_its_places() {
        let shared = "Harbour engineers found cracks beneath the western railway bridge on \
                      Thursday, and authorities immediately suspended every freight service \
                      between Dunmarrow and Havenmouth until structural repairs, estimated at \
                      eleven million crowns, could be finished before winter.";
        let (before, after) = (
            "Shopkeepers along the quay complained about falling trade this autumn.",
            "Nobody expects passenger numbers to recover before next summer.",
        );
        let (one, other) = (shared.to_owned(), misread(shared, 6));
        let corpus =
            corpus(&[("a", &format!("{before} {one}")), ("b", &format!("{other} {after}"))]);
        let statistics = crate::testing::statistics(&corpus);
        let found = |ocr: bool| {
            let config = PassageConfig { ocr, ..PassageConfig::default() };
            passages(&corpus, &statistics, &config, &Silent).unwrap()
        };
        assert_eq!(found(false), []);
        let found = found(true);
        let texts: Vec<&str> = found
            .iter()
            .flat_map(|passage| &passage.occurrences)
            .map(|at| at.bytes.of(&corpus.get(at.doc).text))
            .collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        // The places are those of the text as read, but for a word or two at their ends.
        assert!(one.contains(texts[0]) && 10 * texts[0].len() > 9 * one.len(), "{texts:?}");
        assert!(other.contains(texts[1]) && 10 * texts[1].len() > 9 * other.len(), "{texts:?}");
    }

    #[test]
    fn words_a_letter_off_are_told() {
        let word = |text: &str| Word { hash: 0, count: 1, letters: text.chars().collect() };
        let off = |one: &str, other: &str| is_a_letter_off(&word(one), &word(other));
        assert!(off("word", "ward") && off("word", "words") && off("word", "wrd"));
        assert!(off("word", "word") && off("große", "grobe"));
        assert!(!off("form", "from") && !off("word", "wards") && !off("abcd", "bcde"));
    }
}
