//! What a run found, for the terminal: text of at most [`WIDTH`] columns, no colours, no tables to
//! decipher.

use std::cmp::Reverse;
use std::fmt::Write as _;

use serde_json::Value;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Written;
use crate::article::DocId;
use crate::candidates::FULL_BUCKET;
use crate::passage::{Kind, Passage};
use crate::results::{Counts, Results, ScrubCounts};
use crate::text::{grouped, many, one_line};
use crate::verify::Evidence;

/// Columns of the narrowest terminal that is common.
const WIDTH: usize = 80;
/// How many of the largest stories and passages are shown.
const SHOWN: usize = 5;
/// Columns of each of the two numbers behind a headline.
const NUMBER: usize = 10;
/// Columns before the first word of an entry.
const INDENT: usize = 2;
/// Columns of the names of the counts.
const NAME: usize = 12;

/// The counts, the largest stories, the widest syndicated passages, and where the page is.
pub fn summary(results: &Results, written: &Written) -> String {
    let mut text = String::new();
    counts(&mut text, &written.counts);
    scrubbed(&mut text, results);
    near_duplicates(&mut text, results, &written.counts);
    if let Some(stories) = &results.stories {
        let mut largest: Vec<_> = stories.stories.iter().filter(|s| s.members.len() > 1).collect();
        largest.sort_by_key(|story| (Reverse(story.members.len()), story.members[0]));
        let entries = largest
            .into_iter()
            .take(SHOWN)
            .map(|story| (story.headline.clone(), story.members.clone()));
        list(&mut text, results, "Largest stories", entries);
    }
    if let Some(passages) = &results.passages {
        let syndicated =
            passages.iter().enumerate().filter(|(_, passage)| passage.kind == Kind::Syndicated);
        let mut widest: Vec<(usize, usize, &Passage)> = syndicated
            .map(|(place, p)| {
                (results.outlets_among(p.occurrences.iter().map(|o| o.doc)), place, p)
            })
            .collect();
        widest.sort_by_key(|&(outlets, _, passage)| {
            (Reverse(outlets as u64 * u64::from(passage.tokens)), passage.id.as_str())
        });
        let entries = widest.into_iter().take(SHOWN).map(|(_, place, passage)| {
            (format!("“{}”", results.passage_text(place)), passage.docs())
        });
        list(&mut text, results, "Widest syndicated passages", entries);
    }
    let _ = write!(text, "\nThe report: {}\n", written.page.display());
    text
}

fn counts(text: &mut String, counts: &Counts) {
    let mut line = |name: &str, said: String| {
        let _ = writeln!(text, "{name:NAME$}{said}");
    };
    let mut articles = grouped(counts.articles);
    if counts.outlets > 0 {
        let _ = write!(articles, " of {}", many(counts.outlets, "outlet", "outlets"));
    }
    if counts.undated > 0 {
        let _ = write!(articles, ", {} without a date", grouped(counts.undated));
    }
    if counts.reference > 0 {
        let new = grouped(counts.articles - counts.reference);
        let _ = write!(articles, "; {new} held against {}", grouped(counts.reference));
    }
    line("Articles", articles);
    if counts.rejects > 0 {
        let records = many(counts.rejects, "record", "records");
        line("Rejected", format!("{records}: rejects.jsonl says which and why"));
    }
    if let (Some(families), Some(copies)) = (counts.families, counts.copies) {
        let stay = counts.kept.map_or_else(String::new, |kept| {
            format!("; {}: keep.txt, remove.csv", many(kept, "article stays", "articles stay"))
        });
        let copies = many(copies, "copy", "copies");
        line("Families", format!("{}, with {copies}{stay}", grouped(families)));
    }
    if let (Some(stories), Some(lines)) = (counts.stories, counts.storylines) {
        let lines = many(lines, "storyline", "storylines");
        line("Stories", format!("{} of two articles or more; {lines}", grouped(stories)));
    }
    if let (Some(passages), Some(by_kind)) = (counts.passages, &counts.passages_by_kind) {
        line("Passages", grouped(passages));
        for (kind, count) in by_kind.each().filter(|&(_, count)| count > 0) {
            line("", format!("{:>NUMBER$} {}", grouped(count), kind.name()));
        }
    }
}

/// What was cut out of the texts that were written.
fn scrubbed(text: &mut String, results: &Results) {
    let Some(cut) = results.cuts.as_ref().map(ScrubCounts::from) else { return };
    let words = many(cut.words, "word", "words");
    let articles = many(cut.articles, "article", "articles");
    let kinds = [(cut.syndicated, "syndicated"), (cut.words - cut.syndicated, "boilerplate")];
    let _ = writeln!(text, "{:NAME$}{words} cut out of {articles}: scrubbed.csv", "Scrubbed");
    for (words, kind) in kinds.into_iter().filter(|&(words, _)| words > 0) {
        let _ = writeln!(text, "{:NAME$}{:>NUMBER$} {kind}", "", grouped(words));
    }
    if cut.emptied > 0 {
        let emptied = many(cut.emptied, "text is empty now", "texts are empty now");
        let _ = writeln!(text, "{:NAME$}{emptied}", "");
    }
}

