//! How much a word tells: its surprisal, alone and after the word before it.
//!
//! Two matching words prove little where everybody uses them one after the other. The counts are
//! taken from a sample of whole articles, and a word is counted once for each distinct context of
//! [`CONTEXT`] words that it stands in the middle of, so that text which was copied a thousand times
//! does not make itself look common.
//!
//! Everything is integer arithmetic: a sum of surprisals does not depend on the order of adding, nor
//! a logarithm on the machine's mathematics library. Cost: one pass and a sort over the sample,
//! then two look-ups a word; 20 MB.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::seeds::mix;
use super::tokens::Tokens;
use crate::article::{Corpus, DocId};

/// One bit of information, in the unit that [`Surprisal`] counts in.
pub(super) const BIT: u32 = 256;

/// No word tells more than this: in a sample of millions, rarer words are misspellings.
const MAX_SURPRISAL: u32 = 14 * BIT;

/// Words of a distinct context; the one in the middle is counted.
const CONTEXT: usize = 7;

/// Tokens that the sample has about: enough for the words' ranks to settle.
const SAMPLE_TOKENS: u64 = 4_000_000;

/// Contexts that the sample is taken to have at least: a handful of articles cannot tell a rare word
/// from a frequent one, and two texts of thirty words may still be copies.
const MIN_CONTEXTS: u64 = 4096;

/// Counters for words and for pairs of neighbours, addressed by hash: 2²⁰ and 2²².
const WORD_BITS: u32 = 20;
const PAIR_BITS: u32 = 22;

/// How many occurrences of the word before it takes until a pair's own count outweighs its
/// second word's.
const SMOOTHING: u64 = 8;

/// A word's unit of weight is this many bits of surprisal.
const BITS_OF_WEIGHT_ONE: u32 = 8;

/// The least weight of a word, in hundredths.
const MIN_WEIGHT: u32 = 35;

/// How surprising words are in this corpus.
pub(super) struct Surprisal {
    /// Distinct contexts of each word, by the upper bits of its hash.
    words: Vec<u32>,
    /// Distinct contexts of each pair of neighbours, by hash.
    pairs: Vec<u32>,
    /// All distinct contexts, and one for the unseen.
    contexts: u64,
    /// The surprisal of each word alone, in eighths of a bit.
    alone: Vec<u8>,
}

impl Surprisal {
    /// Counts the words of a sample of the corpus's articles, chosen by their ids.
    pub(super) fn estimate(corpus: &Corpus, tokens: &Tokens) -> Self {
        let all = tokens.words();
        let sampled: Vec<DocId> = {
            let share = (SAMPLE_TOKENS << 32) / (all.len() as u64).max(SAMPLE_TOKENS);
            corpus
                .docs()
                .filter(|&doc| xxh3_64(corpus.get(doc).id.as_bytes()) >> 32 < share)
                .collect()
        };
        // (hash of the context, position of its middle): equal contexts have equal middles, so
        // it does not matter which of them is left.
        let mut contexts: Vec<(u64, u32)> = sampled
            .par_iter()
            .flat_map_iter(|&doc| {
                let range = tokens.range(doc);
                let words = &all[range.start as usize..range.end as usize];
                words.windows(CONTEXT).enumerate().map(move |(i, context)| {
                    (hash_context(context), range.start + (i + CONTEXT / 2) as u32)
                })
            })
            .collect();
        contexts.par_sort_unstable();
        contexts.dedup_by_key(|context| context.0);
        let mut surprisal = Self {
            words: vec![0; 1 << WORD_BITS],
            pairs: vec![0; 1 << PAIR_BITS],
            contexts: contexts.len() as u64 + 1,
            alone: Vec::new(),
        };
        for (_, position) in contexts {
            surprisal.count(all[position as usize - 1], all[position as usize]);
        }
        // Texts shorter than a context have no middle; all their words count.
        for &doc in &sampled {
            let range = tokens.range(doc);
            let words = &all[range.start as usize..range.end as usize];
            if words.len() < CONTEXT {
                for &word in words {
                    surprisal.words[word_slot(word)] += 1;
                }
                surprisal.contexts += words.len() as u64;
            }
        }
        surprisal.contexts = surprisal.contexts.max(MIN_CONTEXTS);
        surprisal.alone = surprisal
            .words
            .iter()
            .map(|&count| {
                let bits = log2(surprisal.contexts).saturating_sub(log2(u64::from(count) + 1));
                (bits.min(MAX_SURPRISAL) * 8 / BIT) as u8
            })
            .collect();
        surprisal
    }

    fn count(&mut self, before: u32, word: u32) {
        self.words[word_slot(word)] += 1;
        self.pairs[pair_slot(before, word)] += 1;
    }

    /// The surprisal of `word` whatever stands before it, in eighths of a bit.
    pub(super) fn eighths(&self, word: u32) -> u32 {
        u32::from(self.alone[word_slot(word)])
    }

