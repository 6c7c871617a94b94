#![no_main]
//! The file of credit lines.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

fuzz_target!(|data: &[u8]| law::credits(data));
