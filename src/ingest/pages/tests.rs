//! Tests of whole pages, all of them made up.

use super::*;
use crate::ingest::fields::FieldTable;

const SENTENCE: &str = "The ferry ran aground off the old port, and lifeboats came, they said.";

fn text(html: &str) -> String {
    main_text(&Page::parse(html), &Told::default()).text
}

fn paragraphs(count: usize) -> String {
    (0..count).map(|number| format!("<p>Report {number}. {SENTENCE}</p>")).collect()
}

#[test]
fn a_page_is_told_by_its_first_element() {
    for (body, page) in [
        ("<!DOCTYPE html><p>", true),
        ("<HTML lang=en>", true),
        ("<!-- saved --><html>", true),
        ("<?xml version='1.0'?><!DOCTYPE html PUBLIC \"x\"><html>", true),
        ("<?xml version='1.0'?><rss>", false),
        ("<b>Bold</b> words", false),
    ] {
        assert_eq!(is_page(body.as_bytes()), page, "{body}");
    }
}

#[test]
fn words_are_counted_in_scripts_without_spaces() {
    for (text, count) in [("The ferry ran.", 3), ("渡轮在港口搁浅。 晚间", 4), ("เรือเกยตื้น", 5)]
    {
        assert_eq!(words(text), count, "{text}");
    }
}

#[test]
fn titles_of_errors_are_told_by_their_beginning() {
    for (title, error) in [
        ("Page not found | The Post", true),
        ("404: not here", true),
        ("Seite nicht gefunden", true),
        ("Body of sailor not found, police say", false),
    ] {
        assert_eq!(begins_with(title, &ERRORS), error, "{title}");
    }
}

#[test]
fn what_is_mostly_links_is_no_article() {
    let page = |open: &str, close: &str| {
        let paragraph = format!("<p>{open}{SENTENCE}{close} More of it, as it seems.</p>");
        format!("<html><body><article>{}</article></body></html>", paragraph.repeat(12))
    };
    let read = |html: &str, said: &Said| {
        is_article(&main_text(&Page::parse(html), &Told::default()), said, false)
    };
    let (other, article) = (Said::default(), Said { is_article: true, ..Said::default() });
    assert_eq!(read(&page("", ""), &other), Ok(()));
    let linked = page("<a href='/ferry'>", "</a>");
    assert!(read(&linked, &other).unwrap_err().contains("list of links"));
    assert_eq!(read(&linked, &article), Ok(()), "the page says what it is");
}

#[test]
fn a_saved_page_that_leads_nowhere_is_read_as_a_text_is() {
    let read = |page: &str, url| capture(page.as_bytes(), None, url, &FieldTable::new(&[])).is_ok();
    let url = Some("https://a.example/ferry");
    assert!(read("<!doctype html><p>Ferry aground.", None));
    assert!(!read("<!doctype html><p>Ferry aground.", url));
    assert!(!read("<!doctype html><p>Log in to read this.", None));
    assert!(!read("<!doctype html><p>Ferry <a href=/x>aground</a>.", None));
}

#[test]
fn the_text_is_what_is_worth_most_together() {
    let menu = "<ul><li><a href=/a>Ferries</a><li><a href=/b>Ports</a></ul>".repeat(5);
    let other = format!("<div><p>{SENTENCE}</p><a href=/c>More of it in another report</a></div>");
    let page =
        format!("<div>{menu}</div><div><div>{}</div></div>{}", paragraphs(4), other.repeat(2));
    assert_eq!(text(&page), text(&paragraphs(4)));
}

#[test]
fn a_container_that_is_named_as_the_body_goes_first() {
    let page = format!(
        "<div><div class=article-body>{}</div><div><p>{SENTENCE}</p></div></div>",
        paragraphs(6)
    );
    assert_eq!(text(&page), text(&paragraphs(6)));
    let parts = format!(
        "<div><div class=article-body>{0}</div><div><a href=x>x</a></div><div class=article-body>{0}</div></div>",
        paragraphs(3)
    );
    assert_eq!(text(&parts), text(&paragraphs(3).repeat(2)));
}

