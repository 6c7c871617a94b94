//! The stage as a whole: files in, articles and rejects out.

use std::io::{self, Write};
use std::{fs, path::Path};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::{Place, Position};

fn read(stream: &[u8]) -> Result<Ingested> {
    ingest_reader("in", stream, &IngestOptions::default(), &Silent)
}

fn articles(stream: &[u8]) -> Vec<Article> {
    read(stream).unwrap().corpus.articles().to_vec()
}

fn one(stream: &str) -> Article {
    let mut articles = articles(stream.as_bytes());
    assert_eq!(articles.len(), 1);
    articles.remove(0)
}

fn reject_of(stream: &[u8]) -> Reject {
    let rejects = read(stream).unwrap().rejects;
    assert_eq!(rejects.len(), 1, "{rejects:?}");
    rejects.into_iter().next().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn ingest_files(files: &[&Path]) -> Result<Ingested> {
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    ingest(&names, &IngestOptions::default(), &Silent)
}

const LINE: &str = r#"{"id":"a","text":"The ferry ran aground."}"#;

#[test]
fn our_own_names_make_an_article() {
    let article = one(
        r#"{"id":"x","outlet":" Harbour Post ","url":"https://news.example.org/1","published":"2024-05-01","title":" A ferry ","text":" The ferry\nran aground. ","lang":"en-GB"}"#,
    );
    assert_eq!(article.id, "x");
    assert_eq!(article.outlet, "Harbour Post");
    assert_eq!(article.url, "https://news.example.org/1");
    assert_eq!(
        article.published.map(|at| (at.to_string(), at.day_only)),
        Some(("2024-05-01T00:00:00Z".into(), true))
    );
    assert_eq!(article.title, "A ferry");
    assert_eq!(article.text, " The ferry\nran aground. ", "the text stands as it was read");
    assert_eq!(article.lang, "en");
    assert_eq!(article.source, Position::line("in", 1));
}

#[test]
fn what_is_not_told_is_empty_and_the_id_is_the_place() {
    let article =
        one(r#"{"text":"x","url":null,"title":null,"published":null,"lang":"","outlet":""}"#);
    assert_eq!(article.id, "in:1");
    assert_eq!(
        (article.outlet.as_str(), article.url.as_str(), article.title.as_str()),
        ("", "", "")
    );
    assert_eq!(article.published, None);
}

#[test]
fn records_of_other_tools_are_known_by_their_names() {
    let text = "The ferry ran aground.";
    // title, outlet, url, published, id
    let records = [
        // fundus
        (
            json!({"title": "T", "plaintext": text, "body": {"summary": []}, "publishing_date": "2024-05-01 10:15:00+00:00"}),
            ["T", "", "", "2024-05-01T10:15:00Z", "in:1"],
        ),
        // news-please, with and without a date
        (
            json!({"title": "T", "maintext": text, "source_domain": "example.org", "date_publish": "2024-05-01 10:15:00", "url": "https://example.org/1"}),
            [
                "T",
                "example.org",
                "https://example.org/1",
                "2024-05-01T10:15:00Z",
                "https://example.org/1",
            ],
        ),
        (
            json!({"title": "T", "maintext": text, "source_domain": "example.org", "date_publish": "None", "url": "https://example.org/1"}),
            ["T", "example.org", "https://example.org/1", "", "https://example.org/1"],
        ),
        // newspaper4k
        (
            json!({"title": "T", "text": text, "meta_site_name": "Example", "publish_date": "2024-05-01T00:00:00", "canonical_link": "https://example.org/1"}),
            [
                "T",
                "Example",
                "https://example.org/1",
                "2024-05-01T00:00:00Z",
                "https://example.org/1",
            ],
        ),
        // trafilatura: its source is the address
        (
            json!({"title": "T", "text": text, "source-hostname": "Example", "hostname": "example.org", "date": "2024-05-01", "source": "https://example.org/1"}),
            [
                "T",
                "Example",
                "https://example.org/1",
                "2024-05-01T00:00:00Z",
                "https://example.org/1",
            ],
        ),
        // webz.io
        (
            json!({"uuid": "u1", "title": "T", "text": text, "thread": {"site_full": "www.example.org", "x": [{}]}, "published": "2024-05-01T10:15:00.000+03:00", "url": "https://example.org/1"}),
            ["T", "example.org", "https://example.org/1", "2024-05-01T07:15:00Z", "u1"],
        ),
        // Event Registry: its uri is a number, its date is when the article was found
        (
            json!({"uri": "7845113", "title": "T", "body": text, "source": {"title": "Example", "uri": "example.org"}, "dateTimePub": "2024-05-01T10:15:00Z", "dateTime": "2024-05-01T11:00:00Z", "url": "https://example.org/1"}),
            ["T", "Example", "https://example.org/1", "2024-05-01T10:15:00Z", "7845113"],
        ),
        (
            json!({"uri": "7845113", "body": text, "date": "2024-05-02", "dateTime": "2024-05-02T11:00:00Z", "url": "https://example.org/1"}),
            ["", "example.org", "https://example.org/1", "", "7845113"],
        ),
        // CC-News
        (
            json!({"title": "T", "text": text, "domain": "example.org", "date": "2024-05-01 10:15:00", "url": "https://example.org/1"}),
            [
                "T",
                "example.org",
                "https://example.org/1",
                "2024-05-01T10:15:00Z",
                "https://example.org/1",
            ],
        ),
        // FineWeb: its date is the crawl's
        (
            json!({"text": text, "id": "<urn:uuid:1>", "dump": "CC-MAIN-2024-10", "url": "https://www.example.co.uk/1", "date": "2024-05-01T10:15:00Z"}),
            ["", "example.co.uk", "https://www.example.co.uk/1", "", "<urn:uuid:1>"],
        ),
        // LexisNexisTools
        (
            json!({"ID": 7, "Headline": "T", "Article": text, "Newspaper": "Example", "Date": "2024-05-01"}),
            ["T", "Example", "", "2024-05-01T00:00:00Z", "7"],
        ),
        // passim
        (json!({"id": "p", "text": text, "series": "Example"}), ["", "Example", "", "", "p"]),
    ];
    for (record, [title, outlet, url, published, id]) in records {
        let article = one(&record.to_string());
        assert_eq!(article.text, text);
        let date = article.published.map(|at| at.to_string()).unwrap_or_default();
        assert_eq!(
            [&article.title, &article.outlet, &article.url, date.as_str(), &article.id],
            [title, outlet, url, published, id],
            "{record}"
        );
    }
}

#[test]
fn a_mapping_by_hand_wins_over_every_known_name() {
    let fields = ["text=content.main", "title=text"].map(|field| field.parse().unwrap()).to_vec();
    let options = IngestOptions { fields, ..Default::default() };
    let record = br#"{"text":"T","content":{"main":"The ferry."}}"#;
    let read = ingest_reader("in", &record[..], &options, &Silent).unwrap();
    let article = &read.corpus.articles()[0];
    assert_eq!((article.title.as_str(), article.text.as_str()), ("T", "The ferry."));
    let named: Vec<(Field, &str)> =
        read.files[0].fields.iter().map(|source| (source.field, source.name.as_str())).collect();
    assert_eq!(named, [(Field::Title, "text"), (Field::Text, "content.main")]);

    let table = b"text,Body Copy\nT,The ferry.\n";
    let fields = vec!["text=Body Copy".parse().unwrap()];
    let options = IngestOptions { fields, ..Default::default() };
    let read = ingest_reader("in", &table[..], &options, &Silent).unwrap();
    assert_eq!(read.corpus.articles()[0].text, "The ferry.");
}

#[test]
fn every_format_is_known_by_its_content() {
    let pretty = serde_json::to_string_pretty(&json!({"id": "a", "text": "x\ny"})).unwrap();
    let streams = [
        (LINE.to_owned(), Format::JsonLines, Place::Line(1)),
        (format!("\u{feff}\n{LINE}\n"), Format::JsonLines, Place::Line(2)),
        (format!("[{LINE}]"), Format::JsonArray, Place::Record(1)),
        (format!("[\n  {pretty}\n]\n"), Format::JsonArray, Place::Record(1)),
        (pretty.clone(), Format::Json, Place::Record(1)),
        ("id,text\na,\"The\nferry\"\n".into(), Format::Csv, Place::Line(2)),
        ("\u{feff}id;text\na;The ferry".into(), Format::Csv, Place::Line(2)),
        ("id\ttext\r\na\tThe ferry\r\n".into(), Format::Tsv, Place::Line(2)),
        ("The ferry\n\nIt ran aground.\n".into(), Format::Text, Place::Whole),
        ("[Update] The ferry ran aground.".into(), Format::Text, Place::Whole),
        ("{{Cite news}} The ferry ran aground.".into(), Format::Text, Place::Whole),
    ];
    for (stream, format, place) in streams {
        for (bytes, compression) in [
            (stream.clone().into_bytes(), Compression::None),
            (gzip(stream.as_bytes()), Compression::Gzip),
            (zstandard(stream.as_bytes()), Compression::Zstd),
        ] {
            let read = read(&bytes).unwrap();
            assert!(read.rejects.is_empty(), "{stream}: {:?}", read.rejects);
            assert_eq!(read.files[0].format, Some(format), "{stream}");
            assert_eq!(read.files[0].compression, compression);
            assert_eq!(read.files[0].bytes, bytes.len() as u64);
            let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&bytes));
            assert_eq!(read.files[0].xxh3.as_deref(), Some(hash.as_str()));
            assert_eq!(read.corpus.articles()[0].source.place, place, "{stream}");
        }
    }
}

