//! An explanation as one page that opens from disk, runs no script and asks nothing of any network.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Explanation, Found, Named, SharedPassage, TERMS_NAMED};
use crate::page::about_a_pair;
use crate::page::escape;
use crate::text::one_line;

/// Writes the page.
///
/// # Errors
/// Those of writing to `file`.
pub fn page(explanation: &Explanation, file: &mut dyn Write) -> io::Result<()> {
    let Explanation { a, b, near_duplicates, story, stories, passages, .. } = explanation;
    let copies = near_duplicates.to_string();
    let (verdict, why) = copies.split_once('\n').unwrap_or((&copies, ""));
    let mut body = format!(
        "<div class=\"sides heads\">{}{}</div>\n<h2>{}</h2>\n{}",
        named("A", a, ""),
        named("B", b, ""),
        shown(verdict),
        sentences(why)
    );
    let told: String = stories.iter().map(ToString::to_string).collect();
    let _ = write!(
        body,
        "<h2>One story? {}.</h2>\n{}{}",
        explanation.story_verdict(),
        sentences(&told),
        sentences(&story.to_string())
    );
    if !story.shared.is_empty() {
        body += "<h3>Shared terms</h3>\n<table><thead><tr><th scope=\"col\">Term</th>\
                 <th scope=\"col\" class=\"number\">Weight in A</th><th scope=\"col\" class=\"number\">\
                 Weight in B</th><th scope=\"col\" class=\"number\">Adds to the cosine</th></tr></thead><tbody>\n";
        for term in story.shared.iter().take(TERMS_NAMED) {
            let (a, b) = (term.weight_a, term.weight_b);
            let _ = writeln!(
                body,
                "<tr><th scope=\"row\" dir=\"auto\">{}</th><td class=\"number\">{a:.3}</td>\
                 <td class=\"number\">{b:.3}</td><td class=\"number\">{:.3}</td></tr>",
                shown(&term.text),
                a * b
            );
        }
        body += "</tbody></table>\n";
    }
    let _ = writeln!(body, "<h2>Shared passages? {}.</h2>", super::count(passages.len()));
    body.extend(passages.iter().map(passage));
    about_a_pair("newsfold explanation", "Why these two are, or are not, together", body, file)
}

/// Writes what a finished run found of two articles as a page of one file.
///
/// # Errors
/// Those of writing to `file`.
pub fn page_of_found(found: &Found, file: &mut dyn Write) -> io::Result<()> {
    let mut body = format!(
        "<div class=\"sides heads\">{}{}</div>\n",
        named("A", &found.a.article, ""),
        named("B", &found.b.article, "")
    );
    let told = found.to_string();
    // The first paragraph names the two.
    for part in told.split("\n\n").skip(1) {
        let (verdict, why) = part.split_once('\n').unwrap_or((part, ""));
        let _ = write!(body, "<h2>{}</h2>\n{}", shown(verdict), sentences(why));
    }
    about_a_pair("newsfold explanation", "What the run found of these two", body, file)
}

/// An article as the page of two names it, with what else there is to say of it.
pub(crate) fn named(letter: &str, article: &Named, more: &str) -> String {
    let title = if article.title.is_empty() { &article.id } else { &article.title };
    let known = [&article.outlet, &article.published, &article.id, &article.source];
    let known: Vec<String> =
        known.into_iter().filter(|fact| !fact.is_empty()).map(|fact| shown(fact)).collect();
    let more = if more.is_empty() { String::new() } else { format!("<p>{more}</p>") };
    format!(
        "<section><h2 dir=\"auto\"><span class=\"letter\">{letter}</span>{}</h2>\
         <p class=\"facts\">{}</p>{more}</section>\n",
        shown(title),
        known.join(" <span class=\"point\">·</span> "),
    )
}

/// Text of anyone as markup may hold it, without characters that turn the writing direction.
pub(crate) fn shown(text: &str) -> String {
    escape(&one_line(text))
}

/// Each line of the answer in words as an item of a list.
fn sentences(lines: &str) -> String {
    let items: String =
        lines.lines().map(|line| format!("<li dir=\"auto\">{}</li>\n", shown(line))).collect();
    if items.is_empty() { items } else { format!("<ul class=\"findings\">\n{items}</ul>\n") }
}

fn passage(passage: &SharedPassage) -> String {
    let kind = passage.kind.name();
    format!(
        "<section class=\"shared\"><h3><mark class=\"{kind}\">{kind}</mark> {} words, in {} articles</h3>\n\
         <blockquote class=\"text {kind}\" dir=\"auto\">{}</blockquote></section>\n",
        passage.tokens,
        passage.articles,
        shown(&passage.text)
    )
}
