//! Installments of one series: the market report of Monday and that of Tuesday, the live blog of day
//! 2 and that of day 3. Nearly all their words are the same, their events are not.
//!
//! Two things give installments away. One outlet prints a headline again with another number, weekday
//! or month in it, or none, another day, and the numbers in the texts have changed; where the event is the same,
//! they stay. And of any two outlets, one headline says "day 2" and the other "day 3". Installments speak
//! against one story as strongly as their likeness would speak for it.
//!
//! Cost: one pass over the headlines and a sort of them; a second reading of the texts whose headline
//! another of their outlet has.

use ahash::{AHashMap, AHashSet};
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use crate::article::{Article, Corpus, DocId};
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::statistics::{StopWords, Term, numbers, without_furniture};
use crate::text::{Token, normalise, token_hash, tokenise};

/// What stands for the counting of installments in a headline, one list a line.
const WORDS: &str = include_str!("installments.tsv");
/// A headline of fewer words, numbers and stop words left out, says too little; and one with more
/// numbers than words is the time of a page: `22 July, last updated at 17:50 GMT`.
const FEWEST_WORDS: usize = 2;
/// What is printed again sooner is brought up to date, in days. Of 21,574 wire stories of 1987 with
/// one headline but for its numbers, those 18 hours apart or more are the next day's.
const ANOTHER_DAY: f64 = 0.75;
/// Installments of known dates share fewer of their numbers than this, of those that the text with
/// fewer has. In the same wire stories the next day's market reports mostly share less than half of
/// them, single ones nearly all; one event told again shares all.
const SHARED_NUMBERS: f64 = 0.7;
/// Without dates nothing else is known, and it takes more: fewer shared numbers …
const SHARED_NUMBERS_UNDATED: f64 = 0.5;
/// … of at least so many.
const NUMBERS_UNDATED: usize = 3;

/// What a word of a headline is to a series.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Number(u64),
    Ordinal(u64),
    Weekday,
    Month,
    Serial,
    Other,
}

/// The words that have a role, by the hash of their normal form.
struct Roles(AHashMap<u64, Role>);

impl Roles {
    fn load() -> Self {
        let mut roles = AHashMap::new();
        for (role, words) in WORDS.lines().filter_map(|line| line.split_once('\t')) {
            for (place, word) in (1..).zip(words.split(' ')) {
                let role = match role {
                    "number" => Role::Number(place),
                    "ordinal" => Role::Ordinal(place),
                    "weekday" => Role::Weekday,
                    "month" => Role::Month,
                    _ => Role::Serial,
                };
                roles.entry(token_hash(&normalise(word))).or_insert(role);
            }
        }
        Self(roles)
    }

    /// The role of a title's token.
    fn of(&self, title: &str, token: &Token) -> Role {
        let word = token.span().of(title);
        let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
        let hash = bare.map_or(token.hash, |bare| token_hash(&normalise(bare)));
        if let Some(&role) = self.0.get(&hash) {
            return role;
        }
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(number) = word[..digits].parse() else { return Role::Other };
        // What makes an ordinal of digits: 21st, 21e, 21. and a space.
        match word.len() - digits {
            0 if title[token.end as usize..].starts_with(". ") => Role::Ordinal(number),
            0 => Role::Number(number),
            1 | 2 => Role::Ordinal(number),
            _ => Role::Other,
        }
    }
}

/// What a headline says of a series.
#[derive(Clone, Debug, Default, PartialEq)]
struct Headline {
    /// The words that do not count installments, hashed in order; 0 where they say too little.
    template: u64,
    /// Weekdays and months, and the numbers beside a month; 0 where there is none.
    date: u64,
    /// A serial word and the number behind it, or the ordinal before it.
    serials: Vec<(u64, u64)>,
}

impl Headline {
    fn of(title: &str, roles: &Roles, stopped: Option<&AHashSet<u64>>) -> Self {
        let mut tokens = Vec::new();
        tokenise(title, &mut tokens);
        let roles: Vec<Role> = tokens.iter().map(|token| roles.of(title, token)).collect();
        let role = |at: Option<usize>| at.and_then(|at| roles.get(at)).copied();
        let (mut template, mut date) = (Xxh3::new(), Xxh3::new());
        let (mut words, mut dates, mut gaps) = (0, 0, 0);
        let mut serials = Vec::new();
        let mut after_gap = false;
        for (at, token) in tokens.iter().enumerate() {
            let (before, after) = (role(at.checked_sub(1)), role(Some(at + 1)));
            let is_month = |role| role == Some(Role::Month);
            let (gap, dated) = match roles[at] {
                Role::Number(_) | Role::Ordinal(_) => (true, is_month(before) || is_month(after)),
                Role::Weekday | Role::Month => (true, true),
                Role::Serial => {
                    match (before, after) {
                        (_, Some(Role::Number(number))) | (Some(Role::Ordinal(number)), _) => {
                            serials.push((token.hash, number));
                        }
                        _ => {}
                    }
                    (false, false)
                }
                Role::Other => (false, false),
            };
            if dated {
                date.update(&token.hash.to_le_bytes());
                dates += 1;
            }
            // One gap, however many tokens are in it: 26.50 is two, 27 is one.
            if !(gap && after_gap) {
                template.update(&(if gap { 0 } else { token.hash }).to_le_bytes());
            }
            gaps += usize::from(gap);
            words += usize::from(!gap && !stopped.is_some_and(|words| words.contains(&token.hash)));
            after_gap = gap;
        }
        serials.sort_unstable();
        Self {
            template: match words >= FEWEST_WORDS && 2 * gaps <= tokens.len() {
                true => template.digest(),
                false => 0,
            },
            date: if dates == 0 { 0 } else { date.digest() },
            serials,
        }
    }
}

