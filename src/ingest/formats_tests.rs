//! Tests of what is packed, compressed or laid out in columns, and of what was made to do harm.

use std::fs::{self, File};
use std::io::{Cursor, Seek, Write};
use std::sync::Arc;

use ::parquet::basic::{Compression as Codec, LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::Type as Column;
use proptest::prelude::*;

use super::*;
use crate::error::Place;

const LINE: &str = r#"{"id":"a","text":"The ferry ran aground."}"#;
/// [`LINE`] and a line break, by xz 5.
const XZ: &[u8] = b"\
    \xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\
    \xe5\xa3\x01\x00\x2a\x7b\x22\x69\x64\x22\x3a\x22\x61\x22\x2c\x22\x74\x65\x78\x74\x22\x3a\
    \x22\x54\x68\x65\x20\x66\x65\x72\x72\x79\x20\x72\x61\x6e\x20\x61\x67\x72\x6f\x75\x6e\x64\
    \x2e\x22\x7d\x0a\x00\x00\x6a\xa2\xb1\x76\xb0\x42\x3e\xed\x00\x01\x43\x2b\xad\x50\x6e\x57\
    \x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";

fn read(stream: &[u8]) -> Result<Ingested> {
    ingest_reader("in", stream, &IngestOptions::default(), &Silent)
}

fn line(id: &str) -> Vec<u8> {
    LINE.replace("\"a\"", &format!("\"{id}\"")).into_bytes()
}

fn ids(read: &Ingested) -> Vec<&str> {
    read.corpus.articles().iter().map(|article| article.id.as_str()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in members {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[156] = b'0';
        header[257..263].copy_from_slice(b"ustar\0");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        archive.extend(header);
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

#[test]
fn bzip2_and_xz_are_opened_on_the_way() {
    let two = [bzip2(&line("a")), bzip2(&[b"\n", &*line("b")].concat())].concat();
    let both = [XZ, XZ].concat();
    for (stream, compression, articles) in [
        (bzip2(&line("a")), Compression::Bzip2, 1),
        (two, Compression::Bzip2, 2),
        (XZ.to_vec(), Compression::Xz, 1),
        (both, Compression::Xz, 2),
    ] {
        let read = read(&stream).unwrap();
        assert_eq!(read.corpus.len(), articles);
        assert!(read.rejects.is_empty(), "{:?}", read.rejects);
        assert_eq!(read.files[0].compression, compression);
        assert_eq!(read.files[0].bytes, stream.len() as u64);
        assert!(read.files[0].xxh3.is_some());
        let cut = self::read(&stream[..stream.len() - 20]);
        let said = match cut {
            Ok(read) => read.rejects[0].reason.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(said.contains("ends early") || said.contains("damaged"), "{said}");
    }
}

#[test]
fn what_is_packed_is_read_as_if_it_lay_in_a_folder() {
    let csv: &[u8] = b"id,text\nc,The ferry.\nd\n";
    let members: &[(&str, &[u8])] = &[
        ("x/a.jsonl", &line("a")),
        ("b.jsonl.gz", &gzip(&line("b"))),
        ("c.csv", csv),
        (".hidden.jsonl", &line("h")),
        ("__MACOSX/x/a.jsonl", &line("h")),
    ];
    for archive in [tar(members), zip(members), gzip(&tar(members)), bzip2(&zip(members))] {
        let read = read(&archive).unwrap();
        assert_eq!(ids(&read), ["a", "b", "c"]);
        assert_eq!(read.corpus.articles()[0].source.to_string(), "in/x/a.jsonl:1");
        assert_eq!(read.rejects.len(), 1);
        assert!(read.rejects[0].position.to_string().starts_with("in/c.csv:3"));
        assert_eq!(read.records, 4);
        let files: Vec<(&str, bool, u64, u64)> = read
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.is_member, file.records, file.accepted))
            .collect();
        assert_eq!(
            files,
            [
                ("in", false, 0, 0),
                ("in/b.jsonl.gz", true, 1, 1),
                ("in/c.csv", true, 2, 1),
                ("in/x/a.jsonl", true, 1, 1),
            ]
        );
        assert_eq!(read.files[0].bytes, archive.len() as u64);
    }
}

#[test]
fn archives_in_archives_are_opened_as_deep_as_is_sensible() {
    let inner = zip(&[("a.jsonl", &line("a"))]);
    let read_in = read(&tar(&[("one.zip", &inner), ("b.jsonl", &line("b"))])).unwrap();
    assert_eq!(ids(&read_in), ["a", "b"]);
    assert_eq!(read_in.corpus.articles()[0].source.file.as_ref(), "in/one.zip/a.jsonl");

    let mut deep = line("a");
    for level in 0..12 {
        deep = match level % 2 {
            0 => zip(&[("x", &deep)]),
            _ => gzip(&deep),
        };
    }
    let error = read(&deep).unwrap_err().to_string();
    assert!(error.contains("more than 4 times over"), "{error}");
}

#[test]
fn a_tar_that_ends_early_keeps_what_stands_before() {
    let large = [line("b"), vec![b' '; 3 << 20]].concat();
    let whole = tar(&[("a.jsonl", &line("a")), ("b.jsonl", &large)]);
    for cut in [1024 + 100, 1024 + 512 + 1000, 2 << 20] {
        let read = read(&whole[..cut]).unwrap();
        assert_eq!((ids(&read)[0], read.rejects.len()), ("a", 1), "{cut}: {:?}", read.rejects);
    }
    let mut damaged = whole.clone();
    damaged[1024 + 10] ^= 0xff;
    let read = read(&damaged).unwrap();
    assert_eq!(ids(&read), ["a"]);
    assert!(read.rejects[0].reason.contains("headers are damaged"), "{:?}", read.rejects);
}

#[test]
fn a_decompression_bomb_is_a_reject() {
    let blanks = [&*line("a"), b"\n", &*vec![b' '; 140 << 20]].concat();
    let packed = zstd::encode_all(&blanks[..], 1).unwrap();
    for bomb in [packed.clone(), zip(&[("a.jsonl", &blanks)]), tar(&[("a.zst", &packed)])] {
        let said = match read(&bomb) {
            Ok(read) => read.rejects.iter().map(|reject| reject.reason.to_string()).collect(),
            Err(error) => error.to_string(),
        };
        assert!(said.contains("decompression bomb"), "{said}");
    }
}

// A file that was cut at the end of a line lost the rest in silence.
#[test]
fn a_file_that_is_cut_short_while_it_is_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(&path, line("a")).unwrap();
    let bytes = line("a").len() as u64;
    let read = |found: u64| {
        let input =
            Input { name: "in".into(), origin: Origin::File { path: path.clone(), bytes: found } };
        super::articles(&IngestOptions::default(), None, None, &Silent, |reader, readings| {
            readings.add(read_input(&input, reader)?)
        })
        .unwrap()
    };
    assert_eq!(read(bytes).rejects, []);
    let cut = read(bytes + 7);
    assert_eq!((cut.corpus.len(), cut.records, cut.files[0].records), (1, 2, 2));
    let said = cut.rejects[0].reason.to_string();
    assert!(said.starts_with(&format!("cut short from {} to {bytes}", bytes + 7)), "{said}");
}

#[test]
fn json_nested_a_million_deep_is_a_reject() {
    for open in ["[", "{\"a\":", "{\"text\":["] {
        let deep = format!("{}{LINE}\n", open.repeat(1_000_000));
        let stream = format!("{LINE}\n{{\"id\":\"x\",\"text\":{deep}\n{}", LINE.replace('a', "b"));
        if let Ok(read) = read(stream.as_bytes()) {
            assert!(!read.rejects.is_empty());
        }
        if let Ok(read) = read(deep.as_bytes()) {
            assert_eq!(read.records as usize, read.corpus.len() + read.rejects.len());
        }
    }
}

/// Writes a column of texts, of which every third row has none, nor has the group around it.
fn write_texts(
    group: &mut SerializedRowGroupWriter<'_, File>,
    rows: &[usize],
    deepest: i16,
    text: &dyn Fn(usize) -> String,
) {
    let mut column = group.next_column().unwrap().unwrap();
    let is_there = |row: &usize| row % 3 != 2;
    let levels: Vec<i16> = rows.iter().map(|row| if is_there(row) { deepest } else { 0 }).collect();
    let there = rows.iter().copied().filter(is_there);
    let values: Vec<ByteArray> = there.map(|row| text(row).as_str().into()).collect();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
    column.close().unwrap();
}

/// Titles, texts and moments as a Parquet file of row groups of so many rows.
fn parquet_file(rows: usize, group: usize, codec: Codec) -> File {
    let text = |name: &str| {
        let column = Column::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(Some(LogicalType::String));
        Arc::new(column.build().unwrap())
    };
    let moment = Column::primitive_type_builder("published", Physical::INT64)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MICROS)))
        .build()
        .unwrap();
    let thread = Column::group_type_builder("thread")
        .with_repetition(Repetition::OPTIONAL)
        .with_fields(vec![text("site_full")])
        .build()
        .unwrap();
    let schema = Column::group_type_builder("schema")
        .with_fields(vec![text("html"), text("text"), Arc::new(moment), Arc::new(thread)])
        .build()
        .unwrap();
    let properties = WriterProperties::builder().set_compression(codec).build();
    let file = tempfile::tempfile().unwrap();
    let mut writer = SerializedFileWriter::new(
        file.try_clone().unwrap(),
        Arc::new(schema),
        Arc::new(properties),
    )
    .unwrap();
    let rows: Vec<usize> = (0..rows).collect();
    for rows in rows.chunks(group) {
        let mut open = writer.next_row_group().unwrap();
        write_texts(&mut open, rows, 1, &|row| format!("<p>{row}"));
        let text = |row| format!("The ferry number {row} ran aground. ").repeat(20);
        write_texts(&mut open, rows, 1, &text);
        let mut column = open.next_column().unwrap().unwrap();
        let moments: Vec<i64> =
            rows.iter().map(|row| 1_714_558_500_000_000 + *row as i64 * 1_000_000).collect();
        column.typed::<Int64Type>().write_batch(&moments, None, None).unwrap();
        column.close().unwrap();
        write_texts(&mut open, rows, 2, &|row| format!("site{}.example", row % 5));
        open.close().unwrap();
    }
    writer.close().unwrap();
    file
}

