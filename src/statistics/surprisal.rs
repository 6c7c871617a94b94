//! How much a word tells: its surprisal, alone and after the word before it.
//!
//! Two matching words prove little where everybody uses them one after the other. The counts come
//! from a sample of whole articles. A word counts once for each distinct context of seven words that it
//! stands in the middle of, so that a text which was copied a thousand times does not make itself look
//! common.
//!
//! All arithmetic is on integers, so a sum does not depend on the order of adding, nor a logarithm on
//! the machine. Cost: one pass over the texts of the sample and a sort, then two look-ups a word; 20 MB.

use rayon::prelude::*;

use crate::article::{Article, Corpus};
use crate::sketch::{mix, sort_by_hash};
use crate::text::Tokeniser;

/// One bit of information, in the unit that [`Surprisal`] counts in.
pub(crate) const BIT: u32 = 256;

/// No word tells more than this: in a sample of millions, rarer words are misspellings.
const MAX_SURPRISAL: u32 = 14 * BIT;

/// Words of a distinct context; the one in the middle is counted.
const CONTEXT: usize = 7;

/// Bytes of text that the sample has about, some four million words: enough for the words' ranks to
/// settle.
const SAMPLE_BYTES: u64 = 24_000_000;

/// Contexts that the sample is taken to have at least: a handful of articles cannot tell a rare word
/// from a frequent one, and two texts of thirty words may still be copies.
const MIN_CONTEXTS: u64 = 4096;

/// With fewer contexts a word that was seen twice may be as common as one in a thousand.
const RARE_CONTEXTS: u64 = 1 << 16;

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

/// How surprising words are. It is stored by its counters, those that are not zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Surprisal {
    /// Distinct contexts of each word, by the upper bits of its hash.
    words: Vec<u32>,
    /// Distinct contexts of each pair of neighbours, by hash.
    pairs: Vec<u32>,
    /// All distinct contexts, and one for the unseen.
    contexts: u64,
    /// The surprisal of each word alone, in eighths of a bit.
    alone: Vec<u8>,
}

/// The counters of [`Surprisal`] that are not zero, with their places.
pub(super) struct Counters {
    pub(super) contexts: u64,
    pub(super) words: Vec<(u32, u32)>,
    pub(super) pairs: Vec<(u32, u32)>,
}

impl From<Surprisal> for Counters {
    fn from(Surprisal { words, pairs, contexts, .. }: Surprisal) -> Self {
        let kept = |counts: Vec<u32>| (0..).zip(counts).filter(|(_, count)| *count > 0).collect();
        Self { contexts, words: kept(words), pairs: kept(pairs) }
    }
}

impl From<Counters> for Surprisal {
    fn from(counters: Counters) -> Self {
        let mut surprisal = Self::blank();
        for (place, count) in counters.words {
            surprisal.words[place as usize % (1 << WORD_BITS)] = count;
        }
        for (place, count) in counters.pairs {
            surprisal.pairs[place as usize % (1 << PAIR_BITS)] = count;
        }
        surprisal.contexts = counters.contexts;
        surprisal.finish()
    }
}

/// Contexts are told apart in parts, by the highest bits of their hash. With all of a sample at once, `passages` on
/// 12,000 news articles had its second highest peak here: 154 MiB beside the texts.
const PART_BITS: u32 = 2;

/// A context's hash, the word in the middle, and the word before that.
type Context = (u64, u32, u32);

impl Surprisal {
    /// Counts the words of a sample of the corpus's articles, chosen by their content.
    pub fn count(corpus: &Corpus) -> Self {
        let bytes: u64 = corpus.articles().iter().map(|article| article.text.len() as u64).sum();
        let share = (SAMPLE_BYTES << 32) / bytes.max(SAMPLE_BYTES);
        let sampled: Vec<&Article> = corpus
            .docs()
            .filter(|&doc| corpus.key(doc).0 >> 32 < share)
            .map(|doc| corpus.get(doc))
            .collect();
        let words_of = |tokeniser: &mut Tokeniser, article: &Article| -> Vec<u32> {
            let mut hashes = Vec::new();
            article.own_parts().for_each(|(_, part)| tokeniser.hashes(part, &mut hashes));
            hashes.into_iter().map(word_of).collect()
        };
        let texts: Vec<Vec<u32>> = sampled
            .par_iter()
            .with_min_len(64)
            .map_init(Tokeniser::default, |t, a| words_of(t, a))
            .collect();
        let mut surprisal = Self::blank();
        surprisal.contexts = 1;
        for part in 0..1 << PART_BITS {
            let contexts = contexts(&texts, part);
            surprisal.contexts += contexts.len() as u64;
            for (_, word, before) in contexts {
                surprisal.words[word_slot(word)] += 1;
                surprisal.pairs[pair_slot(before, word)] += 1;
            }
        }
        // Texts shorter than a context have no middle; all their words count.
        for words in texts.iter().filter(|words| words.len() < CONTEXT) {
            words.iter().for_each(|&word| surprisal.words[word_slot(word)] += 1);
            surprisal.contexts += words.len() as u64;
        }
        surprisal.contexts = surprisal.contexts.max(MIN_CONTEXTS);
        surprisal.finish()
    }