/// What is known of an article that may be an installment.
#[derive(Clone, Debug, Default)]
struct Installment {
    /// The same for all of a series, its lowest article; [`NONE`] outside of any.
    series: u32,
    date: u64,
    serials: Box<[(u64, u64)]>,
    /// Ascending; of those in a series only.
    numbers: Box<[Term]>,
}

/// No series, no installment.
const NONE: u32 = u32::MAX;

/// Which articles may be installments, and of what.
pub(super) struct Installments {
    /// By [`DocId`], a place among `known` or [`NONE`].
    of: Vec<u32>,
    known: Vec<Installment>,
}

impl Installments {
    /// None among so many articles: for who has the similarities already.
    pub(super) fn none(articles: usize) -> Self {
        Self { of: vec![NONE; articles], known: Vec::new() }
    }

    /// Looks for them among the articles that stand for themselves or for a family.
    pub(super) fn find(
        corpus: &Corpus,
        families: &Families,
        stop_words: &StopWords,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let roles = Roles::load();
        let texts: Vec<DocId> = corpus
            .docs()
            .filter(|&doc| families.representative(doc) == doc)
            .filter(|&doc| !corpus.get(doc).title.trim().is_empty())
            .collect();
        let headlines: Vec<Headline> = texts
            .par_iter()
            .map(|&doc| {
                let article = corpus.get(doc);
                let title = without_furniture(&article.title, &article.outlet);
                Headline::of(title, &roles, stop_words.of(&article.lang))
            })
            .collect();
        observer.check()?;
        let mut by_template: Vec<(u64, usize)> = (0..texts.len())
            .filter(|&at| headlines[at].template != 0)
            .map(|at| (of_outlet(corpus.get(texts[at]), headlines[at].template), at))
            .collect();
        by_template.par_sort_unstable();
        let mut series = vec![NONE; texts.len()];
        for run in by_template.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() > 1) {
            for &(_, at) in run {
                series[at] = texts[run[0].1].0;
            }
        }
        let known: Vec<(DocId, Installment)> = texts
            .into_par_iter()
            .zip(headlines)
            .zip(series)
            .filter(|((_, headline), series)| *series != NONE || !headline.serials.is_empty())
            .map(|((doc, headline), series)| {
                observer.check()?;
                let numbers = match series {
                    NONE => Vec::new(),
                    _ => numbers(corpus.get(doc), stop_words),
                };
                let installment = Installment {
                    series,
                    date: headline.date,
                    serials: headline.serials.into(),
                    numbers: numbers.into(),
                };
                Ok((doc, installment))
            })
            .collect::<Result<_>>()?;
        let mut of = vec![NONE; corpus.len()];
        for (place, (doc, _)) in (0..).zip(&known) {
            of[doc.index()] = place;
        }
        Ok(Self { of, known: known.into_iter().map(|(_, installment)| installment).collect() })
    }

    /// Whether two articles, so many days apart where both are dated, are two installments.
    pub(super) fn are_two(&self, a: DocId, b: DocId, days: Option<f64>) -> bool {
        let known = |doc: DocId| self.known.get(self.of[doc.index()] as usize);
        let (Some(a), Some(b)) = (known(a), known(b)) else { return false };
        serials_differ(&a.serials, &b.serials)
            || (a.series == b.series
                && a.series != NONE
                && (dates_differ(a, b) || numbers_changed(&a.numbers, &b.numbers, days)))
    }
}

/// The same for articles of one outlet with one template.
fn of_outlet(article: &Article, template: u64) -> u64 {
    template ^ token_hash(&article.outlet).rotate_left(1)
}

/// Whether one counts further than the other, by the same word.
fn serials_differ(a: &[(u64, u64)], b: &[(u64, u64)]) -> bool {
    a.iter().any(|&(word, number)| {
        b.iter().any(|&(other, _)| other == word) && !b.contains(&(word, number))
    })
}

fn dates_differ(a: &Installment, b: &Installment) -> bool {
    a.date != 0 && b.date != 0 && a.date != b.date
}

