//! Groups of token spans to passages with bytes and characters: only the articles that hold one are
//! tokenised again.

use rayon::prelude::*;

use super::align::Alignment;
use super::alone::{alone, is_printed_again, kind_alone};
use super::document::{capitals, form, is_document, is_long};
use super::group::{Group, NOWHERE, Place};
use super::identity::identity;
use super::kind::{Sighting, kind_of};
use super::label::label;
use super::outlets::Outlets;
use super::phrase::is_phrase;
use super::quoted::{bare_words, is_quotation};
use super::stock::stock_text;
use super::surprisal::Surprisal;
use super::tokens::Tokens;
use super::vocabulary::Vocabularies;
use super::voice::Voices;
use super::{Aligned, Kind, Occurrence, Passage, Stretch};
use crate::article::{Article, ByteSpan, CharSpan, Corpus, derived_id};
use crate::text::{Token, tokenise};

/// So many words may stand between an author's box and the end of what is the article's own: `Read more`.
const WORDS_BEHIND: usize = 2;

/// Whether half of the places or more lie in what their outlets print around their articles. The other one
/// of two is the same house's: archives file its guests' articles under their own names.
fn is_furniture(corpus: &Corpus, located: &[Stretch]) -> bool {
    let within = |place: &&Stretch| corpus.get(place.doc).is_furniture(place.bytes);
    2 * located.iter().filter(within).count() >= located.len()
}

/// Places read from their texts. What kinds go by takes more than where a place is, and only some are asked for it.
struct Located {
    stretches: Vec<Stretch>,
    /// Of the places that belong to groups.
    sightings: Vec<Sighting>,
}

/// One passage a group, in their order; the first `credited` groups are credits. Beside them the
/// alignments, those of no group left out; `of` tells the group of each.
pub(super) fn locate(
    corpus: &Corpus,
    (tokens, surprisal): (&Tokens, &Surprisal),
    outlets: &Outlets,
    groups: &[Group],
    credited: usize,
    (alignments, of): (&[Alignment], &[u32]),
) -> (Vec<Passage>, Vec<Aligned>) {
    let belonging = alignments.iter().zip(of).filter(|(_, group)| **group != NOWHERE);
    let belonging: Vec<(&Alignment, u32)> = belonging.map(|(one, &group)| (one, group)).collect();
    let ends = belonging.iter().flat_map(|(one, _)| {
        [Place { doc: one.doc_a, span: one.a }, Place { doc: one.doc_b, span: one.b }]
    });
    let mut places: Vec<Place> = groups.iter().flatten().copied().collect();
    let in_groups = places.len();
    places.extend(ends);
    let located = read_places(corpus, tokens, &places, in_groups);
    let (of_groups, of_alignments) = located.stretches.split_at(in_groups);
    let stretches = by_group(groups, of_groups);
    let sightings = by_group(groups, &located.sightings);
    let voices = Voices::known();
    let vocabularies = Vocabularies::new(tokens, surprisal);
    let mut kinds: Vec<Kind> = groups
        .par_iter()
        .zip(&stretches)
        .zip(&sightings)
        .enumerate()
        .map(|(g, ((group, located), &sightings))| {
            let is_of_several =
                || outlets.spread(sightings.iter().map(|sighting| sighting.place.doc)).0 > 1;
            let is_quotation = || is_quotation(tokens, surprisal, sightings);
            match kind_of(sightings, outlets, is_quotation) {
                _ if g < credited => Kind::Credit,
                _ if is_furniture(corpus, located) => Kind::Boilerplate,
                Kind::Syndicated if is_document(sightings, false) => Kind::Document,
                Kind::Quotation if is_of_several() && is_document(sightings, true) => {
                    Kind::Document
                }
                Kind::Syndicated if is_phrase(corpus, &vocabularies, group, sightings) => {
                    Kind::Phrase
                }
                Kind::Syndicated if voices.is_spoken(corpus, tokens, sightings) => {
                    if is_long(sightings) { Kind::Document } else { Kind::Quotation }
                }
                kind => kind,
            }
        })
        .collect();
    let alone = alone(groups, |g| kinds[g] == Kind::Syndicated);
    kinds.par_iter_mut().zip(&sightings).zip(alone).for_each(|((kind, &sightings), alone)| {
        if *kind != Kind::Syndicated {
            return;
        }
        if let Some(stock) = stock_text(corpus, outlets, sightings) {
            *kind = stock;
        } else if is_printed_again(corpus, outlets, &vocabularies, sightings) {
            *kind = Kind::Boilerplate;
        } else if alone && let Some(other) = kind_alone(&vocabularies, sightings) {
            *kind = other;
        }
    });
    let passages = groups
        .par_iter()
        .zip(stretches)
        .zip(kinds)
        .map(|((group, located), kind)| passage(corpus, tokens, kind, group, located))
        .collect();
    let aligned = belonging
        .iter()
        .zip(of_alignments.chunks_exact(2))
        .map(|(&(one, passage), ends)| Aligned {
            passage,
            a: ends[0],
            b: ends[1],
            matched: one.matched,
            reworded: one.reworded,
        })
        .collect();
    (passages, aligned)
}

