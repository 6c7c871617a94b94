//! The documentation holds together: what a link names is there, and so is the heading that it leads to.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold no documentation of ours.
const LEFT_OUT: [&str; 3] = ["target", "node_modules", ".git"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !LEFT_OUT.contains(&name.as_str()) {
            found.extend(documents(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The lines that are no code.
fn prose(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let is_prose = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    };
    text.lines().filter(is_prose).collect()
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("``")
}

/// What the links of a line lead to.
fn targets(line: &str) -> Vec<String> {
    let line = without_code(line);
    let of_link = |rest: &str| {
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        rest[..end.unwrap_or(rest.len())].to_owned()
    };
    let mut found: Vec<String> = line.split("](").skip(1).map(of_link).collect();
    let defined = line.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
    found.extend(defined.map(|(_, target)| target.trim().to_owned()));
    found
}

/// What a heading is called in a link, as code hosts and mdBook have it: small letters, digits, `-` and `_`.
fn anchor(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The anchors of a document; one that is there already gets a number.
fn anchors(text: &str) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let headings = prose(text).into_iter().filter(|line| line.starts_with('#'));
    headings
        .map(|heading| {
            let own = anchor(heading);
            let times = seen.entry(own.clone()).or_default();
            *times += 1;
            if *times == 1 { own } else { format!("{own}-{}", *times - 1) }
        })
        .collect()
}

/// Why a link of this document leads nowhere, where it does.
fn fault(document: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(a, b)| (a, Some(b)));
    let path = match path {
        "" => document.to_owned(),
        _ => document.parent().unwrap().join(path),
    };
    if !path.exists() {
        return Some("there is no such file".to_owned());
    }
    let inside = path.canonicalize().unwrap();
    if !inside.starts_with(root().canonicalize().unwrap()) {
        return Some("it leads out of the repository".to_owned());
    }
    let anchor = anchor?;
    let own = anchors(&fs::read_to_string(path).ok()?);
    (!own.iter().any(|own| own == anchor)).then(|| format!("it has {}", own.join(", ")))
}

#[test]
fn every_link_leads_somewhere() {
    let mut links = 0;
    let mut faults = Vec::new();
    for document in documents(root()) {
        let text = fs::read_to_string(&document).unwrap();
        for target in prose(&text).into_iter().flat_map(targets) {
            links += 1;
            if let Some(reason) = fault(&document, &target) {
                let name = document.strip_prefix(root()).unwrap().display().to_string();
                faults.push(format!("{name}: {target}: {reason}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(links > 60, "{links} links are too few to be all");
}

/// Pages that the site leaves out: its own table of contents, and what PyPI shows of the Python package.
const NOT_IN_THE_SITE: [&str; 2] = ["docs/SUMMARY.md", "python/README.md"];

#[test]
fn the_site_has_every_page_once() {
    let summary = root().join("docs/SUMMARY.md");
    let text = fs::read_to_string(&summary).unwrap();
    let named = prose(&text).into_iter().flat_map(targets);
    let mut named: Vec<_> =
        named.map(|target| root().join("docs").join(target).canonicalize().unwrap()).collect();
    named.sort();
    let mut there: Vec<_> =
        documents(root()).iter().map(|page| page.canonicalize().unwrap()).collect();
    there.retain(|page| NOT_IN_THE_SITE.iter().all(|left_out| !page.ends_with(left_out)));
    there.sort();
    assert_eq!(named, there);
}

#[test]
fn a_link_that_leads_nowhere_is_told() {
    let readme = root().join("README.md");
    assert_eq!(fault(&readme, "docs/archive.md"), None);
    assert!(fault(&readme, "docs/nosuch.md").is_some());
    assert!(fault(&readme, "docs/archive.md#no-such-heading").is_some());
    assert!(fault(&readme, "../h").is_some());
    assert_eq!(targets("see [a](b.md#c) and `[d](e)`, ![f](g_(1).png)"), ["b.md#c", "g_(1).png"]);
    assert_eq!(targets("[name]: docs/a.md"), ["docs/a.md"]);
    assert_eq!(anchors("# A `b`, c\n```\n# d\n```\n## A b c\n"), ["a-b-c", "a-b-c-1"]);
}
