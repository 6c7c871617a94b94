//! Arguments to files: which files a run reads, each once, in an order that no argument decides.

use std::fs::{self, FileType};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ahash::AHashSet;
use globset::GlobBuilder;
use walkdir::{DirEntry, WalkDir};

use super::objects::{Object, Stores};
use crate::error::{Cause, Error, InputErrorKind, NOT_THERE, Position, Result};
use crate::observer::Observer;
use crate::output::{Ours, ours};

/// The argument that stands for standard input.
pub(super) const STANDARD_INPUT: &str = "-";
/// How the URL of an object in S3 begins.
pub(super) const IN_S3: &str = "s3://";
/// How an argument begins that names no path.
const URLS: [&str; 3] = [IN_S3, "http://", "https://"];

/// One thing to read, or to say why it is not read.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// As messages and positions name it.
    pub(super) name: Arc<str>,
    /// Where its bytes come from.
    pub(super) origin: Origin,
}

impl Input {
    /// Whether two inputs are one, by their names or by the file that these lead to.
    pub(super) fn is(&self, other: &Self) -> bool {
        let file = |input: &Self| match &input.origin {
            Origin::File { path, .. } => fs::canonicalize(path).ok(),
            _ => None,
        };
        self.name == other.name || file(self).is_some_and(|path| Some(path) == file(other))
    }
}

/// Refuses to write a file over an input, whose only copy it may be.
///
/// # Errors
/// [`Error::Config`] names the option that names the file. What is wrong with the inputs is left to whoever reads them.
pub fn refuse_input(
    option: &str,
    to: &Path,
    inputs: &[&[String]],
    observer: &dyn Observer,
) -> Result<()> {
    let Ok(place) = fs::canonicalize(to) else { return Ok(()) };
    for inputs in inputs.iter().filter(|inputs| !inputs.is_empty()) {
        let found = find(inputs, observer).unwrap_or_default();
        for input in found.inputs {
            let Origin::File { path, .. } = &input.origin else { continue };
            if fs::canonicalize(path).is_ok_and(|path| path == place) {
                let reason = format!("{} is one of the inputs; name another file", to.display());
                return Err(Error::config(format!("--{option}"), reason));
            }
        }
    }
    Ok(())
}

/// Where an input's bytes come from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// Standard input.
    Standard,
    /// A regular file of so many bytes.
    File {
        /// Where to open it.
        path: PathBuf,
        /// Its size when it was found.
        bytes: u64,
    },
    /// A pipe with a name, as process substitution gives one: to be opened once, and read to its end.
    Pipe(PathBuf),
    /// An object of a store, or a file of the web.
    Object(Object),
    /// Something that is found but not opened, and why.
    Unreadable(Cause),
}

/// The inputs that the arguments name, sorted by name, each file once however often it is named.
///
/// # Errors
/// [`Error::Input`] for a path that does not exist, a pattern that matches nothing and a folder
/// without files: a typing error must not pass in silence. What exists but cannot be read is an
/// [`Origin::Unreadable`] among the others. [`Error::Interrupted`] while a store is asked.
pub(super) fn find(arguments: &[String], observer: &dyn Observer) -> Result<Found> {
    if arguments.is_empty() {
        return Err(error("", "no input is named"));
    }
    let (mut found, mut stores) = (Found::default(), Stores::new(observer));
    for argument in arguments {
        if URLS.iter().any(|scheme| argument.starts_with(scheme)) {
            let objects = stores.find(argument)?.into_iter();
            found.inputs.extend(
                objects.map(|(name, object)| Input {
                    name: name.into(),
                    origin: Origin::Object(object),
                }),
            );
        } else {
            find_one(argument, &mut found)?;
        }
    }
    found.skipped.sort();
    found.skipped.dedup();
    found.inputs = once_each(found.inputs);
    Ok(found)
}

fn find_one(argument: &str, found: &mut Found) -> Result<()> {
    if argument == STANDARD_INPUT {
        found.inputs.push(Input { name: argument.into(), origin: Origin::Standard });
        return Ok(());
    }
    let path = Path::new(argument);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => walk(path, found),
        // Whoever names a pipe wants it read; one that lies in a folder may never end.
        Ok(metadata) if is_pipe(metadata.file_type()) => {
            found
                .inputs
                .push(Input { name: argument.into(), origin: Origin::Pipe(path.to_owned()) });
            Ok(())
        }
        Ok(metadata) => {
            found.inputs.push(input(path, metadata.file_type(), metadata.len()));
            Ok(())
        }
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => {
            if is_pattern(argument) {
                matching(argument, found)
            } else {
                Err(error(argument, NOT_THERE))
            }
        }
        Err(reason) => {
            found.inputs.push(unreadable(path, reason.into()));
            Ok(())
        }
    }
}