fn bytes_of(mut file: File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn rows_of_parquet_are_articles_whatever_compresses_their_pages() {
    let codecs = [
        Codec::UNCOMPRESSED,
        Codec::SNAPPY,
        Codec::GZIP(Default::default()),
        Codec::ZSTD(Default::default()),
        Codec::LZ4_RAW,
    ];
    for codec in codecs {
        let bytes = bytes_of(parquet_file(1000, 300, codec));
        let read = read(&bytes).unwrap();
        assert_eq!((read.corpus.len(), read.rejects.len()), (667, 333));
        assert_eq!(read.records, 1000);
        let article = &read.corpus.articles()[0];
        assert_eq!((article.id.as_str(), article.outlet.as_str()), ("in#1", "site0.example"));
        assert!(article.text.starts_with("The ferry number 0 ran"));
        assert_eq!(article.published.unwrap().to_string(), "2024-05-01T10:15:00Z");
        let last = read.corpus.articles().iter().max_by_key(|article| article.published).unwrap();
        assert_eq!(last.source.to_string(), "in#1000");
        assert!(last.text.starts_with("The ferry number 999 ran"));
        assert_eq!(read.rejects[0].position.to_string(), "in#3");
        assert_eq!(read.rejects[0].reason, "its text is empty");
        let names: Vec<&str> =
            read.files[0].fields.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["thread.site_full", "published", "text"]);
    }
}

