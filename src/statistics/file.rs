//! Statistics as bytes: a sealed value whose body `docs/FORMAT.md` describes.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use ahash::AHashMap;

use super::frequencies::{Background, BackgroundTable, Counted, Frequencies};
use super::lexicon::{Count, Lexicon};
use super::surprisal::{Counters, Surprisal};
use super::terms::Term;
use super::{Statistics, StatisticsConfig};
use crate::error::{Cause, Error, InputErrorKind, Position, Result};
use crate::furniture::Templates;
use crate::sealed::{Kind, Reader, Writer};
use crate::text::TOKEN_VERSION;

const KIND: Kind = Kind { magic: *b"NFSTATIS", format: 1, name: "file of statistics" };

impl Statistics {
    /// The statistics as bytes: the same for the same statistics, on any machine.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.number(u64::from(TOKEN_VERSION));
        body.number(self.articles);
        self.furniture.store(&mut body);
        frequencies(&self.frequencies, &mut body);
        surprisal(&self.surprisal, &mut body);
        KIND.seal(&body.bytes)
    }

    /// Statistics from their bytes; `name` is what messages call them.
    ///
    /// # Errors
    /// [`Error::Input`] for bytes of something else, of a newer format or other tokens, and for damaged
    /// ones.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self> {
        let body = KIND.open(bytes).map_err(Cause::from);
        body.and_then(restored)
            .map_err(|reason| Error::input(Position::whole(name), InputErrorKind::Damaged, reason))
    }

    /// Writes the statistics; [`Self::read`] reads them.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.to_bytes())
    }

    /// Reads a file of statistics.
    ///
    /// # Errors
    /// As [`Self::from_bytes`], and where the file cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.to_string_lossy();
        Self::from_bytes(&content(path)?, &name)
    }
}

impl StatisticsConfig {
    /// Takes what a file says in place of what would be counted: whole statistics fix everything, an older table
    /// of words only how common words are.
    ///
    /// # Errors
    /// [`Error::Input`] for a file that is neither, and for a damaged one.
    pub fn with_background(self, path: &Path) -> Result<Self> {
        let bytes = content(path)?;
        if KIND.is_begun_by(&bytes) {
            let fixed = Statistics::from_bytes(&bytes, &path.to_string_lossy())?;
            return Ok(Self { fixed: Some(Arc::new(fixed)), ..self });
        }
        Ok(Self { table: Some(Arc::new(BackgroundTable::read(path)?)), ..self })
    }
}

fn content(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path)
        .map_err(|error| Error::input(Position::of_path(path), InputErrorKind::Unreadable, error))
}

fn restored(body: &[u8]) -> Result<Statistics, Cause> {
    let mut body = Reader::new(body);
    let version = body.number()?;
    if version != u64::from(TOKEN_VERSION) {
        return Err(format!(
            "these statistics are of tokens of version {version}, and this newsfold makes tokens of \
             version {TOKEN_VERSION}; count them again with `newsfold background`"
        )
        .into());
    }
    let statistics = Statistics {
        articles: body.number()?,
        furniture: Templates::restore(&mut body)?,
        frequencies: restored_frequencies(&mut body)?,
        surprisal: restored_surprisal(&mut body)?,
    };
    body.end()?;
    Ok(statistics)
}

fn frequencies(frequencies: &Frequencies, body: &mut Writer) {
    body.count(frequencies.table.languages.len());
    for (language, background) in &frequencies.table.languages {
        body.text(language);
        body.number(u64::from(background.articles));
        let mut words: Vec<(Term, Count)> =
            background.words.iter().map(|(&term, &count)| (term, count)).collect();
        words.sort_unstable_by_key(|&(term, _)| term);
        counts(words.into_iter(), body);
    }
    body.count(usize::from(frequencies.counted.is_some()));
    if let Some(Counted { articles, lexicon }) = &frequencies.counted {
        body.number(u64::from(*articles));
        let places = 0..lexicon.len() as u32;
        counts(places.map(|place| (lexicon.term(place), lexicon.count(place))), body);
    }
}

fn restored_frequencies(body: &mut Reader<'_>) -> Result<Frequencies, Cause> {
    let mut table = BackgroundTable::default();
    for _ in 0..body.count()? {
        let language = body.text()?.to_owned();
        let articles = body.narrow()?;
        let (terms, counts) = restored_counts(body)?;
        let words: AHashMap<Term, Count> = terms.into_iter().zip(counts).collect();
        table.languages.insert(language, Background { articles, words });
    }
    let counted = match body.count()? {
        0 => None,
        _ => {
            let articles = body.narrow()?;
            let (terms, counts) = restored_counts(body)?;
            Some(Counted { articles, lexicon: Lexicon::new(terms, counts) })
        }
    };
    Ok(Frequencies { counted, ..Frequencies::fixed(Arc::new(table)) })
}

/// Terms in order, each with what was counted of it.
fn counts(counts: impl ExactSizeIterator<Item = (Term, Count)> + Clone, body: &mut Writer) {
    body.ascending(counts.clone().map(|(term, _)| term.bits()));
    for (_, count) in counts {
        body.number(u64::from(count.articles));
        body.signed(i64::from(count.case));
    }
}

