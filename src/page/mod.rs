//! `report.html`: the results as one page that opens from disk and asks nothing of any network.
//!
//! The counts and the largest stories stand in the page as HTML. Everything else is data that the
//! page's own script opens. Style and script are ordinary files under `assets/`, and a content
//! security policy with their hashes keeps the browser from running or loading anything else, so
//! that no text of an article can. The page depends on the results alone: not on when, where or
//! with how many threads they were made.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, Write};

use self::data::{Detail, Embedded};
use self::frame::{fill, policy};
use crate::article::DocId;
use crate::family::{Family, Member};
use crate::observer::Observer;
use crate::passage::Kind;
use crate::results::{Counts, Results};
use crate::story::Story;
use crate::text::{first_words, grouped, many, one_line};

mod articles;
mod data;
mod frame;
mod linkage;
mod markup;

pub(crate) use articles::web_address;
pub use data::{COPIES_PAGE_BYTES, PAGE_BYTES};
pub(crate) use frame::{STYLE, about_a_pair, answer};
pub(crate) use markup::{escape, escape_lines};

const PAGE: &str = include_str!("assets/page.html");
/// One function around all files: nothing of them becomes a global name.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("assets/script/dom.js"),
    include_str!("assets/script/data.js"),
    include_str!("assets/script/route.js"),
    include_str!("assets/script/list.js"),
    include_str!("assets/script/text.js"),
    include_str!("assets/script/timeline.js"),
    include_str!("assets/script/overtime.js"),
    include_str!("assets/script/stories.js"),
    include_str!("assets/script/articles.js"),
    include_str!("assets/script/passages.js"),
    include_str!("assets/script/shared.js"),
    include_str!("assets/script/compare.js"),
    include_str!("assets/script/threshold.js"),
    include_str!("assets/script/outlets.js"),
    include_str!("assets/script/about.js"),
    include_str!("assets/script/share.js"),
    include_str!("assets/script/start.js"),
    "})();\n"
);

/// The stories that can be read without script.
const LISTED: usize = 300;
/// Of a family in that list, so many copies are named.
const COPIES_LISTED: usize = 20;
/// Headlines in that list are cut after so many characters.
const HEADLINE_CHARS: usize = 200;

/// The views that say that texts are left out: the first one, and those that would show them.
const TEXT_VIEWS: &str = "stories article compare";

/// How many bytes of data the page of these results holds at the most where nobody says otherwise.
pub fn usual_bytes(results: &Results) -> usize {
    let only_copies = results.stories.is_none() && results.passages.is_none();
    if only_copies { COPIES_PAGE_BYTES } else { PAGE_BYTES }
}

/// Writes the page, with `cap` bytes of data at the most.
///
/// # Errors
/// Those of writing to `file`.
pub fn write(
    results: &Results,
    counts: &Counts,
    cap: usize,
    file: &mut dyn Write,
    observer: &dyn Observer,
) -> io::Result<()> {
    let Embedded { detail, data, texts } = data::embed(results, counts, cap, observer)?;
    let groups = if results.stories.is_none() && results.families.is_some() {
        "Families"
    } else {
        "Stories"
    };
    let parts = [
        ("policy", policy(Some(SCRIPT))),
        ("style", STYLE.into()),
        ("script", SCRIPT.into()),
        ("data", data),
        ("texts", texts),
        (
            "notice",
            texts_are_gone(results) + &notice(left_out(detail, results), cap, enough(results, cap)),
        ),
        ("cards", cards(counts)),
        ("groups", groups.into()),
        ("stories", stories(results)),
        ("version", escape(&results.run.version)),
    ];
    fill(PAGE, &parts, file)
}

/// What the cap left of the page; of a page without the texts, nothing more may be missing.
fn left_out(detail: Detail, results: &Results) -> Detail {
    let most = match (&results.stand_in, &results.passages) {
        (None, _) => Detail::Full,
        (Some(_), Some(_)) => Detail::Passages,
        (Some(_), None) => Detail::Metadata,
    };
    if detail == most { Detail::Full } else { detail }
}

