//! Databases that are made here, read through the door that files come through.

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::ingest::{Format, IngestOptions, Ingested, ingest, ingest_reader};
use crate::observer::Silent;

const TEXT: &str = "The ferry Hesper ran aground off Havenmouth at dawn on Tuesday.";

/// A database that these statements make, and its path.
fn made(statements: &str) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a news?.db");
    Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

fn read_with(path: &str, fields: &[&str]) -> std::result::Result<Ingested, String> {
    let fields = fields.iter().map(|field| field.parse().unwrap()).collect();
    let options = IngestOptions { fields, ..IngestOptions::default() };
    ingest(&[path.to_owned()], &options, &Silent).map_err(|error| error.to_string())
}

fn read(path: &str) -> std::result::Result<Ingested, String> {
    read_with(path, &[])
}

fn ids(read: &Ingested) -> Vec<&str> {
    let mut ids: Vec<&str> = read.corpus.articles().iter().map(|article| &*article.id).collect();
    ids.sort_unstable();
    ids
}

fn articles(rows: &str) -> String {
    format!(
        "CREATE TABLE articles(id, title, body TEXT, published); INSERT INTO articles VALUES {rows};"
    )
}

#[test]
fn the_one_table_of_articles_is_read() {
    let sources =
        "CREATE TABLE sources(title, url); INSERT INTO sources VALUES ('A', 'https://a.example');";
    let rows = articles(&format!(
        "('a', 'One', '{TEXT}', 1704099600), ('b', NULL, '{TEXT} Again.', '2024-05-01'), ('c', 'Three', NULL, NULL)"
    ));
    let (_folder, path) = made(&format!("{sources}{rows}"));
    let read = read(&path).unwrap();
    assert_eq!(ids(&read), ["a", "b"]);
    assert_eq!((read.records, read.files[0].format), (3, Some(Format::Sqlite)));
    let first = read.corpus.articles().iter().find(|article| &*article.id == "a").unwrap();
    assert_eq!((&*first.title, &*first.text), ("One", TEXT));
    assert_eq!(first.published.unwrap().to_string(), "2024-01-01T09:00:00Z");
    assert_eq!(read.rejects[0].position, Position::record(&*path, 3));
    let files: Vec<_> = std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing is written beside it");
}

#[test]
fn of_several_tables_one_has_to_be_named() {
    let (_folder, path) = made(&format!(
        "CREATE TABLE old(id, text); CREATE TABLE new(id, text);
         INSERT INTO old VALUES ('a', '{TEXT}'); INSERT INTO new VALUES ('b', '{TEXT}');"
    ));
    let said = read(&path).unwrap_err();
    assert!(said.contains("several tables of articles (new, old)"), "{said}");
    assert!(said.contains("--field text=TABLE.COLUMN") && said.lines().count() == 1, "{said}");
    for (field, id) in [("text=old.text", "a"), ("text=new.text", "b")] {
        assert_eq!(ids(&read_with(&path, &[field]).unwrap()), [id]);
    }
}

#[test]
fn a_view_is_read_where_no_table_has_a_text_or_where_it_is_named() {
    let rows = articles(&format!("('a', 'One', '{TEXT}', NULL), ('b', 'Two', '{TEXT}', NULL)"));
    let view = "CREATE VIEW some AS SELECT id, body AS text FROM articles WHERE id = 'b';";
    let (_folder, path) = made(&format!("{rows}{view}"));
    assert_eq!(ids(&read(&path).unwrap()), ["a", "b"]);
    assert_eq!(ids(&read_with(&path, &["text=some.text"]).unwrap()), ["b"]);
    let (_folder, path) = made(&format!(
        "CREATE TABLE pages(k, v); INSERT INTO pages VALUES ('a', '{TEXT}');
         CREATE VIEW read AS SELECT k AS id, v AS text FROM pages; CREATE VIEW broken AS SELECT x FROM gone;"
    ));
    assert_eq!(ids(&read(&path).unwrap()), ["a"]);
}

#[test]
fn a_view_without_an_end_is_given_up() {
    let endless = |row: &str| {
        format!(
            "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
             SELECT {row} AS text FROM c;"
        )
    };
    let (_folder, path) = made(&endless("printf('%01000000d ferry', x)"));
    let read = read(&path).unwrap();
    assert!(read.rejects[0].reason.contains("--max-ratio"), "{:?}", read.rejects);
}

