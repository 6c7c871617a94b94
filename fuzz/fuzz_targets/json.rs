#![no_main]
//! Arrays, objects in a row, lists in objects.

use libfuzzer_sys::{Corpus, fuzz_target};
use newsfold_fuzz::law;

fuzz_target!(|data: &[u8]| -> Corpus {
    if !matches!(data.first(), Some(b'[' | b'{')) {
        return Corpus::Reject;
    }
    law::articles(data);
    Corpus::Keep
});
