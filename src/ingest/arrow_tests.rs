use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, Int64Array, ListArray, RecordBatch, StringArray,
    StringViewArray, StructArray, TimestampMicrosecondArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use proptest::prelude::*;

use crate::error::Result;
use crate::ingest::{IngestOptions, Ingested, ingest};
use crate::observer::Silent;

/// Rows from `from` on, in columns of many types.
fn batch(from: usize, rows: usize) -> RecordBatch {
    let numbers = || from..from + rows;
    let ids = Int64Array::from_iter_values(numbers().map(|n| n as i64));
    let texts = numbers().map(|n| (n % 5 != 3).then(|| text(n)));
    let titles = StringViewArray::from_iter_values(numbers().map(|n| format!("Title {n}")));
    let moments = numbers().map(|n| 1_704_067_200_000_000 + 3_600_000_000 * n as i64);
    let moments = TimestampMicrosecondArray::from_iter_values(moments).with_timezone("UTC");
    let both = Arc::new(StringArray::from(vec!["even.example", "odd.example"]));
    let outlets = Int32Array::from_iter_values(numbers().map(|n| n as i32 % 2));
    let outlets = DictionaryArray::<Int32Type>::new(outlets, both);
    let thread = StructArray::from(vec![(
        Arc::new(Field::new("site_full", DataType::Utf8, true)),
        Arc::new(StringArray::from_iter(numbers().map(|n| Some(format!("s{n}"))))) as _,
    )]);
    let schema = Schema::new(vec![
        Field::new("unused", DataType::Int64, false),
        Field::new("id", DataType::Int64, false),
        Field::new("title", DataType::Utf8View, false),
        Field::new(
            "published",
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            false,
        ),
        Field::new_dictionary("outlet", DataType::Int32, DataType::Utf8, false),
        Field::new("thread", thread.data_type_of(), false),
        Field::new("text", DataType::Utf8, true),
    ]);
    let columns = vec![
        Arc::new(ids.clone()) as _,
        Arc::new(ids) as _,
        Arc::new(titles) as _,
        Arc::new(moments) as _,
        Arc::new(outlets) as _,
        Arc::new(thread) as _,
        Arc::new(StringArray::from_iter(texts)) as _,
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

trait Typed {
    fn data_type_of(&self) -> DataType;
}

impl<A: arrow_array::Array> Typed for A {
    fn data_type_of(&self) -> DataType {
        self.data_type().clone()
    }
}

fn text(n: usize) -> String {
    format!("The ferry number {n} ran aground; größer & better.")
}

fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

fn file(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let schema = batches[0].schema();
    let mut writer = FileWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Ingested {
    tried(name, bytes).unwrap()
}

fn tried(name: &str, bytes: &[u8]) -> Result<Ingested> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let inputs = [path.to_string_lossy().into_owned()];
    ingest(&inputs, &IngestOptions::default(), &Silent)
}

fn titles(read: &Ingested) -> Vec<&str> {
    read.corpus.articles().iter().map(|article| &*article.title).collect()
}

#[test]
fn files_and_streams_are_found_by_their_content_packed_or_not() {
    let batches = [batch(0, 7), batch(7, 5)];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &stream(&batches)).unwrap();
    for bytes in [
        file(&batches, None),
        file(&batches, Some(CompressionType::LZ4_FRAME)),
        file(&batches, Some(CompressionType::ZSTD)),
        stream(&batches),
        gzip.finish().unwrap(),
    ] {
        let read = read("news", &bytes);
        assert_eq!((read.corpus.len(), read.records), (10, 12));
        // The fourth row and the ninth have no text.
        let rows: Vec<String> = read.rejects.iter().map(|at| at.position.to_string()).collect();
        assert!(rows[0].contains('4') && rows[1].contains('9'), "{rows:?}");
        let article = read.corpus.find("9").map(|doc| read.corpus.get(doc)).unwrap();
        assert_eq!(&*article.text, text(9));
        assert_eq!(&*article.outlet, "odd.example");
        assert_eq!(article.published.unwrap().to_string(), "2024-01-01T09:00:00Z");
        let input = &read.files[0];
        assert_eq!(input.format.unwrap().to_string(), "Arrow");
        assert!(input.ids_may_be_numbers && input.xxh3.is_some());
        assert_eq!(input.bytes, bytes.len() as u64);
    }
}

#[test]
fn what_pyarrow_and_polars_write_is_read() {
    for name in ["pa_lz4.feather", "pl_ipc.arrow", "pl_zstd.feather"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/written-by-tools");
        let read = read(name, &fs::read(folder.join(name)).unwrap());
        assert_eq!((read.corpus.len(), read.rejects.len()), (6, 0), "{name}");
        assert_eq!(&*read.corpus.articles()[0].outlet, "The Daily Harbour", "{name}");
    }
}

#[test]
fn a_batch_of_many_rows_is_read_in_order() {
    let rows = 3 * super::ROWS + 2;
    let read = read("news.arrow", &file(&[batch(0, rows)], None));
    assert_eq!(read.records, rows as u64);
    assert_eq!(read.corpus.len(), rows - (rows + 1) / 5);
    let last = read.corpus.articles().last().unwrap();
    assert_eq!(&*last.title, format!("Title {}", rows - 1));
}

#[test]
fn a_text_in_paragraphs_is_one() {
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.append_value([Some("First it sailed."), None, Some("Then it sank.")]);
    let lists = lists.finish();
    let schema = Schema::new(vec![Field::new("text", lists.data_type_of(), true)]);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(lists)]).unwrap();
    let read = read("news.arrow", &stream(&[batch]));
    assert_eq!(&*read.corpus.articles()[0].text, "First it sailed.\n\nThen it sank.");
}

