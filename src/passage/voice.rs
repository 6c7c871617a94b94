//! Whether a passage speaks in its own name. A report tells what others did. Who says `I` and `we` outside quotation
//! marks makes a speech, a plan, a statement or an interview. The outlets that print it did not write it.
//!
//! Languages that leave the pronoun out, and those that are not in the list, are told by nothing here. Linear in the
//! words of each place.

use std::borrow::Cow;
use std::sync::LazyLock;

use ahash::AHashSet;

use super::kind::Sighting;
use super::tokens::Tokens;
use crate::article::{Article, Corpus};
use crate::statistics::word_of;
use crate::text::{language_of, normalise, token_hash};

/// The first person by language. Left out are words that mean something else as well: `us`, which is a country.
const FIRST_PERSON: [(&str, &str); 7] = [
    (
        "de",
        "ich mich mir mein meine meinem meinen meiner wir uns unser unsere unserem unseren unserer",
    ),
    ("en", "i im ive me my mine myself we weve our ours ourselves"),
    ("es", "yo mi mis nosotros nos nuestro nuestra nuestros nuestras"),
    ("fr", "je j me mon ma mes moi nous notre nos"),
    ("nl", "ik mij me mijn wij we ons onze"),
    ("pt", "eu meu minha meus minhas nós nosso nossa nossos nossas"),
    ("ru", "я меня мне мой моя мои мы нас нам наш наша наши"),
];

/// Share of a place's words that are the first person's outside quotation marks. Of 300 passages of news that were
/// taken for syndicated and then read, 10 of 37 speeches, statements and quotations have as many, and 4 of 193
/// copied ones: columns. Measured on English alone.
const LEAST_SHARE: f64 = 0.04;

/// One of them may be another word: `im` is German, too.
const LEAST_WORDS: usize = 2;

/// More than this share of each article is the article itself, a column that two outlets print, whoever speaks in it.
const WHOLE_SHARE: f64 = 0.5;

/// The words that tell who speaks.
pub(super) struct Voices {
    of_language: Vec<(&'static str, AHashSet<u32>)>,
    /// Those of a language that is not in the list.
    none: AHashSet<u32>,
}

impl Voices {
    /// Those of the list. They are hashed once: a query to an archive takes less than that would.
    pub(super) fn known() -> &'static Self {
        static KNOWN: LazyLock<Voices> = LazyLock::new(Voices::load);
        &KNOWN
    }

    fn load() -> Self {
        let hashes = |words: &str| {
            words.split(' ').map(|word| word_of(token_hash(&normalise(word)))).collect()
        };
        let of_language = FIRST_PERSON.iter();
        Self {
            of_language: of_language.map(|(code, words)| (*code, hashes(words))).collect(),
            none: AHashSet::new(),
        }
    }

    /// Whether a place speaks in its own name and the others do so too or quote it, and some are only a part of their
    /// articles. The language of an article is told once, however many places it has.
    pub(super) fn is_spoken(
        &self,
        corpus: &Corpus,
        tokens: &Tokens,
        sightings: &[Sighting],
    ) -> bool {
        let is_whole = |Sighting { place, article_tokens, .. }: &Sighting| {
            f64::from(place.span.len()) > WHOLE_SHARE * f64::from(*article_tokens)
        };
        if sightings.iter().all(is_whole) {
            return false;
        }
        let mut is_spoken = false;
        for of_article in sightings.chunk_by(|one, other| one.place.doc == other.place.doc) {
            let first_person = self.first_person(corpus.get(of_article[0].place.doc));
            for Sighting { place, bare, .. } in of_article {
                let words = bare.as_ref().map_or_else(
                    || Cow::Borrowed(tokens.span(place.doc, place.span)),
                    |bare| Cow::Owned(bare.words()),
                );
                let own = words.iter().filter(|word| first_person.contains(word)).count();
                let len = place.span.len();
                if own >= LEAST_WORDS && own as f64 >= LEAST_SHARE * f64::from(len) {
                    is_spoken = true;
                } else if 2 * words.len() >= len as usize {
                    return false;
                }
            }
        }
        is_spoken
    }

    /// The words of the first person in the language of an article.
    fn first_person(&self, article: &Article) -> &AHashSet<u32> {
        let language = language_of(article);
        let of_language = self.of_language.iter().find(|(code, _)| Some(*code) == language);
        of_language.map_or(&self.none, |(_, words)| words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many words of a text are the first person's, said to be of a language.
    fn first_person(text: &str, language: &str) -> usize {
        let article = Article::new("a", text).with_lang(language);
        let words: Vec<u32> =
            text.split(' ').map(|word| word_of(token_hash(&normalise(word)))).collect();
        let voices = Voices::load();
        let own = voices.first_person(&article);
        words.iter().filter(|word| own.contains(word)).count()
    }

    #[test]
    fn each_language_has_its_own_first_person() {
        assert_eq!(first_person("I’ve said that we must keep our ferries", "en"), 3);
        assert_eq!(first_person("Wir sagen: mein Schiff sinkt", "de"), 2);
        assert_eq!(first_person("i porti e le navi", "it"), 0);
        // The US is a country, and the language is told where nobody says it.
        let told = "The harbour of the city has been closed by the US after they said that I will sail from it";
        assert_eq!(first_person(told, ""), 1);
    }
}
