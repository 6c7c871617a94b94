//! What stands around an article on its page, and pages that hold none.
//!
//! A reading view knows menus, headers and comments by their names. What news pages put among the
//! paragraphs is missed by it: boxes to sign up in, notices of a paywall, links to more. They are
//! taken out beforehand, and only where they are small and have something to press, since sites mark
//! whole texts with the same words. Cost: a walk through the page.

use dom_query::{Document, NodeRef};

/// Names of boxes that belong to no article, by the beginnings of the words of a class or an id.
const BOXES: [&str; 19] = [
    "breadcrumb",
    "consent",
    "cookie",
    "gdpr",
    "mostread",
    "newsletter",
    "paywall",
    "promo",
    "readmore",
    "recirc",
    "recommend",
    "register",
    "regwall",
    "related",
    "share",
    "signup",
    "social",
    "subscribe",
    "subscription",
];
/// The same, of two words.
const BOXES_OF_TWO: [(&str, &str); 3] = [("most", "read"), ("read", "more"), ("sign", "up")];
/// Names of what belongs to no article however long it is.
const BESIDE: [&str; 3] = ["comments", "disqus_thread", "comment-list"];
/// Elements that may be such boxes.
const BOX_ELEMENTS: [&str; 7] = ["aside", "dialog", "div", "form", "nav", "section", "ul"];
/// A box of more characters is a part of the text.
const BOX_CHARACTERS: usize = 400;
/// Boxes of one class that are there more often are paragraphs.
const BOXES_OF_A_CLASS: usize = 2;

/// Kinds of page in JSON-LD that are no articles.
const OTHER_PAGES: [&str; 5] =
    ["CheckoutPage", "CollectionPage", "ContactPage", "ProfilePage", "SearchResultsPage"];
/// Parts of an address behind which stand lists of articles.
const LISTS: [&str; 6] = ["author", "authors", "category", "search", "tag", "tags"];
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

/// Takes out of a page what belongs to no article.
pub(super) fn remove(document: &Document) {
    let mut boxes: Vec<(String, NodeRef<'_>)> = Vec::new();
    for node in document.root().descendants_it() {
        let Some(element) = node.element_ref() else { continue };
        let is_box = BOX_ELEMENTS.contains(&&*element.name.local);
        let named = |name: &str| {
            let of = element.attrs.iter().find(|attribute| &*attribute.name.local == name);
            of.map(|attribute| attribute.value.to_ascii_lowercase()).unwrap_or_default()
        };
        if !is_box || element.attrs.is_empty() {
            continue;
        }
        let (class, id) = (named("class"), named("id"));
        drop(element);
        let beside = |name: &str| name.split_ascii_whitespace().any(|word| BESIDE.contains(&word));
        if beside(&class) || beside(&id) {
            boxes.push((String::new(), node));
        } else if (names_a_box(&class) || names_a_box(&id)) && is_small(&node) {
            boxes.push((class, node));
        }
    }
    for (class, node) in &boxes {
        let alike = boxes.iter().filter(|(other, _)| other == class).count();
        if class.is_empty() || alike <= BOXES_OF_A_CLASS {
            node.remove_from_parent();
        }
    }
}

fn names_a_box(name: &str) -> bool {
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words().any(|word| BOXES.iter().any(|mark| word.starts_with(mark)))
        || words().zip(words().skip(1)).any(|pair| BOXES_OF_TWO.contains(&pair))
}

/// Whether an element holds a few words and something to press, and no headline of the page.
fn is_small(node: &NodeRef<'_>) -> bool {
    let holds = |names: &[&str]| {
        node.descendants_it().any(|below| names.iter().any(|name| below.has_name(name)))
    };
    node.normalized_char_count() <= BOX_CHARACTERS
        && holds(&["a", "button", "form", "input"])
        && !holds(&["h1"])
}

/// Whether a type of JSON-LD is that of a page which is no article.
pub(super) fn is_other_page(kind: &str) -> bool {
    OTHER_PAGES.contains(&kind)
}

/// Whether an address is that of a list of articles.
pub(super) fn is_list(address: &str) -> bool {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    path.split(['/', '?', '#']).skip(1).any(|part| LISTS.contains(&part))
}

/// Whether a title or a headline is that of a page which stands for one that is not there.
pub(super) fn is_error(title: &str) -> bool {
    begins_with(title, &ERRORS)
}

/// Whether a title or a headline is that of a page to log in.
pub(super) fn is_login(title: &str) -> bool {
    begins_with(title, &LOGINS)
}

fn begins_with(title: &str, beginnings: &[&str]) -> bool {
    let title = title.trim().to_lowercase();
    beginnings.iter().any(|beginning| title.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(page: &str) -> String {
        let document = Document::from(page);
        remove(&document);
        document.text().split_whitespace().collect::<Vec<&str>>().join(" ")
    }

    #[test]
    fn boxes_with_something_to_press_are_taken_out() {
        for class in
            ["newsletter-signup", "c-paywall_notice", "sign-up box", "related-links", "Cookie"]
        {
            let page = format!(
                "<p>One.</p><div class='{class}'><p>Read on.</p><a href=x>Go</a></div><p>Two.</p>"
            );
            assert_eq!(left(&page), "One.Two.", "{class}");
        }
        assert_eq!(left("<p>One.</p><section id=comments><p>First!</p></section>"), "One.");
    }

    #[test]
    fn texts_of_the_same_name_stay() {
        let long = "The ferry ran aground off the old port. ".repeat(12);
        let text = format!("<div class=paywall><p>{long}</p><a href=x>More</a></div>");
        assert_eq!(left(&text), format!("{long}More"));
        let one = "<div class=paywall>The ferry <a href=x>ran</a>.</div>";
        assert_eq!(left(&one.repeat(3)), "The ferry ran.".repeat(3));
        assert_eq!(left("<div class=paywall>The ferry ran.</div>"), "The ferry ran.");
        assert_eq!(left("<p class=paywall>The <a href=x>ferry</a>.</p>"), "The ferry.");
        assert_eq!(left("<div class=signal-promise>A <a href=x>b</a></div>"), "A b");
    }

    #[test]
    fn lists_and_errors_are_told_by_their_names() {
        for (address, list) in [
            ("https://a.example/tag/storms", true),
            ("https://a.example/news/category/weather/", true),
            ("https://a.example/tagged-along", false),
            ("https://tag.example/ferry", false),
        ] {
            assert_eq!(is_list(address), list, "{address}");
        }
        for (title, error) in [
            ("Page not found | The Post", true),
            ("404: not here", true),
            ("Seite nicht gefunden", true),
            ("Body of sailor not found, police say", false),
        ] {
            assert_eq!(is_error(title), error, "{title}");
        }
    }
}
