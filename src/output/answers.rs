//! Answers that were made of the results of a run and written beside them, which the next run makes untrue.
//!
//! Each is marked in its head with the name of its own file. So a page of somebody else, and a copy that was given another
//! name to be kept, are never taken for one.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// The mark stands within so many bytes from the beginning.
const HEAD_BYTES: u64 = 1 << 10;

/// What marks an answer in a file of this name.
pub(crate) fn answer_mark(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '&' => safe += "&amp;",
            '"' => safe += "&quot;",
            '<' => safe += "&lt;",
            c => safe.push(c),
        }
    }
    format!("<meta name=\"newsfold-answer\" content=\"{safe}\">")
}

/// The names of the answers in a folder.
pub(super) fn answers(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let files =
        entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let names = files.filter_map(|entry| entry.file_name().into_string().ok());
    let pages = names.filter(|name| name.ends_with(".html"));
    let mut answers: Vec<String> = pages.filter(|name| is_answer(folder, name)).collect();
    answers.sort_unstable();
    answers
}

fn is_answer(folder: &Path, name: &str) -> bool {
    let mut head = Vec::new();
    let read =
        File::open(folder.join(name)).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let mark = answer_mark(name);
    read.is_ok() && head.windows(mark.len()).any(|bytes| bytes == mark.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_that_is_marked_with_its_own_name_is_an_answer() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
        let page = |name: &str| format!("<!doctype html>{}<p>An answer", answer_mark(name));
        write("wire.html", &page("wire.html"));
        write("outlet-a&\"b.html", &page("outlet-a&\"b.html"));
        write("kept-of-may.html", &page("wire.html"));
        write("notes.html", "<p>somebody else's");
        write("since.txt", &page("since.txt"));
        write("far.html", &(" ".repeat(2 << 10) + &page("far.html")));
        fs::create_dir(folder.path().join("folder.html")).unwrap();
        assert_eq!(answers(folder.path()), ["outlet-a&\"b.html", "wire.html"]);
        assert!(answers(&folder.path().join("nowhere")).is_empty());
    }
}
