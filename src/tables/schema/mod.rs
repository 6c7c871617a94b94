//! Every table once: its columns, what each holds, what it is made of, and what it means.
//!
//! [`table!`] declares a table as a struct. Of that one declaration follow the header and the rows of
//! every format (`super`), the reader of finished runs ([`read()`](super::read())), and `docs/tables.md`
//! ([`document()`](super::document())). A new column is one entry there.
//!
//! | file | tables |
//! | --- | --- |
//! | `articles.rs` | articles, and what may be removed |
//! | `groups.rs` | pairs, families, stories, storylines |
//! | `passages.rs` | passages, occurrences, alignments, and what was cut out of texts |
//! | `outlets.rs` | outlets, network, edges, agencies |

use super::Table;
use super::value::{Cell, Column, Value};
use crate::family::Families;
use crate::results::Results;
use crate::scrub::Cuts;

/// Declares a table: its name, the struct that is a row of it, and for each column a description, a
/// type (which also says whether the value may be unknown) and the expression that it is made of.
macro_rules! table {
    (
        $(#[doc = $about:literal])*
        $name:literal, $Row:ident of $at:ident: $From:ty {
            $(
                $(#[doc = $doc:literal])*
                $column:ident: $type:ty = $value:expr;
            )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        pub(crate) struct $Row<'a> {
            $($(#[doc = $doc])* pub(crate) $column: $type,)*
        }

        impl<'a> $Row<'a> {
            /// The row of this.
            fn of($at: $From) -> Self {
                Self { $($column: $value,)* }
            }
        }

        impl<'a> $crate::tables::schema::Row<'a> for $Row<'a> {
            const TABLE: &'static str = $name;
            const ABOUT: &'static [&'static str] = &[$($about),*];
            const COLUMNS: &'static [$crate::tables::value::Column] = &[
                $($crate::tables::value::Column::of::<$type>(
                    stringify!($column),
                    &[$($doc),*],
                ),)*
            ];

            fn cells(self) -> Vec<$crate::tables::value::Cell<'a>> {
                vec![$($crate::tables::value::Value::cell(self.$column),)*]
            }

            fn read(
                next: &mut dyn FnMut() -> Option<String>,
            ) -> Result<Self, String> {
                Ok(Self {
                    $($column: $crate::tables::schema::read_one(stringify!($column), next())?,)*
                })
            }
        }
    };
}

mod articles;
mod groups;
mod outlets;
mod passages;

pub(crate) use super::value::Id;
pub(crate) use articles::{Article, Removed, Whole};
pub(crate) use groups::{Family, Pair, Story, Storyline};
pub(crate) use outlets::{Agency, Edge, Link, Outlet};
pub(crate) use passages::{Alignment, Occurrence, Passage, Scrubbed};

/// A row of a table.
pub(crate) trait Row<'a>: Sized {
    /// The table's name, which is also that of its files.
    const TABLE: &'static str;
    /// What a row is, line by line.
    const ABOUT: &'static [&'static str];
    /// The columns, in order.
    const COLUMNS: &'static [Column];

    /// The values, in the order of the columns.
    fn cells(self) -> Vec<Cell<'a>>;

    /// The row whose values `next` gives as text, in the order of the columns; `None` for a column that
    /// was not asked for, which becomes what is written for nothing.
    fn read(next: &mut dyn FnMut() -> Option<String>) -> Result<Self, String>;
}

/// A value as text, or what stands for a column that was not asked for.
fn read_one<'a, V: Value<'a>>(column: &str, text: Option<String>) -> Result<V, String> {
    text.map_or_else(|| Ok(V::missing()), V::read)
        .map_err(|reason| format!("{reason} for `{column}`"))
}

/// A table as its documentation tells it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described {
    /// Its name.
    pub(crate) name: &'static str,
    /// What a row is, line by line.
    pub(crate) about: &'static [&'static str],
    /// Its columns, in order.
    pub(crate) columns: &'static [Column],
}

impl Described {
    const fn of<R: Row<'static>>() -> Self {
        Self { name: R::TABLE, about: R::ABOUT, columns: R::COLUMNS }
    }
}

/// Every table, in order.
pub(crate) const ALL: [Described; 12] = [
    Described::of::<Article>(),
    Described::of::<Pair>(),
    Described::of::<Family>(),
    Described::of::<Story>(),
    Described::of::<Storyline>(),
    Described::of::<Passage>(),
    Described::of::<Occurrence>(),
    Described::of::<Alignment>(),
    Described::of::<Outlet>(),
    Described::of::<Link>(),
    Described::of::<Edge>(),
    Described::of::<Agency>(),
];

/// `remove.csv` and `scrubbed.csv`, which are in that format alone.
pub(crate) const LISTS: [Described; 2] = [Described::of::<Removed>(), Described::of::<Scrubbed>()];

/// The tables of what was computed, in order.
pub(crate) fn of(results: &Results) -> Vec<Table<'_>> {
    let numbers = results.ids_are_numbers();
    let mut tables = vec![Table::new(numbers, move || Article::all(results))];
    if let Some(pairs) = &results.pairs {
        tables.push(Table::new(numbers, move || Pair::all(results, pairs)));
    }
    if let Some(families) = &results.families {
        tables.push(Table::new(numbers, move || Family::all(results, families)));
    }
    if let Some(stories) = &results.stories {
        tables.push(Table::new(numbers, move || Story::all(results, stories)));
        tables.push(Table::new(numbers, move || Storyline::all(results, stories)));
    }
    if let Some(passages) = &results.passages {
        tables.push(Table::new(numbers, move || Passage::all(results, passages)));
        tables.push(Table::new(numbers, move || Occurrence::all(results, passages)));
        tables.push(Table::new(numbers, move || Alignment::all(results, passages)));
    }
    if let Some(network) = &results.network {
        tables.push(Table::new(numbers, move || Outlet::all(network)));
        tables.push(Table::new(numbers, move || Link::all(network)));
    }
    if let Some(passages) = &results.passages {
        tables.push(Table::new(numbers, move || Edge::all(results, passages)));
        tables.push(Table::new(numbers, move || Agency::all(results)));
    }
    tables
}

/// What may be removed: the articles that a kept one stands for.
pub(crate) fn removed<'a>(results: &'a Results, families: &'a Families) -> Table<'a> {
    Table::new(results.ids_are_numbers(), move || Removed::all(results, families))
}

/// What was cut out of the texts that were written.
pub(crate) fn scrubbed<'a>(results: &'a Results, cuts: &'a Cuts) -> Table<'a> {
    Table::new(results.ids_are_numbers(), move || Scrubbed::all(results, cuts))
}
