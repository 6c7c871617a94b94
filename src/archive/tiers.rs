//! Which lookup files are joined, so that there are few of them however many batches came.
//!
//! A query looks in each lookup file: 200 for copies took 2.0 processor seconds where thirty batches of news had a file
//! each, and 0.3 with one file. So a file is joined with all that follow it as soon as those have as many articles
//! together. Then each file has more articles than all after it: there are no more files than the articles can be
//! halved. Words that are written again come into a file that is at least twice as large, so that happens as few times.
//! Joining only when three times as many follow would leave up to six files of thirty equal batches where this leaves
//! four, and write 2.1 times where this writes 2.6. A file never has more than [`MOST_ARTICLES`].

use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;

use ahash::AHashMap;

use super::joined::{Piece, join};
use super::lookup::{Lookup, MOST_ARTICLES, Maker};
use super::manifest::{Manifest, Segment, articles_of, fault};
use super::searcher::read_segment;
use super::write::unused;
use super::{Archive, segment};
use crate::article::Article;
use crate::candidates::Facts;
use crate::error::Result;
use crate::output::{Folder, Reading};

/// Segments that follow each other and have one lookup file, or a segment that has none yet.
struct Part {
    segments: Range<usize>,
    articles: usize,
    /// Whether the file is of these segments and no others.
    is_whole: bool,
}

/// A lookup file that is open, with the articles of it that stay.
struct Opened {
    path: PathBuf,
    lookup: Lookup,
    facts: Vec<Facts>,
    stay: Vec<Range<usize>>,
}

impl Archive {
    /// Gives each segment of the next state its lookup file. `fresh` has the articles of the last segments, which are
    /// not in the present state. Segments of the first format are written anew, so that their articles are read one
    /// at a time.
    pub(super) fn write_lookups(
        &self,
        lock: &Folder,
        manifest: &mut Manifest,
        maker: &Maker,
        fresh: &[&[Article]],
    ) -> Result<()> {
        self.renew_segments(lock, manifest, fresh.len())?;
        let (mut parts, mut start) = (Vec::new(), 0);
        for run in manifest.runs() {
            let segments = start..start + run.len();
            start = segments.end;
            let articles = articles_of(run);
            let is_whole = self.all_in_lookup(&run[0]).is_some_and(|all| all == articles);
            parts.push(Part { segments, articles, is_whole });
        }
        let mut written = 0;
        for tier in tiers(parts.iter().map(|part| part.articles)) {
            let parts = &parts[tier];
            if let [Part { is_whole: true, .. }] = parts {
                continue;
            }
            let name = format!("lookup-{}-{written}", manifest.generation);
            written += 1;
            let facts = match parts {
                [one] if manifest.segments[one.segments.start].lookup.is_none() => {
                    let articles = self.articles_at(manifest, one.segments.start, fresh)?;
                    lock.write(&name, &maker.lookup(&articles)?)?
                }
                _ => {
                    let open = |part| self.opened(manifest, part, maker, fresh);
                    let opened: Vec<Opened> = parts.iter().map(open).collect::<Result<_>>()?;
                    let pieces = opened.iter().flat_map(|Opened { path, lookup, facts, stay }| {
                        let piece = |numbers| Piece { lookup, facts, path, numbers };
                        stay.iter().cloned().map(piece)
                    });
                    join(&pieces.collect::<Vec<_>>(), lock, &name)?
                }
            };
            manifest.note(&name, facts);
            for segment in &mut manifest.segments[parts[0].segments.start..][..count(parts)] {
                segment.lookup = Some(name.clone());
            }
        }
        Ok(())
    }

    /// Removes lookup files of earlier states, where nobody reads in the archive now. Each join leaves some, which would
    /// come to several times those that count.
    pub(super) fn remove_old_lookups(&mut self, lock: &Folder) {
        let is_old = |(name, _): &(String, u64)| name.starts_with("lookup-");
        let mut old = unused(&self.folder, &self.manifest).into_iter().filter(is_old).peekable();
        if old.peek().is_none() {
            return;
        }
        self.reading = None;
        if let Some(alone) = lock.without_readers() {
            old.for_each(|(name, _)| lock.remove(&name));
            drop(alone);
        }
        self.reading = Reading::begin(&self.folder);
    }

    fn renew_segments(&self, lock: &Folder, manifest: &mut Manifest, fresh: usize) -> Result<()> {
        for place in 0..manifest.segments.len() - fresh {
            let Segment { file, lookup: None, .. } = &manifest.segments[place] else { continue };
            let read = |bytes: &[u8]| Ok((segment::has_blocks(bytes), segment::of_bytes(bytes)?));
            let (has_blocks, articles) = self.restored(file, read)?;
            if !has_blocks {
                let file = format!("segment-{}-of-{place}", manifest.generation);
                manifest.note(&file, lock.write(&file, &segment::to_bytes(&articles))?);
                manifest.segments[place].file = file;
            }
        }
        Ok(())
    }

    /// How many articles the lookup file of a segment has, where that is in the present state.
    fn all_in_lookup(&self, segment: &Segment) -> Option<usize> {
        let lookup = segment.lookup.as_ref()?;
        let mut runs = self.manifest.runs();
        let run = runs.find(|run| run[0].lookup.as_ref() == Some(lookup))?;
        Some(articles_of(run))
    }

