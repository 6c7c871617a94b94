//! The documentation is true. Commands with their output below them run as they are written, one after another, and
//! print what stands there; `UPDATE_DOCS=1` writes what they print. Commands in lists run as they are written, each
//! by itself, and end well. And no link leads nowhere.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files of a folder.
fn pages(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|ending| ending == "md"));
    pages.sort();
    pages
}

/// The exit code of a command and what it prints, both streams, in this folder. `newsfold` is on its path, behind what
/// the folder's `bin` has.
fn ended(command: &str, folder: &Path) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_newsfold")).parent().unwrap();
    let bin = folder.join("bin");
    let path =
        format!("{}:{}:{}", bin.display(), program.display(), std::env::var("PATH").unwrap());
    let run = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("COLUMNS", "100")
        // Programs that are measured are kept there.
        .env("XDG_CACHE_HOME", folder)
        // As often as it takes to be sure is too often for a test. What is compared needs eight turns at least.
        .env("NEWSFOLD_ROUNDS", if command.contains("before.json") { "8" } else { "1" })
        .output()
        .unwrap();
    (run.status.code(), String::from_utf8(run.stdout).unwrap())
}

fn printed(command: &str, folder: &Path) -> String {
    ended(command, folder).1
}

/// A guide with what its commands print.
fn played(guide: &str, folder: &Path) -> String {
    let (mut played, mut in_console) = (String::new(), false);
    for line in guide.lines() {
        let command = line.strip_prefix("$ ").filter(|_| in_console);
        if line.starts_with("```") {
            in_console = line == "```console";
        }
        if !in_console || command.is_some() || line.starts_with("```") {
            played.push_str(line);
            played.push('\n');
        }
        if let Some(command) = command {
            played.push_str(&printed(command, folder));
        }
    }
    played
}

/// The lines of a page's lists of commands.
fn listed(page: &str) -> Vec<String> {
    let mut in_list = false;
    let mut lines = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            in_list = line == "```sh";
        } else if in_list && line.starts_with("newsfold ") {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// Makes what the documentation speaks of, out of the example corpus: articles in a file, in folders, packed; two of
/// them called ID-A and ID-B; an outlet called "The Daily"; labels; what came last.
#[cfg(unix)]
fn make_inputs(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let named = |text: &str| {
        let text = text.replace("\"herald-01\"", "\"ID-A\"").replace("\"tna-01\"", "\"ID-B\"");
        text.replace("Havenmouth Herald", "The Daily")
    };
    let corpus = named(&fs::read_to_string(root().join("corpus/articles.jsonl")).unwrap());
    let lines: Vec<&str> = corpus.lines().collect();
    let (before, last) = (lines[..80].join("\n"), lines[80..].join("\n"));
    for name in ["articles.jsonl", "archive.jsonl", "what-i-have/a.jsonl", "archive/a.jsonl"] {
        write(folder, name, corpus.as_bytes());
    }
    for name in ["crawl/a.jsonl", "last-year/a.jsonl", "january.jsonl"] {
        write(folder, name, before.as_bytes());
    }
    for name in ["today.jsonl", "today/a.jsonl"] {
        write(folder, name, last.as_bytes());
    }
    write(folder, "archive.jsonl.zst", &zstd::encode_all(corpus.as_bytes(), 0).unwrap());
    let table = b"id,outlet,text\nx-1,The Courier,A text that stands in a table.\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, table).unwrap();
    write(folder, "more/x.csv.gz", &packed.finish().unwrap());
    let text_of = |line: &&str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["text"].as_str().unwrap().to_owned()
    };
    let texts: Vec<String> = lines.iter().take(20).map(text_of).collect();
    for (number, text) in texts.iter().enumerate() {
        write(folder, &format!("folder-of-text-files/{number}.txt"), text.as_bytes());
        write(folder, &format!("scans/{number}.txt"), text.as_bytes());
    }
    write(folder, "ours.txt", texts[0].as_bytes());
    let labels = fs::read_to_string(root().join("corpus/stories.gold.csv")).unwrap();
    let labels = labels.replace("\nherald-01,", "\nID-A,").replace("\ntna-01,", "\nID-B,");
    write(folder, "stories.csv", labels.as_bytes());
    // What opens a page in a browser notes that it was asked to.
    write(folder, "bin/xdg-open", b"#!/bin/sh\necho \"$1\" >>opened\n");
    let may_run = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.join("bin/xdg-open"), may_run).unwrap();
}

