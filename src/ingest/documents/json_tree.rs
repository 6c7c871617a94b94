//! JSON whose records are not the elements of a list at its top: the forms that pandas writes, and lists
//! at any depth.

use serde_json::{Map, Value};

use super::Entry;
use crate::error::Cause;
use crate::ingest::field::Field;
use crate::ingest::fields::FieldTable;
use crate::ingest::{json, json_amended};

/// Lists in lists deeper than this are not looked into.
const DEEPEST: usize = 12;

/// Whether a document that begins so is no record itself and no list of records: its first key holds
/// values by row, or none of its keys is one of an article.
pub(in crate::ingest) fn is_tree(head: &str, table: &FieldTable) -> bool {
    let known =
        |name: &str| [Field::Text, Field::Title].iter().any(|field| table.may_hold(*field, name));
    let names = json::names(head);
    if !names.iter().any(|name| known(name)) {
        return true;
    }
    // By column: {"title": {"0": …
    let Some((_, value)) = head.split_once(':') else { return false };
    let value = value.trim_start();
    let inner = json::names(value);
    value.starts_with('{')
        && names.first().is_some_and(|name| table.column(name).is_some())
        && inner.first().is_some_and(|name| name == "0")
}

/// The records of a document.
///
/// # Errors
/// In words, where it is no JSON or holds no list of articles.
pub(super) fn read(text: &str, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let value: Value = serde_json::from_str(text).or_else(|error| {
        // The crate has no kind for it.
        if error.to_string().starts_with("recursion limit") {
            let reason =
                "JSON that is nested more than 127 deep around its records, which is not read";
            return Err(Cause::told(reason, error));
        }
        let amended = json_amended::amended(text).ok_or_else(|| format!("not JSON: {error}"))?;
        serde_json::from_str(&amended)
            .map_err(|error| Cause::told(format!("not JSON: {error}"), error))
    })?;
    let records = records(value, table, DEEPEST).unwrap_or_default();
    if records.is_empty() {
        let keys = json::names(text);
        return Err(format!(
            "JSON without a list of articles under known names{}: name the path to the text, as with \
             --field text=results[].content",
            match keys.is_empty() {
                true => String::new(),
                false => format!(", its keys are {}", keys.join(", ")),
            }
        ).into());
    }
    let capture = |record: Value| {
        let record = record.to_string();
        json::capture_fully(&record, table.root()).map(|captured| captured.into_owned())
    };
    Ok(records.into_iter().map(capture).collect())
}

/// The records below a value, from the list that holds most of them.
fn records(value: Value, table: &FieldTable, depth: usize) -> Option<Vec<Value>> {
    match value {
        Value::Object(object) => {
            let object = match by_rows(object) {
                Ok(rows) => return records(rows, table, depth),
                Err(object) => object,
            };
            if is_columns(&object, table) {
                return Some(by_columns(object));
            }
            let of = |value: &Value| is_article(value, table);
            if !object.is_empty() && object.values().all(of) {
                return Some(object.into_iter().map(|(key, value)| with_id(key, value)).collect());
            }
            let depth = depth.checked_sub(1)?;
            object
                .into_iter()
                .filter_map(|(_, value)| records(value, table, depth))
                .max_by_key(Vec::len)
        }
        Value::Array(list) => {
            if list.iter().any(|value| is_article(value, table)) {
                return Some(list);
            }
            let is_row = |value: &Value| value.as_array().is_some_and(|row| !row.is_empty());
            if list.iter().all(is_row) {
                return numbered(list, table);
            }
            let depth = depth.checked_sub(1)?;
            let found = list.into_iter().filter_map(|value| records(value, table, depth));
            let all: Vec<Value> = found.flatten().collect();
            (!all.is_empty()).then_some(all)
        }
        _ => None,
    }
}

fn is_article(value: &Value, table: &FieldTable) -> bool {
    let Some(object) = value.as_object() else { return false };
    let has = |field| object.keys().any(|key| table.leads_to(field, key));
    has(Field::Text) || has(Field::Title) && has(Field::Url)
}

/// A record that is known by its key: an id, unless the keys only count.
fn with_id(key: String, mut record: Value) -> Value {
    if let Some(object) = record.as_object_mut()
        && key.parse::<u64>().is_err()
        && !object.contains_key("id")
    {
        object.insert("id".into(), Value::String(key));
    }
    record
}