/// What the arguments name.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What to read.
    pub(super) inputs: Vec<Input>,
    /// What is left out because newsfold wrote it, in words.
    pub(super) skipped: Vec<String>,
}

/// Everything below a folder, links to folders followed, hidden names and results of runs left out.
fn walk(root: &Path, found: &mut Found) -> Result<()> {
    let before = found.inputs.len();
    let mut of_ours = None;
    let mut entries = WalkDir::new(root).follow_links(true).into_iter();
    while let Some(entry) = entries.next() {
        if let Ok(seen) = &entry {
            let is_folder = seen.file_type().is_dir();
            let is_left_out = seen.depth() > 0 && is_hidden(seen);
            if is_folder
                && !is_left_out
                && let Some(ours) = ours(seen.path())
            {
                let folder = seen.path().display();
                found.skipped.push(match ours {
                    Ours::Results => {
                        format!("{folder}: left out, since it holds the results of a run")
                    }
                    Ours::Archive => {
                        format!(
                            "{folder}: left out, since it is an archive; `newsfold index` reads it"
                        )
                    }
                });
                of_ours = Some(ours);
                entries.skip_current_dir();
                continue;
            }
            if is_left_out {
                if is_folder {
                    entries.skip_current_dir();
                }
                continue;
            }
        }
        found.inputs.extend(entry_input(entry));
    }
    if found.inputs.len() > before {
        return Ok(());
    }
    let reason = match of_ours {
        None => "no files here (hidden ones are left out, folders below are searched)",
        Some(Ours::Results) => "no files here but the results of a run, which are no input",
        Some(Ours::Archive) => {
            "no files here but an archive; `newsfold index export` writes its tables and its page"
        }
    };
    Err(error(&root.to_string_lossy(), reason))
}

/// Everything a pattern matches; a folder it matches is walked, as if the shell had named it.
fn matching(pattern: &str, found: &mut Found) -> Result<()> {
    let matcher = GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|reason| {
            Error::input(Position::whole(pattern), InputErrorKind::Unsuited, Cause::of(reason))
        })?
        .compile_matcher();
    let is_literal = |part: &Component<'_>| !is_pattern(&part.as_os_str().to_string_lossy());
    let base: PathBuf = Path::new(pattern).components().take_while(is_literal).collect();
    let wild = || Path::new(pattern).components().skip(base.components().count());
    let names_hidden = wild().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."));
    let below = wild().count();
    let depth = if pattern.contains("**") { usize::MAX } else { below };
    let root = if base.as_os_str().is_empty() { Path::new(".") } else { base.as_path() };

    let mut matched = false;
    let mut entries = WalkDir::new(root).follow_links(true).max_depth(depth).into_iter();
    while let Some(entry) = entries.next() {
        let Ok(seen) = &entry else {
            // A folder that cannot be searched may hold matches: say so rather than nothing.
            if let Some(input) = entry_input(entry).filter(|_| matched || below == 1) {
                found.inputs.push(input);
            }
            continue;
        };
        let is_folder = seen.file_type().is_dir();
        if seen.depth() > 0 && is_hidden(seen) && !names_hidden {
            if is_folder {
                entries.skip_current_dir();
            }
            continue;
        }
        let path = seen.path().strip_prefix("./").unwrap_or(seen.path()).to_owned();
        if !matcher.is_match(&path) {
            continue;
        }
        if is_folder {
            entries.skip_current_dir();
            matched |= walk(&path, found).is_ok();
        } else if let Some(input) = entry_input(entry) {
            matched = true;
            found.inputs.push(Input { name: path.to_string_lossy().into(), ..input });
        }
    }
    if matched { Ok(()) } else { Err(error(pattern, "no file matches this pattern")) }
}

/// What a step of a walk found: nothing where it is a folder, or a link back to one above.
fn entry_input(entry: walkdir::Result<DirEntry>) -> Option<Input> {
    match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => Some(match entry.metadata() {
            Ok(metadata) => input(entry.path(), metadata.file_type(), metadata.len()),
            Err(reason) => unreadable(entry.path(), cause(reason)),
        }),
        Err(reason) if reason.loop_ancestor().is_some() => None,
        Err(reason) => {
            let path = reason.path().unwrap_or(Path::new("")).to_owned();
            Some(unreadable(&path, cause(reason)))
        }
    }
}

