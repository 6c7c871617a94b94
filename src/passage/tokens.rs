//! The words of all articles as one array of hashes, and where their lines and sentences begin.
//!
//! Four bytes and two bits a token. Spans are not kept: only the few articles that turn out to hold
//! a passage are tokenised again, when bytes and characters are wanted. A position counts tokens
//! over the whole corpus; a [`TokenSpan`] counts those of one article.

use std::ops::Range;

use rayon::prelude::*;

use super::articles_a_chunk;
use super::misread::Readings;
use super::periods::{Run, runs};
use crate::article::{Article, Corpus, DocId, TokenSpan};
use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::spill::{Growing, Stored};
use crate::statistics::word_of;
use crate::text::{Token, is_written_without_spaces, tokenise};

/// Articles a thread takes at once at the most: enough to forget the hand-over, few enough to share out evenly
/// and to notice soon that the run should stop.
const CHUNK_ARTICLES: usize = 128;

/// Articles that are read before their words are put behind those of the others: what a block takes is there twice
/// for a moment, and 2,048 news articles have 8 MiB of words.
const BLOCK_ARTICLES: usize = 16 * CHUNK_ARTICLES;

/// How many positions share one entry of the table that tells their article: about half a news article, so that
/// a search looks at two or three, where one among all 400,000 articles of a large run took a seventh of its time.
const POSITIONS_A_BLOCK: usize = 256;

/// The words of a corpus.
pub(super) struct Tokens {
    hashes: Stored<u32>,
    /// One entry an article and one past the last.
    starts: Vec<u32>,
    /// The article of the first position of each block of [`POSITIONS_A_BLOCK`].
    docs: Vec<DocId>,
    /// Set where a token begins a line.
    line_starts: Bits,
    /// Set where a token begins a sentence or a paragraph.
    sentence_starts: Bits,
    /// Stretches that say one thing over and over.
    runs: Vec<Run>,
    /// Set where a token says again what a run has said once; nothing where there is no run.
    said_before: Bits,
    /// Set for each article most of whose tokens are characters of a script without spaces.
    unspaced: Bits,
}

/// What was read of some articles.
#[derive(Default)]
struct Chunk {
    hashes: Vec<u32>,
    lengths: Vec<u32>,
    /// Places in `hashes`.
    line_starts: Vec<u32>,
    sentence_starts: Vec<u32>,
    /// Articles of the chunk that are written without spaces.
    unspaced: Vec<u32>,
}

fn too_many_words() -> Error {
    let reason = "more words than one run can compare (2³² − 2); split the input";
    Error::config("passages", reason)
}

/// The half of a token's hash that is kept.
pub(super) fn word(token: Token) -> u32 {
    word_of(token.hash)
}

/// Whether, as far as punctuation tells, a sentence or a paragraph of `text` ends between two neighbouring
/// tokens.
pub(crate) fn begins_sentence(text: &str, before: Token, after: Token) -> bool {
    Break::between(text, before, after).sentence
}

/// What the text between two tokens parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Break {
    line: bool,
    sentence: bool,
}

impl Break {
    const BOTH: Self = Self { line: true, sentence: true };

    /// What stands between `before` and `after`, two neighbours.
    fn between(text: &str, before: Token, after: Token) -> Self {
        let gap = &text.as_bytes()[before.end as usize..after.start as usize];
        if gap.len() < 2 && gap != b"\n" && gap != b"\r" {
            return Self::default();
        }
        let lines = gap.iter().filter(|&&byte| byte == b'\n').count();
        let line = lines > 0 || gap.contains(&b'\r');
        let stop = gap.iter().any(|byte| matches!(byte, b'.' | b'!' | b'?'));
        let sentence = lines > 1
            || stop && {
                let word = before.span().of(text);
                // `Mr.`, `Sept.`, an initial.
                let abbreviated = gap[0] == b'.'
                    && gap[1] == b' '
                    && word.len() <= 4
                    && word.starts_with(|c: char| !c.is_lowercase());
                let parted = line || gap.contains(&b' ');
                // Two spaces after a stop end a sentence by a typist's rule, whatever follows.
                let spaced = gap.windows(2).any(|two| two == b"  ");
                let goes_on = !spaced && after.span().of(text).starts_with(char::is_lowercase);
                parted && !abbreviated && !goes_on
            };
        Self { line, sentence }
    }
}

