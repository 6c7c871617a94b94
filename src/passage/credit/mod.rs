//! Credits: the words that name the agency or the source of a text. One is enough; it need not recur.
//!
//! The rules are data ([`Credits`]): phrases, compared word by word, so that case, quotation marks and
//! line wrapping do not matter. Where brackets, a colon or a sign decide, the text itself is looked at
//! again. An agency that no list has is learnt where the texts show it to be one: in the datelines of
//! two articles, `HAVENMOUTH (TNA) —`. One pass over the beginnings, one over the lines.

mod byline;
mod dateline;
mod rules;

use std::collections::BTreeMap;

use rayon::prelude::*;

use self::byline::Byline;
use self::dateline::{Dateline, dateline};
pub use self::rules::Credits;
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

/// Names in one pair of brackets, and words between them, that are looked at.
const MOST_NAMES: usize = 8;

/// A source's name is cut after so many characters.
const NAME_CHARS: usize = 80;

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

/// What a credit names where it names no agency of the list.
#[derive(Clone, Copy)]
enum Otherwise {
    /// What follows so many of its words.
    After(u32),
    /// No one who could be the source.
    Nobody,
}

/// A stretch that may be a credit.
struct Suspect {
    span: TokenSpan,
    proof: Proof,
    otherwise: Otherwise,
}

/// A credit, and whom it names, or nobody.
struct Found {
    span: TokenSpan,
    name: String,
}

