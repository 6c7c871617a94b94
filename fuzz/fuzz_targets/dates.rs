#![no_main]
//! Dates. One that is read and written is read as the same moment.

use libfuzzer_sys::fuzz_target;
use newsfold::article::Published;
use newsfold_fuzz::law;
use serde_json::{Value, json};

fn published(date: &Value) -> Option<Published> {
    let line = json!({"text": "x", "published": date}).to_string();
    let read = law::articles(line.as_bytes()).expect("an article whatever its date");
    read.corpus.articles()[0].published
}

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(read) = published(&text.into()) {
        let again = published(&read.to_string().into()).expect("a date in its plainest form");
        assert_eq!(again.at.as_second(), read.at.as_second());
    }
    if let Ok(number) = serde_json::from_str::<serde_json::Number>(text) {
        published(&number.into());
    }
});
