//! What every page is made of: a template that is filled in, the style, and the policy that keeps a
//! browser from running or loading anything else, so that no text of an article can.

use std::io::{self, Write};

use crate::output::answer_mark;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The style of all pages.
pub(crate) const STYLE: &str = include_str!("assets/style.css");

/// A page that answers one question.
const PAIR: &str = include_str!("assets/pair.html");
/// What sorts the tables of an answer.
pub(super) const SORT: &str = include_str!("assets/script/sort.js");
/// What stands above a page that leads nowhere.
const WORDMARK: &str = "<p class=\"wordmark\">newsfold</p>";

/// Writes a page about two articles: its title, its heading, and what is below, as HTML.
pub(crate) fn about_a_pair(
    title: &str,
    heading: &str,
    body: String,
    file: &mut dyn Write,
) -> io::Result<()> {
    framed("", [title, heading], WORDMARK, body, None, file)
}

/// Writes a page that answers a question of a run: `name` is that of its file, and what is below comes as HTML. It leads to the
/// report where one lies beside it. It is marked, so that the next run knows it for ours.
pub(crate) fn answer(
    name: &str,
    title: &str,
    report: Option<&str>,
    body: String,
    file: &mut dyn Write,
) -> io::Result<()> {
    let masthead = report.map_or_else(
        || WORDMARK.to_owned(),
        |report| {
            format!(
                "<p class=\"wordmark\"><a href=\"{report}\">newsfold</a></p>\n\
                 <nav aria-label=\"Views\"><a href=\"{report}\">← The whole report</a></nav>"
            )
        },
    );
    framed(&answer_mark(name), [title, title], &masthead, body, Some(SORT), file)
}

fn framed(
    mark: &str,
    [title, heading]: [&str; 2],
    masthead: &str,
    body: String,
    script: Option<&str>,
    file: &mut dyn Write,
) -> io::Result<()> {
    let parts = [
        ("mark", mark.into()),
        ("policy", policy(script)),
        ("style", STYLE.into()),
        ("title", title.into()),
        ("masthead", masthead.into()),
        ("heading", heading.into()),
        ("body", body),
        ("script", script.map_or_else(String::new, |script| format!("<script>{script}</script>"))),
        ("version", env!("CARGO_PKG_VERSION").into()),
    ];
    fill(PAIR, &parts, file)
}

/// The page with every `{{name}}` replaced; what is put in is not looked through again.
pub(crate) fn fill(page: &str, parts: &[(&str, String)], file: &mut dyn Write) -> io::Result<()> {
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("{{") {
        file.write_all(before.as_bytes())?;
        let (name, after) = after.split_once("}}").ok_or(io::ErrorKind::InvalidData)?;
        let part = parts.iter().find(|(part, _)| *part == name);
        file.write_all(part.ok_or(io::ErrorKind::InvalidData)?.1.as_bytes())?;
        rest = after;
    }
    file.write_all(rest.as_bytes())
}

/// A content security policy that allows this script, where there is one, and [`STYLE`], and nothing
/// else.
pub(crate) fn policy(script: Option<&str>) -> String {
    let script = script.map_or_else(|| "'none'".to_owned(), |script| format!("'{}'", hash(script)));
    format!(
        "default-src 'none'; script-src {script}; style-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE)
    )
}

/// A source expression of a content security policy that allows this very text.
pub(super) fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_looked_through_again() {
        let mut page = Vec::new();
        let parts = [("a", "{{b}}".to_owned()), ("b", "never".to_owned())];
        fill("<p>{{a}}</p>", &parts, &mut page).unwrap();
        assert_eq!(page, b"<p>{{b}}</p>");
        assert!(fill("{{c}}", &parts, &mut Vec::new()).is_err());
    }

    #[test]
    fn the_policy_names_what_it_allows_by_hash() {
        // The hash of nothing, as every tool gives it.
        let nothing = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(hash(""), nothing);
        assert!(policy(Some("")).contains(&format!("script-src '{nothing}';")));
        assert!(policy(None).starts_with("default-src 'none'; script-src 'none'; "));
    }
}
