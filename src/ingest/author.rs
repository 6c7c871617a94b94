//! Who wrote an article, as inputs tell it: a text, a list of names, objects with a name.

/// What stands between the names of several authors.
const BETWEEN_AUTHORS: &str = ", ";

/// These authors on one line; nothing where there is nobody.
pub(super) fn on_one_line(given: impl IntoIterator<Item = impl AsRef<str>>) -> Option<String> {
    let mut names = Vec::new();
    for given in given {
        match printed_list(given.as_ref()) {
            Some(list) => names.extend(list.into_iter().map(|name| on_a_line(&name))),
            None => names.extend(given.as_ref().lines().map(on_a_line)),
        }
    }
    names.retain(|name| is_somebody(name));
    (!names.is_empty()).then(|| names.join(BETWEEN_AUTHORS))
}

/// Whether this may be a name: a number and an address of mail are none.
fn is_somebody(name: &str) -> bool {
    name.contains(char::is_alphabetic) && (!name.contains('@') || name.contains(' '))
}

fn on_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// The texts of a list as Python prints one: newspaper4k has such in its CSV, `['Ana Ruiz', "Jo O'Dea"]`.
fn printed_list(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut texts = Vec::new();
    while let Some(quote) = rest.chars().next() {
        let inside = rest.strip_prefix(['\'', '"'])?;
        let (text, after) = inside.split_once(quote)?;
        texts.push(text.to_owned());
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some(texts)
}

/// Names that libraries and databases write with the last one first, as `Ruiz, Ana; Berg, Jo`, the other way round.
pub(super) fn first_names_first(list: &str) -> String {
    let turned = |name: &str| match name.split_once(',') {
        Some((last, first)) if !first.contains(',') => format!("{} {}", first.trim(), last.trim()),
        _ => name.trim().to_owned(),
    };
    list.split(';').map(turned).collect::<Vec<String>>().join(BETWEEN_AUTHORS)
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