/// What belongs to each group, of what lies group by group.
fn by_group<'l, T>(groups: &[Group], mut all: &'l [T]) -> Vec<&'l [T]> {
    let of_group = |group: &Group| {
        let (own, rest) = all.split_at(group.len());
        all = rest;
        own
    };
    groups.iter().map(of_group).collect()
}

/// The places, located, in their order; the first `in_groups` of them with their sightings.
fn read_places(corpus: &Corpus, tokens: &Tokens, places: &[Place], in_groups: usize) -> Located {
    let mut order: Vec<u32> = (0..places.len() as u32).collect();
    order.par_sort_unstable_by_key(|&i| (places[i as usize], i));
    let by_article: Vec<&[u32]> = order
        .chunk_by(|&one, &other| places[one as usize].doc == places[other as usize].doc)
        .collect();
    let (stretches, sightings): (Vec<_>, Vec<_>) = by_article
        .par_iter()
        .map(|of| {
            let wanted = of.iter().map(|&i| (places[i as usize], (i as usize) < in_groups));
            let Located { stretches, sightings } = read_article(corpus, tokens, wanted);
            (stretches, sightings)
        })
        .unzip();
    let sighted = order.iter().copied().filter(|&i| (i as usize) < in_groups);
    Located {
        sightings: in_order(sighted, sightings.into_iter().flatten(), in_groups),
        stretches: in_order(order.iter().copied(), stretches.into_iter().flatten(), places.len()),
    }
}

/// So many items, each of which comes with its place, in order of these.
fn in_order<T>(
    places: impl Iterator<Item = u32>,
    items: impl Iterator<Item = T>,
    len: usize,
) -> Vec<T> {
    let mut all: Vec<Option<T>> = (0..len).map(|_| None).collect();
    for (place, item) in places.zip(items) {
        all[place as usize] = Some(item);
    }
    all.into_iter().map(|item| item.expect("each place has an item")).collect()
}

/// Locates places of one article, which are in order, each with whether its sighting is wanted.
fn read_article(
    corpus: &Corpus,
    tokens: &Tokens,
    places: impl Iterator<Item = (Place, bool)>,
) -> Located {
    let mut read: Vec<Token> = Vec::new();
    let mut offsets = None;
    let mut article_capitals = None;
    let mut before: Option<Sighting> = None;
    let stretches = Vec::with_capacity(places.size_hint().0);
    let mut located = Located { stretches, sightings: Vec::new() };
    for (place, is_sighted) in places {
        let text = corpus.get(place.doc).text.as_str();
        let offsets = offsets.get_or_insert_with(|| {
            tokenise(text, &mut read);
            CharOffsets::of(text)
        });
        let words = &read[place.span.start as usize..place.span.end as usize];
        let bytes = ByteSpan { start: words[0].start, end: words[words.len() - 1].end };
        let chars =
            CharSpan { start: offsets.at(text, bytes.start), end: offsets.at(text, bytes.end) };
        located.stretches.push(Stretch { doc: place.doc, bytes, chars, tokens: place.span.len() });
        // A saying of a run reads as the one before it; there may be a million of them.
        let again = before.take().filter(|before| {
            before.place.span.end == place.span.start
                && tokens.span(place.doc, before.place.span) == tokens.span(place.doc, place.span)
        });
        if !is_sighted {
            continue;
        }
        let whole_lines = tokens.is_whole_lines(place.doc, place.span);
        let again = again.map(|before| Sighting { place, whole_lines, ..before });
        let sighting = again.unwrap_or_else(|| Sighting {
            place,
            article_tokens: read.len() as u32,
            article_capitals: *article_capitals.get_or_insert_with(|| capitals(text, &read)),
            is_last: is_last(corpus.get(place.doc), &read[place.span.end as usize..]),
            whole_lines,
            label: label(text, bytes, place.span.len()),
            bare: bare_words(text, words),
            form: form(text, words),
        });
        before = Some(sighting.clone());
        located.sightings.push(sighting);
    }
    located.sightings.shrink_to_fit();
    located
}

/// Whether next to nothing of the article's own is among the words behind a place.
fn is_last(article: &Article, behind: &[Token]) -> bool {
    let own = behind.iter().filter(|word| !article.is_furniture(word.span()));
    own.take(WORDS_BEHIND + 1).count() <= WORDS_BEHIND
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
    located: &[Stretch],
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
        names: Vec::new(),
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
