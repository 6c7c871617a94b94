//! What one core does a second, kernel by kernel, in bytes of text. Each answer is checked before its
//! time is taken: a wrong answer has no speed.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use newsfold::sketch::{MinHasher, Shingler, shingle_hashes, simhash};
use newsfold::text::{Tokeniser, tokenise};

/// The example corpus's texts in one: natural text with accents and curly quotes in it.
fn text() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl");
    let lines = std::fs::read_to_string(path).expect("the example corpus is there");
    let article = |line: &str| -> String {
        let value: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        value["text"].as_str().expect("every article has a text").to_owned()
    };
    lines.lines().map(article).collect::<Vec<_>>().join("\n\n")
}

fn kernels(criterion: &mut Criterion) {
    let text = text();
    let mut tokens = Vec::new();
    tokenise(&text, &mut tokens);
    assert!(tokens.windows(2).all(|pair| pair[0].end <= pair[1].start));
    let mut hashes = Vec::new();
    let mut tokeniser = Tokeniser::default();
    tokeniser.hashes(&text, &mut hashes);
    assert!(tokens.iter().map(|token| token.hash).eq(hashes.iter().copied()));
    let mut shingles = Vec::new();
    shingle_hashes(&hashes, 5, &mut shingles);
    assert_eq!(shingles.len(), tokens.len() - 4);
    let hasher = MinHasher::new(128, 0);
    let signature = |shingles: &[u64]| {
        let mut signature = Vec::new();
        hasher.sign(shingles, &mut signature);
        signature
    };
    let reversed: Vec<u64> = shingles.iter().rev().copied().collect();
    assert_eq!(signature(&shingles), signature(&reversed));
    assert_eq!(simhash(&shingles), simhash(&reversed));
    let mut shingler = Shingler::new(5);
    assert!(shingler.set(&text).is_sorted());

    let mut group = criterion.benchmark_group("kernels");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("tokenise", |bencher| {
        bencher.iter(|| {
            tokens.clear();
            tokenise(black_box(&text), &mut tokens);
        });
    });
    group.bench_function("shingle", |bencher| {
        bencher.iter(|| {
            shingles.clear();
            shingle_hashes(black_box(&hashes), 5, &mut shingles);
        });
    });
    group.bench_function("minhash, 128 permutations", |bencher| {
        bencher.iter(|| signature(black_box(&shingles)));
    });
    group.bench_function("simhash", |bencher| bencher.iter(|| simhash(black_box(&shingles))));
    group.bench_function("set", |bencher| bencher.iter(|| shingler.set(black_box(&text))));
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
