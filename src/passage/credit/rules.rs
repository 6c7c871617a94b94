//! The rules that tell credits: read from a file, compiled to words.

use std::path::Path;

use ahash::AHashMap;
use serde::Deserialize;
use toml::Spanned;

use crate::article::house;
use crate::error::{Cause, Error, InputErrorKind, Position, Result};
use crate::passage::tokens::word;
use crate::text::tokenise;

/// The rules that come with the program.
const BUILT_IN: &str = include_str!("credits.toml");

/// What tells credits: phrases of several languages, to which a user may add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credits {
    /// Each way of writing an agency's name, by its first word.
    agencies: Names,
    /// The names that tables give.
    names: Vec<String>,
    pub(super) unlisted_begins: Phrases,
    pub(super) unlisted_ends: Phrases,
    pub(super) before: Phrases,
    pub(super) between: Phrases,
    pub(super) openings: Vec<Opening>,
    pub(super) labels: Vec<(Phrase, u32)>,
    pub(super) closings: Vec<(Phrase, u32)>,
    pub(super) rights: Vec<(Phrase, u32)>,
    pub(super) bylines: Bylines,
    authors: Authors,
    /// The names of months, in small letters.
    months: Vec<String>,
}

/// How a line looks that names a person and an agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bylines {
    /// The most words of such a line.
    pub(super) words: u32,
    /// What may stand before the person.
    pub(super) begins: Phrases,
    /// What a person may be at an agency.
    pub(super) roles: Phrases,
}

/// What stands beside an agency where the input names it as the author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Authors {
    /// Between a person and the agency, without any sign.
    joining: Phrases,
    /// Behind it, beside the roles of persons.
    kinds: Phrases,
    /// Behind it, before a place or the next name.
    following: Phrases,
    /// Names of agencies that are last names of persons, too.
    surnames: Phrases,
}

/// Words of a role at an agency, at the most: `pro football writer`.
const MOST_ROLE_WORDS: usize = 4;

/// Where an agency begins that stands behind a person without any sign, at the most.
const MOST_AUTHOR_WORDS: usize = 16;

/// A dash that parts a person from an agency; one without spaces is inside a name.
const SPACED_DASH: &str = " - ";

/// What parts an author from the next, and a person from an agency.
const BETWEEN_AUTHORS: [char; 16] =
    [',', ';', ':', '|', '/', '•', '·', '–', '—', '(', ')', '[', ']', '\n', '&', '+'];

/// Words that follow one another.
pub(super) type Phrase = Vec<u32>;
/// Several such.
pub(super) type Phrases = Vec<Phrase>;
/// Phrases with the place of the name that they stand for, by their first and by their last word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Names {
    by_first: AHashMap<u32, Vec<(Phrase, usize)>>,
    by_last: AHashMap<u32, Vec<(Phrase, usize)>>,
}

/// How a line begins that is a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) phrase: Phrase,
    /// The most words of such a line.
    pub(super) words: u32,
    /// Whether what follows is the source.
    pub(super) names_source: bool,
}

