//! What can be asked over HTTP, and what keeps a question small.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use newsfold::archive::{Searcher, Seen, Sought};
use newsfold::article::Article;
use newsfold::error::Error;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::writes::Writes;
use super::{stories, writes};

const SEARCH_PAGE: &str = include_str!("assets/search.html");
const SEARCH_SCRIPT: &str = include_str!("assets/search.js");
const STORIES_PAGE: &str = include_str!("assets/stories.html");
const STORIES_SCRIPT: &str = include_str!("assets/stories.js");
/// What both pages do.
const ASKING_SCRIPT: &str = include_str!("assets/asking.js");
/// That of the report, and what a form needs besides.
const STYLE: &str =
    concat!(include_str!("../../page/assets/style.css"), include_str!("assets/search.css"));
const DESCRIPTION: &str = include_str!("assets/openapi.json");

const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The longest question, in bytes: a book.
const MOST_BYTES: usize = 2 << 20;
/// How long an answer may take, the question's way here included.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// How long a batch may take: the groups of all articles are found anew, for a million within some ten minutes.
const ADDED_WITHIN: Duration = Duration::from_secs(3600);
/// Where articles are added.
const ARTICLES: &str = "/api/articles";
/// Questions of a millisecond or a few that are answered at once. Others wait.
const AT_ONCE: usize = 16;
/// Those about passages, for each core: they take some hundred times as long, and at 64 connections an article
/// that was asked for waited ten seconds behind them in one line.
const SEARCHES_A_CORE: usize = 1;
/// What the page may do: load what this server has, and ask it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const NO_ARTICLE: &str = "no article has this id";

/// What is served.
#[derive(Debug)]
pub(super) struct Served {
    searcher: Mutex<Arc<Searcher>>,
    refreshing: Mutex<()>,
    /// The page of a run, where one is shown beside.
    report: Option<PathBuf>,
    /// Whether articles may be added.
    pub(super) writes: Option<Writes>,
    pub(super) at: SocketAddr,
    pub(super) lookups: Arc<Semaphore>,
    searches: Arc<Semaphore>,
    /// How long an answer may take, its wait in line included.
    within: Duration,
}

impl Served {
    pub(super) fn new(searcher: Searcher, at: SocketAddr) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let places = |most| Arc::new(Semaphore::new(most));
        Self {
            searcher: Mutex::new(Arc::new(searcher)),
            refreshing: Mutex::default(),
            report: None,
            writes: None,
            at,
            lookups: places(AT_ONCE),
            searches: places(SEARCHES_A_CORE * cores),
            within: ANSWER_WITHIN,
        }
    }

    /// Shows the page of a run beside.
    pub(super) fn with_report(self, report: Option<PathBuf>) -> Self {
        Self { report, ..self }
    }

    /// Lets articles be added.
    pub(super) fn with_writes(self, writes: Option<Writes>) -> Self {
        Self { writes, ..self }
    }

    /// How long an answer to this may take.
    fn within(&self, request: &Request) -> Duration {
        match request.method() == Method::POST && request.uri().path() == ARTICLES {
            true => ADDED_WITHIN,
            false => self.within,
        }
    }

    fn searcher(&self) -> Arc<Searcher> {
        Arc::clone(&self.searcher.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes to the state that the archive is in now. One at a time, or a slow one would go back to the state that it found.
    pub(super) fn refresh(&self) -> Result<(), Error> {
        let _alone = self.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = self.searcher().refreshed()? {
            *self.searcher.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        }
        Ok(())
    }

    /// Whether a browser was sent here by this name. A page of somebody else may have its own name lead to this
    /// machine, and then read what is served to it alone. Names have no case.
    fn is_own_name(&self, request: &Request) -> bool {
        if !self.at.ip().is_loopback() {
            return true;
        }
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
        let of_address = request.uri().authority().map(|authority| authority.as_str());
        let host = of_address.or(host.to_str().ok()).unwrap_or("").to_ascii_lowercase();
        let name = host.strip_suffix(&format!(":{}", self.at.port())).unwrap_or(&host);
        ["localhost", "127.0.0.1", "[::1]"].contains(&name) || name == self.at.ip().to_string()
    }
}

/// All that can be asked.
pub(super) fn router(served: Arc<Served>) -> Router {
    // The last layer is the first that a request meets.
    let add = post(writes::add)
        .layer(DefaultBodyLimit::max(writes::MOST_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&served), writes::guard));
    Router::new()
        .route("/", get(|| async { text(HTML, SEARCH_PAGE) }))
        .route("/search.css", get(|| async { text("text/css; charset=utf-8", STYLE) }))
        .route("/search.js", get(|| async { text(JAVASCRIPT, SEARCH_SCRIPT) }))
        .route("/asking.js", get(|| async { text(JAVASCRIPT, ASKING_SCRIPT) }))
        .route("/stories", get(|| async { text(HTML, STORIES_PAGE) }))
        .route("/stories.js", get(|| async { text(JAVASCRIPT, STORIES_SCRIPT) }))
        .route("/stories.atom", get(stories::atom))
        .route("/report", get(report))
        .route("/openapi.json", get(description))
        .route("/api/stats", get(stats))
        .route("/api/query", post(query))
        .route("/api/articles/{*id}", get(article))
        .route(ARTICLES, add)
        .route("/api/stories", get(stories::stories))
        .route("/api/stories/{id}", get(stories::story))
        .route("/api/outlets/{*name}", get(stories::outlet))
        .route("/api/changes", get(stories::changes))
        .fallback(|| async { told(StatusCode::NOT_FOUND, "nothing is here; see /openapi.json") })
        .method_not_allowed_fallback(|| async {
            told(StatusCode::METHOD_NOT_ALLOWED, "this is asked in another way; see /openapi.json")
        })
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&served), guard))
        .with_state(served)
}

