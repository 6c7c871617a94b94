//! A view as a page, as Markdown and as JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::{Column, Holds, SHOWN, SHOWN_IN_PAGE, Table, Value, View};
use crate::page::{answer, escape};
use crate::text::{grouped, many, one_line};

/// The page that links lead to.
const PAGE: &str = "report.html";

pub(super) fn html(view: &View, has_report: bool, file: &mut dyn Write) -> io::Result<()> {
    let mut body = String::new();
    for fact in &view.facts {
        let _ = write!(body, "<p>{}</p>", escape(fact));
    }
    for table in &view.tables {
        let title = escape(&one_line(&table.title));
        let about = escape(&one_line(&table.about));
        let _ = write!(body, "<section><h2>{title}</h2><p class=\"soft\">{about}</p>");
        if table.rows.is_empty() {
            body.push_str("<p>None.</p></section>");
            continue;
        }
        // A table that is wider than the screen scrolls in a box of its own.
        let _ = write!(
            body,
            "<div class=\"wide answer list\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\
             <table><thead><tr>"
        );
        for column in &table.columns {
            let name = escape(column.name);
            let hover = match column.counts {
                "" => String::new(),
                counts => format!(" title=\"{}\"", escape(counts)),
            };
            let _ = write!(body, "<th scope=\"col\"{}{hover}>{name}</th>", class(column));
        }
        body.push_str("</tr></thead><tbody>\n");
        for row in table.rows.iter().take(SHOWN_IN_PAGE) {
            body.push_str("<tr>");
            for (place, (value, column)) in row.iter().zip(&table.columns).enumerate() {
                let text = escape(&one_line(&told(value)));
                let text = match value {
                    Value::Link(_, to) | Value::CountOf(_, to) => {
                        format!("<a href=\"{PAGE}#{}\">{text}</a>", escape(to))
                    }
                    Value::Outside(_, url) => {
                        format!(
                            "<a href=\"{}\" rel=\"noreferrer noopener\">{text}</a>",
                            escape(url)
                        )
                    }
                    _ => text,
                };
                let tag = if place == 0 { "th scope=\"row\" dir=\"auto\"" } else { "td" };
                let (class, end) = (class(column), &tag[..2]);
                // A narrow screen has no row of headings above.
                let name = escape(column.name);
                // To sort by, since what is shown is rounded.
                let value = match number(value) {
                    Some(number) => format!(" data-value=\"{number}\""),
                    None if *value == Value::Unknown => " data-unknown".to_owned(),
                    None => String::new(),
                };
                let _ = write!(body, "<{tag}{class} data-label=\"{name}\"{value}>{text}</{end}>");
            }
            body.push_str("</tr>\n");
        }
        body.push_str("</tbody></table></div>");
        if let Some(left_out) = left_out(table, SHOWN_IN_PAGE) {
            let _ = write!(body, "<p class=\"soft\">{left_out}</p>");
        }
        body.push_str("</section>");
    }
    let title = escape(&one_line(&view.title));
    answer(&view.file_name(), &title, has_report.then_some(PAGE), body, file)
}

/// Numbers stand at the end of their cells, headlines have room.
fn class(column: &Column) -> &'static str {
    match column.holds {
        Holds::Words => "",
        Holds::Lines => " class=\"long\"",
        Holds::Numbers | Holds::Hours => " class=\"number\"",
    }
}

fn left_out(table: &Table, most: usize) -> Option<String> {
    let (shown, all) = (table.rows.len().min(most), table.of);
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
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        writeln!(file, "| {} |", names.join(" | "))?;
        writeln!(file, "|{}", " --- |".repeat(table.columns.len()))?;
        for row in table.rows.iter().take(SHOWN) {
            let cells = row.iter().map(|value| match value {
                Value::Link(_, to) | Value::CountOf(_, to) => {
                    format!("[{}]({PAGE}#{to})", marked_down(&told(value)))
                }
                Value::Outside(_, url) => {
                    format!("[{}](<{}>)", marked_down(&told(value)), within_angles(url))
                }
                value => marked_down(&told(value)),
            });
            writeln!(file, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
        }
        if let Some(left_out) = left_out(table, SHOWN) {
            writeln!(file, "\n{left_out}")?;
        }
    }
    Ok(())
}

