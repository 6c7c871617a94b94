//! Credits: the words that name the agency or the source of a text. One is enough; it need not recur.
//!
//! The rules are data ([`Credits`]): phrases, compared word by word, so that case, quotation marks and
//! line wrapping do not matter. Where brackets, a colon or a sign decide, the text itself is looked at
//! again. An agency that no list has is learnt where the texts show it to be one: in the datelines of
//! two articles, `HAVENMOUTH (TNA) —`. One pass over the beginnings, one over the lines.

mod byline;
mod dateline;
mod rules;
mod source;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use self::byline::Byline;
use self::dateline::{Dateline, dateline};
pub use self::rules::Credits;
use self::source::source_name;
use super::group::{Group, Place};
use super::tokens::Tokens;
use crate::article::{Corpus, DocId, TokenSpan};
use crate::text::{Token, one_line, tokenise};

/// Words from a text's beginning in which a name in brackets belongs to the dateline.
const DATELINE_TOKENS: u32 = 40;

/// Articles whose datelines must have an unlisted name for it to count elsewhere too.
const LEARNT_ARTICLES: usize = 2;

/// Words of an unlisted name in brackets, at the most.
const UNLISTED_TOKENS: usize = 5;

/// A line such as `Source: Bureau` names who wrote the text where no more words stand before it or behind it. Of some sixty
/// in news that name no listed agency most belong to a chart within the text.
const EDGE_TOKENS: u32 = 25;

/// Names in one pair of brackets, and words between them, that are looked at.
const MOST_NAMES: usize = 8;

/// How a stretch must look in the text to be a credit after all.
#[derive(Clone, Copy)]
enum Proof {
    /// The words suffice.
    None,
    /// A colon after so many of its words.
    Colon(u32),
    /// Brackets around it.
    Brackets,
    /// Its sentence has no more words than this, and ends where the stretch ends.
    Sentence(u32),
    /// The sign of copyright, or a word for it.
    Rights,
    /// A person's name before an agency's.
    Byline(Byline),
}

/// Whom a credit names.
#[derive(Clone, Copy)]
enum Named {
    /// The agencies in it; where there is none, what follows so many of its words.
    After(u32),
    /// The same at an edge of the text. Elsewhere it is the source of a chart, unless it is an agency.
    AtEdge(u32),
    /// The agencies in it, or no one who could be the source.
    Agencies,
    /// Nobody: who took a picture wrote no text.
    Nobody,
}

/// A stretch that may be a credit.
struct Suspect {
    span: TokenSpan,
    proof: Proof,
    named: Named,
}

/// A credit, and whom it names: one or several, or nobody.
struct Found {
    span: TokenSpan,
    names: Vec<String>,
}

/// The credits of all articles with the agencies or the source that each names; those of equal words are
/// one group. Agencies beyond the rules are `learnt`; where that is not said, from these articles.
pub(super) fn credits(
    corpus: &Corpus,
    tokens: &Tokens,
    rules: &Credits,
    learnt: Option<&[String]>,
) -> Vec<(Group, Vec<String>)> {
    let datelines: Vec<Option<Dateline<'_>>> =
        corpus.articles().par_iter().map(|article| dateline(&article.text, rules)).collect();
    let mut rules = Cow::Borrowed(rules);
    let own = || {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for dateline in datelines.iter().flatten() {
            *seen.entry(dateline.agency).or_default() += 1;
        }
        self::learnt(seen)
    };
    let known = learnt.map(|learnt| learnt.iter().map(String::as_str).collect());
    for agency in known.unwrap_or_else(own) {
        rules.to_mut().learn(agency);
    }
    let mut credits: Vec<(&[u32], Place, Vec<String>)> = datelines
        .into_par_iter()
        .enumerate()
        .flat_map_iter(|(doc, dateline)| {
            let doc = DocId(doc as u32);
            let found = rules.credits(corpus, tokens, doc, dateline.as_ref());
            found.into_iter().map(move |Found { span, names }| {
                (tokens.span(doc, span), Place { doc, span }, names)
            })
        })
        .collect();
    credits.par_sort_unstable();
    credits
        .chunk_by(|one, other| one.0 == other.0)
        .map(|same| {
            let names = same.iter().map(|credit| &credit.2).find(|names| !names.is_empty());
            (same.iter().map(|credit| credit.1).collect(), names.cloned().unwrap_or_default())
        })
        .collect()
}

