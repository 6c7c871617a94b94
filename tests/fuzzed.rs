//! What fuzz targets once found, each input named after what went wrong with it, under the law that it
//! broke.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

mod law;

#[test]
fn what_was_found_once_holds_to_the_law() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed");
    let hold = |name: &str, law: fn(&[u8])| law::all(&folder.join(name), law);
    let tried = hold("articles", |bytes| drop(law::articles(bytes)))
        + hold("labels", law::labels)
        + hold("credits", law::credits)
        + hold("config", law::config)
        + hold("lists", law::lists);
    assert!(tried > 0, "no inputs under {}", folder.display());
}
