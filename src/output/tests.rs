use std::collections::BTreeMap;
use std::io::Write;

use super::*;

const OURS: [&str; 4] = ["articles.csv", "articles.parquet", "pairs.csv", RUN];

fn claim(out: &Path) -> Result<Claim> {
    Claim::new(out, OURS.map(String::from).into())
}

/// Writes these files, each with its name and `content`, and the manifest.
fn write(claim: &Claim, files: &[&str], content: &str) -> Result<()> {
    for name in files {
        claim.write(name, &|file| write!(file, "{name} {content}"))?;
    }
    let files = claim.files();
    claim.write(RUN, &|file| {
        let run = serde_json::json!({ "tool": MARK, "of": content, "files": files });
        write!(file, "{run}")
    })
}

fn run(out: &Path, files: &[&str], content: &str) -> Result<PathBuf> {
    let claim = claim(out)?;
    write(&claim, files, content)?;
    claim.commit()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Every file of a folder, and what it holds; folders in it by name alone.
fn state(folder: &Path) -> BTreeMap<String, String> {
    let read = |name: String| {
        let content = fs::read_to_string(folder.join(&name)).unwrap_or_default();
        (name, content)
    };
    if folder.exists() { names(folder).into_iter().map(read).collect() } else { BTreeMap::new() }
}

#[test]
fn a_folder_that_was_not_there_appears_whole_and_nothing_is_left_beside_it() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("deep/er/out");
    run(&out, &["articles.csv"], "1").unwrap();
    assert_eq!(names(&out), ["articles.csv", RUN]);
    assert_eq!(names(out.parent().unwrap()), ["out"]);
}

#[cfg(unix)]
#[test]
fn the_folder_is_as_open_as_any_other_and_stays_as_its_owner_made_it() {
    use std::os::unix::fs::PermissionsExt;
    let temp = tempfile::tempdir().unwrap();
    let (plain, out) = (temp.path().join("plain"), temp.path().join("out"));
    fs::create_dir(&plain).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    run(&out, &["articles.csv"], "1").unwrap();
    assert_eq!(mode(&out), mode(&plain));
    fs::set_permissions(&out, fs::Permissions::from_mode(0o750)).unwrap();
    run(&out, &["articles.csv"], "2").unwrap();
    assert_eq!(mode(&out) & 0o777, 0o750);
}

#[test]
fn a_later_run_replaces_ours_removes_the_stale_and_leaves_what_is_foreign() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    run(&out, &["articles.csv", "pairs.csv"], "1").unwrap();
    fs::write(out.join("notes.md"), "mine").unwrap();
    run(&out, &["articles.parquet"], "2").unwrap();
    assert_eq!(names(&out), ["articles.parquet", "notes.md", RUN]);
    // A folder of somebody else cannot have a second name: the files change one by one.
    fs::create_dir(out.join("mine")).unwrap();
    run(&out, &["articles.csv"], "3").unwrap();
    assert_eq!(names(&out), ["articles.csv", "mine", "notes.md", RUN]);
    assert_eq!(fs::read_to_string(out.join("notes.md")).unwrap(), "mine");
    assert_eq!(names(temp.path()), ["out"]);
}

#[test]
fn beside_others_only_what_was_written_is_replaced() {
    for folder_in_it in [false, true] {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        run(&out, &["articles.csv", "pairs.csv"], "1").unwrap();
        if folder_in_it {
            fs::create_dir(out.join("mine")).unwrap();
        }
        let claim = claim(&out).unwrap();
        write(&claim, &["pairs.csv"], "2").unwrap();
        claim.commit_beside_others().unwrap();
        let state = state(&out);
        assert_eq!(state["articles.csv"], "articles.csv 1");
        assert_eq!(state["pairs.csv"], "pairs.csv 2");
        assert_eq!(state.len(), 3 + usize::from(folder_in_it));
        assert_eq!(names(temp.path()), ["out"]);
    }
}