/// The rows of a table that pandas calls split: names in `columns`, values in `data`.
fn by_rows(object: Map<String, Value>) -> Result<Value, Map<String, Value>> {
    let is_split = matches!(
        (object.get("columns"), object.get("data")),
        (Some(Value::Array(_)), Some(Value::Array(_)))
    );
    if !is_split {
        return Err(object);
    }
    let names: Vec<String> = object["columns"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| name.as_str().map_or_else(|| name.to_string(), str::to_owned))
        .collect();
    let row = |row: &Value| match row {
        Value::Array(cells) => Value::Object(names.iter().cloned().zip(cells.clone()).collect()),
        other => other.clone(),
    };
    Ok(Value::Array(object["data"].as_array().into_iter().flatten().map(row).collect()))
}

/// Whether the keys are the names of columns, and each holds its values by row or as a list.
fn is_columns(object: &Map<String, Value>, table: &FieldTable) -> bool {
    let is_column = |value: &Value| value.is_object() || value.is_array();
    let known = |field| object.keys().any(|key| table.may_hold(field, key));
    object.values().all(is_column)
        && known(Field::Text)
        && object.values().map(length).max() == object.values().map(length).min()
}

fn length(column: &Value) -> usize {
    match column {
        Value::Object(cells) => cells.len(),
        Value::Array(cells) => cells.len(),
        _ => 0,
    }
}

fn by_columns(object: Map<String, Value>) -> Vec<Value> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    for (name, column) in object {
        let cells: Vec<Value> = match column {
            Value::Object(cells) => cells.into_iter().map(|(_, cell)| cell).collect(),
            Value::Array(cells) => cells,
            _ => Vec::new(),
        };
        rows.resize_with(rows.len().max(cells.len()), Map::new);
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.insert(name.clone(), cell);
        }
    }
    rows.into_iter().map(Value::Object).collect()
}

/// Rows without names, where the columns are named by number.
fn numbered(list: Vec<Value>, table: &FieldTable) -> Option<Vec<Value>> {
    let named = |(place, cell): (usize, Value)| ((place + 1).to_string(), cell);
    let row = |row: Value| match row {
        Value::Array(cells) => Value::Object(cells.into_iter().enumerate().map(named).collect()),
        other => other,
    };
    let rows: Vec<Value> = list.into_iter().map(row).collect();
    rows.iter().any(|row| is_article(row, table)).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(document: &str) -> Vec<String> {
        let table = FieldTable::new(&[]);
        let value = serde_json::from_str(document).unwrap();
        let records = records(value, &table, DEEPEST).unwrap_or_default();
        records
            .iter()
            .map(|record| record["text"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn every_form_of_pandas_is_its_rows() {
        for document in [
            r#"{"columns":["id","text"],"index":[0,1],"data":[[1,"a"],[2,"b"]]}"#,
            r#"{"0":{"id":1,"text":"a"},"1":{"id":2,"text":"b"}}"#,
            r#"{"id":{"0":1,"1":2},"text":{"0":"a","1":"b"}}"#,
            r#"{"id":[1,2],"text":["a","b"]}"#,
            r#"{"schema":{"fields":[{"name":"id"}]},"data":[{"text":"a"},{"text":"b"}]}"#,
            r#"[{"json_agg":[{"id":1,"text":"a"},{"id":2,"text":"b"}]}]"#,
        ] {
            assert_eq!(texts(document), ["a", "b"], "{document}");
        }
    }

    #[test]
    fn what_holds_no_articles_says_which_keys_it_has() {
        let table = FieldTable::new(&[]);
        let error = read(r#"{"a":1,"b":[1,2]}"#, &table).unwrap_err();
        assert!(error.contains("its keys are a, b"), "{error}");
        assert!(read("[[1,2],[3,4]]", &table).is_err());
    }

    #[test]
    fn a_record_is_no_tree() {
        let table = FieldTable::new(&[]);
        for (head, tree) in [
            (r#"{"title":"T","text":"X"}"#, false),
            (r#"{"title":{"0":"T"},"text":{"0":"X"}}"#, true),
            (r#"{"title":{"rendered":"T"},"content":{"rendered":"X"}}"#, false),
            (r#"{"columns":["text"],"data":[["a"]]}"#, true),
        ] {
            assert_eq!(is_tree(head, &table), tree, "{head}");
        }
    }
}
