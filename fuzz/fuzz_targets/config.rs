#![no_main]
//! The configuration.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(|data: &[u8]| law::config(data));
