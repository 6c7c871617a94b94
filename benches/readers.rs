//! How fast each reader reads: megabytes of input a second on two threads, and a processor second.
//!
//! `cargo bench --bench readers -- [MEGABYTES] [FILE] [READER]`: the same made-up articles (64 MB of them
//! unless told, or those of FILE, JSON Lines) as JSON Lines, a JSON array, CSV, Parquet and a crawl of web
//! pages. What is timed is all that [`ingest`] does with a file that the system has in memory: opening,
//! hashing and decompressing it, cutting it into records, finding and mending the fields, and keeping the
//! texts. Every reader must give the same articles before its time is taken. Of [`RUNS`] runs the median.
//!
//! A megabyte is of the file as it lies on the disk; Parquet, which is compressed (Snappy, as pandas
//! writes it), is also told by the megabytes of text that come out of it.

#![allow(clippy::print_stdout, reason = "what was measured is said on standard output")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use newsfold::article::{Corpus, Notes};
use newsfold::ingest::{IngestOptions, ingest};
use newsfold::observer::Silent;
use newsfold::synth::{SynthConfig, synth};
use nix::sys::resource::{UsageWho, getrusage};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::Value as Json;

/// The threads that read.
const THREADS: usize = 2;
/// How often a file is read.
const RUNS: usize = 7;
/// About how many bytes of JSON Lines a made-up article takes.
const ARTICLE_BYTES: u64 = 2700;
/// What an article has in every format.
const COLUMNS: [&str; 7] = ["id", "outlet", "url", "published", "title", "text", "lang"];
/// How many articles a row group has.
const GROUP_ROWS: usize = 10_000;
/// A page takes forty times as long as a line: so many of the articles are pages.
const PAGES: usize = 3000;

type Writing = fn(&[Json], &Path);

const READERS: [(&str, Writing); 5] = [
    ("json-lines", json_lines),
    ("json-array", json_array),
    ("csv", csv),
    ("parquet", parquet),
    ("html", pages),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let megabytes = words.iter().find_map(|word| word.parse().ok()).unwrap_or(64_u64);
    let file = words.iter().map(Path::new).find(|path| path.is_file());
    let only = words.iter().find(|word| READERS.iter().any(|(name, _)| name == word));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS);
    pool.build_global().expect("there is no pool yet");
    let folder = tempfile::tempdir().expect("a folder for the files");
    let articles = articles(file, megabytes, folder.path());
    println!(
        "{:>12} {:>8} {:>8} {:>10} {:>12} {:>12}",
        "reader", "MB", "wall s", "MB/s", "MB of text/s", "MB/s a core"
    );
    for (name, write) in READERS {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let articles =
            if name == "html" { &articles[..PAGES.min(articles.len())] } else { &articles };
        let path = folder.path().join(name);
        write(articles, &path);
        measure(name, &path, articles);
        fs::remove_file(path).expect("the file is there");
    }
}

/// The articles as JSON has them, without what some of them lack.
fn articles(file: Option<&Path>, megabytes: u64, folder: &Path) -> Vec<Json> {
    let path = match file {
        Some(path) => path.to_owned(),
        None => {
            let path = folder.join("made-up");
            let mut out = File::create(&path).expect("the folder is there");
            let articles = megabytes * 1_000_000 / ARTICLE_BYTES;
            let config = SynthConfig { articles, seed: 1, ..SynthConfig::default() };
            synth(&config, &mut out, None, &Silent).expect("nothing is wrong with it");
            path
        }
    };
    let lines = BufReader::new(File::open(path).expect("the file is there")).lines();
    lines.map(|line| serde_json::from_str(&line.expect("text")).expect("JSON")).collect()
}

fn measure(name: &str, path: &Path, articles: &[Json]) {
    let options = IngestOptions::default();
    let read = || ingest(&[path.display().to_string()], &options, &Silent).expect("articles");
    check(name, &read().corpus, articles);
    let mut runs: Vec<(f64, f64)> = (0..RUNS)
        .map(|_| {
            let (before, begun) = (processor_seconds(), Instant::now());
            let read = read();
            let taken = (begun.elapsed().as_secs_f64(), processor_seconds() - before);
            drop(read);
            taken
        })
        .collect();
    let mut median = |of: fn(&(f64, f64)) -> f64| {
        runs.sort_by(|a, b| of(a).total_cmp(&of(b)));
        of(&runs[RUNS / 2])
    };
    let (wall, processor) = (median(|run| run.0), median(|run| run.1));
    let bytes = fs::metadata(path).expect("the file is there").len() as f64 / 1e6;
    let text =
        articles.iter().map(|article| text(article, "text").len()).sum::<usize>() as f64 / 1e6;
    println!(
        "{name:>12} {bytes:>8.1} {wall:>8.3} {:>10.0} {:>12.0} {:>12.0}",
        bytes / wall,
        text / wall,
        bytes / processor
    );
}