    fn articles_at<'f>(
        &self,
        manifest: &Manifest,
        place: usize,
        fresh: &[&'f [Article]],
    ) -> Result<Cow<'f, [Article]>> {
        let stored = manifest.segments.len() - fresh.len();
        if let Some(articles) = place.checked_sub(stored).and_then(|place| fresh.get(place)) {
            return Ok(Cow::Borrowed(articles));
        }
        read_segment(&self.folder, manifest, &manifest.segments[place]).map(Cow::Owned)
    }

    /// The lookup file of a part, or what it has to be where there is none.
    fn opened(
        &self,
        manifest: &Manifest,
        Part { segments, articles, .. }: &Part,
        maker: &Maker,
        fresh: &[&[Article]],
    ) -> Result<Opened> {
        let some = &manifest.segments[segments.clone()];
        let (path, opened, stay) = match &some[0].lookup {
            None => {
                let made = maker.lookup(&self.articles_at(manifest, segments.start, fresh)?)?;
                let whole = 0..*articles;
                (self.folder.join(&some[0].file), Lookup::of_bytes(made), vec![whole])
            }
            Some(name) => {
                let path = self.folder.join(name);
                let opened = Lookup::open(&path);
                (path, opened, self.places_of(some))
            }
        };
        let (lookup, facts) = opened.map_err(|reason| fault(&path, reason))?;
        match stay.last() {
            Some(last) if last.end > facts.len() => {
                Err(fault(&path, "it is of another number of articles"))
            }
            _ => Ok(Opened { path, lookup, facts, stay }),
        }
    }

    /// Where the articles of these segments are in the lookup file that they share in the present state.
    fn places_of(&self, segments: &[Segment]) -> Vec<Range<usize>> {
        let mut first = AHashMap::new();
        for run in self.manifest.runs().filter(|run| run[0].lookup == segments[0].lookup) {
            let mut start = 0;
            for segment in run {
                first.insert(segment.file.as_str(), start);
                start += segment.articles;
            }
        }
        let mut places: Vec<Range<usize>> = Vec::new();
        for segment in segments {
            let Some(&start) = first.get(segment.file.as_str()) else { continue };
            let end = start + segment.articles;
            match places.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => places.push(start..end),
            }
        }
        places
    }
}

fn count(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.segments.len()).sum()
}

/// Which of the files of so many articles, in their order, are joined: what comes of them where one came after another.
fn tiers(files: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut tiers: Vec<(Range<usize>, usize)> = Vec::new();
    for (place, articles) in files.enumerate() {
        let (mut from, mut all, mut joined) = (tiers.len(), articles, articles);
        for (tier, (_, articles)) in tiers.iter().enumerate().rev() {
            if all + articles > MOST_ARTICLES {
                break;
            }
            let is_outgrown = all >= *articles;
            all += articles;
            if is_outgrown {
                (from, joined) = (tier, all);
            }
        }
        let start = tiers.get(from).map_or(place, |(range, _)| range.start);
        tiers.truncate(from);
        tiers.push((start..place + 1, joined));
    }
    tiers.into_iter().map(|(range, _)| range).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_batches_are_joined_as_a_number_is_counted_in_bits() {
        let sizes = |batches: usize| -> Vec<usize> {
            tiers(std::iter::repeat_n(1000, batches)).into_iter().map(|range| range.len()).collect()
        };
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(7), [4, 2, 1]);
        assert_eq!(sizes(8), [8]);
        assert_eq!(sizes(30), [16, 8, 4, 2]);
        // Past the articles that a file can have the largest stay as they are.
        assert_eq!(sizes(300), [128, 128, 32, 8, 4]);
        assert_eq!(tiers([MOST_ARTICLES, 5, MOST_ARTICLES, 3, 3].into_iter()).len(), 4);
    }

    proptest! {
        #[test]
        fn files_are_few_and_words_are_seldom_written_again(
            batches in prop::collection::vec(1_usize..1000, 1..120),
        ) {
            let all: usize = batches.iter().sum();
            let size = |range: &Range<usize>| batches[range.clone()].iter().sum::<usize>();
            let (mut present, mut written) = (Vec::new(), vec![0; batches.len()]);
            for count in 1..=batches.len() {
                let before = present;
                present = tiers(batches[..count].iter().copied());
                // What one batch after another leaves is what all of them leave.
                let fresh = std::iter::once(count - 1..count);
                let files: Vec<Range<usize>> = before.iter().cloned().chain(fresh).collect();
                let again = tiers(files.iter().map(size));
                let again = again.iter().map(|some| files[some.start].start..files[some.end - 1].end);
                prop_assert_eq!(again.collect::<Vec<_>>(), present.clone());
                for range in present.iter().filter(|range| !before.contains(range)) {
                    range.clone().for_each(|batch| written[batch] += 1);
                }
                let sizes: Vec<usize> = present.iter().map(size).collect();
                for (place, &size) in sizes.iter().enumerate() {
                    prop_assert!(size > sizes[place + 1..].iter().sum());
                }
            }
            let halved = all.ilog2() as usize + 1;
            prop_assert!(present.len() <= halved, "{} files of {all}", present.len());
            prop_assert!(written.iter().all(|&times| times <= halved + 1), "{written:?}");
        }
    }
}
