//! One spelling for one word, script by script: what [`fold`] makes alike. `docs/spelling.md` has the
//! table, and says what stays apart.
//!
//! Cost: nothing for ASCII; one more look at each character of another word.

use unicode_normalization::{UnicodeNormalization, is_nfkc};

/// The zeros of the scripts that have digits of their own beside compatibility forms; nine more follow
/// each.
const ZEROS: [u32; 24] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1b50, 0xa9d0,
];

/// Whether a character is a decimal digit of a script beyond ASCII.
pub(super) fn is_digit(c: char) -> bool {
    digit(c).is_some()
}

/// The ASCII digit of the same value.
fn digit(c: char) -> Option<char> {
    let c = c as u32;
    let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= c)].last()?;
    char::from_digit(c - zero, 10)
}

/// Composes compatibility forms, folds case, and writes each letter in one way, in place.
pub(super) fn fold(word: &mut String) {
    if word.is_ascii() {
        word.make_ascii_lowercase();
        return;
    }
    let lower = if is_nfkc(word) {
        word.to_lowercase()
    } else {
        word.nfkc().collect::<String>().to_lowercase()
    };
    word.clear();
    lower.chars().for_each(|c| push(c, word));
}

/// Appends a lower-case letter as it is written in all spellings.
fn push(c: char, word: &mut String) {
    match c {
        // German; capitals have SS, Switzerland ss.
        'ß' => word.push_str("ss"),
        // Turkish: I and İ are capitals of two letters, and of one elsewhere.
        'ı' => word.push('i'),
        '\u{307}' if word.ends_with('i') => {}
        // Greek: no accents in capitals, one sigma.
        'ς' => word.push('σ'),
        'ά' => word.push('α'),
        'έ' => word.push('ε'),
        'ή' => word.push('η'),
        'ί' => word.push('ι'),
        'ό' => word.push('ο'),
        'ύ' => word.push('υ'),
        'ώ' => word.push('ω'),
        'ΐ' => word.push('ϊ'),
        'ΰ' => word.push('ϋ'),
        '\u{1f00}'..='\u{1fff}' => word.extend(c.nfd().next()),
        // Arabic: alef with whatever it carries, vowel signs.
        'أ' | 'إ' | 'آ' | 'ٱ' => word.push('ا'),
        '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' => {}
        // Persian and Urdu keyboards, and Arabic ones for these languages.
        'ی' => word.push('ي'),
        'ک' => word.push('ك'),
        'ۀ' | 'ہ' => word.push('ه'),
        // Hebrew points and accents.
        '\u{591}'..='\u{5bd}'
        | '\u{5bf}'
        | '\u{5c1}'
        | '\u{5c2}'
        | '\u{5c4}'
        | '\u{5c5}'
        | '\u{5c7}' => {}
        _ => word.push(digit(c).unwrap_or(c)),
    }
}

#[cfg(test)]
mod tests {
    use crate::text::normalise;

    #[test]
    fn one_word_has_one_spelling_in_every_script() {
        for (a, b) in [
            ("Straße", "STRASSE"),
            ("großer", "grosser"),
            ("İZMİR", "izmir"),
            ("FIRTINA", "fırtına"),
            ("ΛΙΜΕΝΙΚΗ", "λιμενική"),
            ("ΛΙΜΕΝΙΚΉ", "λιμενική"),
            ("ΔΕΚΑΤΈΣΣΕΡΙΣ", "δεκατέσσερις"),
            ("ΠΡΟΪΟΝ", "προϊόν"),
            ("ἀρχή", "αρχή"),
            ("أعلنت", "اعلنت"),
            ("أَعْلنت", "أعلنت"),
            ("العاصـفة", "العاصفة"),
            ("كشتيراني", "کشتیرانی"),
            ("שָׁלוֹם", "שלום"),
            ("٢٠٢٤", "2024"),
            ("۲۰۲۴", "2024"),
            ("२०२४", "2024"),
            ("๒๐๒๔", "2024"),
        ] {
            assert_eq!(normalise(a), normalise(b), "{a} and {b}");
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for (a, b) in [
            ("schon", "schön"),
            ("ou", "où"),
            ("pêche", "péché"),
            ("ano", "año"),
            ("علي", "على"),
            ("ГОРОД", "ГОРОДА"),
        ] {
            assert_ne!(normalise(a), normalise(b), "{a} and {b}");
        }
    }
}
