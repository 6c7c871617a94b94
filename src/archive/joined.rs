//! One lookup file for several segments that follow each other, of the files that these had.
//!
//! What comes out is, byte for byte, the lookup file of all their articles at once: an article keeps its words, and its number
//! moves by the articles before. Articles that are gone are left out in the same way. Nothing is sketched again. Cost: each word
//! is decoded and encoded once, in order, and the bytes are written twice and read twice. Memory has a block of
//! each file, the directories, and the facts of the articles.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io;
use std::ops::Range;
use std::path::Path;

use super::blocks::{Spilled, Table};
use super::lookup::{
    FACTS_A_BLOCK, HEADS_A_BLOCK, KIND, Lookup, Numbered, Place, WORDS, number, write_facts,
    write_head,
};
use super::manifest::fault;
use super::words::{Words, WordsWriter};
use crate::candidates::Facts;
use crate::error::{Cause, Result};
use crate::output::{Facts as FileFacts, Folder};

/// Articles that follow each other in a lookup file.
#[derive(Debug)]
pub(super) struct Piece<'l> {
    pub(super) lookup: &'l Lookup,
    /// Those of the whole file.
    pub(super) facts: &'l [Facts],
    /// What is told of where it is damaged.
    pub(super) path: &'l Path,
    pub(super) numbers: Range<usize>,
}

