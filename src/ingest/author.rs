//! Who wrote an article, as inputs tell it: a text, a list of names, objects with a name.

use serde_json::Value;

/// What stands between the names of several authors.
const BETWEEN_AUTHORS: &str = ", ";

/// What stands for nobody, in small letters.
const NOBODY: [&str; 9] = ["none", "null", "nan", "nat", "na", "n/a", "#n/a", "<na>", "unknown"];

/// These authors on one line; nothing where there is nobody.
pub(super) fn on_one_line(given: impl IntoIterator<Item = impl AsRef<str>>) -> Option<String> {
    let mut names = Vec::new();
    for given in given {
        let given = given.as_ref();
        match json_list(given).or_else(|| printed_list(given)) {
            Some(list) => names.extend(list.iter().flat_map(|name| without_addresses(name))),
            None => names.extend(given.lines().flat_map(without_addresses)),
        }
    }
    names.retain(|name| is_somebody(name));
    (!names.is_empty()).then(|| names.join(BETWEEN_AUTHORS))
}

/// Whether this may be a name: a number and an address of mail are none.
fn is_somebody(name: &str) -> bool {
    name.contains(char::is_alphabetic)
        && (!name.contains('@') || name.contains(' '))
        && !NOBODY.contains(&name.to_lowercase().as_str())
}

/// The names on a line. Where several have an address of mail beside them, what stands between them parts them.
pub(super) fn without_addresses(line: &str) -> Vec<String> {
    if line.matches('@').count() < 2 {
        return vec![without_address(line)];
    }
    // A comma may stand within a name where a semicolon parts them.
    let names = [';', ','].map(|mark| outside_brackets(line, mark));
    let names = names.into_iter().find(|names| names.len() > 1);
    let Some(names) = names else { return vec![without_address(line)] };
    names.into_iter().map(without_address).filter(|name| !name.is_empty()).collect()
}

/// What this mark parts, where it stands in no brackets.
fn outside_brackets(line: &str, mark: char) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = line.split(|c| {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && c == mark
    });
    parts.collect()
}

/// A name on one line, without the address of mail beside it: `a@b.example (Ana Ruiz)`, `Ana Ruiz <a@b.example>`.
fn without_address(name: &str) -> String {
    let line = name.split_whitespace().collect::<Vec<&str>>().join(" ");
    if let Some((address, named)) = line.split_once(" (").filter(|(head, _)| head.contains('@')) {
        let is_one = !address.contains(' ');
        return if is_one { named.trim_end_matches(')').to_owned() } else { line };
    }
    match line.split_once(" <") {
        Some((named, address)) if address.contains('@') => named.to_owned(),
        _ => line,
    }
}

/// The names in a list of JSON that stands in a text: strings, and objects with a name.
fn json_list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let list: Vec<Value> = serde_json::from_str(text.starts_with('[').then_some(text)?).ok()?;
    let name = |value: &Value| {
        let name = value.as_str().or_else(|| value.get("name")?.as_str());
        name.map(str::to_owned)
    };
    Some(list.iter().filter_map(name).collect())
}

/// The texts of a list or a tuple as Python prints one: newspaper4k has such in its CSV, `['Ana Ruiz', "Jo O'Dea", None]`.
/// Of a dictionary in it the name.
fn printed_list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let within = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    let mut rest = within('[', ']').or_else(|| within('(', ')'))?.trim();
    let mut texts = Vec::new();
    while !rest.is_empty() {
        let after = match (quoted(rest), rest.strip_prefix('{')) {
            (Some((text, after)), _) => {
                texts.push(text.to_owned());
                after
            }
            (None, Some(inside)) => {
                let (name, after) = name_of_printed(inside)?;
                texts.extend(name.map(str::to_owned));
                after
            }
            (None, None) => {
                let (bare, _) = rest.split_once(',').unwrap_or((rest, ""));
                NOBODY.contains(&bare.trim().to_lowercase().as_str()).then_some(())?;
                &rest[bare.len()..]
            }
        };
        let after = after.trim_start();
        rest = after.strip_prefix(',').unwrap_or(after).trim_start();
    }
    Some(texts)
}

