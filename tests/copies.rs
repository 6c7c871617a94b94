//! What `dups` may remove and what it must list, on the made-up cases of `fixtures/copies`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

mod program;

use program::{newsfold, said};

/// The rows of a table by column name.
type Rows = Vec<BTreeMap<String, String>>;

struct Run {
    folder: TempDir,
    summary: String,
}

impl Run {
    fn of(input: &Path, options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = newsfold();
        command.args(["dups", "--format", "csv", "-o"]).arg(folder.path().join("out"));
        let (code, summary, error) = said(command.arg(input).args(options));
        assert_eq!(code, 0, "{error}");
        Self { folder, summary }
    }

    fn case(name: &str, options: &[&str]) -> Self {
        Self::of(&fixture(name), options)
    }

    fn table(&self, name: &str) -> Rows {
        let path = self.folder.path().join("out").join(name).with_extension("csv");
        let mut reader = csv::Reader::from_path(path).unwrap();
        reader.deserialize().collect::<Result<_, _>>().unwrap()
    }

    fn report(&self) -> serde_json::Value {
        let path = self.folder.path().join("out/run.json");
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    /// (removed, kept in its place)
    fn removed(&self) -> Vec<(String, String)> {
        let rows = self.table("remove");
        rows.into_iter().map(|row| (row["id"].clone(), row["kept_id"].clone())).collect()
    }

    /// Every removal is proven: at the threshold, within the loss, for an article that stays.
    fn assert_proven(&self, threshold: f64, max_loss: f64) {
        let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
        let removed = self.table("remove");
        let gone: BTreeSet<&str> = removed.iter().map(|row| row["id"].as_str()).collect();
        let pairs = self.table("pairs");
        let listed: BTreeSet<(&str, &str)> =
            pairs.iter().map(|pair| (pair["id_a"].as_str(), pair["id_b"].as_str())).collect();
        for row in &removed {
            assert!(number(row, "jaccard") >= threshold, "{row:?}");
            assert!(number(row, "lost") <= max_loss, "{row:?}");
            let (id, kept) = (row["id"].as_str(), row["kept_id"].as_str());
            assert!(!gone.contains(kept), "{row:?}");
            assert!(listed.contains(&(id, kept)) || listed.contains(&(kept, id)), "{row:?}");
        }
        for family in self.table("families") {
            let id = &family["kept_id"];
            let of_it = removed.iter().filter(|row| &row["kept_id"] == id);
            let least = of_it.map(|row| number(row, "jaccard")).fold(1.0, f64::min);
            assert!(number(&family, "min_jaccard") <= least, "{family:?}");
            assert!(number(&family, "min_jaccard") >= threshold, "{family:?}");
        }
    }
}

fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/copies");
    folder.join(name).with_extension("jsonl")
}

#[test]
fn no_version_of_a_live_blog_goes_that_stands_nowhere_else() {
    for (options, threshold, max_loss) in [
        (&[][..], 0.7, 0.2),
        (&["--threshold", "0.5"], 0.5, 0.2),
        (&["--max-loss", "0.05"], 0.7, 0.05),
        (&["--lossless"], 0.7, 0.0),
        (&["--keep", "last"], 0.7, 0.2),
    ] {
        Run::case("live-blog", options).assert_proven(threshold, max_loss);
    }
}

#[test]
fn a_chain_that_drifts_says_so() {
    let run = Run::case("drifting-chain", &["--threshold", "0.5"]);
    run.assert_proven(0.5, 0.2);
    let drift = |row: &BTreeMap<String, String>| row["drift"].parse::<f64>().unwrap();
    assert!(run.table("families").iter().any(|row| drift(row) > 0.5));
}

#[test]
fn other_quarters_in_one_template_stay_unless_asked_for() {
    let run = Run::case("template-quarters", &[]);
    assert!(run.removed().is_empty(), "{:?}", run.removed());
    let pairs = run.table("pairs");
    assert!(!pairs.is_empty());
    assert!(pairs.iter().all(|pair| pair["evidence"] == "template"), "{pairs:?}");
    assert!(!Run::case("template-quarters", &["--templates", "remove"]).removed().is_empty());
}

