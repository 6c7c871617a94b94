//! What a page says of itself: in JSON-LD, OpenGraph, `<meta>`, `<time>` and its address.
//!
//! Each value is kept under a name of its own, so that the table of fields says which goes first; of
//! one name the first counts. Cost: one walk through the page.

use super::address::{day_in, resolve};
use super::linked_data::LinkedData;
use super::paragraphs::leads_elsewhere;
use super::shown_date::shown_date;
use super::title::{self, Heading, LONGEST_TITLE, Site};
use super::tree::Page;
use crate::article::Published;
use crate::ingest::date;

/// Names of `<meta>` that hold the day of publication, their letters and digits in lower case.
const DATES: [&str; 46] = [
    "analyticsattributesarticledate",
    "articlecreated",
    "articledateoriginal",
    "articlepublicationdate",
    "articlepublished",
    "articlepublishedtime",
    "btpubdate",
    "citationdate",
    "citationpublicationdate",
    "cxenseparserecspublishtime",
    "date",
    "datecreated",
    "datepublication",
    "datepublished",
    "dcdate",
    "dcdatecreated",
    "dcdateissued",
    "dcdatesubmitted",
    "dcsextarticlefirstpublished",
    "dctermsavailable",
    "dctermscreated",
    "dctermsdate",
    "dctermsissued",
    "displaydate",
    "gentime",
    "iso8601publishdate",
    "newspublishdate",
    "ogarticlepublished",
    "ogarticlepublishedtime",
    "ogpubdate",
    "ogpublishdate",
    "ogpublishedtime",
    "originalpublicationdate",
    "parselypubdate",
    "ptime",
    "pubdate",
    "publicationdate",
    "publicationtime",
    "publishdate",
    "publishedat",
    "publisheddate",
    "publishtime",
    "releasedate",
    "rnewsdatepublished",
    "sailthrudate",
    "vrpublishedtime",
];

/// Names of `<meta>` that hold who wrote the article, their letters in lower case.
const AUTHORS: [&str; 12] = [
    "articleauthor",
    "articleauthorname",
    "author",
    "authors",
    "byl",
    "byline",
    "citationauthor",
    "cxenseparseauthor",
    "dccreator",
    "dctermscreator",
    "parselyauthor",
    "sailthruauthor",
];

/// An element that is marked as an author has so many bytes at the most, …
const LONGEST_MARKED: usize = 400;
/// … and a name of so many, spaces aside.
const LONGEST_NAME: usize = 100;
/// Of the elements of `<meta>` with authors under one name so many count.
const MOST_META_AUTHORS: usize = 40;
/// Elements around a name that are looked at for such a mark.
const FARTHEST_NAME: usize = 4;
/// Articles with more authors that are shown are rarer than lists of articles beside them.
const MOST_SHOWN_AUTHORS: usize = 3;

/// Languages in which a date of three short numbers begins with the year.
const YEAR_FIRST: [&str; 4] = ["hu", "ja", "ko", "zh"];

/// Of the titles of one kind so many count: the first may be cut short, and a page may have thousands.
const MOST_TITLES: usize = 4;