#[test]
fn members_and_frames_in_a_row_are_one_stream() {
    let (first, second) = (format!("{LINE}\n"), LINE.replace("\"a\"", "\"b\""));
    for compress in [gzip, zstandard] {
        let both = [compress(first.as_bytes()), compress(second.as_bytes())].concat();
        assert_eq!(articles(&both).len(), 2);
    }
}

#[test]
fn objects_in_a_row_are_told_apart() {
    let objects = format!("{LINE}{}", LINE.replace("\"a\"", "\"b\""));
    assert_eq!(articles(objects.as_bytes()).len(), 2);
    let pretty = serde_json::to_string_pretty(&json!({"text": "x", "n": [{"m": 1}]})).unwrap();
    assert_eq!(articles(format!("{pretty}\n{pretty}").as_bytes()).len(), 2);
}

#[test]
fn plain_text_stands_whole_and_takes_its_title_from_the_first_line() {
    let article = one("\u{feff}\nFerry runs aground at cape\r\n\r\nNobody was hurt.\n\n");
    assert_eq!(article.text, "\nFerry runs aground at cape\r\n\r\nNobody was hurt.\n\n");
    assert_eq!(article.title, "Ferry runs aground at cape");
    assert_eq!(article.id, "in");
}

#[test]
fn every_reason_for_a_reject_is_in_words_and_has_its_place() {
    let long_names = r#"{"headline":"T","abstract":"x"}"#;
    let cases: [(&[u8], &str); 10] = [
        (b"{\"id\" 1}", "in:2: not JSON: expected `:` at column 7"),
        (b"nonsense", "in:2: not JSON: expected ident at column 2"),
        (b"[1]", "in:2: a list, not a JSON object"),
        (
            long_names.as_bytes(),
            "in:2: no text under any known name, among headline, abstract: name the one that holds it with --field text=NAME",
        ),
        (b"{\"text\":\" \\n\"}", "in:2: its text is empty"),
        (b"{\"text\":[]}", "in:2: its text is a list, not a text"),
        (b"{\"text\":5}", "in:2: its text is a number, not a text"),
        (b"{\"text\":\"None\"}", "in:2: its text is empty"),
        (b"{\"text\":\"caf\x81\"}", "in:2: not UTF-8 from byte 12 of the record on"),
        (b"{\"text\":\"x", "in:2: not JSON: EOF while parsing a string at column 10"),
    ];
    for (record, expected) in cases {
        let stream = [LINE.as_bytes(), b"\n", record, b"\n", LINE.as_bytes()].concat();
        let Reject { position, reason } = reject_of(&stream);
        assert_eq!(format!("{position}: {reason}"), expected);
        assert_eq!(read(&stream).unwrap().records, 3);
    }
}

