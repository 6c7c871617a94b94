use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::article::DocId;
use crate::observer::Silent;

const FERRY: &str = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety on board were \
                     taken to the harbour by lifeboats before the tide turned at noon.";
const BARN: &str = "Nobody was hurt when a barn burned down near Orrin Falls on Sunday evening, the fire \
                    service of the county said after a long night.";

/// What a reader makes of these articles.
fn read(articles: &[(&str, &str, &str)]) -> Ingested {
    let article = |(id, day, text): &(&str, &str, &str)| {
        Article::new(*id, *text).with_published(day.parse().unwrap()).with_lang("en")
    };
    Ingested { corpus: Corpus::new(articles.iter().map(article).collect()), ..Ingested::default() }
}

fn first_batch() -> Ingested {
    read(&[("wire", "2024-05-02", FERRY), ("barn", "2024-05-01", BARN)])
}

fn made(folder: &Path) -> Archive {
    let mut archive = Archive::init(folder, Settings::default(), None).unwrap();
    archive.add(first_batch(), &Silent).unwrap();
    archive
}

fn ids(archive: &Archive) -> Vec<String> {
    let outcome = archive.outcome().unwrap();
    outcome.articles.into_iter().map(|article| article.id).collect()
}

/// The copies of the ferry.
fn archive_copies(folder: &Path) -> Vec<String> {
    let archive = Archive::open(folder).unwrap();
    let seen = archive.query(vec![Article::new("asked", FERRY)], Sought::COPIES, &Silent).unwrap();
    seen[0].copies.iter().map(|copy| copy.id.clone()).collect()
}

fn sound(folder: &Path) -> Checked {
    let checked = Archive::check(folder, false, &Silent).unwrap();
    assert!(checked.faults.is_empty(), "{:?}", checked.faults);
    checked
}

#[test]
fn a_batch_tells_what_it_changed_and_an_earlier_first_article_renames_a_group() {
    let temp = TempDir::new().unwrap();
    let mut archive = made(temp.path());
    let copy = [("post", "2024-05-03", FERRY), ("wire", "2024-05-02", FERRY)];
    let grown = archive.add(read(&copy), &Silent).unwrap();
    assert_eq!((grown.added.join(" "), grown.skipped, grown.generation), ("post".into(), 1, 3));
    assert_eq!(grown.count(GroupKind::Family, Change::New), 1);
    assert_eq!(grown.count(GroupKind::Story, Change::Grown), 1);
    let family = grown.groups.iter().find(|group| group.kind == GroupKind::Family).unwrap();
    assert_eq!((family.name.as_str(), family.articles), ("wire", 2));
    let earlier = archive.add(read(&[("agency", "2024-05-01", FERRY)]), &Silent).unwrap();
    assert_eq!(earlier.count(GroupKind::Family, Change::Renamed), 1);
    let redirect = earlier.redirects.iter().find(|one| one.redirect == family.id).unwrap();
    let stats = archive.stats().unwrap();
    assert!(stats.redirects.contains(redirect));
    // The wire's article began the story, which has an earlier first article now.
    let results = archive.results(&Silent).unwrap();
    assert!(results.merged_into.is_empty());
    let merged: Vec<_> = archive.merged_into(&results).unwrap().into_iter().collect();
    let [(was_first, to)] = &merged[..] else { panic!("{merged:?}") };
    assert_eq!(results.corpus.get(*was_first).id.as_str(), "wire");
    let stories = results.stories.unwrap();
    assert_eq!(*to, stories.stories[stories.of[was_first.index()] as usize].id);
    assert_eq!((stats.articles, stats.counts["families"].as_u64()), (4, Some(1)));
    assert!(stats.counts["passages"].is_null(), "an add looks for none");
    assert_eq!(archive.changes().unwrap(), Archive::open(temp.path()).unwrap().changes().unwrap());
    sound(temp.path());
}