/// One bit a token.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn of_places(places: &[u32], len: usize) -> Self {
        let mut bits = Self::default();
        bits.lengthen(len);
        places.iter().for_each(|&place| bits.set(place));
        bits
    }

    /// Makes room for places below `len`.
    fn lengthen(&mut self, len: usize) {
        self.0.resize(len / 64 + 1, 0);
    }

    fn set(&mut self, place: u32) {
        self.0[place as usize / 64] |= 1 << (place % 64);
    }

    fn get(&self, place: u32) -> bool {
        self.0[place as usize / 64] >> (place % 64) & 1 == 1
    }
}

impl Tokens {
    /// Tokenises every text. Fails where the corpus has more tokens than a position can count.
    pub(super) fn read(corpus: &Corpus, observer: &dyn Observer) -> Result<Self> {
        let mut tokens = Self::of_none(corpus.len());
        let mut hashes = Growing::new(corpus.spill());
        let mut total = 0;
        for block in corpus.articles().chunks(BLOCK_ARTICLES) {
            let chunks: Vec<Chunk> = block
                .par_chunks(articles_a_chunk(block.len(), CHUNK_ARTICLES))
                .map(|articles| {
                    observer.check()?;
                    let chunk = Chunk::read(articles);
                    observer.advance(articles.len() as u64);
                    Ok(chunk)
                })
                .collect::<Result<_>>()?;
            for chunk in chunks {
                total += chunk.hashes.len();
                if total >= u32::MAX as usize {
                    return Err(too_many_words());
                }
                tokens.add(&chunk, total);
                hashes.extend(chunk.hashes)?;
            }
        }
        tokens.has_words(hashes.finish()?);
        let runs: Vec<Run> = (0..corpus.len() as u32)
            .into_par_iter()
            .flat_map_iter(|doc| runs(&tokens.hashes, tokens.range(DocId(doc))))
            .collect();
        tokens.has_runs(runs);
        Ok(tokens)
    }

    /// The same as if these articles alone, which are in order, were read: a copy of what was read of them.
    pub(super) fn some(&self, docs: &[DocId]) -> Self {
        let (mut some, mut runs) = (Chunk::default(), Vec::new());
        for (place, &doc) in (0..).zip(docs) {
            let range = self.range(doc);
            let base = some.hashes.len() as u32;
            let moved = |position: u32| position - range.start + base;
            let begins = |is: &dyn Fn(u32) -> bool| -> Vec<u32> {
                range.clone().filter(|&position| is(position)).map(moved).collect()
            };
            some.line_starts.extend(begins(&|position| self.begins_line(position)));
            some.sentence_starts.extend(begins(&|position| self.begins_sentence(position)));
            let first = self.runs.partition_point(|run| run.start < range.start);
            let own = self.runs[first..].iter().take_while(|run| run.start < range.end);
            runs.extend(own.map(|run| Run {
                start: moved(run.start),
                end: moved(run.end),
                period: run.period,
            }));
            if self.is_unspaced(doc) {
                some.unspaced.push(place);
            }
            some.lengths.push(range.len() as u32);
            let words = &self.hashes[range.start as usize..range.end as usize];
            some.hashes.extend_from_slice(words);
        }
        let mut tokens = Self::of_none(docs.len());
        tokens.add(&some, some.hashes.len());
        tokens.has_words(some.hashes.into());
        tokens.has_runs(runs);
        tokens
    }

    /// What there is before any of so many articles is read.
    fn of_none(articles: usize) -> Self {
        let mut starts = Vec::with_capacity(articles + 1);
        starts.push(0);
        let mut unspaced = Bits::default();
        unspaced.lengthen(articles);
        Self {
            hashes: Stored::default(),
            starts,
            docs: Vec::new(),
            line_starts: Bits::default(),
            sentence_starts: Bits::default(),
            runs: Vec::new(),
            said_before: Bits::default(),
            unspaced,
        }
    }