    /// The surprisal of `word` whatever stands before it, in [`BIT`]s.
    pub(super) fn alone(&self, word: u32) -> u32 {
        self.eighths(word) * (BIT / 8)
    }

    /// What a match of `word` is worth in an alignment, in hundredths: 35 to 100.
    pub(super) fn weight(&self, word: u32) -> i32 {
        (self.eighths(word) * 100 / (8 * BITS_OF_WEIGHT_ONE)).clamp(MIN_WEIGHT, 100) as i32
    }

    /// The surprisal of `word` after `before`, in [`BIT`]s.
    pub(super) fn after(&self, before: u32, word: u32) -> u32 {
        let word_count = u64::from(self.words[word_slot(word)]).max(1);
        let before_count = u64::from(self.words[word_slot(before)]).saturating_sub(1);
        let pair_count = u64::from(self.pairs[pair_slot(before, word)]).saturating_sub(1);
        let expected = pair_count * self.contexts + SMOOTHING * word_count;
        let seen = (before_count + SMOOTHING) * self.contexts;
        log2(seen).saturating_sub(log2(expected)).min(MAX_SURPRISAL)
    }
}

fn hash_context(context: &[u32]) -> u64 {
    context.iter().fold(0, |hash, &word| mix(hash ^ u64::from(word)))
}

fn word_slot(word: u32) -> usize {
    (word >> (32 - WORD_BITS)) as usize
}

fn pair_slot(before: u32, word: u32) -> usize {
    (mix(u64::from(before) << 32 | u64::from(word)) >> (64 - PAIR_BITS)) as usize
}

/// The binary logarithm of `n` in [`BIT`]s, at most 1.5 of 256 too low; 0 for 0.
pub(super) fn log2(n: u64) -> u32 {
    if n == 0 {
        return 0;
    }
    let whole = n.ilog2();
    // The eight bits after the leading one.
    let mantissa = if whole >= 8 { n >> (whole - 8) } else { n << (8 - whole) } & 255;
    whole * BIT + u32::from(FRACTION[mantissa as usize])
}

/// 256·log₂(1 + m/256), by repeated squaring.
const FRACTION: [u8; 256] = {
    const ONE: u64 = 1 << 30;
    let mut table = [0; 256];
    let mut m = 0;
    while m < 256 {
        let mut x = ONE + (m as u64) * (ONE / 256);
        let mut fraction = 0;
        let mut digit = 0;
        while digit < 8 {
            x = x * x / ONE;
            fraction *= 2;
            if x >= 2 * ONE {
                x /= 2;
                fraction += 1;
            }
            digit += 1;
        }
        table[m] = fraction;
        m += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;
    use crate::passage::tokens::word;
    use crate::text::tokenise;

    fn hash(text: &str) -> u32 {
        let mut tokens = Vec::new();
        tokenise(text, &mut tokens);
        word(tokens[0])
    }

    fn estimate(texts: &[(&str, &str)]) -> Surprisal {
        let corpus = corpus(texts);
        Surprisal::estimate(&corpus, &Tokens::read(&corpus, &Silent).unwrap())
    }

    #[test]
    fn logarithms_agree_with_the_library_to_a_hundredth_of_a_bit() {
        assert_eq!([0, 1, 2, 8, 1 << 40].map(log2), [0, 0, 256, 768, 40 * 256]);
        for n in [3_u64, 5, 100, 12_345, 999_999_937] {
            let exact = (n as f64).log2() * 256.0;
            let found = f64::from(log2(n));
            assert!(exact - found < 2.5 && found <= exact, "{n}: {found} for {exact}");
        }
    }

    #[test]
    fn a_text_copied_often_counts_once() {
        let text = "the quick brown fox jumps over the lazy dog";
        let once = estimate(&[("a", text)]);
        let often = estimate(&[("a", text), ("b", text), ("c", text)]);
        assert_eq!(once.words.iter().sum::<u32>(), 3);
        assert_eq!(once.words, often.words);
    }

    #[test]
    fn a_word_tells_less_where_it_is_expected() {
        let mut text = String::new();
        for i in 0..600 {
            text += &format!("new york w{i} new york x{i} the y{i} z{i} ");
        }
        let surprisal = estimate(&[("a", &text)]);
        let (new, york, the) = (hash("new"), hash("york"), hash("the"));
        assert!(surprisal.after(new, york) < BIT);
        assert!(surprisal.after(the, york) > 2 * BIT);
        assert!(surprisal.alone(hash("y7")) > surprisal.alone(the));
        assert!(surprisal.weight(york) >= 35 && surprisal.weight(hash("unseen")) <= 100);
    }

    #[test]
    fn a_text_shorter_than_a_context_counts_whole() {
        let surprisal = estimate(&[("a", "too short")]);
        assert_eq!(surprisal.words[word_slot(hash("short"))], 1);
    }
}