#[test]
fn an_id_with_another_text_gets_one_of_its_own_as_in_one_run() {
    let temp = TempDir::new().unwrap();
    let mut archive = made(temp.path());
    archive
        .add(read(&[("wire", "2024-05-09", "Another text of the same name.")]), &Silent)
        .unwrap();
    archive.add(read(&[("wire", "2024-05-08", "A third text of that name.")]), &Silent).unwrap();
    assert_eq!(ids(&archive), ["barn", "wire@memory#1", "wire@memory#2", "wire@memory#3"]);
    archive.remove(&[Unwanted::Id("wire@memory#3".into())], &Silent).unwrap();
    archive.remove(&[Unwanted::Id("wire@memory#2".into())], &Silent).unwrap();
    assert_eq!(ids(&archive), ["barn", "wire"]);
    let results = archive.results(&Silent).unwrap();
    assert_eq!(results.corpus.get(DocId(1)).text.as_str(), FERRY);
    let unknown = archive.remove(&[Unwanted::Id("wire@memory#2".into())], &Silent);
    assert!(matches!(unknown, Err(Error::UnknownArticle { .. })));
}

#[test]
fn what_is_removed_is_gone_from_the_disk_once_the_archive_is_compacted() {
    let temp = TempDir::new().unwrap();
    let mut archive = made(temp.path());
    archive.add(read(&[("post", "2024-05-03", FERRY)]), &Silent).unwrap();
    let before = Unwanted::Before("2024-05-02T00:00:00Z".parse().unwrap());
    let gone = archive.remove(&[before], &Silent).unwrap();
    assert_eq!(gone.removed, ["barn"]);
    assert_eq!(gone.count(GroupKind::Story, Change::Gone), 1);
    let all = ids(&archive);
    let reader = Archive::open(temp.path()).unwrap();
    let told = archive.compact().unwrap();
    assert!(told.kept_for_readers > 0 && told.removed_files == 0, "{told:?}");
    assert_eq!(ids(&reader), all);
    drop(reader);
    let told = archive.compact().unwrap();
    assert_eq!((told.segments, told.kept_for_readers), (1, 0));
    assert!(told.freed_bytes > 0);
    assert_eq!(ids(&archive), all);
    assert_eq!(archive.stats().unwrap().unused_bytes, 0);
    sound(temp.path());
    archive.remove(&[Unwanted::Id("wire".into()), Unwanted::Id("post".into())], &Silent).unwrap();
    assert!(archive.is_empty() && ids(&archive).is_empty());
    archive.add(first_batch(), &Silent).unwrap();
    assert_eq!(ids(&archive), ["barn", "wire"]);
}

#[test]
fn a_query_tells_copies_story_and_passages_and_changes_nothing() {
    let temp = TempDir::new().unwrap();
    let archive = made(temp.path());
    let files = fs::read_dir(temp.path()).unwrap().count();
    let text = format!("{FERRY} It is afloat again.");
    let asked = Article::new("wire", text.as_str()).with_published("2024-05-03".parse().unwrap());
    let other = Article::new("other", "Parliament votes on the sugar tax in the autumn.");
    let usual = archive.query(vec![asked.clone(), other.clone()], Sought::USUAL, &Silent).unwrap();
    let seen = archive.query(vec![asked, other], Sought::ALL, &Silent).unwrap();
    assert_eq!(usual[0].copies, seen[0].copies);
    assert_eq!((usual[0].story.as_ref(), usual[1].copies.len()), (None, 0));
    assert_eq!((seen[0].id.as_str(), seen[1].id.as_str()), ("wire", "other"));
    let copy = &seen[0].copies[0];
    assert_eq!((copy.id.as_str(), copy.contained), ("wire", 1.0));
    assert!(copy.containment < 1.0);
    let story = seen[0].story.as_ref().unwrap();
    let stored = archive.outcome().unwrap();
    let own = stored.articles.iter().find(|article| article.id == "wire").unwrap();
    assert_eq!(story.id, stored.stories[own.story.unwrap() as usize].id);
    let passage = seen[0].passages.iter().find(|passage| passage.article == "wire").unwrap();
    assert_eq!((passage.start, passage.article_start), (0, 0));
    assert!(seen[1].copies.is_empty() && seen[1].story.is_none() && seen[1].passages.is_empty());
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), files);
    assert_eq!(archive.len(), 2);
}

