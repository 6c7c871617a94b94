//! New and growing stories as an Atom feed (RFC 4287), for readers and programs that follow feeds.
//!
//! An entry is a story of two articles or more. Its id is that of the story, which a story keeps while it
//! grows; its time is that of its last article, so that a feed reader shows it again when it has grown.

use std::cmp::Reverse;
use std::io::{self, Write};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::article::Published;
use crate::page::{escape, web_address};
use crate::results::Results;
use crate::story::Story;
use crate::text::{many, one_line};

/// A story, as a feed tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its headline.
    pub headline: &'a str,
    /// When its first article was published, as RFC 3339.
    pub first: String,
    /// The same of its last article.
    pub last: String,
    /// Where it is read, where that is known.
    pub link: &'a str,
    /// What is told of it.
    pub summary: String,
    /// Its terms.
    pub terms: &'a [String],
}

/// Writes a feed. `updated` is its time where it has no entry, for a feed must say when it changed.
///
/// # Errors
/// Those of writing to `file`.
pub fn feed(
    title: &str,
    updated: &str,
    entries: &[Entry<'_>],
    file: &mut dyn Write,
) -> io::Result<()> {
    let updated = entries.first().map_or(updated, |entry| &entry.last);
    writeln!(file, "<?xml version=\"1.0\" encoding=\"utf-8\"?>")?;
    writeln!(file, "<feed xmlns=\"http://www.w3.org/2005/Atom\">")?;
    writeln!(file, "  <title>{}</title>\n  <id>urn:newsfold:stories</id>", shown(title))?;
    writeln!(
        file,
        "  <updated>{}</updated>\n  <author><name>newsfold</name></author>",
        shown(updated)
    )?;
    writeln!(file, "  <generator version=\"{}\">newsfold</generator>", env!("CARGO_PKG_VERSION"))?;
    for Entry { id, headline, first, last, link, summary, terms } in entries {
        writeln!(file, "  <entry>\n    <id>urn:newsfold:story:{}</id>", shown(id))?;
        writeln!(file, "    <title>{}</title>", shown(headline))?;
        writeln!(file, "    <updated>{}</updated>", shown(last))?;
        writeln!(file, "    <published>{}</published>", shown(first))?;
        if !web_address(link).is_empty() {
            writeln!(file, "    <link href=\"{}\"/>", shown(link))?;
        }
        writeln!(file, "    <summary>{}</summary>", shown(summary))?;
        for term in *terms {
            writeln!(file, "    <category term=\"{}\"/>", shown(term))?;
        }
        writeln!(file, "  </entry>")?;
    }
    writeln!(file, "</feed>")
}

/// Writes the stories that an article of `day` (UTC) or later belongs to, the last to grow first.
///
/// # Errors
/// Those of writing to `file`.
pub fn atom(results: &Results, day: Date, file: &mut dyn Write) -> io::Result<()> {
    let stories = results.stories.iter().flat_map(|all| &all.stories);
    let mut grown: Vec<(Published, Published, &Story)> = stories
        .filter(|story| story.members.len() > 1)
        .filter_map(|story| {
            let (first, last) = results.published_range(story.members.iter().copied())?;
            (last.at.to_zoned(TimeZone::UTC).date() >= day).then_some((last, first, story))
        })
        .collect();
    grown.sort_by_key(|(last, _, story)| (Reverse(last.at), &story.id));
    let entries = grown.iter().map(|(last, first, story)| Entry {
        id: &story.id,
        headline: &story.headline,
        first: first.to_string(),
        last: last.to_string(),
        link: &results.corpus.get(story.lead).url,
        summary: summary(results, story),
        terms: &story.terms,
    });
    let entries: Vec<Entry<'_>> = entries.collect();
    feed(&format!("Stories since {day}"), &format!("{day}T00:00:00Z"), &entries, file)
}

/// How large a story is, and who was first.
fn summary(results: &Results, story: &Story) -> String {
    let outlets = results.outlets_among(story.members.iter().copied());
    let mut summary = format!(
        "{}, {}, {}",
        many(story.members.len(), "article", "articles"),
        many(outlets, "outlet", "outlets"),
        many(story.texts as usize, "independent text", "independent texts")
    );
    let outlet = story.first.map(|first| results.corpus.get(first.doc).outlet.as_str());
    if let Some(outlet) = outlet.filter(|outlet| !outlet.is_empty()) {
        summary += "; first: ";
        summary += outlet;
    }
    summary
}

/// Text of anyone as XML may hold it.
fn shown(text: &str) -> String {
    escape(&one_line(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_story_is_markup() {
        let bad = "]]></title><script/>&";
        let entry = Entry {
            id: bad,
            headline: bad,
            first: bad.to_owned(),
            last: bad.to_owned(),
            link: "https://a.example/?a=\"&b=<",
            summary: bad.to_owned(),
            terms: &[bad.to_owned()],
        };
        let mut written = Vec::new();
        feed(bad, bad, &[entry], &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(!written.contains("<script"), "{written}");
        assert_eq!(written.matches("</title>").count(), 2, "{written}");
        assert!(written.contains("href=\"https://a.example/?a=&quot;&amp;b=&lt;\""), "{written}");
    }
}
