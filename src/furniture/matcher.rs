//! Which stretches of an article are furniture, by templates alone.

use std::sync::Arc;

use ahash::AHashMap;
use memchr::memchr2_iter;
use rayon::prelude::*;

use super::GRAM;
use super::features::Features;
use super::templates::{Feature, Templates, body_feature, house_hash, line_feature};
use crate::article::{Article, ByteSpan, Corpus, Notes};
use crate::error::Result;
use crate::observer::Observer;
use crate::sketch::shingle_hashes;
use crate::text::{Token, Tokeniser};

/// Templates, ready to be looked up.
#[derive(Clone, Debug)]
pub struct Matcher {
    houses: AHashMap<u64, Features>,
    everywhere: Features,
}

/// What is kept from one article to the next.
#[derive(Default)]
struct Buffers {
    tokeniser: Tokeniser,
    tokens: Vec<Token>,
    hashes: Vec<u64>,
    grams: Vec<u64>,
    covered: Vec<bool>,
}

impl Matcher {
    /// Makes templates ready.
    pub fn new(templates: &Templates) -> Self {
        Self {
            houses: templates
                .houses
                .iter()
                .map(|(&house, all)| (house, Features::of(all)))
                .collect(),
            everywhere: Features::of(&templates.everywhere),
        }
    }

    /// The stretches of the article's text that are furniture, in order, apart from each other. A text
    /// that was noted as no article ([`Notes::NO_BODY`]) is furniture as a whole.
    ///
    /// ```
    /// use newsfold::Article;
    /// use newsfold::furniture::{Matcher, Templates};
    /// let mut templates = Templates::default();
    /// templates.ignore("Sign up to our free morning newsletter and never miss a story.");
    /// let text = "The ferry is afloat. Sign up to our free morning newsletter and never miss a story.";
    /// let spans = Matcher::new(&templates).spans(&Article::new("a", text));
    /// assert_eq!(spans[0].of(text), "Sign up to our free morning newsletter and never miss a story.");
    /// ```
    pub fn spans(&self, article: &Article) -> Vec<ByteSpan> {
        self.spans_with(article, &mut Buffers::default())
    }

    fn spans_with(&self, article: &Article, buffers: &mut Buffers) -> Vec<ByteSpan> {
        let text = article.text.as_str();
        let whole = ByteSpan { start: 0, end: text.len() as u32 };
        if article.notes.contains(Notes::NO_BODY) && whole.end > 0 {
            return vec![whole];
        }
        let house = house_hash(&article.outlet).and_then(|house| self.houses.get(&house));
        if house.is_none() && self.everywhere.is_empty() {
            return Vec::new();
        }
        let known = |feature: Feature| {
            house.is_some_and(|house| house.contains(feature)) || self.everywhere.contains(feature)
        };
        let Buffers { tokeniser, tokens, hashes, grams, covered } = buffers;
        tokens.clear();
        tokeniser.tokens(text, tokens);
        hashes.clear();
        hashes.extend(tokens.iter().map(|token| token.hash));
        if !self.everywhere.is_empty() && !tokens.is_empty() && known(body_feature(hashes)) {
            return vec![whole];
        }
        covered.clear();
        covered.resize(tokens.len(), false);
        if hashes.len() >= GRAM {
            grams.clear();
            shingle_hashes(hashes, GRAM, grams);
            for (at, _) in grams.iter().enumerate().filter(|(_, gram)| known(**gram)) {
                covered[at..at + GRAM].fill(true);
            }
        }
        for line in short_lines(text, tokens) {
            if known(line_feature(&hashes[line.clone()])) {
                covered[line].fill(true);
            }
        }
        runs(covered).map(|(start, end)| byte_span(text, tokens, start, end)).collect()
    }
}

/// Notes in every article what of it is furniture.
///
/// # Errors
/// Where the observer asks to stop.
pub fn mark(corpus: &mut Corpus, templates: &Templates, observer: &dyn Observer) -> Result<()> {
    let without_body = |article: &Article| article.notes.contains(Notes::NO_BODY);
    if templates.is_empty() && !corpus.articles().iter().any(without_body) {
        return Ok(());
    }
    let matcher = Matcher::new(templates);
    corpus.articles_mut().par_iter_mut().with_min_len(64).try_for_each_init(
        Buffers::default,
        |buffers, article| {
            observer.check()?;
            let spans = matcher.spans_with(article, buffers);
            article.furniture = (!spans.is_empty()).then(|| Arc::from(spans));
            Ok(())
        },
    )
}

