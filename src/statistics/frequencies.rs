//! How common words are in the news at large, so that few articles suffice to tell which of their
//! words matter.
//!
//! A table holds, for each language, a number of articles and in how many of them each word and
//! number occurs. The archive's own counts are added to it, so a table of 30,000 articles weighs as
//! much as an archive of 30,000 does, and little beside one of a million: what is new in the news
//! takes over as the archive grows. Pairs of words are counted in the archive alone, and occur in no
//! article of the table.
//!
//! The file is text: for each language a line with its code, a tab, and the number of articles; then
//! lines of a frequency, a tab, and the words that have it (normal forms, without stop words). Cost
//! of making one: two passes over the articles, 8 bytes a word while it runs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use ahash::AHashMap;
use rayon::prelude::*;

use crate::article::{Corpus, DocId};
use crate::error::{Error, InputErrorKind, OutputStep, Position, Result};
use crate::observer::{Observer, Stage, Unit};
use crate::statistics::lexicon::{Count, Counting, Lexicon};
use crate::statistics::stop_words::{DEFAULT_LANGUAGE, StopWords};
use crate::statistics::terms::{Frequency, Kind, Term, frequencies, readings_of};
use crate::text::normalise;

/// Document frequencies of English words in 33,648 news articles to 2020.
const ENGLISH: &str = include_str!("english_df.tsv");
/// Words of fewer articles are left out: that something is in one article says nothing.
const LEAST_FREQUENCY: u32 = 2;
/// A language of fewer articles is left out: without a table an archive is taken for part of one
/// that is larger by about as many.
const LEAST_ARTICLES: u32 = 300;
/// What the first line of a file says, behind a `#`.
const TITLE: &str = "# newsfold background: articles a language, then articles a word";

/// Without a table of its language an archive is taken for part of one this much larger, in which its
/// terms do not occur; else what the only two articles share would count for nothing.
const UNSEEN_ARTICLES: u32 = 300;
/// So many articles are read at a time: enough for every core, and their terms, for which an article takes 16 KiB
/// until they are counted, take 32 MiB.
const BLOCK: usize = 2 * 1024;
/// A word of which no case is known is a name where no more than this share of the articles has it.
const RARE: f64 = 0.001;

/// What is known of terms before any two articles are compared: in how many articles each occurs, by
/// language, and which words are names.
///
/// Made by [`Frequencies::count`] of the articles at hand over a table, or [`Frequencies::fixed`] by
/// a table alone: then nothing that lies beside two articles changes what is told of them.
pub struct Frequencies {
    pub(crate) stop_words: StopWords,
    pub(super) table: Arc<BackgroundTable>,
    pub(super) counted: Option<Counted>,
    /// Whether they were counted elsewhere: then nothing is known of the terms of the articles at hand.
    pub(super) is_fixed: bool,
}

/// What was counted over the table.
pub(super) struct Counted {
    pub(super) articles: u32,
    pub(super) lexicon: Lexicon,
}

impl Frequencies {
    /// Counts the terms of a corpus whose languages are told, over the table that comes with the
    /// program. Cost: a pass over the articles, 16 bytes a different term.
    ///
    /// # Errors
    /// Where the observer asks to stop.
    pub fn count(corpus: &Corpus, observer: &dyn Observer) -> Result<Self> {
        let stop_words = StopWords::load();
        let lexicon = lexicon(corpus, |_| true, &stop_words, observer)?;
        let counted = Some(Counted { articles: corpus.len() as u32, lexicon });
        Ok(Self {
            stop_words,
            table: Arc::new(BackgroundTable::shipped()),
            counted,
            is_fixed: false,
        })
    }

    /// Goes by a table alone.
    pub fn fixed(table: Arc<BackgroundTable>) -> Self {
        Self { stop_words: StopWords::load(), table, counted: None, is_fixed: true }
    }

    /// Goes by the table that comes with the program alone.
    pub fn shipped() -> Self {
        Self::fixed(Arc::new(BackgroundTable::shipped()))
    }

    /// The terms that two of the articles at hand have, where they were counted.
    pub(crate) fn lexicon(&self) -> Option<&Lexicon> {
        self.counted.as_ref().filter(|_| !self.is_fixed).map(|counted| &counted.lexicon)
    }

    /// What was counted of a term over the table; of one article where that is not known.
    fn here(&self, term: Term) -> Count {
        let Some(counted) = &self.counted else { return Count::default() };
        let place = counted.lexicon.place(term);
        place.map_or(Count { articles: 1, case: 0 }, |place| counted.lexicon.count(place))
    }

    /// How telling a term is in a language: the logarithm of how many articles there are for each
    /// that has it.
    pub(crate) fn rarity(&self, term: Term, language: &str) -> f64 {
        let mut articles = self.counted.as_ref().map_or(0, |counted| counted.articles);
        let mut with_term = self.here(term).articles;
        match self.table.of(language) {
            // A table has no pairs of words: there none of its articles has one.
            Some(background) => {
                articles += background.articles;
                with_term += background.known(term).map_or(0, |known| known.articles);
            }
            None => articles += UNSEEN_ARTICLES,
        }
        inverse_document_frequency(f64::from(articles), f64::from(with_term))
    }