#[test]
fn a_damaged_first_line_does_not_hide_the_format() {
    for damaged in ["nonsense", "{\"id\":", "{\"id\":\"cut off here", "{id: 1}"] {
        let stream = format!("{damaged}\n{LINE}\n{LINE}\n");
        let read = read(stream.as_bytes()).unwrap();
        assert_eq!((read.corpus.len(), read.rejects.len()), (2, 1), "{damaged}");
        assert_eq!(read.rejects[0].position, Position::line("in", 1));
    }
}

#[test]
fn a_row_of_another_length_is_rejected_and_the_next_is_read() {
    let table = b"id,text\n1,x\n2,y,z\n3\n4,w\n";
    let read = read(table).unwrap();
    let rejects: Vec<String> = read
        .rejects
        .iter()
        .map(|reject| format!("{}: {}", reject.position, reject.reason))
        .collect();
    assert_eq!(
        rejects,
        [
            "in:3: too many fields: 3, in a table of 2 columns",
            "in:4: too few fields: 1, in a table of 2 columns"
        ]
    );
    assert_eq!((read.corpus.len(), read.records), (2, 4));
}

#[test]
fn a_quotation_that_is_never_closed_is_one_reject() {
    let reject = reject_of(b"id,text\n1,x\n2,\"y\n3,z\n4,w\n");
    assert_eq!(reject.position, Position::line("in", 3));
    assert!(reject.reason.contains("none closes it"), "{}", reject.reason);
}

