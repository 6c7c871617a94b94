//! Files of labels, told apart by their content: articles with clusters, pairs of articles with
//! grades, shared passages with places. Plain, gzip and Zstandard.
//!
//! Read whole into memory: labels are few beside the articles. Every fault names file and line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use ahash::AHashMap;
use serde::Deserialize;

use super::pairs::Grade;
use crate::article::CharSpan;
use crate::error::{Cause, Error, Position, Result};

/// The labels of one file.
#[derive(Clone, Debug, PartialEq)]
pub enum Gold {
    /// Each labelled article's id and the story or family it belongs to. An id comes once.
    Clusters(Vec<(String, String)>),
    /// Labelled pairs of articles. A pair comes once, whichever way round.
    Pairs(Vec<LabelledPair>),
    /// Texts that stand in two places.
    Passages(Vec<LabelledPassage>),
}

/// Two articles and whether they are near-duplicates.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledPair {
    /// The id of one.
    pub a: String,
    /// The id of the other.
    pub b: String,
    /// What the label says.
    pub grade: Grade,
}

/// A text that stands in two places.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledPassage {
    /// The id of the article it came from.
    pub src_id: String,
    /// Where it stands there.
    pub src: CharSpan,
    /// The id of the article it went to.
    pub dst_id: String,
    /// Where it stands there.
    pub dst: CharSpan,
    /// What was done to it on the way, where the file tells; else empty.
    pub kind: String,
}

/// Reads a file of labels of any kind.
///
/// # Errors
/// [`Error::Gold`], at its line, for anything that is no label and for labels at odds with each other.
pub fn read_gold(path: &Path) -> Result<Gold> {
    let mut reader = open(path)?;
    let gold = match first_byte(path, &mut reader)? {
        Some(b'{') => Gold::Passages(read_passages(path, reader)?),
        Some(b'[') => {
            return Err(gold_error(path, 1, "a JSON array; one object a line is expected"));
        }
        Some(_) => read_table(path, reader)?,
        None => return Err(empty(path)),
    };
    let labels = match &gold {
        Gold::Clusters(articles) => articles.len(),
        Gold::Pairs(pairs) => pairs.len(),
        Gold::Passages(passages) => passages.len(),
    };
    if labels == 0 { Err(empty(path)) } else { Ok(gold) }
}

/// Reads a list of pairs of articles: a CSV with the columns `src_id` and `dst_id`, or `id_a` and
/// `id_b`.
///
/// # Errors
/// [`Error::Gold`], at its line.
pub fn read_pair_list(path: &Path) -> Result<Vec<(String, String)>> {
    let mut reader = open(path)?;
    if first_byte(path, &mut reader)?.is_none() {
        return Err(empty(path));
    }
    let mut table = Csv::new(path, reader)?;
    let (a, b) = match (table.column("src_id"), table.column("dst_id")) {
        (Some(a), Some(b)) => (a, b),
        _ => (table.needed("id_a")?, table.needed("id_b")?),
    };
    let mut pairs = Vec::new();
    while table.advance()? {
        pairs.push((table.id(a, "an id")?, table.id(b, "an id")?));
    }
    Ok(pairs)
}

fn read_table(path: &Path, reader: impl Read) -> Result<Gold> {
    let table = Csv::new(path, reader)?;
    if table.column("cluster").is_some() {
        read_clusters(table)
    } else if table.column("label").is_some() {
        read_pairs(table)
    } else {
        Err(gold_error(
            path,
            1,
            format!(
                "the columns are {:?}; expected `id,cluster`, or `id_a,id_b,label`, or JSON Lines \
                 with src_id, src_start, src_len, dst_id, dst_start, dst_len",
                table.header.iter().collect::<Vec<_>>().join(",")
            ),
        ))
    }
}

fn read_clusters(mut table: Csv<impl Read>) -> Result<Gold> {
    let (id, cluster) = (table.needed("id")?, table.needed("cluster")?);
    let mut clusters: Vec<(String, String)> = Vec::new();
    let mut places: AHashMap<String, usize> = AHashMap::new();
    while table.advance()? {
        let article = table.id(id, "an id")?;
        let cluster = table.id(cluster, "a cluster")?;
        match places.get(&article) {
            Some(&place) if clusters[place].1 == cluster => {}
            Some(&place) => {
                let other = &clusters[place].1;
                return Err(table.error(format!(
                    "{article:?} is in cluster {cluster:?} here and in {other:?} above"
                )));
            }
            None => {
                places.insert(article.clone(), clusters.len());
                clusters.push((article, cluster));
            }
        }
    }
    Ok(Gold::Clusters(clusters))
}

