//! How common words are in the news at large, so that few articles suffice to tell which of their
//! words matter.
//!
//! A table holds, for each language, a number of articles and in how many of them each word and
//! number occurs. The archive's own counts are added to it, so a table of 30,000 articles weighs as
//! much as an archive of 30,000 does, and little beside one of a million: what is new in the news
//! takes over as the archive grows. Pairs of words are counted in the archive alone.
//!
//! The file is text: for each language a line with its code, a tab, and the number of articles; then
//! lines of a frequency, a tab, and the words that have it (normal forms, without stop words). Cost
//! of making one: two passes over the articles, 8 bytes a word while it runs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use ahash::AHashMap;
use rayon::prelude::*;

use crate::article::{Corpus, DocId};
use crate::error::{Error, Position, Result};
use crate::observer::{Observer, Stage, Unit};
use crate::story::stop_words::{DEFAULT_LANGUAGE, StopWords};
use crate::story::terms::{Kind, Term, frequencies, readings_of};

/// Document frequencies of English words in 33,648 news articles to 2020.
const ENGLISH: &str = include_str!("english_df.tsv");
/// Words of fewer articles are left out: that something is in one article says nothing.
const LEAST_FREQUENCY: u32 = 2;
/// A language of fewer articles is left out: without a table an archive is taken for part of one
/// that is larger by about as many.
const LEAST_ARTICLES: u32 = 300;
/// What the first line of a file says, behind a `#`.
const TITLE: &str = "# newsfold background: articles a language, then articles a word";

/// How common words are in one language.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Background {
    articles: u32,
    frequencies: AHashMap<Term, u32>,
}

impl Background {
    /// How many articles were counted.
    pub(super) fn articles(&self) -> u32 {
        self.articles
    }

    /// In how many of them a word or number occurs; 0 where it was too rare to be kept.
    pub(super) fn frequency(&self, term: Term) -> u32 {
        self.frequencies.get(&term).copied().unwrap_or(0)
    }
}

/// How common words are, by language.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BackgroundTable {
    languages: BTreeMap<String, Background>,
}

impl BackgroundTable {
    /// The table that comes with the program: English, some twenty thousand words, a few
    /// milliseconds.
    pub(super) fn shipped() -> Self {
        // A test holds the table to be whole.
        Self::parse(ENGLISH).unwrap_or_default()
    }

    /// Reads a table that [`write_background`] made.
    ///
    /// # Errors
    /// [`Error::Input`], at its line, for what is no such table.
    pub fn read(path: &Path) -> Result<Self> {
        let file = path.to_string_lossy();
        let text = std::fs::read_to_string(path).map_err(|error| Error::Input {
            position: Position::whole(&*file),
            reason: error.to_string(),
        })?;
        Self::parse(&text).map_err(|(line, reason)| Error::Input {
            position: Position::line(&*file, line),
            reason,
        })
    }

    /// Or the line at fault, and what is wrong with it.
    fn parse(text: &str) -> Result<Self, (u64, String)> {
        const NEITHER: &str = "neither a language and its articles nor a frequency and its words";
        let mut languages: BTreeMap<String, Background> = BTreeMap::new();
        let mut at: Option<&mut Background> = None;
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.starts_with('#')) {
            let (first, second) =
                line.split_once('\t').ok_or_else(|| (number, NEITHER.to_owned()))?;
            if let Ok(frequency) = first.parse::<u32>() {
                let Some(language) = at.as_deref_mut() else {
                    return Err((number, "words before any language".to_owned()));
                };
                let words = second.split(' ').filter(|word| !word.is_empty());
                language.frequencies.extend(words.map(|word| (Term::single(word), frequency)));
            } else {
                let articles = second.parse().map_err(|_| (number, NEITHER.to_owned()))?;
                let language = languages.entry(first.to_owned()).or_default();
                language.articles = articles;
                at = Some(language);
            }
        }
        if languages.is_empty() {
            return Err((1, "no language is counted here".to_owned()));
        }
        Ok(Self { languages })
    }

    /// What is known of a language.
    pub(super) fn of(&self, language: &str) -> Option<&Background> {
        let language = if language.is_empty() { DEFAULT_LANGUAGE } else { language };
        self.languages.get(language)
    }
}