#[test]
fn dropped_before_the_end_it_leaves_the_earlier_run_as_it_was() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    run(&out, &["articles.csv"], "1").unwrap();
    let before = state(&out);
    let second = claim(&out).unwrap();
    write(&second, &["articles.csv"], "half").unwrap();
    drop(second);
    assert_eq!(names(temp.path()), ["out"]);
    assert_eq!(state(&out), before);
}

#[test]
fn two_cannot_claim_one_folder_and_the_second_is_told_who_has_it() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    let first = claim(&out).unwrap();
    let error = claim(&out).unwrap_err().to_string();
    assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
    assert!(error.contains("wait until it is done"), "{error}");
    write(&first, &["articles.csv"], "1").unwrap();
    first.commit().unwrap();
    claim(&out).unwrap();
}

/// Whatever call of the system fails, the error is told, the folder holds the old run or the new,
/// and nothing is left beside it.
#[test]
fn any_call_that_fails_leaves_the_old_run_or_the_new_one() {
    #[derive(Clone, Copy, Debug)]
    enum Before {
        Nothing,
        Run,
        RunAndFile,
        /// Which has to be filled file by file.
        RunAndFolder,
    }
    for before in [Before::Nothing, Before::Run, Before::RunAndFile, Before::RunAndFolder] {
        let mut told = 0;
        for fails_after in 1.. {
            let temp = tempfile::tempdir().unwrap();
            let out = temp.path().join("out");
            if !matches!(before, Before::Nothing) {
                run(&out, &["articles.csv", "pairs.csv"], "old").unwrap();
            }
            match before {
                Before::RunAndFile => fs::write(out.join("notes.md"), "mine").unwrap(),
                Before::RunAndFolder => fs::create_dir(out.join("mine")).unwrap(),
                Before::Nothing | Before::Run => {}
            }
            let old = state(&out);
            let claim = claim(&out).unwrap();
            let counter = std::sync::Arc::clone(&claim.disk.fails_after);
            let left = || counter.load(std::sync::atomic::Ordering::SeqCst);
            counter.store(fails_after, std::sync::atomic::Ordering::SeqCst);
            let written = write(&claim, &["articles.csv", "articles.parquet"], "new");
            let done = written.and_then(|()| claim.commit());
            assert_eq!(names(temp.path()).len(), usize::from(out.exists()), "{before:?}");
            let found = state(&out);
            match &done {
                Ok(_) => {
                    assert_eq!(found["articles.csv"], "articles.csv new");
                    assert_eq!(found["articles.parquet"], "articles.parquet new");
                    assert!(!found.contains_key("pairs.csv"));
                    check_lengths(&out).unwrap();
                    assert!(!matches!(before, Before::RunAndFile) || found["notes.md"] == "mine");
                }
                Err(error) => {
                    assert_eq!(found, old, "{before:?} {fails_after}");
                    assert!(error.to_string().contains("made to fail"), "{error}");
                    told += 1;
                }
            }
            if left() > 0 {
                break;
            }
        }
        // Creating, writing and syncing of three files, and the folder's own sync.
        assert!(told >= 10, "{before:?}: {told} failures told");
    }
}

/// What a run leaves that is killed in the middle of moving its files in: the next claim puts the
/// old run back.
#[test]
fn a_step_that_was_cut_off_is_undone_by_the_next_claim() {
    for moved in 0..8 {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("out");
        run(&out, &["articles.csv", "pairs.csv"], "old").unwrap();
        fs::create_dir(out.join("mine")).unwrap();
        let old = state(&out);
        let first = claim(&out).unwrap();
        write(&first, &["articles.csv", "articles.parquet"], "new").unwrap();
        let hidden = first.place.held.folder.clone();
        cut_off(&first, &out, moved);
        // The process is gone: its lock with it, and nobody clears up.
        first.place.held.forget();
        std::mem::forget(first);
        assert!(hidden.exists());
        if moved > 4 {
            let refused = check_lengths(&out).is_err() || check_bytes(&out, RUN).is_err();
            assert!(refused, "{moved}");
        }
        drop(claim(&out).unwrap());
        assert_eq!(state(&out), old, "{moved}");
        assert_eq!(names(temp.path()), ["out"]);
    }
}