fn read_pairs(mut table: Csv<impl Read>) -> Result<Gold> {
    let (a, b) = (table.needed("id_a")?, table.needed("id_b")?);
    let label = table.needed("label")?;
    let mut pairs: Vec<LabelledPair> = Vec::new();
    let mut places: AHashMap<(String, String), usize> = AHashMap::new();
    while table.advance()? {
        let pair = LabelledPair {
            a: table.id(a, "an id")?,
            b: table.id(b, "an id")?,
            grade: Grade::parse(table.field(label)),
        };
        if pair.a == pair.b {
            return Err(table.error(format!("{:?} is paired with itself", pair.a)));
        }
        let key = (pair.a.clone().min(pair.b.clone()), pair.a.clone().max(pair.b.clone()));
        match places.get(&key) {
            Some(&place) if pairs[place].grade == pair.grade => {}
            Some(&place) => {
                return Err(table.error(format!(
                    "{:?} and {:?} are labelled {} here and {} above",
                    pair.a, pair.b, pair.grade, pairs[place].grade
                )));
            }
            None => {
                places.insert(key, pairs.len());
                pairs.push(pair);
            }
        }
    }
    Ok(Gold::Pairs(pairs))
}

/// A line of passage labels, as the file has it.
#[derive(Deserialize)]
struct PassageLine {
    src_id: Id,
    src_start: u32,
    src_len: u32,
    dst_id: Id,
    dst_start: u32,
    dst_len: u32,
    #[serde(default)]
    kind: Option<String>,
}

/// An id, which some write as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(serde_json::Number),
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        match id {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
        }
    }
}

fn read_passages(path: &Path, reader: impl BufRead) -> Result<Vec<LabelledPassage>> {
    let mut passages = Vec::new();
    for (line, number) in reader.lines().zip(1..) {
        let line = line.map_err(|error| gold_error(path, number, error))?;
        if line.trim().is_empty() {
            continue;
        }
        let read: PassageLine = serde_json::from_str(&line).map_err(|error| {
            let reason = Cause::of(error).with_words(|why| format!("no passage label: {why}"));
            gold_error(path, number, reason)
        })?;
        let span = |start: u32, length: u32| match start.checked_add(length) {
            Some(end) if length > 0 => Ok(CharSpan { start, end }),
            _ => Err(gold_error(path, number, format!("no span: {start} and {length} more"))),
        };
        passages.push(LabelledPassage {
            src: span(read.src_start, read.src_len)?,
            src_id: read.src_id.into(),
            dst: span(read.dst_start, read.dst_len)?,
            dst_id: read.dst_id.into(),
            kind: read.kind.unwrap_or_default(),
        });
    }
    Ok(passages)
}

/// A comma-separated table with a header, read record by record.
struct Csv<'a, R> {
    path: &'a Path,
    reader: csv::Reader<R>,
    header: csv::StringRecord,
    record: csv::StringRecord,
}

impl<'a, R: Read> Csv<'a, R> {
    fn new(path: &'a Path, reader: R) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(reader);
        let header = reader.headers().map_err(|error| csv_error(path, error))?.clone();
        Ok(Self { path, reader, header, record: csv::StringRecord::new() })
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    fn needed(&self, name: &str) -> Result<usize> {
        self.column(name).ok_or_else(|| gold_error(self.path, 1, format!("no column `{name}`")))
    }

    fn advance(&mut self) -> Result<bool> {
        self.reader.read_record(&mut self.record).map_err(|error| csv_error(self.path, error))
    }

    fn field(&self, column: usize) -> &str {
        &self.record[column]
    }

    /// A field that must not be empty.
    fn id(&self, column: usize, what: &str) -> Result<String> {
        match self.field(column) {
            "" => Err(self.error(format!("{what} is missing"))),
            id => Ok(id.to_owned()),
        }
    }

    fn error(&self, reason: String) -> Error {
        gold_error(self.path, self.record.position().map_or(0, csv::Position::line), reason)
    }
}

/// Opens a file, decompressing by what its first bytes are.
fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    let whole = |error: std::io::Error| Error::gold(Position::whole(path.to_string_lossy()), error);
    let mut file = BufReader::new(File::open(path).map_err(whole)?);
    let magic = file.fill_buf().map_err(whole)?;
    Ok(if magic.starts_with(&[0x1f, 0x8b]) {
        Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(file)))
    } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(BufReader::new(zstd::Decoder::with_buffer(file).map_err(whole)?))
    } else {
        Box::new(file)
    })
}

/// Steps over a byte order mark; the first byte of what follows.
fn first_byte(path: &Path, reader: &mut impl BufRead) -> Result<Option<u8>> {
    let mut peek = || -> std::io::Result<Option<u8>> {
        if reader.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
            reader.consume(3);
        }
        Ok(reader.fill_buf()?.first().copied())
    };
    peek().map_err(|error| gold_error(path, 1, error))
}

fn empty(path: &Path) -> Error {
    Error::gold(Position::whole(path.to_string_lossy()), "holds no labels")
}

fn gold_error(path: &Path, line: u64, reason: impl Into<Cause>) -> Error {
    Error::gold(Position::line(path.to_string_lossy(), line), reason)
}

