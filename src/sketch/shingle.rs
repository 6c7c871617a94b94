//! Shingles: the hash of each run of k consecutive tokens.

use xxhash_rust::xxh3::xxh3_64;

use super::ShingledFields;
use crate::article::Article;
use crate::text::Tokeniser;

/// Odd constants of the finaliser, from the golden ratio and from Moremur's family of mixers.
const MULTIPLIER_1: u64 = 0xd6e8_feb8_6659_fd93;
const MULTIPLIER_2: u64 = 0x9e37_79b9_7f4a_7c15;
/// How far a token's hash is turned for each place it stands before the shingle's last token;
/// coprime to 64, so that no two places of a shingle of up to 64 tokens turn alike.
const TURN: u32 = 13;
/// Shingles made at a time: they and their tokens stay in the nearest cache while every token of
/// theirs passes by.
const BLOCK: usize = 256;

/// Appends the hash of every run of `k` consecutive tokens to `shingles`, repeats included; `tokens`
/// are the tokens' hashes.
///
/// A text of fewer than `k` tokens is one shingle of all it has, so that short texts can be told
/// apart; an empty text has none. The hash is made from the tokens' hashes, turned by their place
/// and added, which costs less than hashing the window's bytes again; it depends on nothing but
/// the tokens' normal forms.
pub fn shingle_hashes(tokens: &[u64], k: usize, shingles: &mut Vec<u64>) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            // SAFETY: the processor was just asked, and has what the function is compiled for.
            #[expect(unsafe_code)]
            return unsafe { shingle_hashes_avx512(tokens, k, shingles) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: as above.
            #[expect(unsafe_code)]
            return unsafe { shingle_hashes_avx2(tokens, k, shingles) };
        }
    }
    shingle_hashes_plain(tokens, k, shingles);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn shingle_hashes_avx512(tokens: &[u64], k: usize, shingles: &mut Vec<u64>) {
    shingle_hashes_plain(tokens, k, shingles);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn shingle_hashes_avx2(tokens: &[u64], k: usize, shingles: &mut Vec<u64>) {
    shingle_hashes_plain(tokens, k, shingles);
}

/// The one body behind every version: token by token over a block of shingles, so that the inner
/// loops are vector instructions.
#[inline(always)]
fn shingle_hashes_plain(tokens: &[u64], k: usize, shingles: &mut Vec<u64>) {
    let k = k.min(tokens.len());
    if k == 0 {
        return;
    }
    let begin = shingles.len();
    shingles.extend_from_slice(&tokens[..tokens.len() - k + 1]);
    for (block, shingles) in shingles[begin..].chunks_mut(BLOCK).enumerate() {
        let tokens = &tokens[block * BLOCK..];
        for place in 1..k {
            for (shingle, token) in shingles.iter_mut().zip(&tokens[place..]) {
                *shingle = shingle.rotate_left(TURN).wrapping_add(*token);
            }
        }
        for shingle in shingles {
            *shingle = mix(*shingle);
        }
    }
}

/// Spreads every bit of `hash` over the whole word.
#[inline]
pub(crate) fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(MULTIPLIER_1);
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(MULTIPLIER_2);
    hash ^ (hash >> 32)
}

/// The one shingle of a text without a word, emoji for example: of all that is no space in it.
fn wordless(text: &str) -> Option<u64> {
    let signs: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (!signs.is_empty()).then(|| mix(xxh3_64(signs.as_bytes())))
}

/// Text to shingles, with the buffers kept from one text to the next.
#[derive(Clone, Debug)]
pub struct Shingler {
    k: usize,
    fields: ShingledFields,
    tokeniser: Tokeniser,
    tokens: Vec<u64>,
    shingles: Vec<u64>,
}

impl Shingler {
    /// Shingles of `k` tokens; those of an article are made of its text.
    pub fn new(k: usize) -> Self {
        Self {
            k,
            fields: ShingledFields::default(),
            tokeniser: Tokeniser::default(),
            tokens: Vec::new(),
            shingles: Vec::new(),
        }
    }

    /// The same, with those of an article made of these fields.
    pub fn with_fields(self, fields: ShingledFields) -> Self {
        Self { fields, ..self }
    }

    /// The shingles of `text` in order, repeats included.
    pub fn shingles(&mut self, text: &str) -> &[u64] {
        self.tokens.clear();
        self.shingles.clear();
        self.tokeniser.hashes(text, &mut self.tokens);
        shingle_hashes(&self.tokens, self.k, &mut self.shingles);
        if self.tokens.is_empty() {
            self.shingles.extend(wordless(text));
        }
        &self.shingles
    }

