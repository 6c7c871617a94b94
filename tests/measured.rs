//! `bench --save` and `--compare`: a measurement is kept, and later ones are held against it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

mod program;

use program::{newsfold, said};

#[test]
fn a_measurement_is_kept_and_held_against_a_later_one() {
    let folder = TempDir::new().unwrap();
    let kept = folder.path().join("kept.json");
    let bench = |more: &[&str]| {
        let bench = ["bench", "-q", "--command", "dups", "--rounds", "6"];
        said(newsfold().args(bench).args(more))
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
    assert!(told.contains("1 threads") && told.contains("2 threads"), "{told}");
    assert!(told.contains("processor") && told.contains("recall"), "{told}");
    let saved: Value = serde_json::from_str(&fs::read_to_string(&kept).unwrap()).unwrap();
    assert_eq!(saved["cases"].as_array().unwrap().len(), 4);
    assert!(saved["machine"]["cores"].as_u64().unwrap() > 0, "{saved}");
    let case = &saved["cases"][3];
    assert_eq!((case["articles"].as_u64(), case["threads"].as_u64()), (Some(200), Some(2)));
    assert_eq!(case["total"]["seconds"].as_array().unwrap().len(), 6);
    assert_eq!(case["found"][0]["what"], "families");
    assert!(case["found"][0]["recall"].as_f64().unwrap() > 0.5, "{case}");
    assert!(case["found"][0]["precision"].as_f64().unwrap() > 0.9, "{case}");

    let (code, told, error) = bench(&["--articles", "200", "-j", "2", "--compare", kept_name]);
    assert_eq!((code, &*error), (0, ""));
    assert!(told.contains("against newsfold"), "{told}");

    // One whose rounds took a tenth of the time then is slower now, whatever the noise.
    let mut then = saved.clone();
    for seconds in then["cases"][3]["processor"]["seconds"].as_array_mut().unwrap() {
        *seconds = (seconds.as_f64().unwrap() / 10.0).into();
    }
    fs::write(&kept, then.to_string()).unwrap();
    let json = ["--articles", "200", "-j", "2", "--json", "--compare", kept_name];
    let told: Value = serde_json::from_str(&bench(&json).1).unwrap();
    assert_eq!(told["compared"]["cases"][0]["verdict"], "slower", "{told}");

    // What cannot be compared is told, and so is a file of another kind.
    assert_eq!(bench(&["--articles", "70", "--compare", kept_name]).0, 2);
    fs::write(&kept, "{}").unwrap();
    let (code, _, error) = bench(&["--articles", "200", "--compare", kept_name]);
    assert_eq!(code, 2);
    assert!(error.contains("not what `bench --save` writes"), "{error}");
}
