//! Six articles, as some hundred programs write them: each file is read right to the last field, or refused
//! in a line that says what to do, and never in silence as something else. The files were written by the
//! programs themselves.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use newsfold::article::Article;
use newsfold::ingest::{IngestOptions, Ingested, ingest, ingest_reader};
use newsfold::observer::Silent;
use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// What is true, by title.
fn truth() -> BTreeMap<String, Value> {
    let path = fixtures().join("written-by-tools/truth.json");
    let articles: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let by_title = |article: Value| (article["title"].as_str().unwrap().to_owned(), article);
    articles.into_iter().map(by_title).collect()
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures().join("written-by-tools"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("truth.json"))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// What differs from the truth, but for what the form of the file cannot hold.
fn differs(article: &Article, truth: &Value, cannot_hold: &[&str]) -> Vec<String> {
    let published = article.published.map(|at| at.to_string()).unwrap_or_default();
    [
        ("text", article.text.as_str()),
        ("url", &article.url),
        ("outlet", &article.outlet),
        ("published", &published),
        ("lang", &article.lang),
    ]
    .into_iter()
    .filter(|(field, _)| !cannot_hold.contains(field))
    .filter(|(field, value)| !same_words(value, truth[*field].as_str().unwrap()))
    .map(|(field, value)| format!("{field} {value:?}"))
    .collect()
}

/// Forms that do not hold every field, by the beginning of the file's name.
const CANNOT_HOLD: [(&str, &[&str]); 14] = [
    // A feed is one outlet's, and tells its language once if at all.
    ("rss", &["outlet", "lang"]),
    ("atom", &["outlet", "lang"]),
    ("feedparser", &["outlet", "lang"]),
    ("jsonfeed", &["outlet", "lang"]),
    ("newsapi", &["lang"]),
    ("guardian", &["outlet", "lang"]),
    ("ninjs", &["url", "outlet"]),
    // A page of the web, as it stands; what is taken from pages is tested with them.
    ("w.", &["outlet", "lang", "published", "text"]),
    ("w_", &["outlet", "lang", "published", "text"]),
    // A day.
    ("pa_date32", &["published"]),
    // Written as a local time without its zone.
    ("mongo", &[]),
    ("table", &[]),
    ("cp1252", &[]),
    ("win125", &[]),
];
/// Files whose encoding has no letters for some of the articles.
const SOME: [(&str, usize); 5] = [
    ("cp1252.jsonl", 4),
    ("win1250_pl.csv", 1),
    ("win1252_comma.csv", 4),
    ("win1252_onlyascii_first.csv", 4),
    ("win1252_semi.csv", 4),
];
/// Files that are refused, and a word of what is said to do.
const REFUSED: [(&str, &str); 2] =
    [("noheader.csv", "--field text="), ("single_quotes_py.txt", "json.dump")];
/// Files that are refused in a build without Arrow, and what is said to do.
const ARROW: [(&str, &str); 3] = [
    ("pa_lz4.feather", "--features arrow"),
    ("pl_ipc.arrow", "--features arrow"),
    ("pl_zstd.feather", "--features arrow"),
];

fn read(path: &Path) -> Result<Ingested, String> {
    let inputs = [path.to_str().unwrap().to_owned()];
    ingest(&inputs, &IngestOptions::default(), &Silent).map_err(|error| error.to_string())
}

#[test]
fn every_file_is_read_right_or_refused_with_what_to_do() {
    let truth = truth();
    let mut wrong = Vec::new();
    for path in files() {
        let name = name(&path);
        let arrow = ARROW.iter().filter(|_| !cfg!(feature = "arrow"));
        let refused = REFUSED.iter().chain(arrow).find(|(file, _)| *file == name);
        let read = match (read(&path), refused) {
            (Err(said), Some((_, advice))) => {
                if !said.contains(advice) || said.lines().count() != 1 {
                    wrong.push(format!("{name}: {said}"));
                }
                continue;
            }
            (Err(said), None) => {
                wrong.push(format!("{name}: refused: {said}"));
                continue;
            }
            (Ok(read), _) => read,
        };
        let cannot_hold = CANNOT_HOLD
            .iter()
            .find(|(begins, _)| name.starts_with(begins))
            .map_or(&[][..], |(_, f)| f);
        let expected = SOME.iter().find(|(file, _)| *file == name).map_or(6, |(_, some)| *some);
        if read.corpus.len() != expected || !read.rejects.is_empty() {
            let rejects = read.rejects.first().map(|reject| reject.reason.as_str());
            wrong.push(format!("{name}: {} articles, {rejects:?}", read.corpus.len()));
        }
        for article in read.corpus.articles() {
            match truth.get(article.title.as_str()) {
                None => wrong.push(format!("{name}: no such title: {:?}", &*article.title)),
                Some(truth) => {
                    let differs = differs(article, truth, cannot_hold);
                    wrong.extend(differs.iter().map(|field| format!("{name}: {field}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a file was read as something that it is not, and nobody was told.
fn is_silent(read: &Ingested, truth: &BTreeMap<String, Value>) -> bool {
    let is_right = |article: &Article| {
        truth
            .get(article.title.as_str())
            .is_some_and(|truth| same_words(&article.text, truth["text"].as_str().unwrap()))
    };
    read.rejects.is_empty() && !read.corpus.articles().iter().all(is_right)
}

/// A text with its line ends written otherwise.
fn ends_with(text: &str, end: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', end)
}

#[test]
fn no_change_of_name_encoding_or_line_ends_is_read_wrong_in_silence() {
    let truth = truth();
    let mut silent = Vec::new();
    let mut tried = 0;
    for path in files().iter().filter(|path| path.is_file()) {
        let name = name(path);
        let bytes = fs::read(path).unwrap();
        let mut changed: Vec<(String, Vec<u8>)> =
            ["a.txt", "a.csv", "a.jsonl", "a.xml", "a.html", "a.rss", "a", "a.bin"]
                .into_iter()
                .map(|other| (other.to_owned(), bytes.clone()))
                .collect();
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let ends = [("CR", "\r"), ("CRLF", "\r\n"), ("LF", "\n"), ("NEL", "\u{85}")];
            for (kind, end) in ends {
                changed.push((format!("{kind}-{name}"), ends_with(text, end).into_bytes()));
            }
            changed.push(("NEL.txt".to_owned(), ends_with(text, "\u{85}").into_bytes()));
            let chinese = encoding_rs::GB18030.encode(text).0.into_owned();
            changed.push((format!("GB18030-{name}"), chinese.clone()));
            changed.push(("GB18030.txt".to_owned(), chinese));
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let four: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
            changed.push((format!("UTF-16LE-{name}"), little));
            changed.push((format!("UTF-16BE-{name}"), big));
            changed.push((format!("UTF-32LE-{name}"), four));
            changed.push((format!("BOM-{name}"), [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat()));
            changed.push((format!("cut-{name}"), bytes[..bytes.len() * 2 / 3].to_vec()));
        }
        for (name, bytes) in changed {
            tried += 1;
            let options = IngestOptions::default();
            if let Ok(read) = ingest_reader(&name, &bytes[..], &options, &Silent)
                && is_silent(&read, &truth)
            {
                let titles: Vec<&str> =
                    read.corpus.articles().iter().map(|article| article.title.as_str()).collect();
                silent.push(format!("{} as {name}: {titles:?}", path.display()));
            }
        }
    }
    assert!(tried > 500);
    assert!(silent.is_empty(), "{} of {tried} in silence:\n{}", silent.len(), silent.join("\n"));
}

/// A feed or a table of articles in HTML that says that it is written in `declared`, or nothing of it.
fn marked_up(form: &str, declared: Option<&str>, articles: &[&Value]) -> String {
    let field = |article: &Value, name: &str| {
        article[name].as_str().unwrap().replace('&', "&amp;").replace('<', "&lt;")
    };
    let xml = declared.map(|name| format!("<?xml version=\"1.0\" encoding=\"{name}\"?>"));
    let of = |article: &&Value| {
        let [title, text, url] = ["title", "text", "url"].map(|name| field(article, name));
        match form {
            "rss" => format!(
                "<item><title>{title}</title><link>{url}</link><description>{text}</description></item>"
            ),
            "atom" => format!(
                "<entry><title>{title}</title><link href=\"{url}\"/><content>{text}</content></entry>"
            ),
            _ => format!("<tr><td>{title}</td><td>{text}</td><td>{url}</td></tr>"),
        }
    };
    let all: String = articles.iter().map(of).collect();
    match form {
        "rss" => format!(
            "{}<rss><channel><title>P</title>{all}</channel></rss>",
            xml.unwrap_or_default()
        ),
        "atom" => format!("{}<feed><title>P</title>{all}</feed>", xml.unwrap_or_default()),
        _ => {
            let meta = declared.map(|name| format!("<head><meta charset=\"{name}\"></head>"));
            let header = "<tr><th>title</th><th>text</th><th>url</th></tr>";
            format!(
                "<html>{}<body><table>{header}{all}</table></body></html>",
                meta.unwrap_or_default()
            )
        }
    }
}

#[test]
fn feeds_and_tables_are_read_whatever_they_say_of_their_encoding() {
    let truth = truth();
    let (mut wrong, mut right, mut tried) = (Vec::new(), 0, 0);
    for language in ["fr", "de", "pl", "uk"] {
        let articles: Vec<&Value> = truth.values().filter(|a| a["lang"] == language).collect();
        for form in ["rss", "atom", "table"] {
            for name in
                ["GB18030", "windows-1250", "windows-1251", "windows-1252", "KOI8-U", "utf-8"]
            {
                let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
                for declared in [None, Some(name), Some("utf-8"), Some("ISO-8859-1")] {
                    let text = marked_up(form, declared, &articles);
                    // HTML has numbers for letters that an encoding lacks; feeds in such do not occur.
                    let (bytes, _, lacks_letters) = encoding.encode(&text);
                    for file in
                        ["a.xml", "a.html", "a.csv", "a"].into_iter().filter(|_| !lacks_letters)
                    {
                        tried += 1;
                        let which =
                            format!("{language} {form} {name}, declared {declared:?}, {file}");
                        match ingest_reader(file, &bytes[..], &IngestOptions::default(), &Silent) {
                            Ok(read)
                                if read.corpus.len() == articles.len()
                                    && !is_silent(&read, &truth) =>
                            {
                                right += 1
                            }
                            // What says that it is Latin and may be, is.
                            Ok(_) if declared == Some("ISO-8859-1") && name != "utf-8" => {}
                            Ok(read) if read.rejects.is_empty() => wrong.push(which),
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    assert!(tried > 500 && 10 * right > 8 * tried, "{right} of {tried}");
    assert!(wrong.is_empty(), "{} of {tried} in silence:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a program puts around the values of a table.
#[derive(Clone, Copy, Debug)]
enum Quoting {
    All,
    WhereNeeded,
    Single,
}

impl Quoting {
    const ALL: [Self; 3] = [Self::All, Self::WhereNeeded, Self::Single];

    fn of(self, value: &str, delimiter: char) -> String {
        let in_marks = |mark: char| {
            let doubled = value.replace(mark, &format!("{mark}{mark}"));
            format!("{mark}{doubled}{mark}")
        };
        let is_plain = !value.contains([delimiter, '"', '\n', '\r']);
        match self {
            Self::All => in_marks('"'),
            Self::WhereNeeded if is_plain => value.to_owned(),
            Self::WhereNeeded => in_marks('"'),
            Self::Single => in_marks('\''),
        }
    }
}

/// What an article says, for comparing: line ends and white space aside.
fn said(read: &Ingested) -> Vec<String> {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let of = |article: &Article| {
        let published = article.published.map(|at| at.to_string()).unwrap_or_default();
        format!(
            "{} | {} | {} | {published}",
            words(&article.title),
            words(&article.text),
            article.url
        )
    };
    let mut said: Vec<String> = read.corpus.articles().iter().map(of).collect();
    said.sort_unstable();
    said
}

/// The files that newsrooms' tools write, and our own: of these the articles are what the unchanged file gives.
#[test]
fn what_tools_write_is_read_the_same_under_any_name_encoding_and_line_end() {
    let mut folders = vec![fixtures().join("dialects"), fixtures().join("tools")];
    let mut files = vec![fixtures().join("own.jsonl")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let (name, options) = (name(&path), IngestOptions::default());
        let (Ok(unchanged), Ok(text)) =
            (ingest_reader(name, &bytes[..], &options, &Silent), std::str::from_utf8(&bytes))
        else {
            continue;
        };
        let names = ["a.txt", "a.csv", "a.json", "a", "a.dat"];
        let mut changed: Vec<(&str, &str, Vec<u8>)> =
            names.iter().map(|name| (*name, "name", bytes.clone())).collect();
        for (kind, end) in [("CR", "\r"), ("CRLF", "\r\n"), ("LF", "\n")] {
            changed.push((name, kind, ends_with(text, end).into_bytes()));
        }
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        changed.push((name, "UTF-16LE", little));
        changed.push((name, "UTF-16BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect()));
        changed.push((name, "BOM", [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat()));
        changed.push((name, "blank lines before", [&b"\n\n"[..], text.as_bytes()].concat()));
        changed.push((name, "no last line end", text.trim_end().as_bytes().to_vec()));
        for (name, kind, bytes) in changed {
            tried += 1;
            let read = ingest_reader(name, &bytes[..], &options, &Silent);
            if let Ok(read) = read
                && read.rejects.len() <= unchanged.rejects.len()
                && said(&read) != said(&unchanged)
            {
                let first = said(&read).into_iter().next().unwrap_or_default();
                let first: String = first.chars().take(120).collect();
                wrong.push(format!("{} as {name}, {kind}: {first}", path.display()));
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried} in silence:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_table_with_any_delimiter_is_read_or_refused() {
    let truth = truth();
    let delimiters = [',', ';', '\t', '|', '^', '~', '\u{1}', '\u{1f}', ':', '#', '¦', ' '];
    for (delimiter, quoting) in delimiters.into_iter().flat_map(|d| Quoting::ALL.map(|q| (d, q))) {
        for header in [true, false] {
            let columns = ["id", "outlet", "url", "published", "title", "text", "lang"];
            let quoted = |value: &str| quoting.of(value, delimiter);
            let row = |values: Vec<String>| values.join(&delimiter.to_string());
            let mut rows: Vec<String> = truth
                .values()
                .map(|t| row(columns.iter().map(|c| quoted(t[*c].as_str().unwrap())).collect()))
                .collect();
            if header {
                rows.insert(0, row(columns.iter().map(|column| column.to_string()).collect()));
            }
            let table = rows.join("\n");
            for name in ["a.csv", "a.txt"] {
                let read =
                    ingest_reader(name, table.as_bytes(), &IngestOptions::default(), &Silent);
                if let Ok(read) = read {
                    let which = format!("{delimiter:?}, {quoting:?}, header {header}, {name}");
                    assert!(!is_silent(&read, &truth), "{which}");
                }
            }
        }
    }
}

#[test]
fn columns_without_a_header_are_named_by_number() {
    let options = IngestOptions {
        fields: ["id=1", "outlet=2", "url=3", "published=4", "title=5", "text=6", "lang=7"]
            .iter()
            .map(|mapping| mapping.parse().unwrap())
            .collect(),
        ..IngestOptions::default()
    };
    let path = fixtures().join("written-by-tools/noheader.csv");
    let read = ingest(&[path.to_str().unwrap().to_owned()], &options, &Silent).unwrap();
    let truth = truth();
    assert_eq!(read.corpus.len(), 6);
    for article in read.corpus.articles() {
        let truth = &truth[article.title.as_str()];
        assert_eq!(differs(article, truth, &[]), Vec::<String>::new());
    }
}

#[test]
fn every_date_is_what_it_is_or_none() {
    let table = fs::read_to_string(fixtures().join("dates.tsv")).unwrap();
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (given, wanted) = line.split_once('\t').unwrap();
        let record = format!(r#"{{"id":"a","text":"The ferry ran aground.","published":{given}}}"#);
        let read =
            ingest_reader("a", record.as_bytes(), &IngestOptions::default(), &Silent).unwrap();
        let published =
            read.corpus.articles()[0].published.map(|published| match published.day_only {
                true => published.at.strftime("%Y-%m-%d").to_string(),
                false => published.to_string(),
            });
        if published.as_deref().unwrap_or_default() != wanted {
            wrong.push(format!("{given}: {published:?}, not {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_dates_of_a_file_settle_the_order_of_day_and_month() {
    let read = |dates: [&str; 3]| -> Vec<String> {
        let lines =
            dates.map(|day| format!(r#"{{"text":"The ferry ran aground.","published":"{day}"}}"#));
        let read =
            ingest_reader("a", lines.join("\n").as_bytes(), &IngestOptions::default(), &Silent)
                .unwrap();
        let mut told: Vec<(u64, String)> = read
            .corpus
            .articles()
            .iter()
            .map(|article| {
                let newsfold::error::Place::Line(line) = article.source.place else { panic!() };
                let day = article.published.map(|at| at.at.strftime("%m-%d").to_string());
                (line, format!("{} {}", day.unwrap_or_default(), article.notes))
            })
            .collect();
        told.sort();
        told.into_iter().map(|(_, told)| told).collect()
    };
    assert_eq!(
        read(["10/01/2024", "13/01/2024", "2024-02-01"]),
        ["01-10 no-time day-order", "01-13 no-time", "02-01 no-time"]
    );
    assert_eq!(read(["10/01/2024", "01/13/2024", ""])[0], "10-01 no-time day-order");
    assert_eq!(read(["10/01/2024", "01/13/2024", "13/01/2024"])[0], " unreadable-date");
    assert_eq!(read(["10/01/2024", "11/01/2024", ""])[0], " unreadable-date");
}

#[test]
fn a_damaged_record_costs_that_record_only() {
    let good = r#"{"id":"b","text":"The ferry ran aground."}"#;
    for (damaged, articles, rejects) in [
        ("{\"id\":\"a\",\"x\":NaN,\"text\":\"It sank.\"}", 2, 0),
        ("{\"id\":\"a\",\"x\":1e999,\"text\":\"It sank.\"}", 2, 0),
        ("{\"id\":\"a\",\"text\":\"It \\ud83d sank.\"}", 2, 0),
        ("{\"id\":\"a\",\"text\":\"It \0 sank.\"}", 2, 0),
        ("\u{feff}{\"id\":\"a\",\"text\":\"It sank.\"}", 2, 0),
        ("{\"id\":\"a\",\"text\":", 1, 1),
    ] {
        for stream in [format!("{damaged}\n{good}\n"), format!("{good}\n{damaged}\n")] {
            let read =
                ingest_reader("a", stream.as_bytes(), &IngestOptions::default(), &Silent).unwrap();
            assert_eq!((read.corpus.len(), read.rejects.len()), (articles, rejects), "{stream:?}");
        }
    }
    let big = r#"{"id":9223372036854775807123,"text":"The ferry."}"#;
    let read = ingest_reader("a", big.as_bytes(), &IngestOptions::default(), &Silent).unwrap();
    assert_eq!(&*read.corpus.articles()[0].id, "9223372036854775807123");
}

#[test]
fn a_day_in_the_address_is_the_date_where_there_is_none() {
    let record = r#"{"url":"https://a.example/2024/05/01/ferry","text":"The ferry ran aground."}"#;
    let read = ingest_reader("a", record.as_bytes(), &IngestOptions::default(), &Silent).unwrap();
    let article = &read.corpus.articles()[0];
    assert_eq!(article.published.unwrap().to_string(), "2024-05-01T00:00:00Z");
    assert_eq!(article.notes.to_string(), "no-time date-from-url");
}

#[test]
fn a_path_leads_through_lists_to_the_text() {
    let stream =
        r#"{"response":{"results":[{"fields":{"main":"One."}},{"fields":{"main":"Two."}}]}}"#;
    let fields = vec!["text=response.results[].fields.main".parse().unwrap()];
    let options = IngestOptions { fields, ..IngestOptions::default() };
    let read = ingest_reader("a.json", stream.as_bytes(), &options, &Silent).unwrap();
    let mut texts: Vec<&str> = read.corpus.articles().iter().map(|a| a.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["One.", "Two."]);
    let stream = r#"{"id":"a","paragraphs":["One.","Two."]}"#;
    let read = ingest_reader("a", stream.as_bytes(), &IngestOptions::default(), &Silent).unwrap();
    assert_eq!(&*read.corpus.articles()[0].text, "One.\n\nTwo.");
}
