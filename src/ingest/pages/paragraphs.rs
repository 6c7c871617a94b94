//! The text of a page in paragraphs, and words compared with words.
//!
//! A paragraph is text that no block-level element and no empty line divides. Cost: linear in the
//! page.

use ahash::AHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::tree::Page;

/// Elements that begin and end a paragraph.
const BLOCKS: [&str; 43] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
];
/// How many letters of the Latin script a sign of a denser script says about as much as: Chinese news is
/// about that much shorter than its translations.
const LETTERS_OF_A_SIGN: f64 = 2.5;
/// How many words in a row two texts must share for it to be no accident.
const SHINGLE_WORDS: usize = 3;
/// The same in signs of a dense script, where spaces may not divide words.
const SHINGLE_SIGNS: usize = 6;
/// Letters to a sign above which most signs are of a dense script.
const DENSE: f64 = 1.5;

/// A paragraph of a page.
pub(super) struct Paragraph {
    /// Its text, with single spaces.
    pub(super) text: String,
    /// The place of the block-level element in which it stands.
    pub(super) owner: usize,
    /// The place of its first text.
    pub(super) place: usize,
    /// How much it says, in letters of the Latin script.
    pub(super) letters: f64,
    /// How much of it is in links.
    pub(super) linked: f64,
    /// Whether it begins with a link.
    pub(super) begins_linked: bool,
}

impl Paragraph {
    /// The share of its letters that is in links.
    pub(super) fn link_density(&self) -> f64 {
        self.linked / self.letters.max(1.0)
    }

    /// Whether it is a headline on its page.
    pub(super) fn is_heading(&self, page: &Page) -> bool {
        matches!(page.name(self.owner), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
    }
}

/// Whether an element begins a paragraph.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name) || name == "ul"
}

/// What holds of a text because of the elements around it.
#[derive(Clone, Copy)]
struct Around {
    end: usize,
    owner: usize,
    is_block: bool,
    is_link: bool,
    is_preformatted: bool,
}

/// Whether the element is a link to another page, and none that runs a program.
pub(super) fn leads_elsewhere(page: &Page, place: usize) -> bool {
    let address = || page.attribute(place, "href");
    page.name(place) == "a" && address().is_some_and(|href| !href.starts_with("javascript:"))
}

/// The paragraphs of a page, without what stands at places that are `left_out`.
pub(super) fn paragraphs(page: &Page, left_out: &[bool]) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut open: Vec<Around> = Vec::new();
    let (mut begins, mut breaks, mut place) = (true, 0, 0);
    while place < page.len() {
        while let Some(closed) = open.pop_if(|around| around.end <= place) {
            begins |= closed.is_block;
        }
        let name = page.name(place);
        let starts_block = is_block(name);
        begins |= starts_block;
        if left_out[place] {
            place = page.end(place);
            continue;
        }
        let around = open.last().copied();
        if let Some(text) = page.own_text(place) {
            if text.trim().is_empty() && begins {
                place += 1;
                continue;
            }
            breaks = if text.trim().is_empty() { breaks } else { 0 };
            let is_link = around.is_some_and(|around| around.is_link);
            if begins {
                paragraphs.push(Paragraph {
                    text: String::new(),
                    owner: around.map_or(0, |around| around.owner),
                    place,
                    letters: 0.0,
                    linked: 0.0,
                    begins_linked: is_link,
                });
                begins = false;
            }
            if let Some(paragraph) = paragraphs.last_mut() {
                let is_preformatted = around.is_some_and(|around| around.is_preformatted);
                paragraph.add(text, is_link, is_preformatted);
            }
        } else {
            if name == "br" {
                breaks += 1;
                // Two make an empty line.
                begins |= breaks > 1;
                if let Some(paragraph) = paragraphs.last_mut().filter(|_| !begins) {
                    paragraph.text.push('\n');
                }
            }
            open.push(Around {
                end: page.end(place),
                owner: match around {
                    Some(around) if !starts_block => around.owner,
                    _ => place,
                },
                is_block: starts_block,
                is_link: leads_elsewhere(page, place)
                    || around.is_some_and(|around| around.is_link),
                is_preformatted: name == "pre"
                    || around.is_some_and(|around| around.is_preformatted),
            });
        }
        place += 1;
    }
    for paragraph in &mut paragraphs {
        paragraph.text.truncate(paragraph.text.trim_end().len());
    }
    paragraphs.retain(|paragraph| !paragraph.text.is_empty());
    paragraphs
}