fn cause(error: walkdir::Error) -> Cause {
    // What a walk says besides, the path, is the input's name.
    let words = error.to_string();
    error.into_io_error().map_or_else(|| words.into(), in_words)
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

fn input(path: &Path, kind: FileType, bytes: u64) -> Input {
    if !kind.is_file() {
        let reason = "not a regular file, so it is not opened; a stream can be given on standard \
                      input, as -";
        return unreadable(path, reason.into());
    }
    Input {
        name: path.to_string_lossy().into(),
        origin: Origin::File { path: path.to_owned(), bytes },
    }
}

fn unreadable(path: &Path, reason: Cause) -> Input {
    Input { name: path.to_string_lossy().into(), origin: Origin::Unreadable(reason) }
}

/// Leaves out what another name has already given: the smallest name of a file stands.
fn once_each(mut found: Vec<Input>) -> Vec<Input> {
    let mut seen = AHashSet::new();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.dedup_by(|a, b| a.name == b.name);
    found.retain(|input| match &input.origin {
        Origin::File { path, .. } => {
            seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone()))
        }
        Origin::Standard | Origin::Pipe(_) | Origin::Object(_) | Origin::Unreadable(_) => true,
    });
    found
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// An error about an argument.
pub(super) fn error(name: &str, reason: impl Into<Cause>) -> Error {
    Error::input(Position::whole(name), InputErrorKind::Missing, reason)
}

/// What the system says against reading, and what to do about it where that is plain.
pub(super) fn in_words(error: io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            Cause::told("no permission to read this: make it readable, or leave it out", error)
        }
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;

    fn find_all(arguments: &[String]) -> Result<Vec<Input>> {
        find(arguments, &Silent).map(|found| found.inputs)
    }

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        folder
    }

    fn names(folder: &Path, arguments: &[&str]) -> Vec<String> {
        let root = format!("{}/", folder.display());
        let arguments: Vec<String> =
            arguments.iter().map(|argument| format!("{root}{argument}")).collect();
        let found = find_all(&arguments).unwrap();
        found.iter().map(|input| input.name.replace(&root, "")).collect()
    }

    #[test]
    fn a_folder_is_searched_to_the_bottom_without_hidden_names() {
        let folder = folder(&["b.txt", "a/c.txt", ".git/x", "a/.hidden", "a/d/e.txt"]);
        assert_eq!(names(folder.path(), &[""]), ["a/c.txt", "a/d/e.txt", "b.txt"]);
    }

    #[test]
    fn the_order_and_repetition_of_arguments_change_nothing() {
        let folder = folder(&["a.txt", "b/c.txt"]);
        let one_way = names(folder.path(), &["b", "a.txt", "b/c.txt", "b/../a.txt"]);
        assert_eq!(one_way, ["a.txt", "b/c.txt"]);
        assert_eq!(names(folder.path(), &["b/../a.txt", "b/c.txt", "a.txt", "b"]), one_way);
    }

    #[test]
    fn patterns_match_within_a_folder_and_across_folders() {
        let folder = folder(&["a/1.txt", "a/2.csv", "b/3.txt", "b/c/4.txt", "b/.5.txt"]);
        assert_eq!(names(folder.path(), &["*/*.txt"]), ["a/1.txt", "b/3.txt"]);
        assert_eq!(names(folder.path(), &["**/*.txt"]), ["a/1.txt", "b/3.txt", "b/c/4.txt"]);
        assert_eq!(names(folder.path(), &["a/{1.txt,2.csv}"]), ["a/1.txt", "a/2.csv"]);
        assert_eq!(names(folder.path(), &["b*"]), ["b/3.txt", "b/c/4.txt"]);
        let none = find_all(&[format!("{}/*.xml", folder.path().display())]).unwrap_err();
        assert!(none.to_string().ends_with("/*.xml: no file matches this pattern"), "{none}");
    }

    #[test]
    fn a_file_whose_name_looks_like_a_pattern_is_that_file() {
        let folder = folder(&["[1].txt", "1.txt"]);
        assert_eq!(names(folder.path(), &["[1].txt"]), ["[1].txt"]);
    }

    #[test]
    fn what_is_not_there_is_an_error_at_once() {
        let folder = folder(&["sub/.hidden"]);
        let missing = find_all(&[format!("{}/x", folder.path().display())]).unwrap_err();
        assert!(missing.to_string().ends_with("/x: there is no such file or folder"));
        let empty = find_all(&[folder.path().display().to_string()]).unwrap_err();
        assert!(empty.to_string().contains("no files here"), "{empty}");
        assert!(find_all(&[]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_without_loops_and_what_they_repeat_is_read_once() {
        let folder = folder(&["a/1.txt"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("a"), folder.path().join("again")).unwrap();
        assert_eq!(names(folder.path(), &[""]), ["a/1.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_said() {
        let folder = folder(&["1.txt"]);
        std::os::unix::fs::symlink("nowhere", folder.path().join("2.txt")).unwrap();
        let found = find_all(&[folder.path().display().to_string()]).unwrap();
        assert!(matches!(&found[1].origin, Origin::Unreadable(reason) if **reason == *NOT_THERE));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_opened() {
        let found = find_all(&["/dev/null".into()]).unwrap();
        assert!(
            matches!(&found[0].origin, Origin::Unreadable(reason) if reason.contains("regular"))
        );
    }
}
