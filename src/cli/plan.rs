//! `--dry-run`: what was detected in the input, and what a run would do.

use std::io::{self, Write};

use newsfold::article::Article;
use newsfold::config::PipelineConfig;
use newsfold::error::Reject;
use newsfold::ingest::{self, Compression, Field, FieldSource, Format, InputFile, Plan};
use newsfold::text::one_line;

use serde_json::{Map, Value, json};

use super::{Exit, Failure, terminal};

/// Characters of an article's text that are shown of a sample.
const SAMPLE_CHARS: usize = 100;

/// Reads the beginning of each input and prints the plan.
pub(crate) fn print(config: &PipelineConfig, as_json: bool) -> Result<Exit, Failure> {
    let plan = ingest::plan(&config.inputs, &config.ingest)?;
    let exit = if plan.rejects.is_empty() { Exit::Done } else { Exit::Rejects };
    if as_json {
        terminal::print_json(&as_data(&plan, config))?;
        return Ok(exit);
    }
    let mut out = Vec::new();
    files(&plan, &mut out)?;
    samples(&plan, &mut out)?;
    writeln!(out, "Parameters")?;
    for (name, value) in config.parameters() {
        writeln!(out, "  {name} = {value}")?;
    }
    let formats: Vec<&str> = config.formats.iter().map(|format| format.name()).collect();
    writeln!(out, "\nWould write {} as {}.", config.output.display(), formats.join(" and "))?;
    terminal::print(&String::from_utf8_lossy(&out))?;
    Ok(exit)
}

/// The same as data; of the first articles, the whole text.
fn as_data(plan: &Plan, config: &PipelineConfig) -> Value {
    let file = |file: &InputFile| {
        let field = |source: &FieldSource| {
            json!({
                "field": source.field.name(),
                "name": source.name,
                "confidence": source.confidence(file.accepted).to_string(),
                "articles": source.records,
            })
        };
        json!({
            "path": file.path,
            "format": file.format.map(|format| format.to_string()),
            "compression": (file.compression != Compression::None).then(|| file.compression.to_string()),
            "encoding": file.encoding,
            "articles": file.accepted,
            "fields": file.fields.iter().map(field).collect::<Vec<Value>>(),
        })
    };
    let reject = |reject: &Reject| json!({ "position": reject.position, "reason": reject.reason.to_string() });
    let article = |article: &Article| {
        json!({
            "id": article.id,
            "outlet": article.outlet,
            "published": article.published.map(|at| at.to_string()),
            "title": article.title,
            "url": article.url,
            "lang": article.lang,
            "author": article.author,
            "notes": article.notes.to_string(),
            "text": article.text,
        })
    };
    let formats: Vec<&str> = config.formats.iter().map(|format| format.name()).collect();
    json!({
        "files": plan.files.iter().map(file).collect::<Vec<Value>>(),
        "doubts": plan.doubts,
        "rejects": plan.rejects.iter().map(reject).collect::<Vec<Value>>(),
        "first_articles": plan.samples.iter().map(article).collect::<Vec<Value>>(),
        "parameters": config.parameters().into_iter().collect::<Map<String, Value>>(),
        "output": config.output,
        "formats": formats,
    })
}

fn files(plan: &Plan, out: &mut Vec<u8>) -> io::Result<()> {
    match plan.files.len() {
        1 => writeln!(out, "Input (1 file; its beginning was read)")?,
        files => writeln!(out, "Input ({files} files; the beginning of each was read)")?,
    }
    for file in &plan.files {
        let format = file.format.map_or("nothing that can be read".to_owned(), |f| f.to_string());
        let compressed = match file.compression {
            Compression::None => String::new(),
            other => format!(", {other}"),
        };
        let encoding = file.encoding.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
        writeln!(out, "  {}: {format}{compressed}{encoding}", file.path)?;
        if file.accepted > 0
            && !file.fields.iter().any(|source| source.field == Field::Text)
            && file.format != Some(Format::Text)
        {
            writeln!(out, "    a list without texts: its articles are their titles")?;
        }
        for source in &file.fields {
            let (records, of) = (source.records, file.accepted);
            let some = if records < of { format!(" ({records} of {of})") } else { String::new() };
            let sure = source.confidence(of);
            writeln!(out, "    {:<10} from {}, {sure}{some}", source.field.name(), source.name)?;
        }
    }
    for doubt in &plan.doubts {
        writeln!(out, "  {doubt}")?;
    }
    for reject in &plan.rejects {
        writeln!(out, "  {}: would be rejected: {}", reject.position, reject.reason)?;
    }
    writeln!(out)
}

fn samples(plan: &Plan, out: &mut Vec<u8>) -> io::Result<()> {
    writeln!(out, "The first articles")?;
    for article in &plan.samples {
        let published = article.published.map(|at| at.to_string()).unwrap_or_default();
        let start: String = article.text.chars().take(SAMPLE_CHARS).collect();
        for (name, value) in [
            ("id", article.id.as_str()),
            ("outlet", article.outlet.as_str()),
            ("published", &published),
            ("title", &article.title),
            ("url", &article.url),
            ("lang", &article.lang),
            ("author", &article.author),
            ("notes", &article.notes.to_string()),
            ("text", &start),
        ] {
            let value = one_line(value);
            writeln!(out, "  {name:<10} {}", if value.is_empty() { "–" } else { &value })?;
        }
        writeln!(out)?;
    }
    Ok(())
}