#[test]
fn a_file_without_a_text_is_one_reject_and_an_error_where_it_is_all() {
    for (stream, reason) in [
        (&b"id,cluster\n1,2\n3,4\n"[..], "no text under any known name, among id, cluster"),
        (b"a\0b", "a binary file"),
        (b"<!DOCTYPE html><p>", "no article: no main text"),
        (b"<?xml version='1.0'?><rss>", "the XML ends within an element"),
        (b"PAR1....", "a Parquet file that cannot be read"),
        (b"PK\x03\x04....", "a ZIP archive that cannot be read"),
        (b"caf\x81", "not UTF-8 from byte 3"),
        (b"", "the file is empty"),
        (b"[]", "no articles here"),
        (b" \n ", "the text is empty"),
        (b"\x1F\x8B\x08", "the file ends early, at byte 3"),
    ] {
        let error = read(stream).unwrap_err();
        assert!(matches!(&error, Error::Input(input) if input.position.place == Place::Whole));
        assert!(error.to_string().starts_with(&format!("in: {reason}")), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jsonl"), LINE).unwrap();
    fs::write(folder.path().join("b.bin"), b"a\0b").unwrap();
    let read = ingest_files(&[folder.path()]).unwrap();
    assert_eq!((read.corpus.len(), read.rejects.len(), read.records), (1, 1, 2));
}

#[test]
fn where_nothing_is_accepted_the_first_reason_is_the_error() {
    let error = read(b"{\"id\":1}\n{\"id\":2}\n").unwrap_err().to_string();
    assert!(error.starts_with("in:1: no text under any known name, among id"), "{error}");
    assert!(error.ends_with("and 1 more records were rejected"), "{error}");
}

#[test]
fn a_stream_that_ends_early_keeps_what_stands_before() {
    let mut seed = 1_u64;
    let lines: String = (0..20_000)
        .map(|id| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!("{{\"id\":{id},\"lang\":\"en\",\"text\":\"number {seed:x}\"}}\n")
        })
        .collect();
    for compress in [gzip, zstandard] {
        let whole = compress(lines.as_bytes());
        let cut = &whole[..whole.len() / 2];
        let read = read(cut).unwrap();
        assert!((100..20_000).contains(&read.corpus.len()), "{}", read.corpus.len());
        assert_eq!(read.rejects.len(), 1);
        assert_eq!(read.rejects[0].position, Position::line("in", read.corpus.len() as u64 + 1));
        let says = format!("the file ends early, at byte {}", cut.len());
        assert!(read.rejects[0].reason.starts_with(&says), "{}", read.rejects[0].reason);
        assert_eq!(read.records, read.corpus.len() as u64 + 1);

        let mut damaged = whole.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 40].fill(0xA5);
        let reason = match super::tests::read(&damaged) {
            Ok(read) => read.rejects.last().unwrap().reason.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(reason.contains("damaged"), "{reason}");
    }
}

/// A stream that is made as it is read.
struct Made<'m> {
    parts: Vec<(&'m [u8], usize)>,
    at: usize,
}

impl Read for Made<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some((part, times)) = self.parts.first() {
            if self.at < part.len() * times {
                let from = &part[self.at % part.len()..];
                let read = from.len().min(buffer.len());
                buffer[..read].copy_from_slice(&from[..read]);
                self.at += read;
                return Ok(read);
            }
            self.parts.remove(0);
            self.at = 0;
        }
        Ok(0)
    }
}

