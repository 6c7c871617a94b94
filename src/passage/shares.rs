//! How much of each article stands elsewhere too.

use rayon::prelude::*;

use super::{Kind, Passage};
use crate::article::{ByteSpan, Corpus};
use crate::text::tokenise;

/// Shares of an article's tokens, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Inside passages that also stand in another outlet. Boilerplate, quotations and credits do not
    /// count: everybody may quote.
    pub copied: f64,
    /// Inside boilerplate.
    pub boilerplate: f64,
}

/// The shares of every article, in order of the corpus. Tokenises the articles that have passages.
pub fn shares(corpus: &Corpus, passages: &[Passage]) -> Vec<Shares> {
    let mut spans: Vec<Vec<(ByteSpan, Kind)>> = vec![Vec::new(); corpus.len()];
    for passage in passages {
        if matches!(passage.kind, Kind::Syndicated | Kind::Boilerplate | Kind::Credit) {
            for occurrence in &passage.occurrences {
                spans[occurrence.doc.index()].push((occurrence.bytes, passage.kind));
            }
        }
    }
    for (article, spans) in corpus.articles().iter().zip(&mut spans) {
        let furniture = article.furniture.as_deref().unwrap_or_default();
        spans.extend(furniture.iter().map(|&span| (span, Kind::Boilerplate)));
    }
    corpus
        .articles()
        .par_iter()
        .zip(spans)
        .map(|(article, spans)| {
            if spans.is_empty() { Shares::default() } else { article_shares(&article.text, spans) }
        })
        .collect()
}

fn article_shares(text: &str, mut spans: Vec<(ByteSpan, Kind)>) -> Shares {
    spans.sort_unstable();
    let mut tokens = Vec::new();
    tokenise(text, &mut tokens);
    let (mut copied, mut boilerplate) = (0_u32, 0_u32);
    // How far the spans of each kind that have begun so far reach.
    let (mut syndicated_end, mut boilerplate_end, mut credit_end) = (0, 0, 0);
    let mut spans = spans.into_iter().peekable();
    for token in &tokens {
        while let Some((span, kind)) = spans.next_if(|(span, _)| span.start <= token.start) {
            let end = match kind {
                Kind::Syndicated => &mut syndicated_end,
                Kind::Boilerplate => &mut boilerplate_end,
                _ => &mut credit_end,
            };
            *end = span.end.max(*end);
        }
        if token.start < boilerplate_end {
            boilerplate += 1;
        } else if token.start < syndicated_end && token.start >= credit_end {
            copied += 1;
        }
    }
    let share = |part: u32| f64::from(part) / tokens.len().max(1) as f64;
    Shares { copied: share(copied), boilerplate: share(boilerplate) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_count_once_and_boilerplate_and_credits_are_not_copied() {
        let text = "a b c d e f g h i j";
        let span = |start, end| ByteSpan { start, end };
        let shares = article_shares(
            text,
            vec![
                (span(0, 7), Kind::Syndicated),
                (span(4, 11), Kind::Syndicated),
                (span(10, 13), Kind::Boilerplate),
                (span(2, 3), Kind::Credit),
            ],
        );
        // a, c, d and e are copied; f and g boilerplate; b is the credit.
        assert_eq!(shares, Shares { copied: 0.4, boilerplate: 0.2 });
    }

    #[test]
    fn an_article_without_words_has_no_shares() {
        assert_eq!(article_shares("…", Vec::new()), Shares::default());
    }
}
