//! Credits: the words that name the agency or the source of a text. One is enough; it need not recur.
//!
//! The rules are data: phrases, compared word by word, so that case, quotation marks and line wrapping
//! do not matter. Where brackets or a colon decide, the text itself is looked at again. One pass over
//! the lines.

use rayon::prelude::*;

use super::group::{Group, Place};
use super::tokens::{Tokens, word};
use crate::article::{Corpus, DocId, TokenSpan};
use crate::text::{Token, tokenise};

/// A line that begins so and has no more words than this is a credit.
const OPENINGS: &[(&str, u32)] = &[
    ("resourced from", 12),
    ("sourced from", 12),
    ("reprinted from", 20),
    ("reprinted with permission", 20),
    ("republished from", 20),
    ("republished with permission", 30),
    ("courtesy of", 12),
    ("originally published", 25),
    ("this article was originally published", 40),
    ("this article originally appeared", 40),
    ("this article first appeared", 40),
    ("this article was first published", 40),
    ("this story was originally published", 40),
    ("this story originally appeared", 40),
    ("this story first appeared", 40),
    ("this story was first published", 40),
    ("this post originally appeared", 40),
    ("reporting by", 60),
    ("additional reporting by", 60),
    ("writing by", 60),
    ("with reporting by", 40),
    ("with reporting from", 40),
    ("with inputs from", 20),
    ("with files from", 20),
    ("with agency inputs", 8),
    ("with material from", 20),
    ("material from", 12),
    ("mit material von", 12),
    ("avec afp", 6),
];

/// A sentence that ends so and has no more words than [`MAX_CLOSING_TOKENS`] is a credit.
const CLOSINGS: &[&str] = &[
    "contributed to this report",
    "contributed to this story",
    "contributed to this article",
    "contributed reporting",
    "contributed to this report from",
];
const MAX_CLOSING_TOKENS: usize = 40;

/// A line that begins so, with a colon after it, is a credit if it has no more words than
/// [`MAX_LABEL_TOKENS`].
const LABELS: &[&str] = &["source", "sources", "via", "agency", "quelle", "fuente", "fonte"];
const MAX_LABEL_TOKENS: u32 = 12;

/// Agencies whose name alone, in brackets or as a line, is a credit.
const AGENCIES: &[&str] = &[
    "reuters",
    "thomson reuters",
    "thomson reuters foundation",
    "ap",
    "associated press",
    "afp",
    "agence france presse",
    "upi",
    "united press international",
    "bloomberg",
    "bloomberg news",
    "dpa",
    "xinhua",
    "tass",
    "interfax",
    "efe",
    "ansa",
    "ani",
    "pti",
    "press trust of india",
    "ians",
    "press association",
    "pa media",
    "kyodo",
    "kyodo news",
    "yonhap",
    "anadolu",
    "anadolu agency",
    "ukrinform",
    "cnn",
    "cnn business",
    "tribune news service",
    "canadian press",
    "australian associated press",
    "aap",
];

/// What may stand before an agency's name in a line of its own.
const LEADS: &[&str] = &["", "by", "from", "via", "the", "by the", "from the"];

/// Words from a text's beginning in which a name in brackets belongs to the dateline.
const DATELINE_TOKENS: u32 = 40;

/// A list of phrases as words.
type Phrases = Vec<(Vec<u32>, u32)>;

struct Rules {
    openings: Phrases,
    closings: Phrases,
    labels: Phrases,
    agencies: Phrases,
    /// Agencies' names as whole lines, each with each of the [`LEADS`].
    lines: Vec<Vec<u32>>,
}

/// How a stretch must look in the text to be a credit after all.
enum Proof {
    /// The words suffice.
    None,
    /// A colon after so many of its words.
    Colon(u32),
    /// Brackets around it.
    Brackets,
    /// Its sentence is short and ends where the stretch ends.
    Sentence,
}

