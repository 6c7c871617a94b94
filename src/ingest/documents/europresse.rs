//! Exports of Europresse (Eureka, Cedrom-SNi): pages as the service saves them, and its articles as text.
//!
//! Each article ends with the number of its document, `news·20240110·LM·0012`, which has the day; above it
//! stands whose the rights are. Above the text are the outlet, a line with section, day, length and page,
//! and the title. Cost: a few passes over the lines.

use super::{Entry, captured};
use crate::error::Cause;
use crate::ingest::date;
use crate::ingest::fields::FieldTable;
use crate::ingest::pages::europresse::{Piece, pieces};

/// Lines that the service writes under an article and between two, by words in them.
const CERTIFICATES: [&str; 7] = [
    "certificat",
    "certificate",
    "date d'émission",
    "date d’émission",
    "protégé par les lois",
    "protected under international copyright laws",
    "protected by copyright",
];
/// How an issue of an outlet is counted.
const ISSUES: [&str; 4] = ["no", "n°", "num", "vol"];
/// So many lines may stand above the title.
const MOST_LINES_ABOVE: usize = 12;
/// A piece without a day and without a line about rights is an article if it has so many words.
const LEAST_WORDS: usize = 20;

/// The articles of a page that the service saved.
///
/// # Errors
/// In words, where there is none.
pub(super) fn read_page(html: &str, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let pieces = pieces(html, table.limits())?;
    if pieces.is_empty() {
        return Err("a page of Europresse without an article".into());
    }
    Ok(pieces.into_iter().map(|piece| Ok(captured(table, values(piece)))).collect())
}

/// Whether a text has the marks of such articles.
pub(super) fn is_export(text: &str) -> bool {
    let has_number = |line: &str| document(line).is_some();
    text.contains('·') && text.lines().any(has_number) && text.lines().any(is_about_rights)
}

/// The articles of a text.
pub(super) fn read_lines(lines: &[&str], table: &FieldTable) -> Vec<Entry> {
    let mut last = None;
    let mut entries = Vec::new();
    for piece in lines.split_inclusive(|line| document(line).is_some()) {
        let number = piece.last().and_then(|line| document(line));
        let piece = in_lines(piece).filter(|_| number.is_none() || number != last);
        entries.extend(piece.map(|piece| Ok(captured(table, values(piece)))));
        last = number;
    }
    entries
}

/// What lines have of an article; none where they are what stands between two.
fn in_lines(lines: &[&str]) -> Option<Piece> {
    let is_certificate = |line: &str| {
        let line = line.to_lowercase();
        CERTIFICATES.iter().any(|said| line.contains(said))
    };
    let id = lines.last().and_then(|line| document(line)).unwrap_or_default();
    let lines: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| document(line).is_none())
        .skip_while(|line| line.is_empty() || is_certificate(line))
        .collect();
    let above =
        || lines.iter().enumerate().filter(|(_, line)| !line.is_empty()).take(MOST_LINES_ABOVE);
    let dated = above().find(|(_, line)| day(line).is_some());
    let words: usize = lines.iter().map(|line| line.split_whitespace().count()).sum();
    if dated.is_none() && words < LEAST_WORDS && !lines.iter().any(|line| is_about_rights(line)) {
        return None;
    }
    let Some((day, header)) = dated else {
        let paragraphs = lines.iter().map(|line| (*line).to_owned()).collect();
        let title = lines.first().map(|line| (*line).to_owned()).unwrap_or_default();
        return Some(Piece { id: id.to_owned(), title, paragraphs, ..Piece::default() });
    };
    // `Le Monde • p. 14 • 523 mots` is a line of its own in some forms.
    let below = || above().skip_while(|(place, _)| *place <= day);
    let pointed = below().next().filter(|(_, line)| line.contains(" • "));
    let outlet = match pointed {
        Some((_, line)) => line.split(" • ").next(),
        None => above().take_while(|(place, _)| *place < day).last().map(|(_, line)| *line),
    };
    let behind = pointed.map_or(day, |(place, _)| place);
    let title = lines.iter().enumerate().skip(behind + 1).find(|(_, line)| !line.is_empty());
    let start = title.map_or(lines.len(), |(place, _)| place + 1);
    Some(Piece {
        outlet: outlet.unwrap_or_default().to_owned(),
        header: (*header).to_owned(),
        title: title.map(|(_, line)| (*line).to_owned()).unwrap_or_default(),
        id: id.to_owned(),
        url: String::new(),
        paragraphs: lines[start..].iter().map(|line| (*line).to_owned()).collect(),
    })
}

