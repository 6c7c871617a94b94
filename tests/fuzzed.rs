//! What fuzz targets once found, each input named after what went wrong with it, under the law that it
//! broke.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

mod law;

#[test]
fn what_was_found_once_holds_to_the_law() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed");
    let read = law::all(&folder.join("articles"), |bytes| {
        law::articles(bytes);
    });
    let others: [(&str, fn(&[u8])); 4] = [
        ("labels", law::labels),
        ("credits", law::credits),
        ("config", law::config),
        ("lists", law::lists),
    ];
    let tables: usize = others.map(|(name, law)| law::all(&folder.join(name), law)).iter().sum();
    assert!(read + tables > 0, "no inputs under {}", folder.display());
}