/// The credits of all articles; those of equal words are one group.
pub(super) fn credits(corpus: &Corpus, tokens: &Tokens) -> Vec<Group> {
    let rules = Rules::compile();
    let mut credits: Vec<(&[u32], Place)> = corpus
        .docs()
        .collect::<Vec<_>>()
        .into_par_iter()
        .flat_map_iter(|doc| {
            rules
                .credits(corpus, tokens, doc)
                .into_iter()
                .map(move |span| (tokens.span(doc, span), Place { doc, span }))
        })
        .collect();
    credits.par_sort_unstable();
    credits
        .chunk_by(|one, other| one.0 == other.0)
        .map(|same| same.iter().map(|credit| credit.1).collect())
        .collect()
}

impl Rules {
    fn compile() -> Self {
        let plain = |list: &[&str], max: u32| list.iter().map(|p| (words(p), max)).collect();
        let agencies: Phrases = plain(AGENCIES, 0);
        let lines = LEADS
            .iter()
            .flat_map(|lead| agencies.iter().map(|(name, _)| [words(lead), name.clone()].concat()))
            .collect();
        Self {
            openings: OPENINGS.iter().map(|&(phrase, max)| (words(phrase), max)).collect(),
            closings: plain(CLOSINGS, 0),
            labels: plain(LABELS, MAX_LABEL_TOKENS),
            agencies,
            lines,
        }
    }

    /// The credits of one article, in order, none inside another.
    fn credits(&self, corpus: &Corpus, tokens: &Tokens, doc: DocId) -> Vec<TokenSpan> {
        let mut suspects: Vec<(TokenSpan, Proof)> = Vec::new();
        for line in tokens.lines(doc) {
            self.suspects(tokens.span(doc, line), line, &mut suspects);
        }
        if suspects.is_empty() {
            return Vec::new();
        }
        let text = &corpus.get(doc).text;
        let mut read = Vec::new();
        tokenise(text, &mut read);
        let mut proven: Vec<TokenSpan> = suspects
            .into_iter()
            .filter_map(|(span, proof)| prove(text, &read, span, proof))
            .collect();
        proven.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let mut end = 0;
        proven.retain(|span| {
            let apart = span.start >= end;
            if apart {
                end = span.end;
            }
            apart
        });
        proven
    }

    fn suspects(&self, line: &[u32], span: TokenSpan, suspects: &mut Vec<(TokenSpan, Proof)>) {
        let len = line.len() as u32;
        let begins = |(phrase, max): &&(Vec<u32>, u32)| {
            len > phrase.len() as u32 && len <= *max && line.starts_with(phrase)
        };
        if self.openings.iter().any(|rule| begins(&rule)) || self.lines.iter().any(|l| l == line) {
            suspects.push((span, Proof::None));
            return;
        }
        if let Some((label, _)) = self.labels.iter().find(begins) {
            suspects.push((span, Proof::Colon(label.len() as u32)));
        }
        if self.closings.iter().any(|(phrase, _)| line.ends_with(phrase)) {
            suspects.push((span, Proof::Sentence));
        }
        for (name, _) in &self.agencies {
            let name_len = name.len() as u32;
            let mut bracketed = |start: u32| {
                let start = span.start + start;
                suspects.push((TokenSpan { start, end: start + name_len }, Proof::Brackets));
            };
            if line.ends_with(name) {
                bracketed(len - name_len);
            }
            let dateline = DATELINE_TOKENS.saturating_sub(span.start).min(len) as usize;
            for start in 0..dateline {
                if line[start] == name[0]
                    && start + name.len() < line.len()
                    && line[start..].starts_with(name)
                {
                    bracketed(start as u32);
                }
            }
        }
    }
}

