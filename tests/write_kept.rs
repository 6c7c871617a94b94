//! `--write-kept`: the records that stay, in the form of the input.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::{Read, Write as _};
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

/// More than 128 MiB come out of a packed input, by no means a bomb: everything that stays is written.
#[test]
fn a_large_packed_input_is_written_whole() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.jsonl.gz");
    let file = File::create(&input).unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    // What compresses to about a hundredth: a stretch of digits again and again.
    let stretch: String =
        (0..2000_u32).map(|n| format!("{:08x}", n.wrapping_mul(0x9e37_79b9))).collect();
    let padding = stretch.repeat((1 << 20) / stretch.len());
    const LINES: usize = 140;
    for number in 0..LINES {
        let line = format!("{{\"text\":\"{}\",\"x\":\"{padding}\"}}\n", text(number));
        packed.write_all(line.as_bytes()).unwrap();
    }
    packed.finish().unwrap();
    let left = kept(&folder, &input, "out.jsonl.zst");
    let left = zstd::decode_all(File::open(left).unwrap()).unwrap();
    assert_eq!(left.iter().filter(|byte| **byte == b'\n').count(), LINES);
}

/// Two sentences that several outlets print, and one of each outlet's own.
const WIRE: &str = "The ferry Hesper ran aground off Havenmouth shortly before dawn on Tuesday with \
                    ninety passengers aboard. Lifeboats from three harbours took every passenger \
                    ashore within two hours, the coastguard said in Norrmouth.";

/// An article of its own with the wire's text after its first paragraph.
fn article(number: usize) -> String {
    format!("{}.\n\n{WIRE}\n\nThe end of {}.", text(number), text(100 + number))
}

/// Runs `run` with `--scrub` on the input; what was written, and the folder of the results.
fn scrubbed(folder: &TempDir, input: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (to, out) = (folder.path().join(name), folder.path().join("out"));
    let mut command = newsfold();
    command.args(["run", "--format", "csv", "--scrub", "both", "-o"]).arg(&out);
    let (code, told, error) = said(command.arg(input).arg("--write-kept").arg(&to));
    assert_eq!(code, 0, "{error}");
    assert!(told.contains("Scrubbed") && told.contains("2 articles: scrubbed.csv"), "{told}");
    (to, out)
}

#[test]
fn repeated_sentences_are_cut_out_of_lines_of_json() {
    let folder = TempDir::new().unwrap();
    let line = |number: usize, text: &str| {
        let text = serde_json::to_string(text).unwrap();
        format!(
            "{{\"id\": \"{number}\",\t\"outlet\":\"o{number}\", \"published\":\"2024-05-0{number}\", \
             \"text\": {text}, \"x\":1.50}}\n"
        )
    };
    let input = folder.path().join("in.jsonl");
    let lines: String = (1..4).map(|number| line(number, &article(number))).collect();
    fs::write(&input, lines).unwrap();
    let (to, out) = scrubbed(&folder, &input, "kept.jsonl");
    let own = |number: usize| article(number).replace(&format!("{WIRE}\n\n"), "");
    let expected = [line(1, &article(1)), line(2, &own(2)), line(3, &own(3))].concat();
    assert_eq!(fs::read_to_string(to).unwrap(), expected);

    let rows = fs::read_to_string(out.join("scrubbed.csv")).unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(rows[0], "id,start,end,byte_start,byte_end,tokens,syndicated,passage_id");
    let start = article(2).find(WIRE).unwrap();
    let (end, words) = (start + WIRE.len() + 2, WIRE.split(' ').count());
    let expected = format!("2,{start},{end},{start},{end},{words},{words},");
    assert!(rows[1].starts_with(&expected), "{} {expected}", rows[1]);
    assert_eq!(rows.len(), 3);
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    let words = 2 * words;
    let counts = serde_json::json!({"articles":2,"emptied":0,"words":words,"syndicated":words});
    assert_eq!(run["scrubbed"], counts);
    assert_eq!(run["parameters"]["scrub"], "both");
}

#[test]
fn repeated_sentences_are_cut_out_of_rows() {
    let folder = TempDir::new().unwrap();
    let row = |number: usize, text: &str| {
        format!("{number},o{number},2024-05-0{number},\"{text}\",\"x, y\"\r\n")
    };
    let header = "id,outlet,published,text,extra\r\n";
    let input = folder.path().join("in.csv");
    let rows: String = (1..4).map(|number| row(number, &article(number))).collect();
    fs::write(&input, format!("{header}{rows}")).unwrap();
    let (to, _) = scrubbed(&folder, &input, "kept.csv");
    let own = |number: usize| article(number).replace(&format!("{WIRE}\n\n"), "");
    let expected = [header, &row(1, &article(1)), &row(2, &own(2)), &row(3, &own(3))].concat();
    assert_eq!(fs::read_to_string(to).unwrap(), expected);
}

