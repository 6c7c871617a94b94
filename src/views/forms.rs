//! A view as a page, as Markdown and as JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::{SHOWN, Table, Value, View};
use crate::page::{about_a_pair, escape};
use crate::text::{grouped, one_line};

/// The page that links lead to.
const PAGE: &str = "report.html";

pub(super) fn html(view: &View, file: &mut dyn Write) -> io::Result<()> {
    let mut body = String::new();
    for fact in &view.facts {
        let _ = write!(body, "<p>{}</p>", escape(fact));
    }
    for table in &view.tables {
        let _ = write!(
            body,
            "<section><h2>{}</h2><p class=\"soft\">{}</p>",
            escape(&table.title),
            escape(&table.about)
        );
        if table.rows.is_empty() {
            body.push_str("<p>None.</p></section>");
            continue;
        }
        body.push_str("<table><thead><tr>");
        for (place, column) in table.columns.iter().enumerate() {
            let _ =
                write!(body, "<th scope=\"col\"{}>{}</th>", class(table, place), escape(column));
        }
        body.push_str("</tr></thead><tbody>\n");
        for row in table.rows.iter().take(SHOWN) {
            body.push_str("<tr>");
            for (place, value) in row.iter().enumerate() {
                let text = escape(&one_line(&told(value)));
                let text = match value {
                    Value::Link(_, to) => format!("<a href=\"{PAGE}#{}\">{text}</a>", escape(to)),
                    _ => text,
                };
                let (tag, class) = match place {
                    0 => ("th scope=\"row\" dir=\"auto\"", String::new()),
                    place => ("td", class(table, place)),
                };
                let end = &tag[..2];
                let _ = write!(body, "<{tag}{class}>{text}</{end}>");
            }
            body.push_str("</tr>\n");
        }
        body.push_str("</tbody></table>");
        if let Some(left_out) = left_out(table) {
            let _ = write!(body, "<p class=\"soft\">{left_out}</p>");
        }
        body.push_str("</section>");
    }
    let title = escape(&one_line(&view.title));
    about_a_pair(&title, &title, body, file)
}

/// Numbers stand at the end of their cells.
fn class(table: &Table, place: usize) -> String {
    let is_number = |row: &Vec<Value>| {
        matches!(row[place], Value::Count(_) | Value::Share(_) | Value::Hours(_))
    };
    let class = if table.rows.iter().any(is_number) { " class=\"number\"" } else { "" };
    class.to_owned()
}

fn left_out(table: &Table) -> Option<String> {
    let (shown, all) = (table.rows.len().min(SHOWN), table.of);
    (shown < all).then(|| {
        format!("The first {} of {}; --format json has all.", grouped(shown), grouped(all))
    })
}

pub(super) fn markdown(view: &View, file: &mut dyn Write) -> io::Result<()> {
    writeln!(file, "# {}", marked_down(&view.title))?;
    for fact in &view.facts {
        writeln!(file, "\n{}", marked_down(fact))?;
    }
    for table in &view.tables {
        writeln!(file, "\n## {}\n\n{}\n", marked_down(&table.title), marked_down(&table.about))?;
        if table.rows.is_empty() {
            writeln!(file, "None.")?;
            continue;
        }
        writeln!(file, "| {} |", table.columns.join(" | "))?;
        writeln!(file, "|{}", " --- |".repeat(table.columns.len()))?;
        for row in table.rows.iter().take(SHOWN) {
            let cells = row.iter().map(|value| match value {
                Value::Link(text, to) => format!("[{}]({PAGE}#{to})", marked_down(text)),
                value => marked_down(&told(value)),
            });
            writeln!(file, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
        }
        if let Some(left_out) = left_out(table) {
            writeln!(file, "\n{left_out}")?;
        }
    }
    Ok(())
}

/// Text of anyone as Markdown on one line.
fn marked_down(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '<' => marked.push_str("&lt;"),
            '>' => marked.push_str("&gt;"),
            '\\' | '|' | '[' | ']' | '*' | '_' | '`' => {
                marked.push('\\');
                marked.push(c);
            }
            c => marked.push(c),
        }
    }
    marked
}

pub(super) fn json(view: &View, file: &mut dyn Write) -> io::Result<()> {
    let row = |table: &Table, row: &Vec<Value>| -> Map<String, Json> {
        let named = table.columns.iter().zip(row);
        named
            .flat_map(|(column, value)| {
                let name = column.replace(' ', "_");
                let link = match value {
                    Value::Link(_, to) => {
                        Some((format!("{name}_link"), format!("{PAGE}#{to}").into()))
                    }
                    _ => None,
                };
                [Some((name, plain(value))), link].into_iter().flatten()
            })
            .collect()
    };
    let tables: Vec<Json> = view
        .tables
        .iter()
        .map(|table| {
            let rows: Vec<Map<String, Json>> =
                table.rows.iter().map(|each| row(table, each)).collect();
            json!({ "title": table.title, "about": table.about, "rows": rows })
        })
        .collect();
    let all = json!({ "title": view.title, "facts": view.facts, "tables": tables });
    serde_json::to_writer_pretty(&mut *file, &all)?;
    file.write_all(b"\n")
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Link(text, _) => text.as_str().into(),
        Value::Count(number) => (*number).into(),
        Value::Share(number) | Value::Hours(number) => crate::tables::rounded(*number).into(),
        Value::Unknown => Json::Null,
    }
}

/// A value in words.
fn told(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Link(text, _) => text.clone(),
        Value::Count(number) => grouped(*number),
        Value::Share(share) => percent(*share),
        Value::Hours(hours) => format!("{hours:.1}"),
        Value::Unknown => "–".into(),
    }
}

/// A share in percent. Only all of it is 100 %, and only nothing is 0 %.
pub(super) fn percent(share: f64) -> String {
    match (share * 100.0).round() {
        whole if whole >= 100.0 && share < 1.0 => "99.9%".into(),
        0.0 if share > 0.0 => "<1%".into(),
        whole => format!("{whole}%"),
    }
}
