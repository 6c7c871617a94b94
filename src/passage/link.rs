//! Links between seeds to alignments of articles, in time linear in the links.
//!
//! A seed in n places would make n² pairs. Each place is linked with all earlier ones up to
//! [`ALL_UP_TO`], and past that with the first two and its predecessor only: the copies of one text
//! are still held together, and there is no limit on how many articles a seed may occur in. (Leaving
//! out the frequent seeds instead loses just the passages that went to hundreds of outlets.)

use rayon::prelude::*;

use super::align::{Aligner, Alignment, Thresholds, effort, is_hopeful};
use super::extend::{Match, Pair};
use super::index::Repeats;
use super::seeds::SHORT_GRAM;
use super::surprisal::Surprisal;
use super::tokens::Tokens;
use crate::article::DocId;
use crate::error::Result;
use crate::observer::Observer;

/// Earlier places of a seed up to which a place is linked with all of them.
const ALL_UP_TO: usize = 6;

/// Articles a thread takes at once.
const CHUNK_ARTICLES: usize = 64;

/// A seed that an article shares with an earlier one, or has twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    /// The article of the earlier place.
    doc: DocId,
    /// Distance of the two places.
    diagonal: u32,
    /// Position of the later place.
    at: u32,
}

/// All alignments of all pairs, in order of their later article. `repeats` are seeds of every sort.
pub(super) fn align_linked(
    tokens: &Tokens,
    surprisal: &Surprisal,
    repeats: &[Repeats],
    thresholds: Thresholds,
    observer: &dyn Observer,
) -> Result<Vec<Alignment>> {
    let docs: Vec<DocId> = (0..tokens.articles() as u32).map(DocId).collect();
    let parts: Vec<Vec<Alignment>> = docs
        .par_chunks(CHUNK_ARTICLES)
        .map(|docs| {
            let mut linker = Linker {
                tokens,
                surprisal,
                repeats,
                thresholds,
                hits: Vec::new(),
                matches: Vec::new(),
                aligner: Aligner::default(),
                alignments: Vec::new(),
            };
            for &doc in docs {
                observer.check()?;
                linker.article(doc);
            }
            observer.advance(docs.len() as u64);
            Ok(linker.alignments)
        })
        .collect::<Result<_>>()?;
    Ok(parts.concat())
}

struct Linker<'a> {
    tokens: &'a Tokens,
    surprisal: &'a Surprisal,
    repeats: &'a [Repeats],
    thresholds: Thresholds,
    hits: Vec<Hit>,
    matches: Vec<Match>,
    aligner: Aligner,
    alignments: Vec<Alignment>,
}

impl Linker<'_> {
    /// Aligns one article with itself and with the earlier ones that it is linked to.
    fn article(&mut self, doc: DocId) {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        let links = self.repeats.iter().flat_map(|of_sort| {
            of_sort.links(self.tokens, doc).iter().map(move |&link| (link, of_sort.earlier(link)))
        });
        let words = self.tokens.words();
        for (link, earlier) in links {
            let mut add = |place: u32| {
                // Seeds are found by hashes that are cut short. And reading the earlier word here, where no read waits
                // for the one before, costs less than half of what it costs pair by pair, 7 % of all time on news.
                if words[place as usize] != words[link.position as usize] {
                    return;
                }
                let hit = Hit {
                    doc: self.tokens.doc(place),
                    diagonal: link.position - place,
                    at: link.position,
                };
                if hit.doc != doc || hit.diagonal >= SHORT_GRAM as u32 {
                    hits.push(hit);
                }
            };
            if let [first, second, .., last] = *earlier
                && earlier.len() > ALL_UP_TO
            {
                [first, second, last].into_iter().for_each(&mut add);
            } else {
                earlier.iter().copied().for_each(&mut add);
            }
        }
        hits.sort_unstable();
        for of_pair in hits.chunk_by(|one, other| one.doc == other.doc) {
            self.pair(of_pair[0].doc, doc, of_pair);
        }
        self.hits = hits;
    }

    /// Aligns a pair of articles from its hits, which are sorted by diagonal and place.
    fn pair(&mut self, doc_a: DocId, doc_b: DocId, hits: &[Hit]) {
        let pair = Pair::new(self.tokens, self.surprisal, doc_a, doc_b);
        let mut effort = effort(&pair);
        self.matches.clear();
        for diagonal in hits.chunk_by(|one, other| one.diagonal == other.diagonal) {
            let mut floor = pair.b.start;
            for hit in diagonal {
                if hit.at + (SHORT_GRAM as u32) <= floor {
                    continue;
                }
                let found = pair.exact(hit.at - hit.diagonal, hit.at, SHORT_GRAM as u32, floor);
                if let Some(found) = found.filter(|found| u64::from(found.len) <= effort) {
                    effort -= u64::from(found.len);
                    floor = found.b_end();
                    self.matches.push(found);
                }
            }
        }
        if self.matches.is_empty() || !is_hopeful(&pair, &self.matches, self.thresholds) {
            return;
        }
        self.matches.sort_unstable();
        self.aligner.align(&pair, &self.matches, self.thresholds, effort, &mut self.alignments);
    }
}