/// The agency that the dateline of a text names, whether it is in the rules or not.
pub(super) fn agency_of<'t>(text: &'t str, rules: &Credits) -> Option<&'t str> {
    dateline(text, rules).map(|dateline| dateline.agency)
}

/// Those of the agencies in datelines that count elsewhere too, each once, of how many articles name each; in their order.
pub(super) fn learnt<A>(seen: BTreeMap<A, usize>) -> Vec<A> {
    let often = seen.into_iter().filter(|&(_, articles)| articles >= LEARNT_ARTICLES);
    often.map(|(agency, _)| agency).collect()
}

impl Credits {
    /// The credits of one article, in order, none inside another.
    fn credits(
        &self,
        corpus: &Corpus,
        tokens: &Tokens,
        doc: DocId,
        dateline: Option<&Dateline<'_>>,
    ) -> Vec<Found> {
        let mut suspects: Vec<Suspect> = Vec::new();
        for line in tokens.lines(doc) {
            self.suspects(tokens.span(doc, line), line, &mut suspects);
        }
        if suspects.is_empty() && dateline.is_none() {
            return Vec::new();
        }
        let text = &corpus.get(doc).text;
        let mut read = Vec::new();
        tokenise(text, &mut read);
        let mut proven: Vec<(TokenSpan, Named)> = suspects
            .into_iter()
            .filter_map(|suspect| {
                let span = prove(text, &read, suspect.span, suspect.proof)?;
                let line = &read[span.start as usize..span.end as usize];
                let is_of_a_picture =
                    matches!(suspect.proof, Proof::Byline(byline) if byline.is_of_a_picture(text, line));
                Some((span, if is_of_a_picture { Named::Nobody } else { suspect.named }))
            })
            .collect();
        if let Some(dateline) = dateline {
            let start = read.partition_point(|token| token.start < dateline.bytes.start) as u32;
            let end = read.partition_point(|token| token.end <= dateline.bytes.end) as u32;
            if start < end {
                proven.push((TokenSpan { start, end }, Named::After(end - start - 1)));
            }
        }
        proven.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut end = 0;
        proven.retain(|(span, _)| {
            let apart = span.start >= end;
            if apart {
                end = span.end;
            }
            apart
        });
        let found = |(span, named): (TokenSpan, Named)| {
            let words = tokens.span(doc, span);
            let source = |skip| self.source(text, &read, span, words, skip);
            let is_at_edge = || span.start.min(read.len() as u32 - span.end) <= EDGE_TOKENS;
            let otherwise = match named {
                Named::Nobody => return Found { span, names: Vec::new() },
                Named::Agencies => None,
                Named::AtEdge(_) if !is_at_edge() => None,
                Named::After(skip) | Named::AtEdge(skip) => Some(skip),
            };
            let agencies = self.agencies_in(words);
            let names = if agencies.is_empty() {
                otherwise.and_then(source).into_iter().collect()
            } else {
                agencies
            };
            Found { span, names }
        };
        proven.into_iter().map(found).collect()
    }

    fn suspects(&self, line: &[u32], span: TokenSpan, suspects: &mut Vec<Suspect>) {
        let len = line.len() as u32;
        let begins = |phrase: &[u32], most: u32| {
            len > phrase.len() as u32 && len <= most && line.starts_with(phrase)
        };
        // Of `mit material von` and `mit`, the longer one.
        let openings = self.openings.iter().filter(|rule| begins(&rule.phrase, rule.words));
        if let Some(opening) = openings.max_by_key(|rule| rule.phrase.len()) {
            let skip = opening.phrase.len() as u32;
            let named = if opening.names_source { Named::After(skip) } else { Named::Agencies };
            suspects.push(Suspect { span, proof: Proof::None, named });
            return;
        }
        let mut suspect = |start: usize, end: usize, proof, named| {
            let part = |place: usize| span.start + place as u32;
            let span = TokenSpan { start: part(start), end: part(end) };
            suspects.push(Suspect { span, proof, named });
        };
        if let Some((label, _)) = self.labels.iter().find(|(label, most)| begins(label, *most)) {
            let skip = label.len() as u32;
            suspect(0, line.len(), Proof::Colon(skip), Named::AtEdge(skip));
        }
        let names = self.names_at_end(line);
        let closing = |line: &[u32]| self.closings.iter().find(|(end, _)| line.ends_with(end));
        let before_names = names.iter().map(|&start| &line[..start]);
        if let Some((_, most)) = [line].into_iter().chain(before_names).find_map(closing) {
            suspect(0, line.len(), Proof::Sentence(*most), Named::Agencies);
        }
        let rights = |(phrase, most): &&(Vec<u32>, u32)| {
            // The first word alone tells nearly all: this is asked of every short line.
            let begins = |words: &[u32]| words.first() == phrase.first() && words == phrase;
            len <= *most && line.windows(phrase.len()).any(begins)
        };
        if self.rights.iter().any(|rule| rights(&rule)) {
            suspect(0, line.len(), Proof::Rights, Named::Agencies);
        }
        for start in names {
            let proof = if start == 0 { Proof::None } else { Proof::Brackets };
            suspect(start, line.len(), proof, Named::Agencies);
        }
        if let Some(byline) = self.byline(line) {
            suspect(0, line.len(), Proof::Byline(byline), Named::Agencies);
        }
        let first = line.len().saturating_sub(UNLISTED_TOKENS);
        let ends = self.unlisted_ends.iter().any(|phrase| line.ends_with(phrase));
        for start in first..line.len() {
            let begins = |phrase: &Vec<u32>| line[start..].starts_with(phrase);
            if ends || self.unlisted_begins.iter().any(begins) {
                suspect(start, line.len(), Proof::Brackets, Named::After(0));
            }
        }
        let dateline = DATELINE_TOKENS.saturating_sub(span.start).min(len) as usize;
        for start in 0..dateline {
            if let Some((words, _)) = self.agency_at(&line[start..]) {
                suspect(start, start + words, Proof::Brackets, Named::Agencies);
            }
        }
    }