/// The same articles, and of a page a text with all of its words.
fn check(name: &str, corpus: &Corpus, articles: &[Json]) {
    assert_eq!(corpus.len(), articles.len(), "{name}");
    let mut expected: Vec<&Json> = articles.iter().collect();
    let id = if name == "html" { "url" } else { "id" };
    expected.sort_by_key(|article| text(article, id));
    for (read, expected) in corpus.articles().iter().zip(expected) {
        assert_eq!(read.id.as_str(), text(expected, id), "{name}");
        let is_mended =
            [Notes::ENTITIES, Notes::ENCODED_TWICE].iter().any(|note| read.notes.contains(*note));
        assert!(is_mended || read.title.as_str() == text(expected, "title").trim(), "{name}");
        let plain = |text: &str| text.split_whitespace().collect::<Vec<&str>>().join(" ");
        if name == "html" {
            assert_eq!(plain(&read.text), plain(text(expected, "text")), "{}", read.id.as_str());
        }
    }
}

/// What an article has under a name; nothing where it has nothing.
fn text<'a>(article: &'a Json, name: &str) -> &'a str {
    article[name].as_str().unwrap_or_default()
}

fn json_lines(articles: &[Json], path: &Path) {
    let lines: Vec<String> = articles.iter().map(Json::to_string).collect();
    fs::write(path, lines.join("\n")).expect("the folder is there");
}

fn json_array(articles: &[Json], path: &Path) {
    let array = serde_json::to_vec_pretty(articles).expect("it is JSON");
    fs::write(path, array).expect("the folder is there");
}

fn csv(articles: &[Json], path: &Path) {
    let mut writer = csv::Writer::from_path(path).expect("the folder is there");
    writer.write_record(COLUMNS).expect("there is room");
    for article in articles {
        writer.write_record(COLUMNS.map(|name| text(article, name))).expect("there is room");
    }
    writer.flush().expect("there is room");
}

fn parquet(articles: &[Json], path: &Path) {
    let columns = COLUMNS.map(|name| format!("optional binary {name} (UTF8);")).join(" ");
    let schema = parse_message_type(&format!("message schema {{ {columns} }}")).expect("a schema");
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = File::create(path).expect("the folder is there");
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))
        .expect("the schema is sound");
    for rows in articles.chunks(GROUP_ROWS) {
        let mut group = writer.next_row_group().expect("there is room");
        for name in COLUMNS {
            let there = rows.iter().filter_map(|article| article[name].as_str());
            let values: Vec<ByteArray> = there.map(ByteArray::from).collect();
            let levels: Vec<i16> = rows.iter().map(|a| a[name].is_string().into()).collect();
            let mut column = group.next_column().expect("there is room").expect("a column is left");
            let typed = column.typed::<ByteArrayType>();
            typed.write_batch(&values, Some(&levels), None).expect("there is room");
            column.close().expect("there is room");
        }
        group.close().expect("there is room");
    }
    writer.close().expect("there is room");
}

/// A crawl of pages with what pages have around an article: styles, scripts, menus and lists of links.
fn pages(articles: &[Json], path: &Path) {
    let mut crawl = String::new();
    for article in articles {
        let page = page(article);
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
        let _ = write!(
            crawl,
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {}\r\nContent-Length: {}\r\n\r\n\
             {answer}\r\n\r\n",
            text(article, "url"),
            answer.len()
        );
    }
    fs::write(PathBuf::from(path), crawl).expect("the folder is there");
}

fn page(article: &Json) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let title = escape(text(article, "title"));
    let links = |class: &str, count: usize| -> String {
        (0..count)
            .map(|n| {
                format!(
                    "<li class=\"{class}-item\"><a class=\"{class}-link\" href=\"/section/{n}\" \
                     data-track=\"{class}:{n}\"><span>Section number {n}</span></a></li>\n"
                )
            })
            .collect()
    };
    let paragraphs = text(article, "text").split("\n\n").filter(|text| !text.trim().is_empty());
    let body: String =
        paragraphs.map(|text| format!("<p class=\"t\">{}</p>\n", escape(text))).collect();
    let style: String = (0..120)
        .map(|n| format!(".c{n} {{ margin: 0 {n}px; color: #33{n:04}; display: flex; }}\n"))
        .collect();
    let script: String = (0..120)
        .map(|n| format!("window.dataLayer.push({{\"slot\": {n}, \"name\": \"unit-{n}\"}});\n"))
        .collect();
    let linked = serde_json::json!({
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": article["title"],
        "datePublished": article["published"], "inLanguage": article["lang"],
        "publisher": { "@type": "Organization", "name": article["outlet"] },
    });
    let linked = linked.to_string().replace('<', "\\u003c");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <meta property=\"og:type\" content=\"article\"><style>{style}</style>\n\
         <script type=\"application/ld+json\">{linked}</script><script>{script}</script></head>\n\
         <body><nav class=\"menu\"><ul>{}</ul></nav>\n<main><article><h1>{title}</h1>\n{body}</article>\n\
         <aside class=\"related\"><ul>{}</ul></aside></main>\n<footer><ul>{}</ul></footer>\
         <script>{script}</script></body></html>",
        links("menu", 40),
        links("related", 20),
        links("footer", 30),
    )
}

/// User and system seconds of this process so far.
fn processor_seconds() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("every system counts this");
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}
