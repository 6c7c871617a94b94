//! XML: feeds (RSS, RDF, Atom), NewsML-G2, NITF, news sitemaps, and rows that a program wrote.
//!
//! The document is read into elements; an article is an element that one of these formats has for it, or
//! one whose children bear known names. Names are read without their prefix. Entities are those of XML
//! and of HTML; none is defined by the document, so that none can grow.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Entry, captured};
use crate::error::Cause;
use crate::ingest::author::without_addresses;
use crate::ingest::field::Field;
use crate::ingest::fields::FieldTable;

/// Elements in elements deeper than this are left out.
const DEEPEST: usize = 100;
/// Elements whose end is the end of a paragraph.
const BLOCKS: [&str; 16] = [
    "p",
    "br",
    "div",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hl1",
    "hl2",
    "blockquote",
    "block",
    "section",
];
/// Elements that hold HTML in a feed, the fullest first.
const FEED_TEXTS: [&str; 4] = ["encoded", "content", "description", "summary"];

/// An element: its name without prefix, its attributes, and what stands in it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    /// The first element of this name, here or below.
    fn below(&self, name: &str) -> Option<&Element> {
        match self.name == name {
            true => Some(self),
            false => self.elements().find_map(|element| element.below(name)),
        }
    }

    /// All elements of these names that do not stand in one another.
    fn all<'e>(&'e self, names: &[&str], found: &mut Vec<&'e Element>) {
        match names.contains(&self.name.as_str()) {
            true => found.push(self),
            false => self.elements().for_each(|element| element.all(names, found)),
        }
    }

    /// The text in it, a line for each paragraph.
    fn text(&self) -> String {
        let mut text = String::new();
        self.append_text(&mut text);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }

    fn append_text(&self, to: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => to.push_str(text),
                Node::Element(element) => {
                    element.append_text(to);
                    if BLOCKS.contains(&element.name.as_str()) {
                        to.push('\n');
                    }
                }
            }
        }
    }

    /// The text as it stands, for one that holds HTML as text.
    fn raw(&self) -> String {
        match self.elements().next() {
            Some(_) => self.text(),
            None => {
                let text = |node: &Node| match node {
                    Node::Text(text) => text.clone(),
                    Node::Element(_) => String::new(),
                };
                self.children.iter().map(text).collect()
            }
        }
    }
}

