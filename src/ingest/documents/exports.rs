//! Exports of news databases as plain text, or as text in pages, RTF and DOCX: Nexis Uni and LexisNexis, Factiva
//! with its tags and without, ProQuest, Europresse. Every article of them, one by one.
//!
//! Each service says where an article ends: `End of Document`, `12 of 40 DOCUMENTS`, `Document
//! DJHAR00020240110`, a ruled line. Within an article the date line and the count of words tell which lines
//! are headline, outlet and text. A document without such marks is one article. Cost: a few passes over the
//! lines.

use memchr::memmem;

use super::{Entry, captured, europresse};
use crate::error::Cause;
use crate::ingest::author::first_names_first;
use crate::ingest::fields::FieldTable;
use crate::ingest::pages::europresse::is_europresse;
use crate::ingest::text::title;
use crate::ingest::{date, pages};

/// How the languages of Factiva's pages call the words that they count, and a document.
const WORDS: [&str; 9] =
    ["words", "mots", "palabras", "Wörter", "parole", "palavras", "слов", "語", "字"];
const DOCUMENT: [&str; 5] = ["Document ", "Dokument ", "Documento ", "Документ ", "文件 "];
/// The tags of Factiva.
const TAGS: [&str; 24] = [
    "SE", "HD", "BY", "CR", "WC", "PD", "ET", "SN", "SC", "ED", "PG", "LA", "CY", "LP", "TD", "CO",
    "IN", "NS", "RE", "IPC", "PUB", "AN", "CX", "RF",
];
/// A ruled line between the documents of ProQuest is at least this long.
const RULE_CHARACTERS: usize = 30;
/// Labels behind the text of an article of Nexis.
const NEXIS_ENDS: [&str; 12] = [
    "load-date:",
    "language:",
    "publication-type:",
    "journal code:",
    "graphic:",
    "subject:",
    "classification",
    "document-type:",
    "pub-type:",
    "acc-no:",
    "copyright",
    "notes",
];
/// Labels of ProQuest behind the text.
const PROQUEST_LABELS: [&str; 12] = [
    "Title:",
    "Subject:",
    "Publication title:",
    "Publication date:",
    "Publisher:",
    "Language of publication:",
    "Document URL:",
    "ProQuest document ID:",
    "Copyright:",
    "Database:",
    "Author:",
    "Links:",
];

/// What pages hold that services made, the last one Factiva, before `enArticle`. All pages are looked
/// through for it.
const MARKS_IN_PAGES: [&str; 4] =
    ["End of Document", " DOCUMENTS", "ProQuest document ID", "<div class=\"article "];

/// A service whose marks a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Nexis,
    NumberedNexis,
    Factiva,
    ProQuest,
}

/// The service whose marks stand in a text.
fn service(text: &str) -> Option<Service> {
    let lines = || text.lines().map(str::trim);
    let counts = || lines().any(|line| label(line, "length").is_some());
    if lines().any(is_numbered) && counts() {
        Some(Service::NumberedNexis)
    } else if counts() && lines().any(|line| line == "End of Document" || line == "Body") {
        Some(Service::Nexis)
    } else if lines().any(ends_factiva)
        && (lines().any(is_count) || lines().any(|l| tag(l).is_some()))
    {
        Some(Service::Factiva)
    } else if lines().any(|line| line.starts_with("ProQuest document ID:"))
        && lines().any(|line| line.starts_with("Full text:"))
    {
        Some(Service::ProQuest)
    } else {
        None
    }
}

/// Whether a text that begins so is an export of several articles.
pub(in crate::ingest) fn is_export(head: &str) -> bool {
    service(head).is_some() || europresse::is_export(head)
}

/// Whether a page that begins so is an export.
pub(in crate::ingest) fn is_in_page(head: &[u8], table: &FieldTable) -> bool {
    let holds = |mark: &str| memmem::find(head, mark.as_bytes()).is_some();
    let lines = || pages::lines(&pages::decoded(head)?, table.limits());
    is_europresse(head)
        || MARKS_IN_PAGES.into_iter().any(holds) && lines().is_ok_and(|text| is_export(&text))
}