#[test]
fn a_policy_says_why_it_keeps_what_it_keeps() {
    for (keep, kept, reason) in [
        ("first", "old", "first"),
        ("newest", "print", "last"),
        ("longest", "v2", "longest"),
        ("corrected", "v2", "corrected"),
        ("outlet:Undated Post", "undated", "outlet"),
    ] {
        let run = Run::case("versions", &["--keep", keep]);
        let families = run.table("families");
        assert_eq!(families[0]["kept_id"], kept, "{keep}");
        assert_eq!(families[0]["kept_reason"], reason, "{keep}");
    }
}

#[test]
fn an_outlet_to_keep_that_no_article_has_is_told() {
    let run = Run::case("versions", &["--keep", "outlet:Undatd Post,Undated Post"]);
    let warnings = run.report()["warnings"].to_string();
    assert!(warnings.contains("Undatd Post") && !warnings.contains("Undated Post"), "{warnings}");
}

#[test]
fn tags_left_in_a_text_do_not_hide_its_copy() {
    let run = Run::case("html-left-in-text", &[]);
    let rows = run.table("pairs");
    assert!(!rows.is_empty());
    for pair in rows {
        // One of the three has a quotation that the plain text leaves out.
        assert!(pair["jaccard"].parse::<f64>().unwrap() >= 0.9, "{pair:?}");
    }
}

#[test]
fn one_text_in_two_spellings_is_one_text() {
    let options = ["--method", "exact", "--threshold", "0.01", "--containment", "0"];
    let run = Run::case("spellings", &options);
    let pairs = run.table("pairs");
    let mut seen = 0;
    for line in fs::read_to_string(fixture("spellings")).unwrap().lines() {
        let article: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = article["id"].as_str().unwrap();
        let Some(name) = id.strip_suffix("/a") else { continue };
        if ["accent", "de-umlaut", "fa-zwnj", "zh-spaces"].contains(&name) {
            continue;
        }
        let of_both = |pair: &&BTreeMap<String, String>| {
            pair["id_a"] == id && pair["id_b"] == format!("{name}/b")
                || pair["id_b"] == id && pair["id_a"] == format!("{name}/b")
        };
        let jaccard = pairs.iter().find(of_both).map(|pair| pair["jaccard"].clone());
        assert!(
            jaccard.as_deref().unwrap_or("0").parse::<f64>().unwrap() >= 0.95,
            "{name}: {jaccard:?}"
        );
        seen += 1;
    }
    assert!(seen > 10);
}

#[test]
fn texts_without_a_word_are_copies_where_they_are_identical() {
    let run = Run::case("wordless", &[]);
    let pairs: Vec<(String, String)> = run
        .table("pairs")
        .iter()
        .map(|pair| {
            let (a, b) = (pair["id_a"].clone(), pair["id_b"].clone());
            (a.clone().min(b.clone()), a.max(b))
        })
        .collect();
    assert!(pairs.contains(&("a".into(), "b".into())), "{pairs:?}");
    assert!(pairs.contains(&("c".into(), "d".into())), "{pairs:?}");
    assert_eq!(pairs.len(), 2);
}

#[test]
fn a_hundred_near_identical_texts_are_listed_pair_by_pair() {
    let minhash = Run::case("near-100", &["--check-recall"]);
    let exact = Run::case("near-100", &["--method", "exact"]);
    assert_eq!(minhash.table("pairs").len(), exact.table("pairs").len());
    assert_eq!(minhash.report()["counts"]["pairs_not_listed"], 0);
    let recall = &minhash.report()["recall"];
    assert_eq!(recall["pairs"], recall["found"]);
}

/// `count` texts of 100 words, each a word or two apart.
fn near_identical(count: usize) -> String {
    let mut lines = String::new();
    for place in 0..count {
        let words = (0..100).map(|word| match word {
            word if word == place % 97 => format!("own{place}"),
            word => format!("word{word}"),
        });
        let text = words.collect::<Vec<_>>().join(" ");
        writeln!(lines, "{{\"id\":\"{place:05}\",\"text\":\"{text}\"}}").unwrap();
    }
    lines
}

