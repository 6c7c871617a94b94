#![no_main]
//! Rows behind a header; the first byte says which. One of them is the input's own.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

const HEADERS: [&str; 4] =
    ["id,title,text,published\n", "id;outlet;text\r\n", "\u{feff}title\ttext\turl\n", ""];

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| {
    let Some((which, rows)) = data.split_first() else { return };
    let header = HEADERS[usize::from(*which) % HEADERS.len()];
    law::articles(&[header.as_bytes(), rows].concat());
});
