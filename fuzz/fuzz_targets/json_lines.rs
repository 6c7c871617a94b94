#![no_main]
//! Lines behind one that is sound, so that it stays a file of lines.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| {
    law::articles(&[b"{\"id\":\"a\",\"text\":\"b\"}\n", data].concat());
});
