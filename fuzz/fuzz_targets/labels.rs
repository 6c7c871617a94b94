#![no_main]
//! Labels for `eval`, and lists of pairs.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(|data: &[u8]| law::labels(data));