/// The records of a page: every article of an export.
///
/// # Errors
/// In words, where there is none.
pub(super) fn read_page(bytes: &[u8], table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let html = pages::decoded(bytes)?;
    match is_europresse(bytes) {
        true => europresse::read_page(&html, table),
        false => read(&pages::lines(&html, table.limits())?, table),
    }
}

/// The records of a text: every article of an export, else the text as one.
///
/// # Errors
/// Where there is no text.
pub(super) fn read(text: &str, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    if text.trim().is_empty() {
        return Err("a document without a word of text".into());
    }
    if europresse::is_export(text) {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        return Ok(europresse::read_lines(&lines, table));
    }
    let Some(service) = service(text) else {
        let text = text.trim();
        let values = [("title", title(text).to_owned()), ("text", text.to_owned())];
        return Ok(vec![Ok(captured(table, values))]);
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let pieces: Vec<&[&str]> = match service {
        Service::Nexis => lines.split(|line| *line == "End of Document").collect(),
        Service::NumberedNexis => lines.split(|line| is_numbered(line)).collect(),
        Service::Factiva => lines.split_inclusive(|line| ends_factiva(line)).collect(),
        Service::ProQuest => lines.split(|line| is_rule(line)).collect(),
    };
    let of = |piece: &&[&str]| -> Option<Entry> {
        let values = match service {
            Service::Nexis => nexis(piece, true),
            Service::NumberedNexis => nexis(piece, false),
            Service::Factiva => factiva(piece),
            Service::ProQuest => proquest(piece),
        }?;
        Some(Ok(captured(table, values)))
    };
    Ok(pieces.iter().filter_map(of).collect())
}

type Values = Vec<(&'static str, String)>;

/// What follows a label, which stands in any case.
fn label<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (said, value) = line.split_once(':')?;
    said.trim().eq_ignore_ascii_case(name).then_some(value.trim())
}

/// `12 of 40 DOCUMENTS`.
fn is_numbered(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_number = |word: Option<&str>| word.is_some_and(|word| word.parse::<u32>().is_ok());
    is_number(words.next())
        && words.next() == Some("of")
        && is_number(words.next())
        && words.next().is_some_and(|word| word.starts_with("DOCUMENT"))
}

/// `523 words`.
fn is_count(line: &str) -> bool {
    let number = line.trim_end_matches(|c: char| c.is_alphabetic()).trim_end();
    let word = line[number.len()..].trim();
    !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '\u{a0}' | ' '))
        && WORDS.contains(&word)
}

/// `Document DJHAR00020240110ek1a00001`, with its tag or without.
fn ends_factiva(line: &str) -> bool {
    let line = line.strip_prefix("AN").map_or(line, str::trim_start);
    DOCUMENT.iter().any(|word| {
        line.strip_prefix(word).is_some_and(|id| {
            id.len() >= 15
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && id.bytes().filter(u8::is_ascii_digit).count() >= 8
        })
    })
}

fn is_rule(line: &str) -> bool {
    line.len() >= RULE_CHARACTERS && line.bytes().all(|byte| byte == b'_')
}

/// The tag of Factiva that a line begins with, and what follows it.
fn tag(line: &str) -> Option<(&'static str, &str)> {
    let end = line.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(line.len());
    let found = TAGS.into_iter().find(|tag| *tag == &line[..end])?;
    let rest = &line[end..];
    (rest.is_empty() || rest.starts_with(['\t', '\u{a0}']) || rest.starts_with("  "))
        .then_some((found, rest.trim()))
}

fn paragraphs(lines: &[&str]) -> String {
    lines.join("\n").trim().to_owned()
}