    /// The share of all articles that have a term, whatever their language.
    pub(crate) fn share(&self, term: Term) -> f64 {
        let here = self.counted.as_ref().map_or(0, |counted| counted.articles);
        let known = self.table.languages.values().map(|background| {
            let with_term = background.known(term).map_or(0, |known| known.articles);
            (with_term, background.articles)
        });
        let (with_term, articles) = known.max().unwrap_or((0, UNSEEN_ARTICLES));
        f64::from(self.here(term).articles + with_term) / f64::from((here + articles).max(1))
    }

    /// Whether a word is a name: by its case wherever it is known, else by being rare.
    pub(crate) fn is_name(&self, term: Term) -> bool {
        let known = self.table.languages.values().filter_map(|background| background.known(term));
        let case = known.map(|known| i64::from(known.case)).sum::<i64>();
        let case = case + i64::from(self.here(term).case);
        if case == 0 { self.share(term) <= RARE } else { case > 0 }
    }
}

/// The terms that two or more of these articles have.
pub(crate) fn lexicon(
    corpus: &Corpus,
    of: impl Fn(DocId) -> bool + Sync,
    stop_words: &StopWords,
    observer: &dyn Observer,
) -> Result<Lexicon> {
    let docs: Vec<DocId> = corpus.docs().collect();
    let mut counting = Counting::new();
    for block in docs.chunks(BLOCK) {
        let block: Vec<Vec<Frequency>> = block
            .par_iter()
            .map(|&doc| {
                observer.check()?;
                observer.advance(1);
                Ok(if of(doc) { frequencies(corpus.get(doc), stop_words) } else { Vec::new() })
            })
            .collect::<Result<_>>()?;
        counting.add(&block);
    }
    Ok(counting.finish())
}

/// How telling a term is that `with_term` of `articles` articles have.
fn inverse_document_frequency(articles: f64, with_term: f64) -> f64 {
    libm::log((articles + 1.0) / (with_term + 0.5))
}

/// How common words are in one language.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Background {
    pub(super) articles: u32,
    pub(super) words: AHashMap<Term, Count>,
}

impl Background {
    /// What was counted of a term, if it was not too rare to be kept.
    fn known(&self, term: Term) -> Option<Count> {
        self.words.get(&term).copied()
    }
}
/// How common words are, by language.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BackgroundTable {
    pub(super) languages: BTreeMap<String, Background>,
}

impl BackgroundTable {
    /// The table that comes with the program: English, some twenty thousand words, a few
    /// milliseconds.
    fn shipped() -> Self {
        // A test holds the table to be whole.
        Self::parse(ENGLISH).unwrap_or_default()
    }

    /// Reads a table that [`write_background`] made.
    ///
    /// # Errors
    /// [`Error::Input`], at its line, for what is no such table.
    pub fn read(path: &Path) -> Result<Self> {
        let file = path.to_string_lossy();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::input(Position::whole(&*file), InputErrorKind::Unreadable, error)
        })?;
        Self::parse(&text).map_err(|(line, reason)| {
            Error::input(Position::line(&*file, line), InputErrorKind::Malformed, reason)
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
                language.words.extend(words.map(|word| known(word, frequency)));
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
    fn of(&self, language: &str) -> Option<&Background> {
        let language = if language.is_empty() { DEFAULT_LANGUAGE } else { language };
        self.languages.get(language)
    }
}

/// A word of a table: with a capital it is a name.
fn known(word: &str, articles: u32) -> (Term, Count) {
    let normal = normalise(word);
    let case = if normal == word { -3 } else { 2 } * articles as i32;
    (Term::single(&normal), Count { articles, case })
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
    observer.begin(Stage::Statistics, Some(2 * corpus.len() as u64), Unit::Steps);
    let stop_words = StopWords::load();
    let mut by_language: BTreeMap<&str, Vec<DocId>> = BTreeMap::new();
    for doc in corpus.docs() {
        let language = corpus.get(doc).lang.as_str();
        let language = if language.is_empty() { DEFAULT_LANGUAGE } else { language };
        by_language.entry(language).or_default().push(doc);
    }
    let mut counts = BackgroundCounts { languages: Vec::new(), left_out: 0 };
    let failed = |error: io::Error| Error::output("background table", OutputStep::Write, error);
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
        let reason =
            format!("no language has {LEAST_ARTICLES} articles: too few to count words in");
        return Err(Error::input(Position::whole("the input"), InputErrorKind::Empty, reason));
    }
    observer.end(Stage::Statistics);
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
    let terms: Vec<Vec<(Term, i16)>> = docs
        .par_iter()
        .map(|&doc| {
            observer.check()?;
            observer.advance(1);
            let terms = frequencies(corpus.get(doc), stop_words).into_iter();
            let terms = terms.map(|f| (f.term, f.case));
            Ok(terms.filter(|(term, _)| term.kind() != Kind::Bigram).collect())
        })
        .collect::<Result<_>>()?;
    let mut terms: Vec<(Term, i16)> = terms.concat();
    terms.par_sort_unstable();
    let runs = terms.chunk_by(|x, y| x.0 == y.0);
    let mut unread: AHashMap<Term, Count> = runs
        .filter(|run| run.len() >= LEAST_FREQUENCY as usize)
        .map(|run| {
            let case = run.iter().map(|&(_, case)| i32::from(case)).sum();
            (run[0].0, Count { articles: run.len() as u32, case })
        })
        .collect();
    let mut words = Vec::new();
    for &doc in docs {
        observer.check()?;
        observer.advance(1);
        readings_of(corpus.get(doc), stop_words, |term, word| {
            if let Some(&count) = unread.get(&term) {
                let word = word();
                // Two characters of a script without spaces are a term that no word reads back as.
                if Term::single(&word) == term {
                    words.push((count.articles, if count.case > 0 { as_name(word) } else { word }));
                }
                unread.remove(&term);
            }
        });
    }
    words.sort_unstable_by(|x, y| y.0.cmp(&x.0).then_with(|| x.1.cmp(&y.1)));
    Ok(words)
}