/// What was counted for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackgroundCounts {
    /// Each language of the table, with its articles and words.
    pub languages: Vec<(String, u32, usize)>,
    /// Articles of languages with too few of them.
    pub left_out: u32,
}

/// Counts the words of a corpus whose languages are told, and writes the table of them. The same
/// articles give the same bytes.
///
/// # Errors
/// [`Error::Input`] where no language has enough articles, [`Error::Output`] for `out`, and where the
/// observer asks to stop.
pub fn write_background(
    corpus: &Corpus,
    out: &mut dyn Write,
    observer: &dyn Observer,
) -> Result<BackgroundCounts> {
    observer.begin(Stage::Story, Some(2 * corpus.len() as u64), Unit::Articles);
    let stop_words = StopWords::load();
    let mut by_language: BTreeMap<&str, Vec<DocId>> = BTreeMap::new();
    for doc in corpus.docs() {
        let language = corpus.get(doc).lang.as_str();
        let language = if language.is_empty() { DEFAULT_LANGUAGE } else { language };
        by_language.entry(language).or_default().push(doc);
    }
    let mut counts = BackgroundCounts { languages: Vec::new(), left_out: 0 };
    let failed = |error: io::Error| Error::output(Path::new("background table"), &error);
    writeln!(out, "{TITLE}").map_err(failed)?;
    for (language, docs) in by_language {
        let articles = docs.len() as u32;
        if articles < LEAST_ARTICLES {
            counts.left_out += articles;
            continue;
        }
        let words = words(corpus, &docs, &stop_words, observer)?;
        counts.languages.push((language.to_owned(), articles, words.len()));
        writeln!(out, "{language}\t{articles}").map_err(failed)?;
        for alike in words.chunk_by(|x, y| x.0 == y.0) {
            let list: Vec<&str> = alike.iter().map(|(_, word)| word.as_str()).collect();
            writeln!(out, "{}\t{}", alike[0].0, list.join(" ")).map_err(failed)?;
        }
    }
    if counts.languages.is_empty() {
        return Err(Error::Input {
            position: Position::whole("the input"),
            reason: format!("no language has {LEAST_ARTICLES} articles: too few to count words in"),
        });
    }
    observer.end(Stage::Story);
    Ok(counts)
}