#[test]
fn other_parameters_are_refused_with_both_named() {
    let temp = TempDir::new().unwrap();
    let settings = Settings { threshold: Some(0.8), ..Settings::default() };
    let archive = Archive::init(temp.path(), settings.clone(), None).unwrap();
    archive.check_asked(&Settings::default()).unwrap();
    archive.check_asked(&settings).unwrap();
    let asked = Settings { threshold: Some(0.6), ..Settings::default() };
    let told = archive.check_asked(&asked).unwrap_err().to_string();
    assert!(told.starts_with("--threshold: ") && told.contains("0.8") && told.contains("0.6"));
    let asked = Settings { background: Some("other.stats".into()), ..Settings::default() };
    let told = archive.check_asked(&asked).unwrap_err().to_string();
    assert!(told.starts_with("--background: "), "{told}");
    let asked = Settings { story_preset: Some("strict".into()), ..Settings::default() };
    let told = archive.check_asked(&asked).unwrap_err().to_string();
    assert!(told.starts_with("--story-threshold: "), "{told}");
    let asked = Settings { lossless: Some(true), ..Settings::default() };
    let told = archive.check_asked(&asked).unwrap_err().to_string();
    assert!(told.starts_with("--max-loss: "), "{told}");
    let reading = Settings { strict: Some(true), threads: Some(2), ..Settings::default() };
    archive.check_asked(&reading).unwrap();
    drop(archive);
    // As one that another version made, whose tokens are cut otherwise.
    let mut manifest = Manifest::read(temp.path()).unwrap();
    manifest.parameters.insert("token-version".into(), serde_json::json!(1));
    fs::write(temp.path().join(MANIFEST), manifest.to_bytes()).unwrap();
    let told = Archive::open(temp.path()).unwrap_err().to_string();
    assert!(told.contains("token-version 1") && told.contains("has 2"), "{told}");
}

#[test]
fn an_archive_goes_on_with_the_defaults_it_was_made_with() {
    let temp = TempDir::new().unwrap();
    drop(Archive::init(temp.path(), Settings::default(), None).unwrap());
    let mut manifest = Manifest::read(temp.path()).unwrap();
    for (name, value) in [("story-threshold", 0.5), ("threshold", 0.75)] {
        manifest.parameters.insert(name.into(), serde_json::json!(value));
    }
    // What follows from the threshold is stored, too.
    let settings = Settings { threshold: Some(0.75), ..Settings::default() };
    let config = settings.resolve(Vec::new()).unwrap();
    for (name, value) in parameters::parameters(&config) {
        if ["bands", "rows"].contains(&name.as_str()) {
            manifest.parameters.insert(name, value);
        }
    }
    fs::write(temp.path().join(MANIFEST), manifest.to_bytes()).unwrap();
    let archive = Archive::open(temp.path()).unwrap();
    let near = &archive.config.near_duplicates;
    assert_eq!((archive.config.story.threshold, near.threshold), (0.5, 0.75));
    archive.check_asked(&Settings::default()).unwrap();
}

