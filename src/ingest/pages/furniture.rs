//! What stands around an article on its page, told by the names that sites give their boxes.
//!
//! Menus, comments, lists of related articles and notices of consent are left out before the main
//! text is looked for. Sites also mark whole texts with such words, so a box that holds a large part
//! of the page's paragraphs always stays. Cost: a walk through the page.

use super::paragraphs::letters;
use super::tree::Page;

/// Elements whose text is never an article's.
const NEVER: [&str; 9] =
    ["head", "nav", "noscript", "script", "style", "svg", "template", "textarea", "title"];
/// Elements whose text is an article's only where most of the page stands in them.
const SELDOM: [&str; 22] = [
    "aside",
    "audio",
    "button",
    "canvas",
    "datalist",
    "dialog",
    "embed",
    "figcaption",
    "figure",
    "footer",
    "form",
    "iframe",
    "input",
    "label",
    "map",
    "math",
    "menu",
    "object",
    "option",
    "picture",
    "select",
    "video",
];
/// Roles of elements that are beside the article.
const ROLES: [&str; 9] = [
    "alert",
    "banner",
    "complementary",
    "contentinfo",
    "dialog",
    "menu",
    "navigation",
    "note",
    "search",
];
/// Names of boxes that belong to no article, by the beginnings of the words of a class or an id;
/// those of up to four letters are whole words.
const BOXES: [&str; 28] = [
    "ad",
    "ads",
    "advert",
    "banner",
    "breadcrumb",
    "byline",
    "comment",
    "copyright",
    "cta",
    "disqus",
    "footer",
    "keywords",
    "mostread",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "noprint",
    "outbrain",
    "recirc",
    "recommend",
    "related",
    "screenreader",
    "sharebar",
    "sharing",
    "sidebar",
    "social",
    "taboola",
];
/// More of them, which also name parts of articles: they count for boxes with few paragraphs.
const SMALL_BOXES: [&str; 43] = [
    "author",
    "bio",
    "caption",
    "carousel",
    "consent",
    "cookie",
    "credit",
    "dateline",
    "gallery",
    "gdpr",
    "hidden",
    "infobox",
    "login",
    "menu",
    "meta",
    "metadata",
    "modal",
    "paywall",
    "player",
    "popular",
    "popup",
    "print",
    "promo",
    "rating",
    "readalso",
    "readmore",
    "register",
    "regwall",
    "share",
    "signup",
    "slider",
    "sponsor",
    "subscri",
    "syndication",
    "tags",
    "teaser",
    "timestamp",
    "toc",
    "toolbar",
    "tooltip",
    "topics",
    "trending",
    "widget",
];
/// Names of boxes that are two words.
const BOXES_OF_TWO: [(&str, &str); 17] = [
    ("also", "read"),
    ("latest", "news"),
    ("more", "from"),
    ("more", "news"),
    ("more", "on"),
    ("more", "stories"),
    ("most", "read"),
    ("read", "also"),
    ("read", "more"),
    ("read", "next"),
    ("screen", "reader"),
    ("see", "also"),
    ("sign", "up"),
    ("sr", "only"),
    ("tag", "list"),
    ("up", "next"),
    ("you", "may"),
];
/// Words of names up to this length are compared whole: `ad` is no beginning of `address`.
const WHOLE_WORD: usize = 4;
/// Elements that are no boxes, whatever they are called.
const NO_BOXES: [&str; 9] = ["article", "body", "h1", "h2", "html", "main", "p", "tbody", "tr"];
/// Attributes in which boxes have their names.
const NAMING: [&str; 4] = ["class", "id", "data-component", "data-testid"];
/// A box with one of [`SMALL_BOXES`]' names and more letters than this in paragraphs is a part of
/// the text: a text behind a paywall has `paywall` in its name.
const SMALL_BOX_LETTERS: f64 = 500.0;
/// The share of the letters in the page's paragraphs from which on a box stays.
const LARGE_SHARE: f64 = 1.0 / 3.0;
/// The same for what is hidden, which may be a text that a program shows.
const LARGE_HIDDEN_SHARE: f64 = 2.0 / 3.0;
/// A box of fewer letters goes whatever its share is, since the page is small.
const FEW_LETTERS: f64 = 200.0;

/// First and second words of names for what holds an article's body, as in `article-body`.
const BODY_OF: [&str; 8] = ["article", "content", "entry", "news", "page", "post", "story", "text"];
const BODY: [&str; 7] = ["body", "bodytext", "content", "copy", "main", "maincontent", "text"];
/// Names of one word for it.
const BODIES: [&str; 13] = [
    "articlebody",
    "articlecontent",
    "articletext",
    "body",
    "bodytext",
    "entrycontent",
    "mainarticle",
    "postbody",
    "postcontent",
    "storybody",
    "storycontent",
    "storypage",
    "storytext",
];

/// Which places of a page belong to no article.
pub(super) fn left_out(page: &Page) -> Vec<bool> {
    let mut left_out = vec![false; page.len()];
    let mut all: Vec<f64> =
        (0..page.len()).map(|place| page.own_text(place).map_or(0.0, letters)).collect();
    page.sum_up(&mut all);
    let mut in_paragraphs = vec![0.0; page.len()];
    for place in 0..page.len() {
        if page.name(place) == "p" {
            in_paragraphs[place] = all[place];
        }
    }
    page.sum_up(&mut in_paragraphs);
    let of_page = in_paragraphs.first().copied().unwrap_or_default();
    let mut place = 0;
    while place < page.len() {
        let name = page.name(place);
        let (letters, held) = (all[place], in_paragraphs[place]);
        let is_few = letters < FEW_LETTERS;
        let goes = NEVER.contains(&name)
            || !name.is_empty()
                && ((is_few || held < LARGE_SHARE * of_page)
                    && (SELDOM.contains(&name) || is_beside(page, place, held))
                    || (is_few || held < LARGE_HIDDEN_SHARE * of_page) && is_hidden(page, place));
        if goes {
            left_out[place..page.end(place)].fill(true);
            place = page.end(place);
        } else {
            place += 1;
        }
    }
    left_out
}