/// An article of Nexis. In its newer form the headline stands before the outlet, in the older, numbered one
/// behind the date.
fn nexis(lines: &[&str], headline_first: bool) -> Option<Values> {
    let length = lines.iter().position(|line| label(line, "length").is_some())?;
    let is_field = |line: &&str| {
        ["section", "byline", "length", "dateline", "highlight", "headline"]
            .iter()
            .any(|name| label(line, name).is_some())
    };
    let first_field = lines.iter().position(&is_field).unwrap_or(length);
    let before: Vec<&str> =
        lines[..first_field].iter().copied().filter(|line| !line.is_empty()).collect();
    let is_date = |line: &&str| date::parse(line).is_some();
    let day = match headline_first {
        true => before.iter().rposition(&is_date),
        false => before.iter().position(is_date),
    };
    let line = |place: Option<usize>| {
        place.and_then(|place| before.get(place)).map(|line| (*line).to_owned()).unwrap_or_default()
    };
    let is_copyright = |line: &str| line.starts_with("Copyright") || line.starts_with('©');
    let is_edition = |line: &str| line.to_lowercase().contains("edition") && line.len() < 60;
    let (headline, outlet) = match (headline_first, day) {
        (true, Some(day)) => (line(day.checked_sub(2)), line(day.checked_sub(1))),
        (true, None) => (line(Some(0)), line(Some(1))),
        (false, Some(day)) => {
            let behind = before[day + 1..].iter().rfind(|l| !is_copyright(l) && !is_edition(l));
            let outlet = before[..day].iter().find(|line| !is_copyright(line));
            (behind.unwrap_or(&"").to_string(), outlet.unwrap_or(&"").to_string())
        }
        (false, None) => (String::new(), line(Some(0))),
    };
    let headline = lines[..length + 3.min(lines.len() - length)]
        .iter()
        .find_map(|line| label(line, "headline"))
        .map_or(headline, str::to_owned);
    let body = lines.iter().position(|line| *line == "Body").filter(|body| *body > length);
    let mut start = body.unwrap_or(length) + 1;
    if body.is_none() {
        let skipped = |line: &&&str| line.is_empty() || is_field(line);
        start += lines[start..].iter().take_while(skipped).count();
    }
    let is_end = |line: &&str| {
        let said = line.to_lowercase();
        NEXIS_ENDS.iter().any(|end| match end.ends_with(':') {
            true => said.starts_with(end),
            false => said == *end,
        })
    };
    let end = lines[start..].iter().position(is_end).map_or(lines.len(), |at| start + at);
    let language = lines[end..].iter().find_map(|line| label(line, "language"));
    let author = lines[..start].iter().enumerate().find_map(|(place, line)| {
        let first = label(line, "byline")?;
        // A long one goes on in the next line.
        let next = lines[place + 1..start].first().filter(|next| is_names(next));
        let goes_on = |line: &&str| {
            let joins = ["and", "und", "y"].contains(&line.split(' ').next().unwrap_or_default());
            joins || first.ends_with([',', ';']) || first.ends_with(" and")
        };
        Some(match next {
            Some(next) if goes_on(next) => format!("{first} {next}"),
            Some(next) => format!("{first}, {next}"),
            None => first.to_owned(),
        })
    });
    Some(vec![
        ("author", author.unwrap_or_default()),
        ("title", headline),
        ("outlet", outlet),
        ("published", line(day)),
        ("text", paragraphs(&lines[start..end])),
        ("lang", language.unwrap_or_default().to_owned()),
    ])
}

/// Small words in the names of people and houses, and between them.
const JOINING: [&str; 15] = [
    "and", "in", "for", "of", "de", "del", "van", "der", "den", "von", "und", "y", "e", "da", "di",
];

/// Whether a line is names of people or houses alone, as "Ana Ruiz and Jo Berg".
fn is_names(line: &str) -> bool {
    /// More are a headline.
    const MOST_WORDS: usize = 8;
    let joins = |word: &str| JOINING.contains(&word);
    let words = || line.split_whitespace();
    (2..=MOST_WORDS).contains(&words().count())
        && words().all(|word| joins(word) || word.starts_with(char::is_uppercase))
        && !line.contains(|c: char| c.is_ascii_digit() || "?!:".contains(c))
        && !line.ends_with('.')
}

