//! What every reader owes to whatever it is given: no panic, an account that adds up, places that
//! exist. The fuzz targets hold readers to it, and so does the test of what they once found.

#![allow(unreachable_pub, reason = "the fuzz targets are another crate")]

use std::fs;
use std::io::Write as _;
use std::path::Path;

use newsfold::article::{Article, ByteSpan};
use newsfold::config::Settings;
use newsfold::error::Error;
use newsfold::evaluate::{read_gold, read_pair_list};
use newsfold::ingest::{Format, IngestOptions, Ingested, Outlets, ingest_reader};
use newsfold::observer::Silent;
use newsfold::passage::Credits;
use newsfold::story::Corrections;
use newsfold::text::tokenise;

/// What the stream is called.
const NAME: &str = "in";

/// Reads bytes as a file of unknown kind.
pub fn articles(bytes: &[u8]) -> Option<Ingested> {
    let read = match ingest_reader(NAME, bytes, &IngestOptions::default(), &Silent) {
        Ok(read) => read,
        Err(Error::Input(error)) => {
            is_told(&error.position.file, &error.reason);
            return None;
        }
        Err(error) => panic!("the input ended the run: {error}"),
    };
    let accepted = read.corpus.len() as u64;
    assert_eq!(read.records, accepted + read.rejects.len() as u64);
    assert_eq!(read.files.iter().map(|file| file.accepted).sum::<u64>(), accepted);
    for reject in &read.rejects {
        is_told(&reject.position.file, &reject.reason);
    }
    let articles = read.corpus.articles();
    let mut ids: Vec<&str> = articles.iter().map(|article| article.id.as_str()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|two| two[0] < two[1]), "an id comes once");
    let is_text = read.files.len() == 1 && read.files[0].format == Some(Format::Text);
    for article in articles {
        places_exist(article);
        if is_text && article.mending.is_some() {
            stand_in(article, bytes);
        }
    }
    Some(read)
}

/// Whoever reads the message must learn which file it is about and what is wrong.
fn is_told(file: &str, reason: &str) {
    assert!(file.starts_with(NAME), "{file}");
    assert!(!reason.trim().is_empty());
}

/// Tokens stand in the text one behind the other, at the ends of characters, and as read too.
fn places_exist(article: &Article) {
    let mut tokens = Vec::new();
    tokenise(&article.text, &mut tokens);
    let (mut end, mut end_as_read) = (0, 0);
    for span in tokens.iter().map(|token| token.span()) {
        assert!(end <= span.start && span.start < span.end, "{span:?} behind {end}");
        assert!(article.text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
        end = span.end;
        let as_read = article.bytes_as_read(span);
        assert!(end_as_read <= as_read.start && as_read.start <= as_read.end, "{as_read:?}");
        end_as_read = as_read.end;
    }
}

/// Places in a mended text are places in the file, where the file is the text.
fn stand_in(article: &Article, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = text.trim_start_matches('\u{feff}');
    let end = article.text.len() as u32;
    let whole = article.bytes_as_read(ByteSpan { start: 0, end });
    assert_eq!((whole.start, whole.end as usize), (0, text.len()));
    let mut tokens = Vec::new();
    tokenise(&article.text, &mut tokens);
    for span in tokens.iter().map(|token| article.bytes_as_read(token.span())) {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
    }
}

/// Reads a file of labels, as each kind that there is.
pub fn labels(bytes: &[u8]) {
    in_a_file(bytes, |path| {
        let _ = read_gold(path);
        let _ = read_pair_list(path);
    });
}

/// Reads a file of credit lines.
pub fn credits(bytes: &[u8]) {
    in_a_file(bytes, |path| {
        let _ = Credits::built_in().with_file(path);
    });
}

/// Reads a configuration, and checks what it says. What it names is not opened.
pub fn config(bytes: &[u8]) {
    in_a_file(bytes, |path| {
        let Ok(settings) = Settings::from_file(path) else { return };
        let unnamed = Settings {
            background: None,
            credits: None,
            must_link: None,
            cannot_link: None,
            outlets: None,
            ..settings
        };
        let _ = unnamed.over(Settings::default()).resolve(vec![NAME.into()]);
    });
}

/// Reads a table of outlets, and a list of pairs that belong together or do not.
pub fn lists(bytes: &[u8]) {
    in_a_file(bytes, |path| {
        let _ = Outlets::read(path);
        let _ = Corrections::read(Some(path), Some(path));
    });
}

fn in_a_file(bytes: &[u8], read: impl FnOnce(&Path)) {
    let mut file = tempfile::NamedTempFile::new().expect("a folder for temporary files");
    file.write_all(bytes).expect("room for a small file");
    read(file.path());
    drop(file);
}

/// The law for what lies in `folder`: everything found by a target once, in a folder of its name.
#[allow(dead_code, reason = "fuzz targets hold the inputs themselves")]
pub fn all(folder: &Path, law: impl Fn(&[u8])) -> usize {
    let Ok(files) = fs::read_dir(folder) else { return 0 };
    let inputs = files.map(|file| fs::read(file.expect("a file").path()).expect("readable"));
    inputs.map(|bytes| law(&bytes)).count()
}