#[cfg(unix)]
fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

#[cfg(unix)]
#[test]
fn the_commands_of_lists_end_well() {
    for (page, before) in [("README.md", "newsfold index init news/"), ("docs/archive.md", "true")]
    {
        let folder = tempfile::tempdir().unwrap();
        make_inputs(folder.path());
        let (code, told) = ended(before, folder.path());
        assert_eq!(code, Some(0), "{told}");
        let (code, told) = ended("newsfold run articles.jsonl -o finished", folder.path());
        assert_eq!(code, Some(0), "{told}");
        let lines = listed(&fs::read_to_string(root().join(page)).unwrap());
        assert!(lines.len() >= 4, "{page}: {lines:?}");
        for line in lines {
            let serves = line.starts_with("newsfold serve ");
            if serves && cfg!(not(feature = "serve")) {
                continue;
            }
            // A server ends when it is told to: 124 says that it was still there.
            let (command, good) =
                if serves { (format!("timeout 3 {line}"), 124) } else { (line.clone(), 0) };
            // Each stands for itself: `out` is what a run of everything left.
            let command = format!("rm -rf out; cp -r finished out; {command}");
            let (code, told) = ended(&command, folder.path());
            assert_eq!(code, Some(good), "{page}: {line}\n{told}");
        }
        let opened = fs::read_to_string(folder.path().join("opened")).unwrap_or_default();
        assert_eq!(opened.lines().count(), if page == "README.md" { 3 } else { 0 }, "{opened}");
    }
}

#[cfg(unix)]
#[test]
fn the_archive_of_the_readme_prints_what_the_readme_says() {
    let folder = tempfile::tempdir().unwrap();
    make_inputs(folder.path());
    agree(&root().join("README.md"), folder.path());
}

#[cfg(unix)]
#[test]
fn the_lines_of_the_log_are_those_that_its_page_shows() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("corpus"), folder.path().join("corpus")).unwrap();
    agree(&root().join("docs/log.md"), folder.path());
}

/// Runs the commands of a page that have their output below them, and holds the page to it.
#[cfg(unix)]
fn agree(page: &Path, folder: &Path) {
    let text = fs::read_to_string(page).unwrap();
    assert!(text.matches("\n$ newsfold ").count() >= 2, "{}", page.display());
    let now = played(&text, folder);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(page, now).unwrap();
    } else {
        assert_eq!(text, now, "{}: UPDATE_DOCS=1 writes it anew", page.display());
    }
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_guides_print_what_the_guides_say() {
    let guides = pages("docs/guides");
    assert!(guides.len() >= 3);
    for page in guides {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root().join("corpus"), folder.path().join("corpus")).unwrap();
        agree(&page, folder.path());
    }
}

#[test]
fn no_link_of_the_documentation_leads_nowhere() {
    let folders = [
        "",
        "docs",
        "docs/guides",
        "corpus",
        "benches/quality",
        "benches/peers",
        "benches/archive",
        "benches/stores",
    ];
    let mut links = 0;
    for page in folders.into_iter().flat_map(pages) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            // An answer that a guide shows links into the page of results beside it.
            if link.contains("://") || file.is_empty() || file == "report.html" {
                continue;
            }
            links += 1;
            let target = page.parent().unwrap().join(file);
            assert!(target.exists(), "{}: {link}", page.display());
        }
    }
    assert!(links > 20, "{links}");
}