/// A text in quotes, and what follows it.
fn quoted(printed: &str) -> Option<(&str, &str)> {
    let inside = printed.strip_prefix(['\'', '"'])?;
    inside.split_once(printed.chars().next()?)
}

/// The value of `name` in a dictionary of texts, from behind its opening brace, and what follows the dictionary.
fn name_of_printed(mut rest: &str) -> Option<(Option<&str>, &str)> {
    let mut name = None;
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if let Some(after) = rest.strip_prefix('}') {
            return Some((name, after));
        }
        let (key, after) = quoted(rest)?;
        let value = after.trim_start().strip_prefix(':')?.trim_start();
        rest = match quoted(value) {
            Some((text, after)) => {
                if key == "name" {
                    name = Some(text);
                }
                after
            }
            None => &value[value.find([',', '}'])?..],
        };
    }
}

/// Names that libraries and databases write with the last one first, as `Ruiz, Ana; Berg, Jo`, the other way round.
pub(super) fn first_names_first(list: &str) -> String {
    /// More are an agency behind a person.
    const MOST_FIRST_NAMES: usize = 3;
    let is_last = |name: &str| name.split_whitespace().count() == 1;
    let are_first = |names: &str| {
        !names.contains(',') && (1..=MOST_FIRST_NAMES).contains(&names.split_whitespace().count())
    };
    let turned = |name: &str| match name.split_once(',') {
        Some((last, first)) if is_last(last) && are_first(first) => {
            format!("{} {}", first.trim(), last.trim())
        }
        _ => name.trim().to_owned(),
    };
    let names = list.split(';').map(turned).filter(|name| !name.is_empty());
    names.collect::<Vec<String>>().join(BETWEEN_AUTHORS)
}

#[cfg(test)]
mod tests {
    use crate::ingest::{IngestOptions, ingest_reader};
    use crate::observer::Silent;

    fn author_in(input: &str) -> String {
        let read =
            ingest_reader("in", input.as_bytes(), &IngestOptions::default(), &Silent).unwrap();
        read.corpus.articles()[0].author.to_string()
    }

