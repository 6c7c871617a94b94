//! The guides are true: their commands run as they are written, one after another, and print what stands below them.
//! `UPDATE_DOCS=1` writes what they print into the guides. And no link of the documentation leads nowhere.

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

/// What a command prints, both streams, in a folder where `newsfold` and `corpus` are.
fn printed(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_newsfold")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let run = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    String::from_utf8(run.stdout).unwrap()
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

#[cfg(unix)]
#[test]
fn the_commands_of_the_guides_print_what_the_guides_say() {
    let guides = pages("docs/guides");
    assert!(guides.len() >= 3);
    for page in guides {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root().join("corpus"), folder.path().join("corpus")).unwrap();
        let guide = fs::read_to_string(&page).unwrap();
        assert!(guide.matches("\n$ newsfold ").count() >= 2, "{}", page.display());
        let now = played(&guide, folder.path());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&page, now).unwrap();
        } else {
            assert_eq!(guide, now, "{}: UPDATE_DOCS=1 writes it anew", page.display());
        }
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