/// So many bytes hold all data; nobody knows where the texts are gone.
fn enough(results: &Results, cap: usize) -> Option<usize> {
    /// What an article has beside its text takes less. Texts pack to less than their bytes: real news to a half.
    const ARTICLE: usize = 300;
    let articles = results.corpus.articles();
    let texts: usize = articles.iter().map(|article| article.text.len()).sum();
    results.stand_in.is_none().then(|| (texts + articles.len() * ARTICLE).max(2 * cap))
}

fn notice(detail: Detail, cap: usize, enough: Option<usize>) -> String {
    let mebibytes = (cap as f64 / f64::from(1 << 20) * 10.0).round() / 10.0;
    let (left_out, views) = match detail {
        Detail::Full => return String::new(),
        Detail::Passages => ("The texts of the articles are left out: with them", TEXT_VIEWS),
        Detail::Metadata => (
            "The texts of the articles and passages are left out: with them",
            "stories article compare passages passage",
        ),
        Detail::Nothing => (
            "The articles are left out, and of many groups the smaller ones: with them",
            TEXT_VIEWS,
        ),
    };
    let remedy = enough.map_or_else(
        || "<code>--report-max</code> asks for a larger page".to_owned(),
        |enough| {
            let mebibytes = enough.div_ceil(1 << 20);
            format!("<code>newsfold report OUT --report-max {mebibytes}M</code> puts them in")
        },
    );
    format!(
        "<p class=\"notice\" data-views=\"{views}\">{left_out} this page would be larger than \
         {mebibytes} MiB. {remedy}.</p>"
    )
}

/// Why the articles' own texts are not in a page that was made again.
fn texts_are_gone(results: &Results) -> String {
    results.stand_in.as_ref().map_or_else(String::new, |stand_in| {
        format!(
            "<p class=\"notice\" data-views=\"{TEXT_VIEWS}\">This page was made again from the \
             tables of a run, without the texts of the articles: {}.</p>",
            escape(&one_line(&stand_in.reason))
        )
    })
}

/// A count at the head of the page.
struct Card {
    /// The view that it leads to.
    view: &'static str,
    name: &'static str,
    count: usize,
    note: String,
    /// What it counts, shown by pointing at it: a table, and which rows of it.
    counts: &'static str,
}

/// The counts, each with a word on what it counts.
fn cards(counts: &Counts) -> String {
    let mut cards = vec![Card {
        view: "articles",
        name: "Articles",
        count: counts.articles,
        note: many(counts.outlets, "outlet", "outlets"),
        counts: "Rows of the table articles; different names in its column outlet",
    }];
    if let (Some(stories), Some(lines)) = (counts.stories, counts.storylines) {
        cards.push(Card {
            view: "stories",
            name: "Stories",
            count: stories,
            note: many(lines, "storyline", "storylines"),
            counts: "Rows of the table stories with two articles or more; rows of storylines",
        });
    }
    if let (Some(families), Some(copies)) = (counts.families, counts.copies) {
        cards.push(Card {
            view: "families",
            name: "Copies",
            count: copies,
            note: format!("in {}", many(families, "family", "families")),
            counts: "Rows of the table articles with a kept_id; rows of families",
        });
    }
    if let (Some(passages), Some(kinds)) = (counts.passages, &counts.passages_by_kind) {
        cards.push(Card {
            view: "passages",
            name: "Syndicated passages",
            count: kinds.number(Kind::Syndicated),
            note: format!("of {} of all kinds", many(passages, "passage", "passages")),
            counts: "Rows of the table passages of the kind syndicated; all of its rows",
        });
    }
    cards.push(Card {
        view: "about",
        name: "Rejected",
        count: counts.rejects,
        note: format!("of {}", many(counts.records, "record", "records")),
        counts: "Lines of rejects.jsonl; records read",
    });
    let card = |Card { view, name, count, note, counts }: Card| {
        let count = grouped(count);
        format!(
            "<li data-view=\"{view}\" title=\"{counts}\"><b>{count}</b> <span>{name}</span> \
             <small>{note}</small></li>"
        )
    };
    cards.into_iter().map(card).collect()
}

