use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;

use newsfold::archive::Archive;
use newsfold::config::Settings;
use newsfold::ingest::{IngestOptions, ingest};
use newsfold::observer::Silent;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::OwnedSemaphorePermit;

use super::*;

/// Longer than an answer takes that waits for nobody, on any machine.
const LONG: Duration = Duration::from_secs(60);

/// The example corpus, served in this process.
struct Serving {
    served: Arc<Served>,
    at: SocketAddr,
    text: String,
    _runtime: Runtime,
    _folder: TempDir,
}

impl Serving {
    fn new(within: Duration) -> Self {
        let folder = TempDir::new().unwrap();
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/articles.jsonl").to_owned();
        let read = ingest(&[corpus], &IngestOptions::default(), &Silent).unwrap();
        let text = read.corpus.articles()[0].text.to_string();
        let mut archive = Archive::init(folder.path(), Settings::default(), None).unwrap();
        archive.add(read, &Silent).unwrap();
        let searcher = archive.searcher().unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let at = listener.local_addr().unwrap();
        let served = Arc::new(Served { within, ..Served::new(searcher, at) });
        let routes = router(Arc::clone(&served));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { served, at, text, _runtime: runtime, _folder: folder }
    }

    /// Takes every place in the line for passages, until this is dropped.
    fn all_searches(&self) -> OwnedSemaphorePermit {
        let searches = &self.served.searches;
        let places = u32::try_from(searches.available_permits()).unwrap();
        Arc::clone(searches).try_acquire_many_owned(places).unwrap()
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let Self { at, .. } = self;
        let mut stream = TcpStream::connect(at).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn query(&self, what: &str) -> (u16, String) {
        let question = json!({ "text": self.text, "what": [what] });
        self.ask("POST", "/api/query", &question.to_string())
    }
}

#[test]
fn an_article_is_answered_while_questions_about_passages_wait() {
    let serving = Serving::new(LONG);
    let busy = serving.all_searches();
    thread::scope(|scope| {
        let waiting: Vec<_> =
            (0..AT_ONCE).map(|_| scope.spawn(|| serving.query("passages"))).collect();
        let (status, body) = serving.ask("GET", "/api/articles/tna-01", "");
        assert!(status == 200 && body.contains("\"id\":\"tna-01\""), "{status}: {body}");
        let (status, body) = serving.query("copies");
        assert!(status == 200 && body.contains("\"copies\":[{"), "{status}: {body}");
        assert!(waiting.iter().all(|question| !question.is_finished()));
        drop(busy);
        for question in waiting {
            let (status, body) = question.join().unwrap();
            assert!(status == 200 && body.contains("\"passages\":[{"), "{status}: {body}");
        }
    });
}

#[test]
fn who_waits_too_long_is_told_and_takes_nobodys_place() {
    let serving = Serving::new(Duration::from_millis(200));
    let places = serving.served.searches.available_permits();
    let busy = serving.all_searches();
    thread::scope(|scope| {
        let waiting: Vec<_> =
            (0..AT_ONCE).map(|_| scope.spawn(|| serving.query("passages"))).collect();
        for question in waiting {
            let (status, body) = question.join().unwrap();
            assert_eq!((status, body.as_str()), (503, "{\"error\":\"this took too long\"}"));
        }
    });
    drop(busy);
    assert_eq!(serving.served.searches.available_permits(), places);
}
