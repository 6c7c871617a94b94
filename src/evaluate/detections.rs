//! What a run found, turned into detections in the pairs of articles that count.
//!
//! A detection is an alignment: two stretches of two articles that were held against each other. Where
//! a passage ties two articles by others alone, it is a pair of its occurrences; a
//! passage in n places has n(n−1)/2 of them, so they are never all made. Which count:
//!
//! - With a list of pairs, the pairs listed, and only they: a listed pair without labels shares
//!   nothing, and every detection in it is wrong.
//! - Without one, the pairs that the labels name. What two articles share that no label pairs is
//!   not known (labels may say only where each copy came from), so it is neither right nor wrong
//!   there. What precision so loses is told by [`Coverage`], which looks at each labelled article
//!   alone: how much of what is detected in it is labelled anywhere, and the other way round.
//!
//! An article paired with itself, by label or list, counts its own repeats, the earlier first; a
//! label whose two sides are one place (a credit line that stands alone) is met by an occurrence there.
//!
//! Passages nest: a paragraph that three articles have is one, and the page around it that two of them
//! share is another. Of what two articles share, the outermost count; see [`outermost`].
//! Cost: the occurrences in labelled articles, sorted, and for each passage the smaller, article by
//! article, of its other articles and the article's pairs; pairs of occurrences are made only where
//! each side touches a label.

use std::collections::BTreeMap;
use std::path::Path;

use ahash::AHashMap;
use serde::Serialize;

use super::gold::LabelledPassage;
use super::passages::{ArticlePair, SharedSpan, overlaps};
use crate::article::CharSpan;
use crate::error::Result;
use crate::passage::outermost;
use crate::tables::{self, Asked, has_table, schema};

/// How far the characters that passages cover agree, in the labelled articles, pair or no pair.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// The share of the characters in any detected passage that are in a labelled one.
    pub precision: f64,
    /// The share of the characters in any labelled passage that are in a detected one.
    pub recall: f64,
}

/// Occurrences in the articles that count, sorted.
pub(super) struct Occurrences {
    places: Vec<Occurrence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Occurrence {
    passage: u32,
    article: u32,
    span: CharSpan,
}

impl Occurrences {
    /// Reads the occurrences in `articles` from the run's table.
    pub(super) fn read(out: &Path, articles: &AHashMap<String, u32>) -> Result<Self> {
        let mut passages: AHashMap<String, u32> = AHashMap::new();
        let mut places = Vec::new();
        let columns = ["passage_id", "id", "start", "end"];
        tables::read(out, Asked::columns(&columns), &mut |row: schema::Occurrence| {
            let Some(&article) = articles.get(row.id.0.as_ref()) else { return Ok(()) };
            let span = span(row.start, row.end)?;
            let next = passages.len() as u32;
            let passage = *passages.entry(row.passage_id.into_owned()).or_insert(next);
            places.push(Occurrence { passage, article, span });
            Ok(())
        })?;
        places.sort_unstable();
        Ok(Self { places })
    }
}

/// What was held against what, of articles that count, by pair and place.
#[derive(Default)]
pub(super) struct Alignments {
    shared: Vec<((u32, u32), SharedSpan)>,
}

impl Alignments {
    /// Reads the alignments between `articles` from the run's table; none where there is no such table.
    pub(super) fn read(out: &Path, articles: &AHashMap<String, u32>) -> Result<Self> {
        let mut shared = Vec::new();
        if has_table(out, "alignments") {
            let columns = ["id_a", "id_b", "start_a", "end_a", "start_b", "end_b"];
            tables::read(out, Asked::columns(&columns), &mut |row: schema::Alignment| {
                let article = |id: schema::Id| articles.get(id.0.as_ref()).copied();
                let (Some(a), Some(b)) = (article(row.id_a), article(row.id_b)) else {
                    return Ok(());
                };
                let in_a = span(row.start_a, row.end_a)?;
                let in_b = span(row.start_b, row.end_b)?;
                let ((a, in_a), (b, in_b)) = sorted((a, in_a), (b, in_b));
                shared.push(((a, b), SharedSpan { a: in_a, b: in_b }));
                Ok(())
            })?;
        }
        shared.sort_unstable();
        Ok(Self { shared })
    }

