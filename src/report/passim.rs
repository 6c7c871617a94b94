//! Passages as the text-reuse tool passim writes them: JSON Lines, a record an occurrence, so that
//! what reads its clusters reads ours.
//!
//! `cluster` is the place of the passage in the passages table, `series` the outlet, `uid` a number
//! derived from the article's id, small enough (53 bits) for every reader of JSON; `begin` and `end`
//! count characters. Besides, a record names the passage and its kind. A credit that stands in one
//! place only is no cluster.

use std::io::{self, Write};

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::article::Published;
use crate::passage::Kind;
use crate::results::Results;

#[derive(Serialize)]
struct Record<'a> {
    uid: u64,
    cluster: usize,
    size: usize,
    id: &'a str,
    series: &'a str,
    begin: u32,
    end: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    title: &'a str,
    url: &'a str,
    lang: &'a str,
    text: &'a str,
    passage_id: &'a str,
    kind: Kind,
}

/// Writes a record for each occurrence of a passage that stands in two places or more.
pub(super) fn write(results: &Results, file: &mut dyn Write) -> io::Result<()> {
    let passages = results.passages.iter().flatten().enumerate();
    for (cluster, passage) in passages.filter(|(_, passage)| passage.occurrences.len() > 1) {
        for at in &passage.occurrences {
            let article = results.corpus.get(at.doc);
            let record = Record {
                uid: xxh3_64(article.id.as_bytes()) >> 11,
                cluster,
                size: passage.occurrences.len(),
                id: &article.id,
                series: &article.outlet,
                begin: at.chars.start,
                end: at.chars.end,
                date: article.published.map(date),
                title: &article.title,
                url: &article.url,
                lang: &article.lang,
                text: at.bytes.of(&article.text),
                passage_id: &passage.id,
                kind: passage.kind,
            };
            serde_json::to_writer(&mut *file, &record)?;
            file.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// The day alone where no more is known, so that dates sort as text.
pub(super) fn date(published: Published) -> String {
    if published.day_only {
        published.at.strftime("%Y-%m-%d").to_string()
    } else {
        published.to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::results::sample::{SHARED, Sample};

    #[test]
    fn a_record_tells_its_cluster_and_its_place() {
        let mut file = Vec::new();
        write(&Sample::new().results, &mut file).unwrap();
        let records: Vec<Value> = String::from_utf8(file)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(records.len(), 3);
        let first = &records[0];
        for (name, value) in [
            ("cluster", Value::from(0)),
            ("size", 3.into()),
            ("id", "a".into()),
            ("series", "City Wire".into()),
            // “Größe zählt. ” has 13 characters.
            ("begin", 13.into()),
            ("end", (13 + SHARED.len()).into()),
            ("date", "2024-05-01T08:00:00Z".into()),
            ("text", SHARED.into()),
            ("kind", "syndicated".into()),
        ] {
            assert_eq!(first[name], value, "{name}");
        }
        assert!(first["uid"].as_u64().unwrap() < 1 << 53);
        assert_ne!(first["uid"], records[1]["uid"]);
    }
}