#[test]
fn a_parquet_file_is_read_in_place_and_its_beginning_for_a_plan() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    fs::write(&path, bytes_of(parquet_file(20_000, 6000, Codec::SNAPPY))).unwrap();
    let name = path.display().to_string();
    let read = ingest(std::slice::from_ref(&name), &IngestOptions::default(), &Silent).unwrap();
    assert_eq!(read.records, 20_000);
    assert_eq!(read.files[0].bytes, fs::metadata(&path).unwrap().len());
    let plan = plan(&[name], &IngestOptions::default()).unwrap();
    assert_eq!(plan.files[0].format, Some(Format::Parquet));
    assert!(plan.files[0].records < 6000);
    assert_eq!(plan.samples.len(), 3);
}

#[test]
fn a_damaged_row_group_is_named_and_the_next_one_is_read() {
    let mut bytes = bytes_of(parquet_file(900, 300, Codec::SNAPPY));
    // The pages of the first row group stand first.
    bytes[2000..2600].fill(0x5a);
    let read = read(&bytes).unwrap();
    let reject = read.rejects.iter().find(|reject| reject.reason.contains("row group")).unwrap();
    assert!(reject.reason.starts_with("row group 1 of 3, column "), "{}", reject.reason);
    assert!(
        read.corpus
            .articles()
            .iter()
            .filter(|article| article.source.place > Place::Record(300))
            .count()
            == 400
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_to_a_parquet_file_makes_it_panic(
        at in 4_usize..20_000, bytes in prop::collection::vec(any::<u8>(), 1..30), cut in any::<bool>()
    ) {
        let mut file = bytes_of(parquet_file(60, 25, Codec::SNAPPY));
        let at = at % file.len();
        if cut {
            file.truncate(at);
        } else {
            let end = file.len().min(at + bytes.len());
            file[at..end].copy_from_slice(&bytes[..end - at]);
        }
        if let Ok(read) = read(&file) {
            prop_assert_eq!(read.records as usize, read.corpus.len() + read.rejects.len());
        }
    }

    #[test]
    fn no_damage_to_an_archive_makes_it_panic(
        at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 1..30)
    ) {
        let members: &[(&str, &[u8])] = &[("a.jsonl", &line("a")), ("b.gz", &gzip(&line("b")))];
        for mut archive in [tar(members), zip(members), bzip2(&line("a")), XZ.to_vec()] {
            let at = at.index(archive.len());
            let end = archive.len().min(at + bytes.len());
            archive[at..end].copy_from_slice(&bytes[..end - at]);
            if let Ok(read) = read(&archive) {
                prop_assert_eq!(read.records as usize, read.corpus.len() + read.rejects.len());
            }
        }
    }
}