#[test]
fn a_database_without_a_text_says_which_tables_it_has() {
    let (_folder, path) = made("CREATE TABLE a(x); CREATE TABLE b(y, z);");
    let said = read(&path).unwrap_err();
    assert!(said.contains("(a, b)") && said.contains("--field text=TABLE.COLUMN"), "{said}");
    let (_folder, path) = made("CREATE TABLE a(x); DROP TABLE a;");
    assert!(read(&path).unwrap_err().contains("without a table"));
}

#[test]
fn bytes_are_a_text_where_they_are_one() {
    let (_folder, path) = made(&format!(
        "CREATE TABLE a(id, text BLOB); INSERT INTO a VALUES ('a', CAST('{TEXT}' AS BLOB)), ('b', x'1F8B0800FF');"
    ));
    let read = read(&path).unwrap();
    assert_eq!(ids(&read), ["a"]);
    assert!(read.rejects[0].reason.contains("its column text holds bytes"), "{:?}", read.rejects);
}

#[test]
fn a_record_may_be_so_long_and_no_longer() {
    let (_folder, path) = made(&format!(
        "CREATE TABLE a(id, text); INSERT INTO a VALUES ('a', '{TEXT}'), ('b', '{TEXT} {TEXT}');"
    ));
    let limits = Limits { record_bytes: TEXT.len(), ..Limits::default() };
    let options = IngestOptions { limits, ..IngestOptions::default() };
    let read = ingest(&[path], &options, &Silent).unwrap();
    assert_eq!(ids(&read), ["a"]);
    assert!(read.rejects[0].reason.ends_with("--max-record"), "{:?}", read.rejects);
}

#[test]
fn what_is_being_written_is_refused() {
    let (_folder, path) = made(&articles(&format!("('a', 'One', '{TEXT}', NULL)")));
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let said = read(&path).unwrap_err();
    assert!(said.contains("a program is writing to") && said.contains(".backup"), "{said}");
    writer.execute_batch("COMMIT; PRAGMA journal_mode = wal; DELETE FROM articles;").unwrap();
    let said = read(&path).unwrap_err();
    assert!(said.contains("-wal") && said.contains("wal_checkpoint"), "{said}");
    writer
        .execute_batch(&format!("INSERT INTO articles VALUES ('b', 'Two', '{TEXT}', NULL)"))
        .unwrap();
    drop(writer);
    assert_eq!(ids(&read(&path).unwrap()), ["b"]);
    let beside = std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count();
    assert_eq!(beside, 1, "nothing is written beside it");
}

#[test]
fn a_damaged_database_gives_what_stands_before_the_damage() {
    let rows: Vec<String> = (0..300)
        .map(|n| format!("('{n}', 'Ferry {n}', '{n} {}', NULL)", TEXT.repeat(10)))
        .collect();
    let (_folder, path) = made(&articles(&rows.join(", ")));
    let sound = std::fs::read(&path).unwrap();
    let with = |from: usize| {
        let mut bytes = sound.clone();
        bytes[from..].fill(0xa5);
        std::fs::write(&path, &bytes).unwrap();
        read(&path)
    };
    let half = with(sound.len() / 2).unwrap();
    assert!(!half.corpus.is_empty() && half.corpus.len() < 300);
    assert!(
        half.rejects.iter().any(|reject| reject.reason.contains("damaged")),
        "{:?}",
        half.rejects
    );
    let said = with(100).unwrap_err();
    assert!(said.contains("damaged"), "{said}");
}

#[test]
fn a_damaged_name_of_a_column_is_told() {
    let (_folder, path) = made(&articles(&format!("('a', 'One', '{TEXT}', NULL)")));
    let mut bytes = std::fs::read(&path).unwrap();
    let name = bytes.windows(9).position(|nine| nine == b"published").unwrap();
    bytes[name] = 0xff;
    std::fs::write(&path, bytes).unwrap();
    let said = read(&path).unwrap_err();
    assert!(said.contains("a SQLite database that cannot be read"), "{said}");
}

#[test]
fn a_packed_database_and_a_stream_are_read_as_the_file_is() {
    use std::io::Write as _;
    let (_folder, path) = made(&articles(&format!("('a', 'One', '{TEXT}', NULL)")));
    let bytes = std::fs::read(&path).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&bytes).unwrap();
    for stream in [bytes, packed.finish().unwrap()] {
        let read = ingest_reader("in", &stream[..], &IngestOptions::default(), &Silent).unwrap();
        assert_eq!(ids(&read), ["a"]);
    }
}
