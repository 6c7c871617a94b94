#![no_main]
//! Arrays, objects in a row, lists in objects.

use libfuzzer_sys::{Corpus, fuzz_target};
use newsfold_fuzz::law;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| -> Corpus {
    if !matches!(data.first(), Some(b'[' | b'{')) {
        return Corpus::Reject;
    }
    law::articles(data);
    Corpus::Keep
});
