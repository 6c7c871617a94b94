#![no_main]
//! Files and streams that begin as Arrow does.

use libfuzzer_sys::{Corpus, fuzz_target};
use newsfold_fuzz::law;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| -> Corpus {
    if !data.starts_with(b"ARROW1") && !data.starts_with(&[0xff; 4]) {
        return Corpus::Reject;
    }
    law::articles(data);
    Corpus::Keep
});
