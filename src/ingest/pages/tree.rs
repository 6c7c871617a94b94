//! A parsed page as one line of nodes: its elements and texts in the order of the document.
//!
//! Each node knows the element that holds it and where its own content ends. A question about an
//! element is then a question about a range of places. Cost: one walk through the parser's tree,
//! and memory for the attributes and texts that are read later.

use dom_query::{Document, NodeData, NodeId};

use super::streamed::CALL;

/// Elements that anything asks for by name; every other one is called [`OTHER`].
const NAMES: [&str; 91] = [
    "a",
    "address",
    "article",
    "aside",
    "audio",
    "base",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "code",
    "datalist",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "iframe",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "map",
    "math",
    "menu",
    "meta",
    "nav",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "pre",
    "progress",
    "script",
    "section",
    "select",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];
/// The name of an element that nothing asks for.
const OTHER: &str = "other";
/// Attributes that anything asks for; the others are not kept.
const ATTRIBUTES: [&str; 20] = [
    "aria-hidden",
    "class",
    "content",
    "data-component",
    "data-testid",
    "datetime",
    "hidden",
    "href",
    "id",
    "itemprop",
    "itemscope",
    "lang",
    "name",
    "property",
    "pubdate",
    "rel",
    "role",
    "style",
    "type",
    "value",
];

/// A page.
pub(super) struct Page {
    nodes: Vec<Node>,
    elements: usize,
}

struct Node {
    /// The place of the element that holds it; the first node holds itself.
    parent: usize,
    /// One past the last place in it.
    end: usize,
    content: Content,
}

enum Content {
    Element { name: &'static str, attributes: Vec<(&'static str, String)> },
    Text(String),
}

impl Page {
    /// Parses a page as browsers do.
    pub(super) fn parse(html: &str) -> Self {
        let document = Document::from(html);
        let (mut nodes, mut elements) = (Vec::<Node>::new(), 0);
        let mut open: Vec<(NodeId, usize)> = Vec::new();
        for node in document.root().descendants_it() {
            let above = node.parent().map(|node| node.id);
            while let Some((_, place)) = open.pop_if(|(id, _)| Some(*id) != above) {
                nodes[place].end = nodes.len();
            }
            let parent = open.last().map(|(_, place)| *place);
            let reads_text = || parent.is_none_or(|place| is_read(&nodes[place]));
            let content = node.query_or(None, |inner| match &inner.data {
                NodeData::Element(element) => {
                    let attributes = element.attrs.iter().filter_map(|attribute| {
                        let place = ATTRIBUTES.binary_search(&&*attribute.name.local).ok()?;
                        Some((ATTRIBUTES[place], attribute.value.trim().to_owned()))
                    });
                    let name = NAMES.binary_search(&&*element.name.local);
                    let name = name.map_or(OTHER, |place| NAMES[place]);
                    Some(Content::Element { name, attributes: attributes.collect() })
                }
                NodeData::Text { contents }
                    if reads_text() || contents.trim_start().starts_with(CALL) =>
                {
                    Some(Content::Text(contents.to_string()))
                }
                _ => None,
            });
            let Some(content) = content else { continue };
            let place = nodes.len();
            if matches!(content, Content::Element { .. }) {
                elements += 1;
                open.push((node.id, place));
            }
            nodes.push(Node { parent: parent.unwrap_or(place), end: place + 1, content });
        }
        let all = nodes.len();
        for (_, place) in open {
            nodes[place].end = all;
        }
        Self { nodes, elements }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many of them are elements.
    pub(super) fn elements(&self) -> usize {
        self.elements
    }

    /// The name of the element at a place; nothing for a text.
    pub(super) fn name(&self, place: usize) -> &'static str {
        match &self.nodes[place].content {
            Content::Element { name, .. } => name,
            Content::Text(_) => "",
        }
    }

    /// The text at a place, where there is no element.
    pub(super) fn own_text(&self, place: usize) -> Option<&str> {
        match &self.nodes[place].content {
            Content::Element { .. } => None,
            Content::Text(text) => Some(text),
        }
    }