/// The records of a document.
///
/// # Errors
/// In words, where it is no sound XML before its first record, or none of the formats.
pub(super) fn read(text: &str, table: &FieldTable) -> Result<Vec<Entry>, Cause> {
    let (root, damage) = parse(text);
    let mut found = Vec::new();
    root.all(&["item", "entry"], &mut found);
    let is_feed = |element: &&Element| {
        element.child("title").is_some() && element.child("link").is_some()
            || FEED_TEXTS.iter().any(|name| element.child(name).is_some())
    };
    let mut records: Vec<Entry> = if found.iter().any(is_feed) {
        let channel = root.below("channel").or_else(|| root.below("feed")).unwrap_or(&root);
        found.iter().map(|entry| Ok(captured(table, of_feed(entry, channel)))).collect()
    } else {
        Vec::new()
    };
    for (name, of) in [
        ("newsItem", of_news_item as fn(&Element) -> Vec<(&'static str, String)>),
        ("NewsItem", of_news_item),
        ("nitf", of_nitf),
    ] {
        if records.is_empty() {
            let mut found = Vec::new();
            root.all(&[name], &mut found);
            records = found.iter().map(|item| Ok(captured(table, of(item)))).collect();
        }
    }
    if records.is_empty() && root.below("urlset").is_some() {
        let mut found = Vec::new();
        root.all(&["url"], &mut found);
        let listed = found.into_iter().filter(|url| url.child("news").is_some());
        records = listed.map(|url| Ok(captured(table, of_sitemap(url)))).collect();
    }
    if records.is_empty() {
        rows(&root, table, &mut records);
    }
    if let Some(damage) = damage {
        records.push(Err(damage));
    }
    if records.is_empty() {
        let name = root.elements().next().map_or("", |element| element.name.as_str());
        return Err(format!(
            "an XML document of {name:?}, in which no article is found: give a feed, NewsML-G2, NITF, or \
             rows with elements such as title and text"
        ).into());
    }
    Ok(records)
}

/// The elements of a document, and what is wrong with it from some place on.
fn parse(text: &str) -> (Element, Option<Cause>) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut open = vec![Element::default()];
    let mut too_deep = 0_usize;
    let mut damage = None;
    loop {
        let event = reader.read_event();
        let add = |open: &mut Vec<Element>, node: Node| {
            if let Some(last) = open.last_mut() {
                last.children.push(node);
            }
        };
        match event {
            Ok(Event::Start(_)) if open.len() > DEEPEST => too_deep += 1,
            Ok(Event::Start(start)) => open.push(element(&start)),
            Ok(Event::Empty(start)) => add(&mut open, Node::Element(element(&start))),
            Ok(Event::End(_)) if too_deep > 0 => too_deep -= 1,
            Ok(Event::End(_)) if open.len() > 1 => {
                if let Some(closed) = open.pop() {
                    add(&mut open, Node::Element(closed));
                }
            }
            Ok(Event::Text(text)) => add(&mut open, Node::Text(text.xml10_content().into_owned())),
            Ok(Event::CData(text)) => add(&mut open, Node::Text(text.xml10_content().into_owned())),
            Ok(Event::GeneralRef(reference)) => {
                let written = format!("&{};", reference.xml10_content());
                let said = html_escape::decode_html_entities(&written).into_owned();
                add(&mut open, Node::Text(said));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let at = reader.error_position();
                let words = format!(
                    "the XML is damaged at byte {at} ({error}): what stands before is read, the rest is not"
                );
                damage = Some(Cause::told(words, error));
                break;
            }
        }
    }
    if open.len() > 1 && damage.is_none() {
        damage = Some("the XML ends within an element: the file may be cut short".into());
    }
    while open.len() > 1 {
        if let (Some(closed), Some(last)) = (open.pop(), open.last_mut()) {
            last.children.push(Node::Element(closed));
        }
    }
    (open.pop().unwrap_or_default(), damage)
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start.html_attributes().filter_map(Result::ok);
    let attribute = |attribute: quick_xml::events::attributes::Attribute<'_>| {
        let key = attribute.key.local_name().as_ref().to_owned();
        let value = html_escape::decode_html_entities(&*attribute.value).into_owned();
        (key, value)
    };
    Element {
        name: start.local_name().as_ref().to_owned(),
        attributes: attributes.map(attribute).collect(),
        children: Vec::new(),
    }
}

/// What an entry of a feed says, and of the feed who publishes it.
fn of_feed(entry: &Element, channel: &Element) -> Vec<(&'static str, String)> {
    let text = |name: &str| entry.child(name).map(Element::text).unwrap_or_default();
    let links = || entry.elements().filter(|element| element.name == "link");
    let is_page = |link: &&Element| link.attribute("rel").is_none_or(|rel| rel == "alternate");
    let url = links()
        .filter(is_page)
        .map(|link| link.attribute("href").map_or_else(|| link.text(), str::to_owned))
        .find(|url| !url.is_empty());
    let texts = FEED_TEXTS.iter().filter_map(|name| entry.child(name)).map(Element::raw);
    let mut values = vec![("title", text("title")), ("url", url.unwrap_or_default())];
    values.extend(["guid", "id"].map(|name| ("id", text(name))));
    values
        .extend(["pubDate", "published", "date", "updated"].map(|name| ("published", text(name))));
    values.extend(texts.filter(|text| !text.trim().is_empty()).take(1).map(|text| ("text", text)));
    // An entry of Atom without an author is by that of the whole.
    let of_all = (channel.name == "feed").then_some(channel);
    let all = [Some(entry), entry.child("source"), of_all].into_iter().flatten();
    values.extend(all.map(authors).find(|author| !author.is_empty()).map(|by| ("author", by)));
    let source = entry.child("source");
    let source = source.map(|source| source.child("title").unwrap_or(source).text());
    let own = channel.child("title").map(Element::text);
    values.extend(source.or(own).map(|outlet| ("outlet", outlet)));
    values.extend(channel.child("language").map(|language| ("lang", language.text())));
    values.extend(channel.attribute("lang").map(|language| ("lang", language.to_owned())));
    values
}

/// Who wrote an entry of a feed: Atom has a name within, RSS a name behind an address, `a@b.example (Ana Ruiz)`.
fn authors(entry: &Element) -> String {
    let names =
        |author: &Element| without_addresses(&author.child("name").unwrap_or(author).text());
    let is_author = |element: &&Element| matches!(element.name.as_str(), "author" | "creator");
    let names = entry.elements().filter(is_author).flat_map(names);
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    // Feeds say it twice, in their own words and in those of Dublin Core.
    names.dedup();
    names.join(", ")
}

