//! The language that an input names, by its code: `en` for `en-GB`, `eng`, `English`.

/// Codes of two letters, of three, and the English name, for the languages that news services name;
/// ISO 639 (the Library of Congress keeps the table).
const LANGUAGES: [(&str, &str, &str); 76] = [
    ("af", "afr", "afrikaans"),
    ("am", "amh", "amharic"),
    ("ar", "ara", "arabic"),
    ("az", "aze", "azerbaijani"),
    ("be", "bel", "belarusian"),
    ("bg", "bul", "bulgarian"),
    ("bn", "ben", "bengali"),
    ("bs", "bos", "bosnian"),
    ("ca", "cat", "catalan"),
    ("cs", "ces", "czech"),
    ("cy", "cym", "welsh"),
    ("da", "dan", "danish"),
    ("de", "deu", "german"),
    ("el", "ell", "greek"),
    ("en", "eng", "english"),
    ("eo", "epo", "esperanto"),
    ("es", "spa", "spanish"),
    ("et", "est", "estonian"),
    ("eu", "eus", "basque"),
    ("fa", "fas", "persian"),
    ("fi", "fin", "finnish"),
    ("fr", "fra", "french"),
    ("ga", "gle", "irish"),
    ("gl", "glg", "galician"),
    ("gu", "guj", "gujarati"),
    ("ha", "hau", "hausa"),
    ("he", "heb", "hebrew"),
    ("hi", "hin", "hindi"),
    ("hr", "hrv", "croatian"),
    ("hu", "hun", "hungarian"),
    ("hy", "hye", "armenian"),
    ("id", "ind", "indonesian"),
    ("ig", "ibo", "igbo"),
    ("is", "isl", "icelandic"),
    ("it", "ita", "italian"),
    ("ja", "jpn", "japanese"),
    ("ka", "kat", "georgian"),
    ("kk", "kaz", "kazakh"),
    ("km", "khm", "khmer"),
    ("kn", "kan", "kannada"),
    ("ko", "kor", "korean"),
    ("lt", "lit", "lithuanian"),
    ("lv", "lav", "latvian"),
    ("mk", "mkd", "macedonian"),
    ("ml", "mal", "malayalam"),
    ("mn", "mon", "mongolian"),
    ("mr", "mar", "marathi"),
    ("ms", "msa", "malay"),
    ("my", "mya", "burmese"),
    ("nb", "nob", "norwegian"),
    ("ne", "nep", "nepali"),
    ("nl", "nld", "dutch"),
    ("om", "orm", "oromo"),
    ("pa", "pan", "punjabi"),
    ("pl", "pol", "polish"),
    ("pt", "por", "portuguese"),
    ("ro", "ron", "romanian"),
    ("ru", "rus", "russian"),
    ("rw", "kin", "kinyarwanda"),
    ("si", "sin", "sinhala"),
    ("sk", "slk", "slovak"),
    ("sl", "slv", "slovenian"),
    ("so", "som", "somali"),
    ("sq", "sqi", "albanian"),
    ("sr", "srp", "serbian"),
    ("sv", "swe", "swedish"),
    ("sw", "swa", "swahili"),
    ("ta", "tam", "tamil"),
    ("te", "tel", "telugu"),
    ("th", "tha", "thai"),
    ("tr", "tur", "turkish"),
    ("uk", "ukr", "ukrainian"),
    ("ur", "urd", "urdu"),
    ("vi", "vie", "vietnamese"),
    ("yo", "yor", "yoruba"),
    ("zh", "zho", "chinese"),
];

/// The code of the language that is named; what is not in the table stands as it is, in lower case
/// and without its region.
pub(super) fn code(named: &str) -> String {
    let primary = named.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if primary.len() == 2 {
        return primary;
    }
    let known = LANGUAGES.iter().find(|(_, three, name)| *three == primary || *name == primary);
    known.map_or(primary, |(two, ..)| (*two).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_its_shortest_code() {
        for (named, expected) in [
            ("en-GB", "en"),
            ("pt_BR", "pt"),
            (" EN ", "en"),
            ("eng", "en"),
            ("English", "en"),
            ("pcm", "pcm"),
            ("Klingon", "klingon"),
            ("", ""),
        ] {
            assert_eq!(code(named), expected, "{named}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_says_nothing_twice() {
        assert!(LANGUAGES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(LANGUAGES.iter().all(|(two, three, _)| two.len() == 2 && three.len() == 3));
    }
}