/// What a page says, and what of it matters beside the table of fields.
#[derive(Default)]
pub(super) struct Said {
    /// What stands under which name of the table of fields.
    pub(super) found: Vec<(&'static str, String)>,
    /// Whether it says that it is an article.
    pub(super) is_article: bool,
    /// What else it says that it is.
    pub(super) other_page: Option<String>,
    /// Whether it asks for a password.
    pub(super) asks_for_password: bool,
    /// Whether it leads anywhere, or asks for anything.
    pub(super) leads_on: bool,
    /// Its title in its head.
    pub(super) title: Option<String>,
    /// Its headlines of the first rank.
    pub(super) headings: Vec<String>,
    /// Its text, as it tells it to programs.
    pub(super) body: Option<String>,
    /// What it says of itself in a sentence or two.
    pub(super) descriptions: Vec<String>,
    /// Its address.
    pub(super) address: Option<String>,
}

/// What `<meta>` and `<link>` give, each in the order of the page.
#[derive(Default)]
struct Head {
    headlines: Vec<String>,
    og_titles: Vec<String>,
    dc_titles: Vec<String>,
    site_names: Vec<String>,
    /// What it is called where a program is made of it.
    app_names: Vec<String>,
    sections: Vec<String>,
    canonical: Option<String>,
    og_url: Option<String>,
    base: Option<String>,
    /// Each with the name that it stands under.
    authors: Vec<(String, String)>,
    published: Vec<String>,
    other_dates: Vec<String>,
    languages: Vec<(&'static str, String)>,
    scripts: Vec<String>,
}

impl Said {
    /// Reads a page; `url` is its address where the server has told it.
    pub(super) fn by(page: &Page, url: Option<&str>) -> Self {
        let (mut said, mut head) = (Self::default(), Head::default());
        // Of the dates that a page holds those count first that are marked as its own.
        let mut marked: [Vec<String>; 4] = Default::default();
        let mut headings: Vec<Heading> = Vec::new();
        // What is marked as an author, and names within.
        let mut bylines: [Vec<String>; 2] = Default::default();
        for place in 0..page.len() {
            let attribute = |name: &str| page.attribute(place, name);
            let is = |name: &str, value: &str| {
                attribute(name).is_some_and(|said| said.eq_ignore_ascii_case(value))
            };
            if is("itemprop", "datePublished") {
                for (rank, name) in ["content", "datetime"].into_iter().enumerate() {
                    marked[rank].extend(attribute(name).map(str::to_owned));
                }
            }
            let is_author = |place: usize| {
                let says = |name: &str, value: &str| {
                    page.attribute(place, name).is_some_and(|said| said.eq_ignore_ascii_case(value))
                };
                says("itemprop", "author") || says("rel", "author")
            };
            let is_part = |place: &usize| {
                is("itemprop", "name") && page.path(*place).take(FARTHEST_NAME).any(is_author)
            };
            let is_beside = || {
                page.path(place).any(|place| matches!(page.name(place), "aside" | "footer" | "nav"))
            };
            if (is_author(place) || is_part(&place)) && !is_beside() {
                let name = page.beginning(place, LONGEST_MARKED + 1);
                if name.len() <= LONGEST_MARKED {
                    bylines[usize::from(!is_author(place))].push(one_line(&name));
                }
            }
            match page.name(place) {
                "script" if is("type", "application/ld+json") => {
                    head.scripts.push(page.text(place))
                }
                "meta" => {
                    // A property may be of several names; a name is one, be there spaces in it.
                    let properties = ["property", "itemprop"].into_iter().filter_map(attribute);
                    let names = properties.flat_map(str::split_ascii_whitespace);
                    if let Some(content) = attribute("content") {
                        for name in names.chain(attribute("name")) {
                            said.meta(&mut head, name, content);
                        }
                    }
                }
                "link" if is("rel", "canonical") => {
                    head.canonical = head.canonical.or(attribute("href").map(str::to_owned));
                }
                "base" => head.base = head.base.or(attribute("href").map(str::to_owned)),
                "time" => {
                    let in_article = || page.path(place).any(|place| page.name(place) == "article");
                    let is_own = page.has_attribute(place, "pubdate") || in_article();
                    let date = attribute("datetime").map(str::to_owned);
                    marked[if is_own { 2 } else { 3 }].extend(date);
                }
                "html" => {
                    let lang = attribute("lang").map(|lang| ("html lang", lang.to_owned()));
                    head.languages.extend(lang);
                }
                "input" => {
                    said.asks_for_password |= is("type", "password");
                    said.leads_on = true;
                }
                "a" => said.leads_on |= leads_elsewhere(page, place),
                "button" | "form" | "iframe" => said.leads_on = true,
                "title" if said.title.is_none() => said.title = Some(one_line(&page.text(place))),
                "h1" => said.headings.push(one_line(&page.beginning(place, LONGEST_TITLE))),
                _ => {}
            }
            if matches!(page.name(place), "h1" | "h2") {
                headings.push(Heading::at(page, place));
            }
        }
        said.headings.retain(|heading| !heading.is_empty());
        let data = LinkedData::of(&head.scripts);
        said.is_article |= data.is_article;
        said.other_page = data.other_page;
        said.body = data.body;
        said.descriptions.extend(data.descriptions);
        said.add_address(url, &head, data.url.as_deref());
        let in_url = said.address.as_deref().and_then(day_in);
        let names = data.publisher.iter().chain(&head.site_names).chain(&data.sites);
        let names: Vec<String> = names.chain(&head.app_names).cloned().collect();
        let in_title = said.title.iter().chain(&head.og_titles);
        let in_title = in_title.filter_map(|title| title::day_behind(title)).map(str::to_owned);
        let in_title: Vec<String> = in_title.collect();
        said.add_titles(&names, &head, data.headlines, data.name, &headings);
        said.found.extend(data.publisher.map(|name| ("JSON-LD publisher", name)));
        let data_authors = ("JSON-LD author", data.authors.join("\n"));
        // Those under the first name are of the article; others name the site as often.
        let first = head.authors.first().map(|(name, _)| name.clone());
        let authors = head.authors.iter().filter(|(name, _)| Some(name) == first.as_ref());
        let authors: Vec<&str> =
            authors.map(|(_, author)| author.as_str()).take(MOST_META_AUTHORS).collect();
        let head_author = first.map(|_| ("meta author", authors.join("\n")));
        let shown_author = shown_author(bylines).map(|author| ("author element", author));
        said.found.extend([data_authors].into_iter().chain(head_author).chain(shown_author));
        let sites = head.site_names.into_iter().chain(data.sites);
        said.found.extend(sites.map(|name| ("og:site_name", name)));
        let [content, datetime, own_times, times] = marked;
        let languages = head.languages.iter().map(|(_, language)| language);
        let day_first = languages.chain(&data.language).next().is_some_and(|language| {
            !YEAR_FIRST.iter().any(|other| language.to_ascii_lowercase().starts_with(other))
        });
        let dates = [
            ("JSON-LD datePublished", data.dates),
            ("article:published_time", head.published),
            ("meta date", head.other_dates),
            ("meta date", content),
            ("meta date", datetime),
            ("time element", own_times),
            ("JSON-LD datePublished", data.other_dates),
            ("time element", times),
            ("date in the url", in_url.into_iter().collect()),
            ("time element", in_title),
            (
                "time element",
                shown_date(page, said.title.as_deref(), day_first).into_iter().collect(),
            ),
        ];
        said.found.extend(best_date(&dates));
        said.found.extend(data.language.map(|language| ("JSON-LD inLanguage", language)));
        said.found.extend(head.languages);
        said
    }