    /// Adds what a chunk tells of its articles besides their words; with it there are `total` words.
    fn add(&mut self, chunk: &Chunk, total: usize) {
        let base = (total - chunk.hashes.len()) as u32;
        let articles = self.articles() as u32;
        self.line_starts.lengthen(total);
        self.sentence_starts.lengthen(total);
        chunk.unspaced.iter().for_each(|article| self.unspaced.set(articles + article));
        chunk.line_starts.iter().for_each(|place| self.line_starts.set(base + place));
        chunk.sentence_starts.iter().for_each(|place| self.sentence_starts.set(base + place));
        let mut end = base;
        for length in &chunk.lengths {
            end += length;
            self.starts.push(end);
        }
    }

    /// Takes the words of all articles.
    fn has_words(&mut self, hashes: Stored<u32>) {
        let (total, articles) = (hashes.len(), self.articles());
        self.line_starts.lengthen(total);
        self.sentence_starts.lengthen(total);
        self.hashes = hashes;
        self.docs = (0..total.div_ceil(POSITIONS_A_BLOCK))
            .map(|block| self.search((block * POSITIONS_A_BLOCK) as u32, 0..articles))
            .collect();
    }

    /// Notes the runs, which are in order.
    fn has_runs(&mut self, runs: Vec<Run>) {
        if !runs.is_empty() {
            let again = runs.iter().flat_map(|run| run.start + run.period..run.end);
            let again: Vec<u32> = again.collect();
            self.said_before = Bits::of_places(&again, self.hashes.len());
        }
        self.runs = runs;
    }