/// The values of an article.
fn values(mut piece: Piece) -> Vec<(&'static str, String)> {
    let line = piece.paragraphs.iter().position(|line| document(line).is_some());
    let in_text = || piece.paragraphs.get(line?).and_then(|line| document(line));
    let number = document(&piece.id).or_else(in_text).unwrap_or_default().to_owned();
    piece.paragraphs.truncate(line.unwrap_or(piece.paragraphs.len()));
    if let Some(rights) = piece.paragraphs.iter().rposition(|line| is_about_rights(line)) {
        piece.paragraphs.truncate(rights);
    }
    let in_number = || number.split('·').nth(1).unwrap_or_default().to_owned();
    // `Le Monde, no. 24510` and `Acme Law Review, Vol. 14, no 4` are issues.
    let is_issue = |part: &str| {
        let word = part.split(['.', ' ']).next().unwrap_or_default().to_lowercase();
        ISSUES.contains(&word.as_str()) && part.bytes().any(|byte| byte.is_ascii_digit())
    };
    let outlet: Vec<&str> = piece.outlet.split(", ").take_while(|part| !is_issue(part)).collect();
    vec![
        ("id", number.clone()),
        ("title", piece.title),
        ("outlet", outlet.join(", ").trim().to_owned()),
        ("published", day(&piece.header).unwrap_or_else(in_number)),
        ("url", piece.url),
        ("text", piece.paragraphs.join("\n").trim().to_owned()),
    ]
}

