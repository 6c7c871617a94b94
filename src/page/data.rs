//! The data that the page's script opens: JSON, gzip, base64, as much of it as the cap admits.
//!
//! Articles are named by their place, as everywhere in a run, and columns of them are arrays, which
//! compress better than objects. Lengths of what only has to be recognised (titles) are bounded, so
//! that no single record can fill the page. Texts are packed apart: the first view needs none, and is shown
//! before they are opened.

use std::io::{self, BufWriter, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::articles::{Articles, Columns};
use super::linkage::Linkage;
use crate::analysis::Directions;
use crate::article::Article;
use crate::observer::Observer;
use crate::passage::Kind;
use crate::results::{Counts, Results};
use crate::story::Story;
use crate::tables::rounded;
use crate::text::{first_words, one_line};

/// The most that the page embeds, in bytes of base64. A page of 24.5 MB (7,948 news articles) opened
/// in 2.1 s in Chromium on two busy cores, and changed views in under 0.1 s.
pub const PAGE_BYTES: usize = 25 << 20;
/// The same where only copies were looked for. Packing that much takes a tenth of a second, which is
/// as long as finding the copies of 20,000 articles takes; they stand in the tables whatever fits.
pub const COPIES_PAGE_BYTES: usize = 500 << 10;

/// An article's columns beside its text never pack to less than so many bytes; of news they came to 20. What
/// cannot fit is not tried.
const PACKED_ARTICLE: usize = 10;
/// So many texts tell how well all of them pack …
const SAMPLED_TEXTS: usize = 64;
/// … and all pack to no less than three quarters of what these say.
const SURE: (usize, usize) = (3, 4);

/// How hard the data is packed.
const LEVEL: Compression = Compression::new(4);

/// Titles, names and reasons are cut after so many characters.
const TITLE_CHARS: usize = 500;
/// Where passages have no room, so many characters of each are shown.
const SNIPPET_CHARS: usize = 80;
/// Rejects past these are in `rejects.jsonl` only.
const REJECTS: usize = 1_000;

/// How much of the articles is embedded. The next is tried where one is over the cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Detail {
    /// Every article with its text.
    Full,
    /// The text of passages only.
    Passages,
    /// No text but titles and the first words of passages.
    Metadata,
    /// Nothing but what stands in the page itself.
    Nothing,
}

/// What the page embeds, each in base64.
#[derive(Debug)]
pub(super) struct Embedded {
    pub(super) detail: Detail,
    /// All but the texts.
    pub(super) data: String,
    /// The texts of the articles, or where these have no room, those of the passages.
    pub(super) texts: String,
}