    /// What `<meta>` says.
    fn meta(&mut self, head: &mut Head, name: &str, content: &str) {
        let name = name.to_ascii_lowercase();
        let content = content.to_owned();
        match name.as_str() {
            "headline" => head.headlines.push(content),
            "og:title" => head.og_titles.push(content),
            "dc:title" | "dc.title" | "dcterms:title" | "dcterms.title" => {
                head.dc_titles.push(content)
            }
            "og:site_name" if is_name(&content) => head.site_names.push(content),
            "application-name" | "apple-mobile-web-app-title" => head.app_names.push(content),
            "article:section" => head.sections.push(content),
            "og:url" => head.og_url = head.og_url.take().or(Some(content)),
            "og:locale" => head.languages.push(("og:locale", content)),
            "og:type" => self.is_article |= content.eq_ignore_ascii_case("article"),
            "article:published_time" | "og:article:published_time" => {
                self.is_article = true;
                head.published.push(content);
            }
            "description" | "og:description" | "twitter:description" | "dc.description" => {
                self.descriptions.push(content);
            }
            name => {
                let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
                if AUTHORS.contains(&plain.as_str()) && is_author(&content) {
                    head.authors.push((plain, content));
                } else if DATES.binary_search(&plain.as_str()).is_ok() {
                    head.other_dates.push(content);
                }
            }
        }
    }