    /// Those of a pair.
    fn of(&self, pair: (u32, u32)) -> impl Iterator<Item = SharedSpan> + Clone {
        let from = self.shared.partition_point(|(key, _)| *key < pair);
        let rest = self.shared[from..].iter();
        rest.take_while(move |(key, _)| *key == pair).map(|(_, shared)| *shared)
    }
}

/// The span of characters from `start` to `end`.
fn span(start: u32, end: u32) -> Result<CharSpan, String> {
    if end < start {
        return Err(format!("the span {start}..{end} ends before it starts"));
    }
    Ok(CharSpan { start, end })
}

fn sorted<T: Ord>(one: T, other: T) -> (T, T) {
    if other < one { (other, one) } else { (one, other) }
}

/// The pairs of articles that count, with their cases, and then with their detections.
#[derive(Default)]
pub(super) struct Pairs {
    pairs: BTreeMap<(u32, u32), ArticlePair>,
}

impl Pairs {
    /// Adds a pair without a case.
    pub(super) fn list(&mut self, one: u32, other: u32) {
        self.pairs.entry((one.min(other), one.max(other))).or_default();
    }

    /// Adds a labelled passage to its pair; where `only_listed`, only if the pair is there already.
    /// Tells whether it was added.
    pub(super) fn label(
        &mut self,
        (src, dst): (u32, u32),
        passage: &LabelledPassage,
        kind: usize,
        only_listed: bool,
    ) -> bool {
        let ((first, a), (second, b)) = sorted((src, passage.src), (dst, passage.dst));
        let key = (first, second);
        if only_listed && !self.pairs.contains_key(&key) {
            return false;
        }
        self.pairs.entry(key).or_default().cases.push((SharedSpan { a, b }, kind));
        true
    }