/// Keeps time, and adds what every answer has.
async fn guard(State(served): State<Arc<Served>>, request: Request, next: Next) -> Response {
    let mut response = match served.is_own_name(&request) {
        true => timeout(served.within(&request), next.run(request))
            .await
            .unwrap_or_else(|_| told(StatusCode::SERVICE_UNAVAILABLE, "this took too long")),
        false => told(StatusCode::FORBIDDEN, "this archive is served to its own machine alone"),
    };
    let own = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in own {
        // The page of a report brings a policy of its own.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn text(kind: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], content).into_response()
}

/// What went wrong.
pub(super) fn told(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

async fn description() -> Response {
    let content = DESCRIPTION.replace("{{version}}", env!("CARGO_PKG_VERSION"));
    ([(header::CONTENT_TYPE, "application/json")], content).into_response()
}

async fn stats(State(served): State<Arc<Served>>) -> Response {
    let searcher = served.searcher();
    let (articles, generation) = (searcher.len(), searcher.generation());
    let version = env!("CARGO_PKG_VERSION");
    let report = served.report.is_some();
    Json(json!({
        "articles": articles, "generation": generation, "version": version, "report": report,
    }))
    .into_response()
}

/// An article that is asked about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    text: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    outlet: String,
    #[serde(default)]
    url: String,
    published: Option<String>,
    what: Option<Vec<What>>,
}

/// A question is an object: what serde derives takes a list of its fields, too.
struct Asked(Question);

impl<'de> Deserialize<'de> for Asked {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(AnObject)
    }
}

struct AnObject;

impl<'de> Visitor<'de> for AnObject {
    type Value = Asked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Asked, A::Error> {
        Question::deserialize(MapAccessDeserializer::new(map)).map(Asked)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum What {
    Copies,
    Passages,
}

impl TryFrom<String> for What {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "copies" => Ok(Self::Copies),
            "passages" => Ok(Self::Passages),
            _ => Err(format!("{name:?} is neither copies nor passages")),
        }
    }
}

impl Question {
    fn sought(&self) -> Sought {
        let has = |what| self.what.as_ref().is_none_or(|all| all.contains(&what));
        Sought { copies: has(What::Copies), stories: false, passages: has(What::Passages) }
    }

    fn article(self) -> Result<Article, String> {
        let Self { text, title, outlet, url, published, .. } = self;
        let published = published.filter(|day| !day.is_empty()).map(|day| {
            let reason = || {
                format!(
                    "published: {day:?} is no date; write it as 2024-05-31 or 2024-05-31T09:00:00Z"
                )
            };
            day.parse().map_err(|_| reason())
        });
        let mut article =
            Article::new("", text).with_title(title).with_outlet(outlet).with_url(url);
        article.published = published.transpose()?;
        Ok(article)
    }
}

