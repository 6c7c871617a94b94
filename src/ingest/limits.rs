//! What a file may cost before it is refused: how long a record may be, how deep it may be nested, how
//! much a packed file may grow. Each refusal says the limit and the option that moves it.

use super::blocks::{MAX_RECORD_BYTES, SCALED_DOWN};
use crate::error::Cause;

/// Elements in elements deeper than this are no page that a browser would show as it was meant, and
/// objects in objects no article.
pub(super) const DEPTH: usize = 1_000;
/// News text shrinks to a fifth, the most repetitive logs to a hundredth; zeros in gzip to a
/// thousandth. What shrinks more than this was made to fill a disk …
const RATIO: u64 = 400;
/// … if it comes to more than this.
const BOMB_BYTES: u64 = (128 << 20) / SCALED_DOWN as u64;

/// The limits of a record and of a packed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes a record may have, or a file that is one.
    pub record_bytes: usize,
    /// How deep a record of JSON may be nested, and the elements of a page.
    pub depth: usize,
    /// How many times its size a packed file may grow to. Up to 128 MiB are read however it was packed.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record_bytes: MAX_RECORD_BYTES, depth: DEPTH, ratio: RATIO }
    }
}

impl Limits {
    /// The most that a record may be allowed: offsets into texts that are read together are kept in four
    /// bytes.
    pub const MOST_RECORD_BYTES: usize = 1 << 30;
    /// The deepest nesting that may be allowed: so deep pages were parsed in a test, on the smallest stack
    /// that a thread has.
    pub const MOST_DEPTH: usize = 10_000;

    /// Whether so many bytes out of a file of so many are a decompression bomb.
    pub(super) fn is_bomb(self, decompressed: u64, compressed: u64) -> bool {
        decompressed > BOMB_BYTES && decompressed / self.ratio > compressed
    }

    /// That something was taken for a decompression bomb.
    pub(super) fn bomb_in_words(self) -> Cause {
        format!(
            "it grows to more than {} times its size, as a decompression bomb does: what stands \
             before is read, the rest is not (--max-ratio allows more)",
            self.ratio
        )
        .into()
    }

    /// That a record is longer than it may be.
    pub(super) fn too_long(self) -> Cause {
        let bytes = self.record_bytes;
        let said = match (bytes % (1 << 20), bytes % (1 << 10)) {
            (0, _) => format!("{} MiB", bytes >> 20),
            (_, 0) => format!("{} KiB", bytes >> 10),
            _ => format!("{bytes} bytes"),
        };
        format!(
            "longer than {said}, which is the most a record may have: look for a quotation mark or a \
             line break that is missing in it, split it, or allow more with --max-record"
        )
        .into()
    }

    /// That some things stand in one another deeper than they may.
    pub(super) fn too_deep(self, things: &str) -> Cause {
        format!(
            "its {things} stand in one another more than {} deep (--max-depth allows more)",
            self.depth
        )
        .into()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::ingest::{IngestOptions, Ingested, ingest_reader};
    use crate::observer::Silent;

    const TEXT: &str = "The ferry Hesper ran aground off Havenmouth at dawn on Tuesday with ninety aboard. \
                        Lifeboats took all of them ashore within two hours, the coastguard said. Nobody was \
                        hurt, and the shoal was marked. The owners said that the ferry would be towed away.";

    fn read(bytes: &[u8], limits: Limits) -> Ingested {
        let options = IngestOptions { limits, ..IngestOptions::default() };
        // A record that is read stands before what is not.
        let first = format!("{{\"id\":\"first\",\"text\":\"{TEXT}\"}}\n");
        let stream = [first.as_bytes(), bytes].concat();
        ingest_reader("in", &*stream, &options, &Silent).unwrap()
    }

    fn rejected(read: &Ingested) -> Vec<String> {
        let told =
            |reject: &crate::error::Reject| format!("{}: {}", reject.position, reject.reason);
        read.rejects.iter().map(told).collect()
    }

    #[test]
    fn a_record_may_have_so_many_bytes_and_no_more() {
        let line = format!("{{\"text\":\"{}\"}}\n", "word ".repeat(1000));
        let limits = Limits { record_bytes: line.len() - 1, ..Limits::default() };
        let told = rejected(&read(line.as_bytes(), limits));
        assert!(told[0].starts_with("in:2: longer than 5011 bytes"), "{told:?}");
        assert!(told[0].ends_with("or allow more with --max-record"), "{told:?}");
        let limits = Limits { record_bytes: line.len(), ..Limits::default() };
        assert_eq!(read(line.as_bytes(), limits).corpus.len(), 2);
        let limits = Limits { record_bytes: 2 << 10, ..Limits::default() };
        assert!(rejected(&read(line.as_bytes(), limits))[0].contains("longer than 2 KiB"));
    }

    #[test]
    fn a_record_may_be_nested_so_deep_and_no_deeper() {
        for depth in [1, 2, 40, 500] {
            let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
            let line = format!("{{\"text\":\"{TEXT} ]]\",\"x\":{open}-1.5{close}}}\n");
            let limits = Limits { depth, ..Limits::default() };
            assert_eq!(read(line.as_bytes(), limits).corpus.len(), 2, "{depth}");
            if depth > 1 {
                let limits = Limits { depth: depth - 1, ..limits };
                let told = rejected(&read(line.as_bytes(), limits));
                let why = format!(
                    "in:2: its objects and lists stand in one another more than {} deep",
                    depth - 1
                );
                assert!(told[0].starts_with(&why), "{told:?}");
                assert!(told[0].ends_with("(--max-depth allows more)"), "{told:?}");
            }
        }
    }

    #[test]
    fn a_page_may_be_as_deep_as_is_allowed_on_the_smallest_stack() {
        let deep = Limits::MOST_DEPTH - 10;
        let page = format!(
            "<html><head><title>Ferry aground</title></head><body><article>{}<p>{TEXT}</p><p>{TEXT}</p>{}</article></body></html>",
            "<div>".repeat(deep),
            "</div>".repeat(deep)
        );
        let read = |depth: usize| {
            let limits = Limits { depth, ..Limits::default() };
            let options = IngestOptions { limits, ..IngestOptions::default() };
            ingest_reader("in", page.as_bytes(), &options, &Silent)
        };
        assert_eq!(read(Limits::MOST_DEPTH).unwrap().corpus.len(), 1);
        let told = read(DEPTH).unwrap_err().to_string();
        assert!(told.contains("its elements stand in one another more than 1000 deep"), "{told}");
    }

    #[test]
    fn a_packed_file_may_grow_so_much_and_no_more() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let line = format!("{{\"text\":\"{TEXT}\"}}\n");
        let padding = " ".repeat(1 << 20);
        let lines = (2 * BOMB_BYTES) >> 20;
        for _ in 0..lines {
            packed.write_all(line.as_bytes()).unwrap();
            packed.write_all(padding.as_bytes()).unwrap();
            packed.write_all(b"\n").unwrap();
        }
        let packed = packed.finish().unwrap();
        let read = |ratio| {
            let limits = Limits { ratio, ..Limits::default() };
            let options = IngestOptions { limits, ..IngestOptions::default() };
            ingest_reader("in.gz", &*packed, &options, &Silent).unwrap()
        };
        let told = rejected(&read(50));
        assert!(told[0].starts_with("in.gz"), "{told:?}");
        assert!(told[0].contains("it grows to more than 50 times its size"), "{told:?}");
        assert!(told[0].ends_with("(--max-ratio allows more)"), "{told:?}");
        let whole = read(1000);
        assert_eq!((whole.corpus.len() as u64, whole.rejects.len()), (lines, 0));
    }
}
