//! Input made to do harm, or unlucky: it ends in a reject that says where and what to do, in bounded
//! memory.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;

use newsfold::error::Reject;
use newsfold::ingest::{IngestOptions, Ingested, ingest, ingest_reader};
use newsfold::observer::Silent;

const GOOD: &[u8] = b"{\"id\":\"a\",\"text\":\"The ferry ran aground.\"}\n";

fn read(bytes: &[u8]) -> Ingested {
    ingest_reader("in", bytes, &IngestOptions::default(), &Silent).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn said(reject: &Reject) -> String {
    format!("{}: {}", reject.position, reject.reason)
}

// Each empty record cost 150 bytes of memory, so that 4 MB of gzip, well below the ratio of a bomb,
// ended the program.
#[test]
fn a_file_of_empty_records_does_not_fill_the_memory() {
    let packed = gzip(&[GOOD, &b"{}\n".repeat(3 << 20)].concat());
    let read = read(&packed);
    assert_eq!(read.corpus.len(), 1);
    assert_eq!(read.records as usize, 1 + read.rejects.len());
    assert!(read.rejects.len() < 3 << 20, "{}", read.rejects.len());
    let why = said(&read.rejects[0]);
    assert!(why.starts_with("in: ") && why.contains("more than one for every 8 bytes"), "{why}");
}

// What was packed twice was measured against what came out of the first unpacking.
#[test]
fn a_bomb_packed_twice_is_a_bomb() {
    let mut state = 7_u64;
    let noise = (0..700).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        b'a' + (state >> 60) as u8
    });
    let noise: Vec<u8> = noise.collect();
    let block = [b"{\"text\":\"", &*noise, b"\"}\n", &*vec![b' '; 200_000], b"\n"].concat();
    let once = gzip(&block.repeat(800));
    let twice = gzip(&once);
    let ratio = |packed: &[u8]| 800 * block.len() / packed.len();
    assert!(ratio(&once) < 350 && once.len() / twice.len() < 350 && ratio(&twice) > 1000);
    let bombs = read(&twice).rejects;
    assert!(said(&bombs[0]).contains("as a decompression bomb does"), "{bombs:?}");
    assert_eq!(read(&once).rejects, []);
}

#[test]
fn a_quotation_that_nothing_closes_is_named_where_it_opens() {
    let table = b"id,text\na,The ferry ran aground.\nb,\"The ferry\n";
    let long = [table.as_slice(), &b"ran aground\n".repeat(6 << 20)].concat();
    for (bytes, why) in [
        (table.as_slice(), "in:3: a quotation mark opens a field of this row and none closes it"),
        (&long, "in:3: longer than 64 MiB"),
    ] {
        let read = read(bytes);
        assert_eq!((read.corpus.len(), read.rejects.len()), (1, 1));
        assert!(said(&read.rejects[0]).starts_with(why), "{}", said(&read.rejects[0]));
    }
}

#[test]
fn brotli_and_lists_of_paragraphs_are_read_from_parquet() {
    for file in ["brotli.parquet", "lists.parquet"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(file);
        let read =
            ingest(&[path.display().to_string()], &IngestOptions::default(), &Silent).unwrap();
        assert!(read.rejects.is_empty() && !read.corpus.is_empty(), "{file}");
        assert!(read.corpus.articles().iter().all(|article| !article.text.is_empty()), "{file}");
    }
}
