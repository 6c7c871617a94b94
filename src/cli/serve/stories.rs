//! Stories, outlets and changes over HTTP: what the last change of the archive found, looked up.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use newsfold::archive::{Changes, Searcher, StoriesAsked, StoriesTold, StoryListed, StoryTold};
use newsfold::error::Error;
use newsfold::views::{Entry, feed};
use serde::{Deserialize, Serialize};

use super::routes::{Served, answered, found, named, told};

/// The most stories that one answer has.
const MOST_STORIES: usize = 500;
/// The most changes: one that adds a day of news to a large archive has some thousand groups.
const MOST_CHANGES: usize = 100;
/// The stories of a feed: some hours of an archive of a thousand articles a day.
const FEED_STORIES: usize = 100;
const NO_STORY: &str = "no story has this id";
/// The time of a feed without a story, which must have one.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// Which stories are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    day: Option<String>,
    outlet: Option<String>,
    least: Option<usize>,
    skip: Option<usize>,
    limit: Option<usize>,
}

impl Asked {
    fn checked(self) -> Result<StoriesAsked, String> {
        let usual = StoriesAsked::default();
        let Self { day, outlet, least, skip, limit } = self;
        let is_given = |text: &String| !text.is_empty();
        let day = day.filter(is_given);
        let is_day = |day: &String| day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok();
        if let Some(other) = day.as_ref().filter(|day| !is_day(day)) {
            return Err(format!("day: {other:?} is no day; write it as 2024-05-31"));
        }
        Ok(StoriesAsked {
            day,
            outlet: outlet.filter(is_given),
            least: least.unwrap_or(usual.least),
            skip: skip.unwrap_or(usual.skip),
            most: limit.unwrap_or(usual.most).min(MOST_STORIES),
        })
    }
}

/// What an answer has besides: which state of the archive it is of.
#[derive(Serialize)]
struct Of<T> {
    generation: u64,
    #[serde(flatten)]
    told: T,
}

impl<T> Of<T> {
    fn now(searcher: &Searcher, told: T) -> Self {
        Self { generation: searcher.generation(), told }
    }
}

pub(super) async fn stories(
    State(served): State<Arc<Served>>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let asked = match asked {
        Ok(Query(asked)) => asked.checked(),
        Err(rejection) => Err(rejection.body_text()),
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(reason) => return told(StatusCode::BAD_REQUEST, &reason),
    };
    answered(&served, &served.lookups, NO_STORY, move |searcher| {
        Ok(Some(Of::now(searcher, searcher.stories(&asked)?)))
    })
    .await
}

/// A story, or where one went that had this id.
enum StoryOrPlace {
    Story(Of<StoryTold>),
    Moved(String),
}

pub(super) async fn story(
    State(served): State<Arc<Served>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let id = match named(id) {
        Ok(id) => id,
        Err(refused) => return refused.into_response(),
    };
    let story = found(&served, &served.lookups, NO_STORY, move |searcher| {
        if let Some(story) = searcher.story(&id)? {
            return Ok(Some(StoryOrPlace::Story(Of::now(searcher, story))));
        }
        Ok(searcher.story_now(&id)?.map(StoryOrPlace::Moved))
    })
    .await;
    match story {
        Ok(StoryOrPlace::Story(story)) => Json(story).into_response(),
        Ok(StoryOrPlace::Moved(to)) => {
            let place = HeaderValue::from_str(&format!("/api/stories/{to}"));
            let Ok(place) = place else {
                return told(StatusCode::NOT_FOUND, NO_STORY);
            };
            let mut moved = told(StatusCode::TEMPORARY_REDIRECT, "this story went into another");
            moved.headers_mut().insert(header::LOCATION, place);
            moved
        }
        Err(refused) => refused.into_response(),
    }
}

pub(super) async fn outlet(
    State(served): State<Arc<Served>>,
    name: Result<Path<String>, PathRejection>,
) -> Response {
    let name = match named(name) {
        Ok(name) => name,
        Err(refused) => return refused.into_response(),
    };
    answered(&served, &served.lookups, "no article is of this outlet", move |searcher| {
        Ok(searcher.outlet(&name)?.map(|outlet| Of::now(searcher, outlet)))
    })
    .await
}

/// Which changes are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct ChangesTold {
    changes: Vec<Changes>,
}

pub(super) async fn changes(
    State(served): State<Arc<Served>>,
    asked: Result<Query<After>, QueryRejection>,
) -> Response {
    let After { after, limit } = match asked {
        Ok(Query(asked)) => asked,
        Err(rejection) => return told(rejection.status(), &rejection.body_text()),
    };
    let most = limit.unwrap_or(MOST_CHANGES).min(MOST_CHANGES);
    answered(&served, &served.lookups, NO_STORY, move |searcher| {
        let changes = searcher.changes_after(after, most)?;
        Ok(Some(Of::now(searcher, ChangesTold { changes })))
    })
    .await
}

/// New and growing stories, for readers of feeds. Its links lead to where it was asked for.
pub(super) async fn atom(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let at = asked.map_or_else(|| served.at.to_string(), str::to_owned);
    // A server in front that speaks TLS says so.
    let is_secure = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let scheme = if is_secure { "https" } else { "http" };
    let feed = found(&served, &served.lookups, NO_STORY, move |searcher| {
        let asked = StoriesAsked { most: FEED_STORIES, ..StoriesAsked::default() };
        let StoriesTold { stories, .. } = searcher.stories(&asked)?;
        // Undated ones have no place in an order of time.
        let dated = stories.iter().filter(|story| story.last.is_some());
        let links: Vec<String> = dated
            .clone()
            .map(|story| format!("{scheme}://{at}/stories#story={}", story.id))
            .collect();
        let entries: Vec<Entry<'_>> =
            dated.zip(&links).map(|(story, link)| entry(story, link)).collect();
        let mut written = Vec::new();
        feed("Stories of a newsfold archive", NEVER, &entries, &mut written)
            .map_err(|error| Error::config("stories.atom", error))?;
        Ok(Some(written))
    })
    .await;
    match feed {
        Ok(feed) => ([(header::CONTENT_TYPE, "application/atom+xml")], feed).into_response(),
        Err(refused) => refused.into_response(),
    }
}

fn entry<'a>(story: &'a StoryListed, link: &'a str) -> Entry<'a> {
    // A feed has moments; a day is told by its first one.
    let moment = |at: &Option<String>| match at.as_deref().unwrap_or(NEVER) {
        day if day.len() < NEVER.len() => format!("{day}T00:00:00Z"),
        moment => moment.to_owned(),
    };
    let mut summary = String::new();
    let (articles, outlets) = (story.articles, story.outlets);
    // To memory, which does not fail.
    let _ = write!(
        summary,
        "{articles} articles, {outlets} {}",
        if outlets == 1 { "outlet" } else { "outlets" }
    );
    Entry {
        id: &story.id,
        headline: &story.headline,
        first: moment(&story.first),
        last: moment(&story.last),
        link,
        summary,
        terms: &[],
    }
}
