//! The engine's tables of some articles, side by side in one batch: a row belongs to one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use newsfold::candidates::Method;
use newsfold::ingest::InputFile;
use newsfold::results::{RunFacts, StandIn};
use newsfold::tables::{Holds, Seen, View, ViewColumn, views};
use newsfold::{Corpus, DocId, Results};
use pyo3::prelude::*;

use super::columns::Rows;
use super::fault;
use crate::table::Building;

/// The tables that rows give. What may be removed is a part of the articles, and not written twice.
const TABLES: [&str; 3] = ["articles", "pairs", "families"];

/// The columns of each table: their names, and what they hold.
#[pyfunction]
pub(super) fn table_columns() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let kind = |holds| match holds {
        Holds::Text => "string",
        Holds::Integer => "long",
        Holds::Real => "double",
        Holds::Boolean => "boolean",
    };
    let none = results(Corpus::default(), Vec::new(), Vec::new());
    wanted(&none)
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
        network: None,
        merged_into: BTreeMap::new(),
        cuts: None,
        rejects: Vec::new(),
        run: RunFacts { inputs: vec![input], ..RunFacts::default() },
        stand_in: Some(StandIn::default()),
    }
}

fn wanted(results: &Results) -> Vec<View<'_>> {
    let mut views = views(results);
    views.retain(|view| TABLES.contains(&view.name()));
    views.sort_by_key(|view| TABLES.iter().position(|name| *name == view.name()));
    views
}

/// The tables in the making.
pub(super) struct Tables {
    schema: SchemaRef,
    table: StringBuilder,
    /// The articles that a row stands for, in the order of the tables.
    first: Int64Builder,
    second: Int64Builder,
    columns: Vec<(Vec<ViewColumn>, Vec<Building>)>,
}

impl Tables {
    pub(super) fn new() -> Self {
        let none = results(Corpus::default(), Vec::new(), Vec::new());
        let mut fields = vec![
            Field::new("table", DataType::Utf8, true),
            Field::new("first", DataType::Int64, true),
            Field::new("second", DataType::Int64, true),
        ];
        let mut columns = Vec::new();
        for view in wanted(&none) {
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
            schema: Arc::new(Schema::new(fields)),
            table: StringBuilder::new(),
            first: Int64Builder::new(),
            second: Int64Builder::new(),
            columns,
        }
    }

    /// Adds the tables of these results; `docs` are the numbers of their articles.
    pub(super) fn push(&mut self, results: &Results, docs: &[i64]) {
        let number = |doc: DocId| docs[doc.index()];
        let pairs =
            results.pairs.iter().flatten().map(|pair| (number(pair.a), Some(number(pair.b))));
        let families = results.families.iter().flat_map(|families| families.all());
        let families = families.map(|family| (number(family.members[0].doc), None));
        let stands: [Vec<(i64, Option<i64>)>; 3] =
            [docs.iter().map(|&doc| (doc, None)).collect(), pairs.collect(), families.collect()];
        for (place, (view, stands)) in wanted(results).iter().zip(stands).enumerate() {
            let mut stands = stands.into_iter();
            view.each(|row| {
                let Some((first, second)) = stands.next() else { return };
                self.table.append_value(view.name());
                self.first.append_value(first);
                self.second.append_option(second);
                for (other, (_, columns)) in self.columns.iter_mut().enumerate() {
                    for (at, column) in columns.iter_mut().enumerate() {
                        column.push(if other == place { row[at] } else { Seen::Unknown });
                    }
                }
            });
        }
    }

    /// The rows so far; empties these.
    pub(super) fn finish(&mut self) -> PyResult<Rows> {
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(self.table.finish()),
            Arc::new(self.first.finish()),
            Arc::new(self.second.finish()),
        ];
        for (_, columns) in &mut self.columns {
            arrays.extend(columns.iter_mut().map(Building::finish));
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(fault)?;
        Rows::of_batches(Arc::clone(&self.schema), vec![batch])
    }
}
