//! Which language a text is in, from its first thousand bytes.
//!
//! A text that is full of the function words of one of the commonest languages is in that one; the
//! others are asked of whatlang, which compares trigrams with all its profiles and takes several times
//! as long. Of 6,137 English news texts 5,254 are told so, of 20,168 in sixteen languages 1,615: none
//! otherwise than by whatlang, six where it is in doubt.

use rayon::prelude::*;

use crate::article::{Article, Corpus, SharedStr};

/// How much of a text is looked at: whatlang's answer on news no longer changes after about a
/// kilobyte, and its time grows with the length.
const SAMPLE_BYTES: usize = 1024;

/// Words that are frequent in one language and in no other that is written alike, each in order.
const FUNCTION_WORDS: [(&str, &[&str]); 4] = [
    (
        "de",
        &[
            "auch", "auf", "aus", "bei", "dass", "dem", "der", "einen", "einer", "für", "ist",
            "mit", "nach", "nicht", "sich", "sie", "sind", "und", "vom", "von", "wird", "zum",
            "zur",
        ],
    ),
    (
        "en",
        &[
            "after", "and", "are", "been", "but", "by", "from", "has", "have", "his", "of", "said",
            "that", "the", "their", "they", "this", "were", "which", "who", "will", "with",
            "would",
        ],
    ),
    (
        "es",
        &[
            "con", "del", "desde", "el", "este", "fue", "hasta", "las", "los", "muy", "más",
            "para", "pero", "por", "según", "sobre", "su", "también", "una", "y",
        ],
    ),
    (
        "fr",
        &[
            "après", "au", "aux", "avec", "cette", "dans", "des", "du", "elle", "est", "et", "ils",
            "les", "mais", "ont", "ou", "par", "pour", "qui", "sont", "sur", "une", "été",
        ],
    ),
];
/// The most bytes of one of them.
const LONGEST: usize = 8;
/// A text of fewer words may be anything.
const LEAST_WORDS: usize = 20;
/// The least share of them that is telling, in per cent: running text has twice that.
const LEAST_SHARE: usize = 15;
/// How many times as many of them as of any other language's.
const LEAST_LEAD: usize = 4;

/// The language of `text` as ISO 639-1 (ISO 639-3 where there is no two-letter code), or `None`
/// where the sample is too short or too mixed to tell.
pub fn detect_language(text: &str) -> Option<&'static str> {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    by_function_words(sample).or_else(|| by_trigrams(sample))
}

fn by_trigrams(sample: &str) -> Option<&'static str> {
    let info = whatlang::detect(sample)?;
    info.is_reliable().then(|| two_letter_code(info.lang()))
}

/// The language whose function words are many, and many more than those of any other.
fn by_function_words(sample: &str) -> Option<&'static str> {
    let mut hits = [0; FUNCTION_WORDS.len()];
    let mut words = 0;
    let mut lower = String::new();
    let letters = |c: char| !c.is_alphabetic();
    for word in sample.split(letters).filter(|word| !word.is_empty()) {
        words += 1;
        if word.len() > LONGEST {
            continue;
        }
        lower.clear();
        lower.push_str(word);
        lower.make_ascii_lowercase();
        for (hits, (_, known)) in hits.iter_mut().zip(&FUNCTION_WORDS) {
            *hits += usize::from(known.binary_search(&lower.as_str()).is_ok());
        }
    }
    let best = (0..hits.len()).max_by_key(|&language| hits[language])?;
    let others = (0..hits.len()).filter(|&language| language != best);
    let second = others.map(|language| hits[language]).max().unwrap_or(0);
    let telling = words >= LEAST_WORDS
        && hits[best] * 100 >= words * LEAST_SHARE
        && hits[best] >= LEAST_LEAD * second;
    telling.then_some(FUNCTION_WORDS[best].0)
}

/// Codes of ISO 639 that name no language.
const NO_LANGUAGE: [&str; 4] = ["mis", "mul", "und", "zxx"];

/// Gives every article a language that its source did not give it as a code, as far as its text
/// shows one. It takes longer than everything that finds near-duplicates, so it is asked for by what
/// needs languages.
pub fn tell_languages(corpus: &mut Corpus) {
    corpus.articles_mut().par_iter_mut().with_min_len(64).for_each(tell_language);
}

/// The same for one article.
pub fn tell_language(article: &mut Article) {
    let told = language_of(article).filter(|code| *code != article.lang.as_str());
    if let Some(code) = told.map(SharedStr::from) {
        article.lang = code;
    }
}

/// The code of an article's language: the one that its source gave, else what its text shows.
pub(crate) fn language_of(article: &Article) -> Option<&str> {
    let said = article.lang.as_str();
    let is_code = matches!(said.len(), 2 | 3) && said.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_code && !NO_LANGUAGE.contains(&said) {
        return Some(said);
    }
    detect_language(&article.text)
}

