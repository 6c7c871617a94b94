//! `newsfold serve`: what it answers, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "serve")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

mod program;

use program::{corpus, newsfold, said};

/// How long a change may take to be seen: the server looks every two seconds.
const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// How long the server is under load: a number of seconds. Not named as options are, or the program would tell it.
const SECONDS: &str = "LOAD_SECONDS";

fn done(arguments: &[&str]) -> String {
    let (code, told, error) = said(newsfold().args(arguments));
    assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
    told
}

/// A server of the example corpus, until this is dropped.
struct Server {
    child: Child,
    at: String,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let dir = folder.path().join("archive");
        let dir = dir.to_str().unwrap();
        done(&["index", "init", dir, "-q"]);
        done(&["index", "add", dir, &corpus(), "-q"]);
        let mut child = Process::new(assert_cmd::cargo::cargo_bin!("newsfold"))
            .args(["serve", dir, "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("104 articles at http://127.0.0.1:"), "{line}");
        let at = line.trim_end().trim_end_matches('/').rsplit_once('/').unwrap().1.to_owned();
        Self { child, at, folder }
    }

    /// Sends what is said, and returns the status, the head and the body of the answer.
    fn raw(&self, said: &[u8]) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.at).unwrap();
        // Who is refused may be cut off while it still speaks.
        let _ = stream.write_all(said);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        let Self { at, .. } = self;
        self.raw(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        )
    }

    fn query(&self, question: &Value) -> Value {
        let (status, _, body) = self.ask("POST", "/api/query", &question.to_string());
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    fn stats(&self) -> Value {
        serde_json::from_str(&self.ask("GET", "/api/stats", "").2).unwrap()
    }
}

/// An article of the example corpus.
fn example() -> Value {
    let lines = std::fs::read_to_string(corpus()).unwrap();
    serde_json::from_str(lines.lines().next().unwrap()).unwrap()
}

#[test]
fn a_text_is_found_and_shown_and_later_batches_are_seen() {
    let server = Server::new();
    let example = example();
    let (id, text) = (example["id"].as_str().unwrap(), example["text"].as_str().unwrap());
    let seen = server.query(&json!({ "text": text, "outlet": example["outlet"] }));
    assert_eq!(seen["copies"][0]["jaccard"], 1.0);
    assert!(seen["copies"].as_array().unwrap().iter().any(|copy| copy["id"] == id));
    let of_own = |passage: &&Value| passage["article"] == id;
    let passage = seen["passages"].as_array().unwrap().iter().find(of_own).unwrap();
    let (_, _, body) = server.ask("GET", &format!("/api/articles/{id}"), "");
    let article: Value = serde_json::from_str(&body).unwrap();
    let stretch = |text: &Value, start: &str, end: &str| -> String {
        let (start, end) = (passage[start].as_u64().unwrap(), passage[end].as_u64().unwrap());
        text.as_str().unwrap().chars().take(end as usize).skip(start as usize).collect()
    };
    let there = stretch(&article["text"], "article_start", "article_end");
    assert_eq!(stretch(&example["text"], "start", "end"), there);
    let alone = server.query(&json!({ "text": text, "what": ["copies"] }));
    assert_eq!(alone["passages"], json!([]));
    // Somebody adds, and the server goes on.
    let dir = server.folder.path().join("archive");
    let new = server.folder.path().join("new.txt");
    std::fs::write(&new, "A heron was seen on the weir at Orrin Falls on the first day of the new year, the keeper of the lock said, and it caught two eels there.").unwrap();
    done(&["index", "add", dir.to_str().unwrap(), new.to_str().unwrap(), "-q"]);
    let begun = Instant::now();
    while server.stats()["articles"] != 105 {
        assert!(begun.elapsed() < SEEN_WITHIN);
        std::thread::sleep(Duration::from_millis(200));
    }
    let heron = server.query(&json!({ "text": std::fs::read_to_string(&new).unwrap() }));
    assert_eq!(heron["copies"].as_array().unwrap().len(), 1);
}

#[test]
fn the_page_asks_nobody_else_and_the_description_names_what_there_is() {
    let server = Server::new();
    let (status, head, page) = server.ask("GET", "/", "");
    assert_eq!(status, 200);
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    for path in ["/search.js", "/search.css"] {
        let (status, _, content) = server.ask("GET", path, "");
        assert!(status == 200 && page.contains(path), "{path}");
        assert!(!content.contains("http://") && !content.contains("https://"), "{path}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"));
    let description: Value =
        serde_json::from_str(&server.ask("GET", "/openapi.json", "").2).unwrap();
    assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_ascii_uppercase();
            let path = path.replace("{id}", "nobody%2Fat%20home");
            let (status, ..) = server.ask(&method, &path, "{\"text\":\"\"}");
            assert_eq!(status, if path.contains("nobody") { 404 } else { 200 }, "{method} {path}");
        }
    }
}

#[test]
fn what_is_asked_wrongly_is_refused_with_a_reason() {
    let server = Server::new();
    let told = |(status, _, body): (u16, String, String)| {
        let body: Value = serde_json::from_str(&body).unwrap();
        (status, body["error"].as_str().unwrap().to_owned())
    };
    let query = |body: &str| told(server.ask("POST", "/api/query", body));
    assert_eq!(query("{").0, 400);
    assert_eq!(query("{}").0, 422);
    assert!(query("{\"text\":\"a\",\"other\":1}").1.contains("other"));
    assert!(query("{\"text\":\"a\",\"published\":\"soon\"}").1.contains("is no date"));
    assert_eq!(query("{\"text\":\"a\",\"what\":[\"stories\"]}").0, 422);
    let long = json!({ "text": "word ".repeat(600_000) }).to_string();
    assert_eq!(query(&long).0, 413);
    assert_eq!(told(server.ask("GET", "/api/query", "")).0, 405);
    assert_eq!(told(server.ask("DELETE", "/api/articles/a", "")).0, 405);
    assert_eq!(told(server.ask("GET", "/etc/passwd", "")).0, 404);
    // A page of somebody else, whose name leads here.
    let foreign = b"GET /api/stats HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(told(server.raw(foreign)).0, 403);
    assert_eq!(server.query(&json!({ "text": "" }))["copies"], json!([]));
}