/// What was seen before of an article, and in which state of the archive.
#[derive(Serialize)]
struct Answer {
    generation: u64,
    #[serde(flatten)]
    seen: Seen,
}

async fn query(
    State(served): State<Arc<Served>>,
    question: Result<Json<Asked>, JsonRejection>,
) -> Response {
    let question = match question {
        Ok(Json(Asked(question))) => question,
        Err(rejection) => return told(rejection.status(), &rejection.body_text()),
    };
    let sought = question.sought();
    let article = match question.article() {
        Ok(article) => article,
        Err(reason) => return told(StatusCode::UNPROCESSABLE_ENTITY, &reason),
    };
    let line = if sought.passages { &served.searches } else { &served.lookups };
    answered(&served, line, NO_ARTICLE, move |searcher| {
        let seen = searcher.query(&article, sought)?;
        Ok(Some(Answer { generation: searcher.generation(), seen }))
    })
    .await
}

async fn article(
    State(served): State<Arc<Served>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let id = match named(id) {
        Ok(id) => id,
        Err(refused) => return refused.into_response(),
    };
    answered(&served, &served.lookups, NO_ARTICLE, move |searcher| {
        let found = searcher.find(&id)?;
        Ok(found.map(|article| {
            json!({
                "id": id,
                "outlet": article.outlet.as_str(),
                "title": article.title.as_str(),
                "url": article.url.as_str(),
                "published": article.published.map(|at| at.known()),
                "lang": article.lang.as_str(),
                "author": article.author.as_str(),
                "text": article.text.as_str(),
            })
        }))
    })
    .await
}

/// The page of the run that is shown beside the archive.
async fn report(State(served): State<Arc<Served>>) -> Response {
    let page = served.report.clone();
    // Its own policy is in it, by hashes.
    let own = (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'");
    let absent = "no report is here; start the server with --report OUT";
    let read = move |_: &Searcher| Ok(page.and_then(|page| fs::read(page).ok()));
    match found(&served, &served.lookups, absent, read).await {
        Ok(page) => ([(header::CONTENT_TYPE, HTML), own], page).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// A name in the address.
pub(super) fn named(name: Result<Path<String>, PathRejection>) -> Result<String, Refused> {
    let refused = |rejection: PathRejection| Refused(rejection.status(), rejection.body_text());
    name.map(|Path(name)| name).map_err(refused)
}

/// Answers on a thread that may take its time, when there is a place in the line; `absent` says that there is no answer.
pub(super) async fn answered<T: Serialize + Send + 'static>(
    served: &Served,
    line: &Arc<Semaphore>,
    absent: &str,
    answer: impl FnOnce(&Searcher) -> Result<Option<T>, Error> + Send + 'static,
) -> Response {
    let answer = found(served, line, absent, answer).await;
    answer.map_or_else(Refused::into_response, |answer| Json(answer).into_response())
}

/// Why there is no answer.
pub(super) struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        told(self.0, &self.1)
    }
}

/// [`answered`], before its answer becomes JSON.
pub(super) async fn found<T: Send + 'static>(
    served: &Served,
    line: &Arc<Semaphore>,
    absent: &str,
    answer: impl FnOnce(&Searcher) -> Result<Option<T>, Error> + Send + 'static,
) -> Result<T, Refused> {
    let failed = |status, reason: &str| Err(Refused(status, reason.to_owned()));
    let Ok(place) = Arc::clone(line).acquire_owned().await else {
        return failed(StatusCode::SERVICE_UNAVAILABLE, "this server is about to end");
    };
    let searcher = served.searcher();
    let answered = tokio::task::spawn_blocking(move || {
        // Held until the answer is there, whether or not somebody waits for it still.
        let _place = place;
        answer(&searcher)
    });
    match answered.await {
        Ok(Ok(Some(answer))) => Ok(answer),
        Ok(Ok(None)) => failed(StatusCode::NOT_FOUND, absent),
        Ok(Err(error)) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        Err(_) => failed(StatusCode::INTERNAL_SERVER_ERROR, "this question could not be answered"),
    }
}

#[cfg(test)]
mod tests;
