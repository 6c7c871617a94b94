//! The main text of a page.
//!
//! Every paragraph gets a value: prose counts for the text, short lines and links against it. The
//! element whose paragraphs are worth most together holds the text, as in Pasternack and Roth's
//! maximum subsequence segmentation (WWW 2009), here on the tree. Inside it, an element that says
//! that it holds the body goes first. What a page tells programs as its `articleBody` says which
//! paragraphs count, and stands in where the page does not show it. Cost: linear in the page, times
//! the depth of containers that are named as bodies.

use ahash::AHashSet;

use super::furniture::{is_body, left_out, words};
use super::paragraphs::{Paragraph, is_block, letters, paragraphs, share, shingles};
use super::tree::Page;

/// Paragraphs of fewer letters are lines: names, dates, buttons.
const LINE_LETTERS: f64 = 40.0;
/// What a line counts against the text around it.
const LINE_COST: f64 = 5.0;
/// The most that a paragraph of links counts against it.
const MOST_LINK_COST: f64 = 60.0;
/// The share in links from which on a paragraph is one of links.
const LINKED: f64 = 0.5;
/// A paragraph in the text goes from this share on. It is higher, since reports link to their sources.
const LINKED_INSIDE: f64 = 0.6;
/// A sentence may be nearly all link.
const LINKED_SENTENCE: f64 = 0.93;
const SENTENCE_LETTERS: f64 = 50.0;
/// Lines of fewer letters that are in no paragraph, item or cell are buttons and labels.
const FEWEST_LETTERS: f64 = 20.0;
/// A child holds the text where so much of its parent's value is in it.
const MOST_OF_VALUE: f64 = 0.85;
/// Elements that are named as bodies go first where they have so much of it.
const BODY_OF_VALUE: f64 = 0.7;
/// Of several articles on a page the first goes first where it has so much of the largest one.
const FIRST_ARTICLE: f64 = 0.5;
/// An article is the whole text where the page's value is not mostly elsewhere.
const ARTICLE_OF_VALUE: f64 = 0.3;
/// An `articleBody` of fewer runs of words is a summary.
const FEWEST_SAID: usize = 80;
/// The share of it that a page must show for its paragraphs to be judged by it.
const SHOWN: f64 = 0.8;
/// A page that shows less than this of it shows another text.
const NOT_SHOWN: f64 = 0.5;
/// Where a page has this many times more letters than it shows, the rest is kept from readers.
const KEPT_FROM_READERS: f64 = 1.5;
/// The share of a text that must be in the `articleBody` for the rest to be no part of the article.
const SAID_OF_TEXT: f64 = 0.7;
/// A paragraph with less of its words there is not in it.
const NOT_SAID: f64 = 0.2;
/// Boxes with a picture and fewer letters are captions.
const CAPTION_LETTERS: f64 = 200.0;
/// A line with a `<time>` in it and fewer letters says who wrote the article and when.
const BYLINE_LETTERS: f64 = 80.0;
/// The longest notice. It has a link, else it asks for nothing.
const NOTICE_LETTERS: f64 = 300.0;
/// Between the headline and the text, a paragraph of so many letters is its beginning.
const LEDE_LETTERS: f64 = 80.0;
/// What is named or described as a lede may be shorter.
const NAMED_LEDE_LETTERS: f64 = 30.0;

/// Names of the paragraph that leads into an article, which often stands apart from it.
const LEDES: [&str; 24] = [
    "abstract",
    "bajada",
    "chapeau",
    "chapo",
    "copete",
    "deck",
    "dek",
    "description",
    "entradilla",
    "excerpt",
    "ingress",
    "intro",
    "lead",
    "lede",
    "manchet",
    "perex",
    "sapo",
    "spot",
    "standfirst",
    "subhead",
    "subheadline",
    "subtitle",
    "summary",
    "vorspann",
];
/// What notices among the paragraphs speak of.
const NOTICES: [&str; 30] = [
    "abonnez",
    "abonnieren",
    "affiliate",
    "all rights reserved",
    "assine",
    "comentários",
    "cookie",
    "datenschutz",
    "download our app",
    "follow us",
    "google news",
    "leggi anche",
    "leia também",
    "lesen sie auch",
    "lire aussi",
    "logged in",
    "lea también",
    "mehr zum thema",
    "newsletter",
    "notifications",
    "personenbezogene daten",
    "privacy policy",
    "read more:",
    "share this on",
    "sign up",
    "subscribe now",
    "subscribe to",
    "suscríbete",
    "terms of use",
    "whatsapp",
];