/// The file; every part may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    agencies: std::collections::BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    unlisted: Option<Unlisted>,
    around: Option<Around>,
    labels: Option<Lines>,
    #[serde(default)]
    openings: Vec<OpeningLines>,
    closings: Option<Lines>,
    rights: Option<Lines>,
    bylines: Option<BylineLines>,
    authors: Option<AuthorWords>,
    #[serde(default)]
    months: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BylineLines {
    words: u32,
    #[serde(default)]
    begins: Vec<Spanned<String>>,
    #[serde(default)]
    roles: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorWords {
    #[serde(default)]
    joining: Vec<Spanned<String>>,
    #[serde(default)]
    kinds: Vec<Spanned<String>>,
    #[serde(default)]
    following: Vec<Spanned<String>>,
    #[serde(default)]
    surnames: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlisted {
    #[serde(default)]
    begins: Vec<Spanned<String>>,
    #[serde(default)]
    ends: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    #[serde(default)]
    before: Vec<Spanned<String>>,
    #[serde(default)]
    between: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    words: u32,
    phrases: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningLines {
    #[serde(default)]
    source: bool,
    words: u32,
    phrases: Vec<Spanned<String>>,
}

impl Credits {
    /// The rules that come with the program.
    pub fn built_in() -> Self {
        let mut credits = Self::default();
        credits.add(BUILT_IN, "credits.toml").expect("a test reads the rules that come along");
        credits
    }

    /// These rules and those of a file of the same form.
    ///
    /// # Errors
    /// [`Error::Input`] with file and line, where the file cannot be read or a phrase has no word.
    pub fn with_file(mut self, path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::input(Position::whole(name.as_str()), InputErrorKind::Malformed, error)
        })?;
        self.add(&text, &name)?;
        Ok(self)
    }

    fn add(&mut self, text: &str, name: &str) -> Result<()> {
        let fail = |at: usize, reason: Cause| {
            let line = text[..at.min(text.len())].matches('\n').count() as u64 + 1;
            Error::input(Position::line(name, line), InputErrorKind::Malformed, reason)
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            fail(at, Cause::told(error.message(), error.clone()))
        })?;
        let phrase = |spelt: &Spanned<String>| {
            let words = words(spelt.get_ref());
            let at = spelt.span().start;
            let reason = || format!("{:?} has no word to look for", spelt.get_ref());
            if words.is_empty() { Err(fail(at, reason().into())) } else { Ok(words) }
        };
        let phrases = |list: &[Spanned<String>]| list.iter().map(phrase).collect::<Result<_>>();
        for (agency, others) in &file.agencies {
            let place = self.names.len();
            self.names.push(agency.get_ref().clone());
            for spelt in std::iter::once(agency).chain(others) {
                self.agencies.add(phrase(spelt)?, place);
            }
        }
        if let Some(unlisted) = file.unlisted {
            let (begins, ends): (Phrases, Phrases) =
                (phrases(&unlisted.begins)?, phrases(&unlisted.ends)?);
            self.unlisted_begins.extend(begins);
            self.unlisted_ends.extend(ends);
        }
        if let Some(around) = file.around {
            let (before, between): (Phrases, Phrases) =
                (phrases(&around.before)?, phrases(&around.between)?);
            self.before.extend(before);
            self.between.extend(between);
        }
        if let Some(bylines) = file.bylines {
            let (begins, roles): (Phrases, Phrases) =
                (phrases(&bylines.begins)?, phrases(&bylines.roles)?);
            self.bylines.words = self.bylines.words.max(bylines.words);
            self.bylines.begins.extend(begins);
            self.bylines.roles.extend(roles);
        }
        if let Some(authors) = &file.authors {
            for (given, rules) in [
                (&authors.joining, &mut self.authors.joining),
                (&authors.kinds, &mut self.authors.kinds),
                (&authors.following, &mut self.authors.following),
                (&authors.surnames, &mut self.authors.surnames),
            ] {
                let phrases: Phrases = phrases(given)?;
                rules.extend(phrases);
            }
        }
        self.months.extend(file.months.iter().map(|month| month.to_lowercase()));
        for lines in &file.openings {
            for spelt in &lines.phrases {
                let (phrase, words, names_source) = (phrase(spelt)?, lines.words, lines.source);
                self.openings.push(Opening { phrase, words, names_source });
            }
        }
        for (lines, rules) in [
            (file.labels, &mut self.labels),
            (file.closings, &mut self.closings),
            (file.rights, &mut self.rights),
        ] {
            for lines in lines.iter() {
                for spelt in &lines.phrases {
                    rules.push((phrase(spelt)?, lines.words));
                }
            }
        }
        Ok(())
    }

    /// Takes a name that the corpus itself shows to be an agency's, unless it is known.
    pub(super) fn learn(&mut self, name: &str) {
        let phrase = words(name);
        if self.agency_at(&phrase).is_none_or(|(len, _)| len < phrase.len()) {
            self.agencies.add(phrase, self.names.len());
            self.names.push(name.to_owned());
        }
    }

    /// Whether a word is the name of a month.
    pub(super) fn is_month(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.months.contains(&word)
    }

    /// The agencies that an author is, as the input names it: `Associated Press`, `Reuters Staff`, `By Ana Ruiz, AP`,
    /// `Ana Ruiz for Reuters`. A person's own name is none: `Lee Bloomberg`, `Bloomberg, Lee`, `Sid`.
    pub(crate) fn agencies_of_author<'n>(&'n self, author: &str) -> Vec<&'n str> {
        let author = author.replace(SPACED_DASH, ",");
        let parts: Vec<(Vec<&str>, Phrase)> = author.split(BETWEEN_AUTHORS).map(spelt).collect();
        let mut found: Vec<Vec<&str>> =
            parts.iter().map(|(spelt, words)| self.agencies_of_part(spelt, words)).collect();
        if let [(_, last), (first, _)] = &parts[..]
            && author.contains(',')
            && self.authors.surnames.contains(last)
            && first.len() == 1
        {
            found[0].clear();
        }
        found.concat()
    }

    /// The agencies that stand at the beginning or behind a word that joins them to what is before, and those of several
    /// words anywhere.
    fn agencies_of_part(&self, spelt: &[&str], author: &[u32]) -> Vec<&str> {
        let opening = begins(author, &self.bylines.begins);
        let start = opening + begins(&author[opening..], &self.before);
        let joins = |place: usize| {
            place == start
                || self.authors.joining.iter().any(|word| author[..place].ends_with(word))
        };
        let agency = |place: usize| {
            let (words, agency) = self.agency_at(&author[place..])?;
            let is_there = words > 1 || joins(place) && is_spelt(spelt[place], agency);
            (is_there && self.may_follow(&author[place + words..])).then_some(agency)
        };
        let mut found: Vec<&str> =
            (start..author.len().min(MOST_AUTHOR_WORDS)).filter_map(agency).collect();
        // `of the Associated Press` begins behind `of`, and behind `of the`.
        found.dedup();
        found
    }

    /// Whether this may stand behind an agency's name: who writes there, what it is, where, or who else wrote.
    fn may_follow(&self, mut behind: &[u32]) -> bool {
        let kinds = [&self.authors.kinds, &self.bylines.roles];
        while let Some(longest @ 1..) = kinds.map(|kinds| begins(behind, kinds)).into_iter().max() {
            behind = &behind[longest..];
        }
        let is_role = || {
            behind.len() <= MOST_ROLE_WORDS
                && self.bylines.roles.iter().any(|role| behind.ends_with(role))
        };
        behind.is_empty() || begins(behind, &self.authors.following) > 0 || is_role()
    }

    /// The longest agency's name that `words` begins with: how many of them, and the name.
    pub(super) fn agency_at(&self, words: &[u32]) -> Option<(usize, &str)> {
        let names = self.agencies.by_first.get(words.first()?)?;
        self.longest(names.iter().filter(|(phrase, _)| words.starts_with(phrase)))
    }

    /// The longest agency's name that `words` ends with.
    pub(super) fn agency_ending(&self, words: &[u32]) -> Option<(usize, &str)> {
        let names = self.agencies.by_last.get(words.last()?)?;
        self.longest(names.iter().filter(|(phrase, _)| words.ends_with(phrase)))
    }

    /// The agency whose outlet has this name, its parts and editions aside, and how many words the name has beside: `AP`
    /// for `Associated Press`, and for `AP Fact Check` with two more. `Associated Press of Pakistan` is another.
    pub(crate) fn agency_called(&self, outlet: &str) -> Option<(String, usize)> {
        let name = words(&house(outlet));
        let (len, agency) = self.agency_at(&name)?;
        let others = &name[len..];
        (!others.starts_with(&words("of"))).then(|| (agency.to_owned(), others.len()))
    }

    fn longest<'n>(
        &self,
        found: impl Iterator<Item = &'n (Phrase, usize)>,
    ) -> Option<(usize, &str)> {
        let (phrase, name) = found.max_by_key(|(phrase, _)| phrase.len())?;
        Some((phrase.len(), self.names[*name].as_str()))
    }
}