fn numbers_changed(a: &[Term], b: &[Term], days: Option<f64>) -> bool {
    let (least, most_shared) = match days {
        Some(days) if days < ANOTHER_DAY => return false,
        Some(_) => (1, SHARED_NUMBERS),
        None => (NUMBERS_UNDATED, SHARED_NUMBERS_UNDATED),
    };
    let shared = a.iter().filter(|number| b.binary_search(number).is_ok()).count();
    let of = a.len().min(b.len());
    of >= least && (shared as f64) < most_shared * of as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::testing;

    fn headline(title: &str) -> Headline {
        let stop_words = StopWords::load();
        Headline::of(title, &Roles::load(), stop_words.of("en"))
    }

    fn serials(title: &str) -> Vec<u64> {
        headline(title).serials.into_iter().map(|(_, number)| number).collect()
    }

    #[test]
    fn numbers_weekdays_and_months_are_a_gap_in_the_template() {
        let template = |title| headline(title).template;
        let close = template("Harbour index at the close, 4 May");
        assert_eq!(close, template("Harbour index at the close, 27.50 June"));
        assert_eq!(close, template("HARBOUR INDEX AT THE CLOSE, Tuesday"));
        assert_ne!(close, template("Harbour index at noon, 4 May"));
        assert_ne!(close, template("Harbour index at the close"));
        assert_eq!(template("22 July 2013, last updated at 17:50 GMT"), 0, "a time is no headline");
        assert_eq!(template("Week 3: the harbour"), 0);
    }

    #[test]
    fn a_date_is_a_weekday_or_stands_beside_a_month() {
        let date = |title| headline(title).date;
        assert_eq!(date("Ferry aground, 12 dead"), 0);
        assert_eq!(date("12 dead on 4 May off Quillan"), date("15 dead on 4 May off Quillan"));
        assert_ne!(date("Rainfall, 4 May"), date("Rainfall, 5 May"));
        assert_ne!(date("Monday's rainfall"), 0);
    }

    #[test]
    fn a_serial_has_its_number_behind_it_or_an_ordinal_before() {
        assert_eq!(serials("Storm live: day 21"), [21]);
        assert_eq!(serials("The third day of the storm"), [3]);
        assert_eq!(serials("Storm: 21st day"), [21]);
        assert_eq!(serials("Quillan gewinnt am 21. Spieltag"), [21]);
        assert_eq!(serials("Day two of the five day strike"), [2]);
        assert_eq!(serials("Strike of 3 days"), [0_u64; 0]);
    }

    #[test]
    fn one_word_with_two_numbers_is_two_installments() {
        assert!(serials_differ(&[(7, 2)], &[(7, 21)]));
        assert!(!serials_differ(&[(7, 2)], &[(8, 3)]));
        assert!(!serials_differ(&[(7, 2), (8, 4)], &[(7, 2)]));
        assert!(serials_differ(&[(7, 2), (8, 4)], &[(7, 2), (8, 5)]));
    }

    #[test]
    fn the_next_days_numbers_are_others() {
        let numbers = |all: &[u32]| -> Vec<Term> {
            let mut terms: Vec<Term> = all.iter().map(|n| Term::single(&n.to_string())).collect();
            terms.sort_unstable();
            terms
        };
        let (monday, tuesday) = (numbers(&[1, 2, 3, 4]), numbers(&[1, 2, 13, 14, 15]));
        // Two of four.
        assert!(numbers_changed(&monday, &tuesday, Some(1.0)));
        assert!(!numbers_changed(&monday, &tuesday, Some(0.7)), "brought up to date");
        assert!(!numbers_changed(&monday, &tuesday, None));
        assert!(numbers_changed(&monday, &numbers(&[1, 12, 13]), None));
        assert!(!numbers_changed(&monday, &numbers(&[1, 2, 3, 5]), Some(1.0)));
        assert!(!numbers_changed(&monday, &[], Some(1.0)));
    }

    #[test]
    fn a_series_is_of_one_outlet() {
        let report = |id: &str, outlet: &str, title: &str, text: &str| Article {
            outlet: outlet.into(),
            title: title.into(),
            ..testing::article(id, text)
        };
        let corpus = crate::testing::by_id(vec![
            report("0", "Wire", "UPDATE 1-Harbour index up 12 points", "At 400, 31 and 88."),
            report("1", "Wire", "Harbour index up 9 points", "At 409, 29 and 61."),
            report("2", "Post", "Harbour index up 9 points", "At 409, 29 and 61."),
            report("3", "Wire", "Storm, day 2", "Rain."),
            report("4", "Post", "The storm's third day", "Rain."),
        ]);
        let families = Families::new(Vec::new(), corpus.len());
        let found = Installments::find(&corpus, &families, &StopWords::load(), &Silent).unwrap();
        let are_two = |a, b| found.are_two(DocId(a), DocId(b), Some(1.0));
        assert!(are_two(0, 1) && are_two(1, 0));
        assert!(!are_two(0, 2) && !are_two(1, 1));
        assert!(are_two(3, 4) && !are_two(3, 0));
    }
}