/// What a page tells of its text elsewhere.
#[derive(Default)]
pub(super) struct Told<'t> {
    /// The text that it tells programs.
    pub(super) body: Option<&'t str>,
    /// What it tells of it in a sentence or two.
    pub(super) descriptions: &'t [String],
}

/// The main text of a page, and what it is made of.
#[derive(Debug, Default)]
pub(super) struct MainText {
    /// The text, an empty line between its paragraphs.
    pub(super) text: String,
    /// The share of the letters around it that is in links.
    pub(super) linked: f64,
    /// How many headlines in it are links.
    pub(super) teasers: usize,
    /// Whether it stands in the page's only `<article>`.
    pub(super) is_in_article: bool,
}

/// Finds the main text of a page.
pub(super) fn main_text(page: &Page, told: &Told<'_>) -> MainText {
    let all = paragraphs(page, &left_out(page));
    let said = Said::of(&all, told.body);
    if let Some(text) = told.body.filter(|_| said.is_kept_from_readers) {
        return MainText { text: text.trim().to_owned(), ..MainText::default() };
    }
    let values = values(page, &all, &said);
    let roots = roots(page, &all, &values);
    let is_inside = |paragraph: &Paragraph| roots.inside[paragraph.place];
    let kept = kept(page, &all, &said, &roots, told.descriptions);
    let inside = || all.iter().filter(|paragraph| is_inside(paragraph));
    let (all_letters, linked) = inside().fold((0.0, 0.0), |(letters, linked), paragraph| {
        (letters + paragraph.letters, linked + paragraph.linked)
    });
    let is_teaser =
        |paragraph: &&Paragraph| paragraph.is_heading(page) && paragraph.link_density() > LINKED;
    let articles = || (0..page.len()).filter(|place| page.name(*place) == "article");
    let texts: Vec<&str> = kept.iter().map(|paragraph| paragraph.text.as_str()).collect();
    MainText {
        text: texts.join("\n\n"),
        linked: linked / all_letters.max(1.0),
        teasers: match kept.len() {
            // The teasers of a list of articles may all have been left out.
            ..=1 => linked_headings(page),
            _ => inside().filter(is_teaser).count(),
        },
        is_in_article: articles().count() == 1
            && page.path(roots.first).any(|place| page.name(place) == "article"),
    }
}

/// How many headlines of a page are links.
fn linked_headings(page: &Page) -> usize {
    let is_link = |place: usize| page.name(place) == "a";
    (0..page.len())
        .filter(|place| matches!(page.name(*place), "h1" | "h2" | "h3" | "h4"))
        .filter(|place| {
            (*place..page.end(*place)).any(is_link) || page.parent(*place).is_some_and(is_link)
        })
        .count()
}

/// What the `articleBody` of a page says of its paragraphs.
#[derive(Default)]
struct Said {
    /// For each paragraph, the share of it that is there; empty where there is none to judge by.
    shares: Vec<f64>,
    /// Whether it is a longer text than the one that the page shows.
    is_kept_from_readers: bool,
}

impl Said {
    fn of(all: &[Paragraph], body: Option<&str>) -> Self {
        let Some(body) = body else { return Self::default() };
        let said: AHashSet<u64> = shingles(body).into_iter().collect();
        if said.len() < FEWEST_SAID {
            return Self::default();
        }
        let mut shown: AHashSet<u64> = AHashSet::new();
        let shares: Vec<f64> = all
            .iter()
            .map(|paragraph| {
                let own = shingles(&paragraph.text);
                shown.extend(own.iter().filter(|hash| said.contains(hash)));
                share(&own, &said)
            })
            .collect();
        let covered = shown.len() as f64 / said.len() as f64;
        if covered >= SHOWN {
            return Self { shares, is_kept_from_readers: false };
        }
        let is_prose = |paragraph: &&Paragraph| {
            paragraph.letters > LINE_LETTERS && paragraph.link_density() < LINKED
        };
        let prose: f64 = all.iter().filter(is_prose).map(|paragraph| paragraph.letters).sum();
        let is_kept = covered < NOT_SHOWN && letters(body) > KEPT_FROM_READERS * prose;
        Self { shares: Vec::new(), is_kept_from_readers: is_kept }
    }