/// The credits of all articles with the agency or source that each names; those of equal words are one
/// group.
pub(super) fn credits(corpus: &Corpus, tokens: &Tokens, rules: &Credits) -> Vec<(Group, String)> {
    let datelines: Vec<Option<Dateline<'_>>> =
        corpus.articles().par_iter().map(|article| dateline(&article.text, rules)).collect();
    let mut rules = rules.clone();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for dateline in datelines.iter().flatten() {
        *seen.entry(dateline.agency).or_default() += 1;
    }
    for (agency, _) in seen.into_iter().filter(|&(_, articles)| articles >= LEARNT_ARTICLES) {
        rules.learn(agency);
    }
    let mut credits: Vec<(&[u32], Place, String)> = datelines
        .into_par_iter()
        .enumerate()
        .flat_map_iter(|(doc, dateline)| {
            let doc = DocId(doc as u32);
            let found = rules.credits(corpus, tokens, doc, dateline.as_ref());
            found.into_iter().map(move |Found { span, name }| {
                (tokens.span(doc, span), Place { doc, span }, name)
            })
        })
        .collect();
    credits.par_sort_unstable();
    credits
        .chunk_by(|one, other| one.0 == other.0)
        .map(|same| {
            let name = same.iter().map(|credit| &credit.2).find(|name| !name.is_empty());
            (same.iter().map(|credit| credit.1).collect(), name.cloned().unwrap_or_default())
        })
        .collect()
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
        let mut proven: Vec<(TokenSpan, Otherwise)> = suspects
            .into_iter()
            .filter_map(|suspect| {
                Some((prove(text, &read, suspect.span, suspect.proof)?, suspect.otherwise))
            })
            .collect();
        if let Some(dateline) = dateline {
            let start = read.partition_point(|token| token.start < dateline.bytes.start) as u32;
            let end = read.partition_point(|token| token.end <= dateline.bytes.end) as u32;
            if start < end {
                proven.push((TokenSpan { start, end }, Otherwise::After(end - start - 1)));
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
        let named = |(span, otherwise): (TokenSpan, Otherwise)| {
            let words = tokens.span(doc, span);
            let agency = (0..words.len()).find_map(|at| self.agency_at(&words[at..]));
            let name = match (agency, otherwise) {
                (Some((_, name)), _) => name.to_owned(),
                (None, Otherwise::After(skip)) => {
                    let skip = skip + self.before_name(&words[skip as usize..]);
                    source(text, &read, span, skip)
                }
                (None, Otherwise::Nobody) => String::new(),
            };
            Found { span, name }
        };
        proven.into_iter().map(named).collect()
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
            let otherwise =
                if opening.names_source { Otherwise::After(skip) } else { Otherwise::Nobody };
            suspects.push(Suspect { span, proof: Proof::None, otherwise });
            return;
        }
        let mut suspect = |start: usize, end: usize, proof, otherwise| {
            let part = |place: usize| span.start + place as u32;
            let span = TokenSpan { start: part(start), end: part(end) };
            suspects.push(Suspect { span, proof, otherwise });
        };
        if let Some((label, _)) = self.labels.iter().find(|(label, most)| begins(label, *most)) {
            let skip = label.len() as u32;
            suspect(0, line.len(), Proof::Colon(skip), Otherwise::After(skip));
        }
        if let Some((_, most)) = self.closings.iter().find(|(end, _)| line.ends_with(end)) {
            suspect(0, line.len(), Proof::Sentence(*most), Otherwise::Nobody);
        }
        let rights = |(phrase, most): &&(Vec<u32>, u32)| {
            // The first word alone tells nearly all: this is asked of every short line.
            let begins = |words: &[u32]| words.first() == phrase.first() && words == phrase;
            len <= *most && line.windows(phrase.len()).any(begins)
        };
        if self.rights.iter().any(|rule| rights(&rule)) {
            suspect(0, line.len(), Proof::Rights, Otherwise::Nobody);
        }
        for start in self.names_at_end(line) {
            let proof = if start == 0 { Proof::None } else { Proof::Brackets };
            suspect(start, line.len(), proof, Otherwise::Nobody);
        }
        if let Some(byline) = self.byline(line) {
            suspect(0, line.len(), Proof::Byline(byline), Otherwise::Nobody);
        }
        let first = line.len().saturating_sub(UNLISTED_TOKENS);
        let ends = self.unlisted_ends.iter().any(|phrase| line.ends_with(phrase));
        for start in first..line.len() {
            let begins = |phrase: &Vec<u32>| line[start..].starts_with(phrase);
            if ends || self.unlisted_begins.iter().any(begins) {
                suspect(start, line.len(), Proof::Brackets, Otherwise::After(0));
            }
        }
        let dateline = DATELINE_TOKENS.saturating_sub(span.start).min(len) as usize;
        for start in 0..dateline {
            if let Some((words, _)) = self.agency_at(&line[start..]) {
                suspect(start, start + words, Proof::Brackets, Otherwise::Nobody);
            }
        }
    }

    /// How many words such as `from the` a name begins with that are none of it.
    fn before_name(&self, name: &[u32]) -> u32 {
        let before = self
            .before
            .iter()
            .filter(|before| name.len() > before.len() && name.starts_with(before));
        before.map(Vec::len).max().unwrap_or(0) as u32
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

/// What follows the first `skip` words of a credit, on one line.
fn source(text: &str, read: &[Token], span: TokenSpan, skip: u32) -> String {
    let first = (span.start + skip).min(span.end - 1) as usize;
    let from = read[first].start as usize;
    let line = one_line(&text[from..read[span.end as usize - 1].end as usize]);
    match line.char_indices().nth(NAME_CHARS) {
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::passage::testing::corpus;

    /// The credits of each text of a corpus: as they stand there, and whom they name.
    fn named(texts: &[&str]) -> Vec<(String, String)> {
        let ids: Vec<String> = (0..texts.len()).map(|place| place.to_string()).collect();
        let articles: Vec<(&str, &str)> =
            ids.iter().map(String::as_str).zip(texts.iter().copied()).collect();
        let corpus = corpus(&articles);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let mut found: Vec<(Place, String)> = credits(&corpus, &tokens, &Credits::built_in())
            .into_iter()
            .flat_map(|(group, name)| group.into_iter().map(move |place| (place, name.clone())))
            .collect();
        found.sort_unstable();
        let told = |(place, name): (Place, String)| {
            let text = texts[place.doc.index()];
            let mut read = Vec::new();
            tokenise(text, &mut read);
            let (first, last) = (place.span.start as usize, place.span.end as usize - 1);
            (text[read[first].start as usize..read[last].end as usize].to_owned(), name)
        };
        found.into_iter().map(told).collect()
    }

    /// The credits of a text, as they stand in it.
    fn found(text: &str) -> Vec<String> {
        named(&[text]).into_iter().map(|(credit, _)| credit).collect()
    }

    /// The one credit of a text and whom it names.
    fn one(text: &str) -> (String, String) {
        let found = named(&[text]);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    }

    #[test]
    fn an_agency_in_the_dateline_or_at_a_lines_end() {
        assert_eq!(found("LONDON (Reuters) - A ship sank."), ["LONDON (Reuters"]);
        assert_eq!(found("London (Reuters) A ship sank."), ["Reuters"]);
        assert_eq!(found("A ship sank. (Associated Press)\nMore."), ["Associated Press"]);
        assert_eq!(found("LONDON - Reuters said that a ship sank."), [""; 0]);
        assert_eq!(found("The ship was insured by Reuters"), [""; 0]);
        let late = "word ".repeat(60);
        assert_eq!(found(&format!("{late}the agency (Reuters) and others")), [""; 0]);
    }

    #[test]
    fn a_line_that_names_its_source() {
        let pair = |credit: &str, name: &str| (credit.to_owned(), name.to_owned());
        assert_eq!(
            one("Story.\n\nResourced from Il Giornale\n\nMore"),
            pair("Resourced from Il Giornale", "Il Giornale")
        );
        assert_eq!(
            one("Source: Bureau of Statistics"),
            pair("Source: Bureau of Statistics", "Bureau of Statistics")
        );
        assert_eq!(found("Source of the Nile"), [""; 0]);
        assert_eq!(one("By The Associated Press\nText."), pair("By The Associated Press", "AP"));
        // Persons are no source.
        assert_eq!(
            one("(Reporting by Ann Ex and Bo Wye; Editing by Cy Zed)"),
            pair("Reporting by Ann Ex and Bo Wye; Editing by Cy Zed", "")
        );
        assert_eq!(found("resourced from"), [""; 0]);
    }

    #[test]
    fn credits_are_known_in_several_languages() {
        for (text, name) in [
            ("Ein Schiff sank.\n\nMit Material der dpa", "dpa"),
            ("Ein Schiff sank. (dpa/Reuters)", "dpa"),
            ("Un navire a coulé.\n\nAvec AFP", "AFP"),
            ("Un navire a coulé (avec AFP et Reuters)", "AFP"),
            ("Un barco se hundió.\nCon información de EFE", "EFE"),
            ("Una nave è affondata. (ANSA).", "ANSA"),
            ("Um navio afundou.\nCom informações da Agência Brasil", "Agência Brasil"),
            ("Un barco se hundió. (Agencia Norte)", "Agencia Norte"),
            ("Una nave.\n\nFonte: Il Porto", "Il Porto"),
            ("A ship sank. (Havenmouth News Agency)", "Havenmouth News Agency"),
            ("This story was originally published by the Ex Post", "Ex Post"),
        ] {
            assert_eq!(one(text).1, name, "{text}");
        }
        // In the midst of a sentence these are words like others.
        assert_eq!(found("Sie kam mit Material der Bahn und ging"), [""; 0]);
        assert_eq!(found("El presidente (EFE es una agencia) dijo que"), [""; 0]);
    }

    #[test]
    fn whose_rights_are_reserved_is_a_credit() {
        assert_eq!(
            one("Text.\n\n© 2024 The Ex Times. All rights reserved."),
            ("2024 The Ex Times. All rights reserved".to_owned(), String::new())
        );
        let long =
            "© 2024 AFP. All rights reserved. This material may not be published or rewritten";
        assert_eq!(one(long).1, "AFP");
        assert_eq!(one("Copyright 2024 AFP. Tous droits réservés").1, "AFP");
        assert_eq!(found("The union wants all rights reserved"), [""; 0]);
    }

    #[test]
    fn an_agency_of_two_datelines_is_known_throughout() {
        let texts = [
            "KESSORY (TNA) — The river rose.",
            "Menu | Home\n\nPELL SOUND (TNA) – A storm came.",
            "The bridge closed. (TNA)",
            "ORRIN FALLS (QXZ) — A barn burned.",
            "A barn burned. (QXZ)",
        ];
        let found = named(&texts);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(credit, name)| (credit.as_str(), name.as_str())).collect();
        assert_eq!(
            found,
            [
                ("KESSORY (TNA", "TNA"),
                ("PELL SOUND (TNA", "TNA"),
                ("TNA", "TNA"),
                ("ORRIN FALLS (QXZ", "QXZ")
            ]
        );
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
    fn a_person_with_an_agency_is_a_credit() {
        for byline in [
            "By Ana Ruiz, Associated Press",
            "By ANA RUIZ, KEVIN LIND and Bo de Wye, Associated Press",
            "Ana Ruiz | AP",
            "By Ana Ruiz - The Associated Press",
            "By Ana Ruiz, Associated Press Writer",
            "Ana Ruiz, AP White House Correspondent",
            "Par Ana Ruiz, AFP",
        ] {
            let text = format!("A ship sank.\n\n{byline}\n\nMore of the story.");
            let (credit, name) = one(&text);
            assert_eq!(credit, byline);
            assert!(name == "AP" || name == "AFP", "{byline}: {name}");
        }
        for other in [
            "The group AP was mentioned here.",
            "GOP senators losing patience with House",
            "He was born by the sea, ap",
            "Officials told Ana Ruiz, AP",
            "By Ana Ruiz, Daily Ferry",
            "Ana Ruiz AP",
        ] {
            assert_eq!(found(&format!("A ship sank.\n\n{other}\n\nMore.")), [""; 0], "{other}");
        }
    }

    #[test]
    fn equal_credits_are_one_group() {
        let corpus = corpus(&[("a", "Oslo (AFP) Snow."), ("b", "Rome (afp) Rain."), ("c", "(AP)")]);
        let tokens = Tokens::read(&corpus, &Silent).unwrap();
        let found = credits(&corpus, &tokens, &Credits::built_in());
        let mut sizes: Vec<(usize, &str)> =
            found.iter().map(|(group, name)| (group.len(), name.as_str())).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [(1, "AP"), (2, "AFP")]);
    }
}