/// A page of a site that says who it is in JSON-LD, with furniture around a text of some paragraphs.
fn page(title: &str, paragraphs: &[String]) -> String {
    let paragraphs: String = paragraphs.iter().map(|text| format!("<p>{text}</p>\n")).collect();
    format!(
        r#"<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} | Harbour Post</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="Harbour">
<link rel="canonical" href="https://post.example/2024/05/02/ferry">
<script type="application/ld+json">{{"@context":"https://schema.org","@graph":[
{{"@type":"WebSite","name":"x"}},{{"@type":["NewsArticle"],"headline":"{title} &amp; more",
"datePublished":"2024-05-01T10:15:00+02:00","publisher":{{"@type":"Organization",
"name":"Harbour Post"}}}}]}}</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>{title}</h1><time datetime="2024-05-03">3 May</time>{paragraphs}</article>
<aside><a href="/x">Read this too</a></aside><footer>© Harbour Post</footer></body></html>"#
    )
}

fn paragraphs() -> Vec<String> {
    let sentence = |n: usize| {
        format!(
            "The ferry number {n} ran aground off the cape on Tuesday night, and its {n} passengers, \
             who were all asleep, were taken off by boats of the coast guard before the tide rose. "
        )
    };
    (0..6).map(|n| sentence(n).repeat(2)).collect()
}

#[test]
fn a_page_is_its_main_text_and_what_it_says_of_itself() {
    let page = page("Ferry runs aground", &paragraphs());
    let read = read(page.as_bytes()).unwrap();
    assert_eq!(read.files[0].format, Some(Format::Html));
    let article = &read.corpus.articles()[0];
    assert_eq!(article.title, "Ferry runs aground & more");
    assert_eq!(article.outlet, "Harbour Post");
    assert_eq!(article.url, "https://post.example/2024/05/02/ferry");
    assert_eq!(article.published.unwrap().to_string(), "2024-05-01T08:15:00Z");
    assert_eq!(article.lang, "en");
    for paragraph in paragraphs() {
        assert!(article.text.contains(paragraph.trim()), "{}", article.text.as_str());
    }
    for furniture in ["Home", "Read this too", "©"] {
        assert!(!article.text.contains(furniture), "{}", article.text.as_str());
    }
    assert!(article.text.contains("\n"), "paragraphs stand apart");
}

