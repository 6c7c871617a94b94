//! Passages as a corpus in TEI P5, for editions and for what reads them: one document of every article
//! that has a passage, its text with each place as a `seg`, and a `link` for each passage.
//!
//! The text between the tags of an `ab` is the article's text to the character: offsets of the tables hold
//! there. What XML forbids stands as U+FFFD. Where two places overlap without one lying in the other,
//! elements cannot; the later is cut at the end of the earlier, and its parts are told by `part`, `next`
//! and `prev`, as TEI has it. A credit that stands in one place only is no passage here, as for passim.
//!
//! Cost: linear in the texts written, and n log n in the places of an article. Memory: one article.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use crate::article::{Article, DocId};
use crate::page::{escape, escape_lines};
use crate::passage::Passage;
use crate::results::Results;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">
<teiHeader><fileDesc>
<titleStmt><title>Passages that articles share</title></titleStmt>
<publicationStmt><p>Made by newsfold.</p></publicationStmt>
<sourceDesc><p>The articles below; each says where it is from.</p></sourceDesc>
</fileDesc></teiHeader>
"#;

/// Writes the articles that have a passage which stands in two places or more, in the order of the
/// corpus.
pub(super) fn write(results: &Results, file: &mut dyn Write) -> io::Result<()> {
    let passages = results.passages.as_deref().unwrap_or_default();
    file.write_all(HEAD.as_bytes())?;
    let mut places: Vec<(DocId, Place)> = Vec::new();
    let shared = || passages.iter().enumerate().filter(|(_, of)| of.occurrences.len() > 1);
    for (passage, of) in shared() {
        places.extend(of.occurrences.iter().zip(1..).map(|(at, occurrence)| {
            let (start, end) = (at.bytes.start as usize, at.bytes.end as usize);
            (at.doc, Place { start, end: Reverse(end), passage, occurrence, part: 1 })
        }));
    }
    places.sort_unstable();
    if !places.is_empty() {
        writeln!(file, "<standOff><linkGrp type=\"passages\">")?;
        shared().try_for_each(|(passage, of)| link(passage, of, file))?;
        writeln!(file, "</linkGrp></standOff>")?;
    }
    for places in places.chunk_by(|(one, _), (other, _)| one == other) {
        let article = results.corpus.get(places[0].0);
        head(places[0].0, article, file)?;
        let places = places.iter().map(|(_, place)| *place).collect();
        text(&article.text, places, passages, file)?;
        writeln!(file, "</ab></body></text>\n</TEI>")?;
    }
    writeln!(file, "</teiCorpus>")
}

/// Where a passage stands, or a part of that where it is cut. What begins earlier goes first; of what
/// begins together, the longer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    start: usize,
    end: Reverse<usize>,
    passage: usize,
    /// Which of its passage's, from 1.
    occurrence: usize,
    /// Which part, from 1.
    part: usize,
}

impl Place {
    fn name(&self, part: usize) -> String {
        let name = format!("seg-{}-{}", self.passage + 1, self.occurrence);
        if part == 1 { name } else { format!("{name}-{part}") }
    }
}

fn link(place: usize, passage: &Passage, file: &mut dyn Write) -> io::Result<()> {
    let number = place + 1;
    write!(file, "<link xml:id=\"passage-{number}\" n=\"{}\" ", escape(&passage.id))?;
    write!(file, "type=\"{}\" target=\"", passage.kind.name())?;
    for occurrence in 1..=passage.occurrences.len() {
        let space = if occurrence == 1 { "" } else { " " };
        write!(file, "{space}#seg-{number}-{occurrence}")?;
    }
    writeln!(file, "\"/>")
}

/// Everything of an article before its text.
fn head(doc: DocId, article: &Article, file: &mut dyn Write) -> io::Result<()> {
    writeln!(file, "<TEI xml:id=\"article-{}\">\n<teiHeader><fileDesc>", doc.index() + 1)?;
    write!(file, "<titleStmt><title>{}</title>", escape(&article.title))?;
    if !article.author.is_empty() {
        write!(file, "<author>{}</author>", escape(&article.author))?;
    }
    writeln!(file, "</titleStmt>")?;
    write!(file, "<publicationStmt><publisher>{}</publisher>", escape(&article.outlet))?;
    if let Some(published) = article.published {
        write!(file, "<date when=\"{}\"/>", super::passim::date(published))?;
    }
    writeln!(file, "<idno type=\"newsfold\">{}</idno></publicationStmt>", escape(&article.id))?;
    write!(file, "<sourceDesc><bibl>{}", escape(&article.source.to_string()))?;
    if !article.url.is_empty() {
        write!(file, "<idno type=\"URL\">{}</idno>", escape(&article.url))?;
    }
    writeln!(file, "</bibl></sourceDesc>\n</fileDesc></teiHeader>")?;
    let language = match is_language(&article.lang) {
        true => format!(" xml:lang=\"{}\"", article.lang),
        false => String::new(),
    };
    write!(file, "<text{language}><body><ab xml:space=\"preserve\">")
}

