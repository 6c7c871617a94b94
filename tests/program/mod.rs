//! The program as a test starts it.

use assert_cmd::Command;

pub(crate) fn newsfold() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("newsfold"))
}

/// The example corpus.
#[allow(dead_code, reason = "each test takes what it needs")]
pub(crate) fn corpus() -> String {
    format!("{}/corpus/articles.jsonl", env!("CARGO_MANIFEST_DIR"))
}

/// What the program says of this, with its exit code: (code, stdout, stderr).
pub(crate) fn said(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}
