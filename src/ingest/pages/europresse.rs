//! Articles of Europresse (Eureka, Cedrom-SNi) in a page, as the service saves them: each begins with the
//! name of its outlet, and classes say what is what. Cost: a walk through the page.

use super::paragraphs::paragraphs;
use super::tree::Page;
use crate::error::Cause;
use crate::ingest::limits::Limits;

/// The classes that say what an element holds, in lower case.
const OUTLET: &str = "docpublicationname";
const HEADER: &str = "docheader";
const TITLES: [&str; 3] = ["titrearticlevisu", "titrearticle", "grandtitre"];
const TEXTS: [&str; 2] = ["dococurrcontainer", "doctext"];
const ID: &str = "public-lblnodoc";

/// What a page has of an article, as it stands there.
#[derive(Debug, Default, PartialEq)]
pub(in crate::ingest) struct Piece {
    /// The outlet, the number of its issue perhaps behind it.
    pub(in crate::ingest) outlet: String,
    /// Its section, day, length and page, in one line.
    pub(in crate::ingest) header: String,
    pub(in crate::ingest) title: String,
    /// The number of the document.
    pub(in crate::ingest) id: String,
    /// Where the article is on the web.
    pub(in crate::ingest) url: String,
    /// Its text and, in the older form, what stands behind it.
    pub(in crate::ingest) paragraphs: Vec<String>,
}

/// Whether a page that begins so is one that Europresse has saved.
pub(in crate::ingest) fn is_europresse(head: &[u8]) -> bool {
    let holds = |mark: &str| memchr::memmem::find(head, mark.as_bytes()).is_some();
    holds("DocPublicationName") && ["itreArticle", "DocHeader"].into_iter().any(holds)
}

/// The articles of such a page, in its order.
///
/// # Errors
/// In words, where it would be too large a page, or too deep.
pub(in crate::ingest) fn pieces(html: &str, limits: Limits) -> Result<Vec<Piece>, Cause> {
    let page = Page::parse(&super::guard::checked(html, limits)?);
    let is_left_out: Vec<bool> = (0..page.len())
        .map(|place| matches!(page.name(place), "head" | "script" | "style" | "button"))
        .collect();
    let all = paragraphs(&page, &is_left_out);
    let is_of = |place: usize, class: &str| {
        let classes = page.attribute(place, "class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|other| other.eq_ignore_ascii_case(class))
    };
    let outlets: Vec<usize> = (0..page.len()).filter(|place| is_of(*place, OUTLET)).collect();
    let ends = outlets.iter().skip(1).copied().chain([page.len()]);
    let piece = |start: usize, end: usize| {
        let all_of = |class: &str| -> Vec<usize> {
            (start..end).filter(|place| is_of(*place, class)).collect()
        };
        let first_of = |classes: &[&str]| {
            classes.iter().find_map(|class| {
                all_of(class).into_iter().find(|place| !page.text(*place).trim().is_empty())
            })
        };
        let text = |place: usize| one_line(&page.text(place));
        let title = first_of(&TITLES);
        let (first, last) = match (first_of(&TEXTS), title) {
            (Some(place), _) => (place, page.end(place)),
            (None, Some(title)) => (page.end(title), end),
            (None, None) => (page.end(start), end),
        };
        let said = all.iter().filter(|paragraph| (first..last).contains(&paragraph.place));
        let texts = said.map(|paragraph| paragraph.text.clone());
        let address = |place: usize| {
            let is_link = page.name(place) == "a" && appeared(&page.text(place));
            is_link.then(|| page.attribute(place, "href")).flatten().map(str::to_owned)
        };
        let headers: Vec<String> = all_of(HEADER).into_iter().map(text).collect();
        Piece {
            outlet: text(start),
            header: headers.join(" "),
            title: title.map(text).unwrap_or_default(),
            id: first_of(&[ID]).map(text).unwrap_or_default(),
            url: (first..last).find_map(address).unwrap_or_default(),
            paragraphs: texts.filter(|text| !appeared(text)).collect(),
        }
    };
    let pieces = outlets.iter().zip(ends).map(|(start, end)| piece(*start, end));
    // A name of an outlet may be in two elements.
    Ok(pieces.filter(|piece| !piece.title.is_empty() || !piece.paragraphs.is_empty()).collect())
}

/// Whether a line says where on the web an article appeared.
fn appeared(line: &str) -> bool {
    ["Cet article est paru dans", "This article appeared in"]
        .iter()
        .any(|said| line.trim().starts_with(said))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}