/// Whether the element says that it is a box beside the article; `held` are the letters in its
/// paragraphs.
fn is_beside(page: &Page, place: usize, held: f64) -> bool {
    if page.attribute(place, "role").is_some_and(|role| ROLES.contains(&role)) {
        return true;
    }
    if NO_BOXES.contains(&page.name(place)) {
        return false;
    }
    NAMING.iter().filter_map(|name| page.attribute(place, name)).any(|names| {
        let words = words(names);
        let is_one = |known: &[&str]| {
            words.iter().any(|word| {
                known.iter().any(|known| match known.len() {
                    ..=WHOLE_WORD => word == known,
                    _ => word.starts_with(known),
                })
            })
        };
        let is_two = || {
            words.windows(2).any(|pair| {
                BOXES_OF_TWO.iter().any(|(first, second)| pair[0] == *first && pair[1] == *second)
            })
        };
        is_one(&BOXES) || is_two() || held < SMALL_BOX_LETTERS && is_one(&SMALL_BOXES)
    })
}

/// Whether a browser would not show the element.
fn is_hidden(page: &Page, place: usize) -> bool {
    let by_style = page.attribute(place, "style").is_some_and(|style| {
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        let style = style.to_ascii_lowercase();
        style.contains("display:none") || style.contains("visibility:hidden")
    });
    by_style
        || page.has_attribute(place, "hidden")
        || page.name(place) != "p" && page.attribute(place, "aria-hidden") == Some("true")
}

/// Whether the element says that it holds the body of an article.
pub(super) fn is_body(page: &Page, place: usize) -> bool {
    if !matches!(page.name(place), "article" | "div" | "main" | "section" | "span" | "td") {
        return false;
    }
    if page.attribute(place, "itemprop").is_some_and(|of| of.eq_ignore_ascii_case("articleBody")) {
        return true;
    }
    if page.name(place) == "span" {
        return false;
    }
    let names = ["class", "id"].iter().filter_map(|name| page.attribute(place, name));
    names.flat_map(str::split_ascii_whitespace).any(|name| {
        let words = words(name);
        words
            .windows(2)
            .any(|pair| BODY_OF.contains(&pair[0].as_str()) && BODY.contains(&pair[1].as_str()))
            || BODIES.contains(&words.concat().as_str())
    })
}

/// The words of a class or an id, in lower case: `relatedItems_x` has three.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || c.is_ascii_uppercase() && after_small {
            words.push(String::new());
        }
        after_small = c.is_ascii_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a page that has a long paragraph before its end.
    fn left(page: &str) -> String {
        let long = "The ferry ran aground off the old port. ".repeat(40);
        let page = Page::parse(&format!("{page}<p>{long}</p>"));
        let out = left_out(&page);
        let text = (0..page.len()).filter(|place| !out[*place]);
        let text: String = text.filter_map(|place| page.own_text(place)).collect();
        text.replace(&long, "")
    }

    #[test]
    fn boxes_are_told_by_their_names() {
        for class in [
            "newsletter-box",
            "c-paywall_notice",
            "sign-up box",
            "related-links",
            "Cookie",
            "ad",
            "relatedItems_x1",
            "mostRead",
            "comment-list",
            "share-bar",
            "read-more",
        ] {
            let page = format!("<p>One.</p><div class='{class}'><p>Read on.</p></div><p>Two.</p>");
            assert_eq!(left(&page), "One.Two.", "{class}");
        }
        for tag in ["nav", "aside", "footer", "figure", "form"] {
            assert_eq!(left(&format!("<p>One.</p><{tag}>Menu</{tag}>")), "One.", "{tag}");
        }
        for attribute in ["hidden", "style='display: NONE'", "aria-hidden=true", "role=navigation"]
        {
            assert_eq!(left(&format!("<p>One.</p><div {attribute}>Menu</div>")), "One.");
        }
    }

    #[test]
    fn texts_of_the_same_names_stay() {
        for class in ["address", "adapted", "navy", "signal-promise", "reader"] {
            assert_eq!(left(&format!("<div class={class}>One.</div>")), "One.", "{class}");
        }
        let long = "A second ferry came to help, and stayed. ".repeat(20);
        let paywalled = format!("<div class=paywall><p>{long}</p></div>");
        assert_eq!(left(&paywalled), long);
        assert_eq!(left("<p class=related>One.</p>"), "One.");
    }

    #[test]
    fn bodies_are_told_by_their_names() {
        for (element, is) in [
            ("<div class='c-article-body wide'>", true),
            ("<div class=storyBody>", true),
            ("<div itemprop=articleBody>", true),
            ("<section id=entry-content>", true),
            ("<p class=post-text>", false),
            ("<div class=article-header>", false),
        ] {
            let page = Page::parse(element);
            assert_eq!((0..page.len()).any(|place| is_body(&page, place)), is, "{element}");
        }
    }
}