/// The word with a capital, where it reads back as the same word.
fn as_name(word: String) -> String {
    let mut rest = word.chars();
    let capital = rest.next().into_iter().flat_map(char::to_uppercase);
    let name: String = capital.chain(rest).collect();
    if normalise(&name) == word { name } else { word }
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
        assert_eq!(english.articles, 33_648);
        assert!(english.words.len() > 20_000);
        assert!(english.words.values().all(|count| (1..=33_648).contains(&count.articles)));
        let of = |word: &str| english.known(Term::single(word)).map_or(0, |known| known.articles);
        assert!(of("president") > of("earthquake") && of("earthquake") > 0);
        assert_eq!(of("zzyzzx"), 0);
    }

    #[test]
    fn words_on_one_line_share_its_frequency_and_languages_have_their_own() {
        let text = "# made up\nen\t100\n7\tferry harbour\n2\tkeel\nde\t50\n9\thafen\n";
        let table = BackgroundTable::parse(text).unwrap();
        let of = |language: &str, word: &str| {
            let known = table.of(language).map(|background| background.known(Term::single(word)));
            known.map(|known| known.map_or(0, |known| known.articles))
        };
        let english = ["ferry", "harbour", "keel", "hafen"].map(|word| of("en", word));
        assert_eq!(english, [Some(7), Some(7), Some(2), Some(0)]);
        assert_eq!((of("de", "hafen"), of("sw", "ferry")), (Some(9), None));
        assert_eq!(table.of("de").unwrap().articles, 50);
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
    fn a_term_is_the_more_telling_the_fewer_have_it() {
        // ln(100 / 2.5) and ln(100 / 99.5)
        assert!((inverse_document_frequency(99.0, 2.0) - 3.688_879).abs() < 1e-6);
        assert!((inverse_document_frequency(99.0, 99.0) - 0.005_013).abs() < 1e-6);
    }

    #[test]
    fn a_fixed_table_knows_nothing_of_the_articles_at_hand() {
        let table = Arc::new(BackgroundTable::parse("en\t99\n2\tferry\n").unwrap());
        let fixed = Frequencies::fixed(table);
        let rarity = fixed.rarity(Term::single("ferry"), "en");
        assert!((rarity - inverse_document_frequency(99.0, 2.0)).abs() < 1e-12);
        assert!(fixed.lexicon().is_none());
        assert_eq!(fixed.share(Term::single("ferry")), 2.0 / 99.0);
    }

    #[test]
    fn a_name_is_told_by_its_case_and_else_by_being_rare() {
        let table = BackgroundTable::parse("en\t9000\n40\tQuillan harbour\n").unwrap();
        let fixed = Frequencies::fixed(Arc::new(table));
        let is_name = |word| fixed.is_name(Term::single(word));
        assert!(is_name("quillan") && !is_name("harbour"));
        assert!(is_name("marisol"), "no article of the table has it");
        // What is counted speaks, too: in small letters ten times as often.
        let text = "the quillan of the quillan ".repeat(40);
        let articles: Vec<Article> =
            ["a", "b"].map(|id| crate::testing::article(id, &text)).to_vec();
        let counted = Frequencies::count(&Corpus::new(articles), &Silent).unwrap();
        assert!(!counted.is_name(Term::single("quillan")));
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
            author: Default::default(),
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
        let known = |word: &str| table.of("en").unwrap().known(Term::single(word));
        let of = |word: &str| known(word).map_or(0, |known| known.articles);
        assert_eq!(["ferry", "étoile", "1.5", "zebra", "harbour"].map(of), [300, 10, 10, 0, 290]);
        assert!(!text.contains('港'), "{text}");
        order.reverse();
        assert_eq!(made(&order).0, text);
        let few = crate::testing::by_id(vec![article(0)]);
        let error = write_background(&few, &mut Vec::new(), &Silent).unwrap_err().to_string();
        assert!(error.contains("300 articles"), "{error}");
    }
}
