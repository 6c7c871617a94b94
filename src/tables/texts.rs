//! The articles themselves, in newsfold's own form: what `newsfold read` writes.

use std::io::{self, Write};

use super::schema::Whole;
use super::{Format, Table};
use crate::article::Corpus;
use crate::observer::Observer;

/// Writes the articles of a corpus with their texts: the fields under the names that [`crate::ingest`]
/// knows, and where each was read, `source`, `row` and `notes`. The texts are as the stages see them:
/// mended where they came damaged.
///
/// # Errors
/// As writing has it; of kind `Unsupported` for [`Format::OF_PASSAGES`] and a format that this build lacks, `Interrupted` where the observer stops
/// it.
pub fn write_texts(
    corpus: &Corpus,
    format: Format,
    out: &mut (dyn Write + Send),
    observer: &dyn Observer,
) -> io::Result<()> {
    Table::new(false, move || Whole::all(corpus)).write(format, out, observer)?;
    // A table that was stopped ends early.
    if observer.cancelled() { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use crate::ingest::{COLUMNS_OF_TEXTS, IngestOptions, ingest_reader};
    use crate::observer::Silent;
    use crate::tables::schema::{Row, Whole};

    #[test]
    fn what_is_read_back_is_known_by_its_columns() {
        let names: Vec<&str> = Whole::COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names, COLUMNS_OF_TEXTS);
    }

    #[test]
    fn cells_are_read_without_their_guard_in_tables_of_before_too() {
        let former = "id,outlet,url,published,title,text,lang,source,row,notes";
        for (columns, rest) in [(former.to_owned(), ""), (format!("{former},author"), ",Ana Ruiz")]
        {
            let table = format!("{columns}\na,,,,'=A title,'=1 ferry ran.,,in.csv,1,{rest}\n");
            let options = IngestOptions::default();
            let read = ingest_reader("in", table.as_bytes(), &options, &Silent).unwrap();
            let article = &read.corpus.articles()[0];
            assert_eq!(
                [article.title.as_str(), article.text.as_str(), article.author.as_str()],
                ["=A title", "=1 ferry ran.", rest.trim_start_matches(',')]
            );
        }
    }
}