    /// The addresses of the page, all in full.
    fn add_address(&mut self, url: Option<&str>, head: &Head, data_url: Option<&str>) {
        let is_full = |url: &&str| url.contains("://");
        let given = [url, head.og_url.as_deref(), head.base.as_deref(), data_url];
        let base = given.into_iter().flatten().find(is_full);
        for (name, address) in [
            ("WARC-Target-URI", url),
            ("canonical", head.canonical.as_deref()),
            ("og:url", head.og_url.as_deref()),
            ("og:url", data_url),
        ] {
            let full = address.and_then(|address| resolve(address, base));
            self.address = self.address.take().or_else(|| full.clone());
            self.found.extend(full.map(|address| (name, address)));
        }
    }

    /// The titles of the page, without the `names` of its site; `name` is what the article is called
    /// where its headline stands beside.
    fn add_titles(
        &mut self,
        names: &[String],
        head: &Head,
        headlines: Vec<String>,
        name: Option<String>,
        headings: &[Heading],
    ) {
        let address = self.address.clone().unwrap_or_default();
        let site =
            Site { names, address: &address, sections: &head.sections, headings: &self.headings };
        let plain = |text: &String| site.taken_from(&one_line(text));
        let name = name.filter(|_| !headlines.is_empty()).as_ref().map(plain);
        let in_head = head.headlines.iter().filter(|_| headlines.is_empty()).take(MOST_TITLES);
        let og_titles = head.og_titles.iter().take(MOST_TITLES);
        let in_page = head.dc_titles.iter().take(MOST_TITLES).chain(&self.title);
        let titles: Vec<(&'static str, String)> = headlines
            .iter()
            .chain(in_head)
            .map(|text| ("JSON-LD headline", plain(text)))
            .chain(og_titles.map(|text| ("og:title", plain(text))))
            .chain(in_page.map(|text| ("page title", plain(text))))
            .chain(self.headings.first().map(|text| ("page title", text.clone())))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        self.found.extend(title::in_order(titles, name, headings));
    }
}

/// Whether a text can be the name of a site.
fn is_name(text: &str) -> bool {
    !text.contains("://") && !text.starts_with('/')
}

/// The authors of a page that marks them where it shows them; a list of other articles has more of them.
fn shown_author([elements, names]: [Vec<String>; 2]) -> Option<String> {
    let mut authors = Vec::new();
    for author in if names.is_empty() { elements } else { names } {
        if is_author(&author) && author.len() <= LONGEST_NAME && !authors.contains(&author) {
            authors.push(author);
        }
        if authors.len() > MOST_SHOWN_AUTHORS {
            return None;
        }
    }
    Some(authors.join("\n"))
}

fn is_author(text: &str) -> bool {
    is_name(text) && !text.trim().is_empty()
}

/// A text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// The first date that can be read. Where it is a day, the first time on that day goes before it;
/// where none can be read, it is the first one.
fn best_date(dates: &[(&'static str, Vec<String>)]) -> Option<(&'static str, String)> {
    let all = || dates.iter().flat_map(|(name, all)| all.iter().map(|date| (*name, date)));
    let read: Vec<(&'static str, &String, Published)> =
        all().filter_map(|(name, date)| Some((name, date, date::parse(date)?))).collect();
    let Some((name, date, first)) = read.first().copied() else {
        return all().next().map(|(name, date)| (name, date.clone()));
    };
    let day = |published: Published| published.at.to_string()[..10].to_owned();
    let timed = read
        .iter()
        .find(|(_, _, other)| first.day_only && !other.day_only && day(*other) == day(first));
    let (name, date) = timed.map_or((name, date), |(name, date, _)| (*name, *date));
    Some((name, date.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(html: &str) -> impl Fn(&str) -> Option<String> + use<> {
        let said = Said::by(&Page::parse(html), None);
        move |name| {
            let found = said.found.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| value.clone())
        }
    }

    #[test]
    fn names_of_dates_are_sorted() {
        assert!(DATES.is_sorted());
    }

    #[test]
    fn a_date_is_found_wherever_pages_have_it() {
        for (place, name) in [
            ("<meta property=article:published_time content=D>", "article:published_time"),
            ("<meta name=parsely-pub-date content=D>", "meta date"),
            ("<meta name=DC.date.issued content=D>", "meta date"),
            ("<meta name=sailthru.date content=D>", "meta date"),
            ("<meta itemprop=datePublished content=D>", "meta date"),
            ("<time itemprop=datePublished datetime=D>", "meta date"),
            ("<time datetime=D>", "time element"),
            (
                "<script type=application/ld+json>{\"@type\":\"WebPage\",\"datePublished\":\"D\"}</script>",
                "JSON-LD datePublished",
            ),
        ] {
            let date = "2024-05-01T10:15:00+02:00";
            let found = said(
                &place
                    .replace("\"D\"", &format!("\"{date}\""))
                    .replace("=D>", &format!("={date}>")),
            );
            assert_eq!(found(name).as_deref(), Some(date), "{place}");
        }
        let url = said("<link rel=canonical href=https://a.example/2024/05/01/ferry>");
        assert_eq!(url("date in the url").as_deref(), Some("2024-05-01"));
    }

    #[test]
    fn a_headline_may_stand_in_the_head() {
        let head =
            "<meta name=headline content=Ferry><meta property=og:title content='Ferry-Harbour'>";
        assert_eq!(said(head)("JSON-LD headline").as_deref(), Some("Ferry"));
        let data =
            r#"<script type=application/ld+json>{"@type":"Article","headline":"Bridge"}</script>"#;
        assert_eq!(said(&format!("{head}{data}"))("JSON-LD headline").as_deref(), Some("Bridge"));
    }

    #[test]
    fn headings_in_one_another_do_not_each_hold_the_page() {
        let page = "<div><h1>".repeat(50) + &"The ferry ran aground. ".repeat(1_000);
        let said = Said::by(&Page::parse(&page), None);
        assert_eq!(said.headings.len(), 50);
        assert!(said.headings.iter().all(|heading| heading.len() <= LONGEST_TITLE));
    }

    #[test]
    fn a_property_may_have_several_names() {
        let title = "<title>Page 7</title>";
        let library = "<meta property='x:title dc:title' content=Ferry>";
        assert_eq!(said(&format!("{title}{library}"))("page title").as_deref(), Some("Ferry"));
        assert_eq!(
            said(&format!("{title}<meta name=DC.title content=Ferry>"))("page title").as_deref(),
            Some("Ferry")
        );
        let date = said("<meta name='publish date' content=2024-05-01>");
        assert_eq!(date("meta date").as_deref(), Some("2024-05-01"));
    }

    #[test]
    fn the_title_that_heads_the_page_goes_before_a_headline_for_programs() {
        let page = r#"<meta property=og:title content="Why the ferry Hesper ran aground">
            <script type=application/ld+json>{"@type":"Article","headline":"Hesper: all about the ferry"}</script>
            <nav><h1>Hesper: all about the ferry</h1></nav><h2>Harbour: Why the ferry Hesper ran aground</h2>"#;
        let best = said(page);
        assert_eq!(best("JSON-LD headline").as_deref(), Some("Why the ferry Hesper ran aground"));
    }

    #[test]
    fn of_dates_that_agree_the_exact_one_counts() {
        let head = "<meta property=article:published_time content=2024-05-01>";
        let exact = said(&format!("{head}<time datetime=2024-05-01T10:15:00Z>"));
        assert_eq!(exact("time element").as_deref(), Some("2024-05-01T10:15:00Z"));
        let other = said(&format!("{head}<time datetime=2024-05-02T10:15:00Z>"));
        assert_eq!(other("article:published_time").as_deref(), Some("2024-05-01"));
        let unread = said("<meta name=date content=soon><time datetime=2024-05-02>");
        assert_eq!(unread("time element").as_deref(), Some("2024-05-02"));
    }

    #[test]
    fn a_relative_canonical_address_is_completed() {
        let page =
            "<link rel=canonical href=/ferry><meta property=og:url content=https://a.example/x>";
        assert_eq!(said(page)("canonical").as_deref(), Some("https://a.example/ferry"));
        assert_eq!(said("<link rel=canonical href=/ferry>")("canonical"), None);
    }

    #[test]
    fn a_site_may_be_named_by_its_organisation_and_never_by_an_address() {
        let graph = r#"<meta property=og:site_name content="https://a.example">
            <script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "A"},
            {"@type": "NewsMediaOrganization", "name": "The Post"}]}</script>"#;
        assert_eq!(said(graph)("og:site_name").as_deref(), Some("The Post"));
    }
}