#[test]
fn of_several_articles_the_first_large_one_is_the_text() {
    let article = |text: &str| format!("<article>{text}</article>");
    let page = article(&paragraphs(5)) + &article(&format!("<p>{SENTENCE}</p>").repeat(4));
    assert_eq!(text(&page), text(&paragraphs(5)));
}

#[test]
fn the_lede_over_the_text_belongs_to_it() {
    let body = format!("<div class=article-body>{}</div>", paragraphs(6));
    let lede = "Nobody was hurt when it happened, the harbour council said.";
    let with = format!("{lede}\n\n{}", text(&body));
    let page =
        |lede: &str| format!("<article><header><h1>Ferry</h1>{lede}</header>{body}</article>");
    assert_eq!(text(&page(&format!("<div class=standfirst>{lede}</div>"))), with);
    assert_eq!(text(&page(&format!("<div>{lede}</div>"))), text(&body));
    let told = Told { body: None, descriptions: &[lede.to_owned()] };
    let page = Page::parse(&page(&format!("<div>{lede}</div>")));
    assert_eq!(main_text(&page, &told).text, with, "the page says that it describes it");
}

#[test]
fn notices_captions_and_lists_of_links_are_no_part_of_the_text() {
    let list = "<ul><li><a href=/a>Another ferry ran aground in May</a><li><a href=/b>Ports close</a></ul>";
    for part in [
        "<p>Sign up for our <a href=/n>newsletter</a> for more of these reports.</p>",
        "<div><img src=x><span>The ferry off the port. Photo: A. Sailor</span></div>",
        "<figure><img src=x><figcaption>The ferry off the port.</figcaption></figure>",
        "<p><a href=/c>Read what the harbour council said about it</a></p>",
        "<h2>More on this</h2>",
        list,
    ] {
        let page = format!("<article>{}{part}</article>", paragraphs(6));
        assert_eq!(text(&page), text(&paragraphs(6)), "{part}");
    }
    let items =
        "<ul><li>The first ferry is for cars and lorries.<li>The second is for people.</ul>";
    let page = format!("<article>{}{items}</article>", paragraphs(6));
    assert!(text(&page).ends_with("The second is for people."), "items without links stay");
}

#[test]
fn the_body_that_a_page_tells_programs_says_what_counts() {
    let boats: Vec<String> = (0..12)
        .map(|number| {
            format!(
                "<p>At {number} o'clock boat {number}a met boat {number}b near pier {number}c.</p>"
            )
        })
        .collect();
    let body = text(&boats.concat());
    let told = Told { body: Some(&body), descriptions: &[] };
    let other = "<p>Our reporters work for you on every day of the year, in all weathers.</p>";
    let page = format!("<div>{}{other}{}</div>", boats[..6].concat(), boats[6..].concat());
    assert_eq!(main_text(&Page::parse(&page), &told).text, body);
    assert!(text(&page).contains("Our reporters"), "nothing else says that it is none");
    // The page shows a notice and keeps the text for those who agree.
    let consent =
        "<div><p>We and our partners use cookies. Agree, or pay for a subscription.</p></div>";
    assert_eq!(main_text(&Page::parse(consent), &told).text, body);
}

#[test]
fn a_page_is_parsed_in_linear_time_however_many_attributes_it_has() {
    let attributes: String = (0..100_000).map(|number| format!(" a{number}")).collect();
    let page = format!("<!doctype html><body{attributes}>{}", paragraphs(12));
    assert!(capture(page.as_bytes(), None, None, &FieldTable::new(&[])).is_ok());
}

#[test]
fn a_feed_with_a_page_in_an_entry_is_no_page() {
    let feed = b"<?xml version=\"1.0\"?><rss><item><description><![CDATA[<html><body>".as_slice();
    let page =
        b"<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"x\">\n<html xmlns=\"x\">".as_slice();
    assert_eq!([feed, page].map(super::is_page), [false, true]);
}
