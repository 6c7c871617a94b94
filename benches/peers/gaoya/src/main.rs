//! The gaoya crate as a Rust program would use it at its best: `MinHasher32` over word 5-grams made in
//! place, `MinHashIndex::par_bulk_insert`, `par_bulk_query`, everything on rayon's threads.
//!
//! Same options and files as the Python peers (see `peer.py`). The shingles are the Python ones to the
//! letter: alphanumeric words and underscores of the lower-cased text. They are hashed as slices of
//! words, which spares the crate joining five words into a string each time. The index checks its
//! candidates by the estimate from the signatures.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};
use rayon::prelude::*;
use serde::Deserialize;

const WORDS_A_SHINGLE: usize = 5;

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

/// The value that follows `--name`.
fn option(name: &str) -> Result<String, Box<dyn Error>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next().ok_or_else(|| format!("{name} is missing").into())
}

fn signature(hasher: &MinHasher32<impl std::hash::BuildHasher>, text: &str) -> Vec<u32> {
    let lower = text.to_lowercase();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words: Vec<&str> =
        lower.split(|letter| !is_word(letter)).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        hasher.create_signature(std::iter::empty::<&[&str]>())
    } else {
        let width = words.len().min(WORDS_A_SHINGLE);
        hasher.create_signature(words.windows(width))
    }
}

/// The connected components of two articles or more, by their first member.
fn families(links: &[(u32, u32)], articles: usize) -> BTreeMap<u32, Vec<u32>> {
    fn root(parent: &mut [u32], mut article: u32) -> u32 {
        while parent[article as usize] != article {
            parent[article as usize] = parent[parent[article as usize] as usize];
            article = parent[article as usize];
        }
        article
    }
    let mut parent: Vec<u32> = (0..articles as u32).collect();
    for &(left, right) in links {
        let (left, right) = (root(&mut parent, left), root(&mut parent, right));
        parent[left.max(right) as usize] = left.min(right);
    }
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for article in 0..articles as u32 {
        members.entry(root(&mut parent, article)).or_default().push(article);
    }
    members.retain(|_, family| family.len() > 1);
    members
}

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = std::env::args().nth(1).ok_or("the corpus is missing")?;
    let out = option("--out")?;
    let out = Path::new(&out);
    let threshold: f64 = option("--threshold")?.parse()?;
    let (bands, rows): (usize, usize) = (option("--bands")?.parse()?, option("--rows")?.parse()?);

    let bytes = fs::read(corpus)?;
    let lines: Vec<&[u8]> =
        bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
    let hasher = MinHasher32::new(bands * rows);
    let signatures: Vec<Vec<u32>> = lines
        .par_iter()
        .map(|line| {
            let record: Record = serde_json::from_slice(line)?;
            Ok(signature(&hasher, &record.text))
        })
        .collect::<Result<_, serde_json::Error>>()?;

    let articles = signatures.len();
    let mut index: MinHashIndex<u32, u32> = MinHashIndex::new(bands, rows, threshold);
    index.par_bulk_insert((0..articles as u32).collect(), signatures.clone());
    let mut links: Vec<(u32, u32)> = index
        .par_bulk_query(&signatures)
        .into_iter()
        .zip(0..)
        .flat_map(|(found, article)| {
            found
                .into_iter()
                .filter(move |&earlier| earlier < article)
                .map(move |earlier| (earlier, article))
        })
        .collect();
    links.sort_unstable();

    fs::create_dir_all(out)?;
    let mut file = BufWriter::new(File::create(out.join("links.tsv"))?);
    for (left, right) in &links {
        writeln!(file, "{left}\t{right}")?;
    }
    file.flush()?;
    let mut file = BufWriter::new(File::create(out.join("families.jsonl"))?);
    for family in families(&links, articles).values() {
        writeln!(file, "{family:?}")?;
    }
    file.flush()?;
    fs::write(out.join("peer.json"), r#"{"version": "0.2.2", "startup_cpu_s": 0.0}"#)?;
    Ok(())
}
