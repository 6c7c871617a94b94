#![no_main]
//! What is read whole: feeds and XML, mail, RTF, references, exports of news databases, JSON in its rarer
//! forms, tables of pages; and text in other encodings. The first byte says which.

use libfuzzer_sys::fuzz_target;
use newsfold_fuzz::law;

const BEGINNINGS: [&[u8]; 14] = [
    b"<rss><channel><item>",
    b"<feed><entry>",
    b"<?xml version=\"1.0\" encoding=\"ISO-8859-2\"?><rows><row>",
    b"<newsItem>",
    b"{\\rtf1\\ansi\\ansicpg1251 ",
    b"From: a\nSubject: b\nMIME-Version: 1.0\n",
    b"From a Mon\nFrom: a\nSubject: b\nDate: x\n",
    b"TY  - NEWS\nTI  - ",
    b"Post\nJanuary 10, 2024\nLength: 5 words\nBody\n",
    b"{\"columns\":[\"text\"],\"data\":",
    b"<html><table><tr><th>title</th><th>text</th></tr>",
    b"<html><body><span class=DocPublicationName>A</span><span class=DocHeader>",
    "A\n10 janvier 2024\nT\n\u{a9} A\nnews\u{b7}20240110\u{b7}A\u{b7}1\n".as_bytes(),
    b"\xff\xfe",
];

fuzz_target!(init: newsfold_fuzz::pass_what_is_caught(), |data: &[u8]| {
    let Some((which, rest)) = data.split_first() else { return };
    let beginning = BEGINNINGS[usize::from(*which) % BEGINNINGS.len()];
    law::articles(&[beginning, rest].concat());
});