    /// The share of a paragraph that is in it.
    fn share(&self, paragraph: usize) -> Option<f64> {
        self.shares.get(paragraph).copied()
    }
}

/// What each paragraph says for or against the element that holds it.
fn values(page: &Page, all: &[Paragraph], said: &Said) -> Vec<f64> {
    let by_itself = |paragraph: &Paragraph| {
        let density = paragraph.link_density();
        if paragraph.is_heading(page) {
            0.0
        } else if density > LINKED {
            -paragraph.letters.min(MOST_LINK_COST)
        } else if paragraph.letters < LINE_LETTERS {
            -LINE_COST
        } else {
            // Items and cells are prose less often than paragraphs are.
            let weight = match page.name(paragraph.owner) {
                "p" | "pre" | "blockquote" => 1.0,
                "li" | "td" | "th" | "dd" => 0.5,
                _ => 0.75,
            };
            paragraph.letters * (1.0 - density) * weight
        }
    };
    let mut values: Vec<f64> = all
        .iter()
        .enumerate()
        .map(|(place, paragraph)| match said.share(place) {
            Some(share) if paragraph.letters >= LINE_LETTERS && share > LINKED => paragraph.letters,
            Some(_) if paragraph.letters >= LINE_LETTERS => {
                by_itself(paragraph).min(0.0) - 0.2 * paragraph.letters.min(CAPTION_LETTERS)
            }
            _ => by_itself(paragraph),
        })
        .collect();
    if values.iter().all(|value| *value <= 0.0) {
        // Nothing on the page is long: what is no link is its text.
        for (value, paragraph) in values.iter_mut().zip(all) {
            if paragraph.link_density() < LINKED && !paragraph.is_heading(page) {
                *value = paragraph.letters;
            }
        }
    }
    values
}

/// The elements that hold the main text.
struct Roots {
    /// The first one.
    first: usize,
    /// Which places are in them.
    inside: Vec<bool>,
}

fn roots(page: &Page, all: &[Paragraph], values: &[f64]) -> Roots {
    let mut value = vec![0.0; page.len()];
    for (paragraph, own) in all.iter().zip(values) {
        value[paragraph.owner] += own;
    }
    page.sum_up(&mut value);
    let may_hold = |place: &usize| {
        matches!(
            page.name(*place),
            "html"
                | "body"
                | "div"
                | "section"
                | "article"
                | "main"
                | "td"
                | "table"
                | "center"
                | "form"
                | "span"
                | "header"
                | "blockquote"
                | "pre"
                | "ul"
                | "ol"
                | "dl"
        )
    };
    let largest = |places: &mut dyn Iterator<Item = usize>| {
        // Of equal ones the outer and the first.
        places.max_by(|a, b| value[*a].total_cmp(&value[*b]).then(b.cmp(a)))
    };
    let mut root = largest(&mut (0..page.len()).filter(may_hold)).unwrap_or_default();
    root = article_in(page, root, &value).unwrap_or(root);
    while let Some(child) = largest(&mut page.children(root).filter(|child| {
        let name = page.name(*child);
        is_block(name)
    }))
    .filter(|child| {
        let is_part = matches!(
            page.name(*child),
            "p" | "tbody" | "tr" | "ul" | "ol" | "dl" | "blockquote" | "table"
        );
        !is_part && value[*child] >= MOST_OF_VALUE * value[root]
    }) {
        root = child;
    }
    let is_named: Vec<bool> = (0..page.len()).map(|place| is_body(page, place)).collect();
    let mut roots = vec![root];
    loop {
        let mut bodies = Vec::new();
        for root in &roots {
            let mut place = root + 1;
            while place < page.end(*root) {
                let is_one = is_named[place] && value[place] > 0.0;
                if is_one {
                    bodies.push(place);
                }
                place = if is_one { page.end(place) } else { place + 1 };
            }
        }
        let worth = |places: &[usize]| places.iter().map(|place| value[*place]).sum::<f64>();
        if bodies.is_empty() || worth(&bodies) < BODY_OF_VALUE * worth(&roots) {
            break;
        }
        roots = bodies;
    }
    let mut inside = vec![false; page.len()];
    for root in &roots {
        inside[*root..page.end(*root)].fill(true);
    }
    Roots { first: roots[0], inside }
}

