//! A comparison as one page that opens from disk, runs no script and asks nothing of any network.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::terminal::{facts, share};
use super::{Comparison, Piece, SharedPassage, Side};
use crate::explain::{named, shown};
use crate::page::about_a_pair;

/// Writes the page.
///
/// # Errors
/// Those of writing to `file`.
pub fn page(comparison: &Comparison, file: &mut dyn Write) -> io::Result<()> {
    let Comparison { a, b, passages } = comparison;
    let shared = match passages.len() {
        0 => "No shared passage".to_owned(),
        1 => "1 shared passage".to_owned(),
        many => format!("{many} shared passages"),
    };
    let body = format!(
        "<div class=\"sides heads\">{}{}</div>\n<h2>{shared}</h2>\n<p class=\"soft\">Struck through are \
         words that only A has, underlined those that only B has.</p>\n{}",
        head("A", a, "B"),
        head("B", b, "A"),
        passages.iter().map(section).collect::<String>()
    );
    about_a_pair("newsfold comparison", "Two articles, word by word", body, file)
}

fn head(name: &str, side: &Side, other: &str) -> String {
    named(name, &side.article, &share(name, side, other))
}

fn section(passage: &SharedPassage) -> String {
    let facts = facts(passage);
    let kind = passage.kind.name();
    let rest = facts.strip_prefix(kind).unwrap_or(&facts);
    let mut html = format!(
        "<section class=\"shared\"><h3><mark class=\"{kind}\">{kind}</mark>{rest}</h3>\n\
         <div class=\"sides\">\n"
    );
    for row in &passage.rows {
        let _ = writeln!(html, "{}{}", column("A", row, 0), column("B", row, 1));
    }
    html + "</div></section>\n"
}

/// One side of a row.
fn column(name: &str, row: &[Piece], side: usize) -> String {
    let element = ["del", "ins"][side];
    let mut html = format!("<p class=\"text\" dir=\"auto\"><span class=\"letter\">{name}</span>");
    for piece in row {
        let text = [&piece.a, &piece.b][side];
        let words = shown(text);
        if piece.same || words.is_empty() {
            html += &words;
        } else {
            let _ = write!(html, "<{element}>{words}</{element}>");
        }
        if text.ends_with(char::is_whitespace) {
            html.push(' ');
        }
    }
    html + "</p>"
}

#[cfg(test)]
mod tests {
    use super::super::tests::edited;
    use super::*;
    use crate::page::STYLE;

    fn written(comparison: &Comparison) -> String {
        let mut file = Vec::new();
        page(comparison, &mut file).unwrap();
        String::from_utf8(file).unwrap()
    }

    #[test]
    fn words_that_differ_are_marked_by_elements_and_not_by_colour_alone() {
        let page = written(&edited());
        assert!(page.contains("master <del>closed</del> the northern"), "{page}");
        assert!(page.contains("master <ins>shut</ins> the northern"));
        assert!(
            page.contains("90.5 % of A&#39;s 21 words") || page.contains("90.5 % of A's 21 words")
        );
        assert!(STYLE.contains("del { ") && STYLE.contains("line-through"));
    }

    #[test]
    fn no_text_of_an_article_becomes_markup() {
        let hostile = "</p><script>alert(1)</script>\" onload='x()' \u{202e}\0 {{policy}}";
        let mut comparison = edited();
        comparison.a.article.title = hostile.into();
        comparison.b.article.outlet = hostile.into();
        comparison.passages[0].rows[0][0].a = hostile.into();
        let page = written(&comparison);
        assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\0'));
        assert_eq!(page.matches("&lt;/p&gt;&lt;script&gt;alert(1)").count(), 3);
        assert_eq!(page.matches("{{policy}}").count(), 3);
        assert!(!page.contains(" src="));
        assert!(
            page.contains("content=\"default-src 'none'; script-src 'none'; style-src 'sha256-")
        );
    }
}