/// An article of Factiva.
fn factiva(lines: &[&str]) -> Option<Values> {
    let end = lines.iter().rposition(|line| ends_factiva(line))?;
    let id = lines[end].rsplit(' ').next().unwrap_or_default().to_owned();
    if lines.iter().any(|line| tag(line).is_some_and(|(tag, _)| tag == "HD")) {
        let mut values: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in &lines[..=end] {
            match (tag(line), values.last_mut()) {
                (Some((tag, value)), _) => values.push((tag, vec![value])),
                (None, Some((_, value))) => value.push(line),
                (None, None) => {}
            }
        }
        let get = |wanted: &str| {
            let value = values.iter().find(|(tag, _)| *tag == wanted);
            value.map(|(_, value)| paragraphs(value)).unwrap_or_default()
        };
        return Some(vec![
            ("id", id),
            ("author", get("BY").replace('\n', " ")),
            ("author", get("CR").replace('\n', " ")),
            ("title", get("HD").replace('\n', " ")),
            ("outlet", get("SN")),
            ("published", format!("{} {}", get("PD"), get("ET")).trim().to_owned()),
            ("text", format!("{}\n\n{}", get("LP"), get("TD")).trim().to_owned()),
            ("lang", get("LA")),
        ]);
    }
    let count = lines.iter().position(|line| is_count(line))?;
    let before = || lines[..count].iter().filter(|line| !line.is_empty());
    let is_byline = |line: &&&str| line.starts_with("By ") || line.starts_with("BY ");
    // A headline may begin so, too. Without the word it is names alone, between the headline and the count of words.
    let byline = before().rfind(is_byline).or_else(|| {
        let longest = before().max_by_key(|line| line.chars().count())?;
        let [.., above, last] = before().collect::<Vec<_>>()[..] else { return None };
        (above == longest && is_names(last)).then_some(last)
    });
    let is_other = |line: &&&str| Some(*line) != byline;
    let headline = before().filter(is_other).max_by_key(|line| line.chars().count());
    let author = byline.map(|line| match is_byline(&line) {
        true => line[2..].trim(),
        false => line,
    });
    let behind: Vec<(usize, &str)> = (count + 1..end)
        .map(|place| (place, lines[place]))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    let mut behind = behind.into_iter();
    let day = behind.next().map(|(_, line)| line).unwrap_or_default();
    let mut next = behind.next();
    let mut moment = day.to_owned();
    if let Some((_, line)) = next
        && line.contains(':')
        && line.len() <= 12
    {
        moment = format!("{day} {line}");
        next = behind.next();
    }
    let outlet = next.map(|(_, line)| line).unwrap_or_default();
    let is_copyright = |line: &str| {
        line.starts_with('©')
            || line.starts_with("Copyright")
            || line.to_lowercase().starts_with("(c)")
    };
    let rest: Vec<(usize, &str)> = behind.collect();
    let copyright = rest.iter().find(|(_, line)| is_copyright(line)).map(|(place, _)| *place);
    let code = next.map_or(count + 3, |(place, _)| place + 1);
    let start = copyright.map_or(code, |place| place + 1);
    let language = rest
        .iter()
        .take_while(|(place, _)| *place < start)
        .map(|(_, line)| *line)
        .find(|line| crate::ingest::lang::code(line).len() <= 3);
    Some(vec![
        ("id", id),
        ("author", author.unwrap_or_default().to_owned()),
        ("title", headline.unwrap_or(&"").to_string()),
        ("outlet", outlet.to_owned()),
        ("published", moment),
        ("text", paragraphs(&lines[start.min(end)..end])),
        ("lang", language.unwrap_or_default().to_owned()),
    ])
}

