//! Groups of token spans to passages with bytes and characters: only the articles that hold one are
//! tokenised again.

use rayon::prelude::*;

use super::group::{Group, Place};
use super::identity::identity;
use super::kind::{Sighting, is_quoted, kind_of};
use super::outlets::Outlets;
use super::tokens::Tokens;
use super::{Kind, Occurrence, Passage};
use crate::article::{ByteSpan, CharSpan, Corpus, derived_id};
use crate::text::{Token, tokenise};

/// A place read from its text.
#[derive(Clone, Copy)]
struct Located {
    bytes: ByteSpan,
    chars: CharSpan,
    sighting: Sighting,
}

/// One passage a group, in their order; the first `credited` groups are credits.
pub(super) fn locate(
    corpus: &Corpus,
    tokens: &Tokens,
    outlets: &Outlets,
    groups: &[Group],
    credited: usize,
) -> Vec<Passage> {
    let located = read_places(corpus, tokens, groups);
    groups
        .par_iter()
        .zip(located)
        .enumerate()
        .map(|(g, (group, located))| {
            let sightings: Vec<Sighting> = located.iter().map(|place| place.sighting).collect();
            let kind = if g < credited { Kind::Credit } else { kind_of(&sightings, outlets) };
            passage(corpus, tokens, kind, group, &located)
        })
        .collect()
}

/// The places of each group, located.
fn read_places(corpus: &Corpus, tokens: &Tokens, groups: &[Group]) -> Vec<Vec<Located>> {
    let mut wanted: Vec<(Place, u32, u32)> = groups
        .iter()
        .enumerate()
        .flat_map(|(g, group)| {
            group.iter().enumerate().map(move |(i, &place)| (place, g as u32, i as u32))
        })
        .collect();
    wanted.par_sort_unstable();
    let by_article: Vec<&[(Place, u32, u32)]> =
        wanted.chunk_by(|one, other| one.0.doc == other.0.doc).collect();
    let read: Vec<Vec<Located>> = by_article
        .par_iter()
        .map(|places| read_article(corpus, tokens, places.iter().map(|wanted| wanted.0)))
        .collect();
    let mut located: Vec<Vec<Option<Located>>> =
        groups.iter().map(|group| vec![None; group.len()]).collect();
    for (&(_, g, i), place) in wanted.iter().zip(read.into_iter().flatten()) {
        located[g as usize][i as usize] = Some(place);
    }
    located.into_iter().map(|group| group.into_iter().flatten().collect()).collect()
}

/// Locates places of one article, which are in order.
fn read_article(
    corpus: &Corpus,
    tokens: &Tokens,
    places: impl Iterator<Item = Place>,
) -> Vec<Located> {
    let mut read: Vec<Token> = Vec::new();
    let mut offsets = None;
    places
        .map(|place| {
            let text = corpus.get(place.doc).text.as_str();
            let offsets = offsets.get_or_insert_with(|| {
                tokenise(text, &mut read);
                CharOffsets::of(text)
            });
            let first = read[place.span.start as usize];
            let last = read[place.span.end as usize - 1];
            let bytes = ByteSpan { start: first.start, end: last.end };
            let chars =
                CharSpan { start: offsets.at(text, bytes.start), end: offsets.at(text, bytes.end) };
            let sighting = Sighting {
                place,
                article_tokens: read.len() as u32,
                whole_lines: tokens.is_whole_lines(place.doc, place.span),
                quoted: is_quoted(text, first, last),
            };
            Located { bytes, chars, sighting }
        })
        .collect()
}

/// How many characters a text has before each [`STRIDE`]th byte; nothing where it is all ASCII.
struct CharOffsets(Vec<u32>);

const STRIDE: usize = 256;

impl CharOffsets {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self(Vec::new());
        }
        let mut count = 0;
        let before_each = text.as_bytes().chunks(STRIDE).map(|bytes| {
            let before = count;
            count += count_chars(bytes);
            before
        });
        Self(before_each.collect())
    }

    /// The character that begins at `byte`, or the number of characters where that is the end.
    fn at(&self, text: &str, byte: u32) -> u32 {
        if self.0.is_empty() {
            return byte;
        }
        let stride = (byte as usize / STRIDE).min(self.0.len() - 1);
        self.0[stride] + count_chars(&text.as_bytes()[stride * STRIDE..byte as usize])
    }
}

/// Characters that begin in these bytes.
fn count_chars(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u32
}

fn passage(
    corpus: &Corpus,
    tokens: &Tokens,
    kind: Kind,
    group: &Group,
    located: &[Located],
) -> Passage {
    let first = (0..group.len())
        .min_by(|&i, &j| corpus.by_publication(group[i].doc, group[j].doc).then(i.cmp(&j)))
        .unwrap_or(0);
    let words = tokens.span(group[first].doc, group[first].span);
    let occurrences: Vec<Occurrence> = group
        .iter()
        .zip(located)
        .map(|(place, located)| Occurrence {
            doc: place.doc,
            bytes: located.bytes,
            chars: located.chars,
            tokens: place.span.len(),
            identity: identity(words, tokens.span(place.doc, place.span)),
        })
        .collect();
    Passage {
        id: id(corpus, &occurrences),
        kind,
        tokens: group[first].span.len(),
        articles: group.chunk_by(|one, other| one.doc == other.doc).count() as u32,
        outlets: known_outlets(corpus, group),
        occurrences,
        first: first as u32,
        names: String::new(),
    }
}

/// How many outlets are known to have the places.
fn known_outlets(corpus: &Corpus, group: &Group) -> u32 {
    let outlets = group.iter().map(|place| corpus.get(place.doc).outlet.as_str());
    let mut outlets: Vec<&str> = outlets.filter(|outlet| !outlet.is_empty()).collect();
    outlets.sort_unstable();
    outlets.dedup();
    outlets.len() as u32
}

/// An id derived from the places.
fn id(corpus: &Corpus, occurrences: &[Occurrence]) -> String {
    let places: Vec<String> = occurrences
        .iter()
        .map(|at| format!("{}\0{}-{}", corpus.get(at.doc).id, at.chars.start, at.chars.end))
        .collect();
    derived_id(places.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn characters_are_counted_from_any_byte(text in "[a-eé東🦀 ]{0,700}") {
            let offsets = CharOffsets::of(&text);
            for (chars, (byte, _)) in text.char_indices().enumerate() {
                prop_assert_eq!(offsets.at(&text, byte as u32), chars as u32);
            }
            prop_assert_eq!(offsets.at(&text, text.len() as u32), text.chars().count() as u32);
        }
    }
}