/// What an item of NewsML-G2 says, or of NewsML 1.
fn of_news_item(item: &Element) -> Vec<(&'static str, String)> {
    let text = |name: &str| item.below(name).map(Element::text).unwrap_or_default();
    let attribute = |name: &str, key: &str| {
        item.below(name).and_then(|element| element.attribute(key)).unwrap_or_default().to_owned()
    };
    let content = ["inlineXML", "inlineData", "body.content", "DataContent", "ContentItem"];
    let body = content.iter().find_map(|name| item.below(name));
    let body = body.map(|body| body.below("body.content").or(body.below("body")).unwrap_or(body));
    let provider = item.below("provider").or(item.below("infoSource"));
    let named = |party: &Element| match party.child("name") {
        Some(name) => name.text(),
        None => party.attribute("literal").unwrap_or_default().to_owned(),
    };
    let creators = item.below("contentMeta").into_iter().flat_map(Element::elements);
    let creators = creators.filter(|element| element.name == "creator").map(named);
    let creator = creators.into_iter().find(|name| !name.is_empty());
    vec![
        ("id", item.attribute("guid").unwrap_or_default().to_owned()),
        ("id", text("PublicIdentifier")),
        ("title", text("headline")),
        ("title", text("HeadLine")),
        ("text", body.map(Element::text).unwrap_or_default()),
        ("published", text("contentCreated")),
        ("published", text("firstCreated")),
        ("published", text("versionCreated")),
        ("published", text("FirstCreated")),
        ("outlet", provider.map(named).unwrap_or_default()),
        ("author", text("by")),
        ("author", text("ByLine")),
        ("author", creator.unwrap_or_default()),
        ("lang", attribute("language", "tag")),
        ("lang", item.attribute("lang").unwrap_or_default().to_owned()),
    ]
}

/// Who wrote a document of NITF, and behind that for whom.
fn byline(line: &Element) -> String {
    let mut said = String::new();
    for child in &line.children {
        match child {
            Node::Text(text) => said.push_str(text),
            Node::Element(element) if element.name == "byttl" => {
                said.push('\n');
                element.append_text(&mut said);
            }
            Node::Element(element) => {
                if said.ends_with(char::is_alphanumeric) {
                    said.push('\n');
                }
                element.append_text(&mut said);
            }
        }
    }
    said
}

/// What a document of NITF says.
fn of_nitf(item: &Element) -> Vec<(&'static str, String)> {
    let text = |name: &str| item.below(name).map(Element::text).unwrap_or_default();
    let attribute = |name: &str, key: &str| {
        item.below(name).and_then(|element| element.attribute(key)).unwrap_or_default().to_owned()
    };
    // They stand beside one another above the body.
    let head = item.below("body.head").unwrap_or(item);
    let bylines = head.elements().filter(|element| element.name == "byline").map(byline);
    let mut bylines: Vec<String> = bylines.collect();
    if bylines.is_empty() {
        bylines.extend(item.below("byline").map(byline));
    }
    vec![
        ("id", attribute("doc-id", "id-string")),
        ("title", text("hl1")),
        ("title", text("title")),
        ("text", text("body.content")),
        ("published", attribute("date.issue", "norm")),
        ("published", attribute("date.release", "norm")),
        ("published", attribute("pubdata", "date.publication")),
        ("outlet", attribute("pubdata", "name")),
        ("author", bylines.join("\n")),
        ("url", attribute("pubdata", "ex-ref")),
        ("lang", item.attribute("lang").unwrap_or_default().to_owned()),
    ]
}

/// What an entry of a news sitemap says: a title and an address.
fn of_sitemap(url: &Element) -> Vec<(&'static str, String)> {
    let text = |name: &str| url.below(name).map(Element::text).unwrap_or_default();
    vec![
        ("url", text("loc")),
        ("title", text("title")),
        ("published", text("publication_date")),
        ("outlet", text("name")),
        ("lang", text("language")),
    ]
}