    /// The agencies that these words name, each once, in their order.
    fn agencies_in(&self, words: &[u32]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let Some((len, name)) = self.agency_at(&words[at..]) else {
                at += 1;
                continue;
            };
            if names.iter().all(|known| known != name) {
                names.push(name.to_owned());
            }
            at += len;
        }
        names
    }

    /// The source that a credit of these words names after the first `skip`.
    fn source(
        &self,
        text: &str,
        read: &[Token],
        span: TokenSpan,
        words: &[u32],
        skip: u32,
    ) -> Option<String> {
        let said = words.get(skip as usize..).filter(|said| !said.is_empty())?;
        let begins = self.before.iter().filter(|before| said.len() > before.len());
        let begins = begins.filter(|before| said.starts_with(before)).map(Vec::len).max();
        let mut first = (span.start + skip) as usize + begins.unwrap_or(0);
        // `The` is a part of a name where it has a capital.
        let capital = |at: usize| read[at].span().of(text).starts_with(char::is_uppercase);
        if begins.is_some() && capital(first - 1) {
            first -= 1;
        }
        let said = &text[read[first].start as usize..read[span.end as usize - 1].end as usize];
        source_name(&one_line(said), |word| self.is_month(word))
    }

    /// Where the agencies' names that a line ends with may begin, with what stands before them and
    /// between them.
    fn names_at_end(&self, line: &[u32]) -> Vec<usize> {
        let mut starts = Vec::new();
        let mut start = line.len();
        while starts.len() < MOST_NAMES {
            let before = &line[..start];
            let around = || {
                let phrases = self.before.iter().chain(&self.between);
                let ending = phrases.filter(|phrase| before.ends_with(phrase));
                ending.map(Vec::len).max().filter(|_| start < line.len())
            };
            let Some(words) = self.agency_ending(before).map(|(words, _)| words).or_else(around)
            else {
                break;
            };
            start -= words;
            starts.push(start);
        }
        starts
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
        Proof::Byline(byline) => byline.holds(text, &read[start..end]),
        Proof::Brackets => gap(start).ends_with(['(', '[']) && gap(end).starts_with([')', ']']),
        Proof::Sentence(most) => {
            let begins = |token: usize| {
                // An initial's full stop ends no sentence, nor does one inside a name (`Ex.com`).
                let initial = read[token - 1].span().of(text).chars().nth(1).is_none();
                let gap = gap(token);
                !initial && gap.contains(['.', '!', '?']) && gap.contains([' ', '\n'])
            };
            let first = (start + 1..end).rev().find(|&token| begins(token)).unwrap_or(start);
            return (end - first <= most as usize)
                .then_some(TokenSpan { start: first as u32, end: span.end });
        }
        Proof::Rights => {
            let line = &text[read[start].start as usize..read[end - 1].end as usize];
            let lower = line.to_lowercase();
            gap(start).contains('©')
                || lower.contains(['©'])
                || lower.contains("copyright")
                || gap(start).ends_with('(') && lower.starts_with("c)")
        }
    };
    holds.then_some(span)
}