    /// Fills in the detections.
    pub(super) fn detect(
        self,
        occurrences: &Occurrences,
        alignments: &Alignments,
    ) -> Vec<ArticlePair> {
        let (keys, mut pairs): (Vec<(u32, u32)>, Vec<ArticlePair>) = self.pairs.into_iter().unzip();
        let aligned: Vec<Vec<SharedSpan>> =
            keys.iter().map(|&key| alignments.of(key).collect()).collect();
        let mut detections = vec![Vec::new(); pairs.len()];
        let mut add = |pair: usize, in_a: &[Occurrence], in_b: &[Occurrence]| {
            add_detections(&mut pairs[pair], &mut detections[pair], &aligned[pair], in_a, in_b);
        };
        for passage in occurrences.places.chunk_by(|a, b| a.passage == b.passage) {
            let articles: Vec<&[Occurrence]> =
                passage.chunk_by(|a, b| a.article == b.article).collect();
            for (rank, in_a) in articles.iter().enumerate() {
                let a = in_a[0].article;
                let first = keys.partition_point(|key| *key < (a, 0));
                let of_a = keys[first..].partition_point(|key| key.0 == a);
                let later = &articles[rank..];
                if of_a <= later.len() {
                    for (pair, &(_, b)) in keys.iter().enumerate().skip(first).take(of_a) {
                        if let Ok(place) = later.binary_search_by_key(&b, |of_b| of_b[0].article) {
                            add(pair, in_a, later[place]);
                        }
                    }
                } else {
                    for in_b in later {
                        let b = in_b[0].article;
                        if let Ok(place) = keys[first..first + of_a].binary_search(&(a, b)) {
                            add(first + place, in_a, in_b);
                        }
                    }
                }
            }
        }
        for ((pair, mut found), aligned) in pairs.iter_mut().zip(detections).zip(aligned) {
            let all = found.len() + aligned.len();
            found.extend(aligned.into_iter().filter(|shared| {
                pair.cases.iter().any(|(case, _)| overlaps(shared.a, case.a))
                    && pair.cases.iter().any(|(case, _)| overlaps(shared.b, case.b))
            }));
            pair.stray_detections += (all - found.len()) as u64;
            found.sort_unstable();
            pair.detections = found;
        }
        pairs
    }
}

/// Leaves of each pair's detections the [`outermost`].
pub(super) fn tell_once(pairs: &mut [ArticlePair]) {
    for pair in pairs {
        let shared = pair.detections.iter().map(|found| (found.a, found.b)).collect();
        pair.detections = outermost(shared).into_iter().map(|(a, b)| SharedSpan { a, b }).collect();
    }
}

/// Adds what one passage's occurrences in the two articles of a pair detect, but for what an alignment
/// of the two tells more exactly.
fn add_detections(
    pair: &mut ArticlePair,
    detections: &mut Vec<SharedSpan>,
    aligned: &[SharedSpan],
    in_a: &[Occurrence],
    in_b: &[Occurrence],
) {
    let within_one = in_a[0].article == in_b[0].article;
    let is_told = |shared: SharedSpan| {
        aligned.iter().any(|told| overlaps(told.a, shared.a) && overlaps(told.b, shared.b))
    };
    let touching = |places: &[Occurrence], side: fn(&SharedSpan) -> CharSpan| -> Vec<CharSpan> {
        let spans = places.iter().map(|place| place.span);
        spans
            .filter(|span| pair.cases.iter().any(|(case, _)| overlaps(*span, side(case))))
            .collect()
    };
    let touching_a = touching(in_a, |case| case.a);
    let touching_b = touching(in_b, |case| case.b);
    let before = detections.len();
    for &a in &touching_a {
        for &b in touching_b.iter().filter(|b| !within_one || a < **b) {
            let shared = SharedSpan { a, b };
            if !is_told(shared) {
                detections.push(shared);
            }
        }
        let alone = |(case, _): &(SharedSpan, usize)| case.a == case.b && overlaps(a, case.a);
        if within_one && pair.cases.iter().any(alone) {
            detections.push(SharedSpan { a, b: a });
        }
    }
    let (a, b) = (in_a.len() as u64, in_b.len() as u64);
    let all = match (within_one, aligned.is_empty()) {
        (true, true) => a * (a - 1) / 2,
        (false, true) => a * b,
        (_, false) => {
            let pairs = in_a.iter().flat_map(|a| in_b.iter().map(|b| (a.span, b.span)));
            let counting = pairs.filter(|(a, b)| !within_one || a < b);
            counting.filter(|&(a, b)| !is_told(SharedSpan { a, b })).count() as u64
        }
    };
    pair.stray_detections += all.saturating_sub((detections.len() - before) as u64);
}

/// How far detected and labelled characters agree, over all articles that count.
pub(super) fn coverage(labelled: Vec<(u32, CharSpan)>, occurrences: &Occurrences) -> Coverage {
    let detected = occurrences.places.iter().map(|place| (place.article, place.span)).collect();
    let (labelled, detected) = (merged(labelled), merged(detected));
    let length = |spans: &[(u32, CharSpan)]| -> u64 {
        spans.iter().map(|(_, span)| u64::from(span.end - span.start)).sum()
    };
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < labelled.len() && j < detected.len() {
        let ((in_one, one), (in_other, other)) = (labelled[i], detected[j]);
        if in_one == in_other && overlaps(one, other) {
            both += u64::from(one.end.min(other.end) - one.start.max(other.start));
        }
        if (in_one, one.end) <= (in_other, other.end) {
            i += 1;
        } else {
            j += 1;
        }
    }
    let scores = super::PrecisionRecall::of_counts(both, length(&detected), length(&labelled));
    Coverage { precision: scores.precision, recall: scores.recall }
}

/// The same characters in spans that lie apart, in order.
fn merged(mut spans: Vec<(u32, CharSpan)>) -> Vec<(u32, CharSpan)> {
    spans.sort_unstable();
    let mut apart: Vec<(u32, CharSpan)> = Vec::new();
    for (article, span) in spans {
        match apart.last_mut() {
            Some((last, open)) if *last == article && span.start <= open.end => {
                open.end = open.end.max(span.end);
            }
            _ => apart.push((article, span)),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(start: u32, end: u32) -> CharSpan {
        CharSpan { start, end }
    }

    fn label(src: (u32, u32), dst: (u32, u32)) -> LabelledPassage {
        LabelledPassage {
            src_id: String::new(),
            src: span(src.0, src.1),
            dst_id: String::new(),
            dst: span(dst.0, dst.1),
            kind: String::new(),
        }
    }

    fn occurrences(places: &[(u32, u32, u32, u32)]) -> Occurrences {
        let mut places: Vec<Occurrence> = places
            .iter()
            .map(|&(passage, article, start, end)| Occurrence {
                passage,
                article,
                span: span(start, end),
            })
            .collect();
        places.sort_unstable();
        Occurrences { places }
    }

    /// Articles 0 and 1 were held against each other; 0 and 2 are tied by 1 alone.
    #[test]
    fn an_alignment_tells_more_exactly_than_the_occurrences_around_it() {
        let shared = SharedSpan { a: span(0, 10), b: span(20, 30) };
        let elsewhere = SharedSpan { a: span(70, 80), b: span(70, 80) };
        let alignments = Alignments { shared: vec![((0, 1), shared), ((0, 1), elsewhere)] };
        let mut pairs = Pairs::default();
        pairs.label((0, 1), &label((0, 10), (20, 30)), 0, false);
        pairs.label((0, 2), &label((0, 10), (5, 15)), 0, false);
        // The first passage, and one that 0 and 1 share by others, away from any label.
        let places = [(0, 0, 0, 14), (0, 1, 18, 32), (0, 2, 4, 15), (1, 0, 40, 50), (1, 1, 40, 50)];
        let pairs = pairs.detect(&occurrences(&places), &alignments);
        assert_eq!(
            (pairs[0].detections.as_slice(), pairs[0].stray_detections),
            ([shared].as_slice(), 2)
        );
        let by_others = SharedSpan { a: span(0, 14), b: span(4, 15) };
        assert_eq!(
            (pairs[1].detections.as_slice(), pairs[1].stray_detections),
            ([by_others].as_slice(), 0)
        );
    }

    #[test]
    fn sides_follow_the_articles_whichever_was_the_source() {
        let mut pairs = Pairs::default();
        assert!(pairs.label((5, 2), &label((0, 10), (30, 40)), 0, false));
        let pairs = pairs.detect(
            &occurrences(&[(0, 5, 1, 9), (0, 2, 31, 39), (1, 5, 0, 5)]),
            &Alignments::default(),
        );
        assert_eq!(pairs[0].cases, [(SharedSpan { a: span(30, 40), b: span(0, 10) }, 0)]);
        assert_eq!(pairs[0].detections, [SharedSpan { a: span(31, 39), b: span(1, 9) }]);
    }

    #[test]
    fn a_list_shuts_out_other_pairs_and_adds_clean_ones() {
        let mut pairs = Pairs::default();
        pairs.list(1, 0);
        pairs.list(0, 2);
        assert!(pairs.label((0, 1), &label((0, 10), (0, 10)), 0, true));
        assert!(!pairs.label((1, 2), &label((0, 10), (0, 10)), 0, true));
        let pairs = pairs.detect(
            &occurrences(&[(0, 0, 0, 10), (0, 1, 0, 10), (0, 2, 0, 10)]),
            &Alignments::default(),
        );
        assert_eq!(pairs.len(), 2);
        assert_eq!((pairs[0].detections.len(), pairs[0].stray_detections), (1, 0));
        assert_eq!((pairs[1].detections.len(), pairs[1].stray_detections), (0, 1));
    }

    #[test]
    fn an_article_with_itself_has_each_repeat_once() {
        let mut pairs = Pairs::default();
        pairs.label((3, 3), &label((50, 60), (0, 10)), 0, false);
        let found = occurrences(&[(0, 3, 0, 10), (0, 3, 50, 60), (0, 3, 80, 90)]);
        let pairs = pairs.detect(&found, &Alignments::default());
        assert_eq!(pairs[0].detections, [SharedSpan { a: span(0, 10), b: span(50, 60) }]);
        assert_eq!(pairs[0].stray_detections, 2);
    }

    #[test]
    fn a_passage_in_very_many_articles_makes_no_pairs_beyond_those_that_count() {
        let everywhere: Vec<_> = (0..200_000).map(|article| (0, article, 0, 10)).collect();
        let mut pairs = Pairs::default();
        pairs.label((7, 199_999), &label((0, 10), (0, 10)), 0, false);
        let pairs = pairs.detect(&occurrences(&everywhere), &Alignments::default());
        assert_eq!((pairs.len(), pairs[0].detections.len()), (1, 1));
    }

    #[test]
    fn coverage_worked_by_hand() {
        let labelled = vec![(0, span(0, 10)), (0, span(5, 20)), (1, span(0, 10)), (2, span(0, 10))];
        let found = occurrences(&[(0, 0, 15, 30), (1, 0, 25, 35), (2, 1, 2, 4), (3, 1, 6, 12)]);
        // Labelled 20 + 10 + 10, detected 20 + 2 + 6, both 5 + 2 + 4.
        let coverage = coverage(labelled, &found);
        assert_eq!((coverage.precision, coverage.recall), (11.0 / 28.0, 11.0 / 40.0));
    }

    proptest! {
        /// Both ways of meeting pairs with passages make what making all pairs would.
        #[test]
        fn detections_are_those_of_all_pairs(
            places in prop::collection::vec((0..4u32, 0..7u32, 0..30u32, 1..9u32), 0..40),
            labels in prop::collection::vec((0..7u32, 0..7u32, 0..30u32, 0..30u32), 1..12),
        ) {
            let places: Vec<_> =
                places.into_iter().map(|(p, a, start, length)| (p, a, start, start + length)).collect();
            let mut pairs = Pairs::default();
            for &(src, dst, s, d) in &labels {
                pairs.label((src, dst), &label((s, s + 9), (d, d + 9)), 0, false);
            }
            let keys: Vec<(u32, u32)> = pairs.pairs.keys().copied().collect();
            let found = pairs.detect(&occurrences(&places), &Alignments::default());
            for (pair, (a, b)) in found.iter().zip(keys) {
                let mut all: Vec<SharedSpan> = Vec::new();
                for (i, x) in places.iter().enumerate() {
                    for (j, y) in places.iter().enumerate() {
                        let once = if a == b { i <= j } else { i != j };
                        if once && x.0 == y.0 && (x.1, y.1) == (a, b) {
                            let (one, other) = (span(x.2, x.3), span(y.2, y.3));
                            let (one, other) = if a == b && other < one { (other, one) } else { (one, other) };
                            all.push(SharedSpan { a: one, b: other });
                        }
                    }
                }
                let total = pair.detections.len() as u64 + pair.stray_detections;
                if a != b {
                    prop_assert_eq!(total, all.len() as u64);
                    all.retain(|d| pair.cases.iter().any(|(c, _)| overlaps(d.a, c.a))
                        && pair.cases.iter().any(|(c, _)| overlaps(d.b, c.b)));
                    all.sort_unstable();
                    prop_assert_eq!(&pair.detections, &all);
                }
                prop_assert!(pair.detections.iter().all(|d| all.contains(d)));
            }
        }
    }
}