impl Paragraph {
    fn add(&mut self, text: &str, is_link: bool, is_preformatted: bool) {
        let letters = letters(text);
        self.letters += letters;
        self.linked += if is_link { letters } else { 0.0 };
        if is_preformatted {
            self.text.push_str(text);
            return;
        }
        for c in text.chars() {
            if !c.is_whitespace() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }
}

/// How much a text says, in letters of the Latin script, spaces left out.
pub(super) fn letters(text: &str) -> f64 {
    let of = |c: char| match c {
        c if c.is_whitespace() => 0.0,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' => LETTERS_OF_A_SIGN,
        _ => 1.0,
    };
    text.chars().map(of).sum()
}

/// The hashes of a text's runs of words, case and signs between them left out.
pub(super) fn shingles(text: &str) -> Vec<u64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let signs = lower.chars().filter(|c| !c.is_whitespace()).count();
    if letters(&lower) > DENSE * signs as f64 {
        let hashes = lower.chars().filter(|c| c.is_alphanumeric()).map(u64::from);
        return runs(&hashes.collect::<Vec<u64>>(), SHINGLE_SIGNS);
    }
    runs(&words.iter().map(|word| xxh3_64(word.as_bytes())).collect::<Vec<u64>>(), SHINGLE_WORDS)
}

fn runs(hashes: &[u64], length: usize) -> Vec<u64> {
    let mixed = |run: &[u64]| {
        run.iter().fold(0_u64, |mixed, hash| {
            (mixed.rotate_left(23) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        })
    };
    match hashes {
        [] => Vec::new(),
        few if few.len() < length => vec![mixed(few)],
        _ => hashes.windows(length).map(mixed).collect(),
    }
}

/// The share of the runs of words in `text` that `set` has.
pub(super) fn share(text: &[u64], set: &AHashSet<u64>) -> f64 {
    let both = text.iter().filter(|hash| set.contains(hash)).count();
    both as f64 / text.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Vec<String> {
        let page = Page::parse(html);
        let all = paragraphs(&page, &vec![false; page.len()]);
        all.into_iter().map(|paragraph| paragraph.text).collect()
    }

    #[test]
    fn blocks_and_empty_lines_divide_paragraphs() {
        assert_eq!(
            of("<div>One <b>two</b>\n three<p>Four</p>Five<br>six<br> <br>Seven</div>"),
            ["One two three", "Four", "Five\nsix", "Seven"]
        );
        assert_eq!(of("<ul><li>One<li>Two</ul>"), ["One", "Two"]);
        assert_eq!(of("<pre>a\n  b</pre>"), ["a\n  b"]);
    }

    #[test]
    fn links_are_counted() {
        let page = Page::parse("<p><a href=x>four</a> and <a href=y>two</a><a>.</a>");
        let all = paragraphs(&page, &vec![false; page.len()]);
        assert_eq!((all[0].letters, all[0].linked, all[0].begins_linked), (11.0, 7.0, true));
    }

    #[test]
    fn texts_share_runs_of_words_whatever_is_between_them() {
        let set: AHashSet<u64> =
            shingles("The ferry ran aground off the port.").into_iter().collect();
        assert_eq!(share(&shingles("“the FERRY ran, aground”"), &set), 1.0);
        assert_eq!(share(&shingles("ran the ferry aground"), &set), 0.0);
        let signs: AHashSet<u64> = shingles("渡轮昨天晚上在港口附近搁浅了").into_iter().collect();
        assert_eq!(share(&shingles("渡轮昨天晚上在港口"), &signs), 1.0);
    }
}