/// Elements whose children, or attributes, bear the names of an article's fields.
fn rows(element: &Element, table: &FieldTable, records: &mut Vec<Entry>) {
    let is_leaf = |child: &&Element| child.elements().all(|inner| BLOCKS.contains(&&*inner.name));
    let leaves = || element.elements().filter(is_leaf).filter(|child| !child.children.is_empty());
    let names = || {
        let attributes = element.attributes.iter().map(|(key, _)| key.as_str());
        leaves().map(|child| child.name.as_str()).chain(attributes)
    };
    let has = |field: Field| names().any(|name| table.may_hold(field, name));
    if has(Field::Text) && (has(Field::Title) || names().count() > 1) {
        let children = leaves().map(|child| (child.name.clone(), child.raw()));
        let values = children.chain(element.attributes.iter().cloned());
        records.push(Ok(captured(table, values)));
        return;
    }
    element.elements().for_each(|child| rows(child, table, records));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::record::Captured;

    fn read_all(text: &str) -> Vec<Captured<'static>> {
        read(text, &FieldTable::new(&[])).unwrap().into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn every_format_gives_its_article() {
        for document in [
            "<rss><channel><title>Post</title><item><title>T</title><link>https://a.example/1</link>\
             <description>Short</description><content:encoded><![CDATA[<p>X &amp; Y</p>]]></content:encoded>\
             </item></channel></rss>",
            "<feed xml:lang='en'><title>Post</title><entry><title>T</title><link href='https://a.example/1'/>\
             <content type='html'>&lt;p&gt;X &amp;amp; Y&lt;/p&gt;</content></entry></feed>",
        ] {
            let said = format!("{:?}", read_all(document)[0]);
            for part in ["\"T\"", "https://a.example/1", "<p>X &amp; Y</p>", "\"Post\""] {
                assert!(said.contains(part), "{part}: {said}");
            }
        }
        let nitf = "<nitf><head><docdata><date.issue norm='20240110'/></docdata></head><body><body.head>\
            <hedline><hl1>T</hl1></hedline></body.head><body.content><p>X</p><p>Y</p></body.content></body></nitf>";
        let news = "<newsMessage><newsItem guid='g' xml:lang='en'><contentMeta><headline>T</headline></contentMeta>\
            <contentSet><inlineXML><html><body><p>X</p><p>Y</p></body></html></inlineXML></contentSet></newsItem></newsMessage>";
        let rows = "<data><row><title>T</title><text>X\nY</text></row><row><title>U</title><text>Z</text></row></data>";
        for (document, count) in [(nitf, 1), (news, 1), (rows, 2)] {
            let records = read_all(document);
            assert_eq!(records.len(), count, "{document}");
            let said = format!("{:?}", records[0]);
            assert!(said.contains("\"T\"") && said.contains("\"X\\nY\""), "{said}");
        }
    }

    #[test]
    fn who_wrote_all_of_a_feed_wrote_an_entry_that_names_nobody() {
        let entry =
            |author: &str| format!("<entry><title>T</title>{author}<content>X</content></entry>");
        let feed = format!(
            "<feed><title>Post</title><author><name>Ana Ruiz</name></author>{}{}</feed>",
            entry(""),
            entry("<author><name>Jo Day</name></author>")
        );
        let said: Vec<String> = read_all(&feed).iter().map(|entry| format!("{entry:?}")).collect();
        assert!(said[0].contains("Ana Ruiz") && !said[0].contains("Jo Day"), "{}", said[0]);
        assert!(said[1].contains("Jo Day") && !said[1].contains("Ana Ruiz"), "{}", said[1]);
    }

    #[test]
    fn the_creator_of_an_item_of_news_wrote_it_where_nobody_signs() {
        let item = |by: &str| {
            format!(
                "<newsMessage><newsItem guid='g'><itemMeta/><contentMeta>{by}<creator qcode='x:1'/><creator literal='Ana Ruiz'/>\
                 <headline>T</headline></contentMeta><contentSet><inlineXML><html><body><p>X</p></body></html>\
                 </inlineXML></contentSet></newsItem></newsMessage>"
            )
        };
        let author = |by: &str| {
            let table = FieldTable::new(&[]);
            let records = read(&item(by), &table).unwrap();
            let captured = records.into_iter().next().unwrap().unwrap();
            format!("{captured:?}")
        };
        assert!(author("").contains("Ana Ruiz"));
        assert!(author("<by>Jo Day</by>").contains("Jo Day"));
    }

    #[test]
    fn what_is_cut_short_keeps_what_stands_before() {
        let document = "<rss><channel><item><title>T</title><link>u</link><description>X</description></item><item><ti";
        let records = read(document, &FieldTable::new(&[])).unwrap();
        assert!(records[0].is_ok() && records.last().unwrap().is_err());
        assert!(read("<a><b/></a>", &FieldTable::new(&[])).is_err());
        let deep = "<a>".repeat(100_000);
        assert!(
            read(&deep, &FieldTable::new(&[]))
                .is_ok_and(|records| records.iter().all(Result::is_err))
        );
    }
}
