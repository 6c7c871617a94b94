#![no_main]
//! Files that begin as a SQLite database does.

use libfuzzer_sys::{Corpus, fuzz_target};
use newsfold_fuzz::law;

fuzz_target!(|data: &[u8]| -> Corpus {
    if !data.starts_with(b"SQLite format 3\0") {
        return Corpus::Reject;
    }
    law::articles(data);
    Corpus::Keep
});
