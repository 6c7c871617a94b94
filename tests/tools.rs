//! What fundus, news-please, newspaper4k and trafilatura themselves write, of pages made here, is read
//! as the articles that the pages hold; and so are the pages. `fixtures/tools/make.py` has the tools
//! write it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use newsfold::article::Article;
use newsfold::ingest::{IngestOptions, Ingested, ingest};
use newsfold::observer::Silent;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// Of an article on two pages these tools took what is around it: the notice of cookies.
const NOT_THE_TEXT: [(&str, &str); 4] = [
    ("news-please", "sarnzh-01"),
    ("news-please-lines", "sarnzh-01"),
    ("newspaper4k/articles.json", "hallb-01"),
    ("newspaper4k/articles.csv", "hallb-01"),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tools")
}

fn read(name: &str) -> Ingested {
    let path = fixtures().join(name).display().to_string();
    let read = ingest(&[path], &IngestOptions::default(), &Silent).unwrap();
    assert!(read.rejects.is_empty(), "{name}: {:?}", read.rejects);
    read
}

/// What the pages hold.
fn expected() -> Vec<Json> {
    let written = fs::read_to_string(fixtures().join("expected.json")).unwrap();
    serde_json::from_str(&written).unwrap()
}

fn text<'a>(article: &'a Json, name: &str) -> &'a str {
    article[name].as_str().unwrap_or_default()
}

/// The words of a text, whatever is between them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn domain(article: &Json) -> String {
    text(article, "url").split('/').nth(2).unwrap().trim_start_matches("www.").to_owned()
}

/// A moment as it was published, and in UTC.
fn moment(article: &Json) -> String {
    let published = text(article, "published");
    match published.len() {
        0 => String::new(),
        10 => format!("{published}T00:00:00Z"),
        _ => published.parse::<jiff::Timestamp>().unwrap().to_string(),
    }
}

/// A moment as it was published, without the zone that the tool loses.
fn local(article: &Json) -> String {
    let published = text(article, "published");
    match published.len() {
        0 => String::new(),
        10 => format!("{published}T00:00:00Z"),
        _ => format!("{}Z", &published[..19]),
    }
}

fn day(article: &Json) -> String {
    let published = text(article, "published");
    published.get(..10).map(|day| format!("{day}T00:00:00Z")).unwrap_or_default()
}

/// The outlet, where the page names it in a way that the tool reads.
fn outlet(article: &Json, unnamed: &[&str]) -> String {
    let name = text(article, "outlet");
    if unnamed.contains(&name) { domain(article) } else { name.to_owned() }
}

/// Reads what a tool wrote and holds each article against what its page says: outlet, moment and
/// language as `of` has them, the title at least, and the beginning of the text.
fn check(tool: &str, count: usize, of: impl Fn(&Json) -> [String; 3]) {
    let (read, expected) = (read(tool), expected());
    assert_eq!(read.corpus.len(), count, "{tool}");
    for article in read.corpus.articles() {
        let (title, id) = (article.title.as_str(), article.id.as_str());
        let page = expected.iter().find(|page| title.starts_with(text(page, "title")));
        let page = page.unwrap_or_else(|| panic!("{tool}: {title}"));
        let published = article.published.map(|at| at.at.to_string()).unwrap_or_default();
        let said = [article.outlet.as_str(), &published, article.lang.as_str()];
        assert_eq!(said, of(page).each_ref().map(String::as_str), "{tool}: {title}");
        let urls =
            [text(page, "url"), &text(page, "url").replace("https:", "http:")].map(str::to_owned);
        let is_id = urls.iter().any(|url| id == url || id == url.replace('ß', "%C3%9F"));
        assert!(is_id || tool == "fundus" && id.starts_with("articles.json#"), "{tool}: {id}");
        let is_there = words(&article.text).contains(&beginning(page));
        let page_id = text(page, "id");
        assert_eq!(is_there, !NOT_THE_TEXT.contains(&(tool, page_id)), "{tool}: {page_id}");
    }
}

/// The first words of the text, as many as every tool leaves in one paragraph.
fn beginning(page: &Json) -> String {
    words(text(page, "text").split("\n\n").next().unwrap())
}

fn owned(said: [&str; 3]) -> [String; 3] {
    said.map(str::to_owned)
}

#[test]
fn what_fundus_writes_is_read() {
    check("fundus", 13, |page| owned([text(page, "outlet"), &moment(page), ""]));
}

#[test]
fn what_news_please_writes_is_read() {
    // It takes the number of injured people in an address for a day, and loses zones.
    let said = |page: &Json| match text(page, "id") {
        "tna-19" => "2024-10-31T00:00:00Z".to_owned(),
        _ => local(page),
    };
    for tool in ["news-please", "news-please-lines"] {
        check(tool, 13, |page| owned([&domain(page), &said(page), text(page, "lang")]));
    }
}

