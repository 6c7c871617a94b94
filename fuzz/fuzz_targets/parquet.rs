#![no_main]
//! Files that begin as Parquet does.

use libfuzzer_sys::{Corpus, fuzz_target};
use newsfold_fuzz::law;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| -> Corpus {
    if !data.starts_with(b"PAR1") {
        return Corpus::Reject;
    }
    law::articles(data);
    Corpus::Keep
});
