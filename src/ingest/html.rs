//! A web page to an article: what the page says of itself, and its main text.
//!
//! The main text is found as browsers' reading views find it (dom_smoothie, after Mozilla's
//! Readability). What is around it comes from JSON-LD (`NewsArticle` and its kin), OpenGraph,
//! `<meta>`, `<time>` and the address, each under a name of its own, so that the table of fields
//! says which goes first. A page without a main text, a front page and a list of links are no
//! articles. Cost: a parse of the page and a few walks through it.

use std::borrow::Cow;

use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability, TextMode};
use serde_json::Value as Json;

use super::fields::FieldTable;
use super::html_furniture::{self, is_error, is_list, is_login, is_other_page};
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
/// Headings of the main text that are links, beyond which it is a list of articles.
const MOST_TEASERS: usize = 3;
/// A page of fewer words that is headed as an error is, or as a page to log in, is no article.
const MOST_WORDS_OF_NOTICE: usize = 200;
/// Where fewer characters are found, Readability looks again and leaves less out. Its own 500 are
/// more than a brief has, or an article in Chinese, which then came with the comments.
const LEAST_CHARACTERS: usize = 200;
/// Where Readability puts what it found.
const MAIN_TEXT: &str = "#readability-page-1";
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
    let mut said = Said::by(&document);
    if let Some(url) = url.filter(|url| !url.is_empty()) {
        said.found.push(("WARC-Target-URI", url.to_owned()));
    }
    let address = ["WARC-Target-URI", "canonical", "og:url"].iter().find_map(|name| said.get(name));
    if let Some(address) = address.map(str::to_owned) {
        if is_front(&address) && !said.is_article {
            return Err(format!("no article: {address} is a front page"));
        }
        if is_list(&address) && !said.is_article {
            return Err(format!("no article: {address} is a list of articles"));
        }
        if let Some(day) = day_in(&address) {
            said.found.push(("date in the url", day));
        }
    }
    if let Some(kind) = said.other_page.as_ref().filter(|_| !said.is_article) {
        return Err(format!("no article: the page says that it is a {kind}"));
    }
    html_furniture::remove(&document);
    // Readability takes the document apart.
    let (title, text) = main_text(document, &said)?;
    if !title.trim().is_empty() {
        said.found.push(("page title", title));
    }
    said.found.push(("main text", text));
    let mut captured = Captured::default();
    for (name, value) in said.found {
        if let Some(name) = table.column(name) {
            captured.push_first(name, Value::Text(Cow::Owned(value)));
        }
    }
    Ok(captured)
}