/// The data in the greatest detail that `cap` bytes hold.
pub(super) fn embed(
    results: &Results,
    counts: &Counts,
    cap: usize,
    observer: &dyn Observer,
) -> io::Result<Embedded> {
    // Four bytes of base64 for each three begun, in two pieces.
    let cap = (cap / 4 * 3).saturating_sub(3);
    let articles = results.corpus.articles();
    let pairs = results.families.as_ref().and(results.pairs.as_ref());
    let linkage = pairs.map(|pairs| Linkage::of(pairs, articles.len()));
    let linkage = linkage.as_ref();
    let columns = Columns::of(results);
    let details = [Detail::Full, Detail::Passages, Detail::Metadata];
    for detail in details.into_iter().skip(usize::from(results.stand_in.is_some())) {
        if observer.cancelled() {
            break;
        }
        let packed_texts = if detail == Detail::Full { least_packed(articles, cap)? } else { 0 };
        let in_vain = detail == Detail::Passages && results.passages.is_none();
        if in_vain || packed_texts + articles.len() * PACKED_ARTICLE > cap {
            continue;
        }
        let data = Data { results, counts, linkage, columns: &columns, detail };
        let packed = pack(&data, cap).and_then(|packed| {
            let left = cap - packed.len();
            Ok((packed, pack(&Texts(&data), left)?))
        });
        match packed {
            Ok((data, texts)) => {
                let [data, texts] = [data, texts].map(|bytes| STANDARD.encode(bytes));
                return Ok(Embedded { detail, data, texts });
            }
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Embedded { detail: Detail::Nothing, data: String::new(), texts: String::new() })
}

/// A value as JSON, by gzip.
///
/// # Errors
/// [`FileTooLarge`](io::ErrorKind::FileTooLarge) where it takes more than `cap` bytes.
fn pack(value: &impl Serialize, cap: usize) -> io::Result<Vec<u8>> {
    let limited = Limited { bytes: Vec::new(), cap };
    let mut gzip = BufWriter::new(GzEncoder::new(limited, LEVEL));
    serde_json::to_writer(&mut gzip, value).map_err(io::Error::from)?;
    Ok(gzip.into_inner()?.finish()?.bytes)
}

/// How few bytes the texts may pack to, told from a sample; 0 where they fit unpacked.
fn least_packed(articles: &[Article], cap: usize) -> io::Result<usize> {
    let bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    if bytes <= cap {
        return Ok(0);
    }
    let mut gzip = GzEncoder::new(Vec::new(), LEVEL);
    let mut sampled = 0;
    for article in articles.iter().step_by(articles.len().div_ceil(SAMPLED_TEXTS)) {
        gzip.write_all(article.text.as_bytes())?;
        sampled += article.text.len();
    }
    let packed = gzip.finish()?.len() as f64 / sampled.max(1) as f64;
    Ok((packed * bytes as f64) as usize * SURE.0 / SURE.1)
}

/// A buffer that takes no more than its cap, so that what will not fit is given up early.
struct Limited {
    bytes: Vec<u8>,
    cap: usize,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.cap {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the script reads; the comments of `script/data.js` say how.
struct Data<'a> {
    results: &'a Results,
    counts: &'a Counts,
    linkage: Option<&'a Linkage>,
    columns: &'a Columns<'a>,
    detail: Detail,
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let results = self.results;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("detail", &self.detail)?;
        map.serialize_entry("counts", self.counts)?;
        map.serialize_entry("kinds", &Kind::ALL.map(|kind| (kind.name(), kind.means())))?;
        map.serialize_entry("about", &About(results))?;
        map.serialize_entry(
            "rejects",
            &each(|| {
                let rejects = results.rejects.iter().take(REJECTS);
                rejects.map(|r| (r.position.to_string(), cut(&r.reason)))
            }),
        )?;
        map.serialize_entry("articles", &Articles { results, columns: self.columns })?;
        if let Some(families) = &results.families {
            map.serialize_entry(
                "families",
                &each(|| {
                    families.all().iter().map(|family| {
                        let members = family.members.iter().map(|member| {
                            let overlap = member.with_kept;
                            let (jaccard, within) = (overlap.jaccard(), overlap.containment_a());
                            (
                                member.doc,
                                short(jaccard),
                                short(within),
                                short(overlap.containment_b()),
                            )
                        });
                        let members: Vec<_> = members.collect();
                        (&family.id, family.kept, short(family.min_jaccard), members)
                    })
                }),
            )?;
        }
        if let Some(linkage) = self.linkage {
            map.serialize_entry("similarities", &linkage.histogram)?;
            map.serialize_entry(
                "merges",
                &each(|| linkage.merges.iter().map(|&(a, b, alike)| (a, b, short(alike)))),
            )?;
        }
        if let Some(stories) = &results.stories {
            map.serialize_entry(
                "stories",
                &each(|| {
                    let line = |story: &Story| {
                        let place = story.storyline?;
                        Some((&stories.storylines[place as usize].id, place))
                    };
                    stories
                        .stories
                        .iter()
                        .filter(|s| s.members.len() > 1 || s.storyline.is_some())
                        .map(move |story| {
                            let headline = cut(&story.headline);
                            let (texts, cohesion) = (story.texts, short(story.cohesion));
                            let terms: Vec<_> = story.terms.iter().map(|term| cut(term)).collect();
                            let line = line(story);
                            let first = story.first.map(|f| (f.doc, f.certainty.name()));
                            let weakest = story.weakest.map(|(doc, alike)| (doc, short(alike)));
                            let alike = story.similarities.iter().map(|&alike| short(alike));
                            (
                                &story.id,
                                story.lead,
                                headline,
                                texts,
                                cohesion,
                                terms,
                                line,
                                &story.members,
                                first,
                                weakest,
                                alike.collect::<Vec<_>>(),
                            )
                        })
                }),
            )?;
            map.serialize_entry(
                "storylines",
                &each(|| {
                    stories
                        .storylines
                        .iter()
                        .map(|storyline| (&storyline.id, cut(&storyline.headline)))
                }),
            )?;
        }
        if let Some(passages) = &results.passages {
            let origins = results.origins.as_ref();
            let ways = origins.map(|origins| Directions::of(&results.corpus, passages, origins));
            map.serialize_entry(
                "passages",
                &each(|| {
                    passages.iter().enumerate().map(|(place, passage)| {
                        let origin = origins.map(|origins| &origins[place]);
                        let credit = origin.map(|origin| cut(&origin.credit));
                        let source = origin.and_then(|origin| origin.source.as_ref());
                        let source = source.map(|from| (cut(&from.name), from.reason.name()));
                        let parent = origin.and_then(|origin| origin.parent);
                        let at = passage.occurrences.iter();
                        let at: Vec<_> = at
                            .map(|at| (at.doc, at.chars.start, at.chars.end, short(at.identity)))
                            .collect();
                        let kind = passage.kind.name();
                        let way = ways.as_ref().and_then(|ways| ways.of[place].as_ref());
                        let way = way.map(|way| {
                            let took = way.followers.iter().map(|follower| follower.outlet);
                            (way.from, took.collect::<Vec<_>>())
                        });
                        (
                            &passage.id,
                            kind,
                            passage.tokens,
                            passage.first,
                            at,
                            credit,
                            source,
                            parent,
                            way,
                        )
                    })
                }),
            )?;
        }
        if results.passages.is_some() {
            let credited = results.credited();
            map.serialize_entry(
                "credited",
                &each(|| {
                    credited.chunk_by(|one, other| one.agency == other.agency).map(|of_agency| {
                        let docs: Vec<_> = of_agency.iter().map(|one| one.doc).collect();
                        (cut(of_agency[0].agency), docs)
                    })
                }),
            )?;
        }
        if let Some(network) = &results.network {
            map.serialize_entry(
                "outlets",
                &each(|| {
                    network.outlets.iter().map(|outlet| {
                        let lag = outlet.median_lag_hours.map(short);
                        let (copied, original) = (outlet.copied_articles, outlet.original_articles);
                        (cut(&outlet.outlet), outlet.articles, copied, original, lag)
                    })
                }),
            )?;
            map.serialize_entry(
                "network",
                &each(|| {
                    network.edges.iter().map(|edge| {
                        let lag = edge.median_lag_hours.map(short);
                        (edge.from, edge.to, edge.passages, edge.articles, lag)
                    })
                }),
            )?;
        }
        map.end()
    }
}

/// The texts of the articles; or those of the passages, which the script finds in the articles' where these are there.
struct Texts<'a>(&'a Data<'a>);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Data { results, detail, .. } = self.0;
        let passages = || 0..results.passages.as_ref().map_or(0, Vec::len);
        let text = |place| results.passage_text(place);
        match detail {
            Detail::Full => serializer
                .collect_seq(results.corpus.articles().iter().map(|article| &article.text)),
            Detail::Passages => serializer.collect_seq(passages().map(text)),
            Detail::Metadata => serializer
                .collect_seq(passages().map(|place| first_words(text(place), SNIPPET_CHARS))),
            Detail::Nothing => serializer.collect_seq([(); 0]),
        }
    }
}