/// A document of ProQuest.
fn proquest(lines: &[&str]) -> Option<Values> {
    let start = lines.iter().position(|line| line.starts_with("Full text:"))?;
    let is_label = |line: &&str| PROQUEST_LABELS.iter().any(|label| line.starts_with(label));
    let behind = lines[start + 1..].iter().position(is_label);
    let end = behind.map_or(lines.len(), |at| start + 1 + at);
    let mut text = vec![lines[start].trim_start_matches("Full text:").trim()];
    text.extend(&lines[start + 1..end]);
    let get = |name: &str| {
        let found = lines.iter().find_map(|line| label(line, name));
        found.unwrap_or_default().to_owned()
    };
    let headline = match get("title") {
        title if title.is_empty() => {
            lines.iter().find(|line| !line.is_empty()).map(|line| (*line).to_owned())
        }
        title => Some(title),
    };
    Some(vec![
        ("id", get("proquest document id")),
        ("author", first_names_first(&get("author"))),
        ("title", headline.unwrap_or_default()),
        ("outlet", get("publication title")),
        ("published", get("publication date")),
        ("url", get("document url")),
        ("text", paragraphs(&text)),
        ("lang", get("language of publication")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let read = read(text, &FieldTable::new(&[])).unwrap();
        read.into_iter().map(|entry| format!("{:?}", entry.unwrap())).collect()
    }

    fn holds(said: &str, parts: &[&str]) {
        for part in parts {
            assert!(said.contains(&format!("{part:?}")), "{part:?}: {said}");
        }
    }

    const NEW_NEXIS: &str = "User Name: x\nDate and Time: Monday\nJob Number: 7\nDocuments (2)\n1. Ferry aground\n\n\n\
        Ferry aground\n\nHarbour Post\nJanuary 10, 2024 Wednesday\n\nCopyright 2024 Harbour Post All Rights Reserved\n\
        Section: NEWS\nLength: 6 words\nByline: A B\n\nBody\n\nThe ferry ran aground.\nNobody was hurt.\n\n\
        Load-Date: January 11, 2024\n\nEnd of Document\n\n\
        Bridge opens\n\nPell Mail\nJanuary 12, 2024 Friday 8:30 AM GMT\n\nCopyright 2024\nLength: 4 words\n\nBody\n\n\
        The bridge is open.\n\nClassification\n\nLanguage: ENGLISH\n\nEnd of Document\n";

    const OLD_NEXIS: &str = "1 of 2 DOCUMENTS\n\nHarbour Post\n\nJanuary 10, 2024 Wednesday\nLate Edition - Final\n\n\
        Ferry aground\n\nBYLINE: A B\n\nSECTION: News; Pg. 1\n\nLENGTH: 6 words\n\nDATELINE: PELL\n\n\
        The ferry ran aground.\n\nLOAD-DATE: January 11, 2024\nLANGUAGE: ENGLISH\n\n\
        2 of 2 DOCUMENTS\n\nPell Mail\n\nJanuary 12, 2024\n\nBridge opens\n\nLENGTH: 4 words\n\nThe bridge is open.\n\n\
        LANGUAGE: ENGLISH\n";

    const FACTIVA: &str = "News\nFerry runs aground at Pell\nBy A B\n1,523 words\n10 January 2024\n08:30\nHarbour Post\n\
        HARP\nEnglish\n© 2024 Harbour Post\n\nThe ferry ran aground.\n\nNobody was hurt.\n\n\
        Document HARP000020240110ek1a00001\n\nBridge opens for traffic\n4 words\n12 January 2024\nPell Mail\nPELM\n\
        English\n(c) 2024\n\nThe bridge is open.\n\nDocument PELM000020240112ek1a00002\n";

    const TAGGED: &str = "HD\nFerry aground\nWC\n6 words\nPD\n10 January 2024\nET\n08:30\nSN\nHarbour Post\nLA\nEnglish\n\
        LP\nThe ferry ran aground.\nTD\nNobody was hurt.\nAN\nDocument HARP000020240110ek1a00001\n\
        HD  Bridge opens\nPD  12 January 2024\nSN  Pell Mail\nLP  The bridge is open.\nAN  Document PELM000020240112ek1a00002\n";

    #[test]
    fn the_text_of_an_export_may_be_in_a_page() {
        let paragraphs: String = NEW_NEXIS.lines().map(|line| format!("<p>{line}</p>")).collect();
        let page =
            format!("<html><head><title>Nexis</title></head><body>{paragraphs}</body></html>");
        let table = FieldTable::new(&[]);
        assert!(is_in_page(page.as_bytes(), &table));
        let articles = read_page(page.as_bytes(), &table).unwrap();
        assert_eq!(articles.len(), 2);
        let said = format!("{:?}", articles[0].as_ref().unwrap());
        holds(
            &said,
            &["Ferry aground", "Harbour Post", "The ferry ran aground.\nNobody was hurt."],
        );
        let other = format!("<html><body>{}</body></html>", paragraphs.replace("Length", "Size"));
        assert!(!is_in_page(other.as_bytes(), &table));
    }

    #[test]
    fn every_article_of_nexis_is_read() {
        for text in [NEW_NEXIS, OLD_NEXIS] {
            assert!(is_export(text));
            let said = said(text);
            assert_eq!(said.len(), 2, "{said:?}");
            holds(
                &said[0],
                &["Ferry aground", "Harbour Post", "January 10, 2024 Wednesday", "A B"],
            );
            assert!(
                said[0].contains("The ferry ran aground.") && !said[0].contains("January 11"),
                "{}",
                said[0]
            );
            holds(&said[1], &["Bridge opens", "Pell Mail", "The bridge is open.", "ENGLISH"]);
        }
    }

    #[test]
    fn a_headline_of_factiva_may_begin_as_a_byline_does() {
        let text =
            FACTIVA.replace("Ferry runs aground at Pell", "By 2030 all ferries will be electric");
        holds(&said(&text)[0], &["By 2030 all ferries will be electric", "A B"]);
    }

    #[test]
    fn bylines_of_two_lines_and_of_names_alone_are_read() {
        let both = "Ana Ruiz and Jo Berg";
        for (text, author) in [
            (NEW_NEXIS.replace("A B\n", "Ana Ruiz\nand Jo Berg\n"), both),
            (
                NEW_NEXIS.replace("A B\n", "Ana Ruiz\nJo van der Berg\n"),
                "Ana Ruiz, Jo van der Berg",
            ),
            (OLD_NEXIS.replace("A B\n\nSECTION", "A B\nSECTION"), "A B"),
            (FACTIVA.replace("By A B", both), both),
            (TAGGED.replace("WC\n", "CR\nReuters\nWC\n"), "Reuters"),
        ] {
            holds(&said(&text)[0], &[author]);
        }
        let other = said(&FACTIVA.replace("By A B\n", "")).remove(0);
        holds(&other, &["Ferry runs aground at Pell"]);
        assert!(!other.contains("\"News\""), "{other}");
    }

    #[test]
    fn every_article_of_factiva_is_read() {
        for (text, headline) in [(FACTIVA, "Ferry runs aground at Pell"), (TAGGED, "Ferry aground")]
        {
            assert!(is_export(text));
            let said = said(text);
            assert_eq!(said.len(), 2, "{said:?}");
            let text = "The ferry ran aground.\n\nNobody was hurt.";
            holds(&said[0], &[headline, "Harbour Post", "10 January 2024 08:30", text, "English"]);
            holds(&said[1], &["Pell Mail", "12 January 2024", "The bridge is open."]);
        }
    }

    #[test]
    fn documents_of_proquest_stand_between_ruled_lines() {
        let rule = "_".repeat(60);
        let text = format!(
            "{rule}\n\nFerry aground\n\nFull text: The ferry ran aground.\n\nTitle: Ferry aground\nAuthor: Ruiz, Ana\n\
            Publication title: Harbour Post\nPublication date: Jan 10, 2024\nProQuest document ID: 77\n\n{rule}\n"
        );
        let said = said(&text);
        assert_eq!(said.len(), 1);
        holds(
            &said[0],
            &[
                "Ferry aground",
                "The ferry ran aground.",
                "Harbour Post",
                "Jan 10, 2024",
                "77",
                "Ana Ruiz",
            ],
        );
    }

    #[test]
    fn a_text_without_marks_is_one_article() {
        assert!(!is_export("Length: it was long.\n\nThe document ends here.\n"));
        assert_eq!(said("Ferry aground at Pell\n\nIt ran aground.").len(), 1);
    }
}
