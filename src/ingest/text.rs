//! Plain text: a file is an article, its text the whole file as it stands.

use std::path::Path;
use std::sync::Arc;

use super::record::derived_id;
use crate::article::{Article, Notes, SharedStr};
use crate::error::Position;

/// The longest first line that is read as a headline: a longer one is a paragraph.
const TITLE_CHARACTERS: usize = 200;
/// A line of fewer words, before a line that reads like a headline itself, names the site or the
/// section.
const TITLE_WORDS: usize = 3;

/// The headline of a text: its first line, or the second where the first only names the site.
/// Empty where neither reads like one.
///
/// A line reads like a headline if it is short, does not end as a sentence of prose does, and
/// stands alone: a blank line or a whole paragraph follows.
pub(super) fn title(text: &str) -> &str {
    let mut lines = text.trim_start().lines().map(str::trim);
    let Some(first) = headline(&mut lines) else { return "" };
    if first.split_whitespace().count() >= TITLE_WORDS {
        return first;
    }
    let second = headline(&mut lines.skip_while(|line| line.is_empty()));
    second.filter(|line| line.split_whitespace().count() >= TITLE_WORDS).unwrap_or(first)
}

/// The next line, if it reads like a headline.
fn headline<'t>(lines: &mut impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let line = lines.next()?;
    let next = lines.next()?;
    let is_paragraph = |line: &str| line.chars().nth(TITLE_CHARACTERS).is_some();
    let is_prose = line.ends_with(['.', ',', ';', ':', '。', '，', '।']);
    let stands_alone = next.is_empty() || is_paragraph(next);
    (!line.is_empty() && !is_paragraph(line) && !is_prose && stands_alone).then_some(line)
}

/// The id of a plain text: the file's name without what tells its kind.
pub(super) fn stem(name: &str) -> &str {
    let compressed = [".gz", ".zst", ".bz2", ".xz"];
    let name = compressed.iter().find_map(|kind| name.strip_suffix(kind)).unwrap_or(name);
    Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name)
}

/// The article that a whole file is.
pub(super) fn article(name: &Arc<str>, text: SharedStr) -> Article {
    let source = Position::whole(Arc::clone(name));
    Article {
        id: derived_id(&source).into(),
        outlet: SharedStr::default(),
        url: SharedStr::default(),
        published: None,
        title: title(&text).into(),
        lang: SharedStr::default(),
        author: SharedStr::default(),
        text,
        source,
        notes: Notes::default(),
        mending: None,
        furniture: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_that_stands_alone_is_the_title() {
        assert_eq!(
            title("Ferry runs aground off the cape\n\nThe ferry ran."),
            "Ferry runs aground off the cape"
        );
        assert_eq!(title("\n\n  Is the harbour safe?  \r\n\r\nNo."), "Is the harbour safe?");
        let paragraph = "word ".repeat(50);
        assert_eq!(title(&format!("Ferry runs aground\n{paragraph}")), "Ferry runs aground");
    }

    #[test]
    fn prose_is_no_title() {
        assert_eq!(title("The ferry ran aground.\n\nNobody was hurt."), "");
        assert_eq!(title("The ferry ran aground off\nthe cape on Monday.\n"), "");
        assert_eq!(title(&format!("{}\n\nMore.", "word ".repeat(50))), "");
        assert_eq!(title("Ferry runs aground off the cape"), "");
        assert_eq!(title(""), "");
    }

    #[test]
    fn the_name_of_the_site_gives_way_to_the_headline() {
        let text = "Harbour Post\n\nFerry runs aground off the cape\n\nThe ferry ran aground.\n";
        assert_eq!(title(text), "Ferry runs aground off the cape");
        let without = "Ferry aground\n\nThe ferry ran aground on Monday.\n\nNobody was hurt.";
        assert_eq!(title(without), "Ferry aground");
    }

    #[test]
    fn the_stem_leaves_out_what_tells_the_kind() {
        for (name, expected) in [
            ("a/b/news.txt", "news"),
            ("news.txt.gz", "news"),
            ("2024.05.01", "2024.05"),
            ("-", "-"),
        ] {
            assert_eq!(stem(name), expected);
        }
    }
}
