//! Tables for callers who write no file: the columns, and every row's values as the files have them.

use super::schema::of;
use super::value::{Cell, Type};
use super::{Table, removed, settle};
use crate::results::Results;

/// What a column holds, once it is known whether ids are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers of six decimals at the most.
    Real,
    /// True or false.
    Boolean,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewColumn {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether a value may be unknown.
    pub optional: bool,
    /// What it means.
    pub about: String,
}

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen<'r> {
    /// Nothing is known.
    Unknown,
    /// Text.
    Text(&'r str),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// True or false.
    Boolean(bool),
}

/// A table of results. It makes its rows anew each time.
///
/// ```
/// use newsfold::{Analysis, Article, tables};
///
/// let text = "The ferry Hesper ran aground off Havenmouth at dawn, and all ninety were saved.";
/// let results = Analysis::copies().run([Article::new("a", text), Article::new("b", text)])?;
/// let views = tables::views(&results);
/// let pairs = views.iter().find(|view| view.name() == "pairs").unwrap();
/// pairs.each(|row| assert_eq!(row[0], tables::Seen::Text("a")));
/// # Ok::<(), newsfold::error::Error>(())
/// ```
pub struct View<'a>(Table<'a>);

/// The tables of what was computed, in order; behind them `remove` where families were looked for.
pub fn views(results: &Results) -> Vec<View<'_>> {
    let removed = results.families.as_ref().map(|families| removed(results, families));
    of(results).into_iter().chain(removed).map(View).collect()
}

impl View<'_> {
    /// The table's name.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The columns, in order.
    pub fn columns(&self) -> Vec<ViewColumn> {
        let told = self.0.columns.iter().map(|column| ViewColumn {
            name: column.name,
            holds: match column.holds {
                Type::Id | Type::Text => Holds::Text,
                Type::Integer => Holds::Integer,
                Type::Real => Holds::Real,
                Type::Boolean => Holds::Boolean,
            },
            optional: column.optional,
            about: super::document::joined(column.about),
        });
        told.collect()
    }

    /// Gives every row's values to `row`, in the order of the columns.
    pub fn each(&self, mut row: impl FnMut(&[Seen<'_>])) {
        for mut cells in (self.0.rows)() {
            for (cell, column) in cells.iter_mut().zip(&self.0.columns) {
                settle(cell, column.holds);
            }
            let seen: Vec<Seen<'_>> = cells.iter().map(seen).collect();
            row(&seen);
        }
    }
}

fn seen<'c>(cell: &'c Cell<'_>) -> Seen<'c> {
    match cell {
        Cell::Unknown => Seen::Unknown,
        Cell::Id(text) | Cell::Text(text) => Seen::Text(text),
        Cell::Integer(number) => Seen::Integer(*number),
        Cell::Real(number) => Seen::Real(number.value()),
        Cell::Boolean(truth) => Seen::Boolean(*truth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::results::sample::Sample;
    use crate::tables::Format;

    /// A row of a view as JSON Lines has it.
    fn told(columns: &[ViewColumn], row: &[Seen<'_>]) -> serde_json::Value {
        let value = |seen: &Seen<'_>| match *seen {
            Seen::Unknown => serde_json::Value::Null,
            Seen::Text(text) => text.into(),
            Seen::Integer(number) => number.into(),
            Seen::Real(number) => number.into(),
            Seen::Boolean(truth) => truth.into(),
        };
        columns
            .iter()
            .zip(row)
            .map(|(column, seen)| (column.name.to_owned(), value(seen)))
            .collect()
    }

    #[test]
    fn a_view_has_the_values_of_the_files() {
        let sample = Sample::new();
        let views = views(&sample.results);
        let tables = of(&sample.results);
        assert_eq!(views.len(), tables.len() + 1);
        assert_eq!(views.last().map(View::name), Some("remove"));
        for (view, table) in views.iter().zip(&tables) {
            let mut file = Vec::new();
            table.write(Format::Jsonl, &mut file, &Silent).unwrap();
            let lines = String::from_utf8(file).unwrap();
            let lines =
                lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            let mut rows: Vec<serde_json::Value> = Vec::new();
            view.each(|row| rows.push(told(&view.columns(), row)));
            assert!(lines.eq(rows), "{}", view.name());
        }
    }
}