/// The words and numbers of these articles with their frequencies, the most frequent first, those
/// equally frequent in order of the alphabet.
fn words(
    corpus: &Corpus,
    docs: &[DocId],
    stop_words: &StopWords,
    observer: &dyn Observer,
) -> Result<Vec<(u32, String)>> {
    let terms: Vec<Vec<Term>> = docs
        .par_iter()
        .map(|&doc| {
            observer.check()?;
            observer.advance(1);
            let terms = frequencies(corpus.get(doc), stop_words).into_iter().map(|f| f.term);
            Ok(terms.filter(|term| term.kind() != Kind::Bigram).collect())
        })
        .collect::<Result<_>>()?;
    let mut terms: Vec<Term> = terms.concat();
    terms.par_sort_unstable();
    let runs = terms.chunk_by(|x, y| x == y).filter(|run| run.len() >= LEAST_FREQUENCY as usize);
    let mut unread: AHashMap<Term, u32> = runs.map(|run| (run[0], run.len() as u32)).collect();
    let mut words = Vec::new();
    for &doc in docs {
        observer.check()?;
        observer.advance(1);
        readings_of(corpus.get(doc), stop_words, |term, word| {
            if let Some(&frequency) = unread.get(&term) {
                let word = word();
                // Two characters of a script without spaces are a term that no word reads back as.
                if Term::single(&word) == term {
                    words.push((frequency, word));
                }
                unread.remove(&term);
            }
        });
    }
    words.sort_unstable_by(|x, y| y.0.cmp(&x.0).then_with(|| x.1.cmp(&y.1)));
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::observer::Silent;

    #[test]
    fn the_table_that_comes_with_the_program_is_whole() {
        let table = BackgroundTable::parse(ENGLISH).unwrap();
        let english = table.of("").unwrap();
        assert_eq!(english.articles(), 33_648);
        assert!(english.frequencies.len() > 20_000);
        assert!(english.frequencies.values().all(|&d| d > 0 && d <= 33_648));
        let of = |word: &str| english.frequency(Term::single(word));
        assert!(of("president") > of("earthquake") && of("earthquake") > 0);
        assert_eq!(of("zzyzzx"), 0);
    }

    #[test]
    fn words_on_one_line_share_its_frequency_and_languages_have_their_own() {
        let text = "# made up\nen\t100\n7\tferry harbour\n2\tkeel\nde\t50\n9\thafen\n";
        let table = BackgroundTable::parse(text).unwrap();
        let of = |language: &str, word: &str| {
            table.of(language).map(|background| background.frequency(Term::single(word)))
        };
        let english = ["ferry", "harbour", "keel", "hafen"].map(|word| of("en", word));
        assert_eq!(english, [Some(7), Some(7), Some(2), Some(0)]);
        assert_eq!((of("de", "hafen"), of("sw", "ferry")), (Some(9), None));
        assert_eq!(table.of("de").unwrap().articles(), 50);
    }

    #[test]
    fn what_is_no_table_is_told_with_its_line() {
        let fault = |text: &str| BackgroundTable::parse(text).unwrap_err();
        assert_eq!(fault("").0, 1);
        assert_eq!(fault("7\tferry\n"), (1, "words before any language".into()));
        assert_eq!(fault("en\t9\nferry\n").0, 2);
        assert_eq!(fault("en\tmany\n").0, 1);
    }

    #[test]
    fn a_table_of_an_archive_reads_back_as_it_was_counted() {
        let article = |n: u32| Article {
            id: format!("{n:04}").into(),
            outlet: Default::default(),
            url: Default::default(),
            published: None,
            title: "Ferry aground".into(),
            text: match n {
                0 => "The Étoile carried 1.5 tons of 港口 and a zebra".to_owned(),
                1..10 => "The Étoile carried 1.5 tons of 港口".to_owned(),
                _ => format!("Harbour number{n}"),
            }
            .into(),
            lang: if n < 300 { "en" } else { "fr" }.into(),
            source: Position::line("a.jsonl", 1),
            notes: Default::default(),
            mending: None,
            furniture: None,
        };
        let made = |order: &[u32]| {
            let corpus = crate::testing::by_id(order.iter().map(|&n| article(n)).collect());
            let mut out = Vec::new();
            let counts = write_background(&corpus, &mut out, &Silent).unwrap();
            (String::from_utf8(out).unwrap(), counts)
        };
        let mut order: Vec<u32> = (0..310).collect();
        let (text, counts) = made(&order);
        assert_eq!((counts.languages.len(), counts.left_out), (1, 10));
        let table = BackgroundTable::parse(&text).unwrap();
        let of = |word: &str| table.of("en").unwrap().frequency(Term::single(word));
        assert_eq!(["ferry", "étoile", "1.5", "zebra", "harbour"].map(of), [300, 10, 10, 0, 290]);
        assert!(!text.contains('港'), "{text}");
        order.reverse();
        assert_eq!(made(&order).0, text);
        let few = crate::testing::by_id(vec![article(0)]);
        let error = write_background(&few, &mut Vec::new(), &Silent).unwrap_err().to_string();
        assert!(error.contains("300 articles"), "{error}");
    }
}
