//! What the JSON-LD of a page says of its article.
//!
//! A page has its article, its publisher and its site in one graph, in several scripts, and tied by
//! `@id`. Cost: linear in the scripts.

use ahash::AHashMap;
use serde_json::Value as Json;

use super::paragraphs::paragraphs;
use super::tree::Page;

/// Types of JSON-LD that are articles, by their endings.
const ARTICLE_TYPES: [&str; 3] = ["Article", "BlogPosting", "Report"];
/// Types that are pages of another kind.
const OTHER_PAGES: [&str; 5] =
    ["CheckoutPage", "CollectionPage", "ContactPage", "ProfilePage", "SearchResultsPage"];
/// Types of who publishes.
const PUBLISHERS: [&str; 4] = ["NewsMediaOrganization", "Newspaper", "Organization", "Corporation"];
/// Types of what an article is published on.
const SITES: [&str; 1] = ["WebSite"];
/// Types of the page that holds an article.
const PAGES: [&str; 2] = ["WebPage", "ItemPage"];
/// References from thing to thing are followed so far: they may go in circles.
const FARTHEST: usize = 4;

/// Of a list of authors so many count.
const MOST_AUTHORS: usize = 40;

/// What it says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct LinkedData {
    /// Whether there is an article.
    pub(super) is_article: bool,
    /// The type of page that it is instead.
    pub(super) other_page: Option<String>,
    pub(super) headlines: Vec<String>,
    /// What the article is called beside its headline.
    pub(super) name: Option<String>,
    pub(super) publisher: Option<String>,
    pub(super) authors: Vec<String>,
    /// Names of the site, and of organisations that may be the publisher.
    pub(super) sites: Vec<String>,
    pub(super) dates: Vec<String>,
    /// When it was made or changed, where it does not say when it was published.
    pub(super) other_dates: Vec<String>,
    pub(super) language: Option<String>,
    pub(super) url: Option<String>,
    pub(super) body: Option<String>,
    pub(super) descriptions: Vec<String>,
}

impl LinkedData {
    /// Reads the scripts of a page.
    pub(super) fn of(scripts: &[String]) -> Self {
        let values: Vec<Json> = scripts.iter().filter_map(|script| parse(script)).collect();
        let mut things = Vec::new();
        for value in &values {
            collect(value, 0, &mut things);
        }
        let by_id: AHashMap<&str, &Json> = things
            .iter()
            .filter(|thing| thing.get("@type").is_some())
            .filter_map(|thing| Some((thing.get("@id")?.as_str()?, *thing)))
            .collect();
        let is_article = |kind: &str| ARTICLE_TYPES.iter().any(|end| kind.ends_with(end));
        let mut said = Self::default();
        let all_of = |kinds: &'static [&'static str]| {
            things.iter().filter(move |thing| is_a(thing, &|kind| kinds.contains(&kind)))
        };
        let articles = || things.iter().copied().filter(|thing| is_a(thing, &is_article));
        let has_words = |thing: &&Json| {
            ["headline", "articleBody", "datePublished"].iter().any(|key| thing.get(*key).is_some())
        };
        let article = articles().find(has_words).or_else(|| articles().next());
        let Some(article) = article else {
            let other = things.iter().find_map(|thing| {
                kinds(thing).find(|kind| OTHER_PAGES.contains(kind)).map(str::to_owned)
            });
            said.other_page = other;
            said.add_pages(all_of(&PAGES));
            return said;
        };
        said.is_article = true;
        let texts = |key: &str| text(article, key);
        said.headlines = ["headline", "name", "alternativeHeadline"]
            .into_iter()
            .filter_map(texts)
            .take(1)
            .collect();
        said.name = texts("headline").and_then(|_| texts("name"));
        said.descriptions = ["description", "alternativeHeadline", "abstract"]
            .into_iter()
            .filter_map(texts)
            .collect();
        let name_of = |key: &str| name(article.get(key)?, &by_id, 0);
        said.publisher =
            ["publisher", "sourceOrganization", "provider"].into_iter().find_map(name_of);
        said.authors = ["author", "creator"]
            .into_iter()
            .map(|key| names(article.get(key), &by_id))
            .find(|names| !names.is_empty())
            .unwrap_or_default();
        said.sites.extend(name_of("isPartOf"));
        for thing in all_of(&PUBLISHERS).chain(all_of(&SITES)) {
            said.sites.extend(name(thing, &by_id, 0));
        }
        said.dates.extend(texts("datePublished"));
        said.other_dates = ["dateCreated", "dateModified"].into_iter().filter_map(texts).collect();
        said.language = article.get("inLanguage").and_then(|value| name(value, &by_id, 0));
        said.url = ["url", "mainEntityOfPage"].into_iter().find_map(|key| {
            let value = article.get(key)?;
            value.as_str().or_else(|| value.get("@id")?.as_str()).map(str::to_owned)
        });
        said.body = body(article);
        said.add_pages(all_of(&PAGES));
        said
    }

    /// What the page around an article says of its dates.
    fn add_pages<'j>(&mut self, pages: impl Iterator<Item = &'j &'j Json>) {
        for page in pages {
            self.dates.extend(text(page, "datePublished"));
        }
    }
}