#[test]
fn what_newspaper4k_writes_is_read() {
    // It reads no name of an outlet out of JSON-LD, and no language but that of <html>.
    let unnamed = ["Talverne News Agency", "Orrin Valley Gazette", "La Gaceta de Montalgo"];
    for tool in ["newspaper4k/articles.json", "newspaper4k/articles.csv"] {
        check(tool, 10, |page| {
            let mute = ["Dunmarrow Post", "La Gaceta de Montalgo", "The Ledger"];
            let lang = if mute.contains(&text(page, "outlet")) { "" } else { text(page, "lang") };
            owned([&outlet(page, &unnamed), &moment(page), lang])
        });
    }
}

#[test]
fn what_trafilatura_writes_is_read() {
    let said = |page: &Json| match text(page, "id") {
        "tna-19" => "2024-10-31T00:00:00Z".to_owned(),
        _ => day(page),
    };
    check("trafilatura/articles.json", 13, |page| {
        owned([&outlet(page, &["La Gaceta de Montalgo"]), &said(page), ""])
    });
    check("trafilatura/articles.csv", 13, |page| owned([&domain(page), &said(page), ""]));
}

#[test]
fn pages_are_read_as_the_articles_that_they_hold() {
    check("pages", 13, |page| {
        let lang = if text(page, "lang") == "es" { "" } else { text(page, "lang") };
        owned([&outlet(page, &["La Gaceta de Montalgo"]), &moment(page), lang])
    });
    let expected = expected();
    for article in read("pages").corpus.articles() {
        let page = expected.iter().find(|page| text(page, "url") == article.url.as_str()).unwrap();
        assert_eq!(article.title.as_str(), text(page, "title"));
        assert_eq!(words(&article.text), words(text(page, "text")), "all of it and nothing else");
    }
}

#[test]
fn pages_that_hold_no_article_say_why() {
    let folder = TempDir::new().unwrap();
    let article = fs::read(fixtures().join("pages/tna-13.html")).unwrap();
    fs::write(folder.path().join("article.html"), article).unwrap();
    for page in fs::read_dir(fixtures().join("others")).unwrap() {
        let page = page.unwrap();
        fs::copy(page.path(), folder.path().join(page.file_name())).unwrap();
    }
    let input = folder.path().display().to_string();
    let read = ingest(&[input], &IngestOptions::default(), &Silent).unwrap();
    let sources: Vec<&str> =
        read.corpus.articles().iter().map(|article| article.id.as_str()).collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
    let reasons: BTreeMap<String, &str> = read
        .rejects
        .iter()
        .map(|reject| {
            let name = reject.position.file.rsplit('/').next().unwrap().to_owned();
            (name, reject.reason.as_str())
        })
        .collect();
    for (page, reason) in [
        ("consent.html", "its main text has "),
        ("front.html", "https://www.kessorycourier.example/ is a front page"),
        ("login.html", "a page to log in"),
        ("not-found.html", "the page says that there is none"),
        ("search.html", "the page says that it is a SearchResultsPage"),
        ("section.html", "its main text is a list of articles"),
        ("tag.html", "the page says that it is a CollectionPage"),
    ] {
        let said = reasons[page].strip_prefix("no article: ").unwrap();
        assert!(said.starts_with(reason), "{page}: {said}");
    }
}

/// Which articles are one story, by their titles; stories of one article are left out.
fn stories(input: &Path, titles: &[String]) -> BTreeSet<BTreeSet<String>> {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let run = Command::new(assert_cmd::cargo::cargo_bin!("newsfold"))
        .args(["stories", "--format", "csv", "-q"])
        .args([input, Path::new("-o"), &out])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let mut reader = csv::Reader::from_path(out.join("articles.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut stories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let written = &row[place("title")];
        let title = titles.iter().find(|title| written.starts_with(title.as_str())).unwrap();
        stories.entry(row[place("story_id")].to_owned()).or_default().insert(title.clone());
    }
    stories.into_values().filter(|story| story.len() > 1).collect()
}

#[test]
fn the_stories_are_those_of_the_same_articles_in_our_own_form() {
    let expected = expected();
    let titles: Vec<String> = expected.iter().map(|page| text(page, "title").to_owned()).collect();
    let folder = TempDir::new().unwrap();
    for tool in
        ["pages", "fundus", "news-please", "trafilatura/articles.json", "newspaper4k/articles.csv"]
    {
        let has = |article: &Article, page: &Json| article.title.starts_with(text(page, "title"));
        let read = read(tool);
        let lines: Vec<String> = expected
            .iter()
            .filter(|page| read.corpus.articles().iter().any(|article| has(article, page)))
            .map(|page| {
                let mut own = page.clone();
                own["id"] = json!(text(page, "url"));
                own.to_string()
            })
            .collect();
        let own = folder.path().join("own.jsonl");
        fs::write(&own, lines.join("\n")).unwrap();
        let own = stories(&own, &titles);
        assert!(!own.is_empty());
        assert_eq!(stories(&fixtures().join(tool), &titles), own, "{tool}");
    }
}
