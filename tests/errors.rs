//! What a caller learns from an error: the operation, the place, and the cause, kept as it was.

use std::error::Error as _;
use std::fs;
use std::io;
use std::path::Path;

use newsfold::config::Settings;
use newsfold::error::{
    ArchiveError, ArchiveErrorKind, InputErrorKind, OutputStep, Position, StoredError,
};
use newsfold::evaluate::{evaluate, read_gold};
use newsfold::ingest::{IngestOptions, Ingested, ingest, ingest_reader};
use newsfold::observer::Silent;
use newsfold::output::FileClaim;
use newsfold::statistics::Statistics;
use newsfold::{Analysis, Archive, Error, Result};

fn source<T: std::error::Error + 'static>(error: &Error) -> &T {
    let source = error.source().unwrap_or_else(|| panic!("{error:?} has no source"));
    source.downcast_ref().unwrap_or_else(|| panic!("{source:?} is of another type"))
}

fn strict(name: &str, content: &str) -> Result<Ingested> {
    let options = IngestOptions { strict: true, ..IngestOptions::default() };
    ingest_reader(name, content.as_bytes(), &options, &Silent)
}

/// An error's words once, and none of them again in its source's.
fn told(error: &Error) -> String {
    let told = error.to_string();
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    assert!(source.is_empty() || told.matches(&source).count() <= 1, "{told}");
    told
}

#[test]
fn an_error_is_small() {
    assert!(size_of::<Error>() <= 40, "{}", size_of::<Error>());
}

#[test]
fn a_bad_record_is_named_by_file_and_line_and_keeps_what_the_parser_said() {
    let error =
        strict("wire.jsonl", "{\"id\":\"a\",\"text\":\"Fire.\"}\n{\"id\":\"b\",\"text\":}\n");
    let error = error.unwrap_err();
    assert!(source::<serde_json::Error>(&error).is_syntax());
    assert!(told(&error).starts_with("wire.jsonl:2: not JSON: "), "{error}");
    let Error::Input(input) = &error else { panic!("{error:?}") };
    assert_eq!(input.kind, InputErrorKind::Malformed);
    assert_eq!(input.position, Position::line("wire.jsonl", 2));
}

#[test]
fn a_missing_input_and_an_empty_one_are_told_apart() {
    let missing = ingest(&["/nowhere/wire.jsonl".to_owned()], &IngestOptions::default(), &Silent);
    let empty = ingest_reader("wire.jsonl", &b""[..], &IngestOptions::default(), &Silent);
    let kind = |error: Error| match error {
        Error::Input(input) => input.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(missing.unwrap_err()), InputErrorKind::Missing);
    assert_eq!(kind(empty.unwrap_err()), InputErrorKind::Empty);
}

#[test]
fn a_table_of_a_run_is_named_by_line() {
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join("articles.jsonl"), "{\"id\":\"a\"\n").unwrap();
    let gold = out.path().join("gold.csv");
    fs::write(&gold, "id,cluster\na,1\n").unwrap();
    let error = evaluate(out.path(), &gold, None, None).unwrap_err();
    assert!(source::<serde_json::Error>(&error).is_eof());
    assert!(told(&error).contains("articles.jsonl:1: "), "{error}");
    assert!(matches!(&error, Error::Input(input) if input.kind == InputErrorKind::Damaged));
}

#[test]
fn what_cannot_be_written_names_the_path_and_the_step() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("none/page.html");
    let error = FileClaim::new(&path).unwrap_err();
    assert_eq!(source::<io::Error>(&error).kind(), io::ErrorKind::NotFound);
    assert!(told(&error).contains("none/page.html: "), "{error}");
    let Error::Output(output) = &error else { panic!("{error:?}") };
    assert_eq!(output.doing, OutputStep::Create);
    assert_eq!(output.io_kind(), Some(io::ErrorKind::NotFound));

    let place = temp.path().join("page.html");
    let held = FileClaim::new(&place).unwrap();
    let Error::Output(output) = FileClaim::new(&place).unwrap_err() else { panic!() };
    assert!(output.is_held());
    drop(held);
}

#[test]
fn an_archive_says_what_is_wrong_with_which_file() {
    let temp = tempfile::tempdir().unwrap();
    let failed = |folder: &Path| -> Box<ArchiveError> {
        match Archive::open(folder).unwrap_err() {
            Error::Archive(error) => error,
            other => panic!("{other:?}"),
        }
    };
    let missing = Error::from(*failed(temp.path()));
    assert_eq!(source::<io::Error>(&missing).kind(), io::ErrorKind::NotFound);
    assert_eq!(failed(temp.path()).kind, ArchiveErrorKind::Missing);

    let folder = temp.path().join("kept");
    drop(Archive::init(&folder, Settings::default(), None).unwrap());
    let statistics = folder.join("statistics-1");
    let mut bytes = fs::read(&statistics).unwrap();
    bytes[40] ^= 1;
    fs::write(&statistics, bytes).unwrap();
    let damaged = failed(&folder);
    assert_eq!((damaged.kind, &damaged.path), (ArchiveErrorKind::Damaged, &statistics));
    let damaged = Error::from(*damaged);
    assert_eq!(source::<StoredError>(&damaged), &StoredError::NotTheManifests);
    fs::remove_file(&statistics).unwrap();
    assert_eq!(failed(&folder).kind, ArchiveErrorKind::Unreadable);
}

#[test]
fn a_file_of_statistics_says_whether_it_is_newer_or_damaged() {
    let bytes = Statistics::shipped().to_bytes();
    let read = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        Statistics::from_bytes(&bytes, "background.nf").unwrap_err()
    };
    let newer = read(&|bytes| bytes[8] = 200);
    assert!(matches!(source(&newer), StoredError::NewerFormat { format: 200, .. }));
    assert!(matches!(&newer, Error::Input(e) if e.kind == InputErrorKind::OtherVersion));
    let damaged = read(&|bytes| *bytes.last_mut().unwrap() ^= 1);
    assert!(matches!(source(&damaged), StoredError::Damaged { .. }));
    assert!(matches!(&damaged, Error::Input(e) if e.kind == InputErrorKind::Damaged));
    assert!(told(&damaged).starts_with("background.nf: "), "{damaged}");
}

#[test]
fn a_configuration_names_option_and_line() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("newsfold.toml");
    let error = Settings::from_file(&path).unwrap_err();
    assert_eq!(source::<io::Error>(&error).kind(), io::ErrorKind::NotFound);
    fs::write(&path, "seed = 1\nthreshold = \"high\"\n").unwrap();
    let error = Settings::from_file(&path).unwrap_err();
    assert!(source::<toml::de::Error>(&error).span().is_some());
    assert!(told(&error).contains("newsfold.toml: line 2: "), "{error}");
    let out_of_range = Settings { threshold: Some(2.0), ..Settings::default() };
    let error = Analysis::copies().with_settings(out_of_range).run([]).unwrap_err();
    assert!(matches!(&error, Error::Config(config) if config.option == "--threshold"), "{error}");
    assert!(error.source().is_none());
}

#[test]
fn labels_name_file_and_line() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("gold.csv");
    assert_eq!(source::<io::Error>(&read_gold(&path).unwrap_err()).kind(), io::ErrorKind::NotFound);
    fs::write(&path, "id,cluster\na,1\nb\n").unwrap();
    let error = read_gold(&path).unwrap_err();
    let cause: &csv::Error = source(&error);
    assert!(matches!(cause.kind(), csv::ErrorKind::UnequalLengths { .. }));
    assert!(told(&error).ends_with("gold.csv:3: 1 fields, where the header has 2"), "{error}");
}