/// The largest stories as rows of a table.
fn stories(results: &Results) -> String {
    let Some(stories) = &results.stories else { return families(results) };
    let mut told: Vec<&Story> = stories.stories.iter().filter(|s| s.members.len() > 1).collect();
    if told.is_empty() {
        return "<p>No two articles tell the same story.</p>".into();
    }
    let all = told.len();
    told.sort_by_key(|story| (Reverse(story.members.len()), story.members[0]));
    told.truncate(LISTED);
    let mut html = String::from(
        "<table><thead><tr><th scope=\"col\">Story</th><th scope=\"col\" class=\"number\">Articles\
         </th><th scope=\"col\" class=\"number\">Outlets</th><th scope=\"col\" class=\"number\">\
         Copies</th><th scope=\"col\" class=\"minor\">First seen</th></tr></thead><tbody>\n",
    );
    for story in &told {
        let docs = story.members.iter().copied();
        let first = results.published_range(docs.clone()).map(|(first, _)| first);
        let day = first.map(|first| first.at.strftime("%-d %b %Y").to_string());
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\" dir=\"auto\">{}</th><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"minor\">{}</td></tr>",
            escape(&one_line(first_words(&story.headline, HEADLINE_CHARS))),
            grouped(story.members.len()),
            grouped(results.outlets_among(docs)),
            grouped(story.members.len().saturating_sub(story.texts as usize)),
            day.unwrap_or_default(),
        );
    }
    html.push_str("</tbody></table>");
    if all > LISTED {
        let _ = write!(html, "<p>The {LISTED} largest of {}.</p>", many(all, "story", "stories"));
    }
    html
}

/// The largest families, where the run looked for no stories: they are here whatever the data holds.
fn families(results: &Results) -> String {
    let Some(families) = &results.families else {
        return "<p>This run did not group articles.</p>".into();
    };
    let mut largest: Vec<&Family> = families.all().iter().collect();
    if largest.is_empty() {
        return "<p>No two articles are near-duplicates.</p>".into();
    }
    let all = largest.len();
    largest.sort_by_key(|family| (Reverse(family.members.len()), family.kept));
    largest.truncate(LISTED);
    let name = |doc: DocId| {
        let article = results.corpus.get(doc);
        let title = one_line(first_words(&article.title, HEADLINE_CHARS));
        let id = one_line(&article.id);
        let title = if title.is_empty() { &id } else { &title };
        let [title, outlet, id] = [title, &one_line(&article.outlet), &id].map(|it| escape(it));
        let title = match web_address(&article.url) {
            "" => title,
            url => {
                let url = escape(&one_line(url));
                format!(
                    "<a href=\"{url}\" rel=\"noreferrer noopener\" target=\"_blank\">{title}</a>"
                )
            }
        };
        format!("{title} <small>{outlet} <code>{id}</code></small>")
    };
    let copy = |member: &Member| {
        let (jaccard, lost) = (member.with_kept.jaccard(), 100.0 * member.with_kept.lost());
        let told = format!("Jaccard {jaccard:.3}, the kept one lacks {lost:.1} % of it");
        format!("<li>{} <small>{told}</small></li>", name(member.doc))
    };
    let mut html = String::from(
        "<table><thead><tr><th scope=\"col\">Kept article</th><th scope=\"col\" class=\"number\">\
         Copies</th><th scope=\"col\" class=\"number\">Outlets</th></tr></thead><tbody>\n",
    );
    for family in &largest {
        let docs = family.members.iter().map(|member| member.doc);
        let copies = family.members.iter().filter(|member| member.doc != family.kept);
        let listed: String = copies.clone().take(COPIES_LISTED).map(copy).collect();
        let more = copies.count().saturating_sub(COPIES_LISTED);
        let more =
            if more > 0 { format!("<li>and {} more</li>", grouped(more)) } else { String::new() };
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\" dir=\"auto\">{}<details><summary>Copies</summary><ul>{listed}{more}\
             </ul></details></th><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
            name(family.kept),
            grouped(family.members.len() - 1),
            grouped(results.outlets_among(docs)),
        );
    }
    html.push_str("</tbody></table>");
    if all > LISTED {
        let _ = write!(
            html,
            "<p>The {LISTED} largest of {}; the table <code>families</code> has all.</p>",
            many(all, "family", "families")
        );
    }
    html
}

