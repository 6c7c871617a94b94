//! A web page to an article: what the page says of itself, and its main text.
//!
//! `guard` says whether the page may be parsed, `tree` lays it out, `said` reads what it says of
//! itself and `main_text` finds the text. A page without a main text, a front page and a list of
//! links are no articles; what is said that is no article is believed only where nothing says that it
//! is one. Cost: a parse of the page and a few walks through it.

mod address;
pub(super) mod europresse;
mod furniture;
mod guard;
mod linked_data;
mod main_text;
mod paragraphs;
mod said;
mod shown_date;
mod streamed;
mod title;
mod tree;

use std::borrow::Cow;

pub(super) use self::address::day_in;
use self::address::{is_front, is_list};
use self::main_text::{MainText, Told, main_text};
use self::said::Said;
use self::tree::Page;
use super::encoding;
use super::fields::FieldTable;
use super::limits::Limits;
use super::record::{Captured, Value};
use crate::error::Cause;

/// A page of more elements is no article, and would take long.
const MOST_ELEMENTS: usize = 50_000;
/// A main text of fewer words is a teaser, a notice or a menu, unless the page says that it is an
/// article.
const LEAST_WORDS: usize = 60;
/// The same for the main text in a page's only `<article>`: a brief may be that short.
const LEAST_WORDS_OF_BRIEF: usize = 30;
/// A main text of fewer is none whatever the page says.
const LEAST_WORDS_OF_ARTICLE: usize = 10;
/// The share of the main text's letters inside links from which on it is a list of links.
const MOST_LINKED: f64 = 0.5;
/// Headings of the main text that are links, beyond which it is a list of articles.
const MOST_TEASERS: usize = 3;
/// A page of fewer words that is headed as an error is, or as a page to log in, is no article.
const MOST_WORDS_OF_NOTICE: usize = 200;

/// What pages are headed by that stand where an article was looked for.
const ERRORS: [&str; 13] = [
    "404",
    "access denied",
    "error 404",
    "error 500",
    "forbidden",
    "not found",
    "page introuvable",
    "page not found",
    "página no encontrada",
    "page unavailable",
    "seite nicht gefunden",
    "service unavailable",
    "sorry, we can't find",
];
/// What pages are headed by on which one logs in.
const LOGINS: [&str; 8] = [
    "anmelden",
    "anmeldung",
    "connexion",
    "iniciar sesión",
    "log in",
    "login",
    "sign in",
    "sign up",
];

/// Whether a stream that begins so, white space left out, is a page.
pub(super) fn is_page(body: &[u8]) -> bool {
    /// What stands before the first element may be longer than this, and seldom is.
    const LOOKED_AT: usize = 1024;
    let starts = |mark: &str| {
        body.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark.as_bytes()))
    };
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|mark| starts(mark)) {
        return true;
    }
    let opening = &body[..body.len().min(LOOKED_AT)];
    let lower = opening.to_ascii_lowercase();
    let Some(html) = memchr::memmem::find(&lower, b"<html") else { return false };
    // In a feed a page may stand within an entry.
    let is_first =
        || !lower[..html].windows(2).any(|two| two[0] == b'<' && two[1].is_ascii_alphabetic());
    starts("<!--") || starts("<?xml") && is_first()
}

/// A page's text, in the encoding that it names or that its bytes tell.
///
/// # Errors
/// In words, where it is in another one.
pub(super) fn decoded(page: &[u8]) -> Result<Cow<'_, str>, Cause> {
    let text = guard::decode(page, None);
    encoding::is_read(page, &text)?;
    Ok(text)
}

/// The paragraphs of a page, a line or more each.
///
/// # Errors
/// In words, where it would be too large a page, or too deep.
pub(super) fn lines(html: &str, limits: Limits) -> Result<String, Cause> {
    let page = Page::parse(&guard::checked(html, limits)?);
    let left_out: Vec<bool> = (0..page.len())
        .map(|place| matches!(page.name(place), "head" | "script" | "style"))
        .collect();
    let all = paragraphs::paragraphs(&page, &left_out);
    let texts: Vec<&str> = all.iter().map(|paragraph| paragraph.text.as_str()).collect();
    Ok(texts.join("\n"))
}

