//! The engine's tables of some articles, side by side in one batch: a row belongs to one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use newsfold::candidates::Method;
use newsfold::ingest::InputFile;
use newsfold::results::{RunFacts, StandIn};
use newsfold::story::Stories;
use newsfold::tables::{Holds, Seen, View, ViewColumn, views};
use newsfold::{Corpus, Results};
use pyo3::prelude::*;

use super::columns::Rows;
use super::fault;
use crate::table::Building;

/// The tables that rows give. What may be removed is a part of the articles, and not written twice.
const TABLES: [&str; 9] = [
    "articles",
    "pairs",
    "families",
    "stories",
    "storylines",
    "passages",
    "occurrences",
    "alignments",
    "edges",
];

/// The columns of each table: their names, and what they hold.
#[pyfunction]
pub(super) fn table_columns() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let kind = |holds| match holds {
        Holds::Text => "string",
        Holds::Integer => "long",
        Holds::Real => "double",
        Holds::Boolean => "boolean",
    };
    let none = nothing();
    wanted(&none, &TABLES)
        .iter()
        .map(|view| {
            let columns = view.columns();
            (view.name(), columns.iter().map(|column| (column.name, kind(column.holds))).collect())
        })
        .collect()
}

/// Results of these articles, in which nothing was looked for yet.
pub(super) fn results(corpus: Corpus, tokens: Vec<u32>, chars: Vec<u32>) -> Results {
    // Whether ids are numbers is known of all articles alone, and told where the tables are put together.
    let input = InputFile { records: 1, accepted: 1, ..InputFile::default() };
    Results {
        corpus,
        tokens,
        chars,
        method: Method::MinHash,
        pairs: Some(Vec::new()),
        families: Some(newsfold::family::Families::default()),
        stories: None,
        passages: None,
        alignments: None,
        shares: None,
        origins: None,
        credits: None,
        network: None,
        merged_into: BTreeMap::new(),
        cuts: None,
        rejects: Vec::new(),
        run: RunFacts { inputs: vec![input], ..RunFacts::default() },
        stand_in: Some(StandIn::default()),
    }
}

/// Results that have every table and no row.
fn nothing() -> Results {
    let none = results(Corpus::default(), Vec::new(), Vec::new());
    Results {
        stories: Some(Stories::default()),
        passages: Some(Vec::new()),
        alignments: Some(Vec::new()),
        shares: Some(Vec::new()),
        origins: Some(Vec::new()),
        credits: Some(Vec::new()),
        ..none
    }
}

fn wanted<'r>(results: &'r Results, names: &[&str]) -> Vec<View<'r>> {
    let mut views = views(results);
    views.retain(|view| names.contains(&view.name()));
    views.sort_by_key(|view| names.iter().position(|name| *name == view.name()));
    views
}

/// The articles that a row stands for, in the order of its table: one, or a second one too.
pub(super) type Stands = (i64, Option<i64>);

/// The tables in the making.
pub(super) struct Tables {
    names: &'static [&'static str],
    schema: SchemaRef,
    table: StringBuilder,
    first: Int64Builder,
    second: Int64Builder,
    /// What a row tells besides, in bytes, where that is asked for.
    beside: Option<BinaryBuilder>,
    columns: Vec<(Vec<ViewColumn>, Vec<Building>)>,
}

/// The column of what a row tells besides.
const BESIDE: &str = "beside";

impl Tables {
    /// Tables of these names.
    pub(super) fn new(names: &'static [&'static str]) -> Self {
        Self::of(names, None)
    }

    /// The same with a column of bytes.
    pub(super) fn with_beside(names: &'static [&'static str]) -> Self {
        Self::of(names, Some(BinaryBuilder::new()))
    }

    fn of(names: &'static [&'static str], beside: Option<BinaryBuilder>) -> Self {
        let none = nothing();
        let mut fields = vec![
            Field::new("table", DataType::Utf8, true),
            Field::new("first", DataType::Int64, true),
            Field::new("second", DataType::Int64, true),
        ];
        if beside.is_some() {
            fields.push(Field::new(BESIDE, DataType::Binary, true));
        }
        let mut columns = Vec::new();
        for view in wanted(&none, names) {
            let of = view.columns();
            fields.extend(of.iter().map(|column| {
                let field = crate::table::field(column);
                let name = format!("{}_{}", view.name(), column.name);
                Field::new(name, field.data_type().clone(), true)
            }));
            let building = of.iter().map(Building::new).collect();
            columns.push((of, building));
        }
        Self {
            names,
            schema: Arc::new(Schema::new(fields)),
            table: StringBuilder::new(),
            first: Int64Builder::new(),
            second: Int64Builder::new(),
            beside,
            columns,
        }
    }

    /// Adds a table of these results, if it is one of these: whom each of its rows stands for, and what each
    /// tells besides.
    pub(super) fn push(
        &mut self,
        results: &Results,
        name: &str,
        stands: impl IntoIterator<Item = Stands>,
        beside: &[Vec<u8>],
    ) {
        let views = wanted(results, self.names);
        let Some(view) = views.iter().find(|view| view.name() == name) else { return };
        let Some(place) = self.names.iter().position(|other| *other == name) else { return };
        let (mut stands, mut told) = (stands.into_iter(), beside.iter());
        view.each(|row| {
            let Some((first, second)) = stands.next() else { return };
            self.table.append_value(name);
            self.first.append_value(first);
            self.second.append_option(second);
            if let Some(beside) = &mut self.beside {
                beside.append_option(told.next());
            }
            for (other, (_, columns)) in self.columns.iter_mut().enumerate() {
                for (at, column) in columns.iter_mut().enumerate() {
                    column.push(if other == place { row[at] } else { Seen::Unknown });
                }
            }
        });
    }

    /// The rows so far; empties these.
    pub(super) fn finish(&mut self) -> PyResult<Rows> {
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(self.table.finish()),
            Arc::new(self.first.finish()),
            Arc::new(self.second.finish()),
        ];
        if let Some(beside) = &mut self.beside {
            arrays.push(Arc::new(beside.finish()));
        }
        for (_, columns) in &mut self.columns {
            arrays.extend(columns.iter_mut().map(Building::finish));
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(fault)?;
        Rows::of_batches(Arc::clone(&self.schema), vec![batch])
    }
}