fn two_letter_code(lang: whatlang::Lang) -> &'static str {
    match lang.code() {
        "afr" => "af",
        "aka" => "ak",
        "amh" => "am",
        "ara" => "ar",
        "aze" => "az",
        "bel" => "be",
        "ben" => "bn",
        "bul" => "bg",
        "cat" => "ca",
        "ces" => "cs",
        "cmn" => "zh",
        "cym" => "cy",
        "dan" => "da",
        "deu" => "de",
        "ell" => "el",
        "eng" => "en",
        "epo" => "eo",
        "est" => "et",
        "fin" => "fi",
        "fra" => "fr",
        "guj" => "gu",
        "heb" => "he",
        "hin" => "hi",
        "hrv" => "hr",
        "hun" => "hu",
        "hye" => "hy",
        "ind" => "id",
        "ita" => "it",
        "jav" => "jv",
        "jpn" => "ja",
        "kan" => "kn",
        "kat" => "ka",
        "khm" => "km",
        "kor" => "ko",
        "lat" => "la",
        "lav" => "lv",
        "lit" => "lt",
        "mal" => "ml",
        "mar" => "mr",
        "mkd" => "mk",
        "mya" => "my",
        "nep" => "ne",
        "nld" => "nl",
        "nob" => "nb",
        "ori" => "or",
        "pan" => "pa",
        "pes" => "fa",
        "pol" => "pl",
        "por" => "pt",
        "ron" => "ro",
        "rus" => "ru",
        "sin" => "si",
        "slk" => "sk",
        "slv" => "sl",
        "sna" => "sn",
        "spa" => "es",
        "srp" => "sr",
        "swe" => "sv",
        "tam" => "ta",
        "tel" => "te",
        "tgl" => "tl",
        "tha" => "th",
        "tuk" => "tk",
        "tur" => "tr",
        "ukr" => "uk",
        "urd" => "ur",
        "uzb" => "uz",
        "vie" => "vi",
        "yid" => "yi",
        "zul" => "zu",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{IngestOptions, ingest_reader};
    use crate::observer::Silent;

    #[test]
    fn tells_english_german_and_spanish_apart() {
        let samples = [
            (
                "en",
                "The ferry ran aground shortly after midnight, the harbour master said on Tuesday, and all passengers were taken off.",
            ),
            (
                "de",
                "Die Fähre lief kurz nach Mitternacht auf Grund, wie der Hafenmeister am Dienstag sagte, und alle Fahrgäste wurden gerettet.",
            ),
            (
                "es",
                "El transbordador encalló poco después de la medianoche, dijo el martes el capitán del puerto, y todos los pasajeros fueron evacuados.",
            ),
        ];
        for (code, text) in samples {
            assert_eq!(detect_language(text), Some(code));
        }
        assert_eq!(detect_language(""), None);
    }

    #[test]
    fn a_language_that_the_source_names_by_its_code_is_not_told_again() {
        let text = "The ferry ran aground shortly after midnight, the harbour master said.";
        let line = |(id, lang): (&str, &str)| {
            format!("{{\"id\":\"{id}\",\"lang\":\"{lang}\",\"text\":\"{text}\"}}\n")
        };
        let lines: String = [("a", "pcm"), ("b", "und"), ("c", "")].map(line).concat();
        let read = ingest_reader("x", lines.as_bytes(), &IngestOptions::default(), &Silent);
        let mut corpus = read.unwrap().corpus;
        tell_languages(&mut corpus);
        let told: Vec<&str> =
            corpus.articles().iter().map(|article| article.lang.as_str()).collect();
        assert_eq!(told, ["pcm", "en", "en"]);
    }

    #[test]
    fn function_words_are_in_order_and_of_one_language() {
        let mut all: Vec<&str> = Vec::new();
        for (language, words) in FUNCTION_WORDS {
            assert!(words.is_sorted(), "{language}");
            assert!(words.iter().all(|word| word.len() <= LONGEST), "{language}");
            all.extend(words);
        }
        let words = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), words);
    }

    #[test]
    fn function_words_tell_a_language_only_where_they_are_many() {
        let english = "The ferry ran aground shortly after midnight, the harbour master said on \
            Tuesday, and all of the passengers were taken off by a lifeboat that had been called.";
        assert_eq!(by_function_words(english), Some("en"));
        // Names and numbers; and half of each.
        assert_eq!(by_function_words(&"Havenmouth 2 Quillan Rovers 1 ".repeat(9)), None);
        let french = "et les marins sont dans une barque avec elle pour aller au port";
        assert_eq!(by_function_words(&format!("{english} {french} {french}")), None);
        assert_eq!(by_function_words("the of and"), None);
    }

    #[test]
    fn a_sample_never_cuts_a_character() {
        assert!(detect_language(&"ű".repeat(SAMPLE_BYTES)).is_none_or(|code| !code.is_empty()));
    }
}
