#![no_main]
//! Every compression and archive. The checksums of a tar are put right, or none would be read.

use libfuzzer_sys::{Corpus, fuzz_target};
use newsfold_fuzz::law;

const MAGIC: [&[u8]; 5] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\0", b"PK"];
const BLOCK: usize = 512;

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| -> Corpus {
    let is_tar = |block: &[u8]| block.get(257..262) == Some(b"ustar".as_slice());
    if !is_tar(data) && !MAGIC.iter().any(|magic| data.starts_with(magic)) {
        return Corpus::Reject;
    }
    let mut data = data.to_vec();
    if is_tar(&data) {
        for header in data.chunks_exact_mut(BLOCK).filter(|block| is_tar(block)) {
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        }
    }
    law::articles(&data);
    Corpus::Keep
});