/// The article in an element that holds several, or one and something else.
fn article_in(page: &Page, root: usize, value: &[f64]) -> Option<usize> {
    if page.path(root).any(|place| page.name(place) == "article") {
        return None;
    }
    let mut articles = Vec::new();
    let mut place = root + 1;
    while place < page.end(root) {
        let is_one = page.name(place) == "article" && value[place] > LINE_LETTERS;
        if is_one {
            articles.push(place);
        }
        place = if is_one { page.end(place) } else { place + 1 };
    }
    let first = *articles.first()?;
    let top = articles
        .iter()
        .copied()
        .reduce(|top, other| if value[other] > value[top] { other } else { top })?;
    let chosen = if value[first] > FIRST_ARTICLE * value[top] { first } else { top };
    let elsewhere = value[root] - articles.iter().map(|place| value[*place]).sum::<f64>();
    let is_most = value[chosen] > ARTICLE_OF_VALUE * value[root];
    (is_most && elsewhere < LINKED * value[chosen]).then_some(chosen)
}

/// The paragraphs of the main text.
fn kept<'p>(
    page: &Page,
    all: &'p [Paragraph],
    said: &Said,
    roots: &Roots,
    descriptions: &[String],
) -> Vec<&'p Paragraph> {
    let beside = beside(page, all);
    let descriptions: Vec<AHashSet<u64>> =
        descriptions.iter().map(|text| shingles(text).into_iter().collect()).collect();
    let headline = (0..=roots.first).rev().find(|place| page.name(*place) == "h1");
    let (mut letters, mut letters_said) = (0.0, 0.0);
    for (place, paragraph) in all.iter().enumerate() {
        if roots.inside[paragraph.place] && paragraph.link_density() < LINKED {
            letters += paragraph.letters;
            let is_said = said.share(place).is_some_and(|share| share > LINKED);
            letters_said += if is_said { paragraph.letters } else { 0.0 };
        }
    }
    let is_said_whole = letters_said > SAID_OF_TEXT * letters;
    let mut kept: Vec<&Paragraph> = Vec::new();
    let mut ledes: AHashSet<&str> = AHashSet::new();
    for (place, paragraph) in all.iter().enumerate() {
        let name = page.name(paragraph.owner);
        if name == "h1" {
            continue;
        }
        let share = said.share(place);
        let is_said = share.is_some_and(|share| share > LINKED);
        let is_notice = !is_said && is_notice(paragraph);
        let is_beside = beside[paragraph.owner];
        let describes = paragraph.link_density() < LINKED_INSIDE / 2.0
            && is_described(paragraph, &descriptions);
        let is_kept = if roots.inside[paragraph.place] {
            let is_left = is_said_whole
                && share.is_some_and(|share| share < NOT_SAID)
                && paragraph.letters > LINE_LETTERS
                && !paragraph.is_heading(page)
                && name != "li";
            describes
                || is_prose(page, paragraph)
                    && !is_notice
                    && !is_left
                    && (is_beside == Beside::No || is_beside == Beside::Caption && is_said)
        } else {
            let is_after_headline = headline.is_some_and(|headline| paragraph.place > headline);
            let leads = describes
                || is_after_headline
                    && (is_named_lede(page, paragraph.owner)
                        || name == "p" && paragraph.letters > LEDE_LETTERS && !is_notice);
            paragraph.place < roots.first
                && paragraph.letters >= NAMED_LEDE_LETTERS
                && paragraph.link_density() < LINKED_INSIDE / 2.0
                && is_beside != Beside::List
                && leads
                && ledes.insert(&paragraph.text)
        };
        if is_kept {
            kept.push(paragraph);
        }
    }
    while kept.pop_if(|last| last.is_heading(page)).is_some() {}
    if kept.is_empty() {
        kept = all.iter().filter(|paragraph| !paragraph.is_heading(page)).collect();
    }
    kept
}