/// Whether `xml:lang` may hold this.
fn is_language(name: &str) -> bool {
    const LONGEST_PART: usize = 8;
    let is_part = |(place, part): (usize, &str)| {
        let is_one = |b: &u8| b.is_ascii_alphabetic() || place > 0 && b.is_ascii_digit();
        (1..=LONGEST_PART).contains(&part.len()) && part.as_bytes().iter().all(is_one)
    };
    name.split('-').enumerate().all(is_part)
}

/// Writes a text with an element around each place.
fn text(
    text: &str,
    places: Vec<Place>,
    passages: &[Passage],
    file: &mut dyn Write,
) -> io::Result<()> {
    let mut waiting: BinaryHeap<Reverse<Place>> = places.into_iter().map(Reverse).collect();
    let mut open: Vec<usize> = Vec::new();
    let mut written = 0;
    let mut up_to = |end: usize, file: &mut dyn Write| {
        let between = text.get(written..end).unwrap_or_default();
        written = end;
        file.write_all(escape_lines(between).as_bytes())
    };
    while let Some(Reverse(mut place)) = waiting.pop() {
        while let Some(end) = open.pop_if(|end| *end <= place.start) {
            up_to(end, file)?;
            write!(file, "</seg>")?;
        }
        up_to(place.start, file)?;
        let cut = open.last().copied().filter(|&end| end < place.end.0);
        if let Some(end) = cut {
            waiting.push(Reverse(Place { start: end, part: place.part + 1, ..place }));
            place.end = Reverse(end);
        }
        open.push(place.end.0);
        let kind = passages[place.passage].kind.name();
        write!(file, "<seg xml:id=\"{}\" type=\"{kind}\"", place.name(place.part))?;
        write!(file, " corresp=\"#passage-{}\"", place.passage + 1)?;
        match (place.part, cut) {
            (1, None) => {}
            (1, Some(_)) => write!(file, " part=\"I\"")?,
            (_, Some(_)) => write!(file, " part=\"M\"")?,
            (_, None) => write!(file, " part=\"F\"")?,
        }
        if cut.is_some() {
            write!(file, " next=\"#{}\"", place.name(place.part + 1))?;
        }
        if place.part > 1 {
            write!(file, " prev=\"#{}\"", place.name(place.part - 1))?;
        }
        write!(file, ">")?;
    }
    while let Some(end) = open.pop() {
        up_to(end, file)?;
        write!(file, "</seg>")?;
    }
    up_to(text.len(), file)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::article::{ByteSpan, CharSpan};
    use crate::passage::{Kind, Occurrence};
    use crate::results::sample::{HOSTILE, SHARED, Sample};

    /// What a reader of XML makes of a document: the texts of the `ab` elements in order, and of each
    /// `seg` by its name, its parts joined.
    fn read(xml: &str) -> (Vec<String>, BTreeMap<String, String>) {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let (mut texts, mut segs) = (Vec::new(), BTreeMap::new());
        let mut parts: BTreeMap<String, String> = BTreeMap::new();
        let mut open: Vec<String> = Vec::new();
        let mut is_text = false;
        let mut take = |is_text: bool, open: &[String], texts: &mut Vec<String>, more: &str| {
            if is_text {
                texts.last_mut().unwrap().push_str(more);
                for name in open {
                    parts.entry(name.clone()).or_default().push_str(more);
                }
            }
        };
        loop {
            match reader.read_event().unwrap() {
                Event::Start(tag) => {
                    let attribute = |name: &str| {
                        let found = tag.attributes().map(Result::unwrap);
                        let mut found = found.filter(|at| at.key.as_ref() == name);
                        found.next().map(|at| at.value.into_owned())
                    };
                    match tag.name().as_ref() {
                        "ab" => {
                            is_text = true;
                            texts.push(String::new());
                        }
                        "seg" => {
                            let name = attribute("xml:id").unwrap();
                            // A part counts towards the first.
                            let first = match attribute("prev") {
                                None => name.clone(),
                                Some(_) => name.rsplit_once('-').unwrap().0.to_owned(),
                            };
                            open.push(first);
                        }
                        _ => {}
                    }
                }
                Event::End(tag) => match tag.name().as_ref() {
                    "ab" => is_text = false,
                    "seg" => drop(open.pop().unwrap()),
                    _ => {}
                },
                Event::Text(text) => {
                    // As a reader must: lines end with a line feed.
                    take(is_text, &open, &mut texts, &text.xml10_content());
                }
                Event::GeneralRef(reference) => {
                    let c = match &*reference.xml10_content() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        _ => reference.resolve_char_ref().unwrap().unwrap(),
                    };
                    take(is_text, &open, &mut texts, &c.to_string());
                }
                Event::Eof => break,
                _ => {}
            }
        }
        segs.extend(parts);
        (texts, segs)
    }

    fn written(results: &Results) -> String {
        let mut file = Vec::new();
        write(results, &mut file).unwrap();
        String::from_utf8(file).unwrap()
    }

    /// The text as XML may hold it.
    fn allowed(text: &str) -> String {
        let forbidden = |c: char| c < ' ' && !['\t', '\n', '\r'].contains(&c);
        text.chars().map(|c| if forbidden(c) { '\u{fffd}' } else { c }).collect()
    }

    fn passage(of: &[(DocId, &str, usize, usize)]) -> Passage {
        let occurrence = |&(doc, text, start, end): &(DocId, &str, usize, usize)| Occurrence {
            doc,
            bytes: ByteSpan { start: start as u32, end: end as u32 },
            chars: CharSpan {
                start: text[..start].chars().count() as u32,
                end: text[..end].chars().count() as u32,
            },
            tokens: 1,
            identity: 1.0,
        };
        Passage {
            id: "p".into(),
            kind: Kind::Phrase,
            tokens: 1,
            articles: 1,
            outlets: 1,
            occurrences: of.iter().map(occurrence).collect(),
            first: 0,
            names: Vec::new(),
        }
    }

    #[test]
    fn an_article_has_its_passages_as_segments_with_a_link() {
        let sample = Sample::new();
        let xml = written(&sample.results);
        let (texts, segs) = read(&xml);
        let expected: Vec<&str> =
            ["a", "b", "c"].map(|id| &*sample.results.corpus.get(sample.doc(id)).text).to_vec();
        assert_eq!(texts, expected);
        assert_eq!(segs.len(), 3);
        assert!(segs.values().all(|text| text == SHARED));
        let link = "<link xml:id=\"passage-1\" n=\"p1\" type=\"syndicated\" \
                    target=\"#seg-1-1 #seg-1-2 #seg-1-3\"/>";
        assert!(xml.contains(link), "{xml}");
        assert!(xml.contains("<publisher>City Wire</publisher>"), "{xml}");
        assert!(xml.contains("<date when=\"2024-05-01T08:00:00Z\"/>"), "{xml}");
    }

    #[test]
    fn what_is_hostile_is_text() {
        let mut sample = Sample::new();
        let doc = sample.doc("../../x<b>");
        let places = [(doc, HOSTILE, 0, HOSTILE.len()), (doc, HOSTILE, 9, 17)];
        sample.results.passages = Some(vec![passage(&places)]);
        let (texts, segs) = read(&written(&sample.results));
        assert_eq!(texts, [allowed(HOSTILE)]);
        assert_eq!(segs["seg-1-1"], allowed(HOSTILE));
        assert_eq!(segs["seg-1-2"], HOSTILE[9..17]);
    }

    #[test]
    fn nothing_found_is_a_document_too() {
        let mut sample = Sample::new();
        sample.results.passages = Some(Vec::new());
        let (texts, segs) = read(&written(&sample.results));
        assert!(texts.is_empty() && segs.is_empty());
    }

    #[test]
    fn a_language_is_named_where_it_is_one() {
        assert!(is_language("en") && is_language("zh-Hant-TW") && is_language("de-1996"));
        assert!(!is_language("") && !is_language("en_US") && !is_language("1a"));
        assert!(!is_language("\"><x") && !is_language("unspecified"));
    }

    proptest! {
        /// However places overlap, the parts of each are its text.
        #[test]
        fn segments_hold_the_text_of_their_places(
            spans in proptest::collection::vec((0_usize..40, 1_usize..20), 2..12)
        ) {
            let mut sample = Sample::new();
            let doc = sample.doc("c");
            let text = sample.results.corpus.get(doc).text.to_string();
            let spans: Vec<(usize, usize)> =
                spans.iter().map(|(start, length)| (*start, start + length)).collect();
            let all: Vec<Passage> = spans
                .chunks(2)
                .map(|some| some.iter().map(|&(start, end)| (doc, &*text, start, end)).collect())
                .map(|places: Vec<_>| passage(&places))
                .collect();
            sample.results.passages = Some(all);
            let (texts, segs) = read(&written(&sample.results));
            for (place, &(start, end)) in spans.iter().enumerate() {
                let is_alone = place + 1 == spans.len() && place % 2 == 0;
                let name = format!("seg-{}-{}", place / 2 + 1, place % 2 + 1);
                let expected = (!is_alone).then(|| text[start..end].to_owned());
                prop_assert_eq!(segs.get(&name), expected.as_ref());
            }
            prop_assert_eq!(texts, [text]);
        }
    }
}