/// What an archive keeps of its groups is what one run over its articles finds, whatever the batches were.
#[test]
fn what_batches_leave_is_what_one_run_finds() {
    let temp = TempDir::new().unwrap();
    let inputs = [concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl").to_owned()];
    let read = crate::ingest::ingest(&inputs, &Default::default(), &Silent).unwrap();
    let all: Vec<Article> = read.corpus.articles().to_vec();
    let mut archive = Archive::init(temp.path(), Settings::default(), None).unwrap();
    let groups = |outcome: &Outcome| Outcome { counts: serde_json::Value::Null, ..outcome.clone() };
    let agrees = |archive: &Archive| {
        let (kept, found) = (archive.outcome().unwrap(), archive.results(&Silent).unwrap());
        let found = Outcome::of(&found);
        assert_eq!(groups(&kept), groups(&found));
        for name in ["records", "pairs", "families", "copies", "stories", "single_stories"] {
            assert_eq!(kept.counts[name], found.counts[name], "{name}");
        }
        kept.families.len()
    };
    // Early and late articles are in every batch.
    for batch in 0..4 {
        let some = all.iter().zip(0..).filter(|(_, place)| place % 4 == batch);
        let corpus = Corpus::new(some.map(|(article, _)| article.clone()).collect());
        archive.add(Ingested { corpus, ..Ingested::default() }, &Silent).unwrap();
        agrees(&archive);
    }
    assert!(agrees(&archive) > 10);
    let outlet = all[0].outlet.to_string();
    let gone = archive.remove(&[Unwanted::Outlet(outlet)], &Silent).unwrap();
    assert!(!gone.removed.is_empty());
    agrees(&archive);
}

#[test]
fn no_archive_is_made_over_something_else_and_nothing_is_left_where_none_is() {
    let temp = TempDir::new().unwrap();
    assert!(Archive::open(temp.path()).is_err());
    assert!(Archive::open(&temp.path().join("none")).is_err());
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
    fs::write(temp.path().join("notes.md"), "mine").unwrap();
    let refused =
        |folder: &Path| Archive::init(folder, Settings::default(), None).unwrap_err().to_string();
    assert!(refused(temp.path()).contains("not empty"));
    let inside = temp.path().join("archive");
    Archive::init(&inside, Settings::default(), None).unwrap();
    assert!(refused(&inside).contains("an archive is here already"));
}

#[test]
fn copies_are_those_of_a_run_row_for_row() {
    let temp = TempDir::new().unwrap();
    let inputs = [concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl").to_owned()];
    let read = || crate::ingest::ingest(&inputs, &Default::default(), &Silent).unwrap();
    let mut archive = Archive::init(temp.path(), Settings::default(), None).unwrap();
    archive.add(read(), &Silent).unwrap();
    let asked: Vec<Article> = read().corpus.articles().to_vec();
    let whole = archive.query_whole(asked.clone(), &Silent).unwrap();
    let found = archive.query(asked, Sought::COPIES, &Silent).unwrap();
    let mut copies = 0;
    for (whole, found) in whole.iter().zip(&found) {
        assert_eq!(found.copies, whole.copies, "{}", whole.id);
        copies += found.copies.len();
    }
    // Each is a copy of itself, and many of others.
    assert!(copies > 150, "{copies}");
}

/// Articles of the example corpus that are asked about while the others are in the archive.
#[test]
fn passages_are_those_of_a_run_without_credits() {
    let temp = TempDir::new().unwrap();
    let inputs = [concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl").to_owned()];
    let mut read = crate::ingest::ingest(&inputs, &Default::default(), &Silent).unwrap();
    let all: Vec<Article> = read.corpus.articles().to_vec();
    let (held, rest): (Vec<_>, Vec<_>) = all.into_iter().zip(0..).partition(|(_, n)| n % 3 == 0);
    read.corpus = Corpus::new(rest.into_iter().map(|(article, _)| article).collect());
    let mut archive = Archive::init(temp.path(), Settings::default(), None).unwrap();
    archive.add(read, &Silent).unwrap();
    let searcher = archive.searcher().unwrap();
    let (mut same, mut more) = (0, 0);
    for (article, _) in held {
        let mut whole = archive.query_whole(vec![article.clone()], &Silent).unwrap().remove(0);
        let found = searcher.query(&article, Sought::USUAL).unwrap();
        assert_eq!(found.copies, whole.copies);
        whole.passages.retain(|passage| passage.kind != crate::passage::Kind::Credit);
        for passage in &whole.passages {
            assert!(found.passages.contains(passage), "{}: {passage:?}", article.id);
        }
        same += whole.passages.len();
        more += found.passages.len() - whole.passages.len();
    }
    // One is inside a credit that a run sees in more articles.
    assert!(same > 100 && more <= 1, "{same} rows, {more} more");
}

/// A searcher sees the state that it opened, and one that is refreshed the present one.
#[test]
fn a_searcher_has_one_state_of_the_archive() {
    let temp = TempDir::new().unwrap();
    let mut archive = made(temp.path());
    let searcher = archive.searcher().unwrap();
    let asked = Article::new("asked", FERRY);
    let copies = |searcher: &Searcher| {
        let seen = searcher.query(&asked, Sought::COPIES).unwrap();
        seen.copies.iter().map(|copy| copy.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!((copies(&searcher).join(" "), searcher.len()), ("wire".to_owned(), 2));
    assert!(searcher.refreshed().unwrap().is_none());
    archive.add(read(&[("post", "2024-05-03", FERRY)]), &Silent).unwrap();
    archive.add(read(&[("wire", "2024-05-04", FERRY)]), &Silent).unwrap();
    archive.compact().unwrap();
    assert_eq!(copies(&searcher), ["wire"]);
    let now = searcher.refreshed().unwrap().unwrap();
    assert_eq!(copies(&now), ["wire@memory#1", "post", "wire@memory#2"]);
    archive.remove(&[Unwanted::Id("post".into())], &Silent).unwrap();
    let now = now.refreshed().unwrap().unwrap();
    assert_eq!((copies(&now).len(), now.generation()), (2, archive.generation()));
}

/// Statistics that each state read anew left holes in the heap: a server grew to three times its size over twelve batches.
#[test]
fn the_next_state_shares_what_a_batch_leaves_as_it_was() {
    let temp = TempDir::new().unwrap();
    let mut archive = made(temp.path());
    let before = archive.searcher().unwrap();
    let shared = |now: &Searcher, before: &Searcher| {
        let is_old = |opened| before.segments.iter().any(|old| Arc::ptr_eq(&old.opened, opened));
        let segments = now.segments.iter().map(|placed| is_old(&placed.opened)).collect::<Vec<_>>();
        let is_old = |opened| before.lookups.iter().any(|old| Arc::ptr_eq(&old.opened, opened));
        let lookups = now.lookups.iter().map(|placed| is_old(&placed.opened)).collect::<Vec<_>>();
        (Arc::ptr_eq(&now.maker, &before.maker), segments, lookups)
    };
    let copies = |searcher: &Searcher| {
        let seen = searcher.query(&Article::new("asked", FERRY), Sought::COPIES).unwrap();
        seen.copies.iter().map(|copy| copy.id.clone()).collect::<Vec<_>>()
    };
    archive.add(read(&[("post", "2024-05-03", FERRY)]), &Silent).unwrap();
    let now = before.refreshed().unwrap().unwrap();
    assert_eq!(shared(&now, &before), (true, vec![true, false], vec![true, false]));
    assert_eq!(copies(&now), archive_copies(temp.path()));
    archive.add(read(&[("times", "2024-05-04", FERRY)]), &Silent).unwrap();
    let joined = now.refreshed().unwrap().unwrap();
    assert_eq!(shared(&joined, &now), (true, vec![true, true, false], vec![false]));
    assert_eq!(copies(&joined), archive_copies(temp.path()));
    archive.compact().unwrap();
    let compacted = joined.refreshed().unwrap().unwrap();
    assert_eq!(shared(&compacted, &joined), (true, vec![false], vec![false]));
    assert_eq!(copies(&compacted), archive_copies(temp.path()));
    // Other statistics mark other furniture: nothing of the old state holds.
    archive.refresh(true, &Silent).unwrap();
    let counted = compacted.refreshed().unwrap().unwrap();
    assert!(!shared(&counted, &compacted).0);
    assert_eq!(copies(&counted), archive_copies(temp.path()));
}

#[test]
fn what_follows_from_the_articles_is_made_again_and_what_is_lost_is_told() {
    let temp = TempDir::new().unwrap();
    let archive = made(temp.path());
    let (outcome, all) = (archive.outcome().unwrap(), archive.manifest.clone());
    let lookup = all.segments[0].lookup.clone().unwrap();
    drop(archive);
    let spoil = |name: &str| {
        let path = temp.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
    };
    let check = |repair| Archive::check(temp.path(), repair, &Silent).unwrap();
    spoil(all.outcome.as_deref().unwrap());
    spoil(&lookup);
    fs::write(temp.path().join("segment-9-0"), "half").unwrap();
    let found = check(false);
    assert_eq!(found.faults.len(), 2);
    assert!(!found.is_sound() && found.faults.iter().all(|fault| fault.lost.is_none()));
    assert_eq!(found.left_over, ["segment-9-0"]);
    let repaired = check(true);
    assert!(repaired.is_sound() && repaired.left_over.is_empty());
    let archive = Archive::open(temp.path()).unwrap();
    assert_eq!(archive.outcome().unwrap(), outcome);
    drop(archive);
    sound(temp.path());
    assert_eq!(archive_copies(temp.path()), ["wire"]);
    spoil(&all.segments[0].file);
    let lost = check(true);
    assert!(!lost.is_sound());
    assert_eq!(lost.faults[0].lost.as_deref(), Some("2 articles"));
    assert!(temp.path().join(&all.segments[0].file).exists());
}

#[test]
fn any_call_that_fails_leaves_the_old_state_or_the_new_one() {
    let alone = failures(1);
    assert!(alone >= 12, "{alone} failures told");
    // A file that is joined is written twice, part by part.
    let joined = failures(2);
    assert!(joined >= 40, "{joined} failures told");
}

/// Adds so many articles to two with each call of the disk failing in turn, and returns how many failures there were. Two come into
/// one lookup file with the others.
fn failures(batch: usize) -> usize {
    let temp = TempDir::new().unwrap();
    let mut archive = made(temp.path());
    let mut told = 0;
    for calls in 1.. {
        let before = ids(&archive);
        let text = |n: usize| format!("{BARN} This is report number {calls} of it, part {n}.");
        let articles: Vec<(String, String)> =
            (0..batch).map(|n| (format!("n{calls}-{n}"), text(n))).collect();
        let articles: Vec<(&str, &str, &str)> =
            articles.iter().map(|(id, text)| (id.as_str(), "2024-05-04", text.as_str())).collect();
        archive.fail_after = calls;
        let added = archive.add(read(&articles), &Silent);
        archive.fail_after = 0;
        let now = ids(&Archive::open(temp.path()).unwrap());
        assert_eq!(sound(temp.path()).articles, now.len());
        match added {
            Ok(_) => {
                assert_eq!(now.len(), before.len() + batch);
                assert!(Manifest::read(temp.path()).unwrap().runs().any(|run| run.len() > 1));
                break;
            }
            // Only that the folder is on the disk could not be learnt after the last step.
            Err(error) => {
                assert!(error.to_string().contains("made to fail"), "{error}");
                assert!(now == before || now.len() == before.len() + batch, "{calls}");
                told += 1;
            }
        }
        archive = Archive::open(temp.path()).unwrap();
    }
    told
}

/// The lookup file of each segment, and all such files on the disk.
fn lookups(folder: &Path) -> (Vec<String>, Vec<String>) {
    let manifest = Manifest::read(folder).unwrap();
    let own = manifest.segments.into_iter().filter_map(|segment| segment.lookup).collect();
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("lookup-")).collect();
    names.sort();
    (own, names)
}

#[test]
fn lookup_files_are_joined_and_parted_with_the_segments_that_have_them() {
    let temp = TempDir::new().unwrap();
    let mut archive = made(temp.path());
    let batch = [("post", "2024-05-03", FERRY), ("farm", "2024-05-04", BARN)];
    let reader = Archive::open(temp.path()).unwrap();
    archive.add(read(&batch), &Silent).unwrap();
    let (own, present) = lookups(temp.path());
    assert_eq!((own.len(), own[0] == own[1]), (2, true));
    // Whoever reads keeps the old one.
    assert_eq!(present, ["lookup-2-0", "lookup-3-0"]);
    assert_eq!(reader.searcher().unwrap().len(), 2);
    drop(reader);
    archive.add(read(&[("times", "2024-05-05", FERRY)]), &Silent).unwrap();
    archive.add(read(&[("mail", "2024-05-06", FERRY)]), &Silent).unwrap();
    assert_eq!(lookups(temp.path()).1, ["lookup-3-0", "lookup-5-0"]);
    let all = archive.searcher().unwrap();
    assert_eq!(all.lookups.len(), 2);
    assert_eq!(archive_copies(temp.path()), ["wire", "post", "times", "mail"]);
    // Of the joined file only the second segment stays as it is.
    archive.remove(&[Unwanted::Id("barn".into())], &Silent).unwrap();
    sound(temp.path());
    assert_eq!(archive_copies(temp.path()), ["wire", "post", "times", "mail"]);
    assert!(!lookups(temp.path()).1.contains(&"lookup-3-0".to_owned()));
    archive.remove(&[Unwanted::Id("times".into())], &Silent).unwrap();
    sound(temp.path());
    assert_eq!(archive_copies(temp.path()), ["wire", "post", "mail"]);
    let asked = Article::new("asked", BARN);
    let seen = archive.searcher().unwrap().query(&asked, Sought::COPIES).unwrap();
    assert_eq!((seen.copies.len(), seen.copies[0].id.as_str()), (1, "farm"));
    // One that is damaged is made again from the articles of all its segments.
    let lookup = lookups(temp.path()).0[0].clone();
    assert!(lookups(temp.path()).0.iter().filter(|name| **name == lookup).count() > 1);
    let found = seen;
    fs::write(temp.path().join(&lookup), "half").unwrap();
    drop(archive);
    let repaired = Archive::check(temp.path(), true, &Silent).unwrap();
    assert!(repaired.is_sound() && repaired.faults.len() == 1, "{repaired:?}");
    sound(temp.path());
    let archive = Archive::open(temp.path()).unwrap();
    assert_eq!(archive.searcher().unwrap().query(&asked, Sought::COPIES).unwrap(), found);
    assert_eq!(archive_copies(temp.path()), ["wire", "post", "mail"]);
}
