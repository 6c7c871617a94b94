//! A server for as long as somebody has time: run by hand, `LOAD_SECONDS=60 cargo test --features serve --test serve --
//! --ignored --nocapture`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::program::{corpus, newsfold, said};
use super::{Server, done};

/// How long a test of the server goes on that is run by hand: a number of seconds. Not named as options are, or the program would tell it.
const SECONDS: &str = "LOAD_SECONDS";

/// A connection that stays open from one question to the next.
struct Connection(BufReader<TcpStream>);

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
#[test]
#[ignore = "a minute: LOAD_SECONDS=60 cargo test --features serve --test serve -- --ignored --nocapture connections"]
#[expect(clippy::print_stdout, reason = "how long answers take is what it is run for")]
fn connections_are_answered_while_a_writer_adds() {
    const CONNECTIONS: usize = 64;
    /// What every connection and thread takes is taken by then.
    const SETTLED: Duration = Duration::from_secs(5);
    /// How much more the server may take at the end. In a minute that brought 780 articles to 104 it was 6 MB.
    const MOST_GROWTH_KB: u64 = 32 << 10;
    let seconds = seconds();
    let server = Server::new();
    let resident = || server.resident();
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
    server.wait_for(104 + added);
}

fn seconds() -> u64 {
    std::env::var(SECONDS).map_or(10, |told| told.parse().unwrap())
}

/// Made-up news of one day after the other is added, the oldest day is removed, and texts are asked about, for as long
/// as `LOAD_SECONDS` says. What the server takes stays as it is once a month is there, and the archive is sound.
#[test]
#[ignore = "an hour: LOAD_SECONDS=3600 cargo test --features serve --test serve -- --ignored --nocapture days_come"]
#[expect(clippy::print_stdout, reason = "what it takes is what it is run for")]
fn days_come_and_go_and_memory_stays() {
    const KEPT_DAYS: usize = 30;
    const A_DAY: usize = 100;
    /// How much more the server may take at the end than at the beginning.
    const MOST_GROWTH: f64 = 1.05;
    let server = Server::new();
    let (dir, batch) =
        (server.folder.path().join("archive"), server.folder.path().join("day.jsonl"));
    let (dir, batch) = (dir.to_str().unwrap(), batch.to_str().unwrap());
    let all = server.folder.path().join("all.jsonl");
    let all = all.to_str().unwrap();
    // A day takes longer than a second.
    let days = KEPT_DAYS + 1 + seconds() as usize;
    let (articles, a_day) = ((days * A_DAY).to_string(), A_DAY.to_string());
    done(&["synth", "--articles", &articles, "--articles-per-day", &a_day, "-o", all, "-q"]);
    // They are in order of publication.
    let mut lines = BufReader::new(std::fs::File::open(all).unwrap()).lines();
    let (mut taken, mut begun, mut days) = (Vec::new(), None, Vec::new());
    for n in 0.. {
        let articles: Vec<Value> = lines
            .by_ref()
            .take(A_DAY)
            .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
            .collect();
        let Some(last) = articles.last() else { break };
        days.push(last["published"].as_str().unwrap()[..10].to_owned());
        let lines = articles.iter().map(|article| format!("{article}\n"));
        std::fs::write(batch, lines.collect::<String>()).unwrap();
        done(&["index", "add", dir, batch, "-q"]);
        if n >= KEPT_DAYS {
            done(&["index", "remove", dir, "--before", &days[n + 1 - KEPT_DAYS], "-q"]);
        }
        if n % 10 == 9 {
            done(&["index", "compact", dir, "-q"]);
        }
        for article in articles.iter().step_by(5) {
            server.query(&json!({ "text": article["text"] }));
            server.get("/api/stories");
        }
        if n > KEPT_DAYS {
            taken.push(server.resident());
            let begun = begun.get_or_insert_with(Instant::now);
            if begun.elapsed() > Duration::from_secs(seconds()) {
                break;
            }
        }
    }
    assert!(said(newsfold().args(["index", "check", dir])).0 == 0);
    let quarter = taken.len().div_ceil(4);
    let most = |of: &[u64]| of.iter().copied().max().unwrap();
    let (first, last) = (most(&taken[..quarter]), most(&taken[taken.len() - quarter..]));
    println!(
        "{} days in {} s; {first} KB in the first quarter, {last} KB in the last",
        taken.len(),
        seconds()
    );
    assert!(last as f64 <= first as f64 * MOST_GROWTH, "{taken:?}");
}
