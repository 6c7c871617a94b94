//! Short answers made of the results of a run: how much is the wire's, who copied whom, what is new.
//!
//! A [`View`] is a title, some facts and some tables; it is written as a page, as Markdown for a mail or
//! a chat, or as JSON. All its numbers are those of the tables.

mod atom;
mod forms;
mod outlet;
mod since;
mod wire;

use std::io::{self, Write};
use std::str::FromStr;

pub use atom::{Entry, atom, feed};
pub use outlet::of_outlet;
pub use since::since;
pub use wire::wire;

use crate::article::DocId;
use crate::error::Error;
use crate::page::web_address;
use crate::results::Results;

/// How a view is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A page of its own.
    #[default]
    Html,
    /// Markdown.
    Markdown,
    /// One JSON object.
    Json,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Html, Self::Markdown, Self::Json];

    /// The name that the command line uses, which is also the ending of a file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }
}

impl FromStr for Form {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|form| form.name() == name).ok_or_else(|| {
            Error::config(
                "--format",
                format!("{name:?} is none of {}", Self::ALL.map(Self::name).join(", ")),
            )
        })
    }
}

/// A short answer.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The name of its file, without the ending.
    pub name: String,
    /// What it answers.
    pub title: String,
    /// The answer in sentences.
    pub facts: Vec<String>,
    /// The numbers of these sentences, by name.
    pub counts: Vec<(&'static str, usize)>,
    /// The answer in tables.
    pub tables: Vec<Table>,
}

/// A table of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its heading.
    pub title: String,
    /// What its rows and numbers count.
    pub about: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a value for every column.
    pub rows: Vec<Vec<Value>>,
    /// How many rows there are in all, where only the first are here.
    pub of: usize,
}

/// A column of a table of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub name: &'static str,
    /// What its values are, whether or not one of them is known.
    pub holds: Holds,
    /// What its numbers count; nothing where it has none.
    pub counts: &'static str,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Names and other short text.
    Words,
    /// Headlines and lists.
    Lines,
    /// Numbers of things, and shares.
    Numbers,
    /// Lengths of time.
    Hours,
}

/// A value in a table of a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Text that leads to a view of `report.html`, by what stands after the `#` of its address.
    Link(String, String),
    /// Text that leads to an article where it was published, by its address.
    Outside(String, String),
    /// A number of things.
    Count(usize),
    /// The same, and the view of `report.html` that lists them.
    CountOf(usize, String),
    /// A share, 0 to 1.
    Share(f64),
    /// A length of time in hours.
    Hours(f64),
    /// Nothing is known.
    Unknown,
}

/// A table in Markdown has this many rows at the most, since it is for a mail or a chat; JSON has all of them.
const SHOWN: usize = 50;
/// A table in a page has this many at the most, which sort and scroll at once.
const SHOWN_IN_PAGE: usize = 1_000;

impl Table {
    fn new(title: &str, about: &str, columns: &[Column], rows: Vec<Vec<Value>>) -> Self {
        let of = rows.len();
        Self { title: title.into(), about: about.into(), columns: columns.to_vec(), rows, of }
    }
}

/// What is counted of a story.
const IN_STORY: &str = "Articles of the story, copies among them";
const OUTLETS: &str = "Outlets that have an article of it";

const fn words(name: &'static str) -> Column {
    Column { name, holds: Holds::Words, counts: "" }
}

const fn lines(name: &'static str) -> Column {
    Column { name, holds: Holds::Lines, counts: "" }
}

const fn numbers(name: &'static str, counts: &'static str) -> Column {
    Column { name, holds: Holds::Numbers, counts }
}

const fn hours(name: &'static str, counts: &'static str) -> Column {
    Column { name, holds: Holds::Hours, counts }
}

impl View {
    /// The name of its page beside the report.
    pub fn file_name(&self) -> String {
        format!("{}.html", self.name)
    }

    /// Writes the view. Where `report.html` is to lie beside it, a page leads back there.
    ///
    /// # Errors
    /// Those of writing to `file`.
    pub fn write(&self, form: Form, has_report: bool, file: &mut dyn Write) -> io::Result<()> {
        match form {
            Form::Html => forms::html(self, has_report, file),
            Form::Markdown => forms::markdown(self, file),
            Form::Json => forms::json(self, file),
        }
    }
}

/// What an article is called, with a link to it.
fn article(results: &Results, doc: DocId) -> Value {
    Value::Link(title(results, doc), format!("article={}", encoded(&results.corpus.get(doc).id)))
}

fn title(results: &Results, doc: DocId) -> String {
    let article = results.corpus.get(doc);
    let title = article.title.trim();
    if title.is_empty() { article.id.to_string() } else { title.to_owned() }
}

/// A link to the view of two articles side by side.
fn comparison(results: &Results, a: DocId, b: DocId) -> Value {
    let id = |doc| encoded(&results.corpus.get(doc).id);
    Value::Link("compare".into(), format!("compare={},{}", id(a), id(b)))
}

fn outlet(name: &str) -> Value {
    match name {
        "" => Value::Text("no outlet".into()),
        name => Value::Link(name.to_owned(), format!("outlet={}", encoded(name))),
    }
}

/// The outlet of an article, with a link to the article itself where its address is known: a mail has no report beside it.
fn reported(results: &Results, doc: DocId) -> Value {
    let article = results.corpus.get(doc);
    let name = article.outlet.as_str();
    match web_address(&article.url) {
        "" => outlet(name),
        address => {
            let name = if name.is_empty() { "no outlet" } else { name };
            Value::Outside(name.to_owned(), address.to_owned())
        }
    }
}