    #[test]
    fn an_author_is_known_in_the_forms_of_tools_and_services() {
        for (fields, author) in [
            (r#""author": "Ana Ruiz""#, "Ana Ruiz"),
            (r#""author": "  Ana\n Ruiz ""#, "Ana, Ruiz"),
            (r#""authors": ["Ana Ruiz", "", "Jo Berg"]"#, "Ana Ruiz, Jo Berg"),
            (r#""author": {"name": "Ana Ruiz", "url": "/ruiz"}"#, "Ana Ruiz"),
            (r#""authors": [{"name": "Ana Ruiz"}, {"name": "Jo Berg"}]"#, "Ana Ruiz, Jo Berg"),
            (r#""byline": "By ANA RUIZ""#, "By ANA RUIZ"),
            (r#""byline": {"original": "By Ana Ruiz", "person": []}"#, "By Ana Ruiz"),
            (r#""dc:creator": "Reuters""#, "Reuters"),
            (r#""Author": "Jos\u00e9 Ruiz""#, "José Ruiz"),
            (r#""author": 7, "_embedded": {"author": [{"name": "Ana Ruiz"}]}"#, "Ana Ruiz"),
            (r#""author": "https://a.example/ruiz", "byline": "Ana Ruiz""#, "Ana Ruiz"),
            (r#""author": "None", "byline": "Ana Ruiz""#, "Ana Ruiz"),
            (r#""author": [{"name": "Ana Ruiz"}, {"name": null}]"#, "Ana Ruiz"),
            (r#""authors": ["https://a.example", "Ana Ruiz"]"#, "Ana Ruiz"),
            (r#""authors": ["Ana Ruiz", "https://a.example"]"#, "Ana Ruiz"),
            (r#""authors": "['Ana Ruiz', \"Jo O'Dea\"]""#, "Ana Ruiz, Jo O'Dea"),
            (r#""authors": "[]", "byline": "Ana Ruiz""#, ""),
            (r#""authors": "[Ana Ruiz]""#, "[Ana Ruiz]"),
            (r#""authors": "[None, 'Ana Ruiz', nan]""#, "Ana Ruiz"),
            (r#""authors": "('Ana Ruiz', 'Jo Berg')""#, "Ana Ruiz, Jo Berg"),
            (r#""authors": "('Ana Ruiz',)""#, "Ana Ruiz"),
            (r#""authors": "(Ana Ruiz)""#, "(Ana Ruiz)"),
            (
                r#""authors": "[{'url': None, 'name': 'Ana Ruiz'}, {'name': \"Jo O'Dea\"}, {'id': 7}]""#,
                "Ana Ruiz, Jo O'Dea",
            ),
            (r#""author": "a@b.example (Ana Ruiz), c@d.example (Jo Berg)""#, "Ana Ruiz, Jo Berg"),
            (r#""author": "Ana Ruiz <a@b.example>; Jo Berg <c@d.example>""#, "Ana Ruiz, Jo Berg"),
            (
                r#""author": "Ana Ruiz, Editor <a@b.example>; Jo Berg <c@d.example>""#,
                "Ana Ruiz, Editor, Jo Berg",
            ),
            (
                r#""authors": "[{\"name\": \"Jos\\u00e9 Ruiz\"}, \"Jo Berg\"]""#,
                "José Ruiz, Jo Berg",
            ),
            (r#""author": "a@b.example (Ana Ruiz)""#, "Ana Ruiz"),
            (r#""author": "Ana Ruiz <a@b.example>""#, "Ana Ruiz"),
            (r#""author": "Jos&eacute; <b>Ruiz</b>""#, "José Ruiz"),
            (r#""author": "N/A", "by": "Von Ana Ruiz, dpa""#, ""),
            (r#""by": "Von Ana Ruiz, dpa""#, "Von Ana Ruiz, dpa"),
            (r#""author": null"#, ""),
            (r#""author": 7"#, ""),
            (r#""authors": ["105092", "desk@post.example", "Ana Ruiz"]"#, "Ana Ruiz"),
            (r#""authors": []"#, ""),
            (r#""authors": [{"url": "/ruiz"}]"#, ""),
            (r#""title": "Ana Ruiz""#, ""),
        ] {
            let record = format!("{{\"id\": \"a\", \"text\": \"The ferry ran.\", {fields}}}");
            assert_eq!(author_in(&record), author, "{fields}");
        }
        assert_eq!(author_in("id,text,Author\na,The ferry ran.,Ana Ruiz\n"), "Ana Ruiz");
    }

    #[test]
    fn the_last_name_first_is_turned_round() {
        let turned = super::first_names_first;
        assert_eq!(turned("Ruiz, Ana; Berg, Jo"), "Ana Ruiz, Jo Berg");
        assert_eq!(turned("Associated Press"), "Associated Press");
        assert_eq!(turned("Ana Ruiz, Jo Berg, Li Wei"), "Ana Ruiz, Jo Berg, Li Wei");
        assert_eq!(turned("Ana Ruiz, Associated Press"), "Ana Ruiz, Associated Press");
        assert_eq!(turned("; Ruiz, Ana;"), "Ana Ruiz");
        assert_eq!(turned(""), "");
    }

    #[test]
    fn feeds_and_documents_of_agencies_tell_it() {
        let feed = |entry: &str| {
            format!(
                "<rss version=\"2.0\"><channel><title>Post</title><item><title>Ferry</title>{entry}\
                 <description>The ferry Hesper ran aground at dawn off the cape.</description></item></channel></rss>"
            )
        };
        for (entry, author) in [
            ("<author>news@post.example (Ana Ruiz)</author>", "Ana Ruiz"),
            (
                "<dc:creator xmlns:dc=\"d\">Ana Ruiz</dc:creator><author>Ana Ruiz</author>",
                "Ana Ruiz",
            ),
            ("<author>news@post.example</author>", ""),
            ("<author>a@b.example (Ana Ruiz), c@d.example (Jo Berg)</author>", "Ana Ruiz, Jo Berg"),
            ("<author><name>Ana Ruiz</name><uri>u</uri></author>", "Ana Ruiz"),
        ] {
            assert_eq!(author_in(&feed(entry)), author, "{entry}");
        }
        let nitf = "<nitf><head><title>Ferry</title></head><body><body.head><hedline><hl1>Ferry</hl1></hedline>\
            <byline>By Ana Ruiz</byline></body.head><body.content><p>The ferry Hesper ran aground at dawn.</p>\
            </body.content></body></nitf>";
        assert_eq!(author_in(nitf), "By Ana Ruiz");
        let both = "<person>Ana Ruiz</person><byttl>Associated Press</byttl>";
        assert_eq!(author_in(&nitf.replace("Ana Ruiz", both)), "By Ana Ruiz, Associated Press");
        let two = "Ana Ruiz</byline><byline>Jo Berg";
        assert_eq!(author_in(&nitf.replace("Ana Ruiz", two)), "By Ana Ruiz, Jo Berg");
    }

    #[test]
    fn a_page_says_it_for_programs() {
        let body = "<article><h1>Ferry aground off the cape</h1>".to_owned()
            + &"<p>The ferry Hesper ran aground at dawn, and all ninety on board were saved by boats.</p>"
                .repeat(8)
            + "</article>";
        let page = |head: &str| format!("<html><head>{head}</head><body>{body}</body></html>");
        for (head, author) in [
            ("<meta name=author content='Ana Ruiz'>", "Ana Ruiz"),
            ("<meta name=parsely-author content='Ana Ruiz'>", "Ana Ruiz"),
            ("<meta name=author content=''><meta name=byl content='By Ana Ruiz'>", "By Ana Ruiz"),
            (
                "</head><body><a rel=author href=/r>Ana Ruiz</a> <a rel=author href=/r>Ana Ruiz</a>",
                "Ana Ruiz",
            ),
            ("</head><body><aside><a rel=author href=/b>Bo Berg</a></aside>", ""),
            (
                "<meta name=author content='Ana Ruiz'><meta name=author content='Jo Berg'>",
                "Ana Ruiz, Jo Berg",
            ),
            (
                "</head><body><p itemprop=author>By <b itemprop=name>Ana Ruiz</b>, 3 May</p>",
                "Ana Ruiz",
            ),
            (
                "</head><body><a rel=author>A</a><a rel=author>B</a><a rel=author>C</a><a rel=author>D</a>",
                "",
            ),
            ("<meta property=article:author content='https://social.example/ruiz'>", ""),
            (
                "<script type=application/ld+json>{\"@type\": \"NewsArticle\", \"author\": \
                 {\"@type\": \"Person\", \"name\": [\"Ana Ruiz\", \"Jo Berg\"]}}</script>",
                "Ana Ruiz, Jo Berg",
            ),
            (
                "<meta name=author content='The Post'><script type=application/ld+json>\
                 {\"@type\": \"NewsArticle\", \"author\": [{\"name\": \"Ana Ruiz\"}, {\"@id\": \"#jo\"}]}</script>\
                 <script type=application/ld+json>{\"@type\": \"Person\", \"@id\": \"#jo\", \"name\": \"Jo Berg\"}</script>",
                "Ana Ruiz, Jo Berg",
            ),
        ] {
            assert_eq!(author_in(&page(head)), author, "{head}");
        }
    }
}