/// JSON as sites write it: with line breaks in strings, as comments, with a comma too many.
fn parse(script: &str) -> Option<Json> {
    let inside = script
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//")
        .trim_start_matches("<![CDATA[")
        .trim()
        .trim_end_matches("-->")
        .trim_end_matches("]]>")
        .trim_end_matches("//")
        .trim_end()
        .trim_end_matches(';');
    serde_json::from_str(inside).ok().or_else(|| {
        let plain: String = inside.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&without_last_commas(&plain)).ok()
    })
}

/// JSON without the commas that stand before a closing bracket.
fn without_last_commas(json: &str) -> String {
    let (mut plain, mut in_string, mut escaped) = (String::with_capacity(json.len()), false, false);
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if matches!(c, '}' | ']') {
            plain.truncate(plain.trim_end().trim_end_matches(',').len());
        } else {
            in_string = c == '"';
        }
        plain.push(c);
    }
    plain
}

/// All things in a value that are no part of another one.
fn collect<'j>(value: &'j Json, depth: usize, things: &mut Vec<&'j Json>) {
    if depth > FARTHEST {
        return;
    }
    match value {
        Json::Array(all) => all.iter().for_each(|value| collect(value, depth + 1, things)),
        Json::Object(object) => {
            things.push(value);
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "publisher", "isPartOf"] {
                if let Some(value) = object.get(key) {
                    collect(value, depth + 1, things);
                }
            }
        }
        _ => {}
    }
}

/// The types of a thing.
fn kinds(thing: &Json) -> impl Iterator<Item = &str> {
    let kind = thing.get("@type");
    let list = kind.and_then(Json::as_array).into_iter().flatten();
    kind.into_iter().chain(list).filter_map(Json::as_str)
}

fn is_a(thing: &Json, is_it: &dyn Fn(&str) -> bool) -> bool {
    kinds(thing).any(is_it)
}