/// Whether a paragraph of the text is no label and no line of links.
fn is_prose(page: &Page, paragraph: &Paragraph) -> bool {
    let name = page.name(paragraph.owner);
    let density = paragraph.link_density();
    let is_sentence = || {
        name == "p"
            && density < LINKED_SENTENCE
            && paragraph.letters > SENTENCE_LETTERS
            && paragraph.text.ends_with(['.', '!', '?', '。', '”', '"'])
    };
    let is_part = matches!(name, "p" | "li" | "blockquote" | "pre" | "td");
    (density <= LINKED_INSIDE || is_sentence())
        && (paragraph.letters >= FEWEST_LETTERS || is_part || paragraph.is_heading(page))
}

/// Whether a paragraph asks its reader to go elsewhere.
fn is_notice(paragraph: &Paragraph) -> bool {
    if paragraph.linked == 0.0 || paragraph.letters >= NOTICE_LETTERS {
        return false;
    }
    let lower = paragraph.text.to_lowercase();
    NOTICES.iter().any(|notice| lower.contains(notice))
}

/// Whether one of the page's descriptions of itself is a paragraph.
fn is_described(paragraph: &Paragraph, descriptions: &[AHashSet<u64>]) -> bool {
    /// Fewer runs of words are alike by accident.
    const FEWEST: usize = 4;
    if descriptions.is_empty() {
        return false;
    }
    let own: AHashSet<u64> = shingles(&paragraph.text).into_iter().collect();
    own.len() >= FEWEST
        && descriptions.iter().any(|description| {
            let both = description.intersection(&own).count() as f64;
            let (own, whole) = (own.len() as f64, description.len() as f64);
            both > 0.6 * own || both > 0.7 * whole && both > 0.3 * own
        })
}

/// Whether an element, or one of the two around it, is named as a lede.
fn is_named_lede(page: &Page, owner: usize) -> bool {
    page.path(owner).take(3).any(|place| {
        ["class", "id", "itemprop"]
            .iter()
            .filter_map(|name| page.attribute(place, name))
            .any(|names| words(names).iter().any(|word| LEDES.contains(&word.as_str())))
    })
}

/// What an element in a text is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    No,
    /// A list of links to other articles.
    List,
    /// What stands under a picture, or says who wrote it and when.
    Caption,
}

/// For each place, what is beside the text there.
fn beside(page: &Page, all: &[Paragraph]) -> Vec<Beside> {
    let none = || vec![0.0; page.len()];
    let [mut letters, mut linked, mut texts, mut pictures, mut times] =
        [none(), none(), none(), none(), none()];
    let [mut items, mut led] = [vec![0_usize; page.len()], vec![0_usize; page.len()]];
    for paragraph in all {
        letters[paragraph.owner] += paragraph.letters;
        linked[paragraph.owner] += paragraph.linked;
        texts[paragraph.owner] += 1.0;
        if let ("li", Some(list)) = (page.name(paragraph.owner), page.parent(paragraph.owner)) {
            items[list] += 1;
            led[list] += usize::from(paragraph.begins_linked);
        }
    }
    for place in 0..page.len() {
        times[place] = f64::from(page.name(place) == "time");
        pictures[place] = f64::from(matches!(page.name(place), "img" | "picture"));
    }
    for values in [&mut letters, &mut linked, &mut texts, &mut pictures, &mut times] {
        page.sum_up(values);
    }
    let mut beside = vec![Beside::No; page.len()];
    for place in 0..page.len() {
        let above = page.parent(place).map_or(Beside::No, |parent| beside[parent]);
        // Notes at the end of an article are numbered, and link less.
        let least = match page.name(place) {
            "ul" if items[place] > 4 => 0.15,
            "ul" => 0.3,
            "ol" => 0.7,
            _ => f64::INFINITY,
        };
        let is_list = items[place] >= 2
            && led[place] * 4 >= items[place] * 3
            && linked[place] > least * letters[place];
        let is_byline =
            times[place] > 0.0 && letters[place] < BYLINE_LETTERS && is_block(page.name(place));
        let is_caption = pictures[place] > 0.0
            && letters[place] < CAPTION_LETTERS
            && texts[place] <= 1.0
            && matches!(page.name(place), "div" | "span" | "a" | "section");
        beside[place] = match above {
            Beside::No if is_list => Beside::List,
            Beside::No if is_caption || is_byline => Beside::Caption,
            above => above,
        };
    }
    beside
}