#[test]
fn a_record_that_is_too_long_is_dropped_and_the_rest_goes_on() {
    let long = "many words and ".repeat(1 << 16);
    let times = MAX_RECORD_BYTES / long.len() + 2;
    let other = LINE.replace("\"a\"", "\"b\"");
    let streams: [(&str, &str, &str, &str, Place); 3] = [
        (LINE, "\n{\"text\":\"", "\"}\n", &other, Place::Line(2)),
        (&format!("[{LINE}"), ",{\"text\":\"", "\"},", &format!("{other}]"), Place::Record(2)),
        ("id,text\n1,x\n", "2,\"", "\"\n", "3,y\n", Place::Line(3)),
    ];
    for (before, open, close, after, place) in streams {
        let parts = [(before, 1), (open, 1), (&long, times), (close, 1), (after, 1)];
        let parts = parts.map(|(part, times)| (part.as_bytes(), times)).to_vec();
        let stream = Made { parts, at: 0 };
        let read = ingest_reader("in", stream, &IngestOptions::default(), &Silent).unwrap();
        assert_eq!((read.corpus.len(), read.rejects.len()), (2, 1));
        assert_eq!(read.rejects[0].position.place, place);
        assert!(read.rejects[0].reason.starts_with("longer than 64 MiB"));
    }
}

#[test]
fn strict_ends_at_the_first_reject_in_order() {
    let stream = format!("{LINE}\nwrong\n{LINE}\nwrong\n");
    let options = IngestOptions { strict: true, ..IngestOptions::default() };
    let error = ingest_reader("in", stream.as_bytes(), &options, &Silent).unwrap_err();
    assert!(error.to_string().starts_with("in:2: not JSON"), "{error}");
    assert!(ingest_reader("in", LINE.as_bytes(), &options, &Silent).is_ok());
}

#[test]
fn dates_that_cannot_be_read_are_counted() {
    let read = read(br#"{"text":"x","published":"someday"}"#).unwrap();
    assert_eq!(read.corpus.articles()[0].published, None);
    assert_eq!(read.files[0].unreadable_dates, 1);
}

#[test]
fn an_interrupted_run_stops() {
    struct Stop;
    impl Observer for Stop {
        fn cancelled(&self) -> bool {
            true
        }
    }
    let read = ingest_reader("in", LINE.as_bytes(), &IngestOptions::default(), &Stop);
    assert!(matches!(read, Err(Error::Interrupted)));
}

#[test]
fn the_observer_hears_of_every_byte() {
    #[derive(Default)]
    struct Sum(std::sync::atomic::AtomicU64);
    impl Observer for Sum {
        fn advance(&self, amount: u64) {
            self.0.fetch_add(amount, std::sync::atomic::Ordering::Relaxed);
        }
    }
    for stream in [LINE.to_owned(), format!("{LINE}\n").repeat(100_000), "A text.".into()] {
        let stream = zstandard(stream.as_bytes());
        let sum = Sum::default();
        ingest_reader("in", &stream[..], &IngestOptions::default(), &sum).unwrap();
        assert_eq!(sum.0.into_inner(), stream.len() as u64);
    }
}

/// Files of several formats and sizes, with rejects among them.
fn mixed_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let line =
        |id: usize| json!({"id": id % 5000, "text": format!("Words of article {id}. ").repeat(20)});
    let lines: String = (0..6000)
        .map(|id| format!("{}\n{}", line(id), if id % 1000 == 7 { "x\n" } else { "" }))
        .collect();
    fs::write(folder.path().join("large.jsonl"), &lines).unwrap();
    fs::write(folder.path().join("large.zst"), zstandard(lines.as_bytes())).unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    for number in 0..300 {
        let text = format!("Headline of number {number}\n\nThe text of number {number}.\n");
        fs::write(folder.path().join(format!("sub/{number}.txt")), text).unwrap();
    }
    fs::write(folder.path().join("sub/bad.csv"), "id,cluster\n1,2\n3,4\n").unwrap();
    folder
}

