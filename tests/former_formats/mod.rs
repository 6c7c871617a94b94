//! Archives as each version of the format left them are opened and asked.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use newsfold::archive::{Archive, Sought};
use newsfold::observer::Silent;
use tempfile::TempDir;

use super::{done, few, lookups, text};

/// A copy of an archive that a version of the format left.
fn left_by(format: u32) -> TempDir {
    let temp = TempDir::new().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for entry in fs::read_dir(fixtures.join(format!("archive-{format}"))).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), temp.path().join(entry.file_name())).unwrap();
    }
    let checked = Archive::check(temp.path(), false, &Silent).unwrap();
    assert!(checked.is_sound() && checked.articles == 3, "{checked:?}");
    temp
}

/// The articles of such an archive that are copies of its wire.
fn copies_of_the_wire(dir: &Path) -> Vec<String> {
    let archive = Archive::open(dir).unwrap();
    let results = archive.results(&Silent).unwrap();
    let articles = results.corpus.articles();
    let ids: BTreeSet<&str> = articles.iter().map(|article| article.id.as_str()).collect();
    assert_eq!(ids, BTreeSet::from(["barn", "post", "wire"]));
    let wire = results.corpus.get(results.corpus.find("wire").unwrap()).clone();
    let seen = archive.query(vec![wire], Sought::USUAL, &Silent).unwrap().remove(0);
    seen.copies.into_iter().map(|copy| copy.id).collect()
}

#[test]
fn an_archive_of_format_1_is_opened_and_asked_and_gets_what_is_missing() {
    let temp = left_by(1);
    let stats = Archive::open(temp.path()).unwrap().stats().unwrap();
    assert_eq!((stats.generation, stats.counts["families"].as_u64()), (3, Some(1)));
    assert_eq!(copies_of_the_wire(temp.path()), ["post", "wire"]);
    assert_eq!(lookups(temp.path()), 0);
    let batch = few(temp.path(), "batch", 0);
    done(&["index", "add", text(temp.path()), text(&batch), "-q"]);
    assert_eq!(lookups(temp.path()), 1);
    assert!(Archive::check(temp.path(), false, &Silent).unwrap().is_sound());
    let temp = left_by(1);
    done(&["index", "compact", text(temp.path()), "-q"]);
    let stats = Archive::open(temp.path()).unwrap().stats().unwrap();
    assert_eq!((stats.format, stats.segments), (4, 1));
    assert_eq!(copies_of_the_wire(temp.path()), ["post", "wire"]);
}

#[test]
fn an_archive_of_format_2_is_opened_and_asked() {
    let temp = left_by(2);
    assert_eq!(Archive::open(temp.path()).unwrap().stats().unwrap().format, 2);
    assert_eq!(copies_of_the_wire(temp.path()), ["post", "wire"]);
    // A file for each segment, until the next batch has as many articles.
    assert_eq!(lookups(temp.path()), 2);
    let batch = few(temp.path(), "batch", 0);
    done(&["index", "add", text(temp.path()), text(&batch), "-q"]);
    assert_eq!(lookups(temp.path()), 1);
    let checked = Archive::check(temp.path(), false, &Silent).unwrap();
    assert!(checked.is_sound() && checked.articles == 9, "{checked:?}");
    let stats = Archive::open(temp.path()).unwrap().stats().unwrap();
    assert_eq!((stats.format, stats.segments), (4, 3));
}

#[test]
fn an_archive_of_format_3_is_opened_and_asked() {
    let temp = left_by(3);
    let stats = Archive::open(temp.path()).unwrap().stats().unwrap();
    assert_eq!((stats.format, stats.segments, lookups(temp.path())), (3, 2, 1));
    assert_eq!(copies_of_the_wire(temp.path()), ["post", "wire"]);
}

#[test]
fn an_archive_of_format_4_is_opened_and_knows_who_wrote() {
    let temp = left_by(4);
    let archive = Archive::open(temp.path()).unwrap();
    let stats = archive.stats().unwrap();
    assert_eq!((stats.format, stats.segments, lookups(temp.path())), (4, 2, 1));
    assert_eq!(copies_of_the_wire(temp.path()), ["wire", "post"]);
    let results = archive.results(&Silent).unwrap();
    let author = |id: &str| results.corpus.get(results.corpus.find(id).unwrap()).author.to_string();
    assert_eq!(
        ["wire", "post", "barn"].map(author),
        ["Talverne News Agency", "", "Ana Ruiz, Jo Berg"]
    );
}