fn published(results: &Results, doc: DocId) -> Value {
    results.corpus.get(doc).published.map_or(Value::Unknown, |published| {
        let time = published.to_string();
        // Of some only the day is known.
        let day = time.split('T').next().filter(|_| published.day_only);
        Value::Text(day.unwrap_or(&time).to_owned())
    })
}

/// Text as it stands in the address of a view.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::sample::Sample;

    fn written(view: &View, form: Form) -> String {
        let mut file = Vec::new();
        view.write(form, true, &mut file).unwrap();
        String::from_utf8(file).unwrap()
    }

    #[test]
    fn the_wire_is_told_by_outlet_month_and_story() {
        let Sample { results } = Sample::new();
        let view = wire(&results);
        let told = written(&view, Form::Markdown);
        assert!(told.starts_with("# How much of this is the wire?\n"), "{told}");
        assert!(told.contains("3 of 6 articles"), "{told}");
        assert!(
            told.contains(
                "| Nordfunk | [City Wire](report.html#outlet=City%20Wire) | \
                 [1](report.html#articles=&outlet=1&agency=Nordfunk) | 50% | 10 |"
            ),
            "{told}"
        );
        assert!(told.contains("| 2024-05 |"), "{told}");
    }

    #[test]
    fn an_outlet_is_told_who_took_from_it_and_where_to_see_it() {
        let Sample { results } = Sample::new();
        let told = written(&of_outlet(&results, "City Wire").unwrap(), Form::Markdown);
        assert!(
            told.contains("| [Harbour Post](report.html#outlet=Harbour%20Post) | 1 | 1 | 2 h |"),
            "{told}"
        );
        assert!(told.contains("[compare](report.html#compare=a,b)"), "{told}");
        let other = written(&of_outlet(&results, "Valley Times").unwrap(), Form::Json);
        let other: serde_json::Value = serde_json::from_str(&other).unwrap();
        assert_eq!(other["tables"][1]["rows"][0]["outlet"], "City Wire");
        assert_eq!(other["tables"][1]["rows"][0]["passages"], 1);
        let other = written(&of_outlet(&results, "Harbour Post").unwrap(), Form::Json);
        let other: serde_json::Value = serde_json::from_str(&other).unwrap();
        let rows = other["tables"][1]["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["outlet"] == "City Wire").unwrap();
        assert_eq!(row["median_lag_hours"], 2.0, "data has hours, and says so");
    }

    #[test]
    fn an_outlet_that_is_not_there_is_told_with_those_alike() {
        let Sample { results } = Sample::new();
        let refused = of_outlet(&results, "city").unwrap_err().to_string();
        assert!(refused.contains("\"city\"") && refused.contains("City Wire"), "{refused}");
        let refused = of_outlet(&results, "Cyti wire").unwrap_err().to_string();
        assert!(refused.ends_with("there is City Wire"), "{refused}");
    }

    #[test]
    fn a_digest_has_the_stories_that_are_new() {
        let Sample { results } = Sample::new();
        let view = since(&results, "2024-05-02".parse().unwrap());
        let told = written(&view, Form::Markdown);
        assert!(told.contains("Ferry, again") && !told.contains("No bridge"), "{told}");
        let counts: serde_json::Value = serde_json::from_str(&written(&view, Form::Json)).unwrap();
        assert_eq!(counts["counts"]["new_stories"], 1, "{counts}");
        let page = written(&view, Form::Html);
        // The one script is the page's own.
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        assert!(page.contains("script-src 'sha256-") && !page.contains("onclick"), "{page}");
    }

    #[test]
    fn no_text_becomes_markup() {
        let view = View {
            name: "x".into(),
            title: "<b>".into(),
            facts: vec!["<i>".into()],
            counts: vec![],
            tables: vec![Table::new(
                "<u>",
                "a",
                &[words("name")],
                vec![
                    vec![Value::Text("a|b <s>\n[x](y)".into())],
                    vec![Value::Outside("o".into(), "https://a.example/\"><script>| )".into())],
                ],
            )],
        };
        let page = written(&view, Form::Html);
        assert!(!["<b>", "<i>", "<u>", "<s>"].iter().any(|tag| page.contains(tag)), "{page}");
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        let told = written(&view, Form::Markdown);
        let outside = "| [o](<https://a.example/\"%3E%3Cscript%3E%7C)>) |";
        assert!(told.contains(outside), "{told}");
        assert!(told.contains("| a\\|b &lt;s&gt; \\[x\\](y) |"), "{told}");
    }

    #[test]
    fn a_page_leads_back_to_a_report_that_is_there() {
        let view = View {
            name: "x".into(),
            title: "x".into(),
            facts: vec![],
            counts: vec![],
            tables: vec![],
        };
        for has_report in [true, false] {
            let mut page = Vec::new();
            view.write(Form::Html, has_report, &mut page).unwrap();
            let page = String::from_utf8(page).unwrap();
            assert_eq!(page.contains("<a href=\"report.html\">"), has_report, "{page}");
        }
    }

    #[test]
    fn numbers_stand_at_the_end_of_their_cells_even_where_none_is_known() {
        let columns = [lines("article"), hours("lag", "How much later")];
        let rows = vec![vec![Value::Text("Ferry".into()), Value::Unknown]];
        let tables = vec![Table::new("t", "a", &columns, rows)];
        let view =
            View { name: "x".into(), title: "x".into(), facts: vec![], counts: vec![], tables };
        let page = written(&view, Form::Html);
        assert!(
            page.contains("<th scope=\"col\" class=\"number\" title=\"How much later\">lag</th>"),
            "{page}"
        );
        assert!(
            page.contains("<td class=\"number\" data-label=\"lag\" data-unknown>–</td>"),
            "{page}"
        );
    }

    #[test]
    fn an_address_holds_any_text() {
        assert_eq!(encoded("a b,ü&#"), "a%20b%2C%C3%BC%26%23");
    }
}