/// An address that does not end the angle brackets around it.
fn within_angles(url: &str) -> String {
    url.chars()
        .map(|c| match c {
            '<' => "%3C".to_owned(),
            '>' => "%3E".to_owned(),
            '\\' => "%5C".to_owned(),
            '|' => "%7C".to_owned(),
            c if c.is_whitespace() || c.is_control() => String::new(),
            c => c.to_string(),
        })
        .collect()
}

/// Text of anyone as Markdown on one line.
fn marked_down(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    let line = one_line(text);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            // Before a number it begins no tag, and is read by people at a terminal.
            '<' if !rest.peek().is_some_and(char::is_ascii_digit) => marked.push_str("&lt;"),
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
                // Data says the unit, since its values do not.
                let unit = if column.holds == Holds::Hours { "_hours" } else { "" };
                let name = column.name.replace(' ', "_") + unit;
                let link = match value {
                    Value::Link(_, to) | Value::CountOf(_, to) => {
                        Some((format!("{name}_link"), format!("{PAGE}#{to}").into()))
                    }
                    Value::Outside(_, url) => Some((format!("{name}_link"), url.as_str().into())),
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
    let counts: Map<String, Json> =
        view.counts.iter().map(|&(name, count)| (name.to_owned(), count.into())).collect();
    let all =
        json!({ "title": view.title, "facts": view.facts, "counts": counts, "tables": tables });
    serde_json::to_writer_pretty(&mut *file, &all)?;
    file.write_all(b"\n")
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Link(text, _) | Value::Outside(text, _) => text.as_str().into(),
        Value::Count(number) | Value::CountOf(number, _) => (*number).into(),
        Value::Share(number) | Value::Hours(number) => crate::tables::rounded(*number).into(),
        Value::Unknown => Json::Null,
    }
}

/// The number that a value is.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Count(number) | Value::CountOf(number, _) => Some(*number as f64),
        Value::Share(number) | Value::Hours(number) => Some(*number),
        Value::Text(_) | Value::Link(..) | Value::Outside(..) | Value::Unknown => None,
    }
}

/// A value in words.
fn told(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Link(text, _) | Value::Outside(text, _) => text.clone(),
        Value::Count(number) | Value::CountOf(number, _) => grouped(*number),
        Value::Share(share) => percent(*share),
        Value::Hours(hours) => lasted(*hours),
        Value::Unknown => "–".into(),
    }
}

/// A length of time in its two largest units, whole days as such: in the words of the report.
fn lasted(hours: f64) -> String {
    /// From here on, in days, hours tell nothing.
    const MANY_DAYS: u64 = 60;
    /// Until here, in hours, a time is told in hours.
    const MANY_HOURS: u64 = 48;
    let minutes = (hours.abs() * 60.0).round() as u64;
    let (days, of_day) = (minutes / (24 * 60), minutes % (24 * 60));
    let with_rest = |whole: String, rest: u64, unit: &str| match rest {
        0 => whole,
        rest => format!("{whole} {rest} {unit}"),
    };
    match minutes / 60 {
        0 => format!("{minutes} min"),
        _ if of_day == 0 || days >= MANY_DAYS => many(days as usize, "day", "days"),
        hours if hours < MANY_HOURS => with_rest(format!("{hours} h"), minutes % 60, "min"),
        _ => with_rest(format!("{days} d"), of_day / 60, "h"),
    }
}

/// A share in percent. Only all of it is 100 %, and only nothing is 0 %.
pub(super) fn percent(share: f64) -> String {
    match (share * 100.0).round() {
        whole if whole >= 100.0 && share < 1.0 => ">99%".into(),
        0.0 if share > 0.0 => "<1%".into(),
        whole => format!("{whole}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `duration` of the report's script says of the same hours.
    #[test]
    fn lengths_of_time_are_told_as_in_the_report() {
        for (hours, told) in [
            (0.0, "0 min"),
            (0.866_667, "52 min"),
            (5.0, "5 h"),
            (6.625, "6 h 38 min"),
            (24.0, "1 day"),
            (47.5, "47 h 30 min"),
            (48.0, "2 days"),
            (108.25, "4 d 12 h"),
            (96.5, "4 d"),
            (1_439.0, "59 d 23 h"),
            (1_450.0, "60 days"),
            (10_920.0, "455 days"),
            (-36_000.5, "1,500 days"),
        ] {
            assert_eq!(lasted(hours), told, "{hours}");
        }
    }
}