    /// An attribute of the element at a place, without space around it; none where it is empty.
    pub(super) fn attribute(&self, place: usize, name: &str) -> Option<&str> {
        match &self.nodes[place].content {
            Content::Element { attributes, .. } => {
                let (_, value) = attributes.iter().find(|(other, _)| *other == name)?;
                (!value.is_empty()).then_some(value.as_str())
            }
            Content::Text(_) => None,
        }
    }

    /// Whether the element at a place has an attribute, be it empty.
    pub(super) fn has_attribute(&self, place: usize, name: &str) -> bool {
        match &self.nodes[place].content {
            Content::Element { attributes, .. } => {
                attributes.iter().any(|(other, _)| *other == name)
            }
            Content::Text(_) => false,
        }
    }

    /// The place of the element that holds the node at `place`, if there is one.
    pub(super) fn parent(&self, place: usize) -> Option<usize> {
        let parent = self.nodes[place].parent;
        (parent != place).then_some(parent)
    }

    /// One past the last place in the element at `place`.
    pub(super) fn end(&self, place: usize) -> usize {
        self.nodes[place].end
    }

    /// The place of an element and the places of those around it, from the inside out.
    pub(super) fn path(&self, place: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(place), |place| self.parent(*place))
    }

    /// The children of the element at `place`.
    pub(super) fn children(&self, place: usize) -> impl Iterator<Item = usize> {
        let end = self.end(place);
        let first = (place + 1 < end).then_some(place + 1);
        std::iter::successors(first, move |child| {
            let next = self.end(*child);
            (next < end).then_some(next)
        })
    }

    /// All the text in the element at `place`, as it stands there.
    pub(super) fn text(&self, place: usize) -> String {
        (place..self.end(place)).filter_map(|place| self.own_text(place)).collect()
    }

    /// The beginning of that text, up to so many bytes. Headings may lie in one another, and whoever asks for all of
    /// each reads the page as often as they do.
    pub(super) fn beginning(&self, place: usize, bytes: usize) -> String {
        let mut beginning = String::new();
        for text in (place..self.end(place)).filter_map(|place| self.own_text(place)) {
            let room = bytes - beginning.len();
            beginning.push_str(&text[..text.floor_char_boundary(room)]);
            if text.len() >= room {
                break;
            }
        }
        beginning
    }

    /// Adds to each element what stands at the places in it.
    pub(super) fn sum_up<T: Copy + std::ops::AddAssign>(&self, values: &mut [T]) {
        for place in (1..self.len()).rev() {
            if let Some(parent) = self.parent(place) {
                let value = values[place];
                values[parent] += value;
            }
        }
    }
}

/// Whether the texts in an element are read: those of programs and style sheets are not.
fn is_read(node: &Node) -> bool {
    match &node.content {
        Content::Element { name: "script", attributes } => {
            attributes.iter().any(|(name, value)| {
                *name == "type" && value.eq_ignore_ascii_case("application/ld+json")
            })
        }
        Content::Element { name, .. } => *name != "style",
        Content::Text(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_names_are_sorted() {
        assert!(NAMES.is_sorted() && ATTRIBUTES.is_sorted());
    }

    #[test]
    fn a_place_knows_what_is_in_it_and_around_it() {
        let page = Page::parse("<body><div id=a><p>One <b>two</b></p><p>Three</p></div><p>Four");
        let div = (0..page.len()).find(|place| page.name(*place) == "div").unwrap();
        assert_eq!(page.text(div), "One twoThree");
        assert_eq!(page.beginning(div, 100), "One twoThree");
        assert_eq!(page.beginning(div, 5), "One t");
        assert_eq!(page.attribute(div, "id"), Some("a"));
        let names: Vec<&str> = page.children(div).map(|place| page.name(place)).collect();
        assert_eq!(names, ["p", "p"]);
        let path: Vec<&str> = page.path(div).map(|place| page.name(place)).collect();
        assert_eq!(path, ["div", "body", "html"]);
        assert_eq!(page.elements(), 8);
    }

    #[test]
    fn programs_are_not_read_but_linked_data_is() {
        let page = Page::parse(
            "<script>var a</script><script type=application/ld+json>{}</script><style>b</style>",
        );
        assert_eq!(page.text(0), "{}");
    }
}