/// How alike pairs are, how they were looked for, and what may have been missed.
fn near_duplicates(text: &mut String, results: &Results, counts: &Counts) {
    let Some(pairs) = &results.pairs else { return };
    let kinds =
        Evidence::ALL.map(|kind| (kind, pairs.iter().filter(|pair| pair.evidence == kind).count()));
    let kinds = kinds.iter().filter(|(_, count)| *count > 0);
    let kinds: Vec<String> =
        kinds.map(|(kind, count)| format!("{} {}", grouped(*count), kind.name())).collect();
    let colon = if kinds.is_empty() { "" } else { ": " };
    let _ = writeln!(text, "{:NAME$}{}{colon}{}", "Pairs", grouped(pairs.len()), kinds.join(", "));
    let parameter = |name: &str| results.run.parameters.get(name);
    let number = |name: &str| parameter(name).and_then(Value::as_f64).unwrap_or_default();
    let unlisted = counts.pairs_not_listed.unwrap_or_default();
    if unlisted > 0 {
        let _ = writeln!(
            text,
            "{:NAME$}{} pairs within families of more than {FULL_BUCKET} articles: each copy with its kept one",
            "Not listed",
            grouped(unlisted as usize),
        );
    }
    let method = parameter("method").and_then(Value::as_str);
    if method == Some("simhash") {
        let _ = writeln!(
            text,
            "{:NAME$}recall {:.4} expected at Jaccard {}",
            "Simhash",
            number("expected-recall"),
            number("threshold"),
        );
    }
    if method == Some("minhash") {
        let _ = writeln!(
            text,
            "{:NAME$}{} bands of {} rows: recall {:.4} expected at Jaccard {}",
            "Minhash",
            number("bands"),
            number("rows"),
            number("expected-recall"),
            number("threshold"),
        );
    }
    if let Some(recall) = results.run.recall {
        let _ = writeln!(
            text,
            "{:NAME$}{:.4}: {} of {} pairs of {} articles",
            "Recall",
            recall.share(),
            grouped(recall.found),
            grouped(recall.pairs),
            grouped(recall.articles),
        );
    }
}

/// Entries with the number of their articles and outlets, the outlets' names below.
fn list(
    text: &mut String,
    results: &Results,
    heading: &str,
    entries: impl Iterator<Item = (String, Vec<DocId>)>,
) {
    let room = WIDTH - 2 * NUMBER;
    for (place, (title, docs)) in entries.enumerate() {
        if place == 0 {
            let (articles, outlets) = ("articles", "outlets");
            let _ = writeln!(text, "\n{heading:room$}{articles:>NUMBER$}{outlets:>NUMBER$}");
        }
        let title = fitted(&one_line(&title), room - INDENT);
        let gap = room - INDENT - title.width();
        let outlets = results.outlets_among(docs.iter().copied());
        let (articles, outlets) = (grouped(docs.len()), grouped(outlets));
        let _ =
            writeln!(text, "{:INDENT$}{title}{:gap$}{articles:>NUMBER$}{outlets:>NUMBER$}", "", "");
        let mut names: Vec<&str> = Vec::new();
        for &doc in &docs {
            let name = results.corpus.get(doc).outlet.as_str();
            if !name.is_empty() && !names.contains(&name) && names.len() < WIDTH {
                names.push(name);
            }
        }
        if !names.is_empty() {
            let names = fitted(&one_line(&names.join(", ")), WIDTH - 2 * INDENT);
            let _ = writeln!(text, "{:1$}{names}", "", 2 * INDENT);
        }
    }
}

/// `text`, cut with an ellipsis where it is wider than `columns`.
fn fitted(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.into();
    }
    let mut left = columns.saturating_sub(1);
    let kept = text.chars().take_while(|c| {
        let width = c.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::sample::Sample;

    #[test]
    fn it_reads_well_at_eighty_columns() {
        let sample = Sample::new();
        let written = Written {
            out: "out".into(),
            files: Vec::new(),
            page: "out/report.html".into(),
            counts: Counts::of(&sample.results),
        };
        let told = summary(&sample.results, &written);
        let expected = "\
Articles    6 of 4 outlets, 1 without a date
Rejected    1 record: rejects.jsonl says which and why
Families    1, with 1 copy; 5 articles stay: keep.txt, remove.csv
Stories     2 of two articles or more; 1 storyline
Passages    1
                     1 syndicated
Pairs       1: 1 identical

Largest stories                                               articles   outlets
  No bridge, no market                                               3         3
    City Wire, Harbour Post, Valley Times
  Ferry, again                                                       2         2
    City Wire, Harbour Post

Widest syndicated passages                                    articles   outlets
  “The harbour bridge will close for repairs on Monday, the…         3         3
    City Wire, Harbour Post, Valley Times

The report: out/report.html
";
        assert_eq!(told, expected);
        assert!(told.lines().all(|line| line.width() <= WIDTH));
    }

    #[test]
    fn a_title_neither_steers_the_terminal_nor_spills_over() {
        assert_eq!(one_line("a\u{1b}[31m\u{202e}b\r\n\t c\0"), "a[31mb c");
        // A joiner makes one family of three people.
        assert_eq!(one_line("👩\u{200d}👩\u{200d}👧"), "👩\u{200d}👩\u{200d}👧");
        assert_eq!(fitted("日本語のニュース", 9), "日本語の…");
        assert_eq!(fitted("short", 5), "short");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(123), "123");
    }
}
