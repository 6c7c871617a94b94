#![no_main]
//! What crawlers write.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| {
    law::articles(&[b"WARC/1.0\r\n", data].concat());
});
