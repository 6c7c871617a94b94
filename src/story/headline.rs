//! What a story is called: the title of its lead, or the first words of its text.

use crate::article::{Corpus, DocId};
use crate::statistics::without_furniture;

/// How much of a text stands for a missing headline, in characters.
const HEADLINE_CHARACTERS: usize = 100;
/// The article's title without furniture, or the first words of its text where it has none.
pub(super) fn headline(corpus: &Corpus, doc: DocId) -> String {
    let article = corpus.get(doc);
    if !article.title.trim().is_empty() {
        return without_furniture(&article.title, &article.outlet).to_owned();
    }
    let line = article.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let Some((cut, _)) = line.char_indices().nth(HEADLINE_CHARACTERS) else {
        return line.to_owned();
    };
    let start = &line[..cut];
    let end = start.rfind(char::is_whitespace).unwrap_or(cut);
    format!("{} …", start[..end].trim_end())
}
