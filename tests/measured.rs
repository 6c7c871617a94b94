//! `bench --save` and `--compare`: a measurement is kept, and later ones are held against it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

mod program;

use program::{newsfold, said};

#[test]
fn a_measurement_is_kept_and_held_against_a_later_one() {
    let folder = TempDir::new().unwrap();
    let kept = folder.path().join("kept.json");
    let caches = folder.path().join("caches");
    let bench = |more: &[&str]| {
        let bench = ["bench", "-q", "--command", "dups", "--rounds", "8"];
        said(keeping_in(&caches).args(bench).args(more))
    };
    let kept_name = kept.to_str().unwrap();
    let sizes = ["--articles", "60,200", "--by-threads", "1,2"];
    let picture = folder.path().join("cost.svg");
    let asked = ["--save", kept_name, "--svg", picture.to_str().unwrap()];
    let (code, told, error) = bench(&[&sizes[..], &asked].concat());
    assert_eq!((code, &*error), (0, ""));
    let picture = fs::read_to_string(&picture).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("total, 2 threads"), "{picture}");
    assert!(told.contains("60 articles") && told.contains("200 articles"), "{told}");
    assert!(told.contains("1 thread,") && told.contains("2 threads"), "{told}");
    assert!(told.contains("processor") && told.contains("recall"), "{told}");
    let saved: Value = serde_json::from_str(&fs::read_to_string(&kept).unwrap()).unwrap();
    assert_eq!(saved["cases"].as_array().unwrap().len(), 4);
    assert!(saved["machine"]["cores"].as_u64().unwrap() > 0, "{saved}");
    let case = &saved["cases"][3];
    assert_eq!((case["articles"].as_u64(), case["threads"].as_u64()), (Some(200), Some(2)));
    assert_eq!(case["total"]["seconds"].as_array().unwrap().len(), 8);
    assert_eq!(case["found"][0]["what"], "families");
    assert!(case["found"][0]["recall"].as_f64().unwrap() > 0.5, "{case}");
    assert!(case["found"][0]["precision"].as_f64().unwrap() > 0.9, "{case}");

    let (code, told, error) = bench(&["--articles", "200", "-j", "2", "--compare", kept_name]);
    assert_eq!((code, &*error), (0, ""));
    assert!(told.contains("against newsfold"), "{told}");
    assert_eq!(told.contains("by turns"), cfg!(unix), "{told}");
    assert!(told.contains("2 threads, 8 rounds"), "{told}");

    // Where the program is gone, its rounds are left. One whose rounds took a tenth of the time then is slower
    // now, whatever the noise.
    fs::remove_dir_all(&caches).unwrap();
    let mut then = saved.clone();
    for seconds in then["cases"][3]["processor"]["seconds"].as_array_mut().unwrap() {
        *seconds = (seconds.as_f64().unwrap() / 10.0).into();
    }
    fs::write(&kept, then.to_string()).unwrap();
    let json = ["--articles", "200", "-j", "2", "--json", "--compare", kept_name];
    let told: Value = serde_json::from_str(&bench(&json).1).unwrap();
    assert_eq!(told["compared"]["by_turns"], false, "{told}");
    assert_eq!(told["compared"]["cases"][0]["verdict"], "slower", "{told}");

    // What cannot be compared is told, and so is a file of another kind.
    assert_eq!(bench(&["--articles", "70", "--compare", kept_name]).0, 2);
    fs::write(&kept, "{}").unwrap();
    let (code, _, error) = bench(&["--articles", "200", "--compare", kept_name]);
    assert_eq!(code, 2);
    assert!(error.contains("not what `bench --save` writes"), "{error}");
}

#[cfg(unix)]
#[test]
fn the_program_of_then_runs_as_it_did() {
    let folder = TempDir::new().unwrap();
    let (caches, kept) = (folder.path().join("caches"), folder.path().join("kept.json"));
    let kept = kept.to_str().unwrap();
    let call = ["bench", "--command", "dups", "--rounds", "8", "--articles", "60", "-qj1"];
    let save = ["--threshold", "0.99", "--save", kept];
    assert_eq!(said(keeping_in(&caches).args(call).args(save)).0, 0);
    let asked = ["--json", "--save", kept, "--compare", kept];
    let mut again = keeping_in(&caches);
    let (code, told, error) = said(
        again.env("MALLOC_ARENA_MAX", "1").env("NEWSFOLD_THREADS", "2").args(call).args(asked),
    );
    assert_eq!(code, 0, "{error}");
    let told: Value = serde_json::from_str(&told).unwrap();
    let compared = &told["compared"];
    assert_eq!(compared["by_turns"], true, "{told}");
    assert_eq!(told["cases"][0]["processor"]["seconds"].as_array().unwrap().len(), 8);
    // Less is found at the threshold of then.
    let recall = |found: &str| compared["cases"][0][found][0]["recall"].as_f64().unwrap();
    assert!(recall("old_found") < recall("new_found"), "{told}");
    // What the loader is told now is no word to the program of then, and both are kept.
    let calls = fs::read_dir(caches.join("newsfold/bench")).unwrap();
    let calls = calls.map(|kept| fs::read_to_string(kept.unwrap().path().join("call.json")));
    let of_cost = |call: Result<String, _>| call.unwrap().contains("\"MALLOC_ARENA_MAX\":\"1\"");
    let mut of_cost: Vec<bool> = calls.map(of_cost).collect();
    of_cost.sort_unstable();
    assert_eq!(of_cost, [false, true]);
    // A call that means nothing is told so in the words that it is always told in.
    let wrong = ["bench", "--command", "dups", "--compare", kept, "--", "no-such-file"];
    let (code, _, error) = said(keeping_in(&caches).args(wrong));
    assert!(code == 2 && error.contains("this program: no-such-file"), "{error}");
    // Figures from elsewhere run nothing, whatever lies beside them.
    let mut stranger: Value = serde_json::from_str(&fs::read_to_string(kept).unwrap()).unwrap();
    stranger["program"] = "../../../kept.json".into();
    fs::write(kept, stranger.to_string()).unwrap();
    let (code, told, _) = said(keeping_in(&caches).args(call).args(["--compare", kept]));
    assert!(code == 0 && told.contains("not kept here"), "{told}");
}

/// The program, which keeps what it measures in this folder.
fn keeping_in(caches: &Path) -> assert_cmd::Command {
    let mut program = newsfold();
    program.env("XDG_CACHE_HOME", caches);
    program
}