impl Names {
    fn add(&mut self, phrase: Phrase, name: usize) {
        let (first, last) = (phrase[0], phrase[phrase.len() - 1]);
        self.by_first.entry(first).or_default().push((phrase.clone(), name));
        self.by_last.entry(last).or_default().push((phrase, name));
    }
}

/// How many words at the beginning are one of these phrases: the longest.
fn begins(words: &[u32], phrases: &[Phrase]) -> usize {
    let fitting = phrases.iter().filter(|phrase| words.starts_with(phrase));
    fitting.map(Vec::len).max().unwrap_or(0)
}

/// Whether a word may be this agency: `SID` is one, and `Sid` a person.
fn is_spelt(word: &str, agency: &str) -> bool {
    let is_short = !agency.contains(char::is_lowercase);
    !(is_short && word.contains(char::is_uppercase) && word.contains(char::is_lowercase))
}

/// The words of a text as they are written, and as rules have them.
fn spelt(text: &str) -> (Vec<&str>, Phrase) {
    let mut tokens = Vec::new();
    tokenise(text, &mut tokens);
    let spelt = tokens.iter().map(|token| token.span().of(text)).collect();
    (spelt, tokens.into_iter().map(word).collect())
}

pub(super) fn words(phrase: &str) -> Phrase {
    let mut tokens = Vec::new();
    tokenise(phrase, &mut tokens);
    tokens.into_iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Credits> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Credits::default().with_file(file.path())
    }

    #[test]
    fn the_rules_that_come_along_can_be_read() {
        let credits = Credits::built_in();
        assert_eq!(credits.agency_at(&words("associated press wrote")), Some((2, "AP")));
        assert_eq!(credits.agency_ending(&words("sagt die dpa")), Some((1, "dpa")));
        assert_eq!(credits.agency_at(&words("a newspaper")), None);
    }

    #[test]
    fn an_agencys_outlets_are_called_by_its_name_and_more() {
        let credits = Credits::built_in();
        for (outlet, agency) in [
            ("Associated Press", Some("AP")),
            ("AP Fact Check", Some("AP")),
            ("CNN - Opinion", Some("CNN")),
            ("Associated Press of Pakistan", None),
            ("The Reuters Reader", None),
        ] {
            let called = credits.agency_called(outlet).map(|(agency, _)| agency);
            assert_eq!(called.as_deref(), agency, "{outlet}");
        }
    }

    #[test]
    fn an_author_may_be_an_agency() {
        let credits = Credits::built_in();
        for (author, agencies) in [
            ("Associated Press", &["AP"][..]),
            ("The Associated Press", &["AP"]),
            ("AP", &["AP"]),
            ("Reuters Staff", &["Reuters"]),
            ("By Reuters", &["Reuters"]),
            ("AP News", &["AP"]),
            ("AFP News Agency", &["AFP"]),
            ("Ana Ruiz, Jo Berg, Associated Press", &["AP"]),
            ("By ANA RUIZ | AP", &["AP"]),
            ("Ana Ruiz (Reuters), AFP", &["Reuters", "AFP"]),
            ("Ana Ruiz for Reuters", &["Reuters"]),
            ("Ana Ruiz of the Associated Press", &["AP"]),
            ("ANA RUIZ Associated Press Writer", &["AP"]),
            ("AP Pro Football Writer", &["AP"]),
            ("Reuters in Paris", &["Reuters"]),
            ("Agence France-Presse in Seoul", &["AFP"]),
            ("Associated Press of Pakistan", &[]),
            ("Le Monde avec AFP", &["AFP"]),
            ("Ana Ruiz mit dpa", &["dpa"]),
            ("Redazione ANSA", &["ANSA"]),
            ("Infobae, EFE", &["EFE"]),
            ("EFE, Infobae", &["EFE"]),
            ("Redaktion, dpa", &["dpa"]),
            ("Ana Ruiz [AFP]", &["AFP"]),
            ("Sid", &[]),
            ("Ana Ruiz y Efe", &[]),
            ("Petrosyan, Ani", &[]),
            ("Ana Ruiz and Reuters", &["Reuters"]),
            ("AFP und dpa", &["AFP", "dpa"]),
            ("von dpa", &["dpa"]),
            ("Avec AFP", &["AFP"]),
            ("Ana Ruiz - Reuters", &["Reuters"]),
            ("AFP, dpa", &["AFP", "dpa"]),
            ("Lee Bloomberg", &[]),
            ("Bloomberg, Lee", &[]),
            ("Smith, Sid", &[]),
            ("Reuters Cohen", &[]),
            ("Ana Ruiz", &[]),
            ("", &[]),
        ] {
            assert_eq!(credits.agencies_of_author(author), agencies, "{author}");
        }
        let endless = format!("AP {}", "news ".repeat(1 << 20));
        assert_eq!(credits.agencies_of_author(&endless), ["AP"]);
    }

    #[test]
    fn of_two_names_the_longer_one_counts() {
        let credits = with("[agencies]\n\"Ex\" = []\n\"Ex News\" = [\"Ex News Wire\"]").unwrap();
        assert_eq!(credits.agency_at(&words("ex news wire said")), Some((3, "Ex News")));
        assert_eq!(credits.agency_at(&words("ex said")), Some((1, "Ex")));
    }

    #[test]
    fn what_is_wrong_is_told_with_file_and_line() {
        for (text, line, told) in [
            ("[agencies]\n\"Ex\" = []\n\"–\" = []", 3, "has no word"),
            ("[around]\nbefore = [\n\"by\",\n\"…\"]", 4, "has no word"),
            ("[closings]\nphrases = [\"x\"]", 1, "words"),
            ("\nagency = []", 2, "agency"),
            ("[agencies]\n\"Ex\" = 1", 2, "sequence"),
        ] {
            let error = with(text).unwrap_err().to_string();
            assert!(error.contains(&format!(":{line}: ")) && error.contains(told), "{error}");
        }
        let missing = Credits::default().with_file(Path::new("no-such-file")).unwrap_err();
        assert!(missing.to_string().starts_with("no-such-file: "), "{missing}");
    }
}