    /// Nothing is counted: every word tells as much as any other.
    pub(crate) fn empty() -> Self {
        Self::blank().finish()
    }

    /// Counters without counts; what words tell is not told yet.
    fn blank() -> Self {
        let (words, pairs) = (vec![0; 1 << WORD_BITS], vec![0; 1 << PAIR_BITS]);
        Self { words, pairs, contexts: MIN_CONTEXTS, alone: Vec::new() }
    }

    fn finish(mut self) -> Self {
        let all = log2(self.contexts);
        let bits = |count: u32| all.saturating_sub(log2(u64::from(count) + 1));
        let eighths = |count| (bits(count).min(MAX_SURPRISAL) * 8 / BIT) as u8;
        // Most counters are zero, and a query from a cold start waits for this.
        let unseen = eighths(0);
        let of = |&count: &u32| if count == 0 { unseen } else { eighths(count) };
        self.alone = self.words.iter().map(of).collect();
        self
    }

    /// Whether enough was read to tell a rare word from one that little text happens to have once.
    pub(crate) fn knows_rare_words(&self) -> bool {
        self.contexts >= RARE_CONTEXTS
    }

    /// The surprisal of `word` whatever stands before it, in eighths of a bit.
    pub(crate) fn eighths(&self, word: u32) -> u32 {
        u32::from(self.alone[word_slot(word)])
    }

    /// The surprisal of `word` whatever stands before it, in [`BIT`]s.
    pub(crate) fn alone(&self, word: u32) -> u32 {
        self.eighths(word) * (BIT / 8)
    }

    /// What a match of `word` is worth in an alignment, in hundredths: 35 to 100.
    pub(crate) fn weight(&self, word: u32) -> i32 {
        (self.eighths(word) * 100 / (8 * BITS_OF_WEIGHT_ONE)).clamp(MIN_WEIGHT, 100) as i32
    }

    /// The surprisal of `word` after `before`, in [`BIT`]s.
    pub(crate) fn after(&self, before: u32, word: u32) -> u32 {
        let word_count = u64::from(self.words[word_slot(word)]).max(1);
        let before_count = u64::from(self.words[word_slot(before)]).saturating_sub(1);
        let pair_count = u64::from(self.pairs[pair_slot(before, word)]).saturating_sub(1);
        let expected = pair_count * self.contexts + SMOOTHING * word_count;
        let seen = (before_count + SMOOTHING) * self.contexts;
        log2(seen).saturating_sub(log2(expected)).min(MAX_SURPRISAL)
    }
}

/// The half of a token's hash that passages keep: two of a hundred thousand different words agree in it
/// about once.
pub(crate) fn word_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The distinct contexts of some texts whose hashes begin with the bits of `part`.
fn contexts(texts: &[Vec<u32>], part: u64) -> Vec<Context> {
    let mut contexts: Vec<Context> = texts
        .par_iter()
        .flat_map_iter(|words| words.windows(CONTEXT))
        .filter_map(|context| {
            let hash = hash_context(context);
            let middle = CONTEXT / 2;
            let is_of_part = hash >> (u64::BITS - PART_BITS) == part;
            is_of_part.then(|| (hash, context[middle], context[middle - 1]))
        })
        .collect();
    sort_by_hash(&mut contexts, |context| context.0);
    contexts.dedup_by_key(|context| context.0);
    contexts
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
pub(crate) fn log2(n: u64) -> u32 {
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
    use crate::testing::corpus_of;

    fn hash(text: &str) -> u32 {
        let mut hashes = Vec::new();
        Tokeniser::default().hashes(text, &mut hashes);
        word_of(hashes[0])
    }

    fn count(texts: &[&str]) -> Surprisal {
        Surprisal::count(&corpus_of(texts))
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
        let once = count(&[text]);
        let often = count(&[text, text, text]);
        assert_eq!(once.words.iter().sum::<u32>(), 3);
        assert_eq!(once.words, often.words);
    }

    #[test]
    fn a_word_tells_less_where_it_is_expected() {
        let mut text = String::new();
        for i in 0..600 {
            text += &format!("new york w{i} new york x{i} the y{i} z{i} ");
        }
        let surprisal = count(&[&text]);
        let (new, york, the) = (hash("new"), hash("york"), hash("the"));
        assert!(surprisal.after(new, york) < BIT);
        assert!(surprisal.after(the, york) > 2 * BIT);
        assert!(surprisal.alone(hash("y7")) > surprisal.alone(the));
        assert!(surprisal.weight(york) >= 35 && surprisal.weight(hash("unseen")) <= 100);
    }

    #[test]
    fn a_text_shorter_than_a_context_counts_whole() {
        let surprisal = count(&["too short"]);
        assert_eq!(surprisal.words[word_slot(hash("short"))], 1);
    }
}
