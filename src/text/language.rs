//! Which language a text is in, from its first thousand bytes.

use rayon::prelude::*;

use crate::article::Corpus;

/// How much of a text is looked at: whatlang's answer on news no longer changes after about a
/// kilobyte, and its time grows with the length.
const SAMPLE_BYTES: usize = 1024;

/// The language of `text` as ISO 639-1 (ISO 639-3 where there is no two-letter code), or `None`
/// where the sample is too short or too mixed to tell.
pub fn detect_language(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(&text[..text.floor_char_boundary(SAMPLE_BYTES)])?;
    info.is_reliable().then(|| two_letter_code(info.lang()))
}

/// Gives every article a language that its source did not give it in two letters, as far as its text
/// shows one. It takes longer than everything that finds near-duplicates, so it is asked for by what
/// needs languages.
pub fn tell_languages(corpus: &mut Corpus) {
    corpus.articles_mut().par_iter_mut().with_min_len(64).for_each(|article| {
        let told = article.lang.len() == 2 && article.lang.bytes().all(|b| b.is_ascii_lowercase());
        if let Some(code) = (!told).then(|| detect_language(&article.text)).flatten() {
            article.lang = code.into();
        }
    });
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
    fn a_sample_never_cuts_a_character() {
        assert!(detect_language(&"ű".repeat(SAMPLE_BYTES)).is_none_or(|code| !code.is_empty()));
    }
}
