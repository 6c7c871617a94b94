//! Real labelled sets, where they stand beside the checkout (`../shared/data`); they may not enter
//! it. Where they are not there, every test here passes, having looked at nothing: `.ci/run` says so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod running;

use std::fs;
use std::path::{Path, PathBuf};

use newsfold::config::Settings;
use newsfold::evaluate::Labels;
use newsfold::passage::Kind;
use newsfold::pipeline::Parts;
use running::{Run, run};
use serde_json::Value;

/// A file of the labelled data, or nothing where there is none.
fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    path.exists().then_some(path)
}

/// B³ F1 of stories on a labelled set, with all articles clustered.
fn stories(set: &str) -> Option<f64> {
    let articles = data(&format!("{set}/articles.jsonl"));
    let articles = articles.or_else(|| data(&format!("{set}/articles.jsonl.zst")))?;
    let run = run(&[&articles], Parts::STORIES, Settings::default());
    Some(run.b_cubed(&data(&format!("{set}/stories.gold.csv"))?, Labels::Stories))
}

fn assert_floor(score: Option<f64>, floor: f64) {
    if let Some(score) = score {
        assert!(score >= floor, "{score:.4} is under the floor of {floor}");
    }
}

#[test]
fn look_alike_events_of_one_topic_stay_apart() {
    assert_floor(stories("ecbplus"), 0.93);
    assert_floor(stories("lookalikes-dev"), 0.88);
}

#[test]
fn events_of_up_to_twenty_articles_come_together() {
    assert_floor(stories("wikinews"), 0.84);
    assert_floor(stories("g5"), 0.86);
}

#[test]
fn large_undated_stories_come_together() {
    assert_floor(stories("fnc"), 0.95);
    assert_floor(stories("gn-dev"), 0.88);
}

#[test]
fn planted_passages_are_found_through_edits() {
    let (Some(articles), Some(gold), Some(list)) = (
        data("reuse/pairs.articles.jsonl.zst"),
        data("reuse/pairs.gold.tsv"),
        data("reuse/pairs.list.tsv"),
    ) else {
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    let (labels, pairs) = (folder.path().join("gold.jsonl"), folder.path().join("pairs.csv"));
    let columns = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = String::new();
    for cell in fs::read_to_string(gold).unwrap().lines().map(columns) {
        let offset = |at: usize| cell[at].parse::<u64>().unwrap();
        let label = serde_json::json!({
            "src_id": cell[0], "src_start": offset(1), "src_len": offset(2) - offset(1),
            "dst_id": cell[3], "dst_start": offset(4), "dst_len": offset(5) - offset(4),
        });
        lines += &format!("{label}\n");
    }
    fs::write(&labels, lines).unwrap();
    let listed = fs::read_to_string(list).unwrap();
    let rows: String =
        listed.lines().map(columns).map(|cell| format!("{},{}\n", cell[0], cell[1])).collect();
    fs::write(&pairs, format!("src_id,dst_id\n{rows}")).unwrap();
    let run = run(&[&articles], Parts::PASSAGES, Settings::default());
    assert_floor(Some(run.plagdet(&labels, Some(&pairs))), 0.97);
}

fn seeds(settings: Settings) -> Option<Run> {
    Some(run(&[&data("seeds")?], Parts::ALL, settings))
}

#[test]
fn five_events_of_one_topic_are_five_stories_of_a_storyline() {
    let folder = tempfile::TempDir::new().unwrap();
    let Some(undated) = data("seeds") else { return };
    let same_day = dated(&undated, &folder.path().join("same.jsonl"), |_| 1);
    let day_by_day = dated(&undated, &folder.path().join("days.jsonl"), |place| place + 1);
    for preset in ["strict", "balanced", "wide"] {
        for seeds in [&undated, &same_day, &day_by_day] {
            let settings = Settings { story_preset: Some(preset.into()), ..Settings::default() };
            let run = run(&[seeds], Parts::ALL, settings);
            assert_eq!(run.outcome.corpus.len(), 5);
            assert!(run.outcome.families.unwrap().all().is_empty());
            let stories = run.outcome.stories.unwrap();
            assert_eq!(stories.stories.len(), 5, "{preset}, {}", seeds.display());
            assert!(!stories.storylines.is_empty(), "{preset}, {}", seeds.display());
        }
    }
}

/// The texts of a folder as JSON Lines, each with a day of one month.
fn dated(folder: &Path, file: &Path, day: impl Fn(usize) -> usize) -> PathBuf {
    let mut texts: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    texts.sort_unstable();
    let line = |(place, path): (usize, &PathBuf)| {
        let published = format!("2024-05-{:02}", day(place));
        let text = fs::read_to_string(path).unwrap();
        serde_json::json!({ "id": place, "published": published, "text": text }).to_string()
    };
    let lines: Vec<String> = texts.iter().enumerate().map(line).collect();
    fs::write(file, lines.join("\n")).unwrap();
    file.to_owned()
}

/// What is flagged in the seeds, as (file, start, end) in characters.
fn flagged(run: &Run) -> Vec<(String, u64, u64, Kind)> {
    let mut flagged = Vec::new();
    for passage in run.outcome.passages.as_ref().unwrap() {
        for there in &passage.occurrences {
            let file = run.outcome.corpus.get(there.doc).source.file.rsplit('/').next().unwrap();
            let (start, end) = (there.chars.start.into(), there.chars.end.into());
            flagged.push((file.to_owned(), start, end, passage.kind));
        }
    }
    flagged
}

/// The spans of a label, in the given unit.
fn spans(label: &Value, unit: &str) -> Vec<(u64, u64)> {
    let span = |span: &Value| Some((span[unit][0].as_u64()?, span[unit][1].as_u64()?));
    label["spans"].as_array().into_iter().flatten().filter_map(span).collect()
}

#[test]
fn the_repeats_and_the_credit_of_the_seeds_are_flagged_to_the_character() {
    let Some(run) = seeds(Settings::default()) else { return };
    let gold = fs::read(data("seeds.passages.gold.json").unwrap()).unwrap();
    let gold: Value = serde_json::from_slice(&gold).unwrap();
    let flagged = flagged(&run);
    let mut checked = 0;
    for label in gold["must_flag"].as_array().unwrap() {
        let file = label["file"].as_str().unwrap();
        for (start, end) in spans(label, "char") {
            let found = flagged.iter().find(|at| (at.0.as_str(), at.1, at.2) == (file, start, end));
            let (.., kind) = found.unwrap_or_else(|| panic!("{file} {start}..{end}: {flagged:#?}"));
            let credit = label["kind"] == "credit line";
            assert_eq!(*kind, if credit { Kind::Credit } else { Kind::Repeated });
            checked += 1;
        }
    }
    assert_eq!(checked, 15);
}

#[test]
fn echoes_names_and_common_words_of_the_seeds_are_not_flagged() {
    let Some(run) = seeds(Settings::default()) else { return };
    let gold = fs::read(data("seeds.passages.gold.json").unwrap()).unwrap();
    let gold: Value = serde_json::from_slice(&gold).unwrap();
    let flagged = flagged(&run);
    for label in gold["must_not_flag"].as_array().unwrap() {
        for (start, end) in spans(label, "char") {
            let file = label["file"].as_str().unwrap();
            let hit = flagged.iter().find(|at| at.0 == file && at.1 < end && start < at.2);
            assert!(hit.is_none(), "{hit:?}");
        }
    }
    for passage in run.outcome.passages.unwrap() {
        let first = passage.occurrences[0].doc;
        assert!(passage.occurrences.iter().all(|there| there.doc == first), "{passage:?}");
    }
}