#[test]
fn a_large_family_lists_each_copy_with_its_kept_one_and_says_what_is_left_out() {
    let folder = TempDir::new().unwrap();
    let mut pairs_listed = Vec::new();
    for count in [600, 3_000] {
        let input = folder.path().join("many.jsonl");
        fs::write(&input, near_identical(count)).unwrap();
        let run = Run::of(&input, &["--check-recall"]);
        run.assert_proven(0.7, 0.2);
        let listed = run.table("pairs").len();
        let all = count * (count - 1) / 2;
        assert_eq!(run.report()["counts"]["pairs_not_listed"], all - listed);
        let recall = &run.report()["recall"];
        assert_eq!(recall["pairs"], recall["found"]);
        assert!(run.summary.contains("Not listed"), "{}", run.summary);
        pairs_listed.push(listed);
    }
    assert!(pairs_listed[1] < 12 * pairs_listed[0], "{pairs_listed:?}");
}

#[test]
fn only_the_pairs_asked_for_are_compared() {
    let pairs = |options: &[&str]| Run::case("versions", options).table("pairs").len();
    let all = pairs(&[]);
    assert_eq!(pairs(&["--same-outlet"]) + pairs(&["--across-outlets"]), all);
    assert_eq!(pairs(&["--same-outlet"]), 1);
    // The two of February 3 and 4, and with each the print of February 9.
    assert_eq!(pairs(&["--within", "12"]), 1);
    assert_eq!(pairs(&["--within", "168"]), 3);
}

/// Words `from..to`, each its own, as a line of JSON.
fn line(id: &str, day: u32, from: usize, to: usize) -> String {
    let text: Vec<String> = (from..to).map(|word| format!("word{word}")).collect();
    let date = format!("2024-05-{day:02}T10:00:00Z");
    format!("{{\"id\":\"{id}\",\"published\":\"{date}\",\"text\":\"{}\"}}\n", text.join(" "))
}

/// The new articles are held against the old ones, in whatever order they were published, and no old one goes.
#[test]
fn new_articles_are_held_against_old_ones_alone() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, lines: &[String]| {
        let path = folder.path().join(name);
        fs::write(&path, lines.concat()).unwrap();
        path
    };
    // Two old copies of one text, of which new-1 and new-2 are copies; new-3 and new-4 are copies of each
    // other alone. One of the old ones was published last.
    let old = [line("old-1", 1, 0, 200), line("old-2", 9, 0, 200), line("old-3", 1, 900, 990)];
    let new = [
        line("new-1", 2, 0, 200),
        line("new-2", 8, 5, 200),
        line("new-3", 2, 300, 500),
        line("new-4", 3, 300, 500),
    ];
    let (old, new) = (file("old.jsonl", &old), file("new.jsonl", &new));
    for method in ["minhash", "exact"] {
        let against = ["--against", old.to_str().unwrap(), "--method", method, "--check-recall"];
        let run = Run::of(&new, &against);
        let pairs: BTreeSet<(String, String)> = run
            .table("pairs")
            .into_iter()
            .map(|row| {
                let mut ids = [row["id_a"].clone(), row["id_b"].clone()];
                ids.sort();
                ids.into()
            })
            .collect();
        let expected =
            [("new-1", "old-1"), ("new-1", "old-2"), ("new-2", "old-1"), ("new-2", "old-2")];
        let expected = expected.map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pairs, expected.into());
        let out = run.folder.path().join("out");
        let removed: BTreeSet<String> = run.removed().into_iter().map(|(id, _)| id).collect();
        assert_eq!(removed, ["new-1", "new-2"].map(str::to_owned).into());
        let keep = fs::read_to_string(out.join("keep.txt")).unwrap();
        assert_eq!(keep.lines().collect::<BTreeSet<_>>(), ["new-3", "new-4"].into());
        // Of the two old ones the first.
        assert_eq!(run.table("families")[0]["kept_id"], "old-1");
        let counts = &run.report()["counts"];
        assert_eq!((&counts["reference"], &counts["kept"]), (&3.into(), &2.into()));
        assert!(run.summary.contains("4 held against 3"), "{}", run.summary);
        let recall = &run.report()["recall"];
        assert_eq!(recall["pairs"], recall["found"]);
        // The page made again is the same page.
        let page = out.join("report.html");
        let before = fs::read(&page).unwrap();
        let (code, _, error) = said(newsfold().arg("report").arg(&out));
        assert_eq!((code, error.as_str()), (0, ""));
        assert!(before == fs::read(&page).unwrap());
    }
    let absent = ["--against", "nowhere.jsonl", "--dry-run"];
    let (code, _, error) = said(newsfold().arg("dups").arg(&new).args(absent));
    assert!(code == 2 && error.contains("nowhere.jsonl"), "{error}");
    let both = said(newsfold().arg("dups").arg(&new).arg("--against").arg(folder.path()));
    assert!(both.0 == 2 && both.2.contains("both an input and what"), "{}", both.2);
}

