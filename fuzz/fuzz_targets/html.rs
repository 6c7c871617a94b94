#![no_main]
//! Pages.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| {
    law::articles(&[b"<!doctype html>", data].concat());
});
