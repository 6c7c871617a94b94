//! New and growing stories as an Atom feed (RFC 4287), for readers and programs that follow feeds.
//!
//! An entry is a story of two articles or more. Its id is that of the story, which a story keeps while it
//! grows; its time is that of its last article, so that a feed reader shows it again when it has grown.

use std::cmp::Reverse;
use std::io::{self, Write};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::article::Published;
use crate::page::escape;
use crate::results::Results;
use crate::story::Story;
use crate::text::{many, one_line};

/// Writes the stories that an article of `day` (UTC) or later belongs to, the last to grow first.
///
/// # Errors
/// Those of writing to `file`.
pub fn atom(results: &Results, day: Date, file: &mut dyn Write) -> io::Result<()> {
    let stories = results.stories.iter().flat_map(|all| &all.stories);
    let mut entries: Vec<(Published, Published, &Story)> = stories
        .filter(|story| story.members.len() > 1)
        .filter_map(|story| {
            let (first, last) = results.published_range(story.members.iter().copied())?;
            (last.at.to_zoned(TimeZone::UTC).date() >= day).then_some((last, first, story))
        })
        .collect();
    entries.sort_by_key(|(last, _, story)| (Reverse(last.at), &story.id));
    // A feed must say when it changed; an empty one has not since its first day.
    let updated =
        entries.first().map_or_else(|| format!("{day}T00:00:00Z"), |(last, ..)| last.to_string());
    writeln!(file, "<?xml version=\"1.0\" encoding=\"utf-8\"?>")?;
    writeln!(file, "<feed xmlns=\"http://www.w3.org/2005/Atom\">")?;
    writeln!(file, "  <title>Stories since {day}</title>\n  <id>urn:newsfold:stories</id>")?;
    writeln!(file, "  <updated>{updated}</updated>\n  <author><name>newsfold</name></author>")?;
    writeln!(file, "  <generator version=\"{}\">newsfold</generator>", env!("CARGO_PKG_VERSION"))?;
    for (last, first, story) in entries {
        entry(results, story, first, last, file)?;
    }
    writeln!(file, "</feed>")
}

fn entry(
    results: &Results,
    story: &Story,
    first: Published,
    last: Published,
    file: &mut dyn Write,
) -> io::Result<()> {
    let lead = results.corpus.get(story.lead);
    writeln!(file, "  <entry>\n    <id>urn:newsfold:story:{}</id>", shown(&story.id))?;
    writeln!(file, "    <title>{}</title>", shown(&story.headline))?;
    writeln!(file, "    <updated>{last}</updated>\n    <published>{first}</published>")?;
    if ["http://", "https://"].iter().any(|scheme| lead.url.starts_with(scheme)) {
        writeln!(file, "    <link href=\"{}\"/>", shown(&lead.url))?;
    }
    let outlets = results.outlets_among(story.members.iter().copied());
    write!(
        file,
        "    <summary>{}, {}, {}",
        many(story.members.len(), "article", "articles"),
        many(outlets, "outlet", "outlets"),
        many(story.texts as usize, "independent text", "independent texts")
    )?;
    let outlet = story.first.map(|first| results.corpus.get(first.doc).outlet.as_str());
    if let Some(outlet) = outlet.filter(|outlet| !outlet.is_empty()) {
        write!(file, "; first: {}", shown(outlet))?;
    }
    writeln!(file, "</summary>")?;
    for term in &story.terms {
        writeln!(file, "    <category term=\"{}\"/>", shown(term))?;
    }
    writeln!(file, "  </entry>")
}

/// Text of anyone as XML may hold it.
fn shown(text: &str) -> String {
    escape(&one_line(text))
}