    /// Puts in place of each word what it may be a misreading of.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub(super) fn mend(&mut self, corpus: &Corpus, observer: &dyn Observer) -> Result<()> {
        let readings = Readings::of(corpus, observer)?;
        let chunks: Vec<Vec<u32>> = corpus
            .articles()
            .par_chunks(articles_a_chunk(corpus.len(), CHUNK_ARTICLES))
            .map(|articles| {
                observer.check()?;
                let (mut tokens, mut words) = (Vec::new(), Vec::new());
                for Article { text, .. } in articles {
                    tokens.clear();
                    tokenise(text, &mut tokens);
                    readings.words(text, &tokens, &mut words);
                }
                observer.advance(articles.len() as u64);
                Ok(words)
            })
            .collect::<Result<_>>()?;
        let mut hashes = Growing::new(corpus.spill());
        chunks.into_iter().try_for_each(|words| hashes.extend(words))?;
        self.hashes = hashes.finish()?;
        Ok(())
    }

    /// The stretches that say one thing over and over, in order.
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Whether the word at `position` is part of a run, and not of what that says first.
    pub(super) fn is_said_before(&self, position: u32) -> bool {
        !self.runs.is_empty() && self.said_before.get(position)
    }

    /// Whether most tokens of an article are characters of a script without spaces, so that it takes more than one
    /// to make a word.
    pub(super) fn is_unspaced(&self, doc: DocId) -> bool {
        self.unspaced.get(doc.0)
    }

    /// Every word of the corpus, by position.
    pub(super) fn words(&self) -> &[u32] {
        &self.hashes
    }

    /// How many articles there are.
    pub(super) fn articles(&self) -> usize {
        self.starts.len() - 1
    }

    /// The positions of an article's words.
    pub(super) fn range(&self, doc: DocId) -> Range<u32> {
        self.starts[doc.index()]..self.starts[doc.index() + 1]
    }

    /// The words of a stretch of an article.
    pub(super) fn span(&self, doc: DocId, span: TokenSpan) -> &[u32] {
        let start = self.starts[doc.index()];
        &self.hashes[(start + span.start) as usize..(start + span.end) as usize]
    }

    /// The article that has the word at `position`: a binary search among those of its block.
    pub(super) fn doc(&self, position: u32) -> DocId {
        let block = position as usize / POSITIONS_A_BLOCK;
        let last = self.docs.get(block + 1).map_or(self.articles() - 1, |last| last.index());
        self.search(position, self.docs[block].index()..last + 1)
    }

    /// The last of `docs` that begins at or before `position`.
    fn search(&self, position: u32, docs: Range<usize>) -> DocId {
        let starts = &self.starts[docs.clone()];
        let up_to = starts.partition_point(|&start| start <= position);
        DocId((docs.start + up_to) as u32 - 1)
    }

    /// Whether the word at `position` is the first of its line.
    pub(super) fn begins_line(&self, position: u32) -> bool {
        self.line_starts.get(position)
    }

    /// Whether the word at `position` is the first of its sentence, as far as punctuation tells.
    pub(super) fn begins_sentence(&self, position: u32) -> bool {
        self.sentence_starts.get(position)
    }

    /// Whether the word at `position` of an article that ends at `end` is the last of its line.
    pub(super) fn ends_line(&self, position: u32, end: u32) -> bool {
        position + 1 == end || self.begins_line(position + 1)
    }

    /// Whether the span is made of whole lines of its article.
    pub(super) fn is_whole_lines(&self, doc: DocId, span: TokenSpan) -> bool {
        let range = self.range(doc);
        self.begins_line(range.start + span.start)
            && self.ends_line(range.start + span.end - 1, range.end)
    }

    /// Whether the span begins and ends within `slack` words of where sentences of its article do, as far as
    /// punctuation and lines tell.
    pub(super) fn is_about_sentences(&self, doc: DocId, span: TokenSpan, slack: u32) -> bool {
        self.is_about(doc, span, slack, |at| self.begins_sentence(at) || self.begins_line(at))
    }

    /// Whether the span begins and ends within `slack` words of where lines of its article do.
    pub(super) fn is_about_lines(&self, doc: DocId, span: TokenSpan, slack: u32) -> bool {
        self.is_about(doc, span, slack, |at| self.begins_line(at))
    }

    fn is_about(
        &self,
        doc: DocId,
        span: TokenSpan,
        slack: u32,
        begins: impl Fn(u32) -> bool,
    ) -> bool {
        let range = self.range(doc);
        let near = |place: u32| {
            let mut around = place.saturating_sub(slack).max(range.start)..=place + slack;
            around.any(|at| at == range.end || at < range.end && begins(at))
        };
        near(range.start + span.start) && near(range.start + span.end)
    }

    /// The lines of an article that hold words.
    pub(super) fn lines(&self, doc: DocId) -> impl Iterator<Item = TokenSpan> {
        let range = self.range(doc);
        let mut at = range.start;
        std::iter::from_fn(move || {
            let start = at;
            if start == range.end {
                return None;
            }
            at += 1;
            while at < range.end && !self.begins_line(at) {
                at += 1;
            }
            Some(TokenSpan { start: start - range.start, end: at - range.start })
        })
    }
}