/// A connection that stays open from one question to the next.
#[cfg(target_os = "linux")]
struct Connection(BufReader<TcpStream>);

#[cfg(target_os = "linux")]
impl Connection {
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let length = body.len();
        let asked = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.0.get_mut().write_all(asked.as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let line = line.trim_end().to_ascii_lowercase();
            match (line.split_once(": "), line.strip_prefix("http/1.1 ")) {
                (Some(("content-length", told)), _) => length = told.parse().unwrap(),
                (_, Some(told)) => status = told[..3].parse().unwrap(),
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).unwrap();
        (status, serde_json::from_slice(&answer).unwrap())
    }
}

/// Asks over one connection until `end`, and returns how long each answer took. Each has to be right.
#[cfg(target_os = "linux")]
fn asked_until(end: Instant, at: &str, articles: &[Value], first: usize) -> Vec<Duration> {
    let mut connection = Connection(BufReader::new(TcpStream::connect(at).unwrap()));
    let mut taken = Vec::new();
    for n in first.. {
        let article = &articles[n % articles.len()];
        let begun = Instant::now();
        if begun >= end {
            break;
        }
        let (status, answer) = match n % 8 {
            0 => connection.ask("GET", "/api/stats", ""),
            1 => {
                let id = article["id"].as_str().unwrap();
                connection.ask("GET", &format!("/api/articles/{id}"), "")
            }
            _ => {
                connection.ask("POST", "/api/query", &json!({"text": article["text"]}).to_string())
            }
        };
        taken.push(begun.elapsed());
        assert_eq!(status, 200, "{answer}");
        match n % 8 {
            0 => assert!(answer["articles"].as_u64().unwrap() >= 104),
            1 => assert_eq!(answer["text"], article["text"]),
            _ => assert_eq!(answer["copies"][0]["jaccard"], 1.0, "{}", article["id"]),
        }
    }
    taken
}

/// Takes as long as `LOAD_SECONDS` says, ten seconds where it says nothing: 64 connections ask without a pause while
/// batches are added.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "a minute: LOAD_SECONDS=60 cargo test --features serve --test serve -- --ignored --nocapture connections"]
#[expect(clippy::print_stdout, reason = "how long answers take is what it is run for")]
fn connections_are_answered_while_a_writer_adds() {
    const CONNECTIONS: usize = 64;
    /// What every connection and thread takes is taken by then.
    const SETTLED: Duration = Duration::from_secs(5);
    /// How much more the server may take at the end. In a minute that brought 780 articles to 104 it was 6 MB.
    const MOST_GROWTH_KB: u64 = 32 << 10;
    let seconds = std::env::var(SECONDS).map_or(10, |told| told.parse().unwrap());
    let server = Server::new();
    let resident = || -> u64 {
        let status = format!("/proc/{}/status", server.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let told = status.split_once("VmRSS:").unwrap().1.split_whitespace().next().unwrap();
        told.parse().unwrap()
    };
    let lines = std::fs::read_to_string(corpus()).unwrap();
    let articles: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let dir = server.folder.path().join("archive");
    let batch = server.folder.path().join("batch.jsonl");
    let begun = Instant::now();
    let end = begun + SETTLED + Duration::from_secs(seconds);
    let (mut taken, added, memory) = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..CONNECTIONS)
            .map(|n| {
                scope.spawn({
                    let (at, articles) = (&server.at, &articles);
                    move || asked_until(end, at, articles, n * 13)
                })
            })
            .collect();
        std::thread::sleep(SETTLED);
        let before = resident();
        let mut added = 0;
        while Instant::now() < end {
            let line = |n: usize| {
                let article = &articles[(added + n) % articles.len()];
                let text = format!("{} Report {added} of it.", article["text"].as_str().unwrap());
                let id = format!("added-{added}-{n}");
                format!("{}\n", json!({"id": id, "outlet": "Late Post", "text": text}))
            };
            std::fs::write(&batch, (0..5).map(line).collect::<String>()).unwrap();
            done(&["index", "add", dir.to_str().unwrap(), batch.to_str().unwrap(), "-q"]);
            added += 5;
        }
        let taken: Vec<Duration> =
            asking.into_iter().flat_map(|asking| asking.join().unwrap()).collect();
        (taken, added, [before, resident()])
    });
    taken.sort_unstable();
    let share = |of: usize| taken[(taken.len() * of / 100).min(taken.len() - 1)];
    println!(
        "{} answers in {seconds} s and {SETTLED:?}; p50 {:?}, p99 {:?}, longest {:?}; {added} articles added; {} KB before, {} KB after",
        taken.len(),
        share(50),
        share(99),
        share(100),
        memory[0],
        memory[1]
    );
    assert!(added > 0 && memory[1] <= memory[0] + MOST_GROWTH_KB, "{added}, {memory:?}");
    let seen = Instant::now();
    while server.stats()["articles"] != 104 + added {
        assert!(seen.elapsed() < SEEN_WITHIN);
        std::thread::sleep(Duration::from_millis(200));
    }
}