/// The number of a document in a line: `news·20240110·LM·0012`.
fn document(line: &str) -> Option<&str> {
    line.split_whitespace().find(|word| {
        let mut parts = word.split('·');
        let kind = parts.next().is_some_and(|kind| {
            !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        let day = parts
            .next()
            .is_some_and(|day| day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()));
        kind && day && parts.filter(|part| !part.is_empty()).count() >= 2
    })
}

/// Whether a line says whose the rights are.
fn is_about_rights(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('©') || line.starts_with("Copyright ©")
}

/// The day in a line, as `10 janvier 2024` or `January 10, 2024`.
fn day(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.windows(3).find_map(|three| {
        let day = three.join(" ");
        let day = day.trim_end_matches([',', '.', ';']);
        let has_digits = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
        (has_digits(three[2]) && date::parse(day).is_some()).then(|| day.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(entries: Vec<Entry>) -> Vec<String> {
        entries.into_iter().map(|entry| format!("{:?}", entry.unwrap())).collect()
    }

    fn holds(said: &str, parts: &[&str]) {
        for part in parts {
            assert!(said.contains(&format!("{part:?}")), "{part:?}: {said}");
        }
    }

    fn page(html: &str) -> Vec<String> {
        said(read_page(html, &FieldTable::new(&[])).unwrap())
    }

    /// As the service has saved articles since about 2015.
    const ARTICLES: &str = "<!DOCTYPE html><html><head><title>Europresse</title></head><body>\
        <article><header><div class=\"rdp__DocPublicationName\"><span class=\"DocPublicationName\">Harbour Post, no. 24510</span></div>\
        <div class=\"rdp__DocHeader\"><span class=\"DocHeader\">Économie, mercredi 10 janvier 2024 523 mots, p. 14</span></div>\
        <div class=\"titreArticle\"><p class=\"sm-margin-TopNews titreArticleVisu rdp__articletitle\">Un ferry <mark>s'échoue</mark></p></div>\
        <div class=\"docAuthors\">A. B.</div></header>\
        <section><div class=\"DocText clearfix\"><div class=\"docOcurrContainer\"><p>Le ferry s'est échoué.</p><p>Aucun blessé.</p>\
        <p><a href=\"https://post.example/1\">Cet article est paru dans Harbour Post (site web)</a></p></div></div></section>\
        <footer><div class=\"publiC-lblNodoc\">news·20240110·HP·0012</div>\
        <div class=\"Doc-LegalInfo\"><small>© 2024 Harbour Post. Tous droits réservés.</small></div></footer></article>\
        <article><header><div class=\"rdp__DocPublicationName\"><span class=\"DocPublicationName\">Acme Review, Vol. 14, no 4</span></div>\
        <span class=\"DocHeader\">Thursday, December 22, 2022 13887 mots, p. 8(40)</span>\
        <div class=\"titreArticle\"><p class=\"titreArticleVisu\">Bridge opens</p></div></header>\
        <section><div class=\"DocText clearfix\"><p>The bridge is open.</p></div></section>\
        <footer><div class=\"publiC-lblNodoc\">news·20221222·AR·7</div></footer></article></body></html>";

    /// As it did before.
    const TABLES: &str = "<html><body><table><tr><td><table><tr><td></td></tr></table>\
        <span class=\"DocPublicationName\">Harbour Post</span><br><span class=\"DocHeader\">Politique, </span>\
        <span class=\"DocHeader\">jeudi </span><span class=\"DocHeader\">5 octobre 2013</span><span class=\"DocHeader\">, p. 03</span><br><br>\
        Sous-titre<br><span class=\"TitreArticleVisu\">Un ferry <span style=\"color:red\">s'échoue</span></span><br><br>\
        Le ferry.<font style=\"x\"> Il s'est échoué.</font><p></p>Aucun blessé.<p></p><b><i>© 2013 Post. Tous droits réservés.</i></b><p></p>\
        Numéro de document : news·20131005·HP·12<br><br><table><tr><td align=\"center\">news·20131005·HP·12</td></tr>\
        <tr><td>Ce certificat est émis à <b>University</b>.</td></tr></table></td></tr></table>\
        <p><br><table><tr><td><span class=\"DocPublicationName\">Pell Mail</span><br><span class=\"DocHeader\">mercredi </span>\
        <span class=\"DocHeader\">3 octobre 2012</span><br><br><span class=\"TitreArticleVisu\">Un pont</span><br><br>Le pont est ouvert.\
        <p></p><b><i>© 2012 Mail.</i></b><p></p>Numéro de document : news·20121003·PM·5</td></tr></table></body></html>";

    const TEXT: &str = "Nom de la source\nHarbour Post\n\nMercredi 10 janvier 2024\nHarbour Post • p. 14 • 523 mots\n\nUn ferry s'échoue\n\n\
        Le ferry s'est échoué.\nAucun blessé.\n\n© 2024 Harbour Post. Tous droits réservés.\n\
        Certificat émis le 12 janvier 2024 à Université à des fins de visualisation personnelle et temporaire.\nnews·20240110·HP·0012\n\n\
        Pell Mail, no. 7\nÉconomie, jeudi 11 janvier 2024 4 mots, p. 3\n\nUn pont\n\nLe pont est ouvert.\n\n© 2024 Pell Mail.\n\
        Numéro de document : news·20240111·PM·5\n\nnews·20240111·PM·5\nCe certificat est émis à University.\n";

    #[test]
    fn every_article_of_a_page_is_read() {
        let articles = page(ARTICLES);
        assert_eq!(articles.len(), 2);
        holds(
            &articles[0],
            &[
                "news·20240110·HP·0012",
                "Un ferry s'échoue",
                "Harbour Post",
                "10 janvier 2024",
                "https://post.example/1",
                "Le ferry s'est échoué.\nAucun blessé.",
            ],
        );
        holds(
            &articles[1],
            &["Bridge opens", "Acme Review", "December 22, 2022", "The bridge is open."],
        );
    }

    #[test]
    fn every_article_of_an_older_page_is_read() {
        let articles = page(TABLES);
        assert_eq!(articles.len(), 2);
        holds(
            &articles[0],
            &[
                "news·20131005·HP·12",
                "Un ferry s'échoue",
                "Harbour Post",
                "5 octobre 2013",
                "Le ferry. Il s'est échoué.\nAucun blessé.",
            ],
        );
        holds(&articles[1], &["Un pont", "Pell Mail", "3 octobre 2012", "Le pont est ouvert."]);
    }

    #[test]
    fn every_article_of_a_text_is_read() {
        assert!(is_export(TEXT));
        let lines: Vec<&str> = TEXT.lines().map(str::trim).collect();
        let articles = said(read_lines(&lines, &FieldTable::new(&[])));
        assert_eq!(articles.len(), 2);
        holds(
            &articles[0],
            &[
                "news·20240110·HP·0012",
                "Un ferry s'échoue",
                "Harbour Post",
                "10 janvier 2024",
                "Le ferry s'est échoué.\nAucun blessé.",
            ],
        );
        holds(&articles[1], &["Un pont", "Pell Mail", "11 janvier 2024", "Le pont est ouvert."]);
    }

    #[test]
    fn a_day_is_in_the_number_where_the_header_has_none() {
        let html = TABLES.replace("5 octobre 2013", "automne");
        holds(&page(&html)[0], &["20131005"]);
    }

    #[test]
    fn a_point_in_the_middle_is_no_number_of_a_document() {
        for line in ["col·legi", "a·b·c·d", "news·2024·LM·1", "news·20240110", "·20240110·LM·1"]
        {
            assert_eq!(document(line), None, "{line}");
        }
        assert!(!is_export("Le col·legi.\n© 2024 Post.\n"));
        assert!(read_page("<html><body><p>A</p></body></html>", &FieldTable::new(&[])).is_err());
    }
}