#[test]
fn pages_that_are_no_articles_say_why() {
    let links: String = (0..80)
        .map(|n| {
            format!("<div><a href='/{n}'>What happened in place number {n} this week</a></div>")
        })
        .collect();
    let page =
        |head: &str, body: &str| format!("<html><head>{head}</head><body>{body}</body></html>");
    let front = r#"<link rel="canonical" href="https://post.example/">"#;
    let text = format!("<p>{}</p>", paragraphs().concat());
    for (html, why) in [
        (page("", ""), "no article: "),
        (page("", "<p>Sign in to read this.</p>"), "no article: its main text has 5 words"),
        (page("", &links), "no article: "),
        (page(front, &text), "no article: https://post.example/ is a front page"),
        (page("", &"<div>".repeat(100_000)), "more than 1000 deep"),
    ] {
        let error = read(html.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

/// A response as a crawler stores it.
fn response(url: &str, status: &str, kind: &str, body: &str) -> String {
    let answer = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{body}");
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-07-01T00:00:00Z\r\n\
         WARC-Target-URI: {url}\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
        answer.len()
    )
}

#[test]
fn answers_of_a_crawl_are_articles_dated_by_the_page() {
    let first = page("Ferry runs aground", &paragraphs());
    let undated =
        format!("<html><body><article>{}</article></body></html>", paragraphs().join("<p>"));
    let info = "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n";
    let members = [
        info.to_owned(),
        response("https://a.example/1", "200 OK", "text/html; charset=utf-8", &first),
        response("https://b.example/2", "200 OK", "text/html", &undated),
        response("https://b.example/2024-06-03/c", "200 OK", "text/html", &undated),
        response("https://c.example/3", "404 Not Found", "text/html", &undated),
        response("https://c.example/4", "200 OK", "application/pdf", "%PDF"),
    ];
    let packed: Vec<u8> = members.iter().flat_map(|member| gzip(member.as_bytes())).collect();
    for stream in [members.concat().into_bytes(), packed] {
        let read = read(&stream).unwrap();
        assert_eq!(read.files[0].format, Some(Format::Warc));
        assert_eq!((read.corpus.len(), read.rejects.len(), read.records), (3, 2, 5));
        let mut said: Vec<(&str, &str, String)> = read
            .corpus
            .articles()
            .iter()
            .map(|article| {
                let published = article.published.map(|at| at.to_string()).unwrap_or_default();
                (article.url.as_str(), article.outlet.as_str(), published)
            })
            .collect();
        said.sort();
        assert_eq!(
            said,
            [
                ("https://a.example/1", "Harbour Post", "2024-05-01T08:15:00Z".to_owned()),
                ("https://b.example/2", "b.example", String::new()),
                ("https://b.example/2024-06-03/c", "b.example", "2024-06-03T00:00:00Z".to_owned()),
            ]
        );
        let reasons: Vec<&str> = read.rejects.iter().map(|reject| reject.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "no page: the server answered with status 404",
                "no HTML page: its Content-Type is application/pdf"
            ]
        );
    }
}

#[test]
fn damaged_texts_are_mended_and_what_is_doubtful_is_noted() {
    let lines = [
        r#"{"id":"a","text":"Tom &amp; Jerry","title":"Caf&eacute;","published":"2024-05-01"}"#,
        r#"{"id":"b","text":"The cafÃ©â€™s","published":"2024-02-30"}"#,
        r#"{"id":"c","text":"x","published":"someday"}"#,
        r#"{"id":"d","text":"x","published":"2999-01-01T00:00:00Z"}"#,
        r#"{"id":"e","text":"x","published":"0001-01-01T00:00:00Z"}"#,
        r#"{"id":"f","title":"Ferry aground","url":"https://a.example/1"}"#,
    ];
    let mut stream = lines.join("\n").into_bytes();
    stream.extend(b"\n{\"id\":\"g\",\"text\":\"caf\xe9\"}");
    let read = read(&stream).unwrap();
    let said: Vec<(&str, &str, String)> = read
        .corpus
        .articles()
        .iter()
        .map(|article| (article.id.as_str(), article.text.as_str(), article.notes.to_string()))
        .collect();
    let expected = [
        ("a", "Tom & Jerry", "no-time entities"),
        ("b", "The café’s", "impossible-date encoded-twice"),
        ("c", "x", "unreadable-date"),
        ("d", "x", "future-date"),
        ("e", "x", "impossible-date"),
        ("f", "", "no-text"),
        ("g", "café", "windows-1252"),
    ];
    let mut said: Vec<(&str, &str, &str)> =
        said.iter().map(|(id, text, notes)| (*id, *text, notes.as_str())).collect();
    said.sort_unstable();
    assert_eq!(said, expected);
    let article = |id: &str| read.corpus.get(read.corpus.find(id).unwrap());
    assert_eq!(article("a").title.as_str(), "Café");
    assert_eq!(article("e").published, None);
}