/// The input holds far more copies of one text than are all compared with each other, and each finds the old one.
#[test]
fn of_many_new_copies_each_finds_the_old_one() {
    let folder = TempDir::new().unwrap();
    let (old, new) = (folder.path().join("old.jsonl"), folder.path().join("new.jsonl"));
    fs::write(&new, near_identical(600)).unwrap();
    let text: Vec<String> = (0..100).map(|word| format!("word{word}")).collect();
    let text = text.join(" ");
    let undated = format!("{{\"id\":\"old\",\"text\":\"{text}\"}}\n");
    fs::write(&old, undated).unwrap();
    let run = Run::of(&new, &["--against", old.to_str().unwrap()]);
    assert_eq!(run.table("pairs").len(), 600);
    assert_eq!(run.removed().len(), 600);
    assert_eq!(run.table("families")[0]["kept_reason"], "reference");
}

/// Four articles with titles: two of one text under two titles, and two of two texts under one.
fn titled(folder: &TempDir) -> PathBuf {
    let words = |letter: char, count: usize| {
        (0..count).map(|n| format!("{letter}{n}")).collect::<Vec<_>>().join(" ")
    };
    let line = |id: &str, title: &str, text: &str| {
        serde_json::json!({ "id": id, "title": title, "text": text }).to_string() + "\n"
    };
    let (long, other) = (words('t', 20), words('u', 20));
    let input = folder.path().join("titled.jsonl");
    let lines = [
        line("a", &long, &words('x', 30)),
        line("b", &other, &words('x', 30)),
        line("c", &long, &words('y', 30)),
        // The headline stands in the text, too: the same shingles, once.
        line("d", &long, &format!("{long}\n{}", words('y', 30))),
    ];
    fs::write(&input, lines.concat()).unwrap();
    input
}

#[test]
fn near_duplicates_are_compared_by_the_fields_asked_for() {
    let folder = TempDir::new().unwrap();
    let input = titled(&folder);
    let pairs = |fields: &str, options: &[&str]| -> Vec<[String; 6]> {
        let given =
            [&["--fields", fields, "--containment", "0", "--check-recall"], options].concat();
        let run = Run::of(&input, &given);
        let report = run.report();
        assert_eq!(report["parameters"]["fields"], fields);
        assert_eq!(report["recall"]["pairs"], report["recall"]["found"]);
        // Tokens are those of the text, whatever is compared.
        let tokens: Vec<String> =
            run.table("articles").iter().map(|row| row["tokens"].clone()).collect();
        assert_eq!(tokens.iter().filter(|tokens| *tokens == "30").count(), 3);
        let columns = ["id_a", "id_b", "shingles_a", "shingles_b", "shared", "jaccard"];
        let rows = run.table("pairs");
        let mut rows: Vec<[String; 6]> =
            rows.iter().map(|row| columns.map(|column| row[column].clone())).collect();
        for row in &mut rows {
            // Undated articles lie in an order of their own.
            if row[0] > row[1] {
                row.swap(0, 1);
                row.swap(2, 3);
            }
        }
        rows.sort();
        rows
    };
    let row = |a: &str, b: &str, [of_a, of_b, shared]: [u32; 3]| {
        let jaccard = f64::from(shared) / f64::from(of_a + of_b - shared);
        let jaccard = (jaccard * 1e6).round() / 1e6;
        let jaccard = if jaccard == 1.0 { "1.0".to_owned() } else { jaccard.to_string() };
        [a.into(), b.into(), of_a.to_string(), of_b.to_string(), shared.to_string(), jaccard]
    };
    for method in ["minhash", "exact"] {
        let options = ["--method", method, "--threshold", "0.8"];
        // A title of 20 words has 16 shingles, a text of 30 has 26.
        assert_eq!(pairs("text", &options), [row("a", "b", [26, 26, 26])]);
        let expected =
            [row("a", "c", [16, 16, 16]), row("a", "d", [16, 16, 16]), row("c", "d", [16, 16, 16])];
        assert_eq!(pairs("title", &options), expected);
        // Four more cross from the headline into the text behind it.
        assert_eq!(pairs("title,text", &options), [row("c", "d", [42, 46, 42])]);
    }
}

