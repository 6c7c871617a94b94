//! `--write-kept`: the records that stay, in the form of the input.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor;
use parquet::schema::parser::parse_message_type;
use tempfile::TempDir;

mod program;

use program::{newsfold, said};

/// A text of its own for each number.
fn text(number: usize) -> String {
    (0..60).map(|word| format!("w{number}x{word} ")).collect()
}

/// Runs `dups` on the input; the file that is left.
fn kept(folder: &TempDir, input: &Path, name: &str) -> PathBuf {
    let to = folder.path().join(name);
    let mut command = newsfold();
    command.args(["dups", "--format", "csv", "-o"]).arg(folder.path().join("out"));
    let (code, _, error) = said(command.arg(input).arg("--write-kept").arg(&to));
    assert!(matches!(code, 0 | 3), "{error}");
    to
}

#[test]
fn lines_of_json_stay_byte_for_byte() {
    let folder = TempDir::new().unwrap();
    let line = |id: &str, number: usize| {
        format!("{{ \"id\":\"{id}\",  \"text\":\"{}\", \"x\": [1.50, null] }}\n", text(number))
    };
    let (a, b, c) = (line("a", 1), line("b", 2), line("c", 1));
    let input = folder.path().join("in.jsonl");
    fs::write(&input, format!("{a}\n{{broken\n{b}{c}")).unwrap();
    assert_eq!(fs::read_to_string(kept(&folder, &input, "out.jsonl")).unwrap(), format!("{a}{b}"));

    let packed = File::open(kept(&folder, &input, "out.jsonl.gz")).unwrap();
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, format!("{a}{b}"));
    let packed = File::open(kept(&folder, &input, "out.jsonl.zst")).unwrap();
    assert_eq!(zstd::decode_all(packed).unwrap(), format!("{a}{b}").into_bytes());
}

#[test]
fn rows_of_a_table_stay_with_their_header() {
    let folder = TempDir::new().unwrap();
    let row =
        |id: &str, number: usize| format!("{id},\"{}\nand \"\"more\"\"\",7\r\n", text(number));
    let header = "id,text,extra\r\n";
    let (a, b, c) = (row("a", 1), row("b", 2), row("c", 1));
    let input = folder.path().join("in.csv");
    fs::write(&input, format!("{header}{a}{b}{c}")).unwrap();
    let left = fs::read_to_string(kept(&folder, &input, "out.csv")).unwrap();
    assert_eq!(left, format!("{header}{a}{b}"));
}

#[test]
fn rows_of_parquet_stay_with_all_columns() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.parquet");
    let schema = "message schema {
        required binary id (UTF8);
        optional binary text (UTF8);
        optional int64 views;
        optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer =
        SerializedFileWriter::new(File::create(&input).unwrap(), schema, properties).unwrap();
    let bytes = |text: &str| ByteArray::from(text.as_bytes().to_vec());
    for group in 0..2 {
        // The first text of each group is that of the first article.
        let ids: Vec<ByteArray> = (0..3).map(|row| bytes(&format!("{group}{row}"))).collect();
        let texts: Vec<ByteArray> = (0..3)
            .map(|row| bytes(&text(if row == 0 { 0 } else { 10 * group + row + 1 })))
            .collect();
        let mut rows = writer.next_row_group().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&ids, None, None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&[1; 3]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[5, 7], Some(&[1, 0, 1]), None).unwrap();
        column.close().unwrap();
        // [x, y], none, [z]
        let tags = [bytes("x"), bytes("y"), bytes("z")];
        let mut column = rows.next_column().unwrap().unwrap();
        let levels = (&[3, 3, 0, 3], &[0, 1, 0, 0]);
        column.typed::<ByteArrayType>().write_batch(&tags, Some(levels.0), Some(levels.1)).unwrap();
        column.close().unwrap();
        rows.close().unwrap();
    }
    writer.close().unwrap();

    let left = SerializedFileReader::new(File::open(kept(&folder, &input, "out.parquet")).unwrap());
    let before = SerializedFileReader::new(File::open(&input).unwrap()).unwrap();
    let left = left.unwrap();
    let of = |file: &SerializedFileReader<File>| file.metadata().file_metadata().schema().clone();
    assert_eq!(of(&left), of(&before));
    let rows = |file: &SerializedFileReader<File>| -> Vec<(String, String)> {
        let rows = file.get_row_iter(None).unwrap().map(Result::unwrap);
        rows.map(|row| (row.get_string(0).unwrap().clone(), row.to_string())).collect()
    };
    let expected: Vec<(String, String)> =
        rows(&before).into_iter().filter(|(id, _)| id != "10").collect();
    assert_eq!(expected.len(), 5);
    assert_eq!(rows(&left), expected);
}