/// The csv crate's own message repeats the place, in its own way: only its kind is wanted.
fn csv_error(path: &Path, error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let words = format!("{len} fields, where the header has {expected_len}");
            Cause::told(words, error)
        }
        csv::ErrorKind::Utf8 { .. } => Cause::told("not UTF-8", error),
        _ => Cause::from(error),
    };
    gold_error(path, line, reason)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tempfile::NamedTempFile;

    use super::*;

    fn file(content: &[u8]) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    fn read(content: &str) -> Result<Gold> {
        read_gold(file(content.as_bytes()).path())
    }

    /// The error's words without the file's name.
    fn fault(content: &str) -> String {
        let file = file(content.as_bytes());
        let error = read_gold(file.path()).unwrap_err();
        assert!(matches!(error, Error::Gold(_)));
        error.to_string().replace(&*file.path().to_string_lossy(), "gold")
    }

    fn clusters(pairs: &[(&str, &str)]) -> Gold {
        Gold::Clusters(pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect())
    }

    #[test]
    fn columns_come_in_any_order_and_others_are_ignored() {
        let expected = clusters(&[("a", "x"), ("b, c", "x")]);
        assert_eq!(read("id,cluster\na,x\n\"b, c\",x\n").unwrap(), expected);
        assert_eq!(
            read("\u{feff}note,cluster, id\r\n1,x,a\r\n2,x,\"b, c\"\r\n").unwrap(),
            expected
        );
        let Gold::Pairs(pairs) = read("label,id_b,n,id_a\n0.5,q,7,p\n,r,7,p\n").unwrap() else {
            panic!("not pairs")
        };
        assert_eq!((pairs[0].a.as_str(), pairs[0].b.as_str()), ("p", "q"));
        assert_eq!(pairs[0].grade, Grade::Number(0.5));
        assert_eq!(pairs[1].grade, Grade::Number(0.0));
    }

    #[test]
    fn passages_with_and_without_a_kind() {
        let Gold::Passages(passages) = read(concat!(
            r#"{"src_id":"a","src_start":3,"src_len":4,"dst_id":7,"dst_start":0,"dst_len":5,"x":[]}"#,
            "\n\n",
            r#"{"kind":"cut","src_id":"a","src_start":0,"src_len":1,"dst_id":"b","dst_start":0,"dst_len":1}"#,
        ))
        .unwrap() else {
            panic!("not passages")
        };
        assert_eq!(passages[0].src, CharSpan { start: 3, end: 7 });
        assert_eq!(passages[0].dst_id, "7");
        assert_eq!(passages[0].kind, "");
        assert_eq!(passages[1].kind, "cut");
    }

    #[test]
    fn compressed_labels_read_like_plain_ones() {
        let plain = "id,cluster\na,x\n";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(plain.as_bytes()).unwrap();
        let zstandard = zstd::encode_all(plain.as_bytes(), 1).unwrap();
        for content in [gzip.finish().unwrap(), zstandard] {
            assert_eq!(read_gold(file(&content).path()).unwrap(), clusters(&[("a", "x")]));
        }
    }

    #[test]
    fn every_fault_names_its_line() {
        assert_eq!(fault(""), "gold: holds no labels");
        assert_eq!(fault("id,cluster\n"), "gold: holds no labels");
        assert!(fault("name,group\na,x\n").starts_with("gold:1: the columns are \"name,group\";"));
        assert_eq!(fault("x,cluster\na,x\n"), "gold:1: no column `id`");
        assert_eq!(fault("id,cluster\na,x\nb\n"), "gold:3: 1 fields, where the header has 2");
        assert_eq!(fault("id,cluster\n,x\n"), "gold:2: an id is missing");
        assert_eq!(
            fault("id,cluster\na,x\na,x\na,y\n"),
            "gold:4: \"a\" is in cluster \"y\" here and in \"x\" above"
        );
        assert_eq!(
            fault("id_a,id_b,label\na,b,1\nb,a,0\n"),
            "gold:3: \"b\" and \"a\" are labelled 0 here and 1 above"
        );
        assert_eq!(fault("id_a,id_b,label\na,a,1\n"), "gold:2: \"a\" is paired with itself");
        assert!(
            fault("{\"src_id\":\"a\"}\n").starts_with("gold:1: no passage label: missing field")
        );
        let line =
            r#"{"src_id":"a","src_start":3,"src_len":0,"dst_id":"b","dst_start":0,"dst_len":5}"#;
        assert_eq!(fault(line), "gold:1: no span: 3 and 0 more");
    }

    #[test]
    fn a_list_of_pairs_has_either_names() {
        let either = [("dst_id,src_id,kind\nb,a,none\n", "a"), ("id_a,id_b\na,b\n", "a")];
        for (content, first) in either {
            let pairs = read_pair_list(file(content.as_bytes()).path()).unwrap();
            assert_eq!(pairs, [(first.to_owned(), "b".to_owned())]);
        }
        let error = read_pair_list(file(b"a,b\n1,2\n").path()).unwrap_err();
        assert!(error.to_string().ends_with(":1: no column `id_a`"), "{error}");
    }
}
