//! A web page to an article: what the page says of itself, and its main text.
//!
//! The main text is found as browsers' reading views find it (dom_smoothie, after Mozilla's
//! Readability). What is around it comes from JSON-LD (`NewsArticle` and its kin), OpenGraph,
//! `<meta>`, `<time>` and the address, each under a name of its own, so that the table of fields
//! says which goes first. A page without a main text, a front page and a list of links are no
//! articles. Cost: a parse of the page and a few walks through it.

use std::borrow::Cow;

use dom_query::Document;
use dom_smoothie::{Config, Readability, TextMode};
use serde_json::Value as Json;

use super::fields::FieldTable;
use super::record::{Captured, Value};

/// A page of more elements is no article, and would take long.
const MOST_ELEMENTS: usize = 50_000;
/// Elements in elements deeper than this are no page that a browser would show as it was meant;
/// parsers and walks go as deep as they do.
const DEEPEST: usize = 1_000;
/// Formatting that is not closed is opened again in every block: a page of 48 KB had 4.5 million elements,
/// which took 574 MB. More than this are no page either.
const MOST_REOPENED: usize = 1_000_000;
/// A main text of fewer words is a teaser, a notice or a menu, unless the page says that it is an
/// article.
const LEAST_WORDS: usize = 60;
/// A main text of fewer is none whatever the page says.
const LEAST_WORDS_OF_ARTICLE: usize = 10;
/// The share of the main text's characters inside links from which on it is a list of links.
const MOST_LINKED: f64 = 0.5;
/// Where in a page its encoding must be named: HTML says within the first kilobyte, pages do within
/// four.
const CHARSET_BYTES: usize = 4096;

/// Types of JSON-LD that are articles, by their endings.
const ARTICLE_TYPES: [&str; 3] = ["Article", "BlogPosting", "Report"];

/// What a page says under which name of the table of fields.
type Found = Vec<(&'static str, String)>;

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
    (starts("<!--") || starts("<?xml")) && memchr::memmem::find(&lower, b"<html").is_some()
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
) -> Result<Captured<'static>, String> {
    let html = decode(page, charset);
    if depth(&html) > DEEPEST {
        return Err(format!("its elements stand in one another more than {DEEPEST} deep"));
    }
    if reopened(&html) > MOST_REOPENED {
        return Err(
            "formatting that is not closed makes it a page of more than a million elements".into(),
        );
    }
    let document = Document::from(html.as_ref());
    let mut found: Found = Vec::new();
    let says_article = json_ld(&document, &mut found) | meta(&document, &mut found);
    if let Some(url) = url.filter(|url| !url.is_empty()) {
        found.push(("WARC-Target-URI", url.to_owned()));
    }
    // Readability takes the document apart.
    let address = ["WARC-Target-URI", "canonical", "og:url"];
    let of = |found: &Found, name: &str| {
        found.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone())
    };
    if let Some(address) = address.iter().find_map(|name| of(&found, name)) {
        if is_front(&address) && !says_article {
            return Err(format!("no article: {address} is a front page"));
        }
        if let Some(day) = day_in(&address) {
            found.push(("date in the url", day));
        }
    }
    let (title, text) = main_text(document, says_article)?;
    if !title.trim().is_empty() {
        found.push(("page title", title));
    }
    found.push(("main text", text));
    let mut captured = Captured::default();
    for (name, value) in found {
        if let Some(name) = table.column(name) {
            captured.push_first(name, Value::Text(Cow::Owned(value)));
        }
    }
    Ok(captured)
}

