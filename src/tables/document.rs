//! `docs/tables.md`, made of the schema.

use std::fmt::Write as _;

use super::schema::{ALL, Described, LISTS};

const HEAD: &str = "\
# Tables

`newsfold run` and the other commands write these tables into the output folder, each in the formats
that `--format` names: `articles.csv`, `articles.jsonl`, `articles.parquet`,
`articles.arrow` (in a build with the feature `arrow`). A command writes the tables
of what it looked for. All formats hold the same values.

- A value marked optional may be empty in CSV, `null` in JSON Lines, missing in Parquet and Arrow.
- `id`: an article's id. JSON Lines, Parquet and Arrow write it as an integer where every id of the input was
  a number, else as text.
- `real` numbers have six decimals at the most. Times are in RFC 3339, in UTC.
- `start` and `end` count Unicode characters from 0, `byte_start` and `byte_end` UTF-8 bytes; `end` is
  one past the last.

This page is made from `src/tables/schema`; a test compares the two. To write it again:
`UPDATE_DOCS=1 cargo test --lib tables::document`.
";

/// The page.
pub fn document() -> String {
    let mut page = HEAD.to_owned();
    for table in ALL.iter().chain(&LISTS) {
        tell(&mut page, table);
    }
    page
}

fn tell(page: &mut String, table: &Described) {
    let about = joined(table.about);
    let _ = write!(
        page,
        "\n## {}\n\n{about}\n\n| column | holds | meaning |\n| --- | --- | --- |\n",
        table.name
    );
    for column in table.columns {
        let optional = if column.optional { ", optional" } else { "" };
        let mut meaning = joined(column.about);
        if !column.words.is_empty() {
            let words: Vec<String> = column.words.iter().map(|word| format!("`{word}`")).collect();
            let _ = write!(meaning, " One of {}.", words.join(", "));
        }
        let (name, holds) = (column.name, column.holds.name());
        let _ = writeln!(page, "| `{name}` | {holds}{optional} | {meaning} |");
    }
}

/// The lines of a comment as one.
pub(super) fn joined(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_page_about_tables_says_what_the_schema_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tables.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, document()).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), document());
    }

    #[test]
    fn every_column_is_explained() {
        for table in ALL.iter().chain(&LISTS) {
            assert!(!table.about.is_empty(), "{}", table.name);
            for column in table.columns {
                let about = joined(column.about);
                assert!(about.ends_with('.'), "{} {}: {about:?}", table.name, column.name);
            }
        }
    }
}