#[test]
fn repeated_sentences_are_cut_out_of_parquet() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.parquet");
    let schema = "message schema {
        required binary outlet (UTF8);
        optional binary published (UTF8);
        optional group text (LIST) { repeated group list { optional binary element (UTF8); } }
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer =
        SerializedFileWriter::new(File::create(&input).unwrap(), schema, properties).unwrap();
    let bytes = |text: &str| ByteArray::from(text.as_bytes().to_vec());
    let mut rows = writer.next_row_group().unwrap();
    for prefix in ["o", "2024-05-0"] {
        let values: Vec<ByteArray> = (1..4).map(|n| bytes(&format!("{prefix}{n}"))).collect();
        let levels = [1; 3];
        let levels = (prefix != "o").then_some(levels.as_slice());
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, levels, None).unwrap();
        column.close().unwrap();
    }
    let paragraphs: Vec<ByteArray> =
        (1..4).flat_map(|n| article(n).split("\n\n").map(bytes).collect::<Vec<_>>()).collect();
    let (defined, repeated) = ([3; 9], [0, 1, 1, 0, 1, 1, 0, 1, 1]);
    let mut column = rows.next_column().unwrap().unwrap();
    let typed = column.typed::<ByteArrayType>();
    typed.write_batch(&paragraphs, Some(&defined), Some(&repeated)).unwrap();
    column.close().unwrap();
    rows.close().unwrap();
    writer.close().unwrap();

    let (to, _) = scrubbed(&folder, &input, "kept.parquet");
    let left = SerializedFileReader::new(File::open(to).unwrap()).unwrap();
    let rows: Vec<String> =
        left.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
    let expected: Vec<String> = SerializedFileReader::new(File::open(&input).unwrap())
        .unwrap()
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().to_string())
        .collect();
    assert_eq!(rows[0], expected[0]);
    assert!(expected[1].contains(WIRE));
    // A paragraph that went leaves an empty one.
    assert_eq!(rows[1], expected[1].replace(WIRE, ""));
    assert_eq!(rows[2], expected[2].replace(WIRE, ""));
}

#[test]
fn scrubbing_needs_a_file_and_passages() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("in.jsonl");
    fs::write(&input, format!("{{\"text\":\"{}\"}}\n", text(1))).unwrap();
    let refused = |args: &[&str], because: &str| {
        let mut command = newsfold();
        command.args(args).arg(&input).arg("-o").arg(folder.path().join("out"));
        let (code, _, error) = said(&mut command);
        assert_eq!(code, 2, "{error}");
        assert!(error.contains(because), "{error}");
    };
    let to = folder.path().join("kept.jsonl");
    let to = to.to_str().unwrap();
    refused(&["run", "--scrub", "both"], "name a file with --write-kept");
    refused(
        &["dups", "--scrub", "both", "--write-kept", to],
        "no use for --scrub; it is for run\n",
    );
    refused(&["passages", "--write-kept", to], "it is for run, dups, stories\n");
    refused(&["run", "--scrub", "all", "--write-kept", to], "boilerplate, syndicated, both");
    assert!(!Path::new(to).exists());
}

/// What cannot be written from is refused before the work, and what is written is a file like any other.
#[test]
fn what_cannot_be_written_is_told_before_the_work() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let line = |n: usize| serde_json::json!({"id": n.to_string(), "text": text(n)}).to_string();
    fs::write(at("list.json"), format!("[{},{}]", line(1), line(2))).unwrap();
    fs::write(at("in.jsonl"), line(1) + "\n").unwrap();
    fs::create_dir(at("texts")).unwrap();
    fs::write(at("texts/a.txt"), text(3)).unwrap();
    let refused = |input: &str, to: &str, reason: &str| {
        let mut command = newsfold();
        command
            .args(["dups", "-v", "-o"])
            .arg(at("out"))
            .arg(at(input))
            .arg("--write-kept")
            .arg(at(to));
        let (code, _, error) = said(&mut command);
        assert!(code == 2 && error.contains(reason), "{input}: {error}");
        assert!(!error.contains("families"), "{error}");
        assert!(!at("out").exists());
    };
    refused("list.json", "kept.json", "neither JSON Lines nor CSV nor Parquet");
    refused("texts", "kept.jsonl", "neither JSON Lines nor CSV nor Parquet");
    refused("in.jsonl", "nowhere/kept.jsonl", "nowhere");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        let written = kept(&folder, &at("in.jsonl"), "kept.jsonl");
        assert_eq!(mode(&written), mode(&at("in.jsonl")));
    }
}

/// A table that `read` wrote has guarded cells: they are cut as what was read, and guarded again.
#[test]
fn guarded_cells_are_cut_and_stay_guarded() {
    let folder = TempDir::new().unwrap();
    let (input, table) = (folder.path().join("in.jsonl"), folder.path().join("in.csv"));
    let line = |n: usize| {
        let (text, day) = (format!("-{n} degrees. {}", article(n)), format!("2024-05-0{n}"));
        let article = serde_json::json!({"id": n.to_string(), "outlet": format!("o{n}"), "published": day, "text": text});
        article.to_string() + "\n"
    };
    fs::write(&input, (1..4).map(line).collect::<String>()).unwrap();
    assert_eq!(said(newsfold().arg("read").arg(&input).arg("-o").arg(&table)).0, 0);
    let kept = fs::read_to_string(scrubbed(&folder, &table, "kept.csv").0).unwrap();
    assert_eq!(kept.matches("coastguard said in Norrmouth").count(), 1, "{kept}");
    assert!((1..4).all(|n| kept.contains(&format!("'-{n} degrees. w{n}x0"))), "{kept}");
}
