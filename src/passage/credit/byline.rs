//! Bylines: a person and an agency in one line, `By Ana Ruiz, Associated Press` or `ANA RUIZ | AP`.
//!
//! The words alone do not tell: a sentence may end with an agency's name, too. What tells is that everything before it is a
//! person's name, in capitals as names are, and that a sign parts the two.

use super::rules::Credits;
use crate::text::Token;

/// Words of the names of the persons, at the most.
const MOST_NAME_WORDS: usize = 10;

/// The same where no word such as `by` opens the line.
const MOST_BARE_NAME_WORDS: usize = 4;

/// Words that stand between the names of persons, or inside one, without capitals.
const JOINING: [&str; 16] = [
    "and", "und", "et", "y", "e", "og", "och", "en", "de", "del", "der", "da", "di", "van", "von",
    "bin",
];

/// A line that may be a byline, by places of words in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Byline {
    /// Words such as `by`.
    opening: usize,
    /// Where the agency's name begins.
    agency: usize,
    /// One past where it ends; what the person is there follows.
    agency_end: usize,
}

impl Credits {
    /// Where the agency stands in a line that has at least a word before it and nothing but roles behind it.
    pub(super) fn byline(&self, line: &[u32]) -> Option<Byline> {
        if line.len() > self.bylines.words as usize {
            return None;
        }
        let opening = self.bylines.begins.iter().filter(|phrase| line.starts_with(phrase));
        let opening = opening.map(Vec::len).max().unwrap_or(0);
        (opening + 1..line.len()).find_map(|agency| {
            let (words, _) = self.agency_at(&line[agency..])?;
            let agency_end = agency + words;
            let is_role = self.is_roles(&line[agency_end..]);
            is_role.then_some(Byline { opening, agency, agency_end })
        })
    }

    /// Whether words are roles, one after the other, or none.
    fn is_roles(&self, words: &[u32]) -> bool {
        words.is_empty()
            || self.bylines.roles.iter().any(|role| {
                words.strip_prefix(role.as_slice()).is_some_and(|rest| self.is_roles(rest))
            })
    }
}

impl Byline {
    /// Whether the byline is that of a picture: a person and an agency with a slash between them, and no word
    /// such as `by` before them.
    pub(super) fn is_of_a_picture(self, text: &str, line: &[Token]) -> bool {
        let before = line[self.agency - 1].end as usize..line[self.agency].start as usize;
        self.opening == 0 && text[before].contains('/')
    }

    /// Whether the text bears it out; `line` are its words.
    pub(super) fn holds(self, text: &str, line: &[Token]) -> bool {
        let word = |place: usize| line[place].span().of(text);
        let gap = |place: usize| &text[line[place - 1].end as usize..line[place].start as usize];
        let names = self.opening..self.agency;
        let most = if self.opening > 0 { MOST_NAME_WORDS } else { MOST_BARE_NAME_WORDS };
        let is_name = |place: usize| {
            word(place).starts_with(char::is_uppercase) || JOINING.contains(&word(place))
        };
        let all_names = names.len() <= most
            && names.clone().all(is_name)
            && word(self.opening).starts_with(char::is_uppercase);
        let the = usize::from(names.len() > 1 && word(self.agency - 1).eq_ignore_ascii_case("the"));
        let parted = gap(self.agency - the)
            .contains([',', '|', '/', '–', '—', '-', '•', '·', '(', '\u{a0}']);
        // `The group AP`, and `Ap` that is no agency.
        let spelt =
            (self.agency..self.agency_end).all(|place| word(place).starts_with(char::is_uppercase));
        // A sentence goes on over its full stops; a name has them behind initials alone.
        let whole = (self.opening + 1..line.len()).all(|place| {
            !gap(place).contains(['.', '!', '?', ':']) || word(place - 1).chars().count() <= 2
        });
        let bare = self.opening > 0 || names.len() - the >= 2;
        all_names && parted && spelt && whole && bare
    }
}