/// The stretch, or the part of it that is the credit, where the text bears it out.
fn prove(text: &str, read: &[Token], span: TokenSpan, proof: Proof) -> Option<TokenSpan> {
    let (start, end) = (span.start as usize, span.end as usize);
    // What stands between a token and the one before it.
    let gap = |token: usize| {
        let from = token.checked_sub(1).map_or(0, |before| read[before].end as usize);
        let to = read.get(token).map_or(text.len(), |token| token.start as usize);
        &text[from..to]
    };
    let holds = match proof {
        Proof::None => true,
        Proof::Colon(words) => gap(start + words as usize).trim_start().starts_with([':', '：']),
        Proof::Brackets => gap(start).ends_with(['(', '[']) && gap(end).starts_with([')', ']']),
        Proof::Sentence => {
            let begins = |token: usize| {
                // An initial's full stop ends no sentence, nor does one inside a name (`Ex.com`).
                let initial = read[token - 1].span().of(text).chars().nth(1).is_none();
                let gap = gap(token);
                !initial && gap.contains(['.', '!', '?']) && gap.contains([' ', '\n'])
            };
            let first = (start + 1..end).rev().find(|&token| begins(token)).unwrap_or(start);
            return (end - first <= MAX_CLOSING_TOKENS)
                .then_some(TokenSpan { start: first as u32, end: span.end });
        }
    };
    holds.then_some(span)
}

fn words(phrase: &str) -> Vec<u32> {
    let mut tokens = Vec::new();
    tokenise(phrase, &mut tokens);
    tokens.into_iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;

    /// The credits of a text, as they stand in it.
    fn found(text: &str) -> Vec<String> {
        let corpus = corpus(&[("a", text)]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let mut read = Vec::new();
        tokenise(text, &mut read);
        Rules::compile()
            .credits(&corpus, &tokens, DocId(0))
            .iter()
            .map(|span| {
                text[read[span.start as usize].start as usize
                    ..read[span.end as usize - 1].end as usize]
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn an_agency_in_the_dateline_or_at_a_lines_end() {
        assert_eq!(found("LONDON (Reuters) - A ship sank."), ["Reuters"]);
        assert_eq!(found("A ship sank. (Associated Press)\nMore."), ["Associated Press"]);
        assert_eq!(found("LONDON - Reuters said that a ship sank."), [""; 0]);
        assert_eq!(found("The ship was insured by Reuters"), [""; 0]);
        let late = "word ".repeat(60);
        assert_eq!(found(&format!("{late}the agency (Reuters) and others")), [""; 0]);
    }

    #[test]
    fn a_line_that_names_its_source() {
        assert_eq!(
            found("Story.\n\nResourced from Il Giornale\n\nMore"),
            ["Resourced from Il Giornale"]
        );
        assert_eq!(found("Source: Bureau of Statistics"), ["Source: Bureau of Statistics"]);
        assert_eq!(found("Source of the Nile"), [""; 0]);
        assert_eq!(found("By The Associated Press\nText."), ["By The Associated Press"]);
        assert_eq!(
            found("(Reporting by Ann Ex and Bo Wye; Editing by Cy Zed)"),
            ["Reporting by Ann Ex and Bo Wye; Editing by Cy Zed"]
        );
        assert_eq!(found("resourced from"), [""; 0]);
    }

    #[test]
    fn a_closing_sentence_without_what_stands_before_it() {
        assert_eq!(
            found("It sank in May. Ann B. Ex of The Post contributed to this report."),
            ["Ann B. Ex of The Post contributed to this report"]
        );
        assert_eq!(
            found("It sank. Ex.com's Ann Wye contributed to this report"),
            ["Ex.com's Ann Wye contributed to this report"]
        );
        let long = format!("{} contributed to this report", "word ".repeat(50));
        assert_eq!(found(&long), [""; 0]);
    }

    #[test]
    fn equal_credits_are_one_group() {
        let corpus =
            corpus(&[("a", "OSLO (AFP) - Snow."), ("b", "ROME (afp) Rain."), ("c", "(AP)")]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let mut sizes: Vec<usize> = credits(&corpus, &tokens).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2]);
    }
}
