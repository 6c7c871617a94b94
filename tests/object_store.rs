//! Articles in S3 and on the web are read as the same files are from a disk, from a server of our own.

#![cfg(feature = "object-store")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::{fs, thread};

use newsfold::article::Article;
use newsfold::ingest::{IngestOptions, Ingested, ingest};
use newsfold::observer::Silent;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// What the server holds, by path.
type Files = BTreeMap<String, Vec<u8>>;

/// Serves these files on a port of its own until the tests end; gives the host.
fn serve(files: Files) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let files = Arc::new(files);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let files = Arc::clone(&files);
            thread::spawn(move || answer(&stream.unwrap(), &files));
        }
    });
    host
}

/// Answers one request, as S3 does and as any server of files.
fn answer(mut stream: &TcpStream, files: &Files) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let _headers = lines.take_while(|line| !line.is_empty()).count();
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (status, body) = if query.contains("list-type=2") {
        ("200 OK", list(path, query, files).into_bytes())
    } else if path.starts_with("/locked/") {
        let body = "<?xml version=\"1.0\"?>\n<Error><Message>The key is unknown.</Message></Error>";
        ("403 Forbidden", body.into())
    } else {
        let found = files.get(path).map(|file| ("200 OK", file.clone()));
        found.unwrap_or(("404 Not Found", b"<Error>\nNone\n</Error>".to_vec()))
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: \"1\"\r\nConnection: close\r\n\
         Last-Modified: Sun, 22 Nov 2026 12:00:00 GMT\r\n\r\n",
        body.len()
    );
    // Who only asks whether it is there hangs up.
    let _ = stream.write_all(head.as_bytes());
    if method == "GET" {
        let _ = stream.write_all(&body);
    }
}

/// The keys of a bucket with a prefix, by S3's second way to list them, one a page and not in order.
fn list(bucket: &str, query: &str, files: &Files) -> String {
    let value = |name: &str| {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().replace("%2F", "/")
    };
    let prefix = format!("{}/{}", bucket.trim_end_matches('/'), value("prefix"));
    let below: Vec<_> = files.iter().rev().filter(|(path, _)| path.starts_with(&prefix)).collect();
    let page: usize = value("continuation-token").parse().unwrap_or(0);
    let contents = below.get(page).map_or_else(String::new, |(path, file)| {
        let key = path.trim_start_matches('/').split_once('/').unwrap().1;
        format!(
            "<Contents><Key>{key}</Key><Size>{}</Size><ETag>\"1\"</ETag>\
             <LastModified>2026-11-22T12:00:00.000Z</LastModified></Contents>",
            file.len()
        )
    });
    let more = match page + 1 < below.len() {
        true => format!("<NextContinuationToken>{}</NextContinuationToken>", page + 1),
        false => String::new(),
    };
    format!("<?xml version=\"1.0\"?><ListBucketResult>{contents}{more}</ListBucketResult>")
}

/// Made-up articles: so many that a file of them is more than is read at a time.
fn articles() -> Vec<[String; 2]> {
    let word = |n: u64| format!("w{:x} ", n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32);
    let text = |n: u64| (n * 120..(n + 1) * 120).map(word).collect();
    (0..2_000).map(|n| [format!("a{n:04}"), text(n)]).collect()
}