/// How the run was made, without what depends on the machine.
struct About<'a>(&'a Results);

impl Serialize for About<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let run = &self.0.run;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &run.version)?;
        map.serialize_entry("seed", &run.seed)?;
        map.serialize_entry("parameters", &run.parameters)?;
        map.serialize_entry("inputs", &run.inputs)?;
        map.serialize_entry("warnings", &each(|| run.warnings.iter().map(|warning| cut(warning))))?;
        map.end()
    }
}

/// A sequence that is made while it is written.
pub(super) struct Each<F>(F);

pub(super) fn each<F, I>(items: F) -> Each<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    Each(items)
}

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A share or similarity, to four decimals: what the page shows, and a tenth of the bytes. Rounded as
/// in the tables first, so that the page can be made again from them.
pub(super) fn short(value: f64) -> f64 {
    (rounded(value) * 1e4).round() / 1e4
}

/// A title or name on one line, without characters that steer, and not without end.
pub(super) fn cut(text: &str) -> String {
    let mut line = one_line(text);
    if let Some((end, _)) = line.char_indices().nth(TITLE_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use serde_json::Value;

    use super::super::articles::web_address;
    use super::*;
    use crate::observer::Silent;
    use crate::results::sample::{HOSTILE, SHARED, Sample};
    use crate::tables::schema::{self, Row};

    fn opened(cap: usize) -> (Detail, Value, Value) {
        let sample = Sample::new();
        let counts = Counts::of(&sample.results);
        let Embedded { detail, data, texts } =
            embed(&sample.results, &counts, cap, &Silent).unwrap();
        if detail == Detail::Nothing {
            assert_eq!([data.as_str(), &texts], ["", ""]);
            return (detail, Value::Null, Value::Null);
        }
        assert!(data.len() + texts.len() <= cap);
        let value = |base64: String| {
            let gzip = STANDARD.decode(base64).unwrap();
            let mut json = String::new();
            flate2::read::GzDecoder::new(&gzip[..]).read_to_string(&mut json).unwrap();
            serde_json::from_str(&json).unwrap()
        };
        (detail, value(data), value(texts))
    }

    #[test]
    fn everything_is_there_where_it_fits() {
        let (detail, data, texts) = opened(PAGE_BYTES);
        assert_eq!(detail, Detail::Full);
        assert_eq!(data["detail"], "full");
        assert_eq!(data["articles"]["id"][0], "../../x<b>");
        assert_eq!(texts[0], HOSTILE);
        let title = data["articles"]["title"][0].as_str().unwrap();
        assert!(title.ends_with("<!-- lru, null {{7*7}}"), "{title}");
        assert_eq!(data["stories"].as_array().unwrap().len(), 2);
        assert_eq!(data["passages"][0][4][2], serde_json::json!([3, 57, 124, 1.0]));
        let source = serde_json::json!(["City Wire", "earliest"]);
        assert_eq!((&data["passages"][0][6], &data["passages"][0][7]), (&source, &Value::Null));
        assert_eq!(data["passages"][0][8], serde_json::json!([1, [2, 3]]), "as in the network");
        let first = serde_json::json!([[1, "certain"], [1, 0.25]]);
        assert_eq!((&data["stories"][0][8], &data["stories"][0][9]), (&first[0], &first[1]));
        assert_eq!(data["merges"], serde_json::json!([[1, 2, 0.9375]]));
        assert_eq!(data["similarities"][93], 1);
        assert_eq!(data["families"][0][3][1], serde_json::json!([2, 0.9375, 1.0, 0.9375]));
    }

    /// The names that the script reads of `what`, as in `what.name` or `what?.name`.
    fn read_of(script: &str, what: &str) -> Vec<String> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut names = Vec::new();
        for (place, _) in script.match_indices(what) {
            let before = script[..place].chars().next_back();
            let after = script[place + what.len()..].trim_start_matches('?');
            if let Some(name) = after.strip_prefix('.').filter(|_| !before.is_some_and(is_name)) {
                names.push(name.chars().take_while(|&c| is_name(c)).collect());
            }
        }
        names
    }

    #[test]
    fn the_script_reads_what_is_there_and_columns_are_called_as_in_the_table() {
        let (_, data, _) = opened(PAGE_BYTES);
        let script = include_str!("assets/script/data.js");
        for name in read_of(script, "data") {
            assert!(data.get(&name).is_some(), "the script reads data.{name}");
        }
        let columns = data["articles"].as_object().unwrap();
        let read = read_of(script, "columns");
        assert!(read.len() > 10, "{read:?}");
        for name in &read {
            assert!(columns.contains_key(name), "the script reads columns.{name}");
        }
        for name in
            columns.keys().filter(|name| !["outlet_names", "day_only"].contains(&name.as_str()))
        {
            assert!(read.contains(name), "nothing reads the column {name}");
            assert!(schema::Article::COLUMNS.iter().any(|column| column.name == name), "{name}");
        }
    }

    #[test]
    fn the_style_has_a_mark_for_every_kind() {
        for kind in Kind::ALL {
            let mark = format!("mark.{}", kind.name());
            assert!(include_str!("assets/style.css").contains(&mark), "{mark}");
        }
    }

    #[test]
    fn a_link_that_is_not_of_the_web_is_not_embedded() {
        let (_, data, _) = opened(PAGE_BYTES);
        assert_eq!(data["articles"]["url"][0], "");
        assert_eq!(data["articles"]["url"][1], "https://city-wire.example/a");
        assert_eq!(web_address("HTTPS://x.example"), "HTTPS://x.example");
        assert_eq!(web_address("data:text/html,x"), "");
    }

    #[test]
    fn a_title_without_end_is_cut() {
        assert_eq!(cut(&"é".repeat(1_000_000)), "é".repeat(TITLE_CHARS) + "…");
        assert_eq!(cut(" as \n it is "), "as it is");
    }

    #[test]
    fn what_depends_on_the_machine_is_not_embedded() {
        let (_, data, _) = opened(PAGE_BYTES);
        let about: Vec<&String> = data["about"].as_object().unwrap().keys().collect();
        assert_eq!(about, ["inputs", "parameters", "seed", "version", "warnings"]);
    }

    #[test]
    fn less_is_embedded_where_the_cap_is_lower() {
        let mut details = Vec::new();
        for cap in (0..3_000).rev() {
            let (detail, data, texts) = opened(cap);
            match detail {
                Detail::Full => assert_eq!(texts[0], HOSTILE),
                Detail::Passages => assert_eq!(texts[0], SHARED),
                Detail::Metadata => assert!(SHARED.starts_with(texts[0].as_str().unwrap())),
                Detail::Nothing => assert_eq!(data, Value::Null),
            }
            details.push(detail);
        }
        details.dedup();
        assert_eq!(details.first(), Some(&Detail::Full));
        assert_eq!(details.last(), Some(&Detail::Nothing));
    }
}
