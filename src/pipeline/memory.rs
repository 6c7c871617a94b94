//! How much memory a run needs, whatever its budget: told before the work begins, where that is more.
//!
//! Articles, postings, the words of passages and the vectors of stories lie in a temporary file beyond the budget. What
//! else the stages of stories and passages work with does not, and grows with the texts.

use super::Parts;
use crate::article::Corpus;
use crate::spill::Memory;

/// A budget may be passed by so many hundredths before anybody is told.
const TOLERATED: u64 = 110;
const MEBIBYTE: u64 = 1 << 20;

/// What a small input takes at the most, and for each byte of it besides: 104 articles took 45 MiB.
const SMALL: (u64, u64) = (40 * MEBIBYTE, 5);

/// What a command takes beyond the articles that lie in memory.
struct Needs {
    /// For any input that is not [small](SMALL).
    least: u64,
    /// For each hundred bytes of text.
    hundred_bytes: u64,
}

impl Needs {
    /// From the peaks of whole runs on 4,000, 9,000, 18,000 and 36,823 news articles, of 23 to 211 MiB of text, with budgets
    /// of 64M and 256M: with this a peak is told to within a seventh.
    fn of(parts: Parts) -> Option<Self> {
        let needs =
            |mebibytes, hundred_bytes| Some(Self { least: mebibytes * MEBIBYTE, hundred_bytes });
        match (parts.stories, parts.passages) {
            (true, true) => needs(80, 210),
            (false, true) => needs(75, 205),
            (true, false) => needs(68, 140),
            (false, false) => None,
        }
    }
}

/// What is to be said of a budget that cannot be kept.
pub(super) fn over_budget(
    corpus: &Corpus,
    parts: Parts,
    memory: Option<&Memory>,
) -> Option<String> {
    let bytes: u64 = corpus.articles().iter().map(|article| article.text.len() as u64).sum();
    words(bytes, parts, memory?.bytes)
}

fn words(bytes: u64, parts: Parts, budget: u64) -> Option<String> {
    let needed = needed(bytes, parts, budget)?;
    if needed <= budget.saturating_mul(TOLERATED) / 100 {
        return None;
    }
    let whole = |bytes: u64| bytes.div_ceil(MEBIBYTE);
    Some(format!(
        "about {}M of memory are needed for {}M of text, more than the budget of {}M; they will be taken",
        whole(needed),
        whole(bytes),
        budget / MEBIBYTE,
    ))
}

/// What a run with this budget takes at its peak; `None` where it keeps to it.
fn needed(bytes: u64, parts: Parts, budget: u64) -> Option<u64> {
    let Needs { least, hundred_bytes } = Needs::of(parts)?;
    // A quarter of the budget is for articles.
    let articles = bytes.min(budget / 4);
    let least = least.min(SMALL.0.saturating_add(bytes.saturating_mul(SMALL.1)));
    Some(articles.saturating_add(least).saturating_add(bytes.saturating_mul(hundred_bytes) / 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_told_to_within_a_seventh() {
        let mebibytes = |budget: u64| budget * MEBIBYTE;
        for (parts, text, budget, peak) in [
            (Parts::ALL, 1, 64, 45),
            (Parts::ALL, 23, 64, 131),
            (Parts::ALL, 52, 64, 204),
            (Parts::ALL, 103, 64, 358),
            (Parts::ALL, 211, 256, 521),
            (Parts::PASSAGES, 1, 64, 45),
            (Parts::PASSAGES, 23, 64, 128),
            (Parts::PASSAGES, 52, 64, 190),
            (Parts::PASSAGES, 103, 64, 327),
            (Parts::PASSAGES, 211, 256, 530),
            (Parts::STORIES, 23, 64, 107),
            (Parts::STORIES, 52, 64, 163),
            (Parts::STORIES, 103, 64, 253),
            (Parts::STORIES, 211, 256, 388),
        ] {
            let told = needed(mebibytes(text), parts, mebibytes(budget)).unwrap();
            let off = told.abs_diff(mebibytes(peak));
            assert!(off * 7 <= mebibytes(peak), "{text}: {} for {peak}", told / MEBIBYTE);
        }
    }

    #[test]
    fn a_budget_that_cannot_be_kept_is_told_with_what_is_needed() {
        let told = words(200 * MEBIBYTE, Parts::ALL, 256 * MEBIBYTE).unwrap();
        assert!(told.contains("256M") && told.contains("200M of text"), "{told}");
        let least = |parts| {
            (1..)
                .map(|budget| budget * MEBIBYTE)
                .find(|&budget| words(200 * MEBIBYTE, parts, budget).is_none())
        };
        let [run, passages, stories] =
            [Parts::ALL, Parts::PASSAGES, Parts::STORIES].map(|parts| least(parts).unwrap());
        assert!(run > passages && passages > stories, "{run} {passages} {stories}");
        // Families lie aside, and a small input needs little.
        assert_eq!(words(u64::MAX, Parts::FAMILIES, 0), None);
        assert_eq!(words(1 << 20, Parts::ALL, 256 * MEBIBYTE), None);
        assert!(words(u64::MAX, Parts::ALL, 1).is_some());
    }
}