/// The first `moves` renames of a step that goes file by file.
fn cut_off(claim: &Claim, out: &Path, moves: usize) {
    let hidden = &claim.place.held.folder;
    let (aside, old, new) = (hidden.join("aside"), hidden.join("old"), hidden.join(NEW));
    fs::write(hidden.join("names"), format!("articles.csv\narticles.parquet\n{RUN}")).unwrap();
    fs::create_dir(&aside).unwrap();
    let mut renames: Vec<(PathBuf, PathBuf)> =
        [RUN, "articles.csv", "pairs.csv"].map(|name| (out.join(name), aside.join(name))).into();
    renames.push((aside, old));
    renames.extend(
        [RUN, "articles.csv", "articles.parquet"].map(|name| (new.join(name), out.join(name))),
    );
    for (from, to) in renames.into_iter().take(moves) {
        fs::rename(from, to).unwrap();
    }
}

#[test]
fn files_of_two_runs_are_told_from_those_of_one() {
    let temp = tempfile::tempdir().unwrap();
    let (a, b) = (temp.path().join("a"), temp.path().join("b"));
    run(&a, &["articles.csv", "pairs.csv"], "1").unwrap();
    run(&b, &["articles.csv", "pairs.csv"], "2").unwrap();
    check_lengths(&a).unwrap();
    check_bytes(&a, "pairs.csv").unwrap();
    // As long as the other, but not the same.
    fs::copy(b.join("pairs.csv"), a.join("pairs.csv")).unwrap();
    let error = check_bytes(&a, "pairs.csv").unwrap_err().to_string();
    assert!(error.contains("pairs.csv: not the file that run.json names"), "{error}");
    fs::write(a.join("pairs.csv"), "longer than it was").unwrap();
    assert!(check_lengths(&a).unwrap_err().to_string().contains("pairs.csv: not the file"));
    fs::remove_file(a.join("pairs.csv")).unwrap();
    assert!(check_lengths(&a).is_err());
    fs::write(b.join("articles.parquet"), "of no run").unwrap();
    assert!(check_bytes(&b, "articles.parquet").is_err());
}

#[test]
fn a_file_in_the_way_is_named_with_what_to_do() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    fs::write(&out, "precious").unwrap();
    let error = claim(&out).unwrap_err().to_string();
    assert!(error.starts_with(&out.display().to_string()), "{error}");
    assert!(error.ends_with("name a folder, or move the file away"), "{error}");
    assert!(claim(&out.join("below")).is_err());
    assert_eq!(fs::read_to_string(&out).unwrap(), "precious");
}

#[test]
fn the_input_is_not_overwritten_when_the_output_folder_holds_it() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("articles.csv"), "id,text\n").unwrap();
    let error = claim(&out).unwrap_err().to_string();
    assert!(error.contains("articles.csv"), "{error}");
    assert_eq!(names(&out), ["articles.csv"]);
    assert_eq!(names(temp.path()), ["out"]);
}

#[test]
fn a_claim_leaves_nothing_but_the_parent() {
    let temp = tempfile::tempdir().unwrap();
    drop(claim(&temp.path().join("a/out")).unwrap());
    assert_eq!(names(temp.path()), ["a"]);
    assert!(names(&temp.path().join("a")).is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_followed() {
    let temp = tempfile::tempdir().unwrap();
    let (real, link) = (temp.path().join("real"), temp.path().join("link"));
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    run(&link, &["articles.csv"], "1").unwrap();
    assert_eq!(names(&real), ["articles.csv", RUN]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}