/// A text of a thing, without the entities that many sites leave in it.
fn text(thing: &Json, key: &str) -> Option<String> {
    let value = thing.get(key)?;
    let text = value.as_str().or_else(|| value.as_array()?.first()?.as_str())?;
    let text = unescape(text);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The name of what a value is or refers to; never an address.
fn name(value: &Json, by_id: &AHashMap<&str, &Json>, depth: usize) -> Option<String> {
    let is_name = |text: &str| {
        let text = text.trim();
        !text.is_empty() && !text.contains("://") && !text.starts_with(['/', '#'])
    };
    match value {
        Json::String(text) => is_name(text).then(|| unescape(text).trim().to_owned()),
        Json::Array(all) => all.iter().find_map(|value| name(value, by_id, depth)),
        Json::Object(object) => {
            let own = object.get("name").or_else(|| object.get("legalName"));
            own.and_then(|own| name(own, by_id, FARTHEST)).or_else(|| {
                let thing = by_id.get(object.get("@id")?.as_str()?)?;
                (depth < FARTHEST).then(|| name(thing, by_id, depth + 1))?
            })
        }
        _ => None,
    }
}

/// The names of what a value is or refers to, each once.
fn names(value: Option<&Json>, by_id: &AHashMap<&str, &Json>) -> Vec<String> {
    let all = match value {
        Some(Json::Array(all)) => all,
        Some(one) => std::slice::from_ref(one),
        None => return Vec::new(),
    };
    // A person may have the names of several.
    let named = all.iter().flat_map(|one| match one.get("name") {
        Some(Json::Array(names)) if !names.is_empty() => names.as_slice(),
        _ => std::slice::from_ref(one),
    });
    let mut names = Vec::new();
    for name in named.take(MOST_AUTHORS).filter_map(|value| name(value, by_id, 0)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The text of an article, where it is there, without markup.
fn body(article: &Json) -> Option<String> {
    let text = match article.get("articleBody")? {
        Json::String(text) => text.clone(),
        Json::Array(all) => all.iter().filter_map(Json::as_str).collect::<Vec<&str>>().join("\n\n"),
        _ => return None,
    };
    let text = unescape(&text);
    let has_markup = ["</", "<p", "<br"].iter().any(|mark| text.contains(mark));
    if has_markup { without_markup(&text) } else { Some(text) }
}

/// The paragraphs of a text with markup; none where it is too much of that.
pub(super) fn without_markup(text: &str) -> Option<String> {
    let page =
        Page::parse(&super::guard::checked(text, crate::ingest::limits::Limits::default()).ok()?);
    let all = paragraphs(&page, &vec![false; page.len()]);
    let texts: Vec<String> = all.into_iter().map(|paragraph| paragraph.text).collect();
    Some(texts.join("\n\n"))
}

fn unescape(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scripts: &[&str]) -> LinkedData {
        LinkedData::of(&scripts.iter().map(|script| (*script).to_owned()).collect::<Vec<String>>())
    }

    #[test]
    fn a_publisher_is_found_by_its_id() {
        let graph = r##"{"@graph": [
            {"@type": "NewsArticle", "headline": "Ferry &amp; port", "publisher": {"@id": "#/o"}},
            {"@type": ["Organization", "Brand"], "@id": "#/o", "name": "The Post"}]}"##;
        let said = of(&[graph]);
        assert_eq!(said.publisher.as_deref(), Some("The Post"));
        assert_eq!(said.headlines, ["Ferry & port"]);
        let apart = [
            r##"{"@type": "Article", "publisher": {"@id": "#/o"}}"##,
            r##"[{"@type": "Organization", "@id": "#/o", "name": "The Post"}]"##,
        ];
        assert_eq!(of(&apart).publisher.as_deref(), Some("The Post"));
    }

    #[test]
    fn an_address_is_no_publisher() {
        for publisher in [
            r#"{"@id": "https://a.example/#org"}"#,
            r#""https://a.example""#,
            r#"{"name": "https://a.example"}"#,
        ] {
            let said = of(&[&format!(r#"{{"@type": "Article", "publisher": {publisher}}}"#)]);
            assert_eq!(said.publisher, None, "{publisher}");
        }
        let circle = r##"{"@graph": [{"@type": "Article", "publisher": {"@id": "#a"}},
            {"@type": "Organization", "@id": "#a", "name": {"@id": "#a"}}]}"##;
        assert_eq!(of(&[circle]).publisher, None);
    }

    #[test]
    fn json_as_sites_write_it_is_read() {
        for script in [
            "<!-- {\"@type\": \"Article\", \"headline\": \"One\"} -->",
            "//<![CDATA[\n{\"@type\": \"Article\", \"headline\": \"One\"}\n//]]>",
            "{\"@type\": \"Article\", \"headline\": \"One\", \"description\": \"a\nb\"}",
            "{\"@type\": \"Article\", \"headline\": \"One\", \"keywords\": [\"a,]\",],}",
        ] {
            assert_eq!(of(&[script]).headlines, ["One"], "{script}");
        }
    }

    #[test]
    fn the_body_is_its_text_without_markup() {
        let body = |text: &str| {
            let script = serde_json::json!({"@type": "Article", "articleBody": text}).to_string();
            of(&[&script]).body.unwrap()
        };
        assert_eq!(body("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;"), "One.\n\nTwo.");
        assert_eq!(body("1 < 2 &amp; 3"), "1 < 2 & 3");
    }

    #[test]
    fn another_kind_of_page_is_told() {
        let said = of(&[r#"{"@graph": [{"@type": ["WebPage", "CollectionPage"]}]}"#]);
        assert_eq!((said.is_article, said.other_page.as_deref()), (false, Some("CollectionPage")));
        let both = of(&[r#"[{"@type": "CollectionPage"}, {"@type": "NewsArticle"}]"#]);
        assert!(both.is_article && both.other_page.is_none());
    }
}