#[test]
fn threads_and_the_order_of_inputs_change_nothing() {
    let folder = mixed_folder();
    let paths = ["large.jsonl", "large.zst", "sub"].map(|name| folder.path().join(name));
    let [a, b, c] = [&paths[0], &paths[1], &paths[2]].map(|path| path.as_path());
    let with = |threads: usize, files: &[&Path]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let read = pool.install(|| ingest_files(files)).unwrap();
        (read.corpus.articles().to_vec(), read.rejects, read.files, read.records)
    };
    let first = with(1, &[a, b, c]);
    assert_eq!(first.0.len(), 2 * 6000 + 300);
    assert_eq!(first.1.len(), 2 * 6 + 1);
    assert!(first.1.is_sorted());
    assert_eq!(first.3, (first.0.len() + first.1.len()) as u64);
    assert!(first == with(4, &[c, b, a]));
    assert!(first == with(2, &[folder.path(), b]));
}

#[test]
fn a_plan_reads_beginnings_only() {
    let folder = mixed_folder();
    let plan = plan(&[folder.path().display().to_string()], &IngestOptions::default()).unwrap();
    assert_eq!(plan.samples.len(), 3);
    assert_eq!(plan.files.len(), 303);
    let large = &plan.files[0];
    assert_eq!((large.format, large.xxh3.is_none()), (Some(Format::JsonLines), true));
    assert!(large.bytes < 1 << 20 && large.accepted > 100);
    assert_eq!(large.fields[0].name, "id");
    assert_eq!(plan.rejects.last().unwrap().position.place, Place::Whole);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_one_reject() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, sub) = (folder.path().join("closed.jsonl"), folder.path().join("sub"));
    fs::write(folder.path().join("open.jsonl"), LINE).unwrap();
    fs::write(&file, LINE).unwrap();
    fs::create_dir(&sub).unwrap();
    fs::write(sub.join("x.jsonl"), LINE).unwrap();
    for path in [&file, &sub] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    let readable_anyway = fs::File::open(&file).is_ok();
    let read = ingest_files(&[folder.path()]);
    fs::set_permissions(&sub, fs::Permissions::from_mode(0o755)).unwrap();
    if readable_anyway {
        writeln!(io::stderr(), "skipped: this process may read every file").unwrap();
        return;
    }
    let read = read.unwrap();
    assert_eq!((read.corpus.len(), read.rejects.len()), (1, 2));
    assert!(read.rejects.iter().all(|reject| reject.reason.contains("no permission")));
}

fn text() -> impl Strategy<Value = String> {
    "(?s).{0,40}".prop_filter("a text says something", |text| {
        // A zero byte would make the CSV a binary file; JSON writes it otherwise.
        let is_binary = text.contains('\0');
        !is_binary && !text.trim().is_empty() && !record::NOTHING.contains(&text.as_str())
    })
}

fn rows() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec((text(), text()), 1..20)
}

fn without_source(stream: &[u8]) -> Vec<Article> {
    let mut articles = articles(stream);
    for article in &mut articles {
        article.source = Position::whole("");
    }
    articles.sort_by(|x, y| x.id.cmp(&y.id));
    articles
}

proptest! {
    #[test]
    fn one_table_is_the_same_articles_in_every_format(rows in rows()) {
        let records: Vec<serde_json::Value> = rows
            .iter()
            .enumerate()
            .map(|(row, (title, text))| json!({"id": format!("{row:03}"), "title": title, "text": text}))
            .collect();
        let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "title", "text"]).unwrap();
        for (row, (title, text)) in rows.iter().enumerate() {
            writer.write_record([&format!("{row:03}"), title, text]).unwrap();
        }
        let from_lines = without_source(lines.as_bytes());
        prop_assert_eq!(from_lines.len(), rows.len());
        for (article, (title, text)) in from_lines.iter().zip(&rows) {
            prop_assert_eq!(article.text.as_str(), text);
            prop_assert_eq!(&article.title, title.trim());
        }
        let array = serde_json::to_vec_pretty(&records).unwrap();
        prop_assert_eq!(&without_source(&array), &from_lines);
        prop_assert_eq!(&without_source(&writer.into_inner().unwrap()), &from_lines);
    }

    #[test]
    fn no_bytes_make_it_panic_or_lose_a_record(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(read) = read(&bytes) {
            prop_assert_eq!(read.records as usize, read.corpus.len() + read.rejects.len());
        }
    }
}