fn json_lines() -> Vec<u8> {
    let line = |[id, text]: [String; 2]| format!("{{\"id\":\"{id}\",\"text\":\"{text}\"}}\n");
    articles().into_iter().map(line).collect::<String>().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn parquet() -> Vec<u8> {
    let schema = "message schema { required binary id (UTF8); required binary text (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in 0..2 {
        let values: Vec<ByteArray> =
            articles().iter().map(|article| article[column].as_str().into()).collect();
        let mut writer = group.next_column().unwrap().unwrap();
        writer.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        writer.close().unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

/// The same articles three times over, and what is none; below `/news/` as below a bucket of that name.
fn files() -> Files {
    let named = [
        ("/news/2026/articles.jsonl", json_lines()),
        ("/news/2026/articles.jsonl.gz", gzip(&json_lines())),
        ("/news/2026/11/articles.parquet", parquet()),
        ("/news/2026/.hidden", b"nothing".to_vec()),
        ("/news/2026/11/", Vec::new()),
        ("/news/2027.txt", b"A ferry ran aground off Havenmouth.".to_vec()),
    ];
    named.map(|(path, bytes)| (path.to_owned(), bytes)).into()
}

fn read(input: &str) -> Ingested {
    ingest(&[input.to_owned()], &IngestOptions::default(), &Silent).unwrap()
}

#[test]
fn a_file_of_the_web_is_read_as_from_the_disk() {
    let host = serve(files());
    let folder = tempfile::tempdir().unwrap();
    for (path, count) in [
        ("/news/2026/articles.jsonl", 2_000),
        ("/news/2026/articles.jsonl.gz", 2_000),
        ("/news/2026/11/articles.parquet", 2_000),
        ("/news/2027.txt", 1),
    ] {
        let copy = folder.path().join(Path::new(path).file_name().unwrap());
        fs::write(&copy, &files()[path]).unwrap();
        let (copy, url) = (copy.display().to_string(), format!("http://{host}{path}"));
        let (from_disk, from_web) = (read(&copy), read(&url));
        assert_eq!(from_web.corpus.len(), count, "{path}");
        let articles = |read: &Ingested, name: &str| -> Vec<[String; 3]> {
            let article = |article: &Article| {
                let place = article.source.to_string().replace(name, "");
                [article.id.replace(name, ""), article.text.to_string(), place]
            };
            read.corpus.articles().iter().map(article).collect()
        };
        assert_eq!(articles(&from_web, &url), articles(&from_disk, &copy), "{path}");
        let (file, copied) = (&from_web.files[0], &from_disk.files[0]);
        assert_eq!(file.path, url);
        assert_eq!(file.bytes, copied.bytes, "{path}");
        // Of a table on the disk only what is needed is read, which has no hash.
        assert!(copied.xxh3.is_none() || file.xxh3 == copied.xxh3, "{path}");
    }
}

/// The program with the environment of a bucket's owner.
fn owner(host: &str) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("newsfold"));
    command
        .env("AWS_ENDPOINT", format!("http://{host}"))
        .env("AWS_ALLOW_HTTP", "true")
        .env("AWS_ACCESS_KEY_ID", "somebody")
        .env("AWS_SECRET_ACCESS_KEY", "secret");
    command
}

/// What the program says on standard error, with its exit code.
fn said(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn below_a_prefix_every_object_is_read_in_order_of_key() {
    let host = serve(files());
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("out");
    let arguments = ["dups", "--format", "csv", "s3://news/2026/", "-o"];
    let (code, error) = said(owner(&host).args(arguments).arg(&out));
    assert_eq!(code, Some(0), "{error}");
    let told: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    let inputs = told["inputs"].as_array().unwrap();
    let paths: Vec<_> = inputs.iter().map(|file| file["path"].as_str().unwrap()).collect();
    let keys = ["11/articles.parquet", "articles.jsonl", "articles.jsonl.gz"];
    assert_eq!(paths, keys.map(|key| format!("s3://news/2026/{key}")));
    assert!(inputs.iter().all(|file| file["accepted"] == 2_000), "{told}");
}

#[test]
fn what_is_not_there_or_not_ours_is_told_in_one_line() {
    let host = serve(files());
    let refused = |url: &str| {
        let (code, error) = said(owner(&host).args(["run", "--dry-run", url]));
        assert_eq!((code, error.lines().count()), (Some(2), 1), "{error}");
        error
    };
    let missing = format!("http://{host}/news/none.jsonl");
    let error = refused(&missing);
    assert!(error.contains(&format!("{missing}: there is no such object")), "{error}");
    let error = refused("s3://news/none.jsonl");
    assert!(error.contains("s3://news/none.jsonl: there is no such object"), "{error}");
    let error = refused("s3://news/none/");
    assert!(error.contains("s3://news/none/: no objects here"), "{error}");
    let error = refused("s3://locked/a.jsonl");
    assert!(error.contains("the server answers 403 Forbidden (The key is unknown.)"), "{error}");
    let error = refused(&format!("http://me:secret@{host}/news/none.jsonl"));
    assert!(error.contains(&missing) && !error.contains("secret"), "{error}");
}
