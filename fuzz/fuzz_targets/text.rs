#![no_main]
//! Plain text, and whatever is taken for something else.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| {
    law::articles(data);
});