/// The title and the main text of a page.
fn main_text(document: Document, says_article: bool) -> Result<(String, String), String> {
    let config = Config {
        max_elements_to_parse: MOST_ELEMENTS,
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let article = Readability::with_document(document, None, Some(config))
        .and_then(|mut page| page.parse())
        .map_err(|error| match error {
            dom_smoothie::ReadabilityError::TooManyElements(..) => {
                format!("a page of more than {MOST_ELEMENTS} elements")
            }
            _ => "no article: no main text was found on this page".to_owned(),
        })?;
    let text = article.text_content.trim();
    let words = text.split_whitespace().count();
    let least = if says_article { LEAST_WORDS_OF_ARTICLE } else { LEAST_WORDS };
    if words < least {
        return Err(format!("no article: its main text has {words} words"));
    }
    let content = Document::from(article.content);
    let length = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let (linked, all) = (length(&content.select("a").text()), length(&content.text()));
    if !says_article && linked as f64 > MOST_LINKED * all as f64 {
        return Err("no article: its main text is a list of links".into());
    }
    Ok((article.title, text.to_owned()))
}

/// What the page's JSON-LD says of an article; whether it says that there is one.
fn json_ld(document: &Document, found: &mut Found) -> bool {
    let scripts = document.select(r#"script[type="application/ld+json"]"#);
    for script in scripts.iter() {
        let text = script.text();
        let inside = text.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
        let Ok(value) = serde_json::from_str::<Json>(inside) else { continue };
        let Some(article) = article_in(&value) else { continue };
        let said = |value: &Json| match value {
            Json::String(text) => Some(text.clone()),
            Json::Object(object) => {
                let named = object.get("name").or_else(|| object.get("@id"));
                named.and_then(Json::as_str).map(str::to_owned)
            }
            Json::Array(all) => {
                let first = all.first()?;
                first.as_str().or_else(|| first.get("name")?.as_str()).map(str::to_owned)
            }
            _ => None,
        };
        for (name, key) in [
            ("JSON-LD headline", "headline"),
            ("JSON-LD publisher", "publisher"),
            ("JSON-LD datePublished", "datePublished"),
            ("JSON-LD inLanguage", "inLanguage"),
        ] {
            found.extend(article.get(key).and_then(said).map(|text| (name, unescape(&text))));
        }
        return true;
    }
    false
}

/// The first article in what JSON-LD says: the value itself, an element of it, or of its graph.
fn article_in(value: &Json) -> Option<&Json> {
    match value {
        Json::Array(all) => all.iter().find_map(article_in),
        Json::Object(object) => {
            let is_article = |kind: &Json| {
                kind.as_str()
                    .is_some_and(|kind| ARTICLE_TYPES.iter().any(|end| kind.ends_with(end)))
            };
            let kind = object.get("@type");
            let kinds = kind.and_then(Json::as_array);
            if kind.is_some_and(is_article) || kinds.is_some_and(|all| all.iter().any(is_article)) {
                return Some(value);
            }
            let below = ["@graph", "mainEntity", "mainEntityOfPage"];
            below.iter().find_map(|key| article_in(object.get(*key)?))
        }
        _ => None,
    }
}

/// What `<meta>`, `<link>`, `<time>` and `<html>` say; whether they say that this is an article.
fn meta(document: &Document, found: &mut Found) -> bool {
    let mut says_article = false;
    for element in document.select("meta[content]").iter() {
        let Some(name) = element.attr("property").or_else(|| element.attr("name")) else {
            continue;
        };
        let content = element.attr("content").unwrap_or_default().trim().to_owned();
        let name = match name.to_ascii_lowercase().as_str() {
            "og:title" => "og:title",
            "og:site_name" => "og:site_name",
            "og:url" => "og:url",
            "og:locale" => "og:locale",
            "og:type" => {
                says_article |= content.eq_ignore_ascii_case("article");
                continue;
            }
            "article:published_time" | "og:article:published_time" => {
                says_article = true;
                "article:published_time"
            }
            "date" | "pubdate" | "publishdate" | "publish-date" | "publish_date" | "dc.date"
            | "dc.date.issued" | "dcterms.date" | "dcterms.created" | "parsely-pub-date"
            | "sailthru.date" | "datepublished" => "meta date",
            _ => continue,
        };
        if !content.is_empty() {
            found.push((name, content));
        }
    }
    for (selector, attribute, name) in [
        (r#"[itemprop="datePublished"][content]"#, "content", "meta date"),
        (r#"[itemprop="datePublished"][datetime]"#, "datetime", "meta date"),
        (r#"link[rel="canonical"][href]"#, "href", "canonical"),
        ("article time[datetime], time[pubdate][datetime]", "datetime", "time element"),
        ("time[datetime]", "datetime", "time element"),
        ("html[lang]", "lang", "html lang"),
    ] {
        let value = document.select(selector).attr(attribute).unwrap_or_default();
        if !value.trim().is_empty() {
            found.push((name, value.trim().to_owned()));
        }
    }
    says_article
}

/// A text of JSON-LD without the entities that many sites leave in it.
fn unescape(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

/// Whether an address is that of a site and of no page in it.
fn is_front(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split_once('/').is_none_or(|(_, path)| {
        path.is_empty() || path.starts_with(['?', '#']) || path.starts_with("index.")
    })
}

/// The day that an address names as `/2024/05/01/` or `/2024-05-01-`.
fn day_in(address: &str) -> Option<String> {
    let bytes = address.as_bytes();
    let digits = |from: usize, count: usize| {
        let part = bytes.get(from..from + count)?;
        part.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(part).into_owned())
    };
    (1..bytes.len().saturating_sub(9)).find_map(|at| {
        let between = [bytes[at - 1], bytes[at + 4], bytes[at + 7]];
        let behind = bytes.get(at + 10).is_none_or(|byte| !byte.is_ascii_digit());
        let is_date = between[0] == b'/' && between[1] == between[2] && behind;
        if !is_date || !matches!(between[1], b'/' | b'-') {
            return None;
        }
        let (year, month, day) = (digits(at, 4)?, digits(at + 5, 2)?, digits(at + 8, 2)?);
        ("1990"..="2099").contains(&year.as_str()).then(|| format!("{year}-{month}-{day}"))
    })
}

/// A page's text in the encoding that the server or the page names; UTF-8 where neither does and it
/// is that, else Windows-1252, as browsers have it.
fn decode<'p>(page: &'p [u8], charset: Option<&str>) -> Cow<'p, str> {
    let named = |label: &str| encoding_rs::Encoding::for_label(label.as_bytes());
    let head = &page[..page.len().min(CHARSET_BYTES)];
    let encoding = charset.and_then(named).or_else(|| named(&charset_in(head)?));
    match (encoding, std::str::from_utf8(page)) {
        (_, Ok(text)) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        (Some(encoding), Err(_)) => encoding.decode(page).0,
        (None, Err(_)) => encoding_rs::WINDOWS_1252.decode(page).0,
    }
}

/// The encoding that a page names in its first bytes.
fn charset_in(head: &[u8]) -> Option<String> {
    let lower = head.to_ascii_lowercase();
    let at = memchr::memmem::find(&lower, b"charset=")? + b"charset=".len();
    let rest = lower[at..].iter().skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '));
    let label = rest.take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte));
    Some(label.map(|byte| char::from(*byte)).collect())
}

/// About how deep elements stand in one another: what is opened and not closed, elements that
/// nothing closes left out.
fn depth(html: &str) -> usize {
    const VOID: [&str; 14] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    ];
    let (mut deepest, mut depth) = (0_usize, 0_usize);
    for (closes, name) in tags(html) {
        // A paragraph or an item of a list is closed by the next one.
        let stays_open = !["p", "li", "td", "tr", "option", "dd", "dt"].contains(&name);
        if closes {
            depth = depth.saturating_sub(1);
        } else if stays_open && !VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// At most how many elements a parser adds to a page, as HTML says: it opens formatting again, that was
/// not closed in the block where it began, in each one that follows.
fn reopened(html: &str) -> usize {
    // A link is closed by the next one.
    const FORMATTING: [&str; 12] =
        ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"];
    let (mut open, mut all, mut reopened) = ([0_usize; FORMATTING.len()], 0, 0_usize);
    for (closes, name) in tags(html) {
        match (FORMATTING.iter().position(|known| name.eq_ignore_ascii_case(known)), closes) {
            (Some(place), true) if open[place] > 0 => {
                open[place] -= 1;
                all -= 1;
            }
            (Some(place), false) => {
                open[place] += 1;
                all += 1;
            }
            (None, false) => reopened += all,
            _ => {}
        }
    }
    reopened
}

/// What looks like a tag: whether it closes an element, and the name.
fn tags(html: &str) -> impl Iterator<Item = (bool, &str)> {
    html.match_indices('<').filter_map(|(at, _)| {
        let rest = &html[at + 1..];
        let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        (closes || end > 0).then_some((closes, &rest[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_by_its_first_element() {
        for (body, page) in [
            ("<!DOCTYPE html><p>", true),
            ("<HTML lang=en>", true),
            ("<!-- saved --><html>", true),
            ("<?xml version='1.0'?><!DOCTYPE html PUBLIC \"x\"><html>", true),
            ("<?xml version='1.0'?><rss>", false),
            ("<b>Bold</b> words", false),
        ] {
            assert_eq!(is_page(body.as_bytes()), page, "{body}");
        }
    }

    #[test]
    fn an_address_may_name_a_day_and_may_be_a_front_page() {
        assert_eq!(day_in("https://a.example/2024/05/01/ferry").as_deref(), Some("2024-05-01"));
        assert_eq!(
            day_in("https://a.example/news/2024-05-01-ferry").as_deref(),
            Some("2024-05-01")
        );
        assert_eq!(day_in("https://a.example/2024/0501/ferry"), None);
        assert_eq!(day_in("https://a.example/1234/56/78"), None);
        for (address, front) in [
            ("https://a.example", true),
            ("https://a.example/", true),
            ("https://a.example/?x=1", true),
            ("https://a.example/index.html", true),
            ("https://a.example/ferry", false),
        ] {
            assert_eq!(is_front(address), front, "{address}");
        }
    }

    #[test]
    fn the_encoding_is_the_one_that_is_named() {
        let page = b"<html><meta charset='windows-1251'><p>\xCF\xEE\xF0\xF2";
        assert!(decode(page, None).ends_with("Порт"));
        assert!(decode(b"<html><p>caf\xE9", None).ends_with("café"));
        assert!(decode(b"<html><p>\xB9\xFA", Some("gb2312")).ends_with('国'));
        assert!(decode("<meta charset=latin1>café".as_bytes(), None).ends_with("café"));
    }

    #[test]
    fn what_is_mostly_links_is_no_article() {
        let page = |open: &str, close: &str| {
            let sentence = "The ferry ran aground off the old port, and lifeboats came, they said.";
            let paragraph = format!("<p>{open}{sentence}{close} More of it, as it seems.</p>");
            format!("<html><body><article>{}</article></body></html>", paragraph.repeat(12))
        };
        assert!(main_text(Document::from(page("", "")), false).is_ok());
        let linked = page("<a href='/ferry'>", "</a>");
        let reason = main_text(Document::from(linked.as_str()), false).unwrap_err();
        assert!(reason.contains("list of links"), "{reason}");
        assert!(main_text(Document::from(linked), true).is_ok(), "the page says what it is");
    }

    // 48 KB of it took 574 MB.
    #[test]
    fn formatting_that_every_block_opens_again_is_counted_before_it_is_parsed() {
        assert_eq!(reopened("<p><b><I>x</i></b><p>y"), 0);
        assert_eq!(reopened("<p><b><i>x</p><p>y</u></p></i><div>z"), 2 + 1);
        let bomb = format!("<p>{}</p>{}", "<b a=1>".repeat(900), "<p>x</p>".repeat(5000));
        assert_eq!(reopened(&bomb), 900 * 5000);
        let error = capture(bomb.as_bytes(), None, None, &FieldTable::new(&[])).unwrap_err();
        assert!(error.starts_with("formatting that is not closed"), "{error}");
    }

    #[test]
    fn depth_counts_what_is_open() {
        assert_eq!(depth("<html><body><p>a<p>b<br><div><b>c</b></div></body></html>"), 4);
        assert_eq!(depth(&"<div>".repeat(5000)), 5000);
        assert_eq!(depth("1 < 2 <3"), 1);
    }
}