/// The title and the main text of a page.
fn main_text(document: Document, said: &Said) -> Result<(String, String), String> {
    let config = Config {
        max_elements_to_parse: MOST_ELEMENTS,
        char_threshold: LEAST_CHARACTERS,
        // It is read above, where more of its forms are known.
        disable_json_ld: true,
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let mut page = Readability::with_document(document, None, Some(config))
        .map_err(|error| error.to_string())?;
    let article = page.parse().map_err(|error| match error {
        dom_smoothie::ReadabilityError::TooManyElements(..) => {
            format!("a page of more than {MOST_ELEMENTS} elements")
        }
        _ => "no article: no main text was found on this page".to_owned(),
    })?;
    let text = article.text_content.trim();
    let words = words(text);
    let least = if said.is_article { LEAST_WORDS_OF_ARTICLE } else { LEAST_WORDS };
    if words < least {
        return Err(format!("no article: its main text has {words} words"));
    }
    if !said.is_article {
        let headed =
            |by: fn(&str) -> bool| said.title.iter().chain(&said.headings).any(|title| by(title));
        // Articles may have a form to log in that a button brings up.
        if words < MOST_WORDS_OF_NOTICE && said.asks_for_password && headed(is_login) {
            return Err("no article: a page to log in".into());
        }
        if words < MOST_WORDS_OF_NOTICE && headed(is_error) {
            return Err("no article: the page says that there is none".into());
        }
        is_no_list(&page.doc)?;
    }
    let title = said.headline().map_or(article.title, str::to_owned);
    Ok((title, text.to_owned()))
}

/// # Errors
/// In words, where the main text that was found in `page` is links, or teasers of articles.
fn is_no_list(page: &Document) -> Result<(), String> {
    let length = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let (mut linked, mut all, mut teasers) = (0, 0, 0);
    let content = page.select_single(MAIN_TEXT);
    for root in content.nodes() {
        all += length(&root.text());
        for node in root.descendants_it() {
            if node.has_name("a") {
                linked += length(&node.text());
            }
            let is_heading = ["h1", "h2", "h3", "h4"].iter().any(|name| node.has_name(name));
            let links = |node: &NodeRef<'_>| node.has_name("a");
            teasers += usize::from(
                is_heading
                    && (node.descendants_it().any(|below| links(&below))
                        || node.parent().is_some_and(|above| links(&above))),
            );
        }
    }
    if linked as f64 > MOST_LINKED * all as f64 {
        return Err("no article: its main text is a list of links".into());
    }
    if teasers > MOST_TEASERS {
        return Err("no article: its main text is a list of articles".into());
    }
    Ok(())
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

/// What a page says of itself, found in one walk through it.
#[derive(Default)]
struct Said {
    /// What stands under which name of the table of fields; of one name the first counts.
    found: Found,
    /// Whether it says that it is an article.
    is_article: bool,
    /// What else it says that it is.
    other_page: Option<String>,
    asks_for_password: bool,
    title: Option<String>,
    headings: Vec<String>,
}

impl Said {
    fn by(document: &Document) -> Self {
        let mut said = Self::default();
        // Of the dates that a page holds those count first that are marked as its own.
        let mut later: [Found; 4] = Default::default();
        for node in document.root().descendants_it() {
            let Some(element) = node.element_ref() else { continue };
            let attribute = |name: &str| {
                let found =
                    element.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
                let value = found.value.trim();
                (!value.is_empty()).then(|| value.to_owned())
            };
            let is = |name: &str, value: &str| {
                attribute(name).is_some_and(|said| said.eq_ignore_ascii_case(value))
            };
            if is("itemprop", "datePublished") {
                for (place, name) in ["content", "datetime"].into_iter().enumerate() {
                    later[place].extend(attribute(name).map(|date| ("meta date", date)));
                }
            }
            match &*element.name.local {
                "script" if is("type", "application/ld+json") => said.linked_data(&node.text()),
                "meta" => {
                    let name = attribute("property").or_else(|| attribute("name"));
                    if let (Some(name), Some(content)) = (name, attribute("content")) {
                        said.meta(&name, content);
                    }
                }
                "link" if is("rel", "canonical") => {
                    said.found.extend(attribute("href").map(|url| ("canonical", url)));
                }
                "time" => {
                    let in_article =
                        || node.ancestors_it(None).any(|node| node.has_name("article"));
                    let is_own = attribute("pubdate").is_some() || in_article();
                    let date = attribute("datetime").map(|date| ("time element", date));
                    later[if is_own { 2 } else { 3 }].extend(date);
                }
                "html" => said.found.extend(attribute("lang").map(|lang| ("html lang", lang))),
                "input" => said.asks_for_password |= is("type", "password"),
                "title" if said.title.is_none() => said.title = Some(node.text().trim().to_owned()),
                "h1" => said.headings.push(node.text().trim().to_owned()),
                _ => {}
            }
        }
        said.found.extend(later.into_iter().flatten());
        said
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.found.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    /// The headline with which the page's title begins, where the name of the site follows it.
    fn headline(&self) -> Option<&str> {
        let title = self.title.as_ref()?;
        let is_followed = |heading: &&String| {
            let rest = title.strip_prefix(heading.as_str()).unwrap_or_default();
            !heading.is_empty()
                && rest.trim_start().starts_with(['|', '-', '–', '—', '·', '»', '«'])
        };
        self.headings.iter().find(is_followed).map(String::as_str)
    }

    /// What `<meta>` says.
    fn meta(&mut self, name: &str, content: String) {
        let name = match name.to_ascii_lowercase().as_str() {
            "og:title" => "og:title",
            "og:site_name" => "og:site_name",
            "og:url" => "og:url",
            "og:locale" => "og:locale",
            "og:type" => {
                self.is_article |= content.eq_ignore_ascii_case("article");
                return;
            }
            "article:published_time" | "og:article:published_time" => {
                self.is_article = true;
                "article:published_time"
            }
            "date" | "pubdate" | "publishdate" | "publish-date" | "publish_date" | "dc.date"
            | "dc.date.issued" | "dcterms.date" | "dcterms.created" | "parsely-pub-date"
            | "sailthru.date" | "datepublished" => "meta date",
            _ => return,
        };
        self.found.push((name, content));
    }

    /// What JSON-LD says of an article, or of another kind of page.
    fn linked_data(&mut self, text: &str) {
        let inside = text.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
        let Ok(value) = serde_json::from_str::<Json>(inside) else { return };
        let is_article = |kind: &str| ARTICLE_TYPES.iter().any(|end| kind.ends_with(end));
        let Some(article) = thing_in(&value, &is_article) else {
            let other = thing_in(&value, &is_other_page).and_then(|page| page["@type"].as_str());
            self.other_page = self.other_page.take().or(other.map(str::to_owned));
            return;
        };
        self.is_article = true;
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
            let text = article.get(key).and_then(said);
            self.found.extend(text.map(|text| (name, unescape(&text))));
        }
    }
}

/// The first thing of a kind in what JSON-LD says: the value itself, an element of it, or of its graph.
fn thing_in<'j>(value: &'j Json, is_it: &dyn Fn(&str) -> bool) -> Option<&'j Json> {
    match value {
        Json::Array(all) => all.iter().find_map(|value| thing_in(value, is_it)),
        Json::Object(object) => {
            let is_it_said = |kind: &Json| kind.as_str().is_some_and(is_it);
            let kind = object.get("@type");
            let kinds = kind.and_then(Json::as_array);
            if kind.is_some_and(is_it_said) || kinds.is_some_and(|all| all.iter().any(is_it_said)) {
                return Some(value);
            }
            let below = ["@graph", "mainEntity", "mainEntityOfPage"];
            below.iter().find_map(|key| thing_in(object.get(*key)?, is_it))
        }
        _ => None,
    }
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
pub(super) fn day_in(address: &str) -> Option<String> {
    let bytes = address.as_bytes();
    let digits = |from: usize, count: usize| {
        let part = bytes.get(from..from + count)?;
        part.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(part).into_owned())
    };
    (1..bytes.len().saturating_sub(9)).find_map(|at| {
        let between = [bytes[at - 1], bytes[at + 4], bytes[at + 7]];
        // `/2024/10/31-injured-in-tram-crash` is of October and of no day.
        let behind = bytes.get(at + 10).is_none_or(|byte| match between[1] {
            b'/' => matches!(byte, b'/' | b'?' | b'#'),
            _ => !byte.is_ascii_digit(),
        });
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
        assert_eq!(day_in("https://a.example/2024/10/31-injured"), None);
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
        let (other, article) = (Said::default(), Said { is_article: true, ..Said::default() });
        assert!(main_text(Document::from(page("", "")), &other).is_ok());
        let linked = page("<a href='/ferry'>", "</a>");
        let reason = main_text(Document::from(linked.as_str()), &other).unwrap_err();
        assert!(reason.contains("list of links"), "{reason}");
        assert!(main_text(Document::from(linked), &article).is_ok(), "the page says what it is");
    }

    #[test]
    fn words_are_counted_in_scripts_without_spaces() {
        for (text, count) in [("The ferry ran.", 3), ("渡轮在港口搁浅。 晚间", 4), ("เรือเกยตื้น", 5)]
        {
            assert_eq!(words(text), count, "{text}");
        }
    }

    #[test]
    fn the_headline_is_what_the_site_follows_in_the_title() {
        let page = |title: &str| {
            let page = format!("<title>{title}</title><h1>The Post</h1><h1>Ferry aground</h1>");
            Said::by(&Document::from(page)).headline().map(str::to_owned)
        };
        assert_eq!(page("Ferry aground | The Post").as_deref(), Some("Ferry aground"));
        assert_eq!(page("Ferry aground again | The Post"), None);
        assert_eq!(page("Ferry aground"), None);
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