#[cfg(test)]
mod tests {
    use super::frame::hash;
    use super::*;
    use crate::observer::Silent;
    use crate::results::sample::Sample;

    fn page() -> String {
        let Sample { results } = Sample::new();
        let mut page = Vec::new();
        write(&results, &Counts::of(&results), PAGE_BYTES, &mut page, &Silent).unwrap();
        String::from_utf8(page).unwrap()
    }

    fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
        text.split_once(before).unwrap().1.split_once(after).unwrap().0
    }

    #[test]
    fn the_policy_allows_this_script_and_this_style_and_nothing_else() {
        let page = page();
        let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        let script = between(&page, "<script>", "</script>");
        let style = between(&page, "<style>", "</style>");
        assert!(policy.contains(&format!("script-src '{}';", hash(script))), "{policy}");
        assert!(policy.contains(&format!("style-src '{}';", hash(style))), "{policy}");
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn no_text_of_an_article_becomes_markup() {
        let sample = Sample::new();
        // The hostile article leads a story of its own, which is not listed; make it two.
        let (hostile, other) = (sample.doc("../../x<b>"), sample.doc("e"));
        let Sample { mut results } = sample;
        let story = &mut results.stories.as_mut().unwrap().stories[0];
        (story.members, story.lead) = (vec![hostile, other], hostile);
        let mut page = Vec::new();
        write(&results, &Counts::of(&results), PAGE_BYTES, &mut page, &Silent).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(
            page.contains(
                "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;"
            )
        );
        assert_eq!(page.matches("<script").count(), 3);
        assert_eq!(page.matches("</script").count(), 3);
        assert!(!page.contains("alert(1)<"));
        assert!(!page.contains('\u{202e}') && !page.contains('\0'));
        // What looks like a placeholder in a title is put in as it is.
        assert!(page.contains("{{7*7}}"));
    }

    #[test]
    fn the_assets_hold_nothing_that_would_end_them_or_load_anything() {
        for asset in [STYLE, SCRIPT, frame::SORT] {
            assert!(!asset.contains("</"), "an end tag would end the element early");
            assert!(!asset.contains("<!--"), "what is behind it would be read by other rules");
            assert!(!asset.contains("innerHTML") && !asset.contains("@import"));
        }
        assert!(!PAGE.contains("src=") && !STYLE.contains("url("));
    }

    #[test]
    fn the_page_without_script_has_counts_and_stories() {
        let page = page();
        assert!(page.contains("<b>6</b> <span>Articles</span> <small>4 outlets</small>"));
        assert!(page.contains("<th scope=\"row\" dir=\"auto\">No bridge, no market</th>"));
        assert!(!page.contains("--threads"));
    }

    #[test]
    fn the_page_of_copies_leads_to_the_articles() {
        let Sample { mut results } = Sample::new();
        results.stories = None;
        let html = stories(&results);
        let link = "<a href=\"https://city-wire.example/a\" rel=\"noreferrer noopener\" \
                    target=\"_blank\">Bridge closes</a>";
        assert!(html.contains(link), "{html}");
        assert!(html.contains("https://harbour-post.example/b"), "{html}");
        let kept = results.families.as_ref().unwrap().all()[0].kept;
        let address = "javascript:alert(2)\" onclick=\"alert(3)";
        results.corpus.articles_mut()[kept.index()].url = address.into();
        assert!(!stories(&results).contains("alert"), "no address but one of the web");
    }

    #[test]
    fn the_page_says_what_was_left_out() {
        assert_eq!(notice(Detail::Full, PAGE_BYTES, None), "");
        let told = notice(Detail::Passages, PAGE_BYTES, Some(200 << 20));
        assert!(told.contains("The texts of the articles are left out"), "{told}");
        assert!(told.contains("would be larger than 25 MiB. "), "{told}");
        assert!(told.contains("<code>newsfold report OUT --report-max 200M</code>"), "{told}");
        assert!(told.contains("data-views=\"stories article compare\""), "{told}");
        assert!(notice(Detail::Metadata, PAGE_BYTES, None).contains("<code>--report-max</code>"));
    }
}