fn restored_counts(body: &mut Reader<'_>) -> Result<(Vec<Term>, Vec<Count>), Cause> {
    let terms: Vec<Term> = body.ascending()?.into_iter().map(Term::of_bits).collect();
    let count = |body: &mut Reader<'_>| {
        let articles = body.narrow()?;
        let case = i32::try_from(body.signed()?).map_err(|_| "a count is too large")?;
        Ok::<_, Cause>(Count { articles, case })
    };
    let counts = terms.iter().map(|_| count(body)).collect::<Result<_, Cause>>()?;
    Ok((terms, counts))
}

fn surprisal(surprisal: &Surprisal, body: &mut Writer) {
    let Counters { contexts, words, pairs } = surprisal.clone().into();
    body.number(contexts);
    for counters in [words, pairs] {
        body.ascending(counters.iter().map(|&(place, _)| u64::from(place)));
        counters.iter().for_each(|&(_, count)| body.number(u64::from(count)));
    }
}

fn restored_surprisal(body: &mut Reader<'_>) -> Result<Surprisal, Cause> {
    let contexts = body.number()?;
    let mut counters = || {
        let places = body.ascending()?.into_iter();
        let narrow = |place: u64| u32::try_from(place).map_err(|_| "a counter has no place");
        let places: Vec<u32> = places.map(narrow).collect::<Result<_, _>>()?;
        places.into_iter().map(|place| Ok((place, body.narrow()?))).collect::<Result<_, Cause>>()
    };
    let (words, pairs) = (counters()?, counters()?);
    Ok(Counters { contexts, words, pairs }.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::{Article, Corpus};
    use crate::observer::Silent;
    use crate::statistics::Wanted;

    fn counted(articles: Vec<Article>) -> Statistics {
        let mut corpus = Corpus::new(articles);
        let config = StatisticsConfig::default();
        Statistics::count(&mut corpus, &config, Wanted::ALL, &Silent).unwrap()
    }

    fn some_articles() -> impl Strategy<Value = Vec<Article>> {
        let words = prop::collection::vec("[A-Ca-c]{1,2}|[0-9]{1,2}|港口", 0..60);
        prop::collection::vec((words, 0..3_u8), 0..8).prop_map(|articles| {
            let article = |(n, (words, outlet)): (usize, (Vec<String>, u8))| {
                Article::new(n.to_string(), words.join(" ").as_str())
                    .with_outlet(format!("outlet {outlet}"))
                    .with_lang(["en", "de", ""][usize::from(outlet)])
            };
            articles.into_iter().enumerate().map(article).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn statistics_read_back_as_they_were_written(articles in some_articles()) {
            let statistics = counted(articles.clone());
            let bytes = statistics.to_bytes();
            let read = Statistics::from_bytes(&bytes, "made up").unwrap();
            prop_assert_eq!(&bytes, &read.to_bytes());
            prop_assert_eq!(&statistics.surprisal, &read.surprisal);
            prop_assert_eq!(&statistics.furniture, &read.furniture);
            for word in ["a", "Bc", "7", "港口", "unseen"] {
                let term = Term::single(&crate::text::normalise(word));
                let told = |s: &Statistics| {
                    let f = &s.frequencies;
                    (f.rarity(term, "en"), f.rarity(term, "de"), f.share(term), f.is_name(term))
                };
                prop_assert_eq!(told(&statistics), told(&read));
            }
            let mut mixed = articles;
            mixed.reverse();
            prop_assert_eq!(bytes, counted(mixed).to_bytes());
        }
    }

    #[test]
    fn furniture_and_names_are_kept() {
        // One run of words in sixteen is counted: this menu has fifty.
        let menu: String = (0..57).map(|word| format!("menu{word} ")).collect();
        let article = |n: usize| {
            let own: String = (0..30).map(|word| format!("own{n}word{word} ")).collect();
            Article::new(n.to_string(), format!("{own}\n{menu}").as_str())
                .with_outlet("The Post")
                .with_published(format!("2024-05-{:02}", n + 1).parse().unwrap())
        };
        let statistics = counted((0..12).map(article).collect());
        assert_eq!(statistics.furniture.houses(), 1);
        let read = Statistics::from_bytes(&statistics.to_bytes(), "made up").unwrap();
        assert_eq!(read.furniture, statistics.furniture);
        assert_eq!(read.articles, 12);
    }

    #[test]
    fn what_is_damaged_or_something_else_is_told() {
        let bytes = counted(Vec::new()).to_bytes();
        let told =
            |bytes: &[u8]| Statistics::from_bytes(bytes, "x.stats").err().unwrap().to_string();
        assert!(told(b"# newsfold").starts_with("x.stats: this is no file of statistics"));
        assert!(told(&bytes[..bytes.len() - 1]).contains("cut short"));
        let mut flipped = bytes;
        *flipped.last_mut().unwrap() ^= 1;
        assert!(told(&flipped).contains("damaged"));
    }
}