/// The runs of covered words, as half-open stretches.
pub(super) fn runs(covered: &[bool]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + covered[at..].iter().position(|&covered| covered)?;
        let length = covered[start..].iter().position(|&covered| !covered);
        at = length.map_or(covered.len(), |length| start + length);
        Some((start, at))
    })
}

/// From the first word to the last, and to the ends of the text where no other word is left.
fn byte_span(text: &str, tokens: &[Token], start: usize, end: usize) -> ByteSpan {
    let first = if start == 0 { 0 } else { tokens[start].start };
    let next = tokens.get(end).map_or(text.len(), |next| next.start as usize);
    // The mark that closes a sentence goes with it.
    let last = tokens[end - 1].end as usize;
    let closing = text[last..next].find(char::is_whitespace).unwrap_or(next - last);
    let end = if end == tokens.len() { text.len() } else { last + closing };
    ByteSpan { start: first, end: end as u32 }
}

/// The lines of fewer than [`GRAM`] words, as stretches of tokens.
pub(super) fn short_lines<'a>(
    text: &'a str,
    tokens: &'a [Token],
) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
    let mut at = 0;
    let ends = memchr2_iter(b'\n', b'\r', text.as_bytes()).chain([text.len()]);
    let lines = ends.map(move |end| {
        let words = tokens[at..].partition_point(|token| (token.start as usize) < end);
        at += words;
        at - words..at
    });
    lines.filter(|line| (1..GRAM).contains(&line.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;

    #[test]
    fn a_text_that_was_noted_as_no_article_is_furniture_as_a_whole() {
        let mut menu = Article::new("a", "Home News Sport Weather");
        menu.notes.insert(Notes::NO_BODY);
        let mut corpus = Corpus::new(vec![menu, Article::new("b", "The ferry is afloat.")]);
        mark(&mut corpus, &Templates::default(), &Silent).unwrap();
        let own: Vec<String> =
            corpus.articles().iter().map(|article| article.own_text().into_owned()).collect();
        assert_eq!(own.iter().filter(|own| own.is_empty()).count(), 1, "{own:?}");
        assert!(own.contains(&"The ferry is afloat.".to_owned()));
    }

    #[test]
    fn runs_are_the_stretches_that_are_covered() {
        let covered = [true, true, false, true, false, false, true];
        assert_eq!(runs(&covered).collect::<Vec<_>>(), [(0, 2), (3, 4), (6, 7)]);
        assert_eq!(runs(&[]).count(), 0);
    }

    #[test]
    fn short_lines_are_those_between_line_ends() {
        let text = "\nOne two\r\n\nthree\none two three four five six seven eight\n\nnine";
        let mut tokens = Vec::new();
        Tokeniser::default().tokens(text, &mut tokens);
        assert_eq!(short_lines(text, &tokens).collect::<Vec<_>>(), [0..2, 2..3, 11..12]);
        assert_eq!(short_lines("", &[]).count(), 0);
    }

    #[test]
    fn a_short_template_is_furniture_as_a_line_of_its_own_only() {
        let mut templates = Templates::default();
        templates.ignore("Read more here");
        let matcher = Matcher::new(&templates);
        let text = "One two three.\nRead more here.\nYou can read more here today.";
        let spans = matcher.spans(&Article::new("a", text));
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].of(text), "Read more here.");
    }

    #[test]
    fn a_template_of_one_house_is_none_of_another() {
        let menu = "home news sport weather business opinion podcasts puzzles";
        let mut templates = Templates::default();
        let mut words = Vec::new();
        Tokeniser::default().hashes(menu, &mut words);
        let mut grams = Vec::new();
        shingle_hashes(&words, GRAM, &mut grams);
        templates.set(house_hash("The Post").unwrap(), grams);
        let matcher = Matcher::new(&templates);
        let text = format!("{menu} A ferry is afloat");
        let of =
            |outlet: &str| matcher.spans(&Article::new("a", text.as_str()).with_outlet(outlet));
        assert_eq!(of("The Post (Web)")[0].of(&text), menu);
        assert_eq!(of("The Mail"), []);
        assert_eq!(of(""), []);
    }
}