#[test]
fn what_is_explained_of_fields_is_what_the_tables_say() {
    let folder = TempDir::new().unwrap();
    let input = titled(&folder);
    let mut command = newsfold();
    command.args(["explain", "--fields", "text,title"]).arg(&input).args(["c", "d"]);
    let (code, told, error) = said(&mut command);
    assert_eq!(code, 0, "{error}");
    let numbers = "They share 42 of 46 different runs of 5 words of title and text: Jaccard 0.9130";
    assert!(told.contains(numbers), "{told}");
    let mut command = newsfold();
    command.args(["dups", "--fields", "body"]).arg(&input);
    let (code, _, error) = said(&mut command);
    assert!(code == 2 && error.contains("--fields: \"body\" is none of title, text"), "{error}");
}

#[test]
fn an_archive_keeps_the_fields_it_was_made_with() {
    let folder = TempDir::new().unwrap();
    let input = titled(&folder);
    let archive = folder.path().join("archive");
    let index = |words: &[&str]| {
        let mut command = newsfold();
        said(command.args(["index", words[0]]).arg(&archive).args(&words[1..]))
    };
    let input = input.to_str().unwrap();
    let (code, _, error) = index(&["init", "--fields", "title,text"]);
    assert_eq!(code, 0, "{error}");
    let (code, told, error) = index(&["add", input]);
    assert_eq!(code, 0, "{error}");
    assert!(told.contains("Families: 1 new"), "{told}");
    let out = folder.path().join("exported");
    let (code, _, error) = index(&["export", "--format", "csv", "-o", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{error}");
    // By the text alone it would be another pair.
    let pairs = fs::read_to_string(out.join("pairs.csv")).unwrap();
    let pairs: Vec<&str> = pairs.lines().skip(1).map(|row| &row[..4]).collect();
    assert!(pairs == ["c,d,"] || pairs == ["d,c,"], "{pairs:?}");
    let (code, _, error) = index(&["add", input, "--fields", "text"]);
    assert_eq!(code, 2);
    assert!(error.contains("--fields") && error.contains("title,text"), "{error}");
}

/// The share of the runs of five words of one text that another lacks.
fn lost(gone: &str, kept: &str) -> f64 {
    let runs = |text: &str| -> BTreeSet<Vec<String>> {
        let is_sign = |c: char| !c.is_alphanumeric() && c != '\'';
        let words = text.split(is_sign).filter(|word| !word.is_empty()).map(str::to_lowercase);
        words.collect::<Vec<_>>().windows(5).map(<[String]>::to_vec).collect()
    };
    let (gone, kept) = (runs(gone), runs(kept));
    gone.difference(&kept).count() as f64 / gone.len() as f64
}

#[test]
fn of_live_blogs_nothing_goes_with_more_than_the_promised_loss() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("live.jsonl");
    let mut command = newsfold();
    command.args(["synth", "--articles", "1000", "--live", "1", "--seed", "5", "-o"]);
    let (code, _, error) = said(command.arg(&input));
    assert_eq!(code, 0, "{error}");
    let texts: BTreeMap<String, String> = fs::read_to_string(&input)
        .unwrap()
        .lines()
        .map(|line| {
            let article: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| article[name].as_str().unwrap().to_owned();
            (field("id"), field("text"))
        })
        .collect();
    for (options, most) in [
        (&["--threshold", "0.4"][..], 0.2),
        (&["--threshold", "0.4", "--keep", "last", "--max-loss", "0.05"], 0.05),
        (&["--threshold", "0.4", "--keep", "longest", "--lossless"], 0.0),
    ] {
        let run = Run::of(&input, options);
        run.assert_proven(0.4, most);
        let removed = run.removed();
        assert!(removed.len() > 20, "{options:?}: {}", removed.len());
        for (gone, kept) in removed {
            let lost = lost(&texts[&gone], &texts[&kept]);
            assert!(lost <= most, "{options:?}: {gone} for {kept} loses {lost}");
        }
    }
}