    /// The shingles of an article's own words in order, repeats included: those of its title, where that
    /// is one of the fields, before those of its text. What its outlet prints around the text is left
    /// out, and the words on both sides of it are neighbours.
    pub fn article(&mut self, article: &Article) -> &[u64] {
        self.shingles.clear();
        if self.fields.has_title() {
            self.tokens.clear();
            self.tokeniser.hashes(&article.title, &mut self.tokens);
            shingle_hashes(&self.tokens, self.k, &mut self.shingles);
        }
        self.tokens.clear();
        for (_, part) in article.own_parts() {
            self.tokeniser.hashes(part, &mut self.tokens);
        }
        if self.fields.has_text() {
            shingle_hashes(&self.tokens, self.k, &mut self.shingles);
            if self.tokens.is_empty() && article.furniture.is_none() {
                self.shingles.extend(wordless(&article.text));
            }
        }
        &self.shingles
    }

    /// How many tokens the last text had; of an article, its own words of the text, whichever fields are
    /// shingled.
    pub fn tokens(&self) -> usize {
        self.tokens.len()
    }

    /// The distinct shingles of `text`, ascending.
    pub fn set(&mut self, text: &str) -> Box<[u64]> {
        self.shingles(text);
        self.distinct()
    }

    /// The distinct shingles of an article's own words, ascending.
    pub fn article_set(&mut self, article: &Article) -> Box<[u64]> {
        self.article(article);
        self.distinct()
    }

    fn distinct(&mut self) -> Box<[u64]> {
        self.shingles.sort_unstable();
        self.shingles.dedup();
        self.shingles.as_slice().into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_has_one_shingle_for_each_run_of_k_tokens() {
        let mut shingler = Shingler::new(3);
        assert_eq!(shingler.shingles("a b c d e").len(), 3);
        assert_eq!(shingler.shingles("a b").len(), 1);
        assert_eq!(shingler.shingles(" \n").len(), 0);
        // Without a word, it is what it is made of.
        assert_eq!(shingler.set("🎉 🎉"), shingler.set("🎉🎉"));
        assert_ne!(shingler.set("🎉"), shingler.set("🎉🎉"));
        assert_eq!(shingler.set("a b c a b c").len(), 3);
    }

    #[test]
    fn no_shingle_crosses_from_the_title_into_the_text() {
        let article = Article::new("a", "four five six seven").with_title("one two three");
        let of = |fields: &[&str]| {
            let names: Vec<String> = fields.iter().map(|&name| name.to_owned()).collect();
            let fields = ShingledFields::of_names(&names).unwrap();
            let mut shingler = Shingler::new(3).with_fields(fields);
            let shingles = shingler.article(&article).to_vec();
            (shingles, shingler.tokens())
        };
        let mut plain = Shingler::new(3);
        let (title, text) = (
            plain.shingles("one two three").to_vec(),
            plain.shingles("four five six seven").to_vec(),
        );
        assert_eq!(of(&["text"]), (text.clone(), 4));
        assert_eq!(of(&["title"]), (title.clone(), 4));
        assert_eq!(of(&["text", "title"]), ([title, text].concat(), 4));
        assert_eq!(of(&["text"]).0, plain.article(&article));
        for names in [&["body".to_owned()][..], &[]] {
            let error = ShingledFields::of_names(names).unwrap_err().to_string();
            assert!(error.starts_with("--fields: "), "{error}");
        }
    }

    #[test]
    fn order_counts() {
        let mut shingler = Shingler::new(5);
        let forth = shingler.set("one two three four five");
        let back = shingler.set("five four three two one");
        assert_ne!(forth, back);
    }

    #[test]
    fn hashes_never_change() {
        let golden = |k: usize, text: &str| {
            let mut shingler = Shingler::new(k);
            shingler.shingles(text).iter().fold(0, |all: u64, hash| all.rotate_left(1) ^ hash)
        };
        assert_eq!(
            golden(5, "The ferry ran aground off Havenmouth at dawn."),
            0x774e_c3b3_11b6_bc54
        );
        assert_eq!(golden(2, "Zürich’s ferry"), 0xa6b9_db5d_bc46_4fa4);
    }

    proptest! {
        #[test]
        fn every_version_is_the_definition(tokens: Vec<u64>, k in 1_usize..8) {
            let mut expected = Vec::new();
            if !tokens.is_empty() {
                expected.extend(tokens.windows(k.min(tokens.len())).map(|window| {
                    let turn = |sum: u64, token: &u64| sum.rotate_left(13).wrapping_add(*token);
                    mix(window.iter().fold(0, turn))
                }));
            }
            let (mut plain, mut quick) = (Vec::new(), Vec::new());
            shingle_hashes_plain(&tokens, k, &mut plain);
            shingle_hashes(&tokens, k, &mut quick);
            prop_assert_eq!(&plain, &expected);
            prop_assert_eq!(&quick, &expected);
        }

        #[test]
        fn a_longer_text_has_the_shingles_of_its_parts(a in "[a-d ]{0,40}", b in "[a-d ]{0,40}") {
            let mut shingler = Shingler::new(3);
            let whole = shingler.set(&format!("{a} {b}"));
            shingler.shingles(&a);
            if shingler.tokens() >= 3 {
                for shingle in shingler.set(&a) {
                    prop_assert!(whole.binary_search(&shingle).is_ok());
                }
            }
        }
    }
}