#[test]
fn a_list_of_structures_is_that_of_their_names() {
    let name = Arc::new(Field::new("name", DataType::Utf8, true));
    let structures = StructArray::from(vec![(
        Arc::clone(&name),
        Arc::new(StringArray::from(vec![Some("Ana Ruiz"), None, Some("Jo O'Dea")])) as ArrayRef,
    )]);
    let element = Arc::new(Field::new("item", structures.data_type().clone(), true));
    let all = OffsetBuffer::from_lengths([3]);
    let authors = ListArray::new(element, all, Arc::new(structures), None);
    let schema = Schema::new(vec![
        Field::new("text", DataType::Utf8, true),
        Field::new("authors", authors.data_type().clone(), true),
    ]);
    let text = Arc::new(StringArray::from(vec!["It sailed, and then it sank."]));
    let batch = RecordBatch::try_new(Arc::new(schema), vec![text, Arc::new(authors)]).unwrap();
    let read = read("news.arrow", &stream(std::slice::from_ref(&batch)));
    assert_eq!(&*read.corpus.articles()[0].author, "Ana Ruiz, Jo O'Dea");
}

#[test]
fn a_damaged_batch_is_one_reject_and_the_next_is_read() {
    let batches = [batch(0, 3), batch(3, 3), batch(6, 3)];
    let written = |some: &[RecordBatch]| file(some, Some(CompressionType::ZSTD));
    let mut bytes = written(&batches);
    // Two files are alike up to where one of them ends.
    let end_of = |some: &[RecordBatch]| {
        written(some).iter().zip(&bytes).take_while(|(one, other)| one == other).count()
    };
    let second = end_of(&batches[..1])..end_of(&batches[..2]);
    // What is compressed there no longer begins as Zstandard does.
    let frames = memchr::memmem::find_iter(&bytes, &[0x28, 0xb5, 0x2f, 0xfd]);
    let frames: Vec<usize> = frames.filter(|place| second.contains(place)).collect();
    assert!(!frames.is_empty());
    frames.into_iter().for_each(|place| bytes[place] = 0);
    let read = read("news.arrow", &bytes);
    assert_eq!(titles(&read), ["Title 0", "Title 1", "Title 2", "Title 6", "Title 7"]);
    let reasons: Vec<&str> = read.rejects.iter().map(|reject| &*reject.reason).collect();
    assert!(reasons[0].starts_with("batch 2: "), "{reasons:?}");
    assert!(reasons[0].ends_with("its 3 rows are not read"), "{reasons:?}");
}

#[test]
fn what_is_cut_short_keeps_what_stands_before() {
    let whole = stream(&[batch(0, 3), batch(3, 3)]);
    let read = read("news.arrow", &whole[..whole.len() - 40]);
    assert_eq!(titles(&read), ["Title 0", "Title 1", "Title 2"]);
    let reasons: Vec<&str> = read.rejects.iter().map(|reject| &*reject.reason).collect();
    assert!(reasons.iter().any(|reason| reason.contains("cut short")), "{reasons:?}");
}

#[test]
fn a_length_that_is_a_lie_takes_no_memory() {
    let stream = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f].to_vec();
    let file = [&b"ARROW1\0\0"[..], &[0; 16], &[0xff, 0xff, 0xff, 0x7f], b"ARROW1"].concat();
    for bytes in [stream, file] {
        let reason = tried("news.arrow", &bytes).unwrap_err().to_string();
        assert!(reason.contains("cut short"), "{reason}");
    }
}

#[test]
fn a_table_without_a_text_names_its_columns() {
    let schema = Schema::new(vec![Field::new("price", DataType::Int64, false)]);
    let column = Arc::new(Int64Array::from(vec![1, 2]));
    let batch = RecordBatch::try_new(Arc::new(schema), vec![column as _]).unwrap();
    let reason = tried("news.arrow", &stream(&[batch])).unwrap_err().to_string();
    assert!(reason.contains("price"), "{reason}");
}

proptest! {
    /// Whatever bytes stand in a file, it ends in articles and rejects.
    #[test]
    fn no_damage_ends_a_run(at in 0_usize..4000, to in any::<u8>(), is_file in any::<bool>()) {
        let batches = [batch(0, 4), batch(4, 4)];
        let mut bytes = match is_file {
            true => file(&batches, Some(CompressionType::LZ4_FRAME)),
            false => stream(&batches),
        };
        let at = at % bytes.len();
        bytes[at] = to;
        // Where no article was read at all, that is the error.
        let Ok(read) = tried("news.arrow", &bytes) else { return Ok(()) };
        prop_assert!(read.corpus.len() <= 8);
        prop_assert_eq!(read.records, (read.corpus.len() + read.rejects.len()) as u64);
    }
}
