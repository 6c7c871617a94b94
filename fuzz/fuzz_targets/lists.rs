#![no_main]
//! The table of outlets, and pairs that belong together or do not.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(|data: &[u8]| law::lists(data));