impl Chunk {
    fn read(articles: &[Article]) -> Self {
        let mut chunk = Self::default();
        let mut tokens = Vec::new();
        for (article, Article { text, .. }) in (0..).zip(articles) {
            tokens.clear();
            tokenise(text, &mut tokens);
            // No token of such a script begins with a byte of ASCII.
            let alone = |token: &&Token| {
                !text.as_bytes()[token.start as usize].is_ascii()
                    && token.span().of(text).starts_with(is_written_without_spaces)
            };
            if 2 * tokens.iter().filter(alone).count() > tokens.len() {
                chunk.unspaced.push(article);
            }
            let mut before = None;
            for &token in &tokens {
                let parted =
                    before.map_or(Break::BOTH, |before| Break::between(text, before, token));
                if parted.line {
                    chunk.line_starts.push(chunk.hashes.len() as u32);
                }
                if parted.sentence {
                    chunk.sentence_starts.push(chunk.hashes.len() as u32);
                }
                chunk.hashes.push(word(token));
                before = Some(token);
            }
            chunk.lengths.push(tokens.len() as u32);
        }
        chunk
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;

    #[test]
    fn a_sentence_begins_after_a_stop_but_not_after_an_abbreviation() {
        let text = "Mr. Ex came. He (J. Doe) saw 3.5 of\n“it”. “Go!” she said\n\nnew paragraph";
        let corpus = corpus(&[("a", text)]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let begins: Vec<u32> = (0..16).filter(|&at| tokens.begins_sentence(at)).collect();
        // Mr, He, Go, new
        assert_eq!(begins, [0, 3, 11, 14]);
        assert_eq!((0..16).filter(|&at| tokens.begins_line(at)).collect::<Vec<_>>(), [0, 10, 14]);
    }

    #[test]
    fn a_span_is_about_lines_or_sentences_within_the_slack() {
        let tokens = Tokens::read(
            &corpus(&[(
                "a",
                "One two.\n\nThree four five. Six seven eight nine ten eleven\n\nTwelve",
            )]),
            &Silent,
        )
        .unwrap();
        let lines = |start, end| tokens.is_about_lines(DocId(0), TokenSpan { start, end }, 1);
        assert!(lines(2, 11) && lines(3, 10) && lines(0, 12) && !lines(2, 5) && !lines(4, 11));
        let about = |start, end| tokens.is_about_sentences(DocId(0), TokenSpan { start, end }, 1);
        assert!(about(2, 5) && about(5, 10) && about(0, 2) && !about(4, 8) && !about(7, 11));
    }

    #[test]
    fn an_articles_words_and_lines_are_its_own() {
        let corpus = corpus(&[("a", "One two\n\nthree."), ("b", ""), ("c", "two\r\nOne\n")]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        assert_eq!(tokens.articles(), 3);
        assert_eq!(tokens.range(DocId(0)), 0..3);
        assert_eq!(tokens.range(DocId(1)), 3..3);
        assert_eq!(tokens.words()[0], tokens.words()[4]);
        assert_eq!([0, 2, 3, 4].map(|at| tokens.doc(at).0), [0, 0, 2, 2]);
        let lines: Vec<TokenSpan> = tokens.lines(DocId(0)).collect();
        assert_eq!(lines, [TokenSpan { start: 0, end: 2 }, TokenSpan { start: 2, end: 3 }]);
        assert_eq!(tokens.lines(DocId(1)).count(), 0);
        assert_eq!(tokens.lines(DocId(2)).count(), 2);
        assert!(tokens.is_whole_lines(DocId(0), TokenSpan { start: 0, end: 2 }));
        assert!(tokens.is_whole_lines(DocId(0), TokenSpan { start: 0, end: 3 }));
        assert!(!tokens.is_whole_lines(DocId(0), TokenSpan { start: 1, end: 3 }));
    }

    proptest! {
        #[test]
        fn some_articles_are_as_if_they_alone_were_read(
            texts in prop::collection::vec("([a-c]{1,2}[ .\n]{1,3}|[東京] ){0,60}", 1..7),
            kept in prop::collection::vec(any::<bool>(), 7),
        ) {
            let texts: Vec<(String, String)> =
                (0..).zip(texts).map(|(place, text): (u32, _)| (place.to_string(), text)).collect();
            let read = |which: &dyn Fn(usize) -> bool| {
                let some = texts.iter().enumerate().filter(|(place, _)| which(*place));
                let some: Vec<(&str, &str)> =
                    some.map(|(_, (id, text))| (id.as_str(), text.as_str())).collect();
                Tokens::read(&corpus(&some), &Silent).unwrap()
            };
            let docs: Vec<DocId> =
                (0..texts.len() as u32).filter(|&doc| kept[doc as usize]).map(DocId).collect();
            let (some, alone) = (read(&|_| true).some(&docs), read(&|place| kept[place]));
            prop_assert_eq!(some.words(), alone.words());
            prop_assert_eq!(&some.starts, &alone.starts);
            prop_assert_eq!(&some.docs, &alone.docs);
            prop_assert_eq!(&some.runs, &alone.runs);
            let bits = |tokens: &Tokens| {
                [&tokens.line_starts, &tokens.sentence_starts, &tokens.said_before, &tokens.unspaced]
                    .map(|bits| bits.0.clone())
            };
            prop_assert_eq!(bits(&some), bits(&alone));
        }
    }
}
