//! `newsfold serve`: what it answers, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "serve")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

mod program;
#[cfg(target_os = "linux")]
mod under_load;

use program::{corpus, newsfold, said};

/// How long a change may take to be seen: the server looks every two seconds.
const SEEN_WITHIN: Duration = Duration::from_secs(30);

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
        Self::with(&[])
    }

    /// The same, started with these options, which may name `OUT`: the folder of a run over the archive.
    fn with(options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let (dir, out) = (folder.path().join("archive"), folder.path().join("out"));
        let (dir, out) = (dir.to_str().unwrap(), out.to_str().unwrap());
        done(&["index", "init", dir, "-q"]);
        done(&["index", "add", dir, &corpus(), "-q"]);
        if options.contains(&"OUT") {
            done(&["index", "export", dir, "-o", out, "-q"]);
        }
        let options = options.iter().map(|&option| if option == "OUT" { out } else { option });
        let mut child = Process::new(assert_cmd::cargo::cargo_bin!("newsfold"))
            .args(["serve", dir, "--port", "0"])
            .args(options)
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
        // Who is hung up on has no answer.
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or(("HTTP/1.1 0", ""));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        self.ask_as("", method, path, body)
    }

    /// Asks with these header lines besides.
    fn ask_as(&self, headers: &str, method: &str, path: &str, body: &str) -> (u16, String, String) {
        let Self { at, .. } = self;
        self.raw(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
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

    fn get(&self, path: &str) -> Value {
        let (status, _, body) = self.ask("GET", path, "");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn stats(&self) -> Value {
        self.get("/api/stats")
    }

    /// The memory that it has, in kilobytes.
    #[cfg(target_os = "linux")]
    fn resident(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let told = status.split_once("VmRSS:").unwrap().1.split_whitespace().next().unwrap();
        told.parse().unwrap()
    }

    fn wait_for(&self, articles: usize) {
        let begun = Instant::now();
        while self.stats()["articles"] != articles {
            assert!(begun.elapsed() < SEEN_WITHIN);
            std::thread::sleep(Duration::from_millis(200));
        }
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
    server.wait_for(105);
    let heron = server.query(&json!({ "text": std::fs::read_to_string(&new).unwrap() }));
    assert_eq!(heron["copies"].as_array().unwrap().len(), 1);
}

#[test]
fn the_page_asks_nobody_else_and_the_description_names_what_there_is() {
    let server = Server::new();
    let (status, head, page) = server.ask("GET", "/", "");
    assert_eq!(status, 200);
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    let (_, _, stories) = server.ask("GET", "/stories", "");
    for path in ["/search.js", "/stories.js", "/asking.js", "/search.css"] {
        let (status, _, content) = server.ask("GET", path, "");
        assert!(
            status == 200 && [&page, &stories].iter().any(|page| page.contains(path)),
            "{path}"
        );
        assert!(!content.contains("http://") && !content.contains("https://"), "{path}");
    }
    for page in [page, stories] {
        assert!(!page.contains("http://") && !page.contains("https://"));
    }
    let description: Value =
        serde_json::from_str(&server.ask("GET", "/openapi.json", "").2).unwrap();
    assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_ascii_uppercase();
            let path = path.replace("{id}", "nobody%2Fat%20home").replace("{name}", "nobody");
            let (status, ..) = server.ask(&method, &path, "{\"text\":\"\"}");
            let expected = match path.as_str() {
                "/api/articles" => 403,
                "/report" => 404,
                path if path.contains("nobody") => 404,
                _ => 200,
            };
            assert_eq!(status, expected, "{method} {path}");
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
    // An hour without a zone is no moment, and is not dropped either.
    assert!(
        query("{\"text\":\"a\",\"published\":\"2024-05-31T09:30:00\"}").1.contains("is no date")
    );
    for what in ["\"stories\"", "1", "null", "{\"copies\":null}"] {
        assert_eq!(query(&format!("{{\"text\":\"a\",\"what\":[{what}]}}")).0, 422, "{what}");
    }
    assert_eq!(query("[\"a\",\"\",\"\",\"\",null,null]").0, 422);
    for asked in [
        "stories?day=soon",
        "stories?day=2024-5-1",
        "stories?limit=-1",
        "stories?other=1",
        "changes?after=x",
    ] {
        assert_eq!(told(server.ask("GET", &format!("/api/{asked}"), "")).0, 400, "{asked}");
    }
    let long = json!({ "text": "word ".repeat(600_000) }).to_string();
    assert_eq!(query(&long).0, 413);
    assert_eq!(told(server.ask("GET", "/api/query", "")).0, 405);
    assert_eq!(told(server.ask("DELETE", "/api/articles/a", "")).0, 405);
    assert_eq!(told(server.ask("GET", "/etc/passwd", "")).0, 404);
    // A page of somebody else, whose name leads here.
    let foreign = b"GET /api/stats HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(told(server.raw(foreign)).0, 403);
    let two = b"GET /api/stats HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(told(server.raw(two)).0, 403);
    let within = b"GET http://evil.example/api/stats HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    assert_eq!(told(server.raw(within)).0, 403);
    let own = b"GET /api/stats HTTP/1.1\r\nHost: LOCALHOST\r\nConnection: close\r\n\r\n";
    assert_eq!(server.raw(own).0, 200);
    assert_eq!(server.query(&json!({ "text": "" }))["copies"], json!([]));
}

/// The rows of a table of the run that the server shows, by column.
fn rows(server: &Server, table: &str) -> Vec<BTreeMap<String, String>> {
    let path = server.folder.path().join("out").join(table);
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

#[test]
fn stories_and_outlets_are_those_of_a_run() {
    let server = Server::with(&["--report", "OUT"]);
    let told = server.get("/api/stories?least=1&limit=500");
    let of_run = rows(&server, "stories.csv");
    assert_eq!(told["of"], of_run.len());
    let by_id: BTreeMap<&str, &Value> = told["stories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|story| (story["id"].as_str().unwrap(), story))
        .collect();
    for row in &of_run {
        let story = by_id[row["story_id"].as_str()];
        let numbers = ["articles", "outlets"].map(|name| story[name].to_string());
        assert_eq!(numbers, [row["articles"].clone(), row["outlets"].clone()], "{row:?}");
        assert_eq!(story["headline"], row["headline"]);
        assert_eq!(story["storyline_id"].as_str().unwrap_or(""), row["storyline_id"]);
    }
    let last: Vec<&str> = told["stories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|story| story["last"].as_str().unwrap_or(""))
        .collect();
    assert!(last.is_sorted_by(|a, b| a >= b), "{last:?}");
    // In pieces, the same.
    let usual = server.get("/api/stories?limit=500");
    let pieces: Vec<Value> = (0..usual["of"].as_u64().unwrap())
        .step_by(7)
        .flat_map(|skip| {
            server.get(&format!("/api/stories?limit=7&skip={skip}"))["stories"]
                .as_array()
                .unwrap()
                .clone()
        })
        .collect();
    assert_eq!(usual["stories"], json!(pieces));
    // One of them, with its articles.
    let articles = rows(&server, "articles.csv");
    let id = pieces[0]["id"].as_str().unwrap();
    let of_story: Vec<&str> =
        articles.iter().filter(|row| row["story_id"] == id).map(|row| row["id"].as_str()).collect();
    let story = server.get(&format!("/api/stories/{id}"));
    let members: Vec<&str> = story["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["id"].as_str().unwrap())
        .collect();
    assert_eq!(members, of_story);
    assert_eq!(story["story"], pieces[0]);
    // By day and by outlet.
    let row = articles
        .iter()
        .find(|row| !row["outlet"].is_empty() && !row["published"].is_empty())
        .unwrap();
    let (day, outlet) = (&row["published"][..10], &row["outlet"]);
    let stories_of = |is_of: &dyn Fn(&BTreeMap<String, String>) -> bool| -> usize {
        articles
            .iter()
            .filter(|row| is_of(row))
            .map(|row| row["story_id"].as_str())
            .collect::<BTreeSet<_>>()
            .len()
    };
    let named = outlet.replace(' ', "%20");
    assert_eq!(
        server.get(&format!("/api/stories?least=1&day={day}"))["of"],
        stories_of(&|row| row["published"].starts_with(day))
    );
    assert_eq!(
        server.get(&format!("/api/stories?least=1&outlet={named}"))["of"],
        stories_of(&|row| row["outlet"] == *outlet)
    );
    let told = server.get(&format!("/api/outlets/{named}"));
    assert_eq!(told["articles"], articles.iter().filter(|row| row["outlet"] == *outlet).count());
    // The page of the run is there as it was written, under the policy that it has.
    let (status, head, page) = server.ask("GET", "/report", "");
    assert!(status == 200 && !head.contains("default-src"), "{head}");
    assert_eq!(
        page.as_bytes(),
        std::fs::read(server.folder.path().join("out/report.html")).unwrap()
    );
    assert_eq!(server.stats()["report"], true);
}

#[test]
fn what_a_change_did_can_be_followed_and_a_former_id_leads_to_the_story() {
    let server = Server::new();
    let before = server.get("/api/changes");
    assert_eq!(before["changes"].as_array().unwrap().len(), 1);
    assert_eq!(before["changes"][0]["added"].as_array().unwrap().len(), 104);
    let former = server.get("/api/stories")["stories"][0].clone();
    let id = former["id"].as_str().unwrap();
    let first = &server.get(&format!("/api/stories/{id}"))["members"][0];
    let text =
        server.get(&format!("/api/articles/{}", first["id"].as_str().unwrap()))["text"].clone();
    // The story gets an article that is a day earlier than its first one.
    let day: jiff::civil::Date = first["published"].as_str().unwrap()[..10].parse().unwrap();
    let earlier = json!({"id": "earlier", "outlet": "Early Post", "title": first["title"], "text": text, "published": day.yesterday().unwrap().to_string()});
    let batch = server.folder.path().join("batch.jsonl");
    std::fs::write(&batch, format!("{earlier}\n")).unwrap();
    let dir = server.folder.path().join("archive");
    done(&["index", "add", dir.to_str().unwrap(), batch.to_str().unwrap(), "-q"]);
    server.wait_for(105);
    let after = server.get(&format!("/api/changes?after={}", before["generation"]));
    let changes = &after["changes"].as_array().unwrap()[..];
    let renamed = changes[0]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["kind"] == "story")
        .unwrap();
    assert_eq!(
        (changes.len(), &renamed["change"], &renamed["from"]),
        (1, &json!("renamed"), &json!([id]))
    );
    let (status, head, _) = server.ask("GET", &format!("/api/stories/{id}"), "");
    let now = renamed["id"].as_str().unwrap();
    assert!(status == 307 && head.contains(&format!("location: /api/stories/{now}")), "{head}");
    assert_eq!(server.get(&format!("/api/stories/{now}"))["members"][0]["id"], "earlier");
    let took = server.get("/api/outlets/Early%20Post");
    assert_eq!((&took["first_in"], &took["copies_of"]), (&json!(1), &json!([])));
    assert!(
        took["copied_by"].as_array().unwrap().iter().any(|one| one["outlet"] == first["outlet"]),
        "{took}"
    );
    let (status, head, feed) = server.ask("GET", "/stories.atom", "");
    assert!(status == 200 && head.contains("application/atom+xml"), "{head}");
    assert!(feed.contains(&format!("<id>urn:newsfold:story:{now}</id>")), "{feed}");
    assert!(feed.contains(&format!("http://{}/stories#story={now}", server.at)), "{feed}");
}

#[test]
fn articles_are_added_by_whoever_has_the_token_and_nobody_else() {
    let folder = TempDir::new().unwrap();
    let token = folder.path().join("token");
    let token = token.to_str().unwrap();
    std::fs::write(token, "short\n").unwrap();
    let dir = folder.path().join("empty");
    let dir = dir.to_str().unwrap();
    done(&["index", "init", dir, "-q"]);
    let refused = |options: &[&str]| {
        let (code, told, error) =
            said(newsfold().args(["serve", dir, "--port", "0"]).args(options));
        assert_eq!((code, told.as_str()), (2, ""), "{options:?}");
        error
    };
    assert!(refused(&["--allow-write"]).contains("--token-file"));
    assert!(refused(&["--token-file", token]).contains("--allow-write"));
    assert!(refused(&["--allow-write", "--token-file", token]).contains("5 bytes"));
    std::fs::write(token, "of sixteen bytes or more\n").unwrap();
    assert!(refused(&["--allow-write", "--token-file", token]).contains("no request can bring"));
    std::fs::write(token, "of-sixteen-bytes-or-more\n").unwrap();
    let server = Server::with(&["--allow-write", "--token-file", token]);
    let article = |id: &str, text: &str| {
        json!({"id": id, "outlet": "Weir Post", "published": "2024-12-06", "text": text})
            .to_string()
    };
    let heron = article(
        "heron",
        "A heron was seen on the weir at Orrin Falls on the first day of the new year, the keeper of the lock said.",
    );
    let batch = format!("{heron}\n{{\"id\": \"none\"}}\n");
    let add = |headers: &str, batch: &str| {
        let (status, _, body) = server.ask_as(headers, "POST", "/api/articles", batch);
        (status, serde_json::from_str::<Value>(&body).unwrap())
    };
    for headers in [
        "",
        "Authorization: Bearer of-sixteen-bytes-or-mor3\r\n",
        "Authorization: Bearer of-sixteen\r\n",
        "Authorization: of-sixteen-bytes-or-more\r\n",
    ] {
        assert_eq!(add(headers, &batch).0, 401, "{headers}");
    }
    assert_eq!(server.stats()["articles"], 104);
    let own = "Authorization: Bearer of-sixteen-bytes-or-more\r\n";
    let (status, added) = add(own, &batch);
    assert_eq!((status, &added["added"], &added["rejected"]), (200, &json!(["heron"]), &json!(1)));
    assert_eq!(added["rejects"][0]["line"], 2, "{added}");
    // It is there for whoever asks next, and its place is no file of ours.
    assert_eq!(server.stats()["articles"], 105);
    assert_eq!(server.get("/api/outlets/Weir%20Post")["articles"], 1);
    let (status, again) = add(own, &heron);
    assert_eq!((status, &again["skipped"], &again["added"]), (200, &json!(1), &json!([])));
    let (status, refused) = add(own, "id,text\na,some words of an article\n");
    assert_eq!((status, &refused["error"]), (422, &json!("posted-4: this is no JSON Lines")));
    assert!(add(own, "no article").1["error"].as_str().unwrap().starts_with("posted-4: "));
    // Each article without an id keeps the one that it was told by.
    let nameless = |text: &str| {
        add(&own.to_lowercase(), &json!({"text": text}).to_string()).1["added"][0].clone()
    };
    let [one, other] =
        ["The lock was opened by hand again.", "An otter came up the ladder."].map(nameless);
    assert_ne!(one, other);
    assert_eq!(
        server.get(&format!("/api/articles/{}", other.as_str().unwrap()))["text"],
        "An otter came up the ladder."
    );
    let (out, dir) = (server.folder.path().join("out"), server.folder.path().join("archive"));
    let (out, dir) = (out.to_str().unwrap(), dir.to_str().unwrap());
    // Whoever goes away leaves the line to the next when their batch is in.
    let long: String = (0..400)
        .map(|n| article(&format!("long-{n}"), &format!("{n} ").repeat(3000)) + "\n")
        .collect();
    assert!(long.len() > 3 << 20);
    let mut left = TcpStream::connect(&server.at).unwrap();
    let head = format!(
        "POST /api/articles HTTP/1.1\r\nHost: {}\r\n{own}Content-Length: {}\r\n\r\n",
        server.at,
        long.len()
    );
    left.write_all(&[head.as_bytes(), long.as_bytes()].concat()).unwrap();
    // Begun, it goes on without whoever sent it; before that it is as if it had not come.
    let begun = Instant::now();
    let lock = std::path::Path::new(dir).join(".newsfold.partial/lock");
    while !lock.exists() && server.stats()["articles"] != 507 {
        assert!(begun.elapsed() < SEEN_WITHIN);
    }
    drop(left);
    assert_eq!(add(own, &article("after", "The keeper went home.")).0, 200);
    server.wait_for(508);
    // Who has no token is told so before anything is sent.
    let unsent = b"POST /api/articles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n";
    assert_eq!(server.raw(unsent).0, 401);
    done(&["index", "export", dir, "-o", out, "-q"]);
    let added = rows(&server, "articles.csv").into_iter().find(|row| row["id"] == "heron").unwrap();
    assert_eq!(added["source"], "posted-3:1");
}

#[cfg(unix)]
#[test]
fn whoever_adds_while_the_server_is_told_to_end_gets_an_answer() {
    const TRIES: usize = 5;
    // A machine under load may end the process first; not every time.
    assert!((0..TRIES).any(|_| told_to_end_while_adding() != 0));
}

/// The status that whoever adds a batch is told, 0 where the connection ends without one. The archive has all of the
/// batch or nothing.
#[cfg(unix)]
fn told_to_end_while_adding() -> u16 {
    const ARTICLES: usize = 2000;
    let folder = TempDir::new().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "of-sixteen-bytes-or-more\n").unwrap();
    let mut server = Server::with(&["--allow-write", "--token-file", token.to_str().unwrap()]);
    let dir = server.folder.path().join("archive");
    let lock = dir.join(".newsfold.partial/lock");
    let batch: String = (0..ARTICLES)
        .map(|n| {
            let text: String = (0..80).map(|word| format!("word{} ", (n + 1) * word)).collect();
            json!({"id": format!("added-{n}"), "text": text}).to_string() + "\n"
        })
        .collect();
    let own = "Authorization: Bearer of-sixteen-bytes-or-more\r\n";
    let (status, body) = std::thread::scope(|scope| {
        let adding = scope.spawn(|| server.ask_as(own, "POST", "/api/articles", &batch));
        let begun = Instant::now();
        while !lock.exists() {
            assert!(begun.elapsed() < SEEN_WITHIN);
            std::thread::sleep(Duration::from_millis(1));
        }
        let signal = Process::new("kill").args(["-TERM", &server.child.id().to_string()]).status();
        assert!(signal.unwrap().success());
        let (status, _, body) = adding.join().unwrap();
        (status, body)
    });
    assert_eq!(server.child.wait().unwrap().code(), Some(143));
    let told: Value =
        serde_json::from_str(&done(&["index", "stats", dir.to_str().unwrap(), "--json"])).unwrap();
    let possible: &[usize] = match status {
        200 => &[104 + ARTICLES],
        503 if !body.contains("or nothing") => &[104],
        _ => &[104, 104 + ARTICLES],
    };
    let articles = told["articles"].as_u64().unwrap() as usize;
    assert!(possible.contains(&articles), "{articles} after {status}: {body}");
    done(&["index", "check", dir.to_str().unwrap(), "-q"]);
    status
}