/// The values of a page that may matter; `charset` and `url` are what the server told of it.
///
/// # Errors
/// In words, where it is no article.
pub(super) fn capture(
    page: &[u8],
    charset: Option<&str>,
    url: Option<&str>,
    table: &FieldTable,
) -> Result<Captured<'static>, Cause> {
    let html = guard::decode(page, charset);
    let page = Page::parse(&guard::checked(&html, table.limits())?);
    if page.elements() > MOST_ELEMENTS {
        return Err(format!("a page of more than {MOST_ELEMENTS} elements").into());
    }
    let url = url.filter(|url| !url.is_empty());
    let said = Said::by(&page, url);
    is_no_other_page(&said)?;
    let told = Told { body: said.body.as_deref(), descriptions: &said.descriptions };
    let mut main = main_text(&page, &told);
    if words(&main.text) < LEAST_WORDS_OF_ARTICLE
        && let Some(text) = streamed::text(&page)
    {
        main = MainText { text, ..MainText::default() };
    }
    let is_notice = begins_with(&main.text, &LOGINS) || begins_with(&main.text, &ERRORS);
    let is_bare = url.is_none() && !said.leads_on && !is_notice;
    is_article(&main, &said, is_bare)?;
    let mut captured = Captured::default();
    for (name, value) in said.found.into_iter().chain([("main text", main.text)]) {
        if let Some(name) = table.column(name) {
            captured.push_first(name, Value::Text(Cow::Owned(value)));
        }
    }
    Ok(captured)
}

/// # Errors
/// In words, where a page says that it is no article, or its address does.
fn is_no_other_page(said: &Said) -> Result<(), Cause> {
    if said.is_article {
        return Ok(());
    }
    if let Some(address) = &said.address {
        if is_front(address) {
            return Err(format!("no article: {address} is a front page").into());
        }
        if is_list(address) {
            return Err(format!("no article: {address} is a list of articles").into());
        }
    }
    match &said.other_page {
        Some(kind) => Err(format!("no article: the page says that it is a {kind}").into()),
        None => Ok(()),
    }
}

/// # Errors
/// In words, where a main text is none of an article. A page that `is_bare` came from no server and
/// leads nowhere: somebody keeps a text in it, and of texts the length does not matter.
fn is_article(main: &MainText, said: &Said, is_bare: bool) -> Result<(), Cause> {
    let words = words(&main.text);
    if words == 0 {
        return Err("no article: no main text was found on this page".into());
    }
    if !said.is_article && main.teasers > MOST_TEASERS {
        return Err("no article: its main text is a list of articles".into());
    }
    if !said.is_article && main.linked > MOST_LINKED {
        return Err("no article: its main text is a list of links".into());
    }
    let least = match (is_bare, said.is_article) {
        (true, _) => 1,
        (_, true) => LEAST_WORDS_OF_ARTICLE,
        _ if main.is_in_article => LEAST_WORDS_OF_BRIEF,
        _ => LEAST_WORDS,
    };
    if words < least {
        return Err(format!("no article: its main text has {words} words").into());
    }
    if said.is_article {
        return Ok(());
    }
    let headed = |beginnings: &[&str]| {
        said.title.iter().chain(&said.headings).any(|title| begins_with(title, beginnings))
    };
    // Articles may have a form to log in that a button brings up.
    if words < MOST_WORDS_OF_NOTICE && said.asks_for_password && headed(&LOGINS) {
        return Err("no article: a page to log in".into());
    }
    if words < MOST_WORDS_OF_NOTICE && headed(&ERRORS) {
        return Err("no article: the page says that there is none".into());
    }
    Ok(())
}

fn begins_with(title: &str, beginnings: &[&str]) -> bool {
    let title = title.trim().to_lowercase();
    beginnings.iter().any(|beginning| title.starts_with(beginning))
}

/// How many words a text has; of those scripts that put no space between them a word takes about two
/// characters.
fn words(text: &str) -> usize {
    let has_no_spaces = |c: &char| {
        matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
    };
    let of = |word: &str| (word.chars().filter(has_no_spaces).count() / 2).max(1);
    text.split_whitespace().map(of).sum()
}

#[cfg(test)]
mod tests;