/// Writes the lookup file `name` of the articles of these pieces, in their order.
pub(super) fn join(pieces: &[Piece<'_>], lock: &Folder, name: &str) -> Result<FileFacts> {
    let unwritten = |error: io::Error| lock.unwritten(name, error);
    let mut spilled = Spilled::new(lock.scratch(name)?);
    let mut facts = Numbered::of(FACTS_A_BLOCK);
    for one in pieces.iter().flat_map(|piece| &piece.facts[piece.numbers.clone()]) {
        facts.push(|block| write_facts(block, one));
    }
    spilled.end(facts.end()).map_err(unwritten)?;
    let mut heads = Numbered::of(HEADS_A_BLOCK);
    for Piece { lookup, path, numbers, .. } in pieces {
        for block in numbers.start / HEADS_A_BLOCK..numbers.end.div_ceil(HEADS_A_BLOCK) {
            let beside = lookup.heads_beside(block * HEADS_A_BLOCK);
            for (number, head) in beside.map_err(|reason| fault(path, reason))? {
                if numbers.contains(&number) {
                    heads.push(|block| write_head(block, &head));
                }
            }
            spilled.relieve(&mut heads.table).map_err(unwritten)?;
        }
    }
    spilled.end(heads.end()).map_err(unwritten)?;
    for place in WORDS {
        let mut words = WordsWriter::default();
        merged(pieces, place, |word| {
            words.push(word);
            spilled.relieve(&mut words.table).map_err(unwritten)
        })?;
        spilled.end(words.end()).map_err(unwritten)?;
    }
    lock.write_parts(name, |take| spilled.seal(KIND, take))
}

/// Calls `each` with the words that these pieces have in a table, in ascending order, each with the number that its
/// article gets.
fn merged(
    pieces: &[Piece<'_>],
    place: Place,
    mut each: impl FnMut(u64) -> Result<()>,
) -> Result<()> {
    let told = |piece: usize| move |reason: Cause| fault(pieces[piece].path, reason);
    let tables =
        pieces.iter().enumerate().map(|(n, piece)| piece.lookup.table(place).map_err(told(n)));
    let tables: Vec<Table> = tables.collect::<Result<_>>()?;
    let mut streams = Vec::with_capacity(pieces.len());
    let mut first = 0;
    for (table, Piece { numbers, .. }) in tables.iter().zip(pieces) {
        streams.push(Moved { words: Words::of(table), numbers: numbers.clone(), first });
        first += numbers.len();
    }
    let mut next = BinaryHeap::with_capacity(streams.len());
    for (piece, stream) in streams.iter_mut().enumerate() {
        next.extend(stream.next().map_err(told(piece))?.map(|word| Reverse((word, piece))));
    }
    while let Some(mut least) = next.peek_mut() {
        let Reverse((word, piece)) = *least;
        each(word)?;
        match streams[piece].next().map_err(told(piece))? {
            Some(word) => *least = Reverse((word, piece)),
            None => drop(PeekMut::pop(least)),
        }
    }
    Ok(())
}

/// The words of a piece.
struct Moved<'t> {
    words: Words<'t>,
    numbers: Range<usize>,
    /// The number that its first article gets.
    first: usize,
}

impl Moved<'_> {
    fn next(&mut self) -> std::result::Result<Option<u64>, Cause> {
        while let Some(word) = self.words.next()? {
            if self.numbers.contains(&number(word)) {
                return Ok(Some(word - self.numbers.start as u64 + self.first as u64));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::archive::blocks::HELD;
    use crate::archive::lookup::Maker;
    use crate::article::Article;
    use crate::config::Settings;
    use crate::statistics::Statistics;

    fn maker() -> Maker {
        let config = Settings::default().resolve(Vec::new()).unwrap();
        Maker::new(&config, &Arc::new(Statistics::shipped()))
    }

    /// Articles that share sentences with others; some have no word.
    fn articles(count: usize, words: usize) -> Vec<Article> {
        let article = |n: usize| {
            let word = |at: usize| format!("word{} ", (n % 5 * 11 + at) % 90 + n / 40 * 3);
            let text: String = (0..(n % 4) * words).map(word).collect();
            let article = Article::new(format!("a{n}"), text);
            match n % 3 {
                0 => article,
                day => article.with_published(format!("2024-05-0{day}").parse().unwrap()),
            }
        };
        (0..count).map(article).collect()
    }

    /// Joins the lookup files of these articles, of each the ones named.
    fn joined(maker: &Maker, files: &[(&[Article], Range<usize>)]) -> Vec<u8> {
        let temp = TempDir::new().unwrap();
        let lock = Folder::hold(temp.path()).unwrap();
        let open = |(articles, _): &(&[Article], _)| {
            Lookup::of_bytes(maker.lookup(articles).unwrap()).unwrap()
        };
        let opened: Vec<(Lookup, Vec<Facts>)> = files.iter().map(open).collect();
        let pieces = opened.iter().zip(files).map(|((lookup, facts), (_, numbers))| Piece {
            lookup,
            facts,
            path: temp.path(),
            numbers: numbers.clone(),
        });
        let facts = join(&pieces.collect::<Vec<_>>(), &lock, "lookup-2-0").unwrap();
        let bytes = std::fs::read(temp.path().join("lookup-2-0")).unwrap();
        assert_eq!(facts, FileFacts::of(&bytes));
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// So any lookup has one answer, whatever the batches were.
        #[test]
        fn what_is_joined_is_the_file_of_all_articles_at_once(
            cuts in prop::collection::vec((0..70_usize, 0.0..1.0_f64, 0.0..1.0_f64), 1..5),
        ) {
            let all = articles(cuts.iter().map(|cut| cut.0).sum(), 12);
            let (mut files, mut stay, mut rest) = (Vec::new(), Vec::new(), &all[..]);
            for (count, from, to) in cuts {
                let (own, after) = rest.split_at(count);
                rest = after;
                let ends = [from, to].map(|share| (share * (count + 1) as f64) as usize);
                let numbers = ends[0].min(ends[1])..ends[0].max(ends[1]);
                stay.extend_from_slice(&own[numbers.clone()]);
                files.push((own, numbers));
            }
            let maker = maker();
            prop_assert!(joined(&maker, &files) == maker.lookup(&stay).unwrap());
        }
    }

    #[test]
    fn more_blocks_than_memory_holds_are_joined() {
        let (maker, all) = (maker(), articles(1500, 60));
        let whole = maker.lookup(&all).unwrap();
        assert!(whole.len() > 4 * HELD, "{}", whole.len());
        let (first, second) = all.split_at(1100);
        assert!(joined(&maker, &[(first, 0..1100), (second, 0..400)]) == whole);
    }

    #[test]
    fn a_damaged_file_is_told_by_its_name() {
        let (maker, all) = (maker(), articles(200, 12));
        let mut bytes = maker.lookup(&all).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        let (lookup, facts) = Lookup::of_bytes(bytes).unwrap();
        let temp = TempDir::new().unwrap();
        let lock = Folder::hold(temp.path()).unwrap();
        let path = temp.path().join("lookup-1-0");
        let piece = Piece { lookup: &lookup, facts: &facts, path: &path, numbers: 0..200 };
        let told = join(&[piece], &lock, "lookup-2-0").unwrap_err().to_string();
        assert!(told.contains("lookup-1-0"), "{told}");
        assert!(!temp.path().join("lookup-2-0").exists());
    }
}
